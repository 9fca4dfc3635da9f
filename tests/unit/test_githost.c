#include "gitfix.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "git/gitclone.h"
#include "git/githost.h"

/* A socket on loopback that accepts connections and sends nothing. */
static int listen_silently(int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static void ask(const char *scheme, int port, const struct cancel *cancel, int patience_ms,
		enum err_code code, const char *words)
{
	const char *url = arena_fmt(&tmp_arena, "%s://127.0.0.1:%d/x", scheme, port);
	struct githost *h = githost_new(&(struct githost_options){ .url = url,
								   .real_url = url,
								   .own_dir = tmp_path("own"),
								   .cancel = cancel,
								   .patience_ms = patience_ms });
	struct err e = ERR_INIT;

	assert_false(githost_ping(h, &e));
	assert_int_equal(e.code, code);
	assert_non_null(strstr(e.text, words));
	err_release(&e);
	githost_free(h);
}

static void test_silent(void **state)
{
	int port, fd = listen_silently(&port);

	(void)state;
	ask("ssh", port, NULL, 1, ERR_NETWORK, "the server does not answer");
	ask("git", port, NULL, 1, ERR_NETWORK, "the server does not answer");
	close(fd);
	ask("ssh", port, NULL, 0, ERR_NETWORK, "failed to connect to 127.0.0.1: ");
	ask("git", port, NULL, 0, ERR_NETWORK, "failed to connect to 127.0.0.1: ");
}

/* Cancels once somebody connects. */
struct canceller {
	struct cancel cancel;
	int fd, conn;
};

static void *cancel_later(void *ctx)
{
	struct canceller *c = ctx;

	c->conn = accept(c->fd, NULL, NULL);
	atomic_store(&c->cancel.set, true);
	return NULL;
}

static void test_cancelled(void **state)
{
	static const char *const schemes[] = { "ssh", "git" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		struct canceller c = { .fd = -1 };
		pthread_t thread;
		int port;

		c.fd = listen_silently(&port);
		assert_int_equal(pthread_create(&thread, NULL, cancel_later, &c), 0);
		ask(schemes[i], port, &c.cancel, 0, ERR_CANCELLED, "cancelled");
		pthread_join(thread, NULL);
		close(c.conn);
		close(c.fd);
	}
}

/* Our copy that cannot be opened is removed only where it is half a one: without HEAD, which libgit2 writes last. */
static void test_own_copy(void **state)
{
	static const char url[] = "git://127.0.0.1:1/x";
	const char *dir = gitclone_dir(&tmp_arena, "own", url);
	const char *config = arena_fmt(&tmp_arena, "%s/config", dir);
	const char *lock = arena_fmt(&tmp_arena, "%s/config.lock", dir);

	(void)state;
	ask("git", 1, NULL, 0, ERR_NETWORK, "failed to connect to 127.0.0.1: ");
	assert_non_null(tmp_read(config));
	tmp_write(config, "[core");
	tmp_write(lock, "");
	ask("git", 1, NULL, 0, ERR_REFUSED, "failed to parse config file");
	assert_non_null(tmp_read(lock));
	unlink(tmp_path(arena_fmt(&tmp_arena, "%s/HEAD", dir)));
	ask("git", 1, NULL, 0, ERR_NETWORK, "failed to connect to 127.0.0.1: ");
	assert_null(tmp_read(lock));
}

static void test_not_there(void **state)
{
	const char *url = arena_fmt(&tmp_arena, "file://%s/none", tmp_dir);
	struct githost *h = githost_new(&(struct githost_options){ .url = url, .real_url = url });
	struct err e = ERR_INIT;

	(void)state;
	assert_false(githost_ping(h, &e));
	assert_int_equal(e.code, ERR_NETWORK);
	assert_non_null(strstr(e.text, "does not appear to be a git repository"));
	err_release(&e);
	githost_free(h);
}

/* What git opens, and libgit2 does not, is named. */
static void test_formats(void **state)
{
	static const char *const says[][2] = {
		{ "x.bundle", "it is a bundle, which libgit2 does not read" },
		{ "reftable.git", "its refs are in the reftable format, which libgit2 " },
		{ "sha256.git", "its objects are named by SHA-256, which libgit2 " },
		{ "file", " does not appear to be a git repository" },
		{ "none", " does not appear to be a git repository" },
	};

	(void)state;
	tmp_write("x.bundle",
		  "# v2 git bundle\n0123456789012345678901234567890123456789 HEAD\n\nPACK");
	tmp_write("file", "# v2 git");
	git_repository_free(gitfix_new("reftable.git"));
	git_repository_free(gitfix_new("sha256.git"));
	tmp_write("reftable.git/config",
		  "[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefStorage = reftable\n");
	tmp_write("sha256.git/config",
		  "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256\n");
	for (size_t i = 0; i < ARRAY_LEN(says); i++) {
		struct githost *h = githost_new(&(struct githost_options){
			.url = "https://h.test/x", .real_url = tmp_path(says[i][0]) });
		struct err e = ERR_INIT;

		assert_false(githost_ping(h, &e));
		assert_non_null(strstr(e.text, says[i][1]));
		err_release(&e);
		githost_free(h);
	}
}

/* Extensions that change nothing in objects and refs. */
static void test_extensions(void **state)
{
	static const char *const names[] = { "worktreeConfig = true",	 "preciousObjects = true",
					     "partialClone = true",	 "objectFormat = sha1",
					     "relativeWorktrees = true", "refStorage = files" };

	(void)state;
	git_repository_free(gitfix_new("ext.git"));
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct githost *h = githost_new(&(struct githost_options){
			.url = "https://h.test/x", .real_url = tmp_path("ext.git") });
		struct err e = ERR_INIT;

		tmp_write("ext.git/config",
			  arena_fmt(&tmp_arena,
				    "[core]\n\trepositoryformatversion = 1\n\tbare = true\n"
				    "[extensions]\n\t%s\n",
				    names[i]));
		if (!githost_ping(h, &e))
			fail_msg("%s: %s", names[i], e.text);
		githost_free(h);
	}
}

/* As git's enter_repo does: checked with git ls-remote. */
static void test_slashes(void **state)
{
	static const char *const good[] = { "s.git", "s", "s/", "s.git///" };

	(void)state;
	git_repository_free(gitfix_new("s.git"));
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct githost *h = githost_new(&(struct githost_options){
			.url = "https://h.test/x", .real_url = tmp_path(good[i]) });

		assert_true(githost_ping(h, NULL));
		githost_free(h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_silent),	 cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_own_copy), cmocka_unit_test(test_not_there),
		cmocka_unit_test(test_formats),	 cmocka_unit_test(test_extensions),
		cmocka_unit_test(test_slashes),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
