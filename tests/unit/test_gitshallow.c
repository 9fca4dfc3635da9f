#include "unit.h"

#include "git/gitshallow.h"

static bool collect(void *ctx, const char *data, size_t len, struct err *e)
{
	(void)e;
	buf_add(ctx, data, len);
	return true;
}

/* Feeds the answer in pieces of n bytes; returns the pack, or the error's text. */
static char *feed(const char *data, size_t len, size_t n, bool *done)
{
	struct buf pack = BUF_INIT;
	struct gitshallow s = { .sink = collect, .ctx = &pack, .rest = BUF_INIT };
	struct err e = ERR_INIT;
	bool ok = true;

	buf_addstr(&pack, "");
	for (size_t at = 0; ok && at < len; at += n)
		ok = gitshallow_feed(&s, data + at, MIN(n, len - at), &e);
	if (!ok) {
		buf_clear(&pack);
		buf_addstr(&pack, e.text);
	}
	*done = s.done;
	gitshallow_release(&s);
	err_release(&e);
	return buf_detach(&pack);
}

static void check(const char *data, size_t len, bool done, const char *want)
{
	static const size_t sizes[] = { 1, 2, 3, 5, 1000 };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		bool is_done;
		char *have = feed(data, len, sizes[i], &is_done);

		assert_string_equal(have, want);
		assert_int_equal(is_done, done);
		free(have);
	}
}

#define CUT_OFF "0010shallow 0123"
#define CHECK(text, done, want) check(text, sizeof(text) - 1, done, want)

/* Feeds the list in pieces of n bytes. */
static void filter(const char *list, const char *want, bool found)
{
	for (size_t n = 1; n < 40; n++) {
		struct gitshallow_list l = { 0 };
		struct buf out = BUF_INIT;
		size_t len = strlen(list);

		for (size_t at = 0; at < len; at += n)
			gitshallow_filter(&l, &out, list + at, MIN(n, len - at));
		gitshallow_filter(&l, &out, "", 0);
		assert_string_equal(out.len ? out.data : "", want);
		assert_int_equal(l.found, found);
		buf_release(&out);
	}
}

static void test_lists(void **state)
{
	(void)state;
	filter("000eservice=x\n0000000e0123 HEAD\n0011shallow 0123\n0011shallow 4567\n0000",
	       "000eservice=x\n0000000e0123 HEAD\n0000", true);
	filter("000e0123 HEAD\n0000", "000e0123 HEAD\n0000", false);
	filter("0005x0006ab0000", "0005x0006ab0000", false);
	filter("<html>shallow 0123", "<html>shallow 0123", false);
	filter("htmlshallow 0123", "htmlshallow 0123", false);
	filter("000e0123 HE", "000e0123 HE", false);
	filter("00", "00", false);
	filter("", "", false);
}

static void test_answers(void **state)
{
	(void)state;
	CHECK(CUT_OFF "00000008NAK\n000a\x02text\n0009\x01PACK0009\x01more0000", true, "PACKmore");
	CHECK("00000008NAK\n0009\x01PACK0000", true, "PACK"); /* a commit without parents */
	CHECK(CUT_OFF "00000008NAK\n0009\x01PACK0000after", true, "PACK");
	CHECK(CUT_OFF "00000008NAK\n0009\x01PACK", false, "PACK");
	CHECK(CUT_OFF "00000008NAK\n0009\x01PAC", false, "");
	CHECK("", false, "");
}

static void test_refusals(void **state)
{
	(void)state;
	CHECK("001cERR upload-pack: not our", false, "upload-pack: not our");
	CHECK("00000008NAK\n000d\x03no more\n", false, "no more");
	CHECK("00000008ACK\n", false, "the server's answer is not the git protocol");
	CHECK("00000000", false, "the server's answer is not the git protocol");
	CHECK("0008PACK", false, "the server's answer is not the git protocol");
	CHECK("00000008NAK\n0004", false, "the server's answer is not the git protocol");
	CHECK("00000008NAK\n0005\x04", false, "the server's answer is not the git protocol");
	CHECK("0001", false, "the server's answer is not the git protocol");
	CHECK("zzzz", false, "the server's answer is not the git protocol");
	CHECK("fff1", false,
	      "the server's answer is not the git protocol"); /* 65521: longer than a packet may be */
}

static void test_request(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	gitshallow_request(&b, "0123456789012345678901234567890123456789");
	assert_string_equal(
		b.data, "0056want 0123456789012345678901234567890123456789 side-band-64k ofs-delta "
			"no-progress\n000ddeepen 1\n00000009done\n");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
