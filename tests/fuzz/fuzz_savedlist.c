/* Any bytes as a saved build list, compared with another list, and with itself, which must show no difference. */
#include "compare/savedlist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char other[] =
		"{\"schema\": \"modscope.list/1\", \"modules\": ["
		"{\"Path\": \"m\", \"Main\": true, \"GoVersion\": \"1.24\"}, {\"Path\": \"a\", \"Version\": \"v1.0.0\"}]}";
	struct compare_side side, is;
	struct compare_changes changes;
	struct arena a = ARENA_INIT;
	char *text = arena_strndup(&a, (const char *)data,
				   size); /* NUL terminated, like a file that was read */

	check(savedlist_read(&is, &a, other, strlen(other), NULL));
	if (savedlist_read(&side, &a, text, size, NULL)) {
		for (size_t i = 0; i < side.n_modules; i++) {
			check(*side.modules[i].path);
			check(!i || strcmp(side.modules[i - 1].path, side.modules[i].path) < 0);
		}
		compare_sides(&changes, &a, &side, &side);
		check(!changes.n);
		compare_sides(&changes, &a, &side, &is);
		compare_sides(&changes, &a, &is, &side);
	}
	arena_release(&a);
	return 0;
}
