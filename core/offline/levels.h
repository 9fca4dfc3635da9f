/*
 * levels.h - what works without the network: which go commands, and for those that do not the exact files that are missing.
 *
 * Each level is a go command: it is carried out by the code that answers it everywhere, twice. Once as go with GOPROXY=off and no network,
 * from GOMODCACHE alone: it ends well, or in go's words. Once more with the network, into our own cache, where every file is noted
 * that GOMODCACHE lacks: so that what a missing file would have led to is missing too. With `offline` the second pass has our own cache
 * only, and what cannot be read is said to be unread.
 *
 * The zip stands for the tree of a module: go needs one of both. Any thread; blocks. All strings are in the arena.
 *
 *	struct levels l;
 *	if (levels_find(&l, &(struct levels_options){ .env = env, .wanted = LEVELS_ALL }, &e)) ...
 *	levels_release(&l);
 */
#ifndef MODSCOPE_LEVELS_H
#define MODSCOPE_LEVELS_H

#include "base/arena.h"
#include "base/cancel.h"
#include "base/err.h"

struct activity;
struct goenv;

enum levels_level {
	LEVELS_BUILD,	/* go build ./... */
	LEVELS_TEST,	/* go test ./... */
	LEVELS_LIST,	/* go list -m all */
	LEVELS_TIDY,	/* go mod tidy */
	LEVELS_WHY,	/* go mod why -m all */
	LEVELS_VENDOR,	/* go mod vendor */
	LEVELS_QUERIES, /* go list -m -versions, go get M@latest: the lists of versions, which go never reads from its cache */
	LEVELS_COUNT
};
#define LEVELS_ALL ((1u << LEVELS_COUNT) - 1)

struct levels_missing {
	struct modver mod; /* after replacement */
	const char *what;  /* "info", "mod", "zip", "list", "latest" */
	const char *file;  /* below GOMODCACHE: "cache/download/example.com/a/@v/v1.0.0.zip" */
	const char *needed_by;
	int64_t bytes; /* -1: unknown */
	bool unread;   /* it could not be read: what it leads to is not known */
};

struct levels_row {
	enum levels_level level;
	const char *platform; /* "linux/amd64" of build and test; "" */
	bool ready;
	const char *go_says;  /* if it is not */
	bool unsure;	      /* a missing file could not be read, or something else failed: more may be missing */
	const char *failed;   /* what fails with the network too; "" */
	size_t had; /* files that GOMODCACHE has of those that the command reads; a tree is one */
	struct levels_missing *missing; /* by module, version, file */
	size_t n_missing;
};

struct levels {
	struct arena arena;
	struct levels_row *rows;
	size_t n;
};

#define LEVELS_SETTINGS 3

struct levels_options {
	const struct goenv *env; /* borrowed, as all */
	bool offline;		 /* --offline */
	unsigned wanted;	 /* 1 << level */
	const char *const *platforms; /* "GOOS/GOARCH" of build and test; none: the settings' */
	size_t n_platforms;
	const char *set[LEVELS_SETTINGS]; /* settings that count instead: "KEY=value" */
	bool all_missing; /* only what is missing is wanted, not what works without the network */
	struct cancel *cancel;
	struct activity *log;
	/* It begins, or a zip has been fetched for it: so many so far, and their bytes. On any thread; may be NULL. */
	void (*progress)(void *ctx, enum levels_level level, size_t zips, long long bytes);
	void *ctx;
};

/* ERR_CANCELLED, ERR_USAGE (a platform). The arena is to be released in any case. */
bool levels_find(struct levels *l, const struct levels_options *o, struct err *e);
void levels_release(struct levels *l);
const char *levels_name(enum levels_level level);    /* "build" */
const char *levels_command(enum levels_level level); /* "go build ./..." */

#endif
