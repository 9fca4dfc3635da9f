#include "change/apply.h"
#include "gauge.h"
#include "cache/repair.h"
#include "screens/view_cache.h"

#define TOTAL_FROM 8u /* steps from which their sum is told first */

static struct cache_view *state(void *v)
{
	return ((struct view *)v)->state;
}

/* The plan as it is shown: each step with what it does and how it is taken back, then the same as shell commands. */

static void step_doc(struct doc *d, const struct plan_step *s)
{
	struct buf b = BUF_INIT;

	doc_field(d, plan_op_name(s->op));
	doc_add(d, STYLE_STRONG, s->path);
	if (s->bytes) {
		gauge_bytes(&b, s->bytes);
		doc_addf(d, STYLE_QUIET, "  %s", b.data);
	}
	doc_newline(d);
	doc_add(d, STYLE_QUIET, s->why);
	if (s->undo[0])
		doc_addf(d, STYLE_QUIET, "; undo: %s", s->undo);
	buf_release(&b);
}

static void shell_doc(struct doc *d, const char *s)
{
	while (*s) {
		int len = (int)strcspn(s, "\n");

		doc_line(d);
		doc_addf(d, STYLE_NORMAL, "  %.*s", len, s);
		s += len + (s[len] == '\n');
	}
}

static void plan_doc(void *ctx, struct doc *d)
{
	const struct plan *p = ctx;
	struct buf b = BUF_INIT;
	bool shell = false;

	if (p->n > TOTAL_FROM) { /* more than can be seen at once */
		gauge_bytes(&b, p->bytes);
		doc_line(d);
		doc_addf(d, STYLE_STRONG, "%zu steps, %s", p->n, b.data);
		doc_blank(d);
		buf_release(&b);
	}
	for (size_t i = 0; i < p->n; i++)
		step_doc(d, &p->steps[i]);
	for (size_t i = 0; i < p->n; i++) {
		if (!p->steps[i].shell[0])
			continue;
		if (!shell) {
			doc_blank(d);
			doc_line(d);
			doc_add(d, STYLE_TITLE, "the same in a shell");
		}
		shell = true;
		shell_doc(d, p->steps[i].shell);
	}
}

static void record_doc(void *ctx, struct doc *d)
{
	const struct apply_record *r = ctx;
	struct buf b = BUF_INIT;

	gauge_bytes(&b, r->bytes);
	doc_field(d, "undo");
	doc_add(d, STYLE_STRONG, r->title);
	doc_field(d, "kept");
	doc_addf(d, STYLE_NORMAL, "%s in %s", b.data, r->dir);
	for (size_t i = 0; i < r->n_changes; i++) {
		doc_field(d, r->changes[i].op);
		doc_add(d, STYLE_NORMAL, r->changes[i].path);
	}
	buf_release(&b);
}

/* The job that does it. */

static void start(void *ctx)
{
	struct view *v = ctx;
	struct cache_view *s = v->state;

	free(s->act_key);
	s->act_key = s->next_key;
	s->next_key = NULL;
	app_want(v->app, PART_PLAN, s->act_key);
	view_touch(v);
}

static void set_next(struct cache_view *s, const char *verb, const char *rest)
{
	free(s->next_key);
	s->next_key = xasprintf("%s\n%s\n%s\n#%u", verb, s->part ? s->part->key : "", rest,
				++s->n_acts);
}

/* What is no module version is named by its file. */
static struct modver subject_of(const struct cache_report *r, size_t row)
{
	return row < r->n ? r->entries[row].mod : (struct modver){ r->others[row - r->n].file, "" };
}

/* The marked entries, else the one under the cursor. Lines "PATH VERSION"; mods is the caller's. */
static size_t chosen(struct view *v, struct buf *lines, struct modver **mods)
{
	struct cache_view *s = v->state;
	const struct cache_entry *e = cache_current(v);
	size_t *rows = NULL, n = 0, n_rows = s->as_tree ? 0 : list_marked_rows(&s->list, &rows);

	*mods = xcalloc(n_rows + 1, sizeof(**mods));
	for (size_t i = 0; i < n_rows; i++)
		(*mods)[n++] = subject_of(s->r, rows[i]);
	if (!n_rows && e)
		(*mods)[n++] = e->mod;
	else if (!n_rows && !s->as_tree && list_row(&s->list) != LIST_NONE)
		(*mods)[n++] = subject_of(s->r, list_row(&s->list));
	for (size_t i = 0; i < n; i++)
		buf_addf(lines, "%s%s %s", i ? "\n" : "", (*mods)[i].path, (*mods)[i].version);
	free(rows);
	return n;
}

static bool may_write(struct view *v)
{
	if (!app_read_only(v->app))
		return true;
	app_message(v->app, STYLE_ATTENTION, "--read-only forbids changes of the cache");
	return false;
}

void cache_repair(struct view *v)
{
	struct cache_view *s = v->state;
	struct buf lines = BUF_INIT;
	struct modver *mods;
	struct plan plan;
	size_t n;

	if (!may_write(v))
		return;
	n = chosen(v, &lines, &mods);
	repair_plan(&plan, s->r, mods, n);
	if (n && plan.n) {
		set_next(s, "repair", lines.data);
		app_ask(v->app, "Repair: nothing is done before enter", plan_doc, &plan, start, v);
	} else {
		app_message(v->app, STYLE_QUIET,
			    s->r->hashed ? "nothing here is proven wrong"
					 : "nothing here is proven wrong; v hashes the content");
	}
	plan_release(&plan);
	free(mods);
	buf_release(&lines);
}

void cache_prune(struct view *v)
{
	struct cache_view *s = v->state;
	struct plan plan;

	if (!may_write(v))
		return;
	if (!s->r->whole) {
		app_message(
			v->app, STYLE_QUIET,
			"a shows the whole cache first: what this build list does not use is pruned there");
		return;
	}
	prune_plan(&plan, s->r);
	if (plan.n) {
		set_next(s, "prune", "");
		app_ask(v->app,
			"Prune what this project does not use: nothing is done before enter",
			plan_doc, &plan, start, v);
	} else {
		app_message(v->app, STYLE_QUIET, "everything in the cache is used by this project");
	}
	plan_release(&plan);
}

/* What can be undone is read first, by a job; the question comes with its answer. */
void cache_undo(struct view *v)
{
	struct cache_view *s = v->state;

	if (!may_write(v))
		return;
	set_next(s, "history", "");
	start(v);
}

static void ask_undo(struct view *v, const struct load_act *act)
{
	struct cache_view *s = v->state;

	for (size_t i = 0; i < act->n_records; i++) {
		if (act->records[i].undone)
			continue;
		set_next(s, "undo", act->records[i].id);
		app_ask(v->app, "Undo: nothing is done before enter", record_doc, &act->records[i],
			start, v);
		return;
	}
	app_message(v->app, STYLE_QUIET, "there is nothing to undo");
}

static void tell_results(struct view *v, const char *verb, const struct load_act *act)
{
	size_t done = 0, failed = 0, first = 0;

	for (size_t i = 0; i < act->n; i++) {
		done += act->results[i].outcome == REPAIR_DONE;
		if (act->results[i].outcome == REPAIR_FAILED && !failed++)
			first = i;
	}
	if (failed)
		app_message(v->app, STYLE_BAD, "%s: %zu done, %zu not: %s", verb, done, failed,
			    act->results[first].error);
	else
		app_message(v->app, STYLE_GOOD, "%s: %zu done; u takes it back", verb, done);
}

/* Called at each refresh: the change that was asked for has come to its end. */
void cache_act_done(struct view *v)
{
	struct cache_view *s = v->state;
	const struct load_act *act = s->act_key ? app_part(v->app, PART_PLAN, s->act_key) : NULL;
	const struct err *e = s->act_key ? app_error(v->app, PART_PLAN, s->act_key) : NULL;
	char *verb;

	if (!act && !e)
		return;
	verb = xstrndup(s->act_key, strcspn(s->act_key, "\n"));
	free(s->act_key);
	s->act_key = NULL;
	if (e)
		app_message(v->app, STYLE_BAD, "%s: %s", verb, e->text);
	else if (str_eq(verb, "history"))
		ask_undo(v, act);
	else if (str_eq(verb, "undo"))
		app_message(v->app, STYLE_GOOD, "undone: the files are as they were");
	else
		tell_results(v, verb, act);
	if (!str_eq(verb, "history"))
		app_reload_cache(v->app);
	free(verb);
}

bool cache_can_act(void *ctx)
{
	return state(ctx)->r && !state(ctx)->act_key && !app_read_only(((struct view *)ctx)->app);
}
