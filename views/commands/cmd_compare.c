#include "commands/loaded.h"
#include "commands/modcompare_report.h"
#include "texts/compare_text.h"

static const char *or_dash(const char *version)
{
	return *version ? version : "-";
}

static bool is_quiet(enum compare_kind kind)
{
	return kind == COMPARE_REMOVED || kind == COMPARE_DOWN;
}

static const char *name_of(struct arena *a, const char *revision, const char *commit)
{
	return *commit	   ? arena_fmt(a, "%s (%.7s)", revision, commit)
	       : *revision ? revision
			   : "the work tree";
}

#define NAMED 3 /* packages of a row */

static const char *names_of(struct arena *a, const char *op, const struct compare_package **list,
			    size_t n)
{
	struct buf b = BUF_INIT;
	const char *text;

	for (size_t i = 0; i < n && i < NAMED; i++)
		buf_addf(&b, "%s%s%s", i ? " " : "", op, list[i]->path);
	if (n > NAMED)
		buf_addf(&b, " and %zu more", n - NAMED);
	text = arena_strndup(a, b.data ? b.data : "", b.len);
	buf_release(&b);
	return text;
}

static const char *chain_of(const struct compare_packages_module *m)
{
	return m->n_added ? m->added[0]->chain : "";
}

static void print_packages(struct cli *c, struct arena *a, const struct load_compare *lc)
{
	static const struct report_column columns[] = { { NULL }, { NULL }, { NULL },
							{ NULL }, { NULL }, { NULL } };
	struct report_table t;

	if (!lc->platform)
		return;
	report_styledf(c->r, STYLE_STRONG, "%s",
		       lc->packages.n	 ? "Packages compiled in"
		       : lc->unloaded[0] ? "No difference in the packages that could be loaded"
					 : "The same packages are compiled in");
	report_textf(c->r, ", %s\n", lc->platform);
	report_table_begin(&t, c->r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < lc->packages.n; i++) {
		const struct compare_packages_module *m = &lc->packages.items[i];

		report_cell(&t, STYLE_QUIET, "%s", compare_packages_kind(m));
		report_cell(&t, STYLE_NORMAL, "%s", m->module);
		report_cell(&t, STYLE_QUIET, "%s", or_dash(m->was));
		report_cell(&t, STYLE_STRONG, "%s %s", report_glyph(c->r, GLYPH_ARROW),
			    or_dash(m->is));
		report_cell(&t, STYLE_NORMAL, "%s%s%s", names_of(a, "+", m->added, m->n_added),
			    m->n_added && m->n_removed ? " " : "",
			    names_of(a, "-", m->removed, m->n_removed));
		report_cell(&t, STYLE_QUIET, "%s", chain_of(m));
	}
	report_table_end(&t);
}

static void print_text(struct cli *c, struct arena *a, const struct request_compare *r,
		       const struct load_compare *lc)
{
	static const struct report_column columns[] = { { NULL }, { NULL }, { NULL },
							{ NULL }, { NULL }, { NULL } };
	struct report_table t;

	report_styledf(c->r, STYLE_STRONG, "%s",
		       name_of(a, r->base ? "common ancestor" : r->was, lc->was_commit));
	report_textf(c->r, " %s ", report_glyph(c->r, GLYPH_ARROW));
	report_styledf(c->r, STYLE_STRONG, "%s", name_of(a, r->is, lc->is_commit));
	report_textf(c->r, ": %s", compare_text_summary(a, &lc->changes));
	if (lc->n_commits)
		report_textf(c->r, "; %zu commit%s", lc->n_commits, lc->n_commits == 1 ? "" : "s");
	report_textf(c->r, "\n");
	if (lc->no_commits)
		report_notef(c->r, "modscope: the commits between are not known: %s",
			     lc->no_commits);
	report_table_begin(&t, c->r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < lc->changes.n; i++) {
		const struct compare_change *ch = &lc->changes.items[i];

		report_cell(&t, is_quiet(ch->kind) ? STYLE_ATTENTION : STYLE_CHANGED, "%s",
			    report_glyph(c->r, compare_text_glyph(ch->kind)));
		report_cell(&t, STYLE_QUIET, "%s", compare_kind_name(ch->kind));
		report_cell(&t, STYLE_NORMAL, "%s", ch->path);
		report_cell(&t, STYLE_QUIET, "%s", or_dash(ch->was));
		report_cell(&t, STYLE_STRONG, "%s %s", report_glyph(c->r, GLYPH_ARROW),
			    or_dash(ch->is));
		report_cell(&t, STYLE_QUIET, "%s", compare_text_causes(a, ch));
	}
	report_table_end(&t);
	print_packages(c, a, lc);
}

/* Markdown: the content of a cell must not end it or be interpreted. */
static const char *cell_text(struct arena *a, const char *s)
{
	struct buf b = BUF_INIT;
	const char *text;

	for (; *s; s++) {
		if (strchr("\\`*_{}[]<>|#@!~&", *s))
			buf_addch(&b, '\\');
		buf_addch(&b, *s);
	}
	text = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return text;
}

#define UNFOLDED 20 /* rows of an unfolded table */

static void print_markdown_changes(struct cli *c, struct arena *a, const struct load_compare *lc)
{
	bool fold = lc->changes.n > UNFOLDED;

	report_textf(c->r, "%s\n| | module | from | to | because |\n|---|---|---|---|---|\n",
		     fold ? "\n<details><summary>all changes</summary>\n" : "");
	for (size_t i = 0; i < lc->changes.n; i++) {
		const struct compare_change *ch = &lc->changes.items[i];

		report_textf(c->r, "| %s | %s | %s | %s | %s |\n", compare_kind_name(ch->kind),
			     cell_text(a, ch->path), cell_text(a, ch->was), cell_text(a, ch->is),
			     cell_text(a, compare_text_causes(a, ch)));
	}
	if (fold)
		report_textf(c->r, "\n</details>\n");
}

static void print_markdown_packages(struct cli *c, struct arena *a, const struct load_compare *lc)
{
	bool fold = lc->packages.n > UNFOLDED;

	report_textf(
		c->r,
		"%s\n| compiled in | module | from | to | packages | by |\n|---|---|---|---|---|---|\n",
		fold ? "\n<details><summary>packages compiled in</summary>\n" : "");
	for (size_t i = 0; i < lc->packages.n; i++) {
		const struct compare_packages_module *m = &lc->packages.items[i];

		report_textf(c->r, "| %s | %s | %s | %s | %s %s | %s |\n", compare_packages_kind(m),
			     cell_text(a, m->module), cell_text(a, m->was), cell_text(a, m->is),
			     cell_text(a, names_of(a, "+", m->added, m->n_added)),
			     cell_text(a, names_of(a, "-", m->removed, m->n_removed)),
			     cell_text(a, chain_of(m)));
	}
	if (fold)
		report_textf(c->r, "\n</details>\n");
}

static void print_markdown(struct cli *c, struct arena *a, const struct request_compare *r,
			   const struct load_compare *lc)
{
	report_textf(c->r, "**Dependencies, %s to %s**: %s%s\n",
		     cell_text(a, name_of(a, r->was, lc->was_commit)),
		     cell_text(a, name_of(a, r->is, lc->is_commit)),
		     compare_text_summary(a, &lc->changes), lc->incomplete[0] ? "?" : "");
	if (lc->incomplete[0])
		report_textf(c->r, "\nA module graph is incomplete, so this may be wrong: %s\n",
			     cell_text(a, lc->incomplete));
	if (lc->unloaded[0])
		report_textf(c->r, "\nNot all packages could be loaded: %s\n",
			     cell_text(a, lc->unloaded));
	if (lc->changes.n)
		print_markdown_changes(c, a, lc);
	if (lc->packages.n)
		print_markdown_packages(c, a, lc);
}

static void add_causes(json_t *row, struct arena *a, const struct compare_change *ch)
{
	json_t *rows = report_set_rows(row, "Causes");

	for (size_t i = 0; i < ch->n_causes; i++) {
		const struct compare_cause *cause = &ch->causes[i];
		const struct compare_line *l = compare_text_line_of(cause);
		json_t *o = report_add_row(rows);

		if (!l) {
			report_set_str(o, "Path", cause->requirer.path);
			report_set_str(o, "Version", cause->requirer.version);
			continue;
		}
		report_set_str(o, "File", l->file);
		report_set_int(o, "Line", l->line);
		report_set_str(o, "Op", compare_text_op(cause));
		report_set_str(o, "Text", compare_text_line(a, l));
		if (cause->was && cause->is) {
			report_set_int(o, "WasLine", cause->was->line);
			report_set_str(o, "WasText", compare_text_line(a, cause->was));
		}
	}
}

static void add_paths(json_t *row, const char *key, const struct compare_package **list, size_t n)
{
	json_t *paths = n ? report_set_rows(row, key) : NULL;

	for (size_t i = 0; i < n; i++)
		report_add_str(paths, list[i]->path);
}

static void add_packages(json_t *doc, const struct load_compare *lc)
{
	json_t *rows;

	report_set_str(doc, "Platform", lc->platform);
	report_set_text(doc, "Unloaded", lc->unloaded);
	rows = report_set_rows(doc, "compiled");
	for (size_t i = 0; i < lc->packages.n; i++) {
		const struct compare_packages_module *m = &lc->packages.items[i];
		json_t *row = report_add_row(rows);

		report_set_str(row, "Path", m->module);
		report_set_str(row, "Kind", compare_packages_kind(m));
		report_set_str(row, "Old", m->was);
		report_set_str(row, "New", m->is);
		add_paths(row, "Added", m->added, m->n_added);
		add_paths(row, "Removed", m->removed, m->n_removed);
		report_set_text(row, "Chain", chain_of(m));
	}
}

static void print_json(struct cli *c, struct arena *a, const struct request_compare *r,
		       const struct load_compare *lc)
{
	json_t *doc = report_doc("compare"), *rows;

	report_set_str(doc, "Old", r->was);
	report_set_text(doc, "OldCommit", lc->was_commit);
	report_set_text(doc, "New", r->is);
	report_set_text(doc, "NewCommit", lc->is_commit);
	report_set_text(doc, "Incomplete", lc->incomplete);
	report_set_text(doc, "Unloaded", lc->unloaded);
	rows = report_set_rows(doc, "changes");
	for (size_t i = 0; i < lc->changes.n; i++) {
		const struct compare_change *ch = &lc->changes.items[i];
		json_t *row = report_add_row(rows);

		report_set_str(row, "Path", ch->path);
		report_set_str(row, "Kind", compare_kind_name(ch->kind));
		report_set_str(row, "Old", ch->was);
		report_set_str(row, "New", ch->is);
		report_set_text(row, "File", ch->file);
		add_causes(row, a, ch);
	}
	if (lc->platform)
		add_packages(doc, lc);
	modcompare_report_commits(doc, lc->commits, lc->n_commits, lc->no_commits);
	report_json(c->r, doc);
}

static int answer(struct cli *c, const struct request_compare *r, const struct load_compare *lc)
{
	struct arena a = ARENA_INIT;

	if (c->r->json)
		print_json(c, &a, r, lc);
	else if (cli_has(c, "markdown"))
		print_markdown(c, &a, r, lc);
	else
		print_text(c, &a, r, lc);
	arena_release(&a);
	if (lc->incomplete[0])
		report_notef(c->r, "modscope: a graph is incomplete: %s", lc->incomplete);
	if (lc->unloaded[0])
		report_notef(c->r, "modscope: not all packages could be loaded: %s", lc->unloaded);
	return lc->incomplete[0] || lc->unloaded[0] ? STATUS_UNKNOWN : STATUS_FINE;
}

/* "A..B", "A...B", or "A" against the work tree; an empty end is HEAD, as in git. */
static struct request_compare parse(struct arena *a, const char *arg)
{
	const char *dots = strstr(arg, "..");
	struct request_compare r = { arg, "", false, false, false };

	if (!dots)
		return r;
	r.base = dots[2] == '.';
	r.was = dots == arg ? "HEAD" : arena_strndup(a, arg, (size_t)(dots - arg));
	r.is = dots[2 + r.base] ? dots + 2 + r.base : "HEAD";
	return r;
}

static bool parse_version(struct arena *a, const char *arg, struct modver *m)
{
	const char *at = strrchr(arg, '@');

	if (!at || at == arg || !at[1])
		return false;
	*m = (struct modver){ arena_strndup(a, arg, (size_t)(at - arg)), at + 1 };
	return true;
}

static int compare_versions(struct cli *c, struct arena *a)
{
	struct request_modcompare m = { .file = cli_has(c, "file") ? cli_flag(c, "file") : "",
					.diff = cli_has(c, "diff") };
	struct loaded x = loaded_open(c, NULL);
	const struct load_modcompare *versions;
	struct err e = ERR_INIT;
	int status = STATUS_FINE;

	if (!parse_version(a, c->args[0], &m.was) || !parse_version(a, c->args[1], &m.is))
		status = cli_usage(
			c, "two arguments must both be MODULE@VERSION, or files with saved lists");
	else if (!(versions = loaded_part(&x, REQUEST(PART_MODCOMPARE, .modcompare = m), &e)))
		status = cli_fail(c, &e);
	else
		modcompare_report(c->r, versions,
				  c->r->json		   ? MODCOMPARE_REPORT_JSON
				  : *m.file || m.diff	   ? MODCOMPARE_REPORT_DIFF
				  : cli_has(c, "markdown") ? MODCOMPARE_REPORT_MARKDOWN
							   : MODCOMPARE_REPORT_TEXT);
	loaded_close(&x);
	return status;
}

static int compare_states(struct cli *c, const struct request *r)
{
	struct err e = ERR_INIT;
	struct loaded x = loaded_open(c, NULL);
	const void *states = loaded_part(&x, r, &e);
	int status = states ? answer(c, &r->compare, states) : cli_fail(c, &e);

	loaded_close(&x);
	return status;
}

/* Does not look like a module version. */
static bool names_list(const char *arg)
{
	return !strchr(arg, '@') || *arg == '/' || *arg == '.' || str_has_suffix(arg, ".json");
}

static bool are_versions(const struct cli *c)
{
	return c->n_args == 2 && !names_list(c->args[0]) && !names_list(c->args[1]);
}

static bool place(const struct cli *c, const char **view, struct buf *target)
{
	if (!are_versions(c))
		return false;
	*view = "modcompare";
	buf_addf(target, "%s %s", c->args[0], c->args[1]);
	return true;
}

static int check(struct cli *c)
{
	bool versions = are_versions(c);

	if (cli_has(c, "packages") && (versions || c->n_args > 1))
		return cli_usage(c, "--packages is for two revisions");
	if (c->n_args && !versions && (cli_has(c, "file") || cli_has(c, "diff")))
		return cli_usage(c, "--file and --diff are for two versions of a module");
	if (c->interactive && c->n_args > 1 && !versions)
		return cli_usage(c, "-i compares revisions or versions, not saved lists");
	return 0;
}

static int run(struct cli *c)
{
	struct arena a = ARENA_INIT;
	struct request_compare r = { c->args[0], "", false, true, false };
	int status;

	if (c->n_args == 1)
		r = parse(&a, c->args[0]);
	else
		r.is = c->args[1];
	r.packages = cli_has(c, "packages");
	if (are_versions(c))
		status = compare_versions(c, &a);
	else
		status = compare_states(c, REQUEST(PART_COMPARE, .compare = r));

	arena_release(&a);
	return status;
}

static const struct cli_flag flags[] = {
	{ "markdown", NULL, "a comment for a pull request" },
	{ "packages", NULL, "for two revisions: packages of other modules that came or went",
	  .in_view = true },
	{ "file", "FILE", "for two versions of a module: the diff of this file" },
	{ "diff", NULL, "for two versions of a module: the diffs of all files" },
	{ NULL },
};

const struct cli_command cmd_compare = {
	.name = "compare",
	.args = "A..B | MODULE@V MODULE@W | LIST LIST",
	.summary = "what differs between two revisions of the project or two versions of a module",
	.help = "A..B    from revision A to revision B: tags, branches, hashes, HEAD~3, @{upstream}; an empty end is HEAD\n"
		"A...B   from the common ancestor of both to B\n"
		"A       from A to the work tree\n"
		"Both build lists are computed from the files in the commits. Nothing is checked out, and the work tree, the index and\n"
		"the stash stay as they are. Each module that came, went, moved up or down, is replaced or no longer is, or became\n"
		"direct or indirect has its causes: the lines of go.mod or go.work that would have to be put back, and the\n"
		"requirements that ask for it. What is worst comes first. With --packages the Go files of both are read, too: of which modules\n"
		"packages are newly compiled in, or no longer, for the platform of go env, with a chain of imports to the first.\n"
		"MODULE@V MODULE@W compares two versions of a module; a version may be a query (latest, upgrade, a branch) or current:\n"
		"requirements, go and toolchain lines, files with their sizes, whether a licence file differs, and the exported identifiers\n"
		"that were added, removed or are declared differently. Of those removed or changed it says where this project's own files\n"
		"use them, as far as imports and selectors tell without types.\n"
		"LIST LIST compares two saved build lists: files written by modscope list --json or go list -m -json all. A name without\n"
		"@, with a leading . or /, or ending in .json is such a file.\n",
	.complete = "revision",
	.place = place,
	.flags = flags,
	.min_args = 1,
	.max_args = 2,
	.check = check,
	.run = run,
};
