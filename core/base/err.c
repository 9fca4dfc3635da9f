#include "base/err.h"

#include <errno.h>

#include "base/buf.h"

bool err_vset(struct err *e, enum err_code code, const char *fmt, va_list ap)
{
	struct buf b = BUF_INIT;

	if (!e || e->code != ERR_NONE)
		return false;
	buf_vaddf(&b, fmt, ap);
	e->code = code;
	e->text = buf_detach(&b);
	return false;
}

bool err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_vset(e, code, fmt, ap);
	va_end(ap);
	return false;
}

bool err_sys(struct err *e, int errnum, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	if (!e || e->code != ERR_NONE)
		return false;
	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	buf_addf(&b, ": %s", err_errno_text(errnum));
	e->code = errnum == ENOENT || errnum == ENOTDIR ? ERR_NOT_FOUND : ERR_SYS;
	e->sys_errno = errnum;
	e->text = buf_detach(&b);
	return false;
}

bool err_at(struct err *e, const char *file, int line, int column)
{
	if (!err_is_set(e) || e->line)
		return false;
	free(e->file);
	e->file = file ? xstrdup(file) : NULL;
	e->line = line;
	e->column = column;
	return false;
}

bool err_mark(struct err *e, enum err_form form)
{
	if (err_is_set(e))
		e->form = form;
	return false;
}

bool err_wrap(struct err *e, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	if (!err_is_set(e))
		return false;
	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	if (e->reason)
		e->reason += (uint32_t)b.len;
	buf_addstr(&b, e->text);
	free(e->text);
	e->text = buf_detach(&b);
	e->form = ERR_FORM_MODULE;
	return false;
}

bool err_rename(struct err *e, const char *path, const char *name)
{
	static const char *const verbs[] = { "open", "read" };

	for (size_t i = 0; err_is_set(e) && i < ARRAY_LEN(verbs); i++) {
		char *begin = xasprintf("%s %s: ", verbs[i], path);
		const char *why = str_cut_prefix(e->text, begin);
		char *text = why ? xasprintf("%s %s: %s", verbs[i], name, why) : NULL;

		free(begin);
		if (text) {
			free(e->text);
			e->text = text;
			break;
		}
	}
	return false;
}

bool err_move(struct err *dst, struct err *src)
{
	if (dst && dst->code == ERR_NONE) {
		err_release(dst);
		*dst = *src;
		*src = (struct err)ERR_INIT;
	} else {
		err_clear(src);
	}
	return false;
}

bool err_same(const struct err *a, const struct err *b)
{
	if (a->code != b->code || !a->file != !b->file)
		return false;
	return a->file ? a->line == b->line && str_eq(a->file, b->file) : str_eq(a->text, b->text);
}

void err_copy(struct err *dst, const struct err *src)
{
	if (!dst)
		return;
	err_clear(dst);
	*dst = *src;
	dst->file = src->file ? xstrdup(src->file) : NULL;
	dst->text = src->text ? xstrdup(src->text) : NULL;
}

void err_release(struct err *e)
{
	if (!e)
		return;
	free(e->file);
	free(e->text);
	*e = (struct err)ERR_INIT;
}

void err_clear(struct err *e)
{
	err_release(e);
}

static const struct {
	int num;
	const char *text;
} errno_texts[] = {
	{ EPERM, "operation not permitted" },
	{ ENOENT, "no such file or directory" },
	{ EINTR, "interrupted system call" },
	{ EIO, "input/output error" },
	{ ENXIO, "no such device or address" },
	{ E2BIG, "argument list too long" },
	{ EBADF, "bad file descriptor" },
	{ EAGAIN, "resource temporarily unavailable" },
	{ ENOMEM, "cannot allocate memory" },
	{ EACCES, "permission denied" },
	{ EBUSY, "device or resource busy" },
	{ EEXIST, "file exists" },
	{ EXDEV, "invalid cross-device link" },
	{ ENODEV, "no such device" },
	{ ENOTDIR, "not a directory" },
	{ EISDIR, "is a directory" },
	{ EINVAL, "invalid argument" },
	{ ENFILE, "too many open files in system" },
	{ EMFILE, "too many open files" },
	{ ETXTBSY, "text file busy" },
	{ EFBIG, "file too large" },
	{ ENOSPC, "no space left on device" },
	{ EROFS, "read-only file system" },
	{ EMLINK, "too many links" },
	{ EPIPE, "broken pipe" },
	{ ENAMETOOLONG, "file name too long" },
	{ ENOTEMPTY, "directory not empty" },
	{ ELOOP, "too many levels of symbolic links" },
	{ ENOTSUP, "operation not supported" },
	{ ETIMEDOUT, "connection timed out" },
	{ ECONNREFUSED, "connection refused" },
	{ EDQUOT, "disk quota exceeded" },
	{ EDEADLK, "resource deadlock avoided" },
	{ ENOLCK, "no locks available" },
	{ ENOSYS, "function not implemented" },
	{ EOVERFLOW, "value too large for defined data type" },
	{ EILSEQ, "invalid or incomplete multibyte or wide character" },
	{ ENODATA, "no data available" },
	{ EPROTO, "protocol error" },
	{ EBADMSG, "bad message" },
	{ ESTALE, "stale file handle" },
	{ ECONNRESET, "connection reset by peer" },
	{ ECONNABORTED, "software caused connection abort" },
	{ EHOSTUNREACH, "no route to host" },
	{ EHOSTDOWN, "host is down" },
	{ ENETUNREACH, "network is unreachable" },
	{ ENETDOWN, "network is down" },
	{ ENETRESET, "network dropped connection on reset" },
	{ EADDRINUSE, "address already in use" },
	{ EADDRNOTAVAIL, "cannot assign requested address" },
	{ ENOTCONN, "transport endpoint is not connected" },
	{ ENOBUFS, "no buffer space available" },
	{ ECANCELED, "operation canceled" },
	{ ESRCH, "no such process" },
	{ ECHILD, "no child processes" },
	{ EFAULT, "bad address" },
	{ ENOTTY, "inappropriate ioctl for device" },
	{ ESPIPE, "illegal seek" },
	{ ERANGE, "numerical result out of range" },
	{ ESHUTDOWN, "cannot send after transport endpoint shutdown" },
	{ EMSGSIZE, "message too long" },
	{ EISCONN, "transport endpoint is already connected" },
	{ EALREADY, "operation already in progress" },
	{ EINPROGRESS, "operation now in progress" },
	{ EAFNOSUPPORT, "address family not supported by protocol" },
	{ EPROTONOSUPPORT, "protocol not supported" },
	{ ENOTSOCK, "socket operation on non-socket" },
	{ ENOPROTOOPT, "protocol not available" },
	{ ETIME, "timer expired" },
	{ EMULTIHOP, "multihop attempted" },
	{ ENOLINK, "link has been severed" },
};

const char *err_errno_text(int errnum)
{
	/* aligned, as mold 1.10 may put .tbss of a smaller alignment outside the pages of .relro; then nothing starts */
	static _Alignas(64) _Thread_local char other[32];

	for (size_t i = 0; i < ARRAY_LEN(errno_texts); i++)
		if (errno_texts[i].num == errnum)
			return errno_texts[i].text;
	snprintf(other, sizeof(other), "errno %d", errnum);
	return other;
}

const char *err_text(const struct err *e)
{
	return e->text ? e->text : "";
}

const char *err_code_name(enum err_code code)
{
	static const char *const names[] = {
		[ERR_NONE] = "unknown",
		[ERR_SYS] = "system",
		[ERR_SYNTAX] = "syntax",
		[ERR_NOT_FOUND] = "not-found",
		[ERR_NETWORK] = "network",
		[ERR_OFFLINE] = "offline",
		[ERR_NOT_HERE] = "not-supported",
		[ERR_CHECKSUM] = "checksum",
		[ERR_LIMIT] = "limit",
		[ERR_CANCELLED] = "cancelled",
		[ERR_USAGE] = "usage",
		[ERR_REFUSED] = "refused",
		[ERR_NO_MATCH] = "no-match",
	};

	return names[code];
}
