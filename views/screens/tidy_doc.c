#include "screens/tidy_doc.h"

#include "gauge.h"
#include "texts/describe.h"

void tidy_doc_failure(const struct load_tidy *t, struct doc *d)
{
	if (load_tidy_unknown(t)) {
		doc_heading(d, "Not known: not everything is in the cache");
		return;
	}
	doc_heading(d, "go mod tidy would end with an error, and change nothing");
	doc_blank(d);
	doc_field(d, "go says");
	if (err_is_told(&t->failed) && t->messages[0]) {
		doc_add(d, STYLE_BAD, t->messages);
		return;
	}
	doc_add(d, STYLE_BAD, t->failed.text);
	if (t->messages[0]) {
		doc_blank(d);
		doc_line(d);
		doc_add(d, STYLE_QUIET, t->messages);
	}
}

const char *tidy_doc_file_name(const struct tidy_need *w)
{
	return str_eq(w->what, "list")	   ? "list of versions"
	       : str_eq(w->what, "latest") ? "latest version"
					   : w->what;
}

const struct list_column tidy_doc_want_columns[TIDY_DOC_WANT_COLUMNS] = {
	{ .id = "module", .title = "  to fetch", .min = 24, .match = true, .cut = CUT_MIDDLE },
	{ .id = "version", .title = "version", .min = 8, .whole = true, .cut = CUT_MIDDLE },
	{ .id = "file", .title = "file", .min = 3, .whole = true, .cut = CUT_END },
	{ .id = "for", .title = "needed by", .min = 12, .flex = 1, .priority = 1, .cut = CUT_END },
};

void tidy_doc_want_cell(const struct tidy_need *w, unsigned column, struct line *out)
{
	switch (column) {
	case 0:
		line_glyph(out, STYLE_ATTENTION, GLYPH_UNKNOWN);
		line_addf(out, STYLE_NORMAL, " %s", w->mod.path);
		break;
	case 1: describe_line_version(out, STYLE_NORMAL, w->mod.version); break;
	case 2: line_add(out, STYLE_NORMAL, tidy_doc_file_name(w)); break;
	default: line_add(out, STYLE_QUIET, w->who);
	}
}

void tidy_doc_want(const struct load_tidy *t, const struct tidy_need *w, struct doc *d)
{
	struct buf b = BUF_INIT;

	describe_modver(&b, w->mod);
	doc_heading(d, b.data);
	buf_release(&b);
	doc_blank(d);
	doc_field(d, "lacks");
	doc_addf(d, STYLE_NORMAL, "%s: not in the module cache", tidy_doc_file_name(w));
	doc_field(d, "for");
	doc_add(d, STYLE_NORMAL, w->who);
	doc_field(d, "so that");
	if (!load_tidy_unknown(t)) {
		doc_add(d, STYLE_NORMAL, "go mod tidy fetches it, and fails with GOPROXY=off");
		return;
	}
	doc_add(d, STYLE_NORMAL,
		"what go mod tidy would change is not known: looking does not fetch zips, and this one "
		"may need others");
	doc_field(d, "remedy");
	doc_add(d, STYLE_NORMAL, "F fetches as go mod tidy does, into modscope's cache");
}

void tidy_doc_change(const struct load_tidy *t, const struct load_change *c, struct doc *d)
{
	static const char *const ops[] = { "stays", "tidy would add it", "tidy would remove it" };

	doc_heading(d, c->module[0] ? c->module : c->text + strspn(c->text, " \t"));
	doc_blank(d);
	if (c->twin != SIZE_MAX) {
		const char *was = t->changes[c->twin].text;

		doc_field(d, "was");
		doc_add(d, STYLE_NORMAL, was + strspn(was, " \t"));
	}
	doc_field(d, c->twin != SIZE_MAX ? "becomes" : "line");
	doc_add(d, STYLE_STRONG, c->text + strspn(c->text, " \t"));
	doc_field(d, "change");
	if (c->twin != SIZE_MAX)
		doc_add(d, STYLE_NORMAL, c->becomes);
	else
		doc_add(d, STYLE_NORMAL, ops[c->op == '+' ? 1 : c->op == '-' ? 2 : 0]);
	doc_field(d, "file");
	doc_add(d, STYLE_NORMAL, c->gosum ? t->gosum : t->gomod);
	doc_addf(d, STYLE_QUIET, ":%d", c->old_line ? c->old_line : c->new_line);
	if (c->reason[0]) {
		doc_field(d, "because");
		doc_add(d, STYLE_NORMAL, c->reason);
	}
	/* unless that is the changed line itself */
	if (c->cause_file[0] && !(str_eq(c->cause_file, c->gosum ? t->gosum : t->gomod) &&
				  c->cause_line == (c->old_line ? c->old_line : c->new_line))) {
		doc_field(d, "see");
		doc_link(d, STYLE_LINK, 1, 0, c->cause_file);
		if (c->cause_line)
			doc_addf(d, STYLE_QUIET, ":%d", c->cause_line);
	}
}

void tidy_doc_file(const struct load_tidy *t, size_t file, struct doc *d)
{
	doc_heading(d, file ? "go.sum" : "go.mod");
	doc_blank(d);
	doc_field(d, "file");
	doc_add(d, STYLE_NORMAL, file ? t->gosum : t->gomod);
	doc_field(d, "added");
	doc_addf(d, STYLE_NORMAL, "%s", GAUGE_N(t->added[file]));
	doc_field(d, "removed");
	doc_addf(d, STYLE_NORMAL, "%s", GAUGE_N(t->removed[file]));
	if (file && t->added[file] + t->removed[file]) {
		doc_field(d, "because");
		doc_add(d, STYLE_NORMAL,
			t->added[file] ? "go.sum lacks checksums that go needs" : "");
		doc_addf(d, STYLE_NORMAL, "%s%s", t->added[file] && t->removed[file] ? "; " : "",
			 t->removed[file] ? "neither the module graph nor an imported package "
					    "needs those that go"
					  : "");
	}
	if (!file && t->messages[0]) {
		doc_field(d, "go says");
		doc_add(d, STYLE_QUIET, t->messages);
	}
}
