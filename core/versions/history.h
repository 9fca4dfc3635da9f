/*
 * history.h - all versions of one module, newest first, with their details.
 *
 * The list comes first: the proxies' versions, and those that the caller knows (pseudo-versions of the graph). Then the
 * details of the rows, requested all at once: time, go line, and requirements if wanted. Retractions are those of the newest
 * version's go.mod. A row with unknown details says why. Blocks; the loader's thread.
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

#define HISTORY_MAX_DETAILS ((size_t)2000) /* rows with details; older ones say that they have none */

struct history_row {
	const char *version;
	const char *time, *go_version; /* "" if unknown, or there is none */
	const char *rationale;	       /* of its retraction, one line; "" */
	const char *unknown;	       /* why a detail is unknown; "" */
	const char *origin;	       /* raw JSON of its .info's Origin; NULL */
	bool listed;		       /* by a proxy */
	bool pre, pseudo, retracted, excluded;
	bool has_details, read;	       /* requested; its go.mod was readable */
	/* Requirements compared with the next older row whose go.mod was readable: */
	size_t added, removed, changed;
	bool compared;
};

struct history {
	const char *path;
	struct history_row *rows;
	size_t n;
	const char *proxy;	/* with the list; "" */
	const char *deprecated; /* "" */
	const char *unknown;	/* why there is no list, or retractions are unknown; "" */
	int64_t as_of;		/* time of the oldest kept answer; 0 */
};

/* False only if the path is invalid. */
bool history_list(struct history *h, struct modload *ml, struct source *s, const char *const *known, size_t n_known,
		  struct err *e);
void history_details(struct history *h, struct modload *ml, struct source *s, bool compare);

#endif
