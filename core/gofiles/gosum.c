#include "gofiles/gosum.h"

#include <pthread.h>

#include "base/fs.h"
#include "base/map.h"
#include "base/text.h"
#include "gofiles/semver.h"

#define MAX_LINES ((size_t)4 << 20)
#define LINE_SIZE 90 /* of an ordinary line, to reserve memory by */

static const char mismatch_text[] =
	"\n\nSECURITY ERROR\n"
	"This download does NOT match an earlier download recorded in go.sum.\n"
	"The bits may have been replaced on the origin server, or an attacker may\n"
	"have intercepted the download attempt.\n"
	"\n"
	"For more information, see 'go help module-auth'.\n";

/* The hash of an empty go.mod, which an old go wrote by mistake. */
static const char empty_gomod_hash[] = "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=";

/* A line; its strings are terminated and live in its file's text, or in the arena if it was learned. The lines of one key are
 * chained in order; the first one also knows the last. */
struct line {
	const char *path, *version, *hash; /* version without "/go.mod" */
	uint32_t path_len, version_len;
	uint32_t next, last; /* index + 1; 0 is none */
	uint32_t file;	     /* 0 is the main file */
	int number;	     /* 0: learned */
	uint8_t kind;
	bool first, used, learned;
};

struct sum_file {
	const char *path, *name; /* as go names it */
	struct buf data;
	char *text; /* a copy of the data, cut into strings */
};

struct gosum {
	pthread_mutex_t lock;
	struct arena arena;
	VEC(struct sum_file) files;
	const struct overlay *overlay;
	bool has_main, skip_malformed, loaded, given; /* given: gosum_set_text */
	struct err load_error;
	VEC(struct line) lines;
	uint32_t *slots; /* open addressing: index + 1 of a key's first line; 0 is free */
	uint32_t *slot_hashes;
	size_t n_slots, n_keys;
	uint64_t seed;
	struct buf warnings;
};

struct gosum *gosum_new(const char *main_file, bool skip_malformed)
{
	struct gosum *s = xcalloc(1, sizeof(*s));

	pthread_mutex_init(&s->lock, NULL);
	s->skip_malformed = skip_malformed;
	s->has_main = main_file != NULL;
	buf_init(&s->warnings);
	s->seed = map_hash("go.sum", 6);
	gosum_add_file(s, main_file ? main_file : "");
	return s;
}

void gosum_add_file(struct gosum *s, const char *file)
{
	const char *path = arena_strdup(&s->arena, file);

	vec_push(&s->files, (struct sum_file){ path, path, BUF_INIT, NULL });
}

void gosum_set_name(struct gosum *s, const char *name)
{
	s->files.items[0].name = arena_strdup(&s->arena, name);
}

void gosum_set_overlay(struct gosum *s, const struct overlay *o)
{
	s->overlay = o;
}

void gosum_set_text(struct gosum *s, const char *data, size_t len)
{
	buf_add(&s->files.items[0].data, data, len);
	s->given = true;
}

void gosum_free(struct gosum *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->files.n; i++) {
		buf_release(&s->files.items[i].data);
		free(s->files.items[i].text);
	}
	vec_release(&s->files);
	vec_release(&s->lines);
	free(s->slots);
	free(s->slot_hashes);
	err_release(&s->load_error);
	buf_release(&s->warnings);
	arena_release(&s->arena);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static uint32_t key_hash(const struct gosum *s, const struct line *l)
{
	uint64_t h = hash_bytes(l->path, l->path_len, s->seed);

	return (uint32_t)(hash_bytes(l->version, l->version_len, h + l->kind) >> 32);
}

static bool same_key(const struct line *a, const struct line *b)
{
	return a->kind == b->kind && a->version_len == b->version_len &&
	       a->path_len == b->path_len && memcmp(a->version, b->version, a->version_len) == 0 &&
	       memcmp(a->path, b->path, a->path_len) == 0;
}

/* Where the key is in the table, or belongs. */
static size_t slot_of(const struct gosum *s, const struct line *key, uint32_t hash)
{
	size_t i = hash & (s->n_slots - 1);

	while (s->slots[i] &&
	       !(s->slot_hashes[i] == hash && same_key(&s->lines.items[s->slots[i] - 1], key)))
		i = (i + 1) & (s->n_slots - 1);
	return i;
}

/* Makes room for twice as many keys. */
static void table_grow(struct gosum *s)
{
	size_t old = s->n_slots;
	uint32_t *slots = s->slots, *hashes = s->slot_hashes;

	s->n_slots = old ? old * 2 : 1024;
	s->slots = xcalloc(s->n_slots, sizeof(*s->slots));
	s->slot_hashes = xreallocarray(NULL, s->n_slots, sizeof(*s->slot_hashes));
	for (size_t i = 0; i < old; i++) {
		size_t j = hashes[i] & (s->n_slots - 1);

		if (!slots[i])
			continue;
		while (s->slots[j])
			j = (j + 1) & (s->n_slots - 1);
		s->slots[j] = slots[i];
		s->slot_hashes[j] = hashes[i];
	}
	free(slots);
	free(hashes);
}

/* The key's first line; NULL if there is none. */
static struct line *key_find(const struct gosum *s, struct modver m, enum gosum_kind kind)
{
	struct line key = { .path = m.path, .version = m.version, .kind = (uint8_t)kind };
	size_t i;

	if (!s->n_slots)
		return NULL;
	key.path_len = (uint32_t)strlen(m.path);
	key.version_len = (uint32_t)strlen(m.version);
	i = slot_of(s, &key, key_hash(s, &key));
	return s->slots[i] ? &s->lines.items[s->slots[i] - 1] : NULL;
}

static const struct line *line_next(const struct gosum *s, const struct line *l)
{
	return l->next ? &s->lines.items[l->next - 1] : NULL;
}

static struct line *line_add(struct gosum *s, struct line l)
{
	uint32_t hash = key_hash(s, &l), added;
	struct line *first;
	size_t i;

	if (s->n_keys * 2 >= s->n_slots)
		table_grow(s);
	i = slot_of(s, &l, hash);
	l.first = !s->slots[i];
	vec_push(&s->lines, l);
	added = (uint32_t)s->lines.n;
	if (l.first) {
		s->slots[i] = added;
		s->slot_hashes[i] = hash;
		s->n_keys++;
		s->lines.items[added - 1].last = added;
		return &s->lines.items[added - 1];
	}
	first = &s->lines.items[s->slots[i] - 1];
	s->lines.items[first->last - 1].next = added;
	first->last = added;
	return &s->lines.items[added - 1];
}

/* Only blanks and newlines separate fields: then a line can be split at blanks. */
static bool is_plain(const char *s, size_t len)
{
	static const char odd[] = "\t\v\f\r";
	uint64_t high = 0, word;
	size_t i = 0;

	for (; i + 8 <= len; i += 8) {
		memcpy(&word, s + i, 8);
		high |= word;
	}
	for (; i < len; i++)
		high |= (uint64_t)(unsigned char)s[i];
	if (high & 0x8080808080808080u)
		return false;
	for (const char *c = odd; *c; c++)
		if (memchr(s, *c, len))
			return false;
	return true;
}

/* The fields of a line that has three, separated by single blanks; false for other lines. */
static bool cut_plain(const char *s, size_t len, struct text_field *f)
{
	const char *end = s + len, *one = memchr(s, ' ', len), *two;

	if (!one || one == s)
		return false;
	two = memchr(one + 1, ' ', (size_t)(end - one - 1));
	if (!two || two == one + 1 || two + 1 == end ||
	    memchr(two + 1, ' ', (size_t)(end - two - 1)))
		return false;
	f[0] = (struct text_field){ s, (size_t)(one - s) };
	f[1] = (struct text_field){ one + 1, (size_t)(two - one - 1) };
	f[2] = (struct text_field){ two + 1, (size_t)(end - two - 1) };
	return true;
}

static void line_parse(struct gosum *s, char *text, const struct text_field *f, uint32_t file,
		       int number)
{
	struct line l = {
		.path = f[0].s, .version = f[1].s, .hash = f[2].s, .file = file, .number = number
	};

	if (f[2].len == sizeof(empty_gomod_hash) - 1 &&
	    memcmp(f[2].s, empty_gomod_hash, f[2].len) == 0)
		return;
	l.path_len = (uint32_t)f[0].len;
	l.version_len = (uint32_t)f[1].len;
	if (f[1].len > 7 && memcmp(f[1].s + f[1].len - 7, "/go.mod", 7) == 0) {
		l.kind = GOSUM_MOD;
		l.version_len -= 7;
	}
	/* the fields lie in the text, and what follows each is a blank, a newline or the end */
	text[f[0].s - text + (ptrdiff_t)f[0].len] = '\0';
	text[f[1].s - text + (ptrdiff_t)l.version_len] = '\0';
	text[f[2].s - text + (ptrdiff_t)f[2].len] = '\0';
	line_add(s, l);
}

static bool file_parse(struct gosum *s, uint32_t index, struct err *e)
{
	struct sum_file *file = &s->files.items[index];
	size_t len = file->data.len;
	bool plain = is_plain(file->data.data, len);
	struct text_field f[3] = { 0 };
	const char *p, *end;
	int number = 0;

	file->text = xmalloc(len + 1);
	memcpy(file->text, file->data.data, len + 1);
	vec_reserve(&s->lines, s->lines.n + len / LINE_SIZE);
	while (s->n_slots < (s->n_keys + len / LINE_SIZE) * 2)
		table_grow(s);
	for (p = file->text, end = p + len; p < end;) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		const char *stop = nl ? nl : end;
		size_t n = 3;

		if (!plain || !cut_plain(p, (size_t)(stop - p), f))
			n = text_fields(p, (size_t)(stop - p), f, 3);
		number++;
		p = nl ? nl + 1 : end;
		if (n == 0)
			continue;
		if (s->lines.n > MAX_LINES)
			return err_set(e, ERR_LIMIT, "%s: more than %zu lines", file->path,
				       MAX_LINES);
		if (n == 3) {
			line_parse(s, file->text, f, index, number);
		} else if (!s->skip_malformed) {
			err_set(e, ERR_SYNTAX,
				"malformed go.sum:\n%s:%d: wrong number of fields %zu", file->name,
				number, n);
			err_mark(e, ERR_FORM_FINAL);
			return err_at(e, file->path, number, 0);
		}
	}
	return true;
}

static bool files_read(struct gosum *s, struct err *e)
{
	for (size_t i = s->has_main && !s->given ? 0 : 1; i < s->files.n; i++) {
		struct err local = ERR_INIT;

		if (!fs_read_buf(&s->files.items[i].data,
				 overlay_actual(s->overlay, s->files.items[i].path), FS_MAX_SUM,
				 &local) &&
		    local.code != ERR_NOT_FOUND)
			return err_move(e, &local);
		err_release(&local);
	}
	/* workspace members count before the main file, as in HaveSum */
	for (size_t i = 1; i <= s->files.n; i++)
		if (!file_parse(s, (uint32_t)(i % s->files.n), e))
			return false;
	return true;
}

static bool init_locked(struct gosum *s, struct err *e)
{
	if (!s->loaded) {
		s->loaded = true;
		files_read(s, &s->load_error);
	}
	if (err_is_set(&s->load_error)) {
		if (e && !err_is_set(e))
			err_copy(e, &s->load_error);
		return false;
	}
	return true;
}

bool gosum_init(struct gosum *s, struct err *e)
{
	bool ok;

	pthread_mutex_lock(&s->lock);
	ok = init_locked(s, e);
	pthread_mutex_unlock(&s->lock);
	return ok;
}

static bool is_h1(const struct line *l)
{
	return str_has_prefix(l->hash, "h1:");
}

bool gosum_have(struct gosum *s, struct modver m, enum gosum_kind kind)
{
	bool found = false;

	pthread_mutex_lock(&s->lock);
	if (init_locked(s, NULL)) {
		for (const struct line *l = key_find(s, m, kind); l && !found; l = line_next(s, l))
			found = is_h1(l) && !l->learned;
	}
	pthread_mutex_unlock(&s->lock);
	return found;
}

const char *gosum_recorded(struct gosum *s, struct modver m, enum gosum_kind kind)
{
	const char *found = NULL;

	pthread_mutex_lock(&s->lock);
	if (init_locked(s, NULL)) {
		for (const struct line *l = key_find(s, m, kind); l; l = line_next(s, l)) {
			if (!is_h1(l) || l->learned)
				continue;
			if (found && !str_eq(found, l->hash)) {
				found = NULL;
				break;
			}
			found = l->hash;
		}
	}
	pthread_mutex_unlock(&s->lock);
	return found;
}

static const char *file_label(const struct gosum *s, const struct line *l)
{
	if (l->file != 0)
		return s->files.items[l->file].path;
	return str_has_suffix(s->files.items[0].path, "go.work.sum") ? "go.work.sum" : "go.sum";
}

static bool mismatch(const struct gosum *s, const char *hash, const struct line *l, struct err *e)
{
	const char *label = file_label(s, l);

	/* go aligns the two hashes for its own file only in so far as this text does */
	err_set(e, ERR_CHECKSUM,
		"verifying %s@%s%s: checksum mismatch\n\tdownloaded: %s\n\t%s:     %s%s", l->path,
		l->version, l->kind == GOSUM_MOD ? "/go.mod" : "", hash, label, l->hash,
		mismatch_text);
	err_mark(e, ERR_FORM_FINAL);
	return err_at(e, s->files.items[l->file].path, l->number, 0);
}

/* haveModSumLocked: the main file first, where the first h1 line decides; then all lines of the members. */
static enum gosum_answer look(struct gosum *s, struct line *first, const char *hash, struct err *e)
{
	enum gosum_answer answer = GOSUM_ABSENT;

	for (struct line *l = first; l; l = (struct line *)line_next(s, l)) {
		if (l->file != 0)
			continue;
		if (str_eq(l->hash, hash)) {
			l->used = true;
			return GOSUM_MATCH;
		}
		if (is_h1(l)) {
			mismatch(s, hash, l, e);
			return GOSUM_FAILED;
		}
	}
	for (const struct line *l = first; l; l = line_next(s, l)) {
		if (l->file == 0)
			continue;
		if (str_eq(l->hash, hash)) {
			answer = GOSUM_MATCH;
		} else if (is_h1(l)) {
			mismatch(s, hash, l, e);
			return GOSUM_FAILED;
		}
	}
	return answer;
}

enum gosum_answer gosum_check(struct gosum *s, struct modver m, enum gosum_kind kind,
			      const char *hash, struct err *e)
{
	enum gosum_answer answer = GOSUM_FAILED;

	pthread_mutex_lock(&s->lock);
	if (init_locked(s, e))
		answer = look(s, key_find(s, m, kind), hash, e);
	pthread_mutex_unlock(&s->lock);
	return answer;
}

/* addModSum's warning: the main file has lines, but none with a hash that can be compared. */
static void warn_unknown(struct gosum *s, struct modver m, enum gosum_kind kind, const char *hash)
{
	static const char words[] =
		"\n\nSECURITY WARNING\nThis download is listed in go.sum, but using an unknown hash algorithm.\n"
		"The download cannot be verified.\n\nFor more information, see 'go help module-auth'.\n\n";
	struct buf list = BUF_INIT;

	for (const struct line *l = key_find(s, m, kind); l; l = line_next(s, l))
		if (l->file == 0 && !l->learned)
			buf_addf(&list, "%s%s", list.len ? ", " : "", l->hash);
	if (list.len)
		buf_addf(&s->warnings,
			 "warning: verifying %s@%s%s: unknown hashes in go.sum: %s; adding %s%s",
			 m.path, m.version, kind == GOSUM_MOD ? "/go.mod" : "", list.data, hash,
			 words);
	buf_release(&list);
}

/* tidyGoSum reads the file again, and adds again what was learned. */
void gosum_note_written(struct gosum *s)
{
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < s->lines.n; i++) {
		const struct line *l = &s->lines.items[i];

		if (l->learned && l->used)
			warn_unknown(s, (struct modver){ l->path, l->version },
				     (enum gosum_kind)l->kind, l->hash);
	}
	pthread_mutex_unlock(&s->lock);
}

void gosum_take_warnings(struct gosum *s, struct buf *out)
{
	pthread_mutex_lock(&s->lock);
	buf_addstr(out, s->warnings.len ? s->warnings.data : "");
	buf_clear(&s->warnings);
	pthread_mutex_unlock(&s->lock);
}

void gosum_learn(struct gosum *s, struct modver m, enum gosum_kind kind, const char *hash)
{
	pthread_mutex_lock(&s->lock);
	if (s->has_main && init_locked(s, NULL) &&
	    look(s, key_find(s, m, kind), hash, NULL) == GOSUM_ABSENT) {
		struct line l = { .path = arena_strdup(&s->arena, m.path),
				  .version = arena_strdup(&s->arena, m.version),
				  .hash = arena_strdup(&s->arena, hash),
				  .kind = (uint8_t)kind,
				  .used = true,
				  .learned = true };

		l.path_len = (uint32_t)strlen(l.path);
		l.version_len = (uint32_t)strlen(l.version);
		warn_unknown(s, m, kind, hash);
		line_add(s, l);
	}
	pthread_mutex_unlock(&s->lock);
}

void gosum_learn_all(struct gosum *s, struct gosum *from)
{
	pthread_mutex_lock(&from->lock);
	for (size_t i = 0; i < from->lines.n; i++) {
		const struct line *l = &from->lines.items[i];

		if (l->learned)
			gosum_learn(s, (struct modver){ l->path, l->version },
				    (enum gosum_kind)l->kind, l->hash);
	}
	pthread_mutex_unlock(&from->lock);
}

bool gosum_any_learned(struct gosum *s,
		       bool (*fn)(void *ctx, struct modver m, enum gosum_kind kind), void *ctx)
{
	bool any = false;

	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < s->lines.n && !any; i++) {
		const struct line *l = &s->lines.items[i];

		any = l->learned &&
		      fn(ctx, (struct modver){ l->path, l->version }, (enum gosum_kind)l->kind);
	}
	pthread_mutex_unlock(&s->lock);
	return any;
}

/* The version as it is spelled in the file, a byte at a time: "/go.mod" follows if `tail`. 0 at the end. */
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

/* module.Sort: by path, semver up to the first slash of the version, and what stands behind it. */
static int key_compare(const void *pa, const void *pb)
{
	const struct line *a = *(const struct line *const *)pa,
			  *b = *(const struct line *const *)pb;
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

static bool in_members(const struct gosum *s, const struct line *first)
{
	for (const struct line *l = first; l; l = line_next(s, l))
		if (l->file != 0)
			return true;
	return false;
}

/* learned: also the hashes that are not in the file. */
static void key_print(const struct gosum *s, const struct line *first, bool learned,
		      struct buf *out)
{
	VEC(const char *) hashes = { 0 };
	size_t n;

	for (const struct line *l = first; l; l = line_next(s, l))
		if (!l->learned || (l->used && learned))
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

bool gosum_tidy(struct gosum *s, bool (*keep)(void *ctx, struct modver m, enum gosum_kind kind),
		void *ctx, struct buf *before, struct buf *after, struct err *e)
{
	VEC(const struct line *) kept = { 0 };
	bool ok;

	pthread_mutex_lock(&s->lock);
	ok = init_locked(s, e);
	if (ok) {
		buf_add(before, s->files.items[0].data.data, s->files.items[0].data.len);
		for (size_t i = 0; i < s->lines.n; i++) {
			const struct line *l = &s->lines.items[i];

			if (l->first && !in_members(s, l) &&
			    keep(ctx, (struct modver){ l->path, l->version },
				 (enum gosum_kind)l->kind))
				vec_push(&kept, l);
		}
		if (kept.n > 1)
			qsort(kept.items, kept.n, sizeof(*kept.items), key_compare);
		for (size_t i = 0; i < kept.n; i++)
			key_print(s, kept.items[i], true, after);
	}
	pthread_mutex_unlock(&s->lock);
	vec_release(&kept);
	return ok;
}

struct sum_keep {
	bool (*fn)(void *ctx, struct modver m, enum gosum_kind kind);
	void *ctx;
};

static bool is_kept(const struct sum_keep *k, const struct line *l)
{
	return k->fn(k->ctx, (struct modver){ l->path, l->version }, (enum gosum_kind)l->kind);
}

/* Whether a line is to be added or dropped. */
static bool is_dirty(const struct gosum *s, bool trim, const struct sum_keep *k)
{
	for (size_t i = 0; i < s->lines.n; i++) {
		const struct line *l = &s->lines.items[i];

		if (l->learned ? is_kept(k, l) : trim && l->file == 0 && !is_kept(k, l))
			return true;
	}
	return false;
}

static void print_updated(const struct gosum *s, bool trim, const struct sum_keep *k,
			  struct buf *after)
{
	VEC(const struct line *) keys = { 0 };

	for (size_t i = 0; i < s->lines.n; i++) {
		const struct line *l = &s->lines.items[i];

		if (l->first && !in_members(s, l) && (!trim || is_kept(k, l)))
			vec_push(&keys, l);
	}
	if (keys.n > 1)
		qsort(keys.items, keys.n, sizeof(*keys.items), key_compare);
	for (size_t i = 0; i < keys.n; i++)
		key_print(s, keys.items[i], is_kept(k, keys.items[i]), after);
	vec_release(&keys);
}

bool gosum_update(struct gosum *s, bool trim,
		  bool (*keep)(void *ctx, struct modver m, enum gosum_kind kind), void *ctx,
		  struct buf *after, struct err *e)
{
	const struct sum_keep k = { keep, ctx };
	bool ok;

	pthread_mutex_lock(&s->lock);
	ok = init_locked(s, e);
	if (ok && is_dirty(s, trim, &k))
		print_updated(s, trim, &k, after);
	else if (ok)
		buf_add(after, s->files.items[0].data.data, s->files.items[0].data.len);
	pthread_mutex_unlock(&s->lock);
	return ok;
}
