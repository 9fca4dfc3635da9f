#include "parts/load_private.h"

#include "base/fs.h"
#include "graph/graphfile.h"
#include "parts/recordfile.h"

static bool add_graph(struct load_work *w, struct buf *b, struct err *e)
{
	const struct load_graph *g = load_data(w, PART_GRAPH);
	struct graphfile f = { .mg = g->mg, .format = w->request->export.format, .out = b };
	bool ok;

	graphfile_begin(&f);
	ok = graphfile_all(&f, job_cancel(w->job));
	graphfile_end(&f);
	return ok || err_set(e, ERR_CANCELLED, "cancelled");
}

static void put(void *buf, const void *data, size_t len)
{
	buf_add(buf, data, len);
}

/* A bill of materials cannot be marked incomplete. */
static bool can_record(const struct load_work *w, struct err *e)
{
	const struct err *broken = &((const struct load_graph *)load_data(w, PART_GRAPH))->broken;

	return w->request->export.record_format == REQUEST_RECORD_JSON || !err_is_set(broken) ||
	       err_set(e, broken->code, "the graph is incomplete: %s", broken->text);
}

/* Sorted here: only loaders' own parts are elsewhere. */
static void add_document(const struct load_work *w, struct load_policy *policy,
			 const struct load_record *record, struct buf *b)
{
	struct recordfile f = { .record = record, .format = w->request->export.record_format };
	json_t *doc;

	findings_sort(&policy->findings);
	f.findings[0] = &record->graph->env->findings;
	f.findings[1] = &record->graph->findings;
	f.findings[2] = &policy->findings;
	doc = recordfile_make(&f);
	jsonout_write(doc, put, b);
	json_decref(doc);
}

/* The parts of a record are not shown anywhere: they are made for it alone. */
static bool add_record(struct load_work *w, struct buf *b, struct err *e)
{
	struct snapshot *s = snapshot_ref(w->s);
	const struct part *policy = NULL, *record = NULL;

	if (can_record(w, e))
		policy = load_inside(w, w->l, &s, PART_POLICY, load_make_policy, e);
	if (policy)
		record = load_inside(w, w->l, &s, PART_RECORD, load_make_record, e);
	if (record)
		add_document(w, policy->data, record->data, b);
	snapshot_unref(s);
	return record;
}

static bool write_all(struct load_work *w, struct load_export *le, struct err *e)
{
	const struct request_export *r = &w->request->export;
	struct buf b = BUF_INIT;
	bool ok = (r->record ? add_record(w, &b, e) : add_graph(w, &b, e)) &&
		  fs_write_atomic(r->file, b.data, b.len, 0666, false, e);

	le->bytes = b.len;
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
