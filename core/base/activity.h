/*
 * activity.h - the log of requests and file operations that the activity screen shows.
 *
 * A ring of the newest ACTIVITY_MAX rows; older ones are dropped and counted. Thread-safe: any thread adds,
 * any thread copies rows out. Texts are cut at ACTIVITY_TEXT bytes. Targets are redacted here (text_redact_url), so credentials
 * are never kept; otherwise they are raw outside text. A NULL log is allowed everywhere and keeps nothing.
 *
 *	struct activity_row row = activity_begin("get", url);
 *	...
 *	activity_end(log, &row, "200 OK", bytes);
 */
#ifndef MODSCOPE_ACTIVITY_H
#define MODSCOPE_ACTIVITY_H

#include "base/base.h"

#define ACTIVITY_MAX 4096u
#define ACTIVITY_TEXT 256u

struct activity_row {
	uint64_t number;	 /* 1, 2, 3 ... in the order in which rows ended */
	struct timespec began;	 /* wall clock */
	int64_t microseconds;	 /* duration */
	int64_t bytes;		 /* transferred; -1 if not applicable */
	int64_t began_monotonic; /* for activity_end */
	char what[16];		 /* "get", "read", "write", "rename", ... */
	char target[ACTIVITY_TEXT];
	char result[ACTIVITY_TEXT]; /* "200 OK", "ok", the error */
};

struct activity;

struct activity *activity_new(void);
void activity_free(struct activity *log);

struct activity_row activity_begin(const char *what, const char *target);
void activity_end(struct activity *log, struct activity_row *row, const char *result,
		  int64_t bytes);

/* Copies up to max rows that ended after number `after` (0: all), oldest first; returns how many. */
size_t activity_since(struct activity *log, uint64_t after, struct activity_row *rows, size_t max);
/* The number of the newest row, 0 if there is none. Cheap: a poll for news. */
uint64_t activity_newest(struct activity *log);

#endif
