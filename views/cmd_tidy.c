#include "tidy.h"

#include "project.h"

static bool check_version(struct cli *c, const char *flag, struct err *e)
{
	const char *value = cli_flag(c, flag);

	if (!value || tidy_check_version(value, GOENV_GO_VERSION, e))
		return true;
	err_wrap(e, "invalid value \"%s\" for flag -%s: ", value, flag);
	return false;
}

static int run(struct cli *c)
{
	struct tidy_options o = { .go = cli_flag(c, "go"), .compat = cli_flag(c, "compat"), .allow_errors = cli_has(c, "e") };
	struct project p = { 0 };
	struct tidy *t = NULL;
	struct err e = ERR_INIT;
	int status;

	if (!check_version(c, "go", &e) || !check_version(c, "compat", &e)) {
		status = cli_usage(c, "%s", e.text);
		err_release(&e);
		return status;
	}
	if (!project_open_version(&p, c, MODLOAD_TIDY, o.go))
		return project_fail(&p, c);
	if (!tidy_run(&t, p.ml, &o, &p.err)) {
		tidy_free(t);
		return project_fail(&p, c);
	}
	tidy_diff(t, &c->r->out);
	status = t->changed ? STATUS_NO : STATUS_FINE;
	tidy_free(t);
	return project_close(&p, c, status);
}

static const struct cli_flag flags[] = {
	{ "go", "VERSION", "as if the go line were this version" },
	{ "compat", "VERSION", "keep the checksums that this older go needs" },
	{ "e", NULL, "go on where packages cannot be loaded" },
	{ NULL },
};

const struct command cmd_tidy = {
	.name = "tidy",
	.summary = "the diff that tidy would make of go.mod and go.sum",
	.same_as = "go mod tidy -diff",
	.help = "Nothing is written. The exit status is 1 if there is a diff.",
	.complete = "none",
	.flags = flags,
	.run = run,
};
