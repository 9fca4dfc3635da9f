/*
 * spdx.h - licence expressions as SPDX writes them: identifiers joined by AND, OR and WITH, in parentheses.
 *
 * Identifiers are compared without regard to case; "GPL-2.0" and "GPL-2.0-only" are the same, as SPDX says. Pure; any thread.
 */
#ifndef MODSCOPE_SPDX_H
#define MODSCOPE_SPDX_H

#include "base/base.h"

/* Whether a choice that the expression leaves consists of allowed licences only; `allows` is asked for each identifier, with
 * its exception ("GPL-2.0-only WITH Classpath-exception-2.0"). False for what is no expression. */
bool spdx_satisfied(const char *expression, bool (*allows)(void *ctx, const char *id), void *ctx);
bool spdx_is_valid(const char *expression);
bool spdx_same_id(const char *a, const char *b);

#endif
