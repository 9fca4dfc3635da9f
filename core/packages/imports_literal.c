#include "base/hex.h"
#include "base/text.h"
#include "packages/imports_impl.h"

static bool hex_value(const char *s, size_t n, uint32_t *v)
{
	*v = 0;
	for (size_t i = 0; i < n; i++) {
		int d = hex_digit(s[i]);

		if (d < 0)
			return false;
		*v = *v << 4 | (uint32_t)d;
	}
	return true;
}

/* One escape at s (after the backslash); appends its value, returns its length or 0. */
static size_t unquote_escape(struct buf *b, const char *s, size_t len)
{
	static const char names[] = "abfnrtv\\\"", values[] = "\a\b\f\n\r\t\v\\\"";
	const char *simple = s[0] ? strchr(names, s[0]) : NULL;
	size_t digits = s[0] == 'x' ? 2 : s[0] == 'u' ? 4 : s[0] == 'U' ? 8 : 0;
	uint32_t v = 0;

	if (simple) {
		buf_addch(b, values[simple - names]);
		return 1;
	}
	if (digits) {
		if (len < digits + 1 || !hex_value(s + 1, digits, &v))
			return 0;
		if (digits == 2)
			buf_addch(b, (char)v);
		else if (v > 0x10FFFF || (v >= 0xD800 && v < 0xE000))
			return 0;
		else
			text_add_rune(b, v);
		return digits + 1;
	}
	for (size_t i = 0; i < 3; i++) {
		if (i >= len || s[i] < '0' || s[i] > '7')
			return 0;
		v = v * 8 + (uint32_t)(s[i] - '0');
	}
	if (v > 255)
		return 0;
	buf_addch(b, (char)v);
	return 3;
}

static bool unquote_raw(struct buf *b, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (s[i] != '\r')
			buf_addch(b, s[i]);
	return true;
}

bool imports_unquote_into(struct buf *b, const char *s, size_t len)
{
	if (s[0] == '`')
		return unquote_raw(b, s + 1, len - 2);
	for (size_t i = 1; i + 1 < len;) {
		size_t n = 1;
		uint32_t r;

		if (s[i] == '\n')
			return false;
		if (s[i] == '\\') {
			n = unquote_escape(b, s + i + 1, len - i - 2);
			if (n++ == 0)
				return false;
		} else {
			/* an invalid byte becomes U+FFFD */
			n = text_rune(s + i, len - 1 - i, &r);
			text_add_rune(b, r);
		}
		i += n;
	}
	return true;
}

/* Whether nothing between the quotes needs unquoting. */
static bool is_plain(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (s[i] == '\\' || s[i] == '\n' || s[i] == '\r' || (unsigned char)s[i] >= 0x80)
			return false;
	return true;
}

const char *imports_unquote(struct arena *a, const char *s, size_t len)
{
	struct buf b = BUF_INIT;
	const char *out = NULL;

	if (len >= 2 && is_plain(s, len))
		return arena_strndup(a, s + 1, len - 2);
	if (len >= 2 && imports_unquote_into(&b, s, len) && !memchr(b.data, 0, b.len))
		out = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return out;
}
