/* Loose objects: "blob 12", a NUL and the content, all of it in zlib's format. */
#include "base/fs.h"
#include "base/hex.h"
#include "base/text.h"
#include "git/gitobjects_impl.h"

#define FIRST_ROOM ((size_t)64 << 10)

static bool inflate_all(struct gitobjects *o, const struct buf *raw)
{
	size_t used, n, room = MAX(FIRST_ROOM, 4 * raw->len);
	enum libdeflate_result result = LIBDEFLATE_INSUFFICIENT_SPACE;

	for (; result == LIBDEFLATE_INSUFFICIENT_SPACE && room <= 2 * GITOBJECTS_MAX; room *= 2) {
		buf_clear(&o->result);
		buf_grow(&o->result, room);
		result = libdeflate_zlib_decompress_ex(o->inflate, raw->data, raw->len,
						       o->result.data, room, &used, &n);
	}
	if (result != LIBDEFLATE_SUCCESS)
		return false;
	o->result.len = n;
	return true;
}

static bool parse_head(const struct buf *b, enum gitobjects_type *type, size_t *head, size_t *size)
{
	static const struct {
		const char *name;
		enum gitobjects_type type;
	} types[] = { { "commit ", GITOBJECTS_COMMIT },
		      { "tree ", GITOBJECTS_TREE },
		      { "blob ", GITOBJECTS_BLOB },
		      { "tag ", GITOBJECTS_TAG } };
	const char *zero = memchr(b->data, 0, MIN(b->len, 64)), *digits = NULL;

	for (size_t i = 0; zero && !digits && i < ARRAY_LEN(types); i++) {
		digits = str_cut_prefix(b->data, types[i].name);
		*type = types[i].type;
	}
	if (!digits || !*digits || digits + strspn(digits, "0123456789") != zero)
		return false;
	*head = (size_t)(zero + 1 - b->data);
	*size = (size_t)strtoull(digits, NULL, 10);
	return *size == b->len - *head;
}

bool gitobjects_loose_read(struct gitobjects *o, const struct gitobjects_dir *dir,
			   const unsigned char id[GITOBJECTS_ID], enum gitobjects_type *type,
			   size_t *size, struct buf *out)
{
	char hex[2 * GITOBJECTS_ID + 1];
	size_t head;
	char *file;
	bool ok;

	if (!dir->loose[id[0]])
		return false;
	hex_encode(id, GITOBJECTS_ID, hex);
	file = xasprintf("%s/%.2s/%s", dir->path, hex, hex + 2);
	buf_clear(&o->raw);
	ok = fs_read_buf(&o->raw, file, GITOBJECTS_MAX, NULL) && inflate_all(o, &o->raw) &&
	     parse_head(&o->result, type, &head, size);
	free(file);
	if (ok && out)
		buf_add(out, o->result.data + head, *size);
	return ok;
}
