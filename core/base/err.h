/*
 * err.h - the error that a caller owns.
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
 * The text is one complete sentence fragment with its subject, without "go: " in front; it is in go's
 * own words where go has words for it and may then hold newlines. `file`, `line` and `column` (1-based,
 * 0 is none) say where, if the error stands in a file; the text holds the position too where go prints it.
 * Texts from outside are kept raw here: text_escape() (text.h) before a terminal sees them.
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
	ERR_NOT_HERE,	/* needs what modscope does not do (yet): `direct` access to a repository */
	ERR_CHECKSUM,	/* a hash does not match: a security error in go's words */
	ERR_LIMIT,	/* over one of our caps */
	ERR_CANCELLED,
	ERR_USAGE,	/* wrong arguments */
	ERR_REFUSED,	/* go refuses here, in these words ("updates to go.mod needed") */
	ERR_NO_MATCH,	/* a query that no version matches, a package that no module provides */
};

/* What go prints in front of the text. */
enum err_form {
	ERR_FORM_MODULE,	/* "go: " and the module it is about, which the caller adds */
	ERR_FORM_LOOKUP,	/* the same, but where a query asks the path alone is not added: no repository was found */
	ERR_FORM_BARE,	/* "go: " alone: the error concerns GOPROXY itself or a path that no proxy may be asked for */
	ERR_FORM_NAMED,	/* "go: " alone: go's module.ModuleError, which names another version than the one that was asked for */
	ERR_FORM_FINAL,	/* nothing: go prints the text as it stands and exits */
	ERR_FORM_TOLD,	/* nothing at all: it stands among the messages already */
};

struct err {
	enum err_code code;
	enum err_form form;
	int sys_errno;
	int line, column;
	uint32_t reason;	/* go's module.InvalidVersionError: where in the text its reason begins; else 0 */
	char *file;	/* owned; NULL if none */
	char *text;	/* owned; NULL if code is ERR_NONE */
};

#define ERR_INIT { 0 }

/* Sets e unless it is set already. Always returns false, so that `return err_set(...)` reads well. */
bool err_set(struct err *e, enum err_code code, const char *fmt, ...) PRINTF_FMT(3, 4);
bool err_vset(struct err *e, enum err_code code, const char *fmt, va_list ap) PRINTF_FMT(3, 0);
/* As err_set, with code ERR_SYS (or ERR_NOT_FOUND for ENOENT and ENOTDIR) and ": " + go's text for `errnum` appended. */
bool err_sys(struct err *e, int errnum, const char *fmt, ...) PRINTF_FMT(3, 4);
/* Adds the position, if e has none yet; always returns false. */
bool err_at(struct err *e, const char *file, int line, int column);
/* Gives a set error its form; always returns false. */
bool err_mark(struct err *e, enum err_form form);
/* Puts "prefix: " (formatted; the caller gives the colon) before the text of a set error, whose form is then ERR_FORM_MODULE; always
 * returns false. */
bool err_wrap(struct err *e, const char *fmt, ...) PRINTF_FMT(2, 3);
/* Moves the error from src to dst (which must be unset, or keeps its own); src is clear afterwards. Returns false. */
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
/* A stable word: "network", "checksum", ... */
const char *err_code_name(enum err_code code);
/* Go's text for an errno ("no such file or directory": syscall/zerrors_linux_amd64.go). Static storage or
 * "errno N" in a thread-local buffer. */
const char *err_errno_text(int errnum);

#endif
