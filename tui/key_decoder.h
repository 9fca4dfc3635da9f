/*
 * key_decoder.h - what a terminal sends, decoded: keys, mouse and pastes.
 *
 * The decoder is pure and takes any bytes, so it can be fuzzed: feed it what read(2) returned, take events until there
 * are none. It has no clock: if bytes could begin a longer sequence, key_decoder_wait() returns how
 * long to wait for more, and key_decoder_quiet() decides once that time has passed.
 *
 *	key_decoder_feed(&d, bytes, n);
 *	while (key_decoder_next(&d, &ev)) ...
 *	ms = key_decoder_wait(&d);		-1: nothing is pending
 *	... no byte for ms ...
 *	while (key_decoder_quiet(&d, ms, &ev)) ...
 *
 * A lone ESC becomes the escape key after esc_ms. A sequence that has begun (CSI, SS3, OSC, DCS, APC, PM, SOS) and
 * a paste have KEY_SEQUENCE_MS between their bytes: then the sequence is dropped, and the paste is taken as it is.
 * Replies of the terminal (OSC, DCS, APC, PM, SOS) are never keys. ctrl-c ends a sequence, and in a paste it is a key:
 * the rest of that paste is dropped. Pastes hold KEY_PASTE_MAX bytes; what is beyond is dropped.
 */
#ifndef MODSCOPE_KEY_DECODER_H
#define MODSCOPE_KEY_DECODER_H

#include "event.h"

enum {
	KEY_PASTE_MAX = 65536,
	KEY_ESC_MS = 100,	/* esc_ms of a new decoder */
	KEY_ALT_MS = 25,	/* an ESC that was alone for longer is not the prefix of a letter */
	KEY_SEQUENCE_MS = 1000,
};

struct key_decoder_seq {
	char seq[16];
	struct key key;
};

struct key_decoder {
	struct buf in;			/* bytes not yet decoded */
	size_t at;
	struct buf paste;
	bool in_paste, in_string;	/* string: OSC, DCS, APC, PM, SOS */
	bool in_noise;			/* a CSI that is too long for one */
	bool drop_paste;		/* ctrl-c came in it */
	bool alone;			/* the pending ESC was alone for KEY_ALT_MS */
	unsigned esc_ms;		/* how long a lone ESC may begin a sequence; the caller may set it */
	VEC(struct key_decoder_seq) own;	/* what terminfo adds */
};

void key_decoder_init(struct key_decoder *d);
void key_decoder_release(struct key_decoder *d);
/* Adds a sequence of this terminal (from terminfo); those of xterm and vt220 are built in. */
void key_decoder_add(struct key_decoder *d, const char *seq, struct key key);
void key_decoder_feed(struct key_decoder *d, const char *bytes, size_t len);
/* The next event; false if there is none (yet). */
bool key_decoder_next(struct key_decoder *d, struct event *ev);
/* Milliseconds after the last byte when key_decoder_quiet() has something to decide; -1: nothing is pending. */
int key_decoder_wait(const struct key_decoder *d);
/* Call when no byte came for `ms`: decodes pending bytes as complete. False if there is no event (yet). */
bool key_decoder_quiet(struct key_decoder *d, unsigned ms, struct event *ev);

#endif
