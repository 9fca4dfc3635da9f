/*
 * source_want.h - the list of files that were needed from the network.
 *
 * Thread-safe between source_wants_init and source_wants_release.
 */
#ifndef MODSCOPE_SOURCE_WANT_H
#define MODSCOPE_SOURCE_WANT_H

#include <pthread.h>

#include "base/arena.h"
#include "base/map.h"

struct source_want {
	struct modver mod;
	const char *what; /* "info", "mod", "zip", "list", "latest", "sum" */
	bool fetched;
	bool refused;	 /* by the program, not by GOPROXY: only viewing, or --offline */
	long long bytes; /* of the answer, if fetched */
};
struct source_want_list {
	pthread_mutex_t mutex; /* of what follows */
	struct arena arena;
	VEC(struct source_want) items;
};

void source_wants_init(struct source_want_list *w);
void source_wants_release(struct source_want_list *w);
void source_wants_add(struct source_want_list *w, const struct source_want *want);
/* How many zips have been fetched so far, and their bytes. */
size_t source_wants_zips(struct source_want_list *w, long long *bytes);
/* Adds the paths of what was refused to the keys; they live as long as the list. */
void source_wants_refused(struct source_want_list *w, struct map *paths);
/* Copies the list into the arena; returns its length. */
size_t source_wants_copy(struct source_want_list *w, struct arena *a, struct source_want **wants);

#endif
