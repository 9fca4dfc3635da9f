#include "packages/pkgroot.h"

#include <inttypes.h>

#include "base/fs.h"
#include "gofiles/gover.h"
#include "base/par.h"

#define INDEX_MAX ((size_t)64 << 20)
#define INDEX_MAGIC "modscope imports 2"
#define GOMOD_MAX ((size_t)16 << 20) /* modfetch caps go.mod files so */

void pkgroots_init(struct pkgroots *r, const char *index_dir)
{
	*r = (struct pkgroots){ .index_dir = index_dir ? xstrdup(index_dir) : NULL };
}

static void root_release(struct pkgroot *t)
{
	for (size_t i = 0; i < t->dirs.n; i++)
		err_release(&((struct pkgdir *)t->dirs.entries[i].value)->err);
	map_release(&t->dirs);
	err_release(&t->gomod_err);
	arena_release(&t->arena);
	pthread_mutex_destroy(&t->lock);
	free(t->index_file);
	free(t->index_head);
}

void pkgroots_release(struct pkgroots *r)
{
	for (size_t i = 0; i < r->n; i++)
		root_release(r->roots[i]);
	free(r->roots);
	free(r->index_dir);
	arena_release(&r->arena);
	*r = (struct pkgroots){ 0 };
}

struct pkgroot *pkgroots_add(struct pkgroots *r, const char *dir, bool local)
{
	struct pkgroot *t = arena_calloc(&r->arena, 1, sizeof(*t));

	t->dir = arena_strdup(&r->arena, dir);
	t->local = local;
	t->go_line = "";
	pthread_mutex_init(&t->lock, NULL);
	if (!local && r->index_dir)
		t->index_file = xasprintf("%s/%016" PRIx64 ".idx", r->index_dir,
					  hash_bytes(dir, strlen(dir), 1));
	if (r->n == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 64;
		r->roots = xreallocarray(r->roots, r->cap, sizeof(*r->roots));
	}
	return r->roots[r->n++] = t;
}

struct pkgdir *pkgroot_dir(struct pkgroot *t, const char *rel)
{
	struct map_entry *e = map_find(&t->dirs, rel);
	struct pkgdir *d;

	if (e)
		return e->value;
	d = arena_calloc(&t->arena, 1, sizeof(*d));
	d->rel = arena_strdup(&t->arena, rel);
	d->has_gomod = -1;
	map_put(&t->dirs, d->rel, d);
	return d;
}

/* The lines that name the tree and its state; NULL if it cannot be told. */
static char *index_head(const char *dir)
{
	struct stat st;

	if (stat(dir, &st) != 0 || strpbrk(dir, "\n\t"))
		return NULL;
	return xasprintf(INDEX_MAGIC "\n%s\t%" PRIu64 "\t%lld.%09ld\n", dir, (uint64_t)st.st_ino,
			 (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

/* Cuts at the next `stop`; NULL if it does not come. */
static char *cut(char **p, char stop)
{
	char *start = *p, *end = strchr(start, stop);

	if (!end)
		return NULL;
	*end = 0;
	*p = end + 1;
	return start;
}

/* One line: REL, a state ("-" no Go directory, "n" nothing to build, "g"), imports, test imports; separated by tabs. */
static bool index_line(struct pkgroot *t, char *line)
{
	char *rel = cut(&line, '\t'), *state = rel ? cut(&line, '\t') : NULL,
	     *imports = state ? cut(&line, '\t') : NULL;
	struct pkgdir *d;

	if (!imports || strchr(line, '\t') || strlen(state) != 1 || !strchr("-ng", state[0]) ||
	    map_has(&t->dirs, rel))
		return false;
	d = arena_calloc(&t->arena, 1, sizeof(*d));
	*d = (struct pkgdir){
		.rel = str_eq(rel, ".") ? "" : rel, .filled = true, .stored = true, .has_gomod = -1
	};
	d->is_go_dir = state[0] != '-';
	d->no_go = state[0] != 'g';
	if (state[0] == 'g') {
		imports[strlen(imports)] = '\t'; /* split together later */
		d->packed = imports;
	}
	map_put(&t->dirs, d->rel, d);
	return true;
}

/* After the head comes the go line, then the directories. */
static bool index_read(struct pkgroot *t)
{
	size_t head = strlen(t->index_head), len;
	char *data, *p;

	if (!fs_read(&t->arena, t->index_file, INDEX_MAX, &data, &len, NULL) || len <= head ||
	    memchr(data, 0, len) || memcmp(data, t->index_head, head) != 0 || data[len - 1] != '\n')
		return false;
	p = data + head;
	t->go_line = cut(&p, '\n');
	while (*p) {
		char *line = cut(&p, '\n');

		if (!line || !index_line(t, line)) {
			map_clear(&t->dirs);
			return false;
		}
	}
	return true;
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

void pkgroot_open(struct pkgroot *t)
{
	if (t->local)
		return;
	if (t->index_file)
		t->index_head = index_head(t->dir);
	if (!t->index_head || !index_read(t))
		read_go_line(t);
}

static const char *const *split_words(struct arena *a, char *words, size_t *n)
{
	const char **list = arena_alloc(a, (strlen(words) / 2 + 2) * sizeof(*list));

	for (*n = 0; words += strspn(words, " "), *words;) {
		list[(*n)++] = words;
		words += strcspn(words, " ");
		if (*words)
			*words++ = 0;
	}
	return list;
}

static void unpack(struct pkgroot *t, struct pkgdir *d)
{
	char *tests = strchr(d->packed, '\t');

	*tests++ = 0;
	d->imports = split_words(&t->arena, d->packed, &d->n_imports);
	d->tests = split_words(&t->arena, tests, &d->n_tests);
	d->packed = NULL;
}

static const char *const *copy_strings(struct arena *a, const char **list, size_t n)
{
	const char **out = arena_alloc(a, (n + 1) * sizeof(*out));

	for (size_t i = 0; i < n; i++)
		out[i] = arena_strdup(a, list[i]);
	return out;
}

void pkgroot_fill(struct pkgroot *t, struct pkgdir *d)
{
	struct arena tmp = ARENA_INIT;
	struct imports_dir r;
	const char *dir = d->rel[0] ? arena_fmt(&tmp, "%s/%s", t->dir, d->rel) : t->dir;
	bool ok = imports_scan_dir(&tmp, dir, t->local ? IMPORTS_AUTO : IMPORTS_INDEXED, &r,
				   &d->err);

	d->is_go_dir = r.is_go_dir;
	d->no_go = r.no_go;
	d->list_failed = !ok && !r.is_go_dir;
	pthread_mutex_lock(&t->lock);
	d->link_error = r.link_error ? arena_strdup(&t->arena, r.link_error) : NULL;
	if (ok) {
		d->imports = copy_strings(&t->arena, r.imports, r.n_imports);
		d->tests = copy_strings(&t->arena, r.tests, r.n_tests);
		d->n_imports = r.n_imports;
		d->n_tests = r.n_tests;
	}
	if (!t->local)
		t->fresh = true;
	pthread_mutex_unlock(&t->lock);
	d->filled = true;
	arena_release(&tmp);
}

void pkgroot_need(struct pkgroot *t, struct pkgdir *d)
{
	if (!d->filled)
		pkgroot_fill(t, d);
	if (d->packed)
		unpack(t, d);
}

static bool has_gomod(struct pkgroot *t, const char *rel)
{
	struct pkgdir *d = pkgroot_dir(t, rel);
	struct stat st;
	char *path;

	if (d->has_gomod < 0) {
		path = xasprintf("%s/%s/go.mod", t->dir, rel);
		d->has_gomod = stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
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

/* A name that would break the lines of the index. */
static bool storable(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f)
			return false;
	return true;
}

static void write_words(struct buf *b, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_addch(b, ' ');
		buf_addstr(b, list[i]);
	}
}

static bool storable_dir(const struct pkgdir *d)
{
	if (!d->filled || err_is_set(&d->err) || !storable(d->rel) || str_eq(d->rel, "."))
		return false;
	for (size_t i = 0; i < d->n_imports; i++)
		if (!storable(d->imports[i]))
			return false;
	for (size_t i = 0; i < d->n_tests; i++)
		if (!storable(d->tests[i]))
			return false;
	return true;
}

static void write_dir(struct buf *b, const struct pkgdir *d)
{
	buf_addf(b, "%s\t%c\t", d->rel[0] ? d->rel : ".",
		 !d->is_go_dir ? '-'
		 : d->no_go    ? 'n'
			       : 'g');
	if (d->packed) {
		buf_addstr(b, d->packed);
	} else {
		write_words(b, d->imports, d->n_imports);
		buf_addch(b, '\t');
		write_words(b, d->tests, d->n_tests);
	}
	buf_addch(b, '\n');
}

static void save_root(void *ctx, size_t i)
{
	struct pkgroot *t = ((struct pkgroots *)ctx)->roots[i];
	struct buf b = BUF_INIT;

	if (!t->fresh || !t->index_head || err_is_set(&t->gomod_err) || strpbrk(t->go_line, "\r\n"))
		return;
	buf_addf(&b, "%s%s\n", t->index_head, t->go_line);
	for (size_t k = 0; k < t->dirs.n; k++) {
		const struct pkgdir *d = t->dirs.entries[k].value;

		if (storable_dir(d))
			write_dir(&b, d);
	}
	if (b.len <= INDEX_MAX && fs_write_atomic(t->index_file, b.data, b.len, 0666, false, NULL))
		t->fresh = false;
	buf_release(&b);
}

void pkgroots_save(struct pkgroots *r)
{
	if (r->index_dir)
		par_for(r->n, par_cpus(), save_root, r);
}
