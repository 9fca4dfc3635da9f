/*
 * monitor.h - watches the hops of GOPROXY in rounds, with percentiles, alarm and all-clear.
 *
 * Each round sends every proxy one small request, without retries, on a new connection; rounds are `every_ms` apart, plus or minus a tenth so
 * that many monitors do not ask at the same moment. A hop that is bad (no answer, 5xx, 429, or slower than the threshold) `strikes` times in
 * a row raises the alarm once; as many good answers in a row clear it once. The `exec` command gets the facts in its environment:
 * MODSCOPE_EVENT (alarm, clear), _HOP, _URL, _STATUS, _MS, _P50_MS, _P95_MS, _THRESHOLD_MS. One thread; blocks between rounds.
 *
 *	monitor_run(&(struct monitor_options){ .env = env, .every_ms = 30000, .round = show });
 */
#ifndef MODSCOPE_MONITOR_H
#define MODSCOPE_MONITOR_H

#include "base/err.h"
#include "offline/chain.h"

#define MONITOR_KEEP 240 /* samples per hop */

enum monitor_event { MONITOR_NOTHING, MONITOR_ALARM, MONITOR_CLEAR };

struct monitor_hop {
	size_t hop; /* of GOPROXY, from 0 */
	const char *url;
	uint64_t samples[MONITOR_KEEP]; /* microseconds, oldest first; of answers */
	size_t n;
	uint64_t answers, answers_us; /* all, not only those kept; microseconds of all together */
	uint64_t rounds, bad; /* all, and bad ones */
	int status;	      /* of this round; 0: no answer */
	int64_t last;	      /* microseconds; -1: no answer */
	uint64_t p50, p95, p99;
	int bad_in_row, good_in_row;
	bool alarm;
	enum monitor_event event; /* of this round */
};

struct monitor {
	struct arena arena;
	const char *error; /* GOPROXY is malformed */
	struct monitor_hop *hops; /* proxies only */
	size_t n;
	uint64_t round;
	int64_t time; /* of this round, seconds since 1970 */
};

struct monitor_options {
	const struct goenv *env; /* borrowed, as all */
	struct cancel *cancel;
	struct activity *log;
	int every_ms, threshold_ms, strikes;
	uint64_t count;		 /* rounds; 0: until cancelled */
	const char *exec;	 /* for a shell; NULL: none */
	const char *metrics;	 /* a file in Prometheus' text format, rewritten each round; NULL: none */
	void (*round)(void *ctx, const struct monitor *m);
	void *ctx;
};

/* Adds one round's answers to the history; the first round defines the hops. A zeroed monitor is empty. */
void monitor_take(struct monitor *m, const struct chain *c, const struct monitor_options *o);
void monitor_release(struct monitor *m);
/* Milliseconds until the next round. */
unsigned monitor_pause(const struct monitor_options *o, uint64_t round);
/* False if the metrics cannot be written, or GOPROXY is malformed or has no proxy. */
bool monitor_run(const struct monitor_options *o, struct err *e);

#endif
