#include "offline/mirror.h"

#include <errno.h>
#include <unistd.h>

#include "base/fs.h"
#include "cache/cachejob.h"
#include "gofiles/goenv.h"
#include "gofiles/modpath.h"
#include "gofiles/pseudo.h"
#include "gofiles/semver.h"
#include "offline/mirror_impl.h"
#include "offline/settings.h"
#include "offline/tarfile.h"

void mirror_begin(struct mirror *m, const struct mirror_options *o)
{
	size_t len = strlen(o->target), end = strlen(".tar.zst");

	*m = (struct mirror){ .o = *o, .unsure = "" };
	m->o.target = m->dir = arena_strdup(&m->arena, o->target);
	if (len > end && str_has_suffix(o->target, ".tar.zst")) {
		m->archive = m->o.target;
		m->dir = arena_fmt(&m->arena, "%.*s.tree", (int)(len - end), o->target);
	}
}

void mirror_release(struct mirror *m)
{
	mirror_file_unlock(m);
	map_release(&m->versions);
	map_release(&m->files);
	arena_release(&m->arena);
}

/* Everything that the levels of the project need, starting from an empty cache. */

static struct mirror_version *version_of(struct mirror *m, struct modver mod)
{
	const char *key = arena_fmt(&m->arena, "%s@%s", mod.path, mod.version);
	struct mirror_version *v = map_get(&m->versions, key);

	if (v)
		return v;
	v = arena_calloc(&m->arena, 1, sizeof(*v));
	v->mod = (struct modver){ arena_strdup(&m->arena, mod.path),
				  arena_strdup(&m->arena, mod.version) };
	map_put(&m->versions, key, v);
	m->n_modules++;
	return v;
}

/* Go's text about a bad zip names nothing. */
static const char *why_unsure(struct mirror *m, const struct levels_row *row)
{
	const char *host = arena_strndup(&m->arena, row->failed_at, strcspn(row->failed_at, "/"));

	return strstr(row->failed, host)
		       ? row->failed
		       : arena_fmt(&m->arena, "%s: %s", row->failed_at, row->failed);
}

static void take_levels(struct mirror *m, const struct levels *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct levels_row *row = &l->rows[i];

		if (row->unsure)
			mirror_be_unsure(m, why_unsure(m, row));
		for (size_t k = 0; k < row->n_missing; k++)
			if (*row->missing[k].mod.version)
				version_of(m, row->missing[k].mod)->zip |=
					str_eq(row->missing[k].what, "zip");
	}
}

/* GOMODCACHE becomes the first proxy, and is replaced by an empty directory. */
static void set_sources(struct mirror *m, const struct goenv *env, const char *set[3])
{
	const char *modcache = goenv_modcache(env, NULL), *own = goenv_own_cache(env),
		   *list = goenv_get(env, "GOPROXY");
	struct arena *a = &m->arena;
	const char *first = modcache ? settings_file_url(a, arena_fmt(a, "%s/cache/download",
								      modcache))
				     : NULL;

	set[0] = arena_fmt(a, "GOMODCACHE=%s/none", own ? own : "/nonexistent");
	set[1] = first ? arena_fmt(a, "GOPROXY=%s,%s", first, *list ? list : "off") : NULL;
	set[2] = NULL;
}

static bool find_versions(struct mirror *m, const struct goenv *env, const char *set[3],
			  struct err *e)
{
	struct levels_options o = { .env = env,
				    .offline = m->o.offline,
				    .wanted = m->o.levels,
				    .set = { set[0], set[1] },
				    .all_missing = true,
				    .cancel = m->o.cancel,
				    .log = m->o.log };
	struct levels l;
	bool ok = levels_find(&l, &o, e);

	if (ok)
		take_levels(m, &l);
	levels_release(&l);
	return ok;
}

/* Their files. */

static const char *file_of(struct mirror *m, struct modver mod, const char *suffix)
{
	struct arena *a = &m->arena;
	struct buf b = BUF_INIT;
	const char *name;

	if (m->o.athens) {
		const char *base = str_eq(suffix, "zip")   ? "source.zip"
				   : str_eq(suffix, "mod") ? "go.mod"
							   : arena_fmt(a, "%s.info", mod.version);

		return arena_fmt(a, "%s/%s/%s", mod.path, mod.version, base);
	}
	if (!modpath_escape(&b, mod.path, NULL))
		return NULL;
	buf_addstr(&b, "/@v/");
	if (!modpath_escape_version(&b, mod.version, NULL)) {
		buf_release(&b);
		return NULL;
	}
	buf_addf(&b, ".%s", suffix);
	name = arena_strdup(a, b.data);
	buf_release(&b);
	return name;
}

static bool add_files(struct mirror *m, const struct mend_fetch *f, const struct mirror_version *v,
		      struct err *e)
{
	const char *data, *zip;
	size_t len;

	if (!modpath_check(v->mod.path, e) || !file_of(m, v->mod, "zip"))
		return err_set(e, ERR_SYNTAX, "malformed module path or version");
	return f->info(f->ctx, v->mod, &data, &len, e) &&
	       mirror_file_write(m, file_of(m, v->mod, "info"), data, len, e) &&
	       f->gomod(f->ctx, v->mod, &data, &len, e) &&
	       mirror_file_write(m, file_of(m, v->mod, "mod"), data, len, e) &&
	       (!v->zip || (f->zip(f->ctx, v->mod, &zip, e) &&
			    mirror_file_copy(m, file_of(m, v->mod, "zip"), zip, e)));
}

/* An unavailable file does not stop the others; a full disk does. */
static bool add_all_files(struct mirror *m, const struct mend_fetch *f, struct err *e)
{
	for (size_t i = 0; i < m->versions.n; i++) {
		struct mirror_version *v = m->versions.entries[i].value;
		struct err why = ERR_INIT;

		if (cancel_is_set(m->o.cancel))
			return err_set(e, ERR_CANCELLED, "cancelled");
		if (v->done)
			continue;
		v->done = add_files(m, f, v, &why);
		if (!v->done && why.code == ERR_SYS)
			return err_move(e, &why);
		if (!v->done)
			mirror_be_unsure(m, arena_fmt(&m->arena, "%s@%s: %s", v->mod.path,
						      v->mod.version, why.text));
		err_release(&why);
	}
	return true;
}

static bool add_project(struct mirror *m, const struct goenv *env, struct gosum *sums,
			const char *const *set, struct err *e)
{
	struct goenv *from = settings_with(env, &m->arena, set, e);
	struct cachejob *j = NULL;
	struct mend_fetch fetch;
	bool ok = from && cachejob_new(&j,
				       &(struct cachejob_options){ .env = from,
								   .sums = sums,
								   .offline = m->o.offline,
								   .ask_database = true,
								   .cancel = m->o.cancel,
								   .log = m->o.log },
				       e);

	if (ok) {
		fetch = cachejob_fetch(j);
		ok = add_all_files(m, &fetch, e);
	}
	cachejob_free(j);
	goenv_free(from);
	return ok && mirror_sumdb_add(m, env, e);
}

bool mirror_add(struct mirror *m, const struct goenv *env, struct gosum *sums, struct err *e)
{
	const char *set[3];

	set_sources(m, env, set);
	return find_versions(m, env, set, e) && add_project(m, env, sums, set, e);
}

/* The tree's contents. */

struct names {
	const char **items;
	size_t n, cap;
};

static bool names_of(struct mirror *m, const char *module, struct names *versions, struct err *e)
{
	struct buf dir = BUF_INIT;
	struct fs_dirent *entries;
	size_t n = 0;
	bool ok = true;

	buf_addf(&dir, "%s/", m->dir);
	if (modpath_escape(&dir, module, NULL)) {
		buf_addstr(&dir, "/@v");
		ok = fs_list(&m->arena, dir.data, 1 << 20, &entries, &n, e);
	}
	for (size_t i = 0; ok && i < n; i++) {
		size_t len = strlen(entries[i].name);
		const char *v;

		if (!str_has_suffix(entries[i].name, ".info") || strchr(entries[i].name, '!'))
			continue;
		v = arena_strndup(&m->arena, entries[i].name, len - strlen(".info"));
		if (semver_valid(v))
			vec_push(versions, v);
	}
	if (versions->n)
		semver_sort(versions->items, versions->n);
	buf_release(&dir);
	return ok;
}

static bool copy_latest(struct mirror *m, const char *module, const char *version, struct err *e)
{
	struct modver mod = { module, version };
	const char *info = file_of(m, mod, "info"), *at = strstr(info, "/@v/");
	char *path = xasprintf("%s/%s", m->dir, info);
	const char *name = arena_fmt(&m->arena, "%.*s/@latest", (int)(at - info), info);
	struct buf b = BUF_INIT;
	bool ok = fs_read_buf(&b, path, FS_MAX_MOD, e) &&
		  mirror_file_write(m, name, b.data, b.len, e);

	buf_release(&b);
	free(path);
	return ok;
}

/* list has all but pseudo-versions; @latest is the highest release, else the highest version. */
static bool write_list(struct mirror *m, const char *module, struct err *e)
{
	const char *latest = NULL, *list = arena_fmt(&m->arena, "%s", "");
	struct names versions = { 0 };
	struct buf b = BUF_INIT;
	bool ok = names_of(m, module, &versions, e), release = false;

	for (size_t i = 0; i < versions.n; i++) {
		const char *v = versions.items[i];
		bool now = !pseudo_is(v) && semver_prerelease(v).len == 0;

		if (!pseudo_is(v))
			buf_addf(&b, "%s\n", v);
		if (now || !release)
			latest = v;
		release |= now;
	}
	if (ok && latest) {
		const char *info = file_of(m, (struct modver){ module, latest }, "info");

		list = arena_fmt(&m->arena, "%.*s/@v/list", (int)(strstr(info, "/@v/") - info),
				 info);
		ok = mirror_file_write(m, list, b.data, b.len, e) &&
		     copy_latest(m, module, latest, e);
	}
	vec_release(&versions);
	buf_release(&b);
	return ok;
}

static bool write_archive(struct mirror *m, struct err *e)
{
	const char *const *names;
	struct tarfile *t;
	size_t n;
	bool ok = mirror_file_list(m, &names, &n, e);

	t = ok ? tarfile_new(m->archive, e) : NULL;
	ok = t != NULL;
	for (size_t i = 0; ok && i < n; i++)
		ok = tarfile_add(t, names[i], arena_fmt(&m->arena, "%s/%s", m->dir, names[i]), e);
	return t ? tarfile_end(t, ok, e) && ok : false;
}

bool mirror_end(struct mirror *m, struct err *e)
{
	struct map modules = MAP_INIT;
	bool ok = true;

	for (size_t i = 0; ok && !m->o.athens && i < m->versions.n; i++) {
		const struct mirror_version *v = m->versions.entries[i].value;

		if (v->done && map_put(&modules, v->mod.path, m))
			ok = write_list(m, v->mod.path, e);
	}
	map_release(&modules);
	ok = ok && (!m->archive || write_archive(m, e));
	mirror_file_clean(m);
	return ok;
}

bool mirror_check(struct levels *l, const char *dir, const struct goenv *env, unsigned levels,
		  struct cancel *cancel, struct err *e)
{
	const char *own = goenv_own_cache(env);
	struct arena a = ARENA_INIT;
	struct levels_options o = {
		.env = env, .wanted = levels, .all_missing = true, .cancel = cancel
	};
	char *tmp = xasprintf("%s/check-XXXXXX", own ? own : "/tmp"), *real = realpath(dir, NULL);
	bool ok = (real || err_set(e, ERR_NOT_FOUND, "%s: no such directory", dir)) &&
		  (!own || fs_mkdir_all(own, e)) &&
		  (mkdtemp(tmp) || err_sys(e, errno, "mkdir %s", tmp));

	o.set[0] = arena_fmt(&a, "GOMODCACHE=%s/none", tmp);
	o.set[1] = arena_fmt(&a, "GOPROXY=%s", settings_file_url(&a, real ? real : dir));
	o.set[2] = arena_fmt(&a, "XDG_CACHE_HOME=%s/own", tmp);
	ok = ok && levels_find(l, &o, e);
	fs_remove_all(tmp, NULL);
	free(tmp);
	free(real);
	arena_release(&a);
	return ok;
}
