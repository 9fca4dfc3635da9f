#include "base/activity.h"

#include <pthread.h>

#include "base/buf.h"
#include "base/steady.h"
#include "base/text.h"

#define SHELF \
	64u /* rows; most commands need few, and clearing room for all takes longer than many answers */

struct activity {
	pthread_mutex_t mutex;
	uint64_t newest;
	struct activity_row *shelves[ACTIVITY_MAX / SHELF]; /* made when first used */
};

/* The place of row n + 1. */
static struct activity_row *place(struct activity *log, uint64_t n)
{
	struct activity_row **shelf = &log->shelves[n % ACTIVITY_MAX / SHELF];

	if (!*shelf)
		*shelf = xreallocarray(NULL, SHELF, sizeof(**shelf));
	return &(*shelf)[n % SHELF];
}

struct activity *activity_new(void)
{
	struct activity *log = xcalloc(1, sizeof(*log));

	pthread_mutex_init(&log->mutex, NULL);
	return log;
}

void activity_free(struct activity *log)
{
	if (!log)
		return;
	pthread_mutex_destroy(&log->mutex);
	for (size_t i = 0; i < ARRAY_LEN(log->shelves); i++)
		free(log->shelves[i]);
	free(log);
}

static void copy_text(char *dst, size_t size, const char *src)
{
	size_t n = strlen(src);

	if (n >= size)
		n = size - 1;
	memcpy(dst, src, n);
	dst[n] = '\0';
}

struct activity_row activity_begin(const char *what, const char *target)
{
	struct activity_row row = { .bytes = -1 };
	struct buf b = BUF_INIT;

	clock_gettime(CLOCK_REALTIME, &row.began);
	row.began_monotonic = steady_us();
	copy_text(row.what, sizeof(row.what), what);
	text_redact_url(&b, target);
	copy_text(row.target, sizeof(row.target), b.data);
	buf_release(&b);
	return row;
}

void activity_end(struct activity *log, struct activity_row *row, const char *result, int64_t bytes)
{
	if (!log)
		return;
	row->microseconds = steady_us() - row->began_monotonic;
	row->bytes = bytes;
	copy_text(row->result, sizeof(row->result), result);
	pthread_mutex_lock(&log->mutex);
	row->number = ++log->newest;
	*place(log, row->number - 1) = *row;
	pthread_mutex_unlock(&log->mutex);
}

size_t activity_since(struct activity *log, uint64_t after, struct activity_row *rows, size_t max)
{
	size_t n = 0;

	if (!log)
		return 0;
	pthread_mutex_lock(&log->mutex);
	uint64_t first = log->newest > ACTIVITY_MAX ? log->newest - ACTIVITY_MAX : 0;

	for (uint64_t i = MAX(after, first); i < log->newest && n < max; i++)
		rows[n++] = *place(log, i);
	pthread_mutex_unlock(&log->mutex);
	return n;
}

uint64_t activity_newest(struct activity *log)
{
	uint64_t newest = 0;

	if (!log)
		return 0;
	pthread_mutex_lock(&log->mutex);
	newest = log->newest;
	pthread_mutex_unlock(&log->mutex);
	return newest;
}
