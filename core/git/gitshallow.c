#include "git/gitshallow.h"

#include "base/hex.h"
#include "base/text.h"

#define HEAD_LEN 4u
#define MAX_PACKET 65520u

enum state { CUT_OFF, ACKNOWLEDGED, PACK };

static void add_packet(struct buf *b, const char *text)
{
	buf_addf(b, "%04zx%s", strlen(text) + HEAD_LEN, text);
}

void gitshallow_request(struct buf *b, const char *hash)
{
	char want[128];

	snprintf(want, sizeof(want), "want %s side-band-64k ofs-delta no-progress\n", hash);
	add_packet(b, want);
	add_packet(b, "deepen 1\n");
	buf_addstr(b, "0000");
	add_packet(b, "done\n");
}

static bool broken(struct err *e)
{
	return err_set(e, ERR_SYNTAX, "the server's answer is not the git protocol");
}

static bool refused(const char *text, size_t len, struct err *e)
{
	text_trim(&text, &len);
	return err_set(e, ERR_NETWORK, "%.*s", (int)len, text);
}

static bool is_line(const char *data, size_t len, const char *begin)
{
	return len >= strlen(begin) && memcmp(data, begin, strlen(begin)) == 0;
}

static bool take_piece(struct gitshallow *s, const char *data, size_t len, struct err *e)
{
	if (!len)
		return broken(e);
	if (*data == 1)
		return s->sink(s->ctx, data + 1, len - 1, e);
	if (*data == 3)
		return refused(data + 1, len - 1, e);
	return *data == 2 || broken(e);
}

static bool take_packet(struct gitshallow *s, const char *data, size_t len, struct err *e)
{
	if (s->state == PACK)
		return take_piece(s, data, len, e);
	if (is_line(data, len, "ERR "))
		return refused(data + 4, len - 4, e);
	if (s->state == CUT_OFF)
		return is_line(data, len, "shallow ") || is_line(data, len, "unshallow ") ||
		       broken(e);
	if (!is_line(data, len, "NAK"))
		return broken(e);
	s->state = PACK;
	return true;
}

static bool take_flush(struct gitshallow *s, struct err *e)
{
	if (s->state == ACKNOWLEDGED)
		return broken(e);
	s->done = s->state == PACK;
	s->state = ACKNOWLEDGED;
	return true;
}

/* The length of the packet at data, including its four digits; 0 for a flush. */
static bool packet_length(const char *data, size_t *n)
{
	*n = 0;
	for (unsigned i = 0; i < HEAD_LEN; i++) {
		int digit = hex_digit(data[i]);

		if (digit < 0)
			return false;
		*n = *n * 16 + (size_t)digit;
	}
	return *n == 0 || (*n >= HEAD_LEN && *n <= MAX_PACKET);
}

bool gitshallow_feed(struct gitshallow *s, const char *data, size_t len, struct err *e)
{
	size_t at = 0, n;
	bool ok = true;

	buf_add(&s->rest, data, len);
	while (ok && !s->done && s->rest.len - at >= HEAD_LEN) {
		if (!packet_length(s->rest.data + at, &n))
			return broken(e);
		if (s->rest.len - at < n)
			break;
		ok = n ? take_packet(s, s->rest.data + at + HEAD_LEN, n - HEAD_LEN, e)
		       : take_flush(s, e);
		at += n ? n : HEAD_LEN;
	}
	memmove(s->rest.data, s->rest.data + at, s->rest.len - at);
	buf_truncate(&s->rest, s->rest.len - at);
	return ok;
}

void gitshallow_release(struct gitshallow *s)
{
	buf_release(&s->rest);
}

static const char cut_off[] = "shallow ";

/* The length that the packet's head tells; SIZE_MAX if it does not. */
static size_t packet_len(const char *head)
{
	size_t n = 0;

	for (size_t i = 0; i < HEAD_LEN; i++) {
		int digit = hex_digit(head[i]);

		if (digit < 0)
			return SIZE_MAX;
		n = n * 16 + (size_t)digit;
	}
	return n;
}

/* How much of a packet tells whether it is such a line. */
static size_t head_len(const struct gitshallow_list *l)
{
	size_t n = l->have < HEAD_LEN ? HEAD_LEN : packet_len(l->head);

	return MIN(MAX(n, HEAD_LEN), sizeof(l->head));
}

/* The head is complete. */
static void begin_packet(struct gitshallow_list *l, struct buf *out)
{
	size_t n = packet_len(l->head);

	l->raw = n == SIZE_MAX;
	l->skip = !l->raw && l->have == sizeof(l->head) &&
		  memcmp(l->head + HEAD_LEN, cut_off, strlen(cut_off)) == 0;
	l->found |= l->skip;
	l->left = !l->raw && n > l->have ? n - l->have : 0;
	if (!l->skip)
		buf_add(out, l->head, l->have);
	l->have = 0;
}

void gitshallow_filter(struct gitshallow_list *l, struct buf *out, const char *data, size_t len)
{
	if (!len) {
		buf_add(out, l->head, l->have);
		l->have = 0;
	}
	while (len) {
		size_t n = l->raw ? len : MIN(len, l->left);

		if (n) {
			if (!l->skip || l->raw)
				buf_add(out, data, n);
			l->left -= l->raw ? 0 : n;
		} else {
			n = MIN(len, head_len(l) - l->have);
			memcpy(l->head + l->have, data, n);
			l->have += n;
			if (l->have >= HEAD_LEN && l->have == head_len(l))
				begin_packet(l, out);
		}
		data += n;
		len -= n;
	}
}
