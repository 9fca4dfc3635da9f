/* The standard format of go.mod and go.work: modfile's print.go, and its quoting. */
#include "gofiles/modsyntax.h"

#include "base/hex.h"
#include "base/text.h"

struct printer {
	struct buf out;
	VEC(struct modsyntax_comment) suffixes; /* for the end of the line */
	unsigned margin;			/* tabs */
};

static void indent(struct printer *p)
{
	for (unsigned i = 0; i < p->margin; i++)
		buf_addch(&p->out, '\t');
}

/* Cuts the margin of a line that stays empty. */
static void trim(struct printer *p)
{
	size_t n = p->out.len;

	while (n > 0 && p->out.data[n - 1] == '\t')
		n--;
	buf_truncate(&p->out, n);
}

static void comment(struct printer *p, const struct modsyntax_comment *c)
{
	const char *s = c->token;
	size_t len = c->len;

	text_trim(&s, &len);
	buf_add(&p->out, s, len);
}

static void newline(struct printer *p)
{
	const struct buf *b = &p->out;

	for (size_t i = 0; i < p->suffixes.n; i++) {
		if (i == 0) {
			buf_addch(&p->out, ' ');
		} else {
			trim(p);
			buf_addch(&p->out, '\n');
			indent(p);
		}
		comment(p, &p->suffixes.items[i]);
	}
	p->suffixes.n = 0;
	trim(p);
	/* no empty line at the top of the file, and no two in a row */
	if (b->len && !(b->len >= 2 && b->data[b->len - 1] == '\n' && b->data[b->len - 2] == '\n'))
		buf_addch(&p->out, '\n');
	indent(p);
}

static void comment_lines(struct printer *p, struct modsyntax_comments c)
{
	for (size_t i = 0; i < c.n; i++) {
		comment(p, &c.items[i]);
		newline(p);
	}
}

static void before(struct printer *p, const struct modsyntax_notes *notes)
{
	if (!notes->before.n)
		return;
	trim(p);
	if (p->out.len && p->out.data[p->out.len - 1] != '\n')
		buf_addch(&p->out, '\n');
	indent(p);
	comment_lines(p, notes->before);
}

static void suffix(struct printer *p, const struct modsyntax_notes *notes)
{
	for (size_t i = 0; i < notes->suffix.n; i++)
		vec_push(&p->suffixes, notes->suffix.items[i]);
}

static void tokens(struct printer *p, const char *const *items, size_t n)
{
	bool blank = false;

	for (size_t i = 0; i < n; i++) {
		const char *t = items[i];
		bool single = t[0] && !t[1];

		if (single && strchr(",)]}", t[0]))
			blank = false;
		if (blank)
			buf_addch(&p->out, ' ');
		buf_addstr(&p->out, t);
		blank = !(single && strchr("([{", t[0]));
	}
}

static void line(struct printer *p, const struct modsyntax_line *l)
{
	before(p, &l->notes);
	tokens(p, l->tokens, l->n_tokens);
	suffix(p, &l->notes);
}

static void block(struct printer *p, const struct modsyntax_block *b)
{
	before(p, &b->notes);
	tokens(p, b->tokens, b->n_tokens);
	buf_addch(&p->out, ' ');
	buf_addch(&p->out, '(');
	suffix(p, &b->lparen);
	p->margin++;
	for (size_t i = 0; i < b->n_lines; i++) {
		newline(p);
		line(p, b->lines[i]);
	}
	p->margin--;
	newline(p);
	before(p, &b->rparen);
	buf_addch(&p->out, ')');
	suffix(p, &b->rparen);
	suffix(p, &b->notes);
}

static void stmt(struct printer *p, const struct modsyntax_stmt *s)
{
	switch (s->kind) {
	case MODSYNTAX_COMMENT:
		before(p, s->notes);
		suffix(p, s->notes);
		break;
	case MODSYNTAX_LINE:
		line(p, s->line);
		newline(p);
		break;
	case MODSYNTAX_BLOCK:
		block(p, s->block);
		newline(p);
		break;
	}
}

void modsyntax_format(struct buf *b, const struct modsyntax *f)
{
	struct printer p = { .out = BUF_INIT };
	size_t n;

	comment_lines(&p, f->notes.before);
	for (size_t i = 0; i < f->n_stmts; i++) {
		stmt(&p, &f->stmts[i]);
		if (i + 1 < f->n_stmts)
			newline(&p);
	}
	n = p.out.len;
	while (n > 0 && p.out.data[n - 1] == '\n' && (n == 1 || p.out.data[n - 2] == '\n'))
		n--;
	buf_add(b, p.out.data, n);
	buf_release(&p.out);
	vec_release(&p.suffixes);
}

static bool must_quote(const char *s)
{
	size_t len = strlen(s), i = 0;

	while (i < len) {
		uint32_t r;
		size_t n = text_rune(s + i, len - i, &r);

		if (r < 0x80 && strchr(" \"'`", (int)r))
			return true;
		if (r < 0x80 && strchr("()[]{},", (int)r) && len > 1)
			return true;
		if (!text_is_print(r))
			return true;
		i += n;
	}
	return len == 0 || strstr(s, "//") || strstr(s, "/*");
}

const char *modsyntax_quote(struct arena *a, const char *s)
{
	struct buf b = BUF_INIT;
	const char *quoted;

	if (!must_quote(s))
		return s;
	text_quote(&b, s, strlen(s));
	quoted = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return quoted;
}

/* Digits of an escape; false if there are too few. */
static bool digits(const char **s, const char *end, int n, unsigned base, uint32_t *value)
{
	*value = 0;
	for (; n > 0; n--, ++*s) {
		int d = *s < end ? hex_digit(**s) : -1;

		if (d < 0 || (unsigned)d >= base)
			return false;
		*value = *value * base + (unsigned)d;
	}
	return true;
}

static bool add_byte(struct buf *b, uint32_t v)
{
	if (v == 0 || v > 255)
		return false;
	buf_addch(b, (char)v);
	return true;
}

/* strconv.UnquoteChar for an escape; *s is after the backslash. No NUL: our strings cannot hold it. */
static bool unescape(struct buf *b, const char **s, const char *end)
{
	static const char names[] = "abfnrtv\\\"", values[] = "\a\b\f\n\r\t\v\\\"";
	const char *name;
	uint32_t v;
	char c;

	if (*s == end)
		return false;
	c = *(*s)++;
	name = c ? strchr(names, c) : NULL;
	if (name) {
		buf_addch(b, values[name - names]);
		return true;
	}
	if (c >= '0' && c <= '7') {
		--*s;
		return digits(s, end, 3, 8, &v) && add_byte(b, v);
	}
	if (c == 'x')
		return digits(s, end, 2, 16, &v) && add_byte(b, v);
	if (c != 'u' && c != 'U')
		return false;
	if (!digits(s, end, c == 'u' ? 4 : 8, 16, &v) || v == 0 || v > 0x10FFFF ||
	    (v >= 0xD800 && v < 0xE000))
		return false;
	text_add_rune(b, v);
	return true;
}

/* strconv.Unquote of a string in double quotes. */
static bool unquote(struct buf *b, const char *s, size_t len)
{
	const char *end = s + len - 1;

	if (len < 2 || *end != '"')
		return false;
	for (s++; s < end;) {
		uint32_t r;
		size_t n;

		if (*s == '\n' || *s == '"')
			return false;
		if (*s == '\\') {
			s++;
			if (!unescape(b, &s, end))
				return false;
			continue;
		}
		n = text_rune(s, (size_t)(end - s), &r);
		text_add_rune(b, r);
		s += n;
	}
	return true;
}

const char *modsyntax_unquote(struct arena *a, const char *token, const char **why)
{
	struct buf b = BUF_INIT;
	const char *s = NULL;

	if (token[0] != '"') {
		if (!strpbrk(token, "\"'`"))
			return token;
		*why = "unquoted string cannot contain quote";
		return NULL;
	}
	if (unquote(&b, token, strlen(token)))
		s = arena_strndup(a, b.data, b.len);
	else
		*why = "invalid syntax";
	buf_release(&b);
	return s;
}
