#include "parts/load_private.h"

#include "base/fs.h"
#include "compare/compare_undo.h"
#include "compare/putback.h"
#include "compare/revision.h"
#include "compare/savedlist.h"
#include "gofiles/goenv.h"
#include "gofiles/gomod.h"
#include "gofiles/gowork.h"
#include "graph/modproject.h"
#include "graph/modload.h"
#include "graph/requirements.h"
#include "offline/levels_run.h"
#include "offline/settings.h"

/* One side being made, with its own loader, whose strings live until the part is released. */
struct load_compare_side {
	struct load *l;
	struct snapshot *s;
	const struct load_graph *g;
	const char *up; /* from where it was asked for to the project's directory */
	struct compare_side side;
	struct compare_package_list packages;
	struct map broken;    /* paths of packages that are imported but could not be loaded */
	const char *unloaded; /* why not all; "" */
};

struct whole {
	struct load_compare shown;
	struct load_compare_side was, is;
};

static void side_release(struct load_compare_side *x)
{
	if (x->s)
		snapshot_unref(x->s);
	load_free(x->l);
	map_release(&x->broken);
}

static void release(void *data)
{
	struct whole *c = data;

	side_release(&c->was);
	side_release(&c->is);
}

static void fill_nodes(struct compare_side *s, struct arena *a, const struct load_graph *g)
{
	struct compare_node *nodes = arena_calloc(a, g->n_nodes + 1, sizeof(*nodes));

	for (size_t i = 0; i < g->n_nodes; i++) {
		const struct load_node *n = &g->nodes[i];

		nodes[i] = (struct compare_node){ { n->path, n->version },
						  n->depth != UINT32_MAX,
						  n->read,
						  n->first,
						  n->n_requirers };
	}
	s->nodes = nodes;
	s->n_nodes = g->n_nodes;
	s->requirers = g->requirers;
}

static void fill_modules(struct compare_side *s, struct arena *a, const struct load_graph *g)
{
	struct compare_module *mods = arena_calloc(a, g->n_modules + 1, sizeof(*mods));
	size_t n = 0;

	for (size_t i = 0; i < g->n_modules; i++) {
		const struct load_module *m = &g->modules[i];

		if (m->kind == LOAD_LANGUAGE)
			continue;
		mods[n++] = (struct compare_module){ m->path, m->version, m->replaced,
						     m->kind == LOAD_MAIN,
						     requirements_is_direct(g->rs, m->path) };
	}
	s->modules = mods;
	s->n_modules = n;
}

/* The lines of one file. */
struct lines {
	struct arena *a;
	ARENA_VEC(struct compare_line) all;
	const char *file, *main;
	bool replacement;
};

static void add_line(struct lines *ls, enum compare_line_kind kind,
		     const struct modsyntax_line *line, struct modver mod, struct modver to,
		     bool indirect)
{
	if (!mod.path || !line)
		return;
	arena_vec_push(ls->a, &ls->all,
		       (struct compare_line){ kind, ls->file, line->line, ls->main, ls->replacement,
					      mod, to, indirect });
}

static void add_common(struct lines *ls, const struct modsyntax_line *go_line, const char *go,
		       const struct modsyntax_line *toolchain_line, const char *toolchain,
		       const struct gomod_replaces *replace)
{
	const struct modver none = { "", "" };

	add_line(ls, COMPARE_GO, go_line, (struct modver){ "go", go }, none, false);
	add_line(ls, COMPARE_TOOLCHAIN, toolchain_line, (struct modver){ "toolchain", toolchain },
		 none, false);
	for (size_t i = 0; i < replace->n; i++)
		add_line(ls, COMPARE_REPLACE, replace->items[i].line, replace->items[i].from,
			 replace->items[i].to, false);
}

static void add_gomod(struct lines *ls, const struct gomod *f)
{
	const struct modver none = { "", "" };

	add_common(ls, f->go_line, f->go, f->toolchain_line, f->toolchain, &f->replace);
	for (size_t i = 0; i < f->require.n; i++)
		add_line(ls, COMPARE_REQUIRE, f->require.items[i].line, f->require.items[i].mod,
			 none, f->require.items[i].indirect);
	for (size_t i = 0; i < f->exclude.n; i++)
		add_line(ls, COMPARE_EXCLUDE, f->exclude.items[i].line, f->exclude.items[i].mod,
			 none, false);
}

static void add_gowork(struct lines *ls, const struct gowork *f)
{
	const struct modver none = { "", "" };

	add_common(ls, f->go_line, f->go, f->toolchain_line, f->toolchain, &f->replace);
	for (size_t i = 0; i < f->use.n; i++)
		add_line(ls, COMPARE_USE, f->use.items[i].line,
			 (struct modver){ f->use.items[i].path, "" }, none, false);
}

static const char *relative(struct arena *a, const struct load_graph *g, const char *file)
{
	const char *rel = path_rel(a, g->dir, file);

	return rel ? rel : file;
}

/* The requirements of the project's directories that replace modules. */
static void add_replacements(struct lines *ls, const struct load_graph *g)
{
	struct modproject *mp = modload_project(g->ml);
	struct gomod_options o = { .name = "go.mod", .lax = true };
	struct gomod *f;
	size_t len;
	char *data;

	ls->replacement = true;
	for (size_t i = 0; i < g->n_modules; i++) {
		struct modver to = g->modules[i].replaced;
		const char *file;

		if (!to.path[0] || to.version[0])
			continue;
		file = path_join(ls->a, modproject_dir_of(mp, to), "go.mod");
		if (!fs_read(ls->a, file, FS_MAX_MOD, &data, &len, NULL) ||
		    !gomod_parse(&f, ls->a, &o, data, len, NULL))
			continue;
		ls->file = relative(ls->a, g, file);
		ls->main = g->modules[i].path;
		add_gomod(ls, f);
	}
}

static void fill_lines(struct compare_side *s, struct arena *a, const struct load_graph *g)
{
	struct modproject *mp = modload_project(g->ml);
	const struct modproject_main *mains;
	size_t n = modproject_mains(mp, &mains);
	struct lines ls = { .a = a };

	if (g->gowork) {
		ls.file = relative(a, g, g->gowork);
		ls.main = "";
		add_gowork(&ls, modproject_gowork(mp));
	}
	for (size_t i = 0; i < n; i++) {
		if (!mains[i].file)
			continue;
		ls.file = relative(a, g, mains[i].gomod);
		ls.main = mains[i].mod.path;
		add_gomod(&ls, mains[i].file);
	}
	add_replacements(&ls, g);
	s->lines = ls.all.items;
	s->n_lines = ls.all.n;
}

static bool load_side(struct load_compare_side *x, struct arena *a, const struct load_work *w,
		      const char *dir, struct err *e)
{
	if (cancel_is_set(job_cancel(w->job)))
		return err_set(e, ERR_CANCELLED, "cancelled");
	x->l = load_new(&(struct load_options){
		.dir = dir, .offline = load_options(w->l)->offline, .once = load_once(w) });
	x->s = snapshot_new();
	if (!load_inside(w, x->l, &x->s, PART_ENV, load_make_env, e) ||
	    !load_inside(w, x->l, &x->s, PART_GRAPH, load_make_graph, e))
		return false;
	x->g = snapshot_part(x->s, REQUEST(PART_GRAPH))->data;
	if (!x->g->gomod && !x->g->gowork)
		return err_set(e, ERR_NOT_FOUND, "there is no go.mod here");
	x->up = path_rel(a, dir, x->g->dir);
	fill_nodes(&x->side, a, x->g);
	fill_modules(&x->side, a, x->g);
	fill_lines(&x->side, a, x->g);
	return true;
}

static bool wants_packages(const struct load_work *w)
{
	return w->request->compare.packages;
}

/* From the package of the project to this one. */
static const char *chain_of(struct arena *a, const struct pkg *p)
{
	const char *text = p->path;

	while ((p = p->stack))
		text = arena_fmt(a, "%s > %s", p->path, text);
	return text;
}

static void take_packages(struct load_compare_side *x, struct arena *a, const struct pkgload *ld)
{
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(ld, &pkgs);
	ARENA_VEC(struct compare_package) list = { 0 };

	for (size_t i = 0; i < n; i++) {
		const struct pkg *p = pkgs[i];

		if (p->problem.kind != PKG_OK)
			map_put(&x->broken, arena_strdup(a, p->path), NULL);
		if (p->test_of || p->in_std || !p->mod.path || !*p->mod.path ||
		    p->problem.kind != PKG_OK || !pkgload_is_external(ld, p))
			continue;
		arena_vec_push(a, &list,
			       (struct compare_package){ arena_strdup(a, p->path),
							 arena_strdup(a, p->mod.path),
							 arena_strdup(a, p->mod.version),
							 arena_strdup(a, chain_of(a, p)) });
	}
	x->packages = (struct compare_package_list){ list.items, list.n };
}

/* What the other side imports and could not load is no difference. */
static void drop_broken(struct load_compare_side *x, const struct load_compare_side *other)
{
	struct compare_package_list *l = &x->packages;
	size_t kept = 0;

	for (size_t i = 0; i < l->n; i++)
		if (!map_has(&other->broken, l->items[i].path))
			l->items[kept++] = l->items[i];
	l->n = kept;
}

/* As go build, of the modules and not of what is vendored, which a commit's private directory does not have. */
static bool load_packages(struct load_compare_side *x, struct arena *a, const struct load_work *w,
			  struct err *e)
{
	const struct load_env *env = snapshot_part(x->s, REQUEST(PART_ENV))->data;
	const char *flags = goenv_get(env->env, "GOFLAGS"),
		   *set[] = { arena_fmt(a, "GOFLAGS=%s -mod=readonly", flags), NULL };
	struct goenv *module_mode = settings_with(env->env, a, set, e);
	struct levels_run r = { .env = module_mode, .cancel = job_cancel(w->job) };

	x->unloaded = "";
	if (!module_mode)
		return false;
	r.source = source_new(&(struct source_options){ .env = module_mode,
							.offline = load_options(w->l)->offline,
							.cancel = r.cancel,
							.log = load_log(w->l),
							.once = load_once(w),
							.own_counts = true });
	if (!levels_run(&r, LEVELS_BUILD))
		x->unloaded = arena_strdup(a, r.err.text);
	if (r.ld)
		take_packages(x, a, r.ld);
	levels_run_release(&r);
	goenv_free(module_mode);
	return !cancel_is_set(r.cancel) || err_set(e, ERR_CANCELLED, "cancelled");
}

static bool load_commit(struct load_compare_side *x, struct arena *a, const struct load_work *w,
			struct gitrepo *repo, const struct gitrepo_commit *c, const char *name,
			struct err *e)
{
	const struct load_env *env = load_data(w, PART_ENV);
	struct revision v;
	bool ok = revision_write(&v, repo, c, goenv_cwd(env->env), goenv_own_cache(env->env), e) &&
		  (!wants_packages(w) ||
		   revision_write_sources(&v, repo, c, false, job_cancel(w->job), e)) &&
		  load_side(x, a, w, v.dir, e) && (!wants_packages(w) || load_packages(x, a, w, e));

	revision_release(&v);
	if (!ok)
		err_wrap(e, "%s: ", name);
	return ok;
}

static bool find_commits(struct gitrepo *repo, const struct request_compare *r,
			 struct gitrepo_commit **was, struct gitrepo_commit **is, struct err *e)
{
	*is = NULL;
	return gitrepo_find(was, repo, r->was, e) &&
	       (!r->is[0] || gitrepo_find(is, repo, r->is, e)) &&
	       (!r->base || !*is || gitrepo_merge_base(was, repo, *was, *is, e));
}

/* A shallow repository lacks some of them: then report none. */
static void list_commits(struct whole *c, struct arena *a, struct gitrepo *repo,
			 const struct gitrepo_commit *was, const struct gitrepo_commit *is)
{
	struct githistory_commit *list;
	struct err e = ERR_INIT;

	if (githistory_commits(&list, &c->shown.n_commits, a, repo, was, is, LOAD_REVISIONS_MAX,
			       &e))
		c->shown.commits = list;
	else
		c->shown.no_commits = arena_strdup(a, e.text);
	err_release(&e);
}

/* The newer side once more, with lines put back, in a private directory of its own. */
struct trial {
	const struct load_work *w;
	struct revision v;
	struct putback putback;
	struct load_compare_side now;
	struct arena arena;
};

static void trial_clear(struct trial *t)
{
	side_release(&t->now);
	t->now = (struct load_compare_side){ 0 };
	arena_release(&t->arena);
}

static const struct compare_side *trial_side(void *ctx, const struct compare_cause *causes,
					     size_t n)
{
	struct trial *t = ctx;
	struct err e = ERR_INIT;
	bool ok;

	trial_clear(t);
	ok = putback_write(&t->putback, causes, n, &e) &&
	     load_side(&t->now, &t->arena, t->w, t->v.dir, &e) && !err_is_set(&t->now.g->broken);
	err_release(&e);
	return ok ? &t->now.side : NULL;
}

/* go.mod: go.sum; go.work: go.work.sum. */
static const char *sums_of(struct arena *a, const char *file)
{
	size_t n = strlen(file) - (str_has_suffix(file, ".mod") ? 4 : 0);

	return arena_fmt(a, "%.*s.sum", (int)n, file);
}

/* What a line put back may bring in again: directories that only the older side reads, and hashes that only it has. */
static bool add_files(const struct revision *v, struct gitrepo *repo,
		      const struct gitrepo_commit *was, const struct gitrepo_commit *is,
		      const struct load_compare_side *older, struct err *e)
{
	struct arena a = ARENA_INIT;
	const char *last = "";
	bool ok = true;

	for (size_t i = 0; ok && i < older->side.n_lines; i++) {
		const char *file = older->side.lines[i].file;

		if (str_eq(file, last) || path_is_abs(file))
			continue;
		last = file;
		file = path_join(&a, older->up, file);
		ok = revision_add(v, repo, is, file, e) &&
		     revision_add(v, repo, was, sums_of(&a, file), e);
	}
	arena_release(&a);
	return ok;
}

#define MAX_TRIALS 100

static bool prove(struct whole *c, struct arena *a, const struct load_work *w, struct gitrepo *repo,
		  const struct gitrepo_commit *was, const struct gitrepo_commit *is, struct err *e)
{
	const struct load_env *env = load_data(w, PART_ENV);
	struct trial t = { .w = w, .arena = ARENA_INIT };
	struct err why = ERR_INIT;
	bool cancelled;

	if (revision_write(&t.v, repo, is, goenv_cwd(env->env), goenv_own_cache(env->env), &why) &&
	    add_files(&t.v, repo, was, is, &c->was, &why)) {
		putback_init(&t.putback, &t.v, path_join(a, t.v.dir, c->is.up));
		compare_undo(&c->shown.changes, a, &c->was.side, &c->is.side,
			     &(struct compare_undo_trial){
				     .side = trial_side, .ctx = &t, .most = MAX_TRIALS });
		putback_release(&t.putback);
	}
	cancelled = cancel_is_set(job_cancel(w->job));
	trial_clear(&t);
	revision_release(&t.v);
	err_release(&why);
	return !cancelled || err_set(e, ERR_CANCELLED, "cancelled");
}

static bool load_sides(struct whole *c, struct arena *a, const struct load_work *w,
		       struct gitrepo *repo, struct err *e)
{
	const struct request_compare *r = &w->request->compare;
	const struct load_env *env = load_data(w, PART_ENV);
	struct gitrepo_commit *was, *is;
	bool ok;

	if (!find_commits(repo, r, &was, &is, e) ||
	    !load_commit(&c->was, a, w, repo, was, r->was, e))
		return false;
	ok = is ? load_commit(&c->is, a, w, repo, is, r->is, e)
		: load_side(&c->is, a, w, goenv_cwd(env->env), e) &&
			     (!wants_packages(w) || load_packages(&c->is, a, w, e));
	if (!ok)
		return false;
	compare_sides(&c->shown.changes, a, &c->was.side, &c->is.side);
	if (!err_is_set(&c->was.g->broken) && !err_is_set(&c->is.g->broken) &&
	    !prove(c, a, w, repo, was, is, e))
		return false;
	if (is)
		list_commits(c, a, repo, was, is);
	c->shown.was_commit = arena_strdup(a, gitrepo_id(was));
	c->shown.is_commit = is ? arena_strdup(a, gitrepo_id(is)) : "";
	return true;
}

/* Why, with the side that it is about; both are told. */
static const char *first_words(const struct whole *c, struct arena *a,
			       const struct request_compare *r)
{
	const struct err *was = &c->was.g->broken, *is = &c->is.g->broken;
	const char *name = *r->is ? r->is : "the work tree";

	if (err_is_set(was) && err_is_set(is))
		return arena_fmt(a, "%s: %s; %s: %s", r->was, was->text, name, is->text);
	if (err_is_set(was))
		return arena_fmt(a, "%s: %s", r->was, was->text);
	return err_is_set(is) ? arena_fmt(a, "%s: %s", name, is->text) : "";
}

static bool read_list(struct compare_side *side, struct arena *a, const struct load_work *w,
		      const char *file, struct err *e)
{
	const struct load_env *env = load_data(w, PART_ENV);
	struct err why = ERR_INIT;
	size_t len;
	char *data;

	if (!fs_read(a, *file == '/' ? file : path_join(a, goenv_cwd(env->env), file),
		     SAVEDLIST_MAX_FILE, &data, &len, e))
		return false;
	if (!savedlist_read(side, a, data, len, &why))
		err_set(e, why.code, "%s: %s", file, why.text);
	err_release(&why);
	return !err_is_set(e);
}

static bool compare_lists(struct whole *c, struct arena *a, const struct load_work *w,
			  struct err *e)
{
	const struct request_compare *r = &w->request->compare;

	if (!read_list(&c->was.side, a, w, r->was, e) || !read_list(&c->is.side, a, w, r->is, e))
		return false;
	compare_sides(&c->shown.changes, a, &c->was.side, &c->is.side);
	c->shown.was_commit = c->shown.is_commit = c->shown.incomplete = c->shown.unloaded = "";
	return true;
}

/* Without a repository there are no revisions, but other things to compare. */
static bool open_repository(struct gitrepo **repo, const char *dir, struct err *e)
{
	struct err why = ERR_INIT;

	if (gitrepo_open(repo, dir, &why))
		return true;
	if (why.code != ERR_NOT_FOUND && why.code != ERR_NOT_HERE)
		return err_move(e, &why);
	err_set(e, why.code,
		"%s\n\t(without one: modscope compare MODULE@V MODULE@W, or two saved build lists)",
		why.text);
	err_release(&why);
	return false;
}

static bool compare(struct whole *c, struct arena *a, const struct load_work *w, struct err *e)
{
	const struct load_env *env = load_data(w, PART_ENV);
	struct gitrepo *repo = NULL;
	bool ok = open_repository(&repo, goenv_cwd(env->env), e) && load_sides(c, a, w, repo, e);

	gitrepo_free(repo);
	if (!ok)
		return false;
	c->shown.incomplete = first_words(c, a, &w->request->compare);
	c->shown.unloaded = "";
	if (wants_packages(w)) {
		drop_broken(&c->was, &c->is);
		drop_broken(&c->is, &c->was);
		compare_packages(&c->shown.packages, a, &c->was.packages, &c->is.packages);
		c->shown.platform = arena_fmt(a, "%s/%s", goenv_get(env->env, "GOOS"),
					      goenv_get(env->env, "GOARCH"));
		c->shown.unloaded = *c->was.unloaded ? c->was.unloaded : c->is.unloaded;
	}
	return true;
}

bool load_make_compare(struct load_work *w, struct part **out, struct err *e)
{
	struct part *p = load_part_on(w, PART_ENV);
	struct whole *c = arena_calloc(&p->arena, 1, sizeof(*c));

	p->data = c;
	p->release = release;
	if (w->request->compare.lists ? compare_lists(c, &p->arena, w, e)
				      : compare(c, &p->arena, w, e)) {
		*out = p;
		return true;
	}
	part_unref(p);
	return false;
}
