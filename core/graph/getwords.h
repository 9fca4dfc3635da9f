/*
 * getwords.h - one argument of `go get`, as named in go's errors.
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
	const char *pattern, *version;	/* "upgrade" if none is given */
	const char *raw;		/* the argument */
	bool bare;			/* without a version */
};

/* version "": not given. Borrows the pattern. */
struct getwords getwords_of(struct arena *a, const char *pattern, const char *version);
/* reportError: appends the text as a new line with go's prefix, after the argument unless it contains that. */
void getwords_report(const struct getwords *w, const char *text, struct buf *b);
/* ResolvedString: appends the module version that the argument resolved to. */
void getwords_resolved(const struct getwords *w, struct modver m, struct buf *b);
/* Appends the argument with the version that it resolved to. */
void getwords_argument(const struct getwords *w, const char *version, struct buf *b);

#endif
