/* The files of a commit that decide about its build list, written into our own cache; the Go files; and each file operation failing meanwhile. */
#include "gitfix.h"

#include <sys/time.h>

#include "base/cancel.h"
#include "compare/revision.h"
#include "fault/shim.h"

#define MAIN                                                                                  \
	"module h.test/m\n\nreplace h.test/a => ./inner\n\nreplace h.test/b => /absolute\n\n" \
	"replace h.test/c => h.test/d v1.0.0\n\nreplace h.test/e => ./none\n"

static struct gitrepo *r;
static struct gitrepo_commit *whole, *bare, *sums;

static const char *const files[] = {
	".hidden/x.go",
	"package x\n",
	"a.go",
	"package m\n",
	"a_test.go",
	"package m\n",
	"b.txt",
	"text\n",
	"dir/.x/y.go",
	"package y\n",
	"dir/only.txt",
	"text\n",
	"go.mod",
	MAIN,
	"go.sum",
	"one line",
	"inner/go.mod",
	"module h.test/a\n",
	"inner/go.sum",
	"inner\n",
	"sub/go.mod",
	"module h.test/m/sub\n",
	"sub/s.go",
	"package s\n",
	"vendor/v/v.go",
	"package v\n",
	"w/go.work",
	"go 1.20\n\nuse (\n\t.\n\t./one\n\t/absolute\n\t./none\n)\n\nreplace h.test/f => ../inner\n",
	"w/go.work.sum",
	"sums\n",
	"w/go.mod",
	"module broken\nrequire\n",
	"w/one/go.mod",
	"module h.test/one\n",
	"x/vendor/y.go",
	"package y\n",
	NULL
};

static struct gitrepo_commit *find(const char *rev)
{
	struct gitrepo_commit *c;
	struct err e = ERR_INIT;

	if (!gitrepo_find(&c, r, rev, &e))
		fail_msg("%s", e.text);
	return c;
}

static int set_up(void **state)
{
	char id[GITFIX_HEX];
	git_repository *repo;

	if (tmp_setup(state))
		return -1;
	repo = gitfix_new("repo");
	gitfix_commit(repo, "refs/heads/main", files, 1700000000, id);
	gitfix_commit(repo, "refs/heads/bare", (const char *const[]){ "a.go", "package m\n", NULL },
		      1700000000, id);
	gitfix_commit(repo, "refs/heads/sums",
		      (const char *const[]){ "go.mod", "module other\n", "go.sum", "two\n",
					     "new.mod", "module n\n", NULL },
		      1700000000, id);
	git_repository_free(repo);
	tmp_mkdir("repo/w/one");
	assert_true(gitrepo_open_at(&r, tmp_path("repo"), NULL));
	whole = find("main");
	bare = find("bare");
	sums = find("sums");
	return 0;
}

static int tear_down(void **state)
{
	gitrepo_free(r);
	return tmp_teardown(state);
}

/* The names below the project's directory in the revision, separated by spaces. */
static const char *names_of(const struct revision *v)
{
	const char *line, *next, *out = "";
	struct buf b = BUF_INIT;

	buf_addstr(&b, "");
	tmp_tree_into(&b, arena_fmt(&tmp_arena, "%s%s", v->root, gitrepo_dir(r)), "");
	for (line = b.data; *line; line = next) {
		const char *end = strchr(line, '\n');

		next = end ? end + 1 : line + strlen(line);
		if (str_has_prefix(line, "100"))
			out = arena_fmt(&tmp_arena, "%s%s%.*s", out, *out ? " " : "",
					(int)strcspn(line + 7, " "), line + 7);
	}
	buf_release(&b);
	return out;
}

static bool write_at(struct revision *v, const struct gitrepo_commit *c, const char *dir,
		     struct err *e)
{
	return revision_write(v, r, c, tmp_path(dir), tmp_path("own"), e);
}

static void test_write(void **state)
{
	struct err e = ERR_INIT;
	struct revision v;

	(void)state;
	assert_true(write_at(&v, whole, "repo", &e));
	assert_string_equal(v.dir, arena_fmt(&tmp_arena, "%s%s", v.root, tmp_path("repo")));
	assert_string_equal(names_of(&v), "go.mod go.sum inner/go.mod");
	revision_release(&v);
	assert_null(v.root);
	/* from below: the workspace and what it uses, too */
	assert_true(write_at(&v, whole, "repo/w/one", &e));
	assert_string_equal(
		names_of(&v),
		"go.mod go.sum inner/go.mod w/go.mod w/go.work w/go.work.sum w/one/go.mod");
	revision_release(&v);
	/* a directory elsewhere is that of the repository */
	assert_true(write_at(&v, whole, "none", &e));
	assert_string_equal(v.dir, arena_fmt(&tmp_arena, "%s%s", v.root, tmp_path("repo")));
	revision_release(&v);
	assert_false(write_at(&v, bare, "repo", &e));
	assert_non_null(strstr(e.text, " has no go.mod for this directory"));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_null(v.root);
	err_clear(&e);
	assert_false(write_at(&v, NULL, "repo", &e));
	assert_string_equal(e.text, "the work tree has no go.mod for this directory");
	err_release(&e);
}

static void test_places(void **state)
{
	const char *old = tmp_path("own/revisions/old"), *young = tmp_path("own/revisions/young");
	const struct timeval days_ago[2] = { { .tv_sec = time(NULL) - 200000 },
					     { .tv_sec = time(NULL) - 200000 } };
	struct err e = ERR_INIT;
	struct revision v;

	(void)state;
	assert_false(revision_write(&v, r, whole, tmp_path("repo"), NULL, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	err_clear(&e);
	tmp_write("file", "");
	assert_false(revision_write(&v, r, whole, tmp_path("repo"), tmp_path("file"), &e));
	assert_true(err_is_set(&e));
	err_clear(&e);
	/* what killed runs left goes after a day */
	tmp_write("own/revisions/old/x", "");
	tmp_write("own/revisions/young/x", "");
	tmp_write("own/revisions/plain", "");
	assert_int_equal(utimes(old, days_ago), 0);
	assert_int_equal(utimes(tmp_path("own/revisions/plain"), days_ago), 0);
	assert_true(write_at(&v, whole, "repo", &e));
	revision_release(&v);
	assert_false(fs_exists(old));
	assert_true(fs_exists(young));
	assert_true(fs_exists(tmp_path("own/revisions/plain")));
}

static const char *read_in(const struct revision *v, const char *name)
{
	char *data;
	size_t len;

	return fs_read(&tmp_arena, arena_fmt(&tmp_arena, "%s/%s", v->dir, name), 1 << 20, &data,
		       &len, NULL)
		       ? data
		       : NULL;
}

static void test_add(void **state)
{
	struct err e = ERR_INIT;
	struct revision v;

	(void)state;
	assert_true(write_at(&v, whole, "repo", &e));
	assert_true(revision_add(&v, r, sums, "go.mod", &e)); /* is kept */
	assert_string_equal(read_in(&v, "go.mod"), MAIN);
	assert_true(revision_add(&v, r, sums, "go.sum", &e));
	assert_string_equal(read_in(&v, "go.sum"), "one line\ntwo\n");
	assert_true(revision_add(&v, r, sums, "go.sum", &e));
	assert_string_equal(read_in(&v, "go.sum"), "one line\ntwo\ntwo\n");
	assert_true(revision_add(&v, r, sums, "new.mod", &e));
	assert_string_equal(read_in(&v, "new.mod"), "module n\n");
	assert_true(revision_add(&v, r, sums, "none.mod", &e));
	assert_null(read_in(&v, "none.mod"));
	assert_true(revision_add(&v, r, whole, "inner/go.sum", &e));
	assert_string_equal(read_in(&v, "inner/go.sum"), "inner\n");
	assert_false(revision_add(&v, r, sums, "/etc/passwd", &e));
	assert_string_equal(e.text, "/etc/passwd is not in the repository");
	err_clear(&e);
	assert_false(revision_add(&v, r, sums, "../../../../../../../../../x", &e));
	assert_int_equal(e.code, ERR_REFUSED);
	err_release(&e);
	revision_release(&v);
}

static void test_sources(void **state)
{
	struct cancel cancel = { 0 };
	struct err e = ERR_INIT;
	struct revision v;

	(void)state;
	assert_true(write_at(&v, bare, "repo", &e) == false);
	err_clear(&e);
	assert_true(write_at(&v, whole, "repo", &e));
	assert_true(revision_write_sources(&v, r, whole, false, NULL, &e));
	assert_string_equal(
		names_of(&v),
		"a.go go.mod go.sum inner/go.mod sub/go.mod sub/s.go w/go.mod w/one/go.mod");
	revision_release(&v);
	assert_true(write_at(&v, whole, "repo", &e));
	assert_true(revision_write_sources(&v, r, whole, true, NULL, &e));
	assert_string_equal(
		names_of(&v),
		"a.go a_test.go go.mod go.sum inner/go.mod sub/go.mod sub/s.go vendor/v/v.go w/go.mod w/one/go.mod x/vendor/y.go");
	assert_true(fs_is_dir(arena_fmt(&tmp_arena, "%s/dir/.x", v.dir)));
	revision_release(&v);
	assert_true(write_at(&v, whole, "repo", &e));
	atomic_store(&cancel.set, true);
	assert_false(revision_write_sources(&v, r, whole, false, &cancel, &e));
	assert_int_equal(e.code, ERR_CANCELLED);
	err_release(&e);
	revision_release(&v);
}

static bool write_all(struct revision *v, struct err *e)
{
	return write_at(v, whole, "repo/w/one", e) && revision_add(v, r, sums, "go.sum", e) &&
	       revision_write_sources(v, r, whole, true, NULL, e);
}

/* Written as a whole, or the reason is told. */
static void test_failures(void **state)
{
	const char *own = tmp_path("own"), *names = NULL;
	size_t n = 0, failed = 0;
	struct err e = ERR_INIT;
	struct revision v;

	(void)state;
	/* from one place in the code, which volatile keeps one; the first time nothing fails */
	for (volatile size_t i = 0; i <= n; i++) {
		bool ok;

		assert_true(fs_remove_all(own, NULL));
		if (i == 0)
			shim_record(own);
		else
			shim_arm(own, i - 1);
		ok = write_all(&v, &e);
		if (i == 0)
			n = shim_recorded();
		else
			failed += shim_disarm() != NULL;
		assert_int_equal(err_is_set(&e), !ok);
		assert_true(ok || i > 0);
		if (i == 0)
			names = names_of(&v);
		else if (ok)
			assert_string_equal(names_of(&v), names);
		revision_release(&v);
		err_clear(&e);
	}
	if (shim_works())
		assert_in_range(failed, n / 2, n);
	err_release(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write),	 cmocka_unit_test(test_places),
		cmocka_unit_test(test_add),	 cmocka_unit_test(test_sources),
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
