/*
 * job.h - work behind the screen: a pool of threads, and the mailbox where they leave what they made.
 *
 * A job does what a request asks for in a thread of its own and posts the part that it made (snapshot.h). The owner (one thread) starts and
 * cancels jobs, polls jobs_fd() and takes the mail; workers run unlocked and touch only what is theirs.
 * All signals are blocked in workers. Cancelling is a flag that the job tests; a cancelled job posts no part.
 *
 *	struct jobs *js = jobs_new(4);
 *	jobs_start(js, &(struct job_spec){ REQUEST(PART_GRAPH), generation, run, arg, free_arg });
 *	poll(jobs_fd(js)) ...
 *	for (struct job_mail *m; (m = jobs_take_mail(js)); job_mail_free(m)) ...
 *	jobs_free(js);          // cancels all, waits for them
 *
 * At most one job for a request and generation waits or runs: starting it again changes nothing, starting it
 * for a newer generation cancels the older one. Mail of one job keeps its order. Progress is coalesced: at most
 * one progress mail per job waits in the box, and its numbers are the newest when it is taken.
 */
#ifndef MODSCOPE_JOB_H
#define MODSCOPE_JOB_H

#include "base/err.h"
#include "base/par.h"
#include "parts/snapshot.h"

struct jobs;
struct job;

struct job_spec {
	const struct request *request;	/* copied; NULL: work without a name, of which any number may run */
	uint64_t generation;
	/* Makes the part. True with *out NULL is fine too (nothing to show). */
	bool (*run)(struct job *j, void *arg, struct part **out, struct err *e);
	void *arg;		/* taken */
	void (*free_arg)(void *arg);	/* may be NULL; called by the worker, or where the job is not begun */
};

enum job_mail_kind {
	JOB_PROGRESS,
	JOB_PARTIAL,	/* a part that will be replaced by a fuller one */
	JOB_DONE,	/* part may be NULL */
	JOB_FAILED,	/* err says why; ERR_CANCELLED for a cancelled one */
};

struct job_mail {
	struct job_mail *next;
	enum job_mail_kind kind;
	struct request *request;	/* NULL: the job has none */
	uint64_t generation;
	struct part *part;	/* owned; the receiver sets it to NULL when it keeps it */
	struct err err;
	long long done, total;	/* total 0: unknown */
	char subject[256];	/* what is being worked on; raw */
};

struct jobs *jobs_new(unsigned threads);
void jobs_free(struct jobs *js);
/* False if such a job waits or runs already (arg is freed). */
bool jobs_start(struct jobs *js, const struct job_spec *spec);
void jobs_cancel(struct jobs *js, const struct request *r);
void jobs_cancel_all(struct jobs *js);
/* Readable when there is mail. */
int jobs_fd(const struct jobs *js);
/* The next mail, owned by the caller; NULL if there is none. */
struct job_mail *jobs_take_mail(struct jobs *js);
void job_mail_free(struct job_mail *m);
/* Jobs that wait or run, and mail not yet taken: 0 is idle. */
size_t jobs_pending(struct jobs *js);

/* For a running job; with NULL (work on the caller's own thread) they do nothing. */
struct cancel *job_cancel(struct job *j);
/* The same flag, for what outlives the job (a loader that is part of what it made): it stays valid until let go. */
struct cancel *job_keep_cancel(struct job *j);
void job_let_cancel(struct cancel *c);	/* NULL is fine */
void job_progress(struct job *j, long long done, long long total, const char *subject);
void job_post_partial(struct job *j, struct part *p);	/* takes p */

#endif
