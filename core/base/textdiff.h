/*
 * textdiff.h - the unified diff that go prints (internal/diff): an "anchored" diff.
 *
 * Lines that occur exactly once on each side anchor the result; between anchors there is no further matching. Three lines of
 * context, counts always printed, "\ No newline at end of file" where it is missing. O(n log n). Pure; thread-safe.
 *
 * textdiff_lines returns the same result as a list of lines, for callers that annotate them.
 */
#ifndef MODSCOPE_TEXTDIFF_H
#define MODSCOPE_TEXTDIFF_H

#include "base/arena.h"
#include "base/buf.h"

/* Appends the diff; nothing if both texts are equal. */
void textdiff(struct buf *out, const char *old_name, const char *old_text, size_t old_len, const char *new_name,
	      const char *new_text, size_t new_len);

#define TEXTDIFF_MAX_SHOWN ((size_t)64 << 10)	/* bytes of a line in the list; textdiff prints all of it */
struct textdiff_line {
	char op;		/* ' ', '-', '+', or '@' for the header of a hunk */
	const char *text;	/* without newline */
	int old_line, new_line;	/* 1-based; 0 where the side has no such line */
};
/* The lines that textdiff prints after its three header lines, without the "\ No newline" remarks. */
size_t textdiff_lines(struct arena *a, const char *old_text, size_t old_len, const char *new_text, size_t new_len,
		      struct textdiff_line **lines);

#endif
