#include "screens/cache_doc.h"

#include "gauge.h"
#include "texts/describe.h"

unsigned cache_doc_style(enum cache_state st)
{
	switch (st) {
	case CACHE_OK: return STYLE_GOOD;
	case CACHE_DAMAGED:
	case CACHE_MISMATCH: return STYLE_BAD;
	case CACHE_PARTIAL:
	case CACHE_ORPHAN:
	case CACHE_LOCKED: return STYLE_ATTENTION;
	default: return STYLE_QUIET;
	}
}

enum glyph cache_doc_glyph(enum cache_state st)
{
	switch (st) {
	case CACHE_OK: return GLYPH_GOOD;
	case CACHE_DAMAGED:
	case CACHE_MISMATCH: return GLYPH_BAD;
	case CACHE_PARTIAL:
	case CACHE_ORPHAN: return GLYPH_ATTENTION;
	case CACHE_LOCKED: return GLYPH_BUSY;
	case CACHE_ABSENT: return GLYPH_OFF;
	default: return GLYPH_LEAF;
	}
}

static const struct cache_problem *problem_of(const struct cache_entry *e, enum cache_part part)
{
	for (size_t i = 0; i < e->n_problems; i++)
		if (e->problems[i].part == part)
			return &e->problems[i];
	return NULL;
}

static const char *part_label(enum cache_part p)
{
	static const char *const labels[] = {
		[CACHE_INFO] = ".info",	    [CACHE_MOD] = ".mod",
		[CACHE_ZIP] = ".zip",	    [CACHE_ZIPHASH] = ".ziphash",
		[CACHE_LOCK] = ".lock",	    [CACHE_PART_MARK] = ".partial",
		[CACHE_TREE] = "directory",
	};

	return labels[p];
}

static void add_size(struct doc *d, const struct cache_entry *e, enum cache_part p)
{
	struct buf b = BUF_INIT;

	gauge_bytes(&b, p == CACHE_TREE ? e->tree_bytes : (uint64_t)e->files[p].size);
	doc_addf(d, STYLE_QUIET, "  %s", b.data);
	if (p == CACHE_TREE && e->tree_files)
		doc_addf(d, STYLE_QUIET, " in %s file%s", GAUGE_N(e->tree_files),
			 e->tree_files == 1 ? "" : "s");
	buf_release(&b);
}

static bool is_content(enum cache_part p)
{
	return p == CACHE_ZIP || p == CACHE_ZIPHASH || p == CACHE_TREE;
}

/* One line for each file of the entry, with its problems. */
static void file_line(struct doc *d, const struct cache_entry *e, enum cache_part p)
{
	const struct cache_problem *pr = problem_of(e, p);
	bool there = e->files[p].mode != 0;

	if (!there && !pr && (p == CACHE_LOCK || p == CACHE_PART_MARK))
		return;
	doc_field(d, part_label(p));
	if (pr) {
		doc_glyph(d, describe_severity_style(pr->severity),
			  describe_severity_glyph(pr->severity));
		doc_addf(d, STYLE_NORMAL, "  %s", pr->problem);
		return;
	}
	if (!there) {
		doc_glyph(d, STYLE_QUIET, GLYPH_OFF);
		doc_add(d, STYLE_QUIET, "  not there");
		return;
	}
	/* a hash that nobody vouches for proves nothing of the content */
	if (e->hashed && (e->voucher != CACHE_NOBODY || !is_content(p)))
		doc_glyph(d, STYLE_GOOD, GLYPH_GOOD);
	else
		doc_glyph(d, STYLE_QUIET, GLYPH_LEAF);
	add_size(d, e, p);
}

static void field(struct doc *d, const char *label, unsigned style, const char *text)
{
	if (!text[0])
		return;
	doc_field(d, label);
	doc_add(d, style, text);
}

static void problem_doc(struct doc *d, const struct cache_problem *p)
{
	doc_blank(d);
	doc_line(d);
	doc_glyph(d, describe_severity_style(p->severity), describe_severity_glyph(p->severity));
	doc_addf(d, STYLE_STRONG, " %s", p->problem);
	field(d, "file", STYLE_NORMAL, p->file);
	field(d, "expected", STYLE_NORMAL, p->expected);
	field(d, "found", STYLE_STRONG, p->found);
	field(d, "go says", STYLE_NORMAL, p->go_says);
	field(d, "remedy", STYLE_NORMAL, p->remedy);
}

static const char *vouched_by(const struct cache_entry *e)
{
	switch (e->voucher) {
	case CACHE_GOSUM: return "go.sum vouches for it";
	case CACHE_SUMDB: return "the checksum database vouches for it";
	default:
		return "go.sum has no line for it, and no answer of the checksum database is kept: go "
		       "asks it for the line, unless GONOSUMDB or GOPRIVATE names the module";
	}
}

/* Of an entry that was not hashed. */
static const char *why_unverified(const struct cache_entry *e)
{
	if (e->files[CACHE_ZIP].mode || e->files[CACHE_TREE].mode)
		return "  v hashes it";
	if (e->files[CACHE_MOD].mode)
		return "  go.sum has no line for its go.mod; v asks the checksum database";
	return "  no hash covers its .info; go fetches the rest when it needs it";
}

void cache_doc_entry(const struct cache_report *r, const struct cache_entry *e, struct doc *d)
{
	struct buf b = BUF_INIT;
	size_t others = cache_other_versions(r, e);

	describe_modver(&b, e->mod);
	doc_heading(d, b.data);
	doc_blank(d);
	doc_field(d, "state");
	doc_glyph(d, cache_doc_style(e->state), cache_doc_glyph(e->state));
	doc_addf(d, STYLE_STRONG, " %s", cache_state_name(e->state));
	if (e->state == CACHE_UNVERIFIED && !e->hashed)
		doc_add(d, STYLE_QUIET, why_unverified(e));
	buf_clear(&b);
	gauge_bytes(&b, cache_entry_bytes(e));
	doc_field(d, "size");
	doc_add(d, STYLE_NORMAL, b.data);
	doc_add(d, STYLE_QUIET,
		e->used ? "   used by this project" : "   not used by this project");
	if (others)
		doc_addf(d, STYLE_QUIET, "   %s other version%s here", GAUGE_N(others),
			 others == 1 ? "" : "s");
	doc_blank(d);
	for (int p = 0; p < CACHE_FILES; p++)
		file_line(d, e, (enum cache_part)p);
	if (e->hashed && e->sum[0]) {
		doc_field(d, "hash");
		doc_add(d, STYLE_NORMAL, e->sum);
		doc_newline(d);
		doc_add(d, STYLE_QUIET, vouched_by(e));
	}
	for (size_t i = 0; i < e->n_problems; i++)
		problem_doc(d, &e->problems[i]);
	buf_release(&b);
}

void cache_doc_other(const struct cache_other *o, struct doc *d)
{
	struct buf b = BUF_INIT;

	doc_heading(d, o->about[0] ? o->about : cache_other_kind_name(o->kind));
	doc_blank(d);
	field(d, "kind", STYLE_NORMAL, cache_other_kind_name(o->kind));
	field(d, "file", STYLE_NORMAL, o->file);
	gauge_bytes(&b, o->bytes);
	doc_field(d, "size");
	doc_addf(d, STYLE_NORMAL, "%s in %s file%s", b.data, GAUGE_N(o->n_files),
		 o->n_files == 1 ? "" : "s");
	if (o->n_proven) {
		doc_field(d, "proven");
		doc_addf(d, STYLE_GOOD, "%s", GAUGE_N(o->n_proven));
		doc_add(d, STYLE_QUIET, "   lead to a signed tree");
	}
	if (o->n_unproven) {
		doc_field(d, "unproven");
		doc_addf(d, STYLE_NORMAL, "%s", GAUGE_N(o->n_unproven));
		doc_addf(d, STYLE_QUIET, "   %s", o->unproven);
	}
	for (size_t i = 0; i < o->n_problems; i++)
		problem_doc(d, &o->problems[i]);
	buf_release(&b);
}
