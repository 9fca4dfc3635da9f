/*
 * Objects, loose and in packs with deltas, are those that libgit2 reads. Then the same store with each byte damaged: nothing but an answer or none.
 */
#include "gitfix.h"

#include "base/hex.h"
#include "git/gitobjects.h"

#define COMMITS 40

static git_repository *repo;
static char last[GITFIX_HEX], tag[GITFIX_HEX];

/* Files that resemble each other, so that they are packed as deltas. */
static void make(void)
{
	struct buf text = BUF_INIT;
	git_signature *who;
	git_object *head;
	git_oid id;

	repo = gitfix_new("r");
	for (int i = 0; i < COMMITS; i++) {
		for (int k = 0; k < 40; k++)
			buf_addf(&text, "line %d of %d\n", k, i % 7);
		gitfix_commit(repo, "refs/heads/main",
			      (const char *const[]){ "a/file", text.data, "empty", "", "go.mod",
						     "module m\n", NULL },
			      1700000000 + i, last);
	}
	buf_release(&text);
	gitfix_must(git_revparse_single(&head, repo, "HEAD"));
	who = gitfix_who(1700000100);
	gitfix_must(git_tag_create(&id, repo, "v1.0.0", head, who, "release", 0));
	git_oid_tostr(tag, sizeof(tag), &id);
	git_signature_free(who);
	git_object_free(head);
}

static int set_up(void **state)
{
	if (tmp_setup(state))
		return -1;
	make();
	return 0;
}

static struct gitobjects *open_store(void)
{
	struct gitobjects *o = gitobjects_new();

	gitobjects_add(o, tmp_path("r/objects"));
	return o;
}

struct seen {
	struct gitobjects *o;
	size_t n;
};

static int compare(const git_oid *id, void *ctx)
{
	struct seen *s = ctx;
	struct buf content = BUF_INIT;
	enum gitobjects_type type, type_of_size;
	unsigned char found[GITOBJECTS_ID];
	char hex[GITFIX_HEX];
	git_odb_object *want;
	git_odb *db;
	size_t size;

	gitfix_must(git_repository_odb(&db, repo));
	gitfix_must(git_odb_read(&want, db, id));
	assert_true(gitobjects_read(s->o, id->id, &type, &content));
	assert_true(gitobjects_size(s->o, id->id, &type_of_size, &size));
	assert_int_equal(type, git_odb_object_type(want));
	assert_int_equal(type_of_size, type);
	assert_int_equal(content.len, git_odb_object_size(want));
	assert_int_equal(size, content.len);
	assert_memory_equal(content.data, git_odb_object_data(want), content.len);
	git_oid_tostr(hex, sizeof(hex), id);
	assert_int_equal(gitobjects_find(s->o, hex, found), 1);
	assert_memory_equal(found, id->id, GITOBJECTS_ID);
	hex[12] = 0;
	assert_int_equal(gitobjects_find(s->o, hex, found), 1);
	git_odb_object_free(want);
	git_odb_free(db);
	buf_release(&content);
	s->n++;
	return 0;
}

static void compare_all(size_t at_least)
{
	struct seen s = { .o = open_store() };
	git_odb *db;

	gitfix_must(git_repository_odb(&db, repo));
	gitfix_must(git_odb_foreach(db, compare, &s));
	git_odb_free(db);
	assert_true(s.n >= at_least);
	gitobjects_free(s.o);
}

static void test_loose(void **state)
{
	(void)state;
	compare_all(3 * COMMITS);
}

static void pack(void)
{
	git_packbuilder *builder;
	git_revwalk *walk;

	gitfix_must(git_packbuilder_new(&builder, repo));
	gitfix_must(git_revwalk_new(&walk, repo));
	gitfix_must(git_revwalk_push_head(walk));
	gitfix_must(git_packbuilder_insert_walk(builder, walk));
	gitfix_must(git_packbuilder_write(builder, NULL, 0, NULL, NULL));
	git_revwalk_free(walk);
	git_packbuilder_free(builder);
}

static const char *file_of_pack(const char *ending)
{
	struct fs_dirent *entries;
	size_t n;

	assert_true(fs_list(&tmp_arena, tmp_path("r/objects/pack"), 100, &entries, &n, NULL));
	for (size_t i = 0; i < n; i++)
		if (strstr(entries[i].name, ending))
			return arena_fmt(&tmp_arena, "%s/%s", tmp_path("r/objects/pack"),
					 entries[i].name);
	fail_msg("no pack");
	return NULL;
}

static void remove_loose(void)
{
	struct fs_dirent *entries;
	size_t n;

	assert_true(fs_list(&tmp_arena, tmp_path("r/objects"), 1000, &entries, &n, NULL));
	for (size_t i = 0; i < n; i++)
		if (strlen(entries[i].name) == 2)
			assert_true(fs_remove_all(arena_fmt(&tmp_arena, "%s/%s",
							    tmp_path("r/objects"), entries[i].name),
						  NULL));
}

static void test_packed(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	pack();
	compare_all(3 * COMMITS); /* both */
	remove_loose();
	git_repository_free(repo);
	gitfix_must(git_repository_open(&repo, tmp_path("r")));
	compare_all(3 * COMMITS);
	assert_true(fs_read_buf(&b, file_of_pack(".pack"), 1 << 20, NULL));
	assert_true(b.len < COMMITS * 400); /* so there are deltas */
	buf_release(&b);
}

static void test_find(void **state)
{
	struct gitobjects *o = open_store();
	unsigned char id[GITOBJECTS_ID];
	unsigned several = 0;
	char digits[8];

	(void)state;
	for (unsigned i = 0; i < 0x10000; i++) {
		snprintf(digits, sizeof(digits), "%04x", i);
		several += gitobjects_find(o, digits, id) > 0;
	}
	assert_true(several >= 3 * COMMITS - 2);
	assert_int_equal(gitobjects_find(o, "123", id), 0);
	assert_int_equal(gitobjects_find(o, "xyz1", id), 0);
	assert_int_equal(gitobjects_find(o, "12345678901234567890123456789012345678901", id), 0);
	assert_int_equal(gitobjects_find(o, tag, id), 0); /* not in the pack: it was loose */
	gitobjects_free(o);
}

/* Reads what can be read. */
static void read_all(struct gitobjects *o)
{
	unsigned char id[GITOBJECTS_ID];
	enum gitobjects_type type;
	char digits[8];
	size_t size;

	for (unsigned i = 0; i < 0x10000; i += 16) {
		struct buf b = BUF_INIT;

		snprintf(digits, sizeof(digits), "%04x", i);
		if (gitobjects_find(o, digits, id)) {
			gitobjects_read(o, id, &type, &b);
			gitobjects_size(o, id, &type, &size);
		}
		buf_release(&b);
	}
}

static void damage(const char *file, size_t step)
{
	struct buf b = BUF_INIT;

	assert_true(fs_read_buf(&b, file, 1 << 20, NULL));
	for (size_t i = 0; i < b.len; i += step) {
		static const char bits[] = { 1, (char)0x80, (char)0xff };
		char before = b.data[i];
		struct gitobjects *o;

		b.data[i] = (char)(before ^ bits[i % 3]);
		assert_true(fs_write_atomic(file, b.data, b.len, 0644, false, NULL));
		o = open_store();
		read_all(o);
		gitobjects_free(o);
		b.data[i] = before;
	}
	for (size_t len = 0; len < b.len; len += b.len / 20) {
		struct gitobjects *o;

		assert_true(fs_write_atomic(file, b.data, len, 0644, false, NULL));
		o = open_store();
		read_all(o);
		gitobjects_free(o);
	}
	assert_true(fs_write_atomic(file, b.data, b.len, 0644, false, NULL));
	buf_release(&b);
}

static void test_damaged(void **state)
{
	(void)state;
	damage(file_of_pack(".pack"), 37);
	damage(file_of_pack(".idx"), 41);
	compare_all(3 * COMMITS);
	git_repository_free(repo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loose),
		cmocka_unit_test(test_packed),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, set_up, tmp_teardown);
}
