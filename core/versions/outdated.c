#include "versions/outdated.h"

#include "fetch/source.h"
#include "gofiles/gomod.h"
#include "gofiles/gover.h"
#include "gofiles/pseudo.h"
#include "graph/golist.h"
#include "graph/query.h"
#include "graph/rfc3339.h"
#include "versions/ahead.h"
#include "versions/golines.h"
#include "versions/majors.h"
#include "versions/newer.h"

#define MODE (GOLIST_UPDATES | GOLIST_RETRACTED)

struct run {
	const struct outdated_options *o;
	struct arena *a;
	struct modproject *mp;
	struct modinfo **infos;
	size_t n;
	struct ahead_item *items; /* of the rows being requested */
	size_t *at;		  /* and their rows */
	size_t n_items;
	struct map tools; /* paths of modules */
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

static bool is_young(const struct run *r, const struct modinfo *m)
{
	int64_t t;

	return r->o->not_after && rfc3339_parse(m->time, &t) && t > r->o->not_after;
}

/* A too young update is held back in favour of the newest that is old enough. */
static void hold_back(struct run *r, struct outdated_row *row, struct modinfo *m,
		      struct newer_list l)
{
	struct source_info info;
	const char *v, *unread;

	row->held = m->update->version;
	v = newer_cooled(r->o->source, m->path, l, r->o->not_after, 1, &unread);
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

static void find_newer(struct run *r, struct outdated_row *row, struct modinfo *m,
		       struct golines *g)
{
	struct newer_list l = choices(r, m);
	const char *go, *update = m->update->version, *project_go = modproject_go_version(r->mp);

	go = newer_go_line(r->o->source, g, (struct modver){ m->path, update });
	row->update_go = go ? arena_strdup(r->a, go) : "";
	if (is_young(r, m))
		hold_back(r, row, m, l);
	if (!m->update)
		return;
	update = m->update->version;
	l = up_to(l, m->path, update);
	row->patch = ask(r, m, "patch");
	row->minor = find_minor(r, m);
	if (*row->held) {
		row->patch = *row->patch && gover_mod_compare(m->path, row->patch, update) > 0
				     ? ""
				     : row->patch;
		row->minor = has_major_of(update, m->version) ? update : "";
	}
	if (l.n)
		row->keeps_go = newer_keeps_go(r->o->source, g, m->path, l, project_go, 1,
					       &row->unread_go);
	else if (go && (!*go || gover_compare(go, project_go) <= 0))
		row->keeps_go = update;
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
									 q.time };
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

static void complete(struct run *r, size_t k)
{
	size_t i = r->at[k];
	struct modinfo *m = arena_memdup(r->a, r->infos[i], sizeof(*m));
	struct outdated_row *row = new_row(r, m);
	int64_t as_of, other;

	if (m->replace)
		m->replace = arena_memdup(r->a, m->replace, sizeof(*m->replace));
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
	golines_release(r->items[k].lines);
}

/* From all main modules, by path: in workspaces each has its own. */
static void find_excluded(struct run *r, struct ahead_item *item)
{
	const struct modproject_main *mains;
	size_t n = modproject_mains(r->mp, &mains);
	ARENA_VEC(const char *) list = { 0 };

	for (size_t i = 0; i < n; i++) {
		const struct gomod *f = mains[i].file;

		for (size_t k = 0; f && k < f->exclude.n; k++)
			if (str_eq(f->exclude.items[k].mod.path, item->path))
				arena_vec_push(r->a, &list, f->exclude.items[k].mod.version);
	}
	item->excluded = list.items;
	item->n_excluded = list.n;
}

static void find_tools(struct run *r)
{
	const char *const *paths;
	size_t n = modproject_tools(r->mp, &paths);

	for (size_t i = 0; i < n; i++) {
		const char *best = NULL;

		for (size_t k = 0; k < r->n; k++) {
			const char *p = r->infos[k]->path;
			size_t len = strlen(p);

			if (str_has_prefix(paths[i], p) &&
			    (!paths[i][len] || paths[i][len] == '/') &&
			    (!best || len > strlen(best)))
				best = p;
		}
		if (best)
			map_put(&r->tools, best, NULL);
	}
}

static void plan(struct run *r)
{
	r->items = arena_calloc(r->a, r->n + 1, sizeof(*r->items));
	r->at = arena_calloc(r->a, r->n + 1, sizeof(*r->at));
	for (size_t i = 0; i < r->n; i++) {
		const struct modinfo *m = r->infos[i];
		struct ahead_item *item = &r->items[r->n_items];

		if (m->main)
			continue;
		*item = (struct ahead_item){ .path = m->path,
					     .current = m->version,
					     .lines = arena_calloc(r->a, 1, sizeof(*item->lines)),
					     .replacement = m->replace ? m->replace->path : "",
					     .replaced_at = m->replace ? m->replace->version : "" };
		find_excluded(r, item);
		r->at[r->n_items++] = i;
	}
}

static void hand_out(struct run *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct outdated_row *row = new_row(r, r->infos[i]);

		row->asked = r->infos[i]->main;
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

bool outdated_run(const struct outdated_options *o, struct err *e)
{
	static const char *const all[] = { "all" };
	struct run r = { .o = o, .a = modload_arena(o->ml), .mp = modload_project(o->ml) };
	struct ahead_options ao = { .source = o->source,
				    .go_version = modproject_go_version(r.mp),
				    .not_after = o->not_after,
				    .majors = o->majors,
				    .facts = o->facts,
				    .kept = o->kept,
				    .cancel = o->cancel };
	struct err why = ERR_INIT;

	if (!golist_list(o->ml, all, 1,
			 MODE | GOLIST_FULL | GOLIST_ERRORS | GOLIST_LATER | GOLIST_WHOLE, &r.infos,
			 &r.n, &why)) {
		bool rows = o->incomplete && r.n;

		err_move(rows ? o->incomplete : e, &why);
		if (!rows)
			return false;
	}
	if (o->direct)
		r.n = keep_direct(r.infos, r.n);
	find_tools(&r);
	plan(&r);
	hand_out(&r);
	ahead_run(&ao, r.items, r.n_items, on_ready, &r);
	map_release(&r.tools);
	return !cancel_is_set(o->cancel) || err_set(e, ERR_CANCELLED, "cancelled");
}
