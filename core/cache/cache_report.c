#include "cache/cache_private.h"

void cache_free(struct cache_report *r)
{
	if (!r)
		return;
	arena_release(&r->arena);
	free(r->entries);
	free(r);
}

static int compare_entries(const void *a, const void *b)
{
	return cache_compare_mods(&((const struct cache_entry *)a)->mod,
				  &((const struct cache_entry *)b)->mod);
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

size_t cache_other_versions(const struct cache_report *r, const struct cache_entry *entry)
{
	size_t i = (size_t)(entry - r->entries), n = 0;

	for (size_t j = i; j > 0 && str_eq(r->entries[j - 1].mod.path, entry->mod.path); j--)
		n++;
	for (size_t j = i + 1; j < r->n && str_eq(r->entries[j].mod.path, entry->mod.path); j++)
		n++;
	return n;
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

const char *cache_writable_note(const struct cache_report *r, struct arena *a)
{
	if (!r->n_writable)
		return "";
	return arena_fmt(a, "%llu file%s of %zu module%s may be written to",
			 (unsigned long long)r->n_writable, r->n_writable == 1 ? "" : "s",
			 r->n_writable_trees, r->n_writable_trees == 1 ? "" : "s");
}

/* chmod -R, a cache restored without modes, -modcacherw under a umask: one line for the whole cache. */
static void add_writable(const struct cache_report *r, struct findings *fs)
{
	struct finding *f;

	if (!r->n_writable)
		return;
	f = finding_add(fs, FINDING_INFO, "cache/writable", r->root,
			cache_writable_note(r, fs->arena));
	f->go_says = "does not notice";
}

void cache_findings(const struct cache_report *r, struct findings *fs)
{
	add_writable(r, fs);
	for (size_t i = 0; i < r->n; i++)
		add_findings(fs, r->entries[i].problems, r->entries[i].n_problems,
			     r->entries[i].mod);
	for (size_t i = 0; i < r->n_others; i++)
		add_findings(fs, r->others[i].problems, r->others[i].n_problems,
			     (struct modver){ "", "" });
}

static const char *const kind_names[] = {
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
	[CACHE_KIND_LOCK_HELD] = "cache/lock-held",
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

const char *cache_kind_name(enum cache_problem_kind kind)
{
	return kind_names[kind];
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

static bool same_files(const struct cache_entry *a, const struct cache_entry *b)
{
	for (size_t i = 0; i < CACHE_FILES; i++)
		if (a->files[i].mode != b->files[i].mode || a->files[i].size != b->files[i].size ||
		    a->files[i].mtime != b->files[i].mtime)
			return false;
	return true;
}

static struct cache_problem *copy_problems(struct arena *a, const struct cache_entry *e)
{
	struct cache_problem *copy = arena_calloc(a, e->n_problems + 1, sizeof(*copy));

	for (size_t i = 0; i < e->n_problems; i++) {
		const struct cache_problem *p = &e->problems[i];

		copy[i] = *p;
		copy[i].file = arena_strdup(a, p->file);
		copy[i].problem = arena_strdup(a, p->problem);
		copy[i].expected = arena_strdup(a, p->expected);
		copy[i].found = arena_strdup(a, p->found);
		copy[i].go_says = arena_strdup(a, p->go_says);
		copy[i].remedy = arena_strdup(a, p->remedy);
	}
	return copy;
}

void cache_take_known(struct cache_report *r, const struct cache_report *known)
{
	for (size_t i = 0; i < r->n; i++) {
		struct cache_entry *e = &r->entries[i];
		const struct cache_entry *k = e->state == CACHE_UNVERIFIED
						      ? cache_find(known, e->mod)
						      : NULL;

		if (!k || !k->hashed || !same_files(e, k))
			continue;
		r->states[e->state]--;
		e->state = k->state;
		r->states[e->state]++;
		e->voucher = k->voucher;
		e->hashed = true;
		e->sum = arena_strdup(&r->arena, k->sum);
		e->problems = copy_problems(&r->arena, k);
		e->n_problems = k->n_problems;
	}
}
