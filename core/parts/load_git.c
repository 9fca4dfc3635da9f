#include "parts/load_private.h"

#include "git/githistory.h"
#include "git/gitstate.h"
#include "gofiles/goenv.h"

bool load_make_git(struct load_work *w, struct part **out, struct err *e)
{
	const struct load_graph *g = load_data(w, PART_GRAPH);
	struct part *p = part_new(w->request);
	struct gitstate *s = arena_calloc(&p->arena, 1, sizeof(*s));
	bool ok = gitstate_read(s, &p->arena, g->dir, e);

	p->data = s;
	return load_hand_over(p, ok, out);
}

static bool read_revisions(struct load_revisions *r, struct arena *a, struct gitrepo *repo,
			   struct err *e)
{
	struct githistory_name *names;
	struct githistory_commit *commits;
	struct gitrepo_commit *head;

	if (!githistory_names(&names, &r->n_names, a, repo, LOAD_REVISIONS_MAX, e) ||
	    !gitrepo_find(&head, repo, "HEAD", e) ||
	    !githistory_commits(&commits, &r->n_commits, a, repo, NULL, head, LOAD_REVISIONS_MAX,
				e))
		return false;
	r->names = names;
	r->commits = commits;
	return true;
}

bool load_make_revisions(struct load_work *w, struct part **out, struct err *e)
{
	const struct load_env *env = load_data(w, PART_ENV);
	struct part *p = load_part_on(w, PART_ENV);
	struct gitrepo *repo = NULL;
	bool ok;

	p->data = arena_calloc(&p->arena, 1, sizeof(struct load_revisions));
	ok = gitrepo_open(&repo, goenv_cwd(env->env), e) &&
	     read_revisions(p->data, &p->arena, repo, e);
	gitrepo_free(repo);
	return load_hand_over(p, ok, out);
}
