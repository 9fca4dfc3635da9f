/*
 * getwords.h - one argument of `go get`, as go's errors name it.
 *
 *	struct getwords w = getwords_of(&arena, "example.com/...", "patch");
 *	getwords_report(&w, "no matching versions", &text);	// "example.com/...@patch: no matching versions"
 *	getwords_resolved(&w, m, &text);			// "example.com/a@v1.2.0 (matching example.com/...@patch)"
 *
 * Follows query and reportError of cmd/go/internal/modget/query.go. Any thread.
 */
#ifndef MODSCOPE_GETWORDS_H
#define MODSCOPE_GETWORDS_H

#include "base/arena.h"
#include "base/buf.h"
#include "gofiles/modpath.h"

struct getwords {
	const char *pattern, *version;	/* "upgrade" where none is given */
	const char *raw;		/* the argument */
	bool bare;			/* without a version */
};

/* version "": none is given. The pattern is borrowed. */
struct getwords getwords_of(struct arena *a, const char *pattern, const char *version);
/* reportError: the text, after the argument unless it names that; a line of its own behind what is there, with go's prefix. Append. */
void getwords_report(const struct getwords *w, const char *text, struct buf *b);
/* ResolvedString: the module version that the argument has led to. Append. */
void getwords_resolved(const struct getwords *w, struct modver m, struct buf *b);
/* The argument with the version that it has led to. Append. */
void getwords_argument(const struct getwords *w, const char *version, struct buf *b);

#endif
