#include "packages/pkgroot_impl.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/par.h"
#include "gofiles/gover.h"

#define GOMOD_MAX ((size_t)16 << 20) /* modfetch's limit for go.mod files */

void pkgroots_init(struct pkgroots *r, const char *index_dir)
{
	*r = (struct pkgroots){ .index_dir = index_dir ? xstrdup(index_dir) : NULL };
	buf_init(&r->project);
}

static void root_release(struct pkgroot *t)
{
	for (size_t i = 0; i < t->dirs.n; i++)
		err_release(&((struct pkgroot_dir *)t->dirs.entries[i].value)->err);
	map_release(&t->dirs);
	err_release(&t->gomod_err);
	arena_release(&t->arena);
	pthread_mutex_destroy(&t->lock);
	free(t->index_file);
	free(t->index_head);
	free(t->indexed);
	free(t->dir);
	free(t);
}

void pkgroots_release(struct pkgroots *r)
{
	for (size_t i = 0; i < r->roots.n; i++)
		root_release(r->roots.items[i]);
	vec_release(&r->roots);
	free(r->index_dir);
	free(r->project_file);
	buf_release(&r->project);
	map_release(&r->packed);
	arena_release(&r->arena);
	*r = (struct pkgroots){ 0 };
}

struct pkgroot *pkgroot_new(struct pkgroots *r, const char *dir, bool local)
{
	struct pkgroot *t = xcalloc(1, sizeof(*t));

	t->dir = xstrdup(dir);
	t->owners = &r->arena;
	t->local = local;
	t->fd = -1;
	t->now = r->now;
	t->platform = r->platform;
	t->plain = r->plain;
	t->go_line = "";
	pthread_mutex_init(&t->lock, NULL);
	if (local && r->overlay && overlay_touches(r->overlay, dir))
		t->overlay = r->overlay;
	if (r->index_dir && !t->overlay)
		t->index_file = pkgroots_index_path(r->index_dir, dir, 1, ".idx");
	if (!local)
		t->packed = map_get(&r->packed, dir);
	return t;
}

void pkgroots_take(struct pkgroots *r, struct pkgroot *take_t)
{
	vec_push(&r->roots, take_t);
}

struct pkgroot *pkgroots_add(struct pkgroots *r, const char *dir, bool local)
{
	struct pkgroot *t = pkgroot_new(r, dir, local);

	pkgroots_take(r, t);
	return t;
}

struct pkgroot_dir *pkgroot_dir(struct pkgroot *t, const char *rel)
{
	struct map_entry *e = map_find(&t->dirs, rel);
	struct pkgroot_dir *d;

	if (e)
		return e->value;
	d = arena_calloc(t->owners, 1, sizeof(*d));
	d->rel = arena_strdup(t->owners, rel);
	d->has_gomod = -1;
	map_put(&t->dirs, d->rel, d);
	return d;
}

static void read_go_line(struct pkgroot *t)
{
	struct arena tmp = ARENA_INIT;
	char *data;
	size_t len;

	t->go_line = "";
	if (fs_read(&tmp, arena_fmt(&tmp, "%s/go.mod", t->dir), GOMOD_MAX, &data, &len,
		    &t->gomod_err))
		t->go_line = gover_lookup(&t->arena, data, len, "go");
	else if (t->gomod_err.code == ERR_NOT_FOUND)
		err_clear(&t->gomod_err);
	arena_release(&tmp);
}

void pkgroot_open(struct pkgroot *t, const struct stat *st)
{
	if (!pkgroot_index_read(t, st) && !t->local)
		read_go_line(t);
}

static const char *const *copy_strings(struct arena *a, const char **list, size_t n)
{
	const char **out = arena_alloc(a, (n + 1) * sizeof(*out));

	for (size_t i = 0; i < n; i++)
		out[i] = arena_strdup(a, list[i]);
	return out;
}

/* An indexed entry of a local directory is valid while its stamps match. */
static bool fill_stored(struct pkgroot *t, struct pkgroot_dir *d)
{
	if (!pkgroot_basis_same(t, d) || !pkgroot_basis_files_same(t, d))
		return false;
	d->stored = d->filled = true;
	return true;
}

void pkgroot_look(struct pkgroot *t)
{
	if (t->dirs.n)
		t->fd = open(t->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < t->dirs.n; i++) {
		struct pkgroot_dir *d = t->dirs.entries[i].value;

		if (d->basis && !d->filled)
			fill_stored(t, d);
	}
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
}

static void take_scan(struct pkgroot *t, struct pkgroot_dir *d, const struct imports_dir *r,
		      const struct imports_basis *basis)
{
	d->imports = copy_strings(&t->arena, r->imports, r->n_imports);
	d->tests = copy_strings(&t->arena, r->tests, r->n_tests);
	d->n_imports = r->n_imports;
	d->n_tests = r->n_tests;
	d->basis = basis->steady && t->index_head ? pkgroot_basis_new(t, basis) : NULL;
	if (!t->local || d->basis)
		t->fresh = true;
}

static int64_t now_of(const struct pkgroot *t)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return t->now ? t->now : imports_time(&now);
}

static enum imports_mode mode_of(const struct pkgroot *t)
{
	if (t->plain)
		return IMPORTS_PLAIN;
	return t->local ? IMPORTS_AUTO : IMPORTS_INDEXED;
}

void pkgroot_fill(struct pkgroot *t, struct pkgroot_dir *d)
{
	struct arena tmp = ARENA_INIT;
	struct imports_dir r;
	struct imports_basis basis = { 0 };
	const char *dir;
	bool ok;

	if (fill_stored(t, d))
		return;
	dir = d->rel[0] ? arena_fmt(&tmp, "%s/%s", t->dir, d->rel) : t->dir;
	if (t->platform || t->plain || !t->local)
		ok = imports_scan_platform(&tmp, dir, mode_of(t), t->overlay, t->platform, &r,
					   &d->err);
	else
		ok = imports_scan_local(&tmp, dir, now_of(t), t->overlay, &r, &basis, &d->err);
	d->is_go_dir = r.is_go_dir;
	d->no_go = r.no_go;
	d->list_failed = !ok && !r.is_go_dir;
	d->packed_imports = d->packed_tests = NULL;
	d->basis = NULL;
	pthread_mutex_lock(&t->lock);
	d->link_error = r.link_error ? arena_strdup(&t->arena, r.link_error) : NULL;
	d->unread = r.unread ? arena_strdup(&t->arena, r.unread) : NULL;
	if (ok)
		take_scan(t, d, &r, &basis);
	pthread_mutex_unlock(&t->lock);
	d->filled = true;
	arena_release(&tmp);
}

void pkgroot_need(struct pkgroot *t, struct pkgroot_dir *d)
{
	if (!d->filled)
		pkgroot_fill(t, d);
	if (!d->packed_imports)
		return;
	d->imports = pkgroot_words(t->owners, d->packed_imports, &d->n_imports);
	d->tests = pkgroot_words(t->owners, d->packed_tests, &d->n_tests);
	d->packed_imports = d->packed_tests = NULL;
}

bool pkgroot_known(void *tree, const char *rel, struct arena *a, struct pkgwalk_known *k)
{
	struct pkgroot *t = tree;
	struct pkgroot_dir *d = map_get(&t->dirs, rel);

	if (!d || !pkgroot_basis_same(t, d))
		return false;
	k->subdirs = pkgroot_words(a, arena_strdup(a, d->basis->subdirs), &k->n_subdirs);
	k->has_gomod = d->basis->has_gomod;
	return true;
}

static bool has_gomod(struct pkgroot *t, const char *rel)
{
	struct pkgroot_dir *d = pkgroot_dir(t, rel);
	char *path;

	if (d->has_gomod < 0 && pkgroot_basis_same(t, d)) {
		d->has_gomod = d->basis->has_gomod;
	} else if (d->has_gomod < 0) {
		path = xasprintf("%s/%s/go.mod", t->dir, rel);
		d->has_gomod = overlay_is_file(t->overlay, path);
		free(path);
	}
	return d->has_gomod;
}

bool pkgroot_hidden(struct pkgroot *t, const char *rel)
{
	char *p = xstrdup(rel);
	bool hidden = false;

	while (*p && !hidden) {
		char *slash = strrchr(p, '/');

		hidden = has_gomod(t, p);
		*(slash ? slash : p) = 0;
	}
	free(p);
	return hidden;
}

static void save_root(void *ctx, size_t i)
{
	pkgroot_index_write(((struct pkgroots *)ctx)->roots.items[i]);
}

void pkgroots_save(struct pkgroots *r)
{
	bool fresh = false;

	if (!r->index_dir)
		return;
	if (r->project_file)
		pkgroots_project_write(r);
	for (size_t i = 0; i < r->roots.n; i++)
		fresh = fresh || r->roots.items[i]->fresh;
	if (fresh)
		par_for(r->roots.n, par_cpus(), save_root, r);
}
