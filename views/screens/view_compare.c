#include "app/app.h"
#include "gauge.h"
#include "parts/load.h"
#include "screens/compare_compiled.h"
#include "screens/compare_pick.h"
#include "texts/compare_text.h"
#include "texts/describe.h"

static struct compare_view *state(const void *v)
{
	return compare_view_state(v);
}

/* The table of differences */

enum { COLUMN_MARK, COLUMN_WHAT, COLUMN_PATH, COLUMN_WAS, COLUMN_IS, COLUMN_WHY };

static const struct list_column columns[] = {
	{ .id = "mark", .title = "", .min = 1, .max = 1 },
	{ .id = "what", .title = "what", .min = 7, .max = 10, .priority = 2 },
	{ .id = "path", .title = "module", .min = 20, .flex = 2, .match = true, .cut = CUT_MIDDLE },
	{ .id = "was", .title = "was", .min = 7, .max = 26, .whole = true },
	{ .id = "is", .title = "is", .min = 7, .max = 26, .whole = true },
	{ .id = "why", .title = "because", .min = 16, .flex = 3, .priority = 1, .cut = CUT_END },
};

static size_t table_count(void *ctx)
{
	const struct compare_view *s = state(ctx);

	return s->groups.n_rows;
}

/* NULL for a group. */
static const struct compare_change *change_at(const void *v, size_t row)
{
	return state(v)->groups.rows[row].change;
}

static const struct compare_groups_group *group_at(const void *v, size_t row)
{
	const struct compare_groups *g = &state(v)->groups;

	return &g->groups[g->rows[row].group];
}

static uint64_t table_key(void *ctx, size_t row)
{
	const struct compare_change *ch = change_at(ctx, row);

	if (!ch)
		return ((uint64_t)state(ctx)->groups.rows[row].group << 8) + 2;
	return hash_bytes(ch->path, strlen(ch->path), (uint64_t)ch->kind + 1) | 1;
}

static unsigned change_style(enum compare_kind k)
{
	return k == COMPARE_REMOVED || k == COMPARE_DOWN ? STYLE_ATTENTION : STYLE_CHANGED;
}

static void version_cell(struct line *out, unsigned style, const char *version)
{
	if (*version)
		describe_line_version(out, style, version);
	else
		line_add(out, STYLE_QUIET, "-");
}

static const char *subject(const struct compare_line *l)
{
	switch (l->kind) {
	case COMPARE_GO: return "go";
	case COMPARE_TOOLCHAIN: return "toolchain";
	default: return l->mod.path ? l->mod.path : "";
	}
}

static void group_version(struct line *out, unsigned style, const struct compare_line *l)
{
	if (l && l->to.path && *l->to.path)
		line_add(out, style, l->to.path);
	else
		version_cell(out, style, l && l->mod.version ? l->mod.version : "");
}

static void group_cell(const struct compare_groups_group *g, unsigned column, struct line *out)
{
	const struct compare_cause *c = g->cause;
	const struct compare_line *l = c ? compare_text_line_of(c) : NULL;

	if (column == COLUMN_MARK)
		line_glyph(out, STYLE_QUIET, g->folded ? GLYPH_FOLDED : GLYPH_OPEN);
	else if (column == COLUMN_WHAT)
		line_add(out, STYLE_STRONG, "because");
	else if (!l && column == COLUMN_PATH)
		line_add(out, STYLE_STRONG, "of no line of these files");
	else if (l && column == COLUMN_PATH)
		line_add(out, STYLE_STRONG, subject(l));
	else if (l && column == COLUMN_WAS)
		group_version(out, STYLE_QUIET, c->was);
	else if (l && column == COLUMN_IS)
		group_version(out, STYLE_QUIET, c->is);
	else if (l)
		line_addf(out, STYLE_QUIET, "%s:%d %s", l->file, l->line, compare_text_op(c));
}

static void change_cell(const struct compare_view *s, const struct compare_change *ch,
			unsigned column, struct line *out)
{
	struct arena a = ARENA_INIT;

	switch (column) {
	case COLUMN_MARK:
		line_glyph(out, change_style(ch->kind), compare_text_glyph(ch->kind));
		break;
	case COLUMN_WHAT: line_add(out, STYLE_QUIET, compare_kind_name(ch->kind)); break;
	case COLUMN_PATH:
		line_addf(out, STYLE_NORMAL, "%s%s", s->flat ? "" : "  ", ch->path);
		break;
	case COLUMN_WAS: version_cell(out, STYLE_QUIET, ch->was); break;
	case COLUMN_IS: version_cell(out, STYLE_STRONG, ch->is); break;
	default:
		line_add(out, STYLE_QUIET,
			 s->flat ? compare_text_causes(&a, ch) : compare_text_requirer(&a, ch));
	}
	arena_release(&a);
}

static void table_cell(void *ctx, size_t row, unsigned column, struct line *out)
{
	const struct compare_change *ch = change_at(ctx, row);

	if (ch)
		change_cell(state(ctx), ch, column, out);
	else
		group_cell(group_at(ctx, row), column, out);
}

static const char *table_text(void *ctx, size_t row, size_t *len)
{
	const struct compare_change *ch = change_at(ctx, row);
	const char *text = ch ? ch->path : "";

	*len = strlen(text);
	return text;
}

static int by_cause(const struct compare_change *x, const struct compare_change *y)
{
	struct arena a = ARENA_INIT;
	int order = strcmp(compare_text_causes(&a, x), compare_text_causes(&a, y));

	arena_release(&a);
	return order;
}

static int table_compare(void *ctx, size_t i, size_t k, unsigned column)
{
	const struct compare_change *x = change_at(ctx, i), *y = change_at(ctx, k);

	if (!x || !y || !state(ctx)->flat) /* groups keep their order */
		return i < k ? -1 : i > k;
	switch (column) {
	case COLUMN_PATH: return strcmp(x->path, y->path);
	case COLUMN_WAS: return strcmp(x->was, y->was);
	case COLUMN_IS: return strcmp(x->is, y->is);
	case COLUMN_WHY: return by_cause(x, y);
	default: return i < k ? -1 : i > k; /* worst first */
	}
}

static const struct list_ops list_ops = { .count = table_count,
					  .key = table_key,
					  .cell = table_cell };
static const struct rows_ops rows_ops = { table_count, table_text, table_compare };

/* The two sides */

static struct request_compare wanted(const struct compare_view *s)
{
	return (struct request_compare){
		.was = s->was, .is = s->is, .base = s->base, .packages = s->compiled
	};
}

static void take(struct view *v)
{
	struct compare_view *s = state(v);
	const struct request *r = REQUEST(PART_COMPARE, .compare = wanted(s));
	struct part *p;

	app_want(v->app, r);
	p = snapshot_part(app_snapshot(v->app), r);
	if (p == s->part)
		return;
	part_unref(s->part);
	s->part = p ? part_ref(p) : NULL;
	s->lc = p ? p->data : NULL;
	compare_groups_make(&s->groups, s->lc ? &s->lc->changes : NULL, !s->flat);
	s->list.empty = s->lc && s->lc->incomplete[0]
				? "No difference is found, but a module graph is incomplete."
				: "Nothing differs: the build lists are the same.";
	rows_refresh(&s->rows);
	rows_work(&s->rows, 4000);
	list_refresh(&s->list);
	compare_compiled_refresh(v);
	view_touch(v);
}

static void show_changes(struct view *v)
{
	struct compare_view *s = state(v);

	s->picking = false;
	v->list = &s->list;
	v->rows = &s->rows;
	if (s->compiled)
		compare_compiled_show(v);
	take(v);
	view_touch(v);
}

static void choose_from(struct view *v, const char *was, const char *is, bool base)
{
	struct compare_view *s = state(v);
	char *old = xstrdup(was), *new = xstrdup(is);

	free(s->was);
	free(s->is);
	s->was = old;
	s->is = new;
	s->base = base;
	show_changes(v);
}

static void choose(struct view *v, const char *was, const char *is)
{
	choose_from(v, was, is, false);
}

static void compare_open(struct view *v)
{
	struct compare_view *s = state(v);

	list_init(&s->list, &list_ops, v, columns, ARRAY_LEN(columns));
	rows_init(&s->rows, &rows_ops, v);
	s->list.rows = &s->rows;
	s->list.header = true;
	s->list.no_marks = true;
	s->was = xstrdup("HEAD");
	s->is = xstrdup("");
	compare_compiled_init(v);
	compare_pick_init(v, choose);
	v->list = &s->list;
	v->rows = &s->rows;
}

static void compare_release(struct view *v)
{
	struct compare_view *s = state(v);

	compare_compiled_release(v);
	compare_pick_release(v);
	list_release(&s->list);
	rows_release(&s->rows);
	free(s->was);
	free(s->is);
	compare_groups_release(&s->groups);
	part_unref(s->part);
}

static void compare_refresh(struct view *v)
{
	compare_pick_refresh(v);
	take(v);
}

/* "A..B", or "A" against the work tree. */
static bool compare_go(struct view *v, const char *target)
{
	const char *dots = strstr(target, "..");
	char *was = xstrndup(target, dots ? (size_t)(dots - target) : strlen(target));
	bool base = dots && dots[2] == '.';
	const char *is = dots ? dots + 2 + base : "";

	choose_from(v, *was ? was : "HEAD", dots && !*is ? "HEAD" : is, base);
	free(was);
	return true;
}

static bool compare_option(struct view *v, const char *name, const char *value)
{
	(void)value;
	state(v)->compiled = true;
	return str_eq(name, "packages");
}

static const char *dots_of(const struct compare_view *s)
{
	return !*s->is ? "" : s->base ? "..." : "..";
}

static void compare_place(struct view *v, struct buf *b)
{
	const struct compare_view *s = state(v);

	buf_addf(b, "%s%s%s", s->was, dots_of(s), s->is);
}

/* Shortens a hash to its first digits. */
static void add_revision(struct line *l, const char *revision)
{
	if (!*revision)
		line_add(l, STYLE_STRONG, "the work tree");
	else if (strlen(revision) == 40)
		line_addf(l, STYLE_STRONG, "%.7s", revision);
	else
		line_add(l, STYLE_STRONG, revision);
}

static void compare_heading(struct view *v, struct line *l)
{
	const struct compare_view *s = state(v);
	struct arena a = ARENA_INIT;

	line_add(l, STYLE_QUIET, "  ");
	if (s->picking) {
		compare_pick_heading(v, l);
		return;
	}
	add_revision(l, s->was);
	line_add(l, STYLE_QUIET, " ");
	line_glyph(l, STYLE_QUIET, GLYPH_ARROW);
	line_add(l, STYLE_QUIET, " ");
	add_revision(l, s->is);
	if (s->base)
		line_add(l, STYLE_QUIET, "  from the common ancestor");
	if (s->lc && s->lc->n_commits)
		line_addf(l, STYLE_QUIET, "  %s commit%s", GAUGE_N(s->lc->n_commits),
			  s->lc->n_commits == 1 ? "" : "s");
	if (s->compiled)
		compare_compiled_heading(v, l);
	else if (s->lc)
		line_addf(l, STYLE_CHANGED, "  %s", compare_text_summary(&a, &s->lc->changes));
	if (s->lc && s->lc->incomplete[0])
		line_add(l, STYLE_ATTENTION, "  incomplete: may be wrong");
	arena_release(&a);
}

/* Details */

static void add_cause(struct doc *d, struct arena *a, const struct compare_cause *c)
{
	const struct compare_line *l = compare_text_line_of(c);

	if (!l) {
		doc_field(d, "asked by");
		doc_addf(d, STYLE_NORMAL, "%s %s", c->requirer.path, c->requirer.version);
		return;
	}
	doc_field(d, "because");
	doc_addf(d, STYLE_NORMAL, "%s:%d %s", l->file, l->line, compare_text_op(c));
	doc_field(d, "");
	if (c->was)
		doc_addf(d, STYLE_BAD, "- %s", compare_text_line(a, c->was));
	if (c->was && c->is)
		doc_field(d, "");
	if (c->is)
		doc_addf(d, STYLE_GOOD, "+ %s", compare_text_line(a, c->is));
}

static void add_change(struct doc *d, struct arena *a, const struct compare_change *ch)
{
	doc_heading(d, ch->path);
	doc_field(d, compare_kind_name(ch->kind));
	doc_addf(d, STYLE_NORMAL, "%s → %s", *ch->was ? ch->was : "-", *ch->is ? ch->is : "-");
	for (size_t i = 0; i < ch->n_causes; i++)
		add_cause(d, a, &ch->causes[i]);
}

static void add_group(struct doc *d, struct arena *a, const struct compare_groups_group *g)
{
	const struct compare_line *l = g->cause ? compare_text_line_of(g->cause) : NULL;

	doc_heading(d, l ? subject(l) : "of no line of these files");
	if (l)
		add_cause(d, a, g->cause);
	doc_field(d, "brings");
	doc_addf(d, STYLE_NORMAL, "%s difference%s", GAUGE_N(g->n), g->n == 1 ? "" : "s");
}

static void add_commits(struct doc *d, const struct compare_view *s)
{
	if (!s->lc->n_commits)
		return;
	doc_blank(d);
	doc_heading(d, "commits between");
	for (size_t i = 0; i < s->lc->n_commits; i++) {
		const struct githistory_commit *c = &s->lc->commits[i];

		doc_line(d);
		doc_addf(d, STYLE_QUIET, "%.7s  ", c->id);
		doc_add(d, STYLE_NORMAL, c->subject);
		doc_addf(d, STYLE_QUIET, "  %s", c->author);
	}
}

static void add_incomplete(struct doc *d, const char *why)
{
	doc_add(d, STYLE_ATTENTION,
		"A module graph is incomplete: differences may be missing or not real.");
	doc_line(d);
	doc_add(d, STYLE_NORMAL, why);
	doc_blank(d);
	doc_line(d);
}

static void compare_detail(struct view *v, struct doc *d)
{
	const struct compare_view *s = state(v);
	const struct err *e = app_error(v->app, REQUEST(PART_COMPARE, .compare = wanted(s)));
	size_t row = s->lc && !s->compiled ? list_row(&s->list) : LIST_NONE;
	struct arena a = ARENA_INIT;

	if (s->picking) {
		compare_pick_doc(v, d);
		return;
	}
	if (!s->lc && e)
		doc_add(d, STYLE_BAD, e->text);
	if (s->lc && s->lc->incomplete[0])
		add_incomplete(d, s->lc->incomplete);
	if (s->compiled)
		compare_compiled_doc(v, d);
	else if (row != LIST_NONE && change_at(v, row))
		add_change(d, &a, change_at(v, row));
	else if (row != LIST_NONE)
		add_group(d, &a, group_at(v, row));
	if (s->lc)
		add_commits(d, s);
	arena_release(&a);
}

static void show_rows(struct view *v)
{
	struct compare_view *s = state(v);

	rows_refresh(&s->rows);
	rows_work(&s->rows, 4000);
	list_refresh(&s->list);
	view_touch(v);
}

/* arg: 1 unfolds, -1 folds, 0 toggles. */
static void run_fold(void *ctx, int arg)
{
	struct view *v = ctx;
	struct compare_view *s = state(v);
	size_t row = list_row(&s->list), group;

	if (row == LIST_NONE)
		return;
	group = s->groups.rows[row].group;
	while (arg < 0 && row > 0 && change_at(v, row))
		row--;
	if (arg < 0)
		list_go(&s->list, row);
	compare_groups_fold(&s->groups, group,
			    arg < 0 || (arg == 0 && !s->groups.groups[group].folded));
	show_rows(v);
}

static void compare_activate(struct view *v)
{
	struct compare_view *s = state(v);
	size_t row = s->lc && !s->picking ? list_row(&s->list) : LIST_NONE;

	if (s->picking)
		compare_pick_one(v);
	else if (s->compiled && *compare_compiled_module(v).path)
		app_open(v->app, "explain", compare_compiled_module(v).path);
	else if (s->compiled)
		return;
	else if (row != LIST_NONE && !change_at(v, row))
		run_fold(v, 0);
	else if (row != LIST_NONE && change_at(v, row)->kind < COMPARE_GO_LINE)
		app_open(v->app, "explain", change_at(v, row)->path);
}

static bool compare_back(struct view *v)
{
	if (!state(v)->picking)
		return false;
	show_changes(v);
	return true;
}

/* Actions */

static bool is_shown(void *ctx)
{
	return !state(ctx)->picking;
}

static void run_pick(void *ctx, int arg)
{
	(void)arg;
	compare_pick_show(ctx);
}

static void run_step(void *ctx, int arg)
{
	compare_pick_step(ctx, arg);
}

static void run_tree(void *ctx, int arg)
{
	char *was = xstrdup(state(ctx)->was);

	(void)arg;
	choose(ctx, was, "");
	free(was);
}

static bool has_changes(void *ctx)
{
	return is_shown(ctx) && !state(ctx)->compiled;
}

static bool is_grouped(void *ctx)
{
	return has_changes(ctx) && !state(ctx)->flat;
}

static bool is_folded(void *ctx)
{
	const struct compare_view *s = state(ctx);
	size_t row = is_grouped(ctx) ? list_row(&s->list) : LIST_NONE;

	return row != LIST_NONE && s->groups.groups[s->groups.rows[row].group].folded;
}

static bool is_unfolded(void *ctx)
{
	const struct compare_view *s = state(ctx);

	return is_grouped(ctx) && list_row(&s->list) != LIST_NONE && !is_folded(ctx);
}

static void run_group(void *ctx, int arg)
{
	struct compare_view *s = state(ctx);

	(void)arg;
	s->flat = !s->flat;
	compare_groups_make(&s->groups, s->lc ? &s->lc->changes : NULL, !s->flat);
	show_rows(ctx);
}

static void run_packages(void *ctx, int arg)
{
	struct compare_view *s = state(ctx);

	(void)arg;
	s->compiled = !s->compiled;
	show_changes(ctx);
}

static void run_both(void *ctx, int arg)
{
	(void)arg;
	compare_pick_both(ctx);
}

/* "M@V M@W" or "M@V W" */
static void open_modules(struct view *v, const char *text)
{
	const char *at = strchr(text, '@');
	size_t n = strcspn(text, " "), gap = strspn(text + n, " ");
	const char *second = text + n + gap;
	struct buf b = BUF_INIT;

	if (!at || at == text || at + 1 >= text + n || !*second || strchr(second, ' ')) {
		app_message(v->app, STYLE_ATTENTION,
			    "MODULE@VERSION and another version are needed");
		return;
	}
	buf_add(&b, text, n);
	buf_addch(&b, ' ');
	if (!strchr(second, '@'))
		buf_add(&b, text, (size_t)(at + 1 - text));
	buf_addstr(&b, second);
	app_open(v->app, "modcompare", b.data);
	buf_release(&b);
}

static void run_modules(void *ctx, int arg)
{
	(void)arg;
	app_input(ctx, "Compare two versions, as MODULE@VERSION VERSION", "", open_modules);
}

static const struct action actions[] = {
	{ "pick", "p", "pick", "choose a tag, a branch or a commit", is_shown, run_pick, 0, 0 },
	{ "earlier", "[", "earlier", "one commit further back", is_shown, run_step, 1, 0 },
	{ "later", "]", "later", "one commit further on", is_shown, run_step, -1, 0 },
	{ "tree", "t", "work tree", "compare the older side with the work tree", is_shown, run_tree,
	  0, 0 },
	{ "group", "#", "by cause", "below the lines that cause them, or one table", has_changes,
	  run_group, 0, 0 },
	{ "packages", "&", "packages",
	  "of which modules packages are newly compiled in, or no longer", is_shown, run_packages,
	  0, 0 },
	{ "unfold", "right l", NULL, "show what the line brings", is_folded, run_fold, 1, 0 },
	{ "fold", "left h", NULL, "hide it", is_unfolded, run_fold, -1, 0 },
	{ "modules", "=", "modules", "compare two versions of a module", is_shown, run_modules, 0,
	  0 },
	{ "both", "=", "compare", "compare the two that are marked", compare_pick_has_two, run_both,
	  0, 0 },
	{ 0 },
};

static void compare_copy(struct view *v, struct buf *b)
{
	const struct compare_view *s = state(v);
	size_t row = s->lc && !s->picking && !s->compiled ? list_row(&s->list) : LIST_NONE;

	if (s->compiled && !s->picking && *compare_compiled_module(v).path)
		describe_modver(b, compare_compiled_module(v));
	else if (row != LIST_NONE && change_at(v, row))
		describe_modver(b,
				(struct modver){ change_at(v, row)->path, change_at(v, row)->is });
}

static void compare_command(struct view *v, struct buf *b)
{
	const struct compare_view *s = state(v);

	buf_addf(b, "modscope compare %s%s%s%s", s->compiled ? "--packages " : "", s->was,
		 dots_of(s), s->is);
}

const struct view_ops view_compare = {
	.name = "compare",
	.title = "Compare",
	.help = "what differs in the build lists of two revisions, and why",
	.split = 62,
	.needs = NEEDS(PART_ENV) | NEEDS(PART_REVISIONS),
	.elsewhere =
		"Revisions are compared as the repository has them: git init makes one, and r looks again. "
		"= compares two versions of a module, which needs none.",
	.state_size = sizeof(struct compare_view),
	.actions = actions,
	.open = compare_open,
	.option = compare_option,
	.release = compare_release,
	.refresh = compare_refresh,
	.go = compare_go,
	.place = compare_place,
	.heading = compare_heading,
	.detail = compare_detail,
	.activate = compare_activate,
	.back = compare_back,
	.copy = compare_copy,
	.command = compare_command,
};
