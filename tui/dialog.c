#include "dialog.h"

enum { WIDE = 110, NARROW = 72, FRAME_ROWS = 4 }; /* border, blank and answers */

void dialog_init(struct dialog *d)
{
	memset(d, 0, sizeof(*d));
	doc_init(&d->doc);
	pager_init(&d->pager);
	prompt_init(&d->prompt, "> ");
}

void dialog_release(struct dialog *d)
{
	doc_release(&d->doc);
	pager_release(&d->pager);
	prompt_release(&d->prompt);
}

void dialog_open(struct dialog *d, const char *title, enum dialog_kind kind)
{
	doc_clear(&d->doc);
	pager_set(&d->pager, &d->doc);
	prompt_set(&d->prompt, "");
	d->is_open = true;
	d->kind = kind;
	d->title = title;
	d->n_answers = d->current = 0;
	d->value = 0;
	d->ok = d->cancel = NULL;
}

void dialog_close(struct dialog *d)
{
	d->is_open = false;
}

void dialog_answer(struct dialog *d, const char *key, const char *text, int value)
{
	struct key k = { 0 };

	if (d->n_answers == DIALOG_ANSWERS)
		return;
	if (key)
		key_parse(&k, key, strlen(key));
	d->answer[d->n_answers].key = k;
	d->answer[d->n_answers].text = text;
	d->answer[d->n_answers].value = value;
	d->n_answers++;
}

static const char *ok_word(const struct dialog *d)
{
	static const char *const words[] = {
		[DIALOG_MESSAGE] = "close", [DIALOG_CONFIRM] = "yes",	[DIALOG_PLAN] = "do it",
		[DIALOG_CHOICE] = "choose", [DIALOG_INPUT] = "take it",
	};

	return d->ok ? d->ok : words[d->kind];
}

static const char *cancel_word(const struct dialog *d)
{
	static const char *const words[] = {
		[DIALOG_MESSAGE] = "close",
		[DIALOG_CONFIRM] = "no",
		[DIALOG_PLAN] = "leave everything as it is",
		[DIALOG_CHOICE] = "leave",
		[DIALOG_INPUT] = "leave",
	};

	return d->cancel ? d->cancel : words[d->kind];
}

static int hint(struct area a, int x, int y, const char *key, const char *word)
{
	x += area_text(a, x, y, -1, STYLE_KEY, CUT_END, key) + 1;
	return x + area_text(a, x, y, -1, STYLE_NORMAL, CUT_END, word) + 3;
}

static void draw_answers(const struct dialog *d, struct area a, int y)
{
	int x = 1;

	if (d->kind == DIALOG_MESSAGE) {
		hint(a, x, y, "enter", ok_word(d));
		return;
	}
	x = hint(a, x, y, d->kind == DIALOG_CONFIRM ? "enter y" : "enter", ok_word(d));
	x = hint(a, x, y, "esc", cancel_word(d));
	if (d->pager.rows.n > (size_t)MAX(d->pager.height, 0))
		hint(a, x, y, "up down", "scroll");
}

static void draw_choices(const struct dialog *d, struct area a, int y)
{
	for (unsigned i = 0; i < d->n_answers; i++) {
		struct buf key = BUF_INIT;

		if (d->answer[i].key.code)
			key_write(&key, d->answer[i].key);
		area_text(a, 2, y + (int)i, 6, STYLE_KEY, CUT_END, key.data);
		area_text(a, 2 + MAX(2, (int)key.len + 1), y + (int)i, -1, STYLE_NORMAL, CUT_END,
			  d->answer[i].text);
		if (i == d->current)
			area_tint(a, 0, y + (int)i, a.w, 1, STYLE_CURSOR);
		buf_release(&key);
	}
}

/* Rows that its text takes at that width. */
static int text_rows(struct dialog *d, int width)
{
	struct grid g;
	int rows;

	if (d->doc.lines.n == 0)
		return 0;
	grid_init(&g);
	grid_resize(&g, width, 1);
	pager_draw(&d->pager, area_of(&g)); /* only for the layout */
	rows = (int)MIN(d->pager.rows.n, (size_t)1000);
	grid_release(&g);
	return rows;
}

void dialog_draw(struct dialog *d, struct area screen)
{
	int w = MIN(screen.w - 4, d->kind == DIALOG_PLAN ? WIDE : NARROW), extra = 0, rows, h;
	struct area a;
	size_t top = d->pager.top;

	if (!d->is_open || area_empty(screen))
		return;
	if (w < 20)
		w = screen.w;
	if (d->kind == DIALOG_CHOICE)
		extra = (int)d->n_answers + 1;
	if (d->kind == DIALOG_INPUT)
		extra = 2;
	rows = text_rows(d, w - 2);
	d->pager.top = top;
	h = MIN(rows + extra + FRAME_ROWS, screen.h);
	a = area_sub(screen, (screen.w - w) / 2, MAX(0, (screen.h - h) / 3), w, h);
	area_fill(area_sub(screen, a.x - screen.x - 1, a.y - screen.y, w + 2, h), STYLE_NORMAL);
	d->drawn = a;
	a = area_box(a, STYLE_RULE, d->title);
	pager_draw(&d->pager, area_sub(a, 0, 0, -1, a.h - extra - 2));
	if (d->kind == DIALOG_CHOICE)
		draw_choices(d, a, a.h - extra - 1);
	if (d->kind == DIALOG_INPUT)
		prompt_draw(&d->prompt, a, 1, a.h - 3, a.w - 2, true);
	draw_answers(d, a, a.h - 1);
}

static enum dialog_result input_event(struct dialog *d, const struct event *ev)
{
	switch (prompt_event(&d->prompt, ev)) {
	case PROMPT_ACCEPT: return DIALOG_OK;
	case PROMPT_CANCEL:
		/* do not close on a backspace too many */
		return ev->type == EV_KEY && ev->key.code == K_BACKSPACE ? DIALOG_STAYS
									 : DIALOG_CANCEL;
	default: return DIALOG_STAYS;
	}
}

static enum dialog_result choose(struct dialog *d, unsigned i)
{
	if (i >= d->n_answers)
		return DIALOG_CANCEL;
	d->current = i;
	d->value = d->answer[i].value;
	return DIALOG_OK;
}

static enum dialog_result choice_key(struct dialog *d, struct key k)
{
	for (unsigned i = 0; i < d->n_answers; i++)
		if (d->answer[i].key.code && key_eq(d->answer[i].key, k))
			return choose(d, i);
	if ((key_is(k, K_DOWN) || key_is(k, 'j')) && d->current + 1 < d->n_answers)
		d->current++;
	else if ((key_is(k, K_UP) || key_is(k, 'k')) && d->current > 0)
		d->current--;
	else if (key_is(k, K_ENTER))
		return choose(d, d->current);
	return DIALOG_STAYS;
}

static void scroll_key(struct dialog *d, struct key k)
{
	static const struct {
		uint32_t code;
		enum pager_move move;
	} moves[] = {
		{ K_DOWN, PAGER_DOWN },	     { 'j', PAGER_DOWN },
		{ K_UP, PAGER_UP },	     { 'k', PAGER_UP },
		{ K_PGDN, PAGER_PAGE_DOWN }, { K_SPACE, PAGER_PAGE_DOWN },
		{ K_PGUP, PAGER_PAGE_UP },   { K_HOME, PAGER_TOP },
		{ 'g', PAGER_TOP },	     { K_END, PAGER_BOTTOM },
		{ 'G', PAGER_BOTTOM },
	};

	for (size_t i = 0; i < ARRAY_LEN(moves); i++)
		if (key_is(k, moves[i].code))
			pager_move(&d->pager, moves[i].move);
}

static enum dialog_result key_event(struct dialog *d, struct key k)
{
	if (key_is(k, K_ESC) || key_eq(k, (struct key){ 'c', KEY_CTRL }) ||
	    (key_is(k, 'q') && d->kind != DIALOG_CHOICE))
		return DIALOG_CANCEL;
	if (d->kind == DIALOG_CHOICE) {
		enum dialog_result r = choice_key(d, k);

		return r == DIALOG_STAYS && key_is(k, 'q') ? DIALOG_CANCEL : r;
	}
	if (key_is(k, K_ENTER))
		return DIALOG_OK;
	if (d->kind == DIALOG_CONFIRM && key_is(k, 'y'))
		return DIALOG_OK;
	if (d->kind == DIALOG_CONFIRM && key_is(k, 'n'))
		return DIALOG_CANCEL;
	scroll_key(d, k);
	return DIALOG_STAYS;
}

static enum dialog_result mouse_event(struct dialog *d, const struct event *ev)
{
	int x, y, first;

	pager_event(&d->pager, ev);
	if (d->kind != DIALOG_CHOICE || ev->mouse != MOUSE_PRESS ||
	    !area_hit(d->drawn, ev->x, ev->y, &x, &y))
		return DIALOG_STAYS;
	first = d->drawn.h - 1 - (int)d->n_answers - 2;
	if (y >= first && y < first + (int)d->n_answers)
		return choose(d, (unsigned)(y - first));
	return DIALOG_STAYS;
}

enum dialog_result dialog_event(struct dialog *d, const struct event *ev)
{
	if (d->kind == DIALOG_INPUT && (ev->type == EV_KEY || ev->type == EV_PASTE))
		return input_event(d, ev);
	if (ev->type == EV_KEY)
		return key_event(d, ev->key);
	return ev->type == EV_MOUSE ? mouse_event(d, ev) : DIALOG_STAYS;
}
