#include "app/app.h"
#include "gauge.h"
#include "texts/describe.h"

/* Modules with their problems; then packages and files outside modules. */
struct row {
	const struct vendor_row *module;
	const struct vendor_problem *problem; /* NULL: the module's own row */
	const struct vendor_package *package;
	const char *stray;
};

struct vendor_view {
	struct list list;
	struct part *part; /* kept: rows borrow from it */
	const struct vendor_report *report;
	VEC(struct row) rows;
	bool differs; /* only problems */
};

static struct vendor_view *state(const void *v)
{
	return view_state(v, "vendor");
}

static const struct row *row_at(const void *v, size_t i)
{
	return &state(v)->rows.items[i];
}

static void add_module(struct vendor_view *s, const struct vendor_row *m)
{
	if (!s->differs || m->n_problems)
		vec_push(&s->rows, (struct row){ .module = m });
	for (size_t i = 0; i < m->n_problems; i++)
		vec_push(&s->rows, (struct row){ .module = m, .problem = &m->problems[i] });
}

static void make_rows(struct vendor_view *s)
{
	const struct vendor_report *r = s->report;

	s->rows.n = 0;
	for (size_t i = 0; i < r->n; i++)
		add_module(s, &r->rows[i]);
	for (size_t i = 0; i < r->n_lacking; i++)
		vec_push(&s->rows, (struct row){ .package = &r->lacking[i] });
	for (size_t i = 0; i < r->n_needless; i++)
		vec_push(&s->rows, (struct row){ .package = &r->needless[i] });
	for (size_t i = 0; i < r->n_strays; i++)
		vec_push(&s->rows, (struct row){ .stray = r->strays[i] });
}

static size_t row_count(void *ctx)
{
	return state(ctx)->rows.n;
}

enum { COLUMN_MARK, COLUMN_NAME, COLUMN_VERSION, COLUMN_STATE };

static void mark_cell(const struct row *r, struct line *out)
{
	if (r->module && !r->problem && r->module->state != VENDOR_MODIFIED)
		line_glyph(out, r->module->state == VENDOR_OK ? STYLE_GOOD : STYLE_QUIET,
			   r->module->state == VENDOR_OK	? GLYPH_GOOD
			   : r->module->state == VENDOR_UNKNOWN ? GLYPH_UNKNOWN
								: GLYPH_LEAF);
	else if (r->package && r->package->listed)
		line_glyph(out, STYLE_QUIET, GLYPH_LEAF);
	else
		line_glyph(out, STYLE_BAD, GLYPH_BAD);
}

static const char *name_of(const struct row *r)
{
	if (r->problem)
		return r->problem->file;
	return r->module ? r->module->module->mod.path : r->package ? r->package->path : r->stray;
}

static const char *state_of(const struct row *r)
{
	if (r->problem)
		return vendor_fault_name(r->problem->fault);
	if (r->package)
		return r->package->listed ? "needless" : "lacking";
	return r->module ? vendor_state_name(r->module->state) : "stray";
}

static void row_cell(void *ctx, size_t i, unsigned column, struct line *out)
{
	const struct row *r = row_at(ctx, i);

	switch (column) {
	case COLUMN_MARK: mark_cell(r, out); break;
	case COLUMN_NAME:
		line_addf(out, STYLE_NORMAL, "%s%s", r->problem ? "  " : "", name_of(r));
		break;
	case COLUMN_VERSION:
		if (r->module && !r->problem)
			describe_line_version(out, STYLE_NORMAL, r->module->module->mod.version);
		break;
	default: line_add(out, STYLE_QUIET, state_of(r));
	}
}

static const struct list_ops list_ops = { .count = row_count, .cell = row_cell };

static const struct list_column columns[] = {
	{ .id = "mark", .title = "", .min = 1, .max = 1 },
	{ .id = "name", .title = "module, file", .min = 20, .flex = 1, .cut = CUT_MIDDLE },
	{ .id = "version", .title = "version", .min = 8, .max = 36, .priority = 1, .whole = true },
	{ .id = "state", .title = "state", .min = 8, .max = 12 },
};

static void vendor_open(struct view *v)
{
	struct vendor_view *s = state(v);

	list_init(&s->list, &list_ops, v, columns, ARRAY_LEN(columns));
	s->list.header = true;
	s->list.no_marks = true;
	s->list.sort = -1;
	s->list.empty = "There is no vendor directory.";
	v->list = &s->list;
}

static bool vendor_option(struct view *v, const char *name, const char *value)
{
	(void)value;
	state(v)->differs = true;
	return str_eq(name, "problems");
}

static void vendor_release(struct view *v)
{
	struct vendor_view *s = state(v);

	list_release(&s->list);
	vec_release(&s->rows);
	part_unref(s->part);
}

static void vendor_refresh(struct view *v)
{
	struct vendor_view *s = state(v);
	struct part *p = snapshot_part(app_snapshot(v->app), REQUEST(PART_VENDOR));

	if (!p || p == s->part)
		return;
	part_unref(s->part);
	s->part = part_ref(p);
	s->report = &((const struct load_vendored *)p->data)->report;
	s->list.empty =
		s->report->verdict == VENDOR_NO_DIR
			? "There is no vendor directory, and none is needed: go.mod requires nothing."
		: s->report->verdict == VENDOR_NOT_MADE
			? "There is no vendor directory: go builds from the module cache. go mod vendor "
			  "(in a workspace: go work vendor) makes one."
			: "Nothing wrong is found.";
	make_rows(s);
	list_refresh(&s->list);
	view_touch(v);
}

static void module_doc(const struct vendor_row *m, struct doc *d)
{
	doc_field(d, "version");
	doc_add(d, STYLE_STRONG, m->module->mod.version);
	doc_field(d, "vendored");
	doc_addf(d, STYLE_NORMAL, "%s package%s, %s file%s", GAUGE_N(m->packages),
		 m->packages == 1 ? "" : "s", GAUGE_N(m->files), m->files == 1 ? "" : "s");
	doc_field(d, "state");
	doc_addf(d, m->n_problems ? STYLE_BAD : STYLE_NORMAL, "%s", vendor_state_name(m->state));
	if (m->n_problems)
		doc_addf(d, STYLE_BAD, ", %s file%s", GAUGE_N(m->n_problems),
			 m->n_problems == 1 ? "" : "s");
	if (m->why_unknown[0]) {
		doc_field(d, "unknown");
		doc_add(d, STYLE_ATTENTION, m->why_unknown);
	}
	if (m->source) {
		doc_field(d, "compared");
		doc_add(d, STYLE_QUIET, m->source);
	}
}

static void problem_doc(const struct row *r, struct doc *d)
{
	doc_field(d, vendor_fault_name(r->problem->fault));
	doc_addf(d, STYLE_BAD, "it %s", vendor_fault_text(r->problem->fault));
	doc_field(d, "module");
	doc_addf(d, STYLE_NORMAL, "%s %s", r->module->module->mod.path,
		 r->module->module->mod.version);
	if (r->problem->source) {
		doc_field(d, "compared");
		doc_add(d, STYLE_QUIET, r->problem->source);
	}
	doc_field(d, "go says");
	doc_add(d, STYLE_NORMAL, "nothing: it builds with the file as it is");
	doc_field(d, "remedy");
	doc_add(d, STYLE_NORMAL, "go mod vendor");
}

static void vendor_detail(struct view *v, struct doc *d)
{
	size_t i = list_row(v->list);
	const struct err *e = app_error(v->app, REQUEST(PART_VENDOR));
	const struct row *r = i == LIST_NONE ? NULL : row_at(v, i);

	if (!r) {
		if (e)
			doc_add(d, STYLE_BAD, e->text);
		return;
	}
	doc_heading(d, name_of(r));
	doc_blank(d);
	if (r->problem)
		problem_doc(r, d);
	else if (r->module)
		module_doc(r->module, d);
	else if (r->package && !r->package->listed) {
		doc_field(d, "lacking");
		doc_addf(d, STYLE_BAD, "needed by %s, but not vendored", r->package->by);
	} else {
		doc_field(d, state_of(r));
		doc_add(d, STYLE_NORMAL,
			r->package ? "no package here needs it"
				   : "it belongs to no module of modules.txt");
	}
}

static void vendor_heading(struct view *v, struct line *l)
{
	const struct vendor_view *s = state(v);
	size_t bad = 0, unknown = 0;

	if (!s->report)
		return;
	if (s->report->verdict == VENDOR_NO_DIR || s->report->verdict == VENDOR_NOT_MADE) {
		line_add(l, STYLE_QUIET, "  there is no vendor directory");
		return;
	}
	for (size_t i = 0; i < s->report->n; i++) {
		bad += s->report->rows[i].n_problems;
		unknown += s->report->rows[i].state == VENDOR_UNKNOWN;
	}
	line_addf(l, STYLE_QUIET, "  %s module%s", GAUGE_N(s->report->n),
		  s->report->n == 1 ? "" : "s");
	if (unknown)
		line_addf(l, STYLE_ATTENTION, "  %s unknown", GAUGE_N(unknown));
	if (bad)
		line_addf(l, STYLE_BAD, "  %s file%s", GAUGE_N(bad), bad == 1 ? "" : "s");
	else if (!unknown && !s->report->n_lacking && !s->report->n_needless &&
		 !s->report->n_strays)
		line_add(l, STYLE_GOOD, "  as go mod vendor left it");
	if (s->differs)
		line_add(l, STYLE_QUIET, "  only what is wrong");
}

static void run_differs(void *ctx, int arg)
{
	struct vendor_view *s = state(ctx);

	(void)arg;
	s->differs = !s->differs;
	if (s->report)
		make_rows(s);
	list_refresh(&s->list);
	view_touch(ctx);
}

static bool vendor_opens(struct view *v)
{
	size_t i = list_row(v->list);

	return i != LIST_NONE && (row_at(v, i)->problem || row_at(v, i)->module);
}

static void vendor_activate(struct view *v)
{
	const struct row *r = vendor_opens(v) ? row_at(v, list_row(v->list)) : NULL;
	struct arena a = ARENA_INIT;

	if (r && r->problem)
		app_edit(v->app, arena_fmt(&a, "%s/%s", state(v)->report->dir, r->problem->file),
			 1);
	else if (r)
		app_open(v->app, "explain", r->module->module->mod.path);
	arena_release(&a);
}

static void vendor_copy(struct view *v, struct buf *b)
{
	size_t i = list_row(v->list);
	const struct row *r = i == LIST_NONE ? NULL : row_at(v, i);

	if (!r)
		return;
	if (r->problem)
		buf_addf(b, "vendor/%s", r->problem->file);
	else if (r->module)
		describe_modver(b, r->module->module->mod);
	else if (r->package)
		buf_addstr(b, r->package->path);
	else
		buf_addf(b, "vendor/%s", r->stray);
}

static void vendor_command(struct view *v, struct buf *b)
{
	(void)v;
	buf_addstr(b, "modscope vendor --diff");
}

static bool is_vendored(const struct app *app)
{
	const struct load_graph *g = app_part(app, REQUEST(PART_GRAPH));

	return g && g->vendored;
}

static const struct action actions[] = {
	{ "damaged", "b", "wrong", "only what is wrong", NULL, run_differs, 0, 0 },
	{ 0 },
};

const struct view_ops view_vendor = {
	.name = "vendor",
	.title = "Vendor",
	.tab = true,
	.tabbed = is_vendored,
	.help = "vendored files against the modules that they come from",
	.needs = NEEDS(PART_GRAPH) | NEEDS(PART_VENDOR),
	.state_size = sizeof(struct vendor_view),
	.actions = actions,
	.open = vendor_open,
	.option = vendor_option,
	.release = vendor_release,
	.refresh = vendor_refresh,
	.heading = vendor_heading,
	.detail = vendor_detail,
	.activate = vendor_activate,
	.opens = vendor_opens,
	.copy = vendor_copy,
	.command = vendor_command,
};
