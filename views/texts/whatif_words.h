/*
 * whatif_words.h - the answer to a what-if in sentences: the change of the step's module, what keeps it, what leaves with it,
 * which imports would bring it back, and the go line; and the check that a step's module exists. Pure.
 */
#ifndef MODSCOPE_WHATIF_WORDS_H
#define MODSCOPE_WHATIF_WORDS_H

#include "graph/whatif.h"
#include "parts/load.h"

/* Appends sentences, one per line, without a newline at the end. imports may be NULL: then none is about imports. */
void whatif_words_add(struct buf *b, const struct load_graph *g, const struct load_imports *imports, const struct whatif *w,
		      size_t step);
/* Whether the step's module is in go.mod or the build list, or may be added, and is not the main module. ERR_NOT_FOUND, with
 * similar names. */
bool whatif_words_check(const struct load_graph *g, const struct whatif_step *s, struct err *e);
/* Appends modules with similar names: "a.com/uuid, b.com/go-uuid"; false if there are none. */
bool whatif_words_near(struct buf *b, const struct load_graph *g, const char *name);

#endif
