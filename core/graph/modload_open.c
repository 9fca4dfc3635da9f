#include "graph/modload_open.h"

#include "gofiles/gomod.h"
#include "gofiles/gover.h"
#include "gofiles/gowork.h"
#include "gofiles/modulestxt.h"
#include "graph/modgraph_load.h"
#include "graph/modload_impl.h"
#include "graph/query.h"
#include "graph/requirements.h"

/* fixVersion: resolves a non-canonical version. */
static bool fix_version(void *ctx, const char *path, const char *version, const char **resolved,
			bool *inner, struct err *e)
{
	struct modload *const *ml = ctx;
	struct query_result r;

	*inner = false;
	if (!query_version(*ml, path, version, "", QUERY_ANY, &r, e)) {
		if (r.inner && err_is_set(e)) {
			enum err_code code = e->code;

			err_clear(e);
			err_set(e, code, "%s", r.inner);
			*inner = true;
		}
		return false;
	}
	*resolved = r.version;
	return true;
}

struct root_list {
	struct modver *items;
	size_t n, cap;
};

static void add_go_roots(struct root_list *roots, struct map *direct, const char *go,
			 const char *toolchain)
{
	vec_push(roots, (struct modver){ "go", go });
	map_put(direct, "go", NULL);
	if (toolchain && *toolchain)
		vec_push(roots, (struct modver){ "toolchain", toolchain });
}

/* rootsFromModFile. */
static void roots_of_file(struct modload *ml, const struct modproject_main *mm,
			  struct root_list *roots, struct map *direct)
{
	struct modproject *mp = ml->project;
	const struct gomod *f = mm->file;

	for (size_t i = 0; i < f->require.n; i++) {
		struct modver m = modtab_mod(ml->tab, f->require.items[i].mod);

		if (modproject_is_excluded(mp, m)) {
			modproject_message(mp, "go: %s requirement on excluded version %s %s\n",
					   modproject_build_mod(mp) == MODPROJECT_MOD_MOD
						   ? "dropping"
						   : "ignoring",
					   m.path, m.version);
			continue;
		}
		vec_push(roots, m);
		if (!f->require.items[i].indirect)
			map_put(direct, m.path, NULL);
	}
	add_go_roots(roots, direct, *f->go ? f->go : GOVER_DEFAULT_GOMOD, f->toolchain);
}

static void roots_of_workspace(struct modload *ml, struct root_list *roots, struct map *direct)
{
	const struct modproject_main *mains;
	size_t n = modproject_mains(ml->project, &mains);

	for (size_t i = 0; i < n; i++)
		vec_push(roots, mains[i].mod);
	add_go_roots(roots, direct, modproject_go_version(ml->project),
		     modproject_gowork(ml->project)->toolchain);
	map_clear(direct);
	for (size_t i = 0; i < n; i++) {
		const struct gomod *f = mains[i].listed;

		for (size_t j = 0; j < f->require.n; j++) {
			if (!f->require.items[j].indirect)
				map_put(direct, modtab_mod(ml->tab, f->require.items[j].mod).path,
					NULL);
		}
	}
}

/* requirementsFromModFiles. */
static struct requirements *requirements_of_files(struct modload *ml)
{
	struct root_list roots = { 0 };
	struct map *direct = modload_new_set(ml);
	enum pruning pruning = PRUNING_WORKSPACE;
	const struct modproject_main *mains;
	struct requirements *rs;

	if (modproject_gowork_file(ml->project)) {
		roots_of_workspace(ml, &roots, direct);
	} else {
		modproject_mains(ml->project, &mains);
		roots_of_file(ml, &mains[0], &roots, direct);
		pruning = pruning_for(modproject_go_version(ml->project));
	}
	rs = requirements_new(ml, pruning, roots.items, roots.n, direct);
	vec_release(&roots);
	return rs;
}

/* Without a go.mod: the requirements of "command-line-arguments". */
static struct requirements *requirements_of_nothing(struct modload *ml)
{
	struct modproject *mp = ml->project;
	bool workspace = modproject_gowork_file(mp) != NULL;
	const char *go = modproject_go_version(mp);
	struct map *direct = modload_new_set(ml);
	const struct modproject_main *mains;
	struct modver roots[] = { { "go", go },
				  { "toolchain",
				    arena_fmt(ml->arena, "go%s", modproject_local_version(mp)) },
				  { "", "" } };

	modproject_mains(mp, &mains);
	roots[2] = mains[0].mod;
	map_put(direct, "go", NULL);
	return requirements_new(ml, workspace ? PRUNING_WORKSPACE : pruning_for(go), roots,
				workspace ? 3 : 2, direct);
}

/* With pruning every vendored module is a root. */
static bool check_vendored_roots(struct modload *ml, const struct requirements *rs, struct err *e)
{
	const struct modulestxt *vendor = modproject_vendor(ml->project);
	bool consistent = true;

	for (size_t i = 0; rs->pruning == PRUNING_PRUNED && i < vendor->n_list; i++) {
		struct modver m = vendor->list[i]->mod;
		const char *v = requirements_root(ml, rs, m.path);

		if (v && str_eq(v, m.version))
			continue;
		modproject_message(
			ml->project,
			"go: vendored module %s@%s should be required explicitly in go.mod\n",
			m.path, m.version);
		consistent = false;
	}
	return consistent || modproject_dirty_error(ml->project, e);
}

/* The nodes of the list, and one more. */
static uint32_t *nodes_and(struct modload *ml, const struct modver *list, size_t n, uint32_t last)
{
	uint32_t *nodes = arena_alloc(ml->arena, (n + 1) * sizeof(*nodes));

	for (size_t i = 0; i < n; i++)
		nodes[i] = modtab_node(ml->tab, list[i]);
	nodes[n] = last;
	return nodes;
}

static void require_of_members(struct modload *ml, struct modgraph *mg, uint32_t stand_in)
{
	const struct modproject_main *mains;
	size_t n = modproject_mains(ml->project, &mains);

	for (size_t i = 0; i < n; i++) {
		struct root_list roots = { 0 };
		struct map direct = MAP_INIT;

		roots_of_file(ml, &mains[i], &roots, &direct);
		modgraph_require(mg, mains[i].node, nodes_and(ml, roots.items, roots.n, stand_in),
				 roots.n + 1);
		vec_release(&roots);
		map_release(&direct);
	}
}

/* Requirements.initVendor: modules.txt replaces the graph, which cannot be loaded. */
static bool init_vendor(struct modload *ml, struct requirements *rs, struct err *e)
{
	const struct modulestxt *vendor = modproject_vendor(ml->project);
	bool workspace = modproject_gowork_file(ml->project) != NULL;
	const struct modproject_main *mains;
	uint32_t *list = arena_alloc(ml->arena, (vendor->n_list + 1) * sizeof(*list)), stand_in;
	struct modgraph *mg;

	for (size_t i = 0; i < vendor->n_list; i++)
		list[i] = modtab_node(ml->tab, vendor->list[i]->mod);
	if (!check_vendored_roots(ml, rs, e))
		return false;
	modproject_mains(ml->project, &mains);
	mg = workspace ? modgraph_new(ml->tab, rs->root_nodes, rs->n_roots)
		       : modgraph_new(ml->tab, &mains[0].node, 1);
	requirements_set_graph(ml, rs, mg);
	if (rs->pruning == PRUNING_PRUNED) {
		modgraph_require(mg, mains[0].node, rs->root_nodes, rs->n_roots);
		return true;
	}
	stand_in = modtab_node(ml->tab, (struct modver){ "vendor/modules.txt", "" });
	if (workspace)
		require_of_members(ml, mg, stand_in);
	else
		modgraph_require(mg, mains[0].node, nodes_and(ml, rs->roots, rs->n_roots, stand_in),
				 rs->n_roots + 1);
	modgraph_require(mg, stand_in, list, vendor->n_list);
	return true;
}

/* A go.mod without a go line: commands that write one use the version that they would write. */
static bool add_go_line(struct modload *ml, struct requirements **rs, struct err *e)
{
	struct modproject *mp = ml->project;
	enum modproject_command command = modproject_command(mp);
	const char *v = modproject_new_go_version(mp);
	struct modver go = { "go", v };
	const struct modproject_main *mains;

	modproject_mains(mp, &mains);
	if (*mains[0].go_version || modproject_build_mod(mp) != MODPROJECT_MOD_MOD ||
	    command == MODPROJECT_GRAPH || command == MODPROJECT_WHY)
		return true;
	if (!modproject_add_go(mp, v, e))
		return false;
	*rs = requirements_override(ml, *rs, &go, 1);
	if (gover_compare(v, GOVER_EXPLICIT_INDIRECT) >= 0)
		return requirements_convert(ml, *rs, PRUNING_PRUNED, rs, e);
	return true;
}

/* loadModFile's second half, after parsing. */
static bool make_requirements(struct modload *ml, struct err *e)
{
	struct requirements *rs = requirements_of_files(ml);
	struct requirements_change keep = { .direct = rs->direct };

	if (modproject_build_mod(ml->project) == MODPROJECT_MOD_VENDOR &&
	    (!modproject_read_vendor(ml->project, e) || !init_vendor(ml, rs, e)))
		return false;
	modload_set_initial_requirements(ml, rs);
	if (modproject_gowork_file(ml->project))
		return true;
	if (requirements_redundant(ml, rs) && !requirements_update(ml, rs, &keep, &rs, e))
		return false;
	if (!add_go_line(ml, &rs, e))
		return false;
	modload_set_requirements(ml, rs);
	return true;
}

static bool load(struct modload *ml, const struct modload_options *o, struct err *e)
{
	if (!modproject_find(ml->project, e))
		return false;
	if (o->found)
		o->found(ml);
	if (modproject_root_file(ml->project))
		modload_index_open(ml, modproject_root_file(ml->project), o->now, o->looks);
	if (!modproject_read(ml->project, e))
		return false;
	if (modproject_has_root(ml->project))
		return make_requirements(ml, e);
	modload_set_initial_requirements(ml, requirements_of_nothing(ml));
	return true;
}

bool modload_open(struct modload **out, const struct modload_options *o, struct err *e)
{
	struct modproject_options po = {
		.env = o->env,
		.source = o->source,
		.command = o->command,
		.go_version = o->go_version,
		.ignore_replace = o->ignore_replace,
		.overlay = o->overlay,
		.no_workspace = o->no_workspace,
		.force_vendor = o->force_vendor,
		.cancel = o->cancel,
		.messages = o->messages,
		.query = fix_version,
		.query_ctx = out,
	};
	struct modload *ml = modload_new(modproject_new(&po), o);

	*out = ml;
	if (load(ml, o, e))
		return true;
	if (e && err_is_set(modproject_fatal(ml->project))) { /* go would have exited there */
		err_clear(e);
		err_copy(e, modproject_fatal(ml->project));
	}
	modload_free(ml);
	*out = NULL;
	return false;
}
