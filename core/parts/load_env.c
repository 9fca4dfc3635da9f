#include "parts/load_private.h"

#include "base/fs.h"
#include "gofiles/goenv.h"
#include "gofiles/gowork.h"
#include "gofiles/overlay.h"

static void env_release(void *data)
{
	struct load_env *le = data;

	goenv_free(le->env);
	findings_release(&le->findings);
}

static void env_findings(struct load_env *le)
{
	for (size_t i = 0; i < le->n_notes; i++) {
		const struct goenv_note *n = &le->notes[i];
		struct finding *f;

		if (!n->hazard)
			continue;
		f = finding_add(&le->findings, n->severity, "env/hazard", n->name, n->hazard);
		f->found = n->value;
		f->file = n->where;
		f->remedy = n->remedy ? n->remedy : "";
	}
}

/* How many workspace members' files are listed and watched. */
#define MAX_MEMBERS 2000

struct file_list {
	const struct goenv *env;
	struct arena *a;
	ARENA_VEC(const char *) files;
	ARENA_VEC(const char *) above; /* which may appear */
	size_t n_replaced;
};

static void add_file(struct file_list *l, const char *dir, const char *name)
{
	arena_vec_push(l->a, &l->files, path_join(l->a, dir, name));
}

/* go.sum, or the file beside another go.mod. */
static void add_sum(struct file_list *l, const char *mod)
{
	size_t len = strlen(mod) - (str_has_suffix(mod, ".mod") ? strlen(".mod") : 0);

	arena_vec_push(l->a, &l->files, arena_fmt(l->a, "%.*s.sum", (int)len, mod));
}

/* What is in the directories that replace modules: their go.mod files belong to the graph. */
static void add_replaced(struct file_list *l, const char *dir, const struct gomod_replaces *r)
{
	for (size_t i = 0; i < r->n && l->n_replaced < MAX_MEMBERS; i++) {
		struct modver to = r->items[i].to;

		if (*to.version || !*to.path)
			continue;
		l->n_replaced++;
		add_file(l, path_is_abs(to.path) ? to.path : path_join(l->a, dir, to.path),
			 "go.mod");
	}
}

static void add_replaced_of(struct file_list *l, const char *dir, const char *file)
{
	struct arena parsed = ARENA_INIT;
	struct gomod *f;
	char *data;
	size_t len;

	if (overlay_read(goenv_overlay(l->env), &parsed, file, MODSYNTAX_MAX_SIZE, &data, &len,
			 NULL) &&
	    gomod_parse(&f, &parsed, &(struct gomod_options){ .name = file }, data, len, NULL))
		add_replaced(l, dir, &f->replace);
	arena_release(&parsed);
}

static void add_module(struct file_list *l, const char *dir)
{
	const char *modfile = NULL, *gomod = path_join(l->a, dir, "go.mod");

	if (goenv_flag(l->env, "modfile", &modfile, NULL) && modfile && *modfile) {
		if (!path_is_abs(modfile))
			modfile = path_join(l->a, goenv_cwd(l->env), modfile);
		arena_vec_push(l->a, &l->files, modfile);
		add_sum(l, modfile);
		add_replaced_of(l, dir, modfile);
	}
	arena_vec_push(l->a, &l->files, gomod);
	add_sum(l, gomod);
	add_replaced_of(l, dir, gomod);
}

static void add_workspace(struct file_list *l, const char *file)
{
	const char *dir = path_dir(l->a, file);
	struct arena parsed = ARENA_INIT;
	struct gowork *f;
	char *data;
	size_t len;

	arena_vec_push(l->a, &l->files, file);
	arena_vec_push(l->a, &l->files, arena_fmt(l->a, "%s.sum", file));
	if (fs_read(&parsed, file, MODSYNTAX_MAX_SIZE, &data, &len, NULL) &&
	    gowork_parse(&f, &parsed, &(struct gomod_options){ .name = file }, data, len, NULL)) {
		for (size_t i = 0; i < MIN(f->use.n, (size_t)MAX_MEMBERS); i++) {
			const char *use = f->use.items[i].path;

			add_module(l, path_is_abs(use) ? use : path_join(l->a, dir, use));
		}
		add_replaced(l, dir, &f->replace);
	}
	arena_release(&parsed);
}

/* The directory of the effective go.mod, as in modproject_find_root; the current one if there is none yet. */
static const char *find_dir(const struct file_list *l)
{
	const char *cwd = path_clean(l->a, goenv_cwd(l->env)), *dir = cwd;

	while (!fs_is_file(path_join(l->a, dir, "go.mod"))) {
		const char *up = path_dir(l->a, dir);

		if (str_eq(up, dir))
			return cwd;
		dir = up;
	}
	return dir;
}

/* A file of that name which go would find first: in the directories from the current one up to dir, without that. */
static void add_above(struct file_list *l, const char *dir, const char *name)
{
	const char *at = path_clean(l->a, goenv_cwd(l->env));

	while (!str_eq(at, dir)) {
		const char *up = path_dir(l->a, at);

		arena_vec_push(l->a, &l->above, path_join(l->a, at, name));
		if (str_eq(up, at))
			return;
		at = up;
	}
}

/* The go.work in use; NULL: none, "": none, whatever files there are. */
static const char *find_gowork(const struct load_env *le, struct arena *a)
{
	const char *work = NULL;

	if (!goenv_find_gowork(le->env, a, &work, NULL))
		return NULL;
	return work && str_eq(work, "off") ? "" : work;
}

/* Files of settings, and those beside go.mod or go.work. */
static void add_settings(struct file_list *l, const char *dir)
{
	const char *goenv = goenv_get(l->env, "GOENV"), *overlay = NULL;

	if (path_is_abs(goenv))
		arena_vec_push(l->a, &l->files, goenv);
	if (goenv_flag(l->env, "overlay", &overlay, NULL) && overlay && *overlay)
		add_file(l, path_is_abs(overlay) ? "" : goenv_cwd(l->env), overlay);
	add_file(l, dir, ".modscope");
	add_file(l, dir, "vendor/modules.txt");
}

static void find_files(struct load_env *le, struct arena *a, const char *work)
{
	struct file_list l = { .env = le->env, .a = a };
	bool in_work = work && *work;
	const char *dir = in_work ? path_dir(a, work) : find_dir(&l);

	if (in_work)
		add_workspace(&l, work);
	else
		add_module(&l, dir);
	add_settings(&l, dir);
	if (!in_work) {
		add_above(&l, dir, "go.mod");
		le->rootless = !fs_is_file(path_join(a, dir, "go.mod"));
	}
	if (!work)
		add_above(&l, "", "go.work");
	else if (in_work && !*goenv_get(le->env, "GOWORK"))
		add_above(&l, dir, "go.work");
	le->files = l.files.items;
	le->n_files = l.files.n;
	le->above = l.above.items;
	le->n_above = l.above.n;
}

/* A member of the workspace that is not there: go loads no module then, so no other part can tell. */
static void find_lost_member(struct load_env *le, struct arena *a, const char *work,
			     const struct gomod_path *u)
{
	const char *cwd = goenv_cwd(le->env);
	const char *dir = path_is_abs(u->path) ? u->path : path_join(a, path_dir(a, work), u->path);
	const char *gomod = path_join(a, dir, "go.mod");
	struct err e = ERR_INIT;
	struct finding *f;
	char *data;
	size_t len;

	if (overlay_is_file(goenv_overlay(le->env), gomod) || /* of most, no more is read */
	    overlay_read(goenv_overlay(le->env), a, gomod, MODSYNTAX_MAX_SIZE, &data, &len, &e) ||
	    e.code != ERR_NOT_FOUND) {
		err_release(&e);
		return;
	}
	f = finding_add(&le->findings, FINDING_ERROR, "graph/workspace", arena_strdup(a, u->path),
			fs_is_dir(dir) ? "go.work lists this directory, which has no go.mod"
				       : "go.work lists this directory, which does not exist");
	f->file = work;
	f->line = u->line->line;
	f->go_says = arena_fmt(a, "cannot load module %s listed in go.work file: open %s: %s",
			       path_short(a, cwd, dir), path_short(a, cwd, gomod),
			       err_errno_text(e.sys_errno));
	f->remedy = gowork_drop_use(a, u->path);
	err_release(&e);
}

static void find_lost_members(struct load_env *le, struct arena *a, const char *work)
{
	struct arena parsed = ARENA_INIT;
	struct gowork *f;
	char *data;
	size_t len;

	if (work && *work &&
	    overlay_read(goenv_overlay(le->env), &parsed, work, MODSYNTAX_MAX_SIZE, &data, &len,
			 NULL) &&
	    gowork_parse(&f, &parsed, &(struct gomod_options){ .name = work }, data, len, NULL))
		for (size_t i = 0; i < MIN(f->use.n, (size_t)MAX_MEMBERS); i++)
			find_lost_member(le, a, work, &f->use.items[i]);
	arena_release(&parsed);
}

bool load_make_env(struct load_work *w, struct part **out, struct err *e)
{
	struct goenv *env;
	struct load_env *le;
	const char *work;
	struct part *p;

	if (w->job)
		load_return(w->l);
	env = goenv_new(&(struct goenv_options){ .dir = load_options(w->l)->dir,
						 .runs_auth = load_options(w->l)->runs_auth },
			e);
	if (!env)
		return false;
	if (w->job) /* everything is reloaded */
		load_ask_again(w);
	p = part_new(w->request);
	le = arena_calloc(&p->arena, 1, sizeof(*le));
	le->env = env;
	le->findings.arena = &p->arena;
	goenv_explain(env, &p->arena, &le->notes, &le->n_notes);
	env_findings(le);
	work = find_gowork(le, &p->arena);
	find_lost_members(le, &p->arena, work);
	if (w->job)
		find_files(le, &p->arena, work);
	p->data = le;
	p->release = env_release;
	*out = p;
	return true;
}
