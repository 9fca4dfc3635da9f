#include "parts/load_private.h"

#include "audit/policy.h"
#include "base/fs.h"
#include "base/path.h"
#include "compare/revision.h"
#include "gofiles/goenv.h"

/* The project at the revision, with its own loader. */
struct past {
	struct load_since shown;
	struct load *l;
	struct snapshot *s;
};

static void release(void *data)
{
	struct past *x = data;

	map_release(&x->shown.modules);
	if (x->s)
		snapshot_unref(x->s);
	load_free(x->l);
}

/* Applies today's rules to the past state. */
static bool copy_rules(const struct load_work *w, struct arena *a, const char *dir, struct err *e)
{
	const struct load_graph *g = load_data(w, PART_GRAPH);
	const char *from = path_join(a, g->dir, ".modscope");
	char *data;
	size_t len;

	return !fs_exists(from) ||
	       (fs_read(a, from, POLICY_MAX_BYTES, &data, &len, e) &&
		fs_write_atomic(path_join(a, dir, ".modscope"), data, len, 0600, false, e));
}

static bool look(struct past *x, struct arena *a, const struct load_work *w, const char *dir,
		 struct err *e)
{
	const struct part *graph, *policy;
	const struct load_graph *g;

	x->l = load_new(
		&(struct load_options){ .dir = dir, .offline = load_options(w->l)->offline });
	x->s = snapshot_new();
	if (!load_inside(w, x->l, &x->s, PART_ENV, load_make_env, e))
		return false;
	graph = load_inside(w, x->l, &x->s, PART_GRAPH, load_make_graph, e);
	policy = graph ? load_inside(w, x->l, &x->s, PART_POLICY, load_make_policy, e) : NULL;
	if (!policy)
		return false;
	g = graph->data;
	for (size_t i = 0; i < g->n_modules; i++)
		map_put(&x->shown.modules,
			arena_fmt(a, "%s@%s", g->modules[i].path, g->modules[i].version), a);
	x->shown.graph = &g->findings;
	x->shown.policy = &((const struct load_policy *)policy->data)->findings;
	return true;
}

static bool look_at(struct past *x, struct arena *a, const struct load_work *w, struct err *e)
{
	const struct load_graph *g = load_data(w, PART_GRAPH);
	struct gitrepo *repo = NULL;
	struct gitrepo_commit *c;
	struct revision v = { 0 };
	bool ok = gitrepo_open(&repo, g->dir, e) && gitrepo_find(&c, repo, w->request->since, e) &&
		  revision_write(&v, repo, c, g->dir, goenv_own_cache(g->env->env), e) &&
		  copy_rules(w, a, v.dir, e) && look(x, a, w, v.dir, e);

	revision_release(&v);
	gitrepo_free(repo);
	return ok;
}

bool load_make_since(struct load_work *w, struct part **out, struct err *e)
{
	struct part *p = load_part_on(w, PART_GRAPH);
	struct past *x = arena_calloc(&p->arena, 1, sizeof(*x));

	p->data = x;
	p->release = release;
	if (look_at(x, &p->arena, w, e)) {
		*out = p;
		return true;
	}
	part_unref(p);
	return false;
}

static bool has(const struct findings *fs, const struct finding *f)
{
	for (size_t i = 0; i < fs->n; i++)
		if (str_eq(fs->items[i].kind, f->kind) && str_eq(fs->items[i].subject, f->subject))
			return true;
	return false;
}

bool load_since_has(const struct load_since *s, const struct finding *f)
{
	struct buf b = BUF_INIT;
	bool known;

	if (strncmp(f->kind, "env/", 4) == 0 || has(s->policy, f) || has(s->graph, f))
		return true;
	if (strncmp(f->kind, "cache/", 6) != 0 && strncmp(f->kind, "vuln/", 5) != 0)
		return false;
	buf_add_modver(&b, f->mod);
	known = !*f->mod.path || map_has(&s->modules, b.data);
	buf_release(&b);
	return known;
}
