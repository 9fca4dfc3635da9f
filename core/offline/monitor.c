#include "offline/monitor.h"

#include <spawn.h>
#include <sys/wait.h>

#include "base/fs.h"

#define NAP_MS 100

extern char **environ;

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* The nearest rank. */
static uint64_t percentile(const uint64_t *sorted, size_t n, unsigned p)
{
	return n ? sorted[(n * p + 99) / 100 - 1] : 0;
}

static void take_sample(struct monitor_hop *h, int64_t us)
{
	uint64_t sorted[MONITOR_KEEP];

	h->last = us;
	if (us >= 0) {
		if (h->n == MONITOR_KEEP)
			memmove(h->samples, h->samples + 1, --h->n * sizeof(*h->samples));
		h->samples[h->n++] = (uint64_t)us;
		h->answers++;
		h->answers_us += (uint64_t)us;
	}
	memcpy(sorted, h->samples, h->n * sizeof(*sorted));
	qsort(sorted, h->n, sizeof(*sorted), compare);
	h->p50 = percentile(sorted, h->n, 50);
	h->p95 = percentile(sorted, h->n, 95);
	h->p99 = percentile(sorted, h->n, 99);
}

static void judge(struct monitor_hop *h, const struct monitor_options *o)
{
	bool bad = h->last < 0 || h->status >= 500 || h->status == 429 ||
		   h->last > (int64_t)o->threshold_ms * 1000;

	h->rounds++;
	h->bad += bad;
	h->bad_in_row = bad ? h->bad_in_row + 1 : 0;
	h->good_in_row = bad ? 0 : h->good_in_row + 1;
	h->event = MONITOR_NOTHING;
	if (!h->alarm && h->bad_in_row >= o->strikes) {
		h->alarm = true;
		h->event = MONITOR_ALARM;
	} else if (h->alarm && h->good_in_row >= o->strikes) {
		h->alarm = false;
		h->event = MONITOR_CLEAR;
	}
}

static void run_command(const struct monitor_hop *h, const struct monitor_options *o)
{
	struct arena a = ARENA_INIT;
	VEC(char *) env = { 0 };
	char *argv[] = { arena_strdup(&a, "sh"), arena_strdup(&a, "-c"), arena_strdup(&a, o->exec),
			 NULL };
	pid_t pid;
	int status;

	for (char **v = environ; *v; v++)
		if (!str_has_prefix(*v, "MODSCOPE_"))
			vec_push(&env, *v);
	vec_push(&env,
		 arena_fmt(&a, "MODSCOPE_EVENT=%s", h->event == MONITOR_ALARM ? "alarm" : "clear"));
	vec_push(&env, arena_fmt(&a, "MODSCOPE_HOP=%zu", h->hop + 1));
	vec_push(&env, arena_fmt(&a, "MODSCOPE_URL=%s", h->url));
	vec_push(&env, arena_fmt(&a, "MODSCOPE_STATUS=%d", h->status));
	vec_push(&env,
		 arena_fmt(&a, "MODSCOPE_MS=%lld", (long long)(h->last < 0 ? -1 : h->last / 1000)));
	vec_push(&env, arena_fmt(&a, "MODSCOPE_P50_MS=%llu", (unsigned long long)(h->p50 / 1000)));
	vec_push(&env, arena_fmt(&a, "MODSCOPE_P95_MS=%llu", (unsigned long long)(h->p95 / 1000)));
	vec_push(&env, arena_fmt(&a, "MODSCOPE_THRESHOLD_MS=%d", o->threshold_ms));
	vec_push(&env, NULL);
	if (posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, env.items) == 0)
		waitpid(pid, &status, 0);
	vec_release(&env);
	arena_release(&a);
}

static void add_hops(struct monitor *m, const struct chain *c)
{
	m->hops = arena_calloc(&m->arena, c->n + 1, sizeof(*m->hops));
	for (size_t i = 0; i < c->n; i++)
		if (c->hops[i].asked) {
			m->hops[m->n].hop = i;
			m->hops[m->n++].url = arena_strdup(&m->arena, c->hops[i].hop->shown);
		}
}

/* Microseconds until the answer; -1 without one. */
static int64_t time_of(const struct chain_hop *h)
{
	const struct http_hop *x = exchange_last(&h->answer);

	if (x && x->status)
		return x->timing.total;
	return h->hop->kind == ROUTE_FILE && h->answer.code != ERR_NETWORK ? 0 : -1;
}

void monitor_take(struct monitor *m, const struct chain *c, const struct monitor_options *o)
{
	if (!m->hops) {
		m->error = arena_strdup(&m->arena, c->error);
		add_hops(m, c);
	}
	m->round++;
	m->time = (int64_t)time(NULL);
	for (size_t i = 0; i < m->n; i++) {
		struct monitor_hop *h = &m->hops[i];
		const struct chain_hop *x = &c->hops[h->hop];

		h->status = x->answer.status;
		take_sample(h, time_of(x));
		judge(h, o);
	}
}

void monitor_release(struct monitor *m)
{
	arena_release(&m->arena);
}

static void round_of(struct monitor *m, const struct monitor_options *o)
{
	const struct exchange_options eo = { .env = o->env,
					     .total_ms = MAX(o->threshold_ms * 4, 5000),
					     .cancel = o->cancel,
					     .log = o->log };
	struct chain c;

	chain_probe_hops(&c, &eo);
	monitor_take(m, &c, o);
	chain_release(&c);
}

static void add_label(struct buf *b, const struct monitor_hop *h)
{
	buf_addf(b, "{hop=\"%zu\",url=\"", h->hop + 1);
	for (const char *s = h->url; *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_addch(b, '\\');
		buf_addch(b, *s);
	}
	buf_addstr(b, "\"");
}

static void add_type(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_addf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_seconds(struct buf *b, const struct monitor_hop *h)
{
	const struct {
		const char *name;
		uint64_t us;
	} rows[] = { { "0.5", h->p50 }, { "0.95", h->p95 }, { "0.99", h->p99 } };

	for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
		buf_addstr(b, "modscope_proxy_seconds");
		add_label(b, h);
		buf_addf(b, ",quantile=\"%s\"} ", rows[k].name);
		if (h->n)
			buf_addf(b, "%.6f\n", (double)rows[k].us / 1000000);
		else
			buf_addstr(b, "NaN\n");
	}
	buf_addstr(b, "modscope_proxy_seconds_sum");
	add_label(b, h);
	buf_addf(b, "} %.6f\n", (double)h->answers_us / 1000000);
	buf_addstr(b, "modscope_proxy_seconds_count");
	add_label(b, h);
	buf_addf(b, "} %llu\n", (unsigned long long)h->answers);
}

static void add_metric(struct buf *b, const struct monitor *m, const char *name,
		       uint64_t (*value)(const struct monitor_hop *h))
{
	for (size_t i = 0; i < m->n; i++) {
		buf_addstr(b, name);
		add_label(b, &m->hops[i]);
		buf_addf(b, "} %llu\n", (unsigned long long)value(&m->hops[i]));
	}
}

static uint64_t is_up(const struct monitor_hop *h)
{
	return h->last >= 0;
}

static uint64_t is_alarm(const struct monitor_hop *h)
{
	return h->alarm;
}

static uint64_t rounds(const struct monitor_hop *h)
{
	return h->rounds;
}

static uint64_t bad(const struct monitor_hop *h)
{
	return h->bad;
}

static const struct {
	const char *name, *type, *help;
	uint64_t (*value)(const struct monitor_hop *h);
} metrics[] = {
	{ "modscope_proxy_up", "gauge", "Whether the proxy answered in the latest round.", is_up },
	{ "modscope_proxy_alarm", "gauge", "Whether the alarm is raised.", is_alarm },
	{ "modscope_proxy_probes_total", "counter", "Requests sent.", rounds },
	{ "modscope_proxy_bad_total", "counter",
	  "Requests without an answer, with an error, or slower than the threshold.", bad },
};

/* For a textfile collector: replaced as a whole. */
static bool write_metrics(const struct monitor *m, const char *file, struct err *e)
{
	struct buf b = BUF_INIT;
	bool ok;

	add_type(&b, "modscope_proxy_seconds", "summary",
		 "Time until the whole answer; quantiles of the latest answers.");
	for (size_t i = 0; i < m->n; i++)
		add_seconds(&b, &m->hops[i]);
	for (size_t i = 0; i < ARRAY_LEN(metrics); i++) {
		add_type(&b, metrics[i].name, metrics[i].type, metrics[i].help);
		add_metric(&b, m, metrics[i].name, metrics[i].value);
	}
	ok = fs_write_atomic(file, b.data, b.len, 0666, false, e);
	buf_release(&b);
	return ok;
}

unsigned monitor_pause(const struct monitor_options *o, uint64_t round)
{
	uint64_t seed = hash_bytes(&round, sizeof(round), (uint64_t)time(NULL));

	return (unsigned)(o->every_ms - o->every_ms / 10) +
	       (unsigned)(seed % (uint64_t)(o->every_ms / 5 + 1));
}

static void pause_between(const struct monitor_options *o, uint64_t round)
{
	int64_t ms = monitor_pause(o, round);

	while (ms > 0 && !cancel_is_set(o->cancel)) {
		struct timespec nap = { .tv_nsec = (long)MIN(ms, o->cancel ? NAP_MS : 900) *
						   1000000 };

		nanosleep(&nap, NULL);
		ms -= MIN(ms, o->cancel ? NAP_MS : 900);
	}
}

bool monitor_run(const struct monitor_options *o, struct err *e)
{
	struct monitor m = { .error = "" };
	bool ok = true;

	while (ok && !cancel_is_set(o->cancel) && (!o->count || m.round < o->count)) {
		if (m.round)
			pause_between(o, m.round);
		round_of(&m, o);
		if (*m.error)
			ok = err_set(e, ERR_SYNTAX, "%s", m.error);
		else if (!m.n)
			ok = err_set(e, ERR_NOT_FOUND, "GOPROXY has no proxy: nothing to watch");
		else if (o->metrics)
			ok = write_metrics(&m, o->metrics, e);
		if (ok)
			o->round(o->ctx, &m);
		for (size_t i = 0; ok && o->exec && i < m.n; i++)
			if (m.hops[i].event != MONITOR_NOTHING)
				run_command(&m.hops[i], o);
	}
	monitor_release(&m);
	return ok;
}
