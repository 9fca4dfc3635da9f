/*
 * source_info.h - what an .info file says.
 *
 * The strings belong to one block that the caller keeps. Pure; any thread.
 */
#ifndef MODSCOPE_SOURCE_INFO_H
#define MODSCOPE_SOURCE_INFO_H

#include "base/buf.h"
#include "base/err.h"

struct source_info {
	const char *version; /* as the file says, which may be wrong: go believes it */
	const char *time;    /* RFC 3339 as in the file; "" if it has none */
	const char *origin;  /* raw JSON of "Origin", or NULL */
	const char *file;    /* the .info file that was read, or NULL */
};

/* *block holds the strings: free(3). ERR_SYNTAX in encoding/json's words. `file` may be NULL. */
bool source_info_parse(struct source_info *info, char **block, const char *data, size_t len,
		       const char *file, struct err *e);
/* An .info as go writes it to disk, appended: what of its origin does not matter to one who has the version goes (writeDiskStat). */
void source_info_clean(struct buf *b, const char *data, size_t len, const char *version);

#endif
