#include "unit.h"

#include "fetch/direct_vcs.h"
#include "gofiles/goenv.h"

struct world {
	const char *const (*pages)[2]; /* URL, tags; ends with NULL */
	enum err_code ping;	       /* of every repository; ERR_NONE: it answers */
};

static bool get(void *ctx, const char *url, struct buf *body, bool *ok, struct err *status,
		struct err *e)
{
	const struct world *w = ctx;

	(void)status;
	*ok = true;
	for (size_t i = 0; w->pages && w->pages[i][0]; i++) {
		if (!str_eq(w->pages[i][0], url))
			continue;
		buf_addf(body, "<html><head>%s</head>", w->pages[i][1]);
		return true;
	}
	return err_set(e, ERR_NETWORK, "no page");
}

static bool ping(void *ctx, const char *url, struct err *e)
{
	const struct world *w = ctx;

	if (w->ping != ERR_NONE)
		err_set(e, w->ping, "no answer of %s", url);
	return w->ping == ERR_NONE;
}

/* "VCS REPO ROOT SUBDIR", or the error's words. */
static char *find(const struct world *w, const char *path)
{
	static const char *const vars[] = { "GOENV=off", NULL };
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
	};
	const struct world w = { NULL, ERR_NONE };

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
	};
	const struct world w = { pages, ERR_NONE };

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
		const struct world w = { NULL, rows[i].ping };
		char *have = find(&w, "a.test/x.git/sub");

		if (!strstr(have, rows[i].want))
			fail_msg("%d: %s", (int)rows[i].ping, have);
		free(have);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_suffix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
