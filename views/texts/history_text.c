#include "texts/history_text.h"

#include "gauge.h"
#include "graph/retraction.h"
#include "gofiles/rfc3339.h"
#include "texts/outdated_text.h"

enum glyph history_text_glyph(const struct load_history *lh, size_t i)
{
	const struct history_row *v = &lh->history->rows[i];

	if (v->retracted)
		return GLYPH_BAD;
	if (lh->rows[i].selected)
		return GLYPH_ON;
	if (lh->rows[i].node != UINT32_MAX)
		return GLYPH_OFF;
	return *v->unknown ? GLYPH_UNKNOWN : GLYPH_LEAF;
}

enum style_id history_text_style(const struct load_history *lh, size_t i)
{
	const struct history_row *v = &lh->history->rows[i];

	if (v->retracted)
		return STYLE_BAD;
	if (lh->rows[i].selected)
		return STYLE_GOOD;
	return *v->unknown ? STYLE_ATTENTION : STYLE_QUIET;
}

void history_text_age(struct buf *b, const struct history_row *v, int64_t now)
{
	int64_t t;

	if (rfc3339_parse(v->time, &t) && t > 0)
		gauge_age(b, now - t);
}

void history_text_cached(struct buf *b, const struct load_history_row *row)
{
	if (row->mod)
		buf_addstr(b, "mod");
	if (row->zip)
		buf_addf(b, "%szip", b->len ? " " : "");
	if (row->dir)
		buf_addf(b, "%sdir", b->len ? " " : "");
}

PRINTF_FMT(2, 3)
static void note(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	if (b->len)
		buf_addstr(b, "; ");
	va_start(ap, fmt);
	buf_vaddf(b, fmt, ap);
	va_end(ap);
}

static void note_requirers(struct buf *b, const struct load_history *lh, size_t i)
{
	const struct load_graph *g = lh->graph;
	const struct load_node *node = lh->rows[i].node == UINT32_MAX ? NULL
								      : &g->nodes[lh->rows[i].node];

	if (lh->rows[i].selected)
		note(b, "in use");
	if (!node || !node->n_requirers)
		return;
	note(b, "asked for by %s", g->nodes[g->requirers[node->first]].path);
	if (node->n_requirers > 1)
		buf_addf(b, " and %u more", node->n_requirers - 1);
}

void history_text_notes(struct buf *b, const struct load_history *lh, size_t i)
{
	const struct history_row *v = &lh->history->rows[i];

	note_requirers(b, lh, i);
	if (v->retracted)
		note(b, "retracted%s%s", *v->rationale ? ": " : "", v->rationale);
	if (v->excluded)
		note(b, "excluded");
	if (v->pseudo)
		note(b, "pseudo-version");
	else if (v->pre)
		note(b, "pre-release");
	if (v->compared && (v->added || v->removed || v->changed))
		note(b, "requirements +%zu -%zu, %zu changed", v->added, v->removed, v->changed);
	if (*v->unknown)
		note(b, "unknown: %s", v->unknown);
}

void history_text_summary(struct buf *b, const struct load_history *lh, int64_t now)
{
	const struct history *h = lh->history;
	struct arena a = ARENA_INIT;

	if (h->n || !*h->unknown)
		buf_addf(b, "%zu version%s", h->n, h->n == 1 ? "" : "s");
	else
		buf_addstr(b, "no version is known");
	if (*h->proxy)
		buf_addf(b, " from %s", h->proxy);
	if (*h->proxy || h->as_of) { /* somebody has answered */
		buf_addstr(b, "; as of ");
		outdated_text_as_of(b, h->as_of, now);
	}
	if (*h->deprecated)
		note(b, "deprecated: %s", retraction_short_message(&a, h->deprecated, ""));
	if (*h->unknown)
		note(b, "unknown: %s", h->unknown);
	arena_release(&a);
}
