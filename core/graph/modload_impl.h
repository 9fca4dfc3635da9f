/*
 * modload_impl.h - what the files of modload share.
 *
 * From the ground up: modload_index.c opens and writes the index, modload.c holds the loader, modload_read.c reads go.mod
 * files on several threads, modload_summary.c makes of them what replace and exclude lines leave.
 */
#ifndef MODSCOPE_MODLOAD_IMPL_H
#define MODSCOPE_MODLOAD_IMPL_H

#include "base/buf.h"
#include "base/par.h"
#include "graph/modindex.h"
#include "graph/modload.h"

enum modload_slot_state { SLOT_NEW, SLOT_OK, SLOT_FAILED };

/* What is known of a node's go.mod. */
struct modload_slot {
	uint8_t raw_state, state; /* enum modload_slot_state: of the file itself; with replacement and excludes */
	uint32_t actual;	  /* after replacement; valid if state is not SLOT_NEW */
	const struct modload_summary *raw, *summary;
	struct modload_failure *raw_failure, *failure;
};

struct modload {
	struct modproject *project;
	struct modtab *tab;   /* the project's */
	struct arena *arena;  /* the project's */
	void (*progress)(void *ctx, size_t done, size_t total, struct modver subject);
	void *progress_ctx;

	struct modload_slot *slots; /* by node */
	size_t cap_slots;
	size_t n_loaded, n_wanted; /* for progress */
	VEC(struct modload_failure *) failures;

	struct modindex index;	/* go.mod files as they were the last time */
	const char *index_file; /* NULL: none is kept */
	int64_t opened;		/* seconds */
	VEC(struct modindex_new) fresh;
	struct par_beside ahead; /* looks at what will be asked for */
	atomic_bool stop_ahead;
	struct modver_list trees; /* after replacement */

	struct requirements *requirements, *initial;
	struct modload_kept *kept;
	struct map latest;
};

/* modload.c: a loader that has a project, but has read nothing. */
struct modload *modload_new(struct modproject *mp, const struct modload_options *o);
struct modload_slot *modload_slot(struct modload *ml, uint32_t node);
struct modload_failure *modload_new_failure(struct modload *ml, struct modver actual);

/* modload_index.c: the index of the project that `file` is the root of; the table must be empty. `now`: seconds, 0 is the clock's. */
void modload_index_open(struct modload *ml, const char *file, int64_t now);
/* What was read may go into the index. */
void modload_index_note(struct modload *ml, struct modindex_new entry);
void modload_index_close(struct modload *ml);

/* modload_read.c: reads the files of these nodes, unless they have been read, into slots' raw; `full`: retractions and the like too. */
void modload_read(struct modload *ml, const uint32_t *nodes, size_t n, bool full);

/* Requirements as they are collected, in the loader's memory. */
struct modload_requires {
	uint32_t *node;
	bool *indirect;
	size_t n;
};
struct modload_requires modload_requires_new(struct modload *ml, size_t max);
void modload_requires_add(struct modload_requires *r, uint32_t node, bool indirect);
/* They become the summary's; a go line of at least 1.21 is a requirement on that Go, after all others. */
void modload_requires_give(struct modload *ml, struct modload_requires *r, struct modload_summary *s);

#endif
