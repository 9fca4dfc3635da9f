#include <unistd.h>

#include "base/text.h"
#include "graph/modproject_impl.h"

#if defined(__APPLE__)
#define GOOS "darwin"
#else
#define GOOS "linux"
#endif
#if defined(__aarch64__)
#define GOARCH "arm64"
#else
#define GOARCH "amd64"
#endif

static bool in_path(struct modproject *mp, const char *name)
{
	const char *path = goenv_get(mp->o.env, "PATH");

	while (*path) {
		size_t n = strcspn(path, ":");
		const char *dir = arena_strndup(&mp->arena, path, n);

		if (n && access(path_join(&mp->arena, dir, name), X_OK) == 0)
			return true;
		path += n + (path[n] == ':');
	}
	return false;
}

const char *modproject_toolchain_version(struct arena *a, const char *name)
{
	return arena_fmt(a, "v0.0.1-%s.%s-%s", name, GOOS, GOARCH);
}

static const char *version_of(struct modproject *mp, const char *toolchain)
{
	struct semver_part v = gover_from_toolchain(toolchain);

	return arena_strndup(&mp->arena, v.s ? v.s : "", v.len);
}

static bool not_available(struct modproject *mp, const char *name, struct err *e)
{
	const char *version = version_of(mp, name);

	if (gover_is_lang(version) && gover_compare(version, GOVER_STRICT) >= 0)
		return err_set(
			e, ERR_REFUSED,
			"invalid toolchain: %s is a language version but not a toolchain version (%s.x)",
			name, name);
	return err_set(e, ERR_REFUSED, "download %s for %s/%s: toolchain not available", name, GOOS,
		       GOARCH);
}

/* sumdb.go:useSumDB: a toolchain is looked up even where GOSUMDB is off, but for a lone file proxy. */
static bool needs_database(const struct goenv *env)
{
	const char *proxy = goenv_get(env, "GOPROXY");

	return !str_has_prefix(proxy, "file://") || strpbrk(proxy, ",|");
}

/* As go does, without the whole zip. */
static bool downloadable(struct modproject *mp, const char *name, struct err *e)
{
	struct modver m = { "golang.org/toolchain",
			    modproject_toolchain_version(&mp->arena, name) };
	struct err why = ERR_INIT;
	bool off = str_eq(goenv_get(mp->o.env, "GOPROXY"), "off"), ok;

	if (!semver_valid(m.version))
		return err_set(e, ERR_REFUSED, "download %s: non-semver module version %s", name,
			       text_quoted(&mp->arena, m.version)); /* modfetch.CachePath's */
	ok = !off && source_zip_there(mp->o.source, m, &why);
	if (!ok && (off || why.code == ERR_NOT_FOUND || why.code == ERR_OFFLINE))
		not_available(mp, name, e);
	else if (!ok && err_is_bare(&why))
		err_set(e, why.code, "download %s: %s", name, why.text);
	else if (!ok)
		err_set(e, why.code, "download %s: %s@%s: %s", name, m.path, m.version, why.text);
	else if (needs_database(mp->o.env) && str_eq(goenv_get(mp->o.env, "GOSUMDB"), "off"))
		ok = err_set(e, ERR_REFUSED,
			     "download %s: %s@%s: verifying module: checksum database disabled by "
			     "GOSUMDB=off",
			     name, m.path, m.version);
	err_release(&why);
	return ok;
}

/* Whether go can get the toolchain: from PATH, the module cache or a proxy. */
static bool obtainable(struct modproject *mp, const char *name, bool path_only, struct err *e)
{
	const char *modcache = goenv_modcache(mp->o.env, NULL);
	const char *dir = arena_fmt(&mp->arena, "golang.org/toolchain@%s",
				    modproject_toolchain_version(&mp->arena, name));

	/* toolchain.Select's check before it searches */
	if (!str_has_prefix(name, "go1") && !strstr(name, "-go1"))
		return err_set(e, ERR_REFUSED, "invalid GOTOOLCHAIN %s",
			       text_quoted(&mp->arena, name));
	if (in_path(mp, name))
		return true;
	if (path_only)
		return err_set(e, ERR_REFUSED, "cannot find \"%s\" in PATH", name);
	return (modcache && fs_is_dir(path_join(&mp->arena, modcache, dir))) ||
	       downloadable(mp, name, e);
}

static void file_decides(struct modproject *mp, const char *file, const char *line,
			 const char *value)
{
	mp->auto_sets = arena_fmt(&mp->arena, "; %s sets %s %s", modproject_short(mp, file), line,
				  value);
}

/* The file's toolchain line, if it asks for more than *version. */
static bool toolchain_line(struct modproject *mp, const char *file, const char *toolchain,
			   const char **version, const char **wanted, struct err *e)
{
	const char *v = version_of(mp, toolchain);

	if (!*v)
		return err_set(e, ERR_REFUSED, "invalid toolchain %s in %s",
			       text_quoted(&mp->arena, toolchain), modproject_short(mp, file));
	if (gover_compare(v, *version) > 0) {
		file_decides(mp, file, "toolchain", toolchain);
		*version = v;
		*wanted = toolchain;
	}
	return true;
}

/* Go would switch to another version, if available: then that version's limits apply. */
bool modproject_select_toolchain(struct modproject *mp, const char *file, struct err *e)
{
	struct goenv_toolchain t;
	const char *version = mp->local, *wanted = NULL, *go, *toolchain;
	char *data;
	size_t len;

	if (!goenv_toolchain(mp->o.env, &t, e))
		return false;
	if (!t.local) {
		wanted = arena_strdup(&mp->arena, t.min);
		version = version_of(mp, wanted);
	}
	if (t.mode != GOENV_TOOLCHAIN_FIXED && file &&
	    fs_read(&mp->arena, file, FS_MAX_MOD, &data, &len, NULL)) {
		go = gover_lookup(&mp->arena, data, len, "go");
		toolchain = gover_lookup(&mp->arena, data, len, "toolchain");
		if (str_eq(toolchain, "default"))
			file_decides(mp, file, "toolchain", toolchain);
		if (*toolchain && !str_eq(toolchain, "default") &&
		    !toolchain_line(mp, file, toolchain, &version, &wanted, e))
			return false;
		if (!str_eq(toolchain, "default") && gover_compare(go, version) > 0) {
			wanted = arena_fmt(&mp->arena, "go%s%s", go,
					   gover_is_lang(go) && gover_compare(go, GOVER_STRICT) >= 0
						   ? ".0"
						   : "");
			file_decides(mp, file, "go", go);
		}
	}
	if (!wanted)
		return true;
	if (!obtainable(mp, wanted, t.mode == GOENV_TOOLCHAIN_PATH, e))
		return false;
	mp->local = version_of(mp, wanted);
	return true;
}
