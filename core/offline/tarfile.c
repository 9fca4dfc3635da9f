#include "offline/tarfile.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/dynlib.h"
#include "base/fs.h"

#define BLOCK 512
#define PIECE 65536
#define LEVEL_PARAMETER 100 /* ZSTD_c_compressionLevel */
#define LEVEL 3
#define TRIES 16

/* zstd.h's, which are stable. */
struct zstd_in {
	const void *src;
	size_t size, pos;
};
struct zstd_out {
	void *dst;
	size_t size, pos;
};
enum zstd_end { ZSTD_CONTINUE = 0, ZSTD_END = 2 };

struct zstd_lib {
	void *(*create)(void);
	size_t (*release)(void *c);
	size_t (*set)(void *c, int parameter, int value);
	size_t (*compress)(void *c, struct zstd_out *out, struct zstd_in *in, enum zstd_end end);
	unsigned (*is_error)(size_t code);
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct zstd_lib once_lib;
static char once_problem[256];

static void load(void)
{
	static const struct dynlib_symbol symbols[] = {
		{ "ZSTD_createCCtx", offsetof(struct zstd_lib, create) },
		{ "ZSTD_freeCCtx", offsetof(struct zstd_lib, release) },
		{ "ZSTD_CCtx_setParameter", offsetof(struct zstd_lib, set) },
		{ "ZSTD_compressStream2", offsetof(struct zstd_lib, compress) },
		{ "ZSTD_isError", offsetof(struct zstd_lib, is_error) },
	};
#ifdef __APPLE__
	const char *why = dynlib_load("libzstd.1.dylib", symbols, ARRAY_LEN(symbols), &once_lib);
#else
	const char *why = dynlib_load("libzstd.so.1", symbols, ARRAY_LEN(symbols), &once_lib);
#endif

	if (why)
		snprintf(once_problem, sizeof(once_problem), "%s", why);
}

struct tarfile {
	char *file, *tmp;
	int fd;
	void *zstd;
	unsigned char out[PIECE];
};

static bool write_all(struct tarfile *t, const void *data, size_t len, struct err *e)
{
	return fs_write_full(t->fd, data, len) || err_sys(e, errno, "write %s", t->tmp);
}

static bool put(struct tarfile *t, const void *data, size_t len, enum zstd_end end, struct err *e)
{
	struct zstd_in in = { data, len, 0 };
	size_t left;

	do {
		struct zstd_out out = { t->out, sizeof(t->out), 0 };

		left = once_lib.compress(t->zstd, &out, &in, end);
		if (once_lib.is_error(left))
			return err_set(e, ERR_SYS, "write %s: zstd cannot compress it", t->tmp);
		if (!write_all(t, t->out, out.pos, e))
			return false;
	} while (end == ZSTD_END ? left != 0 : in.pos < in.size);
	return true;
}

/* One name for all runs: what a killed one left is written over. */
static char *temp_of(const char *file)
{
	const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;

	return xasprintf("%.*s.modscope-%s", (int)(base - file), file, base);
}

/* No other name of a file that is not ours, and no pipe. */
static bool is_plain(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_nlink == 1;
}

/* Locked: a run that is at work on the same file is left alone. -1 with errno. */
static int open_alone(const char *tmp)
{
	int why = EAGAIN;

	for (int i = 0; i < TRIES; i++) {
		int fd = open(tmp, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
		bool locked = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
		struct stat st, now;
		bool there;

		why = errno;
		/* the run that had the lock may have renamed the file */
		there = locked && fstat(fd, &st) == 0 && stat(tmp, &now) == 0 &&
			st.st_ino == now.st_ino;
		if (there && is_plain(&st) && ftruncate(fd, 0) == 0)
			return fd;
		if (there && !is_plain(&st))
			unlink(tmp);
		if (fd >= 0)
			close(fd);
		if (!locked)
			break;
		why = errno;
	}
	errno = why;
	return -1;
}

struct tarfile *tarfile_new(const char *file, struct err *e)
{
	struct tarfile *t;

	pthread_once(&once, load);
	if (*once_problem) {
		err_set(e, ERR_NOT_FOUND, "%s cannot be written: %s", file, once_problem);
		return NULL;
	}
	t = xcalloc(1, sizeof(*t));
	t->file = xstrdup(file);
	t->tmp = temp_of(file);
	t->fd = open_alone(t->tmp);
	if (t->fd < 0 && errno == EWOULDBLOCK)
		err_set(e, ERR_SYS, "%s: another process is writing it", file);
	t->zstd = once_lib.create();
	if (t->fd >= 0 && t->zstd &&
	    !once_lib.is_error(once_lib.set(t->zstd, LEVEL_PARAMETER, LEVEL)))
		return t;
	err_sys(e, errno, "open %s", file);
	tarfile_end(t, false, NULL);
	return NULL;
}

static void octal(char *field, size_t len, uint64_t v)
{
	for (size_t i = len - 1; i-- > 0; v >>= 3)
		field[i] = (char)('0' + (v & 7));
	field[len - 1] = '\0';
}

/* ustar: the offsets of the used fields. */
static void fill_header(char h[BLOCK], const char *name, uint64_t size, char type)
{
	unsigned sum = 0;

	memset(h, 0, BLOCK);
	memcpy(h, name, MIN(strlen(name), 100));
	octal(h + 100, 8, 0644);
	octal(h + 108, 8, 0);
	octal(h + 116, 8, 0);
	octal(h + 124, 12, size);
	octal(h + 136, 12, 0);
	memset(h + 148, ' ', 8);
	h[156] = type;
	memcpy(h + 257, "ustar\00000", 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)h[i];
	octal(h + 148, 7, sum);
}

static bool put_padding(struct tarfile *t, uint64_t size, struct err *e)
{
	static const char zeros[BLOCK];

	return put(t, zeros, (size_t)(-size & (BLOCK - 1)), ZSTD_CONTINUE, e);
}

/* A name that is too long for the header is in a pax record before it: "LENGTH path=NAME\n". */
static bool put_long_name(struct tarfile *t, const char *name, struct err *e)
{
	size_t base = strlen(" path=\n") + strlen(name), len = base + 1, before;
	struct buf b = BUF_INIT;
	char h[BLOCK];
	bool ok;

	do {
		before = len;
		len = base + (size_t)snprintf(NULL, 0, "%zu", before);
	} while (len != before);
	buf_addf(&b, "%zu path=%s\n", len, name);
	fill_header(h, "PaxHeaders/name", b.len, 'x');
	ok = put(t, h, BLOCK, ZSTD_CONTINUE, e) && put(t, b.data, b.len, ZSTD_CONTINUE, e) &&
	     put_padding(t, b.len, e);
	buf_release(&b);
	return ok;
}

static bool put_content(struct tarfile *t, int fd, const char *from, uint64_t size, struct err *e)
{
	char *piece = xmalloc(PIECE);
	uint64_t left = size;
	bool ok = true;

	while (ok && left) {
		ssize_t n = fs_read_some(fd, piece, (size_t)MIN(left, (uint64_t)PIECE));

		if (n <= 0)
			ok = err_set(e, ERR_SYS, "read %s: %s", from,
				     n ? err_errno_text(errno) : "the file has shrunk");
		else
			ok = put(t, piece, (size_t)n, ZSTD_CONTINUE, e);
		left -= n > 0 ? (uint64_t)n : 0;
	}
	free(piece);
	return ok && put_padding(t, size, e);
}

bool tarfile_add(struct tarfile *t, const char *name, const char *from, struct err *e)
{
	int fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	char h[BLOCK];
	struct stat st;
	bool ok;

	if (fd < 0)
		return err_sys(e, errno, "open %s", from);
	ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	if (!ok)
		err_set(e, ERR_SYS, "read %s: not a regular file", from);
	ok = ok && (strlen(name) <= 100 || put_long_name(t, name, e));
	if (ok) {
		fill_header(h, name, (uint64_t)st.st_size, '0');
		ok = put(t, h, BLOCK, ZSTD_CONTINUE, e) &&
		     put_content(t, fd, from, (uint64_t)st.st_size, e);
	}
	close(fd);
	return ok;
}

static void release(struct tarfile *t)
{
	if (t->zstd)
		once_lib.release(t->zstd);
	free(t->file);
	free(t->tmp);
	free(t);
}

bool tarfile_end(struct tarfile *t, bool keep, struct err *e)
{
	static const char end[2 * BLOCK];
	bool ok = keep && put(t, end, sizeof(end), ZSTD_END, e);

	if (ok && (fsync(t->fd) || fchmod(t->fd, 0644)))
		ok = err_sys(e, errno, "write %s", t->tmp);
	/* before the lock goes */
	if (ok && rename(t->tmp, t->file))
		ok = err_sys(e, errno, "rename %s", t->file);
	if (!ok && t->fd >= 0)
		unlink(t->tmp);
	if (t->fd >= 0)
		close(t->fd);
	release(t);
	return ok;
}
