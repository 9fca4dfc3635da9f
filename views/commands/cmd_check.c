#include "commands/cli.h"
#include "texts/describe.h"

/* The parts that have findings, in the order in which they can be made. */
static const struct request *const parts[] = {
	&(const struct request){ .part = PART_ENV },
	&(const struct request){ .part = PART_GRAPH },
	&(const struct request){ .part = PART_CACHE, .cache = { .depth = CACHESCAN_VERIFY } },
	&(const struct request){ .part = PART_TIDY },
};

/* Of all parts, worst first; strings are the parts'. */
static void gather(const struct snapshot *s, struct findings *out)
{
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const struct part *p = snapshot_part(s, parts[i]);

		if (p && load_findings(p))
			findings_merge(out, load_findings(p));
	}
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

static void print_signs(struct report *r, const struct snapshot *s)
{
	const struct part *p = snapshot_part(s, REQUEST(PART_GRAPH));
	const struct load_graph *g = p ? p->data : NULL;

	if (!g)
		return;
	report_styledf(r, STYLE_STRONG, "%s", g->main_path);
	report_textf(r, "  go %s  %zu module%s  %zu edges\n", g->go_version, g->n_listed,
		     g->n_listed == 1 ? "" : "s", g->n_edges);
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

static void print_json(struct report *r, const struct snapshot *s, const struct findings *fs)
{
	json_t *doc = report_doc("check"), *rows;
	const struct part *p = snapshot_part(s, REQUEST(PART_GRAPH));
	const struct load_graph *g = p ? p->data : NULL;

	if (g) {
		report_set_str(doc, "Path", g->main_path);
		report_set_str(doc, "GoVersion", g->go_version);
		report_set_int(doc, "Modules", (long long)g->n_listed);
		report_set_int(doc, "Edges", (long long)g->n_edges);
	}
	rows = report_set_rows(doc, "findings");
	for (size_t i = 0; i < fs->n; i++)
		json_finding(rows, &fs->items[i]);
	report_json(r, doc);
}

static int status_of(const struct findings *fs, bool whole)
{
	enum finding_severity worst = findings_worst(fs);

	if (worst >= FINDING_WARNING)
		return STATUS_NO;
	return whole && worst < FINDING_UNKNOWN ? STATUS_FINE : STATUS_UNKNOWN;
}

/* What cannot be made is said on stderr; the rest is answered all the same. */
static bool load_parts(struct cli *c, struct load *l, struct snapshot **s)
{
	bool whole = true;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct err e = ERR_INIT;

		if (load_now(l, s, parts[i], &e))
			continue;
		if (whole)
			cli_fail(c, &e);
		err_release(&e);
		whole = false;
	}
	return whole;
}

static int run(struct cli *c)
{
	struct load *l = load_new(&(struct load_options){ .offline = c->offline });
	struct snapshot *s = snapshot_new();
	struct findings fs = { 0 };
	bool whole = load_parts(c, l, &s);
	int status;

	gather(s, &fs);
	status = status_of(&fs, whole);
	if (c->r->json) {
		print_json(c->r, s, &fs);
	} else {
		print_signs(c->r, s);
		if (fs.n || whole)
			print_text(c->r, &fs);
	}
	findings_release(&fs);
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
