/*
 * `whatif --get` on a small universe: each row has what go1.26's `go get` of the same arguments does to the build list, or the first line of its
 * error.
 */
#include "cmdfix.h"

#include <jansson.h>

static const char *top;

/* A module of the universe. */
static const struct module {
	const char *path, *version;
	const char *mod;     /* of its go.mod after the module and go lines */
	const char *imports; /* by its root package; "" */
	const char *sub;     /* a package below; NULL */
} modules[] = {
	{ "u.test/a", "v1.0.0", "require u.test/b v1.0.0\n", "u.test/b", "p" },
	{ "u.test/a", "v1.1.0", "require u.test/b v1.1.0\n", "u.test/b", "p" },
	{ "u.test/a", "v1.1.1-rc.1", "require u.test/b v1.1.0\n", "u.test/b", "p" },
	{ "u.test/a", "v1.2.0", "require (\n\tu.test/b v1.2.0\n\tu.test/c v1.0.0\n)\n", "u.test/c",
	  "p" },
	{ "u.test/a/nested", "v0.1.0", "", "", NULL },
	{ "u.test/b", "v1.0.0", "", "", NULL },
	{ "u.test/b", "v1.0.1", "", "", NULL },
	{ "u.test/b", "v1.1.0", "require u.test/c v1.0.0\n", "u.test/c", NULL },
	{ "u.test/b", "v1.2.0", "require u.test/c v1.0.0\n", "u.test/c", NULL },
	{ "u.test/b", "v1.3.0-beta.1", "", "", NULL },
	{ "u.test/c", "v1.0.0", "", "", "p" },
	{ "u.test/c", "v1.0.1", "", "", "p" },
	{ "u.test/c/v2", "v2.0.0", "", "", "p" },
	{ "u.test/d", "v0.1.0", "require u.test/a v1.1.0\n", "u.test/a", NULL },
	{ "u.test/d", "v0.2.0", "require u.test/a v1.2.0\n", "u.test/a", NULL },
	{ "u.test/d", "v0.2.1", "require u.test/a v1.2.0\n\nretract v0.2.1 // broken\n", "u.test/a",
	  NULL },
	{ "u.test/e", "v1.0.0", "require (\n\tu.test/d v0.2.0\n\tu.test/b v1.1.0\n)\n", "u.test/d",
	  "p" },
	{ "u.test/new", "v1.0.0", "", "", NULL },
};

static void write_to(const char *name, const char *data)
{
	fix_write_str(name, data);
}

static const char *package(struct arena *a, const char *name, const char *imports)
{
	return *imports ? arena_fmt(a, "package %s\n\nimport _ \"%s\"\n", name, imports)
			: arena_fmt(a, "package %s\n", name);
}

static void serve(struct arena *a, const struct module *m)
{
	const struct modver mv = { m->path, m->version };
	const char *go = str_eq(m->path, "u.test/new") ? "1.24" : "1.20";
	const char *mod = arena_fmt(a, "module %s\n\ngo %s\n\n%s", m->path, go, m->mod), *list;
	const struct fix_file files[] = {
		{ arena_fmt(a, "%s@%s/go.mod", m->path, m->version), mod },
		{ arena_fmt(a, "%s@%s/x.go", m->path, m->version), package(a, "x", m->imports) },
		{ arena_fmt(a, "%s@%s/%s/p.go", m->path, m->version, m->sub ? m->sub : ""),
		  package(a, "p", "") },
	};
	const char *root = arena_fmt(a, "%s/up", top);
	char *old;
	size_t len;

	assert_true(fs_mkdir_all(cachepath_dir(a, root, m->path), NULL));
	fix_zip(cachepath_file(a, root, mv, "zip"), files, m->sub ? 3 : 2);
	write_to(cachepath_file(a, root, mv, "mod"), mod);
	write_to(cachepath_file(a, root, mv, "info"),
		 arena_fmt(a, "{\"Version\":\"%s\",\"Time\":\"2024-02-29T12:00:00Z\"}",
			   m->version));
	list = arena_fmt(a, "%s/list", cachepath_dir(a, root, m->path));
	if (!fs_read(a, list, 1000, &old, &len, NULL))
		old = arena_strdup(a, "");
	write_to(list, arena_fmt(a, "%s%s\n", old, m->version));
}

static void make(struct fix *f)
{
	const char *dir = arena_fmt(&f->a, "%s/main", f->top);

	top = f->top;
	assert_true(fs_remove_all(f->up, NULL));
	assert_true(fs_remove_all(f->root, NULL));
	for (size_t i = 0; i < ARRAY_LEN(modules); i++)
		serve(&f->a, &modules[i]);
	assert_true(fs_mkdir_all(arena_fmt(&f->a, "%s/sub", dir), NULL));
	write_to(
		arena_fmt(&f->a, "%s/go.mod", dir),
		"module u.test/main\n\ngo 1.20\n\nrequire (\n\tu.test/b v1.0.0\n\tu.test/d v0.1.0\n)\n\n"
		"require (\n\tu.test/a v1.1.0 // indirect\n\tu.test/c v1.0.0 // indirect\n)\n\n"
		"replace u.test/replaced => ./sub\n\nexclude u.test/b v1.0.1\n");
	write_to(
		arena_fmt(&f->a, "%s/main.go", dir),
		"package main\n\nimport (\n\t_ \"u.test/b\"\n\t_ \"u.test/d\"\n)\n\nfunc main() {}\n");
	write_to(arena_fmt(&f->a, "%s/sub/x.go", dir), "package sub\n\nimport _ \"u.test/c/p\"\n");
	fs_remove_all(arena_fmt(&f->a, "%s/go.sum", dir), NULL);
}

/* want: lines "PATH BEFORE AFTER", "-" for none; or the error. DIR is the project, TOP the folder of all. */
static const struct row {
	const char *arg;
	bool ok;
	const char *want;
} rows[] = {
	{ "u.test/d@latest", true,
	  "u.test/a v1.1.0 v1.2.0\nu.test/b v1.1.0 v1.2.0\nu.test/d v0.1.0 v0.2.0" },
	{ "u.test/d", true,
	  "u.test/a v1.1.0 v1.2.0\nu.test/b v1.1.0 v1.2.0\nu.test/d v0.1.0 v0.2.0" },
	{ "u.test/d@v0.2.1", true,
	  "u.test/a v1.1.0 v1.2.0\nu.test/b v1.1.0 v1.2.0\nu.test/d v0.1.0 v0.2.1" },
	{ "u.test/d@upgrade", true,
	  "u.test/a v1.1.0 v1.2.0\nu.test/b v1.1.0 v1.2.0\nu.test/d v0.1.0 v0.2.0" },
	{ "u.test/d@patch", true, "" },
	{ "u.test/a@v1.0.0", true, "u.test/a v1.1.0 v1.0.0\nu.test/d v0.1.0 -" },
	{ "u.test/a@none", true, "u.test/a v1.1.0 -\nu.test/d v0.1.0 -" },
	{ "u.test/b@none", true, "u.test/a v1.1.0 -\nu.test/b v1.1.0 -\nu.test/d v0.1.0 -" },
	{ "u.test/c@none", true,
	  "u.test/a v1.1.0 v1.0.0\nu.test/b v1.1.0 v1.0.0\nu.test/c v1.0.0 -\nu.test/d v0.1.0 -" },
	{ "u.test/d@none", true, "u.test/d v0.1.0 -" },
	{ "u.test/b@patch", true, "" },
	{ "u.test/b@<v1.2.0", true, "" },
	{ "u.test/b@<=v1.2.0", true, "u.test/b v1.1.0 v1.2.0" },
	{ "u.test/b@>v1.0.0", true, "" },
	{ "u.test/b@>=v1.2.0", true, "u.test/b v1.1.0 v1.2.0" },
	{ "u.test/b@>v1.2.0", true, "u.test/b v1.1.0 v1.3.0-beta.1" },
	{ "u.test/b@<v1.0.0", false,
	  "go: u.test/b@<v1.0.0: no matching versions for query \"<v1.0.0\"" },
	{ "u.test/b@v1", true, "u.test/b v1.1.0 v1.2.0" },
	{ "u.test/b@v1.1", true, "" },
	{ "u.test/b@v1.9", false, "go: u.test/b@v1.9: no matching versions for query \"v1.9\"" },
	{ "u.test/b@v1.0.1", false, "go: u.test/b@v1.0.1: excluded by go.mod" },
	{ "u.test/b@v1.3.0-beta.1", true, "u.test/b v1.1.0 v1.3.0-beta.1" },
	{ "u.test/b@v9.9.9", false,
	  "go: u.test/b@v9.9.9: reading file://TOP/up/cache/download/u.test/b/@v/v9.9.9.info: no such file or directory" },
	{ "u.test/b@master", false,
	  "go: u.test/b@master: invalid version: reading file://TOP/up/cache/download/u.test/b/@v/master.info: no such file or directory" },
	{ "u.test/b@latest", true, "u.test/b v1.1.0 v1.2.0" },
	{ "u.test/b@", false, "go: invalid module version syntax \"u.test/b@\"" },
	{ "u.test/a@v1.1.1-rc.1", true, "u.test/a v1.1.0 v1.1.1-rc.1" },
	{ "u.test/a@upgrade", true, "u.test/a v1.1.0 v1.2.0\nu.test/b v1.1.0 v1.2.0" },
	{ "u.test/a@v1.2", true, "u.test/a v1.1.0 v1.2.0\nu.test/b v1.1.0 v1.2.0" },
	{ "u.test/c@v2.0.0", false,
	  "go: u.test/c@v2.0.0: reading file://TOP/up/cache/download/u.test/c/@v/v2.0.0.info: no such file or directory" },
	{ "u.test/c/v2", true, "u.test/c/v2 - v2.0.0" },
	{ "u.test/c/v2@latest", true, "u.test/c/v2 - v2.0.0" },
	{ "u.test/c/v2/p", true, "u.test/c/v2 - v2.0.0" },
	{ "u.test/c/p@latest", true, "u.test/c v1.0.0 v1.0.1" },
	{ "u.test/c/q@latest", false,
	  "go: module u.test/c@latest found (v1.0.1), but does not contain package u.test/c/q" },
	{ "u.test/a/p@v1.1.0", true, "" },
	{ "u.test/a/p@upgrade", true, "u.test/a v1.1.0 v1.2.0\nu.test/b v1.1.0 v1.2.0" },
	{ "u.test/a/none@v1.1.0", false,
	  "go: module u.test/a@v1.1.0 found, but does not contain package u.test/a/none" },
	{ "u.test/a/nested@latest", true, "u.test/a/nested - v0.1.0" },
	{ "u.test/a/nested", true, "u.test/a/nested - v0.1.0" },
	{ "u.test/e", true,
	  "u.test/a v1.1.0 v1.2.0\nu.test/b v1.1.0 v1.2.0\nu.test/d v0.1.0 v0.2.0\nu.test/e - v1.0.0" },
	{ "u.test/e/p@latest", true,
	  "u.test/a v1.1.0 v1.2.0\nu.test/b v1.1.0 v1.2.0\nu.test/d v0.1.0 v0.2.0\nu.test/e - v1.0.0" },
	{ "u.test/a...", true, "u.test/a v1.1.0 v1.2.0\nu.test/b v1.1.0 v1.2.0" },
	{ "u.test/a...@latest", true, "u.test/a v1.1.0 v1.2.0\nu.test/b v1.1.0 v1.2.0" },
	{ "u.test/c...@latest", true, "u.test/c v1.0.0 v1.0.1" },
	{ "u.test/none...@latest", false,
	  "go: u.test/none...@latest: module u.test: reading file://TOP/up/cache/download/u.test/@v/list: no such file or directory" },
	{ "u.test/...@upgrade", true,
	  "u.test/a v1.1.0 v1.2.0\nu.test/b v1.1.0 v1.2.0\nu.test/c v1.0.0 v1.0.1\nu.test/d v0.1.0 v0.2.0" },
	{ "u.test/b...@none", true, "u.test/a v1.1.0 -\nu.test/b v1.1.0 -\nu.test/d v0.1.0 -" },
	{ "...@latest", false,
	  "go: can't request version \"latest\" of pattern \"...\" that includes the main module (u.test/main)" },
	{ "all", true,
	  "u.test/a v1.1.0 v1.2.0\nu.test/b v1.1.0 v1.2.0\nu.test/c v1.0.0 v1.0.1\nu.test/d v0.1.0 v0.2.0" },
	{ "all@latest", false,
	  "go: can't request version \"latest\" of pattern \"all\" that includes the main modules" },
	{ "all@upgrade", true,
	  "u.test/a v1.1.0 v1.2.0\nu.test/b v1.1.0 v1.2.0\nu.test/c v1.0.0 v1.0.1\nu.test/d v0.1.0 v0.2.0" },
	{ "all@v1.0.0", false,
	  "go: can't request version \"v1.0.0\" of pattern \"all\" that includes the main modules" },
	{ ".", true, "" },
	{ "./...", true, "" },
	{ "./sub", true, "" },
	{ "./none", false, "go: ./none (DIR/none) is not a package in module rooted at DIR" },
	{ "../x", false, "go: ../x (TOP/x) is not within module rooted at DIR" },
	{ "fmt", true, "" },
	{ "fmt@latest", false,
	  "go: can't request explicit version \"latest\" of standard library package fmt" },
	{ "cmd/go@latest", false,
	  "go: can't request explicit version \"latest\" of standard library package cmd/go" },
	{ "tool", true, "" },
	{ "tool@none", false, "go: can't request explicit version of \"tool\" pattern" },
	{ "work", true, "" },
	{ "u.test/main@latest", false,
	  "go: package u.test/main is in the main module, so can't request version latest" },
	{ "u.test/main", true, "" },
	{ "u.test/main/sub", true, "" },
	{ "u.test/main/none", false,
	  "go: module u.test/main/none: reading file://TOP/up/cache/download/u.test/main/none/@v/list: no such file or directory" },
	{ "u.test/replaced", false,
	  "go: u.test/replaced@upgrade (v0.0.0-00010101000000-000000000000) requires u.test/replaced@v0.0.0-00010101000000-000000000000: module ./sub: reading sub/go.mod: open DIR/sub/go.mod: no such file or directory" },
	{ "u.test/replaced@v1.0.0", false,
	  "go: u.test/replaced@v1.0.0 requires u.test/replaced@v1.0.0: module ./sub: reading sub/go.mod: open DIR/sub/go.mod: no such file or directory" },
	{ "u.test/new", true, "go 1.20 1.24\nu.test/new - v1.0.0" },
	{ "u.test/new@v1.0.0", true, "go 1.20 1.24\nu.test/new - v1.0.0" },
	{ "nope.test/x@latest", false,
	  "go: nope.test/x@latest: module nope.test/x: reading file://TOP/up/cache/download/nope.test/x/@v/list: no such file or directory" },
	{ "Bad.test/!x@latest", false,
	  "go: Bad.test/!x@latest: malformed module path \"Bad.test/!x\": invalid char '!'" },
	{ "u.test/a@v1.1.0@x", false, "go: invalid module version syntax \"u.test/a@v1.1.0@x\"" },
	{ "@v1.0.0", false,
	  "go: can't request explicit version \"v1.0.0\" of path \".\" in main module" },
	{ "u.test/b@v1.0.0+incompatible", false,
	  "go: u.test/b@v1.0.0+incompatible: reading file://TOP/up/cache/download/u.test/b/@v/v1.0.0+incompatible.info: no such file or directory" },
	{ "u.test/b@2", false,
	  "go: u.test/b@2: invalid version: reading file://TOP/up/cache/download/u.test/b/@v/2.info: no such file or directory" },
	{ "main.go", false, "go: main.go: arguments must be package or module paths" },
};

static const char *expand(struct arena *a, const char *text)
{
	const char *dir = strstr(text, "DIR"), *up = strstr(text, "TOP"),
		   *at = dir && (!up || dir < up) ? dir : up;

	if (!at)
		return text;
	return arena_fmt(a, "%.*s%s%s%s", (int)(at - text), text, top, at == dir ? "/main" : "",
			 expand(a, at + 3));
}

static const char *text_of(json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s && *s ? s : "-";
}

/* The toolchain line is a matter of the running go. */
static const char *changes(struct arena *a, json_t *answer)
{
	const char *lines[64], *out = "";
	size_t i, n = 0;
	json_t *m;

	json_array_foreach(json_object_get(answer, "modules"), i, m)
	{
		const char *path = text_of(m, "Path"), *was = text_of(m, "Before"),
			   *is = text_of(m, "Version");

		if (!str_eq(was, is) && !str_eq(path, "toolchain") && n < ARRAY_LEN(lines))
			lines[n++] = arena_fmt(a, "%s %s %s", path, was, is);
	}
	for (size_t k = 1; k < n; k++) /* by path */
		for (size_t j = k; j > 0 && strcmp(lines[j - 1], lines[j]) > 0; j--) {
			const char *swap = lines[j];

			lines[j] = lines[j - 1];
			lines[j - 1] = swap;
		}
	for (size_t k = 0; k < n; k++)
		out = arena_fmt(a, "%s%s%s", out, k ? "\n" : "", lines[k]);
	return out;
}

static void check_row(struct fix *f, const struct row *w)
{
	const char *const argv[] = { "whatif", "--get", "--json", "--", w->arg, NULL };
	const char *want = expand(&f->a, w->want), *have;
	struct cmd_out o;
	json_t *answer;

	cmd_run(&o, argv);
	if (w->ok) {
		answer = json_loadb(o.out.data, o.out.len, 0, NULL);
		have = changes(&f->a, answer);
		json_decref(answer);
	} else {
		have = arena_strdup(&f->a, o.err.data);
		have = str_has_prefix(have, "modscope: ") ? arena_fmt(&f->a, "go: %s", have + 10)
							  : have;
		have = arena_strndup(&f->a, have, strcspn(have, "\n"));
	}
	if ((o.status == 0) != w->ok || !str_eq(have, want))
		fail_msg("%s: status %d: \"%s\", not \"%s\"", w->arg, o.status, have, want);
	cmd_release(&o);
}

static void test_rows(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(*state, &rows[i]);
}

static int setup(void **state)
{
	if (cmd_setup(state))
		return -1;
	make(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };

	return cmocka_run_group_tests(tests, setup, cmd_teardown);
}
