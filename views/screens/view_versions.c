#include "gofiles/pseudo.h"
#include "screens/versions_doc.h"
#include "screens/versions_one.h"
#include "screens/versions_try.h"
#include "texts/describe.h"
#include "gauge.h"

static struct versions_view *state(const void *v)
{
	return versions_view_state(v);
}

enum {
	COLUMN_MARK,
	COLUMN_MODULE,
	COLUMN_CURRENT,
	COLUMN_PATCH,
	COLUMN_MINOR,
	COLUMN_KEEPS,
	COLUMN_NEWEST,
	COLUMN_AGE,
	COLUMN_KIND,
	COLUMN_NOTES
};

static const struct list_column columns[] = {
	{ .id = "mark", .title = "", .min = 1, .max = 1 },
	{ .id = "module",
	  .title = "module",
	  .min = 16,
	  .flex = 2,
	  .match = true,
	  .cut = CUT_MIDDLE },
	{ .id = "current", .title = "current", .min = 8, .max = 26, .whole = true },
	{ .id = "patch", .title = "patch", .min = 8, .max = 26, .priority = 4, .whole = true },
	{ .id = "minor", .title = "minor", .min = 8, .max = 26, .priority = 2, .whole = true },
	{ .id = "keeps", .title = "keeps go", .min = 8, .max = 26, .priority = 3, .whole = true },
	{ .id = "newest", .title = "newest", .min = 8, .max = 36, .whole = true },
	{ .id = "age", .title = "age", .min = 9, .max = 14, .priority = 1, .whole = true },
	{ .id = "kind", .title = "kind", .min = 6, .max = 8, .priority = 5, .whole = true },
	{ .id = "notes", .title = "", .min = 12, .flex = 1, .priority = 6, .cut = CUT_END },
};

static size_t table_count(void *ctx)
{
	return state(ctx)->n_shown;
}

static const struct outdated_row *row_at(const struct versions_view *s, size_t row)
{
	return s->lo->rows[s->shown[row]];
}

static uint64_t table_key(void *ctx, size_t row)
{
	const char *path = row_at(state(ctx), row)->info->path;

	return hash_bytes(path, strlen(path), 13) | 1;
}

static const struct load_imports *imports_of(const struct view *v)
{
	return app_part(v->app, REQUEST(PART_IMPORTS));
}

/* Columns of the table: less has no room for blanks in ages; for whole pseudo-versions beside the names of modules, if there are any. */
enum { NARROW = 110, NARROW_PSEUDO = 160 };

static bool is_narrow(const struct view *v)
{
	return v->main_area.w < (state(v)->pseudo ? NARROW_PSEUDO : NARROW);
}

static void current_cell(const struct view *v, struct line *out, const char *version)
{
	struct buf b = BUF_INIT;

	if (is_narrow(v))
		describe_newer_version(&b, version, true);
	else
		describe_version(&b, version);
	line_add(out, *version ? STYLE_NORMAL : STYLE_QUIET, *version ? b.data : "-");
	buf_release(&b);
}

static void newer_cell(const struct view *v, struct line *out, const char *version)
{
	struct buf b = BUF_INIT;

	describe_newer_version(&b, version, is_narrow(v));
	line_add(out, *version ? STYLE_NORMAL : STYLE_QUIET, *version ? b.data : "-");
	buf_release(&b);
}

/* "go1.23.4" becomes "go1.23" */
static void cut_patch(char *go)
{
	char *dot = strchr(go, '.');

	if (dot)
		dot[1 + strcspn(dot + 1, ".")] = '\0';
}

static void newest_cell(const struct view *v, const struct outdated_row *row, struct line *out)
{
	enum outdated_text_state st = outdated_text_state(row);
	struct buf b = BUF_INIT, shown = BUF_INIT;

	outdated_text_newest(&b, row, state(v)->lo->go_version);
	if (b.len) {
		char *go = strchr(b.data, ' '); /* may follow */

		if (go)
			*go++ = '\0';
		describe_newer_version(&shown, b.data, is_narrow(v));
		if (go && is_narrow(v))
			cut_patch(go);
		if (go)
			buf_addf(&shown, " %s", go);
		line_add(out, STYLE_STRONG, shown.data);
	} else if (st == OUTDATED_TEXT_WAITING) {
		line_glyph(out, STYLE_QUIET, GLYPH_BUSY);
	} else {
		line_add(out, outdated_text_style(st),
			 *row->unknown ? "unknown" : outdated_text_state_name(st));
	}
	buf_release(&b);
	buf_release(&shown);
}

static void text_cell(const struct view *v, const struct outdated_row *row, unsigned column,
		      struct line *out)
{
	struct buf b = BUF_INIT;
	unsigned style = STYLE_QUIET;

	if (column == COLUMN_AGE) {
		outdated_text_age(&b, row, app_time(v->app), is_narrow(v) ? "→" : " → ");
	} else {
		outdated_text_notes(&b, row);
		style = outdated_text_style(outdated_text_state(row));
	}
	line_addn(out, style, b.data ? b.data : "", b.len);
	buf_release(&b);
}

static void table_cell(void *ctx, size_t at, unsigned column, struct line *out)
{
	const struct view *v = ctx;
	const struct versions_view *s = state(v);
	const struct outdated_row *row = row_at(s, at);
	enum outdated_text_state st = outdated_text_state(row);

	switch (column) {
	case COLUMN_MARK: line_glyph(out, outdated_text_style(st), outdated_text_glyph(st)); break;
	case COLUMN_MODULE: line_add(out, STYLE_NORMAL, row->info->path); break;
	case COLUMN_CURRENT: current_cell(v, out, row->info->version); break;
	case COLUMN_PATCH: newer_cell(v, out, row->patch); break;
	case COLUMN_MINOR: newer_cell(v, out, row->minor); break;
	case COLUMN_KEEPS: newer_cell(v, out, row->keeps_go); break;
	case COLUMN_NEWEST: newest_cell(v, row, out); break;
	case COLUMN_KIND: line_add(out, STYLE_QUIET, outdated_text_kind(row, imports_of(v))); break;
	default: text_cell(v, row, column, out);
	}
}

static const char *table_text(void *ctx, size_t row, size_t *len)
{
	struct versions_view *s = state(ctx);
	const struct outdated_row *r = row_at(s, row);

	buf_clear(&s->text);
	buf_addf(&s->text, "%s@%s %s", r->info->path, r->info->version,
		 outdated_text_state_name(outdated_text_state(r)));
	*len = s->text.len;
	return s->text.data;
}

static int compare_text(const char *a, const char *b)
{
	/* existing ones before missing ones */
	if (!*a || !*b)
		return (*a == '\0') - (*b == '\0');
	return strcmp(a, b);
}

static int table_compare(void *ctx, size_t a, size_t b, unsigned column)
{
	const struct view *v = ctx;
	const struct outdated_row *x = row_at(state(v), a), *y = row_at(state(v), b);

	switch (column) {
	case COLUMN_MARK:
	case COLUMN_NEWEST:
	case COLUMN_NOTES: return outdated_text_compare(x, y, OUTDATED_TEXT_BY_STATE);
	case COLUMN_AGE: return outdated_text_compare(x, y, OUTDATED_TEXT_BY_AGE);
	case COLUMN_CURRENT: return compare_text(x->info->version, y->info->version);
	case COLUMN_PATCH: return compare_text(x->patch, y->patch);
	case COLUMN_MINOR: return compare_text(x->minor, y->minor);
	case COLUMN_KEEPS: return compare_text(x->keeps_go, y->keeps_go);
	case COLUMN_KIND:
		return strcmp(outdated_text_kind(x, imports_of(v)),
			      outdated_text_kind(y, imports_of(v)));
	default: return outdated_text_compare(x, y, OUTDATED_TEXT_BY_NAME);
	}
}

static const struct list_ops list_ops = { .count = table_count,
					  .key = table_key,
					  .cell = table_cell };
static const struct rows_ops rows_ops = { table_count, table_text, table_compare };

/* The view */

static void show_table(struct view *v)
{
	struct versions_view *s = state(v);

	free(s->module);
	s->module = NULL;
	v->list = &s->list;
	v->rows = &s->rows;
	view_touch(v);
}

static void show_module(struct view *v, const char *path)
{
	struct versions_view *s = state(v);
	char *copy = xstrdup(path);

	s->fetch = s->fetch_first || (s->fetch && s->module && str_eq(s->module, path));
	s->fetch_first = false;
	free(s->module);
	s->module = copy;
	v->list = &s->one_list;
	v->rows = &s->one_rows;
	versions_one_refresh(v);
	view_touch(v);
}

static void versions_open(struct view *v)
{
	struct versions_view *s = state(v);

	buf_init(&s->text);
	list_init(&s->list, &list_ops, v, columns, ARRAY_LEN(columns));
	rows_init(&s->rows, &rows_ops, v);
	rows_sort(&s->rows, COLUMN_MARK, false);
	s->list.rows = &s->rows;
	s->list.sort = COLUMN_MARK;
	s->list.header = true;
	versions_one_init(v);
	show_table(v);
}

static bool sort_by(struct versions_view *s, const char *order)
{
	static const struct {
		const char *name;
		int column;
	} orders[] = { { "name", COLUMN_MODULE },
		       { "worst", COLUMN_MARK },
		       { "age", COLUMN_AGE },
		       { "kind", COLUMN_KIND } };

	for (size_t i = 0; i < ARRAY_LEN(orders); i++)
		if (str_eq(orders[i].name, order)) {
			s->list.sort = orders[i].column;
			rows_sort(&s->rows, (unsigned)orders[i].column, false);
			return true;
		}
	return false;
}

static bool versions_option(struct view *v, const char *name, const char *value)
{
	struct versions_view *s = state(v);

	if (str_eq(name, "sort"))
		return sort_by(s, value);
	if (str_eq(name, "direct"))
		return s->direct = true;
	if (str_eq(name, "majors"))
		return s->majors = true;
	if (str_eq(name, "compare"))
		return s->compare = true;
	if (str_eq(name, "fetch"))
		return s->fetch_first = true;
	if (str_eq(name, "refresh"))
		return (s->kept_for = 1) != 0;
	if (str_eq(name, "cooldown")) {
		s->cooldown = (int)strtol(value, NULL, 10);
		return true;
	}
	return str_eq(name, "commits"); /* always shown */
}

static void versions_release(struct view *v)
{
	struct versions_view *s = state(v);

	versions_one_release(v);
	list_release(&s->list);
	rows_release(&s->rows);
	buf_release(&s->text);
	free(s->shown);
	free(s->try_path);
	free(s->try_version);
	part_unref(s->part);
}

static void choose_rows(struct versions_view *s)
{
	free(s->shown);
	s->shown = xcalloc(s->lo ? s->lo->n + 1 : 1, sizeof(*s->shown));
	s->n_shown = 0;
	s->pseudo = false;
	for (size_t i = 0; s->lo && i < s->lo->n; i++) {
		const struct modinfo *m = s->lo->rows[i]->info;

		if (m->main || (s->direct && m->indirect))
			continue;
		s->shown[s->n_shown++] = i;
		s->pseudo = s->pseudo || pseudo_is(m->version);
	}
	rows_refresh(&s->rows);
	rows_work(&s->rows, 4000);
	list_refresh(&s->list);
}

static void versions_refresh(struct view *v)
{
	struct versions_view *s = state(v);
	const struct request *r = REQUEST(PART_OUTDATED, .outdated = versions_view_request(s));
	struct part *p;

	app_want(v->app, r);
	versions_one_refresh(v);
	p = snapshot_part(app_snapshot(v->app), r);
	s->list.empty =
		p		       ? s->direct ? "No module is required directly."
						   : "The build list has no other module: nothing could be outdated."
		: app_error(v->app, r) ? "What is newer is not known. r tries again."
				       : "Looking for newer versions.";
	if (!p || p == s->part)
		return;
	part_unref(s->part);
	s->part = part_ref(p);
	s->lo = p->data;
	choose_rows(s);
}

static const struct outdated_row *current(struct view *v)
{
	struct versions_view *s = state(v);
	size_t row = s->lo ? list_row(&s->list) : LIST_NONE;

	return row == LIST_NONE ? NULL : row_at(s, row);
}

static bool versions_go(struct view *v, const char *target)
{
	char *path = xstrndup(target, strcspn(target, "@"));

	show_module(v, path);
	free(path);
	return true;
}

static void versions_place(struct view *v, struct buf *b)
{
	const struct versions_view *s = state(v);

	if (s->module)
		buf_addstr(b, s->module);
}

static void versions_heading(struct view *v, struct line *l)
{
	const struct versions_view *s = state(v);
	struct buf b = BUF_INIT;
	size_t unknown;

	if (s->module) {
		versions_one_heading(v, l);
		return;
	}
	if (!s->lo)
		return;
	unknown = outdated_text_unknown(s->lo);
	line_addf(l, STYLE_QUIET, "  %s module%s", GAUGE_N(s->n_shown), s->n_shown == 1 ? "" : "s");
	outdated_text_add_behind(&b, s->lo);
	line_addf(l, STYLE_CHANGED, "  %s", b.data);
	if (s->lo->cooldown)
		line_addf(l, STYLE_CHANGED, "  %s held back for %d d",
			  GAUGE_N(outdated_text_held(s->lo)), s->lo->cooldown);
	buf_clear(&b);
	if (unknown)
		line_addf(l, STYLE_ATTENTION, "  %s unknown", GAUGE_N(unknown));
	line_addf(l, STYLE_QUIET, "%s%s", s->direct ? "  direct only" : "",
		  s->majors ? "  with later majors" : "");
	/* of nothing but failures there is no time */
	if (s->n_shown && (s->lo->as_of || unknown < s->n_shown)) {
		outdated_text_as_of(&b, s->lo->as_of, app_time(v->app));
		line_addf(l, STYLE_QUIET, "  as of %s", b.data);
	}
	buf_release(&b);
}

static void versions_progress(struct view *v, struct line *l)
{
	const struct versions_view *s = state(v);
	const struct wants_progress *p;

	if (app_loading(v->app, REQUEST(PART_OUTDATED, .outdated = versions_view_request(s)), &p) &&
	    p->total)
		line_addf(l, STYLE_QUIET, "%s/%s ", GAUGE_N(p->done), GAUGE_N(p->total));
}

/* Details */

static void versions_detail(struct view *v, struct doc *d)
{
	const struct versions_view *s = state(v);
	const struct outdated_row *row = current(v);

	if (s->module) {
		versions_one_doc(v, d);
		versions_try_add(v, s->module, d);
		return;
	}
	if (!row)
		return;
	versions_doc_row(d, row, outdated_text_kind(row, imports_of(v)));
	versions_try_add(v, row->info->path, d);
}

static bool versions_opens(struct view *v)
{
	return !state(v)->module && current(v);
}

static void versions_activate(struct view *v)
{
	const struct outdated_row *row = current(v);

	if (versions_opens(v))
		show_module(v, row->info->path);
}

static bool versions_back(struct view *v)
{
	if (!state(v)->module)
		return false;
	show_table(v);
	return true;
}

/* Actions */

/* The chosen module and version: the row under the cursor; in the table the newest. */
static bool choice(struct view *v, const char **path, const char **version)
{
	const struct versions_view *s = state(v);
	const struct history_row *one = s->module ? versions_one_row(v) : NULL;
	const struct outdated_row *row = s->module ? NULL : current(v);

	*path = s->module ? s->module : row ? row->info->path : "";
	*version = one ? one->version : row && row->info->update ? row->info->update->version : "";
	return **version != '\0';
}

static bool has_choice(void *ctx)
{
	const char *path, *version;

	return choice(ctx, &path, &version);
}

static void run_try(void *ctx, int arg)
{
	struct view *v = ctx;
	const char *path, *version;

	(void)arg;
	if (choice(v, &path, &version))
		versions_try_choose(v, path, version);
}

static bool in_table(void *ctx)
{
	return !state(ctx)->module;
}

static bool is_not_worst_first(void *ctx)
{
	return in_table(ctx) &&
	       (state(ctx)->list.sort != COLUMN_MARK || state(ctx)->list.descending);
}

static bool in_module(void *ctx)
{
	return !in_table(ctx);
}

static void run_direct(void *ctx, int arg)
{
	struct versions_view *s = state(ctx);

	(void)arg;
	s->direct = !s->direct;
	choose_rows(s);
	view_touch(ctx);
}

static void run_worst(void *ctx, int arg)
{
	struct versions_view *s = state(ctx);

	(void)arg;
	s->list.sort = COLUMN_MARK;
	s->list.descending = false;
	rows_sort(&s->rows, COLUMN_MARK, false);
	rows_work(&s->rows, 4000);
	list_refresh(&s->list);
}

static void run_majors(void *ctx, int arg)
{
	struct view *v = ctx;
	struct versions_view *s = state(v);

	(void)arg;
	s->majors = !s->majors;
	versions_refresh(v);
	view_touch(v);
}

static void take_cooldown(struct view *v, const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*end || n < 0 || n > OUTDATED_TEXT_MAX_COOLDOWN) {
		app_message(v->app, STYLE_ATTENTION, "a number of days is needed; 0 ends it");
		return;
	}
	state(v)->cooldown = (int)n;
	versions_refresh(v);
	view_touch(v);
}

static void run_cooldown(void *ctx, int arg)
{
	(void)arg;
	app_input(ctx, "Propose no version younger than so many days", "7", take_cooldown);
}

static void run_compare(void *ctx, int arg)
{
	struct view *v = ctx;
	struct versions_view *s = state(v);

	(void)arg;
	s->compare = !s->compare;
	versions_one_refresh(v);
	view_touch(v);
}

static bool can_fetch(void *ctx)
{
	const struct versions_view *s = state(ctx);

	return s->module && !s->fetch;
}

static void run_fetch(void *ctx, int arg)
{
	struct view *v = ctx;

	(void)arg;
	state(v)->fetch = true;
	versions_one_refresh(v);
	view_touch(v);
}

/* Two marked versions of a module; in the table the current one and the newest. */
static bool pair(struct view *v, struct buf *b)
{
	struct versions_view *s = state(v);
	const struct outdated_row *row = s->module ? NULL : current(v);
	size_t *rows, n;

	if (row && row->info->update)
		buf_addf(b, "%s@%s %s@%s", row->info->path, row->info->version, row->info->path,
			 row->info->update->version);
	if (!s->module || !s->lh)
		return b->len > 0;
	n = list_marked_rows(&s->one_list, &rows);
	if (n == 2) /* newest first */
		buf_addf(b, "%s@%s %s@%s", s->module,
			 s->lh->history->rows[MAX(rows[0], rows[1])].version, s->module,
			 s->lh->history->rows[MIN(rows[0], rows[1])].version);
	free(rows);
	return b->len > 0;
}

static bool has_pair(void *ctx)
{
	struct buf b = BUF_INIT;
	bool has = pair(ctx, &b);

	buf_release(&b);
	return has;
}

static void run_pair(void *ctx, int arg)
{
	struct view *v = ctx;
	struct buf b = BUF_INIT;

	(void)arg;
	if (pair(v, &b))
		app_open(v->app, "modcompare", b.data);
	buf_release(&b);
}

static const struct action actions[] = {
	{ "try", "w", "try", "show what choosing this version would change", has_choice, run_try, 0,
	  0 },
	{ "compare", "=", "compare",
	  "fetch and compare the two marked versions, in the table the current one and the newest",
	  has_pair, run_pair, 0, 0 },
	{ "direct", "b", "direct", "only what go.mod requires directly", in_table, run_direct, 0,
	  0 },
	{ "worst", "!", "worst first", "retracted, deprecated and outdated modules first",
	  is_not_worst_first, run_worst, 0, 0 },
	{ "majors", "m", "majors", "look for later major versions too", in_table, run_majors, 0,
	  0 },
	{ "cooldown", "C", "cooldown", "propose no version that is younger than some days",
	  in_table, run_cooldown, 0, 0 },
	{ "requirements", "d", "requirements",
	  "mark the versions whose requirements differ from the one before", in_module, run_compare,
	  0, 0 },
	{ "fetch", "F", "fetch", "fetch the module's repository, which shows its commits",
	  can_fetch, run_fetch, 0, 0 },
	{ 0 },
};

static void versions_copy(struct view *v, struct buf *b)
{
	const struct versions_view *s = state(v);
	const struct history_row *one = s->module ? versions_one_row(v) : NULL;
	const struct outdated_row *row = current(v);

	if (one)
		describe_modver(b, (struct modver){ s->module, one->version });
	else if (!s->module && row)
		describe_modver(b, (struct modver){ row->info->path, row->info->version });
}

static void versions_command(struct view *v, struct buf *b)
{
	const char *path, *version;

	if (choice(v, &path, &version))
		buf_addf(b, "go get %s@%s", path, version);
	else
		buf_addstr(b, "modscope outdated");
}

const struct view_ops view_versions = {
	.name = "versions",
	.title = "Versions",
	.help = "what is newer, retracted or deprecated, and all versions of a module",
	.tab = true,
	.split = 68,
	.needs = NEEDS(PART_GRAPH) | NEEDS(PART_IMPORTS),
	.state_size = sizeof(struct versions_view),
	.actions = actions,
	.open = versions_open,
	.option = versions_option,
	.release = versions_release,
	.refresh = versions_refresh,
	.go = versions_go,
	.place = versions_place,
	.heading = versions_heading,
	.progress = versions_progress,
	.detail = versions_detail,
	.activate = versions_activate,
	.opens = versions_opens,
	.back = versions_back,
	.copy = versions_copy,
	.command = versions_command,
};
