#include "packages/getload_impl.h"

static const char *resolved_version(const struct getload *g, const char *path)
{
	for (size_t i = 0; i < g->resolved.n; i++)
		if (str_eq(g->resolved.items[i].mod.path, path))
			return g->resolved.items[i].mod.version;
	return NULL;
}

struct choice {
	struct modver mod; /* path NULL: no candidate */
	bool package;
};

/* disambiguate: true if there is at most one choice; else the set has the remaining ones. */
static bool disambiguate(const struct getload *g, const struct getload_set *set,
			 struct getload_set *left, struct choice *c)
{
	ARENA_VEC(struct modver) list = { 0 };
	const char *v;

	*left = (struct getload_set){ .path = set->path };
	*c = (struct choice){ .package = true };
	for (size_t i = 0; i < set->n; i++) {
		c->mod = set->mods[i];
		if (getload_is_removed(g, c->mod.path))
			continue;
		if (modproject_is_main(modload_project(g->ml), c->mod.path))
			return true;
		v = resolved_version(g, c->mod.path);
		if (v && str_eq(v, c->mod.version))
			return true;
		if (!v)
			arena_vec_push(&g->ld->arena, &list, c->mod);
	}
	left->mods = list.items;
	left->n = list.n;
	v = set->only.path ? resolved_version(g, set->only.path) : NULL;
	if (set->only.path && (!v || str_eq(v, set->only.version)))
		left->only = set->only;
	c->package = left->n > 0;
	c->mod = left->n ? left->mods[0] : left->only;
	return !left->n || (left->n == 1 && (!left->only.path || modver_eq(left->only, c->mod)));
}

/* chooseArbitrarily: a module in the build list, else the longest path. */
static struct choice choose_any(const struct getload *g, const struct getload_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		if (!str_eq(modgraph_selected(g->initial, set->mods[i].path), "none"))
			return (struct choice){ set->mods[i], true };
	return set->n ? (struct choice){ set->mods[0], true } : (struct choice){ set->only, false };
}

/* reportConflict: a path is named before a wildcard. */
static void report_conflict(struct getload_query *q, struct modver m,
			    const struct getload_resolved *other)
{
	bool swap = q->wildcard && !other->by->wildcard;
	const struct getload_query *first = swap ? other->by : q, *then = swap ? q : other->by;
	struct buf b = BUF_INIT;

	if (q->in_conflict)
		return;
	q->in_conflict = true;
	if (!str_eq(m.path, first->pattern))
		buf_addf(&b, "for module %s, ", m.path);
	getwords_argument(&first->words, swap ? other->mod.version : m.version, &b);
	buf_addstr(&b, " conflicts with ");
	getwords_argument(&then->words, swap ? m.version : other->mod.version, &b);
	getwords_report(&q->words, b.data, &q->g->errors);
	buf_release(&b);
}

static void resolve(struct getload_query *q, struct choice c)
{
	struct getload *g = q->g;
	struct getload_resolved *old = NULL;

	q->matches_packages |= c.package;
	for (size_t i = 0; i < g->resolved.n && !old; i++)
		if (str_eq(g->resolved.items[i].mod.path, c.mod.path))
			old = &g->resolved.items[i];
	if (modproject_is_main(modload_project(g->ml), c.mod.path) && c.mod.version[0]) {
		getwords_report(&q->words, getload_of_main(g, q->pattern, q->version, c.mod.path),
				&g->errors);
	} else if (old && !str_eq(old->mod.version, c.mod.version)) {
		report_conflict(q, c.mod, old);
	} else {
		if (old)
			old->by = q;
		else
			vec_push(&g->resolved, ((struct getload_resolved){ c.mod, q }));
		q->n_resolved++;
	}
}

/* One pass; true: a set was resolved. */
static bool choose_once(struct getload_query *q)
{
	bool progress = false;
	size_t kept = 0;

	for (size_t i = 0; i < q->sets.n; i++) {
		struct getload_set set = q->sets.items[i], left;
		struct choice c;

		if (set.error) {
			getwords_report(&q->words, set.error, &q->g->errors);
			progress = true;
			continue;
		}
		if (!disambiguate(q->g, &set, &left, &c)) {
			q->sets.items[kept++] = left;
			continue;
		}
		resolve(q, c.mod.path ? c : choose_any(q->g, &set));
		progress = true;
	}
	q->sets.n = kept;
	return progress;
}

bool getload_choose(struct getload *g, bool *any, struct err *e)
{
	bool progress = true;

	*any = false;
	while (progress) {
		progress = false;
		for (size_t i = 0; i < g->n_queries; i++)
			progress |= choose_once(&g->queries[i]);
		*any |= progress;
		if (!getload_goes_on(g, e))
			return false;
	}
	return true;
}

bool getload_choose_any(struct getload *g)
{
	bool any = false;

	for (size_t i = 0; i < g->n_queries; i++) {
		struct getload_query *q = &g->queries[i];

		for (size_t k = 0; k < q->sets.n; k++)
			resolve(q, choose_any(g, &q->sets.items[k]));
		any |= q->sets.n > 0;
		q->sets.n = 0;
	}
	return any;
}

struct modver getload_choose_tentative(struct getload *g, const struct getload_set *set)
{
	struct getload_set left;
	struct choice c;

	if (!disambiguate(g, set, &left, &c))
		c = choose_any(g, &left);
	return c.mod;
}
