#include "load_private.h"

#include "cache.h"
#include "fs.h"
#include "goenv.h"
#include "gosum.h"
#include "modload.h"

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

static enum cache_voucher trust_gosum(void *ctx, struct modver m, bool gomod, const char **sum)
{
	const struct load_graph *g = ctx;
	const char *known = gosum_recorded(g->sums, m, gomod ? GOSUM_MOD : GOSUM_ZIP);

	*sum = known ? known : "";
	return known ? CACHE_GOSUM : CACHE_NOBODY;
}

bool load_make_cache(struct load_work *w, struct part **out, struct err *e)
{
	const struct load_graph *g = load_data(w, PART_GRAPH);
	const struct goenv *env = g->env->env;
	struct part *p = load_part_on(w, PART_GRAPH);
	struct load_cache *lc = arena_calloc(&p->arena, 1, sizeof(*lc));
	struct cache_trust trust = { trust_gosum, (void *)(uintptr_t)g, "go.sum", goenv_get(env, "GOSUMDB") };
	struct cache_options o = { .trust = &trust, .sizes = true, .cancel = job_cancel(w->job), .progress = progress,
				   .ctx = w };
	const char *own = goenv_own_cache(env);
	struct hashmemo *memo = NULL;
	struct modver *mods;
	size_t n;
	bool all = str_has_prefix(w->key, "all"), ok;

	p->data = lc;
	p->release = cache_release;
	lc->findings.arena = &p->arena;
	o.root = goenv_modcache(env, e);
	o.hash = str_has_suffix(w->key, "verify");
	if (o.hash)
		o.memo = memo = hashmemo_open(own ? path_join(&p->arena, own, "hashes") : NULL);
	mods = build_list(g, &n);
	qsort(mods, n, sizeof(*mods), by_modver);
	o.used = all ? mods : NULL;
	o.n_used = all ? n : 0;
	ok = o.root && cache_load(&lc->report, &o, all ? NULL : mods, all ? 0 : n, e);
	free(mods);
	if (memo)
		hashmemo_save(memo, NULL);
	hashmemo_free(memo);
	if (!ok) {
		part_unref(p);
		return false;
	}
	cache_findings(lc->report, &lc->findings);
	*out = p;
	return true;
}
