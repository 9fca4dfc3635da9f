/* Vendored files compared with their modules: a project with a replaced module, in a temporary directory. */

#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "gofiles/goenv.h"
#include "packages/constraint.h"
#include "packages/vendor.h"
#include "graph/modload_open.h"

#define MODULES_TXT                                                                                       \
	"# example.com/dep v1.0.0 => ./dep\n## explicit; go 1.20\nexample.com/dep\nexample.com/dep/sub\n" \
	"# example.com/dep => ./dep\n"

struct fixture {
	struct arena a;
	char dir[64];
};

static void put(struct fixture *f, const char *name, const char *text)
{
	assert_true(fs_write_atomic(path_join(&f->a, f->dir, name), text, strlen(text), 0644, false,
				    NULL));
}

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/modscope-vendor-XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	put(f, "go.mod",
	    "module example.com/main\n\ngo 1.20\n\nrequire example.com/dep v1.0.0\n\n"
	    "replace example.com/dep => ./dep\n");
	put(f, "dep/go.mod", "module example.com/dep\n\ngo 1.20\n");
	put(f, "dep/dep.go", "package dep\n");
	put(f, "dep/sub/sub.go", "package sub\n");
	put(f, "vendor/modules.txt", MODULES_TXT);
	put(f, "vendor/example.com/dep/dep.go", "package dep\n");
	put(f, "vendor/example.com/dep/sub/sub.go", "package sub\n");
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	fs_remove_all(f->dir, NULL);
	arena_release(&f->a);
	free(f);
	return 0;
}

static struct cancel the_cancel;

struct loaded {
	struct goenv *env;
	struct source *source;
	struct modload *ml;
	struct buf messages;
};

static bool load(struct fixture *f, struct loaded *l, struct err *e)
{
	char *home = arena_fmt(&f->a, "HOME=%s/home", f->dir);
	const char *settings[] = {
		home, "GOENV=off", "GOPROXY=off", "GOFLAGS=-mod=mod", "PATH=/nowhere", NULL
	};

	*l = (struct loaded){ .messages = BUF_INIT };
	l->env = goenv_new(&(struct goenv_options){ .dir = f->dir, .environ = settings }, e);
	assert_non_null(l->env);
	l->source = source_new(&(struct source_options){ .env = l->env, .offline = true });
	return modload_open(&l->ml,
			    &(struct modload_options){ .env = l->env,
						       .source = l->source,
						       .command = MODPROJECT_LIST,
						       .force_vendor = true,
						       .cancel = &the_cancel,
						       .messages = &l->messages },
			    e);
}

static void unload(struct loaded *l)
{
	modload_free(l->ml);
	source_free(l->source);
	goenv_free(l->env);
	buf_release(&l->messages);
}

static void check(struct fixture *f, struct vendor_report *r)
{
	struct err e = ERR_INIT;
	struct loaded l;

	assert_true(load(f, &l, &e));
	assert_true(vendor_check(r, &f->a, l.ml, &e));
	assert_int_equal(r->n, 1);
	assert_int_equal(r->rows[0].packages, 2);
	/* the rows are in the fixture's arena, but their modules are not */
	r->rows[0].module = NULL;
	unload(&l);
}

static void clean(void **state)
{
	struct vendor_report r;

	check(*state, &r);
	assert_int_equal(r.rows[0].state, VENDOR_OK);
	assert_int_equal(r.rows[0].files, 2);
	assert_int_equal(r.n_strays, 0);
}

static void drift(void **state)
{
	struct fixture *f = *state;
	struct vendor_report r;

	put(f, "vendor/example.com/dep/dep.go", "package dep // changed\n");
	put(f, "vendor/example.com/dep/new.go", "package dep\n");
	put(f, "vendor/example.org/other.go", "package other\n");
	assert_true(fs_remove_all(path_join(&f->a, f->dir, "vendor/example.com/dep/sub"), NULL));
	check(f, &r);
	assert_int_equal(r.rows[0].state, VENDOR_MODIFIED);
	assert_int_equal(r.rows[0].n_problems, 3);
	assert_string_equal(r.rows[0].problems[0].file, "example.com/dep/dep.go");
	assert_int_equal(r.rows[0].problems[0].fault, VENDOR_EDITED);
	assert_int_equal(r.rows[0].problems[1].fault, VENDOR_FOREIGN);
	assert_string_equal(r.rows[0].problems[2].file, "example.com/dep/sub/sub.go");
	assert_int_equal(r.rows[0].problems[2].fault, VENDOR_MISSING);
	assert_int_equal(r.n_strays, 1);
	assert_string_equal(r.strays[0], "example.org/other.go");
}

/* The error was compared with that of `go list -mod=vendor -m` on the same files. */
static void inconsistent(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	struct loaded l;
	char *want = arena_fmt(
		&f->a,
		"inconsistent vendoring in %s:\n\texample.com/dep@v1.0.0: is explicitly required in go.mod, but "
		"not marked as explicit in vendor/modules.txt\n",
		f->dir);

	put(f, "vendor/modules.txt",
	    "# example.com/dep v1.0.0 => ./dep\nexample.com/dep\n# example.com/dep => ./dep\n");
	assert_false(load(f, &l, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	assert_true(str_has_prefix(e.text, want));
	err_release(&e);
	unload(&l);
}

static const struct constraint_env linux_amd64 = { .goos = "linux",
						   .goarch = "amd64",
						   .release = 26 };

/* Asserts the error of a build; "" if vendor/ has everything it needs. */
static void build(struct fixture *f, bool tests, const char *want)
{
	struct err e = ERR_INIT;
	struct loaded l;

	assert_true(load(f, &l, &e));
	assert_int_equal(vendor_builds(l.ml, &f->a, &linux_amd64, tests, &e), !*want);
	assert_string_equal(e.text ? e.text : "", want);
	err_release(&e);
	unload(&l);
}

/* The errors and their positions are those of `go build ./...` and `go vet ./...` on the same files. */
static void builds(void **state)
{
	struct fixture *f = *state;

	put(f, "main.go", "package main\n\nimport (\n\td \"example.com/dep\"\n)\n\nvar _ = d.X\n");
	put(f, "main_test.go", "package main\n\nimport \"example.com/dep/sub\"\n");
	put(f, "main_windows.go", "package main\n\nimport \"example.com/dep/none\"\n");
	build(f, false, "");
	build(f, true, "");
	assert_true(fs_remove_all(path_join(&f->a, f->dir, "vendor/example.com/dep/sub"), NULL));
	build(f, false, "");
	build(f, true,
	      "main_test.go:3:8: cannot find module providing package example.com/dep/sub: "
	      "import lookup disabled by -mod=vendor");
	assert_true(fs_remove_all(path_join(&f->a, f->dir, "vendor/example.com/dep"), NULL));
	build(f, false,
	      "main.go:4:2: cannot find module providing package example.com/dep: "
	      "import lookup disabled by -mod=vendor");
}

/* What go says of each import, and where: recorded from `go build ./...` (go1.26) on the same files. */
static void places(void **state)
{
	static const struct {
		const char *text, *place;
	} cases[] = {
		{ "package main\n\nimport _ \"example.com/dep/none\"\n\nfunc main() {}\n", "3:8" },
		{ "package main\n\nimport \"example.com/dep/none\"\n", "3:8" },
		{ "package main\n\nimport `example.com/dep/none`\n", "3:8" },
		{ "package main\n\nimport(\"example.com/dep/none\")\n", "3:8" },
		{ "package main\n\nimport (\n\t\"fmt\"\n\n  d   \"example.com/dep/none\"\n)\n\nvar _ = d.X\n",
		  "6:3" },
		{ "package main\nimport . \"example.com/dep/none\"\n", "2:8" },
		{ "package main\nimport (d \"example.com/dep/none\"; e \"example.com/dep/other\")\n",
		  "2:9" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		put(f, "main.go", cases[i].text);
		build(f, false,
		      arena_fmt(
			      &f->a,
			      "main.go:%s: cannot find module providing package example.com/dep/none: import lookup disabled by -mod=vendor",
			      cases[i].place));
	}
}

/* A directory that modules.txt does not list is enough before go 1.23, as `go build` has it; imports of vendored packages are needed too. */
static void unlisted(void **state)
{
	struct fixture *f = *state;

	put(f, "main.go", "package main\n\nimport _ \"example.com/dep\"\n\nfunc main() {}\n");
	put(f, "vendor/example.com/dep/dep.go",
	    "package dep\n\nimport _ \"example.com/dep/more\"\n");
	put(f, "vendor/example.com/dep/more/m.go", "package more\n");
	build(f, false, "");
	put(f, "go.mod",
	    "module example.com/main\n\ngo 1.23\n\nrequire example.com/dep v1.0.0\n\n"
	    "replace example.com/dep => ./dep\n");
	build(f, false,
	      "vendor/example.com/dep/dep.go:3:8: cannot find module providing package example.com/dep/more: import lookup disabled by -mod=vendor");
	/* what is no path of a package is not looked for */
	put(f, "vendor/example.com/dep/dep.go", "package dep\n\nimport (\n\t\"C\"\n\t\"fmt\"\n)\n");
	put(f, "main_test.go", "package main\n\nimport _ \"example.com/dep/none\"\n");
	build(f, false, "");
}

static const char *problems_of(struct fixture *f, const struct vendor_row *row)
{
	const char *all = "";

	for (size_t i = 0; i < row->n_problems; i++)
		all = arena_fmt(&f->a, "%s%s %s\n", all, row->problems[i].file,
				vendor_fault_name(row->problems[i].fault));
	return all;
}

/* Bytes that differ only in carriage returns before newlines, and others. */
static void line_ends(void **state)
{
	static const struct {
		const char *module, *vendored, *want;
	} cases[] = {
		{ "package dep\n", "package dep\r\n", "example.com/dep/dep.go line-ends\n" },
		{ "package dep\r\n", "package dep\n", "example.com/dep/dep.go line-ends\n" },
		{ "package dep\r\n\r\n", "package dep\n\r\n",
		  "example.com/dep/dep.go line-ends\n" },
		{ "package dep\n", "package dep\r\r\n", "example.com/dep/dep.go edited\n" },
		{ "package dep\n", "package dep\n\r", "example.com/dep/dep.go edited\n" },
		{ "package dep\n\r", "package dep\n", "example.com/dep/dep.go edited\n" },
		{ "package dep // \rx\n", "package dep // x\n", "example.com/dep/dep.go edited\n" },
		{ "package dep // x\n", "package dep // \rx\n", "example.com/dep/dep.go edited\n" },
		{ "package dep\n", "package dep\n\n", "example.com/dep/dep.go edited\n" },
		{ "package dep\n\n", "package dep\n", "example.com/dep/dep.go edited\n" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct vendor_report r;

		put(f, "dep/dep.go", cases[i].module);
		put(f, "vendor/example.com/dep/dep.go", cases[i].vendored);
		check(f, &r);
		if (!str_eq(problems_of(f, &r.rows[0]), cases[i].want))
			fail_msg("case %zu: %s", i, problems_of(f, &r.rows[0]));
	}
}

/* What is no regular file, what is executable, and what the module has and go mod vendor does not copy. */
static void irregular(void **state)
{
	struct fixture *f = *state;
	struct vendor_report r;

	assert_int_equal(unlink(path_join(&f->a, f->dir, "vendor/example.com/dep/dep.go")), 0);
	assert_int_equal(symlink("../../../dep/dep.go",
				 path_join(&f->a, f->dir, "vendor/example.com/dep/dep.go")),
			 0);
	assert_int_equal(symlink("dep.go",
				 path_join(&f->a, f->dir, "vendor/example.com/dep/link.go")),
			 0);
	assert_int_equal(symlink("dep.go", path_join(&f->a, f->dir, "vendor/stray")), 0);
	assert_int_equal(chmod(path_join(&f->a, f->dir, "vendor/example.com/dep/sub/sub.go"), 0755),
			 0);
	put(f, "dep/sub/sub_test.go", "package sub\n");
	put(f, "vendor/example.com/dep/sub/sub_test.go", "package sub\n");
	check(f, &r);
	assert_string_equal(
		problems_of(f, &r.rows[0]),
		"example.com/dep/dep.go irregular\nexample.com/dep/link.go irregular\n"
		"example.com/dep/sub/sub.go mode\nexample.com/dep/sub/sub_test.go not-vendored\n");
	assert_int_equal(r.n_strays, 0);
}

/* The module's own files are not here: nothing is called wrong. */
static void unknown(void **state)
{
	struct fixture *f = *state;
	struct vendor_report r;

	assert_true(fs_remove_all(path_join(&f->a, f->dir, "dep"), NULL));
	put(f, "dep", "");
	check(f, &r);
	assert_int_equal(r.rows[0].state, VENDOR_UNKNOWN);
	assert_string_equal(r.rows[0].why_unknown, "the replacement's directory cannot be read");
	assert_int_equal(r.rows[0].n_problems, 0);
	assert_int_equal(r.rows[0].files, 2);
	assert_true(fs_remove_all(path_join(&f->a, f->dir, "dep"), NULL));
	check(f, &r);
	assert_int_equal(r.rows[0].state, VENDOR_UNKNOWN);
	assert_string_equal(r.rows[0].why_unknown, "the replacement's directory does not exist");
}

/* Packages without files are told once; those of modules.txt that nothing needs, and those that it lacks, by their paths. */
static void needs(void **state)
{
	struct fixture *f = *state;
	struct vendor_report r;
	struct err e = ERR_INIT;
	struct loaded l;

	put(f, "go.mod",
	    "module example.com/main\n\ngo 1.25\n\nrequire example.com/dep v1.0.0\n\n"
	    "ignore ./ignored\n\nreplace example.com/dep => ./dep\n");
	put(f, "main.go",
	    "package main\n\nimport (\n\t_ \"C\"\n\t_ \"example.com/dep\"\n\t_ \"example.com/z\"\n\t_ \"example.com/b\"\n\t_ \"no path!\"\n)\n");
	put(f, "ignored/i.go", "package ignored\n\nimport _ \"example.com/ignored\"\n");
	put(f, "main_test.go", "package main\n\nimport _ \"example.com/t\"\n");
	put(f, "vendor/modules.txt",
	    "# example.com/dep v1.0.0 => ./dep\n## explicit; go 1.20\nexample.com/dep\nexample.com/dep/sub\nexample.com/dep/none\n"
	    "# example.com/dep => ./dep\n");
	assert_true(load(f, &l, &e));
	assert_true(vendor_check(&r, &f->a, l.ml, &e));
	assert_int_equal(r.rows[0].packages, 3);
	assert_string_equal(problems_of(f, &r.rows[0]), "example.com/dep/none no-package\n");
	assert_int_equal(r.n_lacking, 3);
	assert_string_equal(r.lacking[0].path, "example.com/b");
	assert_string_equal(r.lacking[1].path, "example.com/t");
	assert_string_equal(r.lacking[2].path, "example.com/z");
	assert_string_equal(r.lacking[2].by, "example.com/main");
	assert_int_equal(r.n_needless, 2);
	assert_string_equal(r.needless[0].path, "example.com/dep/none");
	assert_string_equal(r.needless[1].path, "example.com/dep/sub");
	unload(&l);
}

/* After it is cancelled there are no answers; directories that are nested too deep are an error. */
static void stopped(void **state)
{
	struct fixture *f = *state;
	struct cancel *cancel;
	struct vendor_report r;
	struct err e = ERR_INIT;
	struct loaded l;
	struct buf b = BUF_INIT;

	put(f, "main.go", "package main\n");
	the_cancel = (struct cancel){ .set = false };
	assert_true(load(f, &l, &e));
	cancel = modproject_cancel(modload_project(l.ml));
	assert_ptr_equal(cancel, &the_cancel);
	atomic_store(&cancel->set, true);
	assert_false(vendor_check(&r, &f->a, l.ml, &e));
	assert_int_equal(e.code, ERR_CANCELLED);
	err_clear(&e);
	assert_false(vendor_builds(l.ml, &f->a, &linux_amd64, false, &e));
	assert_int_equal(e.code, ERR_CANCELLED);
	err_clear(&e);
	atomic_store(&cancel->set, false);
	for (unsigned i = 0; i < 201; i++)
		buf_addf(&b, "/d");
	put(f, arena_fmt(&f->a, "vendor/example.com/dep%s/x.go", b.data), "package d\n");
	assert_false(vendor_check(&r, &f->a, l.ml, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	assert_true(str_has_suffix(e.text, "/d: directories are nested too deep"));
	err_release(&e);
	unload(&l);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(clean, set_up, tear_down),
		cmocka_unit_test_setup_teardown(drift, set_up, tear_down),
		cmocka_unit_test_setup_teardown(inconsistent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(builds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(stopped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(needs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(unknown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(irregular, set_up, tear_down),
		cmocka_unit_test_setup_teardown(line_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(unlisted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(places, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
