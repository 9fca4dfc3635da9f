/*
 * history.h - all versions of one module, newest first, and what each of them says.
 *
 * The list comes first: what the proxies list, and versions that the caller knows of (pseudo-versions of the graph). Then the
 * details of any rows, asked for all at once: time, go line, and the requirements where they are wanted. Retractions are those of the newest
 * version's go.mod. A row of which something cannot be known says why. Blocks; the loader's thread.
 *
 *	struct history h = { .path = path };
 *	if (!history_list(&h, ml, source, known, n_known, &e)) ...       // rows without details
 *	history_details(&h, ml, source, 0, h.n, compare);
 *
 * Rows live in the loader.
 */
#ifndef MODSCOPE_HISTORY_H
#define MODSCOPE_HISTORY_H

#include "graph/modload.h"

struct source;

#define HISTORY_MAX_DETAILS ((size_t)2000) /* rows that are asked about; older ones say that they are not */

struct history_row {
	const char *version;
	const char *time, *go_version; /* "" if unknown, or there is none */
	const char *rationale;	       /* of its retraction, one line; "" */
	const char *unknown;	       /* why something is not known; "" */
	bool listed;		       /* by a proxy */
	bool pre, pseudo, retracted, excluded;
	bool has_details, read;	       /* asked for; its go.mod could be read */
	/* Requirements against the next older row whose go.mod could be read: */
	size_t added, removed, changed;
	bool compared;
};

struct history {
	const char *path;
	struct history_row *rows;
	size_t n;
	const char *proxy;	/* that listed them; "" */
	const char *deprecated; /* "" */
	const char *unknown;	/* why there is no list, or what is retracted is not known; "" */
	int64_t as_of;		/* of the oldest kept answer; 0 */
};

/* False only if the path is none that can be asked for. */
bool history_list(struct history *h, struct modload *ml, struct source *s, const char *const *known, size_t n_known,
		  struct err *e);
void history_details(struct history *h, struct modload *ml, struct source *s, bool compare);

#endif
