#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"

/* A reader that went away ends the output, not the program's answer. */
static void write_all(void *ctx, int fd, const void *data, size_t len)
{
	const char *p = data;

	(void)ctx;
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		p += n;
		len -= (size_t)n;
	}
}

static bool wants_color(const char *when, int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (!str_eq(when, "auto"))
		return str_eq(when, "always");
	return !(no && *no) && isatty(fd) && term && !str_eq(term, "dumb");
}

static int terminal_width(int fd)
{
	struct winsize ws;

	return isatty(fd) && ioctl(fd, TIOCGWINSZ, &ws) == 0 ? ws.ws_col : 0;
}

static int run(struct cli *c)
{
	struct report *r = c->r;

	r->color_out = wants_color(c->color, STDOUT_FILENO);
	r->color_err = wants_color(c->color, STDERR_FILENO);
	r->width = terminal_width(STDOUT_FILENO);
	if (c->dir && chdir(c->dir) != 0) {
		struct err e = ERR_INIT;

		err_sys(&e, errno, "chdir %s", c->dir);
		return cli_fail(c, &e);
	}
	if (!c->command)
		c->command = cli_commands[0];
	return c->command->run(c);
}

int main(int argc, char **argv)
{
	struct report r;
	struct cli c;
	int status;

	setlocale(LC_CTYPE, "");
	report_init(&r, write_all, NULL);
	r.ascii = !str_eq(nl_langinfo(CODESET), "UTF-8");
	if (cli_parse(&c, &r, argc, argv, &status))
		status = run(&c);
	cli_release(&c);
	report_release(&r);
	return status;
}
