#include "screens/tidy_doc.h"

void tidy_doc_failure(const struct load_tidy *t, struct doc *d)
{
	doc_heading(d, load_tidy_unknown(t) ? "Not known: not everything is in the cache"
					    : "go mod tidy would change nothing");
	doc_blank(d);
	doc_field(d, load_tidy_unknown(t) ? "lacks" : "go says");
	doc_add(d, load_tidy_unknown(t) ? STYLE_NORMAL : STYLE_BAD, t->failed.text);
	if (t->messages[0]) {
		doc_blank(d);
		doc_line(d);
		doc_add(d, STYLE_QUIET, t->messages);
	}
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
	if (c->cause_file[0]) {
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
	doc_addf(d, STYLE_NORMAL, "%zu", t->added[file]);
	doc_field(d, "removed");
	doc_addf(d, STYLE_NORMAL, "%zu", t->removed[file]);
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
