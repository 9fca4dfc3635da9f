#include "parts/load_private.h"

#include <time.h>

#include "audit/licence_module.h"
#include "audit/policy.h"
#include "base/path.h"
#include "fetch/source.h"
#include "gofiles/goenv.h"
#include "gofiles/gomod.h"
#include "gofiles/gowork.h"
#include "graph/modload.h"
#include "graph/modproject.h"
#include "versions/outdated.h"

struct filling {
	const struct load_graph *g;
	const struct policy *p;
	struct arena *a;
	struct source *source; /* read-only */
	struct map rows;       /* proxies' answers by path; empty: not asked */
	const char *why_unknown;
};

static void index_rows(struct filling *f, const struct load_outdated *lo)
{
	for (size_t i = 0; i < lo->n; i++)
		map_put(&f->rows, lo->rows[i]->info->path, (void *)(uintptr_t)lo->rows[i]);
}

static void fill_updates(struct filling *f, struct policy_module *m)
{
	const struct outdated_row *row = map_get(&f->rows, m->path);
	const struct modinfo *info;

	m->why_unknown = row && *row->unknown ? row->unknown : f->why_unknown;
	if (!row || !row->asked || *row->unknown)
		return;
	info = row->info;
	m->retracted = info->n_retracted ? POLICY_YES : POLICY_NO;
	m->rationale = info->n_retracted ? info->retracted[0] : "";
	m->deprecated = info->deprecated && *info->deprecated ? POLICY_YES : POLICY_NO;
	m->deprecation = info->deprecated ? info->deprecated : "";
}

static void fill_licence(struct filling *f, struct policy_module *m, struct modver used)
{
	struct licence_module l;

	if (!*used.version)
		used.path = path_is_abs(used.path) ? used.path
						   : path_join(f->a, f->g->dir, used.path);
	licence_module_read(&l, f->a, f->source, used);
	m->licence = l.expression;
	m->no_licence = l.why;
}

static struct policy_module make_module(struct filling *f, const struct load_module *from)
{
	struct policy_module m = { .path = from->path,
				   .version = from->version,
				   .new_path = from->replaced.path,
				   .new_version = from->replaced.path[0] ? from->replaced.version
									 : "",
				   .main = from->kind == LOAD_MAIN,
				   .direct = from->kind == LOAD_DIRECT,
				   .line = from->line,
				   .file = from->file,
				   .rationale = "",
				   .deprecation = "",
				   .why_unknown = "",
				   .licence = "",
				   .no_licence = "" };
	struct modver used = *m.new_path ? from->replaced : (struct modver){ m.path, m.version };

	if (m.main)
		return m;
	if (policy_asks_updates(f->p))
		fill_updates(f, &m);
	if (policy_asks_times(f->p))
		m.time = load_time_of(f->source, used);
	if (policy_asks_licences(f->p))
		fill_licence(f, &m, used);
	return m;
}

static int go_line(const struct load_graph *g)
{
	const struct modproject_main *mains;
	const struct gowork *work = modproject_gowork(modload_project(g->ml));
	size_t n = modproject_mains(modload_project(g->ml), &mains);

	if (g->gowork)
		return work ? modsyntax_line_number(work->go_line) : 0;
	return n && mains[0].file && mains[0].file->go_line ? mains[0].file->go_line->line : 0;
}

static void apply(struct filling *f, struct findings *fs)
{
	const struct load_graph *g = f->g;
	ARENA_VEC(struct policy_module) modules = { 0 };
	struct policy_set set = { .gomod = g->gowork  ? g->gowork
					   : g->gomod ? g->gomod
						      : "",
				  .go_version = g->go_version,
				  .go_line = go_line(g),
				  .goproxy = goenv_get(g->env->env, "GOPROXY"),
				  .gosumdb = goenv_get(g->env->env, "GOSUMDB") };

	for (size_t i = 0; i < g->n_modules; i++)
		if (g->modules[i].kind != LOAD_LANGUAGE)
			arena_vec_push(f->a, &modules, make_module(f, &g->modules[i]));
	set.modules = modules.items;
	set.n = modules.n;
	policy_apply(f->p, &set, (int64_t)time(NULL), fs);
}

static void release(void *data)
{
	findings_release(&((struct load_policy *)data)->findings);
}

bool load_make_policy(struct load_work *w, struct part **out, struct err *e)
{
	const struct load_graph *g = load_data(w, PART_GRAPH);
	struct part *p = load_part_on(w, PART_GRAPH);
	struct load_policy *lp = arena_calloc(&p->arena, 1, sizeof(*lp));
	struct policy *policy = arena_calloc(&p->arena, 1, sizeof(*policy));
	struct source_options so = { .env = g->env->env,
				     .look = true,
				     .own_counts = load_options(w->l)->own_counts,
				     .cancel = job_cancel(w->job),
				     .log = load_log(w->l),
				     .once = load_once(w) };
	const struct part *outdated;
	struct filling f = {
		.g = g, .p = policy, .a = &p->arena, .why_unknown = "no server was asked"
	};

	p->data = lp;
	p->release = release;
	lp->policy = policy;
	lp->findings.arena = &p->arena;
	if (!policy_read(policy, &p->arena, path_join(&p->arena, g->dir, ".modscope"),
			 &lp->findings, e)) {
		part_unref(p);
		return false;
	}
	*out = p;
	if (!policy->file)
		return true;
	f.source = source_new(&so);
	outdated = snapshot_part(w->s, REQUEST(PART_OUTDATED));
	if (outdated)
		index_rows(&f, outdated->data);
	apply(&f, &lp->findings);
	source_free(f.source);
	map_release(&f.rows);
	return true;
}
