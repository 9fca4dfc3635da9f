/*
 * apply.h - the only code that changes files that are not ours: atomic steps with a journal, and their undoing. Plans are
 * carried out through it (execute.h); nobody else calls it to write.
 *
 * Nothing is overwritten or deleted: what stood in a place is kept in a quarantine directory of its own, on the same mount where
 * that can be, so that each step is one rename: killed at any moment, a file is either as before or as after. Where only copying
 * can do it (relocate.h), a tree that is half cleared is marked, so that go takes it for absent.
 * The journal is written and synced before each step; undo walks it backwards and may itself be killed and run again. It knows
 * what stood there by its content (content.h), wherever the cache has been copied to meanwhile.
 *
 *	QUARANTINE/20260102-150405-123/journal		one JSON object a line: the head, then one a step, "done" at the end
 *	QUARANTINE/20260102-150405-123/0001		what a step took away, or is going to put in place
 *	QUARANTINE/last					the id that was given last: none is given twice, whatever the clock says
 *
 * QUARANTINE is modscope/quarantine below our cache directory if names can be moved from there to GOMODCACHE, else
 * GOMODCACHE/cache/modscope/quarantine, which go does not look at; the other where the first cannot be written.
 *
 * A journal has one writer: who carries a change out or takes it back holds a lock on it. To others it is a change that runs.
 *
 * go's locks are taken with flock(2) on the same files as go does (cmd/go/internal/lockedfile), so a go
 * command that runs beside us waits. One thread per struct apply.
 *
 *	struct apply *t = apply_begin(root, own_cache, "repair m@v1.0.0", &e);
 *	if (!apply_lock(t, lock_file, cancel, &e) || !apply_replace(t, path, tmp, &e)) ...
 *	apply_end(t, &e);            // or apply_abandon(t): leaves the journal open, undo can still go back
 */
#ifndef MODSCOPE_APPLY_H
#define MODSCOPE_APPLY_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/par.h"

struct apply;
struct activity;

struct apply *apply_begin(const char *root, const char *own_cache, const char *title, struct activity *log, struct err *e);
/* The name by which undo knows it. */
const char *apply_id(const struct apply *t);
/* Takes go's lock (made if it is not there), waiting as long as another has it. ERR_CANCELLED. */
bool apply_lock(struct apply *t, const char *file, const struct cancel *cancel, struct err *e);
void apply_unlock(struct apply *t);

/* A new file in the quarantine's directory, to be put in place later: written, synced, mode 0666 less the umask. *tmp
 * lives as long as t. */
bool apply_temp(struct apply *t, const void *data, size_t len, const char **tmp, struct err *e);
bool apply_temp_copy(struct apply *t, const char *from, const char **tmp, struct err *e);
/* A name there for a tree. Nothing is made. */
const char *apply_temp_tree(struct apply *t);

/* Puts tmp in path's place; what stood there, of whatever kind, is kept under tmp's name: both change places at once. */
bool apply_replace(struct apply *t, const char *path, const char *tmp, struct err *e);
/* The same for a file that people edit: once somebody has, it is not taken back. */
bool apply_edit(struct apply *t, const char *path, const char *tmp, struct err *e);
/* Moves path to quarantine. */
bool apply_remove(struct apply *t, const char *path, struct err *e);
bool apply_chmod(struct apply *t, const char *path, mode_t mode, struct err *e);
/* How many steps were begun. They are numbered from 0. */
size_t apply_steps(const struct apply *t);
const char *apply_step_op(const struct apply *t, size_t i);	/* "replace", "edit", "remove", "chmod" */
const char *apply_step_path(const struct apply *t, size_t i);
const char *apply_step_lock(const struct apply *t, size_t i);	/* go's lock under which it was done; "" if none */

/* Ends and frees. With no step done, nothing is left of it. */
bool apply_end(struct apply *t, struct err *e);
void apply_abandon(struct apply *t);

/* Taking steps back, the last one first. The caller holds the step's lock. */

/* A change that was ended or broken off, with its steps; apply_abandon frees it. ERR_NOT_FOUND for an id that is not there,
 * ERR_USAGE if it has been undone, ERR_REFUSED while another process is using it. Without to_write it is only looked at. */
struct apply *apply_reopen(const char *root, const char *own_cache, const char *id, bool to_write, struct activity *log,
			   struct err *e);
/* The change that changed the step's path after it and has not been taken back: as long as it stands, this step is not taken back. "" if
 * there is none. */
const char *apply_later(const struct apply *t, size_t i);
/* Of apply_edit: NULL unless what stands at the path is neither what the step put there nor what stood there before; then the file
 * in which that is kept, "" if nothing stood there. */
const char *apply_edited(struct arena *a, const struct apply *t, size_t i);
/* Everything is as it was before the step: nothing is left to be taken back. */
bool apply_is_back(const struct apply *t, size_t i);
/* Puts back what stood there; the newer file goes to quarantine in turn. ERR_REFUSED for apply_later and apply_edited. *touched where it fails: the path is no longer as it was. */
bool apply_restore(struct apply *t, size_t i, bool *touched, struct err *e);
/* Writes into the journal that all is taken back. */
bool apply_undone(struct apply *t, struct err *e);

/* One change that can be taken back. */
struct apply_record {
	const char *id, *title, *dir;
	const char *root;		/* what was changed is below it */
	const char *shelf;		/* own_cache under which it was found */
	int64_t time;			/* seconds since 1970 */
	bool done, undone;
	bool running;			/* another process is using it */
	struct apply_change {
		const char *op;		/* "replace", "remove", "chmod" */
		const char *path;
		const char *kept;	/* the file in quarantine; "" if nothing stood there */
	} *changes;
	size_t n_changes;
	uint64_t bytes;			/* that the quarantine holds of it */
};
/* Newest first, in the arena. */
bool apply_history(struct arena *a, const char *root, const char *own_cache, struct apply_record **records, size_t *n,
		   struct err *e);
/* Deletes what the quarantine keeps of it: it cannot be undone any more. ERR_REFUSED while another process is using it. */
bool apply_forget(const char *root, const char *own_cache, const char *id, struct err *e);

#endif
