/*
 * fs.h - files, with go's error messages.
 *
 * All reading and writing of files in core/ goes through here (except zip archives and SQLite). Error texts are go's:
 * "open F: no such file or directory". Every read has a cap.
 * Functions are thread-safe; nothing keeps state. Only our own cache directory is written through these functions; what changes a
 * project or GOMODCACHE goes through change/apply.h.
 */
#ifndef MODSCOPE_FS_H
#define MODSCOPE_FS_H

#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/path.h"

#define FS_MAX_MOD ((size_t)16 << 20)	/* go.mod and .info files: go's cap for a .mod in a zip is 16 MiB */
#define FS_MAX_SUM ((size_t)256 << 20)	/* go.sum, modules.txt */

/* Reads a whole regular file of at most `max` bytes into the arena, NUL terminated (the NUL is not
 * counted). ERR_NOT_FOUND, ERR_LIMIT, ERR_SYS ("read F: is a directory"). A FIFO or device is ERR_SYS. */
bool fs_read(struct arena *a, const char *path, size_t max, char **data, size_t *len, struct err *e);
/* The same, appended to a buffer. */
bool fs_read_buf(struct buf *b, const char *path, size_t max, struct err *e);

/* These follow symbolic links; false if it does not exist or is of another kind. */
bool fs_is_dir(const char *path);
bool fs_is_file(const char *path);
/* Both exist and are one file or directory. */
bool fs_is_same(const char *a, const char *b);
bool fs_exists(const char *path);	/* without following the last link */
/* Certainly nothing is there: false also if that cannot be told. Sets errno. */
bool fs_is_gone(const char *path);

/* The process's umask. */
mode_t fs_umask(void);
/* mkdir -p, mode 0777 less the umask. */
bool fs_mkdir_all(const char *path, struct err *e);
/* Whether go's os.MkdirAll of an absolute path would succeed, by what is on disk: nothing is made. ERR_SYS or ERR_NOT_FOUND with go's text
 * ("mkdir F: permission denied") otherwise. */
bool fs_can_mkdir_all(const char *path, struct err *e);
/* read(2) and pread(2), again after a signal. */
ssize_t fs_read_some(int fd, void *data, size_t len);
ssize_t fs_read_at(int fd, void *data, size_t len, off_t at);
/* All of it, in as many writes as it takes; false with errno set. */
bool fs_write_full(int fd, const void *data, size_t len);
/* Writes a temporary file beside path with `mode` less the umask, syncs it if `sync`, renames it over path.
 * On failure path is unchanged and no temporary file is left. Makes missing parent directories. */
bool fs_write_atomic(const char *path, const void *data, size_t len, mode_t mode, bool sync, struct err *e);
/* Exchanges two names atomically. False if the system or the file system cannot; then nothing has changed. */
bool fs_exchange(const char *a, const char *b);
/* Syncs a directory and everything in it to disk; best effort. */
void fs_sync_tree(const char *dir);
/* Removes a tree, read-only directories included; true if it does not exist. Never follows a symbolic link. */
bool fs_remove_all(const char *path, struct err *e);

/* One directory, sorted bytewise, without "." and "..". type is DT_* (from lstat where the
 * file system does not provide it). At most max_entries (ERR_LIMIT). Strings in the arena. */
struct fs_dirent {
	const char *name;
	unsigned char type;
};
bool fs_list(struct arena *a, const char *path, size_t max_entries, struct fs_dirent **entries, size_t *n, struct err *e);

/* Calls fn for each name in an open directory, unordered, without "." and ".."; fn copies what it keeps. False if reading fails. */
bool fs_each_name(int dir_fd, void (*fn)(void *ctx, const char *name), void *ctx);

#endif
