/*
 * load_private.h - what the makers of parts share; see load.h.
 */
#ifndef MODSCOPE_LOAD_PRIVATE_H
#define MODSCOPE_LOAD_PRIVATE_H

#include "parts/load.h"

/* One part being made. */
/* Who waits for rows about versions does not wait longer for a server that sends nothing. */
#define LOAD_STALL_MS 30000

struct load_work {
	struct load *l;
	struct snapshot *s;	/* has the parts it needs */
	struct request *request;
	struct job *job;	/* NULL in batch */
};

const struct load_options *load_options(const struct load *l);
/* What servers have answered since the project was last reloaded, for every source. */
struct http_once *load_once(const struct load_work *w);
/* Forgets that, unless it is that of another loader. */
void load_ask_again(const struct load_work *w);
/* If the current directory was removed, and made again since, that is the current one. */
void load_return(const struct load *l);
/* For modload_options; NULL without one_look. */
struct modlooks *load_looks(const struct load *l);
/* Fills in the options of a what-if computation. */
void load_whatif_options(const struct load_work *w, const struct goenv *env, struct whatif_options *o);
/* The data of a needed part without parameters. */
void *load_data(const struct load_work *w, enum request_part id);
/* Makes a part for use in another one, with loader l: like load_now, but under the job of `w`, which cancels it too. *s becomes the
 * snapshot with it. NULL on failure. */
typedef bool load_maker(struct load_work *w, struct part **out, struct err *e);
const struct part *load_inside(const struct load_work *w, struct load *l, struct snapshot **s, enum request_part id,
			       load_maker *maker, struct err *e);
/* The time of the version that a module comes from, from the caches; 0 if unknown. */
struct source;
int64_t load_time_of(struct source *source, struct modver used);
/* A new part of this work that keeps the one it needs or, if that could not be made, the settings. */
struct part *load_part_on(const struct load_work *w, enum request_part needs);
/* Moves a finished part to *out, or drops it if not made; returns made. */
bool load_hand_over(struct part *p, bool made, struct part **out);

/* Adds what go build reports about the vendor directory beside go.mod or go.work, if it uses that; ld: packages of the project, may be NULL. */
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
