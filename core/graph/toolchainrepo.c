#include "graph/toolchainrepo.h"

#include "gofiles/gover.h"

static const char dl_path[] = "golang.org/toolchain";

static const char *form(struct arena *a, const char *path, const char *version)
{
	return str_eq(path, "toolchain") ? arena_fmt(a, "go%s", version) : version;
}

/* dlToGo: "v0.0.1-go1.19.7.windows-amd64" to "1.19.7"; NULL for other versions. */
static const char *of_dl(struct arena *a, const char *v)
{
	const char *rest = strchr(v, '-'), *dot = rest ? strrchr(rest + 1, '.') : NULL;

	if (!dot || !strchr(dot, '-'))
		return NULL;
	rest++;
	if (str_has_prefix(rest, "go"))
		rest += 2;
	return arena_strndup(a, rest, dot > rest ? (size_t)(dot - rest) : 0);
}

static int by_version(const void *x, const void *y)
{
	return gover_compare_toolchains(*(const char *const *)x, *(const char *const *)y);
}

bool toolchainrepo_versions(struct modproject *mp, const struct route_hop *hop, const char *path,
			    const char *const **versions, size_t *n, struct modver *dl,
			    struct err *e)
{
	struct arena *a = modproject_arena(mp);
	const char *const *all;
	const char *v, **list;
	struct map have = MAP_INIT;
	size_t n_all;

	*dl = (struct modver){ dl_path, "" };
	if (!source_versions_at(modproject_source(mp), hop, dl_path, "", &all, &n_all, e))
		return false;
	list = arena_alloc(a, (n_all + 1) * sizeof(*list));
	*n = 0;
	for (size_t i = 0; i < n_all; i++) {
		v = of_dl(a, all[i]);
		if (v && map_put(&have, v, NULL))
			list[(*n)++] = form(a, path, v);
	}
	if (map_put(&have, modproject_local_version(mp), NULL))
		list[(*n)++] = form(a, path, modproject_local_version(mp));
	map_release(&have);
	qsort(list, *n, sizeof(*list), by_version);
	*versions = list;
	return true;
}

bool toolchainrepo_stat(struct modproject *mp, const struct route_hop *hop, const char *path,
			const char *rev, struct source_info *info, struct modver *dl, struct err *e)
{
	struct arena *a = modproject_arena(mp);
	const char *local = modproject_local_version(mp), *v = str_cut_prefix(rev, "go");
	bool is_go = str_eq(path, "go");

	v = v ? v : rev;
	*dl = (struct modver){ "", "" };
	*info = (struct source_info){ .time = "" };
	if (!gover_valid(v))
		return err_set(e, ERR_USAGE, "invalid %s version %s", path, rev);
	if (!(is_go ? gover_compare(v, local) <= 0 : str_eq(v, local))) {
		if (gover_is_lang(v))
			return err_set(e, ERR_USAGE,
				       "go language version %s is not a toolchain version", rev);
		*dl = (struct modver){ dl_path, arena_fmt(a, "v0.0.1-go%s.linux-amd64", v) };
		if (!source_stat_at(modproject_source(mp), hop, dl->path, dl->version, info, e))
			return false;
		info->origin = info->file = NULL;
	}
	info->version = form(a, path, v);
	return true;
}

bool toolchainrepo_latest(struct modproject *mp, const struct route_hop *hop, const char *path,
			  struct source_info *info, struct modver *dl, struct err *e)
{
	const char *const *list;
	size_t n;

	return toolchainrepo_versions(mp, hop, path, &list, &n, dl, e) &&
	       toolchainrepo_stat(mp, hop, path, list[n - 1], info, dl, e);
}
