#include "packages/pkgwalk.h"

#include <dirent.h>

#include "base/fs.h"
#include "packages/imports.h"

struct walk {
	struct arena *a;
	struct pkgwalk *w;
	VEC(struct pkgwalk_dir) dirs;
	VEC(const char *) errors;
	const char *prefix;
	bool stopped;
	struct err *e;
};

/* Slashes at both ends, so that elements are compared whole (search.go:normalizePath). */
static char *slashed(const char *s)
{
	size_t n = strlen(s);

	return xasprintf("%s%s%s", s[0] == '/' ? "" : "/", s, n && s[n - 1] == '/' ? "" : "/");
}

static bool ignore_matches(const char *pattern, const char *slashed_rel)
{
	const char *relative = str_cut_prefix(pattern, "./");
	char *p = slashed(relative ? relative : pattern);
	bool match = relative ? str_has_prefix(slashed_rel, p) : strstr(slashed_rel, p) != NULL;

	free(p);
	return match;
}

bool pkgwalk_ignored(const char *const *ignore, size_t n_ignore, const char *rel)
{
	char *dir;
	bool match = false;

	if (rel[0] == 0 || n_ignore == 0)
		return false;
	dir = slashed(rel);
	for (size_t i = 0; i < n_ignore && !match; i++)
		match = ignore_matches(ignore[i], dir);
	free(dir);
	return match;
}

static bool skipped_name(const char *name)
{
	return name[0] == '.' || name[0] == '_' || str_eq(name, "testdata");
}

/* Called for every file: printf is too slow. */
static const char *join_slash(struct arena *a, const char *dir, const char *name)
{
	size_t n = strlen(dir), m = strlen(name);
	char *path;

	if (n == 0 || m == 0)
		return arena_strndup(a, n ? dir : name, n + m);
	path = arena_alloc(a, n + m + 2);
	memcpy(path, dir, n);
	path[n] = '/';
	memcpy(path + n + 1, name, m + 1);
	return path;
}

static bool is_ignored(struct walk *k, const char *rel)
{
	const char *base = k->w->ignore_base;

	if (!k->w->n_ignore)
		return false;
	return pkgwalk_ignored(k->w->ignore, k->w->n_ignore,
			       join_slash(k->a, base ? base : "", rel));
}

static bool has_gomod(struct arena *a, const char *dir)
{
	const char *path = arena_fmt(a, "%s/go.mod", dir);
	struct stat st;

	return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

static bool walk_dir(struct walk *k, const char *dir, const char *rel, int depth);

static bool walk_child(struct walk *k, const char *dir, const char *rel, const char *name,
		       int depth)
{
	const char *child;

	if (skipped_name(name))
		return true;
	child = join_slash(k->a, rel, name);
	return is_ignored(k, child) || walk_dir(k, join_slash(k->a, dir, name), child, depth + 1);
}

/* go walks from ROOT/, so that a root that is a link is followed. */
static const char *list_error(struct arena *a, const char *dir, const char *rel, const char *text)
{
	const char *at = rel[0] ? NULL : strstr(text, dir);

	if (!at)
		return arena_strdup(a, text);
	at += strlen(dir);
	return arena_fmt(a, "%.*s/%s", (int)(at - text), text, at);
}

static bool walk_list(struct walk *k, const char *dir, const char *rel, bool descend, int depth)
{
	struct arena tmp = ARENA_INIT;
	struct fs_dirent *entries;
	struct err list = ERR_INIT;
	size_t n = 0;
	bool ok = true;

	if (!overlay_list(k->w->overlay, &tmp, dir, IMPORTS_MAX_ENTRIES, &entries, &n, &list)) {
		vec_push(&k->errors, list_error(k->a, dir, rel, list.text));
		n = 0;
		k->stopped = k->w->stop_at_error;
		ok = !k->stopped;
	}
	for (size_t i = 0; descend && ok && i < n; i++)
		if (entries[i].type == DT_DIR)
			ok = walk_child(k, dir, rel, entries[i].name, depth);
	err_release(&list);
	arena_release(&tmp);
	return ok;
}

static bool walk_known(struct walk *k, const char *dir, const char *rel,
		       const struct pkgwalk_known *known, int depth)
{
	for (size_t i = 0; i < known->n_subdirs; i++)
		if (!walk_child(k, dir, rel, known->subdirs[i], depth))
			return false;
	return true;
}

static bool walk_dir(struct walk *k, const char *dir, const char *rel, int depth)
{
	struct arena tmp = ARENA_INIT;
	struct pkgwalk *w = k->w;
	struct pkgwalk_known known;
	const char *slash = strrchr(rel, '/');
	bool is_known, descend, ok = true;

	if (depth > PKGWALK_MAX_DEPTH || k->dirs.n >= PKGWALK_MAX_DIRS)
		return err_set(k->e, ERR_LIMIT, "%s: too many directories, or too deep", dir);
	is_known = w->known && w->known(w->known_ctx, rel, &tmp, &known);
	descend = !(w->stop_at_vendor && str_eq(slash ? slash + 1 : rel, "vendor"));
	if (depth == 0 || !w->stop_at_gomod ||
	    !(is_known ? known.has_gomod : has_gomod(&tmp, dir))) {
		if (rel[0] || k->prefix[0])
			vec_push(&k->dirs, (struct pkgwalk_dir){
						   dir, rel, join_slash(k->a, k->prefix, rel) });
		if (!is_known)
			ok = walk_list(k, dir, rel, descend, depth);
		else if (descend)
			ok = walk_known(k, dir, rel, &known, depth);
	}
	arena_release(&tmp);
	return ok;
}

static int compare_dirs(const void *a, const void *b)
{
	return strcmp(((const struct pkgwalk_dir *)a)->path, ((const struct pkgwalk_dir *)b)->path);
}

bool pkgwalk(struct arena *a, const char *root, const char *prefix, struct pkgwalk *w,
	     struct err *e)
{
	struct walk k = { .a = a, .w = w, .prefix = prefix, .e = e };
	bool ok = walk_dir(&k, path_clean(a, root), "", 0) || k.stopped;

	if (ok) {
		if (k.dirs.n)
			qsort(k.dirs.items, k.dirs.n, sizeof(*k.dirs.items), compare_dirs);
		w->n = k.dirs.n;
		w->dirs = arena_memdup(a, k.dirs.n ? k.dirs.items : (void *)"",
				       k.dirs.n * sizeof(*k.dirs.items));
		w->n_errors = k.errors.n;
		w->errors = arena_memdup(a, k.errors.n ? (void *)k.errors.items : (void *)"",
					 k.errors.n * sizeof(*k.errors.items));
	}
	vec_release(&k.dirs);
	vec_release(&k.errors);
	return ok;
}
