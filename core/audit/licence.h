/*
 * licence.h - which licence a text is, by the sentences that only that licence has.
 *
 * A text is compared by its words: case, punctuation, line breaks and comment signs do not count. What is not recognised is said to be
 * unknown; nothing is guessed from names. Several licences in one text, or in several files of a module, all hold ("MIT AND
 * Apache-2.0"). GNU licences are told as "-only": that a later version may be chosen stands in source files, which are not read.
 *
 * Pure; any thread.
 */
#ifndef MODSCOPE_LICENCE_H
#define MODSCOPE_LICENCE_H

#include "base/arena.h"
#include "base/buf.h"

enum { LICENCE_MAX_BYTES = 1 << 20 };

/* LICENSE, LICENCE.md, COPYING, UNLICENSE, MIT-LICENSE.txt and their like: a name without a directory. */
bool licence_is_file(const char *name);
/* Adds what the text is to an SPDX expression, once; false if nothing was recognised. */
bool licence_add(struct buf *expression, const char *text, size_t len);

#endif
