/*
 * goget.h - `go get M@V` on requirements: selects the requested versions and downgrades modules that require more.
 *
 * Follows editRequirements of cmd/go/internal/modload/edit.go: roots that lead to a version
 * above a requested one are lowered, version by version, to the newest that does not, or dropped; roots are raised
 * only as far as the requests demand. Version lists come from the proxies. Nothing is written.
 *
 *	struct goget_result r;
 *	if (goget_edit(ml, rs, &must, tentative, &r, &e)) ... r.rs
 *	goget_release(&r);
 *
 * The loader's thread only. The loader owns the strings. ERR_REFUSED with go's words if the requests contradict each other.
 */
#ifndef MODSCOPE_GOGET_H
#define MODSCOPE_GOGET_H

#include "graph/getwords.h"
#include "graph/requirements.h"

/* A lowered root: `before` was selected until now. */
struct goget_lowered {
	struct modver before;
	const char *after;	/* "none": dropped */
	struct modver because;	/* the module above a requested version that it would have pulled in */
};
struct goget_result {
	struct requirements *rs;	/* the loader's */
	VEC(struct goget_lowered) lowered;	/* each path once, sorted by path */
};
void goget_release(struct goget_result *r);

/* A version to select ("none" to remove), and the argument that it comes from. */
struct goget_request {
	struct modver mod;
	const struct getwords *words;
};
/* Each path once. */
struct goget_requests {
	const struct goget_request *items;
	size_t n;
};

/* `tentative`: versions to add as far as `must` allows. rs must not be a workspace's. */
bool goget_edit(struct modload *ml, struct requirements *rs, const struct goget_requests *must, struct modver_list tentative,
		struct goget_result *r, struct err *e);

/* What go get has read when it writes go.sum: the packages that it loaded last, other than the standard library's, in a workspace all of
 * the workspace; and whether it needed the graph of the requirements, or their roots alone. */
struct goget_package {
	const char *path;
	struct modver mod;	/* path "" if the package was not found */
};
struct goget_read {
	const struct goget_package *packages;
	size_t n;
	bool roots_alone;
};

/* What go get says about a module that it chose, or that a package comes from. */
struct goget_warning {
	struct modver mod;
	bool retracted;		/* the version; else the module is deprecated */
	const char *text;	/* a line */
};
struct goget_warnings {
	const struct goget_warning *items;	/* deprecations first, sorted */
	size_t n;
};
/* Appends go get's lines for them. */
void goget_warn(struct goget_warnings list, struct buf *out);

/* go get when packages are loaded too (packages/getload.h). */
struct goget_argument {
	const char *pattern, *version;	/* a path, a wildcard or "all", and a query, "" if not given */
	const char *got;		/* the version of the module with exactly this path; NULL: other modules were got, or none */
};
struct goget_command {
	struct arena *arena;	/* owns what `read` and `warnings` point to */
	struct goget_argument *args;	/* none: only what is loaded at the end, the workspace */
	size_t n;
	struct requirements *rs;	/* before, expanded, and after */
	VEC(struct goget_lowered) lowered;
	struct goget_read read;
	struct goget_warnings warnings;
};

#endif
