#include "zip/modzip.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/inflate.h"

#define LOCAL_LEN 30
#define DIRECTORY_LEN 46
#define END_LEN 22
#define END64_LOCATOR_LEN 20
#define END64_LEN 56
#define DESCRIPTOR_LEN 16
#define NO_U32 0xffffffffu

/* Entries up to these sizes are inflated at once; larger ones in pieces. */
#define WHOLE_INPUT ((uint64_t)8 << 20)
#define WHOLE_OUTPUT ((uint64_t)16 << 20)
#define PIECE 65536u

static unsigned le16(const unsigned char *p)
{
	return p[0] | (unsigned)p[1] << 8;
}

static uint32_t le32(const unsigned char *p)
{
	return le16(p) | (uint32_t)le16(p + 2) << 16;
}

static uint64_t le64(const unsigned char *p)
{
	return le32(p) | (uint64_t)le32(p + 4) << 32;
}

static bool not_a_zip(struct err *e)
{
	return err_set(e, ERR_SYNTAX, "zip: not a valid zip file");
}

/* Reads up to len bytes at offset; *got is less only at the end of the file. */
static bool read_at(const struct modzip *z, void *buf, size_t len, int64_t offset, size_t *got,
		    struct err *e)
{
	char *p = buf;

	*got = 0;
	if (offset < 0)
		return err_set(e, ERR_SYNTAX, "readat %s: negative offset", z->file);
	while (*got < len) {
		ssize_t n = fs_read_at(z->fd, p + *got, len - *got, offset + (int64_t)*got);

		if (n < 0)
			return err_sys(e, errno, "read %s", z->file);
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return true;
}

/* All of it, or Go's io.EOF. */
static bool read_full_at(const struct modzip *z, void *buf, size_t len, int64_t offset,
			 struct err *e)
{
	size_t got;

	return read_at(z, buf, len, offset, &got, e) &&
	       (got == len || err_set(e, ERR_SYNTAX, "EOF"));
}

struct directory_end {
	uint64_t records, size, offset;
};

static long find_end(const unsigned char *b, size_t n)
{
	for (long i = (long)n - END_LEN; i >= 0; i--) {
		if (b[i] != 'P' || b[i + 1] != 'K' || b[i + 2] != 5 || b[i + 3] != 6)
			continue;
		return (size_t)i + END_LEN + le16(b + i + END_LEN - 2) > n ? -1 : i;
	}
	return -1;
}

/* The zip64 locator is just before the end record; *p is the offset of zip64's end record, or -1. */
static bool find_end64(const struct modzip *z, int64_t end, int64_t *p, struct err *e)
{
	unsigned char b[END64_LOCATOR_LEN];

	*p = -1;
	if (end < END64_LOCATOR_LEN)
		return true;
	if (!read_full_at(z, b, sizeof(b), end - END64_LOCATOR_LEN, e))
		return false;
	if (le32(b) == 0x07064b50 && le32(b + 4) == 0 && le32(b + 16) == 1)
		*p = (int64_t)le64(b + 8);
	return true;
}

static bool read_end64(const struct modzip *z, int64_t p, struct directory_end *d, struct err *e)
{
	unsigned char b[END64_LEN];

	if (!read_full_at(z, b, sizeof(b), p, e))
		return false;
	if (le32(b) != 0x06064b50)
		return not_a_zip(e);
	d->records = le64(b + 32);
	d->size = le64(b + 40);
	d->offset = le64(b + 48);
	return true;
}

/* The end record, searched in the last KiB, then in the last 65 KiB. */
static bool locate_end(const struct modzip *z, struct directory_end *d, int64_t *end, struct err *e)
{
	static const int64_t reach[] = { 1024, 65 * 1024 };

	for (size_t i = 0; i < ARRAY_LEN(reach); i++) {
		int64_t len = MIN(reach[i], z->file_size);
		unsigned char *b = xmalloc((size_t)len);
		size_t got;
		bool ok = read_at(z, b, (size_t)len, z->file_size - len, &got, e);
		long p = ok ? find_end(b, got) : -1;

		if (p >= 0) {
			d->records = le16(b + p + 10);
			d->size = le32(b + p + 12);
			d->offset = le32(b + p + 16);
			*end = z->file_size - len + p;
		}
		free(b);
		if (!ok || p >= 0)
			return ok;
		if (len == z->file_size)
			break;
	}
	return not_a_zip(e);
}

struct raw {
	const unsigned char *data;
	size_t len, pos;
	bool cut; /* the file goes on, but no more of it was read */
};

enum header_state { HEADER_OK, HEADER_BAD, HEADER_SHORT, HEADER_EOF, HEADER_LIMIT };

/* The extra field holds the zip64 values, each only if its 32-bit field is all ones. */
static bool read_extra(struct modzip_entry *f, const unsigned char *b, size_t n)
{
	bool size = f->size == NO_U32, compressed = f->compressed == NO_U32,
	     header = f->header == NO_U32;
	uint64_t v;

	while (n >= 4) {
		unsigned tag = le16(b), len = le16(b + 2);

		b += 4;
		n -= 4;
		if (n < len)
			break;
		if (tag == 1) {
			const unsigned char *p = b, *end = b + len;
			bool *want[] = { &size, &compressed, &header };

			for (size_t i = 0; i < ARRAY_LEN(want); i++) {
				if (!*want[i])
					continue;
				*want[i] = false;
				if (end - p < 8)
					return false;
				v = le64(p);
				p += 8;
				if (i == 0)
					f->size = v;
				else if (i == 1)
					f->compressed = v;
				else
					f->header = (int64_t)v;
			}
		}
		b += len;
		n -= len;
	}
	return !compressed && !header;
}

/* archive/zip.readDirectoryHeader: how it stops matters, since a bad header is the usual end of a directory. */
static enum header_state read_header(struct modzip_entry *f, struct raw *r,
				     const unsigned char **name)
{
	const unsigned char *b = r->data + r->pos;
	size_t left = r->len - r->pos, extra, rest;

	if (left < DIRECTORY_LEN)
		return r->cut ? HEADER_LIMIT : left ? HEADER_SHORT : HEADER_EOF;
	if (le32(b) != 0x02014b50)
		return HEADER_BAD;
	*f = (struct modzip_entry){
		.flags = (uint16_t)le16(b + 8),
		.method = (uint16_t)le16(b + 10),
		.crc = le32(b + 16),
		.compressed = le32(b + 20),
		.size = le32(b + 24),
		.name_len = (uint16_t)le16(b + 28),
		.header = le32(b + 42),
	};
	extra = le16(b + 30);
	rest = f->name_len + extra + le16(b + 32);
	left -= DIRECTORY_LEN;
	if (left < rest)
		return r->cut ? HEADER_LIMIT : left ? HEADER_SHORT : HEADER_EOF;
	*name = b + DIRECTORY_LEN;
	if (!read_extra(f, b + DIRECTORY_LEN + f->name_len, extra))
		return HEADER_BAD;
	r->pos += DIRECTORY_LEN + rest;
	return HEADER_OK;
}

/* Some files record a wrong offset: if a directory header is at the offset as recorded, the base is 0. */
static bool base_is_zero(const struct modzip *z, int64_t offset)
{
	size_t cap = DIRECTORY_LEN + 3 * 65535, got = 0;
	unsigned char *b = xmalloc(cap);
	const unsigned char *name;
	struct modzip_entry f;
	bool ok = read_at(z, b, cap, offset, &got, NULL) &&
		  read_header(&f, &(struct raw){ .data = b, .len = got }, &name) == HEADER_OK;

	free(b);
	return ok;
}

static bool read_end(const struct modzip *z, struct directory_end *d, int64_t *base, struct err *e)
{
	int64_t end = 0, p = -1, start;

	if (!locate_end(z, d, &end, e))
		return false;
	if (d->records == 0xffff || d->size == 0xffff || d->offset == NO_U32) {
		if (!find_end64(z, end, &p, e))
			return false;
		if (p >= 0) {
			end = p;
			if (!read_end64(z, p, d, e))
				return false;
		}
	}
	if (d->size > INT64_MAX || d->offset > INT64_MAX)
		return not_a_zip(e);
	/* Go's arithmetic, which wraps */
	*base = (int64_t)((uint64_t)end - d->size - d->offset);
	start = (int64_t)((uint64_t)*base + d->offset);
	if (start < 0 || start >= z->file_size)
		return not_a_zip(e);
	if (*base > 0 && (int64_t)d->offset < z->file_size && base_is_zero(z, (int64_t)d->offset))
		*base = 0;
	return true;
}

static void add_entry(struct modzip *z, struct modzip_entry *f, const unsigned char *name,
		      size_t *names_len)
{
	f->name = (uint32_t)*names_len;
	memcpy(z->names + *names_len, name, f->name_len);
	*names_len += f->name_len;
	z->names[(*names_len)++] = '\0';
	z->entries[z->n++] = *f;
}

/* Reads headers until a bad one; then their number must be right modulo 65536. */
static bool read_headers(struct modzip *z, struct raw *r, const struct directory_end *d,
			 int64_t base, struct err *e)
{
	size_t names_len = 0, cap = 0, most = r->len / DIRECTORY_LEN;
	const unsigned char *name;
	struct modzip_entry f;
	enum header_state state;

	z->names = xmalloc(r->len + 1); /* a header is longer than the NUL that each name gains */
	while ((state = read_header(&f, r, &name)) == HEADER_OK) {
		if (z->n == cap) {
			cap = z->n ? MIN(cap * 2, most) : (size_t)MIN(d->records, (uint64_t)most);
			cap = MAX(cap, z->n + 1);
			z->entries = xreallocarray(z->entries, cap, sizeof(*z->entries));
		}
		f.header = (int64_t)((uint64_t)f.header + (uint64_t)base);
		add_entry(z, &f, name, &names_len);
	}
	z->names = xrealloc(z->names, names_len + 1);
	if (state == HEADER_LIMIT)
		return err_set(e, ERR_LIMIT, "zip: more than %zu bytes of directory",
			       MODZIP_MAX_DIRECTORY);
	if (state == HEADER_EOF)
		return err_set(e, ERR_SYNTAX, "EOF");
	if ((uint16_t)z->n == (uint16_t)d->records)
		return true;
	return state == HEADER_SHORT ? err_set(e, ERR_SYNTAX, "unexpected EOF") : not_a_zip(e);
}

static bool read_directory(struct modzip *z, struct err *e)
{
	struct directory_end d = { 0 };
	struct raw r = { 0 };
	int64_t base = 0, start;
	unsigned char *b;
	bool ok;

	if (!read_end(z, &d, &base, e))
		return false;
	start = (int64_t)((uint64_t)base + d.offset);
	r.len = (size_t)MIN(z->file_size - start, (int64_t)MODZIP_MAX_DIRECTORY);
	r.cut = (int64_t)r.len < z->file_size - start;
	b = xmalloc(r.len);
	r.data = b;
	ok = read_at(z, b, r.len, start, &r.len, e) && read_headers(z, &r, &d, base, e);
	free(b);
	return ok;
}

bool modzip_open(struct modzip *z, const char *file, struct err *e)
{
	struct stat st;
	bool ok;

	*z = (struct modzip){ .fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) };
	if (z->fd < 0)
		return err_sys(e, errno, "open %s", file);
	z->file = xstrdup(file);
	if (fstat(z->fd, &st))
		ok = err_sys(e, errno, "stat %s", file);
	else if (S_ISDIR(st.st_mode))
		ok = err_sys(e, EISDIR, "read %s", file);
	else if (S_ISFIFO(st.st_mode)) /* opening it would block */
		ok = err_set(e, ERR_SYS, "read %s: it is a FIFO, which go waits for", file);
	else if (!S_ISREG(st.st_mode)) /* of no size */
		ok = err_set(e, ERR_SYS, "zip: not a valid zip file");
	else
		ok = true;
	z->file_size = ok ? st.st_size : 0;
	ok = ok && read_directory(z, e);
	if (!ok)
		modzip_close(z);
	return ok;
}

void modzip_close(struct modzip *z)
{
	if (z->fd >= 0)
		close(z->fd);
	free(z->file);
	free(z->names);
	free(z->entries);
	*z = (struct modzip){ .fd = -1 };
}

struct modzip_reader {
	struct libdeflate_decompressor *whole;
	struct inflate *pieces; /* made when first needed */
	unsigned char *in, *out;
	size_t in_cap, out_cap;
	/* the entry that is being read */
	const struct modzip *z;
	const struct modzip_entry *f;
	int64_t pos, end; /* compressed bytes still to be read */
	uint64_t n_out;
	uint32_t crc;
	modzip_sink *sink;
	void *ctx;
};

struct modzip_reader *modzip_reader_new(void)
{
	struct modzip_reader *r = xcalloc(1, sizeof(*r));

	r->whole = libdeflate_alloc_decompressor();
	return r;
}

void modzip_reader_free(struct modzip_reader *r)
{
	if (!r)
		return;
	libdeflate_free_decompressor(r->whole);
	inflate_free(r->pieces);
	free(r->in);
	free(r->out);
	free(r);
}

static unsigned char *room(unsigned char **p, size_t *cap, size_t want)
{
	if (*cap < want) {
		free(*p);
		*cap = MAX(want, *cap * 2);
		*p = xmalloc(*cap);
	}
	return *p;
}

/* Where the entry's data begin. Most often header and data come with one read; *got is what follows the header. */
static bool find_body(struct modzip_reader *r, size_t want, int64_t *body, size_t *skip,
		      size_t *got, struct err *e)
{
	size_t guess = LOCAL_LEN + (size_t)r->f->name_len + 64 + want, n;
	unsigned char *b = room(&r->in, &r->in_cap, guess);

	if (!read_at(r->z, b, guess, r->f->header, &n, e))
		return false;
	if (n < LOCAL_LEN)
		return err_set(e, ERR_SYNTAX, "EOF");
	if (le32(b) != 0x04034b50)
		return not_a_zip(e);
	*skip = (size_t)LOCAL_LEN + le16(b + 26) + le16(b + 28);
	*body = r->f->header + (int64_t)*skip;
	*got = n > *skip ? n - *skip : 0;
	return true;
}

/* What follows the data (or does not), and the checksum: archive/zip.checksumReader at its end. `tail` holds the
 * bytes after the data as far as they have been read already. */
static bool check_end(const struct modzip_reader *r, int64_t body, const unsigned char *tail,
		      size_t len, struct err *e)
{
	const struct modzip_entry *f = r->f;
	unsigned char b[DESCRIPTOR_LEN];
	bool signature;

	if (r->n_out != f->size)
		return err_set(e, ERR_SYNTAX, "unexpected EOF");
	if (!(f->flags & 8))
		return f->crc == 0 || r->crc == f->crc ||
		       err_set(e, ERR_SYNTAX, "zip: checksum error");
	if (len < DESCRIPTOR_LEN) {
		tail = b;
		if (!read_at(r->z, b, sizeof(b), (int64_t)((uint64_t)body + f->compressed), &len,
			     e))
			return false;
	}
	signature = len >= 4 && le32(tail) == 0x08074b50;
	if (len < (signature ? 16u : 12u))
		return err_set(e, ERR_SYNTAX, "unexpected EOF");
	if (le32(tail + (signature ? 4 : 0)) != f->crc || r->crc != f->crc)
		return err_set(e, ERR_SYNTAX, "zip: checksum error");
	return true;
}

static bool deliver(void *ctx, const void *data, size_t len, struct err *e)
{
	struct modzip_reader *r = ctx;

	r->crc = libdeflate_crc32(r->crc, data, len);
	r->n_out += len;
	if (r->n_out > r->f->size)
		return not_a_zip(e);
	return r->sink(r->ctx, data, len, e);
}

static bool fill(void *ctx, const unsigned char **data, size_t *len, struct err *e)
{
	struct modzip_reader *r = ctx;

	*len = (size_t)MIN(r->end - r->pos, (int64_t)PIECE);
	*data = room(&r->in, &r->in_cap, PIECE);
	if (*len == 0)
		return true;
	if (!read_at(r->z, r->in, *len, r->pos, len, e))
		return false;
	r->pos += (int64_t)*len;
	return true;
}

static bool read_stored(struct modzip_reader *r, struct err *e)
{
	for (;;) {
		const unsigned char *data = NULL;
		size_t len = 0;

		if (!fill(r, &data, &len, e))
			return false;
		if (len == 0)
			return true;
		if (!deliver(r, data, len, e))
			return false;
	}
}

static bool read_pieces(struct modzip_reader *r, int64_t body, struct err *e)
{
	uint64_t most = (uint64_t)MAX(r->z->file_size - body, 0);

	r->pos = body;
	r->end = body + (int64_t)MIN(r->f->compressed, most);
	r->n_out = 0;
	r->crc = 0;
	if (r->f->method == 0)
		return read_stored(r, e) && check_end(r, body, NULL, 0, e);
	if (!r->pieces)
		r->pieces = inflate_new();
	return inflate_run(r->pieces, &(struct inflate_io){ fill, deliver, r }, e) &&
	       check_end(r, body, NULL, 0, e);
}

/* The fast way; false where it does not lead to exactly the right bytes, which the slow way then explains. */
static bool inflate_whole(struct modzip_reader *r, size_t skip, size_t got, int64_t body)
{
	const struct modzip_entry *f = r->f;
	unsigned char *out = room(&r->out, &r->out_cap, (size_t)f->size + 1);
	size_t n = 0, used = 0;

	if (libdeflate_deflate_decompress_ex(r->whole, r->in + skip, (size_t)f->compressed, out,
					     (size_t)f->size, &used, &n) != LIBDEFLATE_SUCCESS)
		return false;
	r->n_out = n;
	r->crc = libdeflate_crc32(0, out, n);
	return check_end(r, body, r->in + skip + f->compressed, got - (size_t)f->compressed, NULL);
}

bool modzip_read(struct modzip_reader *r, const struct modzip *z, const struct modzip_entry *f,
		 modzip_sink *sink, void *ctx, struct err *e)
{
	/* nothing inflates to more than 1032 times its size: such a claim is not worth memory */
	bool whole = f->method == 8 && f->compressed <= WHOLE_INPUT && f->size <= WHOLE_OUTPUT &&
		     f->size <= f->compressed * 1032 + 64;
	size_t skip = 0, got = 0;
	int64_t body = 0;

	r->z = z;
	r->f = f;
	r->sink = sink;
	r->ctx = ctx;
	if (!find_body(r, whole ? (size_t)f->compressed + DESCRIPTOR_LEN : 0, &body, &skip, &got,
		       e))
		return false;
	if (modzip_is_dir(z, f))
		return f->size == 0 || not_a_zip(e);
	if (f->method != 0 && f->method != 8)
		return err_set(e, ERR_SYNTAX, "zip: unsupported compression algorithm");
	if (whole && got < f->compressed) {
		/* an extra field longer than was guessed */
		room(&r->in, &r->in_cap, (size_t)f->compressed + DESCRIPTOR_LEN);
		if (!read_at(z, r->in, (size_t)f->compressed + DESCRIPTOR_LEN, body, &got, e))
			return false;
		skip = 0;
	}
	if (whole && got >= f->compressed && inflate_whole(r, skip, got, body))
		return f->size == 0 || sink(ctx, r->out, (size_t)f->size, e);
	return read_pieces(r, body, e);
}

struct collect {
	struct buf *b;
	size_t max;
	const char *name;
};

static bool collect(void *ctx, const void *data, size_t len, struct err *e)
{
	struct collect *c = ctx;

	if (c->b->len + len > c->max)
		return err_set(e, ERR_LIMIT, "%s: more than %zu bytes", c->name, c->max);
	buf_add(c->b, data, len);
	return true;
}

bool modzip_read_file(struct modzip_reader *r, const struct modzip *z, struct modver m,
		      const char *name, size_t max, struct buf *b, struct err *e)
{
	char *full = xasprintf("%s@%s/%s", m.path, m.version, name);
	size_t n = strlen(full);
	const struct modzip_entry *found = NULL;
	bool ok;

	for (size_t i = 0; i < z->n && !found; i++)
		if (z->entries[i].name_len == n &&
		    memcmp(modzip_name(z, &z->entries[i]), full, n) == 0)
			found = &z->entries[i];
	ok = found ? modzip_read(r, z, found, collect, &(struct collect){ b, max, full }, e)
		   : err_set(e, ERR_NOT_FOUND, "%s: no such file in the zip", full);
	free(full);
	return ok;
}
