#include "gofiles/gosum_impl.h"

#include "base/fs.h"
#include "gofiles/semver.h"

/* The version as spelled in the file, byte by byte, with "/go.mod" appended if `tail`. 0 at the end. */
static char spelled_next(const char **s, bool *tail)
{
	if (!**s && *tail) {
		*s = "/go.mod";
		*tail = false;
	}
	return **s ? *(*s)++ : '\0';
}

static int compare_spelled(const char *v, bool v_tail, const char *w, bool w_tail)
{
	unsigned char c, d;

	do {
		c = (unsigned char)spelled_next(&v, &v_tail);
		d = (unsigned char)spelled_next(&w, &w_tail);
	} while (c && c == d);
	return (int)c - (int)d;
}

/* module.Sort: by path, by semver up to the first slash of the version, then by the rest. */
static int key_compare(const void *pa, const void *pb)
{
	const struct gosum_line *a = *(const struct gosum_line *const *)pa,
				*b = *(const struct gosum_line *const *)pb;
	size_t a_len = strcspn(a->version, "/"), b_len = strcspn(b->version, "/");
	bool a_mod = a->kind == GOSUM_MOD, b_mod = b->kind == GOSUM_MOD;
	int c = strcmp(a->path, b->path);

	if (c)
		return c;
	if (a_len == b_len && memcmp(a->version, b->version, a_len) == 0)
		return compare_spelled(a->version + a_len, a_mod, b->version + b_len, b_mod);
	c = semver_compare_n(a->version, a_len, b->version, b_len);
	/* go leaves the order of equal precedence open */
	return c ? c : compare_spelled(a->version, a_mod, b->version, b_mod);
}

static int string_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool in_members(const struct gosum *s, const struct gosum_line *first)
{
	for (const struct gosum_line *l = first; l; l = gosum_line_next(s, l))
		if (l->file != 0)
			return true;
	return false;
}

/* learned: include hashes that are not in the file. */
static void key_print(const struct gosum *s, const struct gosum_line *first, bool learned,
		      struct buf *out)
{
	VEC(const char *) hashes = { 0 };
	size_t n;

	for (const struct gosum_line *l = first; l; l = gosum_line_next(s, l))
		if (!l->learned || learned)
			vec_push(&hashes, l->hash);
	n = hashes.n;
	if (n > 1)
		qsort(hashes.items, n, sizeof(*hashes.items), string_compare);
	for (size_t i = 0; i < n; i++) {
		if (i && str_eq(hashes.items[i], hashes.items[i - 1]))
			continue;
		buf_add(out, first->path, first->path_len);
		buf_addch(out, ' ');
		buf_add(out, first->version, first->version_len);
		buf_addstr(out, first->kind == GOSUM_MOD ? "/go.mod " : " ");
		buf_addstr(out, hashes.items[i]);
		buf_addch(out, '\n');
	}
	vec_release(&hashes);
}

struct sum_keep {
	bool (*fn)(void *ctx, struct modver m, enum gosum_kind kind);
	void *ctx;
};

static bool is_kept(const struct sum_keep *k, const struct gosum_line *l)
{
	return k->fn(k->ctx, (struct modver){ l->path, l->version }, (enum gosum_kind)l->kind);
}

/* Whether a line must be added or dropped. */
static bool is_dirty(const struct gosum *s, bool trim, const struct sum_keep *k)
{
	for (size_t i = 0; i < s->lines.n; i++) {
		const struct gosum_line *l = &s->lines.items[i];

		if (l->learned ? is_kept(k, l) : trim && l->file == 0 && !is_kept(k, l))
			return true;
	}
	return false;
}

/* Lines that are in order, as go writes them, need no sorting. */
static void sort_keys(const struct gosum_line **keys, size_t n)
{
	size_t i = 1;

	while (i < n && key_compare(&keys[i - 1], &keys[i]) <= 0)
		i++;
	if (i < n)
		qsort(keys, n, sizeof(*keys), key_compare);
}

static void print_updated(const struct gosum *s, bool trim, const struct sum_keep *k,
			  struct buf *after)
{
	VEC(const struct gosum_line *) keys = { 0 };

	for (size_t i = 0; i < s->lines.n; i++) {
		const struct gosum_line *l = &s->lines.items[i];

		if (l->first && !in_members(s, l) && (!trim || is_kept(k, l)))
			vec_push(&keys, l);
	}
	sort_keys(keys.items, keys.n);
	for (size_t i = 0; i < keys.n; i++)
		key_print(s, keys.items[i], is_kept(k, keys.items[i]), after);
	vec_release(&keys);
}

/* TidyGoSum with a go.sum of the overlay: it compares with the file, and starts from that unless lines were trimmed. */
static bool tidy_file(struct gosum *s, const struct sum_keep *k, struct buf *before,
		      struct buf *after, struct err *e)
{
	struct err local = ERR_INIT;
	struct gosum *file;
	bool trims = false;

	if (!fs_read_buf(before, s->files.items[0].path, FS_MAX_SUM, &local) &&
	    local.code != ERR_NOT_FOUND)
		return err_move(e, &local);
	err_release(&local);
	file = gosum_new(s->files.items[0].path, true);
	gosum_set_text(file, before->data, before->len);
	for (size_t i = 0; i < s->lines.n; i++) {
		const struct gosum_line *l = &s->lines.items[i];

		trims |= l->file == 0 && !is_kept(k, l);
		if (l->used && l->file == 0)
			gosum_learn(file, (struct modver){ l->path, l->version },
				    (enum gosum_kind)l->kind, l->hash);
	}
	print_updated(trims ? s : file, trims, k, after);
	gosum_free(file);
	return true;
}

bool gosum_tidy(struct gosum *s, bool (*keep)(void *ctx, struct modver m, enum gosum_kind kind),
		void *ctx, struct buf *before, struct buf *after, struct err *e)
{
	const struct sum_keep k = { keep, ctx };
	const struct gosum_file *main = &s->files.items[0];
	bool ok;

	pthread_mutex_lock(&s->lock);
	ok = gosum_init_locked(s, e);
	if (ok && !s->given && !str_eq(overlay_actual(s->overlay, main->path), main->path)) {
		ok = tidy_file(s, &k, before, after, e);
	} else if (ok) {
		buf_add(before, main->data.data, main->data.len);
		print_updated(s, true, &k, after);
	}
	pthread_mutex_unlock(&s->lock);
	return ok;
}

bool gosum_update(struct gosum *s, bool trim,
		  bool (*keep)(void *ctx, struct modver m, enum gosum_kind kind), void *ctx,
		  struct buf *after, struct err *e)
{
	const struct sum_keep k = { keep, ctx };
	bool ok;

	pthread_mutex_lock(&s->lock);
	ok = gosum_init_locked(s, e);
	if (ok && is_dirty(s, trim, &k))
		print_updated(s, trim, &k, after);
	else if (ok)
		buf_add(after, s->files.items[0].data.data, s->files.items[0].data.len);
	pthread_mutex_unlock(&s->lock);
	return ok;
}
