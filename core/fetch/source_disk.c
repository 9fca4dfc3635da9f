#include "fetch/source_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/activity.h"
#include "base/fs.h"
#include "zip/dirhash.h"
#include "gofiles/modpath.h"
#include "gofiles/semver.h"

/* A go.mod or .info smaller than this, as nearly all are, is read with one read(2). */
#define FIRST_READ ((size_t)64 << 10)
#define SUM_HEX 64u

/* Names in it are opened, it is not listed: it need not be readable. */
static int open_download(const char *dir)
{
#ifdef O_PATH
	int mode = O_PATH;
#else
	int mode = O_RDONLY;
#endif
	char *download = xasprintf("%s/cache/download", dir);
	int fd = open(download, mode | O_DIRECTORY | O_CLOEXEC);

	free(download);
	return fd;
}

void source_disk_open(struct source_disk *t, char *take_dir)
{
	t->dir = take_dir;
	t->download_fd = -1;
	pthread_mutex_init(&t->mutex, NULL);
	if (!take_dir)
		return;
	t->download_fd = open_download(take_dir);
	if (t->download_fd < 0 && errno != ENOENT && errno != ENOTDIR)
		t->open_errno = errno;
}

static bool has_as(int dir_fd, const char *name, const char *shown, mode_t kind, struct stat *st,
		   bool *has, struct err *e)
{
	*has = false;
	if (fstatat(dir_fd, name, st, 0))
		return errno == ENOENT || errno == ENOTDIR || err_sys(e, errno, "stat %s", shown);
	*has = !kind || (st->st_mode & S_IFMT) == kind;
	return true;
}

bool source_disk_has(int dir_fd, const char *name, const char *shown, mode_t kind, bool *has,
		     struct err *e)
{
	struct stat st;

	return has_as(dir_fd, name, shown, kind, &st, has, e);
}

bool source_disk_has_dir(const char *dir, struct stat *st, bool *has, struct err *e)
{
	return has_as(AT_FDCWD, dir, dir, S_IFDIR, st, has, e);
}

void source_disk_close(struct source_disk *t)
{
	if (t->download_fd >= 0)
		close(t->download_fd);
	pthread_mutex_destroy(&t->mutex);
	free(t->dir);
}

void source_disk_reopen(struct source_disk *t)
{
	if (t->download_fd >= 0)
		return;
	pthread_mutex_lock(&t->mutex);
	if (t->download_fd < 0)
		t->download_fd = open_download(t->dir);
	pthread_mutex_unlock(&t->mutex);
}

char *source_disk_file(const struct source_disk *t, const char *name)
{
	return xasprintf("%s/cache/download/%s", t->dir, name);
}

/* The characters allowed in an escaped module path or version. The path is validated before the network is used;
 * here it only must stay in its folder and not collide with another file's name. */
static bool add_escaped(struct buf *b, const char *s, bool slashes)
{
	bool element_start = true;

	if (!*s)
		return false;
	buf_grow(b, 2 * strlen(s));
	for (; *s; s++) {
		char c = *s;

		if (c >= 'A' && c <= 'Z') {
			b->data[b->len++] = '!';
			c = (char)(c - 'A' + 'a');
		} else if (c == '/' ? !slashes || element_start || !s[1]
				    : !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
					strchr("-._~+", c))) {
			return false;
		}
		if (element_start && c == '.')
			return false;
		b->data[b->len++] = c;
		element_start = c == '/';
	}
	b->data[b->len] = '\0';
	return true;
}

bool source_disk_name(struct buf *b, struct modver m, const char *suffix, struct err *e)
{
	if (!add_escaped(b, m.path, true))
		return (modpath_check(m.path, e) &&
			err_set(e, ERR_SYNTAX, "malformed module path \"%s\"", m.path)) ||
		       err_mark(e, ERR_FORM_BARE);
	buf_add(b, "/@v/", 4);
	if (!add_escaped(b, m.version, false))
		return err_set(e, ERR_SYNTAX, "disallowed version string \"%s\"", m.version);
	buf_addch(b, '.');
	buf_addstr(b, suffix);
	return true;
}

/* module.CanonicalVersion(v) == v. */
bool source_disk_is_cacheable(const char *version)
{
	struct semver p;

	if (!semver_parse(&p, version, strlen(version)) || *p.fill)
		return false;
	return p.build.len == 0 || semver_is_incompatible(version);
}

bool source_disk_cached_name(struct buf *b, struct modver m, const char *suffix, struct err *e)
{
	return source_disk_is_cacheable(m.version) && source_disk_name(b, m, suffix, e);
}

/* Reads the rest; b has the first part from `start` on. */
static bool read_rest(int fd, struct buf *b, size_t start)
{
	for (;;) {
		ssize_t n;

		if (b->len - start > FS_MAX_MOD)
			return false;
		buf_grow(b, b->len - start + FIRST_READ);
		n = fs_read_some(fd, b->data + b->len, b->cap - b->len - 1);
		if (n < 0)
			return false;
		b->len += (size_t)n;
		b->data[b->len] = '\0';
		if (n == 0)
			return true;
	}
}

/* go would wait for a writer; what it would read is unknown. */
static bool is_fifo(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

bool source_disk_read(const struct source_disk *t, const char *name, struct buf *b)
{
	return source_disk_read_stat(t, name, b, NULL);
}

bool source_disk_read_stat(const struct source_disk *t, const char *name, struct buf *b,
			   struct stat *st)
{
	size_t start = b->len;
	ssize_t n;
	bool ok;
	int fd;

	if (t->download_fd < 0)
		return false;
	/* O_NONBLOCK: a FIFO must not block us */
	fd = openat(t->download_fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return false;
	if (st && fstat(fd, st)) {
		close(fd);
		return false;
	}
	buf_grow(b, FIRST_READ);
	n = fs_read_some(fd, b->data + b->len, FIRST_READ);
	ok = n > 0 || (n == 0 && !is_fifo(fd));
	if (ok) {
		b->len += (size_t)n;
		b->data[b->len] = '\0';
		ok = (size_t)n < FIRST_READ || read_rest(fd, b, start);
	}
	close(fd);
	if (!ok)
		buf_truncate(b, start);
	return ok;
}

static void hex_sum(const void *data, size_t len, char hex[SUM_HEX + 1])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[32];

	sha256_bytes(data, len, digest);
	for (size_t i = 0; i < sizeof(digest); i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	hex[SUM_HEX] = '\0';
}

bool source_disk_read_own(const struct source_disk *own, const char *name, struct buf *b)
{
	struct buf sum = BUF_INIT, sum_name = BUF_INIT;
	size_t start = b->len;
	char hex[SUM_HEX + 1];
	bool ok;

	if (own->download_fd < 0 || !source_disk_read(own, name, b))
		return false;
	buf_addf(&sum_name, "%s.sum", name);
	ok = source_disk_read(own, sum_name.data, &sum);
	if (ok) {
		hex_sum(b->data + start, b->len - start, hex);
		ok = sum.len == SUM_HEX && memcmp(hex, sum.data, SUM_HEX) == 0;
	}
	if (!ok)
		buf_truncate(b, start);
	buf_release(&sum);
	buf_release(&sum_name);
	return ok;
}

void source_disk_write_own(const struct source_disk *own, struct activity *log, const char *name,
			   const void *data, size_t len)
{
	struct activity_row row;
	char hex[SUM_HEX + 1], *file, *sum_file;
	struct err e = ERR_INIT;

	if (!own->dir)
		return;
	file = source_disk_file(own, name);
	sum_file = xasprintf("%s.sum", file);
	row = activity_begin("write", file);
	hex_sum(data, len, hex);
	/* The sum first: a process that dies in between leaves a sum without its file, which counts as absent. */
	if (fs_write_atomic(sum_file, hex, SUM_HEX, 0666, false, &e))
		fs_write_atomic(file, data, len, 0666, false, &e);
	activity_end(log, &row, e.text ? e.text : "ok", (int64_t)len);
	err_release(&e);
	free(sum_file);
	free(file);
}

void source_disk_drop_own(const struct source_disk *own, struct activity *log, const char *name)
{
	char *file = source_disk_file(own, name), *sum_file = xasprintf("%s.sum", file);
	struct activity_row row = activity_begin("remove", file);

	unlink(file);
	unlink(sum_file);
	activity_end(log, &row, "it is not what go.sum or the checksum database says", -1);
	free(sum_file);
	free(file);
}

char *source_disk_version_file(const struct source_disk *t, struct modver m, const char *suffix)
{
	struct buf name = BUF_INIT;
	char *file = source_disk_name(&name, m, suffix, NULL) ? source_disk_file(t, name.data)
							      : NULL;

	buf_release(&name);
	return file;
}
