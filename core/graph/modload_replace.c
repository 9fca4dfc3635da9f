#include "graph/modload_impl.h"

static const struct replace_line *set_find(const struct replace_set *s, struct modver m)
{
	for (const struct replace_line *r = map_get(&s->by_path, m.path); r; r = r->next) {
		if (str_eq(r->old.version, m.version))
			return r;
	}
	return NULL;
}

/* replacement(): the exact version first, then the wildcard. */
static const struct replace_line *set_match(const struct replace_set *s, struct modver m)
{
	const struct replace_line *r = set_find(s, m);

	return r || !*m.version ? r : set_find(s, (struct modver){ m.path, "" });
}

static void put_mod(struct buf *b, struct modver m)
{
	buf_addstr(b, m.path);
	if (*m.version)
		buf_addf(b, "@%s", m.version);
}

static bool conflict(struct modver old, struct modver prev, struct modver now, bool workspace,
		     struct err *e)
{
	struct buf b = BUF_INIT, k = BUF_INIT;

	put_mod(&k, old);
	buf_addf(&b, "conflicting replacements for %s:\n\t", k.data);
	put_mod(&b, prev);
	buf_addstr(&b, "\n\t");
	put_mod(&b, now);
	if (workspace)
		buf_addf(&b, "\nuse \"go work edit -replace %s=[override]\" to resolve", k.data);
	err_set(e, ERR_SYNTAX, "%s", b.data);
	buf_release(&b);
	buf_release(&k);
	return false;
}

/* A what-if may take replace lines away, by path or by path@version. */
static bool is_ignored(const struct modload *ml, struct modver old)
{
	const char *const *p = ml->o.ignore_replace;

	for (; p && *p; p++) {
		const char *rest = str_cut_prefix(*p, old.path);

		if (rest && (!*rest || (*rest == '@' && str_eq(rest + 1, old.version))))
			return true;
	}
	return false;
}

/* toReplaceMap. */
static bool set_fill(struct modload *ml, struct replace_set *s, const struct gomod_replace *list,
		     size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct modver old = modtab_mod(&ml->tab, list[i].from),
			      new = modtab_mod(&ml->tab, list[i].to);
		const struct replace_line *prev = set_find(s, old);
		struct replace_line *r;

		if (is_ignored(ml, old))
			continue;
		if (prev) {
			if (!modver_eq(prev->new, new))
				return conflict(old, prev->new, new, false, e);
			continue;
		}
		r = arena_alloc(&ml->arena, sizeof(*r));
		*r = (struct replace_line){ old, new, map_get(&s->by_path, old.path) };
		map_put(&s->by_path, old.path, r);
		s->n++;
		ml->any_replace = true;
	}
	return true;
}

static void note_highest(struct modload *ml, struct modver old)
{
	bool added;
	struct map_entry *e = map_entry(&ml->highest_replaced, old.path, strlen(old.path), &added);

	if (added || gover_mod_compare(old.path, old.version, e->value) > 0)
		e->value = (void *)old.version;
}

/* All lines of a workspace must agree, unless go.work decides; relative directories are compared as absolute ones. */
static bool check_members(struct modload *ml, struct map *all, const struct map *by_work,
			  const struct main_module *mm, struct err *e)
{
	struct map own = MAP_INIT;
	bool ok = true;

	for (size_t i = 0; i < mm->file->replace.n && ok; i++) {
		struct modver old = modtab_mod(&ml->tab, mm->file->replace.items[i].from);
		struct modver new = modtab_mod(&ml->tab, mm->file->replace.items[i].to);
		const char *key = arena_fmt(&ml->arena, "%s@%s", old.path, old.version);
		struct modver *kept, *prev = map_get(all, key);

		if (map_has(by_work, old.path) || is_ignored(ml, old))
			continue;
		if (ml->gowork_file && !*new.version && !path_is_abs(new.path))
			new.path = path_join(&ml->arena, mm->dir, new.path);
		if (prev && !map_has(&own, key) && !modver_eq(*prev, new))
			ok = conflict(old, *prev, new, true, e);
		map_put(&own, key, NULL);
		kept = arena_memdup(&ml->arena, &new, sizeof(new));
		map_put(all, key, kept);
		note_highest(ml, old);
	}
	map_release(&own);
	return ok;
}

static bool work_lines(struct modload *ml, struct map *all, struct map *by_work, struct err *e)
{
	const struct gowork *w = ml->gowork;

	for (size_t i = 0; w && i < w->replace.n; i++) {
		struct modver old = modtab_mod(&ml->tab, w->replace.items[i].from);
		struct modver new = modtab_mod(&ml->tab, w->replace.items[i].to);

		if (is_ignored(ml, old))
			continue;
		if (modload_is_main(ml, old.path) && !*old.version)
			return err_set(
				e, ERR_SYNTAX,
				"workspace module %s is replaced at all versions in the go.work file. To fix, remove the "
				"replacement from the go.work file or specify the version at which to replace the module.",
				old.path);
		map_put(by_work, old.path, NULL);
		note_highest(ml, old);
		map_put(all, arena_fmt(&ml->arena, "%s@%s", old.path, old.version),
			arena_memdup(&ml->arena, &new, sizeof(new)));
	}
	return true;
}

bool modload_replace_init(struct modload *ml, struct err *e)
{
	struct map all = MAP_INIT, by_work = MAP_INIT;
	bool ok;

	ml->n_replaces = 1 + ml->n_mains;
	ml->replaces = arena_calloc(&ml->arena, ml->n_replaces, sizeof(*ml->replaces));
	ml->replaces[0].dir = "";
	ml->replaces[0].file = ml->gowork_file ? ml->gowork_file : "";
	ok = !ml->gowork ||
	     set_fill(ml, &ml->replaces[0], ml->gowork->replace.items, ml->gowork->replace.n, e);
	for (size_t i = 0; i < ml->n_mains && ok; i++) {
		const struct main_module *mm = &ml->mains[i];

		ml->replaces[i + 1].dir = mm->dir;
		ml->replaces[i + 1].file = mm->gomod;
		if (mm->file)
			ok = set_fill(ml, &ml->replaces[i + 1], mm->file->replace.items,
				      mm->file->replace.n, e);
	}
	ok = ok && work_lines(ml, &all, &by_work, e);
	for (size_t i = 0; i < ml->n_mains && ok; i++) {
		if (ml->mains[i].file)
			ok = check_members(ml, &all, &by_work, &ml->mains[i], e);
	}
	map_release(&all);
	map_release(&by_work);
	return ok;
}

void modload_replace_release(struct modload *ml)
{
	for (size_t i = 0; i < ml->n_replaces; i++)
		map_release(&ml->replaces[i].by_path);
	map_release(&ml->highest_replaced);
	free(ml->excluded);
}

const char *modload_replacement_from(struct modload *ml, struct modver m, struct modver *to,
				     const char **dir)
{
	const char *file = NULL;

	*to = (struct modver){ "", "" };
	*dir = "";
	if (!ml->any_replace || (!*m.version && modload_is_main(ml, m.path)))
		return NULL;
	for (size_t i = 0; i < ml->n_replaces; i++) {
		const struct replace_line *r = ml->replaces[i].n ? set_match(&ml->replaces[i], m)
								 : NULL;

		if (!r)
			continue;
		if (file && *r->old.version && !modver_eq(*to, r->new)) {
			modload_message(
				ml,
				"conflicting replacements found for %s@%s in workspace modules defined by %s and %s\n",
				m.path, m.version, file, ml->replaces[i].file);
			break;
		}
		*to = r->new;
		*dir = ml->replaces[i].dir;
		file = ml->replaces[i].file;
		if (i == 0)
			break; /* go.work decides alone */
	}
	return file;
}

/* canonicalizeReplacePath: in a workspace a member's relative directory is rewritten relative to go.work's. */
static struct modver canonical(struct modload *ml, struct modver r, const char *dir)
{
	const char *abs, *rel;

	if (!*r.path || path_is_abs(r.path) || *r.version || !*dir || !ml->gowork_file)
		return r;
	abs = path_join(&ml->arena, dir, r.path);
	rel = path_rel(&ml->arena, path_dir(&ml->arena, ml->gowork_file), abs);
	if (!rel)
		rel = abs;
	if (!modpath_is_directory(rel))
		rel = arena_fmt(&ml->arena, "./%s", path_clean(&ml->arena, rel));
	return modtab_mod(&ml->tab, (struct modver){ rel, "" });
}

struct modver modload_replacement(struct modload *ml, struct modver m)
{
	struct modver to;
	const char *dir;

	if (!ml->any_replace || !modload_replacement_from(ml, m, &to, &dir))
		return (struct modver){ "", "" };
	return canonical(ml, to, dir);
}

struct modver modload_resolve(struct modload *ml, struct modver m)
{
	struct modver r = modload_replacement(ml, m);

	return *r.path ? r : m;
}

const char *modload_dir_of(struct modload *ml, struct modver actual)
{
	const struct main_module *mm;
	const char *base;

	if (path_is_abs(actual.path))
		return actual.path;
	mm = ml->gowork_file ? modload_main(ml, actual.path) : NULL;
	if (mm)
		return mm->dir;
	base = ml->gowork_file ? path_dir(&ml->arena, ml->gowork_file) : ml->mains[0].dir;
	return path_join(&ml->arena, base, actual.path);
}

const char *modload_highest_replaced(const struct modload *ml, const char *path)
{
	return map_get(&ml->highest_replaced, path);
}

const struct map *modload_replaced_paths(const struct modload *ml)
{
	return &ml->highest_replaced;
}

void modload_exclude_add(struct modload *ml, struct modver m)
{
	uint32_t node = modtab_node(&ml->tab, m);

	if (node >= ml->cap_excluded) {
		size_t n = MAX((size_t)node + 1, ml->cap_excluded * 2);

		ml->excluded = xrealloc(ml->excluded, n);
		memset(ml->excluded + ml->cap_excluded, 0, n - ml->cap_excluded);
		ml->cap_excluded = n;
	}
	ml->excluded[node] = 1;
	ml->any_exclude = true;
}

bool modload_node_excluded(const struct modload *ml, uint32_t node)
{
	return node < ml->cap_excluded && ml->excluded[node];
}

bool modload_is_excluded(const struct modload *ml, struct modver m)
{
	return ml->any_exclude && modload_node_excluded(ml, modtab_find(&ml->tab, m));
}
