#include "change/apply_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/activity.h"
#include "base/fs.h"

#define LOCK_PAUSE 20 /* ms between two tries */

/* Both places where a quarantine may be; the first is the one to use. */
void apply_places(struct arena *a, const char *root, const char *own_cache, const char *dirs[2])
{
	struct stat r, o;

	dirs[0] = arena_fmt(a, "%s/cache/modscope/quarantine", root);
	dirs[1] = NULL;
	if (!own_cache || !*own_cache)
		return;
	dirs[1] = arena_fmt(a, "%s/quarantine", own_cache);
	if (fs_mkdir_all(own_cache, NULL) && stat(root, &r) == 0 && stat(own_cache, &o) == 0 &&
	    r.st_dev == o.st_dev) {
		const char *swap = dirs[0];

		dirs[0] = dirs[1];
		dirs[1] = swap;
	}
}

static bool write_all(int fd, const char *data, size_t len, const char *path, struct err *e)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, errno, "write %s", path);
		data += n;
		len -= (size_t)n;
	}
	return true;
}

/* Takes line. On the disk before the step it speaks of. */
bool apply_journal(struct apply *t, json_t *line, struct err *e)
{
	char *text = json_dumps(line, JSON_COMPACT);
	const char *file = arena_fmt(&t->arena, "%s/journal", t->dir);
	bool ok = text != NULL;

	if (!ok)
		err_set(e, ERR_SYS, "%s: a name in it is not UTF-8", file);
	ok = ok && write_all(t->journal, text, strlen(text), file, e) &&
	     write_all(t->journal, "\n", 1, file, e);
	if (ok && fdatasync(t->journal))
		ok = err_sys(e, errno, "sync %s", file);
	free(text);
	json_decref(line);
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

static bool make_own_dir(struct apply *t, const char *parent, struct err *e)
{
	struct timespec now;
	struct tm tm;
	time_t s;

	if (!fs_mkdir_all(parent, e))
		return false;
	clock_gettime(CLOCK_REALTIME, &now);
	s = now.tv_sec;
	gmtime_r(&s, &tm);
	for (unsigned i = 0; i < 1000; i++) {
		t->id = arena_fmt(&t->arena, "%04d%02d%02d-%02d%02d%02d-%03u", tm.tm_year + 1900,
				  tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
				  (unsigned)(now.tv_nsec / 1000000 + i) % 1000);
		t->dir = arena_fmt(&t->arena, "%s/%s", parent, t->id);
		if (mkdir(t->dir, 0700) == 0)
			return true;
		if (errno != EEXIST)
			break;
	}
	return err_sys(e, errno, "mkdir %s", t->dir);
}

struct apply *apply_begin(const char *root, const char *own_cache, const char *title,
			  struct activity *log, struct err *e)
{
	struct apply *t = xcalloc(1, sizeof(*t));
	const char *dirs[2], *file;

	t->begun = true;
	t->lock = t->journal = -1;
	t->root = arena_strdup(&t->arena, root);
	t->lock_file = "";
	t->log = log;
	apply_places(&t->arena, root, own_cache, dirs);
	if (make_own_dir(t, dirs[0], e)) {
		file = arena_fmt(&t->arena, "%s/journal", t->dir);
		t->journal = open(file, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
		if (t->journal < 0)
			err_sys(e, errno, "open %s", file);
	}
	if (t->journal >= 0 &&
	    apply_journal(t,
			  json_pack("{s:s, s:s%, s:s%, s:I}", "schema", APPLY_SCHEMA, "title",
				    title, strlen(title), "root", root, strlen(root), "time",
				    (json_int_t)time(NULL)),
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

/* go opens the lock for writing and makes it; so do we, and wait in small steps, so that a person can cancel. */
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

bool apply_lock(struct apply *t, const char *file, const struct cancel *cancel, struct err *e)
{
	apply_unlock(t);
	t->lock = lock_file(file, cancel, e);
	if (t->lock < 0)
		return false;
	t->lock_file = arena_strdup(&t->arena, file);
	return true;
}

void apply_unlock(struct apply *t)
{
	if (t->lock >= 0)
		close(t->lock);
	t->lock = -1;
	t->lock_file = "";
}

/* Next to what is kept: on the same file system, and if we are killed nothing of ours is left among go's files. */
static const char *temp_name(struct apply *t)
{
	return arena_fmt(&t->arena, "%s/%04u", t->dir, ++t->n_temp);
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

	return fd >= 0 && close_temp(fd, *tmp, write_all(fd, data, len, *tmp, e), e);
}

static bool copy_fd(int from, const char *from_path, int to, const char *to_path, struct err *e)
{
	char *buf = xmalloc(1 << 18);
	bool ok = true;
	ssize_t n;

	while (ok && (n = read(from, buf, 1 << 18)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		ok = n < 0 ? err_sys(e, errno, "read %s", from_path)
			   : write_all(to, buf, (size_t)n, to_path, e);
	}
	free(buf);
	return ok;
}

bool apply_temp_copy(struct apply *t, const char *from, const char **tmp, struct err *e)
{
	int in = open(from, O_RDONLY | O_CLOEXEC), out;
	bool ok;

	if (in < 0)
		return err_sys(e, errno, "open %s", from);
	out = open_temp(t, tmp, e);
	ok = out >= 0 && copy_fd(in, from, out, *tmp, e);
	if (out >= 0)
		ok = close_temp(out, *tmp, ok, e);
	close(in);
	return ok;
}

const char *apply_temp_tree(struct apply *t)
{
	return temp_name(t);
}

static void sync_parent(const char *path)
{
	struct arena a = ARENA_INIT;
	int fd = open(path_dir(&a, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	arena_release(&a);
}

/* A directory without write permission cannot change its parent, so it gets that for the moment. Gives its mode, 0 if there is
 * nothing to take back. */
static mode_t make_movable(const char *path)
{
	struct stat st;

	if (lstat(path, &st) || !S_ISDIR(st.st_mode) || (st.st_mode & 0200))
		return 0;
	return chmod(path, (st.st_mode & 07777) | 0200) ? 0 : st.st_mode & 07777;
}

static bool set_back(const char *path, mode_t mode, struct err *e)
{
	return !mode || chmod(path, mode) == 0 || err_sys(e, errno, "chmod %s", path);
}

bool apply_move(const char *from, const char *to, struct err *e)
{
	mode_t mode = make_movable(from);

	if (rename(from, to) == 0)
		return set_back(to, mode, e);
	err_sys(e, errno, "rename %s %s", from, to);
	return set_back(from, mode, e) && false;
}

/* Says in the journal what is going to be done; from then on the step counts as begun. */
static bool begin_step(struct apply *t, const char *op, const char *path, const char *kept,
		       const struct stat *st, struct err *e)
{
	const char *lock = path_under(t->lock_file, t->root) ? t->lock_file : "";
	const struct apply_step s = { op,   arena_strdup(&t->arena, path), kept,
				      lock, st->st_mode & 07777,	   st->st_ino };

	if (!apply_journal(t,
			   json_pack("{s:s, s:s%, s:s, s:s%, s:i, s:I}", "op", op, "path", path,
				     strlen(path), "kept", kept, "lock", s.lock, strlen(s.lock),
				     "mode", (int)s.mode, "ino", (json_int_t)s.ino),
			   e))
		return false;
	vec_push(&t->steps, s);
	return true;
}

static bool is_real_dir(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Where names cannot change places at once: what stands at path goes aside, and `from` takes its place. A file gets its second
 * name before it loses its first; anything else leaves a gap. */
static bool supplant(const char *path, const char *from, const char *aside, struct err *e)
{
	bool linked = !is_real_dir(path) && !is_real_dir(from) &&
		      linkat(AT_FDCWD, path, AT_FDCWD, aside, 0) == 0;

	return (linked || apply_move(path, aside, e)) && apply_move(from, path, e);
}

bool apply_swap(const char *path, const char *from, const char *aside, struct err *e)
{
	mode_t mode = make_movable(path), from_mode = make_movable(from);
	bool at_once = fs_exchange(path, from), ok = set_back(at_once ? from : path, mode, e) &&
						     set_back(at_once ? path : from, from_mode, e);

	return at_once ? ok : ok && supplant(path, from, aside, e);
}

bool apply_replace(struct apply *t, const char *path, const char *tmp, struct err *e)
{
	struct stat st = { 0 };
	bool had = lstat(path, &st) == 0, ok;

	ok = fs_mkdir_all(path_dir(&t->arena, path), e) &&
	     begin_step(t, "replace", path, strrchr(tmp, '/') + 1, &st, e);
	if (ok) {
		ok = had ? apply_swap(path, tmp, arena_fmt(&t->arena, "%s.old", tmp), e)
			 : apply_move(tmp, path, e);
		sync_parent(path);
	}
	apply_log(t, "replace", path, ok, e);
	return ok;
}

bool apply_remove(struct apply *t, const char *path, struct err *e)
{
	const char *kept = temp_name(t);
	struct stat st;
	bool ok;

	if (lstat(path, &st))
		return errno == ENOENT || err_sys(e, errno, "lstat %s", path);
	ok = begin_step(t, "remove", path, strrchr(kept, '/') + 1, &st, e);
	if (ok) {
		ok = apply_move(path, kept, e);
		sync_parent(path);
	}
	apply_log(t, "quarantine", path, ok, e);
	return ok;
}

bool apply_chmod(struct apply *t, const char *path, mode_t mode, struct err *e)
{
	struct stat st;
	bool ok;

	if (lstat(path, &st))
		return err_sys(e, errno, "lstat %s", path);
	if (S_ISLNK(st.st_mode))
		return err_set(e, ERR_SYS, "chmod %s: it is a symbolic link", path);
	ok = begin_step(t, "chmod", path, "", &st, e);
	if (ok) {
		ok = chmod(path, mode) == 0 || err_sys(e, errno, "chmod %s", path);
	}
	apply_log(t, "chmod", path, ok, e);
	return ok;
}

void apply_abandon(struct apply *t)
{
	if (!t)
		return;
	apply_unlock(t);
	if (t->journal >= 0)
		close(t->journal);
	if (t->begun && t->steps.n == 0 && t->dir)
		fs_remove_all(t->dir, NULL);
	vec_release(&t->steps);
	arena_release(&t->arena);
	free(t);
}

bool apply_end(struct apply *t, struct err *e)
{
	bool ok = t->steps.n == 0 || apply_journal(t, json_pack("{s:s}", "op", "done"), e);

	apply_abandon(t);
	return ok;
}
