/* Servers that do not answer, or late: nobody waits for them twice. What is given up while it waits. */
#include "httpfix.h"

#include "fetch/http.h"
#include "fetch/http_silence.h"

static struct httpfix server;
static struct goenv *env;
static int held[64];
static atomic_int n_held;

static void answer(struct httpfix *s, int conn, const struct httpfix_request *q)
{
	(void)s;
	if (str_has_prefix(q->target, "/held/")) {
		held[n_held] = dup(conn); /* without a word, and open */
		atomic_fetch_add(&n_held, 1);
	} else if (str_eq(q->target, "/busy"))
		httpfix_text(conn, "503 Service Unavailable", "", "");
	else if (str_eq(q->target, "/many"))
		httpfix_text(conn, "429 Too Many Requests", "", "");
	else if (str_eq(q->target, "/505"))
		httpfix_text(conn, "505 HTTP Version Not Supported", "", "");
	else if (str_eq(q->target, "/empty-location"))
		httpfix_text(conn, "302 Found", "Location: \r\n", "");
	else if (str_eq(q->target, "/bad-gzip"))
		httpfix_text(conn, "404 Not Found",
			     "Content-Encoding: gzip\r\nContent-Type: text/plain\r\n",
			     "this is no gzip");
	else if (str_eq(q->target, "/old"))
		httpfix_raw(conn, "HTTP/1.0 200 OK\r\n\r\nold");
	else
		httpfix_text(conn, "200 OK", "", "here");
}

static void let_go(void)
{
	while (n_held > 0)
		close(held[--n_held]);
}

static const char *url_of(int port, const char *path)
{
	return arena_fmt(&tmp_arena, "http://127.0.0.1:%d%s", port, path);
}

static struct http *client(int stall_ms, int retry_ms)
{
	return http_new(&(struct http_options){
		.env = env, .connect_ms = 900, .stall_ms = stall_ms, .retry_ms = retry_ms });
}

/* The body, or the error's words after the URL. */
static const char *get(struct http *h, const char *url, struct cancel *cancel)
{
	struct http_answer r;
	struct err e = ERR_INIT;
	const char *text;

	if (http_get(h, &(struct http_request){ .url = url, .max_bytes = 100, .cancel = cancel },
		     &r, &e) &&
	    r.status != 200)
		http_status_error(&r, &e);
	text = err_is_set(&e) ? strstr(e.text, ": ") : r.body.data;
	text = arena_strdup(&tmp_arena, text ? text : "");
	http_answer_release(&r);
	err_release(&e);
	return str_has_prefix(text, ": ") ? text + 2 : text;
}

/* As many questions as make the engine gather answers: all end with the first that has waited long enough. */
static void test_silent_host(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), n_late = 0, n_given_up = 0;
	struct http *h = client(1000, 1);
	socklen_t len = sizeof(at);
	const char *urls[20];

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&at, len) | listen(fd, 64) |
				 getsockname(fd, (struct sockaddr *)&at, &len),
			 0);
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		urls[i] = url_of(ntohs(at.sin_port), arena_fmt(&tmp_arena, "/m%zu/@v/list", i));
		http_ahead(h, &(struct http_request){ .url = urls[i], .max_bytes = 100 });
	}
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		const char *text = get(h, urls[i], NULL);

		n_late += str_eq(text, "no answer in time");
		n_given_up += str_eq(text, "the server does not answer any more");
	}
	assert_int_equal(n_late + n_given_up, ARRAY_LEN(urls));
	assert_true(n_late > 0);
	/* and it is not asked again */
	assert_string_equal(get(h, url_of(ntohs(at.sin_port), "/x"), NULL),
			    "the server does not answer any more");
	http_free(h);
	close(fd);
}

/* A module about which nothing comes, from a server that answers otherwise. */
static void test_silent_module(void **state)
{
	struct http *h = client(1000, 1);
	const char *list = url_of(server.port, "/held/m/@v/list");

	(void)state;
	http_ahead(h, &(struct http_request){ .url = list, .max_bytes = 100 });
	while (!atomic_load(&n_held))
		usleep(1000);
	assert_string_equal(get(h, url_of(server.port, "/n/@v/list"), NULL), "here");
	assert_string_equal(get(h, list, NULL), "no answer in time");
	assert_string_equal(get(h, url_of(server.port, "/held/m/@v/v1.0.0.info"), NULL),
			    "not asked, as another answer about the module has not come in time");
	assert_string_equal(get(h, url_of(server.port, "/n/@v/v1.0.0.info"), NULL), "here");
	http_free(h);
	let_go();
}

/* Requests that nobody takes end with the client: one that waits for its answer, one for its turn, one to be repeated. */
static void test_left(void **state)
{
	struct http *h = http_new(
		&(struct http_options){ .env = env, .retry_ms = 60000, .per_host = 1 });

	(void)state;
	atomic_store(&server.served, 0);
	http_ahead(h,
		   &(struct http_request){ .url = url_of(server.port, "/busy"), .max_bytes = 100 });
	http_ahead(h, &(struct http_request){ .url = url_of(server.port, "/held/a"),
					      .max_bytes = 100 });
	http_ahead(h, &(struct http_request){ .url = url_of(server.port, "/held/b"),
					      .max_bytes = 100 });
	while (atomic_load(&server.served) < 2)
		usleep(1000);
	http_free(h);
	assert_int_equal(atomic_load(&server.served), 2);
	let_go();
}

/* Cancelled while it waits to be repeated. */
static void test_cancelled(void **state)
{
	struct http *h = client(60000, 60000);
	struct cancel cancel = { 0 };
	struct http_request q = { .url = url_of(server.port, "/busy"),
				  .max_bytes = 100,
				  .cancel = &cancel };

	(void)state;
	atomic_store(&server.served, 0);
	http_ahead(h, &q);
	while (!atomic_load(&server.served))
		usleep(1000);
	usleep(20000);
	atomic_store(&cancel.set, true);
	assert_string_equal(get(h, q.url, &cancel), "context canceled");
	http_free(h);
}

/* Which answers are asked for again, as often as the client does; and odd ones. */
static void test_answers(void **state)
{
	static const struct {
		const char *path, *text;
		int served;
	} rows[] = {
		{ "/busy", "503 Service Unavailable", 3 },
		{ "/many", "429 Too Many Requests", 3 },
		{ "/505", "505 HTTP Version Not Supported", 1 },
		{ "/empty-location", "302 Found", 1 },
		{ "/bad-gzip", "404 Not Found", 1 },
		{ "/old", "old", 1 },
	};
	struct http *h = client(60000, 1);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		atomic_store(&server.served, 0);
		assert_string_equal(get(h, url_of(server.port, rows[i].path), NULL), rows[i].text);
		assert_int_equal(atomic_load(&server.served), rows[i].served);
	}
	http_free(h);
}

/* MODSCOPE_PATIENCE, in seconds. */
static void test_patience(void **state)
{
	static const struct {
		const char *set;
		int usual, want;
	} rows[] = {
		{ "1", 5000, 1000 }, { "3600", 0, 3600000 }, { "3601", 5000, 5000 },
		{ "0", 5000, 5000 }, { "-1", 0, 60000 },     { "x", 0, 60000 },
		{ "", 7, 7 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *vars[] = { "GOENV=off",
				       arena_fmt(&tmp_arena, "MODSCOPE_PATIENCE=%s", rows[i].set),
				       NULL };
		struct goenv *other = goenv_new(&(struct goenv_options){ .environ = vars }, NULL);

		assert_int_equal(http_silence_patience(other, rows[i].usual), rows[i].want);
		goenv_free(other);
	}
}

static void test_modules(void **state)
{
	struct http_silence s = { 0 };

	(void)state;
	http_silence_add(&s, "http://h/m/@v/list");
	http_silence_add(&s, "http://h/m/@latest");
	http_silence_add(&s, "http://h/n/@v/v1.0.0.zip"); /* a large one */
	http_silence_add(&s, "http://h/sumdb/x");
	assert_true(http_silence_has(&s, "http://h/m/@v/v1.0.0.mod"));
	assert_false(http_silence_has(&s, "http://h/mm/@v/v1.0.0.mod"));
	assert_false(http_silence_has(&s, "http://h/n/@v/v1.0.0.mod"));
	assert_false(http_silence_has(&s, "http://h/sumdb/x"));
	http_silence_release(&s);
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
		cmocka_unit_test(test_silent_host), cmocka_unit_test(test_silent_module),
		cmocka_unit_test(test_left),	    cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_answers),	    cmocka_unit_test(test_patience),
		cmocka_unit_test(test_modules),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
