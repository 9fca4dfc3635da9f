#include "commands/project.h"
#include "graph/golist.h"

static void set_strings(json_t *row, const char *key, const char *const *list, size_t n)
{
	json_t *a;

	if (!n)
		return;
	a = report_set_rows(row, key);
	for (size_t i = 0; i < n; i++)
		report_add_str(a, list[i]);
}

static void set_text(json_t *row, const char *key, const char *value)
{
	if (*value)
		report_set_str(row, key, value);
}

static void set_info(json_t *row, const struct modinfo *m)
{
	json_t *child;

	set_text(row, "Path", m->path);
	set_text(row, "Version", m->version);
	set_text(row, "Query", m->query);
	set_strings(row, "Versions", m->versions, m->n_versions);
	if (m->replace) {
		child = json_object();
		set_info(child, m->replace);
		json_object_set_new(row, "Replace", child);
	}
	set_text(row, "Time", m->time);
	if (m->update) {
		child = json_object();
		set_info(child, m->update);
		json_object_set_new(row, "Update", child);
	}
	report_set_bool(row, "Main", m->main);
	report_set_bool(row, "Indirect", m->indirect);
	set_text(row, "Dir", m->dir);
	set_text(row, "GoMod", m->gomod);
	set_text(row, "GoVersion", m->go_version);
	set_strings(row, "Retracted", m->retracted, m->n_retracted);
	set_text(row, "Deprecated", m->deprecated);
	if (*m->error) {
		child = json_object();
		report_set_str(child, "Err", m->error);
		json_object_set_new(row, "Error", child);
	}
	set_text(row, "Sum", m->sum);
	set_text(row, "GoModSum", m->gomod_sum);
}

static void print_text(struct cli *c, struct modinfo **rows, size_t n)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < n; i++)
		golist_text(rows[i], &b);
	report_twin(c->r, &b);
	buf_release(&b);
}

/* Apart from PART_GRAPH: the patterns and queries of go list -m choose what is loaded, down to one go.mod. See project.h. */
static int run(struct cli *c)
{
	static const char *const all[] = { "all" };
	const char *const *args = c->n_args ? c->args : all;
	unsigned mode = c->r->json ? GOLIST_FULL : GOLIST_TEXT;
	struct modinfo **rows;
	struct project p;
	json_t *doc, *list;
	size_t n;

	if (!project_open(&p, c, MODPROJECT_LIST))
		return project_fail(&p, c);
	if (cli_has(c, "e"))
		mode |= GOLIST_ERRORS;
	if (!golist_list(p.ml, args, c->n_args ? c->n_args : 1, mode, &rows, &n, &p.err))
		return project_fail(&p, c);
	/* Dir and GoMod are told with --json only */
	if (c->r->json && !source_cached_ok(p.source, &p.err))
		return project_fail(&p, c);
	if (!c->r->json) {
		print_text(c, rows, n);
		return project_close(&p, c, STATUS_FINE);
	}
	doc = report_doc("list");
	list = report_set_rows(doc, "modules");
	for (size_t i = 0; i < n; i++)
		set_info(report_add_row(list), rows[i]);
	report_json(c->r, doc);
	return project_close(&p, c, STATUS_FINE);
}

static const struct cli_flag flags[] = {
	{ "e", NULL, "list modules with errors too, and what could be read of a broken graph",
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
	.run = run,
};
