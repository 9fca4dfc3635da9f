/* Applying attributes to a file's content, as on checkout (git's convert.c and utf8.c). */
#include <errno.h>
#include <iconv.h>
#include <strings.h>

#include "git/gitattr.h"
#include "git/gitattr_impl.h"

#define MAX_ENCODED ((size_t)1 << 30)

struct stats {
	size_t lone_cr, lone_lf, crlf, nul, printable, nonprintable;
};

static void count_byte(struct stats *s, unsigned char c)
{
	if (c == '\r')
		s->lone_cr++;
	else if (c == '\n')
		s->lone_lf++;
	else if (c == 127 || (c < 32 && !strchr("\b\t\033\014", c)))
		s->nonprintable++;
	else if (c == 0) /* strchr finds the terminator */
		s->nonprintable++, s->nul++;
	else
		s->printable++;
}

static void gather(struct stats *s, const char *data, size_t len)
{
	*s = (struct stats){ 0 };
	for (size_t i = 0; i < len; i++) {
		if (data[i] == '\r' && i + 1 < len && data[i + 1] == '\n') {
			s->crlf++;
			i++;
		} else {
			count_byte(s, (unsigned char)data[i]);
		}
	}
	if (len && data[len - 1] == '\032')
		s->nonprintable--;
}

static bool wants_crlf(const struct gitattr_change *c, const char *data, size_t len)
{
	struct stats s;

	if (!c->crlf)
		return false;
	gather(&s, data, len);
	if (!s.lone_lf)
		return false;
	return !c->crlf_auto ||
	       (!s.lone_cr && !s.crlf && !s.nul && s.printable >> 7 >= s.nonprintable);
}

static void to_crlf(struct buf *b, const char *data, size_t len)
{
	const char *end = data + len, *line = data, *nl;

	while (line < end && (nl = memchr(line, '\n', (size_t)(end - line)))) {
		buf_add(b, line, (size_t)(nl - line));
		if (nl == line || nl[-1] != '\r')
			buf_addch(b, '\r');
		buf_addch(b, '\n');
		line = nl + 1;
	}
	buf_add(b, line, (size_t)(end - line));
}

/* The length of what follows "$" in an $Id$ that git expands, 0 if this is not one; *none_left: no other can follow. */
static size_t id_length(const char *s, size_t len, bool *none_left)
{
	const char *dollar, *space;

	if (len < 3 || memcmp(s, "Id", 2) != 0)
		return 0;
	if (s[2] == '$')
		return 3;
	if (s[2] != ':')
		return 0;
	dollar = memchr(s + 3, '$', len - 3);
	if (!dollar)
		return *none_left = true, 0;
	if (memchr(s + 3, '\n', (size_t)(dollar - s) - 3))
		return 0;
	space = dollar - s > 4 ? memchr(s + 4, ' ', (size_t)(dollar - s) - 4) : NULL;
	if (space && space < dollar - 1)
		return 0; /* of another version control system */
	return (size_t)(dollar - s) + 1;
}

static void expand_ids(struct buf *b, const char *data, size_t len, const char *id)
{
	const char *end = data + len, *dollar;
	bool none_left = false;

	while (!none_left && data < end && (dollar = memchr(data, '$', (size_t)(end - data)))) {
		size_t n = id_length(dollar + 1, (size_t)(end - dollar) - 1, &none_left);

		buf_add(b, data, (size_t)(dollar - data) + 1);
		data = dollar + 1 + n;
		if (n)
			buf_addf(b, "Id: %s $", id);
	}
	buf_add(b, data, (size_t)(end - data));
}

/* "utf-8" and "UTF8" alike (same_utf_encoding) */
static bool is_utf(const char *encoding, const char *kind)
{
	if (strncasecmp(encoding, "utf", 3) != 0)
		return false;
	encoding += 3 + (encoding[3] == '-');
	return strcasecmp(encoding, kind) == 0;
}

bool gitattr_is_utf8(const char *encoding)
{
	return is_utf(encoding, "8");
}

/* The name that iconv knows, and the byte order mark to write first. */
static const char *iconv_name(const char *encoding, const char **mark, size_t *mark_len)
{
	*mark = "";
	*mark_len = 0;
	if (is_utf(encoding, "16LE-BOM") || is_utf(encoding, "16BE-BOM")) {
		bool little = is_utf(encoding, "16LE-BOM");

		*mark = little ? "\xff\xfe" : "\xfe\xff";
		*mark_len = 2;
		return little ? "UTF-16LE" : "UTF-16BE";
	}
	return encoding;
}

static bool encode(struct buf *b, const char *encoding, const char *data, size_t len)
{
	const char *mark, *name;
	size_t mark_len, left = len;
	char *in = (char *)(uintptr_t)data;
	iconv_t cd;
	bool ok = false;

	name = iconv_name(encoding, &mark, &mark_len);
	cd = iconv_open(name, "UTF-8");
	if (cd == (iconv_t)-1)
		return false;
	buf_add(b, mark, mark_len);
	while (b->len < MAX_ENCODED) {
		size_t room = left * 2 + 64, free_bytes = room;
		char *out;

		buf_grow(b, room);
		out = b->data + b->len;
		ok = iconv(cd, &in, &left, &out, &free_bytes) != (size_t)-1;
		b->len += room - free_bytes;
		b->data[b->len] = 0;
		if (ok || errno != E2BIG)
			break;
	}
	iconv_close(cd);
	return ok;
}

void gitattr_convert(const struct gitattr_change *c, struct buf *b, const char *data, size_t len,
		     const char *id)
{
	struct buf one = BUF_INIT, two = BUF_INIT;
	size_t start = b->len;

	if (c->ident) {
		expand_ids(&one, data, len, id);
		data = one.data;
		len = one.len;
	}
	if (wants_crlf(c, data, len)) {
		to_crlf(&two, data, len);
		data = two.data;
		len = two.len;
	}
	if (!c->encoding || !len || !encode(b, c->encoding, data, len)) {
		buf_truncate(b, start); /* git leaves a file unchanged if it cannot be encoded */
		buf_add(b, data, len);
	}
	buf_release(&one);
	buf_release(&two);
}
