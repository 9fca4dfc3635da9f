/*
 * crypto_lib.h - libcrypto, loaded when something is first hashed or verified.
 *
 * As with curl_lib.h: relocating it takes longer than half of the answers that need no hash, so the program is not linked
 * with it. Types come from its headers, the functions from this struct. Loaded once per process, for all threads; never unloaded. If the
 * library that the program was built for is missing, reports that on descriptor 2 and ends the
 * process, as the dynamic linker would.
 *
 *	const struct crypto_lib *crypto = crypto_lib_get();
 *	crypto->SHA256_Init(&ctx);
 */
#ifndef MODSCOPE_CRYPTO_LIB_H
#define MODSCOPE_CRYPTO_LIB_H

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include "base/base.h"

struct crypto_lib {
	int (*SHA256_Init)(SHA256_CTX *c);
	int (*SHA256_Update)(SHA256_CTX *c, const void *data, size_t len);
	int (*SHA256_Final)(unsigned char *digest, SHA256_CTX *c);
	EVP_MD *(*EVP_MD_fetch)(OSSL_LIB_CTX *ctx, const char *algorithm, const char *properties);
	void (*EVP_MD_free)(EVP_MD *md);
	const EVP_MD *(*EVP_sha1)(void);
	EVP_MD_CTX *(*EVP_MD_CTX_new)(void);
	void (*EVP_MD_CTX_free)(EVP_MD_CTX *ctx);
	int (*EVP_DigestInit_ex2)(EVP_MD_CTX *ctx, const EVP_MD *type, const OSSL_PARAM params[]);
	int (*EVP_DigestUpdate)(EVP_MD_CTX *ctx, const void *data, size_t len);
	int (*EVP_DigestFinal_ex)(EVP_MD_CTX *ctx, unsigned char *digest, unsigned *len);
	EVP_PKEY *(*EVP_PKEY_new_raw_public_key)(int type, ENGINE *e, const unsigned char *key, size_t len);
	void (*EVP_PKEY_free)(EVP_PKEY *key);
	int (*EVP_DigestVerifyInit)(EVP_MD_CTX *ctx, EVP_PKEY_CTX **key_ctx, const EVP_MD *type, ENGINE *e, EVP_PKEY *key);
	int (*EVP_DigestVerify)(EVP_MD_CTX *ctx, const unsigned char *sig, size_t sig_len, const unsigned char *data, size_t len);
	BIO *(*BIO_new_mem_buf)(const void *buf, int len);
	int (*BIO_free)(BIO *bio);
	X509 *(*PEM_read_bio_X509)(BIO *bio, X509 **x, pem_password_cb *password, void *ctx);
	void (*X509_free)(X509 *cert);
	X509 *(*d2i_X509)(X509 **x, const unsigned char **in, long len);
	int (*X509_NAME_get0_der)(const X509_NAME *name, const unsigned char **der, size_t *len);
	int (*X509_STORE_add_cert)(X509_STORE *store, X509 *cert);
	X509_LOOKUP *(*X509_STORE_add_lookup)(X509_STORE *store, X509_LOOKUP_METHOD *method);
	X509_STORE *(*X509_LOOKUP_get_store)(const X509_LOOKUP *lookup);
	int (*X509_LOOKUP_set_method_data)(X509_LOOKUP *lookup, void *data);
	void *(*X509_LOOKUP_get_method_data)(const X509_LOOKUP *lookup);
	X509_LOOKUP_METHOD *(*X509_LOOKUP_meth_new)(const char *name);
	int (*X509_LOOKUP_meth_set_get_by_subject)(X509_LOOKUP_METHOD *method, X509_LOOKUP_get_by_subject_fn get);
	int (*X509_OBJECT_set1_X509)(X509_OBJECT *o, X509 *cert);
	void (*ERR_clear_error)(void);
};

const struct crypto_lib *crypto_lib_get(void);

#endif
