#include "graph/gograph.h"

#include "base/buf.h"
#include "gofiles/gover.h"

static char *put_node(const struct modtab *t, char *p, uint32_t node, size_t len)
{
	const struct modver *m = &t->nodes[node].mod;
	size_t n = t->paths[t->nodes[node].path].len;

	memcpy(p, m->path, n);
	if (n < len) {
		p[n] = '@';
		memcpy(p + n + 1, m->version, len - n - 1);
	}
	return p + len;
}

/* The length of each node's text. */
static uint32_t *text_lengths(const struct modtab *t)
{
	uint32_t *len = xcalloc(t->n_nodes, sizeof(*len));

	for (size_t i = 0; i < t->n_nodes; i++) {
		size_t v = strlen(t->nodes[i].mod.version);

		len[i] = (uint32_t)(t->paths[t->nodes[i].path].len + (v ? v + 1 : 0));
	}
	return len;
}

/* WalkBreadthFirst: a duplicate root is visited twice. */
static uint32_t *visits(const struct modgraph *mg, size_t *n)
{
	size_t n_order, n_roots, known = 0;
	const uint32_t *order = modgraph_order(mg, &n_order), *roots = modgraph_roots(mg, &n_roots);
	uint32_t *list = xreallocarray(NULL, n_order + n_roots + 1, sizeof(*list));

	*n = 0;
	for (size_t i = 0; i < n_roots; i++) {
		if (str_eq(mg->tab->nodes[roots[i]].mod.version, "none"))
			continue;
		known += known < n_order && order[known] == roots[i];
		list[(*n)++] = roots[i];
	}
	for (; known < n_order; known++)
		list[(*n)++] = order[known];
	return list;
}

void gograph_text(const struct modload *ml, const struct modgraph *mg, struct buf *out)
{
	size_t n, total = 0;
	uint32_t *len, *order;
	char *p;

	if (!modproject_has_root(modload_project(ml)))
		return;
	order = visits(mg, &n);
	len = text_lengths(mg->tab);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < mg->n_required[order[i]]; j++)
			total += len[order[i]] + len[mg->required[order[i]][j]] + 2;
	}
	buf_grow(out, total);
	p = out->data + out->len;
	for (size_t i = 0; i < n; i++) {
		uint32_t a = order[i];

		for (size_t j = 0; j < mg->n_required[a]; j++) {
			p = put_node(mg->tab, p, a, len[a]);
			*p++ = ' ';
			p = put_node(mg->tab, p, mg->required[a][j], len[mg->required[a][j]]);
			*p++ = '\n';
		}
	}
	*p = '\0';
	out->len += total;
	free(len);
	free(order);
}

static bool graph_of_version(struct modload *ml, const char *go_version, const struct modgraph **mg,
			     struct err *e)
{
	struct requirements *rs = modload_requirements(ml);
	const char *v = requirements_root(ml, rs, "go");

	if (gover_compare(modproject_local_version(modload_project(ml)), go_version) < 0)
		return modproject_too_new(modload_project(ml), "-go flag", go_version, e);
	if (gover_compare(v, GOVER_STRICT) >= 0 && gover_compare(go_version, v) < 0)
		return err_set(
			e, ERR_REFUSED,
			"requested Go version %s cannot load module graph (requires Go >= %s)",
			go_version, v);
	/* the roots are not repaired, even if they are inconsistent */
	if (pruning_for(go_version) == PRUNING_UNPRUNED && rs->pruning != PRUNING_UNPRUNED)
		rs = requirements_new(ml, PRUNING_UNPRUNED, rs->roots, rs->n_roots, rs->direct);
	return requirements_graph(ml, rs, mg, e);
}

bool gograph_load(struct modload *ml, const char *go_version, const struct modgraph **mg,
		  struct err *e)
{
	struct requirements *rs = modload_requirements(ml);

	if (go_version && *go_version)
		return graph_of_version(ml, go_version, mg, e);
	if (!requirements_expand(ml, &rs, mg, e))
		return false;
	modload_set_requirements(ml, rs);
	return true;
}
