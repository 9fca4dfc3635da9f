#include "graph/modproject_impl.h"

static const struct modproject_replace_line *set_find(const struct modproject_replace_set *s,
						      struct modver m)
{
	for (const struct modproject_replace_line *r = map_get(&s->by_path, m.path); r;
	     r = r->next) {
		if (str_eq(r->old.version, m.version))
			return r;
	}
	return NULL;
}

/* replacement(): the exact version first, then the wildcard. */
static const struct modproject_replace_line *set_match(const struct modproject_replace_set *s,
						       struct modver m)
{
	const struct modproject_replace_line *r = set_find(s, m);

	return r || !*m.version ? r : set_find(s, (struct modver){ m.path, "" });
}

static bool conflict(struct modver old, struct modver prev, struct modver now, bool workspace,
		     struct err *e)
{
	struct buf b = BUF_INIT, k = BUF_INIT;

	buf_add_modver(&k, old);
	buf_addf(&b, "conflicting replacements for %s:\n\t", k.data);
	buf_add_modver(&b, prev);
	buf_addstr(&b, "\n\t");
	buf_add_modver(&b, now);
	if (workspace)
		buf_addf(&b, "\nuse \"go work edit -replace %s=[override]\" to resolve", k.data);
	err_set(e, ERR_SYNTAX, "%s", b.data);
	buf_release(&b);
	buf_release(&k);
	return false;
}

/* A what-if may ignore replace lines, by path or by path@version. */
static bool is_ignored(const struct modproject *mp, struct modver old)
{
	const char *const *p = mp->o.ignore_replace;

	for (; p && *p; p++) {
		const char *rest = str_cut_prefix(*p, old.path);

		if (rest && (!*rest || (*rest == '@' && str_eq(rest + 1, old.version))))
			return true;
	}
	return false;
}

/* toReplaceMap. */
static bool set_fill(struct modproject *mp, struct modproject_replace_set *s,
		     const struct gomod_replace *list, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct modver old = modtab_mod(&mp->tab, list[i].from),
			      new = modtab_mod(&mp->tab, list[i].to);
		const struct modproject_replace_line *prev = set_find(s, old);
		struct modproject_replace_line *r;

		if (is_ignored(mp, old))
			continue;
		if (prev) {
			if (!modver_eq(prev->new, new))
				return conflict(old, prev->new, new, false, e);
			continue;
		}
		r = arena_alloc(&mp->arena, sizeof(*r));
		*r = (struct modproject_replace_line){ old, new, map_get(&s->by_path, old.path) };
		map_put(&s->by_path, old.path, r);
		s->n++;
		mp->any_replace = true;
	}
	return true;
}

bool modproject_replace_check(struct modproject *mp, const struct gomod_replace *lines, size_t n,
			      struct err *e)
{
	struct modproject_replace_set s = { 0 };
	bool ok = set_fill(mp, &s, lines, n, e);

	map_release(&s.by_path);
	return ok;
}

static void note_highest(struct modproject *mp, struct modver old)
{
	bool added;
	struct map_entry *e = map_entry(&mp->highest_replaced, old.path, strlen(old.path), &added);

	if (added || gover_mod_compare(old.path, old.version, e->value) > 0)
		e->value = (void *)old.version;
}

/* All lines of a workspace must agree, unless go.work decides; relative directories are compared as absolute ones. */
static bool check_members(struct modproject *mp, struct map *all, const struct map *by_work,
			  const struct modproject_main *mm, struct err *e)
{
	struct map own = MAP_INIT;
	bool ok = true;

	for (size_t i = 0; i < mm->file->replace.n && ok; i++) {
		struct modver old = modtab_mod(&mp->tab, mm->file->replace.items[i].from);
		struct modver new = modtab_mod(&mp->tab, mm->file->replace.items[i].to);
		const char *key = arena_fmt(&mp->arena, "%s@%s", old.path, old.version);
		struct modver *kept, *prev = map_get(all, key);

		if (map_has(by_work, old.path) || is_ignored(mp, old))
			continue;
		if (mp->gowork_file && !*new.version && !path_is_abs(new.path))
			new.path = path_join(&mp->arena, mm->dir, new.path);
		if (prev && !map_has(&own, key) && !modver_eq(*prev, new))
			ok = conflict(old, *prev, new, true, e);
		map_put(&own, key, NULL);
		kept = arena_memdup(&mp->arena, &new, sizeof(new));
		map_put(all, key, kept);
		note_highest(mp, old);
	}
	map_release(&own);
	return ok;
}

static void note_replaced_member(struct modproject *mp, struct modver m)
{
	modproject_add_error(
		mp, "go: ",
		(struct modproject_error){
			.text = arena_fmt(
				&mp->arena,
				"workspace module %s is replaced at all versions in the go.work file. To fix, remove the "
				"replacement from the go.work file or specify the version at which to replace the module.",
				m.path),
			.mod = m,
			.file = mp->gowork_file,
			.remedy = arena_fmt(&mp->arena, "go work edit -dropreplace=%s", m.path) });
}

static void work_lines(struct modproject *mp, struct map *all, struct map *by_work)
{
	const struct gowork *w = mp->gowork;

	for (size_t i = 0; w && i < w->replace.n; i++) {
		struct modver old = modtab_mod(&mp->tab, w->replace.items[i].from);
		struct modver new = modtab_mod(&mp->tab, w->replace.items[i].to);

		if (is_ignored(mp, old))
			continue;
		if (modproject_is_main(mp, old.path) && !*old.version)
			note_replaced_member(mp, old);
		map_put(by_work, old.path, NULL);
		note_highest(mp, old);
		map_put(all, arena_fmt(&mp->arena, "%s@%s", old.path, old.version),
			arena_memdup(&mp->arena, &new, sizeof(new)));
	}
}

bool modproject_replace_init(struct modproject *mp, struct err *e)
{
	struct map all = MAP_INIT, by_work = MAP_INIT;
	bool ok;

	mp->n_replaces = 1 + mp->n_mains;
	mp->replaces = arena_calloc(&mp->arena, mp->n_replaces, sizeof(*mp->replaces));
	mp->replaces[0].dir = "";
	mp->replaces[0].file = mp->gowork_file ? mp->gowork_file : "";
	ok = !mp->gowork ||
	     set_fill(mp, &mp->replaces[0], mp->gowork->replace.items, mp->gowork->replace.n, e);
	for (size_t i = 0; i < mp->n_mains && ok; i++) {
		const struct modproject_main *mm = &mp->mains[i];

		mp->replaces[i + 1].dir = mm->dir;
		mp->replaces[i + 1].file = mm->gomod;
		if (mm->file)
			ok = set_fill(mp, &mp->replaces[i + 1], mm->file->replace.items,
				      mm->file->replace.n, e);
	}
	if (ok)
		work_lines(mp, &all, &by_work);
	for (size_t i = 0; i < mp->n_mains && ok; i++) {
		if (mp->mains[i].file)
			ok = check_members(mp, &all, &by_work, &mp->mains[i], e);
	}
	map_release(&all);
	map_release(&by_work);
	return ok;
}

/* The first one wins. */
static void note_conflict(struct modproject *mp, struct modver m, const char *one,
			  const char *other)
{
	modproject_add_error(
		mp, "",
		(struct modproject_error){
			.text = arena_fmt(
				&mp->arena,
				"conflicting replacements found for %s@%s in workspace modules defined by %s and %s",
				m.path, m.version, one, other),
			.mod = m,
			.file = other,
			.remedy = arena_fmt(&mp->arena,
					    "let go.work decide: go work edit -replace=%s=TARGET",
					    m.path) });
}

const char *modproject_replacement_from(struct modproject *mp, struct modver m, struct modver *to,
					const char **dir)
{
	const char *file = NULL;

	*to = (struct modver){ "", "" };
	*dir = "";
	if (!mp->any_replace || (!*m.version && modproject_is_main(mp, m.path)))
		return NULL;
	for (size_t i = 0; i < mp->n_replaces; i++) {
		const struct modproject_replace_line *r = mp->replaces[i].n
								  ? set_match(&mp->replaces[i], m)
								  : NULL;

		if (!r)
			continue;
		if (file && *r->old.version && !modver_eq(*to, r->new)) {
			note_conflict(mp, m, file, mp->replaces[i].file);
			break;
		}
		*to = r->new;
		*dir = mp->replaces[i].dir;
		file = mp->replaces[i].file;
		if (i == 0)
			break; /* go.work decides alone */
	}
	return file;
}

/* canonicalizeReplacePath: in a workspace a member's relative directory is rewritten relative to go.work's. */
static struct modver canonical(struct modproject *mp, struct modver r, const char *dir)
{
	const char *abs, *rel;

	if (!*r.path || path_is_abs(r.path) || *r.version || !*dir || !mp->gowork_file)
		return r;
	abs = path_join(&mp->arena, dir, r.path);
	rel = path_rel(&mp->arena, path_dir(&mp->arena, mp->gowork_file), abs);
	if (!rel)
		rel = abs;
	if (!modpath_is_directory(rel))
		rel = arena_fmt(&mp->arena, "./%s", path_clean(&mp->arena, rel));
	return modtab_mod(&mp->tab, (struct modver){ rel, "" });
}

struct modver modproject_replacement(struct modproject *mp, struct modver m)
{
	struct modver to;
	const char *dir;

	if (!mp->any_replace || !modproject_replacement_from(mp, m, &to, &dir))
		return (struct modver){ "", "" };
	return canonical(mp, to, dir);
}

struct modver modproject_resolve(struct modproject *mp, struct modver m)
{
	struct modver r = modproject_replacement(mp, m);

	return *r.path ? r : m;
}

const char *modproject_dir_of(struct modproject *mp, struct modver actual)
{
	const struct modproject_main *mm;
	const char *base;

	if (path_is_abs(actual.path))
		return actual.path;
	mm = mp->gowork_file ? modproject_main(mp, actual.path) : NULL;
	if (mm)
		return mm->dir;
	base = mp->gowork_file ? path_dir(&mp->arena, mp->gowork_file) : mp->mains[0].dir;
	return path_join(&mp->arena, base, actual.path);
}

bool modproject_any_replace(const struct modproject *mp)
{
	return mp->any_replace;
}

bool modproject_any_member_replace(const struct modproject *mp)
{
	for (size_t i = 1; i < mp->n_replaces; i++) {
		if (mp->replaces[i].n)
			return true;
	}
	return false;
}

size_t modproject_replaced_versions(const struct modproject *mp, const char *path,
				    const char **versions)
{
	size_t n = 0;

	for (size_t i = 1; i < mp->n_replaces; i++) {
		const struct modproject_replace_line *l = map_get(&mp->replaces[i].by_path, path);

		for (; l; l = l->next) {
			if (!*l->old.version)
				continue;
			if (versions)
				versions[n] = l->old.version;
			n++;
		}
	}
	return n;
}

const char *modproject_highest_replaced(const struct modproject *mp, const char *path)
{
	return map_get(&mp->highest_replaced, path);
}

const struct map *modproject_replaced_paths(const struct modproject *mp)
{
	return &mp->highest_replaced;
}

void modproject_exclude_add(struct modproject *mp, struct modver m)
{
	uint32_t node = modtab_node(&mp->tab, m);

	if (node >= mp->cap_excluded) {
		size_t n = MAX((size_t)node + 1, mp->cap_excluded * 2);

		mp->excluded = xrealloc(mp->excluded, n);
		memset(mp->excluded + mp->cap_excluded, 0, n - mp->cap_excluded);
		mp->cap_excluded = n;
	}
	mp->excluded[node] = 1;
	mp->any_exclude = true;
}

bool modproject_any_exclude(const struct modproject *mp)
{
	return mp->any_exclude;
}

bool modproject_node_is_excluded(const struct modproject *mp, uint32_t node)
{
	return node < mp->cap_excluded && mp->excluded[node];
}

bool modproject_is_excluded(const struct modproject *mp, struct modver m)
{
	return mp->any_exclude && modproject_node_is_excluded(mp, modtab_find(&mp->tab, m));
}
