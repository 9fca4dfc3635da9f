#include "graph/getwords.h"

struct getwords getwords_of(struct arena *a, const char *pattern, const char *version)
{
	bool bare = !version[0];

	return (struct getwords){ .pattern = pattern,
				  .version = bare ? "upgrade" : arena_strdup(a, version),
				  .raw = bare ? pattern : arena_fmt(a, "%s@%s", pattern, version),
				  .bare = bare };
}

/* Whether the text contains the word between two of these characters, or line ends. */
static bool mentions(const char *text, const char *word, const char *before, const char *after)
{
	size_t n = strlen(word);

	for (const char *p = text; (p = strstr(p, word)); p++)
		if ((p == text || p[-1] == '\n' || strchr(before, p[-1])) &&
		    (!p[n] || p[n] == '\n' || strchr(after, p[n])))
			return true;
	return false;
}

void getwords_report(const struct getwords *w, const char *text, struct buf *b)
{
	if (b->len)
		buf_addstr(b, "\ngo: ");
	if (!mentions(text, w->pattern, " \t(\"`", " @:;)\"`") ||
	    !(w->bare || mentions(text, w->version, " @(\"`", " :;)\"`")))
		buf_addf(b, "%s: ", w->raw);
	buf_addstr(b, text);
}

void getwords_argument(const struct getwords *w, const char *version, struct buf *b)
{
	if (str_eq(version, w->version))
		buf_addstr(b, w->raw);
	else
		buf_addf(b, "%s@%s (%s)", w->pattern, w->version, version);
}

void getwords_resolved(const struct getwords *w, struct modver m, struct buf *b)
{
	if (str_eq(m.path, w->pattern)) {
		getwords_argument(w, m.version, b);
		return;
	}
	buf_add_modver(b, m);
	if (str_eq(m.version, w->version))
		buf_addf(b, " (matching %s)", w->raw);
	else
		buf_addf(b, " (matching %s@%s)", w->pattern, w->version);
}
