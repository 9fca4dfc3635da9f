/*
 * repair.h - mending entries of the module cache: what is proven wrong, and nothing else.
 *
 * repair_plan says what would be done. repair_run does it, entry by entry:
 *
 *   1. judge the entry (cache.h), hashing everything;
 *   2. fetch what is needed into our own cache; nothing of GOMODCACHE has been touched if that fails;
 *   3. check it: against go.sum or the checksum database; where nobody vouches, the fetched zip must agree with one of
 *      the entry's own witnesses (zip, .ziphash, tree), unless none of them is worth anything;
 *   4. take go's lock, judge again (a go command may have been quicker), replace what is still wrong, each file by one
 *      rename, the .ziphash last: until then go finds the entry as wrong as before, never half right;
 *   5. judge again. What is not right then is put back.
 *
 * The old files are in quarantine; apply_undo brings them back.
 *
 * One thread. Results and their strings live in the caller's arena.
 */
#ifndef MODSCOPE_REPAIR_H
#define MODSCOPE_REPAIR_H

#include "change/plan.h"

struct activity;

/* Where files come from: the network, never GOMODCACHE. The answers are borrowed and need not be trusted. Errors as source.h. */
struct repair_fetch {
	bool (*zip)(void *ctx, struct modver m, const char **file, struct err *e);
	bool (*gomod)(void *ctx, struct modver m, const char **data, size_t *len, struct err *e);
	/* The bytes of an .info file as go would write it. */
	bool (*info)(void *ctx, struct modver m, const char **data, size_t *len, struct err *e);
	void *ctx;
};

struct repair_options {
	const char *root;		/* GOMODCACHE */
	const char *own_cache;		/* ours */
	const struct cache_trust *trust;	/* may be NULL */
	const struct repair_fetch *fetch;
	bool mod_cache_rw;		/* -modcacherw: directories stay writable */
	struct cancel *cancel;
	struct activity *log;
	void (*progress)(void *ctx, size_t done, size_t total, struct modver subject);
	void *ctx;
};

enum repair_outcome {
	REPAIR_DONE,
	REPAIR_NOTHING,		/* nothing (any more) that is proven wrong */
	REPAIR_FAILED,		/* as before; error says why */
};

struct repair_result {
	struct modver mod;	/* empty for what is no entry */
	const char *path;	/* of what is no entry; else "" */
	enum repair_outcome outcome;
	const char *error;	/* "" if there is none */
	const char *id;		/* for apply_undo; "" if nothing was changed */
	const char *const *files;	/* what was replaced or moved away */
	size_t n_files;
};

/* Steps for the entries of a report; what is no entry is named by its file and an empty version. With mods NULL for all that
 * have something to mend. */
void repair_plan(struct plan *p, const struct cache_report *r, const struct modver *mods, size_t n);
/* Carries it out: a row for each entry and file that the plan speaks of. */
void repair_run(struct arena *a, const struct repair_options *o, const struct cache_report *r, const struct modver *mods,
		size_t n, struct repair_result **results, size_t *n_results);

/* Unused versions of a whole cache's report (cache_options.used): their zips, hashes and trees. The small .mod and .info
 * stay, since module graphs need those of versions that are in no build list. */
void prune_plan(struct plan *p, const struct cache_report *r);
/* One row for each version; all of them are one change to undo. False if nothing could be begun. */
bool prune_run(struct arena *a, const struct repair_options *o, const struct cache_report *r, struct repair_result **results,
	       size_t *n_results, struct err *e);

#endif
