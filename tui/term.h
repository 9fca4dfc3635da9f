/*
 * term.h - a terminal as a table of functions: curses (term_curses.c); the tests have one that plays a script.
 *
 * The loop (loop.h) owns one, reads events from it and hands it frames. Drawing is stateless for the caller: a
 * whole grid each time; the backend sends only the cells that changed. One thread.
 *
 * The curses backend uses the alternate screen and restores the terminal in ->leave, at exit, and on crash
 * signals. It never blocks: ->read returns false if there is no input.
 */
#ifndef MODSCOPE_TERM_H
#define MODSCOPE_TERM_H

#include "area.h"
#include "base/err.h"
#include "event.h"
#include "theme.h"

struct term;
struct term_ops {
	const char *name;
	void (*size)(struct term *t, int *w, int *h);
	int (*fd)(struct term *t);			/* to poll for input, -1 if there is none */
	int (*timeout)(struct term *t);			/* ms until read should be called anyway, -1: never */
	bool (*read)(struct term *t, struct event *ev);	/* the next event; false: none now */
	bool (*eof)(struct term *t);			/* the terminal is gone, or the script at its end */
	void (*blit)(struct term *t, const struct grid *g);
	void (*redraw)(struct term *t);			/* forget what is shown: the next blit sends all */
	void (*leave)(struct term *t);			/* give the terminal back (suspend, exit, $EDITOR) */
	void (*enter)(struct term *t);			/* take it again; the next blit sends all */
	void (*resized)(struct term *t);		/* SIGWINCH came */
	void (*mouse)(struct term *t, bool on);		/* off: the terminal selects text itself */
	void (*send)(struct term *t, const char *bytes, size_t len);	/* a trusted control string (clipboard.c) */
	void (*bell)(struct term *t);
	void (*free)(struct term *t);
};

struct term {
	const struct term_ops *ops;
	const struct theme *theme;
	bool mono;	/* no colours */
	bool ascii;	/* glyph twins */
};

struct term_options {
	const struct theme *theme;	/* NULL: default */
	bool ascii, mono;		/* forced; otherwise as the environment says */
	bool mouse;
};

/* Takes the terminal on stdin and stdout. ERR_SYS or ERR_USAGE (no terminal; TERM that curses does not know). */
bool term_curses_open(struct term **out, const struct term_options *o, struct err *e);

static inline void term_free(struct term *t)
{
	if (t)
		t->ops->free(t);
}

#endif
