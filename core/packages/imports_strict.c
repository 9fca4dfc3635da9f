#include "base/text.h"
#include "packages/imports_impl.h"

/*
 * The strict reader: does go/parser accept the header? The result is only yes or no, so this is a token scanner with automatic
 * semicolons and a parser for the package clause and import declarations.
 */
enum token {
	TOK_EOF,
	TOK_IDENT,
	TOK_PACKAGE,
	TOK_IMPORT,
	TOK_STRING,
	TOK_DOT,
	TOK_LPAREN,
	TOK_RPAREN,
	TOK_SEMI, /* explicit or automatic */
	TOK_OTHER,
	TOK_BAD,
};

struct strict {
	const char *s;
	size_t len, pos;
	bool insert_semi;
	bool bad;
	enum token tok;
	size_t tok_start;
	size_t n_specs;
};

static const char *const keywords[] = {
	"break",       "case",	 "chan",   "const",  "continue", "default", "defer",	 "else",
	"fallthrough", "for",	 "func",   "go",     "goto",	 "if",	    "interface", "map",
	"range",       "return", "select", "struct", "switch",	 "type",    "var",
};

static enum token word_token(const char *s, size_t n, bool *ends_statement)
{
	*ends_statement = false;
	if (n == 7 && memcmp(s, "package", 7) == 0)
		return TOK_PACKAGE;
	if (n == 6 && memcmp(s, "import", 6) == 0)
		return TOK_IMPORT;
	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		if (strlen(keywords[i]) == n && memcmp(s, keywords[i], n) == 0)
			return TOK_OTHER;
	*ends_statement = true;
	return TOK_IDENT;
}

static size_t word_len(const char *s, size_t len)
{
	size_t i = 0;

	while (i < len) {
		uint32_t r;
		size_t n = text_rune(s + i, len - i, &r);

		if (!(r == '_' || text_is_letter(r) || (i > 0 && text_is_digit(r))))
			break;
		i += n;
	}
	return i;
}

/* Skips a comment at pos; *newline: it contains or ends with a newline. False if it is not closed. */
static bool strict_comment(struct strict *p, bool *newline)
{
	if (p->s[p->pos + 1] == '/') {
		const char *nl = memchr(p->s + p->pos, '\n', p->len - p->pos);

		p->pos = nl ? (size_t)(nl - p->s) : p->len;
		return true; /* the newline itself comes next */
	}
	const char *end = p->len - p->pos >= 4
				  ? memmem(p->s + p->pos + 2, p->len - p->pos - 2, "*/", 2)
				  : NULL;
	size_t stop = end ? (size_t)(end - p->s) + 2 : p->len;

	*newline = memchr(p->s + p->pos, '\n', stop - p->pos) != NULL;
	p->pos = stop;
	return end != NULL;
}

/* A string literal at pos; its escapes must be valid. */
static enum token strict_string(struct strict *p)
{
	char quote = p->s[p->pos];
	struct buf b = BUF_INIT;
	size_t i = p->pos + 1;
	bool ok;

	while (i < p->len && p->s[i] != quote && !(quote == '"' && p->s[i] == '\n'))
		i += quote == '"' && p->s[i] == '\\' && i + 1 < p->len ? 2 : 1;
	if (i >= p->len || p->s[i] != quote) {
		p->pos = MIN(i, p->len);
		return TOK_BAD;
	}
	ok = imports_unquote_into(&b, p->s + p->pos, i + 1 - p->pos);
	buf_release(&b);
	p->pos = i + 1;
	return ok ? TOK_STRING : TOK_BAD;
}

static enum token strict_symbol(struct strict *p)
{
	char c = p->s[p->pos++];

	switch (c) {
	case ';': return TOK_SEMI;
	case '(': return TOK_LPAREN;
	case ')': p->insert_semi = true; return TOK_RPAREN;
	case '.':
		return p->pos < p->len && p->s[p->pos] >= '0' && p->s[p->pos] <= '9' ? TOK_OTHER
										     : TOK_DOT;
	default: return TOK_OTHER;
	}
}

/* Blanks and comments; true if an automatic semicolon is due. */
static bool strict_blanks(struct strict *p)
{
	while (p->pos < p->len) {
		char c = p->s[p->pos];
		bool newline = false;

		if (c == '\n' && p->insert_semi) {
			p->pos++;
			return true;
		}
		if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
			p->pos++;
		} else if (c == '/' && p->pos + 1 < p->len &&
			   (p->s[p->pos + 1] == '/' || p->s[p->pos + 1] == '*')) {
			if (!strict_comment(p, &newline))
				p->bad = true;
			if (newline && p->insert_semi)
				return true;
		} else {
			return false;
		}
	}
	return p->insert_semi;
}

static void strict_next(struct strict *p)
{
	size_t n;
	bool ends = false;

	if (strict_blanks(p)) {
		p->insert_semi = false;
		p->tok = TOK_SEMI;
		return;
	}
	p->insert_semi = false;
	p->tok_start = p->pos;
	if (p->pos >= p->len) {
		p->tok = TOK_EOF;
	} else if ((n = word_len(p->s + p->pos, p->len - p->pos)) > 0) {
		p->tok = word_token(p->s + p->pos, n, &ends);
		p->pos += n;
		p->insert_semi = ends;
	} else if (p->s[p->pos] == '"' || p->s[p->pos] == '`') {
		p->tok = strict_string(p);
		p->insert_semi = true;
	} else {
		p->tok = strict_symbol(p);
	}
	if (p->tok == TOK_BAD)
		p->bad = true;
}

static bool strict_expect(struct strict *p, enum token t)
{
	if (p->tok != t)
		p->bad = true;
	if (!p->bad)
		strict_next(p);
	return !p->bad;
}

/* expectSemi: a semicolon may be omitted before a closing parenthesis. */
static bool strict_semi(struct strict *p)
{
	return p->tok == TOK_RPAREN ? !p->bad : strict_expect(p, TOK_SEMI);
}

static bool strict_spec(struct strict *p)
{
	if (p->tok == TOK_IDENT || p->tok == TOK_DOT)
		strict_next(p);
	p->n_specs++;
	return strict_expect(p, TOK_STRING) && strict_semi(p);
}

static bool strict_decl(struct strict *p)
{
	strict_next(p);
	if (p->tok != TOK_LPAREN)
		return strict_spec(p);
	strict_next(p);
	while (!p->bad && p->tok != TOK_RPAREN && p->tok != TOK_EOF)
		strict_spec(p);
	return strict_expect(p, TOK_RPAREN) && strict_semi(p);
}

/* The scanner refuses invalid UTF-8 and a byte order mark, in comments too; of one at the start the caller knows. */
static bool valid_text(const char *s, size_t len)
{
	for (size_t i = 0; i < len;) {
		uint32_t r;
		size_t n;

		if ((unsigned char)s[i] < 0x80) {
			i++;
			continue;
		}
		n = text_rune(s + i, len - i, &r);
		if (n == 1 || r == 0xFEFF)
			return false;
		i += n;
	}
	return true;
}

bool imports_strict_accepts(const char *s, size_t len, size_t *n_specs)
{
	struct strict p = { .s = s, .len = len };

	if (!valid_text(s, len))
		return false;
	strict_next(&p);
	if (!strict_expect(&p, TOK_PACKAGE) || !strict_expect(&p, TOK_IDENT) || !strict_semi(&p))
		return false;
	while (!p.bad && p.tok == TOK_IMPORT)
		strict_decl(&p);
	*n_specs = p.n_specs;
	return !p.bad;
}
