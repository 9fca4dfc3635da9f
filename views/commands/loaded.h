/*
 * loaded.h - the loader of a command, with the parts that it has made so far.
 *
 *	struct loaded x = loaded_open(c, NULL);
 *	const struct load_graph *g = loaded_part(&x, REQUEST(PART_GRAPH), &e);
 *	int status = g ? answer(c, g) : cli_fail(c, &e);
 *
 *	loaded_close(&x);
 *
 * Parts are borrowed until loaded_close. One thread.
 */
#ifndef MODSCOPE_LOADED_H
#define MODSCOPE_LOADED_H

#include "commands/cli.h"
#include "parts/load.h"

struct loaded {
	struct load *load;
	struct snapshot *snapshot;
};

/* dir: of the project; NULL for the current directory. */
struct loaded loaded_open(const struct cli *c, const char *dir);
/* The same, showing the progress of load_now (report_progress). */
struct loaded loaded_open_progress(const struct cli *c, const char *dir);
/* In the current directory, for a command that ends with its answer: files are looked at once for all parts. */
struct loaded loaded_open_once(const struct cli *c);
void loaded_close(struct loaded *x);
/* Makes a part and those that it needs; returns its data, NULL with an error. */
void *loaded_part(struct loaded *x, const struct request *r, struct err *e);
/* Frees a part, for commands that make one after the other. */
void loaded_drop(struct loaded *x, const struct request *r);

#endif
