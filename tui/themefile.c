#include "themefile.h"

#include "base/text.h"

static const char *const colours[] = { "black", "red",	   "green", "yellow",
				       "blue",	"magenta", "cyan",  "white" };
static const struct {
	const char *name;
	unsigned char attr;
} attributes[] = {
	{ "bold", LOOK_BOLD },
	{ "dim", LOOK_DIM },
	{ "underline", LOOK_UNDERLINE },
	{ "reverse", LOOK_REVERSE },
};

enum { BRIGHT = 8, MAX_FILE = 1 << 16 };

static bool bad(struct err *e, const char *name, int line, const char *what, const char *word)
{
	struct buf b = BUF_INIT;

	if (*word)
		text_quote(&b, word, strlen(word));
	err_set(e, ERR_SYNTAX, "%s:%d: %s%s%s", name, line, what, *word ? " " : "", b.data);
	buf_release(&b);
	return err_at(e, name, line, 1);
}

static bool take_number(const char *word, signed char *out)
{
	size_t n = strspn(word, "0123456789");
	int value = 0;

	if (!n || n > 2 || word[n])
		return false;
	for (size_t i = 0; i < n; i++)
		value = value * 10 + (word[i] - '0');
	*out = (signed char)value;
	return value < 2 * BRIGHT;
}

static bool take_colour(const char *word, signed char *out)
{
	int more = str_has_prefix(word, "bright-") ? BRIGHT : 0;

	if (str_eq(word, "default")) {
		*out = -1;
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(colours); i++) {
		if (str_eq(word + (more ? strlen("bright-") : 0), colours[i])) {
			*out = (signed char)((int)i + more);
			return true;
		}
	}
	return take_number(word, out);
}

static bool take_attribute(const char *word, unsigned char *attrs)
{
	for (size_t i = 0; i < ARRAY_LEN(attributes); i++) {
		if (str_eq(word, attributes[i].name)) {
			*attrs = (unsigned char)(*attrs | attributes[i].attr);
			return true;
		}
	}
	return false;
}

static struct theme_look *style_of(struct theme *t, const char *word)
{
	for (unsigned i = 0; i < STYLE_IDS; i++)
		if (str_eq(word, style_name((enum style_id)i)))
			return &t->look[i];
	return NULL;
}

/* The next word of a line, ended by NUL; NULL at the end or where a comment begins. */
static char *next_word(char **line)
{
	char *word = *line + strspn(*line, " \t\r");
	size_t n = strcspn(word, " \t\r");

	if (!n || *word == '#')
		return NULL;
	*line = word + n + (word[n] != '\0');
	word[n] = '\0';
	return word;
}

static bool take_base(struct theme *t, const char *word, bool first, const char *name, int line,
		      struct err *e)
{
	const struct theme *base = word ? theme_find(word) : NULL;

	if (!first)
		return bad(e, name, line, "base must come before all styles", "");
	if (!base)
		return bad(e, name, line, "no such theme:", word ? word : "");
	memcpy(t->look, base->look, sizeof(t->look));
	return true;
}

static bool take_line(struct theme *t, char *text, bool *first, const char *name, int line,
		      struct err *e)
{
	struct theme_look look = { -1, -1, 0 }, *to;
	char *word = next_word(&text);

	if (!word)
		return true;
	if (str_eq(word, "base"))
		return take_base(t, next_word(&text), *first, name, line, e);
	*first = false;
	to = style_of(t, word);
	if (!to)
		return bad(e, name, line, "no such style:", word);
	while ((word = next_word(&text))) {
		bool on = str_eq(word, "on");

		if (on && !(word = next_word(&text)))
			return bad(e, name, line, "expected a colour after", "on");
		if (!take_colour(word, on ? &look.bg : &look.fg) &&
		    (on || !take_attribute(word, &look.attrs)))
			return bad(e, name, line,
				   on ? "no such colour:" : "no such colour or attribute:", word);
	}
	*to = look;
	return true;
}

bool themefile_load(struct theme *t, const char *data, size_t len, const char *name, struct err *e)
{
	struct theme made = *theme_find("default");
	bool first = true, ok = true;
	int line = 0;

	if (len > MAX_FILE)
		return err_set(e, ERR_LIMIT, "%s: a theme file over %d bytes", name, MAX_FILE);
	while (ok && len > 0) {
		const char *nl = memchr(data, '\n', len);
		size_t n = nl ? (size_t)(nl - data) : len;
		char *text = xstrndup(data, n);

		ok = take_line(&made, text, &first, name, ++line, e);
		free(text);
		n += nl != NULL;
		data += n;
		len -= n;
	}
	if (ok)
		memcpy(t->look, made.look, sizeof(t->look));
	return ok;
}
