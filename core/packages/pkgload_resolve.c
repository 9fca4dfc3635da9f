#include "base/fs.h"
#include "base/text.h"
#include "gofiles/cachepath.h"
#include "gofiles/goenv.h"
#include "gofiles/modpath.h"
#include "graph/modgraph_load.h"
#include "packages/pkgload_impl.h"

static const char *not_allowed(struct arena *a, const char *path)
{
	if (strchr(path, '@'))
		return arena_fmt(a, "import path %s should not have @version",
				 text_quoted(a, path));
	if (path[0] == '.' && (str_eq(path, ".") || str_eq(path, "..") ||
			       str_has_prefix(path, "./") || str_has_prefix(path, "../")))
		return arena_fmt(
			a,
			"%s is relative, but relative import paths are not supported in module mode",
			text_quoted(a, path));
	if (path[0] == '/')
		return arena_fmt(a, "%s is not a package path; see 'go help packages'",
				 text_quoted(a, path));
	if (strlen(path) <= 4 &&
	    (str_eq(path, "std") || str_eq(path, "cmd") || str_eq(path, "tool") ||
	     str_eq(path, "work") || str_eq(path, "all")))
		return arena_fmt(a, "%s is not an importable package; see 'go help packages'",
				 text_quoted(a, path));
	return NULL;
}

bool pkgload_fail(struct pkg_found *f, enum pkg_error kind, const char *text)
{
	*f = (struct pkg_found){ .mod = { "", "" }, .problem = { .kind = kind, .text = text } };
	return false;
}

bool pkgload_fail_source(struct pkg_found *f, const struct pkgload_source *s)
{
	pkgload_fail(f, s->too_new ? PKG_TOO_NEW : PKG_ERROR, s->error);
	f->problem.too_new = s->too_new;
	f->problem.too_new_text = s->error;
	return false;
}

/* Whether the element may be the name of a Windows device (con, prn, aux, nul, com1, lpt1). */
static bool is_device_like(const char *elem)
{
	return strchr("cpanl", elem[0]) && elem[1] && elem[2] && (elem[3] < 'a' || elem[3] > 'z') &&
	       (strncmp(elem, "con", 3) == 0 || strncmp(elem, "prn", 3) == 0 ||
		strncmp(elem, "aux", 3) == 0 || strncmp(elem, "nul", 3) == 0 ||
		strncmp(elem, "com", 3) == 0 || strncmp(elem, "lpt", 3) == 0);
}

/* A quick check that nearly all valid paths pass; modpath_check_import checks the rest. */
static bool is_plain_path(const char *path)
{
	for (const char *p = path;; p++) {
		const char *elem = p;

		while ((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') ||
		       (p > elem && (*p == '-' || *p == '_' || *p == '.')))
			p++;
		if (p == elem || p[-1] == '.' || (*p && *p != '/') || is_device_like(elem))
			return false;
		if (!*p)
			return true;
	}
}

static bool check_path(struct pkgload *ld, const char *path, struct pkg_found *f)
{
	const char *text = not_allowed(&ld->arena, path);
	struct err e = ERR_INIT;

	if (text)
		return pkgload_fail(f, PKG_INVALID, text);
	if (!is_plain_path(path) && !str_eq(path, "C") && !modpath_check_import(path, &e)) {
		pkgload_fail(f, PKG_INVALID, arena_strdup(&ld->arena, e.text));
		err_release(&e);
		return false;
	}
	return true;
}

static const char *not_std_text(struct pkgload *ld, const char *path)
{
	const char *src = ld->std.goroot[0] ? path_join3(&ld->arena, ld->std.goroot, "src", path)
					    : path_join(&ld->arena, "src", path);

	return arena_fmt(&ld->arena, "package %s is not in std (%s)", path, src);
}

/* The modules that provide a path, longest module path first, and those that could but lack it. */
struct providers {
	struct modver mods[PKGLOAD_MAX_CANDIDATES], alts[PKGLOAD_MAX_CANDIDATES];
	struct pkgroot *roots[PKGLOAD_MAX_CANDIDATES];
	struct pkgroot_dir *dirs[PKGLOAD_MAX_CANDIDATES];
	uint32_t node; /* of the last one of mods */
	size_t n, n_alts;
};

static bool gather(struct pkgload *ld, const char *path, struct requirements *rs,
		   const struct modgraph *mg, struct providers *c, struct pkg_found *f)
{
	struct pkgload_candidate list[PKGLOAD_MAX_CANDIDATES];
	size_t n = pkgload_candidates(ld, path, rs, mg, list);

	c->n = c->n_alts = 0;
	for (size_t i = 0; i < n; i++) {
		struct modver m = list[i].mod;
		struct pkgload_source *s = pkgload_source_at(ld, &list[i]);
		struct pkgroot_dir *d = list[i].dir;
		const char *error;

		if (!s->root)
			return pkgload_fail_source(f, s);
		if (d ? !pkgload_dir_read(ld, s->root, d, &error)
		      : !pkgload_dir_in_module(ld, path, m.path, s->root, &d, &error))
			return pkgload_fail(f, PKG_ERROR, arena_strdup(&ld->arena, error));
		if (d && d->is_go_dir) {
			c->node = list[i].node;
			c->mods[c->n] = m;
			c->roots[c->n] = s->root;
			c->dirs[c->n++] = d;
		} else {
			c->alts[c->n_alts++] = m;
		}
	}
	return true;
}

/* Where go has the directory: a tree that GOMODCACHE lacks is one of our own cache. */
static const char *shown_dir(struct pkgload *ld, struct modver m, const struct pkgroot *root,
			     const struct pkgroot_dir *d)
{
	struct modproject *mp = modload_project(ld->ml);
	const char *modcache = goenv_modcache(modproject_env(mp), NULL);
	const char *dir = root->local || !modcache
				  ? root->dir
				  : cachepath_tree(&ld->arena, modcache, modproject_resolve(mp, m));

	return path_join(&ld->arena, dir, d->rel);
}

static bool ambiguous(struct pkgload *ld, const char *path, const struct providers *c, bool in_std,
		      struct pkg_found *f)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "ambiguous import: found package %s in multiple modules:", path);
	for (size_t i = c->n; i-- > 0;) {
		struct modver m = c->mods[i];

		buf_addf(&b, "\n\t%s%s%s (%s)", m.path, m.version[0] ? " " : "", m.version,
			 shown_dir(ld, m, c->roots[i], c->dirs[i]));
	}
	if (in_std)
		buf_addf(&b, "\n\t (%s)", path_join(&ld->arena, ld->std.src, path));
	pkgload_fail(f, PKG_AMBIGUOUS, arena_strndup(&ld->arena, b.data, b.len));
	buf_release(&b);
	return false;
}

static void set_too_new(struct pkgload *ld, struct pkg_found *f, const struct modload_failure *why)
{
	if (!why || !why->too_new)
		return;
	f->problem.kind = PKG_TOO_NEW;
	f->problem.too_new = modload_raw_go_version(ld->ml, why->actual);
	f->problem.too_new_text = why->err.text;
}

bool pkgload_graph(struct pkgload *ld, struct requirements *rs, const struct modgraph **mg,
		   struct pkg_found *f)
{
	struct err e = ERR_INIT;
	uint32_t node;

	if (requirements_graph(ld->ml, rs, mg, &e))
		return true;
	pkgload_fail(f, PKG_ERROR, arena_strdup(&ld->arena, e.text));
	set_too_new(ld, f, modgraph_load_failure(ld->ml, *mg, &node));
	err_release(&e);
	return false;
}

/* The one module that provides the path; its go.mod must be readable too, for the language version. */
static bool found_one(struct pkgload *ld, const struct providers *c, bool skip_modfile,
		      struct pkg_found *f)
{
	struct modver m = c->mods[0];
	struct err e = ERR_INIT;

	if (!skip_modfile && !modproject_is_main(modload_project(ld->ml), m.path) &&
	    !modload_summary_node(ld->ml, c->node) && !modload_summary(ld->ml, m, &e)) {
		const struct modload_failure *why = modload_failure(ld->ml,
								    modtab_find(modload_tab(ld->ml),
										m));

		pkgload_fail(f, PKG_ERROR, arena_strdup(&ld->arena, err_text(&e)));
		set_too_new(ld, f, why);
		err_release(&e);
		return false;
	}
	*f = (struct pkg_found){ .mod = m,
				 .root = c->roots[0],
				 .dir = c->dirs[0],
				 .rel = c->dirs[0]->rel,
				 .has_dir = true };
	if (c->n_alts)
		f->alt_mods = arena_memdup(&ld->arena, c->alts, c->n_alts * sizeof(*c->alts));
	f->n_alt_mods = c->n_alts;
	return true;
}

bool pkgload_missing(struct pkgload *ld, const char *path, struct pkg_found *f)
{
	bool std = gostd_is_path(path);

	pkgload_fail(f, PKG_MISSING,
		     std ? not_std_text(ld, path)
			 : arena_fmt(&ld->arena, "cannot find module providing package %s", path));
	f->problem.missing_std = std;
	return false;
}

static bool in_goroot(const struct pkgload *ld, const struct modproject_main *m)
{
	return ld->std.src[0] && m->dir[0] && path_under(m->dir, ld->std.src);
}

const char *pkgload_prefix(const struct pkgload *ld, const struct modproject_main *m)
{
	return str_eq(m->mod.path, "std") && in_goroot(ld, m) ? "" : m->mod.path;
}

/* A standard package belongs to the main module if that is in GOROOT. False if not. */
static bool in_std_main(struct pkgload *ld, const char *path, struct pkg_found *f)
{
	const struct modproject_main *mains;
	size_t n = modproject_mains(modload_project(ld->ml), &mains);

	for (size_t i = 0; i < n; i++) {
		struct pkgload_source *s;
		struct pkgroot_dir *d;
		const char *error;

		if (!in_goroot(ld, &mains[i]))
			continue;
		s = pkgload_source(ld, mains[i].mod);
		if (!s->root)
			continue;
		if (!pkgload_dir_in_module(ld, path, pkgload_prefix(ld, &mains[i]), s->root, &d,
					   &error)) {
			pkgload_fail(f, PKG_ERROR, arena_strdup(&ld->arena, error));
			return true;
		}
		if (d && d->is_go_dir) {
			*f = (struct pkg_found){ .mod = mains[i].mod,
						 .root = s->root,
						 .dir = d,
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
		return f->problem.kind == PKG_OK;
	for (;;) {
		struct providers c;

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
			return pkgload_missing(ld, path, f);
		if (!pkgload_graph(ld, rs, &mg, f))
			return false;
	}
}
