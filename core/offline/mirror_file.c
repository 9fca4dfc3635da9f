#include "offline/mirror_impl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fs.h"

#define MOST_NAMES ((size_t)1 << 20)
#define MOST_DEPTH 64
#define TEMP ".modscope-" /* no module path has an element that begins with a dot */

void mirror_be_unsure(struct mirror *m, const char *why)
{
	if (!*m->unsure)
		m->unsure = arena_strdup(&m->arena, *why ? why : "something could not be read");
}

/* A tile proves many records, and projects share files. */
static void count(struct mirror *m, const char *name, size_t len, bool written)
{
	m->n_written += written;
	if (map_has(&m->files, name))
		return;
	map_put(&m->files, arena_strdup(&m->arena, name), m);
	m->n_files++;
	m->bytes += (int64_t)len;
}

/* Best effort: without a lock nothing is cleaned. Waits for another run's cleaning. */
static void hold(struct mirror *m)
{
	int fd;

	if (m->lock)
		return;
	m->lock = -1;
	fd = open(m->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && flock(fd, LOCK_SH) == 0)
		m->lock = fd;
	else if (fd >= 0)
		close(fd);
}

void mirror_file_unlock(struct mirror *m)
{
	if (m->lock > 0)
		close(m->lock);
}

/* A file to be renamed to path. */
static int open_temp(struct mirror *m, const char *path, char **tmp, struct err *e)
{
	char *dir = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	int fd = -1;

	*tmp = xasprintf("%s/" TEMP "XXXXXX", dir);
	if (fs_mkdir_all(dir, e)) {
		hold(m);
		fd = mkostemp(*tmp, O_CLOEXEC);
		if (fd < 0)
			err_sys(e, errno, "open %s", *tmp);
	}
	free(dir);
	return fd;
}

/* With ok false the file is removed. */
static bool put_temp(int fd, char *tmp, const char *path, bool ok, struct err *e)
{
	if (ok && fchmod(fd, 0666 & ~fs_umask()))
		ok = err_sys(e, errno, "write %s", path);
	if (fd >= 0 && close(fd) && ok)
		ok = err_sys(e, errno, "close %s", path);
	if (ok && rename(tmp, path))
		ok = err_sys(e, errno, "rename %s", path);
	if (!ok && fd >= 0)
		unlink(tmp);
	free(tmp);
	return ok;
}

static bool write_data(struct mirror *m, const char *path, const void *data, size_t len,
		       struct err *e)
{
	char *tmp;
	int fd = open_temp(m, path, &tmp, e);
	bool ok = fd >= 0 && (fs_write_full(fd, data, len) || err_sys(e, errno, "write %s", path));

	return put_temp(fd, tmp, path, ok, e);
}

bool mirror_file_write(struct mirror *m, const char *name, const void *data, size_t len,
		       struct err *e)
{
	char *path = xasprintf("%s/%s", m->dir, name);
	struct buf old = BUF_INIT;
	bool same = fs_read_buf(&old, path, len + 1, NULL) && old.len == len &&
		    memcmp(old.data, data, len) == 0;
	bool ok = same || write_data(m, path, data, len, e);

	if (ok)
		count(m, name, len, !same);
	buf_release(&old);
	free(path);
	return ok;
}

static bool same_content(int fd, const char *path)
{
	char *a = xmalloc(65536), *b = xmalloc(65536);
	int other = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	bool same = other >= 0;
	ssize_t n = 1, k;

	while (same && n > 0) {
		n = read(fd, a, 65536);
		k = read(other, b, 65536);
		same = n >= 0 && n == k && memcmp(a, b, (size_t)n) == 0;
	}
	if (other >= 0)
		close(other);
	lseek(fd, 0, SEEK_SET);
	free(a);
	free(b);
	return same;
}

static bool copy_to(int fd, int to, const char *path, struct err *e)
{
	char *piece = xmalloc(65536);
	ssize_t n = 1;

	while (n > 0) {
		n = read(fd, piece, 65536);
		if (n > 0 && !fs_write_full(to, piece, (size_t)n))
			n = -1;
	}
	free(piece);
	return n == 0 || err_sys(e, errno, "write %s", path);
}

static bool replace(struct mirror *m, int fd, const char *path, struct err *e)
{
	char *tmp;
	int to = open_temp(m, path, &tmp, e);

	return put_temp(to, tmp, path, to >= 0 && copy_to(fd, to, path, e), e);
}

bool mirror_file_copy(struct mirror *m, const char *name, const char *from, struct err *e)
{
	char *path = xasprintf("%s/%s", m->dir, name);
	int fd = open(from, O_RDONLY | O_CLOEXEC);
	struct stat st = { 0 };
	bool ok = fd >= 0 && fstat(fd, &st) == 0, same;

	if (!ok)
		err_sys(e, errno, "open %s", from);
	same = ok && same_content(fd, path);
	ok = ok && (same || replace(m, fd, path, e));
	if (ok)
		count(m, name, (size_t)st.st_size, !same);
	if (fd >= 0)
		close(fd);
	free(path);
	return ok;
}

struct walk {
	struct mirror *m;
	bool left; /* only what killed runs left, else all but that */
	VEC(const char *) names;
};

static bool list_dir(struct walk *w, const char *rel, int depth, struct err *e)
{
	struct arena *a = &w->m->arena;
	const char *dir = *rel ? arena_fmt(a, "%s/%s", w->m->dir, rel) : w->m->dir;
	struct fs_dirent *entries;
	size_t n;

	if (depth > MOST_DEPTH)
		return err_set(e, ERR_LIMIT, "%s: too deep", dir);
	if (!fs_list(a, dir, MOST_NAMES, &entries, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *name = *rel ? arena_fmt(a, "%s/%s", rel, entries[i].name)
					: entries[i].name;

		if (entries[i].type == DT_DIR && !list_dir(w, name, depth + 1, e))
			return false;
		if (entries[i].type == DT_REG && str_has_prefix(entries[i].name, TEMP) == w->left)
			vec_push(&w->names, name);
	}
	return true;
}

bool mirror_file_list(struct mirror *m, const char *const **names, size_t *n, struct err *e)
{
	struct walk w = { .m = m };
	bool ok = list_dir(&w, "", 0, e);

	*names = arena_memdup(&m->arena, w.names.n ? (void *)w.names.items : (void *)"",
			      w.names.n * sizeof(*w.names.items));
	*n = w.names.n;
	vec_release(&w.names);
	return ok;
}

void mirror_file_clean(struct mirror *m)
{
	struct walk w = { .m = m, .left = true };

	hold(m);
	if (m->lock > 0 && flock(m->lock, LOCK_EX | LOCK_NB) == 0 && list_dir(&w, "", 0, NULL))
		for (size_t i = 0; i < w.names.n; i++)
			unlink(arena_fmt(&m->arena, "%s/%s", m->dir, w.names.items[i]));
	vec_release(&w.names);
}
