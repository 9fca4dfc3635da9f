#include "base/finding.h"

#include <ctype.h>

struct finding *finding_add(struct findings *fs, enum finding_severity severity, const char *kind,
			    const char *subject, const char *cause)
{
	vec_push(fs, (struct finding){
			     .severity = severity,
			     .kind = kind,
			     .subject = arena_strdup(fs->arena, subject),
			     .mod = { "", "" },
			     .cause = arena_strdup(fs->arena, cause),
			     .file = "",
			     .expected = "",
			     .found = "",
			     .go_says = "",
			     .remedy = "",
			     .waived = "",
		     });
	return &fs->items[fs->n - 1];
}

static int compare(const void *va, const void *vb)
{
	const struct finding *a = va, *b = vb;
	int c;

	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if ((c = strcmp(a->kind, b->kind)) != 0 || (c = strcmp(a->subject, b->subject)) != 0 ||
	    (c = strcmp(a->file, b->file)) != 0)
		return c;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return strcmp(a->cause, b->cause);
}

static size_t line_len(const char *s)
{
	return strcspn(s, "\n");
}

static bool ends_with(const char *line, size_t n, const char *end)
{
	size_t k = strlen(end);

	return n >= k && memcmp(line + n - k, end, k) == 0;
}

static bool has(const char *line, size_t n, const char *part)
{
	return memmem(line, n, part, strlen(part)) != NULL;
}

/* The bytes before the advice that a list of commands follows: "; to add it:", ". To specify the module path:"; n if there is none. */
static size_t before_advice(const char *line, size_t n)
{
	static const char *const advice[] = { "; to ", ". To ", ". You can " };

	for (size_t i = 0; n && line[n - 1] == ':' && i < ARRAY_LEN(advice); i++) {
		const char *at = memmem(line, n, advice[i], strlen(advice[i]));

		if (at)
			return (size_t)(at - line);
	}
	return n;
}

/* A link of a chain, or a heading: what is wrong comes below it. */
static bool leads_on(const char *line, size_t n)
{
	static const char *const links[] = { " requires", " imports", " tested by",
					     " updating to" };
	static const char *const headings[] = { "pars",		 "error loading",
						"error reading", "inconsistent vendoring",
						"exit status",	 "cannot load",
						"malformed" };

	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		if (ends_with(line, n, links[i]))
			return true;
	for (size_t i = 0; n && line[n - 1] == ':' && i < ARRAY_LEN(headings); i++)
		if (has(line, n, headings[i]))
			return before_advice(line, n) == n;
	return n == strlen("SECURITY ERROR") && has(line, n, "SECURITY ERROR");
}

/* Without what introduces advice or a list below: "; to add it:", "in multiple modules:", "loaded from a,". */
static size_t sentence_len(const char *line, size_t n)
{
	size_t before = before_advice(line, n);

	n = before == n && n && line[n - 1] == ':' ? n - 1 : before;
	while (n && (line[n - 1] == ',' || line[n - 1] == ' ' || line[n - 1] == '\t'))
		n--;
	return n;
}

size_t finding_things(const struct finding *f)
{
	return f->waived[0] ? 0 : 1 + f->more;
}

const char *finding_gist(struct arena *a, const char *text)
{
	const char *line = text + strspn(text, " \t\n");
	size_t n = line_len(line);

	while (leads_on(line, n)) {
		const char *next = line + n + strspn(line + n, " \t\n");

		if (!*next)
			break;
		line = next;
		n = line_len(line);
	}
	return arena_strndup(a, line, sentence_len(line, n));
}

void findings_sort(struct findings *fs)
{
	if (fs->n)
		qsort(fs->items, fs->n, sizeof(*fs->items), compare);
}

void findings_merge(struct findings *fs, const struct findings *src)
{
	size_t a = fs->n, b = src->n, out = a + b;

	vec_reserve(fs, out);
	fs->n = out;
	while (b > 0) {
		bool later = a > 0 && compare(&fs->items[a - 1], &src->items[b - 1]) > 0;

		fs->items[--out] = later ? fs->items[--a] : src->items[--b];
	}
}

enum finding_severity findings_worst(const struct findings *fs)
{
	enum finding_severity worst = FINDING_INFO;

	for (size_t i = 0; i < fs->n; i++)
		if (!fs->items[i].waived[0])
			worst = MAX(worst, fs->items[i].severity);
	return worst;
}

void findings_release(struct findings *fs)
{
	vec_release(fs);
}

void finding_id(const char *kind, char *out, size_t n)
{
	size_t len = (size_t)snprintf(out, n, "MS-%s", kind);

	for (size_t i = 0; i < len && i < n; i++)
		out[i] = out[i] == '/' ? '-' : (char)toupper((unsigned char)out[i]);
}

const char *finding_severity_name(enum finding_severity severity)
{
	static const char *const names[] = { "info", "unknown", "warning", "error" };

	return names[severity];
}

bool finding_severity_of(const char *name, enum finding_severity *out)
{
	for (int s = FINDING_INFO; s <= FINDING_ERROR; s++)
		if (str_eq(name, finding_severity_name((enum finding_severity)s))) {
			*out = (enum finding_severity)s;
			return true;
		}
	return false;
}
