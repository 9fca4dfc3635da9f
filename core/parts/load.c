#include "parts/load_private.h"

#include "base/activity.h"
#include "cache/cache.h"
#include "gofiles/cachepath.h"
#include "base/fs.h"
#include "git/gitstate.h"
#include "gofiles/goenv.h"
#include "base/map.h"

struct load {
	struct load_options o;
	char *dir;
	struct activity *log;
};

struct load *load_new(const struct load_options *o, struct err *e)
{
	struct load *l;

	(void)e;
	l = xcalloc(1, sizeof(*l));
	l->o = *o;
	l->dir = o->dir ? xstrdup(o->dir) : NULL;
	l->o.dir = l->dir;
	l->log = activity_new();
	return l;
}

void load_free(struct load *l)
{
	if (!l)
		return;
	activity_free(l->log);
	free(l->dir);
	free(l);
}

const struct load_options *load_options(const struct load *l)
{
	return &l->o;
}

struct activity *load_log(const struct load *l)
{
	return l->log;
}

/* PART_ENV */

static void env_release(void *data)
{
	struct load_env *le = data;

	goenv_free(le->env);
	findings_release(&le->findings);
}

static void env_findings(struct load_env *le)
{
	for (size_t i = 0; i < le->n_notes; i++) {
		const struct goenv_note *n = &le->notes[i];
		struct finding *f;

		if (!n->hazard)
			continue;
		f = finding_add(&le->findings, n->severity, "env/hazard", n->name, n->hazard);
		f->found = n->value;
		f->file = n->where;
		f->remedy = n->remedy ? n->remedy : "";
	}
}

static bool make_env(struct load_work *w, struct part **out, struct err *e)
{
	struct goenv *env = goenv_new(&(struct goenv_options){ .dir = load_options(w->l)->dir }, e);
	struct load_env *le;
	struct part *p;

	if (!env)
		return false;
	p = part_new(w->request);
	le = arena_calloc(&p->arena, 1, sizeof(*le));
	le->env = env;
	le->findings.arena = &p->arena;
	goenv_explain(env, &p->arena, &le->notes, &le->n_notes);
	env_findings(le);
	p->data = le;
	p->release = env_release;
	*out = p;
	return true;
}

static const struct findings *env_list(const void *data)
{
	return &((const struct load_env *)data)->findings;
}

static const struct findings *graph_list(const void *data)
{
	return &((const struct load_graph *)data)->findings;
}

static const struct findings *cache_list(const void *data)
{
	return &((const struct load_cache *)data)->findings;
}

static const struct findings *tidy_list(const void *data)
{
	return &((const struct load_tidy *)data)->findings;
}

/* The table of parts */

static const struct loader {
	unsigned needs;
	bool (*make)(struct load_work *w, struct part **out, struct err *e);
	const struct findings *(*findings)(const void *data);
} loaders[PART_COUNT] = {
	[PART_ENV] = { 0, make_env, env_list },
	[PART_GRAPH] = { 1u << PART_ENV, load_make_graph, graph_list },
	[PART_CACHE] = { 1u << PART_GRAPH, load_make_cache, cache_list },
	[PART_IMPORTS] = { 1u << PART_ENV, load_make_imports, NULL },
	[PART_EXPLAIN] = { 1u << PART_GRAPH, load_make_explain, NULL },
	[PART_WHATIF] = { 1u << PART_GRAPH, load_make_whatif, NULL },
	[PART_VERSIONS] = { 1u << PART_GRAPH, load_make_versions, NULL },
	[PART_TIMES] = { 1u << PART_GRAPH, load_make_times, NULL },
	[PART_GIT] = { 1u << PART_GRAPH, load_make_git, NULL },
	[PART_PLAN] = { 1u << PART_GRAPH, load_make_act, NULL },
	[PART_EXPORT] = { 1u << PART_GRAPH, load_make_export, NULL },
	[PART_TIDY] = { 1u << PART_ENV, load_make_tidy, tidy_list },
};

unsigned load_needs(enum part_id id)
{
	return loaders[id].needs;
}

const struct findings *load_findings(const struct part *p)
{
	const struct loader *l = &loaders[p->request->part];

	return l->findings ? l->findings(p->data) : NULL;
}

static void sort_findings(struct part *p)
{
	const struct findings *fs = load_findings(p);

	if (fs)
		findings_sort((struct findings *)(uintptr_t)fs); /* it is still ours */
}

static bool run_loader(struct load_work *w, struct part **out, struct err *e)
{
	if (!loaders[w->request->part].make(w, out, e))
		return false;
	if (*out)
		sort_findings(*out);
	return true;
}

static bool run_job(struct job *j, void *arg, struct part **out, struct err *e)
{
	struct load_work *w = arg;

	w->job = j;
	return run_loader(w, out, e);
}

static void work_free(void *arg)
{
	struct load_work *w = arg;

	snapshot_unref(w->s);
	free(w->request);
	free(w);
}

void load_job(struct load *l, const struct snapshot *s, const struct request *r,
	      struct job_spec *spec)
{
	struct load_work *w = xcalloc(1, sizeof(*w));

	w->l = l;
	w->s = snapshot_ref((struct snapshot *)(uintptr_t)s);
	w->request = request_copy(r);
	*spec = (struct job_spec){ .request = r, .run = run_job, .arg = w, .free_arg = work_free };
}

static bool make_needed(struct load *l, struct snapshot **s, unsigned needs, struct err *e)
{
	for (int id = 0; id < PART_COUNT; id++)
		if ((needs & (1u << id)) && !snapshot_part(*s, REQUEST((enum part_id)id)) &&
		    !load_now(l, s, REQUEST((enum part_id)id), e))
			return false;
	return true;
}

bool load_now(struct load *l, struct snapshot **s, const struct request *r, struct err *e)
{
	struct load_work w = { .l = l };
	struct part *p = NULL;
	struct snapshot *next;
	bool ok;

	if (!make_needed(l, s, loaders[r->part].needs, e))
		return false;
	w.s = *s;
	w.request = request_copy(r);
	ok = run_loader(&w, &p, e);
	free(w.request);
	if (!ok)
		return false;
	next = snapshot_with(*s, p);
	snapshot_unref(*s);
	*s = next;
	return true;
}

void *load_data(const struct load_work *w, enum part_id id)
{
	struct part *p = snapshot_part(w->s, REQUEST(id));

	return p ? p->data : NULL;
}

struct part *load_part_on(const struct load_work *w, enum part_id needs)
{
	struct part *p = part_new(w->request);

	p->needs = part_ref(snapshot_part(w->s, REQUEST(needs)));
	return p;
}

/* Watching */

static size_t watch_project(const void *data, struct watch *w, size_t from, size_t n)
{
	const struct load_graph *g = data;
	char *sum;

	(void)from;
	(void)n;
	if (g->gowork)
		watch_add(w, g->gowork, LOAD_CHANGED_PROJECT);
	if (!g->gomod)
		return 0;
	watch_add(w, g->gomod, LOAD_CHANGED_PROJECT);
	sum = xasprintf("%s/go.sum", g->dir);
	watch_add(w, sum, LOAD_CHANGED_PROJECT);
	free(sum);
	return 0;
}

static size_t watch_sources(const void *data, struct watch *w, size_t from, size_t n)
{
	const struct load_tidy *lt = data;
	size_t end = MIN(lt->n_dirs, from + n);

	for (size_t i = from; i < end; i++)
		watch_add_dir(w, lt->dirs[i], LOAD_CHANGED_SOURCE);
	return lt->n_dirs - end;
}

/* Each entry's files and the top of its tree: a change deeper down is seen when it is verified. */
static size_t watch_cache(const void *data, struct watch *w, size_t from, size_t n)
{
	const struct cache_report *r = ((const struct load_cache *)data)->report;
	size_t end = MIN(r->n, from + n);
	struct arena a = ARENA_INIT;

	for (size_t i = from; i < end; i++) {
		const struct cache_entry *en = &r->entries[i];

		watch_add_dir(w, cachepath_dir(&a, r->root, en->mod.path), LOAD_CHANGED_CACHE);
		if (en->files[CACHE_TREE].mode)
			watch_add_dir(w, cachepath_tree(&a, r->root, en->mod), LOAD_CHANGED_CACHE);
	}
	arena_release(&a);
	return r->n - end;
}

static size_t watch_git(const void *data, struct watch *w, size_t from, size_t n)
{
	const struct gitstate *s = data;
	const char *const names[] = { "HEAD", "index", s->ref };

	(void)from;
	(void)n;
	for (size_t i = 0; s->there && i < ARRAY_LEN(names); i++) {
		char *file = xasprintf("%s%s", s->dir, names[i]);

		if (names[i][0])
			watch_add(w, file, LOAD_CHANGED_GIT);
		free(file);
	}
	return 0;
}

/* Each adds n items from one on and tells how many are left. */
static const struct {
	enum part_id part;
	size_t (*some)(const void *data, struct watch *w, size_t from, size_t n);
} watched[] = {
	{ PART_GRAPH, watch_project },
	{ PART_GIT, watch_git },
	{ PART_TIDY, watch_sources },
	{ PART_CACHE, watch_cache },
};

void load_watch_begin(struct load_watching *lw, const struct snapshot *s, struct watch *w)
{
	load_watch_release(lw);
	lw->s = snapshot_ref((struct snapshot *)(uintptr_t)s);
	watch_begin(w);
}

bool load_watch_some(struct load_watching *lw, struct watch *w, size_t n)
{
	const struct part *p;

	if (!lw->s)
		return false;
	p = snapshot_part(lw->s, REQUEST(watched[lw->part].part));
	if (p && watched[lw->part].some(p->data, w, lw->at, n) && !watch_full(w)) {
		lw->at += n;
		return true;
	}
	lw->part++;
	lw->at = 0;
	if (lw->part < (int)ARRAY_LEN(watched) && !watch_full(w))
		return true;
	watch_end(w);
	load_watch_release(lw);
	return false;
}

void load_watch_release(struct load_watching *lw)
{
	snapshot_unref(lw->s);
	*lw = (struct load_watching){ NULL, 0, 0 };
}
