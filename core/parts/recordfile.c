#include "parts/recordfile.h"

#include <time.h>

#include "base/finding.h"
#include "base/hex.h"
#include "gofiles/goenv.h"
#include "parts/module_json.h"
#include "parts/sbom.h"
#include "zip/sha256.h"

/* Settings that decide which modules are used, and from where; credentials are masked. */
static void set_settings(json_t *doc, const struct load_env *env)
{
	static const char *const names[] = { "GOFLAGS",	  "GOINSECURE",	 "GONOPROXY",
					     "GONOSUMDB", "GOPRIVATE",	 "GOPROXY",
					     "GOSUMDB",	  "GOTOOLCHAIN", "GOVCS" };
	json_t *o = json_object();

	for (size_t i = 0; i < env->n_notes; i++)
		for (size_t k = 0; k < ARRAY_LEN(names); k++)
			if (str_eq(env->notes[i].name, names[k]))
				jsonout_set_str(o, names[k], env->notes[i].value);
	json_object_set_new(doc, "Settings", o);
}

/* As in `list --json`, without what is specific to this machine. */
static void set_module(json_t *row, const struct load_record_module *m)
{
	module_json_set(row, m->info);
	json_object_del(row, "Dir");
	json_object_del(row, "GoMod");
	json_object_del(row, "Time");
	if (json_object_get(row, "Replace")) {
		json_object_del(json_object_get(row, "Replace"), "Dir");
		json_object_del(json_object_get(row, "Replace"), "GoMod");
		json_object_del(json_object_get(row, "Replace"), "Time");
	}
	jsonout_set_text(row, "Licence", m->licence);
	jsonout_set_text(row, "LicenceUnknown", m->no_licence);
}

struct edge {
	const char *from, *to;
};

static int by_names(const void *va, const void *vb)
{
	const struct edge *a = va, *b = vb;
	int c = strcmp(a->from, b->from);

	return c ? c : strcmp(a->to, b->to);
}

static const char *name_of(struct arena *a, const struct load_node *n)
{
	return *n->version ? arena_fmt(a, "%s@%s", n->path, n->version) : n->path;
}

/* Sorted by name, since nodes are numbered in reading order. */
static void add_edges(json_t *doc, struct arena *a, const struct load_graph *g)
{
	json_t *rows = jsonout_set_rows(doc, "edges"), *row;
	struct edge *edges = arena_alloc(a, (g->n_edges + 1) * sizeof(*edges));
	const char **names = arena_alloc(a, (g->n_nodes + 1) * sizeof(char *));
	size_t n = 0, count;

	for (size_t i = 0; i < g->n_nodes; i++)
		names[i] = name_of(a, &g->nodes[i]);
	for (size_t i = 0; i < g->n_nodes; i++) {
		const uint32_t *nodes = load_graph_required(g, (uint32_t)i, &count);

		for (size_t k = 0; g->nodes[i].depth != UINT32_MAX && k < count && n < g->n_edges;
		     k++)
			edges[n++] = (struct edge){ names[i], names[nodes[k]] };
	}
	if (n)
		qsort(edges, n, sizeof(*edges), by_names);
	for (size_t i = 0; i < n; i++) {
		row = jsonout_add_row(rows);
		jsonout_set_str(row, "From", edges[i].from);
		jsonout_set_str(row, "To", edges[i].to);
	}
}

static void add_findings(json_t *rows, const struct findings *fs)
{
	json_t *row;
	char id[80];

	for (size_t i = 0; fs && i < fs->n; i++) {
		finding_id(fs->items[i].kind, id, sizeof(id));
		row = jsonout_add_row(rows);
		jsonout_set_str(row, "Id", id);
		jsonout_set_str(row, "Severity", finding_severity_name(fs->items[i].severity));
		jsonout_set_str(row, "Subject", fs->items[i].subject);
		jsonout_set_str(row, "Cause", fs->items[i].cause);
	}
}

json_t *recordfile_doc(const struct load_record *r)
{
	const struct load_graph *g = r->graph;
	json_t *doc = jsonout_doc("snapshot"), *rows;
	struct arena a = ARENA_INIT;

	jsonout_set_str(doc, "Path", g->main_path);
	jsonout_set_text(doc, "GoVersion", g->go_version);
	jsonout_set_text(doc, "Toolchain", g->toolchain ? g->toolchain : "");
	set_settings(doc, g->env);
	rows = jsonout_set_rows(doc, "modules");
	for (size_t i = 0; i < r->n; i++)
		set_module(jsonout_add_row(rows), &r->modules[i]);
	add_edges(doc, &a, g);
	arena_release(&a);
	return doc;
}

/* The digest of the essential data: modules, edges, settings. */
static void digest_of(json_t *doc, unsigned char digest[32])
{
	char *text = json_dumps(doc, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_SORT_KEYS);

	sha256_bytes(text ? text : "", text ? strlen(text) : 0, digest);
	free(text);
}

void recordfile_id(const json_t *doc, char id[65])
{
	json_t *copy = json_copy((json_t *)(uintptr_t)doc);
	unsigned char digest[32];

	json_object_del(copy, "Id");
	json_object_del(copy, "findings");
	digest_of(copy, digest);
	json_decref(copy);
	hex_encode(digest, 32, id);
}

#define LAST_SECOND 253402300799LL /* of the year 9999 */

/* SOURCE_DATE_EPOCH makes the bytes of two runs the same. */
static int64_t epoch(void)
{
	const char *s = getenv("SOURCE_DATE_EPOCH");
	char *end;
	long long t = s && *s ? strtoll(s, &end, 10) : -1;

	return t >= 0 && t <= LAST_SECOND && !*end ? t : (int64_t)time(NULL);
}

static const struct {
	const char *name, *suffix;
} formats[REQUEST_RECORD_FORMATS] = {
	[REQUEST_RECORD_JSON] = { "json", "json" },
	[REQUEST_RECORD_CYCLONEDX] = { "cyclonedx", "cdx.json" },
	[REQUEST_RECORD_SPDX] = { "spdx", "spdx.json" },
};

const char *recordfile_suffix(enum request_record_format format)
{
	return formats[format].suffix;
}

bool recordfile_named(const char *name, enum request_record_format *format)
{
	for (int f = 0; f < REQUEST_RECORD_FORMATS; f++) {
		*format = (enum request_record_format)f;
		if (str_eq(formats[f].name, name))
			return true;
	}
	return false;
}

/* Ours says by its Id what it is of. */
static void finish(json_t *doc, const struct recordfile *f, const unsigned char digest[32])
{
	json_t *rows;
	char id[65];

	hex_encode(digest, 32, id);
	jsonout_set_str(doc, "Id", id);
	rows = jsonout_set_rows(doc, "findings");
	for (size_t i = 0; i < ARRAY_LEN(f->findings); i++)
		add_findings(rows, f->findings[i]);
}

json_t *recordfile_make(const struct recordfile *f)
{
	json_t *doc = recordfile_doc(f->record);
	unsigned char digest[32];
	struct sbom bill = {
		.record = f->record, .built = f->built, .time = epoch(), .digest = digest
	};

	digest_of(doc, digest);
	if (f->format == REQUEST_RECORD_JSON) {
		finish(doc, f, digest);
		return doc;
	}
	json_decref(doc);
	return f->format == REQUEST_RECORD_SPDX ? sbom_spdx(&bill) : sbom_cyclonedx(&bill);
}
