#include "cache/cache_private.h"

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
