/* The decoder, with streams from libdeflate and hostile ones; outputs and errors are those of go's compress/flate. */

#include "unit.h"

#include <libdeflate.h>

#include "base/buf.h"
#include "base/inflate.h"

struct io {
	const unsigned char *in;
	size_t len, pos, step;
	struct buf out;
	size_t fail_fill, fail_flush; /* the n-th call fails; 0: none */
	size_t largest;
};

static bool io_fill(void *ctx, const unsigned char **data, size_t *len, struct err *e)
{
	struct io *io = ctx;

	if (io->fail_fill && --io->fail_fill == 0)
		return err_set(e, ERR_SYS, "no more input");
	*len = MIN(io->step, io->len - io->pos);
	*data = io->in + io->pos;
	io->pos += *len;
	return true;
}

static bool io_flush(void *ctx, const void *data, size_t len, struct err *e)
{
	struct io *io = ctx;

	if (io->fail_flush && --io->fail_flush == 0)
		return err_set(e, ERR_LIMIT, "no more room");
	io->largest = MAX(io->largest, len);
	buf_add(&io->out, data, len);
	return true;
}

static bool run(struct inflate *s, struct io *io, struct err *e)
{
	return inflate_run(s, &(struct inflate_io){ io_fill, io_flush, io }, e);
}

static void test_go_cases(void **state)
{
	static const struct {
		const char *hex, *out;
		size_t len;
		const char *error;
	} cases[] = {
		{ "", "", 0, "unexpected EOF" },
		{ "03", "", 0, "unexpected EOF" },
		{ "0300", "", 0, "" },
		{ "07", "", 0, "flate: corrupt input before offset 1" },
		{ "06", "", 0, "flate: corrupt input before offset 1" },
		{ "010000ffff", "", 0, "" },
		{ "010000fffe", "", 0, "flate: corrupt input before offset 5" },
		{ "0101", "", 0, "unexpected EOF" },
		{ "010100feff", "", 0, "unexpected EOF" },
		{ "010100feff41", "A", 1, "" },
		{ "010100feff4199", "A", 1, "" },
		{ "000100feff41010100feff42", "AB", 2, "" },
		{ "4b04", "a", 1, "unexpected EOF" },
		{ "4b0400", "a", 1, "" },
		{ "4b4c0600", "ac", 2, "" },
		{ "fbff", "\xff", 1, "unexpected EOF" },
		{ "7304", "A", 1, "unexpected EOF" },
		{ "05", "", 0, "unexpected EOF" },
		{ "edfd0102", "", 0, "unexpected EOF" },
		{ "05e081080000000000207feb0b0000", "", 0,
		  "flate: corrupt input before offset 10" },
		{ "05c0010100000000909fea8f0b", "", 0, "flate: corrupt input before offset 9" },
		{ "630002", "\0\0\0\0", 4, "unexpected EOF" },
		{ "4b84810300", "aaaaaaaaa\xc0", 10, "" },
		{ "00000000ff0000000000ff010000ffff", "", 0,
		  "flate: corrupt input before offset 5" },
		{ "4b4c8401000000000000", "aaaaaaaaaa", 10, "" },
	};
	struct inflate *s = inflate_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		unsigned char in[64];
		struct io io = { .in = in, .len = strlen(cases[i].hex) / 2, .out = BUF_INIT };
		struct err e = ERR_INIT;

		for (size_t k = 0; k < io.len; k++) {
			unsigned byte;

			assert_int_equal(sscanf(cases[i].hex + 2 * k, "%2x", &byte), 1);
			in[k] = (unsigned char)byte;
		}
		io.step = i % 2 ? 1 : sizeof(in);
		assert_int_equal(run(s, &io, &e), !*cases[i].error);
		assert_string_equal(e.text ? e.text : "", cases[i].error);
		assert_int_equal(io.out.len, cases[i].len);
		assert_memory_equal(io.out.data, cases[i].out, cases[i].len);
		err_release(&e);
		buf_release(&io.out);
	}
	inflate_free(s);
}

static uint32_t next(uint32_t *x)
{
	*x = *x * 1664525u + 1013904223u;
	return *x >> 8;
}

/* Text, noise and distant repetitions. */
static void make_data(unsigned char *data, size_t n, uint32_t seed)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t r = next(&seed);

		if (i > 300 && (r & 3))
			data[i] = data[i - 1 - r % MIN(i - 1, (size_t)32768)];
		else
			data[i] = (unsigned char)(r >> 4) & (seed % 3 ? 0x7f : 0xff);
	}
}

static void test_round_trip(void **state)
{
	static const size_t sizes[] = {
		0, 1, 2, 257, 258, 259, 32767, 32768, 32769, 65536, 200001
	};
	const size_t most = 200001;
	unsigned char *data = xmalloc(most), *packed = xmalloc(most * 2 + 1000);
	struct inflate *s = inflate_new();

	(void)state;
	for (int level = 0; level <= 12; level += 3) {
		struct libdeflate_compressor *c = libdeflate_alloc_compressor(level);

		for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
			struct io io = { .in = packed, .step = 1 + i * 1000, .out = BUF_INIT };

			make_data(data, sizes[i], (uint32_t)(level * 100) + (uint32_t)i);
			io.len = libdeflate_deflate_compress(c, data, sizes[i], packed,
							     most * 2 + 1000);
			assert_true(io.len > 0);
			assert_true(run(s, &io, NULL));
			assert_int_equal(io.out.len, sizes[i]);
			assert_memory_equal(io.out.data, data, sizes[i]);
			assert_in_range(io.largest, 0, 32768);
			buf_release(&io.out);
		}
		libdeflate_free_compressor(c);
	}
	inflate_free(s);
	free(data);
	free(packed);
}

/* A stream cut anywhere ends unexpectedly, and its output is a prefix of the whole. */
static void test_every_cut(void **state)
{
	unsigned char data[3000], packed[6000];
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(9);
	struct inflate *s = inflate_new();
	size_t len, longest = 0;

	(void)state;
	make_data(data, sizeof(data), 5);
	len = libdeflate_deflate_compress(c, data, sizeof(data), packed, sizeof(packed));
	assert_in_range(len, 100, sizeof(packed));
	for (size_t cut = 0; cut < len; cut++) {
		struct io io = { .in = packed, .len = cut, .step = 7, .out = BUF_INIT };
		struct err e = ERR_INIT;

		assert_false(run(s, &io, &e));
		assert_string_equal(e.text, "unexpected EOF");
		assert_int_equal(e.code, ERR_SYNTAX);
		assert_in_range(io.out.len, longest, sizeof(data));
		assert_memory_equal(io.out.data, data, io.out.len);
		longest = io.out.len;
		err_release(&e);
		buf_release(&io.out);
	}
	inflate_free(s);
	libdeflate_free_compressor(c);
}

/* Noise never produces more than its size allows, and nothing reads past its end; the scratch space remains usable. */
static void test_noise(void **state)
{
	struct inflate *s = inflate_new();
	uint32_t x = 99;
	size_t good = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		size_t n = 1 + next(&x) % 60;
		unsigned char *in = xmalloc(n);
		struct io io = { .in = in, .len = n, .step = 1 + next(&x) % 9, .out = BUF_INIT };
		struct err e = ERR_INIT;

		for (size_t k = 0; k < n; k++)
			in[k] = (unsigned char)next(&x);
		if (run(s, &io, &e)) {
			good++;
		} else {
			assert_int_equal(e.code, ERR_SYNTAX);
			assert_true(str_eq(e.text, "unexpected EOF") ||
				    str_has_prefix(e.text, "flate: corrupt input before offset "));
		}
		assert_in_range(io.out.len, 0, n * 8 * 258);
		err_release(&e);
		buf_release(&io.out);
		free(in);
	}
	assert_true(good > 0);
	struct io io = {
		.in = (const unsigned char *)"\x4b\x4c\x06\0", .len = 4, .step = 4, .out = BUF_INIT
	};

	assert_true(run(s, &io, NULL));
	assert_string_equal(io.out.data, "ac");
	buf_release(&io.out);
	inflate_free(s);
}

static void test_failing_ends(void **state)
{
	static unsigned char data[100000], packed[100000];
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
	struct inflate *s = inflate_new();
	struct io io = { .in = packed, .step = 64, .fail_fill = 2, .out = BUF_INIT };
	struct err e = ERR_INIT;

	(void)state;
	make_data(data, sizeof(data), 1);
	io.len = libdeflate_deflate_compress(c, data, sizeof(data), packed, sizeof(packed));
	assert_false(run(s, &io, &e));
	assert_string_equal(e.text, "no more input");
	err_clear(&e);
	io = (struct io){ .in = packed, .len = io.len, .step = 64, .fail_flush = 2, .out = io.out };
	buf_clear(&io.out);
	assert_false(run(s, &io, &e));
	assert_string_equal(e.text, "no more room");
	assert_int_equal(e.code, ERR_LIMIT);
	assert_int_equal(io.out.len, 32768);
	assert_memory_equal(io.out.data, data, 32768);
	err_clear(&e);
	buf_release(&io.out);
	inflate_free(s);
	libdeflate_free_compressor(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_go_cases),     cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_every_cut),    cmocka_unit_test(test_noise),
		cmocka_unit_test(test_failing_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
