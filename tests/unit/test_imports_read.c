/* Import clauses, well-formed and not: what cmd/go/internal/imports.ReadImports finds, and whether it or go/parser objects. */

#include "unit.h"

#include "base/buf.h"
#include "packages/imports_impl.h"

/* The paths, each with a "|", then "!" for a syntax error of ReadImports, "?" for one of go/parser or isValidImport of go/build. Printed by them. */
static const struct {
	const char *text, *want;
} cases[] = {
	{ "package p\nimport \"a\\x\"\n", "?" },
	{ "package p\nimport \"a\\q\"\n", "?" },
	{ "package p\nimport \"\\x4\"\n", "?" },
	{ "package p\nimport \"\\xg1\"\n", "?" },
	{ "package p\nimport \"\\u12\"\n", "?" },
	{ "package p\nimport \"\\ud800\"\n", "?" },
	{ "package p\nimport \"\\U00110000\"\n", "?" },
	{ "package p\nimport \"\\U0000004a\"\n", "J|" },
	{ "package p\nimport \"\\400\"\n", "?" },
	{ "package p\nimport \"\\18\"\n", "?" },
	{ "package p\nimport \"\\1\"\n", "?" },
	{ "package p\nimport \"a\\nb\"\n", "a\nb|?" },
	{ "package p\nimport \"\\\\\"\n", "\\|?" },
	{ "package p\nimport \"\\\"\"\n", "\"|?" },
	{ "package p\nimport `a\nb`\n", "a\nb|?" },
	{ "package p\nimport `a\rb`\n", "ab|" },
	{ "package p\nimport `a\\b`\n", "a\\b|?" },
	{ "package p\nimport `a\n", "!" },
	{ "package p\nimport \"a\\\n\"\n", "?" },
	{ "package p\nimport \"a\\", "!" },
	{ "package p\nimport x\n", "!" },
	{ "package p\nimport x \"a\"\n", "a|" },
	{ "package p\nimport .x \"a\"\n", "!" },
	{ "package p\nimport . \"a\" // c\n", "a|" },
	{ "package p\nimport _\"a\"\n", "a|" },
	{ "package p\nimport (x \"a\"; . \"b\"; _ `c`)\n", "a|b|c|" },
	{ "package p\nimport (\"a\",\"b\")\n", "a|!" },
	{ "package p\nimport (\"a\"", "a|!" },
	{ "package p\nimport (", "!" },
	{ "package p\nimport", "!" },
	{ "package p\nimportx \"a\"\n", "!" },
	{ "package p\nimport\"a\"\n", "a|" },
	{ "package", "!" },
	{ "package ", "!" },
	{ "package p", "" },
	{ "packagep\n", "!" },
	{ "package p/", "!" },
	{ "package p\n/", "!" },
	{ "package p\n/* open", "!" },
	{ "package p\n/* a */ import \"a\"\n", "a|" },
	{ "package p\n// a\nimport \"a\" // b\nimport \"c\"", "a|c|" },
	{ "// open", "!" },
	{ "/**/package p\n", "" },
	{ "package p\nimport \"a\"\n\x01", "a|" },
	{ "package p\n\xffimport \"a\"\n", "" },
	{ "package p\nimport \"\xff\"\n", "\xef\xbf\xbd|?" },
	{ "package p\nimport \"\xc3\xa9\"\n", "\xc3\xa9|" },
	{ "package \xc3\xa9\nimport \"a\"\n", "a|" },
	{ "package p\nimport \xc3\xa9 \"a\"\n", "a|" },
	{ "\xef\xbb\xbf\xef\xbb\xbfpackage p\n", "!" },
	{ "package p\n\xef\xbb\xbfimport \"a\"\n", "" },
	{ "\xef\xbbpackage p\n", "!" },
	{ "package p;;import \"a\";;import \"b\"\n", "a|b|" },
	{ "package p\x0cimport \"a\"\n", "a|?" },
	{ "package p\r\nimport \"a\"\r\n", "a|" },
	{ "package func\nimport \"a\"\n", "a|?" },
	{ "package p\nimport func \"a\"\n", "a|?" },
	{ "package p\nimport (\n\"a\"\n/* x */\n)\nfunc f()\n", "a|" },
	{ "package p\nimport \"a!b\"\n", "a!b|?" },
	{ "package p\nimport \"a{b}\"\n", "a{b}|?" },
	{ "package p\nimport \"a\\u00a0b\"\n", "a\xc2\xa0"
					       "b|?" },
	{ "package p\nimport \"a\\ufffdb\"\n", "a\xef\xbf\xbd"
					       "b|?" },
	{ "package p\nimport \"a/./b\"\n", "a/./b|" },
	{ "package p\nimport \"/a\"\n", "/a|" },
	{ "package main\nimport \"C\"\n", "C|" },
	{ "package p\nimport 1\n", "!" },
	{ "package p\nimport .5 \"a\"\n", "!" },
	{ "package p\nimport . 5\n", "!" },
	{ "package p\nimport () \"a\"\n", "" },
	{ "package p\nimport (\"a\") import \"b\"\n", "a|b|?" },
	{ "package p\nimport ((\"a\"))\n", "!" },
	{ "package p\nimport \"a\"; var x\n", "a|" },
	{ "package p; func f() {}\nimport \"b\"\n", "" },
	{ "package p // import \"x\"\nimport \"a\"\n", "a|" },
	{ "#!/x\npackage p\n", "!" },
	{ "package _\n", "" },
	{ "package p p\n", "" },
	{ "package p\n;\nimport \"a\"\n", "a|" },
	{ "package p\nimport \"a\" \"b\"\n", "a|" },
};

static void result(struct buf *b, const char *text, size_t len)
{
	char *exact = len ? memcpy(xmalloc(len), text, len) : xmalloc(1);
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct imports_file f;

	if (imports_read(&a, exact, len, &f, &e)) {
		for (size_t i = 0; i < f.n; i++)
			buf_addf(b, "%s|", f.specs[i].path);
		buf_addstr(b, !f.strict_error ? "" : f.syntax_error ? "!" : "?");
		assert_true(f.header_len <= len);
	} else {
		buf_addstr(b, e.text);
	}
	err_release(&e);
	arena_release(&a);
	free(exact);
}

static void as_go(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = BUF_INIT;

		result(&b, cases[i].text, strlen(cases[i].text));
		if (!str_eq(b.data ? b.data : "", cases[i].want))
			fail_msg("%s: %s, want %s", cases[i].text, b.data, cases[i].want);
		buf_release(&b);
	}
}

/* What go/parser says of whole headers (ImportsOnly): how many imports, or -1 for an error. Paths are not judged here. */
static const struct {
	const char *text;
	int n;
} headers[] = {
	{ "", -1 },
	{ "package p", 0 },
	{ "package p;", 0 },
	{ "package p;;", 0 },
	{ "package p\n\357\273\277import \"x\"", -1 },
	{ "package", -1 },
	{ "package \"p\"", -1 },
	{ "pack p", -1 },
	{ "package _", 0 },
	{ "package p import \"x\"", -1 },
	{ "// c", -1 },
	{ "/* c */package p", 0 },
	{ "/* c", -1 },
	{ "package p /* c", -1 },
	{ "package p //", 0 },
	{ "package p /*\n*/import \"x\"", 1 },
	{ "package /*\n*/ p", 0 },
	{ "package p\nimport \"x\" /* a */ /* b\n*/ import \"y\"", 2 },
	{ "package p\nimport \"x", -1 },
	{ "package p\nimport \"x\\", -1 },
	{ "package p\nimport \"x\\\"", -1 },
	{ "package p\nimport \"x\n\"", -1 },
	{ "package p\nimport `x", -1 },
	{ "package p\nimport `x`", 1 },
	{ "package p\nimport `x\\`", 1 },
	{ "package p\nimport \"\\q\"", -1 },
	{ "package p\nimport \"\\x61\"", 1 },
	{ "package p\nimport 'x'", -1 },
	{ "package p\nimport .5 \"x\"", -1 },
	{ "package p\nimport . \"x\"", 1 },
	{ "package p\nimport .", -1 },
	{ "package p\nimport _ \"x\"", 1 },
	{ "package p\nimport a \"x\"", 1 },
	{ "package p\nimport a.b \"x\"", -1 },
	{ "package p\nimport \"x\" \"y\"", -1 },
	{ "package p\nimport \"x\"; import \"y\"", 2 },
	{ "package p\nimport ()", 0 },
	{ "package p\nimport (", -1 },
	{ "package p\nimport (\"x\")", 1 },
	{ "package p\nimport (\"x\"; \"y\")", 2 },
	{ "package p\nimport (\"x\" \"y\")", -1 },
	{ "package p\nimport (\n\"x\"\n", -1 },
	{ "package p\nimport (;)", -1 },
	{ "package p\nimport (\"x\";;)", -1 },
	{ "package p\nimport ) \"x\"", -1 },
	{ "package p\nimport", -1 },
	{ "package p\nimport (\"x\") import \"y\"", -1 },
	{ "package p\nimport\n\"x\"", 1 },
	{ "package p\nimport /", -1 },
	{ "package p\nimport /x", -1 },
	{ "package p\nimport \"x\"/", -1 },
	{ "package p\n\377", -1 },
	{ "package p // \377", -1 },
	{ "package p\nvar x = 1", 0 },
	{ "package p\nimport \"x\"\nfunc", 1 },
	{ "package \303\251", 0 },
	{ "package p\nimport \303\251 \"x\"", 1 },
	{ "package p\nimport \302\247 \"x\"", -1 },
	{ "package func", -1 },
	{ "package p\nimport func \"x\"", -1 },
	{ "package p1\015\nimport \"x\"\015\n", 1 },
	{ "package 1p", -1 },
	{ "package p\nimport (\"x\"\n/* c */ )", 1 },
	{ "package p\nimport (\"x\" // c\n)", 1 },
	{ "package p /", -1 },
	{ "/", -1 },
	{ "/*/package p", -1 },
	{ "package p\nimport \"\"", 1 },
	{ "package p\nimport (a\n\"x\")", -1 },
	{ "package p\nimport return \"x\"", -1 },
	{ "package p /* \357\273\277 */", -1 },
};

static void as_go_parser(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
		size_t len = strlen(headers[i].text), n = 0;
		char *exact = len ? memcpy(xmalloc(len), headers[i].text, len) : xmalloc(1);
		bool ok = imports_strict_accepts(exact, len, &n);

		if (ok != (headers[i].n >= 0) || (ok && n != (size_t)headers[i].n))
			fail_msg("%s: %d, %zu imports, want %d", headers[i].text, ok, n,
				 headers[i].n);
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_go),
		cmocka_unit_test(as_go_parser),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
