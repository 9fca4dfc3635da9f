#include "compare/compare_impl.h"

#include "gofiles/gover.h"

static const char *key_of(struct arena *a, struct modver m)
{
	return arena_fmt(a, "%s@%s", m.path, m.version);
}

static const char *text(const char *s)
{
	return s ? s : "";
}

/* A line with the same key is a changed form of this one. */
static const char *key_of_line(struct arena *a, const struct compare_line *l)
{
	bool versions = l->kind == COMPARE_REPLACE || l->kind == COMPARE_EXCLUDE;
	bool named = versions || l->kind == COMPARE_REQUIRE || l->kind == COMPARE_USE;

	return arena_fmt(a, "%d %s\n%s\n%s", (int)l->kind, l->file, named ? l->mod.path : "",
			 versions ? text(l->mod.version) : "");
}

static void index_nodes(struct compare_index *x, struct arena *a)
{
	for (uint32_t i = 0; i < x->side->n_nodes; i++) {
		const struct compare_node *n = &x->side->nodes[i];
		struct map_entry *entry;
		struct compare_index_path *list;

		if (!n->there)
			continue;
		map_put(&x->nodes, key_of(a, n->mod), (void *)(uintptr_t)n);
		entry = map_entry(&x->paths, n->mod.path, strlen(n->mod.path), NULL);
		if (!entry->value)
			entry->value = arena_calloc(a, 1, sizeof(*list));
		list = entry->value;
		arena_vec_push(a, &list->nodes, i);
	}
}

static void index_requirement(struct compare_index *x, struct arena *a,
			      const struct compare_line *l)
{
	struct map_entry *entry = map_entry(&x->asks, l->main, strlen(l->main), NULL);
	struct compare_index_lines *asks;

	if (!entry->value)
		entry->value = arena_calloc(a, 1, sizeof(*asks));
	asks = entry->value;
	arena_vec_push(a, &asks->list, l);
	if (!l->replacement)
		map_put(&x->roots, l->mod.path, x);
}

static void index_line(struct compare_index *x, struct arena *a, size_t i)
{
	const struct compare_line *l = &x->side->lines[i];
	struct map_entry *entry;

	x->keys[i] = key_of_line(a, l);
	entry = map_entry(&x->lines, x->keys[i], strlen(x->keys[i]), NULL);
	if (!entry->value)
		entry->value = (void *)(uintptr_t)l;
	arena_vec_push(a, &x->kinds[l->kind].list, l);
	if (l->kind == COMPARE_REQUIRE)
		index_requirement(x, a, l);
}

struct compare_index *compare_index_new(struct arena *a, const struct compare_side *side)
{
	struct compare_index *x = arena_calloc(a, 1, sizeof(*x));

	x->side = side;
	x->seen = arena_calloc(a, side->n_nodes + 1, 1);
	x->passed = arena_calloc(a, side->n_nodes + 1, sizeof(*x->passed));
	x->keys = arena_calloc(a, side->n_lines + 1, sizeof(*x->keys));
	index_nodes(x, a);
	for (size_t i = 0; i < side->n_lines; i++)
		index_line(x, a, i);
	return x;
}

void compare_index_release(struct compare_index *x)
{
	map_release(&x->nodes);
	map_release(&x->paths);
	map_release(&x->asks);
	map_release(&x->roots);
	map_release(&x->lines);
}

/* Lines */

static const struct modver any = { NULL, NULL };

static bool same_mod(struct modver x, struct modver y)
{
	return str_eq(text(x.path), text(y.path)) && str_eq(text(x.version), text(y.version));
}

static bool same_line(const struct compare_line *x, const struct compare_line *y)
{
	return same_mod(x->mod, y->mod) && same_mod(x->to, y->to) && x->indirect == y->indirect;
}

static const struct compare_line *twin_of(const struct compare_index *other,
					  const struct compare_index *in,
					  const struct compare_line *line)
{
	return map_get(&other->lines, in->keys[line - in->side->lines]);
}

void compare_causes_add(struct compare_change *ch, struct arena *a, struct compare_cause cause)
{
	for (size_t i = 0; i < ch->n_causes; i++) {
		const struct compare_cause *c = &ch->causes[i];

		if (c->was == cause.was && c->is == cause.is &&
		    same_mod(c->requirer, cause.requirer))
			return;
	}
	if (ch->n_causes % 8 == 0) {
		struct compare_cause *more = arena_calloc(a, ch->n_causes + 8, sizeof(*ch->causes));

		if (ch->n_causes)
			memcpy(more, ch->causes, ch->n_causes * sizeof(*more));
		ch->causes = more;
	}
	ch->causes[ch->n_causes++] = cause;
}

/* Of `in`, if it differs from the other side's. */
static void add_line(struct compare_change *ch, struct arena *a, const struct compare_index *in,
		     const struct compare_index *other, bool newer, const struct compare_line *line)
{
	const struct compare_line *twin = twin_of(other, in, line);

	if (twin && same_line(twin, line))
		return;
	compare_causes_add(ch, a,
			   (struct compare_cause){
				   newer ? twin : line, newer ? line : twin, { 0 } });
}

/* A line without a version applies to all. */
static bool is_about(const struct compare_line *l, unsigned kinds, struct modver about)
{
	const char *version = text(l->mod.version);

	return (kinds & (1u << l->kind)) && (!about.path || str_eq(l->mod.path, about.path)) &&
	       (!about.version || !*version || str_eq(version, about.version));
}

static void add_lines(struct compare_change *ch, struct arena *a, const struct compare_index *in,
		      const struct compare_index *other, bool newer, unsigned kinds,
		      struct modver about)
{
	for (unsigned k = 0; k < COMPARE_LINES; k++)
		for (size_t i = 0; (kinds & (1u << k)) && i < in->kinds[k].list.n; i++)
			if (is_about(in->kinds[k].list.items[i], kinds, about))
				add_line(ch, a, in, other, newer, in->kinds[k].list.items[i]);
}

void compare_causes_of_lines(struct compare_change *ch, struct arena *a,
			     const struct compare_index *was, const struct compare_index *is,
			     unsigned kinds, struct modver about)
{
	add_lines(ch, a, is, was, true, kinds, about);
	add_lines(ch, a, was, is, false, kinds, about);
}

/* The walk from a version up to the lines of the main modules */

struct walk {
	struct compare_change *ch;
	struct arena *a;
	struct compare_index *in, *other;
	const char *path, *floor; /* consider only its versions above the floor */
	bool newer;
	struct map *
		superseded; /* paths whose increase on the other side was reported; NULL: not searched */
	ARENA_VEC(uint32_t) queue;
};

static void lines_about(struct walk *w, unsigned kinds, struct modver about)
{
	compare_causes_of_lines(w->ch, w->a, w->newer ? w->other : w->in,
				w->newer ? w->in : w->other, kinds, about);
}

static void push(struct walk *w, uint32_t node, enum compare_reach reach)
{
	if (w->in->seen[node] >= reach)
		return;
	w->in->seen[node] = reach;
	arena_vec_push(w->a, &w->queue, node);
}

static const struct compare_index_fact *fact_of(const struct walk *w, const struct compare_node *n)
{
	return &w->in->facts[n - w->in->side->nodes];
}

/* A line that requires no more than the other side has: other requirers cause the higher version. */
static bool is_low(const struct walk *w, struct modver m)
{
	return str_eq(m.path, w->path) && *w->floor &&
	       gover_mod_compare(m.path, m.version, w->floor) <= 0;
}

/* Lines in the project's go.mod files: of main modules, and of directories that replace others. *hidden: a line other than a
 * requirement decides, so the requirer may be there for another reason on the other side. */
static void lines_requiring(struct walk *w, const struct compare_index_fact *f,
			    const struct compare_node *from, const struct compare_node *to,
			    bool *hidden)
{
	size_t n;

	for (size_t i = 0; f->asks && i < f->asks->list.n; i++) {
		const struct compare_line *l = f->asks->list.items[i];

		if (str_eq(l->mod.path, to->mod.path) && !is_low(w, l->mod))
			add_line(w->ch, w->a, w->in, w->other, w->newer, l);
	}
	n = w->ch->n_causes;
	if (fact_of(w, to)->excluded)
		lines_about(w, 1u << COMPARE_EXCLUDE, to->mod);
	if (from->mod.version[0] && f->replaced)
		lines_about(w, 1u << COMPARE_REPLACE, from->mod);
	else if (!from->mod.version[0] && !f->twin)
		lines_about(w, 1u << COMPARE_USE, any);
	*hidden = w->ch->n_causes > n;
}

static bool is_pruned(const struct compare_line *go)
{
	return go && gover_compare(go->mod.version, "1.17") >= 0;
}

/* The graph behind a module at go 1.17 or newer is pruned: raising its go line to that hides requirements. */
static void pruning(struct walk *w)
{
	const struct compare_side *other = w->other->side;

	for (size_t i = 0; i < other->n_lines; i++) {
		const struct compare_line *l = &other->lines[i];

		if (l->kind == COMPARE_GO && is_pruned(l) &&
		    !is_pruned(twin_of(w->in, w->other, l)))
			add_line(w->ch, w->a, w->other, w->in, !w->newer, l);
	}
}

/* A line with the module, even at a lower version, makes it a root, whose requirements are read. */
static void lines_rooting(struct walk *w, struct compare_index_path *known, const char *path)
{
	const struct compare_index_lines *all = &w->in->kinds[COMPARE_REQUIRE];

	if (known && known->rooted == w->in->walk)
		return;
	if (known)
		known->rooted = w->in->walk;
	for (size_t i = 0; i < all->list.n; i++) {
		const struct compare_line *l = all->list.items[i];

		if (!l->replacement && str_eq(l->mod.path, path))
			add_line(w->ch, w->a, w->in, w->other, w->newer, l);
	}
}

static bool requirer_is_new(const struct walk *w, const struct compare_node *n)
{
	const struct compare_node *twin = fact_of(w, n)->twin;

	return n->mod.version[0] && !(twin && twin->read);
}

static void name_requirers(struct walk *w, const struct compare_node *to)
{
	const struct compare_side *side = w->in->side;

	for (uint32_t i = 0; i < to->n_requirers; i++) {
		const struct compare_node *from = &side->nodes[side->requirers[to->first + i]];

		if (requirer_is_new(w, from))
			compare_causes_add(w->ch, w->a,
					   (struct compare_cause){ .requirer = from->mod });
	}
}

static void start(struct walk *w, const char *path)
{
	const struct compare_index_path *list = map_get(&w->in->paths, path);
	const struct compare_side *side = w->in->side;

	for (size_t i = 0; list && i < list->nodes.n; i++) {
		const struct compare_node *n = &side->nodes[list->nodes.items[i]];

		if (is_low(w, n->mod))
			continue;
		if (!n->mod.version[0]) /* a main module */
			lines_about(w, 1u << COMPARE_USE, any);
		push(w, list->nodes.items[i], COMPARE_ASKED);
		if (w->superseded) /* otherwise it did not change */
			name_requirers(w, n);
	}
}

const struct compare_module *compare_find_module(const struct compare_side *side, const char *path)
{
	size_t low = 0, high = side->n_modules;

	while (low < high) {
		size_t mid = (low + high) / 2;
		int c = strcmp(side->modules[mid].path, path);

		if (c == 0)
			return &side->modules[mid];
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static const char *selected(const struct compare_side *side, const char *path)
{
	const struct compare_module *m = compare_find_module(side, path);

	return m ? m->version : "";
}

/* If a root's line is restored, the next lower required version is read instead. */
static void rivals(struct walk *w, uint32_t node, enum compare_reach reach)
{
	const struct compare_index_fact *f = &w->in->facts[node];
	const char *path = w->in->side->nodes[node].mod.path;
	struct compare_index_path *list = f->path;

	if (!list || !f->root || list->rivals[reach] == w->in->walk)
		return;
	list->rivals[reach] = w->in->walk;
	for (size_t i = 0; i < list->nodes.n; i++) {
		const struct compare_node *n = &w->in->side->nodes[list->nodes.items[i]];

		if (gover_mod_compare(path, n->mod.version, f->other) > 0)
			push(w, list->nodes.items[i], reach);
	}
}

static void walk_up(struct walk *w);

/* The lower version of a root that the other side has at a higher one is not read there: what raised it is a cause too. */
static void superseding(struct walk *w, struct modver m, const char *v)
{
	struct walk up = {
		.ch = w->ch,
		.a = w->a,
		.in = w->other,
		.other = w->in,
		.path = m.path,
		.floor = m.version,
		.newer = !w->newer,
	};

	if (w->superseded && *v && gover_mod_compare(m.path, v, m.version) > 0 &&
	    map_put(w->superseded, m.path, NULL))
		walk_up(&up);
}

static void requires(struct walk *w, uint32_t from, const struct compare_node *to,
		     enum compare_reach reach)
{
	const struct compare_node *n = &w->in->side->nodes[from];
	const struct compare_index_fact *f = &w->in->facts[from];
	bool hidden;

	lines_requiring(w, f, n, to, &hidden);
	if (!n->mod.version[0] || (f->twin && f->twin->read && !hidden && reach == COMPARE_ASKED))
		return;
	if (f->root && !f->other_root)
		lines_rooting(w, f->path, n->mod.path);
	if (w->in->passed[from] != w->in->walk)
		superseding(w, n->mod, f->other);
	w->in->passed[from] = w->in->walk;
	rivals(w, from, reach);
	push(w, from, hidden || (f->twin && !f->twin->read) ? COMPARE_READ : reach);
}

static bool has_line_about(const struct compare_index *x, enum compare_line_kind kind,
			   const char *path)
{
	for (size_t i = 0; i < x->kinds[kind].list.n; i++)
		if (str_eq(x->kinds[kind].list.items[i]->mod.path, path))
			return true;
	return false;
}

static void learn(struct compare_index *in, const struct compare_index *other, struct arena *a)
{
	if (in->other == other)
		return;
	in->other = other;
	in->facts = arena_calloc(a, in->side->n_nodes + 1, sizeof(*in->facts));
	for (size_t i = 0; i < in->side->n_nodes; i++) {
		struct modver m = in->side->nodes[i].mod;

		in->facts[i] = (struct compare_index_fact){
			.twin = map_get(&other->nodes, key_of(a, m)),
			.other = selected(other->side, m.path),
			.path = map_get(&in->paths, m.path),
			.asks = map_get(&in->asks, m.path),
			.root = map_has(&in->roots, m.path),
			.other_root = map_has(&other->roots, m.path),
			.excluded = has_line_about(in, COMPARE_EXCLUDE, m.path) ||
				    has_line_about(other, COMPARE_EXCLUDE, m.path),
			.replaced = has_line_about(in, COMPARE_REPLACE, m.path) ||
				    has_line_about(other, COMPARE_REPLACE, m.path),
		};
	}
}

static void walk_up(struct walk *w)
{
	const struct compare_side *side = w->in->side;

	learn(w->in, w->other, w->a);
	memset(w->in->seen, 0, side->n_nodes);
	w->in->walk++;
	start(w, w->path);
	for (size_t i = 0; i < w->queue.n; i++) {
		const struct compare_node *n = &side->nodes[w->queue.items[i]];
		enum compare_reach reach = w->in->seen[w->queue.items[i]];

		for (uint32_t k = 0; k < n->n_requirers; k++)
		requires(w, side->requirers[n->first + k], n, reach);
	}
	if (w->queue.n)
		pruning(w);
}

void compare_causes_of_version(struct compare_change *ch, struct arena *a, struct compare_index *in,
			       struct compare_index *other, const char *floor, bool in_is_newer)
{
	struct map superseded = MAP_INIT;
	struct walk w = { .ch = ch,
			  .a = a,
			  .in = in,
			  .other = other,
			  .path = ch->path,
			  .floor = floor,
			  .newer = in_is_newer,
			  .superseded = &superseded };

	walk_up(&w);
	map_release(&superseded);
}
