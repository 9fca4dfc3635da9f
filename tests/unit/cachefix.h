/*
 * cachefix.h - a small module cache for tests, laid out as go does it.
 *
 * TOP/mod is GOMODCACHE with example.com/Upper v1.0.0 and v1.1.0 and example.com/other v0.1.0; TOP/up is a pristine copy
 * that serves as the proxy and as the reference; TOP/own is our own cache.
 */
#ifndef MODSCOPE_CACHEFIX_H
#define MODSCOPE_CACHEFIX_H

#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "cache/cache.h"
#include "gofiles/cachepath.h"
#include "base/fs.h"
#include "base/map.h"
#include "zip/modzip.h"

#define TARGET_INIT { "example.com/Upper", "v1.0.0" }
#define NEIGHBOUR_INIT { "example.com/Upper", "v1.1.0" }
#define TARGET ((struct modver)TARGET_INIT)
#define NEIGHBOUR ((struct modver)NEIGHBOUR_INIT)
#define OTHER ((struct modver){ "example.com/other", "v0.1.0" })

struct fix {
	struct arena a;
	const char *top, *root, *up, *own;
	struct map zip_sums, mod_sums;	/* "path@version" -> h1 */
	bool vouch;			/* whether fix_trust vouches */
};

struct fix_file {
	const char *name, *data;
};

static inline void fix_write(const char *path, const void *data, size_t len)
{
	struct err e = ERR_INIT;

	if (!fs_write_atomic(path, data, len, 0666, false, &e))
		fail_msg("%s", e.text);
}

static inline void fix_write_str(const char *path, const char *s)
{
	fix_write(path, s, strlen(s));
}

/* A zip as module proxies make them. Names are used as given; one that ends in "/" is a directory. */
static inline void fix_zip(const char *path, const struct fix_file *files, size_t n)
{
	int err = 0;
	zip_t *z = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &err);

	assert_non_null(z);
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(files[i].name);
		zip_int64_t at;

		if (files[i].name[len - 1] == '/') {
			assert_true(zip_dir_add(z, files[i].name, ZIP_FL_ENC_UTF_8) >= 0);
			continue;
		}
		at = zip_file_add(z, files[i].name, zip_source_buffer(z, files[i].data, strlen(files[i].data), 0), ZIP_FL_ENC_UTF_8);
		assert_true(at >= 0);
		assert_int_equal(zip_file_set_mtime(z, (zip_uint64_t)at, 315532800, 0), 0);
	}
	assert_int_equal(zip_close(z), 0);
}

static inline void fix_hash_zip(const char *path, char sum[DIRHASH_LEN + 1])
{
	struct hasher *h = hasher_new();
	struct err e = ERR_INIT;

	if (!dirhash_zip(h, path, NULL, sum, &e))
		fail_msg("%s", e.text);
	hasher_free(h);
}

static inline void fix_extract(const char *zip, struct modver m, const char *dir)
{
	struct err e = ERR_INIT;

	if (!modzip_extract(zip, m, dir, true, NULL, &e))
		fail_msg("%s", e.text);
}

static inline const char *fix_key(struct arena *a, struct modver m)
{
	return arena_fmt(a, "%s@%s", m.path, m.version);
}

/* One module version: everything that `go mod download` leaves. The caller writes `list`. */
static inline void fix_module(struct fix *f, const char *root, struct modver m, const char *more)
{
	struct arena *a = &f->a;
	const char *p = fix_key(a, m), *mod = arena_fmt(a, "module %s\n\ngo 1.20\n", m.path);
	const struct fix_file files[] = {
		{ arena_fmt(a, "%s/LICENSE", p), "do as you like\n" },
		{ arena_fmt(a, "%s/a.go", p), arena_fmt(a, "package a // %s\n\nconst A = `%s`\n", p, more) },
		{ arena_fmt(a, "%s/go.mod", p), mod },
		{ arena_fmt(a, "%s/sub/b.go", p), "package sub\n\nfunc B() {}\n" },
	};
	const char *zip = cachepath_file(a, root, m, "zip"), *made = cachepath_file(a, f->up, m, "zip");
	char *bytes;
	size_t len;
	char sum[DIRHASH_LEN + 1], mod_sum[DIRHASH_LEN + 1];

	assert_true(fs_mkdir_all(cachepath_dir(a, root, m.path), NULL));
	if (fs_read(a, made, (size_t)1 << 20, &bytes, &len, NULL))
		fix_write(zip, bytes, len); /* deflating takes most of the time */
	else
		fix_zip(zip, files, ARRAY_LEN(files));
	fix_hash_zip(zip, sum);
	fix_write_str(cachepath_file(a, root, m, "ziphash"), sum);
	fix_write_str(cachepath_file(a, root, m, "mod"), mod);
	fix_write_str(cachepath_file(a, root, m, "info"),
		      arena_fmt(a, "{\"Version\":\"%s\",\"Time\":\"2024-02-29T12:00:00Z\"}", m.version));
	fix_write_str(cachepath_file(a, root, m, "lock"), "");
	fix_extract(zip, m, cachepath_tree(a, root, m));
	dirhash_gomod(mod, strlen(mod), mod_sum);
	map_put(&f->zip_sums, p, arena_strdup(a, sum));
	map_put(&f->mod_sums, p, arena_strdup(a, mod_sum));
}

static inline void fix_cache(struct fix *f, const char *root)
{
	/* over 64 KiB, so that an edit in the middle hits compressed data */
	char *noise = arena_alloc(&f->a, 100001);
	uint32_t x = 1;

	for (size_t i = 0; i < 100000; i++) {
		x = x * 1664525u + 1013904223u;
		noise[i] = (char)('a' + (x >> 24) % 26);
	}
	noise[100000] = '\0';
	fix_module(f, root, TARGET, noise);
	fix_module(f, root, NEIGHBOUR, "n");
	fix_module(f, root, OTHER, "o");
	fix_write_str(arena_fmt(&f->a, "%s/list", cachepath_dir(&f->a, root, TARGET.path)), "v1.0.0\nv1.1.0\n");
	fix_write_str(arena_fmt(&f->a, "%s/list", cachepath_dir(&f->a, root, OTHER.path)), "v0.1.0\n");
}

static inline void fix_init(struct fix *f)
{
	char top[64];

	*f = (struct fix){ .vouch = true };
	/* in memory if possible: every step of a repair is synced to disk */
	snprintf(top, sizeof(top), "%s/modscope-cache-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(top));
	f->top = arena_strdup(&f->a, top);
	f->root = arena_fmt(&f->a, "%s/mod", top);
	f->up = arena_fmt(&f->a, "%s/up", top);
	f->own = arena_fmt(&f->a, "%s/own", top);
	fix_cache(f, f->up);
	fix_cache(f, f->root);
}

/* Restores the original cache, with new files. */
static inline void fix_reset(struct fix *f)
{
	assert_true(fs_remove_all(f->root, NULL));
	assert_true(fs_remove_all(f->own, NULL));
	fix_cache(f, f->root);
}

static inline void fix_release(struct fix *f)
{
	assert_true(fs_remove_all(f->top, NULL));
	map_release(&f->zip_sums);
	map_release(&f->mod_sums);
	arena_release(&f->a);
}

/* For cmocka: *state is a struct fix. */
static inline int fix_setup(void **state)
{
	struct fix *f = xcalloc(1, sizeof(*f));

	umask(022);
	fix_init(f);
	*state = f;
	return 0;
}

static inline int fix_teardown(void **state)
{
	fix_release(*state);
	free(*state);
	return 0;
}

static inline enum cache_voucher fix_trust(void *ctx, struct modver m, bool gomod, const char **sum)
{
	struct fix *f = ctx;
	char key[256];

	snprintf(key, sizeof(key), "%s@%s", m.path, m.version);
	*sum = f->vouch ? map_get(gomod ? &f->mod_sums : &f->zip_sums, key) : NULL;
	if (*sum)
		return CACHE_GOSUM;
	*sum = "";
	return CACHE_NOBODY;
}

/* The contents of a directory: relative name -> "mode size hash mtime". */
static inline void fix_snapshot_dir(struct fix *f, struct map *m, const char *dir, const char *rel)
{
	struct fs_dirent *entries;
	size_t n;

	if (!fs_list(&f->a, dir, 100000, &entries, &n, NULL))
		return;
	for (size_t i = 0; i < n; i++) {
		const char *path = arena_fmt(&f->a, "%s/%s", dir, entries[i].name), *data = "";
		const char *name = arena_fmt(&f->a, "%s%s%s", rel, *rel ? "/" : "", entries[i].name);
		unsigned char digest[32] = { 0 };
		struct stat st;
		char *bytes;
		size_t len;

		assert_int_equal(lstat(path, &st), 0);
		if (S_ISDIR(st.st_mode)) {
			map_put(m, arena_fmt(&f->a, "%s/", name), arena_fmt(&f->a, "%o 0", st.st_mode));
			fix_snapshot_dir(f, m, path, name);
			continue;
		}
		if (S_ISREG(st.st_mode) && fs_read(&f->a, path, (size_t)1 << 30, &bytes, &len, NULL)) {
			sha256_bytes(bytes, len, digest);
			data = arena_fmt(&f->a, "%02x%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3], digest[4]);
		}
		map_put(m, name, arena_fmt(&f->a, "%o %lld %s %lld.%09ld", st.st_mode, (long long)st.st_size, data,
					   (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec));
	}
}

static inline struct map fix_snapshot(struct fix *f, const char *dir)
{
	struct map m = MAP_INIT;

	fix_snapshot_dir(f, &m, dir, "");
	return m;
}

/* Ignores the modification time. */
static inline bool fix_same_content(const char *a, const char *b)
{
	size_t n = (size_t)(strrchr(a, ' ') - a);

	return strncmp(a, b, n + 1) == 0;
}

#endif
