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
		/* streams with trees of their own, of which a bit is flipped, or the end cut off */
		{ "04c00101002010c2c02a56db78e81fc183a04fcacb632b428c392c849560228269d440453805a170d454c0cb065c275294db7e000000ffff",
		  "aacabb baea c affeabaacbcbcdabeaacafeacabccbabaabcecbbbcaaebabaadbbaabaaeaadaebcebaaabdcffaaadefbabaeabbadff",
		  108, "" },
		{ "04c00101002010c2c02a56db78e81fc182a04fcacb632b428c3924849560228269d440453805a170d454c0cb065c275294db7e000000ffff",
		  "", 0, "flate: corrupt input before offset 17" },
		{ "04c00101002010c2c02a56db78e81fc183a04fcacb632b428c3924849560228269d440453805a170d454c0cb065c275294db7e000000fffd",
		  "aacabb baea c affeabaacbcbcdabacacafeacabccbabaabcecbbbcaaebabaadbbaabaaeaadaebcebaaabdcffaaadefbabaeabbadff",
		  108, "flate: corrupt input before offset 56" },
		{ "04c00101002010c2c02a56db78e81fc183a04fcacb6323428c3924849560228269d440453805a170d454c0cb065c275294db7e000000",
		  "aacabb baea c affacbaacbcbcdabacacafeacabccbabaabcecbbbcaaebabaadbbaabaaeaadaebcebaaabdcffaaadefbabaeabbadff",
		  108, "unexpected EOF" },
		{ "04c80101002010c2c02a56db78e81fc183a04fcacb632b428c3924849560228269d440453805a170d454c0cb065c275294db7e000000ffff",
		  "", 0, "flate: corrupt input before offset 18" },
		{ "04c00101002010c2c02a56db78e81fc583a04fcacb632b428c3924849560228269d440453805a170d454c0cb065c275294db7e000000ffff",
		  "", 0, "flate: corrupt input before offset 16" },
		{ "04c00101002018c2c02a56db78e81fc183a04fcacb632b428c3924849560228269d440453805a170d454c0cb065c275294db7e000000ffff",
		  "", 0, "flate: corrupt input before offset 9" },
		{ "04c00101002010c2c02a56db78e81fc183a04fcacb632b428c3924849560228269d440",
		  "aacabb baea c affeabaacbcbcdabacacafeacabccbabaabcecbbbca", 57,
		  "unexpected EOF" },
		{ "04c00101002010c2c02a56db78e81fc183a04fcacb632b42", "aacabb baea c affeaba", 21,
		  "unexpected EOF" },
		{ "04c00001c03010c2402b6f2da103ff0e7693071fd38897e7650e101080041c34fda205308aa227742392a2b843129f4525647f000000ffff",
		  "", 0, "flate: corrupt input before offset 6" },
		{ "00c00101c03010c2402b6f2da103ff0e7693071fd38897e7650e101080041c34fda205308aa227742392a2b843129f4525647f000000ffff",
		  "", 0, "flate: corrupt input before offset 5" },
		{ "04c00101c03010c2402b6f2da003ff0e7693071fd38897e7650e101080041c34fda205308aa227742392a2b843129f4525647f000000ffff",
		  "", 0, "flate: corrupt input before offset 15" },
		{ "44c00101c03010c2402b6f2da103ff0e7693071fd38897e7650e101080041c34fda205308aa227742392a2b843129f4525647f000000ffff",
		  "", 0, "flate: corrupt input before offset 19" },
		{ "348cc109c000108366556fff194a4a7b70e4110d874088dc2241a5f05cb9f3b01f133b5e8d11a139e99bdb9f363c010000ffff",
		  "adabaaacababadcabacbaabbbaccabdbbaaaaaaabdabcacababadbabcdaaaacaabbaacabbcbbbbaadabaaabaaadbbcababcbaaaaaaaaaaabaaabaaab",
		  120, "unexpected EOF" },
		{ "348cc109c000108366556fff1d4a4a7b70e4110d874088dc2241a5f05cb9f3b01f133b5e8d11a139e99bdb9f163c010000ffff",
		  "", 0, "flate: corrupt input before offset 20" },
		{ "348cc109c000108366556fff194a4a7b70e4110d874088dc2241a5f01cb9f3b01f133b5e8d11a139e99bdb9f163c010000ffff",
		  "adabaaacababadcabacbaabbbaccabdb", 32, "flate: corrupt input before offset 30" },
		{ "348cc109c000108366556fff194a4a7b70e4110d874088cc2241a5f05cb9f3b01f133b5e8d11a139e99bdb9f163c010000ffff",
		  "adabaaacababa", 13, "flate: corrupt input before offset 25" },
		{ "348cc109c000108366556fff194a4a7b70e4110d874088dc2241a5705cb9f3b01f133b5e8d11",
		  "adabaaacababadcabacbaabbbaccab", 30, "flate: corrupt input before offset 29" },
		{ "348cc109c000108366556fff194a4a7b70e4110dc74088dc2241a5f05cb9f3b01f133b5e8d11a139e99bdb9f163c010000ffff",
		  "ada", 3, "flate: corrupt input before offset 22" },
		{ "348cc109c000108366556fff094a4a7b70e4110d874088dc2241a5f05cb9f3b01f133b5e8d11a139e99bdb9f163c010000ffff",
		  "", 0, "flate: corrupt input before offset 21" },
		{ "348cc109c000108366556fff194a4a7b70e4110d874088dc2241a5f05ca9f3b01f133b5e8d11a139e99bdb9f163c010000ffff",
		  "adabaaacababadcabacbaabbbaccabdbbaaabb", 38,
		  "flate: corrupt input before offset 32" },
		{ "348cc109c000108366556fff194a4a7b70e4110d874088dc2241a5f04cb9f3b01f133b5e8d11a139e99bdb9f163c010000ffff",
		  "adabaaacababadcabacbaabbbaccabdbcbbaddbdabcaaacababbabcdaabaaaabdbccabbcbaabb",
		  77, "flate: corrupt input before offset 43" },
		{ "348cc109c000108366556fff194a4a7b70e4110d874088dc2241a5f05cf9f3b01f133b5e8d11a139e99bdb9f163c010000ffff",
		  "adabaaacababadcabacbaabbbaccabdbbaaa", 36,
		  "flate: corrupt input before offset 31" },
		{ "04c081000000008020d6f687b80a0022010211085110402900ca10003a0000ffff",
		  "bbbaaaaaaaaaaaabaababaaaaaaabaaaaabaabaaaaabaaabaabbaaaabaaaaaaaabbabbaaaaaaaaaabba",
		  83, "flate: corrupt input before offset 31" },
		{ "04c081000000008020d6f687b80a00220102110851104029004a10003a0020ffff",
		  "bbbaaaaaaaaaaaabaababaaaaaaabaaaaabaabaaaaabaaabaabbaaaabaaaaaaaabbabbaaaaaaaaaabbabaaaabaaaaaaaaaaab",
		  101, "flate: corrupt input before offset 33" },
		{ "04c081000000008020d6f687ba0a00220102110851104029004a10003a0000ffff", "", 0,
		  "flate: corrupt input before offset 13" },
		{ "04c081000000008020d6f687b80a00220102110851104029004a10002a0000ffff",
		  "bbbaaaaaaaaaaaabaababaaaaaaabaaaaabaabaaaaabaaabaabbaaaabaaaaaaaabbabbaaaaaaaaaabbabaaaabaaaaaaaaaaabbbaaaaaaaaaaaaaaaaa",
		  120, "flate: corrupt input before offset 32" },
		{ "04c08100000000c230d63d7e87362498d066a9aa64b185aa49336520565985a4961e0000ffff",
		  "", 0, "flate: corrupt input before offset 14" },
		{ "04c08100000000c230d63d7f87362498d066a9aa64b185aa49336520565985a4961e0004ffff",
		  "caaababaaaacabaaabccacbabbbbbbbabacbaaccbaaabbbbcababcacabbacaaaaabaacbbbacbbbaaabababbcbab",
		  91, "flate: corrupt input before offset 38" },
		{ "04c08100000000c230d63d7f87362498d066a9aa64b985aa4933652056",
		  "caaababaaaacabaaabccacbabbbbbbbabacba", 37,
		  "flate: corrupt input before offset 23" },
		{ "04408100000000c230d63d7f87362498d066a9aa64b185aa49336520565985a4961e0000ffff",
		  "", 0, "flate: corrupt input before offset 8" },
		{ "1ccc3911c05010c3502a9f9ae43db833c86cc62e5e2521433655f483765d44ee6462124d1ec03a8d9bb3c58439fd1bf722140474609b2f0000ffff",
		  "", 0, "flate: corrupt input before offset 24" },
		{ "1ccc3911c05010c3502a9f9ae43df833c86cc62e5e2521433655f483765d44ee6462124d1ec03a8d9bb3c58439fd1bf722140474609baf0000ffff",
		  "baacfacgcddae aaebgbgababaabaaacfcbcccbbcc aaaagbfeabgcaaaabdafcafaaabababafbgddaeadaacaabbfaagea",
		  97, "flate: corrupt input before offset 59" },
		{ "04c081000000008020d6f687380400002000004000018042001d8000ffff",
		  "aaabaaaaaaaaaaaaaaaaaaaaaaaaabaaaaaaaaaaaaaaaaaaaaaaabaaaaaaaabaaaaaaaaaaaaabbaaabaaaaaaaab",
		  91, "flate: corrupt input before offset 30" },
		{ "04e081000000008020d6f687380400002000004000018042001d0000ffff", "", 0,
		  "flate: corrupt input before offset 10" },
		{ "04c081000000008020d6f68738040000200000400001804200150000ffff",
		  "aaabaaaaaaaaaaaaaaaaaaaaaaaaabaaaaaaaaaaaaaaaaaaaaaaabaaaaaaaabaaaaaaaaaaaaabbaaabaaaaaaaabbbaaaaaaaaaaaaaaaaaa",
		  111, "flate: corrupt input before offset 29" },
		{ "268b810d004108836605dc7f864fef1b1315528fc5bc503841772d636ee5ac5e7befd14dbf42b27c05ba390a38eabe000000ffff",
		  "", 0, "flate: corrupt input before offset 1" },
		{ "248b810d004108836605dc7f864fef1b1315528fc5bc503841772d63eee5ac5e7befd14dbf42b27c05ba390a38eabe000000ffff",
		  "bdaaaaabcbdcabbaadbaabbbbaaaaaacabbbbbbbadbccc", 46,
		  "flate: corrupt input before offset 33" },
		{ "04c081000000008020d6f687b8028800041058002aa45229104a084015380000ffff",
		  "bbaaaaaaaabaabaaaaaaaaabaaaaaaaabaaaaa", 38,
		  "flate: corrupt input before offset 28" },
		{ "04c081000000008020d6f687b8028800041050002aa45229104a084015280000ffff",
		  "bbaaaaaaaabaabaaaaaaaaabaaaaaaaabaaaaaabbaaaaaaaaabbbaaababbbabbbabbaaaaabaaabbabaaabaaaaaaaaabbbbaaaaabbaaaaaaaaaaaaaaaaa",
		  122, "flate: corrupt input before offset 33" },
		{ "14ca511500300885d02a56039fdabfc1cef8e536582e061b3065e3d253a4538975374bc9271ed3ae7228c36fbb06c6e869d7fe95170400ffff",
		  "caab bfabdabcaaabd bcabface adcd ddb ggefa baabcabgaecbfbbagabbaeaaaaafc eaaebdbbgbbc fabbad",
		  92, "flate: corrupt input before offset 57" },
		{ "04c00101c0300803302b584bcb877f07cf31843d9bf0d065d9263715c033487c75a9e4f5f68d7dae9857494ac6a6d3641af9030020ffff",
		  "gaa aabaadgadbbaafaaacdaadaadcbbg cabaaaaaaafa aaabbaecagbcabbfcgdf adfagcaaa fcabbbcaab adbc cbb cbab",
		  102, "flate: corrupt input before offset 55" },
		{ "248c890d004008c2666d61ff192e7891884f35e0a933c5026cde20fa9bc9f8cbc83cffd263941a16f7e0d64b1df1020000ffff",
		  "caabaabaadbaabbbabdaaaa", 23, "flate: corrupt input before offset 26" },
		{ "248c890d004008c2666d61ff192e7891884f35e0a933c5026cdc20fa9bc9f8cac83cffd263941a16f7e0d64b1df1020000ffff",
		  "caabaabaadbaabbbabdaaaacaabdcababbaacaabaababcb", 47,
		  "flate: corrupt input before offset 36" },
		{ "248c890d004008c2666d61ff192e7891884f35e0a933c5026cdc20fa9bc9f8cbc83cffd263941a16f7e0d64b1df1020000f7ff",
		  "caabaabaadbaabbbabdaaaacaabdcababbaacaabaababcbcaabaacbaaabacbaabaabbbaacbbadbcacacaaaaacbacbabacbdaabb",
		  103, "flate: corrupt input before offset 51" },
		{ "248c890d004008c2666d61ff192e7891884f35e0a933c5026cdc20fa1bc9f8cbc83cffd263941a16f7e0d64b1df1020000ffff",
		  "caabaabaadbaabbbabdaaaacaabdcababbaacaabbac", 43,
		  "flate: corrupt input before offset 31" },
		{ "04c00101000008c3a0acccf7cf205d4e46ac23a01ab79a2b87ddc615d092b252b43b54d2ea000000ffff",
		  "bcbacabadaabaadbcaabaaaaaabbbdaacdbbdacbbacaaadcddaacbbaaaaaabdbababbadbbabbaabdccaaabbbababdbbcaaaaaaaaaaaaaaaaaaaaaaa",
		  119, "flate: corrupt input before offset 41" },
		{ "04c00101000008c3a0acccf7cf205d4e46ac23a01ab79e2b87ddc615d092b252b43b54d2fa000000ffff",
		  "bcbacabadaabaadbcaabaaaaaabbbdaacdb", 35,
		  "flate: corrupt input before offset 27" },
		{ "04c00101000008c3a0acecf6cf2026a32b1819445ba692855685488d653dc24c9aa8abf0",
		  "acabacaabdbbaaaacaabacaaaabaabccbacabbbabacbaaabcbbbbaaabaababbcaacbacb", 71,
		  "flate: corrupt input before offset 35" },
		{ "04c081000000008020d6f68738040848404081040944000230000e0000ffff",
		  "aaabaaaaaaabaaaaaababaaaaaabaaaaaabbaaaaababaaaababaaaaabaabaaaaaaaaabaaaaaaaaa",
		  79, "flate: corrupt input before offset 30" },
		{ "2c8b8b0dc05008846605f6dfa17967fd244a0e56a2aca33cd8bb8a14dabcd53350bbe0b923fef65efa020001ffff",
		  "aaaaaababbabababcaccbaaaaaacccbaccacbbaacaacaaacaabbaaaabaabbbcaaaaacbababaaabbbbcbaaaaabaaabac",
		  95, "flate: corrupt input before offset 46" },
		{ "04c00101003008c3302bb7d60e987f074f7427be84b9a2b2dc21e8636d3d790383004a3b0519a41f1691e019426237ea0f0000ffff",
		  "cbbedcb ccadfgabbbaeaffabaabb aebggbfba daadabaaaabbaggdgaabadabag", 66,
		  "flate: corrupt input before offset 44" },
		{ "04c08100000000c230d63d7f8766219b44406aa4a234882ca842ea096165a5525b4a49140f0000ffff",
		  "acbaaabaccababaabaaaaaababbcaababbbaabbabcaaaabaabacbaaaabbbbaaababb", 68,
		  "flate: corrupt input before offset 32" },
		{ "04c081000000008020d6f687b8224185002520512821110111a5a802e0000002ffff",
		  "bbaababaaaabbbaaabaaaaaaabbabaaaaaababaabbaaabbabaaababaabaabaaaaaabaabaabbabbaabbbbaaaaaaaaaa",
		  94, "flate: corrupt input before offset 34" },
		{ "04c081000000008020d6f687b8224185002520513821110111a5a802e0000000ffff",
		  "bbaababaaaabbbaaabaaaaaaabbabaaaaaababaabbaaa", 45,
		  "flate: corrupt input before offset 25" },
		{ "04c081000000008020d6f687b8224185002520512821190111a5a802e0000000ffff",
		  "bbaababaaaabbbaaabaaaaaaabbabaaaaaababaabbaaabbabaaababa", 56,
		  "flate: corrupt input before offset 27" },
		{ "04c0010180200004b12a54db3dd23f82eb0561abed8387162772372adbbbcb0b8d0f228c7071cfdaedf8030100ffff",
		  "bfbaaaabaaaccbbcceaaaafaaabcbaa baabadccaabbbaccfdcbafbaaabcaaeaaaabaabaaacaabaaadaaad cbcdb a",
		  94, "flate: corrupt input before offset 47" },
		{ "04c081000000008020d6f687b820542114a5522822a6502a4a504180224a559244070000ffff",
		  "baaaabaaabbbbaaabaaabbaabbabbbabbaaabbaabaabaa", 46,
		  "flate: corrupt input before offset 29" },
		{ "04c081000000008020d6f687b820542114a5522826a2502a4a504180224a559244070000ffff",
		  "baaaabaaabbbbaaabaaabbaabbabbbabbaaabbaa", 40,
		  "flate: corrupt input before offset 24" },
		{ "04c00101003008c3302b586bb7837f078f1c13988d25308a29841415770123f482e302957372d84acaa58b2e480a7da8a83f0200ffff",
		  "baga caa fcbdacaa bbabcdaacacdabbbabffaaabcbaadgcab bfaaadbagb cgabddbacdagcdfabbfaabacdaadeabbbabbb",
		  100, "flate: corrupt input before offset 54" },
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
