/*
 * modzip.h - module zips: opening as Go's archive/zip does, checking and extracting as golang.org/x/mod/zip does.
 *
 * Which bytes are the directory, which entries count and where a zip is broken is decided as Go's
 * archive/zip does, with its errors ("zip: not a valid zip file", "zip: checksum error", "unexpected EOF",
 * "flate: corrupt input before offset 12"), since `verify` prints them. That is why the central directory is
 * read here and not by libzip, which accepts different zips. Entries are inflated by libdeflate, large and broken
 * ones by the streaming inflate.h.
 *
 * Hostile input: at most MODZIP_MAX_DIRECTORY bytes of directory are read, and contents may total
 * MODZIP_MAX_CONTENT; more is ERR_LIMIT. No allocation trusts an entry's declared size. Reading uses pread, so a
 * file that shrinks meanwhile is an error and never a signal.
 *
 * An open struct modzip is read-only and may be used by many threads, each with its own reader.
 *
 *	struct modzip z;
 *	if (!modzip_open(&z, file, &e)) ...
 *	if (!modzip_check(&z, m, &e)) ...      // x/mod/zip.CheckZip
 *	modzip_close(&z);
 */
#ifndef MODSCOPE_MODZIP_H
#define MODSCOPE_MODZIP_H

#include "base/err.h"
#include "base/par.h"

#define MODZIP_MAX_FILE ((int64_t)500 << 20)		/* x/mod/zip.MaxZipFile: of the zip, and of its uncompressed content */
#define MODZIP_MAX_GOMOD ((int64_t)16 << 20)		/* MaxGoMod, MaxLICENSE */
#define MODZIP_MAX_DIRECTORY ((size_t)16 << 20)		/* ours: bytes of the central directory */
#define MODZIP_MAX_CONTENT ((uint64_t)1 << 30)		/* ours: inflated bytes of one zip; go never extracts over 500 MiB */

struct modzip_entry {
	uint32_t name;		/* offset into struct modzip's names; NUL terminated there, but may hold NULs itself */
	uint16_t name_len;
	uint16_t method, flags;
	uint32_t crc;
	uint64_t compressed, size;	/* according to the directory */
	int64_t header;		/* offset of the local header; unchecked */
};

struct modzip {
	int fd;
	char *file;
	int64_t file_size;
	char *names;
	struct modzip_entry *entries;	/* in directory order */
	size_t n;
};

/* archive/zip.OpenReader. ERR_NOT_FOUND, ERR_SYS, ERR_SYNTAX ("zip: not a valid zip file"), ERR_LIMIT. */
bool modzip_open(struct modzip *z, const char *file, struct err *e);
void modzip_close(struct modzip *z);
static inline const char *modzip_name(const struct modzip *z, const struct modzip_entry *f)
{
	return z->names + f->name;
}

static inline bool modzip_is_dir(const struct modzip *z, const struct modzip_entry *f)
{
	return f->name_len && modzip_name(z, f)[f->name_len - 1] == '/';
}

/* Scratch space for reading entries: one per thread. */
struct modzip_reader;
struct modzip_reader *modzip_reader_new(void);
void modzip_reader_free(struct modzip_reader *r);
/* Takes the next bytes of an entry; false stops reading (then the sink has set e). */
typedef bool modzip_sink(void *ctx, const void *data, size_t len, struct err *e);
/* Passes the content of an entry to the sink, in pieces, and checks its CRC as Go does. Bytes may have reached the
 * sink before an error. */
bool modzip_read(struct modzip_reader *r, const struct modzip *z, const struct modzip_entry *f, modzip_sink *sink, void *ctx,
		 struct err *e);
/* Appends the file named "PATH@VERSION/" + name to b. ERR_NOT_FOUND, ERR_LIMIT above max bytes. */
struct buf;
bool modzip_read_file(struct modzip_reader *r, const struct modzip *z, struct modver m, const char *name, size_t max,
		      struct buf *b, struct err *e);

/* modfetch.downloadZip's check: every name begins with "PATH@VERSION/". */
bool modzip_check_names(const struct modzip *z, struct modver m, struct err *e);
/* x/mod/zip.CheckZip: names, prefix, case collisions, nested go.mod, sizes. The error has a line for each problem. */
bool modzip_check(const struct modzip *z, struct modver m, struct err *e);
/* x/mod/zip.Unzip into dir, which must be empty or absent: files 0444 less the umask, directories 0777 less the
 * umask. With `read_only`, directories lose their write bits at the end (go without -modcacherw). Errors begin
 * "unzip FILE: ". On failure the caller removes what has been extracted. */
bool modzip_extract(const char *file, struct modver m, const char *dir, bool read_only, const struct cancel *cancel,
		    struct err *e);

#endif
