#include "cache/cache_private.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "gofiles/cachepath.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"

static const char *name_below(struct cache_scan *l, const char *rel, const char *name)
{
	return *rel ? arena_fmt(l->arena, "%s/%s", rel, name) : arena_strdup(l->arena, name);
}

static void unread(struct cache_scan *l, const char *dir)
{
	if (errno != ENOENT && errno != ENOTDIR)
		cache_other_add_unread(l->w, &l->others, dir, "", errno);
}

static DIR *open_dir(struct cache_scan *l, const char *dir, unsigned depth)
{
	DIR *d = depth > CACHE_MAX_DEPTH ? (errno = ENAMETOOLONG, NULL) : opendir(dir);

	if (!d)
		unread(l, dir);
	return d;
}

/* Its next name other than "." and ".."; NULL at the end, or if there are more that cannot be read. */
static struct dirent *next_name(struct cache_scan *l, DIR *d, const char *dir)
{
	struct dirent *ent;

	do {
		errno = 0;
		ent = readdir(d);
	} while (ent && (str_eq(ent->d_name, ".") || str_eq(ent->d_name, "..")));
	if (!ent && errno)
		unread(l, dir);
	return ent;
}

static bool is_dir(const struct dirent *ent, const char *full)
{
	return ent->d_type == DT_DIR || (ent->d_type == DT_UNKNOWN && fs_is_dir(full));
}

static void stray(struct cache_scan *l, const char *file)
{
	struct stat st;

	if (lstat(file, &st) == 0)
		cache_other_add(&l->others, CACHE_OTHER_STRAY, file, &st);
	else
		unread(l, file);
}

/* A directory that go does not create. */
static void stray_dir(struct cache_scan *l, const char *dir, enum cache_other_kind kind)
{
	struct cache_other o = { .kind = kind, .file = dir, .about = "", .unproven = "" };
	int errnum = cache_walk(dir, &o.bytes, &o.n_files);

	l->w->problems.n = 0;
	if (errnum) {
		cache_other_unread(l->w, dir, errnum)->problem = "not all of it can be read";
		cache_other_take(l->w, &o);
	}
	vec_push(&l->others, o);
}

/* A directory of GOMODCACHE that holds module trees, directly or below. */
static void find_trees(struct cache_scan *l, const char *dir, const char *rel, unsigned depth);

static void take_tree(struct cache_scan *l, const char *dir, const char *rel)
{
	const char *at = strrchr(rel, '@');
	const char *path = cachepath_unescape(l->arena, rel, (size_t)(at - rel));
	const char *version = cachepath_unescape(l->arena, at + 1, strlen(at + 1));
	struct stat st;

	if (path && version && modpath_version_is_canonical_n(version, strlen(version)))
		vec_push(&l->trees, (struct cache_tree){ { path, version }, dir });
	else if (lstat(dir, &st))
		unread(l, dir);
	else if (S_ISDIR(st.st_mode))
		stray_dir(l, dir, strstr(at, ".tmp-") ? CACHE_OTHER_TMP : CACHE_OTHER_STRAY);
	else
		cache_other_add(&l->others, CACHE_OTHER_STRAY, dir, &st);
}

static void find_trees(struct cache_scan *l, const char *dir, const char *rel, unsigned depth)
{
	DIR *d = open_dir(l, dir, depth);
	struct dirent *ent;

	if (!d)
		return;
	while ((ent = next_name(l, d, dir))) {
		const char *name = ent->d_name, *full, *below;

		if (!*rel && str_eq(name, "cache"))
			continue;
		full = arena_fmt(l->arena, "%s/%s", dir, name);
		below = name_below(l, rel, name);
		if (strchr(name, '@'))
			take_tree(l, full, below);
		else if (is_dir(ent, full))
			find_trees(l, full, below, depth + 1);
		else
			stray(l, full);
	}
	closedir(d);
}

void cache_scan_trees(struct cache_scan *l)
{
	find_trees(l, l->root, "", 0);
}

static void take_unit(struct cache_scan *l, const char *dir, const char *rel)
{
	const char *path = cachepath_unescape(l->arena, rel, strlen(rel));

	if (path)
		vec_push(&l->units, (struct cache_unit){ .path = path, .dir = dir });
	else
		stray_dir(l, dir, CACHE_OTHER_STRAY);
}

static void find_units(struct cache_scan *l, const char *dir, const char *rel, unsigned depth)
{
	DIR *d = open_dir(l, dir, depth);
	struct dirent *ent;

	if (!d)
		return;
	while ((ent = next_name(l, d, dir))) {
		const char *name = ent->d_name, *full;

		if (!*rel && str_eq(name, "sumdb"))
			continue;
		full = arena_fmt(l->arena, "%s/%s", dir, name);
		if (!is_dir(ent, full))
			stray(l, full);
		else if (str_eq(name, "@v"))
			take_unit(l, full, rel);
		else
			find_units(l, full, name_below(l, rel, name), depth + 1);
	}
	closedir(d);
}

void cache_scan_units(struct cache_scan *l)
{
	find_units(l, arena_fmt(l->arena, "%s/cache/download", l->root), "", 0);
}

static int compare_modvers(const void *a, const void *b)
{
	return cache_compare_mods(a, b);
}

void cache_scan_wanted(struct cache_scan *l, const struct modver *mods, size_t n)
{
	struct modver *sorted = arena_memdup(l->arena, mods, n * sizeof(*mods));
	const char **versions = arena_calloc(l->arena, n, sizeof(*versions));
	size_t k = 0;

	if (n)
		qsort(sorted, n, sizeof(*sorted), compare_modvers);
	for (size_t i = 0; i < n; i++) {
		struct cache_unit *last = l->units.n ? &l->units.items[l->units.n - 1] : NULL;
		const char *version = arena_strdup(l->arena, sorted[i].version);

		if (gover_is_toolchain(sorted[i].path) || !*version)
			continue;
		if (last && str_eq(last->path, sorted[i].path)) {
			if (str_eq(versions[k - 1], version))
				continue;
			last->n_wanted++;
		} else {
			const char *path = arena_strdup(l->arena, sorted[i].path);

			vec_push(&l->units,
				 (struct cache_unit){ path, cachepath_dir(l->arena, l->root, path),
						      versions + k, 1 });
		}
		versions[k++] = version;
	}
}
