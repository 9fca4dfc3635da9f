/*
 * treelook.h - what a look at every file of a tree sees: device, inode, size, mode and times of each, with its name.
 *
 * A first look lists the directories. Its names let a later one do without: it looks at the same files, at the tree's root and at its
 * directories, whose times change with their lists, in the same order. If both see the same, their identities are equal; whatever the names
 * are, another tree's identity differs. Links are not followed.
 *
 *	struct buf names = BUF_INIT;
 *	treelook_first(&t, hasher, dir, &names);
 *	treelook_again(&t, hasher, dir, names.data, names.len);		// t.identity is the same if nothing has changed
 *
 * Names: each with its NUL, those of a directory sorted by byte after its own, ended by an empty one. They need not be trusted. Any thread.
 */
#ifndef MODSCOPE_TREELOOK_H
#define MODSCOPE_TREELOOK_H

#include <sys/stat.h>

#include "base/buf.h"
#include "zip/dirhash.h"

enum { TREELOOK_MAX_NAMES = 64 << 20 }; /* bytes */

struct treelook {
	unsigned char identity[32];
	uint64_t bytes, n_files;
	uint32_t n_odd;		/* neither file nor directory */
	uint32_t n_writable;	/* files with a write bit */
	int64_t newest;		/* the last change of any, in seconds since 1970 */
};

/* What identifies a file as unchanged. */
struct treelook_file {
	uint64_t dev, ino, mode, size;
	int64_t mtime, mtime_ns, ctime, ctime_ns;
};

struct treelook_file treelook_file(const struct stat *st);
/* False if something could not be read, or the tree is too deep. names: appended to. */
bool treelook_first(struct treelook *t, struct hasher *h, const char *dir, struct buf *names);
/* False if a name is not there, or the names do not follow the form above. */
bool treelook_again(struct treelook *t, struct hasher *h, const char *dir, const char *names, size_t len);

#endif
