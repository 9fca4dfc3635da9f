#include "packages/imports_impl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fs.h"

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t imports_sort_unique(const char **s, size_t n)
{
	size_t w = 0;

	if (n)
		qsort(s, n, sizeof(*s), compare_strings);
	for (size_t i = 0; i < n; i++)
		if (w == 0 || strcmp(s[w - 1], s[i]) != 0)
			s[w++] = s[i];
	return w;
}

int64_t imports_time(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

#define CHUNK ((size_t)16 << 10)

/* Appends up to `want` bytes in total. */
static bool read_up_to(int fd, struct buf *b, size_t want, const char *path, struct err *e)
{
	while (b->len < want) {
		ssize_t n;

		buf_grow(b, want - b->len);
		n = fs_read_some(fd, b->data + b->len, want - b->len);
		if (n < 0)
			return err_sys(e, errno, "read %s", path);
		if (n == 0)
			break;
		b->len += (size_t)n;
		b->data[b->len] = 0;
	}
	return true;
}

/* Reads as much of the file as its imports need. System errors are complete; the error for a NUL lacks the name. */
static bool read_imports_fd(struct arena *a, int fd, const char *path, struct buf *b,
			    struct imports_file *f, struct err *e)
{
	size_t want = CHUNK;

	for (buf_clear(b);; want *= 8) {
		struct err try = ERR_INIT;
		bool ok, whole;

		if (!read_up_to(fd, b, MIN(want, IMPORTS_MAX_FILE + 1), path, e))
			return false;
		whole = b->len < want;
		if (b->len > IMPORTS_MAX_FILE)
			return err_set(e, ERR_LIMIT,
				       "reading %s: the imports do not end within %zu bytes", path,
				       IMPORTS_MAX_FILE);
		ok = imports_read(a, b->data, b->len, f, &try);
		if (ok && f->at_end && !whole)
			continue;
		if (!ok)
			err_set(e, try.code, "reading %s: %s", path, try.text);
		err_release(&try);
		return ok;
	}
}

bool imports_read_file(struct arena *a, const char *path, struct buf *b, struct imports_file *f,
		       struct imports_stamp *stamp, struct err *e)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool ok;

	if (fd < 0)
		return err_sys(e, errno, "open %s", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(e, ERR_SYS, "read %s: not a regular file", path);
	}
	if (stamp)
		*stamp = imports_stamp_of(&st);
	ok = read_imports_fd(a, fd, path, b, f, e);
	close(fd);
	return ok;
}

/* A regular file, or a symbolic link to one. */
static bool is_regular(const char *dir, const struct fs_dirent *d)
{
	struct buf path = BUF_INIT;
	bool ok;

	if (d->type != DT_LNK)
		return d->type == DT_REG;
	buf_addf(&path, "%s/%s", dir, d->name);
	ok = fs_is_file(path.data);
	buf_release(&path);
	return ok;
}

static bool is_go_name(const char *name)
{
	return str_has_suffix(name, ".go");
}

bool imports_is_hidden(const char *name)
{
	return name[0] == '_' || name[0] == '.';
}

static bool uses_cgo(const struct imports_file *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(f->specs[i].path, "C"))
			return true;
	return false;
}

static enum constraint_verdict judge(const struct imports_scan *s, const struct imports_scanned *f,
				     const char *header, size_t len)
{
	enum constraint_verdict v;

	if (!s->env)
		return constraint_file(header, len);
	if (!s->env->cgo && uses_cgo(&f->file))
		return CONSTRAINT_SKIP;
	v = constraint_file_env(header, len, s->env);
	return v == CONSTRAINT_MALFORMED ? CONSTRAINT_SKIP : v;
}

static void scan_file(struct imports_scan *s, const char *name, struct buf *b)
{
	struct imports_scanned *f = &s->files[s->n++];
	const char *path = overlay_actual(s->overlay, arena_fmt(&s->tmp, "%s/%s", s->dir, name));

	*f = (struct imports_scanned){ .name = name, .test = str_has_suffix(name, "_test.go") };
	if (imports_is_hidden(name)) {
		f->hidden = s->odd = true;
		return;
	}
	if (s->env && !constraint_file_name(name, s->env)) {
		f->verdict = CONSTRAINT_SKIP;
		return;
	}
	f->verdict = CONSTRAINT_BUILD;
	if (imports_read_file(&s->tmp, path, b, &f->file, &f->stamp, &f->error))
		f->verdict = judge(s, f, b->data, f->file.header_len);
	else if (f->error.code == ERR_SYNTAX && !f->file.nul_first)
		f->verdict = judge(s, f, b->data, b->len);
	if (err_is_set(&f->error) || f->file.n_strict < f->file.n || f->file.strict_error ||
	    f->verdict == CONSTRAINT_MULTIPLE)
		s->odd = true;
}

static const char *broken_link(struct imports_scan *s, const char *name)
{
	const char *path = arena_fmt(&s->tmp, "%s/%s", s->dir, name);
	struct stat st;

	if (stat(path, &st) == 0)
		return NULL;
	return arena_fmt(&s->tmp, "stat %s: %s", path, err_errno_text(errno));
}

bool imports_scan_start(struct imports_scan *s, const char *dir, const struct overlay *over,
			const struct constraint_env *env, bool read, struct err *e)
{
	struct fs_dirent *entries = NULL;
	struct err list = ERR_INIT;
	struct buf b = BUF_INIT;

	*s = (struct imports_scan){ .dir = dir, .overlay = over, .env = env };
	if (!overlay_list(over, &s->tmp, dir, IMPORTS_MAX_ENTRIES, &entries, &s->n_entries,
			  &list)) {
		bool absent = list.code == ERR_NOT_FOUND;

		if (!absent)
			err_move(e, &list);
		err_release(&list);
		s->n_entries = 0;
		return absent;
	}
	s->entries = entries;
	s->files = arena_alloc(&s->tmp, (s->n_entries + 1) * sizeof(*s->files));
	for (size_t i = 0; i < s->n_entries; i++) {
		const struct fs_dirent *d = &entries[i];

		if (d->type != DT_REG && d->type != DT_DIR)
			s->irregular = true;
		if (is_go_name(d->name) && d->type == DT_LNK && !s->link_error)
			s->link_error = broken_link(s, d->name);
		if (is_go_name(d->name) && is_regular(dir, d)) {
			if (read)
				scan_file(s, d->name, &b);
			else
				s->files[s->n++] = (struct imports_scanned){
					.name = d->name, .hidden = imports_is_hidden(d->name)
				};
		}
	}
	buf_release(&b);
	return true;
}

void imports_scan_end(struct imports_scan *s)
{
	for (size_t i = 0; i < s->n; i++)
		err_release(&s->files[i].error);
	arena_release(&s->tmp);
}

#define INDEX_MIN_AGE 2 /* seconds: modindex/read.go:modTimeCutoff */

/* Whether go would use its index for this directory now (modindex/read.go:dirHash). */
static bool would_index(const struct imports_scan *s)
{
	struct timespec now;

	if (s->irregular)
		return false;
	clock_gettime(CLOCK_REALTIME, &now);
	if (overlay_touches(s->overlay, s->dir))
		return false;
	for (size_t i = 0; i < s->n_entries; i++) {
		char *path;
		struct stat st;
		bool fresh;

		if (s->entries[i].type == DT_DIR)
			continue;
		path = xasprintf("%s/%s", s->dir, s->entries[i].name);
		fresh = lstat(path, &st) != 0 || st.st_mtim.tv_sec > now.tv_sec - INDEX_MIN_AGE ||
			(st.st_mtim.tv_sec == now.tv_sec - INDEX_MIN_AGE &&
			 st.st_mtim.tv_nsec > now.tv_nsec);
		free(path);
		if (fresh)
			return false;
	}
	return true;
}

static bool scan_indexed(const struct imports_scan *s, enum imports_mode mode)
{
	return mode == IMPORTS_INDEXED || (mode == IMPORTS_AUTO && s->odd && would_index(s));
}

static bool is_magic_import(const char *p)
{
	return str_eq(p, "C") || str_eq(p, "appengine") || str_has_prefix(p, "appengine/") ||
	       str_eq(p, "appengine_internal") || str_has_prefix(p, "appengine_internal/");
}

/* Whether the file counts, and whether its imports do. */
static bool file_counts(const struct imports_scanned *f, bool indexed, bool *with_imports)
{
	*with_imports = false;
	if (f->hidden)
		return false;
	if (indexed && ((f->error.code == ERR_SYNTAX && f->file.nul_first) ||
			f->verdict == CONSTRAINT_MULTIPLE))
		return true;
	if (f->verdict != CONSTRAINT_BUILD)
		return false;
	*with_imports = !(indexed && f->file.strict_error);
	return true;
}

static void take_imports(const struct imports_scanned *f, bool indexed, const char ***list,
			 size_t *n, size_t *cap)
{
	size_t end = indexed ? f->file.n_strict : f->file.n;

	for (size_t i = 0; i < end; i++) {
		const char *p = f->file.specs[i].path;

		if (is_magic_import(p))
			continue;
		if (*n == *cap) {
			*cap = *cap ? *cap * 2 : 64;
			*list = xreallocarray(*list, *cap, sizeof(**list));
		}
		(*list)[(*n)++] = p;
	}
}

/* Sorted copies in the caller's arena. */
static const char **keep_strings(struct arena *a, const char **list, size_t *n)
{
	const char **out;

	*n = imports_sort_unique(list, *n);
	out = arena_alloc(a, (*n + 1) * sizeof(*out));
	for (size_t i = 0; i < *n; i++)
		out[i] = arena_strdup(a, list[i]);
	return out;
}

/* go's index lists a file that it cannot read or parse, without imports. */
static bool is_empty_to_index(const struct imports_scanned *f)
{
	return f->error.code != ERR_LIMIT;
}

static const char *first_unread(struct arena *a, const struct imports_scan *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (err_is_set(&s->files[i].error) && s->files[i].error.code != ERR_SYNTAX)
			return arena_strdup(a, s->files[i].error.text);
	return NULL;
}

static bool collect(struct arena *a, const struct imports_scan *s, bool indexed,
		    struct imports_dir *d, struct err *e)
{
	const char **lists[2] = { NULL, NULL };
	size_t n[2] = { 0, 0 }, cap[2] = { 0, 0 };
	bool ok = true;

	d->no_go = true;
	for (size_t i = 0; i < s->n && ok; i++) {
		const struct imports_scanned *f = &s->files[i];
		bool with_imports;

		if (err_is_set(&f->error) && !(indexed && is_empty_to_index(f))) {
			err_copy(e, &f->error);
			ok = false;
		} else if (file_counts(f, indexed, &with_imports)) {
			d->no_go = false;
			if (with_imports)
				take_imports(f, indexed, &lists[f->test], &n[f->test],
					     &cap[f->test]);
		}
	}
	if (ok) {
		d->unread = first_unread(a, s);
		d->imports = keep_strings(a, lists[0], &n[0]);
		d->tests = keep_strings(a, lists[1], &n[1]);
		d->n_imports = n[0];
		d->n_tests = n[1];
	}
	free(lists[0]);
	free(lists[1]);
	return ok;
}

static bool any_visible(const struct imports_scan *s, bool indexed)
{
	for (size_t i = 0; i < s->n; i++)
		if (!indexed || !s->files[i].hidden)
			return true;
	return false;
}

static bool scan_dir(struct arena *a, struct imports_scan *s, enum imports_mode mode,
		     struct imports_dir *d, struct err *e)
{
	bool indexed = scan_indexed(s, mode);

	d->is_go_dir = any_visible(s, indexed);
	if (!d->is_go_dir && s->link_error)
		d->link_error = arena_strdup(a, s->link_error);
	return collect(a, s, indexed, d, e);
}

bool imports_scan_platform(struct arena *a, const char *dir, enum imports_mode mode,
			   const struct overlay *over, const struct constraint_env *env,
			   struct imports_dir *d, struct err *e)
{
	struct imports_scan s;
	bool ok;

	*d = (struct imports_dir){ .no_go = true };
	ok = imports_scan_start(&s, dir, over, env, true, e) && scan_dir(a, &s, mode, d, e);
	imports_scan_end(&s);
	return ok;
}

bool imports_scan_dir(struct arena *a, const char *dir, enum imports_mode mode,
		      struct imports_dir *d, struct err *e)
{
	return imports_scan_platform(a, dir, mode, NULL, NULL, d, e);
}

struct imports_stamp imports_stamp_of(const struct stat *st)
{
	return (struct imports_stamp){ .dev = (uint64_t)st->st_dev,
				       .ino = (uint64_t)st->st_ino,
				       .size = (uint64_t)st->st_size,
				       .mtime = imports_time(&st->st_mtim),
				       .ctime = imports_time(&st->st_ctim) };
}

bool imports_stamp_eq(const struct imports_stamp *a, const struct imports_stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size && a->mtime == b->mtime &&
	       a->ctime == b->ctime;
}

/* A newer file may change again within the same tick of the file system's clock. */
static bool is_settled(const struct imports_stamp *s, int64_t now)
{
	int64_t limit = now - INDEX_MIN_AGE * (int64_t)1000000000;

	return s->mtime <= limit && s->ctime <= limit;
}

static void take_entries(struct arena *a, const struct imports_scan *s, struct imports_basis *b)
{
	b->subdirs = arena_alloc(a, (s->n_entries + 1) * sizeof(*b->subdirs));
	for (size_t i = 0; i < s->n_entries; i++) {
		if (s->entries[i].type == DT_DIR)
			b->subdirs[b->n_subdirs++] = arena_strdup(a, s->entries[i].name);
		else if (str_eq(s->entries[i].name, "go.mod"))
			b->has_gomod = true;
	}
}

static void take_basis(struct arena *a, const struct imports_scan *s, int64_t now,
		       struct imports_basis *b)
{
	b->steady = !s->odd && !s->irregular && is_settled(&b->dir, now);
	if (!b->steady)
		return;
	take_entries(a, s, b);
	b->files = arena_alloc(a, (s->n + 1) * sizeof(*b->files));
	b->stamps = arena_alloc(a, (s->n + 1) * sizeof(*b->stamps));
	for (size_t i = 0; i < s->n; i++) {
		b->steady = b->steady && is_settled(&s->files[i].stamp, now);
		b->files[i] = arena_strdup(a, s->files[i].name);
		b->stamps[i] = s->files[i].stamp;
	}
	b->n_files = s->n;
}

bool imports_scan_local(struct arena *a, const char *dir, int64_t now, const struct overlay *over,
			struct imports_dir *d, struct imports_basis *basis, struct err *e)
{
	struct imports_scan s;
	struct stat st;
	bool ok, exists = stat(dir, &st) == 0;

	*d = (struct imports_dir){ .no_go = true };
	*basis = (struct imports_basis){ 0 };
	/* before listing: a later change then changes the stamp */
	if (exists)
		basis->dir = imports_stamp_of(&st);
	ok = imports_scan_start(&s, dir, over, NULL, true, e) &&
	     scan_dir(a, &s, IMPORTS_AUTO, d, e);
	if (ok && exists)
		take_basis(a, &s, now, basis);
	imports_scan_end(&s);
	return ok;
}

bool imports_is_go_dir(const char *dir, enum imports_mode mode, const struct overlay *over,
		       struct err *e)
{
	struct imports_scan s;
	bool found = false;

	if (imports_scan_start(&s, dir, over, NULL, false, e)) {
		s.odd = true;
		/* the mode matters only if all Go files are hidden */
		found = any_visible(&s, true) || (s.n && !scan_indexed(&s, mode));
	}
	imports_scan_end(&s);
	return found;
}

bool imports_places(struct arena *a, const char *dir, const struct overlay *over,
		    struct imports_place **places, size_t *n, struct err *e)
{
	VEC(struct imports_place) v = { 0 };
	struct imports_scan s;
	bool ok = imports_scan_start(&s, dir, over, NULL, true, e);

	for (size_t i = 0; ok && i < s.n; i++) {
		const struct imports_scanned *f = &s.files[i];
		bool with_imports = false;

		if (e && !err_is_set(e) && f->error.code == ERR_SYS)
			err_copy(e, &f->error);
		if (err_is_set(&f->error) || !file_counts(f, false, &with_imports) || !with_imports)
			continue;
		for (size_t k = 0; k < f->file.n; k++)
			vec_push(&v, (struct imports_place){ arena_strdup(a, f->name),
							     arena_strdup(a, f->file.specs[k].path),
							     f->file.specs[k].line,
							     f->file.specs[k].column, f->test });
	}
	*places = v.n ? arena_memdup(a, v.items, v.n * sizeof(*v.items)) : NULL;
	*n = v.n;
	vec_release(&v);
	imports_scan_end(&s);
	return ok;
}
