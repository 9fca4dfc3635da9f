#include "cachefix.h"

#include <sys/resource.h>

#include "base/buf.h"
#include "base/inflate.h"

static char dir[64];
static struct arena arena;

static const char *path(const char *name)
{
	return arena_fmt(&arena, "%s/%s", dir, name);
}

static void put16(struct buf *b, unsigned v)
{
	buf_addch(b, (char)v);
	buf_addch(b, (char)(v >> 8));
}

static void put32(struct buf *b, uint32_t v)
{
	put16(b, v & 0xffff);
	put16(b, v >> 16);
}

/* An entry of a handmade zip, with sizes and offset as given, true or not. */
struct raw {
	const char *name;
	const char *data; /* stored or deflated bytes; NULL: no local header, use `at` */
	size_t len;
	unsigned method, flags;
	uint32_t crc, size;
	uint32_t at;
};

static void local_header(struct buf *b, const struct raw *r)
{
	put32(b, 0x04034b50);
	put16(b, 20);
	put16(b, r->flags);
	put16(b, r->method);
	put32(b, 0);
	put32(b, r->crc);
	put32(b, (uint32_t)r->len);
	put32(b, r->size);
	put16(b, (unsigned)strlen(r->name));
	put16(b, 0);
	buf_addstr(b, r->name);
	buf_add(b, r->data, r->len);
}

static void directory_header(struct buf *b, const struct raw *r, uint32_t at)
{
	put32(b, 0x02014b50);
	put16(b, 20);
	put16(b, 20);
	put16(b, r->flags);
	put16(b, r->method);
	put32(b, 0);
	put32(b, r->crc);
	put32(b, (uint32_t)r->len);
	put32(b, r->size);
	put16(b, (unsigned)strlen(r->name));
	put16(b, 0);
	put16(b, 0);
	put16(b, 0);
	put16(b, 0);
	put32(b, 0);
	put32(b, at);
	buf_addstr(b, r->name);
}

static void end_record(struct buf *b, size_t n, size_t size, size_t offset)
{
	put32(b, 0x06054b50);
	put32(b, 0);
	put16(b, (unsigned)n);
	put16(b, (unsigned)n);
	put32(b, (uint32_t)size);
	put32(b, (uint32_t)offset);
	put16(b, 0);
}

static const char *make(const char *name, const struct raw *r, size_t n)
{
	struct buf b = BUF_INIT, d = BUF_INIT;
	const char *file = path(name);
	size_t at;

	for (size_t i = 0; i < n; i++) {
		directory_header(&d, &r[i], r[i].data ? (uint32_t)b.len : r[i].at);
		if (r[i].data)
			local_header(&b, &r[i]);
	}
	at = b.len;
	buf_add(&b, d.data, d.len);
	end_record(&b, n, d.len, at);
	fix_write(file, b.data, b.len);
	buf_release(&b);
	buf_release(&d);
	return file;
}

static void assert_hash_fails(const char *file, const char *text)
{
	struct hasher *h = hasher_new();
	char sum[DIRHASH_LEN + 1];
	struct err e = ERR_INIT;

	assert_false(dirhash_zip(h, file, NULL, sum, &e));
	assert_string_equal(e.text, text);
	err_release(&e);
	hasher_free(h);
}

static void assert_check_fails(const char *file, const char *text)
{
	struct modzip z;
	struct err e = ERR_INIT;

	assert_true(modzip_open(&z, file, &e));
	assert_false(modzip_check(&z, (struct modver){ "m.test/a", "v1.0.0" }, &e));
	assert_string_equal(e.text, text);
	err_release(&e);
	modzip_close(&z);
}

/* Hashes of the same files as a zip and as a tree, as `go mod download` and dirhash.HashDir compute them. */
static void test_known_hashes(void **state)
{
	const struct fix_file files[] = {
		{ "rsc.io/x@v1.0.0/b.txt", "b\n" },
		{ "rsc.io/x@v1.0.0/a/a.txt", "a\n" },
	};
	static const char lines[] =
		"87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7  rsc.io/x@v1.0.0/a/a.txt\n"
		"0263829989b6fd954f72baaf2fc64bc2e2f01d692d4de72986ea808f6e99813f  rsc.io/x@v1.0.0/b.txt\n";
	unsigned char digest[32];
	char want[DIRHASH_LEN + 1], zip[DIRHASH_LEN + 1], tree[DIRHASH_LEN + 1],
		mod[DIRHASH_LEN + 1];
	struct hasher *h = hasher_new();
	struct err e = ERR_INIT;

	(void)state;
	fix_zip(path("x.zip"), files, ARRAY_LEN(files));
	sha256_bytes(lines, strlen(lines), digest);
	dirhash_format(digest, want);
	assert_true(dirhash_zip(h, path("x.zip"), NULL, zip, &e));
	assert_string_equal(zip, want);
	fix_extract(path("x.zip"), (struct modver){ "rsc.io/x", "v1.0.0" }, path("x"));
	assert_true(dirhash_dir(h, path("x"), "rsc.io/x@v1.0.0", NULL, tree, &e));
	assert_string_equal(tree, want);
	/* go.sum of rsc.io/quote: rsc.io/quote v1.5.2/go.mod h1:LzX7hefJvL54yjefDEDHNONDjII0t9xZLPXsUe+TKr0= */
	dirhash_gomod("module \"rsc.io/quote\"\n\nrequire \"rsc.io/sampler\" v1.3.0\n", 55, mod);
	assert_string_equal(mod, "h1:LzX7hefJvL54yjefDEDHNONDjII0t9xZLPXsUe+TKr0=");
	assert_true(dirhash_is_h1(mod));
	assert_false(dirhash_is_h1("h1:LzX7hefJvL54yjefDEDHNONDjII0t9xZLPXsUe+TKr0"));
	assert_false(dirhash_is_h1("h2:LzX7hefJvL54yjefDEDHNONDjII0t9xZLPXsUe+TKr0="));
	hasher_free(h);
}

static void test_not_a_zip(void **state)
{
	(void)state;
	fix_write_str(path("empty.zip"), "");
	assert_hash_fails(path("empty.zip"), "zip: not a valid zip file");
	fix_write_str(path("text.zip"), "hello");
	assert_hash_fails(path("text.zip"), "zip: not a valid zip file");
	assert_hash_fails(path("none.zip"), arena_fmt(&arena, "open %s: no such file or directory",
						      path("none.zip")));
	mkdir(path("dir.zip"), 0755);
	assert_hash_fails(path("dir.zip"),
			  arena_fmt(&arena, "read %s: is a directory", path("dir.zip")));
}

static void test_bad_contents(void **state)
{
	const struct raw crc = { "m.test/a@v1.0.0/a", "abc", 3, 0, 0, 1, 3, 0 };
	const struct raw small = { "m.test/a@v1.0.0/a", "abc", 3, 0, 0, 0, 4, 0 };
	const struct raw big = { "m.test/a@v1.0.0/a", "abc", 3, 0, 0, 0, 2, 0 };
	const struct raw method = { "m.test/a@v1.0.0/a", "abc", 3, 12, 0, 0, 3, 0 };
	const struct raw flate = { "m.test/a@v1.0.0/a", "\x07", 1, 8, 0, 0, 3, 0 };
	const struct raw cut = { "m.test/a@v1.0.0/a", "\x01\x03\x00", 3, 8, 0, 0, 3, 0 };
	const struct raw newline = { "m.test/a@v1.0.0/a\nb", "abc", 3, 0, 0, 0, 3, 0 };
	const struct raw nowhere = { "m.test/a@v1.0.0/a", NULL, 3, 0, 0, 0, 3, 0x7fffffff };

	(void)state;
	assert_hash_fails(make("crc.zip", &crc, 1), "zip: checksum error");
	assert_hash_fails(make("small.zip", &small, 1), "unexpected EOF");
	assert_hash_fails(make("big.zip", &big, 1), "zip: not a valid zip file");
	assert_hash_fails(make("method.zip", &method, 1), "zip: unsupported compression algorithm");
	assert_hash_fails(make("flate.zip", &flate, 1), "flate: corrupt input before offset 1");
	assert_hash_fails(make("cut.zip", &cut, 1), "unexpected EOF");
	assert_hash_fails(make("newline.zip", &newline, 1),
			  "dirhash: filenames with newlines are not supported");
	assert_hash_fails(make("nowhere.zip", &nowhere, 1), "EOF");
}

static void test_bad_names(void **state)
{
	static const struct {
		const char *name, *text;
	} cases[] = {
		{ "evil/x", "evil/x: path does not have prefix \"m.test/a@v1.0.0/\"" },
		{ "m.test/a@v1.0.0/../../etc/passwd",
		  "m.test/a@v1.0.0/../../etc/passwd: malformed file path \"../../etc/passwd\": invalid path element \"..\"" },
		{ "m.test/a@v1.0.0/a/../b", "m.test/a@v1.0.0/a/../b: file path is not clean" },
		{ "m.test/a@v1.0.0//etc",
		  "m.test/a@v1.0.0//etc: malformed file path \"/etc\": empty path element" },
		{ "m.test/a@v1.0.0/sub/go.mod",
		  "m.test/a@v1.0.0/sub/go.mod: go.mod file not in module root directory" },
		{ "m.test/a@v1.0.0/GO.MOD",
		  "m.test/a@v1.0.0/GO.MOD: go.mod files must have lowercase names" },
		{ "m.test/a@v1.0.0/aux.c",
		  "m.test/a@v1.0.0/aux.c: malformed file path \"aux.c\": \"aux\" disallowed as path element component on Windows" },
		{ "m.test/a@v1.0.0/a\033[31m",
		  "m.test/a@v1.0.0/a\033[31m: malformed file path \"a\\x1b[31m\": invalid char '\\x1b'" },
		{ "m.test/a@v1.0.0/\xff",
		  "m.test/a@v1.0.0/\xff: malformed file path \"\\xff\": invalid UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct raw r = { cases[i].name, "abc", 3, 0, 0, 0, 3, 0 };

		assert_check_fails(make("name.zip", &r, 1), cases[i].text);
	}
}

static void test_collisions(void **state)
{
	const struct raw fold[] = {
		{ "m.test/a@v1.0.0/K", "abc", 3, 0, 0, 0, 3, 0 },
		{ "m.test/a@v1.0.0/\xe2\x84\xaa", "abc", 3, 0, 0, 0, 3,
		  0 }, /* the Kelvin sign folds to k */
	};
	const struct raw twice[] = {
		{ "m.test/a@v1.0.0/x", "abc", 3, 0, 0, 0, 3, 0 },
		{ "m.test/a@v1.0.0/x", "abc", 3, 0, 0, 0, 3, 0 },
		{ "m.test/a@v1.0.0/x/y", "abc", 3, 0, 0, 0, 3, 0 },
	};

	(void)state;
	assert_check_fails(
		make("fold.zip", fold, 2),
		"m.test/a@v1.0.0/\xe2\x84\xaa: case-insensitive file name collision: \"K\" and \"\xe2\x84\xaa\"");
	assert_check_fails(make("twice.zip", twice, 3),
			   "m.test/a@v1.0.0/x: multiple entries for file \"x\"\n"
			   "m.test/a@v1.0.0/x/y: entry \"x\" is both a file and a directory");
}

/* dirhash.HashZip: of equal names the last one's content counts for all; a name that another begins with comes first. */
static void test_equal_names(void **state)
{
	static const struct raw entries[] = {
		{ "m.test/a@v1.0.0/bc", "z", 1, 0, 0, 0, 1, 0 },
		{ "m.test/a@v1.0.0/b", "x", 1, 0, 0, 0, 1, 0 },
		{ "m.test/a@v1.0.0/b", "y", 1, 0, 0, 0, 1, 0 },
		{ "m.test/a@v1.0.0/a", "w", 1, 0, 0, 0, 1, 0 },
	};
	const char *file = make("equal.zip", entries, ARRAY_LEN(entries));
	struct cancel cancel = { .set = true };
	struct hasher *h = hasher_new();
	char sum[DIRHASH_LEN + 1];
	struct err e = ERR_INIT;

	(void)state;
	assert_true(dirhash_zip(h, file, NULL, sum, NULL));
	assert_string_equal(sum, "h1:orNfDQ6i1jic0Q4Pwrq5BFK3G9ejqfw02H0K14QvHKE=");
	assert_false(dirhash_zip(h, file, &cancel, sum, &e));
	assert_int_equal(e.code, ERR_CANCELLED);
	err_release(&e);
	hasher_free(h);
}

static void assert_extracts(const char *zip, const char *to, const struct cancel *cancel,
			    const char *error)
{
	struct err e = ERR_INIT;

	assert_int_equal(modzip_extract(zip, (struct modver){ "m.test/a", "v1.0.0" }, to, false,
					cancel, &e),
			 !error);
	if (error)
		assert_string_equal(e.text, arena_fmt(&arena, "unzip %s: %s", zip, error));
	err_release(&e);
}

/* zip.Unzip: into a directory that is empty or absent; entries of directories are passed over. */
static void test_places(void **state)
{
	static const struct raw entries[] = {
		{ "m.test/a@v1.0.0/", "", 0, 0, 0, 0, 0, 0 },
		{ "m.test/a@v1.0.0/d/", "", 0, 0, 0, 0, 0, 0 },
		{ "m.test/a@v1.0.0/f", "x", 1, 0, 0, 0, 1, 0 },
	};
	const char *zip = make("places.zip", entries, ARRAY_LEN(entries)), *to = path("places");
	const char *none = path("none.zip");
	struct cancel cancel = { .set = true };
	struct stat st;

	(void)state;
	umask(022);
	assert_extracts(none, to, NULL,
			arena_fmt(&arena, "open %s: no such file or directory", none));
	assert_extracts(zip, to, &cancel, "cancelled");
	assert_false(fs_exists(path("places/f")));
	assert_extracts(zip, to, NULL, NULL); /* which is there now, and empty */
	assert_true(fs_is_file(path("places/f")));
	assert_false(fs_exists(path("places/d")));
	assert_int_equal(stat(to, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0755);
	assert_extracts(zip, to, NULL,
			arena_fmt(&arena, "target directory %s exists and is not empty", to));
	/* a file where the directory should be */
	assert_extracts(zip, path("places/f/x"), NULL,
			arena_fmt(&arena, "mkdir %s: not a directory", path("places/f")));
}

/* path.Clean, as CheckZip compares names with it; simple case folding. */
static void test_clean(void **state)
{
	static const struct {
		const char *name;
		bool ok;
	} rows[] = {
		{ "a/b", true },   { "a//b", false },	 { "a/", false }, { "./a", false },
		{ "a/.", false },  { "a/..", false },	 { "..a", true }, { ".a", true },
		{ "a./b", false }, { "\xc3\xa9", true },
	};
	static const struct raw turkish[] = {
		{ "m.test/a@v1.0.0/\xc4\xb0", "abc", 3, 0, 0, 0, 3, 0 },
		{ "m.test/a@v1.0.0/\xc4\xb1", "abc", 3, 0, 0, 0, 3, 0 },
		{ "m.test/a@v1.0.0/i", "abc", 3, 0, 0, 0, 3, 0 },
	};
	struct modzip z;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct raw r = { arena_fmt(&arena, "m.test/a@v1.0.0/%s", rows[i].name),
				       "abc",
				       3,
				       0,
				       0,
				       0,
				       3,
				       0 };
		bool is_dir = str_has_suffix(rows[i].name, "/") && !strchr(rows[i].name, '.');

		assert_true(modzip_open(&z, make("clean.zip", &r, 1), NULL));
		if (modzip_check(&z, (struct modver){ "m.test/a", "v1.0.0" }, NULL) !=
		    (rows[i].ok || is_dir))
			fail_msg("%s", rows[i].name);
		modzip_close(&z);
	}
	assert_true(modzip_open(&z, make("turkish.zip", turkish, 3), NULL));
	assert_true(modzip_check(&z, (struct modver){ "m.test/a", "v1.0.0" }, NULL));
	modzip_close(&z);
}

/* No name leads outside the directory, and a refused zip leaves nothing. */
static void test_extraction_is_contained(void **state)
{
	const struct raw r = { "m.test/a@v1.0.0/../../out", "abc", 3, 0, 0, 0, 3, 0 };
	const char *zip = make("out.zip", &r, 1);
	struct err e = ERR_INIT;

	(void)state;
	assert_false(modzip_extract(zip, (struct modver){ "m.test/a", "v1.0.0" }, path("out/tree"),
				    true, NULL, &e));
	assert_true(str_has_prefix(e.text, arena_fmt(&arena, "unzip %s: ", zip)));
	assert_false(fs_exists(path("out")));
	err_release(&e);
}

static void test_modes(void **state)
{
	const struct fix_file files[] = { { "m.test/a@v1.0.0/sub/a", "a" } };
	struct stat st;

	(void)state;
	umask(022);
	fix_zip(path("modes.zip"), files, 1);
	fix_extract(path("modes.zip"), (struct modver){ "m.test/a", "v1.0.0" }, path("modes"));
	assert_int_equal(stat(path("modes/sub/a"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0444);
	assert_int_equal(stat(path("modes/sub"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0555);
	assert_int_equal(stat(path("modes"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0555);
}

static long peak_kb(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

/* 400 entries that claim the same 4 MiB: they exceed the cap together, so nothing is read. */
static void test_overlapping_bomb(void **state)
{
	struct raw *r = xcalloc(400, sizeof(*r));
	const char *file;

	(void)state;
	for (size_t i = 0; i < 400; i++)
		r[i] = (struct raw){ arena_fmt(&arena, "m.test/a@v1.0.0/%zu", i),
				     i ? NULL : "x",
				     1,
				     0,
				     0,
				     0,
				     4u << 20,
				     0 };
	file = make("bomb.zip", r, 400);
	assert_hash_fails(file,
			  "zip: the files in it are more than 1073741824 bytes, and are not read");
	assert_check_fails(
		file,
		"total uncompressed size of module contents too large (max size is 524288000 bytes)");
	free(r);
}

/* A directory of 40 MB exceeds the cap, and is refused before it takes that much memory. */
static void test_long_directory(void **state)
{
	const size_t n = 10000000 / 16, len = 46 + 19; /* of a header with its name */
	struct buf d = BUF_INIT;
	const struct raw r = { "m.test/a@v1.0.0/abc", NULL, 1, 0, 0, 0, 1, 0 };
	const char *file = path("many.zip");
	long before = peak_kb();
	struct modzip z;
	struct err e = ERR_INIT;

	(void)state;
	directory_header(&d, &r, 0);
	assert_int_equal(d.len, len);
	buf_grow(&d, n * len);
	for (size_t i = 1; i < n; i++)
		buf_add(&d, d.data, len);
	end_record(&d, 0xffff, n * len, 0);
	fix_write(file, d.data, d.len);
	buf_release(&d);
	before = peak_kb();
	assert_false(modzip_open(&z, file, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	assert_true(peak_kb() - before < 100 * 1024);
	err_release(&e);
}

/* zip64 fields with sizes and offsets beyond the file. */
static void test_zip64_lies(void **state)
{
	struct buf b = BUF_INIT;
	struct modzip z;
	struct err e = ERR_INIT;

	(void)state;
	put32(&b, 0x06064b50);
	buf_add(&b, "\x2c\0\0\0\0\0\0\0\x2d\0\x2d\0\0\0\0\0\0\0\0\0", 20);
	buf_add(&b, "\xff\xff\xff\xff\xff\xff\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x7f",
		16);							       /* records */
	buf_add(&b, "\xff\xff\xff\xff\xff\xff\xff\x7f\x10\0\0\0\0\0\0\0", 16); /* size, offset */
	put32(&b, 0x07064b50);
	put32(&b, 0);
	buf_add(&b, "\0\0\0\0\0\0\0\0", 8);
	put32(&b, 1);
	end_record(&b, 0xffff, 0xffff, 0xffffffff);
	fix_write(path("z64.zip"), b.data, b.len);
	assert_false(modzip_open(&z, path("z64.zip"), &e));
	assert_string_equal(e.text, "zip: not a valid zip file");
	err_release(&e);
	buf_release(&b);
}

struct io {
	const unsigned char *in;
	size_t len, pos, step;
	struct buf out;
};

static bool io_fill(void *ctx, const unsigned char **data, size_t *len, struct err *e UNUSED)
{
	struct io *io = ctx;

	*len = MIN(io->step, io->len - io->pos);
	*data = io->in + io->pos;
	io->pos += *len;
	return true;
}

static bool io_flush(void *ctx, const void *data, size_t len, struct err *e UNUSED)
{
	buf_add(&((struct io *)ctx)->out, data, len);
	return true;
}

/* The streaming decoder returns what went in, however the input is split. */
static void test_inflate_streams(void **state)
{
	const size_t n = 300000;
	char *text = arena_alloc(&arena, n);
	const struct modver m = { "m.test/a", "v1.0.0" };
	struct inflate *s = inflate_new();
	struct modzip z;
	char *bytes;
	size_t len;
	uint32_t x = 7;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		x = x * 1664525u + 1013904223u;
		text[i] = (x >> 30) && i > 40000 ? text[i - 1 - (x >> 8) % 32768]
						 : (char)('a' + (x >> 24) % 20);
	}
	text[n - 1] = '\0';
	fix_zip(path("s.zip"), &(struct fix_file){ "m.test/a@v1.0.0/a", text }, 1);
	assert_true(modzip_open(&z, path("s.zip"), NULL));
	assert_true(modzip_check(&z, m, NULL));
	assert_true(fs_read(&arena, path("s.zip"), 1 << 24, &bytes, &len, NULL));
	for (size_t step = 1; step < 100000; step = step * 7 + 1) {
		struct io io = { (unsigned char *)bytes + 30 + z.entries[0].name_len,
				 z.entries[0].compressed, 0, step, BUF_INIT };

		assert_int_equal(z.entries[0].method, 8);
		assert_true(inflate_run(s, &(struct inflate_io){ io_fill, io_flush, &io }, NULL));
		assert_int_equal(io.out.len, n - 1);
		assert_memory_equal(io.out.data, text, n - 1);
		buf_release(&io.out);
	}
	inflate_free(s);
	modzip_close(&z);
}

static int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "%s/modscope-zip-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	fs_remove_all(dir, NULL);
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_long_directory),
		cmocka_unit_test(test_known_hashes),
		cmocka_unit_test(test_not_a_zip),
		cmocka_unit_test(test_bad_contents),
		cmocka_unit_test(test_bad_names),
		cmocka_unit_test(test_collisions),
		cmocka_unit_test(test_extraction_is_contained),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_equal_names),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_overlapping_bomb),
		cmocka_unit_test(test_zip64_lies),
		cmocka_unit_test(test_inflate_streams),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
