#include "screen/term_script.h"

#ifdef __GLIBC__
#include <sys/resource.h>
#endif

#include "base/text.h"
#include "screen/grid_dump.h"

enum step_kind {
	STEP_SIZE,
	STEP_KEY,
	STEP_TYPE,
	STEP_PASTE,
	STEP_CLICK,
	STEP_DOUBLE,
	STEP_WHEEL,
	STEP_MOUSE,
	STEP_SHELL,
	STEP_WAIT,
	STEP_FRAME,
	STEP_SNAP,
	STEP_STYLES
};
enum { SCRIPT_MAX = 1 << 20, SIZE_MAX_CELLS = 1000 };

struct term_script_step {
	enum step_kind kind;
	int a, b;  /* size, or position */
	bool down; /* wheel */
	enum event_mouse mouse;
	unsigned button;
	struct key key;
	char *text; /* owned */
};

#ifdef __GLIBC__
/* Replaces libc's: a script waits for background work, which would starve beside other programs. */
int setpriority(__priority_which_t which, id_t who, int priority)
{
	(void)which;
	(void)who;
	(void)priority;
	return 0;
}
#endif

static struct term_script *self(struct term *t)
{
	return (struct term_script *)t;
}

static void script_size(struct term *t, int *w, int *h)
{
	*w = self(t)->w;
	*h = self(t)->h;
}

static int script_fd(struct term *t)
{
	(void)t;
	return -1;
}

static bool is_idle(struct term_script *s)
{
	return !s->idle || s->idle(s->ctx);
}

/* A job may end without notifying us, so a wait looks again soon. */
static int script_timeout(struct term *t)
{
	struct term_script *s = self(t);

	if (s->at == s->n_steps)
		return -1;
	return s->steps[s->at].kind == STEP_WAIT && !is_idle(s) ? 2 : 0;
}

static void next_step(struct term_script *s)
{
	s->at++;
	s->part = 0;
}

static void mouse(struct event *ev, const struct term_script_step *st, enum event_mouse kind)
{
	ev->type = EV_MOUSE;
	ev->mouse = kind;
	ev->button = kind == MOUSE_PRESS || kind == MOUSE_RELEASE ? 1 : 0;
	ev->x = st->a;
	ev->y = st->b;
}

static void type_next(struct term_script *s, const struct term_script_step *st, struct event *ev)
{
	size_t len = strlen(st->text);

	ev->type = EV_KEY;
	s->part += text_rune(st->text + s->part, len - s->part, &ev->key.code);
	if (s->part >= len)
		next_step(s);
}

/* A snapshot shows a frame that follows all earlier events: an EV_NONE requests that frame. */
static bool snap(struct term_script *s, const struct term_script_step *st)
{
	if (s->fresh)
		return true;
	if (st->text)
		buf_addf(&s->out, "== %s\n", st->text);
	if (st->kind == STEP_SNAP)
		grid_dump(&s->shown, &s->out);
	else if (st->kind == STEP_STYLES)
		grid_dump_styles(&s->shown, &s->out);
	next_step(s);
	return false;
}

static bool run_step(struct term_script *s, struct event *ev)
{
	const struct term_script_step *st = s->steps + s->at;

	switch (st->kind) {
	case STEP_SIZE:
		s->w = st->a;
		s->h = st->b;
		ev->type = EV_RESIZE;
		ev->x = st->a;
		ev->y = st->b;
		break;
	case STEP_KEY:
		ev->type = EV_KEY;
		ev->key = st->key;
		break;
	case STEP_TYPE: type_next(s, st, ev); return true;
	case STEP_PASTE:
		ev->type = EV_PASTE;
		ev->text = st->text;
		ev->len = strlen(st->text);
		break;
	case STEP_CLICK:
	case STEP_DOUBLE:
		mouse(ev, st, s->part % 2 == 0 ? MOUSE_PRESS : MOUSE_RELEASE);
		if (++s->part < (st->kind == STEP_CLICK ? 2 : 4))
			return true;
		break;
	case STEP_WHEEL: mouse(ev, st, st->down ? MOUSE_WHEEL_DOWN : MOUSE_WHEEL_UP); break;
	case STEP_MOUSE:
		mouse(ev, st, st->mouse);
		ev->button = st->button;
		break;
	default: return false;
	}
	next_step(s);
	return true;
}

/* Its output is not part of the screen, and it may be meant to fail. */
static void run_shell(const char *command)
{
	if (system(command) < 0)
		fprintf(stderr, "term_script: no shell\n");
}

static bool script_read(struct term *t, struct event *ev)
{
	struct term_script *s = self(t);

	memset(ev, 0, sizeof(*ev));
	while (s->at < s->n_steps) {
		const struct term_script_step *st = s->steps + s->at;

		if (st->kind == STEP_WAIT) {
			if (!is_idle(s))
				return false;
			s->fresh = true;
			next_step(s);
		} else if (st->kind == STEP_SHELL) {
			run_shell(st->text);
			next_step(s);
		} else if (st->kind >= STEP_FRAME) {
			if (snap(s, st))
				return true;
		} else {
			s->fresh = true;
			return run_step(s, ev);
		}
	}
	return false;
}

static bool script_eof(struct term *t)
{
	return self(t)->at == self(t)->n_steps;
}

static bool is_raw(const struct grid_cell *c)
{
	const unsigned char *p = (const unsigned char *)c->text;

	for (size_t i = 0; i < c->len; i++)
		if (p[i] < 0x20 || p[i] == 0x7f || (p[i] == 0xc2 && p[i + 1] < 0xa0))
			return true;
	return false;
}

static void script_blit(struct term *t, const struct grid *g)
{
	struct term_script *s = self(t);
	size_t n = (size_t)g->w * (size_t)g->h;

	if (s->shown.w != g->w || s->shown.h != g->h)
		grid_resize(&s->shown, g->w, g->h);
	for (size_t i = 0; i < n; i++)
		s->raw_cells += is_raw(&g->cells[i]);
	for (size_t i = 0; i < n; i++)
		s->cells_sent += memcmp(&s->shown.cells[i], &g->cells[i], sizeof(*g->cells)) != 0;
	memcpy(s->shown.cells, g->cells, n * sizeof(*g->cells));
	s->shown.cursor_x = g->cursor_x;
	s->shown.cursor_y = g->cursor_y;
	s->frames++;
	s->fresh = false;
}

static void nothing(struct term *t)
{
	(void)t;
}

static void script_mouse(struct term *t, bool on)
{
	self(t)->mouse_on = on;
}

static void script_send(struct term *t, const char *bytes, size_t len)
{
	buf_add(&self(t)->sent, bytes, len);
}

static void script_free(struct term *t)
{
	struct term_script *s = self(t);

	for (size_t i = 0; i < s->n_steps; i++)
		free(s->steps[i].text);
	free(s->steps);
	grid_release(&s->shown);
	buf_release(&s->out);
	buf_release(&s->sent);
	buf_release(&s->paste);
	free(s);
}

static const struct term_ops script_ops = {
	.name = "script",
	.size = script_size,
	.fd = script_fd,
	.timeout = script_timeout,
	.read = script_read,
	.eof = script_eof,
	.blit = script_blit,
	.redraw = nothing,
	.leave = nothing,
	.enter = nothing,
	.resized = nothing,
	.mouse = script_mouse,
	.send = script_send,
	.bell = nothing,
	.free = script_free,
};

/* Two numbers with one character between them. */
static bool two_numbers(const char *s, char between, int *a, int *b)
{
	char *end;
	long x = strtol(s, &end, 10), y;

	if (end == s || *end != between)
		return false;
	s = end + 1;
	y = strtol(s, &end, 10);
	if (end == s || *end != '\0' || x < 0 || y < 0 || x > SIZE_MAX_CELLS || y > SIZE_MAX_CELLS)
		return false;
	*a = (int)x;
	*b = (int)y;
	return true;
}

static void add_step(struct term_script *s, struct term_script_step st)
{
	s->steps = xreallocarray(s->steps, s->n_steps + 1, sizeof(*s->steps));
	s->steps[s->n_steps++] = st;
}

static bool parse_keys(struct term_script *s, const char *rest)
{
	while (*rest) {
		struct term_script_step st = { .kind = STEP_KEY };
		size_t n = strcspn(rest, " \t");

		if (n > 0) {
			if (!key_parse(&st.key, rest, n))
				return false;
			add_step(s, st);
		}
		rest += n + (rest[n] != '\0');
	}
	return true;
}

static bool parse_wheel(struct term_script_step *st, const char *rest)
{
	const char *up = str_cut_prefix(rest, "up "), *down = str_cut_prefix(rest, "down ");

	st->kind = STEP_WHEEL;
	st->down = down != NULL;
	return (up || down) && two_numbers(up ? up : down, ' ', &st->a, &st->b);
}

static bool parse_mouse(struct term_script_step *st, const char *rest)
{
	static const struct {
		const char *word;
		enum event_mouse mouse;
	} words[] = {
		{ "press ", MOUSE_PRESS },     { "double ", MOUSE_DOUBLE },
		{ "release ", MOUSE_RELEASE }, { "drag ", MOUSE_DRAG },
		{ "up ", MOUSE_WHEEL_UP },     { "down ", MOUSE_WHEEL_DOWN },
	};

	st->kind = STEP_MOUSE;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		const char *numbers = str_cut_prefix(rest, words[i].word);

		if (!numbers || numbers[0] < '0' || numbers[0] > '9' || numbers[1] != ' ')
			continue;
		st->mouse = words[i].mouse;
		st->button = (unsigned)(numbers[0] - '0');
		return two_numbers(numbers + 2, ' ', &st->a, &st->b);
	}
	return false;
}

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* In place. A NUL cannot be pasted. */
static void unescape(char *text)
{
	char *out = text;

	while (*text) {
		int high = text[0] == '\\' && text[1] == 'x' ? hex_digit(text[2]) : -1;
		int low = high >= 0 ? hex_digit(text[3]) : -1;

		if (low >= 0 && high + low) {
			*out++ = (char)(high * 16 + low);
			text += 4;
		} else if (text[0] == '\\' && (text[1] == 'n' || text[1] == '\\')) {
			*out++ = text[1] == 'n' ? '\n' : '\\';
			text += 2;
		} else {
			*out++ = *text++;
		}
	}
	*out = '\0';
}

static bool parse_text_step(struct term_script *s, enum step_kind kind, const char *rest)
{
	struct term_script_step st = { .kind = kind };

	if (!*rest)
		return false;
	st.text = xstrdup(rest);
	if (kind == STEP_PASTE)
		unescape(st.text);
	add_step(s, st);
	return true;
}

static bool parse_step(struct term_script *s, const char *word, const char *rest)
{
	static const struct {
		const char *word;
		enum step_kind kind;
		char between; /* between its two numbers; 0: it takes text */
	} words[] = {
		{ "size", STEP_SIZE, 'x' },	{ "click", STEP_CLICK, ' ' },
		{ "double", STEP_DOUBLE, ' ' }, { "type", STEP_TYPE, 0 },
		{ "paste", STEP_PASTE, 0 },	{ "snap", STEP_SNAP, 0 },
		{ "styles", STEP_STYLES, 0 },	{ "sh", STEP_SHELL, 0 },
	};
	struct term_script_step st = { 0 };

	if (str_eq(word, "keys"))
		return parse_keys(s, rest);
	if (str_eq(word, "wait") || str_eq(word, "frame")) {
		st.kind = *word == 'w' ? STEP_WAIT : STEP_FRAME;
		add_step(s, st);
		return *rest == '\0';
	}
	if (str_eq(word, "wheel") || str_eq(word, "mouse")) {
		if (!(*word == 'w' ? parse_wheel : parse_mouse)(&st, rest))
			return false;
		add_step(s, st);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!str_eq(words[i].word, word))
			continue;
		if (words[i].between == 0)
			return parse_text_step(s, words[i].kind, rest);
		st.kind = words[i].kind;
		if (!two_numbers(rest, words[i].between, &st.a, &st.b))
			return false;
		add_step(s, st);
		return true;
	}
	return false;
}

static bool parse_line(struct term_script *s, char *line)
{
	size_t n;
	char *rest;

	line += strspn(line, " \t");
	if (*line == '\0' || *line == '#')
		return true;
	n = strcspn(line, " \t");
	rest = line + n;
	if (*rest)
		*rest++ = '\0';
	return parse_step(s, line, rest);
}

bool term_script_add(struct term_script *s, const char *script, size_t len, const char *name,
		     struct err *e)
{
	int number = 0;

	if (len > SCRIPT_MAX)
		return err_set(e, ERR_LIMIT, "%s: the script is over %d bytes", name, SCRIPT_MAX);
	while (len > 0) {
		const char *nl = memchr(script, '\n', len);
		size_t n = nl ? (size_t)(nl - script) : len;
		char *line = xstrndup(script, n);
		bool ok = parse_line(s, line);

		number++;
		free(line);
		if (!ok) {
			err_set(e, ERR_SYNTAX, "%s:%d: no such step: %.*s", name, number,
				(int)MIN(n, (size_t)80), script);
			return err_at(e, name, number, 1);
		}
		n += nl != NULL;
		script += n;
		len -= n;
	}
	return true;
}

bool term_script_open(struct term_script **out, const char *script, size_t len, const char *name,
		      struct err *e)
{
	struct term_script *s = xcalloc(1, sizeof(*s));

	s->base.ops = &script_ops;
	s->base.theme = theme_find("default");
	s->base.mono = true;
	s->w = 80;
	s->h = 24;
	s->fresh = true;
	grid_init(&s->shown);
	buf_init(&s->out);
	buf_init(&s->sent);
	buf_init(&s->paste);
	if (script && !term_script_add(s, script, len, name, e)) {
		term_free(&s->base);
		return false;
	}
	if (s->n_steps > 0 && s->steps[0].kind == STEP_SIZE) {
		s->w = s->steps[0].a;
		s->h = s->steps[0].b;
		next_step(s);
	}
	*out = s;
	return true;
}
