/*
 * themefile.h - themes as text, which users can copy and change.
 *
 * One style per line: `STYLE [COLOUR] [on COLOUR] [bold] [dim] [underline] [reverse]`, styles as style_name says. Colours are black,
 * red, green, yellow, blue, magenta, cyan, white, each also with bright- in front (bright-black is grey), 0 to 15, or default. A
 * line `base NAME` at the beginning starts from another theme than default. `#` begins a comment. Pure.
 */
#ifndef MODSCOPE_THEMEFILE_H
#define MODSCOPE_THEMEFILE_H

#include "base/buf.h"
#include "base/err.h"
#include "theme.h"

/* Fills t (name and help are the caller's); on an error (ERR_SYNTAX with name:line) it is left as it was. */
bool themefile_load(struct theme *t, const char *data, size_t len, const char *name, struct err *e);

#endif
