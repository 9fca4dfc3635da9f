#include "packages/pkgroot_impl.h"

#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/fs.h"

#define SUM_LEN 16u /* hex digits before each line: a damaged line is dropped */
#define INDEX_MAX ((size_t)64 << 20)
#define INDEX_MAGIC "modscope imports 4"
#define LOCAL_MAGIC "modscope local imports 2"
#define PROJECT_MAGIC "modscope project imports 2\n"

char *pkgroots_index_path(const char *index_dir, const char *name, uint64_t seed,
			  const char *suffix)
{
	return xasprintf("%s/%016" PRIx64 "%s", index_dir, hash_bytes(name, strlen(name), seed),
			 suffix);
}

/* Called for every file: printf is too slow. */
static void add_hex(struct buf *b, uint64_t v)
{
	char digits[16];
	size_t n = sizeof(digits);

	do
		digits[--n] = "0123456789abcdef"[v & 15];
	while (v >>= 4);
	buf_add(b, digits + n, sizeof(digits) - n);
}

static void add_stamp(struct buf *b, const struct imports_stamp *s)
{
	const uint64_t v[] = { s->dev, s->ino, s->size, (uint64_t)s->mtime, (uint64_t)s->ctime };

	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		if (i)
			buf_addch(b, '.');
		add_hex(b, v[i]);
	}
}

/* Reads what add_stamp wrote; advances *p past it. */
static bool read_stamp(const char **p, struct imports_stamp *s)
{
	uint64_t v[5];

	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		char *end;

		v[i] = strtoull(*p, &end, 16);
		if (end == *p || (i + 1 < ARRAY_LEN(v) && *end != '.'))
			return false;
		*p = end + (i + 1 < ARRAY_LEN(v));
	}
	*s = (struct imports_stamp){ v[0], v[1], v[2], (int64_t)v[3], (int64_t)v[4] };
	return true;
}

/* The lines that identify the tree and its state; NULL if that fails. */
static char *index_head(const struct pkgroot *t, const struct stat *st)
{
	struct buf b = BUF_INIT;
	struct imports_stamp stamp;
	struct stat own;

	if (strpbrk(t->dir, "\n\t"))
		return NULL;
	if (t->local) {
		/* permissions differ by user */
		buf_addf(&b, LOCAL_MAGIC "\n%s\t%lu\n", t->dir, (unsigned long)geteuid());
		return buf_detach(&b);
	}
	if (!st && stat(t->dir, &own) != 0)
		return NULL;
	stamp = imports_stamp_of(st ? st : &own);
	buf_addstr(&b, INDEX_MAGIC "\n");
	buf_addstr(&b, t->dir);
	buf_addch(&b, '\t');
	add_stamp(&b, &stamp);
	buf_addch(&b, '\n');
	return buf_detach(&b);
}

/* Cuts at the next `stop`; NULL if there is none. */
static char *cut(char **p, char stop)
{
	char *start = *p, *end = start ? strchr(start, stop) : NULL;

	if (!end)
		return NULL;
	*end = 0;
	*p = end + 1;
	return start;
}

/* The additional fields of a local tree. */
static struct pkgroot_basis *read_basis(struct arena *a, char *fields)
{
	char *dir = cut(&fields, '\t'), *gomod = dir ? cut(&fields, '\t') : NULL,
	     *subdirs = gomod ? cut(&fields, '\t') : NULL;
	struct pkgroot_basis *b;

	if (!subdirs || strchr(fields, '\t') || strlen(gomod) != 1 || !strchr("m-", gomod[0]))
		return NULL;
	b = arena_alloc(a, sizeof(*b));
	*b = (struct pkgroot_basis){
		.dir = dir, .subdirs = subdirs, .files = fields, .has_gomod = gomod[0] == 'm'
	};
	return b;
}

static bool read_line(struct pkgroot *t, char *line, struct pkgroot_dir *d)
{
	char *rel = cut(&line, '\t'), *state = rel ? cut(&line, '\t') : NULL,
	     *imports = state ? cut(&line, '\t') : NULL, *tests = line;
	struct pkgroot_basis *basis = NULL;

	if (imports && t->local) {
		tests = cut(&line, '\t');
		basis = tests ? read_basis(&t->arena, line) : NULL;
	}
	if (!imports || !tests || (t->local ? !basis : strchr(tests, '\t') != NULL) ||
	    strlen(state) != 1 || !strchr("-ng", state[0]))
		return false;
	rel = str_eq(rel, ".") ? (char *)"" : rel;
	d->rel = rel;
	d->basis = basis;
	d->filled = d->stored = !t->local;
	d->has_gomod = -1;
	d->is_go_dir = state[0] != '-';
	d->no_go = state[0] != 'g';
	if (state[0] == 'g') {
		d->packed_imports = imports; /* split later, together */
		d->packed_tests = tests;
	}
	return map_put(&t->dirs, rel, d);
}

static size_t count_lines(const char *s)
{
	size_t n = 0;

	while ((s = strchr(s, '\n'))) {
		s++;
		n++;
	}
	return n;
}

/* The sum of a line, valid only for this tree. */
static void line_sum(char sum[SUM_LEN + 1], uint64_t seed, const char *line, size_t len)
{
	uint64_t v = hash_bytes(line, len, seed);

	for (unsigned i = 0; i < SUM_LEN; i++, v >>= 4)
		sum[i] = "0123456789abcdef"[v & 15];
	sum[SUM_LEN] = '\0';
}

static uint64_t line_seed(const char *head)
{
	return hash_bytes(head, strlen(head), 0x696d706f727473ULL);
}

/* Cuts the next line; *whole: it is undamaged. NULL if there is none. */
static char *cut_line(char **p, uint64_t seed, bool *whole)
{
	char *line = cut(p, '\n'), sum[SUM_LEN + 1];
	size_t len = line ? strlen(line) : 0;

	*whole = false;
	if (!line || len < SUM_LEN)
		return line;
	line_sum(sum, seed, line + SUM_LEN, len - SUM_LEN);
	*whole = memcmp(sum, line, SUM_LEN) == 0;
	return line + SUM_LEN;
}

/* After the header comes the go line, then the directories. data[len] is NUL. */
static bool read_text(struct pkgroot *t, char *data, size_t len)
{
	size_t head = strlen(t->index_head);
	char *p = data + head;
	uint64_t seed;
	bool whole;

	if (len <= head || memchr(data, 0, len) || memcmp(data, t->index_head, head) != 0 ||
	    data[len - 1] != '\n')
		return false;
	seed = line_seed(t->index_head);
	t->go_line = cut_line(&p, seed, &whole);
	if (!whole)
		return false;
	t->indexed = xcalloc(count_lines(p) + 1, sizeof(*t->indexed));
	for (size_t i = 0; *p; i++) {
		char *line = cut_line(&p, seed, &whole);

		if (whole && !read_line(t, line, &t->indexed[i])) {
			map_clear(&t->dirs);
			free(t->indexed);
			t->indexed = NULL;
			return false;
		}
	}
	return true;
}

bool pkgroot_index_read(struct pkgroot *t, const struct stat *st)
{
	char *data;
	size_t len;

	if (!t->index_file)
		return false;
	t->index_head = index_head(t, st);
	if (!t->index_head)
		return false;
	if (t->packed && read_text(t, t->packed->data, t->packed->len))
		return true;
	t->packed = NULL;
	return fs_read(&t->arena, t->index_file, INDEX_MAX, &data, &len, NULL) &&
	       read_text(t, data, len);
}

/* Cuts it; NULL at the end. */
static char *next_word(char **words)
{
	char *word = *words, *end;

	while (word && *word == ' ')
		word++;
	if (!word || !*word)
		return NULL;
	end = strchr(word, ' ');
	if (end)
		*end++ = 0;
	*words = end;
	return word;
}

const char *const *pkgroot_words(struct arena *a, char *words, size_t *n)
{
	const char *few[64], **many = NULL, *word;
	size_t room = ARRAY_LEN(few);

	few[0] = NULL;
	/* cut first: sizing by the length of the text would touch four times as many pages */
	for (*n = 0; (word = next_word(&words));) {
		if (*n == room) {
			const char **more = arena_alloc(a, room * 2 * sizeof(*more));

			memcpy(more, many ? many : few, room * sizeof(*more));
			many = more;
			room *= 2;
		}
		(many ? many : few)[(*n)++] = word;
	}
	return many ? many : arena_memdup(a, few, *n * sizeof(*few));
}

/* What the next name is relative to. */
static int dir_fd(const struct pkgroot *t)
{
	return t->fd >= 0 ? t->fd : AT_FDCWD;
}

/* The directory's name, relative to dir_fd. */
static void add_dir(struct buf *b, const struct pkgroot *t, const struct pkgroot_dir *d)
{
	if (t->fd < 0) {
		buf_addstr(b, t->dir);
		if (d->rel[0])
			buf_addch(b, '/');
	}
	buf_addstr(b, d->rel);
}

bool pkgroot_basis_same(const struct pkgroot *t, struct pkgroot_dir *d)
{
	struct pkgroot_basis *b = d->basis;
	struct imports_stamp was, is;
	struct buf path = BUF_INIT;
	struct stat st;
	const char *p;

	if (!b)
		return false;
	if (b->state != PKGROOT_UNSEEN)
		return b->state == PKGROOT_SAME;
	p = b->dir;
	add_dir(&path, t, d);
	b->state = PKGROOT_CHANGED;
	if (read_stamp(&p, &was) && fstatat(dir_fd(t), path.len ? path.data : ".", &st, 0) == 0) {
		is = imports_stamp_of(&st);
		if (imports_stamp_eq(&was, &is))
			b->state = PKGROOT_SAME;
	}
	buf_release(&path);
	return b->state == PKGROOT_SAME;
}

/* One word of FILES: STAMP/NAME. */
static bool file_same(int fd, struct buf *path, const char **p)
{
	struct imports_stamp was, is;
	size_t start = path->len, n;
	struct stat st;
	bool same;

	if (!read_stamp(p, &was) || **p != '/')
		return false;
	n = strcspn(++*p, " /");
	buf_add(path, *p, n);
	*p += n;
	same = fstatat(fd, path->data, &st, AT_SYMLINK_NOFOLLOW) == 0;
	buf_truncate(path, start);
	if (!same)
		return false;
	is = imports_stamp_of(&st);
	return imports_stamp_eq(&was, &is);
}

bool pkgroot_basis_files_same(const struct pkgroot *t, const struct pkgroot_dir *d)
{
	const char *p = d->basis->files;
	struct buf path = BUF_INIT;
	bool same = true;

	add_dir(&path, t, d);
	if (path.len)
		buf_addch(&path, '/');
	while (same && *p) {
		same = file_same(dir_fd(t), &path, &p) && (!*p || *p == ' ');
		p += *p == ' ';
	}
	buf_release(&path);
	return same;
}

/* A name that would break the lines of the index. */
static bool storable(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f)
			return false;
	return true;
}

static bool all_storable(const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!storable(list[i]))
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

static char *take_text(struct arena *a, struct buf *b)
{
	char *text = arena_strndup(a, b->data, b->len);

	buf_clear(b);
	return text;
}

struct pkgroot_basis *pkgroot_basis_new(struct pkgroot *t, const struct imports_basis *from)
{
	struct pkgroot_basis *basis = arena_alloc(&t->arena, sizeof(*basis));
	struct buf b = BUF_INIT;

	if (!all_storable(from->subdirs, from->n_subdirs) ||
	    !all_storable(from->files, from->n_files))
		return NULL;
	*basis = (struct pkgroot_basis){ .has_gomod = from->has_gomod, .state = PKGROOT_SAME };
	add_stamp(&b, &from->dir);
	basis->dir = take_text(&t->arena, &b);
	write_words(&b, from->subdirs, from->n_subdirs);
	basis->subdirs = take_text(&t->arena, &b);
	for (size_t i = 0; i < from->n_files; i++) {
		if (i)
			buf_addch(&b, ' ');
		add_stamp(&b, &from->stamps[i]);
		buf_addf(&b, "/%s", from->files[i]);
	}
	basis->files = take_text(&t->arena, &b);
	buf_release(&b);
	return basis;
}

/* Stale entries of a local tree are dropped, even if this run did not visit them. */
static bool storable_dir(const struct pkgroot *t, struct pkgroot_dir *d)
{
	if (err_is_set(&d->err) || d->unread || !storable(d->rel) || str_eq(d->rel, "."))
		return false;
	if (t->local ? !pkgroot_basis_same(t, d) : !d->filled)
		return false;
	return all_storable(d->imports, d->n_imports) && all_storable(d->tests, d->n_tests);
}

static void write_dir(struct buf *b, const struct pkgroot_dir *d)
{
	buf_addf(b, "%s\t%c\t", d->rel[0] ? d->rel : ".",
		 !d->is_go_dir ? '-'
		 : d->no_go    ? 'n'
			       : 'g');
	if (d->packed_imports) {
		buf_addf(b, "%s\t%s", d->packed_imports, d->packed_tests);
	} else {
		write_words(b, d->imports, d->n_imports);
		buf_addch(b, '\t');
		write_words(b, d->tests, d->n_tests);
	}
	if (d->basis)
		buf_addf(b, "\t%s\t%c\t%s\t%s", d->basis->dir, d->basis->has_gomod ? 'm' : '-',
			 d->basis->subdirs, d->basis->files);
}

/* Writes the sum of the line at `start` into the room before it. */
static void seal_line(struct buf *b, size_t start, uint64_t seed)
{
	char sum[SUM_LEN + 1];

	line_sum(sum, seed, b->data + start + SUM_LEN, b->len - start - SUM_LEN);
	memcpy(b->data + start, sum, SUM_LEN);
	buf_addch(b, '\n');
}

static size_t begin_line(struct buf *b)
{
	size_t start = b->len;

	buf_addf(b, "%*s", (int)SUM_LEN, "");
	return start;
}

/* The text of a tree's file; false if it cannot have one. */
static bool write_text(struct buf *b, const struct pkgroot *t)
{
	uint64_t seed;
	size_t start;

	if (!t->index_head || err_is_set(&t->gomod_err) || strpbrk(t->go_line, "\r\n"))
		return false;
	seed = line_seed(t->index_head);
	buf_addstr(b, t->index_head);
	start = begin_line(b);
	buf_addstr(b, t->go_line);
	seal_line(b, start, seed);
	for (size_t i = 0; i < t->dirs.n; i++) {
		if (!storable_dir(t, t->dirs.entries[i].value))
			continue;
		start = begin_line(b);
		write_dir(b, t->dirs.entries[i].value);
		seal_line(b, start, seed);
	}
	return b->len <= INDEX_MAX;
}

void pkgroot_index_write(struct pkgroot *t)
{
	struct buf b = BUF_INIT;

	if (t->fresh && write_text(&b, t) &&
	    fs_write_atomic(t->index_file, b.data, b.len, 0666, false, NULL))
		t->fresh = false;
	buf_release(&b);
}

/* The length of the next part and a newline; false at the end, or if it exceeds the data. */
static bool read_length(char **p, const char *end, size_t *len)
{
	char *stop;

	*len = strtoul(*p, &stop, 10);
	if (stop == *p || *stop != '\n' || *len > (size_t)(end - stop - 1))
		return false;
	*p = stop + 1;
	return true;
}

void pkgroots_project_read(struct pkgroots *r, const char *project)
{
	static const char name_after[] = INDEX_MAGIC "\n";
	char *p, *end;
	size_t len;

	if (!r->index_dir)
		return;
	r->project_file = pkgroots_index_path(r->index_dir, project, 2, ".all");
	if (!fs_read_buf(&r->project, r->project_file, INDEX_MAX, NULL) ||
	    !str_has_prefix(r->project.data, PROJECT_MAGIC))
		return;
	p = r->project.data + strlen(PROJECT_MAGIC);
	end = r->project.data + r->project.len;
	while (read_length(&p, end, &len)) {
		const char *dir = str_cut_prefix(p, name_after);
		size_t n = dir ? strcspn(dir, "\t\n") : 0;
		struct pkgroot_packed *part = arena_alloc(&r->arena, sizeof(*part));

		*part = (struct pkgroot_packed){ p, len };
		if (n && n < len)
			map_put(&r->packed, arena_strndup(&r->arena, dir, n), part);
		p += len;
	}
	/* terminate each part by overwriting the next length's first digit, already read */
	for (size_t i = 0; i < r->packed.n; i++) {
		struct pkgroot_packed *part = r->packed.entries[i].value;

		part->data[part->len] = 0;
	}
}

/* Rewrites the file if it lacks a tree, or entries of one. */
void pkgroots_project_write(struct pkgroots *r)
{
	struct buf all = BUF_INIT, one = BUF_INIT;
	bool fresh = false;

	for (size_t i = 0; i < r->roots.n; i++)
		fresh = fresh || (!r->roots.items[i]->local &&
				  (r->roots.items[i]->fresh || !r->roots.items[i]->packed));
	buf_addstr(&all, PROJECT_MAGIC);
	for (size_t i = 0; fresh && i < r->roots.n; i++) {
		buf_clear(&one);
		if (!r->roots.items[i]->local && write_text(&one, r->roots.items[i])) {
			buf_addf(&all, "%zu\n", one.len);
			buf_add(&all, one.data, one.len);
		}
	}
	if (fresh && all.len <= INDEX_MAX)
		fs_write_atomic(r->project_file, all.data, all.len, 0666, false, NULL);
	buf_release(&all);
	buf_release(&one);
}
