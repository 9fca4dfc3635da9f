/*
 * retraction.h - retractions and deprecation, from the newest go.mod of a module.
 *
 * Follows CheckRetractions, CheckDeprecation and queryLatestVersionIgnoringRetractions of cmd/go/internal/modload (modfile.go).
 * The functions that take a loader block (network); the loader's thread only. Answers are cached.
 */
#ifndef MODSCOPE_RETRACTION_H
#define MODSCOPE_RETRACTION_H

#include "graph/modload.h"
#include "graph/query_result.h"

/* The newest version, ignoring retractions, after replacement (queryLatestVersionIgnoringRetractions). */
bool retraction_latest(struct modload *ml, const char *path, struct modver *latest,
		       enum query_result_failure *failure, struct err *e);
/* CheckRetractions: *rationale is NULL if m is not retracted, else the texts of all matching intervals (n may be 0). */
struct retraction {
	bool retracted;
	const char *const *rationale;
	size_t n;
	enum query_result_failure failure; /* why it is unknown */
};
bool retraction_check(struct modload *ml, struct modver m, struct retraction *r,
		     struct err *e);
/* CheckDeprecation: "" if not deprecated. */
bool retraction_deprecation(struct modload *ml, struct modver m, const char **text,
		      enum query_result_failure *failure, struct err *e);
/* ShortMessage: a rationale or deprecation as one printable line. */
const char *retraction_short_message(struct arena *a, const char *message, const char *empty);

#endif
