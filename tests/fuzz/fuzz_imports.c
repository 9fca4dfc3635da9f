/* Any bytes as a Go file for the import reader: it ends, reads nothing outside, and its results are valid. */
#include "packages/imports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct imports_file f;

	if (imports_read(&a, (const char *)data, size, &f, &e)) {
		if (f.header_len > size)
			__builtin_trap();
		for (size_t i = 0; i < f.n; i++)
			if (f.specs[i].line < 1 || f.specs[i].column < 1 || !f.specs[i].path)
				__builtin_trap();
	} else if (!e.text) {
		__builtin_trap();
	}
	err_release(&e);
	arena_release(&a);
	return 0;
}
