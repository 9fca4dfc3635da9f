/*
 * outdated_text.h - how a row of `outdated` reads: its state, kind, ages and notes, and which rows come first. Shared by the view and the command.
 *
 * Pure; strings are static, the rows', or appended to the caller's buffer.
 */
#ifndef MODSCOPE_OUTDATED_TEXT_H
#define MODSCOPE_OUTDATED_TEXT_H

#include "parts/load.h"
#include "style.h"
#include "versions/outdated.h"

/* Worst first. */
enum outdated_text_state {
	OUTDATED_TEXT_RETRACTED,
	OUTDATED_TEXT_DEPRECATED,
	OUTDATED_TEXT_BEHIND,
	OUTDATED_TEXT_UNKNOWN,
	OUTDATED_TEXT_WAITING, /* not asked about yet */
	OUTDATED_TEXT_NEWEST,
	OUTDATED_TEXT_MAIN,
};

enum outdated_text_state outdated_text_state(const struct outdated_row *row);
/* "retracted", "deprecated", "outdated", "unknown", "asking", "newest", "main". */
const char *outdated_text_state_name(enum outdated_text_state s);
enum glyph outdated_text_glyph(enum outdated_text_state s);
enum style_id outdated_text_style(enum outdated_text_state s);
/* "direct", "indirect", "main", "tool", "test": tests alone need it. `imports` may be NULL: then test only is not known. */
const char *outdated_text_kind(const struct outdated_row *row, const struct load_imports *imports);
/* Direct modules with something newer, retracted or deprecated. */
size_t outdated_text_behind(const struct load_outdated *lo);
size_t outdated_text_unknown(const struct load_outdated *lo);
/* Of the current version and of the update: "2 y → 3 w". Append. `arrow` stands between. */
void outdated_text_age(struct buf *b, const struct outdated_row *row, int64_t now, const char *arrow);
/* Everything that has no column: retracted and why, deprecated, replaced, excluded, held back, majors. Append. */
void outdated_text_notes(struct buf *b, const struct outdated_row *row);
/* "2 min ago" of kept answers, "now" of new ones. Append. */
void outdated_text_as_of(struct buf *b, int64_t as_of, int64_t now);
/* The newest of all, with the go line that it brings where that is above the project's. Append. */
void outdated_text_newest(struct buf *b, const struct outdated_row *row, const char *project_go);

enum outdated_text_order {
	OUTDATED_TEXT_BY_NAME,
	OUTDATED_TEXT_BY_STATE, /* worst first, direct before indirect */
	OUTDATED_TEXT_BY_AGE,	/* of the current version, oldest first */
	OUTDATED_TEXT_BY_KIND,
};
int outdated_text_compare(const struct outdated_row *a, const struct outdated_row *b, enum outdated_text_order o);

#endif
