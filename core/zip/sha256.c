#define OPENSSL_SUPPRESS_DEPRECATED
#include "zip/sha256.h"

#include <openssl/sha.h>

void sha256_bytes(const void *data, size_t len, unsigned char digest[32])
{
	sha256_pair(data, len, NULL, 0, digest);
}

void sha256_pair(const void *a, size_t a_len, const void *b, size_t b_len, unsigned char digest[32])
{
	SHA256_CTX ctx;

	SHA256_Init(&ctx);
	SHA256_Update(&ctx, a, a_len);
	if (b_len)
		SHA256_Update(&ctx, b, b_len);
	SHA256_Final(digest, &ctx);
}
