/*
 * graph_table.h - the build list as a table with a row per module: a widget of the graph view.
 *
 * Rows are numbers of load_graph.modules. Sizes and ages come from other parts once these are loaded.
 */
#ifndef MODSCOPE_GRAPH_TABLE_H
#define MODSCOPE_GRAPH_TABLE_H

#include "app/app.h"
#include "texts/module_facts.h"

enum {
	GRAPH_TABLE_MODULE,
	GRAPH_TABLE_VERSION,
	GRAPH_TABLE_ASKED,
	GRAPH_TABLE_DEPTH,
	GRAPH_TABLE_SIZE,
	GRAPH_TABLE_AGE,
	GRAPH_TABLE_KIND,
	GRAPH_TABLE_VERSIONS,
	GRAPH_TABLE_MARKS,
};

struct graph_table {
	struct app *app;
	const struct load_graph *g;	/* borrowed; NULL: none yet */
	const struct module_facts *facts;	/* borrowed */
	struct list list;
	struct rows rows;
	struct buf text;		/* the text of a row for the filter */
	/* by module; NULL until known */
	struct part *times_part;	/* kept */
	const int64_t *times;
	uint64_t *sizes;
	struct part *sized;		/* the source of the sizes; kept */
};

void graph_table_init(struct graph_table *s, struct app *app, const struct module_facts *facts);
void graph_table_release(struct graph_table *s);
void graph_table_set(struct graph_table *s, const struct load_graph *g);
/* graph_table_want requests the parts with sizes and ages; graph_table_take uses new ones. */
void graph_table_want(struct graph_table *s);
void graph_table_take(struct graph_table *s, const struct snapshot *now);

#endif
