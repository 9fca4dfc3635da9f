/*
 * httpfix.h - an HTTP server on loopback for a unit test: one request a connection, answered by the test's function.
 *
 *	httpfix_start(&s, answer, ctx);
 *	... arena_fmt(a, "http://127.0.0.1:%d/x", s.port) ...
 *	httpfix_stop(&s);
 *
 * The function runs on the server's thread, one request at a time.
 */
#ifndef MODSCOPE_HTTPFIX_H
#define MODSCOPE_HTTPFIX_H

#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "gofiles/goenv.h"
#include "tmpdir.h"

struct httpfix_request {
	const char *method, *target; /* "GET", "/x?y" */
	const char *head;	     /* all header lines */
	const char *body;
	size_t body_len;
};

struct httpfix {
	int fd, port;
	pthread_t thread;
	atomic_int served;
	void (*answer)(struct httpfix *s, int conn, const struct httpfix_request *q);
	void *ctx;
};

static inline void httpfix_send(int conn, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = send(conn, p, len, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		p += n;
		len -= (size_t)n;
	}
}

static inline void httpfix_raw(int conn, const char *text)
{
	httpfix_send(conn, text, strlen(text));
}

/* headers: lines that end in \r\n, or "" */
static inline void httpfix_reply(int conn, const char *status, const char *headers, const void *body, size_t len)
{
	char head[1024];
	int n = snprintf(head, sizeof(head), "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\nConnection: close\r\n\r\n", status, headers, len);

	httpfix_send(conn, head, (size_t)n);
	httpfix_send(conn, body, len);
}

static inline void httpfix_text(int conn, const char *status, const char *headers, const char *body)
{
	httpfix_reply(conn, status, headers, body, strlen(body));
}

/* More of the request, until it has `want` bytes; 0: until its head has ended. */
static inline bool httpfix_read(int conn, struct buf *b, size_t want)
{
	while (want ? b->len < want : !strstr(b->data, "\r\n\r\n")) {
		char part[4096];
		ssize_t n = recv(conn, part, sizeof(part), 0);

		if (n <= 0 || b->len > (size_t)16 << 20)
			return false;
		buf_add(b, part, (size_t)n);
	}
	return true;
}

static inline void httpfix_serve_one(struct httpfix *s, int conn)
{
	struct buf b = BUF_INIT;
	char method[16] = "", target[1024] = "";
	struct httpfix_request q = { .method = method, .target = target };

	buf_addstr(&b, "");
	if (httpfix_read(conn, &b, 0)) {
		size_t head = (size_t)(strstr(b.data, "\r\n\r\n") - b.data) + 4;
		const char *length = strcasestr(b.data, "\r\nContent-Length: ");

		if (length)
			httpfix_read(conn, &b, head + strtoul(length + 18, NULL, 10));
		sscanf(b.data, "%15s %1023s", method, target);
		q.head = b.data;
		q.body = b.data + head;
		q.body_len = b.len - head;
		atomic_fetch_add(&s->served, 1);
		s->answer(s, conn, &q);
	}
	buf_release(&b);
	close(conn);
}

static inline void *httpfix_run(void *ctx)
{
	struct httpfix *s = ctx;
	int conn;

	while ((conn = accept(s->fd, NULL, NULL)) >= 0)
		httpfix_serve_one(s, conn);
	return NULL;
}

static inline void httpfix_start(struct httpfix *s, void (*answer)(struct httpfix *s, int conn, const struct httpfix_request *q),
				 void *ctx)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);

	memset(s, 0, sizeof(*s));
	s->answer = answer;
	s->ctx = ctx;
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(s->fd, 64), 0);
	assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at, &n), 0);
	s->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, httpfix_run, s), 0);
}

static inline void httpfix_stop(struct httpfix *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
}

/* For a group of tests: a temporary directory (tmpdir.h) and the server. */
static inline int httpfix_setup(void **state, struct httpfix *s,
				void (*answer)(struct httpfix *s, int conn, const struct httpfix_request *q))
{
	if (tmp_setup(state))
		return -1;
	httpfix_start(s, answer, NULL);
	return 0;
}

/* Settings of nobody, in that directory; NULL on failure. */
static inline struct goenv *httpfix_env(void)
{
	const char *const vars[] = { "GOENV=off", arena_fmt(&tmp_arena, "HOME=%s", tmp_dir), NULL };

	return goenv_new(&(struct goenv_options){ .dir = tmp_dir, .environ = vars }, NULL);
}

/* The same with these settings. */
static inline int httpfix_setup_env(void **state, struct httpfix *s,
				    void (*answer)(struct httpfix *s, int conn, const struct httpfix_request *q),
				    struct goenv **env)
{
	if (httpfix_setup(state, s, answer))
		return -1;
	*env = httpfix_env();
	return *env ? 0 : -1;
}

static inline int httpfix_teardown(void **state, struct httpfix *s)
{
	httpfix_stop(s);
	return tmp_teardown(state);
}

#endif
