/* The proxy protocol of one hop (a directory), its URLs, and the activity log. */

#include "unit.h"

#include "base/activity.h"
#include "base/fs.h"
#include "fetch/proxy.h"

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
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_latest),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_log),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
