#include "commands/project.h"
#include "packages/vendor.h"

static enum style_id style_of(enum vendor_state s)
{
	return s == VENDOR_MODIFIED ? STYLE_BAD : s == VENDOR_OK ? STYLE_GOOD : STYLE_QUIET;
}

static void print_rows(struct cli *c, const struct vendor_report *v)
{
	static const struct report_column columns[] = { { "STATE" },
							{ "MODULE" },
							{ "VERSION" },
							{ "PACKAGES", .right = true },
							{ "FILES", .right = true },
							{ "" } };
	struct report_table t;

	report_table_begin(&t, c->r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < v->n; i++) {
		const struct vendor_row *row = &v->rows[i];

		report_cell(&t, style_of(row->state), "%s", vendor_state_name(row->state));
		report_cell(&t, STYLE_NORMAL, "%s", row->module->mod.path);
		report_cell(&t, STYLE_NORMAL, "%s", row->module->mod.version);
		report_cell(&t, STYLE_NORMAL, "%zu", row->packages);
		report_cell(&t, STYLE_NORMAL, "%zu", row->files);
		report_cell(&t, STYLE_QUIET, "%s",
			    row->state == VENDOR_UNKNOWN ? "its source is not in the module cache"
			    : row->module->explicit_mark ? "explicit"
							 : "");
	}
	report_table_end(&t);
}

static size_t print_problems(struct cli *c, const struct vendor_report *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n; i++) {
		const struct vendor_row *row = &v->rows[i];

		for (size_t j = 0; j < row->n_problems; j++)
			report_styledf(c->r, STYLE_BAD, "vendor/%s: %s (%s@%s)\n",
				       row->problems[j].file, row->problems[j].problem,
				       row->module->mod.path, row->module->mod.version);
		if (row->n_more)
			report_textf(c->r, "and %zu more of %s\n", row->n_more,
				     row->module->mod.path);
		n += row->n_problems;
	}
	for (size_t i = 0; i < v->n_strays; i++)
		report_styledf(c->r, STYLE_ATTENTION,
			       "vendor/%s: belongs to no module of modules.txt\n", v->strays[i]);
	return n;
}

static void print_json(struct cli *c, const struct vendor_report *v)
{
	json_t *doc = report_doc("vendor"), *rows = report_set_rows(doc, "modules"), *row,
	       *problems, *strays, *p;

	report_set_str(doc, "Dir", v->dir);
	report_set_bool(doc, "Agrees", v->verdict == VENDOR_AGREES);
	for (size_t i = 0; i < v->n; i++) {
		const struct vendor_row *m = &v->rows[i];

		row = report_add_row(rows);
		report_set_str(row, "Path", m->module->mod.path);
		report_set_str(row, "Version", m->module->mod.version);
		report_set_bool(row, "Explicit", m->module->explicit_mark);
		report_set_str(row, "State", vendor_state_name(m->state));
		report_set_int(row, "Packages", (long long)m->packages);
		report_set_int(row, "Files", (long long)m->files);
		problems = report_set_rows(row, "problems");
		for (size_t j = 0; j < m->n_problems; j++) {
			p = report_add_row(problems);
			report_set_str(p, "File", m->problems[j].file);
			report_set_str(p, "Problem", m->problems[j].problem);
		}
	}
	strays = report_set_rows(doc, "strays");
	for (size_t i = 0; i < v->n_strays; i++)
		report_add_str(strays, v->strays[i]);
	report_json(c->r, doc);
}

static void print_verdict(struct cli *c, const struct vendor_report *v, size_t bad, size_t unknown)
{
	static const char *const words[] = {
		[VENDOR_AGREES] = "modules.txt agrees with go.mod",
		[VENDOR_NO_PROJECT] = "there is no go.mod here",
		[VENDOR_NO_DIR] =
			"there is no vendor directory, and none is needed: go.mod requires nothing",
		[VENDOR_NO_LIST] =
			"the vendor directory has no modules.txt, and none is needed: go.mod requires nothing",
	};

	report_textf(c->r, "%s", words[v->verdict]);
	if (v->verdict == VENDOR_AGREES)
		report_textf(c->r, "; %zu module%s, %zu modified, %zu of unknown content", v->n,
			     v->n == 1 ? "" : "s", bad, unknown);
	report_textf(c->r, "\n");
}

static int answer(struct cli *c, const struct vendor_report *v)
{
	size_t bad = 0, unknown = 0;

	for (size_t i = 0; i < v->n; i++) {
		bad += v->rows[i].state == VENDOR_MODIFIED;
		unknown += v->rows[i].state == VENDOR_UNKNOWN;
	}
	if (c->r->json) {
		print_json(c, v);
	} else {
		if (!cli_has(c, "problems") && v->n)
			print_rows(c, v);
		print_problems(c, v);
		print_verdict(c, v, bad, unknown);
	}
	return bad && cli_has(c, "strict") ? STATUS_NO : STATUS_FINE;
}

static int run(struct cli *c)
{
	struct arena a = ARENA_INIT;
	struct vendor_report v;
	struct project p;
	int status;

	if (!project_open_vendor(&p, c) || !vendor_check(&v, &a, p.ml, &p.err))
		status = project_fail(&p, c);
	else
		status = project_close(&p, c, answer(c, &v));
	arena_release(&a);
	return status;
}

static const struct cli_flag flags[] = {
	{ "problems", NULL, "only what is wrong" },
	{ "strict", NULL, "status 1 also where a vendored file is not the module's" },
	{ NULL },
};

const struct cli_command cmd_vendor = {
	.name = "vendor",
	.summary = "vendor/ against go.mod and the modules",
	.refuses_as_go = true,
	.help = "Refuses an inconsistent vendor/modules.txt in go's words, as go build -mod=vendor does. Then, as go never does, compares each vendored file\n"
		"with the module it came from, where that is in the module cache or a replacement's directory.\n",
	.complete = "none",
	.view = "check",
	.flags = flags,
	.run = run,
};
