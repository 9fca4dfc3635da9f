#include "release/checklist_impl.h"

const char *checklist_verdict_name(enum checklist_verdict v)
{
	static const char *const names[] = { "pass", "fail", "unknown", "waived" };

	return names[v];
}

/* Blocking failures, unknowns, warnings, passes; each in the order found. */
static int rank(const struct checklist_point *p)
{
	if (p->verdict == CHECKLIST_FAIL)
		return p->blocks ? 0 : 2;
	return p->verdict == CHECKLIST_UNKNOWN ? 1 : p->verdict == CHECKLIST_WAIVED ? 3 : 4;
}

static void sort_points(struct checklist_making *k, struct checklist *c)
{
	c->points = arena_calloc(k->a, k->points.n + 1, sizeof(*c->points));
	for (int r = 0; r <= 4; r++)
		for (size_t i = 0; i < k->points.n; i++)
			if (rank(&k->points.items[i]) == r)
				c->points[c->n++] = k->points.items[i];
}

static void count(struct checklist *c)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct checklist_point *p = &c->points[i];

		c->n_pass += p->verdict == CHECKLIST_PASS;
		c->n_unknown += p->verdict == CHECKLIST_UNKNOWN;
		c->n_blocking += p->verdict == CHECKLIST_FAIL && p->blocks;
		c->n_noted += p->verdict == CHECKLIST_FAIL && !p->blocks;
	}
	c->releasable = !c->n_blocking;
}

bool checklist_make(struct checklist *c, struct arena *a, const struct checklist_input *in,
		    struct err *e)
{
	struct checklist_making k = { .c = c, .a = a, .in = in, .e = e };

	*c = (struct checklist){ .path = in->main->mod.path,
				 .version = "",
				 .tag = "",
				 .last = "",
				 .next = "",
				 .commit = "",
				 .h1 = "" };
	checklist_project(&k);
	if (!checklist_commit(&k))
		return false;
	sort_points(&k, c);
	count(c);
	return true;
}
