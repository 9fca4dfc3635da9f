#include "prompt.h"

#include "base/text.h"

void prompt_history_release(struct prompt_history *h)
{
	for (size_t i = 0; i < h->lines.n; i++)
		free(h->lines.items[i]);
	vec_release(&h->lines);
}

static void history_remove(struct prompt_history *h, size_t at)
{
	free(h->lines.items[at]);
	memmove(h->lines.items + at, h->lines.items + at + 1,
		(h->lines.n - at - 1) * sizeof(*h->lines.items));
	h->lines.n--;
}

void prompt_history_add(struct prompt_history *h, const char *line)
{
	if (!*line)
		return;
	for (size_t i = 0; i < h->lines.n; i++) {
		if (str_eq(h->lines.items[i], line)) {
			history_remove(h, i);
			break;
		}
	}
	if (h->lines.n == PROMPT_HISTORY)
		history_remove(h, 0);
	vec_push(&h->lines, xstrdup(line));
}

void prompt_init(struct prompt *p, const char *label)
{
	memset(p, 0, sizeof(*p));
	buf_init(&p->text);
	p->label = label;
	p->history_at = SIZE_MAX;
}

static void end_completion(struct prompt *p)
{
	free(p->complete_text);
	p->complete_text = NULL;
}

static void end_history(struct prompt *p)
{
	free(p->draft);
	p->draft = NULL;
	p->history_at = SIZE_MAX;
}

void prompt_release(struct prompt *p)
{
	buf_release(&p->text);
	end_completion(p);
	end_history(p);
}

static void put_text(struct prompt *p, const char *text)
{
	buf_clear(&p->text);
	buf_add(&p->text, text, MIN(strlen(text), (size_t)PROMPT_MAX));
	p->cursor = p->text.len;
}

void prompt_set(struct prompt *p, const char *text)
{
	end_completion(p);
	end_history(p);
	put_text(p, text);
	p->offered = false;
}

void prompt_offer(struct prompt *p, const char *text)
{
	prompt_set(p, text);
	p->offered = text[0] != '\0';
}

static void insert(struct prompt *p, const char *s, size_t n)
{
	if (p->offered)
		prompt_set(p, "");
	struct buf rest = BUF_INIT;

	if (p->text.len + n > PROMPT_MAX)
		return;
	buf_add(&rest, p->text.data + p->cursor, p->text.len - p->cursor);
	buf_truncate(&p->text, p->cursor);
	buf_add(&p->text, s, n);
	p->cursor = p->text.len;
	buf_add(&p->text, rest.data, rest.len);
	buf_release(&rest);
}

static bool erase_range(struct prompt *p, size_t from, size_t to)
{
	if (from >= to)
		return false;
	memmove(p->text.data + from, p->text.data + to, p->text.len - to);
	buf_truncate(&p->text, p->text.len - (to - from));
	p->cursor = from;
	return true;
}

static size_t before(const struct prompt *p)
{
	return width_prev(p->text.data, p->text.len, p->cursor);
}

static size_t after(const struct prompt *p)
{
	return width_after(p->text.data, p->text.len, p->cursor);
}

static bool in_word(const struct prompt *p, size_t i)
{
	unsigned char c = (unsigned char)p->text.data[i];

	return c >= 0x80 || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

static size_t word_before(const struct prompt *p)
{
	size_t i = p->cursor;

	while (i > 0 && !in_word(p, i - 1))
		i--;
	while (i > 0 && in_word(p, i - 1))
		i--;
	return i;
}

static size_t word_after(const struct prompt *p)
{
	size_t i = p->cursor;

	while (i < p->text.len && !in_word(p, i))
		i++;
	while (i < p->text.len && in_word(p, i))
		i++;
	return i;
}

static enum prompt_result visit_history(struct prompt *p, int dir)
{
	const struct prompt_history *h = p->history;
	size_t at = p->history_at;

	if (!h || h->lines.n == 0)
		return PROMPT_IGNORED;
	if (dir < 0) {
		if (at == SIZE_MAX) {
			free(p->draft);
			p->draft = xstrdup(p->text.data);
			at = h->lines.n;
		}
		if (at == 0)
			return PROMPT_HANDLED;
		at--;
	} else {
		if (at == SIZE_MAX)
			return PROMPT_IGNORED;
		at++;
	}
	if (at < h->lines.n) {
		p->history_at = at;
		put_text(p, h->lines.items[at]);
	} else {
		put_text(p, p->draft ? p->draft : "");
		end_history(p);
	}
	return PROMPT_CHANGED;
}

/* Inserts candidate i; after the last one comes the typed text again. */
static bool put_candidate(struct prompt *p, size_t i)
{
	struct buf got = BUF_INIT;
	size_t from = p->complete_cursor;
	bool ok = p->complete(p->ctx, p->complete_text, p->complete_cursor, i, &from, &got);

	if (ok && from <= p->complete_cursor && got.len <= PROMPT_MAX - from) {
		buf_clear(&p->text);
		buf_add(&p->text, p->complete_text, from);
		buf_add(&p->text, got.data, got.len);
		p->cursor = p->text.len;
		buf_addstr(&p->text, p->complete_text + p->complete_cursor);
		p->complete_at = i;
	}
	buf_release(&got);
	return ok;
}

static enum prompt_result complete(struct prompt *p, int dir)
{
	if (!p->complete)
		return PROMPT_IGNORED;
	if (!p->complete_text) {
		p->complete_text = xstrdup(p->text.data);
		p->complete_cursor = p->cursor;
		p->complete_at = SIZE_MAX;
	}
	if (dir < 0 && (p->complete_at == SIZE_MAX || p->complete_at == 0))
		return PROMPT_HANDLED;
	if (put_candidate(p, p->complete_at + (size_t)dir))
		return PROMPT_CHANGED;
	if (p->complete_at == SIZE_MAX) {
		end_completion(p);
		return PROMPT_HANDLED;
	}
	put_text(p, p->complete_text);
	p->cursor = p->complete_cursor;
	p->complete_at = SIZE_MAX;
	return PROMPT_CHANGED;
}

static enum prompt_result changed(bool did)
{
	return did ? PROMPT_CHANGED : PROMPT_HANDLED;
}

static enum prompt_result move_to(struct prompt *p, size_t at)
{
	p->cursor = at;
	return PROMPT_HANDLED;
}

static enum prompt_result control_key(struct prompt *p, uint32_t code)
{
	switch (code) {
	case 'a': return move_to(p, 0);
	case 'e': return move_to(p, p->text.len);
	case 'b': return move_to(p, before(p));
	case 'f': return move_to(p, after(p));
	case 'd': return changed(erase_range(p, p->cursor, after(p)));
	case 'w': return changed(erase_range(p, word_before(p), p->cursor));
	case 'u': return changed(erase_range(p, 0, p->cursor));
	case 'k': return changed(erase_range(p, p->cursor, p->text.len));
	case 'p': return visit_history(p, -1);
	case 'n': return visit_history(p, 1);
	case 'c':
	case 'g': return PROMPT_CANCEL;
	default: return PROMPT_IGNORED;
	}
}

static enum prompt_result alt_key(struct prompt *p, uint32_t code)
{
	switch (code) {
	case 'b':
	case K_LEFT: return move_to(p, word_before(p));
	case 'f':
	case K_RIGHT: return move_to(p, word_after(p));
	case 'd': return changed(erase_range(p, p->cursor, word_after(p)));
	case K_BACKSPACE: return changed(erase_range(p, word_before(p), p->cursor));
	default: return PROMPT_IGNORED;
	}
}

static enum prompt_result plain_key(struct prompt *p, uint32_t code)
{
	switch (code) {
	case K_LEFT: return move_to(p, before(p));
	case K_RIGHT: return move_to(p, after(p));
	case K_HOME: return move_to(p, 0);
	case K_END: return move_to(p, p->text.len);
	case K_UP: return visit_history(p, -1);
	case K_DOWN: return visit_history(p, 1);
	case K_BACKSPACE:
		if (p->text.len == 0)
			return PROMPT_CANCEL;
		return changed(erase_range(p, before(p), p->cursor));
	case K_DELETE: return changed(erase_range(p, p->cursor, after(p)));
	case K_ESC: return PROMPT_CANCEL;
	case K_ENTER:
		if (p->history)
			prompt_history_add(p->history, p->text.data);
		return PROMPT_ACCEPT;
	default: return PROMPT_IGNORED;
	}
}

static enum prompt_result key_event(struct prompt *p, struct key k)
{
	char typed[4];
	size_t n = key_typed(k, typed);

	if (n > 0) {
		insert(p, typed, n);
		return PROMPT_CHANGED;
	}
	if (k.mods == KEY_CTRL && k.code < 0x80)
		return control_key(p, k.code);
	if (k.mods == KEY_ALT || (k.mods == KEY_CTRL && k.code >= K_UP))
		return alt_key(p, k.code);
	return k.mods == 0 ? plain_key(p, k.code) : PROMPT_IGNORED;
}

static enum prompt_result paste(struct prompt *p, const struct event *ev)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < ev->len; i++) {
		unsigned char c = (unsigned char)ev->text[i];

		buf_addch(&b, c < 0x20 || c == 0x7f ? ' ' : (char)c);
	}
	while (b.len > 0 && b.data[b.len - 1] == ' ') /* a copied line ends with a newline */
		buf_truncate(&b, b.len - 1);
	insert(p, b.data, b.len);
	buf_release(&b);
	return PROMPT_CHANGED;
}

enum prompt_result prompt_event(struct prompt *p, const struct event *ev)
{
	enum prompt_result r;

	if (ev->type == EV_KEY && ev->key.code == K_TAB && !(ev->key.mods & ~(unsigned)KEY_SHIFT))
		return complete(p, ev->key.mods & KEY_SHIFT ? -1 : 1);
	if (ev->type != EV_KEY && ev->type != EV_PASTE)
		return PROMPT_IGNORED;
	end_completion(p);
	r = ev->type == EV_PASTE ? paste(p, ev) : key_event(p, ev->key);
	if (r != PROMPT_IGNORED)
		p->offered = false;
	return r;
}

int prompt_draw(struct prompt *p, struct area a, int x, int y, int w, bool focused)
{
	bool ascii = a.g->ascii;
	int used, room, at, total;

	if (w < 0 || w > a.w - x)
		w = a.w - x;
	used = area_text(a, x, y, w, STYLE_KEY, CUT_END, p->label ? p->label : "");
	room = w - used;
	if (room < 2)
		return used;
	total = width_textn(p->text.data, p->text.len, ascii);
	at = width_textn(p->text.data, p->cursor, ascii);
	/* leave a cell for the cursor behind the end */
	p->scroll = MAX(0, MIN(p->scroll, total - room + 1));
	if (at < p->scroll)
		p->scroll = at;
	if (at - p->scroll > room - 1)
		p->scroll = at - room + 1;
	if (p->text.len == 0 && p->ghost)
		area_text(a, x + used, y, room, STYLE_QUIET, CUT_END, p->ghost);
	area_textn(area_sub(a, x + used, y, room, 1), -p->scroll, 0, room + p->scroll,
		   p->offered ? STYLE_QUIET : STYLE_INPUT, CUT_NONE, p->text.data, p->text.len);
	if (focused)
		area_cursor(a, x + used + at - p->scroll, y);
	return used + MIN(room, total - p->scroll + 1);
}
