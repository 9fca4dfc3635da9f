/*
 * licence.h - recognises the licence of a text by sentences unique to it.
 *
 * Texts are compared by words: case, punctuation, line breaks and comment signs are ignored. An unrecognised text is
 * unknown; nothing is guessed from names. Several licences in one text, or in several files of a module, all apply ("MIT AND
 * Apache-2.0"). GNU licences are reported as "-only": the "or later" option is in source files, which are not read.
 *
 * Pure; any thread.
 */
#ifndef MODSCOPE_LICENCE_H
#define MODSCOPE_LICENCE_H

#include "base/arena.h"
#include "base/buf.h"

enum { LICENCE_MAX_BYTES = 1 << 20 };

/* Whether a name (without directory) is LICENSE, LICENCE.md, COPYING, UNLICENSE, MIT-LICENSE.txt or similar. */
bool licence_is_file(const char *name);
/* Adds the licences of the text to an SPDX expression, each once; false if none was recognised. */
bool licence_add(struct buf *expression, const char *text, size_t len);

#endif
