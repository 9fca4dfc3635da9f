#include "graph/modproject_impl.h"

/* Whether -mod applies: the go commands that we answer as "mod graph", "mod why" and so on do not have the flag. */
bool modproject_read_flags(struct modproject *mp, struct err *e)
{
	const char *mod = NULL, *modfile = NULL;

	if (!goenv_flag(mp->o.env, "modfile", &modfile, e))
		return false;
	if (modfile && *modfile) {
		mp->modfile = path_is_abs(modfile) ? modfile
						   : path_join(&mp->arena, mp->cwd, modfile);
		mp->modfile_shown = modfile;
	}
	if (mp->o.command != MODPROJECT_LIST)
		return true;
	if (!goenv_flag(mp->o.env, "mod", &mod, e))
		return false;
	if (mp->o.force_vendor)
		mod = "vendor";
	if (!mod || !*mod)
		return true;
	mp->build_mod_explicit = true;
	if (str_eq(mod, "mod"))
		mp->build_mod = MODPROJECT_MOD_MOD;
	else if (str_eq(mod, "vendor"))
		mp->build_mod = MODPROJECT_MOD_VENDOR;
	else if (str_eq(mod, "readonly"))
		mp->build_mod = MODPROJECT_MOD_READONLY;
	else
		mp->unknown_mod = mod;
	return true;
}

/* work.BuildInit's check of -mod, after Init. */
bool modproject_check_mod_known(const struct modproject *mp, struct err *e)
{
	if (!mp->unknown_mod)
		return true;
	err_set(e, ERR_USAGE, "-mod=%s not supported (can be '', 'mod', 'readonly', or 'vendor')",
		mp->unknown_mod);
	return err_mark(e, ERR_FORM_FINAL);
}

/* setDefaultBuildMod's first half, which Init calls. */
bool modproject_check_mod_allowed(const struct modproject *mp, struct err *e)
{
	if (!mp->gowork_file || !mp->build_mod_explicit ||
	    !(mp->unknown_mod || mp->build_mod == MODPROJECT_MOD_MOD))
		return true;
	return err_set(
		e, ERR_REFUSED,
		"-mod may only be set to readonly or vendor when in workspace mode, but it is set to \"%s\""
		"\n\tRemove the -mod flag to use the default readonly value, "
		"\n\tor set GOWORK=off to disable workspace mode.",
		mp->unknown_mod ? mp->unknown_mod : "mod");
}

/* Without -mod the vendor directory decides; *use is set if it is used. */
static bool judge_vendor(struct modproject *mp, bool *use, struct err *e)
{
	const char *source = mp->gowork_file ? "go.work" : "go.mod",
		   *dir = modproject_vendor_dir(mp, &mp->arena);
	const char *version = mp->gowork_file ? mp->gowork->go : mp->mains[0].go_version;
	bool workspace;

	*use = false;
	if (!overlay_is_dir(goenv_overlay(mp->o.env), dir))
		return true;
	if (!*version) {
		mp->build_mod_reason = arena_fmt(
			&mp->arena,
			"Go version in %s is unspecified, so vendor directory was not used.",
			source);
		return true;
	}
	if (gover_compare(version, "1.14") < 0) {
		mp->build_mod_reason =
			arena_fmt(&mp->arena,
				  "Go version in %s is %s, so vendor directory was not used.",
				  source, version);
		return true;
	}
	if (!modproject_vendor_is_workspace(mp, dir, &workspace, e))
		return false;
	if (workspace != (mp->gowork_file != NULL)) {
		mp->build_mod_reason =
			workspace
				? "Outside workspace mode, but vendor directory is for a workspace."
				: "In workspace mode, but vendor directory is not for a workspace";
		return true;
	}
	mp->build_mod_reason =
		arena_fmt(&mp->arena,
			  "Go version in %s is at least 1.14 and vendor directory exists.", source);
	*use = true;
	return true;
}

/* setDefaultBuildMod. */
bool modproject_set_build_mod(struct modproject *mp, struct err *e)
{
	bool vendor = false;

	if (mp->build_mod_explicit)
		return true;
	switch (mp->o.command) {
	case MODPROJECT_GRAPH:
	case MODPROJECT_WHY:
	case MODPROJECT_VERIFY:
	case MODPROJECT_TIDY: mp->build_mod = MODPROJECT_MOD_MOD; return true;
	case MODPROJECT_VENDOR: mp->build_mod = MODPROJECT_MOD_READONLY; return true;
	case MODPROJECT_LIST: break;
	}
	if (mp->has_root && !judge_vendor(mp, &vendor, e))
		return false;
	mp->build_mod = vendor ? MODPROJECT_MOD_VENDOR : MODPROJECT_MOD_READONLY;
	return true;
}

enum modproject_build_mod modproject_build_mod(const struct modproject *mp)
{
	return mp->build_mod;
}

const char *modproject_build_mod_reason(const struct modproject *mp)
{
	return mp->build_mod_reason;
}

bool modproject_must_have_sums(const struct modproject *mp)
{
	return mp->has_root && mp->build_mod == MODPROJECT_MOD_READONLY && !mp->gowork_file;
}

bool modproject_must_be_complete(const struct modproject *mp)
{
	return mp->build_mod != MODPROJECT_MOD_MOD && !mp->gowork_file;
}

static const char *build_mod_name(enum modproject_build_mod m)
{
	return m == MODPROJECT_MOD_MOD ? "mod" : m == MODPROJECT_MOD_VENDOR ? "vendor" : "readonly";
}

bool modproject_dirty_error(const struct modproject *mp, struct err *e)
{
	const char *name = build_mod_name(mp->build_mod);

	if (mp->build_mod_explicit)
		return err_set(
			e, ERR_REFUSED,
			"updates to go.mod needed, disabled by -mod=%s; to update it:\n\tgo mod tidy",
			name);
	if (*mp->build_mod_reason)
		return err_set(
			e, ERR_REFUSED,
			"updates to go.mod needed, disabled by -mod=%s\n\t(%s)\n\tto update it:\n\tgo mod tidy",
			name, mp->build_mod_reason);
	return err_set(e, ERR_REFUSED, "updates to go.mod needed; to update it:\n\tgo mod tidy");
}
