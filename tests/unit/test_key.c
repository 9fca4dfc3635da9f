/* Keys: names and the decoder. */
#include "tui_help.h"

#include "key.h"

static void check_name(const char *name, uint32_t code, unsigned mods, const char *canonical)
{
	struct buf b = BUF_INIT;
	struct key k;

	assert_true(key_parse(&k, name, strlen(name)));
	assert_int_equal(k.code, code);
	assert_int_equal(k.mods, mods);
	key_write(&b, k);
	assert_string_equal(b.data, canonical);
	buf_release(&b);
}

static void names(void **state)
{
	static const char *const bad[] = { "",	   "ctrl-", "ab",	   "f0",
					   "f13",  "f01",   "ctrl-ctrl-x", "shift-a",
					   "\x01", "\xff",  "hyper-x" };
	struct key k;

	(void)state;
	check_name("a", 'a', 0, "a");
	check_name("G", 'G', 0, "G");
	check_name("-", '-', 0, "-");
	check_name("ctrl-x", 'x', KEY_CTRL, "ctrl-x");
	check_name("ctrl-X", 'x', KEY_CTRL, "ctrl-x");
	check_name("alt-ctrl-f12", K_F12, KEY_CTRL | KEY_ALT, "ctrl-alt-f12");
	check_name("shift-tab", K_TAB, KEY_SHIFT, "shift-tab");
	check_name("space", ' ', 0, "space");
	check_name("pgdn", K_PGDN, 0, "pgdn");
	check_name("ctrl-space", ' ', KEY_CTRL, "ctrl-space");
	check_name("é", 0xe9, 0, "é");
	check_name("f", 'f', 0, "f");
	check_name("f1", K_F1, 0, "f1");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(key_parse(&k, bad[i], strlen(bad[i])));
}

/* What comes of some bytes, as text: key names, mouse and pastes, by spaces. */
static char *decode(const char *bytes, size_t len, size_t at_once)
{
	struct key_decoder d;
	struct buf out = BUF_INIT;
	struct event ev;

	key_decoder_init(&d);
	key_decoder_add(&d, "\033[[A", (struct key){ K_F1, 0 });
	for (size_t i = 0; i < len; i += at_once) {
		key_decoder_feed(&d, bytes + i, MIN(at_once, len - i));
		while (key_decoder_next(&d, &ev) ||
		       (i + at_once >= len && key_decoder_flush(&d, &ev))) {
			if (out.len)
				buf_addch(&out, ' ');
			if (ev.type == EV_KEY)
				key_write(&out, ev.key);
			else if (ev.type == EV_PASTE)
				buf_addf(&out, "paste(%.*s)", (int)ev.len, ev.text);
			else
				buf_addf(&out, "mouse(%d,%u,%d,%d)", (int)ev.mouse, ev.button, ev.x,
					 ev.y);
		}
	}
	assert_false(key_decoder_pending(&d));
	key_decoder_release(&d);
	return buf_detach(&out);
}

static void check_decode(const char *bytes, size_t len, const char *want)
{
	/* however the bytes are cut up, the same keys come of them */
	for (size_t n = 1; n <= len; n++) {
		char *got = decode(bytes, len, n);

		assert_string_equal(got, want);
		free(got);
	}
}

#define DECODES(bytes, want) check_decode(bytes, sizeof(bytes) - 1, want)

static void sequences(void **state)
{
	(void)state;
	DECODES("aG\r\t \x7f\x08", "a G enter tab space backspace backspace");
	DECODES("\x01\x1a\x00\x1c", "ctrl-a ctrl-z ctrl-space ctrl-\\");
	DECODES("\033[A\033OB\033[1;5C\033[1;2D", "up down ctrl-right shift-left");
	DECODES("\033[5~\033[6~\033[3~\033[H\033[F\033[1~\033[4~",
		"pgup pgdn delete home end home end");
	DECODES("\033OP\033[15~\033[24~\033[Z\033[[A", "f1 f5 f12 shift-tab f1");
	DECODES("\033x\033\r", "alt-x alt-enter");
	DECODES("\xc3\xa9\xe6\xbc\xa2", "é 漢");
	DECODES("\xffx\xc3", "x");
	DECODES("\033[97;5u\033[13u\033[97;2u\033[65;6u\033[1u\033[8u",
		"ctrl-a enter A ctrl-a backspace");
	DECODES("\033[?1;2cq", "q");
	DECODES("\033", "esc");
	DECODES("\033\033", "esc esc");
	DECODES("\033[I\033[Oq", "q"); /* focus reports */
}

static void mouse(void **state)
{
	(void)state;
	DECODES("\033[<0;11;5M\033[<0;11;5m", "mouse(0,1,10,4) mouse(2,1,10,4)");
	DECODES("\033[<2;1;1M", "mouse(0,3,0,0)");
	DECODES("\033[<64;3;4M\033[<65;3;4M", "mouse(4,0,2,3) mouse(5,0,2,3)");
	DECODES("\033[<32;3;4M", "mouse(3,1,2,3)");
	DECODES("\033[<0;0;0M\033[<0;99999;1Mq", "q");
	DECODES("\033[M !!", "mouse(0,1,0,0)");
}

static void pastes(void **state)
{
	(void)state;
	DECODES("\033[200~rm -rf /\n\033[201~x", "paste(rm -rf /\n) x");
	DECODES("\033[200~\033[A\033[201~", "paste(\033[A)");
	DECODES("\033[200~\033[201~", "paste()");
}

static void long_paste_is_capped(void **state)
{
	struct key_decoder d;
	struct event ev;
	char block[1024];

	(void)state;
	memset(block, 'x', sizeof(block));
	key_decoder_init(&d);
	key_decoder_feed(&d, "\033[200~", 6);
	assert_false(key_decoder_next(&d, &ev));
	for (int i = 0; i < 200; i++) {
		key_decoder_feed(&d, block, sizeof(block));
		assert_false(key_decoder_next(&d, &ev));
	}
	assert_true(d.in.cap < 8192);
	key_decoder_feed(&d, "\033[201~q", 7);
	assert_true(key_decoder_next(&d, &ev));
	assert_int_equal(ev.type, EV_PASTE);
	assert_int_equal(ev.len, KEY_PASTE_MAX);
	assert_true(key_decoder_next(&d, &ev));
	assert_int_equal(ev.key.code, 'q');
	key_decoder_release(&d);
}

static void endless_sequence_is_dropped(void **state)
{
	struct key_decoder d;
	struct event ev;

	(void)state;
	key_decoder_init(&d);
	key_decoder_feed(&d, "\033[", 2);
	for (int i = 0; i < 1000; i++) {
		key_decoder_feed(&d, ";;;;", 4);
		while (key_decoder_next(&d, &ev))
			assert_int_equal(ev.key.code, ';');
	}
	assert_true(d.in.len < 256);
	key_decoder_release(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(sequences),
		cmocka_unit_test(mouse),
		cmocka_unit_test(pastes),
		cmocka_unit_test(long_paste_is_capped),
		cmocka_unit_test(endless_sequence_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
