#include "screens/offline_doc.h"

#include "gauge.h"
#include "texts/offline_text.h"

enum { MOST_SHOWN = 200 };

void offline_doc_missing(const struct levels_missing *x, struct doc *d)
{
	struct buf b = BUF_INIT;

	doc_heading(d, *x->mod.version ? x->mod.path : x->file);
	doc_blank(d);
	doc_field(d, "version");
	doc_add(d, STYLE_NORMAL, *x->mod.version ? x->mod.version : "-");
	doc_field(d, "file");
	doc_add(d, STYLE_NORMAL, x->file);
	doc_field(d, "needed by");
	doc_add(d, STYLE_NORMAL, x->needed_by);
	if (x->bytes >= 0) {
		gauge_bytes(&b, (uint64_t)x->bytes);
		doc_field(d, "size");
		doc_add(d, STYLE_NORMAL, b.data);
	}
	if (x->unread) {
		doc_field(d, "unread");
		doc_add(d, STYLE_ATTENTION,
			"it has not been read: what it leads to is not known. F fetches it into modscope's cache");
	}
	buf_release(&b);
}

static void files_doc(const struct levels_row *l, struct doc *d)
{
	doc_field(d, "lacks");
	for (size_t i = 0; i < l->n_missing && i < MOST_SHOWN; i++) {
		if (i)
			doc_newline(d);
		doc_add(d, STYLE_NORMAL, l->missing[i].file + strlen("cache/download/"));
		doc_addf(d, STYLE_QUIET, "  %s", l->missing[i].needed_by);
	}
	if (l->n_missing > MOST_SHOWN) {
		doc_newline(d);
		doc_addf(d, STYLE_QUIET, "%s more; enter shows them",
			 GAUGE_N(l->n_missing - MOST_SHOWN));
	}
}

/* Files that a prefetch does not bring. */
static size_t lists_of(const struct levels_row *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_missing; i++)
		n += !*l->missing[i].mod.version;
	return n;
}

static void remedy_doc(const struct levels_row *l, bool asked, struct doc *d)
{
	doc_field(d, "remedy");
	if (l->level == LEVELS_QUERIES)
		doc_add(d, STYLE_NORMAL, "none: go never reads lists of versions from its cache");
	else if (l->unsure && !asked)
		doc_add(d, STYLE_NORMAL,
			"F asks the proxies what else is missing; W does that too, and fills GOMODCACHE");
	else
		doc_add(d, STYLE_NORMAL, "W puts the files into GOMODCACHE, after showing which");
	if (l->level != LEVELS_QUERIES && lists_of(l))
		doc_addf(
			d, STYLE_ATTENTION,
			". It asks for %s list%s of versions too, which go never reads from its cache",
			GAUGE_N(lists_of(l)), lists_of(l) == 1 ? "" : "s");
}

void offline_doc_level(const struct levels_row *l, bool asked, struct doc *d)
{
	struct buf b = BUF_INIT;

	offline_text_command(&b, l);
	doc_heading(d, b.data);
	doc_blank(d);
	doc_field(d, "offline");
	doc_add(d, l->ready ? STYLE_GOOD : STYLE_BAD, l->ready ? "yes" : "no");
	doc_field(d, "files");
	doc_addf(d, STYLE_NORMAL, "%s in GOMODCACHE", GAUGE_N(l->had));
	buf_clear(&b);
	offline_text_missing(&b, l);
	if (b.len)
		doc_addf(d, STYLE_BAD, "; %s", b.data);
	if (l->ready) {
		buf_release(&b);
		return;
	}
	doc_field(d, "go says");
	buf_clear(&b);
	offline_text_says(&b, l->go_says, "");
	doc_add(d, STYLE_NORMAL, b.data ? b.data : "");
	buf_release(&b);
	if (*l->failed && !l->refused && !str_eq(l->failed, l->go_says)) {
		doc_field(d, asked ? "with the network" : "as far as known");
		doc_add(d, STYLE_NORMAL, l->failed);
	}
	remedy_doc(l, asked, d);
	if (l->n_missing)
		files_doc(l, d);
}
