#include "fetch/goauth_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/program.h"
#include "base/steady.h"

#define MAX_ANSWER ((size_t)1 << 20)
#define MAX_INPUT ((size_t)64 << 10) /* what a socket buffers without a reader */
#define MAX_US ((int64_t)60 * 1000000)
#define TURN_MS 100

/* As in cmd/go: git must not prompt. */
static char **environment(struct arena *a)
{
	ARENA_VEC(char *) env = { 0 };

	for (char **v = environ; *v; v++)
		if (!str_has_prefix(*v, "GIT_TERMINAL_PROMPT=") &&
		    !str_has_prefix(*v, "GCM_INTERACTIVE=") && !str_has_prefix(*v, "GIT_ASKPASS="))
			arena_vec_push(a, &env, *v);
	arena_vec_push(a, &env, arena_strdup(a, "GIT_TERMINAL_PROMPT=0"));
	arena_vec_push(a, &env, arena_strdup(a, "GCM_INTERACTIVE=never"));
	arena_vec_push(a, &env, NULL);
	return env.items;
}

static bool spawn(pid_t *pid, struct arena *a, char *const *argv, int fd)
{
	const int ends[] = { fd, fd, -1 };
	posix_spawnattr_t attributes;
	sigset_t none;
	bool ok;

	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	ok = program_spawn(pid, a, argv, environment(a), ends, &attributes);
	posix_spawnattr_destroy(&attributes);
	return ok;
}

/* Waits for the program; false if cancelled or out of time. */
static bool listen_to(int fd, struct buf *out, const struct cancel *cancel)
{
	int64_t end = steady_us() + MAX_US;
	char piece[4096];

	while (!cancel_is_set(cancel) && steady_us() < end && out->len <= MAX_ANSWER) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t n;

		if (poll(&p, 1, TURN_MS) <= 0)
			continue;
		n = read(fd, piece, sizeof(piece));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return true;
		buf_add(out, piece, (size_t)n);
	}
	return false;
}

static bool converse(pid_t pid, int fd, const char *input, struct buf *out,
		     const struct cancel *cancel)
{
	int status = 1;
	bool ok;

	send(fd, input, MIN(strlen(input), MAX_INPUT), MSG_NOSIGNAL | MSG_DONTWAIT);
	shutdown(fd, SHUT_WR);
	ok = listen_to(fd, out, cancel);
	if (!ok)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return ok && status == 0;
}

bool goauth_run(char *const *argv, const char *input, struct buf *out, const struct cancel *cancel)
{
	struct arena a = ARENA_INIT;
	bool ok;
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		return false;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	ok = spawn(&pid, &a, argv, ends[1]);
	close(ends[1]);
	ok = ok && converse(pid, ends[0], input, out, cancel);
	close(ends[0]);
	arena_release(&a);
	return ok;
}

char **goauth_run_split(struct arena *a, const char *s, size_t len, const char *last)
{
	ARENA_VEC(char *) words = { 0 };
	const char *end = s + len, *from;

	for (;;) {
		while (s < end && strchr(" \t\r\n", *s))
			s++;
		if (s == end)
			break;
		if (*s == '"' || *s == '\'') {
			from = s + 1;
			s = memchr(from, *s, (size_t)(end - from));
			if (!s)
				return NULL;
			arena_vec_push(a, &words, arena_strndup(a, from, (size_t)(s++ - from)));
			continue;
		}
		from = s;
		while (s < end && !strchr(" \t\r\n", *s))
			s++;
		arena_vec_push(a, &words, arena_strndup(a, from, (size_t)(s - from)));
	}
	if (!words.n)
		return NULL;
	if (*last)
		arena_vec_push(a, &words, arena_strdup(a, last));
	arena_vec_push(a, &words, NULL);
	return words.items;
}
