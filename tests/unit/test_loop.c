/* The loop, on a scripted terminal. */
#include "tui_help.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/fs.h"
#include "clipboard.h"
#include "loop.h"
#include "screen/term_script.h"

struct app {
	struct loop loop;
	struct term_script *term;
	char seen[256]; /* the events, in order */
	int work, fired, ready, pipe[2];
	atomic_bool waits; /* has begun to wait for a job */
	bool busy;
};

static void note(struct app *a, const char *s)
{
	size_t n = strlen(a->seen);

	snprintf(a->seen + n, sizeof(a->seen) - n, "%s ", s);
}

static void event(void *ctx, const struct event *ev)
{
	struct app *a = ctx;
	struct buf b = BUF_INIT;

	if (ev->type == EV_KEY)
		key_write(&b, ev->key);
	else if (ev->type == EV_MOUSE)
		buf_addf(&b, "m%d@%d,%d", (int)ev->mouse, ev->x, ev->y);
	else if (ev->type == EV_PASTE)
		buf_addf(&b, "[%.*s]", (int)ev->len, ev->text);
	else
		buf_addf(&b, "%dx%d", ev->x, ev->y);
	note(a, b.data);
	if (ev->type == EV_KEY && ev->key.code == 'q')
		loop_quit(&a->loop);
	if (ev->type == EV_KEY && ev->key.code == 'w')
		a->work = 3;
	buf_release(&b);
}

static void draw(void *ctx, struct grid *g)
{
	struct app *a = ctx;

	area_fmt(area_of(g), 0, 0, -1, STYLE_NORMAL, "%s| w%d", a->seen, a->work);
}

static bool work(void *ctx)
{
	struct app *a = ctx;

	return a->work > 0 && --a->work > 0;
}

static const struct loop_ops ops = { .event = event, .draw = draw, .work = work };

static bool idle(void *ctx)
{
	struct app *a = ctx;

	if (a->busy)
		atomic_store(&a->waits, true);
	return !a->busy && a->work == 0;
}

static void start(struct app *a, const char *script)
{
	struct err e = ERR_INIT;

	memset(a, 0, sizeof(*a));
	assert_true(term_script_open(&a->term, script, strlen(script), "test.keys", &e));
	a->term->idle = idle;
	a->term->ctx = a;
	assert_true(loop_init(&a->loop, &a->term->base, &ops, a, false, &e));
}

static void stop(struct app *a)
{
	loop_release(&a->loop);
	term_free(&a->term->base);
}

static void script_runs(void **state)
{
	struct app a;

	(void)state;
	start(&a,
	      "size 60x2\n# a comment\n\nsnap first\nkeys a ctrl-b\ntype xé\nsnap second\npaste p q\nsize 50x1\nclick 3 0\nsnap third\n");
	loop_run(&a.loop);
	assert_string_equal(a.seen, "a ctrl-b x é [p q] 50x1 m0@3,0 m2@3,0 ");
	assert_string_equal(a.term->out.data,
			    "== first\n| w0\n\n== second\na ctrl-b x é | w0\n\n"
			    "== third\na ctrl-b x é [p q] 50x1 m0@3,0 m2@3,0 | w0\n");
	assert_int_equal(a.loop.signo, 0);
	stop(&a);
}

static void script_errors(void **state)
{
	static const struct {
		const char *script, *text;
	} bad[] = {
		{ "keys a\nkeys nokey\n", "t:2: no such step: keys nokey" },
		{ "jump\n", "t:1: no such step: jump" },
		{ "size 80\n", "t:1: no such step: size 80" },
		{ "size 80x99999\n", "t:1: no such step: size 80x99999" },
		{ "wait now\n", "t:1: no such step: wait now" },
		{ "type\n", "t:1: no such step: type" },
		{ "wheel left 1 1\n", "t:1: no such step: wheel left 1 1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct term_script *s;
		struct err e = ERR_INIT;

		assert_false(term_script_open(&s, bad[i].script, strlen(bad[i].script), "t", &e));
		assert_string_equal(e.text, bad[i].text);
		err_release(&e);
	}
}

static void double_clicks(void **state)
{
	struct app a;

	(void)state;
	start(&a, "double 3 1\nclick 3 1\nclick 4 1\n");
	loop_run(&a.loop);
	assert_string_equal(a.seen, "m0@3,1 m2@3,1 m1@3,1 m2@3,1 m0@3,1 m2@3,1 m0@4,1 m2@4,1 ");
	stop(&a);
}

static void work_is_done_between_events(void **state)
{
	struct app a;

	(void)state;
	start(&a, "size 40x1\nkeys w\nwait\nsnap done\n");
	loop_run(&a.loop);
	assert_string_equal(a.term->out.data, "== done\nw | w0\n");
	stop(&a);
}

static void *write_later(void *ctx)
{
	struct app *a = ctx;

	while (!atomic_load(&a->waits))
		sched_yield();
	assert_int_equal(write(a->pipe[1], "x", 1), 1);
	return NULL;
}

static void ready(void *ctx)
{
	struct app *a = ctx;
	char c;

	assert_int_equal(read(a->pipe[0], &c, 1), 1);
	a->ready++;
	a->busy = false;
}

static void waits_for_jobs(void **state)
{
	struct app a;
	pthread_t t;

	(void)state;
	start(&a, "size 40x1\nwait\nkeys x\nsnap done\n");
	assert_int_equal(pipe(a.pipe), 0);
	loop_add_fd(&a.loop, a.pipe[0], ready, &a);
	a.busy = true;
	assert_int_equal(pthread_create(&t, NULL, write_later, &a), 0);
	loop_run(&a.loop);
	pthread_join(t, NULL);
	assert_int_equal(a.ready, 1);
	assert_string_equal(a.term->out.data, "== done\nx | w0\n");
	close(a.pipe[0]);
	close(a.pipe[1]);
	stop(&a);
}

static void fire(void *ctx)
{
	struct app *a = ctx;

	if (++a->fired == 3)
		loop_quit(&a->loop);
	else
		loop_after(&a->loop, 1, fire, a);
}

static void once(void *ctx)
{
	((struct app *)ctx)->fired += 100;
}

static void timers(void **state)
{
	struct app a;

	(void)state;
	start(&a, "");
	loop_after(&a.loop, 1, fire, &a);
	loop_cancel(&a.loop, loop_after(&a.loop, 0, once, &a));
	while (!a.loop.quit)
		loop_turn(&a.loop, -1);
	assert_int_equal(a.fired, 3);
	assert_int_equal(a.loop.timers.n, 0);
	stop(&a);
}

static void other_descriptors(void **state)
{
	struct app a;

	(void)state;
	start(&a, "");
	assert_int_equal(pipe(a.pipe), 0);
	loop_add_fd(&a.loop, a.pipe[0], ready, &a);
	assert_int_equal(write(a.pipe[1], "xy", 2), 2);
	for (int i = 0; i < 4; i++)
		loop_turn(&a.loop, 0);
	assert_int_equal(a.ready, 2);
	close(a.pipe[0]);
	close(a.pipe[1]);
	stop(&a);
}

static void draws_only_when_dirty(void **state)
{
	struct app a;

	(void)state;
	start(&a, "keys a b c\n");
	loop_run(&a.loop);
	unsigned frames = a.term->frames;

	assert_in_range(frames, 1, 2); /* keys that arrive together make one frame */
	loop_turn(&a.loop, 0);
	loop_turn(&a.loop, 0);
	assert_int_equal(a.term->frames, frames);
	loop_dirty(&a.loop);
	loop_turn(&a.loop, 0);
	assert_int_equal(a.term->frames, frames + 1);
	stop(&a);
}

static void copies(void **state)
{
	struct app a;
	struct err e = ERR_INIT;
	char *big = xcalloc(CLIPBOARD_MAX + 1, 1);
	unsigned ways;

	(void)state;
	unsetenv("TMUX");
	start(&a, "");
	assert_true(clipboard_copy(&a.term->base, NULL, "a", 1, &ways, &e));
	assert_true(clipboard_copy(&a.term->base, NULL, "ab", 2, &ways, &e));
	assert_true(clipboard_copy(&a.term->base, NULL, "abc\033", 4, &ways, &e));
	assert_string_equal(a.term->sent.data,
			    "\033]52;c;YQ==\a\033]52;c;YWI=\a\033]52;c;YWJjGw==\a");
	assert_false(clipboard_copy(&a.term->base, NULL, big, CLIPBOARD_MAX + 1, &ways, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	buf_clear(&a.term->sent);
	assert_true(clipboard_copy(&a.term->base, NULL, big, CLIPBOARD_MAX, &ways, NULL));
	assert_true(a.term->sent.len <= 100000);
	assert_int_equal(ways, CLIPBOARD_TERMINAL);
	err_release(&e);
	free(big);
	stop(&a);
}

static void copies_with_commands(void **state)
{
	struct app a;
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	char dir[] = "/tmp/modscope-copy-XXXXXX", *path;
	static const char tmux[] = "#!/bin/sh\necho \"$@\" >args\ncat >text\n";
	static const char *const bad[] = {
		"#!/bin/sh\ncat >/dev/null\necho no server >&2\nexit 1\n", "#!/bin/sh\nexec true\n",
		"#!/bin/sh\nkill -9 $$\n", "#!/no/such/shell\n"
	};
	char *before = xstrdup(getenv("PATH"));
	char *big = xcalloc(1 << 20, 1);
	unsigned ways;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	memset(big, 'x', 1 << 20);
	start(&a, "");
	/* more than a pipe holds, and more than a terminal accepts */
	assert_true(clipboard_copy(&a.term->base, "cat >'a b'", big, 1 << 20, &ways, &e));
	assert_int_equal(ways, CLIPBOARD_COMMAND);
	assert_true(fs_read_buf(&b, "a b", 2 << 20, &e));
	assert_int_equal(b.len, 1 << 20);
	assert_int_equal(a.term->sent.len, 0);
	assert_false(clipboard_copy(&a.term->base, "false", "x", 1, &ways, &e));
	assert_string_equal(e.text, "false failed");
	err_clear(&e);
	assert_false(clipboard_copy(&a.term->base, "no-such-command", "x", 1, &ways, &e));
	assert_false(clipboard_copy(&a.term->base, "exec true", big, 1 << 20, &ways, NULL));
	/* in tmux: a program with that name */
	assert_true(fs_write_atomic("tmux", tmux, strlen(tmux), 0777, false, NULL));
	setenv("TMUX", "/tmp/socket,1,0", 1);
	path = xasprintf("%s:%s", dir, getenv("PATH"));
	setenv("PATH", path, 1);
	free(path);
	assert_true(clipboard_copy(&a.term->base, NULL, "hello", 5, &ways, NULL));
	assert_int_equal(ways, CLIPBOARD_TERMINAL | CLIPBOARD_TMUX);
	buf_clear(&b);
	assert_true(fs_read_buf(&b, "args", 100, NULL));
	assert_string_equal(b.data, "load-buffer -w -\n");
	buf_clear(&b);
	assert_true(fs_read_buf(&b, "text", 100, NULL));
	assert_string_equal(b.data, "hello");
	err_clear(&e);
	/* a tmux without its server, one that takes nothing, and none: the terminal has the text all the same */
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_true(fs_write_atomic("tmux", bad[i], strlen(bad[i]), 0777, false, NULL));
		assert_true(clipboard_copy(&a.term->base, NULL, big, 70000, &ways, &e));
		assert_int_equal(ways, CLIPBOARD_TERMINAL);
	}
	setenv("PATH", "/nowhere", 1);
	assert_true(clipboard_copy(&a.term->base, NULL, "hello", 5, &ways, &e));
	assert_int_equal(ways, CLIPBOARD_TERMINAL);
	setenv("PATH", before, 1);
	/* TMUX set to nothing is not tmux */
	assert_true(fs_write_atomic("tmux", tmux, strlen(tmux), 0777, false, NULL));
	assert_int_equal(unlink("args"), 0);
	setenv("TMUX", "", 1);
	assert_true(clipboard_copy(&a.term->base, NULL, "hello", 5, &ways, &e));
	assert_int_equal(ways, CLIPBOARD_TERMINAL);
	assert_false(fs_is_file("args"));
	assert_false(err_is_set(&e));
	unsetenv("TMUX");
	free(before);
	assert_int_equal(system("rm -f args text tmux 'a b'"), 0);
	rmdir(dir);
	buf_release(&b);
	err_release(&e);
	free(big);
	stop(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(script_runs),
		cmocka_unit_test(script_errors),
		cmocka_unit_test(double_clicks),
		cmocka_unit_test(work_is_done_between_events),
		cmocka_unit_test(waits_for_jobs),
		cmocka_unit_test(timers),
		cmocka_unit_test(other_descriptors),
		cmocka_unit_test(draws_only_when_dirty),
		cmocka_unit_test(copies),
		cmocka_unit_test(copies_with_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
