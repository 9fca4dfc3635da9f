/*
 * overview_facts.h - what people come for when nothing is wrong: how old the modules are, who raises the go line, what is large, what was
 * hashed. Rows of the overview, made from the parts of a snapshot that are there; what is not known says so.
 *
 * The caller's, freed with overview_facts_release. The interface thread.
 */
#ifndef MODSCOPE_OVERVIEW_FACTS_H
#define MODSCOPE_OVERVIEW_FACTS_H

#include "pager.h"
#include "parts/load.h"

struct overview_fact {
	const char *label;	/* static */
	char *text;
	const char *view;	/* where enter goes, and to what; static */
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
