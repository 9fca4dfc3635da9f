#include "parts/module_json.h"
#include "commands/project.h"
#include "graph/golist.h"
#include "release/consumer.h"

static void print_json(struct cli *c, struct modinfo *const *rows, size_t n)
{
	json_t *doc = report_doc("list"), *list = report_set_rows(doc, "modules");

	for (size_t i = 0; i < n; i++)
		module_json_set(report_add_row(list), rows[i]);
	report_json(c->r, doc);
}

/* As go prints them; GOFLAGS may select its JSON, which differs from --json's. */
static void print_rows(struct cli *c, const struct project *p, struct modinfo *const *rows,
		       size_t n, unsigned mode)
{
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	const char *fields;
	bool json = goenv_flag_json(p->env, &a, &fields);

	for (size_t i = 0; i < n; i++) {
		if (json)
			golist_json(rows[i], fields, &b);
		else if (mode & GOLIST_VERSIONS)
			golist_versions_text(rows[i], &b);
		else
			golist_text(rows[i], &b);
	}
	report_twin(c->r, &b);
	buf_release(&b);
	arena_release(&a);
}

/* The mode from GOFLAGS and the options. */
static unsigned mode_of(const struct cli *c, const struct project *p)
{
	static const struct {
		const char *name;
		unsigned mode;
	} flags[] = { { "u", GOLIST_UPDATES },
		      { "retracted", GOLIST_RETRACTED },
		      { "versions", GOLIST_VERSIONS } };
	unsigned mode = cli_has(c, "e") ? GOLIST_ERRORS : 0;
	struct arena a = ARENA_INIT;
	const char *fields;

	if (c->r->json || goenv_flag_json(p->env, &a, &fields))
		mode |= GOLIST_FULL;
	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		bool on = false;

		if (goenv_flag_bool(p->env, flags[i].name, &on, NULL) && on)
			mode |= flags[i].mode;
	}
	arena_release(&a);
	return mode;
}

/* A dependent's list; go has no such list. */

static void print_consumer(struct cli *c, const struct consumer *k)
{
	json_t *doc, *rows, *row;

	if (!c->r->json) {
		report_textf(c->r, "%s\n", k->path);
		for (size_t i = 0; i < k->n; i++)
			report_textf(c->r, "%s %s\n", k->mods[i].path, k->mods[i].version);
		return;
	}
	doc = report_doc("list");
	rows = report_set_rows(doc, "modules");
	row = report_add_row(rows);
	report_set_str(row, "Path", k->path);
	report_set_bool(row, "Main", true);
	report_set_text(row, "GoVersion", k->go_version);
	for (size_t i = 0; i < k->n; i++) {
		row = report_add_row(rows);
		report_set_str(row, "Path", k->mods[i].path);
		report_set_str(row, "Version", k->mods[i].version);
	}
	report_json(c->r, doc);
}

static bool list_consumer(struct project *p, struct cli *c, struct arena *a, struct consumer *k)
{
	struct modproject *mp = modload_project(p->ml);
	struct consumer_options o = { .project = mp,
				      .main = consumer_main(mp),
				      .offline = c->offline };

	if (!o.main)
		return err_set(&p->err, ERR_NOT_FOUND, "there is no module here");
	if (!consumer_list(k, a, &o, &p->err))
		return false;
	return !k->failed[0] || err_set(&p->err, ERR_REFUSED, "%s", k->failed);
}

static int run_consumer(struct cli *c)
{
	struct arena a = ARENA_INIT;
	struct consumer k;
	struct project p;
	int status;

	if (c->n_args)
		return cli_usage(c, "--consumer lists all modules: it takes no patterns");
	if (!project_open(&p, c, MODPROJECT_GRAPH) || !list_consumer(&p, c, &a, &k)) {
		status = project_fail(&p, c);
	} else {
		print_consumer(c, &k);
		status = project_close(&p, c, STATUS_FINE);
	}
	arena_release(&a);
	return status;
}

/* Does not use PART_GRAPH: the patterns and queries of go list -m decide what is loaded, down to one go.mod. See project.h. */
static int run(struct cli *c)
{
	static const char *const all[] = { "all" };
	const char *const *args = c->n_args ? c->args : all;
	struct modinfo **rows;
	struct project p;
	unsigned mode;
	size_t n;

	if (cli_has(c, "consumer"))
		return run_consumer(c);
	if (!project_open(&p, c, MODPROJECT_LIST))
		return project_fail(&p, c);
	mode = mode_of(c, &p);
	if (!golist_list(p.ml, args, c->n_args ? c->n_args : 1, mode, &rows, &n, &p.err))
		return project_fail(&p, c);
	/* Dir and GoMod are only in JSON */
	if ((mode & GOLIST_FULL) && !source_cached_ok(p.source, &p.err))
		return project_fail(&p, c);
	if (c->r->json)
		print_json(c, rows, n);
	else
		print_rows(c, &p, rows, n, mode);
	return project_close(&p, c, STATUS_FINE);
}

static const struct cli_flag flags[] = {
	{ "consumer", NULL,
	  "as a fresh module gets it that requires this one: replace and exclude lines do not count" },
	{ "e", NULL, "report errors per module, and list what could be read of a broken graph",
	  true },
	{ NULL },
};

const struct cli_command cmd_list = {
	.name = "list",
	.flags = flags,
	.args = "[PATTERN...]",
	.summary = "the build list",
	.same_as = "go list -m all",
	.help = "Patterns are those of `go list -m`: all, a module path, path/... and path@query.\n",
	.complete = "module",
	.max_args = SIZE_MAX,
	.view = "graph",
	.view_arg = "",
	.run = run,
};
