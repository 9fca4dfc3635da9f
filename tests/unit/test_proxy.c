/* The proxy protocol of one hop (a directory), its URLs, and the activity log. */

#include "httpfix.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/activity.h"
#include "base/cancel.h"
#include "fetch/http.h"
#include "fetch/proxy.h"
#include "gofiles/goenv.h"

#define ESC "example.com/!m/@v"

struct fixture {
	char dir[64];
	struct arena a;
	struct route_hop hop;
	struct activity *log;
	struct proxy p;
};

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/modscope-proxy-XXXXXX");
	if (!mkdtemp(f->dir) ||
	    !route_hop_of_url(&f->a, arena_fmt(&f->a, "file://%s", f->dir), &f->hop, NULL))
		return -1;
	f->log = activity_new();
	f->p = (struct proxy){ .log = f->log, .offline = true };
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	fs_remove_all(f->dir, NULL);
	arena_release(&f->a);
	activity_free(f->log);
	free(f);
	return 0;
}

static void put(struct fixture *f, const char *name, const char *text)
{
	assert_true(fs_write_atomic(path_join(&f->a, f->dir, name), text, strlen(text), 0644, false,
				    NULL));
}

static void test_urls(void **state)
{
	struct proxy escaped = { 0 }, plain = { .plain_urls = true };
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	struct route_hop hop;

	(void)state;
	assert_true(route_hop_of_url(&a, "https://h.example/base", &hop, NULL));
	proxy_url(&escaped, &b, &hop, "example.com/!m/@v/v2.0.0+incompatible.info");
	assert_string_equal(b.data,
			    "https://h.example/base/example.com/%21m/@v/v2.0.0+incompatible.info");
	buf_clear(&b);
	proxy_url(&plain, &b, &hop, "lookup/example.com/!m@v1.0.0");
	/* net/url keeps the "!" only below a bare host */
	assert_string_equal(b.data, "https://h.example/base/lookup/example.com/%21m@v1.0.0");
	buf_clear(&b);
	assert_true(route_hop_of_url(&a, "https://h.example", &hop, NULL));
	proxy_url(&plain, &b, &hop, "lookup/example.com/!m@v1.0.0");
	assert_string_equal(b.data, "https://h.example/lookup/example.com/!m@v1.0.0");
	buf_clear(&b);
	assert_true(route_hop_of_url(&a, "https://h.example//x/../base/?k=v#f", &hop, NULL));
	proxy_url(&escaped, &b, &hop, "m/@v/list");
	assert_string_equal(b.data, "https://h.example/base/m/@v/list?k=v#f");
	arena_release(&a);
	buf_release(&b);
}

static void assert_latest(struct fixture *f, const char *list, const char *want)
{
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;

	put(f, ESC "/list", list);
	if (proxy_latest(&f->p, &f->hop, "example.com/M", NULL, &out, &e))
		assert_string_equal(out.data, want);
	else
		assert_string_equal(e.text, want);
	buf_release(&out);
	err_release(&e);
}

/* Without @latest the newest time counts; a tag without a time never does. */
static void test_latest(void **state)
{
	static const char *const versions[] = { "v1.0.0", "v1.1.0",
						"v0.0.0-20200101000000-aaaaaaaaaaaa",
						"v0.0.0-20210101000000-bbbbbbbbbbbb" };
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(versions); i++)
		put(f, arena_fmt(&f->a, ESC "/%s.info", versions[i]),
		    arena_fmt(&f->a, "{\"Version\":\"%s\"}", versions[i]));
	assert_latest(f, "v1.0.0\nv1.1.0\n", "no commits");
	assert_latest(f, "", "no commits");
	assert_latest(f, "v0.0.0-20200101000000-aaaaaaaaaaaa\nv0.0.0-20210101000000-bbbbbbbbbbbb\n",
		      "{\"Version\":\"v0.0.0-20210101000000-bbbbbbbbbbbb\"}");
	assert_latest(f, "v1.0.0 2022-01-01T00:00:00Z\nv0.0.0-20210101000000-bbbbbbbbbbbb\n",
		      "{\"Version\":\"v1.0.0\"}");
	assert_latest(f, "v1.0.0 2022-01-01T01:00:00+02:00\nv1.1.0 2022-01-01T00:00:00.5Z\n",
		      "{\"Version\":\"v1.1.0\"}");
	/* 30 February is no time, and one digit is an hour */
	assert_latest(f, "v1.0.0 2022-02-30T00:00:00Z\nv1.1.0 2020-01-01T1:00:00,5Z\n",
		      "{\"Version\":\"v1.1.0\"}");
	assert_latest(f, "v1.0.0 nonsense\nv0.0.0-20200101000000-aaaaaaaaaaaa\n",
		      "{\"Version\":\"v0.0.0-20200101000000-aaaaaaaaaaaa\"}");
}

static void test_limits(void **state)
{
	struct fixture *f = *state;
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	char *big = xmalloc(PROXY_MAX_INFO + 2);

	memset(big, ' ', PROXY_MAX_INFO + 1);
	big[PROXY_MAX_INFO + 1] = '\0';
	put(f, ESC "/v3.0.0.info", big);
	assert_false(proxy_info(&f->p, &f->hop, "example.com/M", "v3.0.0", &out, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	err_clear(&e);
	assert_false(proxy_info(&f->p, &f->hop, "../up", "v3.0.0", &out, &e));
	assert_int_equal(e.code, ERR_SYNTAX);
	err_clear(&e);
	put(f, "dir/@v/v1.0.0.mod/file", "");
	assert_false(proxy_mod(&f->p, &f->hop, "dir.example", "v1.0.0/../../../etc", &out, &e));
	assert_int_equal(e.code, ERR_SYNTAX);
	err_release(&e);
	buf_release(&out);
	free(big);
}

static void assert_info(struct fixture *f, const char *rev, enum err_code code, const char *want)
{
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	bool ok = proxy_info(&f->p, &f->hop, "example.com/I", rev, &out, &e);

	assert_int_equal(ok, code == ERR_NONE);
	assert_int_equal(e.code, code);
	if (!strstr(ok ? out.data : e.text, want))
		fail_msg("%s: %s", rev, ok ? out.data : e.text);
	buf_release(&out);
	err_release(&e);
}

/* What stands where a file should be; and proxyRepo.Stat's checks. */
static void test_files(void **state)
{
	struct fixture *f = *state;
	struct cancel cancel = { 0 };

	put(f, "example.com/!i/@v/v1.0.0.info", "{\"Version\":\"v1.0.0\"}");
	put(f, "example.com/!i/@v/v1.1.0.info", "{\"Version\":\"v1.0.0\"}");
	put(f, "example.com/!i/@v/main.info", "{\"Version\":\"v1.2.0\"}");
	put(f, "example.com/!i/@v/v1.2.info", "{\"Version\":\"v1.2.0\"}");
	put(f, "example.com/!i/@v/v1.3.0.info", "<html>");
	put(f, "example.com/!i/@v/v1.4.0.info/x", "");
	put(f, "example.com/!i/@v/v1.6.0.info/x", "");
	assert_int_equal(mkfifo(path_join(&f->a, f->dir, "example.com/!i/@v/v1.5.0.info"), 0600),
			 0);
	assert_info(f, "v1.0.0", ERR_NONE, "v1.0.0");
	assert_info(f, "main", ERR_NONE, "v1.2.0");
	assert_info(f, "v1.2", ERR_NONE, "v1.2.0");
	assert_info(f, "v1.1.0", ERR_SYNTAX,
		    "proxy returned info for version v1.0.0 instead of requested version");
	assert_info(f, "v1.3.0", ERR_SYNTAX, "invalid response from proxy \"file://");
	assert_info(f, "v1.4.0", ERR_NETWORK, ": is a directory");
	assert_info(f, "v1.5.0", ERR_NETWORK, "v1.5.0.info: not a regular file");
	assert_info(f, "v9.0.0", ERR_NOT_FOUND, ": no such file or directory");
	assert_info(f, "none", ERR_NOT_FOUND, "invalid version: reading file://");
	assert_info(f, "v0.0.0-20200101000000-aaaaaaaaaaaa+m", ERR_NOT_FOUND,
		    "invalid pseudo-version: reading file://");
	f->p.cancel = &cancel;
	atomic_store(&cancel.set, true);
	assert_info(f, "v1.0.0", ERR_CANCELLED, ": cancelled");
	f->p.cancel = NULL;
	/* a file in the place of a directory; a name with a NUL byte */
	put(f, "plain", "");
	assert_true(route_hop_of_url(&f->a, arena_fmt(&f->a, "file://%s/plain", f->dir), &f->hop,
				     NULL));
	assert_info(f, "v1.0.0", ERR_NETWORK,
		    "/plain/example.com/!i/@v/v1.0.0.info: not a directory");
	assert_true(route_hop_of_url(&f->a, arena_fmt(&f->a, "file://%s/plain%%00", f->dir),
				     &f->hop, NULL));
	assert_info(f, "v1.0.0", ERR_NETWORK, ": invalid argument");
	assert_true(route_hop_of_url(&f->a, arena_fmt(&f->a, "file://%s", f->dir), &f->hop, NULL));
}

static void test_zips(void **state)
{
	struct fixture *f = *state;
	int ends[2], fd, unwritable;
	struct err e = ERR_INIT;
	bool whole;

	put(f, "example.com/!z/@v/v1.0.0.zip", "0123456789");
	fd = open(path_join(&f->a, f->dir, "to"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	unwritable = open(path_join(&f->a, f->dir, "to"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(pipe(ends), 0);
	assert_true(proxy_zip(&f->p, &f->hop, "example.com/Z", "v1.0.0", fd, "to", &e));
	assert_int_equal(lseek(fd, 0, SEEK_END), 10);
	assert_false(proxy_zip(&f->p, &f->hop, "example.com/Z", "v1.1.0", fd, "to", &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	err_clear(&e);
	assert_false(proxy_zip(&f->p, &f->hop, "example.com/Z", "v1/..", fd, "to", &e));
	assert_int_equal(e.code, ERR_SYNTAX);
	err_clear(&e);
	assert_false(proxy_zip(&f->p, &f->hop, "example.com/Z", "v1.0.0", ends[1], "to", &e));
	assert_string_equal(e.text, "write to: illegal seek");
	err_clear(&e);
	assert_false(proxy_zip(&f->p, &f->hop, "example.com/Z", "v1.0.0", unwritable, "to", &e));
	assert_string_equal(e.text, "write to: invalid argument");
	err_clear(&e);
	close(ends[0]), close(ends[1]), close(fd), close(unwritable);
	/* the head alone */
	assert_true(proxy_zip_head(&f->p, &f->hop, "example.com/Z", "v1.0.0", &whole, &e));
	assert_false(whole);
	assert_false(proxy_zip_head(&f->p, &f->hop, "example.com/Z", "v1.1.0", &whole, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	err_clear(&e);
	assert_false(proxy_zip_head(&f->p, &f->hop, "../z", "v1.1.0", &whole, &e));
	assert_int_equal(e.code, ERR_SYNTAX);
	err_release(&e);
}

static void count_seen(void *ctx, const struct proxy_exchange *x)
{
	(void)x;
	++*(int *)ctx;
}

/* What go keeps of a list that it has read answers for @latest, also a failure. */
static void test_once(void **state)
{
	struct fixture *f = *state;
	int seen = 0;
	struct proxy_once once = { .lists = { 0 } };
	struct proxy_watch watch = {
		.seen = count_seen, .ctx = &seen, .once = &once, .zip_bytes = 4
	};
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	bool whole;

	put(f, "example.com/!o/@v/list", "v1.0.0 2022-01-01T00:00:00Z\n");
	put(f, "example.com/!o/@v/v1.0.0.info", "{\"Version\":\"v1.0.0\"}");
	f->p.watch = &watch;
	assert_true(proxy_list(&f->p, &f->hop, "example.com/O", &out, &e));
	assert_int_equal(seen, 2); /* the .info too */
	assert_true(proxy_list(&f->p, &f->hop, "example.com/O", &out, &e));
	assert_int_equal(seen, 3);
	buf_clear(&out);
	assert_true(proxy_latest(&f->p, &f->hop, "example.com/O", NULL, &out, &e));
	assert_int_equal(seen, 4); /* only @latest */
	assert_string_equal(out.data, "{\"Version\":\"v1.0.0\"}");
	assert_false(proxy_list(&f->p, &f->hop, "example.com/None", &out, &e));
	err_clear(&e);
	assert_false(proxy_latest(&f->p, &f->hop, "example.com/None", NULL, &out, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	err_clear(&e);
	buf_clear(&out);
	assert_true(proxy_zip_head(&f->p, &f->hop, "example.com/Z", "v1.0.0", &whole, &e));
	assert_false(whole);
	watch.zip_bytes = 11;
	assert_true(proxy_zip_head(&f->p, &f->hop, "example.com/Z", "v1.0.0", &whole, &e));
	assert_true(whole);
	f->p.watch = NULL;
	/* a list that the caller knows */
	assert_true(proxy_latest(&f->p, &f->hop, "example.com/O", "v1.0.0 2022-01-01T00:00:00Z\n",
				 &out, &e));
	assert_string_equal(out.data, "{\"Version\":\"v1.0.0\"}");
	assert_false(proxy_latest(&f->p, &f->hop, "example.com/O", "", &out, &e));
	assert_string_equal(e.text, "no commits");
	err_clear(&e);
	put(f, "example.com/!o/@latest", "{");
	assert_false(proxy_latest(&f->p, &f->hop, "example.com/O", NULL, &out, &e));
	assert_int_equal(e.code, ERR_SYNTAX);
	err_clear(&e);
	put(f, "example.com/!o/@latest", "{\"Version\":\"v1.2.3\"}");
	buf_clear(&out);
	assert_true(proxy_latest(&f->p, &f->hop, "example.com/O", NULL, &out, &e));
	assert_string_equal(out.data, "{\"Version\":\"v1.2.3\"}");
	put(f, "example.com/!p/@latest/x", "");
	assert_false(proxy_latest(&f->p, &f->hop, "example.com/P", NULL, &out, &e));
	assert_int_equal(e.code, ERR_NETWORK);
	err_release(&e);
	proxy_once_release(&once);
	buf_release(&out);
}

static struct http *http;

static struct http *give_http(void *ctx)
{
	++*(int *)ctx;
	return http;
}

static void serve(struct httpfix *s, int conn, const struct httpfix_request *q)
{
	(void)s;
	if (str_has_suffix(q->target, "/list"))
		httpfix_text(conn, "200 OK", "", "v1.0.0\n");
	else if (str_has_suffix(q->target, ".zip"))
		httpfix_text(conn, "200 OK", "", "0123456789");
	else if (str_has_suffix(q->target, "/@latest"))
		httpfix_text(conn, "500 Internal Server Error", "Content-Type: text/plain\r\n",
			     "why");
	else
		httpfix_text(conn, "404 Not Found", "", "");
}

/* Nothing is asked of a server where that is not allowed; a request sent ahead is asked once. */
static void test_server(void **state)
{
	static const char *const vars[] = { "GOENV=off", "HOME=/nonexistent", NULL };
	struct fixture *f = *state;
	struct goenv *env = goenv_new(&(struct goenv_options){ .environ = vars }, NULL);
	int asked = 0, seen = 0, fd;
	struct proxy_watch watch = {
		.seen = count_seen, .ctx = &seen, .total_ms = 5000, .zip_bytes = 4
	};
	struct proxy p = { .http = give_http, .http_ctx = &asked, .log = f->log };
	struct buf out = BUF_INIT;
	struct httpfix server;
	struct err e = ERR_INIT;
	struct route_hop hop;
	bool whole;

	httpfix_start(&server, serve, NULL);
	http = http_new(&(struct http_options){ .env = env });
	assert_true(route_hop_of_url(&f->a, arena_fmt(&f->a, "http://127.0.0.1:%d", server.port),
				     &hop, NULL));
	p.offline = true;
	proxy_list_ahead(&p, &hop, "example.com/a");
	assert_false(proxy_list(&p, &hop, "example.com/a", &out, &e));
	assert_non_null(strstr(e.text, "the network is not used (--offline)"));
	err_clear(&e);
	p.offline = false, p.look = true;
	proxy_info_ahead(&p, &hop, "example.com/a", "v1.0.0");
	assert_false(proxy_info(&p, &hop, "example.com/a", "v1.0.0", &out, &e));
	assert_non_null(strstr(e.text, "viewing does not fetch"));
	err_clear(&e);
	p.look = false, p.watch = &watch;
	proxy_mod_ahead(&p, &hop, "example.com/a", "v1.0.0");
	p.watch = NULL;
	proxy_mod_ahead(&p, &f->hop, "example.com/a", "v1.0.0");
	proxy_mod_ahead(&p, &hop, "../a", "v1.0.0");
	p.no_zips = true;
	fd = open(path_join(&f->a, f->dir, "to"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_false(proxy_zip(&p, &hop, "example.com/a", "v1.0.0", fd, "to", &e));
	assert_int_equal(e.code, ERR_OFFLINE);
	err_clear(&e);
	assert_false(proxy_zip_head(&p, &hop, "example.com/a", "v1.0.0", &whole, &e));
	err_clear(&e);
	assert_int_equal(asked, 0);
	p.no_zips = false;
	proxy_list_ahead(&p, &hop, "example.com/a");
	assert_true(proxy_list(&p, &hop, "example.com/a", &out, &e));
	assert_string_equal(out.data, "v1.0.0\n");
	assert_int_equal(atomic_load(&server.served), 1);
	p.watch = &watch;
	assert_true(proxy_zip(&p, &hop, "example.com/a", "v1.0.0", fd, "to", &e));
	assert_int_equal(lseek(fd, 0, SEEK_END), 10);
	assert_true(proxy_zip_head(&p, &hop, "example.com/a", "v1.0.0", &whole, &e));
	assert_false(whole);
	assert_false(proxy_latest(&p, &hop, "example.com/a", NULL, &out, &e));
	assert_int_equal(e.code, ERR_NETWORK);
	assert_non_null(strstr(e.text, "500 Internal Server Error"));
	err_clear(&e);
	assert_false(proxy_mod(&p, &hop, "example.com/a", "v1.0.0", &out, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_int_equal(seen, 4);
	err_release(&e);
	close(fd);
	http_free(http);
	httpfix_stop(&server);
	goenv_free(env);
	buf_release(&out);
}

static void test_log(void **state)
{
	struct activity *log = activity_new();
	struct activity_row *rows = xcalloc(ACTIVITY_MAX, sizeof(*rows)), row;

	(void)state;
	assert_int_equal(activity_since(log, 0, rows, ACTIVITY_MAX), 0);
	for (unsigned i = 0; i < ACTIVITY_MAX + 10; i++) {
		row = activity_begin("get", "https://me:hunter2@h.example/x?token=hunter2");
		activity_end(log, &row, "200 OK", i);
	}
	assert_int_equal(activity_newest(log), ACTIVITY_MAX + 10);
	assert_int_equal(activity_since(log, 0, rows, ACTIVITY_MAX), ACTIVITY_MAX);
	assert_int_equal(rows[0].number, 11);
	assert_int_equal(rows[0].bytes, 10);
	assert_null(strstr(rows[0].target, "hunter2"));
	assert_string_equal(rows[0].result, "200 OK");
	assert_int_equal(activity_since(log, ACTIVITY_MAX + 8, rows, ACTIVITY_MAX), 2);
	assert_int_equal(activity_since(log, 0, rows, 3), 3);
	row = activity_begin("a name that is too long for its place", "");
	activity_end(NULL, &row, "", 0);
	free(rows);
	activity_free(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urls),   cmocka_unit_test(test_latest),
		cmocka_unit_test(test_limits), cmocka_unit_test(test_files),
		cmocka_unit_test(test_zips),   cmocka_unit_test(test_once),
		cmocka_unit_test(test_server), cmocka_unit_test(test_log),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
