#include "offline/levels_run.h"

#include "gofiles/goenv.h"
#include "gofiles/gover.h"
#include "graph/golist.h"
#include "graph/modload_open.h"
#include "packages/constraint.h"
#include "packages/vendor.h"
#include "packages/why.h"

/* The equivalent of cfg.BuildContext. cgo is off for other platforms, unless requested. */
static struct constraint_env platform_of(const struct levels_run *r)
{
	const struct goenv_var *cgo = goenv_var(r->env, "CGO_ENABLED");
	const struct goenv_var *os = goenv_var(r->env, "GOOS"), *arch = goenv_var(r->env, "GOARCH");
	const char *local = modproject_local_version(modload_project(r->ml)),
		   *minor = strchr(local, '.'), *tags = NULL;
	bool cross = (os && os->changed) || (arch && arch->changed);

	goenv_flag(r->env, "tags", &tags, NULL);
	return (struct constraint_env){
		.goos = goenv_get(r->env, "GOOS"),
		.goarch = goenv_get(r->env, "GOARCH"),
		.cgo = str_eq(goenv_get(r->env, "CGO_ENABLED"), "1") ||
		       (!cross && !(cgo && str_eq(cgo->value, "0"))),
		.release = minor ? (int)strtol(minor + 1, NULL, 10) : 0,
		.tags = tags,
	};
}

static bool open_project(struct levels_run *r, enum modproject_command command)
{
	return modload_open(&r->ml,
			    &(struct modload_options){ .env = r->env,
						       .source = r->source,
						       .command = command,
						       .cancel = r->cancel,
						       .messages = &r->messages },
			    &r->err);
}

/* A package that cannot be loaded. One without files for this platform is not in ./... */
static bool packages_fine(struct levels_run *r)
{
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(r->ld, &pkgs);

	for (size_t i = 0; i < n; i++)
		if (pkgs[i]->problem.kind != PKG_OK && pkgs[i]->problem.kind != PKG_NO_GO) {
			r->failed_at = pkgs[i]->path;
			return err_set(&r->err, ERR_NOT_FOUND, "%s",
				       pkgload_error_text(r->ld, pkgs[i]));
		}
	return true;
}

/* "pattern ./...: open sub: permission denied", as go says it in the module's directory. */
static bool pattern_fine(struct levels_run *r, const struct pkgload_match *m, const char *dir)
{
	const char *inside = arena_fmt(modload_arena(r->ml), "%s/", dir), *text, *at;

	if (!m->n_errors)
		return true;
	text = m->errors[0];
	at = strstr(text, inside);
	return err_set(&r->err, ERR_SYS, "pattern ./...: %.*s%s", at ? (int)(at - text) : 0, text,
		       at ? at + strlen(inside) : text);
}

static bool all_fine(struct levels_run *r, const struct pkgload_match *matches,
		     const struct modproject_main *mains, size_t n)
{
	bool ok = packages_fine(r);

	for (size_t i = 0; ok && i < n; i++)
		ok = pattern_fine(r, &matches[i], mains[i].dir);
	return ok;
}

static bool run_build(struct levels_run *r, bool tests)
{
	struct pkgload_options o = { .load_tests = tests, .silence_errors = true };
	struct pkgload_match *matches;
	const struct modproject_main *mains;
	struct constraint_env platform;
	const char **patterns;
	size_t n;
	bool ok;

	if (!open_project(r, MODPROJECT_LIST))
		return false;
	if (!modproject_has_root(modload_project(r->ml)))
		return modproject_no_root_error(modload_project(r->ml), &r->err);
	platform = platform_of(r);
	if (modproject_build_mod(modload_project(r->ml)) == MODPROJECT_MOD_VENDOR)
		return vendor_builds(r->ml, modload_arena(r->ml), &platform, tests, &r->err);
	o.platform = &platform;
	r->ld = pkgload_new(r->ml, &o);
	n = modproject_mains(modload_project(r->ml), &mains);
	patterns = xreallocarray(NULL, n + 1, sizeof(*patterns));
	for (size_t i = 0; i < n; i++)
		patterns[i] = arena_fmt(modload_arena(r->ml), "%s/...", mains[i].dir);
	ok = pkgload_run(r->ld, patterns, n, &matches, &r->err) && all_fine(r, matches, mains, n);
	free(patterns);
	return ok;
}

static bool run_list(struct levels_run *r)
{
	static const char *const all[] = { "all" };

	return open_project(r, MODPROJECT_LIST) &&
	       golist_list(r->ml, all, 1, GOLIST_TEXT, &r->rows, &r->n_rows, &r->err);
}

static bool run_tidy(struct levels_run *r)
{
	bool ok = open_project(r, MODPROJECT_TIDY) &&
		  tidy_run(&r->tidy, r->ml, &(struct tidy_options){ 0 }, &r->err);

	r->ld = r->tidy ? r->tidy->load : NULL;
	return ok;
}

static bool run_vendor(struct levels_run *r)
{
	return open_project(r, MODPROJECT_VENDOR) && why_load(r->ml, true, &r->ld, &r->err) &&
	       packages_fine(r);
}

/* go does not report packages that it cannot load: their modules then count as not needed. */
static bool run_why(struct levels_run *r)
{
	struct requirements *rs;
	const struct modgraph *mg;

	if (!open_project(r, MODPROJECT_WHY))
		return false;
	rs = modload_requirements(r->ml);
	if (!requirements_expand(r->ml, &rs, &mg, &r->err))
		return false;
	modload_set_requirements(r->ml, rs);
	return why_load(r->ml, false, &r->ld, &r->err);
}

/* The version list of each module is needed; go has none in its cache. */
static bool run_queries(struct levels_run *r)
{
	if (!run_list(r))
		return false;
	for (size_t i = 0; i < r->n_rows; i++)
		if (!r->rows[i]->main && !gover_is_toolchain(r->rows[i]->path))
			return err_set(&r->err, ERR_OFFLINE,
				       "module %s: module lookup disabled by GOPROXY=off",
				       r->rows[i]->path);
	return true;
}

static bool run(struct levels_run *r, enum levels_level level)
{
	switch (level) {
	case LEVELS_BUILD: return run_build(r, false);
	case LEVELS_TEST: return run_build(r, true);
	case LEVELS_LIST: return run_list(r);
	case LEVELS_TIDY: return run_tidy(r);
	case LEVELS_WHY: return run_why(r);
	case LEVELS_VENDOR: return run_vendor(r);
	case LEVELS_QUERIES: return run_queries(r);
	case LEVELS_COUNT: break;
	}
	return false;
}

bool levels_run(struct levels_run *r, enum levels_level level)
{
	buf_init(&r->messages);
	return run(r, level) && !(r->ml && modproject_exits(modload_project(r->ml), &r->err));
}

void levels_run_release(struct levels_run *r)
{
	if (r->tidy)
		tidy_free(r->tidy);
	else
		pkgload_free(r->ld);
	modload_free(r->ml);
	source_free(r->source);
	buf_release(&r->messages);
	err_release(&r->err);
}

static const struct pkg *first_of(struct levels_run *r, struct modver m)
{
	struct pkg *const *pkgs;
	size_t n = r->ld ? pkgload_pkgs(r->ld, &pkgs) : 0;

	for (size_t i = 0; i < n; i++) {
		const struct pkg *p = pkgs[i];

		if (*p->mod.path && !p->test_of &&
		    modver_eq(modproject_resolve(modload_project(r->ml), p->mod), m))
			return p;
	}
	return r->ld ? pkgload_find_absent(r->ld, m.path) : NULL;
}

static const char *who_imports(struct levels_run *r, struct modver m, struct arena *a)
{
	const struct pkg *p = first_of(r, m);

	if (!p)
		return NULL;
	if (!p->stack)
		return arena_fmt(a, "package %s", p->path);
	return arena_fmt(a, "%s%s imports %s", p->stack->path, p->stack->test_of ? ".test" : "",
			 p->path);
}

/* The last requirement of a shortest chain. */
static const char *who_requires(struct levels_run *r, struct modver m, struct arena *a)
{
	const struct modgraph *mg;
	struct modtab *tab = modload_tab(r->ml);

	if (!requirements_graph_loaded(modload_requirements(r->ml)) ||
	    !requirements_graph(r->ml, modload_requirements(r->ml), &mg, NULL))
		return NULL;
	for (uint32_t node = 0; node < tab->n_nodes; node++) {
		struct modver have = tab->nodes[node].mod;
		const uint32_t *chain;
		size_t n;

		if (!*have.version || !modgraph_has(mg, node) ||
		    !modver_eq(modproject_resolve(modload_project(r->ml), have), m))
			continue;
		n = modgraph_chain(mg, node, a, &chain);
		have = n > 2 ? tab->nodes[chain[n - 2]].mod : (struct modver){ "", "" };
		return n > 2 ? arena_fmt(a, "required by %s@%s", have.path, have.version)
			     : "required by go.mod";
	}
	return NULL;
}

const char *levels_run_who(struct levels_run *r, struct modver m, const char *what, struct arena *a)
{
	const char *who = NULL;

	if (!r->ml)
		return "";
	if (str_eq(what, "zip")) {
		who = who_imports(r, m, a);
		return who ? who : "searched for packages whose paths begin with its path";
	}
	who = who_requires(r, m, a);
	return who ? who : str_eq(what, "mod") ? "the module graph" : "the build list";
}
