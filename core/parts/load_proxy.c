#include "parts/load_private.h"

#include "base/fs.h"
#include "base/par.h"
#include "fetch/source_disk.h"
#include "gofiles/goenv.h"
#include "gofiles/gover.h"
#include "offline/chain.h"

#define MOST_TRACES 16u
#define MOST_MODULES ((size_t)10000)

/* One answer being made. */
struct look {
	struct load_work *w;
	const struct goenv *env;
	struct arena *a;
	struct load_proxy *lp;
	struct exchange_options exchange;
	VEC(struct modver) mods;
	struct arena *arenas; /* one per trace */
};

static void proxy_release(void *data)
{
	struct load_proxy *lp = data;

	for (size_t i = 0; i < lp->n; i++)
		trace_release(&lp->traces[i].trace);
	chain_release(lp->chain);
}

static bool has_file(const struct source_disk *cache, struct modver m, const char *suffix)
{
	char *file = source_disk_version_file(cache, m, suffix);
	bool has = file && fs_is_file(file);

	free(file);
	return has;
}

/* The files that go would request: the zip even if its tree exists, which may make it unnecessary. */
static bool is_missing(const struct source_disk *cache, struct modver m)
{
	return !has_file(cache, m, "info") || !has_file(cache, m, "mod") ||
	       (!has_file(cache, m, "zip") && !has_file(cache, m, "ziphash"));
}

static void add_missing(struct look *k, const struct load_graph *g)
{
	const char *dir = goenv_modcache(k->env, NULL);
	struct source_disk cache;

	source_disk_open(&cache, dir ? xstrdup(dir) : NULL);
	for (size_t i = 0; cache.dir && i < g->n_modules && k->mods.n < MOST_MODULES; i++) {
		const struct load_module *m = &g->modules[i];
		struct modver from = *m->replaced.path ? m->replaced
						       : (struct modver){ m->path, m->version };

		if (*from.version && !gover_is_toolchain(m->path) && is_missing(&cache, from))
			vec_push(&k->mods, (struct modver){ m->path, m->version });
	}
	source_disk_close(&cache);
}

/* Without a version: the project's, else the latest. */
static struct modver with_version(const struct load_graph *g, struct modver m)
{
	const struct load_module *have = g && !*m.version ? load_graph_module(g, m.path) : NULL;

	if (*m.version)
		return m;
	return (struct modver){ m.path, have && *have->version ? have->version : "latest" };
}

static void choose_modules(struct look *k)
{
	const struct request_proxy *q = &k->w->request->proxy;
	struct part *p = snapshot_part(k->w->s, REQUEST(PART_GRAPH));
	const struct load_graph *g = p ? p->data : NULL;

	for (size_t i = 0; i < q->n_mods; i++)
		vec_push(&k->mods, with_version(g, q->mods[i]));
	if (q->all && g)
		add_missing(k, g);
}

static void trace_one(void *ctx, size_t i)
{
	struct look *k = ctx;
	struct load_trace *t = &k->lp->traces[i];
	struct trace_options o = {
		.env = k->env,
		.offline = k->exchange.offline,
		.no_zip = k->w->request->proxy.no_zips,
		.total_ms = k->exchange.total_ms,
		.cancel = k->exchange.cancel,
		.log = k->exchange.log,
	};
	struct modver m = k->mods.items[i];

	trace_run(&t->trace, &o, m);
	chain_match(&t->match, k->env, &k->arenas[i], m.path);
	if (!t->trace.ok && trace_is_absent(&t->trace))
		absence_find(&t->absence, &k->exchange, m, &k->arenas[i]);
}

static void trace_all(struct look *k)
{
	struct load_proxy *lp = k->lp;

	lp->n = k->mods.n;
	lp->traces = arena_calloc(k->a, lp->n + 1, sizeof(*lp->traces));
	k->arenas = xcalloc(lp->n + 1, sizeof(*k->arenas));
	par_for(lp->n, (unsigned)MIN(lp->n, MOST_TRACES), trace_one, k);
	for (size_t i = 0; i < lp->n; i++)
		arena_combine(k->a, &k->arenas[i]);
	free(k->arenas);
}

/* The setting without credentials. */
static const char *shown(const struct load_env *le, const char *name, struct chain_pattern *from)
{
	for (size_t i = 0; i < le->n_notes; i++) {
		const struct goenv_note *n = &le->notes[i];

		if (!str_eq(n->name, name))
			continue;
		if (from)
			*from = (struct chain_pattern){ .variable = name,
							.pattern = "",
							.set_in = n->where ? n->where : "" };
		return n->value;
	}
	return "";
}

bool load_make_proxy(struct load_work *w, struct part **out, struct err *e)
{
	const struct load_env *le = load_data(w, PART_ENV);
	struct part *p = load_part_on(w, PART_ENV);
	struct look k = { .w = w, .env = le->env, .a = &p->arena };
	struct cancel *cancel = job_cancel(w->job);

	k.exchange = (struct exchange_options){ .env = le->env,
						.offline = load_options(w->l)->offline,
						.total_ms = w->request->proxy.timeout_ms,
						.cancel = cancel,
						.log = load_log(w->l) };
	p->data = k.lp = arena_calloc(k.a, 1, sizeof(*k.lp));
	p->release = proxy_release;
	k.lp->env = le;
	k.lp->list = shown(le, "GOPROXY", &k.lp->list_from);
	k.lp->auth = shown(le, "GOAUTH", NULL);
	k.lp->chain = arena_calloc(k.a, 1, sizeof(*k.lp->chain));
	if (w->request->proxy.glance)
		chain_read(k.lp->chain, le->env);
	else
		chain_probe(k.lp->chain, &k.exchange);
	choose_modules(&k);
	trace_all(&k);
	vec_release(&k.mods);
	if (cancel_is_set(cancel)) {
		part_unref(p);
		return err_set(e, ERR_CANCELLED, "cancelled");
	}
	*out = p;
	return true;
}
