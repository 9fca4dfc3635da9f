/* Runs a fuzzer on its corpus without libFuzzer, so that `make check` repeats earlier finds. Arguments are files; without any,
 * all of corpus/NAME in the source tree, for the program fuzz_NAME. */
#include "base/base.h"

#include "base/fs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool replay(const char *file)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	bool ok = fs_read_buf(&b, file, (size_t)64 << 20, &e);

	if (ok) {
		/* exactly as long as the input, so that reads past its end are detected */
		uint8_t *copy = xmalloc(b.len ? b.len : 1);

		memcpy(copy, b.data, b.len);
		LLVMFuzzerTestOneInput(copy, b.len);
		free(copy);
	} else {
		fprintf(stderr, "%s\n", e.text);
	}
	buf_release(&b);
	err_release(&e);
	return ok;
}

static bool replay_corpus(const char *name)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	const char *dir = arena_fmt(&a, "%s/%s", FUZZ_CORPUS, name);
	struct fs_dirent *entries;
	size_t n = 0;
	bool ok = fs_list(&a, dir, 100000, &entries, &n, &e);

	for (size_t i = 0; i < n; i++)
		ok &= replay(path_join(&a, dir, entries[i].name));
	if (!ok || n == 0)
		fprintf(stderr, "%s: %s\n", dir, e.text ? e.text : "no inputs");
	printf("%zu inputs of %s\n", n, name);
	err_release(&e);
	arena_release(&a);
	return ok && n > 0;
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');
	bool ok = true;

	name = name ? name + 1 : argv[0];
	if (argc < 2)
		return !replay_corpus(str_has_prefix(name, "fuzz_") ? name + 5 : name);
	for (int i = 1; i < argc; i++)
		ok &= replay(argv[i]);
	return !ok;
}
