#include "parts/load_private.h"

#include "base/fs.h"
#include "graph/graphfile.h"

/* "FORMAT\nFILE\nNUMBER": the file's name is all between. */
static bool parse_key(const char *key, struct arena *a, enum graphfile_format *format,
		      const char **file)
{
	size_t len = strcspn(key, "\n");
	const char *name = key + len + (key[len] == '\n'), *end = strrchr(name, '\n');

	*format = graphfile_parse(key, len);
	*file = end ? arena_strndup(a, name, (size_t)(end - name)) : "";
	return *format != GRAPHFILE_FORMATS && **file;
}

static bool write_all(struct load_work *w, struct load_export *le, enum graphfile_format format,
		      struct err *e)
{
	struct buf b = BUF_INIT;
	struct graphfile f = { .g = load_data(w, PART_GRAPH), .format = format, .out = &b };
	bool ok;

	graphfile_begin(&f);
	ok = graphfile_all(&f, job_cancel(w->job));
	graphfile_end(&f);
	le->bytes = b.len;
	if (!ok)
		err_set(e, ERR_CANCELLED, "cancelled");
	else
		ok = fs_write_atomic(le->file, b.data, b.len, 0666, false, e);
	buf_release(&b);
	return ok;
}

bool load_make_export(struct load_work *w, struct part **out, struct err *e)
{
	struct part *p = load_part_on(w, PART_GRAPH);
	struct load_export *le = arena_calloc(&p->arena, 1, sizeof(*le));
	enum graphfile_format format;
	bool ok;

	p->data = le;
	ok = parse_key(w->key, &p->arena, &format, &le->file) ||
	     err_set(e, ERR_USAGE, "no such export: %s", w->key);
	ok = ok && write_all(w, le, format, e);
	if (ok)
		*out = p;
	else
		part_unref(p);
	return ok;
}
