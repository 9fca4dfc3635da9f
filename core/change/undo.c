#include "change/undo.h"

#include "base/fs.h"
#include "change/apply.h"

/* A later step has to be undone first, and then perhaps this one too. */
static bool was_changed_later(const struct apply *t, size_t i)
{
	const char *path = apply_step_path(t, i);

	for (size_t j = i + 1; j < apply_steps(t); j++)
		if (path_under(path, apply_step_path(t, j)) && !apply_is_back(t, j))
			return true;
	return false;
}

static const char *why_of(const char *op)
{
	return str_eq(op, "chmod")    ? "its mode was set"
	       : str_eq(op, "remove") ? "it was moved away"
				      : "it was replaced";
}

/* go.mod and go.sum belong together: neither is restored if one was edited. */
static bool nobody_edited(struct arena *a, const struct apply *t, const char *id, struct err *e)
{
	for (size_t i = apply_steps(t); i-- > 0;) {
		const char *kept = *apply_later(t, i) ? NULL : apply_edited(a, t, i);

		if (kept)
			return err_set(
				e, ERR_REFUSED,
				"%s: %s has been edited since, and undo would lose that: nothing is changed%s%s",
				id, apply_step_path(t, i), *kept ? "; as it was before: " : "",
				kept);
	}
	return true;
}

bool undo_plan(struct plan *p, const char *root, const char *own_cache, const char *id,
	       struct err *e)
{
	struct apply *t = apply_reopen(root, own_cache, id, false, NULL, e);
	const char *held = "", *later = "";
	size_t open = 0;
	bool ok;

	plan_init(p, "undo");
	if (!t)
		return false;
	p->undoes = arena_strdup(&p->arena, id);
	p->root = arena_strdup(&p->arena, root);
	p->shelf = arena_strdup(&p->arena, own_cache ? own_cache : "");
	if (*apply_unread(t))
		p->note = arena_fmt(&p->arena,
				    "%s: whether that changed the same files later is not known",
				    apply_unread(t));
	plan_begin(p, (struct modver){ "", "" }, id, 0);
	for (size_t i = apply_steps(t); i-- > 0;) {
		const char *lock = apply_step_lock(t, i), *by = apply_later(t, i);
		struct plan_step *s;

		if (apply_is_back(t, i) && !was_changed_later(t, i))
			continue;
		if (*lock && !str_eq(lock, held))
			plan_add(p, PLAN_LOCK, lock, 0, "keeps go commands out meanwhile");
		held = *lock ? arena_strdup(&p->arena, lock) : held;
		s = plan_add(p, PLAN_RESTORE, apply_step_path(t, i), 0,
			     *by ? arena_fmt(&p->arena, "%s changed it later: undo that first", by)
				 : why_of(apply_step_op(t, i)));
		s->reason.kind = PLAN_CHANGED;
		s->change = i;
		open += !*by;
		later = *by ? arena_strdup(&p->arena, by) : later;
	}
	ok = (open || !*later ||
	      err_set(e, ERR_REFUSED, "%s: %s changed the same files later: undo that first", id,
		      later)) &&
	     nobody_edited(&p->arena, t, id, e);
	apply_abandon(t);
	return ok;
}
