#include "packages/getload_impl.h"

static const char *resolved_version(const struct getload *g, const char *path)
{
	for (size_t i = 0; i < g->resolved.n; i++)
		if (str_eq(g->resolved.items[i].path, path))
			return g->resolved.items[i].version;
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

/* conflictError. */
static void report_conflict(struct getload *g, struct modver m, const char *resolved)
{
	struct buf b = BUF_INIT;

	if (!str_eq(m.path, g->pattern))
		buf_addf(&b, "for module %s, ", m.path);
	getwords_argument(&g->words, m.version, &b);
	buf_addstr(&b, " conflicts with ");
	getwords_argument(&g->words, resolved, &b);
	getwords_report(&g->words, b.data, &g->errors);
	buf_release(&b);
}

static void resolve(struct getload *g, struct choice c)
{
	const char *v = resolved_version(g, c.mod.path);

	g->matches_packages |= c.package;
	if (modproject_is_main(modload_project(g->ml), c.mod.path) && c.mod.version[0])
		getwords_report(&g->words, getload_of_main(g, c.mod.path), &g->errors);
	else if (!v)
		vec_push(&g->resolved, c.mod);
	else if (!str_eq(v, c.mod.version) && !g->in_conflict) {
		g->in_conflict = true;
		report_conflict(g, c.mod, v);
	}
}

/* One pass; true: a set was resolved. */
static bool choose_once(struct getload *g, bool anyhow)
{
	bool progress = false;
	size_t kept = 0;

	for (size_t i = 0; i < g->sets.n; i++) {
		struct getload_set set = g->sets.items[i], left;
		struct choice c;

		if (set.error) {
			getwords_report(&g->words, set.error, &g->errors);
			progress = true;
			continue;
		}
		if (anyhow) {
			c = choose_any(g, &set);
		} else if (!disambiguate(g, &set, &left, &c)) {
			g->sets.items[kept++] = left;
			continue;
		} else if (!c.mod.path) {
			c = choose_any(g, &set);
		}
		resolve(g, c);
		progress = true;
	}
	g->sets.n = kept;
	return progress;
}

bool getload_choose(struct getload *g, bool anyhow, bool *any, struct err *e)
{
	*any = false;
	while (choose_once(g, anyhow)) {
		*any = true;
		if (!getload_goes_on(g, e))
			return false;
	}
	return true;
}

struct modver getload_choose_tentative(struct getload *g, const struct getload_set *set)
{
	struct getload_set left;
	struct choice c;

	if (!disambiguate(g, set, &left, &c))
		c = choose_any(g, &left);
	return c.mod;
}
