#include "screens/compare_groups.h"

#include "texts/compare_text.h"

static const struct compare_cause *line_of(const struct compare_change *ch)
{
	for (size_t i = 0; i < ch->n_causes; i++)
		if (compare_text_line_of(&ch->causes[i]))
			return &ch->causes[i];
	return NULL;
}

static size_t group_for(struct compare_groups *g, const struct compare_cause *c)
{
	for (size_t i = 0; i < g->n_groups; i++) {
		const struct compare_cause *have = g->groups[i].cause;

		if ((!c && !have) || (c && have && c->was == have->was && c->is == have->is))
			return i;
	}
	g->groups[g->n_groups].cause = c;
	return g->n_groups++;
}

/* Differences without a line come last. */
static void find_groups(struct compare_groups *g)
{
	const struct compare_changes *c = g->changes;

	for (int lines = 1; lines >= 0; lines--)
		for (size_t i = 0; i < c->n; i++) {
			const struct compare_cause *line = line_of(&c->items[i]);

			if ((line != NULL) != lines)
				continue;
			g->group_of[i] = group_for(g, line);
			g->groups[g->group_of[i]].n++;
		}
}

static void add_row(struct compare_groups *g, const struct compare_change *change, size_t group)
{
	g->rows[g->n_rows++] = (struct compare_groups_row){ change, group };
}

static void make_rows(struct compare_groups *g)
{
	const struct compare_changes *c = g->changes;

	g->n_rows = 0;
	for (size_t k = 0; k < g->n_groups; k++) {
		add_row(g, NULL, k);
		for (size_t i = 0; i < c->n && !g->groups[k].folded; i++)
			if (g->group_of[i] == k)
				add_row(g, &c->items[i], k);
	}
	for (size_t i = 0; i < c->n && !g->n_groups; i++)
		add_row(g, &c->items[i], 0);
}

void compare_groups_make(struct compare_groups *g, const struct compare_changes *changes,
			 bool grouped)
{
	compare_groups_release(g);
	if (!changes)
		return;
	g->changes = changes;
	g->groups = arena_calloc(&g->arena, changes->n + 1, sizeof(*g->groups));
	g->group_of = arena_calloc(&g->arena, changes->n + 1, sizeof(*g->group_of));
	g->rows = arena_calloc(&g->arena, 2 * changes->n + 1, sizeof(*g->rows));
	if (grouped)
		find_groups(g);
	make_rows(g);
}

void compare_groups_fold(struct compare_groups *g, size_t group, bool folded)
{
	if (group >= g->n_groups)
		return;
	g->groups[group].folded = folded;
	make_rows(g);
}

void compare_groups_release(struct compare_groups *g)
{
	arena_release(&g->arena);
	*g = (struct compare_groups){ 0 };
}
