#include "parts/load_private.h"

static void release(void *data)
{
	struct load_apply *la = data;

	plan_release(&la->plan);
	goedit_release(&la->edit);
}

/* Only the plan shown: the files, or go's result from them, may have changed since. */
static bool carry_out(struct load_work *w, struct load_apply *la, const struct goedit_options *o,
		      struct arena *a, struct err *e)
{
	uint64_t shown = w->request->apply.plan;

	if (!shown || !la->plan.n)
		return true;
	if (plan_hash(&la->plan) != shown)
		return err_set(e, ERR_REFUSED,
			       "the files have changed since this was shown; nothing was done");
	return goedit_run(&la->plan, &la->edit, o, a, &la->results, &la->n, e);
}

static bool make(struct load_work *w, struct load_apply *la, struct arena *a, struct err *e)
{
	const struct request_apply *asked = &w->request->apply;
	const struct load_env *env = load_data(w, PART_ENV);
	const struct goedit_options o = { .env = env->env,
					  .offline = load_options(w->l)->offline,
					  .cancel = job_cancel(w->job),
					  .log = load_log(w->l),
					  .once = load_once(w) };

	plan_init(&la->plan, "");
	if (!goedit_make(&la->edit, &o, &asked->steps, asked->tidy, e))
		return false;
	plan_release(&la->plan);
	return goedit_plan(&la->plan, &la->edit, &o, e) && carry_out(w, la, &o, a, e);
}

bool load_make_apply(struct load_work *w, struct part **out, struct err *e)
{
	struct part *p = load_part_on(w, PART_ENV);
	struct load_apply *la = arena_calloc(&p->arena, 1, sizeof(*la));
	bool ok;

	p->data = la;
	p->release = release;
	ok = make(w, la, &p->arena, e);
	return load_hand_over(p, ok, out);
}
