#include "cache/cache_private.h"

#include <dirent.h>
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
};

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

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW))
		return;
	if (k->w) {
		if (len)
			buf_addch(&k->rel, '/');
		buf_addstr(&k->rel, name);
	}
	if (S_ISDIR(st.st_mode)) {
		fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0)
			walk_dir(k, fd, depth + 1);
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
	DIR *dir = depth > MAX_DEPTH ? NULL : fdopendir(fd);
	struct dirent *d;

	if (!dir) {
		close(fd);
		return;
	}
	while ((d = readdir(dir)))
		if (!str_eq(d->d_name, ".") && !str_eq(d->d_name, ".."))
			walk_entry(k, fd, d->d_name, depth);
	closedir(dir);
}

void cache_walk_tree(struct cache_worker *w, struct cache_entry *entry, const char *tree)
{
	struct walk k = { .w = w, .tree = tree, .rel = BUF_INIT };
	int fd = open(tree, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0)
		walk_dir(&k, fd, 0);
	entry->tree_bytes = k.bytes;
	entry->tree_files = k.n_files;
	entry->tree_writable = k.n_writable;
	buf_release(&k.rel);
}

void cache_walk(int fd, uint64_t *bytes, uint64_t *n_files)
{
	struct walk k = { .rel = BUF_INIT };

	walk_dir(&k, fd, 0);
	*bytes += k.bytes;
	*n_files += k.n_files;
}
