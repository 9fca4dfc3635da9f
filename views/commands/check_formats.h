/*
 * check_formats.h - findings for other programs: SARIF 2.1.0, GitHub annotations, GitLab code quality, checkstyle.
 *
 * These need a place in the project, so a finding about a file elsewhere (the module cache) is shown at the line of go.mod
 * that requires its module. Paths are relative to the top of the repository, as the readers of these formats expect; outside of one, to the
 * project. Waived findings are omitted, except in SARIF, which can mark them.
 */
#ifndef MODSCOPE_CHECK_FORMATS_H
#define MODSCOPE_CHECK_FORMATS_H

#include "base/finding.h"
#include "commands/report.h"

struct check_formats_places {
	const char *dir;	/* of the project */
	const char *top;	/* of the repository that it is in, or dir; paths below either are shown relative to it */
	const char *prefix;	/* dir below top; "" */
	const char *gomod;	/* absolute; "" if there is none */
	/* The line that requires a module, and its file; 0 if there is none. */
	int (*line_of)(void *ctx, const char *path, const char **file);
	void *ctx;
};
typedef void check_formats_fn(struct report *r, const struct findings *fs, const struct check_formats_places *p);
/* The function for "sarif", "github", "gitlab" or "checkstyle"; else NULL. */
check_formats_fn *check_formats_of(const char *name);

#endif
