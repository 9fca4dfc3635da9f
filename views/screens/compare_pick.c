#include "screens/compare_pick.h"

#include "gauge.h"

static struct compare_view *state(const void *v)
{
	return compare_view_state(v);
}

enum { COLUMN_KIND, COLUMN_NAME, COLUMN_SUBJECT, COLUMN_AUTHOR, COLUMN_AGE };

static const struct list_column columns[] = {
	{ .id = "kind", .title = "", .min = 6, .max = 6, .priority = 3 },
	{ .id = "name",
	  .title = "revision",
	  .min = 8,
	  .max = 30,
	  .match = true,
	  .cut = CUT_MIDDLE },
	{ .id = "subject", .title = "subject", .min = 20, .flex = 1, .cut = CUT_END },
	{ .id = "author", .title = "author", .min = 8, .max = 24, .priority = 2, .cut = CUT_END },
	{ .id = "age", .title = "age", .min = 6, .max = 8, .right = true, .priority = 1 },
};

static size_t pick_count(void *ctx)
{
	const struct load_revisions *r = state(ctx)->revisions;

	return r ? r->n_names + r->n_commits : 0;
}

static const struct githistory_name *name_at(const void *v, size_t row)
{
	const struct load_revisions *r = state(v)->revisions;

	return row < r->n_names ? &r->names[row] : NULL;
}

static const struct githistory_commit *commit_at(const void *v, size_t row)
{
	const struct load_revisions *r = state(v)->revisions;

	return row < r->n_names ? &r->names[row].at : &r->commits[row - r->n_names];
}

static const char *revision_at(const void *v, size_t row)
{
	const struct githistory_name *n = name_at(v, row);

	return n ? n->name : commit_at(v, row)->id;
}

static uint64_t pick_key(void *ctx, size_t row)
{
	const char *s = revision_at(ctx, row);

	return hash_bytes(s, strlen(s), 29) | 1;
}

static const char *kind_of(const struct githistory_name *n)
{
	if (!n)
		return "commit";
	return n->kind == GITHISTORY_TAG      ? "tag"
	       : n->kind == GITHISTORY_BRANCH ? "branch"
					      : "remote";
}

static void pick_cell(void *ctx, size_t row, unsigned column, struct line *out)
{
	const struct view *v = ctx;
	const struct githistory_commit *c = commit_at(v, row);
	const struct githistory_name *n = name_at(v, row);
	struct buf b = BUF_INIT;

	switch (column) {
	case COLUMN_KIND: line_add(out, STYLE_QUIET, kind_of(n)); break;
	case COLUMN_NAME:
		if (n)
			line_add(out, STYLE_STRONG, n->name);
		else
			line_addf(out, STYLE_NORMAL, "%.7s", c->id);
		break;
	case COLUMN_SUBJECT: line_add(out, STYLE_NORMAL, c->subject); break;
	case COLUMN_AUTHOR: line_add(out, STYLE_QUIET, c->author); break;
	default: gauge_age(&b, app_time(v->app) - c->time); line_add(out, STYLE_QUIET, b.data);
	}
	buf_release(&b);
}

static const char *pick_text(void *ctx, size_t row, size_t *len)
{
	struct compare_view *s = state(ctx);

	buf_clear(&s->text);
	buf_addf(&s->text, "%s %s %s", revision_at(ctx, row), commit_at(ctx, row)->subject,
		 commit_at(ctx, row)->author);
	*len = s->text.len;
	return s->text.data;
}

static int pick_compare(void *ctx, size_t a, size_t b, unsigned column)
{
	const struct githistory_commit *x = commit_at(ctx, a), *y = commit_at(ctx, b);

	switch (column) {
	case COLUMN_NAME: return strcmp(revision_at(ctx, a), revision_at(ctx, b));
	case COLUMN_SUBJECT: return strcmp(x->subject, y->subject);
	case COLUMN_AUTHOR: return strcmp(x->author, y->author);
	case COLUMN_AGE: return (x->time < y->time) - (x->time > y->time);
	default: return a < b ? -1 : a > b;
	}
}

static const struct list_ops list_ops = { .count = pick_count, .key = pick_key, .cell = pick_cell };
static const struct rows_ops rows_ops = { pick_count, pick_text, pick_compare };

void compare_pick_init(struct view *v,
		       void (*chosen)(struct view *v, const char *was, const char *is))
{
	struct compare_view *s = state(v);

	s->chosen = chosen;
	buf_init(&s->text);
	list_init(&s->pick_list, &list_ops, v, columns, ARRAY_LEN(columns));
	rows_init(&s->pick_rows, &rows_ops, v);
	s->pick_list.rows = &s->pick_rows;
	s->pick_list.header = true;
	s->pick_list.empty = "The repository has no commits.";
}

void compare_pick_release(struct view *v)
{
	struct compare_view *s = state(v);

	list_release(&s->pick_list);
	rows_release(&s->pick_rows);
	buf_release(&s->text);
	part_unref(s->revisions_part);
}

void compare_pick_refresh(struct view *v)
{
	struct compare_view *s = state(v);
	struct part *p = snapshot_part(app_snapshot(v->app), REQUEST(PART_REVISIONS));

	if (!p || p == s->revisions_part)
		return;
	part_unref(s->revisions_part);
	s->revisions_part = part_ref(p);
	s->revisions = p->data;
	rows_refresh(&s->pick_rows);
	rows_work(&s->pick_rows, 4000);
	list_refresh(&s->pick_list);
	view_touch(v);
}

void compare_pick_show(struct view *v)
{
	struct compare_view *s = state(v);

	s->picking = true;
	v->list = &s->pick_list;
	v->rows = &s->pick_rows;
	view_touch(v);
}

void compare_pick_heading(struct view *v, struct line *l)
{
	const struct load_revisions *r = state(v)->revisions;

	line_add(l, STYLE_STRONG, "pick a revision");
	if (r)
		line_addf(l, STYLE_QUIET, "  %s tags and branches, %s commits", GAUGE_N(r->n_names),
			  GAUGE_N(r->n_commits));
	line_add(l, STYLE_QUIET, "  enter compares it with the work tree; mark two and press =");
}

void compare_pick_doc(struct view *v, struct doc *d)
{
	const struct compare_view *s = state(v);
	size_t row = s->revisions ? list_row(&s->pick_list) : LIST_NONE;
	const struct githistory_commit *c;
	struct buf b = BUF_INIT;

	if (row == LIST_NONE)
		return;
	c = commit_at(v, row);
	doc_heading(d, c->subject);
	doc_field(d, "commit");
	doc_add(d, STYLE_NORMAL, c->id);
	doc_field(d, "author");
	doc_add(d, STYLE_NORMAL, c->author);
	doc_field(d, "age");
	gauge_age(&b, MAX(app_time(v->app) - c->time, 0));
	doc_add(d, STYLE_NORMAL, b.data);
	buf_release(&b);
}

void compare_pick_one(struct view *v)
{
	struct compare_view *s = state(v);
	size_t row = s->revisions ? list_row(&s->pick_list) : LIST_NONE;

	if (row != LIST_NONE)
		s->chosen(v, revision_at(v, row), "");
}

bool compare_pick_has_two(void *ctx)
{
	const struct compare_view *s = state(ctx);

	return s->picking && list_marks(&s->pick_list) == 2;
}

/* The older one first. */
void compare_pick_both(struct view *v)
{
	struct compare_view *s = state(v);
	size_t *rows, n = list_marked_rows(&s->pick_list, &rows);

	if (n == 2) {
		bool swap = commit_at(v, rows[0])->time > commit_at(v, rows[1])->time;

		s->chosen(v, revision_at(v, rows[swap]), revision_at(v, rows[!swap]));
	}
	free(rows);
}

/* The index of the older side among HEAD's commits; SIZE_MAX if it is not one. */
static size_t find_older(const struct compare_view *s)
{
	const struct load_revisions *r = s->revisions;
	const char *id = str_eq(s->was, "HEAD") && r->n_commits ? r->commits[0].id : s->was;

	for (size_t i = 0; i < r->n_names; i++)
		if (str_eq(r->names[i].name, s->was))
			id = r->names[i].at.id;
	for (size_t i = 0; i < r->n_commits; i++)
		if (str_eq(r->commits[i].id, id))
			return i;
	return SIZE_MAX;
}

void compare_pick_step(struct view *v, int by)
{
	struct compare_view *s = state(v);
	size_t at = s->revisions ? find_older(s) : SIZE_MAX;

	if (at == SIZE_MAX || (by > 0 && at + 1 >= s->revisions->n_commits) ||
	    (by < 0 && at == 0)) {
		app_message(v->app, STYLE_QUIET, "there is no %s commit",
			    by > 0 ? "earlier" : "later");
		return;
	}
	at = by > 0 ? at + 1 : at - 1;
	s->chosen(v, s->revisions->commits[at].id, at ? s->revisions->commits[at - 1].id : "");
}
