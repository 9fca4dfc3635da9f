#include "fetch/source_want.h"

void source_wants_init(struct source_want_list *w)
{
	*w = (struct source_want_list){ 0 };
	pthread_mutex_init(&w->mutex, NULL);
}

void source_wants_release(struct source_want_list *w)
{
	pthread_mutex_destroy(&w->mutex);
	arena_release(&w->arena);
	vec_release(&w->items);
}

void source_wants_add(struct source_want_list *w, const struct source_want *want)
{
	struct source_want copy = *want;

	pthread_mutex_lock(&w->mutex);
	copy.mod.path = arena_strdup(&w->arena, want->mod.path);
	copy.mod.version = arena_strdup(&w->arena, want->mod.version);
	vec_push(&w->items, copy);
	pthread_mutex_unlock(&w->mutex);
}

size_t source_wants_zips(struct source_want_list *w, long long *bytes)
{
	size_t n = 0;

	*bytes = 0;
	pthread_mutex_lock(&w->mutex);
	for (size_t i = 0; i < w->items.n; i++) {
		if (!w->items.items[i].fetched || !str_eq(w->items.items[i].what, "zip"))
			continue;
		n++;
		*bytes += w->items.items[i].bytes;
	}
	pthread_mutex_unlock(&w->mutex);
	return n;
}

size_t source_wants_copy(struct source_want_list *w, struct arena *a, struct source_want **wants)
{
	size_t n;

	pthread_mutex_lock(&w->mutex);
	n = w->items.n;
	*wants = arena_memdup(a, w->items.items, n * sizeof(**wants));
	for (size_t i = 0; i < n; i++) {
		(*wants)[i].mod.path = arena_strdup(a, (*wants)[i].mod.path);
		(*wants)[i].mod.version = arena_strdup(a, (*wants)[i].mod.version);
	}
	pthread_mutex_unlock(&w->mutex);
	return n;
}

void source_wants_refused(struct source_want_list *w, struct map *paths)
{
	pthread_mutex_lock(&w->mutex);
	for (size_t i = 0; i < w->items.n; i++)
		if (w->items.items[i].refused)
			map_put(paths, w->items.items[i].mod.path, NULL);
	pthread_mutex_unlock(&w->mutex);
}
