#include "parts/load_private.h"

#include "change/apply.h"
#include "cache/cache.h"
#include "cache/cachejob.h"
#include "cache/cachetree.h"
#include "cache/repair.h"

/* Progress may come from several threads at once and for thousands of entries; job_progress locks. */
static void progress(void *ctx, size_t done, size_t total, struct modver subject)
{
	struct load_work *w = ctx;
	char text[200];

	snprintf(text, sizeof(text), "%s@%s", subject.path, subject.version);
	job_progress(w->job, (long long)done, (long long)total, text);
}

static void cache_release(void *data)
{
	struct load_cache *lc = data;

	cache_free(lc->report);
	findings_release(&lc->findings);
}

/* What the cache holds of the build list: replacements instead of what they replace; directories are not its business. */
static struct modver *build_list(const struct load_graph *g, size_t *n)
{
	struct modver *mods = xcalloc(g->n_modules + 1, sizeof(*mods));

	*n = 0;
	for (size_t i = 0; i < g->n_modules; i++) {
		const struct load_module *m = &g->modules[i];
		struct modver mod = { m->path, m->version };

		if (m->kind == LOAD_MAIN || m->kind == LOAD_LANGUAGE)
			continue;
		if (m->replaced.path[0])
			mod = m->replaced;
		if (mod.version[0])
			mods[(*n)++] = mod;
	}
	return mods;
}

static int by_modver(const void *va, const void *vb)
{
	const struct modver *a = va, *b = vb;
	int c = strcmp(a->path, b->path);

	return c ? c : strcmp(a->version, b->version);
}

static bool open_cachejob(struct load_work *w, struct cachejob **out, struct err *e)
{
	const struct load_graph *g = load_data(w, PART_GRAPH);
	struct cachejob_options o = { .env = g->env->env,
				      .sums = g->sums,
				      .offline = load_options(w->l)->offline,
				      .ask_database = true,
				      .cancel = job_cancel(w->job),
				      .log = load_log(w->l) };

	return cachejob_new(out, &o, e);
}

static bool load_report(struct load_work *w, struct cachejob *j, const char *key, bool sizes,
			struct cache_report **r, struct err *e)
{
	const struct load_graph *g = load_data(w, PART_GRAPH);
	struct cache_options o = cachejob_cache_options(j);
	bool all = str_has_prefix(key, "all"), ok;
	size_t n;
	struct modver *mods = build_list(g, &n);

	o.sizes = sizes;
	o.progress = progress;
	o.ctx = w;
	o.hash = str_has_suffix(key, "verify");
	o.full = str_has_prefix(key, "full");
	if (!o.hash)
		o.trust = NULL;
	qsort(mods, n, sizeof(*mods), by_modver);
	o.used = all ? mods : NULL;
	o.n_used = all ? n : 0;
	ok = cache_load(r, &o, all ? NULL : mods, all ? 0 : n, e);
	free(mods);
	return ok;
}

static struct part *make_report(struct load_work *w, struct cachejob *j, bool sizes, struct err *e)
{
	struct part *p = load_part_on(w, PART_GRAPH);
	struct load_cache *lc = arena_calloc(&p->arena, 1, sizeof(*lc));

	p->data = lc;
	p->release = cache_release;
	lc->findings.arena = &p->arena;
	if (!load_report(w, j, w->key, sizes, &lc->report, e)) {
		part_unref(p);
		return NULL;
	}
	if (w->job) {
		lc->tree = arena_alloc(&p->arena, sizeof(*lc->tree));
		cachetree_make(lc->tree, lc->report, &p->arena);
	}
	cache_findings(lc->report, &lc->findings);
	findings_sort(&lc->findings); /* the quick one goes to the screen past those who sort */
	return p;
}

/* Sizes of trees take most of the time: for the screen the states come first. */
bool load_make_cache(struct load_work *w, struct part **out, struct err *e)
{
	struct cachejob *j = NULL;
	struct part *quick;

	*out = NULL;
	if (!open_cachejob(w, &j, e))
		return false;
	quick = w->job && !w->key[0] ? make_report(w, j, false, e) : NULL;
	if (quick)
		job_post_partial(w->job, quick);
	if (!err_is_set(e))
		*out = make_report(w, j, true, e);
	cachejob_free(j);
	return *out != NULL;
}

/* Changes */

/* The next line of a key, cut off; NULL at the end. */
static char *next_line(char **at)
{
	char *line = *at;
	size_t n = line ? strcspn(line, "\n") : 0;

	if (!line || !*line)
		return NULL;
	*at = line[n] ? line + n + 1 : line + n;
	line[n] = '\0';
	return line;
}

static struct modver *take_mods(struct arena *a, char *rest, size_t *n)
{
	struct modver *mods = arena_calloc(a, strlen(rest) + 1, sizeof(*mods));
	char *line;

	*n = 0;
	while ((line = next_line(&rest))) {
		char *space = strrchr(line, ' '); /* a version has none */

		if (!space)
			continue;
		*space = '\0';
		mods[(*n)++] = (struct modver){ line, space + 1 };
	}
	return mods;
}

static bool repair(struct load_work *w, struct cachejob *j, struct load_act *act, struct arena *a,
		   const char *key, char *rest, struct err *e)
{
	const struct part *shown = snapshot_part(w->s, PART_CACHE, key);
	const struct load_cache *lc = shown ? shown->data : NULL;
	struct repair_options ro;
	size_t n;
	struct modver *mods = take_mods(a, rest, &n);

	if (!lc)
		return err_set(e, ERR_NOT_FOUND, "the report that was shown is gone");
	if (!cachejob_repair_options(j, &ro, e))
		return false;
	ro.progress = progress;
	ro.ctx = w;
	repair_run(a, &ro, lc->report, n ? mods : NULL, n, &act->results, &act->n);
	return true;
}

static bool prune(struct load_work *w, struct cachejob *j, struct load_act *act, struct arena *a,
		  const char *key, struct err *e)
{
	const struct part *shown = snapshot_part(w->s, PART_CACHE, key);
	const struct load_cache *lc = shown ? shown->data : NULL;
	struct repair_options ro;

	if (!lc)
		return err_set(e, ERR_NOT_FOUND, "the report that was shown is gone");
	return cachejob_repair_options(j, &ro, e) &&
	       prune_run(a, &ro, lc->report, &act->results, &act->n, e);
}

static bool run_verb(struct load_work *w, struct cachejob *j, struct load_act *act, struct arena *a,
		     struct err *e)
{
	char *rest = arena_strdup(a, w->key), *verb = next_line(&rest), *key;

	/* The key of the first report is empty: a line all the same. */
	key = rest;
	rest += strcspn(rest, "\n");
	if (*rest)
		*rest++ = '\0';
	if (str_eq(verb, "repair"))
		return repair(w, j, act, a, key, rest, e);
	if (str_eq(verb, "prune"))
		return prune(w, j, act, a, key, e);
	if (str_eq(verb, "undo"))
		return apply_undo(cachejob_root(j), cachejob_own_cache(j), next_line(&rest),
				  job_cancel(w->job), load_log(w->l), e);
	return apply_history(a, cachejob_root(j), cachejob_own_cache(j), &act->records,
			     &act->n_records, e);
}

bool load_make_act(struct load_work *w, struct part **out, struct err *e)
{
	struct part *p = load_part_on(w, PART_GRAPH);
	struct load_act *act = arena_calloc(&p->arena, 1, sizeof(*act));
	struct cachejob *j = NULL;
	bool ok;

	p->data = act;
	ok = open_cachejob(w, &j, e) && run_verb(w, j, act, &p->arena, e);
	cachejob_free(j);
	if (ok)
		*out = p;
	else
		part_unref(p);
	return ok;
}
