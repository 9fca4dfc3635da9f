#include "commands/check_formats.h"

#include "base/map.h"
#include "base/path.h"
#include "base/text.h"
#include "texts/finding_kinds.h"

enum { ID_MAX = 80 };

/* A finding for the formats. */
struct shown {
	const struct finding *f;
	char id[ID_MAX];
	const char *file; /* relative to the repository's top */
	int line;	  /* at least 1 */
	const char *text;
};

static bool is_below(const char *file, const char *dir)
{
	return *dir && path_under(file, dir);
}

/* Relative to the top; NULL for a file that is not in the project or its repository. */
static const char *place_of(struct arena *a, const struct check_formats_places *p, const char *file)
{
	if (is_below(file, p->dir))
		return path_join(a, p->prefix, path_rel(a, p->dir, file));
	return is_below(file, p->top) ? path_rel(a, p->top, file) : NULL;
}

static const char *escaped(struct arena *a, const char *s, bool multiline)
{
	struct buf b = BUF_INIT;
	const char *text;

	text_escape(&b, s, strlen(s), multiline);
	text = b.len ? arena_strdup(a, b.data) : "";
	buf_release(&b);
	return text;
}

static const char *text_of(struct arena *a, const struct finding *f)
{
	struct buf b = BUF_INIT;
	const char *text;

	buf_addf(&b, "%s: %s", f->subject, f->cause);
	if (*f->file)
		buf_addf(&b, "\n%s%s%s", f->file, f->line ? arena_fmt(a, ":%d", f->line) : "",
			 f->column ? arena_fmt(a, ":%d", f->column) : "");
	if (*f->go_says)
		buf_addf(&b, "\ngo says: %s", f->go_says);
	if (*f->remedy)
		buf_addf(&b, "\nremedy: %s", f->remedy);
	text = escaped(a, b.data, true);
	buf_release(&b);
	return text;
}

static struct shown show(struct arena *a, const struct finding *f,
			 const struct check_formats_places *p)
{
	struct shown s = { .f = f, .text = text_of(a, f) };
	const char *file = p->gomod;

	finding_id(f->kind, s.id, sizeof(s.id));
	s.file = *f->file ? place_of(a, p, f->file) : NULL;
	s.line = f->line;
	if (!s.file) {
		s.line = *f->mod.path ? p->line_of(p->ctx, f->mod.path, &file) : 0;
		s.file = *file ? place_of(a, p, file) : NULL;
	}
	if (!s.file)
		s.file = path_join(a, p->prefix, "go.mod");
	s.line = MAX(s.line, 1);
	return s;
}

/* SARIF */

static const char *sarif_level(enum finding_severity s)
{
	switch (s) {
	case FINDING_ERROR: return "error";
	case FINDING_WARNING: return "warning";
	default: return "note";
	}
}

static void set_message(json_t *to, const char *key, const char *text)
{
	json_t *message = json_object();

	report_set_str(message, "text", text);
	json_object_set_new(to, key, message);
}

static void add_rule(json_t *rules, const struct shown *s)
{
	const struct finding_kind *k = finding_kind(s->f->kind);
	json_t *rule = report_add_row(rules);

	report_set_str(rule, "id", s->id);
	set_message(rule, "shortDescription", k ? k->what : s->f->kind);
	if (k) {
		set_message(rule, "fullDescription", k->why);
		set_message(rule, "help", k->remedy);
	}
}

/* A relative reference: a first segment with a colon would be a scheme, so that one is escaped too. */
static const char *uri_of(struct arena *a, const char *file)
{
	struct buf b = BUF_INIT;
	const char *text;

	text_percent_encode(&b, file, "/");
	text = b.len ? arena_strdup(a, b.data) : "";
	buf_release(&b);
	return text;
}

/* The name that GitHub and others give to the repository's top. */
static const char sarif_top[] = "%SRCROOT%";

static void add_result(struct arena *a, json_t *results, const struct shown *s)
{
	json_t *row = report_add_row(results), *places, *physical, *object;

	report_set_str(row, "ruleId", s->id);
	report_set_str(row, "level", sarif_level(s->f->severity));
	set_message(row, "message", s->text);
	places = report_set_rows(row, "locations");
	physical = json_object();
	json_object_set_new(report_add_row(places), "physicalLocation", physical);
	object = json_object();
	report_set_str(object, "uri", uri_of(a, s->file));
	report_set_str(object, "uriBaseId", sarif_top);
	json_object_set_new(physical, "artifactLocation", object);
	object = json_object();
	report_set_int(object, "startLine", s->line);
	if (s->f->column)
		report_set_int(object, "startColumn", s->f->column);
	json_object_set_new(physical, "region", object);
	if (*s->f->waived) {
		object = report_add_row(report_set_rows(row, "suppressions"));
		report_set_str(object, "kind", "external");
		report_set_str(object, "justification", s->f->waived);
	}
}

/* Without its URI, which depends on the machine: the reader knows it. */
static void add_top(json_t *run)
{
	json_t *bases = json_object(), *top = json_object();

	set_message(top, "description", "the top of the repository");
	json_object_set_new(bases, sarif_top, top);
	json_object_set_new(run, "originalUriBaseIds", bases);
}

static void print_sarif(struct report *r, const struct findings *fs,
			const struct check_formats_places *p)
{
	json_t *doc = json_object(), *run, *tool = json_object(), *driver = json_object(), *rules,
	       *results;
	struct arena a = ARENA_INIT;
	const char *last = "";

	report_set_str(doc, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	report_set_str(doc, "version", "2.1.0");
	run = report_add_row(report_set_rows(doc, "runs"));
	json_object_set_new(run, "tool", tool);
	json_object_set_new(tool, "driver", driver);
	report_set_str(driver, "name", "modscope");
	report_set_str(driver, "version", PACKAGE_VERSION);
	add_top(run);
	rules = report_set_rows(driver, "rules");
	results = report_set_rows(run, "results");
	for (size_t i = 0; i < fs->n; i++) {
		struct shown s = show(&a, &fs->items[i], p);

		/* sorted by severity first: a rule may come twice */
		if (!str_eq(last, s.f->kind)) {
			bool known = false;

			for (size_t k = 0; k < i && !known; k++)
				known = str_eq(fs->items[k].kind, s.f->kind);
			if (!known)
				add_rule(rules, &s);
		}
		last = s.f->kind;
		add_result(&a, results, &s);
	}
	arena_release(&a);
	report_json(r, doc);
}

/* GitHub: workflow commands. Characters that would end a value are written as %XX. */

static const char *github_escape(struct arena *a, const char *s, bool property)
{
	struct buf b = BUF_INIT;
	const char *text;

	for (; *s; s++) {
		if (*s == '%' || *s == '\r' || *s == '\n' || (property && (*s == ':' || *s == ',')))
			buf_addf(&b, "%%%02X", (unsigned char)*s);
		else
			buf_addch(&b, *s);
	}
	text = b.len ? arena_strdup(a, b.data) : "";
	buf_release(&b);
	return text;
}

static void print_github(struct report *r, const struct findings *fs,
			 const struct check_formats_places *p)
{
	static const char *const words[] = { "notice", "notice", "warning", "error" };
	struct arena a = ARENA_INIT;

	for (size_t i = 0; i < fs->n; i++) {
		struct shown s = show(&a, &fs->items[i], p);

		if (!*s.f->waived)
			report_rawf(r, "::%s file=%s,line=%d,title=%s::%s\n", words[s.f->severity],
				    github_escape(&a, escaped(&a, s.file, false), true), s.line,
				    s.id, github_escape(&a, s.text, false));
	}
	arena_release(&a);
}

/* GitLab: the fingerprint identifies the same finding in another run, wherever its line has moved to and on whatever machine. Findings
 * that differ in nothing else are numbered. */

static const char *fingerprint(struct arena *a, struct map *seen, const struct shown *s)
{
	const char *name = strrchr(s->f->file, '/');
	const char *parts[] = { s->id,	 s->f->mod.path, s->f->subject,
				s->file, s->f->cause,	 name ? name : "" };
	const char *text;
	uint64_t h = 1;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		h = hash_bytes(parts[i], strlen(parts[i]) + 1, h);
	do {
		text = arena_fmt(a, "%016llx", (unsigned long long)h);
		h = hash_bytes("", 1, h);
	} while (!map_put(seen, text, seen));
	return text;
}

static void print_gitlab(struct report *r, const struct findings *fs,
			 const struct check_formats_places *p)
{
	static const char *const words[] = { "info", "minor", "major", "critical" };
	json_t *rows = json_array();
	struct map seen = MAP_INIT;
	struct arena a = ARENA_INIT;

	for (size_t i = 0; i < fs->n; i++) {
		struct shown s = show(&a, &fs->items[i], p);
		json_t *row, *place, *lines;

		if (*s.f->waived)
			continue;
		row = report_add_row(rows);
		report_set_str(row, "description", s.text);
		report_set_str(row, "check_name", s.id);
		report_set_str(row, "fingerprint", fingerprint(&a, &seen, &s));
		report_set_str(row, "severity", words[s.f->severity]);
		place = json_object();
		json_object_set_new(row, "location", place);
		report_set_str(place, "path", s.file);
		lines = json_object();
		report_set_int(lines, "begin", s.line);
		json_object_set_new(place, "lines", lines);
	}
	map_release(&seen);
	arena_release(&a);
	report_json(r, rows);
}

/* checkstyle */

static const char *xml_escape(struct arena *a, const char *s)
{
	struct buf b = BUF_INIT;
	const char *text;

	for (; *s; s++) {
		if (strchr("<>&\"'\n\t", *s))
			buf_addf(&b, "&#%d;", *s);
		else
			buf_addch(&b, *s);
	}
	text = b.len ? arena_strdup(a, b.data) : "";
	buf_release(&b);
	return text;
}

static void print_checkstyle(struct report *r, const struct findings *fs,
			     const struct check_formats_places *p)
{
	static const char *const words[] = { "info", "info", "warning", "error" };
	struct arena a = ARENA_INIT;
	const char *file = NULL;

	report_rawf(r,
		    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n");
	for (size_t i = 0; i < fs->n; i++) {
		struct shown s = show(&a, &fs->items[i], p);

		if (*s.f->waived)
			continue;
		if (!file || !str_eq(file, s.file)) {
			report_rawf(r, "%s<file name=\"%s\">\n", file ? "</file>\n" : "",
				    xml_escape(&a, escaped(&a, s.file, false)));
			file = s.file;
		}
		report_rawf(r,
			    "<error line=\"%d\" severity=\"%s\" message=\"%s\" source=\"%s\"/>\n",
			    s.line, words[s.f->severity], xml_escape(&a, s.text), s.id);
	}
	report_rawf(r, "%s</checkstyle>\n", file ? "</file>\n" : "");
	arena_release(&a);
}

check_formats_fn *check_formats_of(const char *name)
{
	static const struct {
		const char *name;
		check_formats_fn *format;
	} formats[] = { { "sarif", print_sarif },
			{ "github", print_github },
			{ "gitlab", print_gitlab },
			{ "checkstyle", print_checkstyle } };

	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (str_eq(formats[i].name, name))
			return formats[i].format;
	return NULL;
}
