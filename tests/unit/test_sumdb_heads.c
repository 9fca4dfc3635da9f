/* Tree heads, records and settings of a checksum database that are not as they should be: what go's sumdb.Client and modfetch.dbDial say. */
#include "tmpdir.h"

#include "fetch/source_impl.h"
#include "fetch/sumdb_setting.h"
#include "gofiles/goenv.h"
#include "testdb.h"

#define SUM "h1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
#define AT "verifying go.mod: example.com/m@v0.0.7/go.mod: "
#define GOS "go/pkg/sumdb/db.example/latest"
#define OWN "cache/modscope/sumdb/db.example/"

static struct testdb db;

static int set_up(void **state)
{
	if (tmp_setup(state))
		return -1;
	testdb_init(&db, "db.example");
	for (int i = 0; i < 300; i++)
		testdb_add(&db, arena_fmt(&tmp_arena, "example.com/m v0.0.%d/go.mod " SUM "\n", i));
	return 0;
}

static int tear_down(void **state)
{
	testdb_release(&db);
	return tmp_teardown(state);
}

/* A server with the tree of 300 records and a lookup; nothing is remembered. */
static void fresh(void)
{
	static const char *const dirs[] = { "server", "cache", "go", "proxy" };

	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		assert_true(fs_remove_all(tmp_path(dirs[i]), NULL));
	testdb_write_tiles(&db, tmp_path("server"), 300);
	testdb_write_lookup(&db, tmp_path("server"), "example.com/m@v0.0.7", 7, 300);
}

/* more: a setting that replaces an earlier one, NULL for none. "" if the record is proven, else the error. */
static const char *check(const char *more)
{
	const char *vars[] = { "GOENV=off",
			       arena_fmt(&tmp_arena, "GOPATH=%s", tmp_path("go")),
			       arena_fmt(&tmp_arena, "XDG_CACHE_HOME=%s", tmp_path("cache")),
			       arena_fmt(&tmp_arena, "GOSUMDB=%s file://%s", db.verifier,
					 tmp_path("server")),
			       "GOPROXY=off",
			       more,
			       NULL };
	struct goenv *env = goenv_new(&(struct goenv_options){ .environ = vars }, NULL);
	struct source *s = source_new(&(struct source_options){ .env = env });
	struct err e = ERR_INIT;
	const char *out = "";

	if (!source_sums_check(&s->sums, (struct modver){ "example.com/m", "v0.0.7" }, "/go.mod",
			       SUM, NULL, &e))
		out = arena_strdup(&tmp_arena, e.text);
	err_release(&e);
	source_free(s);
	goenv_free(env);
	return out;
}

/* A note with that text. */
static const char *signed_note(const char *text)
{
	char *signature = testdb_signature(&db, text);
	const char *note = arena_fmt(&tmp_arena, "%s\n%s", text, signature);

	free(signature);
	return note;
}

/* The head of a tree of n records, of which the first is another. */
static const char *forged_head(int64_t n)
{
	char *first = db.records[0], *head;
	const char *kept;

	db.records[0] = xstrdup("example.com/other v0.0.0 " SUM "\n");
	head = testdb_head(&db, n);
	free(db.records[0]);
	db.records[0] = first;
	kept = arena_strdup(&tmp_arena, head);
	free(head);
	return kept;
}

/* What go keeps stops it, and so us. */
static void test_gos_head(void **state)
{
	static const char broken[] = "gar\0bage";
	const char *odd = "no tree\n";

	(void)state;
	fresh();
	assert_string_equal(check(NULL), "");
	fresh();
	tmp_write_n(GOS, broken, sizeof(broken) - 1);
	assert_string_equal(
		check(NULL), AT
		"initializing sumdb.Client: reading tree note: malformed note\nnote:\ngar\\x00bage");
	tmp_write(GOS, signed_note(odd));
	assert_string_equal(
		check(NULL), AT
		"initializing sumdb.Client: reading tree: malformed tree note\ntree:\nno tree\n");
	tmp_write(GOS, "");
	assert_string_equal(check(NULL), "");
	fresh();
	tmp_mkdir(GOS);
	assert_string_equal(check(NULL), arena_fmt(&tmp_arena,
						   AT "initializing sumdb.Client: read %s/" GOS
						      ": is a directory",
						   tmp_dir));
	/* it cannot keep the server's head */
	fresh();
	tmp_write("go/pkg", "a file");
	assert_string_equal(check(NULL), arena_fmt(&tmp_arena,
						   AT "initializing sumdb.Client: open %s/" GOS
						      ": not a directory",
						   tmp_dir));
}

/* Ours are only a memory. */
static void test_own_files(void **state)
{
	char *head = testdb_head(&db, 300);
	const char *proven;
	struct buf b = BUF_INIT;

	(void)state;
	fresh();
	assert_string_equal(check(NULL), "");
	assert_string_equal(tmp_read(OWN "latest"), head);
	proven = tmp_path(OWN "proven");
	assert_true(fs_read_buf(&b, proven, 1 << 20, NULL));
	for (size_t len = 0; len < b.len; len += 5) {
		tmp_write_n(OWN "proven", b.data, len);
		assert_string_equal(check(NULL), "");
	}
	tmp_write(OWN "latest", "garbage");
	assert_int_equal(unlink(proven), 0);
	assert_string_equal(check(NULL), "");
	assert_string_equal(tmp_read(OWN "latest"), head);
	/* a fork of go's head is not taken */
	tmp_write(GOS, head);
	tmp_write(OWN "latest", forged_head(280));
	assert_string_equal(check(NULL), "");
	/* a file where the directory should be: nothing is remembered */
	fresh();
	tmp_write("cache/modscope", "a file");
	assert_string_equal(check(NULL), "");
	buf_release(&b);
	free(head);
}

static void write_lookup(const char *id)
{
	char *head = testdb_head(&db, 300);

	tmp_write("server/lookup/example.com/m@v0.0.7",
		  arena_fmt(&tmp_arena, "%s\n%s\n%s", id, db.records[7], head));
	free(head);
}

/* Numbers of records that are not in the tree. */
static void test_records(void **state)
{
	(void)state;
	fresh();
	write_lookup("400");
	assert_string_equal(check(NULL), AT "cannot validate record 400 in tree of size 300");
	fresh();
	write_lookup("-1");
	assert_string_equal(check(NULL), AT "cannot validate record -1 in tree of size 300");
	fresh();
	write_lookup("+7");
	assert_string_equal(check(NULL), "");
	fresh();
	write_lookup("7x");
	assert_string_equal(check(NULL), AT "malformed record data");
	fresh();
	write_lookup("99999999999999999999");
	assert_string_equal(check(NULL), AT "malformed record data");
}

/* The key alone: GOPROXY leads to the database. */
static void test_proxies(void **state)
{
	const char *vars[] = { "GOENV=off",
			       arena_fmt(&tmp_arena, "GOPATH=%s", tmp_path("go")),
			       arena_fmt(&tmp_arena, "GOSUMDB=%s", db.verifier),
			       "GONOPROXY=corp.test",
			       NULL,
			       NULL };
	static const struct {
		const char *goproxy, *says;
	} rows[] = {
		{ "GOPROXY=x", "invalid proxy URL missing scheme: x" },
		{ "GOPROXY=file://%s/proxy",
		  "/proxy/sumdb/db.example/supported: is a directory" }, /* and nobody else is asked */
	};

	(void)state;
	fresh();
	tmp_mkdir("proxy/sumdb/db.example/supported");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf lines = BUF_INIT;
		struct err e = ERR_INIT;
		struct goenv *env;
		struct source *s;

		vars[4] = strstr(rows[i].goproxy, "%s")
				  ? arena_fmt(&tmp_arena, "GOPROXY=file://%s/proxy", tmp_dir)
				  : rows[i].goproxy;
		env = goenv_new(&(struct goenv_options){ .environ = vars }, NULL);
		s = source_new(&(struct source_options){ .env = env });
		assert_false(source_sumdb_lines(s, (struct modver){ "example.com/m", "v0.0.7" },
						&lines, &e));
		if (!strstr(e.text, rows[i].says))
			fail_msg("%s: %s", vars[4], e.text);
		err_release(&e);
		source_free(s);
		goenv_free(env);
	}
}

/* A key's name is a host with or without a path. */
static void test_names(void **state)
{
	static const char *const bad[] = { "db.example/", "/db.example", "a@b",	 "a?b",
					   "a#b",	  "a%41",	 "a\\b", "http://a" };
	struct note_verifier key;
	char *url;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct testdb *other = xcalloc(1, sizeof(*other));
		struct err e = ERR_INIT;

		testdb_init(other, bad[i]);
		assert_false(sumdb_setting_read(other->verifier, &key, &url, &e));
		assert_int_equal(e.code, ERR_SYNTAX);
		assert_string_equal(e.text,
				    arena_fmt(&tmp_arena,
					      "invalid sumdb name (must be host[/path]): %s",
					      bad[i]));
		err_release(&e);
		testdb_release(other);
		free(other);
	}
	assert_true(sumdb_setting_key_of(db.verifier, "db.example", &key));
	assert_true(sumdb_setting_key_of(db.verifier, "sum.golang.org", &key));
	assert_string_equal(key.name, "sum.golang.org");
	assert_true(sumdb_setting_key_of("off", "sum.golang.org", &key));
	assert_false(sumdb_setting_key_of("off", "other.test", &key));
	assert_false(sumdb_setting_key_of(arena_fmt(&tmp_arena, "%s http://%%zz", db.verifier),
					  "db.example", &key));
	assert_false(sumdb_setting_key_of("a b c d e f", "a", &key));
}

/* useSumDB: toolchains are checked whatever the settings say, unless they come from a directory. */
static void test_toolchains(void **state)
{
	static const struct {
		const char *goproxy;
		bool wanted;
	} rows[] = {
		{ "GOPROXY=https://h.test", true },
		{ "GOPROXY=file:///x", false },
		{ "GOPROXY=file:///x,direct", true },
		{ "GOPROXY=file:///x|file:///y", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *vars[] = { "GOENV=off", "GOSUMDB=off", rows[i].goproxy, NULL };
		struct goenv *env = goenv_new(&(struct goenv_options){ .environ = vars }, NULL);

		assert_int_equal(sumdb_setting_wants(env, "golang.org/toolchain"), rows[i].wanted);
		assert_false(sumdb_setting_wants(env, "example.com/m"));
		goenv_free(env);
	}
}

/* Without a home go has no place for its head. */
static void test_nowhere(void **state)
{
	const char *vars[] = { "GOENV=off",
			       arena_fmt(&tmp_arena, "GOSUMDB=%s file://%s", db.verifier,
					 tmp_path("server")),
			       "GOPROXY=off", NULL };
	struct goenv *env = goenv_new(&(struct goenv_options){ .environ = vars }, NULL);
	struct source *s = source_new(&(struct source_options){ .env = env });
	struct err e = ERR_INIT;

	(void)state;
	fresh();
	assert_false(source_sums_check(&s->sums, (struct modver){ "example.com/m", "v0.0.7" },
				       "/go.mod", SUM, NULL, &e));
	assert_string_equal(
		e.text, AT
		"initializing sumdb.Client: could not locate sumdb file: missing $GOPATH: HOME is not set");
	err_release(&e);
	source_free(s);
	goenv_free(env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gos_head), cmocka_unit_test(test_own_files),
		cmocka_unit_test(test_records),	 cmocka_unit_test(test_proxies),
		cmocka_unit_test(test_names),	 cmocka_unit_test(test_toolchains),
		cmocka_unit_test(test_nowhere),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
