#include "parts/load_private.h"

#include "gofiles/goenv.h"

static void env_release(void *data)
{
	struct load_env *le = data;

	goenv_free(le->env);
	findings_release(&le->findings);
}

static void env_findings(struct load_env *le)
{
	for (size_t i = 0; i < le->n_notes; i++) {
		const struct goenv_note *n = &le->notes[i];
		struct finding *f;

		if (!n->hazard)
			continue;
		f = finding_add(&le->findings, n->severity, "env/hazard", n->name, n->hazard);
		f->found = n->value;
		f->file = n->where;
		f->remedy = n->remedy ? n->remedy : "";
	}
}

bool load_make_env(struct load_work *w, struct part **out, struct err *e)
{
	struct goenv *env = goenv_new(&(struct goenv_options){ .dir = load_options(w->l)->dir }, e);
	struct load_env *le;
	struct part *p;

	if (!env)
		return false;
	p = part_new(w->request);
	le = arena_calloc(&p->arena, 1, sizeof(*le));
	le->env = env;
	le->findings.arena = &p->arena;
	goenv_explain(env, &p->arena, &le->notes, &le->n_notes);
	env_findings(le);
	p->data = le;
	p->release = env_release;
	*out = p;
	return true;
}
