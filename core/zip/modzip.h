/*
 * modzip.h - module zips: opening as Go's archive/zip does, checking and extracting as golang.org/x/mod/zip does.
 *
 * What a zip is (which bytes are its directory, which entries count, where it is broken) is decided as Go's
 * archive/zip decides, in its words ("zip: not a valid zip file", "zip: checksum error", "unexpected EOF",
 * "flate: corrupt input before offset 12"), since `verify` prints them. That is why the central directory is
 * read here and not by libzip, which accepts other zips. Entries are inflated by libdeflate, large and broken
 * ones by the streaming inflate.h.
 *
 * Hostile input: the directory of a zip is read at most up to MODZIP_MAX_DIRECTORY bytes, the contents add up to at most
 * MODZIP_MAX_CONTENT; more is ERR_LIMIT. No entry's declared size is trusted for memory. Reading uses pread, so a
 * file that shrinks meanwhile is an error and never a signal.
 *
 * An open struct modzip is read-only and may be used by many threads, each with a reader of its own.
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

#define MODZIP_MAX_FILE ((int64_t)500 << 20)		/* x/mod/zip.MaxZipFile: of the zip, and of what it holds */
#define MODZIP_MAX_GOMOD ((int64_t)16 << 20)		/* MaxGoMod, MaxLICENSE */
#define MODZIP_MAX_DIRECTORY ((size_t)16 << 20)		/* ours: bytes of the central directory */
#define MODZIP_MAX_CONTENT ((uint64_t)1 << 30)		/* ours: bytes that are inflated of one zip; go never extracts over 500 MiB */

struct modzip_entry {
	uint32_t name;		/* offset into struct modzip's names; NUL terminated there, but may hold NULs itself */
	uint16_t name_len;
	uint16_t method, flags;
	uint32_t crc;
	uint64_t compressed, size;	/* as the directory says */
	int64_t header;		/* offset of the local header; may be anything */
};

struct modzip {
	int fd;
	char *file;
	int64_t file_size;
	char *names;
	struct modzip_entry *entries;	/* in the order of the directory */
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
/* Takes the next bytes of an entry; false stops the reading (then e is the sink's). */
typedef bool modzip_sink(void *ctx, const void *data, size_t len, struct err *e);
/* The content of an entry to the sink, in pieces, its CRC checked as Go checks it. Bytes may have gone to the
 * sink before an error. */
bool modzip_read(struct modzip_reader *r, const struct modzip *z, const struct modzip_entry *f, modzip_sink *sink, void *ctx,
		 struct err *e);
/* One file by its name below "PATH@VERSION/" ("go.mod") into b. ERR_NOT_FOUND, ERR_LIMIT above max. */
struct buf;
bool modzip_read_file(struct modzip_reader *r, const struct modzip *z, struct modver m, const char *name, size_t max,
		      struct buf *b, struct err *e);

/* modfetch.downloadZip's check: every name begins with "PATH@VERSION/". */
bool modzip_check_names(const struct modzip *z, struct modver m, struct err *e);
/* x/mod/zip.CheckZip: names, prefix, case collisions, nested go.mod, sizes. All that is wrong, one a line. */
bool modzip_check(const struct modzip *z, struct modver m, struct err *e);
/* x/mod/zip.Unzip into dir, which must be empty or not there: files 0444 less the umask, directories 0777 less the
 * umask. With `read_only`, directories lose their write bits at the end (go without -modcacherw). Errors begin
 * "unzip FILE: ". On failure what has been extracted stays: the caller removes it. */
bool modzip_extract(const char *file, struct modver m, const char *dir, bool read_only, const struct cancel *cancel,
		    struct err *e);

#endif
