#include "packages/goedit_impl.h"

#include <errno.h>
#include <unistd.h>

#include "base/fs.h"
#include "change/apply.h"
#include "change/shelf.h"
#include "gofiles/goenv.h"

#define ANY_WRITE (S_IWUSR | S_IWGRP | S_IWOTH)

/* Check the mode bits too: root could write the file anyway. */
static bool may_write(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) == 0 && (!(st.st_mode & ANY_WRITE) || access(path, W_OK)))
		return err_set(e, ERR_REFUSED, "%s is read-only: nothing is changed", path);
	return true;
}

/* The directory that contains all files. */
static const char *root_of(struct arena *a, const struct goedit_file *const *files, size_t n)
{
	const char *dir = path_dir(a, files[0]->path);

	for (size_t i = 1; i < n; i++)
		while (!path_under(files[i]->path, dir) && strlen(dir) > 1)
			dir = path_dir(a, dir);
	return dir;
}

/* go's own lock for edits of go.mod; like go, proceed without it if it is unavailable. */
static void add_lock(struct plan *p, const struct goedit_options *o)
{
	const char *root = goenv_modcache(o->env, NULL), *dir;

	if (!root)
		return;
	dir = arena_fmt(&p->arena, "%s/cache", root);
	if (fs_is_dir(dir) && access(dir, W_OK) == 0)
		plan_add(p, PLAN_LOCK, arena_fmt(&p->arena, "%s/lock", dir), 0,
			 "keeps go commands out meanwhile");
}

static uint64_t hash_buf(const struct buf *b, uint64_t h)
{
	return hash_bytes(b->data, b->len, hash_bytes(&b->len, sizeof(b->len), h));
}

static void add_file(struct plan *p, const struct goedit *g, const struct goedit_file *f)
{
	struct plan_step *s = plan_add(p, PLAN_EDIT, f->path, f->before.len,
				       arena_fmt(&p->arena, "the result of %s", g->command));

	s->reason.kind = PLAN_WANTED;
	s->content = hash_buf(&f->after, hash_buf(&f->before, 1));
	s->undo = f->there ? "the old file is restored" : "the file is removed again";
}

bool goedit_plan(struct plan *p, const struct goedit *g, const struct goedit_options *o,
		 struct err *e)
{
	const struct goedit_file *files[3];
	size_t n = goedit_changed(g, files), first;

	plan_init(p, "apply");
	if (!n)
		return true;
	for (size_t i = 0; i < n; i++)
		if (!may_write(files[i]->path, e) ||
		    !may_write(path_dir(&p->arena, files[i]->path), e))
			return false;
	p->one_change = true;
	p->title = arena_fmt(&p->arena, "%s in %s", g->command, path_dir(&p->arena, g->gomod.path));
	p->root = root_of(&p->arena, files, n);
	p->shelf = shelf_of(&p->arena, p->root, goenv_own_cache(o->env));
	plan_begin(p, (struct modver){ "", "" }, g->gomod.path, 0);
	add_lock(p, o);
	first = p->n;
	for (size_t i = 0; i < n; i++)
		add_file(p, g, files[i]);
	p->steps[first].shell = arena_strdup(&p->arena, g->command);
	return true;
}

/* Execution */

static const struct goedit_file *file_of(const struct goedit *g, const struct plan_step *s)
{
	const struct goedit_file *files[3];
	size_t n = goedit_changed(g, files);

	for (size_t i = 0; i < n; i++)
		if (str_eq(files[i]->path, s->path))
			return files[i];
	return NULL;
}

static bool is_as_read(const struct goedit_file *f, struct err *e)
{
	struct err own = ERR_INIT;
	struct buf now = BUF_INIT;
	bool there = fs_read_buf(&now, f->path, FS_MAX_SUM, &own);
	bool same = there == f->there && now.len == f->before.len &&
		    memcmp(now.data, f->before.data, now.len) == 0;

	buf_release(&now);
	if (there || own.code == ERR_NOT_FOUND)
		err_release(&own);
	else
		return err_move(e, &own);
	return same || err_set(e, ERR_REFUSED,
			       "%s has changed since it was read: nothing was written", f->path);
}

/* Whether all files, even unchanged ones, are as they were when the new texts were computed. */
static bool judge(void *ctx, const struct plan_item *item, const struct plan_step *steps,
		  bool *stands, struct err *e)
{
	const struct goedit *g = ctx;

	if (!is_as_read(&g->gomod, e) || !is_as_read(&g->gosum, e))
		return false;
	for (size_t i = 0; i < item->n; i++) {
		const struct goedit_file *f = file_of(g, &steps[i]);

		stands[i] = f != NULL;
		if (f && !is_as_read(f, e))
			return false;
	}
	return true;
}

static bool make(void *ctx, const struct plan_item *item, const struct plan_step *s,
		 struct apply *t, const char **tmp, struct err *e)
{
	const struct goedit_file *f = file_of(ctx, s);
	struct stat st;

	(void)item;
	if (!apply_temp(t, f->after.data, f->after.len, tmp, e))
		return false;
	if (!f->there || stat(f->path, &st))
		return true;
	/* without the permission to change the owner, keep it */
	if (chown(*tmp, st.st_uid, st.st_gid) && errno != EPERM)
		return err_sys(e, errno, "chown %s", *tmp);
	return chmod(*tmp, st.st_mode & 07777) == 0 || err_sys(e, errno, "chmod %s", *tmp);
}

bool goedit_run(const struct plan *p, const struct goedit *g, const struct goedit_options *o,
		struct arena *a, struct execute_result **results, size_t *n, struct err *e)
{
	const struct execute_room room = { .judge = judge,
					   .make = make,
					   .ctx = (void *)(uintptr_t)g };
	const struct execute_options eo = { .root = p->root,
					    .own_cache = p->shelf,
					    .room = &room,
					    .cancel = o->cancel,
					    .log = o->log };

	if (!shelf_make(p->root, p->shelf, e))
		return false;
	execute_plan(a, p, &eo, results, n);
	return true;
}
