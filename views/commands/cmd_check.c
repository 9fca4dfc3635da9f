#include <time.h>

#include "audit/policy.h"
#include "audit/policy_init.h"
#include "base/memory.h"
#include "commands/check_formats.h"
#include "commands/loaded.h"
#include "gauge.h"
#include "git/gitrepo.h"
#include "parts/load_beside.h"
#include "texts/describe.h"
#include "texts/finding_kinds.h"

/* The parts that have findings, in the order in which they can be made. */
static const struct request *const parts[] = {
	&(const struct request){ .part = PART_ENV },
	&(const struct request){ .part = PART_GRAPH },
	&(const struct request){ .part = PART_REPLACES },
	&(const struct request){ .part = PART_POLICY },
};

static const struct request cache = { .part = PART_CACHE,
				      .cache = { .depth = CACHESCAN_VERIFY, .brief = true } };

/* Of a larger graph there is only one in memory at a time: the cache is looked at before tidy. */
#define MAX_BESIDE 10000 /* nodes */

/* The facts shown above the project's findings. */
struct signs {
	bool known;
	const char *main_path, *go_version;
	size_t modules, edges;
};

/* A line of go.mod, for formats that need one. */
struct required {
	const char *path, *file;
	int line;
};

struct answer {
	struct arena arena;
	struct findings findings; /* worst first; the arena and the last part own the strings */
	struct signs signs;
	struct policy policy; /* its waivers and fail-on */
	const char *dir, *gomod;
	bool unparted;		   /* the revision of --since could not be loaded */
	struct required *required; /* by path */
	size_t n_required;
};

static const char *keep_text(struct arena *a, const char *s)
{
	return s[0] ? arena_strdup(a, s) : "";
}

/* Adds the findings of one part; copied ones may outlive it. */
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

static void take_lines(struct answer *r, const struct load_graph *g)
{
	r->dir = keep_text(&r->arena, g->dir ? g->dir : "");
	r->gomod = keep_text(&r->arena, g->gomod ? g->gomod : "");
	r->required = arena_calloc(&r->arena, g->n_modules + 1, sizeof(*r->required));
	r->n_required = g->n_modules;
	for (size_t i = 0; i < g->n_modules; i++)
		r->required[i] = (struct required){ arena_strdup(&r->arena, g->modules[i].path),
						    keep_text(&r->arena, g->modules[i].file),
						    g->modules[i].line };
}

static void take_signs(struct answer *r, const struct part *p, bool lines)
{
	const struct load_graph *g = p ? p->data : NULL;

	if (g && lines)
		take_lines(r, g);
	if (g)
		r->signs = (struct signs){ true, arena_strdup(&r->arena, g->main_path),
					   arena_strdup(&r->arena, g->go_version), g->n_listed,
					   g->n_edges };
}

/* Copies what outlives the part: the waivers and fail-on. */
static void take_policy(struct answer *r, const struct part *p)
{
	const struct load_policy *lp = p ? p->data : NULL;
	struct policy_waiver *w;

	r->policy = (struct policy){ .fail_on = FINDING_WARNING };
	if (!lp || !lp->policy->file)
		return;
	r->policy.file = arena_strdup(&r->arena, lp->policy->file);
	r->policy.fail_on = lp->policy->fail_on;
	r->policy.n_waivers = lp->policy->n_waivers;
	r->policy.waivers = w = arena_memdup(&r->arena, lp->policy->waivers,
					     lp->policy->n_waivers * sizeof(*w));
	for (size_t i = 0; i < r->policy.n_waivers; i++) {
		w[i].id = keep_text(&r->arena, w[i].id);
		w[i].subject = keep_text(&r->arena, w[i].subject);
		w[i].reason = keep_text(&r->arena, w[i].reason);
		w[i].owner = keep_text(&r->arena, w[i].owner);
		w[i].expires = keep_text(&r->arena, w[i].expires);
	}
}

static void print_finding(struct report *r, const struct finding *f)
{
	char id[80];

	finding_id(f->kind, id, sizeof(id));
	report_textf(r, "  %s", f->subject);
	report_styledf(r, STYLE_QUIET, "  %s  %s\n", f->cause, id);
	if (f->file[0] && f->column)
		report_textf(r, "      file     %s:%d:%d\n", f->file, f->line, f->column);
	else if (f->file[0] && f->line)
		report_textf(r, "      file     %s:%d\n", f->file, f->line);
	else if (f->file[0])
		report_textf(r, "      file     %s\n", f->file);
	if (f->expected[0])
		report_textf(r, "      expected %s\n", f->expected);
	if (f->found[0])
		report_textf(r, "      found    %s\n", f->found);
	if (f->go_says[0])
		report_textf(r, "      go says  %s\n", f->go_says);
	if (f->remedy[0] && !f->waived[0])
		report_textf(r, "      remedy   %s\n", f->remedy);
	if (f->waived[0])
		report_textf(r, "      waived   %s\n", f->waived);
}

static bool same_group(const struct finding *a, const struct finding *b)
{
	size_t n = strcspn(a->kind, "/");

	return a->severity == b->severity && strncmp(a->kind, b->kind, n + 1) == 0;
}

/* The end of the group of findings from `from` on; `things` is the number of things that they represent. */
static size_t count_group(const struct findings *fs, size_t from, size_t *end, size_t *things)
{
	size_t n = 0, i;

	*things = 0;
	for (i = from; i < fs->n && same_group(&fs->items[from], &fs->items[i]); i++) {
		n += !fs->items[i].waived[0];
		*things += finding_things(&fs->items[i]);
	}
	*end = i;
	return n;
}

static size_t print_groups(struct report *r, const struct findings *fs)
{
	size_t counted = 0;

	for (size_t i = 0, end, n, things; i < fs->n; i = end) {
		char area[32];

		counted += n = count_group(fs, i, &end, &things);
		if (!n)
			continue;
		describe_finding_area(&fs->items[i], area, sizeof(area));
		report_styledf(r, describe_severity_style(fs->items[i].severity), "%s",
			       report_glyph(r, describe_severity_glyph(fs->items[i].severity)));
		report_styledf(r, STYLE_STRONG, " %zu %s\n", things,
			       describe_finding_group(area, fs->items[i].severity, things));
		for (size_t k = i; k < end; k++)
			if (!fs->items[k].waived[0])
				print_finding(r, &fs->items[k]);
	}
	return counted;
}

static void print_text(struct report *r, const struct findings *fs, const char *since)
{
	size_t waived = fs->n - print_groups(r, fs);

	if (waived == fs->n) {
		report_styledf(r, STYLE_GOOD, "%s", report_glyph(r, GLYPH_GOOD));
		report_textf(r, " nothing %swrong was found%s%s\n", waived ? "else " : "",
			     since ? " that was not there at " : "", since ? since : "");
	}
	if (waived) {
		report_styledf(r, STYLE_QUIET, "%s", report_glyph(r, GLYPH_LEAF));
		report_styledf(r, STYLE_STRONG, " %zu waived\n", waived);
	}
	for (size_t i = 0; waived && i < fs->n; i++)
		if (fs->items[i].waived[0])
			print_finding(r, &fs->items[i]);
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
	char id[80];

	finding_id(f->kind, id, sizeof(id));
	report_set_str(row, "Id", id);
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
	if (f->column)
		report_set_int(row, "Column", f->column);
	report_set_text(row, "Expected", f->expected);
	report_set_text(row, "Found", f->found);
	report_set_text(row, "GoSays", f->go_says);
	report_set_text(row, "Remedy", f->remedy);
	report_set_text(row, "Waived", f->waived);
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

static int status_of(const struct findings *fs, enum finding_severity fail_on, bool whole)
{
	enum finding_severity worst = findings_worst(fs);
	bool any = false;

	for (size_t i = 0; i < fs->n; i++)
		any |= !fs->items[i].waived[0];
	if (any && worst >= fail_on)
		return STATUS_NO;
	return whole && worst != FINDING_UNKNOWN ? STATUS_FINE : STATUS_UNKNOWN;
}

static bool is_settings(void *ctx, const struct part *p)
{
	(void)ctx;
	return p->request->part == PART_ENV;
}

/* Drops graph and cache before tidy's graph, so that a large project has only one in memory. Of a smaller one the
 * memory is soon used again. */
static void drop_parts(struct snapshot **s, bool large)
{
	struct snapshot *fewer = snapshot_filter(*s, is_settings, NULL);

	if (!fewer)
		return;
	snapshot_unref(*s);
	*s = fewer;
	if (large)
		memory_trim();
}

/* Reports a failure on stderr; the rest is still answered. */
static bool load_part(struct cli *c, struct loaded *x, const struct request *q, bool tell)
{
	struct err e = ERR_INIT;
	bool ok = loaded_part(x, q, &e);

	if (!ok && tell)
		cli_fail(c, &e);
	err_release(&e);
	return ok;
}

/* If the project's rules deny what only proxies know. */
static bool ask_updates(struct cli *c, struct loaded *x, bool tell)
{
	const struct part *p = snapshot_part(x->snapshot, REQUEST(PART_POLICY));

	if (!p || !policy_asks_updates(((const struct load_policy *)p->data)->policy))
		return true;
	return load_part(c, x, REQUEST(PART_OUTDATED), tell) &&
	       load_part(c, x, REQUEST(PART_POLICY), tell);
}

/* If there is a vendor directory. An inconsistent one is reported with the graph. */
static void ask_vendored(struct cli *c, struct loaded *x, struct answer *r)
{
	const struct part *p = snapshot_part(x->snapshot, REQUEST(PART_GRAPH));

	if (!p || !((const struct load_graph *)p->data)->vendored)
		return;
	load_part(c, x, REQUEST(PART_VENDOR), false);
	gather(r, snapshot_part(x->snapshot, REQUEST(PART_VENDOR)), true);
}

/* Only if a mirror is given. Packages are listed first, to know what is imported. */
static bool ask_vulns(struct cli *c, struct loaded *x, struct answer *r, bool tell)
{
	const struct request q = { .part = PART_VULNS, .mirror = cli_flag(c, "vulndb") };

	if (!q.mirror)
		return true;
	if (!load_part(c, x, REQUEST(PART_IMPORTS), tell) || !load_part(c, x, &q, tell))
		return false;
	gather(r, snapshot_part(x->snapshot, &q), true);
	return true;
}

/* Drops findings that the project already had at a revision. */
static bool drop_older(struct cli *c, struct loaded *x, struct answer *r, bool tell)
{
	const struct request q = { .part = PART_SINCE, .since = cli_flag(c, "since") };
	const struct part *tidy = snapshot_part(x->snapshot, REQUEST(PART_TIDY));
	const struct load_since *since;
	size_t kept = 0;

	if (!q.since)
		return true;
	r->unparted = !load_part(c, x, &q, tell);
	if (r->unparted)
		return false;
	since = snapshot_part(x->snapshot, &q)->data;
	if (*since->why_not)
		report_notef(c->r, "not all that %s had is known: %s", q.since, since->why_not);
	for (size_t i = 0; i < r->findings.n; i++)
		if (!load_since_has(since, &r->findings.items[i], tidy ? tidy->data : NULL))
			r->findings.items[kept++] = r->findings.items[i];
	if (kept < r->findings.n)
		report_notef(c->r, "%zu of the findings %s there at %s already",
			     r->findings.n - kept, r->findings.n - kept == 1 ? "was" : "were",
			     q.since);
	r->findings.n = kept;
	return true;
}

/* Looks at the cache, which takes most of the time, while tidy is computed. Returns false if the caller is to do it. */
static bool look_beside(struct loaded *x, struct load_beside *b)
{
	const struct part *p = snapshot_part(x->snapshot, REQUEST(PART_GRAPH));

	if (!p || ((const struct load_graph *)p->data)->n_nodes > MAX_BESIDE)
		return false;
	load_beside_start(b, x->load, x->snapshot, &cache);
	return true;
}

/* Tidy's failure was already reported if it is the graph's. */
static bool load_tidy(struct cli *c, struct loaded *x, struct answer *r, struct load_beside *b,
		      bool whole)
{
	struct err tidy = ERR_INIT, e = ERR_INIT;
	bool ok = loaded_part(x, REQUEST(PART_TIDY), &tidy), looked;

	looked = !b || load_beside_join(b, &x->snapshot, &e);
	if (!looked && whole)
		cli_fail(c, &e);
	else if (!ok && whole)
		cli_fail(c, &tidy);
	err_release(&tidy);
	err_release(&e);
	if (b)
		gather(r, snapshot_part(x->snapshot, &cache), true);
	return whole && ok && looked;
}

static bool load_parts(struct cli *c, struct loaded *x, struct answer *r)
{
	const struct request versions = { .part = PART_OUTDATED,
					  .outdated = { .glance = true, .facts = true } };
	struct load_beside beside, *b = NULL;
	bool whole = true;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		whole = load_part(c, x, parts[i], whole) && whole;
		if (parts[i]->part == PART_GRAPH && look_beside(x, &beside))
			b = &beside;
	}
	if (!b)
		whole = load_part(c, x, &cache, whole) && whole;
	whole = ask_updates(c, x, whole) && whole;
	whole = ask_vulns(c, x, r, whole) && whole;
	ask_vendored(c, x, r);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		gather(r, snapshot_part(x->snapshot, parts[i]), true);
	gather(r, snapshot_part(x->snapshot, &cache), true);
	take_signs(r, snapshot_part(x->snapshot, REQUEST(PART_GRAPH)), cli_has(c, "format"));
	take_policy(r, snapshot_part(x->snapshot, REQUEST(PART_POLICY)));
	drop_parts(&x->snapshot, !b);
	/* a failure here was already reported for the graph */
	load_part(c, x, &versions, false);
	gather(r, snapshot_part(x->snapshot, &versions), true);
	drop_parts(&x->snapshot, !b);
	whole = load_tidy(c, x, r, b, whole);
	gather(r, snapshot_part(x->snapshot, REQUEST(PART_TIDY)), cli_has(c, "since"));
	whole = drop_older(c, x, r, whole) && whole;
	policy_waive(&r->policy, (int64_t)time(NULL), finding_kinds_at, &r->findings);
	findings_sort(&r->findings);
	return whole;
}

static int by_path(const void *va, const void *vb)
{
	const struct required *a = va, *b = vb;

	return strcmp(a->path, b->path);
}

static int line_of(void *ctx, const char *path, const char **file)
{
	const struct answer *r = ctx;
	const struct required key = { path, "", 0 }, *at;

	at = bsearch(&key, r->required, r->n_required, sizeof(key), by_path);
	if (at && at->line)
		*file = at->file;
	return at ? at->line : 0;
}

static void print(struct cli *c, struct answer *r, check_formats_fn *format, bool whole)
{
	struct check_formats_places places = { r->dir, r->dir, "", r->gomod, line_of, r };

	if (format) {
		if (*r->dir)
			gitrepo_place(&r->arena, r->dir, &places.top, &places.prefix);
		format(c->r, &r->findings, &places);
	} else if (c->r->json) {
		print_json(c->r, r);
	} else {
		print_signs(c->r, &r->signs);
		if (r->findings.n || whole)
			print_text(c->r, &r->findings, cli_flag(c, "since"));
	}
}

/* Writes initial rules, a file to edit. */
static int init(struct cli *c, struct loaded *x)
{
	const struct load_graph *g;
	struct err e = ERR_INIT;
	const char *file;
	struct arena a = ARENA_INIT;

	if (c->read_only)
		return cli_usage(c, "--init writes a file; --read-only forbids it");
	g = loaded_part(x, REQUEST(PART_GRAPH), &e);
	if (!g)
		return cli_fail(c, &e);
	if (!policy_init(&a, g->dir, g->go_version, &file, &e)) {
		arena_release(&a);
		return cli_fail(c, &e);
	}
	report_textf(c->r, "%s: written; each rule in it is a comment until you remove its #\n",
		     file);
	arena_release(&a);
	return STATUS_FINE;
}

static int check(struct cli *c, struct loaded *x)
{
	const char *format = cli_flag(c, "format"), *fail_on = cli_flag(c, "fail-on");
	struct answer r = { .arena = ARENA_INIT, .dir = "", .gomod = "" };
	enum finding_severity severity = FINDING_WARNING;
	bool whole;
	int status;

	if (format && !str_eq(format, "text") && !check_formats_of(format))
		return cli_usage(c,
				 "--format=%s: it takes text, sarif, github, gitlab or checkstyle",
				 format);
	if (format && c->r->json)
		return cli_usage(
			c, "--json is a format of its own: it cannot be combined with --format");
	if (fail_on && !finding_severity_of(fail_on, &severity))
		return cli_usage(c, "--fail-on=%s: it takes info, unknown, warning or error",
				 fail_on);
	r.findings.arena = &r.arena;
	whole = load_parts(c, x, &r);
	status = r.unparted ? STATUS_UNKNOWN
			    : status_of(&r.findings, fail_on ? severity : r.policy.fail_on, whole);
	print(c, &r, format ? check_formats_of(format) : NULL, whole);
	findings_release(&r.findings);
	arena_release(&r.arena);
	return status;
}

static int run(struct cli *c)
{
	struct loaded x = loaded_open_once(c);
	int status = cli_has(c, "init") ? init(c, &x) : check(c, &x);

	loaded_close(&x);
	return status;
}

static const struct cli_flag flags[] = {
	{ "format", "FORMAT",
	  "text, sarif, github (annotations), gitlab (code quality) or checkstyle" },
	{ "fail-on", "SEVERITY",
	  "end with status 1 from this severity on: info, unknown, warning (default) or error" },
	{ "since", "REVISION", "only findings that this revision of the project does not have" },
	{ "vulndb", "DIR|URL",
	  "known vulnerabilities too, from this mirror of the Go vulnerability database" },
	{ "init", NULL, "write a .modscope file with every rule in it as a comment" },
	{ NULL },
};

const struct cli_command cmd_check = {
	.name = "check",
	.summary = "all findings, worst first",
	.help = "Looks at the settings, the module graph, the cache entries of the build list, what go mod tidy would change, and\n"
		"the project's rules in .modscope. The exit status is 1 if a finding is a warning or an error (--fail-on, or fail-on in\n"
		".modscope, sets another limit), 3 if something could not be determined.\n"
		"--since leaves out what was wrong at that commit already: its build list, what tidy would have changed in it, its directives\n"
		"and vendored files, under the rules of today. Settings are no part of a commit and are left out; uncommitted changes in the\n"
		"target of a replace line are always told.\n"
		"Paths in the formats for other programs are relative to the top of the repository; outside of one, to the project.\n",
	.complete = "none",
	.view = "overview",
	.flags = flags,
	.run = run,
};
