#include "base/gojson.h"

#include <strings.h>

#include "base/buf.h"
#include "base/text.h"

struct reader {
	const char *start, *p, *end;
	int depth;
	struct err *e;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next byte; a space at the end, as in encoding/json's scanner. */
static char next(const struct reader *r)
{
	return r->p < r->end ? *r->p : ' ';
}

static bool is_next(const struct reader *r, const char *set)
{
	return memchr(set, next(r), strlen(set)) != NULL;
}

static bool is_digit(const struct reader *r)
{
	return next(r) >= '0' && next(r) <= '9';
}

/* encoding/json's quoteChar: every byte counts as a rune. Within a token the end counts as a space that is wrong. */
static bool bad_token(struct reader *r, const char *context)
{
	struct buf b = BUF_INIT;
	unsigned char c = (unsigned char)next(r);

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

static bool bad(struct reader *r, const char *context)
{
	return r->p < r->end ? bad_token(r, context)
			     : err_set(r->e, ERR_SYNTAX, "unexpected end of JSON input");
}

static void skip_space(struct reader *r)
{
	while (r->p < r->end && is_space(*r->p))
		r->p++;
}

static bool skip_value(struct reader *r);

static bool skip_escape(struct reader *r)
{
	if (!is_next(r, "bfnrt\\/\"u"))
		return bad_token(r, "in string escape code");
	if (*r->p++ != 'u')
		return true;
	for (int i = 0; i < 4; i++, r->p++)
		if (!is_next(r, "0123456789abcdefABCDEF"))
			return bad_token(r, "in \\u hexadecimal character escape");
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
		return bad_token(r, context);
	while (is_digit(r))
		r->p++;
	return true;
}

static bool skip_number(struct reader *r)
{
	if (*r->p == '-')
		r->p++;
	if (next(r) == '0')
		r->p++;
	else if (!skip_digits(r, "in numeric literal"))
		return false;
	if (next(r) == '.') {
		r->p++;
		if (!skip_digits(r, "after decimal point in numeric literal"))
			return false;
	}
	if (is_next(r, "eE")) {
		r->p++;
		if (is_next(r, "+-"))
			r->p++;
		return skip_digits(r, "in exponent of numeric literal");
	}
	return true;
}

static bool skip_word(struct reader *r, const char *word)
{
	for (const char *w = word; *w; w++, r->p++) {
		char context[48];

		if (next(r) == *w)
			continue;
		snprintf(context, sizeof(context), "in literal %s (expecting '%c')", word, *w);
		return bad_token(r, context);
	}
	return true;
}

static bool skip_key(struct reader *r)
{
	skip_space(r);
	if (next(r) != '"')
		return bad(r, "looking for beginning of object key string");
	if (!skip_string(r))
		return false;
	skip_space(r);
	if (next(r) != ':')
		return bad(r, "after object key");
	r->p++;
	return true;
}

/* Objects and arrays: the opening bracket is next. */
static bool skip_container(struct reader *r)
{
	bool object = *r->p == '{';
	char close = object ? '}' : ']';

	if (++r->depth > GOJSON_MAX_DEPTH)
		return err_set(r->e, ERR_SYNTAX, "exceeded max depth");
	r->p++;
	skip_space(r);
	if (next(r) == close) {
		r->p++;
		r->depth--;
		return true;
	}
	for (;;) {
		if ((object && !skip_key(r)) || !skip_value(r))
			return false;
		skip_space(r);
		if (next(r) == close)
			break;
		if (next(r) != ',')
			return bad(r,
				   object ? "after object key:value pair" : "after array element");
		r->p++;
	}
	r->p++;
	r->depth--;
	return true;
}

static bool skip_value(struct reader *r)
{
	skip_space(r);
	if (r->p >= r->end)
		return bad(r, "");
	switch (*r->p) {
	case '{':
	case '[': return skip_container(r);
	case '"': return skip_string(r);
	case 't': return skip_word(r, "true");
	case 'f': return skip_word(r, "false");
	case 'n': return skip_word(r, "null");
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

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* time.Parse with the layout of RFC 3339: the position, and what is wrong. */
struct time_parser {
	const char *p, *end;
	const char *layout; /* the part that did not fit; NULL */
	const char *range;  /* "month"; NULL */
};

static bool literal(struct time_parser *t, char c, const char *layout)
{
	if (t->layout || t->range)
		return false;
	if (t->p < t->end && *t->p == c) {
		t->p++;
		return true;
	}
	t->layout = layout;
	return false;
}

static bool digit_at(const struct time_parser *t, int i)
{
	return t->end - t->p > i && t->p[i] >= '0' && t->p[i] <= '9';
}

/* `width` digits; an hour may be written with one. */
static int number(struct time_parser *t, int width, bool one, int min, int max, const char *layout,
		  const char *range)
{
	int v = 0;

	if (t->layout || t->range)
		return min;
	if (one && digit_at(t, 0) && !digit_at(t, 1))
		width = 1;
	for (int i = 0; i < width; i++) {
		if (!digit_at(t, i)) {
			t->layout = layout;
			return min;
		}
		v = v * 10 + (t->p[i] - '0');
	}
	if (v < min || v > max) {
		t->range = range;
		return min;
	}
	t->p += width;
	return v;
}

/* ".000" and the like may follow the seconds; of the digits nine count, and trailing zeros are dropped. */
static void fraction(struct time_parser *t, struct buf *b)
{
	const char *start;
	size_t n;

	if (t->layout || t->range || !digit_at(t, 1) || (*t->p != '.' && *t->p != ','))
		return;
	start = ++t->p;
	while (digit_at(t, 0))
		t->p++;
	n = MIN((size_t)(t->p - start), (size_t)9);
	while (n && start[n - 1] == '0')
		n--;
	if (n) {
		buf_addch(b, '.');
		buf_add(b, start, n);
	}
}

static void zone(struct time_parser *t, struct buf *b)
{
	static const char layout[] = "Z07:00";
	const char *start = t->p;
	char sign;
	int hour, minute;

	if (t->layout || t->range)
		return;
	if (t->p < t->end && *t->p == 'Z') {
		t->p++;
		buf_addch(b, 'Z');
		return;
	}
	if (t->end - t->p < 6 || (*t->p != '+' && *t->p != '-') || t->p[3] != ':') {
		t->layout = layout;
		return;
	}
	sign = *t->p++;
	hour = number(t, 2, false, 0, 24, layout, "time zone offset hour");
	literal(t, ':', layout);
	minute = hour * 60 + number(t, 2, false, 0, 60, layout, "time zone offset minute");
	if (t->layout)
		t->p = start;
	else if (minute)
		buf_addf(b, "%c%02d:%02d", sign, minute / 60, minute % 60);
	else
		buf_addch(b, 'Z');
}

static bool time_error(const struct time_parser *t, const char *value, size_t len, struct err *e)
{
	struct buf q = BUF_INIT, rest = BUF_INIT;

	text_quote(&q, value, len);
	text_quote(&rest, t->p, (size_t)(t->end - t->p));
	if (t->range)
		err_set(e, ERR_SYNTAX, "parsing time %s: %s out of range", q.data, t->range);
	else if (t->layout)
		err_set(e, ERR_SYNTAX,
			"parsing time %s as \"2006-01-02T15:04:05Z07:00\": cannot parse %s as \"%s\"",
			q.data, rest.data, t->layout);
	else
		err_set(e, ERR_SYNTAX, "parsing time %s: extra text: %s", q.data, rest.data);
	buf_release(&q);
	buf_release(&rest);
	return false;
}

/* Checks a time and writes it as time.Time.MarshalJSON would. */
static bool normal_time(struct buf *b, const char *s, size_t len, struct err *e)
{
	struct time_parser t = { .p = s, .end = s + len };
	int year, month, day, hour, minute, second;

	year = number(&t, 4, false, 0, 9999, "2006", "year");
	literal(&t, '-', "-");
	month = number(&t, 2, false, 1, 12, "01", "month");
	literal(&t, '-', "-");
	day = number(&t, 2, false, 0, 99, "02", "day");
	literal(&t, 'T', "T");
	hour = number(&t, 2, true, 0, 23, "15", "hour");
	literal(&t, ':', ":");
	minute = number(&t, 2, false, 0, 59, "04", "minute");
	literal(&t, ':', ":");
	second = number(&t, 2, false, 0, 59, "05", "second");
	buf_addf(b, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day, hour, minute, second);
	fraction(&t, b);
	zone(&t, b);
	if (!t.layout && !t.range && t.p == t.end && (day < 1 || day > days_in(year, month)))
		t.range = "day";
	return (!t.layout && !t.range && t.p == t.end) || time_error(&t, s, len, e);
}

static const char *kind_of(char c)
{
	switch (c) {
	case '{': return "object";
	case '[': return "array";
	case '"': return "string";
	case 't':
	case 'f': return "bool";
	default: return "number";
	}
}

static bool wrong_type(struct err *e, char c, const char *field, const char *type)
{
	return err_set(e, ERR_SYNTAX, "json: cannot unmarshal %s into Go %s of type %s", kind_of(c),
		       field, type);
}

static bool set_time(struct arena *a, const char *p, const char *end, struct gojson_info *info,
		     struct err *e)
{
	struct buf b = BUF_INIT;
	bool ok;

	info->bad_time = true;
	if (*p != '"')
		return err_set(e, ERR_SYNTAX, "Time.UnmarshalJSON: input is not a JSON string");
	ok = normal_time(&b, p + 1, (size_t)(end - p) - 2, e);
	info->bad_time = !ok;
	if (ok)
		info->time = str_eq(b.data, "0001-01-01T00:00:00Z") ? "" : arena_strdup(a, b.data);
	buf_release(&b);
	return ok;
}

/* One member of the object; the value is [p, end). */
static bool set_member(struct arena *a, const char *key, const char *p, const char *end,
		       struct gojson_info *info, struct err *e)
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

/* The text has been checked: only types can still be wrong. */
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

bool gojson_info(struct arena *a, const char *data, size_t len, struct gojson_info *info,
		 struct err *e)
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
