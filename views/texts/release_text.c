#include "texts/release_text.h"

enum glyph release_text_glyph(const struct checklist_point *p)
{
	switch (p->verdict) {
	case CHECKLIST_FAIL: return p->blocks ? GLYPH_BAD : GLYPH_ATTENTION;
	case CHECKLIST_UNKNOWN: return GLYPH_UNKNOWN;
	case CHECKLIST_WAIVED: return GLYPH_LEAF;
	case CHECKLIST_PASS: break;
	}
	return GLYPH_GOOD;
}

enum style_id release_text_style(const struct checklist_point *p)
{
	switch (p->verdict) {
	case CHECKLIST_FAIL: return p->blocks ? STYLE_BAD : STYLE_ATTENTION;
	case CHECKLIST_UNKNOWN: return STYLE_ATTENTION;
	case CHECKLIST_WAIVED: return STYLE_QUIET;
	case CHECKLIST_PASS: break;
	}
	return STYLE_GOOD;
}

/* An unknown point may be a blocking one. */
const char *release_text_answer(const struct checklist *l)
{
	return !l->releasable ? "not releasable"
	       : l->n_unknown ? "not known whether it is releasable"
			      : "releasable";
}

enum style_id release_text_answer_style(const struct checklist *l)
{
	return !l->releasable ? STYLE_BAD : l->n_unknown ? STYLE_ATTENTION : STYLE_GOOD;
}

void release_text_counts(struct buf *b, const struct checklist *l)
{
	buf_addf(b, "%zu fail", l->n_blocking);
	if (l->n_noted)
		buf_addf(b, ", %zu warning%s", l->n_noted, l->n_noted == 1 ? "" : "s");
	if (l->n_unknown)
		buf_addf(b, ", %zu unknown", l->n_unknown);
	buf_addf(b, ", %zu pass", l->n_pass);
}

void release_text_verdict(struct buf *b, const struct checklist *l)
{
	if (l->tag[0])
		buf_addf(b, "%s: ", l->tag);
	buf_addf(b, "%s: ", release_text_answer(l));
	release_text_counts(b, l);
}
