/*
 * event.h - input from a terminal; key_decoder.h turns bytes into events, loop.h passes them on.
 */
#ifndef MODSCOPE_EVENT_H
#define MODSCOPE_EVENT_H

#include "key.h"

enum event_type {
	EV_NONE,
	EV_KEY,
	EV_MOUSE,
	EV_PASTE,	/* text, not terminated lines of keys: goes into prompts only */
	EV_RESIZE,	/* the grid has its new size already */
};
enum event_mouse {
	MOUSE_PRESS,	/* a button went down */
	MOUSE_DOUBLE,	/* the second press within 400 ms at the same place (made by the loop) */
	MOUSE_RELEASE,
	MOUSE_DRAG,
	MOUSE_WHEEL_UP,
	MOUSE_WHEEL_DOWN,
};

struct event {
	enum event_type type;
	struct key key;			/* EV_KEY */
	enum event_mouse mouse;		/* EV_MOUSE */
	unsigned button;		/* 1 left, 2 middle, 3 right */
	unsigned mods;
	int x, y;			/* EV_MOUSE: column and row on the grid, from 0; EV_RESIZE: width and height */
	const char *text;		/* EV_PASTE: borrowed until the next event is taken */
	size_t len;
};

#endif
