#include "packages/imports.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "packages/constraint.h"
#include "base/fs.h"
#include "base/text.h"

#define BOM "\xef\xbb\xbf"

/*
 * The lenient reader: a byte machine as cmd/go/internal/imports/read.go, whose odd ends decide which imports of a broken
 * file count. `peek` of 0 means nothing is peeked.
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

/* A literal as it stands, quotes included. */
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

static bool hex_value(const char *s, size_t n, uint32_t *v)
{
	*v = 0;
	for (size_t i = 0; i < n; i++) {
		char c = s[i];
		uint32_t d = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
			     : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
			     : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
						    : 16;

		if (d == 16)
			return false;
		*v = *v << 4 | d;
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

static bool unquote_into(struct buf *b, const char *s, size_t len)
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
			/* an invalid byte becomes U+FFFD only if something else needs unquoting; neither is a path */
			n = text_rune(s + i, len - 1 - i, &r);
			buf_add(b, s + i, n);
		}
		i += n;
	}
	return true;
}

/* strconv.Unquote of a literal that the reader found; NULL if it is not valid. */
static const char *unquote(struct arena *a, const char *s, size_t len)
{
	struct buf b = BUF_INIT;
	const char *out = NULL;

	if (len >= 2 && !memchr(s, '\\', len) && !memchr(s, '\n', len) && !memchr(s, '\r', len))
		return arena_strndup(a, s + 1, len - 2);
	if (len >= 2 && unquote_into(&b, s, len) && !memchr(b.data, 0, b.len))
		out = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return out;
}

/*
 * The strict reader: would go/parser accept the header? Only yes or no is wanted, so this is a token scanner with automatic
 * semicolons and a parser of the package clause and import declarations.
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

/* Skips a comment at pos; *newline tells that it held or was ended by a line end. False if it is not closed. */
static bool strict_comment(struct strict *p, bool *newline)
{
	if (p->s[p->pos + 1] == '/') {
		const char *nl = memchr(p->s + p->pos, '\n', p->len - p->pos);

		p->pos = nl ? (size_t)(nl - p->s) : p->len;
		return true; /* the newline itself is met next */
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
	ok = unquote_into(&b, p->s + p->pos, i + 1 - p->pos);
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

/* expectSemi: a semicolon may be left out before a closing parenthesis. */
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

/* The scanner refuses invalid UTF-8 and a byte order mark that is not at the start, in comments too. */
static bool valid_text(const char *s, size_t len)
{
	for (size_t i = 0; i < len;) {
		uint32_t r;
		size_t n;

		if ((unsigned char)s[i] < 0x80) {
			if (s[i++] == 0)
				return false;
			continue;
		}
		n = text_rune(s + i, len - i, &r);
		if (n == 1 || (r == 0xFEFF && i > 0))
			return false;
		i += n;
	}
	return true;
}

/* *n_specs: of how many imports it knows when it stops. */
static bool strict_accepts(const char *s, size_t len, size_t *n_specs)
{
	struct strict p = { .s = s, .len = len };

	if (!valid_text(s, len))
		return false;
	if (len >= 3 && memcmp(s, BOM, 3) == 0)
		p.pos = 3;
	strict_next(&p);
	if (!strict_expect(&p, TOK_PACKAGE) || !strict_expect(&p, TOK_IDENT) || !strict_semi(&p))
		return false;
	while (!p.bad && p.tok == TOK_IMPORT)
		strict_decl(&p);
	*n_specs = p.n_specs;
	return !p.bad;
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

/* Literals to specs; positions count from the start of the data. */
static void add_specs(struct arena *a, const char *data, const struct literals *lits,
		      struct imports_file *f)
{
	size_t done = 0, line_start = 0;
	int line = 1;

	f->specs = arena_alloc(a, (lits->n + 1) * sizeof(*f->specs));
	for (size_t i = 0; i < lits->n; i++) {
		const struct literal *l = &lits->items[i];
		const char *path = unquote(a, data + l->start, l->end - l->start);

		place(data, &done, &line, &line_start, l->start);
		if (i < f->n_strict && (!path || !valid_import(path)))
			f->strict_error = true;
		if (path)
			f->specs[f->n++] = (struct import_spec){ path, line,
								 (int)(l->start - line_start) + 1 };
	}
}

bool imports_read(struct arena *a, const char *data, size_t len, struct imports_file *f,
		  struct err *e)
{
	size_t bom = len >= 3 && memcmp(data, BOM, 3) == 0 ? 3 : 0;
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
	    !strict_accepts(data + bom, f->header_len - bom, &f->n_strict))
		f->strict_error = true;
	add_specs(a, data, &lits, f);
	vec_release(&lits);
	if (f->strict_error)
		f->n_strict = 0;
	return !nul || err_set(e, ERR_SYNTAX, "unexpected NUL in input");
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t strings_sort_unique(const char **s, size_t n)
{
	size_t w = 0;

	if (n)
		qsort(s, n, sizeof(*s), compare_strings);
	for (size_t i = 0; i < n; i++)
		if (w == 0 || strcmp(s[w - 1], s[i]) != 0)
			s[w++] = s[i];
	return w;
}

/* One file of a directory, read. */
struct scanned {
	const char *name;
	struct imports_file file;
	enum constraint_verdict verdict;
	struct err error; /* of opening or reading, NUL included */
	bool hidden;	  /* _x.go or .x.go */
	bool test;
};

struct scan {
	struct arena tmp;
	const char *dir;
	struct scanned *files;
	size_t n;
	const char *link_error; /* of the first link *.go that leads nowhere */
	bool odd;		/* the two readers may differ on something here */
	bool irregular; /* an entry that is no file and no directory: go does not index the directory */
	const struct fs_dirent *entries;
	size_t n_entries;
};

#define CHUNK ((size_t)16 << 10)

/* Appends up to `want` bytes in all. */
static bool read_up_to(int fd, struct buf *b, size_t want, const char *path, struct err *e)
{
	while (b->len < want) {
		ssize_t n;

		buf_grow(b, want - b->len);
		n = read(fd, b->data + b->len, want - b->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, errno, "read %s", path);
		if (n == 0)
			break;
		b->len += (size_t)n;
		b->data[b->len] = 0;
	}
	return true;
}

/* Reads as much of the file as its imports need. Errors of the system are complete; a NUL's lacks the name. */
static bool read_imports_fd(struct arena *a, int fd, const char *path, struct buf *b,
			    struct imports_file *f, struct err *e)
{
	size_t want = CHUNK;

	for (buf_clear(b);; want *= 8) {
		struct err try = ERR_INIT;
		bool ok, whole;

		if (!read_up_to(fd, b, MIN(want, IMPORTS_MAX_FILE + 1), path, e))
			return false;
		whole = b->len < want;
		if (b->len > IMPORTS_MAX_FILE)
			return err_set(e, ERR_LIMIT,
				       "reading %s: over %zu bytes and no end of the imports", path,
				       IMPORTS_MAX_FILE);
		ok = imports_read(a, b->data, b->len, f, &try);
		if (ok && f->at_end && !whole)
			continue;
		if (!ok)
			err_set(e, try.code, "reading %s: %s", path, try.text);
		err_release(&try);
		return ok;
	}
}

static bool read_file_imports(struct arena *a, const char *path, struct buf *b,
			      struct imports_file *f, struct err *e)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool ok;

	if (fd < 0)
		return err_sys(e, errno, "open %s", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(e, ERR_SYS, "read %s: not a regular file", path);
	}
	ok = read_imports_fd(a, fd, path, b, f, e);
	close(fd);
	return ok;
}

/* A regular file, or a symbolic link to one. */
static bool is_regular(const char *dir, const struct fs_dirent *d)
{
	struct buf path = BUF_INIT;
	bool ok;

	if (d->type != DT_LNK)
		return d->type == DT_REG;
	buf_addf(&path, "%s/%s", dir, d->name);
	ok = fs_is_file(path.data);
	buf_release(&path);
	return ok;
}

static bool is_go_name(const char *name)
{
	return str_has_suffix(name, ".go");
}

static bool is_hidden_name(const char *name)
{
	return name[0] == '_' || name[0] == '.';
}

static void scan_file(struct scan *s, const char *name, struct buf *b)
{
	struct scanned *f = &s->files[s->n++];
	const char *path = arena_fmt(&s->tmp, "%s/%s", s->dir, name);

	*f = (struct scanned){ .name = name, .test = str_has_suffix(name, "_test.go") };
	if (is_hidden_name(name)) {
		f->hidden = s->odd = true;
		return;
	}
	if (read_file_imports(&s->tmp, path, b, &f->file, &f->error))
		f->verdict = constraint_file(b->data, f->file.header_len);
	else if (f->error.code == ERR_SYNTAX && !f->file.nul_first)
		f->verdict = constraint_file(b->data, b->len);
	if (err_is_set(&f->error) || f->file.n_strict < f->file.n || f->file.strict_error ||
	    f->verdict == CONSTRAINT_MULTIPLE)
		s->odd = true;
}

static const char *broken_link(struct scan *s, const char *name)
{
	const char *path = arena_fmt(&s->tmp, "%s/%s", s->dir, name);
	struct stat st;

	if (stat(path, &st) == 0)
		return NULL;
	return arena_fmt(&s->tmp, "stat %s: %s", path, err_errno_text(errno));
}

/* Lists the directory and, with `read`, reads its Go files. A directory that is not there is empty. */
static bool scan_start(struct scan *s, const char *dir, bool read, struct err *e)
{
	struct fs_dirent *entries = NULL;
	struct err list = ERR_INIT;
	struct buf b = BUF_INIT;

	*s = (struct scan){ .dir = dir };
	if (!fs_list(&s->tmp, dir, IMPORTS_MAX_ENTRIES, &entries, &s->n_entries, &list)) {
		bool absent = list.code == ERR_NOT_FOUND;

		if (!absent)
			err_move(e, &list);
		err_release(&list);
		s->n_entries = 0;
		return absent;
	}
	s->entries = entries;
	s->files = arena_alloc(&s->tmp, (s->n_entries + 1) * sizeof(*s->files));
	for (size_t i = 0; i < s->n_entries; i++) {
		const struct fs_dirent *d = &entries[i];

		if (d->type != DT_REG && d->type != DT_DIR)
			s->irregular = true;
		if (is_go_name(d->name) && d->type == DT_LNK && !s->link_error)
			s->link_error = broken_link(s, d->name);
		if (is_go_name(d->name) && is_regular(dir, d)) {
			if (read)
				scan_file(s, d->name, &b);
			else
				s->files[s->n++] = (struct scanned){
					.name = d->name, .hidden = is_hidden_name(d->name)
				};
		}
	}
	buf_release(&b);
	return true;
}

static void scan_end(struct scan *s)
{
	for (size_t i = 0; i < s->n; i++)
		err_release(&s->files[i].error);
	arena_release(&s->tmp);
}

#define INDEX_MIN_AGE 2 /* seconds: modindex/read.go:modTimeCutoff */

/* Would go read this directory through its index now? (modindex/read.go:dirHash) */
static bool would_index(const struct scan *s)
{
	struct timespec now;

	if (s->irregular)
		return false;
	clock_gettime(CLOCK_REALTIME, &now);
	for (size_t i = 0; i < s->n_entries; i++) {
		char *path;
		struct stat st;
		bool fresh;

		if (s->entries[i].type == DT_DIR)
			continue;
		path = xasprintf("%s/%s", s->dir, s->entries[i].name);
		fresh = lstat(path, &st) != 0 || st.st_mtim.tv_sec > now.tv_sec - INDEX_MIN_AGE ||
			(st.st_mtim.tv_sec == now.tv_sec - INDEX_MIN_AGE &&
			 st.st_mtim.tv_nsec > now.tv_nsec);
		free(path);
		if (fresh)
			return false;
	}
	return true;
}

static bool scan_indexed(const struct scan *s, enum imports_mode mode)
{
	return mode == IMPORTS_INDEXED || (mode == IMPORTS_AUTO && s->odd && would_index(s));
}

static bool is_magic_import(const char *p)
{
	return str_eq(p, "C") || str_eq(p, "appengine") || str_has_prefix(p, "appengine/") ||
	       str_eq(p, "appengine_internal") || str_has_prefix(p, "appengine_internal/");
}

/* Does the file count, and do its imports? */
static bool file_counts(const struct scanned *f, bool indexed, bool *with_imports)
{
	*with_imports = false;
	if (f->hidden)
		return false;
	if (indexed && ((f->error.code == ERR_SYNTAX && f->file.nul_first) ||
			f->verdict == CONSTRAINT_MULTIPLE))
		return true;
	if (f->verdict != CONSTRAINT_BUILD)
		return false;
	*with_imports = !(indexed && f->file.strict_error);
	return true;
}

static void take_imports(const struct scanned *f, bool indexed, const char ***list, size_t *n,
			 size_t *cap)
{
	size_t end = indexed ? f->file.n_strict : f->file.n;

	for (size_t i = 0; i < end; i++) {
		const char *p = f->file.specs[i].path;

		if (is_magic_import(p))
			continue;
		if (*n == *cap) {
			*cap = *cap ? *cap * 2 : 64;
			*list = xreallocarray(*list, *cap, sizeof(**list));
		}
		(*list)[(*n)++] = p;
	}
}

/* Sorted copies in the caller's arena. */
static const char **keep_strings(struct arena *a, const char **list, size_t *n)
{
	const char **out;

	*n = strings_sort_unique(list, *n);
	out = arena_alloc(a, (*n + 1) * sizeof(*out));
	for (size_t i = 0; i < *n; i++)
		out[i] = arena_strdup(a, list[i]);
	return out;
}

static bool collect(struct arena *a, const struct scan *s, bool indexed, struct imports_dir *d,
		    struct err *e)
{
	const char **lists[2] = { NULL, NULL };
	size_t n[2] = { 0, 0 }, cap[2] = { 0, 0 };
	bool ok = true;

	d->no_go = true;
	for (size_t i = 0; i < s->n && ok; i++) {
		const struct scanned *f = &s->files[i];
		bool with_imports;

		/* go's index takes a file that cannot be read for one without imports; we do not guess */
		if (err_is_set(&f->error) && !(indexed && f->error.code == ERR_SYNTAX)) {
			err_copy(e, &f->error);
			ok = false;
		} else if (file_counts(f, indexed, &with_imports)) {
			d->no_go = false;
			if (with_imports)
				take_imports(f, indexed, &lists[f->test], &n[f->test],
					     &cap[f->test]);
		}
	}
	if (ok) {
		d->imports = keep_strings(a, lists[0], &n[0]);
		d->tests = keep_strings(a, lists[1], &n[1]);
		d->n_imports = n[0];
		d->n_tests = n[1];
	}
	free(lists[0]);
	free(lists[1]);
	return ok;
}

static bool any_visible(const struct scan *s, bool indexed)
{
	for (size_t i = 0; i < s->n; i++)
		if (!indexed || !s->files[i].hidden)
			return true;
	return false;
}

bool imports_scan_dir(struct arena *a, const char *dir, enum imports_mode mode,
		      struct imports_dir *d, struct err *e)
{
	struct scan s;
	bool ok, indexed;

	*d = (struct imports_dir){ .no_go = true };
	ok = scan_start(&s, dir, true, e);
	if (ok) {
		indexed = scan_indexed(&s, mode);
		d->is_go_dir = any_visible(&s, indexed);
		if (!d->is_go_dir && s.link_error)
			d->link_error = arena_strdup(a, s.link_error);
		ok = collect(a, &s, indexed, d, e);
	}
	scan_end(&s);
	return ok;
}

bool imports_is_go_dir(const char *dir, enum imports_mode mode, struct err *e)
{
	struct scan s;
	bool found = false;

	if (scan_start(&s, dir, false, e)) {
		s.odd = true;
		/* only if all Go files are hidden does the mode matter */
		found = any_visible(&s, true) || (s.n && !scan_indexed(&s, mode));
	}
	scan_end(&s);
	return found;
}

bool imports_places(struct arena *a, const char *dir, struct import_place **places, size_t *n,
		    struct err *e)
{
	VEC(struct import_place) v = { 0 };
	struct scan s;
	bool ok = scan_start(&s, dir, true, e);

	for (size_t i = 0; ok && i < s.n; i++) {
		const struct scanned *f = &s.files[i];
		bool with_imports = false;

		if (e && !err_is_set(e) && f->error.code == ERR_SYS)
			err_copy(e, &f->error);
		if (err_is_set(&f->error) || !file_counts(f, false, &with_imports) || !with_imports)
			continue;
		for (size_t k = 0; k < f->file.n; k++)
			vec_push(&v, (struct import_place){ arena_strdup(a, f->name),
							    arena_strdup(a, f->file.specs[k].path),
							    f->file.specs[k].line,
							    f->file.specs[k].column, f->test });
	}
	*places = v.n ? arena_memdup(a, v.items, v.n * sizeof(*v.items)) : NULL;
	*n = v.n;
	vec_release(&v);
	scan_end(&s);
	return ok;
}

/* Whether a file whose constraints hold is one that go/build leaves out all the same. A test that uses cgo is an error to it. */
static bool left_out(const char *name, const struct imports_file *f, bool cgo)
{
	if (f->is_documentation)
		return true;
	for (size_t i = 0; !cgo && !str_has_suffix(name, "_test.go") && i < f->n; i++)
		if (str_eq(f->specs[i].path, "C"))
			return true;
	return false;
}

/* What go/build reports an error of is a file: only what it ignores is none. */
static bool file_builds(const char *dir, const char *name, const struct constraint_env *env,
			struct buf *b, bool *is_main)
{
	struct arena tmp = ARENA_INIT;
	struct imports_file f = { 0 };
	struct err e = ERR_INIT;
	const char *path = arena_fmt(&tmp, "%s/%s", dir, name);
	bool read = read_file_imports(&tmp, path, b, &f, &e), builds = true;

	if (read || (e.code == ERR_SYNTAX && !f.nul_first))
		builds = constraint_file_env(b->data, read ? f.header_len : b->len, env) !=
			 CONSTRAINT_SKIP;
	if (builds && read && !f.strict_error)
		builds = !left_out(name, &f, env->cgo);
	*is_main = builds && f.is_main;
	err_release(&e);
	arena_release(&tmp);
	return builds;
}

bool imports_builds(const char *dir, const struct constraint_env *env, bool *is_main)
{
	struct scan s;
	struct buf b = BUF_INIT;
	bool builds = false, main = false;

	if (scan_start(&s, dir, false, NULL))
		for (size_t i = 0; i < s.n && !builds; i++)
			builds = !s.files[i].hidden && constraint_file_name(s.files[i].name, env) &&
				 file_builds(dir, s.files[i].name, env, &b, &main);
	if (is_main)
		*is_main = main;
	buf_release(&b);
	scan_end(&s);
	return builds;
}

bool imports_has_files(const char *dir)
{
	struct arena tmp = ARENA_INIT;
	struct fs_dirent *entries;
	size_t n = 0;
	bool found = false;

	if (!fs_list(&tmp, dir, IMPORTS_MAX_ENTRIES, &entries, &n, NULL))
		n = 0;
	for (size_t i = 0; i < n && !found; i++) {
		const struct fs_dirent *d = &entries[i];

		found = is_go_name(d->name) && !is_hidden_name(d->name) && d->type != DT_DIR &&
			!(d->type == DT_LNK && fs_is_dir(arena_fmt(&tmp, "%s/%s", dir, d->name)));
	}
	arena_release(&tmp);
	return found;
}
