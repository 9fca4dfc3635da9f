/* Names and versions in every odd spelling: what golang.org/x/mod (module, semver), internal/gover and cmd/go/internal/gover of go 1.26 say. */

#include "unit.h"

#include "base/arena.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "gofiles/semver.h"

/* CheckPath, CheckImportPath, CheckFilePath; SplitPathVersion: whether it can, and the length of the prefix. */
static void paths(void **state)
{
	static const struct {
		const char *path, *ok;
		bool splits;
		size_t prefix;
	} cases[] = {
		{ "x.y/z", "ttt", true, 5 },
		{ "-x.y/z", "fft", true, 6 },
		{ "x-.y/z", "ttt", true, 6 },
		{ "/x.y", "fff", true, 4 },
		{ "x.y/", "fff", true, 4 },
		{ "x.y//z", "fff", true, 6 },
		{ "x.y/./z", "fff", true, 7 },
		{ "x.y/../z", "fff", true, 8 },
		{ "x.y/.z", "ftt", true, 6 },
		{ "x.y/z.", "fff", true, 6 },
		{ "x.y/z..", "fff", true, 7 },
		{ "x.y/CON", "fff", true, 7 },
		{ "x.y/con.go", "fff", true, 10 },
		{ "x.y/aux/z", "fff", true, 9 },
		{ "x.y/com1", "fff", true, 8 },
		{ "x.y/com0", "ttt", true, 8 },
		{ "x.y/lpt9.x", "fff", true, 10 },
		{ "x.y/z~1", "fft", true, 7 },
		{ "x.y/z~1.go", "fft", true, 10 },
		{ "x.y/z~a", "ttt", true, 7 },
		{ "x.y/~1", "fft", true, 6 },
		{ "X.y/z", "ftt", true, 5 },
		{ "x_.y/z", "ftt", true, 6 },
		{ "x/y", "ftt", true, 3 },
		{ "x.y", "ttt", true, 3 },
		{ "", "fff", true, 0 },
		{ ".", "fff", true, 1 },
		{ "..", "fff", true, 2 },
		{ "x", "ftt", true, 1 },
		{ "-", "fft", true, 1 },
		{ "x.y/z+w", "ftt", true, 7 },
		{ "x.y/z w", "fft", true, 7 },
		{ "x.y/z!w", "fft", true, 7 },
		{ "x.y/\xc3\xa9", "fft", true, 6 },
		{ "x.y/\xff", "fff", true, 5 },
		{ "x.y/z\\w", "fff", true, 7 },
		{ "x.y/z:w", "fff", true, 7 },
		{ "x.y/z*", "fff", true, 6 },
		{ "x.y/z?", "fff", true, 6 },
		{ "x.y/z\"", "fff", true, 6 },
		{ "x.y/z<", "fff", true, 6 },
		{ "x.y/z|", "fff", true, 6 },
		{ "x.y/z`", "fff", true, 6 },
		{ "x.y/z'", "fff", true, 6 },
		{ "x.y/z;", "fff", true, 6 },
		{ "x.y/z&w", "fft", true, 7 },
		{ "x.y/z=w", "fft", true, 7 },
		{ "x.y/z@v1", "fft", true, 8 },
		{ "x.y/#z", "fft", true, 6 },
		{ "x.y/$z", "fft", true, 6 },
		{ "x.y/%z", "fft", true, 6 },
		{ "x.y/(z)", "fft", true, 7 },
		{ "x.y/[z]", "fft", true, 7 },
		{ "x.y/{z}", "fft", true, 7 },
		{ "x.y/z,w", "fft", true, 7 },
		{ "x.y/z^", "fft", true, 6 },
		{ "x.y/z/v1", "ftt", false, 8 },
		{ "x.y/z/v2", "ttt", true, 5 },
		{ "x.y/z/v0", "ftt", false, 8 },
		{ "x.y/z/v", "ttt", true, 7 },
		{ "x.y/z/v2x", "ttt", true, 9 },
		{ "x.y/z/v2.1", "ftt", false, 10 },
		{ "x.y/z/v10", "ttt", true, 5 },
		{ "gopkg.in/z", "ftt", false, 10 },
		{ "gopkg.in/z.v1", "ttt", true, 10 },
		{ "gopkg.in/z.v0", "ttt", true, 10 },
		{ "gopkg.in/z.v01", "ftt", false, 14 },
		{ "gopkg.in/z.v", "ftt", false, 12 },
		{ "gopkg.in/z.v1-unstable", "ttt", true, 10 },
		{ "gopkg.in/z-unstable", "ftt", false, 19 },
		{ "gopkg.in/.v1", "ftt", true, 9 },
		{ "gopkg.in/a/b.v2", "ttt", true, 12 },
		{ "gopkg.in/", "fff", false, 9 },
		{ "gopkg.inx/z", "ttt", true, 11 },
		{ "1.2/3", "ttt", true, 5 },
		{ "v1", "ftt", true, 2 },
		{ "v2/v3", "ftt", true, 2 },
		{ ".x.y/z", "ftt", true, 6 },
		{ "x..y/z", "ttt", true, 6 },
		{ "x.y/~", "ttt", true, 5 },
		{ "x.y/nul.x.y", "fff", true, 11 },
		{ "x.y/...", "fff", true, 7 },
		{ "x.y/a...b", "ttt", true, 9 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *p = cases[i].path, *ok = cases[i].ok;
		size_t prefix = 0;

		if (modpath_check(p, NULL) != (ok[0] == 't') ||
		    modpath_check_import(p, NULL) != (ok[1] == 't') ||
		    modpath_check_file_n(p, strlen(p), NULL) != (ok[2] == 't') ||
		    modpath_split(p, &prefix) != cases[i].splits ||
		    (cases[i].splits && prefix != cases[i].prefix))
			fail_msg("%s", p);
	}
}

/* MatchPathMajor. */
static void majors(void **state)
{
	static const char *const suffixes[] = { "",    "/v2", "/v3",	      "/v10",	     ".v1",
						".v2", ".v0", ".v2-unstable", ".v1-unstable" };
	static const struct {
		const char *v, *ok;
	} cases[] = {
		{ "v1.0.0", "tffftffft" },
		{ "v0.0.0", "tffffftff" },
		{ "v2.0.0", "ftffftftf" },
		{ "v2.0.0+incompatible", "ttffftftf" },
		{ "v1.0.0+incompatible", "tffftffft" },
		{ "v2.0.0+meta", "ftffftftf" },
		{ "v2.1", "ftffftftf" },
		{ "v3", "fftffffff" },
		{ "x", "fffffffff" },
		{ "", "fffffffff" },
		{ "v0.0.0-20200101000000-abcdefabcdef", "tffftftft" },
		{ "v10.0.0", "ffftfffff" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t k = 0; k < ARRAY_LEN(suffixes); k++)
			if (modpath_match_major_n(cases[i].v, strlen(cases[i].v), suffixes[k],
						  strlen(suffixes[k])) != (cases[i].ok[k] == 't'))
				fail_msg("%s %s", cases[i].v, suffixes[k]);
}

/* MatchPrefixPatterns. */
static void globs(void **state)
{
	static const char *const targets[] = { "x.y/z", "x.y", "\xc3\xa9.y/w", "x.]" };
	static const struct {
		const char *globs, *ok;
	} cases[] = {
		{ "x.y/z", "tfff" },	  { "x.y", "ttff" },
		{ "*", "tttt" },	  { "*/z", "tfff" },
		{ "x.[y", "ffff" },	  { "x.[a-z]", "ttff" },
		{ "x.[^a-z]", "ffft" },	  { "x.[a-]", "ffff" },
		{ "x.[-a]", "ffff" },	  { "x.[\\]]", "ffft" },
		{ "x.[\\", "ffff" },	  { "x.\\y", "ttff" },
		{ "x.y\\", "ffff" },	  { "x.[]", "ffff" },
		{ "x.[]a]", "ffff" },	  { "x.?", "ttft" },
		{ "??y", "tttf" },	  { "x.y/*/w", "ffff" },
		{ "[x-x].y", "ttff" },	  { "[^x].y", "fftf" },
		{ "[z-a].y", "ffff" },	  { "x.y/[", "ffff" },
		{ "x.y,/a", "ttff" },	  { "x.y//z", "ffff" },
		{ "\xc3\xa9.y", "fftf" }, { "[\xc3\xa9-\xc3\xbc].y", "fftf" },
		{ "[\xff].y", "ffff" },	  { "x*y/z", "tfff" },
		{ "*.y,[", "tttf" },	  { "a*,*y", "tttf" },
		{ "x.[\\y]", "ttff" },	  { "x.[a\\-z]", "ffff" },
		{ "*y*", "tttf" },	  { "**/z", "tfff" },
		{ "x.y*z", "ffff" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t k = 0; k < ARRAY_LEN(targets); k++)
			if (modpath_match_globs(cases[i].globs, targets[k]) !=
			    (cases[i].ok[k] == 't'))
				fail_msg("%s %s", cases[i].globs, targets[k]);
}

/* Lang, IsValid, IsLang, Prev. */
static void go_versions(void **state)
{
	static const struct {
		const char *v, *lang;
		bool valid, is_lang;
		const char *prev;
	} cases[] = {
		{ "1", "1", true, false, "1" },
		{ "1.0", "1", true, false, "1" },
		{ "1.2", "1.2", true, false, "1.1" },
		{ "1.21", "1.21", true, true, "1.20" },
		{ "1.21.0", "1.21", true, false, "1.20" },
		{ "1.21.3", "1.21", true, false, "1.20" },
		{ "1.21rc1", "1.21", true, false, "1.20" },
		{ "1.21rc", "1.21", true, false, "1.20" },
		{ "1.21.0rc1", "", false, false, "" },
		{ "1.21rc01", "", false, false, "" },
		{ "1.21.03", "", false, false, "" },
		{ "1.02", "", false, false, "" },
		{ "1.", "", false, false, "" },
		{ "1..2", "", false, false, "" },
		{ "1.2.", "", false, false, "" },
		{ "1.2.3.4", "", false, false, "" },
		{ "1.2x", "1.2", true, false, "1.1" },
		{ "1.2X1", "", false, false, "" },
		{ "1.2rc1x", "", false, false, "" },
		{ "1.2rc1.2", "", false, false, "" },
		{ "2", "2.0", true, false, "2" },
		{ "2.1", "2.1", true, false, "2" },
		{ "10.20.30", "10.20", true, false, "10.19" },
		{ "", "", false, false, "" },
		{ "x", "", false, false, "" },
		{ "1x", "", false, false, "" },
		{ "1-2", "", false, false, "" },
		{ "1.2-3", "", false, false, "" },
		{ "1.10", "1.10", true, false, "1.9" },
		{ "1.100", "1.100", true, true, "1.99" },
		{ "1.1000", "1.1000", true, true, "1.999" },
		{ "1.20", "1.20", true, false, "1.19" },
		{ "1.30", "1.30", true, true, "1.29" },
		{ "1.200", "1.200", true, true, "1.199" },
		{ "1.21beta2", "1.21", true, false, "1.20" },
		{ "01", "", false, false, "" },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (!str_eq(gover_mod_major_minor(&a, "go", cases[i].v), cases[i].lang) ||
		    gover_valid(cases[i].v) != cases[i].valid ||
		    gover_is_lang(cases[i].v) != cases[i].is_lang ||
		    !str_eq(gover_prev(&a, cases[i].v), cases[i].prev))
			fail_msg("%s", cases[i].v);
	arena_release(&a);
}

static bool part_is(struct semver_part p, const char *want)
{
	return p.len == strlen(want) && memcmp(p.s, want, p.len) == 0;
}

/* Canonical, Prerelease, Build, and Compare with each of them. */
static void versions(void **state)
{
	static const struct {
		const char *v, *canonical, *prerelease, *build, *order;
	} cases[] = {
		{ "v1", "v1.0.0", "", "", "===>>>>>>>>>>>>==>>>>>>>>>>>>>>><<>>" },
		{ "v1.0", "v1.0.0", "", "", "===>>>>>>>>>>>>==>>>>>>>>>>>>>>><<>>" },
		{ "v1.0.0", "v1.0.0", "", "", "===>>>>>>>>>>>>==>>>>>>>>>>>>>>><<>>" },
		{ "v1.0.0-a", "v1.0.0-a", "-a", "", "<<<=<<>>>><>>>><<=>>>>>>>>>>>>>><<><" },
		{ "v1.0.0-a.1", "v1.0.0-a.1", "-a.1", "", "<<<>=<>>>><>>>><<>>>>>>>>>>>>>>><<><" },
		{ "v1.0.0-a.b", "v1.0.0-a.b", "-a.b", "", "<<<>>=>>>><>>>><<>>>>>>>>>>>>>>><<>>" },
		{ "v1.0.0-1", "v1.0.0-1", "-1", "", "<<<<<<=><<<<>>><<<>>>>>>>>>>><>><<<<" },
		{ "v1.0.0-01", "", "", "", "<<<<<<<=<<<<===<<<===========<==<<<<" },
		{ "v1.0.0-10", "v1.0.0-10", "-10", "", "<<<<<<>>=><<>>><<<>>>>>>>>>>><>><<<<" },
		{ "v1.0.0-2", "v1.0.0-2", "-2", "", "<<<<<<>><=<<>>><<<>>>>>>>>>>><>><<<<" },
		{ "v1.0.0-a-", "v1.0.0-a-", "-a-", "", "<<<>>>>>>>=>>>><<>>>>>>>>>>>>>>><<>>" },
		{ "v1.0.0--", "v1.0.0--", "--", "", "<<<<<<>>>><=>>><<<>>>>>>>>>>><>><<><" },
		{ "v1.0.0-a..b", "", "", "", "<<<<<<<=<<<<===<<<===========<==<<<<" },
		{ "v1.0.0-", "", "", "", "<<<<<<<=<<<<===<<<===========<==<<<<" },
		{ "v1.0.0+", "", "", "", "<<<<<<<=<<<<===<<<===========<==<<<<" },
		{ "v1.0.0+a", "v1.0.0", "", "+a", "===>>>>>>>>>>>>==>>>>>>>>>>>>>>><<>>" },
		{ "v1.0.0+a.b", "v1.0.0", "", "+a.b", "===>>>>>>>>>>>>==>>>>>>>>>>>>>>><<>>" },
		{ "v1.0.0-a+b", "v1.0.0-a", "-a", "+b", "<<<=<<>>>><>>>><<=>>>>>>>>>>>>>><<><" },
		{ "v01.0.0", "", "", "", "<<<<<<<=<<<<===<<<===========<==<<<<" },
		{ "v1.00.0", "", "", "", "<<<<<<<=<<<<===<<<===========<==<<<<" },
		{ "v1.0.0.0", "", "", "", "<<<<<<<=<<<<===<<<===========<==<<<<" },
		{ "v1.2-a", "", "", "", "<<<<<<<=<<<<===<<<===========<==<<<<" },
		{ "v1+a", "", "", "", "<<<<<<<=<<<<===<<<===========<==<<<<" },
		{ "1.0.0", "", "", "", "<<<<<<<=<<<<===<<<===========<==<<<<" },
		{ "v", "", "", "", "<<<<<<<=<<<<===<<<===========<==<<<<" },
		{ "", "", "", "", "<<<<<<<=<<<<===<<<===========<==<<<<" },
		{ "vx", "", "", "", "<<<<<<<=<<<<===<<<===========<==<<<<" },
		{ "v1.x", "", "", "", "<<<<<<<=<<<<===<<<===========<==<<<<" },
		{ "v1.0.x", "", "", "", "<<<<<<<=<<<<===<<<===========<==<<<<" },
		{ "v1.0.0-A", "v1.0.0-A", "-A", "", "<<<<<<>>>><>>>><<<>>>>>>>>>>>=>><<><" },
		{ "v1.0.0-\xc3\xa9", "", "", "", "<<<<<<<=<<<<===<<<===========<==<<<<" },
		{ "v1.0.0-a_b", "", "", "", "<<<<<<<=<<<<===<<<===========<==<<<<" },
		{ "v1.0.99999999999999999999", "v1.0.99999999999999999999", "", "",
		  ">>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>=<>>" },
		{ "v1.0.100000000000000000000", "v1.0.100000000000000000000", "", "",
		  ">>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>=>>" },
		{ "v1.0.0-99999999999999999999", "v1.0.0-99999999999999999999",
		  "-99999999999999999999", "", "<<<<<<>>>><<>>><<<>>>>>>>>>>><>><<=<" },
		{ "v1.0.0-a.99999999999999999999", "v1.0.0-a.99999999999999999999",
		  "-a.99999999999999999999", "", "<<<>><>>>><>>>><<>>>>>>>>>>>>>>><<>=" },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *v = cases[i].v;

		if (!str_eq(semver_canonical(&a, v), cases[i].canonical) ||
		    !part_is(semver_prerelease(v), cases[i].prerelease) ||
		    !part_is(semver_build(v), cases[i].build) ||
		    semver_valid(v) != (*cases[i].canonical != 0))
			fail_msg("%s", v);
		for (size_t k = 0; k < ARRAY_LEN(cases); k++)
			if (semver_compare(v, cases[k].v) != (cases[i].order[k] == '<'	 ? -1
							      : cases[i].order[k] == '>' ? 1
											 : 0))
				fail_msg("%s %s", v, cases[k].v);
	}
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths),       cmocka_unit_test(majors),   cmocka_unit_test(globs),
		cmocka_unit_test(go_versions), cmocka_unit_test(versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
