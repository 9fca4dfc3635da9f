/*
 * Clones in GOMODCACHE/cache/vcs, sound and with each kind of damage: what is reported, about which file. What git says of each of
 * these is in tests/net/vcs; here are the exact rows.
 */
#include "gitfix.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "cache/cache.h"
#include "cache/gitodb.h"
#include "git/gitclone.h"

#define URL "https://h.test/a/b"

static const char *dir; /* of the clone, below tmp_dir */
static char first[GITFIX_HEX], second[GITFIX_HEX];

static const char *at(const char *name)
{
	return arena_fmt(&tmp_arena, "%s/%s", dir, name);
}

static void put(const char *name, const char *text)
{
	tmp_write(at(name), text);
}

static void drop(const char *name)
{
	assert_true(fs_remove_all(tmp_path(at(name)), NULL));
}

static void age(const char *name)
{
	const struct timespec times[2] = { { 1000000000, 0 }, { 1000000000, 0 } };

	assert_int_equal(utimensat(AT_FDCWD, tmp_path(at(name)), times, 0), 0);
}

static const char *object_file(const char *hex)
{
	return arena_fmt(&tmp_arena, "objects/%.2s/%s", hex, hex + 2);
}

/* The hash of what a revision names, as git rev-parse prints it. */
static const char *rev(const char *spec)
{
	git_repository *repo;
	git_object *object;
	char *hex = arena_alloc(&tmp_arena, GITFIX_HEX);

	gitfix_must(git_repository_open(&repo, tmp_path(dir)));
	gitfix_must(git_revparse_single(&object, repo, spec));
	git_oid_tostr(hex, GITFIX_HEX, git_object_id(object));
	git_object_free(object);
	git_repository_free(repo);
	return hex;
}

static void make(void)
{
	const char *top = gitclone_dir(&tmp_arena, "mod/cache/vcs", URL);
	git_repository *repo;

	dir = top;
	assert_true(fs_remove_all(tmp_path("mod"), NULL));
	repo = gitfix_new(dir);
	gitfix_commit(repo, "refs/heads/main",
		      (const char *const[]){ "go.mod", "module h.test/a/b\n", NULL }, 1700000000,
		      first);
	gitfix_commit(repo, "refs/heads/main",
		      (const char *const[]){ "go.mod", "module h.test/a/b\n", "b.go", "package b\n",
					     "sub/c.go", "package sub\n", NULL },
		      1700000100, second);
	gitfix_tag(repo, "v1.0.0", first, NULL);
	gitfix_tag(repo, "v1.1.0", second, "release\n");
	git_repository_free(repo);
	drop("hooks"); /* templates, where there are some */
	tmp_write(arena_fmt(&tmp_arena, "%s.info", dir), "git3:" URL "\n");
}

/* The rows: "KIND FILE: PROBLEM", with the file relative to the clone. */
static const char *rows(void)
{
	struct hashmemo *memo = hashmemo_open(NULL);
	struct cache_options o = { .root = tmp_path("mod"), .memo = memo, .hash = true };
	const char *out = "", *top = tmp_path(dir);
	struct cache_report *r;
	struct err e = ERR_INIT;

	if (!cache_load_other(&r, &o, CACHE_OTHER_VCS, top, &e))
		fail_msg("%s", e.text);
	assert_int_equal(r->n_others, 1);
	for (size_t i = 0; i < r->others[0].n_problems; i++) {
		const struct cache_problem *p = &r->others[0].problems[i];

		assert_true(str_has_prefix(p->file, top));
		assert_string_not_equal(p->go_says, "");
		out = arena_fmt(&tmp_arena, "%s%s %s: %s\n", out, cache_kind_name(p->kind),
				p->file + strlen(top) + (p->file[strlen(top)] == '/'), p->problem);
	}
	cache_free(r);
	hashmemo_free(memo);
	return out;
}

/* A zlib stream of one stored block, as RFC 1950 and 1951 have it; the checksum at its end is not looked at. */
static void put_object(const char *hex, const char *data, size_t len)
{
	struct buf b = BUF_INIT;

	buf_add(&b, "\x78\x01\x01", 3);
	buf_addch(&b, (char)(len & 0xff));
	buf_addch(&b, (char)(len >> 8));
	buf_addch(&b, (char)(~len & 0xff));
	buf_addch(&b, (char)(~len >> 8 & 0xff));
	buf_add(&b, data, len);
	buf_add(&b, "\0\0\0\0", 4);
	drop(object_file(hex));
	tmp_write_n(at(object_file(hex)), b.data, b.len);
	buf_release(&b);
}

static void test_sound(void **state)
{
	(void)state;
	make();
	assert_string_equal(rows(), "");
	put("packed-refs",
	    arena_fmt(&tmp_arena, "# pack-refs with: peeled\n%s refs/tags/v1.0.0\n^%s\n", first,
		      first));
	put("refs/remotes/x", "ref: refs/heads/main\n");
	put("config", "[core]\n\tbare = true\n# c\n; d\n[remote \"o\"]\n\turl = a \\\n=b\n");
	put("shallow", arena_fmt(&tmp_arena, "%s\n", second));
	put("config.lock", ""); /* git is at it now */
	assert_string_equal(rows(), "");
	/* what is before a cut history need not be there */
	drop("packed-refs");
	drop("refs/tags/v1.0.0");
	drop(object_file(first));
	assert_string_equal(rows(), "");
}

static void test_info(void **state)
{
	const char *info;

	(void)state;
	make();
	info = arena_fmt(&tmp_arena, "%s.info", dir);
	tmp_write(info, "git3:https://h.test/other");
	assert_string_equal(
		rows(),
		"cache/vcs-info .info: it does not name the repository that its file name is the hash of\n");
	assert_true(fs_remove_all(tmp_path(info), NULL));
	assert_string_equal(rows(), "cache/vcs-info .info: it is missing\n");
	tmp_write(info, "");
	assert_string_equal(
		rows(),
		"cache/vcs-info .info: it does not name the repository that its file name is the hash of\n");
	assert_true(fs_remove_all(tmp_path(info), NULL));
	tmp_mkdir(info);
	assert_string_equal(rows(), "cache/vcs-info .info: it cannot be read\n");
	/* of another system, whose files are not git's */
	assert_true(fs_remove_all(tmp_path(info), NULL));
	tmp_write(info, "vcs1.hg:https://h.test/a/b");
	drop("HEAD");
	assert_string_equal(
		rows(),
		"cache/vcs-info .info: it does not name the repository that its file name is the hash of\n");
}

static void test_parts(void **state)
{
	static const char *const names[] = { "HEAD", "refs", "objects" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		make();
		drop(names[i]);
		assert_string_equal(rows(),
				    arena_fmt(&tmp_arena, "cache/vcs-broken %s: it is missing\n",
					      names[i]));
	}
}

static void test_refs(void **state)
{
	static const struct {
		const char *file, *text, *want;
	} cases[] = {
		{ "HEAD", "", "cache/vcs-refs HEAD: it is not a ref that git can read\n" },
		{ "HEAD", "ref: ", "cache/vcs-refs HEAD: it is not a ref that git can read\n" },
		{ "HEAD", "ref: refs/heads/none\n", "" },
		{ "refs/heads/x", "0123\n",
		  "cache/vcs-refs refs/heads/x: it is not a ref that git can read\n" },
		{ "refs/heads/a/b/x", "G123456789012345678901234567890123456789",
		  "cache/vcs-refs refs/heads/a/b/x: it is not a ref that git can read\n" },
		{ "refs/heads/x", "0123456789012345678901234567890123456789\n",
		  "cache/vcs-object objects/01/23456789012345678901234567890123456789: the object is missing\n" },
		{ "packed-refs", "0123456789012345678901234567890123456789\n",
		  "cache/vcs-refs packed-refs: one of its lines is not a ref\n" },
		{ "packed-refs", "x refs/heads/x\n",
		  "cache/vcs-refs packed-refs: one of its lines is not a ref\n" },
		{ "packed-refs", "0123456789012345678901234567890123456789 refs/heads/p\n",
		  "cache/vcs-object objects/01/23456789012345678901234567890123456789: the object is missing\n" },
		{ "shallow", "x\n", "cache/vcs-refs shallow: it is not a list of commits\n" },
		{ "shallow", "\n", "" },
		{ "config", "[core]\n=x\n", "cache/vcs-broken config: git cannot read it\n" },
		{ "config", "[1]\n", "cache/vcs-broken config: git cannot read it\n" },
		{ "config", "[core\n", "cache/vcs-broken config: git cannot read it\n" },
		{ "config", "  \n\t# c\n", "" },
		{ "config", "[core]\n\n\tbare\n", "" },
		{ "config", "[{]\n", "cache/vcs-broken config: git cannot read it\n" },
		{ "HEAD", ":123456789012345678901234567890123456789",
		  "cache/vcs-refs HEAD: it is not a ref that git can read\n" },
		{ "HEAD", "g123456789012345678901234567890123456789",
		  "cache/vcs-refs HEAD: it is not a ref that git can read\n" },
		{ "HEAD", ".123456789012345678901234567890123456789",
		  "cache/vcs-refs HEAD: it is not a ref that git can read\n" },
		{ "refs/heads/a.lock/x", "",
		  "cache/vcs-refs refs/heads/a.lock/x: it is not a ref that git can read\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *have;

		make();
		put(cases[i].file, cases[i].text);
		have = rows();
		if (!str_eq(have, cases[i].want))
			fail_msg("%s with \"%s\": %s", cases[i].file, cases[i].text, have);
	}
	make();
	tmp_write_n(at("packed-refs"), "# c\n\0x", 6);
	assert_string_equal(rows(), "cache/vcs-refs packed-refs: it contains a NUL byte\n");
}

static void test_locks(void **state)
{
	static const char *const names[] = { "HEAD.lock", "config.lock", "packed-refs.lock",
					     "shallow.lock", "refs/heads/main.lock" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		make();
		put(names[i], "");
		assert_string_equal(rows(), "");
		age(names[i]);
		assert_string_equal(rows(),
				    arena_fmt(&tmp_arena,
					      "cache/vcs-lock %s: a lock left behind by git\n",
					      names[i]));
	}
}

static void test_missing_objects(void **state)
{
	static const char *const specs[] = { "v1.0.0^{commit}", "v1.1.0",   "main",
					     "main^{tree}",	"main:sub", "main:go.mod",
					     "main:b.go" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		const char *hex, *have;

		make();
		hex = rev(specs[i]);
		drop(object_file(hex));
		have = rows();
		if (!str_eq(have,
			    arena_fmt(&tmp_arena, "cache/vcs-object %s: the object is missing\n",
				      object_file(hex))))
			fail_msg("%s: %s", specs[i], have);
	}
}

static void test_broken_objects(void **state)
{
	static const struct {
		const char *data;
		size_t len;
		const char *problem;
	} cases[] = {
		{ "blob 10\0package b\n", 18, NULL },
		{ "blob 10\0package c\n", 18, "its content has a different hash" },
		{ "blob 9\0package b\n", 17, "it is longer than its header says" },
		{ "blob 11\0package b\n", 18, "it is shorter than its header says" },
		{ "blub 10\0package b\n", 18, "it has no git object header" },
		{ "blob x\0package b\n", 17, "it has no git object header" },
		{ "blob 10x\0package b\n", 19, "it has no git object header" },
		{ "blob -1\0package b\n", 18, "it has no git object header" },
		{ "blob\0package b\n", 15, "it has no git object header" },
		{ "blob 10package b and so on and so on and so on", 46,
		  "it has no git object header" },
		{ "blob 10", 7, "it is shorter than its header says" },
	};
	const char *hex;

	(void)state;
	make();
	hex = rev("main:b.go");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *want = "", *have;

		put_object(hex, cases[i].data, cases[i].len);
		if (cases[i].problem)
			want = arena_fmt(&tmp_arena, "cache/vcs-object %s: %s\n", object_file(hex),
					 cases[i].problem);
		have = rows();
		if (!str_eq(have, want))
			fail_msg("case %zu: %s", i, have);
	}
	drop(object_file(hex));
	put(object_file(hex), "");
	assert_string_equal(rows(), arena_fmt(&tmp_arena, "cache/vcs-object %s: it is empty\n",
					      object_file(hex)));
	drop(object_file(hex));
	put(object_file(hex), "not zlib");
	assert_string_equal(rows(),
			    arena_fmt(&tmp_arena, "cache/vcs-object %s: it is not zlib data\n",
				      object_file(hex)));
}

/* Writes a loose object with its own hash as its name, whatever is in it, and a ref to it. */
static const char *write_object(git_object_t type, const char *data, size_t len)
{
	char *hex = arena_alloc(&tmp_arena, GITFIX_HEX);
	git_repository *repo;
	git_odb *odb;
	git_oid id;

	gitfix_must(git_repository_open(&repo, tmp_path(dir)));
	gitfix_must(git_repository_odb(&odb, repo));
	gitfix_must(git_odb_write(&id, odb, data, len, type));
	git_oid_tostr(hex, GITFIX_HEX, &id);
	git_odb_free(odb);
	git_repository_free(repo);
	put("refs/heads/odd", arena_fmt(&tmp_arena, "%s\n", hex));
	return hex;
}

#define ID20 "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24"
#define ID20_FILE "objects/01/02030405060708090a0b0c0d0e0f1011121314"
#define ID20_HEX "0102030405060708090a0b0c0d0e0f1011121314"

/* An object whose content has the hash that is its name is not damaged, however odd it is; what it names must be there. */
static void test_odd_objects(void **state)
{
	static const struct {
		git_object_t type;
		const char *data;
		size_t len;
		bool names; /* ID20 */
	} cases[] = {
		{ GIT_OBJECT_TREE, "100644 a\0" ID20, 29, true },
		{ GIT_OBJECT_TREE, "40000 a\0" ID20, 28, true },
		{ GIT_OBJECT_TREE, "160000 a\0" ID20, 29, false }, /* a submodule's commit */
		{ GIT_OBJECT_TREE, "100644 a\0" ID20, 28, false },
		{ GIT_OBJECT_TREE, "100644 a", 8, false },
		{ GIT_OBJECT_TREE, "100644", 6, false },
		{ GIT_OBJECT_TREE, "", 0, false },
		{ GIT_OBJECT_COMMIT, "tree " ID20_HEX "\n", 46, true },
		{ GIT_OBJECT_COMMIT, "tree " ID20_HEX, 45, true },
		{ GIT_OBJECT_COMMIT, "parent " ID20_HEX "\n\n", 49, true },
		{ GIT_OBJECT_COMMIT, "tree " ID20_HEX "0\n", 47, false },
		{ GIT_OBJECT_COMMIT, "tree 01020304050607080910111213141516171819G1\n", 46, false },
		{ GIT_OBJECT_COMMIT, "tree 01020304050607080910111213141516171819X1\n", 46, false },
		{ GIT_OBJECT_COMMIT, "tree\n\ntree " ID20_HEX "\n", 52, false },
		{ GIT_OBJECT_TAG, "object " ID20_HEX "\n", 48, true },
		{ GIT_OBJECT_TAG, "tree " ID20_HEX "\nparent " ID20_HEX "\n", 94, false },
		{ GIT_OBJECT_BLOB, "tree " ID20_HEX "\n", 46, false },
	};

	(void)state;
	make();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *have;

		write_object(cases[i].type, cases[i].data, cases[i].len);
		have = rows();
		if (!str_eq(have, cases[i].names ? "cache/vcs-object " ID20_FILE
						   ": the object is missing\n"
						 : ""))
			fail_msg("case %zu: %s", i, have);
	}
	/* one that is too large to be followed is not called wrong */
	put_object(rev("main:b.go"), "tree 67108865\0x", 15);
	drop("refs/heads/odd");
	assert_string_equal(rows(), "");
}

/* What a stream of RFC 1950 begins with. */
static void test_no_zlib(void **state)
{
	static const char *const data[] = { "\x78\x02\x01\x01", "\x78\x20\x01\x01",
					    "\x79\x01\x01\x01", "\x78\x01" };
	const char *hex;

	(void)state;
	make();
	hex = rev("main:b.go");
	for (size_t i = 0; i < ARRAY_LEN(data); i++) {
		drop(object_file(hex));
		put(object_file(hex), data[i]);
		assert_string_equal(rows(), arena_fmt(&tmp_arena,
						      "cache/vcs-object %s: it is not zlib data\n",
						      object_file(hex)));
	}
	put_object(hex, "blob :\0", 7);
	assert_string_equal(rows(), arena_fmt(&tmp_arena,
					      "cache/vcs-object %s: it has no git object header\n",
					      object_file(hex)));
}

/* Its objects have names of 64 digits, which are not looked at. */
static void test_sha256(void **state)
{
	static const char *const configs[] = { "[extensions]\n\tobjectFormat = SHA256\n",
					       "[extensions]\nobjectformat=sha256\n" };

	(void)state;
	make();
	drop(object_file(first));
	put("HEAD", "0123456789012345678901234567890123456789012345678901234567890123\n");
	assert_string_equal(rows(),
			    arena_fmt(&tmp_arena, "cache/vcs-object %s: the object is missing\n",
				      object_file(first)));
	for (size_t i = 0; i < ARRAY_LEN(configs); i++) {
		put("config", configs[i]);
		assert_string_equal(rows(), "");
	}
}

/* A directory of refs deeper than any, and a name that is a directory. */
static void test_odd_refs(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	make();
	for (unsigned i = 0; i < 34; i++)
		buf_addf(&b, "d/");
	put(arena_fmt(&tmp_arena, "refs/%sx", b.data), "no ref");
	buf_release(&b);
	assert_string_equal(rows(), "");
	put("refs/d/d/x", "no ref");
	assert_string_equal(rows(),
			    "cache/vcs-refs refs/d/d/x: it is not a ref that git can read\n");
	drop("refs/d");
	drop("HEAD");
	tmp_mkdir(at("HEAD"));
	assert_string_equal(rows(), "cache/vcs-refs HEAD: it is not a ref that git can read\n");
}

/* All objects in one pack. */
static void pack(void)
{
	git_packbuilder *builder;
	git_repository *repo;
	git_revwalk *walk;
	git_oid id;

	gitfix_must(git_repository_open(&repo, tmp_path(dir)));
	gitfix_must(git_packbuilder_new(&builder, repo));
	gitfix_must(git_revwalk_new(&walk, repo));
	gitfix_must(git_revwalk_push_glob(walk, "refs/*"));
	gitfix_must(git_packbuilder_insert_walk(builder, walk));
	gitfix_must(git_oid_fromstr(&id, rev("refs/tags/v1.1.0")));
	gitfix_must(git_packbuilder_insert(builder, &id, NULL));
	tmp_mkdir(at("objects/pack"));
	gitfix_must(git_packbuilder_write(builder, tmp_path(at("objects/pack")), 0644, NULL, NULL));
	git_revwalk_free(walk);
	git_packbuilder_free(builder);
	git_repository_free(repo);
}

/* Removes the loose ones; the name of the pack without its ending. */
static const char *keep_pack(void)
{
	const char *base = NULL;
	struct fs_dirent *entries;
	size_t n;

	assert_true(fs_list(&tmp_arena, tmp_path(at("objects")), 1000, &entries, &n, NULL));
	for (size_t i = 0; i < n; i++)
		if (!str_eq(entries[i].name, "pack"))
			drop(arena_fmt(&tmp_arena, "objects/%s", entries[i].name));
	assert_true(fs_list(&tmp_arena, tmp_path(at("objects/pack")), 1000, &entries, &n, NULL));
	for (size_t i = 0; i < n; i++)
		if (str_has_suffix(entries[i].name, ".pack"))
			base = arena_fmt(&tmp_arena, "objects/pack/%.*s",
					 (int)strlen(entries[i].name) - 5, entries[i].name);
	assert_non_null(base);
	return base;
}

static void flip(const char *name, off_t where)
{
	int fd;
	char c;

	assert_int_equal(chmod(tmp_path(at(name)), 0644), 0);
	fd = open(tmp_path(at(name)), O_RDWR | O_CLOEXEC);
	assert_int_equal(pread(fd, &c, 1, where), 1);
	c ^= 1;
	assert_int_equal(pwrite(fd, &c, 1, where), 1);
	close(fd);
}

static void test_packs(void **state)
{
	const char *base, *file, *index;

	(void)state;
	make();
	pack();
	base = keep_pack();
	file = arena_fmt(&tmp_arena, "%s.pack", base);
	index = arena_fmt(&tmp_arena, "%s.idx", base);
	assert_string_equal(rows(), "");
	flip(file, 30);
	assert_string_equal(
		rows(),
		arena_fmt(&tmp_arena,
			  "cache/vcs-object %s: its content does not match the hash at its end\n",
			  file));
	flip(file, 30);
	flip(index, 8 + 1024 + 20 * 8 + 2); /* behind the names: a checksum of an object */
	assert_string_equal(
		rows(),
		arena_fmt(&tmp_arena,
			  "cache/vcs-object %s: its content does not match the hash at its end\n",
			  index));
	flip(index, 8 + 1024 + 20 * 8 + 2);
	assert_string_equal(rows(), "");
	assert_int_equal(truncate(tmp_path(at(file)), 10), 0);
	assert_true(strstr(rows(), "its content does not match the hash at its end") != NULL);
	flip(index, 0);
	assert_true(
		str_has_prefix(rows(),
			       arena_fmt(&tmp_arena,
					 "cache/vcs-object %s: it is not a pack index\n", index)));
}

static void put_index(const char *name, const char *magic, const char *count, size_t len)
{
	char *data = arena_calloc(&tmp_arena, 1, 8 + 1024 + 40);

	memcpy(data, magic, 8);
	memcpy(data + 8 + 1020, count, 4);
	tmp_write_n(at(name), data, len);
}

/* An index that is none, and one without its pack: its objects are missing. */
static void test_odd_packs(void **state)
{
	const char *base, *want;

	(void)state;
	make();
	put("objects/pack/x.pack", "");
	for (unsigned i = 0; i < 4; i++) {
		drop("objects/pack/x.idx");
		if (i == 0)
			tmp_mkdir(at("objects/pack/x.idx"));
		else if (i == 1)
			put_index("objects/pack/x.idx", "\377tOc\0\0\0\2", "\0\0\0\1",
				  8 + 1024 + 40);
		else if (i == 2)
			put_index("objects/pack/x.idx", "\377tOc\0\0\0\2", "\0\0\0\0",
				  8 + 1024 + 39);
		else
			put_index("objects/pack/x.idx", "\377tOc\0\0\0\1", "\0\0\0\0",
				  8 + 1024 + 40);
		assert_string_equal(
			rows(), "cache/vcs-object objects/pack/x.idx: it is not a pack index\n");
	}
	put("refs/heads/x", ID20_HEX "\n"); /* and it is not looked into */
	assert_non_null(strstr(rows(), ID20_FILE ": the object is missing"));
	make();
	pack();
	base = keep_pack();
	drop(arena_fmt(&tmp_arena, "%s.pack", base));
	want = arena_fmt(&tmp_arena, "cache/vcs-object %s.pack: open %s/%s.pack: ", base,
			 tmp_path(dir), base);
	assert_true(str_has_prefix(rows(),
				   arena_fmt(&tmp_arena, "%sno such file or directory\n", want)));
	assert_non_null(strstr(rows(), arena_fmt(&tmp_arena, "%s: the object is missing\n",
						 object_file(first))));
	tmp_mkdir(at(arena_fmt(&tmp_arena, "%s.pack", base)));
	assert_string_equal(rows(), arena_fmt(&tmp_arena, "%sinvalid argument\n", want));
}

/* What is cancelled is an error, and not a wrong object. */
static void test_cancelled(void **state)
{
	struct cancel cancel = { .set = true };
	struct buf content = BUF_INIT;
	struct err e = ERR_INIT;
	enum gitodb_type type;
	unsigned char id[GITODB_ID];
	struct gitodb *db;
	const char *file;

	(void)state;
	make();
	pack();
	db = gitodb_open(&tmp_arena, tmp_path(at("objects")));
	assert_true(gitodb_parse_id(first, id));
	assert_false(gitodb_read(db, id, &type, &content, &cancel, &e));
	assert_int_equal(e.code, ERR_CANCELLED);
	err_clear(&e);
	assert_int_equal(gitodb_packs(db), 1);
	assert_false(gitodb_check_pack(db, 0, &cancel, &file, &e));
	assert_int_equal(e.code, ERR_CANCELLED);
	err_clear(&e);
	assert_true(gitodb_check_pack(db, 0, NULL, &file, &e));
	assert_true(gitodb_parse_id(ID20_HEX, id));
	assert_false(gitodb_read(db, id, &type, &content, NULL, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	err_release(&e);
	gitodb_close(db);
	buf_release(&content);
}

/* Of the whole cache: only what is named as go names its clones; and without hashes no object is looked at. */
static void test_listed(void **state)
{
	struct cache_options o = { .root = tmp_path("mod") };
	struct cache_report *r;
	struct err e = ERR_INIT;

	(void)state;
	make();
	drop(object_file(first));
	tmp_mkdir("mod/cache/vcs/short");
	tmp_mkdir("mod/cache/vcs/012345678901234567890123456789012345678901234567890123456789012G");
	tmp_write("mod/cache/vcs/0123456789012345678901234567890123456789012345678901234567890123",
		  "");
	assert_true(cache_load(&r, &o, NULL, 0, &e));
	assert_int_equal(r->n_others, 1);
	assert_string_equal(r->others[0].file, tmp_path(dir));
	assert_string_equal(r->others[0].about, URL);
	assert_int_equal(r->others[0].n_problems, 0);
	cache_free(r);
}

/* One object of each missing name gets a row, up to twenty. */
static void test_many(void **state)
{
	const char *text;
	size_t n = 0;

	(void)state;
	make();
	for (unsigned i = 0; i < 25; i++)
		put(arena_fmt(&tmp_arena, "refs/heads/x%u", i),
		    arena_fmt(&tmp_arena, "%040u\n", i + 1));
	text = rows();
	for (const char *s = text; *s; s++)
		n += *s == '\n';
	assert_int_equal(n, 21);
	assert_non_null(
		strstr(text,
		       "cache/vcs-object objects: and 5 more objects are missing or broken\n"));
}

static void test_ids(void **state)
{
	unsigned char id[GITODB_ID];
	char text[2 * GITODB_ID + 1];

	(void)state;
	assert_true(gitodb_parse_id("0123456789abcdef0123456789abcdef01234567", id));
	gitodb_id_text(id, text);
	assert_string_equal(text, "0123456789abcdef0123456789abcdef01234567");
	assert_false(gitodb_parse_id("0123456789ABCDEF0123456789abcdef01234567", id));
	assert_false(gitodb_parse_id("0123456789abcdeg0123456789abcdef01234567", id));
	assert_false(gitodb_parse_id("0123456789:bcdef0123456789abcdef01234567", id));
	assert_false(gitodb_parse_id("", id));
	/* the ten characters before "a" are no digits */
	for (char c = 'W'; c < 'a'; c++)
		assert_false(
			gitodb_parse_id(arena_fmt(&tmp_arena,
						  "%c123456789abcdef0123456789abcdef01234567", c),
					id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),	       cmocka_unit_test(test_info),
		cmocka_unit_test(test_parts),	       cmocka_unit_test(test_refs),
		cmocka_unit_test(test_locks),	       cmocka_unit_test(test_missing_objects),
		cmocka_unit_test(test_broken_objects), cmocka_unit_test(test_packs),
		cmocka_unit_test(test_many),	       cmocka_unit_test(test_ids),
		cmocka_unit_test(test_odd_objects),    cmocka_unit_test(test_no_zlib),
		cmocka_unit_test(test_sha256),	       cmocka_unit_test(test_odd_refs),
		cmocka_unit_test(test_odd_packs),      cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_listed),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
