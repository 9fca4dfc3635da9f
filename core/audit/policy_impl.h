/*
 * policy_impl.h - what the files of policy.h share. Not for others.
 */
#ifndef MODSCOPE_POLICY_IMPL_H
#define MODSCOPE_POLICY_IMPL_H

#include "audit/policy.h"

/* The second at which the day "2027-01-31" is over (UTC); 0 if there is no such day. */
int64_t policy_day_ends(const char *day);

#endif
