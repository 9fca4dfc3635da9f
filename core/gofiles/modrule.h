/*
 * modrule.h - the statements that go.mod and go.work share. Private to modrule.c and gowork.c.
 *
 * Each reads the arguments of one line (the verb left out, tokens are replaced by their standard form), or reports what is
 * wrong with it in go's words and returns false.
 */
#ifndef MODSCOPE_MODRULE_H
#define MODSCOPE_MODRULE_H

#include "gofiles/gomod.h"

struct modrule {
	struct modsyntax *syntax;
	struct modsyntax_errors *errors;
	struct gomod_fixer *fixer;	/* NULL if there is none */
	bool lax;
	enum err_code code;		/* of the first query that failed */
};

void modrule_unknown_block(struct modrule *r, const struct modsyntax_block *b);
/* A string argument; NULL with the error reported. */
bool modrule_go(struct modrule *r, const struct modsyntax_line *line, const char **args, size_t n, const char **version);
bool modrule_toolchain(struct modrule *r, const struct modsyntax_line *line, const char **args, size_t n, const char **name);
bool modrule_godebug(struct modrule *r, struct modsyntax_line *line, const char **args, size_t n, struct gomod_godebug *out);
bool modrule_replace(struct modrule *r, struct modsyntax_line *line, const char **args, size_t n, struct gomod_replace *out);
/* tool, ignore, use */
bool modrule_path(struct modrule *r, struct modsyntax_line *line, const char *verb, const char **args, size_t n,
		  struct gomod_path *out);
/* True if nothing was reported; else all of it becomes e. */
bool modrule_done(struct modrule *r, struct err *e);

#endif
