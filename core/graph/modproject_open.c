#include "graph/modproject_impl.h"

static bool needs_root(enum modproject_command c)
{
	return c != MODPROJECT_LIST;
}

static bool find_gowork(struct modproject *mp, struct err *e)
{
	if (mp->o.no_workspace || mp->o.command == MODPROJECT_TIDY ||
	    mp->o.command == MODPROJECT_VENDOR)
		return true;
	if (!goenv_find_gowork(mp->o.env, &mp->arena, &mp->gowork_file, e))
		return false;
	if (mp->gowork_file && (str_eq(mp->gowork_file, "off") || !*mp->gowork_file))
		mp->gowork_file = NULL;
	return true;
}

static bool find_gomod(struct modproject *mp, struct err *e)
{
	const char *tmp = goenv_get(mp->o.env, "TMPDIR");

	tmp = *tmp ? tmp : "/tmp";
	mp->dir = modproject_find_root(mp, mp->cwd);
	if (!mp->dir && mp->modfile)
		return err_set(
			e, ERR_REFUSED,
			"cannot find main module, but -modfile was set.\n\t-modfile cannot be used to set the module "
			"root directory.");
	if (mp->dir && str_eq(mp->dir, path_clean(&mp->arena, tmp))) {
		modproject_message(mp, "go: warning: ignoring go.mod in system temp root %s\n",
				   tmp);
		mp->dir = NULL;
	}
	return mp->dir || !needs_root(mp->o.command) || modproject_no_root_error(mp, e);
}

/* Init: finds the module or workspace, and checks that modules may be used. */
static bool find_project(struct modproject *mp, struct err *e)
{
	const char *gopath;

	if (!find_gowork(mp, e))
		return false;
	if (mp->gowork_file && mp->modfile)
		return err_set(e, ERR_REFUSED, "-modfile cannot be used in workspace mode");
	if (!mp->gowork_file && !find_gomod(mp, e))
		return false;
	/* without a module go stays in GOPATH mode, where list has no modules */
	if (!mp->gowork_file && !mp->dir && str_eq(goenv_get(mp->o.env, "GO111MODULE"), "auto"))
		return err_set(e, ERR_REFUSED, "list -m cannot be used with GO111MODULE=off");
	if (mp->modfile && !str_has_suffix(mp->modfile_shown, ".mod"))
		return err_set(e, ERR_REFUSED, "-modfile=%s: file does not have .mod extension",
			       mp->modfile_shown);
	if (!modproject_check_mod_allowed(mp, e))
		return false;
	gopath = goenv_gopath_dir(mp->o.env, &mp->arena, "go.mod");
	if (*gopath && fs_exists(gopath)) {
		modproject_message(mp, "go: warning: ignoring go.mod in $GOPATH %s\n",
				   path_dir(&mp->arena, gopath));
		if (needs_root(mp->o.command))
			return modproject_no_root_error(mp, e);
	}
	return true;
}

static enum goflags_command command_of(enum modproject_command c)
{
	static const enum goflags_command commands[] = {
		[MODPROJECT_GRAPH] = GOFLAGS_GRAPH, [MODPROJECT_LIST] = GOFLAGS_LIST,
		[MODPROJECT_WHY] = GOFLAGS_WHY,	    [MODPROJECT_VERIFY] = GOFLAGS_VERIFY,
		[MODPROJECT_TIDY] = GOFLAGS_TIDY,   [MODPROJECT_VENDOR] = GOFLAGS_VENDOR,
	};

	return commands[c];
}

static bool check_reuse(struct modproject *mp, struct err *e)
{
	const char *file = NULL;
	char *data;
	size_t len;

	if (mp->o.command != MODPROJECT_LIST || !goenv_flag(mp->o.env, "reuse", &file, NULL) ||
	    !file || !*file || (!mp->gowork_file && !mp->dir))
		return true;
	/* a workspace is not loaded yet where go looks for a module */
	if (mp->gowork_file)
		return fs_read(&mp->arena, file, FS_MAX_MOD, &data, &len, e);
	err_set(e, ERR_REFUSED, "go list -reuse cannot be used inside a module");
	return err_mark(e, ERR_FORM_FINAL);
}

static bool check_overlay(const struct modproject *mp, struct err *e)
{
	const char *modcache = goenv_modcache(mp->o.env, NULL), *file;

	if (mp->o.command != MODPROJECT_LIST || !modcache)
		return true;
	file = overlay_below(goenv_overlay(mp->o.env), modcache);
	return !file ||
	       err_set(e, ERR_REFUSED,
		       "overlay contains a replacement for %s. Files beneath GOMODCACHE (%s) must not be replaced.",
		       file, modcache);
}

static bool check_settings(struct modproject *mp, struct err *e)
{
	struct err why = ERR_INIT;

	if (goenv_gopath_is_goroot(mp->o.env))
		modproject_message(mp,
				   "warning: both GOPATH and GOROOT are the same directory (%s); "
				   "see https://go.dev/wiki/InstallTroubleshooting\n",
				   goenv_get(mp->o.env, "GOPATH"));
	if (goenv_check(mp->o.env, &why))
		return goenv_check_command(mp->o.env, command_of(mp->o.command), e);
	if (why.code == ERR_REFUSED && mp->o.command == MODPROJECT_LIST &&
	    str_eq(goenv_get(mp->o.env, "GO111MODULE"), "off")) {
		err_clear(&why);
		err_set(&why, ERR_REFUSED, "list -m cannot be used with GO111MODULE=off");
	}
	return err_move(e, &why);
}

/* go chooses its own version before it looks for a project. */
static bool find_after_toolchain(struct modproject *mp, struct err *e)
{
	struct err why = ERR_INIT;

	if (find_project(mp, &why))
		return true;
	if (modproject_select_toolchain(mp, NULL, e))
		err_move(e, &why);
	err_release(&why);
	return false;
}

bool modproject_find(struct modproject *mp, struct err *e)
{
	if (!check_settings(mp, e) || !modproject_read_flags(mp, e) ||
	    !goenv_check_overlay(mp->o.env, e) || !find_after_toolchain(mp, e) ||
	    !check_reuse(mp, e) || !check_overlay(mp, e) || !modproject_check_mod_known(mp, e))
		return false;
	mp->root_file = mp->gowork_file ? mp->gowork_file
			: mp->dir	? path_join(&mp->arena, mp->dir, "go.mod")
					: NULL;
	return modproject_select_toolchain(mp, mp->root_file, e);
}

/* "command-line-arguments": go's main module if there is none. */
static bool stand_in(struct modproject *mp, struct err *e)
{
	struct modproject_main *mm = arena_calloc(&mp->arena, 1, sizeof(*mm));

	if (needs_root(mp->o.command) && !mp->gowork_file)
		return modproject_no_root_error(mp, e);
	mm->node = modtab_node(&mp->tab, (struct modver){ "command-line-arguments", "" });
	mm->mod = mp->tab.nodes[mm->node].mod;
	mm->dir = mm->gomod = mm->gomod_name = "";
	mm->go_version = modproject_go_version(mp);
	mp->mains = mm;
	mp->n_mains = 1;
	return modproject_set_build_mod(mp, e) && modproject_replace_init(mp, e);
}

bool modproject_read(struct modproject *mp, struct err *e)
{
	const char *const *dirs = &mp->dir;
	const char **used;
	size_t n = mp->dir != NULL;

	if (mp->gowork_file) {
		if (!modproject_load_gowork(mp, &used, &n, e))
			return false;
		dirs = used;
	}
	mp->has_root = n > 0;
	modproject_open_sums(mp, dirs, n);
	/* missing lines are checked here (modproject_must_have_sums), not in the source: queries may do without */
	source_set_sums(mp->o.source, mp->sums, false);
	if (n == 0)
		return stand_in(mp, e);
	if (!modproject_load_mains(mp, dirs, n, e) || !modproject_replace_init(mp, e))
		return false;
	modproject_join_duplicates(mp);
	return modproject_note_lines(mp, e) && modproject_set_build_mod(mp, e);
}
