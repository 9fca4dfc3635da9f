#include "screens/versions_doc.h"

static void add_version(struct doc *d, const char *label, const char *version)
{
	if (!*version)
		return;
	doc_field(d, label);
	doc_add(d, STYLE_NORMAL, version);
}

static void add_times(const struct outdated_row *row, struct doc *d)
{
	doc_field(d, "current");
	doc_addf(d, STYLE_NORMAL, "%s   %.10s", row->info->version, row->info->time);
	if (!row->info->update)
		return;
	doc_field(d, "newest");
	doc_addf(d, STYLE_STRONG, "%s   %.10s", row->info->update->version,
		 row->info->update->time);
	if (*row->update_go)
		doc_addf(d, STYLE_QUIET, "   go %s", row->update_go);
}

void versions_doc_row(struct doc *d, const struct outdated_row *row, const char *kind)
{
	struct buf b = BUF_INIT;

	doc_add(d, STYLE_STRONG, row->info->path);
	add_times(row, d);
	add_version(d, "patch", row->patch);
	add_version(d, "minor", row->minor);
	add_version(d, "keeps go", row->keeps_go);
	doc_field(d, "kind");
	doc_add(d, STYLE_NORMAL, kind);
	outdated_text_notes(&b, row);
	if (b.len) {
		doc_field(d, "state");
		doc_add(d, outdated_text_style(outdated_text_state(row)), b.data);
	}
	buf_release(&b);
}
