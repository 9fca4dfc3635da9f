/*
 * err.h - an error, owned by the caller.
 *
 * Calling sequence:
 *
 *	struct err e = ERR_INIT;
 *	if (!gomod_parse(&mod, data, len, &e))
 *		... e.code, e.text ...
 *	err_release(&e);
 *
 * A fallible function returns bool (true is ok), out parameters first, `struct err *e` last; e may be
 * NULL where the caller does not care. The first error wins: setting a set error changes nothing.
 * The text is one complete sentence fragment with its subject, without the prefix "go: ". Where go has a
 * message for it, the text is go's and may hold newlines. `file`, `line` and `column` (1-based,
 * 0 is none) are the position, if the error is in a file; the text includes it where go prints it.
 * Outside text is raw here: pass it through text_escape() (text.h) before it reaches a terminal.
 */
#ifndef MODSCOPE_ERR_H
#define MODSCOPE_ERR_H

#include "base/base.h"

enum err_code {
	ERR_NONE,
	ERR_SYS,	/* an errno; e->sys_errno holds it */
	ERR_SYNTAX,	/* a file or an argument does not follow its grammar */
	ERR_NOT_FOUND,	/* does not exist: go's fs.ErrNotExist, 404 and 410 included */
	ERR_NETWORK,	/* a server did not answer, or answered with an error other than not found */
	ERR_OFFLINE,	/* would need the network, which --offline or GOPROXY=off forbids */
	ERR_NOT_HERE,	/* needs what this system lacks: libgit2, a place for a clone */
	ERR_CHECKSUM,	/* a hash does not match: go's SECURITY ERROR */
	ERR_LIMIT,	/* exceeds one of our caps */
	ERR_CANCELLED,
	ERR_USAGE,	/* wrong arguments */
	ERR_REFUSED,	/* go refuses with this message ("updates to go.mod needed") */
	ERR_NO_MATCH,	/* a query that no version matches, a package that no module provides */
};

/* What go prints before the text. */
enum err_form {
	ERR_FORM_MODULE,	/* "go: " and the module, both added by the caller */
	ERR_FORM_LOOKUP,	/* the same, but a query adds no bare path: no repository was found */
	ERR_FORM_BARE,	/* "go: " alone: the error concerns GOPROXY itself or a path that no proxy may be asked for */
	ERR_FORM_NAMED,	/* "go: " alone: go's module.ModuleError, which names a different version than was asked for */
	ERR_FORM_USAGE,	/* "go: ", and after it the command's usage: a value in GOFLAGS */
	ERR_FORM_FINAL,	/* nothing: go prints the text as is and exits */
	ERR_FORM_TOLD,	/* do not print: already among the messages */
};

struct err {
	enum err_code code;
	enum err_form form;
	int sys_errno;
	int line, column;
	uint32_t reason;	/* go's module.InvalidVersionError: offset of the reason in text; else 0 */
	char *file;	/* owned; NULL if none */
	char *text;	/* owned; NULL if code is ERR_NONE */
};

#define ERR_INIT { 0 }

/* Sets e unless it is set already. Always returns false, so that `return err_set(...)` reads well. */
bool err_set(struct err *e, enum err_code code, const char *fmt, ...) PRINTF_FMT(3, 4);
bool err_vset(struct err *e, enum err_code code, const char *fmt, va_list ap) PRINTF_FMT(3, 0);
/* As err_set, with code ERR_SYS (or ERR_NOT_FOUND for ENOENT and ENOTDIR) and ": " + go's text for `errnum` appended. */
bool err_sys(struct err *e, int errnum, const char *fmt, ...) PRINTF_FMT(3, 4);
/* Sets the position if e has none; always returns false. */
bool err_at(struct err *e, const char *file, int line, int column);
/* Sets the form of a set error; always returns false. */
bool err_mark(struct err *e, enum err_form form);
/* Prepends the formatted prefix (including its colon) to the text of a set error and resets the form to ERR_FORM_MODULE; always
 * returns false. */
bool err_wrap(struct err *e, const char *fmt, ...) PRINTF_FMT(2, 3);
/* Names a file as go names it, in the text of an error of opening or reading it: `path`, after "open " or "read ", becomes `name`. Always
 * returns false. */
bool err_rename(struct err *e, const char *path, const char *name);
/* Moves the error from src to dst, which keeps its own if set; src is clear afterwards. Returns false. */
bool err_move(struct err *dst, struct err *src);
void err_copy(struct err *dst, const struct err *src);
void err_clear(struct err *e);
void err_release(struct err *e);
static inline bool err_is_set(const struct err *e)
{
	return e && e->code != ERR_NONE;
}
static inline bool err_is_bare(const struct err *e)
{
	return err_is_set(e) && e->form == ERR_FORM_BARE;
}
static inline bool err_is_final(const struct err *e)
{
	return err_is_set(e) && e->form == ERR_FORM_FINAL;
}
static inline bool err_is_told(const struct err *e)
{
	return err_is_set(e) && e->form == ERR_FORM_TOLD;
}
/* Whether two set errors have one cause: the same place in a file or, where neither has one, the same text. */
bool err_same(const struct err *a, const struct err *b);
/* Its text; "" if it is not set. Valid until e changes. */
const char *err_text(const struct err *e);
/* A stable word: "network", "checksum", ... */
const char *err_code_name(enum err_code code);
/* Go's text for an errno ("no such file or directory": syscall/zerrors_linux_amd64.go). Static storage or
 * "errno N" in a thread-local buffer. */
const char *err_errno_text(int errnum);

#endif
