#include "gofiles/gover.h"
#include "graph/explain.h"

void explain_reason_text(const struct explain_answer *w, struct buf *out)
{
	switch (w->reason) {
	case EXPLAIN_IS_MAIN: buf_addstr(out, "main module"); break;
	case EXPLAIN_REQUIRED: buf_addstr(out, "required by main"); break;
	case EXPLAIN_FORCED:
		buf_addstr(out, "forced by ");
		buf_add_modver(out, w->by);
		break;
	case EXPLAIN_MEMBER: buf_addf(out, "raised by workspace member %s", w->by.path); break;
	case EXPLAIN_ONLY: buf_addstr(out, "only version asked for"); break;
	case EXPLAIN_EXCLUDE: buf_addstr(out, "exclude moved the decision"); break;
	}
	if (*w->replaced.path) {
		buf_addstr(out, "; source replaced by ");
		buf_add_modver(out, w->replaced);
	}
}

const char *explain_class_name(enum explain_class c)
{
	static const char *const names[] = { "main",	   "workspace member", "selected",
					     "superseded", "pruned out",       "tool" };

	return names[c];
}

/* The go and toolchain lines: the file's version, and what raised it if another version is selected. */
static void language_because(const struct explain_answer *w, struct modload *ml, struct buf *out)
{
	const struct explain_requirer *line = NULL;

	for (size_t i = 0; i < w->n_requirers && !line; i++)
		if (*w->requirers[i].file)
			line = &w->requirers[i];
	if (line)
		buf_addf(out, "%s:%d says %s", modproject_short(modload_project(ml), line->file),
			 line->line, line->wants);
	if (line && str_eq(line->wants, w->selected))
		return;
	buf_addstr(out, line ? "; raised by " : "raised by ");
	buf_add_modver(out, w->by);
	buf_addf(out, ", which needs %s", w->selected);
}

/* Other requirers of the selected version: "as go.mod:19 does", "as 4 more do, go.mod:19 among them". */
static void add_others(const struct explain_answer *w, struct modload *ml, struct buf *out)
{
	const struct explain_requirer *line = NULL;
	size_t n = 0;

	for (size_t i = 0; i < w->n_requirers; i++) {
		const struct explain_requirer *r = &w->requirers[i];

		if (!r->decides || (r->mod.path == w->by.path && r->mod.version == w->by.version))
			continue;
		n++;
		if (*r->file && !line)
			line = r;
	}
	if (n == 1 && line)
		buf_addf(out, ", as %s:%d does", modproject_short(modload_project(ml), line->file),
			 line->line);
	else if (n)
		buf_addf(out, ", as %zu more do%s", n, n == 1 ? "es" : "");
	if (n > 1 && line)
		buf_addf(out, ", %s:%d among them",
			 modproject_short(modload_project(ml), line->file), line->line);
}

void explain_because(const struct explain_answer *w, struct modload *ml, struct buf *out)
{
	if (w->reason == EXPLAIN_IS_MAIN) {
		buf_addstr(out, "it is the main module");
		return;
	}
	if (gover_is_toolchain(w->path))
		language_because(w, ml, out);
	else if (*w->by_file)
		buf_addf(out, "%s:%d asks for %s (%s)",
			 modproject_short(modload_project(ml), w->by_file), w->by_line, w->selected,
			 w->direct ? "direct" : "indirect");
	else if (*w->by.path) {
		buf_add_modver(out, w->by);
		buf_addf(out, " asks for %s", w->selected);
	} else {
		buf_addf(out, "loading raised it to %s", w->selected);
	}
	if (*w->by.path && !gover_is_toolchain(w->path))
		add_others(w, ml, out);
	if (*w->runner_up)
		buf_addf(out, "; next highest is %s", w->runner_up);
	else if (w->n_versions == 1)
		buf_addstr(out, "; nothing asks for another version");
}
