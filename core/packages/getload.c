#include "packages/getload_impl.h"

#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "packages/constraint.h"

/* go's loop terminates because requests only narrow; no project needs this many rounds. */
enum { MAX_ROUNDS = 1000 };

struct run {
	struct getload g;
	struct goget_command *out;
	struct modver_list members; /* of the module's workspace */
};

/* updateBuildList. */
static bool edit(struct run *x, struct modver_list tentative, bool *changed, struct err *e)
{
	struct getload *g = &x->g;
	struct goget_result r;
	VEC(struct goget_request) must = { 0 };
	bool ok;

	for (size_t i = 0; i < g->resolved.n; i++) {
		const struct getload_resolved *m = &g->resolved.items[i];

		if (!modproject_is_main(modload_project(g->ml), m->mod.path))
			vec_push(&must, ((struct goget_request){ m->mod, &m->by->words }));
	}
	ok = goget_edit(g->ml, x->out->rs, &(struct goget_requests){ must.items, must.n },
			tentative, &r, e);
	for (size_t i = 0; i < r.lowered.n; i++)
		vec_push(&x->out->lowered, r.lowered.items[i]);
	*changed = ok && r.rs != x->out->rs;
	if (ok)
		x->out->rs = r.rs;
	goget_release(&r);
	vec_release(&must);
	return ok && (!*changed || requirements_expand(g->ml, &x->out->rs, &g->now, e));
}

/* Conflicts among arbitrary choices are reported with those that the edit finds. */
static bool resolve_any(struct run *x, bool *changed, struct err *e)
{
	struct err why = ERR_INIT;

	if (!getload_choose_any(&x->g) || edit(x, (struct modver_list){ 0 }, changed, &why))
		return getload_goes_on(&x->g, e);
	if (!x->g.errors.len)
		return err_move(e, &why);
	buf_addf(&x->g.errors, "\ngo: %s", why.text);
	err_release(&why);
	return getload_goes_on(&x->g, e);
}

static bool resolve(struct run *x, bool *changed, struct err *e)
{
	bool any;

	*changed = false;
	if (!getload_choose(&x->g, &any, e))
		return false;
	if (any && (!edit(x, (struct modver_list){ 0 }, changed, e) || *changed))
		return !err_is_set(e);
	return resolve_any(x, changed, e);
}

static const struct pkgload_options quiet = { .roots_imported = true, .silence_errors = true };

/* LoadPackages: adds what it finds to the requirements. The caller frees *ld. */
static bool load(struct run *x, bool all, struct pkgload **ld, struct err *e)
{
	bool ok;

	modload_set_requirements(x->g.ml, x->out->rs);
	*ld = pkgload_new(x->g.ml, &quiet);
	ok = getload_packages(&x->g, *ld, all, e);
	if (ok)
		x->out->rs = pkgload_requirements(*ld);
	return ok;
}

static bool is_missing(const struct pkg *p)
{
	return p->problem.kind == PKG_MISSING || p->problem.kind == PKG_AMBIGUOUS;
}

static int set_order(const void *a, const void *b)
{
	return strcmp(((const struct getload_set *)a)->path, ((const struct getload_set *)b)->path);
}

static void query_all_of(struct run *x, const char *path)
{
	for (size_t i = 0; i < x->g.n_queries; i++)
		if (x->g.queries[i].all)
			getload_query_one(&x->g.queries[i], path);
}

/* performPatternAllQueries. */
static bool query_all(struct run *x, struct err *e)
{
	struct pkgload *ld;
	struct pkg *const *pkgs;
	bool ok = load(x, true, &ld, e);
	size_t n = pkgload_pkgs(ld, &pkgs);

	for (size_t i = 0; ok && i < n; i++) {
		const struct pkg *p = pkgs[i];
		bool missing = is_missing(p) && !getload_work_has(x->members, p->path);

		if (!p->test_of && (missing || (p->mod.path[0] && p->mod.version[0])))
			query_all_of(x, arena_strdup(&x->g.ld->arena, p->path));
	}
	pkgload_free(ld);
	for (size_t i = 0; i < x->g.n_queries; i++) {
		struct getload_query *q = &x->g.queries[i];

		if (q->all && q->sets.n)
			qsort(q->sets.items, q->sets.n, sizeof(*q->sets.items), set_order);
	}
	return ok;
}

/* A package found nowhere is reported at the end, with its importers. */
static bool is_nowhere(const struct pkgload_answer *a, const char *path)
{
	return a->no_package || a->failure == QUERY_NOT_EXIST || a->failure == QUERY_NO_VERSION ||
	       !modpath_check(path, NULL);
}

/* findAndUpgradeImports, without -u. */
static bool find_imports(struct run *x, struct modver_list *found, struct err *e)
{
	struct getload *g = &x->g;
	ARENA_VEC(struct modver) list = { 0 };
	struct pkgload *ld;
	struct pkg *const *pkgs;
	bool ok = load(x, false, &ld, e);
	size_t n = pkgload_pkgs(ld, &pkgs);

	for (size_t i = 0; ok && i < n; i++) {
		const char *path = arena_strdup(&g->ld->arena, pkgs[i]->path);
		struct getload_set set;
		struct pkgload_answer a;
		struct modver m;

		if (pkgs[i]->test_of || !is_missing(pkgs[i]) || getload_work_has(x->members, path))
			continue;
		getload_query_packages(g, path, "latest", g->now, &set, &a);
		if (set.error) {
			if (!is_nowhere(&a, path))
				buf_addf(&g->errors, "%s%s", g->errors.len ? "\ngo: " : "",
					 set.error);
			continue;
		}
		m = getload_choose_tentative(g, &set);
		if (m.path)
			arena_vec_push(&g->ld->arena, &list, m);
	}
	pkgload_free(ld);
	*found = (struct modver_list){ list.items, list.n };
	return ok && getload_goes_on(g, e);
}

static bool add_imports(struct run *x, bool *changed, struct err *e)
{
	struct modver_list found;

	*changed = false;
	if (!getload_match_packages(&x->g))
		return true;
	return find_imports(x, &found, e) && edit(x, found, changed, e);
}

/* checkPackageProblems: loads packages as go build will, in a workspace the whole workspace. */
static bool check_packages(struct run *x, struct err *e)
{
	struct constraint_env platform = pkgload_platform(x->g.ld);
	const struct pkgload_options o = { .platform = &platform, .silence_no_go = true };
	struct pkgload *ld = NULL;
	bool ok;

	if (getload_work_is_member(&x->g, x->members))
		return getload_work_check(&x->g, x->out->rs, &o, e);
	modload_set_requirements(x->g.ml, x->out->rs);
	ld = getload_match_packages(&x->g) ? pkgload_new(x->g.ml, &o) : NULL;
	ok = getload_check(&x->g, x->g.ml, x->out->rs, ld, e);
	if (ok && ld)
		x->out->rs = pkgload_requirements(ld);
	pkgload_free(ld);
	return ok;
}

static bool round_of(struct run *x, bool *changed, struct err *e)
{
	struct getload *g = &x->g;
	bool all = false;

	for (size_t i = 0; i < g->n_queries; i++) {
		all |= g->queries[i].all;
		if (!getload_query_local(&g->queries[i]))
			getload_query(&g->queries[i]);
	}
	if (all && !query_all(x, e))
		return false;
	if (!resolve(x, changed, e) || *changed)
		return !err_is_set(e);
	if (!add_imports(x, changed, e) || *changed)
		return !err_is_set(e);
	for (size_t i = 0; i < g->n_queries; i++)
		getload_query_missing(&g->queries[i]);
	return resolve(x, changed, e);
}

static bool rounds(struct run *x, struct err *e)
{
	struct getload *g = &x->g;
	bool changed = true;

	for (int i = 0; changed; i++) {
		if (i == MAX_ROUNDS)
			return err_set(e, ERR_REFUSED, "%s: the requirements do not converge",
				       g->queries[0].words.raw);
		if (!round_of(x, &changed, e))
			return false;
	}
	for (size_t i = 0; i < g->n_queries; i++)
		getload_check_wildcard(&g->queries[i]);
	return getload_goes_on(g, e) && check_packages(x, e);
}

/* For later steps: the versions of the requested modules. */
static void take_answer(struct run *x)
{
	const struct getload *g = &x->g;

	for (size_t i = 0; i < g->resolved.n; i++) {
		struct modver m = modtab_mod(modload_tab(g->ml), g->resolved.items[i].mod);

		for (size_t k = 0; k < g->n_queries; k++)
			if (str_eq(m.path, g->queries[k].pattern) && m.version[0])
				x->out->args[k].got = m.version;
	}
}

static void parse(struct getload *g)
{
	for (size_t i = 0; i < g->n_queries; i++) {
		struct getload_query *q = &g->queries[i];
		struct goget_argument *a = &g->out->args[i];

		a->got = NULL;
		*q = (struct getload_query){ .g = g,
					     .pattern = a->pattern,
					     .local = modpath_is_directory(a->pattern),
					     .all = str_eq(a->pattern, "all") };
		q->words = getwords_of(&g->ld->arena, a->pattern, a->version);
		q->version = q->words.version;
		q->wildcard = !q->local && strstr(a->pattern, "...");
	}
}

static void release(struct getload *g)
{
	for (size_t i = 0; i < g->n_queries; i++) {
		map_release(&g->queries[i].seen);
		vec_release(&g->queries[i].sets);
	}
	buf_release(&g->errors);
	vec_release(&g->resolved);
	pkgload_free(g->ld);
}

bool getload(struct modload *ml, struct goget_command *out, struct err *e)
{
	struct requirements *own = modload_requirements(ml);
	struct run x = { .out = out };
	struct getload *g = &x.g;
	bool ok;

	*g = (struct getload){
		.ml = ml, .out = out, .ld = pkgload_new(ml, &quiet), .n_queries = out->n
	};
	g->queries = arena_calloc(&g->ld->arena, out->n + 1, sizeof(*g->queries));
	parse(g);
	out->read = (struct goget_read){ 0 };
	out->warnings = (struct goget_warnings){ 0 };
	x.members = getload_work_members(g);
	ok = requirements_expand(ml, &out->rs, &g->initial, e);
	g->now = g->initial;
	ok = ok && rounds(&x, e);
	if (ok) {
		take_answer(&x);
		getload_warn_unread(g, g->ld);
	}
	out->read.roots_alone = !requirements_graph_loaded(out->rs);
	modload_set_requirements(ml, own);
	release(g);
	return ok;
}
