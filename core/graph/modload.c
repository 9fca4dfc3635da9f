#include "graph/modload_impl.h"

struct modload_kept {
	void *object;
	void (*release)(void *object);
	struct modload_kept *next;
};

struct modload *modload_new(struct modproject *mp, const struct modload_options *o)
{
	struct modload *ml = xcalloc(1, sizeof(*ml));

	ml->project = mp;
	ml->tab = modproject_tab(mp);
	ml->arena = modproject_arena(mp);
	ml->progress = o->progress;
	ml->progress_ctx = o->progress_ctx;
	ml->index.dir_fd = -1;
	return ml;
}

void modload_silence(struct modload *ml)
{
	ml->progress = NULL;
	modproject_silence(ml->project);
}

void modload_free(struct modload *ml)
{
	if (!ml)
		return;
	if (ml->left)
		ml->left_release(ml->left);
	modload_roll_back(ml, NULL);
	map_release(&ml->latest);
	modload_index_close(ml);
	for (size_t i = 0; i < ml->failures.n; i++)
		err_release(&ml->failures.items[i]->err);
	vec_release(&ml->failures);
	free(ml->slots);
	modproject_free(ml->project);
	free(ml);
}

struct modproject *modload_project(const struct modload *ml)
{
	return ml->project;
}

struct modtab *modload_tab(struct modload *ml)
{
	return ml->tab;
}

struct arena *modload_arena(struct modload *ml)
{
	return ml->arena;
}

void modload_keep(struct modload *ml, void *object, void (*release)(void *object))
{
	struct modload_kept *k = arena_alloc(ml->arena, sizeof(*k));

	*k = (struct modload_kept){ object, release, ml->kept };
	ml->kept = k;
}

const struct modload_kept *modload_mark(const struct modload *ml)
{
	return ml->kept;
}

void modload_roll_back(struct modload *ml, const struct modload_kept *mark)
{
	while (ml->kept != mark) {
		struct modload_kept *k = ml->kept;

		ml->kept = k->next;
		k->release(k->object);
	}
}

void modload_leave(struct modload *ml, void *object, void (*release)(void *object))
{
	ml->left = object;
	ml->left_release = release;
}

void *modload_take(struct modload *ml)
{
	void *object = ml->left;

	ml->left = NULL;
	return object;
}

static void release_set(void *object)
{
	map_release(object);
}

struct map *modload_new_set(struct modload *ml)
{
	struct map *set = arena_calloc(ml->arena, 1, sizeof(*set));

	modload_keep(ml, set, release_set);
	return set;
}

struct map *modload_latest_answers(struct modload *ml)
{
	return &ml->latest;
}

struct requirements *modload_requirements(struct modload *ml)
{
	return ml->requirements;
}

void modload_set_requirements(struct modload *ml, struct requirements *rs)
{
	ml->requirements = rs;
}

struct requirements *modload_initial_requirements(struct modload *ml)
{
	return ml->initial;
}

void modload_set_initial_requirements(struct modload *ml, struct requirements *rs)
{
	ml->requirements = ml->initial = rs;
}

struct modload_slot *modload_slot(struct modload *ml, uint32_t node)
{
	if (node >= ml->cap_slots) {
		size_t n = MAX(MAX((size_t)node + 1, ml->cap_slots * 2), ml->tab->cap_nodes);

		ml->slots = xreallocarray(ml->slots, n, sizeof(*ml->slots));
		memset(ml->slots + ml->cap_slots, 0, (n - ml->cap_slots) * sizeof(*ml->slots));
		ml->cap_slots = n;
	}
	return &ml->slots[node];
}

struct modload_failure *modload_new_failure(struct modload *ml, struct modver actual)
{
	struct modload_failure *f = arena_calloc(ml->arena, 1, sizeof(*f));

	f->actual = actual;
	f->module_error = true;
	vec_push(&ml->failures, f);
	return f;
}
