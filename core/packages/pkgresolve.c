#include "packages/pkgload_impl.h"

#include <errno.h>

#include "base/fs.h"
#include "gofiles/gover.h"
#include "graph/modgraph_load.h"
#include "gofiles/modpath.h"
#include "base/par.h"
#include "gofiles/pseudo.h"
#include "graph/query.h"
#include "base/text.h"

/* Fetching waits for the network more than it computes. */
#define FETCH_THREADS 8u

static const char *quoted(struct arena *a, const char *s)
{
	struct buf b = BUF_INIT;
	const char *out;

	text_quote(&b, s, strlen(s));
	out = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return out;
}

static const char *mod_text(struct arena *a, struct modver m)
{
	return m.version[0] ? arena_fmt(a, "%s@%s", m.path, m.version) : m.path;
}

static struct modsource *source_slot(struct pkgload *ld, struct modver m)
{
	uint32_t node = modtab_node(modload_tab(ld->ml), m);

	if (node >= ld->n_sources) {
		size_t want = MAX((size_t)node + 1, ld->n_sources * 2);

		ld->sources = xreallocarray(ld->sources, want, sizeof(*ld->sources));
		memset(ld->sources + ld->n_sources, 0,
		       (want - ld->n_sources) * sizeof(*ld->sources));
		ld->n_sources = want;
	}
	if (!ld->sources[node])
		ld->sources[node] = arena_calloc(&ld->arena, 1, sizeof(**ld->sources));
	return ld->sources[node];
}

static struct pkgroot *local_root(struct pkgload *ld, const char *dir)
{
	struct pkgroot *root = pkgroots_add(&ld->roots, dir, true);

	pkgroot_open(root);
	return root;
}

/* A tree that is there without asking anybody; false if the module has to be fetched. */
static bool fetch_local(struct pkgload *ld, struct modver m, struct modsource *s)
{
	const struct main_module *main = m.version[0] ? NULL : modload_main(ld->ml, m.path);
	struct modver r = modload_replacement(ld->ml, m);
	const char *dir;
	struct stat st;

	s->fetched = true;
	if (main && main->dir[0]) {
		s->root = local_root(ld, main->dir);
		return true;
	}
	if (!r.path || !r.path[0] || r.version[0]) {
		s->fetched = false;
		return false;
	}
	dir = modload_dir_of(ld->ml, r);
	if (stat(dir, &st) == 0)
		s->root = local_root(ld, dir);
	else if (errno == ENOENT || errno == ENOTDIR)
		s->error = arena_fmt(&ld->arena, "%s: replacement directory %s does not exist",
				     mod_text(&ld->arena, m), r.path);
	else
		s->error = arena_fmt(&ld->arena, "%s: replacement directory %s: stat %s: %s",
				     mod_text(&ld->arena, m), r.path, dir, err_errno_text(errno));
	return true;
}

/* One download, done on any thread: the tree itself is registered afterwards. */
struct fetch_item {
	struct source *source;
	struct modsource *slot;
	struct modver actual;
	const char *dir;
	struct err err;
};

static void fetch_one(void *ctx, size_t i)
{
	struct fetch_item *it = (struct fetch_item *)ctx + i;

	if (!source_dir(it->source, it->actual, &it->dir, &it->err))
		it->dir = NULL;
}

static void open_one(void *ctx, size_t i)
{
	struct fetch_item *it = (struct fetch_item *)ctx + i;

	if (it->slot->root)
		pkgroot_open(it->slot->root);
}

/* Download refuses what wants a newer go, and then only the go.mod that is in the tree counts. */
static void check_go_line(struct pkgload *ld, struct fetch_item *it)
{
	struct pkgroot *root = it->slot->root;
	const char *local = modload_local_version(ld->ml);
	struct err e = ERR_INIT;

	if (!root)
		return;
	if (err_is_set(&root->gomod_err)) {
		it->slot->error = arena_strdup(&ld->arena, root->gomod_err.text);
		err_copy(&ld->unread, &root->gomod_err);
	} else if (gover_compare(root->go_line, local) > 0) {
		modload_too_new(ld->ml, mod_text(&ld->arena, it->actual), root->go_line, &e);
		it->slot->error = arena_strdup(&ld->arena, e.text);
		it->slot->too_new = root->go_line;
		err_release(&e);
	}
	if (it->slot->error)
		it->slot->root = NULL;
}

static void fetch_all(struct pkgload *ld, struct fetch_item *items, size_t n, unsigned threads)
{
	par_for_waiting(n, MIN(threads, ld->cpus), threads, fetch_one, items);
	for (size_t i = 0; i < n; i++) {
		struct fetch_item *it = &items[i];

		it->slot->fetched = true;
		if (it->dir) {
			it->slot->root = pkgroots_add(&ld->roots, it->dir, false);
		} else {
			it->slot->not_exist = it->err.code == ERR_NOT_FOUND ||
					      it->err.code == ERR_OFFLINE;
			it->slot->error = arena_fmt(&ld->arena, "%s: %s",
						    mod_text(&ld->arena, it->actual),
						    it->err.text ? it->err.text : "");
			modload_note_fatal(ld->ml, &it->err);
			if (it->err.code == ERR_SYS)
				err_set(&ld->unread, ERR_SYS, "%s", it->slot->error);
		}
		err_release(&it->err);
	}
	par_for(n, MIN(threads, ld->cpus), open_one, items);
	for (size_t i = 0; i < n; i++)
		check_go_line(ld, &items[i]);
}

static struct fetch_item fetch_item(struct pkgload *ld, struct modver m, struct modsource *s)
{
	return (struct fetch_item){ .source = modload_source(ld->ml),
				    .slot = s,
				    .actual = modload_resolve(ld->ml, m) };
}

struct modsource *pkgload_source(struct pkgload *ld, struct modver m)
{
	struct modsource *s = source_slot(ld, m);

	if (!s->fetched && !fetch_local(ld, m, s)) {
		struct fetch_item it = fetch_item(ld, m, s);

		fetch_all(ld, &it, 1, 1);
	}
	return s;
}

/* The part of an import path below a module path, or below the standard library's "": NULL if it is not within. */
static const char *path_within(const char *path, const char *mod_path)
{
	const char *rest = str_cut_prefix(path, mod_path);

	if (!*mod_path)
		return path;
	if (!rest || (*rest && *rest != '/'))
		return NULL;
	return *rest ? rest + 1 : rest;
}

bool pkgload_dir_in_module(struct pkgload *ld, const char *path, const char *mod_path,
			   struct pkgroot *root, struct pkgdir **d, const char **error)
{
	const char *rel = path_within(path, mod_path);

	*d = NULL;
	if (!rel || (root->local && pkgroot_hidden(root, rel)))
		return true;
	*d = pkgroot_dir(root, rel);
	pkgroot_need(root, *d);
	if ((*d)->list_failed) {
		err_copy(&ld->unread, &(*d)->err);
		*error = (*d)->err.text;
		return false;
	}
	*error = (*d)->link_error;
	return !*error;
}

static void fill_one(void *ctx, size_t i)
{
	struct fill_item *it = (struct fill_item *)ctx + i;

	if (!it->dir->filled)
		pkgroot_fill(it->root, it->dir);
}

void pkgload_fill(struct pkgload *ld, struct fill_item *items, size_t n)
{
	par_for(n, n < 8 ? 1 : ld->cpus, fill_one, items);
}

static const char *not_allowed(struct arena *a, const char *path)
{
	if (strchr(path, '@'))
		return arena_fmt(a, "import path %s should not have @version", quoted(a, path));
	if (str_eq(path, ".") || str_eq(path, "..") || str_has_prefix(path, "./") ||
	    str_has_prefix(path, "../"))
		return arena_fmt(
			a,
			"%s is relative, but relative import paths are not supported in module mode",
			quoted(a, path));
	if (path[0] == '/')
		return arena_fmt(a, "%s is not a package path; see 'go help packages'",
				 quoted(a, path));
	if (str_eq(path, "std") || str_eq(path, "cmd") || str_eq(path, "tool") ||
	    str_eq(path, "work") || str_eq(path, "all"))
		return arena_fmt(a, "%s is not an importable package; see 'go help packages'",
				 quoted(a, path));
	return NULL;
}

static bool fail(struct pkg_found *f, enum pkg_error kind, const char *text)
{
	*f = (struct pkg_found){ .mod = { "", "" }, .error = kind, .error_text = text };
	return false;
}

static bool fail_source(struct pkg_found *f, const struct modsource *s)
{
	fail(f, s->too_new ? PKG_TOO_NEW : PKG_ERROR, s->error);
	f->too_new = s->too_new;
	f->too_new_text = s->error;
	return false;
}

static bool check_path(struct pkgload *ld, const char *path, struct pkg_found *f)
{
	const char *text = not_allowed(&ld->arena, path);
	struct err e = ERR_INIT;

	if (text)
		return fail(f, PKG_INVALID, text);
	if (!str_eq(path, "C") && !modpath_check_import(path, &e)) {
		fail(f, PKG_INVALID, arena_strdup(&ld->arena, e.text));
		err_release(&e);
		return false;
	}
	return true;
}

const char *pkgload_not_std_text(struct pkgload *ld, const char *path)
{
	const char *src = ld->std.goroot[0] ? path_join3(&ld->arena, ld->std.goroot, "src", path)
					    : path_join(&ld->arena, "src", path);

	return arena_fmt(&ld->arena, "package %s is not in std (%s)", path, src);
}

/* The next shorter prefix of a path, in place; false at the end. */
static bool shorten(char *prefix)
{
	char *slash = strrchr(prefix, '/');

	*(slash ? slash : prefix) = 0;
	return prefix[0] != 0;
}

static const char *selected(struct pkgload *ld, struct requirements *rs, const struct modgraph *mg,
			    const char *path)
{
	const char *v = mg ? modgraph_selected(mg, path) : requirements_root(ld->ml, rs, path);

	return v && !str_eq(v, "none") ? v : NULL;
}

#define MAX_CANDIDATES 64

/* The modules that provide a path, longest module path first. */
struct candidates {
	struct modver mods[MAX_CANDIDATES];
	struct pkgroot *roots[MAX_CANDIDATES];
	struct pkgdir *dirs[MAX_CANDIDATES];
	size_t n;
	struct modver alts[MAX_CANDIDATES];
	size_t n_alts;
};

static struct modver kept_mod(struct pkgload *ld, struct modver m)
{
	return modtab_mod(modload_tab(ld->ml), m);
}

static bool gather(struct pkgload *ld, const char *path, struct requirements *rs,
		   const struct modgraph *mg, struct candidates *c, struct pkg_found *f)
{
	char *prefix = xstrdup(path);
	bool ok = true;

	do {
		const char *v = gover_is_toolchain(prefix) ? NULL : selected(ld, rs, mg, prefix);
		struct modsource *s;
		struct modver m;
		struct pkgdir *d = NULL;
		const char *error;

		if (!v || c->n == MAX_CANDIDATES || c->n_alts == MAX_CANDIDATES)
			continue;
		m = kept_mod(ld, (struct modver){ prefix, v });
		s = pkgload_source(ld, m);
		if (!s->root) {
			ok = fail_source(f, s);
		} else if (!pkgload_dir_in_module(ld, path, m.path, s->root, &d, &error)) {
			ok = fail(f, PKG_ERROR, arena_strdup(&ld->arena, error));
		} else if (d && d->is_go_dir) {
			c->mods[c->n] = m;
			c->roots[c->n] = s->root;
			c->dirs[c->n++] = d;
		} else {
			c->alts[c->n_alts++] = m;
		}
	} while (ok && shorten(prefix));
	free(prefix);
	return ok;
}

static bool ambiguous(struct pkgload *ld, const char *path, const struct candidates *c, bool in_std,
		      struct pkg_found *f)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "ambiguous import: found package %s in multiple modules:", path);
	for (size_t i = c->n; i-- > 0;) {
		struct modver m = c->mods[i];
		const char *dir = path_join(&ld->arena, c->roots[i]->dir, c->dirs[i]->rel);

		buf_addf(&b, "\n\t%s%s%s (%s)", m.path, m.version[0] ? " " : "", m.version, dir);
	}
	if (in_std)
		buf_addf(&b, "\n\t (%s)", path_join(&ld->arena, ld->std.src, path));
	fail(f, PKG_AMBIGUOUS, arena_strndup(&ld->arena, b.data, b.len));
	buf_release(&b);
	return false;
}

static void set_too_new(struct pkgload *ld, struct pkg_found *f, const struct mod_failure *why)
{
	if (!why || !why->too_new)
		return;
	f->error = PKG_TOO_NEW;
	f->too_new = modload_raw_go_version(ld->ml, why->actual);
	f->too_new_text = why->err.text;
}

/* The whole graph; its error is then the package's. */
static bool graph_of(struct pkgload *ld, struct requirements *rs, const struct modgraph **mg,
		     struct pkg_found *f)
{
	struct err e = ERR_INIT;
	uint32_t node;

	if (requirements_graph(ld->ml, rs, mg, &e))
		return true;
	fail(f, PKG_ERROR, arena_strdup(&ld->arena, e.text));
	set_too_new(ld, f, modgraph_failure(ld->ml, *mg, &node));
	err_release(&e);
	return false;
}

/* The one module that provides the path; its go.mod must be readable too, as it says which language it is in. */
static bool found_one(struct pkgload *ld, const struct candidates *c, bool skip_modfile,
		      struct pkg_found *f)
{
	struct modver m = c->mods[0];
	struct err e = ERR_INIT;

	if (!skip_modfile && !modload_is_main(ld->ml, m.path) && !modload_summary(ld->ml, m, &e)) {
		const struct mod_failure *why = modload_failure(ld->ml,
								modtab_find(modload_tab(ld->ml),
									    m));

		fail(f, PKG_ERROR, arena_strdup(&ld->arena, e.text ? e.text : ""));
		set_too_new(ld, f, why);
		err_release(&e);
		return false;
	}
	*f = (struct pkg_found){
		.mod = m, .root = c->roots[0], .rel = c->dirs[0]->rel, .has_dir = true
	};
	if (c->n_alts)
		f->alt_mods = arena_memdup(&ld->arena, c->alts, c->n_alts * sizeof(*c->alts));
	f->n_alt_mods = c->n_alts;
	return true;
}

static bool missing(struct pkgload *ld, const char *path, struct pkg_found *f)
{
	bool std = gostd_is_path(path);

	fail(f, PKG_MISSING,
	     std ? pkgload_not_std_text(ld, path)
		 : arena_fmt(&ld->arena, "cannot find module providing package %s", path));
	f->missing_std = std;
	return false;
}

static bool in_goroot(const struct pkgload *ld, const struct main_module *m)
{
	return ld->std.src[0] && m->dir[0] && path_under(m->dir, ld->std.src);
}

const char *pkgload_prefix(const struct pkgload *ld, const struct main_module *m)
{
	return str_eq(m->mod.path, "std") && in_goroot(ld, m) ? "" : m->mod.path;
}

/* A package of the standard library is the main module's where that stands in GOROOT. False if it is not. */
static bool in_std_main(struct pkgload *ld, const char *path, struct pkg_found *f)
{
	const struct main_module *mains;
	size_t n = modload_mains(ld->ml, &mains);

	for (size_t i = 0; i < n; i++) {
		struct modsource *s;
		struct pkgdir *d;
		const char *error;

		if (!in_goroot(ld, &mains[i]))
			continue;
		s = pkgload_source(ld, mains[i].mod);
		if (!s->root)
			continue;
		if (!pkgload_dir_in_module(ld, path, pkgload_prefix(ld, &mains[i]), s->root, &d,
					   &error)) {
			fail(f, PKG_ERROR, arena_strdup(&ld->arena, error));
			return true;
		}
		if (d && d->is_go_dir) {
			*f = (struct pkg_found){ .mod = mains[i].mod,
						 .root = s->root,
						 .rel = d->rel,
						 .in_std = true,
						 .has_dir = true };
			return true;
		}
	}
	return false;
}

bool pkgload_resolve(struct pkgload *ld, const char *path, struct requirements *rs,
		     const struct modgraph *mg, bool skip_modfile, struct pkg_found *f)
{
	bool in_std;

	if (!check_path(ld, path, f))
		return false;
	*f = (struct pkg_found){ .mod = { "", "" } };
	if (str_eq(path, "C"))
		return true;
	in_std = gostd_is_path(path) && gostd_has(&ld->std, path);
	if (in_std && in_std_main(ld, path, f))
		return f->error == PKG_OK;
	for (;;) {
		struct candidates c;

		c.n = c.n_alts = 0;
		if (!gather(ld, path, rs, mg, &c, f))
			return false;
		if (c.n + in_std > 1)
			return ambiguous(ld, path, &c, in_std, f);
		if (c.n == 1)
			return found_one(ld, &c, skip_modfile, f);
		if (in_std) {
			*f = (struct pkg_found){ .mod = { "", "" },
						 .in_std = true,
						 .has_dir = true };
			return true;
		}
		if (mg)
			return missing(ld, path, f);
		if (!graph_of(ld, rs, &mg, f))
			return false;
	}
}

/* Which trees and directories will resolving look at? Only those of the first pass. */
struct prefetch {
	VEC(struct fetch_item) fetch;
	VEC(struct fill_item) fill;
};

static void prefetch_sources(struct pkgload *ld, const char *path, struct requirements *rs,
			     const struct modgraph *mg, struct prefetch *p)
{
	char *prefix = xstrdup(path);

	do {
		const char *v = gover_is_toolchain(prefix) ? NULL : selected(ld, rs, mg, prefix);
		struct modsource *s;
		struct modver m;

		if (!v)
			continue;
		m = kept_mod(ld, (struct modver){ prefix, v });
		s = source_slot(ld, m);
		if (s->fetched || fetch_local(ld, m, s))
			continue;
		s->fetched = true; /* on its way: not twice in one list */
		vec_push(&p->fetch, fetch_item(ld, m, s));
	} while (shorten(prefix));
	free(prefix);
}

static void prefetch_dirs(struct pkgload *ld, const char *path, struct requirements *rs,
			  const struct modgraph *mg, struct prefetch *p)
{
	char *prefix = xstrdup(path);

	do {
		const char *v = gover_is_toolchain(prefix) ? NULL : selected(ld, rs, mg, prefix);
		struct modsource *s = v ? source_slot(ld, (struct modver){ prefix, v }) : NULL;
		const char *rel = path_within(path, prefix);
		struct pkgdir *d;

		if (!s || !s->root || !rel || (s->root->local && pkgroot_hidden(s->root, rel)))
			continue;
		d = pkgroot_dir(s->root, rel);
		if (!d->filled)
			vec_push(&p->fill, (struct fill_item){ s->root, d });
	} while (shorten(prefix));
	free(prefix);
}

static bool worth_prefetching(const char *path)
{
	return path[0] && path[0] != '/' && path[0] != '.' && !strchr(path, '@');
}

void pkgload_prefetch(struct pkgload *ld, const char *const *paths, size_t n,
		      struct requirements *rs, const struct modgraph *mg)
{
	struct prefetch p = { 0 };

	for (size_t i = 0; i < n; i++)
		if (worth_prefetching(paths[i]))
			prefetch_sources(ld, paths[i], rs, mg, &p);
	if (p.fetch.n)
		fetch_all(ld, p.fetch.items, p.fetch.n, FETCH_THREADS);
	for (size_t i = 0; i < n; i++)
		if (worth_prefetching(paths[i]))
			prefetch_dirs(ld, paths[i], rs, mg, &p);
	if (p.fill.n)
		pkgload_fill(ld, p.fill.items, p.fill.n);
	vec_release(&p.fetch);
	vec_release(&p.fill);
}

/* A replaced module that is not required, which would provide the path: they come before the proxies. */
static int longer_first(const void *a, const void *b)
{
	size_t x = strlen(((const struct modver *)a)->path),
	       y = strlen(((const struct modver *)b)->path);

	return x > y ? -1 : x < y;
}

static const char *zero_version(struct pkgload *ld, const char *path)
{
	size_t prefix;

	if (!modpath_split(path, &prefix) || path[prefix] == 0)
		return pseudo_zero(&ld->arena, "v0");
	return pseudo_zero(&ld->arena, path + prefix + 1);
}

static bool replaced_candidates(struct pkgload *ld, const char *path, struct requirements *rs,
				struct modver **mods, size_t *n, struct err *e)
{
	const struct map *replaced = modload_replaced_paths(ld->ml);

	*mods = arena_alloc(&ld->arena, (replaced->n + 1) * sizeof(**mods));
	*n = 0;
	for (size_t i = 0; i < replaced->n; i++) {
		const char *mp = replaced->entries[i].key, *mv = replaced->entries[i].value;
		const struct modgraph *mg;

		if (!path_within(path, mp))
			continue;
		if (!mv || !mv[0])
			mv = zero_version(ld, mp);
		if (!requirements_graph(ld->ml, rs, &mg, e))
			return false;
		if (gover_mod_compare(mp, modgraph_selected(mg, mp), mv) < 0)
			(*mods)[(*n)++] = kept_mod(ld, (struct modver){ mp, mv });
	}
	qsort(*mods, *n, sizeof(**mods), longer_first);
	return true;
}

static const char *not_in_module(struct pkgload *ld, struct modver m, const char *path)
{
	struct modver r = modload_replacement(ld->ml, m);
	const char *by = r.path && r.path[0] ? arena_fmt(&ld->arena, ", replaced by %s",
							 mod_text(&ld->arena, r))
					     : "";

	return arena_fmt(&ld->arena,
			 "module %s@latest found (%s%s), but does not contain package %s", m.path,
			 m.version, by, path);
}

/* *done if the question is answered here, for or against. */
static bool query_replaced(struct pkgload *ld, const char *path, struct requirements *rs,
			   struct modver *m, bool *done, struct pkg_found *f)
{
	struct modver *mods;
	struct err e = ERR_INIT, invalid = ERR_INIT;
	size_t n;

	*done = true;
	if (!replaced_candidates(ld, path, rs, &mods, &n, &e)) {
		fail(f, PKG_ERROR, arena_strdup(&ld->arena, e.text));
		err_release(&e);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		struct modsource *s = pkgload_source(ld, mods[i]);
		struct pkgdir *d = NULL;
		const char *error;

		if (!s->root)
			return fail_source(f, s);
		if (!pkgload_dir_in_module(ld, path, mods[i].path, s->root, &d, &error))
			return fail(f, PKG_ERROR, arena_strdup(&ld->arena, error));
		if (d && d->is_go_dir) {
			*m = mods[i];
			return true;
		}
	}
	if (n && !modpath_check(path, &invalid)) {
		err_release(&invalid);
		return fail(f, PKG_ERROR, not_in_module(ld, mods[0], path));
	}
	*done = false;
	return true;
}

/* What the proxies say of one import path: the modules that have it, longest path first, or why none. */
struct query_answer {
	struct modver *found;
	size_t n_found;
	const char *error, *too_new;
	bool not_exist;
};

/* One prefix, asked. */
struct asked {
	struct modver mod;
	bool has_package, no_package;
	enum query_failure failure; /* QUERY_OK: asked with success */
	const char *error, *too_new;
};

static void ask_fetch(struct pkgload *ld, const char *path, struct asked *q)
{
	struct modsource *s = pkgload_source(ld, q->mod);
	struct pkgdir *d = NULL;
	const char *error = NULL;

	if (!s->root) {
		q->failure = s->not_exist ? QUERY_NOT_EXIST : QUERY_OTHER;
		q->error = s->error;
		q->too_new = s->too_new;
	} else if (!pkgload_dir_in_module(ld, path, q->mod.path, s->root, &d, &error)) {
		q->failure = QUERY_OTHER;
		q->error = arena_strdup(&ld->arena, error);
	} else if (d && d->is_go_dir) {
		q->has_package = true;
	} else if (!str_eq(path, q->mod.path)) {
		q->no_package = true;
		q->error = not_in_module(ld, q->mod, path);
	}
}

/* current: the version in the graph, which matters if it is +incompatible. */
static void ask_prefix(struct pkgload *ld, const char *path, const char *prefix,
		       const char *current, struct asked *q)
{
	struct query_result r = { 0 };
	struct err e = ERR_INIT;

	*q = (struct asked){ .mod = { arena_strdup(&ld->arena, prefix), "" } };
	if (query_version(ld->ml, prefix, "latest", current, QUERY_ALLOWED, &r, &e)) {
		q->mod = kept_mod(ld, (struct modver){ prefix, r.version });
		ask_fetch(ld, path, q);
		return;
	}
	q->failure = r.failure == QUERY_OK ? QUERY_OTHER : r.failure;
	/* go asks the next entry of GOPROXY, `direct` among them, only if no prefix is known to this one: what
	 * only a repository could tell counts as not there unless nothing else is found */
	if (q->failure == QUERY_OTHER &&
	    (e.code == ERR_NOT_FOUND || e.code == ERR_OFFLINE || e.code == ERR_NOT_HERE))
		q->failure = QUERY_NOT_EXIST;
	q->error = arena_strdup(&ld->arena, e.text ? e.text : "");
	err_release(&e);
}

/* queryPrefixModules: of all failures the one that helps most. Prefixes come longest first. */
static void rank_answers(struct pkgload *ld, const struct asked *q, size_t n,
			 struct query_answer *a)
{
	static const enum query_failure order[] = { QUERY_NO_VERSION, QUERY_NO_PATCH_BASE,
						    QUERY_INVALID_PATH, QUERY_INVALID_VERSION,
						    QUERY_NOT_EXIST };
	const char *other = NULL, *no_package = NULL, *only_module = NULL;

	a->found = arena_alloc(&ld->arena, (n + 1) * sizeof(*a->found));
	for (size_t i = 0; i < n; i++) {
		if (q[i].has_package)
			a->found[a->n_found++] = q[i].mod;
		else if (q[i].no_package && !no_package)
			no_package = q[i].error;
		else if (q[i].failure == QUERY_OK && !q[i].no_package && !only_module)
			only_module = not_in_module(ld, q[i].mod, q[i].mod.path);
		else if ((q[i].failure == QUERY_OTHER || q[i].failure == QUERY_DISALLOWED) &&
			 !other && !no_package && !a->n_found && !only_module) {
			other = q[i].error;
			a->too_new = q[i].too_new;
		}
	}
	/* a failure of a longer path counts even if a shorter one has the package */
	if (other) {
		a->error = other;
		a->n_found = 0;
	} else if (!a->n_found) {
		a->error = only_module ? only_module : no_package;
	}
	for (size_t k = 0; k < ARRAY_LEN(order) && !a->n_found && !a->error; k++) {
		for (size_t i = 0; i < n && !a->error; i++) {
			if (q[i].failure == order[k]) {
				a->error = q[i].error;
				a->not_exist = order[k] == QUERY_NOT_EXIST;
			}
		}
	}
}

static const char *current_incompatible(const struct modgraph *mg, const char *prefix)
{
	const char *v = modgraph_selected(mg, prefix);

	return str_has_suffix(v, "+incompatible") ? v : "";
}

/* What an answer depends on: the path, and which of its prefixes are there as +incompatible. */
static const char *question_key(struct pkgload *ld, const char *path, const struct modgraph *mg)
{
	char *prefix = xstrdup(path);
	const char *key = path;

	do {
		if (current_incompatible(mg, prefix)[0])
			key = arena_fmt(&ld->arena, "%s %s", key, prefix);
	} while (shorten(prefix));
	free(prefix);
	return key;
}

static struct query_answer *ask_proxies(struct pkgload *ld, const char *path,
					const struct modgraph *mg)
{
	const char *key = question_key(ld, path, mg);
	struct query_answer *a = map_get(&ld->query_cache, key);
	VEC(struct asked) q = { 0 };
	char *prefix;

	if (a)
		return a;
	a = arena_calloc(&ld->arena, 1, sizeof(*a));
	prefix = xstrdup(path);
	do {
		size_t major;
		struct asked one;

		if (modload_is_main(ld->ml, prefix) || !modpath_split(prefix, &major))
			continue;
		ask_prefix(ld, path, prefix, current_incompatible(mg, prefix), &one);
		vec_push(&q, one);
	} while (shorten(prefix));
	free(prefix);
	if (q.n)
		rank_answers(ld, q.items, q.n, a);
	else
		a->error = arena_fmt(&ld->arena,
				     "module @latest found (), but does not contain package %s",
				     path);
	vec_release(&q);
	map_put(&ld->query_cache, arena_strdup(&ld->arena, key), a);
	return a;
}

static bool pick_candidate(struct pkgload *ld, const char *path, const struct query_answer *a,
			   const struct modgraph *mg, struct modver *m, struct pkg_found *f)
{
	const char *newer = "";

	for (size_t i = 0; i < a->n_found; i++) {
		const char *v = modgraph_selected(mg, a->found[i].path);

		if (gover_mod_compare(a->found[i].path, v, a->found[i].version) <= 0) {
			*m = a->found[i];
			return true;
		}
		if (i == 0)
			newer = v;
	}
	return fail(
		f, PKG_MISSING,
		newer[0]
			? arena_fmt(
				  &ld->arena,
				  "package %s provided by %s at latest version %s but not at required version %s",
				  path, a->found[0].path, a->found[0].version, newer)
			: arena_fmt(&ld->arena, "missing module for import: %s@%s provides %s",
				    a->found[0].path, a->found[0].version, path));
}

bool pkgload_query_import(struct pkgload *ld, const char *path, struct requirements *rs,
			  struct modver *m, struct pkg_found *f)
{
	const struct query_answer *a;
	const struct modgraph *mg;
	bool done, ok = query_replaced(ld, path, rs, m, &done, f);

	if (done)
		return ok;
	if (gostd_is_path(path))
		return missing(ld, path, f);
	modload_message(ld->ml, "go: finding module for package %s\n", path);
	if (!graph_of(ld, rs, &mg, f))
		return false;
	a = ask_proxies(ld, path, mg);
	if (a->n_found)
		return pick_candidate(ld, path, a, mg, m, f);
	if (a->too_new)
		return fail_source(f,
				   &(struct modsource){ .error = a->error, .too_new = a->too_new });
	if (!a->not_exist)
		return fail(f, PKG_ERROR, a->error);
	return fail(f, PKG_MISSING,
		    arena_fmt(&ld->arena, "cannot find module providing package %s: %s", path,
			      a->error));
}
