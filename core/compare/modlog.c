#include "compare/modlog.h"

#include "compare/modorigin.h"

static bool names_commit(const struct origin *o)
{
	return str_eq(o->vcs, "git") && *o->url && strlen(o->hash) == 40;
}

static void read_commits(struct modlog *out, struct arena *a, struct gitrepo *r, const char *was,
			 const char *is)
{
	struct gitrepo_commit *from, *to;
	struct err e = ERR_INIT;

	if (!gitrepo_find(&from, r, was, &e) || !gitrepo_find(&to, r, is, &e) ||
	    !githistory_commits(&out->commits, &out->n, a, r, from, to, MODLOG_MAX, &e)) {
		out->n = 0;
		out->why = arena_strdup(a, e.text);
	}
	err_release(&e);
}

void modlog_read(struct modlog *out, struct arena *a, const struct goenv *env, const char *was,
		 const char *is)
{
	struct origin old, new;
	struct err e = ERR_INIT;
	struct gitclone c;

	*out = (struct modlog){ 0 };
	if (!origin_read(&old, a, was) || !origin_read(&new, a, is) || !names_commit(&old) ||
	    !names_commit(&new) || !str_eq(old.url, new.url)) {
		out->why = "the .info files do not name commits of one git repository";
	} else if (modorigin_open(&c, a, env, new.url, &e)) {
		read_commits(out, a, c.repo, old.hash, new.hash);
		gitclone_close(&c);
	} else {
		out->why = arena_strdup(a, e.text);
	}
	err_release(&e);
}
