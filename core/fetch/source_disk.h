/*
 * source_disk.h - a cache tree on disk: DIR/cache/download/... and DIR/PATH@VERSION, as GOMODCACHE is laid out.
 *
 * GOMODCACHE is only read. The others are ours, and in them a file counts only if the sum beside it (NAME.sum) is right: one for
 * what go.sum or the checksum database has proven, and one for each list of proxies, for unverified content (source_impl.h).
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
	pthread_mutex_t mutex;	/* of opening it again */
	atomic_int download_fd; /* of DIR/cache/download; -1 if it is not there */
	int open_errno;		/* why it could not be opened, other than by absence */
};

void source_disk_open(struct source_disk *t, char *take_dir);
void source_disk_close(struct source_disk *t);
/* Our cache may have come into being only now. */
void source_disk_reopen(struct source_disk *t);
/* Semver and canonical: the only versions that go caches (module.CanonicalVersion(v) == v). */
bool source_disk_is_cacheable(const char *version);
/* "PATH/@v/VERSION.SUFFIX", escaped, into b; false where path or version cannot stand in a cache (ERR_SYNTAX). */
bool source_disk_name(struct buf *b, struct modver m, const char *suffix, struct err *e);
/* Absolute names; free(3). version_file is NULL where source_disk_name gives none. */
char *source_disk_file(const struct source_disk *t, const char *name);
char *source_disk_version_file(const struct source_disk *t, struct modver m, const char *suffix);
/* Is there something of this kind (S_IFREG, S_IFDIR, 0 for any)? Absence is no error. */
bool source_disk_has(int dir_fd, const char *name, const char *shown, mode_t kind, bool *has,
		     struct err *e);
/* The same for a directory, and what it is. */
bool source_disk_has_dir(const char *dir, struct stat *st, bool *has, struct err *e);
/* The whole file as bytes after what is in b; false if it is absent or unreadable, as go takes it for absent. */
bool source_disk_read(const struct source_disk *t, const char *name, struct buf *b);
/* The same, and what the file was before it was read; st may be NULL. */
bool source_disk_read_stat(const struct source_disk *t, const char *name, struct buf *b,
			   struct stat *st);
/* The same for our own cache. */
bool source_disk_read_own(const struct source_disk *own, const char *name, struct buf *b);
/* Best effort: a cache that cannot be written is no error. */
void source_disk_write_own(const struct source_disk *own, struct activity *log, const char *name,
			   const void *data, size_t len);
/* Removes a file of ours that is not what it should be. */
void source_disk_drop_own(const struct source_disk *own, struct activity *log, const char *name);

#endif
