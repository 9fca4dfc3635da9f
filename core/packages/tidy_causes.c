#include "base/fs.h"
#include "fetch/source.h"
#include "gofiles/gomod.h"
#include "packages/tidy_impl.h"

struct modver tidy_node_mod(const struct tidy_reasons *r, uint32_t node)
{
	return modload_tab(r->ml)->nodes[node].mod;
}

const char *tidy_module_text(struct arena *a, struct modver m)
{
	return m.version[0] ? arena_fmt(a, "%s@%s", m.path, m.version) : m.path;
}

struct tidy_use *tidy_use_of(struct tidy_reasons *r, const char *path)
{
	struct tidy_use *u = map_get(&r->uses, path);

	if (!u) {
		u = arena_calloc(&r->scratch, 1, sizeof(*u));
		map_put(&r->uses, path, u);
	}
	return u;
}

static void add_direct(struct tidy_use *u, struct pkg *importer, struct pkg *imported)
{
	if (u->direct.n == u->direct.cap) {
		u->direct.cap = u->direct.cap ? u->direct.cap * 2 : 8;
		u->direct.importers = xreallocarray(u->direct.importers, u->direct.cap,
						    sizeof(*u->direct.importers));
		u->direct.imported = xreallocarray(u->direct.imported, u->direct.cap,
						   sizeof(*u->direct.imported));
	}
	u->direct.importers[u->direct.n] = importer;
	u->direct.imported[u->direct.n++] = imported;
}

static bool is_main_pkg(const struct tidy_reasons *r, const struct pkg *p)
{
	return p->mod.path[0] && modproject_is_main(modload_project(r->ml), p->mod.path);
}

void tidy_read_uses(struct tidy_reasons *r)
{
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(r->ld, &pkgs);

	for (size_t i = 0; i < n; i++) {
		struct pkg *p = pkgs[i];

		if (pkgload_is_external(r->ld, p) && !p->test_of) {
			struct tidy_use *u = tidy_use_of(r, p->mod.path);

			u->nearest = u->nearest ? u->nearest : p;
			if ((p->flags & PKG_IN_ALL) && !u->nearest_in_all)
				u->nearest_in_all = p;
		}
		for (size_t k = 0; is_main_pkg(r, p) && k < p->n_imports; k++)
			if (pkgload_is_external(r->ld, p->imports[k]))
				add_direct(tidy_use_of(r, p->imports[k]->mod.path), p,
					   p->imports[k]);
	}
}

void tidy_read_requirers(struct tidy_reasons *r)
{
	const uint32_t *order;
	size_t n;

	r->n_nodes = modload_tab(r->ml)->n_nodes;
	r->required_by = arena_alloc(&r->scratch, (r->n_nodes + 1) * sizeof(*r->required_by));
	for (size_t i = 0; i < r->n_nodes; i++)
		r->required_by[i] = MODTAB_NONE;
	order = modgraph_order(r->mg, &n);
	for (size_t i = 0; i < n; i++) {
		size_t n_req;
		const uint32_t *req = modgraph_required(r->mg, order[i], &n_req);

		if (tidy_node_mod(r, order[i]).version[0] == 0)
			continue;
		for (size_t k = 0; k < n_req; k++)
			if (r->required_by[req[k]] == MODTAB_NONE)
				r->required_by[req[k]] = order[i];
	}
}

uint32_t tidy_requirer(const struct tidy_reasons *r, struct modver m)
{
	uint32_t node = modtab_find(modload_tab(r->ml), m);

	return node < r->n_nodes ? r->required_by[node] : MODTAB_NONE;
}

struct places {
	struct imports_place *items;
	size_t n;
};

static const struct places *places_of(struct tidy_reasons *r, const struct pkg *p)
{
	const char *dir = path_join(r->a, p->root->dir, p->rel);
	struct places *l = map_get(&r->places, dir);

	if (!l) {
		l = arena_calloc(r->a, 1, sizeof(*l));
		imports_places(r->a, dir, p->root->overlay, &l->items, &l->n, r->unread);
		map_put(&r->places, dir, l);
	}
	return l;
}

struct cause_list {
	struct tidy_cause *items;
	size_t n, cap;
};

/* The places where a package of the main module, or its tests, imports a path. */
static void add_places(struct tidy_reasons *r, const struct pkg *importer, const char *path,
		       struct cause_list *out)
{
	const struct places *l;

	if (!importer->root)
		return;
	l = places_of(r, importer);
	for (size_t i = 0; i < l->n; i++) {
		if (l->items[i].test != (importer->test_of != NULL) ||
		    !str_eq(l->items[i].path, path))
			continue;
		vec_push(out, (struct tidy_cause){ importer->rel[0]
							   ? arena_fmt(r->a, "%s/%s", importer->rel,
								       l->items[i].file)
							   : l->items[i].file,
						   l->items[i].line });
	}
}

static const struct tidy_cause *keep_causes(struct tidy_reasons *r, struct cause_list *l, size_t *n)
{
	const struct tidy_cause *c = l->n ? arena_memdup(r->a, l->items, l->n * sizeof(*l->items))
					  : NULL;

	*n = l->n;
	vec_release(l);
	return c;
}

void tidy_direct_causes(struct tidy_reasons *r, struct tidy_use *u)
{
	struct cause_list l = { 0 };

	if (u->causes_done)
		return;
	u->causes_done = true;
	for (size_t i = 0; i < u->direct.n; i++)
		add_places(r, u->direct.importers[i], u->direct.imported[i]->path, &l);
	u->causes = keep_causes(r, &l, &u->n_causes);
}

const char *tidy_cause_text(struct arena *a, const struct tidy_cause *c, size_t n)
{
	const char *first = n ? arena_fmt(a, "%s:%d", c[0].file, c[0].line) : "the main module";

	return n > 1 ? arena_fmt(a, "%s and %zu more", first, n - 1) : first;
}

/* Where a package's chain leaves the main module: the importing package, and what it imports. */
static const struct pkg *leaves_main(const struct tidy_reasons *r, const struct pkg *p,
				     const struct pkg **first)
{
	const struct pkg *below = p;

	*first = p;
	for (; p; below = p, p = p->stack) {
		if (is_main_pkg(r, p)) {
			*first = below;
			return p;
		}
	}
	*first = below;
	return NULL;
}

/* "a → b → c": the packages between the main module's import and p, without the middle if there are many. */
static const char *chain_text(struct tidy_reasons *r, const struct pkg *p, const struct pkg *first)
{
	const struct pkg *steps[64];
	struct buf b = BUF_INIT;
	const char *out;
	size_t n = 0;

	for (const struct pkg *q = p; q && n < ARRAY_LEN(steps); q = q->stack) {
		if (!q->test_of || q == p)
			steps[n++] = q;
		if (q == first)
			break;
	}
	for (size_t i = n; i-- > 0;) {
		if (n > 4 && i < n - 2 && i > 0) {
			if (i == n - 3)
				buf_addstr(&b, " > …");
			continue;
		}
		buf_addf(&b, "%s%s%s", i + 1 < n ? " > " : "", steps[i]->path,
			 steps[i]->test_of ? ".test" : "");
	}
	out = arena_strndup(r->a, b.data, b.len);
	buf_release(&b);
	return out;
}

void tidy_set_reason(struct tidy_change *c, enum tidy_rule rule, const char *reason)
{
	c->rule = rule;
	c->reason = reason;
}

void tidy_one_cause(struct tidy_reasons *r, struct tidy_change *c, const char *file, int line)
{
	struct tidy_cause *cause = arena_alloc(r->a, sizeof(*cause));

	*cause = (struct tidy_cause){ file, line };
	c->causes = cause;
	c->n_causes = 1;
}

/* The line in the file on disk, since the compared text is reformatted. */
static int disk_line(const struct tidy_reasons *r, const struct tidy_change *c)
{
	int line = tidy_lines_find(r->disk, c->text, strlen(c->text));

	if (!line && c->mod.path[0])
		line = (int)(intptr_t)map_get(&r->disk->requires, c->mod.path);
	return line;
}

void tidy_own_line(struct tidy_reasons *r, struct tidy_change *c)
{
	int line = disk_line(r, c);

	if (line)
		tidy_one_cause(r, c, "go.mod", line);
}

static size_t position(const struct pkg *p)
{
	return p->mark - 1;
}

void tidy_read_importers(struct tidy_reasons *r)
{
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(r->ld, &pkgs), *next;

	r->first = arena_calloc(&r->scratch, n + 2, sizeof(*r->first));
	next = arena_calloc(&r->scratch, n + 2, sizeof(*next));
	for (size_t i = 0; i < n; i++)
		pkgs[i]->mark = (unsigned)i + 1;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < pkgs[i]->n_imports; k++)
			r->first[position(pkgs[i]->imports[k]) + 1]++;
	for (size_t i = 0; i < n; i++)
		next[i + 1] = r->first[i + 1] += r->first[i];
	r->importers = arena_alloc(&r->scratch, (r->first[n] + 1) * sizeof(struct pkg *));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < pkgs[i]->n_imports; k++)
			r->importers[next[position(pkgs[i]->imports[k])]++] = pkgs[i];
}

static void tool_cause(struct tidy_reasons *r, const char *tool, struct cause_list *out)
{
	const char *text = arena_fmt(&r->scratch, "tool %s", tool);
	int line = tidy_lines_find(r->disk, text, strlen(text));

	line = line ? line : tidy_lines_find(r->disk, tool, strlen(tool));
	if (line)
		vec_push(out, (struct tidy_cause){ "go.mod", line });
}

/* Walks up from the packages of a module to the main modules' imports that reach any of them. */
struct climb {
	struct tidy_reasons *r;
	bool within_all;
	uint8_t *seen;
	struct {
		struct pkg **items;
		size_t n, cap;
	} queue;
	struct cause_list out;
};

static void climb_to(struct climb *c, struct pkg *p)
{
	if ((c->within_all && !(p->flags & PKG_IN_ALL)) || c->seen[position(p)])
		return;
	c->seen[position(p)] = 1;
	vec_push(&c->queue, p);
}

static void climb_from(struct climb *c, struct pkg *p)
{
	const size_t *first = c->r->first + position(p);

	if (!p->stack && !p->test_of)
		tool_cause(c->r, p->path, &c->out);
	if (p->test_of)
		climb_to(c, p->test_of);
	for (size_t i = first[0]; i < first[1]; i++) {
		if (is_main_pkg(c->r, c->r->importers[i]))
			add_places(c->r, c->r->importers[i], p->path, &c->out);
		else
			climb_to(c, c->r->importers[i]);
	}
}

static void find_leads(struct tidy_reasons *r, const char *module, bool within_all,
		       struct tidy_use *u)
{
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(r->ld, &pkgs);
	struct climb c = { .r = r, .within_all = within_all };

	if (u->leads_done[within_all])
		return;
	u->leads_done[within_all] = true;
	c.seen = xcalloc(n + 1, 1);
	for (size_t i = 0; i < n; i++)
		if (!pkgs[i]->test_of && str_eq(pkgs[i]->mod.path, module))
			climb_to(&c, pkgs[i]);
	for (size_t i = 0; i < c.queue.n; i++)
		climb_from(&c, c.queue.items[i]);
	u->leads[within_all] = keep_causes(r, &c.out, &u->n_leads[within_all]);
	vec_release(&c.queue);
	free(c.seen);
}

/* All imports that lead to a module, the given one first. */
static void lead_causes(struct tidy_reasons *r, struct tidy_change *c, const char *module,
			bool within_all, const struct tidy_cause *head)
{
	struct tidy_use *u = tidy_use_of(r, module);
	struct cause_list l = { 0 };

	find_leads(r, module, within_all, u);
	if (head)
		vec_push(&l, *head);
	for (size_t i = 0; i < u->n_leads[within_all]; i++) {
		const struct tidy_cause *k = &u->leads[within_all][i];

		if (!head || k->line != head->line || !str_eq(k->file, head->file))
			vec_push(&l, *k);
	}
	c->causes = keep_causes(r, &l, &c->n_causes);
}

static const char *more_leads(struct tidy_reasons *r, size_t n)
{
	return n > 1 ? arena_fmt(r->a, "; %zu more import%s lead%s to the module", n - 1,
				 n == 2 ? "" : "s", n == 2 ? "s" : "")
		     : "";
}

void tidy_needed_by(struct tidy_reasons *r, struct tidy_change *c, enum tidy_rule rule,
		    const struct pkg *p, const char *note)
{
	const struct pkg *first, *from = leaves_main(r, p, &first);
	bool within_all = rule == TIDY_INDIRECT && r->t->final->pruning != PRUNING_UNPRUNED;
	struct cause_list l = { 0 };

	if (from) {
		add_places(r, from, first->path, &l);
		lead_causes(r, c, p->mod.path, within_all, l.n ? &l.items[0] : NULL);
		tidy_set_reason(c, rule,
				arena_fmt(r->a, "%s is needed: %s imports %s%s%s", p->path,
					  tidy_cause_text(r->a, c->causes, c->n_causes > 0),
					  chain_text(r, p, first), more_leads(r, c->n_causes),
					  note));
		vec_release(&l);
		return;
	}
	/* the chain starts at a tool */
	lead_causes(r, c, p->mod.path, within_all, NULL);
	tidy_set_reason(c, rule == TIDY_INDIRECT ? TIDY_TOOL : rule,
			p == first ? arena_fmt(r->a, "the tool %s is in it%s", first->path, note)
				   : arena_fmt(r->a, "the tool %s imports %s%s", first->path,
					       chain_text(r, p, first), note));
}

/* The file of a dependency's go.mod: relative to the main module if it is a directory there, "path@version/go.mod" if not. */
static const char *dep_file(struct tidy_reasons *r, struct modver actual)
{
	const char *dir, *file;

	if (actual.version[0])
		return arena_fmt(r->a, "%s/go.mod", tidy_module_text(r->a, actual));
	dir = modproject_dir_of(modload_project(r->ml), actual);
	file = path_join(r->a, dir, "go.mod");
	return path_under(file, r->main->dir) ? path_rel(r->a, r->main->dir, file) : file;
}

/* The line of a dependency's go.mod that requires `what` (the go line for "go"); 0 if unknown. */
static int dep_line(struct tidy_reasons *r, struct modver actual, struct modver what)
{
	const char *data = NULL;
	char *read = NULL;
	size_t len;
	struct gomod *f;

	if (actual.version[0]
		    ? !source_gomod(modproject_source(modload_project(r->ml)), actual, &data, &len,
				    r->unread)
		    : !fs_read(r->a,
			       path_join(r->a, modproject_dir_of(modload_project(r->ml), actual),
					 "go.mod"),
			       FS_MAX_MOD, &read, &len, r->unread))
		return 0;
	if (!gomod_parse(&f, r->a, &(struct gomod_options){ .name = "go.mod", .lax = true },
			 data ? data : read, len, NULL))
		return 0;
	if (str_eq(what.path, "go"))
		return modsyntax_line_number(f->go_line);
	for (size_t i = 0; i < f->require.n; i++)
		if (str_eq(f->require.items[i].mod.path, what.path))
			return modsyntax_line_number(f->require.items[i].line);
	return 0;
}

void tidy_dep_cause(struct tidy_reasons *r, struct tidy_change *c, uint32_t by, struct modver what)
{
	struct modver actual = modproject_resolve(modload_project(r->ml), tidy_node_mod(r, by));

	tidy_one_cause(r, c, dep_file(r, actual), dep_line(r, actual, what));
}

struct pkg *tidy_package_of(const struct pkgload *ld, struct modver actual)
{
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(ld, &pkgs);

	for (size_t i = 0; i < n; i++) {
		struct modver m = pkgs[i]->mod.path[0]
					  ? modproject_resolve(modload_project(pkgload_modload(ld)),
							       pkgs[i]->mod)
					  : pkgs[i]->mod;

		if (str_eq(m.path, actual.path) && str_eq(m.version, actual.version) &&
		    !pkgs[i]->test_of)
			return pkgs[i];
	}
	return NULL;
}
