#include "parts/load_private.h"

#include "base/fs.h"
#include "graph/graphfile.h"

static bool write_all(struct load_work *w, struct load_export *le, struct err *e)
{
	const struct request_export *r = &w->request->export;
	const struct load_graph *g = load_data(w, PART_GRAPH);
	struct buf b = BUF_INIT;
	struct graphfile f = { .mg = g->mg, .format = r->format, .out = &b };
	bool ok;

	graphfile_begin(&f);
	ok = graphfile_all(&f, job_cancel(w->job));
	graphfile_end(&f);
	le->bytes = b.len;
	if (!ok)
		err_set(e, ERR_CANCELLED, "cancelled");
	else
		ok = fs_write_atomic(r->file, b.data, b.len, 0666, false, e);
	buf_release(&b);
	return ok;
}

bool load_make_export(struct load_work *w, struct part **out, struct err *e)
{
	struct part *p = load_part_on(w, PART_GRAPH);
	struct load_export *le = arena_calloc(&p->arena, 1, sizeof(*le));
	bool ok;

	p->data = le;
	ok = write_all(w, le, e);
	return load_hand_over(p, ok, out);
}
