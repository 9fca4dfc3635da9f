/* The working tree, and whether go looks for the module where it is in the repository (codeRepo.findDir). */
#include "base/path.h"
#include "fetch/direct_vcs.h"
#include "gofiles/gomod.h"
#include "gofiles/modpath.h"
#include "gofiles/modsyntax.h"
#include "release/checklist_impl.h"

struct place {
	struct checklist_making *k;
	const char *dir;   /* below the top of the repository, without its major; "" */
	const char *path;  /* without its major */
	const char *major; /* "", "/v2", ".v2" */
};

static bool get(void *ctx, const char *url, struct buf *body, bool *ok, struct err *status,
		struct err *e)
{
	(void)ctx, (void)body, (void)status;
	*ok = false;
	return err_set(e, ERR_OFFLINE, "%s: not asked", url);
}

static bool ping(void *ctx, const char *url, struct err *e)
{
	(void)ctx, (void)url, (void)e;
	return true;
}

/* The import path of the repository, if it follows from the path alone; else NULL. */
static const char *root_of(const struct place *p)
{
	const struct checklist_input *in = p->k->in;
	struct direct_vcs v = { .env = modproject_env(in->project), .get = get, .ping = ping };
	struct direct_vcs_root root;
	struct err e = ERR_INIT;
	bool ok = direct_vcs_find(&v, p->k->a, in->main->mod.path, &root, &e);

	err_release(&e);
	return ok ? root.root : NULL;
}

/* The module's directory may, but need not, end in its major version. */
static const char *without_major(struct arena *a, const char *dir, const char *major)
{
	size_t n = strlen(dir), m = strlen(major);

	if (m < 2 || major[0] != '/')
		return dir;
	if (str_eq(dir, major + 1))
		return "";
	return n > m && str_eq(dir + n - m, major) ? arena_strndup(a, dir, n - m) : dir;
}

static int line_of(const struct modproject_main *main)
{
	return modsyntax_line_number(main->file->module_line);
}

static const char *name_of(struct arena *a, const char *dir)
{
	return *dir ? arena_fmt(a, "directory %s", dir) : "top";
}

static void judge_known(struct place *p, const char *root)
{
	struct checklist_making *k = p->k;
	const struct modproject_main *main = k->in->main;
	const char *below = str_cut_prefix(p->path, root), *want, *right;

	want = below && *below == '/' ? below + 1 : "";
	if (str_eq(want, p->dir))
		return;
	right = arena_fmt(k->a, "%s%s%s%s", root, *p->dir ? "/" : "", p->dir, p->major);
	checklist_fail(k, "path",
		       arena_fmt(k->a,
				 "go looks for %s in the %s of its repository; it is in the %s",
				 main->mod.path, name_of(k->a, want), name_of(k->a, p->dir)),
		       "go.mod", line_of(main), arena_fmt(k->a, "name it %s, or move it", right));
}

/* The page of its host may name a directory (as of go 1.25): then the path need not end in it. */
static void judge_unknown(struct place *p)
{
	struct checklist_making *k = p->k;
	const struct modproject_main *main = k->in->main;
	const char *end = arena_fmt(k->a, "/%s", p->dir);

	if (*p->dir && !str_has_suffix(p->path, end))
		checklist_note(
			k, "path",
			arena_fmt(k->a, "the path %s does not end in %s, the module's directory",
				  main->mod.path, p->dir),
			"go.mod", line_of(main),
			"name the module by its directory, unless the go-import tag of its host does");
}

void checklist_place(struct checklist_making *k, const struct gitplace *g)
{
	const char *path = k->in->main->mod.path, *root;
	struct place p = { .k = k, .path = path, .major = "" };
	size_t at;

	if (modpath_split(path, &at)) {
		p.major = path + at;
		p.path = arena_strndup(k->a, path, at);
	}
	p.dir = without_major(k->a, g->prefix, p.major);
	root = root_of(&p);
	if (root)
		judge_known(&p, root);
	else
		judge_unknown(&p);
}

const char checklist_unread_remedy[] =
	"git fetch --unshallow --tags; git fsck tells what a clone that is not shallow lacks";

void checklist_worktree(struct checklist_making *k, const struct gitplace *g)
{
	if (g->n_changed || g->n_untracked)
		checklist_fail(k, "worktree",
			       arena_fmt(k->a,
					 "%zu changed, %zu untracked: a tag would not include them",
					 g->n_changed, g->n_untracked),
			       g->dirty, 0, "commit or stash");
	checklist_pass(k, "worktree", "everything is committed");
	if (g->n_unpushed)
		checklist_note(k, "pushed",
			       arena_fmt(k->a, "%s%zu commit%s not on %s",
					 *g->unwalked ? "at least " : "", g->n_unpushed,
					 g->n_unpushed == 1 ? " is" : "s are",
					 g->upstream[0] ? g->upstream : "any remote branch"),
			       "", 0, gitplace_push_remedy(g, k->a, ""));
	else if (*g->unwalked)
		checklist_add(k, "pushed", CHECKLIST_UNKNOWN,
			      arena_fmt(k->a, "whether the commit is pushed is unknown: %s",
					g->unwalked))
			->remedy = checklist_unread_remedy;
	checklist_pass(k, "pushed", "the commit is pushed");
}
