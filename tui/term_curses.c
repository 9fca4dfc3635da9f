/* The only file that knows curses. Curses draws; key_decoder.c decodes the input, so nothing ever blocks. */
#include "term.h"

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include <curses.h>

#include "key_decoder.h"
#include "loop.h"
#include "base/text.h"

/* From curses' term.h, which our header of that name hides. */
char *tigetstr(NCURSES_CONST char *capname);
int setupterm(NCURSES_CONST char *term, int fd, int *status);

enum { COLOUR_SLOTS = 17, ESC_MS_MAX = 10000 };

struct term_curses {
	struct term base;
	SCREEN *screen;
	struct grid shown;
	bool shown_valid, active, modern, mouse_wanted, gone;
	struct key_decoder decoder;
	uint64_t input_at; /* loop_now() of the last byte */
	short pair[COLOUR_SLOTS][COLOUR_SLOTS];
	short next_pair;
	int cursor_shown;
};

static const char modes_on[] = "\033[?2004h";
static const char modes_off[] = "\033[?2004l\033[?1006l\033[?1000l";
static const char mouse_on[] = "\033[?1000h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1000l";

/* For the crash handler, which can reach only static data. */
static struct {
	struct termios saved;
	char bytes[256];
	size_t len;
	volatile sig_atomic_t active;
} rescue;

static void write_all(const char *s, size_t n)
{
	while (n > 0) {
		ssize_t did = write(STDOUT_FILENO, s, n);

		if (did < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (did > 0) {
			s += did;
			n -= (size_t)did;
		}
	}
}

static void rescue_terminal(void)
{
	if (!rescue.active)
		return;
	rescue.active = 0;
	write_all(rescue.bytes, rescue.len);
	tcsetattr(STDIN_FILENO, TCSANOW, &rescue.saved);
}

static void on_crash(int signo)
{
	rescue_terminal();
	signal(signo, SIG_DFL);
	raise(signo);
}

/* Appends a capability without its padding marks ($<5>). */
static void rescue_add(const char *s)
{
	if (!s || s == (const char *)-1)
		return;
	while (*s && rescue.len < sizeof(rescue.bytes)) {
		if (s[0] == '$' && s[1] == '<') {
			const char *end = strchr(s, '>');

			if (!end)
				return;
			s = end + 1;
			continue;
		}
		rescue.bytes[rescue.len++] = *s++;
	}
}

static const char *capability(const char *name)
{
	char buf[16];
	char *s;

	snprintf(buf, sizeof(buf), "%s", name);
	s = tigetstr(buf);
	return s == (char *)-1 ? NULL : s;
}

static void rescue_prepare(bool modern)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP };

	rescue.len = 0;
	if (modern)
		rescue_add(modes_off);
	rescue_add(capability("sgr0"));
	rescue_add(capability("cnorm"));
	rescue_add(capability("rmcup"));
	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		struct sigaction old;

		/* leave a sanitizer's handler in place */
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			signal(signals[i], on_crash);
	}
}

static struct term_curses *self(struct term *t)
{
	return (struct term_curses *)t;
}

static void curses_size(struct term *t, int *w, int *h)
{
	struct winsize ws;

	(void)t;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col > 0 && ws.ws_row > 0) {
		*w = ws.ws_col;
		*h = ws.ws_row;
	} else {
		*w = COLS;
		*h = LINES;
	}
}

static int curses_fd(struct term *t)
{
	return self(t)->gone ? -1 : STDIN_FILENO;
}

static int curses_timeout(struct term *t)
{
	struct term_curses *c = self(t);
	int wait = key_decoder_wait(&c->decoder);
	uint64_t quiet = loop_now() - c->input_at;

	return wait < 0 ? -1 : quiet >= (uint64_t)wait ? 0 : wait - (int)quiet;
}

/* Reads what is there; false if nothing was. */
static bool take_input(struct term_curses *c)
{
	struct pollfd p = { STDIN_FILENO, POLLIN, 0 };
	char bytes[4096];
	ssize_t n;

	if (c->gone || poll(&p, 1, 0) <= 0)
		return false;
	n = read(STDIN_FILENO, bytes, sizeof(bytes));
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return false;
	if (n <= 0) {
		c->gone = true;
		return false;
	}
	key_decoder_feed(&c->decoder, bytes, (size_t)n);
	c->input_at = loop_now();
	return true;
}

static bool curses_read(struct term *t, struct event *ev)
{
	struct term_curses *c = self(t);

	if (key_decoder_next(&c->decoder, ev))
		return true;
	if (take_input(c) && key_decoder_next(&c->decoder, ev))
		return true;
	return key_decoder_quiet(&c->decoder,
				 (unsigned)MIN(loop_now() - c->input_at, (uint64_t)INT32_MAX), ev);
}

static bool curses_eof(struct term *t)
{
	return self(t)->gone;
}

static short colour_pair(struct term_curses *c, struct theme_look l)
{
	short *p = &c->pair[l.fg + 1][l.bg + 1];

	if (l.fg < 0 && l.bg < 0)
		return 0;
	if (*p == 0 && c->next_pair < COLOR_PAIRS && init_pair(c->next_pair, l.fg, l.bg) == OK)
		*p = c->next_pair++;
	return *p;
}

static attr_t attributes(struct term_curses *c, unsigned style, short *pair)
{
	struct theme_look l = theme_look(c->base.theme, style, c->base.mono);
	attr_t a = A_NORMAL;

	if (!c->base.mono && COLORS < 16) {
		if (l.fg >= 8) {
			l.fg = (signed char)(l.fg - 8);
			/* there is no grey among eight colours */
			l.attrs |= l.fg == 0 ? LOOK_DIM : LOOK_BOLD;
			l.fg = (signed char)(l.fg == 0 ? -1 : l.fg);
		}
		l.bg = (signed char)(l.bg >= 8 ? l.bg - 8 : l.bg);
	}
	a |= l.attrs & LOOK_BOLD ? A_BOLD : 0;
	a |= l.attrs & LOOK_DIM ? A_DIM : 0;
	a |= l.attrs & LOOK_UNDERLINE ? A_UNDERLINE : 0;
	a |= l.attrs & LOOK_REVERSE ? A_REVERSE : 0;
	*pair = c->base.mono ? 0 : colour_pair(c, l);
	return a;
}

/* The wide characters of a cell; false if libc's idea of its width differs from ours. */
static int cell_wide(const struct grid_cell *cell, wchar_t out[CCHARW_MAX + 1])
{
	size_t at = 0;
	int n = 0;

	while (at < cell->len && n < CCHARW_MAX) {
		uint32_t r;

		at += text_rune(cell->text + at, (size_t)cell->len - at, &r);
		if (n > 0 && wcwidth((wchar_t)r) != 0)
			continue;
		out[n++] = (wchar_t)r;
	}
	out[n] = L'\0';
	return n > 0 && wcwidth(out[0]) == cell->width;
}

static void put_cell(struct term_curses *c, int x, int y, const struct grid_cell *cell)
{
	wchar_t text[CCHARW_MAX + 1];
	cchar_t cc;
	short pair;
	attr_t a = attributes(c, cell->style, &pair);

	if (cell_wide(cell, text)) {
		setcchar(&cc, text, a, pair, NULL);
		mvadd_wch(y, x, &cc);
		return;
	}
	setcchar(&cc, L"?", a, pair, NULL);
	for (int i = 0; i < cell->width; i++)
		mvadd_wch(y, x + i, &cc);
}

static bool same_cell(const struct grid_cell *a, const struct grid_cell *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static void blit_row(struct term_curses *c, const struct grid *g, int y, bool all)
{
	const struct grid_cell *now = grid_at(g, 0, y), *old = grid_at(&c->shown, 0, y);

	if (!all && memcmp(now, old, (size_t)g->w * sizeof(*now)) == 0)
		return;
	for (int x = 0; x < g->w; x++)
		if (now[x].len > 0 && (all || !same_cell(now + x, old + x) ||
				       (now[x].width == 2 && !same_cell(now + x + 1, old + x + 1))))
			put_cell(c, x, y, now + x);
}

static void curses_blit(struct term *t, const struct grid *g)
{
	struct term_curses *c = self(t);
	bool all = !c->shown_valid || c->shown.w != g->w || c->shown.h != g->h;
	int want = g->cursor_x >= 0;

	if (!c->active)
		return;
	if (all) {
		erase();
		clearok(stdscr, TRUE);
		grid_resize(&c->shown, g->w, g->h);
	}
	for (int y = 0; y < g->h; y++)
		blit_row(c, g, y, all);
	memcpy(c->shown.cells, g->cells, (size_t)g->w * (size_t)g->h * sizeof(*g->cells));
	c->shown_valid = true;
	if (want != c->cursor_shown) {
		curs_set(want);
		c->cursor_shown = want;
	}
	move(want ? g->cursor_y : g->h - 1, want ? g->cursor_x : g->w - 1);
	refresh();
}

static void curses_redraw(struct term *t)
{
	self(t)->shown_valid = false;
}

static void set_modes(struct term_curses *c)
{
	if (!c->modern)
		return;
	write_all(modes_on, sizeof(modes_on) - 1);
	if (c->mouse_wanted)
		write_all(mouse_on, sizeof(mouse_on) - 1);
}

static void curses_leave(struct term *t)
{
	struct term_curses *c = self(t);

	if (!c->active)
		return;
	if (c->modern)
		write_all(modes_off, sizeof(modes_off) - 1);
	curs_set(1);
	c->cursor_shown = 1;
	endwin();
	c->active = false;
	rescue.active = 0;
}

static void curses_resized(struct term *t)
{
	int w, h;

	curses_size(t, &w, &h);
	resize_term(h, w);
	self(t)->shown_valid = false;
}

static void curses_enter(struct term *t)
{
	struct term_curses *c = self(t);

	reset_prog_mode();
	c->active = true;
	rescue.active = 1;
	curses_resized(t);
	clearok(stdscr, TRUE);
	refresh();
	set_modes(c);
	c->cursor_shown = -1;
}

static void curses_mouse(struct term *t, bool on)
{
	struct term_curses *c = self(t);

	c->mouse_wanted = on;
	if (c->active && c->modern)
		write_all(on ? mouse_on : mouse_off,
			  on ? sizeof(mouse_on) - 1 : sizeof(mouse_off) - 1);
}

static void curses_send(struct term *t, const char *bytes, size_t len)
{
	if (self(t)->modern)
		write_all(bytes, len);
}

static void curses_bell(struct term *t)
{
	(void)t;
	beep();
}

static void curses_free(struct term *t)
{
	struct term_curses *c = self(t);

	curses_leave(t);
	delscreen(c->screen);
	grid_release(&c->shown);
	key_decoder_release(&c->decoder);
	free(c);
}

static const struct term_ops curses_ops = {
	.name = "curses",
	.size = curses_size,
	.fd = curses_fd,
	.timeout = curses_timeout,
	.read = curses_read,
	.eof = curses_eof,
	.blit = curses_blit,
	.redraw = curses_redraw,
	.leave = curses_leave,
	.enter = curses_enter,
	.resized = curses_resized,
	.mouse = curses_mouse,
	.send = curses_send,
	.bell = curses_bell,
	.free = curses_free,
};

static void add_terminfo_keys(struct key_decoder *d)
{
	static const struct {
		const char *cap;
		uint32_t code;
	} caps[] = {
		{ "kcuu1", K_UP },     { "kcud1", K_DOWN },  { "kcub1", K_LEFT },
		{ "kcuf1", K_RIGHT },  { "khome", K_HOME },  { "kend", K_END },
		{ "kpp", K_PGUP },     { "knp", K_PGDN },    { "kich1", K_INSERT },
		{ "kdch1", K_DELETE }, { "kf1", K_F1 },	     { "kf2", K_F1 + 1 },
		{ "kf3", K_F1 + 2 },   { "kf4", K_F1 + 3 },  { "kf5", K_F1 + 4 },
		{ "kf6", K_F1 + 5 },   { "kf7", K_F1 + 6 },  { "kf8", K_F1 + 7 },
		{ "kf9", K_F1 + 8 },   { "kf10", K_F1 + 9 }, { "kf11", K_F1 + 10 },
		{ "kf12", K_F1 + 11 },
	};

	for (size_t i = 0; i < ARRAY_LEN(caps); i++) {
		const char *seq = capability(caps[i].cap);

		if (seq)
			key_decoder_add(d, seq, (struct key){ caps[i].code, 0 });
	}
}

/* As curses reads it. */
static void set_escape_delay(struct key_decoder *d)
{
	const char *s = getenv("ESCDELAY");
	char *end = NULL;
	long ms = s ? strtol(s, &end, 0) : 0;

	if (s && end != s && *end == '\0' && ms >= 0)
		d->esc_ms = (unsigned)MIN(ms, (long)ESC_MS_MAX);
}

static void curses_setup(struct term_curses *c, const struct term_options *o)
{
	raw();
	noecho();
	nonl();
	typeahead(-1); /* else curses does not draw while input is pending */
	leaveok(stdscr, FALSE);
	scrollok(stdscr, FALSE);
	idlok(stdscr, TRUE);
	c->modern = capability("kmous") != NULL;
	c->mouse_wanted = o->mouse;
	c->next_pair = 1;
	c->cursor_shown = -1;
	c->base.mono = o->mono || style_env_mono() || !has_colors() || start_color() != OK ||
		       use_default_colors() != OK || COLORS < 8;
	add_terminfo_keys(&c->decoder);
}

static bool terminal_usable(struct err *e)
{
	const char *term = getenv("TERM");
	int status;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(e, ERR_USAGE, "standard input and output are not a terminal");
	if (!term || !*term)
		return err_set(e, ERR_USAGE, "TERM is not set");
	if (setupterm(NULL, STDOUT_FILENO, &status) != OK)
		return err_set(e, ERR_USAGE, "there is no terminfo entry for TERM=%.40s", term);
	if (!capability("cup"))
		return err_set(e, ERR_USAGE, "a terminal of type %.40s cannot move its cursor",
			       term);
	return true;
}

bool term_curses_open(struct term **out, const struct term_options *o, struct err *e)
{
	static bool at_exit;
	struct term_curses *c;

	if (!terminal_usable(e))
		return false;
	if (tcgetattr(STDIN_FILENO, &rescue.saved) < 0)
		return err_sys(e, errno, "tcgetattr");
	c = xcalloc(1, sizeof(*c));
	c->screen = newterm(NULL, stdout, stdin);
	if (!c->screen) {
		free(c);
		return err_set(e, ERR_USAGE, "curses cannot use this terminal");
	}
	c->base.ops = &curses_ops;
	c->base.theme = o->theme ? o->theme : theme_find("default");
	c->base.ascii = o->ascii || style_env_ascii();
	grid_init(&c->shown);
	key_decoder_init(&c->decoder);
	set_escape_delay(&c->decoder);
	curses_setup(c, o);
	rescue_prepare(c->modern);
	if (!at_exit)
		atexit(rescue_terminal);
	at_exit = true;
	c->active = true;
	rescue.active = 1;
	set_modes(c);
	*out = &c->base;
	return true;
}
