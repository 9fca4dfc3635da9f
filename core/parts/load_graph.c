#include "parts/load_private.h"

#include "graph/decide.h"
#include "graph/explain.h"
#include "base/fs.h"
#include "gofiles/goenv.h"
#include "gofiles/gomod.h"
#include "graph/requirements.h"
#include "graph/modload_open.h"
#include "fetch/http_secret.h"
#include "fetch/source.h"

static void graph_release(void *data)
{
	struct load_graph *g = data;

	explain_free(g->explainer);
	pthread_mutex_destroy(&g->lock);
	modload_free(g->ml);
	source_free(g->source);
	findings_release(&g->findings);
	err_release(&g->broken);
	job_let_cancel(g->cancel);
}

static void progress(void *ctx, size_t done, size_t total, struct modver subject)
{
	struct load_work *w = ctx;
	char text[200];

	snprintf(text, sizeof(text), "%s@%s", subject.path, subject.version);
	job_progress(w->job, (long long)done, (long long)total, text);
}

/* The loader's table may grow later; ours is a copy. */
static void copy_nodes(struct load_graph *g, struct arena *a)
{
	const struct modtab *t = modload_tab(g->ml);

	g->n_nodes = t->n_nodes;
	g->nodes = arena_calloc(a, g->n_nodes, sizeof(*g->nodes));
	for (size_t i = 0; i < g->n_nodes; i++) {
		struct load_node *n = &g->nodes[i];

		n->path = t->nodes[i].mod.path;
		n->version = t->nodes[i].mod.version;
		n->module = UINT32_MAX;
		n->depth = UINT32_MAX;
		n->read = modgraph_is_read(g->mg, (uint32_t)i);
		n->selected = modgraph_is_selected(g->mg, (uint32_t)i);
	}
}

static void set_depths(struct load_graph *g)
{
	size_t n, n_roots, n_req;
	const uint32_t *order = modgraph_order(g->mg, &n), *roots = modgraph_roots(g->mg, &n_roots);

	for (size_t i = 0; i < n_roots; i++)
		g->nodes[roots[i]].depth = 0;
	for (size_t i = 0; i < n; i++) {
		const uint32_t *req = modgraph_required(g->mg, order[i], &n_req);

		for (size_t k = 0; k < n_req; k++)
			if (g->nodes[req[k]].depth == UINT32_MAX)
				g->nodes[req[k]].depth = g->nodes[order[i]].depth + 1;
	}
}

/* A duplicate requirement in a go.mod counts once. `seen` has the last requirer of each node, plus one. */
static void each_requirement(struct load_graph *g, uint32_t *seen,
			     void (*fn)(struct load_graph *g, uint32_t from, uint32_t to))
{
	size_t n, n_req;
	const uint32_t *order = modgraph_order(g->mg, &n);

	memset(seen, 0, g->n_nodes * sizeof(*seen));
	for (size_t i = 0; i < n; i++) {
		const uint32_t *req = modgraph_required(g->mg, order[i], &n_req);

		for (size_t k = 0; k < n_req; k++) {
			if (seen[req[k]] == order[i] + 1)
				continue;
			seen[req[k]] = order[i] + 1;
			fn(g, order[i], req[k]);
		}
	}
}

static void count_requirer(struct load_graph *g, uint32_t from, uint32_t to)
{
	(void)from;
	g->nodes[to].n_requirers++;
}

static void put_requirer(struct load_graph *g, uint32_t from, uint32_t to)
{
	struct load_node *n = &g->nodes[to];

	g->requirers[n->first + n->n_requirers++] = from;
}

static void make_requirers(struct load_graph *g, struct arena *a)
{
	uint32_t *seen = xcalloc(g->n_nodes + 1, sizeof(*seen)), total = 0;

	each_requirement(g, seen, count_requirer);
	for (size_t i = 0; i < g->n_nodes; i++) {
		g->nodes[i].first = total;
		total += g->nodes[i].n_requirers;
		g->nodes[i].n_requirers = 0;
	}
	g->requirers = arena_calloc(a, total + 1, sizeof(*g->requirers));
	each_requirement(g, seen, put_requirer);
	free(seen);
}

static int by_path(const void *va, const void *vb)
{
	const struct load_module *a = va, *b = vb;

	return strcmp(a->path, b->path);
}

static struct load_module *find_module(const struct load_graph *g, const char *path)
{
	struct load_module key = { .path = path };

	return bsearch(&key, g->modules, g->n_modules, sizeof(*g->modules), by_path);
}

static enum load_kind kind_of(const struct load_graph *g, const char *path)
{
	if (modproject_is_main(modload_project(g->ml), path))
		return LOAD_MAIN;
	return str_eq(path, "go") || str_eq(path, "toolchain") ? LOAD_LANGUAGE : LOAD_DEEP;
}

static void note_line(struct load_module *m, const char *file, const char *short_file,
		      const struct gomod_require *r)
{
	if (m->line || !r->line)
		return;
	m->line = r->line->line;
	m->file = file;
	m->short_file = short_file;
}

/* The main modules' require lines; a module that is direct in one of them is direct. */
static void classify(struct load_graph *g)
{
	const struct modproject_main *mains;
	size_t n = modproject_mains(modload_project(g->ml), &mains);

	for (size_t i = 0; i < n && mains[i].file; i++) {
		const char *file = mains[i].gomod,
			   *name = modproject_short(modload_project(g->ml), file);

		for (size_t k = 0; k < mains[i].file->require.n; k++) {
			const struct gomod_require *r = &mains[i].file->require.items[k];
			struct load_module *m = find_module(g, r->mod.path);

			if (!m || m->kind == LOAD_MAIN || m->kind == LOAD_LANGUAGE)
				continue;
			note_line(m, file, name, r);
			m->kind = r->indirect && m->kind != LOAD_DIRECT ? LOAD_INDIRECT
									: LOAD_DIRECT;
		}
	}
}

static void note_excludes(struct load_graph *g, struct arena *a)
{
	const struct modproject_main *mains;
	size_t n = modproject_mains(modload_project(g->ml), &mains);

	for (size_t i = 0; i < n && mains[i].file; i++) {
		for (size_t k = 0; k < mains[i].file->exclude.n; k++) {
			struct modver x = mains[i].file->exclude.items[k].mod;
			struct load_module *m = find_module(g, x.path);

			if (m)
				m->excluded = arena_fmt(a, "%s%s%s", m->excluded,
							*m->excluded ? " " : "", x.version);
		}
	}
}

static void make_modules(struct load_graph *g, struct arena *a)
{
	size_t n;
	const uint32_t *list = modgraph_build_list(g->mg, &n);

	g->modules = arena_calloc(a, n, sizeof(*g->modules));
	g->n_modules = n;
	g->replaced = modproject_replaced_paths(modload_project(g->ml));
	for (size_t i = 0; i < n; i++) {
		struct load_module *m = &g->modules[i];

		m->node = list[i];
		m->path = g->nodes[list[i]].path;
		m->version = g->nodes[list[i]].version;
		m->depth = UINT32_MAX;
		m->file = m->short_file = m->excluded = "";
		m->replaced = modproject_replacement(modload_project(g->ml),
						     (struct modver){ m->path, m->version });
		if (!m->replaced.path)
			m->replaced.path = "";
		g->n_replaced += m->replaced.path[0] != '\0';
		m->kind = kind_of(g, m->path);
		g->n_listed += m->kind != LOAD_LANGUAGE;
	}
	qsort(g->modules, n, sizeof(*g->modules), by_path);
	classify(g);
	note_excludes(g, a);
}

/* Sums up all versions of a path in its module. */
static void join_nodes(struct load_graph *g)
{
	for (size_t i = 0; i < g->n_modules; i++)
		g->nodes[g->modules[i].node].module = (uint32_t)i;
	for (size_t i = 0; i < g->n_nodes; i++) {
		struct load_node *n = &g->nodes[i];
		struct load_module *m;
		uint32_t selected;

		if (n->depth == UINT32_MAX && !n->selected)
			continue;
		selected = modgraph_selected_node(g->mg, modload_tab(g->ml)->nodes[i].path);
		if (selected == MODTAB_NONE)
			continue;
		n->module = g->nodes[selected].module;
		m = &g->modules[n->module];
		m->asked += n->n_requirers;
		m->versions++;
		m->depth = MIN(m->depth, n->depth);
	}
}

/* The nodes of each module, highest version first; a module has few, so use insertion sort. */
static void group_nodes(struct load_graph *g, struct arena *a)
{
	uint32_t total = 0;

	for (size_t i = 0; i < g->n_modules; i++) {
		g->modules[i].first = total;
		total += g->modules[i].versions;
		g->modules[i].versions = 0;
	}
	g->by_module = arena_calloc(a, total + 1, sizeof(*g->by_module));
	for (uint32_t i = 0; i < g->n_nodes; i++) {
		const struct load_node *n = &g->nodes[i];
		struct load_module *m;
		uint32_t *list, at;

		if (n->module == UINT32_MAX)
			continue;
		m = &g->modules[n->module];
		list = g->by_module + m->first;
		for (at = m->versions++; at > 0; at--) {
			if (modtab_compare_versions(n->path, g->nodes[list[at - 1]].version,
						    n->version) >= 0)
				break;
			list[at] = list[at - 1];
		}
		list[at] = i;
	}
}

static void describe(struct load_graph *g, struct arena *a)
{
	const struct modproject_main *mains;
	uint32_t toolchain = modtab_find_path(modload_tab(g->ml), "toolchain");

	g->n_mains = modproject_mains(modload_project(g->ml), &mains);
	g->gowork = modproject_gowork_file(modload_project(g->ml));
	if (g->n_mains) {
		g->main_path = mains[0].mod.path;
		g->gomod = mains[0].gomod;
		g->dir = mains[0].dir;
	} else {
		g->main_path = g->dir = "";
	}
	if (g->gowork) {
		g->dir = path_dir(a, g->gowork);
		g->main_path = arena_fmt(a, "workspace of %zu", g->n_mains);
	}
	g->vendored = g->dir[0] && fs_is_dir(path_join(a, g->dir, "vendor"));
	g->go_version = modproject_go_version(modload_project(g->ml));
	g->toolchain = "";
	if (toolchain != MODTAB_NONE && modgraph_selected_node(g->mg, toolchain) != MODTAB_NONE)
		g->toolchain = g->nodes[modgraph_selected_node(g->mg, toolchain)].version;
}

/* Errors after which go continues: list and why then have no answer, and every command exits with status 1. */
static void find_errors(struct load_graph *g)
{
	size_t n;
	const struct modproject_error *errors = modproject_errors(modload_project(g->ml), &n);

	for (size_t i = 0; i < n; i++) {
		struct arena *a = g->findings.arena;
		const struct modproject_error *x = &errors[i];
		const char *subject = x->mod.path, *end = strstr(x->text, ". ");
		struct finding *f;

		if (x->mod.version[0])
			subject = arena_fmt(a, "%s@%s", x->mod.path, x->mod.version);
		f = finding_add(&g->findings, FINDING_ERROR, "graph/workspace", subject,
				end ? arena_strndup(a, x->text, (size_t)(end - x->text)) : x->text);
		f->mod = x->mod;
		f->file = x->file;
		f->go_says = x->text;
		f->remedy = x->remedy;
	}
}

/* Files that go would not have. */
static void find_own_files(struct load_graph *g)
{
	size_t n = source_own_used(g->source);
	struct finding *f;

	if (!n)
		return;
	f = finding_add(
		&g->findings, FINDING_INFO, "graph/own-cache", g->main_path,
		arena_fmt(
			g->findings.arena,
			"%zu go.mod %s from modscope's own cache: with GOPROXY=off, go would not find %s",
			n, n == 1 ? "file is" : "files are", n == 1 ? "it" : "them"));
	f->remedy =
		"go mod graph, with a proxy, fetches them; `modscope cache --own` shows that cache";
}

static void find(struct load_graph *g)
{
	struct finding *f;

	find_errors(g);
	find_own_files(g);
	if (!err_is_set(&g->broken))
		return;
	f = finding_add(&g->findings, FINDING_ERROR, "graph/broken", g->main_path,
			finding_gist(g->findings.arena, g->broken.text));
	f->go_says = g->broken.text;
	f->file = g->broken.file ? g->broken.file : g->gomod ? g->gomod : "";
	f->line = g->broken.line;
	f->remedy = "what it names has to be mended; what is shown is the part that could be read";
}

static void fill(struct load_graph *g, struct arena *a)
{
	bool whole = requirements_expand(g->ml, &g->rs, &g->mg, &g->broken);

	http_secrets_mask_err(http_secrets_sent(), &g->broken);
	if (!whole && !g->mg)
		return;
	copy_nodes(g, a);
	set_depths(g);
	make_requirers(g, a);
	make_modules(g, a);
	join_nodes(g);
	group_nodes(g, a);
	g->n_edges = modgraph_edge_count(g->mg);
	describe(g, a);
	find(g);
}

static bool open_project(struct load_work *w, struct load_graph *g, struct buf *messages,
			 struct err *e)
{
	struct source_options so = { .env = g->env->env,
				     .offline = load_options(w->l)->offline,
				     .own_counts = load_options(w->l)->own_counts,
				     .cancel = g->cancel,
				     .log = load_log(w->l),
				     .once = load_once(w) };
	struct modload_options mo = { .env = g->env->env,
				      .command = MODPROJECT_GRAPH,
				      .looks = load_looks(w->l),
				      .cancel = g->cancel,
				      .messages = messages,
				      .progress = w->job ? progress : NULL,
				      .progress_ctx = w };

	g->source = source_new(&so);
	mo.source = g->source;
	if (!modload_open(&g->ml, &mo, e))
		return false;
	g->rs = modload_requirements(g->ml);
	g->sums = modproject_sums(modload_project(g->ml));
	return true;
}

bool load_make_graph(struct load_work *w, struct part **out, struct err *e)
{
	struct part *p = load_part_on(w, PART_ENV);
	struct load_graph *g = arena_calloc(&p->arena, 1, sizeof(*g));
	struct buf messages = BUF_INIT;
	bool ok;

	p->data = g;
	p->release = graph_release;
	pthread_mutex_init(&g->lock, NULL);
	g->cancel = job_keep_cancel(w->job);
	g->env = load_data(w, PART_ENV);
	g->findings.arena = &p->arena;
	ok = goenv_check(g->env->env, e) && open_project(w, g, &messages, e);
	if (ok)
		fill(g, &p->arena);
	ok = ok && g->mg && !cancel_is_set(job_cancel(w->job));
	if (ok)
		g->messages = arena_strndup(&p->arena, messages.data, messages.len);
	else if (err_is_set(&g->broken))
		err_move(e, &g->broken);
	buf_release(&messages);
	if (g->ml) /* explanations use the loader after this job has ended */
		modload_silence(g->ml);
	return load_hand_over(p, ok, out) || err_set(e, ERR_CANCELLED, "cancelled");
}

const struct load_module *load_graph_module(const struct load_graph *g, const char *path)
{
	return find_module(g, path);
}

const uint32_t *load_graph_required(const struct load_graph *g, uint32_t node, size_t *n)
{
	return modgraph_required(g->mg, node, n);
}

static struct decide_claim claim_of(const struct load_graph *g, const struct load_module *m,
				    uint32_t from)
{
	const struct load_node *n = &g->nodes[from];

	return (struct decide_claim){ .is_main = !n->version[0],
				      .is_indirect = m->kind == LOAD_INDIRECT,
				      .is_selected = n->selected,
				      .depth = n->depth };
}

uint32_t load_graph_decider(const struct load_graph *g, const struct load_module *m)
{
	const struct load_node *n = &g->nodes[m->node];
	uint32_t best = UINT32_MAX;

	for (uint32_t i = 0; i < n->n_requirers; i++) {
		uint32_t from = g->requirers[n->first + i];

		if (best == UINT32_MAX || decide_before(claim_of(g, m, from), claim_of(g, m, best)))
			best = from;
	}
	return best;
}

uint32_t load_graph_parent(const struct load_graph *g, uint32_t node)
{
	const struct load_node *n = &g->nodes[node];

	for (uint32_t i = 0; n->depth && n->depth != UINT32_MAX && i < n->n_requirers; i++)
		if (g->nodes[g->requirers[n->first + i]].depth + 1 == n->depth)
			return g->requirers[n->first + i];
	return UINT32_MAX;
}

size_t load_graph_chain(const struct load_graph *g, uint32_t node, uint32_t *chain, size_t max)
{
	size_t n = 0;

	if (g->nodes[node].depth == UINT32_MAX)
		return 0;
	for (; node != UINT32_MAX && n < max; node = load_graph_parent(g, node))
		chain[n++] = node;
	for (size_t i = 0; i < n / 2; i++) {
		uint32_t t = chain[i];

		chain[i] = chain[n - 1 - i];
		chain[n - 1 - i] = t;
	}
	return n;
}

const struct load_module *load_graph_module_of(const struct load_graph *g, uint32_t node)
{
	uint32_t m = node < g->n_nodes ? g->nodes[node].module : UINT32_MAX;

	return m == UINT32_MAX ? NULL : &g->modules[m];
}
