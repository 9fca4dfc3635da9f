#include "packages/imports_impl.h"

#include "base/text.h"

/*
 * The lenient reader: a byte machine like cmd/go/internal/imports/read.go, whose quirks decide which imports of a
 * malformed file count. A `peek` of 0 means nothing is peeked.
 */
struct reader {
	const char *s;
	size_t len, pos;
	char peek;
	bool eof, syntax, nul;
	bool is_main, is_documentation;
};

static bool reader_failed(const struct reader *r)
{
	return r->syntax || r->nul;
}

static void syntax_error(struct reader *r)
{
	if (!r->nul)
		r->syntax = true;
}

static bool is_ident(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '_' || (unsigned char)c >= 0x80;
}

static char read_byte(struct reader *r)
{
	if (r->pos == r->len) {
		r->eof = true;
		return 0;
	}
	if (r->s[r->pos] == 0 && !r->syntax)
		r->nul = true;
	return r->s[r->pos++];
}

static void skip_line_comment(struct reader *r, char c)
{
	while (c != '\n' && !reader_failed(r) && !r->eof)
		c = read_byte(r);
}

static void skip_block_comment(struct reader *r, char c)
{
	char c1 = 0;

	while ((c != '*' || c1 != '/') && !reader_failed(r)) {
		if (r->eof)
			syntax_error(r);
		c = c1;
		c1 = read_byte(r);
	}
}

static char skip_comment(struct reader *r)
{
	char c = read_byte(r);

	if (c == '/')
		skip_line_comment(r, c);
	else if (c == '*')
		skip_block_comment(r, c);
	else
		syntax_error(r);
	return read_byte(r);
}

static char peek_byte(struct reader *r, bool skip_space)
{
	char c;

	if (reader_failed(r))
		return 0;
	c = r->peek ? r->peek : read_byte(r);
	while (skip_space && !reader_failed(r) && !r->eof) {
		if (c == ' ' || c == '\f' || c == '\t' || c == '\r' || c == '\n' || c == ';')
			c = read_byte(r);
		else if (c == '/')
			c = skip_comment(r);
		else
			break;
	}
	r->peek = c;
	return c;
}

static char next_byte(struct reader *r, bool skip_space)
{
	char c = peek_byte(r, skip_space);

	r->peek = 0;
	return c;
}

static void read_keyword(struct reader *r, const char *kw)
{
	peek_byte(r, true);
	for (; *kw; kw++) {
		if (next_byte(r, false) != *kw) {
			syntax_error(r);
			return;
		}
	}
	if (is_ident(peek_byte(r, false)))
		syntax_error(r);
}

static void read_ident(struct reader *r)
{
	if (!is_ident(peek_byte(r, true))) {
		syntax_error(r);
		return;
	}
	while (is_ident(peek_byte(r, false)))
		r->peek = 0;
}

/* A literal as written, including quotes. */
struct literal {
	size_t start, end;
};
struct literals {
	struct literal *items;
	size_t n, cap;
};

static void read_quoted(struct reader *r, char quote, struct literals *out)
{
	size_t start = r->pos - 1;

	while (!reader_failed(r)) {
		char c = next_byte(r, false);

		if (c == quote) {
			vec_push(out, (struct literal){ start, r->pos });
			return;
		}
		if (r->eof || (quote == '"' && c == '\n'))
			syntax_error(r);
		if (quote == '"' && c == '\\')
			next_byte(r, false);
	}
}

static void read_string(struct reader *r, struct literals *out)
{
	char quote = next_byte(r, true);

	if (quote == '`' || quote == '"')
		read_quoted(r, quote, out);
	else
		syntax_error(r);
}

static void read_import(struct reader *r, struct literals *out)
{
	char c = peek_byte(r, true);

	if (c == '.')
		r->peek = 0;
	else if (is_ident(c))
		read_ident(r);
	read_string(r, out);
}

static void read_decls(struct reader *r, struct literals *out)
{
	size_t name, n;

	read_keyword(r, "package");
	peek_byte(r, true);
	name = r->pos - (r->peek != 0);
	read_ident(r);
	n = r->pos - (r->peek != 0) - name;
	r->is_main = n == 4 && memcmp(r->s + name, "main", n) == 0;
	r->is_documentation = n == 13 && memcmp(r->s + name, "documentation", n) == 0;
	while (peek_byte(r, true) == 'i' && out->n <= IMPORTS_MAX_IMPORTS) {
		read_keyword(r, "import");
		if (peek_byte(r, true) != '(') {
			read_import(r, out);
			continue;
		}
		next_byte(r, false);
		while (peek_byte(r, true) != ')' && !reader_failed(r) &&
		       out->n <= IMPORTS_MAX_IMPORTS)
			read_import(r, out);
		next_byte(r, false);
	}
}

/* modindex/build_read.go:isValidImport */
static bool valid_import(const char *s)
{
	size_t len = strlen(s);

	for (size_t i = 0; i < len;) {
		uint32_t r;
		size_t n = text_rune(s + i, len - i, &r);

		/* unicode.IsGraphic less IsSpace is IsPrint less the blank */
		if (r == ' ' || r == 0xFFFD || !text_is_print(r) ||
		    (r < 0x80 && strchr("!\"#$%&'()*,:;<=>?[\\]^{|}`", (int)r)))
			return false;
		i += n;
	}
	return len > 0;
}

static void place(const char *data, size_t *done, int *line, size_t *line_start, size_t pos)
{
	for (; *done < pos; ++*done) {
		if (data[*done] == '\n') {
			++*line;
			*line_start = *done + 1;
		}
	}
}

/* Converts literals to specs; positions are relative to the start of the data. */
static void add_specs(struct arena *a, const char *data, const struct literals *lits,
		      struct imports_file *f)
{
	size_t done = 0, line_start = 0;
	int line = 1;

	f->specs = arena_alloc(a, (lits->n + 1) * sizeof(*f->specs));
	for (size_t i = 0; i < lits->n; i++) {
		const struct literal *l = &lits->items[i];
		const char *path = imports_unquote(a, data + l->start, l->end - l->start);

		place(data, &done, &line, &line_start, l->start);
		if (i < f->n_strict && (!path || !valid_import(path)))
			f->strict_error = true;
		if (path)
			f->specs[f->n++] = (struct imports_spec){
				path, line, (int)(l->start - line_start) + 1
			};
	}
}

bool imports_read(struct arena *a, const char *data, size_t len, struct imports_file *f,
		  struct err *e)
{
	size_t bom = len >= 3 && memcmp(data, IMPORTS_BOM, 3) == 0 ? 3 : 0;
	struct reader r = { .s = data, .len = len, .pos = bom };
	struct literals lits = { 0 };
	bool nul;

	*f = (struct imports_file){ 0 };
	read_decls(&r, &lits);
	f->is_main = r.is_main;
	f->is_documentation = r.is_documentation;
	f->at_end = r.eof || r.syntax;
	f->header_len = r.pos;
	if (r.syntax) {
		f->syntax_error = f->strict_error = true;
		f->header_len = len;
	} else if (!r.eof && r.pos > bom) {
		f->header_len--;
	}
	f->nul_first = r.nul;
	nul = r.nul || (r.syntax && memchr(data + r.pos, 0, len - r.pos));
	if (lits.n > IMPORTS_MAX_IMPORTS) {
		vec_release(&lits);
		return err_set(e, ERR_LIMIT, "more than %zu imports", IMPORTS_MAX_IMPORTS);
	}
	if (!nul && !f->strict_error &&
	    !imports_strict_accepts(data + bom, f->header_len - bom, &f->n_strict))
		f->strict_error = true;
	add_specs(a, data, &lits, f);
	vec_release(&lits);
	if (f->strict_error)
		f->n_strict = 0;
	return !nul || err_set(e, ERR_SYNTAX, "unexpected NUL in input");
}
