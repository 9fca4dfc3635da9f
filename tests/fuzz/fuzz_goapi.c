/* Any bytes as a Go file: the exported identifiers are sorted, and reading the file twice does not change them. */
#include "base/base.h"
#include "packages/goapi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct goapi_reader *once = goapi_reader_new(&a, "1.26.8"),
			    *twice = goapi_reader_new(&a, "1.26.8");
	struct goapi_changes changes;
	struct goapi one, two;

	goapi_reader_add(once, "x.go", (const char *)data, size);
	goapi_reader_add(twice, "x.go", (const char *)data, size);
	goapi_reader_add(twice, "x.go", (const char *)data, size);
	goapi_reader_end(once, &one);
	goapi_reader_end(twice, &two);
	goapi_compare(&changes, &a, &one, &two);
	check(changes.n == 0);
	for (size_t i = 1; i < one.n; i++)
		check(strcmp(one.idents[i - 1].name, one.idents[i].name) < 0);
	arena_release(&a);
	return 0;
}
