#include "unit.h"

#include <errno.h>
#include <unistd.h>
#include <utime.h>

#include "base/fs.h"
#include "packages/constraint.h"
#include "packages/gostd.h"
#include "packages/imports.h"
#include "packages/pkgwalk.h"

struct std_row {
	const char *path, *imports, *tests;
};

#include "../assets/gostd_table.h"

/* "path:line:column" of each import, then "!" for a syntax error, or "?" for one that only go/parser reports. */
static char *read_text(const char *data, size_t len)
{
	struct arena a = ARENA_INIT;
	struct imports_file f;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	if (!imports_read(&a, data, len, &f, &e))
		buf_addf(&b, "%s", e.text);
	for (size_t i = 0; !err_is_set(&e) && i < f.n; i++)
		buf_addf(&b, "%s:%d:%d ", f.specs[i].path, f.specs[i].line, f.specs[i].column);
	if (!err_is_set(&e) && f.strict_error)
		buf_addstr(&b, f.syntax_error ? "!" : "?");
	err_release(&e);
	arena_release(&a);
	return buf_detach(&b);
}

static void check_read(const char *data, const char *want)
{
	char *got = read_text(data, strlen(data));

	assert_string_equal(got, want);
	free(got);
}

static void test_positions(void **state)
{
	(void)state;
	check_read("package p\n", "");
	check_read("package p; import \"x\"", "x:1:19 ");
	check_read(
		"package p\n\nimport (\n\t\"a\"\n\tb \"c/d\" // e\n\t. `f`\n)\nimport _ \"g\"\nvar x\n",
		"a:4:2 c/d:5:4 f:6:4 g:8:10 ");
	check_read("\xef\xbb\xbfpackage p\nimport \"x\"\n", "x:2:8 ");
	check_read("/* a\n b */ package p /* c */ ; import\n// d\n\"x\"", "x:4:1 ");
	check_read("package p\nimport \"\\x61\\u0062\\143\"\n", "abc:2:8 ");
	check_read("package p\nimport ()\nimport();import()\nimport \"x\"\n", "x:4:8 ");
}

/* Where go's lenient reader and go/parser differ. */
static void test_damage(void **state)
{
	(void)state;
	check_read("package p\nimport \"a\" import \"b\"\n", "a:2:8 b:2:19 ?");
	check_read("package p\nimport (\"a\" \"b\")\n", "a:2:9 b:2:13 ?");
	check_read("package p\nimport \"a b\"\n", "a b:2:8 ?");
	check_read("package p\nimport \"\"\n", ":2:8 ?");
	check_read("package p\nimport \"a\"\nimport 'b'\n", "a:2:8 !");
	check_read("package p\nimport \"a\"\nimport (\n\"b\"\n", "a:2:8 b:4:1 !");
	check_read("// \xe9t\xe9\npackage p\nimport \"a\"\n", "a:3:8 ?");
	check_read("", "!");
	check_read("not go", "!");
	check_read("package p\nimport \"a\n", "!");
	check_read("package 1x\nimport \"a\"\n", "a:2:8 ?");
	check_read("package p import \"a\"\n", "a:1:18 ?");
}

static void test_nul(void **state)
{
	static const char early[] = "package p\n\0import \"a\"\n",
			  late[] = "package p\nvar x = \"\0\"\n", broken[] = "pakage p\n\0";
	char *s;

	(void)state;
	s = read_text(early, sizeof(early) - 1);
	assert_string_equal(s, "unexpected NUL in input");
	free(s);
	s = read_text(late, sizeof(late) - 1);
	assert_string_equal(s, "");
	free(s);
	/* after a syntax error go reads on to the end, and finds the NUL */
	s = read_text(broken, sizeof(broken) - 1);
	assert_string_equal(s, "unexpected NUL in input");
	free(s);
}

static char *tmp_dir;

static void put(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", tmp_dir, name);
	struct utimbuf old = { 1000000000, 1000000000 };

	assert_true(fs_write_atomic(path, text, strlen(text), 0644, false, NULL));
	assert_int_equal(utime(path, &old), 0);
	free(path);
}

static int make_tmp(void **state)
{
	char name[] = "/tmp/test_imports.XXXXXX";

	(void)state;
	tmp_dir = mkdtemp(name) ? xstrdup(name) : NULL;
	return tmp_dir ? 0 : -1;
}

static int drop_tmp(void **state)
{
	(void)state;
	fs_remove_all(tmp_dir, NULL);
	free(tmp_dir);
	return 0;
}

static char *dir_text(const char *name, enum imports_mode mode)
{
	char *path = xasprintf("%s/%s", tmp_dir, name);
	struct arena a = ARENA_INIT;
	struct imports_dir d;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	if (!imports_scan_dir(&a, path, mode, &d, &e)) {
		buf_addf(&b, "error: %s", strrchr(e.text, '/'));
	} else {
		buf_addf(&b, "%s%s:", d.is_go_dir ? "go" : "-", d.no_go ? " none" : "");
		for (size_t i = 0; i < d.n_imports; i++)
			buf_addf(&b, " %s", d.imports[i]);
		buf_addstr(&b, " /");
		for (size_t i = 0; i < d.n_tests; i++)
			buf_addf(&b, " %s", d.tests[i]);
	}
	err_release(&e);
	arena_release(&a);
	free(path);
	return buf_detach(&b);
}

static void check_dir(const char *name, enum imports_mode mode, const char *want)
{
	char *got = dir_text(name, mode);

	assert_string_equal(got, want);
	free(got);
}

static void test_directories(void **state)
{
	(void)state;
	put("p/a.go", "package p\nimport (\"fmt\"; \"C\"; \"appengine/x\"; \"b\")\n");
	put("p/a_windows.go", "package p\nimport \"w\"\n");
	put("p/a_test.go", "package p\nimport \"t\"\n");
	put("p/x_test.go", "package p_test\nimport \"b\"\n");
	put("p/ig.go", "//go:build ignore\n\npackage main\nimport \"no\"\n");
	put("p/_h.go", "package p\nimport \"no\"\n");
	put("p/readme.txt", "import");
	check_dir("p", IMPORTS_PLAIN, "go: b fmt w / b t");
	check_dir("p", IMPORTS_INDEXED, "go: b fmt w / b t");

	put("hidden/_h.go", "package p\n");
	check_dir("hidden", IMPORTS_PLAIN, "go none: /");
	check_dir("hidden", IMPORTS_INDEXED, "- none: /");
	check_dir("hidden", IMPORTS_AUTO, "- none: /"); /* its file is old enough to be indexed */
	check_dir("absent", IMPORTS_PLAIN, "- none: /");

	put("empty/a.go", "");
	check_dir("empty", IMPORTS_PLAIN, "go: /");
	put("multi/a.go", "//go:build a\n//go:build b\n\npackage p\nimport \"x\"\n");
	check_dir("multi", IMPORTS_PLAIN, "go none: /");
	check_dir("multi", IMPORTS_INDEXED, "go: /");
	put("bad/a.go", "package p\nimport \"x\"\nimport y\n");
	/* go/parser stops at the empty statement and reports nothing */
	put("stop/a.go", "package p\nimport \"a\";;import \"b\"\n");
	check_dir("stop", IMPORTS_PLAIN, "go: a b /");
	check_dir("stop", IMPORTS_INDEXED, "go: a /");
	put("stop/b.go", "package p\n;import \"c\"\n");
	check_dir("stop", IMPORTS_PLAIN, "go: a b c /");
	check_dir("stop", IMPORTS_AUTO, "go: a /");
	check_dir("bad", IMPORTS_PLAIN, "go: x /");
	check_dir("bad", IMPORTS_INDEXED, "go: /");
}

static void test_nul_in_directory(void **state)
{
	char *path = xasprintf("%s/nul/a.go", tmp_dir);

	(void)state;
	assert_true(fs_write_atomic(path, "package p\0", 10, 0644, false, NULL));
	check_dir("nul", IMPORTS_PLAIN, "error: /a.go: unexpected NUL in input");
	check_dir("nul", IMPORTS_INDEXED, "go: /");
	/* just written, so go does not index it */
	check_dir("nul", IMPORTS_AUTO, "error: /a.go: unexpected NUL in input");
	free(path);
}

/* Links to files count; links to directories and broken links do not; a FIFO is not opened. */
static void test_links(void **state)
{
	char *link = xasprintf("%s/link/l.go", tmp_dir),
	     *broken = xasprintf("%s/link/b.go", tmp_dir);
	char *dir = xasprintf("%s/link/d.go", tmp_dir), *fifo = xasprintf("%s/link/f.go", tmp_dir);

	(void)state;
	put("link/readme", "");
	put("src.go", "package p\nimport \"linked\"\n");
	assert_int_equal(symlink("../src.go", link), 0);
	assert_int_equal(symlink("../nowhere.go", broken), 0);
	assert_int_equal(symlink("..", dir), 0);
	assert_int_equal(mkfifo(fifo, 0644), 0);
	check_dir("link", IMPORTS_PLAIN, "go: linked /");
	free(link);
	free(broken);
	free(dir);
	free(fifo);
}

/* The imports come after the first block that is read; a huge file whose imports never end is refused. */
static void test_long_files(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	buf_addstr(&b, "package p\n");
	while (b.len < 200000)
		buf_addstr(&b, "// a long comment\n");
	buf_addstr(&b, "import \"x\"\n");
	put("long/a.go", b.data);
	check_dir("long", IMPORTS_PLAIN, "go: x /");
	while (b.len <= IMPORTS_MAX_FILE)
		buf_addstr(
			&b,
			"import \"x\" // and so on, and so on, and so on, and so on, and so on, and so on, and so on, and so\n");
	put("huge/a.go", b.data);
	{
		char *got = dir_text("huge", IMPORTS_PLAIN);

		assert_true(str_has_prefix(got, "error: /a.go: "));
		free(got);
	}
	buf_release(&b);
}

static void test_places(void **state)
{
	char *path = xasprintf("%s/p", tmp_dir);
	struct arena a = ARENA_INIT;
	struct imports_place *p;
	size_t n;

	(void)state;
	put("p/a.go", "package p\nimport (\n\t\"fmt\"\n)\n");
	put("p/b_test.go", "package p\nimport \"t\"\n");
	assert_true(imports_places(&a, path, NULL, &p, &n, NULL));
	assert_true(n >= 2);
	assert_string_equal(p[0].file, "a.go");
	assert_string_equal(p[0].path, "fmt");
	assert_int_equal(p[0].line, 3);
	assert_false(p[0].test);
	arena_release(&a);
	free(path);
}

static void test_walk(void **state)
{
	static const char *const ignore[] = { "./skip", "gen" };
	static const char *const want[] = { "m", "m/a", "m/a/b", "m/vendor" };
	struct arena a = ARENA_INIT;
	struct pkgwalk w = {
		.ignore = ignore, .n_ignore = 2, .stop_at_gomod = true, .stop_at_vendor = true
	};

	(void)state;
	put("w/x.go", "package m\n");
	put("w/a/b/x.go", "package b\n");
	put("w/vendor/v/x.go", "package v\n");
	put("w/testdata/x.go", "package t\n");
	put("w/_u/x.go", "package u\n");
	put("w/.d/x.go", "package d\n");
	put("w/sub/go.mod", "module sub\n");
	put("w/skip/x.go", "package skip\n");
	put("w/a/gen/x.go", "package gen\n");
	assert_true(pkgwalk(&a, path_join(&a, tmp_dir, "w"), "m", &w, NULL));
	assert_int_equal(w.n, ARRAY_LEN(want));
	for (size_t i = 0; i < w.n; i++)
		assert_string_equal(w.dirs[i].path, want[i]);
	assert_int_equal(w.n_errors, 0);
	arena_release(&a);
}

static void test_ignored(void **state)
{
	static const char *const root[] = { "./a/b" }, *const any[] = { "a/b" };

	(void)state;
	assert_true(pkgwalk_ignored(root, 1, "a/b/c"));
	assert_false(pkgwalk_ignored(root, 1, "x/a/b"));
	assert_false(pkgwalk_ignored(root, 1, "a/bc"));
	assert_true(pkgwalk_ignored(any, 1, "x/a/b"));
	assert_false(pkgwalk_ignored(any, 1, "x/a"));
	assert_false(pkgwalk_ignored(any, 1, ""));
}

/* The built-in table, because no GOROOT is given. */
static void test_standard_library(void **state)
{
	struct arena a = ARENA_INIT;
	struct gostd s;
	struct imports_dir d;
	struct constraint_env env = { "linux", "amd64", true, 26 };
	const char *const *list;
	size_t n;

	(void)state;
	gostd_init(&s, &a, NULL);
	assert_true(gostd_is_path("net/http"));
	assert_false(gostd_is_path("golang.org/x/net"));
	assert_true(gostd_has(&s, "net/http"));
	assert_true(gostd_has(&s, "cmd/go"));
	assert_false(gostd_has(&s, "net/nothing"));
	assert_false(gostd_has(&s, "vendor"));
	assert_true(gostd_scan(&s, &a, "errors", &d, NULL));
	assert_int_equal(d.n_imports, 2);
	assert_string_equal(d.imports[0], "internal/reflectlite");
	assert_string_equal(gostd_vendor(&s, &a, "net/http", "golang.org/x/net/http/httpguts"),
			    "vendor/golang.org/x/net/http/httpguts");
	assert_string_equal(gostd_vendor(&s, &a, "cmd/go", "golang.org/x/mod/semver"),
			    "cmd/vendor/golang.org/x/mod/semver");
	assert_string_equal(gostd_vendor(&s, &a, "net/http", "example.com/x"), "example.com/x");
	n = gostd_list(&s, &a, "std", &env, &list);
	assert_true(n > 300);
	assert_string_equal(list[0], "archive/tar");
	arena_release(&a);
}

static bool lists(const char *const *list, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i], path))
			return true;
	return false;
}

static void make_goroot(const char *version)
{
	static const char *const files[][2] = {
		{ "errors/e.go", "package errors\n\nimport \"unsafe\"\n" },
		{ "builtin/b.go", "package builtin\n" },
		{ "runtime/cgo/c.go", "package cgo\n" },
		{ "only/o.go", "//go:build windows\n\npackage only\n" },
		{ "vendor/golang.org/x/net/n.go", "package net\n" },
		{ "cmd/go/m.go", "package main\n" },
		{ "cmd/vendor/x.test/tool/m.go", "package main\n" },
		{ "cmd/vendor/x.test/lib/l.go", "package lib\n" },
	};
	char name[64];

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		snprintf(name, sizeof(name), "goroot/src/%s", files[i][0]);
		put(name, files[i][1]);
	}
	put("goroot/VERSION", version);
}

/* A GOROOT of another version than the table's: its files are read. What is listed follows from go help packages. */
static void test_other_goroot(void **state)
{
	struct arena a = ARENA_INIT;
	struct gostd s;
	struct imports_dir d;
	struct constraint_env env = { "linux", "amd64", false, 26 };
	const char *const *list;
	size_t n;

	(void)state;
	make_goroot("go1.2.3\n");
	gostd_init(&s, &a, path_join(&a, tmp_dir, "goroot"));
	assert_true(gostd_has(&s, "errors") && gostd_has(&s, "cmd/go"));
	assert_false(gostd_has(&s, "net/http") || gostd_has(&s, "../src/errors"));
	assert_true(gostd_scan(&s, &a, "errors", &d, NULL));
	assert_int_equal(d.n_imports, 1);
	assert_string_equal(gostd_vendor(&s, &a, "errors", "golang.org/x/net"),
			    "vendor/golang.org/x/net");
	assert_string_equal(gostd_vendor(&s, &a, "cmd", "x.test/lib"), "cmd/vendor/x.test/lib");
	assert_string_equal(gostd_vendor(&s, &a, "cmdx", "x.test/lib"), "x.test/lib");
	assert_string_equal(gostd_vendor(&s, &a, "cmd/go", "none.test/x"), "none.test/x");
	n = gostd_list(&s, &a, "std", &env, &list);
	assert_true(lists(list, n, "errors") && lists(list, n, "vendor/golang.org/x/net"));
	assert_false(lists(list, n, "builtin") || lists(list, n, "only") ||
		     lists(list, n, "cmd/go"));
	assert_false(lists(list, n, "runtime/cgo"));
	env.cgo = true;
	n = gostd_list(&s, &a, "std", &env, &list);
	assert_true(lists(list, n, "runtime/cgo"));
	n = gostd_list(&s, &a, "cmd", &env, &list);
	assert_true(lists(list, n, "cmd/go") && lists(list, n, "cmd/vendor/x.test/lib"));
	assert_false(lists(list, n, "cmd/vendor/x.test/tool") || lists(list, n, "errors"));
	n = gostd_list(&s, &a, "", &env, &list);
	assert_true(lists(list, n, "errors") && lists(list, n, "cmd/vendor/x.test/tool"));
	assert_false(lists(list, n, "builtin"));
	arena_release(&a);
}

/* The built-in table, for its own version alone. */
static void test_table(void **state)
{
	static const char *const others[] = { "", "go1", "%sx\n", "%s.1\n", "x%s\n" };
	static const char *const same[] = { "%s\n", "%s\r\n", "%s" };
	struct constraint_env env = { "linux", "amd64", true, 26 };
	const char *const *list;
	struct arena a = ARENA_INIT;
	struct imports_dir d;
	struct gostd s;
	size_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(others) + ARRAY_LEN(same); i++) {
		bool is_same = i >= ARRAY_LEN(others);
		const char *form = is_same ? same[i - ARRAY_LEN(others)] : others[i],
			   *at = strstr(form, "%s"), *text = form;

		if (at)
			text = arena_fmt(&a, "%.*s%s%s", (int)(at - form), form,
					 GOSTD_TABLE_VERSION, at + 2);
		make_goroot(text);
		gostd_init(&s, &a, path_join(&a, tmp_dir, "goroot"));
		if (gostd_has(&s, "net/http") != is_same)
			fail_msg("the table is for %s", text);
	}
	gostd_init(&s, &a, "");
	n = gostd_list(&s, &a, "cmd", &env, &list);
	assert_true(lists(list, n, "cmd/go") && !lists(list, n, "net/http"));
	assert_string_equal(gostd_vendor(&s, &a, "net/http", "golang.org/x/net"),
			    "vendor/golang.org/x/net");
	assert_string_equal(gostd_vendor(&s, &a, "net/http", "golang.org/x/ne"), "golang.org/x/ne");
	assert_string_equal(gostd_vendor(&s, &a, "net/http", "zzz.test/x"), "zzz.test/x");
	assert_true(gostd_scan(&s, &a, "no/such", &d, NULL));
	assert_false(d.is_go_dir);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_positions),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_directories),
		cmocka_unit_test(test_nul_in_directory),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_long_files),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_ignored),
		cmocka_unit_test(test_standard_library),
		cmocka_unit_test(test_other_goroot),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, make_tmp, drop_tmp);
}
