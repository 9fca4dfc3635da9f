#include "graph/modlooks.h"

#include <pthread.h>

struct modlooks {
	pthread_mutex_t lock;
	struct modlooks_index *first; /* entries stay where they are */
};

struct modlooks *modlooks_new(void)
{
	struct modlooks *l = xcalloc(1, sizeof(*l));

	pthread_mutex_init(&l->lock, NULL);
	return l;
}

void modlooks_free(struct modlooks *l)
{
	struct modlooks_index *next;

	if (!l)
		return;
	for (struct modlooks_index *x = l->first; x; x = next) {
		next = x->next;
		free(x->file);
		free(x->data);
		free(x->states);
		free(x);
	}
	pthread_mutex_destroy(&l->lock);
	free(l);
}

const struct modlooks_index *modlooks_find(struct modlooks *l, const char *file)
{
	const struct modlooks_index *x;

	pthread_mutex_lock(&l->lock);
	x = l->first;
	pthread_mutex_unlock(&l->lock);
	while (x && !str_eq(x->file, file))
		x = x->next;
	return x;
}

void modlooks_add(struct modlooks *l, const char *file, char *data, size_t len,
		  atomic_uchar *states)
{
	struct modlooks_index *x = xcalloc(1, sizeof(*x));

	x->file = xstrdup(file);
	x->data = data;
	x->len = len;
	x->states = states;
	pthread_mutex_lock(&l->lock);
	x->next = l->first;
	l->first = x;
	pthread_mutex_unlock(&l->lock);
}
