#include "graph/modload_impl.h"

#include <unistd.h>

#include "gofiles/godebug.h"
#include "graph/query.h"

struct modtab *modload_tab(struct modload *ml)
{
	return &ml->tab;
}

struct arena *modload_arena(struct modload *ml)
{
	return &ml->arena;
}

const struct goenv *modload_env(const struct modload *ml)
{
	return ml->o.env;
}

struct source *modload_source(struct modload *ml)
{
	return ml->o.source;
}

struct gosum *modload_sums(struct modload *ml)
{
	return ml->sums;
}

enum modload_command modload_command(const struct modload *ml)
{
	return ml->o.command;
}

struct cancel *modload_cancel(const struct modload *ml)
{
	return ml->o.cancel;
}

void modload_message(struct modload *ml, const char *fmt, ...)
{
	va_list ap;

	if (!ml->o.messages)
		return;
	va_start(ap, fmt);
	buf_vaddf(ml->o.messages, fmt, ap);
	va_end(ap);
}

size_t modload_mains(const struct modload *ml, const struct main_module **mains)
{
	*mains = ml->mains;
	return ml->n_mains;
}

const struct main_module *modload_main(const struct modload *ml, const char *path)
{
	for (size_t i = 0; i < ml->n_mains; i++) {
		if (ml->mains[i].mod.path == path || str_eq(ml->mains[i].mod.path, path))
			return &ml->mains[i];
	}
	return NULL;
}

bool modload_is_main(const struct modload *ml, const char *path)
{
	return modload_main(ml, path) != NULL;
}

const char *modload_cwd(const struct modload *ml)
{
	return ml->cwd;
}

const char *modload_short(struct modload *ml, const char *path)
{
	return path_short(&ml->arena, ml->cwd, path);
}

const char *modload_gowork_file(const struct modload *ml)
{
	return ml->gowork_file;
}

struct gowork *modload_gowork(const struct modload *ml)
{
	return ml->gowork;
}

const char *modload_gosum_file(const struct modload *ml)
{
	return ml->gosum_file;
}

const char *modload_local_version(const struct modload *ml)
{
	return ml->local;
}

static const char *gowork_version(const struct modload *ml)
{
	return ml->gowork && *ml->gowork->go ? ml->gowork->go : GOVER_DEFAULT_GOWORK;
}

const char *modload_go_version(const struct modload *ml)
{
	if (ml->gowork_file)
		return gowork_version(ml);
	if (!ml->has_root)
		return ml->local;
	return *ml->mains[0].go_version ? ml->mains[0].go_version : GOVER_DEFAULT_GOMOD;
}

size_t modload_tools(const struct modload *ml, const char *const **paths)
{
	*paths = ml->tools;
	return ml->n_tools;
}

enum build_mod modload_build_mod(const struct modload *ml)
{
	return ml->build_mod;
}

bool modload_build_mod_explicit(const struct modload *ml)
{
	return ml->build_mod_explicit;
}

const char *modload_build_mod_reason(const struct modload *ml)
{
	return ml->build_mod_reason;
}

bool modload_must_have_sums(const struct modload *ml)
{
	return ml->has_root && ml->build_mod == BUILD_MOD_READONLY && !ml->gowork_file;
}

bool modload_must_be_complete(const struct modload *ml)
{
	return ml->build_mod != BUILD_MOD_MOD && !ml->gowork_file;
}

static const char *build_mod_name(enum build_mod m)
{
	return m == BUILD_MOD_MOD ? "mod" : m == BUILD_MOD_VENDOR ? "vendor" : "readonly";
}

bool modload_dirty_error(const struct modload *ml, struct err *e)
{
	const char *name = build_mod_name(ml->build_mod);

	if (ml->build_mod_explicit)
		return err_set(
			e, ERR_REFUSED,
			"updates to go.mod needed, disabled by -mod=%s; to update it:\n\tgo mod tidy",
			name);
	if (*ml->build_mod_reason)
		return err_set(
			e, ERR_REFUSED,
			"updates to go.mod needed, disabled by -mod=%s\n\t(%s)\n\tto update it:\n\tgo mod tidy",
			name, ml->build_mod_reason);
	return err_set(e, ERR_REFUSED, "updates to go.mod needed; to update it:\n\tgo mod tidy");
}

struct requirements *modload_requirements(struct modload *ml)
{
	return ml->requirements;
}

void modload_set_requirements(struct modload *ml, struct requirements *rs)
{
	ml->requirements = rs;
}

void modload_take_requirements(struct modload *ml, struct requirements *rs)
{
	rs->next = ml->all_requirements;
	ml->all_requirements = rs;
}

void modload_take_graph(struct modload *ml, struct modgraph *mg)
{
	mg->next = ml->graphs;
	ml->graphs = mg;
}

/* gover.TooNewError */
bool modload_too_new(const struct modload *ml, const char *what, const char *go_version,
		     struct err *e)
{
	const char *toolchain = goenv_get(ml->o.env, "GOTOOLCHAIN");
	bool named = *toolchain && !str_eq(toolchain, "auto");

	return err_set(e, ERR_REFUSED, "%s requires go >= %s (running go %s%s%s%s)", what,
		       go_version, ml->local, named ? "; GOTOOLCHAIN=" : "", named ? toolchain : "",
		       ml->auto_sets);
}

void modload_note_fatal(struct modload *ml, const struct err *e)
{
	if (!err_is_set(&ml->fatal) && err_is_set(e) && err_is_final(e))
		err_copy(&ml->fatal, e);
}

const struct err *modload_fatal(const struct modload *ml)
{
	return &ml->fatal;
}

static bool no_main_modules(const struct modload *ml, struct err *e)
{
	return err_set(
		e, ERR_REFUSED, "%s",
		ml->gowork_file
			? "no modules were found in the current workspace; see 'go help work'"
			: "go.mod file not found in current directory or any parent directory; see 'go help modules'");
}

static bool is_plain_entry(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

bool modload_no_root_error(const struct modload *ml, struct err *e)
{
	return no_main_modules(ml, e);
}

bool modload_has_root(const struct modload *ml)
{
	return ml->has_root;
}

const char *modload_find_root(struct modload *ml, const char *dir)
{
	for (dir = path_clean(&ml->arena, dir);;) {
		const char *up;

		if (is_plain_entry(path_join(&ml->arena, dir, "go.mod")))
			return dir;
		up = path_dir(&ml->arena, dir);
		if (str_eq(up, dir))
			return NULL;
		dir = up;
	}
}

static bool needs_root(enum modload_command c)
{
	return c != MODLOAD_LIST;
}

/* Whether -mod applies: the go commands that we answer as "mod graph", "mod why" and so on do not have the flag. */
static bool read_flags(struct modload *ml, struct err *e)
{
	const char *mod = NULL, *modfile = NULL;

	if (!goenv_flag(ml->o.env, "modfile", &modfile, e))
		return false;
	if (modfile && *modfile) {
		ml->modfile = path_is_abs(modfile) ? modfile
						   : path_join(&ml->arena, ml->cwd, modfile);
		ml->modfile_shown = modfile;
	}
	if (ml->o.command != MODLOAD_LIST)
		return true;
	if (!goenv_flag(ml->o.env, "mod", &mod, e))
		return false;
	if (ml->o.force_vendor)
		mod = "vendor";
	if (!mod || !*mod)
		return true;
	ml->build_mod_explicit = true;
	if (str_eq(mod, "mod"))
		ml->build_mod = BUILD_MOD_MOD;
	else if (str_eq(mod, "vendor"))
		ml->build_mod = BUILD_MOD_VENDOR;
	else if (str_eq(mod, "readonly"))
		ml->build_mod = BUILD_MOD_READONLY;
	else
		ml->unknown_mod = mod;
	return true;
}

/* What work.BuildInit says of -mod, once Init is through. */
static bool check_mod_known(const struct modload *ml, struct err *e)
{
	return !ml->unknown_mod ||
	       err_set(e, ERR_USAGE,
		       "-mod=%s not supported (can be '', 'mod', 'readonly', or 'vendor')",
		       ml->unknown_mod);
}

/* setDefaultBuildMod's first half, which Init calls. */
static bool check_mod_allowed(const struct modload *ml, struct err *e)
{
	if (!ml->gowork_file || !ml->build_mod_explicit ||
	    !(ml->unknown_mod || ml->build_mod == BUILD_MOD_MOD))
		return true;
	return err_set(
		e, ERR_REFUSED,
		"-mod may only be set to readonly or vendor when in workspace mode, but it is set to \"%s\""
		"\n\tRemove the -mod flag to use the default readonly value, "
		"\n\tor set GOWORK=off to disable workspace mode.",
		ml->unknown_mod ? ml->unknown_mod : "mod");
}

bool modload_err_is_bare(const struct err *e)
{
	return err_is_final(e) || (e->code == ERR_USAGE && str_has_prefix(e->text, "-mod="));
}

/* The vendor directory decides where -mod does not; *use is set where it is to be used. */
static bool judge_vendor(struct modload *ml, bool *use, struct err *e)
{
	const char *source = ml->gowork_file ? "go.work" : "go.mod",
		   *dir = modload_vendor_dir(ml, &ml->arena);
	const char *version = ml->gowork_file ? ml->gowork->go : ml->mains[0].go_version;
	bool workspace;

	*use = false;
	if (!fs_is_dir(dir))
		return true;
	if (!*version) {
		ml->build_mod_reason = arena_fmt(
			&ml->arena,
			"Go version in %s is unspecified, so vendor directory was not used.",
			source);
		return true;
	}
	if (gover_compare(version, "1.14") < 0) {
		ml->build_mod_reason =
			arena_fmt(&ml->arena,
				  "Go version in %s is %s, so vendor directory was not used.",
				  source, version);
		return true;
	}
	if (!modload_vendor_is_workspace(dir, &workspace, e))
		return false;
	if (workspace != (ml->gowork_file != NULL)) {
		ml->build_mod_reason =
			workspace
				? "Outside workspace mode, but vendor directory is for a workspace."
				: "In workspace mode, but vendor directory is not for a workspace";
		return true;
	}
	ml->build_mod_reason =
		arena_fmt(&ml->arena,
			  "Go version in %s is at least 1.14 and vendor directory exists.", source);
	*use = true;
	return true;
}

/* setDefaultBuildMod. */
static bool set_build_mod(struct modload *ml, struct err *e)
{
	bool vendor = false;

	if (ml->build_mod_explicit)
		return true;
	switch (ml->o.command) {
	case MODLOAD_GRAPH:
	case MODLOAD_WHY:
	case MODLOAD_VERIFY:
	case MODLOAD_TIDY: ml->build_mod = BUILD_MOD_MOD; return true;
	case MODLOAD_VENDOR: ml->build_mod = BUILD_MOD_READONLY; return true;
	case MODLOAD_LIST: break;
	}
	if (ml->has_root && !judge_vendor(ml, &vendor, e))
		return false;
	ml->build_mod = vendor ? BUILD_MOD_VENDOR : BUILD_MOD_READONLY;
	return true;
}

/* LoadWorkFile: go.work and the directories that it uses. */
static bool load_gowork(struct modload *ml, const char ***dirs, size_t *n, struct err *e)
{
	const char *shown = modload_short(ml, ml->gowork_file),
		   *base = path_dir(&ml->arena, ml->gowork_file);
	struct map seen = MAP_INIT;
	char *data;
	size_t len;
	bool ok = true;

	*n = 0;
	if (!fs_read(&ml->arena, ml->gowork_file, FS_MAX_MOD, &data, &len, e)) {
		/* go opens the file by its short name */
		if (e->code == ERR_NOT_FOUND) {
			err_clear(e);
			return err_set(e, ERR_NOT_FOUND,
				       "reading go.work: open %s: no such file or directory",
				       shown);
		}
		return err_wrap(e, "reading go.work: ");
	}
	if (!gowork_parse(&ml->gowork, &ml->arena, &(struct gomod_options){ .name = shown }, data,
			  len, e))
		return err_wrap(e, "errors parsing go.work:\n");
	if (*ml->gowork->go && gover_compare(ml->gowork->go, ml->local) > 0)
		return modload_too_new(ml, shown, ml->gowork->go, e);
	*dirs = arena_alloc(&ml->arena, ml->gowork->use.n * sizeof(**dirs));
	for (size_t i = 0; i < ml->gowork->use.n && ok; i++) {
		const struct gomod_path *u = &ml->gowork->use.items[i];
		const char *dir = path_is_abs(u->path) ? arena_strdup(&ml->arena, u->path)
						       : path_join(&ml->arena, base, u->path);

		if (!map_put(&seen, dir, NULL))
			ok = err_set(
				e, ERR_SYNTAX,
				"error loading go.work:\n%s:%d: path %s appears multiple times in workspace",
				shown, u->line->line, dir);
		(*dirs)[(*n)++] = dir;
	}
	map_release(&seen);
	for (size_t i = 0; i < ml->gowork->godebug.n && ok; i++) {
		const struct gomod_godebug *g = &ml->gowork->godebug.items[i];

		ok = godebug_check("godebug", g->key, g->value, ml->local, e) ||
		     err_wrap(e, "error loading go.work:\n%s:%d: ", shown, g->line->line);
	}
	return ok;
}

/* fixVersion: what is not canonical is asked for. */
static bool fix_version(void *ctx, const char *path, const char *version, const char **resolved,
			bool *inner, struct err *e)
{
	struct query_result r;

	*inner = false;
	if (!query_version(ctx, path, version, "", QUERY_ANY, &r, e)) {
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

/* The go line of a file that may be unreadable otherwise; "" if there is none. */
static const char *lax_go_version(struct modload *ml, const struct main_module *mm)
{
	struct gomod *lax;

	if (!mm->data || !gomod_parse(&lax, &ml->arena,
				      &(struct gomod_options){ .name = mm->gomod, .lax = true },
				      mm->data, mm->len, NULL))
		return "";
	return lax->go;
}

/* ReadModFile. */
static bool read_gomod(struct modload *ml, struct main_module *mm, struct err *e)
{
	const char *shown = modload_short(ml, mm->gomod), *go;
	struct gomod_fixer fixer = { .query = fix_version, .ctx = ml };
	struct gomod_options o = { .name = shown, .long_name = mm->gomod, .fixer = &fixer };
	char *data;

	if (!fs_read(&ml->arena, mm->gomod, FS_MAX_MOD, &data, &mm->len, e)) {
		/* the file of a workspace's member is named in short */
		if (ml->gowork_file && e->code == ERR_NOT_FOUND) {
			err_clear(e);
			err_set(e, ERR_NOT_FOUND, "open %s: no such file or directory", shown);
		}
		return false;
	}
	mm->data = data;
	if (!gomod_parse(&mm->file, &ml->arena, &o, data, mm->len, e)) {
		/* a file of a newer go is reported as such */
		go = lax_go_version(ml, mm);
		if (gover_compare(go, ml->local) > 0) {
			err_clear(e);
			return modload_too_new(ml, shown, go, e);
		}
		return err_wrap(e, "errors parsing %s:\n", shown);
	}
	mm->needs_fix = fixer.fixed;
	if (*mm->file->go && gover_compare(mm->file->go, ml->local) > 0)
		return modload_too_new(ml, shown, mm->file->go, e);
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

static bool work_too_old(struct modload *ml, const struct main_module *mm, const char *go_version,
			 struct err *e)
{
	return err_set(
		e, ERR_REFUSED,
		"module %s listed in go.work file requires go >= %s, but go.work %s go %s; to update it:\n\tgo work use",
		modload_short(ml, mm->dir), go_version,
		*ml->gowork->go ? "lists" : "implicitly requires", gowork_version(ml));
}

/* Errors of one kind stand one below the other, each with go's "go: " (base.Error of an errors.Join). */
static void join_error(struct err *all, struct err *one)
{
	char *text;

	if (!err_is_set(all)) {
		err_move(all, one);
		return;
	}
	text = xasprintf("%s\ngo: %s", all->text, one->text);
	free(all->text);
	all->text = text;
	err_release(one);
}

static bool check_godebugs(struct modload *ml, const struct main_module *mm, struct err *e)
{
	struct err all = ERR_INIT;

	for (size_t i = 0; i < mm->file->godebug.n; i++) {
		const struct gomod_godebug *g = &mm->file->godebug.items[i];
		struct err one = ERR_INIT;

		if (godebug_check("godebug", g->key, g->value, ml->local, &one))
			continue;
		err_wrap(&one, "error loading go.mod:\n%s:%d: ", modload_short(ml, mm->gomod),
			 g->line->line);
		join_error(&all, &one);
	}
	return !err_is_set(&all) || err_move(e, &all);
}

/* One main module: read, and checked against the workspace it is part of. */
static bool load_main(struct modload *ml, struct main_module *mm, struct err *e)
{
	struct err local = ERR_INIT;
	const char *v;

	if (!read_gomod(ml, mm, &local)) {
		v = ml->gowork_file ? lax_go_version(ml, mm) : "";
		if (*v && gover_compare(v, ml->local) > 0)
			work_too_old(ml, mm, v, e);
		else if (ml->gowork_file)
			err_set(e, local.code, "cannot load module %s listed in go.work file: %s",
				modload_short(ml, mm->dir), local.text);
		else
			err_move(e, &local);
		err_release(&local);
		return false;
	}
	v = *mm->file->go ? mm->file->go : GOVER_DEFAULT_GOMOD;
	if (ml->gowork_file && gover_compare(v, gowork_version(ml)) > 0 &&
	    gover_compare(v, GOVER_STRICT) >= 0)
		return work_too_old(ml, mm, v, e);
	if (!ml->gowork_file && !check_godebugs(ml, mm, e))
		return false;
	mm->node = modtab_node(&ml->tab, (struct modver){ mm->file->module, "" });
	mm->mod = ml->tab.nodes[mm->node].mod;
	mm->go_version = mm->file->go;
	return modpath_check_import_as("module", mm->mod.path, e);
}

static bool load_mains(struct modload *ml, const char *const *dirs, size_t n, struct err *e)
{
	struct err all = ERR_INIT;

	ml->mains = arena_calloc(&ml->arena, n, sizeof(*ml->mains));
	for (size_t i = 0; i < n; i++) {
		struct main_module *mm = &ml->mains[ml->n_mains];
		struct err one = ERR_INIT;

		*mm = (struct main_module){ .dir = dirs[i], .go_version = "" };
		mm->gomod = ml->modfile ? ml->modfile : path_join(&ml->arena, dirs[i], "go.mod");
		if (load_main(ml, mm, &one))
			ml->n_mains++;
		else
			join_error(&all, &one);
	}
	if (err_is_set(&all))
		return err_move(e, &all);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < i; j++) {
			if (ml->mains[i].node == ml->mains[j].node)
				return err_set(e, ERR_SYNTAX,
					       "module %s appears multiple times in workspace",
					       ml->mains[i].mod.path);
		}
		ml->tab.paths[ml->tab.nodes[ml->mains[i].node].path].is_main = true;
	}
	return true;
}

static bool note_tools_and_excludes(struct modload *ml, struct err *e)
{
	struct map seen = MAP_INIT;
	VEC(const char *) tools = { 0 };
	bool ok = true;

	for (size_t i = 0; i < ml->n_mains; i++) {
		const struct gomod *f = ml->mains[i].file;

		for (size_t j = 0; j < f->exclude.n; j++)
			modload_exclude_add(ml, f->exclude.items[j].mod);
		for (size_t j = 0; j < f->tool.n && ok; j++) {
			ok = modpath_check_import_as("tool", f->tool.items[j].path, e);
			if (ok && map_put(&seen, f->tool.items[j].path, NULL))
				vec_push(&tools, arena_strdup(&ml->arena, f->tool.items[j].path));
		}
	}
	ml->tools = arena_memdup(&ml->arena, tools.items, tools.n * sizeof(*tools.items));
	ml->n_tools = tools.n;
	vec_release(&tools);
	map_release(&seen);
	return ok;
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
static void roots_of_file(struct modload *ml, const struct main_module *mm, struct root_list *roots,
			  struct map *direct)
{
	const struct gomod *f = mm->file;

	for (size_t i = 0; i < f->require.n; i++) {
		struct modver m = modtab_mod(&ml->tab, f->require.items[i].mod);

		if (modload_is_excluded(ml, m)) {
			modload_message(ml, "go: %s requirement on excluded version %s %s\n",
					ml->build_mod == BUILD_MOD_MOD ? "dropping" : "ignoring",
					m.path, m.version);
			continue;
		}
		vec_push(roots, m);
		if (!f->require.items[i].indirect)
			map_put(direct, m.path, NULL);
	}
	add_go_roots(roots, direct, *f->go ? f->go : GOVER_DEFAULT_GOMOD, f->toolchain);
}

struct map *modload_new_set(struct modload *ml)
{
	struct set_link *link = arena_calloc(&ml->arena, 1, sizeof(*link));

	link->next = ml->sets;
	ml->sets = link;
	return &link->map;
}

/* requirementsFromModFiles. */
static struct requirements *initial_requirements(struct modload *ml)
{
	struct root_list roots = { 0 };
	struct map *direct = modload_new_set(ml);
	enum mod_pruning pruning = MOD_WORKSPACE;
	struct requirements *rs;

	if (ml->gowork_file) {
		for (size_t i = 0; i < ml->n_mains; i++)
			vec_push(&roots, ml->mains[i].mod);
		add_go_roots(&roots, direct, gowork_version(ml), ml->gowork->toolchain);
		map_clear(direct);
		for (size_t i = 0; i < ml->n_mains; i++) {
			const struct gomod *f = ml->mains[i].file;

			for (size_t j = 0; j < f->require.n; j++) {
				if (!f->require.items[j].indirect)
					map_put(direct,
						modtab_mod(&ml->tab, f->require.items[j].mod).path,
						NULL);
			}
		}
	} else {
		roots_of_file(ml, &ml->mains[0], &roots, direct);
		pruning = mod_pruning_for(modload_go_version(ml));
	}
	rs = requirements_new(ml, pruning, roots.items, roots.n, direct);
	vec_release(&roots);
	return rs;
}

/* Requirements.initVendor: modules.txt stands in for the graph that cannot be read. */
static bool init_vendor(struct modload *ml, struct requirements *rs, struct err *e)
{
	static const char stand_in[] = "vendor/modules.txt";
	size_t n = ml->vendor->n_list, n_roots = rs->n_roots;
	uint32_t *list = arena_alloc(&ml->arena, (n + 1) * sizeof(*list));
	uint32_t *own = arena_alloc(&ml->arena, (n_roots + 1) * sizeof(*own));
	bool inconsistent = false;

	for (size_t i = 0; i < n; i++) {
		struct modver m = ml->vendor->list[i]->mod;
		const char *v = requirements_root(ml, rs, m.path);

		list[i] = modtab_node(&ml->tab, m);
		if (rs->pruning == MOD_PRUNED && (!v || !str_eq(v, m.version))) {
			modload_message(
				ml,
				"go: vendored module %s@%s should be required explicitly in go.mod\n",
				m.path, m.version);
			inconsistent = true;
		}
	}
	if (inconsistent)
		return modload_dirty_error(ml, e);
	memcpy(own, rs->root_nodes, n_roots * sizeof(*own));
	if (ml->gowork_file) {
		own[n_roots] = MODTAB_NONE;
		rs->graph = modgraph_new(ml, rs->root_nodes, n_roots);
	} else {
		rs->graph = modgraph_new(ml, &ml->mains[0].node, 1);
	}
	modload_take_graph(ml, rs->graph);
	if (rs->pruning == MOD_PRUNED) {
		modgraph_require(rs->graph, ml->mains[0].node, own, n_roots);
		return true;
	}
	own[n_roots] = modtab_node(&ml->tab, (struct modver){ stand_in, "" });
	if (!ml->gowork_file)
		modgraph_require(rs->graph, ml->mains[0].node, own, n_roots + 1);
	for (size_t i = 0; ml->gowork_file && i < ml->n_mains; i++) {
		struct root_list roots = { 0 };
		struct map direct = MAP_INIT;
		uint32_t *nodes;

		roots_of_file(ml, &ml->mains[i], &roots, &direct);
		nodes = arena_alloc(&ml->arena, (roots.n + 1) * sizeof(*nodes));
		for (size_t j = 0; j < roots.n; j++)
			nodes[j] = modtab_node(&ml->tab, roots.items[j]);
		nodes[roots.n] = own[n_roots];
		modgraph_require(rs->graph, ml->mains[i].node, nodes, roots.n + 1);
		vec_release(&roots);
		map_release(&direct);
	}
	modgraph_require(rs->graph, own[n_roots], list, n);
	return true;
}

/* A go.mod without a go line: the commands that write one work with the version that they would write. */
static bool add_go_line(struct modload *ml, struct requirements **rs, struct err *e)
{
	const char *v = ml->o.go_version && *ml->o.go_version ? ml->o.go_version : ml->local;
	struct modver go = { "go", v };

	if (*ml->mains[0].go_version || ml->gowork_file || !ml->has_root ||
	    ml->build_mod != BUILD_MOD_MOD || ml->o.command == MODLOAD_GRAPH ||
	    ml->o.command == MODLOAD_WHY)
		return true;
	if (!gomod_add_go(ml->mains[0].file, v, e))
		return false;
	ml->mains[0].go_added = true;
	*rs = requirements_override(ml, *rs, &go, 1);
	if (gover_compare(v, GOVER_EXPLICIT_INDIRECT) >= 0)
		return requirements_convert(ml, *rs, MOD_PRUNED, rs, e);
	return true;
}

static void open_sums(struct modload *ml, const char *const *dirs, size_t n)
{
	const char *main_file = NULL;

	if (ml->gowork_file) {
		main_file = arena_fmt(&ml->arena, "%s.sum", ml->gowork_file);
	} else if (n) {
		const char *gomod = ml->modfile ? ml->modfile
						: path_join(&ml->arena, dirs[0], "go.mod");
		size_t len = strlen(gomod) - (str_has_suffix(gomod, ".mod") ? 4 : 0);

		main_file = arena_fmt(&ml->arena, "%.*s.sum", (int)len, gomod);
	}
	ml->gosum_file = main_file;
	ml->sums = gosum_new(main_file, ml->o.command == MODLOAD_TIDY);
	for (size_t i = 0; ml->gowork_file && i < n; i++)
		gosum_add_file(ml->sums, path_join(&ml->arena, dirs[i], "go.sum"));
}

/* "command-line-arguments": what go puts in place of a main module where there is none. */
static bool load_no_root(struct modload *ml, struct err *e)
{
	struct modver roots[] = { { "go", modload_go_version(ml) },
				  { "toolchain", arena_fmt(&ml->arena, "go%s", ml->local) },
				  { "command-line-arguments", "" } };
	struct map *direct = modload_new_set(ml);
	struct main_module *mm = arena_calloc(&ml->arena, 1, sizeof(*mm));

	mm->node = modtab_node(&ml->tab, roots[2]);
	mm->mod = ml->tab.nodes[mm->node].mod;
	mm->dir = mm->gomod = "";
	mm->go_version = modload_go_version(ml);
	ml->mains = mm;
	ml->n_mains = 1;
	if (!set_build_mod(ml, e) || !modload_replace_init(ml, e))
		return false;
	map_put(direct, "go", NULL);
	ml->requirements = ml->initial =
		requirements_new(ml,
				 ml->gowork_file ? MOD_WORKSPACE
						 : mod_pruning_for(roots[0].version),
				 roots, ml->gowork_file ? 3 : 2, direct);
	return true;
}

/* Init: which module or workspace is this about, and may modules be used at all? */
static bool find_project(struct modload *ml, const char **dir, struct err *e)
{
	const char *tmp, *gopath;

	*dir = NULL;
	if (ml->o.command != MODLOAD_TIDY && ml->o.command != MODLOAD_VENDOR &&
	    !goenv_find_gowork(ml->o.env, &ml->arena, &ml->gowork_file, e))
		return false;
	if (ml->gowork_file && (str_eq(ml->gowork_file, "off") || !*ml->gowork_file))
		ml->gowork_file = NULL;
	if (ml->gowork_file) {
		if (ml->modfile)
			return err_set(e, ERR_REFUSED, "-modfile cannot be used in workspace mode");
	} else {
		*dir = modload_find_root(ml, ml->cwd);
		tmp = goenv_get(ml->o.env, "TMPDIR");
		if (!*dir && ml->modfile)
			return err_set(
				e, ERR_REFUSED,
				"cannot find main module, but -modfile was set.\n\t-modfile cannot be used to set the module "
				"root directory.");
		if (*dir && str_eq(*dir, path_clean(&ml->arena, *tmp ? tmp : "/tmp"))) {
			modload_message(ml, "go: warning: ignoring go.mod in system temp root %s\n",
					*tmp ? tmp : "/tmp");
			*dir = NULL;
		}
		if (!*dir && needs_root(ml->o.command))
			return no_main_modules(ml, e);
	}
	if (ml->modfile && !str_has_suffix(ml->modfile, ".mod"))
		return err_set(e, ERR_REFUSED, "-modfile=%s: file does not have .mod extension",
			       ml->modfile_shown);
	if (!check_mod_allowed(ml, e))
		return false;
	gopath = goenv_gopath_dir(ml->o.env, &ml->arena, "go.mod");
	if (*gopath && fs_exists(gopath)) {
		modload_message(ml, "go: warning: ignoring go.mod in $GOPATH %s\n",
				path_dir(&ml->arena, gopath));
		if (needs_root(ml->o.command))
			return no_main_modules(ml, e);
	}
	return true;
}

/* The index of the project that `file` is the root of. */
static void open_index(struct modload *ml, const char *file)
{
	const char *own = goenv_own_cache(ml->o.env), *modcache = goenv_modcache(ml->o.env, NULL);
	uint64_t key;

	ml->opened = ml->o.now ? ml->o.now : (int64_t)time(NULL);
	if (!own || !modcache)
		return;
	key = hash_bytes(file, strlen(file), hash_bytes(modcache, strlen(modcache), 1));
	ml->index_file = arena_fmt(&ml->arena, "%s/index/%016llx", own, (unsigned long long)key);
	modindex_open(&ml->index, ml->index_file, modcache, &ml->tab);
}

/* loadModFile's second half: everything is parsed. */
static bool finish(struct modload *ml, struct err *e)
{
	struct requirements *rs;

	if (!modload_replace_init(ml, e) || !note_tools_and_excludes(ml, e) ||
	    !set_build_mod(ml, e))
		return false;
	rs = initial_requirements(ml);
	if (ml->build_mod == BUILD_MOD_VENDOR) {
		if (!modload_vendor_open(ml, e) || !modload_vendor_check(ml, e) ||
		    !init_vendor(ml, rs, e))
			return false;
	}
	ml->requirements = ml->initial = rs;
	if (ml->gowork_file)
		return true;
	if (requirements_redundant(ml, rs) &&
	    !requirements_update(ml, rs->direct, rs, NULL, 0, NULL, 0, &rs, e))
		return false;
	if (!add_go_line(ml, &rs, e))
		return false;
	ml->requirements = rs;
	return true;
}

static bool check_settings(struct modload *ml, struct err *e)
{
	struct err why = ERR_INIT;

	if (goenv_check(ml->o.env, &why))
		return true;
	if (why.code == ERR_REFUSED && ml->o.command == MODLOAD_LIST &&
	    str_eq(goenv_get(ml->o.env, "GO111MODULE"), "off")) {
		err_clear(&why);
		err_set(&why, ERR_REFUSED, "list -m cannot be used with GO111MODULE=off");
	}
	return err_move(e, &why);
}

static bool load(struct modload *ml, struct err *e)
{
	const char *dir, *file, *const *dirs = &dir, **used = NULL;
	size_t n = 1;

	if (!check_settings(ml, e) || !read_flags(ml, e) || !find_project(ml, &dir, e) ||
	    !check_mod_known(ml, e))
		return false;
	file = ml->gowork_file ? ml->gowork_file
	       : dir	       ? path_join(&ml->arena, dir, "go.mod")
			       : NULL;
	if (!modload_select_toolchain(ml, file, e))
		return false;
	if (file)
		open_index(ml, file);
	if (ml->gowork_file) {
		if (!load_gowork(ml, &used, &n, e))
			return false;
		dirs = used;
	} else if (!dir) {
		n = 0;
	}
	ml->has_root = n > 0;
	open_sums(ml, dirs, n);
	/* whether a line must be there is judged here (modload_must_have_sums), not by the source: queries may do without */
	source_set_sums(ml->o.source, ml->sums, false);
	if (n == 0)
		return needs_root(ml->o.command) && !ml->gowork_file ? no_main_modules(ml, e)
								     : load_no_root(ml, e);
	if (!load_mains(ml, dirs, n, e))
		return false;
	return finish(ml, e);
}

bool modload_open(struct modload **out, const struct modload_options *o, struct err *e)
{
	struct modload *ml = xcalloc(1, sizeof(*ml));

	ml->o = *o;
	modtab_init(&ml->tab);
	ml->cwd = goenv_cwd(o->env);
	ml->local = goenv_go_version(o->env);
	ml->auto_sets = "";
	ml->build_mod_reason = "";
	ml->index.dir_fd = -1;
	*out = ml;
	if (load(ml, e))
		return true;
	if (e && err_is_set(&ml->fatal)) { /* go was at its end before it could say more */
		err_clear(e);
		err_copy(e, &ml->fatal);
	}
	modload_free(ml);
	*out = NULL;
	return false;
}

const struct main_module *modload_main_of_cwd(const struct modload *ml)
{
	const struct main_module *best = NULL;

	for (size_t i = 0; i < ml->n_mains; i++) {
		const struct main_module *mm = &ml->mains[i];

		if (*mm->dir && path_under(ml->cwd, mm->dir) &&
		    (!best || strlen(mm->dir) > strlen(best->dir)))
			best = mm;
	}
	return best;
}

void modload_free(struct modload *ml)
{
	if (!ml)
		return;
	for (struct requirements *rs = ml->all_requirements; rs; rs = rs->next) {
		map_release(&rs->root_versions);
		err_release(&rs->graph_err);
	}
	while (ml->graphs) {
		struct modgraph *mg = ml->graphs;

		ml->graphs = mg->next;
		modgraph_free(mg);
	}
	for (struct set_link *s = ml->sets; s; s = s->next)
		map_release(&s->map);
	map_release(&ml->latest);
	err_release(&ml->fatal);
	modload_replace_release(ml);
	modload_summary_release(ml);
	if (ml->vendor)
		modulestxt_release(ml->vendor);
	source_set_sums(ml->o.source, NULL, false);
	gosum_free(ml->sums);
	arena_release(&ml->arena);
	modtab_release(&ml->tab);
	free(ml);
}
