/*
 * module_facts.h - what is worth knowing of each module of the build list, in a word each: the same wherever modules are listed.
 *
 * Taken from the parts of a snapshot that are there; what a part would tell that is not there is not said. A filter sees the words:
 * "/retracted" leaves the modules that are. The caller keeps the struct; the interface thread.
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
	MODULE_FACT_DAMAGED,	/* its cache entry is, or is not what go.sum says */
	MODULE_FACT_RETRACTED,
	MODULE_FACT_DEPRECATED,
	MODULE_FACT_REPLACED,
	MODULE_FACT_EXCLUDED,	/* other versions of it are */
	MODULE_FACT_RAISES_GO,	/* no go.mod of the main modules asks for the go version that it needs */
	MODULE_FACT_PSEUDO,
	MODULE_FACT_INCOMPATIBLE,
	MODULE_FACT_ABSENT,	/* nothing of it is in the cache */
	MODULE_FACT_COUNT
};

struct module_facts {
	const struct load_graph *g;	/* borrowed */
	struct part *cache, *outdated;	/* what was taken last; kept */
	uint16_t *of;			/* by module: a set of 1 << fact */
};

/* True if anything is new. */
bool module_facts_take(struct module_facts *f, const struct snapshot *s, const struct load_graph *g);
void module_facts_release(struct module_facts *f);
/* "retracted, replaced by PATH", less what the version says for itself (pseudo, incompatible). Append; nothing where there is nothing to tell. */
void module_facts_line(const struct module_facts *f, size_t module, struct line *out);
/* The words alone, for a filter: " retracted replaced". Append. */
void module_facts_words(const struct module_facts *f, size_t module, struct buf *b);
/* The worst fact first: for sorting, ascending. */
unsigned module_facts_rank(const struct module_facts *f, size_t module);

#endif
