#include "app/app.h"
#include "texts/describe.h"
#include "texts/release_text.h"
#include "texts/replaces_text.h"

/* Contents of the detail pane. */
enum shown { SHOWN_LINE, SHOWN_DIFFERENCE, SHOWN_DEPENDENTS };

struct replaces_view {
	struct list list;
	struct part *part, *release, *difference, *imports; /* kept: rows borrow from them */
	const struct load_replaces *lr;
	const struct checklist *points; /* NULL until requested */
	enum shown shown;
	bool asked; /* for the points */
};

static struct replaces_view *state(const void *v)
{
	return view_state(v, "replaces");
}

static size_t n_lines(const struct replaces_view *s)
{
	return s->lr ? s->lr->replaces.n : 0;
}

/* A line, then the heading of the points, then the points. */
static const struct replaces_row *line_at(const struct replaces_view *s, size_t i)
{
	return i < n_lines(s) ? &s->lr->replaces.rows[i] : NULL;
}

static const struct checklist_point *point_at(const struct replaces_view *s, size_t i)
{
	return s->points && i > n_lines(s) && i != LIST_NONE
		       ? &s->points->points[i - n_lines(s) - 1]
		       : NULL;
}

static size_t row_count(void *ctx)
{
	const struct replaces_view *s = state(ctx);

	return n_lines(s) + (s->points ? s->points->n + 1 : 0);
}

static bool row_skip(void *ctx, size_t i)
{
	return i == n_lines(state(ctx));
}

enum { COLUMN_MARK, COLUMN_TEXT, COLUMN_PLACE, COLUMN_USED };

static void heading_cell(const struct replaces_view *s, unsigned column, struct line *out)
{
	struct buf b = BUF_INIT;

	if (column != COLUMN_MARK) /* a heading is its first cell */
		return;
	release_text_verdict(&b, s->points);
	line_addf(out, release_text_answer_style(s->points), "release %s", b.data);
	buf_release(&b);
}

static void point_cell(const struct checklist_point *p, unsigned column, struct line *out)
{
	switch (column) {
	case COLUMN_MARK: line_glyph(out, release_text_style(p), release_text_glyph(p)); break;
	case COLUMN_TEXT: line_add(out, STYLE_NORMAL, p->text); break;
	case COLUMN_PLACE:
		if (p->file[0] && p->line)
			line_addf(out, STYLE_QUIET, "%s:%d", p->file, p->line);
		else
			line_add(out, STYLE_QUIET, p->file);
		break;
	default: line_add(out, STYLE_QUIET, p->id);
	}
}

static void line_cell(const struct replaces_view *s, const struct replaces_row *row,
		      unsigned column, struct line *out)
{
	struct buf b = BUF_INIT;

	if (column == COLUMN_TEXT)
		replaces_text(row, &b);
	else if (column == COLUMN_PLACE)
		replaces_text_place(&b, s->lr, row->file, row->line);
	else if (column == COLUMN_USED)
		buf_addstr(&b, row->used ? "used" : "no effect");
	if (column == COLUMN_MARK)
		line_glyph(out, replaces_text_style(row), replaces_text_glyph(row));
	else
		line_addn(out, column == COLUMN_TEXT ? STYLE_NORMAL : STYLE_QUIET, b.data, b.len);
	buf_release(&b);
}

static void row_cell(void *ctx, size_t i, unsigned column, struct line *out)
{
	const struct replaces_view *s = state(ctx);

	if (line_at(s, i))
		line_cell(s, line_at(s, i), column, out);
	else if (point_at(s, i))
		point_cell(point_at(s, i), column, out);
	else
		heading_cell(s, column, out);
}

static const struct list_ops list_ops = { .count = row_count, .cell = row_cell, .skip = row_skip };

static const struct list_column columns[] = {
	{ .id = "mark", .title = "", .min = 1, .max = 1 },
	{ .id = "line", .title = "line", .min = 20, .flex = 1, .cut = CUT_MIDDLE },
	{ .id = "place",
	  .title = "where",
	  .min = 9,
	  .max = 20,
	  .priority = 1,
	  .cut = CUT_START,
	  .whole = true },
	{ .id = "used", .title = "effect", .min = 13, .max = 14, .priority = 2 },
};

static void replaces_open(struct view *v)
{
	struct replaces_view *s = state(v);

	list_init(&s->list, &list_ops, v, columns, ARRAY_LEN(columns));
	s->list.header = true;
	s->list.no_marks = true;
	s->list.sort = -1;
	s->list.empty = "No replace, exclude, retract, tool, ignore, godebug or use line.";
	v->list = &s->list;
}

static void replaces_release(struct view *v)
{
	struct replaces_view *s = state(v);

	list_release(&s->list);
	part_unref(s->part);
	part_unref(s->release);
	part_unref(s->difference);
	part_unref(s->imports);
}

/* True if the part has changed. */
static bool take(struct part **kept, struct part *p)
{
	if (!p || p == *kept)
		return false;
	part_unref(*kept);
	*kept = part_ref(p);
	return true;
}

static const struct replaces_row *current(struct view *v)
{
	size_t i = list_row(v->list);

	return i == LIST_NONE ? NULL : line_at(state(v), i);
}

static const char *replaced_module(struct view *v)
{
	const struct replaces_row *row = current(v);

	return row && row->verb == REPLACES_REPLACE && row->used ? row->mod.path : NULL;
}

static void want_more(struct view *v)
{
	struct replaces_view *s = state(v);
	const char *path = replaced_module(v);

	app_want(v->app, REQUEST(PART_IMPORTS));
	take(&s->imports, snapshot_part(app_snapshot(v->app), REQUEST(PART_IMPORTS)));
	if (s->asked)
		app_want(v->app, REQUEST(PART_RELEASE, .module = ""));
	if (s->shown == SHOWN_DIFFERENCE && path) {
		app_want(v->app, REQUEST(PART_REPLACEMENT, .module = path));
		take(&s->difference, snapshot_part(app_snapshot(v->app),
						   REQUEST(PART_REPLACEMENT, .module = path)));
	}
}

static void replaces_refresh(struct view *v)
{
	struct replaces_view *s = state(v);

	if (take(&s->part, snapshot_part(app_snapshot(v->app), REQUEST(PART_REPLACES))))
		s->lr = s->part->data;
	if (take(&s->release,
		 snapshot_part(app_snapshot(v->app), REQUEST(PART_RELEASE, .module = ""))))
		s->points = s->release->data;
	want_more(v);
	list_refresh(&s->list);
	view_touch(v);
}

static bool replaces_go(struct view *v, const char *target)
{
	struct replaces_view *s = state(v);
	bool found = false;

	for (size_t i = 0; i < n_lines(s) && !found; i++) {
		struct buf b = BUF_INIT;

		replaces_text(line_at(s, i), &b);
		found = str_eq(b.data, target) && list_go(&s->list, i);
		buf_release(&b);
	}
	return found;
}

static void replaces_place(struct view *v, struct buf *b)
{
	if (current(v))
		replaces_text(current(v), b);
}

static void difference_doc(struct view *v, struct doc *d)
{
	const struct replaces_view *s = state(v);
	const char *path = replaced_module(v);
	const struct request *r = REQUEST(PART_REPLACEMENT, .module = path ? path : "");
	const struct err *e = path ? app_error(v->app, r) : NULL;
	const struct load_replacement *lr = s->difference ? s->difference->data : NULL;

	doc_heading(d, "difference to what it replaces");
	doc_line(d);
	if (!path)
		doc_add(d, STYLE_QUIET, "the line replaces nothing");
	else if (e)
		doc_add(d, STYLE_ATTENTION, e->text);
	else if (!lr || !str_eq(lr->mod.path, path))
		doc_add(d, STYLE_QUIET, "comparing");
	else {
		doc_addf(d, STYLE_NORMAL, "%zu files differ, %zu are the same", lr->diff.n,
			 lr->diff.n_same);
		for (size_t i = 0; i < lr->diff.n; i++) {
			doc_line(d);
			doc_addf(d, STYLE_NORMAL, "%c %s",
				 lr->diff.files[i].op == '~' ? 'M' : lr->diff.files[i].op,
				 lr->diff.files[i].name);
		}
		doc_blank(d);
		doc_line(d);
		doc_addn(d, STYLE_NORMAL, lr->patch, lr->patch_len);
	}
}

static void dependents_doc(const struct replaces_view *s, struct doc *d)
{
	struct buf b = BUF_INIT;

	doc_heading(d, "what a dependent gets");
	doc_line(d);
	if (s->lr->no_consumer[0]) {
		doc_add(d, STYLE_ATTENTION, s->lr->no_consumer);
		return;
	}
	replaces_text_dependents(&b, &s->lr->dependents);
	doc_addn(d, STYLE_NORMAL, b.data, b.len);
	buf_release(&b);
	for (size_t i = 0; i < s->lr->dependents.n; i++) {
		const struct dependents_row *x = &s->lr->dependents.rows[i];

		doc_line(d);
		doc_addf(d, STYLE_NORMAL, "%s  ", x->path);
		doc_addf(d, STYLE_QUIET, "%s ", x->here[0] ? x->here : "-");
		doc_glyph(d, STYLE_QUIET, GLYPH_ARROW);
		doc_addf(d, STYLE_STRONG, " %s", x->there[0] ? x->there : "-");
		doc_addf(d, STYLE_QUIET, "  %s", x->why);
	}
}

static void point_doc(const struct checklist_point *p, struct doc *d)
{
	doc_heading(d, p->id);
	doc_blank(d);
	doc_field(d, checklist_verdict_name(p->verdict));
	doc_add(d, release_text_style(p), p->text);
	if (p->file[0]) {
		doc_field(d, "file");
		doc_add(d, STYLE_NORMAL, p->file);
		if (p->line)
			doc_addf(d, STYLE_NORMAL, ":%d", p->line);
	}
	if (p->remedy[0] && p->verdict != CHECKLIST_PASS) {
		doc_field(d, "remedy");
		doc_add(d, STYLE_NORMAL, p->remedy);
	}
}

static void replaces_detail(struct view *v, struct doc *d)
{
	const struct replaces_view *s = state(v);
	const struct replaces_row *row = current(v);
	struct buf b = BUF_INIT;

	want_more(v);
	if (!s->lr)
		return;
	if (s->shown == SHOWN_DEPENDENTS) {
		dependents_doc(s, d);
	} else if (s->shown == SHOWN_DIFFERENCE) {
		difference_doc(v, d);
	} else if (row) {
		replaces_text(row, &b);
		doc_heading(d, b.data);
		doc_blank(d);
		replaces_text_doc(d, s->lr, row, s->imports ? s->imports->data : NULL);
	} else if (point_at(s, list_row(v->list))) {
		point_doc(point_at(s, list_row(v->list)), d);
	}
	buf_release(&b);
}

static void replaces_heading(struct view *v, struct line *l)
{
	const struct replaces_view *s = state(v);
	size_t n = n_lines(s);

	line_addf(l, STYLE_QUIET, "  %zu line%s", n, n == 1 ? "" : "s");
	if (s->points)
		line_addf(l, release_text_answer_style(s->points), "  %s",
			  release_text_answer(s->points));
}

/* Leaves the document shown instead of the line. */
static bool replaces_back(struct view *v)
{
	struct replaces_view *s = state(v);

	if (s->shown == SHOWN_LINE)
		return false;
	s->shown = SHOWN_LINE;
	view_touch(v);
	return true;
}

static void run_show(void *ctx, int shown)
{
	struct view *v = ctx;
	struct replaces_view *s = state(v);

	s->shown = s->shown == (enum shown)shown ? SHOWN_LINE : (enum shown)shown;
	want_more(v);
	view_touch(v);
}

static void run_release(void *ctx, int arg)
{
	struct view *v = ctx;

	(void)arg;
	state(v)->asked = true;
	want_more(v);
	view_touch(v);
}

static bool has_points(void *ctx)
{
	return state(ctx)->points != NULL;
}

static void run_save(void *ctx, int arg)
{
	struct view *v = ctx;
	const struct checklist *l = state(v)->points;
	struct buf b = BUF_INIT;

	(void)arg;
	for (size_t i = 0; i < l->n; i++)
		buf_addf(&b, "%s %s: %s\n", checklist_verdict_name(l->points[i].verdict),
			 l->points[i].id, l->points[i].text);
	release_text_verdict(&b, l);
	buf_addch(&b, '\n');
	app_save(v, "release.txt", buf_detach(&b));
}

static bool replaces_opens(struct view *v)
{
	const struct checklist_point *p = point_at(state(v), list_row(v->list));

	return current(v) || (p && p->file[0]);
}

static bool replaces_something(void *ctx)
{
	return state(ctx)->shown == SHOWN_DIFFERENCE || replaced_module(ctx);
}

static bool has_lines(void *ctx)
{
	return n_lines(state(ctx)) > 0;
}

static bool has_no_points(void *ctx)
{
	return !has_points(ctx);
}

static void replaces_activate(struct view *v)
{
	const struct replaces_view *s = state(v);
	const struct checklist_point *p = point_at(s, list_row(v->list));
	struct arena a = ARENA_INIT;

	if (current(v))
		app_edit(v->app, current(v)->file, current(v)->line);
	else if (p && p->file[0])
		app_edit(v->app, arena_fmt(&a, "%s/%s", s->lr->graph->dir, p->file), p->line);
	arena_release(&a);
}

static void replaces_command(struct view *v, struct buf *b)
{
	(void)v;
	buf_addstr(b, "modscope replaces");
}

static const struct action actions[] = {
	{ "difference", "d", "diff", "show how the replacement differs from what it replaces",
	  replaces_something, run_show, SHOWN_DIFFERENCE, 0 },
	{ "dependents", "i", "dependents", "show what a dependent gets instead", has_lines,
	  run_show, SHOWN_DEPENDENTS, 0 },
	{ "release", "v", "verdict", "the verdict: can the commit be tagged; asks the proxies",
	  has_no_points, run_release, 0, ACTION_FROM_AFAR },
	{ "save", "e", "save verdict", "write the verdict into a file", has_points, run_save, 0,
	  0 },
	{ 0 },
};

const struct view_ops view_replaces = {
	.name = "replaces",
	.title = "Replaces",
	.tab = true,
	.help = "replace lines and their like, what dependents get, the release checklist",
	.needs = NEEDS(PART_GRAPH) | NEEDS(PART_REPLACES),
	.state_size = sizeof(struct replaces_view),
	.actions = actions,
	.open = replaces_open,
	.release = replaces_release,
	.refresh = replaces_refresh,
	.go = replaces_go,
	.place = replaces_place,
	.heading = replaces_heading,
	.detail = replaces_detail,
	.activate = replaces_activate,
	.opens = replaces_opens,
	.back = replaces_back,
	.command = replaces_command,
};
