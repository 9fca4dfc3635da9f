/*
 * gourl.h - URLs as Go reads and writes them.
 *
 * Follows net/url: Parse, String, EscapedPath, ResolveReference, and cmd/go/internal/web.Join. Rejects what go rejects, in
 * its words. Pure; strings live in the arena or are borrowed from the URL they come from.
 */
#ifndef MODSCOPE_GOURL_H
#define MODSCOPE_GOURL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct gourl {
	const char *scheme; /* in lower case */
	const char *opaque;
	const char *user, *password; /* decoded; NULL if there is none */
	const char *host;	     /* with ":port"; "" if there is none */
	const char *path, *raw_path; /* decoded; as written, "" if that is how it would be encoded */
	const char *query;	     /* as written, without "?" */
	const char *fragment, *raw_fragment;
	bool force_query; /* a lone "?" at the end */
	bool omit_host;	  /* "file:/x" */
};

/* url.Parse. ERR_SYNTAX: `parse "URL": first path segment in URL cannot contain colon`, without the password. */
bool gourl_parse(struct arena *a, const char *s, struct gourl *u, struct err *e);
/* Appends URL.String, including the password. */
void gourl_write(const struct gourl *u, struct buf *b);
/* The URL with a path appended, given decoded and encoded; each is appended to u's. */
struct gourl gourl_join(struct arena *a, const struct gourl *u, const char *path, const char *raw_path);
struct gourl gourl_resolve(struct arena *a, const struct gourl *base, const struct gourl *ref);
/* The URL as sent to a server: without user, password and fragment. */
struct gourl gourl_bare(const struct gourl *u);
/* URL.Hostname, but with brackets; and URL.Port, or the scheme's default port. */
const char *gourl_hostname(struct arena *a, const struct gourl *u);
const char *gourl_port(struct arena *a, const struct gourl *u);

#endif
