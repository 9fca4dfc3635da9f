#include "zip/crypto_lib.h"

#include <pthread.h>
#include <unistd.h>

#include "base/dynlib.h"

#ifndef CRYPTO_SONAME
#ifdef __APPLE__
#define CRYPTO_SONAME "libcrypto.3.dylib"
#else
#define CRYPTO_SONAME "libcrypto.so.3"
#endif
#endif

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct crypto_lib once_lib;

#define SYMBOL(name)                                     \
	{                                                \
#name, offsetof(struct crypto_lib, name) \
	}
static const struct dynlib_symbol symbols[] = {
	SYMBOL(SHA256_Init),
	SYMBOL(SHA256_Update),
	SYMBOL(SHA256_Final),
	SYMBOL(EVP_MD_fetch),
	SYMBOL(EVP_MD_free),
	SYMBOL(EVP_sha1),
	SYMBOL(EVP_MD_CTX_new),
	SYMBOL(EVP_MD_CTX_free),
	SYMBOL(EVP_DigestInit_ex2),
	SYMBOL(EVP_DigestUpdate),
	SYMBOL(EVP_DigestFinal_ex),
	SYMBOL(EVP_PKEY_new_raw_public_key),
	SYMBOL(EVP_PKEY_free),
	SYMBOL(EVP_DigestVerifyInit),
	SYMBOL(EVP_DigestVerify),
	SYMBOL(BIO_new_mem_buf),
	SYMBOL(BIO_free),
	SYMBOL(PEM_read_bio_X509),
	SYMBOL(X509_free),
	SYMBOL(X509_STORE_add_cert),
	SYMBOL(d2i_X509),
	SYMBOL(X509_NAME_get0_der),
	SYMBOL(X509_STORE_add_lookup),
	SYMBOL(X509_LOOKUP_get_store),
	SYMBOL(X509_LOOKUP_set_method_data),
	SYMBOL(X509_LOOKUP_get_method_data),
	SYMBOL(X509_LOOKUP_meth_new),
	SYMBOL(X509_LOOKUP_meth_set_get_by_subject),
	SYMBOL(X509_OBJECT_set1_X509),
	SYMBOL(ERR_clear_error),
};

static void load(void)
{
	const char *why = dynlib_load(CRYPTO_SONAME, symbols, ARRAY_LEN(symbols), &once_lib);
	char *line;

	if (!why)
		return;
	line = xasprintf("modscope: nothing can be hashed: %s\n", why);
	if (write(STDERR_FILENO, line, strlen(line)) < 0)
		free(line);
	__builtin_trap(); /* an installation that cannot run */
}

const struct crypto_lib *crypto_lib_get(void)
{
	pthread_once(&once, load);
	return &once_lib;
}
