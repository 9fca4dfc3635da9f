/*
 * direct_policy.h - GOVCS: which version control systems may be used for what (cmd/go/internal/vcs: checkGOVCS). Pure.
 */
#ifndef MODSCOPE_DIRECT_POLICY_H
#define MODSCOPE_DIRECT_POLICY_H

#include "base/err.h"

struct goenv;

/* ERR_REFUSED in go's words: "GOVCS disallows using hg for public example.com; see 'go help vcs'". "mod" is always allowed. */
bool direct_policy_check(const struct goenv *env, const char *vcs, const char *root, struct err *e);

#endif
