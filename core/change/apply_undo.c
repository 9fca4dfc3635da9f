#include "change/apply_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"

#define MAX_JOURNAL ((size_t)64 << 20)
#define MAX_HISTORY ((size_t)100000)

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
	if (str_eq(text_of(a, json_array_get(lines, 0), "schema"), APPLY_SCHEMA))
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
	r->root = text_of(a, head, "root");
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

	apply_places(a, root, own_cache, dirs);
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
			r.shelf = own_cache ? own_cache : "";
			if (!own_cache || !path_under(r.dir, own_cache))
				r.root =
					root; /* others may write there: what they say of a root is not believed */
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

	apply_places(a, root, own_cache, dirs);
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
		return fs_mkdir_all(path_dir(a, path), e) && apply_move(old, path, e);
	return apply_swap(path, old, aside, e);
}

/* Only directories and what a chmod was of: moving nothing else changes its mode. */
static bool has_mode(const struct apply_step *s)
{
	struct stat st;

	return lstat(s->path, &st) || S_ISLNK(st.st_mode) || (st.st_mode & 07777) == s->mode ||
	       (!str_eq(s->op, "chmod") && !S_ISDIR(st.st_mode));
}

/* What stood there came back, or was never gone: a step may be found half done, by the kill of what it belongs to or of
 * an earlier undo. */
static bool stands_as_before(struct arena *a, const struct apply *t, const struct apply_step *s)
{
	if (str_eq(s->op, "chmod"))
		return !has_inode(s->path, s->ino) || has_mode(s);
	if (!is_name(s->kept))
		return true;
	if (s->ino)
		return has_inode(s->path, s->ino) && has_mode(s);
	return !fs_exists(s->path) || fs_exists(arena_fmt(a, "%s/%s", t->dir, s->kept));
}

static bool restore(struct arena *a, const struct apply *t, const struct apply_step *s,
		    struct err *e)
{
	const char *old;

	if (s->ino && has_inode(s->path, s->ino)) /* only its mode is another */
		return true;
	if (s->ino == 0) /* nothing stood there: what was put there leaves */
		return apply_move(s->path, arena_fmt(a, "%s/%s", t->dir, s->kept), e);
	old = old_file(a, t->dir, s->kept, s->ino);
	if (old)
		return put_back(a, s->path, old, e);
	return is_kept(a, t->dir, s->ino) ||
	       err_set(e, ERR_NOT_FOUND, "%s: what stood there is no longer in the quarantine",
		       s->path);
}

bool apply_is_back(const struct apply *t, size_t i)
{
	struct arena a = ARENA_INIT;
	bool is = stands_as_before(&a, t, &t->steps.items[i]);

	arena_release(&a);
	return is;
}

/* A directory may have been made writable to be moved. */
static bool set_old_mode(const struct apply_step *s, struct err *e)
{
	return !has_inode(s->path, s->ino) || has_mode(s) || chmod(s->path, s->mode) == 0 ||
	       err_sys(e, errno, "chmod %s", s->path);
}

bool apply_restore(struct apply *t, size_t i, struct err *e)
{
	const struct apply_step *s = &t->steps.items[i];
	struct arena a = ARENA_INIT;
	struct err own = ERR_INIT;
	bool ok = (stands_as_before(&a, t, s) || restore(&a, t, s, &own)) && set_old_mode(s, &own);

	apply_log(t, "restore", s->path, ok, &own);
	arena_release(&a);
	return ok || err_move(e, &own);
}

const char *apply_step_path(const struct apply *t, size_t i)
{
	return t->steps.items[i].path;
}

const char *apply_step_lock(const struct apply *t, size_t i)
{
	return t->steps.items[i].lock;
}

const char *apply_step_op(const struct apply *t, size_t i)
{
	return t->steps.items[i].op;
}

/* Nothing is touched for a journal that speaks of what is not ours. */
static bool stays_inside(struct apply *t, const struct apply_step *s, struct err *e)
{
	struct arena *a = &t->arena;

	return (path_under(s->path, t->root) && path_under(path_clean(a, s->path), t->root) &&
		(!*s->lock || path_under(path_clean(a, s->lock), t->root))) ||
	       err_set(e, ERR_SYNTAX, "%s/journal: %s is not in %s", t->dir, s->path, t->root);
}

static bool take_lines(struct apply *t, json_t *lines, struct err *e)
{
	for (size_t i = 1; i < json_array_size(lines); i++) {
		json_t *line = json_array_get(lines, i);
		const struct apply_step s = {
			.op = text_of(&t->arena, line, "op"),
			.path = text_of(&t->arena, line, "path"),
			.kept = text_of(&t->arena, line, "kept"),
			.lock = text_of(&t->arena, line, "lock"),
			.mode = (mode_t)json_integer_value(json_object_get(line, "mode")) & 07777,
			.ino = (uint64_t)json_integer_value(json_object_get(line, "ino")),
		};

		if (!*s.path)
			continue;
		if (!stays_inside(t, &s, e))
			return false;
		vec_push(&t->steps, s);
	}
	return true;
}

struct apply *apply_reopen(const char *root, const char *own_cache, const char *id,
			   struct activity *log, struct err *e)
{
	struct apply *t = xcalloc(1, sizeof(*t));
	const char *dir = NULL;
	json_t *lines = NULL;
	bool ok;

	t->lock = t->journal = -1;
	t->lock_file = "";
	t->log = log;
	t->root = arena_strdup(&t->arena, root);
	t->id = arena_strdup(&t->arena, id);
	ok = find_quarantine(&t->arena, root, own_cache, id, &dir, e) &&
	     (lines = read_journal(&t->arena, dir, e)) != NULL;
	if (ok &&
	    str_eq(text_of(&t->arena, json_array_get(lines, json_array_size(lines) - 1), "op"),
		   "undone"))
		ok = err_set(e, ERR_USAGE, "%s: it has been undone already", id);
	if (ok)
		t->dir = arena_strdup(&t->arena, dir);
	ok = ok && take_lines(t, lines, e);
	json_decref(lines);
	if (ok)
		return t;
	t->dir = NULL;
	apply_abandon(t);
	return NULL;
}

bool apply_undone(struct apply *t, struct err *e)
{
	const char *file = arena_fmt(&t->arena, "%s/journal", t->dir);

	if (t->journal < 0)
		t->journal = open(file, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (t->journal < 0)
		return err_sys(e, errno, "open %s", file);
	return apply_journal(t, json_pack("{s:s}", "op", "undone"), e);
}

bool apply_forget(const char *root, const char *own_cache, const char *id, struct err *e)
{
	struct arena a = ARENA_INIT;
	const char *dir = NULL;
	bool ok = find_quarantine(&a, root, own_cache, id, &dir, e) && fs_remove_all(dir, e);

	arena_release(&a);
	return ok;
}
