/*
 * watch.h - notices changes to files of the project or the cache.
 *
 * Uses inotify if available. A file is watched by name in its directory, so replacement by rename and creation are noticed.
 * Where inotify is blind (a directory that does not exist yet, is gone or is another one now, no watches left, a file system
 * of another machine), and for changes of a file by another of its names, watch_look() compares stat(2) with the state before, and
 * returns to inotify once it can. If `polling`, only that is done. One thread.
 *
 *	struct watch *w = watch_new(false);
 *	watch_begin(w);
 *	watch_add(w, "/p/go.mod", 1);  watch_add_dir(w, "/cache/x/@v", 2);
 *	watch_end(w);
 *	poll(watch_fd(w), timeout watch_interval(w)) ...
 *	unsigned changed = watch_take(w);      // the tags' union
 *	changed |= watch_look(w);	       // after each watch_interval()
 *	watch_free(w);
 *
 * Between watch_begin and watch_end, which may be far apart, earlier entries are still watched.
 *
 * Bounded to WATCH_MAX entries: beyond these watch_add returns false and watch_full() is true, and the user has `r` (reload).
 */
#ifndef MODSCOPE_WATCH_H
#define MODSCOPE_WATCH_H

#include "base/base.h"

#define WATCH_MAX 8192

/* Why inotify does not tell of an entry's changes. */
enum watch_blind {
	WATCH_SEEN,	  /* it does, or will when the directory exists */
	WATCH_NO_WATCHES, /* the limit of watches is reached */
	WATCH_REMOTE,	  /* the file system is shared with other machines */
	WATCH_NO_INOTIFY, /* there is none, or the limit of instances is reached */
};

struct watch;
struct watch *watch_new(bool polling);
void watch_free(struct watch *w);
/* A file, which may not exist yet. `tag` is one or more bits. */
bool watch_add(struct watch *w, const char *path, unsigned tag);
/* The same, in a directory whose other changes are too many to be told of: it is looked at. */
bool watch_add_quiet(struct watch *w, const char *path, unsigned tag);
/* A directory: entries created, written, renamed or removed in it. */
bool watch_add_dir(struct watch *w, const char *path, unsigned tag);
/* Starts a new set of entries; watch_end drops those not added since. */
void watch_begin(struct watch *w);
void watch_end(struct watch *w);
/* No more can be added since watch_begin. */
bool watch_full(const struct watch *w);
/* -1 if there is none: poll by time. */
int watch_fd(const struct watch *w);
/* Milliseconds until the next call of watch_look(): each looks at a part, and all are looked at within two seconds. It changes with each. */
int watch_interval(const struct watch *w);
/* The tags of the entries that have changed since the last call. Without an fd watch_take() looks. */
unsigned watch_take(struct watch *w);
unsigned watch_look(struct watch *w);
/* Looks at all entries now, however many there are. */
unsigned watch_look_all(struct watch *w);
/* How many entries are polled, by reason. */
size_t watch_polled(const struct watch *w, enum watch_blind why);
#endif
