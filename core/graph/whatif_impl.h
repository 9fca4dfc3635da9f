/*
 * whatif_impl.h - what the files of whatif share.
 *
 * From the ground up: whatif_step.c applies one step to the requirements of one module, as the equivalent command would, and
 * names that command; whatif_run.c opens the module, or the workspace and the members that steps apply to;
 * whatif.c compares the build lists.
 */
#ifndef MODSCOPE_WHATIF_IMPL_H
#define MODSCOPE_WHATIF_IMPL_H

#include "graph/goget.h"
#include "graph/modgraph_load.h"
#include "graph/modload_open.h"
#include "graph/whatif.h"

struct whatif_run;

/* A module, or a workspace, and its requirements after the steps so far. */
struct whatif_module {
	struct whatif_run *run;
	const char *dir;	/* where to run the commands; "" is the current directory */
	struct goenv *own_env;	/* NULL: the options' */
	struct source *source;
	struct modload *ml;
	struct requirements *rs;
	uint32_t node;		/* of the member, in the workspace's table */
	const uint32_t *require;	/* its requirements in the workspace; NULL until needed */
	size_t n_require;
};

/* One computation, with its own loaders, so that the graph on the screen does not change. */
struct whatif_run {
	const struct whatif_options *o;
	struct arena *a;
	struct whatif_step *steps;
	size_t n_steps;
	const char *const *unreplaced;	/* paths whose replace lines are ignored; NULL-terminated */
	struct buf messages;
	size_t n_opened;	/* bytes of messages when the module was open */
	bool workspace;
	struct whatif_module top;	/* the module, or the workspace */
	struct whatif_module *members;	/* by number of main module; ml NULL until a step is taken there */
	size_t n_members;
	struct modgraph_load_edit edit;	/* of the workspace's graph: members' current requirements */
	enum pruning loaded;		/* of the last go get */
	struct goget_read read;		/* by the last go get */
	VEC(const char *) commands;
	VEC(struct goget_lowered) lowered; /* by all get steps, in order */
	struct buf warnings;	/* go get's, a line each */
	struct buf said;	/* the same as go prints them */
};

/* Whether go get takes the step. */
static inline bool whatif_is_get(const struct whatif_step *s)
{
	return s->kind == WHATIF_GET || s->kind == WHATIF_UPGRADE;
}

/* whatif_step.c */
/* Whether the command accepts its path, which go get checks before it reads go.mod. */
bool whatif_step_check(const struct whatif_step *s, struct err *e);
/* The same for all; an error has a line for each that is wrong. */
bool whatif_step_check_all(const struct whatif_step *s, size_t n, struct err *e);
/* Resolves the versions of the steps of one command and takes them. Refuses what is impossible in go's words. */
bool whatif_step_take(struct whatif_module *m, struct whatif_step *s, size_t n, struct err *e);
/* Adds the equivalent command in the module. */
void whatif_step_name(struct whatif_module *m, const struct whatif_step *s, size_t n);
/* Adds an error's line to those before it. */
void whatif_step_add_error(struct err *all, struct err *e);
/* Adds "go -C DIR mod edit -dropreplace=..." for all of these replace lines with the path. */
struct gomod_replace;
void whatif_step_name_unreplace(struct whatif_module *m, const char *tool, const struct gomod_replace *lines, size_t n,
				const char *path);
void whatif_step_replace_root(struct whatif_module *m, const char *path, const struct modver *add);

/* whatif_run.c */
bool whatif_run_begin(struct whatif_run *r, const struct whatif_steps *steps, bool alone, struct err *e);
/* Also delivers the messages of an ERR_FORM_TOLD error: to options.messages, or in e. */
void whatif_run_end(struct whatif_run *r, struct err *e);

#endif
