/* The command line: options, suggestions, statuses, and what reports print. */

#include "unit.h"

#include "commands/commands.h"
#include "commands/help.h"

struct output {
	struct buf out, err;
};

static void collect(void *ctx, int fd, const void *data, size_t len)
{
	struct output *o = ctx;

	buf_add(fd == 1 ? &o->out : &o->err, data, len);
}

/* Parses words; reports whether there is a command to run. */
static bool parse(struct cli *c, struct report *r, struct output *o, int *status, char **argv,
		  int argc)
{
	bool go;

	*o = (struct output){ BUF_INIT, BUF_INIT };
	report_init(r, collect, o);
	go = cli_parse(c, r, commands_all, argc, argv, status);
	report_flush(r);
	return go;
}

static void done(struct cli *c, struct report *r, struct output *o)
{
	cli_release(c);
	report_release(r);
	buf_release(&o->out);
	buf_release(&o->err);
}

#define WORDS(...)                      \
	(const char *[])                \
	{                               \
		"modscope", __VA_ARGS__ \
	}
#define PARSE(...)                                                               \
	parse(&c, &r, &o, &status, (char **)(uintptr_t)WORDS(__VA_ARGS__, NULL), \
	      (int)(sizeof(WORDS(__VA_ARGS__)) / sizeof(char *)))

static void test_flags(void **state)
{
	struct output o;
	struct report r;
	struct cli c;
	int status;

	(void)state;
	assert_true(PARSE("-C", "/x", "graph", "-go=1.17", "--json"));
	assert_string_equal(c.dir, "/x");
	assert_string_equal(c.command->name, "graph");
	assert_string_equal(cli_flag(&c, "go"), "1.17");
	assert_true(r.json);
	done(&c, &r, &o);

	assert_true(PARSE("graph", "-go", "1.18"));
	assert_string_equal(cli_flag(&c, "go"), "1.18");
	assert_null(cli_flag(&c, "nothing"));
	done(&c, &r, &o);

	assert_true(PARSE("why", "-m=false", "--", "-odd"));
	assert_false(cli_has(&c, "m"));
	assert_int_equal(c.n_args, 1);
	assert_string_equal(c.args[0], "-odd");
	done(&c, &r, &o);
}

static void test_wrong_usage(void **state)
{
	struct output o;
	struct report r;
	struct cli c;
	int status;

	(void)state;
	assert_false(PARSE("grpah"));
	assert_int_equal(status, STATUS_USAGE);
	assert_non_null(strstr(o.err.data, "unknown command grpah\nDid you mean graph?\n"));
	done(&c, &r, &o);

	assert_false(PARSE("graph", "--jsn"));
	assert_int_equal(status, STATUS_USAGE);
	assert_non_null(strstr(o.err.data,
			       "Did you mean --json?\nRun 'modscope help graph' for its usage.\n"));
	done(&c, &r, &o);

	assert_false(PARSE("explain"));
	assert_int_equal(status, STATUS_USAGE);
	assert_non_null(strstr(o.err.data, "explain needs MODULE[@V]"));
	done(&c, &r, &o);

	assert_false(PARSE("--color=blue"));
	assert_int_equal(status, STATUS_USAGE);
	done(&c, &r, &o);
}

/* Each general option sets its own value; none is mistaken for another. */
static void test_general_options(void **state)
{
	struct output o;
	struct report r;
	struct cli c;
	int status;

	(void)state;
	assert_true(PARSE("--offline", "-i", "--read-only", "--color=never", "--theme", "x",
			  "--keys=y", "check"));
	assert_true(c.offline && c.interactive && c.read_only && !r.json);
	assert_string_equal(c.color, "never");
	assert_string_equal(c.theme, "x");
	assert_string_equal(c.keys, "y");
	assert_null(c.dir);
	assert_int_equal(c.ask, CLI_RUN);
	done(&c, &r, &o);

	assert_true(PARSE("--help", "--version"));
	assert_int_equal(c.ask, CLI_VERSION);
	done(&c, &r, &o);
	assert_true(PARSE("--version", "--dump-tables=keys"));
	assert_int_equal(c.ask, CLI_KEYS);
	done(&c, &r, &o);
	assert_false(PARSE("--dump-tables=xml"));
	assert_int_equal(status, STATUS_USAGE);
	done(&c, &r, &o);
	for (const struct cli_flag *f = cli_options; f->name; f++)
		assert_non_null(f->set);
}

static void test_help_lists_every_command(void **state)
{
	struct output o;
	struct report r;
	struct cli c;
	int status;

	(void)state;
	assert_true(PARSE("--help"));
	assert_int_equal(c.ask, CLI_HELP);
	help_usage(&r, commands_all);
	report_flush(&r);
	for (size_t i = 0; commands_all[i]; i++)
		assert_non_null(strstr(o.out.data, commands_all[i]->summary));
	done(&c, &r, &o);
}

static void test_report_is_safe(void **state)
{
	static const struct report_column columns[] = { { "A" }, { "B", true } };
	struct output o = { BUF_INIT, BUF_INIT };
	struct report_table t;
	struct report r;
	json_t *doc = report_doc("test");

	(void)state;
	report_init(&r, collect, &o);
	report_table_begin(&t, &r, columns, ARRAY_LEN(columns));
	report_cell(&t, STYLE_BAD, "%s", "\033[31mx");
	report_cell(&t, STYLE_NORMAL, "%d", 7);
	report_table_end(&t);
	report_set_str(doc, "Bad", "\xff");
	report_json(&r, doc);
	report_flush(&r);
	assert_string_equal(o.out.data,
			    "A          B\n\\x1b[31mx  7\n"
			    "{\n  \"schema\": \"modscope.test/1\",\n  \"Bad\": \"\\\\xff\"\n}\n");
	report_release(&r);
	buf_release(&o.out);
	buf_release(&o.err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_wrong_usage),
		cmocka_unit_test(test_general_options),
		cmocka_unit_test(test_help_lists_every_command),
		cmocka_unit_test(test_report_is_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
