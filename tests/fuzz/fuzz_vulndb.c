/* Any bytes as a mirror of the vulnerability database: the index up to the first NUL, then the entry GO-1. Every finding has a
 * subject. */
#include "audit/vulndb.h"
#include "base/fs.h"
#include "fuzzdir.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char root[FUZZDIR_LEN];

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static enum vulndb_use use(void *ctx, const char *module, const char *package)
{
	(void)ctx;
	check(module && package);
	return *package ? VULNDB_IMPORTED : VULNDB_NOT_IMPORTED;
}

static void put(const char *name, const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;

	check(fs_write_atomic(arena_fmt(&a, "%s/%s", root, name), data, size, 0644, false, NULL));
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct vulndb_module modules[] = { { "example.com/a", "v1.2.3", 3, NULL },
							{ "b", "v2.0.0+incompatible", 0, NULL } };
	const struct vulndb_options o = { .mirror = root,
					  .offline = true,
					  .gomod = "go.mod",
					  .modules = modules,
					  .n = ARRAY_LEN(modules),
					  .go_version = "1.26rc1",
					  .use = use };
	const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
	size_t n = nul ? (size_t)(nul - data) : size;
	struct arena a = ARENA_INIT;
	struct findings fs = { .arena = &a };

	if (!*root)
		fuzzdir_make(root);
	put("index/modules.json", data, n);
	put("ID/GO-1.json", nul ? nul + 1 : data, nul ? size - n - 1 : 0);
	vulndb_check(&o, &fs, NULL);
	for (size_t i = 0; i < fs.n; i++)
		check(*fs.items[i].kind && *fs.items[i].subject);
	findings_release(&fs);
	arena_release(&a);
	return 0;
}
