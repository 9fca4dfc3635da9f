/*
 * whatif_words.h - the answer to a what-if in words: what becomes of the module that a step is about, who holds it, what goes with it,
 * which imports would bring it back, and the go line. And the check that a step speaks of a module that is there. Pure.
 */
#ifndef MODSCOPE_WHATIF_WORDS_H
#define MODSCOPE_WHATIF_WORDS_H

#include "graph/whatif.h"
#include "parts/load.h"

/* Sentences, a line each, without a newline at the end. imports may be NULL: then they say nothing about imports. Append. */
void whatif_words_add(struct buf *b, const struct load_graph *g, const struct load_imports *imports, const struct whatif *w,
		      size_t step);
/* The step is about a module that go.mod or the build list has, or may add one. ERR_NOT_FOUND, with near names. */
bool whatif_words_check(const struct load_graph *g, const struct whatif_step *s, struct err *e);
/* "a.com/uuid, b.com/go-uuid": modules that a person may mean who wrote this name. Append; false if there is none. */
bool whatif_words_near(struct buf *b, const struct load_graph *g, const char *name);

#endif
