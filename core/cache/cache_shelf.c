#include "cache/cache_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "gofiles/cachepath.h"
#include "gofiles/modpath.h"
#include "gofiles/semver.h"

#define STALE 600 /* seconds after which a temporary file is stale */

/* One @v directory while it is read. */
struct reading {
	struct cache_worker *w;
	const struct cache_unit *u;
	struct cache_shelf *out;
	struct map by_version; /* version -> index + 1 of out->entries */
	struct cache_file list;
	VEC(const char *) mods; /* versions that have a .mod */
};

static enum cache_part part_of(const char *name, size_t *version_len)
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

static struct cache_entry *shelf_entry(struct reading *s, const char *version)
{
	struct map_entry *m = map_find(&s->by_version, version);

	if (!m) {
		if (s->u->wanted)
			return NULL;
		vec_push(&s->out->entries,
			 (struct cache_entry){ .mod = { s->u->path, version }, .sum = "" });
		map_put(&s->by_version, version, (void *)(uintptr_t)s->out->entries.n);
		return &s->out->entries.items[s->out->entries.n - 1];
	}
	return &s->out->entries.items[(uintptr_t)m->value - 1];
}

/* Adds a problem to an entry before it is checked. */
static struct cache_problem *early_problem(struct reading *s, struct cache_entry *entry,
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

static const char *lower(struct arena *a, const char *s, size_t n)
{
	char *out = arena_strndup(a, s, n);

	for (char *p = out; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + ('a' - 'A'));
	return out;
}

/* Capital letters in a name: go never opens it, as it would escape them with "!". */
static bool wrong_case(struct reading *s, const char *name, size_t len)
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
			      "its name has the wrong letter case")
			->go_says = "never looks at it";
	return true;
}

/* "v1.0.0.zip123.tmp": the version it belongs to. */
static struct cache_entry *owner_of_tmp(struct reading *s, const char *name)
{
	size_t len = strlen(name) - strlen(".tmp"), version_len;
	const char *base, *version;

	while (len && name[len - 1] >= '0' && name[len - 1] <= '9')
		len--;
	base = arena_strndup(&s->w->arena, name, len);
	if (part_of(base, &version_len) == CACHE_FILES)
		return NULL;
	version = cachepath_unescape(&s->w->arena, base, version_len);
	return version && modpath_version_is_canonical_n(version, strlen(version))
		       ? shelf_entry(s, version)
		       : NULL;
}

static void shelve_tmp(struct reading *s, const char *name, const struct stat *st)
{
	struct cache_entry *entry = owner_of_tmp(s, name);
	struct cache_problem *p;

	if (entry && st->st_mtime + STALE < time(NULL)) {
		p = early_problem(s, entry, CACHE_TMP, FINDING_WARNING, CACHE_KIND_TMP_STALE, name,
				  "a temporary file left behind");
		p->found = arena_fmt(&s->w->arena, "%lld bytes", (long long)st->st_size);
		p->go_says = "ignores it; removes those of a zip at the next download";
	} else if (!s->u->wanted) {
		cache_other_add(&s->out->others, CACHE_OTHER_TMP,
				arena_fmt(&s->w->arena, "%s/%s", s->u->dir, name), st);
	}
}

static void shelve(struct reading *s, const char *name, const struct stat *st)
{
	struct arena *a = &s->w->arena;
	size_t len = 0;
	enum cache_part part = part_of(name, &len);
	struct cache_entry *entry;
	const char *version;

	s->out->bytes += (uint64_t)st->st_size;
	s->out->n_files++;
	if (str_eq(name, "list")) {
		s->list = cache_file_of(st);
		return;
	}
	if (str_has_suffix(name, ".tmp")) {
		shelve_tmp(s, name, st);
		return;
	}
	version = part != CACHE_FILES ? cachepath_unescape(a, name, len) : NULL;
	if (!version || !modpath_version_is_canonical_n(version, strlen(version))) {
		if ((part == CACHE_FILES || !wrong_case(s, name, len)) && !s->u->wanted)
			cache_other_add(&s->out->others, CACHE_OTHER_STRAY,
					arena_fmt(a, "%s/%s", s->u->dir, name), st);
		return;
	}
	/* rewriteVersionList looks at the escaped name, so versions with capitals are never listed */
	if (part == CACHE_MOD && modpath_version_is_canonical_n(name, len))
		vec_push(&s->mods, arena_strndup(a, name, len));
	entry = shelf_entry(s, version);
	if (!entry)
		return;
	entry->files[part] = cache_file_of(st);
	entry->download_bytes += (uint64_t)st->st_size;
}

static void check_shelf_list(struct reading *s)
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
	cache_other_take(s->w, &other);
	vec_push(&s->out->others, other);
}

void cache_shelf_look(struct cache_worker *w, struct cache_entry *entry)
{
	entry->download_bytes = 0;
	for (unsigned part = 0; part < CACHE_TREE; part++) {
		const char *file = cachepath_file(&w->arena, w->o->root, entry->mod,
						  cache_part_name((enum cache_part)part));
		struct stat st;

		if (lstat(file, &st) == 0) {
			entry->files[part] = cache_file_of(&st);
			entry->download_bytes += (uint64_t)st.st_size;
		} else if (errno != ENOENT && errno != ENOTDIR) {
			entry->download_errno = errno;
		}
	}
}

/* An unreadable directory does not show which files are absent: looks up the wanted ones by name. */
static void shelf_unreadable(struct reading *s, int errnum)
{
	cache_other_add_unread(s->w, &s->out->others, s->u->dir, s->u->path, errnum);
	for (size_t i = 0; i < s->u->n_wanted; i++)
		cache_shelf_look(s->w, &s->out->entries.items[i]);
}

/* False for a file of another version than those wanted: its name is enough. */
static bool is_wanted(const struct reading *s, const char *name)
{
	size_t len;

	if (!s->u->wanted || !s->w->o->wanted_only || str_eq(name, "list") ||
	    str_has_suffix(name, ".tmp"))
		return true;
	if (part_of(name, &len) == CACHE_FILES)
		return false;
	return memchr(name, '!', len) || map_find_n(&s->by_version, name, len);
}

/* One that cannot be looked at exists: reading it will show what is wrong. */
static bool look(const struct reading *s, int fd, const char *name, struct stat *st)
{
	bool wanted = is_wanted(s, name);

	if (wanted && fstatat(fd, name, st, AT_SYMLINK_NOFOLLOW) == 0)
		return true;
	*st = (struct stat){ .st_mode = S_IFREG | 0444 };
	return !wanted || errno != ENOENT;
}

static void read_shelf(struct reading *s)
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
		if (look(s, fd, d->d_name, &st))
			shelve(s, d->d_name, &st);
	}
	if (errno) {
		s->list.mode = 0; /* not all versions are known */
		shelf_unreadable(s, errno);
	}
	closedir(dir);
}

void cache_shelf_read(struct cache_worker *w, const struct cache_unit *u, struct cache_shelf *out)
{
	struct reading s = { .w = w, .u = u, .out = out };

	for (size_t i = 0; i < u->n_wanted; i++) {
		vec_push(&out->entries, (struct cache_entry){ .mod = { u->path, u->wanted[i] },
							      .sum = "",
							      .used = true });
		map_put(&s.by_version, u->wanted[i], (void *)(uintptr_t)out->entries.n);
	}
	read_shelf(&s);
	check_shelf_list(&s);
	map_release(&s.by_version);
	vec_release(&s.mods);
}
