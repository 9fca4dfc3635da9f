#include "key.h"

#include "base/text.h"

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
	/* terminals send the same for ctrl-x and ctrl-X; letters carry shift */
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
