#include "screens/cache_doc.h"
#include "screens/cache_plan.h"
#include "screens/cache_view.h"
#include "texts/describe.h"

#include "gauge.h"

static struct cache_view *state(void *v)
{
	return cache_view_state(v);
}

/* Rows: the entries, then other files. */

static size_t cache_count(void *ctx)
{
	const struct cache_report *r = state(ctx)->r;

	return r ? r->n + r->n_others : 0;
}

static const struct cache_entry *entry_at(const struct cache_view *s, size_t row)
{
	return row < s->r->n ? &s->r->entries[row] : NULL;
}

static const struct cache_other *other_at(const struct cache_view *s, size_t row)
{
	return row < s->r->n ? NULL : &s->r->others[row - s->r->n];
}

static uint64_t cache_key_of(const struct cache_entry *e)
{
	return hash_bytes(e->mod.version, strlen(e->mod.version),
			  hash_bytes(e->mod.path, strlen(e->mod.path), 3)) |
	       1;
}

static uint64_t cache_key(void *ctx, size_t row)
{
	const struct cache_view *s = state(ctx);
	const struct cache_entry *e = entry_at(s, row);

	if (e)
		return cache_key_of(e);
	return hash_bytes(other_at(s, row)->file, strlen(other_at(s, row)->file), 11) | 1;
}

static void add_bytes(struct line *out, unsigned style, uint64_t bytes)
{
	struct buf b = BUF_INIT;

	if (bytes)
		gauge_bytes(&b, bytes);
	line_add(out, style, b.data);
	buf_release(&b);
}

enum {
	COLUMN_MARK,
	COLUMN_MODULE,
	COLUMN_VERSION,
	COLUMN_STATE,
	COLUMN_SIZE,
	COLUMN_PROBLEM,
	COLUMN_USED /* for the whole cache: in the build list all are */
};

static void other_cell(const struct cache_other *o, unsigned column, struct line *out)
{
	switch (column) {
	case COLUMN_MARK:
		line_glyph(out, o->n_problems ? STYLE_ATTENTION : STYLE_QUIET,
			   o->n_problems ? GLYPH_ATTENTION : GLYPH_LEAF);
		break;
	case COLUMN_MODULE: line_add(out, STYLE_NORMAL, o->about[0] ? o->about : o->file); break;
	case COLUMN_STATE: line_add(out, STYLE_QUIET, cache_other_kind_name(o->kind)); break;
	case COLUMN_SIZE: add_bytes(out, STYLE_NORMAL, o->bytes); break;
	case COLUMN_PROBLEM:
		if (o->n_problems)
			line_add(out, STYLE_NORMAL, o->problems[0].problem);
		break;
	}
}

/* With the file: what is wrong with it alone says nothing. */
static void problem_cell(const struct cache_problem *p, struct line *out)
{
	line_addf(out, STYLE_NORMAL, "%s: %s", cache_part_name(p->part), p->problem);
}

/* The module of the build list that uses the entry; NULL if there is none. */
static const struct load_module *module_of(const struct cache_view *s, const struct cache_entry *e)
{
	return e->used ? map_get(&s->modules, e->mod.path) : NULL;
}

static void facts_line(const struct cache_view *s, const struct cache_entry *e, struct line *out)
{
	const struct load_module *m = module_of(s, e);

	if (m && m->replaced.path[0] && !str_eq(m->path, m->replaced.path))
		line_addf(out, STYLE_ATTENTION, "replaces %s", m->path);
	else if (m)
		module_facts_line(&s->facts, (size_t)(m - s->facts.g->modules), out);
}

/* Follows a state other than damaged or absent. */
static void add_facts(const struct cache_view *s, const struct cache_entry *e, struct line *out)
{
	struct line facts = LINE_INIT;

	if (e->state > CACHE_UNVERIFIED)
		return;
	facts_line(s, e, &facts);
	if (facts.text.len) {
		line_add(out, STYLE_NORMAL, "  ");
		facts_line(s, e, out);
	}
	line_release(&facts);
}

static void entry_cell(const struct cache_view *s, const struct cache_entry *e, unsigned column,
		       struct line *out)
{
	struct buf b = BUF_INIT;

	switch (column) {
	case COLUMN_MARK:
		line_glyph(out, cache_doc_style(e->state), cache_doc_glyph(e->state));
		break;
	case COLUMN_MODULE: line_add(out, STYLE_NORMAL, e->mod.path); break;
	case COLUMN_VERSION:
		describe_version(&b, e->mod.version);
		line_add(out, STYLE_NORMAL, b.data);
		break;
	case COLUMN_STATE:
		line_add(out, e->state == CACHE_OK ? STYLE_NORMAL : cache_doc_style(e->state),
			 cache_state_name(e->state));
		add_facts(s, e, out);
		break;
	case COLUMN_SIZE: add_bytes(out, STYLE_NORMAL, cache_entry_bytes(e)); break;
	case COLUMN_USED: line_add(out, STYLE_QUIET, e->used ? "yes" : "no"); break;
	default:
		if (e->n_problems)
			problem_cell(&e->problems[0], out);
	}
	buf_release(&b);
}

static void cache_cell(void *ctx, size_t row, unsigned column, struct line *out)
{
	const struct cache_view *s = state(ctx);

	if (entry_at(s, row))
		entry_cell(s, entry_at(s, row), column, out);
	else
		other_cell(other_at(s, row), column, out);
}

static unsigned cache_style(void *ctx, size_t row)
{
	const struct cache_entry *e = entry_at(state(ctx), row);

	return e && e->state == CACHE_ABSENT ? STYLE_QUIET : STYLE_NORMAL;
}

/* The text for the filter: the module with its version, the state, the problem and the facts. */
static const char *cache_text(void *ctx, size_t row, size_t *len)
{
	struct cache_view *s = state(ctx);
	const struct cache_entry *e = entry_at(s, row);
	const struct load_module *m = e ? module_of(s, e) : NULL;

	buf_clear(&s->text);
	if (e)
		buf_addf(&s->text, "%s@%s %s%s%s%s", e->mod.path, e->mod.version,
			 cache_state_name(e->state),
			 /* counted as damaged, so found by that word */
			 e->state == CACHE_MISMATCH ? " damaged" : "", e->n_problems ? " " : "",
			 e->n_problems ? e->problems[0].problem : "");
	else
		buf_addf(&s->text, "%s %s %s", cache_other_kind_name(other_at(s, row)->kind),
			 other_at(s, row)->about, other_at(s, row)->file);
	if (m)
		module_facts_words(&s->facts, (size_t)(m - s->facts.g->modules), &s->text);
	*len = s->text.len;
	return s->text.data;
}

static uint64_t row_bytes(const struct cache_view *s, size_t row)
{
	const struct cache_entry *e = entry_at(s, row);

	return e ? cache_entry_bytes(e) : other_at(s, row)->bytes;
}

static int row_state(const struct cache_view *s, size_t row)
{
	const struct cache_entry *e = entry_at(s, row);

	return e ? (int)e->state : other_at(s, row)->n_problems ? CACHE_ORPHAN : -1;
}

static int compare_big(uint64_t a, uint64_t b)
{
	return a > b ? -1 : a < b;
}

static int cache_compare(void *ctx, size_t a, size_t b, unsigned column)
{
	const struct cache_view *s = state(ctx);

	switch (column) {
	case COLUMN_MARK:
	case COLUMN_STATE:
	case COLUMN_PROBLEM: return row_state(s, b) - row_state(s, a);
	case COLUMN_SIZE: return compare_big(row_bytes(s, a), row_bytes(s, b));
	case COLUMN_USED:
		return (entry_at(s, b) && entry_at(s, b)->used) -
		       (entry_at(s, a) && entry_at(s, a)->used);
	default: return a < b ? -1 : a > b;
	}
}

static const struct list_ops list_ops = {
	.count = cache_count, .key = cache_key, .cell = cache_cell, .style = cache_style
};
static const struct rows_ops rows_ops = { cache_count, cache_text, cache_compare };

static const struct list_column columns[] = {
	{ .id = "mark", .title = "", .min = 1, .max = 1 },
	{ .id = "module",
	  .title = "module",
	  .min = 22,
	  .flex = 2,
	  .match = true,
	  .cut = CUT_MIDDLE },
	{ .id = "version", .title = "version", .min = 8, .max = 22, .whole = true },
	{ .id = "state", .title = "state", .min = 7, .max = 30 },
	{ .id = "size", .title = "size", .min = 10, .max = 10, .right = true, .priority = 1 },
	{ .id = "problem", .title = "", .min = 16, .flex = 3, .priority = 2, .cut = CUT_END },
	{ .id = "used", .title = "used", .min = 4, .max = 4, .priority = 3 },
};

/* The view */

static void use_tree(struct view *v, bool tree)
{
	struct cache_view *s = state(v);

	s->as_tree = tree;
	v->tree = tree ? &s->du.tree : NULL;
	v->list = tree ? &s->du.tree.list : &s->list;
	v->rows = tree ? NULL : &s->rows;
	view_touch(v);
}

static void cache_open(struct view *v)
{
	struct cache_view *s = state(v);

	s->asked.depth = CACHESCAN_VERIFY;
	buf_init(&s->text);
	list_init(&s->list, &list_ops, v, columns, ARRAY_LEN(columns));
	rows_init(&s->rows, &rows_ops, v);
	rows_sort(&s->rows, COLUMN_STATE, false);
	s->list.rows = &s->rows;
	s->list.sort = COLUMN_STATE;
	s->list.header = true;
	s->list.empty = "No module of the build list comes from the module cache.";
	cache_du_init(&s->du);
	use_tree(v, false);
}

static bool sort_by(struct cache_view *s, const char *key)
{
	int column = str_eq(key, "name")   ? COLUMN_MODULE
		     : str_eq(key, "size") ? COLUMN_SIZE
					   : COLUMN_STATE;

	s->list.sort = column;
	rows_sort(&s->rows, (unsigned)column, false);
	return true;
}

static bool cache_option(struct view *v, const char *name, const char *value)
{
	struct cache_view *s = state(v);

	if (str_eq(name, "sort"))
		return sort_by(s, value);
	if (str_eq(name, "damaged")) {
		rows_filter(&s->rows, "damaged");
		return true;
	}
	if (str_eq(name, "all")) {
		s->asked.whole = true;
		s->asked.depth = s->deeper ? s->asked.depth : CACHESCAN_LOOK;
		return true;
	}
	s->deeper = true;
	s->asked.depth = str_eq(name, "full") ? CACHESCAN_FULL : CACHESCAN_VERIFY;
	return str_eq(name, "full") || str_eq(name, "verify");
}

static void cache_release(struct view *v)
{
	struct cache_view *s = state(v);

	list_release(&s->list);
	rows_release(&s->rows);
	buf_release(&s->text);
	cache_du_release(&s->du);
	free(s->next);
	module_facts_release(&s->facts);
	map_release(&s->modules);
	part_unref(s->graph);
	part_unref(s->part);
}

static struct part *part_of(struct view *v, enum cachescan_depth depth)
{
	return snapshot_part(app_snapshot(v->app),
			     REQUEST(PART_CACHE, .cache = { state(v)->asked.whole, depth }));
}

/* The newest report that answers the request; a running verification leaves the scan on the screen. */
static struct part *best_part(struct view *v)
{
	int depth = (int)state(v)->asked.depth;
	struct part *p = state(v)->asked.whole ? NULL : describe_cache_part(app_snapshot(v->app));

	/* includes the background verification */
	if (p && p->request->cache.depth == CACHESCAN_LOOK)
		p = NULL;
	for (; !p && depth >= CACHESCAN_LOOK; depth--)
		p = part_of(v, (enum cachescan_depth)depth);
	return p;
}

/* The entry under the cursor has another index in another report: find it by name, not by a search of all rows. */
static void keep_cursor(struct cache_view *s, const struct cache_report *next)
{
	size_t row = s->list.cursor_row;
	const struct cache_entry *e = s->r && row < s->r->n ? &s->r->entries[row] : NULL;

	if (!e || cache_key_of(e) != s->list.cursor_key)
		return;
	e = cache_find(next, e->mod);
	if (e)
		s->list.cursor_row = (size_t)(e - next->entries);
	else
		s->list.cursor_key = 0;
}

static void take_facts(struct view *v)
{
	struct cache_view *s = state(v);
	struct part *p = snapshot_part(app_snapshot(v->app), REQUEST(PART_GRAPH));
	const struct load_graph *g = p ? p->data : NULL;

	if (!p || !module_facts_take(&s->facts, app_snapshot(v->app), g))
		return;
	if (p != s->graph) {
		part_unref(s->graph);
		s->graph = part_ref(p);
		map_release(&s->modules);
		s->modules = (struct map)MAP_INIT;
		for (size_t i = 0; i < g->n_modules; i++) {
			const struct load_module *m = &g->modules[i];

			map_put(&s->modules, m->replaced.path[0] ? m->replaced.path : m->path,
				(void *)m);
		}
	}
	rows_refresh(&s->rows);
}

static void cache_refresh(struct view *v)
{
	struct cache_view *s = state(v);
	struct part *p = best_part(v);
	const struct load_cache *lc;

	app_want(v->app, describe_outdated_glance());
	app_want(v->app, REQUEST(PART_GRAPH));
	take_facts(v);

	s->list.n_columns = s->asked.whole ? ARRAY_LEN(columns) : COLUMN_USED;
	s->list.empty = s->asked.whole ? "The module cache is empty."
				       : "No module of the build list comes from the module cache.";
	if (p || s->asked.whole)
		app_want(v->app, REQUEST(PART_CACHE, .cache = s->asked));
	if (!p || p == s->part)
		return;
	lc = p->data;
	keep_cursor(s, lc->report);
	part_unref(s->part);
	s->part = part_ref(p);
	s->r = lc->report;
	rows_refresh(&s->rows);
	rows_work(&s->rows, 4000);
	list_refresh(&s->list);
	cache_du_refresh(&s->du, s->r, lc->tree);
}

static const struct cache_entry *current(struct view *v)
{
	struct cache_view *s = state(v);
	size_t row;

	if (!s->r)
		return NULL;
	if (s->as_tree)
		return cache_du_entry(&s->du);
	row = list_row(&s->list);
	return row == LIST_NONE ? NULL : entry_at(s, row);
}

/* PATH@VERSION, or the first version of PATH. */
static size_t target_row(const struct cache_report *r, const char *target)
{
	const char *at = strchr(target, '@');
	char *path = xstrndup(target, strcspn(target, "@"));
	const struct cache_entry *e = at ? cache_find(r, (struct modver){ path, at + 1 })
					 : cache_find_path(r, path);

	free(path);
	return e ? (size_t)(e - r->entries) : LIST_NONE;
}

static bool cache_go(struct view *v, const char *target)
{
	struct cache_view *s = state(v);
	size_t row = s->r ? target_row(s->r, target) : LIST_NONE;

	if (row == LIST_NONE)
		return false;
	use_tree(v, false);
	if (!list_go(&s->list, row)) {
		rows_filter(&s->rows, "");
		rows_work(&s->rows, 8000);
		list_refresh(&s->list);
		list_go(&s->list, row);
	}
	return true;
}

static void cache_copy(struct view *v, struct buf *b)
{
	const struct cache_entry *e = current(v);

	if (e)
		describe_modver(b, e->mod);
}

static void add_count(struct line *l, unsigned style, enum glyph g, size_t n)
{
	if (!n)
		return;
	line_add(l, STYLE_NORMAL, "  ");
	line_glyph(l, style, g);
	line_add(l, style, GAUGE_N(n));
}

static void cache_progress(struct view *v, struct line *l)
{
	const struct cache_view *s = state(v);
	const struct wants_progress *p;
	uint64_t took;

	if (!app_loading(v->app, REQUEST(PART_CACHE, .cache = s->asked), &p) || !p->total)
		return;
	gauge_add(l, STYLE_GO, 10, (uint64_t)p->done, (uint64_t)p->total);
	line_addf(l, STYLE_NORMAL, " %s/%s", GAUGE_N(p->done), GAUGE_N(p->total));
	took = app_now() - p->since;
	if (p->done > 8 && took > 500)
		line_addf(l, STYLE_QUIET, "  %s/s  %s s left",
			  GAUGE_N((uint64_t)p->done * 1000 / took),
			  GAUGE_N(took * (uint64_t)(p->total - p->done) / (uint64_t)p->done /
				  1000));
	line_add(l, STYLE_NORMAL, " ");
}

static void cache_heading(struct view *v, struct line *l)
{
	const struct cache_view *s = state(v);
	struct buf b = BUF_INIT;

	line_add(l, STYLE_QUIET, s->asked.whole ? "  whole cache" : "  this build list");
	if (s->r) {
		gauge_bytes(&b, s->r->bytes);
		line_addf(l, STYLE_QUIET, "  %s %s  %s", GAUGE_N(s->r->n + s->r->n_others),
			  s->r->n + s->r->n_others == 1 ? "entry" : "entries", b.data);
		add_count(l, STYLE_BAD, GLYPH_BAD,
			  s->r->states[CACHE_DAMAGED] + s->r->states[CACHE_MISMATCH]);
		add_count(l, STYLE_ATTENTION, GLYPH_ATTENTION,
			  s->r->states[CACHE_PARTIAL] + s->r->states[CACHE_ORPHAN]);
		add_count(l, STYLE_GOOD, GLYPH_GOOD, s->r->states[CACHE_OK]);
		add_count(l, STYLE_QUIET, GLYPH_LEAF, s->r->states[CACHE_UNVERIFIED]);
		add_count(l, STYLE_QUIET, GLYPH_OFF, s->r->states[CACHE_ABSENT]);
	}
	buf_release(&b);
}

static void cache_detail(struct view *v, struct doc *d)
{
	struct cache_view *s = state(v);
	const struct cache_entry *e = current(v);
	size_t row = list_row(&s->list);

	if (e)
		cache_doc_entry(s->r, e, d);
	else if (s->as_tree)
		cache_du_doc(&s->du, d);
	else if (s->r && row != LIST_NONE && other_at(s, row))
		cache_doc_other(other_at(s, row), d);
}

/* Actions */

static bool has_report(void *ctx)
{
	return state(ctx)->r != NULL;
}

static void run_verify(void *ctx, int depth)
{
	struct view *v = ctx;
	struct cache_view *s = state(v);

	s->asked.depth = (enum cachescan_depth)depth;
	app_reload(v->app, REQUEST(PART_CACHE, .cache = s->asked));
	app_message(v->app, STYLE_QUIET, "%s",
		    depth == CACHESCAN_FULL ? "hashing everything again"
					    : "hashing what is not remembered as good");
	cache_refresh(v);
}

static void run_whole(void *ctx, int arg)
{
	struct view *v = ctx;
	struct cache_view *s = state(v);

	(void)arg;
	s->asked.whole = !s->asked.whole;
	s->asked.depth = s->asked.whole ? CACHESCAN_LOOK : CACHESCAN_VERIFY;
	cache_refresh(v);
	view_touch(v);
}

static void run_tree(void *ctx, int arg)
{
	(void)arg;
	use_tree(ctx, !state(ctx)->as_tree);
}

static void run_damaged(void *ctx, int arg)
{
	struct cache_view *s = state(ctx);

	(void)arg;
	rows_filter(&s->rows, fuzzy_empty(&s->rows.filter) ? "damaged" : "");
	rows_work(&s->rows, 6000);
	list_refresh(&s->list);
}

static bool as_list(void *ctx)
{
	return has_report(ctx) && !state(ctx)->as_tree;
}

/* Files other than module versions are named by path. */
static struct modver subject_of(const struct cache_report *r, size_t row)
{
	return row < r->n ? r->entries[row].mod : (struct modver){ r->others[row - r->n].file, "" };
}

/* The marked entries, else the one under the cursor; the caller frees mods. */
static size_t chosen(struct view *v, struct modver **mods)
{
	struct cache_view *s = state(v);
	const struct cache_entry *e = current(v);
	size_t *rows = NULL, n = 0, n_rows = s->as_tree ? 0 : list_marked_rows(&s->list, &rows);

	*mods = xcalloc(n_rows + 1, sizeof(**mods));
	for (size_t i = 0; i < n_rows; i++)
		(*mods)[n++] = subject_of(s->r, rows[i]);
	if (!n_rows && e)
		(*mods)[n++] = e->mod;
	else if (!n_rows && !s->as_tree && list_row(&s->list) != LIST_NONE)
		(*mods)[n++] = subject_of(s->r, list_row(&s->list));
	free(rows);
	return n;
}

static void run_repair(void *ctx, int arg)
{
	struct modver *mods;
	size_t n;

	(void)arg;
	n = chosen(ctx, &mods);
	cache_plan_repair(ctx, mods, n);
	free(mods);
}

static void run_prune(void *ctx, int arg)
{
	(void)arg;
	cache_plan_prune(ctx);
}

static void run_undo(void *ctx, int arg)
{
	(void)arg;
	cache_plan_undo(ctx);
}

static bool own_enabled(void *ctx)
{
	return cache_view_state(ctx)->r && !app_changing(ctx);
}

static void run_own(void *ctx, int arg)
{
	(void)arg;
	cache_plan_own(ctx);
}

static const struct action actions[] = {
	{ "repair", "R", "repair", "repair what is proven wrong, after showing how",
	  cache_plan_enabled, run_repair, 0, 0 },
	{ "verify", "v", "verify",
	  "hash zips and directories and compare with who vouches for them", has_report, run_verify,
	  CACHESCAN_VERIFY, 0 },
	{ "undo", "u", "undo", "take the last change of the cache back", cache_plan_enabled,
	  run_undo, 0, 0 },
	{ "prune", "P", NULL, "quarantine what this project does not use (of the whole cache)",
	  cache_plan_enabled, run_prune, 0, 0 },
	{ "verify-all", "V", NULL, "hash everything again, also what is remembered as good",
	  has_report, run_verify, CACHESCAN_FULL, 0 },
	{ "tree", "t", "tree", "sizes as a tree, or the list", has_report, run_tree, 0, 0 },
	{ "all", "a", "all", "the whole cache of this machine, or this build list", NULL, run_whole,
	  0, 0 },
	{ "damaged", "b", "damaged", "only what is damaged", as_list, run_damaged, 0, 0 },
	{ "own", "I", NULL, "modscope's own cache beside it: what is in it; enter empties it",
	  own_enabled, run_own, 0, 0 },
	{ 0 },
};

static void cache_command(struct view *v, struct buf *b)
{
	const struct cache_view *s = state(v);
	const struct cache_entry *e = current(v);

	if (e && e->n_problems)
		buf_addf(b, "modscope repair %s@%s", e->mod.path, e->mod.version);
	else
		buf_addstr(b, s->asked.whole ? "modscope cache --all" : "modscope cache");
}

const struct view_ops view_cache = {
	.name = "cache",
	.title = "Cache",
	.help = "the state of every entry of the module cache, and its repair",
	.tab = true,
	.needs = NEEDS(PART_CACHE),
	.elsewhere =
		"Start modscope in a module's directory, or make one here with go mod init MODULE. Anywhere, "
		"modscope cache --all lists the whole cache of this machine.",
	.state_size = sizeof(struct cache_view),
	.actions = actions,
	.open = cache_open,
	.option = cache_option,
	.release = cache_release,
	.refresh = cache_refresh,
	.changed = cache_plan_ended,
	.go = cache_go,
	.place = cache_copy,
	.heading = cache_heading,
	.progress = cache_progress,
	.detail = cache_detail,
	.copy = cache_copy,
	.command = cache_command,
};
