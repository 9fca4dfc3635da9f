#include "screens/compare_compiled.h"

#include "gauge.h"
#include "texts/compare_text.h"
#include "texts/describe.h"

static struct compare_view *state(const void *v)
{
	return compare_view_state(v);
}

enum { COLUMN_MARK, COLUMN_WHAT, COLUMN_PATH, COLUMN_WAS, COLUMN_IS, COLUMN_PACKAGES };

static const struct list_column columns[] = {
	{ .id = "mark", .title = "", .min = 1, .max = 1 },
	{ .id = "what", .title = "what", .min = 7, .max = 8, .priority = 2 },
	{ .id = "path", .title = "module", .min = 20, .flex = 2, .match = true, .cut = CUT_MIDDLE },
	{ .id = "was", .title = "was", .min = 7, .max = 26, .whole = true },
	{ .id = "is", .title = "is", .min = 7, .max = 26, .whole = true },
	{ .id = "packages",
	  .title = "packages",
	  .min = 16,
	  .flex = 3,
	  .priority = 1,
	  .cut = CUT_END },
};

static size_t compiled_count(void *ctx)
{
	const struct load_compare *lc = state(ctx)->lc;

	return lc && lc->platform ? lc->packages.n : 0;
}

static const struct compare_packages_module *module_at(const void *v, size_t row)
{
	return &state(v)->lc->packages.items[row];
}

static uint64_t compiled_key(void *ctx, size_t row)
{
	const char *s = module_at(ctx, row)->module;

	return hash_bytes(s, strlen(s), 31) | 1;
}

static enum compare_kind kind_of(const struct compare_packages_module *m)
{
	return !*m->was ? COMPARE_ADDED : !*m->is ? COMPARE_REMOVED : COMPARE_UP;
}

static void version_cell(struct line *out, unsigned style, const char *version)
{
	if (*version)
		describe_line_version(out, style, version);
	else
		line_add(out, STYLE_QUIET, "-");
}

static void add_names(struct line *out, const char *op, unsigned style,
		      const struct compare_package **list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		line_addf(out, style, "%s%s ", op, list[i]->path);
}

static void compiled_cell(void *ctx, size_t row, unsigned column, struct line *out)
{
	const struct compare_packages_module *m = module_at(ctx, row);
	enum compare_kind k = kind_of(m);

	switch (column) {
	case COLUMN_MARK:
		line_glyph(out, k == COMPARE_REMOVED ? STYLE_ATTENTION : STYLE_CHANGED,
			   compare_text_glyph(k));
		break;
	case COLUMN_WHAT: line_add(out, STYLE_QUIET, compare_packages_kind(m)); break;
	case COLUMN_PATH: line_add(out, STYLE_NORMAL, m->module); break;
	case COLUMN_WAS: version_cell(out, STYLE_QUIET, m->was); break;
	case COLUMN_IS: version_cell(out, STYLE_STRONG, m->is); break;
	default:
		add_names(out, "+", STYLE_GOOD, m->added, m->n_added);
		add_names(out, "-", STYLE_BAD, m->removed, m->n_removed);
	}
}

static const char *compiled_text(void *ctx, size_t row, size_t *len)
{
	const char *text = module_at(ctx, row)->module;

	*len = strlen(text);
	return text;
}

static int compiled_compare(void *ctx, size_t i, size_t k, unsigned column)
{
	const struct compare_packages_module *x = module_at(ctx, i), *y = module_at(ctx, k);

	switch (column) {
	case COLUMN_PATH: return strcmp(x->module, y->module);
	case COLUMN_WAS: return strcmp(x->was, y->was);
	case COLUMN_IS: return strcmp(x->is, y->is);
	default: return i < k ? -1 : i > k; /* added, removed, changed */
	}
}

static const struct list_ops list_ops = { .count = compiled_count,
					  .key = compiled_key,
					  .cell = compiled_cell };
static const struct rows_ops rows_ops = { compiled_count, compiled_text, compiled_compare };

void compare_compiled_init(struct view *v)
{
	struct compare_view *s = state(v);

	list_init(&s->compiled_list, &list_ops, v, columns, ARRAY_LEN(columns));
	rows_init(&s->compiled_rows, &rows_ops, v);
	s->compiled_list.rows = &s->compiled_rows;
	s->compiled_list.header = true;
	s->compiled_list.no_marks = true;
}

void compare_compiled_release(struct view *v)
{
	struct compare_view *s = state(v);

	list_release(&s->compiled_list);
	rows_release(&s->compiled_rows);
}

void compare_compiled_refresh(struct view *v)
{
	struct compare_view *s = state(v);

	s->compiled_list.empty = !s->lc ? "Reading the Go files of both."
				 : s->lc->unloaded[0]
					 ? "No difference in the packages that could be loaded."
					 : "The same packages are compiled in.";
	rows_refresh(&s->compiled_rows);
	rows_work(&s->compiled_rows, 4000);
	list_refresh(&s->compiled_list);
}

void compare_compiled_show(struct view *v)
{
	struct compare_view *s = state(v);

	v->list = &s->compiled_list;
	v->rows = &s->compiled_rows;
}

void compare_compiled_heading(struct view *v, struct line *l)
{
	const struct compare_view *s = state(v);

	if (!s->lc || !s->lc->platform)
		return;
	line_addf(l, STYLE_CHANGED, "  packages compiled in: %s module%s differ%s",
		  GAUGE_N(s->lc->packages.n), s->lc->packages.n == 1 ? "" : "s",
		  s->lc->packages.n == 1 ? "s" : "");
	line_addf(l, STYLE_QUIET, "  %s", s->lc->platform);
}

static void add_packages(struct doc *d, const char *label, unsigned style,
			 const struct compare_package **list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		doc_field(d, i ? "" : label);
		doc_add(d, style, list[i]->path);
		doc_field(d, "");
		doc_addf(d, STYLE_QUIET, "by %s", list[i]->chain);
	}
}

void compare_compiled_doc(struct view *v, struct doc *d)
{
	const struct compare_view *s = state(v);
	size_t row = s->lc ? list_row(&s->compiled_list) : LIST_NONE;
	const struct compare_packages_module *m;

	if (s->lc && s->lc->unloaded[0]) {
		doc_addf(d, STYLE_ATTENTION, "Not all packages could be loaded: %s",
			 s->lc->unloaded);
		doc_blank(d);
		doc_line(d);
	}
	if (row == LIST_NONE)
		return;
	m = module_at(v, row);
	doc_heading(d, m->module);
	doc_field(d, compare_packages_kind(m));
	doc_addf(d, STYLE_NORMAL, "%s → %s", *m->was ? m->was : "-", *m->is ? m->is : "-");
	add_packages(d, "compiled in", STYLE_GOOD, m->added, m->n_added);
	add_packages(d, "no longer", STYLE_BAD, m->removed, m->n_removed);
}

struct modver compare_compiled_module(struct view *v)
{
	const struct compare_view *s = state(v);
	size_t row = s->lc ? list_row(&s->compiled_list) : LIST_NONE;
	const struct compare_packages_module *m = row == LIST_NONE ? NULL : module_at(v, row);

	return m ? (struct modver){ m->module, *m->is ? m->is : m->was }
		 : (struct modver){ "", "" };
}
