/* Any bytes as a page with go-import tags. The result must be bounded by the size of the page. */
#include "fetch/direct_meta.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct direct_metas metas = { 0 };
	struct err e = ERR_INIT;

	if (!direct_meta_parse(&metas, &a, (const char *)data, size, &e) && e.code != ERR_SYNTAX)
		__builtin_trap();
	for (size_t i = 0; i < metas.n; i++) {
		const struct direct_meta *m = &metas.items[i];

		if (!m->prefix || !*m->vcs || !*m->repo ||
		    strlen(m->vcs) + strlen(m->repo) > size * 4)
			__builtin_trap();
	}
	err_release(&e);
	arena_release(&a);
	return 0;
}
