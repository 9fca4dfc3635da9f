#include "fetch/jsonout.h"

#include <string.h>
#include <time.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/text.h"
#include "fetch/http_secret.h"

/* Masks only values, so that the document stays valid. */
static json_t *text_of(const char *value)
{
	struct buf b = BUF_INIT;
	json_t *s;

	buf_addstr(&b, value);
	http_secrets_mask_certain(http_secrets_sent(), &b);
	s = json_stringn(b.data, b.len);
	if (!s) {
		buf_clear(&b);
		text_escape(&b, value, strlen(value), true);
		s = json_stringn(b.data, b.len);
	}
	buf_release(&b);
	return s;
}

json_t *jsonout_doc(const char *command)
{
	char *schema = xasprintf("modscope.%s/1", command);
	json_t *doc = json_object();

	jsonout_set_str(doc, "schema", schema);
	free(schema);
	return doc;
}

void jsonout_set_str(json_t *object, const char *key, const char *value)
{
	if (value)
		json_object_set_new(object, key, text_of(value));
}

void jsonout_set_text(json_t *object, const char *key, const char *value)
{
	if (value && value[0])
		jsonout_set_str(object, key, value);
}

void jsonout_set_int(json_t *object, const char *key, long long value)
{
	json_object_set_new(object, key, json_integer(value));
}

void jsonout_set_time(json_t *object, const char *key, int64_t t)
{
	time_t when = (time_t)t;
	struct tm tm;
	char text[32];

	if (t && gmtime_r(&when, &tm) && strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		jsonout_set_str(object, key, text);
}

void jsonout_set_bool(json_t *object, const char *key, bool value)
{
	if (value)
		json_object_set_new(object, key, json_true());
}

json_t *jsonout_set_rows(json_t *object, const char *key)
{
	json_t *rows = json_array();

	json_object_set_new(object, key, rows);
	return rows;
}

json_t *jsonout_add_row(json_t *rows)
{
	json_t *row = json_object();

	json_array_append_new(rows, row);
	return row;
}

void jsonout_add_str(json_t *rows, const char *value)
{
	json_array_append_new(rows, text_of(value));
}

struct sink {
	void (*put)(void *ctx, const void *data, size_t len);
	void *ctx;
};

/* jansson does not escape DEL, which only occurs in strings. */
static int pass(const char *data, size_t len, void *ctx)
{
	const struct sink *s = ctx;

	while (len) {
		const char *del = memchr(data, 0x7f, len);
		size_t n = del ? (size_t)(del - data) : len;

		s->put(s->ctx, data, n);
		if (del)
			s->put(s->ctx, "\\u007f", strlen("\\u007f"));
		n += del != NULL;
		data += n;
		len -= n;
	}
	return 0;
}

void jsonout_write(const json_t *doc, void (*put)(void *ctx, const void *data, size_t len),
		   void *ctx)
{
	struct sink s = { put, ctx };

	/* in ASCII, so that no bidirectional override or similar reaches a terminal */
	json_dump_callback(doc, pass, &s, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	put(ctx, "\n", 1);
}
