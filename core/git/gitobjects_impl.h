/*
 * gitobjects_impl.h - packs and loose objects. gitobjects.c decides which; gitobjects_pack.c reads a pack, gitobjects_loose.c a loose object.
 */
#ifndef MODSCOPE_GITOBJECTS_IMPL_H
#define MODSCOPE_GITOBJECTS_IMPL_H

#include <libdeflate.h>

#include "base/arena.h"
#include "base/base.h"
#include "git/gitobjects.h"

#define GITOBJECTS_MAX ((size_t)16 << 20)
#define GITOBJECTS_SLOTS 64u

struct gitobjects_file {
	const unsigned char *data; /* mapped; NULL if it is not usable */
	size_t len;
};

struct gitobjects_pack {
	const char *file;
	struct gitobjects_file index, pack;
	uint32_t n;
	bool opened;
};

/* An object that others are deltas to. */
struct gitobjects_base {
	bool there;
	size_t pack;
	uint64_t offset;
	enum gitobjects_type type;
	struct buf content;
};

struct gitobjects_dir {
	const char *path;
	bool loose[256]; /* whether there is a directory for names that begin with this byte */
};

struct gitobjects_place {
	size_t pack;
	uint64_t offset;
};

struct gitobjects {
	struct arena arena;
	struct libdeflate_decompressor *inflate;
	VEC(struct gitobjects_dir) dirs;
	VEC(struct gitobjects_pack) packs;
	struct gitobjects_base bases[GITOBJECTS_SLOTS];
	struct buf delta, base, result, raw; /* scratch */
	VEC(struct gitobjects_place) chain;
};

/* An index that cannot be used leaves the pack without objects. */
void gitobjects_pack_add(struct gitobjects *o, const char *index);
void gitobjects_pack_close(struct gitobjects_pack *p);
/* The names in [*from, *to) begin with the digits' bytes. */
const unsigned char *gitobjects_pack_names(const struct gitobjects_pack *p, unsigned first, uint32_t *from, uint32_t *to);
bool gitobjects_pack_find(const struct gitobjects_pack *p, const unsigned char id[GITOBJECTS_ID], uint64_t *offset);
bool gitobjects_pack_read(struct gitobjects *o, size_t pack, uint64_t offset, enum gitobjects_type *type, struct buf *out);
bool gitobjects_pack_size(struct gitobjects *o, size_t pack, uint64_t offset, enum gitobjects_type *type, size_t *size);

/* out may be NULL. */
bool gitobjects_loose_read(struct gitobjects *o, const struct gitobjects_dir *dir, const unsigned char id[GITOBJECTS_ID], enum gitobjects_type *type,
			   size_t *size, struct buf *out);

#endif
