/*
 * gowork.h - go.work: parsed with meaning and written back.
 *
 * Follows golang.org/x/mod/modfile (work.go). Always strict; versions in replace lines are made canonical without a query.
 * Lives in the caller's arena, as gomod.h, whose parts it shares. What a use line names is as written: relative to the
 * file's directory or absolute.
 */
#ifndef MODSCOPE_GOWORK_H
#define MODSCOPE_GOWORK_H

#include "gofiles/gomod.h"

struct gowork {
	struct arena *arena;			/* borrowed */
	struct modsyntax syntax;
	const char *go;				/* "" if there is no go line */
	struct modsyntax_line *go_line;
	const char *toolchain;			/* "" if there is no toolchain line */
	struct modsyntax_line *toolchain_line;
	struct gomod_paths use;
	struct gomod_replaces replace;
	struct gomod_godebugs godebug;
};

/* options: name, long_name and errors are used. ERR_SYNTAX, ERR_LIMIT. */
bool gowork_parse(struct gowork **out, struct arena *a, const struct gomod_options *o, const char *data, size_t len,
		  struct err *e);
void gowork_format(struct buf *b, const struct gowork *f);

bool gowork_add_go(struct gowork *f, const char *version, struct err *e);
void gowork_drop_go(struct gowork *f);
bool gowork_add_toolchain(struct gowork *f, const char *name, struct err *e);
void gowork_drop_toolchain(struct gowork *f);
void gowork_add_use(struct gowork *f, const char *dir);
void gowork_drop_use(struct gowork *f, const char *dir);
void gowork_add_replace(struct gowork *f, struct modver from, struct modver to);
void gowork_drop_replace(struct gowork *f, struct modver from);
void gowork_add_godebug(struct gowork *f, const char *key, const char *value);
void gowork_drop_godebug(struct gowork *f, const char *key);
void gowork_sort_blocks(struct gowork *f);
void gowork_cleanup(struct gowork *f);

#endif
