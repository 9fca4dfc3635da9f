#include "commands/cache_report.h"

#include "gauge.h"
#include "gofiles/semver.h"
#include "graph/modload_open.h"

static bool list_of(struct modload *ml, bool sources, struct cachescan_list *out, struct err *e)
{
	struct requirements *rs = modload_requirements(ml);
	const struct modgraph *mg = NULL;
	bool ok = requirements_expand(ml, &rs, &mg, e);

	if (!mg)
		return false;
	cachescan_list_add(out, ml, mg, sources);
	if (sources)
		cachescan_list_sort(out);
	return ok;
}

bool cache_report_build_list(struct project *p, bool sources, struct cachescan_list *out)
{
	return list_of(p->ml, sources, out, &p->err);
}

bool cache_report_known_list(struct project *p, struct cli *c, struct cachescan_list *out,
			     bool *whole)
{
	*whole = list_of(p->ml, true, out, &p->err);
	if (*whole)
		return true;
	if (!out->n)
		return false;
	report_notef(c->r, "the module graph cannot be read whole: %s", p->err.text);
	err_clear(&p->err);
	return true;
}

bool cache_report_build_list_of(const char *dir, struct cli *c, struct arena *a,
				struct cachescan_list *out, struct err *e)
{
	struct goenv *env = goenv_new(&(struct goenv_options){ .dir = dir }, e);
	struct source *s = env ? source_new(&(struct source_options){ .env = env,
								      .offline = c->offline })
			       : NULL;
	struct cachescan_list l = { 0 };
	struct modload *ml = NULL;
	bool ok = s &&
		  modload_open(&ml,
			       &(struct modload_options){
				       .env = env, .source = s, .command = MODPROJECT_VERIFY },
			       e) &&
		  list_of(ml, true, &l, e);

	if (ok)
		cachescan_list_keep(&l, a, ml, c->offline);
	for (size_t i = 0; ok && i < l.n; i++)
		vec_push(out, (struct modver){ arena_strdup(a, l.items[i].path),
					       arena_strdup(a, l.items[i].version) });
	vec_release(&l);
	modload_free(ml);
	source_free(s);
	goenv_free(env);
	return ok;
}

bool cache_report_parse_args(struct cli *c, struct arena *a, struct cachescan_list *out)
{
	for (size_t i = 0; i < c->n_args; i++) {
		const char *at = strrchr(c->args[i], '@');

		if (!at || at == c->args[i] || !semver_valid(at + 1))
			return false;
		vec_push(out,
			 (struct modver){ arena_strndup(a, c->args[i], (size_t)(at - c->args[i])),
					  at + 1 });
	}
	return true;
}

static void set_text(json_t *row, const char *key, const char *value)
{
	if (value && *value)
		report_set_str(row, key, value);
}

static void json_problems(json_t *row, const struct cache_problem *problems, size_t n)
{
	json_t *files = report_set_rows(row, "files");

	for (size_t i = 0; i < n; i++) {
		const struct cache_problem *p = &problems[i];
		json_t *f = report_add_row(files);

		report_set_str(f, "File", p->file);
		report_set_str(f, "Kind", cache_kind_name(p->kind));
		report_set_str(f, "Severity", finding_severity_name(p->severity));
		report_set_str(f, "Problem", p->problem);
		report_set_str(f, "Expected", p->expected);
		report_set_str(f, "Found", p->found);
		report_set_str(f, "GoSays", p->go_says);
		report_set_str(f, "Remedy", p->remedy);
	}
}

void cache_report_json_entry(json_t *rows, const struct cache_entry *entry)
{
	static const char *const vouchers[] = { "", "go.sum", "sumdb" };
	json_t *row = report_add_row(rows);

	report_set_str(row, "Path", entry->mod.path);
	report_set_str(row, "Version", entry->mod.version);
	report_set_str(row, "State", cache_state_name(entry->state));
	report_set_bool(row, "Used", entry->used);
	report_set_bool(row, "Hashed", entry->hashed);
	set_text(row, "Sum", entry->sum);
	set_text(row, "Voucher", vouchers[entry->voucher]);
	report_set_int(row, "DownloadBytes", (long long)entry->download_bytes);
	report_set_int(row, "TreeBytes", (long long)entry->tree_bytes);
	report_set_int(row, "TreeFiles", (long long)entry->tree_files);
	json_problems(row, entry->problems, entry->n_problems);
}

void cache_report_json_others(json_t *doc, const struct cache_report *r)
{
	json_t *rows = report_set_rows(doc, "others");

	for (size_t i = 0; i < r->n_others; i++) {
		const struct cache_other *o = &r->others[i];
		json_t *row = report_add_row(rows);

		report_set_str(row, "Kind", cache_other_kind_name(o->kind));
		report_set_str(row, "File", o->file);
		set_text(row, "About", o->about);
		report_set_int(row, "Bytes", (long long)o->bytes);
		report_set_int(row, "Files", (long long)o->n_files);
		if (o->kind == CACHE_OTHER_SUMDB) {
			report_set_int(row, "Proven", (long long)o->n_proven);
			report_set_int(row, "Unproven", (long long)o->n_unproven);
			set_text(row, "Why", o->unproven);
		}
		json_problems(row, o->problems, o->n_problems);
	}
}

const char *cache_report_size_text(struct arena *a, uint64_t bytes)
{
	struct buf b = BUF_INIT;
	const char *text;

	gauge_bytes(&b, bytes);
	text = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return text;
}

enum style_id cache_report_style(enum cache_state state)
{
	if (state >= CACHE_MISMATCH)
		return STYLE_BAD;
	if (state >= CACHE_LOCKED)
		return STYLE_ATTENTION;
	return state == CACHE_OK ? STYLE_GOOD : STYLE_QUIET;
}

static void print_line(struct cli *c, const char *what, const char *text)
{
	if (*text)
		report_textf(c->r, "  %-9s%s\n", what, text);
}

size_t cache_report_print_problems(struct cli *c, const struct cache_problem *problems, size_t n,
				   enum finding_severity least)
{
	size_t shown = 0;

	for (size_t i = 0; i < n; i++) {
		const struct cache_problem *p = &problems[i];

		if (p->severity < least)
			continue;
		shown++;
		report_styledf(c->r, p->severity >= FINDING_ERROR ? STYLE_BAD : STYLE_ATTENTION,
			       "%s", p->file);
		report_textf(c->r, ": %s\n", p->problem);
		print_line(c, "expected", p->expected);
		print_line(c, "found", p->found);
		print_line(c, "go", p->go_says);
		print_line(c, "remedy", p->remedy);
	}
	return shown;
}

static void print_shell(struct cli *c, const char *s)
{
	while (*s) {
		int len = (int)strcspn(s, "\n");

		report_textf(c->r, "by hand: %.*s\n", len, s);
		s += len + (s[len] == '\n');
	}
}

void cache_report_print_plan(struct cli *c, const struct plan *p)
{
	static const struct report_column columns[] = {
		{ "STEP" }, { "BYTES", .right = true }, { "PATH" }, { "WHY" }
	};
	struct report_table t;

	report_table_begin(&t, c->r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < p->n; i++) {
		const struct plan_step *s = &p->steps[i];

		report_cell(&t, STYLE_STRONG, "%s", plan_op_name(s->op));
		report_cell(&t, STYLE_NORMAL, "%s",
			    s->bytes ? cache_report_size_text(&t.arena, s->bytes) : "");
		report_cell(&t, STYLE_NORMAL, "%s", s->path);
		report_cell(&t, STYLE_QUIET, "%s", s->why);
	}
	report_table_end(&t);
	for (size_t i = 0; i < p->n; i++)
		if (i == 0 || !str_eq(p->steps[i].shell, p->steps[i - 1].shell))
			print_shell(c, p->steps[i].shell);
}

static void json_step(json_t *rows, const struct plan_item *item, const struct plan_step *s,
		      const char *state)
{
	json_t *row = report_add_row(rows);

	report_set_str(row, "Op", plan_op_name(s->op));
	set_text(row, "Path", item->mod.path);
	set_text(row, "Version", item->mod.version);
	report_set_str(row, "File", s->path);
	set_text(row, "State", state);
	if (state)
		return;
	report_set_int(row, "Bytes", (long long)s->bytes);
	report_set_str(row, "Why", s->why);
	set_text(row, "Undo", s->undo);
	set_text(row, "Shell", s->shell);
}

void cache_report_json_plan(json_t *doc, const struct plan *p)
{
	json_t *rows = report_set_rows(doc, "steps");

	for (size_t i = 0; i < p->n_items; i++)
		for (size_t j = 0; j < p->items[i].n; j++)
			json_step(rows, &p->items[i], &p->steps[p->items[i].first + j], NULL);
}

/* A file changed by the step and still in that state. */
static bool step_stands(const struct execute_result *r, size_t i)
{
	return plan_op_changes(r->steps[i].op) &&
	       (r->states[i] == EXECUTE_DONE || r->states[i] == EXECUTE_HALF);
}

static void json_result(json_t *rows, const struct execute_result *r)
{
	static const char *const names[] = { "done", "nothing", "failed", "part" };
	json_t *row = report_add_row(rows), *files, *steps;

	set_text(row, "Path", r->item->mod.path);
	set_text(row, "Version", r->item->mod.version);
	set_text(row, "File", r->item->path);
	report_set_str(row, "Outcome", names[r->outcome]);
	set_text(row, "Error", r->error);
	set_text(row, "Undo", r->id);
	files = report_set_rows(row, "Files");
	for (size_t i = 0; i < r->item->n; i++)
		if (step_stands(r, i))
			report_add_str(files, r->steps[i].path);
	steps = report_set_rows(row, "Steps");
	for (size_t i = 0; i < r->item->n; i++)
		json_step(steps, r->item, &r->steps[i], execute_state_name(r->states[i]));
}

/* Each step that changes a file: what was done, and what was skipped. */
static void print_steps(struct cli *c, const struct execute_result *r)
{
	for (size_t i = 0; i < r->item->n; i++) {
		const struct plan_step *s = &r->steps[i];

		if (r->states[i] == EXECUTE_HALF)
			report_textf(c->r, "  %s: half done\n", s->path);
		else if (step_stands(r, i))
			report_textf(c->r, "  %s\n", s->path);
		else if (r->states[i] == EXECUTE_GONE)
			report_textf(c->r, "  skipped: %s %s: no longer so: %s\n",
				     plan_op_name(s->op), s->path, s->why);
	}
}

static void print_result(struct cli *c, const struct execute_result *r)
{
	const char *name = *r->item->path ? r->item->path : r->item->mod.path,
		   *at = *r->item->path ? "" : "@";
	size_t n = execute_changed(r);

	if (r->outcome == EXECUTE_FAILED || r->outcome == EXECUTE_PART)
		report_notef(c->r, "%s%s%s: %s", name, at, r->item->mod.version, r->error);
	if (r->outcome == EXECUTE_FAILED)
		return;
	report_styledf(c->r, STYLE_STRONG, "%s%s%s", name, at, r->item->mod.version);
	if (r->outcome == EXECUTE_NOTHING)
		report_textf(c->r, ": nothing has been changed\n");
	else
		report_textf(c->r, ": %s%zu %s%s%s%s\n",
			     r->outcome == EXECUTE_PART ? "only in part: " : "", n,
			     n == 1 ? "file" : "files", *r->id ? " (undo: modscope undo " : "",
			     r->id, *r->id ? ")" : "");
	print_steps(c, r);
}

int cache_report_print_results(struct cli *c, json_t *doc, const struct execute_result *results,
			       size_t n)
{
	json_t *rows = doc ? report_set_rows(doc, "results") : NULL;
	int status = STATUS_FINE;

	for (size_t i = 0; i < n; i++) {
		if (results[i].outcome == EXECUTE_FAILED || results[i].outcome == EXECUTE_PART)
			status = STATUS_UNKNOWN;
		if (rows)
			json_result(rows, &results[i]);
		else
			print_result(c, &results[i]);
	}
	return status;
}

int cache_report_carry_out(struct cli *c, struct cachejob *j, const struct plan *p, json_t *doc,
			   struct arena *a, struct execute_result **results, size_t *n,
			   struct err *e)
{
	*results = NULL;
	*n = 0;
	return cachejob_run(j, a, p, NULL, results, n, e)
		       ? cache_report_print_results(c, doc, *results, *n)
		       : -1;
}
