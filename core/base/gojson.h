/*
 * gojson.h - JSON from outside, read as Go's encoding/json reads it.
 *
 * For answers of proxies and cached .info files, which must be rejected exactly when go rejects them, with
 * go's messages: names match regardless of case, the last of several wins, invalid UTF-8 is replaced, numbers
 * may be of any size, at most GOJSON_MAX_DEPTH levels. Errors are ERR_SYNTAX ("invalid character 'x' after top-level value").
 * Pure; results live in the caller's arena.
 */
#ifndef MODSCOPE_GOJSON_H
#define MODSCOPE_GOJSON_H

#include "base/arena.h"
#include "base/err.h"

#define GOJSON_MAX_DEPTH 10000

/* modfetch.RevInfo: json.Unmarshal into it. Missing or null members are empty; a `time` is normalised as go would print it. */
struct gojson_info {
	const char *version;
	const char *time;   /* RFC 3339; "" if zero */
	const char *origin; /* raw JSON of an object; NULL if none */
	bool bad_time;      /* if gojson_info fails: the JSON is well formed, but its `time` is not a time */
};
bool gojson_info(struct arena *a, const char *data, size_t len, struct gojson_info *info,
		 struct err *e);
/* json.Valid with the error of json.Unmarshal. */
bool gojson_check(const char *data, size_t len, struct err *e);

#endif
