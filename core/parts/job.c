#include "parts/job.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

struct job {
	struct job *next;
	struct jobs *js;
	struct job_spec spec;
	struct request *request;
	bool running;
	struct cancel *cancel;	   /* in a struct kept_cancel */
	struct job_mail *progress; /* in the box, not yet taken; under the lock */
};

/* The cancel flag of a job, shared with objects that it made. */
struct kept_cancel {
	struct cancel cancel;
	atomic_uint refs;
};

struct jobs {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct job *list; /* waiting and running, oldest first */
	struct job_mail *first, **last;
	size_t n_mail;
	bool ending;
	int wake[2];
	unsigned n_threads, max_threads, n_idle;
	pthread_t threads[16];
};

static struct cancel *new_cancel(void)
{
	struct kept_cancel *k = xcalloc(1, sizeof(*k));

	atomic_init(&k->refs, 1);
	return &k->cancel;
}

void job_let_cancel(struct cancel *c)
{
	struct kept_cancel *k = (struct kept_cancel *)(void *)c;

	if (k && atomic_fetch_sub(&k->refs, 1) == 1)
		free(k);
}

static void job_free(struct job *j)
{
	job_let_cancel(j->cancel);
	free(j->request);
	free(j);
}

/* One byte wakes the owner; if the pipe is full, it will wake anyway. */
static void wake(struct jobs *js)
{
	ssize_t n;

	do {
		n = write(js->wake[1], "", 1);
	} while (n < 0 && errno == EINTR);
}

static struct job_mail *mail_new(const struct job *j, enum job_mail_kind kind)
{
	struct job_mail *m = xcalloc(1, sizeof(*m));

	m->kind = kind;
	m->request = j->request ? request_copy(j->request) : NULL;
	m->generation = j->spec.generation;
	return m;
}

static void post_locked(struct jobs *js, struct job_mail *m)
{
	*js->last = m;
	js->last = &m->next;
	js->n_mail++;
	wake(js);
}

static struct job *next_waiting(struct jobs *js)
{
	struct job *j = js->list;

	while (j && j->running)
		j = j->next;
	return j;
}

static void unlink_locked(struct jobs *js, struct job *j)
{
	struct job **p = &js->list;

	while (*p != j)
		p = &(*p)->next;
	*p = j->next;
}

static struct job_mail *outcome(struct job *j, bool ok, struct part *part, struct err *e)
{
	struct job_mail *m;

	if (ok && cancel_is_set(j->cancel))
		ok = err_set(e, ERR_CANCELLED, "cancelled");
	m = mail_new(j, ok ? JOB_DONE : JOB_FAILED);
	if (ok && part) {
		part->generation = j->spec.generation;
		m->part = part;
	} else {
		part_unref(part);
	}
	if (!ok && !err_is_set(e))
		err_set(e, ERR_CANCELLED, "cancelled");
	err_move(&m->err, e);
	return m;
}

static void run_job(struct jobs *js, struct job *j)
{
	struct part *part = NULL;
	struct err e = ERR_INIT;
	struct job_mail *m;
	bool ok = !cancel_is_set(j->cancel) && j->spec.run(j, j->spec.arg, &part, &e);

	if (j->spec.free_arg)
		j->spec.free_arg(j->spec.arg);
	m = outcome(j, ok, part, &e);
	err_release(&e);
	pthread_mutex_lock(&js->lock);
	unlink_locked(js, j);
	post_locked(js, m);
	pthread_mutex_unlock(&js->lock);
	job_free(j);
}

static void *worker(void *arg)
{
	struct jobs *js = arg;
	struct job *j;

	pthread_mutex_lock(&js->lock);
	for (;;) {
		while (!(j = next_waiting(js)) && !js->ending) {
			js->n_idle++;
			pthread_cond_wait(&js->work, &js->lock);
			js->n_idle--;
		}
		if (!j)
			break;
		j->running = true;
		pthread_mutex_unlock(&js->lock);
		run_job(js, j);
		pthread_mutex_lock(&js->lock);
	}
	pthread_mutex_unlock(&js->lock);
	return NULL;
}

static void set_flags(int fd)
{
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_SETFL, O_NONBLOCK);
}

struct jobs *jobs_new(unsigned threads)
{
	struct jobs *js = xcalloc(1, sizeof(*js));

	if (pipe(js->wake) != 0) {
		free(js);
		return NULL;
	}
	set_flags(js->wake[0]);
	set_flags(js->wake[1]);
	pthread_mutex_init(&js->lock, NULL);
	pthread_cond_init(&js->work, NULL);
	js->last = &js->first;
	js->max_threads = MIN(MAX(threads, 1), (unsigned)ARRAY_LEN(js->threads));
	return js;
}

/* Creates a thread if there is work and no idle thread. */
static void add_thread_locked(struct jobs *js)
{
	sigset_t all, old;

	if (js->n_idle || js->n_threads == js->max_threads)
		return;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (pthread_create(&js->threads[js->n_threads], NULL, worker, js) == 0)
		js->n_threads++;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static struct job *find_locked(struct jobs *js, const struct request *r)
{
	struct job *found = NULL;

	for (struct job *j = js->list; r && j; j = j->next)
		if (j->request && request_eq(j->request, r) && !cancel_is_set(j->cancel))
			found = j;
	return found;
}

static void cancel_job(struct job *j)
{
	atomic_store(&j->cancel->set, true);
}

static void append_locked(struct jobs *js, struct job *j)
{
	struct job **p = &js->list;

	while (*p)
		p = &(*p)->next;
	*p = j;
}

bool jobs_start(struct jobs *js, const struct job_spec *spec)
{
	struct job *j, *old;

	pthread_mutex_lock(&js->lock);
	old = find_locked(js, spec->request);
	if (old && old->spec.generation >= spec->generation) {
		pthread_mutex_unlock(&js->lock);
		if (spec->free_arg)
			spec->free_arg(spec->arg);
		return false;
	}
	if (old)
		cancel_job(old);
	j = xcalloc(1, sizeof(*j));
	j->js = js;
	j->cancel = new_cancel();
	j->spec = *spec;
	j->request = spec->request ? request_copy(spec->request) : NULL;
	j->spec.request = j->request;
	append_locked(js, j);
	add_thread_locked(js);
	pthread_cond_signal(&js->work);
	pthread_mutex_unlock(&js->lock);
	return true;
}

void jobs_cancel(struct jobs *js, const struct request *r)
{
	struct job *j;

	pthread_mutex_lock(&js->lock);
	while ((j = find_locked(js, r)))
		cancel_job(j);
	pthread_mutex_unlock(&js->lock);
}

void jobs_cancel_all(struct jobs *js)
{
	pthread_mutex_lock(&js->lock);
	for (struct job *j = js->list; j; j = j->next)
		cancel_job(j);
	pthread_mutex_unlock(&js->lock);
}

static void free_waiting(struct jobs *js)
{
	struct job *j;

	/* A pool without threads still has jobs that nothing will run. */
	while ((j = js->list)) {
		js->list = j->next;
		if (j->spec.free_arg)
			j->spec.free_arg(j->spec.arg);
		job_free(j);
	}
}

void jobs_free(struct jobs *js)
{
	struct job_mail *m;

	if (!js)
		return;
	jobs_cancel_all(js);
	pthread_mutex_lock(&js->lock);
	js->ending = true;
	pthread_cond_broadcast(&js->work);
	pthread_mutex_unlock(&js->lock);
	for (unsigned i = 0; i < js->n_threads; i++)
		pthread_join(js->threads[i], NULL);
	free_waiting(js);
	while ((m = jobs_take_mail(js)))
		job_mail_free(m);
	close(js->wake[0]);
	close(js->wake[1]);
	pthread_cond_destroy(&js->work);
	pthread_mutex_destroy(&js->lock);
	free(js);
}

int jobs_fd(const struct jobs *js)
{
	return js->wake[0];
}

static void drain(struct jobs *js)
{
	char bytes[256];
	ssize_t n;

	do {
		n = read(js->wake[0], bytes, sizeof(bytes));
	} while (n > 0 || (n < 0 && errno == EINTR));
}

/* The job of this progress mail may send the next one. */
static void forget_progress(struct jobs *js, const struct job_mail *m)
{
	for (struct job *j = js->list; j; j = j->next)
		if (j->progress == m)
			j->progress = NULL;
}

struct job_mail *jobs_take_mail(struct jobs *js)
{
	struct job_mail *m;

	pthread_mutex_lock(&js->lock);
	m = js->first;
	if (m) {
		js->first = m->next;
		if (!js->first)
			js->last = &js->first;
		m->next = NULL;
		js->n_mail--;
		forget_progress(js, m);
	} else {
		drain(js);
	}
	pthread_mutex_unlock(&js->lock);
	return m;
}

void job_mail_free(struct job_mail *m)
{
	if (!m)
		return;
	part_unref(m->part);
	err_release(&m->err);
	free(m->request);
	free(m);
}

size_t jobs_pending(struct jobs *js)
{
	size_t n;

	pthread_mutex_lock(&js->lock);
	n = js->n_mail;
	for (struct job *j = js->list; j; j = j->next)
		n++;
	pthread_mutex_unlock(&js->lock);
	return n;
}

struct cancel *job_cancel(struct job *j)
{
	return j ? j->cancel : NULL;
}

struct cancel *job_keep_cancel(struct job *j)
{
	if (!j)
		return NULL;
	atomic_fetch_add(&((struct kept_cancel *)(void *)j->cancel)->refs, 1);
	return j->cancel;
}

void job_progress(struct job *j, long long done, long long total, const char *subject)
{
	struct jobs *js = j ? j->js : NULL;

	if (!js)
		return;
	pthread_mutex_lock(&js->lock);
	if (!j->progress) {
		j->progress = mail_new(j, JOB_PROGRESS);
		post_locked(js, j->progress);
	}
	j->progress->done = done;
	j->progress->total = total;
	snprintf(j->progress->subject, sizeof(j->progress->subject), "%s", subject ? subject : "");
	pthread_mutex_unlock(&js->lock);
}

void job_post_partial(struct job *j, struct part *p)
{
	struct job_mail *m;

	if (!j) {
		part_unref(p);
		return;
	}
	m = mail_new(j, JOB_PARTIAL);
	p->generation = j->spec.generation;
	p->partial = true;
	m->part = p;
	pthread_mutex_lock(&j->js->lock);
	post_locked(j->js, m);
	pthread_mutex_unlock(&j->js->lock);
}
