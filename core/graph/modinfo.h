/*
 * modinfo.h - what go list -m says of one module.
 *
 * Follows cmd/go/internal/modinfo and moduleInfo of cmd/go/internal/modload/build.go. Rows live in the loader. May ask the
 * network; the loader's thread.
 */
#ifndef MODSCOPE_MODINFO_H
#define MODSCOPE_MODINFO_H

#include "base/buf.h"
#include "graph/requirements.h"

/* modinfo.ModulePublic. Strings are "" and pointers NULL where go leaves the field out. */
struct modinfo {
	const char *path, *version, *query, *time;
	struct modinfo *replace;
	struct modinfo *update;
	bool main, indirect;
	const char *dir, *gomod, *go_version;
	const char *const *retracted;
	size_t n_retracted;
	const char *const *versions;
	size_t n_versions;
	const char *deprecated;
	const char *error;
	const char *unknown; /* ours: why updates, retractions or deprecation are not known, of which go says nothing */
	const char *sum, *gomod_sum;
	const char *origin; /* raw JSON */
};

struct modinfo *modinfo_new(struct modload *ml, const char *path, const char *version);
/* The first error of a row counts. */
void modinfo_fail(struct modload *ml, struct modinfo *m, const char *text);
struct modinfo *modinfo_of_main(struct modload *ml, const struct modproject_main *mm);
/* moduleInfo for one node of the graph; rs NULL: of a version that was asked for, whatever the graph selects. `full`: what only
 * the JSON form shows, too. */
struct modinfo *modinfo_of(struct modload *ml, const struct requirements *rs, struct modver m, bool full);
/* The time; if it is not known, go's zero time as the JSON form shows it. */
const char *modinfo_time(const char *time);

#endif
