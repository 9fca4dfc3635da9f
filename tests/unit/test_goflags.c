/* Values of flags in GOFLAGS; the messages are those of go 1.26.8. */
#include "unit.h"

#include "gofiles/goflags.h"

static void assert_refused(enum goflags_command c, const char *text, const char *says)
{
	struct arena a = ARENA_INIT;
	struct goflags f = { 0 };
	struct err e = ERR_INIT;

	assert_true(goflags_parse(&f, &a, text, NULL));
	assert_int_equal(goflags_check(&f, c, "1.26.8", &e), says == NULL);
	if (says) {
		assert_string_equal(e.text, says);
		assert_int_equal(e.code, ERR_USAGE);
	}
	err_release(&e);
	goflags_release(&f);
	arena_release(&a);
}

static void test_numbers(void **state)
{
	static const char *const good[] = { "-p=1",
					    "-p=0",
					    "-p=-3",
					    "-p=+2",
					    "-p=0x1F",
					    "-p=017",
					    "-p=0b1",
					    "-p=1_00",
					    "-p=0_1",
					    "-p=0x_f",
					    "-p=0o7",
					    "-p=0X1f",
					    "-p=0O17",
					    "-p=0B1",
					    "-p=9223372036854775807",
					    "-p=-9223372036854775808" };
	static const char *const bad[] = { "x",	  "",	 "0x",	"08", "1__0", "_1",
					   "1_",  "0b2", "1.5", "-",  "1e3",  "1~",
					   "0x_", "0xG", "0b",	"+",  "1[" };
	char word[64], text[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_refused(GOFLAGS_LIST, good[i], NULL);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		snprintf(word, sizeof(word), "-p=%s", bad[i]);
		snprintf(text, sizeof(text),
			 "invalid value \"%s\" for flag -p (from $GOFLAGS): parse error", bad[i]);
		assert_refused(GOFLAGS_LIST, word, text);
	}
	assert_refused(
		GOFLAGS_LIST, "-p=9223372036854775808",
		"invalid value \"9223372036854775808\" for flag -p (from $GOFLAGS): value out of range");
}

static void test_patterns(void **state)
{
	static const char *const good[] = { "-gcflags=",	 "'-gcflags= all=-N'",
					    "'-gcflags=-N -l'",	 "-tags=a'b",
					    "'-tags=a b'",	 "-compiler=gc",
					    "-compiler=gccgo",	 "-covermode=",
					    "-covermode=atomic", "-buildvcs=1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_refused(GOFLAGS_LIST, good[i], NULL);
	assert_refused(
		GOFLAGS_LIST, "\"-gcflags='a'=b\"",
		"invalid value \"'a'=b\" for flag -gcflags (from $GOFLAGS): parameter may not start with quote character '");
	assert_refused(
		GOFLAGS_LIST, "'-gcflags=\"a\"=b'",
		"invalid value \"\\\"a\\\"=b\" for flag -gcflags (from $GOFLAGS): parameter may not start with quote character \"");
	assert_refused(
		GOFLAGS_LIST, "-tags='a",
		"invalid value \"'a\" for flag -tags (from $GOFLAGS): unterminated ' string");
	assert_refused(
		GOFLAGS_LIST, "-compiler=",
		"invalid value \"\" for flag -compiler (from $GOFLAGS): unknown compiler \"\"");
	assert_refused(
		GOFLAGS_LIST, "-p=-9223372036854775809",
		"invalid value \"-9223372036854775809\" for flag -p (from $GOFLAGS): value out of range");
	assert_refused(
		GOFLAGS_LIST, "-p=99999999999999999999999",
		"invalid value \"99999999999999999999999\" for flag -p (from $GOFLAGS): value out of range");
}

static void test_booleans(void **state)
{
	(void)state;
	assert_refused(GOFLAGS_GRAPH, "-modcacherw -modcacherw=F", NULL);
	assert_refused(
		GOFLAGS_GRAPH, "-modcacherw=yes",
		"invalid boolean value \"yes\" for flag -modcacherw (from $GOFLAGS): parse error");
	assert_refused(
		GOFLAGS_GRAPH, "--modcacherw=",
		"invalid boolean value \"\" for flag -modcacherw (from $GOFLAGS): parse error");
	assert_refused(GOFLAGS_LIST, "-buildvcs -buildvcs=auto -buildvcs= -buildvcs=T", NULL);
	assert_refused(
		GOFLAGS_LIST, "-buildvcs=nope",
		"invalid boolean value \"nope\" for flag -buildvcs (from $GOFLAGS): value is neither 'auto' nor a valid bool");
	assert_refused(GOFLAGS_LIST, "-json=Path,Version -json=x", NULL);
}

static void test_words(void **state)
{
	(void)state;
	assert_refused(GOFLAGS_LIST, "-tags", "flag needs an argument: -tags (from $GOFLAGS)");
	assert_refused(
		GOFLAGS_LIST, "-gcflags=a",
		"invalid value \"a\" for flag -gcflags (from $GOFLAGS): missing =<value> in <pattern>=<value>");
	assert_refused(
		GOFLAGS_LIST, "-gcflags==a",
		"invalid value \"=a\" for flag -gcflags (from $GOFLAGS): missing <pattern> in <pattern>=<value>");
	assert_refused(
		GOFLAGS_LIST, "'-ldflags=-X \"a'",
		"invalid value \"-X \\\"a\" for flag -ldflags (from $GOFLAGS): unterminated \" string");
	assert_refused(
		GOFLAGS_LIST, "'-tags=a b \"c'",
		"invalid value \"a b \\\"c\" for flag -tags (from $GOFLAGS): unterminated \" string");
	assert_refused(GOFLAGS_LIST, "-tags=a\"b -gcflags=all=-N -ldflags=", NULL);
	assert_refused(
		GOFLAGS_LIST, "-compiler=tcc",
		"invalid value \"tcc\" for flag -compiler (from $GOFLAGS): unknown compiler \"tcc\"");
	assert_refused(
		GOFLAGS_LIST, "-covermode=x",
		"invalid value \"x\" for flag -covermode (from $GOFLAGS): valid modes are \"set\", \"count\", or \"atomic\"");
}

/* A flag's value matters only to commands that have the flag; the first invalid word is reported. */
static void test_commands(void **state)
{
	static const enum goflags_command mods[] = { GOFLAGS_GRAPH, GOFLAGS_TIDY, GOFLAGS_VENDOR,
						     GOFLAGS_VERIFY, GOFLAGS_WHY };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(mods); i++) {
		assert_refused(mods[i], "-p=x -tags -buildvcs=nope", NULL);
		assert_refused(
			mods[i], "-C=dir",
			"invalid value \"dir\" for flag -C (from $GOFLAGS): -C flag must be first flag on command line");
		assert_refused(mods[i], "-modfile",
			       "flag needs an argument: -modfile (from $GOFLAGS)");
	}
	assert_refused(GOFLAGS_LIST, "-p=y -v=x",
		       "invalid value \"y\" for flag -p (from $GOFLAGS): parse error");
	assert_refused(
		GOFLAGS_GRAPH, "-compat=x -go=1.x",
		"invalid value \"1.x\" for flag -go (from $GOFLAGS): expecting a Go version like \"1.26.8\"");
	assert_refused(
		GOFLAGS_TIDY, "-compat=1.99",
		"invalid value \"1.99\" for flag -compat (from $GOFLAGS): maximum supported Go version is 1.26.8");
	assert_refused(GOFLAGS_TIDY, "-compat= -go=1.21rc1", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),	 cmocka_unit_test(test_booleans),
		cmocka_unit_test(test_words),	 cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
