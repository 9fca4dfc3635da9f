#include "git/gitobjects.h"

#include "base/fs.h"
#include "base/hex.h"
#include "base/text.h"
#include "git/gitobjects_impl.h"

#define MAX_PACK_FILES 10000u
#define MAX_LOOSE 100000u
#define MIN_DIGITS 4u

struct gitobjects *gitobjects_new(void)
{
	struct gitobjects *o = xcalloc(1, sizeof(*o));

	o->inflate = libdeflate_alloc_decompressor();
	for (size_t i = 0; i < GITOBJECTS_SLOTS; i++)
		buf_init(&o->bases[i].content);
	buf_init(&o->delta);
	buf_init(&o->base);
	buf_init(&o->result);
	buf_init(&o->raw);
	return o;
}

void gitobjects_free(struct gitobjects *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < o->packs.n; i++)
		gitobjects_pack_close(&o->packs.items[i]);
	for (size_t i = 0; i < GITOBJECTS_SLOTS; i++)
		buf_release(&o->bases[i].content);
	buf_release(&o->delta);
	buf_release(&o->base);
	buf_release(&o->result);
	buf_release(&o->raw);
	if (o->inflate)
		libdeflate_free_decompressor(o->inflate);
	vec_release(&o->chain);
	vec_release(&o->dirs);
	vec_release(&o->packs);
	arena_release(&o->arena);
	free(o);
}

static void add_dir(struct gitobjects *o, const char *path)
{
	struct gitobjects_dir d = { .path = arena_strdup(&o->arena, path) };
	struct fs_dirent *entries;
	size_t n = 0;

	if (!fs_list(&o->arena, path, MAX_LOOSE, &entries, &n, NULL))
		n = 0;
	for (size_t i = 0; i < n; i++) {
		const char *name = entries[i].name;

		if (hex_digit(name[0]) >= 0 && hex_digit(name[1]) >= 0 && !name[2])
			d.loose[hex_digit(name[0]) * 16 + hex_digit(name[1])] = true;
	}
	vec_push(&o->dirs, d);
}

void gitobjects_add(struct gitobjects *o, const char *objects_dir)
{
	const char *dir = arena_fmt(&o->arena, "%s/pack", objects_dir);
	struct fs_dirent *entries;
	size_t n = 0;

	if (!o->inflate)
		return;
	add_dir(o, objects_dir);
	if (!fs_list(&o->arena, dir, MAX_PACK_FILES, &entries, &n, NULL))
		n = 0;
	for (size_t i = 0; i < n; i++)
		if (str_has_prefix(entries[i].name, "pack-") &&
		    str_has_suffix(entries[i].name, ".idx"))
			gitobjects_pack_add(o, arena_fmt(&o->arena, "%s/%s", dir, entries[i].name));
}

struct match {
	const char *digits;
	size_t n_digits;
	unsigned found; /* 2: several */
	unsigned char id[GITOBJECTS_ID];
};

static void compare(struct match *m, const unsigned char id[GITOBJECTS_ID])
{
	char hex[2 * GITOBJECTS_ID + 1];

	hex_encode(id, GITOBJECTS_ID, hex);
	if (m->found > 1 || memcmp(hex, m->digits, m->n_digits) != 0 ||
	    (m->found && memcmp(m->id, id, GITOBJECTS_ID) == 0))
		return;
	memcpy(m->id, id, GITOBJECTS_ID);
	m->found++;
}

/* The rest of a name, as a loose object's file has it, after its first byte. */
static bool decode(const char *hex, unsigned char *out)
{
	for (size_t i = 0; i < GITOBJECTS_ID - 1; i++, hex += 2) {
		int high = hex_digit(hex[0]), low = high < 0 ? -1 : hex_digit(hex[1]);

		if (low < 0)
			return false;
		out[i] = (unsigned char)(high * 16 + low);
	}
	return !*hex;
}

/* The files of objects/ab. */
static void match_loose(struct gitobjects *o, const char *objects_dir, unsigned first,
			struct match *m)
{
	const char *dir = arena_fmt(&o->arena, "%s/%.2s", objects_dir, m->digits);
	unsigned char id[GITOBJECTS_ID] = { (unsigned char)first };
	struct fs_dirent *entries;
	size_t n = 0;

	if (!fs_list(&o->arena, dir, MAX_LOOSE, &entries, &n, NULL))
		return;
	for (size_t i = 0; i < n; i++)
		if (decode(entries[i].name, id + 1))
			compare(m, id);
}

unsigned gitobjects_find(struct gitobjects *o, const char *digits, unsigned char id[GITOBJECTS_ID])
{
	struct match m = { .digits = digits, .n_digits = strlen(digits) };
	unsigned first;

	if (m.n_digits < MIN_DIGITS || m.n_digits > sizeof(m.id) * 2 || hex_digit(digits[0]) < 0 ||
	    hex_digit(digits[1]) < 0)
		return 0;
	first = (unsigned)hex_digit(digits[0]) * 16 + (unsigned)hex_digit(digits[1]);
	for (size_t i = 0; i < o->packs.n; i++) {
		uint32_t from, to;
		const unsigned char *names = gitobjects_pack_names(&o->packs.items[i], first, &from,
								   &to);

		for (uint32_t k = from; k < to; k++)
			compare(&m, names + (size_t)k * GITOBJECTS_ID);
	}
	for (size_t i = 0; i < o->dirs.n; i++)
		if (o->dirs.items[i].loose[first])
			match_loose(o, o->dirs.items[i].path, first, &m);
	memcpy(id, m.id, GITOBJECTS_ID);
	return m.found;
}

static bool find_packed(const struct gitobjects *o, const unsigned char id[GITOBJECTS_ID],
			size_t *pack, uint64_t *offset)
{
	for (*pack = 0; *pack < o->packs.n; ++*pack)
		if (gitobjects_pack_find(&o->packs.items[*pack], id, offset))
			return true;
	return false;
}

bool gitobjects_size(struct gitobjects *o, const unsigned char id[GITOBJECTS_ID],
		     enum gitobjects_type *type, size_t *size)
{
	uint64_t offset;
	size_t pack;

	if (find_packed(o, id, &pack, &offset))
		return gitobjects_pack_size(o, pack, offset, type, size);
	for (size_t i = 0; i < o->dirs.n; i++)
		if (gitobjects_loose_read(o, &o->dirs.items[i], id, type, size, NULL))
			return true;
	return false;
}

bool gitobjects_read(struct gitobjects *o, const unsigned char id[GITOBJECTS_ID],
		     enum gitobjects_type *type, struct buf *out)
{
	uint64_t offset;
	size_t pack, size;

	if (find_packed(o, id, &pack, &offset))
		return gitobjects_pack_read(o, pack, offset, type, out);
	for (size_t i = 0; i < o->dirs.n; i++)
		if (gitobjects_loose_read(o, &o->dirs.items[i], id, type, &size, out))
			return true;
	return false;
}
