/* Any bytes as the files of our own cache: remembered hashes, the index of go.mod files, the index of imports, the journal of a
 * change. The first byte selects the file. What the file says may be wrong, but must not lead outside. */
#include "../../core/graph/modindex.c"

#include "change/apply.h"
#include "change/execute.h"
#include "change/undo.h"
#include "zip/hashmemo.h"
#include "fuzzdir.h"
#include "memfile.h"
#include "packages/pkgroot.h"
#include "../unit/sealed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char root[FUZZDIR_LEN];

static void make_root(void)
{
	struct arena a = ARENA_INIT;

	fuzzdir_make(root);
	fs_mkdir_all(arena_fmt(&a, "%s/mod/cache/download", root), NULL);
	fs_write_atomic(arena_fmt(&a, "%s/tree/a.go", root), "package a\n", 10, 0644, false, NULL);
	arena_release(&a);
}

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

/* With valid checksums. */
static void try_hashes(const uint8_t *data, size_t size)
{
	static const char head[] = "modscope hashes 4\n";
	enum { RECORD = 180, CHECK = RECORD - 8 };
	struct hasher *h = hasher_new();
	struct buf text = BUF_INIT;
	struct hashmemo *memo;
	struct hashmemo_result r;
	struct arena a = ARENA_INIT;
	struct modver m = { "m.test/a", "v1.0.0" };
	struct memfile f;

	buf_addstr(&text, head);
	buf_add(&text, data, size);
	for (size_t at = strlen(head); at + RECORD <= text.len; at += RECORD) {
		uint64_t sum = hash_bytes(text.data + at, CHECK, 0x686173686573ULL);

		for (unsigned i = 0; i < 8; i++)
			text.data[at + CHECK + i] = (char)(sum >> 8 * i);
	}
	memfile_open(&f, (const uint8_t *)text.data, text.len);
	memo = hashmemo_open(f.path);
	check(hashmemo_tree(memo, h, arena_fmt(&a, "%s/tree", root), m, false, NULL, &r, NULL));
	check(dirhash_is_h1(r.sum));
	hasher_free(h);
	hashmemo_free(memo);
	memfile_close(&f);
	buf_release(&text);
	arena_release(&a);
}

/* With a valid checksum, without which the rest is never read. */
static void try_modindex(const uint8_t *data, size_t size)
{
	struct modindex ix;
	struct memfile f;
	struct modtab t;
	struct arena a = ARENA_INIT;
	struct header h = { .sum = 0 };
	char *copy = xmalloc(size + 1);

	memcpy(copy, data, size);
	if (size > sizeof(h)) {
		memcpy(&h, data, sizeof(h));
		memcpy(h.magic, magic, sizeof(magic));
		h.sum = payload_sum(data + sizeof(h), size - sizeof(h));
		memcpy(copy, &h, sizeof(h));
	}
	memfile_open(&f, (const uint8_t *)copy, size);
	modtab_init(&t);
	if (modindex_open(&ix, f.path, arena_fmt(&a, "%s/mod", root), NULL, &t)) {
		for (uint32_t i = 0; i < ix.n_nodes; i++) {
			const struct modindex_entry *e = modindex_find(&ix, i);

			check(t.nodes[i].path < t.n_paths);
			for (uint32_t k = 0; e && k < e->n_require; k++)
				check(ix.require[e->require + k] < t.n_nodes);
			check(!e || !modindex_is_current(&ix, e));
		}
	} else {
		check(t.n_nodes == 0 && !ix.data);
	}
	modindex_release(&ix);
	modtab_release(&t);
	memfile_close(&f);
	free(copy);
	arena_release(&a);
}

/* After a valid head, without which the rest is never read. */
static void try_imports(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct pkgroots r;
	struct pkgroot *t;
	struct buf text = BUF_INIT;

	for (int round = 0; round < 2; round++) {
		pkgroots_init(&r, arena_fmt(&a, "%s/imports", root));
		t = pkgroots_add(&r, arena_fmt(&a, "%s/tree", root), false);
		pkgroot_open(t, NULL);
		check(t->index_head != NULL);
		for (size_t i = 0; i < t->dirs.n; i++) {
			struct pkgroot_dir *d = t->dirs.entries[i].value;

			pkgroot_need(t, d);
			for (size_t k = 0; k < d->n_imports; k++)
				check(*d->imports[k] && !strchr(d->imports[k], ' '));
			for (size_t k = 0; k < d->n_tests; k++)
				check(*d->tests[k] && !strchr(d->tests[k], ' '));
		}
		pkgroot_need(t, pkgroot_dir(t, ""));
		if (round == 0) {
			sealed_lines(&text, t->index_head, data, size);
			fs_write_atomic(t->index_file, text.data, text.len, 0644, false, NULL);
		}
		pkgroots_release(&r);
	}
	buf_release(&text);
	arena_release(&a);
}

static void try_journal(const uint8_t *data, size_t size)
{
	static const char head[] = "{\"schema\":\"modscope.quarantine/2\"}\n";
	struct arena a = ARENA_INIT;
	const char *mod = arena_fmt(&a, "%s/mod", root), *own = arena_fmt(&a, "%s/own", root);
	struct apply_record *records;
	struct execute_result *results;
	struct buf text = BUF_INIT;
	struct plan plan;
	size_t n;

	buf_addstr(&text, head);
	buf_add(&text, data, size);
	fs_write_atomic(arena_fmt(&a, "%s/quarantine/20260102-030405-000/journal", own), text.data,
			text.len, 0644, false, NULL);
	check(apply_history(&a, mod, own, &records, &n, NULL) && n == 1);
	for (size_t i = 0; i < records[0].n_changes; i++)
		check(*records[0].changes[i].path);
	if (undo_plan(&plan, mod, own, records[0].id, NULL))
		execute_plan(&a, &plan, &(struct execute_options){ .root = mod, .own_cache = own },
			     &results, &n);
	plan_release(&plan);
	check(fs_is_file(arena_fmt(&a, "%s/tree/a.go", root)));
	buf_release(&text);
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (!*root)
		make_root();
	switch (data[0] % 4) {
	case 0: try_hashes(data + 1, size - 1); break;
	case 1: try_modindex(data + 1, size - 1); break;
	case 2: try_imports(data + 1, size - 1); break;
	default: try_journal(data + 1, size - 1); break;
	}
	return 0;
}
