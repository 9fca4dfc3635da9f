#include "parts/load_private.h"

#include "fetch/source.h"
#include "graph/modload.h"

static void release(void *data)
{
	findings_release(&((struct load_replaces *)data)->findings);
}

static bool make_consumer(struct load_work *w, struct load_replaces *lr, struct arena *a,
			  struct err *e)
{
	const struct load_graph *g = lr->graph;
	struct consumer_options o = { .project = modload_project(g->ml),
				      .main = consumer_main(modload_project(g->ml)),
				      .offline = load_options(w->l)->offline,
				      .own_counts = load_options(w->l)->own_counts,
				      .cancel = job_cancel(w->job),
				      .log = load_log(w->l),
				      .once = load_once(w) };
	struct err mine = ERR_INIT;

	lr->no_consumer = "";
	if (!o.main) {
		lr->no_consumer = "there is no module here";
		return true;
	}
	if (!consumer_list(&lr->consumer, a, &o, &mine)) {
		if (mine.code == ERR_CANCELLED)
			return err_move(e, &mine);
		lr->no_consumer = arena_strdup(a, mine.text);
	} else if (lr->consumer.failed[0]) {
		lr->no_consumer = lr->consumer.failed;
	}
	err_release(&mine);
	return true;
}

static void find_failure(struct load_replaces *lr)
{
	struct finding *f;

	if (!lr->consumer.path || !lr->consumer.failed[0])
		return;
	f = finding_add(&lr->findings, lr->consumer.unreachable ? FINDING_UNKNOWN : FINDING_WARNING,
			"replaces/dependents-fail", lr->consumer.path,
			arena_fmt(lr->findings.arena, "a dependent cannot load this module: %s",
				  finding_gist(lr->findings.arena, lr->consumer.failed)));
	f->go_says = lr->consumer.failed;
	f->remedy = "require versions that exist: replace lines do not count for dependents";
}

static bool read_lines(struct load_work *w, struct load_replaces *lr, struct arena *a,
		       struct err *e)
{
	struct load_graph *g = (struct load_graph *)(uintptr_t)lr->graph;
	struct modproject *mp = modload_project(g->ml);
	struct replaces_input in = { .project = mp,
				     .modload = g->ml,
				     .graph = g->mg,
				     .consumer = lr->no_consumer[0] ? NULL : &lr->consumer,
				     .cancel = job_cancel(w->job) };

	if (!replaces_read(&lr->replaces, a, &in, e))
		return false;
	foreign_find(&lr->foreign, a, mp, g->mg);
	if (in.consumer)
		dependents_compare(&lr->dependents, a, mp, g->mg, in.consumer, &lr->replaces);
	replaces_findings(&lr->replaces, &lr->findings);
	find_failure(lr);
	return true;
}

bool load_make_replaces(struct load_work *w, struct part **out, struct err *e)
{
	struct part *p = load_part_on(w, PART_GRAPH);
	struct load_replaces *lr = arena_calloc(&p->arena, 1, sizeof(*lr));
	struct load_graph *g = load_data(w, PART_GRAPH);
	bool ok;

	p->data = lr;
	p->release = release;
	lr->graph = g;
	lr->findings.arena = &p->arena;
	pthread_mutex_lock(&g->lock);
	ok = make_consumer(w, lr, &p->arena, e) && read_lines(w, lr, &p->arena, e);
	pthread_mutex_unlock(&g->lock);
	return load_hand_over(p, ok, out);
}

/* One replacement in full. */

static bool dir_of(const char **dir, struct load_graph *g, struct arena *a, struct source *source,
		   struct modver m, struct err *e)
{
	if (!m.version[0]) {
		pthread_mutex_lock(&g->lock);
		*dir = arena_strdup(a, modproject_dir_of(modload_project(g->ml), m));
		pthread_mutex_unlock(&g->lock);
		return true;
	}
	if (!source_dir(source, m, dir, NULL, e))
		return err_wrap(e, "%s@%s: ", m.path, m.version);
	*dir = arena_strdup(a, *dir);
	return true;
}

static bool add_file(struct buf *b, struct load_replacement_file *out,
		     const struct treediff_file *f, struct err *e)
{
	bool ok;

	out->at = b->len;
	ok = treediff_text(b, f, e);
	out->len = b->len - out->at;
	if (!out->len)
		return ok;
	for (const char *p = b->data + out->at, *end = b->data + b->len, *nl; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			break;
		out->added += *p == '+';
		out->removed += *p == '-';
	}
	out->added -= MIN(out->added, 1u); /* "+++ b/name" */
	out->removed -= MIN(out->removed, 1u);
	return ok;
}

static bool make_patch(struct load_replacement *r, struct arena *a, struct err *e)
{
	struct buf b = BUF_INIT;
	bool ok = true;

	r->files = arena_calloc(a, r->diff.n + 1, sizeof(*r->files));
	for (size_t i = 0; ok && i < r->diff.n && !r->cut; i++) {
		ok = add_file(&b, &r->files[i], &r->diff.files[i], e);
		r->cut = b.len > LOAD_MAX_PATCH && i + 1 < r->diff.n;
	}
	r->patch = arena_strndup(a, b.data, b.len);
	r->patch_len = b.len;
	buf_release(&b);
	return ok;
}

static bool find_pair(struct load_replacement *r, struct load_graph *g, const char *path,
		      struct err *e)
{
	const struct load_module *m = load_graph_module(g, path);

	if (!m)
		return err_set(e, ERR_NOT_FOUND, "%s is not in the build list", path);
	if (!m->replaced.path[0])
		return err_set(e, ERR_NOT_FOUND, "%s is not replaced", path);
	r->mod = (struct modver){ m->path, m->version };
	r->to = m->replaced;
	return true;
}

bool load_make_replacement(struct load_work *w, struct part **out, struct err *e)
{
	struct load_graph *g = load_data(w, PART_GRAPH);
	struct part *p = load_part_on(w, PART_GRAPH);
	struct load_replacement *r = arena_calloc(&p->arena, 1, sizeof(*r));
	struct source *source = source_new(
		&(struct source_options){ .env = g->env->env,
					  .offline = load_options(w->l)->offline,
					  .own_counts = true,
					  .cancel = job_cancel(w->job),
					  .log = load_log(w->l),
					  .once = load_once(w) });
	bool ok;

	p->data = r;
	source_set_sums(source, g->sums, false);
	ok = find_pair(r, g, w->request->module, e) &&
	     dir_of(&r->was_dir, g, &p->arena, source, r->mod, e) &&
	     dir_of(&r->is_dir, g, &p->arena, source, r->to, e) &&
	     treediff_read(&r->diff, &p->arena, r->was_dir, r->is_dir, job_cancel(w->job), e) &&
	     make_patch(r, &p->arena, e);
	source_free(source);
	return load_hand_over(p, ok, out);
}
