#include "screens/cache_plan.h"

#include "change/apply.h"
#include "gauge.h"
#include "screens/cache_view.h"
#include "screens/plan_doc.h"
#include "cache/prune.h"
#include "cache/repair.h"

static void undo_doc(void *ctx, struct doc *d)
{
	const struct load_act *act = ctx;
	const struct apply_record *r = &act->records[act->undo];
	struct buf b = BUF_INIT;

	gauge_bytes(&b, r->bytes);
	doc_field(d, "undo");
	doc_add(d, STYLE_STRONG, r->title);
	doc_field(d, "kept");
	doc_addf(d, STYLE_NORMAL, "%s in %s", b.data, r->dir);
	buf_release(&b);
	plan_doc_fill((void *)(uintptr_t)&act->plan, d);
}

/* The job that makes the change. */

static void start(struct view *v)
{
	app_change(v, cache_view_state(v)->next);
	view_touch(v);
}

static void set_next(struct view *v, struct request_act act)
{
	struct cache_view *s = cache_view_state(v);
	struct request *old = s->next;

	act.shown = s->part->request->cache;
	s->next = request_copy(&(struct request){ .part = PART_PLAN, .act = act });
	free(old);
}

static bool may_write(struct view *v)
{
	if (!app_read_only(v->app))
		return true;
	app_message(v->app, STYLE_ATTENTION, "--read-only forbids changes of the cache");
	return false;
}

void cache_plan_repair(struct view *v, const struct modver *mods, size_t n)
{
	struct cache_view *s = cache_view_state(v);
	struct plan plan;

	if (!may_write(v))
		return;
	repair_plan(&plan, s->r, mods, n);
	if (n && plan.n) {
		set_next(v, (struct request_act){ REQUEST_REPAIR, .mods = mods, .n_mods = n,
						  .id = "", .plan = plan_hash(&plan) });
		app_ask(v, "Repair: nothing is done before enter", plan_doc_fill, &plan, start);
	} else {
		app_message(v->app, STYLE_QUIET,
			    s->r->hashed ? "nothing here is proven wrong"
					 : "nothing here is proven wrong; v hashes the content");
	}
	plan_release(&plan);
}

void cache_plan_prune(struct view *v)
{
	struct cache_view *s = cache_view_state(v);
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
		set_next(v,
			 (struct request_act){ REQUEST_PRUNE, .id = "", .plan = plan_hash(&plan) });
		app_ask(v, "Prune what this project does not use: nothing is done before enter",
			plan_doc_fill, &plan, start);
	} else {
		app_message(
			v->app, STYLE_QUIET,
			"nothing to prune: this project uses every zip and directory that no lock holds");
	}
	plan_release(&plan);
}

/* A job first reads what can be undone; the question follows. */
void cache_plan_undo(struct view *v)
{
	if (!may_write(v))
		return;
	set_next(v, (struct request_act){ REQUEST_HISTORY, .id = "" });
	start(v);
}

static void ask_undo(struct view *v, const struct load_act *act)
{
	if (act->undo == act->n_records) {
		app_message(v->app, STYLE_QUIET, "there is nothing to undo");
		return;
	}
	set_next(v, (struct request_act){ REQUEST_UNDO, .id = act->records[act->undo].id,
					  .plan = plan_hash(&act->plan) });
	app_ask(v, "Undo: nothing is done before enter", undo_doc, (void *)(uintptr_t)act, start);
}

/* --read-only does not protect our own cache. */
void cache_plan_own(struct view *v)
{
	set_next(v, (struct request_act){ REQUEST_OWN, .id = "" });
	start(v);
}

static void own_doc(void *ctx, struct doc *d)
{
	const struct owncache *o = ctx;
	struct buf b = BUF_INIT;

	doc_field(d, "in");
	doc_add(d, STYLE_STRONG, o->dir);
	for (size_t i = 0; i < o->n; i++) {
		buf_clear(&b);
		gauge_bytes(&b, o->rows[i].bytes);
		doc_field(d, o->rows[i].name);
		doc_addf(d, STYLE_NORMAL, "%s", b.data);
		doc_addf(d, STYLE_QUIET, "  %s", o->rows[i].about);
	}
	buf_clear(&b);
	gauge_bytes(&b, o->bytes);
	doc_blank(d);
	doc_line(d);
	doc_addf(d, STYLE_NORMAL,
		 "enter removes %s in %s files; what is needed again is fetched and read again",
		 b.data, GAUGE_N(o->n_files));
	buf_release(&b);
}

static void ask_own(struct view *v, const struct load_act *act)
{
	if (!act->own.n_files) {
		app_message(v->app, STYLE_QUIET, "modscope's own cache is empty");
		return;
	}
	set_next(v, (struct request_act){ REQUEST_CLEAR, .id = "" });
	app_ask(v, "modscope's own cache: nothing is removed before enter", own_doc,
		(void *)(uintptr_t)&act->own, start);
}

static void tell_own(struct view *v, const struct load_act *act)
{
	struct buf b = BUF_INIT;

	gauge_bytes(&b, act->own.bytes);
	app_message(v->app, STYLE_GOOD, "modscope's own cache is empty; %s removed", b.data);
	buf_release(&b);
}

static void tell_undo(struct view *v, const struct load_act *act)
{
	const struct execute_result *r = act->n ? &act->results[0] : NULL;

	if (r && (r->outcome == EXECUTE_FAILED || r->outcome == EXECUTE_PART))
		app_message(v->app, STYLE_BAD, "undo: %s: %s",
			    r->outcome == EXECUTE_PART ? "only in part" : "not done", r->error);
	else
		app_message(v->app, STYLE_GOOD, "undone: the files are as they were");
}

void cache_plan_ended(struct view *v, const struct request *r, const struct part *outcome,
		      const struct err *e)
{
	static const char *const verbs[] = {
		[REQUEST_HISTORY] = "history", [REQUEST_REPAIR] = "repair",
		[REQUEST_PRUNE] = "prune",     [REQUEST_UNDO] = "undo",
		[REQUEST_OWN] = "own cache",   [REQUEST_CLEAR] = "own cache",
	};
	const char *verb = verbs[r->act.verb];
	const struct load_act *act = outcome ? outcome->data : NULL;

	if (e)
		app_message(v->app, STYLE_BAD, "%s: %s", verb, e->text);
	else if (r->act.verb == REQUEST_HISTORY)
		ask_undo(v, act);
	else if (r->act.verb == REQUEST_OWN)
		ask_own(v, act);
	else if (r->act.verb == REQUEST_CLEAR)
		tell_own(v, act);
	else if (r->act.verb == REQUEST_UNDO)
		tell_undo(v, act);
	else
		plan_doc_tell(v, verb, "u takes it back", act->results, act->n);
	if (r->act.verb != REQUEST_HISTORY && r->act.verb != REQUEST_OWN)
		app_reload_cache(v->app);
}

bool cache_plan_enabled(void *ctx)
{
	const struct view *v = ctx;

	return cache_view_state(ctx)->r && !app_changing(v) && !app_read_only(v->app);
}
