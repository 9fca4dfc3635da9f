#include "git/git_ssh.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/program.h"
#include "base/text.h"
#include "git/git_sshurl.h"

#define MAX_SAID ((size_t)16 << 10) /* of stderr, the end of it */
#define TURN_MS 10
#define LAST_WORDS_TURNS 100 /* after the end of its output */
#define END_TURNS 100	     /* until it is asked to end, then until it is made to */
#define DETECT_TURNS 1000

enum variant { OPENSSH, SIMPLE, PLINK, TORTOISE, AUTO };

struct ssh {
	git_smart_subtransport parent;
	git_smart_subtransport_stream stream; /* there is one */
	const struct git_lib *git;
	const struct git_ssh *how;
	const char *url;
	struct git_socket_guard *guard;
	struct arena arena;
	struct buf said;
	pid_t pid;	/* 0 if none runs */
	int fd, errors; /* its stdin and stdout, its stderr; -1 */
};

static int refuse(struct ssh *s, const char *why)
{
	s->git->error_set_str(GIT_ERROR_SSH, why);
	return GIT_ERROR;
}

bool git_ssh_is_there(const struct git_ssh *how)
{
	struct arena a = ARENA_INIT;
	bool there = *how->command || *how->program || program_find(&a, "ssh");

	arena_release(&a);
	return there;
}

static enum variant variant_named(const char *name, size_t len, enum variant otherwise)
{
	static const struct {
		const char *name;
		enum variant is;
	} known[] = { { "ssh", OPENSSH },   { "plink", PLINK },
		      { "putty", PLINK },   { "tortoiseplink", TORTOISE },
		      { "simple", SIMPLE }, { "auto", AUTO } };

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strlen(known[i].name) == len && strncasecmp(known[i].name, name, len) == 0)
			return known[i].is;
	return otherwise;
}

/* The first word of a command, without its directory and ".exe". */
static enum variant variant_of_command(struct arena *a, const char *command)
{
	const char *s = command + strspn(command, " \t");
	char quote = *s == '"' || *s == '\'' ? *s++ : 0;
	size_t n = quote ? strcspn(s, quote == '"' ? "\"" : "'") : strcspn(s, " \t\n\\");
	const char *word = arena_strndup(a, s, n), *slash = strrchr(word, '/');

	word = slash ? slash + 1 : word;
	n = strlen(word);
	if (n > 4 && strcasecmp(word + n - 4, ".exe") == 0)
		n -= 4;
	return variant_named(word, n, AUTO);
}

/* determine_ssh_variant */
static enum variant variant_of(struct ssh *s)
{
	const struct git_ssh *how = s->how;
	enum variant named = AUTO;

	if (*how->variant)
		named = variant_named(how->variant, strlen(how->variant), OPENSSH);
	if (named != AUTO)
		return named;
	if (*how->command)
		return variant_of_command(&s->arena, how->command);
	return *how->program ? variant_of_command(&s->arena, how->program) : OPENSSH;
}

struct words {
	ARENA_VEC(char *) list;
	struct arena *a;
};

static void add(struct words *w, const char *word)
{
	arena_vec_push(w->a, &w->list, word ? arena_strdup(w->a, word) : NULL);
}

/* The command, up to its options. */
static void add_command(struct words *w, const struct git_ssh *how)
{
	if (!*how->command) {
		add(w, *how->program ? how->program : "ssh");
		return;
	}
	add(w, "/bin/sh");
	add(w, "-c");
	add(w, arena_fmt(w->a, "%s \"$@\"", how->command));
	add(w, how->command);
}

static void add_options(struct words *w, enum variant v, const char *port)
{
	if (v == OPENSSH) {
		add(w, "-o");
		add(w, "BatchMode=yes");
		add(w, "-o");
		add(w, "ControlMaster=no"); /* one that stays would keep stderr open */
	} else if (v == TORTOISE) {
		add(w, "-batch");
	}
	if (port) {
		add(w, v == OPENSSH ? "-p" : "-P");
		add(w, port);
	}
}

/* sq_quote_buf */
static const char *quoted(struct arena *a, const char *path)
{
	struct buf b = BUF_INIT;
	const char *text;

	buf_addstr(&b, "git-upload-pack '");
	for (const char *p = path; *p; p++) {
		if (*p == '\'' || *p == '!')
			buf_addf(&b, "'\\%c'", *p);
		else
			buf_addch(&b, *p);
	}
	buf_addch(&b, '\'');
	text = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return text;
}

/* Without a terminal it cannot ask; in a group of its own it can be ended with what it runs. */
static void set_attributes(posix_spawnattr_t *t)
{
	sigset_t none, usual;
	short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;

	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGINT);
	sigaddset(&usual, SIGHUP);
	sigaddset(&usual, SIGTERM);
	posix_spawnattr_setsigmask(t, &none);
	posix_spawnattr_setsigdefault(t, &usual);
#ifdef POSIX_SPAWN_SETSID
	flags |= POSIX_SPAWN_SETSID;
#else
	flags |= POSIX_SPAWN_SETPGROUP;
	posix_spawnattr_setpgroup(t, 0);
#endif
	posix_spawnattr_setflags(t, flags);
}

/* Standard input, output and error; -1: nothing. */
static bool spawn(pid_t *pid, struct arena *a, char *const *argv, int in, int out, int errors)
{
	const int ends[] = { in, out, errors };
	posix_spawnattr_t attributes;
	bool ok;

	posix_spawnattr_init(&attributes);
	set_attributes(&attributes);
	ok = program_spawn(pid, a, argv, environ, ends, &attributes);
	posix_spawnattr_destroy(&attributes);
	return ok;
}

/* False if it still runs. */
static bool has_ended(pid_t pid, int turns, int *status)
{
	for (int i = 0; i < turns; i++) {
		pid_t found = waitpid(pid, status, WNOHANG);

		if (found == pid || (found < 0 && errno != EINTR))
			return true;
		poll(NULL, 0, TURN_MS);
	}
	return false;
}

static int end_process(pid_t pid, int turns)
{
	int status = 1;

	if (has_ended(pid, turns, &status))
		return status;
	kill(-pid, SIGTERM);
	if (has_ended(pid, END_TURNS, &status))
		return status;
	kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* Whether an unknown command takes OpenSSH's options: git asks it so. */
static enum variant detect(struct ssh *s, const struct git_sshurl *u)
{
	struct words w = { .a = &s->arena };
	pid_t pid;

	add_command(&w, s->how);
	add(&w, "-G");
	if (u->port) {
		add(&w, "-p");
		add(&w, u->port);
	}
	add(&w, u->host);
	add(&w, NULL);
	if (!spawn(&pid, &s->arena, w.list.items, -1, -1, -1))
		return SIMPLE;
	return end_process(pid, DETECT_TURNS) == 0 ? OPENSSH : SIMPLE;
}

static bool make_ends(int ends[2], int errors[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		return false;
	if (pipe(errors)) {
		close(ends[0]);
		close(ends[1]);
		return false;
	}
	for (int i = 0; i < 2; i++) {
		fcntl(ends[i], F_SETFD, FD_CLOEXEC);
		fcntl(errors[i], F_SETFD, FD_CLOEXEC);
	}
	fcntl(errors[0], F_SETFL, O_NONBLOCK);
	return true;
}

static int run(struct ssh *s, char *const *argv)
{
	int ends[2], errors[2];
	bool ok = make_ends(ends, errors);

	if (!ok)
		return refuse(s, err_errno_text(errno));
	ok = spawn(&s->pid, &s->arena, argv, ends[1], ends[1], errors[1]);
	close(ends[1]);
	close(errors[1]);
	s->fd = ends[0];
	s->errors = errors[0];
	if (!ok) {
		s->pid = 0;
		return refuse(s, arena_fmt(&s->arena, "cannot run %s", argv[0]));
	}
	return git_socket_guard_fd(s->guard, s->fd) ? 0 : refuse(s, "no thread for it");
}

static int start(struct ssh *s)
{
	struct words w = { .a = &s->arena };
	struct git_sshurl u;
	const char *why;
	enum variant v;

	buf_clear(&s->said);
	if (!git_sshurl_parse(&u, &s->arena, s->url, &why))
		return refuse(s, why);
	v = variant_of(s);
	if (v == AUTO)
		v = detect(s, &u);
	if (v == SIMPLE && u.port)
		return refuse(s, "ssh variant 'simple' does not support setting port");
	add_command(&w, s->how);
	add_options(&w, v, u.port);
	add(&w, u.host);
	add(&w, quoted(&s->arena, u.path));
	add(&w, NULL);
	return run(s, w.list.items);
}

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void stop(struct ssh *s)
{
	git_socket_unguard(s->guard);
	shut(&s->fd);
	shut(&s->errors);
	if (s->pid)
		end_process(s->pid, git_socket_gave_up(s->guard) ? 0 : END_TURNS);
	s->pid = 0;
}

/* False at the end of stderr, or if there is nothing now. */
static bool listen_to(struct ssh *s)
{
	char piece[4096];
	ssize_t n = s->errors < 0 ? 0 : read(s->errors, piece, sizeof(piece));

	if (n > 0) {
		buf_add(&s->said, piece, (size_t)n);
		if (s->said.len > 2 * MAX_SAID) {
			memmove(s->said.data, s->said.data + s->said.len - MAX_SAID, MAX_SAID);
			buf_truncate(&s->said, MAX_SAID);
		}
		return true;
	}
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		shut(&s->errors);
	return false;
}

static bool is_reason(const char *s, size_t n)
{
	static const char warning[] = "Warning: ";

	if (n >= strlen(warning) && memcmp(s, warning, strlen(warning)) == 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z'))
			return true;
	return false;
}

/* The last line with a word in it: servers frame theirs. */
static const char *reason(struct ssh *s)
{
	const char *text = arena_strndup(&s->arena, s->said.data ? s->said.data : "", s->said.len);
	const char *found = NULL;

	while (*text) {
		size_t n = strcspn(text, "\n"), len = n;
		const char *line = str_has_prefix(text, "remote: ") ? text + 8 : text;

		len -= (size_t)(line - text);
		text_trim(&line, &len);
		if (is_reason(line, len))
			found = arena_strndup(&s->arena, line, len);
		text += n + (text[n] != 0);
	}
	return found;
}

/* Its output has ended: what it says last is why. */
static int ended(struct ssh *s)
{
	const char *why;

	for (int i = 0; i < LAST_WORDS_TURNS && s->errors >= 0; i++)
		if (!listen_to(s) && s->errors >= 0)
			poll(&(struct pollfd){ .fd = s->errors, .events = POLLIN }, 1, TURN_MS);
	why = reason(s);
	return why ? refuse(s, why) : 0;
}

static struct ssh *ssh_of(git_smart_subtransport_stream *stream)
{
	return (struct ssh *)stream->subtransport;
}

static int stream_read(git_smart_subtransport_stream *stream, char *out, size_t max, size_t *n)
{
	struct ssh *s = ssh_of(stream);
	ssize_t got;

	*n = 0;
	for (;;) {
		struct pollfd p[] = { { .fd = s->fd, .events = POLLIN },
				      { .fd = s->errors, .events = POLLIN } };

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return refuse(s, err_errno_text(errno));
		if (p[1].revents)
			listen_to(s);
		if (p[0].revents)
			break;
	}
	while ((got = recv(s->fd, out, max, 0)) < 0 && errno == EINTR)
		;
	if (got <= 0)
		return ended(s);
	*n = (size_t)got;
	return 0;
}

static int stream_write(git_smart_subtransport_stream *stream, const char *data, size_t len)
{
	struct ssh *s = ssh_of(stream);

	while (len) {
		ssize_t n = send(s->fd, data, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return ended(s) ? GIT_ERROR : refuse(s, "the connection has ended");
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/* The process lives as long as the transport is open. */
static void stream_free(git_smart_subtransport_stream *stream)
{
	(void)stream;
}

static int act(git_smart_subtransport_stream **out, git_smart_subtransport *transport,
	       const char *url, git_smart_service_t action)
{
	struct ssh *s = (struct ssh *)transport;
	int code = 0;

	(void)url; /* libgit2 has changed it */
	if (action == GIT_SERVICE_UPLOADPACK_LS) {
		stop(s);
		code = start(s);
	} else if (action != GIT_SERVICE_UPLOADPACK || !s->pid) {
		code = refuse(s, "not connected");
	}
	*out = &s->stream;
	return code;
}

static int transport_close(git_smart_subtransport *transport)
{
	stop((struct ssh *)transport);
	return 0;
}

static void transport_free(git_smart_subtransport *transport)
{
	struct ssh *s = (struct ssh *)transport;

	stop(s);
	buf_release(&s->said);
	arena_release(&s->arena);
	free(s);
}

int git_ssh_new(git_smart_subtransport **out, const struct git_ssh *how, const char *url,
		struct git_socket_guard *guard)
{
	struct ssh *s = xcalloc(1, sizeof(*s));

	s->git = git_lib_get(NULL);
	s->parent = (git_smart_subtransport){ act, transport_close, transport_free };
	s->stream = (git_smart_subtransport_stream){ &s->parent, stream_read, stream_write,
						     stream_free };
	s->how = how;
	s->url = url;
	s->guard = guard;
	s->fd = s->errors = -1;
	buf_init(&s->said);
	*out = &s->parent;
	return 0;
}
