#include "app/vital.h"

#include "app/app_private.h"
#include "cache/cache.h"
#include "gauge.h"
#include "gofiles/goenv.h"
#include "git/gitstate.h"
#include "texts/describe.h"
#include "texts/offline_text.h"
#include "texts/proxy_text.h"

enum { LEAST_GAPS = 5 }; /* at both ends of the header and between its halves */

static void add_count(struct line *l, unsigned style, uint64_t n, const char *what)
{
	struct buf b = BUF_INIT;

	gauge_count(&b, n);
	line_addf(l, style, "%s %s", b.data, what);
	buf_release(&b);
}

/* "main@4f2c1aa ±2" */
static void git_signs(const struct gitstate *s, struct line *left)
{
	if (!s || !s->there)
		return;
	line_addf(left, STYLE_QUIET, "   %s%s%s", s->branch,
		  s->branch[0] && s->commit[0] ? "@" : "", s->commit);
	if (s->n_changed) {
		line_add(left, STYLE_NORMAL, " ");
		line_glyph(left, STYLE_ATTENTION, GLYPH_CHANGED);
		line_addf(left, STYLE_ATTENTION, "%s", GAUGE_N(s->n_changed));
	}
}

static void project_signs(const struct load_graph *g, const struct gitstate *s, struct line *left)
{
	line_addf(left, STYLE_HEADER, "  %s", g->main_path);
	if (g->go_version[0])
		line_addf(left, STYLE_QUIET, "   go %s", g->go_version);
	git_signs(s, left);
	line_add(left, STYLE_NORMAL, "   ");
	add_count(left, STYLE_QUIET, g->n_listed, g->n_listed == 1 ? "module" : "modules");
	line_add(left, STYLE_NORMAL, "  ");
	add_count(left, STYLE_QUIET, g->n_edges, g->n_edges == 1 ? "edge" : "edges");
}

static void sign(struct line *l, const char *label, unsigned style, enum glyph g, size_t n)
{
	if (label[0])
		line_addf(l, STYLE_QUIET, "  %s ", label);
	else
		line_add(l, STYLE_NORMAL, " ");
	line_add(l, style, GAUGE_N(n));
	line_glyph(l, style, g);
}

static void cache_signs(const struct load_cache *c, struct line *l)
{
	const size_t *n = c->report->states;
	size_t bad = n[CACHE_DAMAGED] + n[CACHE_MISMATCH], odd = n[CACHE_PARTIAL] + n[CACHE_ORPHAN];

	sign(l, "cache", n[CACHE_OK] ? STYLE_GOOD : STYLE_QUIET,
	     n[CACHE_OK] ? GLYPH_GOOD : GLYPH_LEAF,
	     n[CACHE_OK] ? n[CACHE_OK] : n[CACHE_UNVERIFIED]);
	if (bad)
		sign(l, "", STYLE_BAD, GLYPH_BAD, bad);
	if (odd)
		sign(l, "", STYLE_ATTENTION, GLYPH_ATTENTION, odd);
}

static void tidy_signs(const struct load_tidy *t, struct line *l)
{
	size_t n = 0;

	/* counted as in the Overview: a changed line is one */
	for (size_t i = 0; i < t->findings.n; i++)
		if (t->findings.items[i].severity == FINDING_WARNING)
			n += finding_things(&t->findings.items[i]);
	if (t->nowhere)
		return;
	if (load_tidy_unknown(t))
		sign(l, "tidy", STYLE_ATTENTION, GLYPH_UNKNOWN,
		     t->n_zips ? t->n_zips : t->n_others);
	else if (err_is_set(&t->failed))
		sign(l, "tidy", STYLE_BAD, GLYPH_BAD, 1);
	else if (n)
		sign(l, "tidy", STYLE_ATTENTION, GLYPH_ATTENTION, n);
	else
		sign(l, "tidy", STYLE_GOOD, GLYPH_GOOD, 0);
}

/* Only if there is room beside everything else. */
static void add_if_room(const struct area *header, const struct line *sign, const struct line *left,
			struct line *right)
{
	bool ascii = header->g && header->g->ascii;

	if (line_width(left, ascii) + line_width(right, ascii) + line_width(sign, ascii) +
		    LEAST_GAPS <=
	    header->w)
		for (size_t i = 0; i < sign->spans.n; i++) {
			size_t start = sign->spans.items[i].start;
			size_t end = i + 1 < sign->spans.n ? sign->spans.items[i + 1].start
							   : sign->text.len;

			line_addn(right, sign->spans.items[i].style, sign->text.data + start,
				  end - start);
		}
}

void vital_signs(const struct app *app, struct line *left, struct line *right)
{
	const struct load_graph *g = app_part(app, REQUEST(PART_GRAPH));
	const struct load_env *env = app_part(app, REQUEST(PART_ENV));
	const struct part *cp = describe_cache_part(app_snapshot(app));
	const struct load_cache *c = cp ? cp->data : NULL;
	const struct part *tp = describe_tidy_part(app_snapshot(app), &(struct whatif_steps){ 0 });
	const struct load_tidy *t = tp ? tp->data : NULL;
	const struct part *op = offline_text_part(app_snapshot(app));
	const struct load_proxy *pp = app_part(app, proxy_text_probe());
	struct line offline = LINE_INIT, proxy = LINE_INIT;

	if (g)
		project_signs(g, app_part(app, REQUEST(PART_GIT)), left);
	else if (env)
		line_addf(left, STYLE_HEADER, "  %s", goenv_cwd(env->env));
	if (app_read_only(app)) {
		line_add(right, STYLE_NORMAL, "  ");
		line_add(right, STYLE_ATTENTION, "read-only");
	}
	if (g && g->n_replaced)
		sign(right, "replace", STYLE_ATTENTION, GLYPH_ATTENTION, g->n_replaced);
	if (c)
		cache_signs(c, right);
	if (t)
		tidy_signs(t, right);
	if (op)
		offline_text_sign(&offline, ((const struct load_offline *)op->data)->levels);
	if (pp)
		proxy_text_sign(&proxy, pp->chain);
	add_if_room(&app->layout.header, &proxy, left, right);
	add_if_room(&app->layout.header, &offline, left, right);
	line_release(&offline);
	line_release(&proxy);
	line_add(right, STYLE_NORMAL, " ");
}
