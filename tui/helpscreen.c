#include "helpscreen.h"

#include "width.h"

enum {
	WIDTH = 112,
	FRAME = 2,  /* the box's two sides */
	GUTTER = 2, /* of the list */
	GAP = 2,
	EDGE = 1,
	MAX_KEYS = 24,
	LEAST = 16, /* columns of text */
};

struct helpscreen_item {
	struct keymap_row what; /* action is NULL for headings and legends */
	char *keys, *text;	/* owned; text of a heading is its title */
	bool heading, glyphs;
	enum glyph glyph;
	unsigned style;
};

/* A line of an item. */
struct helpscreen_row {
	size_t item, start, len; /* in its text */
};

static size_t count(void *ctx)
{
	return ((const struct helpscreen *)ctx)->n_all;
}

static const struct helpscreen_item *item_at(const struct helpscreen *h, size_t row)
{
	return &h->items[h->all[row].item];
}

/* Headings match no filter; all lines of an item do, or none. */
static const char *text(void *ctx, size_t row, size_t *len)
{
	struct helpscreen *h = ctx;
	const struct helpscreen_item *it = item_at(h, row);

	buf_clear(&h->text);
	if (!it->heading)
		buf_addf(&h->text, "%s  %s", it->keys, it->text);
	*len = h->text.len;
	return h->text.data;
}

static const struct rows_ops rows_ops = { .count = count, .text = text };

static void cell(void *ctx, size_t row, unsigned column, struct line *out)
{
	const struct helpscreen *h = ctx;
	const struct helpscreen_row *r = &h->all[row];
	const struct helpscreen_item *it = &h->items[r->item];

	if (it->heading) {
		line_add(out, STYLE_STRONG, column == 0 ? it->text : "");
	} else if (r->start && column == 0) { /* skipped: it has the whole width */
		line_addf(out, STYLE_NORMAL, "%*s", 1 + h->list.widths[0] + GAP, "");
		line_addn(out, STYLE_NORMAL, it->text + r->start, r->len);
	} else if (column == 1) {
		line_addn(out, STYLE_NORMAL, it->text + r->start, r->len);
	} else if (column == 2) {
		line_add(out, STYLE_QUIET, it->what.action ? it->what.action->id : "");
	} else if (it->glyphs) {
		line_glyph(out, it->style, it->glyph);
	} else {
		line_add(out, it->what.action ? STYLE_KEY : it->style, it->keys);
	}
}

static bool skip(void *ctx, size_t row)
{
	const struct helpscreen *h = ctx;

	return item_at(h, row)->heading || h->all[row].start;
}

static const struct list_ops list_ops = { .count = count, .cell = cell, .skip = skip };

static const struct list_column columns[] = {
	{ .id = "keys", .min = 8, .max = MAX_KEYS, .match = true },
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
	for (size_t i = 0; i < h->n_items; i++) {
		free(h->items[i].keys);
		free(h->items[i].text);
	}
	free(h->items);
	free(h->all);
	h->items = NULL;
	h->all = NULL;
	h->n_items = h->n_all = 0;
}

void helpscreen_release(struct helpscreen *h)
{
	clear(h);
	buf_release(&h->text);
	prompt_release(&h->prompt);
	rows_release(&h->rows);
	list_release(&h->list);
}

static void add(struct helpscreen *h, struct helpscreen_item it)
{
	h->items = xreallocarray(h->items, h->n_items + 1, sizeof(*h->items));
	h->items[h->n_items++] = it;
}

static void add_heading(struct helpscreen *h, const char *name)
{
	add(h, (struct helpscreen_item){
		       .heading = true, .keys = xstrdup(""), .text = xstrdup(name) });
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
		add(h, (struct helpscreen_item){ .what = rows[i],
						 .keys = buf_detach(&keys),
						 .text = xstrdup(rows[i].action->help) });
	}
	free(rows);
}

/* How much of the text stands in a line of that many columns: up to a space, if there is one. */
static size_t fitting(const char *s, int most)
{
	struct width_iter it;
	struct width_cluster c;
	size_t fits = 0, at_space = 0;
	int used = 0;

	width_begin(&it, s, strlen(s), false);
	while (width_next(&it, &c)) {
		used += c.width;
		if (*c.text == ' ')
			at_space = c.pos;
		if (used > most)
			return at_space ? at_space : MAX(fits, (size_t)1);
		fits = c.end;
	}
	return fits;
}

static void add_lines(struct helpscreen *h, size_t item, int most)
{
	const char *s = h->items[item].text;
	size_t at = 0;

	do {
		size_t len = fitting(s + at, most);

		h->all = xreallocarray(h->all, h->n_all + 1, sizeof(*h->all));
		h->all[h->n_all++] = (struct helpscreen_row){ item, at, len };
		h->columns[1].min = (short)MAX((int)h->columns[1].min,
					       width_textn(s + at, len, false));
		at += len + (s[at + len] == ' ');
	} while (s[at]);
}

/* Keys and what they do are not cut; the action's name vanishes first. */
static void lay_out(struct helpscreen *h, int width)
{
	int keys = columns[0].min;

	for (size_t i = 0; i < h->n_items; i++)
		keys = MAX(keys, h->items[i].heading ? 0 : width_text(h->items[i].keys, false));
	h->width = width;
	h->n_all = 0;
	h->columns[0].min = (short)MIN(keys, MAX_KEYS);
	h->columns[1].min = columns[1].min;
	for (size_t i = 0; i < h->n_items; i++)
		add_lines(h, i,
			  MAX(width - FRAME - GUTTER - h->columns[0].min - GAP - EDGE, (int)LEAST));
	list_reset_widths(&h->list);
}

static void refilter(struct helpscreen *h)
{
	rows_filter(&h->rows, prompt_text(&h->prompt));
	rows_refresh(&h->rows);
	while (rows_work(&h->rows, 8000))
		;
	h->list.cursor_key = 0;
	h->list.cursor = h->list.top = 0;
	list_refresh(&h->list);
	list_move(&h->list, LIST_TOP);
}

void helpscreen_add(struct helpscreen *h, const char *name, const struct helpscreen_legend *legend)
{
	if (legend->text)
		add_heading(h, name);
	for (; legend->text; legend++)
		add(h, (struct helpscreen_item){ .keys = xstrdup(legend->word ? legend->word : ""),
						 .text = xstrdup(legend->text),
						 .glyphs = !legend->word,
						 .glyph = legend->glyph,
						 .style = legend->style });
	lay_out(h, WIDTH);
	refilter(h);
}

void helpscreen_open(struct helpscreen *h, const char *title, const struct keymap_scope *sc,
		     const struct helpscreen_legend *legend)
{
	clear(h);
	h->is_open = true;
	h->title = title;
	prompt_set(&h->prompt, "");
	add_actions(h, sc);
	helpscreen_add(h, "glyphs", legend ? legend : &(struct helpscreen_legend){ 0 });
}

void helpscreen_close(struct helpscreen *h)
{
	h->is_open = false;
}

void helpscreen_draw(struct helpscreen *h, struct area screen)
{
	int w = MIN(screen.w - 4, (int)WIDTH), height;
	struct area a;

	if (!h->is_open || area_empty(screen))
		return;
	if (w != h->width) {
		lay_out(h, w);
		refilter(h);
	}
	height = MIN(screen.h - 2, (int)MIN(h->n_all, (size_t)1000) + 3);
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

	if (row == LIST_NONE || !item_at(h, row)->what.action)
		return HELP_STAYS;
	h->run = item_at(h, row)->what;
	return HELP_RUN;
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
