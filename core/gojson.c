#include "gojson.h"

#include <strings.h>

#include "buf.h"
#include "text.h"

struct reader {
	const char *start, *p, *end;
	int depth;
	struct err *e;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_digit(const struct reader *r)
{
	return r->p < r->end && *r->p >= '0' && *r->p <= '9';
}

/* encoding/json's quoteChar: every byte counts as a rune. */
static bool bad(struct reader *r, const char *context)
{
	struct buf b = BUF_INIT;
	unsigned char c;

	if (r->p >= r->end)
		return err_set(r->e, ERR_SYNTAX, "unexpected end of JSON input");
	c = (unsigned char)*r->p;
	if (c == '\'') {
		buf_addstr(&b, "'\\''");
	} else if (c == '"') {
		buf_addstr(&b, "'\"'");
	} else {
		struct buf utf8 = BUF_INIT;

		text_add_rune(&utf8, c);
		text_quote(&b, utf8.data, utf8.len);
		b.data[0] = b.data[b.len - 1] = '\'';
		buf_release(&utf8);
	}
	err_set(r->e, ERR_SYNTAX, "invalid character %s %s", b.data, context);
	buf_release(&b);
	return false;
}

static void skip_space(struct reader *r)
{
	while (r->p < r->end && is_space(*r->p))
		r->p++;
}

static bool skip_value(struct reader *r);

static bool skip_escape(struct reader *r)
{
	if (r->p >= r->end || !strchr("bfnrt\\/\"u", *r->p) || !*r->p)
		return bad(r, "in string escape code");
	if (*r->p++ != 'u')
		return true;
	for (int i = 0; i < 4; i++, r->p++)
		if (r->p >= r->end || !strchr("0123456789abcdefABCDEF", *r->p) || !*r->p)
			return bad(r, "in \\u hexadecimal character escape");
	return true;
}

static bool skip_string(struct reader *r)
{
	for (r->p++; r->p < r->end;) {
		unsigned char c = (unsigned char)*r->p;

		if (c < 0x20)
			return bad(r, "in string literal");
		r->p++;
		if (c == '"')
			return true;
		if (c == '\\' && !skip_escape(r))
			return false;
	}
	return bad(r, "");
}

static bool skip_digits(struct reader *r, const char *context)
{
	if (!is_digit(r))
		return bad(r, context);
	while (is_digit(r))
		r->p++;
	return true;
}

static bool skip_number(struct reader *r)
{
	if (*r->p == '-')
		r->p++;
	if (r->p < r->end && *r->p == '0')
		r->p++;
	else if (!skip_digits(r, "in numeric literal"))
		return false;
	if (r->p < r->end && *r->p == '.') {
		r->p++;
		if (!skip_digits(r, "after decimal point in numeric literal"))
			return false;
	}
	if (r->p < r->end && (*r->p == 'e' || *r->p == 'E')) {
		r->p++;
		if (r->p < r->end && (*r->p == '+' || *r->p == '-'))
			r->p++;
		return skip_digits(r, "in exponent of numeric literal");
	}
	return true;
}

static bool skip_word(struct reader *r, const char *word)
{
	for (const char *w = word; *w; w++, r->p++) {
		char context[48];

		if (r->p < r->end && *r->p == *w)
			continue;
		snprintf(context, sizeof(context), "in literal %s (expecting '%c')", word, *w);
		return bad(r, context);
	}
	return true;
}

static bool skip_key(struct reader *r)
{
	skip_space(r);
	if (r->p >= r->end || *r->p != '"')
		return bad(r, "looking for beginning of object key string");
	if (!skip_string(r))
		return false;
	skip_space(r);
	if (r->p >= r->end || *r->p != ':')
		return bad(r, "after object key");
	r->p++;
	return true;
}

/* Objects and arrays: the opening bracket is next. */
static bool skip_container(struct reader *r)
{
	bool object = *r->p == '{';
	char close = object ? '}' : ']';
	bool ok = true;

	if (++r->depth > GOJSON_MAX_DEPTH)
		return err_set(r->e, ERR_SYNTAX, "exceeded max depth");
	r->p++;
	skip_space(r);
	if (r->p < r->end && *r->p == close) {
		r->p++;
		r->depth--;
		return true;
	}
	while (ok) {
		ok = (!object || skip_key(r)) && skip_value(r);
		if (!ok)
			break;
		skip_space(r);
		if (r->p < r->end && *r->p == close)
			break;
		if (r->p >= r->end || *r->p != ',')
			return bad(r, object ? "after object key:value pair" : "after array element");
		r->p++;
	}
	r->p++;
	r->depth--;
	return ok;
}

static bool skip_value(struct reader *r)
{
	skip_space(r);
	if (r->p >= r->end)
		return bad(r, "");
	switch (*r->p) {
	case '{':
	case '[':
		return skip_container(r);
	case '"':
		return skip_string(r);
	case 't':
		return skip_word(r, "true");
	case 'f':
		return skip_word(r, "false");
	case 'n':
		return skip_word(r, "null");
	default:
		if (*r->p == '-' || is_digit(r))
			return skip_number(r);
		return bad(r, "looking for beginning of value");
	}
}

bool gojson_check(const char *data, size_t len, struct err *e)
{
	struct reader r = { data, data, data + len, 0, e };

	if (!skip_value(&r))
		return false;
	skip_space(&r);
	return r.p == r.end || bad(&r, "after top-level value");
}

static uint32_t hex4(const char *p)
{
	char digits[5] = { p[0], p[1], p[2], p[3], 0 };

	return (uint32_t)strtoul(digits, NULL, 16);
}

/* One escape sequence, whose backslash has been read; returns its length. The text has been checked. */
static size_t unescape(struct buf *b, const char *p, const char *end)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *simple = strchr(from, *p);
	uint32_t rune;

	if (*p != 'u') {
		buf_addch(b, simple ? to[simple - from] : *p);
		return 1;
	}
	rune = hex4(p + 1);
	if (rune >= 0xD800 && rune < 0xDC00 && end - p >= 11 && p[5] == '\\' && p[6] == 'u') {
		uint32_t low = hex4(p + 7);

		if (low >= 0xDC00 && low < 0xE000) {
			text_add_rune(b, 0x10000 + ((rune - 0xD800) << 10) + (low - 0xDC00));
			return 11;
		}
	}
	text_add_rune(b, rune >= 0xD800 && rune < 0xE000 ? 0xFFFD : rune);
	return 5;
}

/* A checked string with its quotes. */
static void unquote(struct buf *b, const char *p, const char *end)
{
	for (p++, end--; p < end;) {
		if (*p == '\\') {
			p++;
			p += unescape(b, p, end);
		} else {
			uint32_t rune;
			size_t n = text_rune(p, (size_t)(end - p), &rune);

			text_add_rune(b, rune);
			p += n;
		}
	}
}

static bool two_digits(const char *s, int min, int max)
{
	int v;

	if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
		return false;
	v = (s[0] - '0') * 10 + (s[1] - '0');
	return v >= min && v <= max;
}

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* The strict RFC 3339 of time.Time.UnmarshalJSON: length of "2006-01-02T15:04:05", 0 if it is not that. */
static size_t check_date_time(const char *s, size_t len)
{
	if (len < 20 || !two_digits(s, 0, 99) || !two_digits(s + 2, 0, 99) || s[4] != '-' || !two_digits(s + 5, 1, 12) ||
	    s[7] != '-' || s[10] != 'T' || !two_digits(s + 11, 0, 23) || s[13] != ':' || !two_digits(s + 14, 0, 59) ||
	    s[16] != ':' || !two_digits(s + 17, 0, 59))
		return 0;
	int year = (s[0] - '0') * 1000 + (s[1] - '0') * 100 + (s[2] - '0') * 10 + (s[3] - '0');
	int month = (s[5] - '0') * 10 + (s[6] - '0');

	return two_digits(s + 8, 1, days_in(year, month)) ? 19 : 0;
}

/* Checks a time and writes it as time.Time.MarshalJSON would. */
static bool normal_time(struct buf *b, const char *s, size_t len)
{
	size_t n = check_date_time(s, len), fraction_end;

	if (!n)
		return false;
	buf_add(b, s, n);
	fraction_end = n;
	if (s[n] == '.') {
		for (n++; n < len && s[n] >= '0' && s[n] <= '9'; n++)
			if (s[n] != '0' && n - 19 <= 9)
				fraction_end = n + 1;
		if (n == 20)
			return false;
	}
	buf_add(b, s + 19, fraction_end - 19);
	if (len - n == 1 && s[n] == 'Z') {
		buf_addch(b, 'Z');
		return true;
	}
	if (len - n != 6 || (s[n] != '+' && s[n] != '-') || !two_digits(s + n + 1, 0, 23) || s[n + 3] != ':' ||
	    !two_digits(s + n + 4, 0, 59))
		return false;
	if (memcmp(s + n + 1, "00:00", 5) == 0)
		buf_addch(b, 'Z');
	else
		buf_add(b, s + n, 6);
	return true;
}

static const char *kind_of(char c)
{
	switch (c) {
	case '{':
		return "object";
	case '[':
		return "array";
	case '"':
		return "string";
	case 't':
	case 'f':
		return "bool";
	default:
		return "number";
	}
}

static bool wrong_type(struct err *e, char c, const char *field, const char *type)
{
	return err_set(e, ERR_SYNTAX, "json: cannot unmarshal %s into Go %s of type %s", kind_of(c), field, type);
}

static bool set_time(struct arena *a, const char *p, const char *end, struct gojson_info *info, struct err *e)
{
	struct buf b = BUF_INIT, q = BUF_INIT;
	bool ok;

	if (*p != '"')
		return err_set(e, ERR_SYNTAX, "Time.UnmarshalJSON: input is not a JSON string");
	ok = normal_time(&b, p + 1, (size_t)(end - p) - 2);
	if (ok) {
		info->time = str_eq(b.data, "0001-01-01T00:00:00Z") ? "" : arena_strdup(a, b.data);
	} else {
		text_quote(&q, p + 1, (size_t)(end - p) - 2);
		err_set(e, ERR_SYNTAX, "parsing time %s as \"2006-01-02T15:04:05Z07:00\"", q.data);
	}
	buf_release(&b);
	buf_release(&q);
	return ok;
}

/* One member of the object; the value is [p, end). */
static bool set_member(struct arena *a, const char *key, const char *p, const char *end, struct gojson_info *info, struct err *e)
{
	struct buf b = BUF_INIT;

	if (*p == 'n' && strcasecmp(key, "Origin") == 0)
		info->origin = NULL;
	if (*p == 'n')
		return true;
	if (strcasecmp(key, "Version") == 0) {
		if (*p != '"')
			return wrong_type(e, *p, "struct field RevInfo.Version", "string");
		unquote(&b, p, end);
		info->version = arena_strndup(a, b.data, strlen(b.data));
		buf_release(&b);
	} else if (strcasecmp(key, "Time") == 0) {
		return set_time(a, p, end, info, e);
	} else if (strcasecmp(key, "Origin") == 0) {
		if (*p != '{')
			return wrong_type(e, *p, "struct field RevInfo.Origin", "codehost.Origin");
		info->origin = arena_strndup(a, p, (size_t)(end - p));
	}
	return true;
}

/* The text has been checked, so nothing can fail but a type. */
static bool read_members(struct arena *a, struct reader *r, struct gojson_info *info, struct err *e)
{
	for (r->p++;;) {
		const char *key, *value;
		struct buf name = BUF_INIT;
		bool ok;

		skip_space(r);
		if (*r->p == '}')
			return true;
		key = r->p;
		skip_string(r);
		unquote(&name, key, r->p);
		skip_space(r);
		r->p++;
		skip_space(r);
		value = r->p;
		skip_value(r);
		ok = set_member(a, name.data, value, r->p, info, e);
		buf_release(&name);
		if (!ok)
			return false;
		skip_space(r);
		if (*r->p == ',')
			r->p++;
	}
}

bool gojson_info(struct arena *a, const char *data, size_t len, struct gojson_info *info, struct err *e)
{
	struct reader r = { data, data, data + len, 0, NULL };

	*info = (struct gojson_info){ .version = "", .time = "" };
	if (!gojson_check(data, len, e))
		return false;
	skip_space(&r);
	if (*r.p == 'n')
		return true;
	if (*r.p != '{')
		return wrong_type(e, *r.p, "value", "modfetch.RevInfo");
	return read_members(a, &r, info, e);
}
