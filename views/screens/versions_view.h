/*
 * versions_view.h - the state of the view Versions, for its own files: the table of all modules, and the versions of one.
 */
#ifndef MODSCOPE_VERSIONS_VIEW_H
#define MODSCOPE_VERSIONS_VIEW_H

#include "app/app.h"
#include "parts/load.h"
#include "texts/history_text.h"
#include "texts/outdated_text.h"

struct versions_view {
	/* The table. */
	struct part *part; /* kept: rows are borrowed from it */
	const struct load_outdated *lo;
	size_t *shown; /* rows of lo */
	size_t n_shown;
	bool pseudo; /* one of them is a pseudo-version */
	bool direct, majors;
	int64_t kept_for; /* of the requests: 0, or 1 to ignore kept answers */
	int cooldown; /* days; 0: none */
	struct list list;
	struct rows rows;
	struct buf text;
	/* One module. */
	char *module; /* NULL: the table is shown */
	struct part *one_part;
	const struct load_history *lh;
	bool compare;
	bool fetch; /* its repository was asked for */
	bool fetch_first; /* the first module's will be */
	struct list one_list;
	struct rows one_rows;
	/* The version being tried: its effect is shown beside the row. */
	char *try_path, *try_version;
};

static inline struct versions_view *versions_view_state(const void *v)
{
	return view_state(v, "versions");
}

static inline struct request_outdated versions_view_request(const struct versions_view *s)
{
	return (struct request_outdated){ .majors = s->majors,
					  .cooldown = s->cooldown,
					  .kept_for = s->kept_for };
}

#endif
