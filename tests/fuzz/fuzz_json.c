/* Any bytes as a proxy's answer for .info and @latest. */
#include "base/gojson.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct gojson_info info;

	if (gojson_info(&a, (const char *)data, size, &info, &e)) {
		if (!info.version || !info.time || !gojson_check((const char *)data, size, NULL))
			__builtin_trap();
	} else if (!e.text) {
		__builtin_trap();
	}
	err_release(&e);
	arena_release(&a);
	return 0;
}
