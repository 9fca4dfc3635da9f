#include "graph/modproject_impl.h"

#include "gofiles/godebug.h"

bool modproject_load_gowork(struct modproject *mp, const char ***dirs, size_t *n, struct err *e)
{
	const char *shown = modproject_short(mp, mp->gowork_file),
		   *base = path_dir(&mp->arena, mp->gowork_file);
	struct map seen = MAP_INIT;
	char *data;
	size_t len;
	bool ok = true;

	*n = 0;
	if (!overlay_read(goenv_overlay(mp->o.env), &mp->arena, mp->gowork_file, FS_MAX_MOD, &data,
			  &len, e)) {
		err_rename(e, mp->gowork_file, shown);
		return err_wrap(e, "reading go.work: ");
	}
	if (!gowork_parse(&mp->gowork, &mp->arena, &(struct gomod_options){ .name = shown }, data,
			  len, e))
		return err_wrap(e, "errors parsing go.work:\n");
	if (*mp->gowork->go && gover_compare(mp->gowork->go, mp->local) > 0)
		return modproject_too_new(mp, shown, mp->gowork->go, e);
	*dirs = arena_alloc(&mp->arena, mp->gowork->use.n * sizeof(**dirs));
	for (size_t i = 0; i < mp->gowork->use.n && ok; i++) {
		const struct gomod_path *u = &mp->gowork->use.items[i];
		const char *dir = path_is_abs(u->path) ? arena_strdup(&mp->arena, u->path)
						       : path_join(&mp->arena, base, u->path);

		if (!map_put(&seen, dir, NULL))
			ok = err_set(
				e, ERR_SYNTAX,
				"error loading go.work:\n%s:%d: path %s appears multiple times in workspace",
				shown, u->line->line, dir);
		(*dirs)[(*n)++] = dir;
	}
	map_release(&seen);
	for (size_t i = 0; i < mp->gowork->godebug.n && ok; i++) {
		const struct gomod_godebug *g = &mp->gowork->godebug.items[i];

		ok = godebug_check("godebug", g->key, g->value, mp->local, e) ||
		     err_wrap(e, "error loading go.work:\n%s:%d: ", shown, g->line->line);
	}
	return ok;
}

/* The go line of a file that may be malformed otherwise; "" if there is none. */
static const char *lax_go_version(struct modproject *mp, const struct modproject_main *mm)
{
	struct gomod *lax;

	if (!mm->data ||
	    !gomod_parse(&lax, &mp->arena,
			 &(struct gomod_options){ .name = mm->gomod_name, .lax = true }, mm->data,
			 mm->len, NULL))
		return "";
	return lax->go;
}

/* The file's bytes, or those of the overlay. */
static bool read_data(struct modproject *mp, struct modproject_main *mm, struct err *e)
{
	const struct modproject_overlay *over = mp->gowork_file ? NULL : mp->o.overlay;
	char *data;

	if (over) {
		mm->data = arena_strndup(&mp->arena, over->gomod->data, over->gomod->len);
		mm->len = over->gomod->len;
		return true;
	}
	if (!fs_read(&mp->arena, overlay_actual(goenv_overlay(mp->o.env), mm->gomod), FS_MAX_MOD,
		     &data, &mm->len, e))
		return false;
	mm->data = data;
	return true;
}

/* ReadModFile. */
static bool read_gomod(struct modproject *mp, struct modproject_main *mm, struct err *e)
{
	const char *shown = modproject_short(mp, mm->gomod_name), *go;
	struct gomod_fixer fixer = { .query = mp->o.query, .ctx = mp->o.query_ctx };
	struct gomod_options o = { .name = shown, .long_name = mm->gomod_name, .fixer = &fixer };

	if (!read_data(mp, mm, e)) {
		/* go shortens the file name of a workspace member */
		if (mp->gowork_file || mp->modfile)
			err_rename(e, mm->gomod, mp->gowork_file ? shown : mm->gomod_name);
		return false;
	}
	if (!gomod_parse(&mm->file, &mp->arena, &o, mm->data, mm->len, e)) {
		/* a file for a newer go is reported as such */
		go = lax_go_version(mp, mm);
		if (gover_compare(go, mp->local) > 0) {
			err_clear(e);
			return modproject_too_new(mp, shown, go, e);
		}
		return err_wrap(e, "errors parsing %s:\n", shown);
	}
	mm->needs_fix = fixer.fixed;
	if (*mm->file->go && gover_compare(mm->file->go, mp->local) > 0)
		return modproject_too_new(mp, shown, mm->file->go, e);
	if (!mm->file->module_line)
		return err_set(
			e, ERR_SYNTAX,
			"error reading %s: missing module declaration. To specify the module path:\n"
			"\tgo mod edit -module=example.com/mod",
			shown);
	if (gover_is_toolchain(mm->file->module))
		return err_set(e, ERR_SYNTAX, "error reading %s: invalid module path: \"%s\"",
			       shown, mm->file->module);
	return true;
}

static bool work_too_old(struct modproject *mp, const struct modproject_main *mm,
			 const char *go_version, struct err *e)
{
	return err_set(
		e, ERR_REFUSED,
		"module %s listed in go.work file requires go >= %s, but go.work %s go %s; to update it:\n\tgo work use",
		modproject_short(mp, mm->dir), go_version,
		*mp->gowork->go ? "lists" : "implicitly requires", modproject_gowork_version(mp));
}

/* Errors of one kind are on consecutive lines, each with go's "go: " (base.Error of an errors.Join). There may be thousands. */
struct joined {
	struct err first;
	struct buf rest;
};

static void join_error(struct joined *all, struct err *one)
{
	if (err_is_set(&all->first))
		buf_addf(&all->rest, "\ngo: %s", one->text);
	else
		err_move(&all->first, one);
	err_release(one);
}

/* True if there is none. */
static bool join_end(struct joined *all, struct err *e)
{
	bool none = !err_is_set(&all->first);

	if (!none && all->rest.len) {
		char *text = xasprintf("%s%s", all->first.text, all->rest.data);

		free(all->first.text);
		all->first.text = text;
	}
	buf_release(&all->rest);
	return none || err_move(e, &all->first);
}

static bool check_godebugs(struct modproject *mp, const struct modproject_main *mm, struct err *e)
{
	struct joined all = { .first = ERR_INIT, .rest = BUF_INIT };

	for (size_t i = 0; i < mm->file->godebug.n; i++) {
		const struct gomod_godebug *g = &mm->file->godebug.items[i];
		struct err one = ERR_INIT;

		if (godebug_check("godebug", g->key, g->value, mp->local, &one))
			continue;
		err_wrap(&one,
			 "error loading go.mod:\n%s:%d: ", modproject_short(mp, mm->gomod_name),
			 g->line->line);
		join_error(&all, &one);
	}
	return join_end(&all, e);
}

/* Reads one main module and checks it against its workspace. After a fatal error go reads no more. */
static bool load_main(struct modproject *mp, struct modproject_main *mm, bool *fatal, struct err *e)
{
	struct err local = ERR_INIT;
	const char *v;

	if (!read_gomod(mp, mm, &local)) {
		v = mp->gowork_file ? lax_go_version(mp, mm) : "";
		if (*v && gover_compare(v, mp->local) > 0)
			work_too_old(mp, mm, v, e);
		else if (mp->gowork_file)
			err_set(e, local.code, "cannot load module %s listed in go.work file: %s",
				modproject_short(mp, mm->dir), local.text);
		else
			err_move(e, &local);
		err_release(&local);
		return false;
	}
	v = *mm->file->go ? mm->file->go : GOVER_DEFAULT_GOMOD;
	if (mp->gowork_file && gover_compare(v, modproject_gowork_version(mp)) > 0 &&
	    gover_compare(v, GOVER_STRICT) >= 0)
		return work_too_old(mp, mm, v, e);
	if (!mp->gowork_file && !check_godebugs(mp, mm, e))
		return false;
	mm->node = modtab_node(&mp->tab, (struct modver){ mm->file->module, "" });
	mm->mod = mp->tab.nodes[mm->node].mod;
	mm->go_version = mm->file->go;
	*fatal = !modproject_replace_check(mp, mm->file->replace.items, mm->file->replace.n, e);
	return !*fatal && modpath_check_import_as("module", mm->mod.path, e);
}

static void note_duplicate(struct modproject *mp, const struct modproject_main *mm)
{
	/* members are those of the use lines, one by one */
	const struct gomod_path *u = &mp->gowork->use.items[mm - mp->mains];

	modproject_add_error(
		mp, "go: ",
		(struct modproject_error){
			.text = arena_fmt(&mp->arena,
					  "module %s appears multiple times in workspace",
					  mm->mod.path),
			.mod = mm->mod,
			.file = mm->gomod,
			.remedy = gowork_drop_use(&mp->arena, u->path) });
}

static void note_duplicates(struct modproject *mp)
{
	bool *seen = xcalloc(mp->tab.n_nodes + 1, sizeof(*seen));

	for (size_t i = 0; i < mp->n_mains; i++) {
		const struct modproject_main *mm = &mp->mains[i];

		if (seen[mm->node])
			note_duplicate(mp, mm);
		seen[mm->node] = true;
		mp->tab.paths[mp->tab.nodes[mm->node].path].is_main = true;
	}
	free(seen);
}

bool modproject_load_mains(struct modproject *mp, const char *const *dirs, size_t n, struct err *e)
{
	struct joined all = { .first = ERR_INIT, .rest = BUF_INIT };
	bool fatal = false;

	mp->mains = arena_calloc(&mp->arena, n, sizeof(*mp->mains));
	for (size_t i = 0; i < n && !fatal; i++) {
		struct modproject_main *mm = &mp->mains[mp->n_mains];
		struct err one = ERR_INIT;

		*mm = (struct modproject_main){ .dir = dirs[i], .go_version = "" };
		mm->gomod = mp->modfile ? mp->modfile : path_join(&mp->arena, dirs[i], "go.mod");
		mm->gomod_name = mp->modfile ? mp->modfile_shown : mm->gomod;
		if (load_main(mp, mm, &fatal, &one))
			mp->n_mains++;
		else if (fatal)
			err_move(e, &one);
		else
			join_error(&all, &one);
	}
	if (fatal)
		err_clear(&all.first);
	if (!join_end(&all, e) || fatal)
		return false;
	/* go reads go.work's replace lines first */
	if (mp->gowork &&
	    !modproject_replace_check(mp, mp->gowork->replace.items, mp->gowork->replace.n, e))
		return false;
	note_duplicates(mp);
	return true;
}

/* The last one counts. */
void modproject_join_duplicates(struct modproject *mp)
{
	size_t *last = xcalloc(mp->tab.n_nodes + 1, sizeof(*last));

	for (size_t i = 0; i < mp->n_mains; i++)
		last[mp->mains[i].node] = i;
	for (size_t i = 0; i < mp->n_mains; i++) {
		const struct gomod *listed = mp->mains[i].file;
		size_t j = last[mp->mains[i].node];

		if (j != i) {
			mp->mains[i] = mp->mains[j];
			map_release(&mp->replaces[i + 1].by_path);
			mp->replaces[i + 1].n = 0;
		}
		mp->mains[i].listed = listed;
	}
	free(last);
}

bool modproject_note_lines(struct modproject *mp, struct err *e)
{
	struct map seen = MAP_INIT;
	VEC(const char *) tools = { 0 };
	bool ok = true;

	for (size_t i = 0; i < mp->n_mains; i++) {
		const struct gomod *f = mp->mains[i].listed, *last = mp->mains[i].file;

		for (size_t j = 0; j < last->exclude.n; j++)
			modproject_exclude_add(mp, last->exclude.items[j].mod);
		for (size_t j = 0; j < f->tool.n && ok; j++) {
			ok = modpath_check_import_as("tool", f->tool.items[j].path, e);
			if (ok && map_put(&seen, f->tool.items[j].path, NULL))
				vec_push(&tools, arena_strdup(&mp->arena, f->tool.items[j].path));
		}
	}
	mp->tools = arena_memdup(&mp->arena, tools.items, tools.n * sizeof(*tools.items));
	mp->n_tools = tools.n;
	vec_release(&tools);
	map_release(&seen);
	return ok;
}

static const char *sum_beside(struct modproject *mp, const char *gomod)
{
	size_t len = strlen(gomod) - (str_has_suffix(gomod, ".mod") ? 4 : 0);

	return arena_fmt(&mp->arena, "%.*s.sum", (int)len, gomod);
}

void modproject_open_sums(struct modproject *mp, const char *const *dirs, size_t n)
{
	const char *main_file = NULL;

	if (mp->gowork_file) {
		main_file = arena_fmt(&mp->arena, "%s.sum", mp->gowork_file);
	} else if (n) {
		main_file = sum_beside(mp, mp->modfile ? mp->modfile
						       : path_join(&mp->arena, dirs[0], "go.mod"));
	}
	mp->gosum_file = main_file;
	mp->sums = gosum_new(main_file, mp->o.command == MODPROJECT_TIDY);
	if (mp->modfile && !mp->gowork_file)
		gosum_set_name(mp->sums, sum_beside(mp, mp->modfile_shown));
	gosum_set_overlay(mp->sums, goenv_overlay(mp->o.env));
	if (mp->o.overlay && !mp->gowork_file)
		gosum_set_text(mp->sums, mp->o.overlay->gosum->data, mp->o.overlay->gosum->len);
	for (size_t i = 0; mp->gowork_file && i < n; i++)
		gosum_add_file(mp->sums, path_join(&mp->arena, dirs[i], "go.sum"));
}
