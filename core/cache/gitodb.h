/*
 * gitodb.h - the objects of a bare git repository, read without git: which exist, and whether they match their names.
 *
 * Loose objects are inflated and hashed; a pack and its index are checked as a whole by their trailing SHA-1, without
 * parsing them. Only SHA-1 repositories; alternates are not followed. Every size is capped.
 *
 * A struct gitodb lives in the arena that it was opened with. One thread. Errors are ERR_NOT_FOUND, ERR_SYNTAX (what is
 * wrong with the object), ERR_CHECKSUM, ERR_LIMIT, ERR_CANCELLED.
 */
#ifndef MODSCOPE_GITODB_H
#define MODSCOPE_GITODB_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/par.h"

#define GITODB_ID 20u

struct gitodb;
enum gitodb_type {
	GITODB_COMMIT,
	GITODB_TREE,
	GITODB_BLOB,
	GITODB_TAG,
};

struct gitodb *gitodb_open(struct arena *a, const char *objects_dir);
void gitodb_close(struct gitodb *o);	/* frees what is not in the arena */

enum gitodb_place {
	GITODB_ABSENT,
	GITODB_LOOSE,
	GITODB_PACKED,
};
enum gitodb_place gitodb_find(const struct gitodb *o, const unsigned char id[GITODB_ID]);
/* The name of a loose object's file. */
const char *gitodb_file(const struct gitodb *o, struct arena *a, const unsigned char id[GITODB_ID]);
/* Reads and hashes a loose object; the content of all but blobs is appended to `content`. */
bool gitodb_read(struct gitodb *o, const unsigned char id[GITODB_ID], enum gitodb_type *type, struct buf *content,
		 const struct cancel *cancel, struct err *e);

size_t gitodb_packs(const struct gitodb *o);
/* Checks the i-th pack and its index; on failure *file is the wrong one. */
bool gitodb_check_pack(struct gitodb *o, size_t i, const struct cancel *cancel, const char **file, struct err *e);

bool gitodb_parse_id(const char *hex, unsigned char id[GITODB_ID]);	/* of 40 digits */
void gitodb_id_text(const unsigned char id[GITODB_ID], char text[2 * GITODB_ID + 1]);

#endif
