#include "commands/cli.h"
#include "gauge.h"
#include "texts/describe.h"

/* The parts that have findings, in the order in which they can be made. */
static const struct request *const parts[] = {
	&(const struct request){ .part = PART_ENV },
	&(const struct request){ .part = PART_GRAPH },
	&(const struct request){ .part = PART_CACHE, .cache = { .depth = CACHESCAN_VERIFY } },
	&(const struct request){ .part = PART_TIDY },
};

/* What is said of the project above its findings. */
struct signs {
	bool known;
	const char *main_path, *go_version;
	size_t modules, edges;
};

struct answer {
	struct arena arena;
	struct findings findings; /* worst first; strings are the arena's, and the last part's */
	struct signs signs;
};

static const char *keep_text(struct arena *a, const char *s)
{
	return s[0] ? arena_strdup(a, s) : "";
}

/* The findings of one part; copied, they may outlive it. */
static void gather(struct answer *r, const struct part *p, bool copy)
{
	const struct findings *fs = p ? load_findings(p) : NULL;
	struct findings kept = { 0 };

	if (!fs)
		return;
	for (size_t i = 0; copy && i < fs->n; i++) {
		struct finding f = fs->items[i];

		f.subject = keep_text(&r->arena, f.subject);
		f.mod.path = keep_text(&r->arena, f.mod.path);
		f.mod.version = keep_text(&r->arena, f.mod.version);
		f.cause = keep_text(&r->arena, f.cause);
		f.file = keep_text(&r->arena, f.file);
		f.expected = keep_text(&r->arena, f.expected);
		f.found = keep_text(&r->arena, f.found);
		f.go_says = keep_text(&r->arena, f.go_says);
		f.remedy = keep_text(&r->arena, f.remedy);
		vec_push(&kept, f);
	}
	findings_merge(&r->findings, copy ? &kept : fs);
	findings_release(&kept);
}

static void take_signs(struct answer *r, const struct part *p)
{
	const struct load_graph *g = p ? p->data : NULL;

	if (g)
		r->signs = (struct signs){ true, arena_strdup(&r->arena, g->main_path),
					   arena_strdup(&r->arena, g->go_version), g->n_listed,
					   g->n_edges };
}

static void print_finding(struct report *r, const struct finding *f)
{
	report_textf(r, "  %s", f->subject);
	report_styledf(r, STYLE_QUIET, "  %s\n", f->cause);
	if (f->file[0] && f->line)
		report_textf(r, "      file     %s:%d\n", f->file, f->line);
	else if (f->file[0])
		report_textf(r, "      file     %s\n", f->file);
	if (f->expected[0])
		report_textf(r, "      expected %s\n", f->expected);
	if (f->found[0])
		report_textf(r, "      found    %s\n", f->found);
	if (f->go_says[0])
		report_textf(r, "      go says  %s\n", f->go_says);
	if (f->remedy[0])
		report_textf(r, "      remedy   %s\n", f->remedy);
}

static bool same_group(const struct finding *a, const struct finding *b)
{
	size_t n = strcspn(a->kind, "/");

	return a->severity == b->severity && strncmp(a->kind, b->kind, n + 1) == 0;
}

static void print_text(struct report *r, const struct findings *fs)
{
	for (size_t i = 0, end; i < fs->n; i = end) {
		char area[32];

		for (end = i + 1; end < fs->n && same_group(&fs->items[i], &fs->items[end]); end++)
			;
		describe_finding_area(&fs->items[i], area, sizeof(area));
		report_styledf(r, describe_severity_style(fs->items[i].severity), "%s",
			       report_glyph(r, describe_severity_glyph(fs->items[i].severity)));
		report_styledf(r, STYLE_STRONG, " %zu %s\n", end - i,
			       describe_finding_group(area, fs->items[i].severity, end - i));
		for (size_t k = i; k < end; k++)
			print_finding(r, &fs->items[k]);
	}
	if (!fs->n) {
		report_styledf(r, STYLE_GOOD, "%s", report_glyph(r, GLYPH_GOOD));
		report_textf(r, " nothing is wrong\n");
	}
}

static void print_signs(struct report *r, const struct signs *g)
{
	struct buf modules = BUF_INIT, edges = BUF_INIT;

	if (!g->known)
		return;
	report_styledf(r, STYLE_STRONG, "%s", g->main_path);
	gauge_count(&modules, g->modules);
	gauge_count(&edges, g->edges);
	report_textf(r, "  go %s  %s module%s  %s edge%s\n", g->go_version, modules.data,
		     g->modules == 1 ? "" : "s", edges.data, g->edges == 1 ? "" : "s");
	buf_release(&modules);
	buf_release(&edges);
}

static void json_finding(json_t *rows, const struct finding *f)
{
	json_t *row = report_add_row(rows);

	report_set_str(row, "Severity", finding_severity_name(f->severity));
	report_set_str(row, "Kind", f->kind);
	report_set_str(row, "Subject", f->subject);
	if (f->mod.path[0]) {
		report_set_str(row, "Path", f->mod.path);
		report_set_str(row, "Version", f->mod.version);
	}
	report_set_str(row, "Cause", f->cause);
	report_set_text(row, "File", f->file);
	if (f->line)
		report_set_int(row, "Line", f->line);
	report_set_text(row, "Expected", f->expected);
	report_set_text(row, "Found", f->found);
	report_set_text(row, "GoSays", f->go_says);
	report_set_text(row, "Remedy", f->remedy);
}

static void print_json(struct report *r, const struct answer *a)
{
	json_t *doc = report_doc("check"), *rows;

	if (a->signs.known) {
		report_set_str(doc, "Path", a->signs.main_path);
		report_set_str(doc, "GoVersion", a->signs.go_version);
		report_set_int(doc, "Modules", (long long)a->signs.modules);
		report_set_int(doc, "Edges", (long long)a->signs.edges);
	}
	rows = report_set_rows(doc, "findings");
	for (size_t i = 0; i < a->findings.n; i++)
		json_finding(rows, &a->findings.items[i]);
	report_json(r, doc);
}

static int status_of(const struct findings *fs, bool whole)
{
	enum finding_severity worst = findings_worst(fs);

	if (worst >= FINDING_WARNING)
		return STATUS_NO;
	return whole && worst < FINDING_UNKNOWN ? STATUS_FINE : STATUS_UNKNOWN;
}

static bool is_settings(void *ctx, const struct part *p)
{
	(void)ctx;
	return p->request->part == PART_ENV;
}

/* Graph and cache make room for tidy's graph: a project of many modules has each of them once. */
static void drop_parts(struct snapshot **s)
{
	struct snapshot *fewer = snapshot_filter(*s, is_settings, NULL);

	if (!fewer)
		return;
	snapshot_unref(*s);
	*s = fewer;
}

/* What cannot be made is said on stderr; the rest is answered all the same. */
static bool load_part(struct cli *c, struct load *l, struct snapshot **s, const struct request *q,
		      bool tell)
{
	struct err e = ERR_INIT;
	bool ok = load_now(l, s, q, &e);

	if (!ok && tell)
		cli_fail(c, &e);
	err_release(&e);
	return ok;
}

static bool load_parts(struct cli *c, struct load *l, struct snapshot **s, struct answer *r)
{
	const size_t last = ARRAY_LEN(parts) - 1;
	bool whole = true;

	for (size_t i = 0; i < last; i++)
		whole = load_part(c, l, s, parts[i], whole) && whole;
	for (size_t i = 0; i < last; i++)
		gather(r, snapshot_part(*s, parts[i]), true);
	take_signs(r, snapshot_part(*s, REQUEST(PART_GRAPH)));
	drop_parts(s);
	/* what fails here has failed the graph before, and was told */
	load_part(c, l, s, describe_outdated_glance(), false);
	gather(r, snapshot_part(*s, describe_outdated_glance()), true);
	drop_parts(s);
	whole = load_part(c, l, s, parts[last], whole) && whole;
	gather(r, snapshot_part(*s, parts[last]), false);
	return whole;
}

static int run(struct cli *c)
{
	struct load *l = load_new(&(struct load_options){ .offline = c->offline });
	struct snapshot *s = snapshot_new();
	struct answer r = { .arena = ARENA_INIT };
	bool whole = load_parts(c, l, &s, &r);
	int status = status_of(&r.findings, whole);

	if (c->r->json) {
		print_json(c->r, &r);
	} else {
		print_signs(c->r, &r.signs);
		if (r.findings.n || whole)
			print_text(c->r, &r.findings);
	}
	findings_release(&r.findings);
	arena_release(&r.arena);
	snapshot_unref(s);
	load_free(l);
	return status;
}

const struct cli_command cmd_check = {
	.name = "check",
	.summary = "all findings, worst first",
	.help = "Looks at the settings, the module graph and the cache entries of the build list. Exit status 1 if a finding\n"
		"is a warning or an error, 3 if something could not be found out.\n",
	.complete = "none",
	.view = "overview",
	.run = run,
};
