#include "change/apply_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/activity.h"
#include "base/fs.h"
#include "base/steady.h"
#include "change/relocate.h"
#include "change/relocate_copy.h"

#define LOCK_PAUSE 20 /* ms between attempts */

/* Cuts off a partly written line: the lines after it would be lost with it. */
static bool append(int fd, const char *text, size_t len, const char *file, struct err *e)
{
	struct stat st;
	bool known = fstat(fd, &st) == 0;

	if (relocate_copy_write(fd, text, len, file, e) &&
	    (fdatasync(fd) == 0 || err_sys(e, errno, "sync %s", file)))
		return true;
	if (known && ftruncate(fd, st.st_size))
		err_sys(e, errno, "truncate %s", file);
	return false;
}

bool apply_append(struct apply *t, const char *lines, size_t len, struct err *e)
{
	return append(t->journal, lines, len, arena_fmt(&t->arena, "%s/journal", t->dir), e);
}

/* The line is a reference that is taken over. */
static bool write_line(struct buf *b, json_t *line, struct err *e)
{
	char *json = json_dumps(line, JSON_COMPACT);

	if (json)
		buf_addf(b, "%s\n", json);
	free(json);
	json_decref(line);
	return json != NULL || err_set(e, ERR_SYS, "journal: a name in it is not UTF-8");
}

bool apply_journal(struct apply *t, json_t *line, struct err *e)
{
	struct buf b = BUF_INIT;
	bool ok = write_line(&b, line, e) && apply_append(t, b.data, b.len, e);

	buf_release(&b);
	return ok;
}

void apply_log(struct apply *t, const char *what, const char *path, bool ok, const struct err *e)
{
	struct activity_row row;

	if (!t->log)
		return;
	row = activity_begin(what, path);
	activity_end(t->log, &row, ok || !e ? "ok" : e->text, -1);
}

/* Locked while still empty: until then no process takes it for a change. */
static int make_journal(struct apply *t, struct err *e)
{
	const char *file = arena_fmt(&t->arena, "%s/journal", t->dir);
	int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0) {
		err_sys(e, errno, "open %s", file);
		return -1;
	}
	close(fd);
	return apply_open_journal(t->dir, t->id, true, e);
}

struct apply *apply_begin(const char *root, const char *own_cache, const char *title,
			  struct activity *log, struct err *e)
{
	struct apply *t = xcalloc(1, sizeof(*t));
	const char *dirs[2];

	t->begun = true;
	pthread_mutex_init(&t->temp_mutex, NULL);
	buf_init(&t->staged);
	t->journal = -1;
	t->root = arena_strdup(&t->arena, root);
	t->lock_file = "";
	t->unread = "";
	t->boot = apply_boot(&t->arena);
	t->log = log;
	apply_places(&t->arena, root, own_cache, dirs);
	if (apply_make_dir(t, dirs, e))
		t->journal = make_journal(t, e);
	if (t->journal >= 0 &&
	    apply_journal(t,
			  json_pack("{s:s, s:s%, s:s%, s:I, s:s}", "schema", APPLY_SCHEMA, "title",
				    title, strlen(title), "root", root, strlen(root), "time",
				    (json_int_t)time(NULL), "boot", t->boot),
			  e))
		return t;
	apply_abandon(t);
	return NULL;
}

const char *apply_id(const struct apply *t)
{
	return t->id;
}

size_t apply_steps(const struct apply *t)
{
	return t->steps.n;
}

/* Like go, opens the lock for writing and creates it; waits in small steps, so that the user can cancel. */
static int lock_file(const char *file, const struct cancel *cancel, struct err *e)
{
	struct arena a = ARENA_INIT;
	int fd = -1;

	if (fs_mkdir_all(path_dir(&a, file), e)) {
		fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
		if (fd < 0)
			err_sys(e, errno, "open %s", file);
	}
	arena_release(&a);
	while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB)) {
		const struct timespec pause = { 0, LOCK_PAUSE * 1000000L };

		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK || cancel_is_set(cancel)) {
			if (errno != EWOULDBLOCK)
				err_sys(e, errno, "lock %s", file);
			else
				err_set(e, ERR_CANCELLED, "cancelled while waiting for %s", file);
			close(fd);
			return -1;
		}
		nanosleep(&pause, NULL);
	}
	return fd;
}

bool apply_lock_too(struct apply *t, const char *file, const struct cancel *cancel, struct err *e)
{
	int fd = lock_file(file, cancel, e);

	if (fd < 0)
		return false;
	vec_push(&t->locks, fd);
	t->lock_file = arena_strdup(&t->arena, file);
	return true;
}

bool apply_lock(struct apply *t, const char *file, const struct cancel *cancel, struct err *e)
{
	apply_unlock(t);
	return apply_lock_too(t, file, cancel, e);
}

void apply_unlock(struct apply *t)
{
	for (size_t i = 0; i < t->locks.n; i++)
		close(t->locks.items[i]);
	t->locks.n = 0;
	t->lock_file = "";
}

/* In the quarantine: on the same file system, and if we are killed none of our files are left among go's. */
static const char *temp_name(struct apply *t)
{
	const char *name;

	pthread_mutex_lock(&t->temp_mutex);
	name = arena_fmt(&t->arena, "%s/%04u", t->dir, ++t->n_temp);
	pthread_mutex_unlock(&t->temp_mutex);
	return name;
}

static int open_temp(struct apply *t, const char **tmp, struct err *e)
{
	int fd;

	*tmp = temp_name(t);
	fd = open(*tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		err_sys(e, errno, "open %s", *tmp);
	return fd;
}

static bool close_temp(int fd, const char *tmp, bool ok, struct err *e)
{
	if (ok && fsync(fd))
		ok = err_sys(e, errno, "sync %s", tmp);
	if (close(fd) && ok)
		ok = err_sys(e, errno, "close %s", tmp);
	if (!ok)
		unlink(tmp);
	return ok;
}

bool apply_temp(struct apply *t, const void *data, size_t len, const char **tmp, struct err *e)
{
	int fd = open_temp(t, tmp, e);

	return fd >= 0 && close_temp(fd, *tmp, relocate_copy_write(fd, data, len, *tmp, e), e);
}

bool apply_temp_copy(struct apply *t, const char *from, const char **tmp, struct err *e)
{
	int in = open(from, O_RDONLY | O_CLOEXEC), out;
	bool ok;

	if (in < 0)
		return err_sys(e, errno, "open %s", from);
	out = open_temp(t, tmp, e);
	ok = out >= 0 && relocate_copy_bytes(in, from, out, *tmp, e);
	if (out >= 0)
		ok = close_temp(out, *tmp, ok, e);
	close(in);
	return ok;
}

const char *apply_temp_tree(struct apply *t)
{
	return temp_name(t);
}

void apply_sync_parent(const char *path)
{
	struct arena a = ARENA_INIT;
	int fd = open(path_dir(&a, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	arena_release(&a);
}

/* A file that makes go treat the tree at path as half extracted; "" if path is not a tree, or the file exists already. */
static const char *mark_of(struct apply *t, const char *path, const struct stat *st)
{
	const char *rel = path_under(path, t->root) ? path + strlen(t->root) : "";
	const char *at = strrchr(rel, '@'), *mark;

	if (!S_ISDIR(st->st_mode) || !at || strchr(at, '/') || path_under(rel, "/cache"))
		return "";
	mark = arena_fmt(&t->arena, "%s/cache/download%.*s/@v/%s.partial", t->root, (int)(at - rel),
			 rel, at + 1);
	return fs_exists(mark) || !fs_is_dir(path_dir(&t->arena, mark)) ? "" : mark;
}

static json_t *line_of(const struct apply_step *s)
{
	return json_pack("{s:s, s:s%, s:s, s:s%, s:s%, s:i, s:i, s:I, s:b, s:s, s:I, s:s, s:I}",
			 "op", s->op, "path", s->path, strlen(s->path), "kept", s->kept, "lock",
			 s->lock, strlen(s->lock), "mark", s->mark, strlen(s->mark), "mode",
			 (int)s->mode, "set", (int)s->set, "at", (json_int_t)s->at, "had", s->had,
			 "old", s->old.bytes, "old-modes", (json_int_t)s->old.modes, "new",
			 s->new.bytes, "new-modes", (json_int_t)s->new.modes);
}

bool apply_line(struct buf *b, const struct apply_step *s, struct err *e)
{
	return write_line(b, line_of(s), e);
}

/* Records in the journal what will be done; from then on the step counts as begun. st is NULL if nothing is there. */
static bool begin_step(struct apply *t, struct apply_step *s, const char *path,
		       const struct stat *st, struct err *e)
{
	s->path = arena_strdup(&t->arena, path);
	s->lock = path_under(t->lock_file, t->root) ? t->lock_file : "";
	s->mark = "";
	s->at = steady_ns();
	s->had = st != NULL;
	if (st) {
		s->mode = st->st_mode & 07777;
		if (*s->kept || S_ISREG(st->st_mode))
			content_of(&s->old, path);
		if (*s->kept)
			s->mark = mark_of(t, path, st);
	}
	if (!apply_journal(t, line_of(s), e))
		return false;
	vec_push(&t->steps, *s);
	return true;
}

static bool swap_in(struct apply *t, const char *op, const char *path, const char *tmp,
		    struct err *e)
{
	struct apply_step s = { .op = op, .kept = strrchr(tmp, '/') + 1 };
	struct relocate r;
	struct stat st;
	bool had = lstat(path, &st) == 0, ok;

	/* what cannot be looked at would be lost */
	if (!had && !fs_is_gone(path))
		return err_sys(e, errno, "lstat %s", path);
	content_of(&s.new, tmp);
	/* undo could not tell it from what others write there later */
	if (!*s.new.bytes && str_eq(op, "edit"))
		return err_set(e, ERR_SYS, "%s: what was written cannot be read", tmp);
	ok = fs_mkdir_all(path_dir(&t->arena, path), e) &&
	     begin_step(t, &s, path, had ? &st : NULL, e);
	if (ok) {
		r = (struct relocate){ .mark = s.mark };
		ok = had ? relocate_swap(&r, path, tmp, arena_fmt(&t->arena, "%s.old", tmp), e)
			 : relocate_move(&r, tmp, path, e);
		apply_sync_parent(path);
	}
	apply_log(t, op, path, ok, e);
	return ok;
}

bool apply_replace(struct apply *t, const char *path, const char *tmp, struct err *e)
{
	return swap_in(t, "replace", path, tmp, e);
}

bool apply_edit(struct apply *t, const char *path, const char *tmp, struct err *e)
{
	return swap_in(t, "edit", path, tmp, e);
}

bool apply_remove(struct apply *t, const char *path, struct err *e)
{
	const char *kept = temp_name(t);
	struct apply_step s = { .op = "remove", .kept = strrchr(kept, '/') + 1 };
	struct relocate r;
	struct stat st;
	bool ok;

	if (lstat(path, &st))
		return errno == ENOENT || err_sys(e, errno, "lstat %s", path);
	ok = begin_step(t, &s, path, &st, e);
	if (ok) {
		r = (struct relocate){ .mark = s.mark };
		ok = relocate_move(&r, path, kept, e);
		apply_sync_parent(path);
	}
	apply_log(t, "quarantine", path, ok, e);
	return ok;
}

bool apply_chmod(struct apply *t, const char *path, mode_t mode, struct err *e)
{
	struct apply_step s = { .op = "chmod", .kept = "", .set = mode & 07777 };
	struct stat st;
	bool ok;

	if (lstat(path, &st))
		return err_sys(e, errno, "lstat %s", path);
	if (S_ISLNK(st.st_mode))
		return err_set(e, ERR_SYS, "chmod %s: it is a symbolic link", path);
	ok = begin_step(t, &s, path, &st, e);
	if (ok)
		ok = chmod(path, mode) == 0 || err_sys(e, errno, "chmod %s", path);
	apply_log(t, "chmod", path, ok, e);
	return ok;
}

void apply_abandon(struct apply *t)
{
	if (!t)
		return;
	apply_unlock(t);
	if (t->begun && t->steps.n == 0 && t->dir)
		apply_remove_dir(t->dir, NULL);
	if (t->journal >= 0)
		close(t->journal);
	vec_release(&t->steps);
	vec_release(&t->left);
	vec_release(&t->locks);
	buf_release(&t->staged);
	pthread_mutex_destroy(&t->temp_mutex);
	map_release(&t->others);
	arena_release(&t->arena);
	free(t);
}

bool apply_end(struct apply *t, struct err *e)
{
	bool ok = t->steps.n == 0 || apply_journal(t, json_pack("{s:s}", "op", "done"), e);

	apply_abandon(t);
	return ok;
}
