#include "fetch/goauth.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/steady.h"
#include "base/text.h"
#include "gofiles/goenv.h"

#define MAX_ANSWER ((size_t)64 << 10)
#define MAX_US ((int64_t)60 * 1000000)
#define TURN_MS 100

void goauth_init(struct goauth *g, const struct goenv *env)
{
	*g = (struct goauth){ .env = env };
	pthread_mutex_init(&g->mutex, NULL);
}

void goauth_release(struct goauth *g)
{
	netrc_release(&g->found);
	map_release(&g->asked);
	pthread_mutex_destroy(&g->mutex);
}

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

static bool spawn(pid_t *pid, struct arena *a, const char *dir, int fd)
{
	char *argv[] = { arena_strdup(a, "git"),  arena_strdup(a, "-C"),
			 arena_strdup(a, dir),	  arena_strdup(a, "credential"),
			 arena_strdup(a, "fill"), NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none;
	bool ok;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	for (int i = 0; i < 3; i++)
		posix_spawn_file_actions_adddup2(&files, fd, i);
	ok = posix_spawnp(pid, "git", &files, &attributes, argv, environment(a)) == 0;
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return ok;
}

/* Waits for git; false if cancelled. */
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

static bool converse(struct arena *a, const char *dir, const char *url, struct buf *out,
		     const struct cancel *cancel)
{
	const char *question = arena_fmt(a, "url=%s\n", url);
	bool ok = false;
	int ends[2], status = 1;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		return false;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	if (spawn(&pid, a, dir, ends[1])) {
		close(ends[1]);
		ends[1] = -1;
		send(ends[0], question, strlen(question), MSG_NOSIGNAL);
		shutdown(ends[0], SHUT_WR);
		ok = listen_to(ends[0], out, cancel);
		if (!ok)
			kill(pid, SIGTERM);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	close(ends[0]);
	if (ends[1] >= 0)
		close(ends[1]);
	return ok && status == 0;
}

struct answer {
	const char *protocol, *host, *path, *user, *password, *url;
};

static void take_line(struct answer *x, char *line)
{
	const struct {
		const char *key;
		const char **value;
	} keys[] = { { "protocol", &x->protocol }, { "host", &x->host },
		     { "path", &x->path },	   { "username", &x->user },
		     { "password", &x->password }, { "url", &x->url } };
	char *value = strchr(line, '=');

	if (!value)
		return;
	*value++ = 0;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_eq(line, keys[i].key))
			*keys[i].value = value;
}

/* parseGitAuth: the URL prefix that the login is for. */
static const char *read_answer(struct arena *a, struct answer *x, const struct buf *out)
{
	char *save = NULL, *text = arena_strndup(a, out->data, out->len);

	*x = (struct answer){ "", "", "", "", "", "" };
	for (char *line = strtok_r(text, "\r\n", &save); line; line = strtok_r(NULL, "\r\n", &save))
		take_line(x, line);
	if (*x->url)
		return x->url;
	if (!*x->protocol || !*x->host)
		return "";
	return arena_fmt(a, "%s://%s%s%s", x->protocol, x->host,
			 *x->path && *x->path != '/' ? "/" : "", x->path);
}

static bool ask_git(struct goauth *g, struct arena *a, const char *dir, const char *url,
		    const struct cancel *cancel)
{
	struct buf out = BUF_INIT;
	const char *prefix;
	struct answer x;
	bool ok = converse(a, dir, url, &out, cancel);

	if (ok) {
		prefix = read_answer(a, &x, &out);
		ok = *prefix && str_has_prefix(url, prefix);
	}
	if (ok) {
		pthread_mutex_lock(&g->mutex);
		netrc_add(&g->found, prefix, x.user, x.password);
		pthread_mutex_unlock(&g->mutex);
	}
	buf_release(&out);
	return ok;
}

/* The commands of GOAUTH, last one first; only those of git are run. */
static bool ask_each(struct goauth *g, struct arena *a, const char *url,
		     const struct cancel *cancel)
{
	const char *v = goenv_get(g->env, "GOAUTH"), *end = v + strlen(v);
	bool found = false;

	for (;;) {
		const char *semicolon = memrchr(v, ';', (size_t)(end - v));
		const char *s = semicolon ? semicolon + 1 : v;
		struct text_field words[3];

		if (text_fields(s, (size_t)(end - s), words, ARRAY_LEN(words)) == 2 &&
		    words[0].len == 3 && memcmp(words[0].s, "git", 3) == 0)
			found |= ask_git(g, a, arena_strndup(a, words[1].s, words[1].len), url,
					 cancel);
		if (!semicolon)
			return found;
		end = semicolon;
	}
}

bool goauth_ask(struct goauth *g, const char *url, const struct cancel *cancel)
{
	struct arena a = ARENA_INIT;
	bool found, known;

	if (!str_has_prefix(url, "https://") || !strstr(goenv_get(g->env, "GOAUTH"), "git") ||
	    !goenv_check_auth(g->env, NULL))
		return false;
	pthread_mutex_lock(&g->mutex);
	known = map_has(&g->asked, url);
	if (!known)
		map_put(&g->asked, arena_strdup(&g->found.arena, url), g);
	pthread_mutex_unlock(&g->mutex);
	found = !known && ask_each(g, &a, url, cancel);
	arena_release(&a);
	return found;
}

bool goauth_find(struct goauth *g, const char *url, struct netrc_entry *entry)
{
	const struct netrc_entry *found;

	pthread_mutex_lock(&g->mutex);
	found = netrc_find(&g->found, url);
	if (found)
		*entry = *found;
	pthread_mutex_unlock(&g->mutex);
	return found != NULL;
}
