#include "commands/project.h"

#include "packages/pkgload.h"
#include "packages/tidy.h"
#include "graph/modload_open.h"

/* All flags that take a value take a Go version. */
static bool check_version(const char *value, const char *flag, const char *from, struct err *e)
{
	return tidy_check_version(value, GOENV_GO_VERSION, e) ||
	       err_wrap(e, "invalid value \"%s\" for flag -%s%s: ", value, flag, from);
}

/* base.SetFromGOFLAGS: before those of the command line, which win. */
static bool take_goflag(struct cli *c, const struct goenv *env, const struct cli_flag *f,
			struct err *e)
{
	const char *value = NULL;
	bool on = false;

	if (f->arg ? !goenv_flag(env, f->name, &value, e) : !goenv_flag_bool(env, f->name, &on, e))
		return false;
	if (on)
		value = "";
	if (f->arg && value && !check_version(value, f->name, " (from $GOFLAGS)", e))
		return false;
	if (!value || cli_has(c, f->name) || c->n_flags == ARRAY_LEN(c->flags))
		return true;
	memmove(c->flags + 1, c->flags, c->n_flags++ * sizeof(*c->flags));
	c->flags[0].flag = f;
	c->flags[0].value = value;
	return true;
}

bool project_goflags(struct cli *c, const struct goenv *env, struct err *e)
{
	const struct cli_flag *f = c->command ? c->command->flags : NULL;

	for (; f && f->name; f++)
		if (f->goflags && !take_goflag(c, env, f, e))
			return e->code == ERR_USAGE && err_mark(e, ERR_FORM_USAGE);
	return true;
}

bool project_settings(struct project *p, struct cli *c, struct err *e)
{
	*p = (struct project){ .messages = BUF_INIT, .err = ERR_INIT };
	p->env = goenv_new(&(struct goenv_options){ .runs_auth = cli_runs_auth(c) }, e);
	return p->env && project_goflags(c, p->env, e);
}

static bool open_with(struct project *p, struct cli *c, struct modload_options o)
{
	struct err e = ERR_INIT;

	if (!project_settings(p, c, &e))
		return err_move(&p->err, &e);
	if (o.command == MODPROJECT_TIDY)
		o.go_version = cli_flag(c, "go");
	p->source = source_new(&(struct source_options){
		.env = p->env, .offline = c->offline, .no_zips = o.force_vendor });
	o.env = p->env;
	o.source = p->source;
	o.messages = &p->messages;
	if (o.command == MODPROJECT_TIDY || o.command == MODPROJECT_WHY)
		o.found = pkgload_found;
	return modload_open(&p->ml, &o, &p->err);
}

bool project_open(struct project *p, struct cli *c, enum modproject_command command)
{
	return open_with(p, c, (struct modload_options){ .command = command });
}

bool project_open_vendor(struct project *p, struct cli *c)
{
	return open_with(p, c,
			 (struct modload_options){ .command = MODPROJECT_LIST,
						   .force_vendor = true });
}

/* go refuses its settings before it looks at flags. */
static bool settings_are_fine(struct cli *c, int *status)
{
	struct project p;
	struct err e = ERR_INIT;
	bool ok = project_settings(&p, c, &e) && goenv_check_start(p.env, &e);

	if (ok) {
		project_close(&p, c, STATUS_FINE);
		return true;
	}
	err_move(&p.err, &e);
	*status = project_fail(&p, c);
	return false;
}

bool project_go_flags(struct cli *c, int *status)
{
	struct err e = ERR_INIT;
	bool ok = true;

	for (size_t i = 0; ok && i < c->n_flags; i++) {
		const char *name = c->flags[i].flag->name;

		if (str_eq(name, "go") || str_eq(name, "compat"))
			ok = check_version(c->flags[i].value, name, "", &e);
	}
	if (!ok && settings_are_fine(c, status))
		*status = cli_usage(c, "%s", e.text);
	err_release(&e);
	return ok;
}

/* Errors after which go continues still make it exit with status 1 after its answer. */
int project_close(struct project *p, struct cli *c, int status)
{
	struct err e = ERR_INIT;

	if (p->ml && c->command && c->command->same_as && status == STATUS_FINE &&
	    modproject_exits(modload_project(p->ml), &e))
		status = STATUS_UNKNOWN;
	err_release(&e);
	if (p->messages.len)
		report_go_words(c->r, p->messages.data);
	modload_free(p->ml);
	source_free(p->source);
	goenv_free(p->env);
	buf_release(&p->messages);
	err_release(&p->err);
	return status;
}

int project_fail(struct project *p, struct cli *c)
{
	if (p->messages.len)
		report_go_words(c->r, p->messages.data);
	buf_clear(&p->messages);
	c->r->kind = err_code_name(p->err.code);
	if (err_is_told(&p->err))
		return project_close(p, c, STATUS_UNKNOWN);
	if (err_is_final(&p->err)) {
		report_go_words(c->r, p->err.text);
		return project_close(p, c, STATUS_UNKNOWN);
	}
	return project_close(p, c, cli_fail(c, &p->err));
}
