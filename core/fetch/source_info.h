/*
 * source_info.h - the contents of an .info file.
 *
 * The caller owns one block with all strings. Pure; any thread.
 */
#ifndef MODSCOPE_SOURCE_INFO_H
#define MODSCOPE_SOURCE_INFO_H

#include "base/buf.h"
#include "base/err.h"

struct source_info {
	const char *version; /* as in the file, which may be wrong: go trusts it */
	const char *time;    /* RFC 3339 as in the file; "" if it has none */
	const char *origin;  /* raw JSON of "Origin", or NULL */
	const char *file;    /* the .info file that was read, or NULL */
};

/* *block has the strings; release it with free(3). ERR_SYNTAX in encoding/json's words. `file` may be NULL. */
bool source_info_parse(struct source_info *info, char **block, const char *data, size_t len,
		       const char *file, struct err *e);
/* Appends an .info as go writes it to disk: without the parts of its origin that a known version makes irrelevant (writeDiskStat). */
void source_info_clean(struct buf *b, const char *data, size_t len, const char *version);

#endif
