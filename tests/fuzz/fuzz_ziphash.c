/* Any bytes as a small file of a cache entry, which the first byte selects. */
#include "cache/cache.h"
#include "fuzzdir.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const files[] = {
	"cache/download/example.com/a/@v/v1.0.0.ziphash",
	"cache/download/example.com/a/@v/v1.0.0.info",
	"cache/download/example.com/a/@v/v1.0.0.mod",
	"cache/download/example.com/a/@v/list",
	"cache/download/sumdb/db.test/tile/8/0/000",
	"cache/download/sumdb/db.test/lookup/example.com/a@v1.0.0",
	"cache/vcs/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855/packed-refs",
	"cache/vcs/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.info",
};

static char root[FUZZDIR_LEN];

static void make_root(void)
{
	static const char *const extra[] = { "HEAD", "objects/x", "refs/x" };
	struct arena a = ARENA_INIT;

	fuzzdir_make(root);
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		fs_write_atomic(arena_fmt(&a, "%s/%s", root, files[i]), "x", 1, 0644, false, NULL);
	for (size_t i = 0; i < ARRAY_LEN(extra); i++)
		fs_write_atomic(arena_fmt(&a, "%s/%.*s/%s", root,
					  (int)(strrchr(files[6], '/') - files[6]), files[6],
					  extra[i]),
				"x", 1, 0644, false, NULL);
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct hashmemo *memo;
	struct arena a = ARENA_INIT;
	struct cache_report *r;
	struct err e = ERR_INIT;
	const char *file;

	if (size == 0)
		return 0;
	if (!*root) {
		make_root();
		memo = hashmemo_open(NULL);
	}
	file = arena_fmt(&a, "%s/%s", root, files[data[0] % ARRAY_LEN(files)]);
	if (!fs_write_atomic(file, data + 1, size - 1, 0644, false, &e))
		abort();
	if (!cache_load(&r,
			&(struct cache_options){
				.root = root, .memo = memo, .hash = true, .threads = 1 },
			NULL, 0, &e))
		abort();
	for (size_t i = 0; i < r->n; i++)
		for (size_t j = 0; j < r->entries[i].n_problems; j++)
			if (!*r->entries[i].problems[j].file || !*r->entries[i].problems[j].problem)
				abort();
	cache_free(r);
	arena_release(&a);
	err_release(&e);
	return 0;
}
