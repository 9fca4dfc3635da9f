/*
 * fuzzy.h - the matcher behind every filter.
 *
 * A pattern is words by spaces; a text matches if every word does, in any order. A word matches as a substring, or as
 * runs of letters that each begin at a word's start in the text ("gogrpc" finds google.golang.org/grpc, "gjwt" finds
 * github.com/golang-jwt/jwt): predictable, unlike a bare subsequence. `!word` must not occur, `^word` must begin, `word$`
 * must end the text, `=word` must be the text. Without capitals in the pattern case does not matter (ASCII).
 *
 * Scores order matches for palettes: whole text, beginning, last path element and word starts count more, long texts less.
 * Only the first FUZZY_PATTERN_MAX bytes of a pattern and FUZZY_TEXT_MAX bytes of a text count. Pure.
 */
#ifndef MODSCOPE_FUZZY_H
#define MODSCOPE_FUZZY_H

#include "base/base.h"

enum { FUZZY_PATTERN_MAX = 128, FUZZY_TEXT_MAX = 1024, FUZZY_WORDS = 16 };
enum { FUZZY_NONE = -1 };

struct fuzzy {
	char pattern[FUZZY_PATTERN_MAX + 1];
	struct fuzzy_word {
		unsigned char at, len;
		char kind;	/* 0, '!', '^', '$', '=' */
	} word[FUZZY_WORDS];
	unsigned n;
	bool fold;		/* ignore case */
};

/* An empty pattern (n == 0) matches everything with score 0. */
void fuzzy_set(struct fuzzy *f, const char *pattern);
static inline bool fuzzy_empty(const struct fuzzy *f)
{
	return f->n == 0;
}
/* FUZZY_NONE or a score >= 0; greater is better. */
int fuzzy_score(const struct fuzzy *f, const char *text, size_t len);
bool fuzzy_match(const struct fuzzy *f, const char *text, size_t len);
/* Sets hit[i] for each matched byte of the text (the caller zeroed len bools). */
void fuzzy_positions(const struct fuzzy *f, const char *text, size_t len, bool *hit);
/* True if `old` matches everything that `f` matches: its result can be narrowed. */
bool fuzzy_narrows(const struct fuzzy *f, const struct fuzzy *old);

#endif
