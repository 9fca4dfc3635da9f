/*
 * policy_impl.h - what the files of policy.h share.
 */
#ifndef MODSCOPE_POLICY_IMPL_H
#define MODSCOPE_POLICY_IMPL_H

#include "audit/policy.h"

/* The end of the day "2027-01-31" (UTC), seconds since 1970; 0 if it is not a date. */
int64_t policy_day_ends(const char *day);

#endif
