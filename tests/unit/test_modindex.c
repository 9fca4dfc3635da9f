/* The index of go.mod files: what is written comes back; files that are damaged, of any length or from elsewhere are no index. */

#include "tmpdir.h"

#include <sys/stat.h>

#include "graph/modindex.h"

#define SEED UINT64_C(0x6d6f647363)

/* The header's fields, as offsets in the file. */
enum {
	SUM = 16,
	STRINGS_LEN = 24,
	N_PATHS = 32,
	N_NODES = 36,
	N_ENTRIES = 40,
	N_REQUIRE = 44,
	HEADER = 48
};

static char *file_data;
static size_t file_len;

/* Two files: a@v1.0.0 requires b@v1.1.0 and go@1.21, b@v1.1.0 nothing. */
static int set_up(void **state)
{
	static const bool indirect[] = { true, false };
	struct modindex_new list[2] = { 0 };
	struct modtab t;
	uint32_t require[2];
	struct stat st;

	if (tmp_setup(state))
		return -1;
	tmp_mkdir("cache/download/b/@v");
	tmp_write("cache/download/a.mod", "module a\n");
	tmp_write("cache/download/b/@v/b.mod", "module b\n");
	modtab_init(&t);
	require[0] = modtab_node(&t, (struct modver){ "b", "v1.1.0" });
	require[1] = modtab_node(&t, (struct modver){ "go", "1.21" });
	list[0] = (struct modindex_new){ .name = "a.mod",
					 .require = require,
					 .indirect = indirect };
	list[0].e.node = modtab_node(&t, (struct modver){ "a", "v1.0.0" });
	list[0].e.module = modtab_path(&t, "a", 1);
	list[0].e.go = require[1];
	list[0].e.n_require = 2;
	list[1] = (struct modindex_new){ .name = "b/@v/b.mod" };
	list[1].e.node = require[0];
	list[1].e.module = list[1].e.go = MODTAB_NONE;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(stat(tmp_path(i ? "cache/download/b/@v/b.mod"
						 : "cache/download/a.mod"),
				      &st),
				 0);
		modindex_id_of(&list[i].e.id, &st);
		memset(list[i].e.sum, 'x', DIRHASH_LEN);
	}
	modindex_write(tmp_path("index"), &t, list, 2);
	modtab_release(&t);
	return fs_read(&tmp_arena, tmp_path("index"), 1 << 20, &file_data, &file_len, NULL) ? 0
											    : -1;
}

static bool opens(struct modindex *ix, struct modtab *t)
{
	modtab_init(t);
	return modindex_open(ix, tmp_path("index"), tmp_dir, NULL, t);
}

static void comes_back(void **state)
{
	struct modtab t;
	struct modindex ix;
	const struct modindex_entry *e;
	atomic_bool stop = false;

	(void)state;
	tmp_write_n("index", file_data, file_len);
	assert_true(opens(&ix, &t));
	e = modindex_find(&ix, modtab_find(&t, (struct modver){ "a", "v1.0.0" }));
	assert_non_null(e);
	assert_int_equal(e->n_require, 2);
	assert_string_equal(t.nodes[ix.require[e->require]].mod.path, "b");
	assert_true(ix.indirect[e->require]);
	assert_string_equal(t.nodes[e->go].mod.version, "1.21");
	assert_string_equal(ix.strings + e->name, "a.mod");
	assert_true(modindex_is_current(&ix, e));
	assert_null(modindex_find(&ix, e->go));
	assert_null(modindex_find(&ix, 1000));
	assert_int_equal(unlink(tmp_path("cache/download/b/@v/b.mod")), 0);
	modindex_look_ahead(&ix, &stop);
	e = modindex_find(&ix, modtab_find(&t, (struct modver){ "b", "v1.1.0" }));
	assert_false(modindex_is_current(&ix, e));
	modindex_release(&ix);
	modtab_release(&t);

	/* a table that is not empty would give other numbers */
	modtab_init(&t);
	modtab_path(&t, "x", 1);
	assert_false(modindex_open(&ix, tmp_path("index"), tmp_dir, NULL, &t));
	assert_false(modindex_open(&ix, tmp_path("index"), tmp_path("nowhere"), NULL, &t));
	assert_false(modindex_open(&ix, tmp_path("nowhere"), tmp_dir, NULL, &t));
	assert_false(modindex_open(&ix, tmp_path("cache"), tmp_dir, NULL, &t));
	modtab_release(&t);
}

/* Whatever opens has numbers in range and strings that end. */
static void all_in_range(const struct modindex *ix, const struct modtab *t)
{
	for (size_t i = 0; i < ix->n_entries; i++) {
		const struct modindex_entry *e = &ix->entries[i];

		assert_true(e->node < t->n_nodes);
		assert_true(e->go == MODTAB_NONE || e->go < t->n_nodes);
		assert_true(e->module == MODTAB_NONE || e->module < t->n_paths);
		assert_true(strlen(ix->strings + e->name) < file_len);
		assert_int_equal(e->sum[DIRHASH_LEN], 0);
		for (size_t k = 0; k < e->n_require; k++)
			assert_true(ix->require[e->require + k] < t->n_nodes);
	}
	for (size_t i = 0; i < t->n_nodes; i++)
		assert_true(strlen(t->nodes[i].mod.path) < file_len &&
			    strlen(t->nodes[i].mod.version) < file_len);
}

/* Opens a file with a right checksum; 1 if it is an index. */
static unsigned try(char *data, size_t len)
{
	uint64_t sum = hash_bytes(data + HEADER, len - HEADER, SEED);
	struct modindex ix;
	struct modtab t;
	bool ok;

	memcpy(data + SUM, &sum, sizeof(sum));
	tmp_write_n("index", data, len);
	ok = opens(&ix, &t);
	if (ok)
		all_in_range(&ix, &t);
	modindex_release(&ix);
	modtab_release(&t);
	return ok;
}

static void every_number_damaged(void **state)
{
	static const uint32_t values[] = { 0, 1, 2, 0x100, 0x7fffffff, UINT32_MAX };
	char *data = xmalloc(file_len);
	unsigned opened = 0, n = 0;

	(void)state;
	for (size_t at = STRINGS_LEN; at + 4 <= file_len; at += 4)
		for (size_t i = 0; i < ARRAY_LEN(values); i++, n++) {
			memcpy(data, file_data, file_len);
			memcpy(data + at, &values[i], sizeof(values[i]));
			opened += try(data, file_len);
		}
	assert_true(opened > 0 && opened < n);
	free(data);
}

static void every_length(void **state)
{
	char *data = xcalloc(1, file_len + 8);

	(void)state;
	for (size_t len = HEADER + 1; len < file_len + 8; len++) {
		memcpy(data, file_data, MIN(len, file_len));
		assert_int_equal(try(data, len), len == file_len);
	}
	for (size_t len = 0; len <= HEADER; len++) {
		struct modindex ix;
		struct modtab t;

		tmp_write_n("index", file_data, len);
		assert_false(opens(&ix, &t));
		modtab_release(&t);
	}
	free(data);
}

static void a_flipped_bit(void **state)
{
	char *data = xmalloc(file_len);

	(void)state;
	for (size_t at = 0; at < file_len; at++) {
		struct modindex ix;
		struct modtab t;

		memcpy(data, file_data, file_len);
		data[at] ^= 4;
		tmp_write_n("index", data, file_len);
		assert_false(opens(&ix, &t));
		modtab_release(&t);
	}
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back),
		cmocka_unit_test(every_number_damaged),
		cmocka_unit_test(every_length),
		cmocka_unit_test(a_flipped_bit),
	};

	return cmocka_run_group_tests(tests, set_up, tmp_teardown);
}
