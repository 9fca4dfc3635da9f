#include "helpscreen.h"

#include "width.h"

enum { WIDTH = 112 };

struct helpscreen_row {
	struct keymap_row what; /* action is NULL for headings and the legend */
	char *keys, *text;	/* owned; text of a heading is its title */
	bool heading, legend;
	enum glyph glyph;
	unsigned style;
};

static size_t count(void *ctx)
{
	return ((const struct helpscreen *)ctx)->n_all;
}

/* Headings match no filter. */
static const char *text(void *ctx, size_t row, size_t *len)
{
	struct helpscreen *h = ctx;
	const struct helpscreen_row *r = &h->all[row];

	buf_clear(&h->text);
	if (!r->heading)
		buf_addf(&h->text, "%s  %s", r->keys, r->text);
	*len = h->text.len;
	return h->text.data;
}

static const struct rows_ops rows_ops = { .count = count, .text = text };

static void cell(void *ctx, size_t row, unsigned column, struct line *out)
{
	const struct helpscreen_row *r = &((const struct helpscreen *)ctx)->all[row];

	if (r->heading)
		line_add(out, STYLE_STRONG, column == 0 ? r->text : "");
	else if (column == 1)
		line_add(out, STYLE_NORMAL, r->text);
	else if (column == 2)
		line_add(out, STYLE_QUIET, r->legend ? "" : r->what.action->id);
	else if (r->legend)
		line_glyph(out, r->style, r->glyph);
	else
		line_add(out, STYLE_KEY, r->keys);
}

static bool skip(void *ctx, size_t row)
{
	return ((const struct helpscreen *)ctx)->all[row].heading;
}

static const struct list_ops list_ops = { .count = count, .cell = cell, .skip = skip };

static const struct list_column columns[] = {
	{ .id = "keys", .min = 8, .max = 22, .match = true },
	{ .id = "help", .min = 20, .flex = 1, .match = true },
	{ .id = "id", .min = 8, .max = 20, .priority = 1 },
};

void helpscreen_init(struct helpscreen *h)
{
	memset(h, 0, sizeof(*h));
	buf_init(&h->text);
	prompt_init(&h->prompt, "/");
	h->prompt.ghost = "type to filter, enter runs the line, esc leaves";
	rows_init(&h->rows, &rows_ops, h);
	memcpy(h->columns, columns, sizeof(columns));
	list_init(&h->list, &list_ops, h, h->columns, ARRAY_LEN(columns));
	h->list.rows = &h->rows;
	h->list.header = false;
	h->list.no_marks = true;
	h->list.empty = "No key here does that.";
}

static void clear(struct helpscreen *h)
{
	for (size_t i = 0; i < h->n_all; i++) {
		free(h->all[i].keys);
		free(h->all[i].text);
	}
	free(h->all);
	h->all = NULL;
	h->n_all = 0;
}

void helpscreen_release(struct helpscreen *h)
{
	clear(h);
	buf_release(&h->text);
	prompt_release(&h->prompt);
	rows_release(&h->rows);
	list_release(&h->list);
}

static void add(struct helpscreen *h, struct helpscreen_row r)
{
	h->all = xreallocarray(h->all, h->n_all + 1, sizeof(*h->all));
	h->all[h->n_all++] = r;
}

static void add_heading(struct helpscreen *h, const char *name)
{
	add(h,
	    (struct helpscreen_row){ .heading = true, .keys = xstrdup(""), .text = xstrdup(name) });
}

/* The keys that run it here, without those that a layer above binds. */
static bool keys_here(const struct keymap_scope *sc, const struct keymap_row *r, struct buf *out)
{
	bool any = false, bound = false;

	for (size_t i = 0; i < r->layer->bindings.n; i++) {
		const struct keymap_binding *b = &r->layer->bindings.items[i];
		const struct action *runs;
		void *ctx;

		if (b->action != r->action)
			continue;
		bound = true;
		runs = keymap_lookup(sc, b->key, &ctx);
		if (runs != r->action)
			continue;
		if (any)
			buf_addch(out, ' ');
		any = true;
		key_write(out, b->key);
	}
	return any || !bound;
}

static void add_actions(struct helpscreen *h, const struct keymap_scope *sc)
{
	const struct keymap_layer *layer = NULL;
	struct keymap_row *rows;
	size_t n = keymap_rows(sc, &rows);

	for (size_t i = 0; i < n; i++) {
		struct buf keys = BUF_INIT;

		if (!rows[i].enabled || (rows[i].action->flags & ACTION_NO_HELP) ||
		    !keys_here(sc, &rows[i], &keys)) {
			buf_release(&keys);
			continue;
		}
		if (rows[i].layer != layer)
			add_heading(h, rows[i].layer->name);
		layer = rows[i].layer;
		add(h, (struct helpscreen_row){ .what = rows[i],
						.keys = buf_detach(&keys),
						.text = xstrdup(rows[i].action->help) });
	}
	free(rows);
}

/* What a key does is not cut for the name of the action. */
static void set_widths(struct helpscreen *h)
{
	int width = columns[1].min;

	for (size_t i = 0; i < h->n_all; i++)
		width = MAX(width, width_text(h->all[i].text, true));
	h->columns[1].min = (short)MIN(width, WIDTH);
}

void helpscreen_open(struct helpscreen *h, const char *title, const struct keymap_scope *sc,
		     const struct helpscreen_legend *legend)
{
	clear(h);
	h->is_open = true;
	h->title = title;
	add_actions(h, sc);
	if (legend && legend->text)
		add_heading(h, "glyphs");
	for (; legend && legend->text; legend++)
		add(h, (struct helpscreen_row){ .legend = true,
						.keys = xstrdup(""),
						.text = xstrdup(legend->text),
						.glyph = legend->glyph,
						.style = legend->style });
	set_widths(h);
	prompt_set(&h->prompt, "");
	rows_filter(&h->rows, "");
	rows_refresh(&h->rows);
	list_reset_widths(&h->list);
	h->list.cursor_key = 0;
	list_move(&h->list, LIST_TOP);
}

void helpscreen_close(struct helpscreen *h)
{
	h->is_open = false;
}

void helpscreen_draw(struct helpscreen *h, struct area screen)
{
	int w = MIN(screen.w - 4, WIDTH),
	    height = MIN(screen.h - 2, (int)MIN(h->n_all, (size_t)1000) + 3);
	struct area a;

	if (!h->is_open || area_empty(screen))
		return;
	height = MAX(height, MIN(screen.h, 8));
	a = area_sub(screen, (screen.w - w) / 2, (screen.h - height) / 2, w, height);
	area_fill(area_sub(screen, a.x - screen.x - 1, a.y - screen.y, w + 2, height),
		  STYLE_NORMAL);
	h->drawn = a;
	a = area_box(a, STYLE_RULE, h->title);
	prompt_draw(&h->prompt, a, 1, 0, a.w - 2, true);
	list_draw(&h->list, area_sub(a, 0, 1, -1, -1));
}

static enum helpscreen_result run(struct helpscreen *h)
{
	size_t row = list_row(&h->list);

	if (row == LIST_NONE || !h->all[row].what.action)
		return HELP_STAYS;
	h->run = h->all[row].what;
	return HELP_RUN;
}

static void refilter(struct helpscreen *h)
{
	rows_filter(&h->rows, prompt_text(&h->prompt));
	while (rows_work(&h->rows, 8000))
		;
	h->list.cursor_key = 0;
	h->list.cursor = h->list.top = 0;
	list_refresh(&h->list);
	list_move(&h->list, LIST_TOP);
}

static enum helpscreen_result mouse_event(struct helpscreen *h, const struct event *ev)
{
	switch (list_over_mouse(&h->list, h->drawn, ev)) {
	case LIST_TAKEN: return run(h);
	case LIST_LEFT: return HELP_CANCEL;
	default: return HELP_STAYS;
	}
}

enum helpscreen_result helpscreen_event(struct helpscreen *h, const struct event *ev)
{
	bool bare = *prompt_text(&h->prompt) == '\0';

	if (ev->type == EV_MOUSE)
		return mouse_event(h, ev);
	if (ev->type == EV_KEY) {
		if (list_arrow(&h->list, ev->key) || (bare && key_is(ev->key, '/')))
			return HELP_STAYS;
		/* the key that opened it closes it while nothing is typed */
		if (bare && (key_is(ev->key, '?') || key_is(ev->key, 'q')))
			return HELP_CANCEL;
	}
	switch (prompt_event(&h->prompt, ev)) {
	case PROMPT_CHANGED: refilter(h); return HELP_STAYS;
	case PROMPT_ACCEPT: return run(h);
	case PROMPT_CANCEL:
		if (bare)
			return HELP_CANCEL;
		prompt_set(&h->prompt, "");
		refilter(h);
		return HELP_STAYS;
	default: return HELP_STAYS;
	}
}
