/*
 * directive_impl.h - the directives (lines) that go.mod and go.work share.
 *
 * A reader takes the arguments of one line, without the verb, and replaces tokens by their standard form; or it adds go's message to the
 * caller's list and returns false. directive_done returns the messages at the end.
 * Follows golang.org/x/mod/modfile (rule.go). Everything lives in the syntax tree's arena.
 */
#ifndef MODSCOPE_DIRECTIVE_IMPL_H
#define MODSCOPE_DIRECTIVE_IMPL_H

#include "gofiles/gomod.h"

struct directive_reader {
	struct modsyntax *syntax;
	struct modsyntax_errors *errors;
	struct gomod_fixer *fixer; /* NULL if there is none */
	bool lax;
	enum err_code code; /* of the first query that failed */
};

enum directive_fix {
	DIRECTIVE_FIX,	      /* by the fixer; without one, to the canonical form */
	DIRECTIVE_AS_WRITTEN, /* retractions while the module path is not known */
};

/* Reports, at the line's position. */
#define directive_errorf(r, line_, ...)                                                      \
	modsyntax_errors_add((r)->errors, (r)->syntax->name, (line_)->line, (line_)->column, \
			     __VA_ARGS__)
static inline void directive_error(struct directive_reader *r, const struct modsyntax_line *line,
				   const char *text)
{
	directive_errorf(r, line, "%s", text);
}
/* Parses a file and sets up its reader, without fixer and lax. `own` is the list of errors if the caller has none. */
bool directive_open(struct directive_reader *r, struct modsyntax *syntax, struct modsyntax_errors *own, struct arena *a,
		    const struct gomod_options *o, const char *data, size_t len, struct err *e);
void directive_unknown_block(struct directive_reader *r, const struct modsyntax_block *b);

/* A string; NULL if it is malformed. */
const char *directive_string(struct directive_reader *r, const struct modsyntax_line *line,
			     const char **token);
/* A version of path; NULL if it is not one. verb is for the message. */
const char *directive_version(struct directive_reader *r, const struct modsyntax_line *line,
			      const char *verb, const char *path, const char **token,
			      enum directive_fix fix);

/* require, exclude */
bool directive_module_version(struct directive_reader *r, const struct modsyntax_line *line,
			      const char *verb, const char **args, size_t n, struct modver *m);
/* *version: the one set by an earlier line, "" if there was none. */
bool directive_go(struct directive_reader *r, const struct modsyntax_line *line, const char **args,
		  size_t n, const char **version);
bool directive_toolchain(struct directive_reader *r, const struct modsyntax_line *line,
			 const char **args, size_t n, const char **name);
bool directive_godebug(struct directive_reader *r, struct modsyntax_line *line, const char **args,
		       size_t n, struct gomod_godebug *out);
bool directive_replace(struct directive_reader *r, struct modsyntax_line *line, const char **args,
		       size_t n, struct gomod_replace *out);
/* tool, ignore, use */
bool directive_path(struct directive_reader *r, struct modsyntax_line *line, const char *verb,
		    const char **args, size_t n, struct gomod_path *out);

/* True if nothing was reported; else e gets all messages. */
bool directive_done(struct directive_reader *r, struct err *e);

#endif
