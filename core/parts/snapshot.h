/*
 * snapshot.h - parts, and the snapshot that the screen shows.
 *
 * A part is one immutable answer (the graph, the state of the cache, the explanation of one module): built
 * wholly by one thread, in the arena it carries, then handed over and never changed again. `data` points into
 * the arena or to something that `release` frees. A part that needs another (the explanation needs the graph)
 * keeps it by `needs`, so that borrowed strings stay valid.
 *
 * A snapshot is a tuple of parts with a generation: a new one is made for each new part, the others are
 * shared. Both are reference counted (atomic); parts and snapshots may be read by any number of threads.
 * A generation begins when a file of the project changed: parts of an older generation are shown until the new
 * ones come, and are told apart by part->generation.
 *
 *	struct part *p = part_new(PART_GRAPH, "");
 *	p->data = build(&p->arena, ...);
 *	struct snapshot *next = snapshot_with(now, p);   // takes p
 *	snapshot_unref(now);
 */
#ifndef MODSCOPE_SNAPSHOT_H
#define MODSCOPE_SNAPSHOT_H

#include <stdatomic.h>

#include "base/arena.h"

enum part_id {
	PART_ENV,	/* struct load_env: settings and where they come from */
	PART_GRAPH,	/* struct load_graph: the project and its module graph */
	PART_EXPLAIN,	/* keyed by module path */
	PART_WHATIF,	/* keyed by the steps */
	PART_CACHE,	/* state of the cache entries of the build list, or of the machine (key "all") */
	PART_TIDY,	/* what tidy would change */
	PART_IMPORTS,	/* the package chains to the modules */
	PART_VERSIONS,	/* keyed by module path */
	PART_TIMES,	/* when the versions of the build list were made */
	PART_PLAN,	/* keyed: steps that a dialog shows before they are done, and their outcome */
	PART_EXPORT,	/* keyed: the graph written into a file */
	PART_GIT,	/* struct gitstate: branch, commit and changes of the project's repository */
	PART_COUNT
};

struct part {
	atomic_uint refs;
	enum part_id id;
	char *key;		/* "" for the parts there is one of */
	uint64_t generation;	/* set by the job that carries it */
	bool partial;		/* rows are right, more will come */
	struct arena arena;
	void *data;
	void (*release)(void *data);	/* may be NULL */
	struct part *needs;		/* kept alive; may be NULL */
};

struct part *part_new(enum part_id id, const char *key);
struct part *part_ref(struct part *p);
void part_unref(struct part *p);	/* NULL is fine */

struct snapshot {
	atomic_uint refs;
	uint64_t serial;	/* counts the snapshots: what is drawn from an older one is stale */
	struct part **parts;	/* newest last */
	size_t n;
};

/* Keyed parts that a snapshot keeps; beyond, the oldest are dropped. */
#define SNAPSHOT_MAX_PARTS 256

struct snapshot *snapshot_new(void);
struct snapshot *snapshot_ref(struct snapshot *s);
void snapshot_unref(struct snapshot *s);
/* A new snapshot with p in place of the part of the same id and key; takes p. */
struct snapshot *snapshot_with(const struct snapshot *s, struct part *p);
/* Borrowed; NULL if there is none. */
struct part *snapshot_part(const struct snapshot *s, enum part_id id, const char *key);

#endif
