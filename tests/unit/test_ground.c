/* The foundations of core: errors, buffers, arenas, maps, paths, text. */

#include "unit.h"

#include <errno.h>

#include "base/fs.h"
#include "base/map.h"
#include "base/par.h"
#include "base/text.h"

static void err_first_wins(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_false(err_sys(&e, ENOENT, "open %s", "x"));
	assert_false(err_set(&e, ERR_SYNTAX, "second"));
	assert_string_equal(e.text, "open x: no such file or directory");
	assert_int_equal(e.code, ERR_NOT_FOUND);
	err_wrap(&e, "reading %s: ", "y");
	assert_string_equal(e.text, "reading y: open x: no such file or directory");
	err_release(&e);
}

/* A long array moves as it grows and leaves no copies behind; others stay where they are. */
static void arena_long_array(void **state)
{
	struct arena a = ARENA_INIT, b = ARENA_INIT;
	ARENA_VEC(size_t) v = { 0 }, w = { 0 };
	char *s = arena_strdup(&a, "small");

	(void)state;
	for (size_t i = 0; i < 100000; i++) {
		arena_vec_push(&a, &v, i);
		if (i % 3 == 0)
			arena_vec_push(&a, &w, i);
	}
	arena_strdup(&b, "other");
	arena_combine(&b, &a);
	for (size_t i = 100000; i < 300000; i++)
		arena_vec_push(&b, &v, i);
	for (size_t i = 0; i < v.n; i++)
		assert_int_equal(v.items[i], i);
	for (size_t i = 0; i < w.n; i++)
		assert_int_equal(w.items[i], i * 3);
	assert_string_equal(s, "small");
	assert_true(b.total < (v.cap + w.cap) * sizeof(size_t) + 4 * 65536);
	arena_release(&b);
}

static void arena_big_and_small(void **state)
{
	struct arena a = ARENA_INIT, b = ARENA_INIT;
	char *s = arena_strdup(&a, "small");
	char *big = arena_calloc(&a, 1, 1 << 20);
	char *t = arena_fmt(&a, "%s-%d", "after", 7);

	(void)state;
	memset(big, 'x', 1 << 20);
	assert_string_equal(s, "small");
	assert_string_equal(t, "after-7");
	char *u = arena_strdup(&b, "other");
	arena_combine(&b, &a);
	assert_string_equal(u, "other");
	assert_string_equal(arena_strdup(&b, t), "after-7");
	assert_null(a.blocks);
	arena_release(&b);
}

static void map_many(void **state)
{
	struct arena a = ARENA_INIT;
	struct map m = MAP_INIT;

	(void)state;
	for (uintptr_t i = 1; i <= 5000; i++)
		assert_true(map_put(&m, arena_fmt(&a, "key%d", (int)i), (void *)i));
	for (uintptr_t i = 1; i <= 5000; i++)
		assert_ptr_equal(map_get(&m, arena_fmt(&a, "key%d", (int)i)), (void *)i);
	assert_null(map_find(&m, "key0"));
	assert_string_equal(m.entries[41].key, "key42");
	/* the halves exchanged, each with the length added by XOR */
	assert_true(map_hash("aXXXXXXXbYYYYYYY", 16) != map_hash("rYYYYYYYqXXXXXXX", 16));
	map_release(&m);
	arena_release(&a);
}

/* Cases of Go's path/filepath tests, copied by hand. */
static void paths(void **state)
{
	struct arena a = ARENA_INIT;
	static const char *const clean[][2] = {
		{ "", "." },	     { "a//b/./c/..", "a/b" },
		{ "/../a", "/a" },   { "../../x/..", "../.." },
		{ "a/../..", ".." }, { "/", "/" },
		{ "//x", "/x" },     { "./a", "a" },
	};
	static const char *const rel[][3] = {
		{ "a/b", "a/b/c", "c" }, { "/a/b", "/a/c", "../c" }, { "/a", "/", ".." },
		{ "a", "b", "../b" },	 { ".", "a/b", "a/b" },	     { "/a/b/c", "/a/b", ".." },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(clean); i++)
		assert_string_equal(path_clean(&a, clean[i][0]), clean[i][1]);
	for (size_t i = 0; i < ARRAY_LEN(rel); i++)
		assert_string_equal(path_rel(&a, rel[i][0], rel[i][1]), rel[i][2]);
	assert_null(path_rel(&a, "..", "a"));
	assert_string_equal(path_dir(&a, "/a/b/"), "/a/b");
	assert_string_equal(path_dir(&a, "b"), ".");
	assert_true(path_is_local("a/b.c"));
	assert_false(path_is_local("a/../b"));
	assert_false(path_is_local("/a"));
	assert_false(path_is_local("a//b"));
	arena_release(&a);
}

static void escapes(void **state)
{
	struct buf b = BUF_INIT;
	static const char hostile[] = "a\x1b[31m\xe2\x80\xaeq\xff\tü\n";

	(void)state;
	text_escape(&b, hostile, sizeof(hostile) - 1, false);
	assert_string_equal(b.data, "a\\x1b[31m\\u{202e}q\\xff\\x09ü\\x0a");
	buf_clear(&b);
	text_redact_url(&b, "https://user:secret@h.example/p?token=abc&x=1#f");
	assert_string_equal(b.data, "https://user:xxxxx@h.example/p?token=xxxxx&x=xxxxx#f");
	buf_clear(&b);
	text_quote(&b, "a\"\\\n\x01\xff\xe2\x80\xae", 9);
	assert_string_equal(b.data, "\"a\\\"\\\\\\n\\x01\\xff\\u202e\"");
	assert_int_equal(text_distance("verfy", "verify"), 1);
	buf_release(&b);
}

/* Unicode's Default_Ignorable_Code_Point, from DerivedCoreProperties.txt. */
static bool is_ignorable(uint32_t r)
{
	static const uint32_t ranges[][2] = {
		{ 0xAD, 0xAD },	      { 0x34F, 0x34F },	    { 0x61C, 0x61C },
		{ 0x115F, 0x1160 },   { 0x17B4, 0x17B5 },   { 0x180B, 0x180F },
		{ 0x200B, 0x200F },   { 0x202A, 0x202E },   { 0x2060, 0x206F },
		{ 0x3164, 0x3164 },   { 0xFE00, 0xFE0F },   { 0xFEFF, 0xFEFF },
		{ 0xFFA0, 0xFFA0 },   { 0xFFF0, 0xFFF8 },   { 0x1BCA0, 0x1BCA3 },
		{ 0x1D173, 0x1D17A }, { 0xE0000, 0xE0FFF },
	};

	for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
		if (r >= ranges[i][0] && r <= ranges[i][1])
			return true;
	return false;
}

/* All of these are escaped, and no other printable rune is. */
static void ignorable_runes_are_escaped(void **state)
{
	struct buf rune = BUF_INIT, b = BUF_INIT;

	(void)state;
	for (uint32_t r = 0x80; r < 0x110000; r++) {
		if (r >= 0xD800 && r < 0xE000)
			continue;
		buf_clear(&rune);
		buf_clear(&b);
		text_add_rune(&rune, r);
		text_escape(&b, rune.data, rune.len, true);
		if (is_ignorable(r))
			assert_string_equal(b.data + b.len - 1, "}");
		else if (text_is_print(r))
			assert_string_equal(b.data, rune.data);
	}
	buf_release(&rune);
	buf_release(&b);
}

static void files(void **state)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	char dir[] = "/tmp/modscope-ground-XXXXXX";
	char *data, *file;
	size_t len;

	(void)state;
	assert_non_null(mkdtemp(dir));
	file = path_join(&a, dir, "x/y/z");
	assert_true(fs_write_atomic(file, "hello", 5, 0644, true, &e));
	assert_true(fs_read(&a, file, 5, &data, &len, &e));
	assert_string_equal(data, "hello");
	assert_false(fs_read(&a, file, 4, &data, &len, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	err_clear(&e);
	assert_false(fs_read(&a, dir, 4, &data, &len, &e));
	assert_string_equal(e.text, arena_fmt(&a, "read %s: is a directory", dir));
	err_clear(&e);
	assert_true(fs_remove_all(dir, &e));
	assert_false(fs_exists(dir));
	err_release(&e);
	arena_release(&a);
}

static void count(void *ctx, size_t i)
{
	atomic_fetch_add((atomic_size_t *)ctx, i);
}

static void parallel(void **state)
{
	atomic_size_t sum = 0;

	(void)state;
	par_for(1000, 8, count, &sum);
	assert_int_equal(sum, 499500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(err_first_wins),
		cmocka_unit_test(arena_long_array),
		cmocka_unit_test(arena_big_and_small),
		cmocka_unit_test(map_many),
		cmocka_unit_test(paths),
		cmocka_unit_test(escapes),
		cmocka_unit_test(ignorable_runes_are_escaped),
		cmocka_unit_test(files),
		cmocka_unit_test(parallel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
