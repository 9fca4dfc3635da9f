#include "gosum.h"

#include <pthread.h>

#include "fs.h"
#include "map.h"
#include "semver.h"
#include "text.h"

#define MAX_LINES ((size_t)4 << 20)

const char gosum_mismatch_text[] =
	"\n\nSECURITY ERROR\n"
	"This download does NOT match an earlier download recorded in go.sum.\n"
	"The bits may have been replaced on the origin server, or an attacker may\n"
	"have intercepted the download attempt.\n"
	"\n"
	"For more information, see 'go help module-auth'.\n";

/* The hash of an empty go.mod, which an old go wrote by mistake. */
static const char empty_gomod_hash[] = "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=";

struct line {
	const char *hash;
	struct line *next;	/* of the same key, in order */
	uint32_t file;		/* 0 is the main file */
	int number;		/* 0: learned */
	bool used, learned;
};

struct key {
	struct modver mod;
	enum gosum_kind kind;
	struct line *first, *last;
};

struct sum_file {
	const char *path;
	struct buf data;
};

struct gosum {
	pthread_mutex_t lock;
	struct arena arena;
	VEC(struct sum_file) files;
	bool has_main, skip_malformed, loaded;
	struct err load_error;
	struct map keys;	/* "path version[/go.mod]" -> struct key */
};

struct gosum *gosum_new(const char *main_file, bool skip_malformed)
{
	struct gosum *s = xcalloc(1, sizeof(*s));

	pthread_mutex_init(&s->lock, NULL);
	s->skip_malformed = skip_malformed;
	s->has_main = main_file != NULL;
	gosum_add_file(s, main_file ? main_file : "");
	return s;
}

void gosum_add_file(struct gosum *s, const char *file)
{
	vec_push(&s->files, (struct sum_file){ arena_strdup(&s->arena, file), BUF_INIT });
}

void gosum_free(struct gosum *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->files.n; i++)
		buf_release(&s->files.items[i].data);
	vec_release(&s->files);
	map_release(&s->keys);
	err_release(&s->load_error);
	arena_release(&s->arena);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* The key's text: as it stands in the file, with one space. */
static size_t key_text(char *out, size_t size, struct modver m, enum gosum_kind kind)
{
	int n = snprintf(out, size, "%s %s%s", m.path, m.version, kind == GOSUM_MOD ? "/go.mod" : "");

	return n < 0 ? 0 : (size_t)n;
}

static struct key *key_find(const struct gosum *s, struct modver m, enum gosum_kind kind)
{
	char text[512];
	size_t n = key_text(text, sizeof(text), m, kind);
	struct map_entry *e;

	if (n < sizeof(text)) {
		e = map_find_n(&s->keys, text, n);
	} else {
		char *big = xasprintf("%s %s%s", m.path, m.version, kind == GOSUM_MOD ? "/go.mod" : "");

		e = map_find(&s->keys, big);
		free(big);
	}
	return e ? e->value : NULL;
}

/* path and version are lengths into one text, so that the common line costs one allocation. */
static struct key *key_add(struct gosum *s, const char *path, size_t path_len, const char *version, size_t version_len)
{
	char *text = arena_alloc(&s->arena, path_len + version_len + 2);
	struct map_entry *e;
	struct key *k;
	bool added;

	memcpy(text, path, path_len);
	text[path_len] = ' ';
	memcpy(text + path_len + 1, version, version_len);
	text[path_len + 1 + version_len] = '\0';
	e = map_entry(&s->keys, text, path_len + 1 + version_len, &added);
	if (!added)
		return e->value;
	k = arena_calloc(&s->arena, 1, sizeof(*k));
	k->mod.path = arena_strndup(&s->arena, path, path_len);
	if (version_len > 7 && memcmp(version + version_len - 7, "/go.mod", 7) == 0) {
		k->kind = GOSUM_MOD;
		version_len -= 7;
	}
	k->mod.version = arena_strndup(&s->arena, version, version_len);
	e->value = k;
	return k;
}

static struct line *line_add(struct gosum *s, struct key *k, const char *hash, uint32_t file, int number)
{
	struct line *l = arena_calloc(&s->arena, 1, sizeof(*l));

	l->hash = hash;
	l->file = file;
	l->number = number;
	if (k->last)
		k->last->next = l;
	else
		k->first = l;
	k->last = l;
	return l;
}

static bool file_parse(struct gosum *s, uint32_t index, struct err *e)
{
	const char *p = s->files.items[index].data.data, *end = p + s->files.items[index].data.len;
	int number = 0;
	struct text_field f[3] = { 0 };

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		const char *stop = nl ? nl : end;
		size_t n = text_fields(p, (size_t)(stop - p), f, 3);

		number++;
		p = nl ? nl + 1 : end;
		if (n == 0)
			continue;
		if (s->keys.n > MAX_LINES)
			return err_set(e, ERR_LIMIT, "%s: more than %zu lines", s->files.items[index].path, MAX_LINES);
		if (n != 3) {
			if (s->skip_malformed)
				continue;
			err_set(e, ERR_SYNTAX, "malformed go.sum:\n%s:%d: wrong number of fields %zu",
				s->files.items[index].path, number, n);
			return err_at(e, s->files.items[index].path, number, 0);
		}
		if (f[2].len == sizeof(empty_gomod_hash) - 1 && memcmp(f[2].s, empty_gomod_hash, f[2].len) == 0)
			continue;
		line_add(s, key_add(s, f[0].s, f[0].len, f[1].s, f[1].len),
			 arena_strndup(&s->arena, f[2].s, f[2].len), index, number);
	}
	return true;
}

static bool files_read(struct gosum *s, struct err *e)
{
	for (size_t i = s->has_main ? 0 : 1; i < s->files.n; i++) {
		struct err local = ERR_INIT;

		if (!fs_read_buf(&s->files.items[i].data, s->files.items[i].path, FS_MAX_SUM, &local) &&
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
		const struct key *k = key_find(s, m, kind);

		for (const struct line *l = k ? k->first : NULL; l && !found; l = l->next)
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
		const struct key *k = key_find(s, m, kind);

		for (const struct line *l = k ? k->first : NULL; l; l = l->next) {
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

static bool mismatch(const struct gosum *s, const struct key *k, const char *hash, const struct line *l, struct err *e)
{
	const char *label = file_label(s, l);

	/* go aligns the two hashes for its own file only in so far as this text does */
	err_set(e, ERR_CHECKSUM, "verifying %s@%s%s: checksum mismatch\n\tdownloaded: %s\n\t%s:     %s%s", k->mod.path,
		k->mod.version, k->kind == GOSUM_MOD ? "/go.mod" : "", hash, label, l->hash, gosum_mismatch_text);
	return err_at(e, s->files.items[l->file].path, l->number, 0);
}

/* haveModSumLocked: the main file first, where the first h1 line decides; then all lines of the members. */
static enum gosum_answer look(struct gosum *s, struct key *k, const char *hash, struct err *e)
{
	enum gosum_answer answer = GOSUM_ABSENT;

	for (struct line *l = k->first; l; l = l->next) {
		if (l->file != 0)
			continue;
		if (str_eq(l->hash, hash)) {
			l->used = true;
			return GOSUM_MATCH;
		}
		if (is_h1(l)) {
			mismatch(s, k, hash, l, e);
			return GOSUM_FAILED;
		}
	}
	for (struct line *l = k->first; l; l = l->next) {
		if (l->file == 0)
			continue;
		if (str_eq(l->hash, hash)) {
			answer = GOSUM_MATCH;
		} else if (is_h1(l)) {
			mismatch(s, k, hash, l, e);
			return GOSUM_FAILED;
		}
	}
	return answer;
}

enum gosum_answer gosum_check(struct gosum *s, struct modver m, enum gosum_kind kind, const char *hash, struct err *e)
{
	enum gosum_answer answer = GOSUM_ABSENT;

	pthread_mutex_lock(&s->lock);
	if (!init_locked(s, e)) {
		answer = GOSUM_FAILED;
	} else {
		struct key *k = key_find(s, m, kind);

		if (k)
			answer = look(s, k, hash, e);
	}
	pthread_mutex_unlock(&s->lock);
	return answer;
}

void gosum_learn(struct gosum *s, struct modver m, enum gosum_kind kind, const char *hash)
{
	pthread_mutex_lock(&s->lock);
	if (s->has_main && init_locked(s, NULL)) {
		char *version = xasprintf("%s%s", m.version, kind == GOSUM_MOD ? "/go.mod" : "");
		struct key *k = key_add(s, m.path, strlen(m.path), version, strlen(version));

		if (look(s, k, hash, NULL) == GOSUM_ABSENT) {
			struct line *l = line_add(s, k, arena_strdup(&s->arena, hash), 0, 0);

			l->used = l->learned = true;
		}
		free(version);
	}
	pthread_mutex_unlock(&s->lock);
}

bool gosum_lines(struct gosum *s, struct arena *a, struct gosum_line **lines, size_t *n, struct err *e)
{
	VEC(struct gosum_line) v = { 0 };
	bool ok;

	pthread_mutex_lock(&s->lock);
	ok = init_locked(s, e);
	for (size_t i = 0; ok && i < s->keys.n; i++) {
		const struct key *k = s->keys.entries[i].value;

		for (const struct line *l = k->first; l; l = l->next)
			if (!l->learned)
				vec_push(&v, (struct gosum_line){ s->files.items[l->file].path, l->number, k->mod,
								  k->kind, l->hash });
	}
	pthread_mutex_unlock(&s->lock);
	if (ok) {
		*lines = arena_memdup(a, v.items, v.n * sizeof(*v.items));
		*n = v.n;
	}
	vec_release(&v);
	return ok;
}

int gosum_line_of(struct gosum *s, struct modver m, enum gosum_kind kind, const char **file)
{
	int number = 0;

	pthread_mutex_lock(&s->lock);
	if (init_locked(s, NULL)) {
		const struct key *k = key_find(s, m, kind);

		for (const struct line *l = k ? k->first : NULL; l && !number; l = l->next) {
			if (l->learned)
				continue;
			number = l->number;
			*file = s->files.items[l->file].path;
		}
	}
	pthread_mutex_unlock(&s->lock);
	return number;
}

/* module.Sort: path, semver of the version, the zip's line before the go.mod's. */
static int key_compare(const void *pa, const void *pb)
{
	const struct key *a = *(struct key *const *)pa, *b = *(struct key *const *)pb;
	int c = strcmp(a->mod.path, b->mod.path);

	if (c == 0 && !str_eq(a->mod.version, b->mod.version))
		return semver_compare(a->mod.version, b->mod.version);
	if (c == 0)
		c = (int)a->kind - (int)b->kind;
	return c;
}

static int string_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool in_members(const struct key *k)
{
	for (const struct line *l = k->first; l; l = l->next)
		if (l->file != 0)
			return true;
	return false;
}

static void key_print(const struct key *k, struct buf *out)
{
	VEC(const char *) hashes = { 0 };
	size_t n;

	for (const struct line *l = k->first; l; l = l->next)
		if (!l->learned || l->used)
			vec_push(&hashes, l->hash);
	n = hashes.n;
	if (n)
		qsort(hashes.items, n, sizeof(*hashes.items), string_compare);
	for (size_t i = 0; i < n; i++) {
		if (i && str_eq(hashes.items[i], hashes.items[i - 1]))
			continue;
		buf_addstr(out, k->mod.path);
		buf_addch(out, ' ');
		buf_addstr(out, k->mod.version);
		buf_addstr(out, k->kind == GOSUM_MOD ? "/go.mod " : " ");
		buf_addstr(out, hashes.items[i]);
		buf_addch(out, '\n');
	}
	vec_release(&hashes);
}

bool gosum_tidy(struct gosum *s, bool (*keep)(void *ctx, struct modver m, enum gosum_kind kind), void *ctx,
		struct buf *before, struct buf *after, struct err *e)
{
	VEC(struct key *) kept = { 0 };
	bool ok;

	pthread_mutex_lock(&s->lock);
	ok = init_locked(s, e);
	if (ok) {
		buf_add(before, s->files.items[0].data.data, s->files.items[0].data.len);
		for (size_t i = 0; i < s->keys.n; i++) {
			struct key *k = s->keys.entries[i].value;

			if (!in_members(k) && keep(ctx, k->mod, k->kind))
				vec_push(&kept, k);
		}
		if (kept.n)
			qsort(kept.items, kept.n, sizeof(*kept.items), key_compare);
		for (size_t i = 0; i < kept.n; i++)
			key_print(kept.items[i], after);
	}
	pthread_mutex_unlock(&s->lock);
	vec_release(&kept);
	return ok;
}
