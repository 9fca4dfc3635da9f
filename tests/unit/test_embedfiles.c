/* The files that //go:embed names: as go list prints them (EmbedFiles, TestEmbedFiles), and of what go refuses, what there is. */

#include "tmpdir.h"

#include "packages/embedfiles.h"

/* go list of go 1.26 gives the same names, except where it refuses the package. */
static const struct {
	const char *line, *want;
} cases[] = {
	{ "//go:embed a.txt", "a.txt" },
	{ "//go:embed a.txt b.txt", "a.txt b.txt" },
	{ "//go:embed\ta.txt\r", "a.txt" },
	{ "//go:embed *.txt", "a.txt b.txt" },
	{ "//go:embed ?.txt [ab].txt", "a.txt b.txt" },
	{ "//go:embed \"a.txt\" `b.txt`", "a.txt b.txt" },
	{ "//go:embed \"\\x61.txt\"", "a.txt" },
	{ "//go:embed \"with blank\"", "with blank" },
	{ "//go:embed d", "d/e/deep d/one" },
	{ "//go:embed all:d", "d/.hidden d/_under d/e/deep d/one" },
	{ "//go:embed d/*", "d/.hidden d/_under d/e/deep d/one" },
	{ "//go:embed d/e/*", "d/e/deep" },
	{ "//go:embed */e", "d/e/deep" },
	{ "/* //go:embed a.txt */ //go:embed b.txt", "b.txt" },
	{ "/* * / **/ //go:embed b.txt", "b.txt" },
	{ "var s = \"//go:embed a.txt\\\"\" //go:embed b.txt", "b.txt" },
	{ "var s = `\n//go:embed a.txt\\` //go:embed b.txt", "b.txt" },
	{ "var r = '\"' //go:embed b.txt", "b.txt" },
	{ "var r = 1 / 2 //go:embed b.txt", "b.txt" },
	{ "// go:embed a.txt", "" },
	{ "//go:embedded a.txt", "" },
	{ "//go:embed", "" },
	{ "//go:embed ", "" },
	/* refused by go */
	{ "//go:embed m", "" },
	{ "//go:embed m/*", "" },
	{ "//go:embed none.txt", "" },
	{ "//go:embed .", "" },
	{ "//go:embed ../x", "" },
	{ "//go:embed /a.txt", "" },
	{ "//go:embed a.txt/x", "" },
	{ "//go:embed .git", "" },
	{ "//go:embed link", "" },
	{ "//go:embed .hg .svn .bzr all:vcs", "vcs/f" },
	{ "//go:embed d/one d", "d/e/deep d/one" },
	{ "//go:embed \"a\\.txt\"", "" },
	{ "//go:embed \"a.txt", "" },
	{ "//go:embed \"a.txt\\", "" },
	{ "//go:embed \"a.txt\"b.txt", "" },
	{ "//go:embed \"\\q\"", "" },
	{ "//go:embed `a.txt", "" },
	{ "//go:embed a.txt \"b", "" },
	{ "var s = \"unterminated\n//go:embed a.txt", "a.txt" },
	{ "var s = \"unterminated", "" },
	{ "var s = \"unterminated\\", "" },
	{ "/* unterminated\n//go:embed a.txt *", "" },
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *found(struct arena *a, bool tests)
{
	const char **files, *out = "";
	struct err e = ERR_INIT;
	size_t n;

	if (!embedfiles_find(a, tmp_path("p"), tests, &files, &n, &e))
		fail_msg("%s", e.text);
	qsort(files, n, sizeof(*files), by_name);
	for (size_t i = 0; i < n; i++)
		out = arena_fmt(a, "%s%s%s", out, i ? " " : "", files[i]);
	return out;
}

static int set_up(void **state)
{
	static const char *const dirs[] = { "p/d/e",	  "p/m",	"p/.git", "p/.hg",
					    "p/vcs/.svn", "p/vcs/.bzr", "p/vcs/n" };
	static const char *const files[] = {
		"p/a.txt",	"p/b.txt",    "p/with blank", "p/d/one",      "p/d/e/deep",
		"p/d/.hidden",	"p/m/go.mod", "p/m/inner",    "p/.git/x",     "p/d/_under",
		"p/d/bad:name", "p/.hg/x",    "p/vcs/.svn/x", "p/vcs/.bzr/x", "p/vcs/n/go.mod",
		"p/vcs/n/x",	"p/vcs/f",
	};

	if (tmp_setup(state))
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		tmp_mkdir(dirs[i]);
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		tmp_write(files[i], "");
	return symlink("a.txt", tmp_path("p/link"));
}

static void patterns(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = ARENA_INIT;

		tmp_write("p/p.go",
			  arena_fmt(&a, "package p\n\nimport _ \"embed\"\n\n%s\nvar f string\n",
				    cases[i].line));
		if (!str_eq(found(&a, false), cases[i].want))
			fail_msg("%s: %s, want %s", cases[i].line, found(&a, false), cases[i].want);
		arena_release(&a);
	}
}

/* Where a file ends in the middle of something, what stands before counts. */
static void file_ends(void **state)
{
	static const char *const ends[] = { "\"x",
					    "\"x\\",
					    "`x\\",
					    "'",
					    "'\\",
					    "/*",
					    "/* *",
					    "/",
					    "x",
					    "\"\n'",
					    "// x",
					    "//go:embed",
					    "`",
					    "\"",
					    "//go:embed \"a.txt\\",
					    "//go:embed `a.txt" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct arena a = ARENA_INIT;

		tmp_write("p/p.go",
			  arena_fmt(&a, "package p\n\nimport _ \"embed\"\n\n//go:embed b.txt\n%s",
				    ends[i]));
		if (!str_eq(found(&a, false), "b.txt"))
			fail_msg("%s: %s", ends[i], found(&a, false));
		arena_release(&a);
	}
}

/* Below 200 directories nothing is looked for. */
static void too_deep(void **state)
{
	struct arena a = ARENA_INIT;
	struct buf deep = BUF_INIT;

	(void)state;
	buf_addstr(&deep, "p/deep");
	for (int i = 0; i < 203; i++) {
		buf_addstr(&deep, "/d");
		if (i == 10)
			tmp_write(arena_fmt(&a, "%s/f", deep.data), "");
	}
	tmp_mkdir(deep.data);
	tmp_write(arena_fmt(&a, "%s/far", deep.data), "");
	tmp_write("p/p.go", "package p\n\nimport _ \"embed\"\n\n//go:embed deep\n");
	assert_string_equal(found(&a, false), "deep/d/d/d/d/d/d/d/d/d/d/d/f");
	buf_release(&deep);
	arena_release(&a);
}

/* Only of files that import embed; of tests only if they are asked for. */
static void which_files(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	tmp_write("p/p.go", "package p\n\nimport _ \"fmt\"\n\n//go:embed a.txt\nvar f string\n");
	tmp_write("p/broken.go", "package\n");
	tmp_write("p/_hidden.go", "package p\n\nimport _ \"embed\"\n\n//go:embed a.txt\n");
	tmp_write("p/p_test.go",
		  "package p\n\nimport _ \"embed\"\n\n//go:embed b.txt\nvar g string\n");
	tmp_write("p/end.go", "package p\n\nimport _ \"embed\"\n\n//go:embed d/one");
	assert_string_equal(found(&a, false), "d/one");
	assert_string_equal(found(&a, true), "b.txt d/one");
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns),
		cmocka_unit_test(file_ends),
		cmocka_unit_test(too_deep),
		cmocka_unit_test(which_files),
	};

	return cmocka_run_group_tests(tests, set_up, tmp_teardown);
}
