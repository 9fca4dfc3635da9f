#include "app/app_private.h"

#include <time.h>

#include "base/fs.h"
#include "gauge.h"

/* Milliseconds that the cursor must rest on a row before expensive work for it starts. */
enum { CURSOR_MS = 120 };

void view_touch(struct view *v)
{
	v->detail_stale = true;
	loop_dirty(&v->app->loop);
}

static void cursor_rests(void *ctx)
{
	struct app *app = ctx;
	struct view *v = app_current(app);

	app->rest_timer = 0;
	v->rested = true;
	view_touch(v);
}

void app_rest(struct app *app)
{
	if (app->rest_timer)
		loop_cancel(&app->loop, app->rest_timer);
	app->rest_timer = loop_after(&app->loop, CURSOR_MS, cursor_rests, app);
}

static void take_turn(void *ctx)
{
	struct view *v = ctx;

	v->timer = 0;
	v->turn(v);
}

void app_after(struct view *v, unsigned ms, void (*turn)(struct view *v))
{
	if (v->timer)
		loop_cancel(&v->app->loop, v->timer);
	v->turn = turn;
	v->timer = turn ? loop_after(&v->app->loop, ms, take_turn, v) : 0;
}

/* Parts */

const struct snapshot *app_snapshot(const struct app *app)
{
	return app->wants.snapshot;
}

void *app_part(const struct app *app, const struct request *r)
{
	return wants_part(&app->wants, r);
}

void app_want(struct app *app, const struct request *r)
{
	wants_add(&app->wants, r);
}

void app_reload(struct app *app, const struct request *r)
{
	wants_reload(&app->wants, r);
}

void app_project_changed(struct app *app)
{
	wants_changed(&app->wants, LOAD_CHANGED_PROJECT);
}

void app_reload_cache(struct app *app)
{
	wants_reload_kind(&app->wants, PART_CACHE);
}

const struct err *app_error(const struct app *app, const struct request *r)
{
	return wants_error(&app->wants, r);
}

bool app_loading(const struct app *app, const struct request *r,
		 const struct wants_progress **progress)
{
	return wants_loading(&app->wants, r, progress);
}

void app_change(struct view *v, const struct request *r)
{
	wants_change(&v->app->wants, v, r);
}

bool app_changing(const struct view *v)
{
	return wants_changing(&v->app->wants, v);
}

const struct wants_progress *app_change_progress(const struct view *v)
{
	return wants_change_progress(&v->app->wants, v);
}

const struct whatif_steps *app_steps(const struct app *app)
{
	return &app->steps->steps;
}

void app_set_steps(struct app *app, const struct whatif_steps *steps)
{
	struct request *old = app->steps;

	app->steps = request_copy(REQUEST(PART_WHATIF, .steps = *steps));
	free(old);
	app_refresh_views(app);
}

/* Views */

void app_refresh_view(struct app *app, struct view *v)
{
	if (v->ops->refresh)
		v->ops->refresh(v);
	if (v == app_current(app) && v->pending && v->ops->go && v->ops->go(v, v->pending)) {
		free(v->pending);
		v->pending = NULL;
	}
	v->detail_stale = true;
	loop_dirty(&app->loop);
}

void app_refresh_views(struct app *app)
{
	for (size_t i = 0; i < app->n_views; i++)
		if (app->views[i].opened)
			app_refresh_view(app, &app->views[i]);
}

static void begin_view(struct view *v)
{
	if (v->opened)
		return;
	v->opened = true;
	v->state = xcalloc(1, MAX(v->ops->state_size, 1));
	doc_init(&v->detail);
	pager_init(&v->pager);
	v->ops->open(v);
}

static void open_view(struct app *app, struct view *v)
{
	begin_view(v);
	for (int id = 0; id < PART_COUNT; id++)
		if (v->ops->needs & NEEDS(id))
			app_want(app, REQUEST((enum request_part)id));
	app_refresh_view(app, v);
}

static void go_to(struct view *v, const char *target)
{
	free(v->pending);
	v->pending = NULL;
	if (target && v->ops->go && !v->ops->go(v, target))
		v->pending = xstrdup(target);
	view_touch(v);
}

static void show(struct app *app, size_t view)
{
	app_end_input(app);
	app_end_question(app);
	app->current = view;
	open_view(app, &app->views[view]);
}

static void remember(struct app *app)
{
	struct view *v = app_current(app);
	struct buf b = BUF_INIT;
	struct app_place p = { .view = app->current };

	if (v->ops->place)
		v->ops->place(v, &b);
	if (b.len)
		p.target = buf_detach(&b);
	buf_release(&b);
	vec_push(&app->history, p);
}

static size_t view_index(const struct app *app, const char *name)
{
	for (size_t i = 0; i < app->n_views; i++)
		if (str_eq(app->views[i].ops->name, name))
			return i;
	return app->n_views;
}

void app_open(struct app *app, const char *view, const char *target)
{
	size_t i = view_index(app, view);
	char *copy = target ? xstrdup(target) : NULL;

	if (i < app->n_views) {
		remember(app);
		show(app, i);
		if (copy)
			go_to(&app->views[i], copy);
	}
	free(copy);
}

size_t app_tabs(const struct app *app, size_t *views, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < app->n_views && n < max; i++) {
		const struct view_ops *ops = app->views[i].ops;

		if (ops->tab && (!ops->tabbed || ops->tabbed(app)))
			views[n++] = i;
	}
	return n;
}

void app_tab(struct app *app, size_t view)
{
	if (view < app->n_views && view != app->current) {
		remember(app);
		show(app, view);
	}
}

bool app_previous(struct app *app)
{
	struct app_place p;

	if (!app->history.n)
		return false;
	p = app->history.items[--app->history.n];
	show(app, p.view);
	if (p.target)
		go_to(&app->views[p.view], p.target);
	free(p.target);
	return true;
}

void app_start(struct app *app)
{
	size_t first = app->o.view ? view_index(app, app->o.view) : 0;
	struct view *v = &app->views[first = first < app->n_views ? first : 0];

	begin_view(v);
	for (size_t i = 0; i < app->o.n_options; i++) {
		const struct app_option *o = &app->o.options[i];

		if (!v->ops->option || !v->ops->option(v, o->name, o->value))
			app_message(app, STYLE_ATTENTION, "this view has no option %s", o->name);
	}
	show(app, first);
	if (app->o.target)
		go_to(app_current(app), app->o.target);
}

struct view *app_view(struct app *app, const char *name)
{
	size_t i = view_index(app, name);

	if (i == app->n_views)
		return NULL;
	if (!app->views[i].opened)
		open_view(app, &app->views[i]);
	return &app->views[i];
}

/* Questions */

void app_end_question(struct app *app)
{
	dialog_close(&app->dialog);
	palette_close(&app->pick);
	app->question = (struct app_question){ 0 };
}

void app_end_input(struct app *app)
{
	app->input_view = NULL;
	app->searched = NULL;
}

/* A hidden view cannot ask. */
static bool begin_question(struct view *v, const char *title, enum dialog_kind kind,
			   struct app_question q)
{
	struct app *app = v->app;

	if (v != app_current(app))
		return false;
	dialog_open(&app->dialog, title, kind);
	app->question = q;
	return true;
}

void app_ask(struct view *v, const char *title, void (*fill)(void *what, struct doc *d), void *what,
	     void (*confirmed)(struct view *v))
{
	if (begin_question(v, title, DIALOG_PLAN,
			   (struct app_question){ .view = v, .confirmed = confirmed }))
		fill(what, &v->app->dialog.doc);
}

void app_input(struct view *v, const char *label, const char *text,
	       void (*written)(struct view *v, const char *text))
{
	if (begin_question(v, label, DIALOG_INPUT,
			   (struct app_question){ .view = v, .written = written }))
		prompt_offer(&v->app->dialog.prompt, text);
}

bool app_picking(const struct view *v)
{
	return v->app->pick.is_open && v->app->question.view == v;
}

void app_pick(struct view *v, const char *label, const struct app_item *items, size_t n,
	      void (*written)(struct view *v, const char *text))
{
	struct app *app = v->app;
	struct app_item *copy;
	char *text;

	if (v != app_current(app))
		return;
	text = xstrdup(app_picking(v) ? prompt_text(&app->pick.prompt) : "");
	arena_release(&app->pick_arena);
	app->pick_arena = (struct arena)ARENA_INIT;
	copy = arena_calloc(&app->pick_arena, n + 1, sizeof(*copy));
	for (size_t i = 0; i < n; i++)
		copy[i] = (struct app_item){ arena_strdup(&app->pick_arena, items[i].text),
					     arena_strdup(&app->pick_arena, items[i].help) };
	app->pick_items = copy;
	app->n_pick_items = n;
	app->question = (struct app_question){ .view = v, .written = written };
	palette_open(&app->pick, arena_strdup(&app->pick_arena, label), text);
	free(text);
}

/* The first letter of the word that is not a key yet, else its first letter. */
static char free_letter(const char *word, const char *used)
{
	for (const char *p = word; *p; p++)
		if (!strchr(used, *p))
			return *p;
	return word[0];
}

void app_choose(struct view *v, const char *title, const struct app_choice *choices,
		void (*chosen)(struct view *v, int value))
{
	char used[32] = "";

	if (!begin_question(v, title, DIALOG_CHOICE,
			    (struct app_question){ .view = v, .chosen = chosen }))
		return;
	for (size_t i = 0; choices[i].text; i++) {
		char key[2] = { free_letter(choices[i].text, used), '\0' };

		used[i % (ARRAY_LEN(used) - 1)] = key[0];
		dialog_answer(&v->app->dialog, key, choices[i].text, choices[i].value);
	}
}

/* Messages, copies, files */

void app_message(struct app *app, unsigned style, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	free(app->message);
	app->message = buf_detach(&b);
	app->message_style = style;
	loop_dirty(&app->loop);
}

/* As much as is known: a terminal does not confirm. */
static const char *copied_how(unsigned ways)
{
	if (ways & CLIPBOARD_COMMAND)
		return "copied";
	return ways & CLIPBOARD_TMUX ? "copied in tmux and sent to the terminal (OSC 52)"
				     : "sent to the terminal's clipboard (OSC 52)";
}

void app_copy(struct app *app, const char *text, const char *what)
{
	struct err e = ERR_INIT;
	int line = (int)strcspn(text, "\n");
	unsigned ways;

	if (!clipboard_copy(app->o.term, app->o.copy, text, strlen(text), &ways, &e))
		app_message(app, STYLE_BAD, "not copied: %s", e.text);
	else
		app_message(app, STYLE_GOOD, "%s: %.*s", copied_how(ways),
			    what ? (int)strlen(what) : line, what ? what : text);
	err_release(&e);
}

#define GOTO_FILE_LINE "--goto \"$2:$1\""
#define FILE_LINE "\"$2:$1\""

/* All others take "+LINE FILE". */
static const struct {
	const char *name, *arguments;
} editors[] = { { "code", GOTO_FILE_LINE },	{ "code-insiders", GOTO_FILE_LINE },
		{ "codium", GOTO_FILE_LINE },	{ "cursor", GOTO_FILE_LINE },
		{ "windsurf", GOTO_FILE_LINE }, { "subl", FILE_LINE },
		{ "zed", FILE_LINE },		{ "hx", FILE_LINE } };

/* Whether the shell's first word is this program: in any folder, quoted or not. */
static bool runs(const char *command, const char *name)
{
	char word[32], quote = '\0';
	size_t n = 0;

	for (const char *p = command; *p && (quote || (*p != ' ' && *p != '\t')); p++) {
		if (*p == '\\' && quote != '\'' && p[1])
			p++;
		else if (quote ? *p == quote : *p == '"' || *p == '\'') {
			quote = quote ? '\0' : *p;
			continue;
		}
		if (*p == '/')
			n = 0;
		else if (n < sizeof(word) - 1)
			word[n++] = *p;
	}
	word[n] = '\0';
	return str_eq(word, name);
}

/* What follows the editor's words in the shell's command line, before the arguments $1 and $2. */
static const char *editor_arguments(const char *editor)
{
	for (size_t i = 0; i < ARRAY_LEN(editors); i++)
		if (runs(editor, editors[i].name))
			return editors[i].arguments;
	return "\"+$1\" \"$2\"";
}

/* The shell takes an editor's own arguments and quotes apart, as for git. */
void app_edit(struct app *app, const char *file, int line)
{
	const char *editor = app->o.editor ? app->o.editor + strspn(app->o.editor, " \t") : "";
	char *at = xasprintf("%d", MAX(line, 1));
	char *command = xasprintf("%s %s", editor, editor_arguments(editor));
	const char *argv[] = { "/bin/sh", "-c", command, editor, at, file, NULL };
	struct err e = ERR_INIT;
	int status = 0;

	if (!*editor)
		app_message(app, STYLE_ATTENTION, "%s:%d (set EDITOR to open it from here)", file,
			    line);
	else if (!loop_spawn(&app->loop, argv, &status, &e) && e.code == ERR_NOT_FOUND)
		app_message(app, STYLE_BAD, "run %s: command not found (set EDITOR)", editor);
	else if (err_is_set(&e))
		app_message(app, STYLE_BAD, "%s", e.text);
	err_release(&e);
	free(command);
	free(at);
}

static void save_now(struct view *v, const char *name)
{
	struct app *app = v->app;
	struct err e = ERR_INIT;

	if (!name[0])
		return;
	if (fs_write_atomic(name, app->save_text, strlen(app->save_text), 0666, false, &e))
		app_message(app, STYLE_GOOD, "saved %s, %s bytes", name,
			    GAUGE_N(strlen(app->save_text)));
	else
		app_message(app, STYLE_BAD, "not saved: %s", e.text);
	err_release(&e);
}

void app_save(struct view *v, const char *suggestion, char *text)
{
	free(v->app->save_text);
	v->app->save_text = text;
	app_input(v, "Save as", suggestion, save_now);
}

bool app_read_only(const struct app *app)
{
	return app->o.read_only;
}

bool app_works_behind(const struct app *app)
{
	return app->o.behind;
}

int64_t app_time(const struct app *app)
{
	return app->o.now ? app->o.now : (int64_t)time(NULL);
}

uint64_t app_now(void)
{
	return loop_now();
}

struct activity *app_log(const struct app *app)
{
	return load_log(app->wants.load);
}
