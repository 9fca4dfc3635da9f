/*
 * why.h - why a package or a module is needed: the shortest chain of imports from the main module.
 *
 * Follows cmd/go/internal/modcmd/why.go. The answer is go's stdout; what go says on stderr, and what we know better (a
 * package whose module could not be fetched makes go's "does not need" uncertain), is in the loader's messages.
 * The modload must have been opened with MODPROJECT_WHY.
 */
#ifndef MODSCOPE_WHY_H
#define MODSCOPE_WHY_H

#include "base/buf.h"
#include "packages/pkgload.h"

struct why_options {
	bool modules;	/* -m: the arguments are module patterns */
	bool vendor;	/* -vendor: without tests of dependencies */
};

/* What go says of arguments of -m before it reads any file: they are no version queries. */
bool why_check_modules(const char *const *args, size_t n, struct err *e);
/* Appends the stanzas; false where go fails. args may be none. */
bool why_run(struct modload *ml, const struct why_options *o, const char *const *args, size_t n, struct buf *out, struct err *e);

/* One package of a chain, for views: the chain of p from the main module, p last. */
struct why_step {
	const struct pkg *pkg;
	bool test;	/* the step is the package's tests */
	bool tool;	/* a tool of the main module */
};
size_t why_chain(const struct pkgload *ld, const struct pkg *p, struct arena *a, struct why_step **steps);
/* The packages of a module that were reached, shortest chain first, then by path. */
size_t why_module_packages(const struct pkgload *ld, const char *module, struct arena *a, struct pkg ***pkgs);
/* Loads "all" as why -m does; ld is then to be asked. The caller frees it. */
bool why_load(struct modload *ml, bool vendor, struct pkgload **ld, struct err *e);

#endif
