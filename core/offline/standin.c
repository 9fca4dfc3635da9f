#include "offline/standin.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/par.h"
#include "base/steady.h"
#include "fetch/http_error.h"
#include "gofiles/cachepath.h"
#include "gofiles/goenv.h"
#include "offline/exchange.h"

/* Concurrent answers: go requests dozens of files, and a slow hop delays each of them. */
enum { SERVERS = 64, REQUEST_BYTES = 16384, LOOK_MS = 300, PATIENCE_S = 10 };
#define SUMDB_DOWN "/sumdb-down"

struct server {
	const struct standin_options *o;
	struct route route;
	int fd;
	int64_t end;
	pthread_mutex_t mutex; /* of the members below, and for served() */
	uint64_t begun;
};

/* An answer being sent. */
struct reply {
	int to;
	int status;
	struct buf body;
	int zip; /* a file with the body; -1: in memory */
};

static bool is_over(struct server *s)
{
	bool over;

	pthread_mutex_lock(&s->mutex);
	over = cancel_is_set(s->o->cancel) || steady_ms() >= s->end ||
	       (s->o->count && s->begun >= s->o->count);
	pthread_mutex_unlock(&s->mutex);
	return over;
}

static bool send_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

static void send_file(int to, int from)
{
	char piece[65536];
	ssize_t n;

	if (lseek(from, 0, SEEK_SET) != 0)
		return;
	while ((n = read(from, piece, sizeof(piece))) > 0 && send_all(to, piece, (size_t)n))
		;
}

static void send_reply(const struct reply *r)
{
	struct buf head = BUF_INIT;
	off_t size = r->zip >= 0 ? lseek(r->zip, 0, SEEK_END) : (off_t)r->body.len;

	buf_addf(&head,
		 "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
		 "Content-Length: %lld\r\nConnection: close\r\n\r\n",
		 r->status, http_error_phrase(r->status), (long long)size);
	if (send_all(r->to, head.data, head.len)) {
		if (r->zip >= 0)
			send_file(r->to, r->zip);
		else
			send_all(r->to, r->body.data, r->body.len);
	}
	buf_release(&head);
}

/* Any process on this machine may send requests: ".." must not leave the hop, and a log line must stay one line.
 * No path element that go requests begins with a dot. */
static bool is_below(const char *path)
{
	for (const char *p = path; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f || *p == '\\')
			return false;
	return !strstr(path, "/.");
}

/* "GET /PATH HTTP/1.1": the path, in the request's own memory; NULL for anything else. */
static char *read_request(int fd, char *request, size_t size)
{
	size_t len = 0;
	ssize_t n = 1;
	char *end;

	while (len + 1 < size && n > 0) {
		n = recv(fd, request + len, size - len - 1, 0);
		len += n > 0 ? (size_t)n : 0;
		request[len] = '\0';
		if (strstr(request, "\r\n\r\n"))
			break;
	}
	end = str_has_prefix(request, "GET /") ? strchr(request + 5, ' ') : NULL;
	if (!end || !strstr(request, "\r\n\r\n") || memchr(request, 0, len))
		return NULL;
	*end = '\0';
	return is_below(request + 4) ? request + 4 : NULL;
}

/* "ESCAPED/@v/V.zip" */
static bool is_zip(struct arena *a, const char *file, struct modver *m)
{
	const char *at = strstr(file, "/@v/");
	size_t len = strlen(file);

	if (!at || !str_has_suffix(file, ".zip"))
		return false;
	m->path = cachepath_unescape(a, file, (size_t)(at - file));
	m->version = cachepath_unescape(a, at + 4, (size_t)(file + len - 4 - (at + 4)));
	return m->path && m->version;
}

static int open_unlinked(void)
{
	const char *dir = getenv("TMPDIR");
	char *name = xasprintf("%s/modscope-XXXXXX", dir && *dir ? dir : "/tmp");
	int fd = mkstemp(name);

	if (fd >= 0)
		unlink(name);
	free(name);
	return fd;
}

static int status_of(const struct exchange_answer *x, enum err_code code)
{
	if (code == ERR_NONE)
		return 200;
	return x->status >= 400 ? x->status : code == ERR_NOT_FOUND ? 404 : 502;
}

/* The hop's own answer. */
static void ask_hop(struct server *s, const char *file, struct reply *r)
{
	const struct route_hop *hop = &s->route.hops[s->o->fault.hop];
	const struct exchange_options eo = { .env = s->o->env,
					     .total_ms = s->o->total_ms,
					     .cancel = s->o->cancel,
					     .log = s->o->log };
	struct arena a = ARENA_INIT;
	struct exchange_answer x = { .says = "" };
	struct exchange_client c;
	struct err e = ERR_INIT;
	struct modver m;

	exchange_begin(&c, &eo, &a);
	if (is_zip(&a, file, &m) && (r->zip = open_unlinked()) >= 0) {
		c.answer = &x;
		proxy_zip(&c.proxy, hop, m.path, m.version, r->zip, "the zip", &e);
		r->status = status_of(&x, e.code);
	} else {
		exchange_get(&c, hop, file, &x, &r->body);
		r->status = status_of(&x, x.code);
	}
	if (r->status != 200) {
		buf_clear(&r->body);
		if (r->zip >= 0)
			close(r->zip);
		r->zip = -1;
	}
	exchange_end(&c);
	err_release(&e);
	arena_release(&a);
}

static void wait_for(struct server *s, int ms)
{
	for (int64_t end = steady_ms() + ms; steady_ms() < end && !is_over(s);)
		poll(NULL, 0, (int)MIN(end - steady_ms(), LOOK_MS));
}

static void answer(struct server *s, const char *path, struct reply *r)
{
	const struct drill_fault *f = &s->o->fault;

	if (str_has_prefix(path, SUMDB_DOWN) || (!f->slow_ms && !f->status))
		return;
	if (f->slow_ms) {
		wait_for(s, f->slow_ms);
		ask_hop(s, path + 1, r);
	} else {
		r->status = f->status;
		buf_addf(&r->body, "modscope drill\n");
	}
	send_reply(r);
}

static bool is_counted(struct server *s)
{
	bool counts;

	pthread_mutex_lock(&s->mutex);
	counts = !s->o->count || s->begun < s->o->count;
	s->begun += counts;
	pthread_mutex_unlock(&s->mutex);
	return counts;
}

static void serve(struct server *s, int fd)
{
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	char request[REQUEST_BYTES], *path;
	struct reply r = { .to = fd, .body = BUF_INIT, .zip = -1 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	path = read_request(fd, request, sizeof(request));
	if (path && is_counted(s)) {
		answer(s, path, &r);
		pthread_mutex_lock(&s->mutex);
		s->o->served(s->o->ctx, path, r.status);
		pthread_mutex_unlock(&s->mutex);
	}
	if (r.zip >= 0)
		close(r.zip);
	buf_release(&r.body);
}

static void run_server(void *ctx, size_t i)
{
	struct server *s = ctx;
	struct pollfd p = { .fd = s->fd, .events = POLLIN };

	(void)i;
	while (!is_over(s)) {
		int fd = poll(&p, 1, LOOK_MS) > 0 ? accept(s->fd, NULL, NULL) : -1;

		if (fd < 0)
			continue;
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
		serve(s, fd);
		close(fd);
	}
}

/* The list with the stand-in in place of the hop. */
static bool add_chain(const struct server *s, struct buf *b, int port)
{
	bool logins = false;

	for (size_t i = 0; i < s->route.n; i++) {
		const struct route_hop *h = &s->route.hops[i];

		if (h->kind == ROUTE_NOPROXY)
			continue;
		if (b->len)
			buf_addch(b, s->route.hops[i - 1].fall_back_on_error ? '|' : ',');
		if (i == s->o->fault.hop) {
			buf_addf(b, "http://127.0.0.1:%d", port);
			continue;
		}
		logins = logins || (h->base && !str_eq(h->shown, h->url));
		buf_addstr(b, h->shown);
	}
	return logins;
}

static bool listen_on(struct server *s, int *port, struct err *e)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(at);

	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (s->fd < 0 || fcntl(s->fd, F_SETFD, FD_CLOEXEC) != 0 ||
	    fcntl(s->fd, F_SETFL, O_NONBLOCK) != 0 ||
	    bind(s->fd, (struct sockaddr *)&at, len) != 0 || listen(s->fd, SERVERS) != 0 ||
	    getsockname(s->fd, (struct sockaddr *)&at, &len) != 0)
		return err_set(e, ERR_SYS, "listen on 127.0.0.1: %s", strerror(errno));
	*port = ntohs(at.sin_port);
	return true;
}

static void say_ready(struct server *s, int port)
{
	struct buf chain = BUF_INIT, sumdb = BUF_INIT;
	const char *set = goenv_get(s->o->env, "GOSUMDB");
	bool logins = false;

	if (s->o->fault.hop != DRILL_NO_HOP)
		logins = add_chain(s, &chain, port);
	if (s->o->fault.sumdb)
		buf_addf(&sumdb, "%.*s http://127.0.0.1:%d" SUMDB_DOWN, (int)strcspn(set, " \t"),
			 set, port);
	s->o->ready(s->o->ctx, chain.data, sumdb.data, logins);
	buf_release(&chain);
	buf_release(&sumdb);
}

bool standin_run(const struct standin_options *o, struct err *e)
{
	struct server s = { .o = o, .fd = -1, .end = steady_ms() + o->for_ms };
	int port = 0;
	bool ok;

	pthread_mutex_init(&s.mutex, NULL);
	ok = route_init(&s.route, o->env, e) && drill_fits(&o->fault, &s.route, o->env, e) &&
	     listen_on(&s, &port, e);
	if (ok) {
		say_ready(&s, port);
		par_for(SERVERS, SERVERS, run_server, &s);
	}
	if (s.fd >= 0)
		close(s.fd);
	route_release(&s.route);
	pthread_mutex_destroy(&s.mutex);
	return ok;
}
