/* Writes the zip and computes its h1. */
#include <errno.h>
#include <libdeflate.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/text.h"
#include "gofiles/modpath.h"
#include "zip/modfiles.h"
#include "zip/modzip.h"

#define FLAG_DESCRIPTOR 0x8u
#define FLAG_UTF8 0x800u
#define METHOD_DEFLATE 8u
#define VERSION_2 20u
#define VERSION_4_5 45u
#define LEVEL 6

struct written {
	const char *name; /* "PATH@VERSION/file" */
	unsigned char digest[32];
	uint32_t crc;
	uint64_t packed, size, offset;
};

struct writer {
	struct arena arena;
	struct buf content, packed, head;
	struct libdeflate_compressor *deflate; /* NULL: only hash */
	int fd;
	uint64_t offset;
	struct written *files;
	size_t n;
};

static bool put(struct writer *w, const void *data, size_t len, struct err *e)
{
	w->offset += len;
	return fs_write_full(w->fd, data, len) || err_sys(e, errno, "create zip: write");
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

static bool put_file(struct writer *w, struct written *f, struct err *e)
{
	size_t room = libdeflate_deflate_compress_bound(w->deflate, w->content.len);

	f->offset = w->offset;
	f->size = w->content.len;
	f->crc = libdeflate_crc32(0, w->content.data, w->content.len);
	buf_clear(&w->packed);
	buf_grow(&w->packed, room);
	f->packed = libdeflate_deflate_compress(w->deflate, w->content.data, w->content.len,
						w->packed.data, room);
	buf_clear(&w->head);
	add_header(&w->head, f, false);
	if (!put(w, w->head.data, w->head.len, e) || !put(w, w->packed.data, f->packed, e))
		return false;
	buf_clear(&w->head);
	add_le(&w->head, 0x08074b50, 4);
	add_le(&w->head, f->crc, 4);
	add_le(&w->head, f->packed, 4);
	add_le(&w->head, f->size, 4);
	return put(w, w->head.data, w->head.len, e);
}

/* Zip64's end records, which go writes for many entries; the size limits keep offsets below 4 GiB. */
static void add_end64(struct writer *w, uint64_t start, uint64_t size)
{
	uint64_t at = start + size;

	add_le(&w->head, 0x06064b50, 4);
	add_le(&w->head, 56 - 12, 8);
	add_le(&w->head, VERSION_4_5, 2);
	add_le(&w->head, VERSION_4_5, 2);
	add_le(&w->head, 0, 8);
	add_le(&w->head, w->n, 8);
	add_le(&w->head, w->n, 8);
	add_le(&w->head, size, 8);
	add_le(&w->head, start, 8);
	add_le(&w->head, 0x07064b50, 4);
	add_le(&w->head, 0, 4);
	add_le(&w->head, at, 8);
	add_le(&w->head, 1, 4);
}

static bool put_directory(struct writer *w, struct err *e)
{
	uint64_t start = w->offset, size;
	bool many = w->n >= UINT16_MAX;

	buf_clear(&w->head);
	for (size_t i = 0; i < w->n; i++)
		add_header(&w->head, &w->files[i], true);
	size = w->head.len;
	if (many)
		add_end64(w, start, size);
	add_le(&w->head, 0x06054b50, 4);
	add_le(&w->head, 0, 4);
	add_le(&w->head, many ? UINT16_MAX : w->n, 2);
	add_le(&w->head, many ? UINT16_MAX : w->n, 2);
	add_le(&w->head, many ? UINT32_MAX : size, 4);
	add_le(&w->head, many ? UINT32_MAX : start, 4);
	add_le(&w->head, 0, 2);
	return put(w, w->head.data, w->head.len, e);
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
	buf_clear(&w->head);
	for (size_t i = 0; i < w->n; i++) {
		for (size_t k = 0; k < 32; k++) {
			buf_addch(&w->head, hex[w->files[i].digest[k] >> 4]);
			buf_addch(&w->head, hex[w->files[i].digest[k] & 15]);
		}
		buf_addf(&w->head, "  %s\n", w->files[i].name);
	}
	sha256_bytes(w->head.data, w->head.len, digest);
	dirhash_format(digest, sum);
}

static bool take_file(struct writer *w, const struct modfiles_source *s, size_t i,
		      struct modver mod, struct err *e)
{
	struct written *f = &w->files[w->n];

	buf_clear(&w->content);
	if (!s->read(s->ctx, i, &w->content, e))
		return false;
	if ((int64_t)w->content.len > s->files[i].size)
		return err_set(e, ERR_SYNTAX,
			       "create zip: file \"%s\" is larger than declared size",
			       s->files[i].path);
	f->name = arena_fmt(&w->arena, "%s@%s/%s", mod.path, mod.version, s->files[i].path);
	if (strlen(f->name) > UINT16_MAX)
		return err_set(e, ERR_LIMIT, "create zip: zip: FileHeader.Name too long");
	sha256_bytes(w->content.data, w->content.len, f->digest);
	w->n++;
	return !w->deflate || put_file(w, f, e);
}

static bool take_all(struct writer *w, const struct modfiles *m, struct modver mod,
		     const struct cancel *cancel, struct err *e)
{
	w->files = xcalloc(m->valid.n + 1, sizeof(*w->files));
	for (size_t i = 0; i < m->valid.n; i++) {
		if (cancel_is_set(cancel))
			return err_set(e, ERR_CANCELLED, "cancelled");
		if (!take_file(w, m->source, m->valid.items[i], mod, e))
			return false;
	}
	return !w->deflate || put_directory(w, e);
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
	bool ok = check_module(mod, e) && modfiles_valid(m, e) && take_all(w, m, mod, cancel, e);

	if (ok)
		sum_up(w, sum);
	free(w->files);
	buf_release(&w->content);
	buf_release(&w->packed);
	buf_release(&w->head);
	arena_release(&w->arena);
	return ok;
}

bool modfiles_hash(char sum[DIRHASH_LEN + 1], const struct modfiles *m, struct modver mod,
		   const struct cancel *cancel, struct err *e)
{
	struct writer w = { .content = BUF_INIT, .packed = BUF_INIT, .head = BUF_INIT, .fd = -1 };

	return run(sum, &w, m, mod, cancel, e);
}

bool modfiles_write(char sum[DIRHASH_LEN + 1], int fd, const struct modfiles *m, struct modver mod,
		    const struct cancel *cancel, struct err *e)
{
	struct writer w = { .content = BUF_INIT, .packed = BUF_INIT, .head = BUF_INIT, .fd = fd };
	bool ok;

	w.deflate = libdeflate_alloc_compressor(LEVEL);
	if (!w.deflate)
		__builtin_trap(); /* fails only if memory is exhausted */
	ok = run(sum, &w, m, mod, cancel, e);
	libdeflate_free_compressor(w.deflate);
	return ok;
}
