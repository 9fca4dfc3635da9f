#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/magic.h>
#include <sys/vfs.h>
#endif
#ifdef HAVE_GETDENTS64
#include <sys/syscall.h>
#endif

/* GOWORK=/dev/null and the like: an empty file. */
static bool is_null_device(const struct stat *st)
{
	struct stat null;

	return S_ISCHR(st->st_mode) && stat("/dev/null", &null) == 0 && S_ISCHR(null.st_mode) &&
	       st->st_rdev == null.st_rdev;
}

ssize_t fs_read_some(int fd, void *data, size_t len)
{
	ssize_t n;

	do {
		n = read(fd, data, len);
	} while (n < 0 && errno == EINTR);
	return n;
}

ssize_t fs_read_at(int fd, void *data, size_t len, off_t at)
{
	ssize_t n;

	do {
		n = pread(fd, data, len, at);
	} while (n < 0 && errno == EINTR);
	return n;
}

static bool read_fd(struct buf *b, int fd, const char *path, size_t max, struct err *e)
{
	struct stat st;
	size_t start = b->len;

	if (fstat(fd, &st))
		return err_sys(e, errno, "stat %s", path);
	if (S_ISDIR(st.st_mode))
		return err_sys(e, EISDIR, "read %s", path);
	if (!S_ISREG(st.st_mode) && !is_null_device(&st))
		return err_set(e, ERR_SYS, "read %s: not a regular file", path);
	if ((uintmax_t)st.st_size > max)
		return err_set(e, ERR_LIMIT,
			       "read %s: %jd bytes are more than the %zu that are read", path,
			       (intmax_t)st.st_size, max);
	buf_grow(b, (size_t)st.st_size + 1);
	for (;;) {
		ssize_t n;

		buf_grow(b, 1);
		n = fs_read_some(fd, b->data + b->len, b->cap - b->len - 1);
		if (n < 0)
			return err_sys(e, errno, "read %s", path);
		if (n == 0)
			break;
		b->len += (size_t)n;
		b->data[b->len] = '\0';
		if (b->len - start > max)
			return err_set(e, ERR_LIMIT,
				       "read %s: more than the %zu bytes that are read", path, max);
		if (b->len + 1 == b->cap)
			buf_grow(b, b->len - start);
	}
	return true;
}

bool fs_read_buf(struct buf *b, const char *path, size_t max, struct err *e)
{
	/* O_NONBLOCK: a FIFO where a file is expected must not block */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool ok;

	if (fd < 0)
		return err_sys(e, errno, "open %s", path);
	ok = read_fd(b, fd, path, max, e);
	close(fd);
	return ok;
}

bool fs_read(struct arena *a, const char *path, size_t max, char **data, size_t *len, struct err *e)
{
	struct buf b = BUF_INIT;
	bool ok = fs_read_buf(&b, path, max, e);

	if (ok) {
		*data = arena_strndup(a, b.data, b.len);
		*len = b.len;
	}
	buf_release(&b);
	return ok;
}

bool fs_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool fs_is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool fs_is_same(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

bool fs_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

bool fs_is_gone(const char *path)
{
	struct stat st;

	return lstat(path, &st) && (errno == ENOENT || errno == ENOTDIR);
}

bool fs_mkdir_all(const char *path, struct err *e)
{
	char *p;
	bool ok = true;

	if (fs_is_dir(path))
		return true;
	p = xstrdup(path);
	for (char *s = p + 1; ok; s++) {
		if (*s != '/' && *s != '\0')
			continue;
		char c = *s;

		*s = '\0';
		/* like os.MkdirAll, names the one that is not a directory */
		if (mkdir(p, 0777) && errno != EEXIST)
			ok = err_sys(e, errno, "mkdir %.*s",
				     (int)((errno == ENOTDIR ? strrchr(p, '/') : s) - p), p);
		*s = c;
		if (c == '\0')
			break;
	}
	if (ok && !fs_is_dir(path))
		ok = err_sys(e, ENOTDIR, "mkdir %s", path);
	free(p);
	return ok;
}

/* What mkdir(2) would say of a new name in a directory; 0 if nothing. */
static int new_dir_errno(const char *parent)
{
#ifdef __linux__
	struct statfs fs = { 0 };

	/* these two have no directories of anyone's, whatever their modes say */
	if (statfs(parent, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC)
		return ENOENT;
#endif
	if (faccessat(AT_FDCWD, parent, W_OK | X_OK, AT_EACCESS))
		return errno;
#ifdef __linux__
	if (fs.f_type == SYSFS_MAGIC)
		return EPERM;
#endif
	return 0;
}

/* What mkdir(2) would say of this name, which stat(2) does not find. */
static int mkdir_errno(const char *path, const char *parent)
{
	size_t n = strlen(path);
	struct stat st;
	char *name;
	int err;

	while (n > 1 && path[n - 1] == '/')
		n--;
	name = xstrndup(path, n);
	err = lstat(name, &st) ? errno : EEXIST;
	free(name);
	return err == ENOENT ? new_dir_errno(parent) : err;
}

/* The end of the next name in a path, and of its slashes if it is the last one. */
static size_t name_end(const char *path, size_t start)
{
	size_t end = start + strspn(path + start, "/"), after;

	end += strcspn(path + end, "/");
	after = end + strspn(path + end, "/");
	return path[after] ? after - (after > end) : after;
}

bool fs_can_mkdir_all(const char *path, struct err *e)
{
	char *parent = xstrdup("/"), *dir = NULL;
	bool is_new = false;
	int err = 0;

	for (size_t end = 0; !err && path[end];) {
		size_t start = end;
		struct stat st;

		end = name_end(path, start);
		dir = xstrndup(path, end);
		if (is_new)
			err = end - start > NAME_MAX + 1 ? ENAMETOOLONG : 0;
		else if (stat(dir, &st) == 0)
			err = S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
		else
			is_new = (err = mkdir_errno(dir, parent)) == 0;
		if (err)
			err_sys(e, err, "mkdir %s", dir);
		free(parent);
		parent = dir;
	}
	free(parent);
	return !err;
}

bool fs_write_full(int fd, const void *data, size_t len)
{
	const char *s = data;

	while (len) {
		ssize_t n = write(fd, s, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			return false;
		s += n;
		len -= (size_t)n;
	}
	return true;
}

/* The kernel reports the umask without the side effect of umask(2). */
static bool read_umask(mode_t *mask)
{
#ifdef HAVE_PROC_STATUS
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	char text[4096];
	const char *s;
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[MAX(n, 0)] = '\0';
	s = strstr(text, "Umask:");
	if (s)
		*mask = (mode_t)strtoul(s + 6, NULL, 8);
	return s != NULL;
#else
	(void)mask;
	return false;
#endif
}

mode_t fs_umask(void)
{
	static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	mode_t mask;

	if (read_umask(&mask))
		return mask;
	pthread_mutex_lock(&mutex);
	mask = umask(077); /* whoever creates a file meanwhile gets less, not more */
	umask(mask);
	pthread_mutex_unlock(&mutex);
	return mask;
}

bool fs_write_atomic(const char *path, const void *data, size_t len, mode_t mode, bool sync,
		     struct err *e)
{
	struct arena a = ARENA_INIT;
	char *tmp = arena_fmt(&a, "%s.XXXXXX.tmp", path);
	bool ok = fs_mkdir_all(path_dir(&a, path), e);
	int fd = -1;

	if (ok && (fd = mkostemps(tmp, 4, O_CLOEXEC)) < 0)
		ok = err_sys(e, errno, "open %s", tmp);
	if (fd >= 0) {
		if (!fs_write_full(fd, data, len) || fchmod(fd, mode & ~fs_umask()) ||
		    (sync && fsync(fd)))
			ok = err_sys(e, errno, "write %s", tmp);
		if (close(fd) && ok)
			ok = err_sys(e, errno, "close %s", tmp);
		if (ok && rename(tmp, path))
			ok = err_sys(e, errno, "rename %s %s", tmp, path);
		if (!ok)
			unlink(tmp);
	}
	arena_release(&a);
	return ok;
}

bool fs_exchange(const char *a, const char *b)
{
#ifdef HAVE_RENAMEAT2
	return renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) == 0;
#else
	(void)a, (void)b;
	return false;
#endif
}

#ifdef HAVE_SYNCFS
void fs_sync_tree(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		syncfs(fd);
		close(fd);
	}
}
#else
static int sync_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	int fd = type == FTW_F || type == FTW_DP ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
						 : -1;

	(void)st, (void)ftw;
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	return 0;
}

void fs_sync_tree(const char *dir)
{
	nftw(dir, sync_one, 16, FTW_PHYS | FTW_DEPTH);
}
#endif

static bool is_dots(const char *name)
{
	return str_eq(name, ".") || str_eq(name, "..");
}

static bool remove_at(int dirfd, const char *name, const char *path, unsigned depth, struct err *e)
{
	struct dirent *d;
	DIR *dir;
	int fd;
	bool ok = true;

	if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
		return true;
	if (errno != EISDIR && errno != EPERM)
		return err_sys(e, errno, "unlinkat %s", path);
	if (depth > 1000)
		return err_set(e, ERR_LIMIT, "unlinkat %s: directories are nested too deep", path);
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, errno, "open %s", path);
	fchmod(fd, 0700);
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return err_sys(e, errno, "open %s", path);
	}
	while (ok && (d = readdir(dir))) {
		if (is_dots(d->d_name))
			continue;
		ok = remove_at(fd, d->d_name, path, depth + 1, e);
	}
	closedir(dir);
	if (ok && unlinkat(dirfd, name, AT_REMOVEDIR) && errno != ENOENT)
		ok = err_sys(e, errno, "unlinkat %s", path);
	return ok;
}

bool fs_remove_all(const char *path, struct err *e)
{
	return remove_at(AT_FDCWD, path, path, 0, e);
}

#ifdef HAVE_GETDENTS64
/* getdents64 itself: the module cache has a directory for every few files, and opendir costs three more calls each. */
bool fs_each_name(int dir_fd, void (*fn)(void *ctx, const char *name), void *ctx)
{
	char buf[32768] __attribute__((aligned(8)));
	long n;

	while ((n = syscall(SYS_getdents64, dir_fd, buf, sizeof(buf))) > 0) {
		for (long at = 0; at < n;) {
			const struct dirent64 *d = (const struct dirent64 *)(const void *)(buf +
											   at);

			at += d->d_reclen;
			if (!is_dots(d->d_name))
				fn(ctx, d->d_name);
		}
	}
	return n == 0;
}
#else
bool fs_each_name(int dir_fd, void (*fn)(void *ctx, const char *name), void *ctx)
{
	int fd = fcntl(dir_fd, F_DUPFD_CLOEXEC, 0);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *d;
	bool ok;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	for (errno = 0; (d = readdir(dir)); errno = 0)
		if (!is_dots(d->d_name))
			fn(ctx, d->d_name);
	ok = errno == 0;
	closedir(dir);
	return ok;
}
#endif

static int dirent_compare(const void *a, const void *b)
{
	return strcmp(((const struct fs_dirent *)a)->name, ((const struct fs_dirent *)b)->name);
}

static unsigned char dirent_type(int fd, const struct dirent *d)
{
	struct stat st;

	if (d->d_type != DT_UNKNOWN)
		return d->d_type;
	if (fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW))
		return DT_UNKNOWN;
	return (unsigned char)IFTODT(st.st_mode);
}

bool fs_list(struct arena *a, const char *path, size_t max_entries, struct fs_dirent **entries,
	     size_t *n, struct err *e)
{
	VEC(struct fs_dirent) v = { 0 };
	struct dirent *d;
	bool ok = true;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return err_sys(e, errno, "open %s", path);
	}
	for (errno = 0; (d = readdir(dir)); errno = 0) {
		if (is_dots(d->d_name))
			continue;
		if (v.n >= max_entries) {
			ok = err_set(e, ERR_LIMIT, "open %s: more than %zu entries", path,
				     max_entries);
			break;
		}
		vec_push(&v, (struct fs_dirent){ arena_strdup(a, d->d_name), dirent_type(fd, d) });
	}
	if (ok && errno)
		ok = err_sys(e, errno, "readdirent %s", path);
	closedir(dir);
	if (ok) {
		if (v.n)
			qsort(v.items, v.n, sizeof(*v.items), dirent_compare);
		*entries = arena_memdup(a, v.items, v.n * sizeof(*v.items));
		*n = v.n;
	}
	vec_release(&v);
	return ok;
}
