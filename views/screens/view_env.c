#include "app/app.h"
#include "gauge.h"
#include "texts/describe.h"
#include "gofiles/goenv.h"

struct env_view {
	struct list list;
	struct rows rows;
	struct buf text; /* the text of a row for the filter */
	const struct load_env *env;
	struct part *part; /* kept: rows borrow from it */
};

static struct env_view *state(const void *v)
{
	return view_state(v, "env");
}

static const struct goenv_note *note_at(struct view *v, size_t i)
{
	return &state(v)->env->notes[i];
}

static size_t env_count(void *ctx)
{
	const struct env_view *s = state(ctx);

	return s->env ? s->env->n_notes : 0;
}

static uint64_t env_key(void *ctx, size_t i)
{
	const char *name = note_at(ctx, i)->name;

	return hash_bytes(name, strlen(name), 1) | 1;
}

enum { COLUMN_MARK, COLUMN_NAME, COLUMN_VALUE, COLUMN_WHERE };

static void env_cell(void *ctx, size_t i, unsigned column, struct line *out)
{
	const struct goenv_note *n = note_at(ctx, i);

	switch (column) {
	case COLUMN_MARK:
		if (n->hazard)
			line_glyph(out, describe_severity_style(n->severity),
				   describe_severity_glyph(n->severity));
		break;
	case COLUMN_NAME: line_add(out, n->changed ? STYLE_STRONG : STYLE_NORMAL, n->name); break;
	case COLUMN_VALUE:
		line_add(out, n->value[0] ? STYLE_NORMAL : STYLE_QUIET,
			 n->value[0] ? n->value : "not set");
		break;
	default: line_add(out, STYLE_QUIET, n->where);
	}
}

static unsigned env_style(void *ctx, size_t i)
{
	const struct goenv_note *n = note_at(ctx, i);

	return n->source == GOENV_DEFAULT && !n->hazard ? STYLE_QUIET : STYLE_NORMAL;
}

/* The filter matches the name, the value, and "hazard". */
static const char *env_text(void *ctx, size_t i, size_t *len)
{
	const struct goenv_note *n = note_at(ctx, i);
	struct buf *b = &state(ctx)->text;

	buf_clear(b);
	buf_addf(b, "%s %s%s", n->name, n->value, n->hazard ? " hazard" : "");
	*len = b->len;
	return b->data;
}

/* Hazards first, worst first; then variables that are set, then defaults. */
static int rank_of(const struct goenv_note *n)
{
	if (n->hazard)
		return -(int)n->severity - 1;
	return n->changed ? 1 : 2;
}

static int env_compare(void *ctx, size_t a, size_t b, unsigned column)
{
	const struct goenv_note *x = note_at(ctx, a), *y = note_at(ctx, b);

	switch (column) {
	case COLUMN_MARK: return rank_of(x) - rank_of(y);
	case COLUMN_NAME: return strcmp(x->name, y->name);
	case COLUMN_VALUE: return strcmp(x->value, y->value);
	default: return strcmp(x->where, y->where);
	}
}

static const struct list_ops list_ops = {
	.count = env_count, .key = env_key, .cell = env_cell, .style = env_style
};
static const struct rows_ops rows_ops = { env_count, env_text, env_compare };

static const struct list_column columns[] = {
	{ .id = "hazard", .title = "", .min = 1, .max = 1 },
	{ .id = "variable", .title = "variable", .min = 8, .match = true },
	{ .id = "value", .title = "value", .min = 12, .flex = 1, .cut = CUT_MIDDLE },
	{ .id = "from", .title = "from", .min = 11, .max = 36, .priority = 1, .cut = CUT_START },
};

static void env_open(struct view *v)
{
	struct env_view *s = state(v);

	buf_init(&s->text);
	list_init(&s->list, &list_ops, v, columns, ARRAY_LEN(columns));
	rows_init(&s->rows, &rows_ops, v);
	rows_sort(&s->rows, COLUMN_MARK, false);
	s->list.rows = &s->rows;
	s->list.sort = COLUMN_MARK;
	s->list.header = true;
	v->list = &s->list;
	v->rows = &s->rows;
}

static void env_release(struct view *v)
{
	struct env_view *s = state(v);

	list_release(&s->list);
	rows_release(&s->rows);
	buf_release(&s->text);
	part_unref(s->part);
}

static void env_refresh(struct view *v)
{
	struct env_view *s = state(v);
	struct part *p = snapshot_part(app_snapshot(v->app), REQUEST(PART_ENV));

	if (!p || p == s->part)
		return;
	part_unref(s->part);
	s->part = part_ref(p);
	s->env = p->data;
	rows_refresh(&s->rows);
	rows_work(&s->rows, 4000);
	list_refresh(&s->list);
	if (!s->list.cursor_key)
		list_move(&s->list, LIST_TOP);
}

static bool env_option(struct view *v, const char *name, const char *value)
{
	(void)v, (void)value;
	return str_eq(name, "all"); /* they are all shown */
}

static bool env_go(struct view *v, const char *target)
{
	struct env_view *s = state(v);

	for (size_t i = 0; i < env_count(v); i++)
		if (str_eq(note_at(v, i)->name, target))
			return list_go(&s->list, i);
	return false;
}

static const struct goenv_note *current(struct view *v)
{
	size_t i = list_row(v->list);

	return i == LIST_NONE ? NULL : note_at(v, i);
}

static void env_place(struct view *v, struct buf *b)
{
	const struct goenv_note *n = current(v);

	if (n)
		buf_addstr(b, n->name);
}

static void env_detail(struct view *v, struct doc *d)
{
	const struct goenv_note *n = current(v);

	if (!n)
		return;
	doc_heading(d, n->name);
	doc_blank(d);
	doc_field(d, "value");
	doc_add(d, n->value[0] ? STYLE_STRONG : STYLE_QUIET, n->value[0] ? n->value : "not set");
	doc_field(d, "from");
	doc_add(d, STYLE_NORMAL, n->where);
	doc_field(d, "effect");
	doc_add(d, STYLE_NORMAL, n->effect);
	if (!n->hazard)
		return;
	doc_blank(d);
	doc_field(d, "hazard");
	doc_glyph(d, describe_severity_style(n->severity), describe_severity_glyph(n->severity));
	doc_addf(d, STYLE_NORMAL, " %s", n->hazard);
	if (n->remedy && n->remedy[0]) {
		doc_field(d, "remedy");
		doc_add(d, STYLE_NORMAL, n->remedy);
	}
}

static void env_heading(struct view *v, struct line *l)
{
	const struct env_view *s = state(v);
	size_t changed = 0, hazards = 0;

	for (size_t i = 0; i < env_count(v); i++) {
		changed += s->env->notes[i].changed;
		hazards += s->env->notes[i].hazard != NULL;
	}
	line_addf(l, STYLE_QUIET, "  %s set by you", GAUGE_N(changed));
	if (hazards)
		line_addf(l, STYLE_ATTENTION, "  %s hazard%s", GAUGE_N(hazards),
			  hazards == 1 ? "" : "s");
}

static void env_copy(struct view *v, struct buf *b)
{
	const struct goenv_note *n = current(v);

	if (n)
		buf_addf(b, "%s=%s", n->name, n->value);
}

static void env_command(struct view *v, struct buf *b)
{
	const struct goenv_note *n = current(v);

	if (n)
		buf_addf(b, "go env %s", n->name);
}

const struct view_ops view_env = {
	.name = "env",
	.title = "Env",
	.help = "go's settings, where each one is set, and hazards",
	.tab = true,
	.needs = NEEDS(PART_ENV),
	.state_size = sizeof(struct env_view),
	.open = env_open,
	.option = env_option,
	.release = env_release,
	.refresh = env_refresh,
	.go = env_go,
	.place = env_place,
	.heading = env_heading,
	.detail = env_detail,
	.copy = env_copy,
	.command = env_command,
};
