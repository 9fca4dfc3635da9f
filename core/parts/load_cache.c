#include "parts/load_private.h"

#include "gofiles/goenv.h"

#include "base/power.h"
#include "change/apply.h"
#include "cache/cache.h"
#include "cache/cachejob.h"
#include "cache/cachetree.h"
#include "cache/prune.h"
#include "cache/repair.h"
#include "change/undo.h"
#include "offline/prefetch.h"

#define BATCH ((size_t)4096) /* modules; an entry and its names are about 1 KiB */

/* Progress may come from several threads at once and for thousands of entries; job_progress locks. */
static void progress(void *ctx, size_t done, size_t total, struct modver subject)
{
	struct load_work *w = ctx;
	char text[200];

	snprintf(text, sizeof(text), "%s@%s", subject.path, subject.version);
	job_progress(w->job, (long long)done, (long long)total, text);
}

static void prefetched(void *ctx, const struct prefetch_progress *p)
{
	struct load_work *w = ctx;
	struct buf b = BUF_INIT;

	prefetch_progress_text(p, &b);
	buf_addf(&b, ": %s@%s", p->mod.path, p->mod.version);
	job_progress(w->job, (long long)p->done, (long long)p->total, b.data);
	buf_release(&b);
}

static void cache_release(void *data)
{
	struct load_cache *lc = data;

	cache_free(lc->report);
	findings_release(&lc->findings);
}

/* Viewing contacts no server. */
static bool open_cachejob(struct load_work *w, bool ask, bool unhashed, struct cachejob **out,
			  struct err *e)
{
	const struct load_graph *g = load_data(w, PART_GRAPH);
	struct cachejob_options o = { .env = g->env->env,
				      .sums = g->sums,
				      .offline = load_options(w->l)->offline,
				      .ask_database = ask,
				      .zips_unhashed = unhashed,
				      .cancel = job_cancel(w->job),
				      .log = load_log(w->l) };

	return cachejob_new(out, &o, e);
}

static struct cachescan_list used_modules(struct load_work *w, struct arena *kept)
{
	struct load_graph *g = load_data(w, PART_GRAPH);
	struct cachescan_list list = { 0 };

	pthread_mutex_lock(&g->lock);
	cachescan_list_add(&list, g->ml, g->mg, true);
	if (w->request->cache.whole)
		cachescan_list_keep(&list, kept, g->ml, load_options(w->l)->offline);
	pthread_mutex_unlock(&g->lock);
	cachescan_list_sort(&list);
	return list;
}

static struct cachescan scan_of(struct load_work *w, bool sizes)
{
	const struct request_cache *asked = &w->request->cache;

	return (struct cachescan){ .whole = asked->whole,
				   .depth = asked->depth,
				   .threads = asked->behind ? 1 : 0,
				   .no_sizes = !sizes,
				   .wanted_only = asked->brief,
				   .progress = progress,
				   .ctx = w };
}

static bool load_report(struct load_work *w, struct cachejob *j, bool sizes,
			struct cache_report **r, struct err *e)
{
	struct arena kept = ARENA_INIT;
	struct cachescan_list list = used_modules(w, &kept);
	struct cachescan what = scan_of(w, sizes);
	bool ok = cachescan_report(r, j, &what, &list, e);

	arena_release(&kept);
	vec_release(&list);
	return ok;
}

/* The end of a batch: the versions of one path share a directory, which is judged once. */
static size_t batch_end(const struct cachescan_list *l, size_t from)
{
	size_t end = MIN(from + BATCH, l->n);

	while (end > from && end < l->n && str_eq(l->items[end - 1].path, l->items[end].path))
		end++;
	return end;
}

/* Of a large build list, only the entries of a batch are in memory at once. */
static bool load_brief(struct load_work *w, struct cachejob *j, struct findings *fs, struct err *e)
{
	struct cachescan_list list = used_modules(w, NULL);
	struct cachescan what = scan_of(w, true);
	uint64_t writable = 0;
	size_t trees = 0, at = 0, end;
	bool ok;

	do {
		struct cachescan_list batch = { .items = list.n ? list.items + at : NULL };
		struct cache_report *r = NULL;

		end = batch_end(&list, at);
		batch.n = end - at;
		ok = cachescan_report(&r, j, &what, &batch, e);
		if (!ok)
			break;
		writable += r->n_writable;
		trees += r->n_writable_trees;
		r->n_writable = end == list.n ? writable : 0;
		r->n_writable_trees = trees;
		cache_findings(r, fs);
		cache_free(r);
	} while ((at = end) < list.n);
	vec_release(&list);
	return ok;
}

/* Views use a verification's results for files that have not changed since. */
static void take_known(struct load_work *w, struct cache_report *r)
{
	static const struct request_cache known[] = {
		{ .depth = CACHESCAN_VERIFY, .behind = true },
		{ .depth = CACHESCAN_VERIFY },
		{ .depth = CACHESCAN_FULL },
		{ .whole = true, .depth = CACHESCAN_VERIFY },
		{ .whole = true, .depth = CACHESCAN_FULL },
	};

	if (w->request->cache.depth != CACHESCAN_LOOK)
		return;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		const struct part *p = snapshot_part(w->s, REQUEST(PART_CACHE, .cache = known[i]));

		if (p && !p->partial)
			cache_take_known(r, ((const struct load_cache *)p->data)->report);
	}
}

static struct part *make_report(struct load_work *w, struct cachejob *j, bool sizes, struct err *e)
{
	struct part *p = load_part_on(w, PART_GRAPH);
	struct load_cache *lc = arena_calloc(&p->arena, 1, sizeof(*lc));
	bool ok;

	p->data = lc;
	p->release = cache_release;
	lc->findings.arena = &p->arena;
	ok = w->request->cache.brief ? load_brief(w, j, &lc->findings, e)
				     : load_report(w, j, sizes, &lc->report, e);
	if (!ok) {
		part_unref(p);
		return NULL;
	}
	if (!lc->report)
		return p;
	take_known(w, lc->report);
	if (w->job) {
		lc->tree = arena_alloc(&p->arena, sizeof(*lc->tree));
		cachetree_make(lc->tree, lc->report, &p->arena);
	}
	cache_findings(lc->report, &lc->findings);
	findings_sort(&lc->findings); /* the quick one is for the screen only */
	return p;
}

struct behind {
	struct load_work *w;
	struct cachejob *j;
	struct part *made;
	struct err *e;
};

static void make_behind(void *ctx)
{
	struct behind *b = ctx;

	b->made = make_report(b->w, b->j, true, b->e);
}

static struct part *make_whole(struct load_work *w, struct cachejob *j, struct err *e)
{
	struct behind b = { w, j, NULL, e };

	if (!w->request->cache.behind)
		return make_report(w, j, true, e);
	power_run_behind(make_behind, &b);
	return b.made;
}

/* Sizes of trees take most of the time: for the screen the states come first. */
bool load_make_cache(struct load_work *w, struct part **out, struct err *e)
{
	struct cachejob *j = NULL;
	struct part *quick;

	*out = NULL;
	if (!open_cachejob(w, w->request->cache.depth != CACHESCAN_LOOK, false, &j, e))
		return false;
	quick = w->job && request_is_plain(w->request) ? make_report(w, j, false, e) : NULL;
	if (quick)
		job_post_partial(w->job, quick);
	if (!err_is_set(e))
		*out = make_whole(w, j, e);
	cachejob_free(j);
	return *out != NULL;
}

/* Changes */

/* The report shown. */
static const struct cache_report *shown(const struct load_work *w, struct err *e)
{
	const struct part *p = snapshot_part(w->s,
					     &(struct request){ .part = PART_CACHE,
								.cache = w->request->act.shown });

	if (!p)
		err_set(e, ERR_NOT_FOUND, "the report that was shown is gone");
	return p ? ((const struct load_cache *)p->data)->report : NULL;
}

static bool undo_record(struct plan *p, const struct apply_record *r, struct err *e)
{
	return undo_plan(p, r->root, r->shelf, r->id, e);
}

/* The journal, and the plan that undoes its newest change. */
static bool look_back(struct cachejob *j, struct load_act *act, struct arena *a, struct err *e)
{
	const char *unread = NULL;

	if (!cachejob_history(j, a, &act->records, &act->n_records, e))
		return false;
	for (; act->undo < act->n_records; act->undo++) {
		const struct apply_record *r = &act->records[act->undo];

		if (r->unread)
			unread = r->title;
		else if (!r->undone)
			return undo_record(&act->plan, r, e);
	}
	return !unread || err_set(e, ERR_SYS, "%s", unread);
}

static bool make_undo(struct cachejob *j, struct plan *p, const char *id, struct err *e)
{
	struct arena a = ARENA_INIT;
	const struct apply_record *r = cachejob_change(j, &a, id, e);
	bool ok = r && undo_record(p, r, e);

	arena_release(&a);
	return ok;
}

/* The files missing according to the answer shown. */
static bool make_prefetch(struct load_work *w, struct cachejob *j, struct plan *p, struct err *e)
{
	const struct request_act *asked = &w->request->act;
	const struct part *found = snapshot_part(w->s,
						 REQUEST(PART_OFFLINE, .offline = asked->missing));

	if (!found)
		return err_set(e, ERR_NOT_FOUND, "the answer that was shown is gone");
	prefetch_plan(p, cachejob_root(j), ((const struct load_offline *)found->data)->levels,
		      asked->levels);
	return true;
}

static bool make_plan(struct load_work *w, struct cachejob *j, struct plan *p, struct err *e)
{
	const struct request_act *asked = &w->request->act;
	const struct cache_report *r;

	if (asked->verb == REQUEST_UNDO)
		return make_undo(j, p, asked->id, e);
	if (asked->verb == REQUEST_PREFETCH)
		return make_prefetch(w, j, p, e);
	r = shown(w, e);
	if (!r)
		return false;
	if (asked->verb == REQUEST_PRUNE)
		prune_plan(p, r);
	else
		repair_plan(p, r, asked->n_mods ? asked->mods : NULL, asked->n_mods);
	return true;
}

/* Only the plan shown: the report or the journal may have been read again since. */
static bool carry_out(struct load_work *w, struct cachejob *j, struct load_act *act,
		      struct arena *a, struct err *e)
{
	if (!make_plan(w, j, &act->plan, e))
		return false;
	if (plan_hash(&act->plan) != w->request->act.plan)
		return err_set(e, ERR_REFUSED,
			       "the files have changed since this was shown; nothing was done");
	if (w->request->act.verb == REQUEST_PREFETCH)
		return prefetch_run(j, &act->plan, a, prefetched, w, &act->results, &act->n, e);
	return cachejob_run(j, a, &act->plan, &(struct cachejob_progress){ progress, w },
			    &act->results, &act->n, e);
}

static void act_release(void *data)
{
	plan_release(&((struct load_act *)data)->plan);
}

static bool look_at_own(struct load_work *w, struct load_act *act, struct arena *a, struct err *e)
{
	const struct load_env *env = load_data(w, PART_ENV);

	return owncache_read(&act->own, a, goenv_own_cache(env->env), job_cancel(w->job), e) &&
	       (w->request->act.verb == REQUEST_OWN || owncache_clear(&act->own, e));
}

static bool change(struct load_work *w, struct load_act *act, struct arena *a, struct err *e)
{
	struct cachejob *j = NULL;
	bool ok = open_cachejob(w, true, w->request->act.verb == REQUEST_PREFETCH, &j, e) &&
		  (w->request->act.verb == REQUEST_HISTORY ? look_back(j, act, a, e)
							   : carry_out(w, j, act, a, e));

	cachejob_free(j);
	return ok;
}

bool load_make_act(struct load_work *w, struct part **out, struct err *e)
{
	struct part *p = load_part_on(w, PART_GRAPH);
	struct load_act *act = arena_calloc(&p->arena, 1, sizeof(*act));
	enum request_verb verb = w->request->act.verb;
	bool ok;

	p->data = act;
	p->release = act_release;
	ok = verb == REQUEST_OWN || verb == REQUEST_CLEAR ? look_at_own(w, act, &p->arena, e)
							  : change(w, act, &p->arena, e);
	return load_hand_over(p, ok, out);
}
