/*
 * Rehearsals against two proxies on loopback, of which one has less. Where each file comes from follows cmd/go/internal/modfetch (TryProxies):
 * after a comma only 404 and 410 lead to the next hop, after "|" any error does.
 */
#include "httpfix.h"

#include "gofiles/goenv.h"
#include "offline/drill.h"

static struct httpfix server;

static const char *const has[] = {
	"/a/x.test/m/@v/v1.0.0.info", "/a/x.test/m/@v/v1.0.0.mod",
	"/a/x.test/m/@v/v1.0.0.zip",  "/b/x.test/m/@v/v1.0.0.mod",
	"/b/x.test/n/@v/v1.0.0.mod",  "/b/private.test/p/@v/v1.0.0.mod",
};

static void answer(struct httpfix *s, int conn, const struct httpfix_request *q)
{
	(void)s;
	for (size_t i = 0; i < ARRAY_LEN(has); i++)
		if (str_eq(q->target, has[i])) {
			httpfix_text(conn, "200 OK", "",
				     strstr(has[i], ".info") ? "{\"Version\":\"v1.0.0\"}"
							     : "module x.test/m\n");
			return;
		}
	if (str_has_prefix(q->target, "/broken/"))
		httpfix_text(conn, "403 Forbidden", "", "");
	else
		httpfix_text(conn, "404 Not Found", "", "");
}

static const struct levels_missing info = { .file = "cache/download/x.test/m/@v/v1.0.0.info",
					    .mod = { "x.test/m", "v1.0.0" },
					    .what = "info" };
static const struct levels_missing mod = { .file = "cache/download/x.test/m/@v/v1.0.0.mod",
					   .mod = { "x.test/m", "v1.0.0" },
					   .what = "mod" };
static const struct levels_missing zip = { .file = "cache/download/x.test/m/@v/v1.0.0.zip",
					   .mod = { "x.test/m", "v1.0.0" },
					   .what = "zip" };
static const struct levels_missing other = { .file = "cache/download/x.test/n/@v/v1.0.0.mod",
					     .mod = { "x.test/n", "v1.0.0" },
					     .what = "mod" };
static const struct levels_missing secret = { .file = "cache/download/private.test/p/@v/v1.0.0.mod",
					      .mod = { "private.test/p", "v1.0.0" },
					      .what = "mod" };

/* "A" is the first proxy, "B" the second, "X" one that forbids everything, "D" one that is down. */
static const char *proxies(const char *text)
{
	const char *out = "";

	for (; *text; text++) {
		const char *dir = *text == 'A'	 ? "/a"
				  : *text == 'B' ? "/b"
				  : *text == 'X' ? "/broken"
						 : NULL;

		if (dir)
			out = arena_fmt(&tmp_arena, "%shttp://127.0.0.1:%d%s", out, server.port,
					dir);
		else if (*text == 'D')
			out = arena_fmt(&tmp_arena, "%shttp://127.0.0.1:1", out);
		else
			out = arena_fmt(&tmp_arena, "%s%c", out, *text);
	}
	return out;
}

/* With private modules GOPROXY has another hop before all others, for these. */
static struct goenv *env_of(const char *goproxy, bool private)
{
	const char *vars[] = { "GOENV=off",
			       "HOME=/nonexistent",
			       private ? "GOPRIVATE=private.test" : "GOPRIVATE=",
			       arena_fmt(&tmp_arena, "GOPROXY=%s", proxies(goproxy)),
			       "GOSUMDB=sum.test+1234abcd+AAAA",
			       NULL };

	return goenv_new(&(struct goenv_options){ .dir = tmp_dir, .environ = vars }, NULL);
}

static const char *where(enum drill_from from, size_t hop)
{
	return from == DRILL_NOWHERE ? "-"
				     : arena_fmt(&tmp_arena, "%s%zu",
						 from == DRILL_DIRECT ? "direct" : "", hop + 1);
}

static const struct {
	const char *goproxy;
	struct drill_fault fault;
	const struct levels_missing *file;
	const char *before, *now; /* "1": the first hop; "direct2"; "-" */
	const char *says;	  /* what the error contains */
	const char *mend;	  /* how the remedy begins */
} rows[] = {
	{ "A,B", { .hop = 0, .status = 404 }, &mod, "1", "2", "", "" },
	{ "A,B", { .hop = 0, .status = 410 }, &mod, "1", "2", "", "" },
	{ "A,B",
	  { .hop = 0, .status = 503 },
	  &mod,
	  "1",
	  "-",
	  "@v/v1.0.0.mod: 503 Service Unavailable",
	  "\"|\" after hop 1" },
	{ "A|B", { .hop = 0, .status = 503 }, &mod, "1", "2", "", "" },
	{ "A,B", { .hop = 0 }, &mod, "1", "-", "it does not answer", "\"|\" after hop 1" },
	{ "A|B", { .hop = 0 }, &mod, "1", "2", "", "" },
	{ "A,B", { .hop = 1, .status = 500 }, &mod, "1", "1", "", "" },
	{ "A,B", { .hop = 0, .status = 404 }, &info, "1", "-", "404", "a second proxy" },
	{ "A,B", { .hop = 0, .status = 404 }, &zip, "1", "-", "404", "a second proxy" },
	{ "A,B", { .hop = 0, .slow_ms = 10 }, &zip, "1", "1", "", "" },
	{ "A,B",
	  { .hop = 1, .status = 500 },
	  &other,
	  "2",
	  "-",
	  "500 Internal Server Error",
	  "a second proxy" },
	{ "A,B,direct", { .hop = 1, .status = 404 }, &other, "2", "direct3", "", "" },
	{ "A,B,direct", { .hop = 1, .status = 500 }, &other, "2", "-", "500", "\"|\" after hop 2" },
	{ "A,direct",
	  { .hop = DRILL_NO_HOP, .vcs = true },
	  &other,
	  "direct2",
	  "-",
	  "its repository does not answer",
	  "a second proxy" },
	{ "A,direct", { .hop = DRILL_NO_HOP, .vcs = true }, &mod, "1", "1", "", "" },
	{ "A,off",
	  { .hop = 0, .status = 404 },
	  &mod,
	  "1",
	  "-",
	  "module lookup disabled by GOPROXY=off",
	  "a second proxy" },
	{ "X,B", { .hop = 1, .status = 404 }, &other, "-", "-", "403", "" },
	{ "X|B", { .hop = 0, .status = 404 }, &other, "2", "2", "", "" },
	{ "D,B", { .hop = 1, .status = 404 }, &other, "-", "-", "127.0.0.1:1", "" },
	{ "A,B,direct", { .hop = 1, .status = 404 }, &secret, "direct1", "direct1", "", "" },
	{ "A,B",
	  { .hop = DRILL_NO_HOP, .vcs = true },
	  &secret,
	  "direct1",
	  "-",
	  "its repository does not answer",
	  "a second proxy" },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct goenv *env = env_of(rows[i].goproxy, rows[i].file == &secret);
		const struct drill_file *f;
		bool lost, moved;
		struct drill d;

		drill_run(&d,
			  &(struct drill_options){
				  .env = env, .fault = rows[i].fault, .total_ms = 60000 },
			  &rows[i].file, 1);
		assert_string_equal(d.error, "");
		f = &d.files[0];
		if (!str_eq(where(f->before, f->hop_before), rows[i].before) ||
		    !str_eq(where(f->from, f->hop), rows[i].now))
			fail_msg("row %zu: from %s, then %s: %s", i,
				 where(f->before, f->hop_before), where(f->from, f->hop), f->says);
		if (!strstr(f->says, rows[i].says) || (!*rows[i].says && *f->says))
			fail_msg("row %zu: says \"%s\"", i, f->says);
		if (!str_has_prefix(f->mend, rows[i].mend) || (!*rows[i].mend && *f->mend))
			fail_msg("row %zu: remedy \"%s\"", i, f->mend);
		lost = str_eq(rows[i].now, "-");
		moved = !lost && !str_eq(rows[i].now, rows[i].before);
		assert_int_equal(d.n_lost, lost);
		assert_int_equal(d.n_moved, moved);
		drill_release(&d);
		goenv_free(env);
	}
}

/* Without the database go verifies nothing that go.sum lacks; private modules are not looked up. */
static void test_sumdb(void **state)
{
	const struct levels_missing *const files[] = { &info, &mod, &zip, &secret };
	static const bool unverified[] = { false, true, true, false };
	struct goenv *env = env_of("A,direct", true);
	struct drill d;

	(void)state;
	drill_run(&d,
		  &(struct drill_options){ .env = env,
					   .fault = { .hop = DRILL_NO_HOP, .sumdb = true },
					   .total_ms = 60000 },
		  files, ARRAY_LEN(files));
	assert_string_equal(d.error, "");
	assert_int_equal(d.n, 4);
	assert_int_equal(d.n_lost, 2);
	for (size_t i = 0; i < d.n; i++)
		assert_int_equal(d.files[i].unverified, unverified[i]);
	assert_string_equal(d.files[1].says,
			    "its hash is not in go.sum, and the checksum database does not answer");
	assert_true(str_has_prefix(d.files[1].mend, "modscope prefetch --yes"));
	drill_release(&d);
	goenv_free(env);
}

static void test_unfit(void **state)
{
	static const struct {
		const char *goproxy;
		struct drill_fault fault;
		const char *error;
	} cases[] = {
		{ "A", { .hop = 1 }, "there is no hop 2: GOPROXY has 1 hop" },
		{ "A,direct", { .hop = 5 }, "there is no hop 6: GOPROXY has 2 hops" },
		{ "A,direct",
		  { .hop = 1 },
		  "hop 2 is direct, which is no proxy: --vcs down plays its fault" },
		{ "off", { .hop = 0 }, "hop 1 is off, which is no proxy" },
	};
	const struct levels_missing *const files[] = { &mod };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct goenv *env = env_of(cases[i].goproxy, false);
		struct drill d;

		drill_run(&d, &(struct drill_options){ .env = env, .fault = cases[i].fault }, files,
			  1);
		assert_string_equal(d.error, cases[i].error);
		assert_int_equal(d.n, 0);
		drill_release(&d);
		goenv_free(env);
	}
}

static int setup(void **state)
{
	return httpfix_setup(state, &server, answer);
}

static int teardown(void **state)
{
	return httpfix_teardown(state, &server);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows),
					    cmocka_unit_test(test_sumdb),
					    cmocka_unit_test(test_unfit) };

	return cmocka_run_group_tests(tests, setup, teardown);
}
