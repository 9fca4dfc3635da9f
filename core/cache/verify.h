/*
 * verify.h - exactly what `go mod verify` prints (cmd/go/internal/modcmd/verify.go).
 *
 * For each module of a build list, with its original path and version even if it is replaced: the zip and the
 * extracted tree are hashed and compared with the .ziphash. go.sum is not read, as in go. cache.h finds what go
 * misses.
 *
 * The lines are go's stderr, in the order of the build list whatever thread made them; if there are none, go prints
 * "all modules verified" and exits with 0. Strings live in the arena.
 *
 *	struct verify_result v;
 *	if (!verify_modules(&v, arena, &options, mods, n, &e)) ...     // ERR_CANCELLED only
 */
#ifndef MODSCOPE_VERIFY_H
#define MODSCOPE_VERIFY_H

#include "base/arena.h"
#include "zip/hashmemo.h"

struct verify_line {
	size_t mod;		/* index into the list */
	const char *text;
	bool ours;		/* go has no such line: the zip exceeds one of our caps */
};

struct verify_options {
	const char *root;	/* GOMODCACHE; NULL if it is not known, or not usable */
	bool root_missing;	/* root is NULL, and go's error for it is fs.ErrNotExist: it then has nothing to check */
	struct hashmemo *memo;	/* borrowed */
	bool full;		/* hash again even what memo has */
	unsigned threads;	/* 0: one per processor */
	struct cancel *cancel;	/* may be NULL */
	/* Called from any thread after each module; may be NULL. */
	void (*progress)(void *ctx, size_t done, size_t total);
	void *ctx;
};

struct verify_result {
	struct verify_line *lines;
	size_t n;
	size_t n_checked;	/* modules that had something to check */
};

/* mods must not include main modules; "go" and "toolchain" are skipped. */
bool verify_modules(struct verify_result *v, struct arena *a, const struct verify_options *o, const struct modver *mods,
		    size_t n, struct err *e);

#endif
