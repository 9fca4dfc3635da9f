#include "cache/cache_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gofiles/cachepath.h"

#define SPARE 16u     /* descriptors to leave free */
#define SPARE_EACH 6u /* and by each thread */

struct load {
	struct cache_report *r;
	const struct cache_options *o;
	struct arena *arena; /* the report's */
	struct cache_scan scan;
	struct cache_entries entries;
	pthread_mutex_t
		lock; /* of what follows, and of entries and scan.others while threads run */
	VEC(struct cache_worker *) idle;
	size_t done;
	uint64_t bytes, n_files;
};

static struct cache_worker *take_worker(struct load *l)
{
	struct cache_worker *w = NULL;

	pthread_mutex_lock(&l->lock);
	if (l->idle.n)
		w = l->idle.items[--l->idle.n];
	pthread_mutex_unlock(&l->lock);
	if (!w) {
		w = xcalloc(1, sizeof(*w));
		w->o = l->o;
	}
	w->problems.n = 0;
	return w;
}

static void give_worker(struct load *l, struct cache_worker *w)
{
	pthread_mutex_lock(&l->lock);
	vec_push(&l->idle, w);
	pthread_mutex_unlock(&l->lock);
}

static void end_workers(struct load *l)
{
	for (size_t i = 0; i < l->idle.n; i++) {
		struct cache_worker *w = l->idle.items[i];

		arena_combine(l->arena, &w->arena);
		hasher_free(w->hasher);
		vec_release(&w->problems);
		free(w);
	}
	vec_release(&l->idle);
}

static void run_unit(void *ctx, size_t i)
{
	struct load *l = ctx;
	struct cache_shelf shelf = { 0 };
	struct cache_worker *w;

	if (cancel_is_set(l->o->cancel))
		return;
	w = take_worker(l);
	cache_shelf_read(w, &l->scan.units.items[i], &shelf);
	pthread_mutex_lock(&l->lock);
	for (size_t j = 0; j < shelf.entries.n; j++)
		vec_push(&l->entries, shelf.entries.items[j]);
	for (size_t j = 0; j < shelf.others.n; j++)
		vec_push(&l->scan.others, shelf.others.items[j]);
	l->bytes += shelf.bytes;
	l->n_files += shelf.n_files;
	pthread_mutex_unlock(&l->lock);
	vec_release(&shelf.entries);
	vec_release(&shelf.others);
	give_worker(l, w);
}

static int compare_entries(const void *a, const void *b)
{
	return cache_compare_mods(&((const struct cache_entry *)a)->mod,
				  &((const struct cache_entry *)b)->mod);
}

static int compare_trees(const void *a, const void *b)
{
	return cache_compare_mods(&((const struct cache_tree *)a)->mod,
				  &((const struct cache_tree *)b)->mod);
}

/* Trees without anything in cache/download become entries of their own. */
static void join_trees(struct load *l)
{
	size_t n = l->entries.n, i = 0;

	if (l->scan.trees.n)
		qsort(l->scan.trees.items, l->scan.trees.n, sizeof(*l->scan.trees.items),
		      compare_trees);
	for (size_t j = 0; j < l->scan.trees.n; j++) {
		const struct modver *m = &l->scan.trees.items[j].mod;

		while (i < n && cache_compare_mods(&l->entries.items[i].mod, m) < 0)
			i++;
		if (i == n || cache_compare_mods(&l->entries.items[i].mod, m) != 0)
			vec_push(&l->entries, (struct cache_entry){ .mod = *m, .sum = "" });
	}
}

static void sort_entries(struct load *l)
{
	if (l->entries.n)
		qsort(l->entries.items, l->entries.n, sizeof(*l->entries.items), compare_entries);
}

static void mark_used(struct load *l)
{
	const struct cache_options *o = l->o;

	for (size_t i = 0, j = 0; i < l->entries.n; i++) {
		struct cache_entry *entry = &l->entries.items[i];

		while (j < o->n_used && cache_compare_mods(&o->used[j], &entry->mod) < 0)
			j++;
		entry->used |= j < o->n_used && cache_compare_mods(&o->used[j], &entry->mod) == 0;
	}
}

/* A tree alone: its downloads may be in a directory that cannot be read. Wanted entries have been looked up. */
static void look_again(const struct load *l, struct cache_worker *w, struct cache_entry *entry)
{
	if (!l->r->whole)
		return;
	for (unsigned part = 0; part < CACHE_TREE; part++)
		if (entry->files[part].mode)
			return;
	cache_shelf_look(w, entry);
}

static void run_entry(void *ctx, size_t i)
{
	struct load *l = ctx;
	struct cache_entry *entry = &l->entries.items[i];
	struct cache_worker *w;
	struct stat st;
	size_t done;

	if (cancel_is_set(l->o->cancel))
		return;
	w = take_worker(l);
	if (l->o->hash && !w->hasher)
		w->hasher = hasher_new();
	for (size_t j = 0; j < entry->n_problems; j++)
		vec_push(&w->problems, entry->problems[j]);
	entry->n_problems = 0;
	if (lstat(cachepath_tree(&w->arena, l->r->root, entry->mod), &st) == 0)
		entry->files[CACHE_TREE] = cache_file_of(&st);
	else if (errno != ENOENT && errno != ENOTDIR)
		entry->tree_errno = errno;
	look_again(l, w, entry);
	cache_check_entry(w, entry);
	give_worker(l, w);
	pthread_mutex_lock(&l->lock);
	done = ++l->done;
	l->bytes += entry->tree_bytes;
	l->n_files += entry->tree_files;
	pthread_mutex_unlock(&l->lock);
	if (l->o->progress)
		l->o->progress(l->o->ctx, done, l->entries.n, entry->mod);
}

static int compare_others(const void *va, const void *vb)
{
	const struct cache_other *a = va, *b = vb;

	return a->kind != b->kind ? (a->kind < b->kind ? -1 : 1) : strcmp(a->file, b->file);
}

static void load_others(struct load *l)
{
	struct cache_worker *w = take_worker(l);

	cache_check_vcs(w, &l->scan.others);
	cache_check_sumdb(w, &l->scan.others);
	give_worker(l, w);
}

static void finish(struct load *l)
{
	struct cache_report *r = l->r;

	end_workers(l);
	r->n = l->entries.n;
	/* taken over, trimmed to size */
	r->entries = xreallocarray(l->entries.items, r->n + 1, sizeof(*r->entries));
	if (l->scan.others.n)
		qsort(l->scan.others.items, l->scan.others.n, sizeof(*l->scan.others.items),
		      compare_others);
	r->n_others = l->scan.others.n;
	r->others = arena_memdup(l->arena, l->scan.others.items, r->n_others * sizeof(*r->others));
	r->bytes = l->bytes;
	r->n_files = l->n_files;
	for (size_t i = 0; i < r->n; i++) {
		r->states[r->entries[i].state]++;
		r->n_writable += r->entries[i].tree_writable;
		r->n_writable_trees += r->entries[i].tree_writable > 0;
	}
	for (size_t i = 0; i < r->n_others; i++) {
		/* lists, temporary files and strays in @v were counted with their directory */
		if (r->others[i].kind == CACHE_OTHER_VCS ||
		    r->others[i].kind == CACHE_OTHER_SUMDB) {
			r->bytes += r->others[i].bytes;
			r->n_files += r->others[i].n_files;
		}
	}
	vec_release(&l->scan.units);
	vec_release(&l->scan.trees);
	vec_release(&l->scan.others);
}

static bool root_is_readable(const char *root, struct err *e)
{
	DIR *d = opendir(root);

	if (!d)
		return errno == ENOENT ||
		       err_sys(e, errno, "open %s", root); /* no cache yet is an empty one */
	closedir(d);
	return true;
}

/* A file that cannot be opened looks absent or damaged: fail early if descriptors are short. */
static bool has_descriptors(const char *root, unsigned n, struct err *e)
{
	int *fds = xcalloc(n, sizeof(*fds)), errnum = 0;
	unsigned got = 0;

	while (got < n && !errnum) {
		fds[got] = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fds[got] < 0)
			errnum = errno;
		else
			got++;
	}
	while (got)
		close(fds[--got]);
	free(fds);
	return (errnum != EMFILE && errnum != ENFILE) || err_sys(e, errnum, "open %s", root);
}

/* Finds the entries and all other files. */
static void find_all(struct load *l, const struct modver *mods, size_t n, unsigned threads)
{
	l->scan.w = take_worker(l);
	if (mods)
		cache_scan_wanted(&l->scan, mods, n);
	else
		cache_scan_units(&l->scan);
	give_worker(l, l->scan.w);
	par_for(l->scan.units.n, threads, run_unit, l);
	sort_entries(l);
	if (mods)
		return;
	l->scan.w = take_worker(l);
	cache_scan_trees(&l->scan);
	give_worker(l, l->scan.w);
	join_trees(l);
	sort_entries(l);
	load_others(l);
	mark_used(l);
}

bool cache_load(struct cache_report **out, const struct cache_options *o, const struct modver *mods,
		size_t n, struct err *e)
{
	struct load l = { .o = o };
	unsigned threads = o->threads ? o->threads : par_cpus();
	struct cache_report *r;

	if (!has_descriptors(o->root,
			     SPARE + SPARE_EACH * MIN(threads, 16u) + (mods ? 0 : CACHE_MAX_DEPTH),
			     e) ||
	    !root_is_readable(o->root, e))
		return false;
	r = xcalloc(1, sizeof(*r));
	l.r = r;
	l.arena = l.scan.arena = &r->arena;
	r->root = l.scan.root = arena_strdup(&r->arena, o->root);
	r->whole = !mods;
	r->hashed = o->hash;
	pthread_mutex_init(&l.lock, NULL);
	find_all(&l, mods, n, threads);
	par_for(l.entries.n, threads, run_entry, &l);
	finish(&l);
	pthread_mutex_destroy(&l.lock);
	if (cancel_is_set(o->cancel)) {
		cache_free(r);
		return err_set(e, ERR_CANCELLED, "cancelled");
	}
	*out = r;
	return true;
}

bool cache_load_other(struct cache_report **out, const struct cache_options *o,
		      enum cache_other_kind kind, const char *file, struct err *e)
{
	struct cache_report *r = xcalloc(1, sizeof(*r));
	struct load l = { .o = o, .r = r, .arena = &r->arena };
	struct cache_worker *w;

	pthread_mutex_init(&l.lock, NULL);
	w = take_worker(&l);
	file = arena_strdup(&r->arena, file);
	r->root = arena_strdup(&r->arena, o->root);
	r->hashed = o->hash;
	if (kind == CACHE_OTHER_VCS)
		cache_check_repository(w, &l.scan.others, file);
	else
		cache_check_database(w, &l.scan.others, file);
	give_worker(&l, w);
	finish(&l);
	pthread_mutex_destroy(&l.lock);
	if (cancel_is_set(o->cancel)) {
		cache_free(r);
		return err_set(e, ERR_CANCELLED, "cancelled");
	}
	*out = r;
	return true;
}
