/*
 * gosum.h - go.sum: its hashes, which of them were used, and the file as tidy would write it.
 *
 * Follows cmd/go/internal/modfetch/fetch.go (readGoSum, HaveSum, checkModSum, TrimGoSum, tidyGoSum). A set is made of one
 * main file (go.sum, or go.work.sum in a workspace) and any number of members' go.sum files, which are only read. The
 * files are read on first use, as in go: a malformed line is an error only then. A missing file is empty.
 *
 * A key is a module version and the kind of its line. Hashes that do not start with "h1:" are kept
 * and never match. All functions but _new, _set_*, _add_file and _free are thread-safe. Returned strings live as long as the set.
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
	GOSUM_ABSENT,	/* no usable line: ask the checksum database */
	GOSUM_FAILED,	/* e is set: mismatch (ERR_CHECKSUM), malformed or unreadable file */
};

struct gosum;

/* main_file: absolute path of go.sum or go.work.sum, NULL for an empty set (outside of a module). skip_malformed:
 * drop lines with a wrong number of fields (tidy) instead of failing. */
struct gosum *gosum_new(const char *main_file, bool skip_malformed);
/* Before first use; borrowed. */
void gosum_set_overlay(struct gosum *s, const struct overlay *o);
void gosum_set_name(struct gosum *s, const char *name); /* the main file's name in go's messages; copied */
void gosum_add_file(struct gosum *s, const char *file);	/* a workspace member's go.sum, absolute */
/* Reads the main file as if it held this. Before first use; copied. */
void gosum_set_text(struct gosum *s, const char *data, size_t len);
void gosum_free(struct gosum *s);			/* NULL is fine */

/* Reads the files unless already done. ERR_SYNTAX "malformed go.sum:\nF:L: wrong number of fields N", ERR_SYS, ERR_LIMIT. */
bool gosum_init(struct gosum *s, struct err *e);
/* HaveSum: the files have an h1 line for it. */
bool gosum_have(struct gosum *s, struct modver m, enum gosum_kind kind);
/* checkModSum without the database: marks the hash as used. */
enum gosum_answer gosum_check(struct gosum *s, struct modver m, enum gosum_kind kind, const char *hash, struct err *e);
/* addModSum, after the database has accepted the hash or is not used: adds it to what go.sum may get. */
void gosum_learn(struct gosum *s, struct modver m, enum gosum_kind kind, const char *hash);
/* The same for everything that `from` has learned. */
void gosum_learn_all(struct gosum *s, struct gosum *from);
/* Appends go's warnings about hashes learned beside ones of an unknown kind, since the last call. */
void gosum_take_warnings(struct gosum *s, struct buf *out);
/* Call where go writes the file: it then warns again. */
void gosum_note_written(struct gosum *s);
/* RecordedSum: the only h1 in the files; NULL if there is none or they disagree. */
const char *gosum_recorded(struct gosum *s, struct modver m, enum gosum_kind kind);

/* Calls fn for each learned hash until it returns true; whether it did. */
bool gosum_any_learned(struct gosum *s, bool (*fn)(void *ctx, struct modver m, enum gosum_kind kind), void *ctx);

/* TrimGoSum and TidyGoSum: the bytes on disk (`before`) and as tidy would write them, given what to keep.
 * Writes no file and does not change the set. */
bool gosum_tidy(struct gosum *s, bool (*keep)(void *ctx, struct modver m, enum gosum_kind kind), void *ctx,
		struct buf *before, struct buf *after, struct err *e);
/* WriteGoSum: the file after a go command that has learned these hashes and, with `trim`, drops the lines for which keep is
 * false. If there is nothing to add or drop, the bytes on disk, sorted or not. */
bool gosum_update(struct gosum *s, bool trim, bool (*keep)(void *ctx, struct modver m, enum gosum_kind kind), void *ctx,
		  struct buf *after, struct err *e);

#endif
