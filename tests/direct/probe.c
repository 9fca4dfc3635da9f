/* probe: asks repositories, with the settings of the environment. A request per line: "list PATH", "info PATH REV", "latest PATH", "mod PATH VERSION",
 * "zip PATH VERSION FILE"; an answer for each: "ok LENGTH\n" or "fail LENGTH\n" and that many bytes. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "fetch/direct.h"
#include "fetch/http.h"
#include "fetch/proxy.h"
#include "gofiles/goenv.h"

struct client {
	struct goenv *env;
	struct http *http;
};

static struct http *get_http(void *ctx)
{
	struct client *c = ctx;

	if (!c->http)
		c->http = http_new(&(struct http_options){ .env = c->env });
	return c->http;
}

static bool ask(struct direct *d, char *w[4], struct buf *b, struct err *e)
{
	if (str_eq(w[0], "list"))
		return direct_list(d, w[1], "", b, e);
	if (str_eq(w[0], "latest"))
		return direct_latest(d, w[1], b, e);
	if (str_eq(w[0], "info"))
		return direct_info(d, w[1], w[2], b, e);
	if (str_eq(w[0], "mod"))
		return direct_mod(d, w[1], w[2], b, e);
	if (str_eq(w[0], "zip")) {
		int fd = open(w[3], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		bool ok = direct_zip(d, w[1], w[2], fd, w[3], e);

		close(fd);
		return ok;
	}
	return err_set(e, ERR_USAGE, "no such question");
}

static void answer(struct direct *d, char *line)
{
	static char none[1];
	char *w[4] = { none, none, none, none }, *save = NULL;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	bool ok;

	for (int i = 0; i < 4; i++, line = NULL) {
		char *word = strtok_r(line, " \n", &save);

		if (!word)
			break;
		w[i] = word;
	}
	ok = ask(d, w, &b, &e);
	if (!ok) {
		buf_clear(&b);
		buf_addstr(&b, e.text);
	}
	printf("%s %zu\n", ok ? "ok" : "fail", b.len);
	fwrite(b.data, 1, b.len, stdout);
	fflush(stdout);
	buf_release(&b);
	err_release(&e);
}

int main(void)
{
	struct err e = ERR_INIT;
	struct client c = { .env = goenv_new(&(struct goenv_options){ 0 }, &e) };
	struct proxy p = { .http = get_http, .http_ctx = &c };
	struct direct *d;
	char line[4096];

	if (!c.env)
		return 2;
	d = direct_new(c.env, &p);
	while (fgets(line, sizeof(line), stdin))
		answer(d, line);
	direct_free(d);
	http_free(c.http);
	goenv_free(c.env);
	err_release(&e);
	return 0;
}
