#include "change/relocate_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"

#define PIECE ((size_t)1 << 18)
#define MAX_NAMES ((size_t)1 << 20)
#define MAX_DEPTH 1000u
#define MAX_LINK 65536u

#ifdef __APPLE__
#define st_atim st_atimespec
#define st_mtim st_mtimespec
#endif

static bool copy(const char *from, const char *to, unsigned depth, struct err *e);

/* go's temporary files are NAME, a random number, ".tmp"; its temporary trees NAME, ".tmp-", a random number. */
char *relocate_copy_beside(const char *path, bool dir)
{
	return xasprintf(dir ? "%s.tmp-000" : "%s000.tmp", path);
}

bool relocate_copy_write(int fd, const char *data, size_t len, const char *path, struct err *e)
{
	return fs_write_full(fd, data, len) || err_sys(e, errno, "write %s", path);
}

bool relocate_copy_bytes(int from, const char *from_path, int to, const char *to_path,
			 struct err *e)
{
	char *buf = xmalloc(PIECE);
	bool ok = true;
	ssize_t n;

	while (ok && (n = fs_read_some(from, buf, PIECE)) != 0)
		ok = n < 0 ? err_sys(e, errno, "read %s", from_path)
			   : relocate_copy_write(to, buf, (size_t)n, to_path, e);
	free(buf);
	return ok;
}

/* The owner first: changing it clears special bits of the mode. Without permission the copy is ours. */
static bool dress(const char *to, const struct stat *st, struct err *e)
{
	const struct timespec times[2] = { st->st_atim, st->st_mtim };

	if (lchown(to, st->st_uid, st->st_gid) && errno != EPERM && errno != EINVAL)
		return err_sys(e, errno, "lchown %s", to);
	if (!S_ISLNK(st->st_mode) && chmod(to, st->st_mode & 07777))
		return err_sys(e, errno, "chmod %s", to);
	return utimensat(AT_FDCWD, to, times, AT_SYMLINK_NOFOLLOW) == 0 ||
	       err_sys(e, errno, "utimensat %s", to);
}

static bool copy_file(const char *from, const char *to, struct err *e)
{
	int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), out;
	bool ok;

	if (in < 0)
		return err_sys(e, errno, "open %s", from);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ok = out >= 0 ? relocate_copy_bytes(in, from, out, to, e)
		      : err_sys(e, errno, "open %s", to);
	if (ok && fsync(out))
		ok = err_sys(e, errno, "sync %s", to);
	if (out >= 0 && close(out) && ok)
		ok = err_sys(e, errno, "close %s", to);
	close(in);
	return ok;
}

static bool copy_dir(const char *from, const char *to, unsigned depth, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct fs_dirent *entries;
	size_t n = 0;
	bool ok = depth < MAX_DEPTH
			  ? fs_list(&a, from, MAX_NAMES, &entries, &n, e)
			  : err_set(e, ERR_LIMIT, "%s: directories are nested too deep", from);

	if (ok && mkdir(to, 0700))
		ok = err_sys(e, errno, "mkdir %s", to);
	for (size_t i = 0; ok && i < n; i++)
		ok = copy(arena_fmt(&a, "%s/%s", from, entries[i].name),
			  arena_fmt(&a, "%s/%s", to, entries[i].name), depth + 1, e);
	arena_release(&a);
	return ok;
}

static bool copy_link(const char *from, const char *to, struct err *e)
{
	char target[MAX_LINK];
	ssize_t n = readlink(from, target, sizeof(target) - 1);

	if (n < 0)
		return err_sys(e, errno, "readlink %s", from);
	target[n] = '\0';
	return symlink(target, to) == 0 || err_sys(e, errno, "symlink %s", to);
}

static bool copy(const char *from, const char *to, unsigned depth, struct err *e)
{
	struct stat st;
	bool ok;

	if (lstat(from, &st))
		return err_sys(e, errno, "lstat %s", from);
	switch (st.st_mode & S_IFMT) {
	case S_IFREG: ok = copy_file(from, to, e); break;
	case S_IFDIR: ok = copy_dir(from, to, depth, e); break;
	case S_IFLNK: ok = copy_link(from, to, e); break;
	default: ok = mknod(to, st.st_mode, st.st_rdev) == 0 || err_sys(e, errno, "mknod %s", to);
	}
	return ok && dress(to, &st, e);
}

bool relocate_copy(const char *from, const char *to, struct err *e)
{
	bool ok = copy(from, to, 0, e);

	if (!ok)
		fs_remove_all(to, NULL);
	else if (fs_is_dir(to))
		fs_sync_tree(to);
	return ok;
}
