/*
 * levels.h - the go commands that work without the network, and the exact files that the others lack.
 *
 * Each level is a go command, run twice by the code that implements it everywhere. First like go with GOPROXY=off and no network,
 * from GOMODCACHE only: it succeeds, or fails in go's words. Then with the network, into our own cache, recording every file
 * that GOMODCACHE lacks, including those that a missing file leads to. With `offline` the second pass only has our own cache,
 * and files that cannot be read are marked unread.
 *
 * The zip also stands for the tree of a module: go needs one of them. Any thread; blocks. All strings are in the arena.
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

struct http_once;
struct activity;
struct goenv;

enum levels_level {
	LEVELS_BUILD,	/* go build ./... */
	LEVELS_TEST,	/* go test ./... */
	LEVELS_LIST,	/* go list -m all */
	LEVELS_TIDY,	/* go mod tidy */
	LEVELS_WHY,	/* go mod why -m all */
	LEVELS_VENDOR,	/* go mod vendor */
	LEVELS_QUERIES, /* go list -m -versions, go get M@latest: version lists, which go never reads from its cache */
	LEVELS_COUNT
};
#define LEVELS_ALL ((1u << LEVELS_COUNT) - 1)

struct levels_missing {
	struct modver mod; /* after replacement */
	const char *what;  /* "info", "mod", "zip", "list", "latest" */
	const char *file;  /* below GOMODCACHE: "cache/download/example.com/a/@v/v1.0.0.zip" */
	const char *needed_by;
	int64_t bytes; /* -1: unknown */
	bool unread;   /* it could not be read: what it leads to is unknown */
};

struct levels_row {
	enum levels_level level;
	const char *platform; /* "linux/amd64" for build and test; "" */
	bool ready;
	const char *go_says;  /* if not ready */
	bool unsure;	      /* a missing file could not be read, or something else failed: more may be missing */
	const char *failed;   /* an error even with the network; "" */
	const char *failed_at; /* the package that it is about; "" */
	bool refused;	      /* files were not fetched, because the user only looks or of --offline: `failed` may be about one */
	size_t had; /* files read by the command that GOMODCACHE has; a tree counts as one */
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
	const char *const *platforms; /* "GOOS/GOARCH" for build and test; none: the settings' */
	size_t n_platforms;
	const char *set[LEVELS_SETTINGS]; /* overriding settings: "KEY=value" */
	bool all_missing; /* compute only what is missing, not what works without the network */
	struct cancel *cancel;
	struct activity *log;
	struct http_once *once; /* source.h; may be NULL */
	/* A level begins, or a zip has been fetched for it; zips and bytes are totals. On any thread; may be NULL. */
	void (*progress)(void *ctx, enum levels_level level, size_t zips, long long bytes);
	void *ctx;
};

/* ERR_CANCELLED, ERR_USAGE (a platform). Always call levels_release. */
bool levels_find(struct levels *l, const struct levels_options *o, struct err *e);
void levels_release(struct levels *l);
const char *levels_name(enum levels_level level);    /* "build" */
const char *levels_command(enum levels_level level); /* "go build ./..." */

#endif
