/* Packs with an index of version 2: Documentation/gitformat-pack.txt. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "git/gitobjects_impl.h"

#define MAX_PACK ((size_t)64 << 20)
#define FANOUT 1024u
#define HEAD (8u + FANOUT)
#define TRAILER (2 * GITOBJECTS_ID)
#define PACK_HEAD 12u
#define MAX_CHAIN 5000u
#define MAX_BASE ((size_t)256 << 10) /* larger ones are not kept */

enum { OFFSET_DELTA = 6, NAME_DELTA = 7 };

/* An entry of a pack: its own object, or a delta to another one. */
struct entry {
	unsigned type;
	size_t size; /* inflated */
	const unsigned char *data;
	size_t left; /* to the end of the pack */
	uint64_t base;
	const unsigned char *base_name;
};

static uint32_t big_endian(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void map_file(struct gitobjects_file *f, const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	void *data;

	*f = (struct gitobjects_file){ NULL, 0 };
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
	    (uint64_t)st.st_size <= MAX_PACK) {
		data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (data != MAP_FAILED)
			*f = (struct gitobjects_file){ data, (size_t)st.st_size };
	}
	close(fd);
}

static void unmap(struct gitobjects_file *f)
{
	if (f->data)
		munmap((void *)(uintptr_t)f->data, f->len);
	*f = (struct gitobjects_file){ NULL, 0 };
}

static bool is_index(const struct gitobjects_file *f, uint32_t *n)
{
	uint32_t before = 0;

	if (!f->data || f->len < HEAD + TRAILER || memcmp(f->data, "\377tOc\0\0\0\2", 8) != 0)
		return false;
	for (unsigned i = 0; i < FANOUT / 4; i++) {
		*n = big_endian(f->data + 8 + 4 * i);
		if (*n < before)
			return false;
		before = *n;
	}
	/* with names of SHA-256 the rest is no table of offsets */
	return (f->len - HEAD - TRAILER) / (GITOBJECTS_ID + 8) >= *n &&
	       (f->len - HEAD - TRAILER - (size_t)*n * (GITOBJECTS_ID + 8)) % 8 == 0;
}

void gitobjects_pack_add(struct gitobjects *o, const char *index)
{
	struct gitobjects_pack p = { .file = arena_fmt(&o->arena, "%.*s.pack",
						       (int)strlen(index) - 4, index) };

	map_file(&p.index, index);
	if (is_index(&p.index, &p.n))
		vec_push(&o->packs, p);
	else
		unmap(&p.index);
}

void gitobjects_pack_close(struct gitobjects_pack *p)
{
	unmap(&p->index);
	unmap(&p->pack);
}

const unsigned char *gitobjects_pack_names(const struct gitobjects_pack *p, unsigned first,
					   uint32_t *from, uint32_t *to)
{
	*from = first ? big_endian(p->index.data + 8 + 4 * (first - 1)) : 0;
	*to = big_endian(p->index.data + 8 + 4 * first);
	return p->index.data + HEAD;
}

static bool offset_of(const struct gitobjects_pack *p, uint32_t i, uint64_t *offset)
{
	const unsigned char *offsets = p->index.data + HEAD + (size_t)p->n * (GITOBJECTS_ID + 4);

	*offset = big_endian(offsets + 4 * (size_t)i);
	return *offset < 1u << 31; /* else it is in a second table: packs of over 2 GiB */
}

bool gitobjects_pack_find(const struct gitobjects_pack *p, const unsigned char id[GITOBJECTS_ID],
			  uint64_t *offset)
{
	uint32_t from, to;
	const unsigned char *names = gitobjects_pack_names(p, id[0], &from, &to);

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		int order = memcmp(names + (size_t)middle * GITOBJECTS_ID, id, GITOBJECTS_ID);

		if (order == 0)
			return offset_of(p, middle, offset);
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return false;
}

/* The end of the entries; 0 if the pack is not usable. */
static size_t open_pack(struct gitobjects_pack *p)
{
	if (!p->opened)
		map_file(&p->pack, p->file);
	p->opened = true;
	if (!p->pack.data || p->pack.len < PACK_HEAD + GITOBJECTS_ID ||
	    memcmp(p->pack.data, "PACK\0\0\0\2", 8) != 0)
		return 0;
	return p->pack.len - GITOBJECTS_ID;
}

/* "Offset encoding" */
static bool parse_offset(const unsigned char **s, const unsigned char *end, uint64_t *n)
{
	*n = 0;
	for (unsigned i = 0; *s < end && i < 9; i++) {
		unsigned char c = *(*s)++;

		*n = (i ? *n + 1 : 0) << 7 | (c & 127);
		if (!(c & 128))
			return true;
	}
	return false;
}

/* A size: seven bits a byte, the lowest first; `shift` bits are in *n already. */
static bool parse_size(const unsigned char **s, const unsigned char *end, unsigned shift, size_t *n)
{
	uint64_t size = *n;

	while (*s < end && shift < 57) {
		unsigned char c = *(*s)++;

		size |= (uint64_t)(c & 127) << shift;
		shift += 7;
		*n = (size_t)MIN(size, SIZE_MAX);
		if (!(c & 128))
			return size <= GITOBJECTS_MAX;
	}
	return false;
}

static bool parse_entry(struct gitobjects *o, struct gitobjects_place at, struct entry *en)
{
	struct gitobjects_pack *p = &o->packs.items[at.pack];
	size_t end = open_pack(p);
	const unsigned char *s = p->pack.data + at.offset, *stop = p->pack.data + end;
	uint64_t back;

	if (!end || at.offset < PACK_HEAD || at.offset >= end)
		return false;
	*en = (struct entry){ .type = *s >> 4 & 7, .size = *s & 15 };
	if (*s++ & 128 && !parse_size(&s, stop, 4, &en->size))
		return false;
	if (en->type == OFFSET_DELTA) {
		if (!parse_offset(&s, stop, &back) || !back || back >= at.offset)
			return false;
		en->base = at.offset - back;
	} else if (en->type == NAME_DELTA) {
		if (stop - s < (ptrdiff_t)GITOBJECTS_ID)
			return false;
		en->base_name = s;
		s += GITOBJECTS_ID;
	} else if (en->type < GITOBJECTS_COMMIT || en->type > GITOBJECTS_TAG) {
		return false;
	}
	en->data = s;
	en->left = (size_t)(stop - s);
	return true;
}

static bool is_delta(const struct entry *en)
{
	return en->type == OFFSET_DELTA || en->type == NAME_DELTA;
}

static bool inflate(struct gitobjects *o, const struct entry *en, struct buf *out)
{
	size_t used, n;

	buf_clear(out);
	buf_grow(out, en->size + 1);
	if (libdeflate_zlib_decompress_ex(o->inflate, en->data, en->left, out->data, en->size,
					  &used, &n) != LIBDEFLATE_SUCCESS ||
	    n != en->size)
		return false;
	out->len = n;
	out->data[n] = 0;
	return true;
}

/* A piece of the base, in at most seven bytes. */
static bool parse_copy(const unsigned char **s, const unsigned char *end, unsigned char op,
		       size_t *offset, size_t *n)
{
	*offset = *n = 0;
	for (unsigned i = 0; i < 7; i++) {
		if (!(op & 1u << i))
			continue;
		if (*s == end)
			return false;
		if (i < 4)
			*offset |= (size_t) * (*s)++ << 8 * i;
		else
			*n |= (size_t) * (*s)++ << 8 * (i - 4);
	}
	if (!*n)
		*n = 0x10000;
	return true;
}

static bool apply(const struct buf *base, const struct buf *delta, struct buf *out)
{
	const unsigned char *s = (const unsigned char *)delta->data, *end = s + delta->len;
	size_t size = 0, want = 0, offset, n;

	if (!parse_size(&s, end, 0, &size) || size != base->len || !parse_size(&s, end, 0, &want))
		return false;
	buf_clear(out);
	buf_grow(out, want + 1);
	while (s < end) {
		unsigned char op = *s++;
		const char *from;

		if (op & 128) {
			if (!parse_copy(&s, end, op, &offset, &n) || offset > base->len ||
			    n > base->len - offset)
				return false;
			from = base->data + offset;
		} else {
			n = op;
			if (!n || n > (size_t)(end - s))
				return false;
			from = (const char *)s;
			s += n;
		}
		if (n > want - out->len)
			return false;
		buf_add(out, from, n);
	}
	return out->len == want;
}

static struct gitobjects_base *slot_of(struct gitobjects *o, struct gitobjects_place at)
{
	return &o->bases[(at.offset * 2654435761u >> 16 ^ at.pack) % GITOBJECTS_SLOTS];
}

static const struct gitobjects_base *find_base(struct gitobjects *o, struct gitobjects_place at)
{
	const struct gitobjects_base *b = slot_of(o, at);

	return b->there && b->pack == at.pack && b->offset == at.offset ? b : NULL;
}

static void keep_base(struct gitobjects *o, struct gitobjects_place at, enum gitobjects_type type,
		      const struct buf *content)
{
	struct gitobjects_base *b = slot_of(o, at);

	if (content->len > MAX_BASE)
		return;
	b->there = true;
	b->pack = at.pack;
	b->offset = at.offset;
	b->type = type;
	buf_clear(&b->content);
	buf_add(&b->content, content->data, content->len);
}

static bool find_named(struct gitobjects *o, const unsigned char *id, struct gitobjects_place *out)
{
	for (out->pack = 0; out->pack < o->packs.n; out->pack++)
		if (gitobjects_pack_find(&o->packs.items[out->pack], id, &out->offset))
			return true;
	return false;
}

static bool base_of(struct gitobjects *o, struct gitobjects_place at, const struct entry *en,
		    struct gitobjects_place *out)
{
	if (en->type == NAME_DELTA)
		return find_named(o, en->base_name, out);
	*out = (struct gitobjects_place){ at.pack, en->base };
	return true;
}

/* Follows deltas from an entry to an object that is here as a whole, and reads it into o->base. The chain has the deltas, and at its end that object. */
static bool read_root(struct gitobjects *o, struct gitobjects_place at, enum gitobjects_type *type)
{
	struct entry en;

	for (o->chain.n = 0; o->chain.n < MAX_CHAIN;) {
		const struct gitobjects_base *kept = find_base(o, at);

		vec_push(&o->chain, at);
		if (kept) {
			buf_clear(&o->base);
			buf_add(&o->base, kept->content.data, kept->content.len);
			*type = kept->type;
			return true;
		}
		if (!parse_entry(o, at, &en))
			return false;
		if (!is_delta(&en)) {
			*type = (enum gitobjects_type)en.type;
			return inflate(o, &en, &o->base);
		}
		if (!base_of(o, at, &en, &at))
			return false;
	}
	return false;
}

/* Reads into o->base. */
static bool resolve(struct gitobjects *o, struct gitobjects_place at, enum gitobjects_type *type)
{
	struct entry en;

	if (!read_root(o, at, type))
		return false;
	for (size_t i = o->chain.n - 1; i-- > 0;) {
		struct buf swap;

		keep_base(o, o->chain.items[i + 1], *type, &o->base);
		if (!parse_entry(o, o->chain.items[i], &en) || !inflate(o, &en, &o->delta) ||
		    !apply(&o->base, &o->delta, &o->result))
			return false;
		swap = o->base;
		o->base = o->result;
		o->result = swap;
	}
	return true;
}

bool gitobjects_pack_read(struct gitobjects *o, size_t pack, uint64_t offset,
			  enum gitobjects_type *type, struct buf *out)
{
	if (!resolve(o, (struct gitobjects_place){ pack, offset }, type))
		return false;
	buf_add(out, o->base.data, o->base.len);
	return true;
}

bool gitobjects_pack_size(struct gitobjects *o, size_t pack, uint64_t offset,
			  enum gitobjects_type *type, size_t *size)
{
	struct gitobjects_place at = { pack, offset };
	const unsigned char *s, *end;
	struct entry en;

	if (!parse_entry(o, at, &en))
		return false;
	*size = en.size;
	if (is_delta(&en)) {
		size_t base = 0;

		if (!inflate(o, &en, &o->delta))
			return false;
		s = (const unsigned char *)o->delta.data;
		end = s + o->delta.len;
		*size = 0;
		if (!parse_size(&s, end, 0, &base) || !parse_size(&s, end, 0, size))
			return false;
	}
	for (size_t i = 0; is_delta(&en); i++)
		if (i == MAX_CHAIN || !base_of(o, at, &en, &at) || !parse_entry(o, at, &en))
			return false;
	*type = (enum gitobjects_type)en.type;
	return true;
}
