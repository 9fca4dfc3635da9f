/*
 * http_error.h - the error texts of go's HTTP client and cmd/go/internal/web.
 *
 * Pure; any thread. No text contains a credential.
 */
#ifndef MODSCOPE_HTTP_ERROR_H
#define MODSCOPE_HTTP_ERROR_H

#include "base/buf.h"
#include "base/err.h"
#include "fetch/http_engine.h"

/* net/url.Error: `OP "URL": WHY`. Always returns false. */
bool http_error_set(struct err *e, enum err_code code, const char *op, const char *url,
		    const char *why);
/* Appends why there was no answer, or no complete one, in go's words where they exist. host and port are those of t's URL. */
void http_error_reason(struct buf *b, const struct http_engine_transfer *t, const char *host,
		       const char *port);
/* web.Response.formatErrorDetail: appends the part of a body that may be shown, possibly nothing. */
void http_error_detail(struct buf *b, const char *body, size_t len);
/* net/http.StatusText. */
const char *http_error_phrase(int status);

#endif
