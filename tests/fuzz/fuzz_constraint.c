/* Build constraints: a line and a whole header. A value that needs no tag chosen is a subset of one that may choose. */
#include "packages/constraint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct constraint_value v = { false, false };

	if (constraint_parse((const char *)data, size, &v) &&
	    !constraint_is_go_build((const char *)data, size) &&
	    !constraint_is_plus_build((const char *)data, size))
		__builtin_trap();
	constraint_file((const char *)data, size);
	return 0;
}
