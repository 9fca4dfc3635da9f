/*
 * modload_impl.h - what the files of modload share.
 *
 * From the ground up: modload_index.c opens and writes the index, modload.c has the loader, modload_read.c reads go.mod
 * files on several threads, modload_summary.c applies replace and exclude lines to them.
 */
#ifndef MODSCOPE_MODLOAD_IMPL_H
#define MODSCOPE_MODLOAD_IMPL_H

#include "base/buf.h"
#include "base/par.h"
#include "graph/modindex.h"
#include "graph/modload.h"

enum modload_slot_state { SLOT_NEW, SLOT_OK, SLOT_FAILED };

/* A node's go.mod. */
struct modload_slot {
	uint8_t raw_state, state; /* enum modload_slot_state: of the file itself; with replacement and excludes */
	uint32_t actual;	  /* after replacement; valid if state is not SLOT_NEW */
	const struct modload_summary *raw, *summary;
	struct modload_failure *raw_failure, *failure;
};

struct modload_names {
	const char **items;
	size_t n;
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

	struct modindex index;	/* go.mod files as last read */
	const char *index_file; /* NULL: no index */
	int64_t opened;		/* seconds */
	VEC(struct modindex_new) fresh;
	struct par_beside ahead; /* checks files in advance */
	atomic_bool stop_ahead;
	struct modver_list trees; /* after replacement */
	_Atomic(struct modload_names *) further; /* modload_look_further; NULL: nothing */

	struct requirements *requirements, *initial;
	struct modload_kept *kept;
	void *left; /* NULL: nothing */
	void (*left_release)(void *object);
	struct map latest;
};

/* modload.c: a loader with a project, but nothing read yet. */
struct modload *modload_new(struct modproject *mp, const struct modload_options *o);
struct modload_slot *modload_slot(struct modload *ml, uint32_t node);
struct modload_failure *modload_new_failure(struct modload *ml, struct modver actual);

/* modload_index.c: opens the index of the project with root file `file`; the table must be empty. `now` is in seconds; 0 is the clock's. */
void modload_index_open(struct modload *ml, const char *file, int64_t now, struct modlooks *looks);
/* Adds a file that was read to the index. */
void modload_index_note(struct modload *ml, struct modindex_new entry);
void modload_index_close(struct modload *ml);

/* modload_read.c: reads the unread files of these nodes into slots' raw; `full`: including retractions and similar lines. */
void modload_read(struct modload *ml, const uint32_t *nodes, size_t n, bool full);

/* Requirements being collected, in the loader's memory. */
struct modload_requires {
	uint32_t *node;
	bool *indirect;
	size_t n;
};
struct modload_requires modload_requires_new(struct modload *ml, size_t max);
void modload_requires_add(struct modload_requires *r, uint32_t node, bool indirect);
/* Moves them to the summary; a go line of at least 1.21 becomes a last requirement, on that Go. */
void modload_requires_give(struct modload *ml, struct modload_requires *r, struct modload_summary *s);

#endif
