#include "gomod_summary.h"

#include "modpath.h"
#include "semver.h"

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

/* Each step returns where it ended, or NULL: the full parser must look. */
struct scanner {
	struct gomod_summary *s;
	const char *end;
	unsigned flags;
};

static inline unsigned char class_at(const char *p)
{
	return class_of[(unsigned char)*p];
}

static inline bool is_comment(const char *p, const char *end)
{
	return end - p >= 2 && p[0] == '/' && p[1] == '/';
}

static inline const char *skip_blanks(const char *p, const char *end)
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

static inline const char *ident_end(const char *p, const char *end)
{
	for (; p < end; p++) {
		unsigned char c = class_at(p);

		if (c == IDENT)
			continue;
		if (c != SLASH)
			break;
		if (p + 1 < end && (p[1] == '/' || p[1] == '*'))
			return NULL;
	}
	return p;
}

/* Takes the rest of a line that may hold nothing but a comment. */
static inline const char *end_of_line(const char *p, const char *end)
{
	p = skip_blanks(p, end);
	if (p == end)
		return p;
	if (*p == '\n')
		return p + 1;
	return is_comment(p, end) ? skip_line(p, end) : NULL;
}

static inline bool is_incompatible(struct semver_part build)
{
	return build.len == 13 && memcmp(build.s, "+incompatible", 13) == 0;
}

/* A canonical version that fits the path. */
static inline bool version_ok(const char *path, size_t path_len, const char *version,
			      size_t version_len)
{
	struct semver v;
	size_t prefix;

	if (!semver_parse(&v, version, version_len) || *v.fill ||
	    (v.build.len && !is_incompatible(v.build)))
		return false;
	if (!modpath_split_n(path, path_len, &prefix))
		return false;
	if (prefix == path_len)
		return v.build.len ||
		       (v.major.len == 1 && (*v.major.s == '0' || *v.major.s == '1'));
	return modpath_match_major_n(version, version_len, path + prefix, path_len - prefix);
}

static struct gomod_dep *add_dep(struct gomod_summary *s)
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
	const char *rest;
	size_t len;

	*indirect = false;
	if (p < end && *p == '\n')
		return p + 1;
	p = skip_blanks(p, end);
	if (p == end)
		return p;
	if (*p == '\n')
		return p + 1;
	if (!is_comment(p, end))
		return NULL;
	if (end - p > 11 && memcmp(p, "// indirect\n", 12) == 0) {
		*indirect = true;
		return p + 12;
	}
	rest = skip_line(p, end);
	len = (size_t)(rest - p);
	*indirect = modsyntax_comment_is_indirect(p, len);
	return rest;
}

/* PATH VERSION [// comment] */
static inline const char *require_line(struct scanner *sc, const char *p)
{
	const char *path = p, *path_end = ident_end(p, sc->end), *version, *version_end;
	struct gomod_dep *dep;
	bool indirect;

	if (!path_end || path_end == path)
		return NULL;
	version = skip_blanks(path_end, sc->end);
	version_end = ident_end(version, sc->end);
	if (!version_end || version_end == version || version == path_end)
		return NULL;
	if (!version_ok(path, (size_t)(path_end - path), version, (size_t)(version_end - version)))
		return NULL;
	p = end_of_require(version_end, sc->end, &indirect);
	if (!p)
		return NULL;
	dep = add_dep(sc->s);
	dep->path = path;
	dep->version = version;
	dep->path_len = (uint32_t)(path_end - path);
	dep->version_len = (uint32_t)(version_end - version);
	dep->indirect = indirect;
	return p;
}

static const char *require_block(struct scanner *sc, const char *p)
{
	p = end_of_line(p, sc->end);
	while (p) {
		p = skip_blanks(p, sc->end);
		if (p == sc->end)
			return NULL;
		if (*p == '\n')
			p++;
		else if (*p == ')')
			return end_of_line(p + 1, sc->end);
		else if (is_comment(p, sc->end))
			p = skip_line(p, sc->end);
		else
			p = require_line(sc, p);
	}
	return NULL;
}

static const char *require_stmt(struct scanner *sc, const char *p)
{
	p = skip_blanks(p, sc->end);
	if (p < sc->end && *p == '(')
		return require_block(sc, p + 1);
	return require_line(sc, p);
}

/* The rest of a line whose meaning does not matter; *opens: it ends in the "(" of a block. */
static const char *ignored_line(const char *p, const char *end, bool in_block, bool *opens)
{
	*opens = false;
	for (; p < end; p++) {
		switch (class_at(p)) {
		case IDENT:
		case BLANK: break;
		case NEWLINE: return p + 1;
		case SLASH:
			if (is_comment(p, end))
				return skip_line(p, end);
			if (p + 1 < end && p[1] == '*')
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
	return p;
}

static const char *ignored_stmt(struct scanner *sc, const char *p)
{
	bool opens;

	p = ignored_line(p, sc->end, false, &opens);
	while (p && opens) {
		bool nested;

		p = skip_blanks(p, sc->end);
		if (p == sc->end)
			return NULL;
		if (*p == ')')
			return end_of_line(p + 1, sc->end);
		p = ignored_line(p, sc->end, true, &nested);
	}
	return p;
}

/* The only argument of a statement. */
static const char *one_argument(struct scanner *sc, const char *p, struct gomod_piece *piece)
{
	const char *s = skip_blanks(p, sc->end);

	p = ident_end(s, sc->end);
	if (!p || p == s)
		return NULL;
	*piece = (struct gomod_piece){ s, (size_t)(p - s) };
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
	const char *rest = ident_end(p, sc->end);
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
		p = skip_blanks(p, sc->end);
		if (p == sc->end)
			return true;
		if (*p == '\n')
			p++;
		else if (is_comment(p, sc->end))
			p = skip_line(p, sc->end);
		else
			p = statement(sc, p);
	}
	return false;
}

static struct gomod_piece piece_of(const char *s)
{
	return (struct gomod_piece){ s, strlen(s) };
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

		*add_dep(s) = (struct gomod_dep){ r->mod.path, r->mod.version,
						  (uint32_t)strlen(r->mod.path),
						  (uint32_t)strlen(r->mod.version), r->indirect };
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
	s->module = s->go = (struct gomod_piece){ "", 0 };
}

bool gomod_summarize(struct gomod_summary *s, const char *name, const char *data, size_t len,
		     unsigned flags, struct err *e)
{
	struct scanner sc = { s, data + len, flags };
	bool notes = flags & GOMOD_SUMMARY_NOTES;

	clear(s);
	if (len <= MODSYNTAX_MAX_SIZE && !(notes && memmem(data, len, "Deprecated:", 11)) &&
	    scan(&sc, data))
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
