#include "change/apply.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/activity.h"
#include "base/fs.h"

#define SCHEMA "modscope.quarantine/1"
#define MAX_JOURNAL ((size_t)64 << 20)
#define MAX_HISTORY ((size_t)100000)
#define LOCK_PAUSE 20 /* ms between two tries */

struct apply {
	struct arena arena;
	char *id, *dir;
	int journal;	       /* fd */
	int lock;	       /* fd, -1 if none is held */
	const char *lock_file; /* "" if none */
	size_t n_steps;
	unsigned n_temp;
	struct activity *log;
};

/* Both places where a quarantine may be; the first is the one to use. */
static void quarantine_dirs(struct arena *a, const char *root, const char *own_cache,
			    const char *dirs[2])
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
static bool journal_add(struct apply *t, json_t *line, struct err *e)
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

static void log_step(struct apply *t, const char *what, const char *path, bool ok,
		     const struct err *e)
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

	t->lock = t->journal = -1;
	t->lock_file = "";
	t->log = log;
	quarantine_dirs(&t->arena, root, own_cache, dirs);
	if (make_own_dir(t, dirs[0], e)) {
		file = arena_fmt(&t->arena, "%s/journal", t->dir);
		t->journal = open(file, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
		if (t->journal < 0)
			err_sys(e, errno, "open %s", file);
	}
	if (t->journal >= 0 && journal_add(t,
					   json_pack("{s:s, s:s%, s:s%, s:I}", "schema", SCHEMA,
						     "title", title, strlen(title), "root", root,
						     strlen(root), "time", (json_int_t)time(NULL)),
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
	return t->n_steps;
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

static bool move(const char *from, const char *to, struct err *e)
{
	mode_t mode = make_movable(from);
	bool ok = rename(from, to) == 0 || err_sys(e, errno, "rename %s %s", from, to);

	if (mode)
		chmod(ok ? to : from, mode);
	return ok;
}

/* Both names change places at once. False where the file system cannot do that; then nothing has changed. */
static bool exchange(const char *a, const char *b)
{
	mode_t mode_a = make_movable(a), mode_b = make_movable(b);
	bool ok = fs_exchange(a, b);

	if (mode_a)
		chmod(ok ? b : a, mode_a);
	if (mode_b)
		chmod(ok ? a : b, mode_b);
	return ok;
}

static json_t *step_line(const struct apply *t, const char *op, const char *path, const char *kept,
			 const struct stat *st)
{
	return json_pack("{s:s, s:s%, s:s, s:s%, s:i, s:I}", "op", op, "path", path, strlen(path),
			 "kept", kept, "lock", t->lock_file, strlen(t->lock_file), "mode",
			 (int)(st->st_mode & 07777), "ino", (json_int_t)st->st_ino);
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

	return (linked || move(path, aside, e)) && move(from, path, e);
}

bool apply_replace(struct apply *t, const char *path, const char *tmp, struct err *e)
{
	struct stat st = { 0 };
	bool had = lstat(path, &st) == 0, ok;

	ok = fs_mkdir_all(path_dir(&t->arena, path), e) &&
	     journal_add(t, step_line(t, "replace", path, strrchr(tmp, '/') + 1, &st), e);
	if (ok) {
		t->n_steps++;
		ok = had ? exchange(tmp, path) ||
				     supplant(path, tmp, arena_fmt(&t->arena, "%s.old", tmp), e)
			 : move(tmp, path, e);
		sync_parent(path);
	}
	log_step(t, "replace", path, ok, e);
	return ok;
}

bool apply_remove(struct apply *t, const char *path, struct err *e)
{
	const char *kept = temp_name(t);
	struct stat st;
	bool ok;

	if (lstat(path, &st))
		return errno == ENOENT || err_sys(e, errno, "lstat %s", path);
	ok = journal_add(t, step_line(t, "remove", path, strrchr(kept, '/') + 1, &st), e);
	if (ok) {
		t->n_steps++;
		ok = move(path, kept, e);
		sync_parent(path);
	}
	log_step(t, "quarantine", path, ok, e);
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
	ok = journal_add(t, step_line(t, "chmod", path, "", &st), e);
	if (ok) {
		t->n_steps++;
		ok = chmod(path, mode) == 0 || err_sys(e, errno, "chmod %s", path);
	}
	log_step(t, "chmod", path, ok, e);
	return ok;
}

void apply_abandon(struct apply *t)
{
	if (!t)
		return;
	apply_unlock(t);
	if (t->journal >= 0)
		close(t->journal);
	if (t->n_steps == 0 && t->dir)
		fs_remove_all(t->dir, NULL);
	arena_release(&t->arena);
	free(t);
}

bool apply_end(struct apply *t, struct err *e)
{
	bool ok = t->n_steps == 0 || journal_add(t, json_pack("{s:s}", "op", "done"), e);

	apply_abandon(t);
	return ok;
}

static bool is_id(const char *s)
{
	return *s && strspn(s, "0123456789-") == strlen(s);
}

/* A plain number: the journal is not to lead out of its directory. */
static bool is_name(const char *s)
{
	return *s && strspn(s, "0123456789") == strlen(s);
}

static uint64_t tree_bytes(struct arena *a, const char *path, unsigned depth)
{
	struct fs_dirent *entries;
	struct stat st;
	uint64_t sum = 0;
	size_t n;

	if (lstat(path, &st) || depth > 1000)
		return 0;
	if (!S_ISDIR(st.st_mode))
		return (uint64_t)st.st_size;
	if (fs_list(a, path, (size_t)1 << 20, &entries, &n, NULL))
		for (size_t i = 0; i < n; i++)
			sum += tree_bytes(a, arena_fmt(a, "%s/%s", path, entries[i].name),
					  depth + 1);
	return sum;
}

static const char *text_of(struct arena *a, json_t *o, const char *key)
{
	json_t *v = json_object_get(o, key);

	return json_is_string(v) ? arena_strndup(a, json_string_value(v), json_string_length(v))
				 : "";
}

/* The journal's lines; one that was cut by a kill ends it: its step was not begun. */
static json_t *read_journal(struct arena *a, const char *dir, struct err *e)
{
	const char *file = arena_fmt(a, "%s/journal", dir);
	json_t *lines, *line;
	char *data;
	size_t len;

	if (!fs_read(a, file, MAX_JOURNAL, &data, &len, e))
		return NULL;
	lines = json_array();
	for (char *s = data, *end; (end = strchr(s, '\n')); s = end + 1) {
		line = json_loadb(s, (size_t)(end - s), 0, NULL);
		if (!json_is_object(line)) {
			json_decref(line);
			break;
		}
		json_array_append_new(lines, line);
	}
	if (str_eq(text_of(a, json_array_get(lines, 0), "schema"), SCHEMA))
		return lines;
	json_decref(lines);
	err_set(e, ERR_SYNTAX, "%s: it is no journal", file);
	return NULL;
}

static bool has_inode(const char *path, uint64_t ino)
{
	struct stat st;

	return lstat(path, &st) == 0 && (uint64_t)st.st_ino == ino;
}

/* The file that stood there: under its kept name, or under the second one that it got where names could not be exchanged. */
static const char *old_file(struct arena *a, const char *dir, const char *kept, uint64_t ino)
{
	const char *file = arena_fmt(a, "%s/%s", dir, kept);

	if (has_inode(file, ino))
		return file;
	file = arena_fmt(a, "%s/%s.old", dir, kept);
	return has_inode(file, ino) ? file : NULL;
}

/* Where the line's step has put what stood there; "" if nothing did. */
static const char *kept_file(struct arena *a, const char *dir, json_t *line)
{
	const char *kept = text_of(a, line, "kept"), *file;
	uint64_t ino = (uint64_t)json_integer_value(json_object_get(line, "ino"));

	if (!ino || !*kept)
		return "";
	file = old_file(a, dir, kept, ino);
	return file ? file : arena_fmt(a, "%s/%s", dir, kept);
}

static void fill_record(struct arena *a, struct apply_record *r, json_t *lines)
{
	json_t *head = json_array_get(lines, 0), *line;
	size_t i;

	r->title = text_of(a, head, "title");
	r->time = (int64_t)json_integer_value(json_object_get(head, "time"));
	r->changes = arena_calloc(a, json_array_size(lines), sizeof(*r->changes));
	json_array_foreach(lines, i, line)
	{
		const char *op = text_of(a, line, "op");

		r->done |= str_eq(op, "done");
		r->undone |= str_eq(op, "undone");
		if (i == 0 || !*text_of(a, line, "path"))
			continue;
		r->changes[r->n_changes++] = (struct apply_change){
			.op = op,
			.path = text_of(a, line, "path"),
			.kept = kept_file(a, r->dir, line),
		};
	}
	r->bytes = tree_bytes(a, r->dir, 0);
}

static int newest_first(const void *a, const void *b)
{
	return strcmp(((const struct apply_record *)b)->id, ((const struct apply_record *)a)->id);
}

bool apply_history(struct arena *a, const char *root, const char *own_cache,
		   struct apply_record **records, size_t *n, struct err *e)
{
	VEC(struct apply_record) v = { 0 };
	const char *dirs[2];

	quarantine_dirs(a, root, own_cache, dirs);
	for (size_t d = 0; d < ARRAY_LEN(dirs) && dirs[d]; d++) {
		struct fs_dirent *entries;
		struct err own = ERR_INIT;
		size_t n_entries;

		if (!fs_list(a, dirs[d], MAX_HISTORY, &entries, &n_entries, &own)) {
			if (own.code != ERR_NOT_FOUND) {
				vec_release(&v);
				return err_move(e, &own);
			}
			err_release(&own);
			continue;
		}
		for (size_t i = 0; i < n_entries; i++) {
			struct apply_record r = { .id = entries[i].name };
			json_t *lines;

			r.dir = arena_fmt(a, "%s/%s", dirs[d], r.id);
			lines = is_id(r.id) ? read_journal(a, r.dir, NULL) : NULL;
			if (!lines)
				continue;
			fill_record(a, &r, lines);
			json_decref(lines);
			vec_push(&v, r);
		}
	}
	if (v.n)
		qsort(v.items, v.n, sizeof(*v.items), newest_first);
	*records = arena_memdup(a, v.items, v.n * sizeof(*v.items));
	*n = v.n;
	vec_release(&v);
	return true;
}

static bool find_quarantine(struct arena *a, const char *root, const char *own_cache,
			    const char *id, const char **dir, struct err *e)
{
	const char *dirs[2];

	quarantine_dirs(a, root, own_cache, dirs);
	for (size_t d = 0; is_id(id) && d < ARRAY_LEN(dirs) && dirs[d]; d++) {
		*dir = arena_fmt(a, "%s/%s", dirs[d], id);
		if (fs_is_file(arena_fmt(a, "%s/journal", *dir)))
			return true;
	}
	return err_set(e, ERR_NOT_FOUND, "%s: no such change in the quarantine", id);
}

/* Under whatever name: an earlier undo that came further has exchanged it once more. */
static bool is_kept(struct arena *a, const char *dir, uint64_t ino)
{
	struct fs_dirent *entries;
	size_t n = 0;
	bool found = false;

	if (!fs_list(a, dir, MAX_HISTORY, &entries, &n, NULL))
		return false;
	for (size_t i = 0; i < n && !found; i++)
		found = has_inode(arena_fmt(a, "%s/%s", dir, entries[i].name), ino);
	return found;
}

static bool put_back(struct arena *a, const char *path, const char *old, struct err *e)
{
	const char *aside = arena_fmt(a, "%s.new", old);

	if (!fs_exists(path))
		return fs_mkdir_all(path_dir(a, path), e) && move(old, path, e);
	return exchange(old, path) || supplant(path, old, aside, e);
}

/* Each case may be found half done: by the kill of what is undone, or of an earlier undo. */
static bool undo_step(struct arena *a, const char *dir, json_t *line, struct err *e)
{
	const char *op = text_of(a, line, "op"), *path = text_of(a, line, "path"),
		   *kept = text_of(a, line, "kept"), *old;
	mode_t mode = (mode_t)json_integer_value(json_object_get(line, "mode")) & 07777;
	uint64_t ino = (uint64_t)json_integer_value(json_object_get(line, "ino"));

	if (str_eq(op, "chmod"))
		return !has_inode(path, ino) || chmod(path, mode) == 0 ||
		       err_sys(e, errno, "chmod %s", path);
	if (!is_name(kept) || has_inode(path, ino))
		return true;
	if (ino == 0) /* nothing stood there: what was put there leaves */
		return !fs_exists(path) || fs_exists(arena_fmt(a, "%s/%s", dir, kept)) ||
		       move(path, arena_fmt(a, "%s/%s", dir, kept), e);
	old = old_file(a, dir, kept, ino);
	if (old)
		return put_back(a, path, old, e);
	return is_kept(a, dir, ino) ||
	       err_set(e, ERR_NOT_FOUND, "%s: what stood there is no longer in the quarantine",
		       path);
}

/* Nothing is touched for a journal that speaks of what is not ours. */
static bool stays_inside(struct arena *a, const char *root, const char *dir, json_t *lines,
			 struct err *e)
{
	for (size_t i = 1; i < json_array_size(lines); i++) {
		json_t *line = json_array_get(lines, i);
		const char *lock = text_of(a, line, "lock"), *path = text_of(a, line, "path");

		if (*path && (!path_under(path, root) || !path_under(path_clean(a, path), root) ||
			      (*lock && !path_under(path_clean(a, lock), root))))
			return err_set(e, ERR_SYNTAX, "%s/journal: %s is not in %s", dir, path,
				       root);
	}
	return true;
}

/* Goes on after a step that fails, so that one lost file does not keep all others from coming back. */
static bool undo_all(struct arena *a, const char *dir, json_t *lines, const struct cancel *cancel,
		     struct activity *log, struct err *e)
{
	const char *held = "";
	bool all = true, ok = true;
	int lock = -1;

	for (size_t i = json_array_size(lines); ok && i-- > 1;) {
		json_t *line = json_array_get(lines, i);
		const char *want = text_of(a, line, "lock"), *path = text_of(a, line, "path");
		struct activity_row row;
		bool done;

		if (!*path)
			continue;
		if (*want && !str_eq(want, held)) {
			if (lock >= 0)
				close(lock);
			lock = lock_file(want, cancel, e);
			ok = lock >= 0;
			held = want;
		}
		row = activity_begin("restore", path);
		done = ok && undo_step(a, dir, line, e);
		activity_end(log, &row, done || !e ? "ok" : e->text, -1);
		all = all && done;
	}
	if (lock >= 0)
		close(lock);
	return all && ok;
}

bool apply_undo(const char *root, const char *own_cache, const char *id,
		const struct cancel *cancel, struct activity *log, struct err *e)
{
	struct arena a = ARENA_INIT;
	const char *dir = NULL;
	json_t *lines = NULL;
	bool ok = find_quarantine(&a, root, own_cache, id, &dir, e);

	ok = ok && (lines = read_journal(&a, dir, e)) != NULL;
	if (ok &&
	    str_eq(text_of(&a, json_array_get(lines, json_array_size(lines) - 1), "op"), "undone"))
		ok = err_set(e, ERR_USAGE, "%s: it has been undone already", id);
	ok = ok && stays_inside(&a, root, dir, lines, e) &&
	     undo_all(&a, dir, lines, cancel, log, e);
	if (ok) {
		struct apply t = { .dir = arena_strdup(&a, dir), .lock = -1 };

		t.journal = open(arena_fmt(&a, "%s/journal", dir), O_WRONLY | O_APPEND | O_CLOEXEC);
		ok = t.journal >= 0 ? journal_add(&t, json_pack("{s:s}", "op", "undone"), e)
				    : err_sys(e, errno, "open %s/journal", dir);
		if (t.journal >= 0)
			close(t.journal);
		arena_release(&t.arena);
	}
	json_decref(lines);
	arena_release(&a);
	return ok;
}

bool apply_forget(const char *root, const char *own_cache, const char *id, struct err *e)
{
	struct arena a = ARENA_INIT;
	const char *dir = NULL;
	bool ok = find_quarantine(&a, root, own_cache, id, &dir, e) && fs_remove_all(dir, e);

	arena_release(&a);
	return ok;
}
