/*
 * pkgwalk.h - the directories of a module that may be packages (cmd/go/internal/modload/search.go:matchPackages).
 *
 * Omits directories named testdata or starting with "." or "_", those below another go.mod, those in the module's `ignore`
 * directives, symbolic links, and everything below a directory named vendor (which itself may be a package).
 * The root is exempt from the name rules and may be a symbolic link. imports_scan_dir decides whether a directory
 * really is a package (it is unless `no_go`).
 *
 * Hostile trees: at most PKGWALK_MAX_DIRS directories and PKGWALK_MAX_DEPTH levels; more is ERR_LIMIT. Unreadable directories
 * are reported in `errors`, and the walk continues unless stop_at_error. Strings in the arena; thread-safe.
 */
#ifndef MODSCOPE_PKGWALK_H
#define MODSCOPE_PKGWALK_H

#include "base/arena.h"
#include "base/err.h"
#include "gofiles/overlay.h"

#define PKGWALK_MAX_DIRS ((size_t)1 << 20)
#define PKGWALK_MAX_DEPTH 512

struct pkgwalk_dir {
	const char *dir;	/* root/rel */
	const char *rel;	/* "" for the root */
	const char *path;	/* import path: prefix/rel */
};

/* Knowledge about a directory that saves listing it. */
struct pkgwalk_known {
	const char *const *subdirs;	/* sorted */
	size_t n_subdirs;
	bool has_gomod;
};

struct pkgwalk {
	/* If not NULL, called before a directory is listed; false: list it. Strings in the arena. */
	bool (*known)(void *ctx, const char *rel, struct arena *a, struct pkgwalk_known *k);
	void *known_ctx;
	const char *const *ignore;	/* texts of ignore directives */
	size_t n_ignore;
	const char *ignore_base;	/* the walked tree's place in the module with the directives; NULL: its root */
	const struct overlay *overlay;	/* NULL: none */
	bool stop_at_gomod;		/* true for a local tree, false in the module cache */
	bool stop_at_error;		/* the walk ends at the first unreadable directory, as for file patterns */
	bool stop_at_vendor;		/* true, except for a walk of vendor/ itself */
	struct pkgwalk_dir *dirs;	/* sorted by path */
	size_t n;
	const char **errors;		/* go's texts: "open D: permission denied" */
	size_t n_errors;
};

/* In: the settings; out: dirs and errors. ERR_LIMIT. */
bool pkgwalk(struct arena *a, const char *root, const char *prefix, struct pkgwalk *w, struct err *e);
/* search.IgnorePatterns.ShouldIgnore for a slash path relative to the module root. */
bool pkgwalk_ignored(const char *const *ignore, size_t n_ignore, const char *rel);

#endif
