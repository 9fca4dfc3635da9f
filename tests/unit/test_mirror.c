/* The tree that a mirror writes: its files and their counts, and the part of the checksum database, compared with a database
 * made here and served from a directory. If go is installed, it looks up versions in that tree alone. */

#include "tmpdir.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/map.h"
#include "fault/shim.h"
#include "gofiles/goenv.h"
#include "offline/mirror_impl.h"
#include "offline/tarfile.h"
#include "testdb.h"

#define MOD_SUM "h1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
#define ZIP_SUM "h1:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="

static void begin(struct mirror *m, const char *target)
{
	mirror_begin(m, &(struct mirror_options){ .target = tmp_path(target) });
}

static void test_write(void **state)
{
	struct mirror m;
	struct err e = ERR_INIT;
	struct stat before, after;

	(void)state;
	begin(&m, "write");
	assert_true(mirror_file_write(&m, "a/b", "text", 4, &e));
	assert_string_equal(tmp_read("write/a/b"), "text");
	assert_int_equal(stat(tmp_path("write/a/b"), &before), 0);
	assert_true(mirror_file_write(&m, "a/b", "text", 4, &e));
	assert_int_equal(stat(tmp_path("write/a/b"), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(m.n_files, 1);
	assert_int_equal(m.n_written, 1);
	assert_int_equal(m.bytes, 4);
	/* shorter, longer, different: each is replaced */
	assert_true(mirror_file_write(&m, "a/b", "tex", 3, &e));
	assert_string_equal(tmp_read("write/a/b"), "tex");
	assert_true(mirror_file_write(&m, "a/b", "texts", 5, &e));
	assert_true(mirror_file_write(&m, "a/b", "tests", 5, &e));
	assert_string_equal(tmp_read("write/a/b"), "tests");
	assert_int_equal(m.n_written, 4);
	assert_true(mirror_file_write(&m, "empty", "", 0, &e));
	assert_string_equal(tmp_read("write/empty"), "");
	assert_int_equal(m.n_files, 2);
	/* a directory is in the way */
	assert_false(mirror_file_write(&m, "a", "x", 1, &e));
	assert_int_equal(e.code, ERR_SYS);
	err_release(&e);
	mirror_release(&m);
}

static void test_copy(void **state)
{
	char *large = xmalloc(200000);
	struct mirror m;
	struct err e = ERR_INIT;

	(void)state;
	memset(large, 'x', 200000);
	tmp_write_n("large", large, 200000);
	begin(&m, "copy");
	assert_true(mirror_file_copy(&m, "z/v1.zip", tmp_path("large"), &e));
	assert_true(mirror_file_copy(&m, "z/v1.zip", tmp_path("large"), &e));
	assert_int_equal(m.n_written, 1);
	/* another last byte, and one byte less */
	large[199999] = 'y';
	tmp_write_n("large", large, 200000);
	assert_true(mirror_file_copy(&m, "z/v1.zip", tmp_path("large"), &e));
	assert_int_equal(m.n_written, 2);
	assert_memory_equal(tmp_read("copy/z/v1.zip"), large, 200000);
	tmp_write_n("large", large, 199999);
	assert_true(mirror_file_copy(&m, "z/v1.zip", tmp_path("large"), &e));
	assert_int_equal(m.n_written, 3);
	assert_int_equal(strlen(tmp_read("copy/z/v1.zip")), 199999);
	assert_int_equal(m.n_files, 1);
	/* a link is replaced, not followed */
	assert_int_equal(symlink(tmp_path("large"), tmp_path("copy/z/link")), 0);
	assert_true(mirror_file_copy(&m, "z/link", tmp_path("large"), &e));
	assert_null(strstr(tmp_tree("copy/z"), "120777"));
	assert_false(mirror_file_copy(&m, "z/none", tmp_path("none"), &e));
	tmp_assert_err(&e, ERR_NOT_FOUND, "open %s/none: no such file or directory");
	assert_null(tmp_read("copy/z/none"));
	free(large);
	mirror_release(&m);
}

/* The name of an archive's temporary file is known before: what stands there is not written to. */
static void test_archive_temp(void **state)
{
	const char *temp = tmp_path("archive/.modscope-a.tar.zst");
	struct err e = ERR_INIT;
	struct tarfile *t;

	(void)state;
	tmp_write("archive/other", "text");
	assert_int_equal(link(tmp_path("archive/other"), temp), 0);
	t = tarfile_new(tmp_path("archive/a.tar.zst"), &e);
	if (!t) {
		print_message("skipped: %s\n", e.text);
		err_release(&e);
		skip();
	}
	assert_true(fs_exists(temp));
	tarfile_end(t, false, NULL);
	assert_string_equal(tmp_read("archive/other"), "text");
	assert_false(fs_exists(temp));
}

static void test_list(void **state)
{
	const char *const *names;
	struct mirror m;
	struct err e = ERR_INIT;
	size_t n;

	(void)state;
	begin(&m, "list");
	assert_true(mirror_file_write(&m, "b/c", "", 0, &e));
	assert_true(mirror_file_write(&m, "b/!a", "", 0, &e));
	assert_true(mirror_file_write(&m, "a", "", 0, &e));
	assert_int_equal(symlink("a", tmp_path("list/link")), 0);
	assert_true(mirror_file_list(&m, &names, &n, &e));
	assert_int_equal(n, 3);
	assert_string_equal(names[0], "a");
	assert_string_equal(names[1], "b/!a");
	assert_string_equal(names[2], "b/c");
	mirror_be_unsure(&m, "first");
	mirror_be_unsure(&m, "second");
	assert_string_equal(m.unsure, "first");
	mirror_release(&m);
	begin(&m, "nowhere");
	assert_false(mirror_file_list(&m, &names, &n, &e));
	err_release(&e);
	mirror_release(&m);
}

#define MODULE "h.test/Mod"
#define AT "h.test/!mod/@v/"

/* Files of versions, one of them large enough for several reads; then lists, @latest, and the archive if the target is one. */
static bool make_tree(struct mirror *m, const char *const *versions, const char *large,
		      struct err *e)
{
	for (; *versions; versions++) {
		const char *info = arena_fmt(&m->arena, "{\"Version\":\"%s\"}", *versions);
		struct mirror_version *v = arena_calloc(&m->arena, 1, sizeof(*v));

		v->mod = (struct modver){ MODULE, *versions };
		v->done = true;
		map_put(&m->versions, arena_strdup(&m->arena, *versions), v);
		if (!mirror_file_write(m, arena_fmt(&m->arena, AT "%s.info", *versions), info,
				       strlen(info), e))
			return false;
	}
	return mirror_file_copy(m, AT "v1.0.0.zip", large, e) && mirror_end(m, e);
}

static void test_end(void **state)
{
	static const struct {
		const char *versions[6], *list, *latest;
	} rows[] = {
		{ { "v1.1.0", "v1.0.0", "v1.2.0-pre", "v1.1.1-0.20200101000000-aaaaaaaaaaaa" },
		  "v1.0.0\nv1.1.0\nv1.2.0-pre\n",
		  "v1.1.0" },
		{ { "v1.0.0-a", "v1.0.0-b" }, "v1.0.0-a\nv1.0.0-b\n", "v1.0.0-b" },
		{ { "v0.0.0-20200101000000-aaaaaaaaaaaa" },
		  "",
		  "v0.0.0-20200101000000-aaaaaaaaaaaa" },
		{ { "v2.0.0+incompatible", "v1.9.0" },
		  "v1.9.0\nv2.0.0+incompatible\n",
		  "v2.0.0+incompatible" },
	};
	char *zip = xcalloc(1, 200000);

	(void)state;
	tmp_write_n("zip", zip, 200000);
	free(zip);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *dir = arena_fmt(&tmp_arena, "end%zu", i);
		struct err e = ERR_INIT;
		struct mirror m;
		int fd;

		begin(&m, dir);
		/* no versions; what a killed run left */
		tmp_write(arena_fmt(&tmp_arena, "%s/" AT "bad.info", dir), "");
		tmp_write(arena_fmt(&tmp_arena, "%s/" AT "!x.info", dir), "");
		tmp_write(arena_fmt(&tmp_arena, "%s/" AT ".modscope-abcdef", dir), "");
		assert_true(make_tree(&m, rows[i].versions, tmp_path("zip"), &e));
		assert_string_equal(tmp_read(arena_fmt(&tmp_arena, "%s/" AT "list", dir)),
				    rows[i].list);
		assert_string_equal(tmp_read(arena_fmt(&tmp_arena, "%s/h.test/!mod/@latest", dir)),
				    arena_fmt(&tmp_arena, "{\"Version\":\"%s\"}", rows[i].latest));
		assert_null(tmp_read(arena_fmt(&tmp_arena, "%s/" AT ".modscope-abcdef", dir)));
		mirror_file_unlock(&m);
		mirror_release(&m);
		/* another run is at work */
		tmp_write(arena_fmt(&tmp_arena, "%s/" AT ".modscope-abcdef", dir), "");
		fd = open(tmp_path(dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_int_equal(flock(fd, LOCK_SH), 0);
		begin(&m, dir);
		assert_true(mirror_end(&m, &e));
		assert_non_null(tmp_read(arena_fmt(&tmp_arena, "%s/" AT ".modscope-abcdef", dir)));
		mirror_release(&m);
		close(fd);
	}
}

static void test_deep(void **state)
{
	const char *const *names;
	const char *dir = "deep";
	struct err e = ERR_INIT;
	struct mirror m;
	size_t n;

	(void)state;
	for (int i = 0; i < 70; i++)
		dir = arena_fmt(&tmp_arena, "%s/d", dir);
	tmp_mkdir(dir);
	begin(&m, "deep");
	assert_false(mirror_file_list(&m, &names, &n, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	err_release(&e);
	mirror_release(&m);
}

/* Each file is whole or absent, whatever fails; a failed run leaves no archive of half a tree. */
static void test_failures(void **state)
{
	static const char *const versions[] = { "v1.0.0", "v1.1.0", NULL };
	static const char *const targets[] = { "faults", "faults.tar.zst" };
	struct err e = ERR_INIT;

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(targets); k++) {
		const char *whole = NULL, *tree = "faults", *archive = tmp_path("faults.tar.zst");
		size_t n = 0, failed = 0;

		if (k)
			tree = "faults.tree";
		/* from one place in the code, which volatile keeps one; the first time nothing fails */
		for (volatile size_t i = 0; i <= n; i++) {
			struct mirror m;
			bool ok;

			assert_true(fs_remove_all(tmp_path(tree), NULL));
			unlink(archive);
			begin(&m, targets[k]);
			if (i == 0)
				shim_record(tmp_dir);
			else
				shim_arm(tmp_dir, i - 1);
			ok = make_tree(&m, versions, tmp_path("zip"), &e);
			mirror_file_unlock(&m);
			if (i == 0)
				n = shim_recorded();
			else
				failed += shim_disarm() != NULL;
			if (k && i == 0 && !ok) {
				print_message("skipped: %s\n", e.text);
				n = 0;
			} else if (i == 0) {
				assert_true(ok);
				whole = tmp_tree(tree);
			} else if (ok) {
				assert_int_equal(fs_exists(archive), k);
				assert_non_null(strstr(tmp_tree(tree), "v1.0.0.zip"));
			} else {
				assert_false(fs_exists(archive));
				assert_true(err_is_set(&e));
			}
			err_clear(&e);
			mirror_release(&m);
		}
		assert_true(!n || whole);
		if (shim_works() && n)
			assert_in_range(failed, n / 2, n);
	}
	err_release(&e);
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

int main(void)
{
	const struct CMUnitTest files[] = {
		cmocka_unit_test(test_write),	 cmocka_unit_test(test_copy),
		cmocka_unit_test(test_list),	 cmocka_unit_test(test_archive_temp),
		cmocka_unit_test(test_end),	 cmocka_unit_test(test_deep),
		cmocka_unit_test(test_failures),
	};
	const struct CMUnitTest heads[] = {
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_head_of_go),
		cmocka_unit_test(test_older_head_of_go),
		cmocka_unit_test(test_fork),
		cmocka_unit_test(test_cut_answers),
	};

	return cmocka_run_group_tests(files, tmp_setup, tmp_teardown) +
	       cmocka_run_group_tests(heads, set_up_db, tear_down_db);
}
