#include "packages/goapi_impl.h"

#include <stdlib.h>

#include "base/text.h"

bool goapi_word_is(struct goapi_word w, const char *s)
{
	return w.n == strlen(s) && memcmp(w.s, s, w.n) == 0;
}

bool goapi_word_exported(struct goapi_word w)
{
	uint32_t r;

	return text_rune(w.s, w.n, &r) && text_is_upper(r);
}

struct goapi_word goapi_word_of(const struct goapi_scan *s)
{
	return (struct goapi_word){ s->x.text, s->x.n };
}

void goapi_expect(struct goapi_scan *s, const char *op)
{
	if (golex_is_op(&s->x, op))
		golex_next(&s->x);
	else
		s->bad = true;
}

static bool at_end(const struct goapi_scan *s)
{
	return s->bad || s->x.tok == GOLEX_EOF;
}

static bool enter(struct goapi_scan *s, const struct buf *b)
{
	if (++s->depth > GOAPI_MAX_DEPTH || b->len > GOAPI_MAX_DECL)
		s->bad = true;
	return !s->bad;
}

static bool is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '"' || c == '`' || c == '\'' || (unsigned char)c >= 0x80;
}

static void put(struct buf *b, const char *s, size_t n)
{
	if (b->len && n && is_word_byte(b->data[b->len - 1]) && is_word_byte(s[0]))
		buf_addch(b, ' ');
	buf_add(b, s, n);
}

/* The token; a type parameter becomes its number. */
static void put_token(struct goapi_scan *s, struct buf *b, bool qualified)
{
	for (size_t i = 0; !qualified && s->x.tok == GOLEX_IDENT && i < s->n_tparams; i++) {
		if (s->tparams[i].n == s->x.n && memcmp(s->tparams[i].s, s->x.text, s->x.n) == 0) {
			if (b->len && is_word_byte(b->data[b->len - 1]))
				buf_addch(b, ' ');
			buf_addf(b, "$%zu", i + 1);
			golex_next(&s->x);
			return;
		}
	}
	put(b, s->x.text, s->x.n);
	golex_next(&s->x);
}

/* Whether the operator is in a blank-separated list. */
static bool is_one_of(const struct golex *x, const char *ops)
{
	while (*ops) {
		size_t n = strcspn(ops, " ");

		if (x->tok == GOLEX_OP && x->n == n && memcmp(x->text, ops, n) == 0)
			return true;
		ops += n + (ops[n] == ' ');
	}
	return false;
}

/* The token in its form within a value. */
static void value_token(struct goapi_scan *s, struct buf *b, bool qualified, long iota)
{
	if (iota >= 0 && !qualified && s->x.tok == GOLEX_IDENT &&
	    goapi_word_is(goapi_word_of(s), "iota")) {
		char number[24];

		snprintf(number, sizeof(number), "%ld", iota);
		put(b, number, strlen(number));
		golex_next(&s->x);
	} else {
		put_token(s, b, qualified);
	}
}

void goapi_tokens(struct goapi_scan *s, struct buf *b, const char *ends, long iota)
{
	bool qualified = false;
	uint64_t rest = 0;
	int depth = 0;

	while (!at_end(s)) {
		if (!depth && (s->x.tok == GOLEX_SEMI || is_one_of(&s->x, ends)))
			break;
		depth += is_one_of(&s->x, "( [ {") - is_one_of(&s->x, ") ] }");
		if (depth < 0) {
			s->bad = true;
		} else if (b->len > GOAPI_MAX_DECL) {
			rest = hash_bytes(s->x.text, s->x.n, rest + 1);
			golex_next(&s->x);
		} else {
			bool dot = golex_is_op(&s->x, ".");

			value_token(s, b, qualified, iota);
			qualified = dot;
		}
	}
	if (rest)
		buf_addf(b, "... %016llx", (unsigned long long)rest);
}

/* Types */

static bool starts_type(const struct golex *x)
{
	return x->tok == GOLEX_IDENT || is_one_of(x, "* [ ( <-") || golex_is_keyword(x, "func") ||
	       golex_is_keyword(x, "map") || golex_is_keyword(x, "chan") ||
	       golex_is_keyword(x, "struct") || golex_is_keyword(x, "interface");
}

static void type_name(struct goapi_scan *s, struct buf *b)
{
	put_token(s, b, false);
	if (golex_is_op(&s->x, ".")) {
		put_token(s, b, false);
		put_token(s, b, true);
	}
	if (!golex_is_op(&s->x, "["))
		return;
	golex_next(&s->x);
	buf_addch(b, '[');
	while (!at_end(s) && !golex_is_op(&s->x, "]")) {
		goapi_type(s, b);
		if (!golex_is_op(&s->x, ","))
			break;
		golex_next(&s->x);
		if (!golex_is_op(&s->x, "]"))
			buf_addstr(b, ", ");
	}
	buf_addch(b, ']');
	goapi_expect(s, "]");
}

static void array_type(struct goapi_scan *s, struct buf *b)
{
	golex_next(&s->x);
	put(b, "[", 1);
	goapi_tokens(s, b, "]", -1);
	buf_addch(b, ']');
	goapi_expect(s, "]");
	goapi_type(s, b);
}

static void chan_type(struct goapi_scan *s, struct buf *b)
{
	bool receives = golex_is_op(&s->x, "<-");

	golex_next(&s->x);
	if (receives) {
		if (!golex_is_keyword(&s->x, "chan"))
			s->bad = true;
		golex_next(&s->x);
		put(b, "<-chan ", 7);
	} else if (golex_is_op(&s->x, "<-")) {
		golex_next(&s->x);
		put(b, "chan<- ", 7);
	} else {
		put(b, "chan ", 5);
	}
	goapi_type(s, b);
}

static void map_type(struct goapi_scan *s, struct buf *b)
{
	golex_next(&s->x);
	put(b, "map[", 4);
	goapi_expect(s, "[");
	goapi_type(s, b);
	goapi_expect(s, "]");
	buf_addch(b, ']');
	goapi_type(s, b);
}

static void keyword_type(struct goapi_scan *s, struct buf *b)
{
	if (golex_is_keyword(&s->x, "func")) {
		golex_next(&s->x);
		put(b, "func", 4);
		goapi_signature(s, b);
	} else if (golex_is_keyword(&s->x, "map")) {
		map_type(s, b);
	} else if (golex_is_keyword(&s->x, "chan")) {
		chan_type(s, b);
	} else if (goapi_at_body(s)) {
		goapi_body(s, b, NULL, NULL);
	} else {
		s->bad = true;
	}
}

void goapi_type(struct goapi_scan *s, struct buf *b)
{
	if (enter(s, b)) {
		if (s->x.tok == GOLEX_IDENT) {
			type_name(s, b);
		} else if (golex_is_op(&s->x, "*")) {
			golex_next(&s->x);
			put(b, "*", 1);
			goapi_type(s, b);
		} else if (golex_is_op(&s->x, "(")) {
			golex_next(&s->x);
			goapi_type(s, b);
			goapi_expect(s, ")");
		} else if (golex_is_op(&s->x, "[")) {
			array_type(s, b);
		} else if (golex_is_op(&s->x, "<-")) {
			chan_type(s, b);
		} else {
			keyword_type(s, b);
		}
	}
	s->depth--;
}

static void element(struct goapi_scan *s, struct buf *b)
{
	for (;;) {
		if (golex_is_op(&s->x, "~")) {
			golex_next(&s->x);
			put(b, "~", 1);
		}
		goapi_type(s, b);
		if (at_end(s) || !golex_is_op(&s->x, "|"))
			return;
		golex_next(&s->x);
		buf_addstr(b, " | ");
	}
}

/* Parameters */

static bool at_entry_end(const struct golex *x)
{
	return is_one_of(x, ", )");
}

/* Whether an entry of a parameter list has a name and a type. */
static bool entry_is_named(struct golex *x)
{
	if (x->tok != GOLEX_IDENT)
		return false;
	golex_next(x);
	if (golex_is_op(x, "[")) {
		golex_skip_group(x);
		return !at_entry_end(x) && !golex_is_op(x, ".");
	}
	return !at_entry_end(x) && !golex_is_op(x, ".");
}

/* If one has a name, all have. */
static bool params_are_named(struct golex x)
{
	while (x.tok != GOLEX_EOF && !golex_is_op(&x, ")")) {
		if (entry_is_named(&x))
			return true;
		while (x.tok != GOLEX_EOF && !at_entry_end(&x))
			golex_skip_group(&x);
		if (golex_is_op(&x, ","))
			golex_next(&x);
	}
	return false;
}

static void param_type(struct goapi_scan *s, struct buf *b)
{
	if (golex_is_op(&s->x, "...")) {
		golex_next(&s->x);
		put(b, "...", 3);
	}
	goapi_type(s, b);
}

/* "a, b int": the type once for each name. */
static void put_params(struct buf *b, size_t *n, size_t times, const struct buf *type)
{
	for (size_t i = 0; i < times && b->len <= GOAPI_MAX_DECL; i++) {
		if ((*n)++)
			buf_addstr(b, ", ");
		buf_add(b, type->data, type->len);
	}
}

/* The list's types, without parentheses; returns their number. */
static size_t params(struct goapi_scan *s, struct buf *b)
{
	struct buf type = BUF_INIT;
	size_t n = 0, names = 0;
	bool named;

	goapi_expect(s, "(");
	named = params_are_named(s->x);
	while (!at_end(s) && !golex_is_op(&s->x, ")")) {
		if (named) {
			s->bad = s->bad || s->x.tok != GOLEX_IDENT;
			golex_next(&s->x);
			names++;
		}
		if (!named || !at_entry_end(&s->x)) {
			buf_clear(&type);
			param_type(s, &type);
			put_params(b, &n, named ? names : 1, &type);
			names = 0;
		}
		if (!golex_is_op(&s->x, ","))
			break;
		golex_next(&s->x);
	}
	buf_release(&type);
	goapi_expect(s, ")");
	return n;
}

void goapi_signature(struct goapi_scan *s, struct buf *b)
{
	struct buf results = BUF_INIT;

	if (enter(s, b)) {
		buf_addch(b, '(');
		params(s, b);
		buf_addch(b, ')');
		if (golex_is_op(&s->x, "(")) {
			size_t n = params(s, &results);

			if (n)
				buf_addf(b, n > 1 ? " (%s)" : " %s", results.data);
		} else if (starts_type(&s->x)) {
			buf_addch(b, ' ');
			goapi_type(s, b);
		}
	}
	s->depth--;
	buf_release(&results);
}

/* Type parameters */

static void name_tparams(struct goapi_scan *s)
{
	struct golex x = s->x;

	while (x.tok == GOLEX_IDENT) {
		if (s->n_tparams == GOAPI_MAX_TPARAMS) {
			s->bad = true;
			return;
		}
		s->tparams[s->n_tparams++] = (struct goapi_word){ x.text, x.n };
		golex_next(&x);
		while (x.tok != GOLEX_EOF && !is_one_of(&x, ", ]"))
			golex_skip_group(&x);
		if (!golex_is_op(&x, ","))
			return;
		golex_next(&x);
	}
}

void goapi_tparams(struct goapi_scan *s, struct buf *b)
{
	struct buf type = BUF_INIT;
	size_t n = 0, first = 0;

	goapi_expect(s, "[");
	name_tparams(s);
	buf_addch(b, '[');
	while (!at_end(s) && s->x.tok == GOLEX_IDENT) {
		n++;
		golex_next(&s->x);
		if (!is_one_of(&s->x, ", ]")) {
			buf_clear(&type);
			element(s, &type);
			for (; first < n && b->len <= GOAPI_MAX_DECL; first++)
				buf_addf(b, "%s$%zu %s", first ? ", " : "", first + 1, type.data);
		}
		if (!golex_is_op(&s->x, ","))
			break;
		golex_next(&s->x);
	}
	buf_addch(b, ']');
	goapi_expect(s, "]");
	buf_release(&type);
}

/* Members of structs and interfaces */

struct members {
	struct goapi_scan *s;
	goapi_member *fn;
	void *ctx;
	VEC(char *) rest;
};

static void add_rest(struct members *m, struct buf *b)
{
	vec_push(&m->rest, buf_detach(b));
}

/* Passes w and its declaration to fn; without fn it is appended to the rest. */
static void add_member(struct members *m, struct goapi_word w, const struct buf *decl, bool field,
		       int line)
{
	struct buf b = BUF_INIT;

	if (m->fn) {
		m->fn(m->ctx, w, decl->data, line);
		return;
	}
	buf_addf(&b, "%.*s%s%s", (int)w.n, w.s, field ? " " : "", decl->data);
	add_rest(m, &b);
}

static bool at_member_end(const struct golex *x)
{
	return x->tok == GOLEX_SEMI || x->tok == GOLEX_STRING || golex_is_op(x, "}");
}

static bool is_embedded(struct golex x)
{
	if (is_one_of(&x, "* ("))
		return true;
	golex_next(&x);
	if (golex_is_op(&x, "["))
		golex_skip_group(&x);
	return at_member_end(&x) || golex_is_op(&x, ".");
}

static void field_names(struct goapi_scan *s, struct goapi_word **names, int **lines, size_t *n)
{
	VEC(struct goapi_word) all = { 0 };
	VEC(int) at = { 0 };

	while (s->x.tok == GOLEX_IDENT) {
		vec_push(&all, goapi_word_of(s));
		vec_push(&at, s->x.line);
		golex_next(&s->x);
		if (!golex_is_op(&s->x, ","))
			break;
		golex_next(&s->x);
	}
	*names = all.items;
	*lines = at.items;
	*n = all.n;
}

static void tag(struct goapi_scan *s, struct buf *b)
{
	if (s->x.tok != GOLEX_STRING)
		return;
	buf_addch(b, ' ');
	buf_add(b, s->x.text, s->x.n);
	golex_next(&s->x);
}

static void struct_member(struct members *m)
{
	struct goapi_scan *s = m->s;
	struct goapi_word *names = NULL;
	struct buf b = BUF_INIT;
	int *lines = NULL;
	size_t n = 0;

	if (is_embedded(s->x)) {
		goapi_type(s, &b);
		tag(s, &b);
		add_rest(m, &b);
		return;
	}
	field_names(s, &names, &lines, &n);
	goapi_type(s, &b);
	tag(s, &b);
	for (size_t i = 0; i < n && !s->bad; i++)
		add_member(m, names[i], &b, true, lines[i]);
	free(names);
	free(lines);
	buf_release(&b);
}

static void interface_member(struct members *m)
{
	struct goapi_scan *s = m->s;
	struct golex x = s->x;
	struct goapi_word name = goapi_word_of(s);
	struct buf b = BUF_INIT;

	golex_next(&x);
	if (s->x.tok == GOLEX_IDENT && golex_is_op(&x, "(")) {
		int line = s->x.line;

		s->x = x;
		goapi_signature(s, &b);
		if (!s->bad)
			add_member(m, name, &b, false, line);
		buf_release(&b);
		return;
	}
	element(s, &b);
	add_rest(m, &b);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The order is irrelevant, since fields have their own rows. */
static void put_rest(struct members *m, struct buf *b)
{
	if (m->fn && m->rest.n)
		qsort(m->rest.items, m->rest.n, sizeof(*m->rest.items), by_text);
	for (size_t i = 0; i < m->rest.n; i++) {
		buf_addf(b, "%s%s", i ? "; " : " ", m->rest.items[i]);
		free(m->rest.items[i]);
	}
	if (m->rest.n)
		buf_addch(b, ' ');
	vec_release(&m->rest);
}

bool goapi_at_body(const struct goapi_scan *s)
{
	return golex_is_keyword(&s->x, "struct") || golex_is_keyword(&s->x, "interface");
}

void goapi_body(struct goapi_scan *s, struct buf *b, goapi_member *fn, void *ctx)
{
	struct members m = { .s = s, .fn = fn, .ctx = ctx };
	bool is_struct = golex_is_keyword(&s->x, "struct");

	if (enter(s, b)) {
		put_token(s, b, true);
		goapi_expect(s, "{");
		while (!at_end(s) && !golex_is_op(&s->x, "}")) {
			if (is_struct)
				struct_member(&m);
			else
				interface_member(&m);
			if (s->x.tok == GOLEX_SEMI)
				golex_next(&s->x);
			else if (!golex_is_op(&s->x, "}"))
				s->bad = true;
		}
		buf_addch(b, '{');
		put_rest(&m, b);
		buf_addch(b, '}');
		goapi_expect(s, "}");
	}
	s->depth--;
}
