/* Steps of a what-if: parsing, and their words and commands. */
#include "unit.h"

#include "graph/whatif.h"

static void assert_step(const char *arg, bool get, enum whatif_kind kind, const char *text,
			const char *command)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	struct whatif_step s;

	if (!whatif_step_parse(&s, &a, arg, get, &e))
		fail_msg("%s", e.text);
	assert_int_equal(s.kind, kind);
	whatif_step_text(&s, &b);
	assert_string_equal(b.data, text);
	buf_clear(&b);
	whatif_steps_command(&(struct whatif_steps){ &s, 1 }, &b);
	assert_string_equal(b.data, command);
	buf_release(&b);
	arena_release(&a);
}

/* The commands are flags of go mod edit and arguments of go get. */
static void test_steps(void **state)
{
	(void)state;
	assert_step("a.test/b@v1.2.0", false, WHATIF_PIN, "pin a.test/b v1.2.0",
		    "go mod edit -require=a.test/b@v1.2.0");
	assert_step("a.test/b@none", false, WHATIF_DROP, "drop a.test/b",
		    "go mod edit -droprequire=a.test/b");
	assert_step("a.test/b@upgrade", false, WHATIF_UPGRADE, "upgrade a.test/b",
		    "go get a.test/b@upgrade");
	assert_step("a.test/b@original", false, WHATIF_UNREPLACE, "unreplace a.test/b",
		    "go mod edit -dropreplace=a.test/b");
	assert_step("a.test/b@none", true, WHATIF_GET, "get a.test/b none", "go get a.test/b@none");
	assert_step("a.test/b@upgrade", true, WHATIF_GET, "get a.test/b upgrade",
		    "go get a.test/b@upgrade");
	assert_step("a.test/b@original", true, WHATIF_UNREPLACE, "unreplace a.test/b",
		    "go mod edit -dropreplace=a.test/b");
	assert_step("go@1.22", false, WHATIF_PIN, "pin go 1.22", "go mod edit -go=1.22");
	assert_step("go@none", false, WHATIF_DROP, "drop go", "go mod edit -go=none");
	assert_step("toolchain@none", false, WHATIF_DROP, "drop toolchain",
		    "go mod edit -toolchain=none");
	assert_step("toolchain@go1.23.1", false, WHATIF_PIN, "pin toolchain go1.23.1",
		    "go mod edit -toolchain=go1.23.1");
	assert_step("a.test/b", true, WHATIF_GET, "get a.test/b", "go get a.test/b");
	assert_step("./x/../...", true, WHATIF_GET, "get ./...", "go get ./...");
	assert_step(".", true, WHATIF_GET, "get .", "go get .");
	assert_step("all", true, WHATIF_GET, "get all", "go get all");
	assert_step("@v1", true, WHATIF_GET, "get . v1", "go get .@v1");
	assert_step("a.test/b/x.go", true, WHATIF_GET, "get a.test/b/x.go", "go get a.test/b/x.go");
	/* the first @ ends the path */
	assert_step("a@b@c", false, WHATIF_PIN, "pin a b@c", "go mod edit -require=a@b@c");
}

static void test_refused(void **state)
{
	static const char *const args[] = { "",	      "",	    "@v1",	"a.test/b@",
					    "a b@v1", "a@v1\nb@v2", "a.test/b", "a@@v1",
					    "a",      "a@-x",	    "@",	"a@/x",
					    "a@",     "x.go" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(args); i++) {
		struct arena a = ARENA_INIT;
		struct err e = ERR_INIT;
		struct whatif_step s;

		assert_false(whatif_step_parse(&s, &a, args[i], i % 2, &e));
		assert_int_equal(e.code, ERR_USAGE);
		err_release(&e);
		arena_release(&a);
	}
}

/* With --get the arguments of a command line are one command, and each that is wrong is named. */
static void test_together(void **state)
{
	static const char *const args[] = { "a.test/b@v1", "c.test/d", "e.test/f@original",
					    "g.test/h@none" };
	static const char *const wrong[] = { "go@none", "a.test/b@", "std@v1" };
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct whatif_steps s;
	struct buf b = BUF_INIT;

	(void)state;
	assert_true(whatif_steps_parse(&s, &a, args, 4, true, &e));
	assert_int_equal(whatif_steps_together(&s, 0), 2);
	assert_int_equal(whatif_steps_together(&s, 3), 1);
	whatif_steps_command(&s, &b);
	assert_string_equal(
		b.data,
		"go get a.test/b@v1 c.test/d && go mod edit -dropreplace=e.test/f && go get g.test/h@none");
	buf_clear(&b);
	assert_true(whatif_steps_parse(&s, &a,
				       (const char *const[]){ "a.test/b@v1", "c.test/d@upgrade" },
				       2, false, &e));
	whatif_steps_command(&s, &b);
	assert_string_equal(b.data, "go mod edit -require=a.test/b@v1 && go get c.test/d@upgrade");
	assert_false(whatif_steps_parse(&s, &a, wrong, 3, true, &e));
	assert_string_equal(
		e.text, "cannot use go@none\ngo: invalid module version syntax \"a.test/b@\"\n"
			"go: can't request explicit version of standard-library pattern \"std\"");
	err_release(&e);
	buf_release(&b);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_steps),
					    cmocka_unit_test(test_together),
					    cmocka_unit_test(test_refused) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
