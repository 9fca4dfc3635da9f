/*
 * widths_test - each view with a tab at widths from 60 to 300, in the current directory: no column of its list that has something to
 * say is hidden, and none is cut, while others stand in more room than they fill. Prints what it found; the status tells.
 */
#include "play.h"

enum { NARROW = 60, WIDE = 300, STEP = 6, HEIGHT = 30, GUTTER = 2, GAP = 2 };

static size_t looked, bad;

static int room_beyond(const struct list *l)
{
	int spare = l->drawn.w - GUTTER + GAP;

	for (unsigned c = 0; c < l->n_columns; c++)
		if (l->widths[c])
			spare -= MIN(l->widths[c], MAX(l->seen[c], l->columns[c].min)) + GAP;
	return spare;
}

static void check(const struct view *v, const struct list *l)
{
	int spare = room_beyond(l);

	for (unsigned c = 0; c < l->n_columns; c++) {
		const struct list_column *col = &l->columns[c];
		int wants = col->max > 0 ? MIN(l->seen[c], MAX(col->max, col->min)) : l->seen[c];
		int least = MIN(wants, col->min) + GAP;
		bool hidden = !l->widths[c] && wants > 0 && spare > least;
		bool cut = l->widths[c] && l->widths[c] < wants && spare > 1;

		looked++;
		if (!hidden && !cut)
			continue;
		bad++;
		printf("%s, %d columns wide: %s is %s (%d of %d), and %d are spare\n", v->ops->name,
		       l->drawn.w, col->id, hidden ? "hidden" : "cut", l->widths[c], wants, spare);
	}
}

static bool look(void *ctx)
{
	struct app *app = ctx;
	struct view *v = app_current(app);

	if (!app_is_idle(app))
		return false;
	if (v->list && list_count(v->list) && v->list->drawn.w > 0)
		check(v, v->list);
	return true;
}

static void begun(void *ctx, struct app *app)
{
	struct term_script *s = ctx;

	s->idle = look;
	s->ctx = app;
}

static void make_script(struct buf *b)
{
	buf_addf(b, "size %dx%d\n", NARROW, HEIGHT);
	for (int tab = 1; tab <= 9; tab++) {
		buf_addf(b, "keys %d\nwait\n", tab);
		for (int w = NARROW; w <= WIDE; w += STEP)
			buf_addf(b, "size %dx%d\nframe\nwait\n", w, HEIGHT);
		/* and what it has for another mode */
		buf_addstr(b, "keys t\nwait\n");
		for (int w = NARROW; w <= WIDE; w += STEP)
			buf_addf(b, "size %dx%d\nframe\nwait\n", w, HEIGHT);
		buf_addstr(b, "keys esc\n");
	}
}

int main(void)
{
	bool ok = play("widths", make_script, begun);

	printf("widths: %zu columns looked at, %zu wrong\n", looked, bad);
	return !ok || bad || looked < 1000;
}
