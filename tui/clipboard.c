#include "clipboard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loop.h"

enum { PATIENCE_MS = 2000 }; /* for a command that takes the text */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void base64(struct buf *out, const unsigned char *p, size_t len)
{
	for (size_t i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16;
		char q[4];

		v |= i + 1 < len ? (uint32_t)p[i + 1] << 8 : 0;
		v |= i + 2 < len ? (uint32_t)p[i + 2] : 0;
		q[0] = digits[v >> 18];
		q[1] = digits[v >> 12 & 63];
		q[2] = i + 1 < len ? digits[v >> 6 & 63] : '=';
		q[3] = i + 2 < len ? digits[v & 63] : '=';
		buf_add(out, q, 4);
	}
}

static void run_child(const char *const argv[], const int in[2])
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	sigemptyset(&dfl.sa_mask);
	sigaction(SIGPIPE, &dfl, NULL);
	if (null < 0 || dup2(in[0], STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
	    dup2(null, STDERR_FILENO) < 0)
		_exit(127);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static bool write_until(int fd, const char *text, size_t len, uint64_t end)
{
	struct pollfd p = { fd, POLLOUT, 0 };

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n > 0) {
			text += n;
			len -= (size_t)n;
		} else if (errno != EAGAIN && errno != EINTR) {
			return false;
		} else if (loop_now() >= end) {
			return false;
		} else {
			poll(&p, 1, 10);
		}
	}
	return true;
}

/* True if it ended well and in time; else it is gone afterwards. */
static bool wait_until(pid_t pid, uint64_t end)
{
	int status = 0;
	pid_t got;

	while ((got = waitpid(pid, &status, WNOHANG)) == 0 && loop_now() < end)
		poll(NULL, 0, 2);
	if (got == 0) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
	}
	return got == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Runs a command with the text as its standard input. */
static bool give(const char *const argv[], const char *text, size_t len)
{
	struct sigaction ign = { .sa_handler = SIG_IGN }, old;
	uint64_t end = loop_now() + PATIENCE_MS;
	bool ok = false;
	int in[2];
	pid_t pid;

	if (pipe(in) < 0)
		return false;
	fcntl(in[0], F_SETFD, FD_CLOEXEC);
	fcntl(in[1], F_SETFD, FD_CLOEXEC);
	sigemptyset(&ign.sa_mask);
	sigaction(SIGPIPE, &ign, &old);
	pid = fork();
	if (pid == 0)
		run_child(argv, in);
	close(in[0]);
	ok = pid > 0 && write_until(in[1], text, len, end);
	close(in[1]);
	if (pid > 0)
		ok = wait_until(pid, end) && ok;
	sigaction(SIGPIPE, &old, NULL);
	return ok;
}

bool clipboard_copy(struct term *t, const char *command, const char *text, size_t len,
		    unsigned *ways, struct err *e)
{
	static const char *const tmux[] = { "tmux", "load-buffer", "-w", "-", NULL };
	const char *const shell[] = { "/bin/sh", "-c", command, NULL };
	const char *in_tmux = getenv("TMUX");
	struct buf b = BUF_INIT;

	*ways = command ? CLIPBOARD_COMMAND : CLIPBOARD_TERMINAL;
	if (command)
		return give(shell, text, len) || err_set(e, ERR_SYS, "%s failed", command);
	if (len > CLIPBOARD_MAX)
		return err_set(
			e, ERR_LIMIT,
			"%zu bytes are too much to copy through a terminal (at most %d); export them instead",
			len, CLIPBOARD_MAX);
	buf_addstr(&b, "\033]52;c;");
	base64(&b, (const unsigned char *)text, len);
	buf_addch(&b, '\a');
	t->ops->send(t, b.data, b.len);
	buf_release(&b);
	if (in_tmux && *in_tmux && give(tmux, text, len))
		*ways |= CLIPBOARD_TMUX;
	return true;
}
