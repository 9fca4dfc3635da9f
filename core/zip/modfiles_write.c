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
#define LEVEL 1			      /* a third of level 6's time, for 8 % more bytes */
#define BATCH 64u		      /* files that are handed over at once */
#define BATCH_BYTES ((size_t)1 << 20) /* or that many bytes, unless it is one file */
#define PIECE ((size_t)256 << 10)
#define LARGE ((size_t)4 << 20) /* two files of this size are not held at once */

struct written {
	const char *name; /* "PATH@VERSION/file" */
	unsigned char digest[32];
	uint32_t crc;
	uint64_t packed, size, offset;
};

/* Contents of successive files. */
struct batch {
	struct buf contents;
	size_t first, n, len[BATCH];
};

/* Contents are read and hashed on the caller's thread; another one compresses and writes a batch while the next is read. */
struct writer {
	struct arena arena;
	struct batch batches[2];
	struct buf out;
	struct libdeflate_compressor *deflate; /* NULL: only hash */
	int fd;
	uint64_t offset;
	struct written *files;
	size_t n;
	struct par_beside packer;
	pthread_mutex_t mutex; /* of what follows */
	pthread_cond_t changed;
	size_t given, taken; /* batches */
	bool end, ok;
	struct err err;
};

static bool flush(struct writer *w, struct err *e)
{
	bool ok = fs_write_full(w->fd, w->out.data, w->out.len) ||
		  err_sys(e, errno, "create zip: write");

	w->offset += w->out.len;
	if (w->out.cap > LARGE)
		buf_release(&w->out);
	buf_clear(&w->out);
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

static bool put_file(struct writer *w, struct written *f, const char *data, size_t len,
		     struct err *e)
{
	size_t room = libdeflate_deflate_compress_bound(w->deflate, len);

	f->offset = w->offset + w->out.len;
	add_header(&w->out, f, false);
	f->size = len;
	f->crc = libdeflate_crc32(0, data, len);
	buf_grow(&w->out, room);
	f->packed = libdeflate_deflate_compress(w->deflate, data, len, w->out.data + w->out.len,
						room);
	w->out.len += f->packed;
	add_le(&w->out, 0x08074b50, 4);
	add_le(&w->out, f->crc, 4);
	add_le(&w->out, f->packed, 4);
	add_le(&w->out, f->size, 4);
	return (w->out.len < PIECE && len < LARGE) || flush(w, e);
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
	uint64_t start = w->offset + w->out.len, size;
	bool many = w->n >= UINT16_MAX;

	for (size_t i = 0; i < w->n; i++)
		add_header(&w->out, &w->files[i], true);
	size = w->offset + w->out.len - start;
	if (many)
		add_end64(w, start, size);
	add_le(&w->out, 0x06054b50, 4);
	add_le(&w->out, 0, 4);
	add_le(&w->out, many ? UINT16_MAX : w->n, 2);
	add_le(&w->out, many ? UINT16_MAX : w->n, 2);
	add_le(&w->out, many ? UINT32_MAX : size, 4);
	add_le(&w->out, many ? UINT32_MAX : start, 4);
	add_le(&w->out, 0, 2);
	return flush(w, e);
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

static bool pack(struct writer *w, struct batch *b, struct err *e)
{
	const char *data = b->contents.data;
	bool ok = true;

	for (size_t i = 0; ok && i < b->n; i++, data += b->len[i - 1])
		ok = !w->deflate || put_file(w, &w->files[b->first + i], data, b->len[i], e);
	return ok;
}

static bool next_given(struct writer *w)
{
	bool there;

	pthread_mutex_lock(&w->mutex);
	while (w->given == w->taken && !w->end)
		pthread_cond_wait(&w->changed, &w->mutex);
	there = w->given != w->taken;
	pthread_mutex_unlock(&w->mutex);
	return there;
}

/* After a failure the rest is taken without a look at it. */
static void pack_all(void *ctx)
{
	struct writer *w = ctx;

	for (size_t i = 0; next_given(w); i++) {
		bool ok = !w->ok || pack(w, &w->batches[i % 2], &w->err);

		pthread_mutex_lock(&w->mutex);
		w->ok &= ok;
		w->taken++;
		pthread_cond_signal(&w->changed);
		pthread_mutex_unlock(&w->mutex);
	}
}

/* Hands the batch over and waits until the other one can be filled. False if packing has failed. */
static bool give(struct writer *w)
{
	bool ok;

	if (!w->packer.runs) {
		w->ok = pack(w, &w->batches[w->given % 2], &w->err);
		w->given++;
		w->taken++;
		return w->ok;
	}
	pthread_mutex_lock(&w->mutex);
	w->given++;
	pthread_cond_signal(&w->changed);
	while (w->given - w->taken == 2)
		pthread_cond_wait(&w->changed, &w->mutex);
	ok = w->ok;
	pthread_mutex_unlock(&w->mutex);
	return ok;
}

/* Before a large file is read into an empty batch: the others are packed and forgotten. */
static bool make_room(struct writer *w)
{
	bool ok;

	pthread_mutex_lock(&w->mutex);
	while (w->packer.runs && w->given != w->taken)
		pthread_cond_wait(&w->changed, &w->mutex);
	ok = w->ok;
	pthread_mutex_unlock(&w->mutex);
	for (size_t i = 0; i < 2; i++)
		buf_release(&w->batches[i].contents);
	return ok;
}

static void begin_batch(struct writer *w)
{
	struct batch *b = &w->batches[w->given % 2];

	if (b->contents.len > 2 * BATCH_BYTES)
		buf_release(&b->contents);
	buf_clear(&b->contents);
	b->first = w->n;
	b->n = 0;
}

static bool take_file(struct writer *w, const struct modfiles_source *s, size_t i,
		      struct modver mod, struct err *e)
{
	struct batch *b = &w->batches[w->given % 2];
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
		if (is_full(&w->batches[w->given % 2], size)) {
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
	if (w->deflate && m->valid.n > BATCH && par_cpus() > 1)
		par_beside_start(&w->packer, pack_all, w);
	ok = read_all(w, m, mod, cancel, e);
	if (w->packer.runs) {
		pthread_mutex_lock(&w->mutex);
		w->end = true;
		pthread_cond_signal(&w->changed);
		pthread_mutex_unlock(&w->mutex);
		par_beside_join(&w->packer);
	}
	if (!w->ok)
		return err_move(e, &w->err);
	return ok && (!w->deflate || put_directory(w, e));
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

static bool run(char sum[DIRHASH_LEN + 1], struct writer *w, const struct modfiles *m,
		struct modver mod, const struct cancel *cancel, struct err *e)
{
	bool ok;

	w->ok = true;
	buf_init(&w->out);
	for (size_t i = 0; i < 2; i++)
		buf_init(&w->batches[i].contents);
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->changed, NULL);
	ok = check_module(mod, e) && modfiles_valid(m, e) && take_all(w, m, mod, cancel, e);
	if (ok)
		sum_up(w, sum);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->mutex);
	for (size_t i = 0; i < 2; i++)
		buf_release(&w->batches[i].contents);
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

	w.deflate = libdeflate_alloc_compressor(LEVEL);
	if (!w.deflate)
		__builtin_trap(); /* fails only if memory is exhausted */
	ok = run(sum, &w, m, mod, cancel, e);
	libdeflate_free_compressor(w.deflate);
	return ok;
}
