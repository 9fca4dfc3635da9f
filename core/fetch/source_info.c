#include "fetch/source_info.h"

#include <jansson.h>

#include "base/gojson.h"
#include "gofiles/pseudo.h"

bool source_info_parse(struct source_info *info, char **block, const char *data, size_t len,
		       const char *file, struct err *e)
{
	struct arena arena = ARENA_INIT;
	struct gojson_info said;
	struct buf b = BUF_INIT;
	size_t time, origin, name;

	if (!gojson_info(&arena, data, len, &said, e)) {
		arena_release(&arena);
		return false;
	}
	buf_add(&b, said.version, strlen(said.version) + 1);
	time = b.len;
	buf_add(&b, said.time, strlen(said.time) + 1);
	origin = b.len;
	if (said.origin)
		buf_add(&b, said.origin, strlen(said.origin) + 1);
	name = b.len;
	if (file)
		buf_addstr(&b, file);
	*block = buf_detach(&b);
	*info = (struct source_info){
		.version = *block,
		.time = *block + time,
		.origin = said.origin ? *block + origin : NULL,
		.file = file ? *block + name : NULL,
	};
	arena_release(&arena);
	return true;
}

void source_info_clean(struct buf *b, const char *data, size_t len, const char *version)
{
	json_t *info = json_loadb(data, len, 0, NULL), *origin = json_object_get(info, "Origin");
	char *text = NULL;

	if (json_is_object(origin)) {
		json_object_del(origin, "TagPrefix");
		json_object_del(origin, "TagSum");
		json_object_del(origin, "RepoSum");
		if (pseudo_is(version))
			json_object_del(origin, "Ref");
		text = json_dumps(info, JSON_COMPACT);
	}
	if (text)
		buf_addstr(b, text);
	else
		buf_add(b, data, len);
	free(text);
	json_decref(info);
}
