/*
 * apply_impl.h - what apply.c, which does steps, apply_undo.c, which takes them back, apply_order.c, which knows what came later, and
 * apply_dir.c, where they are kept, share.
 */
#ifndef MODSCOPE_APPLY_IMPL_H
#define MODSCOPE_APPLY_IMPL_H

#include <jansson.h>

#include "base/map.h"
#include "change/apply.h"
#include "change/content.h"

#define APPLY_SCHEMA "modscope.quarantine/2"

/* One step, as its line of the journal says. */
struct apply_step {
	const char *op;		/* "replace", "edit", "remove", "chmod" */
	const char *path;
	const char *kept;	/* name in the quarantine of what stood there; "" for chmod */
	const char *lock;	/* go's lock that was held; "" if none */
	const char *mark;	/* what relocate.h makes while it clears the path; "" if it was there before, or none is needed */
	mode_t mode;		/* that path had */
	mode_t set;		/* of chmod: that it got */
	bool back;		/* it has been taken back */
	int64_t at;		/* steady_ns() when it was begun, under the lock; 0 if unknown */
	bool had;		/* something stood there: */
	struct content old;
	struct content new;	/* of replace: what was put there */
};

struct apply {
	struct arena arena;
	const char *root;
	char *id, *dir;		/* dir is NULL until it is ours */
	const char *boot;	/* of the system, by which steps' clocks can be compared; "" if unknown */
	struct map others;	/* of a reopened one: path -> struct apply_other, steps of other changes there and below */
	bool begun;		/* here, and not by an earlier run */
	int journal;		/* fd, locked as long as the change is at work */
	int lock;		/* fd, -1 if none is held */
	const char *lock_file;	/* "" if none */
	VEC(struct apply_step) steps;	/* that were begun */
	unsigned n_temp;
	struct activity *log;
};

/* Both places where a quarantine may be; the first is the one to use, the second NULL if there is one only. */
void apply_places(struct arena *a, const char *root, const char *own_cache, const char *dirs[2]);
/* A directory with a name that was never given before, in the first of the places that takes it; sets id and dir. */
bool apply_make_dir(struct apply *t, const char *const dirs[2], struct err *e);
bool apply_is_id(const char *s);
/* Opens the journal, to go on with it or only to read. While another process is using it, this waits for a moment and then is
 * ERR_REFUSED. -1 where it fails. */
int apply_open_journal(const char *dir, const char *id, bool to_write, struct err *e);
/* Another process is using it. */
bool apply_is_running(const char *dir);
/* Takes the whole directory away. */
bool apply_remove_dir(const char *dir, struct err *e);

/* What tells one start of the system from another; "" where nothing does. */
const char *apply_boot(struct arena *a);
/* A member that is a text; else "". */
const char *apply_text_of(struct arena *a, json_t *o, const char *key);
/* The journal's lines; one that was cut by a kill ends it: its step was not begun. */
json_t *apply_read_journal(struct arena *a, const char *dir, struct err *e);
/* Fills t->others: what stands and was done by other changes. */
void apply_read_others(struct apply *t, const char *own_cache);

/* Takes line. It is on the disk before the step that it speaks of. */
bool apply_journal(struct apply *t, json_t *line, struct err *e);
/* A row of the activity log. */
void apply_log(struct apply *t, const char *what, const char *path, bool ok, const struct err *e);

#endif
