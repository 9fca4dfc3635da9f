#include "texts/whatif_words.h"

#include "base/text.h"
#include "gofiles/gover.h"
#include "graph/modtab.h"
#include "texts/describe.h"

enum { NEAR_NAMES = 3 };

static const struct whatif_delta *delta_of(const struct whatif *w, const char *path)
{
	for (size_t i = 0; i < w->n_deltas; i++)
		if (str_eq(w->deltas[i].path, path))
			return &w->deltas[i];
	return NULL;
}

/* A sentence on its own line. */
static void begin(struct buf *b)
{
	if (b->len && b->data[b->len - 1] != '\n')
		buf_addch(b, '\n');
}

static void add_modver(struct buf *b, const char *path, const char *version)
{
	describe_modver(b, (struct modver){ path, version });
}

/* The nearest requirer of the selected version, other than main modules. */
static const struct load_node *other_requirer(const struct load_graph *g,
					      const struct load_module *m, size_t *n)
{
	const struct load_node *node = &g->nodes[m->node], *best = NULL;

	*n = 0;
	for (uint32_t i = 0; i < node->n_requirers; i++) {
		const struct load_node *by = &g->nodes[g->requirers[node->first + i]];

		if (!by->version[0])
			continue;
		++*n;
		if (!best || by->depth < best->depth)
			best = by;
	}
	return best;
}

static void add_stays(struct buf *b, const struct load_graph *g, const struct load_module *m)
{
	size_t n;
	const struct load_node *by = other_requirer(g, m, &n);

	begin(b);
	buf_addf(b, "%s stays at %s", m->path, m->version);
	if (!by)
		return;
	buf_addstr(b, ": ");
	add_modver(b, by->path, by->version);
	buf_addstr(b, " asks for it too");
	if (n > 1)
		buf_addf(b, ", and %zu more", n - 1);
}

static void add_moves(struct buf *b, const struct whatif_delta *d)
{
	begin(b);
	if (!d->after[0])
		buf_addf(b, "%s %s leaves the build list", d->path, d->before);
	else if (!d->before[0])
		buf_addf(b, "%s comes in at %s", d->path, d->after);
	else if (str_eq(d->before, d->after))
		buf_addf(b, "%s stays at %s", d->path, d->after);
	else
		buf_addf(b, "%s goes from %s to %s", d->path, d->before, d->after);
	if (!d->after[0] || !d->by.path[0])
		return;
	buf_addstr(b, ": ");
	add_modver(b, d->by.path, d->by.version);
	buf_addstr(b, " asks for that");
	if (d->n_keepers > 1)
		buf_addf(b, ", and %zu more ask for a higher version", d->n_keepers - 1);
}

/* What leaves with it. */
static void add_gone(struct buf *b, const struct whatif *w, const char *path)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n_deltas; i++) {
		const struct whatif_delta *d = &w->deltas[i];

		if (d->after[0] || str_eq(d->path, path))
			continue;
		if (!n++) {
			begin(b);
			buf_addf(b, "%s goes with it", d->path);
		}
	}
	if (n > 1)
		buf_addf(b, ", and %zu more", n - 1);
}

/* tidy always requires the main module's direct imports. */
static void add_imports(struct buf *b, const struct load_graph *g,
			const struct load_imports *imports, const char *path)
{
	const struct load_import *i = imports ? map_get(&imports->modules, path) : NULL;
	const struct load_module *m = load_graph_module(g, path);

	if (!i || !i->n_packages)
		return;
	begin(b);
	buf_addf(b, "%zu package%s of it %s imported (%s)%s", i->n_packages,
		 i->n_packages == 1 ? "" : "s", i->n_packages == 1 ? "is" : "are", i->chains[0],
		 m && m->kind == LOAD_DIRECT ? ": go mod tidy would require it again" : "");
}

static void add_go_line(struct buf *b, const struct whatif *w)
{
	const struct whatif_delta *d = delta_of(w, "go");

	if (!d || !d->before[0] || !d->after[0] || str_eq(d->before, d->after))
		return;
	begin(b);
	buf_addf(b, "the go line changes from %s to %s", d->before, d->after);
}

static bool takes_away(const struct whatif_step *s)
{
	return s->kind == WHATIF_DROP || (s->kind == WHATIF_GET && str_eq(s->version, "none"));
}

void whatif_words_add(struct buf *b, const struct load_graph *g, const struct load_imports *imports,
		      const struct whatif *w, size_t step)
{
	const struct whatif_step *s = &w->steps.items[step];
	const struct whatif_delta *d = delta_of(w, s->path);
	const struct load_module *m = load_graph_module(g, s->path);

	if (d)
		add_moves(b, d);
	else if (m)
		add_stays(b, g, m);
	if (takes_away(s)) {
		if (d && !d->after[0])
			add_gone(b, w, s->path);
		add_imports(b, g, imports, s->path);
	}
	if (step + 1 < w->steps.n)
		return;
	add_go_line(b, w);
	if (*w->warnings)
		buf_addf(b, "%s%.*s", b->len ? "\n" : "", (int)strlen(w->warnings) - 1,
			 w->warnings);
}

/* Whether the last element is the name, or contains it. */
static bool is_near(const char *path, const char *name)
{
	const char *last = strrchr(path, '/');

	return str_eq(last ? last + 1 : path, name) || strstr(path, name) ||
	       text_distance(path, name) <= 2;
}

bool whatif_words_near(struct buf *b, const struct load_graph *g, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n_modules && n < NEAR_NAMES; i++)
		if (is_near(g->modules[i].path, name))
			buf_addf(b, "%s%s", n++ ? ", " : "", g->modules[i].path);
	return n > 0;
}

static bool is_replaced(const struct load_graph *g, const struct whatif_step *s)
{
	return s->kind == WHATIF_UNREPLACE && map_has(g->replaced, s->path);
}

static bool is_pattern(const char *path)
{
	return str_eq(path, "all") || strstr(path, "...");
}

/* A get step may name a module outside the build list: go get reports errors. */
static bool may_be_new(const struct whatif_step *s)
{
	const char *slash = strchr(s->path, '/');
	size_t first = slash ? (size_t)(slash - s->path) : strlen(s->path);

	if (s->kind == WHATIF_GET || s->kind == WHATIF_UPGRADE)
		return true;
	return s->kind == WHATIF_PIN && (memchr(s->path, '.', first) || is_pattern(s->path));
}

bool whatif_words_check(const struct load_graph *g, const struct whatif_step *s, struct err *e)
{
	const struct load_module *m = load_graph_module(g, s->path);
	struct buf b = BUF_INIT;
	bool near;

	if (m && m->kind == LOAD_MAIN && g->n_mains == 1 && !g->gowork &&
	    (s->kind == WHATIF_DROP || s->kind == WHATIF_PIN)) {
		err_set(e, ERR_NOT_FOUND,
			"%s is the main module: nothing can require a version of it here", s->path);
		return false;
	}
	if (m || may_be_new(s) || is_replaced(g, s) || gover_is_toolchain(s->path))
		return true;
	near = whatif_words_near(&b, g, s->path);
	err_set(e, ERR_NOT_FOUND, "%s: the build list has no such module%s%s%s", s->path,
		near ? "; did you mean " : "", b.data, near ? "?" : "");
	buf_release(&b);
	return false;
}
