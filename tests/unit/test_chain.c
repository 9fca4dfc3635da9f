/*
 * A chain of scripted servers: which of them stands in for the checksum database (dbClient.initBase), whose head is checked; the settings that apply to
 * a module; why a version is not visible at a hop.
 */
#include "httpfix.h"

#include "gofiles/goenv.h"
#include "offline/absence.h"
#include "offline/chain.h"
#include "testdb.h"

static struct httpfix server;
static struct testdb db, other;
static const char *head, *forged;

/* Below a hop: the path, the status, the headers, the body. */
static const struct page {
	const char *path, *status, *headers, *body;
} pages[] = {
	{ "/p/m.test/there/@v/list", "200 OK", "", "v0.9.0\nv1.0.0 2024-01-01T00:00:00Z\n" },
	{ "/p/m.test/there/@v/v1.0.0.info", "200 OK", "", "{\"Version\":\"v1.0.0\"}" },
	{ "/p/m.test/there/@latest", "200 OK", "", "{\"Version\":\"v1.2.0\"}" },
	{ "/p/m.test/unlisted/@v/list", "200 OK",
	  "Age: 50\r\nCache-Control: public, max-age=60\r\n", "v0.9.0\n" },
	{ "/p/m.test/unlisted/@v/v1.0.0.info", "200 OK", "", "{\"Version\":\"v1.0.0\"}" },
	{ "/p/m.test/unlisted/@latest", "200 OK", "", "no JSON" },
	{ "/p/m.test/nolist/@v/v1.0.0.info", "200 OK", "", "{\"Version\":\"v1.0.0\"}" },
	{ "/p/m.test/half/@v/list", "200 OK", "", "v1.0.0" },
	{ "/p/m.test/cached/@v/v1.0.0.info", "404 Not Found",
	  "Age: 10\r\nCache-Control: max-age=5, s-maxage=600\r\n", "" },
	{ "/p/m.test/fresh/@v/v1.0.0.info", "404 Not Found",
	  "Age: 0\r\nCache-Control: max-age=x\r\n", "" },
	{ "/p/m.test/old/@v/v1.0.0.info", "404 Not Found",
	  "Age: 700\r\nCache-Control: max-age=60\r\n", "" },
	{ "/p/m.test/odd/@v/v1.0.0.info", "404 Not Found", "Age: -5\r\nCache-Control: no-store\r\n",
	  "" },
	{ "/p/m.test/broken/@v/v1.0.0.info", "500 Internal Server Error", "", "" },
};

static void answer(struct httpfix *s, int conn, const struct httpfix_request *q)
{
	(void)s;
	for (size_t i = 0; i < ARRAY_LEN(pages); i++)
		if (str_eq(q->target, pages[i].path)) {
			httpfix_text(conn, pages[i].status, pages[i].headers, pages[i].body);
			return;
		}
	if (str_has_prefix(q->target, "/broken/"))
		httpfix_text(conn, "500 Internal Server Error", "", "");
	else if (str_has_prefix(q->target, "/has/") || str_has_prefix(q->target, "/forged/") ||
		 str_eq(q->target, "/db/latest"))
		httpfix_text(conn, "200 OK", "",
			     !str_has_suffix(q->target, "/latest") ? ""
			     : *(q->target + 1) == 'f'		   ? forged
								   : head);
	else
		httpfix_text(conn, "404 Not Found", "", "");
}

static struct goenv *settings(const char *const *set, size_t n)
{
	const char *vars[8] = { arena_fmt(&tmp_arena, "HOME=%s", tmp_dir),
				arena_fmt(&tmp_arena, "NETRC=%s", tmp_path("netrc")) };

	for (size_t i = 0; i < n; i++)
		vars[2 + i] = set[i];
	return goenv_new(&(struct goenv_options){ .dir = tmp_dir, .environ = vars }, NULL);
}

/* "HOST" stands for the server, "KEY" for the database's key. */
static const char *expand(const char *text)
{
	const char *host = strstr(text, "HOST"), *key = strstr(text, "KEY");

	if (key)
		return expand(arena_fmt(&tmp_arena, "%.*s%s%s", (int)(key - text), text,
					db.verifier, key + 3));
	if (host)
		return expand(arena_fmt(&tmp_arena, "%.*shttp://127.0.0.1:%d%s", (int)(host - text),
					text, server.port, host + 4));
	return text;
}

static void test_probe(void **state)
{
	static const struct {
		const char *goproxy, *gosumdb;
		const char *error, *sumdb_error; /* what they contain; "" is no error */
		const char *base;
		size_t hop;
		int64_t size;
	} rows[] = {
		{ "HOST/has,direct", "off", "", "", "", CHAIN_DATABASE, 0 },
		{ "HOST/has,direct", "KEY", "", "", "HOST/has", 0, 700 },
		{ "HOST/none,HOST/has", "KEY", "", "", "HOST/has", 1, 700 },
		{ "HOST/broken,HOST/has", "KEY", "", "500 Internal Server Error", "",
		  CHAIN_DATABASE, 0 },
		{ "HOST/broken|HOST/has", "KEY", "", "", "HOST/has", 1, 700 },
		{ "HOST/broken|HOST/none", "KEY", "", "500 Internal Server Error", "",
		  CHAIN_DATABASE, 0 },
		{ "HOST/none,direct", "KEY HOST/db", "", "", "HOST/db", CHAIN_DATABASE, 700 },
		{ "HOST/none,off", "KEY HOST/nodb", "", "404 Not Found", "HOST/nodb",
		  CHAIN_DATABASE, 0 },
		{ "HOST/none", "KEY ftp://h.test/db", "", "invalid GOSUMDB", "", CHAIN_DATABASE,
		  0 },
		{ "HOST/forged", "KEY", "", "note", "HOST/forged", 0, 0 },
		{ "HOST/has", "nonsense", "", "GOSUMDB", "", CHAIN_DATABASE, 0 },
		{ "nonsense", "KEY", "invalid proxy URL", "", "", CHAIN_DATABASE, 0 },
		{ "off", "off", "", "", "", CHAIN_DATABASE, 0 },
	};

	(void)state;
	tmp_write("netrc", arena_fmt(&tmp_arena, "machine 127.0.0.1:%d/has login u password p\n",
				     server.port));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *set[] = {
			"GOENV=off", arena_fmt(&tmp_arena, "GOPROXY=%s", expand(rows[i].goproxy)),
			arena_fmt(&tmp_arena, "GOSUMDB=%s", expand(rows[i].gosumdb))
		};
		struct goenv *env = settings(set, ARRAY_LEN(set));
		struct chain c, settings_only;

		chain_probe(&c, &(struct exchange_options){ .env = env, .total_ms = 5000 });
		if (!strstr(c.error, rows[i].error) || !*c.error != !*rows[i].error)
			fail_msg("%s: %s", rows[i].goproxy, c.error);
		if (!strstr(c.sumdb_error, rows[i].sumdb_error) ||
		    !*c.sumdb_error != !*rows[i].sumdb_error)
			fail_msg("%s, %s: %s", rows[i].goproxy, rows[i].gosumdb, c.sumdb_error);
		assert_string_equal(c.sumdb_base, expand(rows[i].base));
		assert_int_equal(c.sumdb_hop, rows[i].hop);
		assert_int_equal(c.tree_size, rows[i].size);
		assert_int_equal(c.head_signed, rows[i].size > 0);
		for (size_t k = 0; k < c.n; k++)
			assert_false(c.hops[k].netrc); /* logins are for https */
		chain_read(&settings_only, env);
		assert_int_equal(settings_only.n, c.n);
		assert_string_equal(settings_only.sumdb, c.sumdb);
		for (size_t k = 0; k < c.n; k++)
			assert_false(settings_only.hops[k].asked);
		chain_release(&settings_only);
		chain_release(&c);
		goenv_free(env);
	}
}

/* go asks the database itself where a hop has failed, but "|" leads on to direct; with off, the failure counts. */
static void test_direct(void **state)
{
	static const struct {
		const char *goproxy, *error, *base;
	} rows[] = {
		{ "GOPROXY=HOST/broken|direct", "connection refused", "https://127.0.0.1:1/x" },
		{ "GOPROXY=HOST/broken|off", "500 Internal Server Error", "" },
		{ "GOPROXY=HOST/none,direct", "connection refused", "https://127.0.0.1:1/x" },
	};
	struct testdb *there = xcalloc(1, sizeof(*there));

	(void)state;
	testdb_init(there, "127.0.0.1:1/x");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *set[] = { "GOENV=off", expand(rows[i].goproxy),
				      arena_fmt(&tmp_arena, "GOSUMDB=%s", there->verifier) };
		struct goenv *env = settings(set, ARRAY_LEN(set));
		struct chain c;

		chain_probe(&c, &(struct exchange_options){ .env = env, .total_ms = 5000 });
		if (!strstr(c.sumdb_error, rows[i].error))
			fail_msg("%s: %s", rows[i].goproxy, c.sumdb_error);
		assert_string_equal(c.sumdb_base, rows[i].base);
		chain_release(&c);
		goenv_free(env);
	}
	testdb_release(there);
	free(there);
}

static void assert_pattern(bool is, const struct chain_pattern *p, const char *want)
{
	const char *have = is ? arena_fmt(&tmp_arena, "%s %s %s %d", p->variable, p->pattern,
					  p->set_in, p->line)
			      : "";

	assert_string_equal(have, want);
}

static void test_match(void **state)
{
	const char *file = tmp_path("env");
	const char *set[] = { arena_fmt(&tmp_arena, "GOENV=%s", file),
			      "GONOPROXY=x.test,,a.test/p*" };
	struct chain_module m;
	struct goenv *env;

	(void)state;
	tmp_write("env", "GOINSECURE=none\nGOPRIVATE=b.test,a.test\n");
	env = settings(set, ARRAY_LEN(set));
	chain_match(&m, env, &tmp_arena, "a.test/private");
	assert_pattern(m.is_private, &m.no_proxy, "GONOPROXY a.test/p* the environment 0");
	assert_pattern(m.is_unchecked, &m.no_sumdb,
		       arena_fmt(&tmp_arena, "GOPRIVATE a.test %s 2", file));
	assert_pattern(m.is_insecure, &m.insecure, "");
	chain_match(&m, env, &tmp_arena, "c.test/m");
	assert_false(m.is_private || m.is_unchecked || m.is_insecure);
	goenv_free(env);
}

static void test_absence(void **state)
{
	static const struct {
		const char *module;
		enum absence_kind kind;
		const char *latest;
		int64_t age, after;
	} rows[] = {
		{ "m.test/there", ABSENCE_THERE, "v1.2.0", -1, -1 },
		{ "m.test/unlisted", ABSENCE_UNLISTED, "", 50, 10 },
		{ "m.test/nolist", ABSENCE_THERE, "", -1, -1 },
		{ "m.test/half", ABSENCE_HALF, "", -1, -1 },
		{ "m.test/cached", ABSENCE_CACHED, "", 10, 590 },
		{ "m.test/fresh", ABSENCE_NEVER, "", 0, -1 },
		{ "m.test/old", ABSENCE_CACHED, "", 700, 0 },
		{ "m.test/odd", ABSENCE_NEVER, "", -1, -1 },
		{ "m.test/none", ABSENCE_NEVER, "", -1, -1 },
		{ "m.test/broken", ABSENCE_UNKNOWN, "", -1, -1 },
	};
	const char *set[] = { "GOENV=off", expand("GOPROXY=HOST/p,direct"), "GOSUMDB=off",
			      "GONOPROXY=private.test" };
	struct goenv *env = settings(set, ARRAY_LEN(set));
	const struct exchange_options o = { .env = env, .total_ms = 5000 };
	static const struct modver unasked[] = { { "private.test/m", "v1.0.0" },
						 { "../m", "v1.0.0" },
						 { "m.test/m", "v1/../x" } };
	struct absence ab;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		absence_find(&ab, &o, (struct modver){ rows[i].module, "v1.0.0" }, &tmp_arena);
		assert_int_equal(ab.n, 1);
		if (ab.hops[0].kind != rows[i].kind)
			fail_msg("%s: %s", rows[i].module, absence_word(ab.hops[0].kind));
		assert_string_equal(ab.hops[0].latest_version, rows[i].latest);
		assert_int_equal(ab.hops[0].age, rows[i].age);
		assert_int_equal(ab.hops[0].try_after, rows[i].after);
	}
	for (size_t i = 0; i < ARRAY_LEN(unasked); i++) {
		absence_find(&ab, &o, unasked[i], &tmp_arena);
		assert_int_equal(ab.n, 0);
	}
	goenv_free(env);
}

static int set_up(void **state)
{
	if (tmp_setup(state))
		return -1;
	testdb_init(&db, "db.example/x");
	testdb_init(&other, "db.example/y");
	for (int i = 0; i < 700; i++) {
		testdb_add(&db, arena_fmt(&tmp_arena, "example.com/m v0.0.%d h1:\n", i));
		testdb_add(&other, "x\n");
	}
	head = testdb_head(&db, 700);
	forged = testdb_head(&other, 700);
	httpfix_start(&server, answer, NULL); /* whose thread reads these */
	return 0;
}

static int tear_down(void **state)
{
	httpfix_stop(&server);
	free((char *)(uintptr_t)head);
	free((char *)(uintptr_t)forged);
	testdb_release(&db);
	testdb_release(&other);
	return tmp_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_direct),
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_absence),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
