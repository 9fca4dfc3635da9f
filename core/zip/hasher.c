#include "zip/hasher.h"

#include "zip/hasher_impl.h"
#include "zip/modzip.h"

struct modzip_reader *hasher_reader(struct hasher *h)
{
	return h->reader;
}

struct hasher *hasher_new(void)
{
	struct hasher *h = xcalloc(1, sizeof(*h));

	h->crypto = crypto_lib_get();
	h->md = h->crypto->EVP_MD_fetch(NULL, "SHA256", NULL);
	h->file = h->crypto->EVP_MD_CTX_new();
	h->summary = h->crypto->EVP_MD_CTX_new();
	hasher_must(h->md && h->file && h->summary);
	h->reader = modzip_reader_new();
	h->buf = xmalloc(HASHER_READ_SIZE);
	return h;
}

void hasher_free(struct hasher *h)
{
	if (!h)
		return;
	h->crypto->EVP_MD_CTX_free(h->file);
	h->crypto->EVP_MD_CTX_free(h->summary);
	h->crypto->EVP_MD_free(h->md);
	modzip_reader_free(h->reader);
	free(h->buf);
	free(h);
}

void hasher_begin(struct hasher *h)
{
	hasher_must(h->crypto->EVP_DigestInit_ex2(h->file, h->md, NULL));
}

void hasher_add(struct hasher *h, const void *data, size_t len)
{
	hasher_must(h->crypto->EVP_DigestUpdate(h->file, data, len));
}

void hasher_end(struct hasher *h, unsigned char digest[32])
{
	hasher_must(h->crypto->EVP_DigestFinal_ex(h->file, digest, NULL));
}
