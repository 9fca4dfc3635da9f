/* Any bytes as a compressed stream: it ends or fails with go's error, and the output equals libdeflate's if that accepts the
 * stream. The first byte is the size of the pieces. */
#include <libdeflate.h>

#include "base/buf.h"
#include "base/inflate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_OUT ((size_t)1 << 20)

struct io {
	const uint8_t *in;
	size_t len, pos, step;
	struct buf out;
};

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static bool fill(void *ctx, const unsigned char **data, size_t *len, struct err *e)
{
	struct io *io = ctx;

	(void)e;
	*len = MIN(io->step, io->len - io->pos);
	*data = io->in + io->pos;
	io->pos += *len;
	return true;
}

static bool flush(void *ctx, const void *data, size_t len, struct err *e)
{
	struct io *io = ctx;

	check(len > 0 && len <= 32768);
	buf_add(&io->out, data, len);
	return io->out.len <= MAX_OUT || err_set(e, ERR_LIMIT, "enough");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char other[MAX_OUT];
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	struct inflate *s = inflate_new();
	struct err e = ERR_INIT;
	size_t used, n;
	bool ok;

	if (size > 0) {
		struct io io = { data + 1, size - 1, 0, 1 + data[0], BUF_INIT };

		ok = inflate_run(s, &(struct inflate_io){ fill, flush, &io }, &e);
		check(ok || str_eq(e.text, "unexpected EOF") || e.code == ERR_LIMIT ||
		      str_has_prefix(e.text, "flate: corrupt input before offset "));
		if (ok && libdeflate_deflate_decompress_ex(d, data + 1, size - 1, other, MAX_OUT,
							   &used, &n) == LIBDEFLATE_SUCCESS)
			check(n == io.out.len && memcmp(other, io.out.data, n) == 0);
		buf_release(&io.out);
	}
	err_release(&e);
	inflate_free(s);
	libdeflate_free_decompressor(d);
	return 0;
}
