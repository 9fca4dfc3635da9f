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

/* Moves the tail's beginning up by whole elements, not past `head`, while they fit. */
static size_t longer_tail(const char *s, size_t head, size_t tail, int *room, bool ascii)
{
	for (size_t t = slash_before(s, tail - 1); t > head; t = slash_before(s, t - 1)) {
		int w = width_textn(s + t, tail - t, ascii);

		if (w > *room)
			break;
		*room -= w;
		tail = t;
	}
	return tail;
}

/* "go", "sdk", "v2" alone name nothing: the element before them says more than the first one. */
static bool wants_parent(const char *s, size_t len, size_t tail, size_t first, int room, bool ascii)
{
	enum { SHORT_NAME = 4 };
	size_t parent = slash_before(s, tail - 1);
	int w = width_textn(s + parent, tail - parent, ascii);

	return strcspn(s + tail, "/") <= SHORT_NAME && len - tail <= 2 * SHORT_NAME &&
	       parent >= first && w <= room && w + width_textn(s, first, ascii) > room;
}

/* "head/…/tail" with whole elements; false if not even the shortest fits. The first element comes first, then more of
 * the end, then more of the beginning. */
static bool cut_path(struct buf *out, const char *s, size_t len, int columns, bool ascii)
{
	int dots = ascii ? 3 : 1, room;
	size_t tail = least_tail(s, len), head = 0;
	const char *slash = memchr(s, '/', len);

	if (tail == 0)
		return false;
	room = columns - dots - 1 - width_textn(s + tail, len - tail, ascii);
	if (room < 0)
		return false;
	if (width_textn(s, (size_t)(slash - s) + 1, ascii) <= room &&
	    !wants_parent(s, len, tail, (size_t)(slash - s) + 1, room, ascii)) {
		head = (size_t)(slash - s) + 1;
		room -= width_textn(s, head, ascii);
	}
	tail = longer_tail(s, head, tail, &room, ascii);
	for (size_t i = head; head > 0 && i + 1 < tail; i++) {
		if (s[i] != '/')
			continue;
		room -= width_textn(s + head, i + 1 - head, ascii);
		if (room < 0)
			break;
		head = i + 1;
	}
	buf_add(out, s, head);
	buf_addstr(out, ellipsis);
	buf_addch(out, '/');
	buf_add(out, s + tail, len - tail);
	return true;
}

/* A word that is a module path: only these, and versions, may lose their middle in words around them. */
static bool is_path(const char *s, size_t len)
{
	const char *slash = memchr(s, '/', len);

	if (!slash || s[0] == '.' || !memchr(s, '.', (size_t)(slash - s)))
		return false;
	for (size_t i = 0; i < len; i++)
		if (s[i] == ':' || (unsigned char)s[i] >= 0x80)
			return false;
	return true;
}

static bool is_version(const char *s, size_t len)
{
	return len > 1 && s[0] == 'v' && s[1] >= '0' && s[1] <= '9';
}

/* The longest word that is a path and not cut yet: where it begins, its length in *n; false if there is none. */
static bool longest_path(const struct buf *b, size_t *at, size_t *n)
{
	*n = 0;
	for (size_t i = 0, end; i < b->len; i = end + 1) {
		for (end = i; end < b->len && b->data[end] != ' '; end++)
			;
		if (end - i > *n && is_path(b->data + i, end - i)) {
			*at = i;
			*n = end - i;
		}
	}
	return *n > 0;
}

/* Shortens one path to no less than its last element, and its first if `first`; false if nothing is won. */
static bool cut_word(struct buf *b, size_t at, size_t n, int over, bool first, bool ascii)
{
	const char *word = b->data + at;
	size_t tail = least_tail(word, n);
	size_t head = first ? (size_t)((const char *)memchr(word, '/', n) - word) + 1 : 0;
	int have = width_textn(word, n, ascii), least = (int)(head + n - tail) + (ascii ? 4 : 2);
	struct buf next = BUF_INIT;
	bool ok = tail > head && least < have;

	buf_add(&next, b->data, at);
	ok = ok && cut_path(&next, word, n, MAX(have - over, least), ascii);
	buf_add(&next, word + n, b->len - at - n);
	if (ok) {
		buf_clear(b);
		buf_add(b, next.data, next.len);
	}
	buf_release(&next);
	return ok;
}

/* Shortens paths within words, the longest first; false if that is not enough. */
static bool cut_words(struct buf *out, const char *s, size_t len, int columns, bool first,
		      bool ascii)
{
	struct buf b = BUF_INIT;
	size_t at, n;
	int over;

	buf_add(&b, s, len);
	while ((over = width_textn(b.data, b.len, ascii) - columns) > 0)
		if (!longest_path(&b, &at, &n) || !cut_word(&b, at, n, over, first, ascii))
			break;
	if (over <= 0)
		buf_add(out, b.data, b.len);
	buf_release(&b);
	return over <= 0;
}

/* More than one word that is neither path nor version: what is lost in the middle would change what it says. */
static bool is_sentence(const char *s, size_t len)
{
	size_t words = 0;

	for (size_t i = 0, end; i < len; i = end + 1) {
		for (end = i; end < len && s[end] != ' '; end++)
			;
		words += end > i && !memchr(s + i, '/', end - i) && !is_version(s + i, end - i);
	}
	return words > 1;
}

/* Both sides of a replacement stay, whatever is cut from each. */
static bool cut_replacement(struct buf *out, const char *s, size_t len, int columns, bool ascii)
{
	static const char sign[] = " => ";
	size_t at = 0, right;
	int room = columns - 4, left_w, right_w;

	while (at + 4 <= len && memcmp(s + at, sign, 4) != 0)
		at++;
	if (at + 4 > len || room < 8)
		return false;
	right = at + 4;
	left_w = width_textn(s, at, ascii);
	right_w = width_textn(s + right, len - right, ascii);
	left_w = MIN(left_w, MAX(room - right_w, room / 2));
	width_cut(out, s, at, left_w, CUT_MIDDLE, ascii);
	buf_addstr(out, sign);
	width_cut(out, s + right, len - right, room - left_w, CUT_MIDDLE, ascii);
	return true;
}

static bool cut_middle(struct buf *out, const char *s, size_t len, int columns, bool ascii)
{
	if (memchr(s, ' ', len) && (cut_words(out, s, len, columns, true, ascii) ||
				    cut_words(out, s, len, columns, false, ascii) ||
				    cut_replacement(out, s, len, columns, ascii)))
		return true;
	return !is_sentence(s, len) && cut_path(out, s, len, columns, ascii);
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
	if (cut == CUT_MIDDLE && cut_middle(out, s, len, columns, ascii))
		return;
	if (cut == CUT_MIDDLE && is_sentence(s, len))
		cut = CUT_END;
	if (cut == CUT_MIDDLE &&
	    !memchr(s, ' ', len)) { /* of a path, the last element stays longest */
		a = least_tail(s, len);
		s += a;
		len -= a;
		if (width_textn(s, len, ascii) <= columns)
			cut = CUT_START;
	}
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
