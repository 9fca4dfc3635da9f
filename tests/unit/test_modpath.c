/* Module, import and file paths: the tables of golang.org/x/mod/module's own test, and go's error texts. */

#include "unit.h"

#include "gofiles/modpath.h"

static void kinds_of_paths(void **state)
{
	static const struct {
		const char *path;
		bool module, import, file;
	} cases[] = {
		{ "x.y/z", true, true, true },
		{ "x.y", true, true, true },
		{ "", false, false, false },
		{ "x.y/\xffz", false, false, false },
		{ "/x.y/z", false, false, false },
		{ "x./z", false, false, false },
		{ ".x/z", false, true, true },
		{ "-x/z", false, false, true },
		{ "x..y/z", true, true, true },
		{ "x.y/z/../../w", false, false, false },
		{ "x.y//z", false, false, false },
		{ "x.y/z//w", false, false, false },
		{ "x.y/z/", false, false, false },
		{ "x.y/z/v0", false, true, true },
		{ "x.y/z/v1", false, true, true },
		{ "x.y/z/v2", true, true, true },
		{ "x.y/z/v2.0", false, true, true },
		{ "X.y/z", false, true, true },
		{ "!x.y/z", false, false, true },
		{ "_x.y/z", false, true, true },
		{ "x.y!/z", false, false, true },
		{ "x.y\"/z", false, false, false },
		{ "x.y#/z", false, false, true },
		{ "x.y'/z", false, false, false },
		{ "x.y*/z", false, false, false },
		{ "x.y+/z", false, true, true },
		{ "x.y,/z", false, false, true },
		{ "x.y:/z", false, false, false },
		{ "x.y@/z", false, false, true },
		{ "x.y\\/z", false, false, false },
		{ "x.y~/z", false, true, true },
		{ "x.y/z~1", false, false, true },
		{ "x.y/z~x", true, true, true },
		{ "x.y/ z", false, false, true },
		{ "x.y/z+w", false, true, true },
		{ "x.y/z\xc3\xa4", false, false, true },
		{ "x.y/z\xc2\xa0", false, false, false },
		{ "gopkg.in/yaml.v2", true, true, true },
		{ "gopkg.in/yaml", false, true, true },
		{ "gopkg.in/yaml.v2-unstable", true, true, true },
		{ "gopkg.in/yaml.v02", false, true, true },
		{ "fmt", false, true, true },
		{ "x.y/con", false, false, false },
		{ "x.y/CoM1.txt", false, false, false },
		{ "x.y/con.x", false, false, false },
		{ "x.y/com0", true, true, true },
		{ "x.y/console", true, true, true },
		{ "lpt9", false, false, false },
		{ "com10", false, true, true },
		{ "cn1", false, true, true },
		{ "x.y/con1", true, true, true },
		{ "x.y/cou", true, true, true },
		{ "x.y/x1y", true, true, true },
		{ "x.y/com9", false, false, false },
		{ "x.y/~1", false, false, true },
		{ "x.y/c~", true, true, true },
		{ "x.y/12", true, true, true },
		{ "x.y/a.", false, false, false },
		{ "x.y/...", false, false, false },
		{ "1.y/z", true, true, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(modpath_check(cases[i].path, NULL), cases[i].module);
		assert_int_equal(modpath_check_import(cases[i].path, NULL), cases[i].import);
		assert_int_equal(modpath_check_file_n(cases[i].path, strlen(cases[i].path), NULL),
				 cases[i].file);
	}
	assert_false(modpath_check_file_n("a\0b", 3, NULL));
}

static void texts(void **state)
{
	static const struct {
		const char *path, *want;
	} cases[] = {
		{ "a/b", "malformed module path \"a/b\": missing dot in first path element" },
		{ "a.b/C:", "malformed module path \"a.b/C:\": invalid char ':'" },
		{ "A.b/c",
		  "malformed module path \"A.b/c\": invalid char 'A' in first path element" },
		{ "a.b/\t", "malformed module path \"a.b/\\t\": invalid char '\\t'" },
		{ "a.b/it's", "malformed module path \"a.b/it's\": invalid char '\\''" },
		{ "a.b/\xff", "malformed module path \"a.b/\\xff\": invalid UTF-8" },
		{ "", "malformed module path \"\": empty string" },
		{ "a.b/..", "malformed module path \"a.b/..\": invalid path element \"..\"" },
		{ "a.b/.c", "malformed module path \"a.b/.c\": leading dot in path element" },
		{ "a.b/nul",
		  "malformed module path \"a.b/nul\": \"nul\" disallowed as path element component on Windows" },
		{ "a.b/c~12",
		  "malformed module path \"a.b/c~12\": trailing tilde and digits in path element" },
		{ "a.b/c/v1", "malformed module path \"a.b/c/v1\": invalid version" },
	};
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_false(modpath_check(cases[i].path, &e));
		assert_int_equal(e.code, ERR_SYNTAX);
		assert_string_equal(e.text, cases[i].want);
		err_clear(&e);
	}
	assert_false(modpath_check_import_as("tool", "a b", &e));
	assert_string_equal(e.text, "malformed tool path \"a b\": invalid char ' '");
	err_release(&e);
}

static void majors(void **state)
{
	static const struct {
		const char *path, *major, *version;
		bool ok, match;
	} cases[] = {
		{ "x.y/z", "", "v1.0.0", true, true },
		{ "x.y/z", "", "v2.0.0", true, false },
		{ "x.y/z", "", "v2.0.0+incompatible", true, true },
		{ "x.y/v", "", "v0.1.0", true, true },
		{ "x.y/z/v2", "/v2", "v2.1.0", true, true },
		{ "x.y/z/v2", "/v2", "v1.1.0", true, false },
		{ "x.y/z/v1", "", "v1.0.0", false, true },
		{ "x.y/z/v02", "", "v1.0.0", false, true },
		{ "x.y/z/v2.3", "", "v1.0.0", false, true },
		{ "gopkg.in/yaml.v2", ".v2", "v2.2.1", true, true },
		{ "gopkg.in/yaml.v0", ".v0", "v0.1.0", true, true },
		{ "gopkg.in/check.v1", ".v1", "v0.0.0-20161208181325-20d25e280405", true, true },
		{ "gopkg.in/yaml.v3-unstable", ".v3-unstable", "v3.0.0", true, true },
		{ "gopkg.in/yaml", "", "v1.0.0", false, true },
		{ "v2", "", "v1.0.0", true, true },
		{ "x.y/z", "", "v2.0.0+incompatiblx", true, false },
		{ "x.y/z", "", "x", true, false },
		{ "gopkg.in/", "", "v1.0.0", false, true },
		{ "gopkg.in/v1", "", "v1.0.0", false, true },
		{ "gopkg.in/-unstable", "", "v1.0.0", false, true },
		{ "gopkg.in/.v1", ".v1", "v0.0.0", true, false },
		{ "gopkg.in/1", "", "v1.0.0", false, true },
		{ "gopkg.in/x.v", "", "v1.0.0", false, true },
		{ "gopkg.in/x.v01", "", "v1.0.0", false, true },
		{ "gopkg.in/x.v0-unstable", "", "v1.0.0", false, true },
		{ "gopkg.in", "", "v1.0.0", true, true },
		{ "12", "", "v1.0.0", true, true },
		{ "/v1", "", "v1.0.0", false, true },
		{ "/v2", "/v2", "v2.0.0", true, true },
		{ "x/v", "", "v1.0.0", true, true },
		{ "x/v.", "", "v1.0.0", false, true },
		{ "x/v10", "/v10", "v1.0.0", true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t prefix;

		assert_int_equal(modpath_split(cases[i].path, &prefix), cases[i].ok);
		assert_string_equal(cases[i].path + prefix, cases[i].major);
		assert_int_equal(modpath_match_major_n(cases[i].version, strlen(cases[i].version),
						       cases[i].path + prefix,
						       strlen(cases[i].path + prefix)),
				 cases[i].match);
	}
}

static void versions(void **state)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_false(modpath_check_major("v2.0.0", "", &e));
	assert_string_equal(e.text, "version \"v2.0.0\" invalid: should be v0 or v1, not v2");
	err_clear(&e);
	assert_false(modpath_check_version("x.y/z/v2", "v1.0.0", &e));
	assert_string_equal(e.text, "x.y/z/v2@v1.0.0: invalid version: should be v2, not v1");
	err_clear(&e);
	assert_false(modpath_check_version("x.y/z", "master", &e));
	assert_string_equal(e.text, "x.y/z@master: invalid version: not a semantic version");
	err_release(&e);
	assert_true(modpath_check_version("x.y/z", "v1", NULL));
	assert_string_equal(modpath_canonical_version(&a, "v2+incompatible"), "");
	assert_string_equal(modpath_canonical_version(&a, "v2.0.0+incompatible"),
			    "v2.0.0+incompatible");
	assert_string_equal(modpath_canonical_version(&a, "v2.0.0+meta"), "v2.0.0");
	assert_string_equal(modpath_canonical_version(&a, "v2.0.0+incompatiblx"), "v2.0.0");
	assert_string_equal(modpath_canonical_version(&a, "v2"), "v2.0.0");
	arena_release(&a);
}

/* CheckPathMajor's words. */
static void major_texts(void **state)
{
	static const struct {
		const char *version, *major, *should;
	} cases[] = {
		{ "v2.0.0", "v2", "should be v2, not v2" },
		{ "v2.0.0", "v3", "should be v3, not v2" },
		{ "v2.1.0", ".v3-unstable", "should be v3, not v2" },
		{ "v0.0.0", ".v1", "should be v1, not v0" },
		{ "v10.0.0", "/v1", "should be v1, not v10" },
		{ "v1.0.0", "/v10", "should be v10, not v1" },
		{ "x", "/v2", "should be v2, not " },
		{ "x", "v", "should be v, not " },
		{ "x", "", "should be v0 or v1, not " },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = ERR_INIT;

		assert_false(modpath_check_major(cases[i].version, cases[i].major, NULL));
		assert_false(modpath_check_major(cases[i].version, cases[i].major, &e));
		assert_string_equal(e.text, arena_fmt(&a, "version \"%s\" invalid: %s",
						      cases[i].version, cases[i].should));
		assert_string_equal(e.text + e.reason, cases[i].should);
		err_release(&e);
	}
	assert_true(modpath_check_major("v3.0.0", ".v3-unstable", NULL));
	assert_true(modpath_check_major("v0.0.0-x", ".v1", NULL));
	arena_release(&a);
}

static void escaping(void **state)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_true(modpath_escape(&b, "github.com/GoogleCloudPlatform/omega", NULL));
	assert_string_equal(b.data, "github.com/!google!cloud!platform/omega");
	buf_clear(&b);
	assert_true(modpath_escape_version(&b, "v1.0.0-RC1", NULL));
	assert_string_equal(b.data, "v1.0.0-!r!c1");
	assert_false(modpath_escape_version(&b, "v1/../x", &e));
	assert_string_equal(e.text, "version \"v1/../x\" invalid: disallowed version string");
	assert_string_equal(b.data, "v1.0.0-!r!c1");
	err_clear(&e);
	assert_false(modpath_escape_version(&b, "v1!", &e));
	assert_string_equal(e.text, "version \"v1!\" invalid: disallowed version string");
	err_clear(&e);
	assert_false(modpath_escape_version(&b, "v1.0.0-\xc3\xa4", &e));
	assert_string_equal(e.text, "internal error: inconsistency in EscapePath");
	err_clear(&e);
	assert_false(modpath_escape(&b, "x", &e));
	assert_string_equal(e.text,
			    "malformed module path \"x\": missing dot in first path element");
	assert_string_equal(b.data, "v1.0.0-!r!c1");
	err_release(&e);
	buf_release(&b);
}

static void globs(void **state)
{
	static const struct {
		const char *globs, *target;
		bool want;
	} cases[] = {
		{ "*/quote", "rsc.io/quote", true },
		{ "*/quo", "rsc.io/quote", false },
		{ "*/quo??", "rsc.io/quote", true },
		{ "*/quo*", "rsc.io/quote", true },
		{ "*quo*", "rsc.io/quote", false },
		{ "rsc.io", "rsc.io/quote", true },
		{ "*.io", "rsc.io/quote", true },
		{ "rsc.io/", "rsc.io/quote", true },
		{ "rsc", "rsc.io/quote", false },
		{ "rsc*", "rsc.io/quote", true },
		{ "rsc.io", "rsc.io/quote/v3", true },
		{ "*/quote/v3", "rsc.io/quote/v3", true },
		{ "*/quote/*", "rsc.io/quote/v3", true },
		{ "*/v3", "rsc.io/quote/v3", false },
		{ "*/*/v3", "rsc.io/quote/v3", true },
		{ "*/*/*", "rsc.io/quote/v3", true },
		{ "*/*/*", "rsc.io/quote", false },
		{ "*/*/*,", "rsc.io/quote", false },
		{ ",,*/q*,", "rsc.io/quote", true },
		{ "[", "rsc.io/quote", false },
		{ "[q-s]sc.[!-j]o", "rsc.io/quote", true },
		{ "[^r]sc.io", "rsc.io/quote", false },
		{ "r\\sc.io", "rsc.io/quote", true },
		{ "", "rsc.io/quote", false },
		{ "rsc.[*i]o", "rsc.io/quote", true },
		{ "*[i]o", "rsc.io/quote", true },
		{ "rsc.[*]o", "rsc.io/quote", false },
		{ "*/q[", "rsc.io/quote", false },
		{ "*[", "rsc.io/quote", false },
		{ "r*o[", "rsc.io", false },
		{ "*c.[a", "rsc.io/quote", false },
		{ "rsc.i[o-", "rsc.io/quote", false },
		{ "rsc.i[o-\\", "rsc.io/quote", false },
		{ "rsc.i[\\o]", "rsc.io/quote", true },
		{ "rsc.i[\\", "rsc.io/quote", false },
		{ "rsc.i\\", "rsc.io/quote", false },
		{ "rsc.i[]o]", "rsc.io/quote", false },
		{ "[^", "rsc.io", false },
		{ "[\xff]", "rsc.io", false },
		{ "*.[^x]o", "a.io/b", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(modpath_match_globs(cases[i].globs, cases[i].target),
				 cases[i].want);
	/* many stars must not take forever */
	assert_false(modpath_match_globs(
		"a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

static void directories(void **state)
{
	(void)state;
	assert_true(modpath_is_directory(".") && modpath_is_directory("..") &&
		    modpath_is_directory("..\\x") && modpath_is_directory("Z:") &&
		    modpath_is_directory("../x") && modpath_is_directory("/x"));
	assert_true(modpath_is_directory("C:x") && modpath_is_directory(".\\x") &&
		    modpath_is_directory("\\x"));
	assert_false(modpath_is_directory("x") || modpath_is_directory("") ||
		     modpath_is_directory(".x") || modpath_is_directory("...") ||
		     modpath_is_directory("1:x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_of_paths), cmocka_unit_test(texts),
		cmocka_unit_test(majors),	  cmocka_unit_test(major_texts),
		cmocka_unit_test(versions),	  cmocka_unit_test(escaping),
		cmocka_unit_test(globs),	  cmocka_unit_test(directories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
