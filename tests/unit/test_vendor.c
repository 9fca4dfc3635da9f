/* Vendored files compared with their modules: a project with a replaced module, in a temporary directory. */

#include "unit.h"

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

struct loaded {
	struct goenv *env;
	struct source *source;
	struct modload *ml;
	struct buf messages;
};

static bool load(struct fixture *f, struct loaded *l, struct err *e)
{
	char *home = arena_fmt(&f->a, "HOME=%s/home", f->dir);
	const char *environ[] = {
		home, "GOENV=off", "GOPROXY=off", "GOFLAGS=-mod=mod", "PATH=/nowhere", NULL
	};

	*l = (struct loaded){ .messages = BUF_INIT };
	l->env = goenv_new(&(struct goenv_options){ .dir = f->dir, .environ = environ }, e);
	assert_non_null(l->env);
	l->source = source_new(&(struct source_options){ .env = l->env, .offline = true });
	return modload_open(&l->ml,
			    &(struct modload_options){ .env = l->env,
						       .source = l->source,
						       .command = MODPROJECT_LIST,
						       .force_vendor = true,
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(clean, set_up, tear_down),
		cmocka_unit_test_setup_teardown(drift, set_up, tear_down),
		cmocka_unit_test_setup_teardown(inconsistent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(builds, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
