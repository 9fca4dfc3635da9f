/*
 * module_doc.h - the facts about a module of the build list: its version, why, the alternatives, what needs it.
 *
 * Shown beside a module in the graph, above its requirers in an explanation, and by `modscope explain`. Pure;
 * appends to the document.
 */
#ifndef MODSCOPE_MODULE_DOC_H
#define MODSCOPE_MODULE_DOC_H

#include "pager.h"
#include "parts/load.h"

/* Kinds of links; their targets are a node, and a module, for its line in go.mod. */
enum { MODULE_DOC_LINK_MODULE = 1, MODULE_DOC_LINK_GOMOD };

/* x, in and v may be NULL: not known (yet). Unknown facts are shown as such, with the action that loads them. */
struct module_doc {
	const struct load_graph *g;
	const struct load_module *m;
	uint32_t node;			/* the required version at the cursor, UINT32_MAX for none */
	const struct load_explain *x;
	const struct load_imports *in;
	const char *no_imports;		/* why `in` is NULL; NULL: omit packages */
	const struct load_versions *v;
	const char *settles;		/* how to ask the proxies for newer versions: "explain -u asks the proxies" */
	bool unfolded;			/* all chains of imports instead of the shortest */
	bool no_heading;
};
void module_doc_add(const struct module_doc *what, struct doc *d);

#endif
