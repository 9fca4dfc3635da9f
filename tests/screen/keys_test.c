/*
 * keys_test [VIEW...] - checks, in each view (Vendor only if it is named) with the cursor on its first rows, that every
 * key in the help changes the screen or says why it does not. Prints the keys that do nothing, and fails if there are
 * any.
 */
#include "app/pane.h"
#include "helpscreen.h"
#include "places.h"
#include "play.h"

enum { ROWS = 6 };

/* These end the program, go back, or act outside the screen. */
static const char *const spared[] = { "quit", "leave", "leave-program", "cancel",
				      "back", "mouse", "edit" };

static const struct whatif_steps steps = {
	(const struct whatif_step[]){ { WHATIF_GET, "example.com/core/text", "v0.13.0" } }, 1
};

static struct {
	struct places_chosen places;
	size_t at;
	size_t row, action; /* indices into the place and the scope */
	int turn;
	size_t script_at;
	char id[64], key[32];
	struct buf before;
	size_t pressed, silent;
} seen;
static struct term_script *script;

static void screen_text(const struct grid *g, struct buf *b)
{
	buf_clear(b);
	for (int y = 1; y < g->h - 1; y++)
		for (int x = 0; x < g->w; x++) {
			const struct grid_cell *c = grid_at(g, x, y);

			buf_add(b, c->text, c->len);
			buf_addf(b, "%x", c->style);
		}
}

static bool is_spared(const struct action *a)
{
	for (size_t i = 0; i < ARRAY_LEN(spared); i++)
		if (str_eq(a->id, spared[i]))
			return true;
	return a->flags & ACTION_NO_PALETTE && !str_eq(a->id, "enter");
}

/* Reports whether the action depends on the row under the cursor. */
static bool is_of_row(const struct keymap_row *r)
{
	return !str_eq(r->layer->name, "global") || str_eq(r->action->id, "enter") ||
	       !strncmp(r->action->id, "copy", 4);
}

/* Finds the next action for the row; false if there is none. */
static bool next_action(struct app *app)
{
	struct keymap_scope sc = { &app->keymap };
	struct keymap_row *rows;
	size_t n;
	bool found = false;

	pane_scope(app_current(app), &sc);
	n = keymap_rows(&sc, &rows);
	for (; !found && seen.action < n; seen.action++) {
		const struct keymap_row *r = &rows[seen.action];
		struct buf b = BUF_INIT;
		struct key k;
		void *ctx;

		if (r->enabled && !is_spared(r->action) && (seen.row == 0 || is_of_row(r)) &&
		    keymap_first_key(r->layer, r->action, &b) && key_parse(&k, b.data, b.len) &&
		    keymap_lookup(&sc, k, &ctx) == r->action) {
			snprintf(seen.id, sizeof(seen.id), "%s/%s", r->layer->name, r->action->id);
			snprintf(seen.key, sizeof(seen.key), "%s", b.data);
			found = true;
		}
		buf_release(&b);
	}
	free(rows);
	return found;
}

static PRINTF_FMT(1, 2) void add(const char *fmt, ...)
{
	struct err e = ERR_INIT;
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!term_script_add(script, text, strlen(text), "keys_test", &e))
		printf("%s\n", e.text);
	err_release(&e);
}

static void judge(struct app *app)
{
	struct buf after = BUF_INIT;

	screen_text(&script->shown, &after);
	seen.pressed++;
	if (!app->message && after.len == seen.before.len &&
	    !memcmp(after.data, seen.before.data, after.len)) {
		printf("%s %s, row %zu: %s (%s) does nothing\n", seen.places.items[seen.at]->view,
		       seen.places.items[seen.at]->keys, seen.row, seen.key, seen.id);
		seen.silent++;
	}
	buf_release(&after);
}

static void go_there(struct app *app)
{
	const struct place *p = seen.places.items[seen.at];

	helpscreen_close(&app->help);
	palette_close(&app->palette);
	app_end_question(app);
	app_end_input(app);
	app_open(app, p->view, p->target);
	pane_filter(app_current(app), "");
	app_current(app)->in_detail = app_current(app)->detail_whole = false;
	app_set_steps(app, &steps);
}

static void go_to_row(struct view *v)
{
	if (v->list && !view_is_whole(v)) {
		list_move(v->list, LIST_TOP);
		for (size_t i = 0; i < seen.row; i++)
			list_move(v->list, LIST_DOWN);
	}
	view_touch(v);
}

static void next_row(const struct view *v)
{
	seen.action = 0;
	if (++seen.row >= ROWS || !v->list || seen.row >= list_count(v->list)) {
		seen.row = 0;
		seen.at++;
	}
}

/* Each step adds waits to the script, and is called again at each wait. f9 does nothing anywhere, but draws a frame. */
static void step(struct app *app)
{
	const char *keys = seen.places.items[seen.at]->keys;

	switch (seen.turn++) {
	case 0:
		go_there(app);
		add("frame\nwait\n");
		break;
	case 1:
		add(seen.action == 0 && seen.row == 0 && keys[0] ? "keys %s\nframe\nwait\n"
								 : "wait\n",
		    keys);
		break;
	case 2:
		go_to_row(app_current(app));
		add("keys f9\nframe\nwait\n");
		break;
	case 3:
		if (!next_action(app)) {
			next_row(app_current(app));
			seen.turn = 0;
		}
		add("wait\n");
		break;
	case 4:
		screen_text(&script->shown, &seen.before);
		add("keys %s\nframe\nwait\nframe\nwait\n", seen.key);
		break;
	case 5: break;
	default:
		judge(app);
		seen.turn = 0;
		add("wait\n");
	}
}

static bool look(void *ctx)
{
	struct app *app = ctx;

	/* not when the cursor comes to rest: what that shows is no answer to a key */
	if (jobs_pending(app->wants.jobs) > 0 || app->wants.changed_timer || app->loop.more_work)
		return false;
	if (seen.at < seen.places.n && places_new_wait(script, &seen.script_at))
		step(app);
	return true;
}

static void begun(void *ctx, struct app *app)
{
	script = ctx;
	script->idle = look;
	script->ctx = app;
}

static void make_script(struct buf *b)
{
	buf_addstr(b, "size 120x40\nframe\nwait\n");
}

int main(int argc, char **argv)
{
	bool ok;

	places_choose(&seen.places, argv + 1, argc - 1);
	ok = play("keys", make_script, begun) && places_have_every_view();
	printf("keys: %zu pressed, %zu do nothing\n", seen.pressed, seen.silent);
	buf_release(&seen.before);
	return !ok || seen.silent || seen.pressed < 20;
}
