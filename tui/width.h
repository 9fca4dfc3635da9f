/*
 * width.h - columns of text on a terminal: grapheme clusters and their widths (utf8proc).
 *
 * Takes any text and yields only safe text: width_next() returns clusters of the text as text_escape()
 * (base/text.h) would write it, so the width of a string is the width of what is drawn. With `ascii` every cluster
 * becomes its ASCII twin (glyph.h), or "?" if there is none. Pure.
 *
 *	struct width_iter it;
 *	struct width_cluster c;
 *	width_begin(&it, s, len, ascii);
 *	while (width_next(&it, &c))
 *		... c.text (c.len bytes), c.width ...
 */
#ifndef MODSCOPE_WIDTH_H
#define MODSCOPE_WIDTH_H

#include "base/base.h"

enum { CLUSTER_MAX = 16 };	/* bytes of one cluster; further combining marks are dropped */

struct width_cluster {
	const char *text;	/* into the source, or into the iterator */
	unsigned char len;	/* 1..CLUSTER_MAX */
	unsigned char width;	/* 1 or 2 columns */
	size_t pos, end;	/* bytes of the source that it stands for */
};

struct width_iter {
	const char *s;
	size_t len, pos;
	bool ascii;
	char pending[16];	/* rest of an escape or a twin, handed out byte by byte */
	unsigned char n_pending, at;
	size_t pending_pos;
	char text[CLUSTER_MAX];
};

void width_begin(struct width_iter *it, const char *s, size_t len, bool ascii);
bool width_next(struct width_iter *it, struct width_cluster *c);
/* Columns of the whole string. */
int width_text(const char *s, bool ascii);
int width_textn(const char *s, size_t len, bool ascii);

enum width_cut {
	CUT_END,	/* "example.com/very/lo…" */
	CUT_MIDDLE,	/* "go.opentelemetry.io/…/otelgrpc": at slashes if that fits, whole last element kept if possible; of several words only paths
			 * are, so that both sides of a => stay, and a sentence is cut at its end */
	CUT_START,	/* "…/internal/db/db.go:41" */
	CUT_NONE,	/* just clipped */
};

struct buf;
/* Appends s cut to at most `columns`, with an ellipsis; as raw text (not escaped), so it can be drawn or measured. */
void width_cut(struct buf *out, const char *s, size_t len, int columns, enum width_cut cut, bool ascii);

/* Byte offsets of the cluster boundaries around `at`, for editing: before at, after at. */
size_t width_prev(const char *s, size_t len, size_t at);
size_t width_after(const char *s, size_t len, size_t at);

#endif
