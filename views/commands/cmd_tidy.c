#include "packages/tidy.h"

#include "commands/loaded.h"
#include "commands/project.h"

static const char *file_of(const struct tidy_change *ch)
{
	return ch->gosum ? "go.sum" : "go.mod";
}

static bool is_change(const struct tidy_change *ch)
{
	return ch->op == '+' || ch->op == '-';
}

static void add_change(json_t *rows, const struct tidy_change *ch)
{
	json_t *row = report_add_row(rows), *causes;
	char op[2] = { ch->op, 0 };

	report_set_str(row, "File", file_of(ch));
	report_set_str(row, "Op", op);
	report_set_str(row, "Text", ch->text);
	report_set_int(row, "Line", ch->op == '+' ? ch->new_line : ch->old_line);
	if (ch->mod.path[0]) {
		report_set_str(row, "Path", ch->mod.path);
		report_set_str(row, "Version", ch->mod.version);
	}
	report_set_str(row, "Rule", tidy_rule_name(ch->rule));
	report_set_str(row, "Reason", ch->reason);
	causes = report_set_rows(row, "Causes");
	for (size_t i = 0; i < ch->n_causes; i++) {
		json_t *cause = report_add_row(causes);

		report_set_str(cause, "File", ch->causes[i].file);
		if (ch->causes[i].line)
			report_set_int(cause, "Line", ch->causes[i].line);
	}
}

static void print_json(struct cli *c, const struct tidy_change *changes, size_t n,
		       const struct tidy_need *needs, size_t n_needs)
{
	json_t *doc = report_doc("tidy"), *rows;

	json_object_set_new(doc, "Offline", json_boolean(n_needs == 0));
	rows = report_set_rows(doc, "changes");
	for (size_t i = 0; i < n; i++)
		if (is_change(&changes[i]))
			add_change(rows, &changes[i]);
	rows = report_set_rows(doc, "needs");
	for (size_t i = 0; i < n_needs; i++) {
		json_t *row = report_add_row(rows);

		report_set_str(row, "Path", needs[i].mod.path);
		if (needs[i].mod.version[0])
			report_set_str(row, "Version", needs[i].mod.version);
		report_set_str(row, "What", needs[i].what);
		report_set_str(row, "Who", needs[i].who);
		report_set_bool(row, "Fetched", needs[i].fetched);
	}
	report_json(c->r, doc);
}

/* Lines of go.sum without their hashes: the rest identifies them. */
static int shown_len(const struct tidy_change *ch)
{
	const char *hash = ch->gosum ? strstr(ch->text, " h1:") : NULL;

	return (int)(hash ? (size_t)(hash - ch->text) : strlen(ch->text));
}

static void explain_file(struct cli *c, bool gosum, const struct tidy_change *changes, size_t n)
{
	static const struct report_column columns[] = { { NULL }, { NULL }, { NULL } };
	struct report_table t;
	size_t count[2] = { 0, 0 };

	for (size_t i = 0; i < n; i++)
		if (changes[i].gosum == gosum && is_change(&changes[i]))
			count[changes[i].op == '+']++;
	if (!count[0] && !count[1])
		return;
	report_styledf(c->r, STYLE_STRONG, "%s", gosum ? "go.sum" : "go.mod");
	report_textf(c->r, "  +%zu -%zu\n", count[1], count[0]);
	report_table_begin(&t, c->r, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < n; i++) {
		const struct tidy_change *ch = &changes[i];
		const char *text = ch->text + strspn(ch->text, " \t");

		if (ch->gosum != gosum || !is_change(ch) || !text[0])
			continue;
		report_cell(&t, ch->op == '+' ? STYLE_GOOD : STYLE_BAD, "  %c", ch->op);
		report_cell(&t, STYLE_NORMAL, "%.*s", shown_len(ch) - (int)(text - ch->text), text);
		report_cell(&t, STYLE_QUIET, "%s", ch->reason);
	}
	report_table_end(&t);
}

static void explain(struct cli *c, const struct tidy_change *changes, size_t n,
		    const struct tidy_need *needs, size_t n_needs)
{
	explain_file(c, false, changes, n);
	explain_file(c, true, changes, n);
	if (n == 0)
		report_textf(c->r, "nothing would change\n");
	if (n_needs == 0) {
		report_textf(c->r, "works with GOPROXY=off: yes\n");
		return;
	}
	report_textf(c->r, "works with GOPROXY=off: no; go would fetch %zu file%s\n", n_needs,
		     n_needs == 1 ? "" : "s");
	for (size_t i = 0; i < n_needs; i++)
		report_textf(c->r, "  %s %s%s%s  %s%s\n", needs[i].what, needs[i].mod.path,
			     needs[i].mod.version[0] ? "@" : "", needs[i].mod.version, needs[i].who,
			     needs[i].fetched ? "" : " (unavailable)");
}

static void print_diff(struct cli *c, const struct tidy *t)
{
	struct buf b = BUF_INIT;

	tidy_diff(t, &b);
	report_twin(c->r, &b);
	buf_release(&b);
}

static bool run_tidy(struct cli *c, struct project *p, struct tidy **t)
{
	struct tidy_options o = { 0 };

	if (!project_open(p, c, MODPROJECT_TIDY))
		return false;
	o.go = cli_flag(c, "go");
	o.compat = cli_flag(c, "compat");
	o.allow_errors = cli_has(c, "e");
	return tidy_run(t, p->ml, &o, &p->err);
}

/* The diff does not use the part that screens show: it is what go prints, with go's messages and only go's
 * requests; finding reasons would double the time. */
static int diff(struct cli *c)
{
	struct project p = { 0 };
	struct tidy *t = NULL;
	bool ok = run_tidy(c, &p, &t);
	int status = STATUS_FINE;

	if (ok) {
		print_diff(c, t);
		status = t->changed ? STATUS_NO : STATUS_FINE;
	}
	tidy_free(t);
	return ok ? project_close(&p, c, status) : project_fail(&p, c);
}

static int tell(struct cli *c, const struct load_tidy *lt)
{
	struct project p = { .messages = BUF_INIT, .err = ERR_INIT };

	buf_addstr(&p.messages, lt->messages);
	err_copy(&p.err, &lt->failed);
	if (err_is_set(&p.err))
		return project_fail(&p, c);
	if (c->r->json)
		print_json(c, lt->lines, lt->n, lt->needs, lt->n_needs);
	else if (!lt->nowhere) /* the messages tell */
		explain(c, lt->lines, lt->n, lt->needs, lt->n_needs);
	if (lt->unread[0])
		report_notef(c->r, "modscope: reasons may be missing: %s", lt->unread);
	return project_close(&p, c,
			     lt->unread[0]  ? STATUS_UNKNOWN
			     : lt->patch[0] ? STATUS_NO
					    : STATUS_FINE);
}

static const struct load_tidy *load_tidy(struct cli *c, struct loaded *x, struct err *e)
{
	const struct load_env *env = loaded_part(x, REQUEST(PART_ENV), e);

	if (!env || !project_goflags(c, env->env, e))
		return NULL;
	return loaded_part(x,
			   REQUEST(PART_TIDY, .tidy = { .go = cli_flag(c, "go"),
							.compat = cli_flag(c, "compat"),
							.allow_errors = cli_has(c, "e"),
							.fetch = true }),
			   e);
}

/* Reasons come from the same part as on the screen. */
static int reasons(struct cli *c)
{
	struct loaded x = loaded_open(c, NULL);
	struct project failed = { .messages = BUF_INIT, .err = ERR_INIT };
	const struct load_tidy *lt = load_tidy(c, &x, &failed.err);
	int status = lt ? tell(c, lt) : project_fail(&failed, c);

	loaded_close(&x);
	return status;
}

static int run(struct cli *c)
{
	int status;

	if (!project_go_flags(c, &status))
		return status;
	return c->r->json || cli_has(c, "explain") ? reasons(c) : diff(c);
}

static const struct cli_flag flags[] = {
	{ "go", "VERSION", "as if the go line were this version", true },
	{ "compat", "VERSION", "keep the checksums that this older Go version needs", true },
	{ "e", NULL, "proceed despite errors while loading packages", true },
	{ "explain", NULL,
	  "print the reason for each line instead of the diff, and what would be fetched",
	  .in_view = true },
	{ NULL },
};

const struct cli_command cmd_tidy = {
	.name = "tidy",
	.summary = "the changes go mod tidy would make to go.mod and go.sum",
	.same_as = "go mod tidy -diff",
	.help = "Nothing is written. The exit status is 1 if there is a diff. With --json each changed line has its rule, its reason and "
		"its causes: the imports, or the line of go.mod or go.sum, that would have to go.",
	.complete = "none",
	.flags = flags,
	.run = run,
};
