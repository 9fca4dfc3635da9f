#include "zip/treelook.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fs.h"

#define MAX_DEPTH 1000u

struct look {
	struct treelook *t;
	struct hasher *h;
	struct buf *names;
	struct arena arena;
};

struct names {
	const char **items;
	size_t n, cap;
};

struct treelook_file treelook_file(const struct stat *st)
{
	return (struct treelook_file){
		.dev = st->st_dev,
		.ino = st->st_ino,
		.mode = st->st_mode,
		.size = (uint64_t)st->st_size,
		.mtime = st->st_mtim.tv_sec,
		.mtime_ns = st->st_mtim.tv_nsec,
		.ctime = st->st_ctim.tv_sec,
		.ctime_ns = st->st_ctim.tv_nsec,
	};
}

static void see(struct look *l, const struct stat *st, const char *name, size_t len)
{
	struct treelook *t = l->t;
	struct treelook_file f = treelook_file(st);

	t->newest = MAX(t->newest, MAX(f.mtime, f.ctime));
	hasher_add(l->h, &f, sizeof(f));
	hasher_add(l->h, name, len + 1);
	if (S_ISDIR(st->st_mode))
		return;
	if (!S_ISREG(st->st_mode))
		t->n_odd++;
	else if (st->st_mode & 0222)
		t->n_writable++;
	t->n_files++;
	t->bytes += (uint64_t)st->st_size;
}

/* The root has no name here: trees are found by it. */
static int begin(struct look *l, const char *dir, int flags)
{
	int fd = open(dir, flags | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	*l->t = (struct treelook){ 0 };
	if (fd < 0)
		return -1;
	if (fstat(fd, &st)) {
		close(fd);
		return -1;
	}
	hasher_begin(l->h);
	see(l, &st, "", 0);
	return fd;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct listing {
	struct arena *arena;
	struct names *names;
};

static void add_name(void *ctx, const char *name)
{
	const struct listing *l = ctx;

	vec_push(l->names, arena_strdup(l->arena, name));
}

static bool look_dir(struct look *l, int fd, unsigned depth);

static bool look_entry(struct look *l, int dirfd, const char *name, unsigned depth)
{
	size_t len = strlen(name);
	struct stat st;
	int fd;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW))
		return false;
	see(l, &st, name, len);
	buf_add(l->names, name, len + 1);
	if (!S_ISDIR(st.st_mode))
		return true;
	if (depth > MAX_DEPTH)
		return false;
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd >= 0 && look_dir(l, fd, depth + 1);
}

/* Closes fd. Sorted, as the order of a directory may change without any file changing. */
static bool look_dir(struct look *l, int fd, unsigned depth)
{
	struct names names = { 0 };
	bool ok = fs_each_name(fd, add_name, &(struct listing){ &l->arena, &names });

	if (names.n)
		qsort(names.items, names.n, sizeof(*names.items), compare_names);
	for (size_t i = 0; ok && i < names.n; i++)
		ok = look_entry(l, fd, names.items[i], depth);
	hasher_add(l->h, "", 1);
	buf_add(l->names, "", 1);
	vec_release(&names);
	close(fd);
	return ok;
}

bool treelook_first(struct treelook *t, struct hasher *h, const char *dir, struct buf *names)
{
	struct look l = { .t = t, .h = h, .names = names };
	int fd = begin(&l, dir, O_RDONLY);
	bool ok;

	if (fd < 0)
		return false;
	ok = look_dir(&l, fd, 0);
	hasher_end(h, t->identity);
	arena_release(&l.arena);
	return ok;
}

/* A path below the tree: where each directory's own name ends. */
struct place {
	char path[PATH_MAX];
	size_t ends[MAX_DEPTH + 2];
	unsigned depth;
};

static bool is_plain(const char *name, size_t len)
{
	return len <= NAME_MAX && !memchr(name, '/', len) && !str_eq(name, ".") &&
	       !str_eq(name, "..");
}

/* One name below the place; a directory becomes the place. */
static bool look_name(struct look *l, int root, struct place *p, const char *name, size_t len)
{
	size_t at = p->ends[p->depth];
	struct stat st;

	if (!is_plain(name, len) || at + len + 2 > sizeof(p->path))
		return false;
	memcpy(p->path + at, name, len + 1);
	if (fstatat(root, p->path, &st, AT_SYMLINK_NOFOLLOW))
		return false;
	see(l, &st, name, len);
	if (!S_ISDIR(st.st_mode))
		return true;
	if (p->depth > MAX_DEPTH)
		return false;
	p->path[at + len] = '/';
	p->ends[++p->depth] = at + len + 1;
	return true;
}

/* True if the names end with the root's. */
static bool look_names(struct look *l, int root, const char *names, size_t len)
{
	struct place p = { .depth = 0 };

	for (const char *s = names, *end = names + len; s < end;) {
		size_t n = strnlen(s, (size_t)(end - s));

		if (s + n == end)
			return false;
		if (n && !look_name(l, root, &p, s, n))
			return false;
		if (!n) {
			hasher_add(l->h, "", 1);
			if (!p.depth)
				return s + 1 == end;
			p.depth--;
		}
		s += n + 1;
	}
	return false;
}

bool treelook_again(struct treelook *t, struct hasher *h, const char *dir, const char *names,
		    size_t len)
{
	struct look l = { .t = t, .h = h };
#ifdef O_PATH
	int fd = begin(&l, dir, O_PATH);
#else
	int fd = begin(&l, dir, O_RDONLY);
#endif
	bool ok;

	if (fd < 0)
		return false;
	ok = look_names(&l, fd, names, len);
	hasher_end(h, t->identity);
	close(fd);
	return ok;
}
