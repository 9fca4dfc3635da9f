/* go list -m -json: modinfo.ModulePublic as encoding/json's MarshalIndent writes it. */
#include "graph/golist.h"

#include "base/text.h"

/* encoding/json with escapeHTML. */
static void add_string(struct buf *b, const char *s)
{
	size_t len = strlen(s), n;
	uint32_t rune;

	buf_addch(b, '"');
	for (; (n = text_rune(s, len, &rune)) > 0; s += n, len -= n) {
		if (rune == '"' || rune == '\\')
			buf_addf(b, "\\%c", (char)rune);
		else if (rune == '\n' || rune == '\r' || rune == '\t' || rune == '\b' ||
			 rune == '\f')
			buf_addf(b, "\\%c", "btn.fr"[rune - '\b']);
		else if (rune < ' ' || strchr("<>&", (int)(rune < 0x80 ? rune : 'x')))
			buf_addf(b, "\\u%04x", (unsigned)rune);
		else if (rune == 0x2028 || rune == 0x2029)
			buf_addf(b, "\\u%04x", (unsigned)rune);
		else if (rune == 0xFFFD && n == 1)
			buf_addstr(b, "\\ufffd");
		else
			buf_add(b, s, n);
	}
	buf_addch(b, '"');
}

struct writer {
	struct buf *b;
	const char *fields; /* "Path,Version" of the outermost object; NULL: all */
	int depth;
	bool any; /* the current object has a member */
};

static void new_line(struct writer *w)
{
	buf_addch(w->b, '\n');
	for (int i = 0; i < w->depth; i++)
		buf_addch(w->b, '\t');
}

static bool is_wanted(const struct writer *w, const char *name)
{
	const char *s = w->depth == 1 ? w->fields : NULL;
	size_t n = strlen(name);

	for (; s && *s; s += strcspn(s, ","), s += *s == ',')
		if (strcspn(s, ",") == n && memcmp(s, name, n) == 0)
			return true;
	return !s;
}

/* Begins a member; false if it is omitted. */
static bool begin(struct writer *w, const char *name, bool there)
{
	if (!there || !is_wanted(w, name))
		return false;
	if (w->any)
		buf_addch(w->b, ',');
	w->any = true;
	new_line(w);
	buf_addf(w->b, "\"%s\": ", name);
	return true;
}

static void open_object(struct writer *w)
{
	buf_addch(w->b, '{');
	w->depth++;
	w->any = false;
}

static void close_object(struct writer *w)
{
	w->depth--;
	if (w->any)
		new_line(w);
	buf_addch(w->b, '}');
	w->any = true;
}

static void add_text(struct writer *w, const char *name, const char *value)
{
	if (begin(w, name, *value))
		add_string(w->b, value);
}

static void add_bool(struct writer *w, const char *name, bool value)
{
	if (begin(w, name, value))
		buf_addstr(w->b, "true");
}

static void add_list(struct writer *w, const char *name, const char *const *list, size_t n)
{
	if (!begin(w, name, n > 0))
		return;
	buf_addch(w->b, '[');
	w->depth++;
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_addch(w->b, ',');
		new_line(w);
		add_string(w->b, list[i]);
	}
	w->depth--;
	new_line(w);
	buf_addch(w->b, ']');
}

/* Raw JSON: flat objects of strings, such as an Origin. */
static void add_raw(struct writer *w, const char *name, const char *raw)
{
	bool quoted = false, escaped = false;

	if (!begin(w, name, raw && *raw))
		return;
	for (const char *p = raw; *p; p++) {
		quoted = quoted != (*p == '"' && !escaped);
		escaped = *p == '\\' && !escaped;
		if (!quoted && strchr(" \t\r\n", *p))
			continue;
		if (!quoted && *p == '}' && p > raw && p[-1] != '{') {
			w->depth--;
			new_line(w);
		}
		buf_addch(w->b, *p);
		if (!quoted && (*p == ',' || (*p == '{' && p[1] != '}'))) {
			w->depth += *p == '{';
			new_line(w);
		}
		if (!quoted && *p == ':')
			buf_addch(w->b, ' ');
	}
}

static void add_module(struct writer *w, const struct modinfo *m);

static void add_child(struct writer *w, const char *name, const struct modinfo *m)
{
	if (begin(w, name, m != NULL))
		add_module(w, m);
}

static void add_module(struct writer *w, const struct modinfo *m)
{
	open_object(w);
	add_text(w, "Path", m->path);
	add_text(w, "Version", m->version);
	add_text(w, "Query", m->query);
	add_list(w, "Versions", m->versions, m->n_versions);
	add_child(w, "Replace", m->replace);
	add_text(w, "Time", m->time);
	add_child(w, "Update", m->update);
	add_bool(w, "Main", m->main);
	add_bool(w, "Indirect", m->indirect);
	add_text(w, "Dir", m->dir);
	add_text(w, "GoMod", m->gomod);
	add_text(w, "GoVersion", m->go_version);
	add_list(w, "Retracted", m->retracted, m->n_retracted);
	add_text(w, "Deprecated", m->deprecated);
	if (begin(w, "Error", *m->error)) {
		open_object(w);
		if (begin(w, "Err", true))
			add_string(w->b, m->error);
		close_object(w);
	}
	add_text(w, "Sum", m->sum);
	add_text(w, "GoModSum", m->gomod_sum);
	add_raw(w, "Origin", m->origin);
	close_object(w);
}

void golist_json(const struct modinfo *m, const char *fields, struct buf *out)
{
	struct writer w = { .b = out, .fields = fields };

	add_module(&w, m);
	buf_addch(out, '\n');
}
