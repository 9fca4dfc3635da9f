#include "app/app_private.h"

#include "base/fs.h"

void app_copy(struct app *app, const char *text, const char *what)
{
	struct err e = ERR_INIT;
	const char *nl = strchr(text, '\n');

	if (!clipboard_copy(app->o.term, text, strlen(text), &e))
		app_message(app, STYLE_BAD, "not copied: %s", e.text);
	else if (what)
		app_message(app, STYLE_GOOD, "copied %s", what);
	else
		app_message(app, STYLE_GOOD, "copied: %.*s",
			    nl ? (int)(nl - text) : (int)strlen(text), text);
	err_release(&e);
}

void app_edit(struct app *app, const char *file, int line)
{
	char *at = xasprintf("+%d", MAX(line, 1));
	const char *argv[] = { app->o.editor, at, file, NULL };
	struct err e = ERR_INIT;
	int status;

	if (!app->o.editor)
		app_message(app, STYLE_ATTENTION, "%s:%d (set EDITOR to open it from here)", file,
			    line);
	else if (!loop_spawn(&app->loop, argv, &status, &e))
		app_message(app, STYLE_BAD, "%s", e.text);
	err_release(&e);
	free(at);
}

static void save_now(struct view *v, const char *name)
{
	struct app *app = v->app;
	struct err e = ERR_INIT;

	if (!name[0])
		return;
	if (fs_write_atomic(name, app->save_text, strlen(app->save_text), 0666, false, &e))
		app_message(app, STYLE_GOOD, "saved %s, %zu bytes", name, strlen(app->save_text));
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
