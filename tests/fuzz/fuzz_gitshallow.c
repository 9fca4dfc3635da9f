/* Any bytes as a git server's answer: split into pieces, whose length the first byte gives, it has the same result as whole. */
#include "git/gitshallow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool collect(void *ctx, const char *data, size_t len, struct err *e)
{
	(void)e;
	buf_add(ctx, data, len);
	return true;
}

static bool feed(struct buf *pack, const char *data, size_t len, size_t piece, bool *done)
{
	struct gitshallow s = { .sink = collect, .ctx = pack, .rest = BUF_INIT };
	bool ok = true;

	for (size_t at = 0; ok && at < len; at += piece)
		ok = gitshallow_feed(&s, data + at, MIN(piece, len - at), NULL);
	*done = s.done;
	gitshallow_release(&s);
	return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = BUF_INIT, parts = BUF_INIT;
	bool done[2], ok[2];

	if (size < 2)
		return 0;
	ok[0] = feed(&whole, (const char *)data + 1, size - 1, size, &done[0]);
	ok[1] = feed(&parts, (const char *)data + 1, size - 1, data[0] + 1u, &done[1]);
	if (ok[0] != ok[1] || done[0] != done[1] || whole.len != parts.len ||
	    (whole.len && memcmp(whole.data, parts.data, whole.len) != 0))
		__builtin_trap();
	buf_release(&whole);
	buf_release(&parts);
	return 0;
}
