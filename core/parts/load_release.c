#include "parts/load_private.h"

#include "fetch/source.h"
#include "graph/modinfo.h"
#include "gofiles/gomod.h"
#include "versions/outdated.h"
#include "zip/dirhash.h"

#define KEPT_FOR 3600 /* maximum age of an answer about retractions, seconds */

struct making {
	struct load_work *w;
	struct load_graph *g;
	struct arena *a;
	struct source *source; /* to ask whether the tag is published */
	struct checklist_input in;
	ARENA_VEC(struct checklist_line) mod, sum;
	ARENA_VEC(struct checklist_module) modules;
};

static void take_tidy(struct making *k)
{
	const struct load_tidy *t = load_data(k->w, PART_TIDY);

	for (size_t i = 0; i < t->n; i++) {
		const struct load_change *ch = &t->changes[i];
		struct checklist_line l = { ch->old_line ? ch->old_line : ch->new_line,
					    ch->text + strspn(ch->text, " \t"), ch->reason };

		if ((ch->op == '-' || ch->op == '+') && !ch->gosum && l.text[0])
			arena_vec_push(k->a, &k->mod, l);
		else if (ch->op == '+')
			arena_vec_push(k->a, &k->sum, l);
		k->in.n_needless_sums += ch->op == '-' && ch->gosum;
	}
	k->in.tidy_mod = k->mod.items;
	k->in.n_tidy_mod = k->mod.n;
	k->in.tidy_sum = k->sum.items;
	k->in.n_tidy_sum = k->sum.n;
	k->in.tidy_failed = err_is_set(&t->failed) ? finding_gist(k->a, t->failed.text) : "";
	k->in.tidy_unknown = load_tidy_unknown(t)
				     ? "some modules that go mod tidy reads are not available here"
				     : "";
}

static const char *joined(struct arena *a, const char *const *lines, size_t n)
{
	const char *text = "";

	for (size_t i = 0; i < n; i++)
		text = arena_fmt(a, "%s%s%s", text, i ? "; " : "", lines[i]);
	return text;
}

static void take_row(struct making *k, const struct outdated_row *row)
{
	const struct modinfo *m = row->info;
	const struct load_module *lm = load_graph_module(k->g, m->path);
	struct checklist_module out = { .retracted = "", .deprecated = "", .unknown = "" };

	if (m->main || (lm && lm->kind != LOAD_DIRECT))
		return;
	out.mod = (struct modver){ arena_strdup(k->a, m->path), arena_strdup(k->a, m->version) };
	out.line = lm ? lm->line : 0;
	out.retracted = joined(k->a, m->retracted, m->n_retracted);
	out.deprecated = m->deprecated ? arena_strdup(k->a, m->deprecated) : "";
	if (row->unknown && row->unknown[0])
		out.unknown = arena_strdup(k->a, row->unknown);
	if (out.retracted[0] || out.deprecated[0] || out.unknown[0])
		arena_vec_push(k->a, &k->modules, out);
}

static void take_modules(struct making *k)
{
	struct request *r = request_copy(
		REQUEST(PART_OUTDATED, .outdated = { .direct = true, .kept_for = KEPT_FOR }));
	struct load_work inner = { .l = k->w->l, .s = k->w->s, .request = r };
	struct part *p = NULL;
	struct err e = ERR_INIT;

	k->in.modules_unknown = "";
	if (load_make_outdated(&inner, &p, &e)) {
		const struct load_outdated *lo = p->data;

		for (size_t i = 0; i < lo->n; i++)
			take_row(k, lo->rows[i]);
		part_unref(p);
	} else {
		k->in.modules_unknown = arena_strdup(k->a, finding_gist(k->a, e.text));
	}
	k->in.modules = k->modules.items;
	k->in.n_modules = k->modules.n;
	err_release(&e);
	free(r);
}

static const char *hash_of(struct making *k, struct modver m)
{
	struct hasher *h = hasher_new();
	char sum[DIRHASH_LEN + 1];
	const char *file, *h1 = "";

	if (source_zip(k->source, m, &file, NULL) &&
	    dirhash_zip(h, file, job_cancel(k->w->job), sum, NULL))
		h1 = arena_strdup(k->a, sum);
	hasher_free(h);
	return h1;
}

static enum checklist_published ask_proxy(void *ctx, struct modver m, const char **h1,
					  const char **words)
{
	struct making *k = ctx;
	enum checklist_published p = CHECKLIST_PRESENT;
	struct source_info info;
	struct err e = ERR_INIT;

	*h1 = *words = "";
	if (source_stat(k->source, m.path, m.version, &info, &e))
		*h1 = hash_of(k, m);
	else if (e.code == ERR_NOT_FOUND || e.code == ERR_NO_MATCH)
		p = CHECKLIST_ABSENT;
	else
		p = CHECKLIST_NOT_ASKED;
	if (p == CHECKLIST_NOT_ASKED)
		*words = arena_strdup(k->a, finding_gist(k->a, e.text));
	err_release(&e);
	return p;
}

static bool make(struct making *k, struct checklist *c, struct err *e)
{
	const struct load_replaces *lr = load_data(k->w, PART_REPLACES);
	const char *tag = k->w->request->module;
	bool ok;

	k->in.project = modload_project(k->g->ml);
	k->in.main = consumer_main(k->in.project);
	if (!k->in.main)
		return err_set(e, ERR_NOT_FOUND, "there is no module here");
	k->in.tag = tag[0] ? arena_strdup(k->a, tag) : NULL;
	k->in.replaces = &lr->replaces;
	k->in.consumer = lr->consumer.path ? &lr->consumer : NULL;
	k->in.published = ask_proxy;
	k->in.ctx = k;
	k->in.cancel = job_cancel(k->w->job);
	take_tidy(k);
	take_modules(k);
	pthread_mutex_lock(&k->g->lock);
	ok = checklist_make(c, k->a, &k->in, e);
	pthread_mutex_unlock(&k->g->lock);
	return ok;
}

bool load_make_release(struct load_work *w, struct part **out, struct err *e)
{
	struct part *p = load_part_on(w, PART_REPLACES);
	struct making k = { .w = w, .g = load_data(w, PART_GRAPH), .a = &p->arena };
	struct checklist *c = arena_calloc(&p->arena, 1, sizeof(*c));
	bool ok;

	p->data = c;
	k.source = source_new(&(struct source_options){ .env = k.g->env->env,
							.offline = load_options(w->l)->offline,
							.cancel = job_cancel(w->job),
							.log = load_log(w->l),
							.once = load_once(w) });
	ok = make(&k, c, e);
	source_free(k.source);
	return load_hand_over(p, ok, out);
}
