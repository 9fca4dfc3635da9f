#include "parts/load_private.h"

#include "base/buf.h"
#include "gofiles/goenv.h"
#include "gofiles/gover.h"
#include "graph/modget.h"
#include "graph/modgraph.h"
#include "graph/query.h"
#include "graph/requirements.h"
#include "fetch/source.h"

/* One recomputation: a loader of its own, so that the graph on the screen stays as it is. */
struct run {
	struct load_work *w;
	const struct goenv *env;
	const struct load_graph *g; /* to compare with */
	struct source *source;
	struct modload *ml;
	struct buf messages;
	struct requirements *rs;
	VEC(struct modget_lowered) lowered; /* by all get steps, in their order */
	/* What nobody asks for any more. */
	const struct load_whatif *lw;
	bool without;
	VEC(uint32_t *) lists;
};

static void whatif_release(void *data)
{
	struct load_whatif *lw = data;

	err_release(&lw->broken);
}

/* Steps are lines: "drop PATH", "pin PATH VERSION", "upgrade PATH", "unreplace PATH". */
static bool parse_steps(struct load_whatif *lw, struct arena *a, const char *key, struct err *e)
{
	size_t max = 1;

	for (const char *p = key; *p; p++)
		max += *p == '\n';
	lw->steps = arena_calloc(a, max, sizeof(*lw->steps));
	while (*key) {
		struct load_step *s = &lw->steps[lw->n_steps];
		size_t len = strcspn(key, "\n");
		char *line = arena_strndup(a, key, len), *path = strchr(line, ' '), *version;

		key += len + (key[len] == '\n');
		if (!path)
			return err_set(e, ERR_USAGE, "no such step: %s", line);
		*path++ = '\0';
		version = strchr(path, ' ');
		if (version)
			*version++ = '\0';
		s->path = path;
		s->version = version ? version : "";
		s->kind = str_eq(line, "drop")	    ? LOAD_STEP_DROP
			  : str_eq(line, "pin")	    ? LOAD_STEP_PIN
			  : str_eq(line, "upgrade") ? LOAD_STEP_UPGRADE
			  : str_eq(line, "without") ? LOAD_STEP_WITHOUT
			  : str_eq(line, "get")	    ? LOAD_STEP_GET
						    : LOAD_STEP_UNREPLACE;
		lw->n_steps++;
	}
	return true;
}

static bool open_run(struct run *r, const struct load_whatif *lw, struct err *e)
{
	struct cancel *cancel = job_cancel(r->w->job);
	struct source_options so = { .env = r->env,
				     .offline = load_options(r->w->l)->offline,
				     .cancel = cancel,
				     .log = load_log(r->w->l) };
	struct modload_options mo = {
		.env = r->env, .command = MODLOAD_GRAPH, .cancel = cancel, .messages = &r->messages
	};
	const char **ignored = xcalloc(lw->n_steps + 1, sizeof(*ignored));
	size_t n = 0;
	bool ok;

	for (size_t i = 0; i < lw->n_steps; i++)
		if (lw->steps[i].kind == LOAD_STEP_UNREPLACE)
			ignored[n++] = lw->steps[i].path;
	mo.ignore_replace = ignored;
	r->source = source_new(&so);
	mo.source = r->source;
	ok = modload_open(&r->ml, &mo, e);
	free(ignored);
	return ok;
}

/* The roots less those that go, and one more. */
static void change_roots(struct run *r, const struct load_step *s, bool any_version,
			 const struct modver *add)
{
	VEC(struct modver) roots = { 0 };

	for (size_t i = 0; i < r->rs->n_roots; i++) {
		const struct modver *m = &r->rs->roots[i];

		if (!str_eq(m->path, s->path) || (!any_version && !str_eq(m->version, s->version)))
			vec_push(&roots, *m);
	}
	if (add)
		vec_push(&roots, *add);
	r->rs = requirements_new(r->ml, r->rs->pruning, roots.items, roots.n, r->rs->direct);
	vec_release(&roots);
}

/* Versions of go get are queries, also where they look like versions; a version that is named may be a retracted one. */
static bool resolve(struct run *r, struct load_step *s, const char *current, struct err *e)
{
	struct query_result q;
	const char *query = s->version[0] ? s->version : "upgrade";
	bool named = gover_mod_valid(s->path, s->version);
	enum query_allow allow = named ? QUERY_NOT_EXCLUDED : QUERY_ALLOWED;

	if (s->kind == LOAD_STEP_GET && str_eq(s->version, "none"))
		return true;
	if (s->kind == LOAD_STEP_PIN && named)
		return true;
	if (str_eq(query, "upgrade") || str_eq(query, "patch"))
		allow |= QUERY_CURRENT;
	if (!query_version(r->ml, s->path, query, current, allow, &q, e))
		return false;
	s->version = arena_strdup(s->arena, q.version);
	return true;
}

/* go get gives a go.mod without a go line one of today, with the pruning that belongs to it. */
static bool add_go_line(struct run *r, struct err *e)
{
	const struct main_module *mains;
	const char *go = modload_local_version(r->ml);

	if (!modload_mains(r->ml, &mains) || mains[0].go_version[0] || modload_gowork_file(r->ml) ||
	    str_eq(requirements_go_version(r->rs), go))
		return true;
	r->rs = requirements_override(r->ml, r->rs, &(struct modver){ "go", go }, 1);
	return requirements_convert(r->ml, r->rs, mod_pruning_for(go), &r->rs, e);
}

/* The go.mod that is written is read anew: with a newer go line, as one with pruning, however the edit came about. */
static struct requirements *read_anew(struct run *r, struct requirements *rs)
{
	enum mod_pruning pruning = mod_pruning_for(requirements_go_version(rs));

	if (pruning == rs->pruning)
		return rs;
	return requirements_new(r->ml, pruning, rs->roots, rs->n_roots, rs->direct);
}

static bool step_get(struct run *r, struct load_step *s, struct err *e)
{
	struct modget_result got = { 0 };
	const struct modgraph *mg;
	bool ok = add_go_line(r, e) && requirements_expand(r->ml, &r->rs, &mg, e) &&
		  resolve(r, s, modgraph_selected(mg, s->path), e) &&
		  modget_edit(r->ml, r->rs, &(struct modver){ s->path, s->version }, 1, &got, e);

	if (ok)
		r->rs = read_anew(r, got.rs);
	for (size_t i = 0; i < got.lowered.n; i++)
		vec_push(&r->lowered, got.lowered.items[i]);
	modget_release(&got);
	return ok;
}

static bool take_step(struct run *r, struct load_step *s, struct err *e)
{
	switch (s->kind) {
	case LOAD_STEP_UNREPLACE: return true;
	case LOAD_STEP_DROP: change_roots(r, s, true, NULL); return true;
	case LOAD_STEP_WITHOUT:
		change_roots(r, s, false, NULL);
		r->without = true;
		return true;
	case LOAD_STEP_PIN:
		if (!resolve(r, s, "", e))
			return false;
		change_roots(r, s, true, &(struct modver){ s->path, s->version });
		return true;
	case LOAD_STEP_UPGRADE:
	case LOAD_STEP_GET: return step_get(r, s, e);
	}
	return true;
}

/* The version that steps asked for last; NULL if none did. */
static const char *pinned_version(const struct load_whatif *lw, const char *path)
{
	for (size_t i = lw->n_steps; i-- > 0;)
		if (lw->steps[i].kind != LOAD_STEP_WITHOUT && lw->steps[i].version[0] &&
		    str_eq(lw->steps[i].path, path))
			return lw->steps[i].version;
	return NULL;
}

static void add_delta(struct load_whatif *lw, struct load_delta d)
{
	/* A pin that does not help is worth a row. */
	if (str_eq(d.before, d.after) && !pinned_version(lw, d.path)) {
		lw->n_unchanged++;
		return;
	}
	lw->deltas[lw->n_deltas++] = d;
}

/* The nearest of those who ask for the version that is selected afterwards. */
static void set_decider(struct run *r, const struct modgraph *mg, struct load_delta *d,
			struct arena *a)
{
	struct modtab *t = modload_tab(r->ml);
	uint32_t node = modtab_find(t, (struct modver){ d->path, d->after });
	const uint32_t *chain;
	size_t n;

	d->by = (struct modver){ "", "" };
	if (node == MODTAB_NONE)
		return;
	n = modgraph_chain(mg, node, a, &chain);
	if (n < 2)
		return;
	d->by.path = arena_strdup(a, t->nodes[chain[n - 2]].mod.path);
	d->by.version = arena_strdup(a, t->nodes[chain[n - 2]].mod.version);
}

/* All who ask for more than a pin. Repair lifts a root that is too low, so the main module then asks too: it is left out. */
static void set_keepers(struct run *r, const struct modgraph *mg, struct load_delta *d,
			const char *pin, struct arena *a)
{
	const struct modtab *t = modload_tab(r->ml);
	VEC(struct modver) list = { 0 };
	size_t n, n_req;
	const uint32_t *order = modgraph_order(mg, &n);

	for (size_t i = 0; i < n; i++) {
		const struct modver *from = &t->nodes[order[i]].mod;
		const uint32_t *req = modgraph_required(mg, order[i], &n_req);

		for (size_t k = 0; k < n_req && from->version[0]; k++) {
			if (!str_eq(t->nodes[req[k]].mod.path, d->path) ||
			    modtab_compare_versions(d->path, t->nodes[req[k]].mod.version, pin) <=
				    0)
				continue;
			vec_push(&list, (struct modver){ arena_strdup(a, from->path),
							 arena_strdup(a, from->version) });
			break;
		}
	}
	d->keepers = arena_memdup(a, list.items, list.n * sizeof(*list.items));
	d->n_keepers = list.n;
	if (list.n)
		d->by = list.items[0];
	vec_release(&list);
}

static void judge_pin(struct run *r, struct load_whatif *lw, const struct modgraph *mg,
		      struct load_delta *d, struct arena *a)
{
	const char *pin = pinned_version(lw, d->path);

	d->above_pin = pin && modtab_compare_versions(d->path, d->after, pin) > 0;
	if (d->above_pin)
		set_keepers(r, mg, d, pin, a);
}

static void set_lowered(const struct run *r, struct load_delta *d, struct arena *a)
{
	d->lowered = (struct modver){ "", "" };
	for (size_t i = 0; i < r->lowered.n; i++) {
		const struct modget_lowered *l = &r->lowered.items[i];

		if (str_eq(l->before.path, d->path) && !str_eq(l->because.path, d->path))
			d->lowered = (struct modver){ arena_strdup(a, l->because.path),
						      arena_strdup(a, l->because.version) };
	}
}

static void compare(struct run *r, struct load_whatif *lw, const struct modgraph *mg,
		    struct arena *a)
{
	struct modtab *t = modload_tab(r->ml);
	size_t n;
	const uint32_t *list = modgraph_build_list(mg, &n);

	lw->deltas = arena_calloc(a, r->g->n_modules + n + 1, sizeof(*lw->deltas));
	for (size_t i = 0; i < r->g->n_modules; i++) {
		const struct load_module *m = &r->g->modules[i];
		const char *after = modgraph_selected(mg, m->path);

		if (m->kind != LOAD_MAIN)
			add_delta(lw,
				  (struct load_delta){ .path = m->path,
						       .before = m->version,
						       .after = str_eq(after, "none")
									? ""
									: arena_strdup(a, after) });
	}
	for (size_t i = 0; i < n; i++) {
		const struct modver *m = &t->nodes[list[i]].mod;

		if (!load_graph_module(r->g, m->path))
			add_delta(lw, (struct load_delta){ .path = arena_strdup(a, m->path),
							   .before = "",
							   .after = arena_strdup(a, m->version) });
	}
	for (size_t i = 0; i < lw->n_deltas; i++) {
		struct load_delta *d = &lw->deltas[i];

		if (d->after[0])
			set_decider(r, mg, d, a);
		else
			d->by = (struct modver){ "", "" };
		judge_pin(r, lw, mg, d, a);
		set_lowered(r, d, a);
	}
}

static void count(struct load_whatif *lw)
{
	for (size_t i = 0; i < lw->n_deltas; i++) {
		const struct load_delta *d = &lw->deltas[i];
		int c = d->before[0] && d->after[0]
				? modtab_compare_versions(d->path, d->after, d->before)
				: 0;

		lw->n_gone += !d->after[0];
		lw->n_new += !d->before[0];
		lw->n_up += c > 0;
		lw->n_down += c < 0;
	}
}

static bool is_without(const struct run *r, struct modver m)
{
	for (size_t i = 0; i < r->lw->n_steps; i++) {
		const struct load_step *s = &r->lw->steps[i];

		if (s->kind == LOAD_STEP_WITHOUT && str_eq(s->path, m.path) &&
		    str_eq(s->version, m.version))
			return true;
	}
	return false;
}

/* modgraph_edit: a go.mod file less the requirements that are thought away. */
static bool edit_requirements(void *ctx, uint32_t node, const uint32_t **require, size_t *n)
{
	struct run *r = ctx;
	const struct modtab *t = modload_tab(r->ml);
	uint32_t *list;
	size_t kept = 0, gone = 0;

	(void)node;
	for (size_t i = 0; i < *n; i++)
		gone += is_without(r, t->nodes[(*require)[i]].mod);
	if (!gone)
		return false;
	list = xreallocarray(NULL, *n, sizeof(*list));
	for (size_t i = 0; i < *n; i++)
		if (!is_without(r, t->nodes[(*require)[i]].mod))
			list[kept++] = (*require)[i];
	vec_push(&r->lists, list);
	*require = list;
	*n = kept;
	return true;
}

static bool load_edited(struct run *r, const struct requirements *rs, const struct modgraph **mg,
			struct err *e)
{
	struct modgraph_edit edit = { edit_requirements, r };
	struct modgraph *made;
	bool ok = modgraph_load(r->ml, rs->pruning, rs->root_nodes, rs->n_roots, &edit, &made, e);

	modload_take_graph(r->ml, made);
	*mg = made;
	return ok;
}

static bool take_steps(struct run *r, struct load_whatif *lw, struct arena *a, struct err *e)
{
	r->lw = lw;
	r->rs = modload_requirements(r->ml);
	for (size_t i = 0; i < lw->n_steps; i++) {
		lw->steps[i].arena = a;
		if (!take_step(r, &lw->steps[i], e))
			return false;
	}
	return true;
}

static bool recompute(struct run *r, struct load_whatif *lw, struct arena *a, struct err *e)
{
	const struct modgraph *mg = NULL;

	if (!take_steps(r, lw, a, e))
		return false;
	if (r->without ? !load_edited(r, r->rs, &mg, &lw->broken) && !mg
		       : !requirements_expand(r->ml, &r->rs, &mg, &lw->broken) && !mg)
		return err_move(e, &lw->broken);
	compare(r, lw, mg, a);
	count(lw);
	return true;
}

static void close_run(struct run *r)
{
	modload_free(r->ml);
	source_free(r->source);
	buf_release(&r->messages);
	for (size_t i = 0; i < r->lists.n; i++)
		free(r->lists.items[i]);
	vec_release(&r->lists);
	vec_release(&r->lowered);
}

static void take_roots(const struct run *r, struct arena *a, struct load_roots *out)
{
	struct modver *roots = arena_calloc(a, r->rs->n_roots + 1, sizeof(*roots));
	const char **direct = arena_calloc(a, r->rs->direct->n + 1, sizeof(*direct));

	for (size_t i = 0; i < r->rs->n_roots; i++)
		roots[i] = (struct modver){ arena_strdup(a, r->rs->roots[i].path),
					    arena_strdup(a, r->rs->roots[i].version) };
	for (size_t i = 0; i < r->rs->direct->n; i++)
		direct[i] = arena_strdup(a, r->rs->direct->entries[i].key);
	out->roots = roots;
	out->n = r->rs->n_roots;
	out->direct = direct;
	out->pruning = r->rs->pruning;
}

bool load_whatif_roots(struct load_work *w, const struct goenv *env, struct arena *a,
		       const char *steps, struct load_roots *out, struct err *e)
{
	struct load_whatif lw = { 0 };
	struct run r = { .w = w, .env = env, .messages = BUF_INIT };
	const char **ignored;
	size_t n = 0;
	bool ok = parse_steps(&lw, a, steps, e) && open_run(&r, &lw, e) &&
		  take_steps(&r, &lw, a, e);

	if (ok)
		take_roots(&r, a, out);
	out->unreplaced = ignored = arena_calloc(a, lw.n_steps + 1, sizeof(*ignored));
	for (size_t i = 0; i < lw.n_steps; i++)
		if (lw.steps[i].kind == LOAD_STEP_UNREPLACE)
			ignored[n++] = lw.steps[i].path;
	close_run(&r);
	return ok;
}

bool load_make_whatif(struct load_work *w, struct part **out, struct err *e)
{
	struct part *p = load_part_on(w, PART_GRAPH);
	struct load_whatif *lw = arena_calloc(&p->arena, 1, sizeof(*lw));
	const struct load_graph *g = load_data(w, PART_GRAPH);
	struct run r = { .w = w, .env = g->env->env, .g = g, .messages = BUF_INIT };
	bool ok;

	p->data = lw;
	p->release = whatif_release;
	ok = parse_steps(lw, &p->arena, w->key, e) && open_run(&r, lw, e) &&
	     recompute(&r, lw, &p->arena, e);
	close_run(&r);
	if (ok)
		*out = p;
	else
		part_unref(p);
	return ok;
}
