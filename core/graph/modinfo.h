/*
 * modinfo.h - what go list -m reports about one module.
 *
 * Follows cmd/go/internal/modinfo and moduleInfo of cmd/go/internal/modload/build.go. Rows live in the loader. May use the
 * network; the loader's thread.
 */
#ifndef MODSCOPE_MODINFO_H
#define MODSCOPE_MODINFO_H

#include "base/buf.h"
#include "graph/requirements.h"

/* modinfo.ModulePublic. Strings are "" and pointers NULL where go omits the field. */
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
	const char *unknown; /* ours: why updates, retractions or deprecation are unknown, which go does not report */
	const char *sum, *gomod_sum;
	const char *origin; /* raw JSON */
};

struct modinfo *modinfo_new(struct modload *ml, const char *path, const char *version);
/* Sets the error of a row unless it has one. */
void modinfo_fail(struct modload *ml, struct modinfo *m, const char *text);
struct modinfo *modinfo_of_main(struct modload *ml, const struct modproject_main *mm);
/* moduleInfo for one node of the graph; rs NULL: for a requested version, whatever the graph selects. `full`: including the
 * fields of the JSON form only. */
struct modinfo *modinfo_of(struct modload *ml, const struct requirements *rs, struct modver m, bool full);
/* The time for the JSON form: go's zero time if unknown. */
const char *modinfo_time(const char *time);

#endif
