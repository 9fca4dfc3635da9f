/*
 * source_disk.h - a cache tree on disk, laid out like GOMODCACHE: DIR/cache/download/... and DIR/PATH@VERSION.
 *
 * GOMODCACHE is read-only. The other trees are ours, and a file in them counts only if the sum beside it (NAME.sum) matches: one tree
 * for what go.sum or the checksum database has proven, and one per list of proxies for unverified content (source_impl.h).
 * Thread-safe after source_disk_open.
 */
#ifndef MODSCOPE_SOURCE_DISK_H
#define MODSCOPE_SOURCE_DISK_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"

struct activity;

struct source_disk {
	char *dir;		/* NULL if there is none */
	pthread_mutex_t mutex;	/* held while reopening */
	atomic_int download_fd; /* of DIR/cache/download; -1 if missing */
	int open_errno;		/* why opening failed, other than absence */
};

void source_disk_open(struct source_disk *t, char *take_dir);
void source_disk_close(struct source_disk *t);
/* Opens our cache again, which may have been created since. */
void source_disk_reopen(struct source_disk *t);
/* Semver and canonical: the only versions that go caches (module.CanonicalVersion(v) == v). */
bool source_disk_is_cacheable(const char *version);
/* "PATH/@v/VERSION.SUFFIX", escaped, into b; false if path or version cannot be in a cache (ERR_SYNTAX). */
bool source_disk_name(struct buf *b, struct modver m, const char *suffix, struct err *e);
/* The same, false too for a version that go does not cache. */
bool source_disk_cached_name(struct buf *b, struct modver m, const char *suffix, struct err *e);
/* Absolute names; free(3). version_file is NULL if source_disk_name fails. */
char *source_disk_file(const struct source_disk *t, const char *name);
char *source_disk_version_file(const struct source_disk *t, struct modver m, const char *suffix);
/* Whether a file of this kind (S_IFREG, S_IFDIR, 0 for any) exists. Absence is not an error. */
bool source_disk_has(int dir_fd, const char *name, const char *shown, mode_t kind, bool *has,
		     struct err *e);
/* The same for a directory, with its status. */
bool source_disk_has_dir(const char *dir, struct stat *st, bool *has, struct err *e);
/* Appends the whole file to b; false if it is absent or unreadable, which go treats alike. */
bool source_disk_read(const struct source_disk *t, const char *name, struct buf *b);
/* The same, with the file's status from before the read; st may be NULL. */
bool source_disk_read_stat(const struct source_disk *t, const char *name, struct buf *b,
			   struct stat *st);
/* The same for our own cache. */
bool source_disk_read_own(const struct source_disk *own, const char *name, struct buf *b);
/* Best effort: failing to write the cache is not an error. */
void source_disk_write_own(const struct source_disk *own, struct activity *log, const char *name,
			   const void *data, size_t len);
/* Removes a bad file of ours. */
void source_disk_drop_own(const struct source_disk *own, struct activity *log, const char *name);

#endif
