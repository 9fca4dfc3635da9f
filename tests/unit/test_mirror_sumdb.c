/* The part of the checksum database in a mirror's tree, compared with a database made here and served from a directory. If go is installed, it
 * looks up versions in that tree alone. */

#include "tmpdir.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

#include "base/map.h"
#include "gofiles/goenv.h"
#include "offline/mirror_impl.h"
#include "testdb.h"

#define MOD_SUM "h1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
#define ZIP_SUM "h1:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="

static void begin(struct mirror *m, const char *target)
{
	mirror_begin(m, &(struct mirror_options){ .target = tmp_path(target) });
}

/* The checksum database. */

static struct testdb db;
static const char *gosumdb;

/* Writes all tiles of the trees of these sizes. */
static void serve(const int64_t *sizes, size_t n)
{
	const char *dir = tmp_path("server");

	for (size_t i = 0; i < n; i++)
		testdb_write_tiles(&db, dir, sizes[i]);
}

static void serve_lookup(int version, int64_t size)
{
	testdb_write_lookup(&db, tmp_path("server"),
			    arena_fmt(&tmp_arena, "example.com/m@v0.0.%d", version), version, size);
}

static int set_up_db(void **state)
{
	if (tmp_setup(state))
		return -1;
	testdb_init(&db, "db.example/x");
	for (int i = 0; i < 900; i++) {
		const char *v = arena_fmt(&tmp_arena, "example.com/m v0.0.%d", i);

		testdb_add(&db,
			   arena_fmt(&tmp_arena, "%s %s\n%s/go.mod %s\n", v, ZIP_SUM, v, MOD_SUM));
	}
	gosumdb = arena_fmt(&tmp_arena, "%s file://%s", db.verifier, tmp_path("server"));
	return 0;
}

static int tear_down_db(void **state)
{
	testdb_release(&db);
	return tmp_teardown(state);
}

static struct goenv *settings(void)
{
	const char *vars[] = { arena_fmt(&tmp_arena, "HOME=%s", tmp_path("home")),
			       arena_fmt(&tmp_arena, "GOPATH=%s", tmp_path("gopath")),
			       arena_fmt(&tmp_arena, "GOSUMDB=%s", gosumdb),
			       "GOENV=off",
			       "GOPROXY=off",
			       "GOFLAGS=",
			       NULL };

	return goenv_new(&(struct goenv_options){ .environ = vars }, NULL);
}

/* Mirrors these versions; returns what was unsure, or "". */
static const char *mirror_of(const char *target, const int *versions, size_t n)
{
	struct goenv *env = settings();
	struct mirror m;
	struct err e = ERR_INIT;
	const char *unsure;

	begin(&m, target);
	for (size_t i = 0; i < n; i++) {
		struct mirror_version *v = arena_calloc(&m.arena, 1, sizeof(*v));

		v->mod = (struct modver){ "example.com/m",
					  arena_fmt(&m.arena, "v0.0.%d", versions[i]) };
		map_put(&m.versions, v->mod.version, v);
	}
	if (!mirror_sumdb_add(&m, env, &e))
		fail_msg("%s", e.text);
	unsure = arena_strdup(&tmp_arena, m.unsure);
	mirror_release(&m);
	goenv_free(env);
	return unsure;
}

static const char *tree_file(const char *target, const char *name)
{
	return tmp_read(arena_fmt(&tmp_arena, "%s/sumdb/db.example/x/%s", target, name));
}

static bool have_go(void)
{
	return system("command -v go >/dev/null 2>&1") == 0;
}

/* Runs go mod download, which reads the lookup before it can download anything. If go accepts the database, it goes on and finds
 * that the zip has another hash. */
static void assert_go_is_content(const char *target, const char *gopath, int version)
{
	const char *dir = tmp_path("project"), *out = tmp_path("go.out");
	const char *v = arena_fmt(&tmp_arena, "v0.0.%d", version);
	const char *at = arena_fmt(&tmp_arena, "%s/example.com/m/@v/%s", target, v);

	if (!have_go()) {
		print_message("skipped: go is not installed, so that it is not asked\n");
		return;
	}
	tmp_write(arena_fmt(&tmp_arena, "%s.info", at),
		  arena_fmt(&tmp_arena, "{\"Version\":\"%s\"}", v));
	tmp_write(arena_fmt(&tmp_arena, "%s.mod", at), "module example.com/m\n");
	tmp_write("project/go.mod", "module example.com/main\n\ngo 1.20\n");
	assert_int_not_equal(
		system(arena_fmt(
			&tmp_arena,
			"cd %s && chmod -R u+w %s/mod 2>/dev/null; rm -rf %s/mod; env -i PATH=\"$PATH\" HOME=%s GOPATH=%s "
			"GOMODCACHE=%s/mod GOTOOLCHAIN=local GOENV=off GOPROXY=file://%s GOSUMDB='%s' go mod download "
			"example.com/m@%s >%s 2>&1",
			dir, tmp_dir, tmp_dir, tmp_path("home"), tmp_path(gopath), tmp_dir,
			tmp_path(target), db.verifier, v, out)),
		0);
	if (!strstr(tmp_read("go.out"), "checksum mismatch"))
		fail_msg("%s", tmp_read("go.out"));
}

/* Lookups with tree heads of several ages: all get the newest head, and its tiles prove them. */
static void test_heads(void **state)
{
	const char *head = testdb_head(&db, 700);

	(void)state;
	serve((const int64_t[]){ 300, 700 }, 2);
	serve_lookup(5, 300);
	serve_lookup(290, 700);
	assert_string_equal(mirror_of("tree", (const int[]){ 5, 290 }, 2), "");
	assert_string_equal(tree_file("tree", "latest"), head);
	assert_string_equal(tree_file("tree", "supported"), "");
	assert_non_null(strstr(tree_file("tree", "lookup/example.com/m@v0.0.5"), head));
	assert_non_null(strstr(tree_file("tree", "lookup/example.com/m@v0.0.290"), head));
	assert_non_null(tree_file("tree", "tile/8/0/000"));
	assert_non_null(tree_file("tree", "tile/8/0/002.p/188"));
	assert_non_null(tree_file("tree", "tile/8/1/000.p/2"));
	assert_go_is_content("tree", "go-of-tree", 5);
	free((char *)head);
}

/* go remembers a newer head than that of any lookup. */
static void test_head_of_go(void **state)
{
	char *head = testdb_head(&db, 800);

	(void)state;
	serve((const int64_t[]){ 800 }, 1);
	tmp_write("gopath/pkg/sumdb/db.example/x/latest", head);
	assert_string_equal(mirror_of("tree", (const int[]){ 5, 290 }, 2), "");
	assert_string_equal(tree_file("tree", "latest"), head);
	assert_non_null(strstr(tree_file("tree", "lookup/example.com/m@v0.0.5"), head));
	assert_non_null(tree_file("tree", "tile/8/0/003.p/32"));
	assert_go_is_content("tree", "gopath", 290);
	/* a go that used the mirror when its head was at 700: tile 2 was partial then */
	assert_non_null(tree_file("tree", "tile/8/0/002"));
	assert_go_is_content("tree", "go-of-tree", 290);
	free(head);
}

/* go remembers an older head: only its edge is added. */
static void test_older_head_of_go(void **state)
{
	char *head = testdb_head(&db, 513);

	(void)state;
	serve((const int64_t[]){ 513 }, 1);
	tmp_write("gopath/pkg/sumdb/db.example/x/latest", head);
	free(head);
	head = testdb_head(&db, 700);
	assert_string_equal(mirror_of("older", (const int[]){ 5, 290 }, 2), "");
	assert_string_equal(tree_file("older", "latest"), head);
	assert_go_is_content("older", "gopath", 5);
	free(head);
}

/* A head of another log, signed by the same key. */
static void test_fork(void **state)
{
	char *first = db.records[0], *head;

	(void)state;
	db.records[0] = xstrdup("example.com/other v0.0.0 " ZIP_SUM "\n");
	head = testdb_head(&db, 600);
	free(db.records[0]);
	db.records[0] = first;
	tmp_write("gopath/pkg/sumdb/db.example/x/latest", head);
	/* go compares its head with the tiles, before it asks for any other */
	assert_non_null(strstr(mirror_of("fork", (const int[]){ 290 }, 1),
			       "checking tree#600: downloaded inconsistent tile"));
	free(head);
	/* unsigned: go complains about it, the mirror is unaffected */
	tmp_write("gopath/pkg/sumdb/db.example/x/latest", "go.sum database tree\n900\nAAAA\n\n");
	mirror_of("tree", (const int[]){ 5, 290 }, 2);
	head = testdb_head(&db, 800);
	assert_string_equal(tree_file("tree", "latest"), head);
	free(head);
}

/* A server, in its own thread, that cuts off its first answer for each file. */
struct cutter {
	int fd;
	const char *dir;
	struct arena arena;
	struct map asked;
	size_t answers;
};

static void answer(struct cutter *c, int fd)
{
	char request[4096] = "", path[2048] = "", *body;
	size_t got = 0, len = 0;
	ssize_t n;

	while (!strstr(request, "\r\n\r\n") &&
	       (n = recv(fd, request + got, sizeof(request) - 1 - got, 0)) > 0)
		request[got += (size_t)n] = '\0';
	sscanf(request, "GET /%2047s", path);
	if (!fs_read(&c->arena, arena_fmt(&c->arena, "%s/%s", c->dir, path), 1 << 20, &body, &len,
		     NULL))
		body = NULL;
	dprintf(fd, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
		body ? "200 OK" : "404 Not Found", len);
	if (map_put(&c->asked, arena_strdup(&c->arena, path), c))
		len /= 2;
	if (body && send(fd, body, len, MSG_NOSIGNAL) == (ssize_t)len)
		c->answers++;
}

static void *cut(void *ctx)
{
	struct cutter *c = ctx;
	int fd;

	while ((fd = accept(c->fd, NULL, NULL)) >= 0) {
		answer(c, fd);
		close(fd);
	}
	return NULL;
}

static void test_cut_answers(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	struct cutter c = { .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
			    .dir = tmp_path("server") };
	const char *before = gosumdb;
	char *head = testdb_head(&db, 800);
	socklen_t len = sizeof(at);
	pthread_t thread;

	(void)state;
	tmp_write("gopath/pkg/sumdb/db.example/x/latest", head);
	free(head);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_string_equal(mirror_of("whole", (const int[]){ 5, 290 }, 2), "");
	assert_int_equal(bind(c.fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(c.fd, 16), 0);
	assert_int_equal(getsockname(c.fd, (struct sockaddr *)&at, &len), 0);
	assert_int_equal(pthread_create(&thread, NULL, cut, &c), 0);
	gosumdb = arena_fmt(&tmp_arena, "%s http://127.0.0.1:%d", db.verifier, ntohs(at.sin_port));
	assert_string_equal(mirror_of("cut", (const int[]){ 5, 290 }, 2), "");
	assert_string_equal(tmp_tree("cut"), tmp_tree("whole"));
	shutdown(c.fd, SHUT_RDWR);
	pthread_join(thread, NULL);
	close(c.fd);
	/* each file was asked for again */
	assert_true(c.asked.n > 4);
	assert_true(c.answers >= 2 * c.asked.n);
	map_release(&c.asked);
	arena_release(&c.arena);
	gosumdb = before;
}

/* Without what go and earlier runs remember: the tree of 700 records, and lookups of two of them. */
static void serve_anew(void)
{
	assert_true(fs_remove_all(tmp_path("server"), NULL));
	assert_true(fs_remove_all(tmp_path("gopath"), NULL));
	serve((const int64_t[]){ 700 }, 1);
	serve_lookup(5, 700);
	serve_lookup(690, 700);
}

/* Of a part of a tile only the whole may be there. */
static void test_tiles(void **state)
{
	const char *part, *whole, *tile = "server/tile/8/0/002";
	char *text;
	size_t len;

	(void)state;
	serve_anew();
	assert_string_equal(mirror_of("part", (const int[]){ 5, 690 }, 2), "");
	part = tmp_path("part/sumdb/db.example/x/tile/8/0/002.p/188");
	assert_true(fs_read(&tmp_arena, part, 1 << 20, &text, &len, NULL));
	assert_int_equal(len, 188 * 32);
	serve((const int64_t[]){ 800 }, 1);
	assert_true(fs_remove_all(tmp_path("server/tile/8/0/002.p"), NULL));
	assert_string_equal(mirror_of("whole-tile", (const int[]){ 5, 690 }, 2), "");
	assert_string_equal(tmp_tree("whole-tile"), tmp_tree("part"));
	/* too short; not there */
	assert_true(fs_read(&tmp_arena, tmp_path(tile), 1 << 20, &text, &len, NULL));
	tmp_write_n(tile, text, 188 * 32 - 1);
	whole = mirror_of("short", (const int[]){ 690 }, 1);
	assert_non_null(strstr(whole, "tile/8/0/002"));
	assert_int_equal(unlink(tmp_path(tile)), 0);
	assert_string_not_equal(mirror_of("none", (const int[]){ 690 }, 1), "");
	assert_null(tree_file("none", "lookup/example.com/m@v0.0.690"));
}

static void forge(int version, const char *text)
{
	tmp_write(arena_fmt(&tmp_arena, "server/lookup/example.com/m@v0.0.%d", version), text);
}

/* Records that the tree does not have, and what is none: they are not mirrored, the others are. */
static void test_forged(void **state)
{
	char *head = testdb_head(&db, 700);

	(void)state;
	serve_anew();
	forge(5, arena_fmt(&tmp_arena, "5\n%s\n%s", db.records[6], head));
	assert_string_not_equal(mirror_of("forged", (const int[]){ 5, 690 }, 2), "");
	assert_null(tree_file("forged", "lookup/example.com/m@v0.0.5"));
	assert_non_null(tree_file("forged", "lookup/example.com/m@v0.0.690"));
	forge(5, "garbage");
	assert_string_not_equal(mirror_of("garbage", (const int[]){ 5, 690 }, 2), "");
	assert_null(tree_file("garbage", "lookup/example.com/m@v0.0.5"));
	forge(690, "garbage");
	assert_string_not_equal(mirror_of("all-garbage", (const int[]){ 5, 690 }, 2), "");
	assert_false(fs_exists(tmp_path("all-garbage/sumdb")));
	/* an earlier run's, which was forged since */
	serve_anew();
	assert_string_equal(mirror_of("again", (const int[]){ 5, 690 }, 2), "");
	tmp_write("again/sumdb/db.example/x/lookup/example.com/m@v0.0.5",
		  arena_fmt(&tmp_arena, "5\n%s\n%s", db.records[6], head));
	assert_string_equal(
		mirror_of("again", (const int[]){ 5, 690 }, 2),
		"example.com/m@v0.0.5: the checksum database does not have this record");
	free(head);
}

/* What cannot be written: a tile is missed, without the rest nothing is whole. */
static void test_unwritable(void **state)
{
	struct goenv *env = settings();
	struct mirror m;
	struct err e = ERR_INIT;

	(void)state;
	serve_anew();
	tmp_mkdir("wall/sumdb/db.example/x/tile/8/0/000");
	assert_non_null(strstr(mirror_of("wall", (const int[]){ 5 }, 1), "is a directory"));
	tmp_mkdir("wall2/sumdb/db.example/x/supported");
	begin(&m, "wall2");
	map_put(&m.versions, "v", &(struct mirror_version){ .mod = { "example.com/m", "v0.0.5" } });
	assert_false(mirror_sumdb_add(&m, env, &e));
	assert_int_equal(e.code, ERR_SYS);
	err_release(&e);
	mirror_release(&m);
	goenv_free(env);
}

/* Nothing is asked: the settings forbid it, or no name can be in a database. */
static void test_not_asked(void **state)
{
	static const struct {
		bool athens, offline;
		const char *gosumdb;
	} rows[] = { { true, false, NULL },
		     { false, true, NULL },
		     { false, false, "off" },
		     { false, false, "a b c d" } };
	const char *before = gosumdb;
	struct mirror_version versions[] = { { .mod = { "example.com/a b", "v1.0.0" } },
					     { .mod = { "example.com/m", "v!1" } } };

	(void)state;
	for (size_t i = 0; i <= ARRAY_LEN(rows); i++) {
		bool last = i == ARRAY_LEN(rows);
		struct goenv *env;
		struct mirror m;

		gosumdb = last || !rows[i].gosumdb ? before : rows[i].gosumdb;
		env = settings();
		mirror_begin(&m, &(struct mirror_options){ .target = tmp_path("quiet"),
							   .athens = !last && rows[i].athens,
							   .offline = !last && rows[i].offline });
		for (size_t k = 0; last && k < ARRAY_LEN(versions); k++)
			map_put(&m.versions, versions[k].mod.path, &versions[k]);
		assert_true(mirror_sumdb_add(&m, env, NULL));
		assert_string_equal(m.unsure, "");
		assert_false(fs_exists(tmp_path("quiet/sumdb")));
		mirror_release(&m);
		goenv_free(env);
	}
	gosumdb = before;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_head_of_go),
		cmocka_unit_test(test_older_head_of_go),
		cmocka_unit_test(test_fork),
		cmocka_unit_test(test_cut_answers),
		cmocka_unit_test(test_tiles),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_unwritable),
		cmocka_unit_test(test_not_asked),
	};

	return cmocka_run_group_tests(tests, set_up_db, tear_down_db);
}
