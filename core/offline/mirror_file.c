#include "offline/mirror_impl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fs.h"

#define MOST_NAMES ((size_t)1 << 20)
#define MOST_DEPTH 64

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

bool mirror_file_write(struct mirror *m, const char *name, const void *data, size_t len,
		       struct err *e)
{
	char *path = xasprintf("%s/%s", m->dir, name);
	struct buf old = BUF_INIT;
	bool same = fs_read_buf(&old, path, len + 1, NULL) && old.len == len &&
		    memcmp(old.data, data, len) == 0;
	bool ok = same || fs_write_atomic(path, data, len, 0666, false, e);

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

static bool replace(int fd, const char *path, struct err *e)
{
	char *tmp = xasprintf("%s.XXXXXX", path),
	     *dir = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	bool ok = fs_mkdir_all(dir, e);
	int to = ok ? mkostemp(tmp, O_CLOEXEC) : -1;

	if (ok && to < 0)
		ok = err_sys(e, errno, "open %s", tmp);
	ok = ok && copy_to(fd, to, path, e);
	if (ok && (fchmod(to, 0666 & ~fs_umask()) || rename(tmp, path)))
		ok = err_sys(e, errno, "rename %s", path);
	if (to >= 0)
		close(to);
	if (!ok && to >= 0)
		unlink(tmp);
	free(tmp);
	free(dir);
	return ok;
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
	ok = ok && (same || replace(fd, path, e));
	if (ok)
		count(m, name, (size_t)st.st_size, !same);
	if (fd >= 0)
		close(fd);
	free(path);
	return ok;
}

struct walk {
	struct mirror *m;
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
		if (entries[i].type == DT_REG)
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
