#include "parts/load_private.h"

#include "base/power.h"
#include "base/steady.h"
#include "offline/levels.h"
#include "offline/mirror.h"

#define MOST_PLATFORMS 64u
#define RATE_AFTER_MS 1000

static void offline_release(void *data)
{
	struct load_offline *lo = data;

	levels_release(lo->levels);
}

/* Reports the running command, with the amount fetched so far, since the total is unknown until the end. */
struct teller {
	struct load_work *w;
	pthread_mutex_t mutex; /* of what follows */
	enum levels_level level;
	int64_t began;
};

static void level_text(struct teller *t, enum levels_level level, size_t zips, long long bytes,
		       struct buf *b)
{
	int64_t now = steady_ms();
	double mib = (double)bytes / (1024 * 1024);

	if (!zips || t->level != level)
		t->began = now;
	t->level = level;
	buf_addstr(b, levels_command(level));
	if (!zips)
		return;
	buf_addf(b, ": %zu zip%s, %.1f MiB fetched", zips, zips == 1 ? "" : "s", mib);
	if (now - t->began > RATE_AFTER_MS)
		buf_addf(b, ", %.1f MiB/s", mib * 1000 / (double)(now - t->began));
}

static void on_level(void *ctx, enum levels_level level, size_t zips, long long bytes)
{
	struct teller *t = ctx;
	const struct load_options *o = load_options(t->w->l);
	struct buf b = BUF_INIT;

	pthread_mutex_lock(&t->mutex);
	level_text(t, level, zips, bytes, &b);
	job_progress(t->w->job, (long long)level, LEVELS_COUNT, b.data);
	if (o->progress)
		o->progress(o->progress_ctx, b.data);
	pthread_mutex_unlock(&t->mutex);
	buf_release(&b);
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

struct found {
	struct levels *levels;
	struct levels_options *o;
	struct err *e;
	bool ok;
};

static void find(void *ctx)
{
	struct found *f = ctx;

	f->ok = levels_find(f->levels, f->o, f->e);
}

bool load_make_offline(struct load_work *w, struct part **out, struct err *e)
{
	const struct load_env *le = load_data(w, PART_ENV);
	struct part *p = load_part_on(w, PART_ENV);
	const struct request_offline *q = &w->request->offline;
	struct load_offline *lo = arena_calloc(&p->arena, 1, sizeof(*lo));
	struct teller t = { .w = w, .mutex = PTHREAD_MUTEX_INITIALIZER };
	struct levels_options o = { .env = le->env,
				    .offline = load_options(w->l)->offline || q->glance,
				    .wanted = q->levels ? q->levels : LEVELS_ALL,
				    .cancel = job_cancel(w->job),
				    .log = load_log(w->l),
				    .once = load_once(w),
				    .progress = on_level,
				    .ctx = &t };
	struct found f = { .o = &o, .e = e };

	o.platforms = platforms_of(q, &p->arena, &o.n_platforms);
	lo->levels = f.levels = arena_calloc(&p->arena, 1, sizeof(*lo->levels));
	p->data = lo;
	p->release = offline_release;
	if (q->glance)
		power_run_behind(find, &f);
	else
		find(&f);
	return load_hand_over(p, f.ok, out);
}

static bool write_mirror(struct load_work *w, struct load_mirror *lm, struct arena *a,
			 struct err *e)
{
	const struct load_graph *g = load_data(w, PART_GRAPH);
	const struct request_mirror *q = &w->request->mirroring;
	struct mirror m;
	bool ok;

	mirror_begin(&m, &(struct mirror_options){ .target = q->target,
						   .levels = q->levels,
						   .offline = load_options(w->l)->offline,
						   .cancel = job_cancel(w->job),
						   .log = load_log(w->l) });
	ok = mirror_add(&m, g->env->env, g->sums, e) && mirror_end(&m, e);
	*lm = (struct load_mirror){ .n_modules = m.n_modules,
				    .n_files = m.n_files,
				    .n_written = m.n_written,
				    .bytes = m.bytes,
				    .unsure = arena_strdup(a, m.unsure) };
	mirror_release(&m);
	return ok;
}

bool load_make_mirror(struct load_work *w, struct part **out, struct err *e)
{
	struct part *p = load_part_on(w, PART_GRAPH);
	struct load_mirror *lm = arena_calloc(&p->arena, 1, sizeof(*lm));
	bool ok;

	p->data = lm;
	ok = write_mirror(w, lm, &p->arena, e);
	return load_hand_over(p, ok, out);
}
