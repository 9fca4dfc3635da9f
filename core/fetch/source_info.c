#include "fetch/source_info.h"

#include "base/buf.h"
#include "base/gojson.h"

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
