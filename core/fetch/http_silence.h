/*
 * http_silence.h - modules whose requests a server leaves unanswered.
 *
 * A module is the part of a URL before "/@", as in the proxy protocol; other URLs have none. Once a request about a module has timed
 * out, further ones would wait as long, so they are not sent. The engine's thread; http_silence_release frees it.
 */
#ifndef MODSCOPE_HTTP_SILENCE_H
#define MODSCOPE_HTTP_SILENCE_H

#include "base/map.h"

struct goenv;

struct http_silence {
	struct map modules;
	struct arena names;
};

/* How long a server may be silent, in milliseconds: $MODSCOPE_PATIENCE (in seconds), else `usual`, or a minute if that is 0. */
int http_silence_patience(const struct goenv *env, int usual);
bool http_silence_has(const struct http_silence *s, const char *url);
/* Ignores zips, which may be slow because of their size. */
void http_silence_add(struct http_silence *s, const char *url);
void http_silence_release(struct http_silence *s);

#endif
