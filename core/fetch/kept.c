#include "fetch/kept.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/activity.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/hex.h"
#include "base/map.h"
#include "zip/sha256.h"

#define MAX_ANSWER ((size_t)33 << 20) /* the longest list, and its head */
#define MAX_FILE ((size_t)256 << 20)  /* a longer file is rewritten */
#define SMALL ((size_t)2 << 20)	      /* a shorter file is never rewritten */
#define BATCH ((size_t)256 << 10)     /* of answers written in one go */
#define HEX 64u
#define MAGIC "modscope answer 2 "
#define LOCK_TRIES 40 /* 5 ms apart */

/* A record in the file. */
struct record {
	const char *start, *body;
	size_t body_len;
};

struct kept {
	char *dir, *file;
	struct activity *log;
	pthread_mutex_t mutex; /* of what follows */
	bool loaded;
	struct arena arena;
	struct map records; /* "PROXIES\tMODULE\tQUESTION\t" -> newest struct record */
	size_t live;	    /* bytes of these */
	struct stat st;	    /* of the file when last read; st_size: length of its good records */
	struct buf pending; /* records not yet in the file */
};

struct kept *kept_open(const char *dir, struct activity *log)
{
	struct kept *k;

	if (!dir)
		return NULL;
	k = xcalloc(1, sizeof(*k));
	k->dir = xstrdup(dir);
	k->file = xasprintf("%s/all", dir);
	k->log = log;
	buf_init(&k->pending);
	pthread_mutex_init(&k->mutex, NULL);
	return k;
}

static void hex_of(const void *data, size_t len, char hex[HEX + 1])
{
	unsigned char digest[HEX / 2];

	sha256_bytes(data, len, digest);
	hex_encode(digest, sizeof(digest), hex);
}

static size_t record_len(const struct record *r)
{
	return (size_t)(r->body - r->start) + r->body_len;
}

/* The header of the record at s; its body is not checked. */
static bool parse_head(struct record *r, const char *s, const char *end)
{
	size_t fixed = strlen(MAGIC) + HEX + 1, len = 0;
	const char *p = s + fixed;

	if ((size_t)(end - s) <= fixed || memcmp(s, MAGIC, strlen(MAGIC)) != 0 || p[-1] != ' ')
		return false;
	for (; p < end && *p >= '0' && *p <= '9' && len <= MAX_ANSWER; p++)
		len = len * 10 + (size_t)(*p - '0');
	if (p == end || *p++ != '\n' || len > MAX_ANSWER || len > (size_t)(end - p))
		return false;
	*r = (struct record){ s, p, len };
	return true;
}

/* The key in a record's body, including its last tab; NULL if there is none. */
static const char *key_in(const struct record *r, size_t *len)
{
	const char *end = memchr(r->body, '\n', r->body_len);
	const char *key = end ? memchr(r->body, '\t', (size_t)(end - r->body)) : NULL, *p = key;

	for (int i = 0; p && i < 3; i++)
		p = memchr(p + 1, '\t', (size_t)(end - p - 1));
	if (!p)
		return NULL;
	*len = (size_t)(p - key);
	return key + 1;
}

static void index_record(struct kept *k, const struct record *r, const char *key, size_t len)
{
	struct map_entry *entry = map_entry(&k->records, key, len, NULL);

	if (entry->value)
		k->live -= record_len(entry->value);
	entry->value = arena_memdup(&k->arena, r, sizeof(*r));
	k->live += record_len(r);
}

/* Reads the records that another process may have appended, or all. Returns where the good records end. */
static size_t index_text(struct kept *k, const char *text, size_t len)
{
	const char *s = text, *end = text + len;
	struct record r;

	while (s < end && parse_head(&r, s, end)) {
		size_t key_len;
		const char *key = key_in(&r, &key_len);

		if (!key)
			break;
		index_record(k, &r, key, key_len);
		s = r.body + r.body_len;
	}
	return (size_t)(s - text);
}

static bool read_at(int fd, char *data, size_t len, off_t at)
{
	while (len) {
		ssize_t n = fs_read_at(fd, data, len, at);

		if (n <= 0)
			return false;
		data += n;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

/* Reads new records from the file. */
static void read_on(struct kept *k, int fd)
{
	struct stat st;
	size_t len;
	char *text;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return;
	if (st.st_dev != k->st.st_dev || st.st_ino != k->st.st_ino || st.st_size < k->st.st_size)
		k->st = (struct stat){ .st_dev = st.st_dev, .st_ino = st.st_ino };
	if (st.st_size == k->st.st_size || (uint64_t)st.st_size > MAX_FILE)
		return;
	len = (size_t)(st.st_size - k->st.st_size);
	text = arena_alloc(&k->arena, len);
	if (read_at(fd, text, len, k->st.st_size))
		k->st.st_size += (off_t)index_text(k, text, len);
}

static void load(struct kept *k)
{
	int fd;

	if (k->loaded)
		return;
	k->loaded = true;
	fd = open(k->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return;
	read_on(k, fd);
	close(fd);
}

static void add_key(struct buf *b, const struct kept_key *key)
{
	buf_addf(b, "%s\t%s\t%s\t", key->proxies, key->module, key->question);
}

static bool is_plain(const struct kept_key *key)
{
	return !strpbrk(key->proxies, "\t\n") && !strpbrk(key->module, "\t\n") &&
	       !strpbrk(key->question, "\t\n");
}

/* SECONDS, found or absent, and the start of the bytes; NULL if the record has another key. */
static const char *parse_body(const char *s, const char *key, struct kept_answer *a)
{
	char *end;

	a->time = strtoll(s, &end, 10);
	if (end == s || *end != '\t' || !str_has_prefix(end + 1, key))
		return NULL;
	s = end + 1 + strlen(key);
	a->absent = str_has_prefix(s, "absent\n");
	return a->absent || str_has_prefix(s, "found\n") ? strchr(s, '\n') + 1 : NULL;
}

static bool give(const struct record *r, const char *key, struct kept_answer *a)
{
	char hex[HEX + 1], *body = NULL;
	const char *data = NULL;

	hex_of(r->body, r->body_len, hex);
	if (memcmp(r->start + strlen(MAGIC), hex, HEX) == 0) {
		body = xmalloc(r->body_len + 1);
		memcpy(body, r->body, r->body_len);
		body[r->body_len] = '\0';
		data = parse_body(body, key, a);
	}
	if (data)
		buf_add(&a->data, data, (size_t)(body + r->body_len - data));
	free(body);
	return data != NULL;
}

bool kept_read(struct kept *k, const struct kept_key *key, struct kept_answer *a)
{
	const struct record *r = NULL;
	struct buf b = BUF_INIT;
	struct map_entry *entry;
	bool ok;

	if (!k || !is_plain(key))
		return false;
	add_key(&b, key);
	pthread_mutex_lock(&k->mutex);
	load(k);
	entry = map_find_n(&k->records, b.data, b.len);
	if (entry)
		r = entry->value;
	pthread_mutex_unlock(&k->mutex);
	ok = r && give(r, b.data, a);
	buf_release(&b);
	return ok;
}

/* False if another process holds the lock. */
static bool lock(int fd)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return false;
		nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	}
	return false;
}

/* The file, locked; -1 on failure. Another process may replace the file meanwhile. */
static int open_locked(struct kept *k)
{
	for (int i = 0; i < 4; i++) {
		int fd = open(k->file,
			      O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
			      0666);
		struct stat st, now;

		if (fd < 0)
			return -1;
		if (!lock(fd) || fstat(fd, &st) || !S_ISREG(st.st_mode)) {
			close(fd);
			return -1;
		}
		if (stat(k->file, &now) == 0 && now.st_ino == st.st_ino && now.st_dev == st.st_dev)
			return fd;
		close(fd);
	}
	return -1;
}

/* Replaces the file by one with only the current records. */
static void write_anew(struct kept *k)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < k->records.n; i++) {
		const struct record *r = k->records.entries[i].value;

		if (b.len + record_len(r) <= MAX_FILE / 2)
			buf_add(&b, r->start, record_len(r));
	}
	fs_write_atomic(k->file, b.data, b.len, 0666, false, NULL);
	buf_release(&b);
	k->st = (struct stat){ 0 };
}

/* With the file locked: truncates it after its last good record and appends the new ones. */
static bool append(struct kept *k, int fd)
{
	struct stat st;

	read_on(k, fd);
	if (fstat(fd, &st))
		return false;
	if (st.st_size > k->st.st_size && ftruncate(fd, k->st.st_size))
		return false;
	if ((size_t)k->st.st_size + k->pending.len > SMALL &&
	    ((size_t)k->st.st_size + k->pending.len) / 2 > k->live) {
		write_anew(k);
		return true;
	}
	if (!fs_write_full(fd, k->pending.data, k->pending.len))
		return false; /* the next one cuts it off */
	k->st.st_size += (off_t)k->pending.len;
	return true;
}

static void flush(struct kept *k)
{
	struct activity_row row = activity_begin("write", k->file);
	bool ok;
	int fd;

	k->loaded = true;
	fd = fs_mkdir_all(k->dir, NULL) ? open_locked(k) : -1;
	ok = fd >= 0 && append(k, fd);
	activity_end(k->log, &row, ok ? "ok" : "not written", (int64_t)k->pending.len);
	buf_clear(&k->pending);
	if (fd >= 0)
		close(fd);
}

static void add_record(struct kept *k, const struct buf *body)
{
	struct buf b = BUF_INIT;
	char hex[HEX + 1];
	struct record r;
	const char *copy, *key;
	size_t len;

	hex_of(body->data, body->len, hex);
	buf_addf(&b, MAGIC "%s %zu\n", hex, body->len);
	buf_add(&b, body->data, body->len);
	copy = arena_memdup(&k->arena, b.data, b.len);
	if (parse_head(&r, copy, copy + b.len) && (key = key_in(&r, &len))) {
		buf_add(&k->pending, b.data, b.len);
		index_record(k, &r, key, len);
	}
	buf_release(&b);
}

void kept_write(struct kept *k, const struct kept_key *key, const struct kept_answer *a)
{
	struct buf body = BUF_INIT;

	if (!k || !is_plain(key))
		return;
	buf_addf(&body, "%lld\t", (long long)a->time);
	add_key(&body, key);
	buf_addstr(&body, a->absent ? "absent\n" : "found\n");
	buf_add(&body, a->data.data, a->data.len);
	pthread_mutex_lock(&k->mutex);
	load(k);
	add_record(k, &body);
	if (k->pending.len >= BATCH)
		flush(k);
	pthread_mutex_unlock(&k->mutex);
	buf_release(&body);
}

void kept_close(struct kept *k)
{
	if (!k)
		return;
	if (k->pending.len)
		flush(k);
	map_release(&k->records);
	arena_release(&k->arena);
	buf_release(&k->pending);
	pthread_mutex_destroy(&k->mutex);
	free(k->file);
	free(k->dir);
	free(k);
}
