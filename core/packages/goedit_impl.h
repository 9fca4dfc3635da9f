/*
 * goedit_impl.h - what the files of goedit.h share: goedit_load.c opens the project
 * after the steps so far, goedit_get.c is one `go get`, goedit.c runs all steps, goedit_plan.c writes.
 */
#ifndef MODSCOPE_GOEDIT_IMPL_H
#define MODSCOPE_GOEDIT_IMPL_H

#include "graph/modload.h"
#include "packages/goedit.h"

struct source;

struct goedit_loader {
	struct modproject_overlay over;
	struct source *source;
	struct modload *ml;
};
/* current: open the texts after the steps so far, else the files. Call goedit_close even if it fails. */
bool goedit_open(struct goedit_loader *l, struct goedit *g, const struct goedit_options *o, bool current, struct err *e);
void goedit_close(struct goedit_loader *l);
/* Copies text to b. */
void goedit_put(struct buf *b, const struct buf *text);
/* The steps of one command. */
bool goedit_get(struct goedit *g, const struct goedit_options *o, const struct whatif_steps *s, struct err *e);

#endif
