#include "fetch/direct_http.h"

#include "base/buf.h"
#include "base/text.h"
#include "fetch/curl_lib.h"
#include "fetch/http_gzip.h"
#include "fetch/http_roots.h"
#include "git/git_lib.h"
#include "gofiles/goenv.h"

#define LS_SUFFIX "/info/refs?service=git-upload-pack"
#define MAX_REDIRECTS 10L
#define MAX_TRIES 2u
#define CONNECT_MS 30000L
#define STALL_S 60L
#define PLAIN_REQUEST 1024u		/* as git does; git http-backend takes 10 MiB */
#define MAX_REQUEST ((size_t)256 << 20) /* the commits that we have, listed for the server */

struct subtransport {
	git_smart_subtransport parent;
	const struct direct_http *o;
	const struct git_lib *git;
	const struct curl_lib *curl;
	CURLM *multi;
	char *base;		    /* the repository's URL, after redirects */
	unsigned tries;		    /* retries with another login */
	bool tls;		    /* an http server has redirected to https */
	bool have_roots, own_roots; /* roots have been read, and differ from libcurl's */
	struct http_roots roots;
};

struct stream {
	git_smart_subtransport_stream parent;
	struct subtransport *t;
	git_smart_service_t action;
	CURL *easy;
	struct curl_slist *headers;
	struct buf request, response;
	size_t consumed;
	bool started, done;
	CURLcode result;
	char message[CURL_ERROR_SIZE];
};

static int fail(const struct subtransport *t, const char *what)
{
	struct buf b = BUF_INIT;

	text_redact_url(&b, t->base);
	buf_addf(&b, ": %s", what);
	t->git->error_set_str(GIT_ERROR_HTTP, b.data);
	buf_release(&b);
	return -1;
}

static bool is_listing(const struct stream *s)
{
	return s->action == GIT_SERVICE_UPLOADPACK_LS;
}

static bool is_ok(const struct stream *s)
{
	long status = 0;

	s->t->curl->easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
	return status == 200;
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
	struct stream *s = ctx;

	if (is_ok(s)) /* the body of an error is not protocol data */
		buf_add(&s->response, data, size * n);
	return size * n;
}

/* Reading the roots takes longer than most answers, so for http they are read only after a redirect to https. */
static void set_roots(struct stream *s)
{
	const struct curl_lib *curl = s->t->curl;
	const char *file = goenv_get(s->t->o->env, "GIT_SSL_CAINFO");
	struct subtransport *t = s->t;

	if (!t->tls && !str_has_prefix(t->base, "https://")) {
		curl->easy_setopt(s->easy, CURLOPT_CAINFO, "/dev/null");
		curl->easy_setopt(s->easy, CURLOPT_CAPATH, NULL);
		return;
	}
	if (*file) {
		curl->easy_setopt(s->easy, CURLOPT_CAINFO, file);
		return;
	}
	if (!t->have_roots)
		t->own_roots = http_roots_read(&t->roots, curl, t->o->env);
	t->have_roots = true;
	if (t->own_roots)
		http_roots_use(&t->roots, curl, s->easy);
}

static void set_login(struct stream *s)
{
	const struct direct_http *o = s->t->o;
	const char *user, *password;

	if (!o->login || !o->login(o->login_ctx, s->t->base, &user, &password))
		return;
	s->t->curl->easy_setopt(s->easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
	s->t->curl->easy_setopt(s->easy, CURLOPT_USERNAME, user);
	s->t->curl->easy_setopt(s->easy, CURLOPT_PASSWORD, password);
}

static void set_request(struct stream *s)
{
	const struct curl_lib *curl = s->t->curl;
	char *url = xasprintf("%s%s", s->t->base, is_listing(s) ? LS_SUFFIX : "/git-upload-pack");
	bool https = str_has_prefix(url, "https://");

	curl->easy_setopt(s->easy, CURLOPT_URL, url);
#if LIBCURL_VERSION_NUM >= 0x075500
	curl->easy_setopt(s->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl->easy_setopt(s->easy, CURLOPT_REDIR_PROTOCOLS_STR, https ? "https" : "http,https");
#else
	curl->easy_setopt(s->easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
	curl->easy_setopt(s->easy, CURLOPT_REDIR_PROTOCOLS,
			  (long)(https ? CURLPROTO_HTTPS : CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
	free(url);
	if (is_listing(s)) {
		curl->easy_setopt(s->easy, CURLOPT_FOLLOWLOCATION, 1L);
		curl->easy_setopt(s->easy, CURLOPT_MAXREDIRS, MAX_REDIRECTS);
		return;
	}
	s->headers = curl->slist_append(s->headers,
					"Content-Type: application/x-git-upload-pack-request");
	s->headers = curl->slist_append(s->headers, "Accept: application/x-git-upload-pack-result");
	s->headers = curl->slist_append(s->headers, "Expect:");
	if (s->request.len > PLAIN_REQUEST && http_gzip_encode(&s->request))
		s->headers = curl->slist_append(s->headers, "Content-Encoding: gzip");
	curl->easy_setopt(s->easy, CURLOPT_HTTPHEADER, s->headers);
	curl->easy_setopt(s->easy, CURLOPT_POSTFIELDS, s->request.data);
	curl->easy_setopt(s->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)s->request.len);
}

static int start(struct stream *s)
{
	const struct curl_lib *curl = s->t->curl;

	s->easy = curl->easy_init();
	if (!s->easy)
		return fail(s->t, "out of memory");
	set_request(s);
	set_roots(s);
	set_login(s);
	curl->easy_setopt(s->easy, CURLOPT_NOSIGNAL, 1L);
	curl->easy_setopt(s->easy, CURLOPT_USERAGENT,
			  "git/2.0 (modscope)"); /* some servers require "git" */
	curl->easy_setopt(s->easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl->easy_setopt(s->easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl->easy_setopt(s->easy, CURLOPT_LOW_SPEED_TIME, STALL_S);
	curl->easy_setopt(s->easy, CURLOPT_ERRORBUFFER, s->message);
	curl->easy_setopt(s->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl->easy_setopt(s->easy, CURLOPT_WRITEDATA, (void *)s);
	curl->multi_add_handle(s->t->multi, s->easy);
	s->started = true;
	return 0;
}

/* Adopts the target of a redirect as the repository's URL. True if it differs. */
static bool follow(struct stream *s)
{
	char *url = NULL;
	size_t n;

	s->t->curl->easy_getinfo(s->easy, CURLINFO_EFFECTIVE_URL, &url);
	if (!url || !str_has_suffix(url, LS_SUFFIX))
		return false;
	n = strlen(url) - strlen(LS_SUFFIX);
	if (strncmp(url, s->t->base, n) == 0 && !s->t->base[n])
		return false;
	free(s->t->base);
	s->t->base = xstrndup(url, n);
	return true;
}

/* Without roots no certificate is trusted: request the list again, with them. */
static bool wants_roots(const struct stream *s)
{
	return is_listing(s) && !s->t->tls && !str_has_prefix(s->t->base, "https://") &&
	       (s->result == CURLE_PEER_FAILED_VERIFICATION ||
		s->result == CURLE_SSL_CACERT_BADFILE);
}

static void stop(struct stream *s)
{
	if (s->easy) {
		s->t->curl->multi_remove_handle(s->t->multi, s->easy);
		s->t->curl->easy_cleanup(s->easy);
	}
	s->easy = NULL;
}

static int start_again(struct stream *s)
{
	stop(s);
	s->done = false;
	return start(s);
}

/* After a refusal: a login for the redirect's target, or a new one from GOAUTH. */
static bool wants_login(struct stream *s)
{
	const struct direct_http *o = s->t->o;
	const char *user, *password;
	long status = 0;

	if (!is_listing(s) || s->result != CURLE_OK || s->t->tries >= MAX_TRIES)
		return false;
	s->t->curl->easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status != 401)
		return false;
	s->t->tries++;
	if (follow(s) && o->login && o->login(o->login_ctx, s->t->base, &user, &password))
		return true;
	return o->refused && o->refused(o->login_ctx, s->t->base);
}

static int check_answer(struct stream *s)
{
	const char *type = NULL;
	char what[64];
	long status = 0;

	if (s->result != CURLE_OK)
		return fail(s->t, *s->message ? s->message : s->t->curl->easy_strerror(s->result));
	s->t->curl->easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status == 401)
		return fail(s->t, "authentication required");
	if (status != 200) {
		snprintf(what, sizeof(what), "the server answered with status %ld", status);
		return fail(s->t, what);
	}
	if (!is_listing(s))
		return 0;
	s->t->curl->easy_getinfo(s->easy, CURLINFO_CONTENT_TYPE, &type);
	if (!type || !str_has_prefix(type, "application/x-git-upload-pack-advertisement"))
		return fail(s->t, "not a git repository");
	follow(s);
	return 0;
}

static int turn(struct stream *s)
{
	const struct curl_lib *curl = s->t->curl;
	size_t before = s->response.len;
	int running = 0, left = 0;
	CURLMsg *message;

	if (cancel_is_set(s->t->o->cancel))
		return fail(s->t, "cancelled");
	curl->multi_perform(s->t->multi, &running);
	while ((message = curl->multi_info_read(s->t->multi, &left)))
		if (message->msg == CURLMSG_DONE) {
			s->done = true;
			s->result = message->data.result;
		}
	if (s->done && wants_roots(s)) {
		s->t->tls = true;
		return start_again(s);
	}
	if (s->done && wants_login(s))
		return start_again(s);
	if (s->done)
		return check_answer(s);
	if (s->response.len == before)
		curl->multi_poll(s->t->multi, NULL, 0, 500, NULL);
	return 0;
}

static int stream_read(git_smart_subtransport_stream *stream, char *out, size_t max, size_t *n)
{
	struct stream *s = (struct stream *)stream;

	*n = 0;
	if (!s->started && start(s) != 0)
		return -1;
	/* a list is checked as a whole, since its type is known only at the end */
	while (!s->done && (is_listing(s) || s->response.len == s->consumed))
		if (turn(s) != 0)
			return -1;
	*n = MIN(max, s->response.len - s->consumed);
	memcpy(out, s->response.data + s->consumed, *n);
	s->consumed += *n;
	if (s->consumed == s->response.len) {
		buf_clear(&s->response);
		s->consumed = 0;
	}
	return 0;
}

static int stream_write(git_smart_subtransport_stream *stream, const char *data, size_t len)
{
	struct stream *s = (struct stream *)stream;

	if (s->started || s->request.len + len > MAX_REQUEST)
		return fail(s->t, "the request is too large");
	buf_add(&s->request, data, len);
	return 0;
}

static void stream_free(git_smart_subtransport_stream *stream)
{
	struct stream *s = (struct stream *)stream;

	stop(s);
	s->t->curl->slist_free_all(s->headers);
	buf_release(&s->request);
	buf_release(&s->response);
	free(s);
}

static int act(git_smart_subtransport_stream **out, git_smart_subtransport *transport,
	       const char *url, git_smart_service_t action)
{
	struct subtransport *t = (struct subtransport *)transport;
	struct stream *s;
	size_t n = strlen(url);

	if (!t->base)
		t->base = xstrndup(url, n && url[n - 1] == '/' ? n - 1 : n);
	if (action != GIT_SERVICE_UPLOADPACK_LS && action != GIT_SERVICE_UPLOADPACK)
		return fail(t, "nothing is ever pushed");
	s = xcalloc(1, sizeof(*s));
	s->t = t;
	s->action = action;
	s->parent.subtransport = transport;
	s->parent.read = stream_read;
	s->parent.write = stream_write;
	s->parent.free = stream_free;
	buf_init(&s->request);
	buf_init(&s->response);
	*out = &s->parent;
	return 0;
}

static int subtransport_close(git_smart_subtransport *transport)
{
	(void)transport; /* keep connections for the next stream */
	return 0;
}

static void subtransport_free(git_smart_subtransport *transport)
{
	struct subtransport *t = (struct subtransport *)transport;

	t->curl->multi_cleanup(t->multi);
	http_roots_release(&t->roots);
	free(t->base);
	free(t);
}

int direct_http_new(git_smart_subtransport **out, git_transport *owner, void *param)
{
	const struct git_lib *git = git_lib_get(NULL);
	struct err e = ERR_INIT;
	const struct curl_lib *curl = curl_lib_get(&e);
	struct subtransport *t;

	(void)owner;
	if (!curl) {
		git->error_set_str(GIT_ERROR_HTTP, e.text);
		err_release(&e);
		return -1;
	}
	t = xcalloc(1, sizeof(*t));
	t->o = param;
	t->git = git;
	t->curl = curl;
	t->multi = curl->multi_init();
	t->roots = (struct http_roots)HTTP_ROOTS_INIT;
	t->parent.action = act;
	t->parent.close = subtransport_close;
	t->parent.free = subtransport_free;
	*out = &t->parent;
	return 0;
}
