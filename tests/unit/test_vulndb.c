/* The vulnerability database: which versions an entry affects, what is reported, and hostile mirrors. Expectations by hand,
 * after the OSV schema's evaluation of ranges. */

#include "unit.h"

#include "audit/vulndb.h"
#include "tmpdir.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(evaluates),
		cmocka_unit_test(reports_use),
		cmocka_unit_test(takes_whole_modules),
		cmocka_unit_test(reads_go),
		cmocka_unit_test(survives_hostile_mirrors),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
