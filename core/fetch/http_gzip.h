/*
 * http_gzip.h - decodes a gzip body, as go's transport does, and encodes a request's; no other encoding is supported. Pure.
 */
#ifndef MODSCOPE_HTTP_GZIP_H
#define MODSCOPE_HTTP_GZIP_H

#include "base/buf.h"
#include "base/err.h"

/* Replaces the body by its decoded content. ERR_SYNTAX ("gzip: invalid header"), ERR_LIMIT beyond max bytes. */
bool http_gzip_decode(struct buf *body, size_t max, struct err *e);
/* Replaces a body by one gzip member that has it. False if memory is short: the body is as before. */
bool http_gzip_encode(struct buf *body);

#endif
