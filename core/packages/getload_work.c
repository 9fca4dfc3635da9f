#include "packages/getload_impl.h"

#include "base/fs.h"
#include "gofiles/goenv.h"
#include "gofiles/gomod.h"
#include "gofiles/gowork.h"
#include "graph/modgraph_load.h"
#include "graph/modload_open.h"

/* loadWorkspace. Errors of a member are reported when the whole workspace is loaded. */
struct modver_list getload_work_members(struct getload *g)
{
	const struct modproject *mp = modload_project(g->ml);
	struct arena *a = &g->ld->arena;
	ARENA_VEC(struct modver) list = { 0 };
	const char *file = NULL;
	struct gowork *w = NULL;
	const struct gomod_options o = { .name = "go.work" };
	char *data;
	size_t len;

	if (!goenv_find_gowork(modproject_env(mp), a, &file, NULL) || !file || !*file ||
	    str_eq(file, "off"))
		return (struct modver_list){ 0 };
	if (fs_read(a, file, FS_MAX_MOD, &data, &len, NULL))
		gowork_parse(&w, a, &o, data, len, NULL);
	for (size_t i = 0; w && i < w->use.n; i++) {
		const char *dir = w->use.items[i].path;
		struct gomod *m;

		if (!path_is_abs(dir))
			dir = path_join(a, path_dir(a, file), dir);
		if (fs_read(a, path_join(a, dir, "go.mod"), FS_MAX_MOD, &data, &len, NULL) &&
		    gomod_parse(&m, a, &(struct gomod_options){ .name = "go.mod" }, data, len,
				NULL))
			arena_vec_push(a, &list, ((struct modver){ m->module, dir }));
	}
	return (struct modver_list){ list.items, list.n };
}

bool getload_work_has(struct modver_list members, const char *path)
{
	for (size_t i = 0; i < members.n; i++) {
		const char *rel = pkgload_path_within(path, members.items[i].path);
		char *dir = rel ? xasprintf("%s/%s", members.items[i].version, rel) : NULL;
		bool yes = dir && imports_has_files(dir);

		free(dir);
		if (yes)
			return true;
	}
	return false;
}

bool getload_work_is_member(const struct getload *g, struct modver_list members)
{
	const struct modproject_main *mains;

	modproject_mains(modload_project(g->ml), &mains);
	for (size_t i = 0; i < members.n; i++)
		if (str_eq(members.items[i].path, mains[0].mod.path))
			return true;
	return false;
}

/* An edit of the workspace's graph: one member with its new requirements. */
struct work {
	struct modload *ml;
	struct requirements *member;
	uint32_t node;
	uint32_t *require;
	size_t n_require;
	struct modgraph_load_edit edit;
};

static bool edit_member(void *ctx, uint32_t node, const uint32_t **require, size_t *n)
{
	const struct work *w = ctx;

	if (node != w->node)
		return false;
	*require = w->require;
	*n = w->n_require;
	return true;
}

static enum pruning edit_pruning(void *ctx, uint32_t node, enum pruning pruning)
{
	const struct work *w = ctx;

	return node == w->node ? pruning_for(requirements_go_version(w->member)) : pruning;
}

static void take_member(struct work *w, const struct modproject_main *main)
{
	w->node = modtab_node(modload_tab(w->ml), main->mod);
	w->require = xcalloc(w->member->n_roots + 1, sizeof(*w->require));
	w->n_require = requirements_as_member(w->member, w->ml, w->require);
	w->edit = (struct modgraph_load_edit){ edit_member, edit_pruning, w };
	modload_set_requirements(w->ml,
				 requirements_edited(w->ml, modload_requirements(w->ml), &w->edit));
}

/* EnterWorkspace, and loading there. */
static bool check(struct work *w, struct getload *g, const struct pkgload_options *o, struct err *e)
{
	const struct modproject_main *mains;
	struct pkgload *ld;
	bool ok;

	modproject_mains(modload_project(g->ml), &mains);
	take_member(w, &mains[0]);
	ld = getload_match_packages(g) ? pkgload_new(w->ml, o) : NULL;
	ok = getload_check(g, w->ml, modload_requirements(w->ml), ld, e);
	pkgload_free(ld);
	return ok;
}

bool getload_work_check(struct getload *g, struct requirements *rs, const struct pkgload_options *o,
			struct err *e)
{
	struct modproject *mp = modload_project(g->ml);
	const struct modload_options mo = { .env = modproject_env(mp),
					    .source = modproject_source(mp),
					    .command = MODPROJECT_GRAPH,
					    .cancel = modproject_cancel(mp),
					    .messages = modproject_messages(mp) };
	struct work w = { .member = rs };
	bool ok = modload_open(&w.ml, &mo, e) && check(&w, g, o, e);

	modload_free(w.ml);
	free(w.require);
	/* the source was borrowed: give the module its go.sum back */
	source_set_sums(modproject_source(mp), modproject_sums(mp), false);
	return ok;
}
