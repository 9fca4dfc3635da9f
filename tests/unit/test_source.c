/* The source: GOMODCACHE first, then our own cache, then proxies (directories here; tests/net has servers), and go.sum. Texts
 * are those that go 1.26.8 printed for the same trees. */

#include "unit.h"

#include <pthread.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "gofiles/goenv.h"
#include "gofiles/gosum.h"
#include "zip/dirhash.h"
#include "fetch/source.h"

#define PATH "example.com/Big/m"
#define ESC "example.com/!big/m"
#define ESCAPED "example.com/%21big/m"
#define MOD "module example.com/Big/m\n"

static const struct modver m1 = { PATH, "v1.0.0" };

struct fixture {
	char dir[64];
	char *modcache, *cache, *proxy, *sumfile;
	char *vars[4];
	struct goenv *env;
	struct gosum *sums;
	struct source *s;
	bool own_counts;
	char line[200];
};

static void put(const char *dir, const char *name, const char *text)
{
	char *file = xasprintf("%s/%s", dir, name);

	assert_true(fs_write_atomic(file, text, strlen(text), 0644, false, NULL));
	free(file);
}

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/modscope-source-XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	f->modcache = xasprintf("%s/mod", f->dir);
	f->cache = xasprintf("%s/cache", f->dir);
	f->proxy = xasprintf("%s/proxy", f->dir);
	f->sumfile = xasprintf("%s/go.sum", f->dir);
	f->vars[0] = xasprintf("HOME=%s", f->dir);
	f->vars[1] = xasprintf("GOMODCACHE=%s", f->modcache);
	f->vars[2] = xasprintf("XDG_CACHE_HOME=%s", f->cache);
	*state = f;
	return 0;
}

static void close_source(struct fixture *f)
{
	source_free(f->s);
	gosum_free(f->sums);
	goenv_free(f->env);
	f->s = NULL;
	f->sums = NULL;
	f->env = NULL;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	close_source(f);
	fs_remove_all(f->dir, NULL);
	for (int i = 0; i < 3; i++)
		free(f->vars[i]);
	free(f->modcache);
	free(f->cache);
	free(f->proxy);
	free(f->sumfile);
	free(f);
	return 0;
}

/* "P" in goproxy stands for the directory's URL. */
static void open_source(struct fixture *f, const char *goproxy, const char *go_sum, bool must_exist,
			bool offline)
{
	const char *p = strchr(goproxy, 'P');
	char *proxy = p ? xasprintf("GOPROXY=%.*sfile://%s%s", (int)(p - goproxy), goproxy,
				    f->proxy, p + 1)
			: xasprintf("GOPROXY=%s", goproxy);
	const char *vars[] = { f->vars[0],  f->vars[1],	   f->vars[2], proxy,
			       "GOENV=off", "GOSUMDB=off", NULL };

	close_source(f);
	f->env = goenv_new(&(struct goenv_options){ .environ = vars }, NULL);
	f->s = source_new(&(struct source_options){
		.env = f->env, .offline = offline, .own_counts = f->own_counts });
	if (go_sum) {
		put(f->dir, "go.sum", go_sum);
		f->sums = gosum_new(f->sumfile, false);
		source_set_sums(f->s, f->sums, must_exist);
	}
	free(proxy);
}

static void forget_caches(struct fixture *f)
{
	close_source(f);
	fs_remove_all(f->cache, NULL);
	fs_remove_all(f->modcache, NULL);
	fs_remove_all(f->proxy, NULL);
}

/* Asserts an error's text, in which "P" stands for the proxy's directory. */
static void assert_text(struct fixture *f, const struct err *e, const char *want)
{
	struct buf b = BUF_INIT;
	const char *s = e->text, *at;

	while ((at = strstr(s, f->proxy))) {
		buf_add(&b, s, (size_t)(at - s));
		buf_addch(&b, 'P');
		s = at + strlen(f->proxy);
	}
	buf_addstr(&b, s);
	assert_string_equal(b.data, want);
	buf_release(&b);
}

static void assert_gomod(struct fixture *f, struct modver m, const char *want, const char *error)
{
	struct err e = ERR_INIT;
	const char *data;
	size_t len;

	if (source_gomod(f->s, m, &data, &len, &e)) {
		assert_string_equal("", error);
		assert_int_equal(len, strlen(want));
		assert_memory_equal(data, want, len);
	} else {
		assert_text(f, &e, error);
	}
	err_release(&e);
}

static void assert_stat(struct fixture *f, const char *rev, const char *version, const char *error)
{
	struct err e = ERR_INIT;
	struct source_info info;

	if (source_stat(f->s, PATH, rev, &info, &e)) {
		assert_string_equal("", error);
		assert_string_equal(info.version, version);
	} else {
		assert_text(f, &e, error);
	}
	err_release(&e);
}

static void test_order(void **state)
{
	struct fixture *f = *state;

	forget_caches(f);
	put(f->proxy, ESC "/@v/v1.0.0.mod", MOD);
	put(f->proxy, ESC "/@v/v1.0.0.info",
	    "{\"Version\":\"v1.0.0\",\"Time\":\"2020-01-02T03:04:05Z\"}");
	open_source(f, "P", NULL, false, false);
	assert_gomod(f, m1, MOD, "");
	assert_stat(f, "v1.0.0", "v1.0.0", "");
	/* nothing vouches for our own cache: it counts only offline, for the same proxies */
	open_source(f, "https://127.0.0.1:1", NULL, false, true);
	assert_gomod(f, m1, NULL,
		     "reading https://127.0.0.1:1/" ESCAPED
		     "/@v/v1.0.0.mod: the network is not used (--offline)");
	fs_remove_all(f->proxy, NULL);
	open_source(f, "P", NULL, false, true);
	assert_gomod(f, m1, MOD, "");
	assert_stat(f, "v1.0.0", "v1.0.0", "");
	open_source(f, "P", NULL, false, false);
	assert_gomod(f, m1, NULL,
		     "reading file://P/" ESCAPED "/@v/v1.0.0.mod: no such file or directory");
	/* GOMODCACHE comes first */
	put(f->modcache, "cache/download/" ESC "/@v/v1.0.0.mod", "module other\n");
	put(f->modcache, "cache/download/" ESC "/@v/v1.0.0.info", "{\"Version\":\"v9.9.9\"}");
	open_source(f, "off", NULL, false, false);
	assert_gomod(f, m1, "module other\n", "");
	assert_stat(f, "v1.0.0", "v9.9.9", "");
	assert_non_null(source_cached_gomod_file(f->s, m1));
	assert_null(source_cached_gomod_file(f->s, (struct modver){ PATH, "v1.0.1" }));
	assert_null(source_cached_dir(f->s, m1));
}

#define OTHER_MOD "module other // of another proxy\n"

static const char *sum_line(struct fixture *f, const char *mod)
{
	char sum[DIRHASH_LEN + 1];

	dirhash_gomod(mod, strlen(mod), sum);
	snprintf(f->line, sizeof(f->line), PATH " v1.0.0/go.mod %s\n", sum);
	return f->line;
}

/* Two proxies with different files: each answer comes from the proxy that is asked, or is proven. */
static void test_own(void **state)
{
	struct fixture *f = *state;

	forget_caches(f);
	put(f->proxy, "1/" ESC "/@v/v1.0.0.mod", MOD);
	put(f->proxy, "2/" ESC "/@v/v1.0.0.mod", OTHER_MOD);
	open_source(f, "P/1", NULL, false, false);
	assert_gomod(f, m1, MOD, "");
	open_source(f, "P/2", NULL, false, false);
	assert_gomod(f, m1, OTHER_MOD, "");
	open_source(f, "P/1", NULL, false, false);
	assert_gomod(f, m1, MOD, "");
	/* a proxy changes its answer */
	put(f->proxy, "1/" ESC "/@v/v1.0.0.mod", OTHER_MOD);
	open_source(f, "P/1", NULL, false, false);
	assert_gomod(f, m1, OTHER_MOD, "");
	/* what go.sum proves counts with any GOPROXY but off */
	open_source(f, "P/2", sum_line(f, OTHER_MOD), false, false);
	assert_gomod(f, m1, OTHER_MOD, "");
	open_source(f, "https://127.0.0.1:1", sum_line(f, OTHER_MOD), false, false);
	assert_gomod(f, m1, OTHER_MOD, "");
	open_source(f, "off", sum_line(f, OTHER_MOD), false, false);
	assert_gomod(f, m1, NULL, "module lookup disabled by GOPROXY=off");
	assert_int_equal(source_own_used(f->s), 0);
	f->own_counts = true;
	open_source(f, "off", sum_line(f, OTHER_MOD), false, false);
	f->own_counts = false;
	assert_gomod(f, m1, OTHER_MOD, "");
	assert_int_equal(source_own_used(f->s), 1);
	/* a tag moved: our copy is dropped, and the proxy is asked */
	put(f->proxy, "1/" ESC "/@v/v1.0.0.mod", MOD);
	open_source(f, "P/1", sum_line(f, MOD), false, false);
	assert_gomod(f, m1, MOD, "");
	/* without a line in go.sum, nothing verifies it */
	open_source(f, "https://127.0.0.1:1", NULL, false, true);
	assert_gomod(f, m1, NULL,
		     "reading https://127.0.0.1:1/" ESCAPED
		     "/@v/v1.0.0.mod: the network is not used (--offline)");
}

static void test_damage(void **state)
{
	struct fixture *f = *state;

	forget_caches(f);
	put(f->proxy, ESC "/@v/v1.0.0.mod", MOD);
	put(f->proxy, ESC "/@v/v1.0.0.info", "{\"Version\":\"v1.0.0\"}");
	/* an invalid .info and an old generated go.mod in GOMODCACHE are fetched again */
	put(f->modcache, "cache/download/" ESC "/@v/v1.0.0.mod", "//vgo 0.0.4\n\nmodule x\n");
	put(f->modcache, "cache/download/" ESC "/@v/v1.0.0.info", "garbage");
	open_source(f, "P", NULL, false, false);
	assert_gomod(f, m1, MOD, "");
	assert_stat(f, "v1.0.0", "v1.0.0", "");
	/* so are changed files in our own cache */
	fs_remove_all(f->modcache, NULL);
	put(f->cache, "modscope/mod/cache/download/" ESC "/@v/v1.0.0.mod", "module forged\n");
	put(f->cache, "modscope/mod/cache/download/" ESC "/@v/v1.0.0.info",
	    "{\"Version\":\"v6.6.6\"}");
	open_source(f, "P", NULL, false, false);
	assert_gomod(f, m1, MOD, "");
	assert_stat(f, "v1.0.0", "v1.0.0", "");
}

static void test_go_sum(void **state)
{
	struct fixture *f = *state;
	char sum[DIRHASH_LEN + 1], *right, text[2048];
	const char *data;
	struct err e = ERR_INIT;
	size_t len;

	forget_caches(f);
	put(f->proxy, ESC "/@v/v1.0.0.mod", MOD);
	dirhash_gomod(MOD, strlen(MOD), sum);
	right = xasprintf(PATH " v1.0.0/go.mod %s\n", sum);
	open_source(f, "P", right, true, false);
	assert_gomod(f, m1, MOD, "");
	assert_gomod(f, (struct modver){ PATH, "v1.0.1" }, NULL,
		     "missing go.sum entry for go.mod file; to add it:\n\tgo mod download " PATH);
	open_source(f, "P", PATH " v1.0.0/go.mod h1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=\n",
		    false, false);
	assert_false(source_gomod(f->s, m1, &data, &len, &e));
	assert_true(err_is_final(&e));
	assert_int_equal(e.code, ERR_CHECKSUM);
	snprintf(
		text, sizeof(text),
		"verifying " PATH
		"@v1.0.0/go.mod: checksum mismatch\n\tdownloaded: %s\n\tgo.sum:     "
		"h1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=\n\nSECURITY ERROR\nThis download does NOT match an earlier download "
		"recorded in go.sum.\nThe bits may have been replaced on the origin server, or an attacker may\nhave intercepted "
		"the download attempt.\n\nFor more information, see 'go help module-auth'.\n",
		sum);
	assert_string_equal(e.text, text);
	err_release(&e);
	free(right);
}

static void test_errors(void **state)
{
	static const struct {
		const char *proxy, *error;
	} cases[] = {
		{ "P",
		  "reading file://P/example.com/%21big/m/@v/v1.0.0.mod: no such file or directory" },
		{ "off", "module lookup disabled by GOPROXY=off" },
		{ "P,off", "module lookup disabled by GOPROXY=off" },
		{ "P|off", "module lookup disabled by GOPROXY=off" },
		{ "foo", "invalid proxy URL missing scheme: foo" },
		{ ",", "GOPROXY list is not the empty string, but contains no entries" },
		{ "http://127.0.0.1:1",
		  "Get \"http://127.0.0.1:1/example.com/%21big/m/@v/v1.0.0.mod\": dial tcp 127.0.0.1:1: connect: connection refused" },
		{ "http://u:hunter2@127.0.0.1:1",
		  "refusing to pass credentials to insecure URL: http://u:xxxxx@127.0.0.1:1/example.com/%21big/m/@v/v1.0.0.mod" },
	};
	struct fixture *f = *state;

	forget_caches(f);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		open_source(f, cases[i].proxy, NULL, false, false);
		assert_gomod(f, m1, NULL, cases[i].error);
	}
	open_source(f, "https://127.0.0.1:1", NULL, false, true);
	assert_gomod(
		f, m1, NULL,
		"reading https://127.0.0.1:1/example.com/%21big/m/@v/v1.0.0.mod: the network is not used (--offline)");
	open_source(f, "P", NULL, false, false);
	assert_stat(
		f, "master", NULL,
		"invalid version: reading file://P/example.com/%21big/m/@v/master.info: no such file or directory");
	assert_stat(
		f, "v0.0.0-20200102030405-abcdefabcdef+x", NULL,
		"invalid pseudo-version: reading "
		"file://P/example.com/%21big/m/@v/v0.0.0-20200102030405-abcdefabcdef+x.info: no such file or directory");
	struct err e = ERR_INIT;
	struct source_info info;

	assert_false(source_stat(f->s, "bad path", "v1.0.0", &info, &e));
	assert_string_equal(e.text, "malformed module path \"bad path\": invalid char ' '");
	err_release(&e);
}

static void test_lies(void **state)
{
	struct fixture *f = *state;

	forget_caches(f);
	put(f->proxy, ESC "/@v/v1.0.0.info", "{\"Version\":\"v1.0.1\"}");
	put(f->proxy, ESC "/@v/v1.1.0.info", "<html>");
	put(f->proxy, ESC "/@v/master.info", "{\"Version\":\"v1.2.3\"}");
	open_source(f, "P", NULL, false, false);
	assert_stat(f, "v1.0.0", NULL,
		    "proxy returned info for version v1.0.1 instead of requested version");
	assert_stat(
		f, "v1.1.0", NULL,
		"invalid response from proxy \"file://P\": invalid character '<' looking for beginning of value");
	assert_stat(f, "master", "v1.2.3", "");
	/* a branch's answer is kept for its version, never for the branch */
	fs_remove_all(f->proxy, NULL);
	open_source(f, "P", NULL, false, true);
	assert_stat(f, "v1.2.3", "v1.2.3", "");
	assert_stat(f, "master", NULL,
		    "invalid version: reading file://P/" ESCAPED
		    "/@v/master.info: no such file or directory");
	open_source(f, "off", NULL, false, false);
	assert_stat(f, "v1.2.3", NULL, "module lookup disabled by GOPROXY=off");
}

static void assert_versions(struct fixture *f, const char *want)
{
	const char *const *versions;
	struct buf b = BUF_INIT;
	size_t n;

	assert_true(source_versions(f->s, PATH, &versions, &n, NULL));
	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%s ", versions[i]);
	assert_string_equal(b.data, want);
	buf_release(&b);
}

static void test_lists(void **state)
{
	static const char list[] =
		"v1.10.0\nv1.9.0 2020-01-02T03:04:05Z\n\n  v1.9.0-rc.1\r\nnonsense\nv2.0.0+incompatible\n"
		"v0.0.0-20200102030405-abcdefabcdef\nv1\n";
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	struct source_info info;

	forget_caches(f);
	put(f->proxy, ESC "/@v/list", list);
	put(f->proxy, ESC "/@v/v1.9.0.info", "{\"Version\":\"v1.9.0\"}");
	open_source(f, "P", NULL, false, false);
	assert_versions(f, "v1 v1.9.0-rc.1 v1.9.0 v1.10.0 v2.0.0+incompatible ");
	/* without @latest, the newest time in the list; tags without a time do not count */
	put(f->proxy, ESC "/@v/v0.0.0-20200102030405-abcdefabcdef.info",
	    "{\"Version\":\"v0.0.0-20200102030405-abcdefabcdef\"}");
	assert_true(source_latest(f->s, PATH, &info, NULL));
	assert_string_equal(info.version, "v1.9.0");
	put(f->proxy, ESC "/@latest",
	    "{\"Version\":\"v1.5.0\",\"Time\":\"2020-01-02T03:04:05.500Z\"}");
	open_source(f, "P", NULL, false, false);
	assert_true(source_latest(f->s, PATH, &info, NULL));
	assert_string_equal(info.version, "v1.5.0");
	assert_string_equal(info.time, "2020-01-02T03:04:05.5Z");
	forget_caches(f);
	put(f->proxy, ESC "/@v/list", "v1.0.0\n");
	open_source(f, "P", NULL, false, false);
	assert_false(source_latest(f->s, PATH, &info, &e));
	assert_string_equal(e.text, "no commits");
	assert_int_equal(e.code, ERR_NOT_FOUND);
	err_release(&e);
}

static void test_wants(void **state)
{
	struct fixture *f = *state;
	struct arena a = ARENA_INIT;
	struct source_want *wants;

	forget_caches(f);
	put(f->proxy, ESC "/@v/v1.0.0.mod", MOD);
	open_source(f, "P", NULL, false, false);
	assert_gomod(f, m1, MOD, "");
	assert_gomod(f, m1, MOD, "");
	assert_int_equal(source_wants(f->s, &a, &wants), 1);
	assert_string_equal(wants[0].what, "mod");
	assert_true(wants[0].fetched && wants[0].bytes == (long long)strlen(MOD));
	open_source(f, "off", NULL, false, false);
	assert_gomod(f, (struct modver){ PATH, "v1.1.0" }, NULL,
		     "module lookup disabled by GOPROXY=off");
	assert_int_equal(source_wants(f->s, &a, &wants), 1);
	assert_false(wants[0].fetched);
	assert_string_equal(wants[0].mod.version, "v1.1.0");
	arena_release(&a);
}

/* go would fetch what a kept .info answers. */
static void test_wants_kept(void **state)
{
	struct fixture *f = *state;
	struct arena a = ARENA_INIT;
	struct source_want *wants;
	struct source_info info;

	forget_caches(f);
	put(f->proxy, ESC "/@v/v1.0.0.info", "{\"Version\":\"v1.0.0\"}");
	for (int offline = 0; offline < 2; offline++) {
		open_source(f, "P", NULL, false, offline);
		assert_true(source_stat(f->s, PATH, "v1.0.0", &info, NULL));
		assert_int_equal(source_wants(f->s, &a, &wants), 1);
		assert_string_equal(wants[0].what, "info");
		assert_true(wants[0].fetched);
	}
	arena_release(&a);
}

static void *ask_all(void *arg)
{
	struct fixture *f = arg;

	for (int i = 0; i < 50; i++) {
		char version[16], want[64];
		const char *data;
		size_t len;

		snprintf(version, sizeof(version), "v1.0.%d", i);
		snprintf(want, sizeof(want), "module example.com/Big/m // %d\n", i);
		assert_true(
			source_gomod(f->s, (struct modver){ PATH, version }, &data, &len, NULL));
		assert_string_equal(data, want);
	}
	return NULL;
}

static void test_threads(void **state)
{
	struct fixture *f = *state;
	struct arena a = ARENA_INIT;
	struct source_want *wants;
	pthread_t threads[4];

	forget_caches(f);
	for (int i = 0; i < 50; i++) {
		char *name = xasprintf(ESC "/@v/v1.0.%d.mod", i),
		     *text = xasprintf("module example.com/Big/m // %d\n", i);

		put(f->proxy, name, text);
		free(name);
		free(text);
	}
	open_source(f, "P", NULL, false, false);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_create(&threads[i], NULL, ask_all, f);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	/* nothing was asked twice */
	assert_int_equal(source_wants(f->s, &a, &wants), 50);
	arena_release(&a);
}

static void test_bad_modcache(void **state)
{
	struct fixture *f = *state;
	char *keep = f->vars[1];
	struct err e = ERR_INIT;
	const char *dir;

	forget_caches(f);
	f->vars[1] = xstrdup("GOMODCACHE=relative");
	open_source(f, "P", NULL, false, false);
	/* go then stores no go.mod, and fails when it needs a tree */
	put(f->proxy, ESC "/@v/v1.0.0.mod", MOD);
	assert_gomod(f, m1, MOD, "");
	assert_false(source_dir(f->s, m1, &dir, NULL, &e));
	assert_string_equal(
		e.text, "go: GOMODCACHE entry is relative; must be absolute path: \"relative\".\n");
	assert_true(err_is_final(&e));
	err_release(&e);
	free(f->vars[1]);
	f->vars[1] = keep;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),	     cmocka_unit_test(test_own),
		cmocka_unit_test(test_damage),	     cmocka_unit_test(test_go_sum),
		cmocka_unit_test(test_errors),	     cmocka_unit_test(test_lies),
		cmocka_unit_test(test_lists),	     cmocka_unit_test(test_wants),
		cmocka_unit_test(test_wants_kept),   cmocka_unit_test(test_threads),
		cmocka_unit_test(test_bad_modcache),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
