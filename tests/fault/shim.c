/*
 * shim.c - makes the n-th file operation or network call fail; loaded with LD_PRELOAD.
 *
 * Counts calls on paths at or below one of FAULT_ROOTS (separated by ':'), on descriptors that were opened
 * there, and on sockets. The FAULT_N-th (from 1) fails with an errno that such a call can have; with
 * FAULT_KILL set the process is killed there instead, before the call. The failed call is written to
 * FAULT_LOG ("open PATH"), which is not created if there are fewer calls. With FAULT_TRACE the
 * calls are written to that file instead, and none fails.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_FD 1024

static atomic_long calls;
static char fd_paths[MAX_FD][256]; /* the path of a counted descriptor; "" if it does not count */

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
	const char *root = getenv("FAULT_ROOTS");

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
#define FAIL(value, number)       \
	do {                      \
		errno = (number); \
		return value;     \
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
ON_FD(int, fsync, "fsync", EIO, (int fd), (fd))
ON_FD(int, fdatasync, "fsync", EIO, (int fd), (fd))
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
ON_PATH(rename, "rename", EXDEV, (const char *path, const char *to), (path, to))
ON_PATH(link, "link", EMLINK, (const char *path, const char *to), (path, to))

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
ON_PATH_AT(renameat2, "rename", EXDEV,
	   (int dir, const char *path, int dir2, const char *to, unsigned flags),
	   (dir, path, dir2, to, flags))
ON_PATH_AT(fstatat, "stat", EACCES, (int dir, const char *path, struct stat *st, int flags),
	   (dir, path, st, flags))
ON_PATH_AT(fstatat64, "stat", EACCES, (int dir, const char *path, struct stat64 *st, int flags),
	   (dir, path, st, flags))

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
