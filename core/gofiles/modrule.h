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

void modrule_error(struct modrule *r, const struct modsyntax_line *line, const char *text);
void modrule_unknown_block(struct modrule *r, const struct modsyntax_block *b);
/* A string argument; NULL with the error reported. */
const char *modrule_string(struct modrule *r, const struct modsyntax_line *line, const char **token);
bool modrule_go(struct modrule *r, const struct modsyntax_line *line, const char **args, size_t n, const char **version);
bool modrule_toolchain(struct modrule *r, const struct modsyntax_line *line, const char **args, size_t n, const char **name);
bool modrule_godebug(struct modrule *r, struct modsyntax_line *line, const char **args, size_t n, struct gomod_godebug *out);
bool modrule_replace(struct modrule *r, struct modsyntax_line *line, const char **args, size_t n, struct gomod_replace *out);
/* tool, ignore, use */
bool modrule_path(struct modrule *r, struct modsyntax_line *line, const char *verb, const char **args, size_t n,
		  struct gomod_path *out);
/* True if nothing was reported; else all of it becomes e. */
bool modrule_done(struct modrule *r, struct err *e);

/* Edits of what both files hold. */
void modrule_add_replace(struct modsyntax *syntax, struct gomod_replaces *v, struct modver from, struct modver to);
void modrule_drop_replace(struct gomod_replaces *v, struct modver from);
void modrule_drop_path(struct gomod_paths *v, const char *path);
void modrule_add_godebug(struct modsyntax *syntax, struct gomod_godebugs *v, const char *key, const char *value);
void modrule_drop_godebug(struct gomod_godebugs *v, const char *key);
void modrule_mark_duplicate_replaces(struct gomod_replaces *v);
/* Forgets entries without a line. */
#define modrule_drop_cleared(v)                                                  \
	do {                                                                     \
		size_t kept_ = 0;                                                \
		for (size_t i_ = 0; i_ < (v)->n; i_++)                           \
			if ((v)->items[i_].line)                                 \
				(v)->items[kept_++] = (v)->items[i_];            \
		(v)->n = kept_;                                                  \
	} while (0)

#endif
