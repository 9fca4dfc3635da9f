#include "par.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

#define MAX_THREADS 64u

struct par {
	atomic_size_t next;
	size_t n;
	void (*fn)(void *ctx, size_t i);
	void *ctx;
};

static void *run(void *arg)
{
	struct par *p = arg;
	size_t i;

	while ((i = atomic_fetch_add(&p->next, 1)) < p->n)
		p->fn(p->ctx, i);
	return NULL;
}

void par_for(size_t n, unsigned threads, void (*fn)(void *ctx, size_t i), void *ctx)
{
	struct par p = { .n = n, .fn = fn, .ctx = ctx };
	pthread_t ids[MAX_THREADS];
	unsigned started = 0;
	sigset_t all, old;

	if (threads > MAX_THREADS)
		threads = MAX_THREADS;
	if (threads > n)
		threads = (unsigned)n;
	if (threads > 1) {
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &old);
		while (started + 1 < threads && pthread_create(&ids[started], NULL, run, &p) == 0)
			started++;
		pthread_sigmask(SIG_SETMASK, &old, NULL);
	}
	run(&p);
	for (unsigned i = 0; i < started; i++)
		pthread_join(ids[i], NULL);
}

unsigned par_cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set))
		return 1;
	return (unsigned)MAX(CPU_COUNT(&set), 1);
}
