#include "parts/load_private.h"

#include "base/fs.h"
#include "fetch/source.h"
#include "gofiles/goenv.h"
#include "gofiles/modulestxt.h"
#include "graph/modload_open.h"
#include "packages/pkgload.h"

/* Like go build: uses the vendor directory if -mod or go.mod's go line selects it. */
struct vendoring {
	const struct load_env *env;
	struct source *source;
	struct modload *ml;
	struct findings *out;
	const char *dir;
};

static void add(struct vendoring *v, const char *subject, const char *cause, const char *go_says)
{
	struct finding *f = finding_add(v->out, FINDING_ERROR, "graph/vendor", subject, cause);

	f->go_says = go_says;
	f->remedy = "go mod vendor (in a workspace: go work vendor)";
}

static bool open_vendoring(struct load_work *w, struct vendoring *v, struct err *e)
{
	struct source_options so = { .env = v->env->env,
				     .offline = true,
				     .cancel = job_cancel(w->job) };
	struct modload_options mo = { .env = v->env->env,
				      .command = MODPROJECT_LIST,
				      .cancel = job_cancel(w->job) };

	v->source = source_new(&so);
	mo.source = v->source;
	return modload_open(&v->ml, &mo, e);
}

/* -mod=vendor, or a directory of that name beside go.mod or go.work. */
static bool may_be_vendored(struct vendoring *v, const char *root_file)
{
	struct arena *a = v->out->arena;
	const char *mod = NULL;

	v->dir = path_join(a, path_dir(a, root_file), "vendor");
	return fs_is_dir(v->dir) ||
	       (goenv_flag(v->env->env, "mod", &mod, NULL) && mod && str_eq(mod, "vendor"));
}

/* False with an error if it cannot be told. */
static bool has_go_files(const struct vendoring *v, struct arena *a, const char *dir, struct err *e)
{
	struct fs_dirent *entries;
	size_t n;

	if (!overlay_list(goenv_overlay(v->env->env), a, dir, (size_t)100000, &entries, &n, e)) {
		if (e->code == ERR_NOT_FOUND)
			err_clear(e);
		return false;
	}
	for (size_t i = 0; i < n; i++)
		if (str_has_suffix(entries[i].name, ".go"))
			return true;
	return false;
}

/* A directory with Go files counts, even if modules.txt does not list it. */
static void judge_package(struct vendoring *v, const struct modulestxt *t, const char *path)
{
	struct arena *a = v->out->arena, tmp = ARENA_INIT;
	const char *dir = path_join(a, v->dir, path);
	struct err e = ERR_INIT;

	if (has_go_files(v, &tmp, dir, &e))
		;
	else if (!err_is_set(&e) && map_has(&t->packages, path))
		add(v, arena_strdup(a, path), "modules.txt lists it, but it has no Go files",
		    arena_fmt(a, "cannot find package \"%s\" in: %s", path, dir));
	else
		add(v, arena_strdup(a, path),
		    err_is_set(&e)
			    ? arena_fmt(a, "its vendored directory cannot be read: %s", e.text)
			    : "it is needed, but not vendored",
		    arena_fmt(
			    a,
			    "cannot find module providing package %s: import lookup disabled by -mod=vendor",
			    path));
	err_release(&e);
	arena_release(&tmp);
}

/* The packages that `go mod vendor` would copy: imports of packages and tests here, and theirs. */
static void judge_needed(struct vendoring *v, const struct modulestxt *t, const struct pkgload *ld)
{
	VEC(const struct pkg *) queue = { 0 };
	struct map seen = MAP_INIT;
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(ld, &pkgs);

	for (size_t i = 0; i < n; i++)
		if (pkgs[i]->mod.path[0] && !pkgload_is_external(ld, pkgs[i]))
			vec_push(&queue, pkgs[i]);
	for (size_t head = 0; head < queue.n; head++) {
		const struct pkg *p = queue.items[head];

		for (size_t k = 0; k < p->n_imports; k++) {
			const struct pkg *x = p->imports[k];

			if (!pkgload_is_external(ld, x) || !map_put(&seen, x->path, NULL))
				continue;
			vec_push(&queue, x);
			judge_package(v, t, x->path);
		}
	}
	vec_release(&queue);
	map_release(&seen);
}

void load_find_vendoring(struct load_work *w, const char *root_file, const struct pkgload *ld,
			 struct findings *out)
{
	struct vendoring v = { .env = load_data(w, PART_ENV), .out = out };
	const struct modulestxt *t = NULL;
	struct err e = ERR_INIT;

	if (!may_be_vendored(&v, root_file))
		return;
	if (open_vendoring(w, &v, &e))
		t = modproject_vendor(modload_project(v.ml));
	else if (e.code != ERR_CANCELLED)
		add(&v, v.dir, finding_gist(out->arena, e.text), arena_strdup(out->arena, e.text));
	if (t && ld)
		judge_needed(&v, t, ld);
	for (size_t i = 0; t && !ld && i < t->packages.n; i++)
		judge_package(&v, t, t->packages.entries[i].key);
	err_release(&e);
	modload_free(v.ml);
	source_free(v.source);
}
