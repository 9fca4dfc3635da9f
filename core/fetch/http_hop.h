/*
 * http_hop.h - the report of one exchange with a server: one attempt at one URL, answered or not.
 *
 * The holder owns it; the strings are malloc'ed. Header values are as the server sent them, cut at 4 KiB; NULL if the header
 * is missing. They and the URL are untrusted text (text.h escapes it); the URL has no credentials.
 */
#ifndef MODSCOPE_HTTP_HOP_H
#define MODSCOPE_HTTP_HOP_H

#include "base/buf.h"

/* Microseconds from the start of the exchange until each step was done; 0 where a step was not needed. */
struct http_hop_timing {
	int64_t dns, connect, tls, first_byte, total;
};

struct http_hop {
	char *url;
	int status;	  /* 0: no answer */
	int http_version; /* 10, 11, 20, 30; 0 if unknown */
	char address[64]; /* of the server, or of the HTTP proxy; "" if unknown */
	struct http_hop_timing timing;
	char *via; /* the HTTP proxy used, without credentials; NULL if none */
	char *age, *cache_control, *date, *retry_after;
	char *tls_version;     /* "TLSv1.3"; NULL if unknown or none */
	char *certificate_end; /* "Jan  2 03:04:05 2026 GMT"; only if the request asks for it */
};

/* Stores a header line ("Name: value\r\n") if it is one of the four. */
void http_hop_header(struct http_hop *hop, const char *line, size_t len);
/* Clears the headers before the next answer. */
void http_hop_clear_headers(struct http_hop *hop);
void http_hop_release(struct http_hop *hop);
/* The trimmed value of a header line if it has that name ("age:", in lower case), else NULL. The caller frees it with free(3). */
char *http_hop_value(const char *line, size_t len, const char *name);
/* "404 Not Found" from a status line without its "HTTP/1.1": spaces at its end are kept, as go keeps them. The caller frees it. */
char *http_hop_status(const char *text, size_t len);
/* The IP address, one of IPv4 in IPv6 as IPv4, as net.IP prints it; "" if the family is another. */
struct sockaddr;
void http_hop_address(const struct sockaddr *sa, char *out, size_t size);
/* The needed part of mime.ParseMediaType: text/plain in a charset that is a subset of UTF-8. */
bool http_hop_is_plain_text(const char *type);

/* A header of an answer of 400 to 499, appended in the case that net/http has it in; an empty line ends them. */
void http_hop_keep_head(const struct http_hop *hop, const char *line, size_t len, struct buf *head);

#endif
