#include "base/inflate.h"

#define WINDOW 32768u
#define CHUNK_BITS 9u
#define CHUNKS (1u << CHUNK_BITS)
#define MAX_LINK (1u << (15 - CHUNK_BITS))
#define MAX_LITERALS 286
#define MAX_DISTANCES 30
#define CODE_LENGTHS 19
#define END_OF_BLOCK 256

/* A code's entry is its symbol << 4 | its length; a length of CHUNK_BITS + 1 leads to a second table. */
struct huffman {
	unsigned min; /* bits that any code needs at least */
	unsigned link_mask;
	uint32_t chunks[CHUNKS];
	uint32_t links[CHUNKS * MAX_LINK];
};

struct inflate {
	const struct inflate_io *io;
	struct err *e;
	const unsigned char *in, *in_end;
	int64_t offset; /* bytes read */
	uint32_t bits;
	unsigned n_bits;
	size_t pos; /* write position in window */
	bool full;  /* the window has wrapped */
	struct huffman literals, distances;
	unsigned char lengths[MAX_LITERALS + MAX_DISTANCES + 2];
	unsigned char window[WINDOW];
};

struct inflate *inflate_new(void)
{
	return xmalloc(sizeof(struct inflate));
}

void inflate_free(struct inflate *s)
{
	free(s);
}

static bool corrupt(struct inflate *s)
{
	return err_set(s->e, ERR_SYNTAX, "flate: corrupt input before offset %lld",
		       (long long)s->offset);
}

static bool next_byte(struct inflate *s, unsigned char *c)
{
	if (s->in == s->in_end) {
		size_t len = 0;

		if (!s->io->fill(s->io->ctx, &s->in, &len, s->e))
			return false;
		s->in_end = s->in + len;
		if (len == 0)
			return err_set(s->e, ERR_SYNTAX, "unexpected EOF");
	}
	s->offset++;
	*c = *s->in++;
	return true;
}

static bool need_bits(struct inflate *s, unsigned n)
{
	unsigned char c = 0;

	while (s->n_bits < n) {
		if (!next_byte(s, &c))
			return false;
		s->bits |= (uint32_t)c << s->n_bits;
		s->n_bits += 8;
	}
	return true;
}

static unsigned take_bits(struct inflate *s, unsigned n)
{
	unsigned v = s->bits & ((1u << n) - 1);

	s->bits >>= n;
	s->n_bits -= n;
	return v;
}

static bool flush(struct inflate *s, size_t from)
{
	return s->pos == from || s->io->flush(s->io->ctx, s->window + from, s->pos - from, s->e);
}

/* After this there is room for a byte. The window is flushed only when it is full, or at the end. */
static bool make_room(struct inflate *s)
{
	if (s->pos < WINDOW)
		return true;
	if (!flush(s, 0))
		return false;
	s->pos = 0;
	s->full = true;
	return true;
}

static unsigned reverse16(unsigned v, unsigned n)
{
	unsigned r = 0;

	for (unsigned i = 0; i < n; i++)
		r |= ((v >> i) & 1) << (n - 1 - i);
	return r;
}

/* The tables for codes of more than CHUNK_BITS bits: one for each of the greatest prefixes. */
static void make_links(struct huffman *h, unsigned first_code, unsigned max)
{
	unsigned n = 1u << (max - CHUNK_BITS), link = first_code >> 1;

	h->link_mask = n - 1;
	memset(h->links, 0, (size_t)(CHUNKS - link) * n * sizeof(h->links[0]));
	for (unsigned j = link; j < CHUNKS; j++)
		h->chunks[reverse16(j, CHUNK_BITS)] = (j - link) << 4 | (CHUNK_BITS + 1);
}

static void put_code(struct huffman *h, unsigned symbol, unsigned len, unsigned code)
{
	uint32_t chunk = symbol << 4 | len;
	unsigned reversed = reverse16(code, len);

	if (len <= CHUNK_BITS) {
		for (unsigned i = reversed; i < CHUNKS; i += 1u << len)
			h->chunks[i] = chunk;
		return;
	}
	uint32_t *table = h->links +
			  (size_t)(h->chunks[reversed & (CHUNKS - 1)] >> 4) * (h->link_mask + 1);

	for (unsigned i = reversed >> CHUNK_BITS; i <= h->link_mask; i += 1u << (len - CHUNK_BITS))
		table[i] = chunk;
}

/* False if the code is over- or undersubscribed; empty codes and a single code of one bit pass, as in zlib. */
static bool huffman_init(struct huffman *h, const unsigned char *lengths, unsigned n)
{
	unsigned count[16] = { 0 }, next[16] = { 0 }, min = 0, max = 0, code = 0;

	h->min = h->link_mask = 0;
	memset(h->chunks, 0, sizeof(h->chunks));
	for (unsigned i = 0; i < n; i++) {
		unsigned len = lengths[i];

		if (!len)
			continue;
		min = !min || len < min ? len : min;
		max = MAX(max, len);
		count[len]++;
	}
	if (max == 0)
		return true;
	for (unsigned i = min; i <= max; i++) {
		code <<= 1;
		next[i] = code;
		code += count[i];
	}
	if (code != 1u << max && !(code == 1 && max == 1))
		return false;
	h->min = min;
	if (max > CHUNK_BITS)
		make_links(h, next[CHUNK_BITS + 1], max);
	for (unsigned i = 0; i < n; i++)
		if (lengths[i])
			put_code(h, i, lengths[i], next[lengths[i]]++);
	return true;
}

static bool symbol(struct inflate *s, const struct huffman *h, unsigned *v)
{
	unsigned n = h->min;

	for (;;) {
		uint32_t chunk;

		if (!need_bits(s, n))
			return false;
		chunk = h->chunks[s->bits & (CHUNKS - 1)];
		n = chunk & 15;
		if (n > CHUNK_BITS) {
			chunk = h->links[(size_t)(chunk >> 4) * (h->link_mask + 1) +
					 ((s->bits >> CHUNK_BITS) & h->link_mask)];
			n = chunk & 15;
		}
		if (n > s->n_bits)
			continue;
		if (n == 0)
			return corrupt(s);
		take_bits(s, n);
		*v = chunk >> 4;
		return true;
	}
}

/* Code lengths of both trees, themselves coded (RFC 1951, 3.2.7). */
static bool read_lengths(struct inflate *s, unsigned n)
{
	for (unsigned i = 0; i < n;) {
		unsigned x = 0, rep, bits;
		unsigned char value = 0;

		if (!symbol(s, &s->literals, &x))
			return false;
		if (x < 16) {
			s->lengths[i++] = (unsigned char)x;
			continue;
		}
		rep = x == 18 ? 11 : 3;
		bits = x == 16 ? 2 : x == 17 ? 3 : 7;
		if (x == 16) {
			if (i == 0)
				return corrupt(s);
			value = s->lengths[i - 1];
		}
		if (!need_bits(s, bits))
			return false;
		rep += take_bits(s, bits);
		if (i + rep > n)
			return corrupt(s);
		memset(s->lengths + i, value, rep);
		i += rep;
	}
	return true;
}

static bool read_trees(struct inflate *s)
{
	static const unsigned char order[CODE_LENGTHS] = { 16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
							   11, 4,  12, 3, 13, 2, 14, 1, 15 };
	unsigned char codes[CODE_LENGTHS] = { 0 };
	unsigned literals, distances, n;

	if (!need_bits(s, 5 + 5 + 4))
		return false;
	literals = (s->bits & 31) + 257;
	distances = ((s->bits >> 5) & 31) + 1;
	if (literals > MAX_LITERALS || distances > MAX_DISTANCES)
		return corrupt(s);
	n = take_bits(s, 14) >> 10;
	for (unsigned i = 0; i < n + 4; i++) {
		if (!need_bits(s, 3))
			return false;
		codes[order[i]] = (unsigned char)take_bits(s, 3);
	}
	if (!huffman_init(&s->literals, codes, CODE_LENGTHS))
		return corrupt(s);
	if (!read_lengths(s, literals + distances))
		return false;
	if (!huffman_init(&s->literals, s->lengths, literals) ||
	    !huffman_init(&s->distances, s->lengths + literals, distances))
		return corrupt(s);
	/* every block ends with the end marker, so its length may be read at once */
	s->literals.min = MAX(s->literals.min, s->lengths[END_OF_BLOCK]);
	return true;
}

static bool read_length(struct inflate *s, unsigned v, unsigned *length)
{
	unsigned n = 0;

	if (v < 265) {
		*length = v - (257 - 3);
	} else if (v < 285) {
		n = (v - 261) / 4;
		*length = ((4 + ((v - 265) & 3)) << n) + 3;
	} else if (v < MAX_LITERALS) {
		*length = 258;
	} else {
		return corrupt(s);
	}
	if (!need_bits(s, n))
		return false;
	*length += take_bits(s, n);
	return true;
}

static bool read_distance(struct inflate *s, bool fixed, unsigned *dist)
{
	unsigned v = 0, n;

	if (fixed) {
		if (!need_bits(s, 5))
			return false;
		v = reverse16(take_bits(s, 5), 5);
	} else if (!symbol(s, &s->distances, &v)) {
		return false;
	}
	if (v >= MAX_DISTANCES)
		return corrupt(s);
	if (v < 4) {
		*dist = v + 1;
	} else {
		n = (v - 2) >> 1;
		if (!need_bits(s, n))
			return false;
		*dist = (1u << (n + 1)) + 1 + ((v & 1) << n);
		*dist += take_bits(s, n);
	}
	return *dist <= (s->full ? WINDOW : s->pos) || corrupt(s);
}

static bool copy_match(struct inflate *s, unsigned length, unsigned dist)
{
	while (length--) {
		if (!make_room(s))
			return false;
		s->window[s->pos] = s->window[(s->pos + WINDOW - dist) % WINDOW];
		s->pos++;
	}
	return make_room(s);
}

static bool coded_block(struct inflate *s, bool fixed)
{
	for (;;) {
		unsigned v = 0, length = 0, dist = 0;

		if (!symbol(s, &s->literals, &v))
			return false;
		if (v < END_OF_BLOCK) {
			s->window[s->pos++] = (unsigned char)v;
			if (!make_room(s))
				return false;
			continue;
		}
		if (v == END_OF_BLOCK)
			return true;
		if (!read_length(s, v, &length) || !read_distance(s, fixed, &dist) ||
		    !copy_match(s, length, dist))
			return false;
	}
}

static bool stored_block(struct inflate *s)
{
	unsigned char head[4] = { 0 };
	unsigned n;

	s->bits = s->n_bits = 0;
	for (unsigned i = 0; i < 4; i++)
		if (!next_byte(s, &head[i]))
			return false;
	n = head[0] | (unsigned)head[1] << 8;
	if ((head[2] | (unsigned)head[3] << 8) != (~n & 0xffff))
		return corrupt(s);
	while (n--) {
		unsigned char c = 0;

		if (!next_byte(s, &c))
			return false;
		s->window[s->pos++] = c;
		if (!make_room(s))
			return false;
	}
	return true;
}

static void fixed_tree(struct inflate *s)
{
	unsigned char lengths[288];

	memset(lengths, 8, 144);
	memset(lengths + 144, 9, 256 - 144);
	memset(lengths + 256, 7, 280 - 256);
	memset(lengths + 280, 8, 288 - 280);
	huffman_init(&s->literals, lengths, ARRAY_LEN(lengths));
}

static bool next_block(struct inflate *s, bool *final)
{
	unsigned kind;

	if (!need_bits(s, 3))
		return false;
	*final = take_bits(s, 1);
	kind = take_bits(s, 2);
	switch (kind) {
	case 0: return stored_block(s);
	case 1: fixed_tree(s); return coded_block(s, true);
	case 2: return read_trees(s) && coded_block(s, false);
	default: return corrupt(s);
	}
}

bool inflate_run(struct inflate *s, const struct inflate_io *io, struct err *e)
{
	struct err own = ERR_INIT;
	bool final = false, ok = true;

	s->io = io;
	s->e = &own;
	s->in = s->in_end = NULL;
	s->offset = 0;
	s->bits = s->n_bits = 0;
	s->pos = 0;
	s->full = false;
	while (ok && !final)
		ok = next_block(s, &final);
	/* what was decoded before an error is still flushed: it may exceed the expected size, which is another error */
	if (ok || own.code == ERR_SYNTAX) {
		struct err late = ERR_INIT;

		s->e = &late;
		if (!flush(s, 0)) {
			err_release(&own);
			own = late;
			ok = false;
		}
	}
	if (!ok)
		err_move(e, &own);
	return ok;
}
