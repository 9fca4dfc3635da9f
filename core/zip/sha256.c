#define OPENSSL_SUPPRESS_DEPRECATED
#include "zip/sha256.h"

#include "zip/crypto_lib.h"

void sha256_bytes(const void *data, size_t len, unsigned char digest[32])
{
	sha256_pair(data, len, NULL, 0, digest);
}

void sha256_pair(const void *a, size_t a_len, const void *b, size_t b_len, unsigned char digest[32])
{
	const struct crypto_lib *crypto = crypto_lib_get();
	SHA256_CTX ctx;

	crypto->SHA256_Init(&ctx);
	crypto->SHA256_Update(&ctx, a, a_len);
	if (b_len)
		crypto->SHA256_Update(&ctx, b, b_len);
	crypto->SHA256_Final(digest, &ctx);
}
