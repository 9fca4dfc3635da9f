#include "app/app.h"
#include "texts/describe.h"
#include "graph/modtab.h"

/* Rows: the steps taken, then what they change. */
struct whatif_view {
	struct part *part; /* kept: deltas are borrowed from it */
	const struct load_whatif *w;
	struct list list;
	VEC(char *) steps; /* lines of the part's key */
	char *path;	   /* that a step is being chosen for */
	char *key;
};

static struct whatif_view *state(void *v)
{
	return ((struct view *)v)->state;
}

static bool is_fresh(struct view *v)
{
	const struct whatif_view *s = v->state;

	return s->part && s->key && str_eq(s->part->key, s->key);
}

static size_t whatif_count(void *ctx)
{
	const struct whatif_view *s = state(ctx);

	return s->steps.n + (is_fresh(ctx) ? s->w->n_deltas : 0);
}

static const struct load_delta *delta_at(const struct whatif_view *s, size_t row)
{
	return row < s->steps.n ? NULL : &s->w->deltas[row - s->steps.n];
}

static uint64_t whatif_key(void *ctx, size_t row)
{
	const struct whatif_view *s = state(ctx);
	const struct load_delta *d = delta_at(s, row);
	const char *text = d ? d->path : s->steps.items[row];

	return hash_bytes(text, strlen(text), d ? 5 : 3) | 1;
}

/* Negative: the version goes down. */
static int direction(const struct load_delta *d)
{
	if (!d->before[0] || !d->after[0])
		return 0;
	return modtab_compare_versions(d->path, d->after, d->before);
}

static void delta_mark(const struct load_delta *d, struct line *out)
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

static void add_version(struct line *out, unsigned style, const char *version)
{
	struct buf b = BUF_INIT;

	version_short(&b, version);
	line_add(out, style, b.data);
	buf_release(&b);
}

static void delta_versions(const struct load_delta *d, struct line *out)
{
	if (d->before[0])
		add_version(out, d->after[0] ? STYLE_QUIET : STYLE_NORMAL, d->before);
	if (!d->after[0])
		return;
	if (d->before[0]) {
		line_add(out, STYLE_NORMAL, " ");
		line_glyph(out, STYLE_NORMAL, GLYPH_ARROW);
		line_add(out, STYLE_NORMAL, " ");
	}
	add_version(out, STYLE_STRONG, d->after);
}

static void delta_why(const struct load_delta *d, struct line *out)
{
	struct buf b = BUF_INIT;

	whatif_reason(d, &b);
	line_add(out, STYLE_QUIET, b.data);
	buf_release(&b);
}

/* A step is "pin PATH VERSION": its module stands where those of the changes stand. */
static void step_cell(const char *step, unsigned column, struct line *out)
{
	const char *path = step + strcspn(step, " "), *version;
	size_t verb = (size_t)(path - step), len;

	path += *path == ' ';
	len = strcspn(path, " ");
	version = path + len + (path[len] == ' ');
	if (column == 0) {
		line_glyph(out, STYLE_GO, GLYPH_ON);
	} else if (column == 1) {
		line_addn(out, STYLE_STRONG, path, len);
	} else if (column == 2) {
		line_addn(out, STYLE_STRONG, step, verb);
		if (*version)
			line_addf(out, STYLE_STRONG, " %s", version);
	}
}

static void whatif_cell(void *ctx, size_t row, unsigned column, struct line *out)
{
	const struct whatif_view *s = state(ctx);
	const struct load_delta *d = delta_at(s, row);

	if (!d) {
		step_cell(s->steps.items[row], column, out);
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
	struct whatif_view *s = v->state;

	list_init(&s->list, &list_ops, v, columns, ARRAY_LEN(columns));
	s->list.header = true;
	s->list.empty =
		"No step is taken. In the graph or an explanation, w on a module: drop it, pin it, upgrade it, or take "
		"its source back from a replacement. a adds a step here.";
	v->list = &s->list;
}

static void whatif_release(struct view *v)
{
	struct whatif_view *s = v->state;

	list_release(&s->list);
	for (size_t i = 0; i < s->steps.n; i++)
		free(s->steps.items[i]);
	vec_release(&s->steps);
	free(s->path);
	free(s->key);
	part_unref(s->part);
}

static void make_key(struct whatif_view *s)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < s->steps.n; i++)
		buf_addf(&b, "%s%s", i ? "\n" : "", s->steps.items[i]);
	free(s->key);
	s->key = xstrdup(b.data);
	buf_release(&b);
}

static void whatif_refresh(struct view *v)
{
	struct whatif_view *s = v->state;
	struct part *p;

	if (!s->steps.n)
		return;
	app_want(v->app, PART_WHATIF, s->key);
	p = snapshot_part(app_snapshot(v->app), PART_WHATIF, s->key);
	if (!p || p == s->part)
		return;
	part_unref(s->part);
	s->part = part_ref(p);
	s->w = p->data;
	list_refresh(&s->list);
}

static void steps_changed(struct view *v)
{
	make_key(v->state);
	app_set_steps(v->app, state(v)->steps.n ? state(v)->key : "");
	whatif_refresh(v);
	list_refresh(v->list);
	view_touch(v);
}

static void add_step(struct view *v, char *step)
{
	struct whatif_view *s = v->state;

	vec_push(&s->steps, step);
	steps_changed(v);
}

static void pin_to(void *ctx, const char *version)
{
	struct view *v = ctx;

	if (version[0])
		add_step(v, xasprintf("pin %s %s", state(v)->path, version));
}

static void get_at(void *ctx, const char *version)
{
	struct view *v = ctx;

	if (version[0])
		add_step(v, xasprintf("get %s %s", state(v)->path, version));
}

static void choose_kind(void *ctx, const char *kind)
{
	struct view *v = ctx;
	struct whatif_view *s = v->state;
	const struct load_graph *g = app_part(v->app, PART_GRAPH, "");
	const struct load_module *m = g ? load_graph_module(g, s->path) : NULL;

	if (str_has_prefix(kind, "pin"))
		app_input(v->app, "Pin to version", m ? m->version : "", pin_to, v);
	else if (str_has_prefix(kind, "get"))
		app_input(v->app, "Get version (none removes it)", m ? m->version : "", get_at, v);
	else if (str_has_prefix(kind, "upgrade"))
		add_step(v, xasprintf("upgrade %s", s->path));
	else if (str_has_prefix(kind, "take"))
		add_step(v, xasprintf("unreplace %s", s->path));
	else
		add_step(v, xasprintf("drop %s", s->path));
}

static void ask_kind(struct view *v)
{
	static const char *const kinds[] = { "drop its requirement", "pin it to a version",
					     "get a version, lowering who requires more",
					     "upgrade it to the latest", NULL };
	static const char *const replaced[] = { "drop its requirement",
						"pin it to a version",
						"get a version, lowering who requires more",
						"upgrade it to the latest",
						"take its source back from the replacement",
						NULL };
	const struct load_graph *g = app_part(v->app, PART_GRAPH, "");
	const struct load_module *m = g ? load_graph_module(g, state(v)->path) : NULL;

	app_choose(v->app, "What if", m && m->replaced.path[0] ? replaced : kinds, choose_kind, v);
}

static bool whatif_go(struct view *v, const char *target)
{
	struct whatif_view *s = v->state;

	if (!app_part(v->app, PART_GRAPH, ""))
		return false;
	if (strchr(target, ' ')) /* a place to come back to */
		return true;
	free(s->path);
	s->path = xstrndup(target, strcspn(target, "@"));
	ask_kind(v);
	return true;
}

static void whatif_heading(struct view *v, struct line *l)
{
	const struct whatif_view *s = v->state;

	if (s->key && app_error(v->app, PART_WHATIF, s->key)) {
		line_add(l, STYLE_BAD, "   the build list cannot be computed");
		return;
	}
	if (s->steps.n && !is_fresh(v)) {
		line_add(l, STYLE_NORMAL, "   ");
		line_glyph(l, STYLE_GO, GLYPH_BUSY);
		return;
	}
	if (!s->steps.n)
		return;
	line_addf(l, STYLE_NORMAL, "   %zu down  %zu up  %zu gone  %zu new", s->w->n_down,
		  s->w->n_up, s->w->n_gone, s->w->n_new);
	line_addf(l, STYLE_QUIET, "  %zu unchanged", s->w->n_unchanged);
}

/* The last step that pins the module under the cursor, or is itself under it; LIST_NONE if it is above no pin. */
static size_t pin_here(struct view *v)
{
	const struct whatif_view *s = v->state;
	size_t row = list_row(v->list);
	const struct load_delta *d = row == LIST_NONE || !is_fresh(v) ? NULL : delta_at(s, row);
	char *pin = d && d->above_pin ? xasprintf("pin %s ", d->path) : NULL;
	size_t found = LIST_NONE;

	for (size_t i = 0; pin && i < s->steps.n; i++)
		if (str_has_prefix(s->steps.items[i], pin))
			found = i;
	free(pin);
	if (!d && row < s->steps.n && str_has_prefix(s->steps.items[row], "pin "))
		found = row;
	return found;
}

static bool can_lower(void *ctx)
{
	return pin_here(ctx) != LIST_NONE;
}

enum { SHOWN_KEEPERS = 12 };

static void detail_why(struct view *v, const struct load_delta *x, struct doc *d)
{
	struct buf b = BUF_INIT;

	if (x->lowered.path[0]) {
		doc_field(d, "because");
		modver_text(&b, (struct modver){ x->path, x->before });
		doc_addf(d, STYLE_NORMAL, "%s would bring ", b.data);
		buf_clear(&b);
		modver_text(&b, x->lowered);
		doc_add(d, STYLE_NORMAL, b.data);
	}
	if (x->by.path[0] && !x->n_keepers) {
		buf_clear(&b);
		modver_text(&b, x->by);
		doc_field(d, "asked by");
		doc_add(d, STYLE_NORMAL, b.data);
	}
	for (size_t i = 0; i < x->n_keepers && i < SHOWN_KEEPERS; i++) {
		buf_clear(&b);
		modver_text(&b, x->keepers[i]);
		if (i)
			doc_newline(d);
		else
			doc_field(d, "kept by");
		doc_add(d, STYLE_NORMAL, b.data);
	}
	if (x->n_keepers > SHOWN_KEEPERS) {
		doc_newline(d);
		doc_addf(d, STYLE_QUIET, "and %zu more", x->n_keepers - SHOWN_KEEPERS);
	}
	if (x->n_keepers && can_lower(v)) {
		doc_field(d, "remedy");
		doc_add(d, STYLE_KEY, "l");
		doc_add(d, STYLE_NORMAL, "  lower them, as go get does");
	}
	buf_release(&b);
}

static void whatif_detail(struct view *v, struct doc *d)
{
	const struct whatif_view *s = v->state;
	size_t row = list_row(v->list);
	const struct err *e = s->key ? app_error(v->app, PART_WHATIF, s->key) : NULL;
	const struct load_delta *x = row == LIST_NONE || !is_fresh(v) ? NULL : delta_at(s, row);
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
	} else if (row != LIST_NONE && row < s->steps.n) {
		doc_heading(d, s->steps.items[row]);
		doc_blank(d);
		doc_line(d);
		doc_add(d, STYLE_QUIET, "Nothing is written. As go commands:");
	}
	buf_clear(&b);
	if (is_fresh(v))
		whatif_commands(s->w, "\n", &b);
	if (b.len) {
		doc_blank(d);
		doc_field(d, "in a shell");
		doc_add(d, STYLE_NORMAL, b.data);
	}
	buf_release(&b);
}

static void whatif_copy(struct view *v, struct buf *b)
{
	const struct whatif_view *s = v->state;
	size_t row = list_row(v->list);
	const struct load_delta *d = row == LIST_NONE || !is_fresh(v) ? NULL : delta_at(s, row);

	if (d)
		modver_text(b, (struct modver){ d->path, d->after });
}

static void whatif_command(struct view *v, struct buf *b)
{
	const struct whatif_view *s = v->state;

	if (is_fresh(v))
		whatif_commands(s->w, " && ", b);
}

static void whatif_activate(struct view *v)
{
	const struct whatif_view *s = v->state;
	size_t row = list_row(v->list);
	const struct load_delta *d = row == LIST_NONE || !is_fresh(v) ? NULL : delta_at(s, row);

	if (d)
		app_open(v->app, "explain", d->path);
}

static bool has_steps(void *ctx)
{
	return state(ctx)->steps.n > 0;
}

static void run_undo(void *ctx, int arg)
{
	struct whatif_view *s = state(ctx);

	do {
		free(s->steps.items[--s->steps.n]);
	} while (arg && s->steps.n);
	steps_changed(ctx);
}

static void run_lower(void *ctx, int arg)
{
	char **step = &state(ctx)->steps.items[pin_here(ctx)];
	char *get = xasprintf("get %s", *step + strlen("pin "));

	(void)arg;
	free(*step);
	*step = get;
	steps_changed(ctx);
}

static void run_tidy(void *ctx, int arg)
{
	(void)arg;
	app_open(((struct view *)ctx)->app, "tidy", "after steps");
}

static void take_path(void *ctx, const char *text)
{
	struct view *v = ctx;

	if (text[0])
		whatif_go(v, text);
}

static void run_add(void *ctx, int arg)
{
	(void)arg;
	app_input(((struct view *)ctx)->app, "What if, for module", "", take_path, ctx);
}

static const struct action actions[] = {
	{ "add", "a", "add a step", "drop, pin or upgrade another module too", NULL, run_add, 0,
	  0 },
	{ "lower", "l", "lower who keeps it", "as go get: who requires more than the pin goes down",
	  can_lower, run_lower, 0, 0 },
	{ "tidy", "t", "tidy", "what go mod tidy would change after these steps", has_steps,
	  run_tidy, 0, 0 },
	{ "undo", "u", "undo", "take the last step back", has_steps, run_undo, 0, 0 },
	{ "clear", "x", "clear", "take all steps back", has_steps, run_undo, 1, 0 },
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
	.release = whatif_release,
	.refresh = whatif_refresh,
	.go = whatif_go,
	.heading = whatif_heading,
	.detail = whatif_detail,
	.activate = whatif_activate,
	.copy = whatif_copy,
	.command = whatif_command,
};
