/*
 * cli.h - the command line: one table of commands, and everything generated from it.
 *
 * Each command is one file, commands/cmd_NAME.c, that defines `const struct cli_command cmd_NAME`, and one line in
 * commands/commands.def. Usage, `help COMMAND`, completions, the man page's command section and the
 * parser all read the same table:
 *
 *	static const struct cli_flag flags[] = {
 *		{ "go", "VERSION", "report the graph as the go version would load it" },
 *		{ NULL }
 *	};
 *	const struct cli_command cmd_graph = {
 *		.name = "graph",
 *		.summary = "the module requirement graph",
 *		.same_as = "go mod graph",
 *		.flags = flags,
 *		.run = run,
 *	};
 *
 * Flags are written -x, --x, -x=V or -x V, before or after the arguments ("--" ends them). The general
 * options (-C, --json, ...) may stand before or after the command. run() gets the parsed line, writes
 * its answer with report.h and returns an exit status; errors go through cli_fail(). One thread.
 */
#ifndef MODSCOPE_CLI_H
#define MODSCOPE_CLI_H

#include "base/err.h"
#include "commands/report.h"

/* Exit statuses, the same for every command. */
enum cli_status {
	STATUS_FINE = 0,
	STATUS_NO = 1,		/* the answer is "no": a diff, damage, not releasable */
	STATUS_USAGE = 2,
	STATUS_UNKNOWN = 3,	/* could not find out */
};

/* What to do; later ones take precedence. */
enum cli_ask {
	CLI_RUN,	/* the command */
	CLI_HELP,	/* print help, of the command if there is one */
	CLI_VERSION,
	CLI_TABLES,
	CLI_KEYS,
};

struct cli;
struct cli_flag {
	const char *name;	/* without dashes; NULL ends a table */
	const char *arg;	/* its value, in capitals; NULL for a switch */
	const char *help;
	bool goflags;			/* go's own: GOFLAGS may set it */
	bool (*set)(struct cli *c, const char *value);	/* of a general option; false: invalid value */
	bool in_view;			/* with -i the view takes it (view_ops.option); without, it is refused there */
};

struct cli_command {
	const char *name;
	const char *args;		/* "MODULE[@V]"; NULL if it takes none */
	const char *summary;		/* fits "NAME  SUMMARY" */
	const char *same_as;		/* the go command whose output and words it has; NULL if none */
	bool refuses_as_go;		/* its output is its own, but it refuses in go's words where go refuses */
	const char *help;		/* paragraphs after the synopsis; may be NULL */
	const char *complete;		/* what args are, for completions: "module", "revision", "command", "change" (of apply), "none" or NULL for files */
	const char *view;		/* the view that -i opens; NULL: the view of the command's own name; "": none */
	const char *view_arg;		/* with -i each argument is this option of the view; NULL: there is one at most, the place in the view; "": none is taken */
	/* With -i: where the program opens for these arguments, where that is another view or more than the first of them; false: not so. May be NULL. */
	bool (*place)(const struct cli *c, const char **view, struct buf *target);
	const struct cli_flag *flags;	/* may be NULL */
	size_t min_args, max_args;	/* max 0: see args; SIZE_MAX: any number */
	int (*check)(struct cli *c);	/* reports invalid values of flags, before run() and with -i; 0: there is none. May be NULL. */
	bool (*writes)(const struct cli *c);	/* whether this call writes to the project or GOMODCACHE, which --read-only forbids; NULL: never */
	int (*run)(struct cli *c);
};

/* One parsed command line; strings are argv's. */
struct cli {
	const struct cli_command *const *commands;	/* all; NULL-terminated */
	enum cli_ask ask;
	const struct cli_command *command;	/* NULL: none was given */
	const char **args;
	size_t n_args;
	struct {
		const struct cli_flag *flag;
		const char *value;	/* "" for a switch that is on */
	} flags[32];
	size_t n_flags;
	const char *dir;		/* -C; NULL: the current directory */
	bool offline, auth, read_only, interactive;
	const char *color;		/* auto, always, never */
	const char *theme, *keys;	/* names or files; NULL: default */
	struct report *r;
};

extern const struct cli_flag cli_options[];		/* the general ones */

/* Parses argv[1..]. False: wrong usage; *status is the exit status, and the error is in r. */
bool cli_parse(struct cli *c, struct report *r, const struct cli_command *const *commands, int argc, char **argv, int *status);
void cli_release(struct cli *c);

/* Whether the commands in GOAUTH are run: where --auth was given, and by what go does too. */
bool cli_runs_auth(const struct cli *c);
/* The value of a flag of the command: NULL if it was not given, "" for a switch. The last one wins. */
const char *cli_flag(const struct cli *c, const char *name);
static inline bool cli_has(const struct cli *c, const char *name)
{
	return cli_flag(c, name) != NULL;
}

/* .writes of a command that only shows its changes without --yes. */
bool cli_says_yes(const struct cli *c);

/* Writes the error to stderr (after "go: " where the command has go's words, else "modscope: ") and gives the
 * exit status that fits its code; e is released. */
int cli_fail(struct cli *c, struct err *e);
/* Wrong usage found by run(): writes the error with a pointer to the help, returns STATUS_USAGE. */
int cli_usage(struct cli *c, const char *fmt, ...) PRINTF_FMT(2, 3);

/* The command of that name; NULL if there is none: cli_unknown_command reports that and returns STATUS_USAGE. */
const struct cli_command *cli_command(const struct cli *c, const char *name);
int cli_unknown_command(struct cli *c, const char *name);
/* Parses "30s", "500ms", "2m", or a number in units of `unit` milliseconds: milliseconds, from 1 to a day; -1 if invalid. */
long cli_duration(const char *s, long unit);

#endif
