/* What is pushed, in whole histories and in those that end early, as in a shallow clone. */
#include "gitfix.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault/gitfault.h"
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
	remedy_is(&(struct gitplace){ .branch = "main", .remote = "o", .upstream = "one/main" }, "",
		  "git push o HEAD:one/main");
	remedy_is(&(struct gitplace){ .branch = "t", .remote = "origin", .upstream = "" }, "../a b",
		  "git -C '../a b' push -u origin t");
	remedy_is(&(struct gitplace){ .branch = "main", .remote = "", .upstream = "" }, "",
		  "git remote add origin URL, then git push -u origin main");
	remedy_is(&(struct gitplace){ .branch = "", .remote = "origin", .upstream = "" }, "../a",
		  "git -C ../a switch -c BRANCH, then push that branch");
}

static struct gitplace place_of(const char *name, const char *major)
{
	struct gitplace g;
	struct err e = ERR_INIT;

	if (!gitplace_read(&g, &tmp_arena, tmp_path(name), major, &e))
		fail_msg("%s: %s", name, e.text);
	return g;
}

/* As in "Mapping versions to commits" of the Go Modules Reference: a major version's own directory is not in the tag. */
static void prefixes_of_tags(void **state)
{
	static const struct {
		const char *dir, *major, *prefix, *tag_prefix;
	} cases[] = {
		{ "", "", "", "" },
		{ "", "/v2", "", "" },
		{ "/v2", "/v2", "v2", "" },
		{ "/v2", "", "v2", "v2/" },
		{ "/v2", "/v3", "v2", "v2/" },
		{ "/sub/v2", "/v2", "sub/v2", "sub/" },
		{ "/sub/v2", "/v3", "sub/v2", "sub/v2/" },
		{ "/sub", "/v2", "sub", "sub/" },
		{ "/sub", ".v2", "sub", "sub/" },
		{ "/s", "/v2", "s", "s/" },
	};

	(void)state;
	make_history("prefixes");
	tmp_mkdir("prefixes/sub/v2");
	tmp_mkdir("prefixes/v2");
	tmp_mkdir("prefixes/s");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct gitplace g = place_of(arena_fmt(&tmp_arena, "prefixes%s",
							     cases[i].dir),
						   cases[i].major);

		assert_string_equal(g.prefix, cases[i].prefix);
		assert_string_equal(g.tag_prefix, cases[i].tag_prefix);
		assert_string_equal(g.top, tmp_path("prefixes"));
	}
	git_repository_free(repo);
}

static void heads(void **state)
{
	git_repository_init_options o = GIT_REPOSITORY_INIT_OPTIONS_INIT;
	struct gitplace g;
	git_oid oid;

	(void)state;
	git_libgit2_init();
	tmp_mkdir("none");
	assert_false(place_of("none", "").there);
	git_repository_free(gitfix_new("bare"));
	g = place_of("bare", "");
	assert_false(g.there);
	assert_string_equal(g.top, "");
	/* before the first commit */
	o.flags = GIT_REPOSITORY_INIT_MKPATH;
	gitfix_must(git_repository_init_ext(&repo, tmp_path("unborn"), &o));
	tmp_write("unborn/a", "a");
	tmp_write("unborn/b", "b");
	g = place_of("unborn", "");
	assert_true(g.there);
	assert_string_equal(g.commit, "");
	assert_string_equal(g.branch, "");
	assert_int_equal(g.n_untracked, 2);
	assert_int_equal(g.n_changed, 0);
	assert_string_equal(g.dirty, "a");
	git_repository_free(repo);
	make_history("detached");
	g = place_of("detached", "");
	assert_string_equal(g.branch, "main");
	assert_string_equal(g.commit, ids[COMMITS - 1]);
	assert_int_equal(g.n_changed, 1); /* go.mod was never checked out */
	assert_string_equal(g.dirty, "go.mod");
	gitfix_must(git_oid_fromstr(&oid, ids[1]));
	gitfix_must(git_repository_set_head_detached(repo, &oid));
	g = place_of("detached", "");
	assert_string_equal(g.branch, "");
	assert_string_equal(g.commit, ids[1]);
	/* a file that is no ref */
	tmp_write("detached/.git/HEAD", "x\n");
	{
		struct err e = ERR_INIT;

		assert_false(gitplace_read(&g, &tmp_arena, tmp_path("detached"), "", &e));
		assert_true(err_is_set(&e));
		err_release(&e);
	}
	git_repository_free(repo);
}

static void remote(const char *name)
{
	git_remote *made;

	gitfix_must(git_remote_create(&made, repo, name, "https://h.test/a"));
	git_remote_free(made);
}

static void remote_branch(const char *name, int i)
{
	git_reference *ref;
	git_oid oid;

	gitfix_must(git_oid_fromstr(&oid, ids[i]));
	gitfix_must(git_reference_create(&ref, repo, arena_fmt(&tmp_arena, "refs/remotes/%s", name),
					 &oid, 1, "fetch"));
	git_reference_free(ref);
}

/* As `git push` chooses: the branch's own, else origin, else the first. */
static void remotes(void **state)
{
	struct gitplace g;

	(void)state;
	make_history("remotes");
	assert_string_equal(place_of("remotes", "").remote, "");
	remote("b");
	assert_string_equal(place_of("remotes", "").remote, "b");
	remote("origin");
	remote("z");
	g = place_of("remotes", "");
	assert_string_equal(g.remote, "origin");
	assert_string_equal(g.upstream, "");
	remote_branch("z/trunk", 1);
	remote_branch("origin/main", 2);
	assert_int_equal(place_of("remotes", "").n_unpushed, 0);
	tmp_write("remotes/.git/config",
		  arena_fmt(&tmp_arena,
			    "%s[branch \"main\"]\n\tremote = z\n\tmerge = refs/heads/trunk\n",
			    tmp_read("remotes/.git/config")));
	g = place_of("remotes", "");
	assert_string_equal(g.remote, "z");
	assert_string_equal(g.upstream, "z/trunk");
	assert_int_equal(g.n_unpushed, 1);
	git_repository_free(repo);
}

/* The upstream is HEAD, or another branch is: with a history that ends early only that tells. */
static void cut_with_upstream(void **state)
{
	(void)state;
	make_history("upstream");
	remote("z");
	gitfix_tag(repo, "v1.0.0", ids[2], NULL);
	remote_branch("a/other", 2);
	remote_branch("z/trunk", 0);
	tmp_write("upstream/.git/config",
		  arena_fmt(&tmp_arena,
			    "%s[branch \"main\"]\n\tremote = z\n\tmerge = refs/heads/trunk\n",
			    tmp_read("upstream/.git/config")));
	lose("upstream", 0);
	assert_string_equal(place_of("upstream", "").unwalked,
			    "the repository lacks commits of its history");
	remote_branch("z/trunk", 2);
	assert_string_equal(place_of("upstream", "").unwalked, "");
	git_repository_free(repo);
}

static void tags(void **state)
{
	static const char *const names[] = { "v1.0.0", "v1.2.0-rc.1", "v1.1.0",
					     "v1.3",   "v2",	      "v1.0.1+meta",
					     "vx",     "sub/v0.1.0",  "other" };
	struct gitplace g;
	struct err e = ERR_INIT;
	const char *const *versions;
	size_t n;

	(void)state;
	make_history("tags");
	tmp_mkdir("tags/sub");
	g = place_of("tags", "");
	assert_string_equal(g.tag, "");
	assert_true(gitplace_versions(&g, &tmp_arena, &versions, &n, &e));
	assert_int_equal(n, 0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		gitfix_tag(repo, names[i], ids[0], i ? NULL : "annotated\n");
	g = place_of("tags", "");
	assert_string_equal(g.tag, "v1.0.0");
	assert_int_equal(g.since_tag, 2);
	assert_true(gitplace_versions(&g, &tmp_arena, &versions, &n, &e));
	assert_int_equal(n, 3);
	assert_string_equal(versions[0], "v1.0.0");
	assert_string_equal(versions[1], "v1.1.0");
	assert_string_equal(versions[2], "v1.2.0-rc.1");
	g = place_of("tags/sub", "");
	assert_string_equal(g.tag, "sub/v0.1.0");
	assert_true(gitplace_versions(&g, &tmp_arena, &versions, &n, &e));
	assert_int_equal(n, 1);
	assert_string_equal(versions[0], "v0.1.0");
	g.top = tmp_path("nowhere");
	assert_false(gitplace_versions(&g, &tmp_arena, &versions, &n, &e));
	assert_true(str_has_prefix(e.text, tmp_path("nowhere: ")));
	err_release(&e);
	git_repository_free(repo);
}

/* From one place in the code: what leads to a call is a part of the call's place. */
static __attribute__((noinline)) bool read_whole(struct gitplace *g, size_t *n_versions,
						 struct err *e)
{
	const char *const *versions;

	return gitplace_read(g, &tmp_arena, tmp_path("faults"), "", e) &&
	       gitplace_versions(g, &tmp_arena, &versions, n_versions, e);
}

/* Each call of libgit2 fails once: it is an error that says so, or what is told is told as it is. */
static void failing_calls(void **state)
{
	struct gitplace whole, g;
	struct err e = ERR_INIT;
	size_t n = 0, tried = 0, n_versions, failed = 0;

	(void)state;
	make_history("faults");
	remote("origin");
	gitfix_tag(repo, "v1.0.0", ids[0], NULL);
	remote_branch("origin/main", 1);
	tmp_write("faults/.git/config",
		  arena_fmt(&tmp_arena,
			    "%s[branch \"main\"]\n\tremote = origin\n\tmerge = refs/heads/main\n",
			    tmp_read("faults/.git/config")));
	whole = place_of("faults", "");
	assert_int_equal(whole.n_unpushed, 1);
	assert_true(gitfault_begin());
	for (volatile size_t i = SIZE_MAX; i == SIZE_MAX || i < n;
	     i++) { /* volatile: one call in the code, whatever is optimised */
		bool ok;

		if (i == SIZE_MAX)
			gitfault_record();
		else
			gitfault_arm(i, GIT_ERROR);
		ok = read_whole(&g, &n_versions, &e);
		if (i == SIZE_MAX) {
			assert_true(ok);
			n = gitfault_recorded();
			continue;
		}
		tried++;
		failed += gitfault_disarm() != NULL;
		assert_true(ok != err_is_set(&e));
		if (!ok && !strstr(e.text, GITFAULT_SAYS))
			fail_msg("%s", e.text);
		if (ok) {
			assert_string_equal(g.commit, whole.commit);
			assert_string_equal(g.tag, whole.tag);
			assert_int_equal(g.n_changed, whole.n_changed);
			if (g.n_unpushed != whole.n_unpushed && str_eq(g.upstream, whole.upstream))
				assert_string_equal(g.unwalked, GITFAULT_SAYS);
		}
		err_clear(&e);
	}
	gitfault_end();
#ifdef __GLIBC__
	assert_int_equal(tried, n);
	assert_in_range(failed, n / 2, n);
#endif
	git_repository_free(repo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_history),
		cmocka_unit_test(history_that_ends_early),
		cmocka_unit_test(search_that_ends),
		cmocka_unit_test(what_pushes),
		cmocka_unit_test(prefixes_of_tags),
		cmocka_unit_test(heads),
		cmocka_unit_test(remotes),
		cmocka_unit_test(cut_with_upstream),
		cmocka_unit_test(tags),
		cmocka_unit_test(failing_calls),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
