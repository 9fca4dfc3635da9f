#include "screens/overview_facts.h"

#include "cache/cache.h"
#include "gauge.h"
#include "gofiles/rfc3339.h"
#include "texts/describe.h"
#include "texts/outdated_text.h"

static void add(struct overview_facts *f, const char *label, struct buf *text, const char *view,
		const char *target)
{
	f->items[f->n++] = (struct overview_fact){ label, buf_detach(text), view,
						   target ? xstrdup(target) : NULL };
}

static void direct_modules(struct overview_facts *f, const struct load_graph *g,
			   const struct load_outdated *lo)
{
	struct buf b = BUF_INIT;
	size_t direct = 0, unknown = 0;

	for (size_t i = 0; i < g->n_modules; i++)
		direct += g->modules[i].kind == LOAD_DIRECT;
	/* one that is behind what is known is counted there */
	for (size_t i = 0; lo && i < lo->n; i++)
		unknown += !lo->rows[i]->info->main && !lo->rows[i]->info->indirect &&
			   !outdated_is(lo->rows[i]) &&
			   (!lo->rows[i]->asked || *lo->rows[i]->unknown);
	buf_addf(&b, "%s of %s", GAUGE_N(direct),
		 GAUGE_N(g->n_listed - MIN(g->n_listed, g->n_mains)));
	if (lo && unknown < direct)
		buf_addf(&b, ", %s behind", GAUGE_N(outdated_text_behind(lo)));
	if (unknown || !lo)
		buf_addf(&b, ", newest of %s unknown: enter asks", GAUGE_N(lo ? unknown : direct));
	add(f, "direct modules", &b, "versions", NULL);
}

static void go_line(struct overview_facts *f, const struct load_graph *g)
{
	const struct load_module *m = load_graph_module(g, "go");
	uint32_t by = m ? load_graph_decider(g, m) : UINT32_MAX;
	struct buf b = BUF_INIT;

	if (!m)
		return;
	buf_addf(&b, "%s", m->version);
	if (by != UINT32_MAX && g->nodes[by].version[0])
		buf_addf(&b, ", raised by %s@%s", g->nodes[by].path, g->nodes[by].version);
	else
		buf_addstr(&b, "; no dependency raises it");
	add(f, "go line", &b, "explain", "go");
}

static void largest(struct overview_facts *f, const struct cache_report *r)
{
	const struct cache_entry *most = NULL;
	struct buf b = BUF_INIT;

	for (size_t i = 0; r && i < r->n; i++)
		if (!most || cache_entry_bytes(&r->entries[i]) > cache_entry_bytes(most))
			most = &r->entries[i];
	if (!most || !cache_entry_bytes(most))
		return;
	gauge_bytes(&b, cache_entry_bytes(most));
	buf_addf(&b, "  %s", most->mod.path);
	add(f, "largest", &b, "cache", most->mod.path);
}

static void oldest(struct overview_facts *f, const struct load_outdated *lo, int64_t now)
{
	const struct outdated_row *old = NULL;
	int64_t first = INT64_MAX, t;
	struct buf b = BUF_INIT;

	for (size_t i = 0; lo && i < lo->n; i++) {
		const struct modinfo *m = lo->rows[i]->info;

		if (m->main || !rfc3339_parse(m->time, &t) || t <= 0 || t >= first)
			continue;
		first = t;
		old = lo->rows[i];
	}
	if (!old)
		return;
	gauge_age(&b, MAX(now - first, 0));
	buf_addf(&b, "  %s", old->info->path);
	add(f, "oldest", &b, "explain", old->info->path);
}

static void verified(struct overview_facts *f, const struct cache_report *r)
{
	struct buf b = BUF_INIT;

	if (!r)
		return;
	if (!r->n)
		buf_addstr(&b, "no module of the build list comes from it");
	else
		buf_addf(&b, "%s of %s %s vouched for", GAUGE_N(r->states[CACHE_OK]), GAUGE_N(r->n),
			 r->n == 1 ? "entry" : "entries");
	for (size_t st = CACHE_STATES; st-- > CACHE_OK + 1;)
		if (r->states[st])
			buf_addf(&b, ", %s %s", GAUGE_N(r->states[st]),
				 cache_state_name((enum cache_state)st));
	add(f, "cache", &b, "cache", NULL);
}

void overview_facts_make(struct overview_facts *f, const struct snapshot *s, int64_t now)
{
	const struct part *gp = snapshot_part(s, REQUEST(PART_GRAPH)), *cp = describe_cache_part(s),
			  *op = describe_outdated_part(s);
	const struct load_graph *g = gp ? gp->data : NULL;
	const struct cache_report *r = cp ? ((const struct load_cache *)cp->data)->report : NULL;

	overview_facts_release(f);
	if (!g || err_is_set(&g->broken))
		return;
	direct_modules(f, g, op ? op->data : NULL);
	go_line(f, g);
	verified(f, r);
	largest(f, r);
	oldest(f, op ? op->data : NULL, now);
}

void overview_facts_release(struct overview_facts *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->items[i].text);
		free(f->items[i].target);
	}
	f->n = 0;
}

static void add_module(const struct load_outdated *lo, const struct outdated_row *row, int64_t now,
		       struct doc *d)
{
	enum outdated_text_state st = outdated_text_state(row);
	struct buf b = BUF_INIT;

	doc_line(d);
	doc_glyph(d, outdated_text_style(st), outdated_text_glyph(st));
	doc_addf(d, STYLE_NORMAL, " %s %s", row->info->path, row->info->version);
	outdated_text_newest(&b, row, lo->go_version);
	if (b.len) {
		doc_add(d, STYLE_NORMAL, " ");
		doc_glyph(d, STYLE_QUIET, GLYPH_ARROW);
		doc_addf(d, STYLE_STRONG, " %s", b.data);
	} else {
		doc_addf(d, STYLE_QUIET, "  %s",
			 *row->unknown ? "unknown" : outdated_text_state_name(st));
	}
	buf_clear(&b);
	outdated_text_age(&b, row, now, " → ");
	if (b.len)
		doc_addf(d, STYLE_QUIET, "  %s", b.data);
	buf_release(&b);
}

void overview_facts_doc(const struct overview_fact *f, const struct snapshot *s, int64_t now,
			struct doc *d)
{
	const struct part *p = describe_outdated_part(s);
	const struct load_outdated *lo = p ? p->data : NULL;

	doc_heading(d, f->label);
	doc_blank(d);
	doc_line(d);
	doc_add(d, STYLE_NORMAL, f->text);
	if (!str_eq(f->view, "versions") || !lo)
		return;
	doc_blank(d);
	for (size_t i = 0; i < lo->n; i++)
		if (!lo->rows[i]->info->main && !lo->rows[i]->info->indirect)
			add_module(lo, lo->rows[i], now, d);
}
