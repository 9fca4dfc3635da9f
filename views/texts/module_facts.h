/*
 * module_facts.h - one-word facts about each module of the build list, the same wherever modules are listed.
 *
 * Taken from the loaded parts of a snapshot; facts from missing parts are omitted. A filter matches the words:
 * "/retracted" leaves the retracted modules. The caller owns the struct; the interface thread.
 *
 *	struct module_facts f = { 0 };
 *	if (module_facts_take(&f, snapshot, graph)) ...		something changed
 *	module_facts_line(&f, i, &line);			by index into load_graph.modules
 *	module_facts_release(&f);
 */
#ifndef MODSCOPE_MODULE_FACTS_H
#define MODSCOPE_MODULE_FACTS_H

#include "line.h"
#include "parts/load.h"

/* Worst first. */
enum module_fact {
	MODULE_FACT_DAMAGED,	/* its cache entry is damaged or does not match go.sum */
	MODULE_FACT_RETRACTED,
	MODULE_FACT_DEPRECATED,
	MODULE_FACT_REPLACED,
	MODULE_FACT_EXCLUDED,	/* other versions of it are excluded */
	MODULE_FACT_RAISES_GO,	/* it needs a newer go than any go.mod of the main modules */
	MODULE_FACT_PSEUDO,
	MODULE_FACT_INCOMPATIBLE,
	MODULE_FACT_ABSENT,	/* not in the cache */
	MODULE_FACT_COUNT
};

struct module_facts {
	const struct load_graph *g;	/* borrowed */
	struct part *cache, *outdated;	/* the parts taken last; kept */
	uint16_t *of;			/* by module: a set of 1 << fact */
};

/* True if anything has changed. */
bool module_facts_take(struct module_facts *f, const struct snapshot *s, const struct load_graph *g);
void module_facts_release(struct module_facts *f);
/* Appends "retracted, replaced by PATH", without facts that the version shows (pseudo, incompatible); nothing if there are none. */
void module_facts_line(const struct module_facts *f, size_t module, struct line *out);
/* Appends the words only, for a filter: " retracted replaced". */
void module_facts_words(const struct module_facts *f, size_t module, struct buf *b);
/* The worst fact first: for sorting, ascending. */
unsigned module_facts_rank(const struct module_facts *f, size_t module);

#endif
