#include "gofiles/gosum_impl.h"

#include "base/fs.h"
#include "base/map.h"
#include "base/text.h"

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

	vec_push(&s->files, (struct gosum_file){ path, path, BUF_INIT, NULL });
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

static uint32_t key_hash(const struct gosum *s, const struct gosum_line *l)
{
	uint64_t h = hash_bytes(l->path, l->path_len, s->seed);

	return (uint32_t)(hash_bytes(l->version, l->version_len, h + l->kind) >> 32);
}

static bool same_key(const struct gosum_line *a, const struct gosum_line *b)
{
	return a->kind == b->kind && a->version_len == b->version_len &&
	       a->path_len == b->path_len && memcmp(a->version, b->version, a->version_len) == 0 &&
	       memcmp(a->path, b->path, a->path_len) == 0;
}

/* Where the key is in the table, or belongs. */
static size_t slot_of(const struct gosum *s, const struct gosum_line *key, uint32_t hash)
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
static struct gosum_line *key_find(const struct gosum *s, struct modver m, enum gosum_kind kind)
{
	struct gosum_line key = { .path = m.path, .version = m.version, .kind = (uint8_t)kind };
	size_t i;

	if (!s->n_slots)
		return NULL;
	key.path_len = (uint32_t)strlen(m.path);
	key.version_len = (uint32_t)strlen(m.version);
	i = slot_of(s, &key, key_hash(s, &key));
	return s->slots[i] ? &s->lines.items[s->slots[i] - 1] : NULL;
}

static struct gosum_line *line_add(struct gosum *s, struct gosum_line l)
{
	uint32_t hash = key_hash(s, &l), added;
	struct gosum_line *first;
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
	struct gosum_line l = {
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
	struct gosum_file *file = &s->files.items[index];
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

bool gosum_init_locked(struct gosum *s, struct err *e)
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
	ok = gosum_init_locked(s, e);
	pthread_mutex_unlock(&s->lock);
	return ok;
}

static bool is_h1(const struct gosum_line *l)
{
	return str_has_prefix(l->hash, "h1:");
}

bool gosum_have(struct gosum *s, struct modver m, enum gosum_kind kind)
{
	bool found = false;

	pthread_mutex_lock(&s->lock);
	if (gosum_init_locked(s, NULL)) {
		for (const struct gosum_line *l = key_find(s, m, kind); l && !found;
		     l = gosum_line_next(s, l))
			found = is_h1(l) && !l->learned;
	}
	pthread_mutex_unlock(&s->lock);
	return found;
}

const char *gosum_recorded(struct gosum *s, struct modver m, enum gosum_kind kind)
{
	const char *found = NULL;

	pthread_mutex_lock(&s->lock);
	if (gosum_init_locked(s, NULL)) {
		for (const struct gosum_line *l = key_find(s, m, kind); l;
		     l = gosum_line_next(s, l)) {
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

static const char *file_label(const struct gosum *s, const struct gosum_line *l)
{
	if (l->file != 0)
		return s->files.items[l->file].path;
	return str_has_suffix(s->files.items[0].path, "go.work.sum") ? "go.work.sum" : "go.sum";
}

static bool mismatch(const struct gosum *s, const char *hash, const struct gosum_line *l,
		     struct err *e)
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
static enum gosum_answer look(struct gosum *s, struct gosum_line *first, const char *hash,
			      struct err *e)
{
	enum gosum_answer answer = GOSUM_ABSENT;

	for (struct gosum_line *l = first; l; l = (struct gosum_line *)gosum_line_next(s, l)) {
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
	for (const struct gosum_line *l = first; l; l = gosum_line_next(s, l)) {
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
	if (gosum_init_locked(s, e))
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

	for (const struct gosum_line *l = key_find(s, m, kind); l; l = gosum_line_next(s, l))
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
		const struct gosum_line *l = &s->lines.items[i];

		if (l->learned)
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
	if (s->has_main && gosum_init_locked(s, NULL) &&
	    look(s, key_find(s, m, kind), hash, NULL) == GOSUM_ABSENT) {
		struct gosum_line l = { .path = arena_strdup(&s->arena, m.path),
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
		const struct gosum_line *l = &from->lines.items[i];

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
		const struct gosum_line *l = &s->lines.items[i];

		any = l->learned &&
		      fn(ctx, (struct modver){ l->path, l->version }, (enum gosum_kind)l->kind);
	}
	pthread_mutex_unlock(&s->lock);
	return any;
}
