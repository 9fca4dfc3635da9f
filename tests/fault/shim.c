/*
 * shim.c - makes the n-th file operation or network call fail; loaded with LD_PRELOAD.
 *
 * Counts calls on paths at or below one of FAULT_ROOTS (separated by ':'), on descriptors that were opened
 * there, and on sockets. The FAULT_N-th (from 1) fails with an errno that such a call can have; with
 * FAULT_KILL set the process is killed there instead, before the call. The failed call is written to
 * FAULT_LOG ("open PATH"), which is not created if there are fewer calls. With FAULT_TRACE the
 * calls are written to that file instead, and none fails. A test program that it is linked to uses shim.h instead.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#ifdef __GLIBC__
#include <execinfo.h>
#endif
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shim.h"

/* What the others call their functions is not known here; ThreadSanitizer has the same functions as its own before it is ready. */
#if !defined(__GLIBC__) || defined(__SANITIZE_THREAD__)
void shim_record(const char *roots)
{
	(void)roots;
}

size_t shim_recorded(void)
{
	return 0;
}

void shim_arm(const char *roots, size_t i)
{
	(void)roots, (void)i;
}

void shim_arm_for_good(const char *roots, size_t i)
{
	(void)roots, (void)i;
}

void shim_arm_all(const char *roots, const char *op)
{
	(void)roots, (void)op;
}

void shim_arm_call(const char *roots, size_t i, void (*call)(void *ctx), void *ctx)
{
	(void)roots, (void)i, (void)call, (void)ctx;
}

const char *shim_disarm(void)
{
	return NULL;
}

void shim_mount(const char *dir)
{
	(void)dir;
}

void shim_errno(int number)
{
	(void)number;
}

bool shim_works(void)
{
	return false;
}
#else
#define MAX_FD 1024

static atomic_long calls;
static char fd_paths[MAX_FD][512]; /* the path of a counted descriptor; "" if it does not count */

/* By shim.h instead of the environment. */
#define MAX_PLACES 4096
#define FRAMES 7

static struct {
	const char *roots; /* NULL: not armed */
	const char *op;	   /* each of that name fails; NULL: the first call at the place */
	bool recording;
	uint64_t place;		 /* 0: none */
	bool stays;		 /* then the same fails there for good */
	void (*call)(void *ctx); /* is called instead, and nothing fails */
	void *ctx;
	atomic_bool done;
	char failed[512];
} armed;
static uint64_t places[MAX_PLACES];
static size_t n_places;
static pthread_mutex_t places_lock = PTHREAD_MUTEX_INITIALIZER;

static void arm(const char *roots)
{
	void *frame[1];

	backtrace(frame, 1); /* loads what it needs */
	armed.failed[0] = '\0';
	armed.op = NULL;
	armed.recording = false;
	armed.place = 0;
	armed.stays = false;
	armed.call = NULL;
	atomic_store(&armed.done, false);
	armed.roots = roots;
}

void shim_record(const char *roots)
{
	arm(roots);
	armed.recording = true;
	n_places = 0;
}

size_t shim_recorded(void)
{
	armed.roots = NULL;
	armed.recording = false;
	return n_places;
}

void shim_arm(const char *roots, size_t i)
{
	arm(roots);
	armed.place = i < n_places ? places[i] : 0;
}

void shim_arm_for_good(const char *roots, size_t i)
{
	shim_arm(roots, i);
	armed.stays = true;
}

void shim_arm_call(const char *roots, size_t i, void (*call)(void *ctx), void *ctx)
{
	shim_arm(roots, i);
	armed.ctx = ctx;
	armed.call = call;
}

void shim_arm_all(const char *roots, const char *op)
{
	arm(roots);
	armed.op = op;
}

const char *shim_disarm(void)
{
	armed.roots = NULL;
	return armed.failed[0] ? armed.failed : NULL;
}

static uint64_t place_of(const char *op)
{
	void *frames[FRAMES];
	int n = backtrace(frames, FRAMES);
	uint64_t hash = 14695981039346656037u;

	for (; *op; op++)
		hash = (hash ^ (unsigned char)*op) * 1099511628211u;
	for (int i = 0; i < n; i++)
		hash = (hash ^ (uintptr_t)frames[i]) * 1099511628211u;
	return hash | 1;
}

static void note_place(uint64_t place)
{
	size_t i = 0;

	pthread_mutex_lock(&places_lock);
	while (i < n_places && places[i] != place)
		i++;
	if (i == n_places && n_places < MAX_PLACES)
		places[n_places++] = place;
	pthread_mutex_unlock(&places_lock);
}

/* The same operation on the same path as the one that has failed. */
static bool has_failed(const char *op, const char *subject)
{
	size_t n = strlen(op);

	return strncmp(armed.failed, op, n) == 0 && armed.failed[n] == ' ' &&
	       strcmp(armed.failed + n + 1, subject) == 0;
}

static bool below(const char *dir, const char *path)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* armed.op is "OP", or "OP PATH": only there or below. */
static bool is_meant(const char *op, const char *subject)
{
	size_t n = strlen(op);

	return strncmp(armed.op, op, n) == 0 &&
	       (!armed.op[n] || (armed.op[n] == ' ' && below(armed.op + n + 1, subject)));
}

static bool armed_fails(const char *op, const char *subject)
{
	uint64_t place;

	if (armed.stays && atomic_load(&armed.done))
		return has_failed(op, subject);
	place = armed.recording || armed.place ? place_of(op) : 0;
	if (armed.recording)
		note_place(place);
	if (armed.recording || (armed.op ? !is_meant(op, subject) : !place) ||
	    (place && (place != armed.place || atomic_exchange(&armed.done, true))))
		return false;
	snprintf(armed.failed, sizeof(armed.failed), "%s %s", op, subject);
	if (armed.call)
		armed.call(armed.ctx);
	return !armed.call;
}

bool shim_works(void)
{
	return true;
}

static const char *mount_dir;
static int other_errno;

void shim_errno(int number)
{
	other_errno = number;
}

void shim_mount(const char *dir)
{
	mount_dir = dir;
}

static bool crosses(const char *a, const char *b)
{
	return mount_dir && below(mount_dir, a) != below(mount_dir, b);
}

static void log_line(const char *file, const char *op, const char *subject)
{
	char line[512];
	int n = snprintf(line, sizeof(line), "%s %s\n", op, subject);
	long fd = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
			  0666);

	if (n > 0 && (size_t)n >= sizeof(line))
		n = sizeof(line) - 1;
	if (fd >= 0) {
		syscall(SYS_write, fd, line, (size_t)n);
		syscall(SYS_close, fd);
	}
}

/* Counts a call; true if it must fail. */
static bool fails(const char *op, const char *subject)
{
	const char *n = getenv("FAULT_N"), *log = getenv("FAULT_LOG"),
		   *trace = getenv("FAULT_TRACE");

	if (armed.roots)
		return armed_fails(op, subject);
	if (trace)
		log_line(trace, op, subject);
	if (!n || atomic_fetch_add(&calls, 1) + 1 != strtol(n, NULL, 10))
		return false;
	if (log)
		log_line(log, op, subject);
	if (getenv("FAULT_KILL"))
		kill(getpid(), SIGKILL);
	return true;
}

static bool counted_path(const char *path)
{
	const char *root = armed.roots ? armed.roots : getenv("FAULT_ROOTS");

	while (path && root && *root) {
		size_t n = strcspn(root, ":");

		if (n && strncmp(path, root, n) == 0 && (path[n] == '/' || path[n] == '\0'))
			return true;
		root += n + (root[n] == ':');
	}
	return false;
}

/* The path of a call relative to a directory descriptor, if that counts. */
static const char *path_at(int dir, const char *path, char *to, size_t size)
{
	if (path[0] == '/' || dir < 0 || dir >= MAX_FD || !fd_paths[dir][0])
		return path;
	snprintf(to, size, "%s/%s", fd_paths[dir], path);
	return to;
}

static bool counted_fd(int fd)
{
	return fd >= 0 && fd < MAX_FD && fd_paths[fd][0];
}

static int remember(int fd, const char *path)
{
	if (fd >= 0 && fd < MAX_FD)
		snprintf(fd_paths[fd], sizeof(fd_paths[fd]), "%s",
			 path && counted_path(path) ? path : "");
	return fd;
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define FAIL(value, number)                                   \
	do {                                                  \
		errno = other_errno ? other_errno : (number); \
		return value;                                 \
	} while (0)

#define OPENS(name)                                                 \
	int name(const char *path, int flags, ...)                  \
	{                                                           \
		REAL(name);                                         \
		va_list ap;                                         \
		mode_t mode;                                        \
		va_start(ap, flags);                                \
		mode = va_arg(ap, mode_t);                          \
		va_end(ap);                                         \
		if (counted_path(path) && fails("open", path))      \
			FAIL(-1, flags &O_CREAT ? ENOSPC : EACCES); \
		return remember(real(path, flags, mode), path);     \
	}
OPENS(open)
OPENS(open64)

#define OPENS_AT(name)                                                  \
	int name(int dir, const char *path, int flags, ...)             \
	{                                                               \
		REAL(name);                                             \
		char at[512];                                           \
		const char *whole = path_at(dir, path, at, sizeof(at)); \
		va_list ap;                                             \
		mode_t mode;                                            \
		va_start(ap, flags);                                    \
		mode = va_arg(ap, mode_t);                              \
		va_end(ap);                                             \
		if (counted_path(whole) && fails("open", whole))        \
			FAIL(-1, flags &O_CREAT ? ENOSPC : EACCES);     \
		return remember(real(dir, path, flags, mode), whole);   \
	}
OPENS_AT(openat)
OPENS_AT(openat64)

#define MAKES_TEMP(name, args, pass)                                     \
	int name args                                                    \
	{                                                                \
		REAL(name);                                              \
		if (counted_path(template) && fails("create", template)) \
			FAIL(-1, ENOSPC);                                \
		int fd = real pass;                                      \
		return remember(fd, template);                           \
	}
MAKES_TEMP(mkstemp, (char *template), (template))
MAKES_TEMP(mkstemp64, (char *template), (template))
MAKES_TEMP(mkostemp, (char *template, int flags), (template, flags))
MAKES_TEMP(mkostemp64, (char *template, int flags), (template, flags))
MAKES_TEMP(mkostemps, (char *template, int suffix, int flags), (template, suffix, flags))
MAKES_TEMP(mkostemps64, (char *template, int suffix, int flags), (template, suffix, flags))

#define FOPENS(name)                                                     \
	FILE *name(const char *path, const char *mode)                   \
	{                                                                \
		REAL(name);                                              \
		if (counted_path(path) && fails("open", path))           \
			FAIL(NULL, strchr(mode, 'r') ? EACCES : ENOSPC); \
		return real(path, mode);                                 \
	}
FOPENS(fopen)
FOPENS(fopen64)

DIR *opendir(const char *path)
{
	REAL(opendir);
	if (counted_path(path) && fails("open", path))
		FAIL(NULL, EACCES);
	DIR *d = real(path);
	if (d)
		remember(dirfd(d), path);
	return d;
}

#define READS_DIR(name, type)                                         \
	struct type *name(DIR *d)                                     \
	{                                                             \
		REAL(name);                                           \
		int fd = dirfd(d);                                    \
		if (counted_fd(fd) && fails("readdir", fd_paths[fd])) \
			FAIL(NULL, EIO);                              \
		return real(d);                                       \
	}
READS_DIR(readdir, dirent)
READS_DIR(readdir64, dirent64)

#define ON_FD(type, name, op, number, args, pass)              \
	type name args                                         \
	{                                                      \
		REAL(name);                                    \
		if (counted_fd(fd) && fails(op, fd_paths[fd])) \
			FAIL(-1, number);                      \
		return real pass;                              \
	}
ON_FD(ssize_t, read, "read", EIO, (int fd, void *p, size_t n), (fd, p, n))
ON_FD(ssize_t, pread, "read", EIO, (int fd, void *p, size_t n, off_t at), (fd, p, n, at))
ON_FD(ssize_t, pread64, "read", EIO, (int fd, void *p, size_t n, off64_t at), (fd, p, n, at))
ON_FD(ssize_t, write, "write", ENOSPC, (int fd, const void *p, size_t n), (fd, p, n))
ON_FD(ssize_t, pwrite, "write", ENOSPC, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at))
ON_FD(ssize_t, pwrite64, "write", ENOSPC, (int fd, const void *p, size_t n, off64_t at),
      (fd, p, n, at))
/* A test that arms this does not wait for a disk. */
#define SYNCS(name)                                                 \
	int name(int fd)                                            \
	{                                                           \
		REAL(name);                                         \
		if (counted_fd(fd) && fails("fsync", fd_paths[fd])) \
			FAIL(-1, EIO);                              \
		return armed.roots ? 0 : real(fd);                  \
	}
SYNCS(fsync)
SYNCS(fdatasync)

int syncfs(int fd)
{
	REAL(syncfs);
	return armed.roots ? 0 : real(fd);
}

ON_FD(int, ftruncate, "truncate", ENOSPC, (int fd, off_t n), (fd, n))
ON_FD(int, ftruncate64, "truncate", ENOSPC, (int fd, off64_t n), (fd, n))
ON_FD(int, fchmod, "chmod", EPERM, (int fd, mode_t mode), (fd, mode))
ON_FD(int, fstat, "stat", EIO, (int fd, struct stat *st), (fd, st))
ON_FD(int, fstat64, "stat", EIO, (int fd, struct stat64 *st), (fd, st))
ON_FD(int, flock, "lock", ENOLCK, (int fd, int op), (fd, op))

#define MAPS(name, off)                                                    \
	void *name(void *p, size_t n, int prot, int flags, int fd, off at) \
	{                                                                  \
		REAL(name);                                                \
		if (counted_fd(fd) && fails("mmap", fd_paths[fd]))         \
			FAIL(MAP_FAILED, ENOMEM);                          \
		return real(p, n, prot, flags, fd, at);                    \
	}
MAPS(mmap, off_t)
MAPS(mmap64, off64_t)

#define ON_PATH(name, op, number, args, pass)              \
	int name args                                      \
	{                                                  \
		REAL(name);                                \
		if (counted_path(path) && fails(op, path)) \
			FAIL(-1, number);                  \
		return real pass;                          \
	}
ON_PATH(mkdir, "mkdir", ENOSPC, (const char *path, mode_t mode), (path, mode))
ON_PATH(rmdir, "rmdir", EACCES, (const char *path), (path))
ON_PATH(unlink, "unlink", EACCES, (const char *path), (path))
ON_PATH(chmod, "chmod", EPERM, (const char *path, mode_t mode), (path, mode))
ON_PATH(access, "access", EIO, (const char *path, int mode), (path, mode))
ON_PATH(stat, "stat", EACCES, (const char *path, struct stat *st), (path, st))
ON_PATH(stat64, "stat", EACCES, (const char *path, struct stat64 *st), (path, st))
ON_PATH(lstat, "stat", EACCES, (const char *path, struct stat *st), (path, st))
ON_PATH(lstat64, "stat", EACCES, (const char *path, struct stat64 *st), (path, st))
ON_PATH(link, "link", EMLINK, (const char *path, const char *to), (path, to))

int rename(const char *path, const char *to)
{
	REAL(rename);
	if (crosses(path, to) || (counted_path(path) && fails("rename", path)))
		FAIL(-1, EXDEV);
	return real(path, to);
}

/* Those that only shim.h counts. */
#define ON_PATH_ARMED(type, name, op, number, args, pass)                 \
	type name args                                                    \
	{                                                                 \
		REAL(name);                                               \
		if (armed.roots && counted_path(path) && fails(op, path)) \
			FAIL(-1, number);                                 \
		return real pass;                                         \
	}
ON_PATH_ARMED(int, lchown, "chown", EIO, (const char *path, uid_t uid, gid_t gid), (path, uid, gid))
ON_PATH_ARMED(int, mknod, "mknod", EPERM, (const char *path, mode_t mode, dev_t dev),
	      (path, mode, dev))
ON_PATH_ARMED(int, utimensat, "utime", EPERM,
	      (int dir, const char *path, const struct timespec times[2], int flags),
	      (dir, path, times, flags))
ON_PATH_ARMED(ssize_t, readlink, "readlink", EIO, (const char *path, char *to, size_t n),
	      (path, to, n))

int symlink(const char *target, const char *path)
{
	REAL(symlink);
	if (armed.roots && counted_path(path) && fails("symlink", path))
		FAIL(-1, ENOSPC);
	return real(target, path);
}

int linkat(int dir, const char *path, int dir2, const char *to, int flags)
{
	REAL(linkat);
	if (crosses(path, to))
		FAIL(-1, EXDEV);
	if (armed.roots && counted_path(path) && fails("link", path))
		FAIL(-1, EMLINK);
	return real(dir, path, dir2, to, flags);
}

#define ON_PATH_AT(name, op, number, args, pass)                        \
	int name args                                                   \
	{                                                               \
		REAL(name);                                             \
		char at[512];                                           \
		const char *whole = path_at(dir, path, at, sizeof(at)); \
		if (counted_path(whole) && fails(op, whole))            \
			FAIL(-1, number);                               \
		return real pass;                                       \
	}
ON_PATH_AT(mkdirat, "mkdir", ENOSPC, (int dir, const char *path, mode_t mode), (dir, path, mode))
ON_PATH_AT(unlinkat, "unlink", EACCES, (int dir, const char *path, int flags), (dir, path, flags))
ON_PATH_AT(renameat, "rename", EXDEV, (int dir, const char *path, int dir2, const char *to),
	   (dir, path, dir2, to))
ON_PATH_AT(fstatat, "stat", EACCES, (int dir, const char *path, struct stat *st, int flags),
	   (dir, path, st, flags))
ON_PATH_AT(fstatat64, "stat", EACCES, (int dir, const char *path, struct stat64 *st, int flags),
	   (dir, path, st, flags))

int renameat2(int dir, const char *path, int dir2, const char *to, unsigned flags)
{
	REAL(renameat2);
	char at[512];
	const char *whole = path_at(dir, path, at, sizeof(at));
	if (crosses(whole, to) || (counted_path(whole) && fails("rename", whole)))
		FAIL(-1, EXDEV);
	return real(dir, path, dir2, to, flags);
}

int close(int fd)
{
	REAL(close);
	if (fd >= 0 && fd < MAX_FD)
		fd_paths[fd][0] = '\0';
	return real(fd);
}

/* Sockets: only those that connect to a peer, not the pipes between curl's threads. */
static bool inet_socket(int fd)
{
	int domain = 0;
	socklen_t n = sizeof(domain);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &n) == 0 &&
	       (domain == AF_INET || domain == AF_INET6);
}

/* A failed connection stays failed, and polling it says so. */
#define BREAK(number)                    \
	do {                             \
		shutdown(fd, SHUT_RDWR); \
		FAIL(-1, number);        \
	} while (0)

int connect(int fd, const struct sockaddr *to, socklen_t n)
{
	REAL(connect);
	if (inet_socket(fd) && fails("connect", "network"))
		FAIL(-1, ECONNREFUSED);
	return real(fd, to, n);
}

ssize_t recv(int fd, void *p, size_t n, int flags)
{
	REAL(recv);
	if (inet_socket(fd) && fails("recv", "network"))
		BREAK(ECONNRESET);
	return real(fd, p, n, flags);
}

ssize_t send(int fd, const void *p, size_t n, int flags)
{
	REAL(send);
	if (inet_socket(fd) && fails("send", "network"))
		BREAK(EPIPE);
	return real(fd, p, n, flags);
}
#endif
