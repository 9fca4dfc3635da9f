#include "commands/project.h"
#include "graph/gograph.h"

static char *node_text(const struct modtab *t, uint32_t node, struct buf *b)
{
	const struct modver *m = &t->nodes[node].mod;

	buf_clear(b);
	buf_addstr(b, m->path);
	if (*m->version)
		buf_addf(b, "@%s", m->version);
	return b->data;
}

static void print_json(struct cli *c, const struct modtab *t, const struct modgraph *mg)
{
	json_t *doc = report_doc("graph"), *rows = report_set_rows(doc, "edges");
	struct buf b = BUF_INIT;
	size_t n, n_req;
	const uint32_t *order = modgraph_order(mg, &n);

	for (size_t i = 0; i < n; i++) {
		const uint32_t *req = modgraph_required(mg, order[i], &n_req);

		for (size_t j = 0; j < n_req; j++) {
			json_t *row = report_add_row(rows);

			report_set_str(row, "From", node_text(t, order[i], &b));
			report_set_str(row, "To", node_text(t, req[j], &b));
		}
	}
	buf_release(&b);
	report_json(c->r, doc);
}

static void print_text(struct cli *c, struct modload *ml, const struct modgraph *mg)
{
	struct buf b = BUF_INIT;

	gograph_text(ml, mg, &b);
	report_twin(c->r, &b);
	buf_release(&b);
}

/* Does not use PART_GRAPH: go mod graph has -go, and prints the readable part of a graph in its own order. See project.h. */
static int run(struct cli *c)
{
	const struct modgraph *mg;
	struct project p;
	int status;

	if (!project_go_flags(c, &status))
		return status;
	if (!project_open(&p, c, MODPROJECT_GRAPH) ||
	    !gograph_load(p.ml, cli_flag(c, "go"), &mg, &p.err))
		return project_fail(&p, c);
	if (c->r->json)
		print_json(c, modload_tab(p.ml), mg);
	else
		print_text(c, p.ml, mg);
	return project_close(&p, c, STATUS_FINE);
}

static const struct cli_flag flags[] = {
	{ "go", "VERSION", "the graph as that Go version would load it", true },
	{ NULL },
};

const struct cli_command cmd_graph = {
	.name = "graph",
	.summary = "the module requirement graph",
	.same_as = "go mod graph",
	.complete = "none",
	.flags = flags,
	.run = run,
};
