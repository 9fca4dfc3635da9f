#include "change/apply_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "change/relocate.h"
#include "change/relocate_copy.h"

#define MAX_HISTORY ((size_t)100000)

/* A plain number: a journal must not lead out of its directory. */
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

/* Whether path holds what the step found. Two that differ only in modes are distinguished. */
static bool is_old_content(const struct apply_step *s, const struct content *c)
{
	return content_equal(c, &s->old, content_equal(&s->old, &s->new, false));
}

static bool is_old(const struct apply_step *s, const char *path)
{
	struct content c;

	content_of(&c, path);
	return is_old_content(s, &c);
}

static bool is_new(const struct apply_step *s, const char *path)
{
	struct content c;

	content_of(&c, path);
	return content_equal(&c, &s->new, true);
}

/* A kept file: for a replacement it may be the new file, not yet or no longer in its place. */
static bool keeps_old(const struct apply_step *s, const char *file)
{
	if (!fs_exists(file) || str_eq(s->op, "remove"))
		return fs_exists(file);
	return *s->old.bytes ? is_old(s, file) : !is_new(s, file);
}

/* The old file: under its kept name, or under the second name it got where names could not be exchanged. */
static const char *old_file(struct arena *a, const char *dir, const struct apply_step *s)
{
	const char *file = arena_fmt(a, "%s/%s.old", dir, s->kept);

	if (keeps_old(s, file))
		return file;
	file = arena_fmt(a, "%s/%s", dir, s->kept);
	return keeps_old(s, file) ? file : NULL;
}

static mode_t mode_in(json_t *line, const char *key)
{
	return (mode_t)json_integer_value(json_object_get(line, key)) & 07777;
}

static void content_in(struct arena *a, struct content *c, json_t *line, const char *bytes,
		       const char *modes)
{
	snprintf(c->bytes, sizeof(c->bytes), "%s", apply_text_of(a, line, bytes));
	c->modes = (uint64_t)json_integer_value(json_object_get(line, modes));
}

static struct apply_step step_in(struct arena *a, json_t *line)
{
	struct apply_step s = {
		.op = apply_text_of(a, line, "op"),
		.path = apply_text_of(a, line, "path"),
		.kept = apply_text_of(a, line, "kept"),
		.lock = apply_text_of(a, line, "lock"),
		.mark = apply_text_of(a, line, "mark"),
		.mode = mode_in(line, "mode"),
		.set = mode_in(line, "set"),
		.had = json_is_true(json_object_get(line, "had")),
		.at = (int64_t)json_integer_value(json_object_get(line, "at")),
	};

	content_in(a, &s.old, line, "old", "old-modes");
	content_in(a, &s.new, line, "new", "new-modes");
	return s;
}

/* Where the line's step put the old file; "" if there was none. */
static const char *kept_file(struct arena *a, const char *dir, json_t *line)
{
	const char *kept = apply_text_of(a, line, "kept"), *second;

	if (!json_is_true(json_object_get(line, "had")) || !is_name(kept))
		return "";
	second = arena_fmt(a, "%s/%s.old", dir, kept);
	return fs_exists(second) ? second : arena_fmt(a, "%s/%s", dir, kept);
}

static void fill_record(struct arena *a, struct apply_record *r, json_t *lines)
{
	json_t *head = json_array_get(lines, 0), *line;
	size_t i;

	r->title = apply_text_of(a, head, "title");
	r->root = apply_text_of(a, head, "root");
	r->time = (int64_t)json_integer_value(json_object_get(head, "time"));
	r->changes = arena_calloc(a, json_array_size(lines), sizeof(*r->changes));
	json_array_foreach(lines, i, line)
	{
		const char *op = apply_text_of(a, line, "op");

		r->done |= str_eq(op, "done");
		r->undone |= str_eq(op, "undone");
		if (i == 0 || !*apply_text_of(a, line, "path"))
			continue;
		r->changes[r->n_changes++] = (struct apply_change){
			.op = op,
			.path = apply_text_of(a, line, "path"),
			.kept = kept_file(a, r->dir, line),
		};
	}
	r->running = apply_is_running(r->dir);
	r->bytes = tree_bytes(a, r->dir, 0);
}

static bool read_record(struct arena *a, struct apply_record *r)
{
	struct err why = ERR_INIT;
	json_t *lines = apply_is_id(r->id) ? apply_read_journal(a, r->dir, &why) : NULL;
	struct stat st;

	if (lines) {
		fill_record(a, r, lines);
		json_decref(lines);
	} else if (err_is_set(&why) && apply_is_begun(a, r->dir, &why)) {
		r->unread = true;
		r->title = arena_strdup(a, why.text);
		r->time = stat(r->dir, &st) ? 0 : st.st_mtime;
		r->bytes = tree_bytes(a, r->dir, 0);
	}
	err_release(&why);
	return lines || r->unread;
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

			r.dir = arena_fmt(a, "%s/%s", dirs[d], r.id);
			if (!read_record(a, &r))
				continue;
			r.shelf = own_cache ? own_cache : "";
			if (r.unread || !own_cache || !path_under(r.dir, own_cache))
				r.root =
					root; /* others may write there, so a root recorded there is not trusted */
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
	for (size_t d = 0; apply_is_id(id) && d < ARRAY_LEN(dirs) && dirs[d]; d++) {
		*dir = arena_fmt(a, "%s/%s", dirs[d], id);
		if (fs_is_file(arena_fmt(a, "%s/journal", *dir)))
			return true;
	}
	return err_set(e, ERR_NOT_FOUND, "%s: no such change in the quarantine", id);
}

/* A free name: an earlier undo may have used some. */
static const char *free_name(struct arena *a, const char *base)
{
	const char *name = arena_fmt(a, "%s.new", base);

	for (unsigned i = 1; fs_exists(name) && i < 1000; i++)
		name = arena_fmt(a, "%s.new%u", base, i);
	return name;
}

static bool put_back(struct arena *a, struct relocate *r, const char *path, const char *old,
		     struct err *e)
{
	if (fs_is_gone(path))
		return fs_mkdir_all(path_dir(a, path), e) && relocate_move(r, old, path, e);
	return relocate_swap(r, path, old, free_name(a, old), e);
}

/* Only of directories and for chmod: moving anything else keeps its mode. */
static bool has_mode(const struct apply_step *s)
{
	struct stat st;

	if (lstat(s->path, &st))
		return errno == ENOENT || errno == ENOTDIR;
	return S_ISLNK(st.st_mode) || (st.st_mode & 07777) == s->mode ||
	       (!str_eq(s->op, "chmod") && !S_ISDIR(st.st_mode));
}

/* Its mode is no longer the one that was set, or it is a different file. One that cannot be read may be the same. */
static bool mode_is_left(const struct apply_step *s)
{
	struct content c;
	struct stat st;

	if (has_mode(s))
		return true;
	if (lstat(s->path, &st))
		return false;
	if ((st.st_mode & 07777) != s->set)
		return true;
	content_of(&c, s->path);
	return *s->old.bytes && *c.bytes && S_ISREG(st.st_mode) && !is_old_content(s, &c);
}

/* Or what was copied beside the path to take its name. */
static bool has_left_mark(const struct apply_step *s)
{
	char *tree = relocate_copy_beside(s->path, true),
	     *file = relocate_copy_beside(s->path, false);
	bool has = (*s->mark && fs_exists(s->mark)) || fs_exists(tree) || fs_exists(file);

	free(tree);
	free(file);
	return has;
}

/* Looks at what is kept to recognise that an unreadable file came back, or a tree in which a killed removal has only
 * changed modes. */
static bool holds_old(struct arena *a, const struct apply *t, const struct apply_step *s)
{
	struct content c;

	if (!s->had || !fs_exists(s->path))
		return false;
	if (!*s->old.bytes)
		return !is_new(s, s->path) && !old_file(a, t->dir, s);
	content_of(&c, s->path);
	return is_old_content(s, &c) &&
	       (content_equal(&c, &s->old, true) || !old_file(a, t->dir, s));
}

/* The old file came back, or was never gone: a step may be half done because its change or an earlier undo
 * was killed. */
static bool stands_as_before(struct arena *a, const struct apply *t, const struct apply_step *s)
{
	if (s->back)
		return true;
	if (str_eq(s->op, "chmod"))
		return mode_is_left(s);
	if (!is_name(s->kept))
		return true;
	if (s->had)
		return holds_old(a, t, s) && has_mode(s) && !has_left_mark(s);
	if (has_left_mark(s))
		return false;
	return fs_is_gone(s->path) ||
	       (fs_exists(arena_fmt(a, "%s/%s", t->dir, s->kept)) && !is_new(s, s->path));
}

/* *stands: the old file is in place. */
static bool restore(struct arena *a, struct relocate *r, const struct apply *t,
		    const struct apply_step *s, bool *stands, struct err *e)
{
	const char *old, *kept = arena_fmt(a, "%s/%s", t->dir, s->kept);

	*stands = str_eq(s->op, "chmod") || holds_old(a, t, s);
	if (*stands) /* only its mode differs, or its mark exists */
		return true;
	*stands = !s->had && fs_is_gone(s->path);
	if (*stands)
		return true;
	if (!s->had) /* remove what was put there */
		return *stands = relocate_move(r, s->path,
					       fs_exists(kept) ? free_name(a, kept) : kept, e);
	old = old_file(a, t->dir, s);
	if (old)
		return *stands = put_back(a, r, s->path, old, e);
	if (!fs_exists(kept) && !fs_is_gone(kept))
		return err_sys(e, errno, "lstat %s", kept);
	return err_set(e, ERR_NOT_FOUND, "%s: the old file is no longer in the quarantine",
		       s->path);
}

const char *apply_edited(struct arena *a, const struct apply *t, size_t i)
{
	const struct apply_step *s = &t->steps.items[i];
	const char *old;
	struct content c;

	if (!str_eq(s->op, "edit") || !fs_exists(s->path) || has_left_mark(s))
		return NULL;
	content_of(&c, s->path);
	if (content_equal(&c, &s->new, false) || content_equal(&c, &s->old, false))
		return NULL;
	old = s->had ? old_file(a, t->dir, s) : NULL;
	return old ? old : "";
}

bool apply_is_back(const struct apply *t, size_t i)
{
	struct arena a = ARENA_INIT;
	bool is = !*apply_later(t, i) && stands_as_before(&a, t, &t->steps.items[i]);

	arena_release(&a);
	return is;
}

/* A directory may have been made writable to be moved. */
static bool set_old_mode(const struct apply_step *s, struct err *e)
{
	return has_mode(s) || chmod(s->path, s->mode) == 0 ||
	       err_sys(e, errno, "chmod %s", s->path);
}

static bool drop_mark(const struct apply_step *s, struct err *e)
{
	char *tree = relocate_copy_beside(s->path, true),
	     *file = relocate_copy_beside(s->path, false);
	bool ok = fs_remove_all(tree, e) && fs_remove_all(file, e) &&
		  (!*s->mark || unlink(s->mark) == 0 || errno == ENOENT ||
		   err_sys(e, errno, "remove %s", s->mark));

	free(tree);
	free(file);
	return ok;
}

static bool take_step_back(struct arena *a, struct relocate *r, const struct apply *t,
			   const struct apply_step *s, struct err *e)
{
	bool stands;

	return restore(a, r, t, s, &stands, e) &&
	       (!stands || ((!s->had || set_old_mode(s, e)) && drop_mark(s, e)));
}

void apply_note_back(struct apply *t, size_t i)
{
	t->steps.items[i].back = true;
	apply_journal(t, json_pack("{s:s, s:I}", "op", "back", "step", (json_int_t)i), NULL);
}

/* What a later step did at the path, above or below it stands: what this one left is there, not at its path. */
static const char *left_over(const struct apply *t, const struct apply_step *s)
{
	for (size_t k = 0; k < t->left.n; k++) {
		const struct apply_step *later = &t->steps.items[t->left.items[k]];

		if (later > s && !str_eq(later->op, "chmod") &&
		    (path_under(later->path, s->path) || path_under(s->path, later->path)))
			return later->path;
	}
	return NULL;
}

bool apply_restore(struct apply *t, size_t i, bool *touched, struct err *e)
{
	const struct apply_step *s = &t->steps.items[i];
	struct relocate r = { .mark = s->mark };
	struct arena a = ARENA_INIT;
	struct err own = ERR_INIT;
	const char *later = apply_later(t, i), *left = left_over(t, s);
	bool ok = false;

	if (*later)
		err_set(&own, ERR_REFUSED, "%s: %s changed it later: undo that first", s->path,
			later);
	else if (left)
		err_set(&own, ERR_REFUSED, "%s: what was done to %s later is not undone", s->path,
			left);
	else if (apply_edited(&a, t, i))
		err_set(&own, ERR_REFUSED, "%s: it has been edited since", s->path);
	else
		ok = stands_as_before(&a, t, s) || take_step_back(&a, &r, t, s, &own);

	*touched = r.touched;
	if (!ok)
		vec_push(&t->left, i);
	else if (!s->back)
		apply_note_back(t, i);
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

/* A journal with paths outside of root must not change anything. */
static bool stays_inside(struct apply *t, const struct apply_step *s, struct err *e)
{
	struct arena *a = &t->arena;

	return (path_under(s->path, t->root) && path_under(path_clean(a, s->path), t->root) &&
		(!*s->lock || path_under(path_clean(a, s->lock), t->root)) &&
		(!*s->mark || path_under(path_clean(a, s->mark), t->root))) ||
	       err_set(e, ERR_SYNTAX, "%s/journal: %s is not in %s", t->dir, s->path, t->root);
}

static bool take_lines(struct apply *t, json_t *lines, struct err *e)
{
	for (size_t i = 1; i < json_array_size(lines); i++) {
		json_t *line = json_array_get(lines, i);
		const struct apply_step s = step_in(&t->arena, line);
		size_t step = (size_t)json_integer_value(json_object_get(line, "step"));

		if (str_eq(s.op, "back") && step < t->steps.n)
			t->steps.items[step].back = true;
		if (!*s.path)
			continue;
		if (!stays_inside(t, &s, e))
			return false;
		vec_push(&t->steps, s);
	}
	return true;
}

struct apply *apply_reopen(const char *root, const char *own_cache, const char *id, bool to_write,
			   struct activity *log, struct err *e)
{
	struct apply *t = xcalloc(1, sizeof(*t));
	const char *dir = NULL;
	json_t *lines = NULL;
	bool ok;

	pthread_mutex_init(&t->temp_mutex, NULL);
	buf_init(&t->staged);
	t->journal = -1;
	t->lock_file = "";
	t->unread = "";
	t->log = log;
	t->root = arena_strdup(&t->arena, root);
	t->id = arena_strdup(&t->arena, id);
	ok = find_quarantine(&t->arena, root, own_cache, id, &dir, e) &&
	     (t->journal = apply_open_journal(dir, id, to_write, e)) >= 0 &&
	     (lines = apply_read_journal(&t->arena, dir, e)) != NULL;
	if (ok && str_eq(apply_text_of(&t->arena, json_array_get(lines, json_array_size(lines) - 1),
				       "op"),
			 "undone"))
		ok = err_set(e, ERR_USAGE, "%s: it has already been undone", id);
	if (ok)
		t->dir = arena_strdup(&t->arena, dir);
	ok = ok && take_lines(t, lines, e);
	if (ok) {
		t->boot = apply_text_of(&t->arena, json_array_get(lines, 0), "boot");
		apply_read_others(t, own_cache);
	}
	json_decref(lines);
	if (ok)
		return t;
	apply_abandon(t);
	return NULL;
}

bool apply_undone(struct apply *t, struct err *e)
{
	return apply_journal(t, json_pack("{s:s}", "op", "undone"), e);
}

bool apply_forget(const char *root, const char *own_cache, const char *id, struct err *e)
{
	struct arena a = ARENA_INIT;
	const char *dir = NULL;
	int fd = find_quarantine(&a, root, own_cache, id, &dir, e)
			 ? apply_open_journal(dir, id, true, e)
			 : -1;
	bool ok = fd >= 0 && apply_remove_dir(dir, e);

	if (fd >= 0)
		close(fd);
	arena_release(&a);
	return ok;
}
