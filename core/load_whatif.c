#include "load_private.h"

#include "buf.h"
#include "goenv.h"
#include "modgraph.h"
#include "query.h"
#include "requirements.h"
#include "source.h"

/* One recomputation: a loader of its own, so that the graph on the screen stays as it is. */
struct run {
	struct load_work *w;
	const struct load_graph *g;
	struct source *source;
	struct modload *ml;
	struct buf messages;
	VEC(struct modver) roots;
	struct map direct;
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
						    : LOAD_STEP_UNREPLACE;
		lw->n_steps++;
	}
	return true;
}

static bool open_run(struct run *r, const struct load_whatif *lw, struct err *e)
{
	struct cancel *cancel = job_cancel(r->w->job);
	struct source_options so = { .env = r->g->env->env,
				     .offline = load_options(r->w->l)->offline,
				     .cancel = cancel,
				     .log = load_log(r->w->l) };
	struct modload_options mo = { .env = r->g->env->env,
				      .command = MODLOAD_GRAPH,
				      .cancel = cancel,
				      .messages = &r->messages };
	const char **ignored = xcalloc(lw->n_steps + 1, sizeof(*ignored));
	size_t n = 0;
	bool ok;

	for (size_t i = 0; i < lw->n_steps; i++)
		if (lw->steps[i].kind == LOAD_STEP_UNREPLACE)
			ignored[n++] = lw->steps[i].path;
	mo.ignore_replace = ignored;
	r->source = source_new(&so, e);
	mo.source = r->source;
	ok = r->source && modload_open(&r->ml, &mo, e);
	free(ignored);
	return ok;
}

static void take_roots(struct run *r)
{
	const struct requirements *rs = modload_requirements(r->ml);

	for (size_t i = 0; i < rs->n_roots; i++)
		vec_push(&r->roots, rs->roots[i]);
	for (size_t i = 0; i < rs->direct->n; i++)
		map_put(&r->direct, rs->direct->entries[i].key, rs->direct->entries[i].value);
}

static void drop_root(struct run *r, const char *path)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->roots.n; i++)
		if (!str_eq(r->roots.items[i].path, path))
			r->roots.items[kept++] = r->roots.items[i];
	r->roots.n = kept;
}

static void drop_root_version(struct run *r, const struct load_step *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->roots.n; i++)
		if (!str_eq(r->roots.items[i].path, s->path) ||
		    !str_eq(r->roots.items[i].version, s->version))
			r->roots.items[kept++] = r->roots.items[i];
	r->roots.n = kept;
	r->without = true;
}

static bool take_step(struct run *r, struct load_step *s, struct err *e)
{
	struct query_result q;

	if (s->kind == LOAD_STEP_UNREPLACE)
		return true;
	if (s->kind == LOAD_STEP_WITHOUT) {
		drop_root_version(r, s);
		return true;
	}
	if (s->kind == LOAD_STEP_UPGRADE || (s->kind == LOAD_STEP_PIN && s->version[0] != 'v')) {
		if (!query_version(r->ml, s->path, s->version[0] ? s->version : "upgrade", "",
				   QUERY_ALLOWED, &q, e))
			return false;
		s->version = arena_strdup(s->arena, q.version);
	}
	drop_root(r, s->path);
	if (s->kind != LOAD_STEP_DROP)
		vec_push(&r->roots, (struct modver){ s->path, s->version });
	return true;
}

static bool is_pinned(const struct load_whatif *lw, const char *path)
{
	for (size_t i = 0; i < lw->n_steps; i++)
		if ((lw->steps[i].kind == LOAD_STEP_PIN ||
		     lw->steps[i].kind == LOAD_STEP_UPGRADE) &&
		    str_eq(lw->steps[i].path, path))
			return true;
	return false;
}

static void add_delta(struct load_whatif *lw, struct load_delta d)
{
	/* A pin that does not help is worth a row. */
	if (str_eq(d.before, d.after) && !is_pinned(lw, d.path)) {
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

/* Repair lifts a root that is too low, so the main module then asks too: who needed it is another. */
static void set_forcer(struct run *r, const struct modgraph *mg, struct load_delta *d,
		       struct arena *a)
{
	const struct modtab *t = modload_tab(r->ml);
	uint32_t node = modtab_find(t, (struct modver){ d->path, d->after });
	size_t n, n_req;
	const uint32_t *order = modgraph_order(mg, &n);

	for (size_t i = 0; i < n; i++) {
		const uint32_t *req = modgraph_required(mg, order[i], &n_req);

		for (size_t k = 0; k < n_req && t->nodes[order[i]].mod.version[0]; k++) {
			if (req[k] != node)
				continue;
			d->by.path = arena_strdup(a, t->nodes[order[i]].mod.path);
			d->by.version = arena_strdup(a, t->nodes[order[i]].mod.version);
			return;
		}
	}
}

static void mark_pins(struct load_whatif *lw, struct load_delta *d)
{
	for (size_t i = 0; i < lw->n_steps; i++)
		if (lw->steps[i].kind != LOAD_STEP_DROP && lw->steps[i].version[0] &&
		    str_eq(lw->steps[i].path, d->path) &&
		    modtab_compare_versions(d->path, d->after, lw->steps[i].version) > 0)
			d->above_pin = true;
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
		mark_pins(lw, d);
		if (d->above_pin)
			set_forcer(r, mg, d, a);
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

static bool recompute(struct run *r, struct load_whatif *lw, struct arena *a, struct err *e)
{
	struct requirements *rs;
	const struct modgraph *mg = NULL;
	bool edited = false;

	r->lw = lw;
	take_roots(r);
	for (size_t i = 0; i < lw->n_steps; i++) {
		lw->steps[i].arena = a;
		edited = edited || lw->steps[i].kind != LOAD_STEP_UNREPLACE;
		if (!take_step(r, &lw->steps[i], e))
			return false;
	}
	rs = modload_requirements(r->ml);
	if (edited)
		rs = requirements_new(r->ml, rs->pruning, r->roots.items, r->roots.n, &r->direct);
	if (r->without ? !load_edited(r, rs, &mg, &lw->broken) && !mg
		       : !requirements_expand(r->ml, &rs, &mg, &lw->broken) && !mg)
		return err_move(e, &lw->broken);
	compare(r, lw, mg, a);
	count(lw);
	return true;
}

bool load_make_whatif(struct load_work *w, struct part **out, struct err *e)
{
	struct part *p = load_part_on(w, PART_GRAPH);
	struct load_whatif *lw = arena_calloc(&p->arena, 1, sizeof(*lw));
	struct run r = { .w = w, .g = load_data(w, PART_GRAPH), .messages = BUF_INIT };
	bool ok;

	p->data = lw;
	p->release = whatif_release;
	ok = parse_steps(lw, &p->arena, w->key, e) && open_run(&r, lw, e) &&
	     recompute(&r, lw, &p->arena, e);
	modload_free(r.ml);
	source_free(r.source);
	buf_release(&r.messages);
	for (size_t i = 0; i < r.lists.n; i++)
		free(r.lists.items[i]);
	vec_release(&r.lists);
	vec_release(&r.roots);
	map_release(&r.direct);
	if (ok)
		*out = p;
	else
		part_unref(p);
	return ok;
}
