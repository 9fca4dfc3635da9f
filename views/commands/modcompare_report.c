#include "commands/modcompare_report.h"

/* The uses of one change, which are adjacent. */
struct uses {
	const struct apiuse_place *first;
	size_t n, n_sure;
};

static struct uses uses_of(const struct load_modcompare *m, size_t id)
{
	struct uses u = { 0 };

	for (size_t i = 0; i < m->n_uses; i++) {
		if (m->uses[i].id != id)
			continue;
		if (!u.n++)
			u.first = &m->uses[i];
		u.n_sure += !m->uses[i].maybe;
	}
	return u;
}

static const struct goapi_ident *ident_of(const struct goapi_change *c)
{
	return c->is ? c->is : c->was;
}

static const char *package_of(struct arena *a, const struct load_modcompare *m,
			      const struct goapi_change *c)
{
	const char *dir = ident_of(c)->package;

	return *dir ? arena_fmt(a, "%s/%s", m->asked.path, dir) : m->asked.path;
}

static bool is_internal(const struct load_modcompare *m, const struct goapi_change *c)
{
	return goapi_is_internal(ident_of(c)->package) || goapi_is_internal(m->asked.path);
}

static size_t count_used(const struct load_modcompare *m)
{
	size_t n = 0, last = SIZE_MAX;

	for (size_t i = 0; i < m->n_uses; i++) {
		if (m->uses[i].maybe || m->uses[i].id == last)
			continue;
		last = m->uses[i].id;
		n++;
	}
	return n;
}

static const char *requires_text(struct arena *a, const struct modcompare *d)
{
	size_t count[COMPARE_KINDS] = { 0 };
	const char *text = "";

	for (size_t i = 0; i < d->n_requires; i++)
		count[d->requires[i].kind]++;
	for (int k = 0; k < COMPARE_GO_LINE; k++)
		if (count[k])
			text = arena_fmt(a, "%s%s%zu %s", text, *text ? ", " : "", count[k],
					 compare_kind_name((enum compare_kind)k));
	return *text ? text : "the same";
}

static const char *files_text(struct arena *a, const struct modcompare *d)
{
	size_t added = 0, removed = 0;

	for (size_t i = 0; i < d->n_files; i++) {
		added += d->files[i].kind == COMPARE_ADDED;
		removed += d->files[i].kind == COMPARE_REMOVED;
	}
	return arena_fmt(a, "%zu removed, %zu added, %zu changed, %zu the same", removed, added,
			 d->n_files - added - removed, d->n_same);
}

static const char *api_text(struct arena *a, const struct load_modcompare *m)
{
	const struct goapi_changes *api = &m->differs.api;
	const char *used =
		m->project ? arena_fmt(a, "; this project uses %zu of what was removed or changed",
				       count_used(m))
			   : "";

	return arena_fmt(a, "%zu removed, %zu changed, %zu added%s", api->count[GOAPI_REMOVED],
			 api->count[GOAPI_CHANGED], api->count[GOAPI_ADDED], used);
}

static const char *or_dash(const char *s)
{
	return *s ? s : "-";
}

/* Text */

static void print_requires(struct report *r, const struct modcompare *d)
{
	static const struct report_column columns[] = { { NULL }, { NULL }, { NULL }, { NULL } };
	struct report_table t;

	report_table_begin(&t, r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < d->n_requires; i++) {
		const struct modcompare_require *q = &d->requires[i];

		report_cell(&t, STYLE_QUIET, "  %s", compare_kind_name(q->kind));
		report_cell(&t, STYLE_NORMAL, "%s", q->path);
		report_cell(&t, STYLE_QUIET, "%s", or_dash(q->was));
		report_cell(&t, STYLE_STRONG, "%s %s", report_glyph(r, GLYPH_ARROW),
			    or_dash(q->is));
	}
	report_table_end(&t);
}

static const char *file_op(enum compare_kind k)
{
	return k == COMPARE_REPLACED ? "changed" : compare_kind_name(k);
}

static void print_files(struct report *r, const struct modcompare *d)
{
	static const struct report_column columns[] = {
		{ NULL }, { NULL }, { NULL, true }, { NULL, true }, { NULL }
	};
	struct report_table t;

	report_table_begin(&t, r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < d->n_files; i++) {
		const struct modcompare_file *f = &d->files[i];

		report_cell(&t, STYLE_QUIET, "  %s", file_op(f->kind));
		report_cell(&t, STYLE_NORMAL, "%s", f->name);
		report_cell(&t, STYLE_QUIET, "%s",
			    f->kind == COMPARE_ADDED
				    ? "-"
				    : arena_fmt(&t.arena, "%llu", (unsigned long long)f->was));
		report_cell(&t, STYLE_QUIET, "%s",
			    f->kind == COMPARE_REMOVED
				    ? "-"
				    : arena_fmt(&t.arena, "%llu", (unsigned long long)f->is));
		report_cell(&t, STYLE_ATTENTION, "%s", f->licence ? "licence" : "");
	}
	report_table_end(&t);
}

static void print_uses(struct report *r, const struct uses *u)
{
	for (size_t i = 0; i < u->n; i++)
		if (!u->first[i].maybe)
			report_styledf(r, STYLE_ATTENTION, "      used at %s:%d\n",
				       u->first[i].file, u->first[i].line);
	if (u->n > u->n_sure)
		report_styledf(r, STYLE_QUIET,
			       "      unknown: %zu place%s may use it, the first %s:%d\n",
			       u->n - u->n_sure, u->n - u->n_sure == 1 ? "" : "s", u->first->file,
			       u->first->line);
}

static bool declares(const struct goapi_ident *i, const char *decl)
{
	for (size_t k = 0; k < i->n_decls; k++)
		if (str_eq(i->decls[k], decl))
			return true;
	return false;
}

/* The declarations that `other` lacks: not all platforms need to differ. */
static void print_decls(struct report *r, char sign, const struct goapi_ident *i,
			const struct goapi_ident *other)
{
	for (size_t k = 0; k < i->n_decls; k++) {
		const char *line = i->decls[k];

		if (declares(other, line))
			continue;
		for (char mark = sign; line; mark = ' ') {
			const char *nl = strchr(line, '\n');

			report_styledf(r, STYLE_QUIET, "      %c %.*s\n", mark,
				       nl ? (int)(nl - line) : (int)strlen(line), line);
			line = nl ? nl + 1 : NULL;
		}
	}
}

static void print_api(struct report *r, struct arena *a, const struct load_modcompare *m)
{
	const char *package = "";

	for (size_t i = 0; i < m->differs.api.n; i++) {
		const struct goapi_change *c = &m->differs.api.items[i];
		struct uses u = uses_of(m, i);

		if (!str_eq(package, package_of(a, m, c))) {
			package = package_of(a, m, c);
			report_styledf(r, STYLE_STRONG, "  %s%s\n", package,
				       is_internal(m, c) ? " (internal)" : "");
		}
		report_textf(r, "    %-7s  %s\n", goapi_op_name(c->op), ident_of(c)->name);
		if (c->op == GOAPI_CHANGED) {
			print_decls(r, '-', c->was, c->is);
			print_decls(r, '+', c->is, c->was);
		}
		print_uses(r, &u);
	}
}

static void print_log(struct report *r, const struct modlog *log)
{
	if (log->why)
		return;
	report_textf(r, "commits: %zu\n", log->n);
	for (size_t i = 0; i < log->n; i++)
		report_textf(r, "  %.7s  %s  %s\n", log->commits[i].id, log->commits[i].subject,
			     log->commits[i].author);
}

static void print_text(struct report *r, struct arena *a, const struct load_modcompare *m)
{
	const struct modcompare *d = &m->differs;

	report_styledf(r, STYLE_STRONG, "%s@%s %s %s@%s\n", m->was.path, m->was.version,
		       report_glyph(r, GLYPH_ARROW), m->is.path, m->is.version);
	report_textf(r, "requirements: %s\n", requires_text(a, d));
	print_requires(r, d);
	report_textf(r, "exported: %s\n", api_text(a, m));
	print_api(r, a, m);
	report_textf(r, "files: %s\n", files_text(a, d));
	print_files(r, d);
	print_log(r, &m->log);
	if (d->licence)
		report_styledf(r, STYLE_ATTENTION, "a licence file differs\n");
}

/* Markdown */

static const char *code(struct arena *a, const char *s)
{
	struct buf b = BUF_INIT;
	const char *text;

	buf_addch(&b, '`');
	for (; *s; s++)
		buf_addch(&b, *s == '`' ? '\'' : *s == '\n' ? ' ' : *s);
	buf_addch(&b, '`');
	for (size_t i = 0; i < b.len; i++)
		if (b.data[i] == '|')
			b.data[i] = '/';
	text = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return text;
}

static void markdown_requires(struct report *r, struct arena *a, const struct modcompare *d)
{
	if (!d->n_requires)
		return;
	report_textf(r, "\n| | module | from | to |\n|---|---|---|---|\n");
	for (size_t i = 0; i < d->n_requires; i++)
		report_textf(r, "| %s | %s | %s | %s |\n", compare_kind_name(d->requires[i].kind),
			     code(a, d->requires[i].path), d->requires[i].was, d->requires[i].is);
}

static void markdown_api(struct report *r, struct arena *a, const struct load_modcompare *m)
{
	if (!m->differs.api.n)
		return;
	report_textf(r, "\n<details><summary>exported identifiers</summary>\n\n"
			"| | package | identifier | used at |\n|---|---|---|---|\n");
	for (int op = 0; op < GOAPI_OPS; op++) {
		for (size_t i = 0; i < m->differs.api.n; i++) {
			const struct goapi_change *c = &m->differs.api.items[i];
			struct uses u = uses_of(m, i);

			if ((int)c->op != op)
				continue;
			report_textf(r, "| %s | %s | %s | ", goapi_op_name(c->op),
				     code(a, package_of(a, m, c)), code(a, ident_of(c)->name));
			for (size_t k = 0; k < u.n; k++)
				if (!u.first[k].maybe)
					report_textf(r, "%s ",
						     code(a, arena_fmt(a, "%s:%d", u.first[k].file,
								       u.first[k].line)));
			report_textf(r, "|\n");
		}
	}
	report_textf(r, "\n</details>\n");
}

static void print_markdown(struct report *r, struct arena *a, const struct load_modcompare *m)
{
	const struct modcompare *d = &m->differs;

	report_textf(r, "**%s %s to %s**: requirements %s; files %s; exported %s%s\n",
		     code(a, m->asked.path), m->was.version, m->is.version, requires_text(a, d),
		     files_text(a, d), api_text(a, m),
		     d->licence ? "; a licence file differs" : "");
	markdown_requires(r, a, d);
	markdown_api(r, a, m);
}

/* JSON */

static void json_requires(json_t *doc, const struct load_modcompare *m)
{
	json_t *rows = report_set_rows(doc, "changes");

	for (size_t i = 0; i < m->differs.n_requires; i++) {
		const struct modcompare_require *q = &m->differs.requires[i];
		json_t *row = report_add_row(rows), *cause;

		report_set_str(row, "Path", q->path);
		report_set_str(row, "Kind", compare_kind_name(q->kind));
		report_set_str(row, "Old", q->was);
		report_set_str(row, "New", q->is);
		cause = report_add_row(report_set_rows(row, "Causes"));
		report_set_str(cause, "File", "go.mod");
		report_set_int(cause, "Line", q->is_line ? q->is_line : q->was_line);
		report_set_str(cause, "Op",
			       !q->was_line  ? "added"
			       : !q->is_line ? "removed"
					     : "changed");
	}
}

static void json_files(json_t *doc, const struct load_modcompare *m)
{
	json_t *rows = report_set_rows(doc, "files");

	for (size_t i = 0; i < m->differs.n_files; i++) {
		const struct modcompare_file *f = &m->differs.files[i];
		json_t *row = report_add_row(rows);

		report_set_str(row, "File", f->name);
		report_set_str(row, "Op", file_op(f->kind));
		if (f->kind != COMPARE_ADDED)
			report_set_int(row, "OldSize", (long long)f->was);
		if (f->kind != COMPARE_REMOVED)
			report_set_int(row, "NewSize", (long long)f->is);
		report_set_bool(row, "Licence", f->licence);
	}
}

static void json_uses(json_t *row, struct arena *a, const struct uses *u, bool maybe)
{
	json_t *places = report_set_rows(row, maybe ? "MaybeUsedAt" : "UsedAt");

	for (size_t i = 0; i < u->n; i++)
		if (u->first[i].maybe == maybe)
			report_add_str(places,
				       arena_fmt(a, "%s:%d", u->first[i].file, u->first[i].line));
}

static void json_identifiers(json_t *doc, struct arena *a, const struct load_modcompare *m)
{
	json_t *rows = report_set_rows(doc, "identifiers");

	for (size_t i = 0; i < m->differs.api.n; i++) {
		const struct goapi_change *c = &m->differs.api.items[i];
		struct uses u = uses_of(m, i);
		json_t *row = report_add_row(rows);

		report_set_str(row, "Package", package_of(a, m, c));
		report_set_str(row, "Name", ident_of(c)->name);
		report_set_str(row, "Op", goapi_op_name(c->op));
		report_set_bool(row, "Internal", is_internal(m, c));
		report_set_str(row, "Old", c->was ? c->was->decl : NULL);
		report_set_str(row, "New", c->is ? c->is->decl : NULL);
		report_set_str(row, "File", ident_of(c)->file);
		report_set_int(row, "Line", ident_of(c)->line);
		if (!m->project || !c->was)
			continue;
		json_uses(row, a, &u, false);
		if (u.n > u.n_sure)
			json_uses(row, a, &u, true);
	}
}

void modcompare_report_commits(json_t *doc, const struct githistory_commit *commits, size_t n,
			       const char *why)
{
	json_t *rows = report_set_rows(doc, "commits");

	for (size_t i = 0; i < n; i++) {
		json_t *o = report_add_row(rows);

		report_set_str(o, "Id", commits[i].id);
		report_set_str(o, "Subject", commits[i].subject);
		report_set_str(o, "Author", commits[i].author);
		report_set_time(o, "Time", commits[i].time);
	}
	report_set_str(doc, "NoCommits", why);
}

static void print_json(struct report *r, struct arena *a, const struct load_modcompare *m)
{
	json_t *doc = report_doc("compare");

	report_set_str(doc, "Path", m->asked.path);
	report_set_str(doc, "Old", m->was.version);
	report_set_str(doc, "New", m->is.version);
	if (!str_eq(m->was.path, m->asked.path))
		report_set_str(doc, "OldPath", m->was.path);
	if (!str_eq(m->is.path, m->asked.path))
		report_set_str(doc, "NewPath", m->is.path);
	json_requires(doc, m);
	json_files(doc, m);
	report_set_int(doc, "SameFiles", (long long)m->differs.n_same);
	report_set_bool(doc, "LicenceDiffers", m->differs.licence);
	json_identifiers(doc, a, m);
	modcompare_report_commits(doc, m->log.commits, m->log.n, m->log.why);
	report_set_text(doc, "Diff", m->diff);
	report_json(r, doc);
}

void modcompare_report(struct report *r, const struct load_modcompare *m,
		       enum modcompare_report_form form)
{
	struct arena a = ARENA_INIT;

	if (*m->unread && form != MODCOMPARE_REPORT_DIFF)
		report_notef(r, "modscope: not all uses in this project are known: %s", m->unread);
	switch (form) {
	case MODCOMPARE_REPORT_TEXT: print_text(r, &a, m); break;
	case MODCOMPARE_REPORT_MARKDOWN: print_markdown(r, &a, m); break;
	case MODCOMPARE_REPORT_JSON: print_json(r, &a, m); break;
	case MODCOMPARE_REPORT_DIFF: report_textf(r, "%s", m->diff); break;
	}
	arena_release(&a);
}
