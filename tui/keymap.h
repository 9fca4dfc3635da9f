/*
 * keymap.h - which key runs which action.
 *
 * An action table is the one source of key bindings, the status line's hints, the help screen, the palette, the man
 * page and the default key file. Tables are layers with names: a view's own ("graph"), a widget's ("list", "tree",
 * "pager"), and "global". A lookup goes through a scope, from its first layer to its last, and takes the first binding
 * whose action is enabled there; a binding that is disabled hides nothing below it.
 *
 *	keymap_init(&km);
 *	keymap_add(&km, "graph", graph_actions);		once, at start, for all layers
 *	keymap_load(&km, data, len, "keys", &e);		the user's file
 *	...
 *	struct keymap_scope sc = { &km };
 *	keymap_scope_push(&sc, "graph", view);			per key, or kept
 *	keymap_scope_push(&sc, "list", &view->list);
 *	keymap_scope_push(&sc, "global", app);
 *	if (keymap_press(&sc, ev.key)) ...
 *
 * The key file: one binding per line, `LAYER KEY ACTION`; the action `none` unbinds a key. `#` begins a comment.
 */
#ifndef MODSCOPE_KEYMAP_H
#define MODSCOPE_KEYMAP_H

#include "base/err.h"
#include "action.h"
#include "key.h"

struct keymap_binding {
	struct key key;
	const struct action *action;
};
struct keymap_layer {
	const char *name;
	const struct action *actions;
	VEC(struct keymap_binding) bindings;
};
struct keymap {
	VEC(struct keymap_layer) layers;
};

void keymap_init(struct keymap *km);
void keymap_release(struct keymap *km);
/* Adds a layer with its default keys. Name and table are borrowed. Asserts that the keys parse. */
void keymap_add(struct keymap *km, const char *name, const struct action *actions);
const struct keymap_layer *keymap_layer(const struct keymap *km, const char *name);
/* A user's key file over the defaults; on an error (ERR_SYNTAX with name:line) nothing is changed. At most 1 MiB. */
bool keymap_load(struct keymap *km, const char *data, size_t len, const char *name, struct err *e);
/* The default key file of all layers, as keymap_load reads it. Append. */
void keymap_write(const struct keymap *km, struct buf *out);
/* Names of the keys that run an action: "down j". Append. */
void keymap_keys(const struct keymap_layer *l, const struct action *a, struct buf *out);
/* The first of them only. Append; false if there is none. */
bool keymap_first_key(const struct keymap_layer *l, const struct action *a, struct buf *out);

enum { KEYMAP_SCOPE_MAX = 8 };
struct keymap_scope {
	const struct keymap *km;
	struct {
		const struct keymap_layer *layer;
		void *ctx;
	} part[KEYMAP_SCOPE_MAX];
	size_t n;
};
/* Adds a layer below those already there; a name that was not added is ignored. */
void keymap_scope_push(struct keymap_scope *sc, const char *name, void *ctx);
/* The action for a key and its context; NULL if there is none. */
const struct action *keymap_lookup(const struct keymap_scope *sc, struct key k, void **ctx);
/* Looks up and runs; false if nothing is bound. */
bool keymap_press(const struct keymap_scope *sc, struct key k);
/* What can be done here: rows for help and palette, in order of layers and tables. */
struct keymap_row {
	const struct keymap_layer *layer;
	const struct action *action;
	void *ctx;
	bool enabled;
};
size_t keymap_rows(const struct keymap_scope *sc, struct keymap_row **out);	/* *out is the caller's (free) */

#endif
