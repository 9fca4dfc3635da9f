/*
 * load_private.h - what the makers of parts share; see load.h. Not for others.
 */
#ifndef MODSCOPE_LOAD_PRIVATE_H
#define MODSCOPE_LOAD_PRIVATE_H

#include "parts/load.h"
#include "graph/requirements.h"

/* One part being made. */
struct load_work {
	struct load *l;
	struct snapshot *s;	/* holds what the part needs */
	enum part_id id;
	char *key;
	struct job *job;	/* NULL in batch */
};

const struct load_options *load_options(const struct load *l);
/* What go.mod requires after what-if steps, in no loader; ends of lists are NULL. */
struct load_roots {
	const struct modver *roots;
	size_t n;
	enum mod_pruning pruning;
	const char *const *direct, *const *unreplaced;	/* paths */
};
/* steps: as the key of PART_WHATIF. */
bool load_whatif_roots(struct load_work *w, const struct goenv *env, struct arena *a, const char *steps, struct load_roots *out,
		       struct err *e);
/* Data of a part that is needed. */
void *load_data(const struct load_work *w, enum part_id id);
/* A new part of this work that keeps the one it needs. */
struct part *load_part_on(const struct load_work *w, enum part_id needs);

bool load_make_graph(struct load_work *w, struct part **out, struct err *e);
bool load_make_cache(struct load_work *w, struct part **out, struct err *e);
bool load_make_imports(struct load_work *w, struct part **out, struct err *e);
bool load_make_explain(struct load_work *w, struct part **out, struct err *e);
bool load_make_act(struct load_work *w, struct part **out, struct err *e);
bool load_make_whatif(struct load_work *w, struct part **out, struct err *e);
bool load_make_times(struct load_work *w, struct part **out, struct err *e);
bool load_make_git(struct load_work *w, struct part **out, struct err *e);
bool load_make_versions(struct load_work *w, struct part **out, struct err *e);
bool load_make_export(struct load_work *w, struct part **out, struct err *e);
bool load_make_tidy(struct load_work *w, struct part **out, struct err *e);

#endif
