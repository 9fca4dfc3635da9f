#include <time.h>

#include "app/app.h"
#include "screens/overview_facts.h"
#include "audit/policy.h"
#include "cache/cache.h"
#include "texts/describe.h"
#include "texts/facts.h"
#include "texts/finding_kinds.h"
#include "gauge.h"

/* A row is a group of findings, a finding, or a part that is fine, not known yet, or unavailable. */
struct row {
	enum { ROW_GROUP, ROW_FINDING, ROW_FINE, ROW_LOADING, ROW_FAILED, ROW_FACT } kind;
	const struct finding *f; /* ROW_GROUP: the first of it */
	size_t n;
	size_t part; /* of watched[], or of the facts */
};

enum { WATCHED = 7 };

struct overview {
	struct list list;
	struct part *parts[WATCHED]; /* kept: findings borrow from them; NULL: not loaded yet */
	struct findings findings;    /* without waived ones */
	struct arena arena;	     /* for findings about waivers */
	struct overview_facts facts;
	VEC(struct row) rows;
};

static const struct {
	enum request_part id;
	const char *fine, *what;
} watched[WATCHED] = {
	{ PART_GRAPH, "the module graph", "the module graph" },
	{ PART_REPLACES, "replace lines and their like", "what replace lines do" },
	{ PART_CACHE, "the cache entries of the build list", "the module cache" },
	{ PART_POLICY, "the rules of .modscope", "the project's own rules" },
	{ PART_TIDY, "go.mod and go.sum", "what tidy would change" },
	{ PART_OUTDATED, "retractions and deprecations", "retracted and deprecated versions" },
	{ PART_ENV, "the settings", "the settings" },
};

/* Viewing requests nothing from servers. */
static const struct request *request_of(size_t part)
{
	static const struct request plain[PART_COUNT] = {
		[PART_GRAPH] = { .part = PART_GRAPH },
		[PART_CACHE] = { .part = PART_CACHE },
		[PART_POLICY] = { .part = PART_POLICY },
		[PART_TIDY] = { .part = PART_TIDY },
		[PART_ENV] = { .part = PART_ENV },
		[PART_REPLACES] = { .part = PART_REPLACES },
	};

	return watched[part].id == PART_OUTDATED ? describe_outdated_glance()
						 : &plain[watched[part].id];
}

static struct overview *state(const void *v)
{
	return view_state(v, "overview");
}

static const struct row *row_at(struct view *v, size_t i)
{
	return &state(v)->rows.items[i];
}

static size_t overview_count(void *ctx)
{
	return state(ctx)->rows.n;
}

static uint64_t overview_key(void *ctx, size_t i)
{
	const struct row *r = row_at(ctx, i);
	uint64_t h = (uint64_t)r->kind + 1;

	if (!r->f)
		return h * 31 + r->part;
	h = hash_bytes(r->f->kind, strlen(r->f->kind), h);
	if (r->kind == ROW_FINDING)
		h = hash_bytes(r->f->subject, strlen(r->f->subject), h);
	return h ? h : 1;
}

/* The sign of a tidy line stays when the rest is cut. */
static void add_subject(struct line *out, const char *subject)
{
	struct buf b = BUF_INIT;

	line_add(out, STYLE_NORMAL, "    ");
	if (subject[0] && strchr("+-~", subject[0]) && subject[1] == ' ') {
		line_addn(out, STYLE_NORMAL, subject, 2);
		subject += 2;
	}
	out->head = out->text.len;
	describe_versions(&b, subject);
	line_add(out, STYLE_NORMAL, b.data);
	buf_release(&b);
}

/* The number of things that the findings of a group represent. */
static size_t things_of(const struct row *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += finding_things(&r->f[i]);
	return n;
}

static void cell_what(const struct row *r, struct line *out)
{
	char area[32];

	switch (r->kind) {
	case ROW_GROUP:
		describe_finding_area(r->f, area, sizeof(area));
		line_glyph(out, describe_severity_style(r->f->severity),
			   describe_severity_glyph(r->f->severity));
		line_addf(out, STYLE_STRONG, " %s %s", GAUGE_N(things_of(r)),
			  describe_finding_group(area, r->f->severity, things_of(r)));
		break;
	case ROW_FINDING: add_subject(out, r->f->subject); break;
	case ROW_FINE:
		line_glyph(out, STYLE_GOOD, GLYPH_GOOD);
		line_addf(out, STYLE_NORMAL, " %s", watched[r->part].fine);
		break;
	case ROW_LOADING:
		line_glyph(out, STYLE_GO, GLYPH_BUSY);
		line_addf(out, STYLE_QUIET, " %s", watched[r->part].what);
		break;
	case ROW_FAILED:
		line_glyph(out, STYLE_BAD, GLYPH_BAD);
		line_addf(out, STYLE_NORMAL, " %s", watched[r->part].what);
		break;
	case ROW_FACT: break;
	}
}

static void add_doing(struct line *out, const struct request *r, const struct wants_progress *p)
{
	struct buf b = BUF_INIT;

	request_text(r, &b);
	line_add(out, STYLE_QUIET, p->since ? b.data : "waiting");
	buf_release(&b);
}

static void cell_cause(struct view *v, const struct row *r, struct line *out)
{
	const struct wants_progress *p;
	const struct err *e;

	if (r->kind == ROW_FINDING) {
		line_add(out, STYLE_QUIET, r->f->cause);
	} else if (r->kind == ROW_LOADING && app_loading(v->app, request_of(r->part), &p)) {
		add_doing(out, request_of(r->part), p);
		if (p->total)
			line_addf(out, STYLE_QUIET, "  %s of %s", GAUGE_N(p->done),
				  GAUGE_N(p->total));
	} else if (r->kind == ROW_FAILED && (e = app_error(v->app, request_of(r->part)))) {
		struct arena a = ARENA_INIT;

		line_add(out, STYLE_NORMAL, finding_gist(&a, e->text));
		arena_release(&a);
	}
}

/* In one cell: the empty one after it leaves room for the text. */
static void cell_fact(const struct overview_fact *f, unsigned column, struct line *out)
{
	if (column)
		return;
	line_addf(out, STYLE_QUIET, "  %-15s ", f->label);
	out->head = out->text.len;
	line_add(out, STYLE_NORMAL, f->text);
}

static void overview_cell(void *ctx, size_t i, unsigned column, struct line *out)
{
	const struct row *r = row_at(ctx, i);

	if (r->kind == ROW_FACT)
		cell_fact(&state(ctx)->facts.items[r->part], column, out);
	else if (column == 0)
		cell_what(r, out);
	else
		cell_cause(ctx, r, out);
}

static const struct list_ops list_ops = {
	.count = overview_count,
	.key = overview_key,
	.cell = overview_cell,
};

static const struct list_column columns[] = {
	{ .id = "finding", .title = "", .min = 28, .max = 40, .match = true, .cut = CUT_MIDDLE },
	{ .id = "cause", .title = "", .min = 18, .flex = 1, .priority = 1, .cut = CUT_END },
};

static void overview_open(struct view *v)
{
	struct overview *o = state(v);

	list_init(&o->list, &list_ops, v, columns, ARRAY_LEN(columns));
	o->list.empty = "Nothing is known yet.";
	v->list = &o->list;
}

static void overview_release(struct view *v)
{
	struct overview *o = state(v);

	list_release(&o->list);
	findings_release(&o->findings);
	overview_facts_release(&o->facts);
	arena_release(&o->arena);
	vec_release(&o->rows);
	for (size_t i = 0; i < WATCHED; i++)
		part_unref(o->parts[i]);
}

static bool same_group(const struct finding *a, const struct finding *b)
{
	size_t n = strcspn(a->kind, "/");

	return a->severity == b->severity && strncmp(a->kind, b->kind, n + 1) == 0;
}

/* Groups by severity; long ones are cut, since their view has all of it. */
enum { SHOWN_OF_GROUP = 8, TOLD_OF_GROUP = 200 };

static void add_findings(struct overview *o)
{
	const struct findings *fs = &o->findings;

	for (size_t i = 0, end; i < fs->n; i = end) {
		for (end = i + 1; end < fs->n && same_group(&fs->items[i], &fs->items[end]); end++)
			;
		vec_push(&o->rows, (struct row){ ROW_GROUP, &fs->items[i], end - i, 0 });
		for (size_t k = i; k < end && k - i < SHOWN_OF_GROUP; k++)
			vec_push(&o->rows, (struct row){ ROW_FINDING, &fs->items[k], 1, 0 });
	}
}

/* Unavailable parts come first; several with the same error become one row. */
static void add_failed(struct view *v)
{
	struct overview *o = state(v);

	for (size_t i = 0; i < ARRAY_LEN(watched); i++) {
		const struct err *e = app_error(v->app, request_of(i));
		bool told = !e;

		for (size_t k = 0; !told && k < o->rows.n; k++)
			told = err_same(app_error(v->app, request_of(o->rows.items[k].part)), e);
		if (!told)
			vec_push(&o->rows, (struct row){ .kind = ROW_FAILED, .part = i });
	}
}

/* A project without rules has no row for them. */
static bool has_rules(const struct part *p)
{
	return p && ((const struct load_policy *)p->data)->policy->file;
}

static bool has_replaces(const struct part *p)
{
	return !p || ((const struct load_replaces *)p->data)->replaces.n;
}

/* For these even a note is not fine: it is a deprecation, or something that was not asked or looked at. */
static bool is_fine(size_t part, const struct findings *fs)
{
	bool strict = watched[part].id == PART_OUTDATED || watched[part].id == PART_TIDY;

	return !fs || (strict ? !fs->n : findings_worst(fs) < FINDING_UNKNOWN);
}

/* Entries that nobody vouches for, or that are absent, are not found good: the facts count them. */
static bool is_seen_good(size_t part, const struct part *p)
{
	const struct cache_report *r;

	if (watched[part].id != PART_CACHE)
		return true;
	r = ((const struct load_cache *)p->data)->report;
	return r->n && r->states[CACHE_OK] == r->n;
}

static void add_parts(struct view *v)
{
	struct overview *o = state(v);

	for (size_t i = 0; i < ARRAY_LEN(watched); i++) {
		const struct part *p = o->parts[i];
		const struct findings *fs = p ? load_findings(p) : NULL;

		if (app_error(v->app, request_of(i)) ||
		    (watched[i].id == PART_POLICY && !has_rules(p)) ||
		    (watched[i].id == PART_REPLACES && !has_replaces(p)))
			continue;
		if (!p || app_loading(v->app, request_of(i), NULL))
			vec_push(&o->rows, (struct row){ .kind = ROW_LOADING, .part = i });
		else if (is_fine(i, fs) && is_seen_good(i, p))
			vec_push(&o->rows, (struct row){ .kind = ROW_FINE, .part = i });
	}
}

static const struct whatif_steps no_steps;

static void drop_waived(struct overview *o)
{
	const struct part *p = NULL;
	size_t kept = 0;

	for (size_t i = 0; i < WATCHED; i++)
		if (watched[i].id == PART_POLICY)
			p = o->parts[i];
	if (!has_rules(p))
		return;
	policy_waive(((const struct load_policy *)p->data)->policy, (int64_t)time(NULL),
		     finding_kinds_at, &o->findings);
	for (size_t i = 0; i < o->findings.n; i++)
		if (!*o->findings.items[i].waived)
			o->findings.items[kept++] = o->findings.items[i];
	o->findings.n = kept;
	findings_sort(&o->findings);
}

/* Most snapshots differ only in parts without findings. */
static void take_findings(struct overview *o, const struct snapshot *now)
{
	bool changed = false;

	for (size_t i = 0; i < WATCHED; i++) {
		enum request_part id = watched[i].id;
		struct part *p = id == PART_CACHE      ? describe_cache_part(now)
				 : id == PART_TIDY     ? describe_tidy_part(now, &no_steps)
				 : id == PART_OUTDATED ? describe_outdated_part(now)
						       : snapshot_part(now, request_of(i));

		if (!p || p == o->parts[i])
			continue;
		changed = true;
		part_unref(o->parts[i]);
		o->parts[i] = part_ref(p);
	}
	if (!changed)
		return;
	findings_release(&o->findings);
	arena_release(&o->arena);
	o->findings = (struct findings){ .arena = &o->arena };
	for (size_t i = 0; i < WATCHED; i++)
		if (o->parts[i] && load_findings(o->parts[i]))
			findings_merge(&o->findings, load_findings(o->parts[i]));
	drop_waived(o);
}

static void overview_refresh(struct view *v)
{
	struct overview *o = state(v);

	take_findings(o, app_snapshot(v->app));
	o->rows.n = 0;
	add_failed(v);
	add_findings(o);
	add_parts(v);
	overview_facts_make(&o->facts, app_snapshot(v->app), app_time(v->app));
	for (size_t i = 0; i < o->facts.n; i++)
		vec_push(&o->rows, (struct row){ .kind = ROW_FACT, .part = i });
	list_refresh(&o->list);
	app_want(v->app, describe_outdated_glance());
	if (app_part(v->app, REQUEST(PART_GRAPH)) && app_works_behind(v->app))
		app_want(v->app, REQUEST(PART_OFFLINE, .offline = { .glance = true }));
	/* Facts that need hashing, which is done once and kept. */
	if (app_part(v->app, REQUEST(PART_CACHE)) && app_works_behind(v->app))
		app_want(v->app, REQUEST(PART_CACHE,
					 .cache = { .depth = CACHESCAN_VERIFY, .behind = true }));
}

static const struct row *current(struct view *v)
{
	size_t i = list_row(v->list);

	return i == LIST_NONE ? NULL : row_at(v, i);
}

static void group_doc(const struct row *r, struct doc *d)
{
	char area[32];

	describe_finding_area(r->f, area, sizeof(area));
	doc_heading_line(d);
	doc_glyph(d, describe_severity_style(r->f->severity),
		  describe_severity_glyph(r->f->severity));
	doc_addf(d, STYLE_STRONG, " %s %s", GAUGE_N(things_of(r)),
		 describe_finding_group(area, r->f->severity, things_of(r)));
	doc_blank(d);
	for (size_t i = 0; i < MIN(r->n, (size_t)TOLD_OF_GROUP); i++) {
		doc_line(d);
		doc_add(d, STYLE_NORMAL, r->f[i].subject);
		doc_line(d);
		doc_addf(d, STYLE_QUIET, "    %s", r->f[i].cause);
	}
	if (r->n > TOLD_OF_GROUP) {
		doc_line(d);
		doc_addf(d, STYLE_QUIET, "and %s more; enter shows all",
			 GAUGE_N(r->n - TOLD_OF_GROUP));
	}
}

static void part_doc(struct view *v, const struct row *r, struct doc *d)
{
	const struct err *e = app_error(v->app, request_of(r->part));
	const struct part *p = state(v)->parts[r->part];

	doc_heading(d, watched[r->part].what);
	doc_blank(d);
	if (e) {
		if (e->file) {
			doc_field(d, "file");
			doc_addf(d, STYLE_NORMAL, "%s:%d", e->file, e->line);
		}
		doc_field(d, "error");
		doc_add(d, STYLE_NORMAL, e->text);
		doc_field(d, "remedy");
		doc_add(d, STYLE_NORMAL, describe_error_remedy(app_snapshot(v->app), e));
	} else if (p) {
		facts_of_part(p, d);
	}
}

static void overview_detail(struct view *v, struct doc *d)
{
	const struct row *r = current(v);

	if (!r)
		return;
	if (r->kind == ROW_FACT)
		overview_facts_doc(&state(v)->facts.items[r->part], app_snapshot(v->app),
				   app_time(v->app), d);
	else if (r->kind == ROW_FINDING)
		describe_finding_doc(d, r->f);
	else if (r->kind == ROW_GROUP)
		group_doc(r, d);
	else
		part_doc(v, r, d);
}

static const char *view_of_part(enum request_part id)
{
	return id == PART_ENV	     ? "env"
	       : id == PART_REPLACES ? "replaces"
	       : id == PART_CACHE    ? "cache"
	       : id == PART_TIDY     ? "tidy"
	       : id == PART_OUTDATED ? "versions"
				     : "graph";
}

static void overview_activate(struct view *v)
{
	const struct row *r = current(v);
	char area[32];

	if (!r)
		return;
	if (r->kind == ROW_FACT) {
		const struct overview_fact *f = &state(v)->facts.items[r->part];

		app_open(v->app, f->view, f->target);
		return;
	}
	if (!r->f) {
		app_open(v->app, view_of_part(watched[r->part].id), NULL);
		return;
	}
	describe_finding_area(r->f, area, sizeof(area));
	if (!str_eq(area, "policy"))
		app_open(v->app, area, r->f->subject);
	else if (*r->f->mod.path)
		app_open(v->app, "explain", r->f->mod.path);
}

static void overview_follow(struct view *v, const struct doc_link *link)
{
	const struct load_graph *g = app_part(v->app, REQUEST(PART_GRAPH));

	if (g && link->kind == FACTS_LINK_MODULE && link->target < g->n_modules)
		app_open(v->app, "explain", g->modules[link->target].path);
}

static void overview_copy(struct view *v, struct buf *b)
{
	const struct row *r = current(v);

	if (r && r->f)
		buf_addstr(b, r->f->subject);
}

static bool lacks_files(void *ctx)
{
	struct view *v = ctx;
	const struct part *p = describe_tidy_part(app_snapshot(v->app), &no_steps);

	return p && load_tidy_unknown(p->data);
}

static void run_fetch(void *ctx, int arg)
{
	struct view *v = ctx;

	(void)arg;
	app_reload(v->app, REQUEST(PART_TIDY, .tidy = { .fetch = true }));
	app_message(v->app, STYLE_NORMAL, "fetching zips into modscope's cache; ctrl-x stops");
}

static void overview_command(struct view *v, struct buf *b)
{
	(void)v;
	buf_addstr(b, "modscope check");
}

static bool has_rows(void *ctx)
{
	return state(ctx)->rows.n > 0;
}

static bool is_finding(void *ctx, size_t i)
{
	return row_at(ctx, i)->kind == ROW_FINDING;
}

static void run_next(void *ctx, int arg)
{
	struct view *v = ctx;

	if (!list_search(v->list, arg, is_finding, v))
		app_message(v->app, STYLE_QUIET, "no findings");
}

static const struct action actions[] = {
	{ "next-finding", "]", NULL, "the next finding", has_rows, run_next, 1, 0 },
	{ "previous-finding", "[", NULL, "the finding before", has_rows, run_next, -1, 0 },
	{ "fetch", "F", "fetch", "fetch the zips that tidy reads, as go would; ctrl-x stops",
	  lacks_files, run_fetch, 0, 0 },
	{ 0 },
};

const struct view_ops view_overview = {
	.name = "overview",
	.title = "Overview",
	.help = "vital signs and every finding, worst first",
	.tab = true,
	.needs = NEEDS(PART_ENV) | NEEDS(PART_GRAPH) | NEEDS(PART_CACHE) | NEEDS(PART_POLICY) |
		 NEEDS(PART_TIDY) | NEEDS(PART_REPLACES),
	.state_size = sizeof(struct overview),
	.actions = actions,
	.open = overview_open,
	.release = overview_release,
	.refresh = overview_refresh,
	.detail = overview_detail,
	.follow = overview_follow,
	.activate = overview_activate,
	.copy = overview_copy,
	.command = overview_command,
};
