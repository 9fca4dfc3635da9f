/*
 * http_roots.h - the certificates that go trusts: SSL_CERT_FILE, SSL_CERT_DIR.
 *
 * Follows crypto/x509/root_unix.go. One file, the first that can be read, and every file in all directories, whatever its name; each
 * variable replaces its list of usual places only. Anything but certificates is skipped. Blocks.
 */
#ifndef MODSCOPE_HTTP_ROOTS_H
#define MODSCOPE_HTTP_ROOTS_H

#include "base/buf.h"

struct goenv;

/* Appends them in PEM. False if neither variable is set: libcurl's defaults are the system's. */
bool http_roots_read(struct buf *pem, const struct goenv *env);

#define HTTP_ROOTS_NAME 32
/* A file in memory with these bytes, as long as the descriptor is open, and its name; -1 if that is impossible. libcurl copies a blob for
 * every request and compares it with that of each connection; of a file it keeps only the name, and reads it once per connection. */
int http_roots_file(const char *pem, size_t len, char name[HTTP_ROOTS_NAME]);

#endif
