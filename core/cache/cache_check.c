#include "cache/cache_check_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gofiles/cachepath.h"

static bool links_to(const char *file, uint32_t kind)
{
	struct stat st;

	return stat(file, &st) == 0 && (st.st_mode & S_IFMT) == kind;
}

/* A link, a device or a directory where a file belongs. */
static bool check_type(struct cache_check *c, enum cache_part part)
{
	static const struct {
		enum cache_problem_kind kind;
		enum cache_fix fix;
	} parts[] = {
		[CACHE_INFO] = { CACHE_KIND_INFO_KIND, CACHE_FIX_FETCH },
		[CACHE_MOD] = { CACHE_KIND_MOD_KIND, CACHE_FIX_FETCH },
		[CACHE_ZIP] = { CACHE_KIND_ZIP_KIND, CACHE_FIX_FETCH },
		[CACHE_ZIPHASH] = { CACHE_KIND_ZIPHASH_KIND, CACHE_FIX_REHASH },
		[CACHE_LOCK] = { CACHE_KIND_LOCK_KIND, CACHE_FIX_REMOVE },
		[CACHE_PART_MARK] = { CACHE_KIND_PARTIAL_KIND, CACHE_FIX_REMOVE },
		[CACHE_TREE] = { CACHE_KIND_TREE_KIND, CACHE_FIX_EXTRACT },
	};
	uint32_t mode = c->entry->files[part].mode, want = part == CACHE_TREE ? S_IFDIR : S_IFREG;
	struct cache_problem *p;

	if ((mode & S_IFMT) == want)
		return true;
	p = cache_problem_add(c->w, part,
			      links_to(c->files[part], want) ? FINDING_WARNING : FINDING_ERROR,
			      parts[part].fix, parts[part].kind, c->files[part],
			      "it is not the kind of file that go creates");
	p->expected = cache_mode_name(want);
	p->found = cache_mode_name(mode);
	p->go_says = cache_check_says(c, part);
	return false;
}

/* A mode without read permission for the owner. Root can still read. */
static bool check_mode(struct cache_check *c, enum cache_part part)
{
	uint32_t mode = c->entry->files[part].mode, need = part == CACHE_TREE ? 0500 : 0400;
	struct cache_problem *p;

	if ((mode & need) == need)
		return true;
	p = cache_problem_add(c->w, part, FINDING_ERROR, CACHE_FIX_MODE, CACHE_KIND_UNREADABLE,
			      c->files[part], "its owner cannot read it");
	p->expected = part == CACHE_TREE ? "mode 0555" : "mode 0644";
	p->found = arena_fmt(&c->w->arena, "mode %04o", mode & 07777);
	p->go_says = cache_check_cannot(c, part, EACCES);
	return faccessat(AT_FDCWD, c->files[part], R_OK, AT_EACCESS) == 0;
}

static void unseen(struct cache_check *c, enum cache_part part, const char *file, int errnum)
{
	struct cache_problem *p;

	if (!errnum)
		return;
	p = cache_problem_add(c->w, part, FINDING_ERROR, CACHE_FIX_NONE, CACHE_KIND_UNREADABLE,
			      file, "it cannot be looked at");
	p->found = arena_strdup(&c->w->arena, err_errno_text(errnum));
	p->remedy = "check the file system and its permissions";
}

/* Whether the tree, or what belongs to it in cache/download, exists is unknown. */
static void check_seen(struct cache_check *c)
{
	struct cache_entry *entry = c->entry;

	unseen(c, CACHE_TREE, c->files[CACHE_TREE], entry->tree_errno);
	if (entry->download_errno)
		unseen(c, CACHE_OTHER, cachepath_dir(&c->w->arena, c->w->o->root, entry->mod.path),
		       entry->download_errno);
}

static void check_kind(struct cache_check *c, enum cache_part part)
{
	if (!c->entry->files[part].mode || !check_type(c, part))
		return;
	c->usable[part] = check_mode(c, part);
}

static void missing(struct cache_check *c, enum cache_part part, enum finding_severity severity,
		    enum cache_fix fix, enum cache_problem_kind kind, const char *go_says)
{
	struct cache_problem *p = cache_problem_add(c->w, part, severity, fix, kind, c->files[part],
						    part == CACHE_TREE ? "it is not extracted"
								       : "it is missing");

	p->go_says = go_says;
	if (fix == CACHE_FIX_FETCH) /* nothing to quarantine */
		p->remedy = "modscope repair: fetch it, verify it";
	else if (fix == CACHE_FIX_EXTRACT)
		p->remedy = "modscope repair: extract the verified zip";
}

/* go keeps no .info, .mod and .ziphash for these. */
static bool is_toolchain(struct modver m)
{
	return str_has_prefix(m.path, "golang.org/toolchain") ||
	       str_eq(m.path, "golang.org/fips140");
}

/* Files that should exist beside the zip. */
static void check_missing_downloads(struct cache_check *c)
{
	const struct cache_file *f = c->entry->files;

	if (!f[CACHE_ZIP].mode)
		missing(c, CACHE_ZIP, FINDING_WARNING, CACHE_FIX_FETCH, CACHE_KIND_ZIP_MISSING,
			f[CACHE_TREE].mode
				? "builds from the extracted tree; go mod verify does not notice"
				: "downloads it again");
	if (!f[CACHE_TREE].mode && !c->entry->tree_errno)
		missing(c, CACHE_TREE, FINDING_INFO, CACHE_FIX_EXTRACT, CACHE_KIND_TREE_MISSING,
			"extracts the zip when a package of it is needed; go mod verify does not notice");
	if (!f[CACHE_INFO].mode)
		missing(c, CACHE_INFO, FINDING_INFO, CACHE_FIX_FETCH, CACHE_KIND_INFO_MISSING,
			"fetches it; with GOPROXY=off, go list -m: module lookup disabled by GOPROXY=off");
	if (!f[CACHE_MOD].mode)
		missing(c, CACHE_MOD, FINDING_WARNING, CACHE_FIX_FETCH, CACHE_KIND_MOD_MISSING,
			"fetches it; with GOPROXY=off: module lookup disabled by GOPROXY=off");
}

static void check_missing(struct cache_check *c)
{
	const struct cache_file *f = c->entry->files;
	bool zip = f[CACHE_ZIP].mode, hash = f[CACHE_ZIPHASH].mode;

	if (is_toolchain(c->entry->mod) || c->entry->download_errno)
		return;
	if (!hash && (zip || f[CACHE_TREE].mode))
		missing(c, CACHE_ZIPHASH, FINDING_WARNING, CACHE_FIX_REHASH,
			CACHE_KIND_ZIPHASH_MISSING,
			arena_fmt(&c->w->arena,
				  "%s %s: missing ziphash: open %s: no such file or directory",
				  c->entry->mod.path, c->entry->mod.version,
				  c->files[CACHE_ZIPHASH]));
	if (zip || hash)
		check_missing_downloads(c);
}

static bool lock_is_held(const struct cache_check *c)
{
	int fd;
	bool held;

	if (!c->usable[CACHE_LOCK] || c->w->o->own_lock)
		return false;
	fd = open(c->files[CACHE_LOCK], O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return false;
	held = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
	close(fd);
	return held;
}

/* What is wrong may be about to be fixed, so nothing else is reported. */
static void tell_locked(struct cache_check *c)
{
	struct cache_problem *p =
		cache_problem_add(c->w, CACHE_LOCK, FINDING_WARNING, CACHE_FIX_NONE,
				  CACHE_KIND_LOCK_HELD, c->files[CACHE_LOCK],
				  "in use by another process: the entry is not checked");

	p->go_says = "waits for the lock when it has to download or extract";
	p->remedy = "try again once that process has ended";
	c->entry->problems = arena_memdup(&c->w->arena, p, sizeof(*p));
	c->entry->n_problems = 1;
	c->entry->state = CACHE_LOCKED;
}

static void check_partial(struct cache_check *c)
{
	struct cache_problem *p;

	if (!c->entry->files[CACHE_PART_MARK].mode)
		return;
	p = cache_problem_add(c->w, CACHE_PART_MARK, FINDING_WARNING, CACHE_FIX_REMOVE,
			      CACHE_KIND_PARTIAL, c->files[CACHE_PART_MARK],
			      "an extraction was not completed");
	p->go_says =
		"treats the tree as absent, removes and extracts it again; go mod verify does not look at it";
}

/* A lock file beside it is none of its entry: whoever repairs it has made one. */
static bool nothing_but(const struct cache_entry *entry, enum cache_part part)
{
	for (unsigned i = 0; i < CACHE_FILES; i++)
		if (i != (unsigned)part && entry->files[i].mode &&
		    !(i == CACHE_LOCK && S_ISREG(entry->files[i].mode)))
			return false;
	return entry->files[part].mode != 0;
}

/* A tree or a lock with nothing else of its entry. */
static bool check_orphan(struct cache_check *c)
{
	struct cache_problem *p;

	if (c->entry->tree_errno || c->entry->download_errno)
		return false;
	if (nothing_but(c->entry, CACHE_TREE) &&
	    !str_eq(c->entry->mod.path, "golang.org/fips140")) {
		c->w->problems.n = 0; /* a missing hash is part of it */
		p = cache_problem_add(c->w, CACHE_TREE, FINDING_WARNING, CACHE_FIX_REMOVE,
				      CACHE_KIND_TREE_ORPHAN, c->files[CACHE_TREE],
				      "nothing in cache/download belongs to it");
		p->go_says =
			"treats it as partially extracted: removes it and downloads the module; go mod verify passes it";
		return true;
	}
	if (nothing_but(c->entry, CACHE_LOCK)) {
		p = cache_problem_add(c->w, CACHE_LOCK, FINDING_INFO, CACHE_FIX_NONE,
				      CACHE_KIND_LOCK_STALE, c->files[CACHE_LOCK],
				      "a lock file without the files that it guards");
		p->go_says = "ignores it";
		p->remedy = "none needed";
		return true;
	}
	return false;
}

static int compare_problems(const void *va, const void *vb)
{
	const struct cache_problem *a = va, *b = vb;

	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (a->part != b->part)
		return a->part < b->part ? -1 : 1;
	return strcmp(a->file, b->file);
}

static bool has_problem(const struct cache_worker *w, enum cache_problem_kind kind)
{
	for (size_t i = 0; i < w->problems.n; i++)
		if (w->problems.items[i].kind == kind)
			return true;
	return false;
}

static bool is_missing(enum cache_problem_kind kind)
{
	switch (kind) {
	case CACHE_KIND_INFO_MISSING:
	case CACHE_KIND_MOD_MISSING:
	case CACHE_KIND_ZIP_MISSING:
	case CACHE_KIND_ZIPHASH_MISSING:
	case CACHE_KIND_TREE_MISSING: return true;
	default: return false;
	}
}

/* True if files are missing or incomplete, and nothing else is wrong. */
static bool only_missing(const struct cache_worker *w)
{
	bool partial = has_problem(w, CACHE_KIND_PARTIAL);

	for (size_t i = 0; i < w->problems.n; i++) {
		const struct cache_problem *p = &w->problems.items[i];

		if (p->severity < FINDING_WARNING || p->kind == CACHE_KIND_PARTIAL ||
		    is_missing(p->kind) || (partial && p->part == CACHE_TREE))
			continue;
		return false;
	}
	return true;
}

static enum cache_state state_of(const struct cache_check *c, bool orphan)
{
	const struct cache_worker *w = c->w;
	enum finding_severity worst = FINDING_INFO;

	for (size_t i = 0; i < w->problems.n; i++)
		worst = MAX(worst, w->problems.items[i].severity);
	if (orphan)
		return CACHE_ORPHAN;
	if (has_problem(w, CACHE_KIND_MISMATCH) || has_problem(w, CACHE_KIND_FORGED))
		return CACHE_MISMATCH;
	if (worst == FINDING_ERROR || (worst == FINDING_WARNING && !only_missing(w)))
		return CACHE_DAMAGED;
	if (worst == FINDING_WARNING || has_problem(w, CACHE_KIND_INFO_MISSING))
		return CACHE_PARTIAL;
	if (!c->entry->files[CACHE_ZIP].mode && !c->entry->files[CACHE_TREE].mode)
		return c->mod_vouched ? CACHE_OK
				      : CACHE_UNVERIFIED; /* only its go.mod was needed */
	return c->entry->hashed && c->trusted ? CACHE_OK : CACHE_UNVERIFIED;
}

static bool is_absent(const struct cache_entry *entry)
{
	if (entry->tree_errno || entry->download_errno)
		return false;
	for (unsigned i = 0; i < CACHE_FILES; i++)
		if (entry->files[i].mode)
			return false;
	return true;
}

static void name_files(struct cache_check *c)
{
	static const char *const suffixes[] = {
		"info", "mod", "zip", "ziphash", "lock", "partial"
	};
	struct arena *a = &c->w->arena;

	for (unsigned i = 0; i < CACHE_TREE; i++)
		c->files[i] = cachepath_file(a, c->w->o->root, c->entry->mod, suffixes[i]);
	c->files[CACHE_TREE] = cachepath_tree(a, c->w->o->root, c->entry->mod);
}

void cache_check_entry(struct cache_worker *w, struct cache_entry *entry)
{
	struct cache_check c = { .w = w, .entry = entry };
	bool orphan;

	if (is_absent(entry) && !w->problems.n) {
		entry->state = CACHE_ABSENT;
		return;
	}
	name_files(&c);
	for (unsigned i = 0; i < CACHE_FILES; i++)
		check_kind(&c, (enum cache_part)i);
	check_seen(&c);
	if (lock_is_held(&c)) {
		w->problems.n = 0;
		tell_locked(&c);
		return;
	}
	cache_check_info(&c);
	cache_check_ziphash(&c);
	check_partial(&c);
	check_missing(&c);
	orphan = check_orphan(&c);
	if (!orphan && (c.usable[CACHE_ZIP] || c.usable[CACHE_TREE]) &&
	    (w->o->hash || cache_check_remembered(&c)))
		cache_check_hashes(&c);
	else if (!orphan)
		cache_check_unhashed(&c);
	else if (c.usable[CACHE_TREE] && (w->o->sizes || w->o->hash))
		cache_walk_tree(w, entry, c.files[CACHE_TREE]);
	cache_check_mod(&c);
	if (w->problems.n)
		qsort(w->problems.items, w->problems.n, sizeof(*w->problems.items),
		      compare_problems);
	entry->state = state_of(&c, orphan);
	entry->problems = arena_memdup(&w->arena, w->problems.items,
				       w->problems.n * sizeof(*w->problems.items));
	entry->n_problems = w->problems.n;
}
