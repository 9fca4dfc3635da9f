#include "git/gitconfig.h"

#include <ctype.h>

#include "base/fs.h"
#include "base/text.h"
#include "git/git_lib.h"

/* libgit2 does not report lines: a walk over the text finds where each variable is. */
struct place {
	const char *name; /* as libgit2 names it: "section.sub.key" */
	int line, column;
};
struct walk {
	struct arena *a;
	const char *s, *end, *bol;
	const char *section; /* "policy.", "waiver.ID subject." */
	int line;
	ARENA_VEC(struct place) places;
	ARENA_VEC(struct gitconfig_section) sections;
	int include;	     /* line of an include section; 0: none */
	struct place escape; /* the first invalid backslash escape, and its key; line 0: none */
};

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '.';
}

static char *lower(struct arena *a, const char *s, size_t n)
{
	char *out = arena_strndup(a, s, n);

	for (char *p = out; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return out;
}

static int column_of(const struct walk *w, const char *s)
{
	return (int)(s - w->bol) + 1;
}

static void skip_blanks(struct walk *w)
{
	while (w->s < w->end && (*w->s == ' ' || *w->s == '\t' || *w->s == '\r'))
		w->s++;
}

/* The quoted name of a subsection. */
static const char *read_sub(struct walk *w)
{
	char *out = arena_alloc(w->a, (size_t)(w->end - w->s) + 1), *p = out;

	for (w->s++; w->s < w->end && *w->s != '"' && *w->s != '\n'; w->s++) {
		if (*w->s == '\\' && w->s + 1 < w->end && w->s[1] != '\n')
			w->s++;
		*p++ = *w->s;
	}
	if (w->s < w->end && *w->s == '"')
		w->s++;
	*p = '\0';
	return out;
}

static void read_header(struct walk *w)
{
	const char *from, *name, *sub = NULL;

	w->s++;
	skip_blanks(w);
	for (from = w->s; w->s < w->end && is_name(*w->s); w->s++)
		;
	name = lower(w->a, from, (size_t)(w->s - from));
	skip_blanks(w);
	if (w->s < w->end && *w->s == '"')
		sub = read_sub(w);
	while (w->s < w->end && *w->s != ']' && *w->s != '\n')
		w->s++;
	if (w->s < w->end && *w->s == ']')
		w->s++;
	w->section = sub ? arena_fmt(w->a, "%s.%s.", name, sub) : arena_fmt(w->a, "%s.", name);
	arena_vec_push(w->a, &w->sections,
		       (struct gitconfig_section){ name, sub ? sub : "", w->line,
						   column_of(w, from) });
	if (strncmp(name, "include", 7) == 0 && !w->include)
		w->include = w->line;
}

static void skip_line(struct walk *w)
{
	while (w->s < w->end && *w->s != '\n')
		w->s++;
}

/* A backslash at the end of a line continues it. */
static void skip_value(struct walk *w, const char *key)
{
	for (; w->s < w->end && *w->s != '\n'; w->s++) {
		if (*w->s != '\\' || w->s + 1 >= w->end)
			continue;
		w->s++;
		if (!strchr("\\\"nbt\r\n", *w->s) && !w->escape.line)
			w->escape = (struct place){ key, w->line, column_of(w, w->s - 1) };
		if (*w->s == '\r' && w->s + 1 < w->end && w->s[1] == '\n')
			w->s++;
		if (*w->s == '\n') {
			w->line++;
			w->bol = w->s + 1;
		}
	}
}

static void read_variable(struct walk *w)
{
	const char *from = w->s, *name;
	int column = column_of(w, from);

	while (w->s < w->end && is_name(*w->s))
		w->s++;
	name = arena_fmt(w->a, "%s%s", w->section, lower(w->a, from, (size_t)(w->s - from)));
	if (w->s > from)
		arena_vec_push(w->a, &w->places, (struct place){ name, w->line, column });
	skip_value(w, name);
}

static void walk_text(struct walk *w)
{
	if (w->end - w->s >= 3 && memcmp(w->s, "\xef\xbb\xbf", 3) == 0)
		w->bol = w->s += 3;
	while (w->s < w->end) {
		skip_blanks(w);
		if (w->s == w->end)
			return;
		if (*w->s == '\n') {
			w->bol = ++w->s;
			w->line++;
		} else if (*w->s == '[') {
			read_header(w);
		} else if (*w->s == '#' || *w->s == ';') {
			skip_line(w);
		} else {
			read_variable(w);
		}
	}
}

/* Places and entries come in the same order. */
static const struct place *place_of(const struct walk *w, const char *name, size_t *at)
{
	static const struct place none = { "", 0, 0 };

	for (size_t i = *at; i < w->places.n; i++)
		if (str_eq(w->places.items[i].name, name)) {
			*at = i + 1;
			return &w->places.items[i];
		}
	return &none;
}

static struct gitconfig_entry split(struct arena *a, const char *name, const char *value,
				    const struct place *p)
{
	const char *dot = strchr(name, '.'), *last = strrchr(name, '.');
	struct gitconfig_entry e = { "",      "",
				     name,    value ? arena_strdup(a, value) : "true",
				     p->line, p->column };

	if (!dot)
		return e;
	e.section = arena_strndup(a, name, (size_t)(dot - name));
	e.key = arena_strdup(a, last + 1);
	if (last > dot)
		e.sub = arena_strndup(a, dot + 1, (size_t)(last - dot - 1));
	return e;
}

/* "failed to parse config file: WORDS (in FILE:LINE, column COLUMN)"; the column is not always there. */
static bool fail(const struct git_lib *git, const char *file, const struct walk *w, struct err *e)
{
	static const char head[] = "failed to parse config file: ";
	const git_error *last = git->error_last();
	const char *text = last ? last->message : "cannot be read", *in = NULL;
	int line = 0, column = 0;

	text += str_has_prefix(text, head) ? strlen(head) : 0;
	for (const char *p = text; (p = strstr(p, " (in ")) != NULL; p++)
		in = p;
	if (in && str_has_prefix(in + 5, file))
		sscanf(in + 5 + strlen(file), ":%d, column %d", &line, &column);
	if (line <= 0 && w->escape.line) {
		err_set(e, ERR_SYNTAX, "%s:%d:%d: %s: %s", file, w->escape.line, w->escape.column,
			w->escape.name, text);
		return err_at(e, file, w->escape.line, w->escape.column);
	}
	if (line <= 0)
		return err_set(e, ERR_SYNTAX, "%s: %s", file, text);
	err_set(e, ERR_SYNTAX, "%s:%d:%d: %.*s", file, line, MAX(column, 1), (int)(in - text),
		text);
	return err_at(e, file, line, MAX(column, 1));
}

static bool read_entries(const struct git_lib *git, git_config *config, const char *file,
			 struct gitconfig *c, struct walk *w, struct err *e)
{
	ARENA_VEC(struct gitconfig_entry) items = { 0 };
	git_config_iterator *it;
	git_config_entry *entry;
	size_t at = 0;
	int code;

	if (git->config_iterator_new(&it, config) != 0)
		return fail(git, file, w, e);
	while ((code = git->config_next(&entry, it)) == 0)
		arena_vec_push(w->a, &items,
			       split(w->a, arena_strdup(w->a, entry->name), entry->value,
				     place_of(w, entry->name, &at)));
	git->config_iterator_free(it);
	if (code != GIT_ITEROVER)
		return fail(git, file, w, e);
	c->items = items.items;
	c->n = items.n;
	return true;
}

static bool has_nul(const char *file, const char *data, struct err *e)
{
	int line = 1;

	for (; *data; data++)
		line += *data == '\n';
	return err_set(e, ERR_SYNTAX, "%s:%d: there is a NUL byte", file, line) ||
	       err_at(e, file, line, 1);
}

bool gitconfig_read(struct gitconfig *c, struct arena *a, const char *file, size_t max,
		    struct err *e)
{
	struct walk w = { .a = a, .section = "", .line = 1 };
	const struct git_lib *git;
	git_config *config;
	char *data;
	size_t len;
	bool ok;

	*c = (struct gitconfig){ 0 };
	if (!fs_read(a, file, max, &data, &len, e))
		return false;
	if (memchr(data, '\0', len)) /* libgit2 would end there */
		return has_nul(file, data, e);
	w.s = w.bol = data;
	w.end = data + len;
	walk_text(&w);
	c->sections = w.sections.items;
	c->n_sections = w.sections.n;
	if (w.include)
		return err_set(e, ERR_SYNTAX, "%s:%d: include sections are refused", file,
			       w.include) ||
		       err_at(e, file, w.include, 1);
	git = git_lib_get(e);
	if (!git)
		return false;
	if (git->config_open_ondisk(&config, file) != 0)
		return fail(git, file, &w, e);
	ok = read_entries(git, config, file, c, &w, e);
	git->config_free(config);
	return ok;
}
