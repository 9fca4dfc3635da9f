#include "parts/sbom.h"

#include <ctype.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/text.h"
#include "graph/modinfo.h"
#include "zip/dirhash.h"

struct writer {
	const struct sbom *s;
	struct arena *a;
	const struct load_record_module **rows; /* shown modules */
	size_t n;
	uint32_t *row_of; /* by module of the graph; UINT32_MAX: not shown */
};

static bool is_main(const struct load_record_module *m)
{
	return m->module->kind == LOAD_MAIN;
}

static void open_writer(struct writer *w, struct arena *a, const struct sbom *s)
{
	const struct load_record *r = s->record;
	const struct load_module *first = r->graph->modules;

	*w = (struct writer){ .s = s, .a = a };
	w->rows = arena_calloc(a, r->n + 1, sizeof(struct load_record_module *));
	w->row_of = arena_alloc(a, (r->graph->n_modules + 1) * sizeof(*w->row_of));
	memset(w->row_of, 0xff, (r->graph->n_modules + 1) * sizeof(*w->row_of));
	for (size_t i = 0; i < r->n; i++) {
		if (s->built && !r->modules[i].built)
			continue;
		w->row_of[r->modules[i].module - first] = (uint32_t)w->n;
		w->rows[w->n++] = &r->modules[i];
	}
}

/* Package URLs, with special characters as %XX. */
static const char *url_of(struct arena *a, const char *path, const char *version)
{
	struct buf b = BUF_INIT;
	const char *text;

	buf_addstr(&b, "pkg:golang/");
	text_percent_encode(&b, path, "/");
	buf_addstr(&b, *version ? "@" : "");
	text_percent_encode(&b, version, "");
	text = arena_strdup(a, b.data);
	buf_release(&b);
	return text;
}

/* In canonical form: the path in lower case. */
static const char *purl(struct arena *a, const char *path, const char *version)
{
	char *lower = arena_strdup(a, path);

	for (char *s = lower; *s; s++)
		*s = (char)tolower((unsigned char)*s);
	return url_of(a, lower, version);
}

static struct modver used_of(const struct load_record_module *m)
{
	const struct load_module *l = m->module;

	return l->replaced.path[0] && l->replaced.version[0]
		       ? l->replaced
		       : (struct modver){ l->path, l->version };
}

/* Paths that differ only in case are different modules. */
static const char *ref_of(struct arena *a, const struct load_record_module *m)
{
	return url_of(a, m->module->path, m->module->version);
}

/* Converts "h1:BASE64" to the 64 hexadecimal digits of its SHA-256; NULL if malformed. */
static const char *hex_of(struct arena *a, const char *sum)
{
	unsigned char digest[32];
	char hex[65];
	size_t n;

	if (!sum || !dirhash_is_h1(sum) ||
	    !base64_decode(sum + 3, strlen(sum + 3), digest, sizeof(digest), &n) ||
	    n != sizeof(digest))
		return NULL;
	hex_encode(digest, sizeof(digest), hex);
	return arena_strdup(a, hex);
}

static const char *sum_of(const struct load_record_module *m)
{
	const struct modinfo *i = m->info->replace ? m->info->replace : m->info;

	return i->sum && *i->sum ? i->sum : m->info->sum ? m->info->sum : "";
}

static const char *kind_of(const struct load_record_module *m)
{
	return m->module->kind == LOAD_MAIN	? "main"
	       : m->module->kind == LOAD_DIRECT ? "direct"
						: "indirect";
}

static const char *time_text(struct arena *a, int64_t t)
{
	json_t *o = json_object();
	const char *text;

	jsonout_set_time(o, "t", t); /* not of 0 */
	text = t ? arena_strdup(a, json_string_value(json_object_get(o, "t")))
		 : "1970-01-01T00:00:00Z";
	json_decref(o);
	return text;
}

/* CycloneDX */

static void add_property(json_t *properties, const char *name, const char *value)
{
	json_t *p;

	if (!*value)
		return;
	p = jsonout_add_row(properties);
	jsonout_set_str(p, "name", name);
	jsonout_set_str(p, "value", value);
}

static void set_hash(struct writer *w, json_t *c, const struct load_record_module *m)
{
	const char *hex = hex_of(w->a, sum_of(m));
	json_t *h;

	if (!hex)
		return;
	h = jsonout_add_row(jsonout_set_rows(c, "hashes"));
	jsonout_set_str(h, "alg", "SHA-256");
	jsonout_set_str(h, "content", hex);
}

static void set_licence(json_t *c, const struct load_record_module *m)
{
	if (*m->licence)
		jsonout_set_str(jsonout_add_row(jsonout_set_rows(c, "licenses")), "expression",
				m->licence);
}

static void fill_component(struct writer *w, json_t *c, const struct load_record_module *m)
{
	struct modver used = used_of(m);
	json_t *properties;

	jsonout_set_str(c, "type", is_main(m) ? "application" : "library");
	jsonout_set_str(c, "bom-ref", ref_of(w->a, m));
	jsonout_set_str(c, "name", m->module->path);
	jsonout_set_text(c, "version", m->module->version);
	if (!is_main(m))
		jsonout_set_str(c, "scope", m->tool && !m->built ? "excluded" : "required");
	set_hash(w, c, m);
	set_licence(c, m);
	jsonout_set_str(c, "purl", purl(w->a, used.path, used.version));
	properties = jsonout_set_rows(c, "properties");
	add_property(properties, "modscope:kind", kind_of(m));
	add_property(properties, "modscope:h1", sum_of(m));
	add_property(properties, "modscope:tool", m->tool ? "true" : "");
	if (m->module->replaced.path[0])
		add_property(properties, "modscope:replaced-by",
			     arena_fmt(w->a, "%s%s%s", m->module->replaced.path,
				       m->module->replaced.version[0] ? "@" : "",
				       m->module->replaced.version));
}

/* The modules that a module requires, each once. */
static size_t required(const struct writer *w, const struct load_record_module *m, uint32_t *rows)
{
	const struct load_graph *g = w->s->record->graph;
	size_t n, count = 0;
	const uint32_t *nodes = load_graph_required(g, m->module->node, &n);

	for (size_t i = 0; i < n; i++) {
		uint32_t module = g->nodes[nodes[i]].module;
		uint32_t row = module < g->n_modules ? w->row_of[module] : UINT32_MAX;
		bool known = row == UINT32_MAX || w->rows[row] == m;

		for (size_t k = 0; k < count && !known; k++)
			known = rows[k] == row;
		if (!known)
			rows[count++] = row;
	}
	return count;
}

static int by_number(const void *va, const void *vb)
{
	const uint32_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

static void add_dependencies(struct writer *w, json_t *doc)
{
	json_t *rows = jsonout_set_rows(doc, "dependencies");
	uint32_t *to = arena_alloc(w->a, (w->s->record->graph->n_nodes + 1) * sizeof(*to));

	for (size_t i = 0; i < w->n; i++) {
		json_t *row = jsonout_add_row(rows), *on;
		size_t n = required(w, w->rows[i], to);

		qsort(to, n, sizeof(*to), by_number);
		jsonout_set_str(row, "ref", ref_of(w->a, w->rows[i]));
		on = jsonout_set_rows(row, "dependsOn");
		for (size_t k = 0; k < n; k++)
			jsonout_add_str(on, ref_of(w->a, w->rows[to[k]]));
	}
}

static const char *uuid(struct arena *a, const unsigned char *d)
{
	return arena_fmt(a, "%02x%02x%02x%02x-%02x%02x-8%01x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
			 d[0], d[1], d[2], d[3], d[4], d[5], d[6] & 15u, d[7],
			 (d[8] & 0x3fu) | 0x80u, d[9], d[10], d[11], d[12], d[13], d[14], d[15]);
}

json_t *sbom_cyclonedx(const struct sbom *s)
{
	json_t *doc = json_object(), *meta = json_object(), *tools = json_object(), *c;
	struct arena a = ARENA_INIT;
	struct writer w;
	bool named = false;

	open_writer(&w, &a, s);
	jsonout_set_str(doc, "$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
	jsonout_set_str(doc, "bomFormat", "CycloneDX");
	jsonout_set_str(doc, "specVersion", "1.6");
	jsonout_set_str(doc, "serialNumber", arena_fmt(&a, "urn:uuid:%s", uuid(&a, s->digest)));
	jsonout_set_int(doc, "version", 1);
	json_object_set_new(doc, "metadata", meta);
	jsonout_set_str(meta, "timestamp", time_text(&a, s->time));
	json_object_set_new(meta, "tools", tools);
	c = jsonout_add_row(jsonout_set_rows(tools, "components"));
	jsonout_set_str(c, "type", "application");
	jsonout_set_str(c, "name", "modscope");
	jsonout_set_str(c, "version", PACKAGE_VERSION);
	c = jsonout_set_rows(doc, "components");
	for (size_t i = 0; i < w.n; i++) {
		if (is_main(w.rows[i]) && !named) {
			json_t *main = json_object();

			json_object_set_new(meta, "component", main);
			fill_component(&w, main, w.rows[i]);
			named = true;
		} else {
			fill_component(&w, jsonout_add_row(c), w.rows[i]);
		}
	}
	add_dependencies(&w, doc);
	arena_release(&a);
	return doc;
}

/* SPDX */

static const char *spdx_id(struct arena *a, size_t row)
{
	return arena_fmt(a, "SPDXRef-Package-%zu", row + 1);
}

static const char *or_none(const char *licence)
{
	return *licence ? licence : "NOASSERTION";
}

static void add_package(struct writer *w, json_t *packages, size_t row)
{
	const struct load_record_module *m = w->rows[row];
	struct modver used = used_of(m);
	const char *hex = hex_of(w->a, sum_of(m));
	json_t *p = jsonout_add_row(packages), *x;

	jsonout_set_str(p, "SPDXID", spdx_id(w->a, row));
	jsonout_set_str(p, "name", m->module->path);
	jsonout_set_text(p, "versionInfo", m->module->version);
	jsonout_set_str(p, "downloadLocation", "NOASSERTION");
	json_object_set_new(p, "filesAnalyzed", json_false());
	jsonout_set_str(p, "licenseConcluded", "NOASSERTION");
	jsonout_set_str(p, "licenseDeclared", or_none(m->licence));
	jsonout_set_str(p, "copyrightText", "NOASSERTION");
	jsonout_set_str(p, "primaryPackagePurpose", is_main(m) ? "APPLICATION" : "LIBRARY");
	jsonout_set_str(p, "comment",
			arena_fmt(w->a, "%s%s%s", kind_of(m), *sum_of(m) ? " " : "", sum_of(m)));
	if (hex) {
		x = jsonout_add_row(jsonout_set_rows(p, "checksums"));
		jsonout_set_str(x, "algorithm", "SHA256");
		jsonout_set_str(x, "checksumValue", hex);
	}
	x = jsonout_add_row(jsonout_set_rows(p, "externalRefs"));
	jsonout_set_str(x, "referenceCategory", "PACKAGE-MANAGER");
	jsonout_set_str(x, "referenceType", "purl");
	jsonout_set_str(x, "referenceLocator", purl(w->a, used.path, used.version));
}

static void add_relation(json_t *rows, const char *from, const char *type, const char *to)
{
	json_t *row = jsonout_add_row(rows);

	jsonout_set_str(row, "spdxElementId", from);
	jsonout_set_str(row, "relationshipType", type);
	jsonout_set_str(row, "relatedSpdxElement", to);
}

json_t *sbom_spdx(const struct sbom *s)
{
	json_t *doc = json_object(), *info = json_object(), *rows;
	const struct load_graph *g = s->record->graph;
	struct arena a = ARENA_INIT;
	struct writer w;
	uint32_t *to;

	open_writer(&w, &a, s);
	to = arena_alloc(&a, (g->n_nodes + 1) * sizeof(*to));
	jsonout_set_str(doc, "spdxVersion", "SPDX-2.3");
	jsonout_set_str(doc, "dataLicense", "CC0-1.0");
	jsonout_set_str(doc, "SPDXID", "SPDXRef-DOCUMENT");
	jsonout_set_str(doc, "name", g->main_path);
	jsonout_set_str(doc, "documentNamespace",
			arena_fmt(&a, "https://spdx.org/spdxdocs/modscope-%s",
				  uuid(&a, s->digest)));
	json_object_set_new(doc, "creationInfo", info);
	jsonout_set_str(info, "created", time_text(&a, s->time));
	jsonout_add_str(jsonout_set_rows(info, "creators"), "Tool: modscope-" PACKAGE_VERSION);
	rows = jsonout_set_rows(doc, "packages");
	for (size_t i = 0; i < w.n; i++)
		add_package(&w, rows, i);
	rows = jsonout_set_rows(doc, "relationships");
	for (size_t i = 0; i < w.n; i++)
		if (is_main(w.rows[i]))
			add_relation(rows, "SPDXRef-DOCUMENT", "DESCRIBES", spdx_id(&a, i));
	for (size_t i = 0; i < w.n; i++) {
		size_t n = required(&w, w.rows[i], to);

		qsort(to, n, sizeof(*to), by_number);
		for (size_t k = 0; k < n; k++)
			add_relation(rows, spdx_id(&a, i), "DEPENDS_ON", spdx_id(&a, to[k]));
	}
	arena_release(&a);
	return doc;
}
