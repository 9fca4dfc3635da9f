/*
 * finding_kinds.h - the meaning of each kind of finding, for the man page and for reports that list their rules.
 */
#ifndef MODSCOPE_FINDING_KINDS_H
#define MODSCOPE_FINDING_KINDS_H

#include "base/base.h"

struct finding_kind {
	const char *kind; /* "cache/zip-modified" */
	const char *what, *why, *remedy;
};
extern const struct finding_kind finding_kinds[];	/* sorted by kind; a NULL kind ends it */
/* Their kinds alone; NULL after the last. */
const char *finding_kinds_at(size_t i);
/* NULL if it is not listed. */
const struct finding_kind *finding_kind(const char *kind);

#endif
