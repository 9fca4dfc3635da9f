/* Rounds of answers recorded in a history: percentiles, alarm and all-clear; and one whole round with its metrics. */
#include "httpfix.h"

#include "base/cancel.h"
#include "gofiles/goenv.h"
#include "offline/monitor.h"

static const struct monitor_options options = { .every_ms = 1000,
						.threshold_ms = 100,
						.strikes = 2 };

/* A chain of a proxy and "direct", with the proxy's answer. */
struct fixture {
	struct route_hop hops[2];
	struct chain_hop answers[2];
	struct http_hop exchange;
	struct chain c;
};

static void answer(struct fixture *f, int status, int64_t ms)
{
	*f = (struct fixture){ .hops = { { .kind = ROUTE_PROXY, .shown = "https://p.example" },
					 { .kind = ROUTE_DIRECT, .shown = "direct" } } };
	f->exchange = (struct http_hop){ .status = status, .timing.total = ms * 1000 };
	f->answers[0] = (struct chain_hop){ .hop = &f->hops[0], .asked = true };
	f->answers[0].answer = (struct exchange_answer){
		.url = "", .hops = &f->exchange, .n_hops = 1, .status = status, .says = ""
	};
	f->answers[1] = (struct chain_hop){ .hop = &f->hops[1] };
	f->c = (struct chain){ .error = "", .hops = f->answers, .n = 2 };
}

static enum monitor_event round_of(struct monitor *m, int status, int64_t ms)
{
	struct fixture f;

	answer(&f, status, ms);
	monitor_take(m, &f.c, &options);
	assert_int_equal(m->n, 1);
	return m->hops[0].event;
}

/* So many bad rounds in a row raise the alarm, as many good ones clear it; each is reported once. */
static void test_alarm(void **state)
{
	static const struct {
		int status;
		int64_t ms;
		enum monitor_event event;
	} rounds[] = {
		{ 200, 10, MONITOR_NOTHING }, { 500, 10, MONITOR_NOTHING },
		{ 200, 10, MONITOR_NOTHING }, { 429, 10, MONITOR_NOTHING },
		{ 200, 101, MONITOR_ALARM },  { 0, 0, MONITOR_NOTHING },
		{ 404, 10, MONITOR_NOTHING }, { 503, 10, MONITOR_NOTHING },
		{ 404, 10, MONITOR_NOTHING }, { 200, 100, MONITOR_CLEAR },
		{ 200, 10, MONITOR_NOTHING },
	};
	struct monitor m = { .n = 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rounds); i++)
		assert_int_equal(round_of(&m, rounds[i].status, rounds[i].ms), rounds[i].event);
	assert_int_equal(m.round, ARRAY_LEN(rounds));
	assert_int_equal(m.hops[0].rounds, ARRAY_LEN(rounds));
	assert_int_equal(m.hops[0].bad, 5);
	assert_int_equal(m.hops[0].hop, 0);
	assert_string_equal(m.hops[0].url, "https://p.example");
	monitor_release(&m);
}

/* The nearest rank: the 50th, 95th and 99th of 1 to 100 ms. Unanswered rounds are no samples, and the oldest samples are
 * dropped. */
static void test_percentiles(void **state)
{
	struct monitor m = { .n = 0 };

	(void)state;
	for (int64_t ms = 100; ms >= 1; ms--)
		round_of(&m, 200, ms);
	assert_int_equal(m.hops[0].p50, 50000);
	assert_int_equal(m.hops[0].p95, 95000);
	assert_int_equal(m.hops[0].p99, 99000);
	round_of(&m, 0, 7);
	assert_int_equal(m.hops[0].n, 100);
	assert_int_equal(m.hops[0].last, -1);
	for (int i = 0; i < MONITOR_KEEP; i++)
		round_of(&m, 200, 3);
	assert_int_equal(m.hops[0].n, MONITOR_KEEP);
	assert_int_equal(m.hops[0].p99, 3000);
	monitor_release(&m);
}

static void test_pause(void **state)
{
	(void)state;
	for (uint64_t round = 0; round < 100; round++)
		assert_in_range(monitor_pause(&options, round), 900, 1100);
}

static void count_round(void *ctx, const struct monitor *m)
{
	*(size_t *)ctx += m->n;
}

static bool run(const char *goproxy, const char *metrics, size_t *hops, struct err *e)
{
	const char *vars[] = { goproxy, "GOENV=off", "HOME=/nonexistent", NULL };
	struct goenv *env = goenv_new(&(struct goenv_options){ .dir = tmp_dir, .environ = vars },
				      e);
	struct monitor_options o = options;
	bool ok;

	assert_non_null(env);
	o.env = env;
	o.count = 1;
	o.metrics = metrics;
	o.exec = "false";
	o.round = count_round;
	o.ctx = hops;
	ok = monitor_run(&o, e);
	goenv_free(env);
	return ok;
}

static void test_run(void **state)
{
	const char *file = tmp_path("m.prom");
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	size_t hops = 0;

	(void)state;
	assert_true(run("GOPROXY=file:///nonexistent/a,direct", file, &hops, &e));
	assert_int_equal(hops, 1);
	assert_true(fs_read_buf(&b, file, 1 << 16, &e));
	assert_non_null(strstr(b.data, "# TYPE modscope_proxy_seconds summary\n"));
	assert_non_null(
		strstr(b.data, "modscope_proxy_up{hop=\"1\",url=\"file:///nonexistent/a\"} 1\n"));
	assert_non_null(
		strstr(b.data,
		       "modscope_proxy_bad_total{hop=\"1\",url=\"file:///nonexistent/a\"} 0\n"));
	assert_non_null(strstr(
		b.data,
		"modscope_proxy_seconds_count{hop=\"1\",url=\"file:///nonexistent/a\"} 1\n"));
	/* nothing listens there: no time is known */
	buf_clear(&b);
	assert_true(run("GOPROXY=http://127.0.0.1:1", file, &hops, &e));
	assert_true(fs_read_buf(&b, file, 1 << 16, &e));
	assert_non_null(strstr(b.data, "quantile=\"0.99\"} NaN\n"));
	assert_non_null(
		strstr(b.data,
		       "modscope_proxy_seconds_count{hop=\"1\",url=\"http://127.0.0.1:1\"} 0\n"));
	assert_non_null(
		strstr(b.data, "modscope_proxy_up{hop=\"1\",url=\"http://127.0.0.1:1\"} 0\n"));
	buf_release(&b);
	assert_false(run("GOPROXY=direct", NULL, &hops, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	err_clear(&e);
	assert_false(run("GOPROXY=nowhere", NULL, &hops, &e));
	assert_int_equal(e.code, ERR_SYNTAX);
	err_clear(&e);
	/* a file is not a directory */
	assert_false(run("GOPROXY=file:///nonexistent/a", tmp_path("m.prom/m.prom"), &hops, &e));
	err_release(&e);
}

/* 500 first, then 200. */
static void fail_once(struct httpfix *s, int conn, const struct httpfix_request *q)
{
	(void)q;
	httpfix_text(conn, atomic_load(&s->served) == 1 ? "500 Internal Server Error" : "200 OK",
		     "", "");
}

/* The command gets what happened, and nothing else that looks like it. */
static void test_command(void **state)
{
	const char *vars[] = { NULL, "GOENV=off", "HOME=/nonexistent", NULL };
	struct monitor_options o = {
		.every_ms = 1, .threshold_ms = 5000, .strikes = 1, .count = 3
	};
	struct httpfix server;
	struct goenv *env;
	struct err e = ERR_INIT;
	size_t hops = 0;

	(void)state;
	httpfix_start(&server, fail_once, NULL);
	vars[0] = arena_fmt(&tmp_arena, "GOPROXY=http://127.0.0.1:%d", server.port);
	env = goenv_new(&(struct goenv_options){ .dir = tmp_dir, .environ = vars }, &e);
	o.env = env;
	o.round = count_round;
	o.ctx = &hops;
	o.exec = arena_fmt(
		&tmp_arena,
		"env | grep ^MODSCOPE_ | grep -v _MS= | sort >>%s; env | grep -c '^MODSCOPE_.*_MS=[0-9]*$' >>%s",
		tmp_path("events"), tmp_path("events"));
	setenv("MODSCOPE_OLD", "1", 1);
	assert_true(monitor_run(&o, &e));
	unsetenv("MODSCOPE_OLD");
	httpfix_stop(&server);
	goenv_free(env);
	assert_int_equal(hops, 3);
	assert_string_equal(
		tmp_read("events"),
		arena_fmt(
			&tmp_arena,
			"MODSCOPE_EVENT=alarm\nMODSCOPE_HOP=1\nMODSCOPE_STATUS=500\nMODSCOPE_URL=%s\n3\n"
			"MODSCOPE_EVENT=clear\nMODSCOPE_HOP=1\nMODSCOPE_STATUS=200\nMODSCOPE_URL=%s\n3\n",
			vars[0] + 8, vars[0] + 8));
}

static void stop(void *ctx, const struct monitor *m)
{
	(void)m;
	atomic_store(&((struct cancel *)ctx)->set, true);
}

/* Cancelled, it does not wait for the next round. */
static void test_cancel(void **state)
{
	const char *vars[] = { "GOPROXY=file:///nonexistent/a", "GOENV=off", "HOME=/nonexistent",
			       NULL };
	struct goenv *env = goenv_new(&(struct goenv_options){ .dir = tmp_dir, .environ = vars },
				      NULL);
	struct cancel cancel = { 0 };
	struct monitor_options o = options;
	struct err e = ERR_INIT;

	(void)state;
	o.env = env;
	o.every_ms = 3600000;
	o.round = stop;
	o.ctx = o.cancel = &cancel;
	assert_true(monitor_run(&o, &e));
	goenv_free(env);
}

/* An answer without HTTP: a file that is absent is one, one that cannot be read is none. */
static void test_directory(void **state)
{
	static const struct {
		enum err_code code;
		int64_t last;
	} cases[] = { { ERR_NONE, 0 }, { ERR_NOT_FOUND, 0 }, { ERR_NETWORK, -1 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct monitor m = { .n = 0 };
		struct fixture f;

		answer(&f, 0, 0);
		f.hops[0].kind = ROUTE_FILE;
		f.answers[0].answer.n_hops = 0;
		f.answers[0].answer.code = cases[i].code;
		monitor_take(&m, &f.c, &options);
		assert_int_equal(m.hops[0].last, cases[i].last);
		monitor_release(&m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command),	    cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_directory),   cmocka_unit_test(test_alarm),
		cmocka_unit_test(test_percentiles), cmocka_unit_test(test_pause),
		cmocka_unit_test(test_run),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
