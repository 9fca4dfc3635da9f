/*
 * What is newer: a proxy of hand-made modules, each with one thing that decides: a go line, a retraction, a deprecation, a young version, an exclude, a
 * later major version, a missing list, a tool. The rows are derived from these by hand.
 */
#include "cmdfix.h"

#include "tmpdir.h"

#define OLD "2020-01-01T00:00:00Z"

/* Versions with spaces between them; a "+" before one: it is from the year 2099. */
static void module(const char *path, const char *versions, const char *gomod)
{
	const char *dir = arena_fmt(&tmp_arena, "proxy/%s/@v", path), *list = "";
	char *copy = arena_strdup(&tmp_arena, versions), *save = NULL;

	for (char *v = strtok_r(copy, " ", &save); v; v = strtok_r(NULL, " ", &save)) {
		const char *when = *v == '+' ? "2099-01-01T00:00:00Z" : OLD;

		v += *v == '+';
		list = arena_fmt(&tmp_arena, "%s%s\n", list, v);
		tmp_write(arena_fmt(&tmp_arena, "%s/%s.info", dir, v),
			  arena_fmt(&tmp_arena, "{\"Version\":\"%s\",\"Time\":\"%s\"}", v, when));
		tmp_write(arena_fmt(&tmp_arena, "%s/%s.mod", dir, v),
			  gomod ? gomod : arena_fmt(&tmp_arena, "module %s\n\ngo 1.20\n", path));
	}
	tmp_write(arena_fmt(&tmp_arena, "%s/list", dir), list);
}

static int set_up(void **state)
{
	static const char *const vars[][2] = {
		{ "GOENV", "off" }, { "GOSUMDB", "off" }, { "GOTOOLCHAIN", "local" },
		{ "GOWORK", "" },   { "GOFLAGS", "" },
	};

	if (tmp_setup(state))
		return -1;
	module("h.test/a", "v1.0.0 v1.0.1 v1.1.0 v1.2.0-pre", NULL);
	tmp_write("proxy/h.test/a/@v/v1.1.0.mod", "module h.test/a\n\ngo 1.99\n");
	module("h.test/a/v2", "v2.0.0", NULL);
	module("h.test/b", "v0.1.0 v0.2.0",
	       "// Deprecated: use c\nmodule h.test/b\n\nretract v0.1.0 // broken\n");
	module("h.test/c", "v1.0.0", NULL);
	module("h.test/ex", "v1.0.0 v1.1.0", NULL);
	module("h.test/nolist", "v1.0.0", NULL);
	assert_int_equal(unlink(tmp_path("proxy/h.test/nolist/@v/list")), 0);
	module("h.test/young", "v1.0.0 v1.1.0 +v1.2.0", NULL);
	module("h.test/allyoung", "v1.0.0 +v1.1.0 +v1.2.0", NULL);
	module("h.test/modern", "v1.0.0 v1.1.0 v1.2.0", "module h.test/modern\n\ngo 1.99\n");
	tmp_write("proxy/h.test/modern/@v/v1.0.0.mod", "module h.test/modern\n\ngo 1.20\n");
	tmp_write(
		"main/go.mod",
		"module h.test/main\n\ngo 1.24\n\ntool h.test/a/cmd/x\n\nrequire (\n\th.test/a v1.0.0\n\th.test/allyoung v1.0.0\n\th.test/b v0.1.0\n"
		"\th.test/c v1.0.0 // indirect\n\th.test/ex v1.0.0\n\th.test/modern v1.0.0\n\th.test/nolist v1.0.0\n\th.test/young v1.0.0\n)\n\n"
		"exclude (\n\th.test/ex v1.1.0\n\th.test/other v1.0.0\n)\n");
	for (size_t i = 0; i < ARRAY_LEN(vars); i++)
		setenv(vars[i][0], vars[i][1], 1);
	setenv("HOME", tmp_path("home"), 1);
	setenv("GOPROXY", arena_fmt(&tmp_arena, "file://%s/proxy", tmp_dir), 1);
	setenv("GOMODCACHE", tmp_path("mod"), 1);
	setenv("XDG_CACHE_HOME", tmp_path("own"), 1);
	return chdir(tmp_path("main"));
}

static int tear_down(void **state)
{
	return chdir("/") || tmp_teardown(state);
}

/* The text of a module's object in the JSON document, without spaces; "" if it has none. */
static const char *row_of(const char *json, const char *path)
{
	const char *at = strstr(json, arena_fmt(&tmp_arena, "\"Path\": \"%s\",\n      \"Version\"",
						path)),
		   *end;
	struct buf b = BUF_INIT;
	const char *row;

	if (!at)
		return "";
	end = strstr(at, "\n    }");
	buf_addstr(&b, "");
	for (; at < end; at++)
		if (*at != ' ' && *at != '\n')
			buf_addch(&b, *at);
	row = arena_strdup(&tmp_arena, b.data);
	buf_release(&b);
	return row;
}

struct fact {
	const char *path, *has, *lacks; /* may be NULL */
};

static void assert_rows(const char *const *words, int status, const struct fact *facts, size_t n)
{
	struct cmd_out o;

	cmd_run(&o, words);
	if (o.status != status)
		fail_msg("status %d: %s%s", o.status, o.out.data, o.err.data);
	for (size_t i = 0; i < n; i++) {
		const char *row = row_of(o.out.data, facts[i].path);

		if ((facts[i].has && !strstr(row, facts[i].has)) ||
		    (facts[i].lacks && strstr(row, facts[i].lacks)))
			fail_msg("%s: %s", facts[i].path, row);
	}
	cmd_release(&o);
}

static void test_rows(void **state)
{
	static const struct fact facts[] = {
		{ "h.test/a",
		  "\"Patch\":\"v1.0.1\",\"Minor\":\"v1.1.0\",\"KeepsGo\":\"v1.0.1\",\"NewestGoVersion\":\"1.99\"",
		  "majors" },
		{ "h.test/a", "\"Kind\":\"tool\",\"State\":\"outdated\"", NULL },
		{ "h.test/b",
		  "\"Retracted\":[\"broken\"],\"Deprecated\":\"usec\",\"Kind\":\"direct\",\"State\":\"retracted\",\"Minor\":\"v0.2.0\"",
		  "Patch" },
		{ "h.test/c", "\"Kind\":\"indirect\",\"State\":\"newest\"", "Update" },
		{ "h.test/ex", "\"State\":\"newest\",\"Excluded\":[\"v1.1.0\"]", "Update" },
		{ "h.test/modern", "\"Minor\":\"v1.2.0\",\"NewestGoVersion\":\"1.99\"", "KeepsGo" },
		{ "h.test/nolist", "\"State\":\"unknown\",\"Unknown\":", "Update" },
		{ "h.test/young", "\"Minor\":\"v1.2.0\",\"KeepsGo\":\"v1.2.0\"", "Held" },
	};

	(void)state;
	assert_rows((const char *const[]){ "--json", "outdated", NULL }, 3, facts,
		    ARRAY_LEN(facts));
}

static void test_cooldown(void **state)
{
	static const struct fact facts[] = {
		{ "h.test/a", "\"Minor\":\"v1.1.0\"", "Held" },
		{ "h.test/young", "\"Minor\":\"v1.1.0\",\"KeepsGo\":\"v1.1.0\"", NULL },
		{ "h.test/young", "\"Held\":\"v1.2.0\",\"HeldUntil\":\"2099-01-08T00:00:00Z\"",
		  NULL },
		{ "h.test/allyoung", "\"State\":\"held\"", "Minor" },
		{ "h.test/allyoung", "\"Held\":\"v1.2.0\"", "Update" },
		{ "h.test/c", NULL, "Version" }, /* not direct */
	};

	(void)state;
	assert_rows((const char *const[]){ "--json", "outdated", "--cooldown=7", "--direct", NULL },
		    3, facts, ARRAY_LEN(facts));
}

static void test_majors(void **state)
{
	static const struct fact facts[] = {
		{ "h.test/a", "\"majors\":[{\"Path\":\"h.test/a/v2\",\"Version\":\"v2.0.0\"",
		  NULL },
		{ "h.test/c", NULL, "majors" },
		{ "h.test/young", NULL, "majors" },
	};

	(void)state;
	assert_rows((const char *const[]){ "--json", "outdated", "--majors", NULL }, 3, facts,
		    ARRAY_LEN(facts));
}

/* The order of the lines of the text, by name of module. */
static void test_sorted(void **state)
{
	static const struct {
		const char *key, *first, *then;
	} rows[] = {
		{ "--sort=name", "h.test/a ", "h.test/young " },
		{ "--sort=worst", "h.test/b ", "h.test/c " },
		{ "--sort=kind", "h.test/young ", "h.test/c " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cmd_out o;
		const char *first, *then;

		cmd_run(&o, (const char *const[]){ "outdated", rows[i].key, NULL });
		first = strstr(o.out.data, rows[i].first);
		then = strstr(o.out.data, rows[i].then);
		assert_true(first && then && first < then);
		cmd_release(&o);
	}
}

/* With --exit-code an unknown row is 3 before 1; without it, and with nothing behind, 0. */
static void test_status(void **state)
{
	struct cmd_out o;

	(void)state;
	tmp_write("main/go.mod", "module h.test/main\n\ngo 1.24\n\nrequire h.test/a v1.0.0\n");
	assert_rows((const char *const[]){ "--json", "outdated", NULL }, 0, NULL, 0);
	assert_rows((const char *const[]){ "--json", "outdated", "--exit-code", NULL }, 1, NULL, 0);
	tmp_write("main/go.mod", "module h.test/main\n\ngo 1.24\n\nrequire h.test/c v1.0.0\n");
	assert_rows((const char *const[]){ "--json", "outdated", "--exit-code", NULL }, 0, NULL, 0);
	tmp_write("main/go.mod", "module h.test/main\n\ngo 1.24\n\nrequire h.test/nolist v1.0.0\n");
	assert_rows((const char *const[]){ "--json", "outdated", "--exit-code", NULL }, 3, NULL, 0);
	cmd_run(&o, (const char *const[]){ "outdated", "--sort=nothing", NULL });
	assert_int_equal(o.status, 2);
	cmd_release(&o);
	cmd_run(&o, (const char *const[]){ "outdated", "--cooldown=x", NULL });
	assert_int_equal(o.status, 2);
	cmd_release(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),   cmocka_unit_test(test_cooldown),
		cmocka_unit_test(test_majors), cmocka_unit_test(test_sorted),
		cmocka_unit_test(test_status),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
