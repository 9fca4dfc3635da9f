/*
 * view_graph.h - the state of the graph view, shared by its files: view_graph.c (tree, table, marks),
 * graph_detail.c (what stands beside a module), graph_draw.c (boxes and lines, export). Not for other views.
 */
#ifndef MODSCOPE_VIEW_GRAPH_H
#define MODSCOPE_VIEW_GRAPH_H

#include "app/app.h"
#include "boxgraph.h"
#include "texts/describe.h"
#include "graph/graphfile.h"
#include "graph/requirements.h"

enum graph_mode {
	GRAPH_TREE,
	GRAPH_INVERTED,
	GRAPH_TABLE,
};

struct graph_view {
	struct part *part;		/* kept: everything is borrowed from it */
	const struct load_graph *g;
	enum graph_mode mode;
	struct tree tree, inverted;
	struct list table;
	struct rows rows;
	char *inverted_path;		/* module that the inverted tree starts at */
	uint8_t *keep;			/* by node: shown while a filter is set (KEEP, KEEP_BELOW) */
	uint32_t keep_at;		/* modules looked at so far */
	size_t n_matches;
	struct fuzzy filter;
	/* by module, of the table; NULL while they are not known */
	struct part *times_part;	/* kept */
	const int64_t *times;
	uint64_t *sizes;
	struct part *sized;		/* what the sizes were taken from; kept */
	bool drawing;
	struct boxgraph box;
	char *drawn_title;
	size_t not_drawn;
	enum graphfile_format export_format;
};

static inline struct graph_view *graph_state(const struct view *v)
{
	return view_state(v, "graph");
}

/* A place in the inverted tree: `requirer` asks for `wanted`. */
static inline uint64_t inverted_node(uint32_t wanted, uint32_t requirer)
{
	return (uint64_t)wanted << 32 | requirer;
}

/* The module under the cursor; NULL if there is none. */
const struct load_module *graph_current(struct view *v);
/* The node under the cursor, with the version that is asked for at that place; UINT32_MAX if there is none. */
uint32_t graph_current_node(struct view *v);
const struct load_module *graph_module_of(const struct load_graph *g, uint32_t node);
/* Node numbers of a shortest chain from a main module to node, both included; returns its length (at most max). */
size_t graph_chain(const struct load_graph *g, uint32_t node, uint32_t *chain, size_t max);

/* graph_detail.c */
enum { LINK_MODULE = 1, LINK_GOMOD };
/* What is known of a module; x, in and v may be NULL: not known (yet). */
struct module_doc {
	const struct load_graph *g;
	const struct load_module *m;
	uint32_t node;			/* the version that is asked for where the cursor is, UINT32_MAX for none */
	const struct load_explain *x;
	const struct load_imports *in;
	const struct load_versions *v;
	bool unfolded;			/* all chains of imports, instead of the shortest */
	bool no_heading;
};
void graph_module_doc(const struct module_doc *what, struct doc *d);
/* What is known of its versions: asked for at the proxies before what the caches tell. */
const struct load_versions *graph_versions(const struct app *app, const struct load_module *m);
/* The explanation of a module, wanted once the cursor rests; NULL while it is not there. */
const struct load_explain *graph_explain(struct view *v, const struct load_module *m);

/* graph_draw.c */
void graph_draw_module(struct view *v);
void graph_draw_paths(struct view *v);
void graph_draw_close(struct view *v);
void graph_export(struct view *v);
/* Tells of an export that came to its end. */
void graph_exported(struct view *v, const struct request *r, const struct part *outcome, const struct err *e);

#endif
