/* The vulnerability database: which versions an entry affects, what is reported, and hostile mirrors. Expectations by hand,
 * after the OSV schema's evaluation of ranges. */

#include "unit.h"

#include "audit/vulndb.h"
#include "httpfix.h"

#define ENTRY(id, events, more)                                                                                                  \
	"{\"id\":\"" id                                                                                                          \
	"\",\"summary\":\"bad \\u001b[31m thing\",\"affected\":[{\"package\":{\"name\":\"example.com/m\",\"ecosystem\":\"Go\"}," \
	"\"ranges\":[{\"type\":\"SEMVER\",\"events\":[" events "]}]" more "}]}"
#define INDEX(vulns)                                     \
	"[{\"path\":\"example.com/m\",\"vulns\":[" vulns \
	"]},{\"path\":\"stdlib\",\"vulns\":[{\"id\":\"GO-STD\"}]}]"
#define IMPORTS(path) \
	",\"ecosystem_specific\":{\"imports\":[{\"path\":\"" path "\",\"symbols\":[\"F\"]}]}"

static enum vulndb_use use;

static enum vulndb_use answer(void *ctx, const char *module, const char *package)
{
	(void)ctx;
	(void)module;
	assert_true(package[0] != '\0');
	return use;
}

static void write_file(const char *name, const char *text)
{
	struct err e = ERR_INIT;
	const char *file = tmp_path(name);

	assert_true(fs_mkdir_all(path_dir(&tmp_arena, file), &e));
	tmp_write_n(name, text, strlen(text));
}

/* The findings about example.com/m at a version. */
static struct findings check(struct arena *a, const char *version, const char *go, bool ok)
{
	const struct vulndb_module m = { "example.com/m", version, 5 };
	struct vulndb_options o = { .mirror = tmp_path("db"),
				    .gomod = "/p/go.mod",
				    .modules = &m,
				    .n = 1,
				    .go_version = go,
				    .use = answer };
	struct findings fs = { .arena = a };
	struct err e = ERR_INIT;

	assert_int_equal(vulndb_check(&o, &fs, &e), ok);
	err_release(&e);
	return fs;
}

static void evaluates(void **state)
{
	static const struct {
		const char *events, *version;
		const char *fixed; /* NULL: not affected; "": no fix */
	} cases[] = {
#define I(v) "{\"introduced\":\"" v "\"}"
#define F(v) "{\"fixed\":\"" v "\"}"
		{ I("0"), "v0.0.1", "" },
		{ I("0"), "v0.0.0-20200101000000-0123456789ab", "" },
		{ I("0") "," F("1.2.3"), "v1.2.2", "v1.2.3" },
		{ I("0") "," F("1.2.3"), "v1.2.3", NULL },
		{ I("0") "," F("1.2.3"), "v1.2.3-rc.1", "v1.2.3" },
		{ I("1.1.0") "," F("1.2.3"), "v1.0.9", NULL },
		{ I("1.1.0") "," F("1.2.3"), "v1.1.0", "v1.2.3" },
		{ I("1.1.0") "," F("1.2.3") "," I("1.4.0") "," F("1.4.2"), "v1.3.0", NULL },
		{ I("1.1.0") "," F("1.2.3") "," I("1.4.0") "," F("1.4.2"), "v1.4.1", "v1.4.2" },
		{ I("1.4.0") "," F("1.4.2") "," I("1.1.0") "," F("1.2.3"), "v1.2.0", "v1.2.3" },
		{ I("0") "," F("1.2.3"), "v2.0.0+incompatible", NULL },
		/* golang.org/x/vuln/internal/semver drops one "v", then one "go" */
		{ I("v1.1.0") "," F("v1.2.3"), "v1.2.2", "v1.2.3" },
		{ I("v1.1.0") "," F("v1.2.3"), "v1.0.9", NULL },
		{ I("go1.1.0") "," F("go1.2.3"), "v1.1.0", "v1.2.3" },
		{ I("go1.1.0") "," F("go1.2.3"), "v1.2.3", NULL },
		{ I("vgo1.1.0") "," F("1.2.3"), "v1.1.0", "v1.2.3" },
	};

	(void)state;
	use = VULNDB_IMPORTED;
	write_file("db/index/modules.json", INDEX("{\"id\":\"GO-1\"}"));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = ARENA_INIT;
		struct findings fs;

		write_file("db/ID/GO-1.json",
			   arena_fmt(&a, ENTRY("GO-1", "%s", IMPORTS("example.com/m/p")),
				     cases[i].events));
		fs = check(&a, cases[i].version, "", true);
		if (fs.n != (cases[i].fixed != NULL))
			fail_msg("%s of %s: %zu findings", cases[i].version, cases[i].events, fs.n);
		if (cases[i].fixed) {
			assert_string_equal(fs.items[0].kind, "vuln/imported");
			assert_int_equal(fs.items[0].line, 5);
			assert_non_null(strstr(fs.items[0].remedy,
					       *cases[i].fixed ? cases[i].fixed : "no version"));
		}
		findings_release(&fs);
		arena_release(&a);
	}
}

static void reports_use(void **state)
{
	static const struct {
		enum vulndb_use use;
		const char *kind;
		enum finding_severity severity;
	} cases[] = { { VULNDB_IMPORTED, "vuln/imported", FINDING_ERROR },
		      { VULNDB_UNKNOWN, "vuln/required", FINDING_WARNING },
		      { VULNDB_NOT_IMPORTED, "vuln/not-imported", FINDING_INFO } };

	(void)state;
	write_file("db/index/modules.json", INDEX("{\"id\":\"GO-1\"}"));
	write_file("db/ID/GO-1.json", ENTRY("GO-1", I("0"), IMPORTS("example.com/m/p")));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = ARENA_INIT;
		struct findings fs;

		use = cases[i].use;
		fs = check(&a, "v1.0.0", "", true);
		assert_int_equal(fs.n, 1);
		assert_string_equal(fs.items[0].kind, cases[i].kind);
		assert_int_equal(fs.items[0].severity, cases[i].severity);
		findings_release(&fs);
		arena_release(&a);
	}
}

/* An entry without packages concerns the whole module. */
static void takes_whole_modules(void **state)
{
	struct arena a = ARENA_INIT;
	struct findings fs;

	(void)state;
	use = VULNDB_NOT_IMPORTED;
	write_file("db/index/modules.json", INDEX("{\"id\":\"GO-1\",\"fixed\":\"1.5.0\"}"));
	write_file("db/ID/GO-1.json", ENTRY("GO-1", I("0"), ""));
	fs = check(&a, "v1.0.0", "", true);
	assert_int_equal(fs.n, 1);
	assert_string_equal(fs.items[0].kind, "vuln/imported");
	findings_release(&fs);
	/* the index says that it is fixed: the entry is not read */
	fs = check(&a, "v1.5.0", "", true);
	assert_int_equal(fs.n, 0);
	findings_release(&fs);
	arena_release(&a);
}

static void reads_go(void **state)
{
	static const struct {
		const char *go;
		bool affected;
	} cases[] = { { "1.22", true },	    { "1.22.5", false }, { "1.22.4", true },
		      { "1.22rc1", false }, { "1.21.9", false }, { "devel", false } };

	(void)state;
	use = VULNDB_IMPORTED;
	write_file("db/index/modules.json", INDEX(""));
	write_file(
		"db/ID/GO-STD.json",
		"{\"id\":\"GO-STD\",\"affected\":[{\"package\":{\"name\":\"stdlib\"},\"ranges\":[{\"type\":\"SEMVER\",\"events\":[" I(
			"1.22.0") "," F("1.22.5") "]}]}]}");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = ARENA_INIT;
		struct findings fs = check(&a, "v1.0.0", cases[i].go, true);

		if (fs.n != cases[i].affected)
			fail_msg("go %s: %zu findings", cases[i].go, fs.n);
		findings_release(&fs);
		arena_release(&a);
	}
}

static void survives_hostile_mirrors(void **state)
{
	static const struct {
		const char *index, *entry;
		bool ok;
		size_t n;
	} cases[] = {
		{ "", "", false, 0 },
		{ "{", "", false, 0 },
		{ "{}", "", false, 0 },
		{ "[1,null,[]]", "", true, 0 },
		{ INDEX("{\"id\":\"../../../etc/passwd\"}"), "", true, 1 },
		{ INDEX("{\"id\":\"GO-1\"}"), "not JSON", true, 1 },
		{ INDEX("{\"id\":\"GO-1\"}"), "[]", true, 1 },
		{ INDEX("{\"id\":\"GO-1\"}"), "{\"affected\":{}}", true, 1 },
		{ INDEX("{\"id\":\"GO-1\"}"),
		  "{\"affected\":[{\"package\":{\"name\":\"example.com/m\"},\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"x\"}]}]}]}",
		  true, 1 },
		{ INDEX("{\"id\":\"GO-1\"}"),
		  "{\"withdrawn\":\"2020-01-01T00:00:00Z\",\"affected\":[{\"package\":{\"name\":\"example.com/m\"}}]}",
		  true, 0 },
		{ INDEX("{\"id\":\"GO-1\"}"),
		  "{\"affected\":[{\"package\":{\"name\":\"example.com/m\"}}]}", true, 1 },
		/* an entry without a range of semantic versions concerns all versions */
		{ INDEX("{\"id\":\"GO-1\"}"),
		  "{\"affected\":[{\"package\":{\"name\":\"example.com/m\"},\"ranges\":[{\"type\":\"GIT\",\"events\":[{\"introduced\":\"0\"}]}]}]}",
		  true, 1 },
		{ INDEX("{\"id\":\"GO-1\"}"),
		  "{\"affected\":[{\"package\":{\"name\":\"example.com/m\"},\"ranges\":[{\"type\":\"SEMVER\"}]}]}",
		  true, 1 },
		{ INDEX("{\"id\":\"GO-2\"}"), "", true, 1 },
	};

	(void)state;
	use = VULNDB_IMPORTED;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = ARENA_INIT;
		struct findings fs;

		write_file("db/index/modules.json", cases[i].index);
		write_file("db/ID/GO-1.json", cases[i].entry);
		fs = check(&a, "v1.0.0", "", cases[i].ok);
		if (fs.n != cases[i].n)
			fail_msg("case %zu: %zu findings", i, fs.n);
		findings_release(&fs);
		arena_release(&a);
	}
}

/* What is said of one entry: its packages, its text and how it is mended. */
static void tells(void **state)
{
	static const char go[] =
		"{\"path\":\"stdlib\",\"vulns\":[{\"id\":\"GO-1\",\"fixed\":\"1.30.0\"}]}";
	static const struct {
		const char *index, *entry, *version, *go;
		const char *subject, *cause, *remedy; /* subject NULL: nothing is said */
	} cases[] = {
		{ "{\"path\":\"example.com/m\",\"vulns\":[{\"id\":\"GO-1\"}]}",
		  "{\"id\":\"GO-1\",\"details\":\"one line\\nand more\",\"affected\":[{\"package\":{\"name\":\"example.com/m\"},"
		  "\"ecosystem_specific\":{\"imports\":[{\"path\":\"example.com/m/p\"},{\"path\":\"example.com/m/q\"}]}}]}",
		  "v1.0.0", "", "example.com/m@v1.0.0",
		  "GO-1: one line; imported: example.com/m/p, example.com/m/q",
		  "no version is known to fix it" },
		/* the first row and the first matching package count */
		{ "{\"path\":\"example.com/m\",\"vulns\":[{\"id\":\"GO-1\"}]},{\"path\":\"example.com/m\",\"vulns\":[{\"id\":\"GO-2\"}]}",
		  "{\"id\":\"GO-1\",\"summary\":\"x\",\"affected\":[{\"package\":{\"name\":\"example.com/n\"}},"
		  "{\"package\":{\"name\":\"example.com/m\"},\"ranges\":[{\"type\":\"GIT\"},{\"type\":\"SEMVER\",\"events\":[{\"fixed\":\"1.2.0\"},{\"introduced\":\"0\"}]}]},"
		  "{\"package\":{\"name\":\"example.com/m\"}}]}",
		  "v1.0.0", "", "example.com/m@v1.0.0", "GO-1: x",
		  "modscope whatif --get example.com/m@v1.2.0" },
		{ "{\"path\":\"example.com/m\",\"vulns\":[{\"id\":\"GO-1\"}]}",
		  "{\"id\":\"GO-1\",\"affected\":[{\"package\":{\"name\":\"example.com/n\"}}]}",
		  "v1.0.0", "", NULL, NULL, NULL },
		{ "{\"path\":\"example.com/m\",\"vulns\":[{\"id\":\"GO-1\"}]}",
		  "{\"id\":\"GO-1\",\"affected\":[{\"package\":{\"name\":\"example.com/m\"}}]}",
		  "devel", "", NULL, NULL, NULL },
		{ go,
		  "{\"id\":\"GO-1\",\"summary\":\"x\",\"affected\":[{\"package\":{\"name\":\"stdlib\"},\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"1.30.0\"}]}]}]}",
		  "v1.0.0", "1", "stdlib@v1.0.0", "GO-1: x", "a go toolchain from 1.30.0 on" },
		{ go,
		  "{\"id\":\"GO-1\",\"summary\":\"x\",\"affected\":[{\"package\":{\"name\":\"stdlib\"}}]}",
		  "v1.0.0", "1.22rc1", "stdlib@v1.22.0-rc.1", "GO-1: x",
		  "no version is known to fix it" },
		{ "{\"path\":\"toolchain\",\"vulns\":[{\"id\":\"GO-1\"}]}",
		  "{\"id\":\"GO-1\",\"summary\":\"x\",\"affected\":[{\"package\":{\"name\":\"toolchain\"},\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"1.30.0\"}]}]}]}",
		  "v1.0.0", "1.26.8", "toolchain@v1.26.8", "GO-1: x",
		  "a go toolchain from 1.30.0 on" },
		{ "{\"path\":\"example.com/m\",\"vulns\":[{\"id\":\"\"}]}", "", "v1.0.0", "",
		  "example.com/m", "the index names an entry that is not an identifier",
		  "check the mirror of the vulnerability database" },
		{ "{\"path\":\"example.com/m\",\"vulns\":[{\"id\":\"GO-1\"}]}", "{}", "v1.0.0", "",
		  "example.com/m", "ID/GO-1.json: it does not list what it affects",
		  "check the mirror of the vulnerability database" },
	};

	(void)state;
	use = VULNDB_IMPORTED;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = ARENA_INIT;
		struct findings fs;

		write_file("db/index/modules.json", arena_fmt(&a, "[%s]", cases[i].index));
		write_file("db/ID/GO-1.json", cases[i].entry);
		fs = check(&a, cases[i].version, cases[i].go, true);
		assert_int_equal(fs.n, cases[i].subject != NULL);
		if (cases[i].subject) {
			assert_string_equal(fs.items[0].subject, cases[i].subject);
			assert_string_equal(fs.items[0].cause, cases[i].cause);
			assert_string_equal(fs.items[0].remedy, cases[i].remedy);
		}
		findings_release(&fs);
		arena_release(&a);
	}
}

/* An identifier has 64 characters at most, however long the name. */
static void long_identifiers(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	for (int n = 64; n <= 65; n++) {
		const char *id = arena_fmt(&a, "%0*d", n, 0);
		struct findings fs;

		write_file("db/index/modules.json", arena_fmt(&a, INDEX("{\"id\":\"%s\"}"), id));
		fs = check(&a, "v1.0.0", "", true);
		assert_int_equal(fs.n, 1);
		assert_int_equal(strstr(fs.items[0].cause, "not an identifier") != NULL, n > 64);
		findings_release(&fs);
	}
	arena_release(&a);
}

static void serve(struct httpfix *s, int conn, const struct httpfix_request *q)
{
	(void)s;
	if (str_eq(q->target, "/db/index/modules.json"))
		httpfix_text(conn, "200 OK", "", INDEX("{\"id\":\"GO-1\"},{\"id\":\"GO-2\"}"));
	else if (str_eq(q->target, "/db/ID/GO-1.json"))
		httpfix_text(conn, "200 OK", "", ENTRY("GO-1", I("0"), ""));
	else
		httpfix_text(conn, "404 Not Found", "", "no");
}

/* From a server, with and without a slash at the end; an entry that it lacks is told. */
static void over_http(void **state)
{
	static const char *const ends[] = { "db", "db/", "none" };
	const struct vulndb_module m = { "example.com/m", "v1.0.0", 5, NULL };
	struct goenv *env = httpfix_env();
	struct cancel cancel = { false };
	struct httpfix s;

	(void)state;
	use = VULNDB_IMPORTED;
	httpfix_start(&s, serve, NULL);
	for (size_t i = 0; i < 2 * ARRAY_LEN(ends); i++) {
		struct arena a = ARENA_INIT;
		struct vulndb_options o = { .mirror = arena_fmt(&a, "http://127.0.0.1:%d/%s",
								s.port, ends[i / 2]),
					    .env = env,
					    .cancel = &cancel,
					    .offline = i % 2,
					    .gomod = "/p/go.mod",
					    .modules = &m,
					    .n = 1,
					    .go_version = "",
					    .use = answer };
		struct findings fs = { .arena = &a };
		struct err e = ERR_INIT;

		if (i % 2) {
			assert_false(vulndb_check(&o, &fs, &e));
			assert_int_equal(e.code, ERR_OFFLINE);
			o.mirror = "https://db.example";
			assert_false(vulndb_check(&o, &fs, NULL));
		} else if (i < 4) {
			assert_true(vulndb_check(&o, &fs, &e));
			assert_int_equal(fs.n, 2);
			assert_string_equal(fs.items[0].kind, "vuln/imported");
			assert_string_equal(fs.items[1].kind, "vuln/unread");
			assert_non_null(strstr(fs.items[1].cause, "404"));
			atomic_store(&cancel.set, true);
			fs.n = 0;
			assert_false(vulndb_check(&o, &fs, &e));
			assert_int_equal(fs.n, 0);
			atomic_store(&cancel.set, false);
		} else {
			assert_false(vulndb_check(&o, &fs, &e));
			assert_non_null(strstr(e.text, "404"));
		}
		err_release(&e);
		findings_release(&fs);
		arena_release(&a);
	}
	httpfix_stop(&s);
	goenv_free(env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(evaluates),
		cmocka_unit_test(reports_use),
		cmocka_unit_test(takes_whole_modules),
		cmocka_unit_test(reads_go),
		cmocka_unit_test(survives_hostile_mirrors),
		cmocka_unit_test(tells),
		cmocka_unit_test(long_identifiers),
		cmocka_unit_test(over_http),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
