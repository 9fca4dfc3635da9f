#define OPENSSL_SUPPRESS_DEPRECATED
#include "zip/modhash.h"

#include <openssl/sha.h>

void modhash_sha256(const void *data, size_t len, unsigned char digest[32])
{
	SHA256_CTX ctx;

	SHA256_Init(&ctx);
	SHA256_Update(&ctx, data, len);
	SHA256_Final(digest, &ctx);
}

void modhash_sha256_2(const void *a, size_t a_len, const void *b, size_t b_len,
		      unsigned char digest[32])
{
	SHA256_CTX ctx;

	SHA256_Init(&ctx);
	SHA256_Update(&ctx, a, a_len);
	SHA256_Update(&ctx, b, b_len);
	SHA256_Final(digest, &ctx);
}

static void base64_32(const unsigned char in[32], char out[44])
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (unsigned i = 0; i < 10; i++, in += 3, out += 4) {
		out[0] = digits[in[0] >> 2];
		out[1] = digits[(in[0] & 3) << 4 | in[1] >> 4];
		out[2] = digits[(in[1] & 15) << 2 | in[2] >> 6];
		out[3] = digits[in[2] & 63];
	}
	out[0] = digits[in[0] >> 2];
	out[1] = digits[(in[0] & 3) << 4 | in[1] >> 4];
	out[2] = digits[(in[1] & 15) << 2];
	out[3] = '=';
}

void modhash_gomod(const void *data, size_t len, char sum[MODHASH_LEN + 1])
{
	static const char hex[] = "0123456789abcdef", name[] = "  go.mod\n";
	unsigned char digest[32];
	char line[64 + sizeof(name) - 1];

	modhash_sha256(data, len, digest);
	for (unsigned i = 0; i < 32; i++) {
		line[2 * i] = hex[digest[i] >> 4];
		line[2 * i + 1] = hex[digest[i] & 15];
	}
	memcpy(line + 64, name, sizeof(name) - 1);
	modhash_sha256(line, sizeof(line), digest);
	memcpy(sum, "h1:", 3);
	base64_32(digest, sum + 3);
	sum[MODHASH_LEN] = '\0';
}
