/*
 * job.h - background work: a pool of threads, and a mailbox for their results.
 *
 * A job serves a request on a worker thread and posts the part that it made (snapshot.h). The owner (one thread) starts and
 * cancels jobs, polls jobs_fd() and takes the mail; workers run unlocked and access only their own data.
 * All signals are blocked in workers. Cancelling sets a flag that the job tests; a cancelled job posts no part.
 *
 *	struct jobs *js = jobs_new(4);
 *	jobs_start(js, &(struct job_spec){ REQUEST(PART_GRAPH), generation, run, arg, free_arg });
 *	poll(jobs_fd(js)) ...
 *	for (struct job_mail *m; (m = jobs_take_mail(js)); job_mail_free(m)) ...
 *	jobs_free(js);          // cancels all jobs and waits for them
 *
 * At most one job per request and generation waits or runs: starting it again has no effect, starting it
 * for a newer generation cancels the older one. A job's mail keeps its order. Progress is coalesced: at most
 * one progress mail per job is in the box, and it has the newest numbers when taken.
 */
#ifndef MODSCOPE_JOB_H
#define MODSCOPE_JOB_H

#include "base/err.h"
#include "base/par.h"
#include "parts/snapshot.h"

struct jobs;
struct job;

struct job_spec {
	const struct request *request;	/* copied; NULL: anonymous work, any number of which may run */
	uint64_t generation;
	/* Makes the part. May return true with *out NULL (nothing to show). */
	bool (*run)(struct job *j, void *arg, struct part **out, struct err *e);
	void *arg;		/* taken */
	void (*free_arg)(void *arg);	/* may be NULL; called by the worker, or when a job is dropped before it starts */
};

enum job_mail_kind {
	JOB_PROGRESS,
	JOB_PARTIAL,	/* a part that a more complete one will replace */
	JOB_DONE,	/* part may be NULL */
	JOB_FAILED,	/* err has the reason; ERR_CANCELLED if cancelled */
};

struct job_mail {
	struct job_mail *next;
	enum job_mail_kind kind;
	struct request *request;	/* NULL: the job has none */
	uint64_t generation;
	struct part *part;	/* owned; a receiver that keeps it sets this to NULL */
	struct err err;
	long long done, total;	/* total 0: unknown */
	char subject[256];	/* what is being worked on; raw */
};

struct jobs *jobs_new(unsigned threads);
void jobs_free(struct jobs *js);
/* False if such a job already waits or runs (arg is freed). */
bool jobs_start(struct jobs *js, const struct job_spec *spec);
void jobs_cancel(struct jobs *js, const struct request *r);
void jobs_cancel_all(struct jobs *js);
/* Readable when there is mail. */
int jobs_fd(const struct jobs *js);
/* The next mail, owned by the caller; NULL if there is none. */
struct job_mail *jobs_take_mail(struct jobs *js);
void job_mail_free(struct job_mail *m);
/* Waiting and running jobs plus mail not yet taken; 0 when idle. */
size_t jobs_pending(struct jobs *js);

/* These are for a running job; with NULL (work on the caller's own thread) they do nothing. */
struct cancel *job_cancel(struct job *j);
/* The same flag, for an object that outlives the job (a loader in its part): valid until job_let_cancel. */
struct cancel *job_keep_cancel(struct job *j);
void job_let_cancel(struct cancel *c);	/* NULL is fine */
void job_progress(struct job *j, long long done, long long total, const char *subject);
void job_post_partial(struct job *j, struct part *p);	/* takes p */

#endif
