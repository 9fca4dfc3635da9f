/*
 * http_hop.h - the report of one exchange with a server: one attempt at one URL, answered or not.
 *
 * Owned by whoever has it; the strings are malloc'ed. Header values are as the server wrote them, cut at 4 KiB; a NULL says that
 * there was none. They and the URL are outside text (text.h escapes it); the URL holds no credentials.
 */
#ifndef MODSCOPE_HTTP_HOP_H
#define MODSCOPE_HTTP_HOP_H

#include "base/base.h"

/* Microseconds from the start of the exchange until each step was done; 0 where a step was not needed. */
struct http_hop_timing {
	int64_t dns, connect, tls, first_byte, total;
};

struct http_hop {
	char *url;
	int status;	  /* 0: no answer */
	int http_version; /* 10, 11, 20, 30; 0 if unknown */
	char address[64]; /* of the server, or of the proxy that was asked; "" if unknown */
	struct http_hop_timing timing;
	char *via; /* the network's proxy that was asked, without credentials; NULL if none was */
	char *age, *cache_control, *date, *retry_after;
	char *tls_version;     /* "TLSv1.3"; NULL if unknown or none */
	char *certificate_end; /* "Jan  2 03:04:05 2026 GMT"; only if the request asks for it */
};

/* Takes a header line ("Name: value\r\n") if it is one of the four. */
void http_hop_header(struct http_hop *hop, const char *line, size_t len);
/* Forgets the headers: another answer begins. */
void http_hop_clear_headers(struct http_hop *hop);
void http_hop_release(struct http_hop *hop);
/* The value of a header line if it has that name ("age:", in lower case), without blanks around it; else NULL. free(3). */
char *http_hop_value(const char *line, size_t len, const char *name);
/* mime.ParseMediaType as far as it matters: text/plain in a charset that is a subset of UTF-8. */
bool http_hop_is_plain_text(const char *type);

#endif
