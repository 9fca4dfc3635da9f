#include "fetch/direct_xml_impl.h"

#include <strings.h>

#include "base/text.h"

static const char eof[] = "unexpected EOF";

static bool fail(const struct direct_xml *x, struct err *e, const char *text)
{
	return err_set(e, ERR_SYNTAX, "XML syntax error on line %d: %s", x->line + 1, text);
}

/* The next byte; -1 at the end. */
static int next(struct direct_xml *x)
{
	if (x->s == x->end)
		return -1;
	x->line += *x->s == '\n';
	return (unsigned char)*x->s++;
}

static int must(struct direct_xml *x, struct err *e)
{
	int c = next(x);

	if (c < 0)
		fail(x, e, eof);
	return c;
}

static void back(struct direct_xml *x)
{
	x->s--;
	x->line -= *x->s == '\n';
}

static void skip_space(struct direct_xml *x)
{
	while (x->s < x->end && memchr(" \r\n\t", *x->s, 4))
		next(x);
}

static bool is_letter(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}

static bool is_name_byte(unsigned char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

/* Bytes of a name. False without an error if there is none here. */
static bool read_bytes(struct direct_xml *x, struct buf *b, struct err *e)
{
	int c = must(x, e);

	if (c < 0)
		return false;
	if (c < 0x80 && !is_name_byte((unsigned char)c)) {
		back(x);
		return false;
	}
	for (; c >= 0x80 || is_name_byte((unsigned char)c); c = must(x, e)) {
		if (c < 0)
			return false;
		buf_addch(b, (char)c);
	}
	if (c < 0)
		return false;
	back(x);
	return true;
}

/* Decoder.name, then nsname if `space`; NULL with an error, in which `missing` is told if there is no name. */
static const char *read_name(struct direct_xml *x, bool space, const char *missing, struct err *e)
{
	struct err why = ERR_INIT;
	struct buf b = BUF_INIT;
	const char *name = NULL, *colon;

	if (!read_bytes(x, &b, &why)) {
		if (!err_is_set(&why))
			fail(x, &why, missing);
	} else if (!direct_xml_is_name(b.data, b.len)) {
		fail(x, &why, arena_fmt(x->arena, "invalid XML name: %s", b.data));
	} else {
		name = arena_strndup(x->arena, b.data, b.len);
		colon = space ? strchr(name, ':') : NULL;
		if (colon && strchr(colon + 1, ':')) {
			fail(x, &why, missing);
			name = NULL;
		} else if (colon && colon > name && colon[1]) {
			name = colon + 1;
		}
	}
	err_move(e, &why);
	err_release(&why);
	buf_release(&b);
	return name;
}

/* &#97; at its digits, after "#" and "x". Appends the rune; false if it is none, with what was read in b. */
static bool read_number(struct direct_xml *x, struct buf *b, int base, uint32_t *rune,
			struct err *e)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	size_t start = b->len;
	uint64_t n = 0;
	int c;

	while ((c = must(x, e)) > 0 && memchr(digits, c, base == 16 ? 22 : 10)) {
		uint64_t digit = (uint64_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);

		buf_addch(b, (char)c);
		if (n <= 0x10ffff)
			n = n * (uint64_t)base + digit;
	}
	if (c >= 0 && c != ';')
		back(x);
	if (c != ';')
		return false;
	*rune = (uint32_t)n;
	if (b->len > start && n <= 0x10ffff)
		return true;
	buf_addch(b, ';');
	return false;
}

/* &lt; at its name. */
static bool read_entity(struct direct_xml *x, struct buf *b, uint32_t *rune, struct err *e)
{
	static const struct {
		const char *name;
		char c;
	} known[] = {
		{ "lt", '<' }, { "gt", '>' }, { "amp", '&' }, { "apos", '\'' }, { "quot", '"' }
	};
	size_t start = b->len;
	struct err why = ERR_INIT;
	bool ok = read_bytes(x, b, &why) || !err_is_set(&why);
	int c;

	err_move(e, &why);
	err_release(&why);
	c = ok ? must(x, e) : -1;
	if (c >= 0 && c != ';')
		back(x);
	if (c != ';')
		return false;
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (b->len - start == strlen(known[i].name) &&
		    memcmp(b->data + start, known[i].name, b->len - start) == 0) {
			*rune = (unsigned char)known[i].c;
			return true;
		}
	buf_addch(b, ';');
	return false;
}

/* After "&". What is no reference stays as it is. False only with an error. */
static bool read_reference(struct direct_xml *x, struct buf *b, struct err *e)
{
	size_t before = b->len;
	struct err why = ERR_INIT;
	uint32_t rune;
	bool known, ok;
	int c = must(x, &why);

	buf_addch(b, '&');
	if (c == '#') {
		buf_addch(b, '#');
		c = must(x, &why);
		if (c == 'x')
			buf_addch(b, 'x');
		else if (c >= 0)
			back(x);
		known = c >= 0 && read_number(x, b, c == 'x' ? 16 : 10, &rune, &why);
	} else {
		if (c >= 0)
			back(x);
		known = c >= 0 && read_entity(x, b, &rune, &why);
	}
	if (known) {
		buf_truncate(b, before);
		text_add_rune(b, rune);
	}
	ok = !err_is_set(&why);
	err_move(e, &why);
	err_release(&why);
	return ok;
}

static bool check_text(const struct direct_xml *x, const struct buf *b, struct err *e)
{
	for (size_t i = 0, n; i < b->len; i += n) {
		uint32_t r;

		n = text_rune(b->data + i, b->len - i, &r);
		if (n == 1 && (unsigned char)b->data[i] >= 0x80)
			return fail(x, e, "invalid UTF-8");
		if ((r < 0x20 && r != '\t' && r != '\n' && r != '\r') || r == 0xfffe || r == 0xffff)
			return fail(x, e, arena_fmt(x->arena, "illegal character code U+%04X", r));
	}
	return true;
}

/* Decoder.text: up to a tag, the quote, or the end of a CDATA section. quote is -1 outside values. */
static bool read_text(struct direct_xml *x, int quote, bool cdata, struct buf *b, struct err *e)
{
	int b0 = 0, b1 = 0, c;

	while ((c = next(x)) >= 0) {
		if (quote < 0 && b0 == ']' && b1 == ']' && c == '>') {
			if (!cdata)
				return fail(x, e, "unescaped ]]> not in CDATA section");
			buf_truncate(b, b->len - 2);
			break;
		}
		if (c == '<' && !cdata) {
			if (quote >= 0)
				return fail(x, e, "unescaped < inside quoted string");
			back(x);
			break;
		}
		if (quote >= 0 && c == quote)
			break;
		if (c == '&' && !cdata) {
			if (!read_reference(x, b, e))
				return false;
			b0 = b1 = 0;
			continue;
		}
		if (c == '\r')
			buf_addch(b, '\n');
		else if (b1 != '\r' || c != '\n')
			buf_addch(b, (char)c);
		b0 = b1;
		b1 = c;
	}
	if (c < 0 && cdata)
		return fail(x, e, "unexpected EOF in CDATA section");
	return check_text(x, b, e);
}

static bool skip_text(struct direct_xml *x, bool cdata, struct err *e)
{
	struct buf b = BUF_INIT;
	bool ok = read_text(x, -1, cdata, &b, e);

	buf_release(&b);
	return ok;
}

/* procInst: what follows param= in quotes. */
static const char *value_in(struct arena *a, const char *text, const char *param)
{
	size_t len = strlen(param);
	const char *at = text;

	while ((at = strstr(at, param)) && at[len]) {
		const char *value = at + len + 1, *end;

		if (at[len] != '\'' && at[len] != '"') {
			at = value;
			continue;
		}
		end = strchr(value, at[len]);
		return end ? arena_strndup(a, value, (size_t)(end - value)) : "";
	}
	return "";
}

static bool check_declaration(struct direct_xml *x, const char *text, struct err *e)
{
	const char *version = value_in(x->arena, text, "version="),
		   *encoding = value_in(x->arena, text, "encoding=");

	if (*version && !str_eq(version, "1.0"))
		return err_set(e, ERR_SYNTAX,
			       "xml: unsupported version \"%s\"; only version 1.0 is supported",
			       version);
	return !*encoding || strcasecmp(encoding, "utf-8") == 0 ||
	       strcasecmp(encoding, "ascii") == 0 ||
	       err_set(e, ERR_SYNTAX,
		       "xml: opening charset \"%s\": can't decode XML document using charset \"%s\"",
		       encoding, encoding);
}

/* <?xml version="1.0"?>, after "<?" */
static bool skip_instruction(struct direct_xml *x, struct err *e)
{
	const char *name = read_name(x, false, "expected target name after <?", e), *start;
	int before = 0, c;

	if (!name)
		return false;
	skip_space(x);
	start = x->s;
	for (; (c = must(x, e)) >= 0; before = c)
		if (before == '?' && c == '>')
			return !str_eq(name, "xml") ||
			       check_declaration(x,
						 arena_strndup(x->arena, start,
							       (size_t)(x->s - start) - 2),
						 e);
	return false;
}

/* Up to "-->"; in a comment of the page "--" must not occur. */
static bool skip_comment(struct direct_xml *x, bool strict, struct err *e)
{
	int b0 = 0, b1 = 0, c;

	for (; (c = must(x, e)) >= 0; b0 = b1, b1 = c) {
		if (b0 != '-' || b1 != '-')
			continue;
		if (c == '>')
			return true;
		if (strict)
			return fail(x, e, "invalid sequence \"--\" not allowed in comments");
	}
	return false;
}

/* <!DOCTYPE ...> after its first byte; it may nest. */
static bool skip_directive(struct direct_xml *x, struct err *e)
{
	int depth = 0, quote = 0, c;

	while ((c = must(x, e)) >= 0) {
		if (quote) {
			quote = c == quote ? 0 : quote;
		} else if (c == '>' && depth == 0) {
			return true;
		} else if (c == '>') {
			depth--;
		} else if (c == '\'' || c == '"') {
			quote = c;
		} else if (c == '<' && x->end - x->s >= 3 && memcmp(x->s, "!--", 3) == 0) {
			x->s += 3;
			if (!skip_comment(x, false, e))
				return false;
		} else if (c == '<') {
			depth++;
		}
	}
	return false;
}

/* After "<!" */
static bool skip_declaration(struct direct_xml *x, struct err *e)
{
	static const char cdata[] = "CDATA[";
	int c = must(x, e);

	if (c == '-') {
		c = must(x, e);
		if (c >= 0 && c != '-')
			return fail(x, e, "invalid sequence <!- not part of <!--");
		return c >= 0 && skip_comment(x, true, e);
	}
	if (c == '[') {
		for (size_t i = 0; cdata[i]; i++) {
			c = must(x, e);
			if (c < 0)
				return false;
			if (c != cdata[i])
				return fail(x, e, "invalid <![ sequence");
		}
		return skip_text(x, true, e);
	}
	return c >= 0 && skip_directive(x, e);
}

/* After "</" */
static bool read_end(struct direct_xml *x, struct direct_xml_tag *t, struct err *e)
{
	int c;

	*t = (struct direct_xml_tag){ .end = true };
	t->name = read_name(x, true, "expected element name after </", e);
	if (!t->name)
		return false;
	skip_space(x);
	c = must(x, e);
	if (c >= 0 && c != '>')
		return fail(x, e,
			    arena_fmt(x->arena, "invalid characters between </%s and >", t->name));
	return c >= 0;
}

/* attrval; quotes may be missing. */
static const char *read_value(struct direct_xml *x, struct err *e)
{
	struct buf b = BUF_INIT;
	const char *value = NULL;
	int c = must(x, e);

	if (c == '"' || c == '\'') {
		if (read_text(x, c, false, &b, e))
			value = arena_strndup(x->arena, b.data ? b.data : "", b.len);
	} else if (c >= 0) {
		for (; c >= 0 && c < 0x80 && c != '.' && is_name_byte((unsigned char)c);
		     c = must(x, e))
			buf_addch(&b, (char)c);
		if (c >= 0) {
			back(x);
			value = arena_strndup(x->arena, b.data ? b.data : "", b.len);
		}
	}
	buf_release(&b);
	return value;
}

static bool read_attr(struct direct_xml *x, struct direct_xml_tag *t, struct err *e)
{
	struct direct_xml_attr attr;
	int c;

	attr.name = attr.value = read_name(x, true, "expected attribute name in element", e);
	if (!attr.name)
		return false;
	skip_space(x);
	c = must(x, e);
	if (c == '=') {
		skip_space(x);
		attr.value = read_value(x, e);
	} else if (c >= 0) {
		back(x);
	}
	if (c < 0 || !attr.value)
		return false;
	arena_vec_push(x->arena, &t->attrs, attr);
	return true;
}

/* After "<" */
static bool read_start(struct direct_xml *x, struct direct_xml_tag *t, struct err *e)
{
	int c;

	*t = (struct direct_xml_tag){ .end = false };
	t->name = read_name(x, true, "expected element name after <", e);
	if (!t->name)
		return false;
	for (;;) {
		skip_space(x);
		c = must(x, e);
		if (c == '/') {
			x->closing = t->name;
			c = must(x, e);
			if (c >= 0 && c != '>')
				return fail(x, e, "expected /> in element");
		}
		if (c < 0 || c == '>')
			return c >= 0;
		back(x);
		if (!read_attr(x, t, e))
			return false;
	}
}

bool direct_xml_next(struct direct_xml *x, struct direct_xml_tag *t, struct err *e)
{
	if (x->closing) {
		*t = (struct direct_xml_tag){ .name = x->closing, .end = true };
		x->closing = NULL;
		return true;
	}
	for (int c; (c = next(x)) >= 0;) {
		bool ok;

		if (c != '<') {
			back(x);
			ok = skip_text(x, false, e);
		} else {
			c = must(x, e);
			if (c == '/')
				return read_end(x, t, e);
			if (c >= 0 && c != '?' && c != '!') {
				back(x);
				return read_start(x, t, e);
			}
			ok = c >= 0 && (c == '?' ? skip_instruction(x, e) : skip_declaration(x, e));
		}
		if (!ok)
			return false;
	}
	return false;
}
