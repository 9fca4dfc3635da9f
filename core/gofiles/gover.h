/*
 * gover.h - versions of Go itself ("1.21", "1.21rc1", "1.21.0"), and of modules, "go" and "toolchain" included.
 *
 * Follows internal/gover and cmd/go/internal/gover. "1.21" < "1.21rc1" < "1.21.0"; before 1.21, "1.20" and "1.20.0"
 * are equal. Malformed versions are less than any other and equal to each other. The modules "go" and "toolchain" represent
 * the lines of go.mod of that name: their versions are Go versions ("go1.21.0" for a toolchain), all others'
 * are semantic versions. Pure; for the emulated version (gover.Local) see goenv_go_version (goenv.h).
 */
#ifndef MODSCOPE_GOVER_H
#define MODSCOPE_GOVER_H

#include "base/buf.h"
#include "gofiles/semver.h"

/* Where the meaning of go.mod changed (cmd/go/internal/gover/version.go). */
#define GOVER_NARROW_ALL "1.16"			/* "all" no longer closes over tests outside of the main module */
#define GOVER_DEFAULT_GOMOD "1.16"		/* of a go.mod without a go line */
#define GOVER_DEFAULT_GOWORK "1.18"		/* of a go.work without a go line */
#define GOVER_EXPLICIT_INDIRECT "1.17"		/* graph pruning */
#define GOVER_SEPARATE_INDIRECT "1.17"		/* indirect requirements in a block of their own */
#define GOVER_TIDY_GOMOD_SUM "1.21"		/* tidy keeps go.mod sums for tests of dependencies */
#define GOVER_EXPLICIT_MODULES_TXT "1.23"	/* a vendored package must be listed in modules.txt */
#define GOVER_STRICT "1.21"			/* a go line is an enforced minimum */

bool gover_valid(const char *v);
int gover_compare(const char *v, const char *w);
int gover_compare_n(const char *v, size_t v_len, const char *w, size_t w_len);
bool gover_is_lang(const char *v);		/* "1.21" but not "1.21.0" and, as it means "1.0.0", not "1" */
/* The major release before: "1.20" of "1.21.3". */
const char *gover_prev(struct arena *a, const char *v);

/* The version in a toolchain's name ("go1.21.3-suffix" is "1.21.3"): a piece of name; len 0 if there is none ("default"). */
struct semver_part gover_from_toolchain(const char *name);
/* Compares toolchain names by these versions; also accepts plain versions. */
int gover_compare_toolchains(const char *x, const char *y);

/* gover.GoModLookup: the value of a line "KEY VALUE" anywhere in a go.mod, in blocks or not. "" if there is none. */
const char *gover_lookup(struct arena *a, const char *data, size_t len, const char *key);

/* "go" and "toolchain". */
bool gover_is_toolchain(const char *path);
int gover_mod_compare(const char *path, const char *v, const char *w);
/* gover.ModSort, of versions without a file ("v1.0.0/go.mod"): by path and version. -1, 0 or 1. */
int gover_mod_order(const struct modver *x, const struct modver *y);
void gover_mod_sort(struct modver *list, size_t n);
bool gover_mod_valid(const char *path, const char *v);
bool gover_mod_is_prefix(const char *path, const char *v);
bool gover_mod_is_prerelease(const char *path, const char *v);
const char *gover_mod_major_minor(struct arena *a, const char *path, const char *v);

#endif
