#include "cache/repair.h"

#include "base/fs.h"
#include "cache/repair_impl.h"
#include "gofiles/cachepath.h"
#include "gofiles/modpath.h"
#include "gofiles/semver.h"

static const char keeps_out[] = "keeps go commands out meanwhile";
static const char file_comes_back[] = "the old file is restored from quarantine";

struct planner {
	struct plan *p;
	const struct cache_report *r;
	const struct modver *mods; /* NULL: all */
	size_t n_mods;
};

/* An absent .info is not an error for go, but a complete entry has one. */
bool repair_is_wanted(const struct cache_problem *p)
{
	return p->fix != CACHE_FIX_NONE &&
	       (p->severity >= FINDING_WARNING || p->kind == CACHE_KIND_INFO_MISSING);
}

struct repair_need repair_need_of(const struct cache_entry *entry)
{
	struct repair_need need = { 0 };

	for (size_t i = 0; i < entry->n_problems; i++) {
		const struct cache_problem *p = &entry->problems[i];

		if (!repair_is_wanted(p))
			continue;
		need.any = true;
		need.undecided |= p->kind == CACHE_KIND_MISMATCH;
		need.tree |= p->fix == CACHE_FIX_EXTRACT;
		need.ziphash |= p->fix == CACHE_FIX_REHASH;
		if (p->fix != CACHE_FIX_FETCH)
			continue;
		need.info |= p->part == CACHE_INFO;
		need.mod |= p->part == CACHE_MOD;
		need.zip |= p->part == CACHE_ZIP || p->part == CACHE_TREE;
	}
	if ((need.tree || need.ziphash) && !entry->files[CACHE_ZIP].mode)
		need.zip = true;
	return need;
}

bool repair_takes_whole(const struct cache_other *o)
{
	if (o->kind != CACHE_OTHER_VCS)
		return false;
	for (size_t i = 0; i < o->n_problems; i++)
		if (repair_is_wanted(&o->problems[i]) && o->problems[i].kind != CACHE_KIND_VCS_LOCK)
			return true;
	return false;
}

void repair_list_text(struct buf *b, const char **versions, size_t n)
{
	semver_sort(versions, n);
	for (size_t i = 0; i < n; i++)
		buf_addf(b, "%s\n", versions[i]);
}

/* A new tree has the right modes. */
static bool is_done_by_tree(const struct cache_problem *p, const struct repair_need *need)
{
	return need->tree && p->part == CACHE_TREE && p->fix == CACHE_FIX_MODE;
}

static bool is_chosen(const struct planner *pl, const struct cache_entry *entry)
{
	bool named = !pl->mods;

	for (size_t i = 0; i < pl->n_mods && !named; i++)
		named = str_eq(pl->mods[i].path, entry->mod.path) &&
			str_eq(pl->mods[i].version, entry->mod.version);
	return named && repair_need_of(entry).any;
}

/* What is not an entry is chosen by its file. */
static bool other_is_chosen(const struct planner *pl, const struct cache_other *o)
{
	bool named = !pl->mods;

	for (size_t i = 0; i < pl->n_mods && !named; i++)
		named = !*pl->mods[i].version && str_eq(pl->mods[i].path, o->file);
	for (size_t i = 0; i < o->n_problems && named; i++)
		if (repair_is_wanted(&o->problems[i]))
			return true;
	return false;
}

static const struct cache_problem *problem_of(const struct cache_entry *entry, enum cache_part part,
					      enum cache_fix fix)
{
	for (size_t i = 0; i < entry->n_problems; i++)
		if (repair_is_wanted(&entry->problems[i]) && entry->problems[i].part == part &&
		    entry->problems[i].fix == fix)
			return &entry->problems[i];
	return NULL;
}

/* Lists. */

/* A version that go lists, as its file's name says; NULL if go lists no such name. */
static const char *listed_name(struct arena *a, const struct cache_entry *entry)
{
	const char *file = path_base(a, cachepath_file(a, "", entry->mod, "mod"));
	const char *name = arena_strndup(a, file, strlen(file) - strlen(".mod"));

	return modpath_version_is_canonical_n(name, strlen(name)) ? name : NULL;
}

/* The plan adds its .mod. */
static bool adds_to_list(const struct planner *pl, struct arena *a, const struct cache_entry *entry)
{
	return is_chosen(pl, entry) && repair_need_of(entry).mod && !entry->files[CACHE_MOD].mode &&
	       listed_name(a, entry);
}

static const struct cache_other *list_of(const struct planner *pl, const char *module)
{
	for (size_t i = 0; i < pl->r->n_others; i++)
		if (pl->r->others[i].kind == CACHE_OTHER_LIST &&
		    str_eq(pl->r->others[i].about, module))
			return &pl->r->others[i];
	return NULL;
}

/* The list will be right once the plan has added its .mod files. */
static bool list_becomes_right(const struct planner *pl, const struct cache_other *list)
{
	struct arena a = ARENA_INIT;
	const struct cache_entry *first = cache_find_path(pl->r, list->about);
	VEC(const char *) versions = { 0 };
	struct buf text = BUF_INIT;
	bool right;

	for (size_t i = 0; i < list->n_versions; i++)
		vec_push(&versions, list->versions[i]);
	for (const struct cache_entry *e = first;
	     e && e < pl->r->entries + pl->r->n && str_eq(e->mod.path, list->about); e++)
		if (adds_to_list(pl, &a, e))
			vec_push(&versions, listed_name(&a, e));
	repair_list_text(&text, versions.items, versions.n);
	right = list->text && str_eq(list->text, text.data);
	vec_release(&versions);
	buf_release(&text);
	arena_release(&a);
	return right;
}

/* The last of the module's entries whose .mod the plan adds writes the list, unless the list itself is wrong and chosen. */
static bool writes_list(const struct planner *pl, const struct cache_entry *entry)
{
	struct arena a = ARENA_INIT;
	const struct cache_other *list;
	bool last = adds_to_list(pl, &a, entry);

	for (const struct cache_entry *e = entry + 1;
	     last && e < pl->r->entries + pl->r->n && str_eq(e->mod.path, entry->mod.path); e++)
		last = !adds_to_list(pl, &a, e);
	arena_release(&a);
	list = last ? list_of(pl, entry->mod.path) : NULL;
	return last && (!list || (!other_is_chosen(pl, list) && !list_becomes_right(pl, list)));
}

/* Entries. */

static void plan_fetch(struct planner *pl, const struct cache_entry *entry, enum cache_part part)
{
	struct plan *p = pl->p;
	struct modver m = entry->mod;
	const char *file = cachepath_file(&p->arena, pl->r->root, m, cache_part_name(part));
	bool there = entry->files[part].mode != 0;
	struct plan_step *s;

	s = plan_add(p, PLAN_FETCH, file, 0, "through GOPROXY, into modscope's own cache");
	s->part = part;
	/* go uses an existing file, however wrong */
	s->shell = arena_fmt(&p->arena, "%s%s%sgo mod download %s@%s", there ? "rm -f '" : "",
			     there ? file : "", there ? "'\n" : "", m.path, m.version);
	if (part != CACHE_INFO)
		plan_add(p, PLAN_CHECK, file, 0,
			 "against go.sum or the checksum database, before anything is replaced")
			->part = part;
}

/* The step that fixes `part`; its reason is the problem with that fix. */
static struct plan_step *plan_mend(struct planner *pl, enum plan_op op,
				   const struct cache_entry *entry, enum cache_part part,
				   enum cache_fix fix)
{
	const struct cache_problem *q = problem_of(entry, part, fix);
	struct plan *p = pl->p;
	const char *path = part == CACHE_TREE ? cachepath_tree(&p->arena, pl->r->root, entry->mod)
					      : cachepath_file(&p->arena, pl->r->root, entry->mod,
							       cache_part_name(part));
	uint64_t bytes = part == CACHE_TREE ? entry->tree_bytes : (uint64_t)entry->files[part].size;
	bool decided = q || !repair_need_of(entry).undecided;
	struct plan_step *s = plan_add(p, op, path, bytes,
				       q	 ? q->problem
				       : decided ? "it is needed for the rest"
						 : "unless it agrees with the fetched zip");

	s->part = part;
	s->undo = part == CACHE_TREE ? "the old tree is restored from quarantine" : file_comes_back;
	if (!decided)
		q = problem_of(entry, CACHE_ZIP, CACHE_FIX_FETCH);
	if (q)
		plan_set_wrong(p, s, q->kind, q->file);
	return s;
}

static void plan_extract(struct planner *pl, const struct cache_entry *entry)
{
	struct plan_step *s = plan_mend(pl, PLAN_EXTRACT, entry, CACHE_TREE, CACHE_FIX_EXTRACT);

	s->shell = arena_fmt(&pl->p->arena, "chmod -R u+w '%s'\nrm -rf '%s'\ngo mod download %s@%s",
			     s->path, s->path, entry->mod.path, entry->mod.version);
}

static void plan_ziphash(struct planner *pl, const struct cache_entry *entry)
{
	struct plan_step *s = plan_mend(pl, PLAN_WRITE, entry, CACHE_ZIPHASH, CACHE_FIX_REHASH);

	s->shell = arena_fmt(&pl->p->arena, "rm -f '%s'\ngo mod download %s@%s", s->path,
			     entry->mod.path, entry->mod.version);
}

static void plan_list(struct planner *pl, const struct cache_entry *entry)
{
	const char *dir = cachepath_dir(&pl->p->arena, pl->r->root, entry->mod.path);
	struct plan_step *s = plan_add(pl->p, PLAN_WRITE, arena_fmt(&pl->p->arena, "%s/list", dir),
				       0, "go lists each version that has a .mod");

	s->part = CACHE_LIST;
	s->reason.kind = PLAN_FOLLOWS;
	s->undo = file_comes_back;
}

static void plan_remove(struct planner *pl, enum plan_op op, const struct cache_problem *q)
{
	struct plan_step *s = plan_add(pl->p, op, q->file, 0, q->problem);

	s->part = q->part;
	s->undo = "restored from quarantine";
	plan_set_wrong(pl->p, s, q->kind, q->file);
}

/* As go leaves files and directories; a directory that may be written to (-modcacherw) stays so. */
static void plan_mode(struct planner *pl, const struct cache_problem *q)
{
	bool tree = q->part == CACHE_TREE;
	struct plan_step *s = plan_add(pl->p, PLAN_CHMOD, q->file, 0, q->problem);

	s->part = q->part;
	s->keep = tree ? 0222 : 0;
	s->set = (tree ? 0555 : 0666) & ~fs_umask();
	s->undo = "the old mode is set again";
	s->shell = arena_fmt(&pl->p->arena, "chmod u+r '%s'", q->file);
	plan_set_wrong(pl->p, s, q->kind, q->file);
}

/* The small problems of one kind. */
static void plan_small(struct planner *pl, const struct cache_entry *entry, enum cache_fix fix,
		       bool (*of)(const struct cache_problem *p), enum plan_op op)
{
	const struct repair_need need = repair_need_of(entry);

	for (size_t i = 0; i < entry->n_problems; i++) {
		const struct cache_problem *q = &entry->problems[i];

		if (!repair_is_wanted(q) || q->fix != fix || is_done_by_tree(q, &need) || !of(q))
			continue;
		if (fix == CACHE_FIX_MODE)
			plan_mode(pl, q);
		else
			plan_remove(pl, op, q);
	}
}

static bool is_lock(const struct cache_problem *p)
{
	return p->part == CACHE_LOCK;
}

static bool is_mark(const struct cache_problem *p)
{
	return p->part == CACHE_PART_MARK;
}

static bool is_other(const struct cache_problem *p)
{
	return !is_lock(p) && !is_mark(p);
}

static void plan_entry(struct planner *pl, const struct cache_entry *entry)
{
	const struct repair_need need = repair_need_of(entry);
	const bool maybe = need.undecided;

	plan_begin(pl->p, entry->mod, "", REPAIR_ENTRY);
	if (need.zip)
		plan_fetch(pl, entry, CACHE_ZIP);
	if (need.mod)
		plan_fetch(pl, entry, CACHE_MOD);
	if (need.info)
		plan_fetch(pl, entry, CACHE_INFO);
	plan_small(pl, entry, CACHE_FIX_REMOVE, is_lock, PLAN_CLEAR_LOCK);
	plan_small(pl, entry, CACHE_FIX_MODE, is_lock, PLAN_CHMOD); /* before it can be taken */
	plan_add(pl->p, PLAN_LOCK, cachepath_file(&pl->p->arena, pl->r->root, entry->mod, "lock"),
		 0, keeps_out);
	if (need.info)
		plan_mend(pl, PLAN_REPLACE, entry, CACHE_INFO, CACHE_FIX_FETCH);
	if (need.mod)
		plan_mend(pl, PLAN_REPLACE, entry, CACHE_MOD, CACHE_FIX_FETCH);
	if (writes_list(pl, entry))
		plan_list(pl, entry);
	plan_small(pl, entry, CACHE_FIX_MODE, is_other, PLAN_CHMOD);
	if (need.zip)
		plan_mend(pl, PLAN_REPLACE, entry, CACHE_ZIP, CACHE_FIX_FETCH);
	if (need.tree || (maybe && entry->files[CACHE_TREE].mode))
		plan_extract(pl, entry);
	if (need.ziphash || (maybe && entry->files[CACHE_ZIPHASH].mode))
		plan_ziphash(pl, entry);
	plan_small(pl, entry, CACHE_FIX_REMOVE, is_other, PLAN_QUARANTINE);
	plan_small(pl, entry, CACHE_FIX_REMOVE, is_mark, PLAN_QUARANTINE);
}

/* Files that are not entries. */

static const struct cache_problem *first_wanted(const struct cache_other *o, bool whole)
{
	for (size_t i = 0; i < o->n_problems; i++)
		if (repair_is_wanted(&o->problems[i]) &&
		    !(whole && o->problems[i].kind == CACHE_KIND_VCS_LOCK))
			return &o->problems[i];
	return NULL;
}

/* With its .info; go clones it again. */
static void plan_whole(struct planner *pl, const struct cache_other *o)
{
	const struct cache_problem *q = first_wanted(o, true);
	const char *info = arena_fmt(&pl->p->arena, "%s.info", o->file);
	const char *const paths[] = { o->has_info ? info : NULL, o->file };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct plan_step *s;

		if (!paths[i])
			continue;
		s = plan_add(pl->p, PLAN_QUARANTINE, paths[i], i ? o->bytes : 0, q->problem);
		s->undo = "restored from quarantine";
		plan_set_wrong(pl->p, s, q->kind, q->file);
	}
}

static void plan_problem(struct planner *pl, const struct cache_other *o,
			 const struct cache_problem *q)
{
	struct plan_step *s;

	if (q->kind == CACHE_KIND_VCS_LOCK) {
		plan_remove(pl, PLAN_CLEAR_LOCK, q);
		return;
	}
	s = plan_add(pl->p, q->fix == CACHE_FIX_LIST ? PLAN_WRITE : PLAN_QUARANTINE, q->file,
		     o->n_problems == 1 ? o->bytes : 0, q->problem);
	s->part = q->part;
	s->undo = file_comes_back;
	plan_set_wrong(pl->p, s, q->kind, q->file);
}

static void plan_other(struct planner *pl, const struct cache_other *o)
{
	static const enum repair_sort sorts[] = {
		[CACHE_OTHER_LIST] = REPAIR_LIST,      [CACHE_OTHER_STRAY] = REPAIR_STRAY,
		[CACHE_OTHER_SUMDB] = REPAIR_SUMDB,    [CACHE_OTHER_TMP] = REPAIR_STRAY,
		[CACHE_OTHER_VCS] = REPAIR_REPOSITORY,
	};

	if (o->kind == CACHE_OTHER_LIST && list_becomes_right(pl, o))
		return;
	plan_begin(pl->p, (struct modver){ "", "" }, o->file, sorts[o->kind]);
	if (o->kind == CACHE_OTHER_VCS)
		plan_add(pl->p, PLAN_LOCK, arena_fmt(&pl->p->arena, "%s.lock", o->file), 0,
			 keeps_out);
	if (repair_takes_whole(o)) {
		plan_whole(pl, o);
		return;
	}
	for (size_t i = 0; i < o->n_problems; i++)
		if (repair_is_wanted(&o->problems[i]))
			plan_problem(pl, o, &o->problems[i]);
}

void repair_plan(struct plan *p, const struct cache_report *r, const struct modver *mods, size_t n)
{
	struct planner pl = { p, r, mods, mods ? n : 0 };

	plan_init(p, "repair");
	for (size_t i = 0; i < r->n; i++)
		if (is_chosen(&pl, &r->entries[i]))
			plan_entry(&pl, &r->entries[i]);
	for (size_t i = 0; i < r->n_others; i++)
		if (other_is_chosen(&pl, &r->others[i]))
			plan_other(&pl, &r->others[i]);
	plan_end(p);
}
