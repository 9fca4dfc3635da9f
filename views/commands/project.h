/*
 * project.h - a command's project: settings, sources and the loaded modules, opened and closed together.
 *
 * For commands that print what a go command prints. They do not use the parts that screens show (parts/load.h): go loads differently for each
 * command, with its own messages and exit status, while a part is the same for all
 * users.
 *
 *	struct project p;
 *	if (!project_open(&p, c, MODPROJECT_GRAPH))
 *		return project_fail(&p, c);
 *	...
 *	return project_close(&p, c, STATUS_FINE);       // prints go's stderr
 *
 * One thread.
 */
#ifndef MODSCOPE_PROJECT_H
#define MODSCOPE_PROJECT_H

#include "commands/cli.h"
#include "gofiles/goenv.h"
#include "graph/requirements.h"
#include "fetch/source.h"

struct project {
	struct goenv *env;
	struct source *source;
	struct modload *ml;
	struct buf messages; /* what go prints on stderr */
	struct err err;
};

/* Also adds the flags set by GOFLAGS to the command's; tidy's -go comes from them. */
bool project_open(struct project *p, struct cli *c, enum modproject_command command);
/* Only the settings: reads no file of the project. */
bool project_settings(struct project *p, struct cli *c, struct err *e);
/* Like list with -mod=vendor: refuses an inconsistent vendor directory. */
bool project_open_vendor(struct project *p, struct cli *c);
/* Checks that the values of -go and -compat, in their order, are Go versions not newer than ours. If not, reports that, or what go refuses before
 * it: *status is the command's. */
bool project_go_flags(struct cli *c, int *status);
/* Adds the flags set by GOFLAGS to the command's: part of project_open. */
bool project_goflags(struct cli *c, const struct goenv *env, struct err *e);
int project_fail(struct project *p, struct cli *c); /* prints p->err and closes */
int project_close(struct project *p, struct cli *c, int status);

#endif
