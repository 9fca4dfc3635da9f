#include "fetch/http_engine_impl.h"

#include <pthread.h>
#include <signal.h>
#include <strings.h>
#include <time.h>

#include "base/buf.h"
#include "base/steady.h"
#include "base/text.h"
#include "fetch/http_silence.h"
#include "fetch/http_spare.h"
#include "fetch/tls_version.h"

#define POLL_MS 100	/* between two checks of the cancel flags */
#define IDLE_MS 60000	/* http_engine_start and http_engine_free wake the thread */
#define MANY 16		/* active transfers */
#define ROUND_NS 500000 /* with many, the time between two rounds */
#define SLOWEST 16L	/* bytes per second; less is a stall */
#define WAITING_MS 3000 /* without an answer: the transfer no longer counts for its host */
#define MAX_WAITING 192
#define CONNECTIONS 8 /* to a host, and one more for each waiting transfer */

/* A host whose transfers are counted together. */
struct http_engine_host {
	char *name;
	int n_active, n_waiting; /* the thread's own, like the next three */
	int64_t heard;		 /* when data last arrived */
	bool silent;
	struct http_engine_transfer *queue; /* in start order; under the engine's mutex */
	struct http_engine_transfer **queue_end;
	struct http_engine_host *next;
};

struct http_engine {
	struct http_engine_options o;
	const struct curl_lib *curl;
	CURLM *multi;
	pthread_t thread;
	struct http_engine_transfer *active; /* the thread's own */
	struct http_spare spare;	     /* the thread's own */
	struct http_silence silent;	     /* the thread's own, like the next two */
	int n_waiting;			     /* of all hosts, as last passed to libcurl */
	int n_active;			     /* of all hosts */
	int64_t round_ns;		     /* when the last round began */
	int64_t swept;	       /* when the queues were last searched for cancelled transfers */
	pthread_mutex_t mutex; /* of what follows */
	struct http_engine_host *hosts;
	struct http_engine_transfer *later; /* with a pending delay, unordered */
	bool stop;
	bool added;  /* to a queue since the thread last took from them */
	bool sleeps; /* the thread: it has to be woken */
};

static void forget_status(struct http_engine_transfer *t)
{
	free(t->status_text);
	free(t->location);
	free(t->length);
	t->status_text = t->location = t->length = NULL;
	t->plain_text = t->gzip = false;
	t->hop.status = 0;
	http_hop_clear_headers(&t->hop);
	buf_release(&t->head);
}

void http_engine_release(struct http_engine_transfer *t)
{
	forget_status(t);
	if (t->headers)
		t->curl->slist_free_all(t->headers);
	t->headers = NULL;
	http_hop_release(&t->hop);
	free(t->other_length);
	t->other_length = NULL;
}

static void hear(struct http_engine_transfer *t)
{
	t->heard = true;
	t->queue->heard = steady_ms();
	t->queue->silent = false;
}

static void take_status(struct http_engine_transfer *t, const char *line, size_t len)
{
	const char *space = memchr(line, ' ', len);

	forget_status(t);
	if (!space)
		return;
	t->status_text = http_hop_status(space, len - (size_t)(space - line));
	t->hop.status = (int)strtol(t->status_text, NULL, 10);
}

static void take_tls_version(struct http_engine_transfer *t)
{
	const char *version = tls_version_of(t->curl, t->easy);

	free(t->hop.tls_version);
	t->hop.tls_version = version ? xstrdup(version) : NULL;
}

/* Two lengths that differ are no answer for go. Takes the value. */
static bool take_length(struct http_engine_transfer *t, char *value)
{
	bool same = !t->length || str_eq(t->length, value);

	if (same)
		free(t->length);
	else
		free(t->other_length);
	*(same ? &t->length : &t->other_length) = value;
	return same;
}

static size_t on_header(char *line, size_t size, size_t n, void *ctx)
{
	struct http_engine_transfer *t = ctx;
	size_t len = size * n;
	char *v;

	hear(t);
	if (len > 5 && strncmp(line, "HTTP/", 5) == 0) {
		take_status(t, line, len);
		if (t->certificate)
			take_tls_version(t);
	} else if ((v = http_hop_value(line, len, "content-type:"))) {
		t->plain_text = http_hop_is_plain_text(v);
		free(v);
	} else if ((v = http_hop_value(line, len, "content-encoding:"))) {
		t->gzip = strcasecmp(v, "gzip") == 0;
		free(v);
	} else if ((v = http_hop_value(line, len, "content-length:"))) {
		if (!take_length(t, v))
			return 0;
	} else if ((v = http_hop_value(line, len, "location:"))) {
		free(t->location);
		t->location = v;
	} else {
		http_hop_header(&t->hop, line, len);
	}
	if (t->wants_head)
		http_hop_keep_head(&t->hop, line, len, &t->head);
	return len;
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
	struct http_engine_transfer *t = ctx;

	hear(t);
	return t->body(t, data, size * n) ? size * n : 0;
}

static void set_limits(struct http_engine_transfer *t)
{
	const struct curl_lib *curl = t->curl;
	const struct http_engine_options *o = &t->engine->o;
	CURL *easy = t->easy;

	curl->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)o->connect_ms);
	curl->easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, SLOWEST);
	curl->easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)MAX(o->stall_ms / 1000, 1));
	curl->easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)t->total_ms);
#if LIBCURL_VERSION_NUM >= 0x075500
	curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	curl->easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static void set_connection(struct http_engine_transfer *t)
{
	const struct curl_lib *curl = t->curl;
	const struct http_engine_options *o = &t->engine->o;
	CURL *easy = t->easy;

	curl->easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	/* curl 7.88 waits forever for HTTP/2 on a connection whose first request could not be sent: so only with
	 * TLS, and not after a failure */
	curl->easy_setopt(easy, CURLOPT_PIPEWAIT,
			  (long)(!t->fresh && str_has_prefix(t->url, "https:")));
	curl->easy_setopt(easy, CURLOPT_FRESH_CONNECT, (long)t->fresh);
	curl->easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	/* always set both: otherwise libcurl reads no_proxy itself */
	curl->easy_setopt(easy, CURLOPT_PROXY, t->proxy);
	curl->easy_setopt(easy, CURLOPT_NOPROXY, "");
	if (str_has_prefix(t->url, "https:") || str_has_prefix(t->proxy, "https:"))
		http_engine_set_tls(curl, t, o->roots);
	if (t->certificate)
		curl->easy_setopt(easy, CURLOPT_CERTINFO, 1L);
}

static void set_request(struct http_engine_transfer *t)
{
	const struct curl_lib *curl = t->curl;
	CURL *easy = t->easy;

	curl->easy_setopt(easy, CURLOPT_URL, t->url);
	curl->easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl->easy_setopt(easy, CURLOPT_PRIVATE, (void *)t);
	curl->easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, http_engine_open_socket);
	curl->easy_setopt(easy, CURLOPT_OPENSOCKETDATA, (void *)t);
	curl->easy_setopt(easy, CURLOPT_ERRORBUFFER, t->message);
	curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl->easy_setopt(easy, CURLOPT_USERAGENT, "modscope");
	curl->easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl->easy_setopt(easy, CURLOPT_HEADERDATA, (void *)t);
	curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl->easy_setopt(easy, CURLOPT_WRITEDATA, (void *)t);
	/* the caller requests and decodes gzip: libcurl would accept more encodings than go */
	curl->slist_free_all(t->headers);
	t->headers = NULL;
	if (t->compressed)
		t->headers = curl->slist_append(NULL, "Accept-Encoding: gzip");
	for (const char *const *line = t->lines; line && *line; line++)
		t->headers = curl->slist_append(t->headers, *line);
	if (t->headers)
		curl->easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
	if (t->user) {
		curl->easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl->easy_setopt(easy, CURLOPT_USERNAME, t->user);
		curl->easy_setopt(easy, CURLOPT_PASSWORD, t->password ? t->password : "");
	}
}

/* Silent servers */

static enum http_engine_silence silence_of(const struct http_engine_transfer *t)
{
	if (t->certificate)
		return HTTP_ENGINE_HEARD;
	if (t->queue->silent)
		return HTTP_ENGINE_HOST;
	return http_silence_has(&t->engine->silent, t->url) ? HTTP_ENGINE_MODULE
							    : HTTP_ENGINE_HEARD;
}

static void note_silence(struct http_engine *en, struct http_engine_transfer *t)
{
	if (t->silence != HTTP_ENGINE_HEARD || t->certificate ||
	    t->total_ms <= MAX(en->o.connect_ms, en->o.stall_ms))
		return;
	t->queue->silent |= t->queue->heard < t->began;
	http_silence_add(&en->silent, t->url);
}

static void activate(struct http_engine *en, struct http_engine_transfer *t)
{
	t->next = en->active;
	t->link = &en->active;
	if (t->next)
		t->next->link = &t->next;
	en->active = t;
	t->queue->n_active++;
	en->n_active++;
}

/* Without an easy handle the next pass ends it. */
static void begin(struct http_engine *en, struct http_engine_transfer *t)
{
	activate(en, t);
	t->began = steady_ms();
	t->heard = t->connected = false;
	t->code = CURLE_ABORTED_BY_CALLBACK;
	if (cancel_is_set(t->cancel))
		return;
	t->silence = silence_of(t);
	t->code = CURLE_OPERATION_TIMEDOUT;
	if (t->silence != HTTP_ENGINE_HEARD)
		return;
	t->code = CURLE_OUT_OF_MEMORY;
	t->easy = http_spare_take(&en->spare, en->curl);
	if (!t->easy)
		return;
	set_request(t);
	set_connection(t);
	set_limits(t);
	en->curl->multi_add_handle(en->multi, t->easy);
}

static void enqueue(struct http_engine_transfer *t)
{
	t->next = NULL;
	*t->queue->queue_end = t;
	t->queue->queue_end = &t->next;
}

/* Transfers whose delay is over, or that are cancelled. */
static void take_later(struct http_engine *en, int64_t now)
{
	struct http_engine_transfer **link = &en->later;

	while (*link) {
		struct http_engine_transfer *t = *link;

		if (t->due > now && !cancel_is_set(t->cancel)) {
			link = &t->next;
			continue;
		}
		*link = t->next;
		enqueue(t);
	}
}

/* Cancelled transfers leave the queue at once. */
static void sweep(struct http_engine *en, struct http_engine_host *h)
{
	struct http_engine_transfer **link = &h->queue;

	while (*link) {
		struct http_engine_transfer *t = *link;

		if (!cancel_is_set(t->cancel)) {
			link = &t->next;
			continue;
		}
		*link = t->next;
		begin(en, t);
	}
	h->queue_end = link;
}

/* What has waited for long keeps neither a place nor a connection from the others. */
static void count_waiting(struct http_engine *en, int64_t now)
{
	int all = 0;

	for (struct http_engine_host *h = en->hosts; h; h = h->next)
		h->n_waiting = 0;
	for (const struct http_engine_transfer *t = en->active; t; t = t->next)
		if (!t->heard && now - t->began > WAITING_MS && all < MAX_WAITING) {
			t->queue->n_waiting++;
			all++;
		}
	if (all == en->n_waiting)
		return;
	en->n_waiting = all;
	en->curl->multi_setopt(en->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)CONNECTIONS + all);
	en->curl->multi_setopt(en->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, 8L * CONNECTIONS + all);
}

static void take_turns(struct http_engine *en, struct http_engine_host *h)
{
	while (h->queue && h->n_active - h->n_waiting < en->o.per_host) {
		struct http_engine_transfer *t = h->queue;

		h->queue = t->next;
		if (!h->queue)
			h->queue_end = &h->queue;
		begin(en, t);
	}
}

/* Starts the transfers that may start. */
static void take_queues(struct http_engine *en)
{
	int64_t now = steady_ms();
	bool sweeps = now - en->swept >= POLL_MS / 2;

	if (sweeps) {
		en->swept = now;
		count_waiting(en, now);
	}
	en->added = false;
	if (en->later)
		take_later(en, now);
	for (struct http_engine_host *h = en->hosts; h; h = h->next) {
		if (sweeps)
			sweep(en, h);
		take_turns(en, h);
	}
}

static void end(struct http_engine *en, struct http_engine_transfer *t, CURLcode code)
{
	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	t->queue->n_active--;
	en->n_active--;
	if (t->easy) {
		http_engine_take_facts(en->curl, t);
		en->curl->multi_remove_handle(en->multi, t->easy);
		http_spare_put(&en->spare, en->curl, t->easy);
		t->easy = NULL;
	}
	t->code = code;
	if (code == CURLE_OPERATION_TIMEDOUT)
		note_silence(en, t);
	if (code != CURLE_OK && !*t->message)
		snprintf(t->message, sizeof(t->message), "%s", en->curl->easy_strerror(code));
	t->done(t);
}

static bool end_finished(struct http_engine *en)
{
	CURLMsg *msg;
	bool any = false;
	int left;

	while ((msg = en->curl->multi_info_read(en->multi, &left))) {
		CURLcode code = msg->data.result;
		char *t = NULL;

		if (msg->msg != CURLMSG_DONE)
			continue;
		en->curl->easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &t);
		end(en, (struct http_engine_transfer *)(void *)t, code);
		any = true;
	}
	return any;
}

/* Whether t is to end before its answer is there. */
static bool is_over(struct http_engine_transfer *t, CURLcode *code)
{
	*code = t->code;
	if (!t->easy)
		return true;
	*code = CURLE_ABORTED_BY_CALLBACK;
	if (cancel_is_set(t->cancel))
		return true;
	*code = CURLE_OPERATION_TIMEDOUT;
	if (!t->queue->silent || t->certificate)
		return false;
	t->silence = HTTP_ENGINE_HOST;
	return true;
}

static bool end_over(struct http_engine *en)
{
	struct http_engine_transfer *next;
	bool any = false;

	for (struct http_engine_transfer *t = en->active; t; t = next) {
		CURLcode code;

		next = t->next;
		if (!is_over(t, &code))
			continue;
		end(en, t, code);
		any = true;
	}
	return any;
}

/* Whether a transfer is queued. */
static bool has_queue(const struct http_engine *en)
{
	for (const struct http_engine_host *h = en->hosts; h; h = h->next)
		if (h->queue)
			return true;
	return false;
}

/* How long to wait if no socket becomes ready. */
static int pause_ms(struct http_engine *en)
{
	int64_t ms = en->active ? POLL_MS : IDLE_MS, now;

	pthread_mutex_lock(&en->mutex);
	now = en->later ? steady_ms() : 0;
	for (const struct http_engine_transfer *t = en->later; t; t = t->next)
		ms = MIN(ms, t->due > now ? MIN(t->due - now, POLL_MS) : 0);
	if (has_queue(en))
		ms = MIN(ms, POLL_MS);
	if (en->added)
		ms = 0;
	en->sleeps = ms > 0;
	pthread_mutex_unlock(&en->mutex);
	return (int)ms;
}

/* A round costs libcurl time for every active transfer, answered or not: if there are many, their answers are to gather first. */
static void gather(const struct http_engine *en)
{
	int64_t left = en->round_ns + ROUND_NS - steady_ns();

	if (en->n_active >= MANY && left > 0)
		nanosleep(&(struct timespec){ .tv_nsec = (long)left }, NULL);
}

/* Lets libcurl work, and ends what is finished. True if anything is. */
static bool work(struct http_engine *en)
{
	int running;
	bool finished, over;

	en->round_ns = steady_ns();
	en->curl->multi_perform(en->multi, &running);
	finished = end_finished(en);
	over = end_over(en);
	return finished || over;
}

static void *run_engine(void *arg)
{
	struct http_engine *en = arg;

	pthread_mutex_lock(&en->mutex);
	while (!en->stop) {
		take_queues(en);
		pthread_mutex_unlock(&en->mutex);
		if (!work(en))
			en->curl->multi_poll(en->multi, NULL, 0, pause_ms(en), NULL);
		gather(en);
		pthread_mutex_lock(&en->mutex);
		en->sleeps = false;
	}
	pthread_mutex_unlock(&en->mutex);
	return NULL;
}

/* the callers' threads */

static bool start_thread(struct http_engine *en)
{
	sigset_t all, old;
	bool ok;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	ok = pthread_create(&en->thread, NULL, run_engine, en) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return ok;
}

static void free_hosts(struct http_engine *en)
{
	struct http_engine_host *h;

	while ((h = en->hosts)) {
		en->hosts = h->next;
		free(h->name);
		free(h);
	}
}

static void engine_release(struct http_engine *en)
{
	http_spare_release(&en->spare, en->curl);
	if (en->multi)
		en->curl->multi_cleanup(en->multi);
	free_hosts(en);
	http_silence_release(&en->silent);
	pthread_mutex_destroy(&en->mutex);
	free(en);
}

/* Transfers without a waiting caller are aborted. */
static void end_all(struct http_engine *en)
{
	struct http_engine_transfer *t;

	while ((t = en->later)) {
		en->later = t->next;
		enqueue(t);
	}
	for (struct http_engine_host *h = en->hosts; h; h = h->next)
		while ((t = h->queue)) {
			h->queue = t->next;
			activate(en, t);
		}
	while (en->active)
		end(en, en->active, CURLE_ABORTED_BY_CALLBACK);
}

struct http_engine *http_engine_new(const struct http_engine_options *o)
{
	struct http_engine *en = xcalloc(1, sizeof(*en));

	en->o = *o;
	en->curl = o->curl;
	pthread_mutex_init(&en->mutex, NULL);
	en->multi = en->curl->multi_init();
	if (en->multi) {
		en->curl->multi_setopt(en->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)CONNECTIONS);
		en->curl->multi_setopt(en->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, 8L * CONNECTIONS);
		en->curl->multi_setopt(en->multi, CURLMOPT_MAX_CONCURRENT_STREAMS,
				       (long)o->per_host);
		if (start_thread(en))
			return en;
	}
	engine_release(en);
	return NULL;
}

void http_engine_free(struct http_engine *en)
{
	if (!en)
		return;
	pthread_mutex_lock(&en->mutex);
	en->stop = true;
	pthread_mutex_unlock(&en->mutex);
	en->curl->multi_wakeup(en->multi);
	pthread_join(en->thread, NULL);
	end_all(en);
	engine_release(en);
}

static struct http_engine_host *host_of(struct http_engine *en, const char *name)
{
	struct http_engine_host *h = en->hosts;

	while (h && !str_eq(h->name, name))
		h = h->next;
	if (h)
		return h;
	h = xcalloc(1, sizeof(*h));
	h->name = xstrdup(name);
	h->queue_end = &h->queue;
	h->next = en->hosts;
	en->hosts = h;
	return h;
}

void http_engine_start(struct http_engine *en, struct http_engine_transfer *t)
{
	struct buf shown = BUF_INIT;
	bool wake;

	http_engine_release(t);
	text_redact_url(&shown, t->url);
	t->hop.url = buf_detach(&shown);
	t->message[0] = t->tried[0] = '\0';
	t->peek = (struct tls_peek){ .n = 0 };
	t->silence = HTTP_ENGINE_HEARD;
	t->engine = en;
	t->curl = en->curl;
	t->due = steady_ms() + t->delay_ms;
	pthread_mutex_lock(&en->mutex);
	t->queue = host_of(en, t->host);
	if (t->delay_ms) {
		t->next = en->later;
		en->later = t;
	} else {
		enqueue(t);
	}
	en->added = true;
	wake = en->sleeps;
	en->sleeps = false;
	pthread_mutex_unlock(&en->mutex);
	if (wake)
		en->curl->multi_wakeup(en->multi);
}

bool http_engine_is_temporary(const struct http_engine_transfer *t)
{
	int status = t->hop.status;

	if (t->connect_status >= 300) /* the proxy refused */
		return false;
	switch (t->code) {
	case CURLE_OK: return status == 429 || (status >= 502 && status <= 504);
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_PARTIAL_FILE:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM: return true;
	default: return false;
	}
}
