/*
 * apply.h - the only code that changes files that are not ours: atomic steps with a journal, and their undo. Only execute.h,
 * which carries out plans, writes through it.
 *
 * Nothing is overwritten or deleted: what was at a path is kept in a quarantine directory per change, on the same mount if
 * possible, so that each step is one rename: if the process is killed, a file is either as before or as after. Where files have to be
 * copied (relocate.h), a half-cleared tree is marked so that go treats it as absent.
 * The journal is written and synced before each step; undo walks it backwards and may itself be killed and run again. It recognises
 * old files by content (content.h), even if the cache has been copied elsewhere meanwhile.
 *
 *	QUARANTINE/20260102-150405-123/journal		one JSON object per line: the head, one per step, "done" at the end
 *	QUARANTINE/20260102-150405-123/0001		what a step removed, or will put in place
 *	QUARANTINE/last					the newest id: none is used twice, whatever the clock says
 *
 * QUARANTINE is modscope/quarantine in our cache directory if files can be renamed from there to GOMODCACHE, else
 * GOMODCACHE/cache/modscope/quarantine, which go ignores; if that one cannot be written, the other.
 *
 * A journal has one writer: the process that carries out or undoes a change holds a lock on it. To others the change is running.
 *
 * go's locks are taken with flock(2) on the same files as go does (cmd/go/internal/lockedfile), so concurrent go
 * commands wait. One thread per struct apply.
 *
 *	struct apply *t = apply_begin(root, own_cache, "repair m@v1.0.0", &e);
 *	if (!apply_lock(t, lock_file, cancel, &e) || !apply_replace(t, path, tmp, &e)) ...
 *	apply_end(t, &e);            // or apply_abandon(t): leaves the journal open; undo still works
 */
#ifndef MODSCOPE_APPLY_H
#define MODSCOPE_APPLY_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/par.h"

struct apply;
struct activity;
struct content;

struct apply *apply_begin(const char *root, const char *own_cache, const char *title, struct activity *log, struct err *e);
/* The id for undo. */
const char *apply_id(const struct apply *t);
/* Takes go's lock, creating the file if needed; waits while another process holds it. ERR_CANCELLED. */
bool apply_lock(struct apply *t, const char *file, const struct cancel *cancel, struct err *e);
/* Keeps those that are held. Whoever holds several takes them in the order of their names. */
bool apply_lock_too(struct apply *t, const char *file, const struct cancel *cancel, struct err *e);
void apply_unlock(struct apply *t); /* all */

/* A new file in the quarantine directory, to be put in place later: written, synced, mode 0666 less the umask. *tmp
 * lives as long as t. On several threads at once, as long as nothing else is done with t. */
bool apply_temp(struct apply *t, const void *data, size_t len, const char **tmp, struct err *e);
bool apply_temp_copy(struct apply *t, const char *from, const char **tmp, struct err *e);
/* A name there for a tree, which is not created. */
const char *apply_temp_tree(struct apply *t);

/* Exchanges path and tmp atomically: the new file is in place, and what was at path, of whatever kind, is kept as tmp. */
bool apply_replace(struct apply *t, const char *path, const char *tmp, struct err *e);
/* The same for a file that people edit: undo refuses once it has been edited. */
bool apply_edit(struct apply *t, const char *path, const char *tmp, struct err *e);
/* Moves path to quarantine. */
bool apply_remove(struct apply *t, const char *path, struct err *e);
bool apply_chmod(struct apply *t, const char *path, mode_t mode, struct err *e);
/* The number of steps begun. Steps are numbered from 0. */
size_t apply_steps(const struct apply *t);
const char *apply_step_op(const struct apply *t, size_t i);	/* "replace", "edit", "remove", "chmod" */
const char *apply_step_path(const struct apply *t, size_t i);
const char *apply_step_lock(const struct apply *t, size_t i);	/* go's lock that was held for it; "" if none */

/* Many new files where nothing is: each is staged, then one write brings all their steps into the journal, then each is moved into place.
 * Until it is moved, a staged step is one that a kill has prevented. The caller syncs the directories. */
bool apply_stage(struct apply *t, const char *path, const char *lock, const char *tmp, const struct content *content,
		 struct err *e);
/* If false, the staged steps are dropped. */
bool apply_staged(struct apply *t, struct err *e);
/* The i-th step; fails if something is there by now. */
bool apply_place(struct apply *t, size_t i, struct err *e);
/* Instead of that: the step will not be done, and undo leaves what others put at its path. */
void apply_drop(struct apply *t, size_t i);
void apply_sync_parent(const char *path);

/* Ends the change and frees t. A change without steps leaves no trace. */
bool apply_end(struct apply *t, struct err *e);
void apply_abandon(struct apply *t);

/* Taking steps back, the last one first. The caller holds the step's lock. */

/* Reopens a finished or interrupted change with its steps; apply_abandon frees it. ERR_NOT_FOUND for an unknown id,
 * ERR_USAGE if it has been undone, ERR_REFUSED while another process is using it. Without to_write it is read-only. */
struct apply *apply_reopen(const char *root, const char *own_cache, const char *id, bool to_write, struct activity *log,
			   struct err *e);
/* The later change of the step's path that has not been undone, and prevents undoing this step; "" if
 * there is none. */
const char *apply_later(const struct apply *t, size_t i);
/* Why it is not known whether another change is later: its journal, or a directory of journals, cannot be read; "" if all are known.
 * Borrowed. */
const char *apply_unread(const struct apply *t);
/* Of apply_edit: NULL while the path holds what the step put there or what was there before; else the quarantined old file,
 * "" if there was none. */
const char *apply_edited(struct arena *a, const struct apply *t, size_t i);
/* Everything is as before the step: nothing to undo. */
bool apply_is_back(const struct apply *t, size_t i);
/* Puts back what was there; the newer file goes to quarantine in turn. ERR_REFUSED for apply_later and apply_edited. *touched, on
 * failure: the path has changed. */
bool apply_restore(struct apply *t, size_t i, bool *touched, struct err *e);
/* Records in the journal that everything is undone. */
bool apply_undone(struct apply *t, struct err *e);

/* One change that can be undone. */
struct apply_record {
	const char *id, *title, *dir;
	const char *root;		/* the changed files are below it */
	const char *shelf;		/* own_cache under which it was found */
	int64_t time;			/* seconds since 1970 */
	bool done, undone;
	bool running;			/* another process is using it */
	bool unread;			/* its journal cannot be read: the title says why, the changes are unknown */
	struct apply_change {
		const char *op;		/* "replace", "remove", "chmod" */
		const char *path;
		const char *kept;	/* the file in quarantine; "" if nothing was there */
	} *changes;
	size_t n_changes;
	uint64_t bytes;			/* held in the quarantine */
};
/* Newest first, in the arena. What cannot be read is in it, as such. */
bool apply_history(struct arena *a, const char *root, const char *own_cache, struct apply_record **records, size_t *n,
		   struct err *e);
/* Deletes what the quarantine keeps of it; it can no longer be undone. ERR_REFUSED while another process is using it. */
bool apply_forget(const char *root, const char *own_cache, const char *id, struct err *e);

#endif
