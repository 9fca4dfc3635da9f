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

static const char *join_slash(struct arena *a, const char *dir, const char *name)
{
	if (dir[0] == 0 || name[0] == 0)
		return arena_strdup(a, dir[0] == 0 ? name : dir);
	return arena_fmt(a, "%s/%s", dir, name);
}

static bool is_ignored(struct walk *k, const char *rel)
{
	const char *base = k->w->ignore_base;

	if (!k->w->n_ignore)
		return false;
	return pkgwalk_ignored(k->w->ignore, k->w->n_ignore,
			       join_slash(k->a, base ? base : "", rel));
}

static bool walk_dir(struct walk *k, const char *dir, const char *rel, int depth);

static bool walk_children(struct walk *k, const char *dir, const char *rel,
			  const struct fs_dirent *entries, size_t n, int depth)
{
	for (size_t i = 0; i < n; i++) {
		const char *child;

		if (entries[i].type != DT_DIR || skipped_name(entries[i].name))
			continue;
		child = join_slash(k->a, rel, entries[i].name);
		if (is_ignored(k, child))
			continue;
		if (!walk_dir(k, arena_fmt(k->a, "%s/%s", dir, entries[i].name), child, depth + 1))
			return false;
	}
	return true;
}

static bool has_gomod(struct arena *a, const char *dir)
{
	const char *path = arena_fmt(a, "%s/go.mod", dir);
	struct stat st;

	return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

static bool walk_dir(struct walk *k, const char *dir, const char *rel, int depth)
{
	struct arena tmp = ARENA_INIT;
	struct fs_dirent *entries;
	struct err list = ERR_INIT;
	const char *slash = strrchr(rel, '/');
	size_t n;
	bool ok = true;

	if (depth > PKGWALK_MAX_DEPTH || k->dirs.n >= PKGWALK_MAX_DIRS)
		return err_set(k->e, ERR_LIMIT, "%s: too many directories, or too deep", dir);
	if (depth > 0 && k->w->stop_at_gomod && has_gomod(&tmp, dir)) {
		arena_release(&tmp);
		return true;
	}
	if (rel[0] || k->prefix[0])
		vec_push(&k->dirs,
			 (struct pkgwalk_dir){ dir, rel, join_slash(k->a, k->prefix, rel) });
	if (!fs_list(&tmp, dir, IMPORTS_MAX_ENTRIES, &entries, &n, &list))
		vec_push(&k->errors, arena_strdup(k->a, list.text));
	else if (!(k->w->stop_at_vendor && str_eq(slash ? slash + 1 : rel, "vendor")))
		ok = walk_children(k, dir, rel, entries, n, depth);
	err_release(&list);
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
	bool ok = walk_dir(&k, path_clean(a, root), "", 0);

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
