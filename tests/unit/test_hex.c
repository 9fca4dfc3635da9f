/* Bytes as hexadecimal digits, and words quoted for a shell. */

#include "unit.h"

#include "base/buf.h"
#include "base/hex.h"
#include "base/text.h"

static void encodes(void **state)
{
	const unsigned char bytes[] = { 0x00, 0x0f, 0xf0, 0xab, 0xff };
	char text[11];

	(void)state;
	hex_encode(bytes, 5, text);
	assert_string_equal(text, "000ff0abff");
	hex_encode(bytes, 0, text);
	assert_string_equal(text, "");
}

static void reads_digits(void **state)
{
	(void)state;
	for (int c = -128; c < 256; c++) {
		const char *digits = "0123456789abcdef0123456789ABCDEF",
			   *at = c > 0 ? strchr(digits, c) : NULL;

		assert_int_equal(hex_digit((char)c), at && c < 128 ? (at - digits) % 16 : -1);
	}
}

static void quotes(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	text_quote_shell(&b, "a 'b' $c");
	assert_string_equal(b.data, "'a '\\''b'\\'' $c'");
	buf_clear(&b);
	text_quote_shell(&b, "");
	assert_string_equal(b.data, "''");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(encodes),
					    cmocka_unit_test(reads_digits),
					    cmocka_unit_test(quotes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
