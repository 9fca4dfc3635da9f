#include "parts/load_private.h"

#include "audit/licence_module.h"
#include "base/fs.h"
#include "base/path.h"
#include "fetch/source.h"
#include "gofiles/goenv.h"
#include "graph/modload.h"
#include "graph/modproject.h"
#include "graph/modinfo.h"
#include "offline/levels_run.h"
#include "packages/pkgload.h"

enum { MAX_GIVEN = 256 << 20, PROGRESS_EVERY = 64 };

struct recording {
	struct load_work *w;
	const struct load_graph *g;
	const struct load_imports *imports; /* NULL: not requested */
	bool builds;	  /* the packages that go build compiles for this platform are known: */
	struct map built; /* paths of modules */
	struct source *source; /* read-only */
	struct arena *a;
};

static const struct modinfo *info_of(const struct load_graph *g, const struct load_module *m)
{
	const struct modproject_main *mm;

	if (m->kind != LOAD_MAIN)
		return modinfo_of(g->ml, g->rs, (struct modver){ m->path, m->version }, true);
	mm = modproject_main(modload_project(g->ml), m->path);
	return mm ? modinfo_of_main(g->ml, mm) : modinfo_new(g->ml, m->path, "");
}

static struct licence_module licence_of(struct recording *r, const struct load_module *m,
					const struct modinfo *info)
{
	struct modver used = m->replaced.path[0] ? m->replaced
						 : (struct modver){ m->path, m->version };
	struct licence_module l;

	if (m->kind == LOAD_MAIN)
		used = (struct modver){ info->dir, "" };
	else if (!*used.version)
		used.path = path_is_abs(used.path) ? used.path
						   : path_join(r->a, r->g->dir, used.path);
	if (!*used.path)
		return (struct licence_module){ "", "its files are not available here", NULL, 0 };
	licence_module_read(&l, r->a, r->source, used);
	return l;
}

/* As in go list -deps ./..., with the settings' platform and tags. For vendored or unloadable packages, as in `all`. */
static void find_built(struct recording *r, const struct source_options *so)
{
	struct levels_run build = { .env = so->env,
				    .cancel = so->cancel,
				    .source = source_new(so), /* owned by the run */
				    .messages = BUF_INIT };
	struct pkg *const *pkgs;
	size_t n = 0;

	r->builds = r->imports && levels_run(&build, LEVELS_BUILD) && build.ld;
	if (r->builds)
		n = pkgload_pkgs(build.ld, &pkgs);
	for (size_t i = 0; i < n; i++)
		if (pkgs[i]->mod.path && pkgs[i]->mod.path[0])
			map_put(&r->built, arena_strdup(r->a, pkgs[i]->mod.path), NULL);
	levels_run_release(&build);
}

static struct load_record_module record(struct recording *r, const struct load_module *m)
{
	const struct modinfo *info = info_of(r->g, m);
	struct licence_module l = licence_of(r, m, info);
	struct load_record_module out = {
		.module = m, .info = info, .licence = l.expression, .no_licence = l.why
	};
	const struct load_import *i = r->imports ? map_get(&r->imports->modules, m->path) : NULL;

	out.built = m->kind == LOAD_MAIN ||
		    (r->builds ? map_has(&r->built, m->path) : i && i->n_packages > i->n_tests);
	out.tested = i && i->n_packages;
	out.tool = i && i->tool;
	return out;
}

static bool record_all(struct recording *r, struct load_record *lr, struct err *e)
{
	const struct load_graph *g = r->g;
	struct cancel *cancel = job_cancel(r->w->job);
	ARENA_VEC(struct load_record_module) rows = { 0 };

	for (size_t i = 0; i < g->n_modules && !cancel_is_set(cancel); i++) {
		if (i % PROGRESS_EVERY == 0)
			job_progress(r->w->job, (long long)i, (long long)g->n_modules,
				     g->modules[i].path);
		if (g->modules[i].kind != LOAD_LANGUAGE)
			arena_vec_push(r->a, &rows, record(r, &g->modules[i]));
	}
	lr->modules = rows.items;
	lr->n = rows.n;
	return !cancel_is_set(cancel) || err_set(e, ERR_CANCELLED, "cancelled");
}

static bool read_given(struct load_record *lr, struct arena *a, const char *file, struct err *e)
{
	char *data;

	if (!file)
		return true;
	if (!fs_read(a, file, MAX_GIVEN, &data, &lr->given_len, e))
		return false;
	lr->given = data;
	return true;
}

bool load_make_record(struct load_work *w, struct part **out, struct err *e)
{
	struct load_graph *g = load_data(w, PART_GRAPH);
	struct part *p = load_part_on(w, PART_GRAPH);
	struct load_record *lr = arena_calloc(&p->arena, 1, sizeof(*lr));
	const struct part *imports = snapshot_part(w->s, REQUEST(PART_IMPORTS));
	struct source_options so = { .env = g->env->env,
				     .look = true,
				     .cancel = job_cancel(w->job),
				     .log = load_log(w->l),
				     .once = load_once(w) };
	struct recording r = { .w = w, .g = g, .a = &p->arena };
	bool ok;

	r.imports = imports ? imports->data : NULL;
	r.source = source_new(&so);
	find_built(&r, &so);
	p->data = lr;
	lr->graph = g;
	pthread_mutex_lock(&g->lock);
	ok = read_given(lr, &p->arena, w->request->record.given, e) && record_all(&r, lr, e);
	pthread_mutex_unlock(&g->lock);
	source_free(r.source);
	map_release(&r.built);
	return load_hand_over(p, ok, out);
}
