#include "gofiles/gomod.h"
#include "gofiles/gowork.h"
#include "release/replaces_impl.h"

static const char *note_of(struct arena *a, const struct modsyntax_line *line)
{
	return line ? modsyntax_comment_text(a, NULL, line) : "";
}

static struct replaces_row *add(struct replaces_rows *r, enum replaces_verb verb,
				const struct modsyntax_line *line, struct modver mod)
{
	struct replaces_row row = { .verb = verb,
				    .file = r->file,
				    .line = modsyntax_line_number(line),
				    .main = r->main,
				    .mod = mod,
				    .to = { "", "" },
				    .high = "",
				    .note = note_of(r->a, line),
				    .effect = "",
				    .selected = "",
				    .chain = "" };

	arena_vec_push(r->a, &r->all, row);
	return &r->all.items[r->all.n - 1];
}

static void add_replaces(struct replaces_rows *r, const struct gomod_replaces *list)
{
	for (size_t i = 0; i < list->n; i++)
		add(r, REPLACES_REPLACE, list->items[i].line, list->items[i].from)->to =
			list->items[i].to;
}

static void add_paths(struct replaces_rows *r, enum replaces_verb verb,
		      const struct gomod_paths *list)
{
	for (size_t i = 0; i < list->n; i++)
		add(r, verb, list->items[i].line, (struct modver){ list->items[i].path, "" });
}

static void add_godebugs(struct replaces_rows *r, const struct gomod_godebugs *list)
{
	for (size_t i = 0; i < list->n; i++)
		add(r, REPLACES_GODEBUG, list->items[i].line,
		    (struct modver){ list->items[i].key, list->items[i].value });
}

static void add_gomod(struct replaces_rows *r, const struct gomod *f)
{
	add_replaces(r, &f->replace);
	for (size_t i = 0; i < f->exclude.n; i++)
		add(r, REPLACES_EXCLUDE, f->exclude.items[i].line, f->exclude.items[i].mod);
	for (size_t i = 0; i < f->retract.n; i++) {
		struct replaces_row *row = add(r, REPLACES_RETRACT, f->retract.items[i].line,
					       (struct modver){ r->main, f->retract.items[i].low });

		row->high = f->retract.items[i].high;
		row->note = f->retract.items[i].rationale;
	}
	add_paths(r, REPLACES_TOOL, &f->tool);
	add_paths(r, REPLACES_IGNORE, &f->ignore);
	add_godebugs(r, &f->godebug);
}

/* Entries dropped while reading the file have no line. */
static void drop_removed(struct replaces_rows *r, size_t from)
{
	size_t n = from;

	for (size_t i = from; i < r->all.n; i++)
		if (r->all.items[i].line)
			r->all.items[n++] = r->all.items[i];
	r->all.n = n;
}

/* In the order of the file, whatever their verbs. */
static int by_line(const void *va, const void *vb)
{
	const struct replaces_row *a = va, *b = vb;

	return (a->line > b->line) - (a->line < b->line);
}

static void sort_from(struct replaces_rows *r, size_t from)
{
	drop_removed(r, from);
	if (r->all.n > from + 1)
		qsort(r->all.items + from, r->all.n - from, sizeof(*r->all.items), by_line);
}

void replaces_lines(struct replaces_rows *r, struct modproject *mp)
{
	const struct modproject_main *mains;
	size_t n = modproject_mains(mp, &mains), from;
	const struct gowork *work = modproject_gowork(mp);

	if (work) {
		r->file = modproject_gowork_file(mp);
		r->main = "";
		add_paths(r, REPLACES_USE, &work->use);
		add_replaces(r, &work->replace);
		add_godebugs(r, &work->godebug);
		sort_from(r, 0);
	}
	for (size_t i = 0; i < n; i++) {
		if (!mains[i].file)
			continue;
		from = r->all.n;
		r->file = mains[i].gomod;
		r->main = mains[i].mod.path;
		add_gomod(r, mains[i].file);
		sort_from(r, from);
	}
}
