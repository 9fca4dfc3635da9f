#include "base/par.h"

#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "base/steady.h"

#define MAX_THREADS 256u

#define SLOW_NS 2000000
#define LATE_NS 50000000

struct par {
	atomic_size_t next;
	size_t n;
	void (*fn)(void *ctx, size_t i);
	void *ctx;
	int64_t slow_ns;       /* an item that takes longer adds a thread */
	unsigned most;	       /* threads that may run, the caller's included */
	pthread_mutex_t mutex; /* of what follows */
	pthread_t ids[MAX_THREADS];
	unsigned started;
};

static void *run(void *arg);

/* Signals are blocked in it. */
static bool start_quiet(pthread_t *id, void *(*fn)(void *arg), void *arg)
{
	sigset_t all, old;
	bool ok;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	ok = pthread_create(id, NULL, fn, arg) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return ok;
}

/* Starts one more thread. */
static bool start(struct par *p)
{
	bool ok;

	pthread_mutex_lock(&p->mutex);
	ok = p->started + 1 < p->most && start_quiet(&p->ids[p->started], run, p);
	p->started += ok;
	pthread_mutex_unlock(&p->mutex);
	return ok;
}

static unsigned n_started(struct par *p)
{
	unsigned n;

	pthread_mutex_lock(&p->mutex);
	n = p->started;
	pthread_mutex_unlock(&p->mutex);
	return n;
}

/* Whether no more threads may start. */
static bool is_full(struct par *p)
{
	return n_started(p) + 1 >= p->most;
}

static void *run(void *arg)
{
	struct par *p = arg;
	int64_t from;
	size_t i;

	while ((i = atomic_fetch_add(&p->next, 1)) < p->n) {
		from = steady_ns();
		p->fn(p->ctx, i);
		if (i + 1 < p->n && steady_ns() - from > p->slow_ns)
			start(p);
	}
	return NULL;
}

/* A running thread may start another one. */
static void join(struct par *p)
{
	for (unsigned joined = 0;;) {
		pthread_t id;

		pthread_mutex_lock(&p->mutex);
		if (joined == p->started)
			break;
		id = p->ids[joined++];
		pthread_mutex_unlock(&p->mutex);
		pthread_join(id, NULL);
	}
	pthread_mutex_unlock(&p->mutex);
}

static void run_all(struct par *p, unsigned threads)
{
	p->most = MIN(MAX(p->most, 1u), MAX_THREADS);
	pthread_mutex_init(&p->mutex, NULL);
	if (threads > p->n)
		threads = (unsigned)p->n;
	for (unsigned i = 1; i < threads && start(p); i++)
		;
	run(p);
	join(p);
	pthread_mutex_destroy(&p->mutex);
}

void par_for_waiting(size_t n, unsigned threads, unsigned most, void (*fn)(void *ctx, size_t i),
		     void *ctx)
{
	struct par p = { .n = n, .fn = fn, .ctx = ctx, .slow_ns = SLOW_NS, .most = most };

	run_all(&p, threads);
}

void par_for_ahead(size_t n, unsigned most, void (*fn)(void *ctx, size_t i), void *ctx)
{
	struct par p = { .n = n, .fn = fn, .ctx = ctx, .slow_ns = LATE_NS, .most = most };

	run_all(&p, 1);
}

void par_for(size_t n, unsigned threads, void (*fn)(void *ctx, size_t i), void *ctx)
{
	par_for_waiting(n, threads, MIN(MAX(threads, 1u), MAX_THREADS), fn, ctx);
}

static void *run_beside(void *arg)
{
	struct par_beside *b = arg;

	b->fn(b->ctx);
	return NULL;
}

void par_beside_start(struct par_beside *b, void (*fn)(void *ctx), void *ctx)
{
	b->fn = fn;
	b->ctx = ctx;
	b->runs = start_quiet(&b->id, run_beside, b);
}

void par_beside_join(struct par_beside *b)
{
	if (b->runs)
		pthread_join(b->id, NULL);
	b->runs = false;
}

static unsigned cpus_once;

static void count_cpus(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
#ifdef HAVE_SCHED_GETAFFINITY
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		n = CPU_COUNT(&set);
#endif
	cpus_once = (unsigned)MAX(n, 1);
}

unsigned par_cpus(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, count_cpus);
	return cpus_once;
}

struct stream {
	struct par par;
	void (*fn)(void *ctx, size_t i);
	void *ctx;
	pthread_mutex_t mutex; /* of what follows */
	pthread_cond_t more;
	size_t *done; /* in the order of their end */
	size_t n_done;
};

static void stream_item(void *ctx, size_t i)
{
	struct stream *s = ctx;

	s->fn(s->ctx, i);
	pthread_mutex_lock(&s->mutex);
	s->done[s->n_done++] = i;
	pthread_cond_signal(&s->more);
	pthread_mutex_unlock(&s->mutex);
}

/* As long as nothing finishes, all threads are waiting: more can work. */
static void grow(struct stream *s)
{
	unsigned n;

	if (atomic_load(&s->par.next) >= s->par.n)
		return;
	n = MAX(n_started(&s->par), 8u);
	for (unsigned i = 0; i < n && start(&s->par); i++)
		;
}

static bool wait_a_little(struct stream *s)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += SLOW_NS;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	return pthread_cond_timedwait(&s->more, &s->mutex, &until) == 0;
}

static size_t stream_next(struct stream *s, size_t at)
{
	size_t i;

	pthread_mutex_lock(&s->mutex);
	while (s->n_done <= at) {
		if (is_full(&s->par)) {
			pthread_cond_wait(&s->more, &s->mutex);
		} else if (!wait_a_little(s)) {
			pthread_mutex_unlock(&s->mutex);
			grow(s);
			pthread_mutex_lock(&s->mutex);
		}
	}
	i = s->done[at];
	pthread_mutex_unlock(&s->mutex);
	return i;
}

void par_stream(size_t n, unsigned most, void (*fn)(void *ctx, size_t i),
		void (*ready)(void *ctx, size_t i), void *ctx)
{
	struct stream s = { .fn = fn, .ctx = ctx };
	bool started = false;

	s.par = (struct par){ .n = n,
			      .fn = stream_item,
			      .ctx = &s,
			      .slow_ns = SLOW_NS,
			      .most = MIN(MAX(most, 2u), MAX_THREADS) };
	s.done = xreallocarray(NULL, n + 1, sizeof(*s.done));
	pthread_mutex_init(&s.par.mutex, NULL);
	pthread_mutex_init(&s.mutex, NULL);
	pthread_cond_init(&s.more, NULL);
	for (unsigned i = 0; i < par_cpus() && i < n && start(&s.par); i++)
		started = true;
	if (!started)
		run(&s.par);
	for (size_t i = 0; i < n; i++)
		ready(ctx, stream_next(&s, i));
	join(&s.par);
	pthread_mutex_destroy(&s.par.mutex);
	pthread_mutex_destroy(&s.mutex);
	pthread_cond_destroy(&s.more);
	free(s.done);
}
