/* A source's hops: servers whose answers are kept with their time, GOPROXY lists that lead nowhere, repositories, and zips that are only looked at. */
#include "gitfix.h"
#include "httpfix.h"

#include "fetch/kept.h"
#include "fetch/proxy.h"
#include "fetch/route.h"
#include "fetch/source.h"
#include "fetch/source_net.h"

#define PATH "example.com/m"

static struct httpfix server;
static struct goenv *env;
static struct source *s;
static struct cancel cancel;

static void answer(struct httpfix *to, int conn, const struct httpfix_request *q)
{
	static const struct {
		const char *target, *body;
	} files[] = {
		{ "/example.com/m/@v/list", "v1.0.0\nv1.1.0\n" },
		{ "/example.com/m/@latest", "{\"Version\":\"v1.1.0\"}" },
		{ "/example.com/m/@v/v1.0.0.zip", "PK" },
	};

	(void)to;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (str_eq(q->target, files[i].target)) {
			httpfix_text(conn, "200 OK", "", files[i].body);
			return;
		}
	if (strstr(q->target, "/example.com/broken/"))
		httpfix_text(conn, "403 Forbidden", "", "");
	else
		httpfix_text(conn, "404 Not Found", "Content-Type: text/plain\r\n",
			     "no such module");
}

static void finish(void)
{
	source_free(s);
	goenv_free(env);
	s = NULL;
	env = NULL;
}

static void set_env(const char *goproxy, const char *more)
{
	const char *vars[] = { "GOENV=off",
			       "GOSUMDB=off",
			       "PATH=/bin",
			       "GIT_CONFIG_NOSYSTEM=1",
			       "GIT_CONFIG_COUNT=1",
			       arena_fmt(&tmp_arena, "GIT_CONFIG_KEY_0=url.file://%s/.insteadOf",
					 tmp_dir),
			       "GIT_CONFIG_VALUE_0=https://h.test/",
			       arena_fmt(&tmp_arena, "HOME=%s/home", tmp_dir),
			       arena_fmt(&tmp_arena, "GOPROXY=%s", goproxy),
			       more,
			       NULL };

	env = goenv_new(&(struct goenv_options){ .dir = tmp_dir, .environ = vars }, NULL);
}

static const char *server_url(void)
{
	return arena_fmt(&tmp_arena, "http://127.0.0.1:%d", server.port);
}

static void begin(const char *goproxy, bool offline, int64_t kept_for)
{
	finish();
	set_env(goproxy, NULL);
	atomic_store(&cancel.set, false);
	s = source_new(&(struct source_options){
		.env = env, .offline = offline, .kept_for = kept_for, .cancel = &cancel });
	atomic_store(&server.served, 0);
}

/* The versions, or the error. */
static const char *versions(const char *path)
{
	const char *const *list;
	struct err e = ERR_INIT;
	const char *out = "";
	size_t n;

	if (!source_versions(s, path, &list, &n, &e))
		out = arena_strdup(&tmp_arena, e.text);
	for (size_t i = 0; i < n; i++)
		out = arena_fmt(&tmp_arena, "%s%s ", out, list[i]);
	err_release(&e);
	return out;
}

static const char *latest(const char *path)
{
	struct source_info info;
	struct err e = ERR_INIT;
	const char *out = arena_strdup(&tmp_arena,
				       source_latest(s, path, &info, &e) ? info.version : e.text);

	err_release(&e);
	return out;
}

static int served(void)
{
	return atomic_load(&server.served);
}

/* Makes what was kept about a module as old as that. */
static void age(const char *question, int64_t seconds)
{
	struct kept *k = kept_open(arena_fmt(&tmp_arena, "%s/" KEPT_FOLDER, goenv_own_cache(env)),
				   NULL);
	struct kept_key key = { server_url(), PATH, question };
	struct kept_answer a = { .data = BUF_INIT };

	assert_true(kept_read(k, &key, &a));
	a.time = (int64_t)time(NULL) - seconds;
	kept_write(k, &key, &a);
	kept_close(k);
	buf_release(&a.data);
}

static const char *none(const char *file)
{
	return arena_fmt(
		&tmp_arena,
		"reading %s/example.com/none/%s: 404 Not Found\n\tserver response: no such module",
		server_url(), file);
}

static void test_kept(void **state)
{
	static const char forbidden[] = "/example.com/broken/@v/list: 403 Forbidden";
	int64_t now = (int64_t)time(NULL);

	(void)state;
	begin(server_url(), false, 3600);
	assert_string_equal(versions(PATH), "v1.0.0 v1.1.0 ");
	assert_string_equal(latest(PATH), "v1.1.0");
	assert_string_equal(versions("example.com/none"), none("@v/list"));
	assert_non_null(strstr(versions("example.com/broken"), forbidden));
	assert_int_equal(served(), 4);
	assert_int_equal(source_as_of(s, PATH), 0);

	begin(server_url(), false, 3600);
	source_list_ahead(s, PATH);
	assert_string_equal(versions(PATH), "v1.0.0 v1.1.0 ");
	assert_string_equal(latest(PATH), "v1.1.0");
	assert_string_equal(versions("example.com/none"), none("@v/list"));
	assert_int_equal(served(), 0);
	assert_in_range(source_as_of(s, PATH), now, now + 60);
	assert_in_range(source_as_of(s, "example.com/none"), now, now + 60);
	assert_non_null(
		strstr(versions("example.com/broken"), forbidden)); /* a failure is no answer */
	assert_int_equal(served(), 1);

	begin(server_url(), false, 0); /* as go does */
	assert_string_equal(versions(PATH), "v1.0.0 v1.1.0 ");
	assert_int_equal(served(), 1);
	finish();
}

/* Older than asked for, or from a clock that was wrong; offline at any age. */
static void test_age(void **state)
{
	(void)state;
	begin(server_url(), false, 3600);
	versions(PATH);
	latest(PATH);
	begin(server_url(), false, 3600);
	age("list", 3700);
	age("latest", -3700);
	begin(server_url(), true, 3600);
	assert_true(source_may_list(s, PATH));
	assert_true(source_may_list(s, "h.test/m.git") == false);
	assert_string_equal(versions(PATH), "v1.0.0 v1.1.0 ");
	assert_string_equal(latest(PATH), "v1.1.0");
	assert_true(source_as_of(s, PATH) < (int64_t)time(NULL) - 3600);
	assert_int_equal(served(), 0);
	begin(server_url(), true, 0);
	assert_false(source_may_list(s, PATH));
	assert_non_null(strstr(versions(PATH), "--offline"));
	begin(server_url(), false, 3600);
	assert_true(source_may_list(s, "example.com/unknown"));
	source_list_ahead(s, PATH); /* too old */
	assert_string_equal(versions(PATH), "v1.0.0 v1.1.0 ");
	assert_int_equal(served(), 1);
	assert_string_equal(latest(PATH), "v1.1.0"); /* of the future */
	assert_int_equal(served(), 2);
	finish();
}

static bool recalls(const char *want)
{
	struct buf b = BUF_INIT;
	bool ok = source_recall(s, PATH, "derived", &b);

	if (ok && want)
		assert_string_equal(b.data, want);
	buf_release(&b);
	return ok;
}

static void test_derived(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	buf_addstr(&b, "result");
	begin(server_url(), false, 3600);
	assert_false(recalls(NULL));
	source_keep(s, PATH, "derived", &b);
	begin(server_url(), false, 3600);
	assert_true(recalls("result"));
	begin("off", false, 3600); /* of other proxies */
	assert_false(recalls(NULL));
	begin(server_url(), false, 0);
	source_keep(s, PATH, "other", &b);
	assert_false(recalls(NULL));
	finish();
	buf_release(&b);
}

static void test_cancelled(void **state)
{
	(void)state;
	begin(server_url(), false, 0);
	atomic_store(&cancel.set, true);
	source_list_ahead(s, PATH);
	source_stat_ahead(s, PATH, "v1.0.0");
	source_gomod_ahead(s, (struct modver){ PATH, "v1.0.0" });
	assert_string_equal(versions(PATH), "cancelled");
	assert_string_equal(latest(PATH), "cancelled");
	assert_int_equal(served(), 0);
	finish();
}

/* What is asked ahead is not asked again; what cannot be asked is not asked ahead. */
static void test_ahead(void **state)
{
	struct source_info info;

	(void)state;
	begin(server_url(), false, 0);
	source_list_ahead(s, PATH);
	assert_string_equal(versions(PATH), "v1.0.0 v1.1.0 ");
	source_list_ahead(s, PATH);
	assert_int_equal(served(), 1);
	assert_false(source_stat(s, "example.com/none", "v1.0.0", &info, NULL));
	source_stat_ahead(s, "example.com/none", "v1.0.0");
	assert_int_equal(served(), 2);
	source_stat_ahead(s, "toolchain", "go1.21");
	source_gomod_ahead(s, (struct modver){ "go", "1.21" });
	begin("off", false, 0);
	source_list_ahead(s, PATH);
	source_stat_ahead(s, PATH, "v1.0.0");
	source_gomod_ahead(s, (struct modver){ PATH, "v1.0.0" });
	begin("x", false, 0);
	source_list_ahead(s, PATH);
	assert_int_equal(served(), 0);
	finish();
}

static bool note_hop(void *ctx, const struct route_hop *hop, struct err *e)
{
	buf_addf(ctx, "%s ", hop ? hop->url : "none");
	return err_set(e, ERR_NOT_FOUND, "no");
}

static void test_bad_route(void **state)
{
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	const char *data;
	size_t len;

	(void)state;
	begin("x", false, 0);
	assert_string_equal(versions(PATH), "invalid proxy URL missing scheme: x");
	assert_false(source_try_hops(s, note_hop, &b, &e));
	tmp_assert_err(&e, ERR_SYNTAX, "invalid proxy URL missing scheme: x");
	assert_false(source_try_hops(s, note_hop, &b, NULL));
	assert_false(source_fetch_repository(s, PATH, &e));
	tmp_assert_err(&e, ERR_SYNTAX, "invalid proxy URL missing scheme: x");
	assert_false(source_fetch_repository(s, PATH, NULL));
	assert_false(source_gomod(s, (struct modver){ PATH, "v1.0.0" }, &data, &len, &e));
	tmp_assert_err(&e, ERR_SYNTAX, "invalid proxy URL missing scheme: x");
	assert_int_equal(b.len, 0);
	assert_false(source_may_list(s, PATH));
	begin(server_url(), false, 0);
	assert_false(source_gomod(s, (struct modver){ "go", "1.21" }, &data, &len, &e));
	tmp_assert_err(&e, ERR_SYNTAX, "internal error: invalid operation on toolchain module");
	assert_false(source_fetch_repository(s, PATH, &e));
	tmp_assert_err(&e, ERR_NOT_FOUND,
		       "GOPROXY does not lead to its repository: it has no direct");
	buf_release(&b);
	err_release(&e);
	finish();
}

/* Whether the first hop for a module is off. */
static void test_off(void **state)
{
	static const struct {
		const char *goproxy, *more, *path;
		bool off;
	} rows[] = {
		{ "off", NULL, PATH, true },
		{ "direct", NULL, PATH, false },
		{ "http://h.test,off", NULL, PATH, false },
		{ "off", "GONOPROXY=corp.test", PATH, true },
		{ "off", "GONOPROXY=corp.test", "corp.test/m", false },
		{ "direct", "GONOPROXY=corp.test", PATH, false },
		{ "http://h.test", "GONOPROXY=corp.test", PATH, false },
		{ "x", NULL, PATH, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct source_net *net;

		set_env(rows[i].goproxy, rows[i].more);
		net = source_net_new(&(struct source_net_options){ .env = env });
		if (source_net_is_off(net, rows[i].path) != rows[i].off)
			fail_msg("%s %s: %s", rows[i].goproxy, rows[i].more ? rows[i].more : "",
				 rows[i].path);
		source_net_free(net);
		finish();
	}
}

/* Nothing of a zip is kept. */
static void test_zips(void **state)
{
	struct err e = ERR_INIT;
	struct source_want *wants;
	bool whole;

	(void)state;
	begin(server_url(), false, 0);
	assert_true(source_zip_there(s, (struct modver){ PATH, "v1.0.0" }, &e));
	assert_int_equal(source_wants(s, &tmp_arena, &wants), 1);
	assert_string_equal(wants[0].what, "zip");
	assert_int_equal(wants[0].bytes, 0);
	assert_false(source_zip_there(s, (struct modver){ PATH, "v1.1.0" }, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	err_clear(&e);
	assert_true(source_zip_head(s, (struct modver){ PATH, "v1.0.0" }, &whole, &e));
	begin(server_url(), true, 0);
	assert_true(source_zip_there(s, (struct modver){ PATH, "v1.1.0" }, &e));
	assert_false(source_zip_head(s, (struct modver){ PATH, "v1.0.0" }, &whole, &e));
	assert_int_equal(e.code, ERR_OFFLINE);
	err_release(&e);
	finish();
}

#define GIT "h.test/m.git"

static void make_repository(char id[GITFIX_HEX])
{
	git_repository *repo = gitfix_new("m");

	gitfix_commit(repo, "refs/heads/main",
		      (const char *const[]){ "go.mod", "module " GIT "\n", "a.go", "package a\n",
					     NULL },
		      1700000000, id);
	gitfix_tag(repo, "v1.0.0", id, NULL);
	git_repository_free(repo);
}

static const char *origin_of(const char *goproxy, const char *path, bool failed)
{
	struct route_hop hop = { .kind = str_eq(goproxy, "direct") ? ROUTE_DIRECT : ROUTE_PROXY,
				 .url = goproxy,
				 .shown = goproxy };

	return failed ? source_failed_origin(s, &hop, path, &tmp_arena, "none")
		      : source_list_origin(s, &hop, path, &tmp_arena, "");
}

/* direct, of a repository on this machine. */
static void test_repository(void **state)
{
	struct modver m = { GIT, "v1.0.0" };
	struct err e = ERR_INIT;
	struct source_info info;
	char id[GITFIX_HEX];
	const char *data;
	bool whole;
	size_t len;

	(void)state;
	make_repository(id);
	begin("direct", true, 0);
	assert_string_equal(versions(GIT), "v1.0.0 ");
	assert_string_equal(latest(GIT), "v1.0.0"); /* the tag of the last commit */
	assert_true(source_stat(s, GIT, "v1.0.0", &info, &e));
	assert_true(source_gomod(s, m, &data, &len, &e));
	assert_string_equal(data, "module " GIT "\n");
	assert_true(source_zip_head(s, m, &whole, &e));
	assert_true(whole);
	assert_false(source_zip_head(s, (struct modver){ GIT, "v1.0.1" }, &whole, &e));
	err_clear(&e);
	assert_true(source_fetch_repository(s, GIT, &e));
	assert_true(str_has_prefix(origin_of("direct", GIT, false),
				   "{\"VCS\":\"git\",\"URL\":\"https://h.test/m\","));
	assert_true(str_has_prefix(origin_of("direct", GIT, true), "{\"VCS\":\"git\","));
	assert_null(origin_of(server_url(), GIT, false));
	assert_null(origin_of(server_url(), GIT, true));
	assert_null(source_list_origin(s, NULL, GIT, &tmp_arena, ""));
	assert_null(source_failed_origin(s, NULL, GIT, &tmp_arena, "none"));
	finish();
	set_env("direct", NULL);
	s = source_new(&(struct source_options){ .env = env });
	assert_true(source_zip_there(s, (struct modver){ GIT, "v9.0.0" }, &e)); /* presumed */
	err_release(&e);
	finish();
}

/* Names that no cache can have are not looked for there; a large go.mod is read whole. */
static void test_files(void **state)
{
	static const struct modver bad[] = { { "example.com/a b", "v1.0.0" },
					     { "example.com/.a", "v1.0.0" },
					     { "", "v1.0.0" } };
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	const char *data, *file;
	size_t len;

	(void)state;
	begin("off", false, 0);
	buf_addstr(&b, "module " PATH "\n");
	while (b.len < 200000)
		buf_addstr(&b, "// a comment\n");
	tmp_write("home/go/pkg/mod/cache/download/" PATH "/@v/v1.2.0.mod", b.data);
	begin("off", false, 0);
	assert_true(source_gomod(s, (struct modver){ PATH, "v1.2.0" }, &data, &len, &e));
	assert_int_equal(len, b.len);
	assert_string_equal(data, b.data);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(source_gomod(s, bad[i], &data, &len, &e));
		assert_int_equal(e.code, ERR_SYNTAX);
		err_clear(&e);
		assert_false(source_zip(s, bad[i], &file, &e));
		assert_int_equal(e.code, ERR_SYNTAX);
		err_clear(&e);
		assert_null(source_cached_dir(s, bad[i]));
		assert_null(source_cached_gomod_file(s, bad[i]));
	}
	buf_release(&b);
	err_release(&e);
	finish();
}

static int setup(void **state)
{
	return httpfix_setup(state, &server, answer);
}

static int teardown(void **state)
{
	finish();
	return httpfix_teardown(state, &server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept),	   cmocka_unit_test(test_age),
		cmocka_unit_test(test_derived),	   cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_ahead),	   cmocka_unit_test(test_bad_route),
		cmocka_unit_test(test_off),	   cmocka_unit_test(test_zips),
		cmocka_unit_test(test_repository), cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
