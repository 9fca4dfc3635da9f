/* git over http from a scripted server on loopback: lists, single commits, redirects, logins, errors, and what is then in our copy. */
#include "gitfix.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "base/text.h"
#include "fetch/direct_http.h"
#include "fetch/http_gzip.h"
#include "git/githost.h"
#include "gofiles/goenv.h"

#define MAX_ASKED 64u
#define LIST "application/x-git-upload-pack-advertisement"
#define RESULT "application/x-git-upload-pack-result"

static char commit[GITFIX_HEX];
static struct buf pack = BUF_INIT;
static struct goenv *env;

/* Answers each request by `answer`, on one connection each, and keeps the requests. */
static struct server {
	void (*answer)(const char *request, struct buf *out);
	int fd, port;
	pthread_t thread;
	pthread_mutex_t mutex;
	atomic_size_t n; /* of asked, which is written before it grows */
	char *asked[MAX_ASKED];
} server = { .mutex = PTHREAD_MUTEX_INITIALIZER };

static bool read_request(int fd, struct buf *b)
{
	char piece[4096], *end, *length;
	size_t want = SIZE_MAX;
	ssize_t n;

	while (b->len < want && (n = read(fd, piece, sizeof(piece))) > 0) {
		buf_add(b, piece, (size_t)n);
		end = strstr(b->data, "\r\n\r\n");
		length = strstr(b->data, "Content-Length: ");
		if (end)
			want = (size_t)(end - b->data) + 4 +
			       (length ? strtoul(length + 16, NULL, 10) : 0);
	}
	return b->len >= want;
}

static void *serve(void *ctx)
{
	int fd;

	(void)ctx;
	while ((fd = accept(server.fd, NULL, NULL)) >= 0) {
		struct buf in = BUF_INIT, out = BUF_INIT;
		ssize_t n = 1;

		if (read_request(fd, &in)) {
			pthread_mutex_lock(&server.mutex);
			if (server.n < MAX_ASKED) {
				server.asked[server.n] = xstrdup(in.data);
				server.n++;
			}
			server.answer(in.data, &out);
			pthread_mutex_unlock(&server.mutex);
		}
		for (size_t at = 0; n > 0 && at < out.len; at += (size_t)n)
			n = send(fd, out.data + at, out.len - at, MSG_NOSIGNAL);
		shutdown(fd, SHUT_WR);
		close(fd);
		buf_release(&in);
		buf_release(&out);
	}
	return NULL;
}

static void begin(void (*answer)(const char *request, struct buf *out))
{
	pthread_mutex_lock(&server.mutex);
	server.answer = answer;
	while (server.n) {
		server.n--;
		free(server.asked[server.n]);
	}
	pthread_mutex_unlock(&server.mutex);
}

static void add_packet(struct buf *b, const char *data, size_t len)
{
	buf_addf(b, "%04zx", len + 4);
	buf_add(b, data, len);
}

static void add_text(struct buf *b, const char *text)
{
	add_packet(b, text, strlen(text));
}

static void send_body(struct buf *out, const char *type, const struct buf *body, size_t claimed)
{
	buf_addf(out,
		 "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
		 "Connection: close\r\n\r\n",
		 type, claimed);
	buf_add(out, body->data, body->len);
}

static void send_status(struct buf *out, const char *status, const char *header)
{
	buf_addf(out, "HTTP/1.1 %s\r\n%sContent-Length: 6\r\nConnection: close\r\n\r\nsecret",
		 status, header);
}

static void send_list_of(struct buf *out, const char *capabilities, unsigned branches)
{
	struct buf b = BUF_INIT, line = BUF_INIT;

	add_text(&b, "# service=git-upload-pack\n");
	buf_addstr(&b, "0000");
	buf_addf(&line, "%s HEAD", commit);
	buf_addch(&line, 0);
	buf_addf(&line, "%s\n", capabilities);
	add_packet(&b, line.data, line.len);
	for (unsigned i = 0; i < branches; i++)
		add_text(&b, arena_fmt(&tmp_arena, "%s refs/heads/b%u\n", commit, i));
	add_text(&b, arena_fmt(&tmp_arena, "%s refs/heads/main\n", commit));
	add_text(&b, arena_fmt(&tmp_arena, "%s refs/pull/1/head\n", commit));
	add_text(&b, arena_fmt(&tmp_arena, "%s refs/tags/v1.0.0\n", commit));
	buf_addstr(&b, "0000");
	send_body(out, LIST, &b, b.len);
	buf_release(&line);
	buf_release(&b);
}

static void send_list(struct buf *out, const char *capabilities)
{
	send_list_of(out, capabilities, 0);
}

#define CAPABILITIES "side-band-64k ofs-delta shallow no-progress"

/* The pack; only half of it if it is to end early. */
static void send_pack(const char *request, struct buf *out, bool half)
{
	struct buf b = BUF_INIT, piece = BUF_INIT;
	size_t claimed;

	if (strstr(request, "deepen 1")) {
		add_text(&b, arena_fmt(&tmp_arena, "shallow %s", commit));
		buf_addstr(&b, "0000");
	}
	add_text(&b, "NAK\n");
	buf_addch(&piece, 1);
	buf_add(&piece, pack.data, pack.len);
	add_packet(&b, piece.data, piece.len);
	buf_addstr(&b, "0000");
	claimed = b.len;
	if (half)
		buf_truncate(&b, b.len - pack.len / 2);
	send_body(out, RESULT, &b, claimed);
	buf_release(&piece);
	buf_release(&b);
}

static void well(const char *request, struct buf *out)
{
	if (str_has_prefix(request, "GET "))
		send_list(out, CAPABILITIES);
	else
		send_pack(request, out, false);
}

static void refuses(const char *request, struct buf *out)
{
	if (strstr(request, "Authorization: Basic dTpwdw==\r\n"))
		well(request, out);
	else
		send_status(out, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n");
}

static void moves(const char *request, struct buf *out)
{
	if (strstr(request, " /r/"))
		send_status(out, "302 Found",
			    "Location: /new/x.git/info/refs?service=git-upload-pack\r\n");
	else if (strstr(request, " /new/x.git/"))
		well(request, out);
	else
		send_status(out, "404 Not Found", "");
}

static void turns(const char *request, struct buf *out)
{
	(void)request;
	send_status(out, "302 Found", "Location: /r/info/refs?service=git-upload-pack\r\n");
}

static void is_missing(const char *request, struct buf *out)
{
	(void)request;
	send_status(out, "404 Not Found", "");
}

static void is_a_page(const char *request, struct buf *out)
{
	struct buf b = BUF_INIT;

	(void)request;
	buf_addstr(&b, "<html>");
	send_body(out, "text/html", &b, b.len);
	buf_release(&b);
}

static void is_sha256(const char *request, struct buf *out)
{
	(void)request;
	send_list(out, CAPABILITIES " object-format=sha256");
}

static void cuts(const char *request, struct buf *out)
{
	if (str_has_prefix(request, "GET "))
		send_list(out, CAPABILITIES);
	else
		send_pack(request, out, true);
}

/* Whoever asks for a commit without its history is refused, in the words of a server. */
static void is_old(const char *request, struct buf *out)
{
	struct buf b = BUF_INIT;

	if (!strstr(request, "deepen 1")) {
		well(request, out);
		return;
	}
	add_text(&b, "ERR no shallow fetches here\n");
	send_body(out, RESULT, &b, b.len);
	buf_release(&b);
}

#define BRANCHES 40u

static unsigned wants; /* of the last request that was compressed */

static void count_wants(const char *request)
{
	const char *length = strstr(request, "Content-Length: "),
		   *data = strstr(request, "\r\n\r\n") + 4;
	struct buf body = BUF_INIT;

	buf_add(&body, data, strtoul(length + 16, NULL, 10));
	assert_true(http_gzip_decode(&body, 1 << 20, NULL));
	for (const char *at = body.data; (at = strstr(at, "want ")); at++)
		wants++;
	buf_release(&body);
}

/* is_old, with so many branches that a request for all of them is long. */
static void has_many(const char *request, struct buf *out)
{
	wants = 0;
	if (str_has_prefix(request, "GET ")) {
		send_list_of(out, CAPABILITIES, BRANCHES);
		return;
	}
	if (strstr(request, "Content-Encoding: gzip\r\n"))
		count_wants(request);
	is_old(request, out);
}

static bool no_login(void *ctx, const char *url, const char **user, const char **password)
{
	(void)ctx;
	(void)url;
	(void)user;
	(void)password;
	return false;
}

static int refusals;

/* GOAUTH would give another login now. */
static bool was_refused(void *ctx, const char *url)
{
	(void)ctx;
	(void)url;
	refusals++;
	return true;
}

/* The login is known once a server has refused. */
static bool login_after(void *ctx, const char *url, const char **user, const char **password)
{
	(void)ctx;
	(void)url;
	*user = "u";
	*password = refusals ? "pw" : "wrong";
	return true;
}

static struct direct_http http;

static struct githost *host(const char *own, const char *path)
{
	const char *url = arena_fmt(&tmp_arena, "http://127.0.0.1:%d%s", server.port, path);

	return githost_new(&(struct githost_options){ .url = url,
						      .real_url = url,
						      .own_dir = tmp_path(own),
						      .cancel = http.cancel,
						      .http = direct_http_new,
						      .http_param = &http });
}

static void fails(const char *own, const char *path, enum err_code code, const char *words)
{
	struct githost *h = host(own, path);
	struct err e = ERR_INIT;

	assert_false(githost_ping(h, &e));
	if (e.code != code || !strstr(e.text, words))
		fail_msg("%d: %s", e.code, e.text);
	assert_null(strstr(e.text, "secret"));
	err_release(&e);
	githost_free(h);
}

/* The file of the tag's commit, or the error. */
static const char *gomod(struct githost *h, const char *rev)
{
	struct err e = ERR_INIT;
	const char *out;
	char *data;
	size_t len;

	out = githost_read(h, rev, &tmp_arena, "go.mod", 1000, &data, &len, &e)
		      ? data
		      : arena_strdup(&tmp_arena, e.text);
	err_release(&e);
	return out;
}

static const char *asked(size_t i)
{
	return i < server.n ? server.asked[i] : "";
}

static void lists_and_fetches(void **state)
{
	char sum[GITHOST_SUM_LEN + 1];
	const struct githost_rev *rev;
	struct githost_tag *tags;
	struct githost *h;
	size_t n;

	(void)state;
	begin(well);
	h = host("own", "/r/");
	assert_true(githost_tags(h, &tmp_arena, "v", &tags, &n, sum, NULL));
	assert_int_equal(n, 1);
	assert_string_equal(tags[0].name, "v1.0.0");
	assert_string_equal(tags[0].hash, commit);
	assert_true(githost_stat(h, "v1.0.0", &rev, NULL));
	assert_string_equal(rev->hash, commit);
	assert_string_equal(rev->ref, "refs/tags/v1.0.0");
	assert_int_equal(rev->time, 1700000000);
	assert_string_equal(gomod(h, "v1.0.0"), "module m\n");
	assert_int_equal(server.n, 2);
	assert_true(str_has_prefix(asked(0), "GET /r/info/refs?service=git-upload-pack HTTP/1.1"));
	assert_non_null(strstr(asked(0), "User-Agent: git/"));
	assert_true(str_has_prefix(asked(1), "POST /r/git-upload-pack HTTP/1.1"));
	assert_non_null(strstr(asked(1), arena_fmt(&tmp_arena, "want %s ", commit)));
	assert_non_null(strstr(asked(1), "deepen 1\n"));
	githost_free(h);
}

/* After lists_and_fetches: contents by hash need no server, names do. */
static void reads_its_copy(void **state)
{
	const char *digits = arena_fmt(&tmp_arena, "%.12s", commit);
	struct githost *h;

	(void)state;
	begin(is_missing);
	h = host("own", "/r/");
	githost_reads(h, true);
	assert_string_equal(gomod(h, digits), "module m\n");
	assert_string_equal(gomod(h, commit), "module m\n");
	assert_int_equal(server.n, 0);
	assert_non_null(strstr(gomod(h, "v1.0.0"), "status 404"));
	githost_reads(h, false);
	assert_non_null(strstr(gomod(h, digits), "status 404"));
	githost_free(h);
	h = host("other", "/r/");
	githost_reads(h, true);
	assert_non_null(strstr(gomod(h, digits), "status 404"));
	githost_free(h);
}

static void follows(void **state)
{
	struct githost *h;

	(void)state;
	begin(moves);
	h = host("moved", "/r");
	assert_string_equal(gomod(h, "v1.0.0"), "module m\n");
	assert_int_equal(server.n, 3);
	assert_true(str_has_prefix(asked(2), "POST /new/x.git/git-upload-pack "));
	githost_free(h);
	begin(turns);
	fails("turns", "/r", ERR_NETWORK, "redirects");
	assert_int_equal(server.n, 11);
}

static void logs_in(void **state)
{
	struct githost *h;

	(void)state;
	begin(refuses);
	fails("refused", "/r", ERR_NETWORK, "authentication required");
	assert_int_equal(server.n, 1);
	http.login = login_after;
	http.refused = was_refused;
	begin(refuses);
	h = host("login", "/r");
	assert_string_equal(gomod(h, "v1.0.0"), "module m\n");
	githost_free(h);
	assert_int_equal(refusals, 1);
	assert_int_equal(server.n, 3);
	assert_null(strstr(asked(0), "dTpwdw=="));
	/* a server that is never content is asked three times */
	http.login = no_login;
	begin(refuses);
	fails("never", "/r", ERR_NETWORK, "authentication required");
	assert_int_equal(server.n, 3);
	http.refused = NULL;
}

static void fails_clearly(void **state)
{
	(void)state;
	begin(is_missing);
	fails("missing", "/r", ERR_NETWORK, "the server answered with status 404");
	begin(is_a_page);
	fails("page", "/r", ERR_NETWORK, "not a git repository");
	begin(is_sha256);
	fails("sha256", "/r", ERR_NOT_HERE, "named by SHA-256");
}

/* A pack that ends early leaves nothing that counts; the next fetch begins anew. */
static void is_cut(void **state)
{
	struct githost *h;

	(void)state;
	begin(cuts);
	h = host("cut", "/r");
	assert_null(strstr(gomod(h, "v1.0.0"), "module m"));
	githost_free(h);
	begin(well);
	h = host("cut", "/r");
	githost_reads(h, true);
	assert_string_equal(gomod(h, "v1.0.0"), "module m\n");
	assert_int_equal(server.n, 2);
	githost_free(h);
}

static void falls_back(void **state)
{
	struct githost *h;

	(void)state;
	begin(is_old);
	h = host("old", "/r");
	assert_string_equal(gomod(h, "v1.0.0"), "module m\n");
	assert_non_null(strstr(asked(1), "deepen 1\n"));
	assert_true(server.n > 2);
	assert_null(strstr(asked(server.n - 1), "deepen"));
	githost_free(h);
}

static void compresses(void **state)
{
	struct githost *h;

	(void)state;
	begin(has_many);
	h = host("many", "/r");
	assert_string_equal(gomod(h, "v1.0.0"), "module m\n");
	assert_null(strstr(asked(1), "Content-Encoding"));
	assert_non_null(strstr(asked(server.n - 1), "Content-Encoding: gzip\r\n"));
	assert_int_equal(wants, BRANCHES + 3);
	githost_free(h);
}

static void is_cancelled(void **state)
{
	struct cancel cancel = { 0 };

	(void)state;
	atomic_store(&cancel.set, true);
	http.cancel = &cancel;
	begin(well);
	fails("cancelled", "/r", ERR_CANCELLED, "cancelled");
	assert_int_equal(server.n, 0);
	http.cancel = NULL;
}

static void build_pack(git_repository *repo)
{
	git_packbuilder *builder;
	git_buf out = { 0 };
	git_oid id;

	gitfix_must(git_packbuilder_new(&builder, repo));
	gitfix_must(git_oid_fromstr(&id, commit));
	gitfix_must(git_packbuilder_insert_commit(builder, &id));
	gitfix_must(git_packbuilder_write_buf(&out, builder));
	buf_add(&pack, out.ptr, out.size);
	git_buf_dispose(&out);
	git_packbuilder_free(builder);
}

static int make(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const char *vars[] = { "PATH=/bin", NULL, NULL };
	socklen_t len = sizeof(at);
	git_repository *repo;

	if (tmp_setup(state) != 0)
		return -1;
	repo = gitfix_new("m");
	gitfix_commit(repo, "refs/heads/main",
		      (const char *const[]){ "go.mod", "module m\n", NULL }, 1700000000, commit);
	build_pack(repo);
	git_repository_free(repo);
	vars[1] = arena_fmt(&tmp_arena, "HOME=%s/home", tmp_dir);
	env = goenv_new(&(struct goenv_options){ .dir = tmp_dir, .environ = vars }, NULL);
	http = (struct direct_http){ .env = env, .login = no_login };
	server.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(server.fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(server.fd, 16), 0);
	assert_int_equal(getsockname(server.fd, (struct sockaddr *)&at, &len), 0);
	server.port = ntohs(at.sin_port);
	return pthread_create(&server.thread, NULL, serve, NULL);
}

static int unmake(void **state)
{
	begin(well);
	shutdown(server.fd, SHUT_RDWR);
	pthread_join(server.thread, NULL);
	close(server.fd);
	buf_release(&pack);
	goenv_free(env);
	return tmp_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_and_fetches), cmocka_unit_test(reads_its_copy),
		cmocka_unit_test(follows),	     cmocka_unit_test(logs_in),
		cmocka_unit_test(fails_clearly),     cmocka_unit_test(is_cut),
		cmocka_unit_test(falls_back),	     cmocka_unit_test(compresses),
		cmocka_unit_test(is_cancelled),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}
