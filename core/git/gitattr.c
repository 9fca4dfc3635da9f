/* Reading .gitattributes, and which attributes a file has (git's attr.c). */
#include "git/gitattr.h"

#include "base/map.h"
#include "git/gitattr_impl.h"
#include "git/gitglob_impl.h"

#define MAX_LINE 2048u /* git ignores lines of this length */
#define MAX_LINES 100000u
#define BLANK " \t\r\n"

/* Values other than the text of "name=text", compared by address. */
static const char value_true[] = "true", value_false[] = "false", value_unset[] = "unset";

struct attr {
	const char *value; /* NULL: undecided */
	const struct line *macro;
};

struct state {
	struct attr *attr;
	const char *value;
};

struct line {
	const char *pattern;
	size_t literal; /* bytes before the first wildcard */
	bool anywhere;	/* matches the last element of a path */
	ARENA_VEC(struct state) states;
};

struct frame {
	ARENA_VEC(struct line) lines;
};

struct gitattr {
	struct arena arena;
	struct map attrs, frames;
	ARENA_VEC(struct attr *) decided;
	size_t n_lines;
};

static struct attr *intern(struct gitattr *g, const char *name, size_t len)
{
	bool added;
	struct map_entry *entry = map_entry(&g->attrs, arena_strndup(&g->arena, name, len), len,
					    &added);

	if (added)
		entry->value = arena_calloc(&g->arena, 1, sizeof(struct attr));
	return entry->value;
}

static bool is_name(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = s[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '.' || c == '_' || (c == '-' && i)))
			return false;
	}
	return len > 0;
}

/* "text", "-text", "!text", "eol=crlf", and the rest of the line; false for an invalid name. */
static bool parse_state(struct gitattr *g, struct line *line, const char **s)
{
	const char *p = *s, *end = p + strcspn(p, BLANK),
		   *equals = memchr(p, '=', (size_t)(end - p));
	const char *value = equals ? arena_strndup(&g->arena, equals + 1,
						   (size_t)(end - equals - 1))
				   : value_true;

	if (*p == '-' || *p == '!')
		value = *p++ == '-' ? value_false : value_unset;
	if (!equals || equals < p)
		equals = end;
	if (!is_name(p, (size_t)(equals - p)))
		return false;
	arena_vec_push(&g->arena, &line->states,
		       (struct state){ intern(g, p, (size_t)(equals - p)), value });
	*s = end + strspn(end, BLANK);
	return true;
}

static int octal(const char *s)
{
	if (s[0] < '0' || s[0] > '3' || s[1] < '0' || s[1] > '7' || s[2] < '0' || s[2] > '7')
		return -1;
	return (s[0] - '0') * 64 + (s[1] - '0') * 8 + s[2] - '0';
}

/* A quoted pattern (unquote_c_style); NULL if it is malformed. */
static const char *unquote(struct arena *a, const char *s, const char **rest)
{
	static const char from[] = "abfnrtv\\\"", to[] = "\a\b\f\n\r\t\v\\\"";
	char *out = arena_alloc(a, strlen(s) + 1), *p = out;

	for (s++; *s != '"';) {
		const char *known;
		int c;

		if (!*s)
			return NULL;
		if (*s != '\\') {
			*p++ = *s++;
			continue;
		}
		known = s[1] ? strchr(from, s[1]) : NULL;
		c = known ? to[known - from] : octal(s + 1);
		if (c < 0)
			return NULL;
		*p++ = (char)c;
		s += known ? 2 : 4;
	}
	*p = 0;
	*rest = s + 1;
	return out;
}

/* False if git ignores the line. */
static bool parse_pattern(struct line *line, const char *pattern)
{
	size_t len = strlen(pattern);

	if (*pattern == '!' || !len || pattern[len - 1] == '/')
		return false; /* git ignores negations; directories are never converted */
	line->anywhere = !strchr(pattern, '/');
	line->pattern = *pattern == '/' ? pattern + 1 : pattern;
	line->literal = strcspn(line->pattern, "*?[\\");
	return true;
}

static bool parse_states(struct gitattr *g, struct line *line, const char *s)
{
	for (s += strspn(s, BLANK); *s;)
		if (!parse_state(g, line, &s))
			return false;
	return true;
}

static void parse_line(struct gitattr *g, struct frame *frame, bool root, const char *s)
{
	struct line line = { 0 }, *macro;
	const char *name, *rest = NULL;
	size_t len;

	s += strspn(s, BLANK);
	if (!*s || *s == '#' || strlen(s) >= MAX_LINE)
		return;
	name = *s == '"' ? unquote(&g->arena, s, &rest) : NULL;
	if (!name) {
		rest = s + strcspn(s, BLANK);
		name = arena_strndup(&g->arena, s, (size_t)(rest - s));
	}
	if (!str_has_prefix(name, "[attr]") || !name[6]) {
		if (parse_pattern(&line, name) && parse_states(g, &line, rest))
			arena_vec_push(&g->arena, &frame->lines, line);
		return;
	}
	len = strlen(name + 6);
	if (!root || !is_name(name + 6, len) || !parse_states(g, &line, rest))
		return;
	macro = arena_memdup(&g->arena, &line, sizeof(line));
	intern(g, name + 6, len)->macro = macro;
}

struct gitattr *gitattr_new(void)
{
	struct gitattr *g = xcalloc(1, sizeof(*g));

	parse_line(g, NULL, true, "[attr]binary -diff -merge -text");
	return g;
}

void gitattr_free(struct gitattr *g)
{
	if (!g)
		return;
	map_release(&g->attrs);
	map_release(&g->frames);
	arena_release(&g->arena);
	free(g);
}

void gitattr_add(struct gitattr *g, const char *dir, const char *data, size_t len)
{
	struct frame *frame = arena_calloc(&g->arena, 1, sizeof(*frame));
	char *text = arena_strndup(&g->arena, data, len);

	while (*text && g->n_lines++ < MAX_LINES) {
		size_t n = strcspn(text, "\n");
		bool more = text[n] != 0;

		text[n] = 0;
		if (n < MAX_LINE)
			parse_line(g, frame, !*dir, text);
		text += n + more;
	}
	map_put(&g->frames, arena_strdup(&g->arena, dir), frame);
}

static bool matches(const struct line *line, const char *base, const char *below)
{
	if (line->anywhere)
		return gitglob_match(line->pattern, base, false);
	/* git compares the literal part first; a "**" after it then counts as leading */
	if (strncmp(line->pattern, below, line->literal) != 0)
		return false;
	return gitglob_match(line->pattern + line->literal, below + line->literal, true);
}

/* From last to first: the first decision stands. */
static void decide(struct gitattr *g, const struct line *line)
{
	for (size_t i = line->states.n; i-- > 0;) {
		const struct state *s = &line->states.items[i];

		if (s->attr->value)
			continue;
		s->attr->value = s->value;
		arena_vec_push(&g->arena, &g->decided, s->attr);
		if (s->attr->macro && s->value == value_true)
			decide(g, s->attr->macro);
	}
}

static const char *text_of(struct gitattr *g, const char *name)
{
	const struct attr *attr = map_get(&g->attrs, name);

	return attr && attr->value ? attr->value : value_unset;
}

static bool is_text(const char *value, const char *text)
{
	return value != value_true && value != value_false && value != value_unset &&
	       str_eq(value, text);
}

enum ends { UNDEFINED, BINARY, TEXT, AUTO };

static enum ends ends_of(const char *value)
{
	if (value == value_true || is_text(value, "input"))
		return TEXT;
	if (value == value_false)
		return BINARY;
	return is_text(value, "auto") ? AUTO : UNDEFINED;
}

/* convert_attrs, with core.autocrlf=input and core.eol=lf: only eol=crlf makes CRLF. */
static struct gitattr_change change_of(struct gitattr *g)
{
	const char *encoding = text_of(g, "working-tree-encoding");
	enum ends ends = ends_of(text_of(g, "text"));
	struct gitattr_change c = { .ident = text_of(g, "ident") == value_true };

	if (ends == UNDEFINED)
		ends = ends_of(text_of(g, "crlf"));
	c.crlf = ends != BINARY && is_text(text_of(g, "eol"), "crlf");
	c.crlf_auto = c.crlf && ends == AUTO;
	c.bad_encoding = encoding == value_true;
	if (encoding != value_true && encoding != value_false && encoding != value_unset &&
	    *encoding && !gitattr_is_utf8(encoding))
		c.encoding = encoding;
	return c;
}

struct gitattr_change gitattr_find(struct gitattr *g, const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	struct gitattr_change c;

	for (const char *below = base;;) {
		struct map_entry *entry = map_find_n(&g->frames, path, (size_t)(below - path));
		const struct frame *frame = entry ? entry->value : NULL;

		for (size_t i = frame ? frame->lines.n : 0; i-- > 0;)
			if (matches(&frame->lines.items[i], base, below))
				decide(g, &frame->lines.items[i]);
		if (below == path)
			break;
		slash = memrchr(path, '/', (size_t)(below - path) - 1);
		below = slash ? slash + 1 : path;
	}
	c = change_of(g);
	for (size_t i = 0; i < g->decided.n; i++)
		g->decided.items[i]->value = NULL;
	g->decided.n = 0;
	return c;
}
