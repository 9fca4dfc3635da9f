/*
 * module_doc.h - what is known of a module of the build list: which version, why, what it would be otherwise, who needs it.
 *
 * What stands beside a module in the graph, above its requirers in an explanation, and what `modscope explain` prints. Pure;
 * appends to the document.
 */
#ifndef MODSCOPE_MODULE_DOC_H
#define MODSCOPE_MODULE_DOC_H

#include "pager.h"
#include "parts/load.h"

/* Kinds of links; targets are a node, and a module whose line of go.mod is meant. */
enum { MODULE_DOC_LINK_MODULE = 1, MODULE_DOC_LINK_GOMOD };

/* x, in and v may be NULL: not known (yet). What is not known is said to be so, with what settles it. */
struct module_doc {
	const struct load_graph *g;
	const struct load_module *m;
	uint32_t node;			/* the version that is asked for where the cursor is, UINT32_MAX for none */
	const struct load_explain *x;
	const struct load_imports *in;
	const char *no_imports;		/* why `in` is NULL; NULL: nothing is said about packages */
	const struct load_versions *v;
	const char *settles;		/* what asks the proxies for newer versions: "explain -u asks the proxies" */
	bool unfolded;			/* all chains of imports, instead of the shortest */
	bool no_heading;
};
void module_doc_add(const struct module_doc *what, struct doc *d);

#endif
