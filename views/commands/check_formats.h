/*
 * check_formats.h - findings as other programs take them: SARIF 2.1.0, annotations of GitHub, code quality of GitLab, checkstyle.
 *
 * Where these ask for a place in the project, a finding about a file elsewhere (the module cache) is shown at the line of go.mod
 * that requires its module. Waived findings are left out, but in SARIF, which has a word for it.
 */
#ifndef MODSCOPE_CHECK_FORMATS_H
#define MODSCOPE_CHECK_FORMATS_H

#include "base/finding.h"
#include "commands/report.h"

struct check_formats_places {
	const char *dir;	/* of the project; paths below it are shown relative to it */
	const char *gomod;	/* absolute; "" if there is none */
	/* The line that requires a module, and its file; 0 if there is none. */
	int (*line_of)(void *ctx, const char *path, const char **file);
	void *ctx;
};
typedef void check_formats_fn(struct report *r, const struct findings *fs, const struct check_formats_places *p);
/* Of "sarif", "github", "gitlab", "checkstyle"; else NULL. */
check_formats_fn *check_formats_of(const char *name);

#endif
