#include "clipboard.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void base64(struct buf *out, const unsigned char *p, size_t len)
{
	for (size_t i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16;
		char q[4];

		v |= i + 1 < len ? (uint32_t)p[i + 1] << 8 : 0;
		v |= i + 2 < len ? (uint32_t)p[i + 2] : 0;
		q[0] = digits[v >> 18];
		q[1] = digits[v >> 12 & 63];
		q[2] = i + 1 < len ? digits[v >> 6 & 63] : '=';
		q[3] = i + 2 < len ? digits[v & 63] : '=';
		buf_add(out, q, 4);
	}
}

bool clipboard_copy(struct term *t, const char *text, size_t len, struct err *e)
{
	struct buf b = BUF_INIT;

	if (len > CLIPBOARD_MAX)
		return err_set(
			e, ERR_LIMIT,
			"%zu bytes are too much to copy through a terminal (at most %d); export them instead",
			len, CLIPBOARD_MAX);
	buf_addstr(&b, "\033]52;c;");
	base64(&b, (const unsigned char *)text, len);
	buf_addch(&b, '\a');
	t->ops->send(t, b.data, b.len);
	buf_release(&b);
	return true;
}
