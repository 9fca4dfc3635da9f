#include "texts/replaces_text.h"

#include "base/path.h"
#include "texts/describe.h"

enum glyph replaces_text_glyph(const struct replaces_row *row)
{
	if (row->worst > FINDING_INFO)
		return describe_severity_glyph(row->worst);
	return row->used ? GLYPH_GOOD : GLYPH_LEAF;
}

enum style_id replaces_text_style(const struct replaces_row *row)
{
	if (row->worst > FINDING_INFO)
		return describe_severity_style(row->worst);
	return row->used ? STYLE_GOOD : STYLE_QUIET;
}

void replaces_text_place(struct buf *b, const struct load_replaces *lr, const char *file, int line)
{
	struct arena a = ARENA_INIT;
	const char *rel = path_rel(&a, lr->graph->dir, file);

	buf_addf(b, "%s:%d", rel ? rel : file, line);
	arena_release(&a);
}

static void git_changes(struct buf *b, const struct gitplace *g)
{
	if (g->n_changed)
		buf_addf(b, "; %zu changed", g->n_changed);
	if (g->n_untracked)
		buf_addf(b, "%s %zu untracked", g->n_changed ? "," : ";", g->n_untracked);
	if (!g->n_changed && !g->n_untracked)
		buf_addstr(b, "; clean");
	if (g->n_unpushed)
		buf_addf(b, "; %zu unpushed (%s)", g->n_unpushed,
			 g->upstream[0] ? g->upstream : "no upstream");
}

/* "main@9c1e0aa, v0.3.0 and 3 commits; 2 changed, 1 untracked; 3 unpushed (origin/main)" */
static void git_text(struct buf *b, const struct gitplace *g)
{
	if (!g->there) {
		buf_addstr(b, "in no git repository");
		return;
	}
	if (!g->commit[0])
		buf_addstr(b, "no commit yet");
	else
		buf_addf(b, "%s%s%.7s", g->branch[0] ? g->branch : "detached", "@", g->commit);
	if (g->tag[0])
		buf_addf(b, ", %s", g->tag);
	if (g->since_tag)
		buf_addf(b, " and %zu commit%s", g->since_tag, g->since_tag == 1 ? "" : "s");
	git_changes(b, g);
}

static void field(struct doc *d, const char *label, unsigned style, const char *text)
{
	if (!text[0])
		return;
	doc_field(d, label);
	doc_add(d, style, text);
}

static void add_published(struct doc *d, const struct replaces_local *l)
{
	const struct published *p = &l->published;

	if (!l->exists || !l->published_path[0])
		return;
	doc_field(d, "published");
	if (p->version[0])
		doc_addf(d, STYLE_GOOD, "is %s %s byte for byte", l->published_path, p->version);
	else if (p->n_known == 1)
		doc_addf(d, STYLE_NORMAL,
			 "differs from %s, the only version whose hash is known here", p->newest);
	else if (p->n_known)
		doc_addf(
			d, STYLE_NORMAL,
			"differs from all %zu versions whose hashes are known here, the newest is %s",
			p->n_known, p->newest);
	else
		doc_add(d, STYLE_QUIET, "no hash of a version is known here to compare with");
}

static void add_local(struct doc *d, const struct replaces_local *l)
{
	struct buf b = BUF_INIT;

	field(d, "directory", l->exists ? STYLE_NORMAL : STYLE_BAD, l->dir);
	field(d, "module", STYLE_NORMAL, l->declares);
	if (l->exists && !l->unread[0]) {
		git_text(&b, &l->git);
		field(d, "repository", STYLE_NORMAL, b.data);
	}
	field(d, "unread", STYLE_ATTENTION, l->unread);
	add_published(d, l);
	buf_release(&b);
}

static void add_imports(struct doc *d, const struct replaces_row *row,
			const struct load_imports *imports)
{
	const struct load_import *in = imports && row->verb == REPLACES_REPLACE
					       ? map_get(&imports->modules, row->mod.path)
					       : NULL;

	if (in && in->n_packages) {
		doc_field(d, "needed by");
		doc_add(d, STYLE_NORMAL, in->chains[0]);
	} else if (imports && row->used && row->verb == REPLACES_REPLACE) {
		field(d, "needed by", STYLE_QUIET,
		      imports->n_absent ? "unknown: not all modules are in the cache"
					: "no package");
	}
}

static void add_dependents(struct doc *d, const struct load_replaces *lr,
			   const struct replaces_row *row)
{
	if (row->verb != REPLACES_REPLACE && row->verb != REPLACES_EXCLUDE)
		return;
	doc_field(d, "dependents");
	if (!row->dependents)
		doc_addf(d, STYLE_QUIET, "unknown%s%s", lr->no_consumer[0] ? ": " : "",
			 lr->no_consumer);
	else if (row->dependents[0])
		doc_addf(d, STYLE_NORMAL, "get %s", row->dependents);
	else
		doc_add(d, STYLE_NORMAL, "do not have this module in their build list");
}

static void add_remarks(struct doc *d, const struct replaces_row *row)
{
	for (size_t i = 0; i < row->n_remarks; i++) {
		const struct replaces_remark *x = &row->remarks[i];

		doc_field(d, finding_severity_name(x->severity));
		doc_glyph(d, describe_severity_style(x->severity),
			  describe_severity_glyph(x->severity));
		doc_addf(d, STYLE_NORMAL, " %s", x->text);
		field(d, "go says", STYLE_NORMAL, x->go_says);
		field(d, "remedy", STYLE_NORMAL, x->remedy);
	}
}

void replaces_text_doc(struct doc *d, const struct load_replaces *lr,
		       const struct replaces_row *row, const struct load_imports *imports)
{
	field(d, "effect", row->used ? STYLE_STRONG : STYLE_QUIET, row->effect);
	field(d, row->verb == REPLACES_RETRACT ? "rationale" : "comment", STYLE_NORMAL, row->note);
	field(d, "required", STYLE_NORMAL, row->chain);
	add_imports(d, row, imports);
	if (row->local)
		add_local(d, row->local);
	add_dependents(d, lr, row);
	add_remarks(d, row);
}

void replaces_text_dependents(struct buf *b, const struct dependents *d)
{
	static const char *const one[] = { "module from another source",
					   "module at another version", "module more",
					   "module less" };
	static const char *const many[] = { "modules from another source",
					    "modules at another version", "modules more",
					    "modules fewer" };
	size_t start = b->len;

	for (int k = 0; k <= DEPENDENTS_FEWER; k++)
		if (d->count[k])
			buf_addf(b, "%s%zu %s", b->len > start ? ", " : "", d->count[k],
				 d->count[k] == 1 ? one[k] : many[k]);
	if (b->len == start)
		buf_addstr(b, "the same");
}
