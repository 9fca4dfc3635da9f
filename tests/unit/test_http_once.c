/*
 * Several clients that share what servers have answered: how often a question is asked is counted by the server. Nothing depends on
 * time: "/slow" is answered when the test says so.
 */
#include "httpfix.h"
#include "tmpdir.h"

#include "fetch/http_once.h"
#include "gofiles/goenv.h"

#define BIG ((size_t)1 << 20)
#define ASKERS 8

static struct httpfix server;
static struct goenv *env;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool released;
static int begun; /* askers that are about to ask */

static void wait_until(const int *n, int at_least)
{
	pthread_mutex_lock(&mutex);
	while (*n < at_least)
		pthread_cond_wait(&changed, &mutex);
	pthread_mutex_unlock(&mutex);
}

static int slow_asked;

static int times_asked(void)
{
	int n;

	pthread_mutex_lock(&mutex);
	n = slow_asked;
	pthread_mutex_unlock(&mutex);
	return n;
}

static void answer_slowly(int conn)
{
	pthread_mutex_lock(&mutex);
	slow_asked++;
	pthread_cond_broadcast(&changed);
	while (!released)
		pthread_cond_wait(&changed, &mutex);
	pthread_mutex_unlock(&mutex);
	httpfix_text(conn, "200 OK", "", "slow");
}

static void release_slow(bool yes)
{
	pthread_mutex_lock(&mutex);
	released = yes;
	if (!yes)
		slow_asked = begun = 0;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&mutex);
}

static void answer(struct httpfix *s, int conn, const struct httpfix_request *q)
{
	char *big;

	(void)s;
	if (str_eq(q->target, "/slow")) {
		answer_slowly(conn);
	} else if (str_has_prefix(q->target, "/big")) {
		big = xcalloc(1, BIG);
		httpfix_reply(conn, "200 OK", "", big, BIG);
		free(big);
	} else if (str_eq(q->target, "/ok")) {
		httpfix_text(conn, "200 OK", "Content-Type: text/plain\r\n", "hello");
	} else if (str_eq(q->target, "/busy")) {
		httpfix_text(conn, "503 Service Unavailable", "", "");
	} else if (str_eq(q->target, "/cut")) {
		httpfix_raw(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
	} else {
		httpfix_text(conn, "404 Not Found", "Content-Type: text/plain\r\n", "not found: x");
	}
}

static const char *url_of(const char *path)
{
	return arena_fmt(&tmp_arena, "http://127.0.0.1:%d%s", server.port, path);
}

static struct http *client(struct http_once *once)
{
	return http_new(&(struct http_options){
		.env = env, .once = once, .connect_ms = 60000, .stall_ms = 60000, .retry_ms = -1 });
}

/* The body, or the error's words. */
static const char *ask(struct http *h, const char *path)
{
	struct http_answer r;
	struct err e = ERR_INIT;
	const char *text;
	bool ok = http_get(h, &(struct http_request){ .url = url_of(path), .max_bytes = 2 * BIG },
			   &r, &e);

	if (ok && r.status != 200)
		http_status_error(&r, &e);
	text = arena_strdup(&tmp_arena, err_is_set(&e) ? e.text : r.body.len ? r.body.data : "");
	http_answer_release(&r);
	err_release(&e);
	return text;
}

static void test_two_clients(void **state)
{
	static const char *paths[] = { "/ok", "/missing", "/busy", "/cut" };
	struct http_once *once = http_once_new();
	struct http *a = client(once), *b = client(once), *alone = client(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		const char *first, *second;

		atomic_store(&server.served, 0);
		first = ask(a, paths[i]);
		second = ask(b, paths[i]);
		if (!str_eq(first, second) || !str_eq(first, ask(a, paths[i])))
			fail_msg("%s: \"%s\", then \"%s\"", paths[i], first, second);
		assert_int_equal(atomic_load(&server.served), 1);
		assert_string_equal(ask(alone, paths[i]), first);
		assert_int_equal(atomic_load(&server.served), 2);
		http_once_renew(once);
		assert_string_equal(ask(b, paths[i]), first);
		assert_int_equal(atomic_load(&server.served), 3);
	}
	http_free(a);
	http_free(b);
	http_free(alone);
	http_once_free(once);
}

struct asker {
	pthread_t thread;
	struct http *h;
	const char *url;
	struct cancel cancel;
	bool ok;
	enum err_code code;
	char text[16];
};

static void *run_asker(void *arg)
{
	struct asker *x = arg;
	struct http_answer r;
	struct err e = ERR_INIT;

	pthread_mutex_lock(&mutex);
	begun++;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&mutex);
	x->ok = http_get(x->h,
			 &(struct http_request){
				 .url = x->url, .max_bytes = 100, .cancel = &x->cancel },
			 &r, &e);
	x->code = e.code;
	snprintf(x->text, sizeof(x->text), "%s", x->ok ? r.body.data : "");
	http_answer_release(&r);
	err_release(&e);
	return NULL;
}

static void start_asker(struct asker *x, struct http_once *once)
{
	*x = (struct asker){ .h = client(once), .url = url_of("/slow") };
	assert_int_equal(pthread_create(&x->thread, NULL, run_asker, x), 0);
}

static void end_asker(struct asker *x)
{
	pthread_join(x->thread, NULL);
	http_free(x->h);
}

static void test_at_the_same_time(void **state)
{
	struct http_once *once = http_once_new();
	struct asker askers[ASKERS];

	(void)state;
	release_slow(false);
	start_asker(&askers[0], once);
	wait_until(&slow_asked, 1);
	for (int i = 1; i < ASKERS; i++)
		start_asker(&askers[i], once);
	wait_until(&begun, ASKERS);
	release_slow(true);
	for (int i = 0; i < ASKERS; i++) {
		end_asker(&askers[i]);
		assert_true(askers[i].ok);
		assert_string_equal(askers[i].text, "slow");
	}
	assert_int_equal(times_asked(), 1);
	http_once_free(once);
}

/* The second waits for the answer that the first has asked for. */
static void begin_two(struct asker *first, struct asker *second, struct http_once *once)
{
	release_slow(false);
	start_asker(first, once);
	wait_until(&slow_asked, 1);
	start_asker(second, once);
	wait_until(&begun, 2);
}

/* Another one asks then. */
static void test_first_is_cancelled(void **state)
{
	struct http_once *once = http_once_new();
	struct asker first, second;

	(void)state;
	begin_two(&first, &second, once);
	atomic_store(&first.cancel.set, true);
	end_asker(&first);
	assert_false(first.ok);
	assert_int_equal(first.code, ERR_CANCELLED);
	release_slow(true);
	end_asker(&second);
	assert_true(second.ok);
	assert_string_equal(second.text, "slow");
	assert_int_equal(times_asked(), 2);
	http_once_free(once);
}

static void test_waiting_is_cancelled(void **state)
{
	struct http_once *once = http_once_new();
	struct asker first, second;

	(void)state;
	begin_two(&first, &second, once);
	atomic_store(&second.cancel.set, true);
	end_asker(&second);
	assert_false(second.ok);
	assert_int_equal(second.code, ERR_CANCELLED);
	release_slow(true);
	end_asker(&first);
	assert_true(first.ok);
	assert_int_equal(times_asked(), 1);
	http_once_free(once);
}

/* What one client has sent ahead, another may take; it asks itself if that one is gone. */
static void test_ahead(void **state)
{
	struct http_once *once = http_once_new();
	struct http *a = client(once), *b = client(once);
	struct http_request q = { .url = url_of("/ok"), .max_bytes = 2 * BIG };
	struct asker asker;

	(void)state;
	atomic_store(&server.served, 0);
	http_ahead(a, &q);
	http_ahead(b, &q);
	assert_string_equal(ask(b, "/ok"), "hello");
	assert_string_equal(ask(a, "/ok"), "hello");
	assert_int_equal(atomic_load(&server.served), 1);
	release_slow(false);
	http_ahead(a, &(struct http_request){ .url = url_of("/slow"), .max_bytes = 100 });
	wait_until(&slow_asked, 1);
	start_asker(&asker, once);
	wait_until(&begun, 1);
	http_free(a);
	release_slow(true);
	end_asker(&asker);
	assert_true(asker.ok);
	assert_string_equal(asker.text, "slow");
	assert_int_equal(times_asked(), 2);
	http_free(b);
	http_once_free(once);
}

/* The oldest of many large answers are dropped. */
static void test_bound(void **state)
{
	struct http_once *once = http_once_new();
	struct http *a = client(once);

	(void)state;
	for (int i = 0; i < 40; i++)
		ask(a, arena_fmt(&tmp_arena, "/big%d", i));
	atomic_store(&server.served, 0);
	ask(a, "/big39");
	ask(a, "/big34");
	assert_int_equal(atomic_load(&server.served), 0);
	ask(a, "/big0");
	assert_int_equal(atomic_load(&server.served), 1);
	http_free(a);
	http_once_free(once);
}

static bool take(void *ctx, const void *data, size_t len, struct err *e)
{
	(void)e;
	buf_add(ctx, data, len);
	return true;
}

static bool restart(void *ctx, struct err *e)
{
	(void)e;
	buf_clear(ctx);
	return true;
}

/* Another length is read, or the answer goes elsewhere: these are questions of their own. */
static void test_other_questions(void **state)
{
	struct http_once *once = http_once_new();
	struct http *a = client(once);
	struct buf b = BUF_INIT;
	struct http_answer r;

	(void)state;
	atomic_store(&server.served, 0);
	ask(a, "/ok");
	assert_false(http_get(a, &(struct http_request){ .url = url_of("/ok"), .max_bytes = 2 }, &r,
			      NULL));
	http_answer_release(&r);
	assert_true(http_get(a,
			     &(struct http_request){ .url = url_of("/ok"),
						     .max_bytes = 2 * BIG,
						     .sink = take,
						     .restart = restart,
						     .ctx = &b },
			     &r, NULL));
	http_answer_release(&r);
	assert_string_equal(b.data, "hello");
	assert_int_equal(atomic_load(&server.served), 3);
	buf_release(&b);
	http_free(a);
	http_once_free(once);
}

static int setup(void **state)
{
	return httpfix_setup_env(state, &server, answer, &env);
}

static int teardown(void **state)
{
	goenv_free(env);
	return httpfix_teardown(state, &server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_clients),
		cmocka_unit_test(test_at_the_same_time),
		cmocka_unit_test(test_first_is_cancelled),
		cmocka_unit_test(test_ahead),
		cmocka_unit_test(test_waiting_is_cancelled),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_other_questions),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
