/*
 * screen_test FILE.keys VIEW [TARGET] - runs the interactive program on a scripted terminal (term_script.h) in the
 * current directory, and prints the screens that the script requests. tests/screen/run compares them. Fails if a cell of
 * any frame contained a control character. Uses $EDITOR; MODSCOPE_READ_ONLY=1 means --read-only (tests/monkey/run sets
 * both).
 */
#include "app/shell.h"
#include "base/fs.h"
#include "screens/views.h"
#include "screen/term_script.h"

#include "idle.h"

static void begun(void *ctx, struct app *app)
{
	struct term_script *s = ctx;

	s->idle = app_is_idle;
	s->ctx = app;
}

static int run(const char *file, const char *view, const char *target, struct err *e)
{
	struct app_options o = { .views = views_all,
				 .behind = true,
				 .view = view,
				 .target = target,
				 .editor = getenv("EDITOR"),
				 .read_only = getenv("MODSCOPE_READ_ONLY") != NULL,
				 .now = 1748736000 /* 2025-06-01 */ };
	struct term_script *script;
	struct buf keys = BUF_INIT;
	bool ok;

	if (!fs_read_buf(&keys, file, 1 << 20, e) ||
	    !term_script_open(&script, keys.data, keys.len, file, e)) {
		buf_release(&keys);
		return 1;
	}
	o.term = &script->base;
	o.begun = begun;
	o.begun_ctx = script;
	o.load = load_new(&(struct load_options){ 0 });
	ok = shell_run(&o, e);
	fwrite(script->out.data, 1, script->out.len, stdout);
	load_free(o.load);
	if (ok && script->raw_cells)
		ok = err_set(e, ERR_SYNTAX, "%lu raw cells", script->raw_cells);
	term_free(&script->base);
	buf_release(&keys);
	return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	int status = argc < 3 ? 2 : run(argv[1], argv[2], argc > 3 ? argv[3] : NULL, &e);

	if (err_is_set(&e))
		fprintf(stderr, "screen_test: %s\n", e.text);
	err_release(&e);
	return status;
}
