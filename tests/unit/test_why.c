#include "unit.h"

#include "pkgs_case.h"
#include "packages/why.h"

char *pkgs_cache;

static int run_why(const char *name, const char *const *args, size_t n, struct buf *out)
{
	struct why_options o = { false, false };
	const char *rest[16];
	struct pkgs_case c;
	size_t n_rest = 0;
	bool ok;

	for (size_t i = 0; i < n; i++) {
		if (str_eq(args[i], "-m"))
			o.modules = true;
		else if (str_eq(args[i], "-vendor"))
			o.vendor = true;
		else
			rest[n_rest++] = args[i];
	}
	ok = pkgs_open(&c, name, MODPROJECT_WHY, NULL) &&
	     why_run(c.ml, &o, rest, n_rest, out, &c.err);
	pkgs_close(&c);
	return ok ? 0 : 1;
}

static void test_cases(void **state)
{
	static const char *const names[] = { "ambiguous",    "bad-sum",	 "constraints", "ignored",
					     "incompatible", "layout",	 "missing",	"patterns",
					     "pruned",	     "raised",	 "retracted",	"too-new",
					     "tools",	     "standard", "unpruned" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		pkgs_check(names[i], "why", run_why);
}

static void test_version_query(void **state)
{
	const char *arg = "example.com/a@v1.0.0";
	struct why_options o = { true, false };
	struct pkgs_case c;
	struct buf out = BUF_INIT;

	(void)state;
	assert_true(pkgs_open(&c, "pruned", MODPROJECT_WHY, NULL));
	assert_false(why_run(c.ml, &o, &arg, 1, &out, &c.err));
	assert_string_equal(
		c.err.text,
		"example.com/a@v1.0.0: 'go mod why' requires a module path, not a version query");
	assert_int_equal(out.len, 0);
	pkgs_close(&c);
}

static void put(const char *dir, const char *name, const char *text)
{
	char *file = xasprintf("%s/%s", dir, name);

	assert_true(fs_write_atomic(file, text, strlen(text), 0644, false, NULL));
	free(file);
}

/* Asserts that nothing needs the package; returns whether there was a warning. */
static bool warns(const char *project)
{
	const char *arg = "example.com/other";
	struct why_options o = { false, false };
	struct pkgs_case c;
	struct buf out = BUF_INIT;
	bool warned;

	assert_true(pkgs_open(&c, project, MODPROJECT_WHY, NULL));
	assert_true(why_run(c.ml, &o, &arg, 1, &out, &c.err));
	assert_string_equal(
		out.data,
		"# example.com/other\n(main module does not need package example.com/other)\n");
	warned = c.messages.len &&
		 strstr(c.messages.data, "warning: 1 packages could not be loaded");
	buf_release(&out);
	pkgs_close(&c);
	return warned;
}

/* If a package could not be loaded, go's "does not need" may be wrong; a warning says so. */
static void test_unread_warning(void **state)
{
	char *dir = xasprintf("%s/unloaded", pkgs_cache);

	(void)state;
	assert_false(warns("ambiguous"));
	put(dir, "go.mod", "module example.com/m\n\ngo 1.21\n\nrequire example.com/z v1.0.0\n");
	put(dir, "m.go", "package m\n\nimport _ \"example.com/z\"\n");
	put(dir, "_proxy/example.com/z/@v/v1.0.0.mod", "module example.com/z\n");
	put(dir, "_proxy/example.com/z/@v/v1.0.0.info", "{\"Version\":\"v1.0.0\"}");
	assert_true(warns(dir));
	free(dir);
}

static void test_chains(void **state)
{
	struct pkgs_case c;
	struct pkgload *ld;
	struct pkg **pkgs;
	struct why_step *steps;

	(void)state;
	assert_true(pkgs_open(&c, "pruned", MODPROJECT_WHY, NULL));
	assert_true(why_load(c.ml, false, &ld, &c.err));
	assert_int_equal(why_module_packages(ld, "example.com/t", &c.arena, &pkgs), 1);
	assert_int_equal(why_chain(ld, pkgs[0], &c.arena, &steps), 3);
	assert_string_equal(steps[0].pkg->path, "example.com/m");
	assert_false(steps[0].test);
	assert_true(steps[1].test);
	assert_string_equal(steps[2].pkg->path, "example.com/t");
	assert_int_equal(why_module_packages(ld, "example.com/unused", &c.arena, &pkgs), 0);
	pkgload_free(ld);
	pkgs_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_version_query),
		cmocka_unit_test(test_unread_warning),
		cmocka_unit_test(test_chains),
	};

	return cmocka_run_group_tests(tests, pkgs_setup, pkgs_teardown);
}
