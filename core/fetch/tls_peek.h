/*
 * tls_peek.h - what a server sends first on a TLS connection, and go's words where no handshake came of it.
 *
 * libcurl's messages do not tell what go's tell: whether the first record is no TLS at all, HTTP, cut off, too long or an alert. So the first bytes
 * are kept while OpenSSL reads them. Follows crypto/tls (readRecordOrCCS, alert.go) and net/http's send. Pure, but for the watch, which is the engine's thread's.
 */
#ifndef MODSCOPE_TLS_PEEK_H
#define MODSCOPE_TLS_PEEK_H

#include "base/buf.h"

/* Of the last connection that was begun. A handshake that succeeds is longer, so nothing is watched once it has ended. */
struct tls_peek {
	unsigned char data[48];
	size_t n;
	bool watched; /* otherwise nothing is known of them */
};

/* In CURLOPT_SSL_CTX_FUNCTION, if ssl_lib_is_of: p must live until the handshake has ended or the connection is closed. */
void tls_peek_watch(void *ssl_ctx, struct tls_peek *p);
/* Appends go's words for the server's alert that libcurl's message is about, at any time of the connection; false: it is about none. */
bool tls_peek_alert(struct buf *b, const char *message);
/* Appends go's words for a connection on which libcurl failed with this message; false: not known, nothing is appended. */
bool tls_peek_reason(struct buf *b, const struct tls_peek *p, const char *message);

#endif
