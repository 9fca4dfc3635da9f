#include "graph/golist.h"

#include "fetch/source.h"
#include "gofiles/gosum.h"
#include "gofiles/gover.h"
#include "gofiles/pkgpattern.h"
#include "graph/golist_impl.h"
#include "graph/query.h"

static const char *own_text(struct golist *l, const char *s)
{
	return arena_strdup(modload_arena(l->ml), s);
}

/* modinfoError: the text contains path and version once. */
static void query_error(struct golist *l, struct modinfo *m, const char *version,
			const struct query_result *r, const struct err *e)
{
	const char *text = e->text;

	if (r->failure == QUERY_NO_VERSION || (!r->inner && !*version))
		text = arena_fmt(modload_arena(l->ml), "module %s: %s", m->path, text);
	else if (!r->inner)
		text = arena_fmt(modload_arena(l->ml), "%s@%s: %s", m->path, version, text);
	modinfo_fail(l->ml, m, text);
}

/* "path@query": looked up outside the graph. */
static void list_query(struct golist *l, const char *path, const char *query)
{
	const char *current = l->mg ? modgraph_selected(l->mg, path)
				    : requirements_root(l->ml, l->rs, path);
	enum query_allow allow = QUERY_ALLOWED;
	struct query_result r;
	struct err e = ERR_INIT;
	struct modinfo *m;

	current = current ? current : "";
	if (str_eq(current, "none") && l->broken &&
	    (str_eq(query, "upgrade") || str_eq(query, "patch")))
		return;
	if (query_is_revision(path, query) || l->mode & (GOLIST_RETRACTED | GOLIST_UPDATES))
		allow = QUERY_ANY;
	if (query_version(l->ml, path, query, current, allow, &r, &e)) {
		m = modinfo_of(l->ml, NULL, (struct modver){ own_text(l, path), r.version },
			       l->mode & GOLIST_FULL);
		if (!str_eq(query, m->version))
			m->query = own_text(l, query);
		m->origin = r.origin;
	} else {
		m = modinfo_new(l->ml, own_text(l, path), own_text(l, query));
		query_error(l, m, query, &r, &e);
		m->origin = r.origin;
		err_release(&e);
	}
	vec_push(&l->rows, m);
}

static void list_path(struct golist *l, const char *path)
{
	const char *v = l->mg ? modgraph_selected(l->mg, path)
			      : requirements_root(l->ml, l->rs, path);
	struct modinfo *m;

	if (str_eq(v, "none") && l->broken)
		return;
	if (!str_eq(v, "none")) {
		vec_push(&l->rows, modinfo_of(l->ml, l->rs, (struct modver){ own_text(l, path), v },
					      l->mode & GOLIST_FULL));
		return;
	}
	m = modinfo_new(l->ml, own_text(l, path), "");
	if (modproject_build_mod(l->mp) == MODPROJECT_MOD_VENDOR)
		modinfo_fail(
			l->ml, m,
			arena_fmt(modload_arena(l->ml),
				  "module %s: can't resolve module using the vendor directory\n"
				  "\t(Use -mod=mod or -mod=readonly to bypass.)",
				  path));
	else if (!(l->mode & GOLIST_VERSIONS))
		modinfo_fail(l->ml, m,
			     arena_fmt(modload_arena(l->ml), "module %s: not a known dependency",
				       path));
	vec_push(&l->rows, m);
}

#define NETWORK_THREADS 32u

struct infos {
	struct modload *ml;
	struct modver *mods;
};

static void stat_one(void *ctx, size_t i)
{
	struct infos *in = ctx;
	struct source_info info;

	if (!cancel_is_set(modproject_cancel(modload_project(in->ml))))
		source_stat(modproject_source(modload_project(in->ml)), in->mods[i].path,
			    in->mods[i].version, &info, NULL);
}

/* The go.mod files that complete_go_version will need and go.sum knows. */
static void prefetch_gomods(struct modload *ml, const struct modver *mods, size_t n)
{
	uint32_t *nodes = xreallocarray(NULL, n + 1, sizeof(*nodes));
	size_t want = 0;

	for (size_t i = 0; i < n; i++) {
		struct modver m = modproject_resolve(modload_project(ml), mods[i]);

		if (*m.version && !modload_was_read(ml, m) &&
		    gosum_have(modproject_sums(modload_project(ml)), m, GOSUM_MOD))
			nodes[want++] = modtab_node(modload_tab(ml), mods[i]);
	}
	if (want)
		modload_prefetch(ml, nodes, want);
	free(nodes);
}

/* Reads .info files on several threads; on many only if some must be fetched. */
static void prefetch_infos(struct modload *ml, const struct modver *mods, size_t n)
{
	struct infos in = { .ml = ml, .mods = xreallocarray(NULL, n + 1, sizeof(*in.mods)) };
	size_t want = 0;

	for (size_t i = 0;
	     i < n && modproject_build_mod(modload_project(ml)) != MODPROJECT_MOD_VENDOR; i++) {
		struct modver m = modproject_resolve(modload_project(ml), mods[i]);

		if (*m.version && !gover_is_toolchain(m.path))
			in.mods[want++] = m;
	}
	par_for_waiting(want, MIN(par_cpus(), 4u), NETWORK_THREADS, stat_one, &in);
	if (want)
		prefetch_gomods(ml, mods, n);
	free(in.mods);
}

static bool wanted(const char *arg, const struct modver *m)
{
	return !gover_is_toolchain(m->path) &&
	       (str_eq(arg, "all") || pkgpattern_match(arg, m->path));
}

static void list_pattern(struct golist *l, const char *arg)
{
	const struct modtab *t = modload_tab(l->ml);
	size_t n, n_found = 0;
	const uint32_t *list = modgraph_build_list(l->mg, &n);
	struct modver *found = xreallocarray(NULL, n + 1, sizeof(*found));

	for (size_t i = 0; i < n; i++) {
		const struct modver *m = &t->nodes[list[i]].mod;
		const char *key = m->path;

		if (wanted(arg, m) && map_put(&l->seen, key, NULL))
			found[n_found++] = *m;
	}
	if (!n_found)
		modproject_message(l->mp,
				   "warning: pattern \"%s\" matched no module dependencies\n", arg);
	modload_forget_failures(l->ml);
	prefetch_infos(l->ml, found, n_found);
	for (size_t i = 0; i < n_found; i++)
		vec_push(&l->rows, modinfo_of(l->ml, l->rs, found[i], l->mode & GOLIST_FULL));
	free(found);
}

static bool check_args(struct golist *l, const char *const *args, size_t n, bool *need_graph,
		       struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		const char *arg = args[i], *at = strchr(arg, '@'), *v;
		const char *path = at ? arena_strndup(modload_arena(l->ml), arg, (size_t)(at - arg))
				      : arg;

		if (strchr(arg, '\\'))
			return err_set(e, ERR_REFUSED, "module paths never use backslash");
		if (str_eq(arg, ".") || str_eq(arg, "..") || str_has_prefix(arg, "./") ||
		    str_has_prefix(arg, "../"))
			return err_set(e, ERR_REFUSED,
				       "cannot use relative path %s to specify module", arg);
		if (str_eq(arg, "all") || strstr(arg, "...")) {
			*need_graph = true;
			if (!modproject_has_root(l->mp)) {
				modproject_no_root_error(l->mp, e);
				return err_wrap(e, "cannot match \"%s\": ", arg);
			}
			continue;
		}
		if (at && (at[1] == '-' || at[1] == '/'))
			return err_set(e, ERR_REFUSED, "invalid module version \"%s\"", at + 1);
		v = requirements_root(l->ml, l->rs, path);
		if (v && l->rs->pruning != PRUNING_UNPRUNED)
			continue;
		if (at && !str_eq(at + 1, "upgrade") && !str_eq(at + 1, "patch"))
			continue;
		*need_graph = true;
		if (modproject_has_root(l->mp) || (!at && l->mode & GOLIST_VERSIONS))
			continue;
		modproject_no_root_error(l->mp, e);
		return at ? err_wrap(e, "cannot match \"%s\": ", arg)
			  : err_wrap(
				    e,
				    "cannot match \"%s\" without -versions or an explicit version: ",
				    arg);
	}
	return true;
}

/* Requests that go list refuses with a vendor directory. */
static bool check_vendor(struct modload *ml, const char *const *args, size_t n, unsigned mode,
			 struct err *e)
{
	static const char fmt[] =
		"can't %s using the vendor directory\n\t(Use -mod=mod or -mod=readonly to bypass.)";

	if (modproject_build_mod(modload_project(ml)) != MODPROJECT_MOD_VENDOR)
		return true;
	if (mode & GOLIST_VERSIONS)
		return err_set(e, ERR_REFUSED, fmt, "determine available versions");
	if (mode & GOLIST_UPDATES)
		return err_set(e, ERR_REFUSED, fmt, "determine available upgrades");
	for (size_t i = 0; i < n; i++) {
		if (str_eq(args[i], "all"))
			return err_set(e, ERR_REFUSED, fmt, "compute 'all'");
		if (strstr(args[i], "..."))
			return err_set(e, ERR_REFUSED, fmt, "match module patterns");
	}
	return true;
}

static void list_args(struct golist *l, const char *const *args, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *at = strchr(args[i], '@');

		if (at)
			list_query(l,
				   arena_strndup(modload_arena(l->ml), args[i],
						 (size_t)(at - args[i])),
				   at + 1);
		else if (str_eq(args[i], "all") || strstr(args[i], "..."))
			list_pattern(l, args[i]);
		else
			list_path(l, args[i]);
	}
}

static bool rows_fine(struct golist *l, struct err *e)
{
	struct buf b = BUF_INIT;
	bool ok;

	if (err_is_set(modproject_fatal(l->mp)))
		return err_copy(e, modproject_fatal(l->mp)), false;
	if (l->mode & GOLIST_ERRORS)
		return !(l->mode & GOLIST_WHOLE && l->broken) ||
		       (err_copy(e, &l->graph_err), false);
	for (size_t i = 0; i < l->rows.n; i++) {
		if (*l->rows.items[i]->error && !(l->mode & GOLIST_ROWS))
			buf_addf(&b, "%s%s", b.len ? "\ngo: " : "", l->rows.items[i]->error);
	}
	if (err_is_set(&l->graph_err))
		buf_addf(&b, "%s%s", b.len ? "\ngo: " : "", l->graph_err.text);
	ok = b.len == 0 ? !modproject_exits(l->mp, e)
			: err_set(e, err_is_set(&l->graph_err) ? l->graph_err.code : ERR_REFUSED,
				  "%s", b.data);
	buf_release(&b);
	return ok;
}

static void list_mains(struct golist *l)
{
	const struct modproject_main *mains;
	size_t n = modproject_mains(l->mp, &mains);

	for (size_t i = 0; i < n; i++)
		vec_push(&l->rows, modinfo_of_main(l->ml, &mains[i]));
}

static bool list_run(struct golist *l, const char *const *args, size_t n, struct err *e)
{
	bool need_graph = false;

	if (!check_vendor(l->ml, args, n, l->mode, e) || !check_args(l, args, n, &need_graph, e))
		return false;
	if (need_graph)
		l->broken = !requirements_expand(l->ml, &l->rs, &l->mg, &l->graph_err);
	if (l->broken && l->mode & GOLIST_WHOLE && !(l->mode & GOLIST_ROWS))
		return rows_fine(l, e);
	if (n)
		list_args(l, args, n);
	else
		list_mains(l);
	if (l->mode & (GOLIST_UPDATES | GOLIST_RETRACTED | GOLIST_VERSIONS) &&
	    !(l->mode & GOLIST_LATER))
		golist_add_more(l);
	if (!l->broken) {
		modload_set_requirements(l->ml, l->rs);
		if (!(l->mode & GOLIST_UPDATES)) {
			golist_check_clean(l, &l->graph_err);
			golist_check_sums(l, &l->graph_err);
		}
	}
	return rows_fine(l, e);
}

bool golist_list(struct modload *ml, const char *const *args, size_t n_args, unsigned mode,
		 struct modinfo ***rows, size_t *n, struct err *e)
{
	struct golist l = {
		.ml = ml, .mp = modload_project(ml), .rs = modload_requirements(ml), .mode = mode
	};
	bool ok = list_run(&l, args, n_args, e);

	if (ok && modproject_build_mod(l.mp) == MODPROJECT_MOD_MOD) {
		gosum_note_written(modproject_sums(l.mp));
		modproject_tell_sums(l.mp);
	}
	*rows = arena_memdup(modload_arena(ml), l.rows.items, l.rows.n * sizeof(*l.rows.items));
	*n = l.rows.n;
	vec_release(&l.rows);
	map_release(&l.seen);
	err_release(&l.graph_err);
	return ok;
}

static void put_version(const struct modinfo *m, struct buf *out)
{
	buf_addf(out, " %s%s", m->version, m->n_retracted ? " (retracted)" : "");
	if (m->update)
		buf_addf(out, " [%s%s]", m->update->version,
			 m->update->n_retracted ? " (retracted)" : "");
}

void golist_text(const struct modinfo *m, struct buf *out)
{
	buf_addstr(out, m->path);
	if (*m->version)
		put_version(m, out);
	if (*m->deprecated)
		buf_addstr(out, " (deprecated)");
	if (m->replace) {
		buf_addf(out, " => %s", m->replace->path);
		if (*m->replace->version)
			put_version(m->replace, out);
		if (*m->replace->deprecated)
			buf_addstr(out, " (deprecated)");
	}
	buf_addch(out, '\n');
}

void golist_versions_text(const struct modinfo *m, struct buf *out)
{
	buf_addstr(out, m->path);
	for (size_t i = 0; i < m->n_versions; i++)
		buf_addf(out, " %s", m->versions[i]);
	if (*m->deprecated)
		buf_addstr(out, " (deprecated)");
	buf_addch(out, '\n');
}
