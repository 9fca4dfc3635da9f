#include "base/finding.h"
#include "commands/loaded.h"
#include "parts/recordfile.h"

/* The state for writing or verifying a record. */
struct snap {
	struct cli *c;
	struct loaded loaded;
	const struct load_record *r;
};

/* The status of an answer about an incomplete graph. */
static int status_of(const struct snap *x, int status)
{
	const struct err *broken = &x->r->graph->broken;

	if (!err_is_set(broken))
		return status;
	report_notef(x->c->r, "modscope: the graph is incomplete: %s", broken->text);
	return STATUS_UNKNOWN;
}

static int write_record(struct snap *x, enum request_record_format format)
{
	static const enum request_part parts[] = { PART_ENV, PART_GRAPH, PART_POLICY };
	struct recordfile f = { .record = x->r,
				.format = format,
				.built = cli_has(x->c, "packages") };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const struct part *p = snapshot_part(x->loaded.snapshot, REQUEST(parts[i]));

		f.findings[i] = p ? load_findings(p) : NULL;
	}
	/* a bill of materials cannot be marked incomplete; with --json report an error instead */
	if (!x->c->r->json || format == REQUEST_RECORD_JSON || !err_is_set(&x->r->graph->broken))
		report_json(x->c->r, recordfile_make(&f));
	return status_of(x, STATUS_FINE);
}

/* The differences between a record and the present state. */

struct differences {
	struct report *r;
	json_t *rows; /* NULL: text */
	size_t n;
};

static void json_differ(json_t *rows, const char *what, const char *was, const char *is)
{
	json_t *row = report_add_row(rows);

	report_set_str(row, "Subject", what);
	report_set_text(row, "Recorded", was ? was : "");
	report_set_text(row, "Now", is ? is : "");
}

static void differ(struct differences *d, const char *what, const char *was, const char *is)
{
	d->n++;
	if (d->rows) {
		json_differ(d->rows, what, was, is);
		return;
	}
	report_styledf(d->r, STYLE_BAD, "%s", report_glyph(d->r, GLYPH_BAD));
	report_textf(d->r, " %s: recorded %s, now %s\n", what, was && *was ? was : "none",
		     is && *is ? is : "none");
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static void compare_key(struct differences *d, const char *name, const char *key, const json_t *was,
			const json_t *is)
{
	char what[512];

	snprintf(what, sizeof(what), "%s %s", name, key);
	if (!str_eq(text_of(was, key), text_of(is, key)))
		differ(d, what, text_of(was, key), text_of(is, key));
}

static void compare_module(struct differences *d, const json_t *was, const json_t *is)
{
	static const char *const keys[] = { "Version", "Sum", "GoModSum", "GoVersion" };
	const char *name = text_of(was, "Path");

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		compare_key(d, name, keys[i], was, is);
	/* unknown is one whose module is not in the cache */
	if (*text_of(was, "Licence") && *text_of(is, "Licence"))
		compare_key(d, name, "Licence", was, is);
	compare_key(d, name, "Path", json_object_get(was, "Replace"),
		    json_object_get(is, "Replace"));
	compare_key(d, name, "Version", json_object_get(was, "Replace"),
		    json_object_get(is, "Replace"));
}

/* Modules by path; borrowed from the document. */
static json_t *by_path(json_t *doc)
{
	json_t *all = json_object(), *row;
	size_t i;

	json_array_foreach(json_object_get(doc, "modules"), i, row)
	{
		json_object_set(all, text_of(row, "Path"), row);
	}
	return all;
}

static void compare_settings(struct differences *d, json_t *was, json_t *is)
{
	const char *name;
	json_t *value;

	json_object_foreach(is, name, value)
	{
		compare_key(d, "the setting", name, was, is);
	}
	json_object_foreach(was, name, value)
	{
		if (!json_object_get(is, name))
			compare_key(d, "the setting", name, was, is);
	}
}

static void compare_docs(struct differences *d, json_t *was, json_t *is)
{
	json_t *a = by_path(was), *b = by_path(is), *row;
	const char *path;

	compare_key(d, "the project", "Path", was, is);
	compare_key(d, "the project", "GoVersion", was, is);
	compare_key(d, "the project", "Toolchain", was, is);
	json_object_foreach(a, path, row)
	{
		if (json_object_get(b, path))
			compare_module(d, row, json_object_get(b, path));
		else
			differ(d, path, text_of(row, "Version"), "");
	}
	json_object_foreach(b, path, row)
	{
		if (!json_object_get(a, path))
			differ(d, path, "", text_of(row, "Version"));
	}
	if (!json_equal(json_object_get(was, "edges"), json_object_get(is, "edges")))
		differ(d, "the module graph", "other edges", "these");
	compare_settings(d, json_object_get(was, "Settings"), json_object_get(is, "Settings"));
	json_decref(a);
	json_decref(b);
}

/* What a record says of a project, whatever is in the cache. */
static json_t *essence(const json_t *doc)
{
	json_t *copy = json_deep_copy(doc), *row;
	size_t i;

	json_object_del(copy, "Id");
	json_object_del(copy, "findings");
	json_array_foreach(json_object_get(copy, "modules"), i, row)
	{
		json_object_del(row, "Licence");
		json_object_del(row, "LicenceUnknown");
	}
	return copy;
}

/* Whether the record is as it was written; and what the comparison by names leaves out: flags, rows that come twice, their order. */
static void compare_whole(struct differences *d, const json_t *was, const json_t *is)
{
	json_t *a = essence(was), *b = essence(is);
	char id[65];

	if (!d->n && !json_equal(a, b))
		differ(d, "the record", "other rows or members", "these");
	json_decref(a);
	json_decref(b);
	recordfile_id(was, id);
	if (!str_eq(text_of(was, "Id"), id))
		differ(d, "the record's Id", text_of(was, "Id"), id);
}

/* Checks the hashed files. */
static bool compare_cache(struct snap *x, struct differences *d, struct err *e)
{
	const struct request *q = REQUEST(PART_CACHE, .cache = { .depth = CACHESCAN_VERIFY });
	const struct findings *fs;

	if (!loaded_part(&x->loaded, q, e))
		return false;
	fs = load_findings(snapshot_part(x->loaded.snapshot, q));
	for (size_t i = 0; i < fs->n; i++)
		if (fs->items[i].severity == FINDING_ERROR)
			differ(d, fs->items[i].subject, "a whole entry", fs->items[i].cause);
	return true;
}

static void print_verdict(struct snap *x, const char *file, json_t *doc, size_t n)
{
	bool same = !n && !err_is_set(&x->r->graph->broken);

	if (doc) {
		report_set_bool(doc, "Same", same);
		report_json(x->c->r, doc);
	} else if (same) {
		report_styledf(x->c->r, STYLE_GOOD, "%s", report_glyph(x->c->r, GLYPH_GOOD));
		report_textf(x->c->r,
			     " the project is what %s says, and no cached module is damaged\n",
			     file);
	}
}

static int verify(struct snap *x, const char *file)
{
	json_error_t why;
	json_t *was = json_loadb(x->r->given, x->r->given_len, JSON_REJECT_DUPLICATES, &why), *is,
	       *doc = NULL;
	struct differences d = { .r = x->c->r };
	struct err e = ERR_INIT;

	if (!was || !str_eq(text_of(was, "schema"), "modscope.snapshot/1")) {
		json_decref(was);
		err_set(&e, ERR_SYNTAX, "%s:%d:%d: %s", file, was ? 1 : why.line,
			was ? 1 : why.column,
			was ? "it is not a document of modscope snapshot" : why.text);
		return cli_fail(x->c, &e);
	}
	if (x->c->r->json) {
		doc = report_doc("snapshot-verify");
		report_set_str(doc, "File", file);
		d.rows = report_set_rows(doc, "differences");
	}
	is = recordfile_doc(x->r);
	compare_docs(&d, was, is);
	compare_whole(&d, was, is);
	json_decref(was);
	json_decref(is);
	if (!compare_cache(x, &d, &e)) {
		json_decref(doc);
		return cli_fail(x->c, &e);
	}
	print_verdict(x, file, doc, d.n);
	return status_of(x, d.n ? STATUS_NO : STATUS_FINE);
}

static bool load(struct snap *x, const char *given, struct err *e)
{
	const struct request *q = REQUEST(PART_RECORD, .record = { .given = given });

	if ((cli_has(x->c, "packages") && !loaded_part(&x->loaded, REQUEST(PART_IMPORTS), e)) ||
	    !loaded_part(&x->loaded, REQUEST(PART_POLICY), e))
		return false;
	x->r = loaded_part(&x->loaded, q, e);
	return x->r != NULL;
}

static int run(struct cli *c)
{
	const char *name = cli_flag(c, "format"), *given = cli_flag(c, "verify");
	enum request_record_format format;
	struct snap x = { .c = c };
	struct err e = ERR_INIT;
	int status;

	if (!recordfile_named(name ? name : "json", &format))
		return cli_usage(c, "--format=%s: it takes json, cyclonedx or spdx", name);
	x.loaded = loaded_open(c, NULL);
	status = !load(&x, given, &e) ? cli_fail(c, &e)
		 : given	      ? verify(&x, given)
				      : write_record(&x, format);
	loaded_close(&x.loaded);
	return status;
}

static const struct cli_flag flags[] = {
	{ "format", "FORMAT", "json (default), cyclonedx (1.6) or spdx (2.3)" },
	{ "packages", NULL,
	  "in a bill of materials, only modules of which go build ./... compiles a package here" },
	{ "verify", "FILE", "check whether project and module cache still match this record" },
	{ NULL },
};

const struct cli_command cmd_snapshot = {
	.name = "snapshot",
	.summary = "the whole dependency set as one document",
	.help = "Modules with their versions, replacements, hashes of go.sum and licences, the edges of the module graph, the\n"
		"settings and findings, as JSON with an identifier; or as a bill of materials. Nothing is fetched: a licence is told\n"
		"where the module's files are in the module cache. SOURCE_DATE_EPOCH sets the time that bills of materials have.\n"
		"With --verify, exit status 1 if something differs, an entry of the module cache is damaged, or the record's Id is not that of\n"
		"its content; findings, which depend on the day, are not compared. 3 if the module graph could\n"
		"not be read whole. Bills of materials have no way to say that: with --json none is printed then.\n",
	.complete = "none",
	.view = "overview",
	.flags = flags,
	.run = run,
};
