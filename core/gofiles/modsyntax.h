/*
 * modsyntax.h - the text of go.mod and go.work as a tree that keeps every comment, and its standard format.
 *
 * Follows golang.org/x/mod/modfile (read.go, print.go). A file is a list of statements: a line of tokens, a block
 * ("require (" ... ")") of lines, or a group of comments that belongs to no statement. Tokens are as written in the file
 * (quoted strings keep their quotes), NUL terminated. A line without tokens has been removed and waits for modsyntax_cleanup.
 *
 * Everything lives in the arena given to modsyntax_parse and needs no freeing; edits take more of it. One thread at a
 * time. gomod.h and gowork.h give the statements their meaning.
 */
#ifndef MODSCOPE_MODSYNTAX_H
#define MODSCOPE_MODSYNTAX_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define MODSYNTAX_MAX_SIZE ((size_t)16 << 20)	/* bytes of a file: go's cap for a go.mod in a zip */
#define MODSYNTAX_MAX_LINES ((size_t)1 << 20)	/* lines, blocks and comments of a file */
#define MODSYNTAX_MAX_ERRORS 1000		/* further ones are not reported */

struct modsyntax_comment {
	const char *token;	/* with its "//"; "" is an empty line before a line of a block */
	size_t len;		/* a comment may hold any byte, NUL included */
	size_t start;		/* byte offset in the file; 0 if it was added */
};
struct modsyntax_comments {
	struct modsyntax_comment *items;
	size_t n;
};
/* before: whole lines above, an empty one is ""; suffix: after it on the same line, from its "//" on. */
struct modsyntax_notes {
	struct modsyntax_comments before, suffix;
};

struct modsyntax_line {
	struct modsyntax_notes notes;
	const char **tokens;
	uint32_t n_tokens;	/* 0: removed */
	bool in_block;		/* then the verb is not among the tokens */
	int line, column;	/* of the start, 1-based, in runes; 0 if it was added */
	size_t end;		/* byte offset after the last token */
	/* scratch of edits */
	struct modsyntax_block *owner;
	bool marked;
};

struct modsyntax_block {
	struct modsyntax_notes notes;
	const char **tokens;	/* "require" */
	uint32_t n_tokens;
	int line, column;
	struct modsyntax_line **lines;
	size_t n_lines, cap_lines;
	struct modsyntax_notes lparen, rparen;	/* lparen: only a suffix */
	int rparen_line;
	size_t lparen_at, rparen_at;
};

enum modsyntax_kind {
	MODSYNTAX_LINE,
	MODSYNTAX_BLOCK,
	MODSYNTAX_COMMENT,
};

struct modsyntax_stmt {
	enum modsyntax_kind kind;
	struct modsyntax_line *line;		/* of kind LINE */
	struct modsyntax_block *block;		/* of kind BLOCK */
	struct modsyntax_notes *notes;		/* of any kind */
};

struct modsyntax {
	struct arena *arena;	/* borrowed */
	const char *name;	/* for positions in errors */
	struct modsyntax_notes notes;
	struct modsyntax_stmt *stmts;
	size_t n_stmts, cap_stmts;
};

/* One mistake in a file; `text` is go's whole line ("go.mod:5:2: require x: ..."). */
struct modsyntax_error {
	int line, column;
	const char *text;
};

/* Mistakes, with go's order and messages. */
struct modsyntax_errors {
	struct arena *arena;
	struct modsyntax_error *items;
	size_t n, cap;
};
/* Adds "NAME:LINE:COLUMN: " and the text; the column only if it is over 1, as go does. */
void modsyntax_errors_add(struct modsyntax_errors *errors, const char *name, int line, int column, const char *fmt, ...)
	PRINTF_FMT(5, 6);
/* Sets e to all of them, a line each, at the first one's position (ERR_SYNTAX). Returns false. */
bool modsyntax_errors_set(struct err *e, const struct modsyntax_errors *errors, const char *name);

/* Parses data (borrowed, any bytes). name is used in the positions of errors; long_name, unless NULL, is what go prints
 * inside messages (where it does not shorten paths). ERR_SYNTAX (then errors holds the one message), ERR_LIMIT. */
bool modsyntax_parse(struct modsyntax *f, struct arena *a, const char *name, const char *long_name, const char *data,
		     size_t len, struct modsyntax_errors *errors, struct err *e);

/* The file in standard format (modfile.Format), appended. */
void modsyntax_format(struct buf *b, const struct modsyntax *f);

/* addLine: adds a line with these tokens (copied), the verb first. With a hint (a line of the file), after it. Without one, at the end of
 * the last block of the same verb, after the last such line (making a block of it), or at the end of the file. */
struct modsyntax_line *modsyntax_add_line(struct modsyntax *f, const struct modsyntax_line *hint, const char *const *tokens,
					  size_t n);
/* Changes the tokens, the verb first. */
void modsyntax_update_line(struct modsyntax *f, struct modsyntax_line *line, const char *const *tokens, size_t n);
void modsyntax_remove_line(struct modsyntax_line *line);
/* Drops the `marked` lines, and empty blocks. */
void modsyntax_drop_marked(struct modsyntax *f);
/* Drops removed lines and empty blocks; a block of one line becomes a line. */
void modsyntax_cleanup(struct modsyntax *f);
/* Inserts a statement before stmts[i]. */
void modsyntax_insert(struct modsyntax *f, size_t i, struct modsyntax_stmt stmt);
struct modsyntax_stmt modsyntax_new_block(struct modsyntax *f, const char *verb);
void modsyntax_block_append(struct modsyntax *f, struct modsyntax_block *block, struct modsyntax_line *line);
/* Sorts the lines of each block, keeping equal ones in order: by tokens, excludes by version if `semantic_exclude`,
 * retractions descending. */
void modsyntax_sort_blocks(struct modsyntax *f, bool semantic_exclude);

/* The comments of a directive as text: "//" and blanks off, one a line. The block's if the line has none (block may be NULL). */
const char *modsyntax_comment_text(struct arena *a, const struct modsyntax_block *block, const struct modsyntax_line *line);
/* Of the line's start, 1-based; 0 if it was added, or is NULL. */
int modsyntax_line_number(const struct modsyntax_line *line);
/* True if the line's first suffix comment says that the requirement is indirect. */
bool modsyntax_is_indirect(const struct modsyntax_line *line);
/* The same of a comment's text, which begins with "//". */
bool modsyntax_comment_is_indirect(const char *comment, size_t len);

/* A token as a string: unquoted. NULL, with the reason in *why, if go rejects it. */
const char *modsyntax_unquote(struct arena *a, const char *token, const char **why);
/* s as a token: quoted if it must be (AutoQuote). */
const char *modsyntax_quote(struct arena *a, const char *s);

#endif
