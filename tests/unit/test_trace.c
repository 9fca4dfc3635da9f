/*
 * The requests of `go mod download M@Q` with an empty cache, against two proxies on loopback: which are sent to whom, in go's order, and the words
 * with which go ends. After a comma only 404 and 410 lead on, after "|" every error does.
 */
#include "tlsfix.h"

#include "gofiles/goenv.h"
#include "offline/chain.h"
#include "offline/trace.h"
#include "testdb.h"

static struct httpfix server;
static struct tlsfix tls;
static const char *gosumdb = "off";

static const struct {
	const char *path, *status, *body;
} pages[] = {
	{ "/a/x.test/m/@v/list", "200 OK", "v1.0.0\nv1.1.0\n" },
	{ "/a/x.test/m/@v/v1.0.0.info", "200 OK",
	  "{\"Version\":\"v1.0.0\",\"Time\":\"2024-02-29T12:00:00Z\"}" },
	{ "/a/x.test/m/@v/v1.0.0.mod", "200 OK", "module x.test/m\n" },
	{ "/a/x.test/m/@v/v1.0.0.zip", "200 OK", "no zip is looked into" },
	{ "/a/x.test/m/@v/v1.1.0.info", "200 OK",
	  "{\"Version\":\"v1.1.0\",\"Time\":\"2024-03-01T12:00:00Z\"}" },
	{ "/a/x.test/m/@v/v1.1.0.mod", "200 OK", "module x.test/m\n" },
	{ "/a/x.test/m/@v/main.info", "200 OK",
	  "{\"Version\":\"v1.1.0\",\"Time\":\"2024-03-01T12:00:00Z\"}" },
	{ "/a/x.test/half/@v/v1.0.0.info", "200 OK",
	  "{\"Version\":\"v1.0.0\",\"Time\":\"2024-02-29T12:00:00Z\"}" },
	{ "/a/x.test/half/@v/v1.0.0.mod", "500 Internal Server Error", "" },
	{ "/a/x.test/bad/@v/v1.0.0.info", "200 OK", "{" },
	{ "/b/x.test/n/@v/v1.0.0.info", "200 OK",
	  "{\"Version\":\"v1.0.0\",\"Time\":\"2024-02-29T12:00:00Z\"}" },
	{ "/b/x.test/n/@v/v1.0.0.mod", "200 OK", "module x.test/n\n" },
	{ "/b/x.test/n/@v/v1.0.0.zip", "200 OK", "zip" },
	{ "/b/x.test/half/@v/v1.0.0.mod", "200 OK", "module x.test/half\n" },
	{ "/b/x.test/bad/@v/v1.0.0.info", "200 OK", "{\"Version\":\"v1.0.0\"}" },
	{ "/b/x.test/bad/@v/v1.0.0.mod", "200 OK", "module x.test/bad\n" },
	{ "/b/x.test/bad/@v/v1.0.0.zip", "200 OK", "zip" },
};

static void answer(struct httpfix *s, int conn, const struct httpfix_request *q)
{
	(void)s;
	for (size_t i = 0; i < ARRAY_LEN(pages); i++)
		if (str_eq(q->target, pages[i].path)) {
			httpfix_text(conn, pages[i].status, "", pages[i].body);
			return;
		}
	if (str_has_prefix(q->target, "/x/"))
		httpfix_text(conn, "403 Forbidden", "", "");
	else
		httpfix_text(conn, "404 Not Found", "", "");
}

/* "A" and "B" are the proxies, "X" one that forbids everything, "D" one that is down, "S" the first with TLS. */
static const char *proxies(const char *text)
{
	const char *out = "";

	for (; *text; text++)
		if (*text == 'S')
			out = arena_fmt(&tmp_arena, "%shttps://127.0.0.1:%d/a", out, tls.port);
		else if (*text == 'D')
			out = arena_fmt(&tmp_arena, "%shttp://127.0.0.1:1", out);
		else if (*text >= 'A' && *text <= 'Z')
			out = arena_fmt(&tmp_arena, "%shttp://127.0.0.1:%d/%c", out, server.port,
					*text + 32);
		else
			out = arena_fmt(&tmp_arena, "%s%c", out, *text);
	return out;
}

static struct goenv *env_in(const char *dir, const char *goproxy)
{
	const char *vars[] = { "GOENV=off",
			       "HOME=/nonexistent",
			       arena_fmt(&tmp_arena, "GOPROXY=%s",
					 strstr(goproxy, "://") ? goproxy : proxies(goproxy)),
			       arena_fmt(&tmp_arena, "GOSUMDB=%s", gosumdb),
			       arena_fmt(&tmp_arena, "SSL_CERT_FILE=%s", tls.pem ? tls.pem : ""),
			       "GONOPROXY=own.test",
			       "GOINSECURE=ins.test/*",
			       "GONOSUMDB=*.sum.test",
			       NULL };

	return goenv_new(&(struct goenv_options){ .dir = dir, .environ = vars }, NULL);
}

static struct goenv *env_of(const char *goproxy)
{
	return env_in(tmp_dir, goproxy);
}

/* One word a request: hop, what, status and what comes next. */
static const char *requests(const struct trace *t)
{
	static const char *const next[] = {
		"answered", "rejected", "absent", "any", "last", "stops"
	};
	const char *out = "";

	for (size_t i = 0; i < t->n; i++) {
		const struct trace_request *q = &t->requests[i];

		/* the database is 0 */
		out = arena_fmt(&tmp_arena, "%s%s%zu:%s:%d:%s", out, i ? " " : "", q->hop + 1,
				q->what, q->status, next[q->next]);
		assert_true((q->code == ERR_NONE) == !*q->says || q->next == TRACE_REJECTED);
		assert_string_not_equal(trace_next_text(q->next), "");
	}
	return out;
}

static const struct {
	const char *goproxy, *path, *query;
	const char *requests, *version;
	const char *words; /* what the error contains; NULL: success */
} rows[] = {
	/* the hop before these is that of GONOPROXY */
	{ "A", "x.test/m", "v1.0.0", "2:info:200:answered 2:mod:200:answered 2:zip:200:answered",
	  "v1.0.0", NULL },
	{ "A", "x.test/m", "latest",
	  "2:list:200:answered 2:info:200:answered 2:mod:200:answered 2:zip:404:last", "v1.1.0",
	  "404 Not Found" },
	{ "A", "x.test/m", "main", "2:info:200:answered 2:mod:200:answered 2:zip:404:last",
	  "v1.1.0", "404 Not Found" },
	{ "A", "x.test/m", "v9.0.0", "2:info:404:last", "", "404 Not Found" },
	{ "A,B", "x.test/n", "v1.0.0",
	  "2:info:404:absent 3:info:200:answered 2:mod:404:absent 3:mod:200:answered 2:zip:404:absent 3:zip:200:answered",
	  "v1.0.0", NULL },
	{ "X,B", "x.test/n", "v1.0.0", "2:info:403:stops", "", "403 Forbidden" },
	{ "X|B", "x.test/n", "v1.0.0",
	  "2:info:403:any 3:info:200:answered 2:mod:403:any 3:mod:200:answered 2:zip:403:any 3:zip:200:answered",
	  "v1.0.0", NULL },
	{ "D|B", "x.test/n", "v1.0.0",
	  "2:info:0:any 3:info:200:answered 2:mod:0:any 3:mod:200:answered 2:zip:0:any 3:zip:200:answered",
	  "v1.0.0", NULL },
	{ "D,B", "x.test/n", "v1.0.0", "2:info:0:stops", "", "connection refused" },
	{ "A,B", "x.test/half", "v1.0.0", "2:info:200:answered 2:mod:500:stops", "v1.0.0",
	  "500 Internal Server Error" },
	{ "A", "x.test/bad", "v1.0.0", "2:info:200:rejected", "", "invalid response from proxy" },
	{ "A|B", "x.test/bad", "v1.0.0",
	  "2:info:200:rejected 3:info:200:answered 2:mod:404:absent 3:mod:200:answered "
	  "2:zip:404:absent 3:zip:200:answered",
	  "v1.0.0", NULL },
	{ "off", "x.test/m", "v1.0.0", "", "", "module lookup disabled by GOPROXY=off" },
	{ "A,off", "x.test/n", "v1.0.0", "2:info:404:absent", "",
	  "module lookup disabled by GOPROXY=off" },
	{ "A", "x.test/M M", "v1.0.0", "", "", "malformed module path" },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct goenv *env = env_of(rows[i].goproxy);
		const char *have;
		struct trace t;

		trace_run(&t, &(struct trace_options){ .env = env, .total_ms = 60000 },
			  (struct modver){ rows[i].path, rows[i].query });
		have = requests(&t);
		if (!str_eq(have, rows[i].requests) || !str_eq(t.version, rows[i].version))
			fail_msg("row %zu: version \"%s\", %s: %s", i, t.version, have, t.words);
		if (t.ok != !rows[i].words || (rows[i].words && !strstr(t.words, rows[i].words)))
			fail_msg("row %zu: \"%s\"", i, t.words);
		trace_release(&t);
		goenv_free(env);
	}
}

static void test_absent(void **state)
{
	struct goenv *env = env_of("A,B");
	struct trace t;

	(void)state;
	trace_run(&t, &(struct trace_options){ .env = env, .total_ms = 60000 },
		  (struct modver){ "x.test/none", "v1.0.0" });
	assert_true(trace_is_absent(&t));
	assert_int_equal(t.code, ERR_NOT_FOUND);
	trace_release(&t);
	trace_run(&t, &(struct trace_options){ .env = env, .no_zip = true, .total_ms = 60000 },
		  (struct modver){ "x.test/n", "v1.0.0" });
	assert_true(t.ok);
	assert_false(trace_is_absent(&t));
	assert_string_equal(
		requests(&t),
		"2:info:404:absent 3:info:200:answered 2:mod:404:absent 3:mod:200:answered");
	assert_int_equal(t.proof, TRACE_UNCHECKED);
	trace_release(&t);
	trace_run(&t, &(struct trace_options){ .env = env, .offline = true },
		  (struct modver){ "x.test/n", "v1.0.0" });
	assert_false(t.ok);
	trace_release(&t);
	goenv_free(env);
}

/* In a project: what is asked for is fetched, and not what replaces it. */
static void test_projects(void **state)
{
	static const struct {
		const char *gomod, *requests, *words;
		enum trace_proof proof;
	} cases[] = {
		/* go puts the query to the hop of GONOPROXY first, where only the replacement answers */
		{ "module p\ngo 1.16\nreplace x.test/m => x.test/n v1.0.0\n",
		  "2:mod:200:answered 2:info:200:answered 2:zip:200:answered", NULL,
		  TRACE_UNCHECKED },
		{ "nonsense\n", "", "unknown directive: nonsense", TRACE_UNPROVEN },
		{ "module p\ngo 1.16\n",
		  "2:info:200:answered 2:mod:200:answered 2:zip:200:answered", NULL,
		  TRACE_UNCHECKED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct goenv *env;
		struct trace t;

		tmp_write("p/go.mod", cases[i].gomod);
		env = env_in(tmp_path("p"), "A");
		trace_run(&t, &(struct trace_options){ .env = env, .total_ms = 60000 },
			  (struct modver){ "x.test/m", "v1.0.0" });
		if (cases[i].words ? !strstr(t.words, cases[i].words) : *t.words)
			fail_msg("case %zu: %s", i, t.words);
		if (!str_eq(requests(&t), cases[i].requests))
			fail_msg("case %zu: %s", i, requests(&t));
		assert_string_equal(t.version, cases[i].words ? "" : "v1.0.0");
		assert_int_equal(t.proof, cases[i].proof);
		trace_release(&t);
		goenv_free(env);
	}
}

static void trace_m(struct trace *t, const char *dir, const char *goproxy)
{
	struct goenv *env = env_in(dir, goproxy);

	trace_run(t, &(struct trace_options){ .env = env, .total_ms = 60000 },
		  (struct modver){ "x.test/m", "v1.0.0" });
	goenv_free(env);
}

/* The database is asked between go.mod and zip, unless go.sum has the hash. */
static void test_database(void **state)
{
	static const char gomod[] = "module x.test/m\n";
	const char *dir = tmp_path("db");
	char sum[DIRHASH_LEN + 1];
	struct testdb db;
	struct trace t;

	(void)state;
	dirhash_gomod(gomod, strlen(gomod), sum);
	testdb_init(&db, "db.example");
	testdb_add(
		&db,
		arena_fmt(
			&tmp_arena,
			"x.test/m v1.0.0 h1:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=\nx.test/m v1.0.0/go.mod %s\n",
			sum));
	testdb_write_tiles(&db, dir, 1);
	testdb_write_lookup(&db, dir, "x.test/m@v1.0.0", 0, 1);
	gosumdb = arena_fmt(&tmp_arena, "%s file://%s", db.verifier, dir);
	trace_m(&t, tmp_dir, "A");
	assert_string_equal(t.words, "");
	assert_string_equal(
		requests(&t),
		"2:info:200:answered 2:mod:200:answered 0:lookup:0:answered 0:tile:0:answered 2:zip:200:answered");
	assert_int_equal(t.proof, TRACE_SUMDB);
	assert_string_equal(t.requests[2].url,
			    arena_fmt(&tmp_arena, "file://%s/lookup/x.test/m@v1.0.0", dir));
	trace_release(&t);
	tmp_write("q/go.mod", "module q\ngo 1.16\n");
	tmp_write("q/go.sum", arena_fmt(&tmp_arena, "x.test/m v1.0.0/go.mod %s\n", sum));
	trace_m(&t, tmp_path("q"), "A");
	assert_string_equal(requests(&t),
			    "2:info:200:answered 2:mod:200:answered 2:zip:200:answered");
	assert_int_equal(t.proof, TRACE_GOSUM);
	trace_release(&t);
	/* the record is another's */
	tmp_write("db/lookup/x.test/m@v1.0.0", "none");
	trace_m(&t, tmp_dir, "A");
	assert_false(t.ok);
	assert_string_equal(requests(&t),
			    "2:info:200:answered 2:mod:200:answered 0:lookup:0:rejected");
	trace_release(&t);
	assert_true(fs_remove_all(dir, NULL));
	trace_m(&t, tmp_dir, "A");
	assert_string_equal(requests(&t), "2:info:200:answered 2:mod:200:answered 0:lookup:0:last");
	trace_release(&t);
	gosumdb = "off";
	testdb_release(&db);
}

/* A directory as a proxy; go asks again with a login what is refused over https. */
static void test_other_hops(void **state)
{
	struct goenv *env;
	struct trace t;

	(void)state;
	tmp_write("files/x.test/m/@v/v1.0.0.info", "{\"Version\":\"v1.0.0\"}");
	trace_m(&t, tmp_dir, arena_fmt(&tmp_arena, "file://%s/", tmp_path("files")));
	assert_string_equal(requests(&t), "2:info:0:answered 2:mod:0:last");
	assert_string_equal(t.requests[0].url,
			    arena_fmt(&tmp_arena, "file://%s/files/x.test/m/@v/v1.0.0.info",
				      tmp_dir));
	assert_int_equal(t.requests[0].n_exchanges, 0);
	trace_release(&t);
	if (!tls.ctx)
		skip();
	trace_m(&t, tmp_dir, "S");
	assert_string_equal(requests(&t),
			    "2:info:200:answered 2:mod:200:answered 2:zip:200:answered");
	assert_false(t.requests[0].twice);
	trace_release(&t);
	env = env_of("S");
	trace_run(&t, &(struct trace_options){ .env = env, .total_ms = 60000 },
		  (struct modver){ "x.test/none", "v1.0.0" });
	assert_string_equal(requests(&t), "2:info:404:last");
	assert_true(t.requests[0].twice);
	trace_release(&t);
	goenv_free(env);
}

static void test_cancelled(void **state)
{
	struct cancel cancel = { 0 };
	struct goenv *env = env_of("A");
	struct trace t;

	(void)state;
	atomic_store(&cancel.set, true);
	trace_run(&t, &(struct trace_options){ .env = env, .cancel = &cancel },
		  (struct modver){ "x.test/m", "v1.0.0" });
	assert_false(t.ok);
	assert_string_equal(t.words, "x.test/m@v1.0.0: cancelled");
	assert_int_equal(t.n, 0);
	assert_false(trace_is_absent(&t));
	trace_release(&t);
	goenv_free(env);
}

static void test_chain(void **state)
{
	struct goenv *env = env_of("A,X|D,direct");
	struct chain c;

	(void)state;
	atomic_store(&server.served, 0);
	chain_read(&c, env);
	assert_int_equal(c.n, 5);
	assert_int_equal(atomic_load(&server.served), 0);
	assert_string_equal(c.sumdb, "");
	chain_release(&c);
	chain_probe_hops(&c, &(struct exchange_options){ .env = env, .total_ms = 60000 });
	assert_int_equal(c.n, 5);
	assert_true(!c.hops[0].asked && c.hops[1].asked && c.hops[2].asked && c.hops[3].asked &&
		    !c.hops[4].asked);
	assert_int_equal(c.hops[1].answer.status, 404);
	assert_int_equal(c.hops[2].answer.status, 403);
	assert_int_equal(c.hops[3].answer.status, 0);
	assert_int_equal(c.hops[3].answer.code, ERR_NETWORK);
	assert_int_equal(atomic_load(&server.served), 2);
	chain_release(&c);
	goenv_free(env);
	env = env_of("gopher://x");
	chain_read(&c, env);
	assert_string_not_equal(c.error, "");
	chain_release(&c);
	goenv_free(env);
}

static void test_match(void **state)
{
	static const struct {
		const char *module, *proxy, *sum, *insecure;
	} cases[] = {
		{ "x.test/m", NULL, NULL, NULL },    { "own.test/a/b", "own.test", NULL, NULL },
		{ "own.tests/a", NULL, NULL, NULL }, { "ins.test/a/b", NULL, NULL, "ins.test/*" },
		{ "ins.test", NULL, NULL, NULL },    { "a.sum.test/x", NULL, "*.sum.test", NULL },
	};
	struct goenv *env = env_of("A");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct chain_module m;

		chain_match(&m, env, &tmp_arena, cases[i].module);
		assert_int_equal(m.is_private, cases[i].proxy != NULL);
		assert_int_equal(m.is_unchecked, cases[i].sum != NULL);
		assert_int_equal(m.is_insecure, cases[i].insecure != NULL);
		if (cases[i].proxy) {
			assert_string_equal(m.no_proxy.pattern, cases[i].proxy);
			assert_string_equal(m.no_proxy.variable, "GONOPROXY");
		}
		if (cases[i].sum)
			assert_string_equal(m.no_sumdb.pattern, cases[i].sum);
		if (cases[i].insecure)
			assert_string_equal(m.insecure.pattern, cases[i].insecure);
	}
	goenv_free(env);
}

static int setup(void **state)
{
	if (httpfix_setup(state, &server, answer))
		return -1;
	tlsfix_start(&tls, server.port);
	return 0;
}

static int teardown(void **state)
{
	tlsfix_stop(&tls);
	return httpfix_teardown(state, &server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),	   cmocka_unit_test(test_absent),
		cmocka_unit_test(test_chain),	   cmocka_unit_test(test_match),
		cmocka_unit_test(test_projects),   cmocka_unit_test(test_database),
		cmocka_unit_test(test_other_hops), cmocka_unit_test(test_cancelled)
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
