#include "commands/cli.h"

#include "base/text.h"
#include "gofiles/goflags.h"

/* Setters of the general options: false if the value is invalid. */

static bool set_dir(struct cli *c, const char *value)
{
	c->dir = value;
	return true;
}

static bool set_interactive(struct cli *c, const char *value)
{
	(void)value;
	return c->interactive = true;
}

static bool set_json(struct cli *c, const char *value)
{
	(void)value;
	return c->r->json = true;
}

static bool set_offline(struct cli *c, const char *value)
{
	(void)value;
	return c->offline = true;
}

static bool set_auth(struct cli *c, const char *value)
{
	(void)value;
	return c->auth = true;
}

static bool set_read_only(struct cli *c, const char *value)
{
	(void)value;
	return c->read_only = true;
}

static bool set_color(struct cli *c, const char *value)
{
	c->color = value;
	return str_eq(value, "auto") || str_eq(value, "always") || str_eq(value, "never");
}

static bool set_theme(struct cli *c, const char *value)
{
	c->theme = value;
	return true;
}

static bool set_keys(struct cli *c, const char *value)
{
	c->keys = value;
	return true;
}

/* Of several things to print, the most comprehensive wins. */
static void ask(struct cli *c, enum cli_ask what)
{
	c->ask = MAX(c->ask, what);
}

static bool set_help(struct cli *c, const char *value)
{
	(void)value;
	ask(c, CLI_HELP);
	return true;
}

static bool set_version(struct cli *c, const char *value)
{
	(void)value;
	ask(c, CLI_VERSION);
	return true;
}

static bool set_tables(struct cli *c, const char *value)
{
	ask(c, str_eq(value, "keys") ? CLI_KEYS : CLI_TABLES);
	return str_eq(value, "keys") || str_eq(value, "json");
}

const struct cli_flag cli_options[] = {
	{ "C", "DIR", "work as if started in DIR", .set = set_dir },
	{ "i", NULL,
	  "open the interactive program, at the view of COMMAND, with the options that the view has",
	  .set = set_interactive },
	{ "json", NULL, "print one JSON document instead of text", .set = set_json },
	{ "offline", NULL, "do not use the network, whatever GOPROXY says", .set = set_offline },
	{ "auth", NULL, "run the commands in GOAUTH for credentials, as go does", .set = set_auth },
	{ "read-only", NULL, "never write to the project or GOMODCACHE, not even with --yes",
	  .set = set_read_only },
	{ "color", "WHEN", "auto (the default), always or never", .set = set_color },
	{ "theme", "NAME", "colours of the interactive program: a name or a file",
	  .set = set_theme },
	{ "keys", "FILE", "key bindings of the interactive program, over the default ones",
	  .set = set_keys },
	{ "h", NULL, NULL, .set = set_help },
	{ "help", NULL, "print help, of COMMAND if one is given", .set = set_help },
	{ "version", NULL, "print the version", .set = set_version },
	{ "dump-tables", "FORMAT", NULL, .set = set_tables },
	{ NULL },
};

/* Parsing */

struct parse {
	struct cli *c;
	int argc, i;
	char **argv;
};

static const struct cli_flag *find_flag(const struct cli_flag *table, const char *name, size_t len)
{
	for (; table && table->name; table++)
		if (strlen(table->name) == len && memcmp(table->name, name, len) == 0)
			return table;
	return NULL;
}

const struct cli_command *cli_command(const struct cli *c, const char *name)
{
	for (size_t i = 0; c->commands[i]; i++)
		if (str_eq(c->commands[i]->name, name))
			return c->commands[i];
	return NULL;
}

/* NULL if none is close enough. */
static const char *suggest(const char *name, const char *const *names, size_t n)
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
	c->r->kind = err_code_name(ERR_USAGE);
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
	push_names(cli_options, names, &n, ARRAY_LEN(names));
	close = suggest(given, names, n);
	if (close)
		suggestion = xasprintf("--%s", close);
	status = usage_error(p->c, what, suggestion);
	free(given);
	free(what);
	free(suggestion);
	return status;
}

int cli_unknown_command(struct cli *c, const char *name)
{
	const char *names[64];
	size_t n = 0;
	char *what = xasprintf("unknown command %s", name);
	int status;

	for (size_t i = 0; c->commands[i] && n < ARRAY_LEN(names); i++)
		names[n++] = c->commands[i]->name;
	status = usage_error(c, what, suggest(name, names, n));
	free(what);
	return status;
}

static int take_option(struct parse *p, const struct cli_flag *f, const char *value)
{
	if (f->set(p->c, value))
		return 0;
	return cli_usage(p->c, "--%s=%s: not %s", f->name, value, f->help ? f->help : f->arg);
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
	const struct cli_flag *f = own ? own : find_flag(cli_options, name, len);
	bool off;
	int status;

	if (!f)
		return unknown_flag(p, token, name, len);
	status = flag_value(p, f, eq ? eq + 1 : NULL, &value, &off);
	if (status || (off && !own))
		return status;
	if (!own)
		return take_option(p, f, value);
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
	c->command = cli_command(c, word);
	return c->command ? 0 : cli_unknown_command(c, word);
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

/* What the view would not take is refused: nothing is dropped in silence. */
static int check_view(struct cli *c)
{
	const struct cli_command *cmd = c->command;
	struct buf target = BUF_INIT;
	const char *view = cmd->view;
	bool placed = c->n_args && cmd->place && cmd->place(c, &view, &target);

	buf_release(&target);
	if (view && !*view)
		return cli_usage(c, "%s has no view: -i is not for it", cmd->name);
	for (size_t i = 0; i < c->n_flags; i++)
		if (c->flags[i].value && !c->flags[i].flag->in_view)
			return cli_usage(c, "-i does not take %s's option --%s", cmd->name,
					 c->flags[i].flag->name);
	if (cmd->view_arg && !*cmd->view_arg && c->n_args && !placed)
		return cli_usage(c, "-i does not take %s's argument %s", cmd->name, c->args[0]);
	if (!cmd->view_arg && c->n_args > 1 && !placed)
		return cli_usage(c, "-i takes one argument of %s: unexpected %s", cmd->name,
				 c->args[1]);
	return 0;
}

static int check_args(struct cli *c)
{
	const struct cli_command *cmd = c->command;
	int status = 0;

	if (c->interactive && c->r->json)
		return cli_usage(c, "--json is not for -i");
	if (cmd && cmd->check)
		status = cmd->check(c);
	if (!status && cmd && c->interactive)
		status = check_view(c);
	if (status)
		return status;
	if (!cmd || (c->interactive && !c->n_args))
		return 0;
	if (c->read_only && cmd->writes && cmd->writes(c))
		return cli_usage(c, "--read-only forbids it");
	if (c->n_args < cmd->min_args)
		return cli_usage(c, "%s needs %s", cmd->name, cmd->args);
	if (c->n_args > cmd->max_args)
		return cli_usage(c, "%s: unexpected argument %s", cmd->name,
				 c->args[cmd->max_args]);
	return 0;
}

bool cli_runs_auth(const struct cli *c)
{
	return c->auth || (c->command && c->command->same_as && !c->interactive);
}

const char *cli_flag(const struct cli *c, const char *name)
{
	for (size_t i = c->n_flags; i-- > 0;)
		if (str_eq(c->flags[i].flag->name, name))
			return c->flags[i].value;
	return NULL;
}

bool cli_says_yes(const struct cli *c)
{
	return cli_has(c, "yes");
}

void cli_release(struct cli *c)
{
	free(c->args);
}

/* Errors */

int cli_fail(struct cli *c, struct err *e)
{
	const char *twin = c->command ? c->command->same_as : NULL;
	bool go = twin || (c->command && c->command->refuses_as_go);
	const char *usage = twin && e->form == ERR_FORM_USAGE ? goflags_usage(twin) : NULL;
	int status = e->code == ERR_USAGE ? STATUS_USAGE : STATUS_UNKNOWN;
	char *text = xasprintf("%s: %s", go ? "go" : "modscope",
			       e->text ? e->text : "unknown error");

	report_go_words(c->r, text);
	free(text);
	if (usage)
		report_go_words(c->r, usage);
	c->r->kind = err_code_name(e->code);
	err_release(e);
	return status;
}

bool cli_parse(struct cli *c, struct report *r, const struct cli_command *const *commands, int argc,
	       char **argv, int *status)
{
	struct parse p = { .c = c, .argc = argc, .argv = argv };

	*c = (struct cli){ .r = r, .commands = commands, .color = "auto" };
	c->args = xcalloc((size_t)argc + 1, sizeof(*c->args));
	*status = parse_all(&p);
	if (!*status && c->ask == CLI_RUN)
		*status = check_args(c);
	return !*status;
}

long cli_duration(const char *s, long unit)
{
	char *end;
	long v = strtol(s, &end, 10);

	if (end == s || v < 1 || v > 86400000)
		return -1;
	if (str_eq(end, "ms"))
		return v;
	if (str_eq(end, "s"))
		return v * 1000;
	if (str_eq(end, "m"))
		return v * 60000;
	return *end ? -1 : v * unit;
}
