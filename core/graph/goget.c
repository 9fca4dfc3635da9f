#include "graph/goget.h"

#include "base/buf.h"
#include "graph/disqualify.h"
#include "graph/modgraph_load.h"
#include "gofiles/gover.h"
#include "graph/mvs.h"
#include "graph/query.h"

/* edit.go's variables; requested versions and roots are by path number, NULL if there is none. */
struct edit {
	struct modload *ml;
	struct modtab *t;
	struct requirements *orig;
	const struct modgraph *orig_mg;
	enum pruning pruning;
	const char **requested, **root;
	size_t n_paths;
	VEC(struct modver) roots;
	VEC(uint8_t) rejected, extended; /* by node; extended: as disqualify.roots */
	const struct modgraph *mg;
	struct disqualify dq;
	bool dirty;
	struct buf conflicts;
	const struct getwords **words; /* by path: of the requests */
	struct goget_result *r;
};

void goget_release(struct goget_result *r)
{
	vec_release(&r->lowered);
}

void goget_warn(struct goget_warnings list, struct buf *out)
{
	const char *path = NULL;

	for (size_t i = 0; i < list.n; i++) {
		const struct goget_warning *w = &list.items[i];

		if (!w->retracted) {
			buf_addf(out, "go: module %s is deprecated: %s\n", w->mod.path, w->text);
			continue;
		}
		buf_addf(out, "go: warning: %s@%s: %s\n", w->mod.path, w->mod.version, w->text);
		path = path ? "<module>" : w->mod.path;
	}
	if (path)
		buf_addf(
			out,
			"go: to switch to the latest unretracted version, run:\n\tgo get %s@latest\n",
			path);
}

static void cover_paths(struct edit *x)
{
	size_t n = x->t->n_paths;

	if (n <= x->n_paths)
		return;
	x->requested = xreallocarray(x->requested, n, sizeof(*x->requested));
	x->root = xreallocarray(x->root, n, sizeof(*x->root));
	x->words = xreallocarray(x->words, n, sizeof(*x->words));
	for (; x->n_paths < n; x->n_paths++) {
		x->requested[x->n_paths] = x->root[x->n_paths] = NULL;
		x->words[x->n_paths] = NULL;
	}
}

static uint32_t node_of(struct edit *x, struct modver m)
{
	uint32_t node = modtab_node(x->t, m);

	cover_paths(x);
	while (x->rejected.n < x->t->n_nodes)
		vec_push(&x->rejected, 0);
	while (x->extended.n < x->t->n_nodes)
		vec_push(&x->extended, 0);
	x->dq.roots = x->extended.items;
	x->dq.n_roots = x->extended.n;
	return node;
}

static const struct modver *mod(const struct edit *x, uint32_t node)
{
	return &x->t->nodes[node].mod;
}

static const char *requested_version(const struct edit *x, uint32_t node)
{
	uint32_t path = x->t->nodes[node].path;

	return path < x->n_paths ? x->requested[path] : NULL;
}

static bool exceeds_request(const struct edit *x, uint32_t node)
{
	const char *requested = requested_version(x, node);

	return requested &&
	       gover_mod_compare(mod(x, node)->path, mod(x, node)->version, requested) > 0;
}

static const char *failure_text(const struct edit *x, uint32_t node)
{
	const struct modload_failure *f = modload_failure(x->ml, node);
	struct modver m = *mod(x, node);

	if (!f || !f->err.text)
		return "its go.mod cannot be read";
	/* go's UnwrapModuleError leaves out only the name of the module itself */
	if (!f->module_error ||
	    (str_eq(f->actual.path, m.path) && str_eq(f->actual.version, m.version)))
		return f->err.text;
	return *f->actual.version ? arena_fmt(modload_arena(x->ml), "%s@%s: %s", f->actual.path,
					      f->actual.version, f->err.text)
				  : arena_fmt(modload_arena(x->ml), "module %s: %s", f->actual.path,
					      f->err.text);
}

/* The request for the node's path, as the argument that it comes from. */
static void add_reason(const struct edit *x, uint32_t node, struct buf *b)
{
	const char *path = mod(x, node)->path;

	getwords_resolved(x->words[x->t->nodes[node].path],
			  (struct modver){ path, requested_version(x, node) }, b);
}

/* go get's text of a ConstraintError, one line per conflict. */
static void add_conflict(struct edit *x, const uint32_t *path, size_t n, bool unreadable)
{
	struct buf *b = &x->conflicts;
	struct modver last = *mod(x, path[n - 1]);

	if (b->len)
		buf_addstr(b, "\ngo: ");
	if (requested_version(x, path[0]))
		add_reason(x, path[0], b);
	else
		buf_addf(b, "(INTERNAL ERROR: no reason found for %s@%s)", mod(x, path[0])->path,
			 mod(x, path[0])->version);
	buf_addf(b, " %srequires ", n > 2 ? "indirectly " : "");
	buf_add_modver(b, last);
	if (unreadable) {
		buf_addf(b, ": %s", failure_text(x, path[n - 1]));
	} else {
		buf_addstr(b, ", not ");
		add_reason(x, path[n - 1], b);
	}
}

/* Roots are checked with the pruning of the resulting graph, if a request determines it. */
static bool choose_pruning(struct edit *x, struct requirements **rs,
			   const struct goget_requests *must, struct err *e)
{
	x->pruning = x->orig->pruning;
	for (size_t i = 0; i < must->n; i++) {
		if (str_eq(must->items[i].mod.path, "go")) {
			x->pruning = pruning_for(must->items[i].mod.version);
			break;
		}
	}
	*rs = x->orig;
	return x->pruning == x->orig->pruning ||
	       requirements_convert(x->ml, x->orig, x->pruning, rs, e);
}

static void set_root(struct edit *x, struct modver m)
{
	uint32_t node = node_of(x, m);

	x->root[x->t->nodes[node].path] = mod(x, node)->version;
}

/* Without pruning the whole build list may be relevant to the packages here, so keep all of it. */
static bool take_roots(struct edit *x, struct requirements *rs, struct err *e)
{
	const struct modproject_main *mains;
	const struct modgraph *mg;
	const uint32_t *list;
	size_t n;

	for (size_t i = 0; x->pruning == PRUNING_PRUNED && i < rs->root_versions.n; i++)
		set_root(x, (struct modver){ rs->root_versions.entries[i].key,
					     rs->root_versions.entries[i].value });
	if (x->pruning == PRUNING_PRUNED)
		return true;
	if (!requirements_graph(x->ml, rs, &mg, e))
		return false;
	list = modgraph_build_list(mg, &n);
	for (size_t i = modproject_mains(modload_project(x->ml), &mains); i < n; i++)
		set_root(x, *mod(x, list[i]));
	return true;
}

static void take_tentative(struct edit *x, struct modver_list list)
{
	for (size_t i = 0; i < list.n; i++) {
		struct modver m = list.items[i];
		uint32_t path = x->t->nodes[node_of(x, m)].path;

		if (!x->root[path] || gover_mod_compare(m.path, x->root[path], m.version) < 0)
			set_root(x, m);
	}
}

static void take_requests(struct edit *x, const struct goget_requests *must)
{
	for (size_t i = 0; i < must->n; i++) {
		uint32_t node = node_of(x, must->items[i].mod), path = x->t->nodes[node].path;

		x->requested[path] = mod(x, node)->version;
		x->words[path] = must->items[i].words;
		set_root(x, must->items[i].mod);
	}
}

static void list_roots(struct edit *x)
{
	x->roots.n = 0;
	for (size_t p = 0; p < x->n_paths; p++)
		if (x->root[p] && !str_eq(x->root[p], "none"))
			vec_push(&x->roots, (struct modver){ x->t->paths[p].path, x->root[p] });
	modtab_sort(x->roots.items, x->roots.n);
}

/* extendGraph: the selected version of every root's path is unpruned as it would be as a root. */
static bool extend_graph(struct edit *x, struct err *e)
{
	uint32_t *nodes = xreallocarray(NULL, x->roots.n + 1, sizeof(*nodes));
	struct modgraph *mg;
	bool more = true, ok = true;
	VEC(uint8_t) unprune = { 0 };

	for (size_t i = 0; i < x->roots.n; i++)
		nodes[i] = node_of(x, x->roots.items[i]);
	while (more) {
		err_clear(e);
		ok = modgraph_load_more(x->ml, x->pruning, nodes, x->roots.n, unprune.items,
					unprune.n, &mg, e);
		modgraph_load_keep(x->ml, mg);
		x->mg = mg;
		more = false;
		cover_paths(x);
		for (size_t p = 0; x->pruning == PRUNING_PRUNED && p < x->n_paths; p++) {
			uint32_t s = x->root[p] ? modgraph_selected_node(mg, (uint32_t)p)
						: MODTAB_NONE;

			if (s == MODTAB_NONE || modgraph_is_read(mg, s) ||
			    (s < unprune.n && unprune.items[s]))
				continue;
			while (unprune.n < x->t->n_nodes)
				vec_push(&unprune, 0);
			unprune.items[s] = 1;
			more = true;
		}
	}
	memset(x->extended.items, 0, x->extended.n);
	for (uint32_t s = 0; s < unprune.n; s++) {
		if (unprune.items[s]) {
			node_of(x, *mod(x, s));
			x->extended.items[s] = 1;
		}
	}
	for (size_t i = 0; i < x->roots.n; i++)
		x->extended.items[nodes[i]] = 1;
	vec_release(&unprune);
	free(nodes);
	return ok;
}

/* findPruning, for all roots of the extended graph. */
static void set_prunings(struct edit *x)
{
	for (uint32_t i = 0; i < x->extended.n; i++) {
		enum pruning p = x->pruning;
		const struct modload_summary *s;

		if (!x->extended.items[i])
			continue;
		s = p == PRUNING_PRUNED && modgraph_is_read(x->mg, i)
			    ? modload_summary_node(x->ml, i)
			    : NULL;
		if (s && !s->pruned)
			p = PRUNING_UNPRUNED;
		x->extended.items[i] = (uint8_t)(1 + p);
	}
}

static void judge_node(struct edit *x, uint32_t node)
{
	const uint32_t *req;
	size_t n;

	if (exceeds_request(x, node)) {
		disqualify_node(&x->dq, node, PRUNING_PRUNED, node);
		return;
	}
	if (!*mod(x, node)->version)
		return;
	if (modgraph_has_failed(x->mg, node)) {
		disqualify_node(&x->dq, node, PRUNING_PRUNED, DISQUALIFY_UNREADABLE);
		return;
	}
	if (!modgraph_is_read(x->mg, node))
		return;
	req = modgraph_required(x->mg, node, &n);
	for (size_t i = 0; i < n; i++) {
		if (exceeds_request(x, req[i])) {
			disqualify_node(&x->dq, node, PRUNING_PRUNED, req[i]);
			return;
		}
	}
	for (size_t i = 0; i < n; i++)
		if (!disqualify_require(&x->dq, node, req[i]))
			break;
}

static void judge(struct edit *x)
{
	size_t n;
	const uint32_t *order = modgraph_order(x->mg, &n);

	disqualify_release(&x->dq);
	x->dq = (struct disqualify){ .roots = x->extended.items, .n_roots = x->extended.n };
	set_prunings(x);
	for (size_t i = 0; i < n; i++)
		judge_node(x, order[i]);
}

/* previousVersion. */
static bool previous(struct edit *x, struct modver m, const char **version, struct err *e)
{
	const char *const *list;
	size_t n, at = 0;
	struct err why = ERR_INIT;

	*version = "none";
	if (!query_versions(x->ml, m.path, QUERY_ALLOWED | QUERY_JUDGED, &list, &n, &why)) {
		bool absent = why.code == ERR_NOT_FOUND;

		if (!absent)
			err_move(e, &why);
		err_release(&why);
		return absent;
	}
	while (at < n && gover_mod_compare(m.path, list[at], m.version) < 0)
		at++;
	if (at > 0)
		*version = list[at - 1];
	return true;
}

/* The next lower candidate version of a root; the initial one is a candidate even if the proxies do not list it. */
static bool lower(struct edit *x, uint32_t node, struct err *e)
{
	struct modver m = *mod(x, node), prev = m;
	const char *orig = modgraph_selected(x->orig_mg, m.path);
	enum pruning pruning = x->pruning;
	uint32_t at, last = MODTAB_NONE;

	if (pruning == PRUNING_PRUNED && modgraph_is_read(x->mg, node) &&
	    !modload_summary_node(x->ml, node)->pruned)
		pruning = PRUNING_UNPRUNED;
	x->rejected.items[node] = 1;
	for (;;) {
		struct err why = ERR_INIT;
		bool ok = previous(x, prev, &prev.version, &why);

		if (gover_mod_compare(m.path, m.version, orig) > 0 &&
		    (!ok || gover_mod_compare(m.path, prev.version, orig) < 0))
			prev.version = orig;
		else if (!ok)
			return err_move(e, &why);
		err_release(&why);
		at = node_of(x, prev);
		if (at == last)
			return err_set(
				e, ERR_REFUSED,
				"no candidate version of %s is left: go get would try %s forever",
				m.path, prev.version);
		last = at;
		if (x->rejected.items[at])
			continue;
		if (!disqualify_is_out(&x->dq, at, pruning))
			break;
		x->rejected.items[at] = 1;
	}
	x->root[x->t->nodes[at].path] = mod(x, at)->version;
	x->dirty = true;
	return true;
}

/* What go get says while it steps over a version that it cannot read. */
static void tell_lowered(struct edit *x, const uint32_t *path, size_t n)
{
	const struct modver *first = mod(x, path[0]), *last = mod(x, path[n - 1]);
	const char *to = x->root[x->t->nodes[path[0]].path];
	struct buf b = BUF_INIT;

	buf_add_modver(&b, *first);
	if (n > 1) {
		buf_addf(&b, " %srequires ", n > 2 ? "indirectly " : "");
		buf_add_modver(&b, *last);
	}
	buf_addf(&b, ": %s\n\t", failure_text(x, path[n - 1]));
	if (str_eq(to, "none"))
		buf_addf(&b, "removing %s@%s", first->path, first->version);
	else
		buf_addf(&b, "%s %s@%s",
			 str_eq(to, modgraph_selected(x->orig_mg, first->path)) ? "restoring"
										: "trying",
			 first->path, to);
	modproject_message(modload_project(x->ml), "go: %s\n", b.data);
	buf_release(&b);
}

static void note_lowered(struct edit *x, uint32_t node, uint32_t because)
{
	struct modver before = { mod(x, node)->path,
				 modgraph_selected(x->orig_mg, mod(x, node)->path) };

	for (size_t i = 0; i < x->r->lowered.n; i++)
		if (x->r->lowered.items[i].before.path == before.path)
			return;
	vec_push(&x->r->lowered, (struct goget_lowered){ before, "", *mod(x, because) });
}

static bool resolve_root(struct edit *x, struct modver root, struct err *e)
{
	uint32_t node = node_of(x, root), *path, *const *p = &path, selected;
	enum pruning own = (enum pruning)(x->extended.items[node] - 1);
	const char *requested = requested_version(x, node);
	bool unreadable, ok = true;
	size_t n = disqualify_path(&x->dq, node, own, &path, &unreadable);

	if (!n)
		goto done;
	if (requested && str_eq(requested, root.version)) {
		add_conflict(x, path, n, unreadable);
		goto done;
	}
	selected = modgraph_selected_node(x->mg, x->t->nodes[node].path);
	if (selected != node && !disqualify_is_out(&x->dq, selected, own) &&
	    !x->rejected.items[node_of(x, *mod(x, selected))])
		goto done; /* it is raised to a version that is allowed */
	if (!x->orig_mg)
		requirements_graph(x->ml, x->orig, &x->orig_mg, NULL);
	if (unreadable && str_eq(modgraph_selected(x->orig_mg, root.path), root.version)) {
		add_conflict(x, path, n, unreadable);
		goto done;
	}
	note_lowered(x, node, path[n - 1]);
	ok = lower(x, node, e);
	if (ok && unreadable)
		tell_lowered(x, path, n);
done:
	free(*p);
	return ok;
}

/* "Accept indirect upgrades", once nothing needs to be lowered. */
static void accept_upgrades(struct edit *x)
{
	for (size_t p = 0; p < x->n_paths; p++) {
		uint32_t s = modgraph_selected_node(x->mg, (uint32_t)p);
		const char *v = s == MODTAB_NONE ? "none" : mod(x, s)->version;

		if (!x->root[p] || x->requested[p] || str_eq(v, x->root[p]))
			continue;
		x->root[p] = v;
		x->dirty = true;
	}
}

static bool needs_newer_go(struct edit *x)
{
	uint32_t node;
	const struct modload_failure *f = modgraph_load_failure(x->ml, x->mg, &node);

	return f && f->too_new;
}

static bool settle(struct edit *x, struct err *e)
{
	x->dirty = true;
	while (x->dirty && !x->conflicts.len) {
		struct err broken = ERR_INIT;
		bool fatal;

		list_roots(x);
		extend_graph(x, &broken);
		/* an unreadable go.mod alone is handled below */
		fatal = err_is_set(&broken) && (broken.code == ERR_CANCELLED || needs_newer_go(x));
		if (fatal)
			return err_move(e, &broken);
		err_release(&broken);
		judge(x);
		x->dirty = false;
		for (size_t i = 0; i < x->roots.n; i++)
			if (!resolve_root(x, x->roots.items[i], e))
				return false;
		if (!x->dirty)
			accept_upgrades(x);
	}
	return !x->conflicts.len || err_set(e, ERR_REFUSED, "%s", x->conflicts.data);
}

/* Without pruning go.mod lists only what the packages here need. */
static bool reduce(struct edit *x, const struct requirements *rs, const struct goget_requests *must,
		   struct err *e)
{
	VEC(const char *) base = { 0 };
	struct modver_list min;
	bool ok;

	for (size_t i = 0; i < must->n; i++) {
		struct modver m = must->items[i].mod;

		if (!str_eq(m.version, "none") &&
		    !modproject_is_main(modload_project(x->ml), m.path))
			vec_push(&base, m.path);
	}
	for (size_t i = 0; i < x->roots.n; i++) {
		const struct modver *m = &x->roots.items[i];
		const char *v = requirements_root(x->ml, rs, m->path);

		if (v && (str_eq(v, m->version) || requirements_is_direct(rs, m->path)))
			vec_push(&base, m->path);
	}
	ok = mvs_req(x->ml, NULL, (struct modver_list){ x->roots.items, x->roots.n }, base.items,
		     base.n, &min, e);
	x->roots.n = 0;
	for (size_t i = 0; ok && i < min.n; i++)
		vec_push(&x->roots, min.items[i]);
	vec_release(&base);
	return ok;
}

static bool is_unchanged(const struct edit *x)
{
	if (x->pruning != x->orig->pruning || x->roots.n != x->orig->n_roots)
		return false;
	for (size_t i = 0; i < x->roots.n; i++)
		if (!str_eq(x->roots.items[i].path, x->orig->roots[i].path) ||
		    !str_eq(x->roots.items[i].version, x->orig->roots[i].version))
			return false;
	return true;
}

static bool finish(struct edit *x, struct requirements *rs, const struct goget_requests *must,
		   struct err *e)
{
	struct map *direct = modload_new_set(x->ml);
	const char *go;

	if (x->pruning == PRUNING_UNPRUNED && !reduce(x, rs, must, e))
		return false;
	if (is_unchanged(x))
		return true;
	for (size_t i = 0; i < x->roots.n; i++)
		if (requirements_is_direct(rs, x->roots.items[i].path))
			map_put(direct, x->roots.items[i].path, NULL);
	x->r->rs = requirements_new(x->ml, x->pruning, x->roots.items, x->roots.n, direct);
	go = requirements_root(x->ml, x->r->rs, "go");
	/* go panics: a raised go line is among what the roots imply, and reduce drops it */
	if (!go)
		return err_set(e, ERR_REFUSED, "internal error: missing go root module");
	/* a dependency that needs a newer go turned pruning on */
	if (x->pruning == PRUNING_UNPRUNED && pruning_for(go) == PRUNING_PRUNED)
		return requirements_convert(x->ml, x->r->rs, PRUNING_PRUNED, &x->r->rs, e);
	return true;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct goget_lowered *)a)->before.path,
		      ((const struct goget_lowered *)b)->before.path);
}

/* Keeps those below their former selected version: some roots only returned to what another module requires. */
static void finish_lowered(struct edit *x)
{
	size_t kept = 0;

	for (size_t i = 0; i < x->r->lowered.n; i++) {
		struct goget_lowered l = x->r->lowered.items[i];
		uint32_t path = modtab_find_path(x->t, l.before.path);

		l.after = x->root[path];
		if (gover_mod_compare(l.before.path, l.after, l.before.version) < 0)
			x->r->lowered.items[kept++] = l;
	}
	x->r->lowered.n = kept;
	if (kept)
		qsort(x->r->lowered.items, kept, sizeof(*x->r->lowered.items), by_path);
}

bool goget_edit(struct modload *ml, struct requirements *rs, const struct goget_requests *must,
		struct modver_list tentative, struct goget_result *r, struct err *e)
{
	struct edit x = {
		.ml = ml, .t = modload_tab(ml), .orig = rs, .conflicts = BUF_INIT, .r = r
	};
	bool ok;

	*r = (struct goget_result){ .rs = rs };
	if (rs->pruning == PRUNING_WORKSPACE)
		return err_set(e, ERR_USAGE,
			       "go get changes one module: set GOWORK=off to look at one alone");
	cover_paths(&x);
	ok = choose_pruning(&x, &rs, must, e) && take_roots(&x, rs, e);
	if (ok) {
		take_tentative(&x, tentative);
		take_requests(&x, must);
	}
	ok = ok && settle(&x, e) && finish(&x, rs, must, e);
	if (ok)
		finish_lowered(&x);
	disqualify_release(&x.dq);
	vec_release(&x.roots);
	vec_release(&x.rejected);
	vec_release(&x.extended);
	buf_release(&x.conflicts);
	free(x.requested);
	free(x.root);
	free(x.words);
	return ok;
}
