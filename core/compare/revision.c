#include "compare/revision.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "base/fs.h"
#include "base/map.h"
#include "git/gitzip.h"
#include "gofiles/gowork.h"

#define MAX_DIRS 20000
#define MAX_SOURCES ((int64_t)1 << 30)

struct writer {
	struct revision *v;
	struct gitrepo *repo;
	const struct gitrepo_commit *commit;
	const char *top; /* of the repository */
	struct arena arena;
	struct map done; /* files written or known to be missing */
	bool found;	 /* a go.mod or go.work of the repository */
	struct err *e;
};

static bool read_file(struct writer *w, const char *path, size_t max, char **data, size_t *len,
		      struct err *e)
{
	const char *rel = path_under(path, w->top) ? path_rel(&w->arena, w->top, path) : NULL;

	if (rel && w->commit)
		return gitrepo_read(w->repo, w->commit, &w->arena, rel, max, data, len, e);
	return fs_read(&w->arena, path, max, data, len, e);
}

/* *data is NULL if there is no such file. */
static bool copy(struct writer *w, const char *dir, const char *name, char **data, size_t *len)
{
	const char *path = path_join(&w->arena, dir, name);
	size_t max = strstr(name, ".sum") ? FS_MAX_SUM : FS_MAX_MOD;
	struct err e = ERR_INIT;

	*data = NULL;
	if (!map_put(&w->done, path, w))
		return true;
	if (w->done.n > MAX_DIRS)
		return err_set(w->e, ERR_LIMIT, "the project has too many modules");
	if (!read_file(w, path, max, data, len, &e)) {
		bool absent = e.code == ERR_NOT_FOUND;

		*data = NULL;
		if (absent)
			err_release(&e);
		return absent || err_move(w->e, &e);
	}
	return fs_write_atomic(path_join(&w->arena, w->v->root, path + 1), *data, *len, 0600, false,
			       w->e);
}

static bool copy_replacements(struct writer *w, const char *dir, const struct gomod_replaces *list)
{
	char *data;
	size_t len;

	for (size_t i = 0; i < list->n; i++) {
		struct modver to = list->items[i].to;

		if (to.version[0] || path_is_abs(to.path))
			continue;
		if (!copy(w, path_join(&w->arena, dir, to.path), "go.mod", &data, &len))
			return false;
	}
	return true;
}

/* The loader resolves a branch in place of a version. */
static bool leave(void *ctx, const char *path, const char *version, const char **resolved,
		  bool *inner, struct err *e)
{
	(void)ctx, (void)path, (void)inner, (void)e;
	*resolved = version;
	return true;
}

/* The loader reports syntax errors. */
static bool copy_module(struct writer *w, const char *dir)
{
	struct gomod_fixer fixer = { .query = leave };
	struct gomod_options o = { .name = "go.mod", .fixer = &fixer };
	struct gomod *f;
	size_t len, n;
	char *data, *sums;

	if (!copy(w, dir, "go.mod", &data, &len) || !copy(w, dir, "go.sum", &sums, &n))
		return false;
	if (!data)
		return true;
	w->found = w->found || path_under(dir, w->top);
	return !gomod_parse(&f, &w->arena, &o, data, len, NULL) ||
	       copy_replacements(w, dir, &f->replace);
}

static bool copy_workspace(struct writer *w, const char *dir)
{
	struct gomod_options o = { .name = "go.work" };
	struct gowork *f;
	size_t len, n;
	char *data, *sums;

	if (!copy(w, dir, "go.work", &data, &len) || !copy(w, dir, "go.work.sum", &sums, &n))
		return false;
	if (!data || !gowork_parse(&f, &w->arena, &o, data, len, NULL))
		return true;
	w->found = w->found || path_under(dir, w->top);
	for (size_t i = 0; i < f->use.n; i++)
		if (!path_is_abs(f->use.items[i].path) &&
		    !copy_module(w, path_join(&w->arena, dir, f->use.items[i].path)))
			return false;
	return copy_replacements(w, dir, &f->replace);
}

/* The project's files are in its directory or above it. */
static bool copy_all(struct writer *w, const char *dir)
{
	for (;; dir = path_dir(&w->arena, dir)) {
		if (!copy_module(w, dir) || !copy_workspace(w, dir))
			return false;
		if (str_eq(dir, "/"))
			break;
	}
	if (w->found)
		return true;
	return w->commit ? err_set(w->e, ERR_NOT_FOUND, "%.7s has no go.mod for this directory",
				   gitrepo_id(w->commit))
			 : err_set(w->e, ERR_NOT_FOUND,
				   "the work tree has no go.mod for this directory");
}

#define STALE (24 * 60 * 60) /* seconds: age of leftovers of a killed run */

static void remove_stale(const char *dir)
{
	struct arena a = ARENA_INIT;
	struct fs_dirent *entries;
	time_t now = time(NULL);
	size_t n;

	if (!fs_list(&a, dir, 1 << 16, &entries, &n, NULL))
		n = 0;
	for (size_t i = 0; i < n; i++) {
		const char *path = path_join(&a, dir, entries[i].name);
		struct stat st;

		if (entries[i].type == DT_DIR && lstat(path, &st) == 0 && now - st.st_mtime > STALE)
			fs_remove_all(path, NULL);
	}
	arena_release(&a);
}

static bool make_root(struct revision *v, const char *own_cache, struct err *e)
{
	struct buf b = BUF_INIT;
	bool ok;

	if (!own_cache)
		return err_set(
			e, ERR_REFUSED,
			"there is no place for modscope's own cache: neither XDG_CACHE_HOME nor HOME is set");
	buf_addf(&b, "%s/revisions", own_cache);
	ok = fs_mkdir_all(b.data, e);
	remove_stale(b.data);
	buf_addstr(&b, "/XXXXXX");
	v->root = buf_detach(&b);
	if (ok && mkdtemp(v->root))
		return true;
	if (ok)
		err_sys(e, errno, "mkdir %s", v->root);
	free(v->root);
	v->root = NULL;
	return false;
}

bool revision_write(struct revision *v, struct gitrepo *r, const struct gitrepo_commit *c,
		    const char *cwd, const char *own_cache, struct err *e)
{
	struct writer w = {
		.v = v, .repo = r, .commit = c, .top = gitrepo_dir(r), .arena = ARENA_INIT, .e = e
	};
	char *real = realpath(cwd, NULL);
	const char *dir = real && path_under(real, w.top) ? real : w.top;
	struct buf b = BUF_INIT;
	bool ok;

	*v = (struct revision){ 0 };
	ok = make_root(v, own_cache, e);
	if (ok) {
		buf_addf(&b, "%s%s", v->root, dir);
		v->dir = buf_detach(&b);
		ok = fs_mkdir_all(v->dir, e) && copy_all(&w, dir);
	}
	if (!ok)
		revision_release(v);
	map_release(&w.done);
	arena_release(&w.arena);
	free(real);
	return ok;
}

static bool add_file(struct writer *w, const char *path, const char *to, struct err *e)
{
	bool sums = str_has_suffix(path, ".sum");
	struct buf b = BUF_INIT;
	size_t len;
	char *data;
	bool ok = true;

	if (!read_file(w, path, sums ? FS_MAX_SUM : FS_MAX_MOD, &data, &len, e))
		return e->code == ERR_NOT_FOUND;
	if (sums && fs_exists(to))
		ok = fs_read_buf(&b, to, FS_MAX_SUM, e);
	if (b.len && b.data[b.len - 1] != '\n')
		buf_addch(&b, '\n');
	buf_add(&b, data, len);
	ok = ok && fs_write_atomic(to, b.data, b.len, 0600, false, e);
	buf_release(&b);
	return ok;
}

bool revision_add(const struct revision *v, struct gitrepo *r, const struct gitrepo_commit *c,
		  const char *file, struct err *e)
{
	struct writer w = { .repo = r, .commit = c, .top = gitrepo_dir(r), .arena = ARENA_INIT };
	const char *to = path_join(&w.arena, v->dir, file);
	struct err why = ERR_INIT;
	bool ok = true;

	if (path_is_abs(file) || !path_under(to, v->root))
		ok = err_set(e, ERR_REFUSED, "%s is not in the repository", file);
	else if (str_has_suffix(file, ".sum") || !fs_exists(to))
		ok = add_file(&w, to + strlen(v->root), to, &why) ||
		     err_set(e, why.code, "%s", why.text);
	err_release(&why);
	arena_release(&w.arena);
	return ok;
}

static bool is_vendored(const struct modfiles_file *f)
{
	return str_has_prefix(f->path, "vendor/") || strstr(f->path, "/vendor/");
}

static bool is_source(const struct modfiles_file *f, bool whole)
{
	const char *slash = strrchr(f->path, '/'), *name = slash ? slash + 1 : f->path;

	if (f->kind != MODFILES_REGULAR)
		return false;
	if (is_vendored(f))
		return whole;
	return *f->path != '.' && !strstr(f->path, "/.") &&
	       (str_eq(name, "go.mod") ||
		(str_has_suffix(name, ".go") && (whole || !str_has_suffix(name, "_test.go"))));
}

static bool write_source(const struct modfiles_source *s, size_t i, const char *top, struct err *e)
{
	const struct modfiles_file *f = &s->files[i];
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	bool ok = s->read(s->ctx, i, &b, e) &&
		  fs_write_atomic(path_join(&a, top, f->path), b.data ? b.data : "", b.len,
				  f->executable ? 0700 : 0600, false, e);

	buf_release(&b);
	arena_release(&a);
	return ok;
}

/* A directory counts where only other files are in it: an ignore line may name it. */
static bool write_dir(const struct modfiles_file *f, const char *top, struct err *e)
{
	struct arena a = ARENA_INIT;
	bool ok = fs_mkdir_all(path_dir(&a, path_join(&a, top, f->path)), e);

	arena_release(&a);
	return ok;
}

bool revision_write_sources(const struct revision *v, struct gitrepo *r,
			    const struct gitrepo_commit *c, bool whole, const struct cancel *cancel,
			    struct err *e)
{
	const struct modfiles_source *s;
	struct arena a = ARENA_INIT;
	const char *top = arena_fmt(&a, "%s%s", v->root, gitrepo_dir(r));
	struct gitzip *z = NULL;
	int64_t left = MAX_SOURCES;
	bool ok = gitzip_open(&z, r, c, "", cancel, e);

	s = ok ? gitzip_source(z) : NULL;
	for (size_t i = 0; ok && i < s->n; i++) {
		const struct modfiles_file *f = &s->files[i];
		bool wanted = is_source(f, whole);

		left -= wanted ? f->size : 0;
		if (cancel_is_set(cancel))
			ok = err_set(e, ERR_CANCELLED, "cancelled");
		else if (left < 0)
			ok = err_set(e, ERR_LIMIT, "its Go files are larger than a GiB together");
		else if (wanted)
			ok = write_source(s, i, top, e);
		else if (whole)
			ok = write_dir(f, top, e);
	}
	gitzip_free(z);
	arena_release(&a);
	return ok;
}

void revision_release(struct revision *v)
{
	if (v->root)
		fs_remove_all(v->root, NULL);
	free(v->root);
	free(v->dir);
	*v = (struct revision){ 0 };
}
