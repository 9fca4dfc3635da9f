#include "base/text.h"

#include <utf8proc.h>

size_t text_rune(const char *s, size_t len, uint32_t *rune)
{
	utf8proc_int32_t cp;
	utf8proc_ssize_t n;

	*rune = 0xFFFD;
	if (len == 0)
		return 0;
	if ((unsigned char)s[0] < 0x80) {
		*rune = (unsigned char)s[0];
		return 1;
	}
	n = utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)MIN(len, (size_t)4),
			     &cp);
	if (n <= 0)
		return 1;
	*rune = (uint32_t)cp;
	return (size_t)n;
}

void text_add_rune(struct buf *b, uint32_t rune)
{
	utf8proc_uint8_t out[4];
	utf8proc_ssize_t n;

	if (!utf8proc_codepoint_valid((utf8proc_int32_t)rune))
		rune = 0xFFFD;
	n = utf8proc_encode_char((utf8proc_int32_t)rune, out);
	buf_add(b, out, (size_t)n);
}

bool text_is_letter(uint32_t rune)
{
	if (rune < 0x80)
		return (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z');
	switch (utf8proc_category((utf8proc_int32_t)rune)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO: return true;
	default: return false;
	}
}

bool text_is_upper(uint32_t rune)
{
	if (rune < 0x80)
		return rune >= 'A' && rune <= 'Z';
	return utf8proc_category((utf8proc_int32_t)rune) == UTF8PROC_CATEGORY_LU;
}

bool text_is_digit(uint32_t rune)
{
	if (rune < 0x80)
		return rune >= '0' && rune <= '9';
	return utf8proc_category((utf8proc_int32_t)rune) == UTF8PROC_CATEGORY_ND;
}

bool text_is_print(uint32_t rune)
{
	if (rune < 0x80)
		return rune >= 0x20 && rune != 0x7f;
	switch (utf8proc_category((utf8proc_int32_t)rune)) {
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP: return false;
	default: return true;
	}
}

bool text_is_visible(uint32_t rune)
{
	if (rune < 0x80)
		return text_is_print(rune);
	if (utf8proc_get_property((utf8proc_int32_t)rune)->ignorable)
		return false;
	return utf8proc_category((utf8proc_int32_t)rune) == UTF8PROC_CATEGORY_ZS ||
	       text_is_print(rune);
}

void text_escape(struct buf *b, const char *s, size_t len, bool multiline)
{
	size_t i = 0;

	while (i < len) {
		uint32_t r;
		size_t n = text_rune(s + i, len - i, &r);

		if (n == 1 && (unsigned char)s[i] >= 0x80)
			buf_addf(b, "\\x%02x", (unsigned char)s[i]);
		else if (multiline && (r == '\n' || r == '\t'))
			buf_addch(b, (char)r);
		else if (r < 0x20 || r == 0x7f)
			buf_addf(b, "\\x%02x", r);
		else if (text_is_visible(r))
			buf_add(b, s + i, n);
		else
			buf_addf(b, "\\u{%04x}", r);
		i += n;
	}
}

void text_redact_url(struct buf *b, const char *url)
{
	const char *rest = strstr(url, "://");
	size_t host_len;
	const char *at = NULL;

	if (!rest) {
		buf_addstr(b, url);
		return;
	}
	rest += 3;
	buf_add(b, url, (size_t)(rest - url));
	host_len = strcspn(rest, "/?#");
	for (size_t i = 0; i < host_len; i++)
		if (rest[i] == '@')
			at = rest + i;
	if (at) {
		const char *colon = memchr(rest, ':', (size_t)(at - rest));

		/* as net/url's Redacted: keep the user, drop the password; a user without one may be a token */
		if (colon)
			buf_add(b, rest, (size_t)(colon - rest));
		buf_addstr(b, colon ? ":xxxxx" : "xxxxx");
		rest = at;
	}
	for (const char *q = strchr(rest, '?'); q;) {
		buf_add(b, rest, (size_t)(q - rest) + 1);
		rest = q + 1;
		size_t name = strcspn(rest, "=&#");

		if (rest[name] == '=' && strncmp(rest, "go-get=1", 8) != 0) {
			size_t value = strcspn(rest + name + 1, "&#");

			buf_add(b, rest, name + 1);
			buf_addstr(b, "xxxxx");
			rest += name + 1 + value;
		} else {
			buf_add(b, rest, name);
			rest += name;
		}
		q = *rest == '&' ? rest : NULL;
	}
	buf_addstr(b, rest);
}

void text_quote_shell(struct buf *b, const char *s)
{
	buf_addch(b, '\'');
	for (; *s; s++)
		if (*s == '\'')
			buf_addstr(b, "'\\''");
		else
			buf_addch(b, *s);
	buf_addch(b, '\'');
}

void text_shell_word(struct buf *b, const char *s)
{
	size_t plain = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789_./@:+=,-");

	if (*s && !s[plain])
		buf_addstr(b, s);
	else
		text_quote_shell(b, s);
}

void text_quote(struct buf *b, const char *s, size_t len)
{
	size_t i = 0;

	buf_addch(b, '"');
	while (i < len) {
		uint32_t r;
		size_t n = text_rune(s + i, len - i, &r);

		if (n == 1 && (unsigned char)s[i] >= 0x80)
			buf_addf(b, "\\x%02x", (unsigned char)s[i]);
		else if (r == '"' || r == '\\')
			buf_addf(b, "\\%c", (char)r);
		else if (text_is_print(r))
			buf_add(b, s + i, n);
		else if (r >= 7 && r <= 13)
			buf_addf(b, "\\%c", "abtnvfr"[r - 7]);
		else if (r < ' ' || r == 0x7f)
			buf_addf(b, "\\x%02x", r);
		else if (r < 0x10000)
			buf_addf(b, "\\u%04x", r);
		else
			buf_addf(b, "\\U%08x", r);
		i += n;
	}
	buf_addch(b, '"');
}

const char *text_quoted(struct arena *a, const char *s)
{
	struct buf b = BUF_INIT;
	const char *out;

	text_quote(&b, s, strlen(s));
	out = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return out;
}

static bool stays(char c, const char *plain)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && (strchr("-._~", c) || strchr(plain, c)));
}

void text_percent_encode(struct buf *b, const char *s, const char *plain)
{
	for (;; s++) {
		const char *run = s;

		while (stays(*s, plain))
			s++;
		buf_add(b, run, (size_t)(s - run));
		if (!*s)
			return;
		buf_addf(b, "%%%02X", (unsigned char)*s);
	}
}

bool text_is_space(uint32_t rune)
{
	static const uint16_t others[] = { ' ',	   0x85,   0xA0,   0x1680, 0x2028,
					   0x2029, 0x202f, 0x205f, 0x3000 };

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (rune == others[i])
			return true;
	return (rune >= '\t' && rune <= '\r') || (rune >= 0x2000 && rune <= 0x200a);
}

/* Of the rune at s; *n is its length in bytes. */
static bool is_space(const char *s, size_t len, size_t *n)
{
	uint32_t r = (unsigned char)*s;

	*n = r < 0x80 ? 1 : text_rune(s, len, &r);
	return text_is_space(r);
}

size_t text_fields(const char *s, size_t len, struct text_field *fields, size_t max)
{
	size_t n = 0, i = 0, w;

	while (i < len) {
		if (is_space(s + i, len - i, &w)) {
			i += w;
			continue;
		}
		size_t start = i;

		while (i < len && !is_space(s + i, len - i, &w))
			i += w;
		if (n < max)
			fields[n] = (struct text_field){ s + start, i - start };
		n++;
	}
	return n;
}

void text_trim(const char **s, size_t *len)
{
	size_t w;

	while (*len && is_space(*s, *len, &w)) {
		*s += w;
		*len -= w;
	}
	while (*len) {
		/* back to the start of the last rune */
		size_t i = *len - 1;

		while (i > 0 && *len - i < 4 && ((unsigned char)(*s)[i] & 0xC0) == 0x80)
			i--;
		if (!is_space(*s + i, *len - i, &w) || i + w != *len)
			return;
		*len = i;
	}
}

void text_quote_rune(struct buf *b, uint32_t rune)
{
	struct buf utf8 = BUF_INIT, quoted = BUF_INIT;

	text_add_rune(&utf8, rune);
	text_quote(&quoted, utf8.data, utf8.len);
	buf_addch(b, '\'');
	if (rune == '"')
		buf_addch(b, '"');
	else if (rune == '\'')
		buf_addstr(b, "\\'");
	else
		buf_add(b, quoted.data + 1, quoted.len - 2);
	buf_addch(b, '\'');
	buf_release(&utf8);
	buf_release(&quoted);
}

unsigned text_distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	unsigned row[65];

	if (n > 64 || m > 64)
		return 65;
	for (size_t j = 0; j <= m; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned up = row[j];
			unsigned best = diagonal + (a[i - 1] != b[j - 1]);

			best = MIN(best, MIN(up, row[j - 1]) + 1);
			row[j] = best;
			diagonal = up;
		}
	}
	return row[m];
}
