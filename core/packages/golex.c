#include "packages/golex.h"

#include "base/text.h"

static const char *const keywords[] = {
	"break",  "case",	 "chan", "const",   "continue", "default", "defer",
	"else",	  "fallthrough", "for",	 "func",    "go",	"goto",	   "if",
	"import", "interface",	 "map",	 "package", "range",	"return",  "select",
	"struct", "switch",	 "type", "var",
};

/* Operators of several bytes, longer ones before their prefixes. */
static const char *const operators[] = {
	"<<=", ">>=", "&^=", "...", "&&", "||", "<-", "++", "--", "==", "!=", "<=", ">=",
	":=",  "+=",  "-=",  "*=",  "/=", "%=", "&=", "|=", "^=", "<<", ">>", "&^",
};

static bool is_word(const char *text, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(text, word, n) == 0;
}

static bool is_keyword(const char *text, size_t n)
{
	if (n < 2 || n > 11 || text[0] < 'b' || text[0] > 'v')
		return false;
	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		if (text[0] == keywords[i][0] && is_word(text, n, keywords[i]))
			return true;
	return false;
}

static size_t ident_len(const char *s, size_t len)
{
	size_t i = 0;

	while (i < len) {
		unsigned char c = (unsigned char)s[i];
		uint32_t r;
		size_t n = 1;

		if (c < 0x80) {
			if (!((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && c != '_' &&
			    !(i && c >= '0' && c <= '9'))
				break;
		} else {
			n = text_rune(s + i, len - i, &r);
			if (!text_is_letter(r) && !(i && text_is_digit(r)))
				break;
		}
		i += n;
	}
	return i;
}

/* Skips a comment; true if it contains a newline. */
static bool skip_comment(struct golex *x)
{
	const char *at = x->s + x->pos, *end;
	size_t left = x->len - x->pos;
	int line = x->at_line;

	if (at[1] == '/') {
		end = memchr(at, '\n', left);
		x->pos = end ? (size_t)(end - x->s) : x->len;
		return false;
	}
	end = left >= 4 ? memmem(at + 2, left - 2, "*/", 2) : NULL;
	end = end ? end + 2 : x->s + x->len;
	for (; at < end; at++)
		x->at_line += *at == '\n';
	x->pos = (size_t)(end - x->s);
	return x->at_line > line;
}

/* Skips blanks and comments; true if a newline is a semicolon. */
static bool skip_blanks(struct golex *x)
{
	while (x->pos < x->len) {
		char c = x->s[x->pos];

		if (c == '\n') {
			x->pos++;
			x->at_line++;
			if (x->semi_due)
				return true;
		} else if (c == ' ' || c == '\t' || c == '\r') {
			x->pos++;
		} else if (c == '/' && x->pos + 1 < x->len &&
			   (x->s[x->pos + 1] == '/' || x->s[x->pos + 1] == '*')) {
			if (skip_comment(x) && x->semi_due)
				return true;
		} else {
			return false;
		}
	}
	return x->semi_due;
}

static void take(struct golex *x, enum golex_token tok, size_t n)
{
	x->tok = tok;
	x->n = n;
	x->pos += n;
}

static void take_word(struct golex *x, size_t n)
{
	static const char *const ending[] = { "break", "continue", "fallthrough", "return" };

	take(x, is_keyword(x->text, n) ? GOLEX_KEYWORD : GOLEX_IDENT, n);
	x->semi_due = x->tok == GOLEX_IDENT;
	for (size_t i = 0; i < ARRAY_LEN(ending); i++)
		x->semi_due = x->semi_due || is_word(x->text, n, ending[i]);
}

/* A raw string may span lines; any other literal ends with its line at the latest. */
static void take_quoted(struct golex *x)
{
	char quote = x->text[0];
	size_t left = x->len - x->pos, i = 1;

	while (i < left && x->text[i] != quote && (quote == '`' || x->text[i] != '\n')) {
		x->at_line += x->text[i] == '\n';
		i += quote != '`' && x->text[i] == '\\' && i + 1 < left && x->text[i + 1] != '\n'
			     ? 2
			     : 1;
	}
	x->semi_due = true;
	if (i < left && x->text[i] == quote)
		take(x, quote == '\'' ? GOLEX_CHAR : GOLEX_STRING, i + 1);
	else
		take(x, GOLEX_BAD, MIN(i, left));
}

static void take_number(struct golex *x)
{
	const char *s = x->text;
	size_t left = x->len - x->pos, n = 0;
	bool hex = left > 1 && s[0] == '0' && (s[1] | 0x20) == 'x', real = false;

	for (; n < left; n++) {
		char c = s[n], low = c | 0x20;
		bool exponent = low == (hex ? 'p' : 'e');

		real = real || c == '.' || exponent;
		if (exponent && n + 1 < left && (s[n + 1] == '+' || s[n + 1] == '-'))
			n++;
		else if (!(c >= '0' && c <= '9') && !(low >= 'a' && low <= 'z') && c != '.' &&
			 c != '_')
			break;
	}
	x->semi_due = true;
	take(x, s[n - 1] == 'i' ? GOLEX_IMAG : real ? GOLEX_FLOAT : GOLEX_INT, n);
}

static void take_operator(struct golex *x)
{
	size_t left = x->len - x->pos;

	for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
		size_t n = strlen(operators[i]);

		if (n <= left && memcmp(x->text, operators[i], n) == 0) {
			x->semi_due = operators[i][0] == operators[i][1] &&
				      (operators[i][0] == '+' || operators[i][0] == '-');
			take(x, GOLEX_OP, n);
			return;
		}
	}
	x->semi_due = x->text[0] == ')' || x->text[0] == ']' || x->text[0] == '}';
	if (x->text[0] == ';')
		take(x, GOLEX_SEMI, 1);
	else
		take(x,
		     x->text[0] && strchr("+-*/%&|^<>=!()[]{},.:~", x->text[0]) ? GOLEX_OP
										: GOLEX_BAD,
		     1);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

void golex_next(struct golex *x)
{
	size_t n;

	if (skip_blanks(x)) {
		x->tok = GOLEX_SEMI;
		x->text = ";";
		x->n = 1;
		x->semi_due = false;
		return;
	}
	x->line = x->at_line;
	x->text = x->s + x->pos;
	if (x->pos >= x->len) {
		x->tok = GOLEX_EOF;
		x->n = 0;
	} else if ((n = ident_len(x->text, x->len - x->pos)) > 0) {
		take_word(x, n);
	} else if (x->text[0] == '"' || x->text[0] == '`' || x->text[0] == '\'') {
		take_quoted(x);
	} else if (is_digit(x->text[0]) ||
		   (x->text[0] == '.' && x->pos + 1 < x->len && is_digit(x->text[1]))) {
		take_number(x);
	} else {
		take_operator(x);
	}
}

void golex_start(struct golex *x, const char *data, size_t len)
{
	bool mark = len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0;

	*x = (struct golex){ .s = data, .len = len, .pos = mark ? 3 : 0, .at_line = 1 };
	golex_next(x);
}

bool golex_is_op(const struct golex *x, const char *op)
{
	return x->tok == GOLEX_OP && is_word(x->text, x->n, op);
}

bool golex_is_keyword(const struct golex *x, const char *word)
{
	return x->tok == GOLEX_KEYWORD && is_word(x->text, x->n, word);
}

static int bracket(const struct golex *x)
{
	if (x->tok != GOLEX_OP || x->n != 1)
		return 0;
	switch (x->text[0]) {
	case '(':
	case '[':
	case '{': return 1;
	case ')':
	case ']':
	case '}': return -1;
	default: return 0;
	}
}

void golex_skip_group(struct golex *x)
{
	int depth = 0;

	do {
		depth += bracket(x);
		golex_next(x);
	} while (depth > 0 && x->tok != GOLEX_EOF);
}
