/*
 * Keys, bytes, clicks and resizes for every widget, on a grid that is checked after each of them: no control character
 * in a cell, no half of a wide one.
 *
 * Input: the first byte selects size and charset; then each byte below 0x08 is a command (resize, feed the next byte to
 * the widget, refresh), and everything else goes through the decoder as if a terminal sent it.
 */
#include "base/base.h"

#include "boxgraph.h"
#include "dialog.h"
#include "helpscreen.h"
#include "key_decoder.h"
#include "layout.h"
#include "palette.h"
#include "tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
	const uint8_t *data;
	size_t size;
	size_t rows;
	struct grid grid;
	struct layout layout;
	struct keymap km;
	struct rows filter;
	struct list list;
	struct tree tree;
	struct doc doc;
	struct pager pager;
	struct boxgraph graph;
	struct prompt prompt;
	struct prompt_history history;
	struct palette palette;
	struct helpscreen help;
	struct dialog dialog;
	unsigned focus;
	char text[64];
};

static const char *piece(struct world *w, uint64_t seed, size_t *len)
{
	size_t at = w->size ? (size_t)(seed * 7919 % w->size) : 0;

	*len = MIN(w->size - at, (size_t)(1 + seed % 40));
	return (const char *)w->data + at;
}

static size_t count(void *ctx)
{
	return ((struct world *)ctx)->rows;
}

static void cell(void *ctx, size_t row, unsigned column, struct line *out)
{
	size_t len;
	const char *s = piece(ctx, row * 3 + column, &len);

	line_addn(out, column, s, len);
	line_addn(out, STYLE_GOOD, s, len / 2);
}

static const char *text(void *ctx, size_t row, size_t *len)
{
	return piece(ctx, row * 3, len);
}

static int compare(void *ctx, size_t a, size_t b, unsigned column)
{
	size_t la, lb;
	const char *x = piece(ctx, a * 3 + column, &la), *y = piece(ctx, b * 3 + column, &lb);
	int c = memcmp(x, y, MIN(la, lb));

	return c ? c : (la > lb) - (la < lb);
}

static bool is_heading(void *ctx, size_t row)
{
	(void)ctx;
	return row % 11 == 3;
}

static const struct list_ops list_ops = { .count = count, .cell = cell, .skip = is_heading };
static const struct rows_ops rows_ops = { count, text, compare };
static const struct list_column columns[] = {
	{ .id = "a", .title = "first", .min = 10, .flex = 1, .match = true, .cut = CUT_MIDDLE },
	{ .id = "b", .title = "second", .min = 4, .max = 12, .priority = 2, .cut = CUT_START },
	{ .id = "c", .title = "third", .min = 3, .priority = 1, .right = true },
};

static size_t children(void *ctx, uint64_t node)
{
	const struct world *w = ctx;

	return node == TREE_ROOT ? 3 : w->size ? w->data[node % w->size] % 6 : 0;
}

static uint64_t child(void *ctx, uint64_t node, size_t i)
{
	(void)ctx;
	return node == TREE_ROOT ? i : (node * 5 + i) % 97;
}

static void tree_cell(void *ctx, const struct tree_place *at, unsigned column, struct line *out)
{
	cell(ctx, (size_t)at->node, column, out);
}

static const struct tree_ops tree_ops = { .children = children, .child = child, .cell = tree_cell };

static void item(void *ctx, size_t i, struct palette_item *out)
{
	struct world *w = ctx;
	size_t len;
	const char *s = piece(w, i, &len);

	snprintf(w->text, sizeof(w->text), "%.*s", (int)MIN(len, sizeof(w->text) - 1), s);
	out->text = w->text;
	out->disabled = i % 5 == 0;
	out->takes_argument = i % 3 == 0;
}

static const struct palette_ops palette_ops = { count, item };

static void fill_doc(struct world *w)
{
	doc_clear(&w->doc);
	for (size_t i = 0; i < w->rows % 50; i++) {
		size_t len;
		const char *s = piece(w, i, &len);
		char word[48];

		snprintf(word, sizeof(word), "%.*s", (int)len, s);
		if (i % 3 == 0)
			doc_field(&w->doc, word);
		else if (i % 7 == 0)
			doc_line(&w->doc);
		if (i % 4 == 0)
			doc_link(&w->doc, STYLE_LINK, 1, i, word);
		doc_addn(&w->doc, STYLE_BAD, s, len);
	}
	pager_refresh(&w->pager);
}

static void fill_graph(struct world *w)
{
	boxgraph_clear(&w->graph);
	for (size_t i = 0; i < w->rows % 20; i++) {
		size_t len;
		const char *s = piece(w, i, &len);
		char word[48];

		snprintf(word, sizeof(word), "%.*s", (int)len, s);
		boxgraph_node(&w->graph, word, STYLE_NORMAL, i);
	}
	for (size_t i = 1; i < w->size && w->graph.nodes.n && i < 60; i++)
		boxgraph_edge(&w->graph, w->data[i - 1] % w->graph.nodes.n,
			      w->data[i] % w->graph.nodes.n, "v1", STYLE_GO);
	boxgraph_layout(&w->graph);
}

static void refresh(struct world *w, uint8_t by)
{
	w->rows = by * 3u;
	rows_refresh(&w->filter);
	list_refresh(&w->list);
	tree_refresh(&w->tree);
	fill_doc(w);
	fill_graph(w);
	dialog_open(&w->dialog, "Title", (enum dialog_kind)(by % 5));
	dialog_answer(&w->dialog, "d", "first", 1);
	doc_addn(&w->dialog.doc, STYLE_NORMAL, (const char *)w->data, MIN(w->size, (size_t)by));
}

static void setup(struct world *w)
{
	struct keymap_scope sc = { &w->km };

	keymap_init(&w->km);
	keymap_add(&w->km, "list", list_actions);
	keymap_add(&w->km, "tree", tree_actions);
	keymap_add(&w->km, "pager", pager_actions);
	keymap_add(&w->km, "draw", boxgraph_actions);
	rows_init(&w->filter, &rows_ops, w);
	list_init(&w->list, &list_ops, w, columns, ARRAY_LEN(columns));
	w->list.rows = &w->filter;
	tree_init(&w->tree, &tree_ops, w, columns, ARRAY_LEN(columns));
	doc_init(&w->doc);
	pager_init(&w->pager);
	pager_set(&w->pager, &w->doc);
	boxgraph_init(&w->graph);
	prompt_init(&w->prompt, "/");
	w->prompt.history = &w->history;
	palette_init(&w->palette, &palette_ops, w, &w->history);
	helpscreen_init(&w->help);
	dialog_init(&w->dialog);
	keymap_scope_push(&sc, "list", &w->list);
	keymap_scope_push(&sc, "pager", &w->pager);
	helpscreen_open(&w->help, "Help", &sc, NULL);
	refresh(w, 20);
	palette_open(&w->palette, ":", "");
}

static void release(struct world *w)
{
	keymap_release(&w->km);
	rows_release(&w->filter);
	list_release(&w->list);
	tree_release(&w->tree);
	doc_release(&w->doc);
	pager_release(&w->pager);
	boxgraph_release(&w->graph);
	prompt_release(&w->prompt);
	prompt_history_release(&w->history);
	palette_release(&w->palette);
	helpscreen_release(&w->help);
	dialog_release(&w->dialog);
	grid_release(&w->grid);
}

static void check_grid(const struct grid *g)
{
	for (int y = 0; y < g->h; y++) {
		for (int x = 0; x < g->w; x++) {
			const struct grid_cell *c = grid_at(g, x, y);

			if (c->len == 0 && (x == 0 || grid_at(g, x - 1, y)->width != 2))
				__builtin_trap();
			if (c->width == 2 && (x + 1 == g->w || grid_at(g, x + 1, y)->len != 0))
				__builtin_trap();
			if (c->len && ((unsigned char)c->text[0] < 0x20 || c->text[0] == 0x7f))
				__builtin_trap();
			if (c->len > 1 && g->ascii)
				__builtin_trap();
		}
	}
}

static void draw(struct world *w)
{
	struct area a;

	grid_clear(&w->grid);
	a = area_of(&w->grid);
	layout_compute(&w->layout, a,
		       LAYOUT_DETAIL | LAYOUT_INPUT | (w->focus & 1 ? LAYOUT_DETAIL_ONLY : 0), 0);
	layout_draw(&w->layout);
	if (w->focus % 3 == 0)
		list_draw(&w->list, w->layout.list);
	else if (w->focus % 3 == 1)
		tree_draw(&w->tree, w->layout.list);
	else
		boxgraph_draw(&w->graph, w->layout.list);
	pager_draw(&w->pager, w->layout.detail);
	prompt_draw(&w->prompt, w->layout.input, 0, 0, -1, true);
	if (w->focus == 4)
		palette_draw(&w->palette, a);
	if (w->focus == 5)
		helpscreen_draw(&w->help, a);
	if (w->focus == 6)
		dialog_draw(&w->dialog, a);
	check_grid(&w->grid);
}

static void press(struct world *w, const char *layer, void *ctx, struct key k)
{
	struct keymap_scope sc = { &w->km };

	keymap_scope_push(&sc, layer, ctx);
	if (str_eq(layer, "tree"))
		keymap_scope_push(&sc, "list", &w->tree.list);
	keymap_press(&sc, k);
}

static void give(struct world *w, const struct event *ev)
{
	bool activated;

	if (ev->type == EV_KEY && key_is(ev->key, K_TAB))
		w->focus = (w->focus + 1) % 8;
	if (ev->type == EV_KEY) {
		press(w, "list", &w->list, ev->key);
		press(w, "tree", &w->tree, ev->key);
		press(w, "pager", &w->pager, ev->key);
		press(w, "draw", &w->graph, ev->key);
	}
	list_event(&w->list, ev);
	tree_event(&w->tree, ev);
	pager_event(&w->pager, ev);
	boxgraph_event(&w->graph, ev, &activated);
	if (prompt_event(&w->prompt, ev) == PROMPT_CHANGED) {
		rows_filter(&w->filter, prompt_text(&w->prompt));
		list_refresh(&w->list);
		pager_search(&w->pager, prompt_text(&w->prompt));
	}
	rows_work(&w->filter, 0);
	palette_event(&w->palette, ev);
	palette_work(&w->palette, 0);
	helpscreen_event(&w->help, ev);
	dialog_event(&w->dialog, ev);
}

static void command(struct world *w, uint8_t c, uint8_t by)
{
	if (c == 1)
		grid_resize(&w->grid, 1 + by % 200, 1 + by / 4);
	else if (c == 2)
		refresh(w, by);
	else if (c == 3)
		palette_open(&w->palette, ":", "");
	else if (c == 4)
		tree_unfold_below(&w->tree, by, 6, 500, by & 1);
	else if (c == 5)
		list_sort_by(&w->list, by % 4);
	else if (c == 6)
		tree_unfold_slowly(&w->tree, by, 6, 500, by & 1);
	else if (c == 7)
		tree_work(&w->tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct event none;
	struct world w = { .data = data, .size = size };
	struct key_decoder d;
	struct event ev = none;

	if (size < 2 || size > 512)
		return 0;
	grid_init(&w.grid);
	w.grid.ascii = data[0] & 1;
	grid_resize(&w.grid, 20 + data[0] % 128, 4 + data[1] % 40);
	setup(&w);
	key_decoder_init(&d);
	for (size_t i = 2; i < size; i++) {
		bool changed = false;

		if (data[i] < 8 && i + 1 < size) {
			command(&w, data[i], data[i + 1]);
			i++;
			changed = true;
		} else {
			key_decoder_feed(&d, (const char *)data + i, 1);
			while (key_decoder_next(&d, &ev) ||
			       (data[i] == 0x1b && i % 2 &&
				key_decoder_quiet(&d, KEY_SEQUENCE_MS, &ev))) {
				give(&w, &ev);
				changed = true;
			}
		}
		if (changed)
			draw(&w);
	}
	key_decoder_release(&d);
	release(&w);
	return 0;
}
