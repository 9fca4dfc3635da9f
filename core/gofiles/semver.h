/*
 * semver.h - semantic versions as Go writes them: vMAJOR[.MINOR[.PATCH[-PRERELEASE][+BUILD]]].
 *
 * Follows golang.org/x/mod/semver. Numbers have any length and are compared as decimals; "v1" and "v1.2" are valid
 * short forms; comparison ignores build metadata; an invalid version is less than any valid one, and
 * all invalid ones are equal. Pure; allocates only from the given arena.
 * Hot: called for each line of thousands of go.mod files.
 */
#ifndef MODSCOPE_SEMVER_H
#define MODSCOPE_SEMVER_H

#include "base/arena.h"

/* A piece of a string; not terminated. */
struct semver_part {
	const char *s;
	size_t len;
};

/* All parts point into the version, except that a missing minor or patch is "0". */
struct semver {
	struct semver_part major, minor, patch;
	const char *fill;		/* completes the canonical form: "", ".0" or ".0.0" */
	struct semver_part prerelease;	/* with its "-"; empty if none */
	struct semver_part build;	/* with its "+"; empty if none */
};

bool semver_parse(struct semver *p, const char *v, size_t len);
bool semver_valid(const char *v);
bool semver_valid_n(const char *v, size_t len);

/* -1, 0 or 1. */
int semver_compare(const char *v, const char *w);
int semver_compare_n(const char *v, size_t v_len, const char *w, size_t w_len);
/* semver_compare, ties broken by bytes: the order of semver.Sort. */
int semver_order(const char *v, const char *w);
void semver_sort(const char **list, size_t n);

/* The canonical form: v itself if it is canonical, "" for an invalid version. */
const char *semver_canonical(struct arena *a, const char *v);
/* Length of the prefix "v2" of v; 0 for an invalid version. */
size_t semver_major(const char *v);
/* "v1.2" of a valid version (v itself if that is all of it), "" for an invalid one. */
const char *semver_major_minor(struct arena *a, const char *v);
/* The prerelease ("-rc.1") or build suffix ("+meta") within v; len 0 if there is none or v is invalid. */
struct semver_part semver_prerelease(const char *v);
struct semver_part semver_build(const char *v);
/* True if the build suffix is exactly "+incompatible". */
bool semver_is_incompatible(const char *v);

/* Decimal numbers of any length, without leading zeros. */
int semver_compare_decimal(struct semver_part x, struct semver_part y);

#endif
