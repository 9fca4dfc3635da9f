/* JSON as encoding/json reads it: the rows are the results of Go 1.26.8's json.Unmarshal into modfetch.RevInfo. */

#include "unit.h"

#include "base/gojson.h"

static const struct {
	const char *json, *version, *time, *error;
} rows[] = {
	{ "{\"Version\":\"v1.0.0\",\"Time\":\"2020-01-02T03:04:05Z\"}", "v1.0.0",
	  "2020-01-02T03:04:05Z", NULL },
	{ "{\"version\":\"v1\",\"VERSION\":\"v2\"}", "v2", "", NULL },
	{ "null", "", "", NULL },
	{ "", "", "", "unexpected end of JSON input" },
	{ "   ", "", "", "unexpected end of JSON input" },
	{ "[]", "", "", "json: cannot unmarshal array into Go value of type modfetch.RevInfo" },
	{ "{\"Version\":5}", "", "",
	  "json: cannot unmarshal number into Go struct field RevInfo.Version of type string" },
	{ "{\"Version\":null,\"Time\":null}", "", "", NULL },
	{ "{\"Time\":\"2020-01-02T03:04:05.1200+00:00\"}", "", "2020-01-02T03:04:05.12Z", NULL },
	{ "{\"Time\":\"2020-02-30T03:04:05Z\"}", "", "",
	  "parsing time \"2020-02-30T03:04:05Z\": day out of range" },
	{ "{\"Time\":\"x\"}", "", "",
	  "parsing time \"x\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"x\" as \"2006\"" },
	{ "{\"Time\":7}", "", "", "Time.UnmarshalJSON: input is not a JSON string" },
	{ "{\"Version\":\"v1\"} x", "", "", "invalid character 'x' after top-level value" },
	{ "{\"Version\":\"v1\",}", "", "",
	  "invalid character '}' looking for beginning of object key string" },
	{ "{\"Version\":\"v1\"", "", "", "unexpected end of JSON input" },
	{ "{\"Version\":tru}", "", "", "invalid character '}' in literal true (expecting 'e')" },
	{ "{\"Version\":\"a\\qb\"}", "", "", "invalid character 'q' in string escape code" },
	{ "{\"Version\":\"a\\u12g4\"}", "", "",
	  "invalid character 'g' in \\u hexadecimal character escape" },
	{ "{\"Version\":\"\\ud83d\\ude00 \\ud800 \\u0041\\n\"}", "😀 � A\n", "", NULL },
	{ "{\"Version\":\"\001\"}", "", "", "invalid character '\\x01' in string literal" },
	{ "{\"Version\":\"\377\376\"}", "��", "", NULL },
	{ "{\"X\":[1,2,{\"a\":-0.5e+10}],\"Version\":\"v3\"}", "v3", "", NULL },
	{ "{\"X\":01}", "", "", "invalid character '1' after object key:value pair" },
	{ "{\"X\":1.}", "", "", "invalid character '}' after decimal point in numeric literal" },
	{ "{\"X\":1e}", "", "", "invalid character '}' in exponent of numeric literal" },
	{ "{\"X\":-}", "", "", "invalid character '}' in numeric literal" },
	{ "{\"Origin\":[]}", "", "",
	  "json: cannot unmarshal array into Go struct field RevInfo.Origin of type codehost.Origin" },
	{ "{\"Origin\":{\"VCS\":\"git\"}}", "", "", NULL },
	{ "{Version:1}", "", "",
	  "invalid character 'V' looking for beginning of object key string" },
	{ "{\"Version\" 1}", "", "", "invalid character '1' after object key" },
	{ "[1 2]", "", "", "invalid character '2' after array element" },
	{ "{\"a\":1 2}", "", "", "invalid character '2' after object key:value pair" },
	{ "<html>", "", "", "invalid character '<' looking for beginning of value" },
	{ "'x'", "", "", "invalid character '\\'' looking for beginning of value" },
	{ "\"x\"", "", "", "json: cannot unmarshal string into Go value of type modfetch.RevInfo" },
	{ "true", "", "", "json: cannot unmarshal bool into Go value of type modfetch.RevInfo" },
	{ "{\"Time\":\"2020-01-02T03:04:05+07:00\"}", "", "2020-01-02T03:04:05+07:00", NULL },
	{ "{\"Time\":\"2020-01-02t03:04:05z\"}", "", "",
	  "parsing time \"2020-01-02t03:04:05z\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"t03:04:05z\" as \"T\"" },
	{ "{\"Time\":\"0001-01-01T00:00:00Z\"}", "", "", NULL },
	{ "{\"Time\":\"2020-01-02T03:04:05,5Z\"}", "", "2020-01-02T03:04:05.5Z", NULL },
	{ "{\"Time\":\"2020-01-02T24:04:05Z\"}", "", "",
	  "parsing time \"2020-01-02T24:04:05Z\": hour out of range" },
	{ "{\"Time\":\"2020-01-02T03:04:60Z\"}", "", "",
	  "parsing time \"2020-01-02T03:04:60Z\": second out of range" },
	{ "{\"Time\":\"2020-01-02T03:04:05.1234567899Z\"}", "", "2020-01-02T03:04:05.123456789Z",
	  NULL },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a = ARENA_INIT;
		struct err e = ERR_INIT;
		struct gojson_info info;
		bool ok = gojson_info(&a, rows[i].json, strlen(rows[i].json), &info, &e);

		if (rows[i].error) {
			assert_false(ok);
			assert_string_equal(e.text, rows[i].error);
		} else {
			assert_true(ok);
			assert_string_equal(info.version, rows[i].version);
			assert_string_equal(info.time, rows[i].time);
		}
		err_release(&e);
		arena_release(&a);
	}
}

static void test_origin(void **state)
{
	static const char text[] =
		"{\"Origin\": {\"VCS\":\"git\", \"x\":[1]} ,\"Version\":\"v1.0.0\"}";
	struct arena a = ARENA_INIT;
	struct gojson_info info;

	(void)state;
	assert_true(gojson_info(&a, text, strlen(text), &info, NULL));
	assert_string_equal(info.origin, "{\"VCS\":\"git\", \"x\":[1]}");
	assert_string_equal(info.version, "v1.0.0");
	arena_release(&a);
}

static void test_depth(void **state)
{
	struct err e = ERR_INIT;
	char *deep = xmalloc(2 * GOJSON_MAX_DEPTH + 2);

	(void)state;
	memset(deep, '[', GOJSON_MAX_DEPTH);
	memset(deep + GOJSON_MAX_DEPTH, ']', GOJSON_MAX_DEPTH);
	assert_true(gojson_check(deep, 2 * GOJSON_MAX_DEPTH, NULL));
	memset(deep, '[', GOJSON_MAX_DEPTH + 1);
	assert_false(gojson_check(deep, 2 * GOJSON_MAX_DEPTH + 1, &e));
	assert_string_equal(e.text, "exceeded max depth");
	err_release(&e);
	free(deep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_origin),
		cmocka_unit_test(test_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
