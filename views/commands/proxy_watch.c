#include "commands/proxy_watch.h"
#include "commands/loaded.h"

#include "offline/monitor.h"
#include "texts/proxy_text.h"

#define SPARKS 20

static const char *event_word(enum monitor_event e)
{
	return e == MONITOR_ALARM ? "alarm" : e == MONITOR_CLEAR ? "clear" : "";
}

static void set_ms(json_t *o, const char *key, int64_t us)
{
	if (us >= 0)
		json_object_set_new(o, key, json_real((double)us / 1000));
}

static void json_line(struct cli *c, const struct monitor *m, const struct monitor_hop *h)
{
	json_t *o = report_doc("proxy");
	char *text;

	report_set_time(o, "Time", m->time);
	report_set_int(o, "Hop", (long long)h->hop + 1);
	report_set_str(o, "URL", h->url);
	if (h->status)
		report_set_int(o, "Status", h->status);
	set_ms(o, "Total", h->last);
	if (h->n) {
		set_ms(o, "P50", (int64_t)h->p50);
		set_ms(o, "P95", (int64_t)h->p95);
		set_ms(o, "P99", (int64_t)h->p99);
	}
	json_object_set_new(o, "Alarm", json_boolean(h->alarm));
	report_set_text(o, "Event", event_word(h->event));
	text = json_dumps(o, JSON_COMPACT | JSON_PRESERVE_ORDER);
	if (text)
		report_rawf(c->r, "%s\n", text);
	free(text);
	json_decref(o);
}

/* The newest samples, one cell each, scaled to the maximum. */
static void add_sparks(struct buf *b, const struct monitor_hop *h, bool ascii)
{
	static const char *const cells[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const plain[] = { "_", ".", ".", "-", "-", "=", "=", "#" };
	size_t first = h->n > SPARKS ? h->n - SPARKS : 0;
	uint64_t most = 1;

	for (size_t i = first; i < h->n; i++)
		most = MAX(most, h->samples[i]);
	for (size_t i = first; i < h->n; i++)
		buf_addstr(b, (ascii ? plain : cells)[h->samples[i] * 7 / most]);
}

static void text_line(struct cli *c, const struct monitor *m, const struct monitor_hop *h)
{
	struct buf last = BUF_INIT, p50 = BUF_INIT, p95 = BUF_INIT, p99 = BUF_INIT,
		   sparks = BUF_INIT;
	time_t t = (time_t)m->time;
	struct tm tm = { 0 };

	gmtime_r(&t, &tm);
	proxy_text_time(&last, h->last);
	proxy_text_time(&p50, h->n ? (int64_t)h->p50 : -1);
	proxy_text_time(&p95, h->n ? (int64_t)h->p95 : -1);
	proxy_text_time(&p99, h->n ? (int64_t)h->p99 : -1);
	add_sparks(&sparks, h, c->r->ascii);
	report_textf(c->r, "%02d:%02d:%02d  %zu %s  ", tm.tm_hour, tm.tm_min, tm.tm_sec, h->hop + 1,
		     h->url);
	if (h->last < 0)
		report_styledf(c->r, STYLE_BAD, "no answer");
	else
		report_textf(c->r, "%d  %s", h->status, last.data);
	report_textf(c->r, "  p50 %s  p95 %s  p99 %s  %s", p50.data, p95.data, p99.data,
		     sparks.data);
	if (h->event == MONITOR_ALARM)
		report_styledf(c->r, STYLE_BAD, "  ALARM: %d bad in a row", h->bad_in_row);
	else if (h->event == MONITOR_CLEAR)
		report_styledf(c->r, STYLE_GOOD, "  all clear");
	report_raw(c->r, "\n", 1);
	buf_release(&last);
	buf_release(&p50);
	buf_release(&p95);
	buf_release(&p99);
	buf_release(&sparks);
}

struct shown {
	struct cli *c;
	bool alarm;
};

static void on_round(void *ctx, const struct monitor *m)
{
	struct shown *s = ctx;

	s->alarm = false;
	for (size_t i = 0; i < m->n; i++) {
		s->alarm |= m->hops[i].alarm;
		if (s->c->r->json)
			json_line(s->c, m, &m->hops[i]);
		else
			text_line(s->c, m, &m->hops[i]);
	}
	report_flush(s->c->r);
}

static bool take_flags(struct cli *c, struct monitor_options *o)
{
	const char *every = cli_flag(c, "every"), *threshold = cli_flag(c, "threshold"),
		   *strikes = cli_flag(c, "strikes"), *count = cli_flag(c, "count");
	long e = every ? cli_duration(every, 1000) : 30000,
	     t = threshold ? cli_duration(threshold, 1) : 500,
	     s = strikes ? cli_duration(strikes, 1) : 3, n = count ? cli_duration(count, 1) : 0;

	o->every_ms = (int)MIN(e, 86400000);
	o->threshold_ms = (int)MIN(t, 600000);
	o->strikes = (int)s;
	o->count = (uint64_t)MAX(n, 0);
	o->exec = cli_flag(c, "exec");
	o->metrics = cli_flag(c, "metrics");
	return e >= 100 && t > 0 && s > 0 && n >= 0;
}

int proxy_watch(struct cli *c)
{
	struct loaded x = loaded_open(c, NULL);
	const struct load_env *le;
	struct shown shown = { .c = c };
	struct monitor_options o = { .round = on_round, .ctx = &shown };
	struct err e = ERR_INIT;
	int status;

	if (!take_flags(c, &o)) {
		status =
			cli_usage(c,
				  "--every, --threshold: 30s, 500ms; --strikes, --count: a number");
	} else if ((le = loaded_part(&x, REQUEST(PART_ENV), &e))) {
		o.env = le->env;
		o.log = load_log(x.load);
		status = monitor_run(&o, &e) ? shown.alarm ? STATUS_NO : STATUS_FINE
					     : cli_fail(c, &e);
	} else {
		status = cli_fail(c, &e);
	}
	err_release(&e);
	loaded_close(&x);
	return status;
}
