/*
 * overview_facts.h - facts of interest when nothing is wrong: the age of modules, what raises the go line, what is large, what was
 * hashed. Rows of the overview, made from the loaded parts of a snapshot; unknown facts are marked.
 *
 * The caller owns them and frees them with overview_facts_release. The interface thread.
 */
#ifndef MODSCOPE_OVERVIEW_FACTS_H
#define MODSCOPE_OVERVIEW_FACTS_H

#include "pager.h"
#include "parts/load.h"

struct overview_fact {
	const char *label;	/* static */
	char *text;
	const char *view;	/* the view that enter opens; static */
	char *target;		/* may be NULL */
};
enum { OVERVIEW_FACTS_MAX = 5 };
struct overview_facts {
	struct overview_fact items[OVERVIEW_FACTS_MAX];
	size_t n;
};

void overview_facts_make(struct overview_facts *f, const struct snapshot *s, int64_t now);
void overview_facts_release(struct overview_facts *f);
/* The document beside a fact: for the direct modules, each with its newest version and age. */
void overview_facts_doc(const struct overview_fact *f, const struct snapshot *s, int64_t now, struct doc *d);

#endif
