#include "change/apply.h"
#include "change/undo.h"
#include "commands/cache_report.h"

static const char *state_of(const struct apply_record *r)
{
	return r->running  ? "running"
	       : r->unread ? "unreadable"
	       : r->undone ? "undone"
	       : r->done   ? "done"
			   : "broken off";
}

static const char *time_text(struct arena *a, int64_t t)
{
	time_t s = (time_t)t;
	struct tm tm;
	char text[32];

	localtime_r(&s, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm);
	return arena_strdup(a, text);
}

static void print_history(struct cli *c, struct arena *a, const struct apply_record *records,
			  size_t n)
{
	static const struct report_column columns[] = {
		{ "CHANGE" }, { "WHEN" }, { "STATE" }, { "KEPT", .right = true }, { "WHAT" }
	};
	struct report_table t;

	report_table_begin(&t, c->r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < n; i++) {
		report_cell(&t, STYLE_STRONG, "%s", records[i].id);
		report_cell(&t, STYLE_NORMAL, "%s", time_text(a, records[i].time));
		report_cell(&t, records[i].done ? STYLE_QUIET : STYLE_ATTENTION, "%s",
			    state_of(&records[i]));
		report_cell(&t, STYLE_NORMAL, "%s", cache_report_size_text(a, records[i].bytes));
		report_cell(&t, STYLE_NORMAL, "%s", records[i].title);
	}
	report_table_end(&t);
}

static void json_history(json_t *doc, const struct apply_record *records, size_t n)
{
	json_t *rows = report_set_rows(doc, "changes");

	for (size_t i = 0; i < n; i++) {
		json_t *row = report_add_row(rows), *files;

		report_set_str(row, "Undo", records[i].id);
		report_set_str(row, "Title", records[i].title);
		report_set_int(row, "Time", records[i].time);
		report_set_str(row, "State", state_of(&records[i]));
		report_set_int(row, "Bytes", (long long)records[i].bytes);
		files = report_set_rows(row, "files");
		for (size_t j = 0; j < records[i].n_changes; j++) {
			json_t *f = report_add_row(files);

			report_set_str(f, "Op", records[i].changes[j].op);
			report_set_str(f, "File", records[i].changes[j].path);
			report_set_str(f, "Kept", records[i].changes[j].kept);
		}
	}
}

/* Reports the remaining steps; true if the whole change was undone. */
static bool tell_result(struct cli *c, const struct execute_result *r, struct err *e)
{
	if (r->outcome == EXECUTE_CHANGED || r->outcome == EXECUTE_NOTHING)
		return true;
	for (size_t i = 0; i < r->item->n && !c->r->json; i++)
		if (r->steps[i].op == PLAN_RESTORE)
			report_textf(c->r, "%s: %s\n", execute_state_name(r->states[i]),
				     r->steps[i].path);
	return err_set(e, ERR_SYS, "%s", r->error);
}

static bool take_back(struct cli *c, struct cachejob *j, const char *id, json_t *doc, struct err *e)
{
	struct execute_result *results;
	struct arena a = ARENA_INIT;
	struct plan plan;
	size_t n;
	const struct apply_record *r = cachejob_change(j, &a, id, e);
	bool ok;

	if (!r) {
		arena_release(&a);
		return false;
	}
	ok = undo_plan(&plan, r->root, r->shelf, id, e);
	if (*plan.note)
		report_notef(c->r, "modscope: %s", plan.note);
	if (ok && !cli_has(c, "dry-run")) {
		ok = cachejob_run(j, &a, &plan, NULL, &results, &n, e) &&
		     (n == 0 || tell_result(c, &results[0], e));
		if (ok && !c->r->json)
			report_textf(c->r, "%s: undone\n", id);
	} else if (ok && doc) {
		cache_report_json_plan(doc, &plan);
	} else if (ok) {
		cache_report_print_plan(c, &plan);
	}
	plan_release(&plan);
	arena_release(&a);
	return ok;
}

static bool forget(struct cli *c, struct cachejob *j, const char *id, struct err *e)
{
	struct arena a = ARENA_INIT;
	const struct apply_record *r = cachejob_change(j, &a, id, e);
	bool ok = r && apply_forget(r->root, r->shelf, id, e);

	if (ok && !c->r->json)
		report_textf(c->r, "%s: forgotten\n", id);
	arena_release(&a);
	return ok;
}

static bool show_history(struct cli *c, struct cachejob *j, struct arena *a, json_t *doc,
			 struct err *e)
{
	struct apply_record *records;
	size_t n;

	if (!cachejob_history(j, a, &records, &n, e))
		return false;
	if (doc)
		json_history(doc, records, n);
	else if (n)
		print_history(c, a, records, n);
	else
		report_textf(c->r, "no change is kept that could be undone\n");
	return true;
}

static bool act(struct cli *c, struct cachejob *j, struct arena *a, struct err *e)
{
	json_t *doc = c->r->json ? report_doc("undo") : NULL;
	bool ok = true;

	for (size_t i = 0; i < c->n_args && ok; i++)
		ok = cli_has(c, "forget") ? forget(c, j, c->args[i], e)
					  : take_back(c, j, c->args[i], doc, e);
	if (ok && (doc || !c->n_args))
		ok = show_history(c, j, a, doc, e);
	report_json_if(c->r, doc, ok);
	return ok;
}

static bool writes(const struct cli *c)
{
	return c->n_args && !cli_has(c, "dry-run");
}

static int run(struct cli *c)
{
	struct arena a = ARENA_INIT;
	struct cachejob *j = NULL;
	struct err e = ERR_INIT;
	struct goenv *env;
	bool ok;

	env = goenv_new(&(struct goenv_options){ 0 }, &e);
	ok = env &&
	     cachejob_new(&j, &(struct cachejob_options){ .env = env, .offline = true }, &e) &&
	     act(c, j, &a, &e);
	cachejob_free(j);
	goenv_free(env);
	arena_release(&a);
	return ok ? STATUS_FINE : cli_fail(c, &e);
}

static const struct cli_flag flags[] = {
	{ "dry-run", NULL, "only show the steps" },
	{ "yes", NULL, "accepted as by repair and prune; not needed" },
	{ "forget", NULL,
	  "delete the quarantined files of the change, which can then no longer be undone" },
	{ NULL },
};

const struct cli_command cmd_undo = {
	.name = "undo",
	.args = "[CHANGE...]",
	.summary = "undo what repair, prune, prefetch and apply did; without arguments: the list",
	.help = "Files that a later change has changed are left until that is undone; its id is printed.\n",
	.complete = "none",
	.view = "cache",
	.flags = flags,
	.max_args = SIZE_MAX,
	.writes = writes,
	.view_arg = "",
	.run = run,
};
