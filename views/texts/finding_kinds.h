/*
 * finding_kinds.h - what each kind of finding means, for the man page and for reports that list their rules.
 */
#ifndef MODSCOPE_FINDING_KINDS_H
#define MODSCOPE_FINDING_KINDS_H

#include "base/base.h"

struct finding_kind {
	const char *kind; /* "cache/zip-modified" */
	const char *what, *why, *remedy;
};
extern const struct finding_kind finding_kinds[];	/* by kind; its NULL ends it */
/* NULL for one that is not listed. */
const struct finding_kind *finding_kind(const char *kind);

#endif
