#include "commands/loaded.h"
#include "commands/release.h"

#include "texts/release_text.h"

static void print_text(struct cli *c, const struct checklist *l)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < l->n; i++) {
		const struct checklist_point *p = &l->points[i];

		report_styledf(c->r, release_text_style(p), "%s",
			       report_glyph(c->r, release_text_glyph(p)));
		report_textf(c->r, " %-13s %s", p->id, p->text);
		if (p->file[0] && p->line)
			report_styledf(c->r, STYLE_QUIET, "  %s:%d", p->file, p->line);
		else if (p->file[0])
			report_styledf(c->r, STYLE_QUIET, "  %s", p->file);
		if (p->verdict != CHECKLIST_PASS && p->remedy[0])
			report_styledf(c->r, STYLE_QUIET, "\n                remedy: %s",
				       p->remedy);
		report_textf(c->r, "\n");
	}
	if (l->h1[0])
		report_textf(c->r, "%s@%s of commit %.7s: %s\n", l->path, l->version, l->commit,
			     l->h1);
	release_text_verdict(&b, l);
	report_styledf(c->r, release_text_answer_style(l), "%s\n", b.data);
	buf_release(&b);
}

static void print_json(struct cli *c, const struct checklist *l)
{
	json_t *doc = report_doc("release"), *rows;

	report_set_str(doc, "Path", l->path);
	report_set_text(doc, "Version", l->version);
	report_set_text(doc, "Tag", l->tag);
	report_set_text(doc, "Commit", l->commit);
	report_set_text(doc, "Sum", l->h1);
	report_set_text(doc, "Last", l->last);
	report_set_text(doc, "Next", l->next);
	report_set_int(doc, "Removed", (long long)l->n_removed);
	report_set_int(doc, "Changed", (long long)l->n_changed);
	report_set_int(doc, "Added", (long long)l->n_added);
	json_object_set_new(doc, "Releasable", json_boolean(l->releasable));
	rows = report_set_rows(doc, "points");
	for (size_t i = 0; i < l->n; i++) {
		const struct checklist_point *p = &l->points[i];
		json_t *o = report_add_row(rows);

		report_set_str(o, "Id", p->id);
		report_set_str(o, "Verdict", checklist_verdict_name(p->verdict));
		report_set_bool(o, "Blocks", p->blocks);
		report_set_str(o, "Text", p->text);
		report_set_text(o, "File", p->file);
		if (p->line)
			report_set_int(o, "Line", p->line);
		report_set_text(o, "Remedy", p->remedy);
	}
	report_json(c->r, doc);
}

static int answer(struct cli *c, const struct checklist *l, bool strict)
{
	if (c->r->json)
		print_json(c, l);
	else
		print_text(c, l);
	if (!l->releasable || (strict && l->n_noted))
		return STATUS_NO;
	return l->n_unknown ? STATUS_UNKNOWN : STATUS_FINE;
}

int release_run(struct cli *c, const char *tag, bool strict)
{
	const struct request *r = REQUEST(PART_RELEASE, .module = tag ? tag : "");
	struct loaded x = loaded_open(c, NULL);
	struct err e = ERR_INIT;
	const void *checklist = loaded_part(&x, r, &e);
	int status = checklist ? answer(c, checklist, strict) : cli_fail(c, &e);

	loaded_close(&x);
	return status;
}

static int run(struct cli *c)
{
	return release_run(c, cli_flag(c, "tag"), cli_has(c, "strict"));
}

static const struct cli_flag flags[] = {
	{ "tag", "VERSION",
	  "the tag that is meant; without it the next version that semantic versioning asks for",
	  .in_view = true },
	{ "strict", NULL, "status 1 also for points that are only notes" },
	{ NULL, NULL, NULL },
};

const struct cli_command cmd_release = {
	.name = "release",
	.summary = "whether this can be tagged: a checklist with verdicts",
	.help = "Judges the commit that is checked out as the module that a tag on it would publish: replace lines, uncommitted files, go.mod and go.sum\n"
		"that are not tidy, required versions that are retracted, deprecated, excluded, pseudo-versions or +incompatible, whether a dependent\n"
		"can load it, whether the tag fits the module's path and directory and is free, files that make its zip impossible or are not in it,\n"
		"the licence, and since the last tag: the go line, major versions of dependencies, and identifiers that are gone or declared\n"
		"differently. The zip that go makes of the commit is made in memory: its h1 is the one that go.sum files will have.\n"
		"Status 1 if it cannot be released, 3 if something could not be found out.\n",
	.complete = "none",
	.view = "replaces",
	.flags = flags,
	.run = run,
};
