#include "parts/load_private.h"

#include "base/buf.h"
#include "base/path.h"
#include "gofiles/goenv.h"
#include "packages/pkgload.h"
#include "fetch/source.h"
#include "graph/modload_open.h"

static void imports_release(void *data)
{
	map_release(&((struct load_imports *)data)->modules);
	map_release(&((struct load_imports *)data)->unread);
	map_release(&((struct load_imports *)data)->std);
}

/* The results: chains of each module, and packages not only needed by tests. */
struct gather {
	struct load_imports *li;
	const struct pkgload *ld;
	struct arena *a;
	struct map tools, needed; /* paths of packages reached without tests */
};

/* "main/web > prometheus/common/route > ...": from the main module's package to this one; tests and tools are marked. */
static const char *chain_text(const struct gather *t, const struct pkg *p)
{
	const struct pkg *chain[64] = { NULL };
	struct buf b = BUF_INIT;
	const char *text;
	size_t n = 0;

	for (; p && n < ARRAY_LEN(chain); p = p->stack)
		chain[n++] = p;
	for (size_t i = n; i-- > 0;) {
		const struct pkg *q = chain[i]->test_of ? chain[i]->test_of : chain[i];

		if (chain[i]->test_of) {
			buf_addstr(&b, " (test)");
			continue;
		}
		buf_addf(&b, "%s%s", b.len ? " > " : "", q->path);
		if (i == n - 1 && map_has(&t->tools, q->path))
			buf_addstr(&b, " (tool)");
	}
	text = arena_strndup(t->a, b.data, b.len);
	buf_release(&b);
	return text;
}

static void find_tools(struct gather *t)
{
	const char *const *paths;
	size_t n = modproject_tools(modload_project(pkgload_modload(t->ld)), &paths);

	for (size_t i = 0; i < n; i++)
		map_put(&t->tools, paths[i], NULL);
}

/* Follows non-test imports from the main module's packages and the tools. */
static void find_needed(struct gather *t)
{
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(t->ld, &pkgs);
	VEC(const struct pkg *) queue = { 0 };

	for (size_t i = 0; i < n; i++)
		if (!pkgs[i]->stack && !pkgs[i]->test_of &&
		    map_put(&t->needed, pkgs[i]->path, NULL))
			vec_push(&queue, pkgs[i]);
	for (size_t i = 0; i < queue.n; i++)
		for (size_t k = 0; k < queue.items[i]->n_imports; k++)
			if (map_put(&t->needed, queue.items[i]->imports[k]->path, NULL))
				vec_push(&queue, queue.items[i]->imports[k]);
	vec_release(&queue);
}

static bool counts(const struct pkg *p)
{
	return !p->test_of && p->mod.path && p->mod.path[0];
}

static struct load_import *import_of(struct gather *t, const struct pkg *p)
{
	struct load_import *in = map_get(&t->li->modules, p->mod.path);

	if (!in) {
		in = arena_calloc(t->a, 1, sizeof(*in));
		map_put(&t->li->modules, arena_strdup(t->a, p->mod.path), in);
	}
	return in;
}

/* The direct imports of the main modules' packages and tests. */
static void count_direct(struct gather *t)
{
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(t->ld, &pkgs);
	struct map seen = MAP_INIT;

	for (size_t i = 0; i < n; i++) {
		const struct pkg *p = pkgs[i]->test_of ? pkgs[i]->test_of : pkgs[i];

		if (pkgload_is_external(t->ld, p) || p->in_std)
			continue;
		for (size_t k = 0; k < pkgs[i]->n_imports; k++) {
			const struct pkg *q = pkgs[i]->imports[k];
			struct load_import *in = counts(q) ? map_get(&t->li->modules, q->mod.path)
							   : NULL;

			if (in && map_put(&seen, q->path, NULL))
				in->n_direct++;
		}
	}
	map_release(&seen);
}

/* The absent module with the longest path that begins the package's; NULL if there is none. */
static const char *absent_for(const struct pkgload_tree *trees, size_t n, const char *package)
{
	const char *best = NULL;

	for (size_t i = 0; i < n; i++) {
		const char *path = trees[i].mod.path;

		if (!trees[i].found && path_under(package, path) &&
		    (!best || strlen(path) > strlen(best)))
			best = path;
	}
	return best;
}

/* Packages that no module has which can be read. */
static void find_unread(struct gather *t, const struct pkgload_tree *trees, size_t n_trees)
{
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(t->ld, &pkgs);

	for (size_t i = 0; i < n; i++) {
		bool lost = !pkgs[i]->test_of && !pkgs[i]->in_std && !counts(pkgs[i]);
		const char *path = lost ? absent_for(trees, n_trees, pkgs[i]->path) : NULL;

		if (path && !map_has(&t->li->unread, path))
			map_put(&t->li->unread, arena_strdup(t->a, path),
				(void *)(uintptr_t)chain_text(t, pkgs[i]));
	}
}

/* Missing trees, which may contain more imports. */
static void find_absent(struct gather *t)
{
	struct load_imports *li = t->li;
	struct pkgload_tree *trees;
	size_t n = pkgload_trees(t->ld, t->a, &trees);

	for (size_t i = 0; i < n; i++)
		if (!trees[i].found && !li->n_absent++)
			li->absent = (struct modver){ arena_strdup(t->a, trees[i].mod.path),
						      arena_strdup(t->a, trees[i].mod.version) };
	if (li->n_absent)
		find_unread(t, trees, n);
}

/* Packages are in breadth-first order, so chains get longer. Count first, so that each module has one table. */
static void collect(struct load_imports *li, const struct pkgload *ld, struct arena *a)
{
	struct gather t = { .li = li, .ld = ld, .a = a };
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(ld, &pkgs);

	find_tools(&t);
	find_needed(&t);
	for (size_t i = 0; i < n; i++)
		if (counts(pkgs[i]))
			import_of(&t, pkgs[i])->n_packages++;
	for (size_t i = 0; i < n; i++) {
		struct load_import *in = counts(pkgs[i]) ? import_of(&t, pkgs[i]) : NULL;
		const char **chains, **packages;

		if (pkgs[i]->in_std && !pkgs[i]->test_of)
			map_put(&li->std, arena_strdup(a, pkgs[i]->path), NULL);
		if (!in)
			continue;
		if (!in->chains) {
			in->chains = arena_calloc(a, in->n_packages, sizeof(*in->chains));
			in->packages = arena_calloc(a, in->n_packages, sizeof(*in->packages));
			in->n_packages = 0;
		}
		chains = (const char **)(uintptr_t)in->chains;
		packages = (const char **)(uintptr_t)in->packages;
		packages[in->n_packages] = arena_strdup(a, pkgs[i]->path);
		chains[in->n_packages++] = chain_text(&t, pkgs[i]);
		in->n_tests += !map_has(&t.needed, pkgs[i]->path);
		in->tool = in->tool || map_has(&t.tools, pkgs[i]->path);
	}
	count_direct(&t);
	find_absent(&t);
	map_release(&t.tools);
	map_release(&t.needed);
}

bool load_make_imports(struct load_work *w, struct part **out, struct err *e)
{
	const struct load_env *env = load_data(w, PART_ENV);
	struct part *p = load_part_on(w, PART_ENV);
	struct load_imports *li = arena_calloc(&p->arena, 1, sizeof(*li));
	struct source_options so = { .env = env->env,
				     .own_counts = load_options(w->l)->own_counts,
				     .offline = load_options(w->l)->offline,
				     .look = true,
				     .cancel = job_cancel(w->job),
				     .log = load_log(w->l),
				     .once = load_once(w) };
	struct pkgload_options po = { .load_tests = true,
				      .silence_errors = true,
				      .silence_missing_std = true };
	struct source *source = source_new(&so);
	struct modload_options mo = { .env = env->env,
				      .source = source,
				      .command = MODPROJECT_WHY,
				      .cancel = job_cancel(w->job) };
	struct modload *ml = NULL;
	struct pkgload *ld = NULL;
	bool ok = modload_open(&ml, &mo, e);

	p->data = li;
	p->release = imports_release;
	if (ok) {
		ld = pkgload_new(ml, &po);
		ok = pkgload_run(ld, (const char *[]){ "all" }, 1, NULL, e);
		if (ok && err_is_set(pkgload_unread(ld))) {
			err_copy(e, pkgload_unread(ld));
			ok = false;
		}
		if (ok)
			collect(li, ld, &p->arena);
	}
	if (!source_cached_ok(source, NULL)) {
		err_clear(e);
		ok = source_cached_ok(source, e);
	}
	pkgload_free(ld);
	modload_free(ml);
	source_free(source);
	return load_hand_over(p, ok, out);
}
