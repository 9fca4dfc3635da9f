#include "compare/compare_undo.h"

#include "base/buf.h"
#include "compare/compare_impl.h"

/* Each puts back a line more, and chains are short. */
#define MAX_ROUNDS 12

struct proof {
	struct arena *a;
	const struct compare_side *is;
	struct compare_index *was_index, *is_index;
	const struct compare_undo_trial *t;
	size_t left;
	bool *open;				       /* by change: still to be proved */
	ARENA_VEC(const struct compare_line *) copies; /* of trials' lines */
};

static bool has_lines(const struct compare_change *ch)
{
	for (size_t i = 0; i < ch->n_causes; i++)
		if (ch->causes[i].was || ch->causes[i].is)
			return true;
	return false;
}

/* A go or toolchain line is its own cause. */
static bool needs_proof(const struct compare_change *ch)
{
	return ch->kind != COMPARE_GO_LINE && ch->kind != COMPARE_TOOLCHAIN_LINE && has_lines(ch);
}

static bool has_cause(const struct compare_change *ch, const struct compare_cause *c)
{
	for (size_t i = 0; i < ch->n_causes; i++)
		if (ch->causes[i].was == c->was && ch->causes[i].is == c->is)
			return true;
	return false;
}

static bool same_lines(const struct compare_change *x, const struct compare_change *y)
{
	const struct compare_change *sides[] = { x, y };

	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < sides[k]->n_causes; i++) {
			const struct compare_cause *c = &sides[k]->causes[i];

			if ((c->was || c->is) && !has_cause(sides[!k], c))
				return false;
		}
	return true;
}

static const struct compare_change *still(const struct compare_changes *now,
					  const struct compare_change *ch)
{
	for (size_t i = 0; i < now->n; i++)
		if (now->items[i].kind == ch->kind)
			return &now->items[i];
	return NULL;
}

static bool same_place(const struct compare_line *x, const struct compare_line *l)
{
	return x->kind == l->kind && x->line == l->line && str_eq(x->file, l->file);
}

/* The line of the newer side that the trial still has; its file may be one that the newer side does not read. */
static const struct compare_line *line_of_trial(struct proof *p, const struct compare_line *l)
{
	struct compare_line *copy;

	if (!l)
		return NULL;
	for (size_t i = 0; i < p->is->n_lines; i++)
		if (same_place(&p->is->lines[i], l))
			return &p->is->lines[i];
	for (size_t i = 0; i < p->copies.n; i++)
		if (same_place(p->copies.items[i], l))
			return p->copies.items[i];
	copy = arena_calloc(p->a, 1, sizeof(*copy));
	*copy = *l;
	copy->file = arena_strdup(p->a, l->file);
	copy->main = arena_strdup(p->a, l->main);
	copy->mod = (struct modver){ arena_strdup(p->a, l->mod.path),
				     arena_strdup(p->a, l->mod.version) };
	copy->to = (struct modver){ arena_strdup(p->a, l->to.path),
				    arena_strdup(p->a, l->to.version) };
	arena_vec_push(p->a, &p->copies, copy);
	return copy;
}

static bool take(struct proof *p, struct compare_change *ch, const struct compare_change *from)
{
	size_t n = ch->n_causes;

	for (size_t i = 0; from && i < from->n_causes; i++) {
		const struct compare_cause *c = &from->causes[i];
		struct compare_cause cause = { c->was, line_of_trial(p, c->is), { 0 } };

		if ((cause.was || cause.is) && !has_cause(ch, &cause))
			compare_causes_add(ch, p->a, cause);
	}
	return ch->n_causes > n;
}

static bool take_all(struct proof *p, struct compare_change *ch)
{
	size_t n = ch->n_causes;

	compare_causes_of_lines(ch, p->a, p->was_index, p->is_index, ~0u,
				(struct modver){ NULL, NULL });
	return ch->n_causes > n;
}

static void judge(struct proof *p, struct compare_change *ch, bool *open,
		  struct compare_index *trial)
{
	struct compare_changes now;
	const struct compare_change *same;

	compare_module_changes(&now, p->a, p->was_index, trial, ch->path);
	same = still(&now, ch);
	*open = same != NULL;
	if (same && !take(p, ch, same) && !take_all(p, ch)) {
		ch->n_causes = 0;
		*open = false;
	}
}

/* All changes with these causes. */
static bool try(struct proof *p, struct compare_changes *c, size_t first, bool *seen)
{
	const struct compare_change with = c->items[first];
	const struct compare_side *side;
	struct compare_index *index;

	if (!p->left)
		return false;
	p->left--;
	side = p->t->side(p->t->ctx, with.causes, with.n_causes);
	if (!side)
		return false;
	index = compare_index_new(p->a, side);
	for (size_t i = first; i < c->n; i++)
		if (p->open[i] && !seen[i] && same_lines(&with, &c->items[i])) {
			seen[i] = true;
			judge(p, &c->items[i], &p->open[i], index);
		}
	compare_index_release(index);
	return true;
}

static bool round_of(struct proof *p, struct compare_changes *c, bool *more)
{
	bool *seen = arena_calloc(p->a, c->n, sizeof(*seen));

	*more = false;
	for (size_t i = 0; i < c->n; i++)
		if (p->open[i] && !seen[i] && !try(p, c, i, seen))
			return false;
	for (size_t i = 0; i < c->n; i++)
		*more |= p->open[i];
	return true;
}

void compare_undo(struct compare_changes *c, struct arena *a, const struct compare_side *was,
		  const struct compare_side *is, const struct compare_undo_trial *t)
{
	struct proof p = { .a = a,
			   .is = is,
			   .was_index = compare_index_new(a, was),
			   .is_index = compare_index_new(a, is),
			   .t = t,
			   .left = t->most,
			   .open = arena_calloc(a, c->n + 1, sizeof(*p.open)) };
	bool more;

	for (size_t i = 0; i < c->n; i++)
		p.open[i] = needs_proof(&c->items[i]);
	for (int i = 0; i < MAX_ROUNDS && round_of(&p, c, &more) && more; i++)
		;
	compare_index_release(p.was_index);
	compare_index_release(p.is_index);
}
