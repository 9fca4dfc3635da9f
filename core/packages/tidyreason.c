#include "packages/tidyreason.h"

#include <ctype.h>

#include "base/fs.h"
#include "gofiles/gomod.h"
#include "gofiles/gover.h"
#include "packages/pkgload_impl.h"
#include "base/textdiff.h"

/* What stands on a line of go.mod. */
enum entry_kind {
	ENTRY_OTHER, /* blank, parenthesis, comment, block head */
	ENTRY_MODULE,
	ENTRY_GO,
	ENTRY_TOOLCHAIN,
	ENTRY_REQUIRE,
	ENTRY_EXCLUDE,
	ENTRY_REPLACE,
	ENTRY_RETRACT,
	ENTRY_PATH, /* tool, ignore, godebug */
};

struct entry {
	enum entry_kind kind;
	struct modver mod;
	bool indirect;
};

/* One text of go.mod with its entries by line. */
struct modtext {
	struct entry *lines; /* [0] is line 1 */
	size_t n;
	struct map requires; /* path -> line number, the last one */
	struct map keys;     /* text of the line, trimmed -> line number */
};

/* Who imports from a module, and which package of it comes first. */
struct use {
	struct pkg *nearest; /* in breadth-first order */
	struct pkg *nearest_in_all;
	struct {
		struct pkg **importers; /* of the main modules */
		struct pkg **imported;
		size_t n, cap;
	} direct;
	const struct tidy_cause *causes; /* of direct imports */
	size_t n_causes;
	bool causes_done;
	const struct tidy_cause
		*leads[2]; /* imports of the main modules that lead to it; [1]: within "all" only */
	size_t n_leads[2];
	bool leads_done[2];
};

struct reasons {
	struct tidy *t;
	struct modload *ml;
	struct pkgload *ld;
	struct arena *a;
	const struct main_module *main;
	const struct modgraph *mg;
	struct modtext before, after, disk;
	struct map uses;       /* module path -> struct use */
	struct map places;     /* directory -> struct place_list */
	uint32_t *required_by; /* by node: the first node that requires it, main modules last */
	size_t n_nodes;
	struct map sum_lines; /* lines of go.sum that the other side has too */
	/* who imports a package, by the position that pkg.mark holds: a run of `importers` from first[i] to first[i + 1] */
	size_t *first;
	struct pkg **importers;
	struct err *unread; /* the caller's: what could not be read again */
};

struct place_list {
	struct import_place *items;
	size_t n;
};

static const char *const rule_names[] = {
	[TIDY_CONTEXT] = "context",
	[TIDY_IMPORTED] = "imported",
	[TIDY_TOOL] = "tool",
	[TIDY_INDIRECT] = "indirect",
	[TIDY_TESTED] = "tested",
	[TIDY_UNUSED] = "unused",
	[TIDY_IMPLIED] = "implied",
	[TIDY_VERSION] = "version",
	[TIDY_MARK] = "mark",
	[TIDY_EXCLUDED] = "excluded",
	[TIDY_LAYOUT] = "layout",
	[TIDY_GO_LINE] = "go",
	[TIDY_TOOLCHAIN] = "toolchain",
	[TIDY_SUM_GOMOD] = "sum-gomod",
	[TIDY_SUM_ZIP] = "sum-zip",
	[TIDY_SUM_COMPAT] = "sum-compat",
	[TIDY_SUM_UNUSED] = "sum-unused",
	[TIDY_SUM_ORDER] = "sum-order",
};

const char *tidy_rule_name(enum tidy_rule rule)
{
	return rule_names[rule];
}

static struct modver node_mod(const struct reasons *r, uint32_t node)
{
	return modload_tab(r->ml)->nodes[node].mod;
}

static const char *mod_text(struct arena *a, struct modver m)
{
	return m.version[0] ? arena_fmt(a, "%s@%s", m.path, m.version) : m.path;
}

static void put_entry(struct modtext *m, const struct modsyntax_line *line, struct entry e)
{
	if (line && line->line > 0 && (size_t)line->line <= m->n)
		m->lines[line->line - 1] = e;
}

static void put_entries(struct modtext *m, const struct gomod *f)
{
	put_entry(m, f->module_line, (struct entry){ .kind = ENTRY_MODULE });
	put_entry(m, f->go_line, (struct entry){ .kind = ENTRY_GO, .mod = { "go", f->go } });
	put_entry(m, f->toolchain_line,
		  (struct entry){ .kind = ENTRY_TOOLCHAIN, .mod = { "toolchain", f->toolchain } });
	for (size_t i = 0; i < f->require.n; i++) {
		const struct gomod_require *q = &f->require.items[i];

		put_entry(m, q->line, (struct entry){ ENTRY_REQUIRE, q->mod, q->indirect });
		if (q->line)
			map_put(&m->requires, q->mod.path, (void *)(intptr_t)q->line->line);
	}
	for (size_t i = 0; i < f->exclude.n; i++)
		put_entry(m, f->exclude.items[i].line,
			  (struct entry){ .kind = ENTRY_EXCLUDE, .mod = f->exclude.items[i].mod });
	for (size_t i = 0; i < f->replace.n; i++)
		put_entry(m, f->replace.items[i].line,
			  (struct entry){ .kind = ENTRY_REPLACE, .mod = f->replace.items[i].from });
	for (size_t i = 0; i < f->retract.n; i++)
		put_entry(m, f->retract.items[i].line, (struct entry){ .kind = ENTRY_RETRACT });
	for (size_t i = 0; i < f->tool.n; i++)
		put_entry(m, f->tool.items[i].line,
			  (struct entry){ .kind = ENTRY_PATH,
					  .mod = { f->tool.items[i].path, "" } });
	for (size_t i = 0; i < f->ignore.n; i++)
		put_entry(m, f->ignore.items[i].line, (struct entry){ .kind = ENTRY_PATH });
}

static const char *trimmed(struct arena *a, const char *s, size_t n)
{
	while (n && isspace((unsigned char)s[0]))
		s++, n--;
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	return arena_strndup(a, s, n);
}

static void put_keys(struct reasons *r, struct modtext *m, const char *data, size_t len)
{
	for (size_t i = 0; i < m->n; i++) {
		const char *nl = memchr(data, '\n', len);
		size_t n = nl ? (size_t)(nl - data) : len;
		const char *key = trimmed(r->a, data, n);

		if (!map_has(&m->keys, key))
			map_put(&m->keys, key, (void *)(intptr_t)(i + 1));
		data += MIN(n + 1, len);
		len -= MIN(n + 1, len);
	}
}

/* A text that cannot be parsed has no entries: then lines have no reasons but the layout. */
static void read_text(struct reasons *r, struct modtext *m, const char *data, size_t len)
{
	struct gomod_options o = { .name = "go.mod", .lax = true };
	struct gomod *f;
	struct arena *a = r->a;

	*m = (struct modtext){ .n = len > 0 };
	for (size_t i = 0; i < len; i++)
		m->n += data[i] == '\n';
	m->lines = arena_calloc(a, m->n + 1, sizeof(*m->lines));
	put_keys(r, m, data, len);
	if (gomod_parse(&f, a, &(struct gomod_options){ .name = "go.mod" }, data, len, NULL) ||
	    gomod_parse(&f, a, &o, data, len, NULL))
		put_entries(m, f);
}

static struct use *use_of(struct reasons *r, const char *path)
{
	struct use *u = map_get(&r->uses, path);

	if (!u) {
		u = arena_calloc(r->a, 1, sizeof(*u));
		map_put(&r->uses, path, u);
	}
	return u;
}

static void add_direct(struct use *u, struct pkg *importer, struct pkg *imported)
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

static bool is_main_pkg(const struct reasons *r, const struct pkg *p)
{
	return p->mod.path[0] && modload_is_main(r->ml, p->mod.path);
}

static void read_uses(struct reasons *r)
{
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(r->ld, &pkgs);

	for (size_t i = 0; i < n; i++) {
		struct pkg *p = pkgs[i];

		if (pkg_is_external(r->ld, p) && !p->test_of) {
			struct use *u = use_of(r, p->mod.path);

			u->nearest = u->nearest ? u->nearest : p;
			if ((p->flags & PKG_IN_ALL) && !u->nearest_in_all)
				u->nearest_in_all = p;
		}
		for (size_t k = 0; is_main_pkg(r, p) && k < p->n_imports; k++)
			if (pkg_is_external(r->ld, p->imports[k]))
				add_direct(use_of(r, p->imports[k]->mod.path), p, p->imports[k]);
	}
}

static void read_requirers(struct reasons *r)
{
	const uint32_t *order;
	size_t n;

	r->n_nodes = modload_tab(r->ml)->n_nodes;
	r->required_by = arena_alloc(r->a, (r->n_nodes + 1) * sizeof(*r->required_by));
	for (size_t i = 0; i < r->n_nodes; i++)
		r->required_by[i] = MODTAB_NONE;
	order = modgraph_order(r->mg, &n);
	for (size_t i = 0; i < n; i++) {
		size_t n_req;
		const uint32_t *req = modgraph_required(r->mg, order[i], &n_req);

		if (node_mod(r, order[i]).version[0] == 0)
			continue;
		for (size_t k = 0; k < n_req; k++)
			if (r->required_by[req[k]] == MODTAB_NONE)
				r->required_by[req[k]] = order[i];
	}
}

/* The node of a dependency that asks for exactly this version; MODTAB_NONE if only go.mod does. */
static uint32_t requirer(const struct reasons *r, struct modver m)
{
	uint32_t node = modtab_find(modload_tab(r->ml), m);

	return node < r->n_nodes ? r->required_by[node] : MODTAB_NONE;
}

static const struct place_list *places_of(struct reasons *r, const struct pkg *p)
{
	const char *dir = path_join(r->a, p->root->dir, p->rel);
	struct place_list *l = map_get(&r->places, dir);

	if (!l) {
		l = arena_calloc(r->a, 1, sizeof(*l));
		imports_places(r->a, dir, &l->items, &l->n, r->unread);
		map_put(&r->places, dir, l);
	}
	return l;
}

struct cause_list {
	struct tidy_cause *items;
	size_t n, cap;
};

/* The places where a package of the main module, or its tests, imports a path. */
static void add_places(struct reasons *r, const struct pkg *importer, const char *path,
		       struct cause_list *out)
{
	const struct place_list *l;

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

static const struct tidy_cause *keep_causes(struct reasons *r, struct cause_list *l, size_t *n)
{
	const struct tidy_cause *c = l->n ? arena_memdup(r->a, l->items, l->n * sizeof(*l->items))
					  : NULL;

	*n = l->n;
	vec_release(l);
	return c;
}

static void direct_causes(struct reasons *r, struct use *u)
{
	struct cause_list l = { 0 };

	if (u->causes_done)
		return;
	u->causes_done = true;
	for (size_t i = 0; i < u->direct.n; i++)
		add_places(r, u->direct.importers[i], u->direct.imported[i]->path, &l);
	u->causes = keep_causes(r, &l, &u->n_causes);
}

static const char *cause_text(struct arena *a, const struct tidy_cause *c, size_t n)
{
	const char *first = n ? arena_fmt(a, "%s:%d", c[0].file, c[0].line) : "the main module";

	return n > 1 ? arena_fmt(a, "%s and %zu more", first, n - 1) : first;
}

/* The step of a package's chain where the main module is left: the importing package there, and what it imports. */
static const struct pkg *leaves_main(const struct reasons *r, const struct pkg *p,
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

/* "a → b → c": the packages between the main module's import and p, the middle left out if there are many. */
static const char *chain_text(struct reasons *r, const struct pkg *p, const struct pkg *first)
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

static void set(struct tidy_change *c, enum tidy_rule rule, const char *reason)
{
	c->rule = rule;
	c->reason = reason;
}

static void one_cause(struct reasons *r, struct tidy_change *c, const char *file, int line)
{
	struct tidy_cause *cause = arena_alloc(r->a, sizeof(*cause));

	*cause = (struct tidy_cause){ file, line };
	c->causes = cause;
	c->n_causes = 1;
}

/* The line of the file on disk, as the compared text is formatted anew. */
static int disk_line(const struct reasons *r, const struct tidy_change *c)
{
	const struct map_entry *e = map_find(&r->disk.keys,
					     trimmed(r->a, c->text, strlen(c->text)));

	if (e)
		return (int)(intptr_t)e->value;
	if (c->mod.path[0] && map_has(&r->disk.requires, c->mod.path))
		return (int)(intptr_t)map_get(&r->disk.requires, c->mod.path);
	return 0;
}

static void own_line(struct reasons *r, struct tidy_change *c)
{
	int line = disk_line(r, c);

	if (line)
		one_cause(r, c, "go.mod", line);
}

static size_t position(const struct pkg *p)
{
	return p->mark - 1;
}

static void read_importers(struct reasons *r)
{
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(r->ld, &pkgs), *next;

	r->first = arena_calloc(r->a, n + 2, sizeof(*r->first));
	next = arena_calloc(r->a, n + 2, sizeof(*next));
	for (size_t i = 0; i < n; i++)
		pkgs[i]->mark = (unsigned)i + 1;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < pkgs[i]->n_imports; k++)
			r->first[position(pkgs[i]->imports[k]) + 1]++;
	for (size_t i = 0; i < n; i++)
		next[i + 1] = r->first[i + 1] += r->first[i];
	r->importers = arena_alloc(r->a, (r->first[n] + 1) * sizeof(struct pkg *));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < pkgs[i]->n_imports; k++)
			r->importers[next[position(pkgs[i]->imports[k])]++] = pkgs[i];
}

static void tool_cause(struct reasons *r, const char *tool, struct cause_list *out)
{
	const struct map_entry *e = map_find(&r->disk.keys, arena_fmt(r->a, "tool %s", tool));

	e = e ? e : map_find(&r->disk.keys, tool);
	if (e)
		vec_push(out, (struct tidy_cause){ "go.mod", (int)(intptr_t)e->value });
}

/* Walks up from the packages of a module to the imports by which the main modules reach any of them. */
struct climb {
	struct reasons *r;
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

static void find_leads(struct reasons *r, const char *module, bool within_all, struct use *u)
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
static void lead_causes(struct reasons *r, struct tidy_change *c, const char *module,
			bool within_all, const struct tidy_cause *head)
{
	struct use *u = use_of(r, module);
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

static const char *more_leads(struct reasons *r, size_t n)
{
	return n > 1 ? arena_fmt(r->a, "; %zu more import%s lead%s to the module", n - 1,
				 n == 2 ? "" : "s", n == 2 ? "s" : "")
		     : "";
}

/* A package p that is needed, and by which imports of the main module or by which tool. */
static void needed_by(struct reasons *r, struct tidy_change *c, enum tidy_rule rule,
		      const struct pkg *p, const char *note)
{
	const struct pkg *first, *from = leaves_main(r, p, &first);
	bool within_all = rule == TIDY_INDIRECT && r->t->final->pruning != MOD_UNPRUNED;
	struct cause_list l = { 0 };

	if (from) {
		add_places(r, from, first->path, &l);
		lead_causes(r, c, p->mod.path, within_all, l.n ? &l.items[0] : NULL);
		set(c, rule,
		    arena_fmt(r->a, "%s is needed: %s imports %s%s%s", p->path,
			      cause_text(r->a, c->causes, c->n_causes > 0), chain_text(r, p, first),
			      more_leads(r, c->n_causes), note));
		vec_release(&l);
		return;
	}
	/* the chain starts at a tool */
	lead_causes(r, c, p->mod.path, within_all, NULL);
	set(c, rule == TIDY_INDIRECT ? TIDY_TOOL : rule,
	    p == first ? arena_fmt(r->a, "the tool %s is in it%s", first->path, note)
		       : arena_fmt(r->a, "the tool %s imports %s%s", first->path,
				   chain_text(r, p, first), note));
}

static void added_direct(struct reasons *r, struct tidy_change *c, const char *note)
{
	struct use *u = use_of(r, c->mod.path);

	direct_causes(r, u);
	c->causes = u->causes;
	c->n_causes = u->n_causes;
	set(c, TIDY_IMPORTED,
	    arena_fmt(r->a, "imported by %s%s", cause_text(r->a, u->causes, u->n_causes), note));
}

static void added_indirect(struct reasons *r, struct tidy_change *c)
{
	struct use *u = use_of(r, c->mod.path);
	const char *rule;

	if (r->t->final->pruning == MOD_UNPRUNED) {
		if (u->nearest)
			needed_by(r, c, TIDY_INDIRECT, u->nearest,
				  "; no dependency asks for this version");
		else
			set(c, TIDY_INDIRECT,
			    "keeps a dependency from being downgraded, which would make an import ambiguous");
		return;
	}
	if (u->nearest_in_all) {
		needed_by(r, c, TIDY_INDIRECT, u->nearest_in_all, "");
		return;
	}
	rule = "; only tests of dependencies need it, which would get another version or another module without this line";
	if (u->nearest)
		needed_by(r, c, TIDY_TESTED, u->nearest, rule);
	else
		set(c, TIDY_INDIRECT, "needed to keep the selected versions");
}

static bool is_excluded(struct reasons *r, struct modver m)
{
	return modload_is_excluded(r->ml, m);
}

/* The file of a dependency's go.mod: relative to the main module if it is a directory there, "path@version/go.mod" if not. */
static const char *dep_file(struct reasons *r, struct modver actual)
{
	const char *dir, *file;

	if (actual.version[0])
		return arena_fmt(r->a, "%s/go.mod", mod_text(r->a, actual));
	dir = modload_dir_of(r->ml, actual);
	file = path_join(r->a, dir, "go.mod");
	return path_under(file, r->main->dir) ? path_rel(r->a, r->main->dir, file) : file;
}

/* Where in its go.mod a dependency requires `what` (the go line for "go"); 0 if that cannot be told. */
static int dep_line(struct reasons *r, struct modver actual, struct modver what)
{
	const char *data = NULL;
	char *read = NULL;
	size_t len;
	struct gomod *f;

	if (actual.version[0]
		    ? !source_gomod(modload_source(r->ml), actual, &data, &len, r->unread)
		    : !fs_read(r->a, path_join(r->a, modload_dir_of(r->ml, actual), "go.mod"),
			       FS_MAX_MOD, &read, &len, r->unread))
		return 0;
	if (!gomod_parse(&f, r->a, &(struct gomod_options){ .name = "go.mod", .lax = true },
			 data ? data : read, len, NULL))
		return 0;
	if (str_eq(what.path, "go"))
		return f->go_line ? f->go_line->line : 0;
	for (size_t i = 0; i < f->require.n; i++)
		if (str_eq(f->require.items[i].mod.path, what.path) && f->require.items[i].line)
			return f->require.items[i].line->line;
	return 0;
}

/* The requirement of a dependency as the one cause. */
static void dep_cause(struct reasons *r, struct tidy_change *c, uint32_t by, struct modver what)
{
	struct modver actual = modload_resolve(r->ml, node_mod(r, by));

	one_cause(r, c, dep_file(r, actual), dep_line(r, actual, what));
}

/* Which go.mod asks for the version that is selected now? */
static void version_forced(struct reasons *r, struct tidy_change *c, struct modver old,
			   struct modver new)
{
	uint32_t by = requirer(r, new);
	bool up = gover_mod_compare(new.path, old.version, new.version) < 0;

	if (is_excluded(r, old)) {
		set(c, TIDY_EXCLUDED, arena_fmt(r->a, "%s is excluded", mod_text(r->a, old)));
		return;
	}
	if (by == MODTAB_NONE) {
		set(c, TIDY_VERSION,
		    arena_fmt(r->a, "%s instead of %s: no dependency asks for more", new.version,
			      old.version));
		return;
	}
	set(c, TIDY_VERSION,
	    arena_fmt(r->a, "%s from %s: %s requires it", up ? "raised" : "lowered", old.version,
		      mod_text(r->a, node_mod(r, by))));
	dep_cause(r, c, by, new);
}

/* The entry that go.mod has for the path in a text; NULL if it has none. */
static const struct entry *entry_for(const struct modtext *m, const char *path)
{
	const struct map_entry *e = map_find(&m->requires, path);

	return e ? &m->lines[(intptr_t)e->value - 1] : NULL;
}

static void mark_changed(struct reasons *r, struct tidy_change *c, bool now_indirect)
{
	if (now_indirect) {
		set(c, TIDY_MARK,
		    "indirect: no package or test of the main module imports from it");
		own_line(r, c);
		return;
	}
	added_direct(r, c, ": no longer indirect");
	c->rule = TIDY_MARK;
	if (c->op == '-')
		own_line(r, c);
}

static void require_kept(struct reasons *r, struct tidy_change *c, const struct entry *old,
			 const struct entry *new)
{
	if (!str_eq(old->mod.version, new->mod.version)) {
		version_forced(r, c, old->mod, new->mod);
	} else if (old->indirect != new->indirect) {
		mark_changed(r, c, new->indirect);
	} else {
		set(c, TIDY_LAYOUT,
		    "the same requirement in its place: blocks of direct and of indirect ones, sorted, no duplicates");
		own_line(r, c);
	}
}

static void require_added(struct reasons *r, struct tidy_change *c, const struct entry *e)
{
	const struct entry *old = entry_for(&r->before, e->mod.path);
	uint32_t by;

	if (old) {
		require_kept(r, c, old, e);
		return;
	}
	if (e->indirect) {
		added_indirect(r, c);
		return;
	}
	by = requirer(r, e->mod);
	added_direct(r, c,
		     by == MODTAB_NONE ? ""
				       : arena_fmt(r->a, "; this version is the one %s requires",
						   mod_text(r->a, node_mod(r, by))));
}

static void require_removed(struct reasons *r, struct tidy_change *c, const struct entry *e)
{
	const struct entry *new = entry_for(&r->after, e->mod.path);
	const struct use *u = use_of(r, e->mod.path);
	const char *selected = modgraph_selected(r->mg, e->mod.path);
	uint32_t by = requirer(r, (struct modver){ e->mod.path, selected });

	if (new) {
		require_kept(r, c, e, new);
		return;
	}
	own_line(r, c);
	if (is_excluded(r, e->mod))
		set(c, TIDY_EXCLUDED, arena_fmt(r->a, "%s is excluded", mod_text(r->a, e->mod)));
	else if (u->nearest && by != MODTAB_NONE)
		set(c, TIDY_IMPLIED,
		    arena_fmt(r->a, "not needed here: %s requires %s",
			      mod_text(r->a, node_mod(r, by)), selected));
	else if (u->nearest)
		set(c, TIDY_IMPLIED, "not needed here: the other requirements select the same");
	else if (by != MODTAB_NONE)
		set(c, TIDY_UNUSED,
		    arena_fmt(r->a, "no package of it is needed; %s still requires %s",
			      mod_text(r->a, node_mod(r, by)), selected));
	else
		set(c, TIDY_UNUSED, "no package of it is needed");
}

static void go_changed(struct reasons *r, struct tidy_change *c)
{
	const char *go = requirements_go_version(r->t->final);
	uint32_t by = requirer(r, (struct modver){ "go", go });

	if (c->op == '-')
		own_line(r, c);
	if (r->ld->o.go_version && r->ld->o.go_version[0])
		set(c, TIDY_GO_LINE, arena_fmt(r->a, "asked for by -go=%s", r->ld->o.go_version));
	else if (by != MODTAB_NONE)
		set(c, TIDY_GO_LINE,
		    arena_fmt(r->a, "%s needs at least go %s", mod_text(r->a, node_mod(r, by)),
			      go));
	else
		set(c, TIDY_GO_LINE, arena_fmt(r->a, "the go line becomes %s", go));
	if (by != MODTAB_NONE)
		dep_cause(r, c, by, (struct modver){ "go", go });
}

static void toolchain_changed(struct reasons *r, struct tidy_change *c, const struct entry *e)
{
	uint32_t by = requirer(r, e->mod);

	if (c->op == '-')
		own_line(r, c);
	if (c->op == '-')
		set(c, TIDY_TOOLCHAIN,
		    "the toolchain line says no more than the go line, or is replaced by a newer one");
	else if (by != MODTAB_NONE)
		set(c, TIDY_TOOLCHAIN,
		    arena_fmt(r->a, "%s asks for this toolchain", mod_text(r->a, node_mod(r, by))));
	else
		set(c, TIDY_TOOLCHAIN, "a newer toolchain is asked for than the go line names");
}

static void other_changed(struct reasons *r, struct tidy_change *c, const struct entry *e)
{
	static const char *const texts[] = {
		[ENTRY_EXCLUDE] = "exclude lines are sorted, and duplicates dropped",
		[ENTRY_REPLACE] = "replace lines are sorted, and of duplicates the last one stays",
		[ENTRY_RETRACT] = "retract lines are sorted, newest first",
		[ENTRY_PATH] = "lines of a block are sorted, and duplicates dropped",
		[ENTRY_MODULE] = "the module line is written anew",
		[ENTRY_OTHER] = "the layout follows the requirements around it",
	};

	set(c, TIDY_LAYOUT, texts[e->kind]);
	if (c->op == '-')
		own_line(r, c);
}

static void explain_gomod(struct reasons *r, struct tidy_change *c)
{
	const struct modtext *m = c->op == '+' ? &r->after : &r->before;
	int line = c->op == '+' ? c->new_line : c->old_line;
	const struct entry *e = line > 0 && (size_t)line <= m->n ? &m->lines[line - 1]
								 : &m->lines[0];

	if (e->kind == ENTRY_REQUIRE || e->kind == ENTRY_EXCLUDE || e->kind == ENTRY_REPLACE)
		c->mod = e->mod;
	switch (e->kind) {
	case ENTRY_REQUIRE:
		if (c->op == '+')
			require_added(r, c, e);
		else
			require_removed(r, c, e);
		break;
	case ENTRY_GO: go_changed(r, c); break;
	case ENTRY_TOOLCHAIN: toolchain_changed(r, c, e); break;
	default: other_changed(r, c, e);
	}
}

/* "path version[/go.mod] hash" in three words; false for a line that is no such. */
static bool sum_line(struct arena *a, const char *text, struct modver *m, bool *gomod,
		     const char **hash)
{
	char *copy, *words[4];
	size_t n = 0, len = strlen(text);

	if (len >= TEXTDIFF_MAX_SHOWN)
		return false;
	copy = arena_strndup(a, text, len);
	for (char *p = copy; n < 4;) {
		p += strspn(p, " \t\r");
		if (!*p)
			break;
		words[n++] = p;
		p += strcspn(p, " \t\r");
		if (*p)
			*p++ = 0;
	}
	if (n != 3)
		return false;
	len = strlen(words[1]);
	*gomod = len > 7 && str_eq(words[1] + len - 7, "/go.mod");
	if (*gomod)
		words[1][len - 7] = 0;
	*m = (struct modver){ words[0], words[1] };
	*hash = words[2];
	return true;
}

static struct pkg *package_of(struct reasons *r, struct modver actual)
{
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(r->ld, &pkgs);

	for (size_t i = 0; i < n; i++) {
		struct modver m = pkgs[i]->mod.path[0] ? modload_resolve(r->ml, pkgs[i]->mod)
						       : pkgs[i]->mod;

		if (str_eq(m.path, actual.path) && str_eq(m.version, actual.version) &&
		    !pkgs[i]->test_of)
			return pkgs[i];
	}
	return NULL;
}

static void sum_zip_added(struct reasons *r, struct tidy_change *c)
{
	struct pkg *p = package_of(r, c->mod);

	if (p) {
		needed_by(r, c, TIDY_SUM_ZIP, p, "");
		return;
	}
	set(c, TIDY_SUM_ZIP,
	    "looked into, as its path begins that of a package that is needed: no other module may have it");
}

static void sum_gomod_added(struct reasons *r, struct tidy_change *c)
{
	uint32_t node = modtab_find(modload_tab(r->ml), c->mod), by = requirer(r, c->mod);
	struct pkg *p;

	if (by != MODTAB_NONE) {
		set(c, TIDY_SUM_GOMOD,
		    arena_fmt(r->a, "its go.mod is part of the graph: %s requires it",
			      mod_text(r->a, node_mod(r, by))));
		dep_cause(r, c, by, c->mod);
		return;
	}
	p = package_of(r, c->mod);
	if (p)
		needed_by(r, c, TIDY_SUM_GOMOD, p, "");
	else if (node != MODTAB_NONE && modgraph_has(r->mg, node))
		set(c, TIDY_SUM_GOMOD, "its go.mod is part of the graph: go.mod requires it");
	else
		set(c, TIDY_SUM_GOMOD, "its go.mod was read to find out what the packages need");
}

static void sum_removed(struct reasons *r, struct tidy_change *c, bool gomod)
{
	uint32_t node = modtab_find(modload_tab(r->ml), c->mod);
	const char *selected = modgraph_selected(r->mg, c->mod.path);

	one_cause(r, c, "go.sum", c->old_line);
	if (str_eq(selected, "none"))
		set(c, TIDY_SUM_UNUSED, "the module is not part of the graph");
	else if (!str_eq(selected, c->mod.version) &&
		 (node == MODTAB_NONE || !modgraph_has(r->mg, node)))
		set(c, TIDY_SUM_UNUSED,
		    arena_fmt(r->a, "nothing asks for this version; %s is selected", selected));
	else if (!gomod && !str_eq(selected, c->mod.version))
		set(c, TIDY_SUM_UNUSED,
		    arena_fmt(r->a, "only its go.mod is read; %s is selected", selected));
	else if (!gomod)
		set(c, TIDY_SUM_UNUSED, "no package of it is needed: only its go.mod is read");
	else
		set(c, TIDY_SUM_UNUSED,
		    "its go.mod is not read: the requirements that lead to it are pruned out");
}

static const char empty_gomod_hash[] = "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=";

static void explain_gosum(struct reasons *r, struct tidy_change *c)
{
	const char *hash = "";
	bool gomod = false;
	uint32_t node;
	uint8_t kept;

	if (!sum_line(r->a, c->text, &c->mod, &gomod, &hash)) {
		set(c, TIDY_SUM_ORDER, "not a line of go.sum: three words are expected");
		one_cause(r, c, "go.sum", c->old_line);
		return;
	}
	if (map_get(&r->sum_lines, c->text) == r || str_eq(hash, empty_gomod_hash)) {
		set(c, TIDY_SUM_ORDER,
		    str_eq(hash, empty_gomod_hash) ? "the hash of an empty go.mod is not kept"
						   : "go.sum is sorted, and duplicates dropped");
		one_cause(r, c, "go.sum", c->old_line);
		return;
	}
	if (c->op == '-') {
		sum_removed(r, c, gomod);
		return;
	}
	node = modtab_find(modload_tab(r->ml), c->mod);
	kept = node < r->t->n_keep ? r->t->keep[node] : 0;
	if (kept & TIDY_KEEP_COMPAT && !(requirer(r, c->mod) != MODTAB_NONE && gomod))
		set(c, TIDY_SUM_COMPAT,
		    arena_fmt(r->a, "go %s needs it: its graph is not pruned",
			      r->t->compat_version));
	else if (gomod)
		sum_gomod_added(r, c);
	else
		sum_zip_added(r, c);
}

/* Lines that only move: they are on both sides. */
static void find_moved(struct reasons *r, const struct tidy_change *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct map_entry *e;

		if (!c[i].gosum || (c[i].op != '+' && c[i].op != '-'))
			continue;
		e = map_entry(&r->sum_lines, c[i].text, strlen(c[i].text), NULL);
		if (e->value && e->value != (c[i].op == '+' ? &r->after : &r->before))
			e->value = r;
		else if (!e->value)
			e->value = c[i].op == '+' ? &r->after : &r->before;
	}
}

static size_t take_lines(struct arena *a, bool gosum, const struct buf *before,
			 const struct buf *after, struct tidy_change **out, size_t old)
{
	struct textdiff_line *lines;
	size_t n = textdiff_lines(a, before->data, before->len, after->data, after->len, &lines);
	struct tidy_change *all = arena_calloc(a, old + n + 1, sizeof(*all));

	if (old)
		memcpy(all, *out, old * sizeof(*all));
	for (size_t i = 0; i < n; i++)
		all[old + i] = (struct tidy_change){ .gosum = gosum,
						     .op = lines[i].op,
						     .text = lines[i].text,
						     .mod = { "", "" },
						     .old_line = lines[i].old_line,
						     .new_line = lines[i].new_line,
						     .reason = "" };
	*out = all;
	return old + n;
}

static void release(struct reasons *r)
{
	for (size_t i = 0; i < r->uses.n; i++) {
		struct use *u = r->uses.entries[i].value;

		free(u->direct.importers);
		free(u->direct.imported);
	}
	map_release(&r->uses);
	map_release(&r->places);
	map_release(&r->sum_lines);
	for (size_t i = 0; i < 3; i++) {
		struct modtext *m = i == 0 ? &r->before : i == 1 ? &r->after : &r->disk;

		map_release(&m->requires);
		map_release(&m->keys);
	}
}

size_t tidy_changes(struct tidy *t, struct arena *a, struct tidy_change **changes, struct err *e)
{
	struct reasons r = {
		.t = t, .ml = pkgload_modload(t->load), .ld = t->load, .a = a, .unread = e
	};
	size_t n = take_lines(a, false, &t->gomod_before, &t->gomod_after, changes, 0);

	n = take_lines(a, true, &t->gosum_before, &t->gosum_after, changes, n);
	if (n == 0)
		return 0;
	modload_mains(r.ml, &r.main);
	requirements_graph(r.ml, t->final, &r.mg, e);
	read_text(&r, &r.before, t->gomod_before.data, t->gomod_before.len);
	read_text(&r, &r.after, t->gomod_after.data, t->gomod_after.len);
	read_text(&r, &r.disk, r.main->data, r.main->len);
	read_uses(&r);
	read_requirers(&r);
	read_importers(&r);
	find_moved(&r, *changes, n);
	for (size_t i = 0; i < n; i++) {
		struct tidy_change *c = &(*changes)[i];

		if (c->op != '+' && c->op != '-')
			continue;
		if (c->gosum)
			explain_gosum(&r, c);
		else
			explain_gomod(&r, c);
	}
	release(&r);
	return n;
}

struct need_list {
	struct tidy_need *items;
	size_t n, cap;
};

static const char *zip_asker(struct tidy *t, struct arena *a, struct modver actual)
{
	struct reasons r = { .t = t, .ml = pkgload_modload(t->load), .ld = t->load, .a = a };
	const struct pkg *p = package_of(&r, actual);

	return p ? arena_fmt(a, "package %s", p->path) : "packages whose paths begin with its path";
}

/* Trees that were looked into, and go.mod files that were read, but that GOMODCACHE lacks. */
static void cached_needs(struct tidy *t, struct arena *a, struct need_list *l)
{
	struct modload *ml = pkgload_modload(t->load);
	struct source *s = modload_source(ml);
	struct modtab *tab = modload_tab(ml);
	const struct modgraph *mg;

	for (size_t i = 0; i < t->load->n_sources; i++) {
		struct modsource *ms = t->load->sources[i];
		struct modver m = ms && ms->fetched ? modload_resolve(ml, tab->nodes[i].mod)
						    : (struct modver){ "", "" };

		if (m.version[0] && !source_cached_dir(s, m))
			vec_push(l, (struct tidy_need){ m, "zip", zip_asker(t, a, m),
							ms->root != NULL });
	}
	requirements_graph(ml, t->final ? t->final : t->initial, &mg, NULL);
	for (uint32_t node = 0; node < tab->n_nodes; node++) {
		struct modver m = tab->nodes[node].mod, actual;
		const uint32_t *chain;

		if (!m.version[0] || gover_is_toolchain(m.path) || !modgraph_has(mg, node) ||
		    !modgraph_is_read(mg, node))
			continue;
		actual = modload_resolve(ml, m);
		if (!actual.version[0] || source_cached_gomod_file(s, actual))
			continue;
		vec_push(l, (struct tidy_need){
				    actual, "mod",
				    modgraph_chain(mg, node, a, &chain) > 2
					    ? arena_fmt(a, "required by %s",
							mod_text(a, tab->nodes[chain[1]].mod))
					    : "required by go.mod",
				    true });
	}
}

static int compare_needs(const void *x, const void *y)
{
	const struct tidy_need *p = x, *q = y;
	int c = gover_mod_order(&p->mod, &q->mod);

	return c ? c : strcmp(p->what, q->what);
}

size_t tidy_needs(struct tidy *t, struct arena *a, struct tidy_need **needs)
{
	struct source_want *wants;
	size_t n = source_wants(modload_source(pkgload_modload(t->load)), a, &wants), w = 0;
	struct need_list l = { 0 };

	cached_needs(t, a, &l);
	for (size_t i = 0; i < n; i++)
		vec_push(&l, (struct tidy_need){ wants[i].mod, wants[i].what,
						 "a package that no module of the graph has",
						 wants[i].fetched });
	if (l.n)
		qsort(l.items, l.n, sizeof(*l.items), compare_needs);
	for (size_t i = 0; i < l.n; i++)
		if (w == 0 || compare_needs(&l.items[w - 1], &l.items[i]) != 0)
			l.items[w++] = l.items[i];
	*needs = arena_memdup(a, w ? (void *)l.items : (void *)"", w * sizeof(*l.items));
	vec_release(&l);
	return w;
}
