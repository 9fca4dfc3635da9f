#include "app/app_private.h"

static void close_dialog(struct app *app)
{
	dialog_close(&app->dialog);
	app->question = (struct app_question){ 0 };
}

/* The answer may ask again: the question is over before it is acted on. */
void app_ask_dialog(struct app *app, const struct event *ev)
{
	enum dialog_result r = dialog_event(&app->dialog, ev);
	struct app_question q = app->question;
	char *text;

	if (r == DIALOG_STAYS)
		return;
	text = xstrdup(prompt_text(&app->dialog.prompt));
	close_dialog(app);
	if (r != DIALOG_OK)
		;
	else if (q.confirmed)
		q.confirmed(q.view);
	else if (q.chosen)
		q.chosen(q.view, app->dialog.value);
	else
		q.written(q.view, text);
	free(text);
}

/* The line above the status: filters as one types; the list stays within reach of the arrows. */
void app_ask_filter(struct app *app)
{
	struct view *v = app_current(app);

	prompt_release(&app->prompt);
	prompt_init(&app->prompt, "/");
	app->prompt.history = &app->filters;
	app->searched = v->in_detail ? &v->pager : v->page;
	app->input_view = v;
	if (!app->searched && v->rows)
		prompt_set(&app->prompt, v->rows->filter.pattern);
}

/* It serves whom it was opened for, wherever the focus is now. */
static void apply_input(struct app *app, const char *text)
{
	if (app->searched)
		pager_search(app->searched, text);
	else
		app_pane_filter(app->input_view, text);
}

static void close_input(struct app *app)
{
	app->input_view = NULL;
	app->searched = NULL;
}

static bool input_take(struct app *app, const struct event *ev)
{
	switch (prompt_event(&app->prompt, ev)) {
	case PROMPT_IGNORED: return false;
	case PROMPT_HANDLED: break;
	case PROMPT_CHANGED: apply_input(app, prompt_text(&app->prompt)); break;
	case PROMPT_CANCEL: apply_input(app, ""); /* fallthrough */
	case PROMPT_ACCEPT: close_input(app); break;
	}
	return true;
}

/* A click beside the line ends it and is no click into what lies below. */
bool app_ask_line(struct app *app, const struct event *ev)
{
	if (ev->type != EV_MOUSE)
		return input_take(app, ev);
	if (ev->mouse == MOUSE_PRESS || ev->mouse == MOUSE_DOUBLE)
		close_input(app);
	return true;
}

void app_ask_close(struct app *app)
{
	close_input(app);
	if (app->question.view)
		close_dialog(app);
}

/* A view that is not shown asks nothing. */
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
		prompt_set(&v->app->dialog.prompt, text);
}

/* The first letter of a word that is no key yet, else its first. */
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
