/*
 * http_gzip.h - the decoding of a body that came as gzip, which go asks for and undoes by itself; no other encoding is undone. Pure.
 */
#ifndef MODSCOPE_HTTP_GZIP_H
#define MODSCOPE_HTTP_GZIP_H

#include "base/buf.h"
#include "base/err.h"

/* Replaces the body by what it holds. ERR_SYNTAX ("gzip: invalid header"), ERR_LIMIT beyond max bytes. */
bool http_gzip_decode(struct buf *body, size_t max, struct err *e);

#endif
