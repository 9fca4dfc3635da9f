/*
 * gosum.h - go.sum: the hashes that are known, those that were used, and the file as tidy would write it.
 *
 * Follows cmd/go/internal/modfetch/fetch.go (readGoSum, HaveSum, checkModSum, TrimGoSum, tidyGoSum). A set is made of one
 * main file (go.sum, or go.work.sum in a workspace) and any number of members' go.sum files, which are only read. The
 * files are read at the first question, as go does: a malformed line is an error only then. A missing file is empty.
 *
 * A key is a module version and which of its two lines is meant. Hashes that do not start with "h1:" are kept
 * and never match. All functions but _new, _add_file and _free are thread-safe. Returned strings live as long as the set.
 *
 *	struct gosum *s = gosum_new("/p/go.sum", false);
 *	gosum_check(s, m, GOSUM_MOD, "h1:...", &e)
 */
#ifndef MODSCOPE_GOSUM_H
#define MODSCOPE_GOSUM_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "gofiles/overlay.h"

enum gosum_kind {
	GOSUM_ZIP,	/* "path version hash" */
	GOSUM_MOD,	/* "path version/go.mod hash" */
};

enum gosum_answer {
	GOSUM_MATCH,
	GOSUM_ABSENT,	/* no usable line: the checksum database is to be asked, or the line is missing */
	GOSUM_FAILED,	/* e is set: mismatch (ERR_CHECKSUM), malformed or unreadable file */
};

struct gosum;

/* main_file: absolute path of go.sum or go.work.sum, NULL for a set that holds nothing (outside of a module). skip_malformed:
 * lines with a wrong number of fields are dropped (tidy) instead of an error. */
struct gosum *gosum_new(const char *main_file, bool skip_malformed);
/* Before the first question; borrowed. */
void gosum_set_overlay(struct gosum *s, const struct overlay *o);
void gosum_set_name(struct gosum *s, const char *name); /* of the main file, where go names it otherwise; copied */
void gosum_add_file(struct gosum *s, const char *file);	/* a workspace member's go.sum, absolute */
/* The main file is read as if it held this. Before the first question; copied. */
void gosum_set_text(struct gosum *s, const char *data, size_t len);
void gosum_free(struct gosum *s);			/* NULL is fine */

/* Reads the files if that has not been done. ERR_SYNTAX "malformed go.sum:\nF:L: wrong number of fields N", ERR_SYS, ERR_LIMIT. */
bool gosum_init(struct gosum *s, struct err *e);
/* HaveSum: some h1 line was there when the files were read. */
bool gosum_have(struct gosum *s, struct modver m, enum gosum_kind kind);
/* checkModSum up to the database: notes that the hash was used. */
enum gosum_answer gosum_check(struct gosum *s, struct modver m, enum gosum_kind kind, const char *hash, struct err *e);
/* addModSum, after the database (or its absence) has let the hash pass: it is a candidate for go.sum. */
void gosum_learn(struct gosum *s, struct modver m, enum gosum_kind kind, const char *hash);
/* The same for all that `from` has learned. */
void gosum_learn_all(struct gosum *s, struct gosum *from);
/* go's words about hashes that were learned beside others of an unknown kind, since the last call. Append. */
void gosum_take_warnings(struct gosum *s, struct buf *out);
/* go would write the file now, and warns again then. */
void gosum_note_written(struct gosum *s);
/* RecordedSum: the one h1 that the files hold; NULL if there is none or they disagree. */
const char *gosum_recorded(struct gosum *s, struct modver m, enum gosum_kind kind);

/* Calls fn for each hash that was learned; true if it says true of one. */
bool gosum_any_learned(struct gosum *s, bool (*fn)(void *ctx, struct modver m, enum gosum_kind kind), void *ctx);

/* TrimGoSum and TidyGoSum: the bytes on disk (`before`) and as tidy would write them, given what to keep.
 * Nothing is written. The set's state is not changed. */
bool gosum_tidy(struct gosum *s, bool (*keep)(void *ctx, struct modver m, enum gosum_kind kind), void *ctx,
		struct buf *before, struct buf *after, struct err *e);
/* WriteGoSum: what the file holds after a go command that has learned these hashes, and, with `trim`, has dropped the lines that
 * are not to be kept. Where it has nothing to add or drop these are the bytes on disk, sorted or not. */
bool gosum_update(struct gosum *s, bool trim, bool (*keep)(void *ctx, struct modver m, enum gosum_kind kind), void *ctx,
		  struct buf *after, struct err *e);

#endif
