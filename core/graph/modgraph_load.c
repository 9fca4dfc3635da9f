#include "graph/modgraph_load.h"

#include "base/buf.h"
#include "gofiles/gover.h"

struct item {
	uint32_t node;
	enum pruning mode;
};

struct loading {
	struct modload *ml;
	struct modgraph *mg;
	const struct modgraph_load_edit *edit;
	const uint8_t *unprune; /* by node */
	size_t n_unprune;
	VEC(struct item) queue;
	size_t head;
	bool failed;
	VEC(uint32_t) batch;
};

/* A node reached in another pruning mode is expanded again: more of its requirements may count. */
static void enqueue(struct loading *l, uint32_t node, enum pruning mode)
{
	if (!str_eq(l->mg->tab->nodes[node].mod.version, "none") &&
	    modgraph_mark(l->mg, node, mode))
		vec_push(&l->queue, (struct item){ node, mode });
}

static bool is_pruned(const struct loading *l, uint32_t node, const struct modload_summary *s)
{
	enum pruning p = s->pruned ? PRUNING_PRUNED : PRUNING_UNPRUNED;

	if (l->edit && l->edit->pruning)
		p = l->edit->pruning(l->edit->ctx, node, p);
	return p == PRUNING_PRUNED;
}

static void expand(struct loading *l, struct item it)
{
	const struct modload_summary *s = modload_summary_node(l->ml, it.node);
	enum pruning next;
	const uint32_t *require;
	bool pruned;
	size_t n;

	if (!s) {
		modgraph_mark_failed(l->mg, it.node);
		l->failed = true;
		return;
	}
	require = s->require;
	n = s->n_require;
	if (!modgraph_is_read(l->mg, it.node)) {
		if (l->edit)
			l->edit->require(l->edit->ctx, it.node, &require, &n);
		modgraph_require(l->mg, it.node, require, n);
	} else {
		require = modgraph_required(l->mg, it.node, &n);
	}
	pruned = is_pruned(l, it.node, s);
	next = it.mode == PRUNING_UNPRUNED || !pruned ? PRUNING_UNPRUNED : PRUNING_PRUNED;
	if (it.mode == PRUNING_PRUNED && pruned && !l->n_unprune)
		return;
	for (size_t i = 0; i < n; i++)
		if (it.mode != PRUNING_PRUNED || !pruned ||
		    (require[i] < l->n_unprune && l->unprune[require[i]]))
			enqueue(l, require[i], next);
}

static void drain(struct loading *l)
{
	while (l->head < l->queue.n) {
		size_t end = l->queue.n;

		l->batch.n = 0;
		for (size_t i = l->head; i < end; i++)
			vec_push(&l->batch, l->queue.items[i].node);
		modload_prefetch(l->ml, l->batch.items, l->batch.n);
		while (l->head < end)
			expand(l, l->queue.items[l->head++]);
	}
}

/* The nodes to load next in a workspace: the selected versions of members' dependencies (readModGraph's hasDepsInAll). */
static bool deps_round(struct loading *l, uint8_t **in_all, uint8_t **seen, size_t *cap_paths,
		       size_t *cap_nodes)
{
	const struct modtab *t = l->mg->tab;
	size_t n_paths = *cap_paths;
	bool more = false;

	l->batch.n = 0;
	for (uint32_t p = 0; p < n_paths; p++) {
		uint32_t m = (*in_all)[p] ? modgraph_selected_node(l->mg, p) : MODTAB_NONE;
		const uint32_t *reqs;
		size_t n;

		if (m == MODTAB_NONE)
			continue;
		if (!(*seen)[m]) {
			vec_push(&l->batch, m);
			continue;
		}
		reqs = modgraph_required(l->mg, m, &n);
		for (size_t i = 0; i < n; i++) {
			const struct modtab_node *r = &t->nodes[reqs[i]];
			uint32_t s = modgraph_selected_node(l->mg, r->path);

			if (s != MODTAB_NONE && !(*seen)[s] &&
			    gover_mod_compare(r->mod.path, t->nodes[s].mod.version,
					      r->mod.version) > 0)
				vec_push(&l->batch, s);
		}
	}
	more = l->batch.n > 0;
	for (size_t i = 0; i < l->batch.n; i++) {
		uint32_t m = l->batch.items[i];

		(*seen)[m] = 1;
		(*in_all)[t->nodes[m].path] = 1;
		enqueue(l, m, PRUNING_WORKSPACE);
	}
	drain(l);
	*in_all = xrealloc(*in_all, t->n_paths);
	memset(*in_all + *cap_paths, 0, t->n_paths - *cap_paths);
	*cap_paths = t->n_paths;
	*seen = xrealloc(*seen, t->n_nodes);
	memset(*seen + *cap_nodes, 0, t->n_nodes - *cap_nodes);
	*cap_nodes = t->n_nodes;
	return more;
}

static void load_deps_in_all(struct loading *l, const uint32_t *roots, size_t n)
{
	const struct modtab *t = l->mg->tab;
	size_t cap_paths = t->n_paths, cap_nodes = t->n_nodes;
	uint8_t *in_all = xcalloc(cap_paths, 1), *seen = xcalloc(cap_nodes, 1);

	for (size_t i = 0; i < n; i++)
		in_all[t->nodes[roots[i]].path] = 1;
	while (deps_round(l, &in_all, &seen, &cap_paths, &cap_nodes))
		;
	free(in_all);
	free(seen);
}

const struct modload_failure *modgraph_load_failure(struct modload *ml, const struct modgraph *mg,
						    uint32_t *node)
{
	*node = modgraph_first_failed(mg);
	return *node == MODTAB_NONE ? NULL : modload_failure(ml, *node);
}

/* mvs.BuildListError: the chain to the failed module; leading modules without a version are omitted. */
static bool report(struct loading *l, struct err *e)
{
	struct arena a = ARENA_INIT;
	const uint32_t *chain;
	uint32_t bad;
	size_t n, from = 0;
	const struct modload_failure *f;
	struct buf b = BUF_INIT;

	if (err_is_set(modproject_fatal(modload_project(l->ml))))
		return err_copy(e, modproject_fatal(modload_project(l->ml))), false;
	f = modgraph_load_failure(l->ml, l->mg, &bad);
	if (!f)
		return err_set(e, ERR_SYS, "a go.mod file could not be read");
	n = modgraph_chain(l->mg, bad, &a, &chain);
	while (from < n && !*l->mg->tab->nodes[chain[from]].mod.version)
		from++;
	for (; from + 1 < n; from++) {
		buf_add_modver(&b, l->mg->tab->nodes[chain[from]].mod);
		buf_addstr(&b, " requires\n\t");
	}
	if (from < n)
		modload_failure_text(f, l->mg->tab->nodes[bad].mod, &b);
	else
		buf_addstr(&b, f->err.text);
	err_set(e, f->err.code, "%s", b.data);
	if (f->err.file)
		err_at(e, f->err.file, f->err.line, f->err.column);
	buf_release(&b);
	arena_release(&a);
	return false;
}

static bool load_graph(struct loading *l, enum pruning pruning, const uint32_t *roots, size_t n,
		       struct modgraph **mg, struct err *e)
{
	struct modload *ml = l->ml;
	const struct modproject_main *mains;
	bool ok;

	modproject_mains(modload_project(ml), &mains);
	if (pruning == PRUNING_WORKSPACE) {
		l->mg = modgraph_new(modload_tab(ml), roots, n);
	} else {
		uint32_t *copy = arena_memdup(modload_arena(ml), roots, n * sizeof(*roots));

		l->mg = modgraph_new(modload_tab(ml), &mains[0].node, 1);
		modgraph_require(l->mg, mains[0].node, copy, n);
	}
	for (size_t i = 0; i < n; i++)
		enqueue(l, roots[i], pruning);
	drain(l);
	if (pruning == PRUNING_WORKSPACE)
		load_deps_in_all(l, roots, n);
	*mg = l->mg;
	modproject_tell_sums(modload_project(ml));
	ok = !l->failed;
	if (cancel_is_set(modproject_cancel(modload_project(ml))))
		ok = err_set(e, ERR_CANCELLED, "cancelled");
	else if (!ok)
		report(l, e);
	vec_release(&l->queue);
	vec_release(&l->batch);
	return ok;
}

bool modgraph_load(struct modload *ml, enum pruning pruning, const uint32_t *roots, size_t n,
		   const struct modgraph_load_edit *edit, struct modgraph **mg, struct err *e)
{
	return load_graph(&(struct loading){ .ml = ml, .edit = edit }, pruning, roots, n, mg, e);
}

bool modgraph_load_more(struct modload *ml, enum pruning pruning, const uint32_t *roots, size_t n,
			const uint8_t *unprune, size_t n_unprune, struct modgraph **mg,
			struct err *e)
{
	struct loading l = { .ml = ml, .unprune = unprune, .n_unprune = n_unprune };

	return load_graph(&l, pruning, roots, n, mg, e);
}

static void release_graph(void *object)
{
	modgraph_free(object);
}

void modgraph_load_keep(struct modload *ml, struct modgraph *mg)
{
	modload_keep(ml, mg, release_graph);
}
