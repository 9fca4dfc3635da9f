#include "screens/versions_one.h"

#include "gauge.h"
#include "texts/describe.h"
#include "texts/origin_text.h"

static struct versions_view *state(const void *v)
{
	return versions_view_state(v);
}

enum {
	COLUMN_MARK,
	COLUMN_VERSION,
	COLUMN_TIME,
	COLUMN_AGE,
	COLUMN_GO,
	COLUMN_CACHED,
	COLUMN_NOTES
};

static const struct list_column columns[] = {
	{ .id = "mark", .title = "", .min = 1, .max = 1 },
	{ .id = "version", .title = "version", .min = 10, .max = 48, .match = true, .whole = true },
	{ .id = "time", .title = "time", .min = 10, .max = 10, .priority = 2 },
	{ .id = "age", .title = "age", .min = 5, .max = 6, .right = true, .priority = 1 },
	{ .id = "go", .title = "go", .min = 5, .max = 8 },
	{ .id = "cached", .title = "cached", .min = 11, .max = 11, .priority = 3 },
	{ .id = "notes", .title = "", .min = 16, .flex = 1, .priority = 1, .cut = CUT_END },
};

static size_t one_count(void *ctx)
{
	const struct versions_view *s = state(ctx);

	return s->lh ? s->lh->history->n : 0;
}

static const struct history_row *row_at(const struct versions_view *s, size_t row)
{
	return &s->lh->history->rows[row];
}

static uint64_t one_key(void *ctx, size_t row)
{
	const char *v = row_at(state(ctx), row)->version;

	return hash_bytes(v, strlen(v), 17) | 1;
}

static void text_cell(struct view *v, size_t row, unsigned column, struct line *out)
{
	const struct versions_view *s = state(v);
	struct buf b = BUF_INIT;
	unsigned style = STYLE_QUIET;

	if (column == COLUMN_AGE)
		history_text_age(&b, row_at(s, row), app_time(v->app));
	else if (column == COLUMN_CACHED)
		history_text_cached(&b, &s->lh->rows[row]);
	else
		history_text_notes(&b, s->lh, row);
	if (column == COLUMN_NOTES)
		style = history_text_style(s->lh, row);
	line_addn(out, style, b.data ? b.data : "", b.len);
	buf_release(&b);
}

static void one_cell(void *ctx, size_t row, unsigned column, struct line *out)
{
	const struct versions_view *s = state(ctx);
	const struct history_row *v = row_at(s, row);

	switch (column) {
	case COLUMN_MARK:
		line_glyph(out, history_text_style(s->lh, row), history_text_glyph(s->lh, row));
		break;
	case COLUMN_VERSION:
		describe_line_version(out, s->lh->rows[row].selected ? STYLE_STRONG : STYLE_NORMAL,
				      v->version);
		break;
	case COLUMN_TIME: line_addf(out, STYLE_QUIET, "%.10s", v->time); break;
	case COLUMN_GO: line_add(out, STYLE_NORMAL, v->go_version); break;
	default: text_cell(ctx, row, column, out);
	}
}

static const char *one_text(void *ctx, size_t row, size_t *len)
{
	struct versions_view *s = state(ctx);

	buf_clear(&s->text);
	buf_addf(&s->text, "%s ", row_at(s, row)->version);
	history_text_notes(&s->text, s->lh, row);
	*len = s->text.len;
	return s->text.data;
}

static int one_compare(void *ctx, size_t a, size_t b, unsigned column)
{
	const struct versions_view *s = state(ctx);

	switch (column) {
	case COLUMN_TIME:
	case COLUMN_AGE: return -strcmp(row_at(s, a)->time, row_at(s, b)->time);
	case COLUMN_CACHED: return (int)s->lh->rows[b].mod - (int)s->lh->rows[a].mod;
	case COLUMN_MARK:
		return (s->lh->rows[b].node != UINT32_MAX) - (s->lh->rows[a].node != UINT32_MAX);
	default: return a < b ? -1 : a > b;
	}
}

static const struct list_ops list_ops = { .count = one_count, .key = one_key, .cell = one_cell };
static const struct rows_ops rows_ops = { one_count, one_text, one_compare };

void versions_one_init(struct view *v)
{
	struct versions_view *s = state(v);

	list_init(&s->one_list, &list_ops, v, columns, ARRAY_LEN(columns));
	rows_init(&s->one_rows, &rows_ops, v);
	s->one_list.rows = &s->one_rows;
	s->one_list.header = true;
	s->one_list.sort = -1;
	s->one_list.empty = "No version is known.";
}

void versions_one_release(struct view *v)
{
	struct versions_view *s = state(v);

	list_release(&s->one_list);
	rows_release(&s->one_rows);
	part_unref(s->one_part);
	free(s->module);
}

static struct request_history asked(const struct versions_view *s)
{
	return (struct request_history){
		.module = s->module,
		.compare = s->compare,
		.commits = true,
		.fetch = s->fetch,
		.kept_for = s->kept_for,
	};
}

void versions_one_refresh(struct view *v)
{
	struct versions_view *s = state(v);
	struct part *p;

	if (!s->module)
		return;
	app_want(v->app, REQUEST(PART_HISTORY, .history = asked(s)));
	p = snapshot_part(app_snapshot(v->app), REQUEST(PART_HISTORY, .history = asked(s)));
	if (p == s->one_part ||
	    (!p && s->one_part && str_eq(s->one_part->request->history.module, s->module)))
		return;
	part_unref(s->one_part);
	s->one_part = p ? part_ref(p) : NULL;
	s->lh = p ? p->data : NULL;
	rows_refresh(&s->one_rows);
	rows_work(&s->one_rows, 4000);
	list_refresh(&s->one_list);
}

const struct history_row *versions_one_row(struct view *v)
{
	struct versions_view *s = state(v);
	size_t row = s->lh ? list_row(&s->one_list) : LIST_NONE;

	return row == LIST_NONE ? NULL : row_at(s, row);
}

void versions_one_heading(struct view *v, struct line *l)
{
	const struct versions_view *s = state(v);
	struct buf b = BUF_INIT;

	line_addf(l, STYLE_STRONG, "  %s", s->module);
	if (s->lh) {
		history_text_summary(&b, s->lh, app_time(v->app));
		line_addf(l, STYLE_QUIET, "%s  %s", s->compare ? "  requirements compared" : "",
			  b.data);
	}
	buf_release(&b);
}

static void add_requirers(const struct versions_view *s, size_t row, struct doc *d)
{
	const struct load_graph *g = s->lh->graph;
	const struct load_node *node = s->lh->rows[row].node == UINT32_MAX
					       ? NULL
					       : &g->nodes[s->lh->rows[row].node];

	doc_field(d, "asked for");
	if (!node || !node->n_requirers) {
		doc_add(d, STYLE_QUIET, node ? "by nothing in the graph" : "not in this graph");
		return;
	}
	for (uint32_t i = 0; i < node->n_requirers; i++) {
		const struct load_node *by = &g->nodes[g->requirers[node->first + i]];

		if (i)
			doc_field(d, "");
		doc_addf(d, STYLE_NORMAL, "by %s %s", by->path, by->version);
	}
}

static void add_changes(const struct history_row *v, struct doc *d)
{
	doc_field(d, "requires");
	if (v->compared)
		doc_addf(d, STYLE_NORMAL, "+%s  -%s  %s changed against the version before",
			 GAUGE_N(v->added), GAUGE_N(v->removed), GAUGE_N(v->changed));
	else
		doc_add(d, STYLE_QUIET, "d compares the requirements of all versions");
}

static void add_origin(const struct versions_view *s, size_t at, struct doc *d)
{
	const struct history *h = s->lh->history;

	if (*s->lh->unread) {
		doc_field(d, "cached");
		doc_addf(d, STYLE_BAD, "not known: %s", s->lh->unread);
	}
	if (*s->lh->not_fetched) {
		doc_field(d, "commit");
		doc_addf(d, STYLE_BAD, "not fetched: %s", s->lh->not_fetched);
	}
	if (s->lh->origins)
		origin_text_doc(d, &s->lh->origins[at],
				at + 1 < h->n ? h->rows[at + 1].version : "",
				"F fetches the repository");
}

void versions_one_doc(struct view *v, struct doc *d)
{
	const struct versions_view *s = state(v);
	const struct history_row *row = versions_one_row(v);
	size_t at = list_row(&s->one_list);
	struct buf b = BUF_INIT;

	if (!row)
		return;
	doc_field(d, "version");
	doc_add(d, STYLE_STRONG, row->version);
	doc_field(d, "made");
	doc_add(d, STYLE_NORMAL, *row->time ? row->time : "unknown");
	doc_field(d, "go line");
	doc_add(d, STYLE_NORMAL,
		*row->go_version ? row->go_version
		: row->read	 ? "none"
				 : "unknown");
	doc_field(d, "state");
	history_text_notes(&b, s->lh, at);
	doc_add(d, history_text_style(s->lh, at), b.len ? b.data : "not in use");
	doc_field(d, "cached");
	buf_clear(&b);
	history_text_cached(&b, &s->lh->rows[at]);
	doc_add(d, STYLE_NORMAL, b.len ? b.data : "nothing");
	doc_field(d, "proxy");
	doc_add(d, STYLE_QUIET,
		row->listed		 ? s->lh->history->proxy
		: *s->lh->history->proxy ? "does not list it"
					 : "unknown: it has not answered");
	add_changes(row, d);
	add_requirers(s, at, d);
	add_origin(s, at, d);
	buf_release(&b);
}
