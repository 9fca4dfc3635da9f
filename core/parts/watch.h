/*
 * watch.h - tells when files of the project or the cache change under us.
 *
 * inotify where the system has it; else, or when asked for, each watch_take() compares stat(2) of what is
 * watched with what it was: a write to a file in a watched directory is not seen then. A file is watched by its name in its directory, so one that is replaced by rename or
 * does not exist yet is seen. One thread.
 *
 *	struct watch *w = watch_new(false);
 *	watch_begin(w);
 *	watch_add(w, "/p/go.mod", 1);  watch_add_dir(w, "/cache/x/@v", 2);
 *	watch_end(w);
 *	poll(watch_fd(w), timeout watch_interval(w)) ...
 *	unsigned changed = watch_take(w);      // the tags' union
 *	watch_free(w);
 *
 * Between watch_begin and watch_end, which may be far apart, what was watched before still is.
 *
 * Bounded: WATCH_MAX entries; more are refused, as is what the system refuses (its limit of watches):
 * watch_add returns false then, and `r` (reload) remains.
 */
#ifndef MODSCOPE_WATCH_H
#define MODSCOPE_WATCH_H

#include "base/base.h"

#define WATCH_MAX 8192

struct watch;
struct watch *watch_new(bool polling);
void watch_free(struct watch *w);
/* A file, which may not exist yet (its directory must). `tag` is one or more bits. */
bool watch_add(struct watch *w, const char *path, unsigned tag);
/* A directory: entries made, written, renamed or removed in it. */
bool watch_add_dir(struct watch *w, const char *path, unsigned tag);
/* What is added from now on is to be watched; watch_end forgets the rest. */
void watch_begin(struct watch *w);
void watch_end(struct watch *w);
/* No more can be added. */
bool watch_full(const struct watch *w);
/* -1 where there is none: poll by time then. */
int watch_fd(const struct watch *w);
/* Milliseconds between two watch_take() where there is no fd; -1: wait for the fd. */
int watch_interval(const struct watch *w);
unsigned watch_take(struct watch *w);

#endif
