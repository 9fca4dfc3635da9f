/* Trees as git stores them, whole and broken: "MODE NAME", a NUL and 20 bytes for each entry. What an entry's mode becomes is libgit2's normalize_filemode. */
#include "gitfix.h"

#include "git/gittree.h"

#define ID "01234567890123456789"
#define ENTRY(mode, name) mode " " name "\0" ID

static const struct broken {
	const char *data;
	size_t len;
	size_t n;	 /* entries before the end */
	const char *why; /* for the reader; "": it is whole */
} trees[] = {
#define TREE(n, why, data)                     \
	{                                      \
		data, sizeof(data) - 1, n, why \
	}
	TREE(0, "", ""),
	TREE(1, "", ENTRY("100644", "a")),
	TREE(2, "", ENTRY("100644", "a") ENTRY("40000", "b")),
	TREE(0, "no mode", " a\0" ID),
	TREE(0, "no name", "100644 \0" ID),
	TREE(0, "no blank", "100644"),
	TREE(0, "not octal", "100648 a\0" ID),
	TREE(0, "not a digit", "x100644 a\0" ID),
	TREE(0, "no zero", "100644 abcdef"),
	TREE(0, "a short id",
	     "100644 a\0"
	     "0123456789012345678"),
	TREE(1, "a rest", ENTRY("100644", "a") "1"),
	TREE(1, "a rest", ENTRY("100644", "a") "100644 "),
};

static void test_entries(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(trees); i++) {
		struct gittree_entry entry;
		struct buf b = BUF_INIT;
		size_t at = 0, n = 0;

		buf_add(&b, trees[i].data, trees[i].len);
		while (gittree_next(&b, &at, &entry)) {
			assert_memory_equal(entry.id.id, ID, GIT_OID_RAWSZ);
			assert_string_equal(entry.name, n ? "b" : "a");
			n++;
		}
		assert_int_equal(n, trees[i].n);
		if ((at == b.len) != !*trees[i].why)
			fail_msg("tree %zu: %s", i, trees[i].why);
		buf_release(&b);
	}
}

static void test_modes(void **state)
{
	static const struct {
		const char *mode;
		git_filemode_t want;
	} modes[] = {
		{ "40000", GIT_FILEMODE_TREE },
		{ "040000", GIT_FILEMODE_TREE },
		{ "40755", GIT_FILEMODE_TREE },
		{ "100644", GIT_FILEMODE_BLOB },
		{ "100664", GIT_FILEMODE_BLOB },
		{ "644", GIT_FILEMODE_BLOB },
		{ "100755", GIT_FILEMODE_BLOB_EXECUTABLE },
		{ "100100", GIT_FILEMODE_BLOB_EXECUTABLE },
		{ "120000", GIT_FILEMODE_LINK },
		{ "160000", GIT_FILEMODE_COMMIT },
		{ "60000", GIT_FILEMODE_BLOB },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		struct gittree_entry entry;
		struct buf b = BUF_INIT;
		size_t at = 0;

		buf_addf(&b, "%s name", modes[i].mode);
		buf_add(&b, "\0" ID, GIT_OID_RAWSZ + 1);
		assert_true(gittree_next(&b, &at, &entry));
		if (entry.mode != modes[i].want)
			fail_msg("%s: %o", modes[i].mode, (unsigned)entry.mode);
		buf_release(&b);
	}
}

/* A path, and what is found there in the repository below. */
static const struct {
	const char *path;
	git_filemode_t mode; /* 0: nothing */
} paths[] = {
	{ "", GIT_FILEMODE_TREE },
	{ "a", GIT_FILEMODE_BLOB },
	{ "dir", GIT_FILEMODE_TREE },
	{ "dir/", GIT_FILEMODE_TREE },
	{ "dir/x", GIT_FILEMODE_BLOB },
	{ "dir/deep/y", GIT_FILEMODE_BLOB },
	{ "dir/z", 0 },
	{ "di", 0 },
	{ "dirx", 0 },
	{ "a/x", 0 },
	{ "none/x/y", 0 },
	{ "/a", 0 },
};

static void test_paths(void **state)
{
	git_repository *made = gitfix_new("r.git");
	struct gittree_objects o;
	git_object *top;
	struct gitrepo *repo;
	char id[GITFIX_HEX];
	git_oid tree;

	(void)state;
	gitfix_commit(made, "refs/heads/main",
		      (const char *const[]){ "a", "1", "dir/deep/y", "2", "dir/x", "3", NULL },
		      1700000000, id);
	assert_true(gitrepo_open(&repo, tmp_path("r.git"), NULL));
	gitfix_must(git_revparse_single(&top, made, "HEAD^{tree}"));
	o = gittree_of_repo(repo);
	git_oid_cpy(&tree, git_object_id(top));
	git_object_free(top);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct gittree_entry entry;
		struct err e = ERR_INIT;
		bool found = gittree_find(&o, &tree, paths[i].path, &entry, &e);

		if (found != (paths[i].mode != 0) || (found && entry.mode != paths[i].mode))
			fail_msg("%s: %d, %o", paths[i].path, found, (unsigned)entry.mode);
		if (!found)
			tmp_assert_err(&e, ERR_NOT_FOUND, "file does not exist");
	}
	gitrepo_free(repo);
	git_repository_free(made);
}

/* An object of another type, and one that is not there. */
static void test_objects(void **state)
{
	git_repository *made = gitfix_new("s.git");
	struct gittree_entry entry;
	struct gittree_objects o;
	struct gitrepo *repo;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	git_object_t type;
	char id[GITFIX_HEX];
	git_oid oid, none;
	size_t size;

	(void)state;
	gitfix_commit(made, "refs/heads/main", (const char *const[]){ "a", "1", NULL }, 1700000000,
		      id);
	gitfix_must(git_oid_fromstr(&oid, id));
	memset(&none, 7, sizeof(none));
	assert_true(gitrepo_open(&repo, tmp_path("s.git"), NULL));
	o = gittree_of_repo(repo);
	assert_true(o.size(o.ctx, &oid, &type, &size, "x", NULL));
	assert_int_equal(type, GIT_OBJECT_COMMIT);
	assert_false(o.read(o.ctx, &oid, GIT_OBJECT_TREE, &b, "x", &e));
	tmp_assert_err(&e, ERR_REFUSED, "x: an object of another type");
	assert_false(gittree_find(&o, &oid, "a", &entry, &e));
	tmp_assert_err(&e, ERR_REFUSED, "a: an object of another type");
	assert_false(o.size(o.ctx, &none, &type, &size, "x", &e));
	assert_non_null(strstr(e.text, "object not found"));
	err_clear(&e);
	assert_false(o.read(o.ctx, &none, GIT_OBJECT_TREE, &b, "x", &e));
	assert_non_null(strstr(e.text, "object not found"));
	err_release(&e);
	assert_int_equal(b.len, 0);
	buf_release(&b);
	gitrepo_free(repo);
	git_repository_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_objects),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
