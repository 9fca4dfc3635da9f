#include "cache/cache_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gofiles/cachepath.h"
#include "gofiles/gover.h"
#include "base/fs.h"
#include "base/map.h"
#include "gofiles/modpath.h"
#include "gofiles/semver.h"

#define MAX_DEPTH 100u /* of directories above a module version */
#define STALE 600      /* seconds after which a temporary file belongs to nobody */

/* One @v directory. */
struct unit {
	const char *path; /* of the module, unescaped */
	const char *dir;
	const char *const *wanted; /* versions; NULL: all that are there */
	size_t n_wanted;
};

struct tree {
	struct modver mod;
	const char *dir;
};

struct entries {
	struct cache_entry *items;
	size_t n, cap;
};

struct load {
	struct cache_report *r;
	const struct cache_options *o;
	struct arena *arena; /* the report's */
	VEC(struct unit) units;
	VEC(struct tree) trees;
	struct cache_others others;
	struct entries entries;
	pthread_mutex_t lock; /* of what follows, and of others, entries while threads run */
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

enum cache_part cache_part_of(const char *name, size_t *version_len)
{
	static const struct {
		const char *suffix;
		enum cache_part part;
	} suffixes[] = {
		{ ".info", CACHE_INFO }, { ".mod", CACHE_MOD },
		{ ".zip", CACHE_ZIP },	 { ".ziphash", CACHE_ZIPHASH },
		{ ".lock", CACHE_LOCK }, { ".partial", CACHE_PART_MARK },
	};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < ARRAY_LEN(suffixes); i++) {
		if (str_eq(dot, suffixes[i].suffix)) {
			*version_len = (size_t)(dot - name);
			return suffixes[i].part;
		}
	}
	return CACHE_FILES;
}

/* One @v directory while it is read. */
struct shelf {
	struct load *l;
	struct cache_worker *w;
	const struct unit *u;
	struct entries entries;
	struct map by_version; /* version -> index + 1 */
	struct cache_file list;
	VEC(const char *) mods; /* versions that have a .mod */
	struct cache_others others;
	uint64_t bytes, n_files;
};

static struct cache_entry *shelf_entry(struct shelf *s, const char *version)
{
	struct map_entry *m = map_find(&s->by_version, version);

	if (!m) {
		if (s->u->wanted)
			return NULL;
		vec_push(&s->entries,
			 (struct cache_entry){ .mod = { s->u->path, version }, .sum = "" });
		map_put(&s->by_version, version, (void *)(uintptr_t)s->entries.n);
		return &s->entries.items[s->entries.n - 1];
	}
	return &s->entries.items[(uintptr_t)m->value - 1];
}

static struct cache_file file_of(const struct stat *st)
{
	return (struct cache_file){ .mode = st->st_mode,
				    .size = st->st_size,
				    .mtime = st->st_mtime };
}

/* Puts a problem on an entry before it is judged. */
static struct cache_problem *early_problem(struct shelf *s, struct cache_entry *entry,
					   enum cache_part part, enum finding_severity severity,
					   enum cache_problem_kind kind, const char *name,
					   const char *text)
{
	struct arena *a = &s->w->arena;
	struct cache_problem *all = arena_calloc(a, entry->n_problems + 1, sizeof(*all)), *p;

	if (entry->n_problems)
		memcpy(all, entry->problems, entry->n_problems * sizeof(*all));
	s->w->problems.n = 0;
	p = cache_problem_add(s->w, part, severity, CACHE_FIX_REMOVE, kind,
			      arena_fmt(a, "%s/%s", s->u->dir, name), text);
	all[entry->n_problems] = *p;
	s->w->problems.n = 0;
	entry->problems = all;
	return &all[entry->n_problems++];
}

static void add_other(struct cache_others *others, enum cache_other_kind kind, const char *file,
		      const struct stat *st)
{
	vec_push(others, (struct cache_other){ .kind = kind,
					       .file = file,
					       .about = "",
					       .unproven = "",
					       .bytes = (uint64_t)st->st_size,
					       .n_files = 1 });
}

static const char *lower(struct arena *a, const char *s, size_t n)
{
	char *out = arena_strndup(a, s, n);

	for (char *p = out; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + ('a' - 'A'));
	return out;
}

/* Capital letters in a name: go never looks there, as it would write them with "!". */
static bool wrong_case(struct shelf *s, const char *name, size_t len)
{
	const char *version = arena_strndup(&s->w->arena, name, len);
	struct cache_entry *entry;

	if (str_eq(version, lower(&s->w->arena, name, len)))
		return false;
	if (!modpath_version_is_canonical_n(version, len))
		version = lower(&s->w->arena, name, len);
	if (!modpath_version_is_canonical_n(version, strlen(version)))
		return false;
	entry = shelf_entry(s, version);
	if (entry)
		early_problem(s, entry, CACHE_OTHER, FINDING_WARNING, CACHE_KIND_WRONG_CASE, name,
			      "its name is in the wrong letter case")
			->go_says = "never looks at it";
	return true;
}

/* "v1.0.0.zip123.tmp": the version it belongs to. */
static struct cache_entry *owner_of_tmp(struct shelf *s, const char *name)
{
	size_t len = strlen(name) - strlen(".tmp"), version_len;
	const char *base, *version;

	while (len && name[len - 1] >= '0' && name[len - 1] <= '9')
		len--;
	base = arena_strndup(&s->w->arena, name, len);
	if (cache_part_of(base, &version_len) == CACHE_FILES)
		return NULL;
	version = cachepath_unescape(&s->w->arena, base, version_len);
	return version && modpath_version_is_canonical_n(version, strlen(version))
		       ? shelf_entry(s, version)
		       : NULL;
}

static void shelve_tmp(struct shelf *s, const char *name, const struct stat *st)
{
	struct cache_entry *entry = owner_of_tmp(s, name);
	struct cache_problem *p;

	if (entry && st->st_mtime + STALE < time(NULL)) {
		p = early_problem(s, entry, CACHE_TMP, FINDING_WARNING, CACHE_KIND_TMP_STALE, name,
				  "a temporary file that nobody finished");
		p->found = arena_fmt(&s->w->arena, "%lld bytes", (long long)st->st_size);
		p->go_says = "never looks at it; removes those of a zip at the next download";
	} else if (!s->u->wanted) {
		add_other(&s->others, CACHE_OTHER_TMP,
			  arena_fmt(&s->w->arena, "%s/%s", s->u->dir, name), st);
	}
}

static void shelve(struct shelf *s, const char *name, const struct stat *st)
{
	struct arena *a = &s->w->arena;
	size_t len = 0;
	enum cache_part part = cache_part_of(name, &len);
	struct cache_entry *entry;
	const char *version;

	s->bytes += (uint64_t)st->st_size;
	s->n_files++;
	if (str_eq(name, "list")) {
		s->list = file_of(st);
		return;
	}
	if (str_has_suffix(name, ".tmp")) {
		shelve_tmp(s, name, st);
		return;
	}
	version = part != CACHE_FILES ? cachepath_unescape(a, name, len) : NULL;
	if (!version || !modpath_version_is_canonical_n(version, strlen(version))) {
		if ((part == CACHE_FILES || !wrong_case(s, name, len)) && !s->u->wanted)
			add_other(&s->others, CACHE_OTHER_STRAY,
				  arena_fmt(a, "%s/%s", s->u->dir, name), st);
		return;
	}
	/* rewriteVersionList looks at the escaped name, so versions with capitals are never listed */
	if (part == CACHE_MOD && modpath_version_is_canonical_n(name, len))
		vec_push(&s->mods, arena_strndup(a, name, len));
	entry = shelf_entry(s, version);
	if (!entry)
		return;
	entry->files[part] = file_of(st);
	entry->download_bytes += (uint64_t)st->st_size;
}

static void check_shelf_list(struct shelf *s)
{
	const char *file = arena_fmt(&s->w->arena, "%s/list", s->u->dir);
	struct cache_other other = { .kind = CACHE_OTHER_LIST,
				     .file = file,
				     .about = s->u->path,
				     .unproven = "",
				     .n_files = 1,
				     .bytes = (uint64_t)s->list.size };

	if (!s->list.mode)
		return;
	semver_sort(s->mods.items, s->mods.n);
	s->w->problems.n = 0;
	other.text = cache_check_list(s->w, file, &s->list, s->mods.items, s->mods.n);
	if (!s->w->problems.n)
		return;
	other.versions = arena_memdup(&s->w->arena, s->mods.items,
				      s->mods.n * sizeof(*s->mods.items));
	other.n_versions = s->mods.n;
	other.problems = arena_memdup(&s->w->arena, s->w->problems.items,
				      s->w->problems.n * sizeof(*other.problems));
	other.n_problems = s->w->problems.n;
	vec_push(&s->others, other);
}

/* A directory that cannot be read to its end says nothing about what is not there: the wanted files are asked for by name. */
static void shelf_unreadable(struct shelf *s, int errnum)
{
	struct cache_other other = {
		.kind = CACHE_OTHER_STRAY, .file = s->u->dir, .about = s->u->path, .unproven = ""
	};
	struct cache_problem *p;

	s->w->problems.n = 0;
	p = cache_other_problem(s->w, FINDING_ERROR, CACHE_KIND_UNREADABLE, s->u->dir,
				"the directory cannot be read");
	p->fix = CACHE_FIX_NONE;
	p->found = arena_strdup(&s->w->arena, err_errno_text(errnum));
	p->go_says = "reads the files that it needs by their names";
	p->remedy = "look at the file system and its permissions";
	cache_take_problems(s->w, &other);
	vec_push(&s->others, other);
	for (size_t i = 0; i < s->u->n_wanted; i++) {
		struct cache_entry *entry = &s->entries.items[i];

		entry->download_bytes = 0;
		for (unsigned part = 0; part < CACHE_TREE; part++) {
			const char *file = cachepath_file(&s->w->arena, s->l->r->root, entry->mod,
							  cache_part_name((enum cache_part)part));
			struct stat st;

			if (lstat(file, &st))
				continue;
			entry->files[part] = file_of(&st);
			entry->download_bytes += (uint64_t)st.st_size;
		}
	}
}

static void read_shelf(struct shelf *s)
{
	int fd = open(s->u->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *d;
	struct stat st;

	if (!dir) {
		if (errno != ENOENT && errno != ENOTDIR)
			shelf_unreadable(s, errno);
		if (fd >= 0)
			close(fd);
		return;
	}
	while (errno = 0, (d = readdir(dir))) {
		if (str_eq(d->d_name, ".") || str_eq(d->d_name, ".."))
			continue;
		if (fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW)) {
			if (errno == ENOENT)
				continue;
			/* it is there: what is wrong with it comes out when it is read */
			st = (struct stat){ .st_mode = S_IFREG | 0444 };
		}
		shelve(s, d->d_name, &st);
	}
	if (errno) {
		s->list.mode = 0; /* not all versions are known */
		shelf_unreadable(s, errno);
	}
	closedir(dir);
}

static void run_unit(void *ctx, size_t i)
{
	struct load *l = ctx;
	struct shelf s = { .l = l, .u = &l->units.items[i] };

	if (cancel_is_set(l->o->cancel))
		return;
	s.w = take_worker(l);
	for (size_t j = 0; j < s.u->n_wanted; j++) {
		const char *version = s.u->wanted[j];

		vec_push(&s.entries, (struct cache_entry){ .mod = { s.u->path, version },
							   .sum = "",
							   .used = true });
		map_put(&s.by_version, version, (void *)(uintptr_t)s.entries.n);
	}
	read_shelf(&s);
	check_shelf_list(&s);
	pthread_mutex_lock(&l->lock);
	for (size_t j = 0; j < s.entries.n; j++)
		vec_push(&l->entries, s.entries.items[j]);
	for (size_t j = 0; j < s.others.n; j++)
		vec_push(&l->others, s.others.items[j]);
	l->bytes += s.bytes;
	l->n_files += s.n_files;
	pthread_mutex_unlock(&l->lock);
	map_release(&s.by_version);
	vec_release(&s.entries);
	vec_release(&s.others);
	vec_release(&s.mods);
	give_worker(l, s.w);
}

static int compare_mods(const struct modver *a, const struct modver *b)
{
	int c = strcmp(a->path, b->path);

	return c ? c : semver_order(a->version, b->version);
}

static int compare_entries(const void *a, const void *b)
{
	return compare_mods(&((const struct cache_entry *)a)->mod,
			    &((const struct cache_entry *)b)->mod);
}

static int compare_trees(const void *a, const void *b)
{
	return compare_mods(&((const struct tree *)a)->mod, &((const struct tree *)b)->mod);
}

static int compare_modvers(const void *a, const void *b)
{
	return compare_mods(a, b);
}

/* A directory of GOMODCACHE that holds module trees, deeper down or right here. */
static void find_trees(struct load *l, const char *dir, const char *rel, unsigned depth);

static void take_tree(struct load *l, const char *dir, const char *rel)
{
	const char *at = strrchr(rel, '@');
	const char *path = cachepath_unescape(l->arena, rel, (size_t)(at - rel));
	const char *version = cachepath_unescape(l->arena, at + 1, strlen(at + 1));
	struct stat st;

	if (path && version && modpath_version_is_canonical_n(version, strlen(version))) {
		vec_push(&l->trees, (struct tree){ { path, version }, dir });
	} else if (lstat(dir, &st) == 0) {
		struct cache_other o = { .kind = strstr(at, ".tmp-") ? CACHE_OTHER_TMP
								     : CACHE_OTHER_STRAY,
					 .file = dir,
					 .about = "",
					 .unproven = "" };
		int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		if (fd >= 0)
			cache_walk(fd, &o.bytes, &o.n_files);
		vec_push(&l->others, o);
	}
}

static void find_trees(struct load *l, const char *dir, const char *rel, unsigned depth)
{
	DIR *d = depth > MAX_DEPTH ? NULL : opendir(dir);
	struct dirent *ent;

	if (!d)
		return;
	while ((ent = readdir(d))) {
		const char *name = ent->d_name, *full, *below;
		struct stat st;

		if (str_eq(name, ".") || str_eq(name, "..") || (!*rel && str_eq(name, "cache")))
			continue;
		full = arena_fmt(l->arena, "%s/%s", dir, name);
		below = *rel ? arena_fmt(l->arena, "%s/%s", rel, name)
			     : arena_strdup(l->arena, name);
		if (strchr(name, '@'))
			take_tree(l, full, below);
		else if (ent->d_type == DT_DIR || (ent->d_type == DT_UNKNOWN && fs_is_dir(full)))
			find_trees(l, full, below, depth + 1);
		else if (lstat(full, &st) == 0)
			add_other(&l->others, CACHE_OTHER_STRAY, full, &st);
	}
	closedir(d);
}

static void take_unit(struct load *l, const char *dir, const char *rel)
{
	const char *path = cachepath_unescape(l->arena, rel, strlen(rel));
	struct cache_other o = {
		.kind = CACHE_OTHER_STRAY, .file = dir, .about = "", .unproven = ""
	};
	int fd;

	if (path) {
		vec_push(&l->units, (struct unit){ .path = path, .dir = dir });
		return;
	}
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		cache_walk(fd, &o.bytes, &o.n_files);
	vec_push(&l->others, o);
}

static void find_units(struct load *l, const char *dir, const char *rel, unsigned depth)
{
	DIR *d = depth > MAX_DEPTH ? NULL : opendir(dir);
	struct dirent *ent;

	if (!d)
		return;
	while ((ent = readdir(d))) {
		const char *name = ent->d_name, *full;
		struct stat st;

		if (str_eq(name, ".") || str_eq(name, "..") || (!*rel && str_eq(name, "sumdb")))
			continue;
		full = arena_fmt(l->arena, "%s/%s", dir, name);
		if (ent->d_type != DT_DIR && !(ent->d_type == DT_UNKNOWN && fs_is_dir(full))) {
			if (lstat(full, &st) == 0)
				add_other(&l->others, CACHE_OTHER_STRAY, full, &st);
		} else if (str_eq(name, "@v")) {
			take_unit(l, full, rel);
		} else {
			find_units(l, full,
				   *rel ? arena_fmt(l->arena, "%s/%s", rel, name)
					: arena_strdup(l->arena, name),
				   depth + 1);
		}
	}
	closedir(d);
}

/* The wanted modules by path, each path with its versions. */
static void wanted_units(struct load *l, const struct modver *mods, size_t n)
{
	struct modver *sorted = arena_memdup(l->arena, mods, n * sizeof(*mods));
	const char **versions = arena_calloc(l->arena, n, sizeof(*versions));
	size_t k = 0;

	if (n)
		qsort(sorted, n, sizeof(*sorted), compare_modvers);
	for (size_t i = 0; i < n; i++) {
		struct unit *last = l->units.n ? &l->units.items[l->units.n - 1] : NULL;
		const char *version = arena_strdup(l->arena, sorted[i].version);

		if (gover_is_toolchain(sorted[i].path) || !*version)
			continue;
		if (last && str_eq(last->path, sorted[i].path)) {
			if (str_eq(versions[k - 1], version))
				continue;
			last->n_wanted++;
		} else {
			const char *path = arena_strdup(l->arena, sorted[i].path);

			vec_push(&l->units,
				 (struct unit){ path, cachepath_dir(l->arena, l->r->root, path),
						versions + k, 1 });
		}
		versions[k++] = version;
	}
}

/* Trees without anything in cache/download become entries of their own. */
static void join_trees(struct load *l)
{
	size_t n = l->entries.n, i = 0;

	if (l->trees.n)
		qsort(l->trees.items, l->trees.n, sizeof(*l->trees.items), compare_trees);
	for (size_t j = 0; j < l->trees.n; j++) {
		const struct modver *m = &l->trees.items[j].mod;

		while (i < n && compare_mods(&l->entries.items[i].mod, m) < 0)
			i++;
		if (i == n || compare_mods(&l->entries.items[i].mod, m) != 0)
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

		while (j < o->n_used && compare_mods(&o->used[j], &entry->mod) < 0)
			j++;
		entry->used |= j < o->n_used && compare_mods(&o->used[j], &entry->mod) == 0;
	}
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
		entry->files[CACHE_TREE] = file_of(&st);
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

	cache_check_vcs(w, &l->others);
	cache_check_sumdb(w, &l->others);
	give_worker(l, w);
}

static void finish(struct load *l)
{
	struct cache_report *r = l->r;

	end_workers(l);
	r->n = l->entries.n;
	r->entries = arena_memdup(l->arena, l->entries.items, r->n * sizeof(*r->entries));
	if (l->others.n)
		qsort(l->others.items, l->others.n, sizeof(*l->others.items), compare_others);
	r->n_others = l->others.n;
	r->others = arena_memdup(l->arena, l->others.items, r->n_others * sizeof(*r->others));
	r->bytes = l->bytes;
	r->n_files = l->n_files;
	for (size_t i = 0; i < r->n; i++)
		r->states[r->entries[i].state]++;
	for (size_t i = 0; i < r->n_others; i++) {
		/* lists, temporary files and strays in @v were counted with their directory */
		if (r->others[i].kind == CACHE_OTHER_VCS ||
		    r->others[i].kind == CACHE_OTHER_SUMDB) {
			r->bytes += r->others[i].bytes;
			r->n_files += r->others[i].n_files;
		}
	}
	vec_release(&l->units);
	vec_release(&l->trees);
	vec_release(&l->others);
	vec_release(&l->entries);
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

bool cache_load(struct cache_report **out, const struct cache_options *o, const struct modver *mods,
		size_t n, struct err *e)
{
	struct load l = { .o = o };
	unsigned threads = o->threads ? o->threads : par_cpus();
	struct cache_report *r;

	if (!root_is_readable(o->root, e))
		return false;
	r = xcalloc(1, sizeof(*r));
	l.r = r;
	l.arena = &r->arena;
	r->root = arena_strdup(&r->arena, o->root);
	r->whole = !mods;
	r->hashed = o->hash;
	pthread_mutex_init(&l.lock, NULL);
	if (mods)
		wanted_units(&l, mods, n);
	else
		find_units(&l, arena_fmt(&r->arena, "%s/cache/download", r->root), "", 0);
	par_for(l.units.n, threads, run_unit, &l);
	sort_entries(&l);
	if (!mods) {
		find_trees(&l, r->root, "", 0);
		join_trees(&l);
		sort_entries(&l);
		load_others(&l);
		mark_used(&l);
	}
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
		cache_check_repository(w, &l.others, file);
	else
		cache_check_database(w, &l.others, file);
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

void cache_free(struct cache_report *r)
{
	if (!r)
		return;
	arena_release(&r->arena);
	free(r);
}

const struct cache_entry *cache_find(const struct cache_report *r, struct modver m)
{
	struct cache_entry want = { .mod = m };

	return r->n ? bsearch(&want, r->entries, r->n, sizeof(*r->entries), compare_entries) : NULL;
}

const struct cache_entry *cache_find_path(const struct cache_report *r, const char *path)
{
	size_t lo = 0, hi = r->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(r->entries[mid].mod.path, path) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < r->n && str_eq(r->entries[lo].mod.path, path) ? &r->entries[lo] : NULL;
}

static void add_findings(struct findings *fs, const struct cache_problem *problems, size_t n,
			 struct modver m)
{
	for (size_t i = 0; i < n; i++) {
		const struct cache_problem *p = &problems[i];
		const char *subject = *m.path ? arena_fmt(fs->arena, "%s@%s", m.path, m.version)
					      : p->file;
		struct finding *f;

		if (p->severity < FINDING_WARNING)
			continue;
		f = finding_add(fs, p->severity, cache_kind_name(p->kind), subject,
				arena_fmt(fs->arena, "%s: %s", cache_part_name(p->part),
					  p->problem));
		f->mod.path = arena_strdup(fs->arena, m.path);
		f->mod.version = arena_strdup(fs->arena, m.version);
		f->file = arena_strdup(fs->arena, p->file);
		f->expected = arena_strdup(fs->arena, p->expected);
		f->found = arena_strdup(fs->arena, p->found);
		f->go_says = arena_strdup(fs->arena, p->go_says);
		f->remedy = arena_strdup(fs->arena, p->remedy);
	}
}

void cache_findings(const struct cache_report *r, struct findings *fs)
{
	for (size_t i = 0; i < r->n; i++)
		add_findings(fs, r->entries[i].problems, r->entries[i].n_problems,
			     r->entries[i].mod);
	for (size_t i = 0; i < r->n_others; i++)
		add_findings(fs, r->others[i].problems, r->others[i].n_problems,
			     (struct modver){ "", "" });
}

const char *cache_kind_name(enum cache_problem_kind kind)
{
	static const char *const names[] = {
		[CACHE_KIND_INFO_GARBAGE] = "cache/info-garbage",
		[CACHE_KIND_INFO_KIND] = "cache/info-kind",
		[CACHE_KIND_INFO_MISSING] = "cache/info-missing",
		[CACHE_KIND_INFO_TIME] = "cache/info-time",
		[CACHE_KIND_INFO_VERSION] = "cache/info-version",
		[CACHE_KIND_MOD_GARBAGE] = "cache/mod-garbage",
		[CACHE_KIND_MOD_KIND] = "cache/mod-kind",
		[CACHE_KIND_MOD_MISSING] = "cache/mod-missing",
		[CACHE_KIND_MOD_MODIFIED] = "cache/mod-modified",
		[CACHE_KIND_ZIP_BROKEN] = "cache/zip-broken",
		[CACHE_KIND_ZIP_DIRECTORIES] = "cache/zip-directories",
		[CACHE_KIND_ZIP_KIND] = "cache/zip-kind",
		[CACHE_KIND_ZIP_MISSING] = "cache/zip-missing",
		[CACHE_KIND_ZIP_MODIFIED] = "cache/zip-modified",
		[CACHE_KIND_ZIP_NAMES] = "cache/zip-names",
		[CACHE_KIND_ZIPHASH_EMPTY] = "cache/ziphash-empty",
		[CACHE_KIND_ZIPHASH_GARBAGE] = "cache/ziphash-garbage",
		[CACHE_KIND_ZIPHASH_KIND] = "cache/ziphash-kind",
		[CACHE_KIND_ZIPHASH_MISSING] = "cache/ziphash-missing",
		[CACHE_KIND_ZIPHASH_WRONG] = "cache/ziphash-wrong",
		[CACHE_KIND_LOCK_KIND] = "cache/lock-kind",
		[CACHE_KIND_LOCK_STALE] = "cache/lock-stale",
		[CACHE_KIND_PARTIAL] = "cache/partial",
		[CACHE_KIND_PARTIAL_KIND] = "cache/partial-kind",
		[CACHE_KIND_TREE_BROKEN] = "cache/tree-broken",
		[CACHE_KIND_TREE_EMPTY] = "cache/tree-empty",
		[CACHE_KIND_TREE_FILE_EXTRA] = "cache/tree-file-extra",
		[CACHE_KIND_TREE_FILE_KIND] = "cache/tree-file-kind",
		[CACHE_KIND_TREE_FILE_MISSING] = "cache/tree-file-missing",
		[CACHE_KIND_TREE_FILE_MODIFIED] = "cache/tree-file-modified",
		[CACHE_KIND_TREE_FILE_WRITABLE] = "cache/tree-file-writable",
		[CACHE_KIND_TREE_KIND] = "cache/tree-kind",
		[CACHE_KIND_TREE_MISSING] = "cache/tree-missing",
		[CACHE_KIND_TREE_MODIFIED] = "cache/tree-modified",
		[CACHE_KIND_TREE_ORPHAN] = "cache/tree-orphan",
		[CACHE_KIND_FORGED] = "cache/forged",
		[CACHE_KIND_MISMATCH] = "cache/mismatch",
		[CACHE_KIND_UNREADABLE] = "cache/unreadable",
		[CACHE_KIND_WRONG_CASE] = "cache/wrong-case",
		[CACHE_KIND_LIST_GARBAGE] = "cache/list-garbage",
		[CACHE_KIND_LIST_KIND] = "cache/list-kind",
		[CACHE_KIND_TMP_STALE] = "cache/tmp-stale",
		[CACHE_KIND_SUMDB_LATEST] = "cache/sumdb-latest",
		[CACHE_KIND_SUMDB_LOOKUP] = "cache/sumdb-lookup",
		[CACHE_KIND_SUMDB_TILE] = "cache/sumdb-tile",
		[CACHE_KIND_VCS_BROKEN] = "cache/vcs-broken",
		[CACHE_KIND_VCS_INFO] = "cache/vcs-info",
		[CACHE_KIND_VCS_LOCK] = "cache/vcs-lock",
		[CACHE_KIND_VCS_OBJECT] = "cache/vcs-object",
		[CACHE_KIND_VCS_REFS] = "cache/vcs-refs",
	};

	return names[kind];
}

const char *cache_other_kind_name(enum cache_other_kind kind)
{
	static const char *const names[] = { "list", "stray", "sumdb", "tmp", "vcs" };

	return names[kind];
}

const char *cache_state_name(enum cache_state state)
{
	static const char *const names[] = { "ok",     "unverified", "absent",	 "locked",
					     "orphan", "partial",    "mismatch", "damaged" };

	return names[state];
}

const char *cache_part_name(enum cache_part part)
{
	static const char *const names[] = { "info",	"mod",	"zip", "ziphash", "lock",
					     "partial", "tree", "tmp", "list",	  "other" };

	return names[part];
}

const char *cache_fix_name(enum cache_fix fix)
{
	static const char *const names[] = {
		"none",	     "fetch again",  "write the hash again", "extract again",
		"move away", "set the mode", "write the list again"
	};

	return names[fix];
}

size_t cache_other_versions(const struct cache_report *r, const struct cache_entry *entry)
{
	size_t i = (size_t)(entry - r->entries), n = 0;

	for (size_t j = i; j > 0 && str_eq(r->entries[j - 1].mod.path, entry->mod.path); j--)
		n++;
	for (size_t j = i + 1; j < r->n && str_eq(r->entries[j].mod.path, entry->mod.path); j++)
		n++;
	return n;
}
