/* Theme files: the installed ones equal the built-in themes; errors name file and line. */
#include "tui_help.h"

#include "base/fs.h"
#include "themefile.h"

static void files_are_the_themes(void **state)
{
	const char *src = getenv("abs_top_srcdir");

	(void)state;
	assert_non_null(src);
	for (size_t i = 0; theme_names()[i]; i++) {
		const struct theme *t = theme_find(theme_names()[i]);
		struct theme read = { 0 };
		char *file = xasprintf("%s/assets/themes/%s", src, t->name);
		struct buf have = BUF_INIT;
		size_t lines = 0;
		struct err e = ERR_INIT;

		assert_true(fs_read_buf(&have, file, 1 << 16, &e));
		for (const char *s = have.data; *s; s++)
			lines += *s == '\n';
		assert_int_equal(lines, STYLE_IDS + 1); /* a comment, and every style */
		assert_true(themefile_load(&read, have.data, have.len, file, &e));
		assert_memory_equal(read.look, t->look, sizeof(t->look));
		buf_release(&have);
		free(file);
	}
	assert_null(theme_names()[5]);
}

static void lines_change_a_base(void **state)
{
	static const char text[] =
		"# mine\nbase light\n\nbad bright-red on 7 bold underline # loud\n"
		"quiet\nlink 12\nkey default reverse";
	struct theme t = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	assert_true(themefile_load(&t, text, strlen(text), "f", &e));
	assert_int_equal(t.look[STYLE_BAD].fg, 9);
	assert_int_equal(t.look[STYLE_BAD].bg, 7);
	assert_int_equal(t.look[STYLE_BAD].attrs, LOOK_BOLD | LOOK_UNDERLINE);
	assert_int_equal(t.look[STYLE_QUIET].attrs, 0);
	assert_int_equal(t.look[STYLE_LINK].fg, 12);
	assert_int_equal(t.look[STYLE_LINK].attrs, 0);
	assert_int_equal(t.look[STYLE_KEY].fg, -1);
	assert_int_equal(t.look[STYLE_ATTENTION].fg, 5); /* from light */
}

static void errors_name_the_line(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "bad red\nbase dark\n", "f:2: base must come before all styles" },
		{ "base nosuch\n", "f:1: no such theme: \"nosuch\"" },
		{ "base\n", "f:1: no such theme:" },
		{ "\n\nbold red\n", "f:3: no such style: \"bold\"" },
		{ "bad rot\n", "f:1: no such colour or attribute: \"rot\"" },
		{ "bad red on\n", "f:1: expected a colour after \"on\"" },
		{ "bad on bold\n", "f:1: no such colour: \"bold\"" },
		{ "bad 16\n", "f:1: no such colour or attribute: \"16\"" },
		{ "bad bright-default\n", "f:1: no such colour or attribute: \"bright-default\"" },
		{ "bad\x1b[31m red\n", "f:1: no such style: \"bad\\x1b[31m\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct theme t = { 0 };
		struct err e = ERR_INIT;

		assert_false(themefile_load(&t, cases[i].text, strlen(cases[i].text), "f", &e));
		assert_string_equal(e.text, cases[i].says);
		assert_int_equal(e.code, ERR_SYNTAX);
		assert_int_equal(t.look[STYLE_BAD].fg, 0); /* unchanged */
		err_release(&e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_the_themes),
		cmocka_unit_test(lines_change_a_base),
		cmocka_unit_test(errors_name_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
