#include "graph/decide.h"

static int rank(struct decide_claim c)
{
	if (c.is_main)
		return c.is_indirect ? 3 : 0;
	return c.is_selected ? 1 : 2;
}

bool decide_before(struct decide_claim a, struct decide_claim b)
{
	return rank(a) != rank(b) ? rank(a) < rank(b) : a.depth < b.depth;
}
