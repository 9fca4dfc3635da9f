#include "cache/cache_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

#define MAX_DEPTH 1000u
#define MAX_NAMED 20u /* odd files of a tree that get a row each */

struct walk {
	struct cache_worker *w; /* NULL: sums only */
	const char *tree;
	struct buf rel;
	uint64_t bytes, n_files;
	size_t n_odd, n_writable;
	int unread; /* errno of the first directory that could not be read */
};

/* What is in the directory k->rel is not known. What is gone is no error: others may work in the cache. */
static void unread(struct walk *k, int errnum)
{
	struct cache_problem *p;

	if (errnum == ENOENT)
		return;
	k->unread = k->unread ? k->unread : errnum;
	if (!k->w)
		return;
	p = cache_problem_add(k->w, CACHE_TREE, FINDING_ERROR,
			      k->rel.len ? CACHE_FIX_EXTRACT : CACHE_FIX_NONE,
			      CACHE_KIND_UNREADABLE,
			      k->rel.len ? arena_fmt(&k->w->arena, "%s/%s", k->tree, k->rel.data)
					 : k->tree,
			      "the directory cannot be read");
	p->found = arena_strdup(&k->w->arena, err_errno_text(errnum));
	p->go_says = arena_fmt(&k->w->arena, "open %s: %s", p->file, p->found);
	if (!k->rel.len)
		p->remedy = "check the file system and its permissions";
}

static void odd_file(struct walk *k, const struct stat *st)
{
	struct cache_problem *p;
	bool link = S_ISLNK(st->st_mode);

	if (k->n_odd++ >= MAX_NAMED || !k->w)
		return;
	p = cache_problem_add(k->w, CACHE_TREE, FINDING_ERROR, CACHE_FIX_EXTRACT,
			      CACHE_KIND_TREE_FILE_KIND,
			      arena_fmt(&k->w->arena, "%s/%s", k->tree, k->rel.data),
			      "it is not the kind of file that go creates");
	p->expected = "a regular file";
	p->found = link			   ? "a symbolic link"
		   : S_ISFIFO(st->st_mode) ? "a FIFO"
		   : S_ISSOCK(st->st_mode) ? "a socket"
					   : "a device";
	p->go_says = link ? "follows the link" : "cannot build with it";
}

static void walk_dir(struct walk *k, int fd, unsigned depth);

static void walk_entry(struct walk *k, int dirfd, const char *name, unsigned depth)
{
	size_t len = k->rel.len;
	struct stat st;
	int fd;

	if (len)
		buf_addch(&k->rel, '/');
	buf_addstr(&k->rel, name);
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW)) {
		unread(k, errno);
		buf_truncate(&k->rel, len);
		return;
	}
	if (S_ISDIR(st.st_mode)) {
		fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0)
			walk_dir(k, fd, depth + 1);
		else
			unread(k, errno);
	} else {
		k->n_files++;
		k->bytes += (uint64_t)st.st_size;
		if (!S_ISREG(st.st_mode))
			odd_file(k, &st);
		else if (st.st_mode & 0222)
			k->n_writable++;
	}
	buf_truncate(&k->rel, len);
}

/* Takes fd. */
static void walk_dir(struct walk *k, int fd, unsigned depth)
{
	DIR *dir = depth > MAX_DEPTH ? (errno = ENAMETOOLONG, NULL) : fdopendir(fd);
	struct dirent *d;

	if (!dir) {
		unread(k, errno);
		close(fd);
		return;
	}
	while (errno = 0, (d = readdir(dir)))
		if (!str_eq(d->d_name, ".") && !str_eq(d->d_name, ".."))
			walk_entry(k, fd, d->d_name, depth);
	if (errno)
		unread(k, errno);
	closedir(dir);
}

static void walk(struct walk *k, const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0)
		walk_dir(k, fd, 0);
	else
		unread(k, errno);
	buf_release(&k->rel);
}

bool cache_walk_tree(struct cache_worker *w, struct cache_entry *entry, const char *tree)
{
	struct walk k = { .w = w, .tree = tree, .rel = BUF_INIT };

	walk(&k, tree);
	entry->tree_bytes = k.bytes;
	entry->tree_files = k.n_files;
	entry->tree_writable = k.n_writable;
	return !k.unread;
}

int cache_walk(const char *dir, uint64_t *bytes, uint64_t *n_files)
{
	struct walk k = { .rel = BUF_INIT };

	walk(&k, dir);
	*bytes += k.bytes;
	*n_files += k.n_files;
	return k.unread;
}
