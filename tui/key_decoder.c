#include "key_decoder.h"

#include "base/text.h"

enum { SEQUENCE_MAX = 64 }; /* a longer CSI is noise */

void key_decoder_init(struct key_decoder *d)
{
	memset(d, 0, sizeof(*d));
	buf_init(&d->in);
	buf_init(&d->paste);
	d->esc_ms = KEY_ESC_MS;
}

void key_decoder_release(struct key_decoder *d)
{
	buf_release(&d->in);
	buf_release(&d->paste);
	vec_release(&d->own);
}

void key_decoder_add(struct key_decoder *d, const char *seq, struct key key)
{
	struct key_decoder_seq s = { .key = key };
	size_t n = strlen(seq);

	/* one byte would shadow a plain key */
	if (n < 2 || n >= sizeof(s.seq) || seq[0] != '\033')
		return;
	memcpy(s.seq, seq, n);
	vec_push(&d->own, s);
}

void key_decoder_feed(struct key_decoder *d, const char *bytes, size_t len)
{
	size_t rest = d->in.len - d->at;

	if (d->at > 0) {
		memmove(d->in.data, d->in.data + d->at, rest);
		buf_truncate(&d->in, rest);
		d->at = 0;
	}
	buf_add(&d->in, bytes, len);
}

static bool emit_key(struct event *ev, uint32_t code, unsigned mods)
{
	memset(ev, 0, sizeof(*ev));
	ev->type = EV_KEY;
	ev->key = (struct key){ code, mods };
	return true;
}

/* What a step found: an event, none (bytes consumed), or too few bytes. */
enum step { STEP_EVENT, STEP_SKIP, STEP_MORE };

static bool emit_control(struct event *ev, unsigned char c, unsigned mods)
{
	switch (c) {
	case 0: return emit_key(ev, ' ', mods | KEY_CTRL);
	case '\t':
	case '\r': return emit_key(ev, c, mods);
	case 0x08:
	case 0x7f: return emit_key(ev, K_BACKSPACE, mods);
	case 0x1b: return emit_key(ev, K_ESC, mods);
	default:
		return emit_key(ev, c <= 26 ? (uint32_t)(c + 'a' - 1) : (uint32_t)(c + '@'),
				mods | KEY_CTRL);
	}
}

/* Bytes that the UTF-8 sequence beginning with c would have. */
static size_t rune_size(unsigned char c)
{
	return c < 0x80 ? 1 : c >= 0xf0 && c < 0xf8 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 1;
}

static enum step decode_rune(struct key_decoder *d, struct event *ev, unsigned mods, bool last)
{
	const char *s = d->in.data + d->at;
	size_t len = d->in.len - d->at, n;
	uint32_t r;

	if ((unsigned char)*s < 0x20 || (unsigned char)*s == 0x7f) {
		d->at++;
		emit_control(ev, (unsigned char)*s, mods);
		return STEP_EVENT;
	}
	if (len < rune_size((unsigned char)*s) && !last)
		return STEP_MORE;
	n = text_rune(s, len, &r);
	d->at += n;
	if (r == 0xFFFD || (r >= 0x80 && r < 0xA0)) /* no key makes a C1 control */
		return STEP_SKIP;
	emit_key(ev, r, mods);
	return STEP_EVENT;
}

static uint32_t tilde_code(unsigned n)
{
	static const struct {
		unsigned char n;
		uint32_t code;
	} codes[] = {
		{ 1, K_HOME }, { 2, K_INSERT }, { 3, K_DELETE }, { 4, K_END },
		{ 5, K_PGUP }, { 6, K_PGDN },	{ 7, K_HOME },	 { 8, K_END },
	};

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (codes[i].n == n)
			return codes[i].code;
	if (n >= 11 && n <= 15)
		return K_F1 + n - 11;
	if (n >= 17 && n <= 21)
		return K_F1 + n - 12;
	if (n == 23 || n == 24)
		return K_F1 + n - 13;
	return K_NONE;
}

static uint32_t letter_code(char c)
{
	switch (c) {
	case 'A': return K_UP;
	case 'B': return K_DOWN;
	case 'C': return K_RIGHT;
	case 'D': return K_LEFT;
	case 'H': return K_HOME;
	case 'F': return K_END;
	case 'P':
	case 'Q':
	case 'R':
	case 'S': return K_F1 + (uint32_t)(c - 'P');
	case 'M': return K_ENTER;
	case 'Z': return K_TAB;
	default: return K_NONE;
	}
}

static enum step mouse_event(struct event *ev, unsigned b, int x, int y, bool release)
{
	unsigned button = b & 3;

	memset(ev, 0, sizeof(*ev));
	ev->type = EV_MOUSE;
	ev->x = x - 1;
	ev->y = y - 1;
	ev->mods = (b & 4 ? KEY_SHIFT : 0) | (b & 8 ? KEY_ALT : 0) | (b & 16 ? KEY_CTRL : 0);
	if (x < 1 || y < 1 || x > 10000 || y > 10000 || (b & ~0x7fu))
		return STEP_SKIP;
	if (b & 64) {
		if (button > 1 || release)
			return STEP_SKIP;
		ev->mouse = button ? MOUSE_WHEEL_DOWN : MOUSE_WHEEL_UP;
		return STEP_EVENT;
	}
	ev->button = button + 1;
	if (b & 32)
		ev->mouse = MOUSE_DRAG;
	else
		ev->mouse = release || button == 3 ? MOUSE_RELEASE : MOUSE_PRESS;
	return button == 3 && (b & 32) ? STEP_SKIP : STEP_EVENT;
}

/* The numbers of a CSI; missing ones are 0. Numbers are capped. */
static unsigned csi_numbers(const char *s, size_t len, unsigned *v, unsigned max)
{
	unsigned n = 0;

	memset(v, 0, max * sizeof(*v));
	for (size_t i = 0; i < len && n < max; i++) {
		if (s[i] >= '0' && s[i] <= '9')
			v[n] = MIN(v[n] * 10 + (unsigned)(s[i] - '0'), 2000000u);
		else if (s[i] == ';')
			n++;
		else
			break;
	}
	return MIN(n + 1, max);
}

/* The code of a key reported by CSI u, as without that mode: letters carry shift, control has no capitals. */
static uint32_t reported_rune(uint32_t r, unsigned *mods)
{
	if (r == 8)
		return K_BACKSPACE;
	if ((r < 0x20 && r != K_TAB && r != K_ENTER && r != K_ESC) || r >= 0x110000 ||
	    (r >= 0xD800 && r < 0xE000) || r == 0xFFFD)
		return K_NONE;
	if ((*mods & KEY_CTRL) && r >= 'A' && r <= 'Z')
		r += 'a' - 'A';
	if (r > ' ' && r < 0x7f && (*mods & KEY_SHIFT)) {
		*mods &= ~(unsigned)KEY_SHIFT;
		return r >= 'a' && r <= 'z' && !(*mods & KEY_CTRL) ? r - 'a' + 'A' : r;
	}
	return r;
}

static enum step decode_csi_key(const char *params, size_t len, char final, struct event *ev)
{
	unsigned v[3], mods;
	uint32_t code;

	if (len && *params >= '<') /* private: a reply */
		return STEP_SKIP;
	csi_numbers(params, len, v, 3);
	mods = v[1] > 1 ? (v[1] - 1) & (KEY_SHIFT | KEY_ALT | KEY_CTRL) : 0;
	if (final == '~')
		code = tilde_code(v[0]);
	else if (final == 'u')
		code = reported_rune(v[0], &mods);
	else /* the position of the cursor ends with R, as F3 */
		code = v[0] > 1 ? K_NONE : letter_code(final);
	if (code == K_NONE)
		return STEP_SKIP;
	if (final == 'Z')
		mods |= KEY_SHIFT;
	emit_key(ev, code, mods);
	return STEP_EVENT;
}

/* The old mouse report: ESC [ M and three bytes, offset 32. */
static enum step decode_old_mouse(struct key_decoder *d, struct event *ev)
{
	const unsigned char *s = (const unsigned char *)d->in.data + d->at;
	size_t len = MIN(d->in.len - d->at, (size_t)6);

	for (size_t i = 3; i < len; i++) {
		if (s[i] < 0x20) { /* not a report: what broke it off is read by itself */
			d->at += i;
			return STEP_SKIP;
		}
	}
	if (len < 6)
		return STEP_MORE;
	d->at += 6;
	return mouse_event(ev, (unsigned)(s[3] - 32) & 0x7f, s[4] - 32, s[5] - 32, false);
}

/* A whole CSI: params and the final byte. */
static enum step take_csi(struct key_decoder *d, const char *params, size_t len, char final,
			  struct event *ev)
{
	unsigned v[3];

	if (final == '~' && len == 3 && memcmp(params, "200", 3) == 0) {
		d->in_paste = true;
		d->drop_paste = false;
		buf_clear(&d->paste);
		return STEP_SKIP;
	}
	if (len && *params == '<' && (final == 'M' || final == 'm')) {
		csi_numbers(params + 1, len - 1, v, 3);
		return mouse_event(ev, v[0], (int)v[1], (int)v[2], final == 'm');
	}
	return decode_csi_key(params, len, final, ev);
}

/* At ESC [ and at least one byte more. */
static enum step decode_csi(struct key_decoder *d, struct event *ev)
{
	const char *s = d->in.data + d->at;
	size_t len = d->in.len - d->at, i = 2;

	if (s[2] == 'M')
		return decode_old_mouse(d, ev);
	while (i < len && i < SEQUENCE_MAX && s[i] >= 0x20 && s[i] < 0x40)
		i++;
	if (i == SEQUENCE_MAX) {
		d->at += i;
		d->in_noise = true;
		return STEP_SKIP;
	}
	if (i == len)
		return STEP_MORE;
	if (s[i] < 0x40 || s[i] > 0x7e) {
		d->at += i; /* not a CSI after all: what broke it off is read by itself */
		return STEP_SKIP;
	}
	d->at += i + 1;
	return take_csi(d, s + 2, i - 2, s[i], ev);
}

/* At ESC O. */
static enum step decode_ss3(struct key_decoder *d, struct event *ev)
{
	uint32_t code = letter_code(d->in.data[d->at + 2]);

	if ((unsigned char)d->in.data[d->at + 2] < 0x20) {
		d->at += 2; /* broken off */
		return STEP_SKIP;
	}
	d->at += 3;
	if (code == K_NONE)
		return STEP_SKIP;
	emit_key(ev, code, 0);
	return STEP_EVENT;
}

/* In an OSC, DCS, APC, PM or SOS: nothing of it is a key. It ends with ST or BEL. */
static enum step decode_string(struct key_decoder *d)
{
	const char *s = d->in.data;

	for (; d->at < d->in.len; d->at++) {
		switch (s[d->at]) {
		case 0x1b:
			if (d->at + 1 == d->in.len)
				return STEP_MORE;
			d->in_string = false;
			d->at += s[d->at + 1] == '\\' ? 2 : 0; /* else another sequence begins */
			return STEP_SKIP;
		case '\a':
			d->at++;
			d->in_string = false;
			return STEP_SKIP;
		case 0x03: /* ctrl-c, and what breaks off a string by ECMA-48: read by themselves */
		case 0x18:
		case 0x1a: d->in_string = false; return STEP_SKIP;
		}
	}
	return STEP_MORE;
}

/* In a CSI that is too long: until its end, or what breaks it off. */
static enum step decode_noise(struct key_decoder *d)
{
	while (d->at < d->in.len && d->in.data[d->at] >= 0x20 && d->in.data[d->at] < 0x40)
		d->at++;
	if (d->at == d->in.len)
		return STEP_MORE;
	d->in_noise = false;
	d->at += d->in.data[d->at] >= 0x40 && d->in.data[d->at] <= 0x7e;
	return STEP_SKIP;
}

static enum step decode_own(struct key_decoder *d, struct event *ev)
{
	const char *s = d->in.data + d->at;
	size_t len = d->in.len - d->at;
	bool begun = false;

	for (size_t i = 0; i < d->own.n; i++) {
		size_t n = strlen(d->own.items[i].seq);

		if (n <= len && memcmp(s, d->own.items[i].seq, n) == 0) {
			d->at += n;
			emit_key(ev, d->own.items[i].key.code, d->own.items[i].key.mods);
			return STEP_EVENT;
		}
		begun = begun || (n > len && memcmp(s, d->own.items[i].seq, len) == 0);
	}
	return begun ? STEP_MORE : STEP_SKIP;
}

static bool begins_string(char c)
{
	return c != '\0' && strchr("]P_^X", c) != NULL;
}

static bool begins_sequence(char c)
{
	return c == '[' || c == 'O' || begins_string(c);
}

static enum step take_escape_key(struct key_decoder *d, struct event *ev)
{
	d->at++;
	emit_key(ev, K_ESC, 0);
	return STEP_EVENT;
}

/* At ESC and a byte that begins a sequence: more is expected, or has come. */
static enum step decode_sequence(struct key_decoder *d, struct event *ev, bool last)
{
	enum step st = STEP_MORE;
	char c = d->in.data[d->at + 1];

	if (d->in.len - d->at == 2)
		return STEP_MORE;
	if (begins_string(c)) {
		d->at += 2;
		d->in_string = true;
		return STEP_SKIP;
	}
	st = c == 'O' ? decode_ss3(d, ev) : decode_csi(d, ev);
	if (st != STEP_MORE || !last)
		return st;
	d->at = d->in.len; /* broken off */
	return STEP_SKIP;
}

/* At ESC. */
static enum step decode_escape(struct key_decoder *d, struct event *ev, bool last)
{
	const char *s = d->in.data + d->at;
	size_t len = d->in.len - d->at;
	enum step st = decode_own(d, ev);

	if (st == STEP_EVENT || (st == STEP_MORE && !last))
		return st;
	if (len == 1)
		return last ? take_escape_key(d, ev) : STEP_MORE;
	if (s[1] == 0x1b)
		return take_escape_key(d, ev);
	if (begins_sequence(s[1]) && (len > 2 || !last))
		return decode_sequence(d, ev, last);
	if (d->alone)
		return take_escape_key(d, ev);
	d->at++;
	st = decode_rune(d, ev, KEY_ALT, last);
	if (st == STEP_MORE)
		d->at--;
	return st;
}

static enum step end_paste(struct key_decoder *d, struct event *ev)
{
	d->in_paste = false;
	if (d->drop_paste)
		return STEP_SKIP;
	memset(ev, 0, sizeof(*ev));
	ev->type = EV_PASTE;
	ev->text = d->paste.data;
	ev->len = d->paste.len;
	return STEP_EVENT;
}

static void keep_pasted(struct key_decoder *d, size_t n)
{
	buf_add(&d->paste, d->in.data + d->at, MIN(n, KEY_PASTE_MAX - d->paste.len));
	d->at += n;
}

static enum step decode_paste(struct key_decoder *d, struct event *ev)
{
	static const char end[] = "\033[201~";
	const char *s = d->in.data + d->at;
	size_t len = d->in.len - d->at;
	const char *stop = memmem(s, len, end, 6);
	/* without an end keep back what may be its beginning */
	size_t n = stop ? (size_t)(stop - s) : len;
	const char *ctrl_c = memchr(s, 0x03, n);

	if (ctrl_c) {
		d->at += (size_t)(ctrl_c - s) + 1;
		d->drop_paste = true;
		emit_control(ev, 0x03, 0);
		return STEP_EVENT;
	}
	for (size_t k = MIN(len, (size_t)5); !stop && k > 0; k--) {
		if (memcmp(s + len - k, end, k) == 0) {
			n = len - k;
			break;
		}
	}
	keep_pasted(d, n);
	if (!stop)
		return STEP_MORE;
	d->at += 6;
	return end_paste(d, ev);
}

static enum step decode_step(struct key_decoder *d, struct event *ev, bool last)
{
	if (d->in_paste)
		return decode_paste(d, ev);
	if (d->in_string)
		return decode_string(d);
	if (d->in_noise)
		return decode_noise(d);
	if (d->in.data[d->at] == 0x1b)
		return decode_escape(d, ev, last);
	return decode_rune(d, ev, 0, last);
}

static bool decode(struct key_decoder *d, struct event *ev, bool last)
{
	while (d->at < d->in.len) {
		enum step st;

		ev->type = EV_NONE;
		st = decode_step(d, ev, last);
		if (st == STEP_MORE)
			return false;
		d->alone = false;
		if (st == STEP_EVENT)
			return true;
	}
	return false;
}

bool key_decoder_next(struct key_decoder *d, struct event *ev)
{
	return decode(d, ev, false);
}

static bool is_lone_escape(const struct key_decoder *d)
{
	return d->in.len - d->at == 1 && d->in.data[d->at] == 0x1b;
}

int key_decoder_wait(const struct key_decoder *d)
{
	if (d->in_paste || d->in_string || d->in_noise)
		return KEY_SEQUENCE_MS;
	if (d->at == d->in.len)
		return -1;
	if (is_lone_escape(d))
		return (int)(d->alone ? d->esc_ms : MIN(d->esc_ms, (unsigned)KEY_ALT_MS));
	return (int)MAX(d->esc_ms, (unsigned)KEY_SEQUENCE_MS);
}

bool key_decoder_quiet(struct key_decoder *d, unsigned ms, struct event *ev)
{
	int wait = key_decoder_wait(d);

	if (wait < 0 || ms < (unsigned)wait)
		return false;
	d->in_string = d->in_noise = false;
	if (d->in_paste) {
		keep_pasted(d, d->in.len - d->at);
		return end_paste(d, ev) == STEP_EVENT;
	}
	if (is_lone_escape(d) && ms < d->esc_ms) {
		d->alone = true;
		return false;
	}
	return decode(d, ev, true);
}
