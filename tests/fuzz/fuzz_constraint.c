/* The build constraints of a file: for any tags, and for one platform. */
#include "packages/constraint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct constraint_env env = { "linux", "amd64", true, 26 };
	enum constraint_verdict any = constraint_file((const char *)data, size);
	enum constraint_verdict one = constraint_file_env((const char *)data, size, &env);

	if (any == CONSTRAINT_MALFORMED ||
	    (any == CONSTRAINT_MULTIPLE) != (one == CONSTRAINT_MULTIPLE))
		__builtin_trap();
	return 0;
}
