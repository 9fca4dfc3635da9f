#include "gofiles/gomod_summary.h"

#include "gofiles/modpath.h"

/* What a byte is outside of comments. Quotes, control characters and all that is not ASCII are left to the full parser. */
enum {
	UNUSUAL,
	IDENT,
	SLASH, /* part of an identifier unless it starts a comment */
	BLANK,
	NEWLINE,
	PUNCT,
};

static const unsigned char class_of[256] = {
	[' '] = BLANK,	['\t'] = BLANK, ['\r'] = BLANK, ['\n'] = NEWLINE,
	['!'] = IDENT,	['#'] = IDENT,	['$'] = IDENT,	['%'] = IDENT,
	['&'] = IDENT,	['*'] = IDENT,	['('] = PUNCT,	[')'] = PUNCT,
	[','] = PUNCT,	['['] = PUNCT,	[']'] = PUNCT,	['{'] = PUNCT,
	['}'] = PUNCT,	['+'] = IDENT,	['-'] = IDENT,	['.'] = IDENT,
	['/'] = SLASH,	['0'] = IDENT,	IDENT,		IDENT,
	IDENT,		IDENT,		IDENT,		IDENT,
	IDENT,		IDENT,		IDENT,		IDENT,
	IDENT,		IDENT,		IDENT,		IDENT,
	IDENT,		['@'] = IDENT,	IDENT,		IDENT,
	IDENT,		IDENT,		IDENT,		IDENT,
	IDENT,		IDENT,		IDENT,		IDENT,
	IDENT,		IDENT,		IDENT,		IDENT,
	IDENT,		['P'] = IDENT,	IDENT,		IDENT,
	IDENT,		IDENT,		IDENT,		IDENT,
	IDENT,		IDENT,		IDENT,		IDENT,
	['\\'] = IDENT, ['^'] = IDENT,	['_'] = IDENT,	['a'] = IDENT,
	IDENT,		IDENT,		IDENT,		IDENT,
	IDENT,		IDENT,		IDENT,		IDENT,
	IDENT,		IDENT,		IDENT,		IDENT,
	IDENT,		IDENT,		['p'] = IDENT,	IDENT,
	IDENT,		IDENT,		IDENT,		IDENT,
	IDENT,		IDENT,		IDENT,		IDENT,
	IDENT,		['|'] = IDENT,	['~'] = IDENT,
};

/* Each step returns where it ended, or NULL if the full parser is needed. The text ends in a newline, at which scanning for
 * any class of byte stops: the end has to be checked only after a newline. */
struct scanner {
	struct gomod_summary *s;
	const char *end;
	unsigned flags;
};

static inline unsigned char class_at(const char *p)
{
	return class_of[(unsigned char)*p];
}

static inline bool is_comment(const char *p)
{
	return p[0] == '/' && p[1] == '/';
}

static inline const char *skip_blanks(const char *p)
{
	while (class_at(p) == BLANK)
		p++;
	return p;
}

/* For the start of a line, which may be the end of the text. */
static inline const char *skip_indent(const char *p, const char *end)
{
	while (p < end && class_at(p) == BLANK)
		p++;
	return p;
}

static inline const char *skip_line(const char *p, const char *end)
{
	const char *nl = memchr(p, '\n', (size_t)(end - p));

	return nl ? nl + 1 : end;
}

static inline const char *ident_end(const char *p)
{
	for (;; p++) {
		unsigned char c = class_at(p);

		if (c == IDENT)
			continue;
		if (c != SLASH)
			return p;
		if (p[1] == '/' || p[1] == '*')
			return NULL;
	}
}

/* Takes the rest of a line that may hold only a comment. */
static inline const char *end_of_line(const char *p, const char *end)
{
	p = skip_blanks(p);
	if (*p == '\n')
		return p + 1;
	return is_comment(p) ? skip_line(p, end) : NULL;
}

/* What a byte is in a version. */
enum {
	DIGIT = 1,
	LETTER = 2, /* or a dash */
};
static const unsigned char version_class[256] = {
	['-'] = LETTER, ['0'] = DIGIT,	DIGIT,		DIGIT,	DIGIT,	DIGIT,
	DIGIT,		DIGIT,		DIGIT,		DIGIT,	DIGIT,	['A'] = LETTER,
	LETTER,		LETTER,		LETTER,		LETTER, LETTER, LETTER,
	LETTER,		LETTER,		LETTER,		LETTER, LETTER, LETTER,
	['N'] = LETTER, LETTER,		LETTER,		LETTER, LETTER, LETTER,
	LETTER,		LETTER,		LETTER,		LETTER, LETTER, LETTER,
	LETTER,		['a'] = LETTER, LETTER,		LETTER, LETTER, LETTER,
	LETTER,		LETTER,		LETTER,		LETTER, LETTER, LETTER,
	LETTER,		LETTER,		['n'] = LETTER, LETTER, LETTER, LETTER,
	LETTER,		LETTER,		LETTER,		LETTER, LETTER, LETTER,
	LETTER,		LETTER,		LETTER,
};

/* A number without leading zeros. */
static inline const char *number_end(const char *p)
{
	const char *s = p;

	while (version_class[(unsigned char)*p] == DIGIT)
		p++;
	return p == s || (*s == '0' && p - s > 1) ? NULL : p;
}

static inline const char *prerelease_end(const char *p)
{
	for (;;) {
		const char *s = p;
		unsigned char seen = 0, c;

		while ((c = version_class[(unsigned char)*p]) != 0) {
			seen |= c;
			p++;
		}
		if (p == s || (seen == DIGIT && p - s > 1 && *s == '0'))
			return NULL;
		if (*p != '.')
			return p;
		p++;
	}
}

/* The end of a canonical version ("v1.2.3", "v1.2.3-pre", either with "+incompatible"). */
static inline const char *version_end_of(const char *p, const char *end, size_t *major_len,
					 bool *incompatible)
{
	static const char mark[] = "+incompatible";
	const char *major = p + 1;

	*incompatible = false;
	if (*p != 'v' || !(p = number_end(major)) || *p != '.')
		return NULL;
	*major_len = (size_t)(p - major);
	if (!(p = number_end(p + 1)) || *p != '.' || !(p = number_end(p + 1)))
		return NULL;
	if (*p == '-' && !(p = prerelease_end(p + 1)))
		return NULL;
	if (*p == '+') {
		if ((size_t)(end - p) < strlen(mark) || memcmp(p, mark, strlen(mark)) != 0)
			return NULL;
		*incompatible = true;
		p += strlen(mark);
	}
	return class_at(p) == BLANK || class_at(p) == NEWLINE ? p : NULL;
}

/* Whether path and version fit, as modpath_match_major_n. */
static inline bool major_ok(const char *path, size_t path_len, const char *version,
			    size_t version_len, size_t major_len, bool incompatible)
{
	char last = path[path_len - 1];
	size_t prefix = path_len;

	if (version_class[(unsigned char)last] == DIGIT || last == '.' ||
	    (path_len > 3 && memcmp(path, "gop", 3) == 0))
		if (!modpath_split_n(path, path_len, &prefix))
			return false;
	if (prefix == path_len)
		return incompatible || (major_len == 1 && (version[1] == '0' || version[1] == '1'));
	return modpath_match_major_n(version, version_len, path + prefix, path_len - prefix);
}

static struct gomod_summary_dep *add_dep(struct gomod_summary *s)
{
	if (s->n_require == s->cap_require) {
		s->cap_require = s->cap_require ? s->cap_require * 2 : 64;
		s->require = xreallocarray(s->require, s->cap_require, sizeof(*s->require));
	}
	return &s->require[s->n_require++];
}

/* The end of a requirement: nothing, or a comment that may mark it. */
static inline const char *end_of_require(const char *p, const char *end, bool *indirect)
{
	static const char mark[] = "// indirect\n";
	const char *rest;

	*indirect = false;
	if (*p == '\n')
		return p + 1;
	p = skip_blanks(p);
	if (*p == '\n')
		return p + 1;
	if (!is_comment(p))
		return NULL;
	if ((size_t)(end - p) >= strlen(mark) && memcmp(p, mark, strlen(mark)) == 0) {
		*indirect = true;
		return p + strlen(mark);
	}
	rest = skip_line(p, end);
	*indirect = modsyntax_comment_is_indirect(p, (size_t)(rest - p));
	return rest;
}

/* PATH VERSION [// comment] */
static inline const char *require_line(struct scanner *sc, const char *path)
{
	const char *path_end = ident_end(path), *version, *version_end, *next;
	bool indirect, incompatible;
	struct gomod_summary_dep *dep;
	size_t major_len;

	if (!path_end || path_end == path)
		return NULL;
	version = skip_blanks(path_end);
	version_end = version_end_of(version, sc->end, &major_len, &incompatible);
	if (!version_end || version == path_end)
		return NULL;
	if (!major_ok(path, (size_t)(path_end - path), version, (size_t)(version_end - version),
		      major_len, incompatible))
		return NULL;
	next = end_of_require(version_end, sc->end, &indirect);
	if (!next)
		return NULL;
	dep = add_dep(sc->s);
	dep->path = path;
	dep->version = version;
	dep->path_len = (uint32_t)(path_end - path);
	dep->version_len = (uint32_t)(version_end - version);
	dep->indirect = indirect;
	return next;
}

static const char *require_block(struct scanner *sc, const char *p)
{
	p = end_of_line(p, sc->end);
	while (p) {
		p = skip_indent(p, sc->end);
		if (p == sc->end)
			return NULL;
		if (*p == '\n')
			p++;
		else if (*p == ')')
			return end_of_line(p + 1, sc->end);
		else if (is_comment(p))
			p = skip_line(p, sc->end);
		else
			p = require_line(sc, p);
	}
	return NULL;
}

static const char *require_stmt(struct scanner *sc, const char *p)
{
	p = skip_blanks(p);
	return *p == '(' ? require_block(sc, p + 1) : require_line(sc, p);
}

/* The rest of a line whose meaning does not matter; *opens: it ends in the "(" of a block. */
static const char *ignored_line(const char *p, const char *end, bool in_block, bool *opens)
{
	*opens = false;
	for (;; p++) {
		switch (class_at(p)) {
		case IDENT:
		case BLANK: break;
		case NEWLINE: return p + 1;
		case SLASH:
			if (p[1] == '/')
				return skip_line(p, end);
			if (p[1] == '*')
				return NULL;
			break;
		case PUNCT:
			if (in_block || (*p != '(' && *p != ')'))
				break;
			*opens = *p == '(';
			return *opens ? end_of_line(p + 1, end) : NULL;
		default: return NULL;
		}
	}
}

static const char *ignored_stmt(struct scanner *sc, const char *p)
{
	bool opens;

	p = ignored_line(p, sc->end, false, &opens);
	while (p && opens) {
		bool nested;

		p = skip_indent(p, sc->end);
		if (p == sc->end)
			return NULL;
		if (*p == ')')
			return end_of_line(p + 1, sc->end);
		p = ignored_line(p, sc->end, true, &nested);
	}
	return p;
}

/* The only argument of a statement. */
static const char *one_argument(struct scanner *sc, const char *p,
				struct gomod_summary_piece *piece)
{
	const char *s = skip_blanks(p);

	p = ident_end(s);
	if (!p || p == s)
		return NULL;
	*piece = (struct gomod_summary_piece){ s, (size_t)(p - s) };
	return end_of_line(p, sc->end);
}

static inline bool is_verb(const char *p, size_t len, const char *verb)
{
	return len == strlen(verb) && memcmp(p, verb, len) == 0;
}

static const char *module_stmt(struct scanner *sc, const char *p)
{
	if (sc->s->has_module)
		return NULL;
	sc->s->has_module = true;
	return one_argument(sc, p, &sc->s->module);
}

static const char *go_stmt(struct scanner *sc, const char *p)
{
	if (sc->s->go.len)
		return NULL;
	p = one_argument(sc, p, &sc->s->go);
	return p && gomod_go_version_ok(sc->s->go.s, sc->s->go.len) ? p : NULL;
}

static const char *statement(struct scanner *sc, const char *p)
{
	const char *rest = ident_end(p);
	size_t len = rest ? (size_t)(rest - p) : 0;

	if (!len)
		return NULL;
	if (is_verb(p, len, "require"))
		return require_stmt(sc, rest);
	if (is_verb(p, len, "module"))
		return module_stmt(sc, rest);
	if (is_verb(p, len, "go"))
		return go_stmt(sc, rest);
	if (is_verb(p, len, "ignore") ||
	    (is_verb(p, len, "retract") && sc->flags & GOMOD_SUMMARY_NOTES))
		return NULL;
	return ignored_stmt(sc, rest);
}

static bool scan(struct scanner *sc, const char *p)
{
	while (p) {
		p = skip_indent(p, sc->end);
		if (p == sc->end)
			return true;
		if (*p == '\n')
			p++;
		else if (is_comment(p))
			p = skip_line(p, sc->end);
		else
			p = statement(sc, p);
	}
	return false;
}

static struct gomod_summary_piece piece_of(const char *s)
{
	return (struct gomod_summary_piece){ s, strlen(s) };
}

static bool full_parse(struct gomod_summary *s, const char *name, const char *data, size_t len,
		       unsigned flags, struct err *e)
{
	const struct gomod_options o = { .name = name, .lax = true };
	struct gomod *f;

	if (!gomod_parse(&f, &s->arena, &o, data, len, e))
		return false;
	s->full = true;
	s->has_module = f->module_line != NULL;
	s->module = piece_of(f->module);
	s->go = piece_of(f->go);
	for (size_t i = 0; i < f->require.n; i++) {
		const struct gomod_require *r = &f->require.items[i];

		*add_dep(s) = (struct gomod_summary_dep){ r->mod.path, r->mod.version,
							  (uint32_t)strlen(r->mod.path),
							  (uint32_t)strlen(r->mod.version),
							  r->indirect };
	}
	if (flags & GOMOD_SUMMARY_NOTES) {
		s->deprecated = f->deprecated;
		s->retract = f->retract.items;
		s->n_retract = f->retract.n;
		s->ignore = f->ignore.items;
		s->n_ignore = f->ignore.n;
	}
	return true;
}

static void clear(struct gomod_summary *s)
{
	struct arena arena = s->arena;

	if (arena.total)
		arena_release(&arena);
	*s = (struct gomod_summary){ .require = s->require,
				     .cap_require = s->cap_require,
				     .deprecated = "",
				     .arena = arena };
	s->module = s->go = (struct gomod_summary_piece){ "", 0 };
}

static bool try_scan(struct gomod_summary *s, const char *data, size_t len, unsigned flags)
{
	struct scanner sc = { s, data + len, flags };

	if (len > MODSYNTAX_MAX_SIZE ||
	    (flags & GOMOD_SUMMARY_NOTES && memmem(data, len, "Deprecated:", 11)))
		return false;
	if (len && data[len - 1] != '\n') {
		char *copy = arena_alloc(&s->arena, len + 1);

		memcpy(copy, data, len);
		copy[len] = '\n';
		data = copy;
		sc.end = copy + len + 1;
	}
	return scan(&sc, data);
}

bool gomod_summary_read(struct gomod_summary *s, const char *name, const char *data, size_t len,
			unsigned flags, struct err *e)
{
	clear(s);
	if (try_scan(s, data, len, flags))
		return true;
	clear(s);
	return full_parse(s, name, data, len, flags, e);
}

void gomod_summary_release(struct gomod_summary *s)
{
	free(s->require);
	arena_release(&s->arena);
	*s = (struct gomod_summary)GOMOD_SUMMARY_INIT;
}
