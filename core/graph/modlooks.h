/*
 * modlooks.h - what several loaders of one run see of the same go.mod files: each is looked at once for all of them.
 *
 * Loaders that are given the same struct share the content of their project's index file (modindex.h), and for each of its entries
 * whether that file is unchanged. So a file that changes during the run may count as unchanged until the run ends: not for
 * a program that goes on and shows changes. It must outlive the loaders. Any thread.
 *
 *	struct modlooks *looks = modlooks_new();
 *	modload_open(&ml, &(struct modload_options){ .looks = looks, ... }, &e);
 *	modload_free(ml);
 *	modlooks_free(looks);
 */
#ifndef MODSCOPE_MODLOOKS_H
#define MODSCOPE_MODLOOKS_H

#include <stdatomic.h>

#include "base/base.h"

/* One index file, as read and found to be sound. */
struct modlooks_index {
	char *file, *data;
	size_t len;
	atomic_uchar *states; /* as in struct modindex */
	struct modlooks_index *next;
};

struct modlooks *modlooks_new(void);
void modlooks_free(struct modlooks *l); /* NULL is fine */
/* The index with that file name; NULL if none was added. */
const struct modlooks_index *modlooks_find(struct modlooks *l, const char *file);
/* Takes data and states (free(3)). */
void modlooks_add(struct modlooks *l, const char *file, char *data, size_t len, atomic_uchar *states);

#endif
