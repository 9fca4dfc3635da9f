/* Any bytes as vendor/modules.txt. */
#include "gofiles/modulestxt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct modulestxt m;

	modulestxt_is_workspace((const char *)data, size);
	if (modulestxt_parse(&m, &a, (const char *)data, size, "1.26.8", "vendor/modules.txt",
			     &e)) {
		for (size_t i = 0; i < m.n_modules; i++)
			if (!m.modules[i]->mod.path || !m.modules[i]->go_version)
				__builtin_trap();
		for (size_t i = 0; i < m.n_list; i++)
			if (!modulestxt_find(&m, m.list[i]->mod))
				__builtin_trap();
	} else if (!e.text) {
		__builtin_trap();
	}
	modulestxt_release(&m);
	err_release(&e);
	arena_release(&a);
	return 0;
}
