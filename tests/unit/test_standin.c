/* The proxy on loopback that plays a drill's fault, over plain sockets; and the small files beside it. */

#include "tmpdir.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>

#include "gofiles/goenv.h"
#include "offline/schedule.h"
#include "offline/settings.h"
#include "offline/standin.h"

/* A running stand-in: its settings once it was ready, and its requests. */
struct play {
	struct standin_options o;
	struct goenv *env;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t told;
	bool is_ready, joined, ok, logins;
	struct err e;
	char goproxy[300], gosumdb[300];
	struct buf served;
};

static void on_ready(void *ctx, const char *goproxy, const char *gosumdb, bool logins)
{
	struct play *p = ctx;

	pthread_mutex_lock(&p->mutex);
	snprintf(p->goproxy, sizeof(p->goproxy), "%s", goproxy);
	snprintf(p->gosumdb, sizeof(p->gosumdb), "%s", gosumdb);
	p->logins = logins;
	p->is_ready = true;
	pthread_cond_signal(&p->told);
	pthread_mutex_unlock(&p->mutex);
}

static void on_served(void *ctx, const char *path, int status)
{
	struct play *p = ctx;

	buf_addf(&p->served, "%d %s\n", status, path);
}

static void *run(void *arg)
{
	struct play *p = arg;

	p->ok = standin_run(&p->o, &p->e);
	pthread_mutex_lock(&p->mutex);
	p->is_ready = true;
	pthread_cond_signal(&p->told);
	pthread_mutex_unlock(&p->mutex);
	return NULL;
}

static struct cancel stopped; /* by this */

/* Starts a stand-in that ends after count requests. */
static void begin(struct play *p, const char *goproxy, const char *gosumdb,
		  struct drill_fault fault, uint64_t count)
{
	const char *vars[] = { arena_fmt(&tmp_arena, "HOME=%s", tmp_dir),
			       arena_fmt(&tmp_arena, "GOPROXY=%s", goproxy),
			       arena_fmt(&tmp_arena, "GOSUMDB=%s", gosumdb), "GOENV=off", NULL };

	*p = (struct play){ .mutex = PTHREAD_MUTEX_INITIALIZER, .told = PTHREAD_COND_INITIALIZER };
	buf_init(&p->served);
	p->env = goenv_new(&(struct goenv_options){ .environ = vars }, NULL);
	p->o = (struct standin_options){ .env = p->env,
					 .fault = fault,
					 .total_ms = 60000,
					 .for_ms = 600000,
					 .count = count,
					 .cancel = &stopped,
					 .ready = on_ready,
					 .served = on_served,
					 .ctx = p };
	assert_int_equal(pthread_create(&p->thread, NULL, run, p), 0);
	pthread_mutex_lock(&p->mutex);
	while (!p->is_ready)
		pthread_cond_wait(&p->told, &p->mutex);
	pthread_mutex_unlock(&p->mutex);
}

static void join(struct play *p)
{
	pthread_join(p->thread, NULL);
	p->joined = true;
}

static void end(struct play *p)
{
	if (!p->joined)
		join(p);
	goenv_free(p->env);
	buf_release(&p->served);
	err_release(&p->e);
}

static int port_of(const char *url)
{
	const char *at = strstr(url, "http://127.0.0.1:");

	return at ? (int)strtol(at + strlen("http://127.0.0.1:"), NULL, 10) : 0;
}

/* Returns the whole answer; "" if the connection just closes. */
static const char *ask(int port, const char *request)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port),
				  .sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct buf b = BUF_INIT;
	const char *answer;
	char piece[4096];
	ssize_t n;

	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
	shutdown(fd, SHUT_WR);
	while ((n = recv(fd, piece, sizeof(piece), 0)) > 0)
		buf_add(&b, piece, (size_t)n);
	close(fd);
	answer = arena_strndup(&tmp_arena, b.data ? b.data : "", b.len);
	buf_release(&b);
	return answer;
}

static void test_status(void **state)
{
	struct play p;
	int port;

	(void)state;
	begin(&p, "http://a.test,http://u:secret@b.test|direct", "off",
	      (struct drill_fault){ .hop = 0, .status = 410 }, 2);
	port = port_of(p.goproxy);
	assert_string_equal(p.goproxy, arena_fmt(&tmp_arena, "http://127.0.0.1:%d,%s", port,
						 "http://u:xxxxx@b.test|direct"));
	assert_true(p.logins);
	/* these do not count */
	assert_string_equal(ask(port, "POST /a HTTP/1.1\r\n\r\n"), "");
	assert_string_equal(ask(port, "GET /../a HTTP/1.1\r\n\r\n"), "");
	assert_string_equal(ask(port, "GET /a\x1b[2J HTTP/1.1\r\n\r\n"), "");
	assert_string_equal(ask(port, "GET a HTTP/1.1\r\n\r\n"), "");
	assert_string_equal(ask(port, ""), "");
	assert_string_equal(ask(port, "GET /a\x7f HTTP/1.1\r\n\r\n"), "");
	assert_string_equal(ask(port, "GET /a\\b HTTP/1.1\r\n\r\n"), "");
	assert_string_equal(ask(port, "GET /a HTTP/1.1\r\nHost: x\r\n"), "");
	assert_string_equal(ask(port, "GET /a"), "");
	assert_string_equal(ask(port,
				arena_fmt(&tmp_arena, "GET /a HTTP/1.1\r\nX: %020000d\r\n\r\n", 1)),
			    "");
	assert_true(str_has_prefix(ask(port, "GET /example.com/a/@v/list HTTP/1.1\r\n\r\n"),
				   "HTTP/1.1 410 Gone\r\n"));
	assert_true(str_has_prefix(ask(port, "GET /b HTTP/1.1\r\nHost: x\r\n\r\n"),
				   "HTTP/1.1 410 Gone\r\n"));
	join(&p);
	assert_true(p.ok);
	assert_string_equal(p.served.data, "410 /example.com/a/@v/list\n410 /b\n");
	end(&p);
}

/* A slow hop is asked, and its answer is passed on. */
static void test_slow(void **state)
{
	const char *hop = settings_file_url(&tmp_arena, tmp_path("proxy"));
	const char *zip;
	struct play p;
	int port;

	(void)state;
	tmp_write("proxy/example.com/a/@v/v1.0.0.info", "{\"Version\":\"v1.0.0\"}");
	tmp_write("proxy/example.com/a/@v/v1.0.0.zip", "not a zip, but its bytes");
	begin(&p, arena_fmt(&tmp_arena, "off|%s", hop), "off",
	      (struct drill_fault){ .hop = 0, .slow_ms = 1 }, 1);
	join(&p);
	assert_false(p.ok); /* off ends the list, and is not a proxy */
	assert_string_equal(p.e.text, "hop 1 is off, which is no proxy");
	assert_int_equal(p.e.code, ERR_USAGE);
	end(&p);
	begin(&p, hop, "off", (struct drill_fault){ .hop = 0, .slow_ms = 1 }, 3);
	port = port_of(p.goproxy);
	assert_non_null(strstr(ask(port, "GET /example.com/a/@v/v1.0.0.info HTTP/1.1\r\n\r\n"),
			       "\r\n\r\n{\"Version\":\"v1.0.0\"}"));
	zip = ask(port, "GET /example.com/a/@v/v1.0.0.zip HTTP/1.1\r\n\r\n");
	assert_non_null(strstr(zip, "Content-Length: 24\r\n"));
	assert_non_null(strstr(zip, "\r\n\r\nnot a zip, but its bytes"));
	assert_true(str_has_prefix(ask(port, "GET /example.com/a/@latest HTTP/1.1\r\n\r\n"),
				   "HTTP/1.1 404 Not Found\r\n"));
	end(&p);
}

/* What the hop answers else: that it is not there, that it refuses; no name of a zip that a cache has. */
static void test_hop_fails(void **state)
{
	char *before = getenv("TMPDIR") ? xstrdup(getenv("TMPDIR")) : NULL;
	struct play p;
	int port;

	(void)state;
	unsetenv("TMPDIR");
	begin(&p, "http://127.0.0.1:1", "off", (struct drill_fault){ .hop = 0, .slow_ms = 1 }, 3);
	port = port_of(p.goproxy);
	assert_true(str_has_prefix(ask(port, "GET /example.com/a/@v/v1.0.0.zip HTTP/1.1\r\n\r\n"),
				   "HTTP/1.1 502 Bad Gateway\r\n"));
	assert_true(str_has_prefix(ask(port, "GET /example.com/A/@v/v1.0.0.zip HTTP/1.1\r\n\r\n"),
				   "HTTP/1.1 502 Bad Gateway\r\n"));
	assert_true(str_has_prefix(ask(port, "GET /example.com/a/@v/V1.zip HTTP/1.1\r\n\r\n"),
				   "HTTP/1.1 502 Bad Gateway\r\n"));
	join(&p);
	assert_true(p.ok);
	end(&p);
	if (before)
		setenv("TMPDIR", before, 1);
	free(before);
}

/* Who started it ends it. */
static void test_ends(void **state)
{
	struct play p;

	(void)state;
	begin(&p, "http://a.test", "off", (struct drill_fault){ .hop = 0, .status = 410 }, 0);
	assert_true(str_has_prefix(ask(port_of(p.goproxy), "GET /a HTTP/1.1\r\n\r\n"),
				   "HTTP/1.1 410 Gone\r\n"));
	atomic_store(&stopped.set, true);
	join(&p);
	atomic_store(&stopped.set, false);
	assert_true(p.ok);
	end(&p);
}

/* A hop that is down does not answer; neither does the database. */
static void test_down(void **state)
{
	struct play p;

	(void)state;
	begin(&p, "http://a.test,direct", "sum.golang.org https://sum.test",
	      (struct drill_fault){ .hop = 0, .sumdb = true }, 2);
	assert_string_equal(p.gosumdb,
			    arena_fmt(&tmp_arena, "sum.golang.org http://127.0.0.1:%d/sumdb-down",
				      port_of(p.goproxy)));
	assert_false(p.logins);
	assert_string_equal(ask(port_of(p.goproxy), "GET /a HTTP/1.1\r\n\r\n"), "");
	assert_string_equal(ask(port_of(p.gosumdb), "GET /sumdb-down/latest HTTP/1.1\r\n\r\n"), "");
	end(&p);
}

static void assert_unusable(const char *goproxy, const char *gosumdb, struct drill_fault f,
			    const char *words)
{
	struct play p;

	begin(&p, goproxy, gosumdb, f, 1);
	join(&p);
	assert_false(p.ok);
	assert_string_equal(p.e.text, words);
	end(&p);
}

static void test_unusable_faults(void **state)
{
	(void)state;
	assert_unusable("http://a.test", "off", (struct drill_fault){ .hop = 1 },
			"there is no hop 2: GOPROXY has 1 hop");
	assert_unusable("http://a.test,http://b.test", "off", (struct drill_fault){ .hop = 2 },
			"there is no hop 3: GOPROXY has 2 hops");
	assert_unusable("http://a.test,direct", "off", (struct drill_fault){ .hop = 1 },
			"hop 2 is direct, which is no proxy: --vcs down plays its fault");
	assert_unusable("http://a.test", "off",
			(struct drill_fault){ .hop = DRILL_NO_HOP, .sumdb = true },
			"GOSUMDB is off: go does not ask the checksum database");
}

static void test_settings(void **state)
{
	struct goenv *env, *changed;
	struct arena a = ARENA_INIT;

	(void)state;
	assert_string_equal(settings_file_url(&a, "/home/a b/\xc3\xa4%?#+~"),
			    "file:///home/a%20b/%C3%A4%25%3F%23%2B~");
	setenv("GOPROXY", "http://old.test", 1);
	setenv("GOPROXYX", "kept", 1);
	env = goenv_new(&(struct goenv_options){ 0 }, NULL);
	changed = settings_with(env, &a, (const char *[]){ "GOPROXY=http://new.test", NULL }, NULL);
	assert_string_equal(goenv_get(env, "GOPROXY"), "http://old.test");
	assert_string_equal(goenv_get(changed, "GOPROXY"), "http://new.test");
	goenv_free(changed);
	goenv_free(env);
	arena_release(&a);
}

static void test_schedule(void **state)
{
	static const char *const kinds[] = { "systemd", "cron", "github", "gitlab" };
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		buf_clear(&b);
		assert_true(schedule_text(&b, kinds[i], "/srv/a", "build,tidy"));
		assert_non_null(strstr(b.data, "build,tidy"));
	}
	buf_clear(&b);
	assert_false(schedule_text(&b, "at", "/srv/a", "build"));
	assert_int_equal(b.len, 0);
	/* % starts a new line in a crontab, and a specifier in systemd's units */
	assert_true(schedule_text(&b, "cron", "/srv/50%", "build"));
	assert_non_null(strstr(b.data, "50\\%"));
	buf_clear(&b);
	assert_true(schedule_text(&b, "systemd", "/srv/50%", "build"));
	assert_non_null(strstr(b.data, "50%%"));
	buf_clear(&b);
	assert_true(schedule_text(&b, "systemd", "/a $b\"c\\d", "build"));
	assert_non_null(strstr(b.data, "\"/a $$b\\\"c\\\\d\""));
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status),	  cmocka_unit_test(test_slow),
		cmocka_unit_test(test_down),	  cmocka_unit_test(test_unusable_faults),
		cmocka_unit_test(test_hop_fails), cmocka_unit_test(test_ends),
		cmocka_unit_test(test_settings),  cmocka_unit_test(test_schedule),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
