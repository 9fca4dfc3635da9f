/*
 * inflate.h - a streaming DEFLATE decoder that fails where Go's compress/flate fails.
 *
 * libdeflate is several times faster but needs all input and output in memory and does not report where a
 * stream is broken. This one needs 320 KiB whatever the sizes and has Go's errors: "flate: corrupt input
 * before offset N", "unexpected EOF". So it reads as Go reads: byte by byte, never one more than the codes
 * need. Follows compress/flate/inflate.go and RFC 1951.
 *
 * A struct inflate is scratch space for one thread and any number of streams.
 */
#ifndef MODSCOPE_INFLATE_H
#define MODSCOPE_INFLATE_H

#include "base/err.h"

struct inflate;

struct inflate_io {
	/* The next compressed bytes: *data, *len; a length of 0 is the end. False: e is set, decoding stops. */
	bool (*fill)(void *ctx, const unsigned char **data, size_t *len, struct err *e);
	/* Takes decoded bytes (at most 32 KiB per call). False: e is set, decoding stops. */
	bool (*flush)(void *ctx, const void *data, size_t len, struct err *e);
	void *ctx;
};

struct inflate *inflate_new(void);
void inflate_free(struct inflate *s);
/* Decodes one stream to its end. What was decoded before an error has been flushed. ERR_SYNTAX, or what fill and flush set. */
bool inflate_run(struct inflate *s, const struct inflate_io *io, struct err *e);

#endif
