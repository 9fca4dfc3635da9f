#include "change/content.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/hex.h"
#include "zip/hasher.h"

#define MAX_NAMES ((size_t)1 << 20)
#define MAX_DEPTH 1000u
#define PIECE ((size_t)1 << 16)

struct reading {
	struct hasher *hasher;
	uint64_t modes;
	char *piece;
};

static bool add(struct reading *r, const char *path, unsigned depth);

static void add_number(struct reading *r, uint64_t n)
{
	unsigned char le[8];

	for (unsigned i = 0; i < sizeof(le); i++)
		le[i] = (unsigned char)(n >> (8 * i));
	hasher_add(r->hasher, le, sizeof(le));
}

static bool add_bytes(struct reading *r, int fd, uint64_t size)
{
	uint64_t left = size;
	ssize_t n;

	add_number(r, size);
	while ((n = fs_read_some(fd, r->piece, PIECE)) != 0) {
		if (n < 0 || (uint64_t)n > left)
			return false;
		hasher_add(r->hasher, r->piece, (size_t)n);
		left -= (uint64_t)n;
	}
	return left == 0;
}

static bool add_file(struct reading *r, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	bool ok;

	if (fd < 0)
		return false;
	ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && add_bytes(r, fd, (uint64_t)st.st_size);
	close(fd);
	return ok;
}

static bool add_dir(struct reading *r, const char *path, unsigned depth)
{
	struct arena a = ARENA_INIT;
	struct fs_dirent *entries;
	size_t n = 0;
	bool ok = depth < MAX_DEPTH && fs_list(&a, path, MAX_NAMES, &entries, &n, NULL);

	add_number(r, n);
	for (size_t i = 0; ok && i < n; i++) {
		const char *below = arena_fmt(&a, "%s/%s", path, entries[i].name);
		struct stat st;

		hasher_add(r->hasher, entries[i].name, strlen(entries[i].name) + 1);
		ok = lstat(below, &st) == 0;
		if (ok && !S_ISLNK(st.st_mode))
			r->modes = hash_bytes(&st.st_mode, sizeof(st.st_mode), r->modes + 1);
		ok = ok && add(r, below, depth + 1);
	}
	arena_release(&a);
	return ok;
}

static bool add_link(struct reading *r, const char *path)
{
	ssize_t n = readlink(path, r->piece, PIECE);

	if (n < 0)
		return false;
	add_number(r, (uint64_t)n);
	hasher_add(r->hasher, r->piece, (size_t)n);
	return true;
}

static bool add(struct reading *r, const char *path, unsigned depth)
{
	struct stat st;

	if (lstat(path, &st))
		return false;
	add_number(r, st.st_mode & S_IFMT);
	switch (st.st_mode & S_IFMT) {
	case S_IFREG: return add_file(r, path);
	case S_IFDIR: return add_dir(r, path, depth);
	case S_IFLNK: return add_link(r, path);
	default: add_number(r, (uint64_t)st.st_rdev); return true;
	}
}

void content_of(struct content *c, const char *path)
{
	struct reading r = { .hasher = hasher_new(), .piece = xmalloc(PIECE) };
	unsigned char digest[32];

	*c = (struct content){ .bytes = "" };
	hasher_begin(r.hasher);
	if (add(&r, path, 0)) {
		hasher_end(r.hasher, digest);
		hex_encode(digest, sizeof(digest), c->bytes);
		c->modes = r.modes >> 1; /* as JSON's numbers are signed */
	}
	hasher_free(r.hasher);
	free(r.piece);
}

bool content_equal(const struct content *a, const struct content *b, bool modes)
{
	return *a->bytes && str_eq(a->bytes, b->bytes) && (!modes || a->modes == b->modes);
}
