/* Trees of packages: the walk and its exceptions, the index that saves a second reading, and an index that lies. */
#include "tmpdir.h"

#include <fcntl.h>

#include "packages/pkgroot.h"
#include "packages/pkgwalk.h"
#include "sealed.h"

#define TREE tmp_path("m@v1")
#define INDEX tmp_path("index")

static void assert_words(const char *const *list, size_t n, const char *want)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%s%s", i ? " " : "", list[i]);
	assert_string_equal(b.data, want);
	buf_release(&b);
}

static void make_tree(void)
{
	tmp_write("m@v1/a.go", "package a\n\nimport (\n\t\"fmt\"\n\t\"b.test/x\"\n)\n");
	tmp_write("m@v1/a_test.go", "package a\n\nimport \"testing\"\n");
	tmp_write("m@v1/ignored/i.go", "//go:build ignore\n\npackage main\n");
	tmp_write("m@v1/docs/README", "none\n");
}

static struct pkgroot *open_tree(struct pkgroots *r)
{
	struct pkgroot *t;

	pkgroots_init(r, INDEX);
	t = pkgroots_add(r, TREE, false);
	pkgroot_open(t, NULL);
	return t;
}

static struct pkgroot_dir *need(struct pkgroot *t, const char *rel)
{
	struct pkgroot_dir *d = pkgroot_dir(t, rel);

	pkgroot_need(t, d);
	return d;
}

static void check_dirs(struct pkgroot *t, bool stored)
{
	struct pkgroot_dir *d = need(t, "");

	assert_true(d->is_go_dir && !d->no_go);
	assert_words(d->imports, d->n_imports, "b.test/x fmt");
	assert_words(d->tests, d->n_tests, "testing");
	assert_int_equal(d->stored, stored);
	assert_ptr_equal(pkgroot_dir(t, ""), d);
	d = need(t, "docs");
	assert_false(d->is_go_dir);
	assert_int_equal(d->stored, stored);
	d = need(t, "ignored");
	assert_true(d->is_go_dir && d->no_go);
	assert_int_equal(d->n_imports, 0);
}

static void test_second_run_reads_nothing(void **state)
{
	struct pkgroots r;
	struct pkgroot *t;

	(void)state;
	make_tree();
	t = open_tree(&r);
	check_dirs(t, false);
	assert_true(t->fresh);
	pkgroots_save(&r);
	assert_false(t->fresh);
	pkgroots_release(&r);

	/* the sources are gone, but their directory has its old time: the index answers */
	assert_int_equal(unlink(tmp_path("m@v1/ignored/i.go")), 0);
	t = open_tree(&r);
	check_dirs(t, true);
	assert_false(t->fresh);
	pkgroots_release(&r);
}

static void test_changed_tree(void **state)
{
	const struct timespec times[2] = { { 1, 0 }, { 1, 5 } };
	struct pkgroots r;
	struct pkgroot *t;

	(void)state;
	make_tree();
	assert_int_equal(utimensat(AT_FDCWD, TREE, times, 0), 0);
	t = open_tree(&r);
	assert_int_equal(t->dirs.n, 0);
	check_dirs(t, false);
	pkgroots_save(&r);
	pkgroots_release(&r);
	t = open_tree(&r);
	check_dirs(t, true);
	pkgroots_release(&r);
}

#define LATER ((int64_t)4000000000 * 1000000000) /* every file is old enough */

static struct pkgroot *open_local(struct pkgroots *r, int64_t now)
{
	struct pkgroot *t;

	pkgroots_init(r, INDEX);
	r->now = now;
	t = pkgroots_add(r, tmp_path("l"), true);
	pkgroot_open(t, NULL);
	return t;
}

static void close_local(struct pkgroots *r)
{
	pkgroots_save(r);
	pkgroots_release(r);
}

/* Asserts the imports of a directory in the local tree, and whether they come from the index. */
static void assert_local(const char *rel, bool stored, const char *imports)
{
	struct pkgroots r;
	struct pkgroot *t = open_local(&r, LATER);
	struct pkgroot_dir *d = need(t, rel);

	assert_words(d->imports, d->n_imports, imports);
	assert_int_equal(d->stored, stored);
	assert_int_equal(t->fresh, !stored);
	close_local(&r);
}

static void test_local_tree(void **state)
{
	(void)state;
	tmp_write("l/go.mod", "module l.test\n");
	tmp_write("l/p/a.go", "package p\n\nimport \"fmt\"\n");
	tmp_write("l/p/b.go", "package p\n\nimport \"os\"\n");
	assert_local("p", false, "fmt os");
	assert_local("p", true, "fmt os");
	/* same size, same mtime, another ctime */
	struct stat st;
	assert_int_equal(stat(tmp_path("l/p/b.go"), &st), 0);
	tmp_write("l/p/b.go", "package p\n\nimport \"io\"\n");
	const struct timespec times[2] = { st.st_atim, st.st_mtim };
	assert_int_equal(utimensat(AT_FDCWD, tmp_path("l/p/b.go"), times, 0), 0);
	assert_local("p", false, "fmt io");
	assert_local("p", true, "fmt io");
	/* a file appears, another disappears */
	tmp_write("l/p/c_test.go", "package p\n\nimport \"testing\"\n");
	assert_local("p", false, "fmt io");
	assert_int_equal(unlink(tmp_path("l/p/a.go")), 0);
	assert_local("p", false, "io");
	assert_local("p", true, "io");
	/* a link's target may change: never stored */
	assert_int_equal(symlink("b.go", tmp_path("l/p/d.go")), 0);
	for (int i = 0; i < 2; i++) {
		struct pkgroots r;
		struct pkgroot *t = open_local(&r, LATER);

		assert_false(need(t, "p")->stored);
		assert_false(t->fresh);
		close_local(&r);
	}
}

/* A file that changed a moment ago may change again without a new timestamp. */
static void test_local_tree_unsettled(void **state)
{
	struct pkgroots r;
	struct timespec now;

	(void)state;
	tmp_write("l/young/a.go", "package p\n\nimport \"fmt\"\n");
	clock_gettime(CLOCK_REALTIME, &now);
	for (int i = 0; i < 2; i++) {
		struct pkgroot *t = open_local(&r, imports_time(&now) + 1000000000);

		assert_false(need(t, "young")->stored);
		assert_false(t->fresh);
		close_local(&r);
	}
}

static void test_local_walk(void **state)
{
	struct pkgroots r;
	struct pkgroot *t;
	struct pkgwalk_known k;

	(void)state;
	tmp_write("l/w/go.mod", "module w.test\n");
	tmp_mkdir("l/w/x");
	tmp_mkdir("l/w/y");
	tmp_mkdir("l/w/x/go.mod");
	t = open_local(&r, LATER);
	need(t, "w");
	need(t, "w/x");
	close_local(&r);
	t = open_local(&r, LATER);
	assert_true(pkgroot_known(t, "w", &tmp_arena, &k));
	assert_words(k.subdirs, k.n_subdirs, "x y");
	assert_true(k.has_gomod && pkgroot_hidden(t, "w"));
	assert_true(pkgroot_known(t, "w/x", &tmp_arena, &k));
	assert_false(k.has_gomod); /* it is a directory */
	assert_false(pkgroot_known(t, "w/y", &tmp_arena, &k));
	close_local(&r);
	assert_int_equal(rmdir(tmp_path("l/w/y")), 0);
	t = open_local(&r, LATER);
	assert_false(pkgroot_known(t, "w", &tmp_arena, &k));
	close_local(&r);
}

/* The index of tree l as lines without their checksums; *head is what precedes them. */
static const char *local_lines(const struct pkgroot *t, const char **head)
{
	char *data;
	size_t len;
	struct buf b = BUF_INIT;
	const char *lines;

	assert_true(fs_read(&tmp_arena, t->index_file, 1 << 20, &data, &len, NULL));
	*head = arena_strdup(&tmp_arena, t->index_head);
	for (const char *p = data + strlen(*head); *p; p += strcspn(p, "\n") + 1)
		buf_add(&b, p + 16, strcspn(p + 16, "\n") + 1);
	lines = arena_strdup(&tmp_arena, b.data);
	buf_release(&b);
	return lines;
}

/* Of a local tree's entry one field is false, with a checksum that is right: the directory is read again. */
static void test_lying_local_index(void **state)
{
	static const char *const lies[][2] = {
		{ "/a.go", "/b.go" },	{ "/a.go", "" },	{ "/a.go", "x/a.go" },
		{ "/a.go", "/a.go/" },	{ "/a.go", "/" },	{ "\t-\t", "\tmm\t" },
		{ "\t-\t", "\tx\t" },	{ "\t-\t", "\t\t" },	{ "\t-\t", "\t-" },
		{ "\t-\t", "\t-\t\t" }, { "one\tg", "one\tx" },
	};
	const char *lines, *head, *at;
	struct pkgroots r;
	struct pkgroot *t;

	(void)state;
	assert_true(fs_remove_all(INDEX, NULL));
	tmp_write("l/one/a.go", "package p\n\nimport \"fmt\"\n");
	t = open_local(&r, LATER);
	need(t, "one");
	pkgroots_save(&r);
	lines = local_lines(t, &head);
	close_local(&r);
	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		struct buf text = BUF_INIT;
		struct pkgroot_dir *d;

		assert_non_null((at = strstr(lines, lies[i][0])));
		at = arena_fmt(&tmp_arena, "%.*s%s%s", (int)(at - lines), lines, lies[i][1],
			       at + strlen(lies[i][0]));
		sealed_lines(&text, head, at, strlen(at));
		t = open_local(&r, LATER);
		assert_true(fs_write_atomic(t->index_file, text.data, text.len, 0644, false, NULL));
		buf_release(&text);
		pkgroots_release(&r);
		t = open_local(&r, LATER);
		d = need(t, "one");
		if (d->stored)
			fail_msg("%s for %s is believed", lies[i][1], lies[i][0]);
		assert_words(d->imports, d->n_imports, "fmt");
		pkgroots_release(&r);
	}
}

/* Names that would break a line are read anew each time; many words, and a tree whose own name has a tab. */
static void test_odd_names(void **state)
{
	static const char *const files[] = { "l/sp/a b.go", "l/sub/x y/a.go", "l/imp/i.go" };
	struct buf many = BUF_INIT, want = BUF_INIT;
	struct pkgroots r;
	struct pkgroot *t;

	(void)state;
	assert_true(fs_remove_all(INDEX, NULL));
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		tmp_write(files[i], i == 2 ? "package p\n\nimport \"a b\"\n" : "package p\n");
	tmp_write("l/sub/a.go", "package p\n");
	buf_addstr(&many, "package p\n\nimport (\n");
	for (int i = 100; i < 300; i++) {
		buf_addf(&many, "\t_ \"m/%d\"\n", i);
		buf_addf(&want, "%sm/%d", i > 100 ? " " : "", i);
	}
	buf_addstr(&many, ")\n");
	tmp_write("l/many/m.go", many.data);
	for (int run = 0; run < 2; run++) {
		t = open_local(&r, LATER);
		assert_false(need(t, "sp")->stored);
		assert_false(need(t, "sub")->stored);
		assert_false(need(t, "imp")->stored);
		assert_true(need(t, "sub")->is_go_dir);
		assert_int_equal(need(t, "many")->stored, run);
		assert_words(need(t, "many")->imports, need(t, "many")->n_imports, want.data);
		close_local(&r);
	}
	tmp_write("t\tb/a.go", "package a\n\nimport \"fmt\"\n");
	for (int run = 0; run < 2; run++) {
		pkgroots_init(&r, INDEX);
		t = pkgroots_add(&r, tmp_path("t\tb"), false);
		pkgroot_open(t, NULL);
		assert_words(need(t, "")->imports, need(t, "")->n_imports, "fmt");
		assert_false(need(t, "")->stored);
		close_local(&r);
	}
	buf_release(&many);
	buf_release(&want);
}

static void run_project(bool stored, bool packed, const char *lie)
{
	struct pkgroots r;
	struct pkgroot *t;

	pkgroots_init(&r, INDEX);
	pkgroots_project_read(&r, "project");
	t = pkgroots_add(&r, TREE, false);
	pkgroot_open(t, NULL);
	check_dirs(t, stored);
	assert_int_equal(t->packed != NULL, packed);
	pkgroots_save(&r);
	/* the project's index must work without the tree's */
	unlink(t->index_file);
	if (lie) {
		size_t head = strcspn(r.project.data, "\n") + 1;
		const char *text = arena_fmt(&tmp_arena, "%.*s%s", (int)head, r.project.data, lie);

		assert_true(head > 1);
		assert_true(fs_write_atomic(r.project_file, text, strlen(text), 0644, false, NULL));
	}
	pkgroots_release(&r);
}

/* All trees of a project in one file. */
static void test_project(void **state)
{
	static const char *const lies[] = { "",		"x",
					    "1\n",	"99999999999999999999\n",
					    "5\nmodsc", "30\nmodscope imports 4\n\t\n0123456789",
					    "0\n" };

	(void)state;
	make_tree();
	assert_true(fs_remove_all(INDEX, NULL));
	run_project(false, false, NULL);
	run_project(true, true, NULL);
	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		run_project(true, true, lies[i]);
		run_project(false, false, NULL);
	}
}

/* Whatever follows a valid head: all entries are as their lines say, or none is believed. */
static void test_lying_index(void **state)
{
	static const struct {
		const char *lines;
		size_t n; /* entries that are read */
	} cases[] = {
		{ ".\tg\tfmt\t\n", 1 },
		{ ".\tg\tfmt\t\nsub\t-\t\t\n", 2 },
		{ ".\tg\t            fmt                    \t                                  os\n",
		  1 },
		{ ".\tg\tfmt\n", 0 },
		{ ".\tg\tfmt\t\textra\n", 0 },
		{ ".\tx\tfmt\t\n", 0 },
		{ ".\tgg\tfmt\t\n", 0 },
		{ ".\tg\tfmt\t\nsub\t-\t\t", 0 },
		{ "sub\t-\t\t\nsub\t-\t\t\n", 0 },
		{ "\n", 0 },
		{ "", 0 },
	};
	struct pkgroots r;
	struct pkgroot *t;

	(void)state;
	make_tree();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		t = open_tree(&r);
		assert_true(fs_write_atomic(t->index_file, t->index_head, strlen(t->index_head),
					    0644, false, NULL));
		const char *lines = arena_fmt(&tmp_arena, "1.21\n%s", cases[i].lines);
		struct buf text = BUF_INIT;

		sealed_lines(&text, t->index_head, lines, strlen(lines));
		assert_true(fs_write_atomic(t->index_file, text.data, text.len, 0644, false, NULL));
		buf_release(&text);
		pkgroots_release(&r);
		t = open_tree(&r);
		assert_int_equal(t->dirs.n, cases[i].n);
		if (i == 2) {
			struct pkgroot_dir *d = need(t, "");

			assert_words(d->imports, d->n_imports, "fmt");
			assert_words(d->tests, d->n_tests, "os");
		} else if (!cases[i].n) {
			check_dirs(t, false);
		}
		pkgroots_release(&r);
	}
}

/* Flips one bit of each byte in turn: the affected entry is read again, and is right. */
static void test_flipped_bits(void **state)
{
	struct pkgroots r;
	struct pkgroot *t;
	char *data;
	size_t len, n, forgotten = 0;

	(void)state;
	make_tree();
	t = open_tree(&r);
	check_dirs(t, false);
	pkgroots_save(&r);
	assert_true(fs_read(&tmp_arena, t->index_file, 1 << 20, &data, &len, NULL));
	pkgroots_release(&r);
	t = open_tree(&r);
	n = t->dirs.n;
	pkgroots_release(&r);
	assert_true(n > 1);
	for (size_t i = 0; i < len; i++) {
		data[i] ^= (char)(1 << i % 8);
		t = open_tree(&r);
		assert_true(fs_write_atomic(t->index_file, data, len, 0644, false, NULL));
		pkgroots_release(&r);
		t = open_tree(&r);
		assert_true(t->dirs.n < n);
		forgotten += n - t->dirs.n;
		assert_words(need(t, "")->imports, need(t, "")->n_imports, "b.test/x fmt");
		assert_false(need(t, "docs")->is_go_dir);
		assert_true(need(t, "ignored")->no_go);
		pkgroots_release(&r);
		data[i] ^= (char)(1 << i % 8);
	}
	assert_true(forgotten >= len);
}

static void test_hidden(void **state)
{
	struct pkgroots r;
	struct pkgroot *t;

	(void)state;
	tmp_write("local/go.mod", "module l.test\n");
	tmp_write("local/nested/go.mod", "module l.test/nested\n");
	tmp_mkdir("local/nested/deep/er");
	tmp_mkdir("local/dir/go.mod"); /* a directory with that name makes no module */
	pkgroots_init(&r, NULL);
	t = pkgroots_add(&r, tmp_path("local"), true);
	pkgroot_open(t, NULL);
	assert_false(pkgroot_hidden(t, ""));
	assert_true(pkgroot_hidden(t, "nested"));
	assert_true(pkgroot_hidden(t, "nested/deep/er"));
	assert_false(pkgroot_hidden(t, "dir"));
	assert_false(pkgroot_hidden(t, "gone/for/ever"));
	pkgroots_save(&r);
	pkgroots_release(&r);
}

static void assert_walk(struct pkgwalk *w, const char *prefix, const char *want)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	if (!pkgwalk(&tmp_arena, tmp_path("w"), prefix, w, &e))
		fail_msg("%s", e.text);
	for (size_t i = 0; i < w->n; i++) {
		buf_addf(&b, "%s ", w->dirs[i].path);
		assert_string_equal(w->dirs[i].dir, *w->dirs[i].rel
							    ? arena_fmt(&tmp_arena, "%s/w/%s",
									tmp_dir, w->dirs[i].rel)
							    : tmp_path("w"));
	}
	assert_string_equal(b.data, want);
	buf_release(&b);
}

static void test_walk(void **state)
{
	static const char *const ignored[] = { "./a/skip", "anywhere" };
	struct pkgwalk w = { .stop_at_gomod = true, .stop_at_vendor = true };

	(void)state;
	tmp_mkdir("w/a/skip/x");
	tmp_mkdir("w/b/anywhere/x");
	tmp_mkdir("w/b/skip");
	tmp_mkdir("w/testdata/x");
	tmp_mkdir("w/_under");
	tmp_mkdir("w/.dot");
	tmp_mkdir("w/vendor/v.test");
	tmp_mkdir("w/b/vendor/x");
	tmp_mkdir("w/B");
	tmp_mkdir("w/b-c");
	tmp_write("w/nested/go.mod", "module n\n");
	tmp_mkdir("w/nested/x");
	assert_int_equal(symlink("a", tmp_path("w/link")), 0);
	assert_int_equal(symlink("..", tmp_path("w/a/loop")), 0);
	assert_walk(
		&w, "m.test",
		"m.test m.test/B m.test/a m.test/a/skip m.test/a/skip/x m.test/b m.test/b-c "
		"m.test/b/anywhere m.test/b/anywhere/x m.test/b/skip m.test/b/vendor m.test/vendor ");
	w = (struct pkgwalk){
		.ignore = ignored, .n_ignore = 2, .stop_at_gomod = true, .stop_at_vendor = true
	};
	assert_walk(&w, "", "B a b b-c b/skip b/vendor vendor ");
	assert_true(pkgwalk_ignored(ignored, 2, "a/skip"));
	assert_true(pkgwalk_ignored(ignored, 2, "a/skip/x"));
	assert_false(pkgwalk_ignored(ignored, 2, "b/a/skip"));
	assert_false(pkgwalk_ignored(ignored, 2, "a/skipped"));
	assert_true(pkgwalk_ignored(ignored, 2, "x/y/anywhere/z"));
	assert_false(pkgwalk_ignored(ignored, 2, "anywhereelse"));
}

static void test_walk_depth(void **state)
{
	struct pkgwalk w = { .stop_at_gomod = true };
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;

	(void)state;
	buf_addstr(&b, "deep");
	for (int i = 0; i <= PKGWALK_MAX_DEPTH + 2; i++)
		buf_addstr(&b, "/d");
	tmp_mkdir(b.data);
	assert_false(pkgwalk(&tmp_arena, tmp_path("deep"), "m", &w, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	err_clear(&e);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_second_run_reads_nothing),
		cmocka_unit_test(test_changed_tree),
		cmocka_unit_test(test_lying_index),
		cmocka_unit_test(test_lying_local_index),
		cmocka_unit_test(test_odd_names),
		cmocka_unit_test(test_flipped_bits),
		cmocka_unit_test(test_local_tree),
		cmocka_unit_test(test_local_tree_unsettled),
		cmocka_unit_test(test_local_walk),
		cmocka_unit_test(test_project),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_walk_depth),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
