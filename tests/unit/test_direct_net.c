/* Modules whose pages lead to another proxy, to a repository with a login, or nowhere: GOPROXY=direct with a server on loopback. */
#include "tlsfix.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "fetch/direct.h"
#include "fetch/http.h"
#include "fetch/proxy.h"

#define LIST "application/x-git-upload-pack-advertisement"
#define HASH "0123456789abcdef0123456789abcdef01234567"

static struct httpfix server;
static struct tlsfix tls;
static struct http *http;
static struct goenv *env;
static struct proxy proxy;
static struct direct *d;

static void page(int conn, const char *content)
{
	char body[256];

	snprintf(body, sizeof(body),
		 "<html><head><meta name=\"go-import\" content=\"%s\"></head></html>", content);
	httpfix_text(conn, "200 OK", "Content-Type: text/html\r\n", body);
}

static void refs(int conn)
{
	static const char head[] = "001e# service=git-upload-pack\n0000";
	static const char *const names[] = { "refs/heads/main", "refs/tags/v1.0.0",
					     "refs/tags/v1.1.0" };
	char body[1024];
	size_t n = (size_t)snprintf(body, sizeof(body), "%s", head);

	n += (size_t)snprintf(body + n, sizeof(body) - n, "%04zx" HASH " HEAD",
			      strlen(HASH " HEAD") + 4 + 9);
	n++; /* a NUL */
	n += (size_t)snprintf(body + n, sizeof(body) - n, "shallow\n");
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		n += (size_t)snprintf(body + n, sizeof(body) - n, "%04zx" HASH " %s\n",
				      strlen(names[i]) + 40 + 2 + 4, names[i]);
	n += (size_t)snprintf(body + n, sizeof(body) - n, "0000");
	httpfix_reply(conn, "200 OK", "Content-Type: " LIST "\r\n", body, n);
}

static void answer(struct httpfix *s, int conn, const struct httpfix_request *q)
{
	static const struct {
		const char *target, *body;
	} files[] = {
		{ "/proxy/h.test/p/@v/list", "v1.0.0\n" },
		{ "/proxy/h.test/p/@v/v1.0.0.info", "{\"Version\":\"v1.0.0\"}" },
		{ "/proxy/h.test/p/@latest", "{\"Version\":\"v1.1.0\"}" },
		{ "/proxy/h.test/p/@v/v1.0.0.mod", "module h.test/p\n" },
		{ "/proxy/h.test/p/@v/v1.0.0.zip", "PK" },
	};
	char text[128];

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (str_eq(q->target, files[i].target)) {
			httpfix_text(conn, "200 OK", "", files[i].body);
			return;
		}
	if (str_eq(q->method, "CONNECT")) {
		httpfix_text(conn, "403 Forbidden", "", "");
	} else if (str_eq(q->target, "http://h.test/p?go-get=1")) {
		snprintf(text, sizeof(text), "h.test/p mod http://127.0.0.1:%d/proxy", s->port);
		page(conn, text);
	} else if (str_eq(q->target, "http://h.test/g?go-get=1")) {
		snprintf(text, sizeof(text), "h.test/g git https://127.0.0.1:%d/g", tls.port);
		page(conn, text);
	} else if (str_eq(q->target, "http://h.test/local?go-get=1")) {
		page(conn, "h.test/local git h.test:srv/x");
	} else if (strstr(q->target, "/info/refs?service=git-upload-pack") &&
		   strcasestr(q->head, "\r\nAuthorization: Basic dTpwdw==\r\n")) {
		refs(conn);
	} else if (strstr(q->target, "/info/refs?service=git-upload-pack")) {
		httpfix_text(conn, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n",
			     "");
	} else {
		httpfix_text(conn, "404 Not Found", "Content-Type: text/plain\r\n", "no such page");
	}
}

static struct http *give_http(void *ctx)
{
	(void)ctx;
	return http;
}

static void begin(const char *goauth, bool look)
{
	const char *vars[] = {
		"GOENV=off",
		"PATH=/bin:/usr/bin",
		"GIT_CONFIG_NOSYSTEM=1",
		"GOINSECURE=h.test",
		arena_fmt(&tmp_arena, "HOME=%s", tmp_dir),
		arena_fmt(&tmp_arena, "GOAUTH=%s", goauth),
		arena_fmt(&tmp_arena, "SSL_CERT_FILE=%s", tls.pem),
		"SSL_CERT_DIR=/nonexistent",
		arena_fmt(&tmp_arena, "HTTP_PROXY=http://127.0.0.1:%d", server.port),
		arena_fmt(&tmp_arena, "HTTPS_PROXY=http://127.0.0.1:%d", server.port),
		"GIT_CONFIG_COUNT=1",
		arena_fmt(&tmp_arena, "GIT_CONFIG_KEY_0=url.https://127.0.0.1:%d/.insteadOf",
			  tls.port),
		"GIT_CONFIG_VALUE_0=https://known.test/",
		NULL
	};

	env = goenv_new(&(struct goenv_options){ .dir = tmp_dir,
						 .environ = vars,
						 .runs_auth = true },
			NULL);
	http = http_new(&(struct http_options){ .env = env, .retry_ms = -1 });
	proxy = (struct proxy){ .http = give_http, .look = look };
	d = direct_new(env, &proxy);
}

static void end(void)
{
	direct_free(d);
	http_free(http);
	goenv_free(env);
}

typedef bool question(struct direct *of, const char *module, const char *rev, struct buf *out,
		      struct err *e);

static bool latest(struct direct *of, const char *module, const char *rev, struct buf *out,
		   struct err *e)
{
	(void)rev;
	return direct_latest(of, module, out, e);
}

static bool fetch(struct direct *of, const char *module, const char *rev, struct buf *out,
		  struct err *e)
{
	(void)rev, (void)out;
	return direct_fetch(of, module, e);
}

static bool zip(struct direct *of, const char *module, const char *version, struct buf *out,
		struct err *e)
{
	const char *file = tmp_path("zip");
	int fd = open(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = direct_zip(of, module, version, fd, file, e);

	close(fd);
	return ok && fs_read_buf(out, file, 100, e);
}

/* The answer, or the error's words with "TLS" for the server's address. */
static const char *ask(question *fn, const char *module, const char *rev)
{
	const char *address = arena_fmt(&tmp_arena, "127.0.0.1:%d", tls.port), *out, *at;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	out = arena_strdup(&tmp_arena, fn(d, module, rev, &b, &e) ? (b.len ? b.data : "") : e.text);
	while ((at = strstr(out, address)))
		out = arena_fmt(&tmp_arena, "%.*sTLS%s", (int)(at - out), out,
				at + strlen(address));
	buf_release(&b);
	err_release(&e);
	return out;
}

/* "mod" in a page: a proxy as the hops of GOPROXY are. */
static void test_proxy(void **state)
{
	(void)state;
	begin("off", false);
	assert_string_equal(ask(direct_list, "h.test/p", ""), "v1.0.0\n");
	assert_string_equal(ask(direct_info, "h.test/p", "v1.0.0"), "{\"Version\":\"v1.0.0\"}");
	assert_string_equal(ask(latest, "h.test/p", ""), "{\"Version\":\"v1.1.0\"}");
	assert_string_equal(ask(direct_mod, "h.test/p", "v1.0.0"), "module h.test/p\n");
	assert_string_equal(ask(zip, "h.test/p", "v1.0.0"), "PK");
	assert_string_equal(ask(fetch, "h.test/p", ""),
			    "h.test/p comes from a proxy, not from a repository");
	assert_null(direct_list_origin(d, "h.test/p", &tmp_arena, ""));
	assert_null(direct_failed_origin(d, "h.test/p", &tmp_arena, "v9.0.0"));
	end();
}

static void test_nowhere(void **state)
{
	static const char none[] =
		"unrecognized import path \"h.test/none\": reading http://h.test/none?go-get=1: 404 Not Found\n"
		"\tserver response: no such page";

	(void)state;
	begin("off", false);
	/* codehost.newGitRepo */
	assert_string_equal(
		ask(direct_list, "h.test/local", ""),
		"lookup h.test/local: git remote (h.test:srv/x) must not be local directory (use URL syntax not host:path syntax)");
	assert_string_equal(ask(direct_list, "h.test/none", ""), none);
	assert_string_equal(ask(direct_info, "h.test/none", "v1.0.0"), none);
	assert_string_equal(ask(latest, "h.test/none", ""), none);
	assert_string_equal(ask(direct_mod, "h.test/none", "v1.0.0"), none);
	assert_string_equal(ask(zip, "h.test/none", "v1.0.0"), none);
	assert_null(direct_failed_origin(d, "h.test/none", &tmp_arena, NULL));
	end();
	begin("off", true);
	assert_non_null(strstr(ask(direct_list, "h.test/none", ""),
			       "not in the module cache, and viewing does not fetch"));
	end();
}

/* What git is asked with: netrc before anything else has been asked for, what GOAUTH's git says after a refusal. */
static void test_login(void **state)
{
	static const char refused[] =
		"git repository https://TLS/g: https://TLS/g: authentication required";
	char *path = xstrdup(getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");

	(void)state;
	tmp_write(".netrc",
		  arena_fmt(&tmp_arena, "machine 127.0.0.1:%d login u password pw\n", tls.port));
	begin("netrc", false);
	assert_string_equal(ask(direct_list, "h.test/g", ""), "v1.0.0\nv1.1.0\n");
	end();
	begin("netrc", false);
	assert_string_equal(ask(direct_list, "known.test/g.git", ""), "v1.0.0\nv1.1.0\n");
	end();
	begin("off", false);
	assert_string_equal(ask(direct_list, "h.test/g", ""), refused);
	end();
	tmp_write(
		"bin/git",
		arena_fmt(
			&tmp_arena,
			"#!/bin/sh\nprintf 'url=https://127.0.0.1:%d/\\nusername=u\\npassword=pw\\n'\n",
			tls.port));
	assert_int_equal(chmod(tmp_path("bin/git"), 0755), 0);
	setenv("PATH", arena_fmt(&tmp_arena, "%s/bin:%s", tmp_dir, path), 1);
	begin(arena_fmt(&tmp_arena, "git %s", tmp_dir), false);
	assert_string_equal(ask(direct_list, "h.test/g", ""), "v1.0.0\nv1.1.0\n");
	end();
	setenv("PATH", path, 1);
	free(path);
}

static int setup(void **state)
{
	return tlsfix_setup(state, &tls, &server, answer);
}

static int teardown(void **state)
{
	return tlsfix_teardown(state, &tls, &server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_proxy),
		cmocka_unit_test(test_nowhere),
		cmocka_unit_test(test_login),
	};
	struct tlsfix_lib lib;

	return tlsfix_load(&lib) ? cmocka_run_group_tests(tests, setup, teardown) : 77;
}
