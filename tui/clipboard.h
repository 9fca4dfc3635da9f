/*
 * clipboard.h - copies text: with a command, or through the terminal (OSC 52), also over ssh, and in tmux.
 *
 * Whether the terminal accepts OSC 52 cannot be known; a command that exits with 0 within two seconds did copy. Terminals drop
 * longer strings silently, so copying more than CLIPBOARD_MAX bytes through one is refused (ERR_LIMIT) with the size.
 */
#ifndef MODSCOPE_CLIPBOARD_H
#define MODSCOPE_CLIPBOARD_H

#include "base/err.h"
#include "term.h"

enum { CLIPBOARD_MAX = 74994 };	/* 100,000 bytes as base64 with the sequence around it: xterm's and tmux's limit */

enum clipboard_way {
	CLIPBOARD_COMMAND = 1,
	CLIPBOARD_TERMINAL = 2,	/* OSC 52 was sent */
	CLIPBOARD_TMUX = 4,	/* tmux has it in its buffer */
};

/* `command` is a shell command ("wl-copy", "xclip -selection clipboard") that reads the text; NULL: through the
 * terminal, and into tmux's buffer if TMUX is set. *ways is a set of enum clipboard_way. ERR_SYS if the command fails. */
bool clipboard_copy(struct term *t, const char *command, const char *text, size_t len, unsigned *ways, struct err *e);

#endif
