/*
 * project.h - a command's project: settings, sources and the loaded modules, opened and closed together.
 *
 * For commands that print what a go command prints. They stay apart from the parts that screens show (parts/load.h), as go has
 * a mode of loading for each of them, says on stderr what that mode says, and ends with its status; a part is the same for all who
 * look at it.
 *
 *	struct project p;
 *	if (!project_open(&p, c, MODPROJECT_GRAPH))
 *		return project_fail(&p, c);
 *	...
 *	return project_close(&p, c, STATUS_FINE);       // says what go says on stderr
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

/* From here on the command's flags are also those that GOFLAGS sets; tidy's -go is taken from them. */
bool project_open(struct project *p, struct cli *c, enum modproject_command command);
/* The settings alone: no file of the project is read. */
bool project_settings(struct project *p, struct cli *c, struct err *e);
/* As list with -mod=vendor: refuses an inconsistent vendor directory. */
bool project_open_vendor(struct project *p, struct cli *c);
/* Is the flag's value a Go version that is not newer than ours? If not, says so: *status is the command's. */
bool project_go_flag(struct cli *c, const char *flag, int *status);
/* From here on the command's flags are also those that GOFLAGS sets: part of project_open. */
bool project_goflags(struct cli *c, const struct goenv *env, struct err *e);
int project_fail(struct project *p, struct cli *c); /* p->err is said; closes */
int project_close(struct project *p, struct cli *c, int status);

#endif
