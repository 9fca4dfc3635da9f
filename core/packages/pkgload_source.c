#include "packages/pkgload_impl.h"

#include <errno.h>

#include "base/fs.h"
#include "base/par.h"
#include "gofiles/gover.h"

/* Fetching mostly waits for the network. */
#define FETCH_THREADS 8u
/* Fewer items than this are done before another thread has started. */
#define FEW 48

const char *pkgload_mod_text(struct arena *a, struct modver m)
{
	return m.version[0] ? arena_fmt(a, "%s@%s", m.path, m.version) : m.path;
}

static struct pkgload_source *source_slot(struct pkgload *ld, uint32_t node)
{
	if (node >= ld->n_sources) {
		size_t want = MAX((size_t)node + 1, ld->n_sources * 2);

		ld->sources = xreallocarray(ld->sources, want, sizeof(*ld->sources));
		memset(ld->sources + ld->n_sources, 0,
		       (want - ld->n_sources) * sizeof(*ld->sources));
		ld->n_sources = want;
	}
	if (!ld->sources[node])
		ld->sources[node] = arena_calloc(&ld->arena, 1, sizeof(**ld->sources));
	return ld->sources[node];
}

bool pkgload_shorten(char *prefix)
{
	char *slash = strrchr(prefix, '/');

	*(slash ? slash : prefix) = 0;
	return prefix[0] != 0;
}

static const char *selected(struct pkgload *ld, struct requirements *rs, const struct modgraph *mg,
			    const char *path)
{
	const char *v = mg ? modgraph_selected(mg, path) : requirements_root(ld->ml, rs, path);

	return v && !str_eq(v, "none") ? v : NULL;
}

const char *pkgload_path_within(const char *path, const char *mod_path)
{
	const char *rest = str_cut_prefix(path, mod_path);

	if (!*mod_path)
		return path;
	if (!rest || (*rest && *rest != '/'))
		return NULL;
	return *rest ? rest + 1 : rest;
}

/* pkgload_shorten, where the length is known: the new one. */
static size_t shorten(char *prefix, size_t len)
{
	while (len && prefix[len - 1] != '/')
		len--;
	len -= len > 0;
	prefix[len] = 0;
	return len;
}

static unsigned shape(const char *path, size_t n)
{
	return n ? ((unsigned)n * 61 + (unsigned char)path[n - 1] * 7 + (unsigned char)path[0]) %
			       PKGLOAD_SHAPES
		 : 0;
}

static void add_shape(struct pkgload *ld, const char *path)
{
	unsigned s = shape(path, strlen(path));

	ld->shapes.bits[s / 64] |= (uint64_t)1 << s % 64;
}

static void make_shapes(struct pkgload *ld, const struct requirements *rs)
{
	const struct modproject_main *mains;
	size_t n = modproject_mains(modload_project(ld->ml), &mains);

	memset(ld->shapes.bits, 0, sizeof(ld->shapes.bits));
	for (size_t i = 0; i < n; i++)
		add_shape(ld, mains[i].mod.path);
	for (size_t i = 0; i < rs->root_versions.n; i++)
		add_shape(ld, rs->root_versions.entries[i].key);
	ld->shapes.rs = rs;
}

static bool has_shape(const struct pkgload *ld, const char *path, size_t n)
{
	unsigned s = shape(path, n);

	return ld->shapes.bits[s / 64] >> s % 64 & 1;
}

static size_t find_candidates(struct pkgload *ld, const char *path, struct requirements *rs,
			      const struct modgraph *mg, struct pkgload_candidate *c)
{
	struct modtab *tab = modload_tab(ld->ml);
	char *prefix = xstrdup(path);
	size_t n = 0, len = strlen(path);

	if (ld->shapes.rs != rs)
		make_shapes(ld, rs);
	do {
		const char *v = NULL;
		uint32_t node;

		if ((mg || has_shape(ld, prefix, len)) && !gover_is_toolchain(prefix))
			v = selected(ld, rs, mg, prefix);
		if (!v || n == PKGLOAD_MAX_CANDIDATES)
			continue;
		node = modtab_node(tab, (struct modver){ prefix, v });
		c[n].node = node;
		c[n].dir = NULL;
		c[n].mod = tab->nodes[node].mod;
		c[n].rel = pkgload_path_within(path, c[n].mod.path);
		c[n++].source = source_slot(ld, node);
	} while ((len = shorten(prefix, len)));
	free(prefix);
	return n;
}

static bool found_ahead(struct pkgload *ld, const char *path, const struct requirements *rs,
			const struct modgraph *mg)
{
	return ld->ahead.rs == rs && ld->ahead.mg == mg && ld->ahead.next < ld->ahead.paths.n &&
	       ld->ahead.paths.items[ld->ahead.next].path == path;
}

size_t pkgload_candidates(struct pkgload *ld, const char *path, struct requirements *rs,
			  const struct modgraph *mg, struct pkgload_candidate *c)
{
	struct pkgload_range r;

	if (!found_ahead(ld, path, rs, mg))
		return find_candidates(ld, path, rs, mg, c);
	r = ld->ahead.paths.items[ld->ahead.next++];
	for (size_t i = 0; i < r.n; i++)
		c[i] = ld->ahead.list.items[r.start + i];
	return r.n;
}

static struct pkgroot *local_root(struct pkgload *ld, const char *dir)
{
	struct pkgroot *root = pkgroots_add(&ld->roots, dir, true);

	pkgroot_open(root, NULL);
	return root;
}

static void open_mains(void *ctx)
{
	struct pkgload *ld = ctx;

	for (size_t i = 0; i < ld->mains.n; i++) {
		pkgroot_open(ld->mains.roots[i], NULL);
		pkgroot_look(ld->mains.roots[i]);
	}
}

static void start_mains(struct pkgload *ld)
{
	par_beside_start(&ld->mains.thread, open_mains, ld);
	if (!ld->mains.thread.runs)
		open_mains(ld);
}

void pkgload_open_main(struct pkgload *ld, const char *dir)
{
	ld->mains.roots = arena_alloc(&ld->arena, sizeof(*ld->mains.roots));
	ld->mains.roots[ld->mains.n++] = pkgroots_add(&ld->roots, dir, true);
	start_mains(ld);
}

void pkgload_open_mains(struct pkgload *ld)
{
	const struct modproject_main *mains;
	size_t n = modproject_mains(modload_project(ld->ml), &mains);

	if (ld->cpus == 1 || ld->mains.n)
		return;
	ld->mains.roots = arena_alloc(&ld->arena, (n + 1) * sizeof(*ld->mains.roots));
	for (size_t i = 0; i < n; i++)
		if (mains[i].dir[0])
			ld->mains.roots[ld->mains.n++] = pkgroots_add(&ld->roots, mains[i].dir,
								      true);
	start_mains(ld);
}

static struct pkgroot *main_root(struct pkgload *ld, const char *dir)
{
	par_beside_join(&ld->mains.thread);
	for (size_t i = 0; i < ld->mains.n; i++)
		if (str_eq(ld->mains.roots[i]->dir, dir))
			return ld->mains.roots[i];
	return local_root(ld, dir);
}

/* A tree that needs no fetching; false if the module must be fetched. */
static bool fetch_local(struct pkgload *ld, struct modver m, struct pkgload_source *s)
{
	const struct modproject_main *main = m.version[0] ? NULL
							  : modproject_main(modload_project(ld->ml),
									    m.path);
	struct modver r = modproject_replacement(modload_project(ld->ml), m);
	const char *dir;
	struct stat st;

	s->fetched = true;
	if (main && main->dir[0]) {
		s->root = main_root(ld, main->dir);
		return true;
	}
	if (!r.path || !r.path[0] || r.version[0]) {
		s->fetched = false;
		return false;
	}
	dir = modproject_dir_of(modload_project(ld->ml), r);
	if (stat(dir, &st) == 0)
		s->root = local_root(ld, dir);
	else if (errno == ENOENT || errno == ENOTDIR)
		s->error = arena_fmt(&ld->arena, "%s: replacement directory %s does not exist",
				     pkgload_mod_text(&ld->arena, m), r.path);
	else
		s->error = arena_fmt(&ld->arena, "%s: replacement directory %s: stat %s: %s",
				     pkgload_mod_text(&ld->arena, m), r.path, dir,
				     err_errno_text(errno));
	return true;
}

/* One download, on any thread: the tree is registered afterwards. */
struct fetch_item {
	struct pkgload *ld;
	struct pkgload_source *slot;
	struct modver actual;
	struct pkgroot *root;
	struct err err;
};

static void fetch_one(void *ctx, size_t i)
{
	struct fetch_item *it = (struct fetch_item *)ctx + i;
	const char *dir;
	struct stat st;

	if (!source_dir(modproject_source(modload_project(it->ld->ml)), it->actual, &dir, &st,
			&it->err))
		return;
	it->root = pkgroot_new(&it->ld->roots, dir, false);
	pkgroot_open(it->root, &st);
}

/* Download refuses a module that requires a newer go; only the go.mod in the tree counts. */
static void check_go_line(struct pkgload *ld, struct fetch_item *it)
{
	struct pkgroot *root = it->slot->root;
	const char *local = modproject_local_version(modload_project(ld->ml));
	struct err e = ERR_INIT;

	if (!root)
		return;
	if (err_is_set(&root->gomod_err)) {
		it->slot->error = arena_strdup(&ld->arena, root->gomod_err.text);
		err_copy(&ld->unread, &root->gomod_err);
	} else if (gover_compare(root->go_line, local) > 0) {
		modproject_too_new(modload_project(ld->ml),
				   pkgload_mod_text(&ld->arena, it->actual), root->go_line, &e);
		it->slot->error = arena_strdup(&ld->arena, e.text);
		it->slot->too_new = root->go_line;
		err_release(&e);
	}
	if (it->slot->error)
		it->slot->root = NULL;
}

/* As in modfetch.DownloadZip: only a proxy or a repository names the version. */
static void fetch_failed(struct pkgload *ld, struct fetch_item *it)
{
	const char *text = err_text(&it->err);

	it->slot->not_exist = it->err.code == ERR_NOT_FOUND || it->err.code == ERR_OFFLINE;
	it->slot->error = err_is_bare(&it->err) || it->err.form == ERR_FORM_LOOKUP
				  ? arena_strdup(&ld->arena, text)
				  : arena_fmt(&ld->arena, "%s: %s",
					      pkgload_mod_text(&ld->arena, it->actual), text);
	modproject_note_fatal(modload_project(ld->ml), &it->err);
	if (it->err.code == ERR_SYS)
		err_set(&ld->unread, ERR_SYS, "%s", it->slot->error);
	err_release(&it->err);
}

/* Most trees are on disk and quick to find, or already found: more threads start only for items that wait for the network. */
static void fetch_all(struct pkgload *ld, struct fetch_item *items, size_t n)
{
	par_for_waiting(n, 1, FETCH_THREADS, fetch_one, items);
	for (size_t i = 0; i < n; i++) {
		items[i].slot->fetched = true;
		items[i].slot->root = items[i].root;
		if (items[i].root)
			pkgroots_take(&ld->roots, items[i].root);
		else
			fetch_failed(ld, &items[i]);
	}
	for (size_t i = 0; i < n; i++)
		check_go_line(ld, &items[i]);
}

static struct fetch_item fetch_item(struct pkgload *ld, struct modver m, struct pkgload_source *s)
{
	return (struct fetch_item){ .ld = ld,
				    .slot = s,
				    .actual = modproject_resolve(modload_project(ld->ml), m) };
}

static struct pkgload_source *fetch(struct pkgload *ld, struct modver m, struct pkgload_source *s)
{
	if (!s->fetched && !fetch_local(ld, m, s)) {
		struct fetch_item it = fetch_item(ld, m, s);

		fetch_all(ld, &it, 1);
	}
	return s;
}

struct pkgload_source *pkgload_source(struct pkgload *ld, struct modver m)
{
	return fetch(ld, m, source_slot(ld, modtab_node(modload_tab(ld->ml), m)));
}

struct pkgload_source *pkgload_source_at(struct pkgload *ld, const struct pkgload_candidate *c)
{
	return fetch(ld, c->mod, c->source);
}

bool pkgload_dir_read(struct pkgload *ld, struct pkgroot *root, struct pkgroot_dir *d,
		      const char **error)
{
	pkgroot_need(root, d);
	if (d->list_failed) {
		err_copy(&ld->unread, &d->err);
		*error = d->err.text;
		return false;
	}
	*error = d->link_error;
	return !*error;
}

bool pkgload_dir_in_module(struct pkgload *ld, const char *path, const char *mod_path,
			   struct pkgroot *root, struct pkgroot_dir **d, const char **error)
{
	const char *rel = pkgload_path_within(path, mod_path);

	*d = NULL;
	if (!rel || (root->local && pkgroot_hidden(root, rel)))
		return true;
	*d = pkgroot_dir(root, rel);
	return pkgload_dir_read(ld, root, *d, error);
}

static void fill_one(void *ctx, size_t i)
{
	struct pkgload_fill *it = (struct pkgload_fill *)ctx + i;

	if (!it->dir->filled)
		pkgroot_fill(it->root, it->dir);
}

void pkgload_fill(struct pkgload *ld, struct pkgload_fill *items, size_t n)
{
	par_for(n, n < FEW ? 1 : ld->cpus, fill_one, items);
}

/* The trees and directories that the first pass of resolving will read. */
struct prefetch {
	VEC(struct fetch_item) fetch;
	VEC(struct pkgload_fill) fill;
};

static void prefetch_sources(struct pkgload *ld, const char *path, struct prefetch *p)
{
	struct pkgload_candidate c[PKGLOAD_MAX_CANDIDATES];
	size_t n = find_candidates(ld, path, ld->ahead.rs, ld->ahead.mg, c);

	vec_push(&ld->ahead.paths, (struct pkgload_range){ path, ld->ahead.list.n, n });
	for (size_t i = 0; i < n; i++) {
		vec_push(&ld->ahead.list, c[i]);
		if (c[i].source->fetched || fetch_local(ld, c[i].mod, c[i].source))
			continue;
		c[i].source->fetched = true; /* pending: not twice in one list */
		vec_push(&p->fetch, fetch_item(ld, c[i].mod, c[i].source));
	}
}

static void prefetch_dir(struct pkgload_candidate *c, struct prefetch *p)
{
	struct pkgroot *root = c->source->root;
	struct pkgroot_dir *d;

	if (!root || (root->local && pkgroot_hidden(root, c->rel)))
		return;
	d = c->dir = pkgroot_dir(root, c->rel);
	if (!d->filled)
		vec_push(&p->fill, (struct pkgload_fill){ root, d });
}

static bool worth_prefetching(const char *path)
{
	return path[0] && path[0] != '/' && path[0] != '.' && !strchr(path, '@');
}

void pkgload_prefetch(struct pkgload *ld, const char *const *paths, size_t n,
		      struct requirements *rs, const struct modgraph *mg)
{
	struct prefetch p = { 0 };

	ld->ahead.rs = rs;
	ld->ahead.mg = mg;
	ld->ahead.list.n = ld->ahead.paths.n = ld->ahead.next = 0;
	for (size_t i = 0; i < n; i++)
		if (worth_prefetching(paths[i]))
			prefetch_sources(ld, paths[i], &p);
	if (p.fetch.n)
		fetch_all(ld, p.fetch.items, p.fetch.n);
	for (size_t i = 0; i < ld->ahead.list.n; i++)
		prefetch_dir(&ld->ahead.list.items[i], &p);
	if (p.fill.n)
		pkgload_fill(ld, p.fill.items, p.fill.n);
	vec_release(&p.fetch);
	vec_release(&p.fill);
}

size_t pkgload_trees(const struct pkgload *ld, struct arena *a, struct pkgload_tree **trees)
{
	size_t n = 0;

	*trees = arena_alloc(a, (ld->n_sources + 1) * sizeof(**trees));
	for (size_t i = 0; i < ld->n_sources; i++) {
		const struct pkgload_source *s = ld->sources[i];
		struct modver m;

		if (!s || !s->fetched)
			continue;
		m = modproject_resolve(modload_project(ld->ml), modload_tab(ld->ml)->nodes[i].mod);
		if (m.version[0])
			(*trees)[n++] = (struct pkgload_tree){ m, s->root != NULL };
	}
	return n;
}
