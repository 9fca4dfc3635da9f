#include "zip/hashmemo.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/map.h"
#include "base/path.h"
#include "zip/treelook.h"
#include "zip/modzip.h"

#define MAGIC "modscope hashes 4\n"
#define MAX_RECORDS ((size_t)1 << 20)
#define MAX_DEPTH 1000u
#define YOUNG 2 /* seconds: a file changed this recently may change again without a new time */

enum record_flags {
	RECORD_HAS_DIRS = 1,
	RECORD_HAS_GOMOD = 2,
	RECORD_WELL_FORMED = 4,
	RECORD_BROKEN =
		8, /* to be hashed each time, as that failed or links are in it: it has no sums */
};

/* All members are bytes or little-endian by construction: the file is this array. */
struct record {
	unsigned char key[16]; /* of the path */
	unsigned char identity[32];
	unsigned char sum[32], flat_sum[32], gomod[32];
	unsigned char bytes[8], n_files[8], n_odd[4], n_writable[4], flags[4];
	unsigned char check[8]; /* of all before it */
};

struct fresh {
	struct record record;
	bool keep; /* new, and old enough for the disk */
};

struct hashmemo {
	pthread_mutex_t lock;
	char *file;	    /* NULL: not kept */
	struct record *old; /* sorted by key */
	size_t n_old;
	struct arena arena; /* of fresh */
	struct map fresh;   /* key -> struct record, under lock */
	int64_t now;	    /* 0: the clock's */
	size_t n_kept;	    /* of them not too young for the disk */
	char *data;
};

static void put_le(unsigned char *p, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		p[i] = (unsigned char)(v >> (8 * i));
}

static uint64_t get_le(const unsigned char *p, unsigned n)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < n; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

static int compare_keys(const void *a, const void *b)
{
	return memcmp(((const struct record *)a)->key, ((const struct record *)b)->key,
		      sizeof(((struct record *)0)->key));
}

static uint64_t check_of(const struct record *r)
{
	return hash_bytes(r, offsetof(struct record, check), 0x686173686573ULL);
}

/* A record with a flipped bit is dropped: its hash is computed again. */
static void take_records(struct hashmemo *memo, char *data, size_t len)
{
	size_t head = strlen(MAGIC), n;

	if (len < head || memcmp(data, MAGIC, head) != 0)
		return;
	memo->old = (struct record *)(void *)(data + head);
	n = MIN((len - head) / sizeof(struct record), MAX_RECORDS);
	for (size_t i = 0; i < n; i++) {
		const struct record *r = &memo->old[i];

		if (get_le(r->check, 8) == check_of(r) &&
		    (!memo->n_old || compare_keys(&memo->old[memo->n_old - 1], r) < 0))
			memo->old[memo->n_old++] = *r;
	}
}

static void read_records(struct hashmemo *memo)
{
	struct buf b = BUF_INIT;

	free(memo->data);
	memo->data = NULL;
	memo->old = NULL;
	memo->n_old = 0;
	if (fs_read_buf(&b, memo->file, MAX_RECORDS * sizeof(struct record) + 64, NULL)) {
		size_t len = b.len;

		memo->data = buf_detach(&b);
		take_records(memo, memo->data, len);
	}
	buf_release(&b);
}

struct hashmemo *hashmemo_open(const char *file)
{
	struct hashmemo *memo = xcalloc(1, sizeof(*memo));

	pthread_mutex_init(&memo->lock, NULL);
	if (!file)
		return memo;
	memo->file = xstrdup(file);
	read_records(memo);
	return memo;
}

void hashmemo_free(struct hashmemo *memo)
{
	if (!memo)
		return;
	pthread_mutex_destroy(&memo->lock);
	free(memo->file);
	free(memo->data);
	map_release(&memo->fresh);
	arena_release(&memo->arena);
	free(memo);
}

/* Of equal keys the fresh one counts. */
static size_t merge(struct hashmemo *memo, struct record *out)
{
	struct record *fresh = xcalloc(memo->n_kept, sizeof(*fresh));
	size_t i = 0, j = 0, n = 0, n_fresh = 0;

	for (size_t k = 0; k < memo->fresh.n; k++) {
		const struct fresh *f = memo->fresh.entries[k].value;

		if (f->keep)
			fresh[n_fresh++] = f->record;
	}
	qsort(fresh, n_fresh, sizeof(*fresh), compare_keys);
	while (i < memo->n_old || j < n_fresh) {
		int c = i == memo->n_old ? 1
			: j == n_fresh	 ? -1
					 : compare_keys(&memo->old[i], &fresh[j]);

		i += c == 0;
		out[n++] = c < 0 ? memo->old[i++] : fresh[j++];
	}
	free(fresh);
	return n;
}

bool hashmemo_save(struct hashmemo *memo, struct err *e)
{
	size_t head = strlen(MAGIC), n;
	struct record *all;
	char *data;
	bool ok;

	if (!memo->file || memo->n_kept == 0)
		return true;
	read_records(memo); /* what others have added meanwhile */
	if (memo->n_old + memo->n_kept > MAX_RECORDS)
		return true;
	all = xcalloc(memo->n_old + memo->n_kept, sizeof(*all));
	n = merge(memo, all);
	data = xmalloc(head + n * sizeof(*all));
	memcpy(data, MAGIC, head);
	memcpy(data + head, all, n * sizeof(*all));
	ok = fs_write_atomic(memo->file, data, head + n * sizeof(*all), 0666, false, e);
	free(data);
	free(all);
	return ok;
}

static void path_key(unsigned char key[16], const char *path, struct modver m)
{
	struct buf b = BUF_INIT;
	unsigned char digest[32];

	/* whether a zip is well formed depends on the module too */
	buf_addf(&b, "%s\n%s\n%s", path, m.path, m.version);
	sha256_bytes(b.data, b.len, digest);
	buf_release(&b);
	memcpy(key, digest, 16);
}

static bool is_broken(const struct record *r)
{
	return get_le(r->flags, 4) & RECORD_BROKEN;
}

/* What this run has seen already. */
static bool recall_fresh(struct hashmemo *memo, const unsigned char key[16], struct record *out)
{
	struct map_entry *m;

	pthread_mutex_lock(&memo->lock);
	m = map_find_n(&memo->fresh, (const char *)key, sizeof(out->key));
	if (m)
		*out = ((const struct fresh *)m->value)->record;
	pthread_mutex_unlock(&memo->lock);
	return m != NULL && !is_broken(out);
}

static bool is_fresh(struct hashmemo *memo, const unsigned char key[16])
{
	bool found;

	pthread_mutex_lock(&memo->lock);
	found = map_find_n(&memo->fresh, (const char *)key, sizeof(((struct record *)0)->key)) !=
		NULL;
	pthread_mutex_unlock(&memo->lock);
	return found;
}

static void remember(struct hashmemo *memo, const struct record *r, bool keep)
{
	struct map_entry *m;
	struct fresh *f;
	bool added;

	pthread_mutex_lock(&memo->lock);
	f = arena_alloc(&memo->arena, sizeof(*f));
	*f = (struct fresh){ *r, keep };
	m = map_entry(&memo->fresh, (const char *)f->record.key, sizeof(r->key), &added);
	memo->n_kept += keep;
	if (!added)
		memo->n_kept -= ((const struct fresh *)m->value)->keep;
	m->value = f;
	pthread_mutex_unlock(&memo->lock);
}

static const struct record *find_old(const struct hashmemo *memo, const struct record *r)
{
	return memo->n_old ? bsearch(r, memo->old, memo->n_old, sizeof(*memo->old), compare_keys)
			   : NULL;
}

/* True also for what is broken, which has no sums. */
static bool recall_any(struct hashmemo *memo, struct record *r)
{
	const struct record *old = find_old(memo, r);

	if (!old || memcmp(old->identity, r->identity, sizeof(r->identity)) != 0)
		return false;
	*r = *old;
	remember(memo, r, false);
	return true;
}

static bool recall_disk(struct hashmemo *memo, struct record *r)
{
	return recall_any(memo, r) && !is_broken(r);
}

/* So that a look without hashing knows that hashing tells more. */
static void remember_broken(struct hashmemo *memo, struct record *r, bool keep,
			    const struct cancel *cancel)
{
	if (cancel_is_set(cancel))
		return;
	put_le(r->flags, RECORD_BROKEN, 4);
	put_le(r->check, check_of(r), 8);
	remember(memo, r, keep);
}

static bool is_young(const struct hashmemo *memo, int64_t newest)
{
	return newest + YOUNG >= (memo->now ? memo->now : (int64_t)time(NULL));
}

/* A process that has the file mapped for writing, or open, can change it again without a new time. A lease is refused then. If
 * another opens it meanwhile, a signal arrives, which is ignored. */
static bool is_open_for_writing(int fd)
{
#ifdef HAVE_FILE_LEASES
	if (fcntl(fd, F_SETSIG, SIGURG))
		return false;
	if (fcntl(fd, F_SETLEASE, F_RDLCK))
		return errno == EAGAIN;
	fcntl(fd, F_SETLEASE, F_UNLCK);
#else
	(void)fd;
#endif
	return false;
}

struct writer_search {
	int fd;
	unsigned depth;
	bool found;
};

static void search_entry(void *ctx, const char *name);

/* A file, or one in a directory. Links are not followed. */
static bool has_writer(int dirfd, const char *name, unsigned depth)
{
	int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct writer_search s = { .fd = fd, .depth = depth };
	struct stat st;

	if (fd < 0 || depth > MAX_DEPTH)
		s.found = false;
	else if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		fs_each_name(fd, search_entry, &s);
	else
		s.found = is_open_for_writing(fd);
	if (fd >= 0)
		close(fd);
	return s.found;
}

static void search_entry(void *ctx, const char *name)
{
	struct writer_search *s = ctx;

	s->found = s->found || has_writer(s->fd, name, s->depth + 1);
}

void hashmemo_set_now(struct hashmemo *memo, int64_t now)
{
	memo->now = now;
}

/* "h1:..." and its 32 bytes */
static void pack_sum(unsigned char out[32], const char *sum)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	unsigned n = 0, w = 0;

	for (const char *p = sum + 3; *p && *p != '='; p++) {
		bits = bits << 6 | (uint32_t)(strchr(digits, *p) - digits);
		n += 6;
		if (n >= 8 && w < 32) {
			n -= 8;
			out[w++] = (unsigned char)(bits >> n);
		}
	}
}

static void result_of(const struct record *r, struct hashmemo_result *out)
{
	unsigned flags = (unsigned)get_le(r->flags, 4);

	dirhash_format(r->sum, out->sum);
	dirhash_format(r->flat_sum, out->flat_sum);
	out->has_dirs = flags & RECORD_HAS_DIRS;
	out->has_gomod = flags & RECORD_HAS_GOMOD;
	out->well_formed = flags & RECORD_WELL_FORMED;
	memcpy(out->gomod, r->gomod, sizeof(out->gomod));
	out->bytes = get_le(r->bytes, 8);
	out->n_files = get_le(r->n_files, 8);
	out->n_odd = (uint32_t)get_le(r->n_odd, 4);
	out->n_writable = (uint32_t)get_le(r->n_writable, 4);
	out->remembered = true;
}

static void record_of(const struct hashmemo_result *r, struct record *out)
{
	pack_sum(out->sum, r->sum);
	pack_sum(out->flat_sum, r->flat_sum);
	put_le(out->flags,
	       (r->has_dirs ? RECORD_HAS_DIRS : 0u) | (r->has_gomod ? RECORD_HAS_GOMOD : 0u) |
		       (r->well_formed ? RECORD_WELL_FORMED : 0u),
	       4);
	memcpy(out->gomod, r->gomod, sizeof(out->gomod));
	put_le(out->bytes, r->bytes, 8);
	put_le(out->n_files, r->n_files, 8);
	put_le(out->n_odd, r->n_odd, 4);
	put_le(out->n_writable, r->n_writable, 4);
	put_le(out->check, check_of(out), 8);
}

/* The zip without its directory entries, as an extracted tree would hash. */
static bool hash_flat(struct hasher *h, const struct modzip *z, const struct cancel *cancel,
		      char sum[DIRHASH_LEN + 1], struct err *e)
{
	struct modzip flat = *z;
	bool ok;

	flat.entries = xreallocarray(NULL, z->n, sizeof(*flat.entries));
	flat.n = 0;
	for (size_t i = 0; i < z->n; i++)
		if (!modzip_is_dir(z, &z->entries[i]))
			flat.entries[flat.n++] = z->entries[i];
	ok = dirhash_open_zip(h, &flat, cancel, sum, e);
	free(flat.entries);
	return ok;
}

static bool hash_zip(struct hasher *h, const struct modzip *z, struct modver m,
		     const struct cancel *cancel, struct hashmemo_result *r, struct err *e)
{
	struct buf gomod = BUF_INIT;
	bool ok;

	for (size_t i = 0; i < z->n && !r->has_dirs; i++)
		r->has_dirs = modzip_is_dir(z, &z->entries[i]);
	ok = dirhash_open_zip(h, z, cancel, r->sum, e);
	if (ok && r->has_dirs)
		ok = hash_flat(h, z, cancel, r->flat_sum, e);
	else if (ok)
		memcpy(r->flat_sum, r->sum, sizeof(r->flat_sum));
	if (!ok)
		return false;
	r->well_formed = modzip_check(z, m, NULL);
	r->has_gomod = modzip_read_file(hasher_reader(h), z, m, "go.mod", (size_t)MODZIP_MAX_GOMOD,
					&gomod, NULL);
	if (r->has_gomod)
		sha256_bytes(gomod.data, gomod.len, r->gomod);
	buf_release(&gomod);
	return true;
}

static bool read_zip(struct hasher *h, const char *file, struct modver m,
		     const struct cancel *cancel, struct hashmemo_result *r, struct err *e)
{
	struct modzip z;
	bool ok = modzip_open(&z, file, e);

	if (ok) {
		ok = hash_zip(h, &z, m, cancel, r, e);
		modzip_close(&z);
	}
	return ok;
}

static struct treelook_file identify(struct record *r, const struct stat *st)
{
	struct treelook_file id = treelook_file(st);

	sha256_bytes(&id, sizeof(id), r->identity);
	return id;
}

bool hashmemo_zip(struct hashmemo *memo, struct hasher *h, const char *file, struct modver m,
		  bool full, const struct cancel *cancel, struct hashmemo_result *r, struct err *e)
{
	struct record rec = { 0 };
	struct treelook_file id;
	struct stat st;
	bool keep;

	*r = (struct hashmemo_result){ 0 };
	path_key(rec.key, file, m);
	if (recall_fresh(memo, rec.key, &rec)) {
		result_of(&rec, r);
		return true;
	}
	/* before opening it: a change during the read must be noticed */
	if (stat(file, &st))
		return err_sys(e, errno, "open %s", file);
	id = identify(&rec, &st);
	if (!full && recall_disk(memo, &rec)) {
		result_of(&rec, r);
		return true;
	}
	keep = !has_writer(AT_FDCWD, file, 0) && !is_young(memo, MAX(id.ctime, id.mtime));
	if (!read_zip(h, file, m, cancel, r, e)) {
		remember_broken(memo, &rec, keep, cancel);
		return false;
	}
	r->bytes = (uint64_t)st.st_size;
	record_of(r, &rec);
	remember(memo, &rec, keep);
	return true;
}

bool hashmemo_knows_zip(struct hashmemo *memo, const char *file, struct modver m)
{
	struct record rec = { 0 };
	struct stat st;

	path_key(rec.key, file, m);
	if (is_fresh(memo, rec.key))
		return true;
	if (!find_old(memo, &rec))
		return false;
	if (stat(file, &st))
		return true;
	identify(&rec, &st);
	return recall_any(memo, &rec);
}

/* A tree being looked at. */
struct tree {
	struct hashmemo *memo;
	struct hasher *h;
	const char *dir;
	char *names_file; /* NULL: none is kept */
	bool broken;	  /* what is broken is known, too */
	bool lost;	  /* it could not be looked at */
	struct record rec;
};

static char *names_file(const struct hashmemo *memo, const unsigned char key[16])
{
	char hex[2 * 16 + 1], *file;
	struct arena a = ARENA_INIT;

	if (!memo->file)
		return NULL;
	for (size_t i = 0; i < 16; i++)
		snprintf(hex + 2 * i, 3, "%02x", key[i]);
	file = xasprintf("%s/trees/%s", path_dir(&a, memo->file), hex);
	arena_release(&a);
	return file;
}

/* Whether what was seen is what was hashed before. */
static bool recall_look(struct tree *t, bool full, const struct treelook *look)
{
	memcpy(t->rec.identity, look->identity, sizeof(look->identity));
	return !full && recall_any(t->memo, &t->rec) && (t->broken || !is_broken(&t->rec));
}

/* Looks at the files whose names are known. */
static bool look_again(struct tree *t)
{
	struct buf names = BUF_INIT;
	struct treelook look;
	bool ok = t->names_file && fs_read_buf(&names, t->names_file, TREELOOK_MAX_NAMES, NULL) &&
		  treelook_again(&look, t->h, t->dir, names.data, names.len) &&
		  recall_look(t, false, &look);

	buf_release(&names);
	return ok;
}

/* Without the names the next run only takes longer. */
static void keep_names(const struct tree *t, const struct buf *names)
{
	if (t->names_file && names->len <= TREELOOK_MAX_NAMES)
		fs_write_atomic(t->names_file, names->data, names->len, 0666, false, NULL);
}

/* Looks at all files; *known: it can be remembered. True if it is. */
static bool look_first(struct tree *t, bool full, struct hashmemo_result *r, bool *known)
{
	struct buf names = BUF_INIT;
	struct treelook look = { 0 };
	bool seen = treelook_first(&look, t->h, t->dir, &names),
	     recalled = seen && recall_look(t, full, &look);

	r->bytes = look.bytes;
	r->n_files = look.n_files;
	r->n_odd = look.n_odd;
	r->n_writable = look.n_writable;
	t->lost = !seen;
	*known = seen && !is_young(t->memo, look.newest) &&
		 (recalled || !has_writer(AT_FDCWD, t->dir, 0));
	if (*known)
		keep_names(t, &names);
	buf_release(&names);
	return recalled;
}

static bool hash_tree(struct tree *t, struct modver m, const struct cancel *cancel, bool known,
		      struct hashmemo_result *r, struct err *e)
{
	char *prefix = xasprintf("%s@%s", m.path, m.version);
	bool ok = dirhash_dir(t->h, t->dir, prefix, cancel, r->sum, e);

	free(prefix);
	/* hashing follows links, but their targets are not part of the identity */
	if (!ok || r->n_odd) {
		remember_broken(t->memo, &t->rec, known, cancel);
	} else {
		record_of(r, &t->rec);
		remember(t->memo, &t->rec, known);
	}
	memcpy(r->flat_sum, r->sum, sizeof(r->flat_sum));
	return ok;
}

bool hashmemo_tree(struct hashmemo *memo, struct hasher *h, const char *dir, struct modver m,
		   bool full, const struct cancel *cancel, struct hashmemo_result *r, struct err *e)
{
	struct tree t = { .memo = memo, .h = h, .dir = dir };
	bool known = false, ok = true;

	*r = (struct hashmemo_result){ 0 };
	path_key(t.rec.key, dir, m);
	t.names_file = names_file(memo, t.rec.key);
	if (recall_fresh(memo, t.rec.key, &t.rec) || (!full && look_again(&t)) ||
	    look_first(&t, full, r, &known))
		result_of(&t.rec, r);
	else
		ok = hash_tree(&t, m, cancel, known, r, e);
	free(t.names_file);
	return ok;
}

bool hashmemo_knows_tree(struct hashmemo *memo, struct hasher *h, const char *dir, struct modver m)
{
	struct tree t = { .memo = memo, .h = h, .dir = dir, .broken = true };
	struct hashmemo_result r;
	bool known;

	path_key(t.rec.key, dir, m);
	if (is_fresh(memo, t.rec.key))
		return true;
	if (!find_old(memo, &t.rec))
		return false;
	t.names_file = names_file(memo, t.rec.key);
	known = look_again(&t) || look_first(&t, false, &r, &known);
	free(t.names_file);
	return known || t.lost;
}
