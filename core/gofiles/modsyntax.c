#include "gofiles/modsyntax.h"

#include <limits.h>

#include "base/text.h"

/* Punctuation and the newline are tokens of their own character. */
enum token_kind {
	TOKEN_EOF = 256,
	TOKEN_COMMENT,	   /* a whole line */
	TOKEN_EOL_COMMENT, /* at the end of a line */
	TOKEN_IDENT,
	TOKEN_STRING,
};

struct position {
	int line, column;
	size_t byte;
};

struct token {
	int kind;
	struct position pos, end;
	const char *text;
	size_t len;
};

struct input {
	struct modsyntax *file;
	struct modsyntax_errors *errors;
	const char *long_name;
	const char *data, *end;
	struct position pos;
	size_t line_start;  /* byte offset of the current line */
	struct token token; /* the next one */
	bool failed;
	enum err_code code;
	size_t n_lines;
	char *text, *text_end; /* room for the next tokens' text */
	ARENA_VEC(struct modsyntax_comment) suffixes;
	VEC(struct modsyntax_comment) before; /* collected for the next line */
	VEC(const char *) tokens;	      /* of the current line */
};

static const char *at(const struct input *in)
{
	return in->data + in->pos.byte;
}

static bool eof(const struct input *in)
{
	return at(in) == in->end;
}

static void fail(struct input *in, const char *text)
{
	if (!in->failed)
		modsyntax_errors_add(in->errors, in->file->name, in->pos.line, in->pos.column, "%s",
				     text);
	in->failed = true;
}

/* Consumes one rune. */
static inline void advance(struct input *in)
{
	unsigned char c = (unsigned char)*at(in);
	uint32_t r;

	if (c < 0x80) {
		in->pos.byte++;
		in->pos.column++;
		if (c == '\n') {
			in->pos.line++;
			in->pos.column = 1;
			in->line_start = in->pos.byte;
		}
		return;
	}
	in->pos.byte += text_rune(at(in), (size_t)(in->end - at(in)), &r);
	in->pos.column++;
}

static bool looking_at(const struct input *in, char a, char b)
{
	const char *p = at(in);

	return in->end - p >= 2 && p[0] == a && p[1] == b;
}

static bool is_ident(const struct input *in)
{
	unsigned char c;
	uint32_t r;

	if (eof(in))
		return false;
	c = (unsigned char)*at(in);
	if (c < 0x80)
		return c > ' ' && c != 0x7f && !strchr("()[]{},", c);
	text_rune(at(in), (size_t)(in->end - at(in)), &r);
	return text_is_print(r);
}

static void start_token(struct input *in)
{
	in->token.pos = in->pos;
}

/* Tokens are short: their text is packed into common pieces of the arena. */
static char *text_copy(struct input *in, const char *s, size_t len)
{
	const size_t piece = 4096;
	char *copy;

	if (len >= piece / 4)
		return arena_strndup(in->file->arena, s, len);
	if ((size_t)(in->text_end - in->text) <= len) {
		in->text = arena_alloc(in->file->arena, piece);
		in->text_end = in->text + piece;
	}
	copy = in->text;
	memcpy(copy, s, len);
	copy[len] = '\0';
	in->text += len + 1;
	return copy;
}

static void end_token(struct input *in, int kind)
{
	const char *s = in->data + in->token.pos.byte;
	size_t len = in->pos.byte - in->token.pos.byte;

	in->token.kind = kind;
	in->token.end = in->pos;
	if (kind == TOKEN_COMMENT || kind == TOKEN_EOL_COMMENT) {
		/* it begins with two slashes */
		if (s[len - 1] == '\n')
			len -= s[len - 2] == '\r' ? 2 : 1;
	} else if (kind != TOKEN_IDENT && kind != TOKEN_STRING) {
		in->token.text = kind == TOKEN_EOF ? "" : text_copy(in, s, len);
		in->token.len = len;
		return;
	}
	in->token.text = text_copy(in, s, len);
	in->token.len = len;
}

/* A comment is a suffix if anything but blanks comes before it on its line. */
static void read_comment(struct input *in)
{
	const char *s = in->data + in->line_start, *nl;
	size_t len = in->pos.byte - in->line_start;
	bool suffix;

	start_token(in);
	text_trim(&s, &len);
	suffix = len > 0;
	nl = memchr(at(in), '\n', (size_t)(in->end - at(in)));
	if (nl) {
		in->pos.byte = (size_t)(nl + 1 - in->data);
		in->line_start = in->pos.byte;
		in->pos.line++;
		in->pos.column = 1;
	} else {
		while (!eof(in))
			advance(in);
	}
	end_token(in, suffix ? TOKEN_EOL_COMMENT : TOKEN_COMMENT);
	if (++in->n_lines > MODSYNTAX_MAX_LINES)
		in->code = ERR_LIMIT;
	if (suffix)
		arena_vec_push(in->file->arena, &in->suffixes,
			       (struct modsyntax_comment){ in->token.text, in->token.len,
							   in->token.pos.byte });
}

static void read_string(struct input *in)
{
	char quote = *at(in);

	advance(in);
	for (;;) {
		char c;

		if (eof(in))
			break;
		c = *at(in);
		if (c == '\n') {
			fail(in, "unexpected newline in string");
			return;
		}
		if (c == '\0') {
			/* go accepts it here and rejects it as a name later */
			fail(in, "unexpected input character '\\x00'");
			return;
		}
		advance(in);
		if (c == quote) {
			end_token(in, TOKEN_STRING);
			return;
		}
		if (c == '\\' && quote != '`') {
			if (eof(in))
				break;
			if (*at(in) == '\0') {
				fail(in, "unexpected input character '\\x00'");
				return;
			}
			advance(in);
		}
	}
	in->pos = in->token.pos;
	fail(in, "unexpected EOF in string");
}

static void read_ident(struct input *in)
{
	if (!is_ident(in)) {
		struct buf text = BUF_INIT;
		uint32_t r;

		text_rune(at(in), (size_t)(in->end - at(in)), &r);
		buf_addstr(&text, "unexpected input character ");
		text_quote_rune(&text, r);
		fail(in, text.data);
		buf_release(&text);
		return;
	}
	while (is_ident(in)) {
		if (looking_at(in, '/', '/'))
			break;
		if (looking_at(in, '/', '*')) {
			fail(in, "mod files must use // comments (not /* */ comments)");
			return;
		}
		advance(in);
	}
	end_token(in, TOKEN_IDENT);
}

static void lex(struct input *in)
{
	while (!eof(in) && (*at(in) == ' ' || *at(in) == '\t' || *at(in) == '\r'))
		advance(in);
	if (looking_at(in, '/', '/')) {
		read_comment(in);
		return;
	}
	if (looking_at(in, '/', '*')) {
		fail(in, "mod files must use // comments (not /* */ comments)");
		return;
	}
	start_token(in);
	if (eof(in)) {
		end_token(in, TOKEN_EOF);
		return;
	}
	switch (*at(in)) {
	case '\n':
	case '(':
	case ')':
	case '[':
	case ']':
	case '{':
	case '}':
	case ',': {
		int kind = *at(in);

		advance(in);
		end_token(in, kind);
		return;
	}
	case '"':
	case '`': read_string(in); return;
	default: read_ident(in);
	}
}

/* Takes the next token; after a mistake, only the end of the file. */
static struct token next(struct input *in)
{
	struct token t = in->token;

	if (!in->failed && in->code == ERR_NONE)
		lex(in);
	if (in->failed || in->code != ERR_NONE)
		in->token.kind = TOKEN_EOF;
	return t;
}

static bool is_eol(int kind)
{
	return kind == TOKEN_EOF || kind == TOKEN_EOL_COMMENT || kind == '\n';
}

static struct modsyntax_comments take_before(struct input *in)
{
	struct modsyntax_comments c = { NULL, in->before.n };

	if (c.n)
		c.items = arena_memdup(in->file->arena, in->before.items, c.n * sizeof(*c.items));
	in->before.n = 0;
	return c;
}

static const char **take_tokens(struct input *in, uint32_t *n)
{
	const char **tokens = arena_memdup(in->file->arena, in->tokens.items,
					   in->tokens.n * sizeof(*tokens));

	*n = (uint32_t)in->tokens.n;
	in->tokens.n = 0;
	return tokens;
}

static void push_token(struct input *in, const struct token *t)
{
	vec_push(&in->tokens, t->text);
}

static struct modsyntax_line *new_line(struct input *in, const struct token *first,
				       struct position end, bool in_block)
{
	struct modsyntax_line *line = arena_calloc(in->file->arena, 1, sizeof(*line));

	line->tokens = take_tokens(in, &line->n_tokens);
	line->in_block = in_block;
	line->line = first->pos.line;
	line->column = first->pos.column;
	line->end = end.byte;
	if (++in->n_lines > MODSYNTAX_MAX_LINES)
		in->code = ERR_LIMIT;
	return line;
}

static void add_stmt(struct modsyntax *f, struct modsyntax_stmt stmt)
{
	modsyntax_insert(f, f->n_stmts, stmt);
}

static struct modsyntax_line *parse_line(struct input *in)
{
	struct token first = next(in), t;
	struct position end = first.end;

	push_token(in, &first);
	while (t = next(in), !is_eol(t.kind)) {
		push_token(in, &t);
		end = t.end;
	}
	return new_line(in, &first, end, true);
}

static void blank_line(struct input *in, const struct modsyntax_block *block)
{
	size_t n = in->before.n;

	if ((n == 0 && block->n_lines > 0) || (n > 0 && in->before.items[n - 1].len > 0))
		vec_push(&in->before, (struct modsyntax_comment){ "", 0, 0 });
}

static void close_block(struct input *in, struct modsyntax_block *block)
{
	struct token paren = next(in);

	/* an empty line before the end is not kept */
	if (in->before.n == 1 && in->before.items[0].len == 0)
		in->before.n = 0;
	block->rparen.before = take_before(in);
	block->rparen_line = paren.pos.line;
	block->rparen_at = paren.pos.byte;
	if (!is_eol(in->token.kind))
		fail(in, "syntax error (expected newline after closing paren)");
	next(in);
}

static void unterminated(struct input *in, const struct modsyntax_block *block)
{
	char *text = xasprintf("syntax error (unterminated block started at %s:%d:%d)",
			       in->long_name, block->line, block->column);

	if (in->code == ERR_NONE)
		fail(in, text);
	free(text);
}

static void parse_block(struct input *in, struct modsyntax_block *block)
{
	for (;;) {
		struct modsyntax_comments before;
		struct token t;

		switch (in->token.kind) {
		case TOKEN_EOL_COMMENT: next(in); break;
		case '\n':
			next(in);
			blank_line(in, block);
			break;
		case TOKEN_COMMENT:
			t = next(in);
			vec_push(&in->before,
				 (struct modsyntax_comment){ t.text, t.len, t.pos.byte });
			break;
		case TOKEN_EOF: unterminated(in, block); return;
		case ')': close_block(in, block); return;
		default:
			before = take_before(in);
			modsyntax_block_append(in->file, block, parse_line(in));
			block->lines[block->n_lines - 1]->notes.before = before;
		}
	}
}

static struct modsyntax_block *start_block(struct input *in, const struct token *first,
					   const struct token *lparen)
{
	struct modsyntax_block *block = arena_calloc(in->file->arena, 1, sizeof(*block));

	block->tokens = take_tokens(in, &block->n_tokens);
	block->line = first->pos.line;
	block->column = first->pos.column;
	block->lparen_at = lparen->pos.byte;
	if (++in->n_lines > MODSYNTAX_MAX_LINES)
		in->code = ERR_LIMIT;
	add_stmt(in->file, (struct modsyntax_stmt){ MODSYNTAX_BLOCK, NULL, block, &block->notes });
	return block;
}

/* After "(": a block, or true if it is just a token of the line. */
static bool paren_is_token(struct input *in, const struct token *first, const struct token *lparen)
{
	struct modsyntax_block *block;
	struct token rparen;

	if (is_eol(in->token.kind)) {
		parse_block(in, start_block(in, first, lparen));
		return false;
	}
	push_token(in, lparen);
	if (in->token.kind != ')')
		return true;
	rparen = next(in);
	if (!is_eol(in->token.kind)) {
		push_token(in, &rparen);
		return true;
	}
	next(in);
	in->tokens.n--;
	block = start_block(in, first, lparen);
	block->rparen_at = rparen.pos.byte;
	block->rparen_line = rparen.pos.line;
	return false;
}

static void parse_stmt(struct input *in)
{
	struct token first = next(in), t;
	struct position end = first.end;
	struct modsyntax_line *line;

	push_token(in, &first);
	while (t = next(in), !is_eol(t.kind)) {
		if (t.kind == '(') {
			if (!paren_is_token(in, &first, &t))
				return;
		} else {
			push_token(in, &t);
			end = t.end;
		}
	}
	line = new_line(in, &first, end, false);
	add_stmt(in->file, (struct modsyntax_stmt){ MODSYNTAX_LINE, line, NULL, &line->notes });
}

static void end_comment_group(struct input *in)
{
	struct modsyntax_notes *notes;

	if (!in->before.n)
		return;
	notes = arena_calloc(in->file->arena, 1, sizeof(*notes));
	notes->before = take_before(in);
	add_stmt(in->file, (struct modsyntax_stmt){ MODSYNTAX_COMMENT, NULL, NULL, notes });
}

static void parse_file(struct input *in)
{
	for (;;) {
		struct modsyntax_comments before;
		struct token t;

		switch (in->token.kind) {
		case '\n':
			next(in);
			end_comment_group(in);
			break;
		case TOKEN_COMMENT:
			t = next(in);
			vec_push(&in->before,
				 (struct modsyntax_comment){ t.text, t.len, t.pos.byte });
			break;
		case TOKEN_EOF: end_comment_group(in); return;
		default:
			before = take_before(in);
			parse_stmt(in);
			if (before.n)
				in->file->stmts[in->file->n_stmts - 1].notes->before = before;
		}
	}
}

/* Suffix comments belong to the last node that ends before them; they are assigned from the end of the file. */
struct assign {
	struct modsyntax_comment *items;
	size_t n; /* not yet assigned */
};

static void assign_to(struct assign *s, struct modsyntax_notes *notes, size_t end)
{
	size_t n = s->n;

	while (n > 0 && end <= s->items[n - 1].start)
		n--;
	notes->suffix = (struct modsyntax_comments){ s->items + n, s->n - n };
	s->n = n;
}

static void assign_to_block(struct assign *s, struct modsyntax_block *b)
{
	if (b->line == b->rparen_line)
		assign_to(s, &b->notes, b->rparen_at + 1);
	assign_to(s, &b->rparen, b->rparen_at + 1);
	for (size_t i = b->n_lines; i-- > 0;)
		assign_to(s, &b->lines[i]->notes, b->lines[i]->end);
	assign_to(s, &b->lparen, b->lparen_at + 1);
}

static void assign_suffixes(struct input *in)
{
	struct assign s = { in->suffixes.items, in->suffixes.n };
	struct modsyntax *f = in->file;

	for (size_t i = f->n_stmts; i-- > 0 && s.n > 0;) {
		struct modsyntax_stmt *stmt = &f->stmts[i];

		if (stmt->kind == MODSYNTAX_COMMENT)
			assign_to(&s, stmt->notes, stmt->notes->before.items[0].start);
		else if (stmt->kind == MODSYNTAX_BLOCK)
			assign_to_block(&s, stmt->block);
		else
			assign_to(&s, stmt->notes, stmt->line->end);
	}
	f->notes.before = (struct modsyntax_comments){ s.items, s.n };
}

bool modsyntax_parse(struct modsyntax *f, struct arena *a, const char *name, const char *long_name,
		     const char *data, size_t len, struct modsyntax_errors *errors, struct err *e)
{
	struct input in = { .file = f,
			    .errors = errors,
			    .long_name = long_name ? long_name : name };

	*f = (struct modsyntax){ .arena = a, .name = arena_strdup(a, name) };
	if (len > MODSYNTAX_MAX_SIZE)
		return err_set(e, ERR_LIMIT, "%s: file is over %zu bytes", name,
			       MODSYNTAX_MAX_SIZE);
	in.data = data ? data : "";
	in.end = in.data + len;
	in.pos = (struct position){ 1, 1, 0 };
	next(&in);
	parse_file(&in);
	vec_release(&in.before);
	vec_release(&in.tokens);
	if (in.code == ERR_LIMIT)
		return err_set(e, ERR_LIMIT, "%s: more than %zu lines", name, MODSYNTAX_MAX_LINES);
	if (in.failed)
		return modsyntax_errors_set(e, errors, name);
	assign_suffixes(&in);
	return true;
}

void modsyntax_errors_add(struct modsyntax_errors *errors, const char *name, int line, int column,
			  const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	if (errors->n >= MODSYNTAX_MAX_ERRORS)
		return;
	if (column > 1)
		buf_addf(&b, "%s:%d:%d: ", name, line, column);
	else
		buf_addf(&b, "%s:%d: ", name, line);
	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	arena_vec_push(errors->arena, errors,
		       (struct modsyntax_error){ line, column,
						 arena_strndup(errors->arena, b.data, b.len) });
	buf_release(&b);
}

bool modsyntax_errors_set(struct err *e, const struct modsyntax_errors *errors, const char *name)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < errors->n; i++) {
		if (i)
			buf_addch(&b, '\n');
		buf_addstr(&b, errors->items[i].text);
	}
	err_set(e, ERR_SYNTAX, "%s", b.data);
	buf_release(&b);
	return err_at(e, name, errors->items[0].line, errors->items[0].column);
}

bool modsyntax_comment_is_indirect(const char *s, size_t len)
{
	struct text_field f[2];
	size_t n = text_fields(s + 2, len - 2, f, ARRAY_LEN(f));

	if (n == 1)
		return f[0].len == 8 && memcmp(f[0].s, "indirect", 8) == 0;
	return n > 1 && f[0].len == 9 && memcmp(f[0].s, "indirect;", 9) == 0;
}

bool modsyntax_is_indirect(const struct modsyntax_line *line)
{
	const struct modsyntax_comments *c = &line->notes.suffix;

	return c->n && modsyntax_comment_is_indirect(c->items[0].token, c->items[0].len);
}

static void add_comment_lines(struct buf *b, struct modsyntax_comments c, bool *first)
{
	for (size_t i = 0; i < c.n; i++) {
		const char *s = c.items[i].token;
		size_t len = c.items[i].len;

		if (!len) /* an empty line */
			continue;
		s += 2;
		len -= 2;
		text_trim(&s, &len);
		if (!*first)
			buf_addch(b, '\n');
		*first = false;
		buf_add(b, s, len);
	}
}

const char *modsyntax_comment_text(struct arena *a, const struct modsyntax_block *block,
				   const struct modsyntax_line *line)
{
	const struct modsyntax_notes *notes = &line->notes;
	struct buf b = BUF_INIT;
	bool first = true;
	const char *text;

	if (block && !notes->before.n && !notes->suffix.n)
		notes = &block->notes;
	if (!notes->before.n && !notes->suffix.n)
		return "";
	add_comment_lines(&b, notes->before, &first);
	add_comment_lines(&b, notes->suffix, &first);
	text = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return text;
}

int modsyntax_line_number(const struct modsyntax_line *line)
{
	return line ? line->line : 0;
}
