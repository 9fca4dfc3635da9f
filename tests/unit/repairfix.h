/*
 * repairfix.h - plans for the small module cache of cachefix.h: executes them, and compares the changes with the plan.
 */
#ifndef MODSCOPE_REPAIRFIX_H
#define MODSCOPE_REPAIRFIX_H

#include "cachefix.h"

#include "cache/mend.h"
#include "cache/prune.h"
#include "cache/repair.h"
#include "change/apply.h"
#include "change/undo.h"

static inline struct cache_report *load(struct fix *f)
{
	struct hashmemo *memo = hashmemo_open(NULL);
	struct cache_trust trust = { fix_trust, f, "go.sum", "sumdb" };
	const struct modver mods[] = { TARGET, NEIGHBOUR, OTHER };
	struct cache_report *r;
	struct err e = ERR_INIT;

	if (!cache_load(&r,
			&(struct cache_options){ .root = f->root,
						 .memo = memo,
						 .trust = &trust,
						 .hash = true,
						 .threads = 2 },
			mods, ARRAY_LEN(mods), &e))
		fail_msg("%s", e.text);
	hashmemo_free(memo);
	return r;
}

/* The proxy serves a pristine cache, fails, or serves the wrong files. */
enum proxy { PROXY_GOOD, PROXY_FAILS, PROXY_WRONG };
struct feed {
	struct fix *f;
	enum proxy proxy;
};

static inline bool feed_zip(void *ctx, struct modver m, const char **file, struct err *e)
{
	struct feed *feed = ctx;

	if (feed->proxy == PROXY_FAILS)
		return err_set(e, ERR_NETWORK, "reading http://127.0.0.1/x: 403 Forbidden");
	*file = cachepath_file(&feed->f->a, feed->f->up, feed->proxy == PROXY_WRONG ? NEIGHBOUR : m,
			       "zip");
	return true;
}

static inline bool feed_gomod(void *ctx, struct modver m, const char **data, size_t *len, struct err *e)
{
	struct feed *feed = ctx;
	char *bytes;

	if (feed->proxy == PROXY_FAILS)
		return err_set(e, ERR_NETWORK, "reading http://127.0.0.1/x: 403 Forbidden");
	if (!fs_read(&feed->f->a,
		     cachepath_file(&feed->f->a, feed->f->up,
				    feed->proxy == PROXY_WRONG ? OTHER : m, "mod"),
		     1 << 20, &bytes, len, e))
		return false;
	*data = bytes;
	return true;
}

static inline bool feed_info(void *ctx, struct modver m, const char **data, size_t *len, struct err *e)
{
	struct feed *feed = ctx;
	char *bytes;

	if (feed->proxy == PROXY_FAILS)
		return err_set(e, ERR_NETWORK, "reading http://127.0.0.1/x: 403 Forbidden");
	if (!fs_read(&feed->f->a, cachepath_file(&feed->f->a, feed->f->up, m, "info"), 1 << 20,
		     &bytes, len, e))
		return false;
	*data = bytes;
	return true;
}

/* A plan and its results. */
struct outcome {
	struct plan plan;
	struct execute_result *results;
	size_t n;
};

static inline void outcome_release(struct outcome *out)
{
	plan_release(&out->plan);
}

static inline void carry_out(struct fix *f, enum proxy proxy, struct outcome *out)
{
	struct cache_trust trust = { fix_trust, f, "go.sum", "sumdb" };
	struct feed feed = { f, proxy };
	struct mend_fetch fetch = { feed_zip, feed_gomod, feed_info, &feed };

	mend_run(&f->a, &out->plan,
		 &(struct mend_options){
			 .root = f->root, .own_cache = f->own, .trust = &trust, .fetch = &fetch },
		 &out->results, &out->n);
}

/* With all, plans the repair of everything, not only of the target. */
static inline void plan_more(struct fix *f, bool all, struct outcome *out)
{
	struct cache_report *r = load(f);
	const struct modver mods[] = { TARGET };

	*out = (struct outcome){ 0 };
	repair_plan(&out->plan, r, all ? NULL : mods, all ? 0 : 1);
	cache_free(r);
}

static inline void repair_more(struct fix *f, enum proxy proxy, bool all, struct outcome *out)
{
	plan_more(f, all, out);
	carry_out(f, proxy, out);
}

static inline void repair(struct fix *f, enum proxy proxy, struct outcome *out)
{
	repair_more(f, proxy, false, out);
}

static inline enum execute_outcome outcome_of(const struct outcome *out)
{
	return out->n ? out->results[0].outcome : EXECUTE_NOTHING;
}

/* Undoes the change by a plan; returns the error's code. */
static inline enum err_code undo(struct fix *f, const char *id, struct outcome *out)
{
	struct err e = ERR_INIT;
	enum err_code code;

	*out = (struct outcome){ 0 };
	if (undo_plan(&out->plan, f->root, f->own, id, &e))
		carry_out(f, PROXY_FAILS, out);
	code = e.code;
	err_release(&e);
	return code;
}

/* Reports whether rel is a path of the plan, or inside a tree of it. */
static inline bool plan_names(const struct fix *f, const struct plan *p, const char *rel)
{
	for (size_t i = 0; i < p->n; i++) {
		const char *path = p->steps[i].path + strlen(f->root) + 1;
		size_t len = strlen(path);

		if (strncmp(path, rel, len) == 0 && (rel[len] == '/' || !rel[len]))
			return true;
	}
	return false;
}

/* Reports whether something at or below path is in a, and missing or different in b. */
static inline bool differs(const struct map *a, const struct map *b, const char *path)
{
	size_t len = strlen(path);

	for (size_t i = 0; i < a->n; i++) {
		const char *name = a->entries[i].key, *other = map_get(b, name);

		if (strncmp(name, path, len) == 0 && (name[len] == '/' || !name[len]) &&
		    (!other || !str_eq(other, a->entries[i].value)))
			return true;
	}
	return false;
}

/* Asserts that exactly the planned paths have changed; a lock file need not change. */
static inline void assert_as_planned(struct fix *f, const struct map *before, const struct plan *p,
			      const char *what)
{
	struct map now = fix_snapshot(f, f->root);

	for (size_t i = 0; i < now.n; i++) {
		const char *name = now.entries[i].key, *had = map_get(before, name);

		if ((!had || !str_eq(had, now.entries[i].value)) && !plan_names(f, p, name))
			fail_msg("%s: %s changed but is not in the plan", what, name);
	}
	for (size_t i = 0; i < before->n; i++)
		if (!map_has(&now, before->entries[i].key) &&
		    !plan_names(f, p, before->entries[i].key))
			fail_msg("%s: %s is gone but is not in the plan", what,
				 before->entries[i].key);
	for (size_t i = 0; i < p->n; i++) {
		const char *path = p->steps[i].path + strlen(f->root) + 1;

		if (plan_op_changes(p->steps[i].op) && !differs(&now, before, path) &&
		    !differs(before, &now, path))
			fail_msg("%s: %s is in the plan but did not change", what, path);
	}
	map_release(&now);
}

static inline void assert_same(struct fix *f, const struct map *want, const char *what)
{
	struct map now = fix_snapshot(f, f->root);

	for (size_t i = 0; i < want->n; i++) {
		const char *name = want->entries[i].key, *have = map_get(&now, name);

		if (!have || !str_eq(have, want->entries[i].value))
			fail_msg("%s: %s is %s, was %s", what, name, have ? have : "missing",
				 (char *)want->entries[i].value);
	}
	assert_int_equal(now.n, want->n);
	map_release(&now);
}

static inline void plan_prune(struct fix *f, struct outcome *out)
{
	const struct modver used[] = { TARGET };
	struct cache_report *r;
	struct err e = ERR_INIT;

	*out = (struct outcome){ 0 };
	assert_true(
		cache_load(&r,
			   &(struct cache_options){ .root = f->root, .used = used, .n_used = 1 },
			   NULL, 0, &e));
	assert_int_equal(r->n, 3);
	prune_plan(&out->plan, r);
	cache_free(r);
}

#endif
