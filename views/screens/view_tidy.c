#include "screens/apply_plan.h"
#include "gauge.h"
#include "screens/tidy_doc.h"
#include "screens/view_tidy.h"

#include "texts/describe.h"
#include "packages/tidy.h"

/* A row is a file's heading, a line of the diff, or a file that tidy must fetch. */
struct row {
	enum { ROW_FILE, ROW_HUNK, ROW_LINE, ROW_WANT } kind;
	size_t i; /* change or want; ROW_FILE: 0 go.mod, 1 go.sum */
};

enum { HASH_SHOWN = 11 }; /* of a line of go.sum, with h1: */

struct tidy_view {
	struct part *part; /* kept: rows borrow from it */
	const struct load_tidy *t;
	struct list list;
	VEC(struct row) rows;
	bool after_steps; /* show tidy's changes after the current what-if steps */
	bool folded[2];	  /* go.mod, go.sum */
	bool hunk_folded;
	struct keyset hunks; /* folded ones */
	struct apply_plan apply;
};

static struct tidy_view *state(void *v)
{
	return view_state(v, "tidy");
}

static const struct row *row_at(void *v, size_t i)
{
	return &state(v)->rows.items[i];
}

static size_t tidy_count(void *ctx)
{
	return state(ctx)->rows.n;
}

static uint64_t hash_text(const char *s, uint64_t seed)
{
	return hash_bytes(s, strlen(s), seed) | 1;
}

static uint64_t tidy_key(void *ctx, size_t i)
{
	const struct row *r = row_at(ctx, i);
	const struct load_tidy *t = state(ctx)->t;

	if (r->kind == ROW_FILE)
		return 2 + r->i;
	if (r->kind == ROW_WANT)
		return hash_text(t->needs[r->i].mod.path, 7 + (uint64_t)t->needs[r->i].what[0]);
	return hash_text(t->changes[r->i].text, (uint64_t)t->changes[r->i].op);
}

static bool file_changed(const struct load_tidy *t, size_t file)
{
	return t->added[file] || t->removed[file];
}

static void file_cell(const struct tidy_view *s, size_t file, struct line *out)
{
	static const char *const names[] = { "go.mod", "go.sum" };

	if (file_changed(s->t, file))
		line_glyph(out, STYLE_NORMAL, s->folded[file] ? GLYPH_FOLDED : GLYPH_OPEN);
	else
		line_glyph(out, STYLE_GOOD, GLYPH_GOOD);
	line_addf(out, STYLE_STRONG, " %s", names[file]);
	if (!file_changed(s->t, file))
		line_add(out, STYLE_QUIET, "  no change");
	if (s->t->added[file])
		line_addf(out, STYLE_ADDED, "  +%s", GAUGE_N(s->t->added[file]));
	if (s->t->removed[file])
		line_addf(out, STYLE_REMOVED, "  -%s", GAUGE_N(s->t->removed[file]));
}

/* A changed line: its old and new form. */
static void pair_cell(const struct load_tidy *t, const struct load_change *c, struct line *out)
{
	const char *was = t->changes[c->twin].text, *comment;
	struct buf b = BUF_INIT;

	describe_versions(&b, was + strspn(was, " \t"));
	comment = strstr(b.data, " //");
	line_add(out, STYLE_CHANGED, "~     ");
	out->head = out->text.len;
	line_addn(out, STYLE_CHANGED, b.data, comment ? (size_t)(comment - b.data) : b.len);
	line_add(out, STYLE_STRONG, "  ");
	buf_clear(&b);
	describe_versions(&b, c->becomes);
	line_add(out, STYLE_STRONG, b.data);
	buf_release(&b);
}

static void line_cell(const struct load_change *c, struct line *out)
{
	unsigned style = c->op == '+' ? STYLE_ADDED : c->op == '-' ? STYLE_REMOVED : STYLE_QUIET;

	if (c->op == '-')
		line_glyph(out, style, GLYPH_MINUS);
	else
		line_addf(out, style, "%c", c->op);
	line_add(out, style, " ");
	out->head = out->text.len;
	/* enough of a hash to recognise it: the rest is beside it */
	for (const char *p = c->text; *p; p++) {
		if (*p == '\t')
			line_add(out, style, "    ");
		else
			line_addn(out, style, p, 1);
		if (c->gosum && str_has_prefix(p, " h1:")) {
			line_addn(out, style, p + 1, MIN(strlen(p + 1), (size_t)HASH_SHOWN));
			line_add(out, style, "…");
			break;
		}
	}
}

static void want_cell(const struct tidy_need *w, struct line *out)
{
	line_glyph(out, w->fetched ? STYLE_QUIET : STYLE_ATTENTION,
		   w->fetched ? GLYPH_LEAF : GLYPH_UNKNOWN);
	if (w->mod.version[0])
		line_addf(out, STYLE_NORMAL, " %s@%s.%s", w->mod.path, w->mod.version, w->what);
	else
		line_addf(out, STYLE_NORMAL, " %s  %s", w->mod.path, tidy_doc_file_name(w));
}

static void tidy_cell(void *ctx, size_t i, unsigned column, struct line *out)
{
	const struct row *r = row_at(ctx, i);
	const struct tidy_view *s = state(ctx);

	if (s->list.columns == tidy_doc_want_columns) {
		tidy_doc_want_cell(&s->t->needs[r->i], column, out);
	} else if (column == 0) {
		switch (r->kind) {
		case ROW_FILE: file_cell(s, r->i, out); break;
		case ROW_HUNK:
			line_glyph(out, STYLE_QUIET,
				   keyset_has(&s->hunks, tidy_key(ctx, i)) ? GLYPH_FOLDED
									   : GLYPH_OPEN);
			line_addf(out, STYLE_QUIET, " %s", s->t->changes[r->i].text);
			break;
		case ROW_LINE:
			if (s->t->changes[r->i].twin != SIZE_MAX)
				pair_cell(s->t, &s->t->changes[r->i], out);
			else
				line_cell(&s->t->changes[r->i], out);
			break;
		case ROW_WANT: want_cell(&s->t->needs[r->i], out); break;
		}
	} else if (r->kind == ROW_LINE) {
		line_add(out, STYLE_NORMAL, s->t->changes[r->i].reason);
	} else if (r->kind == ROW_WANT) {
		line_addf(out, STYLE_QUIET, "to fetch: %s", s->t->needs[r->i].who);
	}
}

static const struct list_ops list_ops = { .count = tidy_count, .key = tidy_key, .cell = tidy_cell };

static const struct list_column columns[] = {
	{ .id = "line", .title = "", .min = 30, .max = 76, .cut = CUT_MIDDLE },
	{ .id = "reason", .title = "", .min = 8, .flex = 1, .priority = 1, .cut = CUT_END },
};

/* The current request. */
static struct request request_of(struct view *v)
{
	struct request r = { .part = PART_TIDY };

	if (state(v)->after_steps)
		r.tidy.steps = *app_steps(v->app);
	return r;
}

static bool is_fresh(struct view *v)
{
	struct request r = request_of(v);

	if (!state(v)->part)
		return false;
	r.tidy.fetch = state(v)->part->request->tidy.fetch;
	return request_eq(state(v)->part->request, &r);
}

static void use_columns(struct list *l, bool wants)
{
	const struct list_column *c = wants ? tidy_doc_want_columns : columns;

	if (l->columns == c)
		return;
	l->columns = c;
	l->n_columns = wants ? TIDY_DOC_WANT_COLUMNS : ARRAY_LEN(columns);
	list_reset_widths(l);
}

static void make_rows(struct view *v)
{
	struct tidy_view *s = state(v);
	size_t i = 0;

	s->rows.n = 0;
	use_columns(&s->list, s->t && load_tidy_unknown(s->t));
	if (!s->t || !is_fresh(v) || s->t->nowhere)
		goto done;
	if (load_tidy_unknown(s->t)) {
		for (size_t k = 0; k < s->t->n_needs; k++)
			if (!s->t->needs[k].fetched)
				vec_push(&s->rows, (struct row){ ROW_WANT, k });
		goto done;
	}
	if (err_is_set(&s->t->failed))
		goto done;
	for (size_t file = 0; file < 2; file++) {
		bool shown = true;

		vec_push(&s->rows, (struct row){ ROW_FILE, file });
		for (; i < s->t->n && s->t->changes[i].gosum == (file == 1); i++) {
			bool hunk = s->t->changes[i].op == '@';

			if (s->folded[file] || (!hunk && !shown))
				continue;
			/* shown with its replacement line */
			if (s->t->changes[i].op == '-' && s->t->changes[i].twin != SIZE_MAX)
				continue;
			vec_push(&s->rows, (struct row){ hunk ? ROW_HUNK : ROW_LINE, i });
			if (hunk)
				shown = !keyset_has(&s->hunks, tidy_key(v, s->rows.n - 1));
		}
	}
	for (size_t k = 0; k < s->t->n_needs; k++)
		vec_push(&s->rows, (struct row){ ROW_WANT, k });
done:
	list_refresh(&s->list);
	view_touch(v);
}

static void tidy_open(struct view *v)
{
	struct tidy_view *s = state(v);

	list_init(&s->list, &list_ops, v, columns, ARRAY_LEN(columns));
	s->list.empty = "go mod tidy would end with an error.";
	s->folded[1] = true;
	v->list = &s->list;
}

static void tidy_release(struct view *v)
{
	struct tidy_view *s = state(v);

	list_release(&s->list);
	vec_release(&s->rows);
	keyset_release(&s->hunks);
	part_unref(s->part);
}

static bool is_change(void *ctx, size_t i)
{
	const struct row *r = row_at(ctx, i);

	return r->kind == ROW_LINE && state(ctx)->t->changes[r->i].op != ' ';
}

/* Show a file that changes first: go.sum if go.mod does not. */
static void go_to_change(struct view *v)
{
	struct tidy_view *s = state(v);

	s->folded[1] = file_changed(s->t, 0) || !file_changed(s->t, 1);
	make_rows(v);
	if (!v->pending)
		list_search(&s->list, 1, is_change, v);
}

static void tidy_refresh(struct view *v)
{
	struct tidy_view *s = state(v);
	struct request r;
	struct part *p;
	bool first;

	s->after_steps = s->after_steps && app_steps(v->app)->n;
	r = request_of(v);
	app_want(v->app, &r);
	p = describe_tidy_part(app_snapshot(v->app), &r.tidy.steps);
	s->list.empty =
		p && ((const struct load_tidy *)p->data)->nowhere
			? "There is no go.mod here: go mod tidy works in the members of a workspace."
		: p && load_tidy_unknown(p->data)
			? "Not known: files are missing, and looking fetches no zip. F fetches them."
		: r.tidy.steps.n ? "Finding out what tidy would do after the steps."
				 : "go mod tidy would end with an error.";
	if (!p || p == s->part) {
		if (!is_fresh(v))
			make_rows(v);
		return;
	}
	first = !s->part;
	part_unref(s->part);
	s->part = part_ref(p);
	s->t = p->data;
	if (first)
		go_to_change(v);
	else
		make_rows(v);
}

static const struct row *current(struct view *v)
{
	size_t i = list_row(v->list);

	return i == LIST_NONE ? NULL : row_at(v, i);
}

static const struct load_change *current_change(struct view *v)
{
	const struct row *r = current(v);

	return r && r->kind == ROW_LINE ? &state(v)->t->changes[r->i] : NULL;
}

static bool lacks_files(void *ctx)
{
	struct view *v = ctx;

	return state(v)->t && is_fresh(v) && load_tidy_unknown(state(v)->t);
}

static void run_fetch(void *ctx, int arg)
{
	struct view *v = ctx;
	struct request r = request_of(v);

	(void)arg;
	r.tidy.fetch = true;
	app_reload(v->app, &r);
	app_message(v->app, STYLE_NORMAL, "fetching zips into modscope's cache; ctrl-x stops");
}

static bool tidy_option(struct view *v, const char *name, const char *value)
{
	(void)v, (void)value;
	return str_eq(name, "explain"); /* the reasons are always shown */
}

static void set_after_steps(struct view *v, bool on)
{
	state(v)->after_steps = on;
	tidy_refresh(v);
	view_touch(v);
}

void view_tidy_after_steps(struct app *app)
{
	app_open(app, "tidy", NULL);
	set_after_steps(app_view(app, "tidy"), true);
}

/* A finding's subject: "+ golang.org/x/sync v0.7.0", or "16 lines of go.sum". */
static bool tidy_go(struct view *v, const char *target)
{
	struct tidy_view *s = state(v);

	for (size_t i = 0; i < s->rows.n; i++) {
		const struct row *r = &s->rows.items[i];
		const struct load_change *c;

		if (r->kind == ROW_FILE && r->i == 1 && str_has_suffix(target, "go.sum"))
			return list_go(&s->list, i);
		if (r->kind != ROW_LINE)
			continue;
		c = &s->t->changes[r->i];
		if (target[0] == '~' && c->twin != SIZE_MAX)
			c = &s->t->changes[c->twin];
		if (target[0] == (c->twin != SIZE_MAX ? '~' : c->op) && target[1] &&
		    str_has_prefix(c->text + strspn(c->text, " \t"), target + 2))
			return list_go(&s->list, i);
	}
	return false;
}

static void add_verdict(const struct load_tidy *t, struct line *l)
{
	if (t->n_needs)
		line_addf(l, STYLE_ATTENTION, "   needs the network: %s file%s",
			  GAUGE_N(t->n_needs), t->n_needs == 1 ? "" : "s");
	line_add(l, STYLE_QUIET, "   offline: ");
	line_add(l, t->n_needs ? STYLE_ATTENTION : STYLE_GOOD, t->n_needs ? "no" : "yes");
}

/* "after pin example.com/a v1.2.0, 2 more": it must be obvious that this is not what tidy would do now. */
static void steps_heading(struct view *v, struct line *l)
{
	struct request r = request_of(v);
	size_t more = r.tidy.steps.n - 1;
	struct buf b = BUF_INIT;

	whatif_step_text(&r.tidy.steps.items[0], &b);
	line_add(l, STYLE_ATTENTION, "   after ");
	line_add(l, STYLE_ATTENTION | STYLE_BOLD, b.data);
	buf_release(&b);
	if (more)
		line_addf(l, STYLE_ATTENTION, " and %s more step%s", GAUGE_N(more),
			  more == 1 ? "" : "s");
	if (app_error(v->app, &r)) {
		line_add(l, STYLE_BAD, "   cannot be computed");
	} else if (!is_fresh(v)) {
		line_add(l, STYLE_NORMAL, "   ");
		line_glyph(l, STYLE_GO, GLYPH_BUSY);
	}
}

static void tidy_heading(struct view *v, struct line *l)
{
	const struct load_tidy *t = state(v)->t;

	if (state(v)->after_steps)
		steps_heading(v, l);
	if (!t || !is_fresh(v) || t->nowhere)
		return;
	if (load_tidy_unknown(t)) {
		size_t n = t->n_zips ? t->n_zips : t->n_others;

		line_addf(l, STYLE_ATTENTION, "   not known: at least %s %s%s to fetch", GAUGE_N(n),
			  t->n_zips ? "zip" : "file", n == 1 ? "" : "s");
		return;
	}
	if (err_is_set(&t->failed)) {
		line_add(l, STYLE_BAD, "   ends with an error");
		return;
	}
	if (!file_changed(t, 0) && !file_changed(t, 1))
		line_add(l, STYLE_GOOD, "   nothing to do");
	for (size_t file = 0; file < 2; file++)
		if (file_changed(t, file))
			line_addf(l, STYLE_NORMAL, "   %s +%s -%s", file ? "go.sum" : "go.mod",
				  GAUGE_N(t->added[file]), GAUGE_N(t->removed[file]));
	add_verdict(t, l);
}

static void tidy_detail(struct view *v, struct doc *d)
{
	const struct load_tidy *t = state(v)->t;
	const struct row *r = current(v);
	struct request req = request_of(v);
	const struct err *e = req.tidy.steps.n ? app_error(v->app, &req) : NULL;

	if (e) {
		doc_heading(d, "The steps cannot be taken");
		doc_blank(d);
		doc_field(d, "go says");
		doc_add(d, STYLE_BAD, e->text);
	} else if (t && r && r->kind == ROW_WANT)
		tidy_doc_want(t, &t->needs[r->i], d);
	else if (t && (err_is_set(&t->failed) || load_tidy_unknown(t)))
		tidy_doc_failure(t, d);
	else if (t && r && r->kind == ROW_FILE)
		tidy_doc_file(t, r->i, d);
	else if (t && current_change(v))
		tidy_doc_change(t, current_change(v), d);
}

static void edit_change(struct view *v)
{
	const struct load_tidy *t = state(v)->t;
	const struct load_change *c = current_change(v);

	if (!c)
		return;
	if (c->cause_file[0])
		app_edit(v->app, c->cause_file, c->cause_line);
	else
		app_edit(v->app, c->gosum ? t->gosum : t->gomod,
			 c->old_line ? c->old_line : c->new_line);
}

static void tidy_follow(struct view *v, const struct doc_link *link)
{
	(void)link;
	edit_change(v);
}

static void fold(struct view *v)
{
	struct tidy_view *s = state(v);
	const struct row *r = current(v);
	size_t i = list_row(v->list);

	if (r && r->kind == ROW_FILE) {
		s->folded[r->i] = !s->folded[r->i];
	} else if (r && r->kind == ROW_HUNK) {
		uint64_t key = tidy_key(v, i);

		keyset_set(&s->hunks, key, !keyset_has(&s->hunks, key));
	} else {
		return;
	}
	make_rows(v);
}

static bool folds(void *ctx)
{
	const struct row *r = current(ctx);

	return r &&
	       (r->kind == ROW_HUNK || (r->kind == ROW_FILE && file_changed(state(ctx)->t, r->i)));
}

static bool tidy_opens(struct view *v)
{
	return current_change(v) || folds(v);
}

static void tidy_activate(struct view *v)
{
	if (current_change(v))
		edit_change(v);
	else
		fold(v);
}

static void tidy_copy(struct view *v, struct buf *b)
{
	const struct load_change *c = current_change(v);
	const struct row *r = current(v);

	if (c)
		buf_addstr(b, c->text + strspn(c->text, " \t"));
	else if (r && r->kind == ROW_WANT)
		describe_modver(b, state(v)->t->needs[r->i].mod);
}

static void tidy_command(struct view *v, struct buf *b)
{
	const struct request *r = REQUEST(PART_WHATIF, .steps = *app_steps(v->app));
	const struct whatif *w = state(v)->after_steps ? app_part(v->app, r) : NULL;

	if (w) {
		describe_whatif_commands(w, " && ", b);
		buf_addstr(b, " && ");
	}
	buf_addstr(b, "go mod tidy");
}

static bool has_patch(void *ctx)
{
	return state(ctx)->t && state(ctx)->t->patch[0];
}

static void run_fold(void *ctx, int arg)
{
	struct tidy_view *s = state(ctx);
	const struct row *r = current(ctx);

	(void)arg;
	if (r && r->kind == ROW_LINE) {
		s->folded[s->t->changes[r->i].gosum] = true;
		make_rows(ctx);
		return;
	}
	fold(ctx);
}

static void confirmed(struct view *v)
{
	apply_plan_start(v, &state(v)->apply);
}

static void tidy_changed(struct view *v, const struct request *r, const struct part *outcome,
			 const struct err *e)
{
	apply_plan_ended(v, &state(v)->apply, r, outcome, e, confirmed);
}

static bool can_apply(void *ctx)
{
	const struct tidy_view *s = state(ctx);

	return s->t && is_fresh(ctx) && !s->t->nowhere && !err_is_set(&s->t->failed) &&
	       (file_changed(s->t, 0) || file_changed(s->t, 1)) && apply_plan_enabled(ctx);
}

static void run_apply(void *ctx, int arg)
{
	(void)arg;
	apply_plan_ask(ctx, &state(ctx)->apply, state(ctx)->after_steps, true);
}

static void run_patch(void *ctx, int arg)
{
	struct view *v = ctx;

	(void)arg;
	app_save(v, "tidy.patch", xstrdup(state(v)->t->patch));
}

static bool has_steps(void *ctx)
{
	return app_steps(((struct view *)ctx)->app)->n > 0;
}

static void run_steps(void *ctx, int arg)
{
	(void)arg;
	set_after_steps(ctx, !state(ctx)->after_steps);
}

static bool has_module(void *ctx)
{
	const struct load_change *c = current_change(ctx);

	return c && c->module[0];
}

static void run_explain(void *ctx, int arg)
{
	struct view *v = ctx;

	(void)arg;
	app_open(v->app, "explain", current_change(v)->module);
}

static bool has_change(void *ctx)
{
	return current_change(ctx) != NULL;
}

static void run_edit(void *ctx, int arg)
{
	(void)arg;
	edit_change(ctx);
}

static void run_next(void *ctx, int arg)
{
	struct view *v = ctx;

	if (list_search(v->list, arg, is_change, v))
		return;
	memset(state(v)->folded, 0, sizeof(state(v)->folded));
	keyset_clear(&state(v)->hunks);
	make_rows(v);
	list_search(v->list, arg, is_change, v);
}

static const struct action actions[] = {
	{ "fold", "f", "fold", "fold or unfold the file or block", folds, run_fold, 0, 0 },
	{ "what-if", "w", "after the steps",
	  "tidy after the what-if steps that are taken, or as things are", has_steps, run_steps, 0,
	  0 },
	{ "apply", "W", "write", "write go.mod and go.sum so, after a look at the change",
	  can_apply, run_apply, 0, 0 },
	{ "patch", "e", "save patch", "save the change as a patch that git apply takes", has_patch,
	  run_patch, 0, 0 },
	{ "fetch", "F", "fetch", "fetch the zips that tidy reads, as go would; ctrl-x stops",
	  lacks_files, run_fetch, 0, 0 },
	{ "edit", "o", NULL, "open the file that is the reason at its line in the editor",
	  has_change, run_edit, 0, 0 },
	{ "next-change", "]", NULL, "the next line that changes", has_patch, run_next, 1, 0 },
	{ "previous-change", "[", NULL, "the line before that changes", has_patch, run_next, -1,
	  0 },
	{ "explain", "x", "explain", "why the module of this line is selected", has_module,
	  run_explain, 0, 0 },
	{ 0 },
};

const struct view_ops view_tidy = {
	.name = "tidy",
	.title = "Tidy",
	.help = "what go mod tidy would change, and why",
	.tab = true,
	.split = 68,
	.needs = NEEDS(PART_TIDY) | NEEDS(PART_GRAPH),
	.state_size = sizeof(struct tidy_view),
	.actions = actions,
	.open = tidy_open,
	.option = tidy_option,
	.release = tidy_release,
	.refresh = tidy_refresh,
	.go = tidy_go,
	.heading = tidy_heading,
	.detail = tidy_detail,
	.follow = tidy_follow,
	.activate = tidy_activate,
	.opens = tidy_opens,
	.copy = tidy_copy,
	.command = tidy_command,
	.changed = tidy_changed,
};
