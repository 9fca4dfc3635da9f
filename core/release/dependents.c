#include "release/dependents.h"

#include "gofiles/gover.h"

struct comparing {
	struct arena *a;
	struct modproject *mp;
	const struct modgraph *mg;
	const struct consumer *c;
	const struct replaces *lines;
	bool any_replaced; /* there is a replace line */
	ARENA_VEC(struct dependents_row) rows;
};

const char *dependents_kind_name(enum dependents_kind kind)
{
	static const char *const names[] = { "source", "version", "more", "fewer" };

	return names[kind];
}

static const struct replaces_row *line_of(const struct comparing *k, enum replaces_verb verb,
					  const char *path)
{
	for (size_t i = 0; i < k->lines->n; i++) {
		const struct replaces_row *row = &k->lines->rows[i];

		if (row->verb == verb && row->used && str_eq(row->mod.path, path))
			return row;
	}
	return NULL;
}

/* Why versions differ: lines that apply only here, nearest first. */
static const char *why_other(struct comparing *k, struct dependents_row *d)
{
	d->line = line_of(k, REPLACES_EXCLUDE, d->path);
	if (d->line)
		return "the exclude line does not count for a dependent";
	d->line = line_of(k, REPLACES_REPLACE, d->path);
	if (d->line)
		return "the replace line does not count for a dependent";
	if (modproject_gowork_file(k->mp))
		return "other modules of the workspace ask for it, or replacements";
	if (d->kind == DEPENDENTS_MORE ||
	    (d->here[0] && gover_mod_compare(d->path, d->there, d->here) > 0))
		return k->any_replaced ? "what is replaced or excluded here asks for it"
				       : "an excluded version asks for it";
	return k->any_replaced ? "who asks for it is pruned out for a dependent, or a replacement"
			       : "who asks for it is pruned out for a dependent";
}

static void add(struct comparing *k, enum dependents_kind kind, const char *path, const char *here,
		const char *there)
{
	struct dependents_row d = {
		.kind = kind, .path = path, .here = here, .there = there, .replaced = { "", "" }
	};

	if (here[0])
		d.replaced = modproject_replacement(k->mp, (struct modver){ path, here });
	if (!d.replaced.path)
		d.replaced = (struct modver){ "", "" };
	if (kind == DEPENDENTS_SOURCE) {
		if (!d.replaced.path[0])
			return;
		d.line = line_of(k, REPLACES_REPLACE, path);
		d.why = "the replace line does not count for a dependent";
	} else {
		d.why = why_other(k, &d);
	}
	arena_vec_push(k->a, &k->rows, d);
}

static void compare_here(struct comparing *k)
{
	size_t n;
	const uint32_t *list = modgraph_build_list(k->mg, &n);

	for (size_t i = 0; i < n; i++) {
		struct modver m = k->mg->tab->nodes[list[i]].mod;
		const char *there = consumer_version(k->c, m.path);

		if (!m.version[0] || gover_is_toolchain(m.path))
			continue;
		if (!there)
			add(k, DEPENDENTS_FEWER, m.path, m.version, "");
		else
			add(k, str_eq(there, m.version) ? DEPENDENTS_SOURCE : DEPENDENTS_VERSION,
			    m.path, m.version, there);
	}
}

static void compare_there(struct comparing *k)
{
	for (size_t i = 0; i < k->c->n; i++) {
		struct modver m = k->c->mods[i];

		if (modproject_is_main(k->mp, m.path)) /* of a workspace */
			add(k, DEPENDENTS_VERSION, m.path, "", m.version);
		else if (str_eq(modgraph_selected(k->mg, m.path), "none"))
			add(k, DEPENDENTS_MORE, m.path, "", m.version);
	}
}

static int by_kind(const void *va, const void *vb)
{
	const struct dependents_row *a = va, *b = vb;

	return a->kind != b->kind ? (a->kind > b->kind ? 1 : -1) : strcmp(a->path, b->path);
}

void dependents_compare(struct dependents *out, struct arena *a, struct modproject *mp,
			const struct modgraph *mg, const struct consumer *c,
			const struct replaces *lines)
{
	struct comparing k = { .a = a, .mp = mp, .mg = mg, .c = c, .lines = lines };

	for (size_t i = 0; i < lines->n; i++)
		k.any_replaced = k.any_replaced ||
				 (lines->rows[i].verb == REPLACES_REPLACE && lines->rows[i].used);
	compare_here(&k);
	compare_there(&k);
	if (k.rows.n)
		qsort(k.rows.items, k.rows.n, sizeof(*k.rows.items), by_kind);
	*out = (struct dependents){ .rows = k.rows.items, .n = k.rows.n };
	for (size_t i = 0; i < out->n; i++)
		out->count[out->rows[i].kind]++;
}
