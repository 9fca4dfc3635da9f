#include "packages/getload.h"
#include "parts/load_private.h"

static void release(void *data)
{
	whatif_release(data);
}

static struct modver *build_list(const struct load_graph *g, struct arena *a)
{
	struct modver *list = arena_calloc(a, g->n_modules + 1, sizeof(*list));

	for (size_t i = 0; i < g->n_modules; i++)
		list[i] = (struct modver){ g->modules[i].path, g->modules[i].version };
	return list;
}

void load_whatif_options(const struct load_work *w, const struct goenv *env,
			 struct whatif_options *o)
{
	*o = (struct whatif_options){ .env = env,
				      .offline = load_options(w->l)->offline,
				      .own_counts = load_options(w->l)->own_counts,
				      .cancel = job_cancel(w->job),
				      .log = load_log(w->l),
				      .once = load_once(w),
				      .load = getload };
}

/* What go get prints besides the error: the warnings that go with it. Those that are in the error already are left out. */
static void add_messages(struct err *e, const char *said)
{
	struct buf told = BUF_INIT, all = BUF_INIT;
	enum err_code code = e->code;

	buf_addf(&told, "go: %s\n", e->text);
	if (str_has_prefix(said, told.data))
		said += told.len;
	buf_addf(&all, "%s\n%s", e->text, said);
	while (all.len && all.data[all.len - 1] == '\n')
		all.data[--all.len] = '\0';
	err_clear(e);
	err_set(e, code, "%s", all.data);
	buf_release(&told);
	buf_release(&all);
}

bool load_make_whatif(struct load_work *w, struct part **out, struct err *e)
{
	struct part *p = load_part_on(w, PART_GRAPH);
	struct whatif *what = arena_calloc(&p->arena, 1, sizeof(*what));
	const struct load_graph *g = load_data(w, PART_GRAPH);
	struct buf said = BUF_INIT;
	struct whatif_options o;
	bool ok;

	p->data = what;
	p->release = release;
	load_whatif_options(w, g->env->env, &o);
	o.messages = &said;
	ok = whatif_compute(what, &p->arena, &o, &w->request->steps, build_list(g, &p->arena),
			    g->n_modules, e);
	if (!ok && said.len && err_is_set(e))
		add_messages(e, said.data);
	buf_release(&said);
	return load_hand_over(p, ok, out);
}
