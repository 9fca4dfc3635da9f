/* Lines put back into a revision's files, as modfile would have them written: where they stand, what stays, and what is refused. */
#include "tmpdir.h"

#include "compare/putback.h"

#define LINE(kind, file, at, main, ...)                         \
	{                                                       \
		kind, file, at, main, false, __VA_ARGS__, false \
	}

static const struct compare_line
	req = LINE(COMPARE_REQUIRE, "go.mod", 5, "m", { "a.b/c", "v1.0.0" }, { "", "" }),
	indirect = { COMPARE_REQUIRE,	    "go.mod",	6,   "m", false,
		     { "a.b/d", "v1.0.0" }, { "", "" }, true },
	replace = LINE(COMPARE_REPLACE, "go.mod", 7, "m", { "a.b/c", "" }, { "../c d", "" }),
	versions = LINE(COMPARE_REPLACE, "go.mod", 8, "m", { "a.b/c", "v1.0.0" },
			{ "a.b/e", "v1.1.0" }),
	exclude = LINE(COMPARE_EXCLUDE, "go.mod", 9, "m", { "a.b/c", "v1.0.1" }, { "", "" }),
	go = LINE(COMPARE_GO, "go.mod", 3, "m", { "go", "1.20" }, { "", "" }),
	toolchain = LINE(COMPARE_TOOLCHAIN, "go.mod", 4, "m", { "toolchain", "go1.21.0" },
			 { "", "" }),
	use = LINE(COMPARE_USE, "go.work", 3, "", { "./x", NULL }, { "", "" }),
	in_none = LINE(COMPARE_REQUIRE, "none/go.mod", 3, "m/none", { "a.b/c", "v1.0.0" },
		       { "", "" }),
	far = LINE(COMPARE_REQUIRE, "go.mod", 99, "m", { "a.b/c", "v1.0.0" }, { "", "" }),
	absolute = LINE(COMPARE_REQUIRE, "/etc/go.mod", 1, "m", { "a.b/c", "v1.0.0" }, { "", "" }),
	above = LINE(COMPARE_REQUIRE, "../../go.mod", 1, "m", { "a.b/c", "v1.0.0" }, { "", "" }),
	directory = LINE(COMPARE_REQUIRE, "sub/go.mod", 1, "m", { "a.b/c", "v1.0.0" }, { "", "" });

#define GOMOD "module m\n\ngo 1.21\n\nrequire a.b/c v1.1.0\n"

static const struct {
	struct compare_cause causes[3];
	size_t n;
	const char *file, *want; /* NULL: there is none */
} cases[] = {
	{ { { &req, &req, { NULL, NULL } } },
	  1,
	  "go.mod",
	  "module m\n\ngo 1.21\n\n                    \n\nrequire a.b/c v1.0.0\n" },
	{ { { NULL, &req, { NULL, NULL } } },
	  1,
	  "go.mod",
	  "module m\n\ngo 1.21\n\n                    \n\n" },
	{ { { &indirect, NULL, { NULL, NULL } },
	    { &replace, NULL, { NULL, NULL } },
	    { &versions, NULL, { NULL, NULL } } },
	  3,
	  "go.mod",
	  GOMOD
	  "\nrequire a.b/d v1.0.0 // indirect\nreplace a.b/c => \"../c d\"\nreplace a.b/c v1.0.0 => a.b/e v1.1.0\n" },
	{ { { &exclude, NULL, { NULL, NULL } }, { &toolchain, NULL, { NULL, NULL } } },
	  2,
	  "go.mod",
	  GOMOD "\nexclude a.b/c v1.0.1\ntoolchain go1.21.0\n" },
	{ { { &go, &go, { NULL, NULL } } },
	  1,
	  "go.mod",
	  "module m\n\n       \n\nrequire a.b/c v1.1.0\n\ngo 1.20\n" },
	/* there is no go.work, and no none/go.mod */
	{ { { &use, NULL, { NULL, NULL } } }, 1, "go.work", "use ./x\n" },
	{ { { NULL, &use, { NULL, NULL } } }, 1, "go.work", NULL },
	{ { { &in_none, NULL, { NULL, NULL } } },
	  1,
	  "none/go.mod",
	  "module m/none\nrequire a.b/c v1.0.0\n" },
	/* a line that the file does not have, and a cause without a line */
	{ { { NULL, &far, { NULL, NULL } } }, 1, "go.mod", GOMOD "\n" },
	{ { { NULL, NULL, { "a.b/c", "v1.0.0" } } }, 1, "go.mod", GOMOD },
};

static void put(struct revision *v)
{
	assert_true(fs_remove_all(tmp_path("root"), NULL));
	tmp_write("root/p/go.mod", GOMOD);
	tmp_mkdir("root/p/sub/go.mod");
	*v = (struct revision){ (char *)(uintptr_t)tmp_path("root"),
				(char *)(uintptr_t)tmp_path("root/p") };
}

static void test_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *name = arena_fmt(&tmp_arena, "root/p/%s", cases[i].file), *have;
		struct revision v;
		struct putback p;

		put(&v);
		putback_init(&p, &v, v.dir);
		for (int twice = 0; twice < 2; twice++) { /* from the same beginning */
			assert_true(putback_write(&p, cases[i].causes, cases[i].n, NULL));
			have = tmp_read(name);
			if (!str_eq(have ? have : "", cases[i].want ? cases[i].want : ""))
				fail_msg("case %zu: %s", i, have);
		}
		/* nothing put back: as it was */
		assert_true(putback_write(&p, NULL, 0, NULL));
		if (str_eq(cases[i].file, "go.mod") && i != 9)
			assert_string_equal(tmp_read(name), GOMOD "\n");
		else if (i != 9)
			assert_null(tmp_read(name));
		putback_release(&p);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const struct compare_line *line;
		const char *says;
	} rows[] = {
		{ &absolute, "/etc/go.mod is not in the repository" },
		{ &above, "../../go.mod is not in the repository" },
		{ &directory, "read %s/root/p/sub/go.mod: is a directory" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct compare_cause causes[] = { { NULL, &req, { NULL, NULL } },
							{ rows[i].line, NULL, { NULL, NULL } } };
		struct err e = ERR_INIT;
		struct revision v;
		struct putback p;

		put(&v);
		putback_init(&p, &v, v.dir);
		assert_false(putback_write(&p, causes, ARRAY_LEN(causes), &e));
		assert_string_equal(tmp_read("root/p/go.mod"), GOMOD);
		if (i < 2)
			tmp_assert_err(&e, ERR_REFUSED, rows[i].says);
		else
			tmp_assert_err(&e, ERR_SYS, rows[i].says);
		putback_release(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_written),
					    cmocka_unit_test(test_refused) };

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
