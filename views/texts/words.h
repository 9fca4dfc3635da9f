/*
 * words.h - the glossary: what the words in titles and states mean, for the man page and the help of the screens.
 */
#ifndef MODSCOPE_WORDS_H
#define MODSCOPE_WORDS_H

#include "base/base.h"

struct word {
	const char *word, *meaning;
	bool plain; /* also in sentences with its everyday meaning */
};
extern const struct word words_all[]; /* in alphabetic order; a NULL word ends it */
/* Whether the word stands alone in a text: not as a part of another, of a path or of an option. */
bool words_stands_in(const char *word, const char *text);

#endif
