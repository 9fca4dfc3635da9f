/*
 * origin_text.h - texts for the commit that a version is. Shared by views and commands.
 *
 * Pure; texts are appended.
 */
#ifndef MODSCOPE_ORIGIN_TEXT_H
#define MODSCOPE_ORIGIN_TEXT_H

#include "compare/modorigin.h"
#include "pager.h"

/* "main", "none", "" if unknown */
void origin_text_branch(struct buf *b, const struct modorigin *o);
/* Of the tag, else of the commit: "OpenPGP", "no", "" if unknown. */
void origin_text_signed(struct buf *b, const struct modorigin *o);
/* "12", "100000+", "-" if there is none before, "" if unknown */
void origin_text_count(struct buf *b, const struct modorigin *o);
/* Fields: commit, branch, tag, and the commits since the version `since` ("": none is named). fetches is what gets a clone. */
void origin_text_doc(struct doc *d, const struct modorigin *o, const char *since, const char *fetches);
/* "2024-01-05"; nothing for 0. */
void origin_text_day(struct doc *d, int64_t at);
/* The commits alone: "12 since v1.0.0", with the word before the version. */
void origin_text_commits(struct doc *d, const struct modorigin *o, const char *word, const char *version);

#endif
