/* go.work: messages and formats of the real go (tests/oracle/modfile_data.sh), and the meaning of statements. */

#include "unit.h"

#include "base/fs.h"
#include "gofiles/gowork.h"

static char *read_data(struct arena *a, const char *dir, const char *name)
{
	struct err e = ERR_INIT;
	char *data;
	size_t len;

	if (!fs_read(a, path_join3(a, TEST_DATA, dir, name), FS_MAX_MOD, &data, &len, &e))
		fail_msg("%s", e.text);
	return data;
}

/* Calls check(text, expectation) for each .work file. */
static void each_file(const char *dir, const char *suffix,
		      void (*check)(const char *text, const char *want))
{
	struct arena a = ARENA_INIT;
	struct fs_dirent *entries;
	size_t n, checked = 0;

	assert_true(fs_list(&a, path_join(&a, TEST_DATA, dir), 10000, &entries, &n, NULL));
	for (size_t i = 0; i < n; i++) {
		const char *dot = strrchr(entries[i].name, '.');

		if (!str_eq(dot, ".work"))
			continue;
		check(read_data(&a, dir, entries[i].name),
		      read_data(&a, dir,
				arena_fmt(&a, "%.*s%s", (int)(dot - entries[i].name),
					  entries[i].name, suffix)));
		checked++;
	}
	assert_true(checked > 2);
	arena_release(&a);
}

static void check_message(const char *text, const char *want)
{
	struct gomod_options o = { .name = "go.work" };
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct gowork *f;

	assert_false(gowork_parse(&f, &a, &o, text, strlen(text), &e));
	assert_string_equal(arena_fmt(&a, "%s\n", e.text), want);
	err_release(&e);
	arena_release(&a);
}

static void check_format(const char *text, const char *want)
{
	struct gomod_options o = { .name = "go.work" };
	struct buf out = BUF_INIT;
	struct arena a = ARENA_INIT;
	struct gowork *f;

	assert_true(gowork_parse(&f, &a, &o, text, strlen(text), NULL));
	/* as go work edit -fmt does */
	modsyntax_sort_blocks(&f->syntax, false);
	modsyntax_cleanup(&f->syntax);
	modsyntax_format(&out, &f->syntax);
	assert_string_equal(out.data, want);
	buf_release(&out);
	arena_release(&a);
}

static void invalid_files(void **state)
{
	(void)state;
	each_file("gowork-invalid", ".err", check_message);
}

static void valid_files(void **state)
{
	(void)state;
	each_file("gowork-valid", ".fmt", check_format);
}

static void meaning(void **state)
{
	struct gomod_options o = { .name = "go.work" };
	const char *text = "// top\n\nuse (\n\t./a\n\t\"./b c\"\n)\n\nreplace a.b/c v1.0 => ../c\n";
	struct arena a = ARENA_INIT;
	struct gowork *f;

	(void)state;
	assert_true(gowork_parse(&f, &a, &o, text, strlen(text), NULL));
	assert_int_equal(f->use.n, 2);
	assert_string_equal(f->use.items[1].path, "./b c");
	assert_int_equal(f->use.items[1].line->line, 5);
	assert_string_equal(f->replace.items[0].from.version, "v1.0.0");
	assert_string_equal(f->go, "");
	arena_release(&a);
}

/* Each tried with go 1.26: it drops the first four, and leaves the last two. */
static void drops_a_use_line(void **state)
{
	static const struct {
		const char *path, *remedy;
	} cases[] = {
		{ "./a", "go work edit -dropuse=./a" },
		{ "../w/a", "go work edit -dropuse=../w/a" },
		{ "/w/a", "go work edit -dropuse=/w/a" },
		{ "./b c", "go work edit -dropuse='./b c'" },
		{ "a",
		  "remove the line of a from go.work: go work edit -dropuse=a would look for ./a" },
		{ "a/b",
		  "remove the line of a/b from go.work: go work edit -dropuse=a/b would look for ./a/b" },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(gowork_drop_use(&a, cases[i].path), cases[i].remedy);
	arena_release(&a);
}

/* As UpdateWorkGoVersion, SortBlocks, Cleanup and Format of go write it; NULL: unchanged. */
static void raises_go(void **state)
{
	static const struct {
		const char *text, *version, *want;
	} cases[] = {
		{ "use ./a\n", "1.21", "go 1.21\n\nuse ./a\n" },
		{ "// top\n\n// second\n\nuse ./a\n", "1.22.1",
		  "// top\n\n// second\n\ngo 1.22.1\n\nuse ./a\n" },
		{ "", "1.21", "go 1.21\n" },
		{ "// only\n", "1.21", "// only\n\ngo 1.21\n" },
		{ "go 1.20\n\ntoolchain go1.21.0\n\nuse ./a\n", "1.21.0",
		  "go 1.21.0\n\nuse ./a\n" },
		{ "go 1.20\n\ntoolchain go1.23.0\n\nuse ./a\n", "1.22",
		  "go 1.22\n\ntoolchain go1.23.0\n\nuse ./a\n" },
		{ "go 1.18\n\ntoolchain go1.20.1\n\nuse (\n\t./b\n\t./a\n)\n", "1.19",
		  "go 1.19\n\nuse (\n\t./a\n\t./b\n)\n" },
		{ "go 1.20\n\ntoolchain default\n\nuse ./a\n", "1.22", "go 1.22\n\nuse ./a\n" },
		{ "go 1.20\n\ntoolchain go1.21.0\n\nuse ./a\n", "1.22", "go 1.22\n\nuse ./a\n" },
		{ "go 1.20 // why\n", "1.21rc1", "go 1.21rc1 // why\n" },
		{ "go 1.22\n\nuse ./a\n", "1.22", NULL },
		{ "use ./a\n", "1.18", NULL },
	};
	struct gomod_options o = { .name = "go.work" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *text = cases[i].text;
		struct arena a = ARENA_INIT;
		struct buf out = BUF_INIT;
		struct gowork *f;

		assert_true(gowork_parse(&f, &a, &o, text, strlen(text), NULL));
		assert_int_equal(gowork_raise_go(f, cases[i].version, &out), cases[i].want != NULL);
		if (cases[i].want)
			assert_string_equal(out.data, cases[i].want);
		buf_release(&out);
		arena_release(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(invalid_files), cmocka_unit_test(valid_files),
		cmocka_unit_test(meaning),	 cmocka_unit_test(drops_a_use_line),
		cmocka_unit_test(raises_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
