#include "packages/gostd.h"

#include "packages/constraint.h"
#include "base/fs.h"
#include "packages/pkgwalk.h"

struct std_row {
	const char *path;
	const char *imports, *tests; /* space separated; NULL: no file to build */
};

#include "../assets/gostd_table.h"

static int compare_row(const void *key, const void *row)
{
	return strcmp(key, ((const struct std_row *)row)->path);
}

static const struct std_row *find_row(const char *path)
{
	return bsearch(path, std_table, ARRAY_LEN(std_table), sizeof(*std_table), compare_row);
}

/* Whether the path, or a path below it, is in the table. */
static bool table_has_tree(const char *path)
{
	size_t n = strlen(path), lo = 0, hi = ARRAY_LEN(std_table);

	if (find_row(path))
		return true;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strncmp(std_table[mid].path, path, n) < 0 ||
		    (strncmp(std_table[mid].path, path, n) == 0 &&
		     (unsigned char)std_table[mid].path[n] < '/'))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < ARRAY_LEN(std_table) && strncmp(std_table[lo].path, path, n) == 0 &&
	       std_table[lo].path[n] == '/';
}

static bool version_is_tables(struct arena *a, const char *goroot)
{
	const char *file = arena_fmt(a, "%s/VERSION", goroot);
	char *data;
	size_t len, n = strlen(GOSTD_TABLE_VERSION);

	return fs_read(a, file, 4096, &data, &len, NULL) && len >= n &&
	       memcmp(data, GOSTD_TABLE_VERSION, n) == 0 &&
	       (data[n] == '\n' || data[n] == '\r' || data[n] == 0);
}

void gostd_init(struct gostd *s, struct arena *a, const char *goroot)
{
	*s = (struct gostd){ .goroot = "", .src = "", .table = true };
	if (!goroot || !goroot[0])
		return;
	s->goroot = path_clean(a, goroot);
	s->src = arena_fmt(a, "%s/src", s->goroot);
	s->table = version_is_tables(a, s->goroot);
}

bool gostd_is_path(const char *path)
{
	while (*path && *path != '/' && *path != '.')
		path++;
	return *path != '.';
}

static const char *std_dir(const struct gostd *s, struct arena *a, const char *path)
{
	return arena_fmt(a, "%s/%s", s->src, path);
}

bool gostd_has(const struct gostd *s, const char *path)
{
	struct arena tmp = ARENA_INIT;
	bool has;

	if (s->table)
		return find_row(path) != NULL;
	has = path_is_local(path) &&
	      imports_is_go_dir(std_dir(s, &tmp, path), IMPORTS_AUTO, NULL, NULL);
	arena_release(&tmp);
	return has;
}

static const char **split_words(struct arena *a, const char *words, size_t *n)
{
	size_t len = strlen(words), room = 1;
	const char **list;
	char *copy = arena_alloc(a, len + 1);

	/* sizing by the length of the text would touch four times as many pages */
	for (size_t i = 0; i <= len; i++) {
		copy[i] = words[i] == ' ' ? '\0' : words[i];
		room += words[i] == ' ';
	}
	list = arena_alloc(a, room * sizeof(*list));
	*n = 0;
	for (char *p = copy; p < copy + len; p += strlen(p) + 1)
		list[(*n)++] = p;
	return list;
}

bool gostd_scan(const struct gostd *s, struct arena *a, const char *path, struct imports_dir *d,
		struct err *e)
{
	const struct std_row *row;

	if (!s->table)
		return imports_scan_dir(a, std_dir(s, a, path), IMPORTS_AUTO, d, e);
	row = find_row(path);
	*d = (struct imports_dir){ .is_go_dir = row != NULL, .no_go = !row || !row->imports };
	if (d->no_go)
		return true;
	d->imports = split_words(a, row->imports, &d->n_imports);
	d->tests = split_words(a, row->tests, &d->n_tests);
	return true;
}

static bool tree_exists(const struct gostd *s, struct arena *a, const char *path)
{
	return s->table ? table_has_tree(path) : fs_exists(std_dir(s, a, path));
}

const char *gostd_vendor(const struct gostd *s, struct arena *a, const char *parent,
			 const char *path)
{
	const char *cmd = str_cut_prefix(parent, "cmd");
	const char *vendored;

	if (gostd_is_path(path))
		return path;
	vendored = arena_fmt(a, cmd && (*cmd == 0 || *cmd == '/') ? "cmd/vendor/%s" : "vendor/%s",
			     path);
	return tree_exists(s, a, vendored) ? vendored : path;
}

static bool is_cmd(const char *path)
{
	return str_eq(path, "cmd") || str_has_prefix(path, "cmd/");
}

static bool listed(const char *path, const char *which)
{
	if (str_eq(path, "builtin"))
		return false;
	return which[0] == 0 || str_eq(which, "cmd") == is_cmd(path);
}

/* For wildcards every tag is on; "std" and "cmd" are the packages that build on the platform, without the commands that cmd vendors. */
static bool walk_wants(const struct pkgwalk_dir *d, const char *which,
		       const struct constraint_env *env)
{
	struct arena tmp = ARENA_INIT;
	struct imports_dir r;
	struct err e = ERR_INIT;
	bool wants, is_main;

	if (!listed(d->path, which) || (!env->cgo && str_eq(d->path, "runtime/cgo")))
		return false;
	if (which[0])
		return imports_builds(d->dir, env, &is_main) &&
		       !(is_main && str_has_prefix(d->path, "cmd/vendor/"));
	wants = !imports_scan_dir(&tmp, d->dir, IMPORTS_AUTO, &r, &e) || !r.no_go;
	err_release(&e);
	arena_release(&tmp);
	return wants;
}

/* The walk of GOROOT/src stops at cmd/go.mod and at nothing else; vendor/ of std is part of it. */
static size_t walk_list(const struct gostd *s, struct arena *a, const char *which,
			const struct constraint_env *env, const char **out, size_t cap)
{
	static const char *const roots[][2] = { { "", "" }, { "/cmd", "cmd" } };
	size_t n = 0;

	for (size_t r = 0; r < ARRAY_LEN(roots); r++) {
		struct pkgwalk w = { .stop_at_gomod = true };

		if (!pkgwalk(a, arena_fmt(a, "%s%s", s->src, roots[r][0]), roots[r][1], &w, NULL))
			continue;
		for (size_t i = 0; i < w.n && n < cap; i++)
			if (walk_wants(&w.dirs[i], which, env))
				out[n++] = w.dirs[i].path;
	}
	return n;
}

#define MAX_STD_PACKAGES 20000

size_t gostd_list(const struct gostd *s, struct arena *a, const char *which,
		  const struct constraint_env *env, const char *const **paths)
{
	bool walk = s->src[0] && (!s->table || which[0]);
	const char **out = arena_alloc(a, (walk ? MAX_STD_PACKAGES : ARRAY_LEN(std_table)) *
						  sizeof(*out));
	size_t n = 0;

	*paths = out;
	if (walk)
		return imports_sort_unique(out, walk_list(s, a, which, env, out, MAX_STD_PACKAGES));
	for (size_t i = 0; i < ARRAY_LEN(std_table); i++)
		if (std_table[i].imports && listed(std_table[i].path, which))
			out[n++] = std_table[i].path;
	return n;
}
