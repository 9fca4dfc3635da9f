#include "texts/module_facts.h"

#include "cache/cache.h"
#include "gofiles/pseudo.h"
#include "texts/describe.h"
#include "versions/outdated.h"

static const struct {
	const char *word;
	enum style_id style;
} looks[MODULE_FACT_COUNT] = {
	[MODULE_FACT_DAMAGED] = { "damaged", STYLE_BAD },
	[MODULE_FACT_RETRACTED] = { "retracted", STYLE_BAD },
	[MODULE_FACT_DEPRECATED] = { "deprecated", STYLE_ATTENTION },
	[MODULE_FACT_REPLACED] = { "replaced", STYLE_ATTENTION },
	[MODULE_FACT_EXCLUDED] = { "excluded", STYLE_ATTENTION },
	[MODULE_FACT_RAISES_GO] = { "raises go", STYLE_ATTENTION },
	[MODULE_FACT_PSEUDO] = { "pseudo", STYLE_QUIET },
	[MODULE_FACT_INCOMPATIBLE] = { "incompatible", STYLE_QUIET },
	[MODULE_FACT_ABSENT] = { "absent", STYLE_QUIET },
};

static void put(struct module_facts *f, size_t module, enum module_fact fact)
{
	f->of[module] |= (uint16_t)(1u << fact);
}

static void put_at(struct module_facts *f, const char *path, enum module_fact fact)
{
	const struct load_module *m = load_graph_module(f->g, path);

	if (m)
		put(f, (size_t)(m - f->g->modules), fact);
}

static void from_graph(struct module_facts *f)
{
	const struct load_graph *g = f->g;
	const struct load_module *go = load_graph_module(g, "go");
	uint32_t raiser = go ? load_graph_decider(g, go) : UINT32_MAX;

	for (size_t i = 0; i < g->n_modules; i++) {
		const struct load_module *m = &g->modules[i];

		if (m->replaced.path[0])
			put(f, i, MODULE_FACT_REPLACED);
		if (m->excluded[0])
			put(f, i, MODULE_FACT_EXCLUDED);
		if (pseudo_is(m->version))
			put(f, i, MODULE_FACT_PSEUDO);
		if (str_has_suffix(m->version, "+incompatible"))
			put(f, i, MODULE_FACT_INCOMPATIBLE);
	}
	if (raiser != UINT32_MAX && g->nodes[raiser].version[0])
		put_at(f, g->nodes[raiser].path, MODULE_FACT_RAISES_GO);
}

/* An entry belongs to the version used, so to a module's replacement. */
static void from_cache(struct module_facts *f)
{
	const struct cache_report *r = f->cache
					       ? ((const struct load_cache *)f->cache->data)->report
					       : NULL;
	struct map entries = MAP_INIT;

	for (size_t i = 0; r && i < r->n; i++)
		if (r->entries[i].used)
			map_put(&entries, r->entries[i].mod.path, &r->entries[i]);
	for (size_t i = 0; r && i < f->g->n_modules; i++) {
		const struct load_module *m = &f->g->modules[i];
		const struct cache_entry *e = map_get(&entries, m->replaced.path[0]
									? m->replaced.path
									: m->path);

		if (e && (e->state == CACHE_DAMAGED || e->state == CACHE_MISMATCH))
			put(f, i, MODULE_FACT_DAMAGED);
		else if (e && e->state == CACHE_ABSENT)
			put(f, i, MODULE_FACT_ABSENT);
	}
	map_release(&entries);
}

static void from_outdated(struct module_facts *f)
{
	const struct load_outdated *lo = f->outdated ? f->outdated->data : NULL;

	for (size_t i = 0; lo && i < lo->n; i++) {
		if (lo->rows[i]->info->n_retracted)
			put_at(f, lo->rows[i]->info->path, MODULE_FACT_RETRACTED);
		if (*lo->rows[i]->info->deprecated)
			put_at(f, lo->rows[i]->info->path, MODULE_FACT_DEPRECATED);
	}
}

static bool keep(struct part **have, struct part *now)
{
	if (*have == now)
		return false;
	part_unref(*have);
	*have = now ? part_ref(now) : NULL;
	return true;
}

bool module_facts_take(struct module_facts *f, const struct snapshot *s, const struct load_graph *g)
{
	bool cache = keep(&f->cache, describe_cache_part(s)),
	     outdated = keep(&f->outdated, describe_outdated_part(s));

	if (g == f->g && !cache && !outdated)
		return false;
	f->g = g;
	free(f->of);
	f->of = xcalloc(g ? g->n_modules + 1 : 1, sizeof(*f->of));
	if (!g)
		return true;
	from_graph(f);
	from_cache(f);
	from_outdated(f);
	return true;
}

void module_facts_release(struct module_facts *f)
{
	part_unref(f->cache);
	part_unref(f->outdated);
	free(f->of);
	*f = (struct module_facts){ 0 };
}

static bool has(const struct module_facts *f, size_t module, unsigned fact)
{
	return f->of && f->of[module] & (1u << fact);
}

void module_facts_line(const struct module_facts *f, size_t module, struct line *out)
{
	bool any = false;

	for (unsigned k = 0; k < MODULE_FACT_COUNT; k++) {
		const struct load_module *m;

		/* the version itself shows these */
		if (!has(f, module, k) || k == MODULE_FACT_PSEUDO || k == MODULE_FACT_INCOMPATIBLE)
			continue;
		m = &f->g->modules[module];
		line_addf(out, looks[k].style, "%s%s", any ? ", " : "", looks[k].word);
		if (k == MODULE_FACT_REPLACED)
			line_addf(out, looks[k].style, " by %s", m->replaced.path);
		if (k == MODULE_FACT_EXCLUDED)
			line_addf(out, looks[k].style, " %s", m->excluded);
		any = true;
	}
}

void module_facts_words(const struct module_facts *f, size_t module, struct buf *b)
{
	for (unsigned k = 0; k < MODULE_FACT_COUNT; k++)
		if (has(f, module, k))
			buf_addf(b, " %s", looks[k].word);
}

unsigned module_facts_rank(const struct module_facts *f, size_t module)
{
	for (unsigned k = 0; k < MODULE_FACT_COUNT; k++)
		if (has(f, module, k))
			return k;
	return MODULE_FACT_COUNT;
}
