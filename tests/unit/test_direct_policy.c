#include "unit.h"

#include "fetch/direct_policy.h"
#include "gofiles/goenv.h"

/* The error's text; "" if it is allowed. */
static char *check(const char *govcs, const char *vcs, const char *root)
{
	char *var = xasprintf("GOVCS=%s", govcs), *text;
	const char *vars[] = { var, "GOPRIVATE=is-private.com", "GOENV=off", NULL };
	struct goenv *env = goenv_new(&(struct goenv_options){ .environ = vars }, NULL);
	struct err e = ERR_INIT;
	bool ok = direct_policy_check(env, vcs, root, &e);

	if (!ok)
		assert_int_equal(e.code, ERR_REFUSED);
	text = xstrdup(ok ? "" : e.text);
	err_release(&e);
	goenv_free(env);
	free(var);
	return text;
}

/* govcsTests of cmd/go/internal/vcs, where a rule of theirs decides; and go's own rules. */
static void test_rules(void **state)
{
	static const struct {
		const char *govcs, *root, *vcs;
		bool ok;
	} rows[] = {
		{ "private:all", "is-private.com/foo", "zzz", true },
		{ "private:all", "is-public.com/foo", "zzz", false },
		{ "public:all", "is-public.com/foo", "zzz", true },
		{ "public:all,private:none", "is-private.com/foo", "zzz", false },
		{ "*:all", "is-public.com/foo", "zzz", true },
		{ "golang.org:git", "golang.org/x/text", "zzz", false },
		{ "golang.org:git", "golang.org/x/text", "git", true },
		{ "golang.org:git|hg", "golang.org/x/text", "hg", true },
		{ "golang.org:git|hg", "golang.org/x/text", "zzz", false },
		{ "other.xyz/p:none,golang.org/x:git", "other.xyz/p/x", "git", false },
		{ "other.xyz/p:none,golang.org/x:all", "golang.org/x/text", "zzz", true },
		{ " golang.org : git | hg ", "golang.org/x/text", "hg", true },
		{ "", "example.com/x", "git", true },
		{ "", "example.com/x", "hg", true },
		{ "", "example.com/x", "svn", false },
		{ "", "is-private.com/x", "svn", true },
		{ "*:none", "example.com/x", "mod", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *have = check(rows[i].govcs, rows[i].vcs, rows[i].root);

		if (rows[i].ok != !*have)
			fail_msg("%s: %s with %s: %s", rows[i].govcs, rows[i].root, rows[i].vcs,
				 have);
		free(have);
	}
}

/* The words of testdata/script/govcs.txt, and govcsErrors. */
static void test_words(void **state)
{
	static const struct {
		const char *govcs, *want;
	} rows[] = {
		{ "*:none", "GOVCS disallows using git for public a.com/x; see 'go help vcs'" },
		{ ",", "empty entry in GOVCS" },
		{ ",x", "empty entry in GOVCS" },
		{ "x,", "malformed entry in GOVCS (missing colon): \"x\"" },
		{ "x:y,", "empty entry in GOVCS" },
		{ "x:", "empty VCS list in GOVCS: \"x:\"" },
		{ "x:|", "empty VCS name in GOVCS: \"x:|\"" },
		{ "x:y|", "empty VCS name in GOVCS: \"x:y|\"" },
		{ "x:y,z:w||v", "empty VCS name in GOVCS: \"z:w||v\"" },
		{ ":git", "empty pattern in GOVCS: \":git\"" },
		{ " : git", "empty pattern in GOVCS: \": git\"" },
		{ "./x:git", "relative pattern not allowed in GOVCS: \"./x\"" },
		{ "../x:git", "relative pattern not allowed in GOVCS: \"../x\"" },
		{ ".:git", "relative pattern not allowed in GOVCS: \".\"" },
		{ "..:git", "relative pattern not allowed in GOVCS: \"..\"" },
		{ ".x:git", "" },
		{ "x:y,x:z", "unreachable pattern in GOVCS: \"x:z\" after \"x:y\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *have = check(rows[i].govcs, "git", "a.com/x");

		assert_string_equal(have, rows[i].want);
		free(have);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
