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

void release_text_verdict(struct buf *b, const struct checklist *l)
{
	if (l->tag[0])
		buf_addf(b, "%s: ", l->tag);
	buf_addstr(b, l->releasable ? "releasable" : "not releasable");
	buf_addf(b, ": %zu fail", l->n_blocking);
	if (l->n_noted)
		buf_addf(b, ", %zu to be known of", l->n_noted);
	if (l->n_unknown)
		buf_addf(b, ", %zu unknown", l->n_unknown);
	buf_addf(b, ", %zu pass", l->n_pass);
}
