/*
 * goflags_impl.h - the flags of the go commands, for goflags.c and goflags_check.c.
 */
#ifndef MODSCOPE_GOFLAGS_IMPL_H
#define MODSCOPE_GOFLAGS_IMPL_H

#include "gofiles/goflags.h"

/* The values that a flag's Set accepts in go. */
enum goflags_value {
	BOOL,	    /* strconv.ParseBool; nothing is true */
	TEXT,	    /* any text */
	INT,	    /* strconv.ParseInt with base 0 */
	DURATION,   /* "1m30s": only of `go test` */
	WORDS,	    /* quoted words */
	PATTERN,    /* quoted words, which PATTERN= may precede */
	TAGS,	    /* separated by commas or, formerly, by blanks */
	GO_VERSION, /* "1.26" */
	BUILDVCS,   /* a BOOL, or "auto" */
	FIELDS,	    /* of list: a BOOL, or names separated by commas */
	COMPILER,   /* gc, gccgo */
	COVERMODE,  /* set, count, atomic */
	CHDIR,	    /* none: it must be on the command line */
};

/* The commands that have a flag, of those that we emulate. */
enum goflags_commands {
	LIST = 1 << GOFLAGS_LIST,
	DOWNLOAD = 1 << GOFLAGS_DOWNLOAD,
	GRAPH = 1 << GOFLAGS_GRAPH,
	TIDY = 1 << GOFLAGS_TIDY,
	VENDOR = 1 << GOFLAGS_VENDOR,
	VERIFY = 1 << GOFLAGS_VERIFY,
	WHY = 1 << GOFLAGS_WHY,
	EVERY_MOD = DOWNLOAD | GRAPH | TIDY | VENDOR | VERIFY | WHY,
	TEST_BINARY = 1 << GOFLAGS_COMMANDS, /* go test passes it on, and accepts it with the prefix "test." too */
};

struct goflags_flag {
	const char *name;
	enum goflags_value value; /* if commands differ: in those that we emulate */
	unsigned commands;	  /* 0: only other commands have it */
};

/* NULL if no command has it. */
const struct goflags_flag *goflags_find(const char *name);
/* cmd/internal/quoted.Split: one word, or NULL at the end or on an error. */
char *goflags_word(struct arena *a, const char **s, struct err *e);
/* strconv.ParseBool: 1, 0, or -1 for neither. */
int goflags_parse_bool(const char *s);
/* The value of an INT that goflags_check has accepted. */
intmax_t goflags_parse_int(const char *s);

#endif
