#include "width.h"

#include <utf8proc.h>

#include "base/buf.h"
#include "glyph.h"
#include "base/text.h"

enum { CLUSTER_RUNES = 5 }; /* what a curses cell takes (CCHARW_MAX) */

void width_begin(struct width_iter *it, const char *s, size_t len, bool ascii)
{
	memset(it, 0, sizeof(*it));
	it->s = s;
	it->len = len;
	it->ascii = ascii;
}

static bool plain(const char *s, size_t len, size_t i)
{
	unsigned char c = (unsigned char)s[i];

	return c >= 0x20 && c < 0x7f && (i + 1 == len || (unsigned char)s[i + 1] < 0x80);
}

/* As text_escape() decides. */
static bool passes(uint32_t r, size_t n, unsigned char first)
{
	return !(n == 1 && first >= 0x80) && text_is_visible(r);
}

static void hand_out(struct width_iter *it, const char *text, size_t n, size_t pos)
{
	it->n_pending = (unsigned char)MIN(n, sizeof(it->pending));
	it->at = 0;
	it->pending_pos = pos;
	memcpy(it->pending, text, it->n_pending);
}

static bool next_pending(struct width_iter *it, struct width_cluster *c)
{
	it->text[0] = it->pending[it->at++];
	c->text = it->text;
	c->len = c->width = 1;
	c->pos = it->pending_pos;
	c->end = it->pos;
	if (it->at == it->n_pending)
		it->n_pending = 0;
	return true;
}

static bool next_escaped(struct width_iter *it, struct width_cluster *c, size_t n)
{
	struct buf b = BUF_INIT;
	size_t pos = it->pos;

	text_escape(&b, it->s + pos, n, false);
	it->pos += n;
	hand_out(it, b.data, b.len, pos);
	buf_release(&b);
	return next_pending(it, c);
}

/* Appends the bytes of a rune if there is room for it. */
static void cluster_add(struct width_iter *it, struct width_cluster *c, const char *s, size_t n)
{
	if (c->len + n > CLUSTER_MAX)
		return;
	memcpy(it->text + c->len, s, n);
	c->len = (unsigned char)(c->len + n);
}

/* Takes the runes that belong to the cluster which began with `prev`; returns the sum of their widths. */
static int cluster_extend(struct width_iter *it, struct width_cluster *c, uint32_t prev)
{
	utf8proc_int32_t state = 0;
	int runes = 1, width = 0;

	while (it->pos < it->len) {
		uint32_t r;
		size_t n = text_rune(it->s + it->pos, it->len - it->pos, &r);

		if (!passes(r, n, (unsigned char)it->s[it->pos]) ||
		    utf8proc_grapheme_break_stateful((utf8proc_int32_t)prev, (utf8proc_int32_t)r,
						     &state))
			break;
		if (++runes <= CLUSTER_RUNES) {
			cluster_add(it, c, it->s + it->pos, n);
			width += utf8proc_charwidth((utf8proc_int32_t)r);
		}
		it->pos += n;
		prev = r;
	}
	return width;
}

static bool next_wide(struct width_iter *it, struct width_cluster *c)
{
	static const char circle[] =
		"\xe2\x97\x8c"; /* the base for a combining mark without a letter */
	uint32_t r;
	size_t pos = it->pos, n = text_rune(it->s + pos, it->len - pos, &r);
	int width;

	if (!passes(r, n, (unsigned char)it->s[pos]))
		return next_escaped(it, c, n);
	c->len = 0;
	c->text = it->text;
	c->pos = pos;
	width = utf8proc_charwidth((utf8proc_int32_t)r);
	if (width == 0) {
		cluster_add(it, c, circle, 3);
		width = 1;
	}
	cluster_add(it, c, it->s + pos, n);
	it->pos += n;
	width += cluster_extend(it, c, r);
	c->width = (unsigned char)MAX(1, MIN(width, 2));
	c->end = it->pos;
	if (it->ascii && !(r < 0x80 && c->len == 1)) {
		const char *twin = r < 0x80 ? NULL : glyph_twin(r);
		char own[2] = { r < 0x80 ? (char)r : '?', '\0' };

		hand_out(it, twin ? twin : own, twin ? strlen(twin) : 1, pos);
		return next_pending(it, c);
	}
	return true;
}

bool width_next(struct width_iter *it, struct width_cluster *c)
{
	if (it->n_pending)
		return next_pending(it, c);
	if (it->pos >= it->len)
		return false;
	if (!plain(it->s, it->len, it->pos))
		return next_wide(it, c);
	c->text = it->s + it->pos;
	c->len = c->width = 1;
	c->pos = it->pos++;
	c->end = it->pos;
	return true;
}

int width_textn(const char *s, size_t len, bool ascii)
{
	struct width_iter it;
	struct width_cluster c;
	size_t i = 0;
	int w;

	while (i < len && plain(s, len, i))
		i++;
	w = (int)MIN(i, (size_t)INT32_MAX / 4);
	if (i == len)
		return w;
	width_begin(&it, s + i, len - i, ascii);
	while (w < INT32_MAX / 2 && width_next(&it, &c))
		w += c.width;
	return w;
}

int width_text(const char *s, bool ascii)
{
	return width_textn(s, strlen(s), ascii);
}

/* The longest beginning that has at most `columns`, in bytes. */
static size_t fit_start(const char *s, size_t len, int columns, bool ascii)
{
	struct width_iter it;
	struct width_cluster c;
	size_t end = 0;
	int w = 0;

	width_begin(&it, s, len, ascii);
	while (width_next(&it, &c)) {
		w += c.width;
		if (w > columns)
			return c.pos;
		end = c.end;
	}
	return end;
}

/* The longest end that has at most `columns`: where it begins. */
static size_t fit_end(const char *s, size_t len, int columns, bool ascii)
{
	struct width_iter it;
	struct width_cluster c;
	int skip = width_textn(s, len, ascii) - columns, w = 0;

	if (skip <= 0)
		return 0;
	width_begin(&it, s, len, ascii);
	while (width_next(&it, &c)) {
		w += c.width;
		if (w >= skip && !it.n_pending)
			return c.end;
	}
	return len;
}

static const char ellipsis[] = "\xe2\x80\xa6";

static bool major_suffix(const char *s, size_t len)
{
	if (len < 2 || s[0] != 'v')
		return false;
	for (size_t i = 1; i < len; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return true;
}

static size_t slash_before(const char *s, size_t at)
{
	while (at > 0 && s[at - 1] != '/')
		at--;
	return at; /* 0, or just behind a slash */
}

/* Where the shortest meaningful tail begins: the last element, with its parent if it is a bare "v2". */
static size_t least_tail(const char *s, size_t len)
{
	size_t at = slash_before(s, len);

	if (at > 0 && major_suffix(s + at, len - at))
		at = slash_before(s, at - 1);
	return at;
}

/* "head/…/tail" with whole elements; false if not even the shortest fits. */
static bool cut_path(struct buf *out, const char *s, size_t len, int columns, bool ascii)
{
	int dots = ascii ? 3 : 1;
	size_t tail = least_tail(s, len), head = 0;
	int room;

	if (tail == 0)
		return false;
	room = columns - dots - 1 - width_textn(s + tail, len - tail, ascii);
	if (room < 0)
		return false;
	for (size_t i = 0; i + 1 < tail; i++) {
		if (s[i] != '/')
			continue;
		if (width_textn(s, i + 1, ascii) > room)
			break;
		head = i + 1;
		if (head > 0 && memchr(s, '/', i) == NULL) {
			/* the first element fits: now prefer more of the end */
			room -= width_textn(s, head, ascii);
			for (size_t t = slash_before(s, tail - 1); t > head;
			     t = slash_before(s, t - 1)) {
				if (width_textn(s + t, tail - t, ascii) > room)
					break;
				room -= width_textn(s + t, tail - t, ascii);
				tail = t;
			}
			room += width_textn(s, head, ascii);
		}
	}
	buf_add(out, s, head);
	buf_addstr(out, ellipsis);
	buf_addch(out, '/');
	buf_add(out, s + tail, len - tail);
	return true;
}

void width_cut(struct buf *out, const char *s, size_t len, int columns, enum width_cut cut,
	       bool ascii)
{
	int dots = ascii ? 3 : 1;
	size_t a, b;

	if (columns <= 0)
		return;
	if (width_textn(s, len, ascii) <= columns) {
		buf_add(out, s, len);
		return;
	}
	if (cut == CUT_NONE || columns <= dots) {
		buf_add(out, s, fit_start(s, len, columns, ascii));
		return;
	}
	if (cut == CUT_MIDDLE && cut_path(out, s, len, columns, ascii))
		return;
	a = b = 0;
	if (cut == CUT_END) {
		a = fit_start(s, len, columns - dots, ascii);
		b = len;
	} else if (cut == CUT_START) {
		b = fit_end(s, len, columns - dots, ascii);
	} else {
		a = fit_start(s, len, (columns - dots) / 2, ascii);
		b = fit_end(s, len, columns - dots - width_textn(s, a, ascii), ascii);
	}
	/* the text was shortened before: no second ellipsis */
	if (a >= 3 && memcmp(s + a - 3, ellipsis, 3) == 0)
		a -= 3;
	buf_add(out, s, a);
	buf_addstr(out, ellipsis);
	buf_add(out, s + MAX(a, b), len - MAX(a, b));
}

size_t width_after(const char *s, size_t len, size_t at)
{
	struct width_iter it;
	struct width_cluster c;

	if (at >= len)
		return len;
	width_begin(&it, s, len, false);
	it.pos = at;
	width_next(&it, &c);
	return it.pos;
}

size_t width_prev(const char *s, size_t len, size_t at)
{
	struct width_iter it;
	struct width_cluster c;
	size_t before = 0;

	width_begin(&it, s, MIN(len, at), false);
	while (width_next(&it, &c))
		before = c.pos;
	return before;
}
