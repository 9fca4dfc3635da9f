#include "packages/getload_impl.h"

#include "gofiles/modpath.h"
#include "gofiles/gover.h"
#include "graph/query.h"
#include "graph/retraction.h"

/* keepSums' packages. */
static void note_read(struct getload *g, struct pkgload *ld)
{
	struct arena *a = g->out->arena;
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(ld, &pkgs);
	struct goget_package *list = arena_calloc(a, n + 1, sizeof(*list));
	struct goget_read *read = &g->out->read;

	*read = (struct goget_read){ .packages = list };
	for (size_t i = 0; i < n; i++) {
		const struct pkg *p = pkgs[i];

		if (p->test_of || (!p->mod.path[0] && p->problem.kind == PKG_OK) ||
		    !modpath_check_import(p->path, NULL))
			continue;
		list[read->n++] = (struct goget_package){ arena_strdup(a, p->path),
							  { arena_strdup(a, p->mod.path),
							    arena_strdup(a, p->mod.version) } };
	}
}

void getload_warn_unread(struct getload *g, const struct pkgload *ld)
{
	if (!err_is_set(pkgload_unread(ld)) || g->warned)
		return;
	g->warned = true;
	modproject_message(modload_project(g->ml), "warning: %s: what it needs may be missing\n",
			   pkgload_unread(ld)->text);
}

bool getload_packages(struct getload *g, struct pkgload *ld, bool all, struct err *e)
{
	const char **patterns = xreallocarray(NULL, g->n_queries + 1, sizeof(*patterns));
	size_t n = 0;
	bool ok;

	if (all)
		patterns[n++] = "all";
	for (size_t i = 0; i < g->n_queries && !all; i++)
		if (g->queries[i].matches_packages)
			patterns[n++] = g->queries[i].pattern;
	ok = pkgload_run(ld, patterns, n, NULL, e);
	free(patterns);
	if (ok) {
		note_read(g, ld);
		getload_warn_unread(g, ld);
	}
	return ok;
}

/* A module that checkPackageProblems looks at. */
struct relevant {
	struct modver mod;
	bool asked; /* chosen by an argument, or has a package that it names */
	bool has_package;
};

struct warnings {
	struct getload *g;
	struct modload *ml;
	VEC(struct relevant) mods;
	VEC(struct goget_warning) list;
};

static void add(struct warnings *w, struct modver m, bool asked, bool has_package)
{
	struct relevant *r = NULL;

	if (!m.path[0] || !m.version[0] || gover_is_toolchain(m.path))
		return;
	for (size_t i = 0; i < w->mods.n && !r; i++)
		if (modver_eq(w->mods.items[i].mod, m))
			r = &w->mods.items[i];
	if (!r) {
		vec_push(&w->mods, (struct relevant){ .mod = m });
		r = &w->mods.items[w->mods.n - 1];
	}
	r->asked |= asked;
	r->has_package |= has_package;
}

static void take_packages(struct warnings *w, const struct pkgload *ld)
{
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(ld, &pkgs);

	for (size_t i = 0; i < n; i++) {
		const struct pkg *p = pkgs[i];

		if (p->test_of)
			continue;
		add(w, p->mod, p->flags & PKG_IS_ROOT, true);
		for (size_t k = 0; p->problem.kind == PKG_AMBIGUOUS && k < p->n_alt_mods; k++)
			add(w, p->alt_mods[k], false, true);
	}
}

static void warn(struct warnings *w, struct modver m, bool retracted, const char *text)
{
	struct arena *a = w->g->out->arena;

	vec_push(&w->list,
		 (struct goget_warning){ { arena_strdup(a, m.path), arena_strdup(a, m.version) },
					 retracted,
					 text });
}

/* What cannot be found out is not told in go get either. */

static void warn_deprecated(struct warnings *w, struct modver m)
{
	enum query_result_failure failure;
	const char *text;

	if (retraction_deprecation(w->ml, m, &text, &failure, NULL) && *text &&
	    *(text = retraction_short_message(w->g->out->arena, text, "")))
		warn(w, m, false, text);
}

static void warn_retracted(struct warnings *w, struct modver m)
{
	static const char words[] = "retracted by module author";
	struct arena *a = w->g->out->arena;
	struct retraction r;

	if (!retraction_check(w->ml, m, &r, NULL) || !r.retracted)
		return;
	warn(w, m, true,
	     r.n ? arena_fmt(a, "%s: %s", words, retraction_short_message(a, r.rationale[0], words))
		 : words);
}

static int by_module(const void *a, const void *b)
{
	return gover_mod_order(&((const struct relevant *)a)->mod,
			       &((const struct relevant *)b)->mod);
}

/* All at once, as go get does. One that is replaced at all versions is not asked for. */
static void ask(struct warnings *w)
{
	const char **paths = xreallocarray(NULL, w->mods.n + 1, sizeof(*paths));
	size_t n = 0;

	for (size_t i = 0; i < w->mods.n; i++) {
		const char *path = w->mods.items[i].mod.path;
		struct modver all = { path, "" };

		if ((!n || !str_eq(paths[n - 1], path)) &&
		    !*modproject_replacement(modload_project(w->ml), all).path)
			paths[n++] = path;
	}
	query_prefetch(w->ml, paths, n, QUERY_NOT_RETRACTED);
	free(paths);
}

static void find_warnings(struct warnings *w, const struct requirements *rs,
			  const struct pkgload *ld)
{
	const struct getload *g = w->g;

	for (size_t i = 0; i < g->resolved.n; i++)
		add(w, g->resolved.items[i].mod, true, false);
	if (ld)
		take_packages(w, ld);
	if (w->mods.n)
		qsort(w->mods.items, w->mods.n, sizeof(*w->mods.items), by_module);
	ask(w);
	for (size_t i = 0; i < w->mods.n; i++) {
		const struct relevant *r = &w->mods.items[i];

		if (r->asked || (r->has_package && requirements_is_direct(rs, r->mod.path)))
			warn_deprecated(w, r->mod);
	}
	for (size_t i = 0; i < w->mods.n; i++)
		warn_retracted(w, w->mods.items[i].mod);
}

static void find_and_keep(struct getload *g, struct modload *ml, const struct requirements *rs,
			  const struct pkgload *ld)
{
	struct warnings w = { .g = g, .ml = ml };

	find_warnings(&w, rs, ld);
	g->out->warnings.items = arena_memdup(g->out->arena,
					      w.list.n ? (void *)w.list.items : (void *)"",
					      w.list.n * sizeof(*w.list.items));
	g->out->warnings.n = w.list.n;
	vec_release(&w.mods);
	vec_release(&w.list);
}

/* After errors of packages go get goes on to its warnings; after others it exits. */
static bool has_problem(const struct pkgload *ld)
{
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(ld, &pkgs);

	for (size_t i = 0; i < n; i++)
		if (pkgs[i]->problem.kind != PKG_OK)
			return true;
	return false;
}

bool getload_check(struct getload *g, struct modload *ml, const struct requirements *rs,
		   struct pkgload *ld, struct err *e)
{
	struct buf said = BUF_INIT;
	bool ok = !ld || getload_packages(g, ld, false, e);

	if (ok && ld)
		rs = pkgload_requirements(ld);
	if (ok || has_problem(ld))
		find_and_keep(g, ml, rs, ld);
	if (!ok)
		goget_warn(g->out->warnings, &said);
	if (said.len)
		modproject_message(modload_project(ml), "%s", said.data);
	buf_release(&said);
	return ok;
}
