#include "versions/outdated.h"

#include "fetch/source.h"
#include "gofiles/gomod.h"
#include "gofiles/gover.h"
#include "gofiles/pseudo.h"
#include "graph/golist.h"
#include "graph/query.h"
#include "gofiles/rfc3339.h"
#include "versions/ahead.h"
#include "versions/golines.h"
#include "versions/majors.h"
#include "versions/newer.h"

#define EARLY 64 /* questions sent while the graph is loaded */
#define MODE (GOLIST_UPDATES | GOLIST_RETRACTED)

struct run {
	const struct outdated_options *o;
	struct arena *a;
	struct modproject *mp;
	struct modinfo **infos;
	struct outdated_row **rows; /* as handed out at first */
	size_t n;
	struct ahead_item *items; /* of the rows being requested */
	size_t *at;		  /* and their rows */
	size_t n_items;
	struct map tools;    /* paths of modules */
	struct map excluded; /* path -> struct versions */
};

struct versions {
	ARENA_VEC(const char *) list;
};

bool outdated_is(const struct outdated_row *row)
{
	return row->info->update || row->info->n_retracted || *row->info->deprecated;
}

static struct outdated_row *new_row(struct run *r, const struct modinfo *info)
{
	struct outdated_row *row = arena_calloc(r->a, 1, sizeof(*row));

	*row = (struct outdated_row){ .info = info };
	row->unknown = row->patch = row->minor = row->keeps_go = row->unread_go = row->update_go =
		row->held = "";
	row->tool = map_has(&r->tools, info->path);
	return row;
}

static bool is_newer(const struct modinfo *m, const char *v)
{
	return gover_mod_compare(m->path, v, m->version) > 0;
}

/* The answer of a query if it is newer than the current version; else "". */
static const char *ask(struct run *r, const struct modinfo *m, const char *query)
{
	struct query_result q;

	if (query_version(r->o->ml, m->path, query, m->version, QUERY_ALLOWED, &q, NULL) &&
	    is_newer(m, q.version))
		return q.version;
	return "";
}

static bool has_major_of(const char *v, const char *w)
{
	size_t n = semver_major(v);

	return n == semver_major(w) && strncmp(v, w, n) == 0;
}

/* The newest with the same major version: a prefix query, unless the update is that version. */
static const char *find_minor(struct run *r, const struct modinfo *m)
{
	if (has_major_of(m->update->version, m->version))
		return m->update->version;
	return ask(r, m, arena_fmt(r->a, "%.*s", (int)semver_major(m->version), m->version));
}

static struct newer_list choices(struct run *r, const struct modinfo *m)
{
	struct newer_list all = { 0 };

	query_versions(r->o->ml, m->path, QUERY_ALLOWED, &all.items, &all.n, NULL);
	return newer_choices(r->a, m->path, all, m->version, m->update->version);
}

/* Versions must not be newer; 0: they may. */
static int64_t not_after(const struct run *r)
{
	return r->o->cooldown ? r->o->now - r->o->cooldown : 0;
}

/* When a version of this time is old enough; 0: it is now, or its age is unknown. */
static int64_t held_until(const struct run *r, const char *time)
{
	int64_t t;

	if (!r->o->cooldown || !rfc3339_parse(time, &t) || t <= not_after(r))
		return 0;
	return t + r->o->cooldown;
}

/* A too young update is held back in favour of the newest that is old enough. */
static void hold_back(struct run *r, struct outdated_row *row, struct modinfo *m,
		      struct newer_list l)
{
	struct source_info info;
	const char *v, *unread;

	row->held = m->update->version;
	v = newer_cooled(r->o->source, m->path, l, not_after(r), 1, &unread);
	m->update = NULL;
	if (!*v || !source_stat(r->o->source, m->path, v, &info, NULL))
		return;
	m->update = modinfo_new(r->o->ml, m->path, v);
	m->update->time = modinfo_time(info.time ? info.time : "");
}

static struct newer_list up_to(struct newer_list l, const char *path, const char *v)
{
	while (l.n && gover_mod_compare(path, l.items[l.n - 1], v) > 0)
		l.n--;
	return l;
}

static void find_go(struct run *r, struct outdated_row *row, struct modinfo *m, struct golines *g)
{
	const char *go = newer_go_line(r->o->source, g,
				       (struct modver){ m->path, m->update->version });

	row->update_go = go ? arena_strdup(r->a, go) : "";
}

/* The newest with the prefix that is old enough. */
static const char *cooled(struct run *r, const struct modinfo *m, struct newer_list l,
			  const char *prefix)
{
	const char *unread;

	return newer_cooled(r->o->source, m->path, newer_within(r->a, l, prefix), not_after(r), 1,
			    &unread);
}

static void find_like(struct run *r, struct outdated_row *row, const struct modinfo *m,
		      struct newer_list l)
{
	const char *v = m->version;

	if (!r->o->cooldown) {
		row->patch = ask(r, m, "patch");
		row->minor = find_minor(r, m);
		return;
	}
	row->patch = cooled(r, m, l, arena_fmt(r->a, "%s.", semver_major_minor(r->a, v)));
	row->minor = cooled(r, m, l, arena_fmt(r->a, "%.*s.", (int)semver_major(v), v));
}

static bool is_old_enough(struct run *r, const char *path, const char *v)
{
	struct source_info info;

	return !r->o->cooldown || (source_stat(r->o->source, path, v, &info, NULL) && info.time &&
				   !held_until(r, info.time));
}

static void find_keeps_go(struct run *r, struct outdated_row *row, const struct modinfo *m,
			  struct newer_list l, struct golines *g)
{
	const char *v, *project_go = modproject_go_version(r->mp);

	if (!l.n) {
		if (golines_get(g, m->update->version) &&
		    (!*row->update_go || gover_compare(row->update_go, project_go) <= 0))
			row->keeps_go = m->update->version;
		return;
	}
	for (;; l = newer_below(l, m->path, v)) {
		v = newer_keeps_go(r->o->source, g, m->path, l, project_go, 1, &row->unread_go);
		if (!*v || is_old_enough(r, m->path, v))
			break;
	}
	row->keeps_go = v;
}

static void find_newer(struct run *r, struct outdated_row *row, struct modinfo *m,
		       struct golines *g)
{
	struct newer_list l = choices(r, m);

	find_go(r, row, m, g);
	row->held_until = held_until(r, m->update->time);
	if (row->held_until)
		hold_back(r, row, m, l);
	if (!m->update)
		return;
	if (row->held_until)
		find_go(r, row, m, g);
	l = up_to(l, m->path, m->update->version);
	find_like(r, row, m, l);
	find_keeps_go(r, row, m, l, g);
}

static void find_majors(struct run *r, struct outdated_row *row)
{
	struct outdated_major *list;
	struct query_result q;
	struct majors found;

	if (!r->o->majors)
		return;
	majors_find(&found, r->a, r->o->source, row->info->path, row->info->version, 1);
	list = arena_alloc(r->a, (found.n + 1) * sizeof(*list));
	for (size_t i = 0; i < found.n; i++)
		if (query_version(r->o->ml, found.paths[i], "latest", "", QUERY_ALLOWED, &q, NULL))
			list[row->n_majors++] = (struct outdated_major){ found.paths[i], q.version,
									 q.time,
									 held_until(r, q.time) };
	row->majors = list;
}

/* If replace lines have versions of a module, go treats an unavailable list as empty. */
static const char *why_no_list(struct run *r, const struct modinfo *m)
{
	const char *const *versions;
	struct err e = ERR_INIT;
	const char *why = "";
	size_t n;

	if (!source_versions(r->o->source, m->path, &versions, &n, &e) && e.code != ERR_NOT_FOUND)
		why = arena_strdup(r->a, e.text);
	err_release(&e);
	return why;
}

/* The row as handed out may be shown by another thread: what is not known of it then goes to a copy. */
static struct modinfo *copy_info(struct run *r, const struct modinfo *info)
{
	struct modinfo *m = arena_memdup(r->a, info, sizeof(*m));

	if (m->replace)
		m->replace = arena_memdup(r->a, m->replace, sizeof(*m->replace));
	return m;
}

static void complete(struct run *r, size_t k)
{
	size_t i = r->at[k];
	struct modinfo *m = r->o->facts ? r->infos[i] : copy_info(r, r->infos[i]);
	struct outdated_row *row = r->o->facts ? r->rows[i] : new_row(r, m);
	int64_t as_of, other;

	golist_complete(r->o->ml, m, MODE);
	row->asked = true;
	row->excluded = r->items[k].excluded;
	row->n_excluded = r->items[k].n_excluded;
	if (m->update && !r->o->facts)
		find_newer(r, row, m, r->items[k].lines);
	find_majors(r, row);
	row->unknown = *m->error ? m->error : m->unknown;
	if (!*row->unknown && m->replace)
		row->unknown = m->replace->unknown;
	if (!*row->unknown && m->replace && !m->update)
		row->unknown = why_no_list(r, m);
	as_of = source_as_of(r->o->source, m->path);
	other = m->replace ? source_as_of(r->o->source, m->replace->path) : 0;
	row->as_of = other && (!as_of || other < as_of) ? other : as_of;
	r->o->row(r->o->ctx, i, r->n, row);
}

static void on_ready(void *ctx, size_t k)
{
	struct run *r = ctx;

	if (!cancel_is_set(r->o->cancel))
		complete(r, k);
	if (r->items[k].lines)
		golines_release(r->items[k].lines);
}

/* The exclude lines of all main modules: in workspaces each has its own. */
static void find_excluded(struct run *r)
{
	const struct modproject_main *mains;
	size_t n = modproject_mains(r->mp, &mains);

	for (size_t i = 0; i < n; i++) {
		const struct gomod *f = mains[i].file;

		for (size_t k = 0; f && k < f->exclude.n; k++) {
			struct modver m = f->exclude.items[k].mod;
			struct versions *v = map_get(&r->excluded, m.path);

			if (!v)
				map_put(&r->excluded, m.path,
					v = arena_calloc(r->a, 1, sizeof(*v)));
			arena_vec_push(r->a, &v->list, m.version);
		}
	}
}

/* The length of the path's directory; 0 if it has none. */
static size_t dir_len(const char *path, size_t len)
{
	while (len && path[len - 1] != '/')
		len--;
	return len ? len - 1 : 0;
}

/* The module of each tool: the one with the longest path. */
static void find_tools(struct run *r)
{
	const char *const *paths;
	size_t n = modproject_tools(r->mp, &paths);
	struct map modules = MAP_INIT;

	for (size_t k = 0; n && k < r->n; k++)
		map_put(&modules, r->infos[k]->path, NULL);
	for (size_t i = 0; i < n; i++) {
		const struct map_entry *e = NULL;

		for (size_t len = strlen(paths[i]); len && !e; len = dir_len(paths[i], len))
			e = map_find_n(&modules, paths[i], len);
		if (e)
			map_put(&r->tools, e->key, NULL);
	}
	map_release(&modules);
}

/* Whether nothing kept can say more of it than that it could not be read. */
static bool is_mute(const struct run *r, const struct modinfo *m)
{
	return r->o->facts && *m->error && !m->replace &&
	       !modproject_highest_replaced(r->mp, m->path) &&
	       !source_may_list(r->o->source, m->path);
}

/* Rows without an item are complete. */
static void plan(struct run *r)
{
	r->items = arena_calloc(r->a, r->n + 1, sizeof(*r->items));
	r->at = arena_calloc(r->a, r->n + 1, sizeof(*r->at));
	for (size_t i = 0; i < r->n; i++) {
		const struct modinfo *m = r->infos[i];
		struct ahead_item *item = &r->items[r->n_items];
		const struct versions *excluded = map_get(&r->excluded, m->path);

		if (m->main || is_mute(r, m))
			continue;
		*item = (struct ahead_item){ .path = m->path,
					     .current = m->version,
					     .excluded = excluded ? excluded->list.items : NULL,
					     .n_excluded = excluded ? excluded->list.n : 0,
					     .replacement = m->replace ? m->replace->path : "",
					     .replaced_at = m->replace ? m->replace->version : "" };
		if (!r->o->facts)
			item->lines = arena_calloc(r->a, 1, sizeof(*item->lines));
		r->at[r->n_items++] = i;
	}
}

static void hand_out(struct run *r)
{
	r->rows = arena_calloc(r->a, r->n + 1, sizeof(struct outdated_row *));
	for (size_t i = 0, k = 0; i < r->n; i++) {
		struct outdated_row *row = new_row(r, r->infos[i]);

		r->rows[i] = row;
		row->asked = k == r->n_items || r->at[k] != i;
		if (!row->asked)
			k++;
		else if (!row->info->main)
			row->unknown = row->info->error;
		r->o->row(r->o->ctx, i, r->n, row);
	}
}

static size_t keep_direct(struct modinfo **infos, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!infos[i]->indirect)
			infos[kept++] = infos[i];
	return kept;
}

/* Every requirement is in the build list, so its list is asked for in any case. */
static void ask_early(void *ctx)
{
	const struct run *r = ctx;
	const struct modproject_main *mains;
	size_t n = modproject_mains(r->mp, &mains), sent = 0;

	for (size_t i = 0; i < n; i++) {
		const struct gomod *f = mains[i].file;

		for (size_t k = 0; f && k < f->require.n && sent < EARLY; k++)
			if (!r->o->direct || !f->require.items[k].indirect) {
				source_list_ahead(r->o->source, f->require.items[k].mod.path);
				sent++;
			}
	}
}

bool outdated_run(const struct outdated_options *o, struct err *e)
{
	static const char *const all[] = { "all" };
	struct run r = { .o = o, .a = modload_arena(o->ml), .mp = modload_project(o->ml) };
	struct ahead_options ao = { .source = o->source,
				    .go_version = modproject_go_version(r.mp),
				    .not_after = not_after(&r),
				    .majors = o->majors,
				    .facts = o->facts,
				    .kept = o->kept,
				    .cancel = o->cancel };
	unsigned mode = MODE | GOLIST_ERRORS | GOLIST_LATER | GOLIST_WHOLE;
	struct err why = ERR_INIT;
	struct par_beside early = { 0 };
	bool ok;

	if (!o->kept)
		par_beside_start(&early, ask_early, &r);
	mode |= (o->facts ? 0 : GOLIST_FULL) | (o->incomplete ? GOLIST_ROWS : 0);
	ok = golist_list(o->ml, all, 1, mode, &r.infos, &r.n, &why);
	par_beside_join(&early);
	if (!ok) {
		bool rows = o->incomplete && r.n;

		err_move(rows ? o->incomplete : e, &why);
		if (!rows)
			return false;
	}
	modload_forget_failures(o->ml);
	if (o->direct)
		r.n = keep_direct(r.infos, r.n);
	find_tools(&r);
	find_excluded(&r);
	plan(&r);
	hand_out(&r);
	ahead_run(&ao, r.items, r.n_items, on_ready, &r);
	map_release(&r.tools);
	map_release(&r.excluded);
	return !cancel_is_set(o->cancel) || err_set(e, ERR_CANCELLED, "cancelled");
}
