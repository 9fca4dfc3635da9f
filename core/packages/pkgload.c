#include <inttypes.h>

#include "base/par.h"
#include "gofiles/goenv.h"
#include "gofiles/gover.h"
#include "packages/constraint.h"
#include "packages/pkgload_impl.h"

/* A project is identified by the directories of its main modules. */
static char *project_name(const struct modload *ml)
{
	const struct modproject_main *mains;
	size_t n = modproject_mains(modload_project(ml), &mains);
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%s\n", mains[i].dir);
	return buf_detach(&b);
}

/* The directory of the import index; one per platform, since different files count. */
static char *index_dir(const char *own, const struct constraint_env *p)
{
	char *text, *dir;

	if (!own || !p)
		return own ? xasprintf("%s/imports", own) : NULL;
	text = xasprintf("%s\n%s\n%d\n%d\n%s", p->goos, p->goarch, p->cgo, p->release,
			 p->tags ? p->tags : "");
	dir = xasprintf("%s/imports/%016" PRIx64, own, hash_bytes(text, strlen(text), 3));
	free(text);
	return dir;
}

void pkgload_look_ahead(struct modload *ml)
{
	const struct requirements *rs = modload_requirements(ml);

	modload_look_ahead(ml, (struct modver_list){ rs->roots, rs->n_roots });
}

/* The last setting of a GODEBUG variable counts. */
static bool uses_index(const struct goenv *env)
{
	const char *p = goenv_get(env, "GODEBUG"), *last = "";

	while (p && *p) {
		const char *value = str_cut_prefix(p, "goindex=");

		last = value ? value : last;
		p = strchr(p, ',');
		p += p != NULL;
	}
	return last[0] != '0' || (last[1] && last[1] != ',');
}

static struct pkgload *begin(struct modload *ml, const struct constraint_env *platform)
{
	struct pkgload *ld = xcalloc(1, sizeof(*ld));
	const struct goenv *env = modproject_env(modload_project(ml));
	bool plain = !uses_index(env);
	char *index = plain ? NULL : index_dir(goenv_own_cache(env), platform);

	ld->ml = ml;
	ld->cpus = par_cpus();
	pkgroots_init(&ld->roots, index);
	ld->roots.platform = platform;
	ld->roots.plain = plain;
	ld->roots.overlay = goenv_overlay(env);
	free(index);
	return ld;
}

static void left(void *ld)
{
	pkgload_free(ld);
}

/* The directories of a workspace are only known from go.work. */
void pkgload_found(struct modload *ml)
{
	struct modproject *mp = modload_project(ml);
	struct pkgload *ld;

	if (!modproject_root_file(mp) || modproject_gowork_file(mp) || par_cpus() == 1)
		return;
	ld = begin(ml, NULL);
	pkgload_open_main(ld, path_dir(&ld->arena, modproject_root_file(mp)));
	modload_leave(ml, ld, left);
}

/* The trees of the last time, of which the roots are only a part. */
static void look_further(struct pkgload *ld)
{
	const char *modcache = goenv_modcache(modproject_env(modload_project(ld->ml)), NULL);
	const struct map *trees = &ld->roots.packed;
	const char **names = xreallocarray(NULL, trees->n + 1, sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; modcache && i < trees->n; i++) {
		const char *rest = str_cut_prefix(trees->entries[i].key, modcache);

		if (rest && *rest == '/')
			names[n++] = rest + 1;
	}
	if (n)
		modload_look_further(ld->ml, names, n);
	free(names);
}

struct pkgload *pkgload_new(struct modload *ml, const struct pkgload_options *o)
{
	struct pkgload *ld = o->platform ? NULL : modload_take(ml);
	char *project = project_name(ml);

	pkgload_look_ahead(ml);
	if (!ld)
		ld = begin(ml, o->platform);
	ld->o = *o;
	pkgload_open_mains(ld);
	pkgroots_project_read(&ld->roots, project);
	look_further(ld);
	free(project);
	gostd_init(&ld->std, &ld->arena, goenv_goroot(modproject_env(modload_project(ml))));
	ld->rs = modload_requirements(ml);
	return ld;
}

static void reset(struct pkgload *ld)
{
	map_clear(&ld->pkgs_by_path);
	ld->queue.n = ld->roots_of.n = ld->pkgs.n = ld->pending.n = 0;
	ld->tidied = NULL;
}

void pkgload_free(struct pkgload *ld)
{
	if (!ld)
		return;
	par_beside_join(&ld->mains.thread);
	pkgroots_save(&ld->roots);
	pkgroots_release(&ld->roots);
	map_release(&ld->std_dirs);
	map_release(&ld->query_cache);
	map_release(&ld->tools);
	vec_release(&ld->ahead.list);
	vec_release(&ld->ahead.paths);
	map_release(&ld->pkgs_by_path);
	vec_release(&ld->queue);
	vec_release(&ld->roots_of);
	vec_release(&ld->pkgs);
	free(ld->pending.pkgs);
	free(ld->pending.flags);
	free(ld->sources);
	err_release(&ld->first_error);
	err_release(&ld->unread);
	arena_release(&ld->arena);
	free(ld);
}

/* buildStacks: the breadth-first order and each package's shortest chain. */
static void build_stacks(struct pkgload *ld)
{
	for (size_t i = 0; i < ld->roots_of.n; i++) {
		struct pkg *p = ld->roots_of.items[i];

		p->stack = p;
		vec_push(&ld->pkgs, p);
	}
	for (size_t i = 0; i < ld->pkgs.n; i++) {
		struct pkg *p = ld->pkgs.items[i];

		for (size_t k = 0; k < p->n_imports; k++) {
			if (!p->imports[k]->stack) {
				p->imports[k]->stack = p;
				vec_push(&ld->pkgs, p->imports[k]);
			}
		}
		if (p->test && !p->test->stack) {
			p->test->stack = p;
			vec_push(&ld->pkgs, p->test);
		}
	}
	for (size_t i = 0; i < ld->roots_of.n; i++)
		ld->roots_of.items[i]->stack = NULL;
}

bool pkgload_skips_modfiles(const struct pkgload *ld)
{
	return ld->skip_modfiles;
}

static bool update_go_version(struct pkgload *ld)
{
	const char *go = pkgload_go_version(ld);
	struct err e = ERR_INIT;

	if (ld->rs->pruning != PRUNING_WORKSPACE &&
	    !requirements_convert(ld->ml, ld->rs, pruning_for(go), &ld->rs, &e))
		pkgload_tell(ld, &e);
	err_release(&e);
	if (ld->n_errors)
		return false;
	ld->skip_modfiles = ld->o.tidy && gover_compare(go, GOVER_TIDY_GOMOD_SUM) < 0;
	ld->closes_over_tests = gover_compare(go, GOVER_NARROW_ALL) < 0 && !ld->o.use_vendor_all;
	return true;
}

static void load_roots(struct pkgload *ld, const char *const *paths, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct pkg *p = pkgload_get(ld, paths[i], PKG_IS_ROOT);

		if (!p->is_listed) {
			p->is_listed = true;
			vec_push(&ld->roots_of, p);
		}
	}
	pkgload_follow(ld);
	build_stacks(ld);
}

/* The current root packages of all patterns. */
static size_t list_roots(struct pkgload *ld, struct pkgload_match *matches, size_t n,
			 const char ***paths)
{
	size_t total = 0, w = 0;

	for (size_t i = 0; i < n; i++) {
		pkgload_match(ld, &matches[i], PKGLOAD_ROOTS, ld->rs);
		total += matches[i].n_pkgs;
	}
	*paths = arena_alloc(&ld->arena, (total + 1) * sizeof(**paths));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < matches[i].n_pkgs; k++)
			(*paths)[w++] = matches[i].pkgs[k];
	return w;
}

/* One iteration of loadFromRoots' loop; false to stop. */
static bool load_once(struct pkgload *ld, struct pkgload_match *matches, size_t n)
{
	const char **paths;
	size_t n_paths;
	struct err e = ERR_INIT;
	bool changed, ok;

	reset(ld);
	if (err_is_set(modproject_fatal(modload_project(ld->ml))) || !update_go_version(ld) ||
	    cancel_is_set(modproject_cancel(modload_project(ld->ml))))
		return false;
	n_paths = list_roots(ld, matches, n, &paths);
	if (ld->rs->pruning == PRUNING_PRUNED &&
	    modproject_build_mod(modload_project(ld->ml)) == MODPROJECT_MOD_MOD) {
		if (pkgload_preload(ld, paths, n_paths))
			return true;
		if (ld->n_errors)
			return false;
	}
	load_roots(ld, paths, n_paths);
	ok = pkgload_update(ld, &changed, &e);
	if (!ok)
		pkgload_tell(ld, &e);
	err_release(&e);
	if (!ok || changed)
		return ok;
	return ld->o.resolve_missing && pkgload_add_missing(ld);
}

/* -go: the requested go line, unless the graph requires a newer one. */
static struct requirements *force_go(struct pkgload *ld, struct requirements *rs)
{
	struct modver go = { "go", ld->o.go_version };
	struct requirements *tidy = requirements_override(ld->ml, rs, &go, 1);
	const struct modgraph *mg;
	struct err e = ERR_INIT;
	const char *v;
	const uint32_t *chain;
	struct arena tmp = ARENA_INIT;
	size_t n;

	if (!requirements_graph(ld->ml, tidy, &mg, &e))
		pkgload_tell(ld, &e);
	err_release(&e);
	v = modgraph_selected(mg, "go");
	if (str_eq(v, ld->o.go_version))
		return tidy;
	n = modgraph_chain(mg, modtab_find(modload_tab(ld->ml), (struct modver){ "go", v }), &tmp,
			   &chain);
	if (n >= 2) {
		const struct modtab_node *nodes = modload_tab(ld->ml)->nodes;
		struct modver first = nodes[chain[1]].mod;

		if (n == 2)
			pkgload_error(ld,
				      arena_fmt(&tmp, "go@%s is above %s", v, ld->o.go_version));
		else
			pkgload_error(ld, arena_fmt(&tmp,
						    "%s%s%s %srequires go@%s, but %s is requested",
						    first.path, first.version[0] ? "@" : "",
						    first.version, n > 3 ? "indirectly " : "", v,
						    ld->o.go_version));
	}
	arena_release(&tmp);
	return rs;
}

static void tidy_end(struct pkgload *ld)
{
	struct requirements *rs;
	struct err e = ERR_INIT;

	if (!pkgload_tidy_roots(ld, ld->rs, &rs, &e)) {
		pkgload_tell(ld, &e);
		err_release(&e);
		return;
	}
	if (ld->o.go_version && ld->o.go_version[0])
		rs = force_go(ld, rs);
	if (ld->rs->pruning == PRUNING_PRUNED) {
		for (size_t i = 0; i < rs->n_roots; i++) {
			struct modver m = rs->roots[i];
			const char *v = requirements_root(ld->ml, ld->rs, m.path);

			if (str_eq(m.path, "go") && ld->o.go_version && ld->o.go_version[0])
				continue;
			if (!v || !str_eq(v, m.version))
				pkgload_error(
					ld,
					arena_fmt(
						&ld->arena,
						"internal error: a requirement on %s@%s is needed but was not added "
						"during package loading (selected %s)",
						m.path, m.version, v ? v : ""));
		}
	}
	ld->rs = rs;
}

static void report_packages(struct pkgload *ld)
{
	for (size_t i = 0; i < ld->pkgs.n; i++) {
		struct pkg *p = ld->pkgs.items[i];
		struct buf b = BUF_INIT;

		if (p->problem.kind == PKG_OK || ld->o.silence_errors ||
		    (p->problem.missing_std && ld->o.silence_missing_std) ||
		    (p->problem.kind == PKG_NO_GO && ld->o.silence_no_go))
			continue;
		pkg_stack_text(p, &b);
		buf_addf(&b, ": %s", pkgload_error_text(ld, p));
		pkgload_error(ld, b.data);
		buf_release(&b);
	}
}

static void check_path(struct pkgload *ld, struct map *first, struct modver m)
{
	struct modver src = modproject_resolve(modload_project(ld->ml), m);
	size_t n = strlen(src.path), k = strlen(src.version);
	char *key = arena_alloc(&ld->arena, n + k + 2);
	struct map_entry *e;
	bool added;

	/* called for every module: printf is too slow */
	memcpy(key, src.path, n);
	key[n] = '@';
	memcpy(key + n + 1, src.version, k + 1);
	e = map_entry(first, key, n + k + 1, &added);
	if (added)
		e->value = (void *)(uintptr_t)m.path;
	else if (!str_eq(e->value, m.path))
		pkgload_error(ld, arena_fmt(&ld->arena,
					    "%s used for two different module paths (%s and %s)",
					    key, (const char *)e->value, m.path));
}

/* checkMultiplePaths: one source must not provide two module paths. */
static void check_multiple_paths(struct pkgload *ld)
{
	struct map first = MAP_INIT;
	const struct modgraph *mg;

	if (requirements_graph_loaded(ld->rs)) {
		const uint32_t *list;
		size_t n;

		requirements_graph(ld->ml, ld->rs, &mg, NULL);
		list = modgraph_build_list(mg, &n);
		for (size_t i = 0; i < n; i++)
			check_path(ld, &first, modload_tab(ld->ml)->nodes[list[i]].mod);
	} else {
		for (size_t i = 0; i < ld->rs->n_roots; i++)
			check_path(ld, &first, ld->rs->roots[i]);
	}
	map_release(&first);
}

/* loadFromRoots. */
static bool load_from_roots(struct pkgload *ld, struct pkgload_match *matches, size_t n,
			    struct err *e)
{
	struct err expand = ERR_INIT;
	const struct modgraph *mg;

	if (ld->rs->pruning == PRUNING_UNPRUNED &&
	    !requirements_expand(ld->ml, &ld->rs, &mg, &expand))
		pkgload_tell(ld, &expand);
	err_release(&expand);
	if (pkgload_stopped(ld, e))
		return false;
	while (load_once(ld, matches, n))
		;
	if (cancel_is_set(modproject_cancel(modload_project(ld->ml))))
		return err_set(e, ERR_CANCELLED, "cancelled");
	if (pkgload_stopped(ld, e))
		return false;
	if (ld->o.tidy) {
		tidy_end(ld);
		if (pkgload_stopped(ld, e))
			return false;
	}
	modproject_tell_sums(modload_project(ld->ml));
	report_packages(ld);
	check_multiple_paths(ld);
	return true;
}

/* search.MatchError */
static const char *match_error(struct pkgload *ld, const struct pkgload_match *m, const char *text)
{
	bool literal = !m->all && !strstr(m->pattern, "...");

	return arena_fmt(&ld->arena, "%s%s: %s", literal ? "" : "pattern ", m->pattern, text);
}

bool pkgload_run(struct pkgload *ld, const char *const *patterns, size_t n,
		 struct pkgload_match **out, struct err *e)
{
	struct pkgload_match *matches = arena_calloc(&ld->arena, n + 1, sizeof(*matches));

	ld->all_is_root = false;
	for (size_t i = 0; i < n; i++) {
		matches[i].pattern = patterns[i];
		matches[i].all = str_eq(patterns[i], "all");
		ld->all_is_root |= matches[i].all;
	}
	if (!load_from_roots(ld, matches, n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		pkgload_match(ld, &matches[i], out ? PKGLOAD_RESULT : PKGLOAD_ANY, ld->rs);
		for (size_t k = 0; k < matches[i].n_errors && !ld->o.silence_errors; k++)
			pkgload_error(ld, match_error(ld, &matches[i], matches[i].errors[k]));
		if (!matches[i].n_pkgs && !matches[i].n_errors && !ld->n_errors)
			modproject_message(modload_project(ld->ml),
					   "go: warning: \"%s\" matched no packages\n",
					   patterns[i]);
	}
	if (out)
		*out = matches;
	return !pkgload_stopped(ld, e);
}
