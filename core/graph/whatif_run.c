#include "graph/whatif_impl.h"

#include "base/fs.h"
#include "fetch/source.h"
#include "gofiles/goenv.h"
#include "gofiles/gomod.h"
#include "gofiles/gosum.h"
#include "gofiles/gover.h"
#include "gofiles/gowork.h"

static void copy_steps(struct whatif_run *r, const struct whatif_steps *steps)
{
	const char **paths = arena_calloc(r->a, steps->n + 1, sizeof(*paths));

	r->steps = arena_calloc(r->a, steps->n + 1, sizeof(*r->steps));
	r->n_steps = steps->n;
	r->unreplaced = paths;
	for (size_t i = 0; i < steps->n; i++) {
		r->steps[i] = (struct whatif_step){ steps->items[i].kind,
						    arena_strdup(r->a, steps->items[i].path),
						    arena_strdup(r->a, steps->items[i].version),
						    steps->items[i].joined };
		if (r->steps[i].kind == WHATIF_UNREPLACE)
			*paths++ = r->steps[i].path;
	}
}

/* With `alone`, like go commands without workspace support: go get, go mod tidy. */
static bool open_module(struct whatif_run *r, struct whatif_module *m, bool alone, struct err *e)
{
	const struct goenv *env = m->own_env ? m->own_env : r->o->env;
	struct source_options so = { .env = env,
				     .offline = r->o->offline,
				     .own_counts = r->o->own_counts,
				     .cancel = r->o->cancel,
				     .log = r->o->log,
				     .once = r->o->once };
	struct modload_options mo = { .env = env,
				      .command = MODPROJECT_GRAPH,
				      .no_workspace = alone,
				      .cancel = r->o->cancel,
				      .messages = &r->messages,
				      .ignore_replace = r->unreplaced,
				      .overlay = r->o->overlay };

	m->run = r;
	m->source = source_new(&so);
	mo.source = m->source;
	if (!modload_open(&m->ml, &mo, e))
		return false;
	m->rs = modload_requirements(m->ml);
	return true;
}

static void close_module(struct whatif_module *m)
{
	if (m->ml && m->run->o->learn)
		gosum_learn_all(m->run->o->learn, modproject_sums(modload_project(m->ml)));
	modload_free(m->ml);
	source_free(m->source);
	goenv_free(m->own_env);
}

/* An ERR_FORM_TOLD error has been reported only if the messages are passed on. The warnings of the steps before come after it. */
static void tell(const struct whatif_run *r, struct err *e)
{
	if (r->o->messages && e && err_is_set(e)) {
		buf_add(r->o->messages, r->messages.data, r->messages.len);
		buf_add(r->o->messages, r->said.data, r->said.len);
	} else if (err_is_told(e)) {
		err_mark(e, ERR_FORM_MODULE);
	}
}

void whatif_run_end(struct whatif_run *r, struct err *e)
{
	tell(r, e);
	for (size_t i = 0; i < r->n_members; i++)
		close_module(&r->members[i]);
	close_module(&r->top);
	buf_release(&r->messages);
	buf_release(&r->warnings);
	buf_release(&r->said);
	vec_release(&r->lowered);
	vec_release(&r->commands);
}

/* In a workspace */

static struct modproject *project(const struct whatif_run *r)
{
	return modload_project(r->top.ml);
}

/* The member that commands in the current directory apply to; SIZE_MAX if there is none. */
static size_t member_here(struct whatif_run *r)
{
	const char *root = modproject_find_root(project(r), modproject_cwd(project(r)));
	const struct modproject_main *mains;
	size_t n = modproject_mains(project(r), &mains);

	for (size_t i = 0; root && i < n; i++)
		if (str_eq(mains[i].dir, root))
			return i;
	return SIZE_MAX;
}

static struct whatif_module *member(struct whatif_run *r, size_t i, struct err *e)
{
	struct whatif_module *m = &r->members[i];
	const struct modproject_main *mains;
	const char *rel;

	if (m->ml)
		return m;
	modproject_mains(project(r), &mains);
	rel = path_rel(r->a, modproject_cwd(project(r)), mains[i].dir);
	m->dir = i == member_here(r) ? "" : rel ? rel : mains[i].dir;
	m->node = mains[i].node;
	m->own_env = goenv_new(&(struct goenv_options){ .dir = mains[i].dir,
							.runs_auth = goenv_runs_auth(
								modproject_env(project(r))) },
			       e);
	return m->own_env && open_module(r, m, true, e) ? m : NULL;
}

static bool requires(const struct modproject_main *mm, const char *path)
{
	for (size_t i = 0; i < mm->file->require.n; i++)
		if (str_eq(mm->file->require.items[i].mod.path, path))
			return true;
	return false;
}

/* A go line above go.work's: go get raises that too; after go mod edit go refuses the workspace. */
static bool raise_go(struct whatif_run *r, const struct whatif_module *m, bool get, struct err *e)
{
	const char *go = requirements_go_version(m->rs), *work = requirements_go_version(r->top.rs);
	const char *file = NULL;

	if (gover_compare(go, work) <= 0 || gover_compare(go, "1.21") < 0)
		return true;
	if (!get || !goenv_find_gowork(m->own_env, r->a, &file, NULL) || !file)
		return err_set(
			e, ERR_REFUSED,
			"module %s listed in go.work file requires go >= %s, but go.work lists go %s; to update it:\n\tgo work use",
			m->dir[0] ? m->dir : ".", go, work);
	whatif_step_replace_root(&r->top, "go", &(struct modver){ "go", arena_strdup(r->a, go) });
	return true;
}

/* Updates the member's requirements in the workspace's graph. */
static void take_member(struct whatif_run *r, struct whatif_module *m)
{
	uint32_t *list = arena_alloc(r->a, (m->rs->n_roots + 1) * sizeof(*list));

	m->n_require = requirements_as_member(m->rs, r->top.ml, list);
	m->require = list;
}

/* Those of the steps that `here` says; their versions become those that the queries mean. */
static bool steps_in_member(struct whatif_run *r, size_t i, struct whatif_step *s, size_t n,
			    const bool *here, struct err *e)
{
	struct whatif_step *own = arena_calloc(r->a, n + 1, sizeof(*own));
	struct whatif_module *m = member(r, i, e);
	size_t n_own = 0;

	for (size_t k = 0; k < n; k++)
		if (here[k])
			own[n_own++] = s[k];
	if (!m || !whatif_step_take(m, own, n_own, e) || !raise_go(r, m, whatif_is_get(own), e))
		return false;
	whatif_step_name(m, own, n_own);
	take_member(r, m);
	for (size_t k = n; k-- > 0;)
		if (here[k])
			s[k].version = own[--n_own].version;
	return true;
}

/* go work edit -go: no member may require more. */
static bool step_in_gowork(struct whatif_run *r, struct whatif_step *s, struct err *e)
{
	const struct modproject_main *mains;
	size_t n = modproject_mains(project(r), &mains);
	bool go = str_eq(s->path, "go"), none = !s->version[0] || str_eq(s->version, "none");
	const char *v = none ? "none" : s->version;

	if (go && none)
		return err_set(e, ERR_USAGE, "cannot use go@none");
	if (!none && !gover_mod_valid(s->path, v))
		return err_set(e, ERR_SYNTAX, "invalid %s version '%s'", s->path, v);
	if (go && gover_compare(v, modproject_local_version(project(r))) > 0)
		return modproject_too_new(project(r), "go.work", v, e);
	for (size_t i = 0; go && i < n; i++) {
		const struct whatif_module *m = &r->members[i];
		const char *own = m->ml ? requirements_go_version(m->rs) : mains[i].file->go;

		if (gover_compare(own, v) > 0 && gover_compare(own, "1.21") >= 0)
			return err_set(
				e, ERR_REFUSED,
				"module %s listed in go.work file requires go >= %s, but go.work lists go %s; to update it:\n\tgo work use",
				mains[i].dir, own, v);
	}
	whatif_step_replace_root(&r->top, s->path, none ? NULL : &(struct modver){ s->path, v });
	vec_push(&r->commands, arena_fmt(r->a, "go work edit -%s=%s", s->path, v));
	return true;
}

/* The go lines and toolchain lines of the root; *rest: how many other steps there are. */
static bool steps_in_gowork(struct whatif_run *r, struct whatif_step *s, size_t n, size_t *rest,
			    struct err *e)
{
	*rest = 0;
	for (size_t k = 0; k < n; k++) {
		*rest += !gover_is_toolchain(s[k].path);
		if (gover_is_toolchain(s[k].path) && !step_in_gowork(r, &s[k], e))
			return false;
	}
	return true;
}

static bool is_required(const struct modproject_main *mains, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (requires(&mains[i], path))
			return true;
	return false;
}

/* All members with the line take the step, else the first one. */
static bool steps_at_root(struct whatif_run *r, struct whatif_step *s, size_t n, struct err *e)
{
	const struct modproject_main *mains;
	size_t n_mains = modproject_mains(project(r), &mains), rest;
	struct whatif_step *asked = arena_memdup(r->a, s, n * sizeof(*s));
	bool *here = arena_calloc(r->a, n, sizeof(*here));

	if (!steps_in_gowork(r, s, n, &rest, e))
		return false;
	for (size_t i = 0; i < n_mains && rest; i++) {
		bool any = false;

		for (size_t k = 0; k < n; k++) {
			here[k] = !gover_is_toolchain(s[k].path) &&
				  (requires(&mains[i], s[k].path) ||
				   (!i && !is_required(mains, n_mains, s[k].path)));
			any |= here[k];
			if (here[k])
				s[k].version = asked[k].version;
		}
		if (any && !steps_in_member(r, i, s, n, here, e))
			return false;
	}
	return true;
}

/* In a member, that member's line. */
static bool steps_in_workspace(struct whatif_run *r, struct whatif_step *s, size_t n, struct err *e)
{
	size_t i = member_here(r);
	bool *here = arena_calloc(r->a, n, sizeof(*here));

	if (i == SIZE_MAX)
		return steps_at_root(r, s, n, e);
	for (size_t k = 0; k < n; k++)
		here[k] = true;
	return steps_in_member(r, i, s, n, here, e);
}

static const struct whatif_module *changed_member(const struct whatif_run *r, uint32_t node)
{
	for (size_t i = 0; i < r->n_members; i++)
		if (r->members[i].require && r->members[i].node == node)
			return &r->members[i];
	return NULL;
}

static bool edit_member(void *ctx, uint32_t node, const uint32_t **require, size_t *n)
{
	const struct whatif_module *m = changed_member(ctx, node);

	if (!m)
		return false;
	*require = m->require;
	*n = m->n_require;
	return true;
}

static enum pruning edit_pruning(void *ctx, uint32_t node, enum pruning pruning)
{
	const struct whatif_module *m = changed_member(ctx, node);

	return m ? pruning_for(requirements_go_version(m->rs)) : pruning;
}

/* Drops all replace lines for the path: those of go.work, and those of each module. */
static void unreplace(struct whatif_run *r, const struct whatif_step *s)
{
	const struct gowork *w = r->workspace ? modproject_gowork(project(r)) : NULL;
	const struct modproject_main *mains;
	size_t n = modproject_mains(project(r), &mains);

	if (w)
		whatif_step_name_unreplace(&r->top, "work edit", w->replace.items, w->replace.n,
					   s->path);
	for (size_t i = 0; i < n; i++) {
		struct whatif_module m = { .run = r, .dir = "" };
		const char *rel = path_rel(r->a, modproject_cwd(project(r)), mains[i].dir);

		if (r->workspace && i != member_here(r))
			m.dir = rel ? rel : mains[i].dir;
		if (mains[i].file)
			whatif_step_name_unreplace(&m, "mod edit", mains[i].file->replace.items,
						   mains[i].file->replace.n, s->path);
	}
}

static bool take_steps(struct whatif_run *r, struct whatif_step *s, size_t n, struct err *e)
{
	if (s->kind == WHATIF_UNREPLACE) {
		unreplace(r, s);
		return true;
	}
	if (r->workspace)
		return steps_in_workspace(r, s, n, e);
	if (!whatif_step_take(&r->top, s, n, e))
		return false;
	whatif_step_name(&r->top, s, n);
	return true;
}

static bool has_member(struct whatif_run *r)
{
	const struct modproject_main *mains;

	return modproject_mains(project(r), &mains) && mains[0].file;
}

/* A go.work without members: go get takes the module here. */
static bool open_alone(struct whatif_run *r, struct err *e)
{
	close_module(&r->top);
	r->top = (struct whatif_module){ .dir = "" };
	return open_module(r, &r->top, true, e) &&
	       (has_member(r) || modproject_no_root_error(project(r), e));
}

bool whatif_run_begin(struct whatif_run *r, const struct whatif_steps *steps, bool alone,
		      struct err *e)
{
	const struct modproject_main *mains;
	size_t n = steps->n ? whatif_steps_together(steps, 0) : 0;

	copy_steps(r, steps);
	r->top.dir = "";
	if (n && r->steps[0].kind == WHATIF_GET && !whatif_step_check_all(r->steps, n, e))
		return false;
	if (!open_module(r, &r->top, alone, e))
		return false;
	if (r->n_steps && !has_member(r) && !open_alone(r, e))
		return false;
	r->n_opened = r->messages.len;
	r->workspace = modproject_gowork_file(project(r)) != NULL;
	if (r->workspace) {
		r->n_members = modproject_mains(project(r), &mains);
		r->members = arena_calloc(r->a, r->n_members, sizeof(*r->members));
		for (size_t i = 0; i < r->n_members; i++)
			r->members[i] = (struct whatif_module){ .run = r, .dir = "" };
	}
	for (size_t i = 0; i < r->n_steps; i += n) {
		n = whatif_steps_together(steps, i);
		if (!take_steps(r, &r->steps[i], n, e))
			return false;
	}
	if (r->workspace) {
		r->edit = (struct modgraph_load_edit){ edit_member, edit_pruning, r };
		r->top.rs = requirements_edited(r->top.ml, r->top.rs, &r->edit);
	}
	return true;
}
