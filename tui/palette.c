#include "palette.h"

enum { WIDTH = 96, ROWS = 14, EXACT_LOOK = 4096 };

static void get(struct palette *p, size_t i, struct palette_item *out)
{
	memset(out, 0, sizeof(*out));
	p->ops->item(p->ctx, i, out);
}

static size_t source_count(void *ctx)
{
	struct palette *p = ctx;

	return p->ops->count(p->ctx);
}

/* The description matches too, after the name. */
static const char *source_text(void *ctx, size_t row, size_t *len)
{
	struct palette *p = ctx;
	struct palette_item it;

	get(p, row, &it);
	if (!it.help) {
		*len = strlen(it.text);
		return it.text;
	}
	buf_clear(&p->match);
	buf_addstr(&p->match, it.text);
	buf_addstr(&p->match, "  ");
	buf_addstr(&p->match, it.help);
	*len = p->match.len;
	return p->match.data;
}

static const struct rows_ops source_ops = { .count = source_count, .text = source_text };

static void cell(void *ctx, size_t row, unsigned column, struct line *out)
{
	struct palette *p = ctx;
	struct palette_item it;
	unsigned style;

	get(p, row, &it);
	style = it.disabled ? STYLE_QUIET : STYLE_NORMAL;
	switch (column) {
	case 0: line_add(out, style, it.text); break;
	case 1: line_add(out, STYLE_QUIET, it.help ? it.help : ""); break;
	case 2: line_add(out, STYLE_QUIET, it.group ? it.group : ""); break;
	default: line_add(out, STYLE_KEY, it.key ? it.key : "");
	}
}

static const struct list_ops list_ops = { .count = source_count, .cell = cell };

static const struct list_column columns[] = {
	{ .id = "text", .min = 16, .match = true, .cut = CUT_MIDDLE },
	{ .id = "help", .min = 12, .flex = 1, .priority = 2, .match = true },
	{ .id = "group", .min = 8, .max = 12, .priority = 3 },
	{ .id = "key", .min = 1, .max = 10, .priority = 1, .right = true },
};

/* Tab completes to the item under the cursor. */
static bool complete(void *ctx, const char *text, size_t cursor, size_t i, size_t *from,
		     struct buf *out)
{
	struct palette *p = ctx;
	struct palette_item it;
	size_t row = list_row(&p->list);

	(void)text;
	(void)cursor;
	if (i > 0 || row == LIST_NONE)
		return false;
	get(p, row, &it);
	*from = 0;
	buf_addstr(out, it.text);
	if (it.takes_argument)
		buf_addch(out, ' ');
	return true;
}

void palette_init(struct palette *p, const struct palette_ops *ops, void *ctx,
		  struct prompt_history *history)
{
	memset(p, 0, sizeof(*p));
	p->ops = ops;
	p->ctx = ctx;
	buf_init(&p->match);
	prompt_init(&p->prompt, ":");
	p->prompt.history = history;
	p->prompt.complete = complete;
	p->prompt.ctx = p;
	rows_init(&p->rows, &source_ops, p);
	p->rows.ranked = true;
	list_init(&p->list, &list_ops, p, columns, ARRAY_LEN(columns));
	p->list.rows = &p->rows;
	p->list.header = false;
	p->list.no_marks = true;
	p->list.empty = "Nothing of that name.";
}

void palette_release(struct palette *p)
{
	prompt_release(&p->prompt);
	rows_release(&p->rows);
	list_release(&p->list);
	buf_release(&p->match);
	free(p->argument);
	p->argument = NULL;
}

/* The item named by the first word of the line, if it takes an argument; else SIZE_MAX. */
static size_t with_argument(struct palette *p, const char *line)
{
	size_t n = strcspn(line, " "), count = MIN(p->ops->count(p->ctx), (size_t)EXACT_LOOK);

	if (line[n] == '\0')
		return SIZE_MAX;
	for (size_t i = 0; i < count; i++) {
		struct palette_item it;

		get(p, i, &it);
		if (it.takes_argument && strlen(it.text) == n && memcmp(it.text, line, n) == 0)
			return i;
	}
	return SIZE_MAX;
}

static void refilter(struct palette *p)
{
	const char *line = prompt_text(&p->prompt);
	size_t fixed = with_argument(p, line);
	struct buf word = BUF_INIT;

	p->fixed = fixed;
	buf_add(&word, line, fixed == SIZE_MAX ? strlen(line) : strcspn(line, " "));
	rows_filter(&p->rows, word.data);
	buf_release(&word);
	rows_work(&p->rows, 4000);
	p->list.cursor_key = 0;
	p->list.cursor = p->list.top = 0;
	list_refresh(&p->list);
}

void palette_open(struct palette *p, const char *label, const char *text)
{
	p->is_open = true;
	p->prompt.label = label;
	prompt_set(&p->prompt, text);
	rows_refresh(&p->rows);
	list_reset_widths(&p->list);
	refilter(p);
}

void palette_close(struct palette *p)
{
	p->is_open = false;
}

bool palette_work(struct palette *p, unsigned budget_us)
{
	bool more, was = rows_busy(&p->rows);

	if (!p->is_open)
		return false;
	more = rows_work(&p->rows, budget_us);
	if (was)
		list_refresh(&p->list);
	return more;
}

void palette_draw(struct palette *p, struct area screen)
{
	int w = MIN(screen.w - 4, WIDTH), rows, h;
	struct area a;

	if (!p->is_open || area_empty(screen))
		return;
	rows = (int)MIN(MAX(list_count(&p->list), (size_t)1), (size_t)ROWS);
	h = MIN(rows + 3, screen.h);
	a = area_sub(screen, (screen.w - w) / 2, MIN(2, screen.h - h), w, h);
	area_fill(area_sub(screen, a.x - screen.x - 1, a.y - screen.y, w + 2, h), STYLE_NORMAL);
	p->drawn = a;
	a = area_box(a, STYLE_RULE, NULL);
	prompt_draw(&p->prompt, a, 1, 0, a.w - 2, true);
	list_draw(&p->list, area_sub(a, 0, 1, -1, -1));
}

const char *palette_argument(const struct palette *p)
{
	return p->argument ? p->argument : "";
}

static enum palette_result run(struct palette *p)
{
	size_t row = p->fixed != SIZE_MAX ? p->fixed : list_row(&p->list);
	const char *line = prompt_text(&p->prompt);
	struct palette_item it;

	if (row == LIST_NONE && (!p->any || !line[0]))
		return PALETTE_STAYS;
	if (row == LIST_NONE) {
		p->item = SIZE_MAX;
		free(p->argument);
		p->argument = xstrdup(line);
		return PALETTE_RUN;
	}
	get(p, row, &it);
	if (it.disabled)
		return PALETTE_STAYS;
	p->item = row;
	free(p->argument);
	line += p->fixed != SIZE_MAX ? strcspn(line, " ") : strlen(line);
	p->argument = xstrdup(line + strspn(line, " "));
	return PALETTE_RUN;
}

/* Up from the first row enters the history; down leaves it. */
static bool is_history(const struct palette *p, struct key k)
{
	return (key_is(k, K_UP) && p->list.cursor == 0) ||
	       (key_is(k, K_DOWN) && p->prompt.history_at != SIZE_MAX);
}

static enum palette_result mouse_event(struct palette *p, const struct event *ev)
{
	switch (list_over_mouse(&p->list, p->drawn, ev)) {
	case LIST_TAKEN: return run(p);
	/* a question waits for its answer, as a dialog does */
	case LIST_LEFT: return p->any ? PALETTE_STAYS : PALETTE_CANCEL;
	default: return PALETTE_STAYS;
	}
}

enum palette_result palette_event(struct palette *p, const struct event *ev)
{
	if (ev->type == EV_MOUSE)
		return mouse_event(p, ev);
	if (ev->type == EV_KEY && !is_history(p, ev->key) && list_arrow(&p->list, ev->key))
		return PALETTE_STAYS;
	switch (prompt_event(&p->prompt, ev)) {
	case PROMPT_CHANGED: refilter(p); return PALETTE_STAYS;
	case PROMPT_ACCEPT: return run(p);
	case PROMPT_CANCEL: return PALETTE_CANCEL;
	default: return PALETTE_STAYS;
	}
}
