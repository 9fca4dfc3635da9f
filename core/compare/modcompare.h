/*
 * modcompare.h - the differences between two versions of a module in go.mod, files and API.
 *
 * A version is its go.mod and its zip, both already verified. Files with the same size and CRC are the same. A package with
 * identical files is not read. The result lives in the arena; blocks on the disk; the loader's thread.
 *
 *	if (!modcompare_open(&was, &arena, mod, zip, gomod, len, &e)) ...
 *	if (modcompare_versions(&mc, &arena, &was, &is, "1.26.8", cancel, &e)) ...
 *	modcompare_close(&was);
 *
 * Caps: a file of more than MODCOMPARE_MAX_FILE bytes is compared only by CRC, and its exports are ignored.
 */
#ifndef MODSCOPE_MODCOMPARE_H
#define MODSCOPE_MODCOMPARE_H

#include "compare/compare.h"
#include "gofiles/gomod.h"
#include "packages/goapi.h"
#include "zip/modzip.h"

#define MODCOMPARE_MAX_FILE ((size_t)64 << 20)

struct modcompare_version {
	struct modver mod;
	struct gomod *gomod;
	struct modzip zip;
	const struct modzip_entry **files;	/* sorted by name */
	size_t n_files;
	struct modzip_reader *reader;
};
/* ERR_SYNTAX if the go.mod is malformed; errors of modzip_open. */
bool modcompare_open(struct modcompare_version *v, struct arena *a, struct modver mod, const char *zip, const char *gomod, size_t len,
		     struct err *e);
void modcompare_close(struct modcompare_version *v);
/* The name of a file below "PATH@VERSION/". */
const char *modcompare_name(const struct modcompare_version *v, const struct modzip_entry *f);
/* Appends a file's text; nothing, and true, if the version has no such file. ERR_LIMIT. */
bool modcompare_text(const struct modcompare_version *v, const char *name, struct buf *b, struct err *e);

struct modcompare_file {
	const char *name;
	enum compare_kind kind;	/* COMPARE_ADDED, COMPARE_REMOVED, or COMPARE_REPLACED if its content differs */
	uint64_t was, is;	/* bytes */
	bool licence;		/* LICENSE, COPYING and the like, in any directory */
};
struct modcompare_require {
	const char *path;
	enum compare_kind kind;	/* COMPARE_ADDED, COMPARE_REMOVED, COMPARE_UP, COMPARE_DOWN, COMPARE_DIRECT, COMPARE_INDIRECT; go and toolchain lines */
	const char *was, *is;	/* versions; "" for none */
	int was_line, is_line;	/* of go.mod; 0: none */
};
struct modcompare {
	struct modcompare_require *requires;	/* by kind, then by path */
	size_t n_requires;
	struct modcompare_file *files;		/* by name */
	size_t n_files;
	size_t n_same;				/* identical files on both sides */
	bool licence;				/* a licence was added, removed or changed */
	struct goapi was_api, is_api;		/* of the packages read */
	struct goapi_changes api;
};
/* go: the version that compiles; files that it compiles for no platform export nothing. */
bool modcompare_versions(struct modcompare *out, struct arena *a, const struct modcompare_version *was,
			 const struct modcompare_version *is, const char *go, const struct cancel *cancel, struct err *e);

#endif
