/*
 * outdated_text.h - texts for a row of `outdated`: state, kind, ages and notes; and the order of rows. Shared by the view and the command.
 *
 * Pure; strings are static, the rows', or appended to the caller's buffer.
 */
#ifndef MODSCOPE_OUTDATED_TEXT_H
#define MODSCOPE_OUTDATED_TEXT_H

#include "parts/load.h"
#include "style.h"
#include "versions/outdated.h"

#define OUTDATED_TEXT_MAX_COOLDOWN 36500 /* days */

/* Worst first. */
enum outdated_text_state {
	OUTDATED_TEXT_RETRACTED,
	OUTDATED_TEXT_DEPRECATED,
	OUTDATED_TEXT_BEHIND,
	OUTDATED_TEXT_UNKNOWN,
	OUTDATED_TEXT_HELD, /* nothing newer is old enough for the cooldown */
	OUTDATED_TEXT_WAITING, /* not asked about yet */
	OUTDATED_TEXT_NEWEST,
	OUTDATED_TEXT_MAIN,
};

enum outdated_text_state outdated_text_state(const struct outdated_row *row);
/* "retracted", "deprecated", "outdated", "unknown", "held", "asking", "newest", "main". */
const char *outdated_text_state_name(enum outdated_text_state s);
enum glyph outdated_text_glyph(enum outdated_text_state s);
enum style_id outdated_text_style(enum outdated_text_state s);
/* "direct", "indirect", "main", "tool", or "test" if only tests need it, which requires `imports`; it may be NULL. */
const char *outdated_text_kind(const struct outdated_row *row, const struct load_imports *imports);
/* The number of direct modules that are outdated, retracted or deprecated. */
size_t outdated_text_behind(const struct load_outdated *lo);
size_t outdated_text_unknown(const struct load_outdated *lo);
/* The number of rows of which the cooldown holds back a version. */
size_t outdated_text_held(const struct load_outdated *lo);
/* Appends "12 direct ones behind", or that this is not known where no direct module has a full answer. */
void outdated_text_add_behind(struct buf *b, const struct load_outdated *lo);
/* Appends the ages of the current version and of the update: "2 y → 3 w", separated by `arrow` with its blanks; if that
 * has none, there are none at all: "2y→3w". */
void outdated_text_age(struct buf *b, const struct outdated_row *row, int64_t now, const char *arrow);
/* Appends everything without a column: retracted and why, deprecated, replaced, excluded, held back, majors. */
void outdated_text_notes(struct buf *b, const struct outdated_row *row);
/* Appends "2 min ago" for kept answers, "now" for new ones. */
void outdated_text_as_of(struct buf *b, int64_t as_of, int64_t now);
/* Appends the newest version, with its go line if that is above the project's. */
void outdated_text_newest(struct buf *b, const struct outdated_row *row, const char *project_go);

enum outdated_text_order {
	OUTDATED_TEXT_BY_NAME,
	OUTDATED_TEXT_BY_STATE, /* worst first, direct before indirect */
	OUTDATED_TEXT_BY_AGE,	/* of the current version, oldest first */
	OUTDATED_TEXT_BY_KIND,
};
int outdated_text_compare(const struct outdated_row *a, const struct outdated_row *b, enum outdated_text_order o);

#endif
