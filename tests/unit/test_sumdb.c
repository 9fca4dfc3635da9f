/* The client of the checksum database, with a database made here and served from a directory, correct and wrong in each way. If
 * go is installed, it must accept the same database. */

#include "unit.h"

#include <pthread.h>
#include <unistd.h>

#include "gofiles/goenv.h"
#include "fetch/source.h"
#include "fetch/source_impl.h"
#include "fetch/sumdb_setting.h"
#include "testdb.h"

#define MOD_SUM "h1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
#define ZIP_SUM "h1:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="

struct fixture {
	char dir[64];
	char *server, *cache, *home; /* directories inside it */
	struct testdb db;
	char *gosumdb, *home_var, *cache_var, *proxy;
	struct goenv *env;
	struct source *s;
};

/* A record for each of n versions v0.0.0, v0.0.1, ... of example.com/m. */
static void fill(struct testdb *db, int n)
{
	for (int i = 0; i < n; i++) {
		char *record =
			xasprintf("example.com/m v0.0.%d %s\nexample.com/m v0.0.%d/go.mod %s\n", i,
				  ZIP_SUM, i, MOD_SUM);

		testdb_add(db, record);
		free(record);
	}
}

static void write_lookup(struct fixture *f, const char *version, int id, int64_t n)
{
	char *name = xasprintf("example.com/m@%s", version);

	testdb_write_lookup(&f->db, f->server, name, id, n);
	free(name);
}

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/modscope-sumdb-XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	f->server = xasprintf("%s/server", f->dir);
	f->cache = xasprintf("%s/cache", f->dir);
	f->home = xasprintf("%s/home", f->dir);
	testdb_init(&f->db, "db.example/x");
	fill(&f->db, 300);
	f->gosumdb = xasprintf("GOSUMDB=%s file://%s", f->db.verifier, f->server);
	f->home_var = xasprintf("HOME=%s", f->home);
	f->cache_var = xasprintf("XDG_CACHE_HOME=%s", f->cache);
	*state = f;
	return 0;
}

static void open_source(struct fixture *f, const char *more)
{
	const char *vars[] = { f->home_var,   f->cache_var, f->gosumdb, "GOENV=off",
			       "GOPROXY=off", more,	    NULL };

	f->env = goenv_new(&(struct goenv_options){ .environ = vars }, NULL);
	f->s = source_new(&(struct source_options){ .env = f->env });
}

static void close_source(struct fixture *f)
{
	source_free(f->s);
	goenv_free(f->env);
	f->s = NULL;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	fs_remove_all(f->dir, NULL);
	testdb_release(&f->db);
	free(f->server);
	free(f->cache);
	free(f->home);
	free(f->gosumdb);
	free(f->home_var);
	free(f->cache_var);
	free(f);
	return 0;
}

static void assert_check(struct fixture *f, const char *version, bool gomod, const char *sum,
			 const char *error)
{
	struct err e = ERR_INIT;
	bool ok = source_sums_check(&f->s->sums, (struct modver){ "example.com/m", version },
				    gomod ? "/go.mod" : "", sum, NULL, &e);

	assert_string_equal(ok ? "" : e.text, error);
	err_release(&e);
}

/* Compares only the beginning. */
static void assert_check_begins(struct fixture *f, const char *version, bool gomod, const char *sum,
				const char *error)
{
	struct err e = ERR_INIT;

	assert_false(source_sums_check(&f->s->sums, (struct modver){ "example.com/m", version },
				       gomod ? "/go.mod" : "", sum, NULL, &e));
	if (strncmp(e.text, error, strlen(error)) != 0)
		assert_string_equal(e.text, error);
	err_release(&e);
}

static void flip_byte(const char *dir, const char *name, size_t at)
{
	char *file = xasprintf("%s/%s", dir, name);
	struct buf b = BUF_INIT;

	assert_true(fs_read_buf(&b, file, 1 << 20, NULL));
	b.data[at] ^= 1;
	assert_true(fs_write_atomic(file, b.data, b.len, 0644, false, NULL));
	buf_release(&b);
	free(file);
}

#define PREFIX "verifying go.mod: example.com/m@v0.0.7/go.mod: "

/* Without the tiles, what is remembered as proven suffices, unless that is damaged or missing, too. */
static void assert_check_by_memory(struct fixture *f, const char *lookup)
{
	char *tiles = xasprintf("%.*s/tile", (int)(strstr(lookup, "/lookup/") - lookup), lookup);
	char *proven = xasprintf("%s/modscope/sumdb/db.example/x/proven", f->cache);

	assert_true(fs_is_dir(tiles));
	fs_remove_all(tiles, NULL);
	open_source(f, NULL);
	assert_check(f, "v0.0.7", true, MOD_SUM, "");
	close_source(f);
	flip_byte(f->cache, "modscope/sumdb/db.example/x/proven", 20);
	open_source(f, NULL);
	assert_check_begins(f, "v0.0.7", true, MOD_SUM,
			    PREFIX "checking tree#280 against tree#300: reading ");
	close_source(f);
	unlink(proven);
	open_source(f, NULL);
	assert_check_begins(f, "v0.0.7", true, MOD_SUM,
			    PREFIX "checking tree#280 against tree#300: reading ");
	close_source(f);
	free(tiles);
	free(proven);
}

static void test_right(void **state)
{
	struct fixture *f = *state;
	struct buf lines = BUF_INIT;

	testdb_write_tiles(&f->db, f->server, 280);
	testdb_write_tiles(&f->db, f->server, 300);
	write_lookup(f, "v0.0.7", 7, 280);
	write_lookup(f, "v0.0.270", 270, 300);
	open_source(f, NULL);
	assert_check(f, "v0.0.7", true, MOD_SUM, "");
	assert_check(f, "v0.0.7", false, ZIP_SUM, "");
	assert_check(f, "v0.0.270", true, MOD_SUM, "");
	assert_true(source_sumdb_lines(f->s, (struct modver){ "example.com/m", "v0.0.7" }, &lines,
				       NULL));
	assert_string_equal(lines.data, "example.com/m v0.0.7 " ZIP_SUM
					"\nexample.com/m v0.0.7/go.mod " MOD_SUM "\n");
	buf_release(&lines);
	assert_check_begins(
		f, "v0.0.7", true, ZIP_SUM,
		"verifying go.mod: checksum mismatch\n\tdownloaded: " ZIP_SUM
		"\n\tdb.example/x: " MOD_SUM
		"\n\nSECURITY ERROR\nThis download does NOT match the one reported by the checksum server.\n");
	assert_check_begins(f, "v0.0.8", true, MOD_SUM,
			    "verifying go.mod: example.com/m@v0.0.8/go.mod: reading file:///");
	close_source(f);
	/* proven records are kept: the server is no longer needed */
	fs_remove_all(f->server, NULL);
	open_source(f, NULL);
	assert_check(f, "v0.0.7", true, MOD_SUM, "");
	assert_check(f, "v0.0.270", false, ZIP_SUM, "");
	close_source(f);
	/* nor are the tiles, because these records are remembered as proven; a changed record is not */
	const char *setting = f->gosumdb + strlen("GOSUMDB=");
	char *file = xasprintf(
		"%s/modscope/mod/cache/download/sumdb/%016llx/db.example/x/lookup/example.com/m@v0.0.7",
		f->cache, (unsigned long long)hash_bytes(setting, strlen(setting), 1));

	assert_check_by_memory(f, file);
	/* a damaged file of ours counts as missing */
	assert_true(
		fs_write_atomic(file, "7\nexample.com/m v0.0.7 h1:x\n\n", 29, 0644, false, NULL));
	open_source(f, NULL);
	assert_check_begins(f, "v0.0.7", true, MOD_SUM,
			    "verifying go.mod: example.com/m@v0.0.7/go.mod: reading file:///");
	close_source(f);
	free(file);
	fs_remove_all(f->cache, NULL);
}

static void fresh(struct fixture *f, int64_t n)
{
	fs_remove_all(f->server, NULL);
	fs_remove_all(f->cache, NULL);
	fs_remove_all(f->home, NULL);
	testdb_write_tiles(&f->db, f->server, n);
}

static void replace_in_file(const char *dir, const char *name, const char *from, const char *to)
{
	char *file = xasprintf("%s/%s", dir, name), *at;
	struct buf b = BUF_INIT;

	assert_true(fs_read_buf(&b, file, 1 << 20, NULL));
	at = memmem(b.data, b.len, from, strlen(from));
	assert_non_null(at);
	memcpy(at, to, strlen(to));
	assert_true(fs_write_atomic(file, b.data, b.len, 0644, false, NULL));
	buf_release(&b);
	free(file);
}

static void test_wrong(void **state)
{
	struct fixture *f = *state;
	char *file = xasprintf("%s/tile/8/0/000", f->server);

	/* not the record that is in the tree */
	fresh(f, 300);
	write_lookup(f, "v0.0.7", 7, 300);
	replace_in_file(f->server, "lookup/example.com/m@v0.0.7", "h1:QUFB", "h1:QUFC");
	open_source(f, NULL);
	assert_check(f, "v0.0.7", true, MOD_SUM,
		     PREFIX "cannot authenticate record data in server response");
	close_source(f);
	/* another record number */
	fresh(f, 300);
	write_lookup(f, "v0.0.7", 7, 300);
	replace_in_file(f->server, "lookup/example.com/m@v0.0.7", "7\nexample", "9\nexample");
	open_source(f, NULL);
	assert_check(f, "v0.0.7", true, MOD_SUM,
		     PREFIX "cannot authenticate record data in server response");
	close_source(f);
	/* a tree head with the signature of another text */
	fresh(f, 300);
	write_lookup(f, "v0.0.7", 7, 300);
	replace_in_file(f->server, "lookup/example.com/m@v0.0.7", "\n300\n", "\n301\n");
	open_source(f, NULL);
	assert_check_begins(f, "v0.0.7", true, MOD_SUM,
			    PREFIX "reading tree note: invalid signature for key db.example/x+");
	close_source(f);
	/* tiles: changed, too short, missing */
	fresh(f, 300);
	write_lookup(f, "v0.0.7", 7, 300);
	flip_byte(f->server, "tile/8/0/000", 32 * 9);
	open_source(f, NULL);
	assert_check(f, "v0.0.7", true, MOD_SUM, PREFIX "downloaded inconsistent tile");
	close_source(f);
	assert_int_equal(truncate(file, 8000), 0);
	open_source(f, NULL);
	assert_check(f, "v0.0.7", true, MOD_SUM,
		     PREFIX
		     "TileReader returned bad result slice (tile/8/0/000 len=8000, want 8192)");
	close_source(f);
	unlink(file);
	open_source(f, NULL);
	assert_check_begins(f, "v0.0.7", true, MOD_SUM, PREFIX "reading file:///");
	close_source(f);
	free(file);
}

static void test_absent(void **state)
{
	struct fixture *f = *state;

	fresh(f, 300);
	write_lookup(f, "v9.9.9", 7, 300);
	open_source(f, NULL);
	assert_check_begins(
		f, "v9.9.9", true, MOD_SUM,
		"verifying go.mod: checksum missing from sumdb response\n\nSECURITY ERROR\nThis download does NOT match one "
		"reported by the checksum server.\nThe checksum server has provided checksums");
	close_source(f);
}

/* Another history under the same key. */
static void test_fork(void **state)
{
	struct fixture *f = *state;
	struct testdb other = f->db;
	struct err e = ERR_INIT;

	fresh(f, 280);
	write_lookup(f, "v0.0.7", 7, 280);
	open_source(f, NULL);
	assert_check(f, "v0.0.7", true, MOD_SUM, "");
	close_source(f);
	fs_remove_all(f->server, NULL);
	other.records[9] = xstrdup("example.com/m v0.0.9 h1:forged\n");
	testdb_write_tiles(&other, f->server, 300);
	testdb_write_lookup(&other, f->server, "example.com/m@v0.0.8", 8, 300);
	/* the client does not read old tiles again if they are cached */
	char *tiles = xasprintf("%s/modscope/mod/cache", f->cache);

	fs_remove_all(tiles, NULL);
	open_source(f, NULL);
	assert_false(source_sums_check(&f->s->sums, (struct modver){ "example.com/m", "v0.0.8" },
				       "/go.mod", MOD_SUM, NULL, &e));
	assert_int_equal(
		strncmp(e.text,
			"SECURITY ERROR\ngo.sum database server misbehavior detected!\n\nold database:\n\t",
			75),
		0);
	assert_non_null(strstr(e.text, "\nproof of misbehavior:\n\t"));
	assert_true(err_is_final(&e));
	err_release(&e);
	close_source(f);
	free(other.records[9]);
	free(tiles);
}

static void test_files_of_go(void **state)
{
	struct fixture *f = *state;
	char *latest = xasprintf("%s/go/pkg/sumdb/db.example/x/latest", f->home), *head;
	struct buf b = BUF_INIT;

	/* go knows a newer head than the server's: this is not an error, and go's file stays as it is */
	fresh(f, 300);
	head = testdb_head(&f->db, 300);
	assert_true(fs_write_atomic(latest, head, strlen(head), 0644, false, NULL));
	write_lookup(f, "v0.0.7", 7, 280);
	open_source(f, NULL);
	assert_check(f, "v0.0.7", true, MOD_SUM, "");
	close_source(f);
	assert_true(fs_read_buf(&b, latest, 1 << 20, NULL));
	assert_string_equal(b.data, head);
	buf_release(&b);
	/* a damaged head stops both go and us */
	assert_true(fs_write_atomic(latest, "garbage", 7, 0644, false, NULL));
	open_source(f, NULL);
	assert_check(
		f, "v0.0.7", true, MOD_SUM,
		PREFIX
		"initializing sumdb.Client: reading tree note: malformed note\nnote:\ngarbage");
	close_source(f);
	free(head);
	free(latest);
}

static void test_settings(void **state)
{
	static const struct {
		const char *setting, *error;
	} bad[] = {
		{ "off", "checksum database disabled by GOSUMDB=off" },
		{ " ", "missing GOSUMDB" },
		{ "a b c", "invalid GOSUMDB: too many fields" },
		{ "sum.golang.org+x", "invalid GOSUMDB: malformed verifier id" },
		{ "sum.golang.org+x https://h", "invalid GOSUMDB: malformed verifier id" },
		{ "sum.golang.org+033de0af+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		  "invalid GOSUMDB: invalid verifier hash" },
	};
	struct note_verifier key;
	char *url;

	(void)state;
	assert_true(sumdb_setting_read("sum.golang.org", &key, &url, NULL));
	assert_string_equal(key.name, "sum.golang.org");
	assert_null(url);
	assert_true(sumdb_setting_read("sum.golang.google.cn", &key, &url, NULL));
	assert_string_equal(key.name, "sum.golang.org");
	assert_string_equal(url, "https://sum.golang.google.cn");
	free(url);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = ERR_INIT;

		assert_false(sumdb_setting_read(bad[i].setting, &key, &url, &e));
		assert_string_equal(e.text, bad[i].error);
		assert_null(url);
		err_release(&e);
	}
}

static void test_wanted(void **state)
{
	struct fixture *f = *state;

	open_source(f, "GONOSUMDB=example.com/private*,*.corp");
	assert_true(sumdb_setting_wants(f->env, "example.com/m"));
	assert_false(sumdb_setting_wants(f->env, "example.com/private/x"));
	assert_false(sumdb_setting_wants(f->env, "a.corp/x"));
	close_source(f);
	open_source(f, "GOPROXY=x");
	assert_true(sumdb_setting_wants(f->env, "golang.org/toolchain"));
	close_source(f);
}

static void *check_many(void *arg)
{
	struct fixture *f = arg;

	for (int i = 0; i < 300; i += 7) {
		char version[16];

		snprintf(version, sizeof(version), "v0.0.%d", i);
		assert_check(f, version, i % 2, i % 2 ? MOD_SUM : ZIP_SUM, "");
	}
	return NULL;
}

static void test_threads(void **state)
{
	struct fixture *f = *state;
	pthread_t threads[4];

	fresh(f, 300);
	for (int64_t n = 256; n < 300; n += 10)
		testdb_write_tiles(&f->db, f->server, n);
	for (int i = 0; i < 300; i += 7) {
		char version[16];

		snprintf(version, sizeof(version), "v0.0.%d", i);
		write_lookup(f, version, i, i >= 250 ? 300 : 256 + i % 5 * 10);
	}
	open_source(f, NULL);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_create(&threads[i], NULL, check_many, f);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	close_source(f);
}

/* go accepts the same database. */
static void test_like_go(void **state)
{
	static const char mod[] = "module example.com/m\n";
	struct fixture *f = *state;
	char sum[DIRHASH_LEN + 1], *record, *command, *proxy = xasprintf("%s/proxy", f->dir);

	if (system("go version >/dev/null 2>&1") != 0) {
		print_message("skipped: go is not installed\n");
		skip();
	}
	fresh(f, 0);
	dirhash_gomod(mod, strlen(mod), sum);
	record = xasprintf("example.com/m v1.0.0 %s\nexample.com/m v1.0.0/go.mod %s\n", ZIP_SUM,
			   sum);
	int64_t id = testdb_add(&f->db, record);

	testdb_write_tiles(&f->db, f->server, f->db.n);
	write_lookup(f, "v1.0.0", (int)id, f->db.n);
	testdb_put(proxy, "example.com/m/@v/v1.0.0.mod", mod, strlen(mod));
	testdb_put(f->dir, "p/go.mod", "module p\n\ngo 1.26\n\nrequire example.com/m v1.0.0\n", 47);
	command = xasprintf(
		"cd %s/p && env -i PATH=\"$PATH\" HOME=%s GOENV=off GOTOOLCHAIN=local GOPROXY=file://%s '%s' go mod graph "
		">out 2>&1",
		f->dir, f->home, proxy, f->gosumdb);
	assert_int_equal(system(command), 0);
	open_source(f, NULL);
	assert_check(f, "v1.0.0", true, sum, "");
	close_source(f);
	/* what go has cached suffices without the server; so does its newest head */
	fs_remove_all(f->server, NULL);
	fs_remove_all(f->cache, NULL);
	open_source(f, NULL);
	assert_check(f, "v1.0.0", true, sum, "");
	close_source(f);
	free(record);
	free(command);
	free(proxy);
}

/* GOSUMDB with only the key: the first proxy that supports the database serves it. */
static void test_proxied(void **state)
{
	struct fixture *f = *state;
	char *proxy = xasprintf("%s/proxy/sumdb/db.example/x", f->dir),
	     *gosumdb = xasprintf("GOSUMDB=%s", f->db.verifier),
	     *goproxy = xasprintf("GOPROXY=file://%s/none,file://%s/proxy", f->dir, f->dir), *file;
	const char *vars[] = { f->home_var, f->cache_var, gosumdb, "GOENV=off", goproxy, NULL };

	fresh(f, 300);
	testdb_write_tiles(&f->db, proxy, 300);
	testdb_write_lookup(&f->db, proxy, "example.com/m@v0.0.7", 7, 300);
	file = xasprintf("%s/supported", proxy);
	assert_true(fs_write_atomic(file, "", 0, 0644, false, NULL));
	f->env = goenv_new(&(struct goenv_options){ .environ = vars }, NULL);
	f->s = source_new(&(struct source_options){ .env = f->env });
	assert_check(f, "v0.0.7", true, MOD_SUM, "");
	assert_check_begins(f, "v0.0.9", true, MOD_SUM,
			    "verifying go.mod: example.com/m@v0.0.9/go.mod: reading file:///");
	close_source(f);
	free(file);
	free(proxy);
	free(gosumdb);
	free(goproxy);
}

/* What go says of the URL behind the key. */
static void test_urls(void **state)
{
	static const char at[] = "verifying go.mod: example.com/m@v0.0.7/go.mod: ",
			  plain[] = "verifying go.mod: ";
	static const struct {
		const char *url, *prefix, *says;
	} cases[] = {
		{ "ftp://h.test/x", at,
		  "unsupported scheme: ftp://h.test/x/lookup/example.com/m@v0.0.7" },
		{ "ftp://u:p@h.test/x//", at,
		  "unsupported scheme: ftp://u:xxxxx@h.test/x//lookup/example.com/m@v0.0.7" },
		{ "http://%zz", plain,
		  "invalid GOSUMDB URL: parse \"http://%zz\": invalid URL escape \"%zz\"" },
		{ "file://h.test/x", at, "file URL specifies non-local host" },
		{ "://x", plain, "invalid GOSUMDB URL: parse \"://x\": missing protocol scheme" },
		{ "HTTP://[::1", plain,
		  "invalid GOSUMDB URL: parse \"HTTP://[::1\": missing ']' in host" },
		{ "x y", plain, "invalid GOSUMDB: too many fields" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *gosumdb = xasprintf("GOSUMDB=%s %s", f->db.verifier, cases[i].url),
		     *says = xasprintf("%s%s", cases[i].prefix, cases[i].says);
		const char *vars[] = { f->home_var, f->cache_var,  gosumdb,
				       "GOENV=off", "GOPROXY=off", NULL };

		f->env = goenv_new(&(struct goenv_options){ .environ = vars }, NULL);
		f->s = source_new(&(struct source_options){ .env = f->env });
		assert_check(f, "v0.0.7", true, MOD_SUM, says);
		close_source(f);
		free(gosumdb);
		free(says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),	    cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_absent),	    cmocka_unit_test(test_fork),
		cmocka_unit_test(test_files_of_go), cmocka_unit_test(test_settings),
		cmocka_unit_test(test_wanted),	    cmocka_unit_test(test_threads),
		cmocka_unit_test(test_like_go),	    cmocka_unit_test(test_proxied),
		cmocka_unit_test(test_urls),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
