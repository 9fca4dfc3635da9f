/*
 * key.h - keys and their names, and the events that a terminal gives. key_decoder.h makes them of its bytes.
 *
 * A key is a rune or a K_ code, with modifiers. Names are what users write and read: "a", "G", "ctrl-x", "alt-enter",
 * "f1", "space", "pgdn", "shift-tab". Letters carry shift in themselves ("G", not "shift-g").
 */
#ifndef MODSCOPE_KEY_H
#define MODSCOPE_KEY_H

#include "base/buf.h"

enum key_code {
	K_NONE = 0,
	K_TAB = '\t',
	K_ENTER = '\r',
	K_ESC = 0x1b,
	K_SPACE = ' ',
	K_BACKSPACE = 0x7f,
	K_UP = 0x110000,	/* from here on: no runes */
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_HOME,
	K_END,
	K_PGUP,
	K_PGDN,
	K_INSERT,
	K_DELETE,
	K_F1,
	K_F12 = K_F1 + 11,
	K_MAX
};

enum key_mod {
	KEY_SHIFT = 1,
	KEY_ALT = 2,
	KEY_CTRL = 4,
};

struct key {
	uint32_t code;
	unsigned mods;
};

static inline bool key_eq(struct key a, struct key b)
{
	return a.code == b.code && a.mods == b.mods;
}
static inline bool key_is(struct key k, uint32_t code)
{
	return k.code == code && k.mods == 0;
}

enum event_type {
	EV_NONE,
	EV_KEY,
	EV_MOUSE,
	EV_PASTE,	/* text, not terminated lines of keys: goes into prompts only */
	EV_RESIZE,	/* the grid has its new size already */
};
enum mouse_kind {
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
	enum mouse_kind mouse;		/* EV_MOUSE */
	unsigned button;		/* 1 left, 2 middle, 3 right */
	unsigned mods;
	int x, y;			/* EV_MOUSE: column and row on the grid, from 0; EV_RESIZE: width and height */
	const char *text;		/* EV_PASTE: borrowed until the next event is taken */
	size_t len;
};

/* Parses a name; false if it names no key. */
bool key_parse(struct key *k, const char *name, size_t len);
/* Appends the name. */
void key_write(struct buf *out, struct key k);
/* The bytes that the rune of a key without modifiers types, 0 if it types nothing. out holds 4. */
size_t key_typed(struct key k, char *out);

#endif
