/* Expectations: base64.StdEncoding.DecodeString of go. */
#include "unit.h"

#include "base/base64.h"

static const struct {
	const char *text, *bytes; /* NULL: malformed */
} cases[] = {
	{ "", "" },
	{ "QQ==", "A" },
	{ "QUI=", "AB" },
	{ "QUJD", "ABC" },
	{ "QUJDRA==", "ABCD" },
	{ "QQ=", NULL },
	{ "QQ", NULL },
	{ "QQ===", NULL },
	{ "Q===", NULL },
	{ "=", NULL },
	{ "QR==", "A" },
	{ "QUJ=", "AB" },
	{ "QU J", NULL },
	{ "QUJD\n", "ABC" },
	{ "QUJD\r\n", "ABC" },
	{ "QQ==QQ==", NULL },
	{ "QU==JD", NULL },
	{ "-_-_", NULL },
	{ "+/+/", "\xfb\xff\xbf" },
	{ "!!!!", NULL },
	{ "QUJDREVG", "ABCDEF" },
	{ "QUJDREVGR0g=", "ABCDEFGH" },
	{ "QUJDRE\n==", "ABCD" },
	{ "QQ=\n=", "A" },
	{ "QQ==\n", "A" },
	{ "\n", "" },
};

static void test_decode(void **state)
{
	unsigned char out[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *s = cases[i].text, *want = cases[i].bytes;
		size_t n = 0;
		bool ok = base64_decode(s, strlen(s), out, sizeof(out), &n);

		if (ok != (want != NULL))
			fail_msg("case %zu \"%s\": %s", i, s, ok ? "accepted" : "refused");
		if (ok && (n != strlen(want) || memcmp(out, want, n) != 0))
			fail_msg("case %zu \"%s\": %zu other bytes", i, s, n);
	}
}

static void test_room(void **state)
{
	unsigned char out[4] = { 0, 0, 0, 0xee };
	size_t n;

	(void)state;
	assert_true(base64_decode("QUJD", 4, out, 3, &n));
	assert_int_equal(n, 3);
	assert_int_equal(out[3], 0xee);
	assert_false(base64_decode("QUJD", 4, out, 2, &n));
	assert_false(base64_decode("QUJDRA==", 8, out, 3, &n));
	assert_int_equal(out[3], 0xee);
}

static void test_encode(void **state)
{
	unsigned char in[32], back[32];
	char text[45];
	size_t n;

	(void)state;
	memset(in, 0, sizeof(in));
	base64_encode_32(in, text);
	assert_string_equal(text, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
	memset(in, 0xff, sizeof(in));
	base64_encode_32(in, text);
	assert_string_equal(text, "//////////////////////////////////////////8=");
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (unsigned char)(i * 37 + 11);
	base64_encode_32(in, text);
	assert_true(base64_decode(text, 44, back, sizeof(back), &n));
	assert_int_equal(n, sizeof(in));
	assert_memory_equal(in, back, sizeof(in));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_encode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
