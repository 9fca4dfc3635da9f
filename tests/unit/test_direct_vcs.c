#include "unit.h"

#include "fetch/direct_vcs.h"
#include "gofiles/goenv.h"

struct world {
	const char *const (
		*pages)[2]; /* URL, tags; ends with NULL. "404": that status, and no tags */
	enum err_code ping; /* of every repository; ERR_NONE: it answers */
	const char *only;   /* a URL: other repositories do not answer */
	const char *set;    /* a variable, "GOINSECURE=x"; may be NULL */
};

static bool get(void *ctx, const char *url, struct buf *body, bool *ok, struct err *status,
		struct err *e)
{
	const struct world *w = ctx;

	*ok = true;
	for (size_t i = 0; w->pages && w->pages[i][0]; i++) {
		if (!str_eq(w->pages[i][0], url))
			continue;
		*ok = !str_eq(w->pages[i][1], "404");
		if (!*ok)
			err_set(status, ERR_NOT_FOUND, "reading %s: 404 Not Found", url);
		else
			buf_addf(body, "<html><head>%s</head>", w->pages[i][1]);
		return true;
	}
	return err_set(e, ERR_NETWORK, "no page");
}

static bool ping(void *ctx, const char *url, struct err *e)
{
	const struct world *w = ctx;

	if (w->only && !str_eq(url, w->only))
		return err_set(e, ERR_NETWORK, "no answer of %s", url);
	if (w->ping != ERR_NONE)
		err_set(e, w->ping, "no answer of %s", url);
	return w->ping == ERR_NONE;
}

/* "VCS REPO ROOT SUBDIR", or the error's words. */
static char *find(const struct world *w, const char *path)
{
	const char *vars[] = { "GOENV=off", w->set, NULL };
	struct goenv *env = goenv_new(&(struct goenv_options){ .environ = vars }, NULL);
	struct direct_vcs v = { env, get, ping, (void *)(uintptr_t)w };
	struct arena a = ARENA_INIT;
	struct direct_vcs_root r;
	struct err e = ERR_INIT;
	char *out = direct_vcs_find(&v, &a, path, &r, &e)
			    ? xasprintf("%s %s %s %s", r.vcs, r.repo, r.root, r.subdir)
			    : xasprintf("%d: %s", (int)e.code, e.text);

	err_release(&e);
	arena_release(&a);
	goenv_free(env);
	return out;
}

/* TestRepoRootForImportPath of cmd/go/internal/vcs, with the same answers. */
static void test_hosts(void **state)
{
	static const struct {
		const char *path, *vcs, *repo; /* NULL: an error */
	} rows[] = {
		{ "github.com/golang/groupcache", "git", "https://github.com/golang/groupcache" },
		{ "github.com/golang/groupcache/lru", "git",
		  "https://github.com/golang/groupcache" },
		{ "hub.jazz.net/git/user1/pkgname", "git",
		  "https://hub.jazz.net/git/user1/pkgname" },
		{ "hub.jazz.net/git/user1/pkgname/submodule/submodule", "git",
		  "https://hub.jazz.net/git/user1/pkgname" },
		{ "hub.jazz.net", NULL, NULL },
		{ "hubajazz.net", NULL, NULL },
		{ "hub.jazz.net/someotherprefix/user1/pkgname", NULL, NULL },
		{ "hub.jazz.net/git/user1/pkg name", NULL, NULL },
		{ "hub.jazz.net/git/user.1/pkgname", NULL, NULL },
		{ "hub.jazz.net/git/user/pkg.name", "git",
		  "https://hub.jazz.net/git/user/pkg.name" },
		{ "hub.jazz.net/git/USER/pkgname", NULL, NULL },
		{ "git.openstack.org/openstack/swift", "git",
		  "https://git.openstack.org/openstack/swift" },
		{ "git.openstack.org/openstack/swift.git", "git",
		  "https://git.openstack.org/openstack/swift.git" },
		{ "git.openstack.org/openstack", NULL, NULL },
		{ "git.apache.org/package-name/path/to/lib", NULL, NULL },
		{ "git.apache.org/package-name_2.x.git/path/to/lib", "git",
		  "https://git.apache.org/package-name_2.x.git" },
		{ "chiselapp.com/user/kyle/fossilgg", NULL, NULL },
		{ "bitbucket.org/workspace/pkgname", "git",
		  "https://bitbucket.org/workspace/pkgname" },
		/* the others follow vcs.go: a suffix that names a system, the length, the characters */
		{ "github.com/user/name.git", NULL, NULL },
		{ "bitbucket.org/user/name.hg", NULL, NULL },
		{ "github.com/user/git", "git", "https://github.com/user/git" },
		{ "github.com/user/n@me", NULL, NULL },
		{ "github.com", NULL, NULL },
		{ "git.apache.org/.git", NULL, NULL },
		{ "git.apache.org/a.bzr", NULL, NULL },
		{ "git.apache.org/A.git", NULL, NULL },
		{ "chiselapp.com/user/kyle/repository/fossilgg/x", NULL, NULL },
		{ "chiselapp.com/user/ky-le/repository/fossilgg", NULL, NULL },
		{ "chiselapp.com/other/kyle/repository/fossilgg", NULL, NULL },
		{ "example.net/m", NULL, NULL },
		{ "rsc.io", NULL, NULL },
		{ "a.test/~user/x.git/~y", "git", "https://a.test/~user/x" },
		{ "a.test/x.git/y.git", "git", "https://a.test/x.git/y" },
		{ "a.test/x.git/y.git/c/d", "git", "https://a.test/x.git/y" },
		{ "a.test/x.git/y.gitz/~.git", "git", "https://a.test/x" },
		{ "a.test/x.git.git", "git", "https://a.test/x.git" },
		{ "a.test/x.git/y!", NULL, NULL },
		{ "a.test/x.git//y.git", NULL, NULL },
		{ "a.test/x.git/", NULL, NULL },
		{ "a.test/x y/z.git", NULL, NULL },
		{ "a.test/.git", NULL, NULL },
	};
	const struct world w = { .pages = NULL };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *have = find(&w, rows[i].path);
		char *want = xasprintf("%s %s ", rows[i].vcs, rows[i].repo ? rows[i].repo : "");

		if (rows[i].vcs ? !str_has_prefix(have, want) : have[0] >= 'a')
			fail_msg("%s: %s", rows[i].path, have);
		free(want);
		free(have);
	}
}

#define TAG(words) "<meta name=\"go-import\" content=\"" words "\">"

static void test_pages(void **state)
{
	static const char *const pages[][2] = {
		{ "https://a.test/m/sub?go-get=1", TAG("a.test/m git https://git.test/m") },
		{ "https://a.test/m?go-get=1", TAG("a.test/m git https://git.test/m") },
		{ "https://a.test/dir?go-get=1", TAG("a.test/dir git https://git.test/d below") },
		{ "https://a.test/both?go-get=1", TAG("a.test/both git https://git.test/b") TAG(
							  "a.test/both mod https://proxy.test") },
		{ "https://a.test/liar/x?go-get=1", TAG("a.test/liar git https://evil.test/m") },
		{ "https://a.test/liar?go-get=1", TAG("a.test/liar git https://git.test/liar") },
		{ "https://a.test/other?go-get=1", TAG("b.test/other git https://git.test/o") },
		{ "https://a.test/two?go-get=1", TAG("a.test/two git https://git.test/1")
							 TAG("a.test/two git https://git.test/2") },
		{ "https://a.test/mod?go-get=1", TAG("a.test/mod mod https://proxy.test")
							 TAG("a.test/mod git https://git.test/b") },
		{ "https://a.test/alone/x?go-get=1", TAG("a.test/alone git https://git.test/1") },
		{ "https://a.test/gone/x?go-get=1", TAG("a.test/gone git https://git.test/1") },
		{ "https://a.test/gone?go-get=1", "404" },
		{ "https://a.test/empty/x?go-get=1", TAG("a.test/empty git https://git.test/1") },
		{ "https://a.test/empty?go-get=1", "" },
		{ "https://a.test/vcs/x?go-get=1", TAG("a.test/vcs git https://git.test/1") },
		{ "https://a.test/vcs?go-get=1", TAG("a.test/vcs hg https://git.test/1") },
		{ "https://a.test/dirs/x?go-get=1", TAG("a.test/dirs git https://git.test/1 d") },
		{ "https://a.test/dirs?go-get=1", TAG("a.test/dirs git https://git.test/1") },
		{ "https://a.test/far/x?go-get=1", TAG("a.test/far git https://git.test/1") },
		{ "https://a.test/far?go-get=1", TAG("a.test/near git https://git.test/1") },
		{ "https://a.test/slash?go-get=1", TAG("a.test/slash git https://git.test/1 /d") },
		{ "https://a.test/hyphen?go-get=1",
		  TAG("a.test/hyphen git https://git.test/1 -d") },
		{ "https://a.test/bad?go-get=1", TAG("a.test/bad git https://git.test:x/1") },
		{ "https://a.test/bare?go-get=1", TAG("a.test/bare git git.test/1") },
		{ "https://a.test/file?go-get=1", TAG("a.test/file git file:///etc") },
		{ "https://a.test/cvs?go-get=1", TAG("a.test/cvs cvs https://git.test/1") },
		{ "https://a.test/404?go-get=1", "404" },
		{ "https://a.test/broken?go-get=1", "<a b=>" },
		{ "https://a.test/?go-get=1", TAG("a.test git https://git.test/root") },
		{ "http://i.test/m?go-get=1", TAG("i.test/m git http://git.test/m") },
		{ NULL, NULL },
	};
	static const struct {
		const char *path, *want; /* with a colon: what the error contains */
	} rows[] = {
		{ "a.test/m", "git https://git.test/m a.test/m " },
		{ "a.test/m/sub", "git https://git.test/m a.test/m " },
		{ "a.test/dir", "git https://git.test/d a.test/dir below" },
		{ "a.test/both", "mod https://proxy.test a.test/both " },
		{ "a.test/liar/x", ": https://a.test/liar/x?go-get=1 and //a.test/liar?go-get=1 "
				   "disagree about go-import for a.test/liar" },
		{ "a.test/other", ": no go-import meta tags (meta tag b.test/other did not match "
				  "import path a.test/other)" },
		{ "nohost/x", ": import path does not begin with hostname" },
		{ "a.test", "git https://git.test/root a.test " },
		{ "a.test/two",
		  ": parse //a.test/two?go-get=1: multiple meta tags match import path "
		  "\"a.test/two\"" },
		{ "a.test/mod", "mod https://proxy.test a.test/mod " },
		{ "a.test/alone/x", ": fetching a.test/alone: no page" },
		{ "a.test/gone/x", ": reading https://a.test/gone?go-get=1: 404 Not Found" },
		{ "a.test/empty/x", ": fetching a.test/empty: no go-import meta tag found in "
				    "https://a.test/empty?go-get=1" },
		{ "a.test/vcs/x", ": disagree about go-import for a.test/vcs" },
		{ "a.test/dirs/x", ": disagree about go-import for a.test/dirs" },
		{ "a.test/far/x", ": disagree about go-import for a.test/far" },
		{ "a.test/slash", ": https://a.test/slash?go-get=1: invalid subdirectory \"/d\": "
				  "leading slash" },
		{ "a.test/hyphen", ": invalid subdirectory \"-d\": leading hyphen" },
		{ "a.test/bad", ": invalid repo root \"https://git.test:x/1\": parse " },
		{ "a.test/bare", ": invalid repo root \"git.test/1\": no scheme" },
		{ "a.test/file", ": invalid repo root \"file:///etc\": file scheme disallowed" },
		{ "a.test/cvs", ": https://a.test/cvs?go-get=1: unknown vcs \"cvs\"" },
		{ "a.test/404", ": reading https://a.test/404?go-get=1: 404 Not Found" },
		{ "a.test/none",
		  ": unrecognized import path \"a.test/none\": https fetch: no page" },
		{ "i.test/m", ": unrecognized import path \"i.test/m\": https fetch: no page" },
	};
	const struct world w = { .pages = pages };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *have = find(&w, rows[i].path);
		bool error = rows[i].want[0] == ':';

		if (error ? !strstr(have, rows[i].want + 2) : !str_eq(have, rows[i].want))
			fail_msg("%s: %s", rows[i].path, have);
		free(have);
	}
}

/* A path with .git: the schemes are tried, unless nothing may be asked. */
static void test_suffix(void **state)
{
	static const struct {
		enum err_code ping;
		const char *want;
	} rows[] = {
		{ ERR_NONE, "git https://a.test/x a.test/x.git " },
		{ ERR_NETWORK, "no secure protocol found for repository" },
		{ ERR_OFFLINE, "no answer of https://a.test/x" },
		{ ERR_CANCELLED, "no answer of https://a.test/x" },
		{ ERR_NOT_HERE, "no answer of https://a.test/x" }, /* SHA-256, no libgit2 */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct world w = { .ping = rows[i].ping };
		char *have = find(&w, "a.test/x.git/sub");

		if (!strstr(have, rows[i].want))
			fail_msg("%d: %s", (int)rows[i].ping, have);
		free(have);
	}
}

/* GOINSECURE, GOVCS, and the schemes that GIT_ALLOW_PROTOCOL allows, in go's order. */
static void test_settings(void **state)
{
	static const char *const pages[][2] = {
		{ "http://i.test/m?go-get=1", TAG("i.test/m git http://git.test/m") },
		{ "https://h.test/m?go-get=1", TAG("h.test/m hg https://hg.test/m") },
		{ NULL, NULL },
	};
	static const struct {
		const char *set, *only, *path, *want;
	} rows[] = {
		{ "GOINSECURE=i.test", NULL, "i.test/m", "git http://git.test/m i.test/m " },
		{ "GOINSECURE=i.test", NULL, "i.test/x", ": http/https fetch: no page" },
		{ "GOINSECURE=a.test", "http://a.test/x", "a.test/x.git",
		  "git http://a.test/x a.test/x.git " },
		{ "GOINSECURE=a.test", "none", "a.test/x.git",
		  ": no protocol found for repository" },
		{ NULL, "http://a.test/x", "a.test/x.git",
		  ": no secure protocol found for repository" },
		{ NULL, "ssh://a.test/x", "a.test/x.git", "git ssh://a.test/x a.test/x.git " },
		{ "GIT_ALLOW_PROTOCOL=file:http", "http://a.test/x", "a.test/x.git",
		  "git http://a.test/x a.test/x.git " },
		{ "GIT_ALLOW_PROTOCOL=http", "https://a.test/x", "a.test/x.git",
		  ": no secure protocol found for repository" },
		{ "GIT_ALLOW_PROTOCOL=git", NULL, "a.test/x.git",
		  "git git://a.test/x a.test/x.git " },
		{ "GIT_ALLOW_PROTOCOL=git", NULL, "a.test/x.svn",
		  ": GOVCS disallows using svn for public a.test/x.svn" },
		{ "GOVCS=*:all", NULL, "a.test/x.svn", "svn https://a.test/x a.test/x.svn " },
		{ "GOVCS=*:off", NULL, "github.com/a/b",
		  ": GOVCS disallows using git for public github.com/a/b" },
		{ NULL, NULL, "h.test/m", "hg https://hg.test/m h.test/m " },
		{ "GOVCS=h.test:git", NULL, "h.test/m",
		  ": GOVCS disallows using hg for public h.test/m" },
		{ "GOVCS=h.test:hg", NULL, "h.test/m", "hg https://hg.test/m h.test/m " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct world w = { .pages = pages, .only = rows[i].only, .set = rows[i].set };
		char *have = find(&w, rows[i].path);
		bool error = rows[i].want[0] == ':';

		if (error ? !strstr(have, rows[i].want + 2) : !str_eq(have, rows[i].want))
			fail_msg("%s, %s: %s", rows[i].set, rows[i].path, have);
		free(have);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_suffix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
