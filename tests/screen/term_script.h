/*
 * term_script.h - a terminal that plays a script and returns screens as text, for tests and benchmarks.
 *
 * A script is lines; `#` begins a comment:
 *
 *	size 80x24		resize (an EV_RESIZE event unless it comes first)
 *	keys down down ctrl-x G	key names, see key.h
 *	type grpc		every character of the rest of the line as a key
 *	paste some text		the rest of the line as a paste; \n, \xHH and \\ are escapes
 *	click 10 4		press and release at column 10, row 4; `double 10 4`, `wheel up 10 4`, `wheel down 10 4`
 *	mouse drag 1 10 4	one event: press, double, release, drag, up or down; button, column, row
 *	sh COMMAND		runs it in a shell between two turns of the loop, to change files while the program runs
 *	frame			waits until all of the above is on the screen; keys without it may share a frame
 *	wait			waits until idle() says that no job runs
 *	snap NAME		writes the screen after all of the above, under a line "== NAME"
 *	styles NAME		the same with style names
 *
 * After the last line eof() is true and the loop ends. Bytes sent with ->send (OSC 52) are kept in `sent`.
 * Errors in a script name file and line.
 */
#ifndef MODSCOPE_TERM_SCRIPT_H
#define MODSCOPE_TERM_SCRIPT_H

#include "term.h"

struct term_script {
	struct term base;
	int w, h;
	struct grid shown;		/* the last frame */
	unsigned frames;		/* frames so far */
	unsigned long cells_sent;	/* cells that differ from the previous frame */
	unsigned long raw_cells;	/* cells that contained a control character: must be 0 */
	struct buf out;			/* what `snap` wrote */
	struct buf sent;
	bool (*idle)(void *ctx);	/* NULL: always */
	void *ctx;
	struct term_script_step *steps;
	size_t n_steps, at, part;
	bool fresh;			/* an event was returned since the last frame */
	bool mouse_on;
	struct buf paste;
};

/* Opens an 80x24 terminal, mono and UTF-8; script may be NULL. name is for errors. Free it with term_free(&s->base). */
bool term_script_open(struct term_script **out, const char *script, size_t len, const char *name, struct err *e);
/* Adds lines to the script. */
bool term_script_add(struct term_script *s, const char *script, size_t len, const char *name, struct err *e);

#endif
