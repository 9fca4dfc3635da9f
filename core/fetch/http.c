#include "fetch/http.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <strings.h>

#include "base/activity.h"
#include "fetch/curl_lib.h"
#include "gofiles/goenv.h"
#include "fetch/http_proxy.h"
#include "fetch/netrc.h"
#include "base/text.h"

#define MAX_REDIRECTS 10
#define MAX_RETRIES 2
#define ERROR_BODY ((size_t)16 << 10) /* more than go shows of an error */
#define DRAIN ((size_t)64 << 10)      /* what is read to keep a connection usable */

/* One request to one server: a hop of an http_get. Owned by the calling thread; between submit and done the transfer
 * thread works on it. */
struct transfer {
	struct http *h;
	const struct http_request *q;
	struct http_answer *r;
	CURL *easy;
	char *url;	       /* without userinfo */
	char *user, *password; /* NULL if none are sent */
	const char *proxy;     /* "" for none */
	char message[CURL_ERROR_SIZE];
	CURLcode code;
	struct err sink_err;
	char *location;
	int retry_after; /* seconds; 0 if the server does not say */
	bool enough;	 /* the rest of the body is not wanted */
	bool over;	 /* the cap */
	bool again;	 /* this hop failed before */
	bool done;
	struct transfer *next;
};

struct http {
	struct http_options o;
	struct netrc netrc;
	struct http_proxies proxies;
	const struct curl_lib *curl;
	CURLM *multi;
	pthread_t thread;
	pthread_mutex_t mutex;	/* of all below */
	pthread_cond_t changed; /* some transfer is done */
	struct transfer *queue; /* submitted, not yet taken */
	bool started, stop;
	struct transfer *active; /* the transfer thread's own */
};

struct http *http_new(const struct http_options *o)
{
	struct http *h = xcalloc(1, sizeof(*h));

	h->o = *o;
	h->o.connect_ms = o->connect_ms ? o->connect_ms : 30000;
	h->o.stall_ms = o->stall_ms ? o->stall_ms : 60000;
	h->o.retry_ms = o->retry_ms ? o->retry_ms : 150;
	pthread_mutex_init(&h->mutex, NULL);
	pthread_cond_init(&h->changed, NULL);
	return h;
}

/* the transfer thread */

static int64_t info_time(const struct transfer *t, CURLINFO info)
{
	curl_off_t v = 0;

	t->h->curl->easy_getinfo(t->easy, info, &v);
	return (int64_t)v;
}

static void take_facts(struct transfer *t)
{
	const struct curl_lib *curl = t->h->curl;
	char *address = NULL;
	long version = 0;

	t->r->timing = (struct http_timing){
		.dns = info_time(t, CURLINFO_NAMELOOKUP_TIME_T),
		.connect = info_time(t, CURLINFO_CONNECT_TIME_T),
		.tls = info_time(t, CURLINFO_APPCONNECT_TIME_T),
		.first_byte = info_time(t, CURLINFO_STARTTRANSFER_TIME_T),
		.total = info_time(t, CURLINFO_TOTAL_TIME_T),
	};
	curl->easy_getinfo(t->easy, CURLINFO_PRIMARY_IP, &address);
	snprintf(t->r->address, sizeof(t->r->address), "%s", address ? address : "");
	curl->easy_getinfo(t->easy, CURLINFO_HTTP_VERSION, &version);
	t->r->http_version = version == CURL_HTTP_VERSION_2_0 ? 20 : version ? 11 : 0;
}

static void finish(struct http *h, struct transfer *t, CURLcode code)
{
	struct transfer **link = &h->active;

	while (*link != t)
		link = &(*link)->next;
	*link = t->next;
	take_facts(t);
	h->curl->multi_remove_handle(h->multi, t->easy);
	pthread_mutex_lock(&h->mutex);
	t->code = code;
	t->done = true;
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->mutex);
}

static void take_queue(struct http *h)
{
	while (h->queue) {
		struct transfer *t = h->queue;

		h->queue = t->next;
		t->next = h->active;
		h->active = t;
		h->curl->multi_add_handle(h->multi, t->easy);
	}
}

static void finish_ended(struct http *h)
{
	CURLMsg *msg;
	int left;

	while ((msg = h->curl->multi_info_read(h->multi, &left))) {
		char *t = NULL;

		if (msg->msg != CURLMSG_DONE)
			continue;
		CURLcode code = msg->data.result;

		h->curl->easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &t);
		finish(h, (struct transfer *)(void *)t, code);
	}
}

static void finish_cancelled(struct http *h)
{
	struct transfer *next;

	for (struct transfer *t = h->active; t; t = next) {
		next = t->next;
		if (cancel_is_set(t->q->cancel))
			finish(h, t, CURLE_ABORTED_BY_CALLBACK);
	}
}

static void *transfer_thread(void *arg)
{
	struct http *h = arg;
	int running;

	pthread_mutex_lock(&h->mutex);
	while (!h->stop) {
		take_queue(h);
		pthread_mutex_unlock(&h->mutex);
		h->curl->multi_perform(h->multi, &running);
		finish_ended(h);
		finish_cancelled(h);
		h->curl->multi_poll(h->multi, NULL, 0, h->active ? 100 : 60000, NULL);
		pthread_mutex_lock(&h->mutex);
	}
	pthread_mutex_unlock(&h->mutex);
	return NULL;
}

/* callbacks, on the transfer thread */

static char *header_value(const char *line, size_t len, const char *name)
{
	size_t n = strlen(name);

	if (len <= n || strncasecmp(line, name, n) != 0)
		return NULL;
	line += n;
	len -= n;
	while (len && (*line == ' ' || *line == '\t'))
		line++, len--;
	while (len && strchr("\r\n \t", line[len - 1]))
		len--;
	return xstrndup(line, len);
}

static void status_line(struct transfer *t, const char *line, size_t len)
{
	const char *space = memchr(line, ' ', len);
	struct http_answer *r = t->r;

	free(r->status_text);
	r->status_text = space ? header_value(space, len - (size_t)(space - line), " ") : NULL;
	r->status = r->status_text ? (int)strtol(r->status_text, NULL, 10) : 0;
	r->plain_text = false;
	free(t->location);
	t->location = NULL;
}

/* mime.ParseMediaType as far as it matters: text/plain in a charset that is a subset of UTF-8. */
static bool is_plain_text(const char *type)
{
	const char *charset;
	size_t n = strcspn(type, "; \t");

	if (n != 10 || strncasecmp(type, "text/plain", 10) != 0)
		return false;
	charset = strcasestr(type, "charset=");
	if (!charset)
		return true;
	charset += 8 + (charset[8] == '"');
	n = strcspn(charset, "\"; \t");
	return n == 0 || (n == 5 && !strncasecmp(charset, "utf-8", 5)) ||
	       (n == 8 && !strncasecmp(charset, "us-ascii", 8));
}

static size_t on_header(char *line, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	size_t len = size * n;
	char *v;

	if (len > 5 && strncmp(line, "HTTP/", 5) == 0) {
		status_line(t, line, len);
	} else if ((v = header_value(line, len, "content-type:"))) {
		t->r->plain_text = is_plain_text(v);
		free(v);
	} else if ((v = header_value(line, len, "location:"))) {
		free(t->location);
		t->location = v;
	} else if ((v = header_value(line, len, "retry-after:"))) {
		t->retry_after = (int)strtol(v, NULL, 10);
		free(v);
	}
	return len;
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	struct http_answer *r = t->r;
	size_t len = size * n;

	r->bytes += (int64_t)len;
	if (r->status != 200) {
		size_t room = ERROR_BODY - MIN(r->body.len, ERROR_BODY);

		if (r->plain_text)
			buf_add(&r->body, data, MIN(len, room));
		t->enough = (size_t)r->bytes > DRAIN;
		return t->enough ? 0 : len;
	}
	t->over = (size_t)r->bytes > t->q->max_bytes;
	if (t->over)
		return 0;
	if (t->q->sink)
		return t->q->sink(t->q->ctx, data, len, &t->sink_err) ? len : 0;
	buf_add(&r->body, data, len);
	return len;
}

/* the calling thread */

static bool start(struct http *h, struct err *e)
{
	sigset_t all, old;
	bool ok = true;

	pthread_mutex_lock(&h->mutex);
	if (!h->started) {
		h->curl = curl_lib_get(e);
		h->multi = h->curl ? h->curl->multi_init() : NULL;
		ok = h->multi != NULL;
	}
	if (ok && !h->started) {
		h->curl->multi_setopt(h->multi, CURLMOPT_MAX_HOST_CONNECTIONS, 8L);
		h->curl->multi_setopt(h->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, 64L);
		netrc_load(&h->netrc, h->o.env);
		http_proxies_load(&h->proxies, h->o.env);
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &old);
		ok = pthread_create(&h->thread, NULL, transfer_thread, h) == 0;
		pthread_sigmask(SIG_SETMASK, &old, NULL);
		h->started = ok;
	}
	pthread_mutex_unlock(&h->mutex);
	return ok || err_set(e, ERR_NETWORK, "the network cannot be used: no thread for it");
}

void http_free(struct http *h)
{
	if (!h)
		return;
	if (h->started) {
		pthread_mutex_lock(&h->mutex);
		h->stop = true;
		pthread_mutex_unlock(&h->mutex);
		h->curl->multi_wakeup(h->multi);
		pthread_join(h->thread, NULL);
	}
	if (h->multi)
		h->curl->multi_cleanup(h->multi);
	netrc_release(&h->netrc);
	http_proxies_release(&h->proxies);
	pthread_mutex_destroy(&h->mutex);
	pthread_cond_destroy(&h->changed);
	free(h);
}

static void set_options(struct transfer *t)
{
	const struct curl_lib *curl = t->h->curl;
	const struct http_options *o = &t->h->o;
	const char *cert_file = goenv_get(o->env, "SSL_CERT_FILE"),
		   *cert_dir = goenv_get(o->env, "SSL_CERT_DIR");
	CURL *easy = t->easy;

	curl->easy_setopt(easy, CURLOPT_URL, t->url);
	curl->easy_setopt(easy, CURLOPT_PRIVATE, (void *)t);
	curl->easy_setopt(easy, CURLOPT_ERRORBUFFER, t->message);
	curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075500
	curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	curl->easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
	curl->easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	/* curl 7.88 waits forever for a connection to turn out to be HTTP/2 whose first request could not be sent: so only
	 * TLS, and never again after a failure */
	curl->easy_setopt(easy, CURLOPT_PIPEWAIT,
			  (long)(!t->again && str_has_prefix(t->url, "https:")));
	curl->easy_setopt(easy, CURLOPT_FRESH_CONNECT, (long)t->again);
	curl->easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl->easy_setopt(easy, CURLOPT_USERAGENT, "modscope");
	curl->easy_setopt(easy, CURLOPT_PROXY, t->proxy);
	curl->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)o->connect_ms);
	curl->easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl->easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)MAX(o->stall_ms / 1000, 1));
	curl->easy_setopt(easy, CURLOPT_TIMEOUT_MS,
			  (long)(t->q->total_ms ? t->q->total_ms : 300000));
	curl->easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl->easy_setopt(easy, CURLOPT_HEADERDATA, (void *)t);
	curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl->easy_setopt(easy, CURLOPT_WRITEDATA, (void *)t);
	if (!t->q->sink)
		curl->easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	if (*cert_file)
		curl->easy_setopt(easy, CURLOPT_CAINFO, cert_file);
	if (*cert_dir)
		curl->easy_setopt(easy, CURLOPT_CAPATH, cert_dir);
	if (t->user) {
		curl->easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl->easy_setopt(easy, CURLOPT_USERNAME, t->user);
		curl->easy_setopt(easy, CURLOPT_PASSWORD, t->password ? t->password : "");
	}
}

/* Hands the transfer over and waits until it has ended. */
static void run(struct transfer *t)
{
	struct http *h = t->h;

	t->easy = h->curl->easy_init();
	if (!t->easy) {
		t->code = CURLE_OUT_OF_MEMORY;
		return;
	}
	set_options(t);
	pthread_mutex_lock(&h->mutex);
	t->done = false;
	t->next = h->queue;
	h->queue = t;
	pthread_mutex_unlock(&h->mutex);
	h->curl->multi_wakeup(h->multi);
	pthread_mutex_lock(&h->mutex);
	while (!t->done)
		pthread_cond_wait(&h->changed, &h->mutex);
	pthread_mutex_unlock(&h->mutex);
	h->curl->easy_cleanup(t->easy);
	t->easy = NULL;
}

static void transfer_release(struct transfer *t)
{
	free(t->url);
	free(t->user);
	free(t->password);
	free(t->location);
	err_release(&t->sink_err);
}

/* The parts of a URL; all owned. */
struct url_parts {
	char *scheme, *host, *port, *bare; /* bare: without userinfo */
	char *user, *password;		   /* NULL if none */
};

static char *url_part(const struct curl_lib *curl, CURLU *u, CURLUPart part, unsigned flags)
{
	char *s = NULL, *copy;

	if (curl->url_get(u, part, &s, flags) != CURLUE_OK)
		return NULL;
	copy = xstrdup(s);
	curl->free(s);
	return copy;
}

static void url_parts_release(struct url_parts *p)
{
	free(p->scheme);
	free(p->host);
	free(p->port);
	free(p->bare);
	free(p->user);
	free(p->password);
}

static bool split_url(const struct curl_lib *curl, const char *url, struct url_parts *p)
{
	CURLU *u = curl->url();
	bool ok;

	*p = (struct url_parts){ 0 };
	ok = u && curl->url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK;
	if (ok) {
		p->scheme = url_part(curl, u, CURLUPART_SCHEME, 0);
		p->host = url_part(curl, u, CURLUPART_HOST, 0);
		p->port = url_part(curl, u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
		p->user = url_part(curl, u, CURLUPART_USER, CURLU_URLDECODE);
		p->password = url_part(curl, u, CURLUPART_PASSWORD, CURLU_URLDECODE);
		curl->url_set(u, CURLUPART_USER, NULL, 0);
		curl->url_set(u, CURLUPART_PASSWORD, NULL, 0);
		p->bare = url_part(curl, u, CURLUPART_URL, 0);
		ok = p->scheme && p->host && p->bare;
	}
	curl->url_cleanup(u);
	return ok;
}

/* net/http.stripPassword. */
static void add_get(struct buf *b, const char *op, const char *url)
{
	struct buf u = BUF_INIT;
	char *mask;

	text_redact_url(&u, url);
	mask = strstr(u.data, ":xxxxx@");
	buf_addstr(b, op);
	buf_addch(b, ' ');
	if (mask) {
		struct buf v = BUF_INIT;

		buf_add(&v, u.data, (size_t)(mask - u.data));
		buf_addstr(&v, ":***");
		buf_addstr(&v, mask + 6);
		text_quote(b, v.data, v.len);
		buf_release(&v);
	} else {
		text_quote(b, u.data, u.len);
	}
	buf_release(&u);
}

static bool get_error(struct err *e, enum err_code code, const char *op, const char *url,
		      const char *why)
{
	struct buf b = BUF_INIT;

	add_get(&b, op, url);
	err_set(e, code, "%s: %s", b.data, why);
	buf_release(&b);
	return false;
}

static const char *tls_reason(const struct transfer *t)
{
	/* go takes a certificate file that it cannot use for an empty one */
	if (t->code == CURLE_SSL_CACERT_BADFILE || strstr(t->message, "issuer") ||
	    strstr(t->message, "self"))
		return "tls: failed to verify certificate: x509: certificate signed by unknown authority";
	if (strstr(t->message, "expired"))
		return "tls: failed to verify certificate: x509: certificate has expired or is not yet valid";
	return NULL;
}

/* go's words for why a server did not answer, where it has some. */
static void add_reason(struct buf *b, const struct transfer *t)
{
	const struct http_answer *r = t->r;
	struct url_parts p;
	bool split = split_url(t->h->curl, t->url, &p);
	const char *host = split ? p.host : "", *port = split && p.port ? p.port : "";

	switch (t->code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		buf_addf(b, "dial tcp: lookup %s: no such host", host);
		break;
	case CURLE_COULDNT_CONNECT:
		buf_addf(b, "dial tcp %s:%s: connect: connection refused",
			 *r->address ? r->address : host, port);
		break;
	case CURLE_OPERATION_TIMEDOUT:
		if (!r->timing.connect)
			buf_addf(b, "dial tcp %s:%s: i/o timeout", *r->address ? r->address : host,
				 port);
		else
			buf_addstr(b, "the server stopped sending");
		break;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		if (tls_reason(t))
			buf_addstr(b, tls_reason(t));
		else
			buf_addf(b, "tls: failed to verify certificate: %s", t->message);
		break;
	case CURLE_SSL_CONNECT_ERROR:
		buf_addstr(b, strstr(t->message, "wrong version")
				      ? "http: server gave HTTP response to HTTPS client"
				      : t->message);
		break;
	case CURLE_GOT_NOTHING: buf_addstr(b, "EOF"); break;
	case CURLE_PARTIAL_FILE:
	case CURLE_HTTP2_STREAM: buf_addstr(b, "unexpected EOF"); break;
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR: buf_addstr(b, "read: connection reset by peer"); break;
	default: buf_addstr(b, *t->message ? t->message : t->h->curl->easy_strerror(t->code));
	}
	url_parts_release(&p);
}

static bool transfer_error(const struct transfer *t, const char *asked, struct err *e)
{
	struct buf b = BUF_INIT;

	if (t->code == CURLE_ABORTED_BY_CALLBACK)
		return get_error(e, ERR_CANCELLED, "Get", asked, "context canceled");
	if (err_is_set(&t->sink_err)) {
		err_copy(e, &t->sink_err);
		return false;
	}
	if (t->over) {
		text_redact_url(&b, asked);
		err_set(e, ERR_LIMIT,
			"reading %s: the answer is longer than the %zu bytes that are read", b.data,
			t->q->max_bytes);
	} else {
		add_reason(&b, t);
		get_error(e, ERR_NETWORK, t->r->status == 200 ? "read" : "Get",
			  t->r->status == 200 ? asked : t->url, b.data);
	}
	buf_release(&b);
	return false;
}

/* The connection or the server may be better in a moment. */
static bool is_passing(const struct transfer *t)
{
	switch (t->code) {
	case CURLE_OK: return t->r->status == 429 || (t->r->status >= 502 && t->r->status <= 504);
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_PARTIAL_FILE:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM: return true;
	default: return false;
	}
}

static bool sleep_unless_cancelled(const struct cancel *cancel, int ms)
{
	for (; ms > 0 && !cancel_is_set(cancel); ms -= 50) {
		struct timespec ts = { 0, MIN(ms, 50) * 1000000L };

		nanosleep(&ts, NULL);
	}
	return !cancel_is_set(cancel);
}

static void forget_answer(struct transfer *t)
{
	buf_clear(&t->r->body);
	t->r->bytes = 0;
	t->r->status = 0;
	t->message[0] = '\0';
	t->enough = t->over = false;
	t->retry_after = 0;
}

/* One hop, repeated where that may help. True if a server has answered. */
static bool run_hop(struct transfer *t, const char *asked, struct err *e)
{
	int wait = t->h->o.retry_ms;

	for (int i = 0;; i++, wait *= 3) {
		forget_answer(t);
		t->again = i > 0;
		run(t);
		t->r->attempts++;
		/* the body of an error is not worth an error of its own */
		if (t->enough || (t->code != CURLE_OK && t->r->status && t->r->status != 200 &&
				  t->code != CURLE_ABORTED_BY_CALLBACK))
			t->code = CURLE_OK;
		if (!is_passing(t) || t->retry_after > 5 || i == MAX_RETRIES ||
		    t->h->o.retry_ms < 0)
			break;
		if (t->q->restart && !t->q->restart(t->q->ctx, e))
			return false;
		if (!sleep_unless_cancelled(t->q->cancel, MAX(wait, t->retry_after * 1000)))
			return get_error(e, ERR_CANCELLED, "Get", asked, "context canceled");
	}
	return t->code == CURLE_OK || transfer_error(t, asked, e);
}

/* net/http.shouldCopyHeaderOnRedirect: credentials go on to the same domain and its subdomains. */
static bool same_domain(const char *first, const char *next)
{
	size_t n = strlen(first), m = strlen(next);

	if (strcasecmp(first, next) == 0)
		return true;
	return m > n && next[m - n - 1] == '.' && strcasecmp(next + m - n, first) == 0 &&
	       !strchr(next, ':');
}

/* What is carried from hop to hop. */
struct journey {
	bool secure; /* began with https */
	char *first_host;
	char *user, *password; /* from netrc; dropped for good at another domain */
};

static void set_credentials(struct transfer *t, struct journey *j, const struct url_parts *p)
{
	const char *user = j->user ? j->user : p->user,
		   *password = j->user ? j->password : p->password;

	if (!user && !password)
		return;
	t->user = xstrdup(user ? user : "");
	t->password = xstrdup(password ? password : "");
}

static bool begin_journey(struct http *h, const char *url, const struct url_parts *p,
			  struct journey *j, struct err *e)
{
	const struct netrc_entry *entry;
	struct buf b = BUF_INIT;

	j->secure = str_eq(p->scheme, "https");
	j->first_host = xstrdup(p->host);
	if (!j->secure && (p->user || p->password)) {
		text_redact_url(&b, url);
		err_set(e, ERR_NETWORK, "refusing to pass credentials to insecure URL: %s", b.data);
		buf_release(&b);
		return false;
	}
	entry = j->secure ? netrc_find(&h->netrc, p->bare) : NULL;
	if (entry) {
		j->user = xstrdup(entry->login);
		j->password = xstrdup(entry->password);
	}
	return true;
}

static void drop_credentials(struct journey *j)
{
	free(j->user);
	free(j->password);
	j->user = j->password = NULL;
}

/* The URL that a redirect leads to, resolved against the one before; NULL if it is none. */
static char *resolve(const struct curl_lib *curl, const char *base, const char *location)
{
	CURLU *u = curl->url();
	char *next = NULL;

	if (u && curl->url_set(u, CURLUPART_URL, base, 0) == CURLUE_OK &&
	    curl->url_set(u, CURLUPART_URL, location, CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE) ==
		    CURLUE_OK)
		next = url_part(curl, u, CURLUPART_URL, 0);
	curl->url_cleanup(u);
	return next;
}

static bool is_redirect(const struct transfer *t)
{
	int status = t->r->status;

	return t->location && *t->location &&
	       (status == 301 || status == 302 || status == 303 || status == 307 || status == 308);
}

/* Decides about a redirect: *url becomes the next one. */
static bool follow(struct transfer *t, struct journey *j, int hops, char **url, struct err *e)
{
	char *next = resolve(t->h->curl, *url, t->location);
	struct url_parts p;
	struct buf b = BUF_INIT;
	bool ok = true;

	if (!next || !split_url(t->h->curl, next, &p)) {
		buf_addstr(&b, "failed to parse Location header ");
		text_quote(&b, t->location, strlen(t->location));
		get_error(e, ERR_NETWORK, "Get", *url, b.data);
		buf_release(&b);
		free(next);
		return false;
	}
	if (!same_domain(j->first_host, p.host))
		drop_credentials(j);
	if (j->secure && !str_eq(p.scheme, "https")) {
		buf_addstr(&b, "redirected from secure URL ");
		text_redact_url(&b, *url);
		buf_addstr(&b, " to insecure URL ");
		text_redact_url(&b, next);
		ok = get_error(e, ERR_NETWORK, "Get", t->location, b.data);
	} else if (hops >= MAX_REDIRECTS) {
		ok = get_error(e, ERR_NETWORK, "Get", t->location, "stopped after 10 redirects");
	} else if (!str_eq(p.scheme, "https") && !str_eq(p.scheme, "http")) {
		buf_addf(&b, "unsupported protocol scheme \"%s\"", p.scheme);
		ok = get_error(e, ERR_NETWORK, "Get", next, b.data);
	}
	buf_release(&b);
	url_parts_release(&p);
	free(*url);
	*url = next;
	return ok;
}

/* All hops. *url is the current one. */
static bool travel(struct http *h, const struct http_request *q, struct http_answer *r, char **url,
		   struct err *e)
{
	struct journey j = { 0 };
	bool ok = true, more = true;

	for (int hops = 0; ok && more; hops++) {
		struct transfer t = { .h = h, .q = q, .r = r };
		struct url_parts p;

		ok = split_url(h->curl, *url, &p) ||
		     get_error(e, ERR_SYNTAX, "parse", *url, "not a URL with a host");
		if (ok && hops == 0)
			ok = begin_journey(h, *url, &p, &j, e);
		if (ok) {
			t.url = xstrdup(p.bare);
			t.proxy = http_proxies_for(&h->proxies, p.scheme, p.host,
						   p.port ? p.port : "");
			set_credentials(&t, &j, &p);
			ok = run_hop(&t, r->url, e);
		}
		more = ok && is_redirect(&t);
		if (more) {
			r->redirects++;
			ok = follow(&t, &j, hops + 1, url, e);
		}
		url_parts_release(&p);
		transfer_release(&t);
	}
	free(j.first_host);
	drop_credentials(&j);
	return ok;
}

static const char *reason_phrase(int status)
{
	static const struct {
		int status;
		const char *text;
	} phrases[] = {
		{ 200, "OK" },
		{ 204, "No Content" },
		{ 301, "Moved Permanently" },
		{ 302, "Found" },
		{ 303, "See Other" },
		{ 304, "Not Modified" },
		{ 307, "Temporary Redirect" },
		{ 308, "Permanent Redirect" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 402, "Payment Required" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 406, "Not Acceptable" },
		{ 407, "Proxy Authentication Required" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 410, "Gone" },
		{ 413, "Request Entity Too Large" },
		{ 414, "Request URI Too Long" },
		{ 418, "I'm a teapot" },
		{ 421, "Misdirected Request" },
		{ 422, "Unprocessable Entity" },
		{ 423, "Locked" },
		{ 425, "Too Early" },
		{ 426, "Upgrade Required" },
		{ 429, "Too Many Requests" },
		{ 451, "Unavailable For Legal Reasons" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 502, "Bad Gateway" },
		{ 503, "Service Unavailable" },
		{ 504, "Gateway Timeout" },
		{ 505, "HTTP Version Not Supported" },
		{ 507, "Insufficient Storage" },
		{ 508, "Loop Detected" },
	};

	for (size_t i = 0; i < ARRAY_LEN(phrases); i++)
		if (phrases[i].status == status)
			return phrases[i].text;
	return "";
}

/* HTTP/2 has no reason phrase: go puts in the usual one. */
static void complete_status(struct http_answer *r)
{
	if (r->status_text && (r->http_version != 20 || strchr(r->status_text, ' ')))
		return;
	free(r->status_text);
	r->status_text = xasprintf("%d %s", r->status, reason_phrase(r->status));
}

bool http_get(struct http *h, const struct http_request *q, struct http_answer *r, struct err *e)
{
	struct activity_row row = activity_begin("get", q->url);
	struct err own = ERR_INIT;
	struct buf redacted = BUF_INIT;
	char *url = xstrdup(q->url);
	bool ok;

	*r = (struct http_answer){ .body = BUF_INIT };
	text_redact_url(&redacted, q->url);
	r->url = buf_detach(&redacted);
	ok = start(h, &own) && travel(h, q, r, &url, &own);
	if (ok)
		complete_status(r);
	activity_end(h->o.log, &row, ok ? r->status_text : own.text, r->bytes);
	free(url);
	if (!ok)
		err_move(e, &own);
	err_release(&own);
	return ok;
}

void http_answer_release(struct http_answer *r)
{
	free(r->status_text);
	free(r->url);
	buf_release(&r->body);
}

static bool is_blank(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!strchr(" \t\r\v\f", s[i]) || !s[i])
			return false;
	return true;
}

/* Only what is UTF-8 without control characters may be shown. */
static bool is_showable(const char *s, size_t len)
{
	while (len) {
		uint32_t rune;
		size_t n = text_rune(s, len, &rune);

		if (rune == 0xFFFD && n == 1)
			return false;
		if (!text_is_print(rune) && !(rune >= '\t' && rune <= '\r') && rune != 0x85 &&
		    rune != 0xA0 && rune != 0x3000)
			return false;
		s += n;
		len -= n;
	}
	return true;
}

#define DETAIL_LINES 8
#define DETAIL_BYTES (DETAIL_LINES * 81u)

void http_error_detail(struct buf *b, const char *body, size_t len)
{
	size_t start = b->len;

	if (!is_showable(body, len))
		return;
	for (int i = 0;; i++) {
		const char *nl = memchr(body, '\n', len);
		size_t n = nl ? (size_t)(nl - body) : len;

		if (is_blank(body, n))
			return;
		if (i > 0)
			buf_addstr(b, "\n\t");
		if (i >= DETAIL_LINES) {
			buf_addstr(b, "[Truncated: too many lines.]");
			return;
		}
		if (b->len - start + n > DETAIL_BYTES) {
			buf_addstr(b, "[Truncated: too long.]");
			return;
		}
		buf_add(b, body, n);
		if (!nl)
			return;
		body += n + 1;
		len -= n + 1;
	}
}

bool http_status_error(const struct http_answer *r, struct err *e)
{
	enum err_code code = r->status == 404 || r->status == 410 ? ERR_NOT_FOUND : ERR_NETWORK;
	struct buf b = BUF_INIT;

	if (r->plain_text)
		http_error_detail(&b, r->body.data, r->body.len);
	if (b.len)
		err_set(e, code, "reading %s: %s\n\tserver response:%s%s", r->url, r->status_text,
			strchr(b.data, '\n') ? "\n\t" : " ", b.data);
	else
		err_set(e, code, "reading %s: %s", r->url, r->status_text);
	buf_release(&b);
	return false;
}
