/* Repositories made with libgit2; what git would print is worked out by hand. */
#include "tmpdir.h"

#include <git2.h>
#include <stdlib.h>

#include "git/gitstate.h"

static void must(int code)
{
	if (code < 0)
		fail_msg("%s", git_error_last() ? git_error_last()->message : "libgit2 failed");
}

static struct gitstate state_of(const char *name)
{
	struct gitstate s;
	struct err e = ERR_INIT;

	if (!gitstate_read(&s, &tmp_arena, tmp_path(name), &e))
		fail_msg("%s", e.text);
	return s;
}

static git_repository *make_repository(const char *name)
{
	git_repository_init_options o = GIT_REPOSITORY_INIT_OPTIONS_INIT;
	git_repository *repo;

	o.flags = GIT_REPOSITORY_INIT_MKPATH;
	o.initial_head = "trunk";
	must(git_repository_init_ext(&repo, tmp_path(name), &o));
	return repo;
}

/* Commits a file and returns the commit's id. */
static void commit(git_repository *repo, const char *file, git_oid *id)
{
	git_signature *who;
	git_index *index;
	git_tree *tree;
	git_oid tree_id;

	must(git_signature_new(&who, "A", "a@example.com", 1700000000, 0));
	must(git_repository_index(&index, repo));
	must(git_index_add_bypath(index, file));
	must(git_index_write(index));
	must(git_index_write_tree(&tree_id, index));
	must(git_tree_lookup(&tree, repo, &tree_id));
	must(git_commit_create(id, repo, "HEAD", who, who, NULL, "one", tree, 0, NULL));
	git_tree_free(tree);
	git_index_free(index);
	git_signature_free(who);
}

static void outside(void **state)
{
	(void)state;
	tmp_mkdir("plain");
	assert_false(state_of("plain").there);
}

static void before_and_after_the_first_commit(void **state)
{
	git_repository *repo = make_repository("r");
	struct gitstate s = state_of("r");
	char hex[8];
	git_oid id;

	(void)state;
	assert_true(s.there);
	assert_string_equal(s.branch, "trunk");
	assert_string_equal(s.commit, "");
	assert_int_equal(s.n_changed, 0);
	tmp_write("r/go.mod", "module m\n");
	assert_int_equal(state_of("r").n_changed, 1);

	commit(repo, "go.mod", &id);
	git_oid_tostr(hex, sizeof(hex), &id);
	s = state_of("r");
	assert_string_equal(s.commit, hex);
	assert_string_equal(s.branch, "trunk");
	assert_string_equal(s.ref, "refs/heads/trunk");
	assert_int_equal(s.n_changed, 0);

	tmp_write("r/go.mod", "module other\n");
	tmp_mkdir("r/sub");
	tmp_write("r/sub/a.go", "package a\n");
	s = state_of("r/sub");
	assert_int_equal(s.n_changed, 2);
	assert_string_equal(s.dir, arena_fmt(&tmp_arena, "%s/r/.git/", tmp_dir));

	must(git_repository_set_head_detached(repo, &id));
	s = state_of("r");
	assert_string_equal(s.branch, "");
	assert_string_equal(s.commit, hex);
	git_repository_free(repo);
}

static void a_broken_head_is_an_error(void **state)
{
	git_repository *repo = make_repository("broken");
	struct gitstate s;
	struct err e = ERR_INIT;

	(void)state;
	git_repository_free(repo);
	tmp_write("broken/.git/HEAD", "no reference\n");
	assert_false(gitstate_read(&s, &tmp_arena, tmp_path("broken"), &e));
	assert_int_equal(e.code, ERR_REFUSED);
	err_release(&e);
}

static int setup(void **state)
{
	static const char *const vars[] = { "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE" };

	for (size_t i = 0; i < ARRAY_LEN(vars); i++)
		unsetenv(vars[i]);
	setenv("GIT_CEILING_DIRECTORIES", "/tmp", 1);
	git_libgit2_init();
	/* ignore the user's settings */
	git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL, "");
	git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_XDG, "");
	git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_SYSTEM, "");
	return tmp_setup(state);
}

static int teardown(void **state)
{
	git_libgit2_shutdown();
	return tmp_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outside),
		cmocka_unit_test(before_and_after_the_first_commit),
		cmocka_unit_test(a_broken_head_is_an_error),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
