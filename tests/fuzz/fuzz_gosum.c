/* Any bytes as go.sum: read, queried, and written as tidy would. */
#include "gofiles/gosum.h"
#include "memfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool keep_some(void *ctx, struct modver m, enum gosum_kind kind)
{
	(void)ctx;
	return kind == GOSUM_MOD || strlen(m.path) % 2;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct modver m = { "example.com/queue", "v1.1.0" };
	struct err e = ERR_INIT;
	struct memfile f;

	memfile_open(&f, data, size);
	for (int skip = 0; skip < 2; skip++) {
		struct gosum *s = gosum_new(f.path, skip);
		struct buf before = BUF_INIT, after = BUF_INIT;

		if (!gosum_init(s, &e) && (!e.text || skip))
			__builtin_trap();
		err_clear(&e);
		gosum_have(s, m, GOSUM_ZIP);
		gosum_check(s, m, GOSUM_MOD, "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=", &e);
		err_clear(&e);
		gosum_learn(s, m, GOSUM_ZIP, "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=");
		gosum_recorded(s, m, GOSUM_ZIP);
		gosum_tidy(s, keep_some, NULL, &before, &after, &e);
		err_clear(&e);
		buf_release(&before);
		buf_release(&after);
		gosum_free(s);
	}
	memfile_close(&f);
	err_release(&e);
	return 0;
}
