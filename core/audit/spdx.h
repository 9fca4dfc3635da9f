/*
 * spdx.h - SPDX licence expressions: identifiers joined by AND, OR and WITH, with parentheses.
 *
 * Identifiers are case-insensitive; "GPL-2.0" and "GPL-2.0-only" are the same, as in SPDX. Pure; any thread.
 */
#ifndef MODSCOPE_SPDX_H
#define MODSCOPE_SPDX_H

#include "base/base.h"

/* Whether the expression has a choice of only allowed licences; `allows` is called for each identifier, with
 * its exception ("GPL-2.0-only WITH Classpath-exception-2.0"). False for a malformed expression. */
bool spdx_satisfied(const char *expression, bool (*allows)(void *ctx, const char *id), void *ctx);
bool spdx_is_valid(const char *expression);
bool spdx_same_id(const char *a, const char *b);

#endif
