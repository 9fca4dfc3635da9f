#include "app/pane.h"

#include "bar.h"
#include "gauge.h"
#include "texts/describe.h"

static bool split_view(struct view *v)
{
	return v->ops->detail && !view_is_whole(v);
}

void pane_scope(struct view *v, struct keymap_scope *sc)
{
	if (v->in_detail && split_view(v))
		keymap_scope_push(sc, "detail", v);
	keymap_scope_push(sc, v->ops->name, v);
	if (v->ops->scope)
		v->ops->scope(v, sc);
	if (v->in_detail && split_view(v)) {
		keymap_scope_push(sc, "pager", &v->pager);
	} else if (view_is_whole(v)) {
		; /* it has its own layers */
	} else if (v->page) {
		keymap_scope_push(sc, "pager", v->page);
	} else if (v->list) {
		if (v->tree)
			keymap_scope_push(sc, "tree", v->tree);
		keymap_scope_push(sc, "list", v->list);
	}
	keymap_scope_push(sc, "global", v->app);
}

static bool is_filtered(const struct view *v)
{
	return v->rows && !fuzzy_empty(&v->rows->filter);
}

static void loading_doc(struct doc *d, const struct request *r, const struct wants_progress *p)
{
	struct buf b = BUF_INIT;

	request_text(r, &b);
	doc_line(d);
	doc_glyph(d, STYLE_GO, GLYPH_BUSY);
	doc_addf(d, STYLE_NORMAL, " %s", b.data);
	if (p->total)
		doc_addf(d, STYLE_NORMAL, "  %s of %s", GAUGE_N(p->done), GAUGE_N(p->total));
	else if (p->done)
		doc_addf(d, STYLE_NORMAL, "  %s", GAUGE_N(p->done));
	doc_addf(d, STYLE_QUIET, "  %s", p->subject);
	buf_release(&b);
}

static void failed_doc(const struct view *v, struct doc *d, const struct err *e)
{
	doc_line(d);
	doc_glyph(d, STYLE_BAD, GLYPH_BAD);
	doc_addf(d, STYLE_NORMAL, " %s", e->text);
	doc_blank(d);
	doc_line(d);
	if (v->ops->elsewhere && (e->code == ERR_NOT_FOUND || e->code == ERR_NOT_HERE))
		doc_add(d, STYLE_QUIET, v->ops->elsewhere);
	else
		doc_add(d, STYLE_QUIET, describe_error_remedy(app_snapshot(v->app), e));
}

static void needs_doc(const struct view *v, struct doc *d)
{
	const struct wants_progress *p;
	const struct err *last = NULL;

	for (int id = 0; id < PART_COUNT; id++) {
		const struct request *r = REQUEST((enum request_part)id);
		const struct err *e;

		if (!(v->ops->needs & NEEDS(id)))
			continue;
		if (app_loading(v->app, r, &p))
			loading_doc(d, r, p);
		e = app_error(v->app, r);
		if (e && !(last && err_same(last, e)))
			failed_doc(v, d, e);
		last = e ? e : last;
	}
}

/* The text in place of rows: what is loading, why it failed, or that there is nothing. */
static void draw_instead(struct view *v, struct area a)
{
	struct doc d;
	struct pager pager;

	doc_init(&d);
	needs_doc(v, &d);
	if (!d.lines.n && v->list && v->list->empty && !is_filtered(v)) {
		doc_line(&d);
		doc_add(&d, STYLE_QUIET, v->list->empty);
	}
	if (!d.lines.n && is_filtered(v)) {
		doc_line(&d);
		doc_add(&d, STYLE_QUIET, "Nothing matches the filter. esc clears it.");
	}
	pager_init(&pager);
	pager_set(&pager, &d);
	pager_draw(&pager, area_sub(a, 1, 1, a.w - 2, -1));
	pager_release(&pager);
	doc_release(&d);
}

/* There are rows, but from before an error. */
static void add_stale(struct view *v, struct line *l)
{
	struct arena a = ARENA_INIT;

	for (int id = 0; id < PART_COUNT; id++) {
		const struct request *r = REQUEST((enum request_part)id);
		const struct err *e = v->ops->needs & NEEDS(id) ? app_error(v->app, r) : NULL;

		if (!e || !app_part(v->app, r))
			continue;
		line_addf(l, STYLE_BAD, "  as before: %s", finding_gist(&a, e->text));
		break;
	}
	arena_release(&a);
}

static void draw_heading(struct view *v, struct area a)
{
	struct line l = LINE_INIT, right = LINE_INIT;

	line_addf(&l, STYLE_TITLE, " %s", v->ops->title);
	add_stale(v, &l); /* first, since a narrow bar is cut at its end */
	if (v->ops->heading)
		v->ops->heading(v, &l);
	if (v->ops->progress)
		v->ops->progress(v, &right);
	if (v->rows && !fuzzy_empty(&v->rows->filter)) {
		line_addf(&right, STYLE_MATCH, "/%s", v->rows->filter.pattern);
		line_addf(&right, STYLE_QUIET, "  %s of %s ", GAUGE_N(v->rows->n),
			  GAUGE_N(v->rows->total));
	}
	if (v->list && v->search) {
		line_addf(&right, STYLE_MATCH, "/%s", v->search);
		line_add(&right, v->search_fails ? STYLE_BAD : STYLE_QUIET,
			 v->search_fails ? "  nothing found " : "  n N: next, previous ");
	}
	bar_draw(a, 0, STYLE_NORMAL, &l, NULL, &right);
	line_release(&l);
	line_release(&right);
}

static bool no_rows(const struct view *v)
{
	return v->list ? !list_count(v->list) : !v->page || !v->page->doc || !v->page->doc->lines.n;
}

static void draw_widget(struct view *v, struct area a)
{
	bool focused = !v->in_detail;

	v->main_area = a;
	if (area_empty(a))
		return;
	if (no_rows(v)) {
		draw_instead(v, a);
		return;
	}
	if (v->page) {
		v->page->focused = focused;
		pager_draw(v->page, a);
	} else if (v->tree) {
		v->tree->list.focused = focused;
		tree_draw(v->tree, a);
	} else {
		v->list->focused = focused;
		list_draw(v->list, a);
	}
}

static void build_detail(struct view *v)
{
	uint64_t key = v->list ? list_key(v->list) : 1;

	/* 0 means "not built yet"; an empty list has a detail too */
	if (key == 0)
		key = UINT64_MAX;
	if (key == v->detail_key && !v->detail_stale)
		return;
	if (key != v->detail_key) {
		v->rested = false;
		app_rest(v->app);
	}
	doc_clear(&v->detail);
	v->ops->detail(v, &v->detail);
	if (key == v->detail_key)
		pager_refresh(&v->pager);
	else
		pager_set(&v->pager, &v->detail);
	v->detail_key = key;
	v->detail_stale = false;
}

enum { DETAIL_MARGIN = 1 };

static void draw_detail(struct view *v, struct area a)
{
	v->detail_area = a;
	if (area_empty(a))
		return;
	build_detail(v);
	v->pager.focused = v->in_detail;
	pager_draw(&v->pager, area_sub(a, DETAIL_MARGIN, 0, a.w - DETAIL_MARGIN, -1));
}

bool pane_move_divider(struct view *v, int percent)
{
	int width = MAX(v->main_area.x + v->main_area.w, v->detail_area.x + v->detail_area.w);

	if (v->ops->above || !split_view(v) || width < LAYOUT_SIDE_W)
		return false;
	v->split = MAX(20, MIN(percent, 80));
	return true;
}

int pane_share(const struct view *v)
{
	int width = v->detail_area.x + v->detail_area.w;

	if (v->split || width < LAYOUT_SIDE_W || area_empty(v->main_area))
		return v->split ? v->split : LAYOUT_USUAL_SPLIT;
	return (v->main_area.w * 100 + width - 1) / width;
}

/* The list gets its share, or the width of its columns if the detail keeps its minimum width. */
static int list_width(struct view *v, int width, int height, bool ascii)
{
	int share = width * (v->ops->split ? v->ops->split : LAYOUT_USUAL_SPLIT) / 100;
	int detail = MAX(PANE_LEAST_DETAIL, width * 3 / 10);

	if (v->split)
		return width * v->split / 100;
	if (!v->list || width < LAYOUT_SIDE_W)
		return share;
	return MAX(share, MIN(list_natural_width(v->list, height, ascii), width - detail - 1));
}

int pane_split(struct view *v, int width, int height, bool ascii)
{
	if (!split_view(v))
		return 0;
	if (!v->ops->above)
		return list_width(v, width, height, ascii);
	build_detail(v);
	return (int)MIN(pager_rows(&v->pager, width - DETAIL_MARGIN, ascii), (size_t)1000);
}

void pane_draw(struct view *v, const struct layout *l)
{
	if (view_is_whole(v)) {
		v->main_area = l->body;
		v->ops->draw(v, l->body);
		return;
	}
	if (!area_empty(l->title))
		draw_heading(v, l->title);
	draw_widget(v, l->list);
	if (v->ops->detail)
		draw_detail(v, l->detail);
}

/* Parts may have arrived since it was drawn, and links refer to their rows. */
static void follow(struct view *v)
{
	const struct doc_link *link;

	build_detail(v);
	link = pager_link(&v->pager);
	if (link && v->ops->follow)
		v->ops->follow(v, link);
}

static bool detail_event(struct view *v, const struct event *ev)
{
	enum pager_result r = pager_event(&v->pager, ev);

	if (r == PAGER_FOLLOW)
		follow(v);
	return r != PAGER_IGNORED;
}

static bool widget_event(struct view *v, const struct event *ev)
{
	enum list_result r;

	if (v->page)
		return pager_event(v->page, ev) != PAGER_IGNORED;
	if (!v->list)
		return false;
	r = v->tree ? tree_event(v->tree, ev) : list_event(v->list, ev);
	if (r == LIST_ACTIVATED && v->ops->activate)
		v->ops->activate(v);
	return r != LIST_IGNORED;
}

/* A click moves the focus to its pane; the wheel scrolls without that. */
static bool mouse_event(struct view *v, const struct event *ev)
{
	bool in_detail = split_view(v) && area_hit(v->detail_area, ev->x, ev->y, NULL, NULL);

	if (ev->mouse == MOUSE_PRESS || ev->mouse == MOUSE_DOUBLE)
		v->in_detail = in_detail;
	return in_detail ? detail_event(v, ev) : widget_event(v, ev);
}

bool pane_event(struct view *v, const struct event *ev)
{
	if (v->ops->event && v->ops->event(v, ev))
		return true;
	if (view_is_whole(v))
		return false;
	if (ev->type == EV_MOUSE)
		return mouse_event(v, ev);
	return false;
}

bool pane_work(struct view *v)
{
	bool more = false;

	if (v->rows && rows_busy(v->rows)) {
		more = rows_work(v->rows, 6000);
		list_refresh(v->list);
	}
	if (v->tree)
		more = tree_work(v->tree) || more;
	if (v->ops->work)
		more = v->ops->work(v) || more;
	return more;
}

void pane_filter(struct view *v, const char *text)
{
	if (v->rows) {
		rows_filter(v->rows, text);
		rows_work(v->rows, 6000);
		list_refresh(v->list);
	} else if (v->ops->filter) {
		v->ops->filter(v, text);
	} else if (v->list) {
		free(v->search);
		v->search = text[0] ? xstrdup(text) : NULL;
		v->search_fails = text[0] && !list_find(v->list, text, 1, true);
	}
}

bool pane_search_next(struct view *v, int dir)
{
	if (v->in_detail)
		return pager_search_next(&v->pager, dir);
	if (v->page)
		return pager_search_next(v->page, dir);
	if (v->list && v->search) {
		v->search_fails = !list_find(v->list, v->search, dir, false);
		return !v->search_fails;
	}
	if (v->list && is_filtered(v)) {
		list_move(v->list, dir > 0 ? LIST_DOWN : LIST_UP);
		return true;
	}
	return false;
}

/* Leaves one level: the view's own state, the filter, the detail pane. */
bool pane_back(struct view *v)
{
	if (v->detail_whole) {
		v->detail_whole = v->in_detail = false;
		return true;
	}
	if (v->ops->back && v->ops->back(v))
		return true;
	if (v->in_detail) {
		v->in_detail = false;
		return true;
	}
	if (is_filtered(v)) {
		pane_filter(v, "");
		return true;
	}
	if (v->list && list_marks(v->list)) {
		keyset_clear(&v->list->marks);
		view_touch(v);
		return true;
	}
	return false;
}

void pane_release(struct view *v)
{
	if (!v->opened)
		return;
	if (v->ops->release)
		v->ops->release(v);
	pager_release(&v->pager);
	doc_release(&v->detail);
	free(v->search);
	free(v->pending);
	free(v->state);
}

/* The list as shown, one row per line, columns separated by tabs. */
void pane_export_text(struct view *v, struct buf *b)
{
	struct line l = LINE_INIT;

	if (v->page && v->page->doc)
		doc_text(v->page->doc, b);
	for (size_t i = 0; v->list && !v->tree && i < list_count(v->list); i++) {
		for (unsigned c = 0; c < v->list->n_columns; c++) {
			line_clear(&l);
			v->list->ops->cell(v->list->ctx, list_row_at(v->list, i), c, &l);
			if (c)
				buf_addch(b, '\t');
			buf_add(b, l.text.data, l.text.len);
		}
		buf_addch(b, '\n');
	}
	line_release(&l);
}

/* The layer "detail": the other pane has the focus. */

static void run_follow(void *ctx, int arg)
{
	(void)arg;
	follow(ctx);
}

static bool has_link(void *ctx)
{
	return pager_link(&((struct view *)ctx)->pager) != NULL;
}

const struct action pane_actions[] = {
	{ "follow", "enter", "follow", "go where the link under the cursor points", has_link,
	  run_follow, 0, 0 },
	{ 0 },
};
