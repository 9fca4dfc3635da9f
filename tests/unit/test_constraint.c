#include "unit.h"

#include "base/buf.h"
#include "packages/constraint.h"

/* 't' if a file that begins with this line is built, 'f' if not (imports.ShouldBuild, which treats a malformed //go:build line
 * as false). */
static char value(const char *line)
{
	struct buf b = BUF_INIT;
	enum constraint_verdict v;

	buf_addf(&b, "%s\n\npackage p\n", line);
	v = constraint_file(b.data, b.len);
	buf_release(&b);
	assert_true(v == CONSTRAINT_BUILD || v == CONSTRAINT_SKIP);
	return v == CONSTRAINT_BUILD ? 't' : 'f';
}

static void test_any_tag(void **state)
{
	static const struct {
		const char *line;
		char want;
	} cases[] = {
		{ "//go:build linux", 't' },
		{ "//go:build !linux", 't' },
		{ "//go:build foo && !foo", 't' },
		{ "//go:build ignore", 'f' },
		{ "//go:build !ignore", 't' },
		{ "//go:build ignore || foo", 't' },
		{ "//go:build ignore && foo", 'f' },
		{ "//go:build !(ignore || foo)", 't' },
		{ "//go:build !(ignore && foo)", 't' },
		{ "//go:build (a)", 't' },
		{ "//go:build go1.21", 't' },
		{ "//go:build \xc3\xa9t\xc3\xa9", 't' },
		{ "//go:build a-b", 'f' },
		{ "//go:build", 'f' },
		{ "//go:build ", 'f' },
		{ "//go:build !!a", 'f' },
		{ "//go:build a b", 'f' },
		{ "//go:build a &", 'f' },
		{ "//go:build a &&", 'f' },
		{ "//go:build (a", 'f' },
		{ "//go:build a)", 'f' },
		{ "//go:buildx", 't' },
		{ "// go:build a", 't' },
		{ "//go:build a\n", 't' },
		{ "//go:build a\n\n", 't' },
		{ "// +build linux", 't' },
		{ "//+build !linux", 't' },
		{ "// +build ignore", 'f' },
		{ "// +build ignore foo", 't' },
		{ "// +build ignore,foo", 'f' },
		{ "// +build !ignore", 't' },
		{ "// +build !!foo", 'f' },
		{ "// +build !", 'f' },
		{ "// +build a-b", 'f' },
		{ "// +build !a-b", 't' },
		{ "// +build", 'f' },
		{ "// +buildx", 't' },
		{ "/* +build a */", 't' },
		{ "//go:build\xc2\xa0ignore", 'f' },
		{ "//go:build\xe2\x80\x83linux", 't' },
		{ "//go:build a || b c", 'f' },
		{ "//go:build a |", 'f' },
		{ "//go:build a | b", 'f' },
		{ "//go:build a & b", 'f' },
		{ "//go:build a && (b || c) && !d", 't' },
		{ "//go:build \ta\t&&\tb\t", 't' },
		{ "//go:build !", 'f' },
		{ "//go:build !()", 'f' },
		{ "//go:build ()", 'f' },
		{ "//go:build a.b_c", 't' },
		{ "//go:build \xff", 'f' },
		{ "// +build a,!b c", 't' },
		{ "// +build \t ignore \t", 'f' },
		{ "// +build a,,b", 'f' },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (value(cases[i].line) != cases[i].want)
			fail_msg("%s: %c, want %c", cases[i].line, value(cases[i].line),
				 cases[i].want);
}

/* go/build's matchTag and goodOSArchFile: implied systems, unix, release tags, -tags. */
static void test_platforms(void **state)
{
	static const struct constraint_env envs[] = {
		{ "linux", "amd64", true, 26, NULL },	  { "android", "arm64", false, 26, "x,y" },
		{ "illumos", "amd64", false, 21, "x y" }, { "ios", "arm64", true, 26, "" },
		{ "windows", "386", false, 9, ", z" },
	};
	static const struct {
		const char *expr, *want; /* by platform */
	} cases[] = {
		{ "linux", "tt..." },
		{ "android", ".t..." },
		{ "solaris", "..t.." },
		{ "illumos", "..t.." },
		{ "darwin", "...t." },
		{ "ios", "...t." },
		{ "windows", "....t" },
		{ "unix", "tttt." },
		{ "amd64", "t.t.." },
		{ "arm64", ".t.t." },
		{ "cgo", "t..t." },
		{ "gc", "ttttt" },
		{ "gccgo", "....." },
		{ "x", ".tt.." },
		{ "y", ".tt.." },
		{ "z", "....t" },
		{ "go1.9", "ttttt" },
		{ "go1.10", "tttt." },
		{ "go1.21", "tttt." },
		{ "go1.22", "tt.t." },
		{ "go1.27", "....." },
		{ "go1.0", "....." },
		{ "go1.01", "....." },
		{ "go1.1x", "....." },
		{ "go1.", "....." },
		{ "go1.1000", "....." },
		{ "go2", "....." },
		{ "ignore", "....." },
		{ "linux && android", ".t..." },
		{ "linux && !android", "t...." },
		{ "x && y || z", ".tt.t" },
		{ "!(linux || windows)", "..tt." },
		{ "!a-b", "....." },
	};
	static const struct {
		const char *name, *want;
	} names[] = {
		{ "a.go", "ttttt" },
		{ "linux.go", "ttttt" },
		{ "a_linux.go", "tt..." },
		{ "a_linux_test.go", "tt..." },
		{ "a_amd64.go", "t.t.." },
		{ "a_linux_amd64.go", "t...." },
		{ "a_linux_arm64_test.go", ".t..." },
		{ "a_windows_386.go", "....t" },
		{ "a_x_amd64.go", "t.t.." },
		{ "a_amd64_linux.go", "tt..." },
		{ "a_unix.go", "ttttt" },
		{ "a_solaris.go", "..t.." },
		{ "_linux.go", "tt..." },
		{ "a_test.go", "ttttt" },
		{ "a_linux", "tt..." },
		{ "a_.go", "ttttt" },
		{ "a.b_linux.go", "ttttt" },
		{ "linux_amd64.go", "t.t.." },
	};

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(envs); k++) {
		for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
			struct buf b = BUF_INIT;

			buf_addf(&b, "//go:build %s\n\npackage p\n", cases[i].expr);
			if ((constraint_file_env(b.data, b.len, &envs[k]) == CONSTRAINT_BUILD) !=
			    (cases[i].want[k] == 't'))
				fail_msg("%s on %s/%s", cases[i].expr, envs[k].goos,
					 envs[k].goarch);
			buf_release(&b);
		}
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			if (constraint_file_name(names[i].name, &envs[k]) !=
			    (names[i].want[k] == 't'))
				fail_msg("%s on %s/%s", names[i].name, envs[k].goos,
					 envs[k].goarch);
	}
}

static struct buf repeat(const char *start, const char *part, size_t n, const char *end)
{
	struct buf b = BUF_INIT;

	buf_addstr(&b, start);
	for (size_t i = 0; i < n; i++)
		buf_addstr(&b, part);
	buf_addstr(&b, end);
	return b;
}

/* go stops at 1000 operands, and at 100 operators of the old syntax; deep nesting must not overflow the stack. */
static void test_limits(void **state)
{
	static const struct {
		const char *start, *part, *end;
		size_t n;
		char want;
	} cases[] = {
		{ "//go:build a", "||a", "", 999, 't' },
		{ "//go:build a", "||a", "", 1000, 'f' },
		{ "//go:build ", "(", "a", 1000000, 'f' },
		{ "// +build ignore", ",ignore", "", 100, 'f' },
		{ "// +build ignore", ",ignore", "", 101, 't' },
		{ "// +build ignore", " ignore", "", 101, 't' },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = repeat(cases[i].start, cases[i].part, cases[i].n, cases[i].end);

		assert_int_equal(value(b.data), cases[i].want);
		buf_release(&b);
	}
}

static enum constraint_verdict verdict(const char *header)
{
	return constraint_file(header, strlen(header));
}

static void test_headers(void **state)
{
	(void)state;
	assert_int_equal(verdict("package p\n"), CONSTRAINT_BUILD);
	assert_int_equal(verdict(""), CONSTRAINT_BUILD);
	assert_int_equal(verdict("//go:build ignore\n\npackage p\n"), CONSTRAINT_SKIP);
	/* needs no blank line, unlike +build */
	assert_int_equal(verdict("//go:build ignore\npackage p\n"), CONSTRAINT_SKIP);
	assert_int_equal(verdict("// +build ignore\npackage p\n"), CONSTRAINT_BUILD);
	assert_int_equal(verdict("// +build ignore\n\npackage p\n"), CONSTRAINT_SKIP);
	assert_int_equal(verdict("/* x */\n// +build ignore\n\npackage p\n"), CONSTRAINT_BUILD);
	assert_int_equal(verdict("/* x */ /* y\n */\n//go:build ignore\npackage p\n"),
			 CONSTRAINT_SKIP);
	assert_int_equal(verdict("/*\n//go:build ignore\n*/\npackage p\n"), CONSTRAINT_BUILD);
	assert_int_equal(verdict("package p\n\n//go:build ignore\n"), CONSTRAINT_BUILD);
	/* it takes precedence over +build */
	assert_int_equal(verdict("//go:build linux\n// +build ignore\n\npackage p\n"),
			 CONSTRAINT_BUILD);
	assert_int_equal(verdict("//go:build (\n\npackage p\n"), CONSTRAINT_SKIP);
	assert_int_equal(verdict("//go:build a\n//go:build b\n\npackage p\n"), CONSTRAINT_MULTIPLE);
	assert_int_equal(verdict("\t//go:build ignore\r\n\r\npackage p\r\n"), CONSTRAINT_SKIP);
	/* if there are several +build lines, all must hold */
	assert_int_equal(verdict("// +build a\n// +build ignore\n\npackage p\n"), CONSTRAINT_SKIP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_tag),
		cmocka_unit_test(test_platforms),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
