#include "commands/loaded.h"
#include "commands/origin_report.h"
#include "texts/describe.h"
#include "texts/module_doc.h"
#include "texts/whatif_words.h"

struct answer {
	const struct load_graph *g;
	const struct load_module *m;
	const struct load_explain *x;
	const struct load_imports *in; /* NULL: unknown */
	const char *no_imports;	       /* why */
	const struct load_versions *v;
	struct arena arena;
};

static void print_requirers(struct cli *c, const struct load_explain *x)
{
	static const struct report_column columns[] = {
		{ "" }, { "ASKED FOR" }, { "BY" }, { "WHO IS" }, { "DEPTH", true }, { "VIA" }
	};
	struct report_table t;

	if (!x->n_requirers)
		return;
	report_textf(c->r, "\n");
	report_table_begin(&t, c->r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < x->n_requirers; i++) {
		const struct load_requirer *q = &x->requirers[i];
		struct buf b = BUF_INIT;

		report_cell(&t, STYLE_GOOD, "%s", q->decides ? report_glyph(c->r, GLYPH_ON) : "");
		report_cell(&t, q->decides ? STYLE_STRONG : STYLE_NORMAL, "%s", q->wants);
		describe_modver(&b, q->mod);
		if (q->file[0])
			buf_addf(&b, "  %s:%d", q->file, q->line);
		report_cell(&t, q->counts ? STYLE_NORMAL : STYLE_QUIET, "%s", b.data);
		report_cell(&t, q->excluded ? STYLE_ATTENTION : STYLE_QUIET, "%s",
			    q->excluded ? "excluded" : q->class);
		buf_clear(&b);
		if (q->depth)
			buf_addf(&b, "%u", q->depth);
		report_cell(&t, STYLE_QUIET, "%s", q->depth ? b.data : "-");
		report_cell(&t, STYLE_QUIET, "%s", q->via[0] ? q->via : "-");
		buf_release(&b);
	}
	report_table_end(&t);
}

static void print_text(struct cli *c, const struct answer *a)
{
	struct doc d;

	doc_init(&d);
	module_doc_add(&(struct module_doc){ .g = a->g,
					     .m = a->m,
					     .node = UINT32_MAX,
					     .x = a->x,
					     .in = a->in,
					     .no_imports = a->no_imports,
					     .v = a->v,
					     .settles = "explain -u asks the proxies",
					     .unfolded = cli_has(c, "chains") },
		       &d);
	report_document(c->r, &d);
	doc_release(&d);
	if (a->x)
		print_requirers(c, a->x);
}

static void json_modver(json_t *object, const char *key, struct modver m)
{
	json_t *o = json_object();

	report_set_str(o, "Path", m.path);
	report_set_text(o, "Version", m.version);
	json_object_set_new(object, key, o);
}

static void json_requirers(json_t *doc, const struct load_explain *x)
{
	json_t *rows = report_set_rows(doc, "requirers");

	for (size_t i = 0; i < x->n_requirers; i++) {
		const struct load_requirer *q = &x->requirers[i];
		json_t *row = report_add_row(rows);

		report_set_str(row, "Path", q->mod.path);
		report_set_text(row, "Version", q->mod.version);
		report_set_text(row, "Wants", q->wants);
		report_set_str(row, "Class", q->class);
		report_set_int(row, "Depth", q->depth);
		report_set_bool(row, "Decides", q->decides);
		report_set_bool(row, "Excluded", q->excluded);
		report_set_text(row, "Via", q->via);
		if (q->file[0]) {
			report_set_str(row, "File", q->file);
			report_set_int(row, "Line", q->line);
		}
	}
}

static void json_without(json_t *doc, const struct load_explain *x)
{
	json_t *rows = report_set_rows(doc, "without");

	for (size_t i = 0; i < x->n_without; i++) {
		const struct load_without *w = &x->without[i];
		json_t *row = report_add_row(rows);

		if (w->requirer.path && w->requirer.path[0])
			json_modver(row, "Requirer", w->requirer);
		report_set_bool(row, "All", w->all);
		report_set_text(row, "Version", w->version);
		report_set_bool(row, "Leaves", !w->failed && !w->version[0]);
		if (w->decider.path[0])
			json_modver(row, "Decider", w->decider);
		report_set_str(row, "Error", w->failed);
	}
}

static void json_chain(json_t *doc, const struct answer *a)
{
	json_t *rows = report_set_rows(doc, "chain");
	uint32_t chain[64];
	size_t n = load_graph_chain(a->g, a->m->node, chain, ARRAY_LEN(chain));

	for (size_t i = 0; i < n; i++) {
		json_t *row = report_add_row(rows);

		report_set_str(row, "Path", a->g->nodes[chain[i]].path);
		report_set_text(row, "Version", a->g->nodes[chain[i]].version);
	}
}

static void json_strings(json_t *doc, const char *key, const char *const *list, size_t n)
{
	json_t *rows = report_set_rows(doc, key);

	for (size_t i = 0; i < n; i++)
		report_add_str(rows, list[i]);
}

/* Unknown fields are omitted, with the reason. */
static void json_versions(json_t *doc, const struct load_versions *v)
{
	static const char *const names[] = { "mod", "zip", "dir" };
	const bool have[] = { v->mod, v->zip, v->dir };
	json_t *cached = report_set_rows(doc, "Cached");

	report_set_text(doc, "Time", v->time);
	report_set_text(doc, "Newest", v->newest);
	report_set_text(doc, "NewestTime", v->newest_time);
	report_set_text(doc, "NewestListed", v->listed);
	report_set_bool(doc, "NoUpgrade", v->none);
	if (v->retracted != LOAD_UNKNOWN)
		json_object_set_new(doc, "Retracted", json_boolean(v->retracted == LOAD_YES));
	report_set_text(doc, "Rationale", v->rationale);
	if (v->deprecated != LOAD_UNKNOWN)
		json_object_set_new(doc, "IsDeprecated", json_boolean(v->deprecated == LOAD_YES));
	report_set_text(doc, "Deprecated", v->deprecation);
	report_set_text(doc, "Unknown", v->why_unknown);
	if (v->origin && *v->origin->origin.hash)
		origin_report(doc, v->origin);
	if (v->newer)
		origin_report_since(doc, v->newer);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (have[i])
			json_array_append_new(cached, json_string(names[i]));
}

static void print_json(struct cli *c, const struct answer *a)
{
	json_t *doc = report_doc("explain");

	report_set_str(doc, "Path", a->m->path);
	report_set_text(doc, "Selected", a->m->version);
	report_set_str(doc, "Reason", a->x ? a->x->reason : "it is a main module");
	report_set_str(doc, "Kind", describe_kind(a->m->kind));
	if (a->m->line) {
		report_set_str(doc, "File", a->m->short_file);
		report_set_int(doc, "Line", a->m->line);
	}
	if (a->m->replaced.path[0])
		json_modver(doc, "Replace", a->m->replaced);
	if (a->x) {
		report_set_text(doc, "Because", a->x->because);
		report_set_text(doc, "RunnerUp", a->x->runner_up);
		report_set_text(doc, "GoVersion", a->x->go_version);
		json_requirers(doc, a->x);
		json_without(doc, a->x);
	}
	json_chain(doc, a);
	if (a->in && map_has(&a->in->modules, a->m->path)) {
		const struct load_import *in = map_get(&a->in->modules, a->m->path);

		report_set_int(doc, "Packages", (long long)in->n_packages);
		report_set_int(doc, "DirectPackages", (long long)in->n_direct);
		report_set_int(doc, "TestPackages", (long long)in->n_tests);
		report_set_bool(doc, "Tool", in->tool);
		report_set_str(doc, "ImportChain", in->chains[0]);
		json_strings(doc, "importChains", in->chains, in->n_packages);
	}
	if (a->in && a->in->n_absent) {
		report_set_int(doc, "AbsentModules", (long long)a->in->n_absent);
		json_modver(doc, "Absent", a->in->absent);
	}
	if (a->v)
		json_versions(doc, a->v);
	report_json(c->r, doc);
}

static int suggest(struct cli *c, const struct load_graph *g, const char *path)
{
	struct buf near = BUF_INIT;

	report_notef(c->r, "modscope: no version of %s is in the build list", path);
	if (whatif_words_near(&near, g, path))
		report_notef(c->r, "Did you mean %s?", near.data);
	buf_release(&near);
	return STATUS_NO;
}

/* Reports what an answer lacks, and sets the exit status. */
static void tell_lack(struct cli *c, const char *what, const char *why, int *status)
{
	if (!why || !why[0])
		return;
	report_notef(c->r, "modscope: %s: %s", what, why);
	*status = STATUS_UNKNOWN;
}

/* Loads the same parts as the view. */
static void load_answer(struct cli *c, struct loaded *x, struct answer *a, int *status)
{
	const char *path = a->m->path;
	struct err e = ERR_INIT, no_versions = ERR_INIT, no_imports = ERR_INIT;

	if (a->m->kind != LOAD_MAIN)
		a->x = loaded_part(x, REQUEST(PART_EXPLAIN, .module = path), &e);
	a->v = loaded_part(x, REQUEST(PART_VERSIONS, .versions = { path, cli_has(c, "u") }),
			   &no_versions);
	a->in = loaded_part(x, REQUEST(PART_IMPORTS), &no_imports);
	tell_lack(c, "it cannot be explained", e.text, status);
	tell_lack(c, "its versions are not known", no_versions.text, status);
	/* modules missing from the cache are not an error; unreadable ones are */
	if (no_imports.code != ERR_OFFLINE && no_imports.code != ERR_NOT_FOUND)
		tell_lack(c, "packages are not known", no_imports.text, status);
	if (a->x)
		tell_lack(c, "pruned-out requirers may be missing", a->x->unread, status);
	if (!a->in)
		a->no_imports = arena_strdup(&a->arena, no_imports.text ? no_imports.text : "");
	if (a->v)
		tell_lack(c, "what is cached may be more", a->v->unread, status);
	err_release(&no_imports);
	err_release(&no_versions);
	err_release(&e);
}

static int answer(struct cli *c, struct loaded *x, const struct load_graph *g)
{
	struct answer a = { .g = g, .arena = ARENA_INIT };
	const char *at = strchr(c->args[0], '@');
	char *path = xstrndup(c->args[0], strcspn(c->args[0], "@"));
	int status = STATUS_FINE, lack = STATUS_FINE;

	a.m = load_graph_module(g, path);
	if (a.m) {
		load_answer(c, x, &a, &lack);
		if (c->r->json)
			print_json(c, &a);
		else
			print_text(c, &a);
	} else {
		status = suggest(c, g, path);
	}
	if (a.m && at && !str_eq(at + 1, a.m->version)) {
		report_notef(c->r, "modscope: %s is not selected; the build list has %s",
			     c->args[0], a.m->version);
		status = STATUS_NO;
	}
	free(path);
	arena_release(&a.arena);
	return lack ? lack : status;
}

static int run(struct cli *c)
{
	struct err e = ERR_INIT;
	struct loaded x = loaded_open(c, NULL);
	const struct load_graph *g = loaded_part(&x, REQUEST(PART_GRAPH), &e);
	int status;

	if (g) {
		if (g->messages[0])
			report_go_words(c->r, g->messages);
		status = answer(c, &x, g);
		if (err_is_set(&g->broken)) {
			report_notef(c->r, "modscope: the graph is incomplete: %s", g->broken.text);
			status = STATUS_UNKNOWN;
		}
	} else {
		status = cli_fail(c, &e);
	}
	loaded_close(&x);
	return status;
}

static const struct cli_flag flags[] = {
	{ "u", NULL, "ask the proxies for newer versions, retractions and deprecation",
	  .in_view = true },
	{ "chains", NULL, "the import chain of every needed package of MODULE", .in_view = true },
	{ NULL, NULL, NULL },
};

const struct cli_command cmd_explain = {
	.name = "explain",
	.args = "MODULE[@V]",
	.summary = "why a version is selected: what requires it, and what decides",
	.help = "Lists every module that requires any version of MODULE, by the version required, with the shortest path to it, and\n"
		"what would be selected without the deciding requirements. With @V, the exit status is 1 if a different version is selected.\n",
	.complete = "module",
	.flags = flags,
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
