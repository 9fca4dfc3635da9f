/*
 * apply_impl.h - what apply.c, which does steps, and apply_undo.c, which takes them back, share.
 */
#ifndef MODSCOPE_APPLY_IMPL_H
#define MODSCOPE_APPLY_IMPL_H

#include <jansson.h>

#include "change/apply.h"

#define APPLY_SCHEMA "modscope.quarantine/1"

/* One step, as its line of the journal says. */
struct apply_step {
	const char *op;		/* "replace", "remove", "chmod" */
	const char *path;
	const char *kept;	/* name in the quarantine of what stood there; "" for chmod */
	const char *lock;	/* go's lock that was held; "" if none */
	mode_t mode;		/* that path had */
	uint64_t ino;		/* of what stood there; 0 if nothing did */
};

struct apply {
	struct arena arena;
	const char *root;
	char *id, *dir;
	bool begun;		/* here, and not by an earlier run */
	int journal;		/* fd */
	int lock;		/* fd, -1 if none is held */
	const char *lock_file;	/* "" if none */
	VEC(struct apply_step) steps;	/* that were begun */
	unsigned n_temp;
	struct activity *log;
};

/* Both places where a quarantine may be; the first is the one to use, the second NULL if there is one only. */
void apply_places(struct arena *a, const char *root, const char *own_cache, const char *dirs[2]);
/* Takes line. It is on the disk before the step that it speaks of. */
bool apply_journal(struct apply *t, json_t *line, struct err *e);
bool apply_move(const char *from, const char *to, struct err *e);
/* What stands at path and `from` change places; where that cannot be done at once, the first goes aside. */
bool apply_swap(const char *path, const char *from, const char *aside, struct err *e);
/* A row of the activity log. */
void apply_log(struct apply *t, const char *what, const char *path, bool ok, const struct err *e);

#endif
