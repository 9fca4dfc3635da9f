/*
 * play.h - runs the interactive program with a script made by the test, in the current directory.
 */
#ifndef PLAY_H
#define PLAY_H

#include "app/shell.h"
#include "screen/term_script.h"
#include "screens/views.h"

#include "idle.h"

/* begun is called with the script as its context. Prints an error after name. */
static inline bool play(const char *name, void (*make_script)(struct buf *keys),
			void (*begun)(void *ctx, struct app *app))
{
	struct app_options o = { .views = views_all,
				 .behind = true,
				 .view = "overview",
				 .now = 1748736000 /* 2025-06-01 */ };
	struct term_script *script;
	struct buf keys = BUF_INIT;
	struct err e = ERR_INIT;
	bool ok;

	make_script(&keys);
	ok = term_script_open(&script, keys.data, keys.len, name, &e);
	if (ok) {
		o.term = &script->base;
		o.begun = begun;
		o.begun_ctx = script;
		o.load = load_new(&(struct load_options){ 0 });
		ok = shell_run(&o, &e);
		load_free(o.load);
		term_free(&script->base);
	}
	buf_release(&keys);
	if (!ok)
		printf("%s: %s\n", name, e.text);
	err_release(&e);
	return ok;
}

#endif
