#include "packages/constraint.h"

#include "base/text.h"

/* A piece of the input; not NUL-terminated. */
struct span {
	const char *s;
	size_t n;
};

static bool span_has_prefix(struct span p, const char *prefix)
{
	size_t n = strlen(prefix);

	return p.n >= n && memcmp(p.s, prefix, n) == 0;
}

static struct span span_skip(struct span p, size_t n)
{
	return (struct span){ p.s + n, p.n - n };
}

/* The length of a space rune that ends at s[n], 0 if there is none: all are ASCII or two or three bytes. */
static size_t space_before(const char *s, size_t n)
{
	for (size_t k = 1; k <= 3 && k <= n; k++) {
		uint32_t r;

		if (text_rune(s + n - k, k, &r) == k && text_is_space(r))
			return k;
	}
	return 0;
}

static struct span trim_left(struct span p)
{
	uint32_t r;
	size_t n;

	while (p.n && (n = text_rune(p.s, p.n, &r)) && text_is_space(r))
		p = span_skip(p, n);
	return p;
}

static struct span trim(struct span p)
{
	size_t n;

	p = trim_left(p);
	while (p.n && (n = space_before(p.s, p.n)))
		p.n -= n;
	return p;
}

/* Cuts the first line off *p; the newline is dropped. */
static struct span cut_line(struct span *p)
{
	const char *nl = memchr(p->s, '\n', p->n);
	struct span line = { p->s, nl ? (size_t)(nl - p->s) : p->n };

	*p = span_skip(*p, nl ? line.n + 1 : line.n);
	return line;
}

static const char go_build[] = "//go:build";
static const char plus_build[] = "+build";

/* After a prefix the rest must be empty or start with a blank: //go:buildx is another comment. */
static bool cut_blank(struct span rest, struct span *expr)
{
	*expr = trim(rest);
	return rest.n == 0 || expr->n < rest.n;
}

static bool split_go_build(struct span line, struct span *expr)
{
	if (line.n && line.s[line.n - 1] == '\n')
		line.n--;
	if (memchr(line.s, '\n', line.n) || !span_has_prefix(line, go_build))
		return false;
	return cut_blank(span_skip(trim(line), sizeof(go_build) - 1), expr);
}

static bool split_plus_build(struct span line, struct span *expr)
{
	if (line.n && line.s[line.n - 1] == '\n')
		line.n--;
	if (memchr(line.s, '\n', line.n) || !span_has_prefix(line, "//"))
		return false;
	line = trim(span_skip(line, 2));
	if (!span_has_prefix(line, plus_build))
		return false;
	return cut_blank(span_skip(line, sizeof(plus_build) - 1), expr);
}

static bool is_tag_rune(uint32_t r)
{
	return text_is_letter(r) || text_is_digit(r) || r == '_' || r == '.';
}

/* The length of the tag at the start of p. */
static size_t tag_len(struct span p)
{
	size_t i = 0;

	while (i < p.n) {
		uint32_t r;
		size_t n = text_rune(p.s + i, p.n - i, &r);

		if (!is_tag_rune(r))
			break;
		i += n;
	}
	return i;
}

static bool span_is(struct span p, const char *s)
{
	return p.n == strlen(s) && memcmp(p.s, s, p.n) == 0;
}

static bool in_list(struct span p, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(p, list[i]))
			return true;
	return false;
}

/* internal/syslist */
static const char *const unix_systems[] = { "aix",     "android", "darwin",  "dragonfly",
					    "freebsd", "hurd",	  "illumos", "ios",
					    "linux",   "netbsd",  "openbsd", "solaris" };
static const char *const systems[] = { "aix",	 "android", "darwin",  "dragonfly", "freebsd",
				       "hurd",	 "illumos", "ios",     "js",	    "linux",
				       "nacl",	 "netbsd",  "openbsd", "plan9",	    "solaris",
				       "wasip1", "windows", "zos" };
static const char *const architectures[] = { "386",	  "amd64",	 "amd64p32", "arm",
					     "armbe",	  "arm64",	 "arm64be",  "loong64",
					     "mips",	  "mipsle",	 "mips64",   "mips64le",
					     "mips64p32", "mips64p32le", "ppc",	     "ppc64",
					     "ppc64le",	  "riscv",	 "riscv64",  "s390",
					     "s390x",	  "sparc",	 "sparc64",  "wasm" };

/* N for go1.N; 0 for other tags. */
static int release_of_tag(struct span tag)
{
	int n = 0;

	if (!span_has_prefix(tag, "go1.") || tag.n > 7 || tag.n < 5 || tag.s[4] == '0')
		return 0;
	for (size_t i = 4; i < tag.n; i++) {
		if (tag.s[i] < '0' || tag.s[i] > '9')
			return 0;
		n = n * 10 + (tag.s[i] - '0');
	}
	return n;
}

/* go1.1 up to the release itself. */
static bool is_release_tag(struct span tag, int minor)
{
	int n = release_of_tag(tag);

	return n && n <= minor;
}

/* go/build's matchTag. */
static bool has_tag(const char *tags, struct span tag)
{
	while (tags && *tags) {
		size_t n = strcspn(tags, ", ");

		if (n && n == tag.n && memcmp(tags, tag.s, n) == 0)
			return true;
		tags += n + (tags[n] != '\0');
	}
	return false;
}

static bool env_has(const struct constraint_env *env, struct span tag)
{
	struct span os = { env->goos, strlen(env->goos) };

	if (span_is(tag, env->goos) || span_is(tag, env->goarch) || span_is(tag, "gc") ||
	    (env->cgo && span_is(tag, "cgo")) || has_tag(env->tags, tag))
		return true;
	if ((span_is(tag, "linux") && span_is(os, "android")) ||
	    (span_is(tag, "solaris") && span_is(os, "illumos")) ||
	    (span_is(tag, "darwin") && span_is(os, "ios")))
		return true;
	return (span_is(tag, "unix") && in_list(os, unix_systems, ARRAY_LEN(unix_systems))) ||
	       is_release_tag(tag, env->release);
}

/* The value of an expression if tags may be chosen freely in favour of it (`any`), or against it (`none`). */
struct value {
	bool any, none;
};

static struct value tag_value(struct span tag, const struct constraint_env *env)
{
	bool valid = tag.n && tag_len(tag) == tag.n;

	if (env && !env->goos && release_of_tag(tag))
		return is_release_tag(tag, env->release) ? (struct value){ true, true }
							 : (struct value){ false, false };
	if (env && env->goos)
		return valid && env_has(env, tag) ? (struct value){ true, true }
						  : (struct value){ false, false };
	return (struct value){ valid && !span_is(tag, "ignore"), false };
}

static struct value value_not(struct value x)
{
	return (struct value){ !x.none, !x.any };
}

static struct value value_and(struct value x, struct value y)
{
	return (struct value){ x.any && y.any, x.none && y.none };
}

static struct value value_or(struct value x, struct value y)
{
	return (struct value){ x.any || y.any, x.none || y.none };
}

/* The parser of //go:build expressions; tok is empty at the end. */
struct expr {
	struct span rest, tok;
	const struct constraint_env *env;
	bool is_tag, failed;
	int size;
};

#define EXPR_MAX_SIZE 1000

static bool tok_is(const struct expr *x, const char *s)
{
	return !x->failed && x->tok.n == strlen(s) && memcmp(x->tok.s, s, x->tok.n) == 0;
}

static void lex(struct expr *x)
{
	size_t n = 1;

	x->is_tag = false;
	while (x->rest.n && (x->rest.s[0] == ' ' || x->rest.s[0] == '\t'))
		x->rest = span_skip(x->rest, 1);
	x->tok = (struct span){ x->rest.s, 0 };
	if (x->rest.n == 0)
		return;
	switch (x->rest.s[0]) {
	case '(':
	case ')':
	case '!': break;
	case '&':
	case '|':
		n = 2;
		if (x->rest.n < 2 || x->rest.s[1] != x->rest.s[0])
			n = 0;
		break;
	default: n = tag_len(x->rest); x->is_tag = true;
	}
	if (n == 0)
		x->failed = true;
	x->tok.n = n;
	x->rest = span_skip(x->rest, n);
}

static struct value parse_or(struct expr *x);

static struct value parse_atom(struct expr *x)
{
	struct value v = { false, false };

	if (tok_is(x, "(")) {
		v = parse_or(x);
		if (!tok_is(x, ")"))
			x->failed = true;
	} else if (x->is_tag) {
		v = tag_value(x->tok, x->env);
	} else {
		x->failed = true;
	}
	if (!x->failed)
		lex(x);
	return v;
}

static struct value parse_not(struct expr *x)
{
	if (++x->size > EXPR_MAX_SIZE)
		x->failed = true;
	if (x->failed)
		return (struct value){ false, false };
	lex(x);
	if (!tok_is(x, "!"))
		return x->failed ? (struct value){ false, false } : parse_atom(x);
	lex(x);
	if (tok_is(x, "!"))
		x->failed = true; /* double negation not allowed */
	if (x->failed)
		return (struct value){ false, false };
	return value_not(parse_atom(x));
}

static struct value parse_and(struct expr *x)
{
	struct value v = parse_not(x);

	while (tok_is(x, "&&"))
		v = value_and(v, parse_not(x));
	return v;
}

static struct value parse_or(struct expr *x)
{
	struct value v = parse_and(x);

	while (tok_is(x, "||"))
		v = value_or(v, parse_and(x));
	return v;
}

static bool parse_expr(struct span text, const struct constraint_env *env, struct value *v)
{
	struct expr x = { .rest = text, .env = env };

	*v = parse_or(&x);
	return !x.failed && x.tok.n == 0;
}

#define PLUS_MAX_SIZE 100

/* One literal of a // +build line: [!]tag. */
static struct value plus_literal(struct span lit, const struct constraint_env *env)
{
	bool negated = lit.n && lit.s[0] == '!';

	if (span_has_prefix(lit, "!!") || (negated && lit.n == 1))
		return (struct value){ false, false };
	if (negated)
		lit = span_skip(lit, 1);
	return negated ? value_not(tag_value(lit, env)) : tag_value(lit, env);
}

/* Literals joined by commas: all must hold. False if there are too many operators. */
static bool plus_clause(struct span clause, const struct constraint_env *env, int *size,
			struct value *v)
{
	for (bool first = true;; first = false) {
		const char *comma = memchr(clause.s, ',', clause.n);
		struct span lit = { clause.s, comma ? (size_t)(comma - clause.s) : clause.n };
		struct value z = plus_literal(lit, env);

		if (!first && ++*size > PLUS_MAX_SIZE)
			return false;
		*v = first ? z : value_and(*v, z);
		if (!comma)
			return true;
		clause = span_skip(clause, lit.n + 1);
	}
}

/* strings.Fields: the next word of *p; empty at the end. */
static struct span cut_field(struct span *p)
{
	struct span word;
	size_t i = 0;

	*p = trim_left(*p);
	while (i < p->n) {
		uint32_t r;
		size_t n = text_rune(p->s + i, p->n - i, &r);

		if (text_is_space(r))
			break;
		i += n;
	}
	word = (struct span){ p->s, i };
	*p = span_skip(*p, i);
	return word;
}

static bool parse_plus(struct span text, const struct constraint_env *env, struct value *v)
{
	bool first = true;
	int size = 0;

	*v = (struct value){ false, false };
	for (;;) {
		struct span clause = cut_field(&text);
		struct value y;

		if (clause.n == 0)
			return true;
		if (!plus_clause(clause, env, &size, &y) || (!first && ++size > PLUS_MAX_SIZE))
			return false;
		*v = first ? y : value_or(*v, y);
		first = false;
	}
}

static bool parse_line(struct span line, const struct constraint_env *env, struct value *v)
{
	struct span text;

	if (split_go_build(line, &text))
		return parse_expr(text, env, v);
	if (split_plus_build(line, &text))
		return parse_plus(text, env, v);
	return false;
}

/* The result of parseFileHeader: the lines that may contain // +build, and the //go:build line. */
struct header {
	size_t plus_end;
	struct span go_build;
	bool have_go_build, multiple;
};

/* Walks over the comments of one line; false if other text follows them. */
static bool skip_comments(struct span line, bool *in_slash_star)
{
	while (line.n) {
		if (*in_slash_star) {
			const char *end = memmem(line.s, line.n, "*/", 2);

			if (!end)
				return true;
			*in_slash_star = false;
			line = trim(span_skip(line, (size_t)(end - line.s) + 2));
		} else if (span_has_prefix(line, "//")) {
			return true;
		} else if (span_has_prefix(line, "/*")) {
			*in_slash_star = true;
			line = trim(span_skip(line, 2));
		} else {
			return false;
		}
	}
	return true;
}

static void parse_header(struct span content, struct header *h)
{
	struct span p = content, text;
	bool ended = false, in_slash_star = false;

	while (p.n) {
		struct span line = trim(cut_line(&p));

		if (line.n == 0 && !ended) {
			h->plus_end = content.n - p.n;
			continue;
		}
		if (!span_has_prefix(line, "//"))
			ended = true;
		if (!in_slash_star && split_go_build(line, &text)) {
			if (h->have_go_build) {
				h->multiple = true;
				return;
			}
			h->have_go_build = true;
			h->go_build = line;
		}
		if (!skip_comments(line, &in_slash_star))
			return;
	}
}

static enum constraint_verdict judge(const char *header, size_t len,
				     const struct constraint_env *env)
{
	struct header h = { 0 };
	struct value v;
	struct span p, text;
	bool build = true;

	parse_header((struct span){ header, len }, &h);
	if (h.multiple)
		return CONSTRAINT_MULTIPLE;
	if (h.have_go_build && !parse_line(h.go_build, env, &v))
		return CONSTRAINT_MALFORMED;
	if (h.have_go_build)
		return v.any ? CONSTRAINT_BUILD : CONSTRAINT_SKIP;
	p = (struct span){ header, h.plus_end };
	while (p.n) {
		struct span line = trim(cut_line(&p));

		if (split_plus_build(line, &text) && parse_line(line, env, &v) && !v.any)
			build = false;
	}
	return build ? CONSTRAINT_BUILD : CONSTRAINT_SKIP;
}

enum constraint_verdict constraint_file(const char *header, size_t len)
{
	enum constraint_verdict verdict = judge(header, len, NULL);

	return verdict == CONSTRAINT_MALFORMED ? CONSTRAINT_SKIP : verdict;
}

enum constraint_verdict constraint_file_release(const char *header, size_t len, int release)
{
	struct constraint_env any = { .release = release };

	return judge(header, len, &any);
}

/* The last element of a name split at underscores; *rest is the part before it. */
static struct span last_element(struct span *rest)
{
	size_t i = rest->n;
	struct span last;

	while (i > 0 && rest->s[i - 1] != '_')
		i--;
	last = span_skip(*rest, i);
	rest->n = i ? i - 1 : 0;
	return last;
}

bool constraint_file_name(const char *name, const struct constraint_env *env)
{
	const char *dot = strchr(name, '.');
	struct span rest = { name, dot ? (size_t)(dot - name) : strlen(name) }, last, before;
	const char *first = memchr(rest.s, '_', rest.n);

	/* the part before the first underscore is never a system: linux.go is an ordinary name */
	if (!first)
		return true;
	rest = span_skip(rest, (size_t)(first - rest.s));
	last = last_element(&rest);
	if (span_is(last, "test"))
		last = last_element(&rest);
	before = rest;
	before = last_element(&before);
	if (in_list(last, architectures, ARRAY_LEN(architectures)) &&
	    in_list(before, systems, ARRAY_LEN(systems)))
		return env_has(env, last) && env_has(env, before);
	if (in_list(last, systems, ARRAY_LEN(systems)) ||
	    in_list(last, architectures, ARRAY_LEN(architectures)))
		return env_has(env, last);
	return true;
}

enum constraint_verdict constraint_file_env(const char *header, size_t len,
					    const struct constraint_env *env)
{
	return judge(header, len, env);
}
