/*
 * gowork.h - go.work: parsed with meaning and written back.
 *
 * Follows golang.org/x/mod/modfile (work.go). Always strict; versions in replace lines are made canonical without a query.
 * Lives in the caller's arena and shares parts of gomod.h. The paths of use lines are as written: relative to the
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

/* How to be rid of a use line, for a shell: "go work edit -dropuse=./a". Words where that command does not find the line: it puts ./
 * before what does not look like a directory. In the arena. */
const char *gowork_drop_use(struct arena *a, const char *path);
/* UpdateWorkGoVersion; appends the file as go then writes it. False if its go line is not older than `version`. */
bool gowork_raise_go(struct gowork *f, const char *version, struct buf *out);

#endif
