/*
 * goflags.h - the flags that GOFLAGS puts before those of every go command that has them.
 *
 * Follows cmd/go/internal/base/goflags.go, with its error texts. A word must name a flag that some command of go 1.26 has;
 * only commands that have it check its value (goflags_check). The last of several words for one flag
 * counts, but each must be well formed.
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

/* The go commands whose flags matter here. */
enum goflags_command {
	GOFLAGS_LIST,
	GOFLAGS_DOWNLOAD, /* and the other `go mod` commands */
	GOFLAGS_GRAPH,
	GOFLAGS_TIDY,
	GOFLAGS_VENDOR,
	GOFLAGS_VERIFY,
	GOFLAGS_WHY,
	GOFLAGS_COMMANDS
};

/* A VEC: the words in order. */
struct goflags {
	struct goflags_word *items;
	size_t n, cap;
};

/* Splits at blanks, with quotes. ERR_REFUSED: `parsing $GOFLAGS: non-flag "mod"`. */
bool goflags_parse(struct goflags *f, struct arena *a, const char *text, struct err *e);
void goflags_release(struct goflags *f);

/* base.SetFromGOFLAGS: each flag that the command has gets a value of its type. ERR_USAGE, of the first that does not: `invalid
 * value "x" for flag -p (from $GOFLAGS): parse error`, of the form USAGE. local is go's own version. */
bool goflags_check(const struct goflags *f, enum goflags_command c, const char *local, struct err *e);
const char *goflags_command_name(enum goflags_command c); /* "go mod tidy" */
/* What go prints after the error of goflags_check, for "go mod tidy -diff": two lines. NULL for commands without a twin. Static. */
const char *goflags_usage(const char *command);

/* The value of a flag that takes one; NULL if it is not set. ERR_USAGE: `flag needs an argument: -mod (from $GOFLAGS)`. */
bool goflags_text(const struct goflags *f, const char *name, const char **value, struct err *e);
/* The same for a boolean flag; *value is left alone if it is not set. ERR_USAGE. */
bool goflags_bool(const struct goflags *f, const char *name, bool *value, struct err *e);

#endif
