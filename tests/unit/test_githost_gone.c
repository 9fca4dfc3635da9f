/*
 * The clone that go left in its cache: what it has needs no server, and its tags are trusted (codehost's gitRepo.stat tries its local tags and hashes
 * first). Expected answers: by hand from the commits made here.
 */
#include "gitfix.h"

#include "base/map.h"
#include "fault/gitfault.h"
#include "git/gitclone.h"
#include "git/githost.h"

#define URL "https://h.test/up"

static char first[GITFIX_HEX], second[GITFIX_HEX], third[GITFIX_HEX];
static const char *gone; /* go's */

static const char *const one[] = { "a.go", "package a\n", NULL };
static const char *const two[] = { "go.mod", "module m\n", "a.go", "package a\n", NULL };
static const char *const three[] = { "go.mod", "module m\n", "dir/x", "xx", NULL };

static git_repository *make(const char *name)
{
	git_repository *repo = gitfix_new(name);

	gitfix_commit(repo, "refs/heads/main", one, 1700000000, first);
	gitfix_commit(repo, "refs/heads/main", two, 1700000100, second);
	gitfix_commit(repo, "refs/heads/main", three, 1700000200, third);
	gitfix_tag(repo, "v1.1.0", second, "release\n");
	return repo;
}

static void tag_object(git_repository *repo, const char *name, const char *spec,
		       const char *message)
{
	git_signature *who = gitfix_who(1700001000);
	git_object *object;
	git_oid id;

	gitfix_must(git_revparse_single(&object, repo, spec));
	gitfix_must(git_tag_create(&id, repo, name, object, who, message, 0));
	git_object_free(object);
	git_signature_free(who);
}

/* Upstream has v1.0.0 on the first commit; in the clone it is on the second, and there are more tags. */
static int setup(void **state)
{
	git_repository *repo;

	if (tmp_setup(state))
		return -1;
	repo = make("up");
	gitfix_tag(repo, "v1.0.0", first, NULL);
	git_repository_free(repo);
	gone = gitclone_dir(&tmp_arena, "go", URL);
	repo = make(gone);
	gitfix_tag(repo, "v1.0.0", second, NULL);
	gitfix_tag(repo, "v1.2.0", third, NULL);
	tag_object(repo, "v1.3.0", "refs/tags/v1.1.0", "a tag of a tag\n");
	tag_object(repo, "v1.4.0", "HEAD^{tree}", "a tag of a tree\n");
	git_repository_free(repo);
	tmp_write(arena_fmt(&tmp_arena, "%s/refs/tags/v1.5.0", gone), "not an id\n");
	return 0;
}

static struct githost *host(const char *real_url, bool offline)
{
	struct githost *h = githost_new(&(struct githost_options){ .url = URL,
								   .real_url = real_url,
								   .own_dir = tmp_path("own"),
								   .go_dir = tmp_path("go"),
								   .offline = offline });

	githost_reads(h, true);
	return h;
}

static const char *const nobody = "git://127.0.0.1:1/up";

static const char *upstream(void)
{
	return arena_fmt(&tmp_arena, "file://%s/up", tmp_dir);
}

/* "HASH VERSION REF TIME", "CODE" of the error. */
static const char *stat_text(struct githost *h, const char *rev)
{
	const struct githost_rev *r;
	struct err e = ERR_INIT;
	const char *out;

	if (githost_stat(h, rev, &r, &e))
		out = arena_fmt(&tmp_arena, "%s %s %s %lld", r->hash, r->version, r->ref,
				(long long)r->time);
	else
		out = arena_fmt(&tmp_arena, "%d", (int)e.code);
	err_release(&e);
	return out;
}

static const char *want_text(const char *hash, const char *version, const char *ref, long long when)
{
	return arena_fmt(&tmp_arena, "%s %s %s %lld", hash, version, ref, when);
}

static const char *read_text(struct githost *h, const char *rev, const char *path)
{
	struct err e = ERR_INIT;
	const char *out;
	char *data;
	size_t len;

	if (githost_read(h, rev, &tmp_arena, path, 100, &data, &len, &e))
		out = arena_strdup(&tmp_arena, data);
	else
		out = arena_fmt(&tmp_arena, "%d", (int)e.code);
	err_release(&e);
	return out;
}

static void check_contents(bool offline)
{
	static const char *const tags[] = { "v1.0.0", "v1.1.0", "v1.3.0" };
	enum err_code unreached = offline ? ERR_OFFLINE : ERR_NETWORK;
	const char *code = arena_fmt(&tmp_arena, "%d", (int)unreached);
	const char *const revs[] = { "main",
				     "v9.0.0",
				     "v1.4.0",
				     "v1.5.0",
				     "../v1.0.0",
				     "HEAD",
				     "0123456789abcdef0123456789abcdef01234567",
				     "0123456" };
	struct githost *h;

	for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
		h = host(nobody, offline);
		assert_string_equal(stat_text(h, tags[i]),
				    want_text(second, tags[i],
					      arena_fmt(&tmp_arena, "refs/tags/%s", tags[i]),
					      1700000100));
		assert_string_equal(read_text(h, tags[i], "go.mod"), "module m\n");
		assert_string_equal(read_text(h, tags[i], "none"),
				    arena_fmt(&tmp_arena, "%d", ERR_NOT_FOUND));
		assert_string_equal(stat_text(h, tags[i]),
				    want_text(second, tags[i],
					      arena_fmt(&tmp_arena, "refs/tags/%s", tags[i]),
					      1700000100));
		githost_free(h);
	}
	h = host(nobody, offline);
	assert_string_equal(stat_text(h, third), want_text(third, third, "", 1700000200));
	assert_string_equal(stat_text(h, first), want_text(first, first, "", 1700000000));
	assert_string_equal(stat_text(h, arena_strndup(&tmp_arena, first, 12)),
			    want_text(first, first, "", 1700000000));
	assert_string_equal(read_text(h, third, "dir/x"), "xx");
	githost_free(h);
	for (size_t i = 0; i < ARRAY_LEN(revs); i++) {
		h = host(nobody, offline);
		if (!str_eq(stat_text(h, revs[i]), code))
			fail_msg("%s: %s, not %s", revs[i], stat_text(h, revs[i]), code);
		githost_free(h);
	}
}

static void test_unreached(void **state)
{
	(void)state;
	check_contents(false);
	check_contents(true);
}

/* All refs in one file, as git gc leaves them; then a name that looks like a hash. */
static void test_packed(void **state)
{
	git_repository *repo;
	git_refdb *refs;
	struct githost *h;
	const char *name = arena_strndup(&tmp_arena, first, 10);

	(void)state;
	unlink(tmp_path(arena_fmt(&tmp_arena, "%s/refs/tags/v1.5.0", gone)));
	gitfix_must(git_repository_open(&repo, tmp_path(gone)));
	gitfix_must(git_repository_refdb(&refs, repo));
	gitfix_must(git_refdb_compress(refs));
	git_refdb_free(refs);
	check_contents(false);
	check_contents(true);
	gitfix_tag(repo, name, third, NULL);
	h = host(nobody, false);
	/* git prefers the tag */
	assert_string_equal(stat_text(h, name),
			    want_text(third, name, arena_fmt(&tmp_arena, "refs/tags/%s", name),
				      1700000200));
	githost_free(h);
	gitfix_must(git_tag_delete(repo, name));
	git_repository_free(repo);
}

static bool any_tag(void *ctx, const char *tag)
{
	(void)ctx;
	return tag[0] == 'v';
}

static const char *recent(struct githost *h, const char *hash)
{
	const char *tag;
	struct err e = ERR_INIT;

	if (!githost_recent_tag(h, hash, &tmp_arena, "", any_tag, NULL, &tag, &e))
		tag = arena_strdup(&tmp_arena, e.text);
	err_release(&e);
	return tag;
}

static const char *descends(struct githost *h, const char *hash, const char *tag, const char *at)
{
	struct err e = ERR_INIT;
	const char *out;
	bool yes;

	if (githost_descends(h, hash, &(struct githost_tag){ tag, at }, &yes, &e))
		out = yes ? "yes" : "no";
	else
		out = arena_strdup(&tmp_arena, e.text);
	err_release(&e);
	return out;
}

/* The repository is there; go's clone, if used, is asked first. */
static const char *answer(size_t i, bool with_gone)
{
	struct githost *h = githost_new(
		&(struct githost_options){ .url = URL,
					   .real_url = upstream(),
					   .own_dir = tmp_path("own"),
					   .go_dir = with_gone ? tmp_path("go") : NULL });
	const char *out = "", **tags;
	const struct githost_rev *r;
	struct err e = ERR_INIT;
	size_t n;

	switch (i) {
	case 0: out = stat_text(h, "v1.0.0"); break;
	case 1: out = stat_text(h, "v1.2.0"); break;
	case 2: out = stat_text(h, "main"); break;
	case 3: out = recent(h, third); break;
	case 4: out = recent(h, first); break;
	case 5: out = descends(h, third, "v1.0.0", second); break;
	case 6: out = descends(h, first, "v1.0.0", second); break;
	case 7:
		out = descends(h, second, "v9.0.0", "0123456789abcdef0123456789abcdef01234567");
		break;
	case 8: out = read_text(h, "v1.2.0", "dir/x"); break;
	default:
		if (githost_stat(h, third, &r, &e)) {
			githost_tags_of(h, r, &tmp_arena, &tags, &n);
			for (size_t k = 0; k < n; k++)
				out = arena_fmt(&tmp_arena, "%s %s", out, tags[k]);
		}
		err_release(&e);
	}
	githost_free(h);
	return out;
}
#define ANSWERS 10u

static void test_beside(void **state)
{
	const char *want[ANSWERS] = {
		want_text(second, "v1.0.0", "refs/tags/v1.0.0", 1700000100),
		want_text(third, "v1.2.0", "refs/tags/v1.2.0", 1700000200),
		want_text(third, third, "refs/heads/main", 1700000200),
		"v1.3.0", /* its tag's commit is an ancestor, and the version the highest */
		"",
		"yes",
		"no",
		"no",
		"xx",
		" v1.2.0",
	};

	(void)state;
	for (size_t i = 0; i < ANSWERS; i++)
		assert_string_equal(answer(i, true), want[i]);
}

/* "4", or words of an error: no answer to any of the questions. */
static bool is_error(const char *s)
{
	return strlen(s) < 3 ? *s >= '1' && *s <= '9'
			     : strstr(s, GITFAULT_SAYS) || strstr(s, "unknown revision");
}

/* One call of libgit2 fails: the answer is the same, or that without the clone, which is then left alone, or an error. */
static void test_faults(void **state)
{
	size_t tried = 0, failed = 0, wrong = 0;

	(void)state;
	assert_true(gitfault_begin());
	for (size_t i = 0; i < ANSWERS; i++) {
		const char *alone = answer(i, false), *want;
		size_t n;

		gitfault_record();
		want = answer(i, true);
		n = gitfault_recorded();
		for (size_t k = 0; k < n; k++) {
			const char *have, *what;

			gitfault_arm(k, GIT_ERROR);
			have = answer(i, true);
			what = gitfault_disarm();
			tried++;
			failed += what != NULL;
			if (str_eq(have, want) || str_eq(have, alone) || is_error(have))
				continue;
			print_error("answer %zu, %s fails: \"%s\", not \"%s\" or \"%s\"\n", i,
				    what ? what : "nothing", have, want, alone);
			wrong++;
		}
	}
	gitfault_end();
	assert_int_equal(wrong, 0);
	assert_in_range(failed, tried / 2 + 1, tried);
}

#define ODD "https://h.test/odd"
#define HASH_LINES "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
#define AUTHOR "author A <x> 1700000000 +0000\n"
#define COMMITTER "committer A <x> 1700000000 +0000\n"

/* Commits and tags that git has not written, and what a tag's file may hold; %s is the first commit. */
static const struct {
	const char *name;
	git_object_t type;
	const char *text;
} odd_objects[] = {
	{ "c0", GIT_OBJECT_COMMIT, HASH_LINES AUTHOR COMMITTER "\nm\n" },
	{ "c1", GIT_OBJECT_COMMIT, HASH_LINES COMMITTER "\nm\n" },
	{ "c2", GIT_OBJECT_COMMIT, HASH_LINES AUTHOR "\nm\n" COMMITTER },
	{ "c3", GIT_OBJECT_COMMIT, HASH_LINES AUTHOR "\nm\n" },
	{ "c4", GIT_OBJECT_COMMIT, HASH_LINES AUTHOR "committer A\n\nm\n" },
	{ "c5", GIT_OBJECT_COMMIT, HASH_LINES AUTHOR "committer A <x>1700000000 +0000\n\nm\n" },
	{ "c6", GIT_OBJECT_COMMIT, HASH_LINES AUTHOR "committer A <x> -17 +0000\n\nm\n" },
	{ "c7", GIT_OBJECT_COMMIT, HASH_LINES AUTHOR "committer A <x> x\n\nm\n" },
	{ "c8", GIT_OBJECT_COMMIT, HASH_LINES AUTHOR "committer A <x> 17\n\nm\n" },
	{ "c9", GIT_OBJECT_COMMIT,
	  HASH_LINES AUTHOR "committer A <x> 17000000000000 +0000\n\nm\n" },
	{ "c10", GIT_OBJECT_COMMIT, AUTHOR COMMITTER "\nm\n" },
	{ "c12", GIT_OBJECT_COMMIT, HASH_LINES AUTHOR COMMITTER },
	{ "c13", GIT_OBJECT_COMMIT,
	  HASH_LINES AUTHOR "committer A > B <x> 1700000000 +0000\n\nm\n" },
	{ "t0", GIT_OBJECT_TAG, "object %s\ntype commit\ntag t0\n\nm\n" },
	{ "t1", GIT_OBJECT_TAG, "type commit\ntag t1\n\nm\n" },
	{ "t2", GIT_OBJECT_TAG, "object 0123\ntype commit\ntag t2\n\nm\n" },
	{ "t3", GIT_OBJECT_TAG,
	  "object 0123456789012345678901234567890123456789\ntype commit\ntag t3\n\nm\n" },
	{ "t4", GIT_OBJECT_BLOB, "x" },
	{ "r0", 0, "%s\n" },
	{ "r1", 0, "%s" },
	{ "r2", 0, "%s\nmore\n" },
	{ "r3", 0, "ref: refs/tags/r0\n" },
	{ "r4", 0, "" },
	{ "r5", 0, "ABCDEF6789012345678901234567890123456789\n" },
	{ "r6", 0, "ref: refs/tags/none\n" },
};

static const char *with_first(const char *text)
{
	const char *at = strstr(text, "%s");

	return at ? arena_fmt(&tmp_arena, "%.*s%s%s", (int)(at - text), text, first, at + 2) : text;
}

static const char *ask_at(const char *url, bool offline, const char *rev)
{
	struct githost *h = githost_new(&(struct githost_options){ .url = url,
								   .real_url = nobody,
								   .own_dir = tmp_path("own"),
								   .go_dir = tmp_path("go"),
								   .offline = offline });
	const char *out;

	githost_reads(h, true);
	out = arena_fmt(&tmp_arena, "%s %s", stat_text(h, rev), read_text(h, rev, "go.mod"));
	githost_free(h);
	return out;
}

static const char *ask_odd(const char *rev)
{
	return ask_at(ODD, true, rev);
}

/* What is read without libgit2 is what libgit2 reads, which does it alone where the configuration includes a file. */
static void test_odd(void **state)
{
	const char *dir = gitclone_dir(&tmp_arena, "go", ODD), *quick[64], *revs[64], *config;
	const char *file = arena_fmt(&tmp_arena, "%s/config", dir);
	git_repository *repo = gitfix_new(dir);
	size_t n = 0, len;
	char *was;

	(void)state;
	gitfix_commit(repo, "refs/heads/main", one, 1700000000, first);
	for (size_t i = 0; i < ARRAY_LEN(odd_objects); i++) {
		const char *text = with_first(odd_objects[i].text);

		if (odd_objects[i].type)
			text = arena_fmt(&tmp_arena, "%s\n",
					 gitfix_object(repo, odd_objects[i].type, text));
		revs[n++] = odd_objects[i].name;
		if (odd_objects[i].type)
			revs[n++] = arena_strndup(&tmp_arena, text, 2 * 20);
		tmp_write(arena_fmt(&tmp_arena, "%s/refs/tags/%s", dir, odd_objects[i].name), text);
	}
	tmp_write(arena_fmt(&tmp_arena, "%s/packed-refs", dir),
		  arena_fmt(&tmp_arena,
			    "# pack-refs with: peeled fully-peeled sorted\n%s refs/tags/p0\n",
			    first));
	tmp_write(arena_fmt(&tmp_arena, "%s/refs/tags/below/x", dir), "");
	revs[n++] = "below";
	/* what is named like the beginning of a commit's hash */
	tmp_write(arena_fmt(&tmp_arena, "%s/refs/heads/%.9s", dir, revs[1]),
		  arena_fmt(&tmp_arena, "%s\n", first));
	revs[n++] = arena_strndup(&tmp_arena, revs[1], 9);
	revs[n++] = arena_strndup(&tmp_arena, revs[1], 8);
	revs[n++] = arena_strndup(&tmp_arena, revs[1], 6);
	revs[n++] = "p0";
	revs[n++] = "p1";
	git_repository_free(repo);
	for (size_t i = 0; i < n; i++)
		quick[i] = ask_odd(revs[i]);
	assert_string_equal(quick[n - 2], arena_fmt(&tmp_arena, "%s p0 refs/tags/p0 1700000000 %d",
						    first, ERR_NOT_FOUND)); /* it has no go.mod */
	assert_string_equal(quick[n - 1], arena_fmt(&tmp_arena, "%d %d", ERR_OFFLINE, ERR_OFFLINE));
	assert_true(fs_read(&tmp_arena, tmp_path(file), 1000, &was, &len, NULL));
	config = arena_fmt(&tmp_arena, "%s\n[include]\n\tpath = none\n", was);
	tmp_write(file, config);
	for (size_t i = 0; i < n; i++) {
		const char *slow = ask_odd(revs[i]);

		if (!str_eq(quick[i], slow))
			fail_msg("%s: \"%s\", and without libgit2 \"%s\"", revs[i], slow, quick[i]);
	}
	tmp_write(file, was);
}

/* A packed-refs file whose lines have no whole hash. */
static void test_odd_packed(void **state)
{
	static const char *const texts[] = {
		" refs/tags/q\n",
		"x%s refs/tags/q\n",
		"# pack-refs with: peeled\n123 refs/tags/q\n",
		"X123456789012345678901234567890123456789 refs/tags/q\n",
		"%s refs/tags/qq\n",
		"",
	};
	const char *dir = gitclone_dir(&tmp_arena, "go", ODD);
	const char *want = arena_fmt(&tmp_arena, "%d %d", ERR_OFFLINE, ERR_OFFLINE);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		tmp_write(arena_fmt(&tmp_arena, "%s/packed-refs", dir), with_first(texts[i]));
		if (!str_eq(ask_odd("q"), want))
			fail_msg("%zu: %s", i, ask_odd("q"));
	}
}

#define BOTH "https://h.test/both"

/* Two blobs whose hashes begin with the same seven digits, which are returned. */
static const char *find_twins(const char *twins[2])
{
	struct map seen = MAP_INIT;
	char hex[GITFIX_HEX] = "";

	for (unsigned i = 0;; i++) {
		const char *text = arena_fmt(&tmp_arena, "%u", i), *digits;
		git_oid id;

		assert_true(i < 1000000);
		gitfix_must(git_odb_hash(&id, text, strlen(text), GIT_OBJECT_BLOB));
		git_oid_tostr(hex, sizeof(hex), &id);
		digits = arena_strndup(&tmp_arena, hex, 7);
		twins[0] = map_get(&seen, digits);
		twins[1] = text;
		if (twins[0]) {
			map_release(&seen);
			return digits;
		}
		map_put(&seen, digits, (void *)(uintptr_t)text);
	}
}

/* Our copy beside go's: a hash counts if what it begins is one object in both. */
static void test_both(void **state)
{
	git_repository *own = gitfix_new(gitclone_dir(&tmp_arena, "own", BOTH)),
		       *go = gitfix_new(gitclone_dir(&tmp_arena, "go", BOTH));
	char a[GITFIX_HEX], b[GITFIX_HEX], c[GITFIX_HEX];
	const char *twins[2], *digits = find_twins(twins);
	struct buf refs = BUF_INIT;
	const char *unknown = arena_fmt(&tmp_arena, "%d %d", ERR_NETWORK, ERR_NETWORK);

	(void)state;
	gitfix_commit(own, "refs/heads/main", one, 1700000000, a);
	gitfix_commit(go, "refs/heads/main", one, 1700000000, a);
	gitfix_commit(own, "refs/heads/main", two, 1700000100, b);
	gitfix_commit(go, "refs/heads/main", three, 1700000200, c);
	buf_addf(&refs, "%s\tHEAD\n", b);
	gitclone_keep_refs(tmp_path(gitclone_dir(&tmp_arena, "own", BOTH)), &refs);
	buf_release(&refs);
	assert_string_equal(ask_at(BOTH, false, a),
			    arena_fmt(&tmp_arena, "%s %s  1700000000 %d", a, a, ERR_NOT_FOUND));
	assert_string_equal(ask_at(BOTH, false, arena_strndup(&tmp_arena, a, 10)),
			    arena_fmt(&tmp_arena, "%s %s  1700000000 %d", a, a, ERR_NOT_FOUND));
	assert_string_equal(ask_at(BOTH, false, b),
			    arena_fmt(&tmp_arena, "%s %s  1700000100 module m\n", b, b));
	assert_string_equal(ask_at(BOTH, false, c),
			    arena_fmt(&tmp_arena, "%s %s  1700000200 module m\n", c, c));
	assert_string_equal(ask_at(BOTH, false, digits), unknown);
	gitfix_object(own, GIT_OBJECT_BLOB, twins[0]);
	assert_string_equal(ask_at(BOTH, false, digits), unknown); /* no commit */
	gitfix_object(go, GIT_OBJECT_BLOB, twins[1]);
	assert_string_equal(ask_at(BOTH, false, digits), unknown); /* one in each */
	gitfix_object(go, GIT_OBJECT_BLOB, twins[0]);
	assert_string_equal(ask_at(BOTH, false, digits), unknown);
	gitfix_object(own, GIT_OBJECT_BLOB, twins[1]);
	assert_string_equal(ask_at(BOTH, false, digits), unknown);
	git_repository_free(own);
	git_repository_free(go);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unreached),  cmocka_unit_test(test_packed),
		cmocka_unit_test(test_beside),	   cmocka_unit_test(test_odd),
		cmocka_unit_test(test_odd_packed), cmocka_unit_test(test_both),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, setup, tmp_teardown);
}
