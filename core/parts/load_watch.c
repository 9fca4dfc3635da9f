#include "parts/load_private.h"

#include "cache/cache.h"
#include "git/gitstate.h"
#include "gofiles/cachepath.h"

/* Watches the files that the settings name, not those of the graph: also a go.mod that is not readable yet. */
static size_t watch_project(const void *data, struct watch *w, size_t from, size_t n)
{
	const struct load_env *le = data;
	size_t end = MIN(le->n_files, from + n);

	for (size_t i = from; i < end; i++)
		watch_add(w, le->files[i], LOAD_CHANGED_PROJECT);
	for (size_t i = 0; i < le->n_above && end == le->n_files; i++)
		watch_add_quiet(w, le->above[i], LOAD_CHANGED_PROJECT);
	return le->n_files - end;
}

static size_t watch_sources(const void *data, struct watch *w, size_t from, size_t n)
{
	const struct load_tidy *lt = data;
	size_t end = MIN(lt->n_dirs, from + n);

	for (size_t i = from; i < end; i++)
		watch_add_dir(w, lt->dirs[i], LOAD_CHANGED_SOURCE);
	for (size_t i = 0; i < lt->n_linked && end == lt->n_dirs; i++)
		watch_add(w, lt->linked[i], LOAD_CHANGED_SOURCE);
	return lt->n_dirs - end;
}

/* Each entry's files and the top of its tree: verification notices deeper changes. */
static size_t watch_cache(const void *data, struct watch *w, size_t from, size_t n)
{
	const struct cache_report *r = ((const struct load_cache *)data)->report;
	size_t end = MIN(r->n, from + n);
	struct arena a = ARENA_INIT;

	for (size_t i = from; i < end; i++) {
		const struct cache_entry *en = &r->entries[i];

		watch_add_dir(w, cachepath_dir(&a, r->root, en->mod.path), LOAD_CHANGED_CACHE);
		if (en->files[CACHE_TREE].mode)
			watch_add_dir(w, cachepath_tree(&a, r->root, en->mod), LOAD_CHANGED_CACHE);
	}
	arena_release(&a);
	return r->n - end;
}

/* The directories of vendored packages, and those above. */
static size_t watch_vendored(const void *data, struct watch *w, size_t from, size_t n)
{
	const struct vendor_report *r = &((const struct load_vendored *)data)->report;
	size_t end = MIN(r->n_dirs, from + n);

	for (size_t i = from; i < end; i++)
		watch_add_dir(w, r->dirs[i], LOAD_CHANGED_VENDOR);
	return r->n_dirs - end;
}

static size_t watch_git(const void *data, struct watch *w, size_t from, size_t n)
{
	const struct gitstate *s = data;
	const char *const names[] = { "HEAD", "index", s->ref };

	(void)from;
	(void)n;
	for (size_t i = 0; s->there && i < ARRAY_LEN(names); i++) {
		char *file = xasprintf("%s%s", s->dir, names[i]);

		if (names[i][0])
			watch_add(w, file, LOAD_CHANGED_GIT);
		free(file);
	}
	return 0;
}

/* Each adds up to n items from a position on and returns how many are left. */
static const struct {
	enum request_part part;
	size_t (*some)(const void *data, struct watch *w, size_t from, size_t n);
} watched[] = {
	{ PART_ENV, watch_project },	 { PART_GIT, watch_git },     { PART_TIDY, watch_sources },
	{ PART_VENDOR, watch_vendored }, { PART_CACHE, watch_cache },
};

void load_watch_begin(struct load_watching *lw, const struct snapshot *s, struct watch *w)
{
	load_watch_release(lw);
	lw->s = snapshot_ref((struct snapshot *)(uintptr_t)s);
	watch_begin(w);
}

bool load_watch_some(struct load_watching *lw, struct watch *w, size_t n)
{
	const struct part *p;

	if (!lw->s)
		return false;
	p = snapshot_part(lw->s, REQUEST(watched[lw->part].part));
	if (p && watched[lw->part].some(p->data, w, lw->at, n) && !watch_full(w)) {
		lw->at += n;
		return true;
	}
	lw->part++;
	lw->at = 0;
	if (lw->part < (int)ARRAY_LEN(watched) && !watch_full(w))
		return true;
	watch_end(w);
	load_watch_release(lw);
	return false;
}

void load_watch_release(struct load_watching *lw)
{
	snapshot_unref(lw->s);
	*lw = (struct load_watching){ NULL, 0, 0 };
}
