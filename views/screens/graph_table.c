#include "screens/graph_table.h"

#include "cache/cache.h"
#include "gauge.h"
#include "gofiles/semver.h"
#include "texts/describe.h"

static const struct graph_table *of(const void *ctx)
{
	return ctx;
}

/* The table: one row per module of the build list. */

static size_t table_count(void *ctx)
{
	const struct load_graph *g = of(ctx)->g;

	return g ? g->n_modules : 0;
}

static uint64_t table_key(void *ctx, size_t row)
{
	const char *path = of(ctx)->g->modules[row].path;

	return hash_bytes(path, strlen(path), 5) | 1;
}

static void cell_size(const struct graph_table *s, size_t row, struct line *out)
{
	struct buf b = BUF_INIT;

	if (!s->sizes || !s->sizes[row])
		return;
	gauge_bytes(&b, s->sizes[row]);
	line_add(out, STYLE_NORMAL, b.data);
	buf_release(&b);
}

static void cell_age(const struct graph_table *s, size_t row, struct line *out)
{
	struct buf b = BUF_INIT;

	if (!s->times || !s->times[row])
		return;
	gauge_age(&b, app_time(s->app) - s->times[row]);
	line_add(out, STYLE_NORMAL, b.data);
	buf_release(&b);
}

static void table_cell(void *ctx, size_t row, unsigned column, struct line *out)
{
	const struct load_module *m = &of(ctx)->g->modules[row];

	switch (column) {
	case GRAPH_TABLE_MODULE:
		line_add(out,
			 m->kind == LOAD_DIRECT || m->kind == LOAD_MAIN ? STYLE_STRONG
									: STYLE_NORMAL,
			 m->path);
		break;
	case GRAPH_TABLE_VERSION: describe_line_version(out, STYLE_NORMAL, m->version); break;
	case GRAPH_TABLE_KIND:
		line_add(out, m->kind == LOAD_DEEP ? STYLE_QUIET : STYLE_NORMAL,
			 describe_kind(m->kind));
		break;
	case GRAPH_TABLE_ASKED: line_addf(out, STYLE_NORMAL, "%u", m->asked); break;
	case GRAPH_TABLE_VERSIONS:
		line_addf(out, m->versions > 1 ? STYLE_NORMAL : STYLE_QUIET, "%u", m->versions);
		break;
	case GRAPH_TABLE_DEPTH: line_addf(out, STYLE_QUIET, "%u", m->depth); break;
	case GRAPH_TABLE_SIZE: cell_size(of(ctx), row, out); break;
	case GRAPH_TABLE_AGE: cell_age(of(ctx), row, out); break;
	default: module_facts_line(of(ctx)->facts, row, out);
	}
}

static const char *table_text(void *ctx, size_t row, size_t *len)
{
	struct graph_table *s = ctx;

	buf_clear(&s->text);
	buf_addf(&s->text, "%s %s", s->g->modules[row].path,
		 describe_kind(s->g->modules[row].kind));
	module_facts_words(s->facts, row, &s->text);
	*len = s->text.len;
	return s->text.data;
}

static int compare_numbers(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_sizes(const struct graph_table *s, size_t a, size_t b)
{
	uint64_t x = s->sizes ? s->sizes[a] : 0, y = s->sizes ? s->sizes[b] : 0;

	return x > y ? -1 : x < y;
}

/* Oldest first; unknown ones last. */
static int compare_times(const struct graph_table *s, size_t a, size_t b)
{
	int64_t x = s->times ? s->times[a] : 0, y = s->times ? s->times[b] : 0;

	if (!x || !y)
		return !x - !y;
	return x < y ? -1 : x > y;
}

/* Descending where large matters. */
static int table_compare(void *ctx, size_t ra, size_t rb, unsigned column)
{
	const struct load_module *a = &of(ctx)->g->modules[ra], *b = &of(ctx)->g->modules[rb];

	switch (column) {
	case GRAPH_TABLE_MODULE: return strcmp(a->path, b->path);
	case GRAPH_TABLE_VERSION: return semver_order(a->version, b->version);
	case GRAPH_TABLE_KIND: return compare_numbers(a->kind, b->kind);
	case GRAPH_TABLE_ASKED: return compare_numbers(b->asked, a->asked);
	case GRAPH_TABLE_VERSIONS: return compare_numbers(b->versions, a->versions);
	case GRAPH_TABLE_DEPTH: return compare_numbers(a->depth, b->depth);
	case GRAPH_TABLE_SIZE: return compare_sizes(of(ctx), ra, rb);
	case GRAPH_TABLE_AGE: return compare_times(of(ctx), ra, rb);
	default:
		return compare_numbers(module_facts_rank(of(ctx)->facts, ra),
				       module_facts_rank(of(ctx)->facts, rb));
	}
}

static const struct list_ops table_ops = { .count = table_count,
					   .key = table_key,
					   .cell = table_cell };
static const struct rows_ops table_rows = { table_count, table_text, table_compare };

static const struct list_column table_columns[] = {
	{ .id = "module",
	  .title = "module",
	  .min = 30,
	  .flex = 1,
	  .match = true,
	  .cut = CUT_MIDDLE },
	{ .id = "selected", .title = "selected", .min = 8, .max = 48, .whole = true },
	{ .id = "asked", .title = "asked by", .min = 8, .max = 8, .right = true, .priority = 2 },
	{ .id = "depth", .title = "depth", .min = 5, .max = 5, .right = true, .priority = 5 },
	{ .id = "size", .title = "size", .min = 9, .max = 9, .right = true, .priority = 3 },
	{ .id = "age", .title = "age", .min = 5, .max = 6, .right = true, .priority = 4 },
	{ .id = "kind", .title = "kind", .min = 10, .max = 10, .priority = 6 },
	{ .id = "versions", .title = "versions", .min = 8, .max = 8, .right = true, .priority = 7 },
	{ .id = "marks", .title = "marks", .min = 12, .max = 60, .priority = 1, .cut = CUT_END },
};

static int by_path(const void *path, const void *entry)
{
	return strcmp(path, ((const struct cache_entry *)entry)->mod.path);
}

/* Entries and modules are both sorted by path; a replaced module's size is that of its replacement. */
static void take_sizes(struct graph_table *s, const struct cache_report *c)
{
	size_t at = 0;

	free(s->sizes);
	s->sizes = xcalloc(s->g->n_modules + 1, sizeof(*s->sizes));
	for (size_t i = 0; i < s->g->n_modules; i++) {
		const struct load_module *m = &s->g->modules[i];
		const struct cache_entry *en;

		while (at < c->n && strcmp(c->entries[at].mod.path, m->path) < 0)
			at++;
		en = m->replaced.path[0] ? bsearch(m->replaced.path, c->entries, c->n,
						   sizeof(*c->entries), by_path)
		     : at < c->n && str_eq(c->entries[at].mod.path, m->path) ? &c->entries[at]
									     : NULL;
		if (en)
			s->sizes[i] = cache_entry_bytes(en);
	}
}

void graph_table_take(struct graph_table *s, const struct snapshot *now)
{
	struct part *times = snapshot_part(now, REQUEST(PART_TIMES)),
		    *cache = describe_cache_part(now);
	const struct load_times *t = times ? times->data : NULL;
	bool changed = false;

	if (t && t->graph == s->g && times != s->times_part) {
		part_unref(s->times_part);
		s->times_part = part_ref(times);
		s->times = t->times;
		changed = true;
	}
	if (s->g && cache && cache != s->sized) {
		part_unref(s->sized);
		s->sized = part_ref(cache);
		take_sizes(s, ((const struct load_cache *)cache->data)->report);
		changed = true;
	}
	if (changed)
		rows_refresh(&s->rows);
}

void graph_table_want(struct graph_table *s)
{
	app_want(s->app, REQUEST(PART_TIMES));
	app_want(s->app, REQUEST(PART_CACHE));
}

static void forget(struct graph_table *s)
{
	part_unref(s->times_part);
	s->times_part = NULL;
	s->times = NULL;
	part_unref(s->sized);
	s->sized = NULL;
	free(s->sizes);
	s->sizes = NULL;
}

void graph_table_set(struct graph_table *s, const struct load_graph *g)
{
	forget(s);
	s->g = g;
	rows_refresh(&s->rows);
	list_refresh(&s->list);
}

void graph_table_init(struct graph_table *s, struct app *app, const struct module_facts *facts)
{
	s->app = app;
	s->facts = facts;
	buf_init(&s->text);
	list_init(&s->list, &table_ops, s, table_columns, ARRAY_LEN(table_columns));
	rows_init(&s->rows, &table_rows, s);
	s->list.rows = &s->rows;
	s->list.header = true;
}

void graph_table_release(struct graph_table *s)
{
	list_release(&s->list);
	rows_release(&s->rows);
	buf_release(&s->text);
	forget(s);
}
