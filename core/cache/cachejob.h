/*
 * cachejob.h - everything that work on the module cache needs, set up once from the settings and the project's go.sum:
 * recorded hashes (go.sum, then the checksum database), remembered hashes, the source of fresh files, carrying out plans.
 * Batch commands and the jobs of the cache view both use it.
 *
 * The parts are thread-safe as their own headers say. Everything given is borrowed and must outlive it.
 *
 *	struct cachejob *j = cachejob_new(&(struct cachejob_options){ .env = env, .sums = sums }, &e);
 *	o = cachejob_cache_options(j), cache_load(&report, &o, ...);
 *	cachejob_free(j);                // saves the remembered hashes
 */
#ifndef MODSCOPE_CACHEJOB_H
#define MODSCOPE_CACHEJOB_H

#include "cache/mend.h"

struct goenv;
struct apply_record;
struct gosum;

struct cachejob_options {
	const struct goenv *env;
	struct gosum *sums;		/* NULL: there is no go.sum */
	bool offline;			/* --offline */
	/* Over the network, for hashes that go.sum and the cached lookups lack; until two questions in a row get no answer. */
	bool ask_database;
	bool zips_unhashed;		/* source.h, for cachejob_fetch */
	struct cancel *cancel;
	struct activity *log;
};

struct cachejob;

/* fn is called after each item of a plan. */
struct cachejob_progress {
	void (*fn)(void *ctx, size_t done, size_t total, struct modver subject);
	void *ctx;
};

/* Fails if GOMODCACHE is not usable. */
bool cachejob_new(struct cachejob **out, const struct cachejob_options *o, struct err *e);
void cachejob_free(struct cachejob *j);	/* NULL is fine */

const char *cachejob_root(const struct cachejob *j);
const char *cachejob_own_cache(const struct cachejob *j);
/* What can be undone, newest first: changes of the cache, of projects on the file system of our own cache, and of the current
 * project. cachejob_change finds one by its id: NULL with ERR_NOT_FOUND. */
bool cachejob_history(const struct cachejob *j, struct arena *a, struct apply_record **records, size_t *n, struct err *e);
const struct apply_record *cachejob_change(const struct cachejob *j, struct arena *a, const char *id, struct err *e);
struct hashmemo *cachejob_memo(struct cachejob *j);
/* For cache_load: root, memo, trust, and where the checksum database's key and newest tree are. The rest is the caller's. */
struct cache_options cachejob_cache_options(struct cachejob *j);
/* Where repairs take files from: a separate source that never reads GOMODCACHE. Thread-safety as in mend.h. */
struct mend_fetch cachejob_fetch(struct cachejob *j);
/* Carries out a plan of repair.h, prune.h or change/undo.h, fetching from cachejob_fetch. False if the settings are
 * wrong: nothing is done. */
bool cachejob_run(struct cachejob *j, struct arena *a, const struct plan *p, const struct cachejob_progress *progress,
		  struct execute_result **results, size_t *n, struct err *e);

#endif
