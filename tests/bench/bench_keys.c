/*
 * bench_keys DIR - the interactive program on a scripted terminal: prints the milliseconds to the first useful frame (the
 * graph is on the screen) and, over a session of moves, folds, filters and sorts, from a key to its frame: median and 99th
 * percentile. tests/bench/run calls it on generated graphs.
 */
#include <unistd.h>

#include "app.h"
#include "loop.h"
#include "term_script.h"

static uint64_t began, useful;

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static bool idle(void *ctx)
{
	if (!useful && app_part(ctx, PART_GRAPH, ""))
		useful = now_us();
	return app_idle(ctx);
}

static void begun(void *ctx, struct app *app)
{
	struct term_script *s = ctx;

	s->idle = idle;
	s->ctx = app;
}

static void add_keys(struct buf *b, const char *keys, int times)
{
	for (int i = 0; i < times; i++)
		buf_addf(b, "keys %s\n", keys);
}

static void write_script(struct buf *b)
{
	buf_addstr(b, "size 120x40\nwait\n");
	add_keys(b, "down", 120);
	add_keys(b, "right down", 60);
	add_keys(b, "pgdn", 40);
	add_keys(b, "pgup", 40);
	buf_addstr(b, "type /mod1\nkeys enter\nwait\n");
	add_keys(b, "down", 60);
	buf_addstr(b, "keys esc esc\nkeys t\nwait\n");
	add_keys(b, "pgdn", 60);
	buf_addstr(b, "keys G g\ntype /mod12\nkeys enter\nwait\n");
	add_keys(b, "down", 60);
	buf_addstr(b, "keys esc s s s\nwait\n");
	add_keys(b, "down", 60);
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static int run(struct err *e)
{
	struct loop_stats stats = { .keep = true };
	struct app_options o = { .view = "graph", .stats = &stats };
	struct term_script *script;
	struct buf keys = BUF_INIT;
	bool ok;

	write_script(&keys);
	ok = term_script_open(&script, keys.data, keys.len, "bench", e);
	if (ok) {
		o.term = &script->base;
		o.begun = begun;
		o.begun_ctx = script;
		o.load = load_new(&(struct load_options){ .offline = true }, e);
		ok = o.load && app_run(&o, e);
		load_free(o.load);
		term_free(&script->base);
	}
	if (ok && stats.samples.n && useful) {
		qsort(stats.samples.items, stats.samples.n, sizeof(*stats.samples.items), by_size);
		printf("%.1f %.2f %.2f\n", (double)(useful - began) / 1e3,
		       stats.samples.items[stats.samples.n / 2] / 1e3,
		       stats.samples.items[stats.samples.n * 99 / 100] / 1e3);
	}
	vec_release(&stats.samples);
	buf_release(&keys);
	return ok && useful ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	int status;

	began = now_us();
	if (argc != 2 || chdir(argv[1]) != 0)
		return 2;
	status = run(&e);
	if (err_is_set(&e))
		fprintf(stderr, "bench_keys: %s\n", e.text);
	err_release(&e);
	return status;
}
