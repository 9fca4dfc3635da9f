/*
 * golines.h - the go lines of a module's versions, kept in our own cache.
 *
 * A version's go.mod never changes, so it is read once: the go lines of all versions examined are kept as
 * one answer per module (kept.h), one line each: "VERSION GO", or "VERSION -" without a go line. One thread at a time.
 *
 *	struct golines g = GOLINES_INIT;
 *	golines_load(&g, source, path);
 *	if (!(go = golines_get(&g, version)))
 *		golines_put(&g, version, go = read_it());
 *	golines_save(&g, source, path);         // writes only if something was added
 *	golines_release(&g);
 */
#ifndef MODSCOPE_GOLINES_H
#define MODSCOPE_GOLINES_H

#include "base/map.h"

struct source;

struct golines {
	struct arena arena;
	struct map lines; /* version -> go line, "" for none */
	bool changed;
};
#define GOLINES_INIT { 0 }

void golines_load(struct golines *g, struct source *s, const char *path);
void golines_save(struct golines *g, struct source *s, const char *path);
void golines_release(struct golines *g);
/* NULL if unknown, "" for no go line. */
const char *golines_get(const struct golines *g, const char *version);
void golines_put(struct golines *g, const char *version, const char *go);

#endif
