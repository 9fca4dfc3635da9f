/*
 * gosum_impl.h - what the files of gosum share: gosum.c reads go.sum and answers, gosum_tidy.c formats the file to write.
 */
#ifndef MODSCOPE_GOSUM_IMPL_H
#define MODSCOPE_GOSUM_IMPL_H

#include <pthread.h>

#include "gofiles/gosum.h"

/* A line; its strings are terminated and live in its file's text, or in the arena if it was learned. The lines of one key are
 * chained in order; the first one also knows the last. */
struct gosum_line {
	const char *path, *version, *hash; /* version without "/go.mod" */
	uint32_t path_len, version_len;
	uint32_t next, last; /* index + 1; 0 is none */
	uint32_t file;	     /* 0 is the main file */
	int number;	     /* 0: learned */
	uint8_t kind;
	bool first, used, learned;
};

struct gosum_file {
	const char *path, *name; /* as go names it */
	struct buf data;
	char *text; /* a copy of the data, cut into strings */
};

struct gosum {
	pthread_mutex_t lock;
	struct arena arena;
	VEC(struct gosum_file) files;
	const struct overlay *overlay;
	bool has_main, skip_malformed, loaded, given; /* given: gosum_set_text */
	struct err load_error;
	VEC(struct gosum_line) lines;
	uint32_t *slots; /* open addressing: index + 1 of a key's first line; 0 is free */
	uint32_t *slot_hashes;
	size_t n_slots, n_keys;
	uint64_t seed;
	struct buf warnings;
};

/* Reads the files unless already read; call with the lock held. */
bool gosum_init_locked(struct gosum *s, struct err *e);

/* The next line of the same key. */
static inline const struct gosum_line *gosum_line_next(const struct gosum *s, const struct gosum_line *l)
{
	return l->next ? &s->lines.items[l->next - 1] : NULL;
}

#endif
