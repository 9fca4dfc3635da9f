/*
 * checklist.h - can this be tagged? Every point that a release must meet, with verdict, place and remedy.
 *
 * A point that passes has one row; one that fails has a row for each problem; an unknown one says why. The
 * tag is given, or is the next version by semantic versioning: a new major version (before v1 a new minor one) if
 * identifiers of the last tag are removed or declared differently, a minor one if there are new ones, else a patch; or the release that a
 * pre-release announces, if that is higher. The caller
 * provides the results of tidy, retractions and the proxy in the input. Strings in the arena or the input. One thread.
 */
#ifndef MODSCOPE_CHECKLIST_H
#define MODSCOPE_CHECKLIST_H

#include "base/finding.h"
#include "git/gitplace.h"
#include "release/consumer.h"
#include "release/replaces.h"
#include "release/tagged.h"

enum checklist_verdict { CHECKLIST_PASS, CHECKLIST_FAIL, CHECKLIST_UNKNOWN, CHECKLIST_WAIVED };
const char *checklist_verdict_name(enum checklist_verdict v);	/* "pass" */

struct checklist_point {
	const char *id;		/* "replace-local"; static */
	enum checklist_verdict verdict;
	bool blocks;		/* a failure blocks the release; otherwise it is a warning */
	const char *text;	/* one sentence */
	const char *file;	/* relative to the module; "" */
	int line;
	const char *remedy;	/* "" */
};

/* A module that go.mod requires directly, with the proxies' data. */
struct checklist_module {
	struct modver mod;
	int line;
	const char *retracted, *deprecated;	/* the authors' words, "" for none */
	const char *unknown;			/* why these are unknown; "" */
};
struct checklist_line {
	int line;
	const char *text, *reason;
};
enum checklist_published { CHECKLIST_ABSENT, CHECKLIST_PRESENT, CHECKLIST_NOT_ASKED };
struct checklist_input {
	struct modproject *project;
	const struct modproject_main *main;
	const char *tag;			/* "v1.2.3" or "sub/v1.2.3"; NULL: the next version */
	const struct replaces *replaces;
	const struct consumer *consumer;	/* NULL */
	const struct checklist_line *tidy_mod, *tidy_sum;	/* lines of go.mod that tidy would change, lines of go.sum that it would add */
	size_t n_tidy_mod, n_tidy_sum;
	size_t n_needless_sums;			/* lines of go.sum that tidy would remove */
	const char *tidy_unknown, *tidy_failed;	/* "" */
	const struct checklist_module *modules;
	size_t n_modules;
	const char *modules_unknown;		/* why there are none; "" */
	/* Whether this version is on the proxy, and its h1 ("" if unknown). words: why that is unknown. */
	enum checklist_published (*published)(void *ctx, struct modver m, const char **h1, const char **words);
	void *ctx;
	struct cancel *cancel;
};
struct checklist {
	struct checklist_point *points;
	size_t n;
	size_t n_pass, n_unknown;
	size_t n_blocking, n_noted;	/* of failed points */
	bool releasable;
	const char *path, *version, *tag;	/* what would be released; "" if unknown */
	const char *last, *next;	/* the last tag's version, and the suggested one; "" */
	const char *commit, *h1;	/* of the zip; "" */
	size_t n_removed, n_changed, n_added;	/* identifiers since the last tag */
};

/* ERR_CANCELLED. */
bool checklist_make(struct checklist *c, struct arena *a, const struct checklist_input *in, struct err *e);

#endif
