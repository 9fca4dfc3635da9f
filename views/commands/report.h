/*
 * report.h - the output of a batch command: text for people, bytes for programs, one JSON document.
 *
 * A command writes its answer with these functions and nothing else. `out` is the answer (stdout),
 * `err` everything else (stderr). Both are passed to `write` when they grow and at report_flush; main.c
 * supplies it, so that nothing in views/ does I/O itself.
 *
 * Ways to write, by reader:
 *   report_twin    an answer that equals go's, byte for byte: unchanged into a pipe or file, escaped to a terminal
 *   report_raw     our own text, unchanged
 *   report_textf   text for people: escaped (text.h), styled on a terminal
 *   report_json    one document: {"schema": "modscope.COMMAND/1", ...}, rows under one plural name
 *
 * A table aligns its columns, numbers to the right. On a terminal it is coloured; in a pipe it is plain.
 *
 *	struct report_table t;
 *	report_table_begin(&t, r, columns, ARRAY_LEN(columns));
 *	report_cell(&t, STYLE_BAD, "%s", "damaged");
 *	report_cell(&t, STYLE_NORMAL, "%s", path);
 *	report_table_end(&t);
 *
 * One thread. Strings are copied.
 */
#ifndef MODSCOPE_REPORT_H
#define MODSCOPE_REPORT_H

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "fetch/jsonout.h"
#include "pager.h"
#include "style.h"

struct report {
	struct buf out, err;
	size_t no_line;		/* length of the prefix of out known to have no newline */
	bool json;		/* --json */
	bool answered;		/* something was written to stdout */
	struct buf said;	/* stderr until then, with --json */
	const char *kind;	/* of the final error; NULL if unknown */
	bool color_out, color_err;
	bool ascii;		/* the locale has no UTF-8: glyphs have ASCII twins */
	int width;		/* columns of the terminal on stdout, 0 for a pipe or a file */
	int err_width;		/* the same of stderr; 0 too where it cannot clear a line */
	bool has_progress;	/* a progress line is on the screen */
	void (*write)(void *ctx, int fd, const void *data, size_t len);
	void *ctx;
};

void report_init(struct report *r, void (*write)(void *ctx, int fd, const void *data, size_t len), void *ctx);
void report_flush(struct report *r);
void report_release(struct report *r);	/* flushes */

/* stdout */
/* Clears b. */
void report_twin(struct report *r, struct buf *b);
void report_raw(struct report *r, const void *data, size_t len);
void report_rawf(struct report *r, const char *fmt, ...) PRINTF_FMT(2, 3);
void report_textf(struct report *r, const char *fmt, ...) PRINTF_FMT(2, 3);
void report_styledf(struct report *r, enum style_id s, const char *fmt, ...) PRINTF_FMT(3, 4);
/* "✗" or, in an ASCII locale, its twin. */
const char *report_glyph(const struct report *r, enum glyph g);

/* stderr: our text; escaped, with a newline added. */
void report_notef(struct report *r, const char *fmt, ...) PRINTF_FMT(2, 3);
/* stderr, if it is a terminal: one line, which the next one replaces and everything else that is written clears. Any thread, one at a time, while
 * nothing else is written. The first argument is the report: as a callback has it. */
void report_progress(void *report, const char *text);
/* stderr: go's own words, unchanged except for control characters; adds a newline if missing. */
void report_go_words(struct report *r, const char *text);

struct report_column {
	const char *header;	/* NULL for all: no header line */
	bool right;
};
struct report_table {
	struct report *r;
	const struct report_column *columns;
	size_t n_columns;
	struct arena arena;
	VEC(struct report_table_cell {
		const char *text;
		int width;
		enum style_id style;
	}) cells;
};
void report_table_begin(struct report_table *t, struct report *r, const struct report_column *columns, size_t n);
/* The next cell, row by row from the left; every row must be filled. */
void report_cell(struct report_table *t, enum style_id s, const char *fmt, ...) PRINTF_FMT(3, 4);
/* Prints and frees. */
void report_table_end(struct report_table *t);
/* A document as shown beside a row of a view: labels in a gutter, values in one column. */
void report_document(struct report *r, const struct doc *d);

/* Prints it with a newline after it; takes doc. */
void report_json(struct report *r, json_t *doc);
/* The same, only if `answered`; doc may be NULL. Takes doc either way. */
void report_json_if(struct report *r, json_t *doc, bool answered);
/* Ends the output. With --json and without an answer: {"schema": "modscope.error/1", "error": {"Kind": ..., "Err": ...}}, with the text of stderr. */
void report_end(struct report *r, bool failed);
/* The members of documents, under the names of a command's output: jsonout.h. */
static inline json_t *report_doc(const char *command)
{
	return jsonout_doc(command);
}

static inline void report_set_str(json_t *object, const char *key, const char *value)
{
	jsonout_set_str(object, key, value);
}

static inline void report_set_text(json_t *object, const char *key, const char *value)
{
	jsonout_set_text(object, key, value);
}

static inline void report_set_int(json_t *object, const char *key, long long value)
{
	jsonout_set_int(object, key, value);
}

static inline void report_set_time(json_t *object, const char *key, int64_t t)
{
	jsonout_set_time(object, key, t);
}

static inline void report_set_bool(json_t *object, const char *key, bool value)
{
	jsonout_set_bool(object, key, value);
}

static inline json_t *report_set_rows(json_t *object, const char *key)
{
	return jsonout_set_rows(object, key);
}

static inline json_t *report_add_row(json_t *rows)
{
	return jsonout_add_row(rows);
}

static inline void report_add_str(json_t *rows, const char *value)
{
	jsonout_add_str(rows, value);
}

#endif
