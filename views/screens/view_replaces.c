#include "app/app.h"
#include "gauge.h"
#include "texts/describe.h"
#include "texts/diff_doc.h"
#include "texts/release_text.h"
#include "texts/replaces_text.h"

/* A line in the detail pane; the files in which a replacement differs in the list, one's lines in the pane; what dependents get in the pane. */
enum shown { SHOWN_LINE, SHOWN_DIFFERENCE, SHOWN_DEPENDENTS };

struct replaces_view {
	struct list list;
	struct part *part, *release, *difference, *imports; /* kept: rows borrow from them */
	const struct load_replaces *lr;
	const struct checklist *points; /* NULL until requested */
	enum shown shown;
	char *diffed;	  /* the module whose replacement is compared; owned, NULL: none yet */
	size_t diffed_at; /* its row */
	struct buf empty;
	bool asked;	 /* for the points */
	const char *tag; /* for which; "": the next version */
};

static struct replaces_view *state(const void *v)
{
	return view_state(v, "replaces");
}

static bool in_files(const struct replaces_view *s)
{
	return s->shown == SHOWN_DIFFERENCE;
}

/* NULL while it is compared. */
static const struct load_replacement *difference(const struct replaces_view *s)
{
	const struct load_replacement *r = s->difference ? s->difference->data : NULL;

	return r && s->diffed && str_eq(r->mod.path, s->diffed) ? r : NULL;
}

static size_t n_files(const struct replaces_view *s)
{
	return difference(s) ? difference(s)->diff.n : 0;
}

static size_t n_lines(const struct replaces_view *s)
{
	return s->lr ? s->lr->replaces.n : 0;
}

/* A line, then the heading of the points, then the points. */
static const struct replaces_row *line_at(const struct replaces_view *s, size_t i)
{
	return i < n_lines(s) && !in_files(s) ? &s->lr->replaces.rows[i] : NULL;
}

static const struct checklist_point *point_at(const struct replaces_view *s, size_t i)
{
	return s->points && !in_files(s) && i > n_lines(s) && i != LIST_NONE
		       ? &s->points->points[i - n_lines(s) - 1]
		       : NULL;
}

static size_t row_count(void *ctx)
{
	const struct replaces_view *s = state(ctx);

	return in_files(s) ? n_files(s) : n_lines(s) + (s->points ? s->points->n + 1 : 0);
}

static bool row_skip(void *ctx, size_t i)
{
	return !in_files(state(ctx)) && i == n_lines(state(ctx));
}

enum { COLUMN_MARK, COLUMN_TEXT, COLUMN_PLACE, COLUMN_USED };

static void heading_cell(const struct replaces_view *s, unsigned column, struct line *out)
{
	struct buf b = BUF_INIT;

	if (column != COLUMN_MARK) /* a heading is its first cell */
		return;
	release_text_counts(&b, s->points);
	line_addf(out, release_text_answer_style(s->points), "release%s%s: %s",
		  s->points->tag[0] ? " " : "", s->points->tag, b.data);
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

static void file_cell(const struct load_replacement *r, size_t i, unsigned column, struct line *out)
{
	const struct treediff_file *f = &r->diff.files[i];
	unsigned style = f->op == '+' ? STYLE_ADDED : f->op == '-' ? STYLE_REMOVED : STYLE_NORMAL;
	const struct load_replacement_file *n = &r->files[i];

	if (column == COLUMN_MARK)
		line_addf(out, style, "%c", f->op == '~' ? 'M' : f->op);
	else if (column == COLUMN_TEXT)
		line_add(out, style, f->name);
	else if (column == COLUMN_PLACE && (n->added || n->removed))
		line_addf(out, STYLE_QUIET, "+%s -%s", GAUGE_N(n->added), GAUGE_N(n->removed));
}

static void row_cell(void *ctx, size_t i, unsigned column, struct line *out)
{
	const struct replaces_view *s = state(ctx);

	if (in_files(s))
		file_cell(difference(s), i, column, out);
	else if (line_at(s, i))
		line_cell(s, line_at(s, i), column, out);
	else if (point_at(s, i))
		point_cell(point_at(s, i), column, out);
	else
		heading_cell(s, column, out);
}

static const struct list_ops list_ops = { .count = row_count, .cell = row_cell, .skip = row_skip };

static const struct list_column columns[] = {
	{ .id = "mark", .title = "", .min = 1, .max = 1 },
	{ .id = "line", .title = "line", .min = 36, .flex = 1, .cut = CUT_MIDDLE },
	{ .id = "place",
	  .title = "where",
	  .min = 9,
	  .max = 20,
	  .priority = 1,
	  .cut = CUT_START,
	  .whole = true },
	{ .id = "used", .title = "effect", .min = 13, .max = 14, .priority = 2 },
};

static const struct list_column file_columns[] = {
	{ .id = "op", .title = "", .min = 1, .max = 1 },
	{ .id = "file", .title = "file", .min = 24, .flex = 1, .cut = CUT_START },
	{ .id = "lines", .title = "lines", .min = 6, .max = 14, .priority = 1 },
};

#define NO_LINES "No replace, exclude, retract, tool, ignore, godebug or use line."

static void replaces_open(struct view *v)
{
	struct replaces_view *s = state(v);

	list_init(&s->list, &list_ops, v, columns, ARRAY_LEN(columns));
	s->tag = "";
	s->list.header = true;
	s->list.no_marks = true;
	s->list.sort = -1;
	s->list.empty = NO_LINES;
	v->list = &s->list;
}

static bool replaces_option(struct view *v, const char *name, const char *value)
{
	struct replaces_view *s = state(v);

	s->asked = true;
	if (str_eq(name, "tag"))
		s->tag = value;
	return str_eq(name, "tag") || str_eq(name, "release");
}

static void replaces_release(struct view *v)
{
	struct replaces_view *s = state(v);

	list_release(&s->list);
	part_unref(s->part);
	part_unref(s->release);
	part_unref(s->difference);
	part_unref(s->imports);
	free(s->diffed);
	buf_release(&s->empty);
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

/* What stands in the place of files that are not there. */
static void tell_empty(struct view *v)
{
	struct replaces_view *s = state(v);
	const struct err *e;

	s->list.empty = NO_LINES;
	if (!in_files(s))
		return;
	e = app_error(v->app, REQUEST(PART_REPLACEMENT, .module = s->diffed));
	buf_clear(&s->empty);
	buf_addstr(&s->empty, e ? e->text
			      : difference(s)
				      ? "The replacement has the same files as what it replaces."
				      : "Comparing.");
	s->list.empty = s->empty.data;
}

static void want_difference(struct view *v)
{
	struct replaces_view *s = state(v);
	const struct request *r;

	if (!in_files(s))
		return;
	r = REQUEST(PART_REPLACEMENT, .module = s->diffed);
	app_want(v->app, r);
	if (take(&s->difference, snapshot_part(app_snapshot(v->app), r)))
		list_refresh(&s->list);
}

static void want_more(struct view *v)
{
	struct replaces_view *s = state(v);

	app_want(v->app, REQUEST(PART_IMPORTS));
	take(&s->imports, snapshot_part(app_snapshot(v->app), REQUEST(PART_IMPORTS)));
	if (s->asked)
		app_want(v->app, REQUEST(PART_RELEASE, .module = s->tag));
	want_difference(v);
	tell_empty(v);
}

static void replaces_refresh(struct view *v)
{
	struct replaces_view *s = state(v);

	if (take(&s->part, snapshot_part(app_snapshot(v->app), REQUEST(PART_REPLACES))))
		s->lr = s->part->data;
	if (take(&s->release,
		 snapshot_part(app_snapshot(v->app), REQUEST(PART_RELEASE, .module = s->tag))))
		s->points = s->release->data;
	want_more(v);
	list_refresh(&s->list);
	view_touch(v);
}

static void set_columns(struct list *l, const struct list_column *c, unsigned n)
{
	l->columns = c;
	l->n_columns = n;
	list_reset_widths(l);
}

static void leave_files(struct replaces_view *s)
{
	if (!in_files(s))
		return;
	s->shown = SHOWN_LINE;
	s->list.empty = NO_LINES;
	set_columns(&s->list, columns, ARRAY_LEN(columns));
	list_refresh(&s->list);
	list_go(&s->list, s->diffed_at);
}

static bool replaces_go(struct view *v, const char *target)
{
	struct replaces_view *s = state(v);
	bool found = false;

	leave_files(s);
	for (size_t i = 0; i < n_lines(s) && !found; i++) {
		struct buf b = BUF_INIT;

		replaces_text(line_at(s, i), &b);
		found = (str_eq(b.data, target) || str_eq(line_at(s, i)->mod.path, target)) &&
			list_go(&s->list, i);
		buf_release(&b);
	}
	return found;
}

static void replaces_place(struct view *v, struct buf *b)
{
	const struct replaces_view *s = state(v);

	if (current(v))
		replaces_text(current(v), b);
	else if (in_files(s) && s->diffed_at < n_lines(s))
		replaces_text(&s->lr->replaces.rows[s->diffed_at], b);
}

/* A file that differs, or the line. */
static void replaces_copy(struct view *v, struct buf *b)
{
	if (in_files(state(v)) && list_row(v->list) != LIST_NONE)
		buf_addstr(b, difference(state(v))->diff.files[list_row(v->list)].name);
	else
		replaces_place(v, b);
}

static void file_doc(const struct load_replacement *r, size_t i, struct doc *d)
{
	const struct load_replacement_file *f = &r->files[i];

	doc_heading(d, r->diff.files[i].name);
	doc_blank(d);
	if (f->len)
		diff_doc_add(d, r->patch + f->at, f->len);
	else
		doc_addf(d, STYLE_ATTENTION,
			 "the difference is longer than what is shown: modscope replaces --diff %s",
			 r->mod.path);
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
	} else if (in_files(s)) {
		if (list_row(v->list) != LIST_NONE)
			file_doc(difference(s), list_row(v->list), d);
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

static void files_heading(const struct replaces_view *s, struct line *l)
{
	const struct load_replacement *r = difference(s);

	line_addf(l, STYLE_NORMAL, "  %s", s->diffed);
	if (!r)
		return;
	line_addf(l, STYLE_NORMAL, " %s => %s%s%s", r->mod.version, r->to.path,
		  r->to.version[0] ? " " : "", r->to.version);
	line_addf(l, STYLE_QUIET, "  %s file%s, %s the same", GAUGE_N(r->diff.n),
		  r->diff.n == 1 ? " differs" : "s differ", GAUGE_N(r->diff.n_same));
}

static void replaces_heading(struct view *v, struct line *l)
{
	const struct replaces_view *s = state(v);
	size_t n = n_lines(s);

	if (in_files(s)) {
		files_heading(s, l);
		return;
	}
	if (s->lr)
		line_addf(l, STYLE_QUIET, "  %s line%s", GAUGE_N(n), n == 1 ? "" : "s");
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
	leave_files(s);
	s->shown = SHOWN_LINE;
	view_touch(v);
	return true;
}

static void run_dependents(void *ctx, int arg)
{
	struct view *v = ctx;
	struct replaces_view *s = state(v);

	(void)arg;
	leave_files(s);
	s->shown = s->shown == SHOWN_DEPENDENTS ? SHOWN_LINE : SHOWN_DEPENDENTS;
	want_more(v);
	view_touch(v);
}

static void enter_files(struct view *v)
{
	struct replaces_view *s = state(v);

	free(s->diffed);
	s->diffed = xstrdup(replaced_module(v));
	s->diffed_at = list_row(v->list);
	s->shown = SHOWN_DIFFERENCE;
	set_columns(&s->list, file_columns, ARRAY_LEN(file_columns));
	want_more(v);
	list_refresh(&s->list);
	list_move(&s->list, LIST_TOP);
}

static void run_difference(void *ctx, int arg)
{
	struct view *v = ctx;

	(void)arg;
	if (in_files(state(v)))
		leave_files(state(v));
	else
		enter_files(v);
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

static bool replaces_something(void *ctx)
{
	return in_files(state(ctx)) || replaced_module(ctx);
}

static bool has_lines(void *ctx)
{
	return n_lines(state(ctx)) > 0;
}

static bool has_no_points(void *ctx)
{
	return !has_points(ctx);
}

static bool is_point(const struct checklist_point *p, const char *id)
{
	return str_eq(p->id, id);
}

/* The view that has more about a point; NULL: its file has. */
static const char *view_of_point(const struct checklist_point *p)
{
	if (is_point(p, "tidy") || is_point(p, "sums"))
		return "tidy";
	if (is_point(p, "retracted") || is_point(p, "deprecated"))
		return p->line ? NULL : "versions";
	return is_point(p, "tag") && p->verdict == CHECKLIST_UNKNOWN ? "proxy" : NULL;
}

/* The row of the replace line that a point is about. */
static size_t line_of_point(const struct replaces_view *s, const struct checklist_point *p)
{
	for (size_t i = 0; i < n_lines(s) && str_has_prefix(p->id, "replace-") && p->line; i++)
		if (s->lr->replaces.rows[i].line == p->line && s->lr->replaces.rows[i].main[0])
			return i;
	return LIST_NONE;
}

static bool point_opens(const struct replaces_view *s, const struct checklist_point *p)
{
	return p->file[0] || view_of_point(p) || (is_point(p, "dependents") && s->lr->dependents.n);
}

static bool replaces_opens(struct view *v)
{
	const struct replaces_view *s = state(v);
	const struct checklist_point *p = point_at(s, list_row(v->list));

	return in_files(s) || current(v) || (p && point_opens(s, p));
}

static void go_to_point(struct view *v, const struct checklist_point *p)
{
	struct replaces_view *s = state(v);
	size_t line = line_of_point(s, p);
	struct arena a = ARENA_INIT;

	if (line != LIST_NONE)
		list_go(&s->list, line);
	else if (view_of_point(p))
		app_open(v->app, view_of_point(p), NULL);
	else if (is_point(p, "dependents") && s->lr->dependents.n)
		run_dependents(v, 0);
	else if (p->file[0])
		app_edit(v->app, arena_fmt(&a, "%s/%s", s->lr->graph->dir, p->file), p->line);
	arena_release(&a);
}

static void replaces_activate(struct view *v)
{
	const struct replaces_view *s = state(v);
	size_t i = list_row(v->list);
	const struct treediff_file *f;

	if (in_files(s) && i != LIST_NONE) {
		f = &difference(s)->diff.files[i];
		app_edit(v->app, f->is ? f->is : f->was, 1);
	} else if (current(v)) {
		app_edit(v->app, current(v)->file, current(v)->line);
	} else if (point_at(s, i)) {
		go_to_point(v, point_at(s, i));
	}
}

static void replaces_command(struct view *v, struct buf *b)
{
	const struct replaces_view *s = state(v);

	buf_addstr(b, "modscope replaces");
	if (in_files(s))
		buf_addf(b, " --diff %s", s->diffed);
	else if (point_at(s, list_row(v->list)))
		buf_addstr(b, " --release");
}

static const struct action actions[] = {
	{ "difference", "d", "diff",
	  "the files in which the replacement differs from what it replaces", replaces_something,
	  run_difference, 0, 0 },
	{ "dependents", "i", "dependents", "show what a dependent gets instead", has_lines,
	  run_dependents, 0, 0 },
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
	.option = replaces_option,
	.release = replaces_release,
	.refresh = replaces_refresh,
	.go = replaces_go,
	.place = replaces_place,
	.heading = replaces_heading,
	.detail = replaces_detail,
	.activate = replaces_activate,
	.opens = replaces_opens,
	.back = replaces_back,
	.copy = replaces_copy,
	.command = replaces_command,
};
