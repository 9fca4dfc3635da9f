/* What a terminal sends, decoded. */
#include "tui_help.h"

#include "key_decoder.h"

/* Writes an event as text: the names of keys, mouse events and pastes, separated by spaces. */
static void write_event(struct buf *out, const struct event *ev)
{
	if (out->len)
		buf_addch(out, ' ');
	if (ev->type == EV_KEY)
		key_write(out, ev->key);
	else if (ev->type == EV_PASTE)
		buf_addf(out, "paste(%.*s)", (int)ev->len, ev->text);
	else
		buf_addf(out, "mouse(%d,%u,%d,%d)", (int)ev->mouse, ev->button, ev->x, ev->y);
}

/* Feeds bytes, then lets `ms` pass without any, as a caller with a timer would. */
static void feed(struct key_decoder *d, struct buf *out, const char *bytes, size_t len, int ms)
{
	struct event ev;
	int wait, before = -1;

	key_decoder_feed(d, bytes, len);
	while (key_decoder_next(d, &ev))
		write_event(out, &ev);
	while ((wait = key_decoder_wait(d)) >= 0 && wait <= ms && wait != before) {
		before = wait;
		while (key_decoder_quiet(d, (unsigned)wait, &ev))
			write_event(out, &ev);
	}
}

static char *decode(const char *bytes, size_t len, size_t at_once)
{
	struct key_decoder d;
	struct buf out = BUF_INIT;

	key_decoder_init(&d);
	key_decoder_add(&d, "\033[[A", (struct key){ K_F1, 0 });
	for (size_t i = 0; i < len; i += at_once)
		feed(&d, &out, bytes + i, MIN(at_once, len - i), i + at_once < len ? 0 : 5000);
	assert_int_equal(key_decoder_wait(&d), -1);
	key_decoder_release(&d);
	return buf_detach(&out);
}

static void check_decode(const char *bytes, size_t len, const char *want)
{
	/* however the bytes are split, they give the same keys */
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

/* A terminal's reply is never a key, wherever it is split. */
static void replies(void **state)
{
	(void)state;
	DECODES("\033]11;rgb:1e1e/1e1e/1e1e\033\\q", "q");
	DECODES("\033]52;c;cm0gLXJmIC8K\aq", "q");
	DECODES("\033]l/home/\xc3\xa9 \xe6\xbc\x9c\033\\q", "q");
	DECODES("\033P1$r0m\033\\q", "q");
	DECODES("\033P1+r544e=787465726d\r\n\tq\033\\q", "q");
	DECODES("\033_Gi=1;OK\033\\q", "q");
	DECODES("\033^private\033\\q", "q");
	DECODES("\033Xstring\033\\q", "q");
	DECODES("\033]0;\033\\\033]0;\a\033[A", "up");
	DECODES("\033]0;never ended", "");
	/* device attributes, versions, modes, keyboards, positions, sizes and colour schemes */
	DECODES("\033[?64;1;2;4;6;9;15;16;17;18;21;22;28;29;42;52cq", "q");
	DECODES("\033[>41;388;0cq\033[=1;2cq", "q q");
	DECODES("\033P>|XTerm(388)\033\\q", "q");
	DECODES("\033P!|7E565445\033\\q", "q");
	DECODES("\033[?0uq\033[?31u\033[?62;22c", "q");
	DECODES("\033[?2026;2$yq", "q");
	DECODES("\033[24;80Rq\033[?24;80Rq\033[?1;1;1R", "q q");
	DECODES("\033[8;24;80tq\033[?997;1nq\033[0n", "q q");
	DECODES("\033]4;1;rgb:cdcd/0000/0000\033\\\033]10;rgb:ffff/ffff/ffff\aq", "q");
	DECODES("\033P1$r2 q\033\\\033P0$r\033\\q", "q");
	DECODES("\033[R\033[1;2R\033[1R", "f3 shift-f3 f3");
	DECODES("\xc2\x9b"
		"A\xc2\x90q",
		"A q");
	DECODES("\033[?1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20;21;22;23;24;25;26;27;28;29;30cq",
		"q");
	DECODES("\033[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20;21;22;23;24;25;26;27;28;29\033[Bq",
		"down q");
	/* a new sequence, ctrl-c and the characters that ECMA-48 names cancel one */
	DECODES("\033]0;x\033[Bq", "down q");
	DECODES("\033]0;x\003q", "ctrl-c q");
	DECODES("\033P0;x\032", "ctrl-z");
	DECODES("\033[12;\003\033[M!\003\033O\003", "ctrl-c ctrl-c ctrl-c");
	/* nothing follows, so these are keys */
	DECODES("\033]", "alt-]");
	DECODES("\033P", "alt-P");
	DECODES("\033[", "alt-[");
	DECODES("\033O", "alt-O");
}

struct slow {
	const char *bytes;
	int ms; /* of silence after them */
};

static void check_slow(unsigned esc_ms, const struct slow *s, size_t n, const char *want)
{
	struct key_decoder d;
	struct buf out = BUF_INIT;

	key_decoder_init(&d);
	d.esc_ms = esc_ms;
	for (size_t i = 0; i < n; i++)
		feed(&d, &out, s[i].bytes, strlen(s[i].bytes), s[i].ms);
	assert_string_equal(out.len ? out.data : "", want);
	key_decoder_release(&d);
	buf_release(&out);
}

#define SLOW(esc_ms, want, ...)                                  \
	check_slow(esc_ms, (const struct slow[]){ __VA_ARGS__ }, \
		   ARRAY_LEN(((const struct slow[]){ __VA_ARGS__ })), want)

static void slow_lines(void **state)
{
	(void)state;
	SLOW(100, "down", { "\033", 99 }, { "[", 900 }, { "B", 0 });
	SLOW(100, "esc [ B", { "\033", 100 }, { "[", 900 }, { "B", 0 });
	SLOW(1000, "down", { "\033", 999 }, { "[", 999 }, { "B", 0 });
	SLOW(3000, "down", { "\033", 2999 }, { "[", 2999 }, { "B", 0 });
	SLOW(0, "esc [ B", { "\033", 0 }, { "[", 0 }, { "B", 0 });
	SLOW(100, "ctrl-right", { "\033[1", 900 }, { ";5", 900 }, { "C", 0 });
	SLOW(100, "f2", { "\033O", 900 }, { "Q", 0 });
	SLOW(100, "mouse(0,1,10,4)", { "\033[<0;1", 500 }, { "1;5M", 0 });
	SLOW(100, "\xc3\xa9", { "\xc3", 900 }, { "\xa9", 0 });
	/* a sequence that never ends is dropped, and the next byte is a key */
	SLOW(100, "q", { "\033[1;", 1000 }, { "q", 0 });
	SLOW(100, "q", { "\033]11;rgb", 1000 }, { "q", 0 });
	/* a letter long after ESC is not alt and a letter; but a sequence may still follow */
	SLOW(100, "alt-j", { "\033", 24 }, { "j", 0 });
	SLOW(100, "esc j", { "\033", 25 }, { "j", 0 });
	SLOW(100, "down alt-j", { "\033", 50 }, { "[B", 0 }, { "\033j", 0 });
	SLOW(100, "esc [", { "\033", 50 }, { "[", 1000 });
}

/* The end of a paste may be lost, on the line or by a terminal that dies. */
static void lost_paste(void **state)
{
	(void)state;
	SLOW(100, "paste(text) q", { "\033[200~te", 999 }, { "xt", 1000 }, { "q", 0 });
	SLOW(100, "paste(text\033[20) q", { "\033[200~text\033[20", 1000 }, { "q", 0 });
	SLOW(100, "paste(text) q", { "\033[200~text", 1000 }, { "\033[201~q", 0 });
	SLOW(100, "paste(a) paste(b)", { "\033[200~a\033[2", 999 }, { "01~", 0 },
	     { "\033[200~b", 1000 });
	/* ctrl-c is a key at once; the rest of the paste is not */
	SLOW(100, "ctrl-c", { "\033[200~text", 0 }, { "\003", 0 });
	SLOW(100, "ctrl-c ctrl-c x", { "\033[200~rm -\003rf\003 /\n\033[201~x", 0 });
	SLOW(100, "ctrl-c x", { "\033[200~rm -\003rf", 1000 }, { "x", 0 });
	SLOW(100, "ctrl-c paste(b)", { "\033[200~a\003\033[201~\033[200~b\033[201~", 0 });
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
		assert_false(key_decoder_next(&d, &ev));
	}
	assert_true(d.in.len < 256);
	assert_int_equal(key_decoder_wait(&d), KEY_SEQUENCE_MS);
	assert_false(key_decoder_quiet(&d, KEY_SEQUENCE_MS, &ev));
	key_decoder_feed(&d, "q", 1);
	assert_true(key_decoder_next(&d, &ev));
	key_decoder_release(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sequences),
		cmocka_unit_test(replies),
		cmocka_unit_test(slow_lines),
		cmocka_unit_test(mouse),
		cmocka_unit_test(pastes),
		cmocka_unit_test(lost_paste),
		cmocka_unit_test(long_paste_is_capped),
		cmocka_unit_test(endless_sequence_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
