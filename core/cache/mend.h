/*
 * mend.h - carries out plans for the module cache: fetching, checking, judging, making new files.
 *
 * Before GOMODCACHE is touched, fetched files are checked against go.sum or the checksum database; if neither has a
 * hash, the fetched zip must agree with one of the entry's own files (zip, .ziphash, tree); if none is usable,
 * nothing can contradict. Under go's lock an entry is checked again with everything hashed (a go command may have
 * repaired it), and each new file is hashed before it is put in place.
 *
 * One thread. Results as in execute.h, in the caller's arena.
 */
#ifndef MODSCOPE_MEND_H
#define MODSCOPE_MEND_H

#include "cache/cache.h"
#include "change/execute.h"

/* Where files come from: the network, never GOMODCACHE. Answers are borrowed and not trusted. Errors as in source.h. */
struct mend_fetch {
	bool (*zip)(void *ctx, struct modver m, const char **file, struct err *e);
	bool (*gomod)(void *ctx, struct modver m, const char **data, size_t *len, struct err *e);
	/* The bytes of an .info file as go would write it. */
	bool (*info)(void *ctx, struct modver m, const char **data, size_t *len, struct err *e);
	void *ctx;
};

struct mend_options {
	const char *root;		/* GOMODCACHE */
	const char *own_cache;		/* ours */
	const struct cache_trust *trust;	/* may be NULL */
	const struct mend_fetch *fetch;	/* for a plan that fetches */
	const char *gosumdb, *sumdb_config;	/* as in cache_options */
	bool mod_cache_rw;		/* -modcacherw: directories stay writable */
	struct cancel *cancel;
	struct activity *log;
	void (*progress)(void *ctx, size_t done, size_t total, struct modver subject);
	void *ctx;
};

/* Carries out a plan of repair.h, prune.h or change/undo.h. */
void mend_run(struct arena *a, const struct plan *p, const struct mend_options *o, struct execute_result **results, size_t *n);

#endif
