/*
 * http_silence.h - which modules a server leaves unanswered.
 *
 * A module is what a URL names up to "/@", as the proxy protocol has it; other URLs have none. Once an answer about it has failed to
 * come in time, what else would be asked about it would wait as long: it is not asked. The engine's thread; release frees it.
 */
#ifndef MODSCOPE_HTTP_SILENCE_H
#define MODSCOPE_HTTP_SILENCE_H

#include "base/map.h"

struct goenv;

struct http_silence {
	struct map modules;
	struct arena names;
};

/* How long a server may send nothing, in milliseconds: $MODSCOPE_PATIENCE seconds, else `usual`, where that is 0 a minute. */
int http_silence_patience(const struct goenv *env, int usual);
bool http_silence_has(const struct http_silence *s, const char *url);
/* A zip may be slow for its size, and tells nothing. */
void http_silence_add(struct http_silence *s, const char *url);
void http_silence_release(struct http_silence *s);

#endif
