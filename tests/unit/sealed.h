/*
 * sealed.h - lines of an import index (core/packages/pkgroot_index.c) with valid checksums.
 */
#ifndef MODSCOPE_SEALED_H
#define MODSCOPE_SEALED_H

#include "base/buf.h"

/* Appends the head, then each line with the checksum that the index's writer would give it. */
static inline void sealed_lines(struct buf *b, const char *head, const void *lines, size_t size)
{
	const uint8_t *data = lines;
	uint64_t seed = hash_bytes(head, strlen(head), 0x696d706f727473ULL);

	buf_addstr(b, head);
	for (size_t at = 0, n; at < size; at += n + 1) {
		const uint8_t *end = memchr(data + at, '\n', size - at);
		uint64_t sum;

		n = end ? (size_t)(end - data) - at : size - at;
		sum = hash_bytes(data + at, n, seed);
		for (unsigned i = 0; i < 16; i++, sum >>= 4)
			buf_addch(b, "0123456789abcdef"[sum & 15]);
		buf_add(b, data + at, n);
		if (end)
			buf_addch(b, '\n');
	}
}

#endif
