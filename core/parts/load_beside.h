/*
 * load_beside.h - a part made on a thread of its own, while the caller makes others.
 *
 *	struct load_beside b;
 *	load_beside_start(&b, l, s, r);		// s has the parts that r needs
 *	load_now(l, &s, ..., &e);
 *	ok = load_beside_join(&b, &s, &e);	// *s becomes the snapshot with r's part
 *
 * Everything given is borrowed until joined, and the struct must not move; the snapshot's parts are kept as long. If no thread can be
 * created, joining makes the part. Errors are load_now's.
 */
#ifndef MODSCOPE_LOAD_BESIDE_H
#define MODSCOPE_LOAD_BESIDE_H

#include "base/par.h"
#include "parts/load.h"

struct load_beside {
	struct par_beside thread;
	struct load *l;
	struct snapshot *s; /* its own reference */
	const struct request *r;
	struct err e;
	bool done, ok;
};

void load_beside_start(struct load_beside *b, struct load *l, struct snapshot *s, const struct request *r);
bool load_beside_join(struct load_beside *b, struct snapshot **s, struct err *e);

#endif
