/*
 * http_root.h - trusted certificates in a list, of which OpenSSL parses only those that a handshake asks for.
 *
 * Parsing all of a usual bundle takes longer than most answers. Like crypto/x509, a certificate is found by the bytes of its
 * subject. Nothing is changed once a list is filled, so any thread may use it.
 */
#ifndef MODSCOPE_HTTP_ROOT_H
#define MODSCOPE_HTTP_ROOT_H

#include "base/arena.h"
#include "base/base.h"

/* A certificate in DER; subject is a part of it. */
struct http_root {
	const unsigned char *der, *subject;
	size_t len, subject_len;
};
struct http_root_list {
	struct arena arena;
	VEC(struct http_root) list;
};
#define HTTP_ROOT_LIST_INIT { .arena = ARENA_INIT }

/* Adds a PEM block, from its BEGIN to its END line. False if that is no certificate, as far as its outer structure tells. */
bool http_root_add(struct http_root_list *l, const char *block, size_t len);
void http_root_release(struct http_root_list *l);
/* The store of an SSL_CTX trusts what l holds; l must outlive it. False without memory. */
bool http_root_trust(const struct http_root_list *l, void *store);

#endif
