/*
 * clipboard.h - copy through the terminal (OSC 52), also over ssh and in tmux (set-clipboard on).
 *
 * Terminals drop longer strings silently, so a copy over CLIPBOARD_MAX bytes is refused (ERR_LIMIT) with its size.
 */
#ifndef MODSCOPE_CLIPBOARD_H
#define MODSCOPE_CLIPBOARD_H

#include "term.h"

enum { CLIPBOARD_MAX = 74994 };	/* 100,000 bytes as base64 with the sequence around it: xterm's and tmux's limit */

bool clipboard_copy(struct term *t, const char *text, size_t len, struct err *e);

#endif
