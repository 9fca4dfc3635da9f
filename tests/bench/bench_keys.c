/*
 * bench_keys DIR [VIEW [PHASE]] - the interactive program on a scripted terminal: prints the milliseconds to the first useful frame
 * (the graph is on the screen) and, in a session with every kind of key, from a key to its frame: number, median, 99th
 * percentile and maximum, by the clock, and the same for the processor time of the loop's thread (which does not depend
 * on a busy machine); and the longest turn without a key, which a key may have to wait for. Then, on separate lines,
 * come the worst keys and turns with their purpose. Each key has its own frame.
 * VIEW is graph, cache or versions (which asks GOPROXY); runs all of its phases, or one. tests/bench/run calls it with generated graphs and caches,
 * tests/bench/versions with a proxy.
 */
#include <unistd.h>

#include "app/shell.h"
#include "loop.h"
#include "screens/views.h"
#include "screen/term_script.h"

#include "../screen/idle.h"

struct sample {
	const char *phase;
	enum event_type type;
	struct key key;
	uint32_t us, cpu_us;
};

/* A part of the session: keys, each that many times; "=" waits until nothing is left to do, "WxH" resizes, '"' starts typed text
 * up to the next space. */
struct phase {
	const char *name, *keys;
	int times;
};

static const struct phase graph_phases[] = {
	{ "moves", "down", 150 },
	{ "unfold", "right down", 60 },
	{ "pages", "pgdn", 40 },
	{ "pages back", "pgup", 40 },
	{ "detail of a module at rest", "down = down", 10 },
	{ "scroll the detail", "tab down down pgdn down up ] ] tab", 5 },
	{ "fold all", "right right down right right down _ =", 5 },
	{ "unfold below", "* = down down _ =", 2 },
	{ "filter", "/ \"mod1 enter = down down esc =", 3 },
	{ "filter, moves", "/ \"mod1 enter =", 1 },
	{ "moves in a filtered tree", "down", 60 },
	{ "clear the filter", "esc =", 1 },
	{ "invert", "i down down right down i =", 10 },
	{ "draw", "d right down left d down =", 10 },
	{ "resize", "80x24 down 200x60 down 120x40 down", 5 },
	{ "table", "t =", 1 },
	{ "pages of the table", "pgdn", 60 },
	{ "ends of the table", "G g", 5 },
	{ "filter the table", "/ \"mod12 enter = down down esc =", 3 },
	{ "filter the table, moves", "/ \"mod12 enter =", 1 },
	{ "moves in the filtered table", "down", 40 },
	{ "sort the filtered table", "s = s = s =", 1 },
	{ "clear the filter of the table", "esc =", 1 },
	{ "sort the table", "s down = s down = s down = S down =", 2 },
	{ "mark", "space space down U", 5 },
	{ "paths between two", "g space G space p = d U =", 2 },
	{ "explain", "down enter = down down i down i esc =", 8 },
	{ "explain, at once", "down enter down i down esc", 20 },
	{ "explain what most ask for",
	  "2 g right right enter down G g / \"mod9 enter = down esc s = esc", 2 },
	{ "export", "2 e j enter down down down =", 1 },
	{ "what if it were dropped", "down w d = down down u = esc", 2 },
	{ "overview", "1 down = down down = down 2", 2 },
	{ "help", "? pgdn esc", 3 },
	{ "palette", ": \"mod99 down = esc", 3 },
	{ NULL, NULL, 0 },
};

static const struct phase cache_phases[] = {
	{ "while it is scanned", "down", 400 },
	{ "all of the cache", "a", 1 },
	{ "while all of it is scanned", "down", 2000 },
	{ "scanned", "=", 1 },
	{ "moves", "down", 100 },
	{ "pages", "pgdn", 40 },
	{ "ends", "G g", 5 },
	{ "filter", "/ \"mod12 enter = down down esc =", 3 },
	{ "sort", "s down = s down = s down =", 2 },
	{ "resize", "80x24 down 200x60 down 120x40 down", 5 },
	{ NULL, NULL, 0 },
};

static const struct phase versions_phases[] = {
	{ "while answers arrive", "down", 300 },
	{ "pages while answers arrive", "pgdn pgup", 40 },
	{ "filter while answers arrive", "/ \"go enter down esc", 5 },
	{ "direct ones while answers arrive", "b down b down", 20 },
	{ "all have come", "=", 1 },
	{ "moves", "down", 100 },
	{ NULL, NULL, 0 },
};

static const struct {
	const char *view;
	enum request_part part; /* without it there is nothing to see */
	const struct phase *phases;
	bool network; /* GOPROXY is asked */
} scripts[] = {
	{ "graph", PART_GRAPH, graph_phases, false },
	{ "cache", PART_CACHE, cache_phases, false },
	{ "versions", PART_OUTDATED, versions_phases, true },
};

enum { WORST = 12, PHASES = 64 };

struct bench {
	struct app *app;
	struct term_script *script;
	enum request_part part;
	const struct phase *phases;
	const char *only;      /* NULL: all */
	size_t begins[PHASES]; /* its first step in the script */
	VEC(struct sample) keys, turns;
	uint64_t began, useful;
};

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* The first wait ends with the first useful frame: keys are pressed as soon as there is something to see. */
static bool idle(void *ctx)
{
	struct bench *b = ctx;

	if (b->useful)
		return app_rests(b->app);
	if (app_part(b->app, REQUEST(b->part)))
		b->useful = now_us();
	return b->useful;
}

static void begun(void *ctx, struct app *app)
{
	struct bench *b = ctx;

	b->app = app;
	b->script->idle = idle;
	b->script->ctx = b;
}

static void took(void *ctx, const struct loop_sample *s)
{
	struct bench *b = ctx;
	struct sample to = { NULL, s->last.type, s->last.key, s->us, s->cpu_us };
	size_t i = 0;

	/* the step of the key is past already, its frame is not */
	while (b->phases[i + 1].name && b->begins[i + 1] < b->script->at)
		i++;
	to.phase = b->useful ? b->phases[i].name : "start";
	if (to.type == EV_NONE)
		vec_push(&b->turns, to);
	else
		vec_push(&b->keys, to);
}

static void add_keys(struct buf *to, const char *keys)
{
	while (*keys) {
		size_t n = strcspn(keys, " ");

		if (*keys == '=' && n == 1)
			buf_addstr(to, "wait\n");
		else if (*keys >= '0' && *keys <= '9' && n > 1)
			buf_addf(to, "size %.*s\nframe\n", (int)n, keys);
		else if (*keys == '"')
			for (size_t i = 1; i < n; i++)
				buf_addf(to, "keys %c\nframe\n", keys[i]);
		else
			buf_addf(to, "keys %.*s\nframe\n", (int)n, keys);
		keys += n + (keys[n] == ' ');
	}
}

static bool is_wanted(const struct bench *b, size_t i)
{
	return !b->only || str_eq(b->phases[i].name, b->only);
}

static bool write_script(struct bench *b, struct err *e)
{
	static const char first[] = "size 120x40\nwait\n";
	bool ok = term_script_open(&b->script, first, strlen(first), "bench", e);

	for (size_t i = 0; ok && b->phases[i].name; i++) {
		struct buf text = BUF_INIT;

		b->begins[i] = b->script->n_steps;
		for (int k = 0; k < b->phases[i].times && is_wanted(b, i); k++)
			add_keys(&text, b->phases[i].keys);
		ok = term_script_add(b->script, text.data, text.len, b->phases[i].name, e);
		buf_release(&text);
	}
	return ok;
}

static int by_us(const void *a, const void *b)
{
	uint32_t x = ((const struct sample *)a)->us, y = ((const struct sample *)b)->us;

	return x < y ? -1 : x > y;
}

static int by_cpu(const void *a, const void *b)
{
	uint32_t x = ((const struct sample *)a)->cpu_us, y = ((const struct sample *)b)->cpu_us;

	return x < y ? -1 : x > y;
}

static void print_worst(const struct sample *list, size_t n)
{
	for (size_t i = n; i-- > 0 && i + WORST >= n;) {
		const struct sample *s = &list[i];
		struct buf key = BUF_INIT;

		if (s->type == EV_KEY)
			key_write(&key, s->key);
		else
			buf_addstr(&key, s->type == EV_RESIZE ? "resize" : "no key");
		printf("%8.2f ms, %.2f of the processor: %s (%s)\n", s->us / 1e3, s->cpu_us / 1e3,
		       key.data, s->phase);
		buf_release(&key);
	}
}

static void print(struct bench *b)
{
	struct sample *s = b->keys.items, *t = b->turns.items;
	size_t n = b->keys.n, p99 = n * 99 / 100, last = b->turns.n - 1;

	printf("%.1f %zu", (double)(b->useful - b->began) / 1e3, n);
	qsort(s, n, sizeof(*s), by_us);
	qsort(t, last + 1, sizeof(*t), by_us);
	printf(" %.2f %.2f %.2f %.2f", s[n / 2].us / 1e3, s[p99].us / 1e3, s[n - 1].us / 1e3,
	       t[last].us / 1e3);
	qsort(s, n, sizeof(*s), by_cpu);
	qsort(t, last + 1, sizeof(*t), by_cpu);
	printf(" %.2f %.2f %.2f %.2f\n", s[n / 2].cpu_us / 1e3, s[p99].cpu_us / 1e3,
	       s[n - 1].cpu_us / 1e3, t[last].cpu_us / 1e3);
	print_worst(s, n);
	print_worst(t, last + 1);
}

static bool run(struct bench *b, const char *view, struct err *e)
{
	struct loop_stats stats = { .took = took, .ctx = b };
	struct app_options o = { .views = views_all,
				 .behind = true,
				 .view = view,
				 .stats = &stats,
				 .begun = begun,
				 .begun_ctx = b };
	bool ok = write_script(b, e), network = false;

	for (size_t i = 0; i < ARRAY_LEN(scripts); i++)
		network = network || (scripts[i].network && str_eq(scripts[i].view, view));

	if (ok) {
		o.term = &b->script->base;
		o.load = load_new(&(struct load_options){ .offline = !network });
		ok = shell_run(&o, e);
		load_free(o.load);
		term_free(&b->script->base);
	}
	return ok && b->keys.n && b->turns.n && b->useful;
}

int main(int argc, char **argv)
{
	struct bench b = { .began = now_us() };
	struct err e = ERR_INIT;
	const char *view = argc > 2 ? argv[2] : "graph";
	bool ok;

	for (size_t i = 0; i < ARRAY_LEN(scripts); i++)
		if (str_eq(scripts[i].view, view)) {
			b.phases = scripts[i].phases;
			b.part = scripts[i].part;
		}
	b.only = argc > 3 ? argv[3] : NULL;
	if (argc < 2 || argc > 4 || !b.phases || chdir(argv[1]) != 0)
		return 2;
	ok = run(&b, view, &e);
	if (ok)
		print(&b);
	if (err_is_set(&e))
		fprintf(stderr, "bench_keys: %s\n", e.text);
	err_release(&e);
	vec_release(&b.keys);
	vec_release(&b.turns);
	return ok ? 0 : 1;
}
