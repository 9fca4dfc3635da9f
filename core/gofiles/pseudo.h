/*
 * pseudo.h - pseudo-versions: versions made of a commit's time and hash.
 *
 * Follows golang.org/x/mod/module (pseudo.go). The forms, where T is the commit's UTC time as yyyymmddhhmmss and H the first
 * 12 digits of its hash:
 *
 *	vX.0.0-T-H           no tag of major version X before the commit
 *	vX.Y.(Z+1)-0.T-H     after the tag vX.Y.Z, whose build suffix (+incompatible) is kept
 *	vX.Y.Z-pre.0.T-H     after the tag vX.Y.Z-pre
 *
 * Pure. Errors are ERR_SYNTAX with go's message: `pseudo-version "v" invalid: syntax error`.
 */
#ifndef MODSCOPE_PSEUDO_H
#define MODSCOPE_PSEUDO_H

#include "base/arena.h"
#include "base/err.h"

bool pseudo_is(const char *v);
/* PseudoVersionTime: seconds since 1970 UTC; also fails for a time that does not exist. */
bool pseudo_time(int64_t *t, const char *v, struct err *e);
/* PseudoVersionRev, in the arena. */
bool pseudo_rev(const char **rev, struct arena *a, const char *v, struct err *e);
/* PseudoVersionBase: the version it is based on, "" if none; in the arena. */
bool pseudo_base(const char **base, struct arena *a, const char *v, struct err *e);
/* PseudoVersion: major ("v2"; "" is v0), the older tag ("" if none), time in seconds since 1970, the short hash. */
const char *pseudo_make(struct arena *a, const char *major, const char *older, int64_t t, const char *rev);
/* ZeroPseudoVersion: "vN.0.0-00010101000000-000000000000" of the major version "vN"; "" is v0. */
const char *pseudo_zero(struct arena *a, const char *major);

#endif
