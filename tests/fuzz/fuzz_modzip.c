/* Any bytes as a module zip: opened, checked, hashed and read, in bounded memory. */
#include "base/buf.h"
#include "zip/dirhash.h"
#include "memfile.h"
#include "zip/modzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct modver mod = { "example.com/queue", "v1.1.0" };

static void read_all(const char *file)
{
	struct err e = ERR_INIT;
	struct modzip z;

	if (modzip_open(&z, file, &e)) {
		struct modzip_reader *r = modzip_reader_new();
		struct buf b = BUF_INIT;

		modzip_check(&z, mod, &e);
		err_clear(&e);
		modzip_check_names(&z, mod, &e);
		err_clear(&e);
		modzip_read_file(r, &z, mod, "go.mod", 1 << 20, &b, &e);
		buf_release(&b);
		modzip_reader_free(r);
		modzip_close(&z);
	} else if (!e.text) {
		__builtin_trap();
	}
	err_release(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct hasher *h;
	struct err e = ERR_INIT;
	char sum[DIRHASH_LEN + 1];
	struct memfile f;

	if (!h)
		h = hasher_new();
	memfile_open(&f, data, size);
	read_all(f.path);
	if (!dirhash_zip(h, f.path, NULL, sum, &e) && !e.text)
		__builtin_trap();
	err_release(&e);
	memfile_close(&f);
	return 0;
}
