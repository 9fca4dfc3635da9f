#include "base/dynlib.h"

#include <dlfcn.h>

const char *dynlib_load(const char *soname, const struct dynlib_symbol *symbols, size_t n, void *to)
{
	void *handle = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
	const char *why = handle ? NULL : dlerror();

	for (size_t i = 0; !why && i < n; i++) {
		void *symbol = dlsym(handle, symbols[i].name);

		if (!symbol)
			why = dlerror();
		memcpy((char *)to + symbols[i].offset, &symbol, sizeof(symbol));
	}
	return why;
}
