/*
 * golines.h - the go lines of a module's versions, remembered in our own cache.
 *
 * What a version's go.mod says does not change, so it is read once: the go lines of all versions that were looked at are kept as
 * one answer a module (kept.h), a line each: "VERSION GO", GO being "-" where there is no go line. One thread at a time.
 *
 *	struct golines g = GOLINES_INIT;
 *	golines_load(&g, source, path);
 *	if (!(go = golines_get(&g, version)))
 *		golines_put(&g, version, go = read_it());
 *	golines_save(&g, source, path);         // only if something was put
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
/* NULL if it is not known. */
const char *golines_get(const struct golines *g, const char *version);
void golines_put(struct golines *g, const char *version, const char *go);

#endif
