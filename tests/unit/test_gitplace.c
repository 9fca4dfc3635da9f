/* What is pushed, in whole histories and in those that end early, as in a shallow clone. */
#include "gitfix.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "git/gitplace.h"

enum { COMMITS = 3 };

static git_repository *repo;
static char ids[COMMITS][GITFIX_HEX];

static void make_history(const char *name)
{
	git_repository_init_options o = GIT_REPOSITORY_INIT_OPTIONS_INIT;

	git_libgit2_init();
	o.flags = GIT_REPOSITORY_INIT_MKPATH;
	o.initial_head = "main";
	gitfix_must(git_repository_init_ext(&repo, tmp_path(name), &o));
	for (int i = 0; i < COMMITS; i++)
		gitfix_commit(repo, "refs/heads/main",
			      (const char *const[]){ "go.mod", "module m\n", NULL }, 1700000000 + i,
			      ids[i]);
}

static void remote_is_at(int i)
{
	git_reference *ref;
	git_oid oid;

	gitfix_must(git_oid_fromstr(&oid, ids[i]));
	gitfix_must(git_reference_create(&ref, repo, "refs/remotes/origin/main", &oid, 1, "fetch"));
	git_reference_free(ref);
}

/* The history then ends before this commit. */
static void lose(const char *name, int i)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "%s/.git/objects/%.2s/%s", name, ids[i], ids[i] + 2);
	assert_int_equal(unlink(tmp_path(b.data)), 0);
	buf_release(&b);
}

static void check(const char *name, size_t unpushed, bool half_walked)
{
	struct gitplace g;
	struct err e = ERR_INIT;

	if (!gitplace_read(&g, &tmp_arena, tmp_path(name), "", &e))
		fail_msg("%s", e.text);
	assert_true(g.there);
	assert_int_equal(g.n_unpushed, unpushed);
	assert_string_equal(g.unwalked,
			    half_walked ? "the repository lacks commits of its history" : "");
}

static void whole_history(void **state)
{
	(void)state;
	make_history("whole");
	check("whole", 3, false);
	remote_is_at(0);
	check("whole", 2, false);
	remote_is_at(2);
	check("whole", 0, false);
	git_repository_free(repo);
}

/* As git, which goes no further up; but the directory itself counts. */
static void search_that_ends(void **state)
{
	struct gitplace g;

	(void)state;
	make_history("above");
	assert_int_equal(mkdir(tmp_path("above/sub"), 0777), 0);
	assert_true(gitplace_read(&g, &tmp_arena, tmp_path("above/sub"), "", NULL) && g.there);
	setenv("GIT_CEILING_DIRECTORIES", tmp_path("above"), 1);
	assert_true(gitplace_read(&g, &tmp_arena, tmp_path("above/sub"), "", NULL) && !g.there);
	assert_true(gitplace_read(&g, &tmp_arena, tmp_path("above"), "", NULL) && g.there);
	unsetenv("GIT_CEILING_DIRECTORIES");
	git_repository_free(repo);
}

static void history_that_ends_early(void **state)
{
	(void)state;
	make_history("cut");
	lose("cut", 0);
	/* how many is not known: at least so many */
	check("cut", 1, true);
	/* HEAD itself is at the remote */
	remote_is_at(2);
	check("cut", 0, false);
	git_repository_free(repo);
}

static void remedy_is(const struct gitplace *g, const char *dir, const char *want)
{
	assert_string_equal(gitplace_push_remedy(g, &tmp_arena, dir), want);
}

/* tests/release/replaces follows each of these with git. */
static void what_pushes(void **state)
{
	(void)state;
	remedy_is(&(struct gitplace){ .branch = "main",
				      .remote = "origin",
				      .upstream = "origin/main" },
		  "", "git push");
	remedy_is(&(struct gitplace){ .branch = "main", .remote = "o", .upstream = "o/trunk" },
		  "../a", "git -C ../a push o HEAD:trunk");
	remedy_is(&(struct gitplace){ .branch = "t", .remote = "origin", .upstream = "" }, "../a b",
		  "git -C '../a b' push -u origin t");
	remedy_is(&(struct gitplace){ .branch = "main", .remote = "", .upstream = "" }, "",
		  "git remote add origin URL, then git push -u origin main");
	remedy_is(&(struct gitplace){ .branch = "", .remote = "origin", .upstream = "" }, "../a",
		  "git -C ../a switch -c BRANCH, then push that branch");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_history),
		cmocka_unit_test(history_that_ends_early),
		cmocka_unit_test(search_that_ends),
		cmocka_unit_test(what_pushes),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
