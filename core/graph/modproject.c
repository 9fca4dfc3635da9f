#include "graph/modproject_impl.h"

struct modproject *modproject_new(const struct modproject_options *o)
{
	struct modproject *mp = xcalloc(1, sizeof(*mp));

	mp->o = *o;
	modtab_init(&mp->tab);
	mp->cwd = goenv_cwd(o->env);
	mp->local = goenv_go_version(o->env);
	mp->auto_sets = "";
	mp->build_mod_reason = "";
	return mp;
}

void modproject_free(struct modproject *mp)
{
	if (!mp)
		return;
	err_release(&mp->fatal);
	vec_release(&mp->errors);
	for (size_t i = 0; i < mp->n_replaces; i++)
		map_release(&mp->replaces[i].by_path);
	map_release(&mp->highest_replaced);
	free(mp->excluded);
	if (mp->vendor)
		modulestxt_release(mp->vendor);
	source_set_sums(mp->o.source, NULL, false);
	gosum_free(mp->sums);
	arena_release(&mp->arena);
	modtab_release(&mp->tab);
	free(mp);
}

struct modtab *modproject_tab(struct modproject *mp)
{
	return &mp->tab;
}

struct arena *modproject_arena(struct modproject *mp)
{
	return &mp->arena;
}

const struct goenv *modproject_env(const struct modproject *mp)
{
	return mp->o.env;
}

struct source *modproject_source(struct modproject *mp)
{
	return mp->o.source;
}

struct gosum *modproject_sums(struct modproject *mp)
{
	return mp->sums;
}

enum modproject_command modproject_command(const struct modproject *mp)
{
	return mp->o.command;
}

struct buf *modproject_messages(const struct modproject *mp)
{
	return mp->o.messages;
}

void modproject_silence(struct modproject *mp)
{
	mp->o.messages = NULL;
}

struct cancel *modproject_cancel(const struct modproject *mp)
{
	return mp->o.cancel;
}

void modproject_message(struct modproject *mp, const char *fmt, ...)
{
	va_list ap;

	if (!mp->o.messages)
		return;
	va_start(ap, fmt);
	buf_vaddf(mp->o.messages, fmt, ap);
	va_end(ap);
}

void modproject_tell_sums(struct modproject *mp)
{
	if (mp->o.messages && mp->sums)
		gosum_take_warnings(mp->sums, mp->o.messages);
}

void modproject_add_error(struct modproject *mp, const char *prefix, struct modproject_error error)
{
	for (size_t i = 0; i < mp->errors.n; i++)
		if (modver_eq(mp->errors.items[i].mod, error.mod) &&
		    str_eq(mp->errors.items[i].file, error.file))
			return;
	if (mp->answered)
		return;
	vec_push(&mp->errors, error);
	modproject_message(mp, "%s%s\n", prefix, error.text);
}

void modproject_answered(struct modproject *mp)
{
	mp->answered = true;
}

const struct modproject_error *modproject_errors(const struct modproject *mp, size_t *n)
{
	*n = mp->errors.n;
	return mp->errors.items;
}

bool modproject_exits(const struct modproject *mp, struct err *e)
{
	if (!mp->errors.n)
		return false;
	err_set(e, ERR_REFUSED, "%s", mp->errors.items[0].text);
	err_mark(e, ERR_FORM_TOLD);
	return true;
}

size_t modproject_mains(const struct modproject *mp, const struct modproject_main **mains)
{
	*mains = mp->mains;
	return mp->n_mains;
}

const struct modproject_main *modproject_main(const struct modproject *mp, const char *path)
{
	for (size_t i = 0; i < mp->n_mains; i++) {
		if (mp->mains[i].mod.path == path || str_eq(mp->mains[i].mod.path, path))
			return &mp->mains[i];
	}
	return NULL;
}

bool modproject_is_main(const struct modproject *mp, const char *path)
{
	return modproject_main(mp, path) != NULL;
}

bool modproject_has_root(const struct modproject *mp)
{
	return mp->has_root;
}

bool modproject_no_root_error(const struct modproject *mp, struct err *e)
{
	return err_set(
		e, ERR_NOT_FOUND, "%s",
		mp->gowork_file
			? "no modules were found in the current workspace; see 'go help work'"
			: "go.mod file not found in current directory or any parent directory; see 'go help modules'");
}

const char *modproject_find_root(struct modproject *mp, const char *dir)
{
	for (dir = path_clean(&mp->arena, dir);;) {
		const char *up;

		if (overlay_is_file(goenv_overlay(mp->o.env), path_join(&mp->arena, dir, "go.mod")))
			return dir;
		up = path_dir(&mp->arena, dir);
		if (str_eq(up, dir))
			return NULL;
		dir = up;
	}
}

const char *modproject_cwd(const struct modproject *mp)
{
	return mp->cwd;
}

const char *modproject_short(struct modproject *mp, const char *path)
{
	return path_short(&mp->arena, mp->cwd, path);
}

const char *modproject_root_file(const struct modproject *mp)
{
	return mp->root_file;
}

const char *modproject_gowork_file(const struct modproject *mp)
{
	return mp->gowork_file;
}

struct gowork *modproject_gowork(const struct modproject *mp)
{
	return mp->gowork;
}

const char *modproject_gosum_file(const struct modproject *mp)
{
	return mp->gosum_file;
}

const char *modproject_local_version(const struct modproject *mp)
{
	return mp->local;
}

const char *modproject_gowork_version(const struct modproject *mp)
{
	return mp->gowork && *mp->gowork->go ? mp->gowork->go : GOVER_DEFAULT_GOWORK;
}

const char *modproject_go_version(const struct modproject *mp)
{
	if (mp->gowork_file)
		return modproject_gowork_version(mp);
	if (!mp->has_root)
		return mp->local;
	return *mp->mains[0].go_version ? mp->mains[0].go_version : GOVER_DEFAULT_GOMOD;
}

const char *modproject_new_go_version(const struct modproject *mp)
{
	return mp->o.go_version && *mp->o.go_version ? mp->o.go_version : mp->local;
}

bool modproject_add_go(struct modproject *mp, const char *version, struct err *e)
{
	if (!gomod_add_go(mp->mains[0].file, version, e))
		return false;
	mp->mains[0].go_added = true;
	return true;
}

size_t modproject_tools(const struct modproject *mp, const char *const **paths)
{
	*paths = mp->tools;
	return mp->n_tools;
}

/* gover.TooNewError */
bool modproject_too_new(const struct modproject *mp, const char *what, const char *go_version,
			struct err *e)
{
	const char *toolchain = goenv_get(mp->o.env, "GOTOOLCHAIN");
	bool named = *toolchain && !str_eq(toolchain, "auto");

	return err_set(e, ERR_REFUSED, "%s requires go >= %s (running go %s%s%s%s)", what,
		       go_version, mp->local, named ? "; GOTOOLCHAIN=" : "", named ? toolchain : "",
		       mp->auto_sets);
}

void modproject_note_fatal(struct modproject *mp, const struct err *e)
{
	if (!err_is_set(&mp->fatal) && err_is_final(e))
		err_copy(&mp->fatal, e);
}

const struct err *modproject_fatal(const struct modproject *mp)
{
	return &mp->fatal;
}

void modproject_read_sums(struct modproject *mp)
{
	struct err e = ERR_INIT;

	if (!gosum_init(mp->sums, &e))
		modproject_note_fatal(mp, &e);
	err_release(&e);
}
