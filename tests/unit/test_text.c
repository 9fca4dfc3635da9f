/* Runes, fields and quotes: what package unicode, strings and strconv of go 1.26 say of the same. */
#include "unit.h"

#include "base/text.h"

static void test_spaces(void **state)
{
	static const uint32_t spaces[] = { 9,	   10,	   11,	   12,	   13,	   ' ',
					   0x85,   0xA0,   0x1680, 0x2000, 0x2001, 0x2009,
					   0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000 };
	static const uint32_t others[] = { 0,	   8,	   14,	   31,	   '!',	   0x84,   0x86,
					   0x9f,   0xa1,   0x167f, 0x1681, 0x180e, 0x1fff, 0x200b,
					   0x2027, 0x202a, 0x2030, 0x2060, 0x2fff, 0x3001, 0xfeff };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(spaces); i++)
		assert_true(text_is_space(spaces[i]));
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_false(text_is_space(others[i]));
}

static void test_kinds(void **state)
{
	static const struct {
		uint32_t rune;
		bool letter, upper, digit;
	} runes[] = {
		{ 'a', true, false, false },	 { 'z', true, false, false },
		{ 'A', true, true, false },	 { 'Z', true, true, false },
		{ '@', false, false, false },	 { '[', false, false, false },
		{ '`', false, false, false },	 { '{', false, false, false },
		{ '0', false, false, true },	 { '9', false, false, true },
		{ '/', false, false, false },	 { ':', false, false, false },
		{ 0xc4, true, true, false },	 { 0xe4, true, false, false },
		{ 0x1c5, true, false, false },	 { 0x2b0, true, false, false },
		{ 0x4e00, true, false, false },	 { 0x660, false, false, true },
		{ 0x2160, false, false, false }, { 0x301, false, false, false },
		{ 0xb2, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(runes); i++) {
		assert_int_equal(text_is_letter(runes[i].rune), runes[i].letter);
		assert_int_equal(text_is_upper(runes[i].rune), runes[i].upper);
		assert_int_equal(text_is_digit(runes[i].rune), runes[i].digit);
	}
}

static void test_trim(void **state)
{
	static const struct {
		const char *text, *want;
		size_t fields;
	} texts[] = {
		{ "", "", 0 },
		{ " ", "", 0 },
		{ "a", "a", 1 },
		{ " a b ", "a b", 2 },
		{ "\302\240a\343\200\200b\342\200\250", "a\343\200\200b", 2 },
		{ "a\200", "a\200", 1 },
		{ "a\200\200\200\200", "a\200\200\200\200", 1 },
		{ "a\240", "a\240", 1 },
		{ "\240", "\240", 1 },
		{ "a \343\200", "a \343\200", 2 },
		{ "\303\244\n", "\303\244", 1 },
		{ "\360\237\230\200 ", "\360\237\230\200", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const char *s = texts[i].text;
		size_t len = strlen(s);
		struct text_field one;

		assert_int_equal(text_fields(s, len, &one, 1), texts[i].fields);
		text_trim(&s, &len);
		if (len != strlen(texts[i].want) || memcmp(s, texts[i].want, len) != 0)
			fail_msg("%zu: %.*s", i, (int)len, s);
	}
}

static void test_quote(void **state)
{
	static const struct {
		const char *text, *want;
	} texts[] = {
		{ "a\"b\\", "\"a\\\"b\\\\\"" },
		{ "\a\b\t\n\v\f\r", "\"\\a\\b\\t\\n\\v\\f\\r\"" },
		{ "\001\177", "\"\\x01\\x7f\"" },
		{ "\377\303", "\"\\xff\\xc3\"" },
		{ "\303\244", "\"\303\244\"" },
		{ "\302\205\342\200\213", "\"\\u0085\\u200b\"" },
		{ "\363\240\200\201", "\"\\U000e0001\"" },
		{ "\357\277\275", "\"\357\277\275\"" },
	};
	static const struct {
		uint32_t rune;
		const char *want;
	} runes[] = {
		{ 'a', "'a'" },
		{ '\'', "'\\''" },
		{ '"', "'\"'" },
		{ '\\', "'\\\\'" },
		{ '\n', "'\\n'" },
		{ 0x200b, "'\\u200b'" },
		{ 0xe4, "'\303\244'" },
		{ 0xd800, "'\357\277\275'" },
		{ 0x110000, "'\357\277\275'" },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_string_equal(text_quoted(&a, texts[i].text), texts[i].want);
	for (size_t i = 0; i < ARRAY_LEN(runes); i++) {
		struct buf b = BUF_INIT;

		text_quote_rune(&b, runes[i].rune);
		assert_string_equal(b.data, runes[i].want);
		buf_release(&b);
	}
	arena_release(&a);
}

/* A POSIX shell gives these words back. */
static void test_shell(void **state)
{
	static const struct {
		const char *word, *want;
	} words[] = {
		{ "", "''" },	    { "a/b@v1.0.0", "a/b@v1.0.0" }, { "-x=a,b+c_:", "-x=a,b+c_:" },
		{ "a b", "'a b'" }, { "it's", "'it'\\''s'" },	    { "~", "'~'" },
		{ "$x", "'$x'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct buf b = BUF_INIT;

		text_shell_word(&b, words[i].word);
		assert_string_equal(b.data, words[i].want);
		buf_release(&b);
	}
}

static void test_distance(void **state)
{
	char long_word[66], other[66];

	(void)state;
	assert_int_equal(text_distance("", ""), 0);
	assert_int_equal(text_distance("", "abc"), 3);
	assert_int_equal(text_distance("kitten", "sitting"), 3);
	assert_int_equal(text_distance("flaw", "lawn"), 2);
	memset(long_word, 'a', 65);
	long_word[65] = 0;
	assert_int_equal(text_distance(long_word, "a"), 65);
	assert_int_equal(text_distance("a", long_word), 65);
	long_word[64] = 0;
	memcpy(other, long_word, sizeof(other));
	other[0] = 'b';
	assert_int_equal(text_distance(long_word, other), 1);
}

/* RFC 3986: unreserved characters stay. */
static void test_percent_encode(void **state)
{
	static const char *const rows[][3] = {
		{ "", "", "" },
		{ "azAZ09-._~", "", "azAZ09-._~" },
		{ "a/b c", "/", "a/b%20c" },
		{ "a/b", "", "a%2Fb" },
		{ "%\xc3\xa9\x7f\n", "", "%25%C3%A9%7F%0A" },
		{ ":x:", ":", ":x:" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf b = BUF_INIT;

		text_percent_encode(&b, rows[i][0], rows[i][1]);
		assert_string_equal(b.data, rows[i][2]);
		buf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_percent_encode), cmocka_unit_test(test_spaces),
		cmocka_unit_test(test_kinds),	       cmocka_unit_test(test_trim),
		cmocka_unit_test(test_quote),	       cmocka_unit_test(test_shell),
		cmocka_unit_test(test_distance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
