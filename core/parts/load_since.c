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
	map_release(&x->shown.lines);
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

	return fs_is_gone(from) ||
	       (fs_read(a, from, POLICY_MAX_BYTES, &data, &len, e) &&
		fs_write_atomic(path_join(a, dir, ".modscope"), data, len, 0600, false, e));
}

static void tell(struct load_since *s, struct arena *a, const char *why)
{
	if (!*s->why_not)
		s->why_not = finding_gist(a, why);
}

/* The data of a part. A failure is reported; the others still count. */
static void *try(struct past *x, struct arena *a, const struct load_work *w, enum request_part id,
		 load_maker *maker)
{
	struct err e = ERR_INIT;
	const struct part *p = load_inside(w, x->l, &x->s, id, maker, &e);

	if (!p && id != PART_VENDOR) /* a graph's finding says why */
		tell(&x->shown, a, e.text);
	err_release(&e);
	return p ? p->data : NULL;
}

static void keep(struct past *x, const struct findings *fs)
{
	x->shown.then[x->shown.n_then++] = fs;
}

static void take_tidy(struct load_since *s, struct arena *a, const struct load_tidy *t)
{
	if (err_is_set(&t->failed) || load_tidy_unknown(t)) {
		tell(s, a, err_is_set(&t->failed) ? t->failed.text : "tidy lacks files");
		return;
	}
	s->tidy = t;
	for (size_t i = 0; i < t->n; i++)
		if (t->changes[i].gosum && t->changes[i].op != ' ')
			map_put(&s->lines,
				arena_fmt(a, "%c%s", t->changes[i].op, t->changes[i].text), a);
}

static void look_further(struct past *x, struct arena *a, const struct load_work *w,
			 const struct load_graph *g)
{
	const struct load_replaces *lr = try(x, a, w, PART_REPLACES, load_make_replaces);
	const struct load_vendored *v = g->vendored ? try(x, a, w, PART_VENDOR, load_make_vendored)
						    : NULL;
	const struct load_tidy *t = try(x, a, w, PART_TIDY, load_make_tidy);

	x->shown.replaces = lr;
	if (lr)
		keep(x, &lr->findings);
	if (v)
		keep(x, &v->findings);
	if (!t)
		return;
	keep(x, &t->findings);
	take_tidy(&x->shown, a, t);
}

static bool look(struct past *x, struct arena *a, const struct load_work *w,
		 const struct revision *v, struct err *e)
{
	const struct part *graph, *policy;
	const struct load_graph *g;

	x->shown.why_not = "";
	x->shown.root = arena_strdup(a, v->root);
	x->l = load_new(&(struct load_options){
		.dir = v->dir, .offline = load_options(w->l)->offline, .once = load_once(w) });
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
	keep(x, &g->findings);
	keep(x, &((const struct load_policy *)policy->data)->findings);
	look_further(x, a, w, g);
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
		  revision_write_sources(&v, repo, c, true, job_cancel(w->job), e) &&
		  copy_rules(w, a, v.dir, e) && look(x, a, w, &v, e);

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

static bool starts(const struct finding *f, const char *with)
{
	return str_has_prefix(f->kind, with);
}

/* Missing, no module, unknown: one fault of a target. */
static bool is_target(const struct finding *f)
{
	return str_eq(f->kind, "replaces/target-missing") ||
	       str_eq(f->kind, "replaces/target-no-module") ||
	       str_eq(f->kind, "replaces/target-unknown");
}

/* Another fault of the same vendored file is a new one. */
static bool is_same(const struct load_since *s, const struct finding *then, const struct finding *f)
{
	bool target = is_target(then) && is_target(f);
	const char *subject = then->subject;

	if (str_has_prefix(subject, s->root))
		subject += strlen(s->root);
	return (target || str_eq(then->kind, f->kind)) && str_eq(subject, f->subject) &&
	       (!str_eq(f->kind, "vendor/file") || str_eq(then->cause, f->cause));
}

static bool has(const struct load_since *s, const struct finding *f)
{
	for (size_t i = 0; i < s->n_then; i++)
		for (size_t k = 0; k < s->then[i]->n; k++)
			if (is_same(s, &s->then[i]->items[k], f))
				return true;
	return false;
}

static bool had_line(const struct load_since *s, const char *text)
{
	struct buf b = BUF_INIT;
	bool there = false;

	for (size_t i = 0; s->replaces && !there && i < s->replaces->replaces.n; i++) {
		buf_clear(&b);
		replaces_text(&s->replaces->replaces.rows[i], &b);
		there = str_eq(b.data, text);
	}
	buf_release(&b);
	return there;
}

static bool had_sums(const struct load_since *s, const struct load_tidy *today)
{
	struct buf b = BUF_INIT;
	bool all = s->tidy && today;

	for (size_t i = 0; all && i < today->n; i++) {
		if (!today->changes[i].gosum || today->changes[i].op == ' ')
			continue;
		buf_clear(&b);
		buf_addf(&b, "%c%s", today->changes[i].op, today->changes[i].text);
		all = map_has(&s->lines, b.data);
	}
	buf_release(&b);
	return all;
}

static bool had_module(const struct load_since *s, struct modver mod)
{
	struct buf b = BUF_INIT;
	bool had;

	buf_add_modver(&b, mod);
	had = !*mod.path || map_has(&s->modules, b.data);
	buf_release(&b);
	return had;
}

bool load_since_has(const struct load_since *s, const struct finding *f,
		    const struct load_tidy *today)
{
	if (str_eq(f->kind, "replaces/dirty"))
		return false;
	if (str_eq(f->kind, "tidy/gosum"))
		return had_sums(s, today);
	if (starts(f, "env/") || has(s, f))
		return true;
	if (str_eq(f->kind, "replaces/same-content") || str_eq(f->kind, "replaces/unpushed") ||
	    str_eq(f->kind, "replaces/target-unknown") || str_eq(f->kind, "replaces/unread") ||
	    str_eq(f->kind, "replaces/retract-no-version"))
		return had_line(s, f->subject);
	return (starts(f, "cache/") || starts(f, "vuln/") || starts(f, "versions/")) &&
	       had_module(s, f->mod);
}
