/*
 * decide.h - which requirement decides the selected version.
 *
 * A line of a main module without // indirect comes first: it is intent. Next comes a requirer that is itself
 * selected, then one of which another version is selected. A line marked // indirect comes last, since it only records what
 * others need. Among equals the nearest to a main module decides, then the first. Pure.
 *
 *	if (!best || decide_before(claim, best))
 *		best = claim;
 */
#ifndef MODSCOPE_DECIDE_H
#define MODSCOPE_DECIDE_H

#include "base/base.h"

/* A requirement on the selected version. */
struct decide_claim {
	bool is_main;	  /* it is a line of a main module */
	bool is_indirect; /* that line is marked // indirect */
	bool is_selected; /* the requirer is at its selected version */
	uint32_t depth;	  /* steps from a main module */
};

/* Whether a decides rather than b; false if they are equal. */
bool decide_before(struct decide_claim a, struct decide_claim b);

#endif
