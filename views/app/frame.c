#include "app/frame.h"
#include "gauge.h"

#include "app/app_private.h"
#include "app/over.h"
#include "app/pane.h"
#include "app/vital.h"

/* The row of tabs: `current` is n if the current view has none. */
struct tab_row {
	struct tab tabs[APP_MAX_TABS];
	size_t views[APP_MAX_TABS], n, current;
	struct area area;
};

/* A view without a tab has its title at the right end of the row. */
static void make_row(const struct app *app, struct tab_row *r)
{
	static const char *const keys[] = { "1", "2", "3", "4", "5", "6", "7", "8", "9", "0" };

	r->n = app_tabs(app, r->views, APP_MAX_TABS);
	r->current = r->n;
	for (size_t i = 0; i < r->n; i++) {
		r->tabs[i] = (struct tab){ i < ARRAY_LEN(keys) ? keys[i] : "",
					   app->views[r->views[i]].ops->title, STYLE_NORMAL };
		if (r->views[i] == app->current)
			r->current = i;
	}
	r->area = app->layout.tabs;
	if (r->current == r->n)
		r->area = area_sub(r->area, 0, 0,
				   MAX(r->area.w -
					       (int)strlen(app->views[app->current].ops->title) - 2,
				       0),
				   1);
}

size_t frame_tab_at(const struct app *app, int x)
{
	struct tab_row r;
	size_t i;

	make_row(app, &r);
	i = tabs_at(r.area, r.tabs, r.n, r.current, x);
	return i < r.n ? r.views[i] : app->n_views;
}

static void draw_tabs(struct app *app)
{
	struct tab_row r;

	make_row(app, &r);
	tabs_draw(r.area, r.tabs, r.n, r.current);
	if (r.current == r.n)
		area_text_right(app->layout.tabs, 0, 0, app->layout.tabs.w - 1, STYLE_TAB_ON,
				app_current(app)->ops->title);
}

/* The running work: its text if there is room, its numbers always. */
static void add_progress(const struct want *w, struct line *words, struct line *numbers)
{
	struct buf b = BUF_INIT;

	if (w->request->part == PART_TIDY && w->request->tidy.fetch && w->progress.done)
		buf_add(&b, w->progress.subject, strcspn(w->progress.subject, ":"));
	else
		request_text(w->request, &b);
	line_add(words, STYLE_QUIET, b.data);
	buf_release(&b);
	line_add(numbers, STYLE_NORMAL, " ");
	line_glyph(numbers, STYLE_GO, GLYPH_BUSY);
	if (w->progress.total)
		line_addf(numbers, STYLE_NORMAL, " %s/%s", GAUGE_N(w->progress.done),
			  GAUGE_N(w->progress.total));
}

static void draw_header(struct app *app)
{
	struct line left = LINE_INIT, middle = LINE_INIT, right = LINE_INIT;

	line_add(&left, STYLE_HEADER | STYLE_BOLD, " modscope");
	if (wants_busiest(&app->wants))
		add_progress(wants_busiest(&app->wants), &middle, &right);
	vital_signs(app, &left, &right);
	bar_draw(app->layout.header, 0, STYLE_HEADER, &left, &middle, &right);
	line_release(&left);
	line_release(&middle);
	line_release(&right);
}

static void add_position(struct app *app, struct line *l)
{
	struct view *v = app_current(app);
	size_t n = v->list ? list_count(v->list) : 0;

	if (v->list && list_marks(v->list)) {
		line_glyph(l, STYLE_ATTENTION, GLYPH_MARK);
		line_addf(l, STYLE_NORMAL, " %s   ", GAUGE_N(list_marks(v->list)));
	}
	if (n)
		line_addf(l, STYLE_QUIET, "%s/%s ", GAUGE_N(v->list->cursor + 1), GAUGE_N(n));
}

/* The positions of the hints, for drawing and for clicks. */
static int hints_width(struct app *app, struct line *right)
{
	struct area a = app->layout.status;

	add_position(app, right);
	return a.w - line_width(right, a.g->ascii) - 1;
}

static void draw_status(struct app *app)
{
	struct line right = LINE_INIT;
	struct keymap_scope sc = { &app->keymap };
	struct area a = app->layout.status;
	int w = hints_width(app, &right);

	if (app->message) {
		area_text(a, 1, 0, w - 1, app->message_style, CUT_END, app->message);
	} else {
		pane_scope(app_current(app), &sc);
		hints_draw(a, 1, 0, w - 3, &sc);
	}
	area_line(a, w, 0, -1, CUT_NONE, 0, &right);
	line_release(&right);
}

void frame_click_status(struct app *app, int x)
{
	struct line right = LINE_INIT;
	struct keymap_scope sc = { &app->keymap };
	int w = hints_width(app, &right);
	const struct action *action;
	void *ctx;

	line_release(&right);
	pane_scope(app_current(app), &sc);
	action = app->message ? NULL : hints_at(app->layout.status, 1, w - 3, &sc, x, &ctx);
	if (action)
		action->run(ctx, action->arg);
}

static void draw_input(struct app *app)
{
	if (app->input_view)
		prompt_draw(&app->prompt, app->layout.input, 1, 0, app->layout.input.w - 2, true);
}

void frame_draw(void *ctx, struct grid *g)
{
	struct app *app = ctx;
	struct view *v = app_current(app);
	unsigned flags = 0;

	if (v->ops->detail && !view_is_whole(v))
		flags |= LAYOUT_DETAIL | (v->in_detail ? LAYOUT_DETAIL_ONLY : 0) |
			 (v->detail_whole ? LAYOUT_WHOLE : 0);
	if (app->input_view)
		flags |= LAYOUT_INPUT;
	if (v->ops->above)
		flags |= LAYOUT_ABOVE;
	layout_compute(&app->layout, area_of(g), flags, pane_split(v, g->w, g->h, g->ascii));
	if (!app->layout.too_small) {
		draw_header(app);
		draw_tabs(app);
		pane_draw(v, &app->layout);
		draw_input(app);
		draw_status(app);
	}
	layout_draw(&app->layout);
	over_draw(app, area_of(g));
}
