/*
 * modfiles.h - which files of a source tree go into a module zip, the zip itself, and its h1.
 *
 * Follows golang.org/x/mod/zip (checkFiles, Create) and archive/zip (Writer). A tree may come from a commit (git/gitzip.h), a directory or
 * memory: the caller fills a struct modfiles_source. Nested modules, vendored packages (by the rule of the go
 * line in the tree's go.mod), symbolic links and irregular files are left out; names that some systems reject, collisions and sizes over
 * the limits make the tree invalid. Contents are read on the caller's thread; it and another compress and write them. Few wait in between, so memory is bounded by twice the largest file.
 *
 *	struct modfiles m;
 *	char sum[DIRHASH_LEN + 1];
 *	if (!modfiles_check(&m, &arena, gitzip_source(z), &e) ||	// reading failed
 *	    !modfiles_valid(&m, &e) ||					// go's "create zip: LICENSE: ..."
 *	    !modfiles_hash(sum, &m, mod, cancel, &e))			// "h1:..." as go mod download prints it
 *		...
 */
#ifndef MODSCOPE_MODFILES_H
#define MODSCOPE_MODFILES_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/cancel.h"
#include "base/err.h"
#include "zip/dirhash.h"

enum modfiles_kind { MODFILES_REGULAR, MODFILES_SYMLINK, MODFILES_OTHER };

struct modfiles_file {
	const char *path;	/* below the module's root, slash-separated; any bytes but NUL */
	enum modfiles_kind kind;
	bool executable;	/* where the source knows; a zip keeps no modes */
	int64_t size;
};

/* The content of files[i], appended to b. */
typedef bool modfiles_read(void *ctx, size_t i, struct buf *b, struct err *e);

struct modfiles_source {
	const struct modfiles_file *files;	/* in the order that the zip will have */
	size_t n;
	modfiles_read *read;
	void *ctx;
};

enum modfiles_why {
	MODFILES_VENDORED,
	MODFILES_NESTED,	/* in another module */
	MODFILES_HG,		/* .hg_archival.txt */
	MODFILES_LINK,
	MODFILES_IRREGULAR,
	MODFILES_INVALID,	/* not left out: no zip can be made */
};

struct modfiles_remark {
	const char *path;
	enum modfiles_why why;
	const char *text;	/* go's message */
};

struct modfiles {
	const struct modfiles_source *source;	/* borrowed */
	ARENA_VEC(size_t) valid;		/* indices into files */
	ARENA_VEC(struct modfiles_remark) omitted, invalid;
	bool too_large;				/* over MODZIP_MAX_FILE together */
};

/* Whether go 1.24's vendoring rule (golang.org/issue/37397) applies to a module with this go.mod. */
bool modfiles_vendors_anew(const char *gomod, size_t len);
/* isVendoredPackage, which is wrong below go 1.24 so that sums do not change. anew: the rule of go 1.24. */
bool modfiles_is_vendored(const char *path, bool anew);
/* Strings live in the arena or the source. Fails only if the tree's go.mod cannot be read. */
bool modfiles_check(struct modfiles *m, struct arena *a, const struct modfiles_source *s, struct err *e);
/* CheckedFiles.Err, as Create reports it: ERR_LIMIT, ERR_SYNTAX. */
bool modfiles_valid(const struct modfiles *m, struct err *e);
/* The h1 of the zip that modfiles_write writes. */
bool modfiles_hash(char sum[DIRHASH_LEN + 1], const struct modfiles *m, struct modver mod, const struct cancel *cancel,
		   struct err *e);
/* Writes the zip to fd, with the headers that go writes (its compressed bytes may differ from go's), and returns its h1. */
bool modfiles_write(char sum[DIRHASH_LEN + 1], int fd, const struct modfiles *m, struct modver mod,
		    const struct cancel *cancel, struct err *e);

#endif
