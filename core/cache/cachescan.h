/*
 * cachescan.h - loads a cache report for screens and commands: which entries, and how deep.
 *
 * The entries are those of a project's build list, those named, or the whole cache. All callers share one rule for what
 * a list holds, how it is sorted and when recorded hashes are looked up.
 *
 *	struct cachescan_list l = { 0 };
 *	cachescan_list_add(&l, ml, mg, true), cachescan_list_sort(&l);
 *	cachescan_report(&r, job, &(struct cachescan){ .depth = CACHESCAN_VERIFY }, &l, &e);
 *	vec_release(&l);
 */
#ifndef MODSCOPE_CACHESCAN_H
#define MODSCOPE_CACHESCAN_H

#include "cache/cachejob.h"

struct modgraph;
struct modload;

/* Module versions; strings are borrowed. For vec_push and vec_release. */
struct cachescan_list {
	struct modver *items;
	size_t n, cap;
};
/* Adds what the cache should hold of a build list: neither main modules nor modules replaced by a directory. With `sources`,
 * replacements; else the replaced modules, as in go mod verify. In the build list's order. */
void cachescan_list_add(struct cachescan_list *l, struct modload *ml, const struct modgraph *mg, bool sources);
/* By path and version as strings, each once: as cache_options.used wants it. */
void cachescan_list_sort(struct cachescan_list *l);

/*
 * Adds what go may read of the cache for this project, besides its build list: toolchains named by its files and GOTOOLCHAIN, originals
 * of replaced modules, each member of a workspace alone, and what tidy compares up to go 1.20. Strings are the arena's; in cachekeep.c.
 */
void cachescan_list_keep(struct cachescan_list *l, struct arena *a, struct modload *ml, bool offline);

enum cachescan_depth {
	CACHESCAN_LOOK,		/* without hashing */
	CACHESCAN_VERIFY,	/* zips and trees are hashed, unless a hash is remembered */
	CACHESCAN_FULL,		/* all are hashed */
};
struct cachescan {
	bool whole;		/* the whole cache; the list then says what is used */
	enum cachescan_depth depth;
	unsigned threads;	/* 0: one per processor */
	bool no_sizes;		/* do not walk trees for their sizes: a screen's first quick load */
	bool wanted_only;	/* as cache_options */
	void (*progress)(void *ctx, size_t done, size_t total, struct modver subject);	/* as cache_options; may be NULL */
	void *ctx;
};
bool cachescan_report(struct cache_report **r, struct cachejob *j, const struct cachescan *what,
		      const struct cachescan_list *list, struct err *e);

#endif
