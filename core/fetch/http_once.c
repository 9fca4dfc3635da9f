#include "fetch/http_once.h"

#include <pthread.h>
#include <time.h>

#include "base/map.h"
#include "base/steady.h"
#include "base/text.h"
#include "fetch/http_error.h"
#include "fetch/http_secret.h"

#define MAX_BYTES ((size_t)32 << 20)
#define MAX_GONE 4096	 /* turns that are not used any more, before they are freed */
#define ANSWER_MS 600000 /* for which an answer is given again, and a failure */
#define FAILURE_MS 5000
#define LOOK_NS 20000000 /* between two looks at a cancel flag */

struct http_once_turn {
	char *key;
	unsigned refs;	     /* the list, the asker, each who waits */
	bool done, ok, gone; /* gone: not given again */
	bool unknown;	     /* done without an answer */
	int64_t until;	     /* steady_ms */
	size_t bytes;
	struct http_answer r;
	struct err err;
	pthread_cond_t settled;
};

struct http_once {
	pthread_mutex_t mutex;
	struct map turns;		   /* key -> newest turn, or one that is gone */
	VEC(struct http_once_turn *) list; /* all of these, oldest first */
	size_t bytes, n_gone;
};

struct http_once *http_once_new(void)
{
	struct http_once *o = xcalloc(1, sizeof(*o));

	pthread_mutex_init(&o->mutex, NULL);
	return o;
}

static void let_go(struct http_once_turn *t)
{
	if (--t->refs)
		return;
	http_answer_release(&t->r);
	err_release(&t->err);
	pthread_cond_destroy(&t->settled);
	free(t->key);
	free(t);
}

static void drop(struct http_once *o, struct http_once_turn *t)
{
	if (t->gone)
		return;
	t->gone = true;
	o->bytes -= t->bytes;
	o->n_gone++;
}

/* Frees what is gone, and makes the index anew: it borrows the keys. */
static void sweep(struct http_once *o)
{
	size_t kept = 0;

	map_clear(&o->turns);
	for (size_t i = 0; i < o->list.n; i++) {
		struct http_once_turn *t = o->list.items[i];

		if (t->gone) {
			let_go(t);
			continue;
		}
		o->list.items[kept++] = t;
		map_put(&o->turns, t->key, t);
	}
	o->list.n = kept;
	o->n_gone = 0;
}

static void stay_small(struct http_once *o)
{
	bool large = o->bytes > MAX_BYTES;

	for (size_t i = 0; large && i < o->list.n && o->bytes > MAX_BYTES / 2; i++)
		if (o->list.items[i]->done)
			drop(o, o->list.items[i]);
	if (large || o->n_gone > MAX_GONE)
		sweep(o);
}

void http_once_renew(struct http_once *o)
{
	pthread_mutex_lock(&o->mutex);
	for (size_t i = 0; i < o->list.n; i++)
		drop(o, o->list.items[i]);
	sweep(o);
	pthread_mutex_unlock(&o->mutex);
}

void http_once_free(struct http_once *o)
{
	if (!o)
		return;
	http_once_renew(o);
	map_release(&o->turns);
	vec_release(&o->list);
	pthread_mutex_destroy(&o->mutex);
	free(o);
}

static struct http_once_turn *turn_new(struct http_once *o, const char *key)
{
	struct http_once_turn *t = xcalloc(1, sizeof(*t));

	t->key = xstrdup(key);
	t->refs = 2;
	t->bytes = sizeof(*t) + strlen(key);
	pthread_cond_init(&t->settled, NULL);
	o->bytes += t->bytes;
	vec_push(&o->list, t);
	map_put(&o->turns, t->key, t);
	return t;
}

/* The turn to wait for, or whose answer is still good; NULL if there is none. */
static struct http_once_turn *find(struct http_once *o, const char *key)
{
	struct http_once_turn *t = map_get(&o->turns, key);

	if (t && !t->gone && t->done && steady_ms() >= t->until)
		drop(o, t);
	return t && !t->gone ? t : NULL;
}

static struct timespec soon(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += LOOK_NS;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

/* False if cancelled meanwhile. */
static bool wait_for(struct http_once *o, struct http_once_turn *t, const struct cancel *cancel)
{
	while (!t->done && !cancel_is_set(cancel)) {
		struct timespec until = soon();

		if (cancel)
			pthread_cond_timedwait(&t->settled, &o->mutex, &until);
		else
			pthread_cond_wait(&t->settled, &o->mutex);
	}
	return t->done;
}

static bool is_shared(const struct http_once *o, const struct http_request *q)
{
	return o && !q->sink && !q->certificate;
}

static char *key_of(const struct http_request *q)
{
	return xasprintf("%s %zu%s%s", q->url, q->max_bytes, q->get_bytes ? " g" : "",
			 q->error_pages ? " e" : "");
}

static bool give(const struct http_once_turn *t, struct http_answer *r, struct err *e)
{
	http_answer_copy(r, &t->r);
	if (!t->ok && e)
		err_copy(e, &t->err);
	return t->ok;
}

static bool give_up(const struct http_request *q, struct http_answer *r, struct err *e)
{
	struct buf shown = BUF_INIT;

	*r = (struct http_answer){ .body = BUF_INIT };
	text_redact_url(&shown, q->url);
	http_error_set(e, ERR_CANCELLED, "Get", shown.data, "context canceled");
	buf_release(&shown);
	return false;
}

/* With the mutex held. False: it is the caller's turn. */
static bool take(struct http_once *o, const char *key, const struct http_request *q,
		 struct http_answer *r, bool *ok, struct err *e)
{
	struct http_once_turn *t;
	bool taken = false;

	while (!taken && (t = find(o, key))) {
		t->refs++;
		if (!wait_for(o, t, q->cancel)) {
			taken = true;
			*ok = give_up(q, r, e);
		} else if (!t->unknown) {
			taken = true;
			*ok = give(t, r, e);
		}
		let_go(t);
	}
	return taken;
}

/* As http_get does for what it received itself. */
static void mask(struct http_answer *r, struct err *e)
{
	struct http_secrets *s = http_secrets_sent();

	http_secrets_mask_err(s, e);
	http_secrets_mask_text(s, &r->status_text);
	if (r->status != 200)
		http_secrets_mask(s, &r->body);
}

bool http_once_take(struct http_once *o, const struct http_request *q, struct http_once_turn **turn,
		    struct http_answer *r, bool *ok, struct err *e)
{
	char *key;
	bool taken;

	*turn = NULL;
	if (!is_shared(o, q))
		return false;
	key = key_of(q);
	pthread_mutex_lock(&o->mutex);
	taken = take(o, key, q, r, ok, e);
	if (!taken)
		*turn = turn_new(o, key);
	pthread_mutex_unlock(&o->mutex);
	free(key);
	if (taken)
		mask(r, *ok ? NULL : e);
	return taken;
}

bool http_once_try(struct http_once *o, const struct http_request *q, struct http_once_turn **turn)
{
	char *key;

	*turn = NULL;
	if (!is_shared(o, q))
		return true;
	key = key_of(q);
	pthread_mutex_lock(&o->mutex);
	if (!find(o, key))
		*turn = turn_new(o, key);
	pthread_mutex_unlock(&o->mutex);
	free(key);
	return *turn != NULL;
}

static int64_t worth_ms(bool ok, const struct http_answer *r, bool may_log_in)
{
	if (ok && r->status >= 400 && r->status < 500 && may_log_in)
		return 0;
	return ok && (r->status == 200 || r->status == 404 || r->status == 410) ? ANSWER_MS
										: FAILURE_MS;
}

static void keep(struct http_once *o, struct http_once_turn *t, bool ok,
		 const struct http_answer *r, const struct err *e)
{
	t->ok = ok;
	http_answer_copy(&t->r, r);
	if (!ok)
		err_copy(&t->err, e);
	if (t->gone)
		return;
	t->bytes += r->body.len;
	o->bytes += r->body.len;
}

void http_once_settle(struct http_once *o, struct http_once_turn *t, bool may_log_in, bool ok,
		      const struct http_answer *r, const struct err *e)
{
	int64_t ms = worth_ms(ok, r, may_log_in);

	if (!t)
		return;
	pthread_mutex_lock(&o->mutex);
	t->done = true;
	t->unknown = !ok && e->code == ERR_CANCELLED;
	t->until = steady_ms() + ms;
	if (!t->unknown)
		keep(o, t, ok, r, e);
	if (t->unknown || !ms)
		drop(o, t);
	pthread_cond_broadcast(&t->settled);
	stay_small(o);
	let_go(t);
	pthread_mutex_unlock(&o->mutex);
}
