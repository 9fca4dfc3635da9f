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
	{ "{\"Version\":\"\\ud83d\"}", "\357\277\275", "", NULL },
	{ "{\"Version\":\"\\ud83d\\u0041\"}", "\357\277\275A", "", NULL },
	{ "{\"Version\":\"\\ud83dxu0041\"}", "\357\277\275xu0041", "", NULL },
	{ "{\"Version\":\"\\ud83d\\n12345\"}", "\357\277\275\01212345", "", NULL },
	{ "{\"Version\":\"\\udc00\\ud83d\"}", "\357\277\275\357\277\275", "", NULL },
	{ "{\"Version\":\"\\ud83d\\ue000\"}", "\357\277\275\356\200\200", "", NULL },
	{ "{\"Version\":\"\\ue000\\udfff\\ud7ff\"}", "\356\200\200\357\277\275\355\237\277", "",
	  NULL },
	{ "{\"\\u0056ersion\":\"v\"}", "v", "", NULL },
	{ "{\"Ver\\\"sion\":\"v\"}", "", "", NULL },
	{ "{\"a\\", "", "", "invalid character ' ' in string escape code" },
	{ "{\"a", "", "", "unexpected end of JSON input" },
	{ "{\"Time\":\"2020-01-02T3:04:05Z\"}", "", "2020-01-02T03:04:05Z", NULL },
	{ "{\"Time\":\"2020-01-02T3\"}", "", "",
	  "parsing time \"2020-01-02T3\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \":\"" },
	{ "{\"Time\":\"2020-01-02T03:04:05+0700\"}", "", "",
	  "parsing time \"2020-01-02T03:04:05+0700\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"+0700\" as \"Z07:00\"" },
	{ "{\"Time\":\"2020-01-02T03:04:05*07:00\"}", "", "",
	  "parsing time \"2020-01-02T03:04:05*07:00\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"*07:00\" as \"Z07:00\"" },
	{ "{\"Time\":\"2020-01-02T03:04:05-07:30\"}", "", "2020-01-02T03:04:05-07:30", NULL },
	{ "{\"Time\":\"2020-01-02T03:04:05-25:00\"}", "", "",
	  "parsing time \"2020-01-02T03:04:05-25:00\": time zone offset hour out of range" },
	{ "{\"Time\":\"2020-01-02T03:04:05-07:60\"}", "", "2020-01-02T03:04:05-08:00", NULL },
	{ "{\"Time\":\"2020-01-02T03:04:05-07:61\"}", "", "",
	  "parsing time \"2020-01-02T03:04:05-07:61\": time zone offset minute out of range" },
	{ "{\"Time\":\"2020-01-02T03:04:05-0x:00\"}", "", "",
	  "parsing time \"2020-01-02T03:04:05-0x:00\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"-0x:00\" as \"Z07:00\"" },
	{ "{\"Time\":\"2020-01-02T03:04:05-07:0x\"}", "", "",
	  "parsing time \"2020-01-02T03:04:05-07:0x\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"-07:0x\" as \"Z07:00\"" },
	{ "{\"Time\":\"2020-01-02T03:04:05\"}", "", "",
	  "parsing time \"2020-01-02T03:04:05\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"Z07:00\"" },
	{ "{\"Time\":\"2020-01-02T03:04:05Zx\"}", "", "",
	  "parsing time \"2020-01-02T03:04:05Zx\": extra text: \"x\"" },
	{ "{\"Time\":\"2020-00-02T03:04:05Z\"}", "", "",
	  "parsing time \"2020-00-02T03:04:05Z\": month out of range" },
	{ "{\"Time\":\"2020-01-00T03:04:05Z\"}", "", "",
	  "parsing time \"2020-01-00T03:04:05Z\": day out of range" },
	{ "{\"Time\":\"2020-01-99T03:04:05Z\"}", "", "",
	  "parsing time \"2020-01-99T03:04:05Z\": day out of range" },
	{ "{\"Time\":\"2023-02-29T03:04:05Z\"}", "", "",
	  "parsing time \"2023-02-29T03:04:05Z\": day out of range" },
	{ "{\"Time\":\"2024-02-29T03:04:05Z\"}", "", "2024-02-29T03:04:05Z", NULL },
	{ "{\"Time\":\"2020-13-40T03:04:05Z\"}", "", "",
	  "parsing time \"2020-13-40T03:04:05Z\": month out of range" },
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
	{ " \011\015\n{ \"Version\"\011:\015\n\"v1\" , \"a\" : [ ] , \"b\" : { } }\n", "v1", "",
	  NULL },
	{ "{\"a\":\"b\"", "", "", "unexpected end of JSON input" },
	{ "{\"a\"", "", "", "unexpected end of JSON input" },
	{ "{\"a\":", "", "", "unexpected end of JSON input" },
	{ "{\"a\":1,", "", "", "unexpected end of JSON input" },
	{ "{", "", "", "unexpected end of JSON input" },
	{ "[", "", "", "unexpected end of JSON input" },
	{ "[1,", "", "", "unexpected end of JSON input" },
	{ "[1", "", "", "unexpected end of JSON input" },
	{ "\"", "", "", "unexpected end of JSON input" },
	{ "\"\\", "", "", "invalid character ' ' in string escape code" },
	{ "\"\\u", "", "", "invalid character ' ' in \\u hexadecimal character escape" },
	{ "\"\\u00", "", "", "invalid character ' ' in \\u hexadecimal character escape" },
	{ "\"\\u00e9", "", "", "unexpected end of JSON input" },
	{ "{\"Version\":\"\\b\\f\\n\\r\\t\\\\\\/\\\"\"}", "\010\014\n\015\011\\/\"", "", NULL },
	{ "-", "", "", "invalid character ' ' in numeric literal" },
	{ "-0", "", "", "json: cannot unmarshal number into Go value of type modfetch.RevInfo" },
	{ "0", "", "", "json: cannot unmarshal number into Go value of type modfetch.RevInfo" },
	{ "00", "", "", "invalid character '0' after top-level value" },
	{ "-01", "", "", "invalid character '1' after top-level value" },
	{ "1.", "", "", "invalid character ' ' after decimal point in numeric literal" },
	{ "1.5", "", "", "json: cannot unmarshal number into Go value of type modfetch.RevInfo" },
	{ "1e", "", "", "invalid character ' ' in exponent of numeric literal" },
	{ "1e+", "", "", "invalid character ' ' in exponent of numeric literal" },
	{ "1e-", "", "", "invalid character ' ' in exponent of numeric literal" },
	{ "1e5", "", "", "json: cannot unmarshal number into Go value of type modfetch.RevInfo" },
	{ "1E+5", "", "", "json: cannot unmarshal number into Go value of type modfetch.RevInfo" },
	{ "1.5e3x", "", "", "invalid character 'x' after top-level value" },
	{ "t", "", "", "invalid character ' ' in literal true (expecting 'r')" },
	{ "tr", "", "", "invalid character ' ' in literal true (expecting 'u')" },
	{ "truE", "", "", "invalid character 'E' in literal true (expecting 'e')" },
	{ "f", "", "", "invalid character ' ' in literal false (expecting 'a')" },
	{ "fals", "", "", "invalid character ' ' in literal false (expecting 'e')" },
	{ "false", "", "", "json: cannot unmarshal bool into Go value of type modfetch.RevInfo" },
	{ "falze", "", "", "invalid character 'z' in literal false (expecting 's')" },
	{ "n", "", "", "invalid character ' ' in literal null (expecting 'u')" },
	{ "nul", "", "", "invalid character ' ' in literal null (expecting 'l')" },
	{ "nulL", "", "", "invalid character 'L' in literal null (expecting 'l')" },
	{ "{\"Version\":false}", "", "",
	  "json: cannot unmarshal bool into Go struct field RevInfo.Version of type string" },
	{ "{\"Version\":true}", "", "",
	  "json: cannot unmarshal bool into Go struct field RevInfo.Version of type string" },
	{ "{\"Version\":{}}", "", "",
	  "json: cannot unmarshal object into Go struct field RevInfo.Version of type string" },
	{ "{\"Version\":[]}", "", "",
	  "json: cannot unmarshal array into Go struct field RevInfo.Version of type string" },
	{ "{\"Time\":[]}", "", "", "Time.UnmarshalJSON: input is not a JSON string" },
	{ "{\"Time\":{}}", "", "", "Time.UnmarshalJSON: input is not a JSON string" },
	{ "{\"Time\":true}", "", "", "Time.UnmarshalJSON: input is not a JSON string" },
	{ "{\"Time\":false}", "", "", "Time.UnmarshalJSON: input is not a JSON string" },
	{ "{\"Origin\":5}", "", "",
	  "json: cannot unmarshal number into Go struct field RevInfo.Origin of type codehost.Origin" },
	{ "{\"Origin\":\"x\"}", "", "",
	  "json: cannot unmarshal string into Go struct field RevInfo.Origin of type codehost.Origin" },
	{ "{\"Origin\":true}", "", "",
	  "json: cannot unmarshal bool into Go struct field RevInfo.Origin of type codehost.Origin" },
	{ "{\"Origin\":null}", "", "", NULL },
	{ "{\"Origin\":{\"VCS\":\"git\"},\"Origin\":null}", "", "", NULL },
	{ "{\"Origin\":{}}", "", "", NULL },
	{ "\177", "", "", "invalid character '\\x7f' looking for beginning of value" },
	{ "é", "", "", "invalid character 'Ã' looking for beginning of value" },
	{ "{\"Version\":\"\\ud800\"}", "�", "", NULL },
	{ "{\"Version\":\"\\ud800\\u0041\"}", "�A", "", NULL },
	{ "{\"Version\":\"\\ud800\\ud800\"}", "��", "", NULL },
	{ "{\"Version\":\"\\ud800x\"}", "�x", "", NULL },
	{ "{\"Version\":\"\\ud800\\n\"}", "�\n", "", NULL },
	{ "{\"Version\":\"\\udc00\"}", "�", "", NULL },
	{ "{\"Version\":\"\\uDBFF\\uDFFF\"}", "􏿿", "", NULL },
	{ "{\"Version\":\"\\ud83d\\udE0\"}", "", "",
	  "invalid character '\"' in \\u hexadecimal character escape" },
	{ "{\"Version\":\"\\ud83d\"", "", "", "unexpected end of JSON input" },
	{ "{\"Version\":\"\037\"}", "", "", "invalid character '\\x1f' in string literal" },
	{ "{\"Version\":\"\n\"}", "", "", "invalid character '\\n' in string literal" },
	{ "[\"a\",\"b\"]", "", "",
	  "json: cannot unmarshal array into Go value of type modfetch.RevInfo" },
	{ "[true,false,null]", "", "",
	  "json: cannot unmarshal array into Go value of type modfetch.RevInfo" },
	{ "[{\"a\":[1,{\"b\":2}]}]", "", "",
	  "json: cannot unmarshal array into Go value of type modfetch.RevInfo" },
	{ "{\"a\":1}}", "", "", "invalid character '}' after top-level value" },
	{ "[1]]", "", "", "invalid character ']' after top-level value" },
	{ "{\"a\" \"b\"}", "", "", "invalid character '\"' after object key" },
	{ "{\"a\":1,\"b\"}", "", "", "invalid character '}' after object key" },
	{ "{,}", "", "", "invalid character ',' looking for beginning of object key string" },
	{ "[,]", "", "", "invalid character ',' looking for beginning of value" },
	{ "{\"a\":}", "", "", "invalid character '}' looking for beginning of value" },
	{ "{1:2}", "", "", "invalid character '1' looking for beginning of object key string" },
	{ "\"\"", "", "", "json: cannot unmarshal string into Go value of type modfetch.RevInfo" },
	{ "\"a\" \"b\"", "", "", "invalid character '\"' after top-level value" },
	{ "1 2", "", "", "invalid character '2' after top-level value" },
	{ "{\"Time\":\"\"}", "", "",
	  "parsing time \"\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"2006\"" },
	{ "{\"Time\":\"2\"}", "", "",
	  "parsing time \"2\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"2\" as \"2006\"" },
	{ "{\"Time\":\"2020\"}", "", "",
	  "parsing time \"2020\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"-\"" },
	{ "{\"Time\":\"2020-\"}", "", "",
	  "parsing time \"2020-\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"01\"" },
	{ "{\"Time\":\"2020-1-02T03:04:05Z\"}", "", "",
	  "parsing time \"2020-1-02T03:04:05Z\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"1-02T03:04:05Z\" as \"01\"" },
	{ "{\"Time\":\"2020-13-02T03:04:05Z\"}", "", "",
	  "parsing time \"2020-13-02T03:04:05Z\": month out of range" },
	{ "{\"Time\":\"2020-00-02T03:04:05Z\"}", "", "",
	  "parsing time \"2020-00-02T03:04:05Z\": month out of range" },
	{ "{\"Time\":\"2020-01-00T03:04:05Z\"}", "", "",
	  "parsing time \"2020-01-00T03:04:05Z\": day out of range" },
	{ "{\"Time\":\"2020-01-32T03:04:05Z\"}", "", "",
	  "parsing time \"2020-01-32T03:04:05Z\": day out of range" },
	{ "{\"Time\":\"2020-01-2T03:04:05Z\"}", "", "",
	  "parsing time \"2020-01-2T03:04:05Z\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"2T03:04:05Z\" as \"02\"" },
	{ "{\"Time\":\"2021-02-29T03:04:05Z\"}", "", "",
	  "parsing time \"2021-02-29T03:04:05Z\": day out of range" },
	{ "{\"Time\":\"2020-02-29T03:04:05Z\"}", "", "2020-02-29T03:04:05Z", NULL },
	{ "{\"Time\":\"1900-02-29T03:04:05Z\"}", "", "",
	  "parsing time \"1900-02-29T03:04:05Z\": day out of range" },
	{ "{\"Time\":\"2000-02-29T03:04:05Z\"}", "", "2000-02-29T03:04:05Z", NULL },
	{ "{\"Time\":\"2020-04-31T03:04:05Z\"}", "", "",
	  "parsing time \"2020-04-31T03:04:05Z\": day out of range" },
	{ "{\"Time\":\"2020-01-02T3:04:05Z\"}", "", "2020-01-02T03:04:05Z", NULL },
	{ "{\"Time\":\"2020-01-02T03:4:05Z\"}", "", "",
	  "parsing time \"2020-01-02T03:4:05Z\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"4:05Z\" as \"04\"" },
	{ "{\"Time\":\"2020-01-02T03:60:05Z\"}", "", "",
	  "parsing time \"2020-01-02T03:60:05Z\": minute out of range" },
	{ "{\"Time\":\"2020-01-02T03:04:5Z\"}", "", "",
	  "parsing time \"2020-01-02T03:04:5Z\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"5Z\" as \"05\"" },
	{ "{\"Time\":\"2020-01-02T03:04\"}", "", "",
	  "parsing time \"2020-01-02T03:04\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \":\"" },
	{ "{\"Time\":\"2020-01-02T03:04:05\"}", "", "",
	  "parsing time \"2020-01-02T03:04:05\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"Z07:00\"" },
	{ "{\"Time\":\"2020-01-02T03:04:05.Z\"}", "", "",
	  "parsing time \"2020-01-02T03:04:05.Z\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \".Z\" as \"Z07:00\"" },
	{ "{\"Time\":\"2020-01-02T03:04:05.5\"}", "", "",
	  "parsing time \"2020-01-02T03:04:05.5\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"Z07:00\"" },
	{ "{\"Time\":\"2020-01-02T03:04:05.000Z\"}", "", "2020-01-02T03:04:05Z", NULL },
	{ "{\"Time\":\"2020-01-02T03:04:05.100Z\"}", "", "2020-01-02T03:04:05.1Z", NULL },
	{ "{\"Time\":\"2020-01-02T03:04:05,Z\"}", "", "",
	  "parsing time \"2020-01-02T03:04:05,Z\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \",Z\" as \"Z07:00\"" },
	{ "{\"Time\":\"2020-01-02T03:04:05ZZ\"}", "", "",
	  "parsing time \"2020-01-02T03:04:05ZZ\": extra text: \"Z\"" },
	{ "{\"Time\":\"2020-01-02T03:04:05Z \"}", "", "",
	  "parsing time \"2020-01-02T03:04:05Z \": extra text: \" \"" },
	{ "{\"Time\":\"2020-01-02T03:04:05+00:00\"}", "", "2020-01-02T03:04:05Z", NULL },
	{ "{\"Time\":\"2020-01-02T03:04:05-00:00\"}", "", "2020-01-02T03:04:05Z", NULL },
	{ "{\"Time\":\"2020-01-02T03:04:05+0000\"}", "", "",
	  "parsing time \"2020-01-02T03:04:05+0000\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"+0000\" as \"Z07:00\"" },
	{ "{\"Time\":\"2020-01-02T03:04:05+00\"}", "", "",
	  "parsing time \"2020-01-02T03:04:05+00\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"+00\" as \"Z07:00\"" },
	{ "{\"Time\":\"2020-01-02T03:04:05+00:60\"}", "", "2020-01-02T03:04:05+01:00", NULL },
	{ "{\"Time\":\"2020-01-02T03:04:05-12:30\"}", "", "2020-01-02T03:04:05-12:30", NULL },
	{ "{\"Time\":\"2020-01-02T03:04:05+1:00\"}", "", "",
	  "parsing time \"2020-01-02T03:04:05+1:00\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"+1:00\" as \"Z07:00\"" },
	{ "{\"Time\":\"2020-01-02T03:04:05+01:0\"}", "", "",
	  "parsing time \"2020-01-02T03:04:05+01:0\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"+01:0\" as \"Z07:00\"" },
	{ "{\"Time\":\"2020-01-02T03:04:05*01:00\"}", "", "",
	  "parsing time \"2020-01-02T03:04:05*01:00\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"*01:00\" as \"Z07:00\"" },
	{ "{\"Time\":\"2020-01-02T03:04:05+aa:00\"}", "", "",
	  "parsing time \"2020-01-02T03:04:05+aa:00\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"+aa:00\" as \"Z07:00\"" },
	{ "{\"Time\":\"2020-01-02T03:04:05+23:59\"}", "", "2020-01-02T03:04:05+23:59", NULL },
	{ "{\"Time\":\"2020-01-02 03:04:05Z\"}", "", "",
	  "parsing time \"2020-01-02 03:04:05Z\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \" 03:04:05Z\" as \"T\"" },
	{ "{\"Time\":\"+020-01-02T03:04:05Z\"}", "", "",
	  "parsing time \"+020-01-02T03:04:05Z\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"+020-01-02T03:04:05Z\" as \"2006\"" },
	{ "{\"Time\":\"0000-01-02T03:04:05Z\"}", "", "0000-01-02T03:04:05Z", NULL },
	{ "{\"Time\":\"9999-12-31T23:59:59Z\"}", "", "9999-12-31T23:59:59Z", NULL },
	{ "{\"Time\":\"2020-01-02T03:04:05.123456789012Z\"}", "", "2020-01-02T03:04:05.123456789Z",
	  NULL },
	{ "{\"Time\":\"2020-01-02T03-04:05Z\"}", "", "",
	  "parsing time \"2020-01-02T03-04:05Z\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"-04:05Z\" as \":\"" },
	{ "{\"Time\":\"202a-01-02T03:04:05Z\"}", "", "",
	  "parsing time \"202a-01-02T03:04:05Z\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"202a-01-02T03:04:05Z\" as \"2006\"" },
	{ "{\"Time\":\"2020/01/02T03:04:05Z\"}", "", "",
	  "parsing time \"2020/01/02T03:04:05Z\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"/01/02T03:04:05Z\" as \"-\"" },
	{ "{\"Time\":\"2020-01-02T23:59:59+00:00x\"}", "", "",
	  "parsing time \"2020-01-02T23:59:59+00:00x\": extra text: \"x\"" },
	{ "{\"Time\":\"2020-01-02T03:04:05\\u005a\"}", "", "",
	  "parsing time \"2020-01-02T03:04:05\\\\u005a\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\\\\u005a\" as \"Z07:00\"" },
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
			if (ok)
				fail_msg("%s is accepted", rows[i].json);
			if (!str_eq(e.text, rows[i].error))
				fail_msg("%s: %s, wanted %s", rows[i].json, e.text, rows[i].error);
		} else {
			if (!ok)
				fail_msg("%s: %s", rows[i].json, e.text);
			if (!str_eq(info.version, rows[i].version) ||
			    !str_eq(info.time, rows[i].time))
				fail_msg("%s: %s, %s", rows[i].json, info.version, info.time);
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
