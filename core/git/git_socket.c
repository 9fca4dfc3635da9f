#include "git/git_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <git2/sys/stream.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/steady.h"
#include "git/git_lib.h"

#define PATIENCE_MS 60000
#define CONNECT_MS 30000
#define TURN_MS 100

/* libgit2's struct, followed by our members. */
struct socket_stream {
	git_stream parent;
	char *host, *port;
	int s;
	struct git_socket_guard *guard;
};

struct git_socket_guard {
	const struct cancel *cancel;
	int patience_ms;
	pthread_mutex_t mutex; /* of the members below */
	pthread_cond_t changed;
	pthread_t thread;
	bool started, end, gave_up;
	int fd;	       /* -1 if there is none */
	int depth;     /* number of running calls */
	int64_t since; /* time of the last sign of life */
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const struct git_lib *once_git;
static pthread_key_t once_key; /* the guard of the running call on this thread */

void git_socket_guard_free(struct git_socket_guard *g)
{
	if (!g)
		return;
	pthread_mutex_lock(&g->mutex);
	g->end = true;
	pthread_cond_signal(&g->changed);
	pthread_mutex_unlock(&g->mutex);
	if (g->started)
		pthread_join(g->thread, NULL);
	pthread_cond_destroy(&g->changed);
	pthread_mutex_destroy(&g->mutex);
	free(g);
}

void git_socket_enter(struct git_socket_guard *g)
{
	if (!g)
		return;
	pthread_mutex_lock(&g->mutex);
	g->depth++;
	g->since = steady_ms();
	pthread_cond_signal(&g->changed);
	pthread_mutex_unlock(&g->mutex);
	pthread_setspecific(once_key, g);
}

void git_socket_alive(struct git_socket_guard *g)
{
	if (!g)
		return;
	pthread_mutex_lock(&g->mutex);
	g->since = steady_ms();
	pthread_mutex_unlock(&g->mutex);
}

void git_socket_leave(struct git_socket_guard *g)
{
	if (!g)
		return;
	pthread_mutex_lock(&g->mutex);
	if (--g->depth == 0)
		pthread_setspecific(once_key, NULL);
	pthread_mutex_unlock(&g->mutex);
}

bool git_socket_gave_up(struct git_socket_guard *g)
{
	bool yes;

	if (!g)
		return false;
	pthread_mutex_lock(&g->mutex);
	yes = g->gave_up;
	pthread_mutex_unlock(&g->mutex);
	return yes;
}

/* Called with the mutex held. */
static bool is_over(struct git_socket_guard *g)
{
	if (!g->depth)
		return false;
	g->gave_up |= steady_ms() - g->since > g->patience_ms;
	return g->gave_up || cancel_is_set(g->cancel);
}

static void *watch(void *ctx)
{
	struct git_socket_guard *g = ctx;
	struct timespec at;

	pthread_mutex_lock(&g->mutex);
	while (!g->end) {
		if (!g->depth || g->fd < 0) {
			pthread_cond_wait(&g->changed, &g->mutex);
			continue;
		}
		if (is_over(g))
			shutdown(g->fd, SHUT_RDWR);
		clock_gettime(CLOCK_REALTIME, &at);
		at.tv_nsec += TURN_MS * 1000000L;
		at.tv_sec += at.tv_nsec / 1000000000L;
		at.tv_nsec %= 1000000000L;
		pthread_cond_timedwait(&g->changed, &g->mutex, &at);
	}
	pthread_mutex_unlock(&g->mutex);
	return NULL;
}

bool git_socket_guard_fd(struct git_socket_guard *g, int fd)
{
	sigset_t all, before;
	bool ok = true;

	if (!g)
		return true;
	pthread_mutex_lock(&g->mutex);
	if (!g->started) {
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &before);
		g->started = ok = pthread_create(&g->thread, NULL, watch, g) == 0;
		pthread_sigmask(SIG_SETMASK, &before, NULL);
	}
	g->fd = fd;
	g->gave_up = false;
	pthread_cond_signal(&g->changed);
	pthread_mutex_unlock(&g->mutex);
	return ok;
}

void git_socket_unguard(struct git_socket_guard *g)
{
	if (!g)
		return;
	pthread_mutex_lock(&g->mutex);
	g->fd = -1;
	pthread_mutex_unlock(&g->mutex);
}

static int fail(const struct socket_stream *st, const char *what, const char *why)
{
	char text[512];

	snprintf(text, sizeof(text), "%s %s: %s", what, st->host, why);
	once_git->error_set_str(GIT_ERROR_NET, text);
	return -1;
}

/* Waits until the socket is ready; false if cancelled or out of time. */
static bool wait_for(struct socket_stream *st, short events, int64_t end)
{
	struct pollfd p = { .fd = st->s, .events = events };
	struct git_socket_guard *g = st->guard;

	while (!(g && cancel_is_set(g->cancel)) && steady_ms() < end)
		if (poll(&p, 1, TURN_MS) > 0)
			return true;
	errno = ETIMEDOUT;
	return false;
}

static bool try_address(struct socket_stream *st, const struct addrinfo *a, int64_t end)
{
	socklen_t len = sizeof(int);
	int flags, why = 0;

	st->s = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
	if (st->s < 0)
		return false;
	flags = fcntl(st->s, F_GETFL);
	fcntl(st->s, F_SETFD, FD_CLOEXEC);
	fcntl(st->s, F_SETFL, flags | O_NONBLOCK);
	if (connect(st->s, a->ai_addr, a->ai_addrlen) == 0 ||
	    (errno == EINPROGRESS && wait_for(st, POLLOUT, end) &&
	     getsockopt(st->s, SOL_SOCKET, SO_ERROR, &why, &len) == 0 && !why)) {
		fcntl(st->s, F_SETFL, flags);
		return true;
	}
	why = why ? why : errno;
	close(st->s);
	st->s = -1;
	errno = why;
	return false;
}

static int stream_connect(git_stream *stream)
{
	struct socket_stream *st = (struct socket_stream *)stream;
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM }, *list, *a;
	int64_t end = steady_ms() + CONNECT_MS;
	int code = getaddrinfo(st->host, st->port, &hints, &list);

	if (code != 0)
		return fail(st, "failed to resolve address for", gai_strerror(code));
	for (a = list; a && !try_address(st, a, end);)
		a = a->ai_next;
	freeaddrinfo(list);
	if (!a)
		return fail(st, "failed to connect to", err_errno_text(errno));
	if (!git_socket_guard_fd(st->guard, st->s))
		return fail(st, "failed to connect to", "no thread for it");
	return 0;
}

static ssize_t stream_read(git_stream *stream, void *data, size_t len)
{
	struct socket_stream *st = (struct socket_stream *)stream;
	ssize_t n;

	while ((n = recv(st->s, data, len, 0)) < 0 && errno == EINTR)
		;
	return n >= 0 ? n : fail(st, "failed to receive from", err_errno_text(errno));
}

static ssize_t stream_write(git_stream *stream, const char *data, size_t len, int flags)
{
	struct socket_stream *st = (struct socket_stream *)stream;
	ssize_t n;

	(void)flags;
	while ((n = send(st->s, data, len, MSG_NOSIGNAL)) < 0 && errno == EINTR)
		;
	return n >= 0 ? n : fail(st, "failed to send to", err_errno_text(errno));
}

static int stream_close(git_stream *stream)
{
	struct socket_stream *st = (struct socket_stream *)stream;
	int fd = st->s;

	st->s = -1;
	git_socket_unguard(st->guard);
	return fd < 0 ? 0 : close(fd);
}

static void stream_free(git_stream *stream)
{
	struct socket_stream *st = (struct socket_stream *)stream;

	stream_close(stream);
	free(st->host);
	free(st->port);
	free(st);
}

static int stream_new(git_stream **out, const char *host, const char *port)
{
	struct socket_stream *st = xcalloc(1, sizeof(*st));

	st->parent.version = GIT_STREAM_VERSION;
	st->parent.connect = stream_connect;
	st->parent.read = stream_read;
	st->parent.write = stream_write;
	st->parent.close = stream_close;
	st->parent.free = stream_free;
	st->host = xstrdup(host);
	st->port = xstrdup(port);
	st->s = -1;
	st->guard = pthread_getspecific(once_key);
	*out = &st->parent;
	return 0;
}

/* With the first guard: without one no stream of libgit2's own is used. */
static void register_streams(void)
{
	git_stream_registration r = { .version = GIT_STREAM_VERSION, .init = stream_new };
	struct err e = ERR_INIT;

	once_git = git_lib_get(&e);
	if (once_git && pthread_key_create(&once_key, NULL) == 0)
		once_git->stream_register(GIT_STREAM_STANDARD, &r);
	err_clear(&e);
}

struct git_socket_guard *git_socket_guard_new(const struct cancel *cancel, int patience_ms)
{
	struct git_socket_guard *g = xcalloc(1, sizeof(*g));

	pthread_once(&once, register_streams);
	g->cancel = cancel;
	g->patience_ms = patience_ms ? patience_ms : PATIENCE_MS;
	g->fd = -1;
	pthread_mutex_init(&g->mutex, NULL);
	pthread_cond_init(&g->changed, NULL);
	return g;
}
