#include "fetch/http_root.h"

#include <pthread.h>

#include "base/base64.h"
#include "zip/crypto_lib.h"

enum tag { TAG_INTEGER = 0x02, TAG_SEQUENCE = 0x30, TAG_VERSION = 0xa0 };

/* What is left of a DER value. */
struct der {
	const unsigned char *p, *end;
};

/* The next element with its header into whole, its content into inner, either of which may be NULL. */
static bool next(struct der *d, unsigned tag, struct der *whole, struct der *inner)
{
	const unsigned char *p = d->p;
	size_t len, more;

	if (d->end - p < 2 || *p++ != tag)
		return false;
	len = *p++;
	if (len >= 0x80) {
		more = len - 0x80;
		if (!more || more > 3 || (size_t)(d->end - p) < more)
			return false;
		for (len = 0; more; more--)
			len = len << 8 | *p++;
	}
	if ((size_t)(d->end - p) < len)
		return false;
	if (whole)
		*whole = (struct der){ d->p, p + len };
	if (inner)
		*inner = (struct der){ p, p + len };
	d->p = p + len;
	return true;
}

/* RFC 5280, 4.1: version, serial number, signature, issuer, validity, subject. */
static bool find_subject(struct http_root *r)
{
	struct der whole = { r->der, r->der + r->len }, cert, d, subject;

	if (!next(&whole, TAG_SEQUENCE, NULL, &cert) || whole.p != whole.end ||
	    !next(&cert, TAG_SEQUENCE, NULL, &d))
		return false;
	next(&d, TAG_VERSION, NULL, NULL);
	if (!next(&d, TAG_INTEGER, NULL, NULL) || !next(&d, TAG_SEQUENCE, NULL, NULL) ||
	    !next(&d, TAG_SEQUENCE, NULL, NULL) || !next(&d, TAG_SEQUENCE, NULL, NULL) ||
	    !next(&d, TAG_SEQUENCE, &subject, NULL))
		return false;
	r->subject = subject.p;
	r->subject_len = (size_t)(subject.end - subject.p);
	return true;
}

/* Like pem.Decode: blanks do not count. */
static size_t squeeze(char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		if (s[i] != ' ' && s[i] != '\t')
			s[n++] = s[i];
	return n;
}

bool http_root_add(struct http_root_list *l, const char *block, size_t len)
{
	const char *from = memchr(block, '\n', len), *to = block + len;
	struct http_root r = { 0 };
	unsigned char *der;
	char *text;

	while (to > block && to[-1] != '\n')
		to--;
	if (!from || from >= to)
		return false;
	len = (size_t)(to - from);
	text = arena_strndup(&l->arena, from, len);
	der = arena_alloc(&l->arena, len);
	r.der = der;
	if (!base64_decode(text, squeeze(text, len), der, len, &r.len) || !find_subject(&r))
		return false;
	vec_push(&l->list, r);
	return true;
}

void http_root_release(struct http_root_list *l)
{
	vec_release(&l->list);
	arena_release(&l->arena);
}

static bool has_subject(const struct http_root *r, const X509_NAME *name)
{
	const unsigned char *der;
	size_t len;

	return crypto_lib_get()->X509_NAME_get0_der(name, &der, &len) == 1 &&
	       len == r->subject_len && memcmp(der, r->subject, len) == 0;
}

/* One reference is the store's; X509_STORE_CTX_get_by_subject counts another of what is in ret. */
static int add(X509_STORE *store, const struct http_root *r, X509_OBJECT *ret)
{
	const struct crypto_lib *crypto = crypto_lib_get();
	const unsigned char *p = r->der;
	X509 *cert = crypto->d2i_X509(NULL, &p, (long)r->len);
	int ok = cert && crypto->X509_STORE_add_cert(store, cert);

	if (ok && ret && crypto->X509_OBJECT_set1_X509(ret, cert))
		crypto->X509_free(cert);
	crypto->X509_free(cert);
	crypto->ERR_clear_error();
	return ok;
}

/* Of X509_LOOKUP_meth_set_get_by_subject: all with this subject go into the store, where they are looked for next. */
static int get_by_subject(X509_LOOKUP *lookup, X509_LOOKUP_TYPE type, const X509_NAME *name,
			  X509_OBJECT *ret)
{
	const struct crypto_lib *crypto = crypto_lib_get();
	const struct http_root_list *l = crypto->X509_LOOKUP_get_method_data(lookup);
	int found = 0;

	for (size_t i = 0; type == X509_LU_X509 && i < l->list.n; i++)
		if (has_subject(&l->list.items[i], name) &&
		    add(crypto->X509_LOOKUP_get_store(lookup), &l->list.items[i],
			found ? NULL : ret))
			found = 1;
	return found;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static X509_LOOKUP_METHOD *once_method; /* of all stores, until the end */

static void make_method(void)
{
	const struct crypto_lib *crypto = crypto_lib_get();

	once_method = crypto->X509_LOOKUP_meth_new("roots");
	if (once_method)
		crypto->X509_LOOKUP_meth_set_get_by_subject(once_method, get_by_subject);
}

bool http_root_trust(const struct http_root_list *l, void *store)
{
	X509_LOOKUP *lookup;

	pthread_once(&once, make_method);
	lookup = once_method ? crypto_lib_get()->X509_STORE_add_lookup(store, once_method) : NULL;
	return lookup &&
	       crypto_lib_get()->X509_LOOKUP_set_method_data(lookup, (void *)(uintptr_t)l);
}
