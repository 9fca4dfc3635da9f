#include "cache/cache_private.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "gofiles/cachepath.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"

/* A directory of GOMODCACHE that holds module trees, directly or below. */
static void find_trees(struct cache_scan *l, const char *dir, const char *rel, unsigned depth);

static void take_tree(struct cache_scan *l, const char *dir, const char *rel)
{
	const char *at = strrchr(rel, '@');
	const char *path = cachepath_unescape(l->arena, rel, (size_t)(at - rel));
	const char *version = cachepath_unescape(l->arena, at + 1, strlen(at + 1));
	struct stat st;

	if (path && version && modpath_version_is_canonical_n(version, strlen(version))) {
		vec_push(&l->trees, (struct cache_tree){ { path, version }, dir });
	} else if (lstat(dir, &st) == 0) {
		struct cache_other o = { .kind = strstr(at, ".tmp-") ? CACHE_OTHER_TMP
								     : CACHE_OTHER_STRAY,
					 .file = dir,
					 .about = "",
					 .unproven = "" };
		int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		if (fd >= 0)
			cache_walk(fd, &o.bytes, &o.n_files);
		vec_push(&l->others, o);
	}
}

static void find_trees(struct cache_scan *l, const char *dir, const char *rel, unsigned depth)
{
	DIR *d = depth > CACHE_MAX_DEPTH ? NULL : opendir(dir);
	struct dirent *ent;

	if (!d)
		return;
	while ((ent = readdir(d))) {
		const char *name = ent->d_name, *full, *below;
		struct stat st;

		if (str_eq(name, ".") || str_eq(name, "..") || (!*rel && str_eq(name, "cache")))
			continue;
		full = arena_fmt(l->arena, "%s/%s", dir, name);
		below = *rel ? arena_fmt(l->arena, "%s/%s", rel, name)
			     : arena_strdup(l->arena, name);
		if (strchr(name, '@'))
			take_tree(l, full, below);
		else if (ent->d_type == DT_DIR || (ent->d_type == DT_UNKNOWN && fs_is_dir(full)))
			find_trees(l, full, below, depth + 1);
		else if (lstat(full, &st) == 0)
			cache_other_add(&l->others, CACHE_OTHER_STRAY, full, &st);
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
	struct cache_other o = {
		.kind = CACHE_OTHER_STRAY, .file = dir, .about = "", .unproven = ""
	};
	int fd;

	if (path) {
		vec_push(&l->units, (struct cache_unit){ .path = path, .dir = dir });
		return;
	}
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		cache_walk(fd, &o.bytes, &o.n_files);
	vec_push(&l->others, o);
}

static void find_units(struct cache_scan *l, const char *dir, const char *rel, unsigned depth)
{
	DIR *d = depth > CACHE_MAX_DEPTH ? NULL : opendir(dir);
	struct dirent *ent;

	if (!d)
		return;
	while ((ent = readdir(d))) {
		const char *name = ent->d_name, *full;
		struct stat st;

		if (str_eq(name, ".") || str_eq(name, "..") || (!*rel && str_eq(name, "sumdb")))
			continue;
		full = arena_fmt(l->arena, "%s/%s", dir, name);
		if (ent->d_type != DT_DIR && !(ent->d_type == DT_UNKNOWN && fs_is_dir(full))) {
			if (lstat(full, &st) == 0)
				cache_other_add(&l->others, CACHE_OTHER_STRAY, full, &st);
		} else if (str_eq(name, "@v")) {
			take_unit(l, full, rel);
		} else {
			find_units(l, full,
				   *rel ? arena_fmt(l->arena, "%s/%s", rel, name)
					: arena_strdup(l->arena, name),
				   depth + 1);
		}
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
