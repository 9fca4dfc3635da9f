/* Writes the zip and computes its h1. */
#include <errno.h>
#include <libdeflate.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/par.h"
#include "base/text.h"
#include "gofiles/modpath.h"
#include "zip/modfiles.h"
#include "zip/modzip.h"

#define FLAG_DESCRIPTOR 0x8u
#define FLAG_UTF8 0x800u
#define METHOD_DEFLATE 8u
#define VERSION_2 20u
#define VERSION_4_5 45u
#define LEVEL 1				/* a third of level 6's time, for 8 % more bytes */
#define BATCH 32u			/* files that are handed over at once */
#define BATCH_BYTES ((size_t)512 << 10) /* or that many bytes, unless it is one file */
#define LARGE ((size_t)4 << 20)		/* two files of this size are not held at once */
#define BATCHES 4u

struct written {
	const char *name; /* "PATH@VERSION/file" */
	unsigned char digest[32];
	uint32_t crc;
	uint64_t packed, size, offset;
};

/* Successive files: their contents, then what the zip has of them. */
struct batch {
	struct buf contents, out;
	size_t first, n, len[BATCH];
	bool packed;
};

/* Contents are read and hashed on the caller's thread. Another one compresses them, as does the caller's while it would have to wait; either
 * writes what is next. */
struct writer {
	struct arena arena;
	struct batch batches[BATCHES]; /* batch i at i % BATCHES */
	struct buf out;
	struct libdeflate_compressor *deflate[2]; /* the caller's, the packer's; NULL: only hash */
	int fd;
	uint64_t offset;
	struct written *files;
	size_t n;
	struct par_beside packer;
	pthread_mutex_t mutex; /* of what follows, and of batches' packed */
	pthread_cond_t changed;
	size_t given, taken, done; /* batches: filled, begun to be packed, written */
	bool end, writes, ok;
	struct err err; /* of the thread that writes */
};

static bool flush(struct writer *w, struct buf *b, struct err *e)
{
	bool ok = fs_write_full(w->fd, b->data, b->len) || err_sys(e, errno, "create zip: write");

	w->offset += b->len;
	if (b->cap > LARGE)
		buf_release(b);
	buf_clear(b);
	return ok;
}

static void add_le(struct buf *b, uint64_t v, int bytes)
{
	while (bytes-- > 0) {
		buf_addch(b, (char)(v & 0xff));
		v >>= 8;
	}
}

/* archive/zip.detectUTF8 for a name that is valid UTF-8. */
static unsigned flags_of(const char *name)
{
	for (const char *s = name; *s; s++)
		if ((unsigned char)*s < 0x20 || (unsigned char)*s > 0x7d || *s == '\\')
			return FLAG_DESCRIPTOR | FLAG_UTF8;
	return FLAG_DESCRIPTOR;
}

static void add_header(struct buf *b, const struct written *f, bool central)
{
	size_t len = strlen(f->name);

	add_le(b, central ? 0x02014b50 : 0x04034b50, 4);
	if (central)
		add_le(b, VERSION_2, 2);
	add_le(b, VERSION_2, 2);
	add_le(b, flags_of(f->name), 2);
	add_le(b, METHOD_DEFLATE, 2);
	add_le(b, 0, 4); /* no modification time */
	add_le(b, central ? f->crc : 0, 4);
	add_le(b, central ? f->packed : 0, 4);
	add_le(b, central ? f->size : 0, 4);
	add_le(b, len, 2);
	add_le(b, 0, 2);
	if (central) {
		add_le(b, 0, 2);
		add_le(b, 0, 4);
		add_le(b, 0, 4);
		add_le(b, f->offset, 4);
	}
	buf_add(b, f->name, len);
}

/* The offset is that in the batch. */
static void put_file(struct buf *out, struct libdeflate_compressor *deflate, struct written *f,
		     const char *data, size_t len)
{
	size_t room = libdeflate_deflate_compress_bound(deflate, len);

	f->offset = out->len;
	add_header(out, f, false);
	f->size = len;
	f->crc = libdeflate_crc32(0, data, len);
	buf_grow(out, room);
	f->packed = libdeflate_deflate_compress(deflate, data, len, out->data + out->len, room);
	out->len += f->packed;
	add_le(out, 0x08074b50, 4);
	add_le(out, f->crc, 4);
	add_le(out, f->packed, 4);
	add_le(out, f->size, 4);
}

/* Zip64's end records, which go writes for many entries; the size limits keep offsets below 4 GiB. */
static void add_end64(struct writer *w, uint64_t start, uint64_t size)
{
	uint64_t at = start + size;

	add_le(&w->out, 0x06064b50, 4);
	add_le(&w->out, 56 - 12, 8);
	add_le(&w->out, VERSION_4_5, 2);
	add_le(&w->out, VERSION_4_5, 2);
	add_le(&w->out, 0, 8);
	add_le(&w->out, w->n, 8);
	add_le(&w->out, w->n, 8);
	add_le(&w->out, size, 8);
	add_le(&w->out, start, 8);
	add_le(&w->out, 0x07064b50, 4);
	add_le(&w->out, 0, 4);
	add_le(&w->out, at, 8);
	add_le(&w->out, 1, 4);
}

static bool put_directory(struct writer *w, struct err *e)
{
	uint64_t start = w->offset, size;
	bool many = w->n >= UINT16_MAX;

	for (size_t i = 0; i < w->n; i++)
		add_header(&w->out, &w->files[i], true);
	size = w->out.len;
	if (many)
		add_end64(w, start, size);
	add_le(&w->out, 0x06054b50, 4);
	add_le(&w->out, 0, 4);
	add_le(&w->out, many ? UINT16_MAX : w->n, 2);
	add_le(&w->out, many ? UINT16_MAX : w->n, 2);
	add_le(&w->out, many ? UINT32_MAX : size, 4);
	add_le(&w->out, many ? UINT32_MAX : start, 4);
	add_le(&w->out, 0, 2);
	return flush(w, &w->out, e);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct written *)a)->name, ((const struct written *)b)->name);
}

/* dirhash.Hash1, which sorts the files. */
static void sum_up(struct writer *w, char sum[DIRHASH_LEN + 1])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char digest[32];

	if (w->n)
		qsort(w->files, w->n, sizeof(*w->files), compare_names);
	buf_clear(&w->out);
	for (size_t i = 0; i < w->n; i++) {
		for (size_t k = 0; k < 32; k++) {
			buf_addch(&w->out, hex[w->files[i].digest[k] >> 4]);
			buf_addch(&w->out, hex[w->files[i].digest[k] & 15]);
		}
		buf_addf(&w->out, "  %s\n", w->files[i].name);
	}
	sha256_bytes(w->out.data, w->out.len, digest);
	dirhash_format(digest, sum);
}

static void pack(struct writer *w, struct batch *b, struct libdeflate_compressor *deflate)
{
	const char *data = b->contents.data;

	for (size_t i = 0; i < b->n; data += b->len[i++])
		put_file(&b->out, deflate, &w->files[b->first + i], data, b->len[i]);
}

static bool write_batch(struct writer *w, struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		w->files[b->first + i].offset += w->offset;
	return flush(w, &b->out, &w->err);
}

/* Writes what is packed up to the first batch that is not; the mutex is held, but not while a batch is written. After a failure the rest counts as
 * written. */
static void write_packed(struct writer *w)
{
	while (!w->writes && w->done < w->taken && w->batches[w->done % BATCHES].packed) {
		struct batch *b = &w->batches[w->done % BATCHES];
		bool ok = w->ok;

		w->writes = true;
		pthread_mutex_unlock(&w->mutex);
		ok = ok && write_batch(w, b);
		pthread_mutex_lock(&w->mutex);
		w->writes = b->packed = false;
		w->ok = ok;
		w->done++;
		pthread_cond_broadcast(&w->changed);
	}
}

/* Packs the first batch that nobody has begun, or waits for a change where there is none; the mutex is held. */
static void pack_next(struct writer *w, struct libdeflate_compressor *deflate)
{
	struct batch *b = &w->batches[w->taken % BATCHES];
	bool ok = w->ok;

	if (w->taken == w->given) {
		pthread_cond_wait(&w->changed, &w->mutex);
		return;
	}
	w->taken++;
	pthread_mutex_unlock(&w->mutex);
	if (ok && deflate)
		pack(w, b, deflate);
	pthread_mutex_lock(&w->mutex);
	b->packed = true;
	write_packed(w);
}

static void pack_all(void *ctx)
{
	struct writer *w = ctx;

	pthread_mutex_lock(&w->mutex);
	while (!w->end || w->taken != w->given)
		pack_next(w, w->deflate[1]);
	pthread_mutex_unlock(&w->mutex);
}

/* Waits, packing, until at most n batches are not written. False if writing has failed. */
static bool wait_for(struct writer *w, size_t n)
{
	bool ok;

	pthread_mutex_lock(&w->mutex);
	while (w->given - w->done > n)
		pack_next(w, w->deflate[0]);
	ok = w->ok;
	pthread_mutex_unlock(&w->mutex);
	return ok;
}

/* Hands the batch over and waits until another one can be filled. False if writing has failed. */
static bool give(struct writer *w)
{
	pthread_mutex_lock(&w->mutex);
	w->given++;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->mutex);
	return wait_for(w, w->packer.runs ? BATCHES - 1 : 0);
}

static void release_batches(struct writer *w)
{
	for (size_t i = 0; i < BATCHES; i++) {
		buf_release(&w->batches[i].contents);
		buf_release(&w->batches[i].out);
	}
}

/* Before a large file is read into an empty batch: the others are packed and forgotten. */
static bool make_room(struct writer *w)
{
	bool ok = wait_for(w, 0);

	release_batches(w);
	return ok;
}

static void begin_batch(struct writer *w)
{
	struct batch *b = &w->batches[w->given % BATCHES];

	if (b->contents.len > 2 * BATCH_BYTES)
		buf_release(&b->contents);
	buf_clear(&b->contents);
	b->first = w->n;
	b->n = 0;
}

static bool take_file(struct writer *w, const struct modfiles_source *s, size_t i,
		      struct modver mod, struct err *e)
{
	struct batch *b = &w->batches[w->given % BATCHES];
	struct written *f = &w->files[w->n];
	size_t before = b->contents.len;

	if (!s->read(s->ctx, i, &b->contents, e))
		return false;
	if ((int64_t)(b->contents.len - before) > s->files[i].size)
		return err_set(e, ERR_SYNTAX,
			       "create zip: file \"%s\" is larger than declared size",
			       s->files[i].path);
	f->name = arena_fmt(&w->arena, "%s@%s/%s", mod.path, mod.version, s->files[i].path);
	if (strlen(f->name) > UINT16_MAX)
		return err_set(e, ERR_LIMIT, "create zip: zip: FileHeader.Name too long");
	b->len[b->n] = b->contents.len - before;
	sha256_bytes(b->contents.data + before, b->len[b->n++], f->digest);
	w->n++;
	return true;
}

/* Whether a file of the size does not go into the batch with the others. */
static bool is_full(const struct batch *b, int64_t size)
{
	return b->n == BATCH || (b->n && (uint64_t)size + b->contents.len > (uint64_t)BATCH_BYTES);
}

static bool read_all(struct writer *w, const struct modfiles *m, struct modver mod,
		     const struct cancel *cancel, struct err *e)
{
	begin_batch(w);
	for (size_t i = 0; i < m->valid.n; i++) {
		size_t file = m->valid.items[i];
		int64_t size = m->source->files[file].size;

		if (cancel_is_set(cancel))
			return err_set(e, ERR_CANCELLED, "cancelled");
		if (is_full(&w->batches[w->given % BATCHES], size)) {
			if (!give(w))
				return false;
			begin_batch(w);
		}
		if (size >= (int64_t)LARGE && !make_room(w))
			return false;
		if (!take_file(w, m->source, file, mod, e))
			return false;
	}
	return give(w);
}

static bool take_all(struct writer *w, const struct modfiles *m, struct modver mod,
		     const struct cancel *cancel, struct err *e)
{
	bool ok;

	w->files = xcalloc(m->valid.n + 1, sizeof(*w->files));
	if (w->deflate[0] && m->valid.n > 2 * BATCH && par_cpus() > 1)
		par_beside_start(&w->packer, pack_all, w);
	ok = read_all(w, m, mod, cancel, e);
	pthread_mutex_lock(&w->mutex);
	w->end = true;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->mutex);
	wait_for(w, 0);
	par_beside_join(&w->packer);
	if (!w->ok)
		return err_move(e, &w->err);
	return ok && (!w->deflate[0] || put_directory(w, e));
}

static bool check_module(struct modver mod, struct err *e)
{
	struct arena scratch = ARENA_INIT;
	const char *canonical = modpath_canonical_version(&scratch, mod.version);
	bool ok = true;

	if (!str_eq(canonical, mod.version))
		ok = err_set(e, ERR_SYNTAX,
			     "create zip: version \"%s\" is not canonical (should be \"%s\")",
			     mod.version, canonical);
	arena_release(&scratch);
	return ok &&
	       (modpath_check_version(mod.path, mod.version, e) || err_wrap(e, "create zip: "));
}

static void init_batches(struct writer *w)
{
	for (size_t i = 0; i < BATCHES; i++) {
		buf_init(&w->batches[i].contents);
		buf_init(&w->batches[i].out);
	}
}

static bool run(char sum[DIRHASH_LEN + 1], struct writer *w, const struct modfiles *m,
		struct modver mod, const struct cancel *cancel, struct err *e)
{
	bool ok;

	w->ok = true;
	buf_init(&w->out);
	init_batches(w);
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->changed, NULL);
	ok = check_module(mod, e) && modfiles_valid(m, e) && take_all(w, m, mod, cancel, e);
	if (ok)
		sum_up(w, sum);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->mutex);
	release_batches(w);
	buf_release(&w->out);
	err_release(&w->err);
	free(w->files);
	arena_release(&w->arena);
	return ok;
}

bool modfiles_hash(char sum[DIRHASH_LEN + 1], const struct modfiles *m, struct modver mod,
		   const struct cancel *cancel, struct err *e)
{
	struct writer w = { .fd = -1 };

	return run(sum, &w, m, mod, cancel, e);
}

bool modfiles_write(char sum[DIRHASH_LEN + 1], int fd, const struct modfiles *m, struct modver mod,
		    const struct cancel *cancel, struct err *e)
{
	struct writer w = { .fd = fd };
	bool ok;

	for (size_t i = 0; i < 2; i++) {
		w.deflate[i] = libdeflate_alloc_compressor(LEVEL);
		if (!w.deflate[i])
			__builtin_trap(); /* fails only if memory is exhausted */
	}
	ok = run(sum, &w, m, mod, cancel, e);
	for (size_t i = 0; i < 2; i++)
		libdeflate_free_compressor(w.deflate[i]);
	return ok;
}
