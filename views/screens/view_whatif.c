#include "graph/modtab.h"
#include "gauge.h"
#include "screens/apply_plan.h"
#include "screens/view_tidy.h"
#include "texts/describe.h"
#include "versions/history.h"
#include "texts/whatif_words.h"

/* Rows: the steps taken, then what they change. */
struct whatif_view {
	struct part *part; /* kept: deltas borrow from it */
	const struct whatif *w;
	struct list list;
	char *path; /* the module of the step being chosen */
	char *title;
	struct apply_plan apply;
	bool get; /* steps of the command line are go get's */
	void (*asks)(struct view *v, const char *version); /* receives the picked version */
	const void *listed; /* the history to pick from: only compared */
};

static struct whatif_view *state(const void *v)
{
	return view_state(v, "whatif");
}

static const struct whatif_steps *steps_of(const void *v)
{
	return app_steps(((const struct view *)v)->app);
}

static bool is_fresh(const struct view *v)
{
	const struct part *p = state(v)->part;

	return p && request_eq(p->request, REQUEST(PART_WHATIF, .steps = *steps_of(v)));
}

static size_t whatif_count(void *ctx)
{
	return steps_of(ctx)->n + (is_fresh(ctx) ? state(ctx)->w->n_deltas : 0);
}

/* NULL for a step's row. */
static const struct whatif_delta *delta_at(const struct view *v, size_t row)
{
	size_t n = steps_of(v)->n;

	return row < n ? NULL : &state(v)->w->deltas[row - n];
}

static const struct whatif_delta *current_delta(struct view *v)
{
	size_t row = list_row(v->list);

	return row == LIST_NONE || !is_fresh(v) ? NULL : delta_at(v, row);
}

static uint64_t whatif_key(void *ctx, size_t row)
{
	const struct whatif_delta *d = delta_at(ctx, row);
	const struct whatif_step *step = d ? NULL : &steps_of(ctx)->items[row];
	const char *path = d ? d->path : step->path;

	return hash_bytes(path, strlen(path), d ? 5 : 7 + (uint64_t)step->kind) | 1;
}

/* Negative: the version goes down. */
static int direction(const struct whatif_delta *d)
{
	if (!d->before[0] || !d->after[0])
		return 0;
	return modtab_compare_versions(d->path, d->after, d->before);
}

static void delta_mark(const struct whatif_delta *d, struct line *out)
{
	if (d->above_pin)
		line_glyph(out, STYLE_ATTENTION, GLYPH_ATTENTION);
	else if (!d->before[0])
		line_glyph(out, STYLE_ADDED, GLYPH_PLUS);
	else if (!d->after[0])
		line_glyph(out, STYLE_REMOVED, GLYPH_MINUS);
	else if (!direction(d))
		line_glyph(out, STYLE_QUIET, GLYPH_LEAF);
	else
		line_glyph(out, STYLE_CHANGED, direction(d) < 0 ? GLYPH_DOWN : GLYPH_UP);
}

static void delta_versions(const struct whatif_delta *d, struct line *out)
{
	if (d->before[0])
		describe_line_version(out, d->after[0] ? STYLE_QUIET : STYLE_NORMAL, d->before);
	if (!d->after[0])
		return;
	if (d->before[0]) {
		line_add(out, STYLE_NORMAL, " ");
		line_glyph(out, STYLE_NORMAL, GLYPH_ARROW);
		line_add(out, STYLE_NORMAL, " ");
	}
	describe_line_version(out, STYLE_STRONG, d->after);
}

static void delta_why(const struct whatif_delta *d, struct line *out)
{
	struct buf b = BUF_INIT;

	describe_whatif_reason(d, &b);
	line_add(out, STYLE_QUIET, b.data);
	buf_release(&b);
}

/* Its module is in the column of the changes' modules. */
static void step_cell(const struct whatif_step *step, unsigned column, struct line *out)
{
	if (column == 0) {
		line_glyph(out, STYLE_GO, GLYPH_ON);
	} else if (column == 1) {
		line_add(out, STYLE_STRONG, step->path);
	} else if (column == 2) {
		line_add(out, STYLE_STRONG, whatif_kind_name(step->kind));
		if (step->version[0])
			line_addf(out, STYLE_STRONG, " %s", step->version);
	}
}

static void whatif_cell(void *ctx, size_t row, unsigned column, struct line *out)
{
	const struct whatif_delta *d = delta_at(ctx, row);

	if (!d) {
		step_cell(&steps_of(ctx)->items[row], column, out);
		return;
	}
	switch (column) {
	case 0: delta_mark(d, out); break;
	case 1: line_add(out, STYLE_NORMAL, d->path); break;
	case 2: delta_versions(d, out); break;
	default: delta_why(d, out);
	}
}

static const struct list_ops list_ops = { .count = whatif_count,
					  .key = whatif_key,
					  .cell = whatif_cell };

static const struct list_column columns[] = {
	{ .id = "mark", .title = "", .min = 1, .max = 2 },
	{ .id = "module", .title = "module", .min = 20, .flex = 1, .cut = CUT_MIDDLE },
	{ .id = "versions", .title = "before and after", .min = 12, .max = 99, .whole = true },
	{ .id = "why", .title = "because", .min = 24, .flex = 3, .priority = 1, .cut = CUT_MIDDLE },
};

static void whatif_open(struct view *v)
{
	struct whatif_view *s = state(v);

	list_init(&s->list, &list_ops, v, columns, ARRAY_LEN(columns));
	s->list.header = true;
	s->list.empty =
		"No step is taken. In the graph or an explanation, w on a module: drop it, pin it, upgrade it, or take "
		"its source back from a replacement. w adds a step here.";
	v->list = &s->list;
}

static void whatif_release_view(struct view *v)
{
	struct whatif_view *s = state(v);

	list_release(&s->list);
	free(s->path);
	free(s->title);
	part_unref(s->part);
}

/* The versions to pick from. */
struct items {
	struct app_item *items;
	size_t n, cap;
};

static const struct load_module *chosen_module(struct view *v)
{
	const struct load_graph *g = app_part(v->app, REQUEST(PART_GRAPH));

	return g ? load_graph_module(g, state(v)->path) : NULL;
}

static void add_item(struct arena *a, struct items *list, const char *text, const char *help)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->items[i].text, text))
			return;
	arena_vec_push(a, list, ((struct app_item){ text, help }));
}

/* The proxies' list, as far as known, and the versions required in the graph. */
static void pick_version(struct view *v, const struct load_module *m,
			 void (*written)(struct view *v, const char *text))
{
	const struct load_graph *g = app_part(v->app, REQUEST(PART_GRAPH));
	const struct load_history *lh = app_part(v->app,
						 REQUEST(PART_HISTORY,
							 .history = { .module = state(v)->path }));
	struct arena a = ARENA_INIT;
	struct items list = { 0 };

	for (size_t i = 0; lh && i < lh->history->n; i++) {
		const struct history_row *row = &lh->history->rows[i];
		bool now = m && str_eq(row->version, m->version);

		add_item(&a, &list, row->version,
			 now		  ? "selected now"
			 : row->retracted ? "retracted"
			 : row->excluded  ? "excluded"
					  : "");
	}
	for (uint32_t i = 0; m && i < m->versions; i++) {
		const struct load_node *n = &g->nodes[g->by_module[m->first + i]];

		add_item(&a, &list, n->version,
			 n->selected ? "selected now" : "asked for in the graph");
	}
	state(v)->asks = written;
	state(v)->listed = lh;
	app_pick(v, state(v)->title, list.items, list.n, written);
	arena_release(&a);
}

static void whatif_refresh(struct view *v)
{
	struct whatif_view *s = state(v);
	const struct request *r = REQUEST(PART_WHATIF, .steps = *steps_of(v));
	struct part *p = NULL;

	if (r->steps.n) {
		app_want(v->app, REQUEST(PART_IMPORTS));
		app_want(v->app, r);
		p = snapshot_part(app_snapshot(v->app), r);
	}
	if (p != s->part && (p || !r->steps.n)) {
		part_unref(s->part);
		s->part = p ? part_ref(p) : NULL;
		s->w = p ? p->data : NULL;
	}
	list_refresh(&s->list);
	/* the list of versions has arrived during the question */
	if (s->asks && app_picking(v) &&
	    s->listed != app_part(v->app, REQUEST(PART_HISTORY, .history = { .module = s->path })))
		pick_version(v, chosen_module(v), s->asks);
}

/* The first n current steps, then one more. */
static void set_steps(struct view *v, size_t n, const struct whatif_step *step)
{
	VEC(struct whatif_step) steps = { 0 };

	for (size_t i = 0; i < n; i++)
		vec_push(&steps, steps_of(v)->items[i]);
	if (step)
		vec_push(&steps, *step);
	app_set_steps(v->app, &(struct whatif_steps){ steps.items, steps.n });
	vec_release(&steps);
}

/* One step of the command line, which has checked it. */
static bool whatif_option(struct view *v, const char *name, const char *value)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct whatif_step step;
	size_t n = steps_of(v)->n;
	bool ok = true;

	if (str_eq(name, "get")) {
		state(v)->get = true;
	} else {
		ok = str_eq(name, "step") && whatif_step_parse(&step, &a, value, state(v)->get, &e);
		if (ok) {
			step.joined = state(v)->get && n &&
				      whatif_step_joins(&step, &steps_of(v)->items[n - 1]);
			set_steps(v, n, &step);
		}
	}
	arena_release(&a);
	err_release(&e);
	return ok;
}

static void add_step(struct view *v, enum whatif_kind kind, const char *version)
{
	set_steps(v, steps_of(v)->n, &(struct whatif_step){ kind, state(v)->path, version });
}

static void pin_to(struct view *v, const char *version)
{
	if (version[0])
		add_step(v, WHATIF_PIN, version);
}

static void get_at(struct view *v, const char *version)
{
	if (version[0])
		add_step(v, WHATIF_GET, version);
}

/* The input is the whole answer; the question has the current version. */
static void ask_version(struct view *v, const char *verb,
			void (*written)(struct view *v, const char *text))
{
	struct whatif_view *s = state(v);
	const struct load_module *m = chosen_module(v);

	free(s->title);
	s->title = m && m->version[0]
			   ? xasprintf("%s %s, now %s: version ", verb, s->path, m->version)
			   : xasprintf("%s %s: version ", verb, s->path);
	pick_version(v, m, written);
}

static void choose_kind(struct view *v, int kind)
{
	if (kind == WHATIF_PIN)
		ask_version(v, "Pin", pin_to);
	else if (kind == WHATIF_GET)
		ask_version(v, "Get (none removes it)", get_at);
	else
		add_step(v, (enum whatif_kind)kind, "");
}

static void ask_kind(struct view *v)
{
	static const struct app_choice kinds[] = {
		{ "drop its requirement", WHATIF_DROP },
		{ "pin it to a version", WHATIF_PIN },
		{ "get a version, lowering who requires more", WHATIF_GET },
		{ "upgrade it to the latest", WHATIF_UPGRADE },
		{ "take its source back from the replacement", WHATIF_UNREPLACE },
		{ NULL, 0 },
	};
	const struct load_module *m = chosen_module(v);
	struct whatif_view *s = state(v);
	struct app_choice offered[ARRAY_LEN(kinds)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i].value != WHATIF_UNREPLACE || (m && m->replaced.path[0]))
			offered[n++] = kinds[i];
	free(s->title);
	s->title = xasprintf("What if, for %s", s->path);
	app_choose(v, s->title, offered, choose_kind);
}

/* Otherwise says why not, with similar names. */
static bool is_there(struct view *v)
{
	const struct load_graph *g = app_part(v->app, REQUEST(PART_GRAPH));
	const char *path = state(v)->path;
	/* what is in the build list may be dropped, unless it is the main module; what is not may be got */
	const struct whatif_step s = { load_graph_module(g, path) ? WHATIF_DROP : WHATIF_UPGRADE,
				       path, "" };
	struct err e = ERR_INIT;
	bool ok = whatif_words_check(g, &s, &e);

	if (!ok)
		app_message(v->app, STYLE_ATTENTION, "%s", e.text);
	err_release(&e);
	return ok;
}

static bool whatif_go(struct view *v, const char *target)
{
	struct whatif_view *s = state(v);

	if (!app_part(v->app, REQUEST(PART_GRAPH)))
		return false;
	free(s->path);
	s->path = xstrndup(target, strcspn(target, "@"));
	if (is_there(v)) {
		app_want(v->app, REQUEST(PART_HISTORY, .history = { .module = s->path }));
		ask_kind(v);
	}
	return true;
}

static const struct err *failure(const struct view *v)
{
	return app_error(v->app, REQUEST(PART_WHATIF, .steps = *steps_of(v)));
}

static void whatif_heading(struct view *v, struct line *l)
{
	const struct whatif_view *s = state(v);

	if (failure(v)) {
		line_add(l, STYLE_BAD, "   the build list cannot be computed");
		return;
	}
	if (!steps_of(v)->n)
		return;
	if (!is_fresh(v)) {
		line_add(l, STYLE_NORMAL, "   ");
		line_glyph(l, STYLE_GO, GLYPH_BUSY);
		return;
	}
	line_addf(l, STYLE_NORMAL, "   %s down  %s up  %s gone  %s new", GAUGE_N(s->w->n_down),
		  GAUGE_N(s->w->n_up), GAUGE_N(s->w->n_gone), GAUGE_N(s->w->n_new));
	line_addf(l, STYLE_QUIET, "  %s unchanged", GAUGE_N(s->w->n_unchanged));
}

/* The last step that pins the module under the cursor, or the step under it; LIST_NONE if it is not above a pin. */
static size_t pin_here(struct view *v)
{
	const struct whatif_steps *steps = steps_of(v);
	const struct whatif_delta *d = current_delta(v);
	size_t row = list_row(v->list);

	if (!d)
		return row < steps->n && steps->items[row].kind == WHATIF_PIN ? row : LIST_NONE;
	for (size_t i = steps->n; d->above_pin && i-- > 0;)
		if (steps->items[i].kind == WHATIF_PIN && str_eq(steps->items[i].path, d->path))
			return i;
	return LIST_NONE;
}

static bool can_lower(void *ctx)
{
	return pin_here(ctx) != LIST_NONE;
}

enum { SHOWN_KEEPERS = 12 };

static void detail_why(struct view *v, const struct whatif_delta *x, struct doc *d)
{
	struct buf b = BUF_INIT;

	if (x->lowered.path[0]) {
		doc_field(d, "because");
		describe_modver(&b, (struct modver){ x->path, x->before });
		doc_addf(d, STYLE_NORMAL, "%s would bring ", b.data);
		buf_clear(&b);
		describe_modver(&b, x->lowered);
		doc_add(d, STYLE_NORMAL, b.data);
	}
	if (x->by.path[0] && !x->n_keepers) {
		buf_clear(&b);
		describe_modver(&b, x->by);
		doc_field(d, "asked by");
		doc_add(d, STYLE_NORMAL, b.data);
	}
	for (size_t i = 0; i < x->n_keepers && i < SHOWN_KEEPERS; i++) {
		buf_clear(&b);
		describe_modver(&b, x->keepers[i]);
		if (i)
			doc_newline(d);
		else
			doc_field(d, "kept by");
		doc_add(d, STYLE_NORMAL, b.data);
	}
	if (x->n_keepers > SHOWN_KEEPERS) {
		doc_newline(d);
		doc_addf(d, STYLE_QUIET, "and %s more", GAUGE_N(x->n_keepers - SHOWN_KEEPERS));
	}
	if (x->n_keepers && can_lower(v)) {
		doc_field(d, "remedy");
		doc_add(d, STYLE_KEY, "-");
		doc_add(d, STYLE_NORMAL, "  lower them, as go get does");
	}
	buf_release(&b);
}

/* The answer in sentences. */
static void step_words(struct view *v, size_t step, struct doc *d)
{
	const struct load_graph *g = app_part(v->app, REQUEST(PART_GRAPH));
	struct buf b = BUF_INIT;

	if (g && is_fresh(v))
		whatif_words_add(&b, g, app_part(v->app, REQUEST(PART_IMPORTS)), state(v)->w, step);
	for (char *s = b.data; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		doc_line(d);
		doc_addf(d, STYLE_NORMAL, "%.*s", (int)strcspn(s, "\n"), s);
	}
	if (b.len)
		doc_blank(d);
	buf_release(&b);
}

static void whatif_detail(struct view *v, struct doc *d)
{
	size_t row = list_row(v->list);
	const struct err *e = failure(v);
	const struct whatif_delta *x = current_delta(v);
	struct buf b = BUF_INIT;

	if (e) {
		doc_heading(d, "The build list cannot be computed");
		doc_field(d, "go says");
		doc_add(d, STYLE_BAD, e->text);
	} else if (x) {
		doc_heading(d, x->path);
		doc_blank(d);
		doc_field(d, "before");
		doc_add(d, STYLE_NORMAL, x->before[0] ? x->before : "not in the build list");
		doc_field(d, "after");
		doc_add(d, STYLE_STRONG, x->after[0] ? x->after : "not in the build list");
		if (x->above_pin)
			doc_add(d, STYLE_ATTENTION, "   above the pin");
		detail_why(v, x, d);
	} else if (row != LIST_NONE && row < steps_of(v)->n) {
		whatif_step_text(&steps_of(v)->items[row], &b);
		doc_heading(d, b.data);
		doc_blank(d);
		step_words(v, row, d);
		doc_line(d);
		doc_add(d, STYLE_QUIET, "W writes it. As go commands:");
	}
	buf_clear(&b);
	if (is_fresh(v))
		describe_whatif_commands(state(v)->w, "\n", &b);
	if (b.len) {
		doc_blank(d);
		doc_field(d, "in a shell");
		doc_add(d, STYLE_NORMAL, b.data);
	}
	buf_release(&b);
}

static void whatif_copy(struct view *v, struct buf *b)
{
	const struct whatif_delta *d = current_delta(v);

	if (d)
		describe_modver(b, (struct modver){ d->path, d->after });
}

static void whatif_command(struct view *v, struct buf *b)
{
	if (is_fresh(v))
		describe_whatif_commands(state(v)->w, " && ", b);
}

static bool whatif_opens(struct view *v)
{
	return current_delta(v) != NULL;
}

static void whatif_activate(struct view *v)
{
	const struct whatif_delta *d = current_delta(v);

	if (d)
		app_open(v->app, "explain", d->path);
}

static bool has_steps(void *ctx)
{
	return steps_of(ctx)->n > 0;
}

static void run_undo(void *ctx, int all)
{
	set_steps(ctx, all ? 0 : steps_of(ctx)->n - 1, NULL);
}

static void run_lower(void *ctx, int arg)
{
	const struct whatif_steps *steps = steps_of(ctx);
	struct whatif_step *changed = xcalloc(steps->n, sizeof(*changed));

	(void)arg;
	memcpy(changed, steps->items, steps->n * sizeof(*changed));
	changed[pin_here(ctx)].kind = WHATIF_GET;
	app_set_steps(((struct view *)ctx)->app, &(struct whatif_steps){ changed, steps->n });
	free(changed);
}

static void run_tidy(void *ctx, int arg)
{
	(void)arg;
	view_tidy_after_steps(((struct view *)ctx)->app);
}

static void take_path(struct view *v, const char *text)
{
	if (text[0])
		whatif_go(v, text);
}

static void confirmed(struct view *v)
{
	apply_plan_start(v, &state(v)->apply);
}

static void whatif_changed(struct view *v, const struct request *r, const struct part *outcome,
			   const struct err *e)
{
	apply_plan_ended(v, &state(v)->apply, r, outcome, e, confirmed);
}

static bool can_apply(void *ctx)
{
	return has_steps(ctx) && apply_plan_enabled(ctx);
}

static void run_apply(void *ctx, int arg)
{
	(void)arg;
	apply_plan_ask(ctx, &state(ctx)->apply, true, false);
}

static void run_add(void *ctx, int arg)
{
	(void)arg;
	struct view *v = ctx;
	const struct load_graph *g = app_part(v->app, REQUEST(PART_GRAPH));
	struct app_item *items = xcalloc(g ? g->n_modules + 1 : 1, sizeof(*items));
	size_t n = 0;

	for (size_t i = 0; g && i < g->n_modules; i++)
		if (g->modules[i].kind != LOAD_MAIN)
			items[n++] = (struct app_item){ g->modules[i].path, g->modules[i].version };
	state(v)->asks = NULL;
	app_pick(v, "What if, for module ", items, n, take_path);
	free(items);
}

static const struct action actions[] = {
	{ "add", "w", "add a step", "drop, pin or upgrade another module too", NULL, run_add, 0,
	  0 },
	{ "lower", "-", "lower who keeps it", "as go get: who requires more than the pin goes down",
	  can_lower, run_lower, 0, 0 },
	{ "tidy", "&", "tidy", "what go mod tidy would change after these steps", has_steps,
	  run_tidy, 0, 0 },
	{ "apply", "W", "write", "write go.mod and go.sum so, after a look at the change",
	  can_apply, run_apply, 0, 0 },
	{ "undo", "u", "undo", "take the last step back", has_steps, run_undo, 0, 0 },
	{ "clear", "U", "clear", "take all steps back", has_steps, run_undo, 1, 0 },
	{ 0 },
};

const struct view_ops view_whatif = {
	.name = "whatif",
	.title = "What if",
	.help = "what the build list would be without a requirement, or with another version",
	.tab = true,
	.split = 66,
	.needs = NEEDS(PART_GRAPH),
	.state_size = sizeof(struct whatif_view),
	.actions = actions,
	.open = whatif_open,
	.option = whatif_option,
	.release = whatif_release_view,
	.refresh = whatif_refresh,
	.go = whatif_go,
	.heading = whatif_heading,
	.detail = whatif_detail,
	.activate = whatif_activate,
	.opens = whatif_opens,
	.copy = whatif_copy,
	.command = whatif_command,
	.changed = whatif_changed,
};
