#include "key.h"

#include "base/text.h"

enum { SEQUENCE_MAX = 64 }; /* a longer CSI is noise */

static const struct {
	const char *name;
	uint32_t code;
} names[] = {
	{ "enter", K_ENTER },	{ "tab", K_TAB },	{ "esc", K_ESC },
	{ "space", K_SPACE },	{ "up", K_UP },		{ "down", K_DOWN },
	{ "left", K_LEFT },	{ "right", K_RIGHT },	{ "home", K_HOME },
	{ "end", K_END },	{ "pgup", K_PGUP },	{ "pgdn", K_PGDN },
	{ "insert", K_INSERT }, { "delete", K_DELETE }, { "backspace", K_BACKSPACE },
};

static bool name_code(const char *s, size_t len, uint32_t *code)
{
	uint32_t r;
	unsigned n = 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strlen(names[i].name) == len && memcmp(names[i].name, s, len) == 0) {
			*code = names[i].code;
			return true;
		}
	}
	if ((len == 2 || len == 3) && s[0] == 'f') {
		for (size_t i = 1; i < len; i++) {
			if (s[i] < '0' || s[i] > '9')
				return false;
			n = n * 10 + (unsigned)(s[i] - '0');
		}
		*code = K_F1 + n - 1;
		return n >= 1 && n <= 12 && s[1] != '0';
	}
	if (len == 0 || text_rune(s, len, &r) != len || r < 0x20 || r == 0x7f || r == 0xFFFD)
		return false;
	*code = r;
	return true;
}

bool key_parse(struct key *k, const char *name, size_t len)
{
	static const struct {
		const char *prefix;
		unsigned mod;
	} mods[] = { { "ctrl-", KEY_CTRL }, { "alt-", KEY_ALT }, { "shift-", KEY_SHIFT } };

	k->mods = 0;
	for (size_t i = 0; i < ARRAY_LEN(mods); i++) {
		size_t n = strlen(mods[i].prefix);

		if (len > n && memcmp(name, mods[i].prefix, n) == 0) {
			if (k->mods & mods[i].mod)
				return false;
			k->mods |= mods[i].mod;
			name += n;
			len -= n;
			i = SIZE_MAX; /* any order */
		}
	}
	if (!name_code(name, len, &k->code))
		return false;
	/* terminals send the same for ctrl-x and ctrl-X, and shift is in the letter itself */
	if ((k->mods & KEY_CTRL) && k->code >= 'A' && k->code <= 'Z')
		k->code += 'a' - 'A';
	return !((k->mods & KEY_SHIFT) && k->code > ' ' && k->code < 0x7f);
}

void key_write(struct buf *out, struct key k)
{
	if (k.mods & KEY_CTRL)
		buf_addstr(out, "ctrl-");
	if (k.mods & KEY_ALT)
		buf_addstr(out, "alt-");
	if (k.mods & KEY_SHIFT)
		buf_addstr(out, "shift-");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (names[i].code == k.code) {
			buf_addstr(out, names[i].name);
			return;
		}
	}
	if (k.code >= K_F1 && k.code <= K_F12)
		buf_addf(out, "f%u", k.code - K_F1 + 1);
	else
		text_add_rune(out, k.code);
}

size_t key_typed(struct key k, char *out)
{
	struct buf b = BUF_INIT;
	size_t n;

	if (k.mods || k.code < 0x20 || k.code == 0x7f || k.code >= 0x110000)
		return 0;
	text_add_rune(&b, k.code);
	n = MIN(b.len, (size_t)4);
	memcpy(out, b.data, n);
	buf_release(&b);
	return n;
}

void key_decoder_init(struct key_decoder *d)
{
	memset(d, 0, sizeof(*d));
	buf_init(&d->in);
	buf_init(&d->paste);
}

void key_decoder_release(struct key_decoder *d)
{
	buf_release(&d->in);
	buf_release(&d->paste);
	vec_release(&d->own);
}

void key_decoder_add(struct key_decoder *d, const char *seq, struct key key)
{
	struct key_seq s = { .key = key };
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

/* What a step found: an event, nothing to tell (bytes taken), or too few bytes. */
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
	if (r == 0xFFFD)
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

/* A rune told with modifiers (CSI u), as the same key would come without: letters hold shift, control has no capitals. */
static uint32_t told_rune(uint32_t r, unsigned *mods)
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

	csi_numbers(params, len, v, 3);
	mods = v[1] > 1 ? (v[1] - 1) & (KEY_SHIFT | KEY_ALT | KEY_CTRL) : 0;
	if (final == '~')
		code = tilde_code(v[0]);
	else if (final == 'u')
		code = told_rune(v[0], &mods);
	else
		code = letter_code(final);
	if (code == K_NONE)
		return STEP_SKIP;
	if (final == 'Z')
		mods |= KEY_SHIFT;
	emit_key(ev, code, mods);
	return STEP_EVENT;
}

/* At ESC [ ... */
static enum step decode_csi(struct key_decoder *d, struct event *ev)
{
	const char *s = d->in.data + d->at;
	size_t len = d->in.len - d->at, i = 2;

	if (len >= 3 && s[2] == 'M') { /* the old mouse report: three bytes, offset 32 */
		if (len < 6)
			return STEP_MORE;
		d->at += 6;
		return mouse_event(ev, (unsigned)((unsigned char)s[3] - 32) & 0x7f,
				   (unsigned char)s[4] - 32, (unsigned char)s[5] - 32, false);
	}
	while (i < len && i < SEQUENCE_MAX && s[i] >= 0x20 && s[i] < 0x40)
		i++;
	if (i == SEQUENCE_MAX) {
		d->at += i;
		return STEP_SKIP;
	}
	if (i == len)
		return STEP_MORE;
	d->at += i + 1;
	if (s[i] < 0x40 || s[i] > 0x7e) {
		d->at--; /* not a CSI after all: what broke it off is read by itself */
		return STEP_SKIP;
	}
	if (s[i] == '~' && i == 5 && memcmp(s + 2, "200", 3) == 0) {
		d->in_paste = true;
		buf_clear(&d->paste);
		return STEP_SKIP;
	}
	if (s[2] == '<' && (s[i] == 'M' || s[i] == 'm')) {
		unsigned v[3];

		csi_numbers(s + 3, i - 3, v, 3);
		return mouse_event(ev, v[0], (int)v[1], (int)v[2], s[i] == 'm');
	}
	return decode_csi_key(s + 2, i - 2, s[i], ev);
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

/* At ESC. */
static enum step decode_escape(struct key_decoder *d, struct event *ev, bool last)
{
	const char *s = d->in.data + d->at;
	size_t len = d->in.len - d->at;
	uint32_t code;

	enum step own = decode_own(d, ev);

	if (own == STEP_EVENT || (own == STEP_MORE && !last))
		return own;
	if (len == 1 || s[1] == 0x1b) {
		if (len == 1 && !last)
			return STEP_MORE;
		d->at++;
		emit_key(ev, K_ESC, 0);
		return STEP_EVENT;
	}
	if (s[1] == '[' && (len > 2 || !last)) {
		enum step st = len == 2 ? STEP_MORE : decode_csi(d, ev);

		if (st != STEP_MORE || !last)
			return st;
		d->at = d->in.len; /* broken off */
		return STEP_SKIP;
	}
	if (s[1] == 'O' && (len > 2 || !last)) {
		if (len == 2)
			return STEP_MORE;
		code = letter_code(s[2]);
		d->at += 3;
		if (code == K_NONE)
			return STEP_SKIP;
		emit_key(ev, code, 0);
		return STEP_EVENT;
	}
	d->at++;
	if (decode_rune(d, ev, KEY_ALT, last) == STEP_MORE) {
		d->at--;
		return STEP_MORE;
	}
	return ev->type == EV_KEY ? STEP_EVENT : STEP_SKIP;
}

static enum step decode_paste(struct key_decoder *d, struct event *ev)
{
	static const char end[] = "\033[201~";
	const char *s = d->in.data + d->at;
	size_t len = d->in.len - d->at, n;
	const char *stop = memmem(s, len, end, 6);

	/* without an end keep five bytes back: they may be its beginning */
	n = stop ? (size_t)(stop - s) : len > 5 ? len - 5 : 0;
	buf_add(&d->paste, s, MIN(n, KEY_PASTE_MAX - d->paste.len));
	d->at += n + (stop ? 6 : 0);
	if (!stop)
		return STEP_MORE;
	d->in_paste = false;
	memset(ev, 0, sizeof(*ev));
	ev->type = EV_PASTE;
	ev->text = d->paste.data;
	ev->len = d->paste.len;
	return STEP_EVENT;
}

static bool decode(struct key_decoder *d, struct event *ev, bool last)
{
	while (d->at < d->in.len) {
		enum step st;

		ev->type = EV_NONE;
		if (d->in_paste)
			st = decode_paste(d, ev);
		else if (d->in.data[d->at] == 0x1b)
			st = decode_escape(d, ev, last);
		else
			st = decode_rune(d, ev, 0, last);
		if (st == STEP_EVENT)
			return true;
		if (st == STEP_MORE)
			return false;
	}
	return false;
}

bool key_decoder_next(struct key_decoder *d, struct event *ev)
{
	return decode(d, ev, false);
}

bool key_decoder_pending(const struct key_decoder *d)
{
	return d->at < d->in.len && !d->in_paste;
}

bool key_decoder_flush(struct key_decoder *d, struct event *ev)
{
	return decode(d, ev, true);
}
