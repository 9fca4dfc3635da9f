#include "packages/getload.h"

#include "gofiles/gover.h"
#include "packages/pkgload_impl.h"

static const struct pkgload_options options = { .resolve_missing = true, .roots_imported = true };

/* The path is a package of the module that was asked for: its tree is fetched for that. */
static bool is_package(struct modload *ml, const char *path, struct modver m)
{
	struct pkgload *load = pkgload_new(ml, &options);
	const struct pkgload_source *s = pkgload_source(load, modtab_mod(modload_tab(ml), m));
	struct pkgroot_dir *d;
	const char *error;
	bool yes = s->root && pkgload_dir_in_module(load, path, m.path, s->root, &d, &error) && d &&
		   d->is_go_dir;

	pkgload_free(load);
	return yes;
}

/* Loading packages turns on pruning that a newer go line asks for, with the roots that this needs. */
static struct requirements *as_before(struct modload *ml, struct requirements *rs,
				      enum pruning before)
{
	if (before != PRUNING_UNPRUNED || rs->pruning != PRUNING_PRUNED)
		return rs;
	return requirements_new(ml, before, rs->roots, rs->n_roots, rs->direct);
}

static bool load(struct modload *ml, const char *path, struct requirements **rs, struct err *e)
{
	struct pkgload *load = pkgload_new(ml, &options);
	bool ok = pkgload_run(load, &path, 1, NULL, e);

	if (ok)
		*rs = pkgload_requirements(load);
	pkgload_free(load);
	return ok;
}

bool getload(struct modload *ml, const char *path, struct modver m, enum pruning before,
	     struct requirements **rs, struct err *e)
{
	struct requirements *own = modload_requirements(ml);
	bool ok = true;

	if (str_eq(m.version, "none") || gover_is_toolchain(m.path))
		return true;
	modload_set_requirements(ml, *rs);
	if (is_package(ml, path, m)) {
		modload_set_requirements(ml, as_before(ml, *rs, before));
		ok = load(ml, path, rs, e);
	}
	modload_set_requirements(ml, own);
	return ok;
}
