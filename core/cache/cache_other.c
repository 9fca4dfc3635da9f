#include "cache/cache_private.h"

#include <errno.h>

#define MAX_NAMES ((size_t)1 << 20)

#include <sys/stat.h>

void cache_other_add(struct cache_others *others, enum cache_other_kind kind, const char *file,
		     const struct stat *st)
{
	vec_push(others, (struct cache_other){ .kind = kind,
					       .file = file,
					       .about = "",
					       .unproven = "",
					       .bytes = (uint64_t)st->st_size,
					       .n_files = 1 });
}

void cache_other_take(struct cache_worker *w, struct cache_other *o)
{
	o->problems = arena_memdup(&w->arena, w->problems.items,
				   w->problems.n * sizeof(*o->problems));
	o->n_problems = w->problems.n;
	w->problems.n = 0;
}

struct cache_problem *cache_other_problem(struct cache_worker *w, enum finding_severity severity,
					  enum cache_problem_kind kind, const char *file,
					  const char *problem)
{
	return cache_problem_add(w, CACHE_OTHER, severity, CACHE_FIX_REMOVE, kind,
				 arena_strdup(&w->arena, file), problem);
}

struct cache_problem *cache_other_unread(struct cache_worker *w, const char *dir, int errnum)
{
	struct cache_problem *p = cache_other_problem(w, FINDING_ERROR, CACHE_KIND_UNREADABLE, dir,
						      "the directory cannot be read");

	p->fix = CACHE_FIX_NONE;
	p->found = arena_strdup(&w->arena, err_errno_text(errnum));
	p->go_says = "opens the files that it needs by name";
	p->remedy = "check the file system and its permissions";
	return p;
}

void cache_other_add_unread(struct cache_worker *w, struct cache_others *others, const char *dir,
			    const char *about, int errnum)
{
	struct cache_other other = {
		.kind = CACHE_OTHER_STRAY, .file = dir, .about = about, .unproven = ""
	};

	w->problems.n = 0;
	cache_other_unread(w, dir, errnum);
	cache_other_take(w, &other);
	vec_push(others, other);
}

bool cache_other_list(struct cache_worker *w, struct cache_others *others, const char *dir,
		      struct fs_dirent **entries, size_t *n)
{
	struct err e = ERR_INIT;
	bool ok = fs_list(&w->arena, dir, MAX_NAMES, entries, n, &e);

	if (!ok && e.code != ERR_NOT_FOUND)
		cache_other_add_unread(w, others, dir, "", e.sys_errno ? e.sys_errno : EFBIG);
	err_release(&e);
	return ok;
}
