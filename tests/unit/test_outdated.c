/*
 * What is newer: a proxy of hand-made modules, each with one thing that decides: a go line, a retraction, a deprecation, a young version, an exclude, a
 * later major version, a missing list, a tool. The rows are derived from these by hand.
 */
#include "cmdfix.h"

#include "tmpdir.h"

#include "fetch/source.h"
#include "gofiles/goenv.h"
#include "versions/golines.h"
#include "versions/newer.h"

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

/* Modules whose newer versions are of an unusual kind; the updates are those of `go list -m -u all`. */
static void test_unusual(void **state)
{
	static const struct fact facts[] = {
		/* no go.mod before v2: the tag without /v2 counts */
		{ "h.test/inc",
		  "\"Patch\":\"v1.0.1\",\"Minor\":\"v1.1.0\",\"KeepsGo\":\"v2.0.0+incompatible\"",
		  NULL },
		{ "h.test/pre", "\"Version\":\"v0.1.0-b\"", NULL },
		{ "h.test/pre", "\"KeepsGo\":\"v0.1.0-b\"", "Unknown" },
		{ "h.test/untagged",
		  "\"Update\":{\"Path\":\"h.test/untagged\",\"Version\":\"v0.0.0-20200101000000-0123456789ab\"",
		  "Unknown" },
		{ "h.test/untagged",
		  "\"KeepsGo\":\"v0.0.0-20200101000000-0123456789ab\"", NULL },
		{ "h.test/new",
		  "\"Update\":{\"Path\":\"h.test/new\",\"Version\":\"v0.0.0-20200101000000-0123456789ab\"",
		  "KeepsGo" },
		{ "h.test/timeless", "\"Minor\":\"v1.1.0\"", "Held" },
		{ "h.test/local", "\"State\":\"newest\"", "Update" },
		{ "h.test/unlisted", "\"Unknown\":", "Update" },
	}, held[] = {
		{ "h.test/timeless", "\"Version\":\"v1.1.0\",\"Time\":\"0001", "\"Held\"" },
		{ "h.test/inc", "\"KeepsGo\":\"v2.0.0+incompatible\"", NULL },
	};

	(void)state;
	module("h.test/inc", "v1.0.0 v1.0.1 v1.1.0 v2.0.0+incompatible", "module h.test/inc\n");
	module("h.test/pre", "v0.1.0-a v0.1.0-b", NULL);
	module("h.test/untagged",
	       "v0.0.0-20190101000000-ba9876543210 v0.0.0-20200101000000-0123456789ab", NULL);
	module("h.test/new",
	       "v0.0.0-20190101000000-ba9876543210 v0.0.0-20200101000000-0123456789ab",
	       "module h.test/new\n\ngo 1.99\n");
	tmp_write("proxy/h.test/new/@v/v0.0.0-20190101000000-ba9876543210.mod",
		  "module h.test/new\n");
	tmp_write("proxy/h.test/untagged/@v/list", "");
	tmp_write("proxy/h.test/new/@v/list", "");
	tmp_write("proxy/h.test/untagged/@latest",
		  "{\"Version\":\"v0.0.0-20200101000000-0123456789ab\",\"Time\":\"" OLD "\"}");
	tmp_write("proxy/h.test/new/@latest",
		  "{\"Version\":\"v0.0.0-20200101000000-0123456789ab\",\"Time\":\"" OLD "\"}");
	module("h.test/timeless", "v1.0.0 v1.1.0", NULL);
	tmp_write("proxy/h.test/timeless/@v/v1.1.0.info", "{\"Version\":\"v1.1.0\"}");
	module("h.test/local", "v1.0.0", NULL);
	module("h.test/unlisted", "v1.0.0", NULL);
	assert_int_equal(unlink(tmp_path("proxy/h.test/unlisted/@v/list")), 0);
	tmp_mkdir("proxy/h.test/unlisted/@v/list");
	tmp_write("main/local/go.mod", "module h.test/local\n");
	tmp_write(
		"main/go.mod",
		"module h.test/main\n\ngo 1.24\n\ntool x\n\nrequire (\n\th.test/inc v1.0.0\n\th.test/local v1.0.0\n"
		"\th.test/new v0.0.0-20190101000000-ba9876543210\n\th.test/pre v0.1.0-a\n\th.test/timeless v1.0.0\n"
		"\th.test/unlisted v1.0.0\n\th.test/untagged v0.0.0-20190101000000-ba9876543210\n)\n\n"
		"exclude (\n\th.test/inc v1.0.5\n\th.test/inc v1.0.6\n)\n\nreplace h.test/local => ./local\n\n"
		"replace h.test/unlisted => h.test/unlisted v1.0.0\n");
	assert_rows((const char *const[]){ "--json", "outdated", NULL }, 3, facts,
		    ARRAY_LEN(facts));
	assert_rows((const char *const[]){ "--json", "outdated", "--cooldown=7", "--majors", NULL },
		    3, held, ARRAY_LEN(held));
}

/* The choices, one after another with spaces. */
static const char *joined(struct newer_list l)
{
	const char *out = "";

	for (size_t i = 0; i < l.n; i++)
		out = arena_fmt(&tmp_arena, "%s%s%s", out, i ? " " : "", l.items[i]);
	return out;
}

/* A pre-release or an incompatible version is a choice only if the update is one. */
static void test_choices(void **state)
{
	static const char *const all[] = { "v1.0.0",
					   "v1.1.0-pre",
					   "v1.1.0",
					   "v1.2.0",
					   "v1.3.0-pre",
					   "v2.0.0+incompatible",
					   "v3.0.0+incompatible" };
	static const struct {
		const char *current, *update, *choices;
	} rows[] = {
		{ "v1.0.0", "v1.2.0", "v1.1.0 v1.2.0" },
		{ "v1.1.0", "v1.3.0-pre", "v1.2.0 v1.3.0-pre" },
		{ "v1.0.0", "v2.0.0+incompatible", "v1.1.0 v1.2.0 v2.0.0+incompatible" },
		{ "v1.2.0", "v1.2.0", "" },
		{ "v1.2.0", "v1.1.0", "" },
		{ "v3.0.0+incompatible", "v4.0.0+incompatible", "" },
	};
	struct newer_list l = { all, ARRAY_LEN(all) };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_string_equal(joined(newer_choices(&tmp_arena, "h.test/x", l, rows[i].current,
							 rows[i].update)),
				    rows[i].choices);
	assert_string_equal(joined(newer_within(&tmp_arena, l, "v1.1.")), "v1.1.0-pre v1.1.0");
	assert_string_equal(joined(newer_below(l, "h.test/x", "v1.1.0")), "v1.0.0 v1.1.0-pre");
	assert_int_equal(newer_below(l, "h.test/x", "v1.0.0").n, 0);
	assert_int_equal(newer_below(l, "h.test/x", "v9.0.0").n, ARRAY_LEN(all));
}

static const char *const many[] = { "v1.0.0",  "v1.1.0",  "v1.2.0",  "v1.3.0",	"v1.4.0",
				    "v1.5.0",  "v1.6.0",  "v1.7.0",  "v1.8.0",	"v1.9.0",
				    "v1.10.0", "v1.11.0", "v1.12.0", "v1.13.0", "v1.14.0" };

/* Which of many versions is found, by their go lines and times; what cannot be read or understood is said. */
static void test_search(void **state)
{
	static const struct {
		size_t first_new; /* from here on go 1.99, and the year 2099 */
		const char *broken, *gomod, *info;
		const char *keeps, *unread, *cooled, *unread_time;
	} rows[] = {
		{ 0, NULL, NULL, NULL, "", "", "", "" },
		{ 1, NULL, NULL, NULL, "v1.0.0", "", "v1.0.0", "" },
		{ 7, NULL, NULL, NULL, "v1.6.0", "", "v1.6.0", "" },
		{ 15, NULL, NULL, NULL, "v1.14.0", "", "v1.14.0", "" },
		{ 14, NULL, NULL, NULL, "v1.13.0", "", "v1.13.0", "" },
		{ 9, "v1.8.0", "module \"h\n", "{", "v1.7.0", "v1.8.0", "v1.7.0", "v1.8.0" },
		{ 9, "v1.9.0", "module h.test/m\n\ngo 1.2222222222222222222222222222222222222222\n",
		  "{\"Version\":\"v1.9.0\"}", "v1.8.0", "v1.9.0", "v1.8.0", "v1.9.0" },
		{ 15, "v1.14.0", "module h.test/m\n",
		  "{\"Version\":\"v1.14.0\",\"Time\":\"" OLD "\"}", "v1.14.0", "", "v1.14.0", "" },
		{ 0, "v1.14.0", "module h.test/m\n",
		  "{\"Version\":\"v1.14.0\",\"Time\":\"" OLD "\"}", "v1.14.0", "", "v1.14.0", "" },
	};
	const struct newer_list l = { many, ARRAY_LEN(many) };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *path = arena_fmt(&tmp_arena, "h.test/m%zu", i), *unread;
		struct golines g = GOLINES_INIT;
		struct goenv *env;
		struct source *s;

		for (size_t k = 0; k < ARRAY_LEN(many); k++) {
			const char *at = arena_fmt(&tmp_arena, "proxy/%s/@v/%s", path, many[k]);
			bool old = k < rows[i].first_new,
			     odd = rows[i].broken && str_eq(many[k], rows[i].broken);

			tmp_write(arena_fmt(&tmp_arena, "%s.mod", at),
				  odd ? rows[i].gomod
				      : arena_fmt(&tmp_arena, "module %s\n\ngo %s\n", path,
						  old ? "1.20" : "1.99"));
			tmp_write(arena_fmt(&tmp_arena, "%s.info", at),
				  odd ? rows[i].info
				      : arena_fmt(&tmp_arena,
						  "{\"Version\":\"%s\",\"Time\":\"%s\"}", many[k],
						  old ? OLD : "2099-01-01T00:00:00Z"));
		}
		env = goenv_new(&(struct goenv_options){ 0 }, NULL);
		s = source_new(&(struct source_options){ .env = env });
		for (unsigned threads = 1; threads <= 2; threads++) {
			assert_string_equal(newer_keeps_go(s, &g, path, l, "1.24", threads,
							   &unread),
					    rows[i].keeps);
			assert_string_equal(unread, rows[i].unread);
			assert_string_equal(newer_cooled(s, path, l, 1800000000, threads, &unread),
					    rows[i].cooled);
			assert_string_equal(unread, rows[i].unread_time);
		}
		/* the oldest is read only if it is looked for */
		assert_string_equal(newer_go_line(s, &g, (struct modver){ path, "v1.0.0" }),
				    rows[i].first_new ? "1.20" : "1.99");
		assert_string_equal(golines_get(&g, "v1.0.0"), rows[i].first_new ? "1.20" : "1.99");
		assert_null(newer_go_line(s, &g, (struct modver){ path, "v1.99.0" }));
		source_free(s);
		goenv_free(env);
		golines_release(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),	cmocka_unit_test(test_cooldown),
		cmocka_unit_test(test_majors),	cmocka_unit_test(test_sorted),
		cmocka_unit_test(test_status),	cmocka_unit_test(test_unusual),
		cmocka_unit_test(test_choices), cmocka_unit_test(test_search),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
