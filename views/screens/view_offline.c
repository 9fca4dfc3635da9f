#include "app/app.h"
#include "base/path.h"
#include "gauge.h"
#include "gofiles/goenv.h"
#include "offline/prefetch.h"
#include "parts/recordfile.h"
#include "screens/offline_doc.h"
#include "screens/plan_doc.h"
#include "texts/offline_text.h"

enum { BAR = 10 };

/* A level, or one of its missing files. */
struct row {
	const struct levels_row *level;
	const struct levels_missing *missing; /* NULL: the level's own row */
};

struct offline_view {
	struct list list;
	struct part *part; /* kept: rows borrow from it */
	const struct levels *levels;
	VEC(struct row) rows;
	unsigned unfolded;  /* 1 << level */
	char *platforms;    /* NULL: the settings' */
	bool asking;	    /* servers are being asked */
	bool then_prefetch; /* once they have answered */
	unsigned wanted;    /* levels of a prefetch or a mirror */
	uint64_t plan;	    /* hash of the plan shown */
	enum request_record_format record;
};

static struct offline_view *state(const void *v)
{
	return view_state(v, "offline");
}

static const struct row *row_at(const void *v, size_t i)
{
	return &state(v)->rows.items[i];
}

static struct request_offline asking(const struct offline_view *s, bool glance)
{
	return (struct request_offline){ .platforms = s->platforms, .glance = glance };
}

/* Whether servers were asked for the current answer. */
static bool is_asked(const struct offline_view *s)
{
	return s->part && !s->part->request->offline.glance;
}

static void make_rows(struct offline_view *s)
{
	s->rows.n = 0;
	for (size_t i = 0; i < s->levels->n; i++) {
		const struct levels_row *l = &s->levels->rows[i];

		vec_push(&s->rows, (struct row){ l, NULL });
		for (size_t k = 0; k < l->n_missing && s->unfolded & 1u << l->level; k++)
			vec_push(&s->rows, (struct row){ l, &l->missing[k] });
	}
}

/* The list. */

static size_t row_count(void *ctx)
{
	return state(ctx)->rows.n;
}

static uint64_t row_key(void *ctx, size_t i)
{
	const struct row *r = row_at(ctx, i);
	uint64_t h = hash_bytes(r->level->platform, strlen(r->level->platform),
				(uint64_t)r->level->level + 1);

	return (r->missing ? hash_bytes(r->missing->file, strlen(r->missing->file), h) : h) | 1;
}

enum { COLUMN_MARK, COLUMN_NAME, COLUMN_BAR, COLUMN_COUNT, COLUMN_BYTES, COLUMN_WHAT };

static void add_bytes(struct line *out, int64_t bytes)
{
	struct buf b = BUF_INIT;

	if (bytes > 0)
		gauge_bytes(&b, (uint64_t)bytes);
	line_add(out, STYLE_NORMAL, b.data);
	buf_release(&b);
}

static void level_cell(const struct offline_view *s, const struct levels_row *l, unsigned column,
		       struct line *out)
{
	struct buf b = BUF_INIT;

	switch (column) {
	case COLUMN_MARK:
		line_glyph(out, l->ready ? STYLE_GOOD : STYLE_BAD,
			   l->ready ? GLYPH_GOOD : GLYPH_BAD);
		break;
	case COLUMN_NAME:
		line_glyph(out, STYLE_QUIET,
			   !l->n_missing		  ? GLYPH_LEAF
			   : s->unfolded & 1u << l->level ? GLYPH_OPEN
							  : GLYPH_FOLDED);
		line_addf(out, STYLE_STRONG, " %s", levels_name(l->level));
		line_addf(out, STYLE_QUIET, " %s", l->platform);
		break;
	case COLUMN_BAR:
		gauge_add(out, l->ready ? STYLE_GOOD : STYLE_BAD, BAR, l->had,
			  l->had + l->n_missing);
		break;
	case COLUMN_COUNT:
		if (l->n_missing)
			line_addf(out, STYLE_NORMAL, "%s%s", GAUGE_N(l->n_missing),
				  l->unsure ? "+" : "");
		break;
	case COLUMN_BYTES: add_bytes(out, offline_text_bytes(l)); break;
	default: offline_text_command(&b, l); line_add(out, STYLE_QUIET, b.data);
	}
	buf_release(&b);
}

static void missing_cell(const struct levels_missing *x, unsigned column, struct line *out)
{
	switch (column) {
	case COLUMN_MARK: break;
	case COLUMN_NAME:
		line_add(out, STYLE_NORMAL, "    ");
		out->head = out->text.len;
		line_add(out, STYLE_NORMAL, x->file + strlen("cache/download/"));
		break;
	case COLUMN_BAR: break;
	case COLUMN_COUNT:
		if (x->unread)
			line_glyph(out, STYLE_ATTENTION, GLYPH_UNKNOWN);
		break;
	case COLUMN_BYTES: add_bytes(out, x->bytes); break;
	default: line_add(out, STYLE_QUIET, x->needed_by);
	}
}

static void row_cell(void *ctx, size_t i, unsigned column, struct line *out)
{
	const struct row *r = row_at(ctx, i);

	if (r->missing)
		missing_cell(r->missing, column, out);
	else
		level_cell(state(ctx), r->level, column, out);
}

static const struct list_ops list_ops = { .count = row_count, .key = row_key, .cell = row_cell };

static const struct list_column columns[] = {
	{ .id = "mark", .title = "", .min = 1, .max = 1 },
	{ .id = "level", .title = "level, file", .min = 20, .flex = 2, .cut = CUT_MIDDLE },
	{ .id = "bar", .title = "there", .min = BAR, .max = BAR, .priority = 2 },
	{ .id = "missing", .title = "missing", .min = 7, .max = 8, .right = true },
	{ .id = "bytes", .title = "bytes", .min = 9, .max = 10, .right = true, .priority = 1 },
	{ .id = "what",
	  .title = "command, needed by",
	  .min = 14,
	  .flex = 1,
	  .priority = 3,
	  .cut = CUT_END },
};

static void offline_open(struct view *v)
{
	struct offline_view *s = state(v);

	list_init(&s->list, &list_ops, v, columns, ARRAY_LEN(columns));
	s->list.header = true;
	s->list.sort = -1;
	s->list.empty = "Looking at what GOMODCACHE has, and what go commands read.";
	v->list = &s->list;
}

static bool offline_option(struct view *v, const char *name, const char *value)
{
	struct offline_view *s = state(v);
	unsigned level = 0;

	if (str_eq(name, "platform")) {
		free(s->platforms);
		s->platforms = xstrdup(value);
		return true;
	}
	while (level < LEVELS_COUNT && !str_eq(levels_name((enum levels_level)level), value))
		level++;
	s->unfolded |= 1u << level;
	return str_eq(name, "level") && level < LEVELS_COUNT;
}

static void offline_release(struct view *v)
{
	struct offline_view *s = state(v);

	list_release(&s->list);
	vec_release(&s->rows);
	free(s->platforms);
	part_unref(s->part);
}

/* The answer with servers, else the caches'. */
static struct part *best_part(struct view *v)
{
	const struct snapshot *now = app_snapshot(v->app);
	struct part *p = snapshot_part(now,
				       REQUEST(PART_OFFLINE, .offline = asking(state(v), false)));

	return p ? p : snapshot_part(now, REQUEST(PART_OFFLINE, .offline = asking(state(v), true)));
}

static const struct request_offline *shown(const struct offline_view *s)
{
	return &s->part->request->offline;
}

/* Changes */

static void prefetch_now(struct view *v)
{
	struct offline_view *s = state(v);

	app_change(v, REQUEST(PART_PLAN, .act = { .verb = REQUEST_PREFETCH,
						  .missing = *shown(s),
						  .levels = s->wanted,
						  .id = "",
						  .plan = s->plan }));
	view_touch(v);
}

static void tell_nothing(struct view *v)
{
	struct buf b = BUF_INIT;

	offline_text_nothing(&b, state(v)->levels, state(v)->wanted);
	app_message(v->app, STYLE_NORMAL, "%s", b.data);
	buf_release(&b);
}

static void ask_prefetch(struct view *v)
{
	struct offline_view *s = state(v);
	const struct load_env *env = app_part(v->app, REQUEST(PART_ENV));
	const char *root = env ? goenv_modcache(env->env, NULL) : NULL;
	struct arena a = ARENA_INIT;
	struct plan plan;

	if (!root)
		return;
	prefetch_plan(&plan, path_clean(&a, root), s->levels, s->wanted);
	s->plan = plan_hash(&plan);
	if (plan.n)
		app_ask(v, "Prefetch: nothing is put into GOMODCACHE before enter", plan_doc_fill,
			&plan, prefetch_now);
	else
		tell_nothing(v);
	plan_release(&plan);
	arena_release(&a);
}

static void ask_servers(struct view *v)
{
	state(v)->asking = true;
	app_reload(v->app, REQUEST(PART_OFFLINE, .offline = asking(state(v), false)));
	app_message(v->app, STYLE_NORMAL,
		    "fetching what is missing into modscope's cache; ctrl-x stops");
	view_touch(v);
}

/* Servers have been asked, or it failed or was stopped. */
static void end_asking(struct view *v, bool answered)
{
	struct offline_view *s = state(v);
	size_t ready = 0;

	s->asking = false;
	if (s->then_prefetch && answered) {
		ask_prefetch(v);
	} else if (answered) {
		for (size_t i = 0; i < s->levels->n; i++)
			ready += s->levels->rows[i].ready;
		app_message(v->app, STYLE_NORMAL, "the proxies were asked: %s of %s work offline",
			    GAUGE_N(ready), GAUGE_N(s->levels->n));
	}
	s->then_prefetch = false;
}

static void offline_refresh(struct view *v)
{
	struct offline_view *s = state(v);
	struct part *p;
	bool changed;

	app_want(v->app, REQUEST(PART_OFFLINE, .offline = asking(s, true)));
	p = best_part(v);
	changed = p && p != s->part;
	if (changed) {
		part_unref(s->part);
		s->part = part_ref(p);
		s->levels = ((const struct load_offline *)p->data)->levels;
		make_rows(s);
	}
	list_refresh(&s->list);
	view_touch(v);
	if (s->asking &&
	    !app_loading(v->app, REQUEST(PART_OFFLINE, .offline = asking(s, false)), NULL))
		end_asking(v, changed && is_asked(s));
}

static void tell_failed(struct view *v, const struct request *r, const char *why)
{
	const char *what = r->part == PART_MIRROR   ? "mirror"
			   : r->part == PART_EXPORT ? "not saved"
						    : "prefetch";

	app_message(v->app, STYLE_BAD, "%s: %s", what, why);
}

static void tell_mirror(struct view *v, const struct load_mirror *m)
{
	struct buf b = BUF_INIT;

	gauge_bytes(&b, (uint64_t)m->bytes);
	if (*m->unsure)
		app_message(v->app, STYLE_ATTENTION, "mirror: %s modules, not whole: %s",
			    GAUGE_N(m->n_modules), m->unsure);
	else
		app_message(v->app, STYLE_GOOD, "mirror: %s modules, %s files, %s; %s written",
			    GAUGE_N(m->n_modules), GAUGE_N(m->n_files), b.data,
			    GAUGE_N(m->n_written));
	buf_release(&b);
}

static void offline_changed(struct view *v, const struct request *r, const struct part *outcome,
			    const struct err *e)
{
	const struct load_act *act;

	if (e) {
		tell_failed(v, r, e->text);
	} else if (r->part == PART_MIRROR) {
		tell_mirror(v, outcome->data);
	} else if (r->part == PART_EXPORT) {
		app_message(v->app, STYLE_GOOD, "saved %s, %s bytes", r->export.file,
			    GAUGE_N(((const struct load_export *)outcome->data)->bytes));
	} else {
		act = outcome->data;
		plan_doc_tell(v, "prefetch", "u in Cache takes it back", act->results, act->n);
		app_reload_cache(v->app);
	}
}

/* Details */

static void offline_detail(struct view *v, struct doc *d)
{
	size_t i = list_row(v->list);
	const struct err *e = app_error(v->app,
					REQUEST(PART_OFFLINE, .offline = asking(state(v), true)));
	const struct row *r = i == LIST_NONE ? NULL : row_at(v, i);

	if (r && r->missing)
		offline_doc_missing(r->missing, d);
	else if (r)
		offline_doc_level(r->level, is_asked(state(v)), d);
	else if (e)
		doc_add(d, STYLE_BAD, e->text);
}

static void offline_heading(struct view *v, struct line *l)
{
	const struct offline_view *s = state(v);
	const struct request_offline ask = asking(s, false), look = asking(s, true);
	const struct err *e = app_error(v->app, REQUEST(PART_OFFLINE, .offline = ask));
	size_t ready = 0;

	if (!e)
		e = app_error(v->app, REQUEST(PART_OFFLINE, .offline = look));
	if (e)
		line_addf(l, STYLE_BAD, "  %s", e->text);
	if (e || !s->levels)
		return;
	for (size_t i = 0; i < s->levels->n; i++)
		ready += s->levels->rows[i].ready;
	line_addf(l, ready == s->levels->n ? STYLE_GOOD : STYLE_NORMAL, "  %s of %s work",
		  GAUGE_N(ready), GAUGE_N(s->levels->n));
	line_add(l, STYLE_QUIET,
		 is_asked(s) ? "  the proxies were asked" : "  by the caches alone: F asks");
}

static void offline_progress(struct view *v, struct line *l)
{
	const struct wants_progress *p = NULL;

	if (!app_loading(v->app, REQUEST(PART_OFFLINE, .offline = asking(state(v), false)), &p))
		p = app_change_progress(v);
	if (!p || !p->total)
		return;
	gauge_add(l, STYLE_GO, BAR, (uint64_t)p->done, (uint64_t)p->total);
	line_addf(l, STYLE_NORMAL, " %s/%s  ", GAUGE_N(p->done), GAUGE_N(p->total));
	line_addf(l, STYLE_QUIET, "%s ", p->subject);
}

/* Actions */

static bool is_known(void *ctx)
{
	return state(ctx)->levels != NULL;
}

static bool may_change(void *ctx)
{
	return is_known(ctx) && !app_changing(ctx) && !app_read_only(((struct view *)ctx)->app);
}

/* Of the marked rows, else the one under the cursor. */
static unsigned chosen_levels(struct view *v)
{
	size_t *rows, n = list_marked_rows(v->list, &rows), at = list_row(v->list);
	unsigned set = 0;

	for (size_t i = 0; i < n; i++)
		set |= 1u << row_at(v, rows[i])->level->level;
	if (!n && at != LIST_NONE)
		set = 1u << row_at(v, at)->level->level;
	free(rows);
	return set & ~(1u << LEVELS_QUERIES);
}

static void run_ask(void *ctx, int arg)
{
	(void)arg;
	state(ctx)->then_prefetch = false;
	ask_servers(ctx);
}

static void run_prefetch(void *ctx, int arg)
{
	struct view *v = ctx;
	struct offline_view *s = state(v);

	(void)arg;
	s->wanted = chosen_levels(v);
	if (!s->wanted) {
		app_message(v->app, STYLE_QUIET, "go reads no list of versions from its cache");
	} else if (is_asked(s)) {
		ask_prefetch(v);
	} else {
		s->then_prefetch = true;
		ask_servers(v);
	}
}

static void mirror_now(struct view *v, const char *target)
{
	if (target[0])
		app_change(v, REQUEST(PART_MIRROR, .mirroring = { target, state(v)->wanted }));
	view_touch(v);
}

static void ask_mirror(struct view *v)
{
	struct offline_view *s = state(v);

	s->wanted = chosen_levels(v);
	if (list_marks(v->list) == 0)
		s->wanted |= 1u << LEVELS_BUILD | 1u << LEVELS_TEST | 1u << LEVELS_LIST |
			     1u << LEVELS_TIDY;
	app_input(v, "Mirror into (a directory, or FILE.tar.zst)", "mirror", mirror_now);
}

static void record_now(struct view *v, const char *file)
{
	if (file[0] && !app_changing(v))
		app_change(v,
			   REQUEST(PART_EXPORT, .export = { .file = file,
							    .record = true,
							    .record_format = state(v)->record }));
	view_touch(v);
}

enum { EXPORT_MIRROR = REQUEST_RECORD_FORMATS };

static void export_as(struct view *v, int format)
{
	struct offline_view *s = state(v);
	char *name;

	if (format == EXPORT_MIRROR) {
		ask_mirror(v);
		return;
	}
	s->record = (enum request_record_format)format;
	name = xasprintf("modscope-snapshot.%s", recordfile_suffix(s->record));
	app_input(v, "Save as", name, record_now);
	free(name);
}

static void run_export(void *ctx, int arg)
{
	static const struct app_choice formats[] = {
		{ "mirror: a file:// proxy of what the levels need", EXPORT_MIRROR },
		{ "json: the dependency set, as modscope snapshot writes it", REQUEST_RECORD_JSON },
		{ "cyclonedx: its bill of materials", REQUEST_RECORD_CYCLONEDX },
		{ "spdx: its bill of materials", REQUEST_RECORD_SPDX },
		{ NULL, 0 },
	};

	(void)arg;
	app_choose(ctx, "Export", formats, export_as);
}

static void set_platforms(struct view *v, const char *text)
{
	struct offline_view *s = state(v);

	free(s->platforms);
	s->platforms = text[0] ? xstrdup(text) : NULL;
	offline_refresh(v);
}

static void run_platforms(void *ctx, int arg)
{
	struct view *v = ctx;

	(void)arg;
	app_input(v,
		  "Platforms of build and test, as linux/amd64,windows/arm64; empty: the settings'",
		  state(v)->platforms ? state(v)->platforms : "", set_platforms);
}

static void run_fold(void *ctx, int arg)
{
	struct view *v = ctx;
	struct offline_view *s = state(v);
	size_t i = list_row(v->list);
	unsigned bit = i == LIST_NONE ? 0 : 1u << row_at(v, i)->level->level;

	s->unfolded = arg > 0	? s->unfolded | bit
		      : arg < 0 ? s->unfolded & ~bit
				: s->unfolded ^ bit;
	while (arg < 0 && i != LIST_NONE && i > 0 && row_at(v, i)->missing)
		i--;
	if (arg < 0 && i != LIST_NONE)
		list_go(&s->list, i);
	if (s->levels)
		make_rows(s);
	list_refresh(&s->list);
	view_touch(v);
}

/* A level with missing files, shown or hidden; from a file the cursor can go back to it. */
static bool folds(struct view *v, bool shown)
{
	size_t i = list_row(v->list);
	const struct levels_row *l = i == LIST_NONE ? NULL : row_at(v, i)->level;

	return l && l->n_missing && !(state(v)->unfolded & 1u << l->level) == !shown;
}

static bool can_unfold(void *ctx)
{
	return is_known(ctx) && folds(ctx, false);
}

static bool can_fold(void *ctx)
{
	return is_known(ctx) && folds(ctx, true);
}

static bool has_module(struct view *v)
{
	size_t i = list_row(v->list);

	return i != LIST_NONE && row_at(v, i)->missing && *row_at(v, i)->missing->mod.version;
}

static bool offline_opens(struct view *v)
{
	return has_module(v) || folds(v, false) || folds(v, true);
}

static void offline_activate(struct view *v)
{
	size_t i = list_row(v->list);

	if (has_module(v))
		app_open(v->app, "explain", row_at(v, i)->missing->mod.path);
	else
		run_fold(v, 0);
}

static void offline_command(struct view *v, struct buf *b)
{
	size_t i = list_row(v->list);
	const struct levels_row *l = i == LIST_NONE ? NULL : row_at(v, i)->level;

	if (l && !l->ready && l->level != LEVELS_QUERIES)
		buf_addf(b, "modscope prefetch --level %s --yes", levels_name(l->level));
	else
		buf_addstr(b, "modscope offline");
}

static void offline_copy(struct view *v, struct buf *b)
{
	size_t i = list_row(v->list);
	const struct row *r = i == LIST_NONE ? NULL : row_at(v, i);

	if (r && r->missing)
		buf_addstr(b, r->missing->file);
	else if (r)
		offline_text_command(b, r->level);
}

static const struct action actions[] = {
	{ "fetch", "F", "ask",
	  "ask the proxies what is missing, into modscope's own cache; ctrl-x stops", NULL, run_ask,
	  0, 0 },
	{ "prefetch", "W", "prefetch",
	  "put what the level lacks into GOMODCACHE, after showing it; ctrl-x stops", may_change,
	  run_prefetch, 0, 0 },
	{ "export", "e", "export",
	  "write a file:// proxy of what the levels need, or the dependency set", may_change,
	  run_export, 0, 0 },
	{ "pick", "p", "platforms", "build and test for other GOOS/GOARCH", NULL, run_platforms, 0,
	  0 },
	{ "unfold", "right l", NULL, "show the files that the level lacks", can_unfold, run_fold, 1,
	  0 },
	{ "fold", "left h", NULL, "hide them", can_fold, run_fold, -1, 0 },
	{ 0 },
};

const struct view_ops view_offline = {
	.name = "offline",
	.title = "Offline",
	.help = "which go commands work without the network, and the files that the others lack",
	.tab = true,
	.needs = NEEDS(PART_GRAPH),
	.state_size = sizeof(struct offline_view),
	.actions = actions,
	.open = offline_open,
	.option = offline_option,
	.release = offline_release,
	.refresh = offline_refresh,
	.changed = offline_changed,
	.heading = offline_heading,
	.progress = offline_progress,
	.detail = offline_detail,
	.activate = offline_activate,
	.opens = offline_opens,
	.copy = offline_copy,
	.command = offline_command,
};
