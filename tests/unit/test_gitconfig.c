/* Entries of git's configuration syntax and where they stand; values are git config's. Then every beginning of a file: places point at their keys. */
#include "tmpdir.h"

#include "git/gitconfig.h"

/* "SECTION|SUB|KEY|VALUE|LINE:COLUMN" of each entry; or "LINE:COLUMN: " and what the error contains. */
static const struct {
	const char *text, *want;
} rows[] = {
	{ "", "" },
	{ "# c\n; d\n\n \t\r\n", "" },
	{ "[a]\nb = c\n", "a||b|c|2:1\n" },
	{ "[A]\n\tB=C D  # e\n", "a||b|C D|2:2\n" },
	{ "\xef\xbb\xbf[a]\nb\n", "a||b|true|2:1\n" },
	{ "[a] b = c\n", "a||b|c|1:5\n" },
	{ "[a \"S.x\"]\n  b-1 = \"q # r\" s\n", "a|S.x|b-1|q # r s|2:3\n" },
	{ "[a \"s\\\"t\\\\u\\v\"]\nb = x\n", "a|s\"t\\uv|b|x|2:1\n" },
	{ "[a.sub]\nb = x\n", "a|sub|b|x|2:1\n" },
	{ "[a]\nb = x \\\n  y\nc = z\n", "a||b|x   y|2:1\na||c|z|4:1\n" },
	{ "[a]\nb = x\\\r\ny\n", "a||b|xy|2:1\n" },
	{ "[a]\nb = \"\\t\\n\\b\\\"\\\\\"\n", "a||b|\t\n\b\"\\|2:1\n" },
	{ "[a]\nb = 1\nB = 2\n[A]\nb = 3", "a||b|1|2:1\na||b|2|3:1\na||b|3|5:1\n" },
	{ "[a]\nb = x ; c\nd = \";\"\n", "a||b|x|2:1\na||d|;|3:1\n" },
	{ "[a]\nb =\n", "a||b||2:1\n" },
	{ "[a]\nb = \\q\n", "2:" },
	{ "[a]\n\tb = x\n\tcc = y\\z\n", "3:" },
	{ "[a\nb = c\n", "1:" },
	{ "[a]\n= c\n", "2:" },
	{ "[a]\nb c\n", "2:" },
	{ "[include]\n\tpath = /etc/passwd\n", "1:1: include sections are refused" },
	{ "[a]\nb = c\n[includeIf \"gitdir:/\"]\n\tpath = x\n",
	  "3:1: include sections are refused" },
	{ "[inclu]\nb = c\n", "inclu||b|c|2:1\n" },
	{ "[a \"s\\\n\"]\nb = c\n", "1:" },
	{ "[a \"s", "1:" },
	{ "[a \"s\\", "1:" },
	{ "[a \"s\" x]\nb = c\n", "1:" },
	{ "[a", "1:" },
	{ "[a x", "1:" },
	{ "[a]\nb = c\\", "a||b|c|2:1\n" },
	{ "[a]\nb = \\\r\n\\w\n", "3:" },
	{ "[a]\nb = \\q\nc = \\w\n", "2:" },
	{ "[include]\n[includeIf \"x\"]\n", "1:1: include sections are refused" },
};

static const char *read_config(const char *text, size_t len, struct gitconfig *c, struct err *e)
{
	tmp_write_n("config", text, len);
	gitconfig_read(c, &tmp_arena, tmp_path("config"), 1 << 16, e);
	return tmp_path("config");
}

static void test_entries(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *have = "", *want = rows[i].want;
		struct gitconfig c;
		struct err e = ERR_INIT;

		read_config(rows[i].text, strlen(rows[i].text), &c, &e);
		for (size_t k = 0; !err_is_set(&e) && k < c.n; k++)
			have = arena_fmt(&tmp_arena, "%s%s|%s|%s|%s|%d:%d\n", have,
					 c.items[k].section, c.items[k].sub, c.items[k].key,
					 c.items[k].value, c.items[k].line, c.items[k].column);
		if (err_is_set(&e)) {
			assert_int_equal(e.code, ERR_SYNTAX);
			have = arena_fmt(&tmp_arena, "%d:%d: %s", e.line, e.column,
					 strrchr(e.text, ':') + 2);
		}
		if (err_is_set(&e)
			    ? !str_has_prefix(have, want) || !strchr(want, ':') || strchr(want, '|')
			    : !str_eq(have, want))
			fail_msg("%s: %s", rows[i].text, have);
		err_release(&e);
	}
}

static const char *line_of(const char *text, int line)
{
	while (--line > 0)
		text = strchr(text, '\n') + 1;
	return text;
}

static void test_cut(void **state)
{
	static const char text[] =
		"\xef\xbb\xbf# x\n[One] a = b\n\tc-d = \"e \\\" f\" ; g\n[two \"S \\\" \\\\t\"]\r\n  h\ni = j\\\n k\\\\ \\\r\n l\n"
		"[thr.ee]\nm=\\n\\t\\b # n\n";

	(void)state;
	for (size_t n = 0; n < sizeof(text); n++) {
		const char *part = arena_strndup(&tmp_arena, text, n);
		struct gitconfig c;
		struct err e = ERR_INIT;

		read_config(part, n, &c, &e);
		for (size_t k = 0; k < c.n; k++) {
			assert_true(c.items[k].line > 0);
			assert_int_equal(strncasecmp(line_of(part, c.items[k].line) +
							     c.items[k].column - 1 +
							     (c.items[k].line == 1 ? 3 : 0),
						     c.items[k].key, strlen(c.items[k].key)),
					 0);
		}
		if (n + 1 == sizeof(text)) {
			assert_false(err_is_set(&e));
			assert_int_equal(c.n, 5);
			assert_int_equal(c.n_sections, 3);
			assert_string_equal(c.sections[1].sub, "S \" \\t");
		}
		err_release(&e);
	}
}

static void test_refused(void **state)
{
	struct gitconfig c;
	struct err e = ERR_INIT;

	(void)state;
	read_config("[a]\nb = c\0d\n", 11, &c, &e);
	assert_int_equal(e.code, ERR_SYNTAX);
	assert_int_equal(e.line, 2);
	assert_non_null(strstr(e.text, "there is a NUL byte"));
	err_clear(&e);
	assert_false(gitconfig_read(&c, &tmp_arena, tmp_path("none"), 100, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	err_clear(&e);
	assert_false(gitconfig_read(&c, &tmp_arena, tmp_path("config"), 3, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	err_release(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_entries),
					    cmocka_unit_test(test_cut),
					    cmocka_unit_test(test_refused) };

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
