/*
 * compare_packages.h - the packages of other modules that are compiled in, on two sides: which were added or removed.
 *
 * Pure; any thread. compare_packages sorts the given lists; they and the arena must outlive the result.
 */
#ifndef MODSCOPE_COMPARE_PACKAGES_H
#define MODSCOPE_COMPARE_PACKAGES_H

#include "base/arena.h"

struct compare_package {
	const char *path, *module, *version;
	const char *chain; /* a shortest one from a package of the project to it: "main/web > example.com/a > example.com/b" */
};
struct compare_package_list {
	struct compare_package *items;
	size_t n;
};
/* A module with added or removed packages. */
struct compare_packages_module {
	const char *module;
	const char *was, *is; /* its version if packages of it are compiled in; else "" */
	const struct compare_package **added, **removed; /* by path */
	size_t n_added, n_removed;
};
struct compare_packages {
	struct compare_packages_module *items; /* by path: first added modules, then removed ones, then the others */
	size_t n;
};

void compare_packages(struct compare_packages *out, struct arena *a, const struct compare_package_list *was,
		      const struct compare_package_list *is);
/* "added", "removed", or "changed": the module was compiled in, and is. */
const char *compare_packages_kind(const struct compare_packages_module *c);

#endif
