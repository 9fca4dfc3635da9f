/*
 * watch_stamp.h - what stat(2) tells of a file, or of a directory and the files in it: two stamps differ if it has changed.
 *
 * Changes within one tick of the file system's clock (some milliseconds) that leave the size as it was are not seen.
 * Links are followed. Pure but for the calls; any thread.
 */
#ifndef MODSCOPE_WATCH_STAMP_H
#define MODSCOPE_WATCH_STAMP_H

#include <sys/stat.h>

#include "base/base.h"

/* Files of one directory that are looked at; beyond them only what is created, renamed and removed is seen. */
#define WATCH_STAMP_FILES ((size_t)1000)

struct watch_stamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec mtime, ctime;
	uint64_t files;		/* of a directory's files, in any order */
	bool exists;
};

/* files: of a directory's files too. Returns how many calls of stat it took. */
size_t watch_stamp_take(struct watch_stamp *s, const char *path, bool files);
bool watch_stamp_equal(const struct watch_stamp *a, const struct watch_stamp *b);
/* Whether the directory that was `old` is another one now, or gone. */
bool watch_stamp_is_other(const struct watch_stamp *old, const char *dir);
/* Whether the file system is shared with other machines or served by a process, so that inotify does not tell of all changes. */
bool watch_stamp_is_remote(const char *dir);

#endif
