#include "parts/load_private.h"

#include "git/gitstate.h"

bool load_make_git(struct load_work *w, struct part **out, struct err *e)
{
	const struct load_graph *g = load_data(w, PART_GRAPH);
	struct part *p = part_new(w->request);
	struct gitstate *s = arena_calloc(&p->arena, 1, sizeof(*s));
	bool ok = gitstate_read(s, &p->arena, g->dir, e);

	p->data = s;
	if (ok)
		*out = p;
	else
		part_unref(p);
	return ok;
}
