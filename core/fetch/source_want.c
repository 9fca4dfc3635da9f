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

void source_wants_add(struct source_want_list *w, struct modver m, const char *what, bool fetched,
		      long long bytes)
{
	pthread_mutex_lock(&w->mutex);
	struct source_want want = {
		.mod = { arena_strdup(&w->arena, m.path), arena_strdup(&w->arena, m.version) },
		.what = what,
		.fetched = fetched,
		.bytes = bytes,
	};
	vec_push(&w->items, want);
	pthread_mutex_unlock(&w->mutex);
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
