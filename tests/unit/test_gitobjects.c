/*
 * Objects, loose and in packs with deltas, are those that libgit2 reads. Then the same store with each byte damaged: nothing but an answer or none.
 */
#include "gitfix.h"

#include <libdeflate.h>

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

/* Packs made by hand, as Documentation/gitformat-pack.txt has them: the i-th object is named by twenty bytes of i + 1. */

struct entry {
	unsigned type;
	const char *head; /* after type and size: the base of a delta, in hex */
	const char *data; /* in hex; "text:..." */
	int size;	  /* that is told; -1: the right one */
	const char *want; /* NULL: it cannot be read */
};

static void add_hex(struct buf *b, const char *hex)
{
	unsigned byte;

	for (; *hex; hex += 2) {
		assert_int_equal(sscanf(hex, "%2x", &byte), 1);
		buf_addch(b, (char)byte);
	}
}

static void add_big(struct buf *b, uint32_t n)
{
	const char bytes[] = { (char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n };

	buf_add(b, bytes, 4);
}

/* zlib's format, not compressed. */
static void add_stored(struct buf *b, const struct buf *data)
{
	const char head[] = { 0x78,
			      1,
			      1,
			      (char)data->len,
			      (char)(data->len >> 8),
			      (char)~data->len,
			      (char)(~data->len >> 8) };
	uint32_t low = 1, high = 0;

	buf_add(b, head, sizeof(head));
	buf_add(b, data->data, data->len);
	for (size_t i = 0; i < data->len; i++) {
		low = (low + (unsigned char)data->data[i]) % 65521;
		high = (high + low) % 65521;
	}
	add_big(b, high << 16 | low);
}

static void add_entry(struct buf *pack, const struct entry *e)
{
	struct buf data = BUF_INIT;
	const char *text = str_cut_prefix(e->data, "text:");
	size_t size;

	buf_addstr(&data, text ? text : "");
	if (!text)
		add_hex(&data, e->data);
	size = e->size < 0 ? data.len : (size_t)e->size;
	buf_addch(pack, (char)((size > 15 ? 128u : 0) | e->type << 4 | (size & 15)));
	for (size >>= 4; size; size >>= 7)
		buf_addch(pack, (char)((size > 127 ? 128 : 0) | (size & 127)));
	add_hex(pack, e->head);
	add_stored(pack, &data);
	buf_release(&data);
}

static void write_pack(const struct entry *entries, size_t n)
{
	struct buf pack = BUF_INIT, index = BUF_INIT;
	uint32_t offsets[64];

	buf_add(&pack, "PACK\0\0\0\2", 8);
	add_big(&pack, (uint32_t)n);
	buf_add(&index, "\377tOc\0\0\0\2", 8);
	for (uint32_t i = 0; i < 256; i++)
		add_big(&index, MIN(i, (uint32_t)n));
	for (size_t i = 0; i < n; i++) {
		offsets[i] = (uint32_t)pack.len;
		add_entry(&pack, &entries[i]);
		for (int k = 0; k < 20; k++)
			buf_addch(&index, (char)(i + 1));
	}
	for (size_t i = 0; i < n; i++)
		add_big(&index, 0); /* CRC-32: not looked at */
	for (size_t i = 0; i < n; i++)
		add_big(&index, offsets[i]);
	for (int k = 0; k < 40; k++)
		buf_addch(&index, 0);
	for (int k = 0; k < 20; k++)
		buf_addch(&pack, 0);
	assert_true(fs_mkdir_all(tmp_path("hand/pack"), NULL));
	assert_true(fs_write_atomic(tmp_path("hand/pack/pack-1.pack"), pack.data, pack.len, 0644,
				    false, NULL));
	assert_true(fs_write_atomic(tmp_path("hand/pack/pack-1.idx"), index.data, index.len, 0644,
				    false, NULL));
	buf_release(&pack);
	buf_release(&index);
}

#define NAME(i) i i i i i i i i i i i i i i i i i i i i
#define HELLO "text:hello, world\n" /* 13 bytes: an entry of 25 */

/* Offsets count back to the entry at the pack's twelfth byte, of 25 bytes. */
static const struct entry hand[] = {
	{ GITOBJECTS_BLOB, "", HELLO, -1, "hello, world\n" },
	{ 6, "19", "0d0d900d", -1, "hello, world\n" },	       /* copy all */
	{ 7, NAME("01"), "0d05900503313233", -1, NULL },       /* more than it tells */
	{ 7, NAME("01"), "0d08900503313233", -1, "hello123" }, /* copy, then insert */
	{ 7, NAME("01"), "0d05910705", -1, "world" },
	{ 7, NAME("01"), "0d059107", -1, NULL },	       /* the copy's size is missing */
	{ 7, NAME("01"), "0d0591070590", -1, NULL },	       /* and its offset */
	{ 7, NAME("01"), "0d0591070505", -1, NULL },	       /* an insert without data */
	{ 7, NAME("01"), "0d05910705", 4, NULL },	       /* a wrong size */
	{ 7, NAME("01"), "0d05910e01", -1, NULL },	       /* an offset behind the end */
	{ 7, NAME("01"), "0d0d91010d", -1, NULL },	       /* a copy over the end */
	{ 7, NAME("01"), "0d0180", -1, NULL },		       /* a copy of 64 KiB */
	{ 7, NAME("01"), "0d0100", -1, NULL },		       /* reserved */
	{ 7, NAME("01"), "0e0d900d", -1, NULL },	       /* of another base */
	{ 7, NAME("01"), "8d", -1, NULL },		       /* half a size */
	{ 7, NAME("01"), "0d8d", -1, NULL },		       /* half the second */
	{ 7, NAME("01"), "0dffffffffffffffffff7f", -1, NULL }, /* a size of everything */
	{ 7, NAME("01"), "0d06900d", -1, NULL },	       /* more than is wanted */
	{ 7, NAME("01"), "0d0e900d", -1, NULL },	       /* less */
	{ 7, NAME("77"), "0d0d900d", -1, NULL },	       /* of nobody */
	{ 7, NAME("15"), "0d0d900d", -1, NULL },	       /* of itself */
	{ 7, NAME("17"), "0d0d900d", -1, NULL },	       /* of one another */
	{ 7, NAME("16"), "0d0d900d", -1, NULL },
	{ 6, "00", "0d0d900d", -1, NULL },   /* of itself */
	{ 6, "ff7f", "0d0d900d", -1, NULL }, /* before the pack */
	{ 6, "ffffffffffffffffff", "0d0d900d", -1, NULL },
	{ 0, "", HELLO, -1, NULL },
	{ 5, "", HELLO, -1, NULL },
	{ GITOBJECTS_TAG, "", "text:object x\n", -1, "object x\n" },
	{ GITOBJECTS_BLOB, "", "text:", -1, "" },
	{ GITOBJECTS_BLOB, "", HELLO, 14, NULL },
	{ GITOBJECTS_BLOB, "", HELLO, 12, NULL },
	{ 7, NAME("1e"), "00036162630a", -1, NULL },  /* an insert without its end */
	{ 7, NAME("1e"), "000303616263", -1, "abc" }, /* of nothing */
	{ 7, NAME("04"), "080383050003", -1, NULL },
	{ 7, NAME("04"), "0803910503", -1, "123" }, /* of a delta */
};

static void test_by_hand(void **state)
{
	struct gitobjects *o;

	(void)state;
	write_pack(hand, ARRAY_LEN(hand));
	for (size_t turn = 0; turn < 2; turn++) { /* forwards and backwards: bases are kept */
		o = gitobjects_new();
		gitobjects_add(o, tmp_path("hand"));
		for (size_t k = 0; k < ARRAY_LEN(hand); k++) {
			size_t i = turn ? ARRAY_LEN(hand) - 1 - k : k, size = 0;
			unsigned char id[GITOBJECTS_ID];
			enum gitobjects_type type, type_of_size;
			struct buf b = BUF_INIT;
			bool ok;

			memset(id, (int)i + 1, sizeof(id));
			ok = gitobjects_read(o, id, &type, &b);
			if (ok != (hand[i].want != NULL) ||
			    (ok && (b.len != strlen(hand[i].want) ||
				    memcmp(b.data, hand[i].want, b.len) != 0)))
				fail_msg("object %zu: \"%s\"", i + 1, ok ? b.data : "unreadable");
			if (ok) {
				assert_true(gitobjects_size(o, id, &type_of_size, &size));
				assert_int_equal(type_of_size, type);
				assert_int_equal(size, b.len);
			} else {
				gitobjects_size(o, id, &type, &size); /* ends */
			}
			buf_release(&b);
		}
		gitobjects_free(o);
	}
}

/* A loose object with that id, whose file holds this in zlib's format. */
static void write_loose(const char *hex, const void *data, size_t len)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(1);
	char packed[512];
	size_t n = libdeflate_zlib_compress(c, data, len, packed, sizeof(packed));

	assert_true(n > 0);
	tmp_write_n(arena_fmt(&tmp_arena, "l/objects/%.2s/%s", hex, hex + 2), packed, n);
	libdeflate_free_compressor(c);
}

/* Loose objects whose head is not one; names that are none of an object. */
static void test_heads(void **state)
{
#define HEX "0123456789012345678901234567890123456789"
#define DATA(s) s, sizeof(s) - 1
	static const struct {
		const char *data;
		size_t len;
		enum gitobjects_type type; /* 0: it is none */
	} heads[] = {
		{ DATA("blob 3\0abc"), GITOBJECTS_BLOB },
		{ DATA("commit 0\0"), GITOBJECTS_COMMIT },
		{ DATA("tree 1\0x"), GITOBJECTS_TREE },
		{ DATA("tag 1\0x"), GITOBJECTS_TAG },
		{ DATA("blob 4\0abc"), 0 },
		{ DATA("blob 2\0abc"), 0 },
		{ DATA("blob \0abc"), 0 },
		{ DATA("blob 3x\0abc"), 0 },
		{ DATA("blob -3\0abc"), 0 },
		{ DATA("blob 3"), 0 },
		{ DATA("blobs 3\0abc"), 0 },
		{ DATA("blob 00000000000000000000000000000000000000000000000000000000003\0abc"),
		  0 },
		{ DATA(""), 0 },
	};
	unsigned char id[GITOBJECTS_ID], found[GITOBJECTS_ID];

	(void)state;
	for (size_t i = 0; i < GITOBJECTS_ID; i++)
		id[i] = (unsigned char)((2 * i % 10) * 16 + 2 * i % 10 + 1);
	tmp_write("l/objects/01/"
		  "234567890123456789012345678901234567x9",
		  "");
	tmp_write("l/objects/01/"
		  "23456789012345678901234567890123456789a",
		  "");
	tmp_write("l/objects/0x/y", "");
	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		struct gitobjects *o = gitobjects_new();
		enum gitobjects_type type = 0;
		struct buf out = BUF_INIT;
		size_t size = 0;

		write_loose(HEX, heads[i].data, heads[i].len);
		gitobjects_add(o, tmp_path("l/objects"));
		assert_int_equal(gitobjects_read(o, id, &type, &out), heads[i].type != 0);
		if (heads[i].type) {
			assert_int_equal(type, heads[i].type);
			assert_true(gitobjects_size(o, id, &type, &size));
			assert_int_equal(size, out.len);
		}
		assert_int_equal(gitobjects_find(o, "0123", found), 1);
		assert_memory_equal(found, id, GITOBJECTS_ID);
		assert_int_equal(gitobjects_find(o, "012", found), 0);
		assert_int_equal(gitobjects_find(o, "x123", found), 0);
		assert_int_equal(gitobjects_find(o, "0x23", found), 0);
		assert_int_equal(gitobjects_find(o, HEX "0", found), 0);
		assert_int_equal(gitobjects_find(o, "0124", found), 0);
		buf_release(&out);
		gitobjects_free(o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads),	cmocka_unit_test(test_loose),
		cmocka_unit_test(test_packed),	cmocka_unit_test(test_find),
		cmocka_unit_test(test_damaged), cmocka_unit_test(test_by_hand),
	};

	return cmocka_run_group_tests(tests, set_up, tmp_teardown);
}
