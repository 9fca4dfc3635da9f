#include "gofiles/gomod.h"
#include "gofiles/gosum.h"
#include "gofiles/gover.h"
#include "graph/golist_impl.h"

/* Roots may contain duplicates if go.mod does; go keeps one line for each and does not count that as a change. */
static bool same_requires(struct modload *ml, const struct gomod *f, const struct requirements *rs)
{
	struct map have = MAP_INIT;
	size_t n = 0;
	bool same = true;

	for (size_t i = 0; i < f->require.n; i++)
		map_put(&have,
			arena_fmt(modload_arena(ml), "%s@%s", f->require.items[i].mod.path,
				  f->require.items[i].mod.version),
			NULL);
	for (size_t i = 0; i < rs->n_roots && same; i++) {
		struct modver m = rs->roots[i];

		if (gover_is_toolchain(m.path) || (i > 0 && modver_eq(m, rs->roots[i - 1])))
			continue;
		n++;
		same = map_has(&have, arena_fmt(modload_arena(ml), "%s@%s", m.path, m.version));
	}
	same = same && n == have.n;
	map_release(&have);
	return same;
}

/* The refusal of commitRequirements: would the go.mod for these roots differ in meaning? */
bool golist_check_clean(struct golist *l, struct err *e)
{
	const struct requirements *rs = l->rs;
	struct modproject *mp = l->mp;
	const struct modproject_main *mm;
	const char *go = requirements_go_version(rs), *toolchain, *line;
	struct semver_part tv;
	bool dirty;

	modproject_mains(mp, &mm);
	if (modproject_gowork_file(mp) || !modproject_has_root(mp))
		return true;
	if (gover_compare(go, modproject_local_version(mp)) > 0)
		return modproject_too_new(mp, "updating go.mod", go, e);
	if (modproject_build_mod(mp) == MODPROJECT_MOD_MOD)
		return true; /* go would write the file now */
	toolchain = map_get(&rs->root_versions, "toolchain");
	line = "";
	if (toolchain) {
		tv = gover_from_toolchain(toolchain);
		if (!(str_has_prefix(toolchain, "go") && str_eq(toolchain + 2, go)) &&
		    gover_compare_n(tv.s, tv.len, GOVER_STRICT, strlen(GOVER_STRICT)) >= 0)
			line = toolchain;
	}
	dirty = mm->needs_fix || !str_eq(line, mm->file->toolchain) ||
		!(str_eq(go, mm->go_version) ||
		  (!*mm->go_version && str_eq(go, GOVER_DEFAULT_GOMOD))) ||
		!same_requires(l->ml, mm->file, rs);
	return !dirty || modproject_dirty_error(mp, e);
}

/* keepSums without loaded packages, for this module. */
static bool sum_is_kept(void *ctx, struct modver m, enum gosum_kind kind)
{
	const struct golist *l = ctx;
	const struct modgraph *mg = l->rs->graph;
	bool mods_too = gover_compare(modproject_go_version(l->mp), GOVER_TIDY_GOMOD_SUM) >= 0;
	const uint32_t *list;
	size_t n;

	if (!mg) {
		for (size_t i = 0; i < l->rs->n_roots; i++) {
			if (modver_eq(modproject_resolve(l->mp, l->rs->roots[i]), m))
				return true;
		}
		return false;
	}
	list = modgraph_order(mg, &n);
	for (size_t i = 0; kind == GOSUM_MOD && i < n; i++) {
		if (modgraph_is_read(mg, list[i]) &&
		    modver_eq(modproject_resolve(l->mp, mg->tab->nodes[list[i]].mod), m))
			return true;
	}
	list = modgraph_build_list(mg, &n);
	for (size_t i = 0; (kind == GOSUM_ZIP || mods_too) && i < n; i++) {
		if (modver_eq(modproject_resolve(l->mp, mg->tab->nodes[list[i]].mod), m))
			return true;
	}
	return false;
}

/* The refusal of WriteGoSum: would a hash be added to go.sum? */
bool golist_check_sums(struct golist *l, struct err *e)
{
	if (modproject_gowork_file(l->mp) || !modproject_has_root(l->mp) ||
	    modproject_build_mod(l->mp) == MODPROJECT_MOD_MOD || err_is_set(e) ||
	    !gosum_any_learned(modproject_sums(l->mp), sum_is_kept, l))
		return true;
	return err_set(e, ERR_REFUSED, "updates to go.sum needed, disabled by -mod=readonly");
}
