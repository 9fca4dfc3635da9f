/*
 * A repository behind git's own protocol, served by git upload-pack on loopback: each answer, asked alone and after others, is that for the same
 * repository on this machine. Then servers that do not keep to the protocol. Skipped where there is no git.
 */
#include "gitfix.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "git/githost.h"

extern char **environ;

static char first[GITFIX_HEX], second[GITFIX_HEX], third[GITFIX_HEX], side[GITFIX_HEX];

/* Serves each connection in turn until told to stop. */
static struct server {
	pthread_t thread;
	int fd, port;
	const char *dir;  /* of the repository */
	const char *says; /* instead, and closes; NULL: upload-pack */
	size_t says_len;
	atomic_int served;
} server;

static bool has_git(void)
{
	return system("git --version >/dev/null 2>&1") == 0;
}

/* "001fgit-upload-pack /x\0host=..." */
static bool read_request(int conn)
{
	char head[5] = "", rest[1000];
	unsigned long n;

	if (recv(conn, head, 4, MSG_WAITALL) != 4)
		return false;
	n = strtoul(head, NULL, 16);
	return n > 4 && n < sizeof(rest) && recv(conn, rest, n - 4, MSG_WAITALL) == (ssize_t)n - 4;
}

static void upload(int conn, const char *dir)
{
	char *argv[] = { (char[]){ "git" }, (char[]){ "upload-pack" }, (char *)(uintptr_t)dir,
			 NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, conn, 0);
	posix_spawn_file_actions_adddup2(&actions, conn, 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, "git", &actions, NULL, argv, environ) == 0)
		waitpid(pid, NULL, 0);
	posix_spawn_file_actions_destroy(&actions);
}

static void *serve(void *ctx)
{
	int conn;

	(void)ctx;
	while ((conn = accept(server.fd, NULL, NULL)) >= 0) {
		if (read_request(conn)) {
			atomic_fetch_add(&server.served, 1);
			if (!server.says)
				upload(conn, server.dir);
			else if (server.says_len)
				send(conn, server.says, server.says_len, MSG_NOSIGNAL);
		}
		close(conn);
	}
	return NULL;
}

static void start(const char *dir, const char *says, size_t len)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);

	server.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(server.fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(server.fd, 8), 0);
	assert_int_equal(getsockname(server.fd, (struct sockaddr *)&at, &n), 0);
	server.port = ntohs(at.sin_port);
	server.dir = dir;
	server.says = says;
	server.says_len = len;
	atomic_store(&server.served, 0);
	assert_int_equal(pthread_create(&server.thread, NULL, serve, NULL), 0);
}

static void stop(void)
{
	shutdown(server.fd, SHUT_RDWR);
	pthread_join(server.thread, NULL);
	close(server.fd);
}

static void make(void)
{
	git_repository *repo = gitfix_new("up");
	git_reference *ref;
	git_oid id;

	gitfix_commit(repo, "refs/heads/main", (const char *const[]){ "a.go", "package a\n", NULL },
		      1700000000, first);
	gitfix_tag(repo, "v1.0.0", first, NULL);
	gitfix_must(git_oid_fromstr(&id, first));
	gitfix_must(git_reference_create(&ref, repo, "refs/heads/side", &id, 0, NULL));
	git_reference_free(ref);
	gitfix_commit(repo, "refs/heads/main",
		      (const char *const[]){ "go.mod", "module m\n", "a.go", "package a\n", NULL },
		      1700000100, second);
	gitfix_tag(repo, "v1.1.0", second, "release\n");
	gitfix_tag(repo, "sub/v0.1.0", second, NULL);
	gitfix_commit(repo, "refs/heads/main",
		      (const char *const[]){ "go.mod", "module m\n", "dir/x", "xx", NULL },
		      1700000200, third);
	gitfix_commit(repo, "refs/heads/side", (const char *const[]){ "s", "side\n", NULL },
		      1700000300, side);
	gitfix_tag(repo, "v2.0.0", side, NULL);
	git_repository_free(repo);
}

static struct githost *host(bool local, const char *own)
{
	const char *url = local ? arena_fmt(&tmp_arena, "file://%s/up", tmp_dir)
				: arena_fmt(&tmp_arena, "git://127.0.0.1:%d/up", server.port);

	return githost_new(&(struct githost_options){
		.url = url, .real_url = url, .own_dir = tmp_path(own), .patience_ms = 60000 });
}

static bool any_tag(void *ctx, const char *tag)
{
	(void)ctx;
	return tag[0] == 'v';
}

enum verb { STAT, LATEST, TAGS, SUM, TAGS_OF, READ, RECENT, DESCENDS, FETCH, PING };

struct question {
	enum verb verb;
	const char *rev, *arg;
};

static const char *rev_text(const struct githost_rev *r)
{
	return arena_fmt(&tmp_arena, "%s %s %s %lld", r->hash, r->version, r->ref,
			 (long long)r->time);
}

static const char *tags_text(struct githost *h, const char *prefix, struct err *e)
{
	char sum[GITHOST_SUM_LEN + 1];
	struct githost_tag *tags;
	const char *out;
	size_t n;

	if (!githost_tags(h, &tmp_arena, prefix, &tags, &n, sum, e))
		return NULL;
	out = arena_strdup(&tmp_arena, sum);
	for (size_t i = 0; i < n; i++)
		out = arena_fmt(&tmp_arena, "%s\n%s %s", out, tags[i].name, tags[i].hash);
	return out;
}

static const char *tags_of_text(struct githost *h, const char *rev, struct err *e)
{
	const struct githost_rev *r;
	const char **tags, *out = "";
	size_t n;

	if (!githost_stat(h, rev, &r, e))
		return NULL;
	githost_tags_of(h, r, &tmp_arena, &tags, &n);
	for (size_t i = 0; i < n; i++)
		out = arena_fmt(&tmp_arena, "%s %s", out, tags[i]);
	return out;
}

static const char *rest_text(struct githost *h, const struct question *q, struct err *e)
{
	const struct githost_rev *r;
	char sum[GITHOST_SUM_LEN + 1], *data;
	const char *tag;
	size_t len;
	bool yes;

	switch (q->verb) {
	case SUM: return githost_sum(h, sum, e) ? arena_strdup(&tmp_arena, sum) : NULL;
	case READ:
		return githost_read(h, q->rev, &tmp_arena, q->arg, 5, &data, &len, e)
			       ? arena_fmt(&tmp_arena, "%zu %s", len, data)
			       : NULL;
	case RECENT:
		return githost_stat(h, q->rev, &r, e) &&
				       githost_recent_tag(h, r->hash, &tmp_arena, q->arg, any_tag,
							  NULL, &tag, e)
			       ? tag
			       : NULL;
	case DESCENDS:
		if (!githost_stat(h, q->rev, &r, e) ||
		    !githost_descends(h, r->hash, &(struct githost_tag){ "t", q->arg }, &yes, e))
			return NULL;
		return yes ? "yes" : "no";
	case FETCH: return githost_fetch(h, e) ? "fetched" : NULL;
	default: return githost_ping(h, e) ? "here" : NULL;
	}
}

/* The answer, or "CODE" of the error, and its words where they do not name the host. */
static const char *ask(struct githost *h, const struct question *q)
{
	const struct githost_rev *r;
	struct err e = ERR_INIT;
	const char *out;

	switch (q->verb) {
	case STAT: out = githost_stat(h, q->rev, &r, &e) ? rev_text(r) : NULL; break;
	case LATEST: out = githost_latest(h, &r, &e) ? rev_text(r) : NULL; break;
	case TAGS: out = tags_text(h, q->arg, &e); break;
	case TAGS_OF: out = tags_of_text(h, q->rev, &e); break;
	default: out = rest_text(h, q, &e);
	}
	assert_true((out != NULL) != err_is_set(&e));
	if (!out)
		out = arena_fmt(&tmp_arena, "%d %s", (int)e.code,
				e.code == ERR_NOT_FOUND || e.code == ERR_LIMIT ||
						e.code == ERR_SYNTAX
					? e.text
					: "");
	err_release(&e);
	return out;
}

static const struct question questions[] = {
	{ STAT, "v1.0.0", "" },
	{ STAT, "v1.1.0", "" },
	{ STAT, "main", "" },
	{ STAT, "side", "" },
	{ STAT, "HEAD", "" },
	{ STAT, first, "" },
	{ STAT, second, "" },
	{ STAT, "none", "" },
	{ STAT, "0123456789abcdef0123456789abcdef01234567", "" },
	{ LATEST, "", "" },
	{ TAGS, "", "" },
	{ TAGS, "", "v1" },
	{ TAGS, "", "sub/" },
	{ SUM, "", "" },
	{ TAGS_OF, second, "" },
	{ TAGS_OF, "v1.0.0", "" },
	{ TAGS_OF, "main", "" },
	{ READ, "v1.1.0", "go.mod" },
	{ READ, "main", "dir/x" },
	{ READ, "main", "dir" },
	{ READ, "v1.0.0", "go.mod" },
	{ READ, "v1.1.0", "a.go" },
	{ READ, "side", "s" },
	{ READ, "none", "s" },
	{ RECENT, "main", "" },
	{ RECENT, "side", "" },
	{ RECENT, "v1.1.0", "" },
	{ RECENT, first, "" },
	{ RECENT, "main", "none/" },
	{ DESCENDS, "main", first },
	{ DESCENDS, "side", second },
	{ DESCENDS, "v1.1.0", second },
	{ FETCH, "", "" },
	{ PING, "", "" },
};

static void assert_same_answer(struct githost *remote, struct githost *local, size_t i,
			       const char *when)
{
	const char *want = ask(local, &questions[i]), *have = ask(remote, &questions[i]);

	if (!str_eq(have, want))
		fail_msg("question %zu, %s: \"%s\", not \"%s\"", i, when, have, want);
}

/* Each question is the first to an empty store of ours, then once more to what is there by then. */
static void test_alone(void **state)
{
	(void)state;
	if (!has_git()) {
		print_message("skipped: there is no git\n");
		skip();
	}
	start(tmp_path("up"), NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(questions); i += 3) {
		struct githost *remote, *local = host(true, "own");

		assert_true(fs_remove_all(tmp_path("own"), NULL));
		remote = host(false, "own");
		assert_same_answer(remote, local, i, "alone");
		githost_free(remote);
		remote = host(false, "own");
		assert_same_answer(remote, local, i, "again");
		githost_free(remote);
		githost_free(local);
	}
	stop();
}

/* All questions to one host, forwards and backwards; of what is complete nothing more is fetched. */
static void test_together(void **state)
{
	struct githost *remote, *local;
	int served;

	(void)state;
	if (!has_git())
		skip();
	local = host(true, "own");
	start(tmp_path("up"), NULL, 0);
	assert_true(fs_remove_all(tmp_path("own"), NULL));
	remote = host(false, "own");
	for (size_t i = 0; i < ARRAY_LEN(questions); i++)
		assert_same_answer(remote, local, i, "forwards");
	githost_free(remote);
	githost_free(local); /* what was asked before counts, as in go */
	local = host(true, "own");
	remote = host(false, "own");
	for (size_t i = ARRAY_LEN(questions); i-- > 0;)
		assert_same_answer(remote, local, i, "backwards");
	githost_free(remote);
	/* one connection for the list; everything else is here */
	served = atomic_load(&server.served);
	remote = host(false, "own");
	assert_same_answer(remote, local, 5, "complete");
	assert_int_equal(atomic_load(&server.served), served + 1);
	githost_free(remote);
	githost_free(local);
	stop();
}

#define ZERO_LINE "0000000000000000000000000000000000000000"

static void test_wrong_servers(void **state)
{
	static const struct {
		const char *says;
		size_t len;
		enum err_code code;
		const char *words;
	} cases[] = {
		{ "", 0, ERR_NETWORK, "" },
		{ "0000", 4, ERR_NOT_FOUND, "" },
		{ "zzzz", 4, ERR_NETWORK, "" },
		{ "0010ERR go away", 15, ERR_NETWORK, "" },
		{ "003b" ZERO_LINE " HEAD\0x y", 40, ERR_NETWORK, "" },
		{ "0063" ZERO_LINE
		  " capabilities^{}\0object-format=sha256 agent=git/2.40.0 xxx\n0000",
		  103, ERR_NOT_HERE, "SHA-256" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct githost_rev *r;
		struct githost *h;
		struct err e = ERR_INIT;

		assert_true(fs_remove_all(tmp_path("own"), NULL));
		start(NULL, cases[i].says, cases[i].len);
		h = host(false, "own");
		assert_false(githost_stat(h, "v1.0.0", &r, &e));
		if (e.code != cases[i].code || !strstr(e.text, cases[i].words))
			fail_msg("case %zu: %d %s", i, (int)e.code, e.text);
		githost_free(h);
		err_release(&e);
		stop();
	}
}

/* What may not be asked. */
static void test_forbidden(void **state)
{
	const struct githost_rev *r;
	struct githost *h = githost_new(
		&(struct githost_options){ .url = "git://127.0.0.1:1/x",
					   .real_url = "git://127.0.0.1:1/x",
					   .own_dir = tmp_path("own"),
					   .offline = true });
	struct err e = ERR_INIT;

	(void)state;
	assert_false(githost_stat(h, "v1.0.0", &r, &e));
	assert_int_equal(e.code, ERR_OFFLINE);
	err_clear(&e);
	githost_free(h);
	h = githost_new(&(struct githost_options){ .url = "git://127.0.0.1:1/x",
						   .real_url = "git://127.0.0.1:1/x" });
	assert_false(githost_latest(h, &r, &e));
	assert_int_equal(e.code, ERR_NOT_HERE);
	assert_string_equal(githost_url(h), "git://127.0.0.1:1/x");
	err_release(&e);
	githost_free(h);
	githost_free(NULL);
}

/* insteadOf has been applied by the caller: once more, it leads to nobody. */
static int setup(void **state)
{
	if (tmp_setup(state))
		return -1;
	setenv("HOME", tmp_dir, 1);
	tmp_write(".gitconfig", "[url \"git://127.0.0.1:1/\"]\n\tinsteadOf = git://127.0.0.1:\n");
	make();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_together),
		cmocka_unit_test(test_wrong_servers),
		cmocka_unit_test(test_forbidden),
	};

	return cmocka_run_group_tests(tests, setup, tmp_teardown);
}
