#include "parts/load_private.h"

#include "offline/levels.h"

#define MOST_PLATFORMS 64u

static void offline_release(void *data)
{
	struct load_offline *lo = data;

	levels_release(lo->levels);
}

static void on_level(void *ctx, enum levels_level level)
{
	struct load_work *w = ctx;

	job_progress(w->job, (long long)level, LEVELS_COUNT, levels_command(level));
}

static const char **platforms_of(const struct request_offline *q, struct arena *a, size_t *n)
{
	const char **list = arena_calloc(a, MOST_PLATFORMS, sizeof(*list)), *s = q->platforms;

	*n = 0;
	while (s && *s && *n < MOST_PLATFORMS) {
		size_t len = strcspn(s, ", ");

		if (len)
			list[(*n)++] = arena_strndup(a, s, len);
		s += len + (s[len] != '\0');
	}
	return list;
}

bool load_make_offline(struct load_work *w, struct part **out, struct err *e)
{
	const struct load_env *le = load_data(w, PART_ENV);
	struct part *p = load_part_on(w, PART_ENV);
	const struct request_offline *q = &w->request->offline;
	struct load_offline *lo = arena_calloc(&p->arena, 1, sizeof(*lo));
	struct levels_options o = { .env = le->env,
				    .offline = load_options(w->l)->offline,
				    .wanted = q->levels ? q->levels : LEVELS_ALL,
				    .cancel = job_cancel(w->job),
				    .log = load_log(w->l),
				    .progress = on_level,
				    .ctx = w };
	bool ok;

	o.platforms = platforms_of(q, &p->arena, &o.n_platforms);
	lo->levels = arena_calloc(&p->arena, 1, sizeof(*lo->levels));
	p->data = lo;
	p->release = offline_release;
	ok = levels_find(lo->levels, &o, e);
	if (ok)
		*out = p;
	else
		part_unref(p);
	return ok;
}
