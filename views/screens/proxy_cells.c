#include "screens/proxy_cells.h"
#include "gauge.h"

#include "screens/proxy_doc.h"
#include "texts/describe.h"

enum { SPARKS = 12 };

enum {
	COLUMN_MARK,
	COLUMN_NAME,
	COLUMN_DNS,
	COLUMN_CONNECT,
	COLUMN_TLS,
	COLUMN_FIRST,
	COLUMN_TOTAL,
	COLUMN_STATUS,
	COLUMN_P50,
	COLUMN_P95,
	COLUMN_HISTORY,
	COLUMNS
};
static_assert((int)COLUMNS == (int)PROXY_CELLS, "each column has its cell");

static void time_cell(struct line *out, unsigned style, int64_t us)
{
	struct buf b = BUF_INIT;

	proxy_text_time(&b, us);
	line_add(out, us < 0 ? STYLE_QUIET : style, b.data);
	buf_release(&b);
}

static void mark_cell(const struct chain_hop *h, struct line *out)
{
	unsigned style = proxy_text_style(h);

	line_glyph(out, style,
		   style == STYLE_BAD	 ? GLYPH_BAD
		   : style == STYLE_GOOD ? GLYPH_GOOD
					 : GLYPH_OFF);
}

/* Steps of the newest answer; none for a hop that is not a server. */
static void step_cell(const struct chain_hop *h, unsigned column, struct line *out)
{
	const struct http_hop *x = exchange_last(&h->answer);
	struct proxy_text_steps t = { -1, -1, -1, -1, -1 };

	if (h->hop->kind != ROUTE_PROXY)
		return;
	if (x && x->status)
		t = proxy_text_steps(x);
	time_cell(out, STYLE_NORMAL,
		  column == COLUMN_DNS	     ? t.dns
		  : column == COLUMN_CONNECT ? t.connect
		  : column == COLUMN_TLS     ? t.tls
		  : column == COLUMN_FIRST   ? t.first_byte
					     : t.total);
}

static void history_cell(const struct monitor_hop *h, unsigned column, struct line *out)
{
	if (!h || !h->p50)
		return;
	if (column == COLUMN_HISTORY)
		proxy_doc_sparks(out, h, SPARKS);
	else
		time_cell(out, h->alarm ? STYLE_BAD : STYLE_NORMAL,
			  (int64_t)(column == COLUMN_P50 ? h->p50 : h->p95));
}

static void status_cell(const struct chain_hop *h, struct line *out)
{
	struct buf b = BUF_INIT;

	if (h->hop->kind == ROUTE_PROXY || h->hop->kind == ROUTE_FILE) {
		proxy_text_status(&b, h);
		line_add(out, proxy_text_style(h), b.data);
	}
	buf_release(&b);
}

static void hop_cell(const struct proxy_view *s, const struct load_proxy *lp, size_t i,
		     unsigned column, struct line *out)
{
	const struct chain_hop *h = &lp->chain->hops[i];

	switch (column) {
	case COLUMN_MARK: mark_cell(h, out); break;
	case COLUMN_NAME: line_addf(out, STYLE_NORMAL, "%zu  %s", i + 1, h->hop->shown); break;
	case COLUMN_STATUS: status_cell(h, out); break;
	case COLUMN_P50:
	case COLUMN_P95:
	case COLUMN_HISTORY: history_cell(proxy_doc_history(s, i), column, out); break;
	default: step_cell(h, column, out);
	}
}

static void sumdb_cell(const struct load_proxy *lp, unsigned column, struct line *out)
{
	const struct chain *c = lp->chain;
	bool off = !*c->sumdb && !*c->sumdb_error;
	struct buf b = BUF_INIT;

	if (column == COLUMN_MARK) {
		if (*c->sumdb_error || off)
			line_glyph(out, off ? STYLE_ATTENTION : STYLE_BAD,
				   off ? GLYPH_ATTENTION : GLYPH_BAD);
		else
			line_glyph(out, c->head_signed ? STYLE_GOOD : STYLE_QUIET,
				   c->head_signed ? GLYPH_GOOD : GLYPH_OFF);
	} else if (column == COLUMN_NAME) {
		proxy_text_sumdb(&b, c);
		line_addf(out, STYLE_NORMAL, "sumdb %s", b.data);
	}
	buf_release(&b);
}

static const char *group_name(enum proxy_view_group group)
{
	static const char *const names[] = { "by proxy", "direct", "none", "tried" };

	return names[group];
}

static void group_cell(const struct proxy_view *s, enum proxy_view_group group, unsigned column,
		       struct line *out)
{
	if (column != COLUMN_NAME)
		return;
	line_glyph(out, STYLE_QUIET, s->unfolded & 1u << group ? GLYPH_OPEN : GLYPH_FOLDED);
	line_addf(out, STYLE_STRONG, " %s", group_name(group));
	line_addf(out, STYLE_QUIET, "  %s module%s", GAUGE_N(s->n_in[group]),
		  s->n_in[group] == 1 ? "" : "s");
}

static void module_cell(const struct view *v, const struct proxy_view_module *m, unsigned column,
			struct line *out)
{
	bool loading;
	const struct load_trace *t = proxy_doc_trace(v, m, &loading);

	switch (column) {
	case COLUMN_MARK:
		if (loading)
			line_glyph(out, STYLE_GO, GLYPH_BUSY);
		else if (t)
			line_glyph(out, t->trace.ok ? STYLE_GOOD : STYLE_BAD,
				   t->trace.ok ? GLYPH_GOOD : GLYPH_BAD);
		break;
	case COLUMN_NAME:
		line_add(out, STYLE_NORMAL, "    ");
		out->head = out->text.len;
		line_add(out, STYLE_NORMAL, m->path);
		break;
	case COLUMN_STATUS: describe_line_version(out, STYLE_QUIET, m->version); break;
	default: break;
	}
}

void proxy_cells_fill(void *ctx, size_t i, unsigned column, struct line *out)
{
	const struct proxy_view *s = view_state(ctx, "proxy");
	const struct load_proxy *lp = proxy_view_chain(s);
	const struct proxy_view_row *r = &s->rows.items[i];

	switch (r->kind) {
	case PROXY_VIEW_ROW_CHAIN:
		if (column == COLUMN_NAME)
			line_addf(out, STYLE_STRONG, "GOPROXY=%s", lp->list);
		break;
	case PROXY_VIEW_ROW_HOP: hop_cell(s, lp, r->hop, column, out); break;
	case PROXY_VIEW_ROW_THEN:
		/* a heading has only the first cell */
		line_add(out, STYLE_NORMAL, "    ");
		line_glyph(out, STYLE_RULE, GLYPH_RULE);
		line_addf(out, STYLE_QUIET, "  %s", proxy_text_separator(lp->chain, r->hop));
		break;
	case PROXY_VIEW_ROW_SUMDB: sumdb_cell(lp, column, out); break;
	case PROXY_VIEW_ROW_GROUP: group_cell(s, r->group, column, out); break;
	case PROXY_VIEW_ROW_MODULE: module_cell(ctx, r->module, column, out); break;
	}
}

const struct list_column proxy_cells_columns[PROXY_CELLS] = {
	{ .id = "mark", .title = "", .min = 1, .max = 1 },
	{ .id = "hop", .title = "hop, module", .min = 24, .flex = 1, .cut = CUT_MIDDLE },
	{ .id = "dns", .title = "dns", .min = 6, .max = 7, .right = true, .priority = 6 },
	{ .id = "connect", .title = "connect", .min = 7, .max = 7, .right = true, .priority = 5 },
	{ .id = "tls", .title = "tls", .min = 6, .max = 7, .right = true, .priority = 5 },
	{ .id = "first", .title = "1st byte", .min = 8, .max = 8, .right = true, .priority = 4 },
	{ .id = "total", .title = "total", .min = 7, .max = 7, .right = true, .priority = 1 },
	{ .id = "status", .title = "status", .min = 9, .max = 30, .whole = true },
	{ .id = "p50", .title = "p50", .min = 6, .max = 7, .right = true, .priority = 2 },
	{ .id = "p95", .title = "p95", .min = 6, .max = 7, .right = true, .priority = 3 },
	{ .id = "history", .title = "history", .min = SPARKS, .max = SPARKS, .priority = 2 },
};
