#include "graph/graphfile.h"

static const struct {
	const char *suffix;
	const char *begin, *end;
} formats[] = {
	[GRAPHFILE_DOT] = { "dot", "digraph modules {\n  node [shape=box];\n", "}\n" },
	[GRAPHFILE_MERMAID] = { "mmd", "graph TD\n", "" },
	[GRAPHFILE_JSON] = { "json", "{\n  \"schema\": \"modscope.graph/1\",\n  \"edges\": [",
			     "\n  ]\n}\n" },
};

const char *graphfile_suffix(enum graphfile_format format)
{
	return formats[format].suffix;
}

static void add_escaped(struct buf *b, const char *s)
{
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_addch(b, '\\');
		if ((unsigned char)*s >= ' ')
			buf_addch(b, *s);
	}
}

static void add_node(struct graphfile *f, uint32_t node)
{
	struct modver m = f->mg->tab->nodes[node].mod;

	buf_addch(f->out, '"');
	add_escaped(f->out, m.path);
	if (*m.version) {
		buf_addch(f->out, '@');
		add_escaped(f->out, m.version);
	}
	buf_addch(f->out, '"');
}

static void add_mermaid_node(struct graphfile *f, uint32_t node)
{
	buf_addf(f->out, "n%u[", node);
	add_node(f, node);
	buf_addch(f->out, ']');
}

void graphfile_begin(struct graphfile *f)
{
	f->any = false;
	buf_addstr(f->out, formats[f->format].begin);
}

void graphfile_end(struct graphfile *f)
{
	buf_addstr(f->out, formats[f->format].end);
}

void graphfile_edge(struct graphfile *f, uint32_t from, uint32_t to)
{
	switch (f->format) {
	case GRAPHFILE_MERMAID:
		buf_addstr(f->out, "  ");
		add_mermaid_node(f, from);
		buf_addstr(f->out, " --> ");
		add_mermaid_node(f, to);
		buf_addstr(f->out, "\n");
		break;
	case GRAPHFILE_JSON:
		buf_addstr(f->out, f->any ? ",\n    { \"From\": " : "\n    { \"From\": ");
		add_node(f, from);
		buf_addstr(f->out, ", \"To\": ");
		add_node(f, to);
		buf_addstr(f->out, " }");
		break;
	default:
		buf_addstr(f->out, "  ");
		add_node(f, from);
		buf_addstr(f->out, " -> ");
		add_node(f, to);
		buf_addstr(f->out, ";\n");
	}
	f->any = true;
}

bool graphfile_all(struct graphfile *f, struct cancel *cancel)
{
	size_t n, n_req;
	const uint32_t *order = modgraph_order(f->mg, &n);

	for (size_t i = 0; i < n; i++) {
		const uint32_t *req = modgraph_required(f->mg, order[i], &n_req);

		if (cancel_is_set(cancel))
			return false;
		for (size_t k = 0; k < n_req; k++)
			graphfile_edge(f, order[i], req[k]);
	}
	return true;
}
