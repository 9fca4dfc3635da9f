#include "base/par.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#define MAX_THREADS 64u

#define SLOW_NS 2000000

struct par {
	atomic_size_t next;
	size_t n;
	void (*fn)(void *ctx, size_t i);
	void *ctx;
	unsigned most;	       /* threads that may run, the caller's included */
	pthread_mutex_t mutex; /* of what follows */
	pthread_t ids[MAX_THREADS];
	unsigned started;
};

static void *run(void *arg);

/* One more thread; signals are blocked in it. */
static bool start(struct par *p)
{
	sigset_t all, old;
	bool ok;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	pthread_mutex_lock(&p->mutex);
	ok = p->started + 1 < p->most && pthread_create(&p->ids[p->started], NULL, run, p) == 0;
	p->started += ok;
	pthread_mutex_unlock(&p->mutex);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return ok;
}

static bool was_slow(const struct timespec *from)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - from->tv_sec) * 1000000000L + (now.tv_nsec - from->tv_nsec) > SLOW_NS;
}

static void *run(void *arg)
{
	struct par *p = arg;
	struct timespec from;
	size_t i;

	while ((i = atomic_fetch_add(&p->next, 1)) < p->n) {
		clock_gettime(CLOCK_MONOTONIC, &from);
		p->fn(p->ctx, i);
		if (i + 1 < p->n && was_slow(&from))
			start(p);
	}
	return NULL;
}

void par_for_waiting(size_t n, unsigned threads, unsigned most, void (*fn)(void *ctx, size_t i),
		     void *ctx)
{
	struct par p = { .n = n, .fn = fn, .ctx = ctx, .most = MIN(MAX(most, 1u), MAX_THREADS) };
	unsigned joined = 0;

	pthread_mutex_init(&p.mutex, NULL);
	if (threads > n)
		threads = (unsigned)n;
	for (unsigned i = 1; i < threads && start(&p); i++)
		;
	run(&p);
	for (;;) {
		pthread_t id;

		/* a thread that is still at work may start another one */
		pthread_mutex_lock(&p.mutex);
		if (joined == p.started)
			break;
		id = p.ids[joined++];
		pthread_mutex_unlock(&p.mutex);
		pthread_join(id, NULL);
	}
	pthread_mutex_unlock(&p.mutex);
	pthread_mutex_destroy(&p.mutex);
}

void par_for(size_t n, unsigned threads, void (*fn)(void *ctx, size_t i), void *ctx)
{
	par_for_waiting(n, threads, MIN(MAX(threads, 1u), MAX_THREADS), fn, ctx);
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
