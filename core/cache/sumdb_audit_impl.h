/*
 * sumdb_audit_impl.h - shared by the files that implement sumdb_audit.h: the state while a database's cache is proven.
 *
 * sumdb_audit_files.c finds the files, sumdb_audit_heads.c reads lookups and signed trees, sumdb_audit_tiles.c proves
 * tiles and trees by each other, sumdb_audit_run.c checks the records against them.
 */
#ifndef MODSCOPE_SUMDB_AUDIT_IMPL_H
#define MODSCOPE_SUMDB_AUDIT_IMPL_H

#include "cache/sumdb_audit.h"
#include "fetch/tlog.h"

#define SUMDB_AUDIT_WIDTH 256
#define SUMDB_AUDIT_HASH ((size_t)32)
#define SUMDB_AUDIT_NO_TREE SIZE_MAX
#define SUMDB_AUDIT_MAX_LOOKUP ((size_t)1 << 20)

/* One file with hashes. */
struct sumdb_audit_tile {
	struct tlog_tile t;
	size_t file;
	bool wrong;
};

/* All files for one tile of the tree: the full one and partial ones. */
struct sumdb_audit_place {
	int l;
	int64_t n;
	size_t first, count; /* of tiles */
	int proven;	     /* how many of its hashes are */
	size_t by;	     /* the tile that has them */
};

enum sumdb_audit_tree {
	TREE_OPEN,   /* tiles of its edge are missing */
	TREE_PROVEN, /* its edge yields its hash */
	TREE_BROKEN, /* it does not, and not all its tiles are proven otherwise */
	TREE_FORKED, /* proven tiles yield another hash */
};

struct sumdb_audit_head {
	struct tlog_tree tree;
	enum sumdb_audit_tree state;
};

struct sumdb_audit_lookup {
	size_t file, head; /* SUMDB_AUDIT_NO_TREE: not usable */
	int64_t id;
	struct tlog_hash hash;
};

struct sumdb_audit_work {
	const struct sumdb_audit_options *o;
	struct arena *a;
	VEC(struct sumdb_audit_file) files;
	VEC(struct sumdb_audit_tile) tiles;
	VEC(struct sumdb_audit_place) places;
	VEC(struct sumdb_audit_head) heads;
	VEC(struct sumdb_audit_lookup) lookups;
	size_t latest_file, latest_head; /* SUMDB_AUDIT_NO_TREE */
	int64_t newest;			 /* size of the greatest signed tree */
	int unread;			 /* errno of the first directory that could not be read */
};

struct sumdb_audit_hashes {
	unsigned char bytes[SUMDB_AUDIT_WIDTH * SUMDB_AUDIT_HASH];
};

/* Marks a file as wrong, unless it is already; the caller may fill in more. */
struct sumdb_audit_file *sumdb_audit_wrong(struct sumdb_audit_work *d, size_t file, const char *problem, const char *go_says);
size_t sumdb_audit_add_file(struct sumdb_audit_work *d, const char *path, enum sumdb_audit_kind kind, uint64_t bytes);
/* Fills files, tiles and lookups. */
void sumdb_audit_find(struct sumdb_audit_work *d);

/* Fills heads, and in lookups what their files hold. */
void sumdb_audit_read_heads(struct sumdb_audit_work *d);

void sumdb_audit_make_places(struct sumdb_audit_work *d);
struct sumdb_audit_place *sumdb_audit_find_place(struct sumdb_audit_work *d, int l, int64_t n);
/* Its first w hashes. False if the file has become shorter or unreadable. */
bool sumdb_audit_read_tile(struct sumdb_audit_work *d, const struct sumdb_audit_tile *t, int w,
			   struct sumdb_audit_hashes *out);
const char *sumdb_audit_base64(struct sumdb_audit_work *d, const unsigned char *hash);
/* Once the newest tree is known: go does not read tiles of other trees, so it does not complain about short ones. */
void sumdb_audit_short_tiles(struct sumdb_audit_work *d);
/* Proves all that can be proven. */
void sumdb_audit_prove(struct sumdb_audit_work *d);
/* Sets the states of the tiles' files. */
void sumdb_audit_judge_tiles(struct sumdb_audit_work *d);

#endif
