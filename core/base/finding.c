#include "base/finding.h"

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

const char *finding_gist(struct arena *a, const char *text)
{
	const char *line = text;
	size_t n = line_len(text);
	bool heading = n && text[n - 1] == ':' && text[n];

	for (const char *next = text + n; *next; next += line_len(next)) {
		next++;
		if (next[strspn(next, " \t\n")])
			line = next;
		if (heading)
			break;
	}
	line += strspn(line, " \t");
	n = line_len(line);
	while (n && (line[n - 1] == ' ' || line[n - 1] == '\t'))
		n--;
	return arena_strndup(a, line, n);
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
		worst = MAX(worst, fs->items[i].severity);
	return worst;
}

void findings_release(struct findings *fs)
{
	vec_release(fs);
}

const char *finding_severity_name(enum finding_severity severity)
{
	static const char *const names[] = { "info", "unknown", "warning", "error" };

	return names[severity];
}
