#include "base/path.h"
#include "commands/project.h"
#include "packages/vendor.h"
#include "release/treediff.h"

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
			    row->state == VENDOR_UNKNOWN ? row->why_unknown
			    : row->module->explicit_mark ? "explicit"
							 : "");
	}
	report_table_end(&t);
}

static void print_packages(struct cli *c, const struct vendor_report *v)
{
	for (size_t i = 0; i < v->n_lacking; i++)
		report_styledf(c->r, STYLE_BAD, "%s: is needed%s%s, but not vendored\n",
			       v->lacking[i].path, v->lacking[i].by[0] ? " by " : "",
			       v->lacking[i].by);
	for (size_t i = 0; i < v->n_needless; i++)
		report_styledf(c->r, STYLE_ATTENTION,
			       "%s: is vendored, but no package here needs it\n",
			       v->needless[i].path);
}

static void print_problems(struct cli *c, const struct vendor_report *v)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct vendor_row *row = &v->rows[i];

		for (size_t j = 0; j < row->n_problems; j++)
			report_styledf(c->r, STYLE_BAD, "vendor/%s: %s (%s@%s)\n",
				       row->problems[j].file,
				       vendor_fault_text(row->problems[j].fault),
				       row->module->mod.path, row->module->mod.version);
	}
	for (size_t i = 0; i < v->n_strays; i++)
		report_styledf(c->r, STYLE_ATTENTION,
			       "vendor/%s: belongs to no module of modules.txt\n", v->strays[i]);
	print_packages(c, v);
	if (v->cut)
		report_notef(c->r, "modscope: there are more, which are not shown");
}

static void json_packages(json_t *doc, const char *name, const struct vendor_package *p, size_t n)
{
	json_t *rows = report_set_rows(doc, name);

	for (size_t i = 0; i < n; i++) {
		json_t *o = report_add_row(rows);

		report_set_str(o, "Path", p[i].path);
		report_set_text(o, "NeededBy", p[i].by);
	}
}

static void json_row(json_t *row, const struct vendor_row *m)
{
	json_t *problems, *p;

	report_set_str(row, "Path", m->module->mod.path);
	report_set_str(row, "Version", m->module->mod.version);
	report_set_bool(row, "Explicit", m->module->explicit_mark);
	report_set_str(row, "State", vendor_state_name(m->state));
	report_set_text(row, "Unknown", m->why_unknown);
	report_set_int(row, "Packages", (long long)m->packages);
	report_set_int(row, "Files", (long long)m->files);
	problems = report_set_rows(row, "problems");
	for (size_t j = 0; j < m->n_problems; j++) {
		p = report_add_row(problems);
		report_set_str(p, "File", m->problems[j].file);
		report_set_str(p, "Kind", vendor_fault_name(m->problems[j].fault));
		report_set_str(p, "Problem", vendor_fault_text(m->problems[j].fault));
	}
}

static void print_json(struct cli *c, const struct vendor_report *v)
{
	json_t *doc = report_doc("vendor"), *rows = report_set_rows(doc, "modules"), *strays;

	report_set_str(doc, "Dir", v->dir);
	report_set_bool(doc, "Agrees", v->verdict == VENDOR_AGREES);
	for (size_t i = 0; i < v->n; i++)
		json_row(report_add_row(rows), &v->rows[i]);
	strays = report_set_rows(doc, "strays");
	for (size_t i = 0; i < v->n_strays; i++)
		report_add_str(strays, v->strays[i]);
	json_packages(doc, "lacking", v->lacking, v->n_lacking);
	json_packages(doc, "needless", v->needless, v->n_needless);
	report_json(c->r, doc);
}

static size_t count_state(const struct vendor_report *v, enum vendor_state s)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n; i++)
		n += v->rows[i].state == s;
	return n;
}

static const char *verdict_words(enum vendor_verdict v)
{
	static const char *const words[] = {
		[VENDOR_AGREES] = "modules.txt agrees with go.mod",
		[VENDOR_NO_PROJECT] = "there is no go.mod here",
		[VENDOR_NO_DIR] =
			"there is no vendor directory, and none is needed: go.mod requires nothing",
		[VENDOR_NOT_MADE] =
			"there is no vendor directory; go mod vendor (in a workspace: go work vendor) makes one",
		[VENDOR_NO_LIST] =
			"the vendor directory has no modules.txt, and none is needed: go.mod requires nothing",
	};

	return words[v];
}

static void print_verdict(struct cli *c, const struct vendor_report *v)
{
	report_textf(c->r, "%s", verdict_words(v->verdict));
	if (v->verdict == VENDOR_AGREES)
		report_textf(c->r, "; %zu module%s, %zu modified, %zu of unknown content", v->n,
			     v->n == 1 ? "" : "s", count_state(v, VENDOR_MODIFIED),
			     count_state(v, VENDOR_UNKNOWN));
	if (v->n_lacking || v->n_needless)
		report_textf(c->r, "; %zu package%s lacking, %zu needless", v->n_lacking,
			     v->n_lacking == 1 ? "" : "s", v->n_needless);
	report_textf(c->r, "\n");
}

/* The lines in which vendored files differ, as a patch from the module's files to them. */

static bool is_missing(enum vendor_fault f)
{
	return f == VENDOR_MISSING || f == VENDOR_NO_LICENCE || f == VENDOR_NO_EMBED;
}

static bool print_difference(struct cli *c, const struct vendor_report *v,
			     const struct vendor_problem *p, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct buf out = BUF_INIT;
	struct treediff_file f = { .name = arena_fmt(&a, "vendor/%s", p->file) };
	bool ok;

	if (!is_missing(p->fault))
		f.is = overlay_actual(v->overlay, path_join(&a, v->dir, p->file));
	if (p->fault != VENDOR_NOT_VENDORED)
		f.was = p->source;
	ok = treediff_text(&out, &f, e);
	report_twin(c->r, &out);
	buf_release(&out);
	arena_release(&a);
	return ok;
}

static bool is_content(enum vendor_fault f)
{
	return f != VENDOR_MODE && f != VENDOR_IRREGULAR && f != VENDOR_NO_PACKAGE;
}

static int answer_difference(struct cli *c, const struct vendor_report *v)
{
	struct err e = ERR_INIT;
	size_t n = 0;

	for (size_t i = 0; i < v->n; i++)
		for (size_t j = 0; j < v->rows[i].n_problems; j++)
			if (is_content(v->rows[i].problems[j].fault)) {
				if (!print_difference(c, v, &v->rows[i].problems[j], &e))
					return cli_fail(c, &e);
				n++;
			}
	return n ? STATUS_NO : STATUS_FINE;
}

static int answer(struct cli *c, const struct vendor_report *v)
{
	bool bad = count_state(v, VENDOR_MODIFIED) || v->n_lacking;
	bool not_made = v->verdict == VENDOR_NOT_MADE;

	if (cli_has(c, "diff") && !c->r->json && !not_made)
		return answer_difference(c, v);
	if (c->r->json) {
		print_json(c, v);
	} else {
		if (!cli_has(c, "problems") && v->n)
			print_rows(c, v);
		print_problems(c, v);
		print_verdict(c, v);
	}
	return (not_made || bad) && cli_has(c, "strict") ? STATUS_NO : STATUS_FINE;
}

/* go says it at length and does not say this. */
static void tell_missing_dir(struct cli *c)
{
	struct arena a = ARENA_INIT;
	struct vendor_report v;
	struct project p;

	if (project_open(&p, c, MODPROJECT_LIST) && vendor_check(&v, &a, p.ml, &p.err) &&
	    v.verdict == VENDOR_NOT_MADE)
		report_notef(c->r, "modscope: %s", verdict_words(v.verdict));
	buf_clear(&p.messages); /* told */
	project_close(&p, c, STATUS_FINE);
	arena_release(&a);
}

static int run(struct cli *c)
{
	struct arena a = ARENA_INIT;
	struct vendor_report v;
	struct project p;
	int status;

	if (!project_open_vendor(&p, c)) {
		bool refused = p.err.code == ERR_REFUSED;

		status = project_fail(&p, c);
		if (refused)
			tell_missing_dir(c);
	} else if (!vendor_check(&v, &a, p.ml, &p.err)) {
		status = project_fail(&p, c);
	} else {
		status = project_close(&p, c, answer(c, &v));
	}
	arena_release(&a);
	return status;
}

static const struct cli_flag flags[] = {
	{ "diff", NULL,
	  "the lines in which vendored files differ, as a patch; status 1 if there are any" },
	{ "problems", NULL, "only problems", .in_view = true },
	{ "strict", NULL,
	  "exit with status 1 also if a vendored file differs from the module's or a package is missing" },
	{ NULL },
};

const struct cli_command cmd_vendor = {
	.name = "vendor",
	.summary = "check vendor/ against go.mod and the modules",
	.refuses_as_go = true,
	.help = "Refuses an inconsistent vendor/modules.txt in go's words, as go build -mod=vendor does. Then, as go never does, compares what `go mod\n"
		"vendor` copies with what is there: vendored files that were edited, changed in line ends, added, removed or made executable,\n"
		"licences and files of //go:embed lines that are missing, and packages that vendoring lacks or that nothing needs. The modules'\n"
		"files come from the module cache or a replacement's directory; nothing is fetched, so a module that is not there is unknown.\n",
	.complete = "none",
	.view = "vendor",
	.flags = flags,
	.run = run,
};
