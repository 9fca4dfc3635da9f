#include "graph/requirements.h"

#include "gofiles/gover.h"
#include "graph/mvs.h"

static void release_requirements(void *object)
{
	struct requirements *rs = object;

	map_release(&rs->root_versions);
	err_release(&rs->graph_err);
}

struct requirements *requirements_new(struct modload *ml, enum pruning pruning,
				      const struct modver *roots, size_t n,
				      const struct map *direct)
{
	struct arena *a = modload_arena(ml);
	struct modtab *t = modload_tab(ml);
	struct requirements *rs = arena_calloc(a, 1, sizeof(*rs));
	struct modver *list = arena_memdup(a, roots, n * sizeof(*roots));
	uint32_t *nodes = arena_alloc(a, n * sizeof(*nodes));

	modtab_sort(list, n);
	rs->pruning = pruning;
	rs->direct = direct;
	rs->roots = list;
	rs->root_nodes = nodes;
	rs->n_roots = n;
	for (size_t i = 0; i < n; i++) {
		struct map_entry *entry;
		bool added;

		nodes[i] = modtab_node(t, list[i]);
		list[i] = t->nodes[nodes[i]].mod;
		entry = map_entry(&rs->root_versions, list[i].path, strlen(list[i].path), &added);
		if (added || gover_mod_compare(list[i].path, entry->value, list[i].version) < 0)
			entry->value = (void *)list[i].version;
	}
	modload_keep(ml, rs, release_requirements);
	return rs;
}

/* Requirements derived from edited ones stay edited. */
static struct requirements *derive(struct modload *ml, const struct requirements *from,
				   enum pruning pruning, const struct modver *roots, size_t n,
				   const struct map *direct)
{
	struct requirements *rs = requirements_new(ml, pruning, roots, n, direct);

	rs->edit = from->edit;
	return rs;
}

struct requirements *requirements_edited(struct modload *ml, const struct requirements *rs,
					 const struct modgraph_load_edit *edit)
{
	struct requirements *out = requirements_new(ml, rs->pruning, rs->roots, rs->n_roots,
						    rs->direct);

	out->edit = edit;
	return out;
}

const char *requirements_root(const struct modload *ml, const struct requirements *rs,
			      const char *path)
{
	struct map_entry *entry;

	if (modproject_is_main(modload_project(ml), path))
		return "";
	entry = map_find(&rs->root_versions, path);
	return entry ? entry->value : NULL;
}

bool requirements_is_direct(const struct requirements *rs, const char *path)
{
	return map_has(rs->direct, path);
}

const char *requirements_go_version(const struct requirements *rs)
{
	return map_get(&rs->root_versions, "go");
}

size_t requirements_as_member(const struct requirements *rs, struct modload *ml, uint32_t *nodes)
{
	size_t n = 0;

	for (size_t i = 0; i < rs->n_roots; i++) {
		struct modver m = rs->roots[i];

		if (str_eq(m.path, "toolchain") || modproject_is_excluded(modload_project(ml), m) ||
		    (str_eq(m.path, "go") && gover_compare(m.version, "1.21") < 0))
			continue;
		nodes[n++] = modtab_node(modload_tab(ml), m);
	}
	return n;
}

bool requirements_redundant(const struct modload *ml, const struct requirements *rs)
{
	for (size_t i = 0; i < rs->n_roots; i++) {
		if (modproject_is_main(modload_project(ml), rs->roots[i].path) ||
		    (i > 0 && rs->roots[i].path == rs->roots[i - 1].path))
			return true;
	}
	return false;
}

bool requirements_graph_loaded(const struct requirements *rs)
{
	return rs->graph != NULL;
}

void requirements_set_graph(struct modload *ml, struct requirements *rs, struct modgraph *mg)
{
	rs->graph = mg;
	modgraph_load_keep(ml, mg);
}

bool requirements_graph(struct modload *ml, struct requirements *rs, const struct modgraph **mg,
			struct err *e)
{
	if (!rs->graph) {
		modgraph_load(ml, rs->pruning, rs->root_nodes, rs->n_roots, rs->edit, &rs->graph,
			      &rs->graph_err);
		modgraph_load_keep(ml, rs->graph);
	}
	if (mg)
		*mg = rs->graph;
	if (!err_is_set(&rs->graph_err))
		return true;
	if (e)
		err_copy(e, &rs->graph_err);
	return false;
}

/* allRootsSelected: in a workspace only the members count. */
static bool all_roots_selected(struct modload *ml, const struct requirements *rs,
			       const struct modgraph *mg)
{
	for (size_t i = 0; i < rs->n_roots; i++) {
		if (modproject_gowork_file(modload_project(ml)) &&
		    !modproject_is_main(modload_project(ml), rs->roots[i].path))
			continue;
		if (!str_eq(modgraph_selected(mg, rs->roots[i].path), rs->roots[i].version))
			return false;
	}
	return true;
}

bool requirements_expand(struct modload *ml, struct requirements **rs, const struct modgraph **mg,
			 struct err *e)
{
	struct requirements_change keep = { .direct = (*rs)->direct };
	struct requirements *repaired;

	if (!requirements_graph(ml, *rs, mg, e))
		return false;
	if (all_roots_selected(ml, *rs, *mg))
		return true;
	if (!requirements_update(ml, *rs, &keep, &repaired, e))
		return false;
	*rs = repaired;
	return requirements_graph(ml, *rs, mg, e);
}

static bool same_set(const struct map *a, const struct map *b)
{
	if (a == b)
		return true;
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (!map_find_n(b, a->entries[i].key, a->entries[i].len))
			return false;
	}
	return true;
}

static bool same_roots(const struct requirements *rs, const struct modver *roots, size_t n)
{
	if (n != rs->n_roots)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!str_eq(roots[i].path, rs->roots[i].path) ||
		    !str_eq(roots[i].version, rs->roots[i].version))
			return false;
	}
	return true;
}

struct roots {
	struct modver *items;
	size_t n, cap;
};

/* spotCheckRoots: whether no explicit requirement of `mods` exceeds a root. */
static bool spot_check(struct modload *ml, struct requirements *rs, const struct roots *mods)
{
	struct modtab *t = modload_tab(ml);
	bool ok = true;

	for (size_t i = 0; i < mods->n && ok; i++) {
		const struct modload_summary *s = modload_summary(ml, mods->items[i], NULL);

		if (!s)
			return false;
		for (size_t j = 0; j < s->n_require && ok; j++) {
			struct modver r = t->nodes[s->require[j]].mod;
			const char *v = requirements_root(ml, rs, r.path);

			ok = !v || gover_mod_compare(r.path, v, r.version) >= 0;
		}
	}
	return ok;
}

/* "Each root appears only once, at the selected version of its path": true in *upgraded if one was raised. */
static void consistent_roots(struct modload *ml, struct requirements *rs, const struct modgraph *mg,
			     struct roots *out, bool *upgraded)
{
	const char *last = NULL;

	out->n = 0;
	*upgraded = false;
	for (size_t i = 0; i < rs->n_roots; i++) {
		struct modver m = rs->roots[i];
		const char *v;

		if (m.path == last || modproject_is_main(modload_project(ml), m.path))
			continue;
		last = m.path;
		v = mg ? modgraph_selected(mg, m.path) : requirements_root(ml, rs, m.path);
		if (!str_eq(v, m.version))
			*upgraded = true;
		vec_push(out, (struct modver){ m.path, v });
	}
}

/* The state of updateRoots. */
struct update {
	struct modload *ml;
	struct requirements *rs;
	const struct requirements_change *change;
	struct roots roots;
	struct roots spot; /* the roots that provide packages: all to check if no graph is loaded */
	bool upgraded;
};

/* The graph to check root versions against; NULL if go only uses the roots. */
static bool judge_graph(struct update *u, const struct modgraph **mg, struct err *e)
{
	struct modload *ml = u->ml;

	*mg = NULL;
	if (u->upgraded) {
		if (modproject_must_be_complete(modload_project(ml)))
			return modproject_dirty_error(modload_project(ml), e);
		u->rs = derive(ml, u->rs, PRUNING_PRUNED, u->roots.items, u->roots.n,
			       u->change->direct);
		return requirements_graph(ml, u->rs, mg, e);
	}
	if (requirements_graph_loaded(u->rs)) {
		requirements_graph(ml, u->rs, mg, NULL);
		return true;
	}
	return spot_check(ml, u->rs, &u->spot) || requirements_graph(ml, u->rs, mg, e);
}

static bool update_pruned(struct update *u, struct requirements **out, struct err *e)
{
	const struct map *direct = u->change->direct;

	for (;;) {
		const struct modgraph *mg;

		*out = u->rs;
		if (!judge_graph(u, &mg, e))
			return false;
		*out = u->rs;
		consistent_roots(u->ml, u->rs, mg, &u->roots, &u->upgraded);
		if (u->upgraded)
			continue;
		if (modproject_build_mod(modload_project(u->ml)) != MODPROJECT_MOD_MOD)
			return true; /* only duplicates need removing: keep the graph */
		break;
	}
	if (u->rs->pruning != PRUNING_PRUNED || !same_roots(u->rs, u->roots.items, u->roots.n) ||
	    !same_set(direct, u->rs->direct))
		*out = derive(u->ml, u->rs, PRUNING_PRUNED, u->roots.items, u->roots.n, direct);
	return true;
}

/* The modules that provide packages: roots to check, or new ones. */
static void take_used(struct update *u)
{
	struct map taken = MAP_INIT;

	for (size_t i = 0; i < u->change->use.n; i++) {
		struct modver m = u->change->use.items[i];

		if (!map_put(&taken, m.path, NULL))
			continue;
		if (requirements_root(u->ml, u->rs, m.path)) {
			vec_push(&u->spot, m);
		} else {
			vec_push(&u->roots, m);
			u->upgraded = true;
		}
	}
	map_release(&taken);
}

static bool update_pruned_roots(struct modload *ml, struct requirements *rs,
				const struct requirements_change *change, struct requirements **out,
				struct err *e)
{
	struct update u = { .ml = ml, .rs = rs, .change = change };
	bool ok;

	for (size_t i = 0; i < rs->n_roots; i++)
		vec_push(&u.roots, rs->roots[i]);
	take_used(&u);
	for (size_t i = 0; i < change->add.n; i++) {
		struct modver m = change->add.items[i];
		const char *v = requirements_root(ml, rs, m.path);

		if (v && gover_mod_compare(m.path, v, m.version) >= 0)
			continue;
		vec_push(&u.roots, m);
		u.upgraded = true;
	}
	ok = update_pruned(&u, out, e);
	vec_release(&u.roots);
	vec_release(&u.spot);
	return ok;
}

/* If go.mod may not be changed: would it have to be? */
static bool check_unpruned(struct modload *ml, const struct requirements *rs,
			   const struct requirements_change *change, const struct modgraph *mg,
			   struct err *e)
{
	const struct modproject *mp = modload_project(ml);

	for (size_t i = 0; i < rs->n_roots; i++) {
		if (!str_eq(rs->roots[i].version, modgraph_selected(mg, rs->roots[i].path)))
			return modproject_dirty_error(mp, e);
	}
	for (size_t i = 0; i < change->add.n; i++) {
		const struct modver *m = &change->add.items[i];

		if (!str_eq(m->version, modgraph_selected(mg, m->path)))
			return modproject_dirty_error(mp, e);
	}
	for (size_t i = 0; i < change->direct->n; i++) {
		if (!requirements_root(ml, rs, change->direct->entries[i].key))
			return modproject_dirty_error(mp, e);
	}
	return true;
}

struct names {
	const char **items;
	size_t n, cap;
};

static void name_once(struct names *list, struct map *seen, const char *path)
{
	if (map_put(seen, path, NULL))
		vec_push(list, path);
}

static bool reduce_unpruned(struct modload *ml, const struct requirements *rs,
			    const struct requirements_change *change, const struct modgraph *mg,
			    struct modver_list *min, struct err *e)
{
	const struct modtab *t = modload_tab(ml);
	struct names base = { 0 };
	struct roots keep = { 0 };
	struct map seen = MAP_INIT;
	const struct modproject_main *mains;
	size_t n, n_mains = modproject_mains(modload_project(ml), &mains);
	const uint32_t *list = modgraph_build_list(mg, &n);
	bool ok;

	for (size_t i = 0; i < rs->n_roots; i++) {
		if (str_eq(modgraph_selected(mg, rs->roots[i].path), rs->roots[i].version))
			name_once(&base, &seen, rs->roots[i].path);
	}
	for (size_t i = n_mains; i < n; i++)
		vec_push(&keep, t->nodes[list[i]].mod);
	for (size_t i = 0; i < change->add.n; i++)
		vec_push(&keep, change->add.items[i]);
	for (size_t i = 0; i < keep.n; i++) {
		if (map_has(change->direct, keep.items[i].path))
			name_once(&base, &seen, keep.items[i].path);
	}
	ok = mvs_req(ml, rs->edit, (struct modver_list){ keep.items, keep.n }, base.items, base.n,
		     min, e);
	vec_release(&base);
	vec_release(&keep);
	map_release(&seen);
	return ok;
}

/* go panics where its roots have lost the go line: "go 1.21.0rc1" parses, but is no version to compare. */
static bool has_go_root(struct modload *ml, const struct requirements *rs, struct err *e)
{
	struct err lost = ERR_INIT;

	if (requirements_go_version(rs))
		return true;
	err_set(&lost, ERR_REFUSED, "panic: go: internal error: missing go root module");
	err_mark(&lost, ERR_FORM_FINAL);
	modproject_note_fatal(modload_project(ml), &lost);
	return err_move(e, &lost);
}

static bool update_unpruned_roots(struct modload *ml, struct requirements *rs,
				  const struct requirements_change *change,
				  struct requirements **out, struct err *e)
{
	const struct modgraph *mg;
	struct modver_list min;

	*out = rs;
	if (!requirements_graph(ml, rs, &mg, e))
		return false;
	if (modproject_must_be_complete(modload_project(ml)))
		return check_unpruned(ml, rs, change, mg, e);
	if (!reduce_unpruned(ml, rs, change, mg, &min, e))
		return false;
	if (rs->pruning != PRUNING_UNPRUNED || !same_roots(rs, min.items, min.n) ||
	    !same_set(change->direct, rs->direct))
		*out = derive(ml, rs, PRUNING_UNPRUNED, min.items, min.n, change->direct);
	return has_go_root(ml, *out, e);
}

bool requirements_update(struct modload *ml, struct requirements *rs,
			 const struct requirements_change *change, struct requirements **out,
			 struct err *e)
{
	switch (rs->pruning) {
	case PRUNING_UNPRUNED: return update_unpruned_roots(ml, rs, change, out, e);
	case PRUNING_PRUNED: return update_pruned_roots(ml, rs, change, out, e);
	case PRUNING_WORKSPACE: break;
	}
	*out = derive(ml, rs, PRUNING_WORKSPACE, rs->roots, rs->n_roots, change->direct);
	return true;
}

bool requirements_convert(struct modload *ml, struct requirements *rs, enum pruning pruning,
			  struct requirements **out, struct err *e)
{
	const struct modgraph *mg;
	const struct modproject_main *mains;
	const uint32_t *list;
	struct roots roots = { 0 };
	size_t n;

	*out = rs;
	if (rs->pruning == pruning)
		return true;
	if (pruning == PRUNING_UNPRUNED)
		return update_unpruned_roots(ml, rs,
					     &(struct requirements_change){ .direct = rs->direct },
					     out, e);
	/* every module of the build list becomes a root, which keeps everything that an unpruned graph reads */
	if (!requirements_graph(ml, rs, &mg, e))
		return false;
	list = modgraph_build_list(mg, &n);
	for (size_t i = modproject_mains(modload_project(ml), &mains); i < n; i++)
		vec_push(&roots, modload_tab(ml)->nodes[list[i]].mod);
	*out = derive(ml, rs, PRUNING_PRUNED, roots.items, roots.n, rs->direct);
	vec_release(&roots);
	return true;
}

struct requirements *requirements_override(struct modload *ml, struct requirements *rs,
					   const struct modver *replace, size_t n)
{
	struct roots roots = { 0 };
	struct requirements *out;

	for (size_t i = 0; i < rs->n_roots; i++) {
		bool drop = false;

		for (size_t j = 0; j < n; j++)
			drop |= str_eq(rs->roots[i].path, replace[j].path);
		if (!drop)
			vec_push(&roots, rs->roots[i]);
	}
	for (size_t i = 0; i < n; i++)
		vec_push(&roots, replace[i]);
	out = derive(ml, rs, rs->pruning, roots.items, roots.n, rs->direct);
	vec_release(&roots);
	return out;
}
