#include "commands/loaded.h"
#include "commands/release.h"
#include "texts/describe.h"
#include "texts/replaces_text.h"

static const char *place(struct arena *a, const struct load_replaces *lr, const char *file,
			 int line)
{
	struct buf b = BUF_INIT;
	const char *text;

	replaces_text_place(&b, lr, file, line);
	text = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return text;
}

static const char *line_text(struct arena *a, const struct replaces_row *row)
{
	struct buf b = BUF_INIT;
	const char *text;

	replaces_text(row, &b);
	text = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return text;
}

static void print_row(struct cli *c, struct arena *a, const struct load_replaces *lr,
		      const struct replaces_row *row, const struct load_imports *imports)
{
	struct doc d = DOC_INIT;

	report_styledf(c->r, replaces_text_style(row), "%s",
		       report_glyph(c->r, replaces_text_glyph(row)));
	report_styledf(c->r, STYLE_STRONG, " %s", line_text(a, row));
	report_styledf(c->r, STYLE_QUIET, "  %s\n", place(a, lr, row->file, row->line));
	replaces_text_doc(&d, lr, row, imports);
	report_document(c->r, &d);
	doc_release(&d);
}

static const char *here_text(struct arena *a, const struct dependents_row *d)
{
	if (!d->here[0])
		return "-";
	if (!d->replaced.path[0])
		return d->here;
	return arena_fmt(a, "%s => %s%s%s", d->here, d->replaced.path,
			 d->replaced.version[0] ? " " : "", d->replaced.version);
}

/* Modules that dependents lack are many and harmless: `list --consumer` has the whole list. */
static void print_dependents(struct cli *c, struct arena *a, const struct load_replaces *lr)
{
	static const struct report_column columns[] = { { NULL }, { NULL }, { NULL }, { NULL } };
	struct report_table t;
	struct buf b = BUF_INIT;

	if (lr->no_consumer[0]) {
		report_styledf(c->r, STYLE_STRONG, "\ndependents");
		report_styledf(c->r, STYLE_ATTENTION, "  unknown: %s\n", lr->no_consumer);
		return;
	}
	replaces_text_dependents(&b, &lr->dependents);
	report_styledf(c->r, STYLE_STRONG, "\na dependent gets");
	report_textf(c->r, "  %s", b.data);
	if (lr->dependents.count[DEPENDENTS_FEWER])
		report_styledf(c->r, STYLE_QUIET,
			       "; modscope list --consumer prints a dependent's build list");
	report_textf(c->r, "\n");
	buf_release(&b);
	report_table_begin(&t, c->r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < lr->dependents.n; i++) {
		const struct dependents_row *d = &lr->dependents.rows[i];

		if (d->kind == DEPENDENTS_FEWER)
			break;
		report_cell(&t, STYLE_NORMAL, "  %s", d->path);
		report_cell(&t, STYLE_QUIET, "%s", here_text(a, d));
		report_cell(&t, STYLE_STRONG, "%s %s", report_glyph(c->r, GLYPH_ARROW), d->there);
		report_cell(&t, STYLE_QUIET, "%s%s%s",
			    d->line ? place(a, lr, d->line->file, d->line->line) : "",
			    d->line ? " " : "", d->why);
	}
	report_table_end(&t);
}

static void print_foreign(struct cli *c, struct arena *a, const struct load_replaces *lr)
{
	static const struct report_column columns[] = { { NULL }, { NULL }, { NULL } };
	struct report_table t;
	size_t shown = 0;

	while (shown < lr->foreign.n && lr->foreign.items[shown].rank == FOREIGN_MATTERS)
		shown++;
	if (!lr->foreign.n)
		return;
	report_styledf(c->r, STYLE_STRONG, "\nreplace lines of dependencies");
	report_textf(c->r, "  %zu name what is built here, %zu do not matter\n", shown,
		     lr->foreign.n - shown);
	report_table_begin(&t, c->r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < shown; i++) {
		const struct foreign *f = &lr->foreign.items[i];

		report_cell(&t, STYLE_NORMAL, "  %s@%s", f->owner.path, f->owner.version);
		report_cell(&t, STYLE_NORMAL, "%s%s%s %s %s%s%s", f->from.path,
			    f->from.version[0] ? " " : "", f->from.version,
			    report_glyph(c->r, GLYPH_ARROW), f->to.path,
			    f->to.version[0] ? " " : "", f->to.version);
		report_cell(&t, STYLE_QUIET, "here %s%s%s", f->here,
			    f->replaced.path[0] ? " => " : "", f->replaced.path);
	}
	report_table_end(&t);
	(void)a;
}

static void print_text(struct cli *c, const struct load_replaces *lr,
		       const struct load_imports *imports)
{
	struct arena a = ARENA_INIT;

	for (size_t i = 0; i < lr->replaces.n; i++)
		print_row(c, &a, lr, &lr->replaces.rows[i], imports);
	if (!lr->replaces.n)
		report_textf(c->r,
			     "no replace, exclude, retract, tool, ignore, godebug or use line\n");
	print_dependents(c, &a, lr);
	print_foreign(c, &a, lr);
	arena_release(&a);
}

/* JSON */

static void set_git(json_t *row, const struct gitplace *g)
{
	json_t *o;

	if (!g->there)
		return;
	o = json_object();
	report_set_str(o, "Repository", g->top);
	report_set_text(o, "Branch", g->branch);
	report_set_text(o, "Commit", g->commit);
	report_set_text(o, "Tag", g->tag);
	report_set_int(o, "SinceTag", (long long)g->since_tag);
	report_set_int(o, "Changed", (long long)g->n_changed);
	report_set_int(o, "Untracked", (long long)g->n_untracked);
	report_set_text(o, "Upstream", g->upstream);
	report_set_int(o, "Unpushed", (long long)g->n_unpushed);
	json_object_set_new(row, "Git", o);
}

static void set_local(json_t *row, const struct replaces_local *l)
{
	report_set_str(row, "Dir", l->dir);
	report_set_bool(row, "Exists", l->exists);
	report_set_text(row, "Declares", l->declares);
	report_set_text(row, "Unknown", l->unread);
	if (l->published.version[0]) {
		report_set_str(row, "SameAsPath", l->published_path);
		report_set_str(row, "SameAs", l->published.version);
	}
	report_set_int(row, "Compared", (long long)l->published.n_known);
	set_git(row, &l->git);
}

static void set_remarks(json_t *row, const struct replaces_row *r)
{
	json_t *list = report_set_rows(row, "remarks");

	for (size_t i = 0; i < r->n_remarks; i++) {
		json_t *o = report_add_row(list);

		report_set_str(o, "Severity", finding_severity_name(r->remarks[i].severity));
		report_set_str(o, "Kind", r->remarks[i].kind);
		report_set_str(o, "Cause", r->remarks[i].text);
		report_set_text(o, "GoSays", r->remarks[i].go_says);
		report_set_text(o, "Remedy", r->remarks[i].remedy);
	}
}

static void set_to(json_t *row, struct modver to)
{
	json_t *o;

	if (!to.path[0])
		return;
	o = json_object();
	report_set_str(o, "Path", to.path);
	report_set_text(o, "Version", to.version);
	json_object_set_new(row, "Replace", o);
}

static void set_import(json_t *o, const struct replaces_row *row,
		       const struct load_imports *imports)
{
	const struct load_import *in = imports && row->verb == REPLACES_REPLACE
					       ? map_get(&imports->modules, row->mod.path)
					       : NULL;

	if (in && in->n_packages)
		report_set_str(o, "ImportChain", in->chains[0]);
}

static void set_row(json_t *o, struct arena *a, const struct replaces_row *row,
		    const struct load_imports *imports)
{
	report_set_str(o, "Verb", replaces_verb_name(row->verb));
	report_set_str(o, "Text", line_text(a, row));
	report_set_str(o, "File", row->file);
	report_set_int(o, "Line", row->line);
	report_set_text(o, "Main", row->main);
	report_set_str(o, "Path", row->mod.path);
	report_set_text(o, "Version", row->mod.version);
	report_set_text(o, "High", row->high);
	set_to(o, row->to);
	json_object_set_new(o, "Used", json_boolean(row->used));
	report_set_str(o, "Effect", row->effect);
	report_set_text(o, "Selected", row->selected);
	report_set_text(o, "Chain", row->chain);
	set_import(o, row, imports);
	report_set_text(o, row->verb == REPLACES_RETRACT ? "Rationale" : "Comment", row->note);
	report_set_str(o, "Dependents", row->dependents);
	if (row->local)
		set_local(o, row->local);
	set_remarks(o, row);
}

static void set_dependents(json_t *doc, const struct load_replaces *lr)
{
	json_t *rows = report_set_rows(doc, "dependents");

	report_set_text(doc, "DependentsUnknown", lr->no_consumer);
	for (size_t i = 0; i < lr->dependents.n; i++) {
		const struct dependents_row *d = &lr->dependents.rows[i];
		json_t *o = report_add_row(rows);

		report_set_str(o, "Path", d->path);
		report_set_str(o, "Kind", dependents_kind_name(d->kind));
		report_set_text(o, "Here", d->here);
		report_set_text(o, "There", d->there);
		set_to(o, d->replaced);
		report_set_str(o, "Why", d->why);
		if (d->line) {
			report_set_str(o, "File", d->line->file);
			report_set_int(o, "Line", d->line->line);
		}
	}
}

static void set_foreign(json_t *doc, const struct load_replaces *lr)
{
	json_t *rows = report_set_rows(doc, "foreign");

	for (size_t i = 0; i < lr->foreign.n; i++) {
		const struct foreign *f = &lr->foreign.items[i];
		json_t *o = report_add_row(rows);

		report_set_str(o, "Owner", f->owner.path);
		report_set_str(o, "OwnerVersion", f->owner.version);
		report_set_str(o, "File", f->file);
		report_set_int(o, "Line", f->line);
		report_set_str(o, "Path", f->from.path);
		report_set_text(o, "Version", f->from.version);
		set_to(o, f->to);
		report_set_str(o, "Rank", foreign_rank_name(f->rank));
		report_set_text(o, "Here", f->here);
	}
}

static void print_json(struct cli *c, const struct load_replaces *lr,
		       const struct load_imports *imports)
{
	json_t *doc = report_doc("replaces"), *rows = report_set_rows(doc, "directives");
	struct arena a = ARENA_INIT;

	for (size_t i = 0; i < lr->replaces.n; i++)
		set_row(report_add_row(rows), &a, &lr->replaces.rows[i], imports);
	set_dependents(doc, lr);
	set_foreign(doc, lr);
	report_json(c->r, doc);
	arena_release(&a);
}

/* Compares each replacement with the original. */

static const char *op_name(char op)
{
	return op == '+' ? "added" : op == '-' ? "removed" : "changed";
}

struct differences {
	struct cli *c;
	struct loaded *x;
	json_t *rows;
	size_t bytes; /* of the texts in rows */
	int status;
};

static void json_difference(struct differences *d, const struct load_replacement *r)
{
	json_t *o = report_add_row(d->rows), *files;
	bool fits = r->patch_len <= LOAD_MAX_PATCH - d->bytes;

	report_set_str(o, "Path", r->mod.path);
	report_set_str(o, "Version", r->mod.version);
	set_to(o, r->to);
	report_set_int(o, "Same", (long long)r->diff.n_same);
	files = report_set_rows(o, "files");
	for (size_t i = 0; i < r->diff.n; i++) {
		json_t *f = report_add_row(files);

		report_set_str(f, "File", r->diff.files[i].name);
		report_set_str(f, "Op", op_name(r->diff.files[i].op));
	}
	report_set_str(o, "Diff", fits ? r->patch : "");
	report_set_bool(o, "Cut", r->cut || !fits);
	d->bytes += fits ? r->patch_len : 0;
}

static void print_difference(struct cli *c, const struct load_replacement *r)
{
	struct buf b = BUF_INIT;

	report_styledf(c->r, STYLE_STRONG, "%s %s => %s%s%s", r->mod.path, r->mod.version,
		       r->to.path, r->to.version[0] ? " " : "", r->to.version);
	report_textf(c->r, ": %zu file%s, %zu the same\n", r->diff.n,
		     r->diff.n == 1 ? " differs" : "s differ", r->diff.n_same);
	for (size_t i = 0; i < r->diff.n; i++)
		report_textf(c->r, "%c %s\n",
			     r->diff.files[i].op == '~' ? 'M' : r->diff.files[i].op,
			     r->diff.files[i].name);
	buf_add(&b, r->patch, r->patch_len);
	report_twin(c->r, &b);
	if (r->cut)
		report_notef(c->r, "modscope: the difference is longer and was cut");
	buf_release(&b);
}

/* One that cannot be compared does not hide the others. */
static void tell_unknown(struct differences *d, const struct load_module *m, struct err *e)
{
	json_t *o;

	d->status = STATUS_UNKNOWN;
	if (d->rows) {
		o = report_add_row(d->rows);
		report_set_str(o, "Path", m->path);
		report_set_str(o, "Version", m->version);
		set_to(o, m->replaced);
		report_set_str(o, "Unknown", e->text);
	} else {
		report_notef(d->c->r, "modscope: %s: %s", m->path, e->text);
	}
	err_release(e);
}

/* m: NULL for the one that was asked about. */
static void add_difference(struct differences *d, const char *path, const struct load_module *m)
{
	const struct request *r = REQUEST(PART_REPLACEMENT, .module = path);
	struct err e = ERR_INIT;
	const struct load_replacement *lr = loaded_part(d->x, r, &e);

	if (!lr && m) {
		tell_unknown(d, m, &e);
		return;
	}
	if (!lr) {
		d->status = cli_fail(d->c, &e);
		return;
	}
	if (d->rows)
		json_difference(d, lr);
	else
		print_difference(d->c, lr);
	if (lr->diff.n && d->status == STATUS_FINE)
		d->status = STATUS_NO;
	loaded_drop(d->x, r);
}

static int answer_difference(struct cli *c, struct loaded *x)
{
	struct differences d = { .c = c, .x = x, .status = STATUS_FINE };
	json_t *doc = c->r->json ? report_doc("replaces") : NULL;
	const struct load_graph *g;
	struct err e = ERR_INIT;

	if (doc)
		d.rows = report_set_rows(doc, "replacements");
	if (c->n_args) {
		add_difference(&d, c->args[0], NULL);
	} else if ((g = loaded_part(x, REQUEST(PART_GRAPH), &e))) {
		for (size_t i = 0; i < g->n_modules; i++)
			if (g->modules[i].replaced.path[0])
				add_difference(&d, g->modules[i].path, &g->modules[i]);
	} else {
		d.status = cli_fail(c, &e);
	}
	if (doc && (d.status <= STATUS_NO || json_array_size(d.rows)))
		report_json(c->r, doc);
	else
		json_decref(doc);
	return d.status;
}

static int status_of(const struct load_replaces *lr)
{
	enum finding_severity worst = findings_worst(&lr->findings);

	return worst == FINDING_ERROR ? STATUS_NO : STATUS_FINE;
}

static int answer(struct cli *c, struct loaded *x)
{
	struct err e = ERR_INIT;
	const struct load_replaces *lr = loaded_part(x, REQUEST(PART_REPLACES), &e);
	const struct load_imports *imports;

	if (!lr)
		return cli_fail(c, &e);
	/* without the sources, what needs a module is unknown */
	imports = loaded_part(x, REQUEST(PART_IMPORTS), NULL);
	if (c->r->json)
		print_json(c, lr, imports);
	else
		print_text(c, lr, imports);
	return status_of(lr);
}

static int run_lines(struct cli *c)
{
	struct loaded x = loaded_open(c, NULL);
	int status;

	if (cli_has(c, "diff"))
		status = answer_difference(c, &x);
	else if (c->n_args)
		status = cli_usage(c, "a MODULE is only for --diff");
	else
		status = answer(c, &x);
	loaded_close(&x);
	return status;
}

static int run(struct cli *c)
{
	return cli_has(c, "release") ? release_run(c, NULL, false) : run_lines(c);
}

static const struct cli_flag flags[] = {
	{ "diff", NULL,
	  "the files and lines in which a replacement differs from what it replaces" },
	{ "release", NULL, "whether this can be tagged, as `modscope release` says",
	  .in_view = true },
	{ NULL },
};

const struct cli_command cmd_replaces = {
	.name = "replaces",
	.args = "[MODULE]",
	.summary = "every replace, exclude, retract, tool, ignore line and its effect",
	.help = "Of each replace, exclude, retract, tool, ignore, godebug and use line of go.mod and go.work: whether it changes anything and what,\n"
		"who needs it, whether its target is there, the state of the target's git repository, and whether a published version has the\n"
		"same content. Then what a dependent gets, for whom replace and exclude lines do not count (`list --consumer` is the whole\n"
		"list), and the replace lines of dependencies that would matter if they applied here. Status 1 if a line cannot work, and with\n"
		"--diff if there is a difference.\n",
	.complete = "module",
	.view = "replaces",
	.flags = flags,
	.max_args = 1,
	.run = run,
};
