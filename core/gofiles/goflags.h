/*
 * goflags.h - the flags that GOFLAGS puts before those of every go command that has them.
 *
 * Follows cmd/go/internal/base/goflags.go, with its error texts. A word must name a flag that some command of go 1.26 has; what
 * its value must be matters only to a command that has it, so it is checked when that flag is asked for. Of several words
 * for one flag the last one counts, but each must be well formed.
 *
 *	struct goflags f = { 0 };
 *	if (!goflags_parse(&f, &arena, "-mod=mod -modcacherw", &e)) ...
 *	goflags_text(&f, "mod", &value, &e);
 *	goflags_release(&f);		// the list; its strings are the arena's
 */
#ifndef MODSCOPE_GOFLAGS_H
#define MODSCOPE_GOFLAGS_H

#include "base/arena.h"
#include "base/err.h"

struct goflags_word {
	const char *name;  /* without dashes */
	const char *value; /* NULL if it has none */
};

/* A VEC: the words in order. */
struct goflags {
	struct goflags_word *items;
	size_t n, cap;
};

/* Splits at blanks, with quotes. ERR_REFUSED: `parsing $GOFLAGS: non-flag "mod"`. */
bool goflags_parse(struct goflags *f, struct arena *a, const char *text, struct err *e);
void goflags_release(struct goflags *f);

/* The value of a flag that takes one; NULL if it is not set. ERR_USAGE: `flag needs an argument: -mod (from $GOFLAGS)`. */
bool goflags_text(const struct goflags *f, const char *name, const char **value, struct err *e);
/* The same for a boolean flag; *value is left alone if it is not set. ERR_USAGE. */
bool goflags_bool(const struct goflags *f, const char *name, bool *value, struct err *e);

#endif
