#include "zip/modzip.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fs.h"
#include "base/map.h"

/* Extraction. Names have been checked, and everything is created below one directory that no one else writes to; even so no link
 * is followed: files are created with O_EXCL. */
struct extract {
	const struct modzip *z;
	const char *dir;
	struct modzip_reader *reader;
	const struct cancel *cancel;
	struct map dirs; /* that exist */
	struct arena arena;
};

struct target {
	int fd;
	const char *path;
};

static bool write_piece(void *ctx, const void *data, size_t len, struct err *e)
{
	const struct target *t = ctx;

	return fs_write_full(t->fd, data, len) || err_sys(e, errno, "write %s", t->path);
}

static bool make_parent(struct extract *x, const char *path, struct err *e)
{
	char *parent = path_dir(&x->arena, path);

	if (map_has(&x->dirs, parent))
		return true;
	map_put(&x->dirs, parent, parent);
	return fs_mkdir_all(parent, e);
}

static bool extract_entry(struct extract *x, const struct modzip_entry *f, size_t prefix_len,
			  struct err *e)
{
	const char *name = modzip_name(x->z, f) + prefix_len, *path;
	bool ok;
	int fd;

	if (!*name || modzip_is_dir(x->z, f))
		return true;
	path = arena_fmt(&x->arena, "%s/%s", x->dir, name);
	if (!make_parent(x, path, e))
		return false;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0444);
	if (fd < 0)
		return err_sys(e, errno, "open %s", path);
	ok = modzip_read(x->reader, x->z, f, write_piece, &(struct target){ fd, path }, e);
	if (close(fd) && ok)
		ok = err_sys(e, errno, "close %s", path);
	return ok;
}

static bool is_empty_or_absent(const char *dir)
{
	DIR *d = opendir(dir);
	size_t n = 0;

	if (!d)
		return true;
	while (n < 3 && readdir(d))
		n++;
	closedir(d);
	return n < 3;
}

static bool extract_all(struct extract *x, struct modver m, struct err *e)
{
	size_t prefix_len = strlen(m.path) + 1 + strlen(m.version) + 1;
	bool ok = modzip_check(x->z, m, e) && fs_mkdir_all(x->dir, e);

	for (size_t i = 0; ok && i < x->z->n; i++) {
		if (cancel_is_set(x->cancel))
			return err_set(e, ERR_CANCELLED, "cancelled");
		ok = extract_entry(x, &x->z->entries[i], prefix_len, e);
	}
	return ok;
}

static void drop_write_bits(int fd, unsigned depth)
{
	DIR *dir = depth > 1000 ? NULL : fdopendir(fd);
	struct dirent *d;
	struct stat st;

	if (!dir) {
		close(fd);
		return;
	}
	while ((d = readdir(dir))) {
		int sub;

		if (str_eq(d->d_name, ".") || str_eq(d->d_name, "..") ||
		    (d->d_type != DT_DIR && d->d_type != DT_UNKNOWN))
			continue;
		sub = openat(fd, d->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub >= 0)
			drop_write_bits(sub, depth + 1);
	}
	if (fstat(fd, &st) == 0 && (st.st_mode & 0222))
		fchmod(fd, st.st_mode & 07555);
	closedir(dir);
}

/* modfetch.makeDirsReadOnly. Best effort. */
static void make_read_only(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0)
		drop_write_bits(fd, 0);
}

bool modzip_extract(const char *file, struct modver m, const char *dir, bool read_only,
		    const struct cancel *cancel, struct err *e)
{
	struct extract x = { .dir = dir, .cancel = cancel };
	struct modzip z = { .fd = -1 };
	bool ok = is_empty_or_absent(dir) ||
		  err_set(e, ERR_SYS, "target directory %s exists and is not empty", dir);

	ok = ok && modzip_open(&z, file, e);
	if (ok) {
		x.z = &z;
		x.reader = modzip_reader_new();
		ok = extract_all(&x, m, e);
		modzip_reader_free(x.reader);
		modzip_close(&z);
		map_release(&x.dirs);
		arena_release(&x.arena);
	}
	if (!ok)
		return err_wrap(e, "unzip %s: ", file);
	if (read_only)
		make_read_only(dir);
	return true;
}
