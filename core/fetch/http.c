#include "fetch/http.h"

#include <pthread.h>
#include <strings.h>

#include "base/activity.h"
#include "base/map.h"
#include "base/steady.h"
#include "base/text.h"
#include "fetch/http_engine.h"
#include "fetch/goauth.h"
#include "fetch/gourl.h"
#include "fetch/http_error.h"
#include "fetch/http_gzip.h"
#include "fetch/http_once.h"
#include "fetch/http_proxy.h"
#include "fetch/http_roots.h"
#include "fetch/http_secret.h"
#include "fetch/http_silence.h"
#include "gofiles/goenv.h"

#define MAX_REDIRECTS 10
#define MAX_RETRIES 2
#define MAX_HOPS ((MAX_REDIRECTS + 1) * (MAX_RETRIES + 1))
#define MAX_RETRY_AFTER 5	      /* seconds */
#define ERROR_BODY ((size_t)16 << 10) /* of an error's body; go shows less */
#define DRAIN ((size_t)64 << 10)      /* read and discarded to keep a connection usable */

struct http {
	struct http_options o;
	struct goauth auth;
	struct http_proxy_settings proxies;
	struct http_roots roots;
	bool has_roots;
	const struct curl_lib *curl;
	struct http_engine *engine; /* NULL: not started */
	pthread_mutex_t mutex;	    /* of `engine` until it is started, and of the members below */
	struct map ahead;	    /* URL -> struct request of http_ahead; NULL: already taken */
	struct arena ahead_urls;
};

/* A running request: from http_engine_start to finish() it belongs to the engine's thread, before and after that to the caller's. */
struct request {
	struct http *h;
	const struct http_request *q;
	struct http_answer *r;
	struct http_engine_transfer transfer;
	struct arena arena;
	struct gourl url;			/* of this hop; may contain credentials */
	const char *shown, *host, *port, *bare; /* the same without credentials, for texts */
	int redirects, repetitions;		/* repetitions: of this hop */

	/* Kept across hops. */
	bool secure; /* the first URL was https */
	char *first_host;
	const struct goauth_credential *given;
	bool elsewhere; /* at another domain: most of that is not sent any more */

	bool enough; /* discard the rest of the body */
	bool over;   /* the size limit */
	struct err sink_err;
	struct err err;
	pthread_mutex_t mutex; /* of done: one for all would be waited for by hundreds */
	bool ok, done;
	struct http_once_turn *turn; /* NULL: only this one wants to know */
	int64_t done_us;	     /* when */
	pthread_cond_t ended;	     /* one per request: hundreds wait at the same time */
	struct activity_row row;

	/* Of http_ahead. */
	struct http_request own_q;
	struct http_answer own_r;
};

struct http *http_new(const struct http_options *o)
{
	struct http *h = xcalloc(1, sizeof(*h));

	h->o = *o;
	h->o.connect_ms = o->connect_ms ? o->connect_ms : 30000;
	h->o.stall_ms = http_silence_patience(o->env, o->stall_ms);
	h->o.retry_ms = o->retry_ms ? o->retry_ms : 150;
	h->o.per_host = o->per_host ? o->per_host : 200;
	h->roots = (struct http_roots)HTTP_ROOTS_INIT;
	pthread_mutex_init(&h->mutex, NULL);
	goauth_init(&h->auth, o->env);
	return h;
}

static struct http_engine *make_engine(struct http *h)
{
	return http_engine_new(&(struct http_engine_options){
		.curl = h->curl,
		.connect_ms = h->o.connect_ms,
		.stall_ms = h->o.stall_ms,
		.per_host = h->o.per_host,
		.roots = h->has_roots ? &h->roots : NULL,
	});
}

static bool start(struct http *h, struct err *e)
{
	bool ok;

	pthread_mutex_lock(&h->mutex);
	if (!h->curl) {
		h->curl = curl_lib_get(e);
		if (h->curl) {
			h->has_roots = http_roots_read(&h->roots, h->curl, h->o.env);
			http_proxy_load(&h->proxies, h->o.env);
		}
	}
	if (h->curl && !h->engine)
		h->engine = make_engine(h);
	ok = h->engine != NULL;
	pthread_mutex_unlock(&h->mutex);
	return ok || err_set(e, ERR_NETWORK, "the network cannot be used: no thread for it");
}

/* Prepares a hop: the server, and the credentials. */

static const char *written(struct request *x, const struct gourl *u)
{
	struct buf b = BUF_INIT;
	const char *out;

	gourl_write(u, &b);
	out = arena_strdup(&x->arena, b.data);
	buf_release(&b);
	return out;
}

static bool check_credentials(const struct request *x, struct err *e)
{
	struct buf b = BUF_INIT;

	if (x->secure || !x->url.user)
		return true;
	text_redact_url(&b, x->shown);
	err_set(e, ERR_NETWORK, "refusing to pass credentials to insecure URL: %s", b.data);
	buf_release(&b);
	return false;
}

/* auth.AddCredentials: GOAUTH is read at the first https request, and go exits if it is invalid. */
static bool check_auth(const struct request *x, struct err *e)
{
	struct err why = ERR_INIT;

	if (goenv_check_auth(x->h->o.env, &why))
		return true;
	err_set(e, ERR_REFUSED, "go: %s", why.text);
	err_release(&why);
	return err_mark(e, ERR_FORM_FINAL);
}

static bool begin_first(struct request *x, struct err *e)
{
	x->secure = str_eq(x->url.scheme, "https");
	x->first_host = xstrdup(x->host);
	if (!check_credentials(x, e) || (x->secure && !check_auth(x, e)))
		return false;
	if (x->secure)
		goauth_begin(&x->h->auth, x->q->cancel);
	/* by the whole URL, a user in it included */
	x->given = x->secure ? goauth_find(&x->h->auth, x->shown) : NULL;
	return true;
}

static void set_credentials(struct request *x)
{
	const struct goauth_credential *c = x->given;
	struct http_engine_transfer *t = &x->transfer;
	bool login = c && c->user && !x->elsewhere, bearer = c && c->authorizes && !x->elsewhere;

	t->user = login ? c->user : bearer ? NULL : x->url.user;
	t->password = login ? c->password : bearer ? NULL : x->url.password;
	if (!t->user && t->password)
		t->user = "";
	t->lines = !c ? NULL : x->elsewhere ? c->elsewhere : c->lines;
}

static void begin_exchange(struct request *x, int delay_ms)
{
	struct http_engine_transfer *t = &x->transfer;

	buf_clear(&x->r->body);
	x->r->bytes = 0;
	x->enough = x->over = false;
	t->fresh = x->repetitions > 0;
	t->delay_ms = delay_ms;
	http_engine_start(x->h->engine, t);
}

/* URLs that http.Transport refuses. */
static bool check_target(const struct request *x, struct err *e)
{
	struct buf b = BUF_INIT;

	if (!str_eq(x->url.scheme, "https") && !str_eq(x->url.scheme, "http")) {
		buf_addf(&b, "unsupported protocol scheme \"%s\"", x->url.scheme);
		http_error_set(e, ERR_NETWORK, "Get", x->shown, b.data);
		buf_release(&b);
		return false;
	}
	if (!*x->url.host)
		return http_error_set(e, ERR_NETWORK, "Get", x->shown,
				      "http: no Host in request URL");
	return !http_proxy_refuses(&x->h->proxies, x->url.scheme) ||
	       http_error_set(
		       e, ERR_NETWORK, "Get", x->shown,
		       "refusing to use HTTP_PROXY value in CGI environment; see golang.org/s/cgihttpproxy");
}

static void name_target(struct request *x)
{
	struct gourl bare = gourl_bare(&x->url);

	if (*bare.host == ':') /* go connects to this machine */
		bare.host = arena_fmt(&x->arena, "127.0.0.1%s", bare.host);
	x->shown = written(x, &x->url);
	x->host = gourl_hostname(&x->arena, &x->url);
	x->port = gourl_port(&x->arena, &x->url);
	x->bare = x->url.user || *x->url.fragment || bare.host != x->url.host ? written(x, &bare)
									      : x->shown;
}

/* http.NewRequest, which redirects do without. */
static void remove_empty_port(struct request *x)
{
	size_t n = strlen(x->url.host);

	if (!n || x->url.host[n - 1] != ':')
		return;
	x->url.host = arena_strndup(&x->arena, x->url.host, n - 1);
	name_target(x);
}

static bool begin_hop(struct request *x, struct err *e)
{
	struct http_engine_transfer *t = &x->transfer;

	name_target(x);
	if (!x->first_host) {
		if (!begin_first(x, e))
			return false;
		remove_empty_port(x);
	}
	if (!check_target(x, e))
		return false;
	t->url = x->bare;
	t->host = x->host;
	t->proxy = http_proxy_for(&x->h->proxies, x->url.scheme, x->host, x->port);
	set_credentials(x);
	http_secrets_add_url(http_secrets_sent(), x->shown);
	http_secrets_add_url(http_secrets_sent(), t->proxy);
	http_secrets_add_login(http_secrets_sent(), t->user, t->password);
	x->repetitions = 0;
	begin_exchange(x, 0);
	return true;
}

/* The body arrives. */

static bool take_error_body(struct request *x, const void *data, size_t len)
{
	struct buf *body = &x->r->body;
	size_t max = x->q->error_pages ? x->q->max_bytes : ERROR_BODY;
	size_t room = max - MIN(body->len, max);

	if (x->transfer.plain_text || x->q->error_pages)
		buf_add(body, data, MIN(len, room));
	x->enough = (size_t)x->r->bytes > DRAIN;
	return !x->enough;
}

static bool on_body(struct http_engine_transfer *t, const void *data, size_t len)
{
	struct request *x = t->ctx;

	x->r->bytes += (int64_t)len;
	if (t->hop.status != 200)
		return take_error_body(x, data, len);
	x->over = (size_t)x->r->bytes > x->q->max_bytes;
	if (x->over)
		return false;
	if (x->q->sink && !t->gzip)
		return x->q->sink(x->q->ctx, data, len, &x->sink_err);
	buf_add(&x->r->body, data, len);
	return true;
}

/* The exchange is done: what next? */

static bool fail(struct request *x)
{
	const struct http_engine_transfer *t = &x->transfer;
	const char *asked = x->r->url;
	bool reading = t->hop.status == 200 && !t->other_length;
	struct buf b = BUF_INIT;

	if (t->code == CURLE_ABORTED_BY_CALLBACK)
		return http_error_set(&x->err, ERR_CANCELLED, "Get", asked, "context canceled");
	if (err_is_set(&x->sink_err))
		return err_move(&x->err, &x->sink_err);
	if (x->over)
		return err_set(&x->err, ERR_LIMIT,
			       "reading %s: the answer is longer than the %zu bytes that are read",
			       asked, x->q->max_bytes);
	http_error_reason(&b, t, x->host, x->port);
	if (reading && x->q->get_bytes)
		err_set(&x->err, ERR_NETWORK, "reading %s: %s", asked, b.data);
	else
		http_error_set(&x->err, ERR_NETWORK, reading ? "read" : "Get",
			       reading ? asked : x->shown, b.data);
	buf_release(&b);
	return false;
}

/* The milliseconds until a retry, -1 for none. */
static int repeat_after(const struct request *x)
{
	const struct http_engine_transfer *t = &x->transfer;
	long retry_after = t->hop.retry_after ? strtol(t->hop.retry_after, NULL, 10) : 0;
	int wait = x->h->o.retry_ms;

	if (wait < 0 || x->repetitions == MAX_RETRIES || retry_after > MAX_RETRY_AFTER ||
	    !http_engine_is_temporary(t))
		return -1;
	for (int i = 0; i < x->repetitions; i++)
		wait *= 3;
	return (int)MAX(wait, retry_after * 1000);
}

static bool is_redirect(const struct http_engine_transfer *t)
{
	int status = t->hop.status;

	return t->location && *t->location &&
	       (status == 301 || status == 302 || status == 303 || status == 307 || status == 308);
}

static bool bad_location(struct request *x, const char *why)
{
	const char *location = x->transfer.location;
	struct buf b = BUF_INIT;

	buf_addstr(&b, "failed to parse Location header ");
	text_quote(&b, location, strlen(location));
	buf_addf(&b, ": %s", why);
	http_error_set(&x->err, ERR_NETWORK, "Get", x->shown, b.data);
	buf_release(&b);
	return false;
}

/* go follows at most ten redirects, and none from https to http. */
static bool may_follow(struct request *x, const struct gourl *next)
{
	const char *location = x->transfer.location;
	struct buf b = BUF_INIT;
	bool ok = true;

	if (x->secure && !str_eq(next->scheme, "https")) {
		buf_addstr(&b, "redirected from secure URL ");
		text_redact_url(&b, x->shown);
		buf_addstr(&b, " to insecure URL ");
		text_redact_url(&b, written(x, next));
		ok = http_error_set(&x->err, ERR_NETWORK, "Get", location, b.data);
	} else if (x->redirects >= MAX_REDIRECTS) {
		ok = http_error_set(&x->err, ERR_NETWORK, "Get", location,
				    "stopped after 10 redirects");
	}
	buf_release(&b);
	return ok;
}

/* net/http.shouldCopyHeaderOnRedirect: the same host as the first one, or a subdomain. */
static bool is_same_domain(const char *first_host, const char *next_host)
{
	size_t n = strlen(first_host), m = strlen(next_host);

	if (strcasecmp(first_host, next_host) == 0)
		return true;
	return m > n && next_host[m - n - 1] == '.' &&
	       strcasecmp(next_host + m - n, first_host) == 0 && !strchr(next_host, ':');
}

/* Makes the redirect's target the URL to ask. */
static bool follow(struct request *x)
{
	struct err why = ERR_INIT;
	struct gourl ref, next;

	x->redirects++;
	if (!gourl_parse(&x->arena, x->transfer.location, &ref, &why)) {
		bad_location(x, why.text);
		err_release(&why);
		return false;
	}
	next = gourl_resolve(&x->arena, &x->url, &ref);
	if (!is_same_domain(x->first_host, gourl_hostname(&x->arena, &next)))
		x->elsewhere = true;
	if (!may_follow(x, &next))
		return false;
	x->url = next;
	return true;
}

static void keep_hop(struct request *x)
{
	struct http_hop *hop = &x->transfer.hop;
	struct http_answer *r = x->r;

	if (!hop->url || r->n_hops == MAX_HOPS)
		return;
	if (*x->transfer.proxy) {
		struct buf via = BUF_INIT;

		text_redact_url(&via, x->transfer.proxy);
		hop->via = buf_detach(&via);
	}
	r->hops = xreallocarray(r->hops, r->n_hops + 1, sizeof(*r->hops));
	r->hops[r->n_hops++] = *hop;
	*hop = (struct http_hop){ 0 };
}

/* Returns the request to its caller, who may free it once the mutex is released. */
static void finish(struct request *x, bool ok)
{
	struct http *h = x->h;

	keep_hop(x);
	http_once_settle(h->o.once, x->turn, x->transfer.wants_head, ok, x->r, &x->err);
	pthread_mutex_lock(&x->mutex);
	x->ok = ok;
	x->done = true;
	x->done_us = steady_us();
	pthread_cond_signal(&x->ended);
	pthread_mutex_unlock(&x->mutex);
}

static void repeat(struct request *x, int delay_ms)
{
	keep_hop(x);
	x->repetitions++;
	if (x->q->restart && !x->q->restart(x->q->ctx, &x->err))
		finish(x, false);
	else
		begin_exchange(x, delay_ms);
}

/* HTTP/2 has no reason phrase: go uses the standard one. */
static void take_answer(struct request *x)
{
	struct http_engine_transfer *t = &x->transfer;
	struct http_answer *r = x->r;
	const char *space = t->status_text ? strchr(t->status_text, ' ') : NULL;

	r->status = t->hop.status;
	r->plain_text = t->plain_text;
	if (t->status_text && (t->hop.http_version != 20 || (space && space[1]))) {
		r->status_text = t->status_text;
		t->status_text = NULL;
	} else {
		r->status_text = xasprintf("%d %s", r->status, http_error_phrase(r->status));
	}
	if (t->head.len)
		r->head = xasprintf("HTTP/%s %s\n%s", t->hop.http_version == 20 ? "2.0" : "1.1",
				    r->status_text, t->head.data);
}

/* The transport requests gzip and decodes it. */
static bool decode(struct request *x)
{
	const struct http_engine_transfer *t = &x->transfer;
	struct buf *body = &x->r->body;
	struct err why = ERR_INIT;

	if (!t->gzip)
		return true;
	if (http_gzip_decode(body, x->q->max_bytes, &why)) {
		x->r->bytes = (int64_t)body->len;
		return !x->q->sink || t->hop.status != 200 ||
		       x->q->sink(x->q->ctx, body->data, body->len, &x->err);
	}
	if (t->hop.status == 200)
		http_error_set(&x->err, why.code, "read", x->r->url, why.text);
	else
		buf_clear(body);
	err_release(&why);
	return t->hop.status != 200;
}

static void on_done(struct http_engine_transfer *t)
{
	struct request *x = t->ctx;
	int delay_ms;

	/* a bad body of an error response is not reported */
	if (x->enough || (t->code != CURLE_OK && t->hop.status && t->hop.status != 200 &&
			  t->code != CURLE_ABORTED_BY_CALLBACK))
		t->code = CURLE_OK;
	delay_ms = repeat_after(x);
	if (delay_ms >= 0) {
		repeat(x, delay_ms);
	} else if (t->code != CURLE_OK) {
		finish(x, fail(x));
	} else if (is_redirect(t)) {
		bool ok = follow(x);

		keep_hop(x);
		if (!ok || !begin_hop(x, &x->err))
			finish(x, false);
	} else {
		take_answer(x);
		finish(x, decode(x));
	}
}

/* the caller */

static void prepare(struct request *x, struct http *h, const struct http_request *q,
		    struct http_answer *r)
{
	struct buf redacted = BUF_INIT;

	x->h = h;
	x->q = q;
	x->r = r;
	x->row = activity_begin("get", q->url);
	x->transfer = (struct http_engine_transfer){
		.compressed = !q->sink,
		.certificate = q->certificate,
		.wants_head = goenv_runs_auth(h->o.env),
		.total_ms = q->total_ms ? q->total_ms : 300000,
		.cancel = q->cancel,
		.body = on_body,
		.done = on_done,
		.ctx = x,
		.head = BUF_INIT,
	};
	pthread_mutex_init(&x->mutex, NULL);
	pthread_cond_init(&x->ended, NULL);
	*r = (struct http_answer){ .body = BUF_INIT };
	text_redact_url(&redacted, q->url);
	r->url = buf_detach(&redacted);
}

static void begin(struct request *x)
{
	if (!gourl_parse(&x->arena, x->q->url, &x->url, &x->err) || !start(x->h, &x->err) ||
	    !begin_hop(x, &x->err))
		finish(x, false);
}

static void wait_for(struct request *x)
{
	pthread_mutex_lock(&x->mutex);
	while (!x->done)
		pthread_cond_wait(&x->ended, &x->mutex);
	pthread_mutex_unlock(&x->mutex);
}

static void request_release(struct request *x)
{
	http_engine_release(&x->transfer);
	arena_release(&x->arena);
	free(x->first_host);
	err_release(&x->sink_err);
	err_release(&x->err);
	pthread_cond_destroy(&x->ended);
	pthread_mutex_destroy(&x->mutex);
}

/* A server may send back what it received. Files are not masked: their hashes are compared. */
static void mask_secrets(struct request *x)
{
	struct http_secrets *s = http_secrets_sent();
	struct http_answer *r = x->r;

	http_secrets_mask_err(s, &x->err);
	http_secrets_mask_text(s, &r->status_text);
	if (r->status != 200)
		http_secrets_mask(s, &r->body);
	for (size_t i = 0; i < r->n_hops; i++)
		http_secrets_mask_hop(s, &r->hops[i]);
}

/* The request is finished; the answer now belongs to the caller. */
static bool give(struct request *x, struct http_answer *r, struct err *e)
{
	bool ok = x->ok;

	mask_secrets(x);
	x->row.began_monotonic += steady_us() - x->done_us; /* http_get was not called yet */
	activity_end(x->h->o.log, &x->row, ok ? x->r->status_text : x->err.text, x->r->bytes);
	if (!ok)
		err_move(e, &x->err);
	if (r != x->r)
		*r = *x->r;
	request_release(x);
	return ok;
}

/* NULL if it was not sent ahead. */
static struct request *take_ahead(struct http *h, const struct http_request *q)
{
	struct map_entry *entry;
	struct request *x = NULL;

	if (q->sink || q->certificate)
		return NULL;
	pthread_mutex_lock(&h->mutex);
	entry = map_find(&h->ahead, q->url);
	if (entry && entry->value) {
		x = entry->value;
		entry->value = NULL;
	}
	pthread_mutex_unlock(&h->mutex);
	return x;
}

struct goauth *http_auth(struct http *h)
{
	return &h->auth;
}

static bool get(struct http *h, const struct http_request *q, struct http_answer *r, struct err *e)
{
	struct request *ahead = take_ahead(h, q), x = { 0 };
	bool ok;

	if (!ahead && http_once_take(h->o.once, q, &x.turn, r, &ok, e))
		return ok;
	if (!ahead) {
		prepare(&x, h, q, r);
		begin(&x);
	}
	wait_for(ahead ? ahead : &x);
	ok = give(ahead ? ahead : &x, r, e);
	free(ahead);
	return ok;
}

bool http_get(struct http *h, const struct http_request *q, struct http_answer *r, struct err *e)
{
	bool ok = get(h, q, r, e);

	if (!ok || r->status < 400 || r->status >= 500 ||
	    !goauth_ask(&h->auth, q->url, r->head ? r->head : "", q->cancel))
		return ok;
	http_answer_release(r);
	return get(h, q, r, e);
}

void http_ahead(struct http *h, const struct http_request *q)
{
	struct http_once_turn *turn = NULL;
	struct request *x = NULL;
	const char *url;

	pthread_mutex_lock(&h->mutex);
	if (!map_has(&h->ahead, q->url) && http_once_try(h->o.once, q, &turn)) {
		x = xcalloc(1, sizeof(*x));
		x->turn = turn;
		url = arena_strdup(&h->ahead_urls, q->url);
		x->own_q = *q;
		x->own_q.url = url;
		prepare(x, h, &x->own_q, &x->own_r);
		map_put(&h->ahead, url, x);
	}
	pthread_mutex_unlock(&h->mutex);
	if (x)
		begin(x);
}

/* Requests sent ahead but never taken end with the engine. */
void http_free(struct http *h)
{
	if (!h)
		return;
	http_engine_free(h->engine);
	for (size_t i = 0; i < h->ahead.n; i++) {
		struct request *x = h->ahead.entries[i].value;

		if (!x)
			continue;
		http_answer_release(&x->own_r);
		request_release(x);
		free(x);
	}
	map_release(&h->ahead);
	arena_release(&h->ahead_urls);
	goauth_release(&h->auth);
	http_roots_release(&h->roots);
	http_proxy_release(&h->proxies);
	pthread_mutex_destroy(&h->mutex);
	free(h);
}
