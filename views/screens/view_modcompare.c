#include "app/app.h"
#include "gauge.h"
#include "parts/load.h"
#include "texts/describe.h"
#include "texts/diff_doc.h"
#include "texts/origin_text.h"

/* Identifiers, requirements, files and commits are in one table. */
enum row_kind { ROW_IDENT, ROW_REQUIRE, ROW_FILE, ROW_COMMIT };
struct row {
	enum row_kind kind;
	size_t at;     /* in its list */
	size_t n_used; /* of an identifier: places */
	int rank;      /* worst first */
};

struct modcompare_view {
	struct modver was, is; /* owned; path NULL: nothing requested */
	char *file;	       /* whose diff is requested; owned, "" */
	struct part *part, *diff_part;
	const struct load_modcompare *m, *diff;
	VEC(struct row) table;
	struct list list;
	struct rows rows;
	struct buf text;
};

static struct modcompare_view *state(const void *v)
{
	return view_state(v, "modcompare");
}

enum { COLUMN_WHAT, COLUMN_NAME, COLUMN_WAS, COLUMN_IS, COLUMN_USED };

static const struct list_column columns[] = {
	{ .id = "what", .title = "what", .min = 8, .max = 10 },
	{ .id = "name", .title = "name", .min = 24, .flex = 1, .match = true, .cut = CUT_MIDDLE },
	{ .id = "was", .title = "was", .min = 7, .max = 26, .priority = 2, .cut = CUT_END },
	{ .id = "is", .title = "is", .min = 7, .max = 26, .priority = 2, .cut = CUT_END },
	{ .id = "used", .title = "used", .min = 5, .max = 8, .right = true, .priority = 1 },
};

static size_t table_count(void *ctx)
{
	return state(ctx)->table.n;
}

static const struct row *row_at(const void *v, size_t i)
{
	return &state(v)->table.items[i];
}

static const struct goapi_change *ident_at(const struct modcompare_view *s, const struct row *r)
{
	return &s->m->differs.api.items[r->at];
}

static const struct goapi_ident *known(const struct goapi_change *c)
{
	return c->is ? c->is : c->was;
}

/* "http2.Server", "go", "internal/x.go" */
static void name_of(const struct modcompare_view *s, const struct row *r, struct buf *b)
{
	const struct goapi_ident *i;

	switch (r->kind) {
	case ROW_IDENT:
		i = known(ident_at(s, r));
		buf_addf(b, "%s%s%s", i->package, *i->package ? "." : "", i->name);
		break;
	case ROW_REQUIRE: buf_addstr(b, s->m->differs.requires[r->at].path); break;
	case ROW_FILE: buf_addstr(b, s->m->differs.files[r->at].name); break;
	case ROW_COMMIT:
		buf_addf(b, "%.7s %s", s->m->log.commits[r->at].id,
			 s->m->log.commits[r->at].subject);
		break;
	}
}

static const char *what_of(const struct modcompare_view *s, const struct row *r)
{
	switch (r->kind) {
	case ROW_IDENT: return goapi_op_name(ident_at(s, r)->op);
	case ROW_REQUIRE: return compare_kind_name(s->m->differs.requires[r->at].kind);
	case ROW_COMMIT: return "commit";
	default:
		return s->m->differs.files[r->at].kind == COMPARE_REPLACED
			       ? "changed"
			       : compare_kind_name(s->m->differs.files[r->at].kind);
	}
}

static uint64_t table_key(void *ctx, size_t row)
{
	const struct modcompare_view *s = state(ctx);
	struct buf b = BUF_INIT;
	uint64_t h;

	name_of(s, row_at(ctx, row), &b);
	h = hash_bytes(b.data, b.len, (uint64_t)row_at(ctx, row)->kind + 3);
	h = hash_bytes(what_of(s, row_at(ctx, row)), 2, h);
	buf_release(&b);
	return h | 1;
}

static unsigned style_of(const struct row *r)
{
	return r->n_used ? STYLE_BAD : r->rank <= 2 ? STYLE_ATTENTION : STYLE_NORMAL;
}

static void side_cell(const struct modcompare_view *s, const struct row *r, bool newer,
		      struct line *out)
{
	const struct modcompare *d = &s->m->differs;

	if (r->kind == ROW_REQUIRE) {
		const char *v = newer ? d->requires[r->at].is : d->requires[r->at].was;

		line_add(out, newer ? STYLE_STRONG : STYLE_QUIET, *v ? v : "-");
	} else if (r->kind == ROW_FILE) {
		line_addf(out, STYLE_QUIET, "%s B",
			  GAUGE_N(newer ? d->files[r->at].is : d->files[r->at].was));
	}
}

static void table_cell(void *ctx, size_t row, unsigned column, struct line *out)
{
	const struct modcompare_view *s = state(ctx);
	const struct row *r = row_at(ctx, row);
	struct buf b = BUF_INIT;

	switch (column) {
	case COLUMN_WHAT: line_add(out, style_of(r), what_of(s, r)); break;
	case COLUMN_NAME:
		name_of(s, r, &b);
		line_addn(out, r->kind >= ROW_FILE ? STYLE_QUIET : STYLE_NORMAL, b.data, b.len);
		break;
	case COLUMN_USED:
		if (r->n_used)
			line_addf(out, STYLE_BAD, "%s", GAUGE_N(r->n_used));
		break;
	default: side_cell(s, r, column == COLUMN_IS, out);
	}
	buf_release(&b);
}

static const char *table_text(void *ctx, size_t row, size_t *len)
{
	struct modcompare_view *s = state(ctx);

	buf_clear(&s->text);
	name_of(s, row_at(ctx, row), &s->text);
	*len = s->text.len;
	return s->text.data;
}

static int table_compare(void *ctx, size_t i, size_t k, unsigned column)
{
	const struct row *x = row_at(ctx, i), *y = row_at(ctx, k);

	if (column == COLUMN_WHAT)
		return strcmp(what_of(state(ctx), x), what_of(state(ctx), y));
	if (column == COLUMN_USED && x->n_used != y->n_used)
		return x->n_used > y->n_used ? -1 : 1;
	return i < k ? -1 : i > k;
}

static const struct list_ops list_ops = { .count = table_count,
					  .key = table_key,
					  .cell = table_cell };
static const struct rows_ops rows_ops = { table_count, table_text, table_compare };

/* Order: identifiers used here, breaking changes, requirements, additions, files, commits. */
static int worst_first(const void *va, const void *vb)
{
	const struct row *a = va, *b = vb;
	int order = (b->n_used > 0) - (a->n_used > 0);

	if (!order)
		order = (a->rank > b->rank) - (a->rank < b->rank);
	return order ? order : (a->at > b->at) - (a->at < b->at);
}

static void add_rows(struct modcompare_view *s, enum row_kind kind, size_t n)
{
	static const int ranks[] = { 0, 3, 5, 6 };

	for (size_t i = 0; i < n; i++) {
		struct row r = { kind, i, 0, ranks[kind] };

		if (kind == ROW_IDENT)
			r.rank = s->m->differs.api.items[i].op == GOAPI_REMOVED	  ? 1
				 : s->m->differs.api.items[i].op == GOAPI_CHANGED ? 2
										  : 4;
		vec_push(&s->table, r);
	}
}

static void count_uses(struct modcompare_view *s)
{
	for (size_t i = 0; i < s->m->n_uses; i++)
		if (!s->m->uses[i].maybe)
			s->table.items[s->m->uses[i].id].n_used++;
}

static void collect(struct view *v)
{
	struct modcompare_view *s = state(v);

	s->table.n = 0;
	if (s->m) {
		add_rows(s, ROW_IDENT, s->m->differs.api.n);
		count_uses(s);
		add_rows(s, ROW_REQUIRE, s->m->differs.n_requires);
		add_rows(s, ROW_FILE, s->m->differs.n_files);
		add_rows(s, ROW_COMMIT, s->m->log.n);
		if (s->table.n)
			qsort(s->table.items, s->table.n, sizeof(*s->table.items), worst_first);
	}
	rows_refresh(&s->rows);
	rows_work(&s->rows, 4000);
	list_refresh(&s->list);
	view_touch(v);
}

/* The two versions */

static struct request_modcompare wanted(const struct modcompare_view *s, const char *file)
{
	return (struct request_modcompare){ s->was, s->is, file, false };
}

static bool take(struct view *v, const char *file, struct part **kept)
{
	struct modcompare_view *s = state(v);
	const struct request *r = REQUEST(PART_MODCOMPARE, .modcompare = wanted(s, file));
	struct part *p;

	app_want(v->app, r);
	p = snapshot_part(app_snapshot(v->app), r);
	if (p == *kept)
		return false;
	part_unref(*kept);
	*kept = p ? part_ref(p) : NULL;
	return true;
}

static void two_refresh(struct view *v)
{
	struct modcompare_view *s = state(v);

	if (!s->was.path)
		return;
	if (take(v, "", &s->part)) {
		s->m = s->part ? s->part->data : NULL;
		collect(v);
	}
	if (*s->file && take(v, s->file, &s->diff_part)) {
		s->diff = s->diff_part ? s->diff_part->data : NULL;
		view_touch(v);
	}
}

static void two_open(struct view *v)
{
	struct modcompare_view *s = state(v);

	buf_init(&s->text);
	list_init(&s->list, &list_ops, v, columns, ARRAY_LEN(columns));
	rows_init(&s->rows, &rows_ops, v);
	s->list.rows = &s->rows;
	s->list.header = true;
	s->list.no_marks = true;
	s->list.empty = "Mark two versions of a module in the view Versions and press =.";
	s->file = xstrdup("");
	v->list = &s->list;
	v->rows = &s->rows;
}

static void forget(struct modcompare_view *s)
{
	free((char *)(uintptr_t)s->was.path);
	free((char *)(uintptr_t)s->was.version);
	free((char *)(uintptr_t)s->is.path);
	free((char *)(uintptr_t)s->is.version);
	free(s->file);
	part_unref(s->part);
	part_unref(s->diff_part);
	s->part = s->diff_part = NULL;
	s->m = s->diff = NULL;
}

static void two_release(struct view *v)
{
	struct modcompare_view *s = state(v);

	forget(s);
	list_release(&s->list);
	rows_release(&s->rows);
	vec_release(&s->table);
	buf_release(&s->text);
}

static struct modver version_of(const char *s, size_t n)
{
	const char *at = memrchr(s, '@', n);
	size_t path = at ? (size_t)(at - s) : n;

	return (struct modver){ xstrndup(s, path),
				xstrndup(s + path + (at != NULL), n - path - (at != NULL)) };
}

/* "M@V M@W" */
static bool two_go(struct view *v, const char *target)
{
	struct modcompare_view *s = state(v);
	size_t n = strcspn(target, " ");

	if (!target[n])
		return false;
	forget(s);
	s->file = xstrdup("");
	s->was = version_of(target, n);
	s->is = version_of(target + n + 1, strlen(target + n + 1));
	s->list.empty = "Nothing differs.";
	collect(v);
	two_refresh(v);
	return true;
}

static void two_place(struct view *v, struct buf *b)
{
	const struct modcompare_view *s = state(v);

	if (s->was.path)
		buf_addf(b, "%s@%s %s@%s", s->was.path, s->was.version, s->is.path, s->is.version);
}

static void two_heading(struct view *v, struct line *l)
{
	const struct modcompare_view *s = state(v);
	const struct goapi_changes *api = s->m ? &s->m->differs.api : NULL;

	if (!s->was.path)
		return;
	line_addf(l, STYLE_STRONG, "  %s ", s->was.path);
	line_addf(l, STYLE_QUIET, "%s ", s->m ? s->m->was.version : s->was.version);
	line_glyph(l, STYLE_QUIET, GLYPH_ARROW);
	line_addf(l, STYLE_STRONG, " %s", s->m ? s->m->is.version : s->is.version);
	if (api)
		line_addf(l, STYLE_QUIET, "  API -%s ~%s +%s  files %s%s",
			  GAUGE_N(api->count[GOAPI_REMOVED]), GAUGE_N(api->count[GOAPI_CHANGED]),
			  GAUGE_N(api->count[GOAPI_ADDED]), GAUGE_N(s->m->differs.n_files),
			  s->m->differs.licence ? "  licence!" : "");
}

/* Details */

static void add_ident(struct doc *d, const struct modcompare_view *s, const struct row *r)
{
	const struct goapi_change *c = ident_at(s, r);

	doc_field(d, goapi_op_name(c->op));
	doc_addf(d, STYLE_QUIET, "%s:%d%s", known(c)->file, known(c)->line,
		 goapi_is_internal(known(c)->package) ? "  internal" : "");
	if (c->was) {
		doc_field(d, "was");
		doc_add(d, STYLE_BAD, c->was->decl);
	}
	if (c->is) {
		doc_field(d, "is");
		doc_add(d, STYLE_GOOD, c->is->decl);
	}
	for (size_t i = 0; i < s->m->n_uses; i++) {
		if (s->m->uses[i].id != r->at)
			continue;
		doc_field(d, s->m->uses[i].maybe ? "maybe" : "used at");
		doc_addf(d, s->m->uses[i].maybe ? STYLE_QUIET : STYLE_ATTENTION, "%s:%d",
			 s->m->uses[i].file, s->m->uses[i].line);
	}
	if (c->was && *s->m->unread) {
		doc_field(d, "used at");
		doc_addf(d, STYLE_BAD, "not all is known: %s", s->m->unread);
	}
}

static void add_file(struct view *v, struct doc *d, const char *name)
{
	const struct modcompare_view *s = state(v);

	if (!str_eq(s->file, name)) {
		doc_blank(d);
		doc_add(d, STYLE_QUIET, "enter shows the difference");
	} else if (s->diff) {
		doc_blank(d);
		diff_doc_add(d, s->diff->diff, s->diff->diff_len);
	}
}

static void add_commit(struct doc *d, const struct githistory_commit *c)
{
	doc_field(d, "commit");
	doc_add(d, STYLE_NORMAL, c->id);
	doc_field(d, "by");
	doc_add(d, STYLE_NORMAL, c->author);
	doc_field(d, "made");
	origin_text_day(d, c->time);
}

static void two_detail(struct view *v, struct doc *d)
{
	const struct modcompare_view *s = state(v);
	size_t row = s->m ? list_row(&s->list) : LIST_NONE;
	const struct err *e;
	struct buf b = BUF_INIT;

	if (!s->was.path)
		return;
	e = app_error(v->app, REQUEST(PART_MODCOMPARE, .modcompare = wanted(s, "")));
	if (!s->m)
		doc_add(d, e ? STYLE_BAD : STYLE_QUIET,
			e ? e->text : "fetching and comparing both versions");
	if (row == LIST_NONE)
		return;
	name_of(s, row_at(v, row), &b);
	doc_heading(d, b.data);
	if (row_at(v, row)->kind == ROW_IDENT) {
		add_ident(d, s, row_at(v, row));
	} else if (row_at(v, row)->kind == ROW_COMMIT) {
		add_commit(d, &s->m->log.commits[row_at(v, row)->at]);
	} else {
		doc_field(d, what_of(s, row_at(v, row)));
		if (row_at(v, row)->kind == ROW_FILE)
			add_file(v, d, b.data);
	}
	buf_release(&b);
}

static bool two_opens(struct view *v)
{
	size_t row = state(v)->m ? list_row(&state(v)->list) : LIST_NONE;

	return row != LIST_NONE && row_at(v, row)->kind == ROW_FILE;
}

static void two_activate(struct view *v)
{
	struct modcompare_view *s = state(v);
	size_t row = list_row(&s->list);

	if (!two_opens(v))
		return;
	free(s->file);
	s->file = xstrdup(s->m->differs.files[row_at(v, row)->at].name);
	two_refresh(v);
	view_touch(v);
}

static void two_copy(struct view *v, struct buf *b)
{
	size_t row = state(v)->m ? list_row(&state(v)->list) : LIST_NONE;

	if (row != LIST_NONE)
		name_of(state(v), row_at(v, row), b);
}

static void two_command(struct view *v, struct buf *b)
{
	buf_addstr(b, "modscope compare ");
	two_place(v, b);
}

const struct view_ops view_modcompare = {
	.name = "modcompare",
	.title = "Compare versions",
	.called = "compare-versions",
	.help = "what differs in two versions of a module: what it exports, requires and holds",
	.split = 60,
	.needs = NEEDS(PART_GRAPH),
	.state_size = sizeof(struct modcompare_view),
	.open = two_open,
	.release = two_release,
	.refresh = two_refresh,
	.go = two_go,
	.place = two_place,
	.heading = two_heading,
	.detail = two_detail,
	.activate = two_activate,
	.opens = two_opens,
	.copy = two_copy,
	.command = two_command,
};
