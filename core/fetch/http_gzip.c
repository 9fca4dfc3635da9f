#include "fetch/http_gzip.h"

#include <libdeflate.h>

#define LEVEL 6

struct output {
	struct libdeflate_decompressor *d;
	struct buf out;
	size_t max;
};

/* One member at in; *used is its length. */
static bool decode_member(struct output *o, const char *in, size_t len, size_t *used, struct err *e)
{
	size_t room = MAX(len * 4, (size_t)4096), written = 0;
	enum libdeflate_result r;

	do {
		buf_grow(&o->out, room);
		r = libdeflate_gzip_decompress_ex(o->d, in, len, o->out.data + o->out.len, room,
						  used, &written);
		if (r == LIBDEFLATE_INSUFFICIENT_SPACE && room > o->max)
			return err_set(e, ERR_LIMIT, "more than the %zu bytes that are read",
				       o->max);
		room *= 2;
	} while (r == LIBDEFLATE_INSUFFICIENT_SPACE);
	if (r != LIBDEFLATE_SUCCESS)
		return err_set(e, ERR_SYNTAX, "%s",
			       len < 10 || memcmp(in, "\x1f\x8b\x08", 3) != 0
				       ? "gzip: invalid header"
				       : "unexpected EOF");
	o->out.len += written;
	return o->out.len <= o->max ||
	       err_set(e, ERR_LIMIT, "more than the %zu bytes that are read", o->max);
}

bool http_gzip_decode(struct buf *body, size_t max, struct err *e)
{
	struct output o = { .d = libdeflate_alloc_decompressor(), .out = BUF_INIT, .max = max };
	size_t at = 0, used = 0;
	bool ok = o.d || err_set(e, ERR_SYS, "out of memory");

	/* an empty body is not a gzip member: an error, as in go */
	do {
		ok = ok && decode_member(&o, body->data + at, body->len - at, &used, e);
		at += used;
	} while (ok && at < body->len);
	libdeflate_free_decompressor(o.d);
	if (ok) {
		buf_clear(body);
		buf_add(body, o.out.data, o.out.len);
	}
	buf_release(&o.out);
	return ok;
}

bool http_gzip_encode(struct buf *body)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(LEVEL);
	struct buf out = BUF_INIT;
	size_t room;

	if (!c)
		return false;
	room = libdeflate_gzip_compress_bound(c, body->len);
	buf_grow(&out, room);
	out.len = libdeflate_gzip_compress(c, body->data, body->len, out.data, room);
	out.data[out.len] = '\0';
	libdeflate_free_compressor(c);
	buf_release(body);
	*body = out;
	return true;
}
