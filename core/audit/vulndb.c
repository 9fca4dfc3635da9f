#include "audit/vulndb.h"

#include <ctype.h>
#include <jansson.h>

#include "base/fs.h"
#include "base/map.h"
#include "base/path.h"
#include "base/text.h"
#include "fetch/http.h"
#include "fetch/http_error.h"
#include "gofiles/gover.h"
#include "gofiles/semver.h"

enum { MAX_INDEX = 64 << 20, MAX_ENTRY = 4 << 20, MAX_ID = 64, MAX_SAID = 500 };

struct reader {
	const struct vulndb_options *o;
	struct findings *fs;
	struct arena *a;
	struct http *http; /* NULL for a directory */
};

static bool is_url(const char *mirror)
{
	return strncmp(mirror, "http://", 7) == 0 || strncmp(mirror, "https://", 8) == 0;
}

static bool fetch(struct reader *r, const char *name, size_t max, struct buf *b, struct err *e)
{
	size_t n = strlen(r->o->mirror);
	const char *slash = n && r->o->mirror[n - 1] == '/' ? "" : "/";
	struct http_request q = { .url = arena_fmt(r->a, "%s%s%s", r->o->mirror, slash, name),
				  .max_bytes = max,
				  .cancel = r->o->cancel };
	struct http_answer answer;
	bool ok = http_get(r->http, &q, &answer, e);

	if (ok && answer.status != 200)
		ok = http_status_error(&answer, e);
	if (ok)
		buf_add(b, answer.body.data, answer.body.len);
	http_answer_release(&answer);
	return ok;
}

/* A document of the mirror; NULL and e. */
static json_t *load(struct reader *r, const char *name, size_t max, struct err *e)
{
	struct buf b = BUF_INIT;
	json_error_t why;
	json_t *doc = NULL;
	bool ok = r->http ? fetch(r, name, max, &b, e)
			  : fs_read_buf(&b, path_join(r->a, r->o->mirror, name), max, e);

	if (ok) {
		doc = json_loadb(b.len ? b.data : "", b.len, 0, &why);
		if (!doc)
			err_set(e, ERR_SYNTAX, "%s:%d:%d: %s", name, why.line, why.column,
				why.text);
	}
	buf_release(&b);
	return doc;
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

/* An identifier is used as a file name. */
static bool is_id(const char *id)
{
	size_t n = 0;

	for (; isalnum((unsigned char)id[n]) || id[n] == '-'; n++)
		;
	return n && n <= MAX_ID && !id[n];
}

/* Versions: semantic ones without the v. */

struct event {
	const char *version; /* with it; "v0.0.0-0" for the beginning */
	bool fixed;
	size_t at;
};

static int by_version(const void *va, const void *vb)
{
	const struct event *a = va, *b = vb;
	int c = semver_compare(a->version, b->version);

	return c ? c : (a->at > b->at) - (a->at < b->at);
}

/* As govulncheck reads them: a prefix "v" or "go" does not count. */
static const char *event_version(struct reader *r, const char *text)
{
	text += *text == 'v';
	text += str_has_prefix(text, "go") ? 2 : 0;
	return str_eq(text, "0") ? "v0.0.0-0" : arena_fmt(r->a, "v%s", text);
}

static size_t read_events(struct reader *r, const json_t *range, struct event **out)
{
	const json_t *list = json_object_get(range, "events"), *item;
	size_t n = 0, i;

	*out = arena_calloc(r->a, json_array_size(list) + 1, sizeof(**out));
	json_array_foreach(list, i, item)
	{
		const char *introduced = text_of(item, "introduced"),
			   *fixed = text_of(item, "fixed");
		const char *text = *introduced ? introduced : fixed;

		if (*text)
			(*out)[n++] = (struct event){ event_version(r, text), !*introduced, i };
	}
	if (n)
		qsort(*out, n, sizeof(**out), by_version);
	return n;
}

/* *fixed: the version that fixes it, the lowest above this one. */
static bool in_range(struct reader *r, const json_t *range, const char *version, const char **fixed)
{
	struct event *events;
	size_t n = read_events(r, range, &events);
	bool affected = !json_array_size(json_object_get(range, "events"));

	for (size_t i = 0; i < n; i++) {
		int c = semver_compare(version, events[i].version);

		if (c >= 0)
			affected = !events[i].fixed;
		else if (events[i].fixed && affected && !**fixed)
			*fixed = events[i].version;
	}
	return affected;
}

/* An entry without SEMVER ranges affects all versions. */
static bool affects(struct reader *r, const json_t *affected, const char *version,
		    const char **fixed)
{
	const json_t *ranges = json_object_get(affected, "ranges"), *range;
	bool any = false, told = false;
	size_t i;

	json_array_foreach(ranges, i, range)
	{
		if (!str_eq(text_of(range, "type"), "SEMVER"))
			continue;
		told = true;
		any |= in_range(r, range, version, fixed);
	}
	return any || !told;
}

/* Packages */

static enum vulndb_use use_of(struct reader *r, const json_t *affected, const char *module,
			      struct buf *packages)
{
	const json_t *list = json_object_get(json_object_get(affected, "ecosystem_specific"),
					     "imports"),
		     *item;
	enum vulndb_use worst = VULNDB_NOT_IMPORTED;
	size_t i;

	if (!json_array_size(list))
		return VULNDB_IMPORTED;
	json_array_foreach(list, i, item)
	{
		const char *path = text_of(item, "path");
		enum vulndb_use use = r->o->use(r->o->ctx, module, path);

		if (use == VULNDB_IMPORTED)
			buf_addf(packages, "%s%s", packages->len ? ", " : "", path);
		if (use == VULNDB_IMPORTED || worst == VULNDB_NOT_IMPORTED)
			worst = use;
	}
	return worst;
}

static const char *cut(struct arena *a, const char *s)
{
	size_t n = strcspn(s, "\r\n");

	return arena_strndup(a, s, MIN(n, (size_t)MAX_SAID));
}

static void tell(struct reader *r, const struct vulndb_module *m, const json_t *entry,
		 const json_t *affected, const char *fixed)
{
	static const enum finding_severity severities[] = { FINDING_WARNING, FINDING_INFO,
							    FINDING_ERROR };
	static const char *const kinds[] = { "vuln/required", "vuln/not-imported",
					     "vuln/imported" };
	struct buf packages = BUF_INIT;
	enum vulndb_use use = use_of(r, affected, m->path, &packages);
	const char *summary = text_of(entry, "summary"), *id = text_of(entry, "id");
	struct finding *f;

	if (!*summary)
		summary = text_of(entry, "details");
	f = finding_add(r->fs, severities[use], kinds[use],
			arena_fmt(r->a, "%s@%s", m->path, m->version),
			arena_fmt(r->a, "%s: %s%s%s", id, cut(r->a, summary),
				  packages.len ? "; imported: " : "",
				  packages.len ? packages.data : ""));
	f->mod = (struct modver){ m->path, m->version };
	f->file = !m->line ? "" : m->file ? m->file : r->o->gomod;
	f->line = m->line;
	f->remedy = !*fixed ? "no version is known to fix it"
		    : str_eq(m->path, "stdlib") || str_eq(m->path, "toolchain")
			    ? arena_fmt(r->a, "a go toolchain from %s on", fixed + 1)
			    : arena_fmt(r->a, "modscope whatif --get %s@%s", m->path, fixed);
	buf_release(&packages);
}

static void check_entry(struct reader *r, const struct vulndb_module *m, const json_t *entry)
{
	const json_t *list = json_object_get(entry, "affected"), *affected;
	size_t i;

	if (*text_of(entry, "withdrawn"))
		return;
	json_array_foreach(list, i, affected)
	{
		const char *fixed = "";

		if (str_eq(text_of(json_object_get(affected, "package"), "name"), m->path) &&
		    affects(r, affected, m->version, &fixed)) {
			tell(r, m, entry, affected, fixed);
			return;
		}
	}
}

static void read_entry(struct reader *r, const struct vulndb_module *m, const char *id)
{
	struct err e = ERR_INIT;
	const char *name = arena_fmt(r->a, "ID/%s.json", id);
	json_t *doc = is_id(id) ? load(r, name, MAX_ENTRY, &e) : NULL;

	if (doc && json_is_array(json_object_get(doc, "affected"))) {
		check_entry(r, m, doc);
		json_decref(doc);
		return;
	}
	if (doc)
		err_set(&e, ERR_SYNTAX, "%s: it does not list what it affects", name);
	json_decref(doc);
	finding_add(r->fs, FINDING_UNKNOWN, "vuln/unread", m->path,
		    is_id(id) ? e.text : "the index names an entry that is not an identifier")
		->remedy = "check the mirror of the vulnerability database";
	err_release(&e);
}

static void check_module(struct reader *r, const struct vulndb_module *m, const json_t *row)
{
	const json_t *list = json_object_get(row, "vulns"), *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		const char *fixed = text_of(item, "fixed");

		/* the index has the last fix: versions from there on need no check */
		if (cancel_is_set(r->o->cancel))
			return;
		if (*fixed && semver_compare(m->version, event_version(r, fixed)) >= 0)
			continue;
		read_entry(r, m, text_of(item, "id"));
	}
}

/* Converts "1.22rc1" to "v1.22.0-rc.1"; NULL for anything but a release. */
static const char *go_semver(struct arena *a, const char *go)
{
	size_t digits = strspn(go, "0123456789."), dots = 0;
	const char *pre = go + digits, *text;

	for (size_t i = 0; i < digits; i++)
		dots += go[i] == '.';
	if (!gover_valid(go))
		return NULL;
	text = arena_fmt(a, "v%.*s%s", (int)digits, go, dots == 0 ? ".0.0" : dots == 1 ? ".0" : "");
	if (*pre) {
		size_t word = strcspn(pre, "0123456789");

		text = arena_fmt(a, "%s-%.*s.%s", text, (int)word, pre, pre + word);
	}
	return text;
}

/* The first row of a path counts. */
static void index_rows(struct map *rows, json_t *index)
{
	const char *path;
	json_t *row;
	size_t i;

	json_array_foreach(index, i, row)
	{
		path = text_of(row, "path");
		if (!map_has(rows, path))
			map_put(rows, path, row);
	}
}

static void check_all(struct reader *r, json_t *index)
{
	static const char *const ours[] = { "stdlib", "toolchain" };
	const char *go = go_semver(r->a, r->o->go_version);
	struct map rows = MAP_INIT;

	index_rows(&rows, index);
	for (size_t i = 0; i < r->o->n; i++)
		if (semver_valid(r->o->modules[i].version))
			check_module(r, &r->o->modules[i], map_get(&rows, r->o->modules[i].path));
	for (size_t i = 0; go && i < ARRAY_LEN(ours); i++)
		check_module(r, &(struct vulndb_module){ ours[i], go, 0, NULL },
			     map_get(&rows, ours[i]));
	map_release(&rows);
}

bool vulndb_check(const struct vulndb_options *o, struct findings *fs, struct err *e)
{
	struct reader r = { .o = o, .fs = fs, .a = fs->arena };
	json_t *index;
	bool ok;

	if (is_url(o->mirror) && o->offline)
		return err_set(e, ERR_OFFLINE,
			       "the vulnerability database is not asked: --offline");
	if (is_url(o->mirror))
		r.http = http_new(&(struct http_options){ .env = o->env, .log = o->log });
	index = load(&r, "index/modules.json", MAX_INDEX, e);
	ok = json_is_array(index);
	if (ok)
		check_all(&r, index);
	else if (index)
		err_set(e, ERR_SYNTAX, "index/modules.json: it is not a list of modules");
	json_decref(index);
	if (r.http)
		http_free(r.http);
	return ok;
}
