#include "packages/goapi_impl.h"

struct decls {
	struct goapi_scan s;
	goapi_found *fn;
	void *ctx;
	bool broken;
};

static const struct goapi_word no_owner = { "", 0 };

static void found(struct decls *d, struct goapi_word owner, struct goapi_word name,
		  const char *decl, int line)
{
	if (!d->s.bad && goapi_word_exported(name) && (!owner.n || goapi_word_exported(owner)))
		d->fn(d->ctx, owner, name, decl, line);
}

static bool at_group_end(const struct decls *d)
{
	return d->s.x.tok == GOLEX_EOF || golex_is_op(&d->s.x, ")");
}

/* Names of a const or var: "A, B". */
struct names {
	VEC(struct goapi_word) words;
	VEC(int) lines;
};

static void read_names(struct decls *d, struct names *n)
{
	while (d->s.x.tok == GOLEX_IDENT) {
		vec_push(&n->words, goapi_word_of(&d->s));
		vec_push(&n->lines, d->s.x.line);
		golex_next(&d->s.x);
		if (!golex_is_op(&d->s.x, ","))
			return;
		golex_next(&d->s.x);
	}
	d->s.bad = true;
}

static void release_names(struct names *n)
{
	vec_release(&n->words);
	vec_release(&n->lines);
}

/* The type, if there is one before the values. */
static void optional_type(struct decls *d, struct buf *type)
{
	if (d->s.x.tok != GOLEX_SEMI && !golex_is_op(&d->s.x, "=") && !golex_is_op(&d->s.x, ")"))
		goapi_type(&d->s, type);
}

/* Constants. A specification without values repeats the last one's. */

struct repeated {
	struct buf type;
	struct golex values;
	bool there;
};

static void const_spec(struct decls *d, struct repeated *last, long iota)
{
	struct goapi_scan *s = &d->s, values;
	struct names names = { 0 };

	read_names(d, &names);
	if (golex_is_op(&s->x, "=") || (s->x.tok != GOLEX_SEMI && !golex_is_op(&s->x, ")"))) {
		buf_clear(&last->type);
		optional_type(d, &last->type);
		goapi_expect(s, "=");
		last->values = s->x;
		last->there = true;
	}
	s->bad = s->bad || !last->there;
	values = *s;
	values.x = last->values;
	for (size_t i = 0; i < names.words.n && !values.bad; i++) {
		struct buf decl = BUF_INIT;

		buf_addf(&decl, "const %.*s%s%s = ", (int)names.words.items[i].n,
			 names.words.items[i].s, last->type.len ? " " : "", last->type.data);
		goapi_tokens(&values, &decl, ", )", iota);
		if (!values.bad)
			found(d, no_owner, names.words.items[i], decl.data, names.lines.items[i]);
		buf_release(&decl);
		if (golex_is_op(&values.x, ","))
			golex_next(&values.x);
	}
	s->bad = s->bad || values.bad;
	if (last->values.text == s->x.text)
		s->x = values.x;
	release_names(&names);
}

static void const_decl(struct decls *d)
{
	struct repeated last = { .type = BUF_INIT };
	long iota = 0;

	if (!golex_is_op(&d->s.x, "(")) {
		const_spec(d, &last, 0);
	} else {
		golex_next(&d->s.x);
		while (!d->s.bad && !at_group_end(d)) {
			const_spec(d, &last, iota++);
			if (d->s.x.tok == GOLEX_SEMI)
				golex_next(&d->s.x);
			else if (!at_group_end(d))
				d->s.bad = true;
		}
		goapi_expect(&d->s, ")");
	}
	buf_release(&last.type);
}

/* Variables: without a type, the parts of the value that determine it. */

static void type_of_value(struct decls *d, struct buf *b);

static void call_or_group(struct decls *d, struct buf *b, bool callee)
{
	bool builtin = b->len >= 4 && (strcmp(b->data + b->len - 4, "make") == 0 ||
				       strcmp(b->data + b->len - 3, " new") == 0);

	if (callee && !builtin) {
		golex_skip_group(&d->s.x);
		buf_addstr(b, "()");
		return;
	}
	golex_next(&d->s.x);
	buf_addch(b, '(');
	if (builtin && !d->s.bad)
		goapi_type(&d->s, b);
	else
		type_of_value(d, b);
	while (d->s.x.tok != GOLEX_EOF && !golex_is_op(&d->s.x, ")"))
		golex_skip_group(&d->s.x);
	buf_addch(b, ')');
	goapi_expect(&d->s, ")");
}

static void literal(struct decls *d, struct buf *b)
{
	static const char *const kinds[] = {
		[GOLEX_INT] = "0",    [GOLEX_FLOAT] = "0.0",   [GOLEX_IMAG] = "0i",
		[GOLEX_CHAR] = "' '", [GOLEX_STRING] = "\"\"",
	};

	buf_addf(b, " %s", kinds[d->s.x.tok]);
	golex_next(&d->s.x);
}

/* One part of an operand; returns whether an opening parenthesis after it is a call. */
static bool operand(struct decls *d, struct buf *b, bool callee)
{
	struct goapi_scan *s = &d->s;

	switch (s->x.tok) {
	case GOLEX_KEYWORD:
		buf_addch(b, ' ');
		goapi_type(s, b);
		return true;
	case GOLEX_INT:
	case GOLEX_FLOAT:
	case GOLEX_IMAG:
	case GOLEX_CHAR:
	case GOLEX_STRING: literal(d, b); return true;
	default: break;
	}
	if (golex_is_op(&s->x, "{")) {
		golex_skip_group(&s->x);
		buf_addstr(b, "{}");
		return true;
	}
	if (golex_is_op(&s->x, "(")) {
		call_or_group(d, b, callee);
		return true;
	}
	if (golex_is_op(&s->x, "[")) {
		golex_next(&s->x);
		buf_addch(b, '[');
		goapi_tokens(s, b, "]", -1);
		buf_addch(b, ']');
		goapi_expect(s, "]");
		return true;
	}
	buf_addf(b, "%s%.*s", s->x.tok == GOLEX_IDENT && !str_has_suffix(b->data, ".") ? " " : "",
		 (int)s->x.n, s->x.text);
	callee = s->x.tok == GOLEX_IDENT;
	golex_next(&s->x);
	return callee;
}

static void type_of_value(struct decls *d, struct buf *b)
{
	struct goapi_scan *s = &d->s;
	bool callee = false;

	if (++s->depth > GOAPI_MAX_DEPTH)
		s->bad = true;
	while (!s->bad && !at_group_end(d) && s->x.tok != GOLEX_SEMI && !golex_is_op(&s->x, ",")) {
		if (b->len > GOAPI_MAX_DECL || golex_is_op(&s->x, "}") || golex_is_op(&s->x, "]"))
			s->bad = true;
		else
			callee = operand(d, b, callee);
	}
	s->depth--;
}

static void var_decl_of(struct decls *d, const struct names *names, size_t i, const char *is,
			const char *text)
{
	struct goapi_word w = names->words.items[i];
	struct buf decl = BUF_INIT;

	buf_addf(&decl, "var %.*s%s%s", (int)w.n, w.s, is, text);
	found(d, no_owner, w, decl.data, names->lines.items[i]);
	buf_release(&decl);
}

/* "A, B = f()": the values of one call. */
static void var_values(struct decls *d, const struct names *names)
{
	struct buf first = BUF_INIT, value = BUF_INIT;
	size_t n = 0;

	while (!d->s.bad && n < names->words.n) {
		buf_clear(&value);
		type_of_value(d, &value);
		if (n == 0)
			buf_add(&first, value.data, value.len);
		if (golex_is_op(&d->s.x, ",")) {
			golex_next(&d->s.x);
		} else if (n == 0) {
			for (size_t i = 0; i < names->words.n; i++)
				var_decl_of(d, names, i, " =", first.data);
			break;
		}
		var_decl_of(d, names, n++, " =", value.data);
	}
	buf_release(&first);
	buf_release(&value);
}

static void var_spec(struct decls *d)
{
	struct goapi_scan *s = &d->s;
	struct names names = { 0 };
	struct buf type = BUF_INIT;

	read_names(d, &names);
	optional_type(d, &type);
	if (type.len) {
		for (size_t i = 0; i < names.words.n; i++)
			var_decl_of(d, &names, i, " ", type.data);
	} else {
		goapi_expect(s, "=");
		var_values(d, &names);
	}
	while (s->x.tok != GOLEX_EOF && s->x.tok != GOLEX_SEMI && !golex_is_op(&s->x, ")"))
		golex_skip_group(&s->x);
	buf_release(&type);
	release_names(&names);
}

/* Types */

struct owner {
	struct decls *d;
	struct goapi_word name;
	bool is_struct, hidden_methods;
};

static void add_member(void *ctx, struct goapi_word name, const char *decl, int line)
{
	struct owner *o = ctx;
	struct buf b = BUF_INIT;

	buf_addf(&b, "%.*s%s%s", (int)name.n, name.s, o->is_struct ? " " : "", decl);
	found(o->d, o->name, name, b.data, line);
	buf_release(&b);
	if (!o->is_struct && !goapi_word_exported(name))
		o->hidden_methods = true;
}

/* Whether "[" starts type parameters rather than an array length (go/parser, parseTypeSpec and extractName). */
static bool opens_tparams(struct golex x)
{
	bool element = false;

	golex_next(&x);
	if (x.tok != GOLEX_IDENT)
		return false;
	golex_next(&x);
	if (!golex_is_op(&x, "*") && !golex_is_op(&x, "("))
		return x.tok == GOLEX_IDENT || x.tok == GOLEX_KEYWORD || golex_is_op(&x, ",") ||
		       golex_is_op(&x, "[") || golex_is_op(&x, "~") || golex_is_op(&x, "<-");
	while (x.tok != GOLEX_EOF && !golex_is_op(&x, "]") && !element) {
		element = golex_is_op(&x, ",") || golex_is_op(&x, "~") || x.tok == GOLEX_KEYWORD;
		if (!element)
			golex_next(&x);
	}
	return element;
}

static void type_spec(struct decls *d)
{
	struct goapi_scan *s = &d->s;
	struct owner o = { .d = d, .name = goapi_word_of(s) };
	struct buf b = BUF_INIT;
	int line = s->x.line;

	s->bad = s->bad || s->x.tok != GOLEX_IDENT;
	golex_next(&s->x);
	buf_addf(&b, "type %.*s", (int)o.name.n, o.name.s);
	s->n_tparams = 0;
	if (golex_is_op(&s->x, "[") && opens_tparams(s->x))
		goapi_tparams(s, &b);
	buf_addch(&b, ' ');
	if (golex_is_op(&s->x, "=")) {
		golex_next(&s->x);
		buf_addstr(&b, "= ");
	}
	if (goapi_at_body(s)) {
		o.is_struct = golex_is_keyword(&s->x, "struct");
		goapi_body(s, &b, add_member, &o);
		if (o.hidden_methods)
			buf_addstr(&b, " with unexported methods");
	} else {
		goapi_type(s, &b);
	}
	found(d, no_owner, o.name, b.data, line);
	s->n_tparams = 0;
	buf_release(&b);
}

static void grouped(struct decls *d, void (*spec)(struct decls *))
{
	if (!golex_is_op(&d->s.x, "(")) {
		spec(d);
		return;
	}
	golex_next(&d->s.x);
	while (!d->s.bad && !at_group_end(d)) {
		spec(d);
		if (d->s.x.tok == GOLEX_SEMI)
			golex_next(&d->s.x);
		else if (!at_group_end(d))
			d->s.bad = true;
	}
	goapi_expect(&d->s, ")");
}

/* Functions */

/* "(r *T[K, V])": the receiver's type; adds its parameters to tparams. */
static struct goapi_word receiver(struct decls *d, struct buf *b)
{
	struct goapi_scan *s = &d->s;
	struct goapi_word owner = { "", 0 };

	golex_next(&s->x);
	buf_addch(b, '(');
	for (; s->x.tok != GOLEX_EOF && !golex_is_op(&s->x, ")"); golex_next(&s->x)) {
		if (golex_is_op(&s->x, "*"))
			buf_addch(b, '*');
		if (golex_is_op(&s->x, "["))
			break;
		if (s->x.tok == GOLEX_IDENT)
			owner = goapi_word_of(s);
	}
	buf_addf(b, "%.*s", (int)owner.n, owner.s);
	if (golex_is_op(&s->x, "[")) {
		for (golex_next(&s->x); s->x.tok == GOLEX_IDENT || golex_is_op(&s->x, ",");
		     golex_next(&s->x))
			if (s->x.tok == GOLEX_IDENT && s->n_tparams < GOAPI_MAX_TPARAMS)
				s->tparams[s->n_tparams++] = goapi_word_of(s);
		goapi_expect(s, "]");
	}
	buf_addch(b, ')');
	return owner;
}

static void func_decl(struct decls *d)
{
	struct goapi_scan *s = &d->s;
	struct goapi_word owner = no_owner, name;
	struct buf b = BUF_INIT;
	bool method = golex_is_op(&s->x, "(");
	int line;

	s->n_tparams = 0;
	buf_addstr(&b, "func ");
	if (method) {
		owner = receiver(d, &b);
		buf_addch(&b, ' ');
		while (golex_is_op(&s->x, ")") || golex_is_op(&s->x, ","))
			golex_next(&s->x);
	}
	name = goapi_word_of(s);
	line = s->x.line;
	s->bad = s->bad || s->x.tok != GOLEX_IDENT || (method && !owner.n);
	golex_next(&s->x);
	buf_addf(&b, "%.*s", (int)name.n, name.s);
	if (golex_is_op(&s->x, "["))
		goapi_tparams(s, &b);
	goapi_signature(s, &b);
	found(d, owner, name, b.data, line);
	s->n_tparams = 0;
	if (golex_is_op(&s->x, "{"))
		golex_skip_group(&s->x);
	buf_release(&b);
}

static bool at_decl(const struct golex *x)
{
	return golex_is_keyword(x, "const") || golex_is_keyword(x, "var") ||
	       golex_is_keyword(x, "type") || golex_is_keyword(x, "func") ||
	       golex_is_keyword(x, "import");
}

static void import_spec(struct decls *d)
{
	while (d->s.x.tok != GOLEX_EOF && d->s.x.tok != GOLEX_SEMI && !golex_is_op(&d->s.x, ")"))
		golex_next(&d->s.x);
}

static void decl(struct decls *d)
{
	struct golex keyword = d->s.x;

	golex_next(&d->s.x);
	d->s.depth = 0;
	if (golex_is_keyword(&keyword, "const"))
		const_decl(d);
	else if (golex_is_keyword(&keyword, "var"))
		grouped(d, var_spec);
	else if (golex_is_keyword(&keyword, "type"))
		grouped(d, type_spec);
	else if (golex_is_keyword(&keyword, "func"))
		func_decl(d);
	else
		grouped(d, import_spec);
}

/* Skips a malformed declaration, to the next one at the start of a line. */
static void resume(struct decls *d)
{
	struct golex *x = &d->s.x;

	d->broken = true;
	d->s.bad = false;
	while (x->tok != GOLEX_EOF && !(at_decl(x) && (x->text == x->s || x->text[-1] == '\n')))
		golex_next(x);
}

/* Neither main nor documentation. */
static bool package_counts(struct goapi_scan *s, struct goapi_word *counted)
{
	struct goapi_word name;

	*counted = no_owner;
	while (s->x.tok == GOLEX_SEMI)
		golex_next(&s->x);
	s->bad = !golex_is_keyword(&s->x, "package");
	golex_next(&s->x);
	name = goapi_word_of(s);
	s->bad = s->bad || s->x.tok != GOLEX_IDENT;
	golex_next(&s->x);
	if (s->bad || goapi_word_is(name, "main") || goapi_word_is(name, "documentation"))
		return false;
	*counted = name;
	return true;
}

bool goapi_file(struct goapi_word *name, const char *data, size_t len, goapi_found *fn, void *ctx)
{
	struct decls d = { .fn = fn, .ctx = ctx };

	golex_start(&d.s.x, data, len);
	if (!package_counts(&d.s, name))
		return !d.s.bad;
	while (d.s.x.tok != GOLEX_EOF) {
		if (d.s.x.tok == GOLEX_SEMI) {
			golex_next(&d.s.x);
			continue;
		}
		if (at_decl(&d.s.x))
			decl(&d);
		else
			d.s.bad = true;
		if (!d.s.bad && d.s.x.tok != GOLEX_SEMI && d.s.x.tok != GOLEX_EOF)
			d.s.bad = true;
		if (d.s.bad)
			resume(&d);
	}
	return !d.broken;
}
