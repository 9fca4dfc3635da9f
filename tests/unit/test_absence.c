/*
 * Why a version is not visible: what a hop's list, .info and @latest say, and until when. Ages and lifetimes as RFC 9111 has them: s-maxage
 * before max-age, less the age, never below zero.
 */
#include "httpfix.h"

#include "gofiles/goenv.h"
#include "offline/absence.h"

#define INFO "{\"Version\":\"v1.1.0\",\"Time\":\"2024-02-29T12:00:00Z\"}"

static struct httpfix server;

struct page {
	const char *status, *headers, *body;
};
#define NONE                            \
	{                               \
		"404 Not Found", "", "" \
	}
#define HERE(headers, body)             \
	{                               \
		"200 OK", headers, body \
	}

static const struct absence_case {
	struct page list, info, latest;
	enum absence_kind kind;
	bool listed;
	const char *latest_version;
	int64_t age, try_after;
} cases[] = {
	{ HERE("", "v1.0.0\nv1.1.0\n"), HERE("", INFO), HERE("", INFO), ABSENCE_THERE, true,
	  "v1.1.0", -1, -1 },
	{ HERE("", "v1.0.0\nv1.1.0 2024-02-29T12:00:00Z"), HERE("Age: 7\r\n", INFO), NONE,
	  ABSENCE_THERE, true, "", -1, -1 },
	/* the list is older than the tag */
	{ HERE("Age: 10\r\nCache-Control: public, max-age=60\r\n", "v1.0.0\n"), HERE("", INFO),
	  HERE("", "{"), ABSENCE_UNLISTED, false, "", 10, 50 },
	{ HERE("Age: 100\r\nCache-Control: max-age=60\r\n", "v1.1.0-pre\nv1.1\n"), HERE("", INFO),
	  NONE, ABSENCE_UNLISTED, false, "", 100, 0 },
	{ HERE("Cache-Control: max-age=60, s-maxage=30\r\n", ""), HERE("", INFO), NONE,
	  ABSENCE_UNLISTED, false, "", -1, 30 },
	{ HERE("Age: x\r\nCache-Control: no-cache\r\n", "\n"), HERE("", INFO), NONE,
	  ABSENCE_UNLISTED, false, "", -1, -1 },
	{ HERE("Age: -1\r\nCache-Control: max-age=x\r\n", "\n"), HERE("", INFO), NONE,
	  ABSENCE_UNLISTED, false, "", -1, -1 },
	/* no list, but the file */
	{ NONE, HERE("", INFO), NONE, ABSENCE_THERE, false, "", -1, -1 },
	/* the list alone */
	{ HERE("Age: 1\r\n", "v1.1.0\n"),
	  { "410 Gone", "Cache-Control: max-age=600\r\n", "" },
	  NONE,
	  ABSENCE_HALF,
	  true,
	  "",
	  -1,
	  600 },
	/* nothing, by an old answer and by a new one */
	{ HERE("", "v1.0.0\n"),
	  { "404 Not Found", "Age: 20\r\nCache-Control: max-age=60\r\n", "" },
	  HERE("", INFO),
	  ABSENCE_CACHED,
	  false,
	  "v1.1.0",
	  20,
	  40 },
	{ NONE, { "404 Not Found", "Age: 0\r\n", "" }, NONE, ABSENCE_NEVER, false, "", 0, -1 },
	{ NONE, NONE, NONE, ABSENCE_NEVER, false, "", -1, -1 },
	/* no answer */
	{ HERE("", "v1.1.0\n"),
	  { "403 Forbidden", "Age: 5\r\n", "" },
	  NONE,
	  ABSENCE_UNKNOWN,
	  true,
	  "",
	  -1,
	  -1 },
};

static void answer(struct httpfix *s, int conn, const struct httpfix_request *q)
{
	static const struct page none = NONE;
	const struct absence_case *c = &cases[strtoul(q->target + 1, NULL, 10)];
	const struct page *p = str_has_suffix(q->target, "/x.test/m/@v/list")	       ? &c->list
			       : str_has_suffix(q->target, "/x.test/m/@v/v1.1.0.info") ? &c->info
			       : str_has_suffix(q->target, "/x.test/m/@latest")	       ? &c->latest
										       : &none;

	(void)s;
	httpfix_text(conn, p->status, p->headers, p->body);
}

static struct absence find(const char *goproxy, struct modver m)
{
	const char *vars[] = {
		"GOENV=off",   "HOME=/nonexistent",  arena_fmt(&tmp_arena, "GOPROXY=%s", goproxy),
		"GOSUMDB=off", "GONOPROXY=own.test", NULL
	};
	struct goenv *env = goenv_new(&(struct goenv_options){ .dir = tmp_dir, .environ = vars },
				      NULL);
	struct absence ab;

	assert_non_null(env);
	absence_find(&ab, &(struct exchange_options){ .env = env }, m, &tmp_arena);
	goenv_free(env);
	return ab;
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct absence_case *c = &cases[i];
		struct absence ab = find(arena_fmt(&tmp_arena, "http://127.0.0.1:%d/%zu",
						   server.port, i),
					 (struct modver){ "x.test/m", "v1.1.0" });
		const struct absence_hop *h = ab.hops;

		assert_int_equal(ab.n, 1);
		if (h->kind != c->kind || h->listed != c->listed || h->age != c->age ||
		    h->try_after != c->try_after || !str_eq(h->latest_version, c->latest_version))
			fail_msg(
				"case %zu: %s, listed %d, age %lld, again after %lld, latest \"%s\"",
				i, absence_word(h->kind), h->listed, (long long)h->age,
				(long long)h->try_after, h->latest_version);
	}
}

/* Only proxies that may be asked; a directory has no ages. */
static void test_hops(void **state)
{
	struct absence ab;

	(void)state;
	tmp_write("tree/x.test/m/@v/list", "v1.0.0\n");
	ab = find("off", (struct modver){ "x.test/m", "v1.1.0" });
	assert_int_equal(ab.n, 0);
	ab = find("direct", (struct modver){ "x.test/m", "v1.1.0" });
	assert_int_equal(ab.n, 0);
	ab = find(arena_fmt(&tmp_arena, "http://127.0.0.1:%d/0", server.port),
		  (struct modver){ "own.test/m", "v1.1.0" });
	assert_int_equal(ab.n, 0);
	ab = find(arena_fmt(&tmp_arena, "file://%s|http://127.0.0.1:%d/0,direct", tmp_path("tree"),
			    server.port),
		  (struct modver){ "x.test/m", "v1.1.0" });
	assert_int_equal(ab.n, 2);
	assert_string_equal(absence_word(ab.hops[0].kind), "absent");
	assert_int_equal(ab.hops[0].age, -1);
	assert_int_equal(ab.hops[1].hop, ab.hops[0].hop + 1);
	assert_string_equal(absence_text(ab.hops[1].kind), "it is there");
}

static int set_up(void **state)
{
	if (tmp_setup(state))
		return -1;
	httpfix_start(&server, answer, NULL);
	return 0;
}

static int tear_down(void **state)
{
	httpfix_stop(&server);
	return tmp_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_hops),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
