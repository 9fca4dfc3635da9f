#include "fetch/sumdb_setting.h"

#include "fetch/gourl.h"
#include "gofiles/goenv.h"
#include "gofiles/modpath.h"

static const struct {
	const char *name, *key;
} known[] = {
	{ "sum.golang.org",
	  "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8" },
};

#define ALIAS "sum.golang.google.cn"
#define ALIAS_MEANS "sum.golang.org https://sum.golang.google.cn"

static bool proxy_is_one_file_url(const char *goproxy)
{
	return str_has_prefix(goproxy, "file://") && !strpbrk(goproxy, ",|");
}

bool sumdb_setting_wants(const struct goenv *env, const char *module)
{
	/* toolchains cannot be in go.sum, so they are always checked; not if the proxy is a directory */
	if (str_eq(module, "golang.org/toolchain") &&
	    !proxy_is_one_file_url(goenv_get(env, "GOPROXY")))
		return true;
	return !str_eq(goenv_get(env, "GOSUMDB"), "off") &&
	       !modpath_match_globs(goenv_get(env, "GONOSUMDB"), module);
}

/* The fields of GOSUMDB: the key in full, and the URL; the caller owns the strings. */
static bool split_setting(const char *setting, char **key, char **url, struct err *e)
{
	char *copy, *words[4], *save = NULL;
	size_t n = 0;

	*key = *url = NULL;
	if (str_eq(setting, "off"))
		return err_set(e, ERR_REFUSED, "checksum database disabled by GOSUMDB=off");
	copy = xstrdup(str_eq(setting, ALIAS) ? ALIAS_MEANS : setting);
	for (char *w = strtok_r(copy, " \t\r\n\v\f", &save); w && n < 4;
	     w = strtok_r(NULL, " \t\r\n\v\f", &save))
		words[n++] = w;
	if (n == 1 || n == 2) {
		const char *full = words[0];

		for (size_t i = 0; i < ARRAY_LEN(known); i++)
			if (str_eq(words[0], known[i].name))
				full = known[i].key;
		*key = xstrdup(full);
		*url = n == 2 ? xstrdup(words[1]) : NULL;
	}
	free(copy);
	if (n == 0)
		return err_set(e, ERR_SYNTAX, "missing GOSUMDB");
	return n <= 2 || err_set(e, ERR_SYNTAX, "invalid GOSUMDB: too many fields");
}

/* host[/path] and nothing else. */
static bool check_name(const char *name, struct err *e)
{
	size_t n = strlen(name);

	if (n && name[n - 1] != '/' && name[0] != '/' && !strpbrk(name, "@?#%\\ ") &&
	    !strstr(name, "://"))
		return true;
	return err_set(e, ERR_SYNTAX, "invalid sumdb name (must be host[/path]): %s", name);
}

static bool check_url(const char *url, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct gourl u;
	bool ok = gourl_parse(&a, url, &u, e) || err_wrap(e, "invalid GOSUMDB URL: ");

	arena_release(&a);
	return ok;
}

bool sumdb_setting_read(const char *setting, struct note_verifier *key, char **url, struct err *e)
{
	struct err why = ERR_INIT;
	char *text;
	bool ok = split_setting(setting, &text, url, e);

	if (ok && !note_verifier_parse(key, text, &why)) {
		err_set(e, ERR_SYNTAX, "invalid GOSUMDB: %s", why.text);
		ok = false;
	}
	ok = ok && check_name(key->name, e) && (!*url || check_url(*url, e));
	if (!ok) {
		free(*url);
		*url = NULL;
	}
	err_release(&why);
	free(text);
	return ok;
}

bool sumdb_setting_key_of(const char *gosumdb, const char *name, struct note_verifier *key)
{
	char *url = NULL;
	bool ok = sumdb_setting_read(gosumdb, key, &url, NULL) && str_eq(key->name, name);

	free(url);
	for (size_t i = 0; !ok && i < ARRAY_LEN(known); i++)
		ok = str_eq(known[i].name, name) && note_verifier_parse(key, known[i].key, NULL);
	return ok;
}
