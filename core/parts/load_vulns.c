#include "parts/load_private.h"

#include "audit/vulndb.h"
#include "gofiles/goenv.h"

static enum vulndb_use use_of(void *ctx, const char *module, const char *package)
{
	const struct load_imports *li = ctx;
	const struct load_import *in;

	if (!li)
		return VULNDB_UNKNOWN;
	if (str_eq(module, "stdlib"))
		return map_has(&li->std, package) ? VULNDB_IMPORTED : VULNDB_NOT_IMPORTED;
	if (str_eq(module, "toolchain"))
		return VULNDB_UNKNOWN;
	in = map_get(&li->modules, module);
	for (size_t i = 0; in && i < in->n_packages; i++)
		if (str_eq(in->packages[i], package))
			return VULNDB_IMPORTED;
	/* an unavailable package may import it */
	return li->n_absent ? VULNDB_UNKNOWN : VULNDB_NOT_IMPORTED;
}

static void release(void *data)
{
	findings_release(&((struct load_vulns *)data)->findings);
}

bool load_make_vulns(struct load_work *w, struct part **out, struct err *e)
{
	const struct load_graph *g = load_data(w, PART_GRAPH);
	const struct part *imports = snapshot_part(w->s, REQUEST(PART_IMPORTS));
	struct part *p = load_part_on(w, PART_GRAPH);
	struct load_vulns *lv = arena_calloc(&p->arena, 1, sizeof(*lv));
	ARENA_VEC(struct vulndb_module) modules = { 0 };
	struct vulndb_options o = { .mirror = w->request->mirror,
				    .env = g->env->env,
				    .log = load_log(w->l),
				    .cancel = job_cancel(w->job),
				    .offline = load_options(w->l)->offline,
				    .gomod = g->gomod ? g->gomod : "",
				    .go_version = goenv_go_version(g->env->env),
				    .use = use_of,
				    .ctx = imports ? imports->data : NULL };

	for (size_t i = 0; i < g->n_modules; i++) {
		const struct load_module *m = &g->modules[i];
		struct modver used = m->replaced.path[0] ? m->replaced
							 : (struct modver){ m->path, m->version };

		if (m->kind != LOAD_LANGUAGE && m->kind != LOAD_MAIN && used.version[0])
			arena_vec_push(&p->arena, &modules,
				       (struct vulndb_module){ used.path, used.version, m->line,
							       m->file });
	}
	o.modules = modules.items;
	o.n = modules.n;
	p->data = lv;
	p->release = release;
	lv->findings.arena = &p->arena;
	if (vulndb_check(&o, &lv->findings, e)) {
		*out = p;
		return true;
	}
	part_unref(p);
	return false;
}
