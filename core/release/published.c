#include "release/published.h"

#include "base/fs.h"
#include "gofiles/cachepath.h"
#include "gofiles/gosum.h"
#include "gofiles/semver.h"

#define MAX_VERSIONS 100000u /* files of a directory of the cache */

struct seek {
	struct published *p;
	struct arena *a;
	const struct moddir *d;
	const char *path;
};

static void compare(struct seek *k, const char *version, const char *h1)
{
	char sum[DIRHASH_LEN + 1];

	k->p->n_known++;
	if (!k->p->newest[0] || semver_compare(version, k->p->newest) > 0)
		k->p->newest = arena_strdup(k->a, version);
	moddir_sum(k->d, (struct modver){ k->path, version }, sum);
	if (str_eq(sum, h1) && (!k->p->version[0] || semver_compare(version, k->p->version) > 0))
		k->p->version = arena_strdup(k->a, version);
}

static void note_unread(struct seek *k, struct err *e)
{
	if (e->code != ERR_NOT_FOUND && !k->p->unread[0])
		k->p->unread = arena_strdup(k->a, e->text);
	err_release(e);
}

static void compare_file(struct seek *k, const char *dir, const char *name)
{
	size_t len, n = strlen(name) - strlen(".ziphash");
	const char *version = cachepath_unescape(k->a, name, n);
	struct err e = ERR_INIT;
	char *data;

	if (!version || !semver_valid(version))
		return;
	if (!fs_read(k->a, path_join(k->a, dir, name), 200, &data, &len, &e)) {
		note_unread(k, &e);
		return;
	}
	while (len && (data[len - 1] == '\n' || data[len - 1] == ' '))
		data[--len] = '\0';
	if (dirhash_is_h1(data))
		compare(k, version, data);
}

void published_find(struct published *p, struct arena *a, const struct moddir *d, const char *path,
		    const char *modcache, struct gosum *sums, const char *known)
{
	struct seek k = { p, a, d, path };
	const char *dir = modcache ? cachepath_dir(a, modcache, path) : NULL;
	const char *recorded;
	struct fs_dirent *entries;
	struct err e = ERR_INIT;
	size_t n = 0;

	*p = (struct published){ .version = "", .newest = "", .unread = "" };
	if (dir && !fs_list(a, dir, MAX_VERSIONS, &entries, &n, &e))
		note_unread(&k, &e);
	for (size_t i = 0; i < n; i++)
		if (str_has_suffix(entries[i].name, ".ziphash"))
			compare_file(&k, dir, entries[i].name);
	if (p->n_known || !sums || !known || !*known)
		return;
	recorded = gosum_recorded(sums, (struct modver){ path, known }, GOSUM_ZIP);
	if (recorded)
		compare(&k, known, recorded);
}
