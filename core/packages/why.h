/*
 * why.h - the shortest chain of imports from the main module to a package or module.
 *
 * Follows cmd/go/internal/modcmd/why.go. The answer is go's stdout; go's stderr, plus a warning of ours (if a module could
 * not be fetched, go's "does not need" may be wrong), is in the loader's messages.
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

/* go's check of the arguments of -m before it reads any file: they must not be version queries. */
bool why_check_modules(const char *const *args, size_t n, struct err *e);
/* Appends the stanzas; false if go fails. n may be 0. */
bool why_run(struct modload *ml, const struct why_options *o, const char *const *args, size_t n, struct buf *out, struct err *e);

/* One package of a chain, for views: the chain of p from the main module, p last. */
struct why_step {
	const struct pkg *pkg;
	bool test;	/* the step is the package's tests */
	bool tool;	/* a tool of the main module */
};
size_t why_chain(const struct pkgload *ld, const struct pkg *p, struct arena *a, struct why_step **steps);
/* The reached packages of a module, shortest chain first, then by path. Returns their number. */
size_t why_module_packages(const struct pkgload *ld, const char *module, struct arena *a, struct pkg ***pkgs);
/* Loads "all" as why -m does, for the functions above. The caller frees *ld. */
bool why_load(struct modload *ml, bool vendor, struct pkgload **ld, struct err *e);

#endif
