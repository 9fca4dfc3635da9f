/*
 * buf.h - a growing byte string.
 *
 * Invariant: data[len] is NUL; an empty buffer that never held anything points at a shared empty
 * string, so b.data is always printable. Bytes may be anything, NUL included; len counts.
 * The owner calls buf_release, or buf_detach to take the memory over (free(3)).
 */
#ifndef MODSCOPE_BUF_H
#define MODSCOPE_BUF_H

#include "base/base.h"

struct buf {
	char *data;
	size_t len, cap;	/* cap 0: data is not ours */
};

extern char buf_empty[1];
#define BUF_INIT { buf_empty, 0, 0 }

void buf_init(struct buf *b);
void buf_release(struct buf *b);
void buf_clear(struct buf *b);
/* Makes room for `extra` more bytes (and the NUL). */
void buf_grow(struct buf *b, size_t extra);
void buf_add(struct buf *b, const void *p, size_t n);
void buf_addstr(struct buf *b, const char *s);
/* "PATH@VERSION", or "PATH" if the version is "". */
void buf_add_modver(struct buf *b, struct modver m);
void buf_addch(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF_FMT(2, 3);
void buf_vaddf(struct buf *b, const char *fmt, va_list ap) PRINTF_FMT(2, 0);
/* Cuts to n bytes; n must not exceed len. */
void buf_truncate(struct buf *b, size_t n);
/* The bytes, NUL terminated, owned by the caller; b is empty afterwards. */
char *buf_detach(struct buf *b);

#endif
