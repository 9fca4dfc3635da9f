/*
 * action.h - the user's actions, as const tables (keymap.h binds them to keys).
 */
#ifndef MODSCOPE_ACTION_H
#define MODSCOPE_ACTION_H

#include "base/base.h"

enum action_flag {
	ACTION_NO_PALETTE = 1,	/* moves and the like: not listed in the palette */
	ACTION_NO_HELP = 2,
	ACTION_FROM_AFAR = 4,	/* chosen in the palette of another view it runs there; else the view is only opened */
};

struct action {
	const char *id;			/* "invert": unique in its layer; what a key file and the palette name */
	const char *keys;		/* default keys, by spaces: "down j"; "" for none */
	const char *hint;		/* a word for the status line; NULL: not shown there */
	const char *help;		/* one line, without a full stop: "turn the tree around" */
	bool (*enabled)(void *ctx);	/* NULL: always */
	void (*run)(void *ctx, int arg);
	int arg;
	unsigned flags;
};
/* A table ends with { 0 } (id is NULL). */

static inline bool action_enabled(const struct action *a, void *ctx)
{
	return !a->enabled || a->enabled(ctx);
}

#endif
