/*
 * rounds_test - explains one module after the other and reloads everything in between, in the current directory: only
 * the newest generation of parts may remain, and neither descriptors nor memory may leak. Prints its counts, and fails
 * if something leaks.
 */
#include <fcntl.h>
#include <stdatomic.h>
#ifdef HAVE_MALLINFO2
#include <malloc.h>
#endif

#include "base/activity.h"
#include "play.h"

enum { ROUNDS = 40, SETTLED = 5, MAX_FD = 1024, CYCLE = 36, GROWN_MAX = 512 << 10 };

static struct {
	void (*release)(void *data); /* frees a graph */
	atomic_int graphs;	     /* alive */
	uint64_t last;		     /* generation */
	int idles;
	int n_graphs[3 * ROUNDS], n_fds[3 * ROUNDS];
	size_t bytes[3 * ROUNDS];
} seen;

static void release_graph(void *data)
{
	atomic_fetch_sub(&seen.graphs, 1);
	seen.release(data);
}

static int count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < MAX_FD; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* The bytes allocated with malloc; 0 if unknown (other libraries, sanitizers). */
static size_t count_bytes(void)
{
#ifdef HAVE_MALLINFO2
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
#else
	return 0;
#endif
}

static bool look(void *app)
{
	struct part *p;

	if (!app_is_idle(app))
		return false;
	p = snapshot_part(app_snapshot(app), REQUEST(PART_GRAPH));
	if (p && p->generation != seen.last) {
		seen.last = p->generation;
		seen.release = p->release;
		p->release = release_graph;
		atomic_fetch_add(&seen.graphs, 1);
	}
	if (seen.idles < 3 * ROUNDS) {
		seen.n_graphs[seen.idles] = atomic_load(&seen.graphs);
		seen.bytes[seen.idles] = count_bytes();
		seen.n_fds[seen.idles++] = count_fds();
	}
	return true;
}

/* The log grows until it is full, which is no leak. */
static void fill_log(struct activity *log)
{
	for (unsigned i = 0; i < ACTIVITY_MAX; i++) {
		struct activity_row row = activity_begin("test", "");

		activity_end(log, &row, "", 0);
	}
}

static void begun(void *ctx, struct app *app)
{
	struct term_script *s = ctx;

	fill_log(app_log(app));
	s->idle = look;
	s->ctx = app;
}

static void make_script(struct buf *b)
{
	buf_addstr(b, "size 100x30\nkeys 1 2 3 4 5 6 7 8\nwait\n");
	for (int i = 0; i < ROUNDS; i++)
		buf_addf(b, "keys 2%s enter\nwait\nkeys r\nwait\n", i % 12 ? " down" : " g down");
}

/* The maximum in a range that explains each module of the list once. */
static size_t most_bytes(int from, int to)
{
	size_t most = 0;

	for (int i = from; i < to; i++)
		most = MAX(most, seen.bytes[i]);
	return most;
}

/* The program may end while a job frees the work of the last round, so only the idle state after each reload counts. */
static int verdict(void)
{
	int most = 0, fds = 0, n = seen.idles, first = MIN(n, CYCLE), last = MAX(n - CYCLE, 0);
	size_t before = most_bytes(SETTLED, first), after = most_bytes(last, n);
	size_t grown = after > before ? after - before : 0;

	for (int i = SETTLED; i < n; i++) {
		most = MAX(most, seen.n_graphs[i]);
		fds = MAX(fds, seen.n_fds[i]);
	}
	printf("rounds: %d, graphs alive at most %d, descriptors at most %d more, %zu KiB more\n",
	       ROUNDS, most, fds - seen.n_fds[SETTLED - 1], grown >> 10);
	return n < 2 * ROUNDS || most > 1 || fds > seen.n_fds[SETTLED - 1] || grown > GROWN_MAX;
}

int main(void)
{
	return play("rounds", make_script, begun) ? verdict() : 1;
}
