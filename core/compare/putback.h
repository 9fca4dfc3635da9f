/*
 * putback.h - the files of a revision's private directory with lines put back as another revision has them.
 *
 * A line that is put back stands at the end of its file and its newer form leaves an empty line, so the other lines keep their numbers. Each call
 * starts from the files as they were when first written to.
 *
 *	putback_init(&p, &v, dir);
 *	if (!putback_write(&p, causes, n, &e)) ...
 *	putback_release(&p);
 */
#ifndef MODSCOPE_PUTBACK_H
#define MODSCOPE_PUTBACK_H

#include "base/map.h"
#include "compare/compare.h"
#include "compare/revision.h"

struct putback {
	const struct revision *v;	/* borrowed */
	const char *dir;		/* in it: the files' names are from here; borrowed */
	struct arena arena;
	struct map files;		/* by name: the text to start from */
};

void putback_init(struct putback *p, const struct revision *v, const char *dir);
/* Causes without a line are skipped. */
bool putback_write(struct putback *p, const struct compare_cause *causes, size_t n, struct err *e);
void putback_release(struct putback *p);

#endif
