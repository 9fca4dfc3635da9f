/*
 * watch.h - notices changes to files of the project or the cache.
 *
 * Uses inotify if available; otherwise, or if `polling`, each watch_take() compares stat(2) of the watched
 * entries with the state before, and misses writes to files in a watched directory. Where inotify is blind (a directory that does not exist yet,
 * is gone or is another one now, no watches left) watch_look() does that, and returns to inotify once it can. A file is watched by name in its directory, so replacement
 * by rename and creation are noticed. One thread.
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
 * Bounded to WATCH_MAX entries: beyond these watch_add returns false, and the user has `r` (reload).
 */
#ifndef MODSCOPE_WATCH_H
#define MODSCOPE_WATCH_H

#include "base/base.h"

#define WATCH_MAX 8192

struct watch;
struct watch *watch_new(bool polling);
void watch_free(struct watch *w);
/* A file, which may not exist yet. `tag` is one or more bits. */
bool watch_add(struct watch *w, const char *path, unsigned tag);
/* A directory: entries created, written, renamed or removed in it. */
bool watch_add_dir(struct watch *w, const char *path, unsigned tag);
/* Starts a new set of entries; watch_end drops those not added since. */
void watch_begin(struct watch *w);
void watch_end(struct watch *w);
/* No more can be added. */
bool watch_full(const struct watch *w);
/* -1 if there is none: poll by time. */
int watch_fd(const struct watch *w);
/* Milliseconds between calls of watch_look(), without an fd of watch_take(). Each looks at a part: all are looked at within two seconds. */
int watch_interval(const struct watch *w);
/* The tags of the entries that have changed since the last call. */
unsigned watch_take(struct watch *w);
unsigned watch_look(struct watch *w);
/* Entries that are polled because inotify has no more watches. */
size_t watch_refused(const struct watch *w);

#endif
