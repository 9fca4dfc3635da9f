/*
 * policy.h - the rules that a project sets for its dependencies, in a file .modscope beside go.mod or go.work.
 *
 * The file has the syntax of git's configuration, read by libgit2:
 *
 *	[policy]
 *		max-go = 1.24
 *		pseudo-versions = deny
 *		licence = MIT
 *	[forbid "example.com/old"]
 *		versions = < v2.0.0
 *		reason = unmaintained
 *	[waiver "MS-POLICY-PSEUDO-VERSION example.com/m"]
 *		reason = the fix is not released yet
 *		owner = build team
 *		expires = 2027-01-31
 *
 * An error in the file is a finding with its line; the valid rules are still applied. include sections
 * are refused: a project's file must not include others. The file is untrusted: its size is limited.
 *
 *	struct policy p;
 *	policy_read(&p, &arena, "/project/.modscope", &findings, &e);	// e: the file is unreadable
 *	policy_apply(&p, &set, now, &findings);
 *	policy_waive(&p, now, finding_kinds_at, &findings);	// last, over the findings of all parts
 *
 * The arena owns everything; strings are raw. One thread at a time.
 */
#ifndef MODSCOPE_POLICY_H
#define MODSCOPE_POLICY_H

#include "base/err.h"
#include "base/finding.h"

enum { POLICY_MAX_BYTES = 1 << 20 };

enum policy_compare {
	POLICY_LESS,
	POLICY_LESS_EQUAL,
	POLICY_GREATER,
	POLICY_GREATER_EQUAL,
	POLICY_EQUAL,
	POLICY_NOT_EQUAL,
};
struct policy_bound {
	enum policy_compare op;
	const char *version;
};
/* Bounds that all apply: "< v1.4.0, >= v1.2.0". */
struct policy_range {
	const char *text;
	const struct policy_bound *bounds;
	size_t n;
};
/* A section [allow "PATTERN"] or [forbid "PATTERN"]. */
struct policy_match {
	bool allow;
	const char *pattern; /* as in GOPRIVATE: a glob for a prefix of the module path */
	const struct policy_range *ranges; /* alternatives; none: all versions */
	size_t n_ranges;
	bool bad_range; /* a range could not be read, and was reported */
	const char *reason; /* "" */
	int line;
};
struct policy_waiver {
	const char *id;	     /* "MS-CACHE-ZIP-MODIFIED" */
	const char *subject; /* a glob of the finding's subject, or of its module's path */
	const char *reason, *owner;
	const char *expires; /* the last day, "2027-01-31"; "" if none is set, or no day */
	bool no_day;
	int line;
};
/* What a section [policy] denies. */
enum policy_deny {
	POLICY_PSEUDO_VERSIONS,
	POLICY_PRE_RELEASES,
	POLICY_INCOMPATIBLE,
	POLICY_RETRACTED,
	POLICY_DEPRECATED,
	POLICY_LOCAL_REPLACE,
	POLICY_REPLACE,
	POLICY_UNKNOWN_LICENCE,
	POLICY_DENIES
};
struct policy_value {
	const char *text; /* NULL: not set */
	int line;
};
struct policy {
	const char *file; /* NULL: there is none */
	int denied[POLICY_DENIES]; /* the denying line; 0: allowed */
	struct policy_value max_go, goproxy, gosumdb;
	struct policy_value min_age, max_modules; /* as numbers: */
	long days, modules;
	const struct policy_value *licences; /* allowed SPDX identifiers or expressions; none: all are allowed */
	size_t n_licences;
	const struct policy_match *matches;
	size_t n_matches;
	struct policy_waiver *waivers;
	size_t n_waivers;
	bool fail_on_set;
	enum finding_severity severity; /* of violations */
	enum finding_severity fail_on;
};

enum policy_known {
	POLICY_UNKNOWN,
	POLICY_NO,
	POLICY_YES,
};
/* A module of the build list for the rules; missing strings are "". */
struct policy_module {
	const char *path, *version;	  /* version "" for a main module */
	const char *new_path, *new_version; /* its replacement */
	bool main, direct;
	int line; /* of its require line; 0: none */
	const char *file; /* with that line; NULL: the set's gomod */
	int64_t time; /* of the version; 0: unknown */
	enum policy_known retracted, deprecated;
	const char *rationale, *deprecation, *why_unknown;
	const char *licence;	 /* an SPDX expression; "" if none was recognised */
	const char *no_licence;	 /* why none: "no licence file", "not in the module cache" */
};
struct policy_set {
	const char *gomod; /* its file, as shown */
	const char *go_version;
	int go_line;
	const char *goproxy, *gosumdb;
	const struct policy_module *modules;
	size_t n;
};

/* False if the file exists but cannot be read. Without a file: true, and p->file is NULL. */
bool policy_read(struct policy *p, struct arena *a, const char *file, struct findings *fs, struct err *e);
/* Which facts of modules the rules use: the caller need not provide others. */
bool policy_asks_updates(const struct policy *p);
bool policy_asks_times(const struct policy *p);
bool policy_asks_licences(const struct policy *p);
/* now: seconds since 1970. */
void policy_apply(const struct policy *p, const struct policy_set *set, int64_t now, struct findings *fs);
/* Marks waived findings, and adds one for each waiver that has expired, matches nothing, or names a finding that does not exist. kind_at: the
 * kinds of findings ("cache/forged"), NULL after the last. */
void policy_waive(const struct policy *p, int64_t now, const char *(*kind_at)(size_t i), struct findings *fs);

#endif
