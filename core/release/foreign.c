#include "release/foreign.h"

#include "base/fs.h"
#include "fetch/source.h"
#include "gofiles/gomod.h"
#include "gofiles/gover.h"

struct seek {
	struct arena *a;
	struct modproject *mp;
	const struct modgraph *mg;
	ARENA_VEC(struct foreign) found;
};

const char *foreign_rank_name(enum foreign_rank rank)
{
	static const char *const names[] = { "matters", "other version", "directory", "same",
					     "not built" };

	return names[rank];
}

static bool leave(void *ctx, const char *path, const char *version, const char **resolved,
		  bool *inner, struct err *e)
{
	(void)ctx, (void)path, (void)inner, (void)e;
	*resolved = version;
	return true;
}

static enum foreign_rank rank_of(const struct foreign *f)
{
	if (!f->here[0])
		return FOREIGN_ABSENT;
	if (f->from.version[0] && !str_eq(f->from.version, f->here))
		return FOREIGN_OTHER;
	if (!f->to.version[0])
		return FOREIGN_DIRECTORY;
	return f->replaced.path[0] && modver_eq(f->replaced, f->to) ? FOREIGN_SAME
								    : FOREIGN_MATTERS;
}

static void add(struct seek *k, struct modver owner, const char *file,
		const struct gomod_replace *r)
{
	const char *here = modgraph_selected(k->mg, r->from.path);
	struct foreign f = { owner,
			     file,
			     modsyntax_line_number(r->line),
			     { arena_strdup(k->a, r->from.path),
			       arena_strdup(k->a, r->from.version) },
			     { arena_strdup(k->a, r->to.path), arena_strdup(k->a, r->to.version) },
			     FOREIGN_ABSENT,
			     str_eq(here, "none") ? "" : here,
			     { "", "" } };

	if (modproject_is_main(k->mp, r->from.path) || str_eq(owner.path, r->from.path))
		return;
	if (f.here[0])
		f.replaced = modproject_replacement(k->mp, (struct modver){ f.from.path, f.here });
	if (!f.replaced.path)
		f.replaced = (struct modver){ "", "" };
	f.rank = rank_of(&f);
	arena_vec_push(k->a, &k->found, f);
}

/* The graph's files are in a cache; nothing else is fetched. */
static bool read_file(struct seek *k, uint32_t node, struct arena *tmp, struct modver actual,
		      const char **data, size_t *len)
{
	const char *file;
	char *own;

	*data = NULL;
	if (actual.version[0])
		return modgraph_is_read(k->mg, node) &&
		       source_gomod(modproject_source(k->mp), actual, data, len, NULL);
	file = path_join(tmp, modproject_dir_of(k->mp, actual), "go.mod");
	if (fs_read(tmp, file, FS_MAX_MOD, &own, len, NULL))
		*data = own;
	return *data != NULL;
}

static const char *name_of(struct seek *k, struct modver actual)
{
	const char *file;

	if (!actual.version[0])
		return path_join(k->a, modproject_dir_of(k->mp, actual), "go.mod");
	file = source_cached_gomod_file(modproject_source(k->mp), actual);
	return file ? file : arena_fmt(k->a, "%s@%s/go.mod", actual.path, actual.version);
}

static void look(struct seek *k, uint32_t node)
{
	struct gomod_fixer fixer = { .query = leave };
	struct gomod_options o = { .name = "go.mod", .fixer = &fixer };
	struct modver m = k->mg->tab->nodes[node].mod, actual = modproject_resolve(k->mp, m);
	struct arena tmp = ARENA_INIT;
	const char *file = NULL, *data;
	struct gomod *f;
	size_t len;

	if (read_file(k, node, &tmp, actual, &data, &len) && strstr(data, "replace") &&
	    gomod_parse(&f, &tmp, &o, data, len, NULL))
		for (size_t i = 0; i < f->replace.n; i++) {
			if (!file)
				file = name_of(k, actual);
			add(k, m, file, &f->replace.items[i]);
		}
	arena_release(&tmp);
}

static int by_rank(const void *va, const void *vb)
{
	const struct foreign *a = va, *b = vb;
	int c;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	c = strcmp(a->owner.path, b->owner.path);
	return c ? c : (a->line > b->line) - (a->line < b->line);
}

void foreign_find(struct foreign_list *out, struct arena *a, struct modproject *mp,
		  const struct modgraph *mg)
{
	struct seek k = { .a = a, .mp = mp, .mg = mg };
	size_t n;
	const uint32_t *list = modgraph_build_list(mg, &n);

	for (size_t i = 0; i < n; i++) {
		struct modver m = mg->tab->nodes[list[i]].mod;

		if (m.version[0] && !gover_is_toolchain(m.path))
			look(&k, list[i]);
	}
	if (k.found.n)
		qsort(k.found.items, k.found.n, sizeof(*k.found.items), by_rank);
	*out = (struct foreign_list){ k.found.items, k.found.n };
}
