/*
 * jsonout.h - JSON documents that the program writes: members, rows, bytes.
 *
 * Every text is masked as it is set: a secret that was sent to a server (http_secret.h) stands in no document. Texts that are not UTF-8 are
 * escaped as in text.h. Documents are of one thread at a time; json_decref frees them.
 *
 *	json_t *doc = jsonout_doc("graph");
 *	json_t *row = jsonout_add_row(jsonout_set_rows(doc, "edges"));
 *	jsonout_set_str(row, "From", from);
 */
#ifndef MODSCOPE_JSONOUT_H
#define MODSCOPE_JSONOUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A new document with its schema member: {"schema": "modscope.graph/1"}. */
json_t *jsonout_doc(const char *command);
/* Members; a NULL string is omitted. */
void jsonout_set_str(json_t *object, const char *key, const char *value);
/* As jsonout_set_str, but also omits "". */
void jsonout_set_text(json_t *object, const char *key, const char *value);
void jsonout_set_int(json_t *object, const char *key, long long value);
/* Seconds since 1970, as RFC 3339; omits 0. */
void jsonout_set_time(json_t *object, const char *key, int64_t t);
void jsonout_set_bool(json_t *object, const char *key, bool value);	/* omitted if false, as in go */
/* Sets an empty array, so that [] is printed even without rows. */
json_t *jsonout_set_rows(json_t *object, const char *key);
/* A new object appended to the array. */
json_t *jsonout_add_row(json_t *rows);
void jsonout_add_str(json_t *rows, const char *value);
/* Passes the document to put(), piece by piece, in ASCII, indented by two, with a newline after it. */
void jsonout_write(const json_t *doc, void (*put)(void *ctx, const void *data, size_t len), void *ctx);

#endif
