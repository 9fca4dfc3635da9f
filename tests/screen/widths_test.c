/*
 * widths_test [VIEW...] - checks each view (Vendor only if it is named) at widths from 60 to 300, in the current
 * directory: no column with contents is hidden or cut while another column, or the pane beside the list, has more room
 * than it needs; no name is cut beside a column in which nearly nothing stands. Prints its finds, and fails if there are any.
 */
#include "app/pane.h"
#include "places.h"
#include "play.h"

enum { NARROW = 60, WIDE = 300, STEP = 6, HEIGHT = 30, GUTTER = 2, GAP = 2, WORD = 12 };
/* of a place: to go there, to read it, at each width */
enum { WAITS = (WIDE - NARROW) / STEP + 3 };

static const struct whatif_steps steps = {
	(const struct whatif_step[]){ { WHATIF_GET, "example.com/core/text", "v0.13.0" } }, 1
};
static struct {
	struct places_chosen places;
	size_t rows[ARRAY_LEN(places)], waits, script_at;
} seen;
static struct term_script *script;
static size_t looked, bad;

static int room_beyond(const struct list *l)
{
	int spare = l->drawn.w - GUTTER + GAP;

	for (unsigned c = 0; c < l->n_columns; c++)
		if (l->widths[c])
			spare -= MIN(l->widths[c],
				     MAX(l->seen[c], MIN(l->alone[c], l->columns[c].min))) +
				 GAP;
	return spare;
}

/* The room of the detail pane beyond its minimum. */
static int room_beside(const struct view *v, const struct list *l)
{
	int width = v->detail_area.x + v->detail_area.w, wants = GUTTER + 1 - GAP;

	if (!v->ops->detail || v->ops->above || v->detail_area.x == 0)
		return 0;
	for (unsigned c = 0; c < l->n_columns; c++)
		wants += l->seen[c] ? l->seen[c] + GAP : 0;
	return MIN(wants, width - MAX(PANE_LEAST_DETAIL, width * 3 / 10) - 1) - l->drawn.w;
}

/* In how many of the rows shown a column has no dash; *rows: of how many. */
static int told(const struct list *l, unsigned c, int *rows)
{
	struct line text = LINE_INIT;
	int n = 0;

	*rows = 0;
	for (int i = 0; i < l->height; i++) {
		size_t row = list_row_at(l, l->top + (size_t)i);

		if (row == LIST_NONE || (l->ops->skip && l->ops->skip(l->ctx, row)))
			continue;
		line_clear(&text);
		l->ops->cell(l->ctx, row, c, &text);
		n += !text.text.len || !str_eq(text.text.data, "-");
		++*rows;
	}
	line_release(&text);
	return n;
}

/* Fewer than one in five. */
static bool says_little(const struct list *l, unsigned c)
{
	int rows, n = told(l, c, &rows);

	return rows > 4 && n * 5 < rows;
}

static void check_names(const struct view *v, const struct list *l)
{
	for (unsigned c = 0; c < l->n_columns; c++) {
		if (!l->columns[c].flex || l->columns[c].priority || !l->widths[c] ||
		    l->widths[c] >= l->seen[c])
			continue;
		for (unsigned k = 0; k < l->n_columns; k++) {
			if (!l->widths[k] || !l->columns[k].priority || !says_little(l, k))
				continue;
			bad++;
			printf("%s, %d columns wide: %s is cut (%d of %d) beside %s, which says nearly nothing\n",
			       v->ops->name, l->drawn.w, l->columns[c].id, l->widths[c], l->seen[c],
			       l->columns[k].id);
		}
	}
}

static void check(const struct view *v, const struct list *l)
{
	int spare = MAX(room_beyond(l), room_beside(v, l));

	for (unsigned c = 0; c < l->n_columns; c++) {
		const struct list_column *col = &l->columns[c];
		int wants = l->seen[c];
		int least = MIN(wants, col->min) + GAP;
		bool hidden = !l->widths[c] && wants > 0 && spare > least && !l->sparse[c];
		bool cut = l->widths[c] && l->widths[c] < wants && spare > 1;

		/* a column of short words that may vanish has them whole */
		if (l->widths[c] && l->widths[c] < wants && col->priority && !col->flex &&
		    wants <= WORD) {
			bad++;
			printf("%s, %d columns wide: %s is cut (%d of %d)\n", v->ops->name,
			       l->drawn.w, col->id, l->widths[c], wants);
		}
		looked++;
		if (!hidden && !cut)
			continue;
		bad++;
		printf("%s, %d columns wide: %s is %s (%d of %d) although %d are spare\n",
		       v->ops->name, l->drawn.w, col->id, hidden ? "hidden" : "cut", l->widths[c],
		       wants, spare);
	}
}

/* Goes to a place at its first turn, and looks at it in the others. */
static bool look(void *ctx)
{
	struct app *app = ctx;
	struct view *v = app_current(app);
	size_t turn = seen.waits % WAITS, at = seen.waits / WAITS;

	if (!app_is_idle(app))
		return false;
	if (at >= seen.places.n || !places_new_wait(script, &seen.script_at))
		return true;
	seen.waits++;
	if (turn == 0) {
		app_open(app, seen.places.items[at]->view, seen.places.items[at]->target);
		return true;
	}
	if (turn > 1 && v->list && list_count(v->list) && v->list->drawn.w > 0 &&
	    !view_is_whole(v)) {
		seen.rows[at] += list_count(v->list);
		check(v, v->list);
		check_names(v, v->list);
	}
	return true;
}

static void begun(void *ctx, struct app *app)
{
	script = ctx;
	script->idle = look;
	script->ctx = app;
	app_set_steps(app, &steps);
}

static void make_script(struct buf *b)
{
	buf_addf(b, "size %dx%d\n", NARROW, HEIGHT);
	for (size_t i = 0; i < seen.places.n; i++) {
		buf_addstr(b, "wait\nframe\nwait\n");
		if (seen.places.items[i]->keys[0])
			buf_addf(b, "keys %s\n", seen.places.items[i]->keys);
		for (int w = NARROW; w <= WIDE; w += STEP)
			buf_addf(b, "size %dx%d\nframe\nwait\n", w, HEIGHT);
	}
}

int main(int argc, char **argv)
{
	bool ok;

	places_choose(&seen.places, argv + 1, argc - 1);
	ok = play("widths", make_script, begun) && places_have_every_view();
	for (size_t i = 0; i < seen.places.n; i++)
		if (!seen.rows[i])
			printf("widths: no rows in %s %s%s%s\n", seen.places.items[i]->view,
			       seen.places.items[i]->target ? seen.places.items[i]->target : "",
			       seen.places.items[i]->keys[0] ? ", keys " : "",
			       seen.places.items[i]->keys);
	printf("widths: %zu columns checked, %zu wrong\n", looked, bad);
	return !ok || bad || looked < 100;
}
