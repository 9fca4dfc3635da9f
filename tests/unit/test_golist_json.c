/* The JSON form of a module, compared with encoding/json's of modinfo.ModulePublic (tests/data/golist). */
#include "unit.h"

#include "base/fs.h"
#include "graph/golist.h"

#define EMPTY                                                                             \
	.version = "", .query = "", .time = "", .dir = "", .gomod = "", .go_version = "", \
	.deprecated = "", .error = "", .unknown = "", .sum = "", .gomod_sum = ""

static struct modinfo whole(struct modinfo *replace, struct modinfo *update)
{
	static const char *const versions[] = { "v1.0.0", "v1.1.0" };
	static const char *const retracted[] = { "a \"bad\" <one>\n\t\r\b\f\x01&",
						 "\xe2\x80\xa8\xe2\x80\xa9 \\ \xff \xc3\xa4" };

	*replace = (struct modinfo){ EMPTY, .path = "../a" };
	replace->dir = "/x/a";
	replace->gomod = "/x/a/go.mod";
	replace->go_version = "1.16";
	*update = (struct modinfo){ EMPTY, .path = "example.com/a" };
	update->version = "v1.1.0";
	update->time = "2021-01-02T03:04:05Z";
	return (struct modinfo){
		.path = "example.com/a",
		.version = "v1.0.0",
		.query = "latest",
		.versions = versions,
		.n_versions = 2,
		.replace = replace,
		.time = "2020-01-02T03:04:05Z",
		.update = update,
		.main = true,
		.indirect = true,
		.dir = "/x/a",
		.gomod = "/x/a/go.mod",
		.go_version = "1.22",
		.retracted = retracted,
		.n_retracted = 2,
		.deprecated = "old",
		.error = "no: \xc3\xa9",
		.unknown = "",
		.sum = "h1:x=",
		.gomod_sum = "h1:y=",
		/* unformatted: spaces that go drops, and a backslash at the end of a string */
		.origin =
			"{ \"VCS\":\"git\",\n\"URL\": \"https://h.test/?a=1\\u0026b=\\u003cx\\u003e\\\\\","
			"\t\"Subdir\":\"q\\\"uo\\\\\\\"te, {x}: y\" }",
	};
}

static void test_whole(void **state)
{
	struct modinfo replace, update, m = whole(&replace, &update);
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	char *want;
	size_t len;

	(void)state;
	if (!fs_read(&a, TEST_DATA "/golist/module.json", 1 << 20, &want, &len, &e))
		fail_msg("%s", e.text);
	golist_json(&m, NULL, &b);
	assert_string_equal(b.data, want);
	buf_release(&b);
	arena_release(&a);
}

static void assert_json(const struct modinfo *m, const char *fields, const char *want)
{
	struct buf b = BUF_INIT;

	golist_json(m, fields, &b);
	assert_string_equal(b.data, want);
	buf_release(&b);
}

/* go list -m -json=Version,Error: only these fields of the module, and everything inside them. */
static void test_fields(void **state)
{
	struct modinfo replace, update, m = whole(&replace, &update);
	struct modinfo none = { EMPTY, .path = "" };

	(void)state;
	assert_json(
		&m, "Version,Error,Vers",
		"{\n\t\"Version\": \"v1.0.0\",\n\t\"Error\": {\n\t\t\"Err\": \"no: \xc3\xa9\"\n\t}\n}\n");
	assert_json(
		&m, "Update",
		"{\n\t\"Update\": {\n\t\t\"Path\": \"example.com/a\",\n\t\t\"Version\": \"v1.1.0\","
		"\n\t\t\"Time\": \"2021-01-02T03:04:05Z\"\n\t}\n}\n");
	assert_json(&m, "None", "{}\n");
	assert_json(&none, NULL, "{}\n");
	m.origin = "{}";
	assert_json(&m, "Origin", "{\n\t\"Origin\": {}\n}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_whole),
					    cmocka_unit_test(test_fields) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
