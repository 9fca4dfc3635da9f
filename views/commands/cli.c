#include "commands/cli.h"

#include <assert.h>

#include "app/app.h"
#include "base/text.h"

static const struct cli_flag options[] = {
	{ "C", "DIR", "work as if started in DIR" },
	{ "i", NULL, "open the interactive program, at the view of COMMAND" },
	{ "json", NULL, "print one JSON document instead of text" },
	{ "offline", NULL, "no network, whatever GOPROXY says; unknown is shown as unknown" },
	{ "read-only", NULL, "never write into the project or GOMODCACHE, not even when asked" },
	{ "color", "WHEN", "auto (the default), always or never" },
	{ "theme", "NAME", "colours of the interactive program: a name or a file" },
	{ "keys", "FILE", "key bindings of the interactive program, over the default ones" },
	{ "h", NULL, NULL },
	{ "help", NULL, "print help, of COMMAND if one is given" },
	{ "version", NULL, "print the version" },
	{ "dump-tables", "FORMAT", NULL },
	{ NULL },
};

static const char intro[] =
	"modscope shows what go knows about modules: why a version was selected, which cache entry\n"
	"is broken, what go mod tidy would change. It reads the files itself; no go is needed.\n";

/* Parsing */

struct parse {
	struct cli *c;
	int argc, i;
	char **argv;
	bool help, version;
	const char *dump; /* "json" or "keys" */
};

static const struct cli_flag *find_flag(const struct cli_flag *table, const char *name, size_t len)
{
	for (; table && table->name; table++)
		if (strlen(table->name) == len && memcmp(table->name, name, len) == 0)
			return table;
	return NULL;
}

static const struct command *find_command(const struct cli *c, const char *name)
{
	for (size_t i = 0; c->tables.commands[i]; i++)
		if (str_eq(c->tables.commands[i]->name, name))
			return c->tables.commands[i];
	return NULL;
}

const char *cli_suggest(const char *name, const char *const *names, size_t n)
{
	const char *best = NULL;
	unsigned best_distance = 1 + (unsigned)strlen(name) / 3;

	for (size_t i = 0; i < n; i++) {
		unsigned d = text_distance(name, names[i]);

		if (d <= best_distance && (!best || d < best_distance)) {
			best = names[i];
			best_distance = d;
		}
	}
	for (size_t i = 0; !best && i < n; i++)
		if (strlen(name) >= 2 && str_has_prefix(names[i], name))
			best = names[i];
	return best;
}

static int usage_error(struct cli *c, const char *what, const char *suggestion)
{
	report_notef(c->r, "modscope: %s", what);
	if (suggestion)
		report_notef(c->r, "Did you mean %s?", suggestion);
	if (c->command)
		report_notef(c->r, "Run 'modscope help %s' for its usage.", c->command->name);
	else
		report_notef(c->r, "Run 'modscope help' for the commands.");
	return STATUS_USAGE;
}

int cli_usage(struct cli *c, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;
	int status;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	status = usage_error(c, b.data, NULL);
	buf_release(&b);
	return status;
}

static void push_names(const struct cli_flag *table, const char **names, size_t *n, size_t max)
{
	for (; table && table->name && *n < max; table++)
		if (table->help)
			names[(*n)++] = table->name;
}

static int unknown_flag(struct parse *p, const char *token, const char *name, size_t len)
{
	const char *names[64], *close;
	size_t n = 0;
	char *given = xstrndup(name, len), *what = xasprintf("unknown option %s", token);
	char *suggestion = NULL;
	int status;

	push_names(p->c->command ? p->c->command->flags : NULL, names, &n, ARRAY_LEN(names));
	push_names(options, names, &n, ARRAY_LEN(names));
	close = cli_suggest(given, names, n);
	if (close)
		suggestion = xasprintf("--%s", close);
	status = usage_error(p->c, what, suggestion);
	free(given);
	free(what);
	free(suggestion);
	return status;
}

static int unknown_command(struct cli *c, const char *name)
{
	const char *names[64];
	size_t n = 0;
	char *what = xasprintf("unknown command %s", name);
	int status;

	for (size_t i = 0; c->tables.commands[i] && n < ARRAY_LEN(names); i++)
		names[n++] = c->tables.commands[i]->name;
	status = usage_error(c, what, cli_suggest(name, names, n));
	free(what);
	return status;
}

static int take_color(struct cli *c, const char *when)
{
	if (!str_eq(when, "auto") && !str_eq(when, "always") && !str_eq(when, "never"))
		return cli_usage(c, "--color=%s: not auto, always or never", when);
	c->color = when;
	return 0;
}

static int take_option(struct parse *p, const char *name, const char *value)
{
	struct cli *c = p->c;

	if (str_eq(name, "C"))
		c->dir = value;
	else if (str_eq(name, "i"))
		c->interactive = true;
	else if (str_eq(name, "json"))
		c->r->json = true;
	else if (str_eq(name, "offline"))
		c->offline = true;
	else if (str_eq(name, "read-only"))
		c->read_only = true;
	else if (str_eq(name, "theme"))
		c->theme = value;
	else if (str_eq(name, "keys"))
		c->keys = value;
	else if (str_eq(name, "h") || str_eq(name, "help"))
		p->help = true;
	else if (str_eq(name, "version"))
		p->version = true;
	else if (str_eq(name, "dump-tables"))
		p->dump = value;
	else if (str_eq(name, "color"))
		return take_color(c, value);
	else
		assert(!"an option of the table");
	return 0;
}

static int flag_value(struct parse *p, const struct cli_flag *f, const char *given,
		      const char **value, bool *off)
{
	*off = false;
	if (!f->arg) {
		*off = given && (str_eq(given, "false") || str_eq(given, "0"));
		*value = "";
		if (given && !*off && !str_eq(given, "true") && !str_eq(given, "1"))
			return cli_usage(p->c, "option -%s takes no value", f->name);
		return 0;
	}
	if (!given && p->i + 1 < p->argc)
		given = p->argv[++p->i];
	if (!given)
		return cli_usage(p->c, "option -%s needs a value: %s", f->name, f->arg);
	*value = given;
	return 0;
}

static int take_flag(struct parse *p, const char *token)
{
	const char *name = token + 1 + (token[1] == '-'), *eq = strchr(name, '='), *value = "";
	size_t len = eq ? (size_t)(eq - name) : strlen(name);
	struct cli *c = p->c;
	const struct cli_flag *own = find_flag(c->command ? c->command->flags : NULL, name, len);
	const struct cli_flag *f = own ? own : find_flag(options, name, len);
	bool off;
	int status;

	if (!f)
		return unknown_flag(p, token, name, len);
	status = flag_value(p, f, eq ? eq + 1 : NULL, &value, &off);
	if (status || (off && !own))
		return status;
	if (!own)
		return take_option(p, f->name, value);
	if (c->n_flags == ARRAY_LEN(c->flags))
		return cli_usage(c, "too many options");
	c->flags[c->n_flags].flag = f;
	c->flags[c->n_flags++].value = off ? NULL : value;
	return 0;
}

static int take_word(struct parse *p, const char *word)
{
	struct cli *c = p->c;

	if (c->command) {
		c->args[c->n_args++] = word;
		return 0;
	}
	c->command = find_command(c, word);
	return c->command ? 0 : unknown_command(c, word);
}

static int parse_all(struct parse *p)
{
	bool words_only = false;
	int status = 0;

	for (p->i = 1; p->i < p->argc && !status; p->i++) {
		const char *token = p->argv[p->i];

		if (words_only || token[0] != '-' || !token[1])
			status = take_word(p, token);
		else if (str_eq(token, "--"))
			words_only = true;
		else
			status = take_flag(p, token);
	}
	return status;
}

static int check_args(struct cli *c)
{
	const struct command *cmd = c->command;

	if (!cmd || (c->interactive && !c->n_args))
		return 0;
	if (c->n_args < cmd->min_args)
		return cli_usage(c, "%s needs %s", cmd->name, cmd->args);
	if (c->n_args > cmd->max_args)
		return cli_usage(c, "%s: unexpected argument %s", cmd->name,
				 c->args[cmd->max_args]);
	return 0;
}

const char *cli_flag(const struct cli *c, const char *name)
{
	for (size_t i = c->n_flags; i-- > 0;)
		if (str_eq(c->flags[i].flag->name, name))
			return c->flags[i].value;
	return NULL;
}

void cli_release(struct cli *c)
{
	free(c->args);
}

/* Help */

static void print_flags(struct report *r, const struct cli_flag *table)
{
	static const struct report_column columns[] = { { NULL }, { NULL }, { NULL } };
	struct report_table t;

	report_table_begin(&t, r, columns, ARRAY_LEN(columns));
	for (; table->name; table++) {
		bool is_short = !table->name[1];

		if (!table->help)
			continue;
		report_cell(&t, STYLE_NORMAL, "%s", "");
		report_cell(&t, STYLE_STRONG, "%s%s%s%s", is_short ? "-" : "--", table->name,
			    table->arg ? is_short ? " " : "=" : "", table->arg ? table->arg : "");
		report_cell(&t, STYLE_NORMAL, "%s", table->help);
	}
	report_table_end(&t);
}

static void print_synopsis(struct report *r, const struct command *cmd)
{
	report_textf(r, "modscope [OPTIONS] %s", cmd->name);
	for (const struct cli_flag *f = cmd->flags; f && f->name; f++)
		if (f->help)
			report_textf(r, " [--%s%s%s]", f->name, f->arg ? "=" : "",
				     f->arg ? f->arg : "");
	report_textf(r, "%s%s\n", cmd->args ? " " : "", cmd->args ? cmd->args : "");
}

static void print_command_help(struct report *r, const struct command *cmd)
{
	report_styledf(r, STYLE_STRONG, "%s", cmd->name);
	report_textf(r, ": %s\n\n  ", cmd->summary);
	print_synopsis(r, cmd);
	if (cmd->same_as)
		report_textf(r, "\nPrints what '%s' prints, and refuses where it refuses.\n",
			     cmd->same_as);
	if (cmd->help)
		report_textf(r, "\n%s", cmd->help);
	if (cmd->flags) {
		report_textf(r, "\nOptions\n");
		print_flags(r, cmd->flags);
	}
	report_textf(r, "\nGeneral options\n");
	print_flags(r, options);
	report_textf(
		r,
		"\nExit status: 0 fine, 1 the answer is \"no\", 2 wrong usage, 3 could not find out.\n");
}

static void print_usage(struct report *r, const struct command *const *commands)
{
	static const struct report_column columns[] = { { NULL }, { NULL }, { NULL }, { NULL } };
	struct report_table t;

	report_textf(r, "%s\nUsage: modscope [OPTIONS] [COMMAND [ARG...]]\n\n", intro);
	report_textf(
		r,
		"Without a command, on a terminal: the interactive program; elsewhere: check.\n\nCommands\n");
	report_table_begin(&t, r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; commands[i]; i++) {
		const struct command *cmd = commands[i];

		report_cell(&t, STYLE_NORMAL, "%s", "");
		report_cell(&t, STYLE_STRONG, "%s", cmd->name);
		report_cell(&t, STYLE_NORMAL, "%s", cmd->summary);
		report_cell(&t, STYLE_QUIET, "%s", cmd->same_as ? cmd->same_as : "");
	}
	report_table_end(&t);
	report_textf(r, "\nOptions\n");
	print_flags(r, options);
	report_textf(
		r,
		"\nExit status: 0 fine, 1 the answer is \"no\", 2 wrong usage, 3 could not find out.\n");
}

static int run_help(struct cli *c)
{
	const struct command *cmd;

	if (!c->n_args) {
		print_usage(c->r, c->tables.commands);
		return STATUS_FINE;
	}
	cmd = find_command(c, c->args[0]);
	if (!cmd) {
		c->command = NULL;
		return unknown_command(c, c->args[0]);
	}
	print_command_help(c->r, cmd);
	return STATUS_FINE;
}

const struct command cmd_help = {
	.name = "help",
	.args = "[COMMAND]",
	.summary = "print the commands, or the help of one",
	.complete = "command",
	.max_args = 1,
	.run = run_help,
};

/* Tables for generators */

static void dump_flags(json_t *object, const char *key, const struct cli_flag *f)
{
	json_t *rows = report_set_rows(object, key), *row;

	for (; f && f->name; f++) {
		if (!f->help)
			continue;
		row = report_add_row(rows);
		report_set_str(row, "Name", f->name);
		report_set_str(row, "Arg", f->arg);
		report_set_str(row, "Help", f->help);
	}
}

static void dump_tables(struct report *r, const struct cli_tables *t)
{
	json_t *doc = report_doc("tables"), *rows, *row;

	report_set_str(doc, "Version", PACKAGE_VERSION);
	report_set_str(doc, "Intro", intro);
	dump_flags(doc, "options", options);
	rows = report_set_rows(doc, "commands");
	for (size_t i = 0; t->commands[i]; i++) {
		const struct command *cmd = t->commands[i];

		row = report_add_row(rows);
		report_set_str(row, "Name", cmd->name);
		report_set_str(row, "Args", cmd->args);
		report_set_str(row, "Summary", cmd->summary);
		report_set_str(row, "SameAs", cmd->same_as);
		report_set_str(row, "Help", cmd->help);
		report_set_str(row, "Complete", cmd->complete);
		dump_flags(row, "flags", cmd->flags);
	}
	app_tables_json(doc, t->views);
	report_json(r, doc);
}

/* The default key file: what --keys reads. */
static void dump_keys(struct report *r, const struct cli_tables *t)
{
	struct buf b = BUF_INIT;

	app_default_keys(&b, t->views);
	report_raw(r, b.data, b.len);
	buf_release(&b);
}

/* Errors */

int cli_fail(struct cli *c, struct err *e)
{
	bool go = c->command && c->command->same_as;
	int status = e->code == ERR_USAGE ? STATUS_USAGE : STATUS_UNKNOWN;
	char *text = xasprintf("%s: %s", go ? "go" : "modscope",
			       e->text ? e->text : "unknown error");

	report_go_words(c->r, text);
	free(text);
	err_release(e);
	return status;
}

bool cli_parse(struct cli *c, struct report *r, const struct cli_tables *tables, int argc,
	       char **argv, int *status)
{
	struct parse p = { .c = c, .argc = argc, .argv = argv };

	*c = (struct cli){ .r = r, .tables = *tables, .color = "auto" };
	c->args = xcalloc((size_t)argc + 1, sizeof(*c->args));
	*status = parse_all(&p);
	if (*status)
		return false;
	if (p.dump && str_eq(p.dump, "keys"))
		dump_keys(r, tables);
	else if (p.dump)
		dump_tables(r, tables);
	else if (p.version)
		report_rawf(r, "modscope %s\n", PACKAGE_VERSION);
	else if (p.help && c->command && c->command->run != run_help)
		print_command_help(r, c->command);
	else if (p.help)
		print_usage(r, tables->commands);
	else
		*status = check_args(c);
	return !*status && !p.dump && !p.version && !p.help;
}
