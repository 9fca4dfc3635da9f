/* What a clone on this machine tells, and which URLs lead to one. */
#include "gitfix.h"

#include "compare/modorigin.h"
#include "fault/gitfault.h"
#include "git/gitclone.h"
#include "gofiles/goenv.h"

#define URL "https://h.test/a/b"
#define WANT_DIR "073584869beb7ce1b70a19a725dae9d3421cba1f9f798f9f4989a7a787e3bb21"

static char first[GITFIX_HEX], second[GITFIX_HEX], side[GITFIX_HEX];

static const char *const one[] = { "go.mod", "module h.test/a/b\n", NULL };
static const char *const two[] = { "go.mod", "module h.test/a/b\n", "a.go", "package a\n", NULL };

/* main: first, second; side: first, side; tags of each kind */
static git_repository *make(const char *name)
{
	git_repository *repo = gitfix_new(name);
	git_reference *ref;
	git_oid id;

	gitfix_commit(repo, "refs/heads/main", one, 1700000000, first);
	gitfix_must(git_oid_fromstr(&id, first));
	gitfix_must(git_reference_create(&ref, repo, "refs/heads/side", &id, 0, NULL));
	git_reference_free(ref);
	gitfix_commit(repo, "refs/heads/main", two, 1700000100, second);
	gitfix_commit(repo, "refs/heads/side", two, 1700000200, side);
	gitfix_tag(repo, "v1.0.0", first, NULL);
	gitfix_tag(repo, "v1.1.0", second, "release\n");
	gitfix_tag(repo, "v1.2.0", second,
		   "release\n-----BEGIN SSH SIGNATURE-----\nx\n-----END SSH SIGNATURE-----\n");
	gitfix_tag(repo, "v1.3.0", side,
		   "release\n-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----\n");
	return repo;
}

static struct gitclone open_at(const char *url, const char *real_url, const char *own,
			       const char *go)
{
	struct gitclone_places p = { url, real_url, own, go };
	struct err e = ERR_INIT;
	struct gitclone c;

	if (!gitclone_open(&c, &p, &e))
		fail_msg("%s", e.text);
	return c;
}

static struct gitclone_tag tag_of(struct gitclone *c, const char *ref)
{
	struct gitclone_tag tag;

	gitclone_tag(c, ref, &tag, &tmp_arena);
	return tag;
}

static void check_tags(struct gitclone *c)
{
	struct gitclone_tag light = tag_of(c, "refs/tags/v1.0.0");
	struct gitclone_tag annotated = tag_of(c, "refs/tags/v1.1.0");
	struct gitclone_tag none = tag_of(c, "refs/tags/v9.0.0");

	assert_true(light.found && !light.annotated && !light.signature && !light.time);
	assert_string_equal(light.tagger, "");
	assert_true(annotated.found && annotated.annotated && !annotated.signature);
	assert_string_equal(annotated.tagger, "A U Thor");
	assert_int_equal(annotated.time, 1700001000);
	assert_int_equal(tag_of(c, "refs/tags/v1.2.0").signature, GITCLONE_SSH);
	assert_int_equal(tag_of(c, "refs/tags/v1.3.0").signature, GITCLONE_OPENPGP);
	assert_false(none.found || none.annotated);
	assert_int_equal(gitclone_commit_signature(c, first), GITCLONE_UNSIGNED);
}

static void check_branches(struct gitclone *c)
{
	const char *const hashes[] = { first, second, side, first,
				       "0123456789012345678901234567890123456789" };
	static const char *const want[] = { "main", "main", "side", "main", "" };
	const char *have[ARRAY_LEN(want)];
	struct cancel cancel = { 0 };

	gitclone_branches(c, &tmp_arena, hashes, have, ARRAY_LEN(want), NULL);
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_string_equal(have[i], want[i]);
	atomic_store(&cancel.set, true);
	gitclone_branches(c, &tmp_arena, &hashes[4], have, 1, &cancel);
	assert_null(have[0]); /* unknown, not none */
}

static void in_place(void **state)
{
	git_repository *repo = make("repo");
	struct gitclone c = open_at(URL, arena_fmt(&tmp_arena, "file://%s/repo", tmp_dir), NULL,
				    NULL);

	(void)state;
	check_tags(&c);
	check_branches(&c);
	gitclone_close(&c);
	git_repository_free(repo);
}

static const char *below(const char *dir)
{
	return gitclone_dir(&tmp_arena, dir, URL);
}

/* go's clone alone; our copy, which has what go's lacks, with the refs that were kept of it; neither. */
static void in_stores(void **state)
{
	git_repository *go = make(below("go")), *own = gitfix_new(below("own"));
	struct gitclone_places p = { URL, NULL, tmp_path("own"), tmp_path("nothing") };
	struct buf lines = BUF_INIT;
	struct err e = ERR_INIT;
	struct gitclone c = open_at(URL, NULL, NULL, tmp_path("go"));

	(void)state;
	check_tags(&c);
	check_branches(&c);
	gitclone_close(&c);
	/* the first line has no hash, and the last is not whole */
	buf_addf(&lines,
		 "x\trefs/heads/no\n%s\tHEAD\n%s\trefs/heads/main\n%s\trefs/tags/v1.0.0\n%.9s",
		 second, second, first, side);
	gitclone_keep_refs(tmp_path(below("own")), &lines);
	c = open_at(URL, NULL, tmp_path("own"), tmp_path("go"));
	assert_int_equal(c.refs.n, 3);
	assert_true(tag_of(&c, "refs/tags/v1.0.0").found);
	assert_false(tag_of(&c, "refs/tags/v1.1.0").found);
	gitclone_close(&c);
	p.own_dir = tmp_path("nothing");
	assert_false(gitclone_open(&c, &p, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	gitclone_close(&c);
	err_release(&e);
	buf_release(&lines);
	git_repository_free(go);
	git_repository_free(own);
}

static struct goenv *env_of(bool rewrites)
{
	const char *vars[] = {
		"PATH=/bin",
		"GIT_CONFIG_NOSYSTEM=1",
		arena_fmt(&tmp_arena, "HOME=%s/home", tmp_dir),
		arena_fmt(&tmp_arena, "GOMODCACHE=%s/mod", tmp_dir),
		arena_fmt(&tmp_arena, "GIT_CONFIG_KEY_0=url.%s/.insteadOf", tmp_dir),
		"GIT_CONFIG_VALUE_0=https://h.test/",
		rewrites ? "GIT_CONFIG_COUNT=1" : NULL,
		NULL,
	};
	struct goenv *env = goenv_new(&(struct goenv_options){ .dir = tmp_dir, .environ = vars },
				      NULL);

	assert_non_null(env);
	return env;
}

/* A .info file is a proxy's: its URL must not lead to this machine's directories, unless insteadOf does. */
static void hostile_urls(void **state)
{
	const char *const refused[] = {
		arena_fmt(&tmp_arena, "%s/a/b", tmp_dir),
		arena_fmt(&tmp_arena, "file://%s/a/b", tmp_dir),
		arena_fmt(&tmp_arena, "FILE://%s/a/b", tmp_dir),
		"./a/b",
		"",
		"h.test:a/b",
		"ext::sh -c id",
	};
	git_repository *repo = make("a/b");
	struct goenv *plain = env_of(false), *rewriting = env_of(true);
	struct err e = ERR_INIT;
	struct gitclone c;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		if (modorigin_open(&c, &tmp_arena, plain, refused[i], &e))
			fail_msg("%s is opened", refused[i]);
		assert_int_equal(e.code, ERR_REFUSED);
		err_clear(&e);
	}
	assert_false(modorigin_open(&c, &tmp_arena, plain, URL, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_string_equal(e.text, "there is no clone of https://h.test/a/b on this machine");
	err_clear(&e);
	assert_false(modorigin_open(&c, &tmp_arena, plain, "https://u:secret@h.test/a/b", &e));
	assert_null(strstr(e.text, "secret"));
	err_clear(&e);
	assert_true(modorigin_open(&c, &tmp_arena, rewriting, URL, &e));
	gitclone_close(&c);
	goenv_free(plain);
	goenv_free(rewriting);
	git_repository_free(repo);
}

static const char *origin(const char *vcs, const char *url, const char *hash, const char *ref)
{
	return arena_fmt(&tmp_arena,
			 "{\"VCS\":\"%s\",\"URL\":\"%s\",\"Hash\":\"%s\",\"Ref\":\"%s\"}", vcs, url,
			 hash, ref);
}

static void commits_of_versions(void **state)
{
	struct modorigin list[] = {
		{ .info = origin("git", URL, second, "refs/tags/v1.1.0") },
		{ .info = origin("git", URL, first, "refs/tags/v1.0.0") },
		{ .info = origin("git", URL, "0123456789012345678901234567890123456789", "") },
		{ .info = origin("hg", URL, first, "") },
		{ .info = origin("git", "file:///etc", first, "") },
		{ .info = NULL },
		{ .info = "{\"VCS\":" },
	};
	static const char *const why[] = {
		NULL,
		NULL,
		"the clone of https://h.test/a/b does not have the commit",
		"its repository uses hg",
		"file:///etc is no address of a repository that go would use",
		"its .info file names no commit",
		"its .info file names no commit"
	};
	struct goenv *env = env_of(true);

	(void)state;
	modorigin_read(list, ARRAY_LEN(list), &tmp_arena, env, NULL);
	for (size_t i = 0; i < ARRAY_LEN(list); i++) {
		if (why[i] && !str_eq(list[i].why ? list[i].why : "", why[i]))
			fail_msg("%zu: %s", i, list[i].why);
		assert_int_equal(list[i].read, !why[i]);
	}
	assert_int_equal(list[0].commit.time, 1700000100);
	assert_string_equal(list[0].branch, "main");
	assert_true(list[0].tag.annotated && !list[1].tag.annotated);
	assert_true(list[0].compared && list[0].n_commits == 1 && list[0].n_shown == 1);
	assert_false(list[1].compared);
	goenv_free(env);
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(modorigin_signature(GITCLONE_OPENPGP), "OpenPGP");
	assert_string_equal(modorigin_signature(GITCLONE_UNSIGNED), "");
	/* codehost.WorkDir: sha256 of "git3:" and the URL, by sha256sum */
	assert_string_equal(gitclone_dir(&tmp_arena, "d", "https://github.com/u/big"),
			    "d/" WANT_DIR);
	assert_string_equal(gitclone_path(&tmp_arena, "file:///a%20b%00%zz"), "/a b%00%zz");
	assert_string_equal(gitclone_path(&tmp_arena, "file://host"), "/");
}

/* setup.c's read_gitfile, and enter_repo's places. */
static void gitfiles(void **state)
{
	static const struct {
		const char *text;
		bool found;
	} rows[] = {
		{ "gitdir: ../plain.git", true },     { "gitdir: ../plain.git\r\n", true },
		{ "gitdir: ../plain.git\n\n", true }, { "gitdir: ", false },
		{ "gitdir:../plain.git", false },     { "", false },
		{ "gitdir: ../none.git\n", false },   { "gitdir: ../work\n", false },
	};
	git_repository *repo = gitfix_new("plain.git");
	struct gitrepo *at;
	const char *tried;
	struct err e = ERR_INIT;

	(void)state;
	gitfix_commit(repo, "refs/heads/main", one, 1700000000, first);
	git_repository_free(repo);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		tmp_write("work/.git", rows[i].text);
		assert_int_equal(gitclone_open_path(&at, &tmp_arena, tmp_path("work"), &tried, &e),
				 rows[i].found);
		assert_int_equal(err_is_set(&e), !rows[i].found);
		if (rows[i].found)
			gitrepo_free(at);
		err_clear(&e);
	}
	tmp_write_n("work/.git", "gitdir: ../plain.git\0x", 22);
	assert_false(gitclone_open_path(&at, &tmp_arena, tmp_path("work"), &tried, &e));
	err_clear(&e);
	tmp_write("work/.git", arena_fmt(&tmp_arena, "gitdir: %s\n", tmp_path("plain.git")));
	assert_true(gitclone_open_path(&at, &tmp_arena, tmp_path("work"), &tried, &e));
	gitrepo_free(at);
	assert_true(gitclone_open_path(&at, &tmp_arena, tmp_path("plain"), &tried,
				       &e)); /* ".git" is added */
	assert_string_equal(tried, tmp_path("plain.git"));
	gitrepo_free(at);
	/* a repository that cannot be read is another error */
	tmp_write("plain.git/config", "[core");
	assert_false(gitclone_open_path(&at, &tmp_arena, tmp_path("plain"), &tried, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	err_release(&e);
}

/* Tags and commits that git has not written. */
static void odd_objects(void **state)
{
	static const struct {
		const char *lines, *tagger;
		int64_t time;
		enum gitclone_signature kind;
	} tags[] = {
		{ "", "", 0, GITCLONE_UNSIGNED },
		{ "tagger <x> 5\n\n", "", 5, GITCLONE_UNSIGNED },
		{ "tagger A B  <x> 7 +0000\n\nm\n-----BEGIN SIGNED MESSAGE-----\n", "A B", 7,
		  GITCLONE_X509 },
		{ "tagger only a name\n\n", "only a name", 0, GITCLONE_UNSIGNED },
		{ "tagger A <x> 9\n-----BEGIN PGP SIGNATURE-----\n\nm", "A", 9, GITCLONE_UNSIGNED },
		{ "tagger A <x> 9\n\n-----BEGIN PGP MESSAGE-----", "A", 9, GITCLONE_OPENPGP },
	};
	static const struct {
		const char *lines;
		enum gitclone_signature kind;
	} commits[] = {
		{ "gpgsig -----BEGIN PGP SIGNATURE-----\n x\n\nm\n", GITCLONE_OPENPGP },
		{ "gpgsig -----BEGIN SSH SIGNATURE-----\n x\n\nm\n", GITCLONE_SSH },
		{ "gpgsig none\n\nm\n", GITCLONE_UNSIGNED },
		{ "\ngpgsig -----BEGIN SSH SIGNATURE-----\n", GITCLONE_UNSIGNED },
		{ "", GITCLONE_UNSIGNED },
	};
	static const char tree[] =
		"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <x> 1 +0000\ncommitter A <x> 1 +0000\n";
	git_repository *repo = gitfix_new("odd");
	const char *signed_by[ARRAY_LEN(commits)];
	struct gitclone c;

	(void)state;
	gitfix_commit(repo, "refs/heads/main", one, 1700000000, first);
	for (size_t i = 0; i < ARRAY_LEN(tags); i++)
		tmp_write(arena_fmt(&tmp_arena, "odd/refs/tags/t%zu", i),
			  gitfix_object(repo, GIT_OBJECT_TAG,
					arena_fmt(&tmp_arena,
						  "object %s\ntype commit\ntag t%zu\n%s", first, i,
						  tags[i].lines)));
	for (size_t i = 0; i < ARRAY_LEN(commits); i++)
		signed_by[i] = gitfix_object(repo, GIT_OBJECT_COMMIT,
					     arena_fmt(&tmp_arena, "%s%s", tree, commits[i].lines));
	tmp_write("odd/refs/tags/blob", gitfix_object(repo, GIT_OBJECT_BLOB, "x"));
	tmp_write("odd/refs/tags/gone", "0123456789012345678901234567890123456789\n");
	c = open_at(URL, arena_fmt(&tmp_arena, "file://%s/odd", tmp_dir), NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
		struct gitclone_tag tag = tag_of(&c, arena_fmt(&tmp_arena, "refs/tags/t%zu", i));

		assert_true(tag.found && tag.annotated);
		assert_string_equal(tag.tagger, tags[i].tagger);
		assert_int_equal(tag.time, tags[i].time);
		assert_int_equal(tag.signature, tags[i].kind);
	}
	for (size_t i = 0; i < ARRAY_LEN(commits); i++)
		assert_int_equal(gitclone_commit_signature(&c, signed_by[i]), commits[i].kind);
	assert_int_equal(gitclone_commit_signature(&c, "no hash"), GITCLONE_UNSIGNED);
	assert_false(tag_of(&c, "refs/tags/blob").found);
	assert_false(tag_of(&c, "refs/tags/gone").found);
	gitclone_close(&c);
	git_repository_free(repo);
}

/* More branches than are searched, and one that leads nowhere: what is in none of the others is unknown. */
static void many_branches(void **state)
{
	static const char none[] = "0123456789012345678901234567890123456789";
	git_repository *repo = gitfix_new("many");
	const char *hashes[2], *found[2];
	struct gitclone c;

	(void)state;
	gitfix_commit(repo, "refs/heads/other", one, 1700000000, first);
	hashes[0] = first;
	hashes[1] = none;
	for (size_t round = 0; round < 3; round++) {
		/* HEAD leads to main, which is not there at first */
		if (round == 1)
			tmp_write("many/refs/heads/main", arena_fmt(&tmp_arena, "%s\n", first));
		for (size_t i = 0; round == 2 && i < GITCLONE_MAX_BRANCHES; i++)
			tmp_write(arena_fmt(&tmp_arena, "many/refs/heads/b%zu", i),
				  arena_fmt(&tmp_arena, "%s\n", first));
		c = open_at(URL, arena_fmt(&tmp_arena, "file://%s/many", tmp_dir), NULL, NULL);
		gitclone_branches(&c, &tmp_arena, hashes, found, 2, NULL);
		assert_string_equal(found[0], round ? "main" : "other");
		if (round == 2)
			assert_null(found[1]);
		else
			assert_string_equal(found[1], "");
		gitclone_close(&c);
	}
	tmp_write("many/refs/heads/main", arena_fmt(&tmp_arena, "%s\n", none));
	c = open_at(URL, arena_fmt(&tmp_arena, "file://%s/many", tmp_dir), NULL, NULL);
	gitclone_branches(&c, &tmp_arena, hashes, found, 1, NULL);
	assert_non_null(found[0]);
	gitclone_close(&c);
	git_repository_free(repo);
}

/* The same, or what stands for "not known". */
static bool is_same_tag(struct gitclone_tag have, struct gitclone_tag want)
{
	return !have.found ||
	       (have.annotated == want.annotated && have.time == want.time &&
		have.signature == want.signature && str_eq(have.tagger, want.tagger));
}

struct answers {
	struct gitclone_tag tags[2];
	enum gitclone_signature signature;
	const char *branches[3];
};

/* Opens it where p says, and asks. */
static bool ask_all(const struct gitclone_places *p, struct answers *out)
{
	const char *const hashes[] = { first, side, first };
	struct err e = ERR_INIT;
	struct gitclone c;
	bool ok = gitclone_open(&c, p, &e);

	if (ok) {
		out->tags[0] = tag_of(&c, "refs/tags/v1.0.0");
		out->tags[1] = tag_of(&c, "refs/tags/v1.2.0");
		out->signature = gitclone_commit_signature(&c, side);
		gitclone_branches(&c, &tmp_arena, hashes, out->branches, 3, NULL);
	} else {
		assert_true(*err_text(&e));
		assert_true(e.code != ERR_NONE);
	}
	err_release(&e);
	gitclone_close(&c);
	return ok;
}

/* One call of libgit2 fails: nothing is told that is not so. */
static void fail_each(const struct gitclone_places *p)
{
	struct answers want, have;
	size_t n = 0, failed = 0;

	assert_true(ask_all(p, &want));
	assert_true(want.tags[0].found && want.tags[1].signature == GITCLONE_SSH);
	assert_string_equal(want.branches[1], "side");
	for (volatile size_t i = SIZE_MAX; i == SIZE_MAX || i < n;
	     i++) { /* volatile: one call in the code, whatever is optimised */
		bool ok;

		if (i == SIZE_MAX)
			gitfault_record();
		else
			gitfault_arm(i, GIT_ERROR);
		ok = ask_all(p, &have);
		if (i == SIZE_MAX) {
			assert_true(ok);
			n = gitfault_recorded();
			continue;
		}
		failed += gitfault_disarm() != NULL;
		if (!ok)
			continue;
		for (size_t k = 0; k < 2; k++)
			assert_true(is_same_tag(have.tags[k], want.tags[k]));
		assert_int_equal(have.signature, GITCLONE_UNSIGNED);
		for (size_t k = 0; k < 3; k++)
			assert_true(!have.branches[k] ||
				    str_eq(have.branches[k], want.branches[k]));
	}
	assert_in_range(failed, n / 2 + 1, n);
}

static void calls_fail(void **state)
{
	git_repository *go = make(gitclone_dir(&tmp_arena, "faults-go", URL)),
		       *own = make(gitclone_dir(&tmp_arena, "faults-own", URL));
	const char *here = arena_fmt(&tmp_arena, "%s//",
				     tmp_path(gitclone_dir(&tmp_arena, "faults-go", URL)));
	const struct gitclone_places places[] = {
		{ URL, NULL, NULL, tmp_path("faults-go") },
		{ URL, NULL, tmp_path("faults-own"), tmp_path("faults-go") },
		{ URL, here, NULL, NULL },
	};
	struct answers none;

	(void)state;
	assert_true(gitfault_begin());
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		fail_each(&places[i]);
	gitfault_end();
	/* ours alone has no refs where none were kept */
	assert_true(ask_all(&(struct gitclone_places){ URL, NULL, tmp_path("faults-own"), NULL },
			    &none));
	assert_false(none.tags[0].found);
	assert_null(none.branches[0]);
	/* it is there, and cannot be read */
	tmp_write(gitclone_dir(&tmp_arena, "faults-own", "x"), "");
	tmp_write(arena_fmt(&tmp_arena, "%s/config", gitclone_dir(&tmp_arena, "faults-go", URL)),
		  "[core");
	assert_false(ask_all(&places[0], &none));
	assert_true(ask_all(&(struct gitclone_places){ URL, NULL, tmp_path("faults-own"),
						       tmp_path("faults-go") },
			    &none));
	assert_false(none.tags[0].found);
	git_repository_free(go);
	git_repository_free(own);
}

static void keeps_refs(void **state)
{
	struct buf b = BUF_INIT, have = BUF_INIT;
	struct stat before, after;

	(void)state;
	buf_addstr(&b, "one\n");
	gitclone_keep_refs(tmp_path("kept"), &b);
	assert_int_equal(stat(tmp_path("kept.refs"), &before), 0);
	gitclone_keep_refs(tmp_path("kept"), &b); /* the file stays */
	assert_int_equal(stat(tmp_path("kept.refs"), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	b.data[0] = 'O'; /* as long, and another */
	gitclone_keep_refs(tmp_path("kept"), &b);
	assert_true(gitclone_kept_refs(&have, tmp_path("kept")));
	assert_string_equal(have.data, "One\n");
	buf_addstr(&b, "two\n");
	gitclone_keep_refs(tmp_path("kept"), &b);
	buf_clear(&have);
	assert_true(gitclone_kept_refs(&have, tmp_path("kept")));
	assert_string_equal(have.data, "One\ntwo\n");
	assert_false(gitclone_kept_refs(&have, tmp_path("never")));
	buf_release(&b);
	buf_release(&have);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gitfiles),
		cmocka_unit_test(odd_objects),
		cmocka_unit_test(many_branches),
		cmocka_unit_test(in_place),
		cmocka_unit_test(in_stores),
		cmocka_unit_test(hostile_urls),
		cmocka_unit_test(commits_of_versions),
		cmocka_unit_test(names),
		cmocka_unit_test(calls_fail),
		cmocka_unit_test(keeps_refs),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
