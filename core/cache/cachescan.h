/*
 * cachescan.h - a report of the module cache as screens and commands ask for it: of which entries, and how deep.
 *
 * The entries are those of a project's build list, those that are named, or the whole cache. One rule for all who ask says what
 * a list holds, how it is sorted and when somebody is asked to vouch.
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
/* What the cache should hold of a build list: neither main modules nor what a directory replaces. With `sources` a replacement
 * stands for what it replaces, else what is replaced stays, as go mod verify wants it. In the build list's order. */
void cachescan_list_add(struct cachescan_list *l, struct modload *ml, const struct modgraph *mg, bool sources);
/* By path and version as strings, each once: as cache_options.used wants it. */
void cachescan_list_sort(struct cachescan_list *l);

/*
 * What go may read of the cache with this project, besides its build list: toolchains that its lines and GOTOOLCHAIN name, originals
 * of what is replaced, each member of a workspace alone, and what tidy compares up to go 1.20. Strings are the arena's; in cachekeep.c.
 */
void cachescan_list_keep(struct cachescan_list *l, struct arena *a, struct modload *ml, bool offline);

enum cachescan_depth {
	CACHESCAN_LOOK,		/* what a look at the files tells */
	CACHESCAN_VERIFY,	/* zips and directories are hashed, once */
	CACHESCAN_FULL,		/* and again where a hash is remembered */
};
struct cachescan {
	bool whole;		/* the whole cache; the list then says what is used */
	enum cachescan_depth depth;
	unsigned threads;	/* 0: as many as there are processors */
	bool no_sizes;		/* trees are not walked for their sizes: the first quick look of a screen */
	void (*progress)(void *ctx, size_t done, size_t total, struct modver subject);	/* as cache_options; may be NULL */
	void *ctx;
};
bool cachescan_report(struct cache_report **r, struct cachejob *j, const struct cachescan *what,
		      const struct cachescan_list *list, struct err *e);

#endif
