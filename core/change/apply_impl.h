/*
 * apply_impl.h - shared by apply.c (does steps), apply_undo.c (undoes them), apply_order.c (knows what came later) and
 * apply_dir.c (the quarantine's directories).
 */
#ifndef MODSCOPE_APPLY_IMPL_H
#define MODSCOPE_APPLY_IMPL_H

#include <jansson.h>
#include <pthread.h>

#include "base/buf.h"
#include "base/map.h"
#include "change/apply.h"
#include "change/content.h"

#define APPLY_SCHEMA "modscope.quarantine/2"

/* One step, as in its line of the journal. */
struct apply_step {
	const char *op;		/* "replace", "edit", "remove", "chmod" */
	const char *path;
	const char *kept;	/* quarantine name of what was there; "" for chmod */
	const char *lock;	/* go's lock that was held; "" if none */
	const char *mark;	/* created by relocate.h while it clears the path; "" if it existed before, or none is needed */
	mode_t mode;		/* path's old mode */
	mode_t set;		/* of chmod: the new mode */
	bool back;		/* it has been undone */
	int64_t at;		/* steady_ns() at its start, under the lock; 0 if unknown */
	bool had;		/* something was there: */
	struct content old;
	struct content new;	/* of replace: what was put there */
};

struct apply {
	struct arena arena;
	const char *root;
	char *id, *dir;		/* dir is NULL until it is ours */
	const char *boot;	/* the system's boot id: steps' clocks compare only within one; "" if unknown */
	struct map others;	/* if reopened: path -> struct apply_other, steps of other changes there and below */
	const char *unread;	/* if reopened: why not all others are known; "" if they are */
	bool begun;		/* by this process, not an earlier one */
	int journal;		/* fd, locked while the change runs */
	VEC(int) locks;		/* fds of the locks that are held */
	const char *lock_file;	/* the last one; "" if none */
	VEC(struct apply_step) steps;	/* those begun */
	VEC(size_t) left;	/* steps that could not be taken back by this process */
	pthread_mutex_t temp_mutex; /* of n_temp, and of the arena while temporary files are made on several threads */
	unsigned n_temp;
	struct buf staged;	/* lines of the journal that are not in it yet */
	size_t n_staged;
	struct activity *log;
};

/* The two places where a quarantine may be, the preferred one first; the second is NULL if there is only one. */
void apply_places(struct arena *a, const char *root, const char *own_cache, const char *dirs[2]);
/* Makes a directory with an unused name in the first place where that succeeds; sets id and dir. */
bool apply_make_dir(struct apply *t, const char *const dirs[2], struct err *e);
bool apply_is_id(const char *s);
/* Opens the journal, to append (to_write) or to read. While another process is using it, waits for a moment, then fails with
 * ERR_REFUSED. Returns -1 on failure. */
int apply_open_journal(const char *dir, const char *id, bool to_write, struct err *e);
/* Whether another process is using it. */
bool apply_is_running(const char *dir);
/* Removes the whole directory. */
bool apply_remove_dir(const char *dir, struct err *e);

/* The system's boot id; "" if there is none. */
const char *apply_boot(struct arena *a);
/* The string member `key`; "" if there is none. */
const char *apply_text_of(struct arena *a, json_t *o, const char *key);
/* The journal's lines, up to one cut by a kill: its step was not begun. */
json_t *apply_read_journal(struct arena *a, const char *dir, struct err *e);
/* Whether the change in dir, whose journal cannot be read because of *why, may have changed anything. */
bool apply_is_begun(struct arena *a, const char *dir, const struct err *why);
/* Fills t->others: steps of other changes that have not been undone; and t->unread. */
void apply_read_others(struct apply *t, const char *own_cache);

/* Appends a step's line. */
bool apply_line(struct buf *b, const struct apply_step *s, struct err *e);
/* Writes lines to disk. */
bool apply_append(struct apply *t, const char *lines, size_t len, struct err *e);
/* Writes a line (a reference that is taken over) to disk, before the step it describes. */
bool apply_journal(struct apply *t, json_t *line, struct err *e);
/* Records that a step is undone: once earlier steps are undone too, or others write the file, its content no longer tells. */
void apply_note_back(struct apply *t, size_t i);
/* Adds a row to the activity log. */
void apply_log(struct apply *t, const char *what, const char *path, bool ok, const struct err *e);

#endif
