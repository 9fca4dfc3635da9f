/*
 * getload.h - the packages that `go get PATH@VERSION` loads: where the path is a package of the module that it got, what this
 * imports is added to the requirements (modget.runGet, importFromFiles apart).
 *
 *	if (!getload(ml, path, got, before, &rs, &e)) ...
 *
 * The module's tree is fetched for that; a module that cannot be fetched has no packages here. The loader's thread only.
 */
#ifndef MODSCOPE_GETLOAD_H
#define MODSCOPE_GETLOAD_H

#include "graph/requirements.h"

/* m: the version that was got, or none. before: the pruning of the go.mod that go get reads: it loads with that. *rs is
 * replaced by what it leaves; the loader's own requirements stay. In go's words where a package cannot be found. */
bool getload(struct modload *ml, const char *path, struct modver m, enum pruning before, struct requirements **rs,
	     struct err *e);

#endif
