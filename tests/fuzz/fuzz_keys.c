/* Any bytes from a terminal, whole and byte by byte, and as a key file. A key's name must parse to the same key. */
#include "key_decoder.h"
#include "keymap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void check_event(const struct event *ev)
{
	struct buf name = BUF_INIT;
	struct key back;

	check(ev->type != EV_NONE);
	check(ev->type != EV_PASTE || ev->len <= KEY_PASTE_MAX);
	if (ev->type == EV_KEY) {
		key_write(&name, ev->key);
		check(key_parse(&back, name.data, name.len) && key_eq(back, ev->key));
	}
	buf_release(&name);
}

static void decode(const char *bytes, size_t len, size_t step)
{
	struct key_decoder d;
	struct event ev = { EV_NONE };

	key_decoder_init(&d);
	for (size_t i = 0; i < len; i += step) {
		key_decoder_feed(&d, bytes + i, MIN(step, len - i));
		while (key_decoder_next(&d, &ev))
			check_event(&ev);
	}
	/* each wait decides something, otherwise this loop does not end */
	for (int ms; (ms = key_decoder_wait(&d)) >= 0;)
		while (key_decoder_quiet(&d, (unsigned)ms, &ev))
			check_event(&ev);
	key_decoder_release(&d);
}

static void run(void *ctx, int arg)
{
	(void)ctx;
	(void)arg;
}

static void load(const char *text, size_t len)
{
	static const struct action actions[] = {
		{ .id = "down", .keys = "down j", .help = "go down", .run = run },
		{ .id = "quit", .keys = "q ctrl-c", .help = "leave", .run = run },
		{ .id = NULL },
	};
	struct buf written = BUF_INIT;
	struct err e = ERR_INIT;
	struct keymap km;

	keymap_init(&km);
	keymap_add(&km, "list", actions);
	if (keymap_load(&km, text, len, "keys", &e)) {
		keymap_write(&km, &written);
		check(keymap_load(&km, written.data, written.len, "keys", NULL));
	} else {
		check(e.text != NULL);
	}
	err_release(&e);
	buf_release(&written);
	keymap_release(&km);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	decode((const char *)data, size, size ? size : 1);
	decode((const char *)data, size, 1);
	load((const char *)data, size);
	return 0;
}
