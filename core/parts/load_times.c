#include "parts/load_private.h"

#include "gofiles/goenv.h"
#include "gofiles/rfc3339.h"
#include "fetch/source.h"

enum { PROGRESS_EVERY = 256 };

int64_t load_time_of(struct source *source, struct modver used)
{
	struct source_info info;
	struct err e = ERR_INIT;
	int64_t t = 0;

	if (used.version[0] && source_stat(source, used.path, used.version, &info, &e) &&
	    !rfc3339_parse(info.time, &t))
		t = 0;
	err_release(&e);
	return t;
}

static int64_t time_of(struct source *source, const struct load_module *m)
{
	if (m->kind == LOAD_LANGUAGE)
		return 0;
	return load_time_of(source, m->replaced.path[0] ? m->replaced
							: (struct modver){ m->path, m->version });
}

bool load_make_times(struct load_work *w, struct part **out, struct err *e)
{
	const struct load_graph *g = load_data(w, PART_GRAPH);
	struct part *p = load_part_on(w, PART_GRAPH);
	struct load_times *lt = arena_calloc(&p->arena, 1, sizeof(*lt));
	struct cancel *cancel = job_cancel(w->job);
	struct source_options so = { .env = g->env->env,
				     .look = true,
				     .own_counts = load_options(w->l)->own_counts,
				     .cancel = cancel,
				     .log = load_log(w->l),
				     .once = load_once(w) };
	struct source *source = source_new(&so);
	bool ok = true;

	p->data = lt;
	lt->graph = g;
	lt->times = arena_calloc(&p->arena, g->n_modules + 1, sizeof(*lt->times));
	for (size_t i = 0; ok && i < g->n_modules; i++) {
		lt->times[i] = time_of(source, &g->modules[i]);
		if (i % PROGRESS_EVERY == 0)
			job_progress(w->job, (long long)i, (long long)g->n_modules,
				     g->modules[i].path);
		ok = !cancel_is_set(cancel);
	}
	source_free(source);
	return load_hand_over(p, ok, out) || err_set(e, ERR_CANCELLED, "cancelled");
}
