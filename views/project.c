#include "project.h"

#include "tidy.h"

static bool open_with(struct project *p, struct cli *c, struct modload_options o)
{
	*p = (struct project){ .messages = BUF_INIT, .err = ERR_INIT };
	p->env = goenv_new(&(struct goenv_options){ 0 }, &p->err);
	if (!p->env)
		return false;
	p->source = source_new(&(struct source_options){ .env = p->env, .offline = c->offline },
			       &p->err);
	if (!p->source)
		return false;
	o.env = p->env;
	o.source = p->source;
	o.messages = &p->messages;
	return modload_open(&p->ml, &o, &p->err);
}

bool project_open_version(struct project *p, struct cli *c, enum modload_command command,
			  const char *go_version)
{
	return open_with(p, c,
			 (struct modload_options){ .command = command, .go_version = go_version });
}

bool project_open(struct project *p, struct cli *c, enum modload_command command)
{
	return project_open_version(p, c, command, NULL);
}

bool project_open_vendor(struct project *p, struct cli *c)
{
	return open_with(p, c,
			 (struct modload_options){ .command = MODLOAD_LIST, .force_vendor = true });
}

bool project_go_flag(struct cli *c, const char *flag, int *status)
{
	const char *value = cli_flag(c, flag);
	struct err e = ERR_INIT;

	if (!value || tidy_check_version(value, GOENV_GO_VERSION, &e))
		return true;
	*status = cli_usage(c, "invalid value \"%s\" for flag -%s: %s", value, flag, e.text);
	err_release(&e);
	return false;
}

int project_close(struct project *p, struct cli *c, int status)
{
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
	/* the loader of packages tells errors as they come, the last one too */
	bool told = p->err.text && p->err.text[0] && strstr(p->messages.data, p->err.text);

	if (p->messages.len)
		report_go_words(c->r, p->messages.data);
	buf_clear(&p->messages);
	if (told && p->err.code != ERR_USAGE)
		return project_close(p, c, STATUS_UNKNOWN);
	if (modload_err_is_bare(&p->err)) {
		report_go_words(c->r, p->err.text);
		return project_close(p, c, STATUS_UNKNOWN);
	}
	return project_close(p, c, cli_fail(c, &p->err));
}
