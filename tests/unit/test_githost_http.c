/*
 * git's smart protocol over http, served by git upload-pack on loopback: answers are those for the same repository on this machine, also behind
 * a redirect and a login. Then servers that refuse. Skipped where there is no git.
 */
#include "gitfix.h"
#include "httpfix.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include "fetch/direct_http.h"
#include "git/githost.h"
#include "gofiles/goenv.h"

extern char **environ;

static struct httpfix server;
static struct goenv *env;
static char first[GITFIX_HEX], second[GITFIX_HEX];
static int logins_refused;
static struct arena server_arena; /* of the server's thread */

static bool has_git(void)
{
	return system("git --version >/dev/null 2>&1") == 0;
}

/* Runs git upload-pack on a request; its answer, in the server's arena. */
static char *upload(bool advertise, const void *body, size_t len, size_t *n)
{
	char *argv[6] = { (char[]){ "git" }, (char[]){ "upload-pack" },
			  (char[]){ "--stateless-rpc" } };
	posix_spawn_file_actions_t actions;
	struct arena *a = &server_arena;
	const char *up = arena_fmt(a, "%s/up", tmp_dir), *in = arena_fmt(a, "%s/request", tmp_dir),
		   *out = arena_fmt(a, "%s/answer", tmp_dir);
	char *data = NULL;
	pid_t pid;

	argv[3] = advertise ? (char[]){ "--advertise-refs" } : (char *)(uintptr_t)up;
	argv[4] = advertise ? (char *)(uintptr_t)up : NULL;
	assert_true(fs_write_atomic(in, body, len, 0644, false, NULL));
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, in, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, "git", &actions, NULL, argv, environ) == 0)
		waitpid(pid, NULL, 0);
	posix_spawn_file_actions_destroy(&actions);
	if (!fs_read(a, out, (size_t)16 << 20, &data, n, NULL))
		*n = 0;
	return data;
}

#define LISTING "Content-Type: application/x-git-upload-pack-advertisement\r\n"
#define RESULT "Content-Type: application/x-git-upload-pack-result\r\n"

static void list(int conn)
{
	struct buf b = BUF_INIT;
	size_t n;
	char *refs = upload(true, "", 0, &n);

	buf_addstr(&b, "001e# service=git-upload-pack\n0000");
	buf_add(&b, refs, n);
	httpfix_reply(conn, "200 OK", LISTING, b.data, b.len);
	buf_release(&b);
}

static void answer(struct httpfix *s, int conn, const struct httpfix_request *q)
{
	const char *rest = str_cut_prefix(q->target, "/up");
	size_t n;
	char *data;

	(void)s;
	if (!rest && (rest = str_cut_prefix(q->target, "/login")) &&
	    !strstr(q->head, "Authorization: Basic dXNlcjpzZWNyZXQ=")) {
		httpfix_text(conn, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n",
			     "");
	} else if (rest && str_eq(rest, "/info/refs?service=git-upload-pack")) {
		list(conn);
	} else if (rest && str_eq(rest, "/git-upload-pack") && str_eq(q->method, "POST")) {
		data = upload(false, q->body, q->body_len, &n);
		httpfix_reply(conn, "200 OK", RESULT, data, n);
	} else if (str_eq(q->target, "/moved/info/refs?service=git-upload-pack")) {
		httpfix_text(conn, "302 Found",
			     "Location: /up/info/refs?service=git-upload-pack\r\n", "");
	} else if (str_eq(q->target, "/loop/info/refs?service=git-upload-pack")) {
		httpfix_text(conn, "302 Found",
			     "Location: /loop/info/refs?service=git-upload-pack\r\n", "");
	} else if (str_has_prefix(q->target, "/html/")) {
		httpfix_text(conn, "200 OK", "Content-Type: text/html\r\n", "<html>");
	} else if (str_has_prefix(q->target, "/half/info")) {
		list(conn);
	} else if (str_has_prefix(q->target, "/half/")) {
		httpfix_text(conn, "500 Internal Server Error", "", "");
	} else if (str_has_prefix(q->target, "/cut/")) {
		httpfix_raw(conn, "HTTP/1.1 200 OK\r\n" LISTING "Content-Length: 1000\r\n\r\n001e");
	} else {
		httpfix_text(conn, "404 Not Found", "", "");
	}
}

static bool login(void *ctx, const char *url, const char **user, const char **password)
{
	(void)ctx;
	*user = "user";
	*password = "secret";
	return strstr(url, "/login") != NULL;
}

static bool refused(void *ctx, const char *url)
{
	(void)ctx;
	(void)url;
	logins_refused++;
	return false;
}

static struct direct_http http = { .login = login, .refused = refused };

static struct githost *host(const char *path)
{
	const char *url = path ? arena_fmt(&tmp_arena, "http://127.0.0.1:%d%s", server.port, path)
			       : arena_fmt(&tmp_arena, "file://%s/up", tmp_dir);

	http.env = env;
	assert_true(fs_remove_all(tmp_path("own"), NULL));
	return githost_new(&(struct githost_options){ .url = url,
						      .real_url = url,
						      .own_dir = tmp_path("own"),
						      .http = direct_http_new,
						      .http_param = &http });
}

static const char *stat_text(struct githost *h, const char *rev)
{
	const struct githost_rev *r;
	struct err e = ERR_INIT;
	const char *out = githost_stat(h, rev, &r, &e)
				  ? arena_fmt(&tmp_arena, "%s %s %s %lld", r->hash, r->version,
					      r->ref, (long long)r->time)
				  : arena_fmt(&tmp_arena, "%d", (int)e.code);

	err_release(&e);
	return out;
}

static void test_same(void **state)
{
	static const char *const paths[] = { "/up", "/up/", "/moved", "/login" };
	static const char *const revs[] = { "v1.0.0", "main", "HEAD", second, "v9.0.0" };

	(void)state;
	if (!has_git()) {
		print_message("skipped: there is no git\n");
		skip();
	}
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct githost *local = host(NULL), *remote = host(paths[i]);
		char *data;
		size_t len;

		for (size_t k = 0; k < ARRAY_LEN(revs); k++)
			assert_string_equal(stat_text(remote, revs[k]), stat_text(local, revs[k]));
		assert_true(githost_read(remote, "v1.1.0", &tmp_arena, "go.mod", 100, &data, &len,
					 NULL));
		assert_string_equal(data, "module m\n");
		assert_true(githost_fetch(remote, NULL));
		assert_string_equal(stat_text(remote, "v1.1.0"), stat_text(local, "v1.1.0"));
		githost_free(remote);
		githost_free(local);
	}
}

static void test_refusals(void **state)
{
	static const struct {
		const char *path, *words;
	} cases[] = {
		{ "/none", ": the server answered with status 404" },
		{ "/html", ": not a git repository" },
		{ "/half", ": the server answered with status 500" },
		{ "/loop", "redirects" },
		{ "/cut", "" },
	};

	(void)state;
	if (!has_git())
		skip();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct githost *h = host(cases[i].path);
		const struct githost_rev *r;
		struct err e = ERR_INIT;

		assert_false(githost_stat(h, "v1.0.0", &r, &e));
		assert_int_equal(e.code, ERR_NETWORK);
		if (!strstr(e.text, cases[i].words) || !strstr(e.text, cases[i].path))
			fail_msg("%s: %s", cases[i].path, e.text);
		err_release(&e);
		githost_free(h);
	}
}

/* No login, and none comes: the password of another place is never sent. */
static void test_no_login(void **state)
{
	struct githost *h;
	struct err e = ERR_INIT;

	(void)state;
	http.login = NULL;
	logins_refused = 0;
	h = host("/login");
	assert_false(githost_ping(h, &e));
	assert_int_equal(e.code, ERR_NETWORK);
	assert_non_null(strstr(e.text, "authentication required"));
	assert_int_equal(logins_refused, 1);
	err_release(&e);
	githost_free(h);
	http.login = login;
}

static void test_cancelled(void **state)
{
	struct cancel cancel = { 0 };
	struct githost *h;
	struct err e = ERR_INIT;

	(void)state;
	http.cancel = &cancel;
	h = host("/up");
	atomic_store(&cancel.set, true);
	assert_false(githost_ping(h, &e));
	assert_non_null(strstr(e.text, "cancelled"));
	err_release(&e);
	githost_free(h);
	http.cancel = NULL;
}

static int setup(void **state)
{
	static const char *const vars[] = { "GOENV=off", "HOME=/nonexistent", NULL };
	git_repository *repo;

	if (tmp_setup(state))
		return -1;
	env = goenv_new(&(struct goenv_options){ .dir = tmp_dir, .environ = vars }, NULL);
	repo = gitfix_new("up");
	gitfix_commit(repo, "refs/heads/main", (const char *const[]){ "a.go", "package a\n", NULL },
		      1700000000, first);
	gitfix_tag(repo, "v1.0.0", first, NULL);
	gitfix_commit(repo, "refs/heads/main",
		      (const char *const[]){ "go.mod", "module m\n", NULL }, 1700000100, second);
	gitfix_tag(repo, "v1.1.0", second, "release\n");
	git_repository_free(repo);
	httpfix_start(&server, answer, NULL);
	return env ? 0 : -1;
}

static int teardown(void **state)
{
	httpfix_stop(&server);
	arena_release(&server_arena);
	goenv_free(env);
	return tmp_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_no_login),
		cmocka_unit_test(test_cancelled),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
