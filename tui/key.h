/*
 * key.h - keys and their names.
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

/* Parses a name; false if it names no key. */
bool key_parse(struct key *k, const char *name, size_t len);
/* Appends the name. */
void key_write(struct buf *out, struct key k);
/* The bytes that the rune of a key without modifiers types, 0 if it types nothing. out holds 4. */
size_t key_typed(struct key k, char *out);

#endif
