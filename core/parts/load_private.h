/*
 * load_private.h - what the makers of parts share; see load.h. Not for others.
 */
#ifndef MODSCOPE_LOAD_PRIVATE_H
#define MODSCOPE_LOAD_PRIVATE_H

#include "parts/load.h"

/* One part being made. */
/* Who waits for rows about versions does not wait longer for a server that sends nothing. */
#define LOAD_STALL_MS 30000

struct load_work {
	struct load *l;
	struct snapshot *s;	/* holds what the part needs */
	struct request *request;
	struct job *job;	/* NULL in batch */
};

const struct load_options *load_options(const struct load *l);
/* What a what-if computation needs of its surroundings. */
void load_whatif_options(const struct load_work *w, const struct goenv *env, struct whatif_options *o);
/* Data of a part that is needed: one without parameters. */
void *load_data(const struct load_work *w, enum request_part id);
/* A part that another one is made of, by a loader of its own: as load_now, but with the job of `w`, which cancels it too. *s becomes the
 * snapshot with it. NULL on failure. */
typedef bool load_maker(struct load_work *w, struct part **out, struct err *e);
const struct part *load_inside(const struct load_work *w, struct load *l, struct snapshot **s, enum request_part id,
			       load_maker *maker, struct err *e);
/* When the version that a module comes from was made, as the caches tell; 0 if they do not. */
struct source;
int64_t load_time_of(struct source *source, struct modver used);
/* A new part of this work that keeps the one it needs; where that could not be made, the settings. */
struct part *load_part_on(const struct load_work *w, enum request_part needs);
/* A part that is made goes into *out, another away; returns made. */
bool load_hand_over(struct part *p, bool made, struct part **out);

/* What go build finds wrong with the vendor directory beside go.mod or go.work, if it takes that; ld: packages of the project, may be NULL. */
struct pkgload;
void load_find_vendoring(struct load_work *w, const char *root_file, const struct pkgload *ld,
			 struct findings *out);

bool load_make_compare(struct load_work *w, struct part **out, struct err *e);
bool load_make_revisions(struct load_work *w, struct part **out, struct err *e);
bool load_make_modcompare(struct load_work *w, struct part **out, struct err *e);
bool load_make_record(struct load_work *w, struct part **out, struct err *e);
bool load_make_vulns(struct load_work *w, struct part **out, struct err *e);
bool load_make_since(struct load_work *w, struct part **out, struct err *e);
bool load_make_policy(struct load_work *w, struct part **out, struct err *e);
bool load_make_env(struct load_work *w, struct part **out, struct err *e);
bool load_make_graph(struct load_work *w, struct part **out, struct err *e);
bool load_make_cache(struct load_work *w, struct part **out, struct err *e);
bool load_make_imports(struct load_work *w, struct part **out, struct err *e);
bool load_make_explain(struct load_work *w, struct part **out, struct err *e);
bool load_make_act(struct load_work *w, struct part **out, struct err *e);
bool load_make_whatif(struct load_work *w, struct part **out, struct err *e);
bool load_make_outdated(struct load_work *w, struct part **out, struct err *e);
bool load_make_history(struct load_work *w, struct part **out, struct err *e);
bool load_make_vendored(struct load_work *w, struct part **out, struct err *e);
bool load_make_release(struct load_work *w, struct part **out, struct err *e);
bool load_make_replaces(struct load_work *w, struct part **out, struct err *e);
bool load_make_replacement(struct load_work *w, struct part **out, struct err *e);
bool load_make_times(struct load_work *w, struct part **out, struct err *e);
bool load_make_offline(struct load_work *w, struct part **out, struct err *e);
bool load_make_mirror(struct load_work *w, struct part **out, struct err *e);
bool load_make_proxy(struct load_work *w, struct part **out, struct err *e);
bool load_make_git(struct load_work *w, struct part **out, struct err *e);
bool load_make_versions(struct load_work *w, struct part **out, struct err *e);
bool load_make_apply(struct load_work *w, struct part **out, struct err *e);
bool load_make_export(struct load_work *w, struct part **out, struct err *e);
bool load_make_tidy(struct load_work *w, struct part **out, struct err *e);

#endif
